//! `sumun record`: outcomes come by flags, one, or by a table, many; refusals name their line.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::{Office, Report, Table};
use crate::acts::record::Report as Reported;
use crate::acts::record::{COLUMNS, Recorded, record};

/// Records what inspections came to: one outcome by its flags, or a CSV of many.
#[derive(Debug, Args)]
#[command(after_help = format!("Columns of the CSV: {COLUMNS}."))]
pub struct Record {
    /// CSV files of outcomes; `-` is standard input.
    #[arg(value_name = "FILE", required_unless_present = "declaration")]
    files: Vec<PathBuf>,
    /// Declaration of a single outcome.
    #[arg(long, value_name = "ID", requires = "outcome", conflicts_with = "files")]
    declaration: Option<String>,
    /// clear, discrepancy, seizure or not_examined.
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<String>,
    /// How a find came to light, such as scan, dog or physical_examination.
    #[arg(long, default_value = "", value_name = "METHOD")]
    detection_method: String,
    /// Why not examined, or what was found.
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
    /// What it was examined with.
    #[arg(long, default_value = "", value_name = "MODALITY")]
    modality: String,
    /// Officer-minutes spent.
    #[arg(long, default_value = "", value_name = "N")]
    minutes: String,
    /// Day of the examination; the shift's when left out.
    #[arg(long, default_value = "", value_name = "DATE")]
    decided_on: String,
    /// Substance found, with --quantity and --unit.
    #[arg(long, default_value = "", value_name = "NAME")]
    substance: String,
    /// Quantity in --unit.
    #[arg(long, default_value = "", value_name = "N")]
    quantity: String,
    /// Unit, such as g, kg, l or tablet.
    #[arg(long, default_value = "", value_name = "UNIT")]
    unit: String,
    /// Mass in grams of one unit that is no mass.
    #[arg(long, default_value = "", value_name = "G")]
    unit_mass_g: String,
    /// Where and how it was hidden.
    #[arg(long, default_value = "", value_name = "TEXT")]
    concealment: String,
    /// Puts a differing outcome in the place of the recorded one, as a new revision.
    #[arg(long)]
    correct: bool,
}

/// Rows recorded in one transaction: few enough to commit within a blink.
const BATCH: usize = 5_000;

impl Record {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let reports = self.reports()?;
        let bar = office.bar(Some(reports.len() as u64), "Recording outcomes");
        let mut all = Recorded::default();
        let mut rest = reports.as_slice();
        while !rest.is_empty() {
            // The rows of one seizure stay together.
            let mut n = rest.len().min(BATCH);
            while n < rest.len() && rest[n].1.declaration_id == rest[n - 1].1.declaration_id {
                n += 1;
            }
            let (batch, later) = rest.split_at(n);
            let done = record(&store, batch, self.correct, office.by()).await?;
            all.recorded += done.recorded;
            all.corrected += done.corrected;
            all.unchanged += done.unchanged;
            all.refused.extend(done.refused);
            bar.inc(n as u64);
            rest = later;
        }
        bar.finish_and_clear();
        let mut text = format!(
            "Recorded {} outcomes; {} corrected, {} known already, {} refused.",
            all.recorded,
            all.corrected,
            all.unchanged,
            all.refused.len()
        );
        if !all.refused.is_empty() {
            let mut table = Table::new(&["line", "declaration", "why it was refused"]);
            for refused in all.refused.iter().take(20) {
                table.row([
                    refused.line.to_string(),
                    refused.declaration_id.clone(),
                    refused.reason.clone(),
                ]);
            }
            text.push_str(&format!("\n\n{}", table.text()));
        }
        if all.recorded > 0 {
            text.push_str("\nNext: `sumun measure`.");
        }
        Ok(Report { whole: all.refused.is_empty(), json: json!(all), text })
    }

    fn reports(&self) -> Result<Vec<(u64, Reported)>> {
        if let Some(declaration) = &self.declaration {
            let report = Reported {
                declaration_id: declaration.clone(),
                outcome: self.outcome.clone().unwrap_or_default(),
                detection_method: self.detection_method.clone(),
                reason: self.reason.clone(),
                modality: self.modality.clone(),
                minutes: self.minutes.clone(),
                decided_on: self.decided_on.clone(),
                substance: self.substance.clone(),
                quantity: self.quantity.clone(),
                unit: self.unit.clone(),
                unit_mass_g: self.unit_mass_g.clone(),
                concealment: self.concealment.clone(),
                ..Reported::default()
            };
            return Ok(vec![(0, report)]);
        }
        let mut reports = Vec::new();
        for file in &self.files {
            let input: Box<dyn std::io::Read> = if file.as_os_str() == "-" {
                Box::new(std::io::stdin())
            } else {
                Box::new(super::open_file(file)?)
            };
            let mut csv =
                csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
            let headers = csv.headers()?.clone();
            if !headers.iter().any(|name| name.trim_start_matches('\u{feff}') == "declaration_id")
                || !headers.iter().any(|name| name == "outcome")
            {
                crate::refuse!(
                    "columns",
                    "{} needs at least the columns declaration_id and outcome; it has: {}",
                    file.display(),
                    headers.iter().collect::<Vec<_>>().join(", ")
                );
            }
            let clean: csv::StringRecord =
                headers.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
            for row in csv.records() {
                let row = row.with_context(|| format!("while reading {}", file.display()))?;
                let line = row.position().map_or(0, csv::Position::line);
                let report = row
                    .deserialize(Some(&clean))
                    .with_context(|| format!("line {line} of {} cannot be read", file.display()))?;
                reports.push((line, report));
            }
        }
        Ok(reports)
    }
}
