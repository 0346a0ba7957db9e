//! What a played week lets one estimate, and how windows of weeks are put together. Strategies
//! with chances are estimated by `measuring`, as real shifts are; greedy has none, so its traffic
//! is what it found and what its model expects of the rest.

use super::judge::Judged;
use super::strategy::{Drawn, Shift, top};
use crate::measuring::{Iceberg, Tally, Term, Unit, iceberg, steadied};
use crate::outcome::Channel;

/// An estimate of bad consignments with its 95 % interval, in consignments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    /// The estimate that is published: steadied by the weeks before it, where the strategy does
    /// that, and always within the interval.
    pub estimate: f64,
    /// The estimate from the window's own weeks, kept within the possible.
    pub unbiased: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The sums of one week.
#[derive(Debug, Clone)]
pub(crate) enum Tip {
    /// From recorded chances.
    Sampled(Box<Tally>, Term),
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
        let (mut tally, mut term) = (Tally::default(), Term::default());
        for (n, &chance) in drawn.chance.iter().enumerate() {
            let unit = Unit {
                chance: chance.min(1.0),
                expected: judged.expected[n],
                detection: 1.0,
                channel: if chance >= 1.0 { Channel::Risk } else { Channel::Random },
                drawn: listed[n],
                result: listed[n].then(|| bad(n)),
            };
            tally.add(&unit);
            term.add(&unit);
        }
        Tip::Sampled(Box::new(tally), term)
    }

    /// What the week tells of the weeks after it; nothing where no chance is known.
    pub(super) fn term(&self) -> Option<Term> {
        match self {
            Tip::Sampled(_, term) => Some(*term),
            Tip::Guessed(..) => None,
        }
    }

    /// A week in which everything was inspected.
    pub(super) fn census(population: usize, bad: usize) -> Term {
        Term { population: population as f64, model: bad as f64, ..Term::default() }
    }

    /// The estimate of weeks together. With `earlier` weeks it is steadied by them.
    pub(super) fn pooled(earlier: Option<&[Term]>, tips: &[&Tip]) -> Estimated {
        let tallies: Vec<&Tally> = (tips.iter())
            .filter_map(|tip| match tip {
                Tip::Sampled(tally, _) => Some(&**tally),
                Tip::Guessed(..) => None,
            })
            .collect();
        if tallies.len() == tips.len() {
            let Iceberg { estimate: unbiased, low, high, .. } = iceberg(tallies);
            let own: Vec<Term> = tips.iter().filter_map(|tip| tip.term()).collect();
            let estimate = match earlier {
                Some(earlier) => steadied(earlier, &own).clamp(low, high),
                None => unbiased,
            };
            return Estimated { estimate, unbiased, low, high };
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
        let low = (estimate - half).max(found);
        let high = estimate + half;
        Estimated { estimate, unbiased: estimate, low, high }
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
