//! Today: how the shifts of a day stand, and what is out of order. It reads the queue, the plans
//! and the watch; what got past is estimated as everywhere, from recorded chances.

use std::collections::BTreeMap;

use anyhow::Result;
use targeting::codes::Day;
use targeting::measuring::{Interval, Tally, iceberg};
use targeting::model::Target;

use super::measure::{found, unit_of};
use crate::store::plans::KeptPlan;
use crate::store::queue::{self, Standing};
use crate::store::{Tx, alarms, outcomes, plans};

/// The normal distribution's reach to either side that holds 95 %.
const Z95: f64 = 1.959_963_984_540_054;

/// How a plan of the day stands.
pub struct ShiftStands {
    /// The plan.
    pub plan: KeptPlan,
    /// Officer-minutes that the shift has.
    pub minutes_available: i64,
    /// Consignments by state, of those to be inspected.
    pub states: BTreeMap<String, i64>,
    /// All its candidates by lane.
    pub lanes: BTreeMap<String, i64>,
    /// Finds of its drawn inspections.
    pub found: i64,
    /// Finds to be expected of its drawn inspections, with a 95 % interval.
    pub expected: Interval,
}

/// How a day stands.
pub struct DayStands {
    /// Its plans.
    pub shifts: Vec<ShiftStands>,
    /// Everything in the queue of the day, by how it stands.
    pub standings: Vec<Standing>,
    /// Consignments that arrived on the day.
    pub arrived: i64,
    /// Of those, awaiting a decision without an assessment.
    pub unscreened: i64,
    /// Inspections done and finds among them.
    pub done: (i64, i64),
    /// Irregular consignments that got past, of the day's plans with an outcome.
    pub missed: Option<Interval>,
}

/// How the day stands at these offices.
pub async fn day(tx: &mut Tx, offices: &[String], day: Day) -> Result<DayStands> {
    let standings = queue::standings(tx, offices, day).await?;
    let kept = plans::of_day(tx, offices, day).await?;
    let mut sums: BTreeMap<i64, PlanSums> = BTreeMap::new();
    outcomes::measured(tx, (day, day), |one| {
        if !offices.contains(&one.office) {
            return;
        }
        let plan = sums.entry(one.plan_id).or_default();
        plan.tally.add(&unit_of(&one, Target::Irregular));
        if one.drawn {
            let p = one.expected * one.detection;
            plan.expected += p;
            plan.variance += p * (1.0 - p);
        }
        if let Some(find) = found(&one, Target::Irregular) {
            plan.done += 1;
            plan.found += i64::from(find);
        }
    })
    .await?;
    let shifts = kept
        .into_iter()
        .map(|plan| {
            let of = |one: &&Standing| one.plan_id == Some(plan.id);
            let mut states = BTreeMap::new();
            let mut lanes = BTreeMap::new();
            for one in standings.iter().filter(of) {
                if let Some(lane) = &one.lane {
                    *lanes.entry(lane.clone()).or_default() += one.count;
                }
                *states.entry(one.state.clone()).or_default() += one.count;
            }
            let none = PlanSums::default();
            let sums = sums.get(&plan.id).unwrap_or(&none);
            let reach = Z95 * sums.variance.sqrt();
            ShiftStands {
                minutes_available: minutes_available(&plan),
                found: sums.found,
                expected: Interval {
                    estimate: sums.expected,
                    low: (sums.expected - reach).max(0.0),
                    high: (sums.expected + reach).min(plan.drawn.max(0) as f64).max(sums.expected),
                },
                plan,
                states,
                lanes,
            }
        })
        .collect();
    // A shift that has not begun says nothing yet.
    let worked = sums.values().filter(|sums| sums.done > 0);
    let tallies: Vec<&Tally> = worked.map(|sums| &sums.tally).collect();
    let missed = (!tallies.is_empty()).then(|| iceberg(tallies).missed);
    Ok(DayStands {
        shifts,
        standings,
        arrived: plans::arrived_on(tx, offices, day).await?,
        unscreened: queue::unscreened(tx, offices, day).await?,
        done: sums.values().fold((0, 0), |(done, finds), one| (done + one.done, finds + one.found)),
        missed,
    })
}

#[derive(Default)]
struct PlanSums {
    tally: Tally,
    expected: f64,
    variance: f64,
    done: i64,
    found: i64,
}

/// Officer-minutes that a plan's shift has.
fn minutes_available(plan: &KeptPlan) -> i64 {
    use super::{Means, OFFICERS};
    match serde_json::from_str::<Means>(&plan.capacity) {
        Ok(Means::Slots(capacity)) => {
            capacity.lines.iter().map(|line| i64::from(line.minutes_available)).sum()
        }
        Ok(Means::Bundles(means)) => {
            let officers = means.resources.iter().position(|name| name == OFFICERS);
            let of = |at: usize| means.cells.iter().filter_map(move |cell| cell.minutes.get(at));
            officers.map_or(0, |at| of(at).map(|minutes| i64::from(*minutes)).sum())
        }
        Err(_) => 0,
    }
}

/// The drift watch's alarms that stand at these offices.
pub async fn alarms_at(tx: &mut Tx, offices: &[String]) -> Result<Vec<alarms::Alarm>> {
    let mut standing = alarms::standing(tx, None).await?;
    standing.retain(|alarm| offices.contains(&alarm.office));
    Ok(standing)
}
