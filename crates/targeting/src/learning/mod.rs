//! Learning: outcomes become lessons, lessons become a candidate model with its backtest.
//! Only inspected consignments teach, each weighted by how rarely its like is inspected. Every
//! lesson's features are as of its day of arrival, and what is reported was measured on days
//! later than those learned from. Whether a candidate comes into force is a person's decision.
//! Read `lessons.rs` for what is learned from, `experts.rs` for how, `backtest.rs` for what is
//! reported.

mod backtest;
mod experts;
mod lessons;

use jiff::Timestamp;

use crate::codes::Day;
use crate::feature::{CATALOGUE, Group, Kind, codes};
use crate::model::metrics::average_precision;
use crate::model::{
    FitError, ForestError, LIBRARY, Model, ModelContent, ModelError, Target, TargetContent, Window,
};

pub use backtest::{
    Backtest, CalibrationBin, Effect, EffectPoint, ExpertTrial, Judged, Limit, ModelCard, Slice,
    SliceBy, Span, TargetCard, Trial,
};
use experts::{Later, Study};
use lessons::View;
pub use lessons::{Lesson, Lessons, lesson_weight, missed};

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

/// How the days are cut: the first 85 hundredths teach the trial and choose how it is made, the
/// last 15 judge. Among the former, trees from the days before each origin are tried on the tenth
/// of all lessons that follow it (rolling origin).
struct Cut {
    taught: Vec<usize>,
    judged: Vec<usize>,
    /// What came before each origin, and what was tried after it.
    folds: Vec<(Vec<usize>, Vec<usize>)>,
}

/// Shares of all lessons at which a fold begins.
const ORIGINS: [f64; 3] = [0.55, 0.65, 0.75];
/// Share of all lessons from which the judged days begin.
const JUDGED_FROM: f64 = 0.85;

impl Cut {
    fn of(days: &[Day]) -> Cut {
        let mut order: Vec<usize> = (0..days.len()).collect();
        order.sort_by_key(|n| days[*n]);
        // A day is never on both sides of a cut: its lessons share their histories.
        let rows_before = |share: f64| {
            let day = days[order[((order.len() - 1) as f64 * share) as usize]];
            order.partition_point(|n| days[*n] < day)
        };
        let end = rows_before(JUDGED_FROM);
        let starts: Vec<usize> = ORIGINS.iter().map(|share| rows_before(*share)).collect();
        let ends = starts[1..].iter().copied().chain([end]);
        Cut {
            folds: (starts.iter().zip(ends))
                .map(|(start, end)| (order[..*start].to_vec(), order[*start..end].to_vec()))
                .collect(),
            taught: order[..end].to_vec(),
            judged: order[end..].to_vec(),
        }
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
    let (Some((first, last)), true) =
        (lessons.days(), n >= MIN_LESSONS && irregular >= MIN_POSITIVES && irregular < n)
    else {
        return Err(LearnError::TooFew { lessons: n, irregular });
    };
    let cut = Cut::of(&lessons.days);
    let mut trials = Vec::new();
    let mut study = |target| learn_target(lessons, &cut, target, seed, &mut trials, &mut step);
    let (one, other) = (study(Target::Irregular)?, study(Target::Critical)?);
    let model = |id, irregular, critical| {
        let content = ModelContent {
            id,
            created_at,
            window: Window { first: first.date(), last: last.date() },
            weighting: WEIGHTING.to_owned(),
            library: LIBRARY.to_owned(),
            irregular,
            critical,
        };
        Model::new(content, &codes())
    };
    step("judging on the last days");
    let trial = model("trial".to_owned(), one.trial, other.trial)?;
    let rows: Vec<f64> = cut.judged.iter().flat_map(|n| lessons.row(*n)).copied().collect();
    let is_new: Vec<bool> = cut.judged.iter().map(|n| lessons.is_new(*n)).collect();
    let mut chances = [vec![0.0; cut.judged.len()], vec![0.0; cut.judged.len()]];
    let [of_irregular, of_critical] = &mut chances;
    trial.predict(&rows, CATALOGUE.len(), of_irregular, of_critical);
    let judge = |target, chances: &[f64], experts| {
        let sample = lessons.sample(&cut.judged, &rows, target);
        // What an examination is expected to find is what is there times its detection.
        let found: Vec<f64> =
            chances.iter().zip(&sample.detections).map(|(chance, d)| chance * d).collect();
        let judged = Judged::of(&found, &sample.labels, &sample.weights, &is_new);
        (judged, TargetCard { experts, ..TargetCard::of(&trial, target, &sample, chances) })
    };
    let (irregular, for_irregular) = judge(Target::Irregular, &chances[0], one.experts);
    let (critical, for_critical) = judge(Target::Critical, &chances[1], other.experts);
    let mut card = ModelCard {
        window: Span { first, last },
        lessons: n,
        irregular: lessons.irregular(),
        critical: lessons.critical(),
        with_chance: lessons.with_chance(),
        weak_clears: lessons.weak_clears(),
        for_irregular,
        for_critical,
        limits: Vec::new(),
    };
    card.limits = backtest::limits(&card, &irregular, &critical);
    let span = |rows: &[usize]| {
        let of = |n: Option<&usize>| n.map_or(first, |n| lessons.days[*n]);
        Span { first: of(rows.first()), last: of(rows.last()) }
    };
    let (mut whole, mut of_critical) = (one.whole, other.whole);
    whole.metrics = irregular.all.clone();
    of_critical.metrics = critical.all.clone();
    let backtest = Backtest {
        learned: span(&cut.taught),
        judged: span(&cut.judged),
        trials,
        irregular,
        critical,
        card: Some(card),
    };
    Ok(Candidate { model: model(id, whole, of_critical)?, backtest })
}

/// How lessons are weighed, as the model says of itself.
const WEIGHTING: &str = "square root of 1/chance of inspection, the factor capped at 100; 1 where \
                         no chance was recorded; a clear after a weak examination counts as clean \
                         only as far as it would have found something";

/// A target as it was tried on the last days, and as it is learned from all.
struct Learned {
    trial: TargetContent,
    whole: TargetContent,
    experts: Vec<ExpertTrial>,
}

fn learn_target(
    lessons: &Lessons,
    cut: &Cut,
    target: Target,
    seed: u64,
    trials: &mut Vec<Trial>,
    step: &mut impl FnMut(&str),
) -> Result<Learned, LearnError> {
    // Try each choice of features in the middle fold: as much before it as after is kept back.
    let (before, after) = &cut.folds[cut.folds.len() / 2];
    let mut best: Option<(f64, Vec<usize>)> = None;
    for groups in CHOICES.into_iter().chain([WIDEST]) {
        step(&format!("{target}: trying {} groups of features", groups.len()));
        let study = Study { lessons, target, columns: columns_of(groups, target), seed };
        let scores = study.scores(&study.grow_team(before, &[])?, after);
        let judged = lessons.part(after, &[], target, View::AsArrived);
        let pr_auc = average_precision(scores.shared(), &judged.labels, &judged.weights);
        trials.push(Trial { target, groups: groups.to_vec(), pr_auc });
        let worth = pr_auc.unwrap_or(0.0);
        if best.as_ref().is_none_or(|(so_far, _)| worth > so_far + WORTH_MORE) {
            best = Some((worth, study.columns));
        }
    }
    let columns = best.map_or_else(|| columns_of(CHOICES[0], target), |(_, columns)| columns);
    let study = Study { lessons, target, columns, seed };
    step(&format!("{target}: trying experts"));
    let (shares, mut later) = (study.shares(), Later::default());
    for (before, after) in &cut.folds {
        later.extend(study.scores(&study.grow_team(before, &shares)?, after));
    }
    let (kept, experts) = study.choose(&later)?;
    let team = study.grow_team(&cut.taught, &kept)?;
    let last = study.scores(&team, &cut.judged);
    let trial = study.content(team, &later)?;

    step(&format!("{target}: learning from all lessons"));
    // The days that judged calibrate too, once they have judged.
    later.extend(last);
    let all: Vec<usize> = (0..lessons.len()).collect();
    let whole = study.content(study.grow_team(&all, &kept)?, &later)?;
    Ok(Learned { trial, whole, experts })
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod cuts {
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
        assert_eq!(cut.taught.len() + cut.judged.len(), days.len());
        let latest = |rows: &[usize]| rows.iter().map(|n| days[*n]).max().unwrap();
        let earliest = |rows: &[usize]| rows.iter().map(|n| days[*n]).min().unwrap();
        assert!(latest(&cut.taught) < earliest(&cut.judged));
        for (before, after) in &cut.folds {
            assert!(latest(before) < earliest(after));
            assert!(latest(after) < earliest(&cut.judged));
        }
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
