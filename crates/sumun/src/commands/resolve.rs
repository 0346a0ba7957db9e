//! `sumun resolve`: which rows of any table of persons or firms are one. The columns' meaning is
//! guessed from headers and contents and said out loud; weights are learned from the table itself.
//! It keeps nothing in the store: entities of what arrives are `entity`'s and the pipeline's.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use csv::ByteRecord;
use serde_json::json;
use targeting::resolving::{
    ColumnGuess, ColumnRole, Records, Resolution, ResolvingSettings, ResolvingStep, Waterfall,
    guess, resolve_told,
};

use super::{Office, Report, Table, TableOut, open_text};

/// Rows from whose cells the meaning of a column is guessed.
const SAMPLE: usize = 1_000;
/// Pairs that are explained.
const EXPLAINED: usize = 3;

/// Says which rows of a table of persons or firms are one.
#[derive(Debug, Args)]
pub struct Resolve {
    /// CSV files with one header; several are taken as one table.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Column that names a row.
    #[arg(long, value_name = "COLUMN")]
    id: String,
    /// Where the entity of each row goes: columns id and entity.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What a column holds, where the guess is wrong: `surname=nachname`, `ignored=notes`.
    #[arg(long, visible_alias = "mapping", value_name = "ROLE=COLUMN")]
    map: Vec<String>,
    /// The chance from which on two rows are linked.
    #[arg(long, default_value_t = 0.5, value_name = "CHANCE")]
    threshold: f64,
    /// Threads.
    #[arg(long, default_value_t = 2, value_name = "N")]
    threads: usize,
    /// Seed of the random pairs on which chance agreement is counted.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

impl Resolve {
    /// Runs the verb.
    pub fn run(self, office: &Office) -> Result<Report> {
        if !(0.001..=0.999).contains(&self.threshold) {
            crate::refuse!("threshold", "a chance from 0.001 to 0.999 links two rows");
        }
        let mut rows = Rows::open(&self.files)?;
        let sample = rows.sample(SAMPLE)?;
        let headers = &rows.headers;
        let at = headers.iter().position(|header| header == self.id.trim());
        let Some(at) = at else {
            crate::refuse!("no_column", "there is no column `{}`: {}", self.id, headers.join(", "));
        };
        let guesses = self.guesses(headers, &sample, at)?;
        let columns: Vec<(String, ColumnRole)> =
            guesses.iter().map(|guess| (guess.column.clone(), guess.role)).collect();
        if columns.iter().all(|(_, role)| *role == ColumnRole::Ignored) {
            crate::refuse!("no_columns", "no column says who a row is: name some with `--map`");
        }
        // Rows pass by: what is kept of each is its id and the numbers of its values.
        let mut records = Records::new(&columns);
        let mut ids: Vec<Box<str>> = Vec::new();
        let bar = office.bar(None, "rows read");
        while let Some(row) = rows.next()? {
            let cells: Vec<Cow<'_, str>> = row.iter().map(String::from_utf8_lossy).collect();
            records.push(cells.iter().map(AsRef::as_ref));
            ids.push(cells.get(at).map_or("", AsRef::as_ref).trim().into());
            bar.inc(1);
        }
        bar.finish_and_clear();
        let settings = ResolvingSettings {
            seed: self.seed,
            threads: self.threads.clamp(1, 64),
            probability: self.threshold,
            ..ResolvingSettings::default()
        };
        let bar = office.bar(Some(1_000), "resolved");
        let found = resolve_told(&mut records, &settings, &|step, share| {
            bar.set_message(said(step));
            bar.set_position((share * 1_000.0) as u64);
        });
        bar.finish_and_clear();
        let entities = self.write(&ids, &found)?;
        let samples = samples(&records, &found);
        let said: Vec<serde_json::Value> = samples
            .iter()
            .map(|(one, other, waterfall)| {
                json!({ "left": ids[*one], "right": ids[*other], "waterfall": waterfall })
            })
            .collect();
        let json = json!({
            "rows": ids.len(),
            "uneven_rows": rows.uneven,
            "entities": entities,
            "compared": found.compared,
            "links": found.links,
            "largest_block": found.largest_block,
            "keys_left_out": found.keys_left_out,
            "columns": guesses,
            "settings": settings,
            "weights": found.weights,
            "waterfalls": said,
            "out": self.out,
        });
        Ok(Report::new(json, told((ids.len(), rows.uneven), entities, &guesses, &found)))
    }

    /// What each column is taken for: as mapped, else as guessed. The id takes no part.
    fn guesses(
        &self,
        headers: &[String],
        sample: &[Vec<String>],
        id: usize,
    ) -> Result<Vec<ColumnGuess>> {
        let mut guesses = guess(headers, sample);
        guesses[id].role = ColumnRole::Ignored;
        guesses[id].because = "it names the row";
        for mapping in &self.map {
            let Some((role, column)) = mapping.split_once('=') else {
                crate::refuse!("map", "`{mapping}` is no ROLE=COLUMN");
            };
            // Either way round, as long as one of the two is a column.
            let known = |column: &str| headers.iter().any(|header| header == column.trim());
            let turned = !known(column) && known(role) && column.parse::<ColumnRole>().is_ok();
            let (role, column) = if turned { (column, role) } else { (role, column) };
            let Ok(role) = role.parse::<ColumnRole>() else {
                let roles: Vec<&str> = ColumnRole::ALL.iter().map(|role| role.as_str()).collect();
                crate::refuse!("map", "`{role}` is no role: {}", roles.join(", "));
            };
            let Some(found) = guesses.iter_mut().find(|guess| guess.column == column.trim()) else {
                crate::refuse!("map", "there is no column `{column}`: {}", headers.join(", "));
            };
            (found.role, found.because) = (role, "as mapped");
        }
        Ok(guesses)
    }

    /// Writes the entity of each row and gives how many entities there are.
    fn write(&self, ids: &[Box<str>], found: &Resolution) -> Result<usize> {
        let read: Vec<&Path> = self.files.iter().map(PathBuf::as_path).collect();
        let mut out = TableOut::begin(&self.out, &read)?;
        out.row(["id", "entity"])?;
        // An entity is known by its first row, so that each is met there first.
        let mut numbers = vec![0usize; ids.len()];
        let mut entities = 0;
        for (row, (id, first)) in ids.iter().zip(&found.entities).enumerate() {
            let first = *first as usize;
            if first == row {
                entities += 1;
                numbers[row] = entities;
            }
            let entity = format!("E-{}", numbers[first]);
            out.row([&**id, entity.as_str()])?;
        }
        out.finish()?;
        Ok(entities)
    }
}

/// The rows of one file.
type Reader = csv::Reader<Box<dyn Read>>;

/// The rows of tables with one header, one after the other.
struct Rows {
    headers: Vec<String>,
    files: std::vec::IntoIter<(PathBuf, Reader)>,
    now: Option<(PathBuf, Reader)>,
    /// Rows that were looked at already, and will be given first.
    ahead: std::collections::VecDeque<ByteRecord>,
    row: ByteRecord,
    /// Rows with more or fewer cells than the header.
    uneven: u64,
}

impl Rows {
    fn open(files: &[PathBuf]) -> Result<Rows> {
        let (mut headers, mut opened) = (Vec::new(), Vec::new());
        for file in files {
            let reading = || format!("while reading {}", file.display());
            let mut text = BufReader::with_capacity(1 << 16, open_text(file)?.0);
            let first = text.fill_buf().with_context(reading)?;
            let delimiter = delimiter(first.split(|byte| *byte == b'\n').next().unwrap_or(first));
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .flexible(true)
                .from_reader(Box::new(text) as Box<dyn Read>);
            let mine: Vec<String> = reader
                .byte_headers()
                .with_context(reading)?
                .iter()
                .map(|cell| {
                    let header = String::from_utf8_lossy(cell);
                    header.trim_start_matches('\u{feff}').trim().to_owned()
                })
                .collect();
            if headers.is_empty() {
                headers = mine;
            } else if headers != mine {
                let file = file.display();
                crate::refuse!("headers", "{file} has another header than the file before it");
            }
            opened.push((file.clone(), reader));
        }
        let mut files = opened.into_iter();
        let now = files.next();
        let (ahead, row) = Default::default();
        Ok(Rows { headers, files, now, ahead, row, uneven: 0 })
    }

    /// The first rows, as text; they will be given all the same.
    fn sample(&mut self, n: usize) -> Result<Vec<Vec<String>>> {
        let mut sample = Vec::new();
        while sample.len() < n {
            let Some(row) = self.read()?.then(|| self.row.clone()) else { break };
            let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
            sample.push(row.iter().map(text).collect());
            self.ahead.push_back(row);
        }
        Ok(sample)
    }

    fn next(&mut self) -> Result<Option<&ByteRecord>> {
        match self.ahead.pop_front() {
            Some(row) => self.row = row,
            None if !self.read()? => return Ok(None),
            None => {}
        }
        self.uneven += u64::from(self.row.len() != self.headers.len());
        Ok(Some(&self.row))
    }

    /// Reads the next row of whichever file has one; false when none has.
    fn read(&mut self) -> Result<bool> {
        while let Some((file, reader)) = &mut self.now {
            let reading = || format!("while reading {}", file.display());
            if reader.read_byte_record(&mut self.row).with_context(reading)? {
                return Ok(true);
            }
            self.now = self.files.next();
        }
        Ok(false)
    }
}

/// What parts the cells of a line: of comma, semicolon, tab and bar, what it has most of.
fn delimiter(line: &[u8]) -> u8 {
    let times = |sign: u8| line.iter().filter(|byte| **byte == sign).count();
    // The first of those that are found as often.
    b"|\t;,".iter().copied().max_by_key(|sign| times(*sign)).unwrap_or(b',')
}

/// What is being done, for the bar.
fn said(step: ResolvingStep) -> &'static str {
    match step {
        ResolvingStep::Keys => "keys are made",
        ResolvingStep::Learning => "weights are learned",
        ResolvingStep::Comparing => "pairs are compared",
        ResolvingStep::Joining => "entities are joined",
    }
}

/// Pairs that became one, explained: those of the first entities with more than one row.
fn samples(records: &Records, found: &Resolution) -> Vec<(usize, usize, Waterfall)> {
    let mut samples: Vec<(usize, usize, Waterfall)> = Vec::new();
    for (row, entity) in found.entities.iter().enumerate() {
        let first = *entity as usize;
        if first != row && !samples.iter().any(|(one, ..)| *one == first) {
            samples.push((first, row, found.explain(records, first, row)));
            if samples.len() == EXPLAINED {
                break;
            }
        }
    }
    samples
}

fn told(
    (rows, uneven): (usize, u64),
    entities: usize,
    guesses: &[ColumnGuess],
    found: &Resolution,
) -> String {
    let mut table = Table::new(&["column", "taken for", "because"]);
    for guess in guesses {
        let role = guess.role.as_str().to_owned();
        table.row([guess.column.clone(), role, guess.because.to_owned()]);
    }
    let uneven = match uneven {
        0 => String::new(),
        uneven => format!("{uneven} rows have more or fewer cells than the header.\n"),
    };
    format!(
        "{}\n{rows} rows are {entities} entities: {} links in {} pairs compared.\n{uneven}",
        table.text(),
        found.links,
        found.compared
    )
}
