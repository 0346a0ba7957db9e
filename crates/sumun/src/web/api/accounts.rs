//! Accounts as an administrator sees them: who there is, with which roles, invited by links that
//! are told once. One's own account is in `session.rs`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::session::Grant;
use super::{List, time};
use crate::acts::account::{self, Change, Invited, NewAccount};
use crate::rights::{self, EVERYWHERE};
use crate::store::accounts;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place, request_id};
use crate::web::{App, Problem};

/// A person's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Its id.
    id: String,
    /// Who acts, in the journal; never changed and never given to another.
    name: String,
    /// The name to show.
    display: String,
    /// Its roles.
    grants: Vec<Grant>,
    /// `invited`, `active` or `closed`.
    state: String,
    /// Whether signing in asks for a second factor.
    totp: bool,
    /// When its person last did something.
    last_seen: Option<String>,
    /// When it was made.
    created_at: String,
}

impl Account {
    fn of(account: &accounts::Account, grants: &[(String, rights::Grant)]) -> Account {
        let own = grants.iter().filter(|(id, _)| *id == account.id);
        Account {
            id: account.id.clone(),
            name: account.name.clone(),
            display: account.display.clone(),
            grants: own.map(|(_, grant)| grant.into()).collect(),
            state: account.state.clone(),
            totp: account.has_totp(),
            last_seen: account.last_seen.map(time),
            created_at: time(account.made_at),
        }
    }

    async fn read(app: &App, account: &accounts::Account) -> Result<Account, Problem> {
        let mut tx = app.store.read().await?;
        let grants = accounts::grants(&mut tx, std::slice::from_ref(&account.id)).await?;
        Ok(Account::of(account, &grants))
    }
}

/// A link that lets somebody in once; it is told once and kept nowhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// The link, to be handed to the person; none where the same request was answered before.
    link: Option<String>,
    /// Until when it is good.
    expires_at: String,
}

impl Invitation {
    fn of(app: &App, headers: &HeaderMap, invited: Invited) -> Invitation {
        let scheme = if app.site.is_secure() { "https" } else { "http" };
        // The guard has seen that this is one of our names.
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.unwrap_or("localhost");
        let link = |token: String| format!("{scheme}://{host}/#/welcome?token={token}");
        Invitation { link: invited.token.map(link), expires_at: time(invited.expires_at) }
    }
}

/// A new account with the link for its person.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeAccount {
    /// The account.
    #[serde(flatten)]
    account: Account,
    /// The link.
    #[serde(flatten)]
    invitation: Invitation,
}

/// Which accounts are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichAccounts {
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists accounts by name.
#[utoipa::path(
    get,
    path = "/accounts",
    tag = "accounts",
    params(WhichAccounts),
    responses(
        (status = 200, description = "A page of accounts.", body = List<Account>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_accounts(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichAccounts>,
) -> Result<Json<List<Account>>, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    let limit = page_size(asked.limit)?;
    let after: String = place(asked.cursor.as_deref())?.unwrap_or_default();
    let mut tx = app.store.read().await?;
    let mut kept = accounts::page(&mut tx, &after, limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|last| cursor(&last.name));
    let ids: Vec<String> = kept.iter().map(|account| account.id.clone()).collect();
    let grants = accounts::grants(&mut tx, &ids).await?;
    let items = kept.iter().map(|account| Account::of(account, &grants)).collect();
    Ok(Json(List { items, next }))
}

/// An account that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountOrder {
    /// A ULID that the client made, so that the same request makes one account.
    id: Option<String>,
    /// Its name: 2 to 40 letters, digits, dots, dashes and underscores.
    #[schema(example = "kim")]
    name: String,
    /// The name to show.
    #[serde(default)]
    #[schema(max_length = 100)]
    display: String,
    /// `ko` or `en`.
    #[serde(default = "korean")]
    language: String,
    /// Its roles.
    #[serde(default)]
    grants: Vec<Grant>,
}

fn korean() -> String {
    "ko".to_owned()
}

/// Makes an account and the link for its person. The same request again makes no second one, and
/// tells no link.
#[utoipa::path(
    post,
    path = "/accounts",
    tag = "accounts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 100 characters.")),
    request_body = AccountOrder,
    responses(
        (status = 200, description = "The account and the link.", body = MadeAccount),
        (status = 409, description = "The name is taken.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn add_account(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(order): Body<AccountOrder>,
) -> Result<Json<MadeAccount>, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    let new = NewAccount {
        id: request_id(order.id, &headers)?,
        name: order.name,
        display: order.display,
        language: order.language,
        grants: order.grants.iter().map(Grant::read).collect::<Result<_, _>>()?,
    };
    let (account, invited) = account::add(&app.store, &new, caller.by()).await?;
    let invitation = Invitation::of(&app, &headers, invited);
    Ok(Json(MadeAccount { account: Account::read(&app, &account).await?, invitation }))
}

/// Changes to an account; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// The name to show.
    #[schema(max_length = 100)]
    display: Option<String>,
    /// Its roles, in the place of those it has.
    grants: Option<Vec<Grant>>,
    /// `active` opens it, `closed` closes it and signs its person out.
    #[schema(example = "closed")]
    state: Option<String>,
}

/// Changes an account. Nobody changes their own roles or closes their own account.
#[utoipa::path(
    patch,
    path = "/accounts/{id}",
    tag = "accounts",
    params(("id" = String, Path, description = "The account's id.")),
    request_body = AccountChange,
    responses(
        (status = 200, description = "The account as changed.", body = Account),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn change_account(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(asked): Body<AccountChange>,
) -> Result<Json<Account>, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    let active = match asked.state.as_deref() {
        None => None,
        Some("active") => Some(true),
        Some("closed") => Some(false),
        Some(_) => {
            return Err(Problem::unusable("state", "The state to have is `active` or `closed`."));
        }
    };
    let grants = match &asked.grants {
        Some(grants) => Some(grants.iter().map(Grant::read).collect::<Result<_, _>>()?),
        None => None,
    };
    let change = Change { display: asked.display, grants, active };
    let account = account::change(&app.store, &name.0, &change, caller.by()).await?;
    Ok(Json(Account::read(&app, &account).await?))
}

/// Makes a new link for an account: its person chooses another password by it, and the second
/// factor is taken off.
#[utoipa::path(
    post,
    path = "/accounts/{id}/invite",
    tag = "accounts",
    params(("id" = String, Path, description = "The account's id.")),
    responses(
        (status = 200, description = "The link.", body = Invitation),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn invite_account(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    name: Named,
) -> Result<Json<Invitation>, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    let invited = account::invite(&app.store, &name.0, caller.by()).await?;
    Ok(Json(Invitation::of(&app, &headers, invited)))
}

/// Signs the person of an account out everywhere.
#[utoipa::path(
    post,
    path = "/accounts/{id}/sign-out",
    tag = "accounts",
    params(("id" = String, Path, description = "The account's id.")),
    responses(
        (status = 204, description = "Signed out."),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn sign_account_out(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<StatusCode, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    account::sign_out_everywhere(&app.store, &name.0, caller.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
