//! The session: signing in and out, what one sees of oneself, the second factor, and taking up an
//! invitation. Passwords, codes and tokens come in here and never go out again, but for the secret
//! of a second factor that is being set up.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Said, time};
use crate::acts::account::{self, Attempt, Entered, IDLE, SESSION};
use crate::acts::{known_browser, second_factor};
use crate::config::now;
use crate::rights::{self, EVERYWHERE, Role};
use crate::store::{accounts, sessions};
use crate::web::caller::{COOKIE, Caller, KNOWN, too_many};
use crate::web::problem::ProblemBody;
use crate::web::request::{Body, Named, Visitor};
use crate::web::{App, Problem};

/// What a browser is told before anybody has signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Welcome {
    /// Nobody administers yet: the link that the server printed makes the first administrator.
    first_run: bool,
    /// Another way to sign in; none where the site has none.
    sso: Option<Sso>,
    /// This program's version.
    version: String,
    /// The store is the demo's.
    demo: bool,
    /// The site's name.
    site: Said,
}

/// Another way to sign in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sso {
    /// How people call it.
    name: String,
    /// Where it begins.
    url: String,
}

/// Tells what a browser has to know before anybody has signed in.
#[utoipa::path(
    get,
    path = "/welcome",
    tag = "session",
    responses(
        (status = 200, description = "What there is.", body = Welcome),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_welcome(State(app): State<App>) -> Result<Json<Welcome>, Problem> {
    let administered = accounts::is_administered(&mut app.store.read().await?).await?;
    let (ko, en) = match &app.site.name {
        Some((ko, en)) => (ko.clone(), en.clone()),
        None => ("수문".to_owned(), "Sumun".to_owned()),
    };
    Ok(Json(Welcome {
        first_run: !administered,
        sso: app
            .site
            .sso
            .as_ref()
            .map(|sso| Sso { name: sso.name.clone(), url: "/api/v1/session/sso".to_owned() }),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        demo: app.site.demo,
        site: Said { ko, en },
    }))
}

/// Who has signed in, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Who.
    account: Myself,
    /// Their roles.
    grants: Vec<Grant>,
    /// What they may do at some office at least.
    #[schema(example = json!(["read_plan", "decide"]))]
    actions: Vec<String>,
    /// Their offices; `*` is every one.
    #[schema(example = json!(["030"]))]
    offices: Vec<String>,
    /// To be sent as the header `X-Sumun-Csrf` with whatever changes something.
    csrf: String,
    /// When the session ends whatever is done.
    expires_at: String,
    /// When it ends unless something is done before.
    idle_until: String,
    /// Whether signing in asks for a second factor.
    totp: bool,
}

/// Oneself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Myself {
    /// The account's id.
    id: String,
    /// Who acts, in the journal.
    name: String,
    /// The name to show.
    display: String,
    /// `ko` or `en`.
    language: String,
}

/// A role at an office.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role: targeting_officer, inspector, investigator, analyst, auditor or administrator.
    #[schema(example = "inspector")]
    role: String,
    /// The office's code; `*` is every office.
    #[schema(example = "030")]
    office: String,
}

impl From<&rights::Grant> for Grant {
    fn from(grant: &rights::Grant) -> Grant {
        Grant { role: grant.role.to_string(), office: grant.office.clone() }
    }
}

impl Grant {
    /// The grant as it is judged.
    pub(super) fn read(&self) -> Result<rights::Grant, Problem> {
        let role: Role = self.role.parse().map_err(|_| {
            let roles: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            Problem::unusable("role", format!("`{}` is no role.", self.role))
                .next(format!("Take one of {}.", roles.join(", ")))
        })?;
        Ok(rights::Grant { role, office: self.office.clone() })
    }
}

fn session_of(caller: &Caller) -> Result<Session, Problem> {
    let person = caller.person()?;
    let mut offices: Vec<String> = person.grants.iter().map(|grant| grant.office.clone()).collect();
    offices.sort();
    offices.dedup();
    if offices.iter().any(|office| office == EVERYWHERE) {
        offices = vec![EVERYWHERE.to_owned()];
    }
    // This request, too, keeps the session awake.
    let idle_until = (now() + IDLE).min(person.session.expires_at);
    Ok(Session {
        account: Myself {
            id: person.account.id.clone(),
            name: person.account.name.clone(),
            display: person.account.display.clone(),
            language: person.account.language.clone(),
        },
        grants: person.grants.iter().map(Grant::from).collect(),
        actions: caller.actions()?.iter().map(ToString::to_string).collect(),
        offices,
        csrf: person.csrf.clone(),
        expires_at: time(person.session.expires_at),
        idle_until: time(idle_until),
        totp: person.account.has_totp(),
    })
}

/// The cookie that holds a session's token, or takes it away.
pub(super) fn cookie(app: &App, token: Option<&str>) -> Option<HeaderValue> {
    let secure = if app.site.is_secure() { "; Secure" } else { "" };
    let (token, age) = match token {
        Some(token) => (token, SESSION / 1_000_000),
        None => ("", 0),
    };
    let text =
        format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    HeaderValue::from_str(&text).ok()
}

/// For so long, in seconds, a browser is known: a season.
const KNOWN_S: i64 = 90 * 24 * 3_600;

/// The cookie that tells this browser from others when passwords are guessed at.
fn known(app: &App, account: &str) -> Result<Option<HeaderValue>, Problem> {
    let secure = if app.site.is_secure() { "; Secure" } else { "" };
    let shown = known_browser::shown(&app.store.secret_for(known_browser::PURPOSE)?, account);
    let text = format!(
        "{KNOWN}={shown}; Path=/api/v1/session; HttpOnly; SameSite=Strict; \
         Max-Age={KNOWN_S}{secure}"
    );
    Ok(HeaderValue::from_str(&text).ok())
}

fn let_in(app: &App, entered: Entered) -> Result<Response, Problem> {
    let Entered { token, session, account, grants } = entered;
    let known = known(app, &account.id)?;
    let caller = Caller::entered(app.rights.clone(), &token, (account, grants), session);
    let mut answer = Json(session_of(&caller)?).into_response();
    for cookie in cookie(app, Some(&token)).into_iter().chain(known) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account's name.
    #[schema(max_length = 60)]
    name: String,
    /// The password.
    #[schema(max_length = 200)]
    password: String,
    /// The second factor's six digits, where it is asked for.
    #[schema(example = "123456")]
    totp: Option<String>,
}

/// Signs in. The answer sets the cookie of the session.
#[utoipa::path(
    post,
    path = "/session",
    tag = "session",
    request_body = Credentials,
    responses(
        (status = 200, description = "Signed in.", body = Session),
        (status = 401, description = "`wrong_credentials`, or `totp_needed`.", body = ProblemBody),
        (status = 429, description = "`locked`, with `retry_after_s`.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    Visitor(from): Visitor,
    Body(with): Body<Credentials>,
) -> Result<Response, Problem> {
    if !app.limits.address(&from.address) {
        return Err(too_many());
    }
    if with.password.len() > 1_000 || with.name.contains('\0') {
        return Err(wrong());
    }
    let code = with.totp.as_deref();
    match account::sign_in(&app.store, &with.name, &with.password, code, &from, now()).await? {
        Attempt::Entered(entered) => let_in(&app, *entered),
        Attempt::Wrong => Err(wrong()),
        Attempt::CodeNeeded => Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "totp_needed",
            "The account asks for the six digits of its second factor.",
        )
        .next("Send them as `totp`.")),
        Attempt::Locked(micros) => Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "locked",
            "There were too many wrong attempts.",
        )
        .next("Wait, and try again; an administrator can send a new link.")
        .besides("retry_after_s", (micros + 999_999) / 1_000_000)),
    }
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "Name, password or the second factor's digits are wrong.",
    )
    .next("Try again; whoever has forgotten them asks an administrator for a new link.")
}

/// Reads who has signed in, and what they may do.
#[utoipa::path(
    get,
    path = "/session",
    tag = "session",
    responses(
        (status = 200, description = "The session.", body = Session),
        (status = 401, description = "Nobody has signed in.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_session(caller: Caller) -> Result<Json<Session>, Problem> {
    session_of(&caller).map(Json)
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/session",
    tag = "session",
    responses(
        (status = 204, description = "Signed out."),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let person = caller.person()?;
    account::sign_out(&app.store, &person.account, &person.session.id, now()).await?;
    let mut answer = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie(&app, None) {
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// What people change of themselves; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Present {
    /// The name to show.
    #[schema(max_length = 100)]
    display: Option<String>,
    /// `ko` or `en`.
    language: Option<String>,
}

/// Changes one's name to show, or one's language.
#[utoipa::path(
    patch,
    path = "/session",
    tag = "session",
    request_body = Present,
    responses(
        (status = 200, description = "Oneself, as changed.", body = Myself),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn change_session(
    State(app): State<App>,
    caller: Caller,
    Body(present): Body<Present>,
) -> Result<Json<Myself>, Problem> {
    let id = &caller.person()?.account.id;
    let (display, language) = (present.display.as_deref(), present.language.as_deref());
    let account = account::present(&app.store, id, display, language, now()).await?;
    let (id, name) = (account.id, account.name);
    Ok(Json(Myself { id, name, display: account.display, language: account.language }))
}

/// The current and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current one.
    current: String,
    /// The new one.
    #[schema(min_length = 12, max_length = 200)]
    new: String,
}

/// Chooses another password; all other sessions end.
#[utoipa::path(
    post,
    path = "/session/password",
    tag = "session",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed."),
        (status = 401, description = "The current one is wrong.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn choose_password(
    State(app): State<App>,
    caller: Caller,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let person = caller.person()?;
    let of = (&person.account, person.session.id.as_str());
    account::choose_password(&app.store, of, &change.current, &change.new, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A second factor that is being set up.
#[derive(Serialize, ToSchema)]
pub struct Totp {
    /// The secret, to be typed.
    secret: String,
    /// What an authenticator app reads.
    uri: String,
    /// The same as a picture.
    qr_svg: String,
}

/// Begins with a second factor. It is asked for once its first code has confirmed it.
#[utoipa::path(
    post,
    path = "/session/totp",
    tag = "session",
    responses(
        (status = 200, description = "What the authenticator app has to know.", body = Totp),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn offer_totp(State(app): State<App>, caller: Caller) -> Result<Json<Totp>, Problem> {
    let (account, secret) = account::offer_code(&app.store, &caller.person()?.account.id).await?;
    let uri = second_factor::uri(&secret, &account.name);
    let qr_svg = picture(&uri)?;
    Ok(Json(Totp { secret: second_factor::base32(&secret), uri, qr_svg }))
}

/// A text as a picture that a camera reads, dark on light whatever the page's theme.
fn picture(text: &str) -> Result<String, Problem> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|_| Problem::broken(&"a text is too long for a picture"))?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            path.push_str(&format!("M{x},{y}h1v1h-1z"));
        }
    }
    let size = code.size() + 8;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 {size} {size}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M-4,-4h{size}v{size}h-{size}z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

/// A second factor's code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Its six digits.
    #[schema(example = "123456")]
    code: String,
}

/// Confirms the second factor by its first code.
#[utoipa::path(
    post,
    path = "/session/totp/confirm",
    tag = "session",
    request_body = Code,
    responses(
        (status = 204, description = "Signing in asks for it from now on."),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn confirm_totp(
    State(app): State<App>,
    caller: Caller,
    Body(with): Body<Code>,
) -> Result<StatusCode, Problem> {
    account::confirm_code(&app.store, &caller.person()?.account.id, &with.code, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// The password.
    password: String,
}

/// Takes the second factor off.
#[utoipa::path(
    delete,
    path = "/session/totp",
    tag = "session",
    request_body = Password,
    responses(
        (status = 204, description = "Taken off."),
        (status = 401, description = "The password is wrong.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn remove_totp(
    State(app): State<App>,
    caller: Caller,
    Body(with): Body<Password>,
) -> Result<StatusCode, Problem> {
    let account = &caller.person()?.account;
    account::remove_code(&app.store, account, &with.password, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSession {
    /// By which it is ended.
    id: String,
    /// When it began.
    since: String,
    /// When it was last used, to the minute.
    used_at: String,
    /// When it ends whatever is done.
    expires_at: String,
    /// What the browser calls itself.
    agent: String,
    /// The address it began from.
    address: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// Lists one's own sessions, the latest first.
#[utoipa::path(
    get,
    path = "/sessions",
    tag = "session",
    responses(
        (status = 200, description = "The sessions.", body = super::List<OwnSession>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_sessions(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<super::List<OwnSession>>, Problem> {
    let person = caller.person()?;
    let now = now();
    let all = sessions::of_account(&mut app.store.read().await?, &person.account.id).await?;
    let lasting = all.into_iter().filter(|one| one.expires_at > now && one.used_at > now - IDLE);
    let items = lasting.map(|one| OwnSession {
        current: one.id == person.session.id,
        id: one.id,
        since: time(one.began_at),
        used_at: time(one.used_at),
        expires_at: time(one.expires_at),
        agent: one.agent,
        address: one.address,
    });
    Ok(Json(super::List::whole(items.collect())))
}

/// Ends a session of one's own.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    tag = "session",
    params(("id" = String, Path, description = "The session's id.")),
    responses(
        (status = 204, description = "Ended."),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn end_session(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<StatusCode, Problem> {
    let person = caller.person()?;
    if account::sign_out(&app.store, &person.account, &name.0, now()).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::missing("no_session_of_this_id", "You have no session of this id."))
}

/// What taking up an invitation takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redemption {
    /// The link's token.
    #[schema(max_length = 100)]
    token: String,
    /// The account's name; for the first administrator alone.
    name: Option<String>,
    /// The name to show.
    display: Option<String>,
    /// The password to have.
    #[schema(min_length = 12, max_length = 200)]
    password: String,
}

/// Takes up an invitation, or the link of the first run: chooses a password and signs in.
#[utoipa::path(
    post,
    path = "/invitations/redeem",
    tag = "session",
    request_body = Redemption,
    responses(
        (status = 200, description = "Signed in.", body = Session),
        (status = 422, description = "The link is good no more, or name or password cannot be.",
         body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn redeem_invitation(
    State(app): State<App>,
    Visitor(from): Visitor,
    Body(with): Body<Redemption>,
) -> Result<Response, Problem> {
    if !app.limits.address(&from.address) {
        return Err(too_many());
    }
    if [with.name.as_deref(), with.display.as_deref()].iter().flatten().any(|t| t.contains('\0')) {
        return Err(Problem::unusable("text", "A text holds the character NUL."));
    }
    let named = (with.name.as_deref(), with.display.as_deref());
    let entered =
        account::redeem(&app.store, &with.token, named, &with.password, &from, now()).await?;
    let_in(&app, entered)
}
