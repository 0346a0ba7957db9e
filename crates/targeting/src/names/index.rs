//! Screening a name against very many: the words of all listed names stand in a vocabulary that is
//! found by sound, consonants, table and class; each word knows its names. A query gathers the
//! names of its rarest words until no name can be missed that agrees in most of it, adds up how
//! much of each agrees, and compares the best in full. Nothing is compared that shares no word with
//! the query, which is where misses come from (docs/science-names.md has the measured recall).
//! What is sorted for searching is made at the first search, and anew after something was added.

use std::sync::OnceLock;

use compact_str::CompactString;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::align::{self, How};
use super::hangul;
use super::judge::From;
use super::words::{self, Part, Reading, Spelling, Word};
use super::{Kind, Match, Name};
use crate::history::KeyMap;

/// The share of a query's worth that a name must agree in to be looked for: words are gathered, the
/// rarest first, until what is left is less.
const SOUGHT: f32 = 0.58;
/// How much of both names' worth must agree, at the best, before they are compared in full.
const LEAST_AGREED: f32 = 0.11;
/// Of very many, those that agree so little are compared only where none agrees much more.
const LITTLE_AGREED: f32 = 0.15;
/// Names that are compared in full for one reading of a query.
const COMPARED: usize = 26;
/// Words of the vocabulary that are looked at for one word of a query.
const LOOKED_AT: usize = 500;
/// Of them, words that one key finds.
const OF_ONE_KEY: usize = 250;
/// Signs by which the beginnings and ends of words are known.
const END: usize = 4;
/// Words whose likes are remembered.
const REMEMBERED: usize = 50_000;
/// How much worse than the best a word may stand for another.
const WORSE: f32 = 0.2;
/// The same of words that begin or end alike.
const OF_ONE_END: usize = 250;
const LEAST_OF_ENDS: f32 = 0.74;
/// Of their letters, those that only one of both has at most.
const OTHER_LETTERS: u32 = 3;
/// From this quality on a word is likely the one that was meant.
const SURE: f32 = 0.86;
/// From this quality on a word stands for another.
const LEAST: f32 = 0.66;

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
}

/// Worth as it is added up for very many names: in 4096ths, so that little memory is walked over.
fn counted(worth: f32) -> u16 {
    (worth * 4096.0) as u16
}

/// Numbers by keys, sorted, with a place to begin for each beginning of a key.
#[derive(Default)]
struct Table {
    begins: Vec<u32>,
    cells: Vec<(u32, u32)>,
    shift: u32,
}

impl Table {
    fn of(mut cells: Vec<(u32, u32)>) -> Table {
        cells.sort_unstable();
        cells.dedup();
        cells.shrink_to_fit();
        let bits = cells.len().max(2).ilog2().saturating_sub(1).max(1);
        let shift = 32 - bits;
        let mut begins = vec![0u32; (1 << bits) + 1];
        for (key, _) in &cells {
            begins[(key >> shift) as usize + 1] += 1;
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        Table { begins, cells, shift }
    }

    fn get(&self, key: u32) -> impl Iterator<Item = u32> {
        let at = (key >> self.shift) as usize;
        let (from, to) = (self.begins[at] as usize, self.begins[at + 1] as usize);
        let near = self.cells[from..to].iter();
        near.skip_while(move |cell| cell.0 < key)
            .take_while(move |cell| cell.0 == key)
            .map(|cell| cell.1)
    }
}

/// What searching needs, made from what was added.
struct Sorted {
    /// Where the names of each word begin in `names`.
    names_from: Vec<u32>,
    names: Vec<u32>,
    /// Words of the vocabulary by what they are found by.
    keys: Table,
    /// The same by how they begin and end, where nothing else finds them.
    ends: Table,
    /// Which letters the sound of each word has, a bit each.
    letters: Vec<u32>,
    /// Names by the sound of two neighbours run together.
    joined: Table,
    /// Bodies by the first letters of their words.
    acronyms: Table,
}

/// All names of one kind.
struct Book {
    kind: Kind,
    entries: Vec<Entry>,
    /// What the words of each entry are worth together, counted.
    worths: Vec<u16>,
    /// Words of the entries, by their place in the vocabulary.
    words: Vec<u32>,
    vocabulary: Vec<Word>,
    /// Words by how they are written.
    known: KeyMap<u32>,
    joined: Vec<(u32, u32)>,
    acronyms: Vec<(u32, u32)>,
    sorted: OnceLock<Sorted>,
}

/// What keeps names ready to be found.
pub struct Index {
    books: [Book; 3],
}

/// What one searcher remembers and reuses between queries of one index; each thread has its own.
#[derive(Default)]
pub struct Searcher {
    likes: [KeyMap<Likes>; 3],
    /// How much of each name agrees, by the words gathered so far, counted.
    agreed: Vec<u16>,
    touched: Vec<u32>,
}

/// Words of the vocabulary that may stand for a word, how well, and how many names they have.
#[derive(Default)]
struct Likes {
    words: Vec<(u32, f32)>,
    names: usize,
    /// The best of how well they do.
    best: f32,
}

/// A listed name that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What the caller calls it.
    pub id: u32,
    /// The chance that both are one, and why.
    pub matched: Match,
}

fn key(seed: u64, bytes: &[u8]) -> u32 {
    xxh3_64_with_seed(bytes, seed) as u32
}

/// What a word is found by: its sound and its letters with a sign left out anywhere, its
/// consonants, the groups of the tables, its classes, its meaning.
fn keys_of(word: &Word, mut found: impl FnMut(u32)) {
    let sound = word.sound.as_bytes();
    found(key(1, sound));
    if word.part == Part::Number {
        return;
    }
    with_a_sign_less(sound, |short| found(key(1, short)));
    // A slip may make other sounds of the same letters.
    let latin = word.latin.as_bytes();
    if latin != sound && word.syllables.is_empty() {
        found(key(1, latin));
        with_a_sign_less(latin, |short| found(key(1, short)));
    }
    let silent = |sign: &u8| matches!(sign, b'v' | b'u' | b'i' | b'h');
    let bare: Vec<u8> = word.bones.bytes().filter(|sign| !silent(sign)).collect();
    if bare.len() >= 2 && sound.len() > 3 {
        found(key(2, &bare));
    }
    for (group, _) in word.groups {
        found(key(3, &group.to_le_bytes()));
    }
    if let Some(classes) = hangul::classes(&word.latin) {
        found(key(4, classes.as_bytes()));
    }
    if let Part::General(meaning) = word.part {
        found(key(5, meaning.as_bytes()));
    }
}

/// The same of a long word in which more than one sign is wrong: how its sound begins and ends.
fn ends_of(word: &Word, mut found: impl FnMut(u32)) {
    let sound = word.sound.as_bytes();
    if word.part != Part::Number && sound.len() > END {
        found(key(8, &sound[..END]));
        found(key(9, &sound[sound.len() - END..]));
    }
}

/// Calls with all that is left of these signs without one of them.
fn with_a_sign_less(signs: &[u8], mut found: impl FnMut(&[u8])) {
    let mut short = [0u8; 32];
    if !(3..=short.len()).contains(&signs.len()) {
        return;
    }
    let n = signs.len() - 1;
    short[..n].copy_from_slice(&signs[1..]);
    found(&short[..n]);
    for at in 0..n {
        short[at] = signs[at];
        found(&short[..n]);
    }
}

/// What tells a word of the vocabulary from others that are written alike.
fn identity(word: &Word) -> u64 {
    let marks = u64::from(word.abjad) | u64::from(!word.syllables.is_empty()) << 1;
    let marks = marks | u64::from(!word.east.is_empty()) << 2;
    xxh3_64_with_seed(word.latin.as_bytes(), 16 + marks)
}

impl Book {
    fn new(kind: Kind) -> Book {
        Book {
            kind,
            entries: Vec::new(),
            worths: Vec::new(),
            words: Vec::new(),
            vocabulary: Vec::new(),
            known: KeyMap::default(),
            joined: Vec::new(),
            acronyms: Vec::new(),
            sorted: OnceLock::new(),
        }
    }

    fn add(&mut self, id: u32, spelling: Spelling) {
        if spelling.words.is_empty() {
            return;
        }
        self.sorted.take();
        let entry = self.entries.len() as u32;
        for word in run_together(&spelling, self.kind) {
            self.joined.push((key(7, word.sound.as_bytes()), entry));
        }
        // Two words together stand there already.
        if spelling.words.len() != 2
            && let Some(key) = all_together(&spelling, self.kind)
        {
            self.joined.push((key, entry));
        }
        for letters in acronyms(&spelling) {
            self.acronyms.push((key(6, letters.as_bytes()), entry));
        }
        let from = self.words.len() as u32;
        let n = spelling.words.len() as u8;
        for word in spelling.words {
            let place = self.vocabulary.len() as u32;
            let known = *self.known.entry(identity(&word)).or_insert(place);
            if known == place {
                self.vocabulary.push(word);
            }
            self.words.push(known);
        }
        self.entries.push(Entry {
            id,
            from,
            n,
            forms: spelling.forms,
            generation: spelling.generation.map_or(0, |n| n + 1),
            before_comma: spelling.before_comma as u8,
        });
        self.worths.push(counted(spelling.worth));
    }

    fn sorted(&self) -> &Sorted {
        self.sorted.get_or_init(|| {
            let mut names_from = vec![0u32; self.vocabulary.len() + 1];
            let told = |place: &u32| self.vocabulary[*place as usize].part != Part::Small;
            for place in self.words.iter().filter(|place| told(place)) {
                names_from[*place as usize + 1] += 1;
            }
            for at in 1..names_from.len() {
                names_from[at] += names_from[at - 1];
            }
            let mut next = names_from.clone();
            let mut names = vec![0u32; *names_from.last().unwrap_or(&0) as usize];
            for (at, entry) in (0..).zip(&self.entries) {
                for place in self.entry_words(entry).iter().filter(|place| told(place)) {
                    let next = &mut next[*place as usize];
                    names[*next as usize] = at;
                    *next += 1;
                }
            }
            let mut keys = Vec::with_capacity(self.vocabulary.len() * 10);
            let mut ends = Vec::new();
            for (place, word) in (0..).zip(&self.vocabulary) {
                keys_of(word, |key| keys.push((key, place)));
                ends_of(word, |key| ends.push((key, place)));
            }
            Sorted {
                names_from,
                names,
                keys: Table::of(keys),
                ends: Table::of(ends),
                letters: self.vocabulary.iter().map(Word::letters).collect(),
                joined: Table::of(self.joined.clone()),
                acronyms: Table::of(self.acronyms.clone()),
            }
        })
    }

    fn entry_words(&self, entry: &Entry) -> &[u32] {
        &self.words[entry.from as usize..entry.from as usize + entry.n as usize]
    }

    fn reading(&self, entry: &Entry) -> Reading<'_> {
        let words = self.entry_words(entry).iter();
        let words: Vec<&Word> = words.map(|place| &self.vocabulary[*place as usize]).collect();
        let worth = words.iter().map(|word| word.worth).sum();
        Reading {
            forms: entry.forms,
            generation: entry.generation.checked_sub(1),
            before_comma: entry.before_comma as usize,
            ..Reading::of(words, worth)
        }
    }

    /// Words of the vocabulary that may stand for this one.
    fn likes(&self, word: &Word, sorted: &Sorted) -> Likes {
        let mut near: Vec<u32> = Vec::new();
        let mut likes = Likes::default();
        let look = |near: &mut Vec<u32>, likes: &mut Likes, least: f32| {
            near.sort_unstable();
            near.dedup();
            for place in near.drain(..) {
                let (quality, how) =
                    align::quality(word, &self.vocabulary[place as usize], self.kind);
                if quality >= least && how != How::Initial {
                    likes.words.push((place, quality));
                    likes.best = likes.best.max(quality);
                }
            }
        };
        let take = |near: &mut Vec<u32>, table: &Table, key: u32, most: usize| {
            if near.len() < LOOKED_AT {
                near.extend(table.get(key).take(most));
            }
        };
        keys_of(word, |key| take(&mut near, &sorted.keys, key, OF_ONE_KEY));
        look(&mut near, &mut likes, LEAST);
        if likes.best < SURE {
            ends_of(word, |key| take(&mut near, &sorted.ends, key, OF_ONE_END));
            // Two slips leave most letters alone.
            let letters = word.letters();
            near.retain(|place| {
                (sorted.letters[*place as usize] ^ letters).count_ones() <= OTHER_LETTERS
                    && likes.words.binary_search_by_key(place, |known| known.0).is_err()
            });
            look(&mut near, &mut likes, LEAST_OF_ENDS);
            likes.words.sort_unstable_by_key(|known| known.0);
        }
        // Beside one that agrees well, those that hardly do are others.
        let least = likes.best - WORSE;
        likes.words.retain(|known| known.1 >= least);
        likes.names = likes.words.iter().map(|known| sorted.names_of(known.0).len()).sum();
        likes
    }
}

impl Sorted {
    fn names_of(&self, place: u32) -> &[u32] {
        let (from, to) = (self.names_from[place as usize], self.names_from[place as usize + 1]);
        &self.names[from as usize..to as usize]
    }
}

/// Short neighbours as one word: Chol Su and Cholsu, Aero Caribbean and Aerocaribbean.
fn run_together(spelling: &Spelling, kind: Kind) -> Vec<Word> {
    let small = |word: &&Word| {
        matches!(word.part, Part::Number | Part::Initial)
            || (kind != Kind::Person && matches!(word.part, Part::Small))
    };
    let words: Vec<&Word> = spelling.words.iter().collect();
    let two = words.windows(2).filter(|two| {
        let letters = two[0].latin.len() + two[1].latin.len();
        !two.iter().any(small) && (4..=14).contains(&letters)
    });
    two.filter(|_| words.len() <= 6).map(|two| align::joined(two, kind)).collect()
}

/// What all words of a name sound like without the spaces; none where a single word says it.
fn all_together(spelling: &Spelling, kind: Kind) -> Option<u32> {
    if spelling.words.len() < 2 && kind == Kind::Person {
        return None;
    }
    let letters: CompactString = spelling.words.iter().map(|word| word.latin.as_str()).collect();
    let sound = super::fold::sound(&letters);
    (4..=40).contains(&sound.len()).then(|| key(7, sound.as_bytes()))
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
    /// Takes a listed name in, under what the caller calls it. One thing may have many names. It
    /// stands as it is written: whoever lists a name does not disguise it.
    pub fn add(&mut self, id: u32, name: &str, kind: Kind) {
        for spelling in words::written(name, kind) {
            self.books[shelf(kind)].add(id, spelling);
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
        let mut found: Vec<Found> = Vec::new();
        for spelling in asked.spellings.iter().filter(|of| !of.words.is_empty()) {
            book.search(searcher, shelf(kind), spelling, threshold, &mut found);
        }
        let chance = |one: &Found| one.matched.probability;
        found.sort_by(|a, b| chance(b).total_cmp(&chance(a)).then(a.id.cmp(&b.id)));
        let mut seen = Vec::new();
        found.retain(|one| {
            let new = !seen.contains(&one.id) && seen.len() < most;
            if new {
                seen.push(one.id);
            }
            new
        });
        found
    }
}

/// A word of a query and what may stand for it.
struct Cell<'s> {
    /// What it is worth in the query; none for two words run together, which stand there already.
    worth: f32,
    likes: &'s Likes,
}

impl Book {
    fn search(
        &self,
        searcher: &mut Searcher,
        shelf: usize,
        asked: &Spelling,
        threshold: f64,
        found: &mut Vec<Found>,
    ) {
        let sorted = self.sorted();
        let Searcher { likes: remembered, agreed, touched } = searcher;
        let remembered = &mut remembered[shelf];
        if remembered.len() > REMEMBERED {
            remembered.clear();
        }
        if agreed.len() < self.entries.len() {
            agreed.resize(self.entries.len(), 0);
        }
        touched.clear();
        // What each word of the query may stand for, and how many names that is.
        let pairs = run_together(asked, self.kind);
        let telling = |word: &&Word| !matches!(word.part, Part::Small | Part::Initial);
        let words = asked.words.iter().filter(telling).map(|word| (word, word.worth));
        let all: Vec<(&Word, f32)> = words.chain(pairs.iter().map(|word| (word, 0.0))).collect();
        for (word, _) in &all {
            remembered.entry(identity(word)).or_insert_with(|| self.likes(word, sorted));
        }
        let mut cells: Vec<Cell> = all
            .iter()
            .filter_map(|(word, worth)| {
                Some(Cell { worth: *worth, likes: remembered.get(&identity(word))? })
            })
            .collect();
        cells.sort_by_key(|cell| cell.likes.names);
        let mut touch = |entry: u32, more: u16| {
            let kept = &mut agreed[entry as usize];
            if *kept == 0 {
                touched.push(entry);
            }
            *kept = kept.saturating_add(more);
        };
        // Something, so that a name is touched once.
        let more = |place: u32, quality: f32| {
            counted(self.vocabulary[place as usize].worth * (quality - 0.4)).max(1)
        };
        let whole: f32 = cells.iter().map(|cell| cell.worth).sum();
        let mut rest = whole;
        let mut gathered = cells.len();
        for (at, cell) in cells.iter().enumerate() {
            if rest < SOUGHT * whole {
                gathered = at;
                break;
            }
            for (place, quality) in &cell.likes.words {
                let more = more(*place, *quality);
                sorted.names_of(*place).iter().for_each(|entry| touch(*entry, more));
            }
            // Words that are only near may be others: the names of this one are still to come.
            rest -= cell.worth * ((cell.likes.best - 0.8) / 0.15).clamp(0.0, 1.0);
        }
        // Names that write apart what the query writes together.
        for word in asked.words.iter().filter(telling) {
            let names = sorted.joined.get(key(7, word.sound.as_bytes()));
            names.for_each(|entry| touch(entry, counted(0.6 * word.worth).max(1)));
        }
        if self.kind != Kind::Person {
            if let [one] = &asked.words[..] {
                let names = sorted.acronyms.get(key(6, one.latin.as_bytes()));
                names.take(COMPARED).for_each(|entry| touch(entry, counted(asked.worth)));
            }
            for letters in acronyms(asked) {
                let alone = |entry: &u32| self.entries[*entry as usize].n == 1;
                let same = |place: &u32| self.vocabulary[*place as usize].latin == letters;
                let sound = super::fold::sound(&letters);
                let places = sorted.keys.get(key(1, sound.as_bytes())).filter(same);
                let names = places.flat_map(|place| sorted.names_of(place)).copied();
                names
                    .filter(alone)
                    .take(COMPARED)
                    .for_each(|entry| touch(entry, counted(asked.worth)));
            }
        }
        // The common words count for the names that the rare ones have found.
        for Cell { likes, .. } in &cells[gathered..] {
            if likes.names > 8 * touched.len() {
                for entry in touched.iter() {
                    for place in self.entry_words(&self.entries[*entry as usize]) {
                        if let Ok(at) = likes.words.binary_search_by_key(place, |like| like.0) {
                            let kept = &mut agreed[*entry as usize];
                            *kept = kept.saturating_add(more(*place, likes.words[at].1));
                        }
                    }
                }
                continue;
            }
            for (place, quality) in &likes.words {
                let more = more(*place, *quality);
                for entry in sorted.names_of(*place) {
                    let kept = &mut agreed[*entry as usize];
                    *kept = kept.saturating_add(if *kept > 0 { more } else { 0 });
                }
            }
        }
        // An initial may be any word that begins so.
        let initials = asked.words.iter().filter(|word| word.part == Part::Initial).count();
        let (initials, worth) = (counted(0.15 * initials as f32), counted(asked.worth));
        let least = (LEAST_AGREED * f32::from(worth)) as u16;
        let mut likely: Vec<(f32, u32)> = Vec::new();
        for at in touched.iter() {
            let agreed = std::mem::take(&mut agreed[*at as usize]).saturating_add(initials);
            if agreed < least {
                continue;
            }
            let both = f32::from(self.worths[*at as usize]) + f32::from(worth);
            let share = f32::from(agreed) / both;
            if share >= LEAST_AGREED {
                likely.push((share, *at));
            }
        }
        if likely.len() > COMPARED {
            likely.select_nth_unstable_by(COMPARED, |a, b| b.0.total_cmp(&a.0));
            likely.truncate(COMPARED);
            // Where very many agree, one that does so in little beside the best is seldom it.
            let best = likely.iter().map(|one| one.0).fold(0.0, f32::max);
            likely.retain(|one| one.0 > LITTLE_AGREED || one.0 > 0.75 * best);
        }
        let reading = asked.reading();
        let mut compare = |at: u32| {
            let entry = &self.entries[at as usize];
            let listed = self.reading(entry);
            let (chance, pairs) = super::judged(&reading, &listed, self.kind, From::List);
            if chance >= threshold {
                let matched = super::told(chance, &reading, &listed, &pairs);
                found.push(Found { id: entry.id, matched });
            }
            chance >= threshold
        };
        let any = likely.into_iter().filter(|(_, at)| compare(*at)).count() > 0;
        // Perhaps the letters are the same and the spaces stand in other places.
        if !any && let Some(key) = all_together(asked, self.kind) {
            for at in sorted.joined.get(key).take(COMPARED) {
                compare(at);
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

    #[test]
    fn disguises_do_not_hide_a_name() {
        let mut index = Index::default();
        index.add(0, "KIM Chol-su", Kind::Person);
        index.add(1, "Golden Triangle Shipping Co., Ltd.", Kind::Organization);
        let mut searcher = Searcher::default();
        for (name, kind, id) in [
            ("K1M CH0L SU", Kind::Person, 0),
            ("KIM CHОL SU", Kind::Person, 0),
            ("K I M C H O L S U", Kind::Person, 0),
            ("K.I.M. CHOL SU", Kind::Person, 0),
            ("\u{202e}US LOHC MIK", Kind::Person, 0),
            ("KIM CHOL SU C/O YOSHIDA MASARU", Kind::Person, 0),
            ("GOLD ENTRI ANGLESHIPPING", Kind::Organization, 1),
            ("GOLDENTRIANGLESHIPPING CO LTD", Kind::Organization, 1),
            ("G0LDEN TR1ANGLE SHIPP1NG", Kind::Organization, 1),
            ("G O L D E N T R I A N G L E S H I P P I N G", Kind::Organization, 1),
        ] {
            let found = index.search(&mut searcher, name, kind, (0.5, 1));
            assert_eq!(found.first().map(|one| one.id), Some(id), "{name}");
        }
    }

    #[test]
    fn a_stranger_who_shares_little_does_not_ring() {
        let mut index = Index::default();
        for (id, name) in (0..).zip(["C. Jun", "Chang Sang Ki", "Majid Rahenawi", "Hong Jin Yeong"])
        {
            index.add(id, name, Kind::Person);
        }
        let mut searcher = Searcher::default();
        for name in ["Kang Jun", "홍지훈", "张淑兰", "Renee Meyers", "LIN I-CHUN"] {
            let found = index.search(&mut searcher, name, Kind::Person, (0.7, 1));
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }

    #[test]
    fn two_slips_in_one_word_are_found_among_namesakes() {
        let mut index = Index::default();
        let listed = ["Khalid al-Housofar", "Gleb Krasiova", "Husain Faranzadeh", "Zubeati Sharif"];
        for (id, name) in (0..).zip(listed) {
            index.add(id, name, Kind::Person);
        }
        // Many share the words that are written rightly.
        for (n, given) in ["Khalid", "Gleb", "Husain", "Sharif"].into_iter().enumerate() {
            for (m, family) in (0..).zip(["Suleroui", "Karerawi", "Fakhroo", "Zaman", "Mirza"]) {
                index.add(10 + 10 * n as u32 + m, &format!("{given} {family}"), Kind::Person);
            }
        }
        let mut searcher = Searcher::default();
        for (name, id) in
            [("Khalid al-Housoluar", 0), ("GLEB KRYOIOVA", 1), ("Husain Fraznadeh", 2)]
        {
            let found = index.search(&mut searcher, name, Kind::Person, (0.5, 1));
            assert_eq!(found.first().map(|one| one.id), Some(id), "{name}");
        }
    }

    #[test]
    fn slips_are_found_and_what_is_added_later_too() {
        let mut index = Index::default();
        index.add(0, "Valmil Shipping", Kind::Organization);
        index.add(1, "Gleb Krasiova", Kind::Person);
        let mut searcher = Searcher::default();
        let found = index.search(&mut searcher, "Vaymil Shipping", Kind::Organization, (0.5, 1));
        assert_eq!(found.first().map(|one| one.id), Some(0));
        index.add(2, "Joseph Ojuikrai", Kind::Person);
        let mut searcher = Searcher::default();
        for (name, id) in [("GLEB KRASOIVA", 1), ("Ojuikrai, Joesph", 2)] {
            let found = index.search(&mut searcher, name, Kind::Person, (0.5, 1));
            assert_eq!(found.first().map(|one| one.id), Some(id), "{name}");
        }
    }
}
