//! Measure: from recorded chances and outcomes to the iceberg and the yields. Every figure of the
//! traffic is an estimate with an interval, with the naive figure beside it; yields describe the
//! inspections made and nothing beyond. The formulas are in `targeting::measuring`.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;
use targeting::codes::Day;
use targeting::measuring::{Iceberg, Inspected, Tally, Unit, Yield, iceberg, yields};
use targeting::model::Target;
use targeting::outcome::Channel;

use crate::store::outcomes::{self, Measured};
use crate::store::{Store, consignments};

/// The iceberg of one week, office, regime or of all together.
#[derive(Debug, Clone, Serialize)]
pub struct Period {
    /// Monday of the week, the office's code or the regime.
    pub of: String,
    /// The estimate.
    #[serde(flatten)]
    pub iceberg: Iceberg,
}

/// Everything that is measured of one target.
#[derive(Debug, Clone, Serialize)]
pub struct Measure {
    /// What is counted.
    pub target: Target,
    /// All plans together.
    pub pooled: Iceberg,
    /// By ISO week of the shift.
    pub weeks: Vec<Period>,
    /// By office.
    pub offices: Vec<Period>,
    /// By regime.
    pub regimes: Vec<Period>,
    /// What inspections yielded, by channel.
    pub yields: BTreeMap<Channel, Yield>,
    /// Plans in the measure.
    pub plans: usize,
    /// Plans without a single outcome so far: their shifts are not in any estimate.
    pub plans_not_worked: usize,
    /// Consignments stored, by fate.
    pub fates: Vec<(String, i64)>,
    /// Outcomes outside any plan, by kind: they teach, but say nothing of the traffic.
    pub outside_plans: Vec<(String, i64)>,
}

/// Office, regime, day of the shift, outcomes so far, and the sums of one plan.
type PlanTally = (String, String, Day, usize, Tally);

/// Measures the shifts from `first` to `last`.
pub async fn measure(store: &Store, target: Target, window: (Day, Day)) -> Result<Measure> {
    // Not done is made good within one plan, so a plan is the smallest group.
    let mut plans: BTreeMap<i64, PlanTally> = BTreeMap::new();
    let mut done: Vec<(Channel, Inspected)> = Vec::new();
    let mut tx = store.read().await?;
    outcomes::measured(&mut tx, window, |one| {
        let found = found(&one, target);
        let channel = if one.drawn || found.is_none() { one.channel } else { Channel::Officer };
        if let Some(found) = found {
            let minutes = one.spent.unwrap_or(one.minutes).clamp(0, i64::from(u32::MAX)) as u32;
            done.push((channel, Inspected { minutes, found }));
        }
        let (.., outcomes, tally) = plans.entry(one.plan_id).or_insert_with(|| {
            (one.office.clone(), one.regime.clone(), one.shift_day, 0, Tally::default())
        });
        *outcomes += usize::from(one.outcome.is_some());
        tally.add(&Unit {
            chance: one.chance,
            expected: match target {
                Target::Irregular => one.expected,
                Target::Critical => one.expected_critical,
            },
            detection: one.detection,
            channel,
            drawn: one.drawn,
            result: found,
        });
    })
    .await?;
    // A shift that has not begun says nothing yet; one that stopped half-way is in the measure,
    // with what was not done as missing.
    let drawn = plans.len();
    plans.retain(|_, (.., outcomes, _)| *outcomes > 0);
    let by = |key: fn(&PlanTally) -> String| -> Vec<Period> {
        let mut groups: BTreeMap<String, Vec<&Tally>> = BTreeMap::new();
        for plan in plans.values() {
            groups.entry(key(plan)).or_default().push(&plan.4);
        }
        groups.into_iter().map(|(of, tallies)| Period { of, iceberg: iceberg(tallies) }).collect()
    };
    Ok(Measure {
        target,
        pooled: iceberg(plans.values().map(|(.., tally)| tally)),
        weeks: by(|(_, _, day, ..)| day.week_start().to_string()),
        offices: by(|(office, ..)| office.clone()),
        regimes: by(|(_, regime, ..)| regime.clone()),
        yields: yields(done),
        plans: plans.len(),
        plans_not_worked: drawn - plans.len(),
        fates: consignments::fates(&mut tx).await?,
        outside_plans: outcomes::unplanned(&mut tx).await?,
    })
}

/// Whether the inspection was a find of this kind; none when nobody looked.
fn found(one: &Measured, target: Target) -> Option<bool> {
    match (one.outcome.as_deref()?, target) {
        ("clear", _) | ("discrepancy", Target::Critical) => Some(false),
        ("discrepancy", Target::Irregular) | ("seizure", _) => Some(true),
        _ => None,
    }
}
