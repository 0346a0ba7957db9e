//! The path of a batch: receive, screen, plan, learn, measure. Each step takes a batch, never one
//! declaration at a time, and has one shape: load, judge, keep, in one transaction with its
//! journal entry. What people do (record an outcome, approve a model) is in `acts/`.

mod learn;
mod measure;
mod plan;
mod receive;
mod screen;

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::feature::Extractor;
use targeting::history::Histories;

use crate::store::{Tx, histories};

pub use learn::{Backtested, backtest, learn, lessons};
pub use measure::{Measure, Period, measure};
pub use plan::{
    MinutesEach, PlanOrder, Planned, Replayed, default_minutes_each, plan, replay, seed_of,
};
pub use receive::{Arrival, Message, Received, finish, open, prepare, receive, receive_within};
pub use screen::{Screened, screen, screen_some, screener_in_force};

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
