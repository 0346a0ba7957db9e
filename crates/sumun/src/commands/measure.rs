//! `sumun measure`: what gets past, as estimates with intervals, and what each channel yields.

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;
use targeting::codes::Day;
use targeting::measuring::{Assumption, Iceberg, Interval};
use targeting::model::Target;

use super::{Office, Report, Table};
use crate::pipeline::{self, Measure, Period};

/// What is counted.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Counted {
    Irregular,
    Critical,
}

/// Estimates what gets past, by week, office and regime, and what each channel yields. Every
/// estimate comes from the recorded chances, with its 95 % interval and the naive figure beside.
#[derive(Debug, Args)]
pub struct Measures {
    /// Counts any irregularity, or contraband alone.
    #[arg(long, value_enum, default_value = "irregular")]
    target: Counted,
    /// First day of the shifts measured.
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// Last day of the shifts measured.
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
}

impl Measures {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let target = match self.target {
            Counted::Irregular => Target::Irregular,
            Counted::Critical => Target::Critical,
        };
        let window = (self.from.unwrap_or(Day::FIRST), self.to.unwrap_or(Day::LAST));
        let measure = pipeline::measure(&store, target, window).await?;
        Ok(Report::new(json!(measure), text_of(&measure)))
    }
}

/// A measure as text.
pub fn text_of(measure: &Measure) -> String {
    if measure.plans == 0 {
        return match measure.plans_not_worked {
            0 => "Nothing to measure yet: no plan has been drawn in this window. `sumun plan` \
                  draws one, and its recorded chances are what estimates rest on."
                .to_owned(),
            n => format!(
                "Nothing to measure yet: {n} plans are drawn, none has an outcome. `sumun record` \
                 takes them."
            ),
        };
    }
    let what = match measure.target {
        Target::Irregular => "irregular consignments",
        Target::Critical => "consignments with contraband",
    };
    let pooled = &measure.pooled;
    let mut text = format!(
        "{} {what} estimated among {} planned ({} to {}); {} found, {} missed ({} to {}).\nA \
         simple extrapolation of all inspections would say {}: it is biased, because risk chose \
         them.\n\n",
        number(pooled.estimate),
        pooled.population,
        number(pooled.low),
        number(pooled.high),
        pooled.found,
        number(pooled.missed.estimate),
        number(pooled.missed.low),
        number(pooled.missed.high),
        pooled.naive.map_or("nothing".to_owned(), number),
    );
    let mut table = Table::new(&[
        "of",
        "traffic",
        "inspected",
        "found",
        "estimate",
        "95 % interval",
        "share found",
        "naive",
        "missing",
    ]);
    add(&mut table, "all", pooled);
    for Period { of, iceberg } in
        measure.regimes.iter().chain(&measure.offices).chain(&measure.weeks)
    {
        add(&mut table, of, iceberg);
    }
    text.push_str(&table.text());
    text.push('\n');
    let mut table =
        Table::new(&["channel", "inspected", "finds", "precision", "finds per officer-hour"]);
    for (channel, one) in &measure.yields {
        table.row([
            channel.to_string(),
            one.inspected.to_string(),
            one.found.to_string(),
            one.precision.map_or("–".to_owned(), |share| with_interval(share, 3)),
            one.found_per_hour.map_or("–".to_owned(), |rate| with_interval(rate, 2)),
        ]);
    }
    text.push_str(&table.text());
    if measure.plans_not_worked > 0 {
        text.push_str(&format!(
            "\n{} plans have no outcome yet and are in no estimate.",
            measure.plans_not_worked
        ));
    }
    text.push_str("\nThe estimate rests on: ");
    let rests: Vec<&str> = pooled.assumptions.iter().map(|one| assumption(*one)).collect();
    text.push_str(&rests.join("; "));
    text.push('.');
    text
}

fn add(table: &mut Table, of: &str, iceberg: &Iceberg) {
    table.row([
        of.to_owned(),
        iceberg.population.to_string(),
        iceberg.inspected.to_string(),
        iceberg.found.to_string(),
        number(iceberg.estimate),
        format!("{} to {}", number(iceberg.low), number(iceberg.high)),
        iceberg.found_share.map_or("–".to_owned(), |share| format!("{:.2}", share.estimate)),
        iceberg.naive.map_or("–".to_owned(), number),
        iceberg.missing.to_string(),
    ]);
}

fn with_interval(interval: Interval, decimals: usize) -> String {
    format!(
        "{:.decimals$} ({:.decimals$} to {:.decimals$})",
        interval.estimate, interval.low, interval.high
    )
}

fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn assumption(assumption: Assumption) -> &'static str {
    match assumption {
        Assumption::ChancesAsRecorded => "the drawn list was worked as recorded",
        Assumption::DetectionKnown => "scans and dogs detect as often as assumed",
        Assumption::MissingAtRandom => "what was drawn and not done is like what was done",
        Assumption::GroupsUnseen => "some shifts have no outcome at all, so the interval is wide",
        Assumption::OfficersOutsideSample => {
            "officers' own finds count as found, but are no part of the sample"
        }
        Assumption::FewFinds => {
            "fewer than ten finds by chance: off by a third or more, pool more weeks"
        }
    }
}
