//! The journal: proof that who did what, and why, is as it was written. The quick proof is here;
//! `sumun verify` also compares every row that the journal covers.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::time;
use crate::rights::EVERYWHERE;
use crate::store::checkpoints;
use crate::store::journal::{self, Verdict};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::{App, Problem};

/// What verifying the journal found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// Whether every entry, root and signature is as it was written.
    verified: bool,
    /// How many entries there are.
    rows: Option<u64>,
    /// How many checkpoints were compared.
    checkpoints: Option<u64>,
    /// How many of those bear no signature.
    unsigned: Option<u64>,
    /// The root over all entries, in hexadecimal.
    root: Option<String>,
    /// The first entry that is altered, missing or added.
    first_altered: Option<i64>,
    /// What is wrong, in a sentence.
    what: Option<String>,
}

/// Proves that the journal is unaltered, entry by entry. Changes nothing.
#[utoipa::path(
    post,
    path = "/journal/verify",
    tag = "journal",
    responses(
        (status = 200, description = "What verifying found.", body = Verification),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn verify_journal(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Verification>, Problem> {
    caller.may(Action::ReadJournal, EVERYWHERE)?;
    let nothing = Verification {
        verified: false,
        rows: None,
        checkpoints: None,
        unsigned: None,
        root: None,
        first_altered: None,
        what: None,
    };
    Ok(Json(match journal::verify(&app.store, |_| {}).await? {
        Verdict::Verified(verified) => Verification {
            verified: true,
            rows: Some(verified.size),
            checkpoints: Some(verified.checkpoints),
            unsigned: Some(verified.unsigned),
            root: Some(hex::encode(verified.root)),
            ..nothing
        },
        Verdict::Broken(broken) => Verification {
            first_altered: Some(broken.first_bad_seq),
            what: Some(broken.what),
            ..nothing
        },
    }))
}

/// The journal's latest root.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checkpoint {
    /// The checkpoint as text, to be kept where the store's owner cannot reach.
    text: String,
    /// Which store.
    origin: String,
    /// How many entries the root covers.
    size: u64,
    /// The root, in hexadecimal.
    root: String,
    /// When.
    at: String,
    /// Whether it is signed.
    signed: bool,
}

/// Reads the latest checkpoint. Kept elsewhere, it proves later that nothing before it changed:
/// `sumun verify --against FILE`.
#[utoipa::path(
    get,
    path = "/journal/checkpoint",
    tag = "journal",
    responses(
        (status = 200, description = "The latest checkpoint.", body = Checkpoint),
        (status = 404, description = "The journal is empty.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_checkpoint(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Checkpoint>, Problem> {
    caller.may(Action::ReadJournal, EVERYWHERE)?;
    let latest = checkpoints::latest(&mut app.store.read().await?).await?;
    let latest = latest.ok_or_else(|| {
        Problem::missing("empty_journal", "The journal is empty: there is no checkpoint yet.")
    })?;
    Ok(Json(Checkpoint {
        text: latest.to_text(),
        origin: latest.origin.clone(),
        size: latest.size,
        root: hex::encode(latest.root),
        at: time(latest.at),
        signed: latest.signed.is_some(),
    }))
}
