//! `sumun measure`: what gets past, as estimates with intervals, and what each channel yields.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use serde_json::json;
use targeting::codes::Day;
use targeting::measuring::{Assumption, Iceberg, Interval};
use targeting::model::Target;

use super::{Office, Report, Table};
use crate::acts;
use crate::config::now;
use crate::pipeline::{self, Asked, Measure, Period, Ranking, Stratum, Valued};
use crate::report::{self, Tongue};
use crate::store::Store;

/// What is counted.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Counted {
    Irregular,
    Critical,
}

impl Counted {
    fn target(self) -> Target {
        match self {
            Counted::Irregular => Target::Irregular,
            Counted::Critical => Target::Critical,
        }
    }
}

/// Languages of the report.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Languages {
    Ko,
    En,
    Both,
}

/// Estimates what gets past, by week, month, office and regime, and what each channel yields.
/// Every estimate comes from the recorded chances, with its 95 % interval and the naive figure
/// beside.
#[derive(Debug, Args)]
pub struct Measures {
    /// Counts any irregularity, or contraband alone. Any irregularity when left out; the report
    /// then has both.
    #[arg(long, value_enum)]
    target: Option<Counted>,
    /// First day of the shifts measured.
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// Last day of the shifts measured.
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
    /// Divides the traffic by this as well: chapter, origin, departure or direction.
    #[arg(long, value_name = "STRATUM")]
    by: Option<Stratum>,
    /// How many test consignments the detection probabilities were measured by; they are taken as
    /// known when left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    detection_tests: Option<u64>,
    /// Estimates what another ranking would have found with the same capacity: a kept model, such
    /// as M-3, or a CSV file with the columns declaration_id and score (0 is not taken).
    #[arg(long, value_name = "MODEL|FILE")]
    value_of: Option<String>,
    /// Draws which silent scans of a plan, such as P-3, are unpacked all the same, so that what
    /// scans overlook is measured. Record what comes of it with `record --correct`.
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["report", "value_of"])]
    verify_scans: Option<String>,
    /// Share of the silent scans that is unpacked.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, requires = "verify_scans")]
    verify_share: f64,
    /// Writes a report for a head of unit: one HTML file with pictures and tables.
    #[arg(long, requires = "out")]
    report: bool,
    /// File of the report.
    #[arg(long, value_name = "FILE", requires = "report")]
    out: Option<PathBuf>,
    /// Language of the report.
    #[arg(long, value_enum, default_value = "both", requires = "report")]
    language: Languages,
}

impl Measures {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        if let Some(plan) = &self.verify_scans {
            return verify_scans(office, &store, plan, self.verify_share).await;
        }
        let target = self.target.unwrap_or(Counted::Irregular).target();
        let window = (self.from.unwrap_or(Day::FIRST), self.to.unwrap_or(Day::LAST));
        let valued = match &self.value_of {
            Some(rival) => Some(value_of(&store, target, window, rival).await?),
            None => None,
        };
        if !self.report {
            if let Some((name, valued)) = valued {
                return Ok(Report::new(json!(valued), value_text(&name, &valued)));
            }
            let measure = pipeline::measure_as(&store, &self.asked(target, window)).await?;
            return Ok(Report::new(json!(measure), text_of(&measure)));
        }
        let targets = match self.target {
            Some(counted) => vec![counted.target()],
            None => vec![Target::Irregular, Target::Critical],
        };
        let mut measures = Vec::new();
        for target in targets {
            measures.push(pipeline::measure_as(&store, &self.asked(target, window)).await?);
        }
        let day = |day: Option<Day>| day.map_or(String::new(), |day| day.to_string());
        let html = report::html(
            &report::Content {
                measures: &measures,
                value: valued.as_ref().map(|(name, valued)| (name.as_str(), valued)),
                window: (day(self.from), day(self.to)),
                made_on: Day::of_micros(now()).to_string(),
            },
            match self.language {
                Languages::Ko => &[Tongue::Ko],
                Languages::En => &[Tongue::En],
                Languages::Both => &[Tongue::Ko, Tongue::En],
            },
        )?;
        let out = self.out.unwrap_or_default();
        std::fs::write(&out, html).with_context(|| format!("while writing {}", out.display()))?;
        let text = format!("Wrote {}: open it in a browser, or print it.", out.display());
        let written = json!({ "report": out, "measures": measures });
        Ok(Report::new(written, text))
    }

    fn asked(&self, target: Target, window: (Day, Day)) -> Asked {
        Asked { target, window, by: self.by, tests: self.detection_tests }
    }
}

/// Draws from a plan's silent scans.
async fn verify_scans(office: &Office, store: &Store, plan: &str, share: f64) -> Result<Report> {
    let Ok(id) = plan.trim_start_matches("P-").parse::<i64>() else {
        crate::refuse!("plan", "`{plan}` is no plan: write it as `sumun plan` does, such as P-3")
    };
    let drawn = acts::verification::draw(store, id, share, office.by()).await?;
    let mut text = format!(
        "{} silent scans of plan P-{id} had no answer yet; {} are to be unpacked.",
        drawn.silent,
        drawn.unpack.len()
    );
    for declaration in &drawn.unpack {
        text.push_str(&format!("\n  {declaration}"));
    }
    if !drawn.unpack.is_empty() {
        text.push_str("\nRecord each with `sumun record --correct`, modality unpack.");
    }
    Ok(Report::new(json!(drawn), text))
}

/// The value of a rival that is named on the command line: a kept model, or a file of scores.
async fn value_of(
    store: &Store,
    target: Target,
    window: (Day, Day),
    rival: &str,
) -> Result<(String, Valued)> {
    let path = Path::new(rival);
    let is_model = rival.starts_with("M-") && !path.exists();
    let valued = if is_model {
        pipeline::value_of(store, target, window, Ranking::Model(rival)).await?
    } else {
        let scores = scores(path)?;
        pipeline::value_of(store, target, window, Ranking::Scores(&scores)).await?
    };
    Ok((rival.to_owned(), valued))
}

/// Scores by declaration, from a CSV file.
fn scores(path: &Path) -> Result<HashMap<String, f64>> {
    if !path.exists() {
        crate::refuse!(
            "no_rival",
            "`{}` is neither a model nor a file: name a model as `sumun model list` does, or a CSV \
             file with the columns declaration_id and score",
            path.display()
        );
    }
    let mut csv = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .with_context(|| format!("{} cannot be opened", path.display()))?;
    let headings = csv.headers()?.clone();
    let column = |name: &str| {
        headings.iter().position(|of| of.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
    };
    let (Some(declaration), Some(score)) = (column("declaration_id"), column("score")) else {
        crate::refuse!(
            "columns",
            "{} needs the columns declaration_id and score; it has: {}",
            path.display(),
            headings.iter().collect::<Vec<_>>().join(", ")
        )
    };
    let mut scores = HashMap::new();
    for row in csv.records() {
        let row = row.with_context(|| format!("while reading {}", path.display()))?;
        let text = row.get(score).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                scores.insert(row.get(declaration).unwrap_or_default().to_owned(), value);
            }
            _ => crate::refuse!(
                "score",
                "line {} of {} has the score `{text}`: write a number",
                row.position().map_or(0, csv::Position::line),
                path.display()
            ),
        }
    }
    Ok(scores)
}

/// The value of a rival as text.
fn value_text(name: &str, valued: &Valued) -> String {
    let Valued { value, .. } = valued;
    let mut text = format!(
        "With the same capacity {name} would have found {} ({} to {}) of {}; the plans found {}: \
         {} ({} to {}).\n",
        number(value.finds.estimate),
        number(value.finds.low),
        number(value.finds.high),
        what(valued.target),
        value.found,
        signed(value.gain.estimate),
        signed(value.gain.low),
        signed(value.gain.high),
    );
    text.push_str(&format!(
        "It would have opened {}, of which the answer of {} is known, worth {} inspections of \
         equal weight. Checks: the model alone says {}, the known ones alone {}.\n{} plans with \
         {} consignments, of which {} have no score and are not taken.",
        number(value.taken),
        value.known,
        number(value.effective),
        number(value.model),
        value.self_normalised.map_or("nothing".to_owned(), number),
        valued.plans,
        valued.consignments,
        valued.without_score,
    ));
    if let Some(until) = &valued.learned_until {
        text.push_str(&format!(
            "\nIt learned from outcomes up to {until}: {} plans up to that day are left out.",
            valued.plans_learned_from
        ));
    }
    text
}

fn what(target: Target) -> &'static str {
    match target {
        Target::Irregular => "irregular consignments",
        Target::Critical => "consignments with contraband",
    }
}

fn signed(value: f64) -> String {
    format!("{}{}", if value < 0.0 { "-" } else { "+" }, number(value.abs()))
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
    let what = what(measure.target);
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
    for Period { of, iceberg } in measure.months.iter().filter(|_| measure.months.len() > 1) {
        add(&mut table, of, iceberg);
    }
    if let (Some(by), false) = (measure.by, measure.strata.is_empty()) {
        for Period { of, iceberg } in &measure.strata {
            add(&mut table, &format!("{by} {of}"), iceberg);
        }
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
    if let Some(change) = &measure.change {
        let verb = match &change.difference {
            difference if difference.low > 0.0 => "rose",
            difference if difference.high < 0.0 => "fell",
            _ => "shows no change",
        };
        let share = |of: &Period| of.iceberg.prevalence.map_or(0.0, |share| 100.0 * share.estimate);
        text.push_str(&format!(
            "\nThe share {verb} from {:.2} % in {} to {:.2} % in {}: {:+.2} points ({:+.2} to \
             {:+.2}).",
            share(&change.former),
            change.former.of,
            share(&change.latest),
            change.latest.of,
            100.0 * change.difference.estimate,
            100.0 * change.difference.low,
            100.0 * change.difference.high,
        ));
        let latest = &change.latest.iceberg;
        text.push_str(&format!(
            "\nSteadied by the weeks before, the latest {} weeks hold {} {what}; by their \
             own inspections alone {} ({} to {}).",
            change.weeks,
            number(change.steadied),
            number(latest.estimate),
            number(latest.low),
            number(latest.high),
        ));
    }
    if let Some(band) = measure.course.last().and_then(|standing| standing.band) {
        text.push_str(&format!(
            "\nWho looks every week reads the band instead: {:.2} % ({:.2} to {:.2}) irregular so \
             far, in all weeks at once with 95 % confidence.",
            100.0 * band.estimate,
            100.0 * band.low,
            100.0 * band.high,
        ));
    }
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
        Assumption::DetectionTested => {
            "scans and dogs detect as the tests say, whose number is in the interval"
        }
        Assumption::ScansVerified => {
            "of the silent scans a share drawn by chance was unpacked, so no detection is assumed"
        }
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
