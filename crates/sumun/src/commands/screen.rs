//! `sumun screen`: everything that awaits a decision is assessed by the model in force.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Office, Report};
use crate::pipeline;

/// Assesses everything that awaits a decision, by the model in force.
#[derive(Debug, Args)]
pub struct Screen {}

impl Screen {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let bar = office.bar(None, "Screening consignments");
        let done = pipeline::screen(&store, office.by(), |n| bar.set_position(n as u64)).await?;
        bar.finish_and_clear();
        let text = match done.screened {
            0 => format!("Nothing new awaits screening by model {}.", done.model),
            n => format!(
                "Screened {n} consignments by model {}; of {} the chance is not sure enough to \
                 tell the lane. Next: `sumun plan --office CODE --shift DATE`, or `sumun export \
                 assessments --out FILE`.",
                done.model, done.unsure
            ),
        };
        Ok(Report::new(json!(done), text))
    }
}
