//! How good a ranking and its chances are, in figures.
//!
//! Each figure takes weights, because outcomes selected by risk are not a fair sample of the
//! traffic, and none depends on the order of rows with equal scores. What a figure means for an
//! office's minutes is for the measuring room; read [`Metrics::of`] first.

use serde::{Deserialize, Serialize};

/// Two-sided 95 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// Bins of the calibration error.
const ECE_BINS: usize = 10;

/// An interval for a share, both ends between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What opening the top share of a ranking finds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Top {
    /// Share of all weight that is opened.
    pub share: f64,
    /// Share of the opened weight that is positive.
    pub precision: f64,
    /// 95 % Wilson interval of the precision.
    pub interval: Interval,
    /// Share of all positive weight that is opened; none if nothing is positive.
    pub recall: Option<f64>,
}

/// The figures kept beside a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Rows checked.
    pub rows: usize,
    /// Rows that are positive.
    pub positives: usize,
    /// Share of the weight that is positive.
    pub base_rate: f64,
    /// Chance that a positive row outranks a negative one; none if a label is absent.
    pub auc: Option<f64>,
    /// 95 % DeLong interval of `auc`; none below two rows of each label.
    pub auc_interval: Option<Interval>,
    /// Average precision; none if nothing is positive.
    pub pr_auc: Option<f64>,
    /// Precision and recall of the top 1 %, 2 %, 5 % and 10 %.
    pub top: Vec<Top>,
    /// Mean negative log likelihood, natural logarithm.
    pub log_loss: f64,
    /// Mean squared error of the chances.
    pub brier: f64,
    /// Expected calibration error over ten bins of equal width.
    pub ece: f64,
}

impl Metrics {
    /// All figures of a checking set, or none if it has no weight. `chances` rank and are judged
    /// as chances.
    ///
    /// # Panics
    /// If the slices differ in length, a chance is not within 0 and 1, or a weight is negative or
    /// not finite.
    pub fn of(chances: &[f64], labels: &[bool], weights: &[f64]) -> Option<Metrics> {
        Some(Metrics {
            rows: labels.len(),
            positives: labels.iter().filter(|label| **label).count(),
            log_loss: log_loss(chances, labels, weights)?,
            brier: brier(chances, labels, weights)?,
            ece: ece(chances, labels, weights, ECE_BINS)?,
            base_rate: base_rate(labels, weights)?,
            auc: auc(chances, labels, weights),
            auc_interval: auc_interval(chances, labels, weights),
            pr_auc: average_precision(chances, labels, weights),
            top: [0.01, 0.02, 0.05, 0.10]
                .iter()
                .filter_map(|&share| top(chances, labels, weights, share))
                .collect(),
        })
    }
}

/// Rows of one score.
#[derive(Debug, Clone, Copy, Default)]
struct Tie {
    positive: f64,
    negative: f64,
    /// Sums of squared weights, which variances need.
    positive_squares: f64,
    negative_squares: f64,
}

impl Tie {
    fn weight(&self) -> f64 {
        self.positive + self.negative
    }
}

/// The rows by falling score, equal scores taken together.
fn ties(scores: &[f64], labels: &[bool], weights: &[f64]) -> Vec<Tie> {
    assert_eq!(scores.len(), labels.len(), "each score needs a label");
    assert_eq!(scores.len(), weights.len(), "each score needs a weight");
    assert!(!scores.iter().any(|score| score.is_nan()), "a score must be a number");
    assert!(
        weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0),
        "a weight must be finite and not negative"
    );
    let mut order: Vec<usize> = (0..scores.len()).collect();
    // By position among equals: sums of floats then come out alike on every run.
    order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let mut ties: Vec<Tie> = Vec::new();
    let mut last = f64::NAN;
    for row in order {
        if scores[row] != last {
            ties.push(Tie::default());
            last = scores[row];
        }
        if let Some(tie) = ties.last_mut() {
            let weight = weights[row];
            if labels[row] {
                tie.positive += weight;
                tie.positive_squares += weight * weight;
            } else {
                tie.negative += weight;
                tie.negative_squares += weight * weight;
            }
        }
    }
    ties
}

fn totals(ties: &[Tie]) -> (f64, f64) {
    ties.iter().fold((0.0, 0.0), |(p, n), tie| (p + tie.positive, n + tie.negative))
}

/// Share of the weight that is positive; none without weight.
pub fn base_rate(labels: &[bool], weights: &[f64]) -> Option<f64> {
    mean(labels, weights, |row| f64::from(u8::from(labels[row])))
}

/// Area under the receiver operating characteristic: the weighted chance that a positive row
/// outranks a negative one, equal scores counting half (Hanley & McNeil, Radiology 143 (1982)).
/// None if a label has no weight.
///
/// # Panics
/// If the slices differ in length, a score is NaN, or a weight is negative or not finite.
pub fn auc(scores: &[f64], labels: &[bool], weights: &[f64]) -> Option<f64> {
    let ties = ties(scores, labels, weights);
    let (positive, negative) = totals(&ties);
    if positive <= 0.0 || negative <= 0.0 {
        return None;
    }
    let mut above = 0.0;
    let mut won = 0.0;
    for tie in &ties {
        won += tie.negative * (above + 0.5 * tie.positive);
        above += tie.positive;
    }
    Some((won / (positive * negative)).clamp(0.0, 1.0))
}

/// 95 % interval of [`auc`] (DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988)): each row's
/// placement among the other label's rows is one observation. With weights it is the linearised
/// variance, which is DeLong's when all weights are equal. None below two rows of each label.
///
/// A ranking without any error has an interval of length zero: the method sees no spread in it.
///
/// # Panics
/// As [`auc`].
pub fn auc_interval(scores: &[f64], labels: &[bool], weights: &[f64]) -> Option<Interval> {
    let area = auc(scores, labels, weights)?;
    let count = |answer: bool| {
        let rows = labels.iter().zip(weights);
        rows.filter(|(label, weight)| **label == answer && **weight > 0.0).count() as f64
    };
    let (positives, negatives) = (count(true), count(false));
    if positives < 2.0 || negatives < 2.0 {
        return None;
    }
    let ties = ties(scores, labels, weights);
    let (positive, negative) = totals(&ties);
    let (mut above, mut below) = (0.0, negative);
    let (mut positive_spread, mut negative_spread) = (0.0, 0.0);
    for tie in &ties {
        below -= tie.negative;
        let beaten = (below + 0.5 * tie.negative) / negative;
        let beaten_by = (above + 0.5 * tie.positive) / positive;
        positive_spread += tie.positive_squares * (beaten - area).powi(2);
        negative_spread += tie.negative_squares * (beaten_by - area).powi(2);
        above += tie.positive;
    }
    let variance = positive_spread / positive.powi(2) * positives / (positives - 1.0)
        + negative_spread / negative.powi(2) * negatives / (negatives - 1.0);
    let reach = Z95 * variance.sqrt();
    Some(Interval { low: (area - reach).max(0.0), high: (area + reach).min(1.0) })
}

/// Average precision, the step-wise area under precision over recall:
/// `sum over scores of (recall gained) * (precision so far)`, equal scores entering together.
/// None if nothing is positive.
///
/// # Panics
/// As [`auc`].
pub fn average_precision(scores: &[f64], labels: &[bool], weights: &[f64]) -> Option<f64> {
    let ties = ties(scores, labels, weights);
    let (positive, _) = totals(&ties);
    if positive <= 0.0 {
        return None;
    }
    let (mut found, mut opened, mut area) = (0.0, 0.0, 0.0);
    for tie in &ties {
        found += tie.positive;
        opened += tie.weight();
        if opened > 0.0 {
            area += tie.positive / positive * found / opened;
        }
    }
    Some(area.clamp(0.0, 1.0))
}

/// Precision and recall when the top `share` of all weight is opened. Of the rows with the score
/// at which the share is used up, each is opened in part: the mean over all ways to break the
/// tie. The interval is Wilson's, with Kish's effective number of opened rows. None without weight.
///
/// # Panics
/// As [`auc`], and if `share` is not above 0 and at most 1.
pub fn top(scores: &[f64], labels: &[bool], weights: &[f64], share: f64) -> Option<Top> {
    assert!(share > 0.0 && share <= 1.0, "a share is above 0 and at most 1");
    let ties = ties(scores, labels, weights);
    let (positive, negative) = totals(&ties);
    let capacity = share * (positive + negative);
    if capacity <= 0.0 {
        return None;
    }
    let (mut left, mut found, mut squares) = (capacity, 0.0, 0.0);
    for tie in ties.iter().filter(|tie| tie.weight() > 0.0) {
        let part = (left / tie.weight()).min(1.0);
        found += part * tie.positive;
        squares += part * (tie.positive_squares + tie.negative_squares);
        left -= tie.weight();
        if left <= 0.0 {
            break;
        }
    }
    let precision = (found / capacity).clamp(0.0, 1.0);
    let effective = capacity * capacity / squares;
    Some(Top {
        share,
        precision,
        interval: wilson(precision, effective),
        recall: (positive > 0.0).then(|| (found / positive).clamp(0.0, 1.0)),
    })
}

/// 95 % interval of a share seen among `count` rows (Wilson, JASA 22 (1927)); everything from 0
/// to 1 if there are none. It also holds when nothing, or everything, was positive.
pub fn wilson(share: f64, count: f64) -> Interval {
    if count <= 0.0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let z2 = Z95 * Z95;
    let centre = share + z2 / (2.0 * count);
    let reach = Z95 * (share * (1.0 - share) / count + z2 / (4.0 * count * count)).sqrt();
    let whole = 1.0 + z2 / count;
    Interval {
        low: ((centre - reach) / whole).clamp(0.0, share),
        high: ((centre + reach) / whole).clamp(share, 1.0),
    }
}

/// Weighted mean of a figure of each row; none without weight.
fn mean(labels: &[bool], weights: &[f64], figure: impl Fn(usize) -> f64) -> Option<f64> {
    assert_eq!(labels.len(), weights.len(), "each label needs a weight");
    assert!(
        weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0),
        "a weight must be finite and not negative"
    );
    let total: f64 = weights.iter().sum();
    let sum: f64 = weights.iter().enumerate().map(|(row, weight)| weight * figure(row)).sum();
    (total > 0.0).then(|| sum / total)
}

fn assert_chances(chances: &[f64], labels: &[bool]) {
    assert_eq!(chances.len(), labels.len(), "each chance needs a label");
    assert!(
        chances.iter().all(|chance| (0.0..=1.0).contains(chance)),
        "a chance must be within 0 and 1"
    );
}

/// Mean negative log likelihood, natural logarithm. Chances are kept 1e-15 away from 0 and 1, so
/// that one certain error does not make the figure infinite. None without weight.
///
/// # Panics
/// As [`Metrics::of`].
pub fn log_loss(chances: &[f64], labels: &[bool], weights: &[f64]) -> Option<f64> {
    assert_chances(chances, labels);
    mean(labels, weights, |row| {
        let chance = chances[row].clamp(1e-15, 1.0 - 1e-15);
        if labels[row] { -chance.ln() } else { -(-chance).ln_1p() }
    })
}

/// Mean squared difference between chance and outcome (Brier, Monthly Weather Review 78 (1950)).
/// None without weight.
///
/// # Panics
/// As [`Metrics::of`].
pub fn brier(chances: &[f64], labels: &[bool], weights: &[f64]) -> Option<f64> {
    assert_chances(chances, labels);
    mean(labels, weights, |row| (chances[row] - f64::from(u8::from(labels[row]))).powi(2))
}

/// Expected calibration error: the mean over `bins` of equal width of the distance between mean
/// chance and positive share, by the weight of each (Guo et al., ICML 2017). None without weight.
///
/// # Panics
/// As [`Metrics::of`], and if there are no bins.
pub fn ece(chances: &[f64], labels: &[bool], weights: &[f64], bins: usize) -> Option<f64> {
    assert!(bins > 0, "calibration needs a bin");
    assert_chances(chances, labels);
    let total = mean(labels, weights, |_| 1.0).map(|_| weights.iter().sum::<f64>())?;
    // Within a bin, weight cancels: the distance times the weight is the sum of differences.
    let mut differences = vec![0.0; bins];
    for ((&chance, &label), &weight) in chances.iter().zip(labels).zip(weights) {
        let bin = ((chance * bins as f64) as usize).min(bins - 1);
        differences[bin] += weight * (chance - f64::from(u8::from(label)));
    }
    Some(differences.iter().map(|difference: &f64| difference.abs()).sum::<f64>() / total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCORES: [f64; 6] = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
    const LABELS: [bool; 6] = [true, false, true, true, false, false];
    const ONES: [f64; 6] = [1.0; 6];

    #[track_caller]
    fn close(found: impl Into<Option<f64>>, expected: f64) {
        let found = found.into().expect("a figure");
        assert!((found - expected).abs() < 1e-12, "found {found}, expected {expected}");
    }

    #[test]
    fn auc_by_hand() {
        // Of 3 x 3 pairs, .8 outranks the positives .7 and .6; the other seven are right.
        close(auc(&SCORES, &LABELS, &ONES), 7.0 / 9.0);
        close(auc(&[1.0, 1.0], &[true, false], &[1.0, 1.0]), 0.5);
        // The wrong pair weighs 1 x 3 of (1 + 1) x (3 + 1).
        close(
            auc(&[3.0, 2.0, 1.0, 0.0], &[true, false, true, false], &[1.0, 3.0, 1.0, 1.0]),
            5.0 / 8.0,
        );
        assert_eq!(auc(&[1.0], &[true], &[1.0]), None);
        assert_eq!(auc(&[], &[], &[]), None);
    }

    #[test]
    fn auc_interval_by_hand() {
        // Positives beat 3, 2, 2 of 3 negatives; negatives are beaten by 1, 3, 3 of 3 positives.
        // Both have a sample variance: (1, 2/3, 2/3) gives 1/27, (1/3, 1, 1) gives 4/27.
        let reach = Z95 * (1.0f64 / 27.0 / 3.0 + 4.0 / 27.0 / 3.0).sqrt();
        let interval = auc_interval(&SCORES, &LABELS, &ONES).expect("three rows of each");
        close(interval.low, 7.0 / 9.0 - reach);
        close(interval.high, 1.0);
        // The scale of weights does not matter.
        let heavy = auc_interval(&SCORES, &LABELS, &[10.0; 6]).expect("three rows of each");
        close(heavy.low, interval.low);
        assert_eq!(auc_interval(&SCORES[..3], &LABELS[..3], &ONES[..3]), None);
    }

    #[test]
    fn average_precision_by_hand() {
        // Positives at ranks 1, 3 and 4.
        close(average_precision(&SCORES, &LABELS, &ONES), (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0);
        // All scores equal: the base rate.
        close(average_precision(&[0.5; 6], &LABELS, &ONES), 0.5);
        // A negative row of weight 3 before a positive of weight 1.
        close(average_precision(&[2.0, 1.0], &[false, true], &[3.0, 1.0]), 0.25);
        assert_eq!(average_precision(&[1.0], &[false], &[1.0]), None);
    }

    #[test]
    fn top_by_hand() {
        let half = top(&SCORES, &LABELS, &ONES, 0.5).expect("there is weight");
        close(half.precision, 2.0 / 3.0);
        close(half.recall, 2.0 / 3.0);
        assert_eq!(half.interval, wilson(2.0 / 3.0, 3.0));
        // A quarter of six rows is one and a half: .9 and half of .8.
        close(top(&SCORES, &LABELS, &ONES, 0.25).map(|top| top.precision), 2.0 / 3.0);
        // One of three equal rows is opened, and one of them is positive.
        let tied = top(&[1.0, 1.0, 1.0, 0.0], &[false, true, false, true], &[1.0; 4], 0.25);
        close(tied.map(|top| top.precision), 1.0 / 3.0);
        // Weight 4 of 8: the first row (3) and half of the second (2).
        let weighed = top(&[3.0, 2.0, 1.0], &[false, true, true], &[3.0, 2.0, 3.0], 0.5);
        close(weighed.map(|top| top.precision), 0.25);
        assert_eq!(top(&[], &[], &[], 0.5), None);
    }

    #[test]
    fn wilson_by_hand() {
        // 0 of 10: z² / (n + z²).
        let z2 = 3.841_458_820_694_124;
        let none = wilson(0.0, 10.0);
        close(none.low, 0.0);
        close(none.high, z2 / (10.0 + z2));
        let half = wilson(0.5, 100.0);
        assert!((half.low - 0.403_831_5).abs() < 1e-6 && (half.high - 0.596_168_5).abs() < 1e-6);
        assert_eq!(wilson(0.3, 0.0), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn losses_by_hand() {
        let (chances, labels, weights) = ([0.8, 0.25], [true, false], [1.0, 3.0]);
        close(log_loss(&chances, &labels, &weights), -(0.8f64.ln() + 3.0 * 0.75f64.ln()) / 4.0);
        close(brier(&chances, &labels, &weights), (0.04 + 3.0 * 0.0625) / 4.0);
        // Two bins, each one row: (|.8 - 1| + 3 |.25 - 0|) / 4.
        close(ece(&chances, &labels, &weights, 10), (0.2 + 0.75) / 4.0);
        // One bin: the differences meet first.
        close(ece(&chances, &labels, &weights, 1), (0.75 - 0.2) / 4.0);
        close(log_loss(&[0.0], &[true], &[1.0]), -(1e-15f64.ln()));
        close(ece(&[1.0, 0.0], &[true, false], &[1.0, 1.0], 10), 0.0);
        assert_eq!(brier(&[0.5], &[true], &[0.0]), None);
    }

    #[test]
    fn all_figures_together() {
        let metrics = Metrics::of(&SCORES, &LABELS, &ONES).expect("there is weight");
        assert_eq!((metrics.rows, metrics.positives, metrics.base_rate), (6, 3, 0.5));
        assert_eq!(metrics.auc, auc(&SCORES, &LABELS, &ONES));
        assert_eq!(
            metrics.top.iter().map(|top| top.share).collect::<Vec<_>>(),
            [0.01, 0.02, 0.05, 0.1]
        );
        assert_eq!(Metrics::of(&[], &[], &[]), None);
    }

    proptest! {
        #[test]
        fn auc_equals_counting_pairs_and_rows_may_come_in_any_order(
            rows in proptest::collection::vec((0u8..6, any::<bool>(), 0u8..4), 2..60),
        ) {
            let split = |rows: &[(u8, bool, u8)]| {
                let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
                let labels: Vec<bool> = rows.iter().map(|row| row.1).collect();
                let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.2)).collect();
                (scores, labels, weights)
            };
            let (scores, labels, weights) = split(&rows);
            let (mut won, mut pairs) = (0.0, 0.0);
            for positive in rows.iter().filter(|row| row.1) {
                for negative in rows.iter().filter(|row| !row.1) {
                    let weight = f64::from(positive.2) * f64::from(negative.2);
                    pairs += weight;
                    won += weight * match positive.0.cmp(&negative.0) {
                        std::cmp::Ordering::Greater => 1.0,
                        std::cmp::Ordering::Equal => 0.5,
                        std::cmp::Ordering::Less => 0.0,
                    };
                }
            }
            let area = auc(&scores, &labels, &weights);
            prop_assert_eq!(area.is_some(), pairs > 0.0);
            if let Some(area) = area {
                prop_assert!((area - won / pairs).abs() < 1e-12);
            }
            let mut reversed = rows.clone();
            reversed.reverse();
            let (scores2, labels2, weights2) = split(&reversed);
            // Whole weights are summed without rounding, so that even the bits agree.
            prop_assert_eq!(area, auc(&scores2, &labels2, &weights2));
            prop_assert_eq!(
                average_precision(&scores, &labels, &weights),
                average_precision(&scores2, &labels2, &weights2)
            );
            prop_assert_eq!(
                top(&scores, &labels, &weights, 0.3),
                top(&scores2, &labels2, &weights2, 0.3)
            );
            if let Some(interval) = auc_interval(&scores, &labels, &weights) {
                prop_assert!(interval.low <= interval.high);
            }
        }
    }
}
