//! Learn: everything that was inspected becomes lessons, the lessons a candidate model with its
//! backtest. A backtest of another window learns only from what was known before it. Whether a
//! candidate comes into force is decided in `acts/model.rs`.

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use targeting::codes::Day;
use targeting::feature::{self, Extractor, column};
use targeting::learning::{self, Backtest, Judged, Lesson, Lessons};
use targeting::model::metrics::Metrics;
use targeting::model::{Model, Target};
use targeting::screening::Screener;

use super::{default_minutes_each, past_of};
use crate::refusal::Refusal;
use crate::store::{Store, journal, models, outcomes};

/// How many inspected consignments are turned into lessons at a time.
const BATCH: i64 = 8_192;

/// Every lesson known before `until`, each with its features as of its own day.
pub async fn lessons(
    store: &Store,
    until: Day,
    mut progress: impl FnMut(usize),
) -> Result<Lessons> {
    let mut tx = store.read().await?;
    let extractor = Extractor::all();
    let mut lessons = Lessons::default();
    let mut after = 0;
    loop {
        let (taught, last) = outcomes::taught(&mut tx, after, until, BATCH).await?;
        let Some(last) = last else { break };
        let (consignments, results): (Vec<_>, Vec<_>) = taught
            .into_iter()
            .map(|taught| {
                // Where no plan recorded a detection, that usual for the modality stands for it.
                let usual =
                    |modality| default_minutes_each(taught.consignment.regime, modality).detection;
                let detection = taught.detection.or(taught.modality.map(usual)).unwrap_or(1.0);
                let (label, propensity) = (taught.label, taught.propensity);
                (taught.consignment, Lesson { label, propensity, detection })
            })
            .unzip();
        let past = past_of(&mut tx, &extractor, &consignments, None).await?;
        for (consignment, lesson) in consignments.iter().zip(results) {
            lessons.push(&extractor, consignment, &past, lesson);
        }
        after = last;
        progress(lessons.len());
    }
    Ok(lessons)
}

/// Learns a candidate from everything inspected so far and keeps it; gives its name and backtest.
pub async fn learn(
    store: &Store,
    seed: u64,
    (actor, now): (&str, i64),
    progress: impl FnMut(usize),
    step: impl FnMut(&str) + Send,
) -> Result<(String, Backtest)> {
    let lessons = lessons(store, Day::LAST, progress).await?;
    let at = Timestamp::from_microsecond(now).context("the clock is out of range")?;
    let mut tx = store.read().await?;
    let id = models::next_id(&mut tx).await?;
    drop(tx);
    let candidate = tokio::task::block_in_place(|| learning::learn(&lessons, id, at, seed, step))
        .map_err(refused)?;

    let mut tx = store.begin().await?;
    let model = &candidate.model;
    let id = model.content().id.clone();
    let artefact = String::from_utf8(model.to_json()?).context("a model file is text")?;
    let backtest = serde_json::to_string(&candidate.backtest)?;
    models::insert(&mut tx, &id, model.hash(), &artefact, &backtest, now).await?;
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "learn".into(),
            subject: format!("model {id}").into(),
            body: json!({
                "model": id,
                "model_hash": model.hash(),
                "lessons": lessons.len(),
                "irregular": lessons.irregular(),
                "critical": lessons.critical(),
                "seed": seed,
                "backtest_sha256": hex::encode(Sha256::digest(&backtest)),
            }),
        }],
        now,
    )
    .await?;
    tx.commit().await?;
    Ok((id, candidate.backtest))
}

/// Too little to learn from is a person's matter, all else is a fault.
fn refused(error: learning::LearnError) -> anyhow::Error {
    match error {
        learning::LearnError::TooFew { .. } => Refusal::error("too_few_lessons", error.to_string()),
        other => other.into(),
    }
}

/// What a model learned from what was known before a window would have done in the window.
#[derive(Debug, Clone, Serialize)]
pub struct Backtested {
    /// First day of the window.
    pub from: Day,
    /// Last day of the window.
    pub to: Day,
    /// Lessons learned from, all known before the window.
    pub lessons: usize,
    /// Consignments judged.
    pub judged: usize,
    /// Groups of features that the model chose.
    pub features: Vec<String>,
    /// Figures for any irregularity.
    pub irregular: Judged,
    /// Figures for contraband.
    pub critical: Judged,
    /// How many finds were expected.
    pub expected: Expected,
}

/// Expected finds of a window: the sums of the chances.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Expected {
    /// Irregularities.
    pub irregular: f64,
    /// Irregularities among new goods.
    pub irregular_new: f64,
    /// Contraband.
    pub critical: f64,
    /// Contraband among new goods.
    pub critical_new: f64,
}

impl Expected {
    fn all(&self, target: Target) -> f64 {
        match target {
            Target::Irregular => self.irregular,
            Target::Critical => self.critical,
        }
    }

    fn new_goods(&self, target: Target) -> f64 {
        match target {
            Target::Irregular => self.irregular_new,
            Target::Critical => self.critical_new,
        }
    }
}

/// Learns from what was known before `from` and judges the consignments that arrived from `from`
/// to `to` and were inspected, in order of arrival. Nothing that became known within the window
/// is used, unless `running`: then each consignment is judged with the outcomes of earlier days.
pub async fn backtest(
    store: &Store,
    (from, to): (Day, Day),
    running: bool,
    seed: u64,
    mut progress: impl FnMut(usize),
    step: impl FnMut(&str) + Send,
) -> Result<Backtested> {
    let taught = lessons(store, from, &mut progress).await?;
    let candidate = tokio::task::block_in_place(|| {
        learning::learn(&taught, "backtest".to_owned(), Timestamp::UNIX_EPOCH, seed, step)
    })
    .map_err(refused)?;
    let content = candidate.model.content();
    let features: Vec<String> = content.features().into_iter().map(str::to_owned).collect();
    let inspected = column("goods_exact.inspected").context("the catalogue has goods_exact")?;
    let mut columns: Vec<usize> = features.iter().filter_map(|code| column(code)).collect();
    columns.push(inspected);
    columns.sort_unstable();
    columns.dedup();
    let screener = Screener::new(Model::from_json(&candidate.model.to_json()?, &feature::codes())?);
    let extractor = Extractor::of(columns);

    let mut tx = store.read().await?;
    let (mut irregular, mut critical) = (Vec::new(), Vec::new());
    let (mut labels, mut is_new) = (Vec::new(), Vec::new());
    let mut after = 0;
    loop {
        let (inspected_ones, last) = outcomes::taught(&mut tx, after, Day::LAST, BATCH).await?;
        let Some(last) = last else { break };
        after = last;
        let (consignments, found): (Vec<_>, Vec<_>) = inspected_ones
            .into_iter()
            .filter(|taught| (from..=to).contains(&taught.consignment.arrived_on))
            .map(|taught| (taught.consignment, taught.label))
            .unzip();
        if consignments.is_empty() {
            continue;
        }
        let frozen = (!running).then_some(from);
        let past = past_of(&mut tx, &extractor, &consignments, frozen).await?;
        let rows = screener.rows(&consignments, &past);
        let (p_irregular, p_critical) = screener.chances(&rows);
        irregular.extend(p_irregular);
        critical.extend(p_critical);
        let width = feature::CATALOGUE.len();
        let mut row = vec![f64::NAN; width];
        for consignment in &consignments {
            extractor.fill(&targeting::facts::Facts::of(consignment), &past, &mut row);
            is_new.push(row[inspected] == 0.0);
        }
        labels.extend(found);
        progress(labels.len());
    }
    if labels.is_empty() {
        crate::refuse!(
            "empty_window",
            "nothing that arrived from {from} to {to} has been inspected: choose another window \
             with --from and --to"
        );
    }
    let weights = vec![1.0; labels.len()];
    let is = |critical: bool| -> Vec<bool> {
        labels
            .iter()
            .map(|label| if critical { label.critical() } else { label.irregular() })
            .collect()
    };
    let of_new = |chances: &[f64]| -> f64 {
        chances.iter().zip(&is_new).filter(|(_, new)| **new).map(|(chance, _)| chance).sum()
    };
    let expected = Expected {
        irregular: irregular.iter().sum(),
        irregular_new: of_new(&irregular),
        critical: critical.iter().sum(),
        critical_new: of_new(&critical),
    };
    Ok(Backtested {
        expected,
        from,
        to,
        lessons: taught.len(),
        judged: labels.len(),
        features,
        irregular: Judged::of(&irregular, &is(false), &weights, &is_new),
        critical: Judged::of(&critical, &is(true), &weights, &is_new),
    })
}

/// Mean of a figure over the folds that have it, with its 95 % interval (Student's t): how it
/// varies from one window of the past to the next.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct OverFolds {
    /// Mean.
    pub mean: f64,
    /// Lower and upper end of its 95 % interval; none of a single fold.
    pub interval: Option<[f64; 2]>,
    /// Folds that have the figure.
    pub folds: usize,
}

impl OverFolds {
    /// The mean of these figures; none without any.
    pub fn of(figures: &[f64]) -> Option<OverFolds> {
        let n = figures.len();
        let mean = figures.iter().sum::<f64>() / n as f64;
        let squares: f64 = figures.iter().map(|figure| (figure - mean).powi(2)).sum();
        let interval = (n > 1).then(|| {
            let reach = student(n - 1) * (squares / (n - 1) as f64 / n as f64).sqrt();
            [mean - reach, mean + reach]
        });
        (n > 0).then_some(OverFolds { mean, interval, folds: n })
    }
}

/// Student's t at 97.5 % by degrees of freedom; beyond the table, Cornish and Fisher's first term.
fn student(freedom: usize) -> f64 {
    const TABLE: [f64; 11] =
        [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201];
    const Z: f64 = 1.959_964;
    let beyond = Z + (Z.powi(3) + Z) / (4.0 * freedom as f64);
    TABLE.get(freedom.wrapping_sub(1)).copied().unwrap_or(beyond)
}

/// Backtests of windows that follow one another.
#[derive(Debug, Clone, Serialize)]
pub struct Rolled {
    /// Each window's backtest, the earliest first.
    pub folds: Vec<Backtested>,
    /// Means over the folds.
    pub means: Vec<RolledFigures>,
}

/// The figures of one target over the folds.
#[derive(Debug, Clone, Serialize)]
pub struct RolledFigures {
    /// What was told apart.
    pub target: Target,
    /// `all` goods, or `new` ones.
    pub goods: &'static str,
    /// Area under the ROC curve.
    pub auc: Option<OverFolds>,
    /// Average precision.
    pub pr_auc: Option<OverFolds>,
    /// Share of finds in the top 1, 2, 5 and 10 %.
    pub precision: Vec<Option<OverFolds>>,
    /// Mean negative log likelihood.
    pub log_loss: Option<OverFolds>,
    /// Expected finds for each find.
    pub expected_to_found: Option<OverFolds>,
}

impl RolledFigures {
    fn of(target: Target, goods: &'static str, folds: &[Backtested]) -> RolledFigures {
        let judged: Vec<(&Metrics, f64)> = (folds.iter())
            .filter_map(|fold| {
                let judged = match target {
                    Target::Irregular => &fold.irregular,
                    Target::Critical => &fold.critical,
                };
                let (metrics, expected) = match goods {
                    "all" => (&judged.all, fold.expected.all(target)),
                    _ => (&judged.new_goods, fold.expected.new_goods(target)),
                };
                metrics.as_ref().map(|metrics| (metrics, expected))
            })
            .collect();
        let over = |figure: &dyn Fn(&Metrics) -> Option<f64>| {
            OverFolds::of(&judged.iter().filter_map(|(one, _)| figure(one)).collect::<Vec<f64>>())
        };
        let ratios: Vec<f64> = (judged.iter())
            .filter(|(one, _)| one.positives > 0)
            .map(|(one, expected)| expected / one.positives as f64)
            .collect();
        RolledFigures {
            target,
            goods,
            auc: over(&|one| one.auc),
            pr_auc: over(&|one| one.pr_auc),
            precision: (0..4)
                .map(|n| over(&|one| one.top.get(n).map(|top| top.precision)))
                .collect(),
            log_loss: over(&|one| Some(one.log_loss)),
            expected_to_found: OverFolds::of(&ratios),
        }
    }
}

/// Backtests `count` windows of about as many days that follow one another, each judged by a model
/// that learned from what was known before it. The windows cover `from` to `to`; without, the later
/// half of the days on which what was inspected had arrived.
pub async fn rolling(
    store: &Store,
    (from, to): (Option<Day>, Option<Day>),
    count: usize,
    (running, seed): (bool, u64),
    mut progress: impl FnMut(usize),
    mut step: impl FnMut(&str) + Send,
) -> Result<Rolled> {
    let days = lessons(store, Day::LAST, &mut progress).await?.days();
    let Some((first, last)) = days else {
        crate::refuse!(
            "no_outcomes",
            "nothing has been inspected yet: record outcomes, or ingest past ones with \
             --with-outcomes"
        );
    };
    let to = to.unwrap_or(last).min(last);
    let from = from.unwrap_or(Day(first.0 + (to.0 - first.0 + 1) / 2));
    let days = i64::from(to.0) - i64::from(from.0) + 1;
    if days < count as i64 {
        crate::refuse!(
            "short_window",
            "{count} windows do not fit into {from} to {to}: ask for fewer, or give an earlier \
             --from"
        );
    }
    let mut folds = Vec::with_capacity(count);
    for fold in 0..count as i64 {
        let start = |fold: i64| Day(from.0 + (days * fold / count as i64) as i32);
        let window = (start(fold), Day(start(fold + 1).0 - 1));
        let said = |text: &str| step(&format!("Window {} of {count}: {text}", fold + 1));
        folds.push(backtest(store, window, running, seed, &mut progress, said).await?);
    }
    let means = [Target::Irregular, Target::Critical]
        .into_iter()
        .flat_map(|target| ["all", "new"].map(|goods| RolledFigures::of(target, goods, &folds)))
        .collect();
    Ok(Rolled { folds, means })
}
