//! Tokens of machines: made by an administrator, shown once, good for a time, taken back at once.
//! A machine does what its token says at its office, and never what takes a person.

use anyhow::Result;
use serde_json::json;

use super::account::{digest, id_of, name_of, office_of, secret};
use crate::rights::{Action, Circumstances, Holder, Rights};
use crate::store::tokens::{self, ApiToken};
use crate::store::{Store, journal};

/// How a token begins, so that a leaked one is recognised.
pub const PREFIX: &str = "sumun_";
/// The longest that a token is good.
const DAYS_MOST: i64 = 400;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What a new token is for.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// A ULID that the client made.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub actions: Vec<Action>,
    /// At which office; `*` is every one.
    pub office: String,
    /// For how many days.
    pub days: i64,
}

/// Makes a token; its text is given once. The same again changes nothing, and tells no text.
///
/// # Errors
/// A refusal for what no machine may do, for names that are taken, and for odd numbers of days.
pub async fn create(
    store: &Store,
    rights: &Rights,
    new: &NewToken,
    by: (&str, i64),
) -> Result<(ApiToken, Option<String>)> {
    let name = name_of(&new.name)?;
    office_of(&new.office)?;
    if new.actions.is_empty() {
        crate::refuse!("actions", "a token needs an action at least, such as send_consignments");
    }
    if !(1..=DAYS_MOST).contains(&new.days) {
        crate::refuse!("days", "a token is good for 1 to {DAYS_MOST} days");
    }
    let machine = Holder::machine(new.actions.clone(), &new.office);
    for &action in &new.actions {
        let verdict = rights.judge(&machine, action, &new.office, Circumstances::DRAWN)?;
        if !verdict.permitted {
            crate::refuse!(
                "actions",
                "no machine may {action}: the policy {} keeps it to people",
                verdict.policy
            );
        }
    }
    let id = id_of(new.id.as_deref())?;
    let mut tx = store.begin().await?;
    if let Some(known) = tokens::find(&mut tx, &id).await? {
        if known.name == name {
            return Ok((known, None));
        }
        crate::refuse!("idempotency_key", "this id was used before, for another token");
    }
    if tokens::find(&mut tx, &name).await?.is_some() {
        crate::refuse!("name_taken", "there is a token {name} already: take another name");
    }
    let text = format!("{PREFIX}{}", secret()?);
    let token = ApiToken {
        id,
        token_sha256: digest(&text),
        name,
        actions: new.actions.clone(),
        office: new.office.clone(),
        made_by: by.0.to_owned(),
        made_at: by.1,
        expires_at: by.1 + new.days * DAY,
        revoked_at: None,
        used_at: None,
    };
    tokens::insert(&mut tx, &token).await?;
    let actions: Vec<&str> = token.actions.iter().map(|action| action.as_str()).collect();
    let entry = journal::JournalEntry {
        actor: by.0.into(),
        act: "create token".into(),
        subject: format!("token {}", token.name).into(),
        body: json!({
            "id": token.id,
            "actions": actions,
            "office": token.office,
            "expires_at": token.expires_at,
        }),
    };
    journal::record(&mut tx, &[entry], by.1).await?;
    tx.commit().await?;
    Ok((token, Some(text)))
}

/// Takes a token back, named by its id or name. Again changes nothing.
///
/// # Errors
/// A refusal when there is none.
pub async fn revoke(store: &Store, id_or_name: &str, by: (&str, i64)) -> Result<ApiToken> {
    let mut tx = store.begin().await?;
    let Some(token) = tokens::find(&mut tx, id_or_name).await? else {
        crate::refuse!("no_token", "there is no token {id_or_name}");
    };
    if token.revoked_at.is_some() {
        return Ok(token);
    }
    tokens::revoke(&mut tx, &token.id, by.1).await?;
    let entry = journal::JournalEntry {
        actor: by.0.into(),
        act: "revoke token".into(),
        subject: format!("token {}", token.name).into(),
        body: json!({ "id": token.id }),
    };
    journal::record(&mut tx, &[entry], by.1).await?;
    tx.commit().await?;
    Ok(ApiToken { revoked_at: Some(by.1), ..token })
}
