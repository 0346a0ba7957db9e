//! Draws which silent scans of a plan are unpacked all the same. The answers come from the plan's
//! own seed, so they can be drawn again, and nobody knows them before the scan is recorded. What
//! comes of it: `pipeline/measure.rs`.

use anyhow::{Context, Result, anyhow};
use serde::Serialize;
use serde_json::json;
use targeting::consignment::ConsignmentId;
use targeting::measuring::TwoStep;
use targeting::plan::Seed;

use crate::store::verifications::{self, Verification};
use crate::store::{Store, journal, plans};

/// What the draw came to.
#[derive(Debug, Clone, Serialize)]
pub struct Drawn {
    /// The plan.
    pub plan: i64,
    /// Chance with which a silent scan is unpacked.
    pub share: f64,
    /// Silent scans that had no answer yet.
    pub silent: usize,
    /// Declarations that are to be unpacked.
    pub unpack: Vec<String>,
}

/// Answers each silent scan of a plan that has no answer yet; asking again changes nothing.
pub async fn draw(
    store: &Store,
    plan_id: i64,
    share: f64,
    (actor, now): (&str, i64),
) -> Result<Drawn> {
    if !(share > 0.0 && share <= 1.0) {
        crate::refuse!(
            "share",
            "the share is {share}: give one above 0 and at most 1, such as 0.2"
        );
    }
    let mut tx = store.begin().await?;
    let Some(plan) = plans::find(&mut tx, plan_id).await? else {
        crate::refuse!("no_plan", "there is no plan P-{plan_id}: `sumun export plans` lists them")
    };
    let seed: [u8; 32] = hex::decode(&plan.seed)
        .context("the plan's seed")?
        .try_into()
        .map_err(|_| anyhow!("the seed of plan P-{plan_id} has not 32 bytes"))?;
    let seed = Seed::from_bytes(seed);
    let two_step = TwoStep { verified: share, thought: 1.0 };
    let silent = verifications::silent(&mut tx, plan_id).await?;
    let mut answers = Vec::with_capacity(silent.len());
    let mut unpack = Vec::new();
    for (consignment_id, reference) in &silent {
        let drawn = two_step.wants(&seed, &ConsignmentId(*consignment_id).to_string());
        answers.push(Verification { consignment_id: *consignment_id, share, drawn });
        if drawn {
            unpack.push(reference.clone());
        }
    }
    let drawn = Drawn { plan: plan_id, share, silent: silent.len(), unpack };
    if answers.is_empty() {
        return Ok(drawn);
    }
    verifications::insert(&mut tx, plan_id, &answers, now).await?;
    let ids = |wanted: bool| -> Vec<i64> {
        let of = answers.iter().filter(|answer| answer.drawn == wanted);
        of.map(|answer| answer.consignment_id).collect()
    };
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "verify scans".into(),
            subject: format!("plan {plan_id}").into(),
            body: json!({ "share": share, "unpack": ids(true), "leave": ids(false) }),
        }],
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(drawn)
}
