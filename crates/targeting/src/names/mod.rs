//! Names: whether two of them, in whatever script and spelling, name the same person, firm or
//! vessel. A name is taken apart once (`words.rs`, with `fold.rs` and `hangul.rs` for letters,
//! `disguise.rs` for what is written so as not to be read, `forms.rs` and `variants.rs` for what
//! words are worth and stand for), the words of two names are set against each other (`align.rs`),
//! and the pair gets a chance (`judge.rs`). Nothing here says where a name comes from, and nothing
//! that judges consignments reads it but watchlists.

mod align;
mod disguise;
mod fold;
mod forms;
mod hangul;
pub mod index;
mod japanese;
mod judge;
mod variants;
mod weights;
mod words;

use align::{How, Pair};
use judge::From;
use words::{Reading, Spelling};

pub use judge::FEATURE_NAMES;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A natural person.
    Person,
    /// A firm, authority, group or any other body.
    Organization,
    /// A ship or an aircraft.
    Vessel,
}
crate::words!(
    Kind,
    "a kind of name: person, organization or vessel",
    Person = "person",
    Organization = "organization",
    Vessel = "vessel",
);

impl Kind {
    /// The kind of name that a list or another tool calls by this word; none for words that do not
    /// say, such as `LegalEntity`, which may be either.
    pub fn of_schema(word: &str) -> Option<Kind> {
        let plain: String = word.chars().filter(|sign| sign.is_alphanumeric()).collect();
        Some(match plain.to_lowercase().as_str() {
            "person" | "individual" | "naturalperson" | "people" | "per" | "pers" | "indiv"
            | "human" | "개인" => Kind::Person,
            "organization" | "organisation" | "company" | "publicbody" | "entity" | "firm"
            | "corporation" | "business" | "org" | "corp" | "legalperson" | "group" | "법인"
            | "기관" => Kind::Organization,
            "vessel" | "ship" | "airplane" | "aircraft" | "vehicle" | "ves" | "boat" | "선박" => {
                Kind::Vessel
            }
            _ => return None,
        })
    }

    /// The kind that a name looks like.
    pub fn guess(name: &str) -> Kind {
        if words::looks_like_company(name) { Kind::Organization } else { Kind::Person }
    }

    /// The kind that two names look like together.
    pub fn guess_both(left: &str, right: &str) -> Kind {
        match (Kind::guess(left), Kind::guess(right)) {
            (Kind::Person, Kind::Person) => Kind::Person,
            _ => Kind::Organization,
        }
    }
}

/// A name taken apart, ready to be compared with others of its kind.
#[derive(Debug, Clone)]
pub struct Name {
    kind: Kind,
    spellings: Vec<Spelling>,
}

/// What comparing two names came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The chance that they name the same; never 0 or 1.
    pub probability: f64,
    /// Words that agree: `kim`, or `chol~chul` where they are spelled differently.
    pub agree: Vec<String>,
    /// Words of the left name that stand for none of the right.
    pub differ_left: Vec<String>,
    /// Words of the right name that stand for none of the left.
    pub differ_right: Vec<String>,
}

impl Name {
    /// Takes a name apart.
    pub fn of(text: &str, kind: Kind) -> Name {
        Name { kind, spellings: words::spellings(text, kind) }
    }

    /// Whether nothing of it can be compared.
    pub fn is_empty(&self) -> bool {
        self.spellings.iter().all(|spelling| spelling.words.is_empty())
    }

    /// The words of the name in plain Latin letters, as they are compared.
    pub fn latin(&self) -> String {
        let words = self.spellings.first().into_iter().flat_map(|spelling| &spelling.words);
        words.map(|word| word.latin.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The chance that both name the same.
    pub fn probability(&self, other: &Name) -> f64 {
        self.best(other).map_or(0.0005, |(probability, ..)| probability)
    }

    /// The features of the readings that agree best; none when a name is empty.
    pub fn features(&self, other: &Name) -> Option<Vec<f64>> {
        let (_, left, right, pairs) = self.best(other)?;
        Some(judge::features(&left, &right, &pairs, self.kind).to_vec())
    }

    fn best<'n>(&'n self, other: &'n Name) -> Option<(f64, Reading<'n>, Reading<'n>, Vec<Pair>)> {
        let mut best: Option<(f64, Reading, Reading, Vec<Pair>)> = None;
        for left in &self.spellings {
            for right in &other.spellings {
                if left.words.is_empty() || right.words.is_empty() {
                    continue;
                }
                let (left, right) = (left.reading(), right.reading());
                let (probability, pairs) = judged(&left, &right, self.kind, From::Pair);
                if best.as_ref().is_none_or(|(best, ..)| probability > *best) {
                    best = Some((probability, left, right, pairs));
                }
            }
        }
        best
    }

    /// Compares two names of one kind.
    pub fn compare(&self, other: &Name) -> Match {
        let Some((probability, left, right, pairs)) = self.best(other) else {
            let all = |name: &Name| name.latin().split_whitespace().map(str::to_owned).collect();
            return Match {
                probability: 0.0005,
                agree: Vec::new(),
                differ_left: all(self),
                differ_right: all(other),
            };
        };
        told(probability, &left, &right, &pairs)
    }
}

/// The chance of two readings, and which of their words stand for each other.
fn judged(left: &Reading, right: &Reading, kind: Kind, from: From) -> (f64, Vec<Pair>) {
    let pairs = align::pairs(left, right, kind);
    let features = judge::features(left, right, &pairs, kind);
    (judge::probability(&features, kind, from), pairs)
}

/// What the pairs of two readings say, in words.
fn told(probability: f64, left: &Reading, right: &Reading, pairs: &[Pair]) -> Match {
    let text = |side: &Reading, (at, n): (usize, usize)| -> String {
        let words = side.words[at..at + n].iter().map(|word| word.latin.as_str());
        words.collect::<Vec<_>>().join(" ")
    };
    let agree = pairs
        .iter()
        .map(|pair| {
            let (one, other) = (text(left, pair.left), text(right, pair.right));
            match pair.how {
                _ if one == other => one,
                How::Meaning => format!("{one}={other}"),
                How::Word | How::Initial | How::Acronym => format!("{one}~{other}"),
            }
        })
        .collect();
    let rest = |side: &Reading, of: fn(&Pair) -> (usize, usize)| -> Vec<String> {
        let taken =
            |at: usize| pairs.iter().map(of).any(|(from, n)| (from..from + n).contains(&at));
        let words = side.words.iter().enumerate().filter(|(at, _)| !taken(*at));
        words.map(|(_, word)| word.latin.to_string()).collect()
    };
    let differ_left = rest(left, |pair| pair.left);
    let differ_right = rest(right, |pair| pair.right);
    Match { probability, agree, differ_left, differ_right }
}

impl Match {
    /// The same with what is known of the countries that the two are said to be of, for bodies and
    /// vessels. A person's country is a trait, and says nothing here.
    #[must_use]
    pub fn placed(mut self, kind: Kind, left: &str, right: &str) -> Match {
        let codes = |text: &str| -> Vec<String> {
            let codes = text.split(|sign: char| !sign.is_alphanumeric());
            codes.filter(|code| !code.is_empty()).map(str::to_lowercase).collect()
        };
        let (left, right) = (codes(left), codes(right));
        if kind != Kind::Person && !left.is_empty() && !right.is_empty() {
            let shared = left.iter().any(|code| right.contains(code));
            let odds = self.probability / (1.0 - self.probability);
            let odds = odds * if shared { 1.2 } else { 0.5 };
            self.probability = (odds / (1.0 + odds)).clamp(0.0005, 0.9995);
        }
        self
    }

    /// Why, in one line for people: what agrees and what differs.
    pub fn why(&self) -> String {
        let list = |words: &[String]| words.join(", ");
        let mut parts = Vec::new();
        if !self.agree.is_empty() {
            parts.push(format!("agree: {}", list(&self.agree)));
        }
        if !self.differ_left.is_empty() {
            parts.push(format!("only left: {}", list(&self.differ_left)));
        }
        if !self.differ_right.is_empty() {
            parts.push(format!("only right: {}", list(&self.differ_right)));
        }
        parts.join("; ")
    }
}

/// A word of any script in plain Latin letters.
pub(crate) fn plain_latin(word: &str) -> String {
    let syllables: Option<Vec<_>> = word.chars().map(hangul::syllable).collect();
    match syllables {
        Some(syllables) => syllables.into_iter().map(hangul::revised).collect(),
        None => fold::latin(word),
    }
}

/// How many letters of two words differ; neighbours that changed places count less than one.
pub(crate) fn slips(a: &str, b: &str) -> f32 {
    fold::letter_distance(a, b)
}

/// Compares two names as written.
pub fn compare(left: &str, right: &str, kind: Option<Kind>) -> Match {
    let kind = kind.unwrap_or_else(|| Kind::guess_both(left, right));
    Name::of(left, kind).compare(&Name::of(right, kind))
}

#[cfg(test)]
mod tests;
