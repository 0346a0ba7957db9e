//! The path of a batch: receive, screen, plan, learn, measure. Each step takes a batch, never one
//! declaration at a time, and has one shape: load, judge, keep, in one transaction with its
//! journal entry. What people do (record an outcome, approve a model) is in `acts/`.

mod capacity;
mod card;
pub mod dossier;
pub mod entity;
mod facts;
mod figures;
mod learn;
mod listed;
mod measure;
pub mod page;
mod plan;
pub mod post_room;
pub mod queue;
mod receive;
pub mod resolve;
pub mod rules;
mod screen;
mod shadow;
mod sightings;
pub mod today;
pub mod trial;
pub mod understand;
mod value;
mod watch;
mod withdraw;
mod worked;

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::feature::Extractor;
use targeting::history::Histories;

use crate::store::{Tx, histories};

pub use capacity::{CapacityFile, OFFICERS, Work};
pub use card::{Card, card};
pub use figures::{
    Calibrated, Covered, OtherCapacity, Wanted, calibrated, covered, other_capacity, precise,
};
pub use learn::{
    Backtested, Expected, OverFolds, Rolled, RolledFigures, backtest, learn, lessons, rolling,
};
pub use listed::{InForce, lists_in_force, meet, meet_pending, role_word};
pub use measure::{Asked, Change, Measure, Period, Standing, Stratum, measure, measure_as};
pub use plan::{
    Means, MinutesEach, PlanOrder, Planned, Replayed, default_minutes_each, plan, replay, seed_of,
};
pub use receive::{
    Arrival, Message, Received, Terms, finish, open, prepare, receive, receive_noting,
    receive_within, received_at,
};
pub use screen::{Screened, screen, screen_some, screener_in_force};
pub use shadow::{Compared, Due, compare, due, shadow};
pub use sightings::{WhichBoxes, around, sight, sight_within, undeclared};
pub use value::{Ranking, Valued, value_of};
pub use watch::{BiasReport, Drift, Raised, Stream, raised, seen_drift, watch_bias, watch_drift};
pub use withdraw::{Withdrawn, withdraw, withdraw_within};

/// What the ledger knew before the day of each of these consignments. With `frozen`, nothing that
/// became known on or after that day is in it.
async fn past_of(
    tx: &mut Tx,
    extractor: &Extractor,
    consignments: &[Consignment],
    frozen: Option<Day>,
) -> Result<Histories> {
    let mut past = Histories::default();
    // The keys, each with the days before the batch that are asked for singly.
    let mut keys: HashMap<u64, i32> = HashMap::new();
    let (mut subjects, mut linked) = (Vec::new(), Vec::new());
    let (mut first, mut last) = (Day(i32::MAX), Day(i32::MIN));
    for consignment in consignments {
        let facts = Facts::of(consignment);
        extractor.keys(&facts, |key, days| {
            let most = keys.entry(key).or_default();
            *most = (*most).max(days);
        });
        extractor.subjects(&facts, |subject| subjects.push(subject as i64));
        extractor.linked(&facts, |key| linked.push(key as i64));
        first = first.min(facts.arrived_on);
        last = last.max(facts.arrived_on);
    }
    let until = frozen.map_or(last, |day| last.min(day));
    let first = first.min(until);
    let mut by_days: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    for (key, days) in keys {
        by_days.entry(days).or_default().push(key as i64);
    }
    for (days, mut keys) in by_days {
        keys.sort_unstable();
        histories::load(tx, &mut past, &keys, Day(first.0.saturating_sub(days)), until).await?;
    }
    for keys in [&mut subjects, &mut linked] {
        keys.sort_unstable();
        keys.dedup();
    }
    if !subjects.is_empty() {
        past.set_amounts(histories::amounts(tx, &subjects, until.month_number()).await?);
    }
    if !linked.is_empty() {
        histories::load_links(tx, &mut past, &linked, until).await?;
    }
    Ok(past)
}

#[cfg(test)]
mod tests {
    use harbour::{RowWriter, Settings, World};
    use intake::{Table, TableOptions};
    use targeting::amount::{Amounts, amounts};
    use targeting::feature::CATALOGUE;
    use targeting::history::{arrival, examination, links};
    use targeting::outcome::{Inspection, Outcome, Seizure};

    use super::*;
    use crate::store::Store;
    use crate::store::messages::NewMessage;

    /// Sixteen weeks of a very small port; every third consignment is opened.
    async fn played(store: &Store) -> Result<Vec<(Consignment, Option<Inspection>)>> {
        let settings = Settings {
            days: 112,
            parcels_per_day: 12,
            freight_per_day: 4,
            persons: 60,
            traders: 20,
            shops: 10,
            amended: 0.0,
            ..Settings::demo()
        };
        let mut world = World::new(1, settings);
        let mut csv = Vec::new();
        let mut table = RowWriter::new(&mut csv)?;
        for date in world.dates() {
            for row in world.day(date)?.rows {
                table.write(&row)?;
            }
        }
        table.finish()?;
        let mut arrived = Vec::new();
        for batch in Table::open(&csv[..], "port.csv", &TableOptions::default())? {
            for read in batch?.rows {
                let result = match arrived.len() % 12 {
                    0 => Outcome::Seizure(Seizure { exhibits: vec![], concealment: String::new() }),
                    3 => Outcome::Discrepancy { finding: String::new() },
                    6 | 9 => Outcome::Clear,
                    _ => {
                        arrived.push((read.consignment, None));
                        continue;
                    }
                };
                let inspection = Inspection {
                    modality: None,
                    minutes: None,
                    detection_method: None,
                    officer: "kim".into(),
                    result,
                    evidence: None,
                };
                arrived.push((read.consignment, Some(inspection)));
            }
        }
        let named = NewMessage {
            digest: "1",
            name: "port.csv",
            source: "port",
            format: "csv",
            size_bytes: csv.len() as i64,
        };
        let message = open(store, &named, 0).await?;
        // In batches that end in the middle of a day, the last one first.
        let mut ready = Vec::new();
        for (line, (consignment, inspection)) in arrived.iter().enumerate() {
            ready.push(prepare(line as u64 + 2, consignment.clone(), inspection.clone())?);
        }
        for batch in ready.chunks(333).rev() {
            receive(store, &message, batch, &[], true, ("kim", 0)).await?;
        }
        Ok(arrived)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_store_gives_what_the_whole_past_would() -> Result<()> {
        let store = Store::open("sqlite::memory:").await?;
        store.migrate(0).await?;
        let arrived = played(&store).await?;
        let (mut whole, mut values) = (Histories::default(), Vec::new());
        for (consignment, inspection) in &arrived {
            arrival(consignment).for_each(|entry| whole.add(entry));
            links(consignment).for_each(|link| whole.link(link));
            values.extend(amounts(consignment));
            if let Some(label) = inspection.as_ref().and_then(|of| of.result.label()) {
                examination(consignment, consignment.arrived_on, label)
                    .for_each(|entry| whole.add(entry));
            }
        }
        whole.set_amounts(Amounts::new(values));

        // A batch of some days in the middle, and the last days, as screening and learning ask.
        let all: Vec<Consignment> =
            arrived.into_iter().map(|(consignment, _)| consignment).collect();
        let extractor = Extractor::all();
        let mut tx = store.read().await?;
        let mut known = vec![0usize; CATALOGUE.len()];
        for batch in [&all[800..900], &all[all.len() - 150..]] {
            let loaded = past_of(&mut tx, &extractor, batch, None).await?;
            for consignment in batch {
                let row = |past: &Histories| {
                    let mut row = vec![f64::NAN; CATALOGUE.len()];
                    extractor.fill(&Facts::of(consignment), past, &mut row);
                    row
                };
                let (one, other) = (row(&loaded), row(&whole));
                for (n, (one, other)) in one.iter().zip(&other).enumerate() {
                    let code = &CATALOGUE[n].code;
                    let reference = &consignment.reference;
                    assert_eq!(
                        one.to_bits(),
                        other.to_bits(),
                        "{code} of {reference}: {one} {other}"
                    );
                    known[n] += usize::from(one.is_finite() && *one != 0.0);
                }
            }
        }
        // Two empty pasts would be equal, too: nearly all that can be asked is known somewhere.
        let never: Vec<&str> = (CATALOGUE.iter().zip(&known))
            .filter(|(_, known)| **known == 0)
            .map(|(feature, _)| feature.code.as_str())
            .collect();
        assert!(never.len() <= 8, "{never:?}");
        Ok(())
    }
}
