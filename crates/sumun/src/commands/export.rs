//! `sumun export`. Rows flow from the store to the file one by one, so a table of any length fits.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Office, Report};
use crate::sheet::{self, Sink};
use crate::store::exports;

/// What can be exported.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Declaration, chances, model, lane and reasons of everything screened.
    Assessments,
    /// Consignments with their fate and content.
    Consignments,
    /// Plans.
    Plans,
    /// Every consignment of every plan with its chance.
    Selections,
    /// What inspections came to.
    Outcomes,
    /// Defects.
    Defects,
    /// The journal.
    Journal,
}

/// Writes a table as CSV or Parquet; the file's name says which.
#[derive(Debug, Args)]
pub struct Export {
    /// What to export.
    #[arg(value_enum)]
    what: What,
    /// A file that ends in .csv or .parquet; `-` writes CSV to standard output.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Export {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let table = match self.what {
            What::Assessments => &exports::ASSESSMENTS,
            What::Consignments => &exports::CONSIGNMENTS,
            What::Plans => &exports::PLANS,
            What::Selections => &exports::SELECTIONS,
            What::Outcomes => &exports::OUTCOMES,
            What::Defects => &exports::DEFECTS,
            What::Journal => &exports::JOURNAL,
        };
        let bar = office.bar(None, "Writing");
        let to_stdout = self.out.as_os_str() == "-";
        if to_stdout && office.settings.json {
            crate::refuse!(
                "arguments",
                "--json and --out - both want standard output: name a file"
            );
        }
        let mut sink: Box<dyn Sink> = if to_stdout {
            sheet::csv(std::io::stdout(), table.columns)?
        } else {
            sheet::file(&self.out, table.columns)?
        };
        let mut tx = store.read().await?;
        let mut n = 0u64;
        exports::each(&mut tx, table, |cells| {
            sink.row(cells)?;
            n += 1;
            if n.is_multiple_of(1_000) {
                bar.set_position(n);
            }
            Ok(())
        })
        .await?;
        sink.finish().with_context(|| format!("while writing {}", self.out.display()))?;
        bar.finish_and_clear();
        let text = match to_stdout {
            true => String::new(),
            false => format!("Wrote {n} rows to {}.", self.out.display()),
        };
        Ok(Report::new(json!({ "rows": n, "file": self.out }), text))
    }
}
