//! The caller: who sends a request, and what they may do. A browser shows its session by a cookie
//! and proves with a header that a page of ours sends what changes something; a machine shows its
//! token. Every handler takes a [`Caller`] and asks it for each office that a request touches; what
//! lies outside somebody's offices is answered as if it were not there.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};

use super::reads::Used;
use super::{App, Problem};
use crate::acts::account::{IDLE, csrf, digest};
use crate::config::now;
use crate::rights::{Circumstances, EVERYWHERE, Holder, NOTHING_PERMITS, Rights, Verdict};
use crate::store::accounts::Account;
use crate::store::sessions::Session;
use crate::store::tokens::ApiToken;
use crate::store::{Store, Tx, consignments, sessions, tokens};

pub use crate::rights::{Action, Grant, Offices, Role};

/// The cookie of a browser that has let somebody in.
pub const KNOWN: &str = "sumun_known";

/// The cookie of a session.
pub const COOKIE: &str = "sumun_session";
/// The header that a session's changing requests bear.
pub const CSRF: &str = "x-sumun-csrf";
/// How a machine's token begins, so that a leaked one is recognised.
pub const TOKEN: &str = "sumun_";
/// A session's last use is noted to the minute: more would be a write a request.
const NOTED: i64 = 60_000_000;

/// Who sends a request.
#[derive(Clone)]
pub struct Caller {
    who: Arc<Who>,
    rights: Arc<Rights>,
}

struct Who {
    name: String,
    holder: Holder,
    person: Option<Person>,
    /// SHA-256 of the token, where a machine asks.
    machine: Option<String>,
}

/// A person with their session.
pub struct Person {
    /// The account.
    pub account: Account,
    /// Its roles.
    pub grants: Vec<Grant>,
    /// The session.
    pub session: Session,
    /// The header that changing requests bear.
    pub csrf: String,
}

impl Caller {
    /// Who acts, for the journal: the account's name, or `token NAME`.
    pub fn name(&self) -> &str {
        &self.who.name
    }

    /// Who acts and when, for the journal.
    pub fn by(&self) -> (&str, i64) {
        (&self.who.name, now())
    }

    /// Whether a machine asks.
    pub fn is_machine(&self) -> bool {
        self.who.machine.is_some()
    }

    /// The person, where no machine asks.
    ///
    /// # Errors
    /// 403 for machines.
    pub fn person(&self) -> Result<&Person, Problem> {
        self.who.person.as_ref().ok_or_else(|| {
            Problem::new(StatusCode::FORBIDDEN, "no_person", "A machine has no account of its own.")
                .next("Sign in as a person.")
        })
    }

    /// Holds that the caller may do this at an office; `*` asks for every office.
    ///
    /// # Errors
    /// 403, with the deciding policy's id.
    pub fn may(&self, action: Action, office: &str) -> Result<(), Problem> {
        self.may_when(action, office, Circumstances::default())
    }

    /// As [`Caller::may`], for a plan that is released or a consignment that was drawn.
    ///
    /// # Errors
    /// As [`Caller::may`].
    pub fn may_when(
        &self,
        action: Action,
        office: &str,
        circumstances: Circumstances,
    ) -> Result<(), Problem> {
        let verdict = self.judge(action, office, circumstances)?;
        if verdict.permitted { Ok(()) } else { Err(self.forbidden(action, office, &verdict)?) }
    }

    /// Whether the caller may do this at an office, in these circumstances.
    ///
    /// # Errors
    /// When the policies cannot be asked.
    pub fn can(
        &self,
        action: Action,
        office: &str,
        circumstances: Circumstances,
    ) -> Result<bool, Problem> {
        Ok(self.judge(action, office, circumstances)?.permitted)
    }

    fn judge(
        &self,
        action: Action,
        office: &str,
        circumstances: Circumstances,
    ) -> Result<Verdict, Problem> {
        Ok(self.rights.judge(&self.who.holder, action, office, circumstances)?)
    }

    /// At which offices the caller may do this, plans not yet released included.
    ///
    /// # Errors
    /// 403 when at none: what is lacking is a role.
    pub fn offices(&self, action: Action) -> Result<Offices, Problem> {
        self.offices_when(action, Circumstances::default())
    }

    /// As [`Caller::offices`], in these circumstances.
    ///
    /// # Errors
    /// As [`Caller::offices`].
    pub fn offices_when(
        &self,
        action: Action,
        circumstances: Circumstances,
    ) -> Result<Offices, Problem> {
        let offices = self.rights.offices(&self.who.holder, action, circumstances)?;
        if offices.is_none() {
            let verdict = self.judge(action, EVERYWHERE, circumstances)?;
            return Err(self.forbidden(action, EVERYWHERE, &verdict)?);
        }
        Ok(offices)
    }

    /// As [`Caller::offices_when`], where none at all is an answer like another.
    ///
    /// # Errors
    /// When the policies cannot be asked.
    pub fn offices_or_none(
        &self,
        action: Action,
        circumstances: Circumstances,
    ) -> Result<Offices, Problem> {
        Ok(self.rights.offices(&self.who.holder, action, circumstances)?)
    }

    /// Holds that the caller may do this at some office at least, whatever else has to hold.
    ///
    /// # Errors
    /// 403 when at none.
    pub fn may_somewhere(&self, action: Action) -> Result<(), Problem> {
        self.offices_when(action, Circumstances::DRAWN).map(drop)
    }

    fn forbidden(
        &self,
        action: Action,
        office: &str,
        verdict: &Verdict,
    ) -> Result<Problem, Problem> {
        let place = match office {
            EVERYWHERE => "for every office".to_owned(),
            office => format!("at office {office}"),
        };
        let said = match &*verdict.policy {
            NOTHING_PERMITS => format!("No role of yours lets you {} {place}.", words(action)),
            policy => {
                format!("The policy {policy} keeps you from this: {} {place}.", words(action))
            }
        };
        let roles = self.rights.roles(action)?;
        let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        Ok(Problem::new(StatusCode::FORBIDDEN, "forbidden", said)
            .next(format!(
                "Ask someone who is {}, or an administrator for the role.",
                roles.join(" or ").replace('_', " ")
            ))
            .besides("policy", &*verdict.policy))
    }

    /// Of these consignments, those that the caller may see, each with its office. Who inspects
    /// sees what a released plan drew; others see what their offices have.
    ///
    /// # Errors
    /// 403 when the caller may see none whatever they are.
    pub async fn sees(&self, tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, String>, Problem> {
        self.may_somewhere(Action::ReadConsignment)?;
        let mut seen = HashMap::new();
        for (id, office, drawn) in consignments::places(tx, ids, now()).await? {
            let circumstances = if drawn { Circumstances::DRAWN } else { Circumstances::default() };
            if self.can(Action::ReadConsignment, &office, circumstances)? {
                seen.insert(id, office);
            }
        }
        Ok(seen)
    }

    /// Whether the caller is still let in, with the same roles: for answers that go on for long.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn lasts(&self, store: &Store) -> anyhow::Result<bool> {
        let mut tx = store.read().await?;
        let now = now();
        if let Some(digest) = &self.who.machine {
            return Ok(tokens::by_digest(&mut tx, digest)
                .await?
                .is_some_and(|one| good(&one, now)));
        }
        let Some(person) = &self.who.person else { return Ok(false) };
        let found = sessions::find(&mut tx, &person.session.token_sha256).await?;
        Ok(found.is_some_and(|(session, account, grants)| {
            open(&session, &account, now) && grants == person.grants
        }))
    }

    /// What the caller may do anywhere.
    ///
    /// # Errors
    /// When the policies cannot be asked.
    pub fn actions(&self) -> Result<Vec<Action>, Problem> {
        let mut actions = Vec::new();
        for &action in Action::ALL {
            if !self.offices_or_none(action, Circumstances::DRAWN)?.is_none() {
                actions.push(action);
            }
        }
        Ok(actions)
    }

    /// A caller who has just signed in.
    pub(super) fn entered(
        rights: Arc<Rights>,
        token: &str,
        (account, grants): (Account, Vec<Grant>),
        session: Session,
    ) -> Caller {
        let person = Person { csrf: csrf(token), grants: grants.clone(), session, account };
        let who = Who {
            name: person.account.name.clone(),
            holder: Holder::person(grants),
            person: Some(person),
            machine: None,
        };
        Caller { who: Arc::new(who), rights }
    }
}

/// An action in words.
fn words(action: Action) -> String {
    action.as_str().replace('_', " ")
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
        if let Some(known) = parts.extensions.get::<Caller>() {
            return Ok(known.clone());
        }
        let caller = match bearer(&parts.headers) {
            Some(token) => machine(app, token).await?,
            None => person(app, parts).await?,
        };
        if !app.limits.caller(caller.name()) {
            return Err(too_many());
        }
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

/// What an answer says to one who asks too often.
pub(super) fn too_many() -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "These are too many requests at once.")
        .next("Wait a second and try again.")
        .besides("retry_after_s", 1)
}

fn no_session(said: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "no_session", said)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The token of the session's cookie.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    cookie_named(headers, COOKIE)
}

/// What a cookie holds.
pub(super) fn cookie_named<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|text| text.split(';')).filter_map(|one| one.split_once('='));
    let (_, token) = pairs.find(|(name, _)| name.trim() == wanted)?;
    // A neighbouring site can plant a second one beside ours: which is ours cannot be told.
    pairs.all(|(name, _)| name.trim() != wanted).then_some(token.trim())
}

/// Whether a session lets its account in.
fn open(session: &Session, account: &Account, now: i64) -> bool {
    session.expires_at > now && session.used_at > now - IDLE && account.state == "active"
}

/// Whether a machine's token is good.
fn good(token: &ApiToken, now: i64) -> bool {
    token.revoked_at.is_none() && token.expires_at > now
}

async fn machine(app: &App, token: &str) -> Result<Caller, Problem> {
    let unknown = || no_session("The token is unknown, has run out, or was taken back.");
    if !token.starts_with(TOKEN) {
        return Err(unknown());
    }
    let token_sha256 = digest(token);
    let kept = tokens::by_digest(&mut app.store.read().await?, &token_sha256).await?;
    let now = now();
    let kept = kept.filter(|kept| good(kept, now)).ok_or_else(unknown)?;
    if kept.used_at.is_none_or(|used| used < now - NOTED) {
        app.reads.used(Used::Token(token_sha256.clone()));
    }
    let who = Who {
        name: format!("token {}", kept.name),
        holder: Holder::machine(kept.actions, &kept.office),
        person: None,
        machine: Some(token_sha256),
    };
    Ok(Caller { who: Arc::new(who), rights: app.rights.clone() })
}

async fn person(app: &App, parts: &Parts) -> Result<Caller, Problem> {
    let token = cookie(&parts.headers).ok_or_else(|| no_session("Nobody has signed in."))?;
    let token_sha256 = digest(token);
    let found = sessions::find(&mut app.store.read().await?, &token_sha256).await?;
    let now = now();
    let ended = || no_session("The session has ended.");
    let (session, account, grants) = found.ok_or_else(ended)?;
    if !open(&session, &account, now) {
        return Err(ended());
    }
    let reading = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let csrf = csrf(token);
    let given = parts.headers.get(CSRF).map(|value| value.as_bytes());
    if !reading && given != Some(csrf.as_bytes()) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "csrf",
            "The request does not show that a page of this server sent it.",
        )
        .next("Send the header X-Sumun-Csrf with `csrf` of GET /api/v1/session."));
    }
    if session.used_at < now - NOTED {
        app.reads.used(Used::Session(token_sha256, account.id.clone()));
    }
    Ok(Caller::entered(app.rights.clone(), token, (account, grants), session))
}
