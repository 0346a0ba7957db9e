//! Where a rehearsal's weeks come from: labelled tables, or a pretend port for each seed. Both are
//! read by the post room, as real traffic is.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use anyhow::{Context, Result};
use harbour::{RowWriter, Settings, World};
use intake::{Table, TableOptions};
use serde_json::{Value, json};
use targeting::consignment::{Consignment, Regime};
use targeting::model::Target;
use targeting::outcome::Label;
use targeting::rehearsal::Traffic;

use crate::pipeline::post_room::{Input, open_table};

/// Where weeks come from.
pub(super) enum Source {
    /// The same table for every seed.
    Table(Traffic),
    /// Another pretend port for each seed.
    Port { weeks: u32, regime: Option<Regime> },
}

impl Source {
    /// The traffic of a seed.
    pub(super) fn of(&self, seed: u64) -> Result<Cow<'_, Traffic>> {
        match self {
            Source::Table(traffic) => Ok(Cow::Borrowed(traffic)),
            Source::Port { weeks, regime } => Ok(Cow::Owned(port(seed, *weeks, *regime)?)),
        }
    }

    /// Weeks of one play, the start included.
    pub(super) fn weeks(&self) -> usize {
        match self {
            Source::Table(traffic) => traffic.weeks(),
            Source::Port { weeks, .. } => *weeks as usize,
        }
    }

    /// For machines.
    pub(super) fn told(&self, target: Target) -> Value {
        match self {
            Source::Table(traffic) => json!({
                "source": "table",
                "weeks": traffic.weeks(),
                "consignments": traffic.len(),
                "bad": traffic.bad(target),
            }),
            Source::Port { weeks, regime } => {
                json!({ "source": "port", "weeks": weeks, "regime": regime })
            }
        }
    }

    /// For people.
    pub(super) fn sentence(&self, target: Target) -> String {
        match self {
            Source::Table(traffic) => format!(
                "{} weeks of a table: {} consignments, {} of them bad.",
                traffic.weeks(),
                traffic.len(),
                traffic.bad(target)
            ),
            Source::Port { weeks, .. } => {
                format!("{weeks} weeks of a pretend port, another for each seed.")
            }
        }
    }
}

/// Reads tables with outcomes. Of several versions of a declaration the first is played.
pub(super) fn read(
    files: &[PathBuf],
    options: &TableOptions,
    regime: Option<Regime>,
    mut progress: impl FnMut(u64),
) -> Result<Traffic> {
    let mut rows = Vec::new();
    let mut without = 0;
    for path in files {
        let (file, name) = crate::commands::ingest::open(path)?;
        let table = open_table(Input::File(file), &name, options)
            .with_context(|| format!("while reading {name}"))?;
        for batch in table {
            let batch = batch.with_context(|| format!("while reading {name}"))?;
            for row in batch.rows {
                match row.inspection.and_then(|inspection| inspection.result.label()) {
                    Some(label) => rows.push((row.consignment, label)),
                    None => without += 1,
                }
            }
            progress(rows.len() as u64);
        }
    }
    if rows.is_empty() {
        crate::refuse!(
            "no_outcomes",
            "none of the {without} rows says what an inspection found: a rehearsal needs tables \
             with outcomes, or a mapping that says which column has them"
        );
    }
    Ok(Traffic::new(of_regime(first_versions(rows), regime)))
}

fn first_versions(mut rows: Vec<(Consignment, Label)>) -> Vec<(Consignment, Label)> {
    let mut known = HashSet::new();
    rows.retain(|(one, _)| known.insert((one.source.clone(), one.reference.clone())));
    rows
}

fn of_regime(
    mut rows: Vec<(Consignment, Label)>,
    regime: Option<Regime>,
) -> Vec<(Consignment, Label)> {
    rows.retain(|(one, _)| regime.is_none_or(|regime| one.regime == regime));
    rows
}

/// A tenth of the demo's port: so many a day that a year is played in seconds, with as many
/// traders, networks and drugs in proportion.
fn small_port(weeks: u32) -> Settings {
    let demo = Settings::demo();
    Settings {
        days: weeks * 7,
        parcels_per_day: demo.parcels_per_day / 10,
        freight_per_day: demo.freight_per_day / 10,
        persons: demo.persons / 10,
        traders: demo.traders / 4,
        shops: demo.shops / 4,
        networks: demo.networks / 2,
        ..demo
    }
}

/// The weeks of a pretend port, each day's table written and read as a real one would be.
fn port(seed: u64, weeks: u32, regime: Option<Regime>) -> Result<Traffic> {
    let mut world = World::new(seed, small_port(weeks));
    let options = TableOptions::default();
    let mut labels: HashMap<String, Label> = HashMap::new();
    let mut rows = Vec::new();
    for date in world.dates() {
        let day = world.day(date)?;
        for truth in &day.truth {
            let label = match (truth.critical, truth.irregular) {
                (true, _) => Label::Critical,
                (false, true) => Label::Irregular,
                (false, false) => Label::Clean,
            };
            labels.insert(truth.declaration_id.to_string(), label);
        }
        let mut csv = Vec::new();
        let mut writer = RowWriter::new(&mut csv)?;
        for row in &day.rows {
            writer.write(row)?;
        }
        writer.finish()?;
        let table = Table::open(csv.as_slice(), "port.csv", &options)?;
        for batch in table {
            for row in batch?.rows {
                if let Some(label) = labels.get(row.consignment.reference.as_str()) {
                    rows.push((row.consignment, *label));
                }
            }
        }
    }
    Ok(Traffic::new(of_regime(first_versions(rows), regime)))
}
