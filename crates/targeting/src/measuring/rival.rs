//! What another ranking would have found at the same capacity, from the recorded chances.
//!
//! A rival's list overlaps with what was drawn. Where it does not, the model's expectation stands
//! in; where a drawn consignment is on it, the find corrects the expectation by one over its
//! chance. So the value of a rule or a candidate model is known, with its interval, before anyone
//! switches it on (doubly robust off-policy evaluation; Dudík, Langford and Li 2011).

use serde::{Deserialize, Serialize};

use super::{Gathered, Interval, Tally, Unit};

/// One plan with what a rival would have taken of it.
#[derive(Debug, Clone, Copy)]
pub struct RivalPlan<'a> {
    /// Every consignment of the plan.
    pub units: &'a [Unit],
    /// How much of each the rival takes, in [0, 1], in the order of `units`: see [`shares`].
    pub shares: &'a [f64],
}

/// The value of a rival over several plans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RivalValue {
    /// Consignments the rival would have opened.
    pub taken: f64,
    /// How many of these were drawn and done, so that their answer is known.
    pub known: u64,
    /// Finds it would have made, with the 95 % interval.
    pub finds: Interval,
    /// Inspections that the plans drew and that were done.
    pub done: u64,
    /// Finds that those made.
    pub found: u64,
    /// Finds of the rival less those made.
    pub gain: Interval,
    /// What the model alone would say: wrong where the model is, shown beside it.
    pub model: f64,
    /// Check without the model: finds on the overlap, weighted by one over their chances and by
    /// those weights' sum. None without an overlap.
    pub self_normalised: Option<f64>,
    /// How many equally weighted inspections the overlap is worth, (Σ w)²/Σ w². Below some thirty,
    /// the interval says little and the model most.
    pub effective: f64,
}

/// How much of each consignment a ranking takes with so many slots: 1 from the highest score down,
/// 0 where the slots are used up, and an equal share where several are alike. What has a score of 0
/// or below is not taken, so a rule that says 1 or 0 may leave slots unused.
#[must_use]
pub fn shares(scores: &[f64], slots: usize) -> Vec<f64> {
    let mut order: Vec<usize> = (0..scores.len()).filter(|&n| scores[n] > 0.0).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut shares = vec![0.0; scores.len()];
    let mut left = slots as f64;
    for alike in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let each = (left / alike.len() as f64).clamp(0.0, 1.0);
        alike.iter().for_each(|&n| shares[n] = each);
        left -= each * alike.len() as f64;
    }
    shares
}

/// Estimates what a rival would have found: Σ q (dm + I (z − dm)/π) over all plans, q being what it
/// takes. A find is what the recorded modality would detect, so dm is expected and z counts as it
/// is. The interval is that of the iceberg, over what the rival takes.
///
/// # Panics
/// When a plan has not one share for each unit.
pub fn value<'a>(plans: impl IntoIterator<Item = RivalPlan<'a>>) -> RivalValue {
    let mut sums = Sums::default();
    plans.into_iter().for_each(|plan| sums.take_plan(plan));
    sums.value()
}

/// The estimate before it is kept within the possible.
#[cfg(test)]
pub(super) fn unclipped<'a>(plans: impl IntoIterator<Item = RivalPlan<'a>>) -> f64 {
    let mut sums = Sums::default();
    plans.into_iter().for_each(|plan| sums.take_plan(plan));
    sums.gathered.iceberg(None).unclipped
}

/// What a rival's value is made of, plan by plan.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    gathered: Gathered,
    taken: f64,
    known: u64,
    done: u64,
    found: u64,
    model: f64,
    /// Σ w, Σ w² and Σ wz over what is on the rival's list and known.
    weights: f64,
    squares: f64,
    finds: f64,
}

impl Sums {
    fn take_plan(&mut self, RivalPlan { units, shares }: RivalPlan<'_>) {
        assert_eq!(units.len(), shares.len(), "one share for each unit");
        self.take(units.iter().zip(shares.iter().copied()));
    }

    /// Takes consignments of one plan, each with how much of it the rival takes.
    pub(crate) fn take<'u>(&mut self, units: impl Iterator<Item = (&'u Unit, f64)>) {
        let mut tally = Tally::default();
        for (unit, share) in units {
            let result = unit.result.filter(|_| unit.sampled());
            self.done += u64::from(result.is_some());
            self.found += u64::from(result == Some(true));
            if share <= 0.0 {
                continue;
            }
            let expected = unit.expected * unit.detection;
            // What officers found on their own is no part of what the rival is measured by.
            let unit = Unit { expected, detection: 1.0, result, ..*unit };
            tally.add_share(&unit, share);
            self.taken += share;
            self.model += share * expected;
            if let Some(found) = result {
                let weight = share / unit.chance;
                self.known += 1;
                self.weights += weight;
                self.squares += weight * weight;
                self.finds += if found { weight } else { 0.0 };
            }
        }
        // Nor is it bound to have found what the plan found, where it takes only a share.
        tally.found = 0;
        tally.tail.found = 0;
        self.gathered.take(&tally);
    }

    pub(crate) fn value(&self) -> RivalValue {
        let total = self.gathered.iceberg(None);
        let finds = Interval { estimate: total.estimate, low: total.low, high: total.high }
            .map(|finds| finds.min(self.taken));
        let Sums { taken, known, done, found, model, weights, squares, .. } = *self;
        RivalValue {
            taken,
            known,
            finds,
            done,
            found,
            gain: finds.map(|finds| finds - found as f64),
            model,
            self_normalised: (weights > 0.0).then(|| self.finds / weights * taken),
            effective: if squares > 0.0 { weights * weights / squares } else { 0.0 },
        }
    }
}
