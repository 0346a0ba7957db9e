//! What was found against what was expected: the sum of their differences, and how likely so great
//! a difference is by luck alone.
//!
//! Finds are rare and chances unequal, so the sum is skewed and 1.96 standard deviations say
//! little about it. Its distribution under "the expectations are right" is known exactly, since
//! every inspection is then a throw of a known coin; the tails are taken by saddlepoint
//! approximation (Lugannani & Rice, Advances in Applied Probability 12 (1980)). The drift watch
//! and the bias watch rest on it.

/// Differences nearer to nothing than this share of the spread are taken as nothing.
const NOTHING: f64 = 1e-4;
/// Enough steps for the root of a smooth, rising function within a known bracket.
const STEPS_MAX: usize = 80;

/// One inspection that was drawn with a known chance and done.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Inspection {
    /// What a find stands for: 1/(dπ).
    weight: f64,
    /// Chance of a find if the expectation is right: m·d.
    find: f64,
    found: bool,
    /// Its chance was 1: it is of the core, not of the tail.
    certain: bool,
}

/// An end of what a sum can come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

/// The sum Σ (z/d − m)/π over drawn inspections: finds z, detection d, expectation m, chance π.
///
/// Added to Σ m over the traffic it is the unbiased estimate of the irregular, so it says by how
/// many consignments the expectations were off; with right expectations its mean is zero, given
/// whatever was drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Residual {
    inspections: Vec<Inspection>,
}

impl Residual {
    /// Takes in one drawn inspection that was done.
    ///
    /// # Panics
    /// When chance or detection is not in (0, 1], or the expectation is no probability.
    pub fn add(&mut self, chance: f64, expected: f64, detection: f64, found: bool) {
        assert!(chance > 0.0 && chance <= 1.0, "chance {chance} is not in (0, 1]");
        assert!(detection > 0.0 && detection <= 1.0, "detection {detection} is not in (0, 1]");
        assert!((0.0..=1.0).contains(&expected), "expectation {expected} is not in [0, 1]");
        self.inspections.push(Inspection {
            weight: 1.0 / (detection * chance),
            find: (expected * detection).clamp(1e-12, 1.0 - 1e-12),
            found,
            certain: chance >= 1.0,
        });
    }

    /// Takes in the inspections of another group, each counted `scale` times: below 0, they count
    /// against.
    pub fn merge(&mut self, other: &Residual, scale: f64) {
        let scaled = |one: &Inspection| Inspection { weight: one.weight * scale, ..*one };
        self.inspections.extend(other.inspections.iter().map(scaled));
    }

    /// Inspections taken in.
    #[must_use]
    pub fn inspected(&self) -> u64 {
        self.inspections.len() as u64
    }

    /// Finds among them.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.inspections.iter().filter(|one| one.found).count() as u64
    }

    /// Finds that were to be expected among them, each counted once whatever its chance.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.inspections.iter().map(|one| one.find).sum()
    }

    /// How much finds are expected to vary, Σ q(1 − q): by so much their number rises with the log
    /// of everyone's odds.
    #[must_use]
    pub fn varying(&self) -> f64 {
        self.inspections.iter().map(|one| one.find * (1.0 - one.find)).sum()
    }

    /// Finds to be expected if the odds of each are `odds` times what was expected.
    #[must_use]
    pub fn expected_at(&self, odds: f64) -> f64 {
        let find = |one: &Inspection| odds * one.find / (1.0 - one.find + odds * one.find);
        self.inspections.iter().map(find).sum()
    }

    /// The sum: by how many irregular consignments the expectations fell short.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.inspections.iter().map(|one| one.weight * (f64::from(one.found) - one.find)).sum()
    }

    /// Standard deviation of the sum if the expectations are right.
    #[must_use]
    pub fn spread(&self) -> f64 {
        let variance = |one: &Inspection| one.weight * one.weight * one.find * (1.0 - one.find);
        self.inspections.iter().map(variance).sum::<f64>().sqrt()
    }

    /// Chance of a sum as low as this or lower, and of one as high or higher, if the expectations
    /// are right. Both are 1 without inspections.
    #[must_use]
    pub fn tails(&self) -> (f64, f64) {
        let spread = self.spread();
        if self.inspections.is_empty() || spread <= 0.0 {
            return (1.0, 1.0);
        }
        // The two ends of what can happen are known exactly.
        match self.end() {
            Some(End::Low) => (self.likelihood(), 1.0),
            Some(End::High) => (1.0, self.likelihood()),
            None => {
                let above = self.above(spread);
                (1.0 - above, above)
            }
        }
    }

    /// Whether the sum could not have come out lower, or higher.
    fn end(&self) -> Option<End> {
        let raises = |one: &Inspection| one.found == (one.weight > 0.0);
        let all = |high: bool| self.inspections.iter().all(|one| raises(one) == high);
        if all(false) {
            Some(End::Low)
        } else if all(true) {
            Some(End::High)
        } else {
            None
        }
    }

    /// Chance of just these finds.
    fn likelihood(&self) -> f64 {
        let log = |one: &Inspection| {
            if one.found { one.find.ln() } else { (-one.find).ln_1p() }
        };
        self.inspections.iter().map(log).sum::<f64>().exp()
    }

    /// How the finds compare with what was expected, as a standard normal number: of the certain
    /// and of the tail apart, each by the exact distribution of its number of finds, and the two
    /// together by their sum over √2 (Stouffer). None without inspections.
    ///
    /// Weighted by 1/π a single find of the tail outweighs a week of the core, and no normal number
    /// stands for such a sum; counted apart, both parts speak.
    #[must_use]
    pub fn finds_z(&self) -> Option<f64> {
        let parts: Vec<f64> = [true, false]
            .into_iter()
            .filter_map(|certain| {
                let part: Vec<&Inspection> =
                    self.inspections.iter().filter(|one| one.certain == certain).collect();
                (!part.is_empty()).then(|| count_z(&part))
            })
            .collect();
        (!parts.is_empty()).then(|| parts.iter().sum::<f64>() / (parts.len() as f64).sqrt())
    }

    /// The upper tail by saddlepoint approximation. Sums are in units of `scale`, so that nothing
    /// overflows.
    fn above(&self, scale: f64) -> f64 {
        let x = self.total() / scale;
        let tilted = |t: f64| {
            let (mut log, mut mean, mut variance, mut third) = (0.0, 0.0, 0.0, 0.0);
            for one in &self.inspections {
                let (w, q) = (one.weight / scale, one.find);
                // With a = tw: ln(1 − q + q·eᵃ), kept in range at both ends.
                let a = t * w;
                log += if a > 0.0 {
                    a + (q + (1.0 - q) * (-a).exp()).ln() - a * q
                } else {
                    (q * a.exp_m1()).ln_1p() - a * q
                };
                let odds = (q / (1.0 - q)).ln() + a;
                let p = 1.0 / (1.0 + (-odds).exp());
                mean += w * (p - q);
                variance += w * w * p * (1.0 - p);
                third += w * w * w * p * (1.0 - p) * (1.0 - 2.0 * p);
            }
            (log, mean, variance, third)
        };
        if x.abs() < NOTHING {
            let (_, _, variance, third) = tilted(0.0);
            let skew = third / variance.powf(1.5);
            return 0.5 - skew / (6.0 * (2.0 * std::f64::consts::PI).sqrt());
        }
        // The mean rises with t without bound on its side, so a bracket is found by doubling.
        let side = x.signum();
        let (mut near, mut far) = (0.0, side);
        for _ in 0..STEPS_MAX {
            if (tilted(far).1 - x) * side >= 0.0 {
                break;
            }
            near = far;
            far *= 2.0;
        }
        let mut t = (near + far) / 2.0;
        for _ in 0..STEPS_MAX {
            let (_, mean, variance, _) = tilted(t);
            if (mean - x) * side >= 0.0 {
                far = t;
            } else {
                near = t;
            }
            let newton = t - (mean - x) / variance;
            let inside = (newton - near) * (newton - far) < 0.0;
            let next = if inside { newton } else { (near + far) / 2.0 };
            if (next - t).abs() <= 1e-12 * t.abs() {
                break;
            }
            t = next;
        }
        let (log, _, variance, _) = tilted(t);
        let r = side * (2.0 * (t * x - log)).max(0.0).sqrt();
        let u = t * variance.sqrt();
        let density = (-r * r / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        (normal_above(r) + density * (1.0 / u - 1.0 / r)).clamp(0.0, 1.0)
    }
}

/// The number of finds as a standard normal number. Half of the chance of just this number counts
/// as below, so that right expectations give numbers around zero.
fn count_z(part: &[&Inspection]) -> f64 {
    let found = part.iter().filter(|one| one.found).count();
    // Chances of 0, 1, … finds up to those found, throw by throw.
    let mut chances = vec![0.0; found + 1];
    chances[0] = 1.0;
    for one in part {
        for n in (1..=found).rev() {
            chances[n] = chances[n] * (1.0 - one.find) + chances[n - 1] * one.find;
        }
        chances[0] *= 1.0 - one.find;
    }
    let just: f64 = chances[found];
    let below: f64 = chances[..found].iter().sum::<f64>() + just / 2.0;
    normal_quantile(below.clamp(1e-300, 1.0 - 1e-16))
}

/// Chance that a standard normal number is above `z`.
pub(super) fn normal_above(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// The number below which a standard normal one falls with this chance; beyond ±38 there is
/// nothing left of a double's range, so the ends are there.
pub(super) fn normal_quantile(chance: f64) -> f64 {
    let (mut low, mut high) = (-38.0, 38.0);
    for _ in 0..STEPS_MAX {
        let middle = (low + high) / 2.0;
        if normal_above(-middle) < chance {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn normal_numbers_and_their_chances_agree() {
        assert!((normal_above(1.959_963_984_540_054) - 0.025).abs() < 1e-15);
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-9);
        assert!((normal_quantile(0.5)).abs() < 1e-9);
    }

    #[test]
    fn equal_coins_have_the_binomial_tails() {
        // 3 finds of 20 at 0.4: P(X ≤ 3) = 0.0160, half of the last term taken off 0.0098.
        let mut residual = Residual::default();
        for n in 0..20 {
            residual.add(1.0, 0.4, 1.0, n < 3);
        }
        assert!((residual.total() + 5.0).abs() < 1e-12);
        let (below, above) = residual.tails();
        assert!((0.0085..0.0165).contains(&below), "{below}");
        assert!((below + above - 1.0).abs() < 1e-12);
        // None of 20: exactly 0.6²⁰.
        let mut residual = Residual::default();
        for _ in 0..20 {
            residual.add(0.1, 0.4, 1.0, false);
        }
        assert!((residual.tails().0 / 0.6f64.powi(20) - 1.0).abs() < 1e-9);
        let half = residual.finds_z().expect("inspections");
        assert!((half - normal_quantile(0.6f64.powi(20) / 2.0)).abs() < 1e-9);
    }

    #[test]
    fn tails_are_those_of_many_throws() {
        // Unequal chances, expectations and detection: rare finds that stand for many.
        let mut dice = ChaCha8Rng::seed_from_u64(11);
        let drawn: Vec<(f64, f64, f64)> = (0..300)
            .map(|n| {
                let tail = n % 3 == 0;
                let chance = if tail { 0.02 + 0.1 * dice.random::<f64>() } else { 1.0 };
                let expected = if tail { 0.05 } else { 0.5 } * dice.random::<f64>();
                (chance, expected, if n % 2 == 0 { 1.0 } else { 0.6 })
            })
            .collect();
        let throws = 4_000;
        let (mut low, mut high, mut squares) = (0, 0, 0.0);
        for _ in 0..throws {
            let mut residual = Residual::default();
            for &(chance, expected, detection) in &drawn {
                let found = dice.random::<f64>() < expected * detection;
                residual.add(chance, expected, detection, found);
            }
            let (below, above) = residual.tails();
            low += u32::from(below < 0.05);
            high += u32::from(above < 0.05);
            squares += residual.finds_z().expect("inspections").powi(2);
        }
        // Seed 11; 5 % ± four standard errors.
        for rings in [low, high] {
            let share = f64::from(rings) / f64::from(throws);
            assert!((0.036..0.064).contains(&share), "{share}");
        }
        let variance = squares / f64::from(throws);
        // Counts are whole, so their numbers spread a little less than one.
        assert!((0.85..1.05).contains(&variance), "{variance}");
    }
}
