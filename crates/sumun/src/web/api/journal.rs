//! The journal: proof that who did what, and why, is as it was written. The quick proof is here;
//! `sumun verify` also compares every row that the journal covers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use targeting::codes::Day;
use utoipa::{IntoParams, ToSchema};

use super::{List, time};
use crate::merkle;
use crate::rights::EVERYWHERE;
use crate::store::checkpoints;
use crate::store::journal::{self, Filter, Recorded, Verdict};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Named, cursor, page_size, place};
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
    Ok(Json(Checkpoint::of(&latest)))
}

impl Checkpoint {
    fn of(kept: &checkpoints::Checkpoint) -> Checkpoint {
        Checkpoint {
            text: kept.to_text(),
            origin: kept.origin.clone(),
            size: kept.size,
            root: hex::encode(kept.root),
            at: time(kept.at),
            signed: kept.signed.is_some(),
        }
    }
}

/// An entry of the journal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JournalEntry)]
pub struct Entry {
    /// Its number: 1, 2, 3 ...
    seq: i64,
    /// When.
    at: String,
    /// Who or what decided.
    actor: String,
    /// What was done.
    #[schema(example = "approve")]
    act: String,
    /// What it was done to.
    #[schema(example = "model M-1")]
    subject: String,
    /// Versions, reasons and figures.
    #[schema(value_type = Object)]
    body: Value,
    /// The hash of the entry as a leaf of the journal's tree, in hexadecimal.
    leaf_hash: String,
}

impl From<&Recorded> for Entry {
    fn from(of: &Recorded) -> Entry {
        Entry {
            seq: of.seq,
            at: time(of.at),
            actor: of.actor.clone(),
            act: of.act.clone(),
            subject: of.subject.clone(),
            body: serde_json::from_str(&of.body).unwrap_or(Value::Null),
            leaf_hash: hex::encode(journal::leaf_of(of)),
        }
    }
}

/// Which entries are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichEntries {
    /// Only those about this, such as C-12, P-7 or `account kim`.
    subject: Option<String>,
    /// Only those of this person or part of Sumun.
    actor: Option<String>,
    /// Only those of this act.
    act: Option<String>,
    /// Only those from this time or day on (RFC 3339, UTC).
    from: Option<String>,
    /// Only those up to this time or day (RFC 3339, UTC).
    to: Option<String>,
    /// Only those that have this text somewhere.
    q: Option<String>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// A time, or the first or last moment of a day, in microseconds since 1970 UTC.
fn moment(text: Option<&str>, last: bool) -> Result<Option<i64>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    if let Ok(day) = text.parse::<Day>() {
        let next = i64::from(last);
        return Ok(Some(Day(day.0.saturating_add(next as i32)).start_micros() - next));
    }
    match text.parse::<Timestamp>() {
        Ok(time) => Ok(Some(time.as_microsecond())),
        Err(_) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "query",
            "`from` and `to` are days such as 2026-11-22, or times in RFC 3339.",
        )),
    }
}

/// Searches the journal, the latest entry first.
#[utoipa::path(
    get,
    path = "/journal",
    tag = "journal",
    params(WhichEntries),
    responses(
        (status = 200, description = "A page of entries.", body = List<Entry>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_journal(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichEntries>,
) -> Result<Json<List<Entry>>, Problem> {
    caller.may(Action::ReadJournal, EVERYWHERE)?;
    let limit = page_size(asked.limit)?;
    let before = place::<i64>(asked.cursor.as_deref())?;
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let filter = Filter {
        subjects: some(&asked.subject).map(|subject| subjects(&subject)),
        actor: some(&asked.actor),
        act: some(&asked.act),
        from: moment(asked.from.as_deref(), false)?,
        to: moment(asked.to.as_deref(), true)?,
        text: some(&asked.q),
    };
    let mut tx = app.store.read().await?;
    let mut kept = journal::page(&mut tx, &filter, before, limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|last| cursor(&last.seq));
    Ok(Json(List { items: kept.iter().map(Entry::from).collect(), next }))
}

/// How entries name a subject: consignments and plans by their number alone, or as people do.
fn subjects(asked: &str) -> Vec<String> {
    let mut all = vec![asked.to_owned()];
    let number = |prefix: &str| {
        let upper = asked.to_ascii_uppercase();
        let digits = upper.strip_prefix(prefix)?.to_owned();
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
    };
    for (prefix, noun) in [("C-", "consignment"), ("P-", "plan")] {
        if let Some(digits) = number(prefix) {
            all.extend([format!("{noun} {digits}"), format!("{prefix}{digits}")]);
        }
    }
    if asked.to_ascii_uppercase().starts_with("M-") {
        all.push(format!("model {asked}"));
    }
    all
}

/// Proof that an entry is in the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proof {
    /// The entry.
    entry: Entry,
    /// Its leaf's hash, in hexadecimal.
    leaf_hash: String,
    /// The leaf's place in the tree, from 0.
    index: u64,
    /// How many leaves the tree has.
    size: u64,
    /// The hashes beside the way from the leaf to the root, in hexadecimal (RFC 6962).
    path: Vec<String>,
    /// The root that they come to, in hexadecimal.
    root: String,
    /// The checkpoint that has this root, signed.
    checkpoint: Checkpoint,
    /// Whether leaf and path come to the checkpoint's root.
    holds: bool,
}

/// Proves that an entry is in the journal that the latest checkpoint covers.
#[utoipa::path(
    get,
    path = "/journal/{seq}/proof",
    tag = "journal",
    params(("seq" = String, Path, description = "The entry's number.")),
    responses(
        (status = 200, description = "The proof.", body = Proof),
        (status = 404, description = "There is no such entry.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn prove_entry(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Json<Proof>, Problem> {
    caller.may(Action::ReadJournal, EVERYWHERE)?;
    let missing = || Problem::missing("no_entry", "There is no entry of this number.");
    let seq = name.number("").ok_or_else(missing)?;
    let mut tx = app.store.read().await?;
    let entry = journal::entry(&mut tx, seq).await?.ok_or_else(missing)?;
    let checkpoint = checkpoints::latest(&mut tx).await?.ok_or_else(missing)?;
    let size = checkpoint.size;
    if seq as u64 > size {
        return Err(missing());
    }
    let path = journal::prove_inclusion(&mut tx, seq, size).await?;
    let leaf = journal::leaf_of(&entry);
    let index = seq as u64 - 1;
    let holds = merkle::verify_inclusion(leaf, index, size, &path, &checkpoint.root)
        && (checkpoint.signed.is_none() || checkpoint.signature_holds());
    Ok(Json(Proof {
        entry: Entry::from(&entry),
        leaf_hash: hex::encode(leaf),
        index,
        size,
        path: path.iter().map(hex::encode).collect(),
        root: hex::encode(checkpoint.root),
        checkpoint: Checkpoint::of(&checkpoint),
        holds,
    }))
}
