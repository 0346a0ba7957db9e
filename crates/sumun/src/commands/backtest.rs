//! `sumun backtest`: what a model would have done in a window of the past.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use targeting::codes::Day;

use super::learn::{add_figures, figures_table};
use super::{Office, Report};
use crate::pipeline;

/// Learns from what was known before a window and judges what arrived in it, in order of arrival.
#[derive(Debug, Args)]
pub struct Backtest {
    /// First day of the window.
    #[arg(long, value_name = "DATE")]
    from: Day,
    /// Last day of the window; all later days when left out.
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
    /// Judges each consignment with the outcomes of the window's earlier days, as in daily work,
    /// rather than with those known before the window alone.
    #[arg(long)]
    running: bool,
    /// Seed of the learning.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

impl Backtest {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let bar = office.bar(None, "Gathering lessons");
        let window = (self.from, self.to.unwrap_or(Day::LAST));
        let done = pipeline::backtest(
            &store,
            window,
            self.running,
            self.seed,
            |n| bar.set_position(n as u64),
            |step| bar.set_message(step.to_owned()),
        )
        .await?;
        bar.finish_and_clear();
        let mut table = figures_table();
        add_figures(&mut table, "any irregularity", &done.irregular);
        add_figures(&mut table, "contraband", &done.critical);
        let text = format!(
            "{} consignments from {} on, judged by a model of {} lessons known before:\n\n{}\nNew \
             goods: nothing exactly like them (HS6, unit value, route, duty, mass) had been \
             inspected.",
            done.judged,
            done.from,
            done.lessons,
            table.text()
        );
        Ok(Report::new(json!(done), text))
    }
}
