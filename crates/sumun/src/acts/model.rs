//! Steering a model's life: a person puts a candidate beside the model in force as a challenger,
//! takes it back, puts it in force, returns to the former one, or stops models altogether. Each
//! step names who and why and is journaled; nothing here is ever done by Sumun itself.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use targeting::feature;
use targeting::model::Model;

use crate::store::models::KeptModel;
use crate::store::policies::{self, KeptPolicy, Policy};
use crate::store::{Store, Tx, assessments, consignments, journal, models};

/// The parts of Sumun that act by themselves: none of them may steer a model.
pub const SCHEDULER: &str = "scheduler";

/// Puts a model in force and retires the one that was. A retired model may come back.
///
/// # Errors
/// A refusal without a reason, for a model that is not there or cannot be used, and where the
/// site's policy wants another person than the one who learned it.
pub async fn approve(store: &Store, id: &str, reason: &str, by: (&str, i64)) -> Result<()> {
    let command = format!("sumun model approve {id}");
    has_reason(reason, &command)?;
    is_a_person(by.0)?;
    let mut tx = store.begin().await?;
    let (kept, artefact, _) = found(&mut tx, id).await?;
    if kept.state == "in_force" {
        return Ok(());
    }
    // What cannot be loaded cannot be put in force.
    let model = usable(id, &artefact)?;
    let policy = policies::current(&mut tx).await?;
    let own = kept.learned_by.as_deref().is_some_and(|who| same_person(who, by.0));
    if policy.approvers == 2 && own {
        crate::refuse!(
            "own_model",
            "{} learned model {id}, and this site wants another person to approve it: let someone \
             else run `{command} --reason TEXT --as NAME`",
            by.0
        );
    }
    let retires = models::in_force_id(&mut tx).await?;
    models::approve(&mut tx, id, by.0, reason, by.1).await?;
    let body = json!({
        "model": id,
        "model_hash": model.hash(),
        "reason": reason,
        "was": kept.state,
        "retires": retires,
        "learned_by": kept.learned_by,
    });
    record(&mut tx, "approve", id, body, by).await?;
    tx.commit().await
}

/// Puts a model beside the one in force: it scores all that arrives from now on, selects nothing.
///
/// # Errors
/// A refusal without a model in force, and for a model that is not there, cannot be used or is in
/// force itself.
pub async fn shadow(store: &Store, id: &str, reason: &str, by: (&str, i64)) -> Result<()> {
    is_a_person(by.0)?;
    let mut tx = store.begin().await?;
    let (kept, artefact, _) = found(&mut tx, id).await?;
    let Some(champion) = models::in_force_id(&mut tx).await? else {
        crate::refuse!(
            "no_model",
            "no model is in force, so model {id} would have none to be compared with: approve a \
             first one with `sumun model approve`"
        )
    };
    if kept.state == "challenger" {
        return Ok(());
    }
    if champion == id {
        crate::refuse!("in_force", "model {id} is in force: it cannot be its own challenger");
    }
    let model = usable(id, &artefact)?;
    // Only what arrives from now on: nothing of it can have been known when the model was learned.
    let after = consignments::last_id(&mut tx).await?;
    let scored = assessments::screened_up_to(&mut tx, id).await?.max(after);
    assessments::set_screened_up_to(&mut tx, id, scored).await?;
    models::set_state(&mut tx, id, "challenger").await?;
    let body = json!({
        "model": id,
        "model_hash": model.hash(),
        "reason": reason,
        "was": kept.state,
        "champion": champion,
        "after": after,
    });
    record(&mut tx, "shadow", id, body, by).await?;
    tx.commit().await
}

/// Takes a challenger back: it scores no more. It becomes what it was before.
///
/// # Errors
/// A refusal when the model is no challenger.
pub async fn withdraw(store: &Store, id: &str, reason: &str, by: (&str, i64)) -> Result<String> {
    is_a_person(by.0)?;
    let mut tx = store.begin().await?;
    let (kept, ..) = found(&mut tx, id).await?;
    if kept.state != "challenger" {
        crate::refuse!(
            "no_challenger",
            "model {id} is no challenger but {}: `sumun model list` shows which are",
            kept.state
        );
    }
    let to = match models::life(&mut tx, id).await?.iter().rev().find(|one| one.act == "shadow") {
        Some(step) => step.body["was"].as_str().unwrap_or("candidate").to_owned(),
        None => "candidate".to_owned(),
    };
    models::set_state(&mut tx, id, &to).await?;
    let body = json!({ "model": id, "reason": reason, "to": to });
    record(&mut tx, "withdraw", id, body, by).await?;
    tx.commit().await?;
    Ok(to)
}

/// Returns to the model that was in force before, at once. Gives the model that goes, if one was
/// in force, and the one that comes back.
///
/// The same `request` again by the same person changes nothing and gives the same.
///
/// # Errors
/// A refusal without a reason, or when there is no former model.
pub async fn roll_back(
    store: &Store,
    reason: &str,
    request: Option<&str>,
    by: (&str, i64),
) -> Result<(Option<String>, String)> {
    has_reason(reason, "sumun model rollback")?;
    is_a_person(by.0)?;
    let mut tx = store.begin().await?;
    if let Some(request) = request {
        let done = journal::of_act(&mut tx, "return", by.0).await?;
        for entry in done {
            let body: Value = serde_json::from_str(&entry.body)?;
            if body["request"] == request {
                let back = body["model"].as_str().unwrap_or_default().to_owned();
                return Ok((body["after"].as_str().map(str::to_owned), back));
            }
        }
    }
    let goes = models::in_force_id(&mut tx).await?;
    let Some(back) = models::former(&mut tx).await? else {
        crate::refuse!(
            "no_former",
            "there is no former model to return to: `sumun model stop --reason TEXT` leaves plans \
             to chance alone until another model is approved"
        )
    };
    let (_, artefact, _) = found(&mut tx, &back).await?;
    let model = usable(&back, &artefact)?;
    if let Some(goes) = &goes {
        models::set_state(&mut tx, goes, "rolled_back").await?;
        let body = json!({ "model": goes, "reason": reason, "returns": back });
        record(&mut tx, "rollback", goes, body, by).await?;
    }
    models::set_state(&mut tx, &back, "in_force").await?;
    let body = json!({
        "model": back,
        "model_hash": model.hash(),
        "reason": reason,
        "after": goes,
        "request": request,
    });
    record(&mut tx, "return", &back, body, by).await?;
    tx.commit().await?;
    Ok((goes, back))
}

/// Takes the model in force out of force and puts none in its place: plans are then drawn by
/// chance alone. Gives the model that was stopped.
///
/// # Errors
/// A refusal without a reason, or when no model is in force.
pub async fn stop(store: &Store, reason: &str, by: (&str, i64)) -> Result<String> {
    has_reason(reason, "sumun model stop")?;
    is_a_person(by.0)?;
    let mut tx = store.begin().await?;
    let Some(goes) = models::in_force_id(&mut tx).await? else {
        crate::refuse!("no_model", "no model is in force: plans are drawn by chance alone already")
    };
    models::set_state(&mut tx, &goes, "retired").await?;
    let body = json!({ "model": goes, "reason": reason });
    record(&mut tx, "stop", &goes, body, by).await?;
    tx.commit().await?;
    Ok(goes)
}

/// Changes to the site's policy; what is left out stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct PolicyChange {
    /// New outcomes that make a candidate due.
    pub outcomes_min: Option<i64>,
    /// Finds among them.
    pub finds_min: Option<i64>,
    /// Whether another person than the learner must approve: 2, or 1.
    pub approvers: Option<i64>,
    /// Share explored where an alarm stands.
    pub explore_alarm: Option<f64>,
}

/// Decides on learning, approving and exploring, with a reason; gives what counts from now on.
///
/// # Errors
/// A refusal without a reason, or for a figure outside its range.
pub async fn decide(
    store: &Store,
    change: PolicyChange,
    reason: &str,
    by: (&str, i64),
) -> Result<KeptPolicy> {
    has_reason(reason, "sumun model policy")?;
    is_a_person(by.0)?;
    let mut tx = store.begin().await?;
    let elder = policies::list(&mut tx).await?;
    let was = elder.first().map_or_else(Policy::default, |kept| kept.policy);
    let policy = Policy {
        outcomes_min: change.outcomes_min.unwrap_or(was.outcomes_min),
        finds_min: change.finds_min.unwrap_or(was.finds_min),
        approvers: change.approvers.unwrap_or(was.approvers),
        explore_alarm: change.explore_alarm.unwrap_or(was.explore_alarm),
    };
    let good = policy.outcomes_min > 0
        && policy.finds_min > 0
        && [1, 2].contains(&policy.approvers)
        && policy.explore_alarm > 0.0
        && policy.explore_alarm <= 1.0;
    if !good {
        crate::refuse!(
            "policy",
            "outcomes and finds must be above 0, approvers 1 or 2, and the share explored above 0 \
             and at most 1"
        );
    }
    // Who asked for two persons cannot alone go back to one.
    let raised = elder.iter().take_while(|kept| kept.policy.approvers == 2).last();
    if let Some(raised) =
        raised.filter(|kept| policy.approvers == 1 && same_person(&kept.set_by, by.0))
    {
        crate::refuse!(
            "second_person",
            "{} asked for two persons, so another one has to lower it: let someone else run `sumun \
             model policy --approvers 1 --reason TEXT --as NAME`",
            raised.set_by
        );
    }
    let number = elder.first().map_or(1, |kept| kept.number + 1);
    let (by, now) = by;
    let kept = KeptPolicy { number, policy, set_at: now, set_by: by.into(), reason: reason.into() };
    policies::insert(&mut tx, &kept).await?;
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: by.into(),
            act: "policy".into(),
            subject: format!("policy {number}").into(),
            body: json!({ "number": number, "policy": policy, "reason": reason }),
        }],
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(kept)
}

fn has_reason(reason: &str, command: &str) -> Result<()> {
    if reason.trim().is_empty() {
        crate::refuse!("no_reason", "say why: `{command} --reason TEXT`");
    }
    Ok(())
}

/// True for one name in two spellings of case and blanks.
pub fn same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Sumun never steers a model by itself.
fn is_a_person(actor: &str) -> Result<()> {
    if actor.trim().is_empty() || actor == SCHEDULER {
        crate::refuse!(
            "no_person",
            "a person decides on models, not `{actor}`: say who with --as NAME"
        );
    }
    Ok(())
}

async fn found(tx: &mut Tx, id: &str) -> Result<(KeptModel, String, String)> {
    match models::find(tx, id).await? {
        Some(found) => Ok(found),
        None => crate::refuse!(
            "no_model",
            "there is no model {id}: `sumun model list` shows those there are"
        ),
    }
}

fn usable(id: &str, artefact: &str) -> Result<Model> {
    match Model::from_json(artefact.as_bytes(), &feature::codes()) {
        Ok(model) => Ok(model),
        Err(error) => crate::refuse!("unusable_model", "model {id} cannot be used: {error}"),
    }
}

async fn record(
    tx: &mut Tx,
    act: &str,
    id: &str,
    body: Value,
    (actor, now): (&str, i64),
) -> Result<()> {
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: act.into(),
        subject: format!("model {id}").into(),
        body,
    };
    journal::record(tx, &[entry], now)
        .await
        .with_context(|| format!("while journaling that model {id} was steered"))?;
    Ok(())
}
