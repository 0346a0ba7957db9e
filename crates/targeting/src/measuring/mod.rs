//! How much gets past: the iceberg, estimated from inspections whose chances are known.
//!
//! Every consignment of a plan counts with what the model expected of it, and the drawn inspections
//! correct the model, each weighted by one over its recorded chance; so the estimate is right on
//! average however wrong the model is. Chances come from `plan`; the intervals of simple counts are
//! in `interval.rs`, the yields of officers' hours in `yields.rs`.

pub mod bias;
pub mod drift;
pub mod duel;
mod interval;
mod residual;
mod yields;

use std::collections::BTreeMap;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

use crate::outcome::Channel;

pub use interval::Interval;
use interval::Z;
pub use residual::Residual;
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

/// The running sums of one group, for example an office, regime and week.
///
/// The group is where "not done" is made good: what was drawn and not done is taken to be like what
/// was drawn and done in the same group and the same part (certain or by chance), so its chances
/// are multiplied by the share done. Skipping what looks harmless breaks that, in either direction;
/// hence the missing are counted and shown.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    inspected: u64,
    found: u64,
    officer: u64,
    imperfect: bool,
    certain: Part,
    tail: Part,
}

impl Tally {
    /// Counts one consignment.
    ///
    /// # Panics
    /// When chance, expectation or detection is no probability: a plan never records such a thing.
    pub fn add(&mut self, unit: &Unit) {
        let Unit { chance, expected, detection, channel, drawn, result } = *unit;
        assert!(chance > 0.0 && chance <= 1.0, "chance {chance} is not in (0, 1]");
        assert!(detection > 0.0 && detection <= 1.0, "detection {detection} is not in (0, 1]");
        assert!((0.0..=1.0).contains(&expected), "expectation {expected} is not in [0, 1]");

        let found = result == Some(true);
        self.inspected += u64::from(result.is_some());
        self.found += u64::from(found);
        let certain = chance >= 1.0;
        let sampled = match channel {
            Channel::Officer => {
                self.officer += u64::from(result.is_some());
                // Nothing was drawn where no plan listed it: the officer's answer is all there is.
                certain && result.is_some()
            }
            // A certain one is drawn by definition: without a result it is missing.
            Channel::Risk | Channel::Rule | Channel::Random => drawn || certain,
        };
        self.imperfect |= sampled && result.is_some() && detection < 1.0;
        let part = if certain { &mut self.certain } else { &mut self.tail };
        part.add(
            chance,
            expected,
            detection,
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

enum Sampled {
    No,
    Yes(Option<bool>),
}

/// Sums over the certain or over the tail of one group. With m the expectation, d the detection, π
/// the chance and z the find: U runs over everyone, S over the drawn and done.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Part {
    population: u64,
    found: u64,
    drawn: u64,
    done: u64,
    done_found: u64,
    /// Σ_U m.
    model: f64,
    /// Σ_U m(1/d − 2m)/π and Σ_U m(1 − 2m).
    model_open: f64,
    model_closed: f64,
    /// Σ_U m²/π and Σ_U m².
    square_open: f64,
    square_closed: f64,
    /// Σ_U 1/(dπ).
    flat_open: f64,
    /// Σ_S (z/d − m)/π.
    correction: f64,
    /// Σ_S z/(dπ), the same × (1/d − 2m)/π, the same × (1 − 2m).
    finds: f64,
    finds_open: f64,
    finds_closed: f64,
}

impl Part {
    fn add(&mut self, pi: f64, m: f64, d: f64, sampled: Sampled, found: bool) {
        self.population += 1;
        self.found += u64::from(found);
        self.model += m;
        self.model_open += m * (1.0 / d - 2.0 * m) / pi;
        self.model_closed += m * (1.0 - 2.0 * m);
        self.square_open += m * m / pi;
        self.square_closed += m * m;
        self.flat_open += 1.0 / (d * pi);
        let Sampled::Yes(result) = sampled else { return };
        self.drawn += 1;
        let Some(found) = result else { return };
        self.done += 1;
        let z = if found { 1.0 / d } else { 0.0 };
        self.correction += (z - m) / pi;
        if found {
            self.done_found += 1;
            self.finds += z / pi;
            self.finds_open += z / pi * (1.0 / d - 2.0 * m) / pi;
            self.finds_closed += z / pi * (1.0 - 2.0 * m);
        }
    }

    /// Takes the share done into the chances, after which groups can be added.
    fn close(&self) -> Closed {
        if self.drawn > 0 && self.done == 0 {
            return Closed {
                unseen: self.population,
                unseen_found: self.found,
                unseen_model: self.model,
                ..Closed::default()
            };
        }
        // Nothing drawn is no gap: the draw itself fell that way.
        let share = if self.drawn > 0 { self.done as f64 / self.drawn as f64 } else { 1.0 };
        Closed {
            population: self.population,
            found: self.found,
            estimate: self.model + self.correction / share,
            model: self.model,
            slope_model: self.model_open / share - self.model_closed,
            slope_flat: self.flat_open / share - self.population as f64,
            base: self.square_open / share - self.square_closed,
            finds: self.finds / share,
            slope_finds: (self.finds_open / share - self.finds_closed) / share,
            ..Closed::default()
        }
    }
}

/// Sums that add up over groups, because the draws of two groups are independent given the past.
#[derive(Debug, Clone, Copy, Default)]
struct Closed {
    population: u64,
    found: u64,
    /// The unbiased estimate of irregular consignments.
    estimate: f64,
    model: f64,
    slope_model: f64,
    slope_flat: f64,
    base: f64,
    finds: f64,
    slope_finds: f64,
    /// Consignments of parts where nothing that was drawn was done, their finds by officers, and
    /// what the model expected of them.
    unseen: u64,
    unseen_found: u64,
    unseen_model: f64,
}

impl Add for Closed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            population: self.population + other.population,
            found: self.found + other.found,
            estimate: self.estimate + other.estimate,
            model: self.model + other.model,
            slope_model: self.slope_model + other.slope_model,
            slope_flat: self.slope_flat + other.slope_flat,
            base: self.base + other.base,
            finds: self.finds + other.finds,
            slope_finds: self.slope_finds + other.slope_finds,
            unseen: self.unseen + other.unseen,
            unseen_found: self.unseen_found + other.unseen_found,
            unseen_model: self.unseen_model + other.unseen_model,
        }
    }
}

impl AddAssign for Closed {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Closed {
    /// How fast the variance grows with the number of irregular consignments: as the model spreads
    /// them or as the finds do, whichever is more cautious.
    fn slope(&self) -> f64 {
        let ratio = |sum: f64, of: f64| if of > 0.0 { sum / of } else { 0.0 };
        // A model that expects nothing anywhere spreads nothing: then all are alike.
        let model = if self.model > 0.0 {
            ratio(self.slope_model, self.model)
        } else {
            ratio(self.slope_flat, self.population as f64)
        };
        model.max(ratio(self.slope_finds, self.finds)).max(0.0)
    }

    /// Variance if so many are irregular.
    fn variance(&self, irregular: f64) -> f64 {
        // Rounding may leave a census a hair below zero.
        (self.slope() * irregular + self.base).max(0.0)
    }
}

/// What an estimate rests on; shown beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assumption {
    /// The drawn list was worked as recorded.
    ChancesAsRecorded,
    /// Inspections that can overlook something find with the probability they were given.
    DetectionKnown,
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
/// Estimate: Σ_U m + Σ_S (z/d − m)/π. Interval: the totals T that differ from the estimate by at
/// most 1.96 √(kT + c), a score interval, which is lopsided and works with zero finds; estimate
/// ± 1.96 standard errors covers far too seldom when finds are rare. The certain enter exactly
/// where detection is perfect, and otherwise with the variance of what the inspection overlooks. A
/// group in which nothing that was drawn was done counts with what the model expected, and with
/// everything between none and all in the interval.
pub fn iceberg<'a>(groups: impl IntoIterator<Item = &'a Tally>) -> Iceberg {
    let mut sum = Tally::default();
    let (mut certain, mut tail) = (Closed::default(), Closed::default());
    let (mut population, mut tail_found, mut missing) = (0, 0, 0);
    for group in groups {
        sum.inspected += group.inspected;
        sum.found += group.found;
        sum.officer += group.officer;
        sum.imperfect |= group.imperfect;
        for part in [&group.certain, &group.tail] {
            population += part.population;
            missing += part.drawn - part.done;
        }
        tail_found += group.tail.done_found;
        certain += group.certain.close();
        tail += group.tail.close();
    }
    let (found, all) = (sum.found as f64, population as f64);
    let unseen = (certain.unseen + tail.unseen) as f64;
    let unseen_found = (certain.unseen_found + tail.unseen_found) as f64;
    let unseen_model = certain.unseen_model + tail.unseen_model;

    // The truth lies within the possible, so an estimate brought there is never further from it.
    let in_tail = tail.estimate.clamp(tail.found as f64, tail.population as f64);
    let slope = tail.slope();
    let overlooked = certain.variance(certain.estimate.max(certain.model));
    let base = tail.base.max(0.0) + overlooked;
    let centre = in_tail + Z * Z * slope / 2.0;
    let half = Z * (slope * in_tail + Z * Z * slope * slope / 4.0 + base).sqrt();

    let unclipped = certain.estimate + tail.estimate + unseen_model;
    let estimate = (certain.estimate + in_tail + unseen_model).clamp(found, all);
    let low = (certain.estimate + centre - half + unseen_found).clamp(found, estimate);
    let high = (certain.estimate + centre + half + unseen).clamp(estimate, all);
    let total = Interval { estimate, low, high };

    let found_share = (estimate > 0.0).then(|| {
        let share = |of: f64| if of > 0.0 { found / of } else { 0.0 };
        Interval { estimate: share(estimate), low: share(high), high: share(low) }
    });
    let assumptions = [
        (Assumption::ChancesAsRecorded, true),
        (Assumption::DetectionKnown, sum.imperfect),
        (Assumption::MissingAtRandom, missing > 0),
        (Assumption::GroupsUnseen, unseen > 0.0),
        (Assumption::OfficersOutsideSample, sum.officer > 0),
        (Assumption::FewFinds, tail.population > 0 && tail_found < TAIL_FINDS_FEW),
    ];
    Iceberg {
        population,
        inspected: sum.inspected,
        found: sum.found,
        tail_found,
        missing,
        estimate,
        low,
        high,
        unclipped,
        prevalence: (population > 0).then(|| total.map(|count| count / all)),
        found_share,
        missed: total.map(|count| count - found),
        naive: (sum.inspected > 0).then(|| found / sum.inspected as f64 * all),
        assumptions: assumptions.into_iter().filter(|(_, rests)| *rests).map(|(a, _)| a).collect(),
    }
}

#[cfg(test)]
mod tests;
