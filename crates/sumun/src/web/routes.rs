//! Every route of the server on one page. A handler's name is its operation's id in the OpenAPI
//! document, which is made from the same handlers and committed as `openapi.json`.

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::{Router, middleware};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{
    challengers, consignments, defects, health, journal, measures, models, outcomes, plans, session,
};
use super::request::BODY_LIMIT;
use super::{App, Problem, assets, guard};

/// The document's frame; the operations join it from their handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sumun",
        description = "Decides which consignments to open, with what and why; learns from the \
                       outcomes; and measures what gets past. Every answer that is no success has \
                       the one shape `Problem`. A list answers with `items` and `next`, the \
                       cursor of the page after. Times are RFC 3339 in UTC."
    ),
    tags(
        (name = "session", description = "Signing in and out, and what one sees of oneself."),
        (name = "consignments", description = "What arrives, and how it is judged."),
        (name = "plans", description = "A shift's inspections, drawn with known chances."),
        (name = "outcomes", description = "What inspections came to."),
        (name = "measures", description = "What gets past, and what each channel yields."),
        (name = "models", description = "What judges, and who approved it."),
        (name = "defects", description = "What was wrong with records."),
        (name = "journal", description = "Proof of who did what, and why."),
        (name = "server", description = "How the server is doing.")
    )
)]
struct Frame;

fn api() -> OpenApiRouter<App> {
    let v1 = OpenApiRouter::new()
        .routes(routes!(session::read_welcome))
        .routes(routes!(
            session::sign_in,
            session::read_session,
            session::change_session,
            session::sign_out
        ))
        .routes(routes!(session::choose_password))
        .routes(routes!(session::offer_totp, session::remove_totp))
        .routes(routes!(session::confirm_totp))
        .routes(routes!(session::list_sessions))
        .routes(routes!(session::end_session))
        .routes(routes!(session::redeem_invitation))
        .routes(routes!(consignments::list_consignments, consignments::screen_consignments))
        .routes(routes!(consignments::read_consignment))
        .routes(routes!(plans::list_plans, plans::draw_plans))
        .routes(routes!(plans::read_plan))
        .routes(routes!(plans::list_selections))
        .routes(routes!(plans::replay_plan))
        .routes(routes!(outcomes::record_outcomes))
        .routes(routes!(measures::read_measures))
        .routes(routes!(measures::read_value))
        .routes(routes!(models::list_models))
        .routes(routes!(models::read_model))
        .routes(routes!(models::approve_model))
        .routes(routes!(challengers::shadow_model))
        .routes(routes!(challengers::compare_models))
        .routes(routes!(challengers::read_model_card))
        .routes(routes!(challengers::roll_back_model))
        .routes(routes!(challengers::stop_model))
        .routes(routes!(defects::list_defects))
        .routes(routes!(journal::verify_journal))
        .routes(routes!(journal::read_checkpoint));
    OpenApiRouter::with_openapi(Frame::openapi())
        .routes(routes!(health::read_health))
        .nest("/api/v1", v1)
}

/// All routes.
pub fn router(app: App) -> Router {
    let (router, document) = api().split_for_parts();
    let document = Bytes::from(document.to_json().unwrap_or_default());
    router
        .route(
            "/api/openapi.json",
            get(async move || ([(CONTENT_TYPE, "application/json")], document.clone())),
        )
        .route("/", get(assets::page))
        .route("/page.css", get(assets::looks))
        .fallback(async || Problem::missing("no_route", "There is nothing at this address."))
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "This address does not take this method.",
            )
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

/// The OpenAPI document, as it is served and committed.
pub fn document() -> utoipa::openapi::OpenApi {
    api().into_openapi()
}
