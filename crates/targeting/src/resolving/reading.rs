//! Reads a table into columns of folded values: each distinct value once, with how often it
//! occurs, and with what comparing and blocking need of it. Text of any script is brought to Latin
//! letters: Hangul by the Revised Romanisation, the rest letter by letter.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::column::ColumnRole;
use super::likeness::{skeleton, sound};
use super::nicknames;
use crate::names::{Kind, Name};

/// Text in lower case and Latin letters: words of letters and digits, one blank between them.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|sign: char| !sign.is_alphanumeric() && sign != '\'') {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            out.extend(word.chars().filter(|c| *c != '\'').map(|c| c.to_ascii_lowercase()));
            continue;
        }
        let roman = crate::search_key::romanised(word);
        let latin = any_ascii::any_ascii(&roman);
        out.extend(
            latin.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()),
        );
    }
    out
}

/// Letters and digits alone, in lower case: how codes, phones and postcodes are held.
pub(super) fn plain(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.chars().filter(char::is_ascii_alphanumeric);
        return kept.map(|c| c.to_ascii_lowercase()).collect();
    }
    fold(text).replace(' ', "")
}

/// A word as comparing needs it.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Folded text.
    pub text: Box<str>,
    /// As it sounds, hashed.
    pub sound: u64,
    /// Its consonants.
    pub skeleton: u64,
    /// Group of short forms of given names; 0 for none.
    pub group: u32,
    /// Which letters it has.
    pub letters: u32,
}

impl Word {
    pub fn of(text: &str) -> Word {
        let letters = text.bytes().fold(0u32, |mask, sign| match sign {
            b'a'..=b'z' => mask | 1 << (sign - b'a'),
            b'0'..=b'9' => mask | 1 << (26 + (sign - b'0') % 6),
            _ => mask,
        });
        Word {
            text: text.into(),
            sound: xxh3_64(sound(text).as_bytes()),
            skeleton: skeleton(text.as_bytes()),
            group: nicknames::group(text),
            letters,
        }
    }

    /// What blocking takes for a given name: its group of short forms, else its consonants.
    pub fn given_key(&self) -> u64 {
        if self.group > 0 { 1 << 40 | u64::from(self.group) } else { self.skeleton }
    }
}

/// One distinct value of a column.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// As a word: whole text folded; of codes, phones and postcodes letters and digits alone; of
    /// dates eight digits, with zeros for what is not said.
    pub word: Word,
    /// Its words, by number in the column's list, in the order written. Only of names, addresses.
    pub words: Box<[u32]>,
    /// True when some of it was not written in Latin letters.
    pub foreign: bool,
}

/// The distinct words of a column's values.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub list: Vec<Word>,
    /// In how many rows each occurs.
    pub rows: Vec<u32>,
    known: HashMap<Box<str>, u32>,
}

impl Words {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let number = self.list.len() as u32;
        self.list.push(Word::of(text));
        self.rows.push(0);
        self.known.insert(text.into(), number);
        number
    }
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub name: String,
    pub role: ColumnRole,
    /// Distinct values; number 0 is none.
    pub values: Vec<Value>,
    /// One way in which each value was written, for people.
    pub written: Vec<Box<str>>,
    /// In how many rows each value stands.
    pub counts: Vec<u32>,
    /// The value of each row.
    pub rows: Vec<u32>,
    pub words: Words,
    /// Its names taken apart for comparison across scripts, by value; empty where that is not done.
    pub names: Vec<(Kind, Name)>,
    /// Rows of which these are a part, where counts are of all of them.
    all: Option<u32>,
    raw: HashMap<Box<str>, u32>,
    folded: HashMap<Box<str>, u32>,
}

impl Column {
    pub fn new(name: &str, role: ColumnRole) -> Column {
        let none = Value { word: Word::of(""), words: Box::default(), foreign: false };
        Column {
            name: name.to_owned(),
            role,
            values: vec![none],
            written: vec!["".into()],
            counts: vec![0],
            rows: Vec::new(),
            words: Words::default(),
            names: Vec::new(),
            all: None,
            raw: HashMap::new(),
            folded: HashMap::new(),
        }
    }

    /// Adds a cell; gives its value's number.
    pub fn push(&mut self, text: &str) -> u32 {
        let text = text.trim();
        let number = match self.raw.get(text) {
            Some(number) => *number,
            None => {
                let number = self.number(text);
                self.raw.insert(text.into(), number);
                number
            }
        };
        self.counts[number as usize] += 1;
        for word in &self.values[number as usize].words {
            self.words.rows[*word as usize] += 1;
        }
        self.rows.push(number);
        number
    }

    fn number(&mut self, text: &str) -> u32 {
        if is_nothing(text) {
            return 0;
        }
        let in_words = matches!(self.role, ColumnRole::FullName | ColumnRole::Address);
        let folded = match self.role {
            ColumnRole::FullName => name_words(text),
            ColumnRole::GivenName
            | ColumnRole::Surname
            | ColumnRole::Place
            | ColumnRole::Word
            | ColumnRole::Address
            | ColumnRole::Region
            | ColumnRole::Ignored => fold(text),
            ColumnRole::Code | ColumnRole::Postcode | ColumnRole::HouseNumber => plain(text),
            ColumnRole::Phone => phone(text),
            ColumnRole::Mail => text.to_lowercase(),
            ColumnRole::Date => date(text),
        };
        if folded.is_empty() {
            return 0;
        }
        if let Some(known) = self.folded.get(folded.as_str()) {
            return *known;
        }
        let mut words: Vec<u32> = Vec::new();
        if in_words {
            for word in folded.split(' ').take(16) {
                let number = self.words.number(word);
                if !words.contains(&number) {
                    words.push(number);
                }
            }
        }
        let number = self.values.len() as u32;
        self.values.push(Value {
            word: Word::of(&folded),
            words: words.into(),
            foreign: text.chars().any(|sign| sign.is_alphabetic() && sign > '\u{24f}'),
        });
        self.written.push(text.into());
        self.counts.push(0);
        self.folded.insert(folded.into(), number);
        number
    }

    /// The value of a row, by number; 0 for none.
    #[inline]
    pub fn at(&self, row: usize) -> u32 {
        self.rows[row]
    }

    /// Rows that say something.
    pub fn filled(&self) -> u32 {
        self.all.unwrap_or(self.rows.len() as u32 - self.counts[0])
    }

    /// All rows, whether they say something or not.
    pub fn rows_in_all(&self) -> u32 {
        self.all.unwrap_or(self.rows.len() as u32)
    }

    /// Says of how many rows the counts are, where these are but a part of them.
    pub fn stands_for(&mut self, rows: u32) {
        self.all = Some(rows);
    }

    /// Takes its names apart, so that they are compared across scripts as watchlists compare them.
    pub fn take_names_apart(&mut self) {
        let apart = |written: &str| {
            let kind = Kind::guess(written);
            (kind, Name::of(written, kind))
        };
        self.names = self.written.iter().map(|written| apart(written)).collect();
    }

    /// The chance that two values name the same; none where they are names of different kinds.
    pub fn named_alike(&self, a: u32, b: u32) -> Option<f64> {
        let ((kind, one), (other_kind, other)) =
            (self.names.get(a as usize)?, self.names.get(b as usize)?);
        (kind == other_kind).then(|| one.probability(other))
    }

    /// Forgets what only reading needs.
    pub fn close(&mut self) {
        self.raw = HashMap::new();
        self.folded = HashMap::new();
        self.words.known = HashMap::new();
    }
}

fn is_nothing(text: &str) -> bool {
    const NOTHING: [&str; 9] = ["", "-", "--", "null", "none", "nan", "n/a", "na", "unknown"];
    text.len() < 8 && NOTHING.contains(&text.to_ascii_lowercase().as_str())
}

/// The last eight digits, which drops the country's prefix and the leading zero also where the
/// number of a city is short.
pub(super) fn phone(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(8)..].to_owned()
}

/// Eight digits, year first; a part that is not said is zeros. Day and month may stand in either
/// order where one of them is no month, and months may be words. What is no date keeps its digits.
fn date(text: &str) -> String {
    // The time of day says nothing of who it is.
    let day = match text.find(':') {
        Some(colon) => text[..colon].trim_end_matches(|sign: char| sign.is_ascii_digit()),
        None => text,
    };
    let words: Vec<&str> =
        day.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let (mut numbers, mut month) = (Vec::new(), None);
    for word in words {
        let digits = word.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        if digits.is_empty() {
            month = month.or(month_of(word));
        } else if digits.bytes().all(|sign| sign.is_ascii_digit()) {
            numbers.push(digits);
        }
    }
    let year = |text: &str| text.len() == 4;
    let written = |year: &str, month: u32, day: u32| format!("{year}{month:02}{day:02}");
    let small = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    let smalls: Vec<Option<u32>> = numbers.iter().map(|one| small(one)).collect();
    match (&smalls[..], month) {
        ([None, Some(day)], Some(month)) if year(numbers[0]) => written(numbers[0], month, *day),
        ([Some(day), None], Some(month)) if year(numbers[1]) => written(numbers[1], month, *day),
        ([None], Some(month)) if year(numbers[0]) => written(numbers[0], month, 0),
        ([None, Some(month), Some(day)], _) if year(numbers[0]) => {
            written(numbers[0], *month, *day)
        }
        ([Some(day), Some(month), None], _) if year(numbers[2]) => {
            match month > &12 && day <= &12 {
                true => written(numbers[2], *day, *month),
                false => written(numbers[2], *month, *day),
            }
        }
        // Two digits of a year: of the last hundred years.
        ([Some(day), Some(month), Some(two)], _) if numbers[2].len() == 2 => {
            let (day, month) = if month > &12 { (month, day) } else { (day, month) };
            format!("{}{two:02}{month:02}{day:02}", if *two > 30 { 19 } else { 20 })
        }
        ([None, Some(month)], _) if year(numbers[0]) => written(numbers[0], *month, 0),
        ([None], _) if year(numbers[0]) => written(numbers[0], 0, 0),
        ([None], _) if numbers[0].len() == 8 && numbers[0][4..6] > *"12" => {
            // Day first, where the beginning is no year with a month after it.
            let (day, month, year) = (&numbers[0][..2], &numbers[0][2..4], &numbers[0][4..]);
            match month <= "12" && day <= "31" && ("15".."21").contains(&&year[..2]) {
                true => format!("{year}{month}{day}"),
                false => numbers[0].to_owned(),
            }
        }
        _ => text.chars().filter(char::is_ascii_digit).collect(),
    }
}

/// The number of a month's English name, or of its first three letters or more.
fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&*word))?;
    Some(at as u32 + 1)
}

/// Words of firms' forms, which say nothing of which firm it is.
const FORMS: [&str; 32] = [
    "co",
    "company",
    "corp",
    "corporation",
    "inc",
    "incorporated",
    "ltd",
    "limited",
    "llc",
    "llp",
    "plc",
    "pte",
    "pty",
    "gmbh",
    "ag",
    "kg",
    "sa",
    "srl",
    "spa",
    "bv",
    "nv",
    "oy",
    "ab",
    "as",
    "kk",
    "jusikhoesa",
    "yuhanhoesa",
    "ju",
    "yu",
    "hoesa",
    "the",
    "and",
];

/// Korean words of trades that close a firm's name, and what such firms call themselves in English.
const TRADES: [(&str, &str); 24] = [
    ("인터내셔널", "international"),
    ("무역", "trading"),
    ("통상", "trading"),
    ("상사", "corporation"),
    ("산업", "industry"),
    ("유통", "distribution"),
    ("물류", "logistics"),
    ("전자", "electronics"),
    ("식품", "food"),
    ("푸드", "food"),
    ("화장품", "cosmetics"),
    ("건설", "construction"),
    ("기계", "machinery"),
    ("화학", "chemical"),
    ("제약", "pharma"),
    ("코리아", "korea"),
    ("글로벌", "global"),
    ("테크", "tech"),
    ("그룹", "group"),
    ("시스템", "system"),
    ("수산", "fisheries"),
    ("해운", "shipping"),
    ("섬유", "textile"),
    ("정밀", "precision"),
];

/// One spelling for words of trades that are spelt in several ways.
const SPELLINGS: [(&str, &str); 14] = [
    ("industries", "industry"),
    ("industrial", "industry"),
    ("foods", "food"),
    ("trade", "trading"),
    ("traders", "trading"),
    ("exports", "export"),
    ("imports", "import"),
    ("systems", "system"),
    ("technology", "tech"),
    ("technologies", "tech"),
    ("intl", "international"),
    ("chemicals", "chemical"),
    ("textiles", "textile"),
    ("products", "product"),
];

/// A name's words, folded, without forms of firms where other words are left.
pub(super) fn name_words(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 8);
    for word in text.replace("(주)", " ").replace("㈜", " ").replace("주식회사", " ").split(' ')
    {
        let trade = TRADES.iter().find(|(korean, _)| word.ends_with(korean) && word != *korean);
        match trade {
            Some((korean, english)) => {
                parted.push_str(&word[..word.len() - korean.len()]);
                parted.push(' ');
                parted.push_str(english);
            }
            None => match TRADES.iter().find(|(korean, _)| *korean == word) {
                Some((_, english)) => parted.push_str(english),
                None => parted.push_str(word),
            },
        }
        parted.push(' ');
    }
    let folded = fold(&parted);
    let spelt = |word: &str| -> String {
        let found = SPELLINGS.iter().find(|(other, _)| *other == word);
        found.map_or(word, |(_, one)| one).to_owned()
    };
    let all: Vec<String> = folded.split(' ').map(spelt).collect();
    let telling: Vec<&str> =
        all.iter().map(String::as_str).filter(|word| !FORMS.contains(word)).collect();
    if telling.is_empty() { folded } else { telling.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_phones_and_names_are_held_in_one_form() {
        for (text, held) in [
            ("1938-03-23", "19380323"),
            ("19380323", "19380323"),
            ("23/3/1938", "19380323"),
            ("1938", "19380000"),
            ("1938-03", "19380300"),
            ("3/23/1938", "19380323"),
            ("23031938", "19380323"),
            ("23 Mar. 1938", "19380323"),
            ("March 23rd, 1938", "19380323"),
            ("23.03.38", "19380323"),
            ("1938-03-23T00:00:00Z", "19380323"),
            ("23/03/1938 14:05", "19380323"),
            ("1938년 3월 23일", "19380323"),
            ("no date", ""),
        ] {
            assert_eq!(date(text), held);
        }
        assert_eq!(phone("+82 10-1234-5678"), phone("010 1234 5678"));
        assert_eq!(phone("+82 2 555 0101"), phone("02-555-0101"));
        assert_eq!(name_words("(주)한빛무역"), "hanbit trading");
        assert_eq!(name_words("Hanbit Trading Co., Ltd."), "hanbit trading");
        assert_eq!(name_words("Müller & Søn"), "muller son");
        assert_eq!(name_words("The Company"), "the company");
    }
}
