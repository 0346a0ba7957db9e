//! Watchlists: importing a list, ending one or a listing, and deciding a hit. An import under a
//! name that is there brings that list up to date: what it no longer has expires, what it says anew
//! is a new listing, and what is unchanged keeps its hits and what was decided on them.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use intake::ListFormat;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use targeting::codes::Day;
use targeting::listing::{HitVerdict, LONGEST_VERDICT_DAYS, Listing};

use crate::pipeline;
use crate::store::hits::{KeptHit, KeptVerdict};
use crate::store::watchlists::KeptWatchlist;
use crate::store::{Store, Tx, hits, journal, watchlists};

/// The longest name, source or legal basis.
const TEXT_LENGTH: usize = 400;
/// The longest reason.
const REASON_LENGTH: usize = 2_000;
/// Defects of an import that are told.
const TOLD: usize = 100;

/// What is to be imported.
#[derive(Debug, Clone, Serialize)]
pub struct ImportOrder {
    /// Made by whoever sends it: the same again changes nothing.
    pub id: String,
    /// The list's name.
    pub name: String,
    /// The office that it is for; `*` for all.
    pub office: String,
    /// Who keeps it.
    pub source: String,
    /// How reliable the source is.
    pub source_grade: String,
    /// How sure the information is.
    pub information_grade: String,
    /// On what law it rests.
    pub legal_basis: String,
    /// The day from which on it counts no more.
    pub expires_day: Option<i32>,
    /// The file's name.
    pub file: String,
    /// How it is written; told by its content when left out.
    pub format: Option<String>,
}

/// A fault of an import, told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ToldDefect {
    /// Line from 1.
    pub line: u64,
    /// The field.
    pub field: String,
    /// The fault in a sentence.
    pub reason: String,
    /// What stood there.
    pub found: String,
}

/// What an import came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Imported {
    /// The watchlist.
    pub watchlist: i64,
    /// Entries that were read.
    pub read: i64,
    /// New listings.
    pub added: i64,
    /// Listings that were there and say the same.
    pub unchanged: i64,
    /// Listings that the file has no more, or says anew.
    pub expired: i64,
    /// Records that name nobody.
    pub left_out: u64,
    /// Hits among what awaits a decision.
    pub hits: u64,
    /// What was wrong, the first of it.
    pub defects: Vec<ToldDefect>,
    /// How much was wrong.
    pub defect_count: i64,
    /// Whether the same order had come before.
    #[serde(default)]
    pub repeated: bool,
}

/// Holds that an id was made by a sender and is none that breaks a line.
fn check_id(id: &str) -> Result<()> {
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || !(8..=100).contains(&id.len()) {
        crate::refuse!("id", "the id is no ULID: make a new one for each order");
    }
    Ok(())
}

fn check_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_LENGTH || reason.contains('\0') {
        crate::refuse!("no_reason", "say why, in at most {REASON_LENGTH} characters");
    }
    Ok(reason)
}

fn check(order: &ImportOrder, now: i64) -> Result<()> {
    check_id(&order.id)?;
    let texts = [&order.name, &order.office, &order.source, &order.legal_basis, &order.file];
    for text in texts {
        if text.chars().count() > TEXT_LENGTH || text.contains('\0') {
            crate::refuse!("watchlist", "a name, source or legal basis is too long");
        }
    }
    if order.name.trim().is_empty() || order.office.trim().is_empty() {
        crate::refuse!("watchlist", "the list needs a name and an office (`*` for all)");
    }
    let source = ["A", "B", "C", "D", "E", "F", "X"];
    let information = ["1", "2", "3", "4", "5", "6"];
    if !source.contains(&order.source_grade.as_str())
        || !information.contains(&order.information_grade.as_str())
    {
        crate::refuse!(
            "grade",
            "grades are a letter A to F (or X) for the source and a figure 1 to 6 for the \
             information"
        );
    }
    if order.expires_day.is_some_and(|day| day <= Day::of_micros(now).0) {
        crate::refuse!("expires_on", "the list would have expired already");
    }
    Ok(())
}

/// Imports a list, or brings the one of this name up to date.
///
/// # Errors
/// A refusal when the order or the file cannot be used.
pub async fn import(
    store: &Store,
    order: &ImportOrder,
    bytes: &[u8],
    (actor, now): (&str, i64),
) -> Result<Imported> {
    check(order, now)?;
    let sha256 = hex::encode(Sha256::digest(bytes));
    let digest = hex::encode(Sha256::digest(serde_json::to_vec(&(actor, order, &sha256))?));
    {
        let mut tx = store.read().await?;
        if let Some(before) = repeated(&mut tx, &order.id, &digest).await? {
            return Ok(before);
        }
    }
    let format = match order.format.as_deref().map(str::parse::<ListFormat>) {
        None => None,
        Some(Ok(format)) => Some(format),
        Some(Err(error)) => crate::refuse!("format", "{error}"),
    };
    let read = match intake::listings(bytes, format) {
        Ok(read) => read,
        Err(said) => crate::refuse!("unreadable", "{said}"),
    };
    if read.entries.is_empty() {
        crate::refuse!("unreadable", "the file has no entry that can be used");
    }
    let mut tx = store.begin().await?;
    // Another may have imported the same since.
    if let Some(before) = repeated(&mut tx, &order.id, &digest).await? {
        return Ok(before);
    }
    let id = watchlists::keep(
        &mut tx,
        &KeptWatchlist {
            id: 0,
            name: order.name.trim().to_owned(),
            office: order.office.trim().to_owned(),
            source: order.source.trim().to_owned(),
            source_grade: order.source_grade.clone(),
            information_grade: order.information_grade.clone(),
            legal_basis: order.legal_basis.trim().to_owned(),
            expires_day: order.expires_day.map(i64::from),
            format: read.format.as_str().to_owned(),
            file: order.file.clone(),
            sha256: sha256.clone(),
            imported_by: actor.to_owned(),
            imported_at: now,
            expired_at: None,
            listings: 0,
            expired_listings: 0,
            open_hits: 0,
        },
    )
    .await?;
    let known: HashMap<(String, i64), i64> = watchlists::known(&mut tx, id)
        .await?
        .into_iter()
        .map(|(listing, reference, digest)| ((reference, digest), listing))
        .collect();
    let (mut new, mut kept): (Vec<Listing>, HashSet<i64>) = (Vec::new(), HashSet::new());
    let mut seen = HashSet::new();
    for (_, listing) in &read.entries {
        let digest = watchlists::digest(listing)?;
        if !seen.insert((listing.reference.clone(), digest)) {
            continue;
        }
        match known.get(&(listing.reference.clone(), digest)) {
            Some(listing) => {
                kept.insert(*listing);
            }
            None => new.push(listing.clone()),
        }
    }
    let gone: Vec<i64> = known.values().copied().filter(|id| !kept.contains(id)).collect();
    let because = "no longer in the list, or changed there";
    let expired = watchlists::expire_listings(&mut tx, &gone, because, (actor, now)).await?;
    watchlists::insert(&mut tx, id, &new, now).await?;
    watchlists::set_revision(&mut tx, &ulid::Ulid::generate().to_string()).await?;
    let mut imported = Imported {
        watchlist: id,
        read: read.entries.len() as i64,
        added: new.len() as i64,
        unchanged: kept.len() as i64,
        expired: expired as i64,
        left_out: read.left_out,
        hits: 0,
        defects: read
            .defects
            .iter()
            .take(TOLD)
            .map(|defect| ToldDefect {
                line: defect.line,
                field: defect.field.to_string(),
                reason: defect.reason.replace('\0', "\u{2400}"),
                found: defect.found.replace('\0', "\u{2400}"),
            })
            .collect(),
        defect_count: read.defects.len() as i64,
        repeated: false,
    };
    let result = serde_json::to_string(&imported)?;
    watchlists::keep_import(&mut tx, (&order.id, &digest, &result), (actor, now)).await?;
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: "import watchlist".into(),
        subject: format!("watchlist {id}").into(),
        body: json!({
            "order": order,
            "sha256": sha256,
            "read": imported.read,
            "added": imported.added,
            "unchanged": imported.unchanged,
            "expired": imported.expired,
            "defects": imported.defect_count,
        }),
    };
    journal::record(&mut tx, &[entry], now).await?;
    tx.commit().await?;
    // A list counts from now on, for what has arrived and waits, too.
    imported.hits = pipeline::meet_pending(store, (actor, now)).await?;
    Ok(imported)
}

async fn repeated(tx: &mut Tx, id: &str, digest: &str) -> Result<Option<Imported>> {
    let Some((before, result)) = watchlists::import(tx, id).await? else { return Ok(None) };
    if before != digest {
        crate::refuse!("idempotency_key", "the id {id} was used before, for another import");
    }
    let mut imported: Imported =
        serde_json::from_str(&result).context("a kept import cannot be read")?;
    imported.repeated = true;
    Ok(Some(imported))
}

/// Ends a whole list for a reason. One that has ended is left as it is.
///
/// # Errors
/// A refusal without a reason.
pub async fn expire_list(
    store: &Store,
    id: i64,
    reason: &str,
    (actor, now): (&str, i64),
) -> Result<()> {
    let reason = check_reason(reason)?;
    let mut tx = store.begin().await?;
    if watchlists::expire(&mut tx, id, reason, (actor, now)).await? {
        ended(&mut tx, ("expire watchlist", format!("watchlist {id}"), reason), (actor, now))
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Ends a listing for a reason. One that has ended is left as it is.
///
/// # Errors
/// A refusal without a reason.
pub async fn expire_listing(
    store: &Store,
    id: i64,
    reason: &str,
    (actor, now): (&str, i64),
) -> Result<()> {
    let reason = check_reason(reason)?;
    let mut tx = store.begin().await?;
    if watchlists::expire_listings(&mut tx, &[id], reason, (actor, now)).await? > 0 {
        ended(&mut tx, ("expire listing", format!("listing {id}"), reason), (actor, now)).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn ended(
    tx: &mut Tx,
    (act, subject, reason): (&'static str, String, &str),
    (actor, now): (&str, i64),
) -> Result<()> {
    watchlists::set_revision(tx, &ulid::Ulid::generate().to_string()).await?;
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: act.into(),
        subject: subject.into(),
        body: json!({ "reason": reason }),
    };
    journal::record(tx, &[entry], now).await.map(drop)
}

/// What an officer says of a hit.
#[derive(Debug, Clone)]
pub struct VerdictOrder {
    /// Made by whoever sends it: the same again changes nothing.
    pub id: String,
    /// What is said.
    pub verdict: HitVerdict,
    /// Why.
    pub reason: String,
    /// The day from which on it counts no more; the verdict's own time when left out.
    pub expires_day: Option<i32>,
}

/// Decides a hit: it counts for the pair of party and listing, on every hit of it, until it expires
/// or is said anew.
///
/// # Errors
/// A refusal when the order cannot be used, or its id came before for another hit or verdict.
pub async fn decide(
    store: &Store,
    hit: &KeptHit,
    order: &VerdictOrder,
    (actor, now): (&str, i64),
) -> Result<()> {
    check_id(&order.id)?;
    let reason = check_reason(&order.reason)?;
    let today = Day::of_micros(now).0;
    let expires_day = order.expires_day.unwrap_or(today + order.verdict.lasts_days());
    if expires_day <= today || expires_day > today + LONGEST_VERDICT_DAYS {
        crate::refuse!(
            "expires_on",
            "a decision on a hit counts from a day to {LONGEST_VERDICT_DAYS} days"
        );
    }
    let mut tx = store.begin().await?;
    if let Some(before) = hits::by_order(&mut tx, &order.id).await? {
        if before.hit_id != hit.id || before.verdict != order.verdict || before.reason != reason {
            crate::refuse!(
                "idempotency_key",
                "the id {} was used before, for another decision",
                order.id
            );
        }
        return Ok(());
    }
    let verdict = KeptVerdict {
        id: hits::next_decision(&mut tx).await?,
        order_id: order.id.clone(),
        hit_id: hit.id,
        party_key: hit.party_key,
        listing_id: hit.listing_id,
        verdict: order.verdict,
        reason: reason.to_owned(),
        expires_day: i64::from(expires_day),
        by: actor.to_owned(),
        at: now,
    };
    let taken = hits::decide(&mut tx, &verdict).await?;
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: "decide hit".into(),
        subject: format!("hit {}", hit.id).into(),
        body: json!({
            "order": order.id,
            "listing": hit.listing_id,
            "consignment": hit.consignment_id,
            "verdict": order.verdict,
            "reason": reason,
            "expires_on": Day(expires_day).to_string(),
            "hits": taken,
        }),
    };
    journal::record(&mut tx, &[entry], now).await?;
    tx.commit().await
}
