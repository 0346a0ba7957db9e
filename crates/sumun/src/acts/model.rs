//! Approving a model: a person puts a candidate in force, with a reason, having seen its backtest.

use anyhow::Result;
use serde_json::json;
use targeting::feature;
use targeting::model::Model;

use crate::store::{Store, journal, models};

/// Puts a model in force and retires the one that was. A retired model may come back.
pub async fn approve(
    store: &Store,
    id: &str,
    reason: &str,
    (actor, now): (&str, i64),
) -> Result<()> {
    if reason.trim().is_empty() {
        crate::refuse!("no_reason", "say why: `sumun model approve {id} --reason TEXT`");
    }
    let mut tx = store.begin().await?;
    let Some((kept, artefact, _)) = models::find(&mut tx, id).await? else {
        crate::refuse!(
            "no_model",
            "there is no model {id}: `sumun model list` shows those there are"
        )
    };
    if kept.state == "in_force" {
        return Ok(());
    }
    // What cannot be loaded cannot be put in force.
    let model = match Model::from_json(artefact.as_bytes(), &feature::codes()) {
        Ok(model) => model,
        Err(error) => crate::refuse!("unusable_model", "model {id} cannot be used: {error}"),
    };
    models::approve(&mut tx, id, actor, reason, now).await?;
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "approve".into(),
            subject: format!("model {id}").into(),
            body: json!({ "model": id, "model_hash": model.hash(), "reason": reason }),
        }],
        now,
    )
    .await?;
    tx.commit().await
}
