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
    texts: Vec<Option<Texts>>,
    numbers: Vec<Option<Vec<f64>>>,
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
    words: Vec<Box<str>>,
    by_hash: KeyMap<u32>,
}

impl Dictionary {
    fn number(&mut self, text: &str) -> u32 {
        let mut hash = hash_text(text);
        loop {
            match self.by_hash.get(&hash) {
                Some(&number) if &*self.words[number as usize - 1] == text => return number,
                // Two texts of one hash: the next place is free sooner or later.
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    self.words.push(text.into());
                    let number = self.words.len() as u32;
                    self.by_hash.insert(hash, number);
                    return number;
                }
            }
        }
    }

    /// The number of a text, if any row has it.
    pub fn find(&self, text: &str) -> Option<u32> {
        let mut hash = hash_text(text);
        loop {
            match self.by_hash.get(&hash) {
                Some(&number) if &*self.words[number as usize - 1] == text => return Some(number),
                Some(_) => hash = hash.wrapping_add(1),
                None => return None,
            }
        }
    }

    /// The texts, number 1 first.
    pub fn words(&self) -> &[Box<str>] {
        &self.words
    }

    /// The text of a number; none for 0.
    pub fn text(&self, number: u32) -> Option<&str> {
        self.words.get((number as usize).checked_sub(1)?).map(|text| &**text)
    }

    fn clear(&mut self) {
        self.words.clear();
        self.by_hash.clear();
    }
}

impl Columns {
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

    #[cfg(test)]
    /// Columns of values as they are written in conditions: a row a consignment, of each its
    /// fields; what is left out is not declared. For examples and tests.
    #[cfg(test)]
    pub(crate) fn of_values(places: &[usize], rows: &[Vec<(usize, String)>]) -> Columns {
        let mut columns = Columns { rows: rows.len(), ..Columns::default() };
        columns.texts.resize_with(fields().len(), || None);
        columns.numbers.resize_with(fields().len(), || None);
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
