//! Watchlists: importing a list, ending one or a listing, and deciding a hit. An import under a
//! name that is there brings that list up to date: what it no longer has expires, what it says anew
//! is a new listing, and what is unchanged keeps its hits and what was decided on them. A damaged
//! file takes nobody off, and what an officer has ended stays so until its source says it anew.

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
use crate::store::watchlists::{KeptWatchlist, StandingListing};
use crate::store::{Store, Tx, hits, journal, watchlists};

/// The longest name, source or legal basis.
const TEXT_LENGTH: usize = 400;
/// The longest reason.
const REASON_LENGTH: usize = 2_000;
/// Defects of an import that are told.
const TOLD: usize = 100;

/// Why an import ended a listing: it is not in the file any more.
const GONE: &str = "no longer in the list";
/// Why an import ended a listing: the file says it anew.
const CHANGED: &str = "changed in the list";
/// Why imports ended listings before the two were told apart.
const GONE_OR_CHANGED: &str = "no longer in the list, or changed there";
/// An import that would take off so many, and more than half of all, is likely the wrong file.
const MANY: usize = 5;

/// From which day on a list counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ListExpiry {
    /// As it is kept; never, for a new list.
    Kept,
    /// It does not expire by itself.
    Never,
    /// From this day on.
    On(i32),
}

/// What is to be imported. What is left out of a list that is there stays as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct ImportOrder {
    /// Made by whoever sends it: the same again changes nothing.
    pub id: String,
    /// The list's name.
    pub name: String,
    /// The office that it is for; `*` for all.
    pub office: String,
    /// Who keeps it.
    pub source: Option<String>,
    /// How reliable the source is; F, for a new list.
    pub source_grade: Option<String>,
    /// How sure the information is; 6, for a new list.
    pub information_grade: Option<String>,
    /// On what law it rests.
    pub legal_basis: Option<String>,
    /// The day from which on it counts no more.
    pub expires: ListExpiry,
    /// The file's name.
    pub file: String,
    /// How it is written; told by its content when left out.
    pub format: Option<String>,
    /// Whether most of the list may be taken off.
    pub replace: bool,
    /// Why a list that was ended counts again.
    pub reopen: Option<String>,
    /// Only says what would happen.
    pub dry_run: bool,
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
    /// Those of them that the file says anew.
    #[serde(default)]
    pub changed: i64,
    /// Entries that an officer has ended and that say the same: they are left so.
    #[serde(default)]
    pub left_ended: i64,
    /// Entries that an officer has ended and that count again, for the file says them anew.
    #[serde(default)]
    pub returned: i64,
    /// Decisions on hits that were carried over to what took a listing's place.
    #[serde(default)]
    pub carried: u64,
    /// Where the file is cut off or damaged, so that nobody was taken off.
    #[serde(default)]
    pub damage: Option<String>,
    /// Whether nothing was stored.
    #[serde(default)]
    pub dry_run: bool,
    /// Records that list nobody.
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
    /// The list as it would be, of an import that stores nothing.
    #[serde(skip)]
    pub list: Option<KeptWatchlist>,
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
    if [GONE, CHANGED, GONE_OR_CHANGED].contains(&reason) {
        crate::refuse!("no_reason", "imports say this of themselves: say it in other words");
    }
    Ok(reason)
}

fn check(order: &ImportOrder, now: i64) -> Result<()> {
    check_id(&order.id)?;
    let texts = [&order.name, &order.office, &order.file];
    for text in texts.into_iter().chain(&order.source).chain(&order.legal_basis) {
        if text.chars().count() > TEXT_LENGTH || text.contains('\0') {
            crate::refuse!("watchlist", "a name, source or legal basis is too long");
        }
    }
    if order.name.trim().is_empty() || order.office.trim().is_empty() {
        crate::refuse!("watchlist", "the list needs a name and an office (`*` for all)");
    }
    let source = ["A", "B", "C", "D", "E", "F", "X"];
    let information = ["1", "2", "3", "4", "5", "6"];
    if order.source_grade.as_ref().is_some_and(|grade| !source.contains(&grade.as_str()))
        || order
            .information_grade
            .as_ref()
            .is_some_and(|grade| !information.contains(&grade.as_str()))
    {
        crate::refuse!(
            "grade",
            "grades are a letter A to F (or X) for the source and a figure 1 to 6 for the \
             information"
        );
    }
    if matches!(order.expires, ListExpiry::On(day) if day <= Day::of_micros(now).0) {
        crate::refuse!("expires_on", "the list would have expired already");
    }
    if let Some(reason) = &order.reopen {
        check_reason(reason)?;
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
    let damage = read.damage().map(|one| format!("line {}: {}", one.line, one.reason));
    if read.entries.is_empty() {
        match damage {
            Some(damage) => crate::refuse!(
                "unreadable",
                "the file is cut off or damaged ({damage}) and has no whole entry: fetch it again"
            ),
            None => crate::refuse!("unreadable", "the file has no entry that can be used"),
        }
    }
    let mut tx = store.begin().await?;
    // Another may have imported the same since.
    if let Some(before) = repeated(&mut tx, &order.id, &digest).await? {
        return Ok(before);
    }
    let today = i64::from(Day::of_micros(now).0);
    let kept = as_kept(&mut tx, order, (actor, now)).await?;
    let reopened = kept.ended.is_some();
    let list = KeptWatchlist { format: read.format.as_str().to_owned(), sha256, ..kept };
    let id = watchlists::keep(&mut tx, &list).await?;
    let standing = watchlists::standing(&mut tx, id).await?;
    let update = Update::of(&read.entries, &standing, damage.is_some())?;
    let (off, before) = (update.gone.len(), update.before);
    if off >= MANY && off * 2 > before && !order.replace {
        crate::refuse!(
            "list_shrinks",
            "the file would take {off} of the {before} listings off {}: if it is the right file, \
             import it with `--replace`",
            list.name
        );
    }
    let by = (actor, now);
    let mut expired = watchlists::expire_listings(&mut tx, &update.gone, GONE, by).await?;
    let changed = watchlists::expire_listings(&mut tx, &update.changed, CHANGED, by).await?;
    expired += changed;
    let first = watchlists::insert(&mut tx, id, &update.new, now).await?;
    let places: Vec<(i64, i64)> =
        update.follows.iter().map(|(former, at)| (*former, first + *at as i64)).collect();
    let carried = hits::carry(&mut tx, &places, today).await?;
    watchlists::set_revision(&mut tx, &ulid::Ulid::generate().to_string()).await?;
    let mut imported = Imported {
        watchlist: id,
        read: read.entries.len() as i64,
        added: update.new.len() as i64,
        unchanged: update.unchanged.len() as i64,
        expired: expired as i64,
        changed: changed as i64,
        left_ended: update.left_ended,
        returned: update.returned,
        carried,
        damage,
        dry_run: order.dry_run,
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
        list: None,
    };
    if order.dry_run {
        let lists = watchlists::list(&mut tx, today).await?;
        imported.list = lists.into_iter().find(|list| list.id == id);
        return Ok(imported);
    }
    let result = serde_json::to_string(&imported)?;
    watchlists::keep_import(&mut tx, (&order.id, &digest, &result), by).await?;
    let subject = format!("watchlist {id}");
    let mut entries = Vec::new();
    if reopened {
        entries.push(journal::JournalEntry {
            actor: actor.into(),
            act: "reopen watchlist".into(),
            subject: subject.clone().into(),
            body: json!({ "reason": order.reopen }),
        });
    }
    entries.push(journal::JournalEntry {
        actor: actor.into(),
        act: "import watchlist".into(),
        subject: subject.into(),
        body: json!({
            "order": order,
            "sha256": list.sha256,
            "read": imported.read,
            "added": imported.added,
            "unchanged": imported.unchanged,
            "expired": imported.expired,
            "changed": imported.changed,
            "left_ended": imported.left_ended,
            "returned": imported.returned,
            "carried": imported.carried,
            "damage": imported.damage,
            "defects": imported.defect_count,
        }),
    });
    journal::record(&mut tx, &entries, now).await?;
    tx.commit().await?;
    // A list counts from now on, for what has arrived and waits, too.
    imported.hits = pipeline::meet_pending(store, by).await?;
    Ok(imported)
}

/// The list as it is to be kept: what is ordered, and of a list that is there what was left out.
/// How it was ended before is still in it.
async fn as_kept(
    tx: &mut Tx,
    order: &ImportOrder,
    (actor, now): (&str, i64),
) -> Result<KeptWatchlist> {
    let today = i64::from(Day::of_micros(now).0);
    let (name, office) = (order.name.trim(), order.office.trim());
    let lists = watchlists::list(tx, today).await?;
    let before = lists.into_iter().find(|list| list.name == name && list.office == office);
    if let Some((id, (at, by, because))) =
        before.as_ref().and_then(|list| Some((list.id, list.ended.as_ref()?)))
        && order.reopen.is_none()
    {
        crate::refuse!(
            "list_ended",
            "{by} ended W-{id} on {} (“{because}”), and an import alone does not bring it back: \
             say why with `--reopen REASON`, or import under another name",
            Day::of_micros(*at)
        );
    }
    let expires_day = match order.expires {
        ListExpiry::Never => None,
        ListExpiry::On(day) => Some(i64::from(day)),
        ListExpiry::Kept => before.as_ref().and_then(|list| list.expires_day),
    };
    if let Some(day) = expires_day.filter(|day| *day <= today) {
        crate::refuse!(
            "expires_on",
            "the list has expired on {}: say until when it counts now with `--expires`, a day or \
             never",
            Day(day as i32)
        );
    }
    let or = |new: &Option<String>, kept: Option<&String>, else_: &str| -> String {
        let new = new.as_deref().or(kept.map(String::as_str)).unwrap_or(else_);
        new.trim().to_owned()
    };
    let kept = before.as_ref();
    Ok(KeptWatchlist {
        id: 0,
        name: name.to_owned(),
        office: office.to_owned(),
        source: or(&order.source, kept.map(|list| &list.source), ""),
        source_grade: or(&order.source_grade, kept.map(|list| &list.source_grade), "F"),
        information_grade: or(
            &order.information_grade,
            kept.map(|list| &list.information_grade),
            "6",
        ),
        legal_basis: or(&order.legal_basis, kept.map(|list| &list.legal_basis), ""),
        expires_day,
        format: String::new(),
        file: order.file.clone(),
        sha256: String::new(),
        imported_by: actor.to_owned(),
        imported_at: now,
        ended: before.and_then(|list| list.ended),
        listings: 0,
        expired_listings: 0,
        open_hits: 0,
    })
}

/// What a file changes of a list.
struct Update {
    /// Listings in force before.
    before: usize,
    /// What is listed anew.
    new: Vec<Listing>,
    /// What took the place of which listing of the same name, by its place in `new`.
    follows: Vec<(i64, usize)>,
    /// Listings that stay.
    unchanged: HashSet<i64>,
    /// Listings that the file has no more.
    gone: Vec<i64>,
    /// Listings that the file says anew.
    changed: Vec<i64>,
    /// Entries that an officer has ended and that are left so.
    left_ended: i64,
    /// Entries that an officer has ended and that count again.
    returned: i64,
}

impl Update {
    /// Holds a file's entries against what stands. Of a damaged file only what is wholly new is
    /// taken: half an entry must not take the place of a whole one.
    fn of(
        entries: &[(u64, Listing)],
        standing: &[StandingListing],
        damaged: bool,
    ) -> Result<Update> {
        let mut latest: HashMap<&str, &StandingListing> = HashMap::new();
        let mut in_force: HashMap<&str, Vec<&StandingListing>> = HashMap::new();
        for one in standing {
            latest.insert(&one.reference, one);
            if one.ended_because.is_none() {
                in_force.entry(&one.reference).or_default().push(one);
            }
        }
        let mut update = Update {
            before: in_force.values().map(Vec::len).sum(),
            new: Vec::new(),
            follows: Vec::new(),
            unchanged: HashSet::new(),
            gone: Vec::new(),
            changed: Vec::new(),
            left_ended: 0,
            returned: 0,
        };
        for (_, listing) in entries {
            let digest = watchlists::digest(listing)?;
            let before = latest.get(listing.reference.as_str()).copied();
            let counting = in_force.remove(listing.reference.as_str()).unwrap_or_default();
            let same = counting.iter().find(|one| one.digest == digest);
            if same.is_some() || (damaged && !counting.is_empty()) {
                let stays = |one: &&&StandingListing| damaged || one.digest == digest;
                update.unchanged.extend(counting.iter().filter(stays).map(|one| one.id));
                let changed = counting.iter().filter(|one| !stays(one));
                update.changed.extend(changed.map(|one| one.id));
                continue;
            }
            let by_officer = before.is_some_and(|one| {
                let because = one.ended_because.as_deref();
                because.is_some_and(|of| ![GONE, CHANGED, GONE_OR_CHANGED].contains(&of))
            });
            if by_officer && before.is_some_and(|one| one.digest == digest) {
                update.left_ended += 1;
                continue;
            }
            update.returned += i64::from(by_officer);
            update.changed.extend(counting.iter().map(|one| one.id));
            if let Some(before) = before.filter(|one| one.name == listing.name) {
                update.follows.push((before.id, update.new.len()));
            }
            update.new.push(listing.clone());
        }
        if !damaged {
            update.gone = in_force.into_values().flatten().map(|one| one.id).collect();
            update.gone.sort_unstable();
        }
        Ok(update)
    }
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

/// Ends a whole list for a reason; false where it had ended, and is left as it is.
///
/// # Errors
/// A refusal without a reason.
pub async fn expire_list(
    store: &Store,
    id: i64,
    reason: &str,
    (actor, now): (&str, i64),
) -> Result<bool> {
    let reason = check_reason(reason)?;
    let mut tx = store.begin().await?;
    if watchlists::expire(&mut tx, id, reason, (actor, now)).await? {
        ended(&mut tx, ("expire watchlist", format!("watchlist {id}"), reason), (actor, now))
            .await?;
        tx.commit().await?;
        return Ok(true);
    }
    Ok(false)
}

/// Ends a listing for a reason; false where it had ended, and is left as it is.
///
/// # Errors
/// A refusal without a reason.
pub async fn expire_listing(
    store: &Store,
    id: i64,
    reason: &str,
    (actor, now): (&str, i64),
) -> Result<bool> {
    let reason = check_reason(reason)?;
    let mut tx = store.begin().await?;
    if watchlists::expire_listings(&mut tx, &[id], reason, (actor, now)).await? > 0 {
        ended(&mut tx, ("expire listing", format!("listing {id}"), reason), (actor, now)).await?;
        tx.commit().await?;
        return Ok(true);
    }
    Ok(false)
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
    /// What counted when the officer looked, by its id, or nothing; not looked at when left out.
    pub instead_of: Option<Option<String>>,
}

/// Decides a hit: it counts for the pair of party and listing, on every hit of it, until it expires
/// or is said anew.
///
/// # Errors
/// A refusal when the order cannot be used, its id came before for another hit or verdict, or
/// somebody else has decided since the officer looked.
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
    if let Some(seen) = &order.instead_of {
        let stands = hits::find(&mut tx, hit.id, i64::from(today)).await?;
        let stands = stands.and_then(|one| one.decision);
        if stands.as_ref().map(|one| &one.order_id) != seen.as_ref() {
            match stands {
                Some(one) => crate::refuse!(
                    "hit_decided",
                    "{} decided H-{} since you looked: {} (“{}”)",
                    one.by,
                    hit.id,
                    one.verdict,
                    one.reason
                ),
                None => crate::refuse!(
                    "hit_decided",
                    "the decision on H-{} that you saw counts no more: it is open again",
                    hit.id
                ),
            }
        }
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
