//! How much gets past: the iceberg, estimated from inspections whose chances are known.
//!
//! Every consignment of a plan counts with what the model expected of it, and the drawn inspections
//! correct the model, each weighted by one over its recorded chance; so the estimate is right on
//! average however wrong the model is. Chances come from `plan`. Read on in `sums.rs` (what is
//! summed), `interval.rs` (intervals and bands), `course.rs` (over time), `two_step.rs` (scans that
//! are verified), `rival.rs` (what another ranking would have found) and `yields.rs`.

pub mod bias;
mod calibration;
mod course;
pub mod drift;
pub mod duel;
mod interval;
mod residual;
mod rival;
mod steady;
mod sums;
mod two_step;
mod what_if;
mod yields;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::outcome::Channel;

pub use calibration::{Calibration, CalibrationBin, calibration};
pub use course::{Standing, course};
pub use interval::Interval;
use interval::Z;
pub use residual::Residual;
pub(crate) use rival::Sums as RivalSums;
pub use rival::{RivalPlan, RivalValue, shares, value};
pub use steady::{Term, steadied};
use sums::{Closed, Numbers, Part, Sampled};
pub use two_step::{Ended, TwoStep};
pub use what_if::{Precision, WhatIf, WorkedPlan, chances_with, precision, what_if};
pub use yields::{Inspected, Yield, yields};

/// Fewer finds than this in the drawn tail leave a relative error above 1/√10, about a third.
const TAIL_FINDS_FEW: u64 = 10;

/// One consignment of a plan's population, as far as measuring needs to know it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// The chance the plan recorded for it, in (0, 1]; also when an officer chose it later. Only a
    /// consignment that no plan listed and an officer inspected has 1 and [`Channel::Officer`]: it
    /// then stands for itself.
    pub chance: f64,
    /// Calibrated probability that it is irregular, in [0, 1], fixed before the draw.
    pub expected: f64,
    /// Probability that its inspection finds what is there, in (0, 1]. Not drawn: what its
    /// inspection would have had ([`crate::plan::Chances::tail_detection`]).
    pub detection: f64,
    /// The channel of its selection; of one that is not drawn, the channel it would have had.
    pub channel: Channel,
    /// The plan drew it. Not read for [`Channel::Officer`], which is never part of the sample.
    pub drawn: bool,
    /// Whether the inspection was a find; None when there was none.
    pub result: Option<bool>,
}

impl Unit {
    /// Whether it is part of the drawn sample: officers' own choices never are.
    fn sampled(&self) -> bool {
        match self.channel {
            // Nothing was drawn where no plan listed it: the officer's answer is all there is.
            Channel::Officer => self.chance >= 1.0 && self.result.is_some(),
            // A certain one is drawn by definition: without a result it is missing.
            Channel::Risk | Channel::Rule | Channel::Random => self.drawn || self.chance >= 1.0,
        }
    }
}

/// The running sums of one group, for example an office, regime and week.
///
/// The group is where "not done" is made good: what was drawn and not done is taken to be like what
/// was drawn and done in the same group and the same part (certain or by chance), so its chances
/// are multiplied by the share done. Skipping what looks harmless breaks that, in either direction;
/// hence the missing are counted and shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    inspected: u64,
    found: u64,
    officer: u64,
    imperfect: bool,
    verified: bool,
    certain: Part,
    tail: Part,
}

impl Tally {
    /// Counts one consignment.
    ///
    /// # Panics
    /// When chance, expectation or detection is no probability: a plan never records such a thing.
    pub fn add(&mut self, unit: &Unit) {
        self.add_share(unit, 1.0);
    }

    /// Counts this share of one consignment.
    fn add_share(&mut self, unit: &Unit, share: f64) {
        let Unit { chance, expected, detection, channel, result, .. } = *unit;
        assert!(chance > 0.0 && chance <= 1.0, "chance {chance} is not in (0, 1]");
        assert!(detection > 0.0 && detection <= 1.0, "detection {detection} is not in (0, 1]");
        assert!((0.0..=1.0).contains(&expected), "expectation {expected} is not in [0, 1]");

        let found = result == Some(true);
        self.inspected += u64::from(result.is_some());
        self.found += u64::from(found);
        self.officer += u64::from(channel == Channel::Officer && result.is_some());
        let (certain, sampled) = (chance >= 1.0, unit.sampled());
        self.imperfect |= sampled && result.is_some() && detection < 1.0;
        let part = if certain { &mut self.certain } else { &mut self.tail };
        part.add(
            Numbers { chance, expected, detection, share },
            if sampled { Sampled::Yes(result) } else { Sampled::No },
            found,
        );
    }
}

/// Sums the units of each group.
pub fn tallies<K: Ord>(units: impl IntoIterator<Item = (K, Unit)>) -> BTreeMap<K, Tally> {
    let mut groups: BTreeMap<K, Tally> = BTreeMap::new();
    for (key, unit) in units {
        groups.entry(key).or_default().add(&unit);
    }
    groups
}

/// What an estimate rests on; shown beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assumption {
    /// The drawn list was worked as recorded.
    ChancesAsRecorded,
    /// Inspections that can overlook something find with the probability they were given.
    DetectionKnown,
    /// That probability was measured by tests, whose number is in the interval.
    DetectionTested,
    /// Of the silent scans a share, drawn by chance, was unpacked: what scans overlook is measured.
    ScansVerified,
    /// What was drawn and not done is like what was done.
    MissingAtRandom,
    /// In some groups nothing that was drawn was done: the interval leaves them wholly open.
    GroupsUnseen,
    /// Officers' own finds count as found; the estimate does not build on them.
    OfficersOutsideSample,
    /// Fewer than ten finds in the drawn tail: the estimate is off by a third or more.
    FewFinds,
}

impl Assumption {
    /// The code it is stored and translated under.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ChancesAsRecorded => "chances-as-recorded",
            Self::DetectionKnown => "detection-known",
            Self::DetectionTested => "detection-tested",
            Self::ScansVerified => "scans-verified",
            Self::MissingAtRandom => "missing-at-random",
            Self::GroupsUnseen => "groups-unseen",
            Self::OfficersOutsideSample => "officers-outside-sample",
            Self::FewFinds => "few-finds",
        }
    }
}

/// The estimated number of irregular consignments in the traffic, with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Iceberg {
    /// Consignments in the traffic.
    pub population: u64,
    /// Inspections done, whoever chose them.
    pub inspected: u64,
    /// Finds, officers' own included: the tip.
    pub found: u64,
    /// Finds in the drawn tail: the relative error is about 1/√ of this.
    pub tail_found: u64,
    /// Drawn and not done.
    pub missing: u64,
    /// Irregular consignments, found or not; never below `found` nor above `population`.
    pub estimate: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// The estimate before it is kept within the possible: unbiased, and it adds up over groups.
    pub unclipped: f64,
    /// Share of the traffic that is irregular. None for an empty traffic.
    pub prevalence: Option<Interval>,
    /// Share of the irregular that was found. None when the estimate is nothing.
    pub found_share: Option<Interval>,
    /// Irregular consignments that got past.
    pub missed: Interval,
    /// What treating all inspections as a random sample would claim: finds / inspections ×
    /// population. Wrong by design; shown so that the difference is seen. None without inspections.
    pub naive: Option<f64>,
    /// What the estimate rests on.
    pub assumptions: Vec<Assumption>,
}

/// Estimates the iceberg over all groups together.
///
/// Estimate: Σ_U m + Σ_S (z/d − m)/π (augmented inverse propensity weighting; Särndal, Swensson and
/// Wretman 1992 know it as the difference estimator). Interval: a score interval with a correction
/// for skewness, which is lopsided and works with zero finds; estimate ± 1.96 standard errors
/// covers far too seldom when finds are rare. Its lower end spreads what was not found like the
/// finds and the model, its upper end supposes one more find of large weight. With no
/// find in the tail the upper end is never below the "rule of three", generalised to unequal
/// chances. The certain enter exactly where detection is perfect, and otherwise with the variance
/// of what the inspection overlooks. A group in which nothing that was drawn was done counts with
/// what the model expected, and with everything between none and all in the interval.
pub fn iceberg<'a>(groups: impl IntoIterator<Item = &'a Tally>) -> Iceberg {
    iceberg_tested(groups, None)
}

/// The same where detection probabilities are not known but were measured, each by so many test
/// consignments (seeded parcels, or inspections repeated by unpacking): what the tests leave open
/// widens the interval by (Σ_S z/(dπ) √((1 − d)/(dn)))², as if all erred to the same side.
pub fn iceberg_tested<'a>(
    groups: impl IntoIterator<Item = &'a Tally>,
    tests: Option<u64>,
) -> Iceberg {
    let mut gathered = Gathered::default();
    groups.into_iter().for_each(|group| gathered.take(group));
    gathered.iceberg(tests)
}

/// The sums of several groups.
#[derive(Debug, Clone, Default)]
struct Gathered {
    inspected: u64,
    found: u64,
    officer: u64,
    missing: u64,
    imperfect: bool,
    verified: bool,
    certain: Closed,
    tail: Closed,
}

impl Gathered {
    fn take(&mut self, group: &Tally) {
        self.inspected += group.inspected;
        self.found += group.found;
        self.officer += group.officer;
        self.imperfect |= group.imperfect;
        self.verified |= group.verified;
        self.missing += group.certain.drawn - group.certain.done;
        self.missing += group.tail.drawn - group.tail.done;
        self.certain += group.certain.close();
        self.tail += group.tail.close();
    }

    fn population(&self) -> u64 {
        let seen = self.certain.population + self.tail.population;
        seen + self.certain.unseen + self.tail.unseen
    }

    /// What the model adds for parts that nobody has seen.
    fn unseen_model(&self) -> f64 {
        self.certain.unseen_model + self.tail.unseen_model
    }

    /// The tail's estimate, brought within the possible: the truth lies there, so it is never
    /// further from it than it was.
    fn in_tail(&self) -> f64 {
        self.tail.estimate.clamp(self.tail.found as f64, self.tail.population as f64)
    }

    /// The tail's slopes for the lower and the upper end.
    fn slopes(&self) -> (f64, f64) {
        (self.tail.slope(), self.tail.slope_cautious())
    }

    /// The part of the variance that does not depend on the tail's total.
    fn base(&self, tests: Option<u64>) -> f64 {
        // The certain err only where inspections overlook something; that none was found does not
        // make that zero.
        let slope = self.certain.slope_cautious();
        let overlooked = slope * (self.certain.estimate.max(self.certain.model) + Z * Z * slope)
            + self.certain.base.max(0.0);
        let untested = self.certain.untested + self.tail.untested;
        let tested = tests.map_or(0.0, |tests| untested * untested / tests.max(1) as f64);
        self.tail.base.max(0.0) + overlooked.max(0.0) + tested
    }

    /// Makes an interval of the whole from one of the tail.
    fn whole(&self, (low, high): (f64, f64)) -> Interval {
        let (found, all) = (self.found as f64, self.population() as f64);
        let unseen = (self.certain.unseen + self.tail.unseen) as f64;
        let unseen_found = (self.certain.unseen_found + self.tail.unseen_found) as f64;
        let sure = self.certain.estimate;
        let estimate = (sure + self.in_tail() + self.unseen_model()).clamp(found, all);
        Interval {
            estimate,
            low: (sure + low + unseen_found).clamp(found, estimate),
            high: (sure + high + unseen).clamp(estimate, all),
        }
    }

    fn iceberg(&self, tests: Option<u64>) -> Iceberg {
        let (population, found) = (self.population(), self.found as f64);
        let (low, mut high) = interval::score(self.in_tail(), self.slopes(), self.base(tests));
        if self.tail.done_found == 0 {
            high = high.max(self.tail.most_if_none_found());
        }
        let total = self.whole((low, high));
        let Interval { estimate, low, high } = total;
        let found_share = (estimate > 0.0).then(|| {
            let share = |of: f64| if of > 0.0 { found / of } else { 0.0 };
            Interval { estimate: share(estimate), low: share(high), high: share(low) }
        });
        let few = self.tail.population > 0 && self.tail.done_found < TAIL_FINDS_FEW;
        let assumptions = [
            (Assumption::ChancesAsRecorded, true),
            (Assumption::DetectionKnown, self.imperfect && tests.is_none()),
            (Assumption::DetectionTested, self.imperfect && tests.is_some()),
            (Assumption::ScansVerified, self.verified),
            (Assumption::MissingAtRandom, self.missing > 0),
            (Assumption::GroupsUnseen, self.certain.unseen + self.tail.unseen > 0),
            (Assumption::OfficersOutsideSample, self.officer > 0),
            (Assumption::FewFinds, few),
        ];
        let (all, inspected) = (population as f64, self.inspected as f64);
        Iceberg {
            population,
            inspected: self.inspected,
            found: self.found,
            tail_found: self.tail.done_found,
            missing: self.missing,
            estimate,
            low,
            high,
            unclipped: self.certain.estimate + self.tail.estimate + self.unseen_model(),
            prevalence: (population > 0).then(|| total.map(|count| count / all)),
            found_share,
            missed: total.map(|count| count - found),
            naive: (self.inspected > 0).then(|| found / inspected * all),
            assumptions: assumptions.into_iter().filter(|(_, so)| *so).map(|(a, _)| a).collect(),
        }
    }
}

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;
