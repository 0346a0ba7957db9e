//! Learning: outcomes become lessons, lessons become a candidate model with its backtest.
//! Only inspected consignments teach, each weighted by how rarely its like is inspected. Every
//! lesson's features are as of its day of arrival, and what is reported was measured on days
//! later than those learned from. Whether a candidate comes into force is a person's decision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::codes::Day;
use crate::consignment::Consignment;
use crate::facts::Facts;
use crate::feature::{CATALOGUE, Extractor, Group, Kind, codes, column};
use crate::history::Histories;
use crate::model::metrics::{Metrics, average_precision};
use crate::model::{
    Counts, FitError, Forest, ForestError, LIBRARY, Model, ModelContent, ModelError, Params, Platt,
    Target, TargetContent, Window, fit,
};
use crate::outcome::Label;

/// Inspected consignments as the learner sees them, row by row.
#[derive(Default)]
pub struct Lessons {
    rows: Vec<f64>,
    labels: Vec<Label>,
    weights: Vec<f64>,
    days: Vec<Day>,
}

/// The largest factor by which a rarely inspected lesson counts more than a certain one, squared.
const WEIGHT_CAP: f64 = 100.0;

/// The weight of a lesson: the square root of one over its chance of inspection, which is capped
/// at 100. Outcomes that the risk ranking selected are no fair sample; the square root takes
/// back half of that (in logarithms) at a tenth of the variance that the full factor costs.
pub fn lesson_weight(propensity: Option<f64>) -> f64 {
    propensity.map_or(1.0, |chance| (1.0 / chance).clamp(1.0, WEIGHT_CAP).sqrt())
}

impl Lessons {
    /// Takes in one inspected consignment. `propensity` is its recorded chance of inspection;
    /// `None` when it was inspected without one, as all of a back file was.
    pub fn push(
        &mut self,
        extractor: &Extractor,
        consignment: &Consignment,
        past: &Histories,
        label: Label,
        propensity: Option<f64>,
    ) {
        let start = self.rows.len();
        self.rows.resize(start + CATALOGUE.len(), f64::NAN);
        extractor.fill(&Facts::of(consignment), past, &mut self.rows[start..]);
        self.labels.push(label);
        self.weights.push(lesson_weight(propensity));
        self.days.push(consignment.arrived_on);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many had contraband.
    pub fn critical(&self) -> usize {
        self.labels.iter().filter(|label| label.critical()).count()
    }

    /// How many had any irregularity.
    pub fn irregular(&self) -> usize {
        self.labels.iter().filter(|label| label.irregular()).count()
    }

    fn is(&self, target: Target, n: usize) -> bool {
        match target {
            Target::Irregular => self.labels[n].irregular(),
            Target::Critical => self.labels[n].critical(),
        }
    }

    /// The rows and columns that are asked for, as one matrix with labels and weights.
    fn part(&self, rows: &[usize], columns: &[usize], target: Target) -> Part {
        let mut part = Part::default();
        for &n in rows {
            let row = &self.rows[n * CATALOGUE.len()..][..CATALOGUE.len()];
            part.rows.extend(columns.iter().map(|column| row[*column]));
            part.labels.push(self.is(target, n));
            part.weights.push(self.weights[n]);
        }
        part
    }

    /// True when nothing exactly like these goods had been inspected before they arrived.
    fn is_new(&self, n: usize, inspected: usize) -> bool {
        self.rows[n * CATALOGUE.len() + inspected] == 0.0
    }
}

#[derive(Default)]
struct Part {
    rows: Vec<f64>,
    labels: Vec<bool>,
    weights: Vec<f64>,
}

impl Part {
    fn positives(&self) -> usize {
        self.labels.iter().filter(|label| **label).count()
    }
}

/// Why nothing could be learned.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// Too few lessons, or all of one label.
    #[error(
        "{lessons} inspected consignments with {irregular} finds are too few to learn from: \
         record at least {MIN_LESSONS} outcomes with {MIN_POSITIVES} finds, or ingest past ones \
         with --with-outcomes"
    )]
    TooFew {
        /// Inspected consignments.
        lessons: usize,
        /// Of those, with a find.
        irregular: usize,
    },
    /// The trees could not be grown.
    #[error("the trees could not be grown")]
    Fit(#[from] FitError),
    /// There were too few finds for trees and no rate could stand for them.
    #[error("the base rate could not stand for trees")]
    Rate(#[from] ForestError),
    /// The model could not be put together.
    #[error("the model could not be put together")]
    Model(#[from] ModelError),
}

/// Fewest lessons from which anything is learned.
pub const MIN_LESSONS: usize = 200;
/// Fewest finds from which trees are grown for a target; below, its chance is the base rate.
pub const MIN_POSITIVES: usize = 20;

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

/// A learned model that waits for a person's approval.
pub struct Candidate {
    /// The model, learned from every lesson.
    pub model: Model,
    /// How its like did on later days.
    pub backtest: Backtest,
}

/// The choices of feature groups, small to large. The smallest that does as well wins.
pub(crate) const CHOICES: [&[Group]; 4] = [
    &[Group::Goods, Group::GoodsPast],
    &[Group::Goods, Group::GoodsPast, Group::Route],
    &[Group::Goods, Group::GoodsPast, Group::Parties],
    &[Group::Goods, Group::GoodsPast, Group::Parties, Group::Route],
];

/// The choice beyond those, for traffic in which senders, doors and phones carry signal.
const WIDEST: &[Group] = &Group::ALL;

/// How much better a larger choice has to be, in average precision.
pub(crate) const WORTH_MORE: f64 = 0.002;

/// The columns of a target: of these groups, rates of its own kind of find and all that is no rate.
pub fn columns_of(groups: &[Group], target: Target) -> Vec<usize> {
    let other = match target {
        Target::Irregular => ".critical_rate",
        Target::Critical => ".irregular_rate",
    };
    (CATALOGUE.iter().enumerate())
        .filter(|(_, feature)| groups.contains(&feature.group))
        .filter(|(_, feature)| !(feature.kind == Kind::Share && feature.code.ends_with(other)))
        .map(|(column, _)| column)
        .collect()
}

/// How the days are cut: the first seven tenths teach the trial, the next fifteen hundredths
/// choose and calibrate, the last fifteen judge.
struct Cut {
    taught: Vec<usize>,
    chosen: Vec<usize>,
    judged: Vec<usize>,
}

impl Cut {
    fn of(days: &[Day]) -> Cut {
        let mut order: Vec<usize> = (0..days.len()).collect();
        order.sort_by_key(|n| days[*n]);
        let day_at = |share: f64| days[order[((order.len() - 1) as f64 * share) as usize]];
        let (choose, judge) = (day_at(0.70), day_at(0.85));
        // A day is never on both sides of a cut: its lessons share their histories.
        let (mut taught, mut chosen, mut judged) = (Vec::new(), Vec::new(), Vec::new());
        for n in order {
            match days[n] {
                day if day < choose => taught.push(n),
                day if day < judge => chosen.push(n),
                _ => judged.push(n),
            }
        }
        Cut { taught, chosen, judged }
    }
}

/// Learns both targets from every lesson. `step` is called with a sentence before each piece of
/// work. The same lessons and seed give the same model, bit for bit.
///
/// # Errors
/// When there are too few lessons or the trees cannot be grown.
pub fn learn(
    lessons: &Lessons,
    id: String,
    created_at: Timestamp,
    seed: u64,
    mut step: impl FnMut(&str),
) -> Result<Candidate, LearnError> {
    let (n, irregular) = (lessons.len(), lessons.irregular());
    if n < MIN_LESSONS || irregular < MIN_POSITIVES || irregular == n {
        return Err(LearnError::TooFew { lessons: n, irregular });
    }
    let cut = Cut::of(&lessons.days);
    let mut trials = Vec::new();
    let first = learn_target(lessons, &cut, Target::Irregular, seed, &mut trials, &mut step)?;
    let second = learn_target(lessons, &cut, Target::Critical, seed, &mut trials, &mut step)?;
    let span = |rows: &[usize]| {
        let of = |n: Option<&usize>| n.map_or(Day(0), |n| lessons.days[*n]);
        Span { first: of(rows.first()), last: of(rows.last()) }
    };
    let whole = Window {
        first: lessons.days.iter().min().copied().unwrap_or(Day(0)).date(),
        last: lessons.days.iter().max().copied().unwrap_or(Day(0)).date(),
    };
    let backtest = Backtest {
        learned: span(&cut.taught),
        judged: span(&cut.judged),
        trials,
        irregular: first.judged,
        critical: second.judged,
    };
    let content = ModelContent {
        id,
        created_at,
        window: whole,
        weighting: "square root of 1/chance of inspection, the factor capped at 100; 1 where no \
                    chance was recorded"
            .to_owned(),
        library: LIBRARY.to_owned(),
        irregular: first.content,
        critical: second.content,
    };
    Ok(Candidate { model: Model::new(content, &codes())?, backtest })
}

struct Learned {
    content: TargetContent,
    judged: Judged,
}

fn learn_target(
    lessons: &Lessons,
    cut: &Cut,
    target: Target,
    seed: u64,
    trials: &mut Vec<Trial>,
    step: &mut impl FnMut(&str),
) -> Result<Learned, LearnError> {
    let params = match target {
        Target::Irregular => Params::irregular(seed),
        Target::Critical => Params::critical(seed),
    };
    // Try each choice of features on the first days and judge it on the days after.
    let mut best: Option<(f64, Vec<usize>, Vec<f64>, Forest)> = None;
    for groups in CHOICES.into_iter().chain([WIDEST]) {
        step(&format!("{target}: trying {} groups of features", groups.len()));
        let columns = columns_of(groups, target);
        let taught = lessons.part(&cut.taught, &columns, target);
        let forest = grow(&taught, columns.len(), &params)?;
        let chosen = lessons.part(&cut.chosen, &columns, target);
        let scores = predict(&forest, &chosen.rows, chosen.labels.len());
        let pr_auc = average_precision(&scores, &chosen.labels, &chosen.weights);
        trials.push(Trial { target, groups: groups.to_vec(), pr_auc });
        let worth = pr_auc.unwrap_or(0.0);
        if best.as_ref().is_none_or(|(so_far, ..)| worth > so_far + WORTH_MORE) {
            best = Some((worth, columns, scores, forest));
        }
    }
    let Some((_, columns, scores, trial)) = best else {
        return Err(LearnError::TooFew { lessons: lessons.len(), irregular: 0 });
    };
    // Calibrate on the days after those taught; a set without both labels needs no slope.
    let chosen = lessons.part(&cut.chosen, &columns, target);
    let platt = match chosen.positives() {
        n if n >= MIN_POSITIVES && n < chosen.labels.len() => {
            Platt::fit(&scores, &chosen.labels, &chosen.weights)?
        }
        _ => Platt::IDENTITY,
    };
    step(&format!("{target}: judging on the last days"));
    let last = lessons.part(&cut.judged, &columns, target);
    let chances: Vec<f64> = predict(&trial, &last.rows, last.labels.len())
        .into_iter()
        .map(|score| platt.chance(score))
        .collect();
    let inspected = column("goods_exact.inspected").unwrap_or(0);
    let is_new: Vec<bool> = cut.judged.iter().map(|n| lessons.is_new(*n, inspected)).collect();
    let judged = Judged::of(&chances, &last.labels, &last.weights, &is_new);

    step(&format!("{target}: learning from all lessons"));
    let all: Vec<usize> = (0..lessons.len()).collect();
    let whole = lessons.part(&all, &columns, target);
    let forest = grow(&whole, columns.len(), &params)?;
    let content = TargetContent {
        features: columns.iter().map(|column| CATALOGUE[*column].code.clone()).collect(),
        params,
        counts: Counts {
            rows: whole.labels.len(),
            positives: whole.positives(),
            weight: whole.weights.iter().sum(),
        },
        platt,
        metrics: judged.all.clone(),
        forest,
    };
    Ok(Learned { content, judged })
}

/// Grows the trees, or takes the base rate where there are too few finds to learn from.
fn grow(part: &Part, width: usize, params: &Params) -> Result<Forest, LearnError> {
    let positives = part.positives();
    if positives < MIN_POSITIVES || positives == part.labels.len() {
        let rate = (positives as f64 + 0.5) / (part.labels.len() as f64 + 1.0);
        let base = (rate / (1.0 - rate)).ln();
        return Ok(Forest::constant(base, width)?);
    }
    Ok(fit(&part.rows, width, &part.labels, &part.weights, params)?)
}

fn predict(forest: &Forest, rows: &[f64], n: usize) -> Vec<f64> {
    let mut scores = vec![0.0; n];
    forest.predict(rows, &mut scores);
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_lessons_count_more_up_to_ten_times() {
        assert_eq!(lesson_weight(None), 1.0);
        assert_eq!(lesson_weight(Some(1.0)), 1.0);
        assert_eq!(lesson_weight(Some(0.25)), 2.0);
        assert_eq!(lesson_weight(Some(1e-9)), 10.0);
    }

    #[test]
    fn a_day_is_never_on_both_sides_of_a_cut() {
        let days: Vec<Day> = (0..1_000).map(|n| Day((n * 7919) % 40)).collect();
        let cut = Cut::of(&days);
        assert_eq!(cut.taught.len() + cut.chosen.len() + cut.judged.len(), days.len());
        let latest = |rows: &[usize]| rows.iter().map(|n| days[*n]).max().unwrap();
        let earliest = |rows: &[usize]| rows.iter().map(|n| days[*n]).min().unwrap();
        assert!(latest(&cut.taught) < earliest(&cut.chosen));
        assert!(latest(&cut.chosen) < earliest(&cut.judged));
    }

    #[test]
    fn each_target_reads_rates_of_its_own_finds() {
        let codes = |target| -> Vec<&str> {
            columns_of(CHOICES[3], target).into_iter().map(|c| CATALOGUE[c].code.as_str()).collect()
        };
        assert!(codes(Target::Irregular).contains(&"pair.irregular_rate"));
        assert!(!codes(Target::Irregular).contains(&"pair.critical_rate"));
        assert!(codes(Target::Critical).contains(&"pair.critical_rate"));
        assert!(!codes(Target::Critical).contains(&"pair.irregular_rate"));
        assert_eq!(columns_of(CHOICES[0], Target::Irregular).len(), 19);
    }
}
