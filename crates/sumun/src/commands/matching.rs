//! `sumun match`: compares names in a table, without a store. How tables of names are read stands
//! here for `sumun watchlist screen` as well: a row that cannot be used is a defect with its line,
//! and the others go on.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use csv::{ByteRecord, StringRecord};
use indicatif::ProgressBar;
use intake::KIND_COLUMNS;
use serde_json::{Value, json};
use targeting::listing::ListingKind;
use targeting::names::{Kind, Name};

use super::{Office, Report, TableOut, open_text};

/// Compares what tables name.
#[derive(Debug, Subcommand)]
pub enum Matching {
    /// Gives each pair of names the chance that both are one, and says why.
    Names(Names),
}

/// Which pairs.
#[derive(Debug, Args)]
pub struct Names {
    /// A CSV file with the columns left and right, and maybe kind, left_country, right_country.
    #[arg(value_name = "FILE")]
    pairs: PathBuf,
    /// Where the table goes with the columns probability and why added.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Matching {
    /// Runs the verb.
    pub fn run(self, office: &Office) -> Result<Report> {
        match self {
            Matching::Names(names) => names.run(office),
        }
    }
}

/// A table of names as it is read, row by row.
pub(super) struct NameTable {
    reader: csv::Reader<Box<dyn Read>>,
    /// Its columns, without a byte order mark.
    pub head: StringRecord,
    bar: ProgressBar,
    path: PathBuf,
    record: ByteRecord,
    /// Where lines end as on Windows, a row is said to begin before the last sign of that end.
    behind: u64,
}

/// A row of a table, or why it cannot be read; with the line on which it begins.
pub(super) type Line = (u64, Result<StringRecord, String>);

impl NameTable {
    /// Opens a table whose first row names its columns; between them stand commas, semicolons or
    /// tabs.
    pub fn open(path: &Path, office: &Office, what: &'static str) -> Result<NameTable> {
        let reading = || format!("while reading {}", path.display());
        let (text, size) = open_text(path)?;
        let bar = office.bar(size, what);
        let mut text = BufReader::with_capacity(1 << 16, text);
        let begin = text.fill_buf().with_context(reading)?;
        let first = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let behind = u64::from(first.ends_with(b"\r"));
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(intake::delimiter(&String::from_utf8_lossy(first)))
            .from_reader(Box::new(text) as Box<dyn Read>);
        let head = reader.byte_headers().with_context(reading)?.clone();
        let head = head.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
        let head = head.map(|cell| cell.trim_start_matches('\u{feff}').to_owned()).collect();
        Ok(NameTable {
            reader,
            head,
            bar,
            path: path.to_owned(),
            record: ByteRecord::new(),
            behind,
        })
    }

    /// Where the first column with one of these names stands.
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        self.head.iter().position(|cell| names.contains(&cell.to_lowercase().as_str()))
    }

    /// The columns that there are, for people who look for one.
    pub fn columns(&self) -> String {
        self.head.iter().collect::<Vec<_>>().join(", ")
    }

    /// The next row; none at the end.
    pub fn next(&mut self) -> Result<Option<Line>> {
        let reading = || format!("while reading {}", self.path.display());
        if !self.reader.read_byte_record(&mut self.record).with_context(reading)? {
            self.bar.finish_and_clear();
            return Ok(None);
        }
        let (line, byte) = self.record.position().map_or((0, 0), |at| (at.line(), at.byte()));
        let line = line + self.behind;
        self.bar.set_position(byte);
        let row = StringRecord::from_byte_record(self.record.clone());
        Ok(Some((line, row.map_err(|_| "it is not UTF-8: save the table as UTF-8".to_owned()))))
    }
}

/// What was wrong with rows, the first of them in full.
#[derive(Default)]
pub(super) struct RowDefects {
    count: u64,
    first: Vec<(u64, String)>,
}

impl RowDefects {
    /// Takes in what is wrong with a line.
    pub fn add(&mut self, line: u64, why: &str) {
        const SHOWN: usize = 20;
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push((line, why.to_owned()));
        }
    }

    /// How many there are, and the first of them, for programs.
    pub fn json(&self) -> (u64, Vec<Value>) {
        let one = |(line, why): &(u64, String)| json!({ "line": line, "reason": why });
        (self.count, self.first.iter().map(one).collect())
    }

    /// The same for people; empty when there are none.
    pub fn text(&self) -> String {
        if self.count == 0 {
            return String::new();
        }
        let mut text = format!("\n{} rows could not be used:", self.count);
        for (line, why) in self.first.iter().take(5) {
            text.push_str(&format!("\nline {line}: {why}"));
        }
        text
    }
}

/// Where the columns of a table stand.
struct Columns {
    left: usize,
    right: usize,
    kind: Option<usize>,
    left_country: Option<usize>,
    right_country: Option<usize>,
}

impl Columns {
    fn of(table: &NameTable) -> Result<Columns> {
        let find = |names: &[&str]| table.find(names);
        let left = find(&["left", "name_left", "left_name", "name1", "name_1", "이름1"]);
        let right = find(&["right", "name_right", "right_name", "name2", "name_2", "이름2"]);
        let (Some(left), Some(right)) = (left, right) else {
            crate::refuse!(
                "columns",
                "the table needs the columns left and right; it has {}",
                table.columns()
            )
        };
        Ok(Columns {
            left,
            right,
            kind: find(&KIND_COLUMNS),
            left_country: find(&["left_country"]),
            right_country: find(&["right_country"]),
        })
    }
}

/// The kind of name that a table calls by this word, in any of a list's words.
pub(super) fn name_kind(word: &str) -> Option<Kind> {
    Kind::of_schema(word).or_else(|| intake::listing_kind(word).and_then(ListingKind::name_kind))
}

impl Names {
    fn run(self, office: &Office) -> Result<Report> {
        let mut table = NameTable::open(&self.pairs, office, "comparing names")?;
        let columns = Columns::of(&table)?;
        let head = table.head.clone();
        let mut out = TableOut::begin(&self.out, &[&self.pairs])?;
        out.row(head.iter().chain(["probability", "why"]))?;
        let (mut pairs, mut likely, mut defects) = (0u64, 0u64, RowDefects::default());
        while let Some((line, row)) = table.next()? {
            pairs += 1;
            let (row, judged) = match row {
                Ok(row) => {
                    let judged = columns.judge(&row);
                    (row, judged)
                }
                Err(why) => (StringRecord::new(), Err(why)),
            };
            let (probability, why) = match judged {
                Ok((probability, why)) => {
                    likely += u64::from(probability >= 0.5);
                    (format!("{probability:.6}"), why)
                }
                // The row stays where it is, so that both tables can be held side by side.
                Err(why) => {
                    defects.add(line, &why);
                    (String::new(), format!("defect: {why}"))
                }
            };
            // A row that is cut short gets its missing cells, so that the new ones stand in line.
            let short = std::iter::repeat_n("", head.len().saturating_sub(row.len()));
            let cells = row.iter().chain(short).chain([probability.as_str(), why.as_str()]);
            out.row(cells)?;
        }
        out.finish()?;
        let (count, first) = defects.json();
        Ok(Report::new(
            json!({
                "pairs": pairs,
                "likely": likely,
                "out": self.out,
                "defect_count": count,
                "defects": first,
            }),
            format!(
                "{pairs} pairs are compared; {likely} are likely the same (0.5 or more).{}",
                defects.text()
            ),
        ))
    }
}

impl Columns {
    /// The chance of a row's names and why, or what is wrong with the row.
    fn judge(&self, row: &StringRecord) -> Result<(f64, String), String> {
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
        let (left, right) = (cell(Some(self.left)), cell(Some(self.right)));
        let kind = name_kind(cell(self.kind));
        let kind = kind.unwrap_or_else(|| Kind::guess_both(left, right));
        let (one, other) = (Name::of(left, kind), Name::of(right, kind));
        match (one.is_empty(), other.is_empty()) {
            (true, true) => Err("left and right name nothing that can be compared".to_owned()),
            (true, false) => Err("left names nothing that can be compared".to_owned()),
            (false, true) => Err("right names nothing that can be compared".to_owned()),
            (false, false) => {
                let (left, right) = (cell(self.left_country), cell(self.right_country));
                let found = one.compare(&other).placed(kind, left, right);
                Ok((found.probability, found.why()))
            }
        }
    }
}
