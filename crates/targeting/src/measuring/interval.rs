//! Intervals for the counts an office reports: a share, a rate, and what is derived from them.
//!
//! All are score intervals at 95 %: they stay inside the possible, work with zero finds, and cover
//! where the usual estimate ± 1.96 standard errors fails for rare finds. The iceberg's own interval
//! is formed in `mod.rs`.

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

#[cfg(test)]
mod tests {
    use super::*;

    fn close(interval: Interval, low: f64, high: f64) {
        assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
        assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
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
