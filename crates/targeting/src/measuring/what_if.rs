//! What if there were more officers, or fewer: how finds would change with capacity, from recorded
//! chances and outcomes alone. And how precise the list is at each depth, which is the same
//! question asked of its top.
//!
//! With c times the slots a plan would have drawn with other chances q. They follow from the
//! recorded chances π by the plan's own method (`plan::chances`): the share ε of the slots that
//! the plan left to chance stays as it was, the rest goes to the top of the risk list for certain,
//! and the tail shares ε·c·Σπ in proportion to its recorded chances, nobody above 1. At c = 1 that
//! is the plan as it was, q = π. The plan itself would lean its tail anew towards likely finds: in
//! the simulation of `coverage.rs` it finds 1 % less than said at half the slots, 4 % more at twice
//! and 7 % more at three times.
//!
//! The finds are then Σ q (dm + I (z − dm)/π), as for any rival ranking (`rival.rs`): what the
//! model expects, corrected by the drawn and done inspections, so that the estimate is right on
//! average however wrong the model is. The interval is that of the iceberg, weighted by q. It
//! supposes that more officers find with the same detection and that smugglers do not answer.

use serde::{Deserialize, Serialize};

use super::rival::{RivalPlan, value};
use super::{Interval, Tally, Unit, iceberg};

/// One plan as it was drawn and worked.
#[derive(Debug, Clone, Copy)]
pub struct WorkedPlan<'a> {
    /// Every consignment of the plan.
    pub units: &'a [Unit],
    /// What each was ranked by, in the order of `units`; higher is riskier.
    pub risks: &'a [f64],
}

/// What plans would have come to with another capacity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// How many times the recorded capacity.
    pub times: f64,
    /// Inspections.
    pub inspections: f64,
    /// Expected finds, with the 95 % interval.
    pub finds: Interval,
    /// Share of all that is irregular that would be found. None when the estimate is nothing. Its
    /// ends take both ends of finds and of the irregular at their worst, so that it errs to the
    /// wide side.
    pub share: Option<Interval>,
}

/// The chances with which a plan would have drawn with so many times its slots, in the order of
/// its units.
///
/// # Panics
/// When a plan has not one risk for each unit.
#[must_use]
pub fn chances_with(plan: WorkedPlan<'_>, times: f64) -> Vec<f64> {
    let WorkedPlan { units, risks } = plan;
    assert_eq!(units.len(), risks.len(), "one risk for each unit");
    let recorded: f64 = units.iter().map(|unit| unit.chance).sum();
    let slots = (times.max(0.0) * recorded).min(units.len() as f64);
    let certain = |unit: &Unit| unit.chance >= 1.0;
    let left: f64 = units.iter().filter(|unit| !certain(unit)).map(|unit| unit.chance).sum();
    let explore = if recorded > 0.0 { left / recorded } else { 0.0 };
    // Where all was certain there is no tail to keep.
    let core = ((1.0 - explore) * slots).min(units.len() as f64);
    let mut order: Vec<usize> = (0..units.len()).collect();
    // What was certain stays before what was not, be it by risk or by a rule.
    order.sort_by(|&a, &b| {
        let sure = certain(&units[b]).cmp(&certain(&units[a]));
        sure.then(risks[b].total_cmp(&risks[a])).then(a.cmp(&b))
    });
    let mut chances = vec![0.0; units.len()];
    let whole = (core + 1e-9).floor() as usize;
    order[..whole.min(units.len())].iter().for_each(|&n| chances[n] = 1.0);
    let rest = &order[whole.min(units.len())..];
    // One that was certain weighs as much as the likeliest of the tail did.
    let most = units.iter().filter(|unit| !certain(unit)).map(|unit| unit.chance);
    let most = most.fold(0.0, f64::max);
    let weight = |n: usize| match certain(&units[n]) {
        true if most > 0.0 => most,
        true => 1.0,
        false => units[n].chance,
    };
    spread(&mut chances, rest, weight, slots - whole as f64);
    chances
}

/// Shares `room` out in proportion to weights, nobody above 1.
fn spread(chances: &mut [f64], of: &[usize], weight: impl Fn(usize) -> f64, mut room: f64) {
    let mut open: Vec<usize> = of.to_vec();
    while room > 1e-9 && !open.is_empty() {
        let all: f64 = open.iter().map(|&n| weight(n)).sum();
        let each = room / all;
        let full = |n: &usize| weight(*n) * each >= 1.0;
        if !open.iter().any(full) {
            open.iter().for_each(|&n| chances[n] = weight(n) * each);
            return;
        }
        for &n in open.iter().filter(|n| full(n)) {
            chances[n] = 1.0;
            room -= 1.0;
        }
        open.retain(|n| !full(n));
    }
}

/// What worked plans would have come to with each of several capacities, as times the recorded.
///
/// # Panics
/// As [`chances_with`].
#[must_use]
pub fn what_if(plans: &[WorkedPlan<'_>], times: &[f64]) -> Vec<WhatIf> {
    let all = irregular(plans);
    times
        .iter()
        .map(|&times| {
            let chances: Vec<Vec<f64>> =
                plans.iter().map(|plan| chances_with(*plan, times)).collect();
            let rivals = plans.iter().zip(&chances);
            let value = value(rivals.map(|(plan, shares)| RivalPlan { units: plan.units, shares }));
            WhatIf {
                times,
                inspections: value.taken,
                finds: value.finds,
                share: share(value.finds, all),
            }
        })
        .collect()
}

/// All that is irregular in these plans.
fn irregular(plans: &[WorkedPlan<'_>]) -> Interval {
    let tallies: Vec<Tally> = plans
        .iter()
        .map(|plan| {
            let mut tally = Tally::default();
            plan.units.iter().for_each(|unit| tally.add(unit));
            tally
        })
        .collect();
    let iceberg = iceberg(&tallies);
    Interval { estimate: iceberg.estimate, low: iceberg.low, high: iceberg.high }
}

fn share(finds: Interval, all: Interval) -> Option<Interval> {
    let of = |finds: f64, all: f64| if all > 0.0 { (finds / all).clamp(0.0, 1.0) } else { 1.0 };
    (all.estimate > 0.0).then(|| {
        let estimate = of(finds.estimate, all.estimate);
        Interval {
            estimate,
            low: of(finds.low, all.high).min(estimate),
            high: of(finds.high, all.low).max(estimate),
        }
    })
}

/// How many of the top of the list are finds, down to one depth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Precision {
    /// The depth: share of the traffic.
    pub share: f64,
    /// Consignments above it.
    pub count: f64,
    /// How many of these were drawn and done, so that their answer is known.
    pub known: u64,
    /// Share of them that an inspection would find irregular, with the 95 % interval.
    pub precision: Interval,
}

/// The precision of the risk list at each depth. At depth 1 it is that of a random choice.
///
/// # Panics
/// As [`chances_with`].
#[must_use]
pub fn precision(plans: &[WorkedPlan<'_>], depths: &[f64]) -> Vec<Precision> {
    depths
        .iter()
        .filter_map(|&depth| {
            let tops: Vec<Vec<f64>> = plans.iter().map(|plan| top(plan, depth)).collect();
            let rivals = plans.iter().zip(&tops);
            let value = value(rivals.map(|(plan, shares)| RivalPlan { units: plan.units, shares }));
            (value.taken > 0.0).then(|| Precision {
                share: depth,
                count: value.taken,
                known: value.known,
                precision: value.finds.map(|finds| (finds / value.taken).clamp(0.0, 1.0)),
            })
        })
        .collect()
}

/// 1 for the top of a plan's list by risk, and what is left of a place for the next.
fn top(plan: &WorkedPlan<'_>, depth: f64) -> Vec<f64> {
    assert_eq!(plan.units.len(), plan.risks.len(), "one risk for each unit");
    let mut order: Vec<usize> = (0..plan.units.len()).collect();
    order.sort_by(|&a, &b| plan.risks[b].total_cmp(&plan.risks[a]).then(a.cmp(&b)));
    let mut left = depth.clamp(0.0, 1.0) * order.len() as f64;
    let mut shares = vec![0.0; order.len()];
    for n in order {
        shares[n] = left.clamp(0.0, 1.0);
        left -= shares[n];
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Channel;

    fn unit(chance: f64) -> Unit {
        let channel = if chance >= 1.0 { Channel::Risk } else { Channel::Random };
        Unit { chance, expected: 0.1, detection: 1.0, channel, drawn: false, result: None }
    }

    #[test]
    fn the_recorded_capacity_gives_the_recorded_chances() {
        let units = [1.0, 1.0, 0.4, 0.3, 0.2, 0.1].map(unit);
        let risks = [0.9, 0.8, 0.7, 0.4, 0.3, 0.1];
        let same = chances_with(WorkedPlan { units: &units, risks: &risks }, 1.0);
        for (unit, chance) in units.iter().zip(&same) {
            assert!((unit.chance - chance).abs() < 1e-12, "{same:?}");
        }
    }

    #[test]
    fn chances_add_up_to_the_slots_and_grow_with_them() {
        let recorded: Vec<f64> =
            (0..50).map(|n| if n < 9 { 1.0 } else { 0.5 / (n as f64) }).collect();
        let units: Vec<Unit> = recorded.iter().map(|chance| unit(*chance)).collect();
        let risks: Vec<f64> = (0..50).map(|n| 1.0 / f64::from(n + 1)).collect();
        let plan = WorkedPlan { units: &units, risks: &risks };
        let slots: f64 = recorded.iter().sum();
        let mut before = 0.0;
        for times in [0.0, 0.3, 0.7, 1.0, 1.7, 3.0, 10.0] {
            let chances = chances_with(plan, times);
            let sum: f64 = chances.iter().sum();
            assert!((sum - (times * slots).min(50.0)).abs() < 1e-6, "{times}: {sum}");
            assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
            assert!(sum >= before);
            before = sum;
            // Nobody but with no capacity at all has a chance of zero.
            assert!(times == 0.0 || chances.iter().all(|chance| *chance > 0.0), "{times}");
        }
    }

    #[test]
    fn nothing_planned_is_nothing_found() {
        assert_eq!(what_if(&[], &[1.0])[0].finds.estimate, 0.0);
        assert_eq!(what_if(&[], &[1.0])[0].share, None);
        assert!(precision(&[], &[0.1]).is_empty());
    }
}
