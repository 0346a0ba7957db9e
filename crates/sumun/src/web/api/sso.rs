//! A browser's way to the site's OpenID Connect provider and back. Whatever goes wrong on the way
//! leads back to the sign-in page, which says so; the log has the reason.

use axum::extract::State;
use axum::http::header::{HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::session;
use crate::acts::account;
use crate::config::now;
use crate::web::App;
use crate::web::caller::cookie_named;
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Visitor};
use crate::web::sso::Errand;

/// The cookie that a browser carries to the provider and back.
const COOKIE: &str = "sumun_sso";
/// Seconds in which it has to be back.
const BACK_S: u32 = 600;
/// Where a browser that was not let in goes.
const REFUSED: &str = "/login?refused=sso";

/// Leads to the site's provider, where people sign in.
#[utoipa::path(
    get,
    path = "/session/sso",
    tag = "session",
    responses(
        (status = 303, description = "To the provider, or back to the sign-in page."),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn begin_sso(
    State(app): State<App>,
    Visitor(from): Visitor,
    head: HeaderMap,
) -> Response {
    if !app.limits.address(&from.address) {
        return to(REFUSED, None);
    }
    let Some((sso, back)) = app.site.sso.clone().zip(back_to(&app, &head)) else {
        return to(REFUSED, None);
    };
    let errand = match Errand::new() {
        Ok(errand) => errand,
        Err(error) => return refused(&error),
    };
    let carried = carried(&app, Some(&errand));
    let asked = tokio::task::spawn_blocking(move || sso.way(&errand, &back)).await;
    match asked.map_err(anyhow::Error::from).and_then(|way| way) {
        Ok(way) => to(&way, Some(carried)),
        Err(error) => refused(&error),
    }
}

/// What the provider sends a browser back with.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Brought {
    /// For which the provider says who it is.
    code: Option<String>,
    /// Of the errand.
    state: Option<String>,
}

/// Lets in whom the provider vouches for; the answer sets the cookie of the session.
#[utoipa::path(
    get,
    path = "/session/sso/callback",
    tag = "session",
    params(Brought),
    responses(
        (status = 303, description = "To the workbench, or back to the sign-in page."),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn end_sso(
    State(app): State<App>,
    Visitor(from): Visitor,
    head: HeaderMap,
    Asked(brought): Asked<Brought>,
) -> Response {
    let known = cookie_named(&head, COOKIE).zip(brought.state.as_deref());
    let errand = known.and_then(|(cookie, state)| Errand::of_cookie(cookie, state));
    let site = app.site.sso.clone().zip(back_to(&app, &head));
    let (Some((sso, back)), Some(errand), Some(code), true) =
        (site, errand, brought.code, app.limits.address(&from.address))
    else {
        return to(REFUSED, Some(carried(&app, None)));
    };
    let issuer = sso.issuer.clone();
    let asked = tokio::task::spawn_blocking(move || sso.vouched(&code, &errand, &back)).await;
    let entered = match asked.map_err(anyhow::Error::from).and_then(|vouched| vouched) {
        Ok(vouched) => {
            let subject = (issuer.as_str(), vouched.subject.as_str());
            account::enter_vouched(&app.store, subject, vouched.name.as_deref(), &from, now()).await
        }
        Err(error) => Err(error),
    };
    match entered {
        Ok(Some(entered)) => {
            let mut answer = to("/", Some(carried(&app, None)));
            if let Some(cookie) = session::cookie(&app, Some(&entered.token)) {
                answer.headers_mut().append(SET_COOKIE, cookie);
            }
            answer
        }
        Ok(None) => to(REFUSED, Some(carried(&app, None))),
        Err(error) => refused(&error),
    }
}

fn refused(error: &anyhow::Error) -> Response {
    tracing::warn!("nobody was let in by the provider: {error:#}");
    to(REFUSED, None)
}

fn to(address: &str, cookie: Option<String>) -> Response {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    if let Ok(address) = HeaderValue::from_str(address) {
        answer.headers_mut().insert(LOCATION, address);
    }
    if let Some(Ok(cookie)) = cookie.as_deref().map(HeaderValue::from_str) {
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    answer
}

/// Where the provider sends browsers back to: this server by the name that the browser used, which
/// the guard has found to be its own.
fn back_to(app: &App, head: &HeaderMap) -> Option<String> {
    let scheme = if app.site.is_secure() { "https" } else { "http" };
    let host = head.get(HOST)?.to_str().ok()?;
    Some(format!("{scheme}://{host}/api/v1/session/sso/callback"))
}

/// The cookie of an errand, or what takes it away. It comes back from another site, so it is not as
/// strict as a session's.
fn carried(app: &App, errand: Option<&Errand>) -> String {
    let secure = if app.site.is_secure() { "; Secure" } else { "" };
    let (value, age) = match errand {
        Some(errand) => (errand.to_cookie(), BACK_S),
        None => (String::new(), 0),
    };
    format!(
        "{COOKIE}={value}; Path=/api/v1/session/sso; HttpOnly; SameSite=Lax; Max-Age={age}{secure}"
    )
}
