//! What a played week lets one estimate, and how windows of weeks are put together. Strategies
//! with chances are estimated by `measuring`, as real shifts are; greedy has none, so its traffic
//! is what it found and what its model expects of the rest.

use super::judge::Judged;
use super::strategy::{Drawn, Shift, top};
use crate::measuring::{Tally, Unit, iceberg};
use crate::outcome::Channel;

/// An estimate of bad consignments with its 95 % interval, in consignments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    /// The estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The sums of one week.
#[derive(Debug, Clone)]
pub(crate) enum Tip {
    /// From recorded chances.
    Sampled(Box<Tally>),
    /// From the model alone: finds, expected among the others, and the variance of that.
    Guessed(f64, f64, f64),
}

impl Tip {
    pub(super) fn of(judged: &Judged, drawn: &Drawn, bad: impl Fn(usize) -> bool) -> Tip {
        let mut listed = vec![false; judged.score.len()];
        drawn.list.iter().for_each(|&n| listed[n] = true);
        if !drawn.sampled {
            let mut sums = (0.0, 0.0, 0.0);
            for (n, m) in judged.expected.iter().enumerate() {
                if listed[n] {
                    sums.0 += f64::from(u8::from(bad(n)));
                } else {
                    sums.1 += m;
                    sums.2 += m * (1.0 - m);
                }
            }
            return Tip::Guessed(sums.0, sums.1, sums.2);
        }
        let mut tally = Tally::default();
        for (n, &chance) in drawn.chance.iter().enumerate() {
            tally.add(&Unit {
                chance: chance.min(1.0),
                expected: judged.expected[n],
                detection: 1.0,
                channel: if chance >= 1.0 { Channel::Risk } else { Channel::Random },
                drawn: listed[n],
                result: listed[n].then(|| bad(n)),
            });
        }
        Tip::Sampled(Box::new(tally))
    }

    /// The estimate of weeks together.
    pub(super) fn pooled(tips: &[&Tip]) -> Estimated {
        let tallies: Vec<&Tally> = (tips.iter())
            .filter_map(|tip| match tip {
                Tip::Sampled(tally) => Some(&**tally),
                Tip::Guessed(..) => None,
            })
            .collect();
        if tallies.len() == tips.len() {
            let iceberg = iceberg(tallies);
            return Estimated { estimate: iceberg.estimate, low: iceberg.low, high: iceberg.high };
        }
        let (mut found, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for tip in tips {
            if let Tip::Guessed(of_found, of_expected, of_variance) = tip {
                found += of_found;
                expected += of_expected;
                variance += of_variance;
            }
        }
        let half = 1.96 * f64::sqrt(variance);
        let estimate = found + expected;
        Estimated { estimate, low: (estimate - half).max(found), high: estimate + half }
    }
}

/// Finds of the rival that opens only the top of the list: in truth, and by the doubly robust
/// estimate Σ m + Σ (y − m)/π over its list (Dudík, Langford & Li 2011), from what was drawn.
pub(super) fn top_of_list(
    judged: &Judged,
    drawn: &Drawn,
    shift: &Shift<'_>,
    bad: impl Fn(usize) -> bool,
) -> (usize, f64) {
    let mut listed = vec![false; judged.score.len()];
    drawn.list.iter().for_each(|&n| listed[n] = true);
    let mut truth = 0;
    let mut value = 0.0;
    for n in top(&judged.score, shift.slots) {
        let is_bad = bad(n);
        truth += usize::from(is_bad);
        value += judged.expected[n];
        if listed[n] {
            value += (f64::from(u8::from(is_bad)) - judged.expected[n]) / drawn.chance[n];
        }
    }
    (truth, value)
}
