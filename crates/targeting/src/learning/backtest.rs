//! The backtest: how a candidate did on days later than those it learned from, and all else that
//! its model card says. It is stored with the model and shown whenever somebody asks whether the
//! model deserves to be in force, so every share has its interval and every small group says so.
//! How the figures of a ranking are computed: `model/metrics.rs`.

use serde::{Deserialize, Serialize};

use crate::codes::Day;
use crate::feature::{CATALOGUE, Group};
use crate::model::metrics::{Interval, Metrics, auc, auc_interval, wilson};
use crate::model::{Model, Target};

/// How a candidate did on days later than those it learned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Days learned from in the test.
    pub learned: Span,
    /// Days on which the trial was judged; none of them was learned from or calibrated on.
    pub judged: Span,
    /// Which groups of features were tried for each target, and how each did on the days between.
    pub trials: Vec<Trial>,
    /// Figures for any irregularity.
    pub irregular: Judged,
    /// Figures for contraband.
    pub critical: Judged,
    /// What the model card says beside the figures; none in backtests of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<ModelCard>,
}

/// First and last day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
}

/// One choice of feature groups and its average precision on later days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What was told apart.
    pub target: Target,
    /// The groups whose features were used.
    pub groups: Vec<Group>,
    /// Average precision (area under precision and recall) on later days.
    pub pr_auc: Option<f64>,
}

/// Figures of one target, for all goods and for new goods apart. New goods are those of which
/// nothing exactly alike (HS6, unit value, route, duty, mass) had been inspected before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// All consignments.
    pub all: Option<Metrics>,
    /// New goods alone.
    pub new_goods: Option<Metrics>,
}

impl Judged {
    /// The figures of chances against what was found; `is_new` marks new goods.
    pub fn of(chances: &[f64], labels: &[bool], weights: &[f64], is_new: &[bool]) -> Judged {
        let keep = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(is_new).filter(|(_, new)| **new).map(|(value, _)| *value).collect()
        };
        let new_labels: Vec<bool> =
            labels.iter().zip(is_new).filter(|(_, new)| **new).map(|(label, _)| *label).collect();
        Judged {
            all: Metrics::of(chances, labels, weights),
            new_goods: Metrics::of(&keep(chances), &new_labels, &keep(weights)),
        }
    }
}

/// What a model card says beside the figures of the ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Days of arrival of all lessons.
    pub window: Span,
    /// Inspected consignments learned from.
    pub lessons: usize,
    /// Of those, with any irregularity.
    pub irregular: usize,
    /// Of those, with contraband.
    pub critical: usize,
    /// Lessons with a recorded chance of inspection.
    pub with_chance: usize,
    /// Lessons that were cleared after an examination that may miss what is there.
    pub weak_clears: usize,
    /// Details for any irregularity.
    pub for_irregular: TargetCard,
    /// Details for contraband.
    pub for_critical: TargetCard,
    /// What the model is known not to be good for, a sentence each.
    pub limits: Vec<Limit>,
}

/// The model card's details of one target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetCard {
    /// Expected against found, by rising chance.
    pub calibration: Vec<CalibrationBin>,
    /// The judged days taken apart by office, mode of transport and size of the trader.
    pub slices: Vec<Slice>,
    /// The features that move the chance most, the strongest first.
    pub effects: Vec<Effect>,
    /// The experts that were tried for a part of the traffic.
    pub experts: Vec<ExpertTrial>,
}

/// Consignments of about the same chance: how many finds were expected and how many there were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Lowest chance in the bin.
    pub from: f64,
    /// Highest chance in the bin.
    pub to: f64,
    /// Consignments.
    pub rows: usize,
    /// Finds among them.
    pub finds: usize,
    /// Mean chance of a find: the chance times the detection of the examination, by weight.
    pub expected: f64,
    /// Share of finds, by weight.
    pub observed: f64,
    /// 95 % interval of `observed`.
    pub interval: Interval,
}

/// What a slice has in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceBy {
    /// The customs office.
    Office,
    /// The mode of transport.
    Transport,
    /// How often the consignee had been seen before: 0, 1-9, 10-99, 100 or more arrivals.
    TraderSize,
}

/// The figures of a part of the judged days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// By what it was cut.
    pub by: SliceBy,
    /// Which part it is; empty where it is not declared.
    pub value: String,
    /// Consignments.
    pub rows: usize,
    /// Finds among them.
    pub finds: usize,
    /// Mean chance of a find, by weight.
    pub expected: f64,
    /// Share of finds, by weight.
    pub observed: f64,
    /// 95 % interval of `observed`.
    pub interval: Interval,
    /// Chance that a find outranks what is none.
    pub auc: Option<f64>,
    /// Its 95 % interval.
    pub auc_interval: Option<Interval>,
    /// True when there are too few finds or others to say much: fewer than 20 of either.
    pub small: bool,
}

/// How one feature moves the chance on the judged days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The feature's code.
    pub feature: String,
    /// Mean distance by which it moves the log-odds (mean of |SHAP|).
    pub mean_push: f64,
    /// Correlation between its number and its push, from -1 to 1; above 0, more is riskier. None
    /// when either never varies.
    pub direction: Option<f64>,
    /// The mean push along the feature's numbers, for a plot.
    pub points: Vec<EffectPoint>,
}

/// The mean push of a feature where its number is about `value`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectPoint {
    /// Mean of the feature's number; none where it is not declared or not known.
    pub value: Option<f64>,
    /// Mean push of the log-odds.
    pub push: f64,
    /// Consignments behind the point.
    pub rows: usize,
}

/// One expert for a part of the traffic, and whether it was better there than the shared trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpertTrial {
    /// The part of the traffic, such as `new goods`.
    pub part: String,
    /// Consignments of that part on the days on which it was tried.
    pub rows: usize,
    /// Finds among them.
    pub finds: usize,
    /// Mean log loss of the shared trees there.
    pub shared_log_loss: f64,
    /// Mean log loss of the expert there.
    pub expert_log_loss: f64,
    /// Standard error of the difference.
    pub standard_error: f64,
    /// Whether the model has the expert.
    pub kept: bool,
}

/// A known limit, in an officer's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
}

/// Consignments as the card sees them: what is judged, and by what it is cut.
pub(super) struct Sample<'a> {
    /// Rows that hold the whole catalogue.
    pub rows: &'a [f64],
    pub labels: Vec<bool>,
    pub weights: Vec<f64>,
    /// Detection probability of each examination.
    pub detections: Vec<f64>,
    /// Office, mode of transport and band of trader size of each.
    pub groups: Vec<[&'a str; 3]>,
}

/// Bins of the calibration table.
const BINS: usize = 10;
/// Fewest finds, and fewest others, below which a slice is called small.
const ENOUGH: usize = 20;
/// Most slices of one kind, the largest first.
const SLICES: usize = 40;
/// Features whose effects are kept.
const EFFECTS: usize = 12;
/// Points of an effect's curve.
const POINTS: usize = 10;
/// Rows whose reasons are taken for the effects, evenly over the judged days.
const EXPLAINED: usize = 4_000;

impl TargetCard {
    /// The details of one target; `chances` are the model's for the rows of the sample.
    pub(super) fn of(model: &Model, target: Target, sample: &Sample<'_>, chances: &[f64]) -> Self {
        TargetCard {
            calibration: calibration(sample, chances),
            slices: slices(sample, chances),
            effects: effects(model, target, sample),
            experts: Vec::new(),
        }
    }
}

/// Sums over some rows, for a share with its interval.
#[derive(Default)]
struct Share {
    rows: usize,
    finds: usize,
    weight: f64,
    squares: f64,
    expected: f64,
    found: f64,
}

impl Share {
    fn of(sample: &Sample<'_>, chances: &[f64], rows: &[usize]) -> Share {
        let mut share = Share { rows: rows.len(), ..Share::default() };
        for &n in rows {
            let weight = sample.weights[n];
            share.weight += weight;
            share.squares += weight * weight;
            share.expected += weight * chances[n] * sample.detections[n];
            share.found += if sample.labels[n] { weight } else { 0.0 };
            share.finds += usize::from(sample.labels[n]);
        }
        share
    }

    fn expected(&self) -> f64 {
        self.expected / self.weight
    }

    fn observed(&self) -> f64 {
        self.found / self.weight
    }

    /// Wilson's, with Kish's effective number of rows.
    fn interval(&self) -> Interval {
        wilson(self.observed(), self.weight * self.weight / self.squares)
    }
}

/// Bins that hold about as much of the expected finds each, so that rare finds fill all of them.
fn calibration(sample: &Sample<'_>, chances: &[f64]) -> Vec<CalibrationBin> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|&a, &b| chances[a].total_cmp(&chances[b]).then(a.cmp(&b)));
    // Half by rows and half by chance: neither the many low nor the few high go unseen.
    let total: f64 = chances.iter().sum();
    let (rows, mut passed) = (chances.len() as f64, 0.0);
    let mut bins: Vec<Vec<usize>> = vec![Vec::new(); BINS];
    for (rank, &n) in order.iter().enumerate() {
        let place = 0.5 * rank as f64 / rows + 0.5 * passed / total.max(f64::MIN_POSITIVE);
        bins[((place * BINS as f64) as usize).min(BINS - 1)].push(n);
        passed += chances[n];
    }
    let filled = bins.into_iter().filter(|rows| !rows.is_empty());
    filled
        .filter_map(|rows| {
            let share = Share::of(sample, chances, &rows);
            (share.weight > 0.0).then(|| CalibrationBin {
                from: chances[rows[0]],
                to: chances[rows[rows.len() - 1]],
                rows: share.rows,
                finds: share.finds,
                expected: share.expected(),
                observed: share.observed(),
                interval: share.interval(),
            })
        })
        .collect()
}

fn slices(sample: &Sample<'_>, chances: &[f64]) -> Vec<Slice> {
    let mut slices = Vec::new();
    for (at, by) in [SliceBy::Office, SliceBy::Transport, SliceBy::TraderSize].iter().enumerate() {
        let mut parts: std::collections::BTreeMap<&str, Vec<usize>> = Default::default();
        for (n, groups) in sample.groups.iter().enumerate() {
            parts.entry(groups[at]).or_default().push(n);
        }
        let mut parts: Vec<(&str, Vec<usize>)> = parts.into_iter().collect();
        parts.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
        for (value, rows) in parts.into_iter().take(SLICES) {
            let share = Share::of(sample, chances, &rows);
            if share.weight <= 0.0 {
                continue;
            }
            let pick = |of: &[f64]| -> Vec<f64> { rows.iter().map(|n| of[*n]).collect() };
            let labels: Vec<bool> = rows.iter().map(|n| sample.labels[*n]).collect();
            let (scores, weights) = (pick(chances), pick(&sample.weights));
            slices.push(Slice {
                by: *by,
                value: value.to_owned(),
                rows: share.rows,
                finds: share.finds,
                expected: share.expected(),
                observed: share.observed(),
                interval: share.interval(),
                auc: auc(&scores, &labels, &weights),
                auc_interval: auc_interval(&scores, &labels, &weights),
                small: share.finds.min(share.rows - share.finds) < ENOUGH,
            });
        }
    }
    slices
}

fn effects(model: &Model, target: Target, sample: &Sample<'_>) -> Vec<Effect> {
    let width = CATALOGUE.len();
    let step = (sample.labels.len() / EXPLAINED).max(1);
    // By column: the number and the push of every explained row.
    let mut pushes: Vec<Vec<(f64, f64)>> = vec![Vec::new(); width];
    for row in sample.rows.chunks_exact(width).step_by(step) {
        let mut of_row = vec![0.0; width];
        model.explain(target, row).into_iter().for_each(|(column, push)| of_row[column] = push);
        for (column, push) in of_row.into_iter().enumerate() {
            pushes[column].push((row[column], push));
        }
    }
    let mut effects: Vec<Effect> = pushes
        .into_iter()
        .enumerate()
        .filter(|(_, pairs)| pairs.iter().any(|(_, push)| *push != 0.0))
        .map(|(column, pairs)| effect(&CATALOGUE[column].code, pairs))
        .collect();
    effects.sort_by(|a, b| b.mean_push.total_cmp(&a.mean_push));
    effects.truncate(EFFECTS);
    effects
}

fn effect(feature: &str, mut pairs: Vec<(f64, f64)>) -> Effect {
    let rows = pairs.len();
    let mean_push = pairs.iter().map(|(_, push)| push.abs()).sum::<f64>() / rows as f64;
    let missing: Vec<f64> =
        pairs.iter().filter(|(value, _)| value.is_nan()).map(|(_, push)| *push).collect();
    pairs.retain(|(value, _)| !value.is_nan());
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let direction = correlation(&pairs);
    let mean = |of: &mut dyn Iterator<Item = f64>, n: usize| of.sum::<f64>() / n as f64;
    let mut points = Vec::new();
    let mut start = 0;
    for point in 1..=POINTS {
        // Equal numbers stay together, so a flag has two points and not ten.
        let mut end = (pairs.len() * point / POINTS).max(start);
        while end > start && end < pairs.len() && pairs[end].0 == pairs[end - 1].0 {
            end += 1;
        }
        if let part @ [_, ..] = &pairs[start..end] {
            points.push(EffectPoint {
                value: Some(mean(&mut part.iter().map(|(value, _)| *value), part.len())),
                push: mean(&mut part.iter().map(|(_, push)| *push), part.len()),
                rows: part.len(),
            });
        }
        start = end;
    }
    if !missing.is_empty() {
        let push = mean(&mut missing.iter().copied(), missing.len());
        points.push(EffectPoint { value: None, push, rows: missing.len() });
    }
    Effect { feature: feature.to_owned(), mean_push, direction, points }
}

/// Pearson's correlation; none when either side never varies.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let (x, y) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let (x, y) = (x / n, y / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        xx += (a - x).powi(2);
        yy += (b - y).powi(2);
        xy += (a - x) * (b - y);
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

/// What the card owes to whoever relies on it: where the lessons are few, short or one-sided.
pub(super) fn limits(card: &ModelCard, irregular: &Judged, critical: &Judged) -> Vec<Limit> {
    let mut limits = Vec::new();
    let mut say = |ko: String, en: String| limits.push(Limit { ko, en });
    let days = card.window.last.0 - card.window.first.0 + 1;
    if days < 365 {
        say(
            format!("학습 기간이 {days}일로 1년이 안 되어 계절 변화를 보지 못했습니다."),
            format!("It learned from {days} days, less than a year, and saw no whole season."),
        );
    }
    for (ko, en, finds) in
        [("이상", "irregularities", card.irregular), ("밀수", "contraband", card.critical)]
    {
        if finds < super::MIN_POSITIVES {
            say(
                format!("{ko} 적발이 {finds}건뿐이라 순위를 배우지 못하고 평균 비율을 씁니다."),
                format!("It saw {finds} finds of {en}: too few to rank; the chance is a mean."),
            );
        } else if finds < 200 {
            say(
                format!("{ko} 적발이 {finds}건으로 적어 수치의 구간이 넓습니다."),
                format!("It saw {finds} finds of {en}: few, so the figures' intervals are wide."),
            );
        }
    }
    for (ko, en, judged) in
        [("이상", "irregularities", irregular), ("밀수", "contraband", critical)]
    {
        let Some(new) = &judged.new_goods else { continue };
        match (new.auc, new.auc_interval) {
            (Some(auc), Some(interval)) if interval.low < 0.7 => say(
                format!(
                    "처음 보는 물품에 대한 {ko} 예측은 약합니다: AUC {auc:.2} ({:.2}-{:.2}).",
                    interval.low, interval.high
                ),
                format!(
                    "For goods never inspected before it ranks {en} weakly: AUC {auc:.2} \
                     ({:.2}-{:.2}).",
                    interval.low, interval.high
                ),
            ),
            (None, _) | (_, None) => say(
                format!("처음 보는 물품의 {ko} 적발이 없어 그 순위는 확인되지 않았습니다."),
                format!("Its ranking of {en} among new goods could not be judged: too few finds."),
            ),
            _ => {}
        }
    }
    if card.with_chance == 0 {
        say(
            "검사 확률이 기록된 사례가 없어, 검사 대상으로 뽑히지 않던 화물에는 맞지 않을 수 \
             있습니다."
                .to_owned(),
            "No lesson has a recorded chance of inspection, so it may not fit traffic that was \
             never chosen for inspection."
                .to_owned(),
        );
    } else if card.with_chance < card.lessons {
        let without = card.lessons - card.with_chance;
        say(
            format!("사례 {without}건은 검사 확률이 기록되지 않아 보정 없이 학습했습니다."),
            format!("{without} lessons have no recorded chance of inspection and weigh 1."),
        );
    }
    let slices = card.for_irregular.slices.iter().filter(|slice| slice.small);
    let small: Vec<&Slice> = slices.collect();
    if !small.is_empty() {
        let n = small.len();
        say(
            format!(
                "사무소·운송수단·업체 규모 중 {n}개 집단은 사례가 적어 따로 판단할 수 없습니다."
            ),
            format!("{n} groups of office, transport or trader size are too small to judge apart."),
        );
    }
    let off = card.for_irregular.slices.iter().filter(|slice| {
        !slice.small
            && (slice.expected < slice.interval.low - 0.02
                || slice.expected > slice.interval.high + 0.02)
    });
    for slice in off {
        let (value, expected, observed) = (&slice.value, slice.expected, slice.observed);
        say(
            format!(
                "집단 `{value}`에서 기대 {:.1} %, 실제 {:.1} %로 확률이 어긋납니다.",
                expected * 100.0,
                observed * 100.0
            ),
            format!(
                "In group `{value}` the chances are off: {:.1} % expected, {:.1} % found.",
                expected * 100.0,
                observed * 100.0
            ),
        );
    }
    limits
}
