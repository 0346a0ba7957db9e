//! Accounts: who is let in, how they prove who they are, and how long that holds. Nobody has a
//! default password: the first administrator comes in by a link that `sumun serve` prints, and
//! everybody else by the link of an invitation. Roles are judged in `rights.rs`.

use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rand::TryRng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{known_browser, second_factor};
use crate::rights::{Grant, Role};
use crate::store::accounts::{self, Account, Invitation};
use crate::store::sessions::{self, Failures, Session};
use crate::store::{Store, Tx, journal};

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// A shift and its hand-over: then one signs in again, whatever one did.
pub const SESSION: i64 = 12 * 60 * MINUTE;
/// A desk that is left alone for an hour closes.
pub const IDLE: i64 = 60 * MINUTE;
/// An invitation waits over a weekend.
pub const INVITATION: i64 = 3 * 24 * 60 * MINUTE;
/// The first administrator's link waits for a day.
pub const FIRST_RUN: i64 = 24 * 60 * MINUTE;

/// Wrong attempts on an account that cost nothing but themselves.
const FREE_OF_ACCOUNT: i64 = 5;
/// The same from an address, behind which many people may sit.
const FREE_OF_ADDRESS: i64 = 30;
/// The first lock; each further wrong attempt doubles it.
const LOCK: i64 = MINUTE / 2;
/// The longest lock: long enough against guessing, short enough that nobody is kept out for a day.
const LOCK_MOST: i64 = 15 * MINUTE;
/// Attempts so long ago count no more.
const FORGOTTEN: i64 = 24 * 60 * MINUTE;

/// Names that are not people's: parts of Sumun that act by themselves.
const RESERVED: [&str; 6] = ["scheduler", "screening", "operator", "sumun", "setup", "token"];

/// Hashing takes 19 MiB and a core for some 30 ms, so few at a time.
static HASHING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// 256 bits from the system's randomness, in hexadecimal.
///
/// # Errors
/// When the system gives none.
pub fn secret() -> Result<String> {
    let mut bytes = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).context("while asking for randomness")?;
    Ok(hex::encode(bytes))
}

/// What is kept of a token.
pub fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// The header that a session's changing requests bear: whoever knows it has read it from a page
/// of ours.
pub fn csrf(token: &str) -> String {
    hex::encode(Sha256::digest(format!("csrf {token}")))
}

async fn hashed(password: &str) -> Result<String> {
    let password = password.to_owned();
    let _turn = HASHING.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let mut salt = [0; 16];
        rand::rngs::SysRng.try_fill_bytes(&mut salt).context("while asking for randomness")?;
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash: PasswordHash| hash.to_string())
            .map_err(|error| anyhow!("while hashing a password: {error}"))
    })
    .await?
}

/// Whether a password is the one that was hashed. Takes as long where there is none.
async fn is_password(password: &str, kept: Option<&str>) -> Result<bool> {
    let Some(kept) = kept.map(str::to_owned) else {
        hashed(password).await?;
        return Ok(false);
    };
    let password = password.to_owned();
    let _turn = HASHING.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let kept = PasswordHash::new(&kept).map_err(|error| anyhow!("a kept hash: {error}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
    })
    .await?
}

fn check_password(password: &str, name: &str) -> Result<()> {
    let count = password.chars().count();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    let named = name.chars().count() > 3 && password.to_lowercase().contains(name);
    if !(12..=200).contains(&count) || different.len() < 5 || named {
        crate::refuse!(
            "password",
            "a password has 12 to 200 characters, five different ones at least, and not the \
             account's name: take four words that have nothing to do with each other"
        );
    }
    Ok(())
}

/// A name as it is kept: in small letters.
///
/// # Errors
/// A refusal for what cannot be a name.
pub fn name_of(text: &str) -> Result<String> {
    let name = text.trim().to_lowercase();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !(2..=40).contains(&name.chars().count())
        || !name.chars().all(fits)
        || RESERVED.contains(&name.as_str())
    {
        crate::refuse!(
            "name",
            "`{}` is no account's name: take 2 to 40 letters, digits, dots, dashes or underscores",
            text.trim().chars().take(60).collect::<String>()
        );
    }
    Ok(name)
}

fn display_of(text: &str, name: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > 100 || text.chars().any(char::is_control) {
        crate::refuse!("display", "the name to show has more than 100 characters, or odd ones");
    }
    Ok(if text.is_empty() { name } else { text }.to_owned())
}

/// An office as grants and tokens name it.
///
/// # Errors
/// A refusal for what cannot be one.
pub fn office_of(text: &str) -> Result<()> {
    let odd = |c: char| c.is_control() || c.is_whitespace();
    if text.is_empty() || text.chars().count() > 40 || text.chars().any(odd) {
        crate::refuse!("office", "an office is named by its code, or by * for every one");
    }
    Ok(())
}

/// A ULID that the client made, or a new one.
///
/// # Errors
/// A refusal for what is none.
pub fn id_of(given: Option<&str>) -> Result<String> {
    match given {
        None => Ok(ulid::Ulid::generate().to_string()),
        Some(text) => match ulid::Ulid::from_string(text) {
            Ok(id) => Ok(id.to_string()),
            Err(_) => crate::refuse!("id", "`id` is no ULID: leave it out, or make one"),
        },
    }
}

async fn record(
    tx: &mut Tx,
    act: &str,
    name: &str,
    body: Value,
    (actor, now): (&str, i64),
) -> Result<()> {
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: act.into(),
        subject: format!("account {name}").into(),
        body,
    };
    journal::record(tx, &[entry], now).await?;
    Ok(())
}

fn said(grants: &[Grant]) -> Vec<String> {
    grants.iter().map(|grant| format!("{}@{}", grant.role, grant.office)).collect()
}

/// What a new account is made of.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// A ULID that the client made.
    pub id: Option<String>,
    /// The name, never to be changed.
    pub name: String,
    /// The name to show.
    pub display: String,
    /// `ko` or `en`.
    pub language: String,
    /// Its roles.
    pub grants: Vec<Grant>,
}

/// A link that lets somebody in: its token is told once and never kept.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The token; none where the same request had been answered before.
    pub token: Option<String>,
    /// Until when it is good.
    pub expires_at: i64,
}

/// Makes an account and invites its person. The same again changes nothing, and tells no token.
///
/// # Errors
/// A refusal for names and roles that cannot be, and a name that is taken.
pub async fn add(store: &Store, new: &NewAccount, by: (&str, i64)) -> Result<(Account, Invited)> {
    let name = name_of(&new.name)?;
    let display = display_of(&new.display, &name)?;
    if !["ko", "en"].contains(&new.language.as_str()) {
        crate::refuse!("language", "the language is `ko` or `en`");
    }
    check_grants(&new.grants)?;
    let id = id_of(new.id.as_deref())?;
    let mut tx = store.begin().await?;
    if let Some(known) = accounts::find(&mut tx, &id).await? {
        if known.name == name {
            return Ok((known, Invited { token: None, expires_at: by.1 }));
        }
        crate::refuse!("idempotency_key", "this id was used before, for another account");
    }
    if accounts::named(&mut tx, &name).await?.is_some() {
        crate::refuse!(
            "name_taken",
            "there is an account {name} already; names are never given to another person"
        );
    }
    let account = Account {
        id,
        name,
        display,
        language: new.language.clone(),
        state: "invited".to_owned(),
        password: None,
        totp_nonce: None,
        totp_confirmed_at: None,
        totp_step: 0,
        made_by: by.0.to_owned(),
        made_at: by.1,
        last_seen: None,
    };
    accounts::insert(&mut tx, &account).await?;
    accounts::set_grants(&mut tx, &account.id, &new.grants).await?;
    let body = json!({ "id": account.id, "grants": said(&new.grants) });
    record(&mut tx, "add account", &account.name, body, by).await?;
    let invited = invite_within(&mut tx, &account, by).await?;
    tx.commit().await?;
    Ok((account, invited))
}

/// Makes an account whose password is told at once, for a demo; its person is not signed in.
///
/// # Errors
/// As [`add`] and [`redeem`].
pub async fn add_with_password(
    store: &Store,
    new: &NewAccount,
    password: &str,
    by: (&str, i64),
) -> Result<Account> {
    let (account, invited) = add(store, new, by).await?;
    let token = invited.token.context("the account is there already")?;
    redeem(store, &token, (None, None), password, &Whence::default(), by.1).await?;
    sign_out_everywhere(store, &account.id, by).await?;
    Ok(account)
}

fn check_grants(grants: &[Grant]) -> Result<()> {
    if grants.len() > 200 {
        crate::refuse!("grants", "an account has at most 200 grants");
    }
    grants.iter().try_for_each(|grant| office_of(&grant.office))
}

async fn invite_within(tx: &mut Tx, account: &Account, by: (&str, i64)) -> Result<Invited> {
    let token = secret()?;
    let expires_at = by.1 + INVITATION;
    let invitation = Invitation {
        token_sha256: digest(&token),
        account_id: Some(account.id.clone()),
        made_by: by.0.to_owned(),
        made_at: by.1,
        expires_at,
        used_at: None,
    };
    accounts::invite(tx, &invitation).await?;
    record(tx, "invite", &account.name, json!({ "expires_at": expires_at }), by).await?;
    Ok(Invited { token: Some(token), expires_at })
}

async fn found(tx: &mut Tx, id: &str) -> Result<Account> {
    match accounts::find(tx, id).await? {
        Some(account) => Ok(account),
        None => crate::refuse!("no_account", "there is no account of this id"),
    }
}

/// Invites the person of an account anew: by the link they choose another password, which also
/// takes the second factor off. Earlier links are good no more.
///
/// # Errors
/// A refusal when the account is closed or not there.
pub async fn invite(store: &Store, id: &str, by: (&str, i64)) -> Result<Invited> {
    let mut tx = store.begin().await?;
    let account = found(&mut tx, id).await?;
    if account.state == "closed" {
        crate::refuse!("closed", "the account {} is closed: open it first", account.name);
    }
    let invited = invite_within(&mut tx, &account, by).await?;
    tx.commit().await?;
    Ok(invited)
}

/// Makes the link by which the first administrator comes in, unless somebody administers already.
///
/// # Errors
/// When the store fails.
pub async fn first_run(store: &Store, now: i64) -> Result<Option<String>> {
    if accounts::is_administered(&mut store.read().await?).await? {
        return Ok(None);
    }
    let mut tx = store.begin().await?;
    if accounts::is_administered(&mut tx).await? {
        return Ok(None);
    }
    let token = secret()?;
    let invitation = Invitation {
        token_sha256: digest(&token),
        account_id: None,
        made_by: "setup".to_owned(),
        made_at: now,
        expires_at: now + FIRST_RUN,
        used_at: None,
    };
    accounts::invite(&mut tx, &invitation).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// From where somebody comes.
#[derive(Debug, Clone, Default)]
pub struct Whence {
    /// The address.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    /// What shows that this browser let somebody in before.
    pub known: Option<String>,
}

/// A session that has begun: its token is told once and never kept.
#[derive(Debug, Clone)]
pub struct Entered {
    /// For the cookie.
    pub token: String,
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
    /// Their roles.
    pub grants: Vec<Grant>,
}

/// Takes an invitation up: its person chooses a password, and is in. For the first administrator
/// it makes the account.
///
/// # Errors
/// A refusal when the link is good no more, or name or password cannot be.
pub async fn redeem(
    store: &Store,
    token: &str,
    (name, display): (Option<&str>, Option<&str>),
    password: &str,
    from: &Whence,
    now: i64,
) -> Result<Entered> {
    let token_sha256 = digest(token);
    let known = |found: Option<Invitation>| match found {
        Some(one) if one.used_at.is_none() && one.expires_at > now => Ok(one),
        _ => Err(crate::refusal::Refusal::error(
            "invitation",
            "this link is good no more: ask an administrator for a new one, or start the server \
             again when nobody administers yet",
        )),
    };
    let mut tx = store.read().await?;
    let invitation = known(accounts::invitation(&mut tx, &token_sha256).await?)?;
    let invited = match &invitation.account_id {
        Some(id) => found(&mut tx, id).await?,
        None => {
            let name = name_of(name.unwrap_or_default())?;
            Account {
                id: id_of(None)?,
                display: display_of(display.unwrap_or_default(), &name)?,
                name,
                language: "ko".to_owned(),
                state: "invited".to_owned(),
                password: None,
                totp_nonce: None,
                totp_confirmed_at: None,
                totp_step: 0,
                made_by: invitation.made_by.clone(),
                made_at: now,
                last_seen: None,
            }
        }
    };
    drop(tx);
    check_password(password, &invited.name)?;
    // Hashing takes long, so it is done before the store is locked.
    let hash = hashed(password).await?;
    let mut tx = store.begin().await?;
    known(accounts::invitation(&mut tx, &token_sha256).await?)?;
    let by = (invited.name.as_str(), now);
    let mut account = match &invitation.account_id {
        Some(id) => found(&mut tx, id).await?,
        None => {
            if accounts::is_administered(&mut tx).await? {
                crate::refuse!("invitation", "somebody administers already: ask them for a link");
            }
            if accounts::named(&mut tx, &invited.name).await?.is_some() {
                crate::refuse!("name_taken", "there is an account {} already", invited.name);
            }
            accounts::insert(&mut tx, &invited).await?;
            let everything =
                Grant { role: Role::Administrator, office: crate::rights::EVERYWHERE.into() };
            accounts::set_grants(&mut tx, &invited.id, std::slice::from_ref(&everything)).await?;
            let body = json!({ "id": invited.id, "grants": said(&[everything]), "first": true });
            record(&mut tx, "add account", &invited.name, body, by).await?;
            invited.clone()
        }
    };
    if account.state == "closed" {
        crate::refuse!("closed", "the account {} is closed", account.name);
    }
    account.state = "active".to_owned();
    account.password = Some(hash);
    (account.totp_nonce, account.totp_confirmed_at) = (None, None);
    if let Some(display) = display {
        account.display = display_of(display, &account.display)?;
    }
    accounts::update(&mut tx, &account).await?;
    accounts::take_up(&mut tx, &token_sha256, now).await?;
    sessions::end_all(&mut tx, &account.id, None).await?;
    sessions::forgive(&mut tx, &key_of_account(&account.name), now - FORGOTTEN).await?;
    record(&mut tx, "redeem", &account.name, json!({ "address": from.address }), by).await?;
    let entered = enter(&mut tx, account, from, now).await?;
    tx.commit().await?;
    Ok(entered)
}

async fn enter(tx: &mut Tx, account: Account, from: &Whence, now: i64) -> Result<Entered> {
    let token = secret()?;
    let session = Session {
        token_sha256: digest(&token),
        id: id_of(None)?,
        account_id: account.id.clone(),
        began_at: now,
        used_at: now,
        expires_at: now + SESSION,
        address: from.address.clone(),
        agent: from.agent.chars().filter(|c| !c.is_control()).take(200).collect(),
    };
    sessions::forget(tx, now, now - IDLE).await?;
    sessions::insert(tx, &session).await?;
    sessions::touch(tx, &session.token_sha256, &account.id, now).await?;
    let by = (account.name.as_str(), now);
    let body = json!({ "session": session.id, "address": from.address });
    record(tx, "sign in", &account.name, body, by).await?;
    let grants = accounts::grants(tx, std::slice::from_ref(&account.id)).await?;
    let grants = grants.into_iter().map(|(_, grant)| grant).collect();
    Ok(Entered { token, session, account, grants })
}

/// What an attempt to sign in came to.
#[derive(Debug)]
pub enum Attempt {
    /// In.
    Entered(Box<Entered>),
    /// Name, password or code are wrong; which of them is not told.
    Wrong,
    /// The password is right, and the second factor's code is asked for.
    CodeNeeded,
    /// Too many attempts: not before so many microseconds.
    Locked(i64),
}

fn key_of_account(name: &str) -> String {
    format!("account {name}")
}

/// Signs a person in. Each attempt counts before it is judged, so that many at once gain nothing.
///
/// # Errors
/// When the store fails.
pub async fn sign_in(
    store: &Store,
    name: &str,
    password: &str,
    code: Option<&str>,
    from: &Whence,
    now: i64,
) -> Result<Attempt> {
    let name: String = name.trim().to_lowercase().chars().take(60).collect();
    let site = store.secret_for(known_browser::PURPOSE)?;
    let mut tx = store.begin().await?;
    // Strangers who guess lock out strangers, not the people at their own desks.
    let known = match (accounts::named(&mut tx, &name).await?, &from.known) {
        (Some(account), Some(shown)) => known_browser::number(&site, &account.id, shown),
        _ => None,
    };
    let whose = known.map_or_else(|| key_of_account(&name), |number| format!("browser {number}"));
    let keys = [(whose, FREE_OF_ACCOUNT), (format!("address {}", from.address), FREE_OF_ADDRESS)];
    let mut before = Vec::new();
    for (key, _) in &keys {
        let known = sessions::failures(&mut tx, key).await?;
        if known.locked_until > now {
            return Ok(Attempt::Locked(known.locked_until - now));
        }
        let stale = known.last_at < now - FORGOTTEN;
        before.push(if stale { Failures::default() } else { known });
    }
    let mut locks = Vec::new();
    for ((key, free), known) in keys.iter().zip(&before) {
        let failures = known.failures + 1;
        let beyond = failures - free;
        let lock = if beyond < 0 { 0 } else { (LOCK << beyond.min(20)).min(LOCK_MOST) };
        let after = Failures { failures, last_at: now, locked_until: now + lock };
        sessions::set_failures(&mut tx, key, after).await?;
        if lock > 0 {
            locks.push(json!({ "key": key, "failures": failures, "seconds": lock / 1_000_000 }));
        }
    }
    let account = accounts::named(&mut tx, &name).await?;
    tx.commit().await?;

    let account = account.filter(|account| account.state == "active");
    let kept = account.as_ref().and_then(|account| account.password.as_deref());
    if !is_password(password, kept).await? {
        return wrong(store, &name, &locks, now).await;
    }
    let Some(account) = account else { return Ok(Attempt::Wrong) };
    let mut tx = store.begin().await?;
    // It may have been closed meanwhile, and its code used.
    let mut account = found(&mut tx, &account.id).await?;
    if account.state != "active" {
        return Ok(Attempt::Wrong);
    }
    let forgive = async |tx: &mut Tx| -> Result<()> {
        sessions::forgive(tx, &keys[0].0, now - FORGOTTEN).await?;
        // Others from the same address may have been wrong meanwhile, so only this attempt is
        // taken back.
        let known = sessions::failures(tx, &keys[1].0).await?;
        let failures = (known.failures - 1).max(0);
        let locked_until = if failures < FREE_OF_ADDRESS { 0 } else { known.locked_until };
        sessions::set_failures(tx, &keys[1].0, Failures { failures, locked_until, ..known }).await
    };
    if account.has_totp() {
        let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
            forgive(&mut tx).await?;
            // The account's own count stays, or asking for the code would reset the guesses at it.
            sessions::set_failures(&mut tx, &keys[0].0, before[0]).await?;
            tx.commit().await?;
            return Ok(Attempt::CodeNeeded);
        };
        let nonce = account.totp_nonce.clone().unwrap_or_default();
        let secret =
            second_factor::secret(&store.secret_for(second_factor::PURPOSE)?, &account.id, &nonce);
        match second_factor::step_of(&secret, code, now, account.totp_step) {
            Some(step) => account.totp_step = step,
            None => {
                drop(tx);
                return wrong(store, &name, &locks, now).await;
            }
        }
        accounts::update(&mut tx, &account).await?;
    }
    forgive(&mut tx).await?;
    let entered = enter(&mut tx, account, from, now).await?;
    tx.commit().await?;
    Ok(Attempt::Entered(Box::new(entered)))
}

/// Lets in whom the site's provider vouches for, by its issuer and its own id of the person. The
/// first time, that id is bound to the account of this name; from then on the name counts no more.
/// None where there is no such account, or it is closed or another's. A second factor is the
/// provider's to ask for.
///
/// # Errors
/// When the store fails.
pub async fn enter_vouched(
    store: &Store,
    subject: (&str, &str),
    name: Option<&str>,
    from: &Whence,
    now: i64,
) -> Result<Option<Entered>> {
    let mut tx = store.begin().await?;
    let mut account = match accounts::of_subject(&mut tx, subject).await? {
        Some(id) => found(&mut tx, &id).await?,
        None => {
            let name: String = name.unwrap_or_default().trim().to_lowercase();
            let Some(account) = accounts::named(&mut tx, &name).await? else { return Ok(None) };
            // A name alone opens no account that somebody uses already: an administrator's
            // invitation has to wait there, and it is taken up by this.
            if account.state == "closed"
                || !accounts::take_up_all(&mut tx, &account.id, now).await?
                || !accounts::bind_subject(&mut tx, subject, &account.id, now).await?
            {
                return Ok(None);
            }
            let body = json!({ "issuer": subject.0, "address": from.address });
            let by = (account.name.as_str(), now);
            record(&mut tx, "bind account", &account.name, body, by).await?;
            account
        }
    };
    match account.state.as_str() {
        "closed" => return Ok(None),
        // A second factor of our own is not passed by on another way in.
        _ if account.has_totp() => return Ok(None),
        "active" => {}
        _ => {
            account.state = "active".to_owned();
            accounts::update(&mut tx, &account).await?;
        }
    }
    let entered = enter(&mut tx, account, from, now).await?;
    tx.commit().await?;
    Ok(Some(entered))
}

/// Holds that who decides did not make the account of who asked: one person with two accounts is
/// one person. A machine, or who acts by the command line, was made by nobody here.
///
/// # Errors
/// A refusal when they did.
pub async fn not_the_makers(tx: &mut Tx, asked: &str, decides: &str) -> Result<()> {
    let Some(account) = accounts::named(tx, asked).await? else { return Ok(()) };
    let invited = accounts::invited_by(tx, &account.id).await?;
    let makers = invited.iter().map(String::as_str).chain([account.made_by.as_str()]);
    if makers.into_iter().any(|maker| super::model::same_person(maker, decides)) {
        crate::refuse!(
            "own_account",
            "{decides} made or invited the account of {asked}, so another person has to decide"
        );
    }
    Ok(())
}

/// Holds that neither of two made the other's account: who lets a second account in holds its link,
/// and could be both.
///
/// # Errors
/// A refusal when one did.
pub async fn two_persons(tx: &mut Tx, asked: &str, decides: &str) -> Result<()> {
    not_the_makers(tx, asked, decides).await?;
    let Some(account) = accounts::named(tx, decides).await? else { return Ok(()) };
    let invited = accounts::invited_by(tx, &account.id).await?;
    let makers = invited.iter().map(String::as_str).chain([account.made_by.as_str()]);
    if makers.into_iter().any(|maker| super::model::same_person(maker, asked)) {
        crate::refuse!(
            "own_account",
            "{asked} made or invited the account of {decides}, so another person has to decide"
        );
    }
    Ok(())
}

/// A wrong attempt; where it locks, the journal says so.
async fn wrong(store: &Store, name: &str, locks: &[Value], now: i64) -> Result<Attempt> {
    if !locks.is_empty() {
        let mut tx = store.begin().await?;
        let body = json!({ "locks": locks });
        record(&mut tx, "lock sign-in", name, body, ("sumun", now)).await?;
        tx.commit().await?;
    }
    Ok(Attempt::Wrong)
}

/// Signs a session's person out.
///
/// # Errors
/// When the store fails.
pub async fn sign_out(store: &Store, account: &Account, session: &str, now: i64) -> Result<bool> {
    let mut tx = store.begin().await?;
    let ended = sessions::end(&mut tx, &account.id, session).await?;
    if ended {
        let by = (account.name.as_str(), now);
        record(&mut tx, "sign out", &account.name, json!({ "session": session }), by).await?;
        tx.commit().await?;
    }
    Ok(ended)
}

/// Signs the person of an account out everywhere; gives of how many sessions.
///
/// # Errors
/// A refusal when there is no such account.
pub async fn sign_out_everywhere(store: &Store, id: &str, by: (&str, i64)) -> Result<u64> {
    let mut tx = store.begin().await?;
    let account = found(&mut tx, id).await?;
    let ended = sessions::end_all(&mut tx, &account.id, None).await?;
    record(&mut tx, "sign out", &account.name, json!({ "sessions": ended }), by).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Changes to an account by an administrator; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The name to show.
    pub display: Option<String>,
    /// Its roles.
    pub grants: Option<Vec<Grant>>,
    /// Opens or closes it.
    pub active: Option<bool>,
}

/// Changes an account. Closing signs its person out everywhere. Nobody changes their own roles or
/// closes their own account, so that somebody always administers.
///
/// # Errors
/// A refusal for one's own account, roles that cannot be, and an account that is not there.
pub async fn change(store: &Store, id: &str, change: &Change, by: (&str, i64)) -> Result<Account> {
    if let Some(grants) = &change.grants {
        check_grants(grants)?;
    }
    let mut tx = store.begin().await?;
    let mut account = found(&mut tx, id).await?;
    if account.name == by.0 && (change.grants.is_some() || change.active.is_some()) {
        crate::refuse!(
            "own_account",
            "nobody changes their own roles or closes their own account: let another administrator \
             do it"
        );
    }
    let mut body = json!({});
    if let Some(display) = &change.display {
        account.display = display_of(display, &account.name)?;
        body["display"] = json!(true);
    }
    if let Some(grants) = &change.grants {
        let was = accounts::grants(&mut tx, std::slice::from_ref(&account.id)).await?;
        let was: Vec<Grant> = was.into_iter().map(|(_, grant)| grant).collect();
        accounts::set_grants(&mut tx, &account.id, grants).await?;
        body["grants"] = json!({ "from": said(&was), "to": said(grants) });
    }
    match change.active {
        Some(true) if account.state == "closed" => {
            account.state = if account.password.is_some() { "active" } else { "invited" }.into();
            body["state"] = json!(account.state);
        }
        Some(false) if account.state != "closed" => {
            account.state = "closed".to_owned();
            body["state"] = json!("closed");
            sessions::end_all(&mut tx, &account.id, None).await?;
        }
        Some(_) | None => {}
    }
    accounts::update(&mut tx, &account).await?;
    record(&mut tx, "change account", &account.name, body, by).await?;
    tx.commit().await?;
    Ok(account)
}

/// Changes what people see of themselves.
///
/// # Errors
/// A refusal for what cannot be.
pub async fn present(
    store: &Store,
    id: &str,
    display: Option<&str>,
    language: Option<&str>,
    now: i64,
) -> Result<Account> {
    let mut tx = store.begin().await?;
    let mut account = found(&mut tx, id).await?;
    if let Some(display) = display {
        account.display = display_of(display, &account.name)?;
    }
    if let Some(language) = language {
        if !["ko", "en"].contains(&language) {
            crate::refuse!("language", "the language is `ko` or `en`");
        }
        account.language = language.to_owned();
    }
    accounts::update(&mut tx, &account).await?;
    let by = (account.name.as_str(), now);
    let body = json!({ "display": display.is_some(), "language": language });
    record(&mut tx, "change account", &account.name, body, by).await?;
    tx.commit().await?;
    Ok(account)
}

/// Holds that whoever sits there knows the account's password; wrong ones count as attempts to
/// sign in do.
///
/// # Errors
/// A refusal when it is another.
pub async fn prove(store: &Store, account: &Account, password: &str, now: i64) -> Result<()> {
    let key = key_of_account(&account.name);
    let mut tx = store.begin().await?;
    let known = sessions::failures(&mut tx, &key).await?;
    if known.locked_until > now {
        crate::refuse!("locked", "too many attempts: wait a quarter of an hour at most");
    }
    let failures = known.failures + 1;
    let beyond = failures - FREE_OF_ACCOUNT;
    let lock = if beyond < 0 { 0 } else { (LOCK << beyond.min(20)).min(LOCK_MOST) };
    let after = Failures { failures, last_at: now, locked_until: now + lock };
    sessions::set_failures(&mut tx, &key, after).await?;
    tx.commit().await?;
    if !is_password(password, account.password.as_deref()).await? {
        crate::refuse!("wrong_credentials", "this is not the account's password");
    }
    let mut tx = store.begin().await?;
    sessions::set_failures(&mut tx, &key, known).await?;
    tx.commit().await
}

/// Chooses another password, and signs the person out of all other sessions.
///
/// # Errors
/// A refusal when the current one is wrong or the new one cannot be.
pub async fn choose_password(
    store: &Store,
    (account, session): (&Account, &str),
    current: &str,
    new: &str,
    now: i64,
) -> Result<()> {
    check_password(new, &account.name)?;
    prove(store, account, current, now).await?;
    let hash = hashed(new).await?;
    let mut tx = store.begin().await?;
    let mut account = found(&mut tx, &account.id).await?;
    account.password = Some(hash);
    accounts::update(&mut tx, &account).await?;
    sessions::end_all(&mut tx, &account.id, Some(session)).await?;
    let by = (account.name.as_str(), now);
    record(&mut tx, "choose password", &account.name, json!({}), by).await?;
    tx.commit().await
}

/// Begins with a second factor; it is asked for once it was confirmed. Gives its secret.
///
/// # Errors
/// A refusal when there is one already.
pub async fn offer_code(store: &Store, id: &str) -> Result<(Account, [u8; 20])> {
    let mut tx = store.begin().await?;
    let mut account = found(&mut tx, id).await?;
    if account.has_totp() {
        crate::refuse!("has_totp", "there is a second factor already: take it off first");
    }
    let nonce = secret()?;
    account.totp_nonce = Some(nonce.clone());
    accounts::update(&mut tx, &account).await?;
    tx.commit().await?;
    let secret =
        second_factor::secret(&store.secret_for(second_factor::PURPOSE)?, &account.id, &nonce);
    Ok((account, secret))
}

/// Confirms the second factor by its first code.
///
/// # Errors
/// A refusal when the code is wrong, or none was begun with.
pub async fn confirm_code(store: &Store, id: &str, code: &str, now: i64) -> Result<()> {
    let mut tx = store.begin().await?;
    let mut account = found(&mut tx, id).await?;
    if account.has_totp() {
        return Ok(());
    }
    let Some(nonce) = account.totp_nonce.clone() else {
        crate::refuse!("no_totp", "begin with a second factor first");
    };
    let secret =
        second_factor::secret(&store.secret_for(second_factor::PURPOSE)?, &account.id, &nonce);
    let Some(step) = second_factor::step_of(&secret, code, now, account.totp_step) else {
        crate::refuse!("code", "the code is not the one of this half minute: try the next one");
    };
    (account.totp_step, account.totp_confirmed_at) = (step, Some(now));
    accounts::update(&mut tx, &account).await?;
    let by = (account.name.as_str(), now);
    record(&mut tx, "add second factor", &account.name, json!({}), by).await?;
    tx.commit().await
}

/// Takes the second factor off, for one who knows the password.
///
/// # Errors
/// A refusal when the password is wrong.
pub async fn remove_code(store: &Store, account: &Account, password: &str, now: i64) -> Result<()> {
    prove(store, account, password, now).await?;
    let mut tx = store.begin().await?;
    let mut account = found(&mut tx, &account.id).await?;
    (account.totp_nonce, account.totp_confirmed_at) = (None, None);
    accounts::update(&mut tx, &account).await?;
    let by = (account.name.as_str(), now);
    record(&mut tx, "remove second factor", &account.name, json!({}), by).await?;
    tx.commit().await
}
