//! Columns: the fields of many consignments side by side, as a program reads them. Texts are
//! numbered by a dictionary of their column, so that a comparison looks the text up once and then
//! compares numbers.

use crate::facts::Facts;
use crate::feature::CATALOGUE;
use crate::history::{Histories, KeyMap, hash_text};

use super::field::{self, Source, fields};

/// How many consignments are judged at a time: a column of them stays in a processor's cache.
pub const BATCH: usize = 4_096;

/// Fields of many consignments.
#[derive(Default)]
pub struct Columns {
    rows: usize,
    /// By the place of the field.
    pub(super) texts: Vec<Option<Texts>>,
    pub(super) numbers: Vec<Option<Vec<f64>>>,
}

/// A column of texts.
#[derive(Default)]
pub(super) struct Texts {
    /// By row; 0 where it is not declared.
    pub numbered: Vec<u32>,
    pub dictionary: Dictionary,
}

/// Texts by their number; number 0 is none.
#[derive(Default)]
pub(super) struct Dictionary {
    /// One after another, none of them empty.
    pub text: String,
    /// By text: the byte where it ends.
    pub ends: Vec<u32>,
    order: Order,
}

/// How a text is found.
enum Order {
    ByHash(KeyMap<u32>),
    /// The texts rise.
    Sorted,
}

impl Default for Order {
    fn default() -> Order {
        Order::ByHash(KeyMap::default())
    }
}

impl Dictionary {
    /// A dictionary of texts that rise; `ends` are their ends in `text`.
    pub fn sorted(text: String, ends: Vec<u32>) -> Dictionary {
        Dictionary { text, ends, order: Order::Sorted }
    }

    /// The number of a text, which is taken in if it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if matches!(self.order, Order::Sorted) {
            let sorted = std::mem::take(self);
            for word in sorted.words() {
                self.number(word);
            }
        }
        let mut hash = hash_text(text);
        loop {
            match self.at_hash(hash) {
                Some(number) if self.text(number) == Some(text) => return number,
                // Two texts of one hash: the next place is free sooner or later.
                Some(_) => hash = hash.wrapping_add(1),
                None => break,
            }
        }
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        let number = self.ends.len() as u32;
        if let Order::ByHash(numbers) = &mut self.order {
            numbers.insert(hash, number);
        }
        number
    }

    fn at_hash(&self, hash: u64) -> Option<u32> {
        match &self.order {
            Order::ByHash(numbers) => numbers.get(&hash).copied(),
            Order::Sorted => None,
        }
    }

    /// The number of a text, if any row has it.
    pub fn find(&self, text: &str) -> Option<u32> {
        if matches!(self.order, Order::Sorted) {
            let places: &[u32] = &self.ends;
            let at = |place: usize| self.text(place as u32 + 1).unwrap_or_default();
            let (mut from, mut to) = (0, places.len());
            while from < to {
                let middle = from.midpoint(to);
                match at(middle).cmp(text) {
                    std::cmp::Ordering::Less => from = middle + 1,
                    std::cmp::Ordering::Equal => return Some(middle as u32 + 1),
                    std::cmp::Ordering::Greater => to = middle,
                }
            }
            return None;
        }
        let mut hash = hash_text(text);
        while let Some(number) = self.at_hash(hash) {
            if self.text(number) == Some(text) {
                return Some(number);
            }
            hash = hash.wrapping_add(1);
        }
        None
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The texts, number 1 first.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        (1..=self.ends.len() as u32).map(|number| self.text(number).unwrap_or_default())
    }

    /// The text of a number; none for 0.
    pub fn text(&self, number: u32) -> Option<&str> {
        let place = (number as usize).checked_sub(1)?;
        let to = *self.ends.get(place)? as usize;
        let from = place.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(from..to)
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        match &mut self.order {
            Order::ByHash(numbers) => numbers.clear(),
            Order::Sorted => self.order = Order::default(),
        }
    }
}

impl Texts {
    fn pick(&self, rows: &[usize]) -> Texts {
        let numbered: Vec<u32> = rows.iter().map(|&row| self.numbered[row]).collect();
        let mut used: Vec<u32> = numbered.iter().copied().filter(|&one| one != 0).collect();
        used.sort_unstable();
        used.dedup();
        let mut dictionary = Dictionary::default();
        let texts = used.iter().filter_map(|&one| self.dictionary.text(one));
        let new: Vec<u32> = texts.map(|text| dictionary.number(text)).collect();
        let renumbered = |one: u32| used.binary_search(&one).map_or(0, |at| new[at]);
        Texts { numbered: numbered.into_iter().map(renumbered).collect(), dictionary }
    }

    fn append(&mut self, more: &Texts) {
        let numbers: Vec<u32> = std::iter::once(0)
            .chain(more.dictionary.words().map(|word| self.dictionary.number(word)))
            .collect();
        self.numbered.extend(more.numbered.iter().map(|&one| numbers[one as usize]));
    }
}

impl Columns {
    /// No field yet, of so many consignments.
    pub fn with_rows(rows: usize) -> Columns {
        let mut columns = Columns { rows, ..Columns::default() };
        columns.texts.resize_with(fields().len(), || None);
        columns.numbers.resize_with(fields().len(), || None);
        columns
    }

    /// The fields at these places, of these consignments.
    pub fn of(places: &[usize], facts: &[Facts<'_>], past: &Histories) -> Columns {
        let mut columns = Columns::default();
        columns.fill(places, facts, past);
        columns
    }

    /// The same in the room of former ones.
    pub fn fill(&mut self, places: &[usize], facts: &[Facts<'_>], past: &Histories) {
        self.rows = facts.len();
        let all = fields().len();
        self.texts.resize_with(all, || None);
        self.numbers.resize_with(all, || None);
        for place in 0..all {
            if !places.contains(&place) {
                (self.texts[place], self.numbers[place]) = (None, None);
            }
        }
        self.read(places, facts, past);
    }

    /// Fills further fields of the same consignments.
    ///
    /// # Panics
    /// When there are more consignments or fewer.
    pub fn add(&mut self, places: &[usize], facts: &[Facts<'_>], past: &Histories) {
        assert_eq!(facts.len(), self.rows, "the same consignments");
        self.read(places, facts, past);
    }

    fn read(&mut self, places: &[usize], facts: &[Facts<'_>], past: &Histories) {
        let mut buffer = String::new();
        for &place in places {
            match fields()[place].source {
                Source::Text(write) => {
                    let column = self.texts[place].get_or_insert_default();
                    column.numbered.clear();
                    column.dictionary.clear();
                    for facts in facts {
                        buffer.clear();
                        write(facts, &mut buffer);
                        let number = match buffer.as_str() {
                            "" => 0,
                            text => column.dictionary.number(text),
                        };
                        column.numbered.push(number);
                    }
                }
                Source::Number(of) | Source::Flag(of) => {
                    let column = self.numbers[place].get_or_insert_default();
                    column.clear();
                    column.extend(facts.iter().map(of));
                }
                Source::Feature(..) => {}
            }
        }
        self.read_features(places, facts, past);
    }

    fn read_features(&mut self, places: &[usize], facts: &[Facts<'_>], past: &Histories) {
        let wanted: Vec<usize> = places
            .iter()
            .copied()
            .filter(|&place| matches!(fields()[place].source, Source::Feature(..)))
            .collect();
        if wanted.is_empty() {
            return;
        }
        let extractor = field::extractor(&wanted);
        for &place in &wanted {
            self.numbers[place].get_or_insert_default().clear();
        }
        // A whole row of the catalogue is wide, so only some rows are filled at once.
        const TOGETHER: usize = 128;
        let width = CATALOGUE.len();
        let mut rows = vec![f64::NAN; TOGETHER * width];
        for facts in facts.chunks(TOGETHER) {
            let rows = &mut rows[..facts.len() * width];
            extractor.fill_rows(facts, past, rows);
            for &place in &wanted {
                let Source::Feature(column, kind) = fields()[place].source else { continue };
                let numbers = self.numbers[place].get_or_insert_default();
                numbers
                    .extend(rows.chunks_exact(width).map(|row| field::plainly(kind, row[column])));
            }
        }
    }

    /// Some of these consignments, by their rows in rising order, with all that is filled of them.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn pick(&self, rows: &[usize]) -> Columns {
        let mut picked = Columns::with_rows(rows.len());
        for (place, column) in self.texts.iter().enumerate() {
            picked.texts[place] = column.as_ref().map(|column| column.pick(rows));
        }
        for (place, column) in self.numbers.iter().enumerate() {
            let pick = |column: &Vec<f64>| rows.iter().map(|&row| column[row]).collect();
            picked.numbers[place] = column.as_ref().map(pick);
        }
        picked
    }

    /// Puts further consignments after these. Only fields that both have are kept.
    pub fn append(&mut self, more: &Columns) {
        let all = fields().len();
        self.texts.resize_with(all, || None);
        self.numbers.resize_with(all, || None);
        self.rows += more.rows;
        for place in 0..all {
            match (&mut self.texts[place], more.texts.get(place)) {
                (Some(column), Some(Some(more))) => column.append(more),
                (column, _) => *column = None,
            }
            match (&mut self.numbers[place], more.numbers.get(place)) {
                (Some(column), Some(Some(more))) => column.extend(more),
                (column, _) => *column = None,
            }
        }
    }

    /// The numbers of a field, NaN where it is not known; none where it is text or not filled.
    pub fn numbers_of(&self, place: usize) -> Option<&[f64]> {
        self.numbers.get(place)?.as_deref()
    }

    /// Fills a field of numbers.
    ///
    /// # Panics
    /// When there are more numbers than consignments or fewer.
    pub fn put_numbers(&mut self, place: usize, numbers: Vec<f64>) {
        assert_eq!(numbers.len(), self.rows, "a number a consignment");
        self.numbers.resize_with(fields().len(), || None);
        self.numbers[place] = Some(numbers);
    }

    /// How many consignments there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether the field at this place is filled.
    pub fn has(&self, place: usize) -> bool {
        let is = |all: usize| all > place;
        is(self.texts.len()) && (self.texts[place].is_some() || self.numbers[place].is_some())
    }

    pub(super) fn texts(&self, place: usize) -> &Texts {
        match self.texts.get(place) {
            Some(Some(texts)) => texts,
            _ => panic!("`{}` was not filled as text", fields()[place].path),
        }
    }

    pub(super) fn numbers(&self, place: usize) -> &[f64] {
        match self.numbers.get(place) {
            Some(Some(numbers)) => numbers,
            _ => panic!("`{}` was not filled as numbers", fields()[place].path),
        }
    }

    /// The text of a field of one consignment; none where none is declared, or it was not filled.
    pub fn text_of(&self, place: usize, row: usize) -> Option<&str> {
        let texts = self.texts.get(place)?.as_ref()?;
        texts.dictionary.text(*texts.numbered.get(row)?)
    }

    /// What a field says of one consignment, as people write it; none where it is not declared.
    pub fn said(&self, place: usize, row: usize) -> Option<String> {
        if let Some(Some(texts)) = self.texts.get(place) {
            return texts.dictionary.text(texts.numbered[row]).map(str::to_owned);
        }
        let number = self.numbers(place)[row];
        match fields()[place].kind {
            _ if number.is_nan() => None,
            field::FieldKind::Flag => Some((number > 0.5).to_string()),
            field::FieldKind::Number | field::FieldKind::Text => Some(number.to_string()),
        }
    }

    /// Columns of values as they are written in conditions: a row a consignment, of each its
    /// fields; what is left out is not declared. For examples and tests.
    #[cfg(test)]
    pub(crate) fn of_values(places: &[usize], rows: &[Vec<(usize, String)>]) -> Columns {
        let mut columns = Columns::with_rows(rows.len());
        for &place in places {
            let value = |row: &Vec<(usize, String)>| {
                row.iter().find(|(of, _)| *of == place).map(|(_, value)| value.clone())
            };
            if fields()[place].kind == field::FieldKind::Text {
                let mut column = Texts::default();
                for row in rows {
                    let number = value(row).map_or(0, |text| column.dictionary.number(&text));
                    column.numbered.push(number);
                }
                columns.texts[place] = Some(column);
            } else {
                let number = |text: String| match text.as_str() {
                    "true" => 1.0,
                    "false" => 0.0,
                    text => text.parse().unwrap_or(f64::NAN),
                };
                let column = rows.iter().map(|row| value(row).map_or(f64::NAN, number)).collect();
                columns.numbers[place] = Some(column);
            }
        }
        columns
    }
}
