//! Strategies: from a judged week to a chance of inspection for each consignment, and a draw.
//!
//! Sources: hybrid of greedy and random, Kim et al., TKDE 2022; ε-greedy, Sutton & Barto; adaptive
//! bin sampling, Henderson et al., AAAI 2023 (written anew from the paper's idea, its settings
//! are not published); optimise-and-estimate, the calibrated optimum with a variance penalty;
//! core and tail, certainty core with a Neyman tail (Särndal, Swensson & Wretman 1992).

use serde::{Deserialize, Serialize};

use super::judge::Judged;
use crate::consignment::Consignment;
use crate::outcome::Modality;
use crate::plan::{
    Candidate, Capacity, CapacityLine, PlanError, Seed, Terms, chances, draw, pivotal,
};
use crate::words;

/// A way to spend a week's inspections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Everything by chance, all chances alike.
    Random,
    /// The top of the list and nothing else: no chance is known, so the traffic is guessed by the
    /// model alone.
    Greedy,
    /// The top of the list, and the explored share spread evenly over the rest.
    Hybrid,
    /// Each inspection with the explored share by chance from everything, otherwise from the top.
    EpsilonGreedy,
    /// Bins of like risk, drawn with chances that rise with the risk of the bin.
    AdaptiveBins,
    /// The most precise estimate that costs at most a twentieth of the finds the model expects.
    OptimiseEstimate,
    /// The top of the list, and a tail by Neyman with half of its mean as floor.
    CoreTail,
    /// What `sumun plan` does.
    Ours,
}
words!(
    Strategy,
    "a strategy: random, greedy, hybrid, epsilon_greedy, adaptive_bins, optimise_estimate, \
     core_tail or ours",
    Random = "random",
    Greedy = "greedy",
    Hybrid = "hybrid",
    EpsilonGreedy = "epsilon_greedy",
    AdaptiveBins = "adaptive_bins",
    OptimiseEstimate = "optimise_estimate",
    CoreTail = "core_tail",
    Ours = "ours",
);

/// The week's list as a strategy sees it.
pub(super) struct Listed<'a> {
    pub consignments: &'a [Consignment],
    pub judged: &'a Judged,
}

/// A week that waits for its draw.
pub(super) struct Shift<'a> {
    pub listed: Listed<'a>,
    pub slots: usize,
    pub terms: Terms,
    pub seed: Seed,
}

/// Chances and the list drawn from them. Greedy has chances of 0, which no real plan may have.
pub(super) struct Drawn {
    pub chance: Vec<f64>,
    pub list: Vec<usize>,
    /// False where chances of zero forbid an estimate from the sample.
    pub sampled: bool,
}

/// What the optimum may lose of the finds that the model expects of the top of the list.
const OPTIMUM_LOSS: f64 = 0.05;
/// Smallest chance of the optimum and of the bins, as a share of the mean chance.
const OTHERS_FLOOR: f64 = 0.05;
/// Number of bins of adaptive bin sampling.
const BINS: usize = 10;

impl Strategy {
    pub(super) fn draw(self, shift: &Shift<'_>) -> Result<Drawn, PlanError> {
        let n = shift.listed.consignments.len();
        let slots = shift.slots.min(n);
        let (share, whole) = (slots as f64 / n as f64, slots as f64);
        let explore = shift.terms.explore;
        let score = &shift.listed.judged.score;
        let expected = &shift.listed.judged.expected;
        match self {
            Strategy::Ours => shift.planned(shift.terms),
            Strategy::CoreTail => shift.planned(Terms { explore, ..CORE_TAIL }),
            Strategy::Greedy => {
                let list = top(score, slots);
                let mut chance = vec![0.0; n];
                list.iter().for_each(|&at| chance[at] = 1.0);
                Ok(Drawn { chance, list, sampled: false })
            }
            Strategy::Random => Ok(shift.drawn(vec![share; n])),
            Strategy::Hybrid => {
                let core = (whole * (1.0 - explore)).round().min(whole - 1.0).max(0.0);
                let rest = (whole - core) / (n as f64 - core);
                let mut chance = vec![rest.min(1.0); n];
                top(score, core as usize).into_iter().for_each(|at| chance[at] = 1.0);
                Ok(shift.drawn(chance))
            }
            Strategy::EpsilonGreedy => {
                let mut chance = vec![explore * share; n];
                let core = 1.0 - explore;
                top(score, slots).into_iter().for_each(|at| chance[at] += core);
                Ok(shift.drawn(chance))
            }
            Strategy::AdaptiveBins => Ok(shift.drawn(bins(score, expected, whole))),
            Strategy::OptimiseEstimate => Ok(shift.drawn(optimum(expected, whole))),
        }
    }
}

/// Core and tail as it was first measured.
const CORE_TAIL: Terms = Terms { explore: 0.10, floor: 0.5, eta: 0.3, pays: 0.0, ..Terms::USUAL };

impl Shift<'_> {
    /// Chances and draw of a real plan.
    fn planned(&self, terms: Terms) -> Result<Drawn, PlanError> {
        let judged = self.listed.judged;
        let candidates: Vec<Candidate<'_>> = (self.listed.consignments.iter().enumerate())
            .map(|(n, consignment)| Candidate {
                id: &consignment.reference,
                risk: judged.score[n],
                chance_irregular: judged.expected[n],
                must: false,
            })
            .collect();
        let capacity = Capacity {
            lines: vec![CapacityLine {
                modality: Modality::Unpack,
                minutes_available: self.slots as u32,
                minutes_each: 1,
                detection: 1.0,
            }],
        };
        let chances = chances(&candidates, &capacity, terms, &self.seed)?;
        let list = draw(&chances, &self.seed).selections.iter().map(|s| s.candidate).collect();
        let chance = chances.iter().map(|(chance, _)| chance).collect();
        Ok(Drawn { chance, list, sampled: true })
    }

    /// Draws by these chances, in an order made by chance.
    fn drawn(&self, chance: Vec<f64>) -> Drawn {
        let mut order: Vec<u32> = (0..chance.len() as u32).collect();
        self.seed.stream(b"rehearsal order").shuffle(&mut order);
        let mut stream = self.seed.stream(b"draw");
        let pool = order.into_iter().map(|at| (at, chance[at as usize]));
        let list = pivotal(pool, |p| stream.decide(p)).into_iter().map(|at| at as usize).collect();
        Drawn { chance, list, sampled: true }
    }
}

/// The places of the `wanted` highest scores; ties fall to the earlier.
pub(super) fn top(score: &[f64], wanted: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..score.len()).collect();
    places.sort_by(|&a, &b| score[b].total_cmp(&score[a]).then(a.cmp(&b)));
    places.truncate(wanted);
    places
}

/// Factor by which weights become chances that use `whole` slots, none above 1 or below `floor`.
fn scaled(weight: &[f64], whole: f64, floor: f64) -> Vec<f64> {
    let chance = |scale: f64| weight.iter().map(move |w| (scale * w).clamp(floor, 1.0));
    // The scale may lie anywhere, so halve its logarithm.
    let (mut low, mut high) = (1e-12_f64, 1e12_f64);
    while high > low * (1.0 + 1e-12) {
        let middle = (low * high).sqrt();
        if middle <= low || middle >= high {
            break;
        }
        if chance(middle).sum::<f64>() < whole { low = middle } else { high = middle }
    }
    chance(high).collect()
}

/// Adaptive bin sampling: equal chances within a bin, rising with its mean risk as steeply as it
/// takes to keep the expected loss.
fn bins(score: &[f64], expected: &[f64], whole: f64) -> Vec<f64> {
    let n = score.len();
    let floor = OTHERS_FLOOR * whole / n as f64;
    let bin = one_dimensional_means(expected, BINS);
    let mut sums = [(0.0, 0.0); BINS];
    for (&bin, m) in bin.iter().zip(expected) {
        sums[bin].0 += m;
        sums[bin].1 += 1.0;
    }
    let risk: Vec<f64> = bin.iter().map(|&bin| sums[bin].0 / f64::max(sums[bin].1, 1.0)).collect();
    let wanted = (1.0 - OPTIMUM_LOSS) * best(expected, whole);
    let highest = risk.iter().copied().fold(0.0, f64::max);
    let chances = |steep: f64| {
        let weight: Vec<f64> = risk.iter().map(|r| (steep * (r - highest)).exp()).collect();
        scaled(&weight, whole, floor)
    };
    steepest(wanted, expected, chances)
}

/// Bins of like values: one-dimensional k-means, started at the quantiles.
fn one_dimensional_means(values: &[f64], bins: usize) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |n: usize| sorted[(2 * n + 1) * (sorted.len() - 1) / (2 * bins)];
    let mut centres: Vec<f64> = (0..bins).map(at).collect();
    let nearest = |centres: &[f64], value: f64| {
        (0..bins)
            .min_by(|&a, &b| (centres[a] - value).abs().total_cmp(&(centres[b] - value).abs()))
            .unwrap_or(0)
    };
    for _ in 0..20 {
        let mut sums = vec![(0.0, 0.0); bins];
        for &value in values {
            let bin = nearest(&centres, value);
            sums[bin].0 += value;
            sums[bin].1 += 1.0;
        }
        for (centre, (sum, count)) in centres.iter_mut().zip(sums) {
            if count > 0.0 {
                *centre = sum / count;
            }
        }
    }
    values.iter().map(|&value| nearest(&centres, value)).collect()
}

/// What the model expects of the `whole` likeliest.
fn best(expected: &[f64], whole: f64) -> f64 {
    let places = top(expected, whole as usize);
    places.into_iter().map(|at| expected[at]).sum()
}

/// The flattest of a family of chances, flat at 0 and steeper with its number, that still brings
/// the finds wanted.
fn steepest(wanted: f64, expected: &[f64], chances: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let brings =
        |chance: &[f64]| chance.iter().zip(expected).map(|(p, m)| p * m).sum::<f64>() >= wanted;
    let (mut low, mut high) = (0.0, 1.0);
    while high < 1e6 && !brings(&chances(high)) {
        low = high;
        high *= 2.0;
    }
    for _ in 0..30 {
        let middle = f64::midpoint(low, high);
        if brings(&chances(middle)) { high = middle } else { low = middle }
    }
    chances(high)
}

/// Maximises Σ π m − λ Σ s²/π at Σ π = `whole`, with λ as large as the loss allows. The
/// conditions of the optimum: π = 1 where m ≥ ν, else s √(λ/(ν − m)), not below the floor.
fn optimum(expected: &[f64], whole: f64) -> Vec<f64> {
    let n = expected.len() as f64;
    let floor = OTHERS_FLOOR * whole / n;
    let wanted = (1.0 - OPTIMUM_LOSS) * best(expected, whole);
    let chances = |steep: f64| -> Vec<f64> {
        // The smaller the price of variance, the steeper the list; it is never quite free.
        let price = 1e-6 / steep.max(1e-9).powi(2);
        let at = |bound: f64| {
            expected.iter().map(move |&m| {
                if m >= bound {
                    return 1.0;
                }
                let spread = (m * (1.0 - m)).max(1e-12).sqrt();
                (spread * (price / (bound - m)).sqrt()).clamp(floor, 1.0)
            })
        };
        let (mut low, mut high) = (0.0, 2.0);
        while at(high).sum::<f64>() > whole && high < 1e12 {
            high *= 2.0;
        }
        for _ in 0..100 {
            let middle = f64::midpoint(low, high);
            if at(middle).sum::<f64>() > whole { low = middle } else { high = middle }
        }
        let chance: Vec<f64> = at(high).collect();
        scaled(&chance, whole, floor)
    };
    steepest(wanted, expected, chances)
}
