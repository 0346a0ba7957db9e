//! From played weeks to the figures of a strategy: what it found against greedy, whether its
//! estimates were right and its intervals honest, and what a smuggler can make of it. Figures are
//! means over seeds with their standard errors.

use serde::{Deserialize, Serialize};

use super::estimate::Tip;
use super::{Estimated, Played, Strategy, Week};
use crate::measuring::Term;

/// A mean over seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Its standard error over seeds; none with one seed.
    pub se: Option<f64>,
}

impl Mean {
    /// The mean of one value a seed; none without a value.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Mean> {
        let values: Vec<f64> = values.into_iter().collect();
        let n = values.len() as f64;
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n;
        let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let se = (values.len() > 1).then(|| (square / (n - 1.0) / n).sqrt());
        Some(Mean { mean, se })
    }
}

/// A run of weeks estimated together, beside the truth.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Consignments.
    pub population: usize,
    /// Bad ones in truth.
    pub truth: usize,
    /// The estimate.
    pub estimated: Estimated,
}

impl Window {
    /// Error of the estimate, in percentage points of the traffic.
    fn error_pp(&self) -> f64 {
        100.0 * (self.estimated.estimate - self.truth as f64) / self.population as f64
    }

    /// Error of the estimate from the window's own weeks, in percentage points of the traffic.
    fn unbiased_error_pp(&self) -> f64 {
        100.0 * (self.estimated.unbiased - self.truth as f64) / self.population as f64
    }

    fn covers(&self) -> bool {
        let truth = self.truth as f64;
        // The ends are sums of fractions, the truth is a whole number.
        self.estimated.low <= truth + 1e-9 && truth <= self.estimated.high + 1e-9
    }

    fn half_width_pp(&self) -> f64 {
        50.0 * (self.estimated.high - self.estimated.low) / self.population as f64
    }
}

/// Every run of `length` weeks; none where there are fewer.
#[must_use]
pub fn windows(of: &Played, length: usize) -> Vec<Window> {
    let tips: Vec<&Tip> = of.weeks.iter().map(|week| &week.tip).collect();
    let told = of.weeks.iter().filter_map(|week| week.tip.term());
    let before: Vec<Term> = of.start.iter().copied().chain(told).collect();
    let pool = |(start, weeks): (usize, &[Week])| Window {
        population: weeks.iter().map(|week| week.arrived).sum(),
        truth: weeks.iter().map(|week| week.truth).sum(),
        estimated: Tip::pooled(
            (of.strategy == Strategy::Ours).then(|| &before[..of.start.len() + start]),
            &tips[start..start + length],
        ),
    };
    of.weeks.windows(length).enumerate().map(pool).collect()
}

/// Weeks that are published together.
const QUARTER: usize = 13;

/// The figures of one strategy. Errors are in percentage points of the traffic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Seeds played.
    pub seeds: usize,
    /// Finds as a share of greedy's with the same seed; after a change of ways, of those after it.
    pub finds_vs_greedy: Option<Mean>,
    /// The same in the worst seed.
    pub finds_vs_greedy_worst: Option<f64>,
    /// Finds as a share of what there was, over the same weeks.
    pub recall: Option<Mean>,
    /// Finds among those that changed their ways, as a share of them.
    pub recall_moved: Option<Mean>,
    /// The same in the worst seed.
    pub recall_moved_worst: Option<f64>,
    /// Mean error of one week's estimate.
    pub bias_pp_1w: Option<Mean>,
    /// Mean error of thirteen weeks' estimate.
    pub bias_pp_13w: Option<Mean>,
    /// Root of the mean squared error of one week's estimate.
    pub rmse_pp_1w: Option<f64>,
    /// The same of thirteen weeks.
    pub rmse_pp_13w: Option<f64>,
    /// Mean error of thirteen weeks' estimate from their own inspections alone.
    pub bias_pp_13w_unbiased: Option<Mean>,
    /// Root of the mean squared error of that.
    pub rmse_pp_13w_unbiased: Option<f64>,
    /// Share of weeks whose interval holds the truth.
    pub coverage_1w: Option<Mean>,
    /// The same of thirteen weeks.
    pub coverage_13w: Option<Mean>,
    /// The same of all weeks together: one interval a seed.
    pub coverage_all: Option<Mean>,
    /// Of thirteen weeks' intervals, the share that lies wholly below the truth.
    pub below_13w: Option<Mean>,
    /// Of thirteen weeks' intervals, the share that lies wholly above the truth.
    pub above_13w: Option<Mean>,
    /// Mean half width of thirteen weeks' interval.
    pub half_width_pp_13w: Option<f64>,
    /// One less the chance that a best-responding mimic meets, as a share of the mean chance: 0
    /// where there is nothing to learn from watching, 1 where a mimic is never opened.
    pub exploitability: Option<Mean>,
    /// Smallest chance of a week as a share of its mean chance, mean over weeks.
    pub floor: Option<Mean>,
    /// Root of the mean squared relative error of thirteen weeks' estimate of what opening only
    /// the top of the list would have found.
    pub off_policy_error: Option<f64>,
}

/// Sums up one strategy, given greedy's plays with the same seeds.
#[must_use]
pub fn summarise(played: &[&Played], greedy: &[&Played]) -> Summary {
    let later = |of: &Played| of.changed.unwrap_or(0);
    let sum = |of: &Played, count: fn(&Week) -> usize| -> f64 {
        of.weeks[later(of)..].iter().map(count).sum::<usize>() as f64
    };
    let ratio = |of: &Played| {
        let peer = greedy.iter().find(|peer| peer.seed == of.seed)?;
        let best = sum(peer, |week| week.found);
        (best > 0.0).then(|| sum(of, |week| week.found) / best)
    };
    let share = |of: &Played, part: fn(&Week) -> usize, whole: fn(&Week) -> usize| {
        let all = sum(of, whole);
        (all > 0.0).then(|| sum(of, part) / all)
    };
    let least = |values: Vec<f64>| values.into_iter().min_by(f64::total_cmp);
    let moved =
        || played.iter().filter_map(|of| share(of, |week| week.moved.1, |week| week.moved.0));
    let by_seed: Vec<[Vec<Window>; 3]> = (played.iter())
        .map(|of| [1, QUARTER, of.weeks.len()].map(|length| windows(of, length)))
        .collect();
    let over_windows = |length: usize, of: fn(&Window) -> f64| {
        Mean::of(by_seed.iter().filter_map(|seed| {
            let windows = &seed[length];
            (!windows.is_empty())
                .then(|| windows.iter().map(of).sum::<f64>() / windows.len() as f64)
        }))
    };
    let root = |length: usize| {
        over_windows(length, |window| window.error_pp().powi(2)).map(|mean| mean.mean.sqrt())
    };
    let covered = |window: &Window| f64::from(u8::from(window.covers()));
    Summary {
        seeds: played.len(),
        finds_vs_greedy: Mean::of(played.iter().filter_map(|of| ratio(of))),
        finds_vs_greedy_worst: least(played.iter().filter_map(|of| ratio(of)).collect()),
        recall: Mean::of(
            played.iter().filter_map(|of| share(of, |week| week.found, |week| week.truth)),
        ),
        recall_moved: Mean::of(moved()),
        recall_moved_worst: least(moved().collect()),
        bias_pp_1w: over_windows(0, Window::error_pp),
        bias_pp_13w: over_windows(1, Window::error_pp),
        rmse_pp_1w: root(0),
        rmse_pp_13w: root(1),
        bias_pp_13w_unbiased: over_windows(1, Window::unbiased_error_pp),
        rmse_pp_13w_unbiased: over_windows(1, |window| window.unbiased_error_pp().powi(2))
            .map(|mean| mean.mean.sqrt()),
        coverage_1w: over_windows(0, covered),
        coverage_13w: over_windows(1, covered),
        coverage_all: over_windows(2, covered),
        below_13w: over_windows(1, |window| {
            f64::from(u8::from(window.estimated.high + 1e-9 < window.truth as f64))
        }),
        above_13w: over_windows(1, |window| {
            f64::from(u8::from(window.estimated.low - 1e-9 > window.truth as f64))
        }),
        half_width_pp_13w: over_windows(1, Window::half_width_pp).map(|mean| mean.mean),
        exploitability: Mean::of(
            played.iter().filter_map(|of| of.mimic_meets).map(|met| (1.0 - met).max(0.0)),
        ),
        floor: Mean::of(played.iter().map(|of| {
            let shares = of.weeks.iter().map(|week| week.chance.0 / week.chance.1);
            shares.sum::<f64>() / of.weeks.len() as f64
        })),
        off_policy_error: off_policy_error(played),
    }
}

fn off_policy_error(played: &[&Played]) -> Option<f64> {
    let mut errors = Vec::new();
    for of in played.iter().filter(|of| of.strategy != Strategy::Greedy) {
        for weeks in of.weeks.windows(QUARTER) {
            let truth: usize = weeks.iter().map(|week| week.top.0).sum();
            let value: f64 = weeks.iter().map(|week| week.top.1).sum();
            if truth > 0 {
                errors.push((value / truth as f64 - 1.0).powi(2));
            }
        }
    }
    Mean::of(errors).map(|mean| mean.mean.sqrt())
}
