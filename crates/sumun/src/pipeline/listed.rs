//! Listed: what in arriving consignments meets a listing in force. It needs no model: lists count
//! from the moment they are imported. Hits are kept beside assessments, none hides another, and
//! what an officer has decided on a pair of party and listing is taken over until it expires.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use serde_json::json;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::history::hash_text;
use targeting::listing::{ListedHit, Lists};
use targeting::names::index::Searcher;
use targeting::party::Role;

use crate::rights::EVERYWHERE;
use crate::store::hits::NewHit;
use crate::store::{Store, Tx, consignments, hits, journal, watchlists};

/// Consignments that are held against a new list at a time.
const BATCH: i64 = 2_048;

/// All listings in force under the name of what was listed, with the day on which it was read: the
/// next day some may have expired.
type Read = (String, i64, Arc<InForce>);

/// All listings in force.
#[derive(Default)]
pub struct InForce {
    /// The listings, ready to be met.
    pub lists: Lists,
    /// The office of each listing that is not for all.
    offices: HashMap<u32, String>,
}

impl InForce {
    /// Whether a listing is for an office.
    fn is_for(&self, listing: u32, office: &str) -> bool {
        self.office_of(listing).is_none_or(|of| of == office)
    }

    /// The one office that a listing is for; none when it is for all.
    pub fn office_of(&self, listing: u32) -> Option<&str> {
        self.offices.get(&listing).map(String::as_str)
    }
}

/// What was read last. Names of what is listed are never given twice, so that stores cannot be
/// mistaken for each other.
static READ: Mutex<Option<Read>> = Mutex::new(None);

/// The word of a role in tables.
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Consignor => "consignor",
        Role::Consignee => "consignee",
        Role::Declarant => "declarant",
        Role::Carrier => "carrier",
        Role::Courier => "courier",
        Role::NotifyParty => "notify_party",
        Role::Forwarder => "forwarder",
    }
}

/// The listings in force, ready to be met; none where nothing is listed.
pub async fn lists_in_force(tx: &mut Tx, now: i64) -> Result<Option<Arc<InForce>>> {
    let Some(revision) = watchlists::revision(tx).await? else { return Ok(None) };
    let today = i64::from(Day::of_micros(now).0);
    {
        let read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, day, lists)) = &*read
            && *of == revision
            && *day == today
        {
            return Ok(Some(lists.clone()));
        }
    }
    let own: HashMap<i64, String> = watchlists::list(tx, today)
        .await?
        .into_iter()
        .filter(|list| list.office != EVERYWHERE)
        .map(|list| (list.id, list.office))
        .collect();
    let mut lists = InForce::default();
    for kept in watchlists::in_force(tx, today).await? {
        let id = u32::try_from(kept.id)?;
        lists.lists.add(id, &kept.listing);
        if let Some(office) = own.get(&kept.watchlist) {
            lists.offices.insert(id, office.clone());
        }
    }
    let lists = Arc::new(lists);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    *read = Some((revision, today, lists.clone()));
    Ok(Some(lists))
}

/// Holds consignments against the listings in force and keeps what meets; gives how many hits are
/// new.
pub async fn meet(
    tx: &mut Tx,
    arrived: &[(i64, &Consignment)],
    (actor, now): (&str, i64),
) -> Result<u64> {
    if arrived.is_empty() {
        return Ok(0);
    }
    let Some(lists) = lists_in_force(tx, now).await? else { return Ok(0) };
    let mut searcher = Searcher::default();
    let met: Vec<(i64, &Consignment, ListedHit)> = arrived
        .iter()
        .flat_map(|(id, consignment)| {
            let office = consignment.office.as_str();
            let is_for = |listing| lists.is_for(listing, office);
            let mut hits = lists.lists.met_by(&mut searcher, consignment, &is_for);
            // An office decides for itself: what another said of the party does not close its hits.
            for hit in &mut hits {
                hit.key = hash_text(&format!("{office}|{}", hit.key));
            }
            hits.into_iter().map(|hit| (*id, *consignment, hit))
        })
        .collect();
    if met.is_empty() {
        return Ok(0);
    }
    let today = i64::from(Day::of_micros(now).0);
    let mut parties: Vec<i64> = met.iter().map(|(.., hit)| hit.key as i64).collect();
    parties.sort_unstable();
    parties.dedup();
    let decided: HashMap<(i64, i64), i64> = hits::counting(tx, &parties, today)
        .await?
        .into_iter()
        .map(|one| ((one.party_key, one.listing_id), one.id))
        .collect();
    let new: Vec<NewHit<'_>> = met
        .iter()
        .map(|(id, consignment, hit)| NewHit {
            consignment_id: *id,
            office: &consignment.office,
            arrived_day: i64::from(consignment.arrived_on.0),
            hit,
            decision_id: decided.get(&(hit.key as i64, i64::from(hit.listing))).copied(),
        })
        .collect();
    let kept = hits::insert(tx, &new, now).await?;
    if kept > 0 {
        let reused = new.iter().filter(|one| one.decision_id.is_some()).count();
        let mut ids: Vec<i64> = new.iter().map(|one| one.consignment_id).collect();
        ids.dedup();
        journal::record(
            tx,
            &[journal::JournalEntry {
                actor: actor.into(),
                act: "meet listings".into(),
                subject: format!("{kept} hits").into(),
                body: json!({
                    "consignments": ids,
                    "listings": new.iter().map(|one| one.hit.listing).collect::<Vec<_>>(),
                    "hits": kept,
                    "reused": reused,
                }),
            }],
            now,
        )
        .await?;
    }
    Ok(kept)
}

/// Holds everything that awaits a decision against the listings in force, such as after an import.
pub async fn meet_pending(store: &Store, by: (&str, i64)) -> Result<u64> {
    let (mut after, mut found) = (0, 0);
    loop {
        let mut tx = store.begin().await?;
        let waiting = consignments::pending(&mut tx, after, BATCH).await?;
        let Some(last) = waiting.last() else { return Ok(found) };
        after = last.id;
        let arrived: Vec<(i64, &Consignment)> =
            waiting.iter().map(|stored| (stored.id, &stored.consignment)).collect();
        let new = meet(&mut tx, &arrived, by).await?;
        if new > 0 {
            tx.commit().await?;
            found += new;
        }
    }
}
