//! `sumun learn`: a candidate model and its backtest; force is given by approval alone.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use targeting::learning::{Backtest, Judged};
use targeting::model::metrics::Metrics;

use super::{Office, Report, Table};
use crate::{acts, pipeline};

/// Learns a candidate model from everything inspected so far. The candidate comes with its
/// backtest and comes into force only by approval.
#[derive(Debug, Args)]
pub struct Learn {
    /// Puts the candidate in force at once.
    #[arg(long, requires = "reason")]
    approve: bool,
    /// Why it is approved.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Learns only if enough outcomes have come in since the last learning, by the site's policy
    /// (`sumun model policy`). Never approves: for cron.
    #[arg(long, conflicts_with = "approve")]
    if_due: bool,
    /// Seed of the learning.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

impl Learn {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        if self.if_due {
            let due = pipeline::due(&store).await?;
            if !due.due {
                let text = format!(
                    "Not due: {} outcomes with {} finds since the last learning, of {} with {} \
                     that make a candidate due.",
                    due.outcomes, due.finds, due.outcomes_min, due.finds_min
                );
                return Ok(Report::new(json!({ "learned": false, "due": due }), text));
            }
        }
        let bar = office.bar(None, "Gathering lessons");
        let (id, backtest) = pipeline::learn(
            &store,
            self.seed,
            office.by(),
            |n| bar.set_position(n as u64),
            |step| bar.set_message(step.to_owned()),
        )
        .await?;
        bar.finish_and_clear();
        if self.approve {
            let reason = self.reason.as_deref().unwrap_or_default();
            acts::model::approve(&store, &id, reason, office.by()).await?;
        }
        let next = if self.approve {
            format!("Model {id} is in force.")
        } else {
            format!("Next: `sumun model approve {id} --reason TEXT` puts it in force.")
        };
        let json = json!({ "model": id, "in_force": self.approve, "backtest": backtest });
        Ok(Report::new(json, format!("{}\n{next}", describe(&id, &backtest))))
    }
}

/// A candidate and its backtest as text.
pub fn describe(id: &str, backtest: &Backtest) -> String {
    let mut table = figures_table();
    add_figures(&mut table, "any irregularity", &backtest.irregular);
    add_figures(&mut table, "contraband", &backtest.critical);
    format!(
        "Learned model {id}. Judged on {} to {}, learned for that from {} to {}:\n\n{}",
        backtest.judged.first,
        backtest.judged.last,
        backtest.learned.first,
        backtest.learned.last,
        table.text()
    )
}

/// The headings of a table of figures.
pub fn figures_table() -> Table {
    Table::new(&[
        "target", "goods", "judged", "finds", "p@1 %", "p@2 %", "p@5 %", "p@10 %", "AUC", "PR-AUC",
    ])
}

/// Adds the figures of one target, for all goods and for new goods.
pub fn add_figures(table: &mut Table, target: &str, judged: &Judged) {
    for (goods, metrics) in [("all", &judged.all), ("new", &judged.new_goods)] {
        let Some(metrics) = metrics else { continue };
        let top = |n: usize| match metrics.top.get(n) {
            Some(top) => {
                let (low, high) = (top.interval.low, top.interval.high);
                format!("{:.3} ({low:.2}-{high:.2})", top.precision)
            }
            None => "–".to_owned(),
        };
        table.row([
            target.to_owned(),
            goods.to_owned(),
            metrics.rows.to_string(),
            metrics.positives.to_string(),
            top(0),
            top(1),
            top(2),
            top(3),
            auc(metrics),
            metrics.pr_auc.map_or("–".to_owned(), |area| format!("{area:.3}")),
        ]);
    }
}

fn auc(metrics: &Metrics) -> String {
    match (metrics.auc, metrics.auc_interval) {
        (Some(auc), Some(interval)) => {
            format!("{auc:.3} ({:.2}-{:.2})", interval.low, interval.high)
        }
        (Some(auc), None) => format!("{auc:.3}"),
        _ => "–".to_owned(),
    }
}
