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
use targeting::learning::{self, Backtest, Judged, Lessons};
use targeting::model::Model;
use targeting::screening::Screener;

use super::past_of;
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
            .map(|taught| (taught.consignment, (taught.label, taught.propensity)))
            .unzip();
        let past = past_of(&mut tx, &extractor, &consignments, None).await?;
        for (consignment, (label, propensity)) in consignments.iter().zip(results) {
            lessons.push(&extractor, consignment, &past, label, propensity);
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
    let mut features = content.irregular.features.clone();
    features.extend(content.critical.features.iter().cloned());
    features.sort_unstable();
    features.dedup();
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
    Ok(Backtested {
        from,
        to,
        lessons: taught.len(),
        judged: labels.len(),
        features,
        irregular: Judged::of(&irregular, &is(false), &weights, &is_new),
        critical: Judged::of(&critical, &is(true), &weights, &is_new),
    })
}
