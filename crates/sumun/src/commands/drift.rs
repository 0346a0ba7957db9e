//! `sumun drift`: whether traffic or model have changed, by office and regime; alarms that begin
//! or end are kept, and plans explore more where one stands.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use targeting::measuring::drift::{
    DriftLine, FALSE_CALIBRATION, FALSE_OTHERS, STATED_WEEKS, Signal,
};

use super::{Office, Report, Table};
use crate::pipeline::{self, Drift, Stream};

/// Looks at the last half year week by week and says what rings; alarms that begin or end are
/// kept. Run it weekly, by hand, by cron, or by `sumun serve`.
#[derive(Debug, Args)]
pub struct Drifts {
    /// Shows every week, not the last alone.
    #[arg(long)]
    weeks: bool,
}

impl Drifts {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let bar = office.bar(None, "Looking at the weeks");
        let drift = pipeline::watch_drift(&store, office.by(), |n| bar.set_position(n)).await;
        bar.finish_and_clear();
        let drift = drift?;
        Ok(Report::new(
            json!({
                "drift": drift,
                "false_alarms": {
                    "weeks": STATED_WEEKS,
                    "calibration": FALSE_CALIBRATION,
                    "others": FALSE_OTHERS,
                },
            }),
            text_of(&drift, self.weeks),
        ))
    }
}

fn text_of(drift: &Drift, all_weeks: bool) -> String {
    let Some((first, last)) = drift.window else {
        return "Nothing to watch yet: no plan has been drawn. Drift is seen by recorded chances \
                and outcomes, a few weeks of them."
            .to_owned();
    };
    let mut text = format!("Watched {first} to {last}.\n\n");
    let mut table = Table::new(&[
        "office",
        "regime",
        "week",
        "inspected",
        "residual",
        "z",
        "chart + / -",
        "PSI",
        "missing",
        "new goods",
        "rings",
    ]);
    for Stream { office, regime, weeks } in &drift.streams {
        let from = if all_weeks { 0 } else { weeks.len().saturating_sub(1) };
        for week in &weeks[from..] {
            table.row(row(office, regime, week));
        }
    }
    text.push_str(&table.text());
    text.push('\n');
    if drift.alarms.is_empty() {
        text.push_str("No alarm stands. 경보가 없습니다.\n");
    }
    for alarm in &drift.alarms {
        let (en, ko) = match alarm.signal.parse() {
            Ok(Signal::Calibration) => {
                ("finds no longer agree with what was expected", "적발이 예상과 다릅니다")
            }
            Ok(Signal::Scores) => ("scores are spread otherwise", "점수 분포가 달라졌습니다"),
            Ok(Signal::Missing) => (
                "a field that the model reads is missing otherwise",
                "입력 항목의 누락이 달라졌습니다",
            ),
            Ok(Signal::NewGoods) => ("more goods are new", "처음 보는 물품이 늘었습니다"),
            Err(_) => ("it rings", "경보입니다"),
        };
        text.push_str(&format!(
            "{} {}: {en}, since the week of {}. Plans there draw {:.0} % by chance unless \
             --explore says otherwise.\n{} {}: {} 주부터 {ko}. --explore를 주지 않으면 계획의 \
             {:.0} %를 무작위로 뽑습니다.\n",
            alarm.office,
            alarm.regime,
            alarm.since,
            100.0 * drift.explore_alarm,
            alarm.office,
            alarm.regime,
            alarm.since,
            100.0 * drift.explore_alarm,
        ));
    }
    text.push_str(&format!(
        "{} began, {} ended with this look. Where nothing changes, the calibration chart of an \
         office and regime rings in {:.0} % of half-years, each other signal in at most {:.0} %.",
        drift.rings,
        drift.quiets,
        100.0 * FALSE_CALIBRATION,
        100.0 * FALSE_OTHERS,
    ));
    text
}

fn row(office: &str, regime: &str, week: &DriftLine) -> [String; 11] {
    let figure = |of: Option<f64>| of.map_or("–".to_owned(), |of| format!("{of:.2}"));
    let rings: Vec<&str> = week.ringing.iter().map(|signal| signal.as_str()).collect();
    [
        office.to_owned(),
        regime.to_owned(),
        week.monday.to_string(),
        week.inspected.to_string(),
        format!("{:+.1} ± {:.1}", week.residual, week.spread),
        figure(week.z),
        format!("{:.1} / {:.1}", week.more, week.less),
        figure(week.index),
        week.missing
            .as_ref()
            .map_or("–".to_owned(), |(code, moved)| format!("{code} {:+.0} %", 100.0 * moved)),
        week.new_goods.map_or("–".to_owned(), |share| format!("{:.0} %", 100.0 * share)),
        rings.join(", "),
    ]
}
