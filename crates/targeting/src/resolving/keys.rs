//! Blocking: which pairs of records are compared at all. Many keys, each a few facts that two
//! records of one entity are likely to share, so that whichever field is wrong another key still
//! brings the two together. A key that too many share is left out, the commonest first, until the
//! pairs fit what there is time for.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::column::ColumnRole;
use super::reading::Column;

/// No block is larger: what so many share tells nobody apart.
const LARGEST: usize = 3_000;
/// Blocks of this size are taken whatever their pairs come to.
const SMALLEST: usize = 8;
/// Words of one name or address that make keys.
const WORDS: usize = 5;

/// One fact of a row that goes into a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The value as it is held.
    Whole(usize),
    /// Its consonants.
    Skeleton(usize),
    /// A given name's group of short forms, or its consonants.
    Given(usize),
    /// Its first letter.
    Initial(usize),
    /// The year of a date.
    Year(usize),
    /// The year and month of a date.
    Month(usize),
    /// A date's or code's signs in rising order: two swapped make no other key.
    Sorted(usize),
    /// All but the last three signs of a postcode, or its first two where it is short.
    Area(usize),
    /// Each of the rarest words, by its consonants.
    EachWord(usize),
    /// Each pair of the rarest words.
    WordPairs(usize),
    /// Surname and given name in either order.
    BothNames(usize, usize),
    /// The first half of a code, or the second.
    FirstHalf(usize),
    SecondHalf(usize),
}

/// A way of making keys.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    parts: Vec<Part>,
    /// The columns that it looks at: their fields agree because of the key.
    pub columns: Vec<usize>,
}

/// Every way of making keys that the columns allow.
pub(super) fn recipes(columns: &[Column]) -> Vec<Recipe> {
    let all = |role: ColumnRole| -> Vec<usize> {
        (0..columns.len()).filter(|n| columns[*n].role == role).collect()
    };
    let one = |role| all(role).first().copied();
    let (given, surname, whole) =
        (one(ColumnRole::GivenName), one(ColumnRole::Surname), one(ColumnRole::FullName));
    let (date, postcode) = (one(ColumnRole::Date), one(ColumnRole::Postcode));
    let (places, words) = (all(ColumnRole::Place), all(ColumnRole::Word));
    let (addresses, house) = (all(ColumnRole::Address), one(ColumnRole::HouseNumber));
    let mut made: Vec<Vec<Part>> = Vec::new();

    for code in [ColumnRole::Code, ColumnRole::Phone, ColumnRole::Mail].into_iter().flat_map(all) {
        made.push(vec![Part::Whole(code)]);
        if columns[code].role == ColumnRole::Code {
            made.push(vec![Part::Sorted(code)]);
            for half in [Part::FirstHalf(code), Part::SecondHalf(code)] {
                if let Some(surname) = surname {
                    made.push(vec![half, Part::Skeleton(surname)]);
                }
                if let Some(date) = date {
                    made.push(vec![half, Part::Year(date)]);
                }
            }
        }
    }
    if let Some(date) = date {
        made.push(vec![Part::Whole(date)]);
        for place in &places {
            made.push(vec![Part::Sorted(date), Part::Skeleton(*place)]);
        }
        if let Some(postcode) = postcode {
            made.push(vec![Part::Sorted(date), Part::Area(postcode)]);
            made.push(vec![Part::Year(date), Part::Whole(postcode)]);
        }
        for word in &words {
            made.push(vec![Part::Month(date), Part::Whole(*word)]);
        }
    }
    let names = [surname.map(Part::Skeleton), given.map(Part::Given)];
    if let (Some(surname), Some(given)) = (surname, given) {
        made.push(vec![Part::BothNames(surname, given)]);
        made.push(vec![Part::Skeleton(surname), Part::Initial(given)]);
        made.push(vec![Part::Initial(surname), Part::Given(given)]);
    }
    for name in names.into_iter().flatten() {
        if let Some(date) = date {
            made.push(vec![name, Part::Year(date)]);
        }
        if let Some(postcode) = postcode {
            made.push(vec![name, Part::Area(postcode)]);
        }
        for place in places.iter().chain(&words) {
            made.push(vec![name, Part::Skeleton(*place)]);
        }
        for address in &addresses {
            made.push(vec![name, Part::EachWord(*address)]);
        }
        made.push(vec![name]);
    }
    if let Some(whole) = whole {
        made.push(vec![Part::WordPairs(whole)]);
        made.push(vec![Part::EachWord(whole)]);
        if let Some(date) = date {
            made.push(vec![Part::EachWord(whole), Part::Year(date)]);
        }
        if let Some(postcode) = postcode {
            made.push(vec![Part::EachWord(whole), Part::Area(postcode)]);
        }
        for place in &places {
            made.push(vec![Part::EachWord(whole), Part::Skeleton(*place)]);
        }
    }
    if let Some(postcode) = postcode {
        if let Some(house) = house {
            made.push(vec![Part::Whole(postcode), Part::Whole(house)]);
        }
        for word in places.iter().chain(&words) {
            made.push(vec![Part::Whole(postcode), Part::Whole(*word)]);
        }
        made.push(vec![Part::Whole(postcode)]);
    }
    for address in &addresses {
        made.push(vec![Part::WordPairs(*address)]);
        if let Some(house) = house {
            made.push(vec![Part::EachWord(*address), Part::Whole(house)]);
        }
    }
    made.into_iter()
        .map(|parts| {
            let mut columns: Vec<usize> = parts.iter().flat_map(|part| part.columns()).collect();
            columns.sort_unstable();
            columns.dedup();
            Recipe { parts, columns }
        })
        .collect()
}

impl Part {
    fn columns(self) -> Vec<usize> {
        match self {
            Part::Whole(n)
            | Part::Skeleton(n)
            | Part::Given(n)
            | Part::Initial(n)
            | Part::Year(n)
            | Part::Month(n)
            | Part::Sorted(n)
            | Part::Area(n)
            | Part::EachWord(n)
            | Part::WordPairs(n)
            | Part::FirstHalf(n)
            | Part::SecondHalf(n) => vec![n],
            Part::BothNames(n, k) => vec![n, k],
        }
    }

    /// What the part says of a row: nothing, one fact, or several.
    fn facts(self, columns: &[Column], row: usize, out: &mut Vec<u64>) {
        let held = |n: usize| {
            let (column, number) = (&columns[n], columns[n].rows[row]);
            (number > 0).then(|| (column, number, &column.values[number as usize]))
        };
        let bytes = |text: &[u8]| xxh3_64_with_seed(text, 1);
        match self {
            Part::Whole(n) => out.extend(held(n).map(|(_, number, _)| u64::from(number))),
            Part::Skeleton(n) => out.extend(held(n).map(|(.., value)| value.word.skeleton)),
            Part::Given(n) => out.extend(held(n).map(|(.., value)| value.word.given_key())),
            Part::Initial(n) => out.extend(
                held(n).and_then(|(.., value)| value.word.text.bytes().next()).map(u64::from),
            ),
            Part::Year(n) | Part::Month(n) => {
                let until = if matches!(self, Part::Year(_)) { 4 } else { 6 };
                let text = held(n).map(|(.., value)| value.word.text.as_bytes());
                out.extend(text.filter(|text| text.len() == 8).map(|text| bytes(&text[..until])));
            }
            Part::Sorted(n) => out.extend(held(n).map(|(.., value)| {
                let mut signs = value.word.text.as_bytes().to_vec();
                signs.sort_unstable();
                bytes(&signs)
            })),
            Part::Area(n) => out.extend(held(n).map(|(.., value)| {
                let text = value.word.text.as_bytes();
                let until = if text.len() >= 5 { text.len() - 3 } else { text.len().min(2) };
                bytes(&text[..until])
            })),
            Part::EachWord(n) => {
                if let Some((column, _, value)) = held(n) {
                    out.extend(rarest(column, &value.words).map(|word| word.skeleton));
                }
            }
            Part::WordPairs(n) => {
                if let Some((column, _, value)) = held(n) {
                    let words: Vec<u64> =
                        rarest(column, &value.words).map(|word| word.skeleton).collect();
                    for (at, one) in words.iter().enumerate() {
                        for other in &words[at + 1..] {
                            let (low, high) = (one.min(other), one.max(other));
                            out.push(low.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ high);
                        }
                    }
                }
            }
            Part::BothNames(n, k) => {
                if let (Some((.., one)), Some((.., other))) = (held(n), held(k)) {
                    let (one, other) = (one.word.given_key(), other.word.given_key());
                    let (low, high) = (one.min(other), one.max(other));
                    out.push(low.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ high);
                }
            }
            Part::FirstHalf(n) | Part::SecondHalf(n) => out.extend(
                held(n).map(|(.., value)| value.word.text.as_bytes()).filter(|t| t.len() > 5).map(
                    |text| {
                        let (first, second) = text.split_at(text.len() / 2);
                        bytes(if matches!(self, Part::FirstHalf(_)) { first } else { second })
                    },
                ),
            ),
        }
    }
}

/// A value's rarest words with letters, at most five.
fn rarest<'c>(
    column: &'c Column,
    words: &[u32],
) -> impl Iterator<Item = &'c super::reading::Word> + use<'c> {
    let mut words: Vec<u32> = words.to_vec();
    words.retain(|word| column.words.list[*word as usize].text.len() > 1);
    words.sort_by_key(|word| (column.words.rows[*word as usize], *word));
    words.truncate(WORDS);
    words.into_iter().map(|word| &column.words.list[word as usize])
}

/// The blocks of a table: rows that share a key.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    members: Vec<u32>,
    /// Where each block ends among the members, and its recipe.
    ends: Vec<(u32, u16)>,
    /// Which blocks each row is in, rising.
    of_row: Vec<u32>,
    row_ends: Vec<u32>,
    /// The largest block that was taken.
    pub largest: usize,
    /// Keys that were left out because too many share them.
    pub left_out: usize,
}

impl Blocks {
    /// Makes the blocks, with at most about so many pairs.
    pub fn of(columns: &[Column], recipes: &[Recipe], most_pairs: u64, threads: usize) -> Blocks {
        let n = columns.first().map_or(0, |column| column.rows.len());
        let mut blocks = Blocks::default();
        let mut budget = Budget::new(most_pairs);
        for (number, recipe) in recipes.iter().enumerate() {
            let mut entries = keyed(columns, recipe, number as u64, n, threads);
            sort(&mut entries, threads);
            let sizes = || entries.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len);
            sizes().filter(|size| *size > 1).for_each(|size| budget.meet(size));
            let largest = budget.largest();
            for block in entries.chunk_by(|a, b| a.0 == b.0) {
                if (2..=largest).contains(&block.len()) {
                    blocks.members.extend(block.iter().map(|entry| entry.1));
                    blocks.ends.push((blocks.members.len() as u32, number as u16));
                }
            }
        }
        blocks.largest = budget.largest();
        blocks.left_out = budget.sizes[blocks.largest + 1..].iter().sum::<u64>() as usize;
        blocks.cap();
        blocks.turn(n);
        blocks
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The rows of a block.
    pub fn rows(&self, block: usize) -> &[u32] {
        let start = if block == 0 { 0 } else { self.ends[block - 1].0 };
        &self.members[start as usize..self.ends[block].0 as usize]
    }

    /// By which recipe a block was made.
    pub fn recipe(&self, block: usize) -> usize {
        usize::from(self.ends[block].1)
    }

    /// Whether this is the first block in which two rows meet.
    #[inline]
    pub fn first_meeting(&self, block: usize, one: u32, other: u32) -> bool {
        let (mut left, mut right) = (self.blocks_of(one), self.blocks_of(other));
        let block = block as u32;
        while let (Some(a), Some(b)) = (left.first(), right.first()) {
            if *a >= block || *b >= block {
                return true;
            }
            match a.cmp(b) {
                std::cmp::Ordering::Equal => return false,
                std::cmp::Ordering::Less => left = &left[1..],
                std::cmp::Ordering::Greater => right = &right[1..],
            }
        }
        true
    }

    #[inline]
    fn blocks_of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        let start = if row == 0 { 0 } else { self.row_ends[row - 1] };
        &self.of_row[start as usize..self.row_ends[row] as usize]
    }

    /// Leaves out the blocks that were taken before the budget was known to be spent.
    fn cap(&mut self) {
        let (mut to, mut from, mut kept) = (0, 0, 0);
        for block in 0..self.ends.len() {
            let (end, recipe) = self.ends[block];
            let end = end as usize;
            if end - from <= self.largest {
                self.members.copy_within(from..end, to);
                to += end - from;
                self.ends[kept] = (to as u32, recipe);
                kept += 1;
            }
            from = end;
        }
        self.members.truncate(to);
        self.members.shrink_to_fit();
        self.ends.truncate(kept);
    }

    /// Notes for each row its blocks.
    fn turn(&mut self, n: usize) {
        let mut ends = vec![0u32; n];
        self.members.iter().for_each(|row| ends[*row as usize] += 1);
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum - *end;
        }
        let mut of_row = vec![0u32; self.members.len()];
        for block in 0..self.len() {
            for row in self.rows(block) {
                let place = &mut ends[*row as usize];
                of_row[*place as usize] = block as u32;
                *place += 1;
            }
        }
        (self.of_row, self.row_ends) = (of_row, ends);
    }
}

/// How large a block may be so that the pairs of all fit: the smallest are taken first, since what
/// few share tells most.
struct Budget {
    most_pairs: u64,
    /// Blocks by their size; what is too large for any counts as one more than the largest.
    sizes: Vec<u64>,
}

impl Budget {
    fn new(most_pairs: u64) -> Budget {
        Budget { most_pairs, sizes: vec![0; LARGEST + 2] }
    }

    fn meet(&mut self, size: usize) {
        self.sizes[size.min(LARGEST + 1)] += 1;
    }

    /// The largest that is taken of all met so far: it falls as more are met.
    fn largest(&self) -> usize {
        let (mut pairs, mut largest) = (0u64, 1);
        for (size, count) in self.sizes.iter().enumerate().take(LARGEST + 1).skip(2) {
            pairs += count * (size as u64 * (size as u64 - 1) / 2);
            if pairs > self.most_pairs && size > SMALLEST {
                break;
            }
            largest = size;
        }
        largest
    }
}

/// The keys of every row by one recipe.
fn keyed(
    columns: &[Column],
    recipe: &Recipe,
    number: u64,
    n: usize,
    threads: usize,
) -> Vec<(u64, u32)> {
    let share = n.div_ceil(threads.max(1)).max(1);
    let parts: Vec<Vec<(u64, u32)>> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..n)
            .step_by(share)
            .map(|from| {
                scope.spawn(move || {
                    let mut entries = Vec::with_capacity(share);
                    let (mut keys, mut more, mut facts) = (Vec::new(), Vec::new(), Vec::new());
                    for row in from..(from + share).min(n) {
                        keys.clear();
                        keys.push(number.wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03));
                        for part in &recipe.parts {
                            facts.clear();
                            part.facts(columns, row, &mut facts);
                            more.clear();
                            for key in &keys {
                                for fact in &facts {
                                    more.push(xxh3_64_with_seed(&fact.to_le_bytes(), *key));
                                }
                            }
                            std::mem::swap(&mut keys, &mut more);
                        }
                        keys.sort_unstable();
                        keys.dedup();
                        entries.extend(keys.iter().map(|key| (*key, row as u32)));
                    }
                    entries
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap_or_default()).collect()
    });
    parts.concat()
}

/// Sorts by key, then row: halves side by side, then merged.
fn sort(entries: &mut Vec<(u64, u32)>, threads: usize) {
    if threads < 2 || entries.len() < 50_000 {
        entries.sort_unstable();
        return;
    }
    // Keys are hashes, so their top bit halves them.
    let (mut low, mut high): (Vec<_>, Vec<_>) =
        entries.iter().copied().partition(|entry| entry.0 < 1 << 63);
    std::thread::scope(|scope| {
        scope.spawn(|| low.sort_unstable());
        high.sort_unstable();
    });
    low.extend_from_slice(&high);
    *entries = low;
}
