//! The steadied estimate: a period's own inspections, helped by the periods before.
//!
//! The unbiased estimate of a quarter rests on the few that chance picked in it, so it jumps. How
//! common the irregular were in the weeks before says something too. A local-level model (a random
//! walk observed with noise; Harvey 1989, ch. 2) carries that over, as repeated surveys do (Scott
//! & Smith, JASA 1974), and a limit in the manner of Efron and Morris (JASA 1972) keeps the result
//! within 1.96 standard errors of the unbiased estimate, however suddenly the traffic changes. The
//! interval beside it stays the period's own and assumes none of this.

use super::Unit;
use crate::outcome::Channel;

/// What one period, such as a week, tells: the model's total, what its drawn inspections corrected
/// it by, and how uncertain that correction is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Term {
    /// Consignments.
    pub population: f64,
    /// Finds among the certain, and what the model expected of all others.
    pub model: f64,
    /// Σ (z/d − m)/π over the drawn: unbiased for how far the model is off.
    pub correction: f64,
    /// Variance of the correction, if the model is right.
    pub variance: f64,
}

impl Term {
    /// Counts one consignment; one that was drawn and not done counts as the model expects.
    pub fn add(&mut self, unit: &Unit) {
        let Unit { chance, expected: m, detection, channel, drawn, result } = *unit;
        self.population += 1.0;
        let found = result.map(|found| if found { 1.0 / detection } else { 0.0 });
        if chance >= 1.0 {
            self.model += found.unwrap_or(m);
            return;
        }
        self.model += m;
        self.variance += ((m / detection - m * m) / chance - m * (1.0 - m)).max(0.0);
        if let Some(z) = found.filter(|_| drawn && channel != Channel::Officer) {
            self.correction += (z - m) / chance;
        }
    }

    /// Two periods together; their draws are independent given the past.
    #[must_use]
    pub fn plus(self, other: &Term) -> Term {
        Term {
            population: self.population + other.population,
            model: self.model + other.model,
            correction: self.correction + other.correction,
            variance: self.variance + other.variance,
        }
    }

    /// The unbiased estimate.
    #[must_use]
    pub fn unbiased(&self) -> f64 {
        self.model + self.correction
    }

    /// Share of the traffic that is irregular, and the variance of the estimate of it.
    fn rate(&self) -> (f64, f64) {
        let n = self.population.max(1.0);
        (self.unbiased() / n, self.variance / (n * n))
    }
}

/// Random walk of the prevalence from one period to the next, as a share of it. Fixed and not
/// fitted: a walk fitted to few heavy finds runs after them, always upwards.
const WALK: f64 = 0.06;
/// How far, in standard errors, the steadied estimate may stand from the unbiased one. Beyond the
/// usual, so that heavy finds, which always err upwards, are steadied too.
const LIMIT: f64 = 1.96;

/// The steadied estimate of the periods `own` together, in consignments, given the `earlier` ones
/// in their order. Without earlier ones it is the unbiased estimate.
#[must_use]
pub fn steadied(earlier: &[Term], own: &[Term]) -> f64 {
    let together = own.iter().fold(Term::default(), |sum, term| sum.plus(term));
    let all = earlier.iter().fold(Term::default(), |sum, term| sum.plus(term));
    let prevalence = (all.unbiased() / all.population).clamp(0.0, 1.0);
    if together.variance <= 0.0 || !prevalence.is_normal() {
        return together.unbiased();
    }
    let walk = (WALK * prevalence).powi(2);
    let (level, spread) = filter(earlier, prevalence, walk);
    // By the middle of the own periods the level has walked half of them, and their own
    // consignments are a sample of it.
    let luck = prevalence * (1.0 - prevalence) / together.population;
    let spread = spread + walk * (own.len() as f64 + 1.0) / 2.0 + luck;
    let (rate, variance) = together.rate();
    let shrunk = (rate * spread + level * variance) / (spread + variance);
    let limit = LIMIT * variance.sqrt();
    together.population * shrunk.clamp(rate - limit, rate + limit)
}

/// The level after the earlier periods, with its variance.
fn filter(earlier: &[Term], prevalence: f64, walk: f64) -> (f64, f64) {
    let mut state: Option<(f64, f64)> = None;
    for term in earlier.iter().filter(|term| term.population > 0.0) {
        let (rate, variance) = term.rate();
        let noise = variance + prevalence * (1.0 - prevalence) / term.population;
        state = Some(match state {
            None => (rate, noise),
            Some((level, spread)) => {
                let spread = spread + walk;
                let both = spread + noise;
                (level + (rate - level) * spread / both, spread * noise / both)
            }
        });
    }
    state.unwrap_or((prevalence, 1.0))
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// A period in which the model expects 200 of 1,000 and is off by `offset`, seen with noise.
    fn period(offset: f64, noise: f64, spread: f64) -> Term {
        let correction = offset + noise;
        Term { population: 1_000.0, model: 200.0, correction, variance: spread * spread }
    }

    fn noise(dice: &mut ChaCha8Rng) -> f64 {
        let sum: f64 = (0..12).map(|_| dice.next_u32() as f64 / f64::from(u32::MAX)).sum();
        sum - 6.0
    }

    /// Root mean squared errors, steadied and unbiased, when the model's offset jumps at `at`.
    fn errors(jump: f64, at: usize) -> (f64, f64) {
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        let (mut steady, mut plain, rounds) = (0.0, 0.0, 300);
        for _ in 0..rounds {
            let offset = |n: usize| if n >= at { jump } else { 0.0 };
            let periods: Vec<Term> =
                (0..39).map(|n| period(offset(n), 150.0 * noise(&mut dice), 150.0)).collect();
            let truth: f64 = (26..39).map(|n| 200.0 + offset(n)).sum();
            let own = periods[26..].iter().fold(Term::default(), |sum, term| sum.plus(term));
            steady += (steadied(&periods[..26], &periods[26..]) - truth).powi(2);
            plain += (own.unbiased() - truth).powi(2);
        }
        (f64::sqrt(steady / f64::from(rounds)), f64::sqrt(plain / f64::from(rounds)))
    }

    #[test]
    fn it_is_nearer_the_truth_while_nothing_jumps() {
        let (steady, plain) = errors(0.0, 0);
        assert!(steady < 0.85 * plain, "{steady} against {plain}");
    }

    #[test]
    fn a_jump_misleads_it_by_no_more_than_two_standard_errors() {
        for jump in [60.0, 200.0, 2_000.0] {
            let (steady, plain) = errors(jump, 26);
            assert!(steady < 2.3 * plain, "{steady} against {plain} at {jump}");
        }
    }

    #[test]
    fn a_census_is_left_as_it_is() {
        let census = Term { population: 50.0, model: 7.0, ..Term::default() };
        assert_eq!(steadied(&[period(0.0, 30.0, 100.0)], &[census]), 7.0);
        assert_eq!(steadied(&[], &[]), 0.0);
        let own = period(30.0, 0.0, 100.0);
        assert_eq!(steadied(&[], &[own]), own.unbiased());
    }
}
