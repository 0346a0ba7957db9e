//! `sumun match`: compares names in a table, without a store.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use csv::StringRecord;
use serde_json::json;
use targeting::names::{self, Kind};

use super::Report;

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
    pub fn run(self) -> Result<Report> {
        match self {
            Matching::Names(names) => names.run(),
        }
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
    fn of(head: &StringRecord) -> Result<Columns> {
        let find = |name: &str| {
            head.iter().position(|cell| {
                cell.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name)
            })
        };
        let (Some(left), Some(right)) = (find("left"), find("right")) else {
            crate::refuse!("columns", "the table needs the columns left and right")
        };
        Ok(Columns {
            left,
            right,
            kind: find("kind"),
            left_country: find("left_country"),
            right_country: find("right_country"),
        })
    }
}

impl Names {
    fn run(self) -> Result<Report> {
        let reading = || format!("while reading {}", self.pairs.display());
        let writing = || format!("while writing {}", self.out.display());
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(&self.pairs)
            .with_context(reading)?;
        let head = reader.headers().with_context(reading)?.clone();
        let columns = Columns::of(&head)?;
        let mut writer =
            csv::WriterBuilder::new().flexible(true).from_path(&self.out).with_context(writing)?;
        writer.write_record(head.iter().chain(["probability", "why"])).with_context(writing)?;
        let (mut pairs, mut likely) = (0u64, 0u64);
        let mut row = StringRecord::new();
        while reader.read_record(&mut row).with_context(reading)? {
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
            let (left, right) = (cell(Some(columns.left)), cell(Some(columns.right)));
            let kind = Kind::of_schema(cell(columns.kind));
            let kind = kind.unwrap_or_else(|| Kind::guess_both(left, right));
            let found = names::compare(left, right, Some(kind)).placed(
                kind,
                cell(columns.left_country),
                cell(columns.right_country),
            );
            pairs += 1;
            likely += u64::from(found.probability >= 0.5);
            let (probability, why) = (format!("{:.6}", found.probability), found.why());
            // A row that is cut short gets its missing cells, so that the new ones stand in line.
            let short = std::iter::repeat_n("", head.len().saturating_sub(row.len()));
            let cells = row.iter().chain(short).chain([probability.as_str(), why.as_str()]);
            writer.write_record(cells).with_context(writing)?;
        }
        writer.flush().with_context(writing)?;
        Ok(Report::new(
            json!({ "pairs": pairs, "likely": likely, "out": self.out }),
            format!("{pairs} pairs are compared; {likely} are likely the same (0.5 or more)."),
        ))
    }
}
