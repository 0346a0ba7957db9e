//! Calibration: whether, of consignments given a chance of three in a hundred, three in a hundred
//! are irregular. The finds of a plan alone cannot tell, since the risky are opened more often; so
//! each bin is a small iceberg of its own, estimated from the recorded chances with its interval.

use serde::{Deserialize, Serialize};

use super::{Interval, Tally, Unit, iceberg, tallies};

/// Consignments of like expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Smallest expectation in it.
    pub low: f64,
    /// Largest.
    pub high: f64,
    /// Mean expectation.
    pub predicted: f64,
    /// Share that is irregular, with the 95 % interval.
    pub observed: Interval,
    /// Consignments.
    pub count: u64,
    /// How many of them were inspected.
    pub inspected: u64,
}

/// How well expectations agree with what is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Bins by rising expectation, with as many consignments each.
    pub bins: Vec<CalibrationBin>,
    /// Mean distance between predicted and observed over all consignments (expected calibration
    /// error). Above zero by chance alone: intervals of the bins say whether it means anything.
    pub error: f64,
}

/// Calibration over units, each with the plan in whose group what was not done is made good, in
/// at most so many bins.
#[must_use]
pub fn calibration(units: &[(i64, Unit)], bins: usize) -> Calibration {
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by(|&a, &b| units[a].1.expected.total_cmp(&units[b].1.expected));
    let size = units.len().div_ceil(bins.max(1)).max(1);
    let mut found: Vec<CalibrationBin> = Vec::new();
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        // Equal expectations stay together.
        let mut end = size.min(rest.len());
        let last = units[rest[end - 1]].1.expected;
        while end < rest.len() && units[rest[end]].1.expected == last {
            end += 1;
        }
        let (bin, after) = rest.split_at(end);
        found.extend(bin_of(units, bin));
        rest = after;
    }
    let count: u64 = found.iter().map(|bin| bin.count).sum();
    let apart = |bin: &CalibrationBin| {
        (bin.predicted - bin.observed.estimate).abs() * bin.count as f64 / count.max(1) as f64
    };
    let error = found.iter().map(apart).sum();
    Calibration { bins: found, error }
}

fn bin_of(units: &[(i64, Unit)], bin: &[usize]) -> Option<CalibrationBin> {
    let all = || bin.iter().map(|&n| units[n]);
    let groups = tallies(all());
    let estimate = iceberg(groups.values().collect::<Vec<&Tally>>());
    let sum: f64 = all().map(|(_, unit)| unit.expected).sum();
    Some(CalibrationBin {
        low: units[*bin.first()?].1.expected,
        high: units[*bin.last()?].1.expected,
        predicted: sum / bin.len() as f64,
        observed: estimate.prevalence?,
        count: estimate.population,
        inspected: estimate.inspected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Channel;

    /// All are inspected, so the observed shares are exact.
    fn seen(expected: f64, found: bool) -> (i64, Unit) {
        let (channel, result) = (Channel::Risk, Some(found));
        (1, Unit { chance: 1.0, expected, detection: 1.0, channel, drawn: true, result })
    }

    #[test]
    fn an_honest_model_is_near_the_diagonal_and_a_boaster_is_not() {
        let honest: Vec<(i64, Unit)> = (0..1_000)
            .map(|n| if n < 500 { seen(0.1, n % 10 == 0) } else { seen(0.5, n % 2 == 0) })
            .collect();
        let told = calibration(&honest, 10);
        assert_eq!(told.bins.len(), 2);
        assert!(told.error < 1e-9, "{told:?}");
        let boasts: Vec<(i64, Unit)> = honest
            .iter()
            .map(|(plan, unit)| (*plan, Unit { expected: unit.expected * 1.5, ..*unit }))
            .collect();
        assert!((calibration(&boasts, 10).error - 0.15).abs() < 1e-9);
        assert!(calibration(&[], 10).bins.is_empty());
    }
}
