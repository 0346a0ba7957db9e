//! Comparing two records field by field: which level of agreement each field shows. Levels are
//! counted from 1, the strongest, down to plain disagreement; 0 is for what one side leaves out,
//! which is evidence of nothing. What a level weighs is learned in `weights.rs`.

use super::Records;
use super::column::ColumnRole;
use super::likeness::{edits, jaro_winkler, one_apart};
use super::reading::{Column, Word};

/// Most fields of one comparison.
pub(super) const FIELDS: usize = 16;
/// Most levels of one field, with that of nothing said.
pub(super) const LEVELS: usize = 8;

/// The levels of two records, field by field.
pub(super) type Pattern = [u8; FIELDS];

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Given,
    Surname,
    /// A whole name, alone.
    Name,
    /// A whole name beside its parts: only what it has besides counts.
    Further,
    Date,
    Word,
    Region,
    Postcode,
    Number,
    Address,
    Code,
    Mail,
}

impl How {
    /// Words for its levels from 1 on; the last is disagreement.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            How::Given => &[
                "exact",
                "short_form",
                "alike",
                "in_the_other_name",
                "initial",
                "similar",
                "other",
            ],
            How::Surname => {
                &["exact", "alike", "same_sound", "in_the_other_name", "similar", "other"]
            }
            How::Name => {
                &["exact", "same_words", "alike", "similar", "partly", "a_little", "other"]
            }
            How::Further => &["several_words", "one_word", "other"],
            How::Date => {
                &["exact", "one_slip", "same_month", "only_year_said", "same_year", "near", "other"]
            }
            How::Word => &["exact", "alike", "similar", "other"],
            How::Region => &["exact", "one_slip", "other"],
            How::Postcode => {
                &["exact", "one_slip", "same_sector", "same_district", "same_area", "other"]
            }
            How::Number => &["exact", "one_slip", "other"],
            How::Address => &["exact", "same_words", "alike", "partly", "other"],
            How::Code => &["exact", "one_slip", "two_slips", "other"],
            How::Mail => &["exact", "same_box", "alike", "other"],
        }
    }

    /// What comparing two values of it takes, against other fields.
    pub fn effort(self) -> u8 {
        match self {
            How::Code | How::Date | How::Number | How::Postcode | How::Region => 0,
            How::Word | How::Mail => 1,
            How::Given | How::Surname => 2,
            How::Further => 3,
            How::Address => 4,
            How::Name => 5,
        }
    }

    /// The first guess of how often records of one entity show each level, from 1 on.
    pub fn first_guess(self) -> &'static [f64] {
        match self {
            How::Given => &[0.66, 0.08, 0.08, 0.05, 0.04, 0.03, 0.06],
            How::Surname => &[0.74, 0.09, 0.03, 0.05, 0.03, 0.06],
            How::Name => &[0.55, 0.12, 0.12, 0.08, 0.05, 0.03, 0.05],
            How::Further => &[0.3, 0.35, 0.35],
            How::Date => &[0.76, 0.09, 0.03, 0.03, 0.03, 0.02, 0.04],
            How::Word => &[0.75, 0.08, 0.04, 0.13],
            How::Region => &[0.88, 0.03, 0.09],
            How::Postcode => &[0.7, 0.06, 0.06, 0.06, 0.05, 0.07],
            How::Number => &[0.78, 0.08, 0.14],
            How::Address => &[0.66, 0.1, 0.08, 0.06, 0.1],
            How::Code => &[0.84, 0.1, 0.02, 0.04],
            How::Mail => &[0.8, 0.04, 0.06, 0.1],
        }
    }
}

/// One field of the comparison: which column, compared how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub column: usize,
    pub how: How,
}

/// The fields by which two records of a table are compared.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    pub list: Vec<Field>,
    given: Option<usize>,
    surname: Option<usize>,
    whole: Option<usize>,
}

impl Fields {
    pub fn of(columns: &[Column]) -> Fields {
        let first = |role: ColumnRole| columns.iter().position(|column| column.role == role);
        let (given, surname) = (first(ColumnRole::GivenName), first(ColumnRole::Surname));
        let whole = first(ColumnRole::FullName);
        let in_parts = given.is_some() && surname.is_some();
        let how = |column: &Column| {
            Some(match column.role {
                ColumnRole::GivenName => How::Given,
                ColumnRole::Surname => How::Surname,
                ColumnRole::FullName if in_parts => How::Further,
                ColumnRole::FullName => How::Name,
                ColumnRole::Date => How::Date,
                ColumnRole::Place | ColumnRole::Word => How::Word,
                ColumnRole::Region => How::Region,
                ColumnRole::Postcode => How::Postcode,
                ColumnRole::HouseNumber => How::Number,
                ColumnRole::Address => How::Address,
                ColumnRole::Code | ColumnRole::Phone => How::Code,
                ColumnRole::Mail => How::Mail,
                ColumnRole::Ignored => return None,
            })
        };
        let list = columns
            .iter()
            .enumerate()
            .filter_map(|(n, column)| Some(Field { column: n, how: how(column)? }))
            .take(FIELDS)
            .collect();
        Fields { list, given, surname, whole }
    }

    /// The levels of two rows.
    pub fn compare(&self, records: &Records, one: usize, other: usize) -> Pattern {
        let mut pattern = [0u8; FIELDS];
        let rows = (records.row(one), records.row(other));
        for (n, field) in self.list.iter().enumerate() {
            let values = (rows.0[field.column], rows.1[field.column]);
            if values.0 > 0 && values.1 > 0 {
                pattern[n] = self.level(records, n, (one, other), values);
            }
        }
        pattern
    }

    /// The level of one field, of which both rows say something.
    #[inline]
    pub fn level(
        &self,
        records: &Records,
        n: usize,
        rows: (usize, usize),
        (a, b): (u32, u32),
    ) -> u8 {
        let field = &self.list[n];
        match field.how {
            How::Further => self.further(records, rows.0, rows.1),
            _ if a == b => 1,
            How::Given => self.given(records, rows, (a, b)),
            How::Surname => self.surname(records, rows, (a, b)),
            how => apart(how, &records.columns[field.column], a, b),
        }
    }

    fn given(&self, records: &Records, rows: (usize, usize), values: (u32, u32)) -> u8 {
        let Some(column) = self.given.map(|n| &records.columns[n]) else { return 0 };
        let one = &column.values[values.0 as usize].word;
        let other = &column.values[values.1 as usize].word;
        if one.group > 0 && one.group == other.group {
            return 2;
        }
        let (short, long) =
            if one.text.len() <= other.text.len() { (one, other) } else { (other, one) };
        let initial = short.text.len() == 1 && long.text.starts_with(&*short.text);
        let like = likeness(one, other);
        if !initial && (like >= 0.92 || one.sound == other.sound || slip(one, other)) {
            return 3;
        }
        if self.elsewhere(records, rows, (one, other), self.surname) {
            return 4;
        }
        let begins = short.text.len() >= 3 && long.text.starts_with(&*short.text);
        match () {
            () if initial || begins => 5,
            () if like >= 0.8 => 6,
            () => 7,
        }
    }

    fn surname(&self, records: &Records, rows: (usize, usize), values: (u32, u32)) -> u8 {
        let Some(column) = self.surname.map(|n| &records.columns[n]) else { return 0 };
        let one = &column.values[values.0 as usize].word;
        let other = &column.values[values.1 as usize].word;
        let like = likeness(one, other);
        match () {
            () if like >= 0.92 || slip(one, other) => 2,
            () if one.sound == other.sound => 3,
            () if self.elsewhere(records, rows, (one, other), self.given) => 4,
            () if like >= 0.82 => 5,
            () => 6,
        }
    }

    /// Whether a part of one record's name stands in another part of the other record's name.
    fn elsewhere(
        &self,
        records: &Records,
        (one, other): (usize, usize),
        (word, other_word): (&Word, &Word),
        part: Option<usize>,
    ) -> bool {
        if let Some(column) = part.map(|n| &records.columns[n]) {
            let holds = |row: usize, word: &Word| {
                let value = column.at(row);
                value > 0 && word.text.len() > 1 && {
                    let there = &column.values[value as usize].word;
                    there.text == word.text || (word.text.len() > 4 && slip(there, word))
                }
            };
            if holds(other, word) || holds(one, other_word) {
                return true;
            }
        }
        if let Some(column) = self.whole.map(|n| &records.columns[n]) {
            let holds = |row: usize, word: &Word| {
                word.text.len() > 2
                    && column.values[column.at(row) as usize]
                        .words
                        .iter()
                        .any(|n| column.words.list[*n as usize].text == word.text)
            };
            return holds(other, word) || holds(one, other_word);
        }
        false
    }

    /// What two whole names share besides the given names and surnames.
    fn further(&self, records: &Records, one: usize, other: usize) -> u8 {
        let Some(column) = self.whole.map(|n| &records.columns[n]) else { return 0 };
        let besides = |row: usize, out: &mut [u32; 16]| {
            let parts = [self.given, self.surname].map(|part| {
                part.map(|n| {
                    let column = &records.columns[n];
                    &*column.values[column.at(row) as usize].word.text
                })
            });
            let mut n = 0;
            for word in &column.values[column.at(row) as usize].words {
                let text = &*column.words.list[*word as usize].text;
                let said = parts.iter().flatten().any(|part| *part == text);
                if !said && text.len() > 2 && n < 16 && !LINKING.contains(&text) {
                    out[n] = *word;
                    n += 1;
                }
            }
            n
        };
        let (mut left, mut right) = ([0u32; 16], [0u32; 16]);
        let n = besides(one, &mut left);
        let k = besides(other, &mut right);
        if n == 0 || k == 0 {
            return 0;
        }
        let shared = left[..n].iter().filter(|word| right[..k].contains(word)).count();
        match shared {
            0 => 3,
            1 => 2,
            _ => 1,
        }
    }
}

/// Words that link the parts of a name and say nothing.
const LINKING: [&str; 12] =
    ["the", "von", "van", "der", "den", "del", "sir", "and", "lord", "lady", "mrs", "miss"];

/// The level of two values that are not the same.
fn apart(how: How, column: &Column, a: u32, b: u32) -> u8 {
    let (one, other) = (&column.values[a as usize], &column.values[b as usize]);
    let (word, other_word) = (&one.word, &other.word);
    let (text, other_text) = (word.text.as_bytes(), other_word.text.as_bytes());
    match how {
        How::Name => {
            let share = names_alike(column, a, b);
            let across = if share < 0.93 { column.named_alike(a, b) } else { None };
            let share = share.max(match across {
                Some(chance) if chance >= 0.97 => 0.93,
                Some(chance) if chance >= 0.9 => 0.8,
                Some(chance) if chance >= 0.75 => 0.64,
                Some(chance) if chance >= 0.5 => 0.45,
                _ => 0.0,
            });
            match share {
                share if share >= 0.93 => 2,
                share if share >= 0.80 => 3,
                share if share >= 0.64 => 4,
                share if share >= 0.45 => 5,
                share if share >= 0.25 => 6,
                _ => 7,
            }
        }
        How::Date => dates(text, other_text),
        How::Word => match likeness(word, other_word) {
            like if like >= 0.92 || slip(word, other_word) => 2,
            like if like >= 0.8 => 3,
            _ => 4,
        },
        How::Region => {
            if one_apart(text, other_text) && text.len() > 1 {
                2
            } else {
                3
            }
        }
        How::Postcode => {
            let head = text.iter().zip(other_text).take_while(|(a, b)| a == b).count();
            let long = text.len().min(other_text.len());
            match () {
                () if one_apart(text, other_text) && long < 6 => 2,
                () if long >= 6 && head + 1 >= long && text.len() == other_text.len() => 2,
                () if long >= 6 && head + 2 >= long => 3,
                () if head + 3 >= long && head >= 2 && long >= 5 => 4,
                () if one_apart(text, other_text) => 4,
                () if head >= 2 => 5,
                () => 6,
            }
        }
        How::Number => {
            if one_apart(text, other_text) && text.len() + other_text.len() > 2 {
                2
            } else {
                3
            }
        }
        How::Address => match words_alike(column, a, b) {
            share if share >= 0.9 => 2,
            share if share >= 0.7 => 3,
            share if share >= 0.45 => 4,
            _ => 5,
        },
        How::Code => match edits(text, other_text, 2) {
            1 if text.len() > 3 => 2,
            2 if text.len() > 5 => 3,
            _ => 4,
        },
        How::Mail => {
            let name = |text: &str| text.split('@').next().unwrap_or_default().to_owned();
            let (left, right) = (name(&word.text), name(&other_word.text));
            match () {
                () if left == right && left.len() > 3 => 2,
                () if one_apart(text, other_text) => 3,
                () if jaro_winkler(left.as_bytes(), right.as_bytes()) >= 0.95 => 3,
                () => 4,
            }
        }
        How::Given | How::Surname | How::Further => 0,
    }
}

/// Two dates that are not the same: eight digits each, or what was written instead.
fn dates(one: &[u8], other: &[u8]) -> u8 {
    if one.len() != 8 || other.len() != 8 {
        return if edits(one, other, 1) <= 1 { 2 } else { 7 };
    }
    let same_year = one[..4] == other[..4];
    let only_year = |date: &[u8]| &date[4..] == b"0101" || date[4..6] == *b"00";
    if same_year && (only_year(one) || only_year(other)) {
        return 4;
    }
    let crossed = same_year && one[4..6] == other[6..] && one[6..] == other[4..6];
    if crossed || one_apart(one, other) {
        return 2;
    }
    if same_year {
        return if one[4..6] == other[4..6] { 3 } else { 5 };
    }
    let year = |date: &[u8]| {
        date[..4].iter().fold(0i32, |sum, digit| sum * 10 + i32::from(digit.wrapping_sub(b'0')))
    };
    let close = (year(one) - year(other)).abs() <= 1;
    let same_day = one[4..] == other[4..] && !only_year(one);
    match () {
        () if same_day && one_apart(&one[..4], &other[..4]) => 2,
        () if close || (same_day && edits(&one[..4], &other[..4], 2) <= 2) => 6,
        () if edits(one, other, 2) <= 2 => 6,
        () => 7,
    }
}

/// Jaro-Winkler, or 0 where the letters already say that it is low.
#[inline]
fn likeness(one: &Word, other: &Word) -> f32 {
    let (n, k) = (one.text.len() as f32, other.text.len() as f32);
    let missing = (one.letters & !other.letters).count_ones() as f32;
    let lacking = (other.letters & !one.letters).count_ones() as f32;
    let common = (n - missing).min(k - lacking).max(0.0);
    // The most that Jaro can be, and the prefix can add.
    let most = (common / n + common / k + 1.0) / 3.0;
    if most + 0.4 * (1.0 - most) < 0.8 {
        return 0.0;
    }
    jaro_winkler(one.text.as_bytes(), other.text.as_bytes())
}

/// One edit apart, in words long enough for that to be a slip.
#[inline]
fn slip(one: &Word, other: &Word) -> bool {
    one.text.len().min(other.text.len()) > 3
        && (one.letters ^ other.letters).count_ones() <= 2
        && one_apart(one.text.as_bytes(), other.text.as_bytes())
}

/// How alike two words of names are, from 0 to 1; below .8 is nothing.
fn word_alike(one: &Word, other: &Word) -> f32 {
    if one.text == other.text {
        return 1.0;
    }
    if one.sound == other.sound {
        return 0.95;
    }
    if one.group > 0 && one.group == other.group {
        return 0.9;
    }
    let (short, long) =
        if one.text.len() <= other.text.len() { (one, other) } else { (other, one) };
    if short.text.len() == 1 && long.text.starts_with(&*short.text) {
        return 0.5;
    }
    if short.text.as_bytes().iter().any(u8::is_ascii_digit) {
        return 0.0;
    }
    let like = likeness(one, other);
    if like >= 0.85 || slip(one, other) { like.max(0.9) * 0.95 } else { 0.0 }
}

/// The share of two texts' words that agree, each word by its rarity.
fn words_alike(column: &Column, a: u32, b: u32) -> f32 {
    let (one, other) = (&column.values[a as usize], &column.values[b as usize]);
    let rows = column.rows_in_all().max(2) as f32;
    let bits = |word: u32| {
        let seen = column.words.rows[word as usize].max(1) as f32;
        (rows / seen).log2().max(0.0) + 1.0
    };
    let (mut shared, mut left, mut taken) = (0.0, 0.0, 0u32);
    for word in &one.words {
        let weight = bits(*word);
        let mut best = (0.0, 0);
        for (n, against) in other.words.iter().enumerate() {
            if taken & (1 << n) == 0 {
                let like = if word == against {
                    1.0
                } else {
                    word_alike(
                        &column.words.list[*word as usize],
                        &column.words.list[*against as usize],
                    )
                };
                if like > best.0 {
                    best = (like, n);
                }
            }
        }
        if best.0 > 0.0 {
            taken |= 1 << best.1;
            // What agrees weighs as its commoner spelling does: a slip makes no word rare.
            let weight = weight.min(bits(other.words[best.1]));
            shared += best.0 * weight;
            left += (1.0 - best.0) * weight;
        } else {
            left += weight;
        }
    }
    let mut right = 0.0;
    for (n, word) in other.words.iter().enumerate() {
        if taken & (1 << n) == 0 {
            right += bits(*word);
        }
    }
    // What only one side says counts half where the other says less: names are shortened.
    let (more, less) = if left > right { (left, right) } else { (right, left) };
    let all = shared + less + 0.6 * more;
    if all > 0.0 { shared / all } else { 0.0 }
}

/// How alike two whole names are: by their words, or written together, as Korean names are.
fn names_alike(column: &Column, a: u32, b: u32) -> f32 {
    let by_words = words_alike(column, a, b);
    let (one, other) = (&column.values[a as usize], &column.values[b as usize]);
    if by_words >= 0.93 || one.words.len() == other.words.len() && !one.foreign && !other.foreign {
        return by_words;
    }
    let joined = |text: &str| text.replace(' ', "");
    let (left, right) = (joined(&one.word.text), joined(&other.word.text));
    let sound = super::likeness::sound;
    let turned = |text: &str| match text.split_once(' ') {
        Some((first, rest)) => joined(&format!("{rest}{first}")),
        None => text.to_owned(),
    };
    let mut together = jaro_winkler(left.as_bytes(), right.as_bytes());
    let (by_ear, other_by_ear) = (sound(&left), sound(&right));
    let ways = [
        (by_ear.clone(), other_by_ear.clone()),
        (sound(&turned(&one.word.text)), other_by_ear),
        (by_ear, sound(&turned(&other.word.text))),
    ];
    for (left, right) in &ways {
        together = together.max(jaro_winkler(left.as_bytes(), right.as_bytes()));
    }
    // Likeness of whole names below .9 is what any two names have.
    by_words.max((together - 0.86).max(0.0) / 0.14 * 0.95)
}
