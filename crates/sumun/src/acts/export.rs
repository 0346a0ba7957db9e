//! Taking a plan or its queue out of the office: one person asks and says why, another agrees, and
//! who asked fetches the file within a day. What leaves is journaled with the digest of its bytes.

use anyhow::Result;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::account;
use super::account::id_of;
use super::capacity::has_reason;
use super::model::same_person;
use crate::sheet;
use crate::store::export_requests::{self, ExportRequest, LINES};
use crate::store::{Store, journal, plans};

/// An approval holds so long.
pub const GOOD: i64 = 24 * 3_600 * 1_000_000;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// A ULID that the client made.
    pub id: Option<String>,
    /// `plan` or `queue`.
    pub what: String,
    /// The plan.
    pub plan_id: i64,
    /// `csv` or `parquet`.
    pub format: String,
    /// Why.
    pub reason: String,
}

/// Asks to take a plan or its queue out. The same again changes nothing.
///
/// # Errors
/// A refusal without a reason or a plan.
pub async fn ask(store: &Store, of: &Asked, by: (&str, i64)) -> Result<ExportRequest> {
    has_reason(&of.reason)?;
    let known = ["plan", "queue"].contains(&of.what.as_str());
    if !known || !["csv", "parquet"].contains(&of.format.as_str()) {
        crate::refuse!("export", "a plan or a queue goes out, as csv or parquet");
    }
    let id = id_of(of.id.as_deref())?;
    let mut tx = store.begin().await?;
    if let Some(known) = export_requests::find(&mut tx, &id).await? {
        let same = known.what == of.what && known.format == of.format;
        if same && known.plan_id == of.plan_id && known.made_by == by.0 {
            return Ok(known);
        }
        crate::refuse!("idempotency_key", "this id was used before, for another export");
    }
    let Some(plan) = plans::find(&mut tx, of.plan_id).await? else {
        crate::refuse!("no_plan", "there is no plan P-{}", of.plan_id);
    };
    let request = ExportRequest {
        id,
        what: of.what.clone(),
        plan_id: plan.id,
        office: plan.office,
        format: of.format.clone(),
        state: "asked".to_owned(),
        made_by: by.0.to_owned(),
        made_at: by.1,
        reason: of.reason.clone(),
        decided_by: None,
        decided_at: None,
        decided_why: None,
        rows: None,
    };
    export_requests::insert(&mut tx, &request).await?;
    let body = json!({
        "what": request.what,
        "plan": request.plan_id,
        "format": request.format,
        "reason": request.reason,
    });
    record(&mut tx, "ask export", &request.id, body, by).await?;
    tx.commit().await?;
    Ok(request)
}

/// Approves or rejects a request. The same decision again changes nothing.
///
/// # Errors
/// A refusal for one's own, without a reason, and once it was decided otherwise.
pub async fn decide(
    store: &Store,
    id: &str,
    approve: bool,
    reason: &str,
    by: (&str, i64),
) -> Result<ExportRequest> {
    has_reason(reason)?;
    let mut tx = store.begin().await?;
    let request = found(&mut tx, id).await?;
    let to = if approve { "approved" } else { "rejected" };
    if request.state == to {
        return Ok(request);
    }
    if request.state != "asked" {
        crate::refuse!("decided", "this export is {} already", request.state);
    }
    if same_person(&request.made_by, by.0) {
        crate::refuse!("own_export", "{} asked for it, so another person has to decide", by.0);
    }
    account::not_the_makers(&mut tx, &request.made_by, by.0).await?;
    export_requests::decide(&mut tx, id, approve, by, reason).await?;
    let body = json!({ "asked_by": request.made_by, "plan": request.plan_id, "reason": reason });
    let act = if approve { "approve export" } else { "reject export" };
    record(&mut tx, act, id, body, by).await?;
    tx.commit().await?;
    Ok(ExportRequest {
        state: to.to_owned(),
        decided_by: Some(by.0.to_owned()),
        decided_at: Some(by.1),
        decided_why: Some(reason.to_owned()),
        ..request
    })
}

/// The state of a request now: an approval that was not used for a day has expired.
pub fn state(request: &ExportRequest, now: i64) -> &str {
    match request.decided_at {
        Some(at) if request.state == "approved" && at < now - GOOD => "expired",
        _ => &request.state,
    }
}

/// The file of an approved request, for who asked for it.
///
/// # Errors
/// A refusal for others, and while it is not approved.
pub async fn file(store: &Store, id: &str, by: (&str, i64)) -> Result<(ExportRequest, Vec<u8>)> {
    let mut tx = store.read().await?;
    let request = found(&mut tx, id).await?;
    if !same_person(&request.made_by, by.0) {
        crate::refuse!("no_export", "there is no export of yours of this id");
    }
    match state(&request, by.1) {
        "approved" => {}
        "expired" => crate::refuse!("decided", "the approval has expired: ask anew"),
        "rejected" => crate::refuse!("decided", "this export was rejected"),
        _ => crate::refuse!("decided", "another person has to approve it first"),
    }
    let (mut bytes, mut rows) = (Vec::new(), 0);
    let mut sheet = match request.format.as_str() {
        "parquet" => sheet::parquet(&mut bytes, LINES.columns)?,
        _ => sheet::csv(&mut bytes, LINES.columns)?,
    };
    export_requests::each_line(&mut tx, request.plan_id, request.what == "plan", |cells| {
        rows += 1;
        sheet.row(cells)
    })
    .await?;
    sheet.finish()?;
    drop(tx);
    let mut tx = store.begin().await?;
    export_requests::set_rows(&mut tx, id, rows).await?;
    let body = json!({
        "plan": request.plan_id,
        "what": request.what,
        "rows": rows,
        "sha256": hex::encode(Sha256::digest(&bytes)),
        "approved_by": request.decided_by,
    });
    record(&mut tx, "export", id, body, by).await?;
    tx.commit().await?;
    Ok((ExportRequest { rows: Some(rows), ..request }, bytes))
}

async fn found(tx: &mut crate::store::Tx, id: &str) -> Result<ExportRequest> {
    match export_requests::find(tx, id).await? {
        Some(request) => Ok(request),
        None => crate::refuse!("no_export", "there is no export of this id"),
    }
}

async fn record(
    tx: &mut crate::store::Tx,
    act: &str,
    id: &str,
    body: serde_json::Value,
    (actor, now): (&str, i64),
) -> Result<()> {
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: act.into(),
        subject: format!("export {id}").into(),
        body,
    };
    journal::record(tx, &[entry], now).await?;
    Ok(())
}
