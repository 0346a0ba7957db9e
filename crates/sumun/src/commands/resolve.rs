//! `sumun resolve`: which rows of any table of persons or firms are one. The columns' meaning is
//! guessed from headers and contents and said out loud; weights are learned from the table itself.
//! It keeps nothing in the store: entities of what arrives are `entity`'s and the pipeline's.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use serde_json::json;
use targeting::resolving::{
    ColumnGuess, ColumnRole, Records, Resolution, ResolvingSettings, Waterfall, guess, resolve,
};

use super::{Report, Table, TableOut, plain_table};

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
    #[arg(long, value_name = "ROLE=COLUMN")]
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
    pub fn run(self) -> Result<Report> {
        if !(0.001..=0.999).contains(&self.threshold) {
            crate::refuse!("threshold", "a chance from 0.001 to 0.999 links two rows");
        }
        let (headers, rows) = self.read()?;
        let at = headers.iter().position(|header| *header == self.id);
        let Some(at) = at else {
            crate::refuse!("no_column", "there is no column `{}`: {}", self.id, headers.join(", "));
        };
        let guesses = self.guesses(&headers, &rows, at)?;
        let columns: Vec<(String, ColumnRole)> =
            guesses.iter().map(|guess| (guess.column.clone(), guess.role)).collect();
        if columns.iter().all(|(_, role)| *role == ColumnRole::Ignored) {
            crate::refuse!("no_columns", "no column says who a row is: name some with `--map`");
        }
        let mut records = Records::new(&columns);
        rows.iter().for_each(|row| records.push(row.iter()));
        let settings = ResolvingSettings {
            seed: self.seed,
            threads: self.threads.clamp(1, 64),
            probability: self.threshold,
            ..ResolvingSettings::default()
        };
        let found = resolve(&mut records, &settings);
        let entities = self.write(&rows, at, &found)?;
        let samples = samples(&records, &found);
        let ids = |row: usize| rows[row].get(at).unwrap_or_default().to_owned();
        let said: Vec<serde_json::Value> = samples
            .iter()
            .map(|(one, other, waterfall)| {
                json!({ "left": ids(*one), "right": ids(*other), "waterfall": waterfall })
            })
            .collect();
        let json = json!({
            "rows": rows.len(),
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
        Ok(Report::new(json, told(rows.len(), entities, &guesses, &found)))
    }

    fn read(&self) -> Result<(Vec<String>, Vec<csv::StringRecord>)> {
        let (mut headers, mut rows) = (Vec::new(), Vec::new());
        for file in &self.files {
            let table = plain_table(file)?;
            let mine: Vec<String> =
                table.head().iter().map(|header| header.trim().to_owned()).collect();
            if headers.is_empty() {
                headers = mine;
            } else if headers != mine {
                let file = file.display();
                crate::refuse!("headers", "{file} has another header than the file before it");
            }
            for (line, row) in table.rows() {
                if row.len() != headers.len() {
                    let (file, cells) = (file.display(), row.len());
                    let columns = headers.len();
                    crate::refuse!(
                        "unreadable",
                        "{file}, line {line}: it has {cells} cells and the header {columns}; mend \
                         the line"
                    );
                }
                rows.push(row);
            }
        }
        Ok((headers, rows))
    }

    /// What each column is taken for: as mapped, else as guessed. The id takes no part.
    fn guesses(
        &self,
        headers: &[String],
        rows: &[csv::StringRecord],
        id: usize,
    ) -> Result<Vec<ColumnGuess>> {
        let sample: Vec<Vec<String>> =
            rows.iter().take(SAMPLE).map(|row| row.iter().map(str::to_owned).collect()).collect();
        let mut guesses = guess(headers, &sample);
        guesses[id].role = ColumnRole::Ignored;
        guesses[id].because = "it names the row";
        for mapping in &self.map {
            let Some((role, column)) = mapping.split_once('=') else {
                crate::refuse!("map", "`{mapping}` is no ROLE=COLUMN");
            };
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
    fn write(&self, rows: &[csv::StringRecord], id: usize, found: &Resolution) -> Result<usize> {
        let read: Vec<&Path> = self.files.iter().map(PathBuf::as_path).collect();
        let mut out = TableOut::begin(&self.out, &read)?;
        out.row(["id", "entity"])?;
        let mut numbers = std::collections::HashMap::new();
        for (row, entity) in rows.iter().zip(&found.entities) {
            let next = numbers.len() + 1;
            let number = *numbers.entry(*entity).or_insert(next);
            let entity = format!("E-{number}");
            out.row([row.get(id).unwrap_or_default(), entity.as_str()])?;
        }
        out.finish()?;
        Ok(numbers.len())
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

fn told(rows: usize, entities: usize, guesses: &[ColumnGuess], found: &Resolution) -> String {
    let mut table = Table::new(&["column", "taken for", "because"]);
    for guess in guesses {
        let role = guess.role.as_str().to_owned();
        table.row([guess.column.clone(), role, guess.because.to_owned()]);
    }
    format!(
        "{}\n{rows} rows are {entities} entities: {} links in {} pairs compared.\n",
        table.text(),
        found.links,
        found.compared
    )
}
