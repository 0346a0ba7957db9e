//! Rules: one person drafts a version and puts it in shadow, where it fires and selects nothing;
//! another approves it, and it is in force until its last day, until it is retired, or until a
//! newer version takes its place. A version never changes; what is changed is drafted anew.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use targeting::codes::Day;
use targeting::rule::{Rule, condition};

use super::account::{self, id_of};
use super::model::{SCHEDULER, same_person};
use crate::store::rules::{self, Kept};
use crate::store::{Store, Tx, journal};

/// Drafts a version of a rule. An older draft of the same rule is replaced; the same request again
/// changes nothing.
///
/// # Errors
/// A refusal for a rule that is not whole or whose condition does not check.
pub async fn draft(
    store: &Store,
    request: Option<&str>,
    rule: &Rule,
    by: (&str, i64),
) -> Result<Kept> {
    is_whole(rule)?;
    is_a_person(by.0)?;
    has_days_left((&rule.code, rule.valid_until), by.1)?;
    let request_id = id_of(request)?;
    let document = serde_json::to_string(rule)?;
    let mut tx = store.begin().await?;
    if let Some(known) = rules::by_request(&mut tx, &request_id).await? {
        if known.rule == *rule && same_person(&known.drafted.0, by.0) {
            return Ok(known);
        }
        crate::refuse!("idempotency_key", "this id was used before, for another rule");
    }
    let elder = rules::of_code(&mut tx, &rule.code).await?;
    for one in elder.iter().filter(|one| one.state == "draft") {
        rules::end(&mut tx, one.id, "replaced", by).await?;
    }
    let new = Kept {
        id: rules::next_id(&mut tx).await?,
        version: elder.first().map_or(1, |newest| newest.version + 1),
        request_id,
        rule: rule.clone(),
        sha256: hex::encode(Sha256::digest(&document)),
        state: "draft".to_owned(),
        drafted: (by.0.to_owned(), by.1),
        shadow: None,
        approved: None,
        ended: None,
    };
    rules::insert(&mut tx, &new, &document).await?;
    let body = json!({
        "rule": new.id,
        "code": rule.code,
        "version": new.version,
        "sha256": new.sha256,
        "document": rule,
    });
    record(&mut tx, "rule_draft", &rule.code, body, by).await?;
    tx.commit().await?;
    Ok(new)
}

/// Puts a draft in shadow: it fires on whatever is screened, and selects nothing. Another version
/// of the same rule that is in shadow ends there. The same again changes nothing.
///
/// # Errors
/// A refusal without a reason, and for what is no draft.
pub async fn shadow(
    store: &Store,
    (code, version): (&str, i64),
    reason: &str,
    by: (&str, i64),
) -> Result<Kept> {
    let (mut tx, all) = ordered(store, code, reason, by).await?;
    let of = found(&all, (code, version))?;
    if of.state == "shadow" {
        return Ok(of.clone());
    }
    if of.state != "draft" {
        crate::refuse!(
            "no_draft",
            "version {version} of {code} is no draft but {}: draft a new version",
            of.state
        );
    }
    not_over(of, by.1)?;
    for one in all.iter().filter(|one| one.state == "shadow") {
        rules::end(&mut tx, one.id, "replaced", by).await?;
    }
    rules::set_shadow(&mut tx, of.id, by).await?;
    step(tx, "rule_shadow", of, (reason, None), by).await?;
    again(store, (code, version)).await
}

/// Puts a version in force, after another person drafted it and it has been in shadow. The version
/// that was in force ends when this one begins: at once, or on its first day, should that come
/// later. The same again changes nothing.
///
/// # Errors
/// A refusal without a reason, for what is not in shadow, and for one's own rule: one that the same
/// person drafted or put in shadow, or somebody of whose account one made the other.
pub async fn approve(
    store: &Store,
    (code, version): (&str, i64),
    reason: &str,
    by: (&str, i64),
) -> Result<Kept> {
    let (mut tx, all) = ordered(store, code, reason, by).await?;
    let of = found(&all, (code, version))?;
    if of.state == "in_force" {
        return Ok(of.clone());
    }
    if of.state != "shadow" {
        crate::refuse!(
            "not_in_shadow",
            "version {version} of {code} is not in shadow but {}: a rule fires in shadow before \
             it selects, so that everyone sees how often",
            of.state
        );
    }
    let own = [Some(&of.drafted), of.shadow.as_ref()];
    if own.into_iter().flatten().any(|(who, _)| same_person(who, by.0)) {
        crate::refuse!(
            "second_person",
            "{} drafted version {version} of {code} or put it in shadow: another person has to \
             approve it",
            by.0
        );
    }
    for (who, _) in own.into_iter().flatten() {
        account::two_persons(&mut tx, who, by.0).await?;
    }
    not_over(of, by.1)?;
    // Fields and indicators keep their names, but a newer Sumun may know more mistakes.
    is_whole(&of.rule)?;
    let mut replaced = Vec::new();
    for one in all.iter().filter(|one| one.state == "in_force") {
        // What begins before this one counts until then; `expire` ends it on that day.
        let goes_on =
            of.rule.valid_from > Day::of_micros(by.1) && one.rule.valid_from < of.rule.valid_from;
        if !goes_on {
            rules::end(&mut tx, one.id, "replaced", by).await?;
            replaced.push(one.id);
        }
    }
    rules::set_in_force(&mut tx, of.id, by).await?;
    step(tx, "rule_approve", of, (reason, Some(&replaced)), by).await?;
    again(store, (code, version)).await
}

/// Retires a version: it fires no more. The same again changes nothing.
///
/// # Errors
/// A refusal without a reason, and for what is at its end already.
pub async fn retire(
    store: &Store,
    (code, version): (&str, i64),
    reason: &str,
    by: (&str, i64),
) -> Result<Kept> {
    let (mut tx, all) = ordered(store, code, reason, by).await?;
    let of = found(&all, (code, version))?;
    match of.state.as_str() {
        "retired" => return Ok(of.clone()),
        "draft" | "shadow" | "in_force" => {}
        state => crate::refuse!(
            "rule_ended",
            "version {version} of {code} has ended already: it is {state}"
        ),
    }
    rules::end(&mut tx, of.id, "retired", by).await?;
    step(tx, "rule_retire", of, (reason, None), by).await?;
    again(store, (code, version)).await
}

/// Ends whatever is past its last day, and whatever a version that has begun takes the place of,
/// within a transaction; gives how many versions that were.
///
/// # Errors
/// When the store fails.
pub async fn expire(tx: &mut Tx, now: i64) -> Result<usize> {
    let day = Day::of_micros(now);
    let mut ended = 0;
    // Each is asked for after the other was done, so that no version ends twice.
    for (to, act) in [("replaced", "rule_replace"), ("expired", "rule_expire")] {
        let over = match to {
            "replaced" => rules::succeeded(tx, day).await?,
            _ => rules::overdue(tx, day).await?,
        };
        for one in &over {
            rules::end(tx, one.id, to, (SCHEDULER, now)).await?;
            let body = json!({
                "rule": one.id,
                "version": one.version,
                "was": one.state,
                "valid_until": one.rule.valid_until,
            });
            record(tx, act, &one.rule.code, body, (SCHEDULER, now)).await?;
        }
        ended += over.len();
    }
    Ok(ended)
}

/// Begins what a person orders, for a reason: with all versions of the rule.
async fn ordered(
    store: &Store,
    code: &str,
    reason: &str,
    (by, now): (&str, i64),
) -> Result<(Tx, Vec<Kept>)> {
    has_reason(reason)?;
    is_a_person(by)?;
    let mut tx = store.begin().await?;
    // What has begun has taken the former's place, even if it is retired now.
    expire(&mut tx, now).await?;
    let all = rules::of_code(&mut tx, code).await?;
    Ok((tx, all))
}

fn found<'a>(all: &'a [Kept], (code, version): (&str, i64)) -> Result<&'a Kept> {
    match all.iter().find(|one| one.version == version) {
        Some(found) => Ok(found),
        None => crate::refuse!("no_rule", "there is no version {version} of a rule {code}"),
    }
}

async fn again(store: &Store, of: (&str, i64)) -> Result<Kept> {
    let all = rules::of_code(&mut store.read().await?, of.0).await?;
    found(&all, of).cloned()
}

/// Holds that a rule can be kept.
///
/// # Errors
/// A refusal that names the first thing that is wrong.
pub fn is_whole(rule: &Rule) -> Result<()> {
    if let Some(wrong) = rule.faults().first() {
        crate::refuse!("rule_text", "{}: {}", wrong.field, wrong.en);
    }
    if let Err(faults) = condition(&rule.condition)
        && let Some(first) = faults.first()
    {
        let instead = first.suggestion.iter().map(|one| format!(" Do you mean `{one}`?"));
        crate::refuse!(
            "rule_condition",
            "line {}, column {} of the condition: {}{}",
            first.line,
            first.column,
            first.en,
            instead.collect::<String>()
        );
    }
    Ok(())
}

fn not_over(of: &Kept, now: i64) -> Result<()> {
    if of.rule.valid_until < Day::of_micros(now) {
        crate::refuse!(
            "rule_dates",
            "the last day of version {} of {} is over: draft a version with later dates",
            of.version,
            of.rule.code
        );
    }
    Ok(())
}

/// Holds that a rule that is drafted has a day left on which it may fire.
fn has_days_left((code, last): (&str, Day), now: i64) -> Result<()> {
    if last < Day::of_micros(now) {
        crate::refuse!(
            "rule_dates",
            "the last day of rule {code} as it is written, {last}, is over: give it a later \
             `valid_until` and draft it again"
        );
    }
    Ok(())
}

fn has_reason(reason: &str) -> Result<()> {
    let count = reason.chars().count();
    if reason.trim().is_empty() {
        crate::refuse!("no_reason", "say why: what is done to a rule has a reason");
    }
    if count > 4_000 || reason.contains('\0') {
        crate::refuse!("text", "a reason has at most 4000 characters, none of them NUL");
    }
    Ok(())
}

/// Sumun never steers a rule by itself, but for its last day.
fn is_a_person(actor: &str) -> Result<()> {
    if actor.trim().is_empty() || actor == SCHEDULER {
        crate::refuse!("no_person", "a person steers rules, not `{actor}`: say who with --as NAME");
    }
    Ok(())
}

/// Journals a step with its reason, and which versions it ended, where it may end some.
async fn step(
    mut tx: Tx,
    act: &str,
    of: &Kept,
    (reason, replaces): (&str, Option<&[i64]>),
    by: (&str, i64),
) -> Result<()> {
    let mut body = json!({
        "rule": of.id,
        "version": of.version,
        "sha256": of.sha256,
        "was": of.state,
        "reason": reason,
    });
    if let Some(replaces) = replaces {
        body["replaces"] = json!(replaces);
        body["valid_from"] = json!(of.rule.valid_from);
    }
    record(&mut tx, act, &of.rule.code, body, by).await?;
    tx.commit().await
}

async fn record(
    tx: &mut Tx,
    act: &str,
    code: &str,
    body: Value,
    (actor, now): (&str, i64),
) -> Result<()> {
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: act.into(),
        subject: format!("rule {code}").into(),
        body,
    };
    journal::record(tx, &[entry], now)
        .await
        .with_context(|| format!("while journaling what was done to rule {code}"))?;
    Ok(())
}
