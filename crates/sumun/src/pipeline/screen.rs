//! Screen: consignments that await a decision become assessments by the model in force.

use anyhow::{Context, Result};
use serde_json::json;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::feature;
use targeting::model::Model;
use targeting::screening::{Assessment, Screener};

use super::past_of;
use crate::store::{Store, Tx, assessments, consignments, journal, models};

/// How many consignments are screened at a time: enough that the histories of a busy day are
/// loaded once for many, few enough that a batch and its features stay under 20 MB.
const BATCH: i64 = 8_192;

/// What screening came to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Screened {
    /// The model that screened.
    pub model: String,
    /// How many consignments were screened.
    pub screened: i64,
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
    let mut screened = 0;
    loop {
        let mut tx = store.begin().await?;
        let after = assessments::screened_up_to(&mut tx, &model).await?;
        let waiting = consignments::pending(&mut tx, after, BATCH).await?;
        let Some(last) = waiting.last().map(|stored| stored.id) else { break };
        let (of, waiting): (Vec<(i64, Day)>, Vec<Consignment>) = waiting
            .into_iter()
            .map(|stored| ((stored.id, stored.consignment.arrived_on), stored.consignment))
            .unzip();

        keep(&mut tx, &screener, &model, &of, &waiting, (actor, now)).await?;
        assessments::set_screened_up_to(&mut tx, &model, last).await?;
        tx.commit().await?;
        screened += of.len() as i64;
        progress(screened);
    }
    Ok(Screened { model, screened })
}

/// Screens these consignments now, whatever their turn; those with ids from the register.
pub async fn screen_some(
    tx: &mut Tx,
    (model, screener): (&str, &Screener),
    ids: &[i64],
    by: (&str, i64),
) -> Result<Vec<Assessment>> {
    let stored = consignments::load(tx, ids).await?;
    let (of, consignments): (Vec<(i64, Day)>, Vec<Consignment>) = stored
        .into_iter()
        .map(|stored| ((stored.id, stored.consignment.arrived_on), stored.consignment))
        .unzip();
    keep(tx, screener, model, &of, &consignments, by).await
}

async fn keep(
    tx: &mut Tx,
    screener: &Screener,
    model: &str,
    of: &[(i64, Day)],
    waiting: &[Consignment],
    (actor, now): (&str, i64),
) -> Result<Vec<Assessment>> {
    let past = past_of(tx, screener.extractor(), waiting, None).await?;
    let judged = screener.screen(waiting, &past);
    assessments::insert(tx, model, of, &judged, now).await?;
    journal::record(
        tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "screen".into(),
            subject: format!("model {model}").into(),
            body: json!({
                "model": model,
                "model_hash": screener.model().hash(),
                "ids": [of.first().map(|(id, _)| id), of.last().map(|(id, _)| id)],
                "screened": of.len(),
                "sha256": assessments::digest(of.iter().map(|(id, _)| *id).zip(&judged))?,
            }),
        }],
        now,
    )
    .await?;
    Ok(judged)
}
