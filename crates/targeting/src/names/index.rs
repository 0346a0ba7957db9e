//! Screening a name against very many: the words of all listed names stand in a vocabulary that is
//! found by sound, consonants, table and class; each word knows its names. A query gathers the
//! names of its rarer words, keeps those of whose words enough agree, and compares these in full.
//! Nothing is compared that shares no word with the query, which is where misses come from
//! (docs/science-names.md has the measured recall).

use compact_str::CompactString;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::align::{self, How};
use super::hangul;
use super::words::{Part, Spelling, Word};
use super::{Kind, Match, Name};
use crate::history::KeyMap;

/// Names that are gathered before the words stop that are not the rarest.
const GATHERED: usize = 4_000;
/// Names that are compared in full for one query.
const COMPARED: usize = 48;
/// Words of the vocabulary that are looked at for one word of a query.
const LOOKED_AT: usize = 1_500;
/// Words whose likes are remembered.
const REMEMBERED: usize = 200_000;

/// A listed name as the index keeps it.
struct Entry {
    /// What the caller calls it.
    id: u32,
    /// Where its words begin in `Book::words`, and how many there are.
    from: u32,
    n: u8,
    forms: u8,
    generation: u8,
    before_comma: u8,
    worth: f32,
}

/// All names of one kind.
struct Book {
    kind: Kind,
    entries: Vec<Entry>,
    /// Words of the entries, by their place in the vocabulary.
    words: Vec<u32>,
    vocabulary: Vec<Word>,
    /// The names of each word; a word made of two neighbours has theirs.
    names: Vec<Vec<u32>>,
    /// Words by what they are found by.
    keys: KeyMap<Vec<u32>>,
    /// Words by how they are written.
    known: KeyMap<u32>,
    /// Bodies by the first letters of their words.
    acronyms: KeyMap<Vec<u32>>,
}

/// What keeps names ready to be found.
pub struct Index {
    books: [Book; 3],
}

/// What one searcher remembers and reuses between queries; each thread has its own.
#[derive(Default)]
pub struct Searcher {
    likes: [KeyMap<Vec<(u32, f32)>>; 3],
    touched: Vec<u32>,
    seen: Vec<bool>,
}

/// A listed name that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What the caller calls it.
    pub id: u32,
    /// The chance that both are one, and why.
    pub matched: Match,
}

fn key(seed: u64, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), seed)
}

/// What a word is found by: its sound with a letter left out anywhere, its consonants, the groups
/// of the tables, its classes, its meaning.
fn keys_of(word: &Word, mut found: impl FnMut(u64)) {
    let sound = word.sound.as_str();
    found(key(1, sound));
    if word.part == Part::Number {
        return;
    }
    if sound.len() > 2 {
        let mut short = String::with_capacity(sound.len());
        for at in 0..sound.len() {
            short.clear();
            short.push_str(&sound[..at]);
            short.push_str(&sound[at + 1..]);
            found(key(1, &short));
        }
    }
    let bare: String =
        word.bones.chars().filter(|sign| !matches!(sign, 'v' | 'u' | 'i' | 'h')).collect();
    if bare.len() >= 2 && sound.len() > 3 {
        found(key(2, &bare));
    }
    for (group, _) in word.groups {
        found(u64::from(*group).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 3);
    }
    if let Some(classes) = hangul::classes(&word.latin) {
        found(key(4, &classes));
    }
    if let Part::General(meaning) = word.part {
        found(key(5, meaning));
    }
}

/// What tells a word of the vocabulary from others that are written alike.
fn identity(word: &Word) -> u64 {
    let marks = u64::from(word.abjad) | u64::from(!word.syllables.is_empty()) << 1;
    let marks = marks | u64::from(!word.east.is_empty()) << 2;
    key(16 + marks, &word.latin)
}

impl Book {
    fn new(kind: Kind) -> Book {
        Book {
            kind,
            entries: Vec::new(),
            words: Vec::new(),
            vocabulary: Vec::new(),
            names: Vec::new(),
            keys: KeyMap::default(),
            known: KeyMap::default(),
            acronyms: KeyMap::default(),
        }
    }

    fn learn(&mut self, word: &Word) -> u32 {
        let place = self.vocabulary.len() as u32;
        let known = *self.known.entry(identity(word)).or_insert(place);
        if known == place {
            self.vocabulary.push(word.clone());
            self.names.push(Vec::new());
            let keys = &mut self.keys;
            keys_of(word, |key| {
                let words = keys.entry(key).or_default();
                if words.last() != Some(&place) {
                    words.push(place);
                }
            });
        }
        known
    }

    fn add(&mut self, id: u32, spelling: &Spelling) {
        if spelling.words.is_empty() {
            return;
        }
        let entry = self.entries.len() as u32;
        let from = self.words.len() as u32;
        for word in &spelling.words {
            let place = self.learn(word);
            self.words.push(place);
            let names = &mut self.names[place as usize];
            if names.last() != Some(&entry) && !matches!(word.part, Part::Small) {
                names.push(entry);
            }
        }
        for word in run_together(spelling, self.kind) {
            let place = self.learn(&word);
            self.names[place as usize].push(entry);
        }
        for letters in acronyms(spelling) {
            self.acronyms.entry(key(6, &letters)).or_default().push(entry);
        }
        self.entries.push(Entry {
            id,
            from,
            n: spelling.words.len() as u8,
            forms: spelling.forms,
            generation: spelling.generation.map_or(0, |n| n + 1),
            before_comma: spelling.before_comma as u8,
            worth: spelling.worth,
        });
    }

    fn entry_words(&self, entry: &Entry) -> &[u32] {
        &self.words[entry.from as usize..entry.from as usize + entry.n as usize]
    }

    fn spelling(&self, entry: &Entry) -> Spelling {
        let words: Vec<Word> = self
            .entry_words(entry)
            .iter()
            .map(|place| self.vocabulary[*place as usize].clone())
            .collect();
        let whole = match self.kind {
            Kind::Person => Vec::new(),
            _ => words.iter().map(|word| word.latin.clone()).collect(),
        };
        Spelling {
            words,
            forms: entry.forms,
            generation: entry.generation.checked_sub(1),
            before_comma: entry.before_comma as usize,
            worth: entry.worth,
            whole,
        }
    }

    /// Words of the vocabulary that may stand for this one, the best first.
    fn likes(&self, word: &Word) -> Vec<(u32, f32)> {
        let mut near: Vec<u32> = Vec::new();
        keys_of(word, |key| {
            if let Some(words) = self.keys.get(&key)
                && near.len() < LOOKED_AT
            {
                near.extend_from_slice(words);
            }
        });
        near.sort_unstable();
        near.dedup();
        let mut likes: Vec<(u32, f32)> = near
            .into_iter()
            .filter_map(|place| {
                let (quality, how) =
                    align::quality(word, &self.vocabulary[place as usize], self.kind);
                (quality >= 0.66 && how != How::Initial).then_some((place, quality))
            })
            .collect();
        likes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        likes
    }
}

/// Short neighbours as one word: Chol Su and Cholsu, Aero Caribbean and Aerocaribbean.
fn run_together(spelling: &Spelling, kind: Kind) -> Vec<Word> {
    let small = |word: &Word| {
        matches!(word.part, Part::Number | Part::Initial)
            || (kind != Kind::Person && matches!(word.part, Part::Small))
    };
    let two = spelling.words.windows(2).filter(|two| {
        let letters = two[0].latin.len() + two[1].latin.len();
        !two.iter().any(small) && letters <= 14 && letters >= 4
    });
    let words = spelling.words.len();
    two.filter(|_| words <= 6).map(|two| align::joined(two, kind)).collect()
}

/// The first letters of a body's words, with and without its company forms.
fn acronyms(spelling: &Spelling) -> Vec<String> {
    if spelling.whole.is_empty() {
        return Vec::new();
    }
    let first = |words: &mut dyn Iterator<Item = &CompactString>| -> String {
        words.filter_map(|word| word.chars().next()).collect()
    };
    let telling = spelling.words.iter().filter(|word| word.part != Part::Small);
    let whole = spelling.whole.iter().filter(|word| !super::forms::is_article(word));
    let mut all = vec![first(&mut telling.map(|word| &word.latin)), first(&mut whole.into_iter())];
    all.dedup();
    all.retain(|letters| letters.len() >= 3);
    all
}

impl Default for Index {
    fn default() -> Index {
        let book = Book::new;
        Index { books: [book(Kind::Person), book(Kind::Organization), book(Kind::Vessel)] }
    }
}

fn shelf(kind: Kind) -> usize {
    match kind {
        Kind::Person => 0,
        Kind::Organization => 1,
        Kind::Vessel => 2,
    }
}

impl Index {
    /// Takes a listed name in, under what the caller calls it. One thing may have many names.
    pub fn add(&mut self, id: u32, name: &str, kind: Kind) {
        for spelling in Name::of(name, kind).spellings {
            self.books[shelf(kind)].add(id, &spelling);
        }
    }

    /// How many names it holds.
    pub fn len(&self) -> usize {
        self.books.iter().map(|book| book.entries.len()).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The listed names of this kind whose chance to be the same is at least `threshold`, the
    /// likeliest first, each id once, at most `most`.
    pub fn search(
        &self,
        searcher: &mut Searcher,
        name: &str,
        kind: Kind,
        (threshold, most): (f64, usize),
    ) -> Vec<Found> {
        let book = &self.books[shelf(kind)];
        let asked = Name::of(name, kind);
        let mut best: Vec<(f64, u32, u32)> = Vec::new();
        for spelling in asked.spellings.iter().filter(|of| !of.words.is_empty()) {
            book.search(searcher, shelf(kind), spelling, threshold, &mut best);
        }
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut found: Vec<Found> = Vec::new();
        for (_, id, entry) in best {
            if found.len() >= most {
                break;
            }
            if found.iter().all(|one| one.id != id) {
                let listed = book.spelling(&book.entries[entry as usize]);
                let listed = Name { kind, spellings: vec![listed] };
                found.push(Found { id, matched: asked.compare(&listed) });
            }
        }
        found
    }
}

impl Book {
    fn search(
        &self,
        searcher: &mut Searcher,
        shelf: usize,
        asked: &Spelling,
        threshold: f64,
        best: &mut Vec<(f64, u32, u32)>,
    ) {
        let Searcher { likes: remembered, touched, seen } = searcher;
        let remembered = &mut remembered[shelf];
        if remembered.len() > REMEMBERED {
            remembered.clear();
        }
        seen.resize(seen.len().max(self.entries.len()), false);
        touched.clear();
        // What each word of the query may stand for, and how many names that is.
        let pairs = run_together(asked, self.kind);
        let all: Vec<&Word> = asked
            .words
            .iter()
            .filter(|word| !matches!(word.part, Part::Small | Part::Initial))
            .chain(&pairs)
            .collect();
        for word in &all {
            remembered.entry(identity(word)).or_insert_with(|| self.likes(word));
        }
        let mut order: Vec<(usize, &Vec<(u32, f32)>)> = all
            .iter()
            .filter_map(|word| remembered.get(&identity(word)))
            .map(|likes| {
                let names = likes.iter().map(|(place, _)| self.names[*place as usize].len());
                (names.sum::<usize>(), likes)
            })
            .collect();
        order.sort_by_key(|(names, _)| *names);
        let mut touch = |entry: u32| {
            if !seen[entry as usize] {
                seen[entry as usize] = true;
                touched.push(entry);
            }
        };
        let mut gathered = 0;
        for (names, likes) in &order {
            if *names > 0 && gathered > 0 && gathered + names > GATHERED {
                break;
            }
            gathered += names;
            likes.iter().flat_map(|(place, _)| &self.names[*place as usize]).for_each(|entry| {
                touch(*entry);
            });
        }
        if asked.words.len() == 1 && self.kind != Kind::Person {
            let names = self.acronyms.get(&key(6, &asked.words[0].latin));
            names.into_iter().flatten().take(COMPARED).for_each(|entry| touch(*entry));
        }
        for letters in acronyms(asked) {
            let place = self.known.get(&key(16, &letters));
            let names = place.map(|place| &self.names[*place as usize]);
            let alone = |entry: &&u32| self.entries[**entry as usize].n == 1;
            names.into_iter().flatten().filter(alone).for_each(|entry| touch(*entry));
        }
        // How much of each gathered name agrees at best.
        let mut quality: KeyMap<f32> = KeyMap::default();
        for (_, likes) in &order {
            for (place, one) in likes.iter() {
                let kept = quality.entry(u64::from(*place)).or_default();
                *kept = kept.max(*one);
            }
        }
        let mut likely: Vec<(f32, u32)> = Vec::with_capacity(touched.len());
        for &at in touched.iter() {
            seen[at as usize] = false;
            let entry = &self.entries[at as usize];
            let mut agreed = 0.0;
            for place in self.entry_words(entry) {
                if let Some(one) = quality.get(&u64::from(*place)) {
                    agreed += self.vocabulary[*place as usize].worth * (one - 0.4);
                }
            }
            likely.push((agreed / (entry.worth + asked.worth), at));
        }
        if likely.len() > COMPARED {
            likely.select_nth_unstable_by(COMPARED, |a, b| b.0.total_cmp(&a.0));
            likely.truncate(COMPARED);
        }
        likely.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, at) in likely {
            let entry = &self.entries[at as usize];
            let listed = self.spelling(entry);
            let pairs = align::pairs(asked, &listed, self.kind);
            let features = super::judge::features(asked, &listed, &pairs, self.kind);
            let chance = super::judge::probability(&features, self.kind);
            if chance >= threshold {
                best.push((chance, entry.id, at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_name_is_found_in_other_spellings() {
        let mut index = Index::default();
        let listed = [
            "KIM Chol-su",
            "Muammar al-Qadhafi",
            "Сергей Викторович Лавров",
            "Pak Yong Sik",
            "Ivan Petrov",
        ];
        for (id, name) in (0..).zip(listed) {
            index.add(id, name, Kind::Person);
        }
        index.add(9, "Islamic Republic of Iran Shipping Lines", Kind::Organization);
        let mut searcher = Searcher::default();
        let mut find = |name: &str, kind: Kind| -> Option<u32> {
            index.search(&mut searcher, name, kind, (0.5, 3)).first().map(|found| found.id)
        };
        assert_eq!(find("Kim Cheolsu", Kind::Person), Some(0));
        assert_eq!(find("김철수", Kind::Person), Some(0));
        assert_eq!(find("Gaddafi, Moammar", Kind::Person), Some(1));
        assert_eq!(find("Sergei Lavrov", Kind::Person), Some(2));
        assert_eq!(find("Park Young Shik", Kind::Person), Some(3));
        assert_eq!(find("John Smith", Kind::Person), None);
        assert_eq!(find("IRISL", Kind::Organization), Some(9));
    }
}
