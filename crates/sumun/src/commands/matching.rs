//! `sumun match`: compares names in a table, without a store.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use intake::{KIND_COLUMNS, PlainTable};
use serde_json::json;
use targeting::listing::ListingKind;
use targeting::names::{self, Kind};

use super::{Report, TableOut, plain_table};

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
    fn of(table: &PlainTable) -> Result<Columns> {
        let left = table.column(&["left", "name_left", "left_name", "name1", "name_1", "이름1"]);
        let right =
            table.column(&["right", "name_right", "right_name", "name2", "name_2", "이름2"]);
        let (Some(left), Some(right)) = (left, right) else {
            crate::refuse!("columns", "the table needs the columns left and right")
        };
        Ok(Columns {
            left,
            right,
            kind: table.column(&KIND_COLUMNS),
            left_country: table.column(&["left_country"]),
            right_country: table.column(&["right_country"]),
        })
    }
}

/// The kind of name that a table calls by this word, in any of a list's words.
pub(super) fn name_kind(word: &str) -> Option<Kind> {
    Kind::of_schema(word).or_else(|| intake::listing_kind(word).and_then(ListingKind::name_kind))
}

impl Names {
    fn run(self) -> Result<Report> {
        let table = plain_table(&self.pairs)?;
        let columns = Columns::of(&table)?;
        let head = table.head();
        let mut out = TableOut::begin(&self.out, &[&self.pairs])?;
        out.row(head.iter().chain(["probability", "why"]))?;
        let (mut pairs, mut likely) = (0u64, 0u64);
        for (_, row) in table.rows() {
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
            let (left, right) = (cell(Some(columns.left)), cell(Some(columns.right)));
            let kind =
                name_kind(cell(columns.kind)).unwrap_or_else(|| Kind::guess_both(left, right));
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
            out.row(cells)?;
        }
        out.finish()?;
        Ok(Report::new(
            json!({ "pairs": pairs, "likely": likely, "out": self.out }),
            format!("{pairs} pairs are compared; {likely} are likely the same (0.5 or more)."),
        ))
    }
}
