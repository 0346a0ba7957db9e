//! The path of a batch: receive, screen, plan, learn, measure. Each step takes a batch, never one
//! declaration at a time, and has one shape: load, judge, keep, in one transaction with its
//! journal entry. What people do (record an outcome, approve a model) is in `acts/`.

mod capacity;
mod learn;
mod measure;
mod plan;
mod receive;
mod screen;

use anyhow::Result;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::feature::Extractor;
use targeting::history::{Histories, UnitValueEntry};

use crate::store::{Tx, histories};

pub use capacity::{CapacityFile, OFFICERS, Work};
pub use learn::{Backtested, backtest, learn, lessons};
pub use measure::{Measure, Period, measure};
pub use plan::{
    Means, MinutesEach, PlanOrder, Planned, Replayed, default_minutes_each, plan, replay, seed_of,
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
    let (mut keys, mut goods) = (Vec::new(), Vec::new());
    let (mut first, mut last) = (Day(i32::MAX), Day(i32::MIN));
    for consignment in consignments {
        let facts = Facts::of(consignment);
        extractor.keys(&facts, |key| keys.push(key as i64));
        goods.extend(UnitValueEntry::goods_of(&facts).map(|goods| goods as i64));
        first = first.min(facts.arrived_on);
        last = last.max(facts.arrived_on);
    }
    let until = frozen.map_or(last, |day| last.min(day));
    let first = first.min(until);
    keys.sort_unstable();
    keys.dedup();
    histories::load(tx, &mut past, &keys, first, until).await?;
    if extractor.reads_unit_values() && !goods.is_empty() {
        goods.sort_unstable();
        goods.dedup();
        let values = histories::unit_values(tx, &goods, until.month_number()).await?;
        past.set_unit_values(values);
    }
    Ok(past)
}
