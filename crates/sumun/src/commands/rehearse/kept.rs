//! What is kept of a rehearsal: every week as JSON and Parquet, the figures, and pictures.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::{Value, json};
use targeting::measuring::Interval;
use targeting::rehearsal::{Mean, Played, Strategy, Summary, Window, windows};

use crate::picture::{Series, Shape, Words, bars, over_time};
use crate::sheet::{self, Sink};
use crate::store::exports::{Cell, Column, Kind};

/// Weeks that are estimated together.
const QUARTER: usize = 13;

/// One week of one play.
#[derive(Debug, Serialize)]
struct WeekLine {
    strategy: String,
    seed: u64,
    week: usize,
    starts_on: String,
    arrived: usize,
    inspected: usize,
    found: usize,
    bad: usize,
    moved: usize,
    moved_found: usize,
    chance_least: f64,
    chance_mean: f64,
    estimate: f64,
    low: f64,
    high: f64,
    /// The thirteen weeks that end with this one; none for the first twelve.
    population_13w: Option<usize>,
    bad_13w: Option<usize>,
    estimate_13w: Option<f64>,
    unbiased_13w: Option<f64>,
    low_13w: Option<f64>,
    high_13w: Option<f64>,
    top_found: usize,
    top_estimate: f64,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

const COLUMNS: &[Column] = &[
    column("strategy", Kind::Text),
    column("seed", Kind::Int),
    column("week", Kind::Int),
    column("starts_on", Kind::Text),
    column("arrived", Kind::Int),
    column("inspected", Kind::Int),
    column("found", Kind::Int),
    column("bad", Kind::Int),
    column("moved", Kind::Int),
    column("moved_found", Kind::Int),
    column("chance_least", Kind::Real),
    column("chance_mean", Kind::Real),
    column("estimate", Kind::Real),
    column("low", Kind::Real),
    column("high", Kind::Real),
    column("population_13w", Kind::Int),
    column("bad_13w", Kind::Int),
    column("estimate_13w", Kind::Real),
    column("unbiased_13w", Kind::Real),
    column("low_13w", Kind::Real),
    column("high_13w", Kind::Real),
    column("top_found", Kind::Int),
    column("top_estimate", Kind::Real),
];

impl WeekLine {
    fn cells(&self) -> [Cell<'_>; COLUMNS.len()] {
        let int = |n: usize| Cell::Int(Some(n as i64));
        let maybe = |n: Option<usize>| Cell::Int(n.map(|n| n as i64));
        let real = |x: f64| Cell::Real(Some(x));
        [
            Cell::Text(Some(&self.strategy)),
            Cell::Int(Some(self.seed as i64)),
            int(self.week),
            Cell::Text(Some(&self.starts_on)),
            int(self.arrived),
            int(self.inspected),
            int(self.found),
            int(self.bad),
            int(self.moved),
            int(self.moved_found),
            real(self.chance_least),
            real(self.chance_mean),
            real(self.estimate),
            real(self.low),
            real(self.high),
            maybe(self.population_13w),
            maybe(self.bad_13w),
            Cell::Real(self.estimate_13w),
            Cell::Real(self.unbiased_13w),
            Cell::Real(self.low_13w),
            Cell::Real(self.high_13w),
            int(self.top_found),
            real(self.top_estimate),
        ]
    }
}

fn lines(played: &Played) -> Vec<WeekLine> {
    let (single, quarter) = (windows(played, 1), windows(played, QUARTER));
    (played.weeks.iter().zip(&single).enumerate())
        .map(|(n, (week, one))| {
            let ending = (n + 1).checked_sub(QUARTER).and_then(|start| quarter.get(start));
            WeekLine {
                strategy: played.strategy.to_string(),
                seed: played.seed,
                week: n + 1,
                starts_on: week.starts_on.to_string(),
                arrived: week.arrived,
                inspected: week.inspected,
                found: week.found,
                bad: week.truth,
                moved: week.moved.0,
                moved_found: week.moved.1,
                chance_least: week.chance.0,
                chance_mean: week.chance.1,
                estimate: one.estimated.estimate,
                low: one.estimated.low,
                high: one.estimated.high,
                population_13w: ending.map(|window| window.population),
                bad_13w: ending.map(|window| window.truth),
                estimate_13w: ending.map(|window| window.estimated.estimate),
                unbiased_13w: ending.map(|window| window.estimated.unbiased),
                low_13w: ending.map(|window| window.estimated.low),
                high_13w: ending.map(|window| window.estimated.high),
                top_found: week.top.0,
                top_estimate: week.top.1,
            }
        })
        .collect()
}

/// Writes everything into a folder.
pub(super) fn keep(
    folder: &Path,
    summary: &Value,
    played: &[Played],
    figures: &[(Strategy, Summary)],
) -> Result<()> {
    super::folder(folder)?;
    let lines: Vec<WeekLine> = played.iter().flat_map(lines).collect();
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("while writing {}", path.display()))
    };
    write("summary.json", format!("{summary:#}\n"))?;
    write("weeks.json", format!("{}\n", json!(lines)))?;
    let mut sink: Box<dyn Sink> = sheet::file(&folder.join("weeks.parquet"), COLUMNS)?;
    for line in &lines {
        sink.row(&line.cells())?;
    }
    sink.finish()?;

    let names: Vec<String> = figures.iter().map(|(strategy, _)| strategy.to_string()).collect();
    let picture = |title: &str, values: &str, of: fn(&Summary) -> Option<Interval>| {
        let values_of = figures.iter().map(|(_, summary)| of(summary)).collect();
        let series = Series { name: values.to_owned(), shape: Shape::Whiskers, values: values_of };
        bars(Words { title, values }, &names, &[series])
    };
    write(
        "finds.svg",
        picture("Finds against greedy", "finds as a share of greedy's", |of| {
            of.finds_vs_greedy.map(around)
        }),
    )?;
    write(
        "error.svg",
        picture("Error of a quarter's estimate", "root mean squared error, points", |of| {
            of.rmse_pp_13w.map(|value| Interval { estimate: value, low: value, high: value })
        }),
    )?;
    write(
        "coverage.svg",
        picture("How often the interval holds the truth", "share of quarters", |of| {
            of.coverage_13w.map(around)
        }),
    )?;
    for one in played.iter().filter(|one| Some(one.seed) == played.first().map(|one| one.seed)) {
        if let Some(svg) = over_the_weeks(one) {
            write(&format!("estimate-{}.svg", one.strategy), svg)?;
        }
    }
    Ok(())
}

/// A mean with 1.96 standard errors either way.
fn around(mean: Mean) -> Interval {
    let half = 1.96 * mean.se.unwrap_or(0.0);
    Interval { estimate: mean.mean, low: mean.mean - half, high: mean.mean + half }
}

/// The estimate of each quarter beside the truth, in percent of the traffic.
fn over_the_weeks(played: &Played) -> Option<String> {
    let quarters = windows(played, QUARTER);
    if quarters.is_empty() {
        return None;
    }
    let labels: Vec<String> =
        played.weeks[QUARTER - 1..].iter().map(|week| week.starts_on.to_string()).collect();
    let percent = |window: &Window, count: f64| 100.0 * count / window.population as f64;
    let estimates = |window: &Window| Interval {
        estimate: percent(window, window.estimated.estimate),
        low: percent(window, window.estimated.low),
        high: percent(window, window.estimated.high),
    };
    let band = quarters.iter().map(|window| Some(estimates(window))).collect();
    let line = quarters.iter().map(|window| Some(estimates(window).estimate));
    let truth = quarters.iter().map(|window| Some(percent(window, window.truth as f64)));
    let series = [
        Series { name: "95 % interval".to_owned(), shape: Shape::Band, values: band },
        Series::bare("estimate", Shape::Whiskers, line),
        Series::bare("truth", Shape::Dashes, truth),
    ];
    let title = format!("Share of bad consignments, 13 weeks together: {}", played.strategy);
    Some(over_time(Words { title: &title, values: "percent of the traffic" }, &labels, &series))
}
