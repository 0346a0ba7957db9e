//! Drift: whether traffic or model have changed, week by week, in one stream (office and regime).
//!
//! Four signals, each from what is recorded anyway: whether finds by known chances still agree
//! with the expectations (CUSUM of what inspections found beyond them), whether scores are spread
//! as they were (population stability index), whether fields that the model reads go missing, and
//! whether more goods are new. An alarm states how often it would ring for nothing. Residuals are
//! in `residual.rs`; what an alarm leads to is decided by the office.

use serde::{Deserialize, Serialize};

use super::residual::{Residual, normal_above, normal_quantile};
use crate::codes::Day;
use crate::words;

/// Weeks that false alarms are stated for: half a year.
pub const STATED_WEEKS: u32 = 26;
/// Chance that the calibration signal of a quiet stream rings within [`STATED_WEEKS`].
pub const FALSE_CALIBRATION: f64 = 0.05;
/// The same for each of the other three signals, where consignments are independent.
pub const FALSE_OTHERS: f64 = 0.01;

/// Half the shift, in standard deviations, that the chart is made to notice soonest (Page,
/// Biometrika 41 (1954)).
const SLACK: f64 = 0.5;
/// Where the chart rings. With a slack of half, a two-sided chart of standard normal numbers then
/// rings once in about 465 weeks, and within 26 with a chance of 5 %; a test throws it.
const RINGS: f64 = 5.0;
/// How far the chart runs on above: so that an alarm quiets within weeks of the cause.
const RUNS_ON: f64 = 1.0;

/// Weeks before, at most, that a week is compared with, and the fewest that make a comparison.
const BEFORE: usize = 8;
const BEFORE_MIN: usize = 3;
/// Fewest consignments of a week, and of the weeks before it, that are compared.
const WEEK_MIN: u64 = 200;
const BEFORE_ROWS_MIN: u64 = 500;
/// A stability index below this is no change that matters, however sure.
const INDEX_MATTERS: f64 = 0.10;
/// Nor is a share that moved less than this.
const SHARE_MATTERS: f64 = 0.05;
/// Bins of the stability index, each with a tenth of the weeks before.
const BINS: usize = 10;

/// Fine bins in which scores are counted: a quarter of log-odds each.
const FINE: usize = 96;
const FINE_EACH: f64 = 0.25;

/// How chances are spread, in fine bins of log-odds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scores {
    counts: [u64; FINE],
}

impl Default for Scores {
    fn default() -> Self {
        Self { counts: [0; FINE] }
    }
}

impl Scores {
    /// Counts one chance.
    pub fn add(&mut self, chance: f64) {
        let odds = (chance.clamp(1e-9, 1.0 - 1e-9) / (1.0 - chance.clamp(1e-9, 1.0 - 1e-9))).ln();
        let bin = (odds / FINE_EACH + FINE as f64 / 2.0).floor();
        self.counts[bin.clamp(0.0, FINE as f64 - 1.0) as usize] += 1;
    }

    /// How many were counted.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// True when none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn merge(&mut self, other: &Scores) {
        for (to, from) in self.counts.iter_mut().zip(&other.counts) {
            *to += from;
        }
    }

    /// Population stability index Σ (p − q) ln(p/q) against `before`, in bins that each hold about
    /// a tenth of it, and the number of bins. Half a consignment is added to each bin.
    fn index(&self, before: &Scores) -> (f64, usize) {
        let all = before.len() as f64;
        let mut bins: Vec<(f64, f64)> = vec![(0.0, 0.0)];
        let mut seen = 0.0;
        for (now, then) in self.counts.iter().zip(&before.counts) {
            if let Some(last) = bins.last_mut() {
                last.0 += *now as f64;
                last.1 += *then as f64;
            }
            seen += *then as f64;
            let full = seen >= all * bins.len() as f64 / BINS as f64 - 1e-9;
            if full && bins.len() < BINS && seen < all {
                bins.push((0.0, 0.0));
            }
        }
        let n = bins.len() as f64;
        let (now, then) = (self.len() as f64 + n / 2.0, all + n / 2.0);
        let index = bins.iter().map(|(a, b)| {
            let (p, q) = ((a + 0.5) / now, (b + 0.5) / then);
            (p - q) * (p / q).ln()
        });
        (index.sum(), bins.len())
    }
}

/// How many of so many have something: a field missing, goods that are new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Those that have it.
    pub with: u64,
    /// All.
    pub of: u64,
}

impl Counted {
    /// Counts one.
    pub fn add(&mut self, has: bool) {
        self.with += u64::from(has);
        self.of += 1;
    }

    fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.with as f64 / self.of as f64 }
    }

    fn merge(&mut self, other: Counted) {
        self.with += other.with;
        self.of += other.of;
    }
}

/// One week of a stream as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftWeek {
    /// Monday of the week.
    pub monday: Day,
    /// Finds against expectations, of drawn inspections.
    pub residual: Residual,
    /// The model whose chances `scores` are; weeks of different models are not compared.
    pub model: String,
    /// The chances of everything planned.
    pub scores: Scores,
    /// By feature: how many consignments lack it.
    pub missing: Vec<(String, Counted)>,
    /// Consignments of whose goods nothing alike had been inspected before.
    pub new_goods: Counted,
}

impl DriftWeek {
    /// A week of which nothing is counted yet.
    #[must_use]
    pub fn new(monday: Day) -> DriftWeek {
        DriftWeek {
            monday,
            residual: Residual::default(),
            model: String::new(),
            scores: Scores::default(),
            missing: Vec::new(),
            new_goods: Counted::default(),
        }
    }
}

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Finds no longer agree with what was expected.
    Calibration,
    /// Scores are spread otherwise than before.
    Scores,
    /// A field that the model reads is missing more or less often.
    Missing,
    /// The share of goods of which nothing alike was inspected moved.
    NewGoods,
}
words!(
    Signal,
    "a signal: calibration, scores, missing or new_goods",
    Calibration = "calibration",
    Scores = "scores",
    Missing = "missing",
    NewGoods = "new_goods",
);

impl Signal {
    /// From where on a change matters, in the unit of [`DriftLine::value`].
    #[must_use]
    pub fn limit(self) -> f64 {
        match self {
            Signal::Calibration => RINGS,
            Signal::Scores => INDEX_MATTERS,
            Signal::Missing | Signal::NewGoods => SHARE_MATTERS,
        }
    }
}

/// What a week's signals came to. None where there is too little to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftLine {
    /// Monday of the week.
    pub monday: Day,
    /// Drawn inspections that were done.
    pub inspected: u64,
    /// By how many irregular consignments the expectations fell short of the estimate.
    pub residual: f64,
    /// Its standard deviation if the expectations are right.
    pub spread: f64,
    /// Finds against expectations as a standard normal number ([`Residual::finds_z`]).
    pub z: Option<f64>,
    /// Height of the chart for "more than expected".
    pub more: f64,
    /// Height of the chart for "less than expected".
    pub less: f64,
    /// Stability index of the scores against the weeks before.
    pub index: Option<f64>,
    /// The field whose share of missing moved most, and by how much.
    pub missing: Option<(String, f64)>,
    /// Share of goods that are new.
    pub new_goods: Option<f64>,
    /// By how much that share moved against the weeks before.
    pub new_goods_moved: Option<f64>,
    /// What rings.
    pub ringing: Vec<Signal>,
}

impl DriftLine {
    /// Where a signal stood: the higher chart of the calibration, the index of the scores, and how
    /// far a share moved, whichever way.
    #[must_use]
    pub fn value(&self, signal: Signal) -> Option<f64> {
        match signal {
            Signal::Calibration => Some(self.more.max(self.less)),
            Signal::Scores => self.index,
            Signal::Missing => self.missing.as_ref().map(|(_, moved)| moved.abs()),
            Signal::NewGoods => self.new_goods_moved.map(f64::abs),
        }
    }
}

/// Watches one stream; `weeks` in rising order. The last line says what rings now.
#[must_use]
pub fn drift(weeks: &[DriftWeek]) -> Vec<DriftLine> {
    let mut lines: Vec<DriftLine> = Vec::with_capacity(weeks.len());
    for (at, week) in weeks.iter().enumerate() {
        let (more, less) = lines.last().map_or((0.0, 0.0), |last| (last.more, last.less));
        let z = week.residual.finds_z();
        let step = |height: f64, by: f64| (height + by - SLACK).clamp(0.0, RINGS + RUNS_ON);
        let (more, less) = z.map_or((more, less), |z| (step(more, z), step(less, -z)));
        let before = &weeks[at.saturating_sub(BEFORE)..at];
        let mut ringing = Vec::new();
        if more > RINGS || less > RINGS {
            ringing.push(Signal::Calibration);
        }
        let index = index(week, before);
        if index.is_some_and(|(_, rings)| rings) {
            ringing.push(Signal::Scores);
        }
        let fields = week.missing.len();
        let moved = (week.missing.iter())
            .filter_map(|(code, now)| {
                let of = |week: &DriftWeek| {
                    week.missing.iter().find(|(of, _)| of == code).map(|(_, counted)| *counted)
                };
                let (moved, rings) = moved(*now, before.iter().filter_map(of), fields)?;
                Some((code.clone(), moved, rings))
            })
            .max_by(|a, b| a.2.cmp(&b.2).then(a.1.abs().total_cmp(&b.1.abs())));
        if moved.as_ref().is_some_and(|(.., rings)| *rings) {
            ringing.push(Signal::Missing);
        }
        let new_goods = moved_new_goods(week, before);
        if new_goods.is_some_and(|(_, rings)| rings) {
            ringing.push(Signal::NewGoods);
        }
        lines.push(DriftLine {
            monday: week.monday,
            inspected: week.residual.inspected(),
            residual: week.residual.total(),
            spread: week.residual.spread(),
            z,
            more,
            less,
            index: index.map(|(index, _)| index),
            missing: moved.map(|(code, moved, _)| (code, moved)),
            new_goods: (week.new_goods.of > 0).then(|| week.new_goods.share()),
            new_goods_moved: new_goods.map(|(moved, _)| moved),
            ringing,
        });
    }
    lines
}

/// The level at which one of `fields` comparisons of one week rings.
fn level(fields: usize) -> f64 {
    FALSE_OTHERS / f64::from(STATED_WEEKS) / fields.max(1) as f64
}

/// The stability index against the weeks before of the same model, and whether it rings.
///
/// Under no change and with independent consignments it is (1/n + 1/n₀) times a chi-square number
/// with one degree less than bins. But scores of a week move together where the model reads what
/// was lately found or how often goods came, so the weeks before are compared among themselves
/// too: what their indices have beyond the chi-square mean is how much a week sways. One sway that
/// all scores share makes the excess of this week the square of a Student number with one degree
/// less than weeks. Each of the two may ring falsely with half of the stated chance.
fn index(week: &DriftWeek, before: &[DriftWeek]) -> Option<(f64, bool)> {
    let alike: Vec<&Scores> =
        before.iter().filter(|one| one.model == week.model).map(|one| &one.scores).collect();
    let alike: Vec<&Scores> = alike.into_iter().filter(|one| !one.is_empty()).collect();
    let then = together(&alike);
    let (n, of) = (week.scores.len(), then.len());
    if alike.len() < BEFORE_MIN || n < WEEK_MIN || of < BEFORE_ROWS_MIN {
        return None;
    }
    let (index, _) = week.scores.index(&then);
    let (scaled, degrees) = scaled(&week.scores, &then);
    let sway = (0..alike.len()).map(|at| {
        let others = [&alike[..at], &alike[at + 1..]].concat();
        let (scaled, degrees) = self::scaled(alike[at], &together(&others));
        scaled - degrees
    });
    // With its own standard error, since so few weeks may look steady by luck.
    let many = alike.len() as f64;
    let sway = (sway.sum::<f64>() / many).max(0.0) + (2.0 * degrees / many).sqrt();
    let half = level(1) / 2.0;
    let beyond = scaled - chi_square_over(half, degrees);
    let sure = degrees > 0.0
        && beyond > 0.0
        && student_outside((beyond / sway).sqrt(), alike.len() - 1) < half;
    Some((index, sure && index >= INDEX_MATTERS))
}

fn together(weeks: &[&Scores]) -> Scores {
    let mut all = Scores::default();
    weeks.iter().for_each(|one| all.merge(one));
    all
}

/// The stability index as a chi-square number, and its degrees of freedom.
fn scaled(now: &Scores, then: &Scores) -> (f64, f64) {
    let (index, bins) = now.index(then);
    (index / (1.0 / now.len() as f64 + 1.0 / then.len() as f64), bins as f64 - 1.0)
}

/// How far a share moved against the weeks before, and whether it rings. The variance is that of
/// independent consignments or that seen between the weeks, whichever is greater.
fn moved(
    now: Counted,
    before: impl Iterator<Item = Counted>,
    fields: usize,
) -> Option<(f64, bool)> {
    let weeks: Vec<Counted> = before.filter(|one| one.of > 0).collect();
    let mut then = Counted::default();
    weeks.iter().for_each(|one| then.merge(*one));
    if weeks.len() < BEFORE_MIN || now.of < WEEK_MIN || then.of < BEFORE_ROWS_MIN {
        return None;
    }
    let mut both = then;
    both.merge(now);
    let (n, of) = (now.of as f64, then.of as f64);
    let thrown = both.share() * (1.0 - both.share()) * (1.0 / n + 1.0 / of);
    let many = weeks.len() as f64;
    let mean = weeks.iter().map(|one| one.share()).sum::<f64>() / many;
    let between = weeks.iter().map(|one| (one.share() - mean).powi(2)).sum::<f64>() / (many - 1.0);
    let variance = thrown.max(between * (1.0 + 1.0 / many));
    let moved = now.share() - then.share();
    let sure = variance > 0.0 && 2.0 * normal_above(moved.abs() / variance.sqrt()) < level(fields);
    Some((moved, sure && moved.abs() >= SHARE_MATTERS))
}

fn moved_new_goods(week: &DriftWeek, before: &[DriftWeek]) -> Option<(f64, bool)> {
    let (moved, rings) = moved(week.new_goods, before.iter().map(|one| one.new_goods), 1)?;
    // As outcomes come in, fewer goods are new: that is learning, no alarm.
    Some((moved, rings && moved > 0.0))
}

/// The chi-square number that is passed with this chance (Wilson & Hilferty, PNAS 17 (1931)): its
/// cube root is nearly normal.
fn chi_square_over(chance: f64, degrees: f64) -> f64 {
    let n = 2.0 / (9.0 * degrees.max(1.0));
    degrees * (1.0 - n + normal_quantile(1.0 - chance) * n.sqrt()).powi(3)
}

/// Chance that a Student number with so many degrees of freedom is further from zero than `t`
/// (Abramowitz & Stegun 26.7.3 and 26.7.4).
fn student_outside(t: f64, degrees: usize) -> f64 {
    let angle = (t / (degrees as f64).sqrt()).atan();
    let (sin, cos) = angle.sin_cos();
    let odd = degrees % 2 == 1;
    let (mut sum, mut term) = (0.0, if odd { cos } else { 1.0 });
    // Odd: cos + 2/3 cos³ + …; even: 1 + 1/2 cos² + 3/8 cos⁴ + …
    for n in (if odd { 3 } else { 2 }..=degrees).step_by(2) {
        sum += term;
        term *= cos * cos * (n - 1) as f64 / n as f64;
    }
    let inside = if odd { (angle + sin * sum) / std::f64::consts::FRAC_PI_2 } else { sin * sum };
    (1.0 - inside).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// How a stream behaves: everything may change from a week on.
    struct Stream {
        weeks: usize,
        /// Odds of a find against the odds expected, from half way on.
        odds: f64,
        /// Scores move by so much log-odds, from half way on.
        scores: f64,
        /// Share of consignments with the field missing, and with new goods, from half way on.
        missing: f64,
        new_goods: f64,
    }

    const QUIET: Stream =
        Stream { weeks: 26, odds: 1.0, scores: 0.0, missing: 0.1, new_goods: 0.3 };

    fn play(stream: &Stream, seed: u64) -> Vec<DriftLine> {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let weeks: Vec<DriftWeek> = (0..stream.weeks)
            .map(|n| {
                let late = n >= stream.weeks / 2;
                let mut week = DriftWeek::new(Day(7 * n as i32 + 4));
                let mut lacks = Counted::default();
                for place in 0..600 {
                    let shift = if late { stream.scores } else { 0.0 };
                    let odds = -4.0 + 2.5 * dice.random::<f64>() + shift;
                    let expected = 1.0 / (1.0 + (-odds).exp());
                    week.scores.add(expected);
                    lacks.add(dice.random::<f64>() < if late { stream.missing } else { 0.1 });
                    week.new_goods
                        .add(dice.random::<f64>() < if late { stream.new_goods } else { 0.3 });
                    // A core of thirty that is certain, and one in nineteen of the rest.
                    let (chance, expected) =
                        if place < 30 { (1.0, 0.3) } else { (1.0 / 19.0, expected) };
                    let truth = expected / (1.0 - expected) * if late { stream.odds } else { 1.0 };
                    if dice.random::<f64>() < chance {
                        let found = dice.random::<f64>() < truth / (1.0 + truth);
                        week.residual.add(chance, expected, 1.0, found);
                    }
                }
                week.missing.push(("goods.mass".to_owned(), lacks));
                week
            })
            .collect();
        drift(&weeks)
    }

    fn rings(lines: &[DriftLine], signal: Signal) -> bool {
        lines.iter().any(|line| line.ringing.contains(&signal))
    }

    #[test]
    fn a_quiet_stream_rings_as_seldom_as_stated() {
        let streams = 600;
        let mut rung = [0u32; 4];
        for seed in 0..streams {
            let lines = play(&QUIET, seed);
            for (n, signal) in Signal::ALL.iter().enumerate() {
                rung[n] += u32::from(rings(&lines, *signal));
            }
        }
        let share = |n: usize| f64::from(rung[n]) / streams as f64;
        eprintln!("half-years with a false alarm: {rung:?} of {streams}");
        // Seeds 0 to 599. At 5 %, 600 half-years give 30 ± 5.3: at most 8 % is three deviations.
        assert!(share(0) <= 0.08, "{}", share(0));
        // And not so seldom that the chart would be deaf.
        assert!(share(0) >= 0.01, "{}", share(0));
        for n in 1..4 {
            assert!(share(n) <= FALSE_OTHERS + 0.012, "{n}: {}", share(n));
        }
    }

    #[test]
    fn a_tail_of_five_whose_finds_are_rare_rings_no_more_often() {
        let (streams, mut rung) = (600, 0);
        for seed in 0..streams {
            let mut dice = ChaCha8Rng::seed_from_u64(50_000 + seed);
            let weeks: Vec<DriftWeek> = (0..26)
                .map(|n| {
                    let mut week = DriftWeek::new(Day(7 * n + 4));
                    for place in 0..100 {
                        // One find of the tail outweighs all that the core can show in a week.
                        let (chance, expected) =
                            if place < 95 { (1.0, 0.4) } else { (0.003, 0.03) };
                        let found = dice.random::<f64>() < expected;
                        week.residual.add(chance, expected, 1.0, found);
                    }
                    week
                })
                .collect();
            rung += u32::from(rings(&drift(&weeks), Signal::Calibration));
        }
        eprintln!("thin tail: {rung} of {streams} half-years ring");
        assert!(f64::from(rung) <= 0.08 * streams as f64, "{rung}");
    }

    #[test]
    fn each_signal_rings_for_its_own_change() {
        let heard = |stream: &Stream, signal| {
            (0..20).filter(|seed| rings(&play(stream, 1_000 + seed), signal)).count()
        };
        let more = Stream { odds: 3.0, ..QUIET };
        assert!(heard(&more, Signal::Calibration) >= 19);
        let less = Stream { odds: 1.0 / 3.0, ..QUIET };
        assert!(heard(&less, Signal::Calibration) >= 17);
        let scores = Stream { scores: 0.8, ..QUIET };
        assert_eq!(heard(&scores, Signal::Scores), 20);
        let missing = Stream { missing: 0.25, ..QUIET };
        assert_eq!(heard(&missing, Signal::Missing), 20);
        let new_goods = Stream { new_goods: 0.5, ..QUIET };
        assert_eq!(heard(&new_goods, Signal::NewGoods), 20);
        // Fewer new goods are what learning brings.
        let known = Stream { new_goods: 0.1, ..QUIET };
        assert_eq!(heard(&known, Signal::NewGoods), 0);
    }

    #[test]
    fn an_alarm_quiets_when_its_cause_is_gone() {
        let mut weeks: Vec<DriftWeek> = Vec::new();
        for n in 0..16 {
            let mut week = DriftWeek::new(Day(7 * n + 4));
            // Ten finds of a hundred were expected; for six weeks there are twenty-five.
            let finds = if (3..9).contains(&n) { 25 } else { 10 };
            (0..100).for_each(|one| week.residual.add(1.0, 0.1, 1.0, one < finds));
            weeks.push(week);
        }
        let lines = drift(&weeks);
        let ringing: Vec<usize> =
            (0..16).filter(|n| lines[*n].ringing.contains(&Signal::Calibration)).collect();
        assert_eq!(ringing, [4, 5, 6, 7, 8, 9, 10], "{lines:?}");
    }

    #[test]
    fn nothing_at_all_is_quiet() {
        assert!(drift(&[]).is_empty());
        let lines = drift(&[DriftWeek::new(Day(4))]);
        assert!(lines[0].ringing.is_empty() && lines[0].z.is_none() && lines[0].index.is_none());
    }

    #[test]
    fn tails_are_the_tabled_ones() {
        // 16.919 and 27.877 are the 5 % and 0.1 % points at nine degrees.
        assert!((chi_square_over(0.05, 9.0) - 16.919).abs() < 0.02);
        assert!((chi_square_over(0.001, 9.0) - 27.877).abs() < 0.3);
        // Student's two-sided points: 5 % at 1 to 4 and 7 degrees, and 0.1 % at 7.
        for (degrees, t) in [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (7, 2.365)] {
            assert!((student_outside(t, degrees) - 0.05).abs() < 1e-4, "{degrees}");
        }
        assert!((student_outside(5.408, 7) - 0.001).abs() < 1e-5);
        assert!(student_outside(f64::INFINITY, 2) < 1e-12);
    }

    #[test]
    fn scores_that_sway_together_ring_as_seldom_as_stated_and_still_ring() {
        // All scores of a week move by one normal number, as those of a model do that reads what
        // an office lately found; half way they may move for good.
        let play = |seed: u64, sway: f64, moved: f64| -> Vec<DriftLine> {
            let mut dice = ChaCha8Rng::seed_from_u64(seed);
            let mut normal = move || normal_quantile(dice.random::<f64>());
            let weeks: Vec<DriftWeek> = (0..26)
                .map(|n| {
                    let mut week = DriftWeek::new(Day(7 * n + 4));
                    let shift = sway * normal() + if n >= 13 { moved } else { 0.0 };
                    for _ in 0..400 {
                        week.scores.add(1.0 / (1.0 + (3.0 - 0.8 * normal() - shift).exp()));
                    }
                    week
                })
                .collect();
            drift(&weeks)
        };
        let streams = 200;
        for (at, sway) in [0.1, 0.2, 0.4].into_iter().enumerate() {
            let first = 70_000 + 1_000 * at as u64;
            let rung = |seed: &u64| rings(&play(*seed, sway, 0.0), Signal::Scores);
            let quiet = (first..first + streams).filter(rung).count();
            eprintln!("scores that sway by {sway}: {quiet} of {streams} half-years ring");
            // 1 % are 2 ± 1.4.
            assert!(quiet <= 6, "{sway}: {quiet} of {streams}");
        }
        let heard = (0..40).filter(|n| rings(&play(80_000 + n, 0.1, 1.2), Signal::Scores)).count();
        eprintln!("scores that sway by 0.1 and move by 1.2: heard in {heard} of 40");
        assert!(heard >= 30, "{heard} of 40");
    }
}
