//! Figures of the work as it was planned and done: what another capacity would find, whether the
//! chances were right, how precise the list is at each depth, and how much of the traffic each
//! office saw. All of them come from recorded chances; the formulas are in `targeting::measuring`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Serialize;
use targeting::codes::Day;
use targeting::measuring::{
    Calibration, Precision, Unit, WhatIf, WorkedPlan, calibration, precision, what_if,
};
use targeting::model::Target;

use super::measure::unit_of;
use crate::rights::Offices;
use crate::store::outcomes::{self, Covered as Counted};
use crate::store::{Store, Tx};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// What is counted.
    pub target: Target,
    /// First and last day of the shifts.
    pub window: (Day, Day),
    /// Of these offices.
    pub offices: &'w Offices,
}

/// Plans that were worked, as far as figures need them.
#[derive(Default)]
struct Worked {
    plans: BTreeMap<i64, OnePlan>,
}

struct OnePlan {
    day: Day,
    minutes: i64,
    outcomes: usize,
    units: Vec<Unit>,
    risks: Vec<f64>,
}

impl Worked {
    async fn load(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Worked> {
        let mut worked = Worked::default();
        outcomes::measured(tx, wanted.window, |one| {
            if !wanted.offices.contains(&one.office) {
                return;
            }
            let plan = worked.plans.entry(one.plan_id).or_insert_with(|| OnePlan {
                day: one.shift_day,
                minutes: 0,
                outcomes: 0,
                units: Vec::new(),
                risks: Vec::new(),
            });
            plan.outcomes += usize::from(one.outcome.is_some());
            if one.drawn {
                plan.minutes += one.minutes;
            }
            plan.risks.push(one.risk);
            plan.units.push(unit_of(&one, wanted.target));
        })
        .await?;
        // A shift without a single outcome says nothing yet.
        worked.plans.retain(|_, plan| plan.outcomes > 0);
        Ok(worked)
    }

    fn plans(&self) -> Vec<WorkedPlan<'_>> {
        self.plans.values().map(|of| WorkedPlan { units: &of.units, risks: &of.risks }).collect()
    }
}

/// What other numbers of officers would find.
#[derive(Debug, Clone, Serialize)]
pub struct OtherCapacity {
    /// How many officers the planned minutes stand for.
    pub officers_now: f64,
    /// Officer-minutes of a day that one officer is taken to inspect.
    pub minutes_per_officer: f64,
    /// Days with plans.
    pub days: usize,
    /// Plans behind the figures.
    pub plans: usize,
    /// By number of officers.
    pub points: Vec<(f64, WhatIf)>,
}

/// What each of several numbers of officers would find. How many there are now is given, or
/// follows from the minutes planned on a day and those that one officer inspects.
pub async fn other_capacity(
    store: &Store,
    wanted: &Wanted<'_>,
    officers: &[f64],
    (officers_now, minutes_per_officer): (Option<f64>, f64),
) -> Result<OtherCapacity> {
    let mut tx = store.read().await?;
    let worked = Worked::load(&mut tx, wanted).await?;
    let days = worked.plans.values().map(|plan| plan.day).collect::<BTreeSet<Day>>().len();
    let minutes: i64 = worked.plans.values().map(|plan| plan.minutes).sum();
    let daily = minutes as f64 / days.max(1) as f64;
    let (now, each) = match officers_now {
        Some(now) => (now, daily / now),
        None => (daily / minutes_per_officer, minutes_per_officer),
    };
    if worked.plans.is_empty() || now <= 0.0 {
        crate::refuse!(
            "nothing_measured",
            "no plan of this window has an outcome yet, so that nothing says what more or fewer \
             officers would find"
        );
    }
    let times: Vec<f64> = officers.iter().map(|officers| officers / now).collect();
    let told = tokio::task::block_in_place(|| what_if(&worked.plans(), &times));
    Ok(OtherCapacity {
        officers_now: now,
        minutes_per_officer: each,
        days,
        plans: worked.plans.len(),
        points: officers.iter().copied().zip(told).collect(),
    })
}

/// How well chances agreed with what was there.
#[derive(Debug, Clone, Serialize)]
pub struct Calibrated {
    /// Plans behind the figures.
    pub plans: usize,
    /// The bins.
    #[serde(flatten)]
    pub calibration: Calibration,
}

/// Calibration of the chances that the plans were drawn by.
pub async fn calibrated(store: &Store, wanted: &Wanted<'_>, bins: usize) -> Result<Calibrated> {
    let mut tx = store.read().await?;
    let worked = Worked::load(&mut tx, wanted).await?;
    let units: Vec<(i64, Unit)> = worked
        .plans
        .iter()
        .flat_map(|(id, plan)| plan.units.iter().map(move |unit| (*id, *unit)))
        .collect();
    let calibration = tokio::task::block_in_place(|| calibration(&units, bins));
    Ok(Calibrated { plans: worked.plans.len(), calibration })
}

/// Precision of the risk list at several depths; the last one is that of a random choice.
pub async fn precise(store: &Store, wanted: &Wanted<'_>, depths: &[f64]) -> Result<Vec<Precision>> {
    let mut tx = store.read().await?;
    let worked = Worked::load(&mut tx, wanted).await?;
    Ok(tokio::task::block_in_place(|| precision(&worked.plans(), depths)))
}

/// How much of an office's traffic was seen.
#[derive(Debug, Clone, Serialize)]
pub struct Covered {
    /// The counts.
    #[serde(flatten)]
    pub counted: Counted,
    /// Share of what arrived that was inspected; none when nothing arrived.
    pub share: Option<f64>,
}

/// How much of the traffic of a window each office screened, planned and inspected.
pub async fn covered(store: &Store, window: (Day, Day), offices: &Offices) -> Result<Vec<Covered>> {
    let mut tx = store.read().await?;
    let counted = outcomes::covered(&mut tx, window).await?;
    Ok(counted
        .into_iter()
        .filter(|one| offices.contains(&one.office))
        .map(|counted| {
            let share = counted.inspected as f64 / counted.arrived as f64;
            Covered { share: (counted.arrived > 0).then_some(share), counted }
        })
        .collect())
}
