//! Screen: consignments that await a decision become assessments by the model in force.

use anyhow::{Context, Result};
use serde_json::json;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::feature;
use targeting::model::Model;
use targeting::screening::{Assessment, Screener};

use super::{facts, past_of, rules};
use crate::store::consignments::Stored;
use crate::store::queue::NewRow;
use crate::store::{Store, Tx, assessments, consignments, journal, models, queue};

/// How many consignments are screened at a time: enough that the histories of a busy day are
/// loaded once for many, few enough that a batch and its features stay under 20 MB.
pub(super) const BATCH: i64 = 8_192;

/// What screening came to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Screened {
    /// The model that screened.
    pub model: String,
    /// How many consignments were screened.
    pub screened: i64,
    /// Of those, how many whose interval reaches into another lane.
    pub unsure: i64,
}

/// The model in force, ready to screen; none before the first approval.
pub async fn screener_in_force(tx: &mut Tx) -> Result<Option<(String, Screener)>> {
    let Some((id, artefact)) = models::in_force(tx).await? else { return Ok(None) };
    let model = Model::from_json(artefact.as_bytes(), &feature::codes())
        .with_context(|| format!("model {id} cannot be used: learn and approve another"))?;
    Ok(Some((id, Screener::new(model))))
}

/// Screens everything that awaits a decision and has not been screened by the model in force.
/// `progress` is called with the number screened so far.
pub async fn screen(
    store: &Store,
    (actor, now): (&str, i64),
    mut progress: impl FnMut(i64),
) -> Result<Screened> {
    let mut tx = store.begin().await?;
    let Some((model, screener)) = screener_in_force(&mut tx).await? else {
        crate::refuse!(
            "no_model",
            "no model is in force: run `sumun learn`, look at its backtest and approve it with \
             `sumun model approve`"
        );
    };
    drop(tx);
    // What waits already is held against rules that began to fire since.
    rules::catch_up(store, (actor, now)).await?;
    let (mut screened, mut unsure) = (0, 0);
    loop {
        let mut tx = store.begin().await?;
        let after = assessments::screened_up_to(&mut tx, &model).await?;
        let waiting = consignments::pending(&mut tx, after, BATCH).await?;
        let Some(last) = waiting.last().map(|stored| stored.id) else { break };

        let kept = keep(&mut tx, &screener, &model, waiting, (actor, now)).await?;
        assessments::set_screened_up_to(&mut tx, &model, last).await?;
        tx.commit().await?;
        screened += kept.len() as i64;
        unsure += kept.iter().filter(|(_, assessment)| assessment.is_unsure()).count() as i64;
        progress(screened);
    }
    // Challengers score the same traffic, beside it.
    super::shadow(store, (actor, now), |_| {}).await?;
    Ok(Screened { model, screened, unsure })
}

/// Screens these consignments now, whatever their turn; gives what is new, in rising order of id.
/// An assessment is immutable, so those that this model has assessed already are left out.
pub async fn screen_some(
    tx: &mut Tx,
    (model, screener): (&str, &Screener),
    ids: &[i64],
    by: (&str, i64),
) -> Result<Vec<(i64, Assessment)>> {
    let stored = consignments::load(tx, ids).await?;
    keep(tx, screener, model, stored, by).await
}

pub(super) async fn keep(
    tx: &mut Tx,
    screener: &Screener,
    model: &str,
    mut waiting: Vec<Stored>,
    (actor, now): (&str, i64),
) -> Result<Vec<(i64, Assessment)>> {
    let ids: Vec<i64> = waiting.iter().map(|stored| stored.id).collect();
    let known = assessments::assessed(tx, model, &ids).await?;
    waiting.retain(|stored| !known.contains(&stored.id));
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let (of, waiting): (Vec<(i64, Day)>, Vec<Consignment>) = waiting
        .into_iter()
        .map(|stored| ((stored.id, stored.consignment.arrived_on), stored.consignment))
        .unzip();
    let book = rules::book(tx, Day::of_micros(now)).await?;
    let asked = facts::union(screener.extractor(), book.reads());
    let past = past_of(tx, &asked, &waiting, None).await?;
    let judged = screener.screen(&waiting, &past);
    assessments::insert(tx, model, &of, &judged, now).await?;
    let queued: Vec<NewRow<'_>> = (of.iter().zip(&waiting).zip(&judged))
        .map(|(((id, _), consignment), judged)| {
            let judged = Some((judged.p_irregular, judged.lane.as_str()));
            NewRow { id: *id, consignment, judged }
        })
        .collect();
    queue::wait(tx, &queued).await?;
    let fired = rules::fire(tx, &book, (&of, &waiting), Some(&past), now).await?;
    facts::keep_screened(tx, &asked, (&of, &waiting), &past, now).await?;
    journal::record(
        tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "screen".into(),
            subject: format!("model {model}").into(),
            body: json!({
                "model": model,
                "model_hash": screener.model().hash(),
                "ids": runs(of.iter().map(|(id, _)| *id)),
                "screened": of.len(),
                "sha256": assessments::digest(of.iter().map(|(id, _)| *id).zip(&judged))?,
                "rules": fired.said,
            }),
        }],
        now,
    )
    .await?;
    Ok(of.into_iter().map(|(id, _)| id).zip(judged).collect())
}

/// Rising ids as runs without a gap, each by its first and last: what lies between two runs was
/// screened by another entry of the journal, or by none.
pub(super) fn runs(ids: impl Iterator<Item = i64>) -> Vec<[i64; 2]> {
    let mut runs: Vec<[i64; 2]> = Vec::new();
    for id in ids {
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == id => *last = id,
            _ => runs.push([id, id]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_just_the_ids() {
        assert_eq!(runs([1, 2, 3, 7, 9, 10].into_iter()), [[1, 3], [7, 7], [9, 10]]);
        assert!(runs(std::iter::empty()).is_empty());
    }
}
