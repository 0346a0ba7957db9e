//! `sumun sightings`: boxes that movement messages saw and no manifest names.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Office, Report, Table};
use crate::pipeline::{WhichBoxes, undeclared};

/// Lists boxes that load lists, stowage plans, quays and gates name, and no manifest does; the
/// latest first.
#[derive(Debug, Args)]
pub struct Sightings {
    /// Only those whose number, vessel, voyage, port or seal contains this.
    #[arg(long, default_value = "", value_name = "TEXT")]
    find: String,
    /// Without those that are said to be empty.
    #[arg(long)]
    full: bool,
    /// At most so many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: usize,
}

impl Sightings {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let mut tx = store.read().await?;
        let which = WhichBoxes { words: &self.find, full: self.full, offices: None };
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let left = self.limit - found.len();
            let (page, after) = undeclared(&mut tx, &which, next, left).await?;
            found.extend(page);
            next = after;
            if next.is_none() || found.len() >= self.limit {
                break;
            }
        }
        let headings =
            ["box", "seen in", "times", "vessel", "voyage", "from", "to", "", "message", "line"];
        let mut table = Table::new(&headings);
        let mut boxes = Vec::new();
        for one in &found {
            let seen = &one.sighting;
            let port = |place: Option<targeting::codes::UnLocode>| {
                place.map(|place| place.to_string()).unwrap_or_default()
            };
            table.row([
                seen.unit.to_string(),
                seen.sight.as_str().to_owned(),
                one.times.to_string(),
                seen.vessel.to_string(),
                seen.voyage.to_string(),
                port(seen.loading),
                port(seen.discharge),
                if seen.empty { "empty".to_owned() } else { String::new() },
                one.message_id.to_string(),
                one.line.to_string(),
            ]);
            boxes.push(json!({
                "message": one.message_id, "line": one.line, "times": one.times,
                "sighting": seen,
            }));
        }
        let text = match found.len() {
            0 => "Every box that was seen is on a manifest.".to_owned(),
            n if next.is_some() => format!("{}\n{n} shown; there may be more.", table.text()),
            n => format!("{}\n{n} boxes on no manifest.", table.text()),
        };
        Ok(Report::new(json!({ "boxes": boxes, "more": next.is_some() }), text))
    }
}
