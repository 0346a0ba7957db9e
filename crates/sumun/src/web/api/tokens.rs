//! Tokens of machines: made here, shown once, taken back at once.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{List, time};
use crate::acts::token::{self, NewToken};
use crate::rights::EVERYWHERE;
use crate::store::tokens;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place, request_id};
use crate::web::{App, Problem};

/// A machine's token, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// Its id.
    id: String,
    /// Its name; the machine acts as `token NAME`.
    name: String,
    /// What it may do.
    #[schema(example = json!(["send_consignments"]))]
    actions: Vec<String>,
    /// At which office; `*` is every one.
    office: String,
    /// `active`, `expired` or `revoked`.
    state: String,
    /// Who made it.
    by: String,
    /// When.
    created_at: String,
    /// Until when it is good.
    expires_at: String,
    /// When it was last used, to the minute.
    used_at: Option<String>,
}

impl From<tokens::ApiToken> for Token {
    fn from(of: tokens::ApiToken) -> Token {
        let state = match of.revoked_at {
            Some(_) => "revoked",
            None if of.expires_at <= crate::config::now() => "expired",
            None => "active",
        };
        Token {
            id: of.id,
            name: of.name,
            actions: of.actions.iter().map(ToString::to_string).collect(),
            office: of.office,
            state: state.to_owned(),
            by: of.made_by,
            created_at: time(of.made_at),
            expires_at: time(of.expires_at),
            used_at: of.used_at.map(time),
        }
    }
}

/// A new token with its text.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    /// The token.
    #[serde(flatten)]
    of: Token,
    /// Its text, told once; none where the same request was answered before.
    token: Option<String>,
}

/// Which tokens are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichTokens {
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists tokens by name.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "accounts",
    params(WhichTokens),
    responses(
        (status = 200, description = "A page of tokens.", body = List<Token>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_tokens(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichTokens>,
) -> Result<Json<List<Token>>, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    let limit = page_size(asked.limit)?;
    let after: String = place(asked.cursor.as_deref())?.unwrap_or_default();
    let mut kept = tokens::page(&mut app.store.read().await?, &after, limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|last| cursor(&last.name));
    Ok(Json(List { items: kept.into_iter().map(Token::from).collect(), next }))
}

/// A token that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenOrder {
    /// A ULID that the client made, so that the same request makes one token.
    id: Option<String>,
    /// Its name.
    #[schema(example = "port-gateway")]
    name: String,
    /// What it may do.
    #[schema(example = json!(["send_consignments"]))]
    actions: Vec<String>,
    /// At which office; `*` is every one.
    #[schema(example = "030")]
    office: String,
    /// For how many days.
    #[schema(minimum = 1, maximum = 400)]
    days: i64,
}

/// Makes a token. Its text is told once.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "accounts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 100 characters.")),
    request_body = TokenOrder,
    responses(
        (status = 200, description = "The token with its text.", body = MadeToken),
        (status = 409, description = "The name is taken.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn create_token(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(order): Body<TokenOrder>,
) -> Result<Json<MadeToken>, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    let actions = order.actions.iter().map(|word| {
        word.parse::<Action>().map_err(|_| {
            Problem::unusable("actions", "One of the actions is none.")
                .next("GET /api/v1/rights lists those there are.")
        })
    });
    let new = NewToken {
        id: request_id(order.id, &headers)?,
        name: order.name,
        actions: actions.collect::<Result<_, _>>()?,
        office: order.office,
        days: order.days,
    };
    let (of, text) = token::create(&app.store, &app.rights, &new, caller.by()).await?;
    Ok(Json(MadeToken { of: of.into(), token: text }))
}

/// Takes a token back at once.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "accounts",
    params(("id" = String, Path, description = "The token's id.")),
    responses(
        (status = 204, description = "Taken back."),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<StatusCode, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    token::revoke(&app.store, &name.0, caller.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
