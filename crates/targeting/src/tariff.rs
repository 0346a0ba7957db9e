//! The titles of the Harmonised System as a site loads them, asked in two ways: which headings a
//! description sounds like, and whether it contradicts the code that was declared with it.
//! It knows the words of the tariff only; of a description without any of them it says nothing.
//!
//! Headings are ranked by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework,
//! 2009, section 3.2, k1 = 1.2, b = 0.5) over the titles of a heading and its subheadings.

use std::collections::HashMap;

use crate::codes::HsCode;

/// How fast more of the same word stops to count, and how much a long heading is held against it.
const K1: f64 = 1.2;
const B: f64 = 0.5;
/// Titles of the heading itself count so often beside those of its subheadings.
const HEADING_TIMES: u32 = 3;
/// A description contradicts its code only where the best heading scores so much: about two
/// words that few headings have.
const STRONG: f64 = 9.0;
/// Words of a description that are looked at.
const MOST_WORDS: usize = 24;

/// Words of titles that tell no goods apart, beside those of one or two letters.
const EMPTY: &[&str] = &[
    "and",
    "the",
    "for",
    "not",
    "other",
    "than",
    "with",
    "without",
    "including",
    "elsewhere",
    "specified",
    "included",
    "excluding",
    "thereof",
    "whether",
    "such",
    "their",
    "its",
    "all",
    "any",
    "from",
    "this",
    "those",
    "kind",
    "type",
    "used",
    "use",
    "having",
    "being",
    "good",
    "article",
    "product",
    "similar",
    "containing",
    "chapter",
    "heading",
    "more",
    "less",
    "part",
    "new",
    "item",
    "set",
    "pack",
    "piece",
    "pcs",
    "lot",
    "size",
    "model",
    "brand",
    "style",
];

/// A heading that a description sounds like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The heading: its first four digits as a number, such as 8482.
    pub heading: u16,
    /// How well it fits; comparable within one description only.
    pub score: f64,
}

/// What a description says of the code that was declared with it.
#[derive(Debug, Clone, PartialEq)]
pub enum Fit {
    /// None of its words is in the tariff.
    Unknown,
    /// Some word of it is in the declared chapter, or nothing else fits well.
    Fits,
    /// No word of it is in the declared chapter, and another heading fits well.
    Contradicts {
        /// The headings that it sounds like, the best first, at most three.
        sounds_like: Vec<Near>,
    },
}

/// The titles, ready to be asked.
#[derive(Debug, Default)]
pub struct Tariff {
    /// Title of each code of two, four or six digits.
    titles: HashMap<String, String>,
    headings: Vec<u16>,
    lengths: Vec<u32>,
    mean_length: f64,
    /// For each word, the headings (by their place) that have it and how often.
    words: HashMap<String, Vec<(u16, u32)>>,
}

/// The stem of a word of a title, or nothing where it tells no goods apart.
fn stem(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let stem = match lower.as_str() {
        word if word.ends_with("ies") && word.len() > 4 => format!("{}y", &word[..word.len() - 3]),
        word if word.len() > 4
            && ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| word.ends_with(end)) =>
        {
            word[..word.len() - 2].to_owned()
        }
        word if word.ends_with('s') && !word.ends_with("ss") && word.len() > 3 => {
            word[..word.len() - 1].to_owned()
        }
        word => word.to_owned(),
    };
    let telling = stem.chars().count() > 2
        && !stem.chars().all(|c| c.is_numeric())
        && !EMPTY.contains(&stem.as_str());
    telling.then_some(stem)
}

fn stems(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter_map(stem)
}

impl Tariff {
    /// Takes titles by code; codes of other than two, four or six digits are left out.
    pub fn of<'t>(titles: impl IntoIterator<Item = (&'t str, &'t str)>) -> Tariff {
        let mut tariff = Tariff::default();
        let mut of_heading: HashMap<u16, Vec<(u32, String)>> = HashMap::new();
        for (code, title) in titles {
            if !matches!(code.len(), 2 | 4 | 6) || !code.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            tariff.titles.insert(code.to_owned(), title.to_owned());
            if let Some(heading) = code.get(..4).and_then(|four| four.parse().ok()) {
                let times = if code.len() == 4 { HEADING_TIMES } else { 1 };
                of_heading.entry(heading).or_default().push((times, title.to_owned()));
            }
        }
        let mut headings: Vec<u16> = of_heading.keys().copied().collect();
        headings.sort_unstable();
        for (place, heading) in headings.iter().enumerate() {
            let mut counts: HashMap<String, u32> = HashMap::new();
            for (times, title) in &of_heading[heading] {
                for stem in stems(title) {
                    *counts.entry(stem).or_default() += times;
                }
            }
            tariff.lengths.push(counts.values().sum());
            for (word, count) in counts {
                tariff.words.entry(word).or_default().push((place as u16, count));
            }
        }
        let total: f64 = tariff.lengths.iter().map(|n| f64::from(*n)).sum();
        tariff.mean_length = total / (headings.len().max(1) as f64);
        tariff.headings = headings;
        tariff
    }

    /// Whether no titles were loaded.
    pub fn is_empty(&self) -> bool {
        self.headings.is_empty()
    }

    /// The title of the longest known beginning of a code: subheading, heading or chapter.
    pub fn title(&self, code: &str) -> Option<&str> {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        [6, 4, 2]
            .into_iter()
            .filter_map(|length| digits.get(..length))
            .find_map(|code| self.titles.get(code).map(String::as_str))
    }

    /// The headings that a description sounds like, the best first.
    pub fn nearest(&self, description: &str, most: usize) -> Vec<Near> {
        let mut near = self.scores(description);
        near.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.heading.cmp(&b.heading)));
        near.truncate(most);
        near
    }

    /// Whether a description contradicts the code declared with it.
    pub fn fit(&self, description: &str, declared: HsCode) -> Fit {
        let near = self.nearest(description, usize::MAX);
        let Some(best) = near.first() else { return Fit::Unknown };
        let chapter = declared.chapter();
        if near.iter().any(|near| u64::from(near.heading) / 100 == chapter) {
            return Fit::Fits;
        }
        if best.score < STRONG {
            return Fit::Fits;
        }
        Fit::Contradicts { sounds_like: near.into_iter().take(3).collect() }
    }

    fn scores(&self, description: &str) -> Vec<Near> {
        let mut asked: Vec<String> = stems(description).take(MOST_WORDS).collect();
        asked.sort_unstable();
        asked.dedup();
        let all = self.headings.len() as f64;
        let mut scores: HashMap<u16, f64> = HashMap::new();
        for word in asked {
            let Some(places) = self.words.get(&word) else { continue };
            let having = places.len() as f64;
            let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
            for (place, count) in places {
                let length = f64::from(self.lengths[usize::from(*place)]) / self.mean_length;
                let count = f64::from(*count);
                let weight = count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
                *scores.entry(*place).or_default() += rarity * weight;
            }
        }
        (scores.into_iter())
            .map(|(place, score)| Near { heading: self.headings[usize::from(place)], score })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: &[(&str, &str)] = &[
        ("33", "Essential oils and resinoids; perfumery, cosmetic or toilet preparations"),
        ("3304", "Cosmetic and toilet preparations; beauty, make-up and skin care preparations"),
        ("330499", "Cosmetic preparations; skin care, other than powders and lip make-up"),
        ("3305", "Hair preparations; for use on the hair"),
        ("84", "Machinery and mechanical appliances; parts thereof"),
        ("8482", "Ball or roller bearings"),
        ("848210", "Ball bearings"),
        ("8483", "Transmission shafts, gears and gearing; gear boxes and other speed changers"),
        ("95", "Toys, games and sports requisites"),
        ("9503", "Tricycles, scooters; dolls; other toys; puzzles of all kinds"),
    ];

    fn fit(description: &str, declared: &str) -> String {
        let tariff = Tariff::of(TITLES.iter().copied());
        match tariff.fit(description, HsCode::parse(declared).expect("a code")) {
            Fit::Unknown => "unknown".to_owned(),
            Fit::Fits => "fits".to_owned(),
            Fit::Contradicts { sounds_like } => {
                let list: Vec<String> =
                    sounds_like.iter().map(|near| near.heading.to_string()).collect();
                format!("contradicts: {}", list.join(" "))
            }
        }
    }

    #[test]
    fn a_description_is_held_against_its_code() {
        assert_eq!(fit("Ball bearings, deep groove", "848210"), "fits");
        assert_eq!(fit("BALL-BEARING 6204", "330499"), "fits", "one rare word of ten is weak");
        assert_eq!(fit("rotavator spare", "848210"), "unknown");
        assert_eq!(fit("베어링", "848210"), "unknown");
        assert_eq!(fit("", "848210"), "unknown");
        // An applicable heading of the declared chapter is enough, however well others fit.
        assert_eq!(fit("gear boxes for toy puzzles", "848340"), "fits");
    }

    #[test]
    fn titles_are_found_by_the_longest_known_beginning() {
        let tariff = Tariff::of(TITLES.iter().copied());
        assert_eq!(tariff.title("8482.10.0000"), Some("Ball bearings"));
        assert_eq!(tariff.title("848299"), Some("Ball or roller bearings"));
        assert_eq!(
            tariff.title("849999"),
            Some("Machinery and mechanical appliances; parts thereof")
        );
        assert_eq!(tariff.title("0101"), None);
        assert_eq!(tariff.nearest("skin care cosmetics", 1)[0].heading, 3304);
    }
}
