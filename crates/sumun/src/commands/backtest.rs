//! `sumun backtest`: what a model would have done in a window of the past.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use targeting::codes::Day;
use targeting::model::Target;

use super::learn::{add_figures, figures_table};
use super::{Office, Report, Table};
use crate::pipeline::{self, OverFolds, Rolled};

/// Learns from what was known before a window and judges what arrived in it, in order of arrival.
#[derive(Debug, Args)]
pub struct Backtest {
    /// First day of the window.
    #[arg(long, value_name = "DATE", required_unless_present = "rolling")]
    from: Option<Day>,
    /// Last day of the window; all later days when left out.
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
    /// Judges each consignment with the outcomes of the window's earlier days, as in daily work,
    /// rather than with those known before the window alone.
    #[arg(long)]
    running: bool,
    /// Cuts the window into N that follow one another, learns anew before each, and gives each
    /// figure's mean and interval over them. Without --from, the later half of all days.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    rolling: Option<u16>,
    /// Seed of the learning.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

impl Backtest {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let bar = office.bar(None, "Gathering lessons");
        let progress = |n| bar.set_position(n as u64);
        let step = |step: &str| bar.set_message(step.to_owned());
        if let Some(count) = self.rolling {
            let (window, how) = ((self.from, self.to), (self.running, self.seed));
            let count = usize::from(count);
            let done = pipeline::rolling(&store, window, count, how, progress, step).await?;
            bar.finish_and_clear();
            let text = describe_rolled(&done);
            return Ok(Report::new(json!(done), text));
        }
        let window = (self.from.unwrap_or(Day::FIRST), self.to.unwrap_or(Day::LAST));
        let done =
            pipeline::backtest(&store, window, self.running, self.seed, progress, step).await?;
        bar.finish_and_clear();
        let mut table = figures_table();
        add_figures(&mut table, "any irregularity", &done.irregular);
        add_figures(&mut table, "contraband", &done.critical);
        let text = format!(
            "{} consignments from {} on, judged by a model of {} lessons known before:\n\n{}\n\
             Expected finds {:.0}, contraband {:.1}. {NEW_GOODS}",
            done.judged,
            done.from,
            done.lessons,
            table.text(),
            done.expected.irregular,
            done.expected.critical
        );
        Ok(Report::new(json!(done), text))
    }
}

const NEW_GOODS: &str = "New goods: nothing exactly like them (HS6, unit value, route, duty, mass) \
                         had been inspected.";

fn describe_rolled(done: &Rolled) -> String {
    let mut table = Table::new(&[
        "target",
        "goods",
        "p@1 %",
        "p@5 %",
        "p@10 %",
        "AUC",
        "PR-AUC",
        "expected/found",
    ]);
    for one in &done.means {
        let cell = |figure: Option<OverFolds>| match figure {
            Some(OverFolds { mean, interval: Some([low, high]), .. }) => {
                format!("{mean:.3} ({low:.3}-{high:.3})")
            }
            Some(OverFolds { mean, .. }) => format!("{mean:.3}"),
            None => "–".to_owned(),
        };
        let precision = |n: usize| cell(one.precision.get(n).copied().flatten());
        table.row([
            match one.target {
                Target::Irregular => "any irregularity",
                Target::Critical => "contraband",
            }
            .to_owned(),
            one.goods.to_owned(),
            precision(0),
            precision(2),
            precision(3),
            cell(one.auc),
            cell(one.pr_auc),
            cell(one.expected_to_found),
        ]);
    }
    let windows: Vec<String> = (done.folds.iter())
        .map(|fold| {
            let (judged, taught) = (fold.judged, fold.lessons);
            format!("{} to {} ({judged}, by {taught} lessons)", fold.from, fold.to)
        })
        .collect();
    format!(
        "Means over {} windows, with 95 % intervals of the mean:\n\n{}\nWindows: {}. {NEW_GOODS}",
        done.folds.len(),
        table.text(),
        windows.join(", ")
    )
}
