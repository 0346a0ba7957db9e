//! Challengers: models beside the one in force, the comparison of the two, the model card, and the
//! way back. Steering a model is a person's act (`acts/model.rs`); learning one takes minutes and
//! is the command line's or the scheduler's.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use targeting::measuring::duel;
use targeting::screening::Language;
use utoipa::{IntoParams, ToSchema};

use super::measures::Interval;
use super::models::{Approval, Metrics, Model, missing};
use super::words::Target;
use crate::acts;
use crate::pipeline::{self, page};
use crate::rights::EVERYWHERE;
use crate::store::models;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, idempotency_key};
use crate::web::{App, Problem};

/// Why a challenger is put up or taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Put {
    /// Takes the challenger back instead of putting it up.
    #[serde(default)]
    end: bool,
    /// The reason, which the journal keeps.
    #[serde(default)]
    #[schema(max_length = 4_000)]
    reason: String,
}

async fn read(app: &App, name: &Named) -> Result<Json<Model>, Problem> {
    let found = models::find(&mut app.store.read().await?, &name.0).await?;
    let (kept, ..) = found.ok_or_else(|| missing(name))?;
    Ok(Json(kept.into()))
}

/// Puts a model beside the one in force: it scores what arrives from now on and selects nothing.
/// With `end`, takes it back.
#[utoipa::path(
    post,
    path = "/models/{id}/shadow",
    tag = "models",
    params(("id" = String, Path, description = "The model's name, such as M-2.")),
    request_body = Put,
    responses(
        (status = 200, description = "The model as it is now.", body = Model),
        (status = 404, description = "There is none of this name.", body = ProblemBody),
        (status = 409, description = "It cannot be a challenger.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn shadow_model(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(put): Body<Put>,
) -> Result<Json<Model>, Problem> {
    caller.may(Action::ApproveModel, EVERYWHERE)?;
    Approval { reason: put.reason.clone() }.read(false)?;
    let _known = read(&app, &name).await?;
    if put.end {
        acts::model::withdraw(&app.store, &name.0, &put.reason, caller.by()).await?;
    } else {
        acts::model::shadow(&app.store, &name.0, &put.reason, caller.by()).await?;
    }
    read(&app, &name).await
}

/// What is counted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Counted {
    /// What is counted; any irregularity when left out.
    #[param(inline)]
    target: Option<Target>,
}

/// How one of two models did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Side {
    /// Its name.
    model: String,
    /// Irregular consignments in the lists that it would have opened.
    finds: Interval,
    /// Of its lists, how many were inspected all the same.
    inspected: u64,
    /// Finds among those.
    found: u64,
    /// Share of those that are finds.
    precision: Option<Interval>,
    /// Irregular consignments that it expected in all of the traffic.
    expected: f64,
    /// Its ranking and chances against the drawn inspections, weighted by one over their chances.
    metrics: Option<Metrics>,
}

/// A challenger against the model in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// What is counted.
    target: Target,
    /// Plans that both scored and that have outcomes.
    plans: u64,
    /// Consignments in them.
    consignments: u64,
    /// Inspections that each list has.
    slots: u64,
    /// Share of the places that both would open.
    agreement: Option<Interval>,
    /// Mean distance of their chances.
    distance: Option<f64>,
    /// Irregular consignments in the traffic, estimated by known chances.
    irregular: Interval,
    /// The model in force.
    champion: Side,
    /// The challenger.
    challenger: Side,
    /// Finds of the challenger less those of the model in force.
    difference: Interval,
    /// `nothing`, `open`, `challenger` or `champion`.
    #[schema(example = "open")]
    verdict: String,
}

/// Compares a challenger with the model in force on the traffic that both scored.
#[utoipa::path(
    get,
    path = "/models/{id}/comparison",
    tag = "models",
    params(("id" = String, Path, description = "The challenger's name, such as M-2."), Counted),
    responses(
        (status = 200, description = "The comparison.", body = Comparison),
        (status = 404, description = "There is none of this name.", body = ProblemBody),
        (status = 409, description = "It is no challenger.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn compare_models(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Asked(counted): Asked<Counted>,
) -> Result<Json<Comparison>, Problem> {
    caller.may_somewhere(Action::ReadModel)?;
    let _known = read(&app, &name).await?;
    let target = counted.target.unwrap_or(Target::Irregular);
    let compared = pipeline::compare(&app.store, Some(&name.0), target.into()).await?;
    let duel = compared.duel;
    let side = |model: String, side: duel::Side| Side {
        model,
        finds: side.finds.into(),
        inspected: side.inspected,
        found: side.found,
        precision: side.precision.map(Into::into),
        expected: side.expected,
        metrics: side.metrics.map(Into::into),
    };
    let verdict = match duel.verdict {
        duel::Verdict::Nothing => "nothing",
        duel::Verdict::Open => "open",
        duel::Verdict::Challenger => "challenger",
        duel::Verdict::Champion => "champion",
    };
    Ok(Json(Comparison {
        target,
        plans: duel.plans,
        consignments: duel.consignments,
        slots: duel.slots,
        agreement: duel.agreement.map(Into::into),
        distance: duel.distance,
        irregular: duel.irregular.into(),
        champion: side(compared.champion, duel.champion),
        challenger: side(compared.challenger, duel.challenger),
        difference: duel.difference.into(),
        verdict: verdict.to_owned(),
    }))
}

/// Returns to the model that was in force before, at once. With the header `Idempotency-Key`, the
/// same request sent again returns no further, and is answered alike.
#[utoipa::path(
    post,
    path = "/models/rollback",
    tag = "models",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 100 characters.")),
    request_body = Approval,
    responses(
        (status = 200, description = "The model that is in force again.", body = Model),
        (status = 409, description = "There is no former model.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn roll_back_model(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(approval): Body<Approval>,
) -> Result<Json<Model>, Problem> {
    caller.may(Action::ApproveModel, EVERYWHERE)?;
    approval.read(true)?;
    let (reason, key) = (&approval.reason, idempotency_key(&headers)?);
    let (_, back) = acts::model::roll_back(&app.store, reason, key, caller.by()).await?;
    read(&app, &Named(back)).await
}

/// Takes the model in force out of force: plans are then drawn by chance alone.
#[utoipa::path(
    post,
    path = "/models/stop",
    tag = "models",
    request_body = Approval,
    responses(
        (status = 200, description = "The model that was stopped.", body = Model),
        (status = 409, description = "No model is in force.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn stop_model(
    State(app): State<App>,
    caller: Caller,
    Body(approval): Body<Approval>,
) -> Result<Json<Model>, Problem> {
    caller.may(Action::ApproveModel, EVERYWHERE)?;
    approval.read(true)?;
    let goes = acts::model::stop(&app.store, &approval.reason, caller.by()).await?;
    read(&app, &Named(goes)).await
}

/// Reads the model card, in Korean and English, as a page that stands alone.
#[utoipa::path(
    get,
    path = "/models/{id}/card",
    tag = "models",
    params(("id" = String, Path, description = "The model's name, such as M-2.")),
    responses(
        (status = 200, description = "The card.", body = String, content_type = "text/html"),
        (status = 404, description = "There is none of this name.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_model_card(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Response, Problem> {
    caller.may_somewhere(Action::ReadModel)?;
    let card = pipeline::card(&app.store, &name.0).await?.ok_or_else(|| missing(&name))?;
    let page = page::html(&card, &[Language::Ko, Language::En]);
    // The page has its looks within it and loads nothing; it gets a policy that allows just that.
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'; sandbox",
        ),
    ];
    Ok((headers, page).into_response())
}
