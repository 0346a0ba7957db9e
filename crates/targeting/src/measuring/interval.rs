//! Intervals for the counts an office reports: a share, a rate, and what is derived from them.
//!
//! All are score intervals at 95 %: they stay inside the possible, work with zero finds, and cover
//! where the usual estimate ± 1.96 standard errors fails for rare finds. The slopes and bases that
//! the iceberg's own interval and band are formed from are in `sums.rs`.

use serde::{Deserialize, Serialize};

/// The two-sided 95 % point of the normal distribution.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// An estimate and the 95 % interval around it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower end; never above the estimate.
    pub low: f64,
    /// Upper end; never below the estimate.
    pub high: f64,
}

impl Interval {
    /// The same interval in other units or from another zero.
    pub(super) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Self { estimate: change(self.estimate), low: change(self.low), high: change(self.high) }
    }

    /// This less another that was estimated independently of it, by the method of variance
    /// recovery (Zou and Donner 2008): lopsided ends stay lopsided.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        let estimate = self.estimate - other.estimate;
        Self {
            estimate,
            low: estimate - (self.estimate - self.low).hypot(other.high - other.estimate),
            high: estimate + (self.high - self.estimate).hypot(other.estimate - other.low),
        }
    }

    /// Share of `found` among `inspected`, by Wilson's score interval (1927). None without
    /// inspections.
    #[must_use]
    pub fn share(found: u64, inspected: u64) -> Option<Self> {
        let n = inspected as f64;
        let share = found as f64 / n;
        let centre = share + Z * Z / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        (inspected > 0).then(|| Self {
            estimate: share,
            low: ((centre - half) / scale).clamp(0.0, share),
            high: ((centre + half) / scale).clamp(share, 1.0),
        })
    }

    /// Mean of a Poisson count, by the score interval: the means that are within 1.96 of their own
    /// standard deviations of the count. Zero gives up to 3.84.
    #[must_use]
    pub fn count(found: u64) -> Self {
        let count = found as f64;
        let centre = count + Z * Z / 2.0;
        let half = Z * (count + Z * Z / 4.0).sqrt();
        Self { estimate: count, low: (centre - half).clamp(0.0, count), high: centre + half }
    }
}

/// The ends of the 95 % interval of a total that was estimated as `estimate`, where the variance
/// is slope × total + base: a score interval with its first correction for skewness.
///
/// Few finds of large weight miss low more often than high, so the distribution of the estimate
/// leans to the right by κ₃/σ² = slope × (slope × T)/(slope × T + base), as that of a weighted
/// Poisson count does. The ends are the totals T for which the estimate lies at the 2.5 and 97.5 %
/// points T ± 1.96 σ(T) + (1.96² − 1)/6 × κ₃/σ² (Cornish and Fisher 1938). For a plain count they
/// come within 0.1 of the mid-P interval: 10 gives 5.10 to 17.8.
pub(super) fn score(estimate: f64, slope: (f64, f64), base: f64) -> (f64, f64) {
    (end(estimate, slope.0, base, -1.0), end(estimate, slope.1, base, 1.0))
}

fn end(estimate: f64, slope: f64, base: f64, side: f64) -> f64 {
    let plain = |from: f64| {
        let within = slope * from + Z * Z * slope * slope / 4.0 + base;
        from + Z * Z * slope / 2.0 + side * Z * within.max(0.0).sqrt()
    };
    let mut total = plain(estimate);
    for _ in 0..STEPS {
        let from_finds = slope * total.max(0.0);
        let variance = from_finds + base;
        let lean = if variance > 0.0 { slope * from_finds / variance } else { 0.0 };
        let next = plain(estimate - (Z * Z - 1.0) / 6.0 * lean);
        let settled = (next - total).abs() <= 1e-12 * (1.0 + total.abs());
        // Half a step, because each limit is a little beyond the last.
        total = (total + next) / 2.0;
        if settled {
            break;
        }
    }
    total
}

/// Enough half steps for the last digits.
const STEPS: usize = 80;

/// The ends of a band that holds the total at every time at once with 95 % confidence, where the
/// variance so far is slope × total + base: the totals T with |estimate − T| ≤
/// √((V + 1/ρ²)(2 ln(1/α) + ln(Vρ² + 1))), V their variance. This is Robbins' normal mixture
/// (1970) as an asymptotic confidence sequence (Waudby-Smith et al. 2021, arXiv 2103.06476);
/// `tightest` is the variance at which it is tightest.
pub(super) fn band(
    estimate: f64,
    slope: (f64, f64),
    base: f64,
    tightest: f64,
    most: f64,
) -> (f64, f64) {
    const ALPHA: f64 = 0.05;
    let twice = -2.0 * ALPHA.ln();
    let rho = (twice + twice.ln() + 1.0) / tightest.max(f64::MIN_POSITIVE);
    let reach = |slope: f64, total: f64| {
        let variance = (slope * total.max(0.0) + base).max(0.0);
        ((variance + 1.0 / rho) * (twice + (variance * rho).ln_1p())).sqrt()
    };
    // Between `inside` and `outside` lies the last total that is within reach of the estimate.
    let edge = |slope: f64, mut inside: f64, mut outside: f64| {
        if (estimate - outside).abs() <= reach(slope, outside) {
            return outside;
        }
        for _ in 0..STEPS {
            let middle = (inside + outside) / 2.0;
            if (estimate - middle).abs() <= reach(slope, middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    };
    let start = estimate.max(0.0);
    let least = start - reach(slope.0, start);
    (edge(slope.0, start, least), edge(slope.1, start, most.max(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(interval: Interval, low: f64, high: f64) {
        assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
        assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
    }

    #[test]
    fn the_score_interval_of_a_count_is_nearly_the_mid_p_interval() {
        // Mid-P limits of a Poisson mean, solved from their definition.
        for (count, low, high) in
            [(1.0, 0.05, 4.93), (4.0, 1.27, 9.65), (10.0, 5.08, 17.82), (100.0, 81.77, 121.08)]
        {
            let (a, b) = score(count, (1.0, 1.0), 0.0);
            assert!((a - low).abs() < 0.1 && (b - high).abs() < 0.15, "{count}: {a} to {b}");
        }
        // Weights scale it, and without skewness it is the normal interval.
        let (low, high) = score(500.0, (50.0, 50.0), 0.0);
        assert!((low / 50.0 - 5.10).abs() < 0.03 && (high / 50.0 - 17.8).abs() < 0.03);
        assert_eq!(score(10.0, (0.0, 0.0), 0.0), (10.0, 10.0));
        let (low, high) = score(1e4, (0.0, 0.0), 100.0);
        assert!((low - 1e4 + 19.6).abs() < 0.01 && (high - 1e4 - 19.6).abs() < 0.01);
    }

    #[test]
    fn a_difference_keeps_the_lopsided_ends() {
        // Newcombe 1998, paper II, table II, case (a): 56/70 less 48/80 by his method 10.
        let less = Interval::share(56, 70).unwrap().less(Interval::share(48, 80).unwrap());
        close(less, 0.0524, 0.3339);
    }

    #[test]
    fn a_band_is_wider_than_an_interval() {
        let (low, high) = band(100.0, (2.0, 2.0), 50.0, 250.0, 1e6);
        let (inner_low, inner_high) = score(100.0, (2.0, 2.0), 50.0);
        assert!(low < inner_low && high > inner_high, "{low} to {high}");
        assert!(band(-3.0, (0.0, 0.0), 1.0, 1.0, 1e6).1 >= 0.0);
    }

    #[test]
    fn shares_and_counts_have_the_published_intervals() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        close(Interval::share(81, 263).unwrap(), 0.2553, 0.3662);
        close(Interval::share(15, 148).unwrap(), 0.0624, 0.1605);
        close(Interval::share(0, 20).unwrap(), 0.0, 0.1611);
        close(Interval::share(1, 29).unwrap(), 0.0061, 0.1718);
        assert_eq!(Interval::share(0, 0), None);
        close(Interval::count(0), 0.0, 3.8415);
        // (10 - T)² = 3.8415 T.
        close(Interval::count(10), 5.4320, 18.4095);
    }
}
