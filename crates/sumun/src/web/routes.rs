//! Every route of the server on one page. A handler's name is its operation's id in the OpenAPI
//! document, which is made from the same handlers and committed as `openapi.json`.

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::{Router, middleware};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{
    accounts, challengers, codes, consignments, decisions, defects, dossier, entities, events,
    exports, figures, health, hits, inspections, journal, measures, messages, models, offices,
    outcomes, photos, plans, queue, rules, search, session, settings, sightings, sso, today,
    tokens, views, watchlists,
};
use super::caller::COOKIE;
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
    modifiers(&Doors),
    security(("session" = []), ("token" = [])),
    tags(
        (name = "session", description = "Signing in and out, and what one sees of oneself."),
        (name = "consignments", description = "What arrives, and how it is judged."),
        (name = "desk", description = "An officer's day: the queue, decisions, the dossier."),
        (name = "entities", description = "Who is behind the names, and why they are one."),
        (name = "plans", description = "A shift's inspections, drawn with known chances."),
        (name = "outcomes", description = "What inspections came to."),
        (name = "measures", description = "What gets past, and what each channel yields."),
        (name = "accounts", description = "People and machines, and what they may do."),
        (name = "offices", description = "Offices, shifts, capacities and the site's settings."),
        (name = "exports", description = "What is taken out, by two persons."),
        (name = "models", description = "What judges, and who approved it."),
        (name = "rules", description = "What officers know, as conditions: tried, then in force."),
        (name = "inspections", description = "What the dock opens, and what comes back."),
        (name = "data", description = "What senders send, and what was wrong with it."),
        (name = "watchlists", description = "Who and what is listed, and what met it."),
        (name = "journal", description = "Proof of who did what, and why."),
        (name = "server", description = "How the server is doing.")
    )
)]
struct Frame;

/// How callers show who they are.
struct Doors;

impl Modify for Doors {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(
            COOKIE,
            "A browser's session; what changes something also bears X-Sumun-Csrf.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The largest body of whoever has not signed in yet, in bytes.
const DOOR_LIMIT: usize = 16 << 10;

fn api() -> OpenApiRouter<App> {
    // Whoever has not signed in yet sends little.
    let door = OpenApiRouter::new()
        .routes(routes!(
            session::sign_in,
            session::read_session,
            session::change_session,
            session::sign_out
        ))
        .routes(routes!(session::redeem_invitation))
        .layer(DefaultBodyLimit::max(DOOR_LIMIT));
    let v1 = OpenApiRouter::new()
        .merge(door)
        .routes(routes!(session::read_welcome))
        .routes(routes!(session::choose_password))
        .routes(routes!(session::offer_totp, session::remove_totp))
        .routes(routes!(session::confirm_totp))
        .routes(routes!(sso::begin_sso))
        .routes(routes!(sso::end_sso))
        .routes(routes!(session::list_sessions))
        .routes(routes!(session::end_session))
        .routes(routes!(consignments::list_consignments, consignments::screen_consignments))
        .routes(routes!(consignments::read_consignment))
        .routes(routes!(plans::list_plans, plans::draw_plans))
        .routes(routes!(plans::read_plan))
        .routes(routes!(plans::list_selections))
        .routes(routes!(plans::replay_plan))
        .routes(routes!(outcomes::record_outcomes))
        .routes(routes!(today::read_today))
        .routes(routes!(queue::list_queue))
        .routes(routes!(decisions::list_decisions, decisions::decide))
        .routes(routes!(dossier::read_dossier))
        .routes(routes!(entities::list_entities))
        .routes(routes!(entities::page::read_entity))
        .routes(routes!(entities::waterfall::read_waterfall))
        .routes(routes!(entities::order::split_entity))
        .routes(routes!(entities::order::merge_entities))
        .routes(routes!(entities::history::list_entity_history))
        .routes(routes!(views::list_views))
        .routes(routes!(views::keep_view, views::forget_view))
        .routes(routes!(search::search))
        .routes(routes!(events::follow_events))
        .routes(routes!(codes::read_codes))
        .routes(routes!(measures::read_measures))
        .routes(routes!(measures::read_value))
        .routes(routes!(rules::list::list_rules, rules::life::draft_rule))
        .routes(routes!(rules::catalogue::read_rule_catalogue))
        .routes(routes!(rules::check::check_rule))
        .routes(routes!(rules::trial::backtest_rule))
        .routes(routes!(rules::file::import_rule))
        .routes(routes!(rules::one::read_rule))
        .routes(routes!(rules::one::compare_rule_versions))
        .routes(routes!(rules::hits::list_rule_hits))
        .routes(routes!(rules::hits::list_consignment_hits))
        .routes(routes!(rules::life::shadow_rule))
        .routes(routes!(rules::life::approve_rule))
        .routes(routes!(rules::life::retire_rule))
        .routes(routes!(models::list_models))
        .routes(routes!(models::read_model))
        .routes(routes!(models::approve_model))
        .routes(routes!(challengers::shadow_model))
        .routes(routes!(challengers::compare_models))
        .routes(routes!(challengers::read_model_card))
        .routes(routes!(challengers::roll_back_model))
        .routes(routes!(challengers::stop_model))
        .routes(routes!(defects::list_defects))
        .routes(routes!(accounts::list_accounts, accounts::add_account))
        .routes(routes!(accounts::change_account))
        .routes(routes!(accounts::invite_account))
        .routes(routes!(accounts::sign_account_out))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(settings::read_rights))
        .routes(routes!(settings::read_settings, settings::decide_settings))
        .routes(routes!(offices::list_offices))
        .routes(routes!(offices::set_office))
        .routes(routes!(offices::list_capacities, offices::propose_capacity))
        .routes(routes!(offices::approve_capacity))
        .routes(routes!(offices::reject_capacity))
        .routes(routes!(exports::list_exports, exports::ask_export))
        .routes(routes!(exports::approve_export))
        .routes(routes!(exports::reject_export))
        .routes(routes!(exports::read_export_file))
        .routes(routes!(journal::list_journal))
        .routes(routes!(journal::prove_entry))
        .routes(routes!(defects::read_defect))
        .routes(routes!(defects::mend_defect))
        .routes(routes!(defects::reject_defect))
        .routes(routes!(messages::list_sources))
        .routes(routes!(messages::list_messages, messages::take_message))
        .routes(routes!(messages::inspect_message))
        .routes(routes!(sightings::list_sightings))
        .routes(routes!(inspections::list_inspections, inspections::report_inspection))
        .routes(routes!(photos::keep_photo, photos::read_photo))
        .routes(routes!(figures::read_capacity_figures))
        .routes(routes!(figures::read_calibration))
        .routes(routes!(figures::read_precision))
        .routes(routes!(figures::read_coverage))
        .routes(routes!(figures::read_drift))
        .routes(routes!(watchlists::list_watchlists, watchlists::import_watchlist))
        .routes(routes!(watchlists::read_watchlist))
        .routes(routes!(watchlists::expire_watchlist))
        .routes(routes!(watchlists::list_listings))
        .routes(routes!(watchlists::match_listings))
        .routes(routes!(watchlists::read_listing))
        .routes(routes!(watchlists::expire_listing))
        .routes(routes!(hits::list_hits))
        .routes(routes!(hits::read_hit))
        .routes(routes!(hits::decide_hit))
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
        .route("/page.css", get(assets::looks))
        .fallback(assets::workbench)
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
