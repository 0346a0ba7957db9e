//! What a rule is worth: what it would have found, estimated without bias from the recorded
//! chances of whatever it fires on, whoever chose to open that; and its scorecard once it fires.
//! The estimate is that of a rival ranking (`measuring/rival.rs`), its yardstick what opening
//! everything would have found: that is what a random inspection finds.

use serde::{Deserialize, Serialize};

use crate::codes::Day;
use crate::measuring::{Interval, RivalSums, Unit};
use crate::words;

/// What a rule would have found, had everything been opened on which it fires.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Consignments of worked plans on which it fires.
    pub planned: u64,
    /// Of those, how many were drawn and done, so that their answer is known.
    pub known: u64,
    /// Finds it would have made, with the 95 % interval.
    pub finds: Interval,
    /// What the model alone expects: wrong where the model is, shown beside it.
    pub model: f64,
    /// How many equally weighted inspections the known ones are worth. Below some thirty the
    /// interval says little.
    pub effective: f64,
    /// Finds that were made of these, whoever chose them.
    pub found_already: u64,
    /// Share of finds among what it fires on. None where it fires on nothing.
    pub precision: Option<Interval>,
    /// Share of finds among all traffic.
    pub random: Option<Interval>,
    /// How many times as often it finds as a random inspection. None where nothing is found.
    pub lift: Option<Interval>,
}

/// What a rule is weighed by, plan by plan: so that a long past need not be in memory.
#[derive(Debug, Default)]
pub struct Weighing {
    sums: RivalSums,
    found_already: u64,
}

impl Weighing {
    /// Takes the consignments of one plan on which the rule fires, as the plan recorded them.
    pub fn take<'u>(&mut self, units: impl Iterator<Item = &'u Unit>) {
        let found_already = &mut self.found_already;
        self.sums.take(units.map(|unit| {
            *found_already += u64::from(unit.result == Some(true));
            (unit, 1.0)
        }));
    }

    /// The share of finds that opening all of it would have had: of whole plans, what a random
    /// inspection finds. None for no consignment.
    pub fn precision(&self) -> Option<Interval> {
        let valued = self.sums.value();
        (valued.taken > 0.0).then(|| each(valued.finds, valued.taken))
    }

    /// What the rule is worth, beside the share of finds among all traffic.
    pub fn worth(&self, random: Option<Interval>) -> Worth {
        let valued = self.sums.value();
        let precision = self.precision();
        Worth {
            planned: valued.taken.round() as u64,
            known: valued.known,
            finds: valued.finds,
            model: valued.model,
            effective: valued.effective,
            found_already: self.found_already,
            precision,
            random,
            lift: precision.zip(random).and_then(|(precision, random)| lift(precision, random)),
        }
    }
}

fn each(total: Interval, of: f64) -> Interval {
    let share = |finds: f64| (finds / of).clamp(0.0, 1.0);
    Interval { estimate: share(total.estimate), low: share(total.low), high: share(total.high) }
}

/// One share in terms of another: their intervals on the logarithmic scale, as if independent
/// (method of variance recovery, Zou and Donner 2008). No share is above 1, so the upper end is
/// never above 1 over the other. None where the other is nothing.
pub fn lift(of: Interval, to: Interval) -> Option<Interval> {
    if to.estimate <= 0.0 {
        return None;
    }
    let most = 1.0 / if to.low > 0.0 { to.low } else { to.estimate };
    let estimate = of.estimate / to.estimate;
    let reach = |a: f64, b: f64| if a > 0.0 && b > 0.0 { (a / b).ln() } else { f64::INFINITY };
    let low = if of.low > 0.0 {
        estimate * (-reach(of.estimate, of.low).hypot(reach(to.high, to.estimate))).exp()
    } else {
        0.0
    };
    let high = if of.estimate > 0.0 {
        estimate * reach(of.high, of.estimate).hypot(reach(to.estimate, to.low)).exp()
    } else {
        of.high * most
    };
    Some(Interval { estimate, low, high: high.min(most).max(estimate) })
}

/// What a scorecard says of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It finds more often than a random inspection does, and surely so.
    Earns,
    /// It finds no more often, and surely so, or has never found anything: to be retired.
    Weak,
    /// Neither is sure.
    Unsure,
    /// Too little of what it fires on has been examined.
    Young,
}
words!(
    Verdict,
    "a verdict: earns, weak, unsure or young",
    Earns = "earns",
    Weak = "weak",
    Unsure = "unsure",
    Young = "young",
);

/// What a rule in force has come to.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Scorecard {
    /// Consignments on which it fired, in force.
    pub fired: u64,
    /// In shadow.
    pub fired_shadow: u64,
    /// Of those fired on in force, how many await a decision or their inspection.
    pub waiting: u64,
    /// How many were examined, whoever chose them.
    pub examined: u64,
    /// Of those, how many a plan had drawn.
    pub examined_drawn: u64,
    /// Finds among them.
    pub finds: u64,
    /// Officer-minutes they took.
    pub minutes: u64,
    /// Officer-minutes a find; none without a find.
    pub minutes_per_find: Option<f64>,
    /// Share of finds among what it fires on, estimated from recorded chances.
    pub precision: Option<Interval>,
    /// The same of all traffic.
    pub random: Option<Interval>,
    /// How many times as often it finds.
    pub lift: Option<Interval>,
    /// First day on which something arrived that it fired on.
    pub first_fired: Option<Day>,
    /// The last such day.
    pub last_fired: Option<Day>,
    /// Day of arrival of the last find.
    pub last_find: Option<Day>,
    /// What all that says.
    pub verdict: Option<Verdict>,
}

/// Fewer examinations than this say nothing of a rule.
const FEW: u64 = 30;
/// After so many without any find a rule is weak, whatever the interval says: at one find in
/// thirty, which is little for a rule, the chance of none in a hundred is 3 %.
const BARREN: u64 = 100;

/// Completes a scorecard's counts with what they are worth.
pub fn scorecard(counts: Scorecard, worth: Option<&Worth>) -> Scorecard {
    let minutes_per_find = (counts.finds > 0).then(|| counts.minutes as f64 / counts.finds as f64);
    let lift = worth.and_then(|worth| worth.lift);
    let verdict = match lift {
        _ if counts.examined < FEW => Verdict::Young,
        Some(lift) if lift.low > 1.0 => Verdict::Earns,
        Some(lift) if lift.high < 1.0 => Verdict::Weak,
        _ if counts.finds == 0 && counts.examined >= BARREN => Verdict::Weak,
        _ => Verdict::Unsure,
    };
    Scorecard {
        minutes_per_find,
        precision: worth.and_then(|worth| worth.precision),
        random: worth.and_then(|worth| worth.random),
        lift,
        verdict: Some(verdict),
        ..counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Channel;

    fn unit(chance: f64, result: Option<bool>) -> Unit {
        let channel = if chance >= 1.0 { Channel::Risk } else { Channel::Random };
        Unit { chance, expected: 0.1, detection: 1.0, channel, drawn: result.is_some(), result }
    }

    #[test]
    fn finds_are_weighted_by_their_chances() {
        // One in ten of the tail is opened, and a quarter of that is a find.
        let tail = |n: u32| unit(0.1, n.is_multiple_of(10).then_some(n.is_multiple_of(40)));
        let fired: Vec<Unit> = (0..4_000).map(tail).collect();
        let rest = (0..40_000u32).map(|n| unit(0.1, n.is_multiple_of(10).then_some(false)));
        let all: Vec<Unit> = fired.iter().copied().chain(rest).collect();
        let weighed = |units: &[Unit]| {
            let mut weighing = Weighing::default();
            weighing.take(units.iter());
            weighing
        };
        let worth = weighed(&fired).worth(weighed(&all).precision());
        assert_eq!((worth.planned, worth.known, worth.found_already), (4_000, 400, 100));
        assert!((worth.finds.estimate - 1_000.0).abs() < 1.0, "{worth:?}");
        assert!(worth.finds.low > 800.0 && worth.finds.high < 1_250.0, "{worth:?}");
        let lift = worth.lift.unwrap();
        assert!((lift.estimate - 11.0).abs() < 0.5, "{lift:?}");
        assert!(lift.low > 6.0 && lift.high < 20.0, "{lift:?}");
    }

    #[test]
    fn a_rule_that_fires_on_nothing_is_worth_nothing() {
        let worth = Weighing::default().worth(None);
        assert_eq!((worth.planned, worth.finds.estimate, worth.lift), (0, 0.0, None));
    }

    #[test]
    fn verdicts() {
        let share = |found, of| Interval::share(found, of).unwrap();
        let with = |examined, finds, of: Interval| {
            let counts =
                Scorecard { examined, finds, minutes: examined * 10, ..Default::default() };
            let random = share(200, 10_000);
            let worth = Worth {
                lift: lift(of, random),
                random: Some(random),
                ..Weighing::default().worth(None)
            };
            scorecard(counts, Some(&worth))
        };
        for (examined, finds, verdict) in [
            (10, 5, Verdict::Young),
            (200, 40, Verdict::Earns),
            (50, 1, Verdict::Unsure),
            (150, 0, Verdict::Weak),
            (4_000, 10, Verdict::Weak),
        ] {
            let card = with(examined, finds, share(finds, examined));
            assert_eq!(card.verdict, Some(verdict), "{card:?}");
        }
        let card = with(200, 40, share(40, 200));
        assert_eq!(card.minutes_per_find, Some(50.0));
    }

    #[test]
    fn a_lift_holds_what_it_should() {
        let share = |found, of| Interval::share(found, of).unwrap();
        let ten = lift(share(100, 1_000), share(1_000, 100_000)).unwrap();
        assert!((ten.estimate - 10.0).abs() < 1e-9 && ten.low > 8.0 && ten.high < 12.5, "{ten:?}");
        let none = lift(share(0, 10), share(1_000, 100_000)).unwrap();
        assert!(none.estimate == 0.0 && none.low == 0.0 && none.high > 1.0, "{none:?}");
        assert_eq!(lift(share(1, 10), share(0, 100)), None);
    }
}
