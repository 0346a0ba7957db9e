//! Exports: taking a plan or its queue out of the office, which a second person agrees to.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::offices::Verdict;
use super::{List, time};
use crate::acts::export::{self, Asked as AskedFor};
use crate::config::now;
use crate::rights::{Circumstances, Offices};
use crate::store::export_requests::{self, ExportRequest};
use crate::store::plans;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place, request_id};
use crate::web::{App, Problem};

/// A request to take something out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportSaid {
    /// Its id.
    id: String,
    /// `plan` for what was drawn, `queue` for every candidate.
    what: String,
    /// The plan.
    #[schema(example = "P-7")]
    plan: String,
    /// The plan's office.
    office: String,
    /// `csv` or `parquet`.
    format: String,
    /// `asked`, `approved`, `rejected`, or `expired` a day after it was approved.
    state: String,
    /// Who asks.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
    /// Who decided.
    decided_by: Option<String>,
    /// When.
    decided_at: Option<String>,
    /// Why.
    decided_why: Option<String>,
    /// Rows of the file, once it was fetched.
    rows: Option<i64>,
}

impl From<ExportRequest> for ExportSaid {
    fn from(of: ExportRequest) -> ExportSaid {
        ExportSaid {
            state: export::state(&of, now()).to_owned(),
            id: of.id,
            what: of.what,
            plan: format!("P-{}", of.plan_id),
            office: of.office,
            format: of.format,
            by: of.made_by,
            at: time(of.made_at),
            reason: of.reason,
            decided_by: of.decided_by,
            decided_at: of.decided_at.map(time),
            decided_why: of.decided_why,
            rows: of.rows,
        }
    }
}

/// What is to be taken out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportOrder {
    /// A ULID that the client made, so that the same request asks once.
    id: Option<String>,
    /// `plan` for what was drawn, `queue` for every candidate.
    #[schema(example = "plan")]
    what: String,
    /// The plan.
    #[schema(example = "P-7")]
    plan: String,
    /// `csv` or `parquet`.
    #[schema(example = "csv")]
    format: String,
    /// Why.
    #[schema(min_length = 1, max_length = 4_000)]
    reason: String,
}

/// Asks to take a plan or its queue out, for another person to decide on.
#[utoipa::path(
    post,
    path = "/exports",
    tag = "exports",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 100 characters.")),
    request_body = ExportOrder,
    responses(
        (status = 200, description = "The request.", body = ExportSaid),
        (status = 404, description = "There is no plan of this number.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn ask_export(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(order): Body<ExportOrder>,
) -> Result<Json<ExportSaid>, Problem> {
    caller.may_somewhere(Action::AskExport)?;
    let missing = || Problem::missing("no_plan", "There is no plan of this number.");
    let plan_id = Named(order.plan).number("P-").ok_or_else(missing)?;
    let plan = plans::find(&mut app.store.read().await?, plan_id).await?.ok_or_else(missing)?;
    let circumstances = Circumstances { released: plan.released_at() <= now(), drawn: false };
    let may = caller.can(Action::AskExport, &plan.office, circumstances)?
        && caller.can(Action::ReadPlan, &plan.office, circumstances)?;
    if !may {
        return Err(missing());
    }
    let asked = AskedFor {
        id: request_id(order.id, &headers)?,
        what: order.what,
        plan_id,
        format: order.format,
        reason: order.reason,
    };
    Ok(Json(export::ask(&app.store, &asked, caller.by()).await?.into()))
}

/// Which exports are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichExports {
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// The offices whose exports somebody may see: those where they ask or decide.
fn own(caller: &Caller) -> Result<Offices, Problem> {
    let ask = caller.offices_or_none(Action::AskExport, Circumstances::default())?;
    let decide = caller.offices_or_none(Action::ApproveExport, Circumstances::default())?;
    match (ask, decide) {
        (Offices::Only(a), Offices::Only(b)) if a.is_empty() && b.is_empty() => {
            caller.offices(Action::AskExport)
        }
        (Offices::Only(a), Offices::Only(b)) => Ok(Offices::Only([a, b].concat())),
        _ => Ok(Offices::All),
    }
}

/// Lists exports, the latest first.
#[utoipa::path(
    get,
    path = "/exports",
    tag = "exports",
    params(WhichExports),
    responses(
        (status = 200, description = "A page of exports.", body = List<ExportSaid>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_exports(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichExports>,
) -> Result<Json<List<ExportSaid>>, Problem> {
    let own = own(&caller)?;
    let limit = page_size(asked.limit)?;
    let before: Option<(i64, String)> = place(asked.cursor.as_deref())?;
    let mut tx = app.store.read().await?;
    let mut kept = export_requests::page(&mut tx, &own, before.as_ref(), limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next =
        kept.last().filter(|_| more).and_then(|last| cursor(&(last.made_at, last.id.as_str())));
    Ok(Json(List { items: kept.into_iter().map(ExportSaid::from).collect(), next }))
}

fn missing() -> Problem {
    Problem::missing("no_export", "There is no export of this id.")
}

/// A request of the caller's offices; others are as if they were not there.
async fn found(
    app: &App,
    caller: &Caller,
    action: Action,
    name: &Named,
) -> Result<ExportRequest, Problem> {
    caller.may_somewhere(action)?;
    let kept = export_requests::find(&mut app.store.read().await?, &name.0).await?;
    let kept = kept.ok_or_else(missing)?;
    match caller.can(action, &kept.office, Circumstances::default())? {
        true => Ok(kept),
        false => Err(missing()),
    }
}

async fn decide(
    app: &App,
    caller: &Caller,
    name: &Named,
    approve: bool,
    verdict: &Verdict,
) -> Result<Json<ExportSaid>, Problem> {
    let kept = found(app, caller, Action::ApproveExport, name).await?;
    let reason = &verdict.reason;
    Ok(Json(export::decide(&app.store, &kept.id, approve, reason, caller.by()).await?.into()))
}

/// Agrees that something is taken out that another person asked for.
#[utoipa::path(
    post,
    path = "/exports/{id}/approve",
    tag = "exports",
    params(("id" = String, Path, description = "The export's id.")),
    request_body = Verdict,
    responses(
        (status = 200, description = "The request.", body = ExportSaid),
        (status = 403, description = "It is one's own.", body = ProblemBody),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn approve_export(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(verdict): Body<Verdict>,
) -> Result<Json<ExportSaid>, Problem> {
    decide(&app, &caller, &name, true, &verdict).await
}

/// Refuses that something is taken out that another person asked for.
#[utoipa::path(
    post,
    path = "/exports/{id}/reject",
    tag = "exports",
    params(("id" = String, Path, description = "The export's id.")),
    request_body = Verdict,
    responses(
        (status = 200, description = "The request.", body = ExportSaid),
        (status = 403, description = "It is one's own.", body = ProblemBody),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn reject_export(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(verdict): Body<Verdict>,
) -> Result<Json<ExportSaid>, Problem> {
    decide(&app, &caller, &name, false, &verdict).await
}

/// Fetches the file of an approved export that one asked for. In a CSV, no cell is one that a
/// spreadsheet would compute.
#[utoipa::path(
    get,
    path = "/exports/{id}/file",
    tag = "exports",
    params(("id" = String, Path, description = "The export's id.")),
    responses(
        (status = 200, description = "The file.", body = String, content_type = "text/csv"),
        (status = 404, description = "There is none of one's own of this id.", body = ProblemBody),
        (status = 409, description = "It is not approved, or no more.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_export_file(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Response, Problem> {
    let kept = found(&app, &caller, Action::AskExport, &name).await?;
    // What one must not read any more is not fetched either.
    found(&app, &caller, Action::ReadPlan, &name).await?;
    let (request, bytes) = export::file(&app.store, &kept.id, caller.by()).await?;
    let kind = match request.format.as_str() {
        "parquet" => "application/vnd.apache.parquet",
        _ => "text/csv; charset=utf-8",
    };
    let file = format!("{}-P-{}.{}", request.what, request.plan_id, request.format);
    let named = format!("attachment; filename=\"{file}\"");
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, named)], bytes).into_response())
}
