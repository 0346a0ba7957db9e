//! Hits on watchlists: what in consignments met a listing, and what officers say of it. A hit is
//! never a result. What a party is called is shown to those alone who may read parties there.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::consignment::ConsignmentId;
use targeting::listing as judged;
use utoipa::{IntoParams, ToSchema};

use super::watchlists::{
    Listing, ListingDetail, Lists, best_name, by_number, day, given, lists_of, number_of, today,
    why,
};
use super::{List, Said, time};
use crate::acts::watchlist::{self, VerdictOrder};
use crate::rights::{Circumstances, Offices};
use crate::store::hits::{self, KeptHit, KeptVerdict, Place, WhichHits};
use crate::store::watchlists::{self, KeptListing};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place};
use crate::web::{App, Problem};

/// What an officer says of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitAnswer {
    /// Both are the same.
    Same,
    /// They are not.
    NotSame,
    /// It cannot be told.
    Unsure,
}

impl From<judged::HitVerdict> for HitAnswer {
    fn from(verdict: judged::HitVerdict) -> HitAnswer {
        match verdict {
            judged::HitVerdict::Same => HitAnswer::Same,
            judged::HitVerdict::NotSame => HitAnswer::NotSame,
            judged::HitVerdict::Unsure => HitAnswer::Unsure,
        }
    }
}

impl From<HitAnswer> for judged::HitVerdict {
    fn from(verdict: HitAnswer) -> judged::HitVerdict {
        match verdict {
            HitAnswer::Same => judged::HitVerdict::Same,
            HitAnswer::NotSame => judged::HitVerdict::NotSame,
            HitAnswer::Unsure => judged::HitVerdict::Unsure,
        }
    }
}

/// How a hit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitState {
    /// It waits for an officer; so does one whose decision has expired.
    Open,
    /// Both are the same.
    Same,
    /// They are not.
    NotSame,
    /// It cannot be told.
    Unsure,
    /// Whatever it is; only asked for.
    All,
}

impl HitState {
    fn word(self) -> Option<&'static str> {
        match self {
            HitState::Open => Some("open"),
            HitState::Same => Some("same"),
            HitState::NotSame => Some("not_same"),
            HitState::Unsure => Some("unsure"),
            HitState::All => None,
        }
    }
}

/// What an officer said of a hit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HitDecision {
    /// The id that its sender made.
    id: String,
    /// What was said.
    pub(super) verdict: HitAnswer,
    /// Why.
    pub(super) reason: String,
    /// Who said it.
    pub(super) by: String,
    /// When.
    pub(super) at: String,
    /// The day from which on it counts no more.
    expires_on: String,
    /// The hit on which it was said.
    #[schema(example = "H-77")]
    hit: String,
    /// True when it was said on an earlier hit of the same pair.
    reused: bool,
}

impl HitDecision {
    fn of(kept: &KeptVerdict, hit: i64) -> HitDecision {
        HitDecision {
            id: kept.order_id.clone(),
            verdict: kept.verdict.into(),
            reason: kept.reason.clone(),
            by: kept.by.clone(),
            at: time(kept.at),
            expires_on: day(kept.expires_day),
            hit: format!("H-{}", kept.hit_id),
            reused: kept.hit_id != hit,
        }
    }
}

/// Something in a consignment met a listing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListingHit {
    /// Its number.
    #[schema(example = "H-77")]
    pub(super) id: String,
    /// The consignment.
    #[schema(example = "C-12")]
    pub(super) consignment: String,
    /// The consignment's reference.
    reference: String,
    /// Its office.
    office: String,
    /// The day it arrived.
    arrived_on: String,
    /// What met the listing: name, address, phone, mail, container, imo, vessel, code or call_sign.
    what: String,
    /// The party's role; none where no party is meant.
    role: Option<String>,
    /// What was found; none without the right to read parties there.
    found: Option<String>,
    /// The listing.
    pub(super) listing: Listing,
    /// The listed name or identifier that was met.
    matched: String,
    /// The chance that both are the same.
    pub(super) probability: f64,
    /// Words that agree.
    agree: Vec<String>,
    /// Words found that the listing lacks.
    differ_found: Vec<String>,
    /// Words listed that what was found lacks.
    differ_listed: Vec<String>,
    /// Why, in a sentence.
    why: Said,
    /// When it was found.
    found_at: String,
    /// How it stands.
    state: HitState,
    /// What counts of what officers said.
    pub(super) decision: Option<HitDecision>,
}

impl ListingHit {
    fn of(kept: &KeptHit, listed: &KeptListing, lists: &Lists, persons: bool) -> ListingHit {
        let (agree, differ_found, differ_listed) = kept.words.clone();
        let agree = if persons { agree } else { Vec::new() };
        let differ_found = if persons { differ_found } else { Vec::new() };
        let named = matches!(kept.met.as_str(), "name" | "vessel");
        let matched = match (named, persons) {
            (true, true) => best_name(&listed.listing, &kept.found),
            (true, false) => listed.listing.name.clone(),
            (false, _) => {
                let same = |key: &&judged::ListedKey| key.kind.as_str() == kept.met;
                let key = listed.listing.keys.iter().find(same);
                key.map_or_else(|| listed.listing.name.clone(), |key| key.text.clone())
            }
        };
        let decision = kept.decision.as_ref();
        ListingHit {
            id: format!("H-{}", kept.id),
            consignment: ConsignmentId(kept.consignment_id).to_string(),
            reference: kept.reference.clone(),
            office: kept.office.clone(),
            arrived_on: day(kept.arrived_day),
            what: kept.met.clone(),
            role: (!kept.role.is_empty()).then(|| kept.role.clone()),
            found: persons.then(|| kept.found.clone()),
            listing: Listing::of(listed, lists, today()),
            matched,
            probability: kept.probability,
            why: why(&agree, &differ_found, &differ_listed),
            agree,
            differ_found,
            differ_listed,
            found_at: time(kept.found_at),
            state: match decision.map(|one| one.verdict) {
                None => HitState::Open,
                Some(judged::HitVerdict::Same) => HitState::Same,
                Some(judged::HitVerdict::NotSame) => HitState::NotSame,
                Some(judged::HitVerdict::Unsure) => HitState::Unsure,
            },
            decision: decision.map(|one| HitDecision::of(one, kept.id)),
        }
    }
}

/// Kept hits as the caller may see them, journaled as read. Hits on lists that are for other
/// offices are left out.
pub(super) async fn shown(
    app: &App,
    caller: &Caller,
    kept: Vec<KeptHit>,
    offices: &Offices,
) -> Result<Vec<ListingHit>, Problem> {
    let mut tx = app.store.read().await?;
    let lists = by_number(lists_of(&mut tx, offices, today()).await?);
    let mut ids: Vec<i64> = kept.iter().map(|one| one.listing_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let listed: HashMap<i64, KeptListing> =
        watchlists::by_ids(&mut tx, &ids).await?.into_iter().map(|one| (one.id, one)).collect();
    drop(tx);
    let mut items = Vec::new();
    for one in &kept {
        let Some(listing) = listed.get(&one.listing_id) else { continue };
        if !lists.contains_key(&listing.watchlist) {
            continue;
        }
        let persons = caller.can(Action::ReadParty, &one.office, Circumstances::default())?;
        items.push(ListingHit::of(one, listing, &lists, persons));
    }
    let ids: Vec<&str> = items.iter().map(|one| one.id.as_str()).collect();
    app.reads.saw(caller, "read hits", &ids).await?;
    Ok(items)
}

/// Which hits are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedHits {
    /// Those that stand so; `open` when left out.
    #[param(inline)]
    state: Option<HitState>,
    /// Only those of this watchlist.
    watchlist: Option<String>,
    /// Only those of this consignment.
    consignment: Option<String>,
    /// Only those whose decision was taken over from an earlier hit, or only the others.
    reused: Option<bool>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists hits: open ones by their chance, others the latest first.
#[utoipa::path(
    get,
    path = "/hits",
    tag = "watchlists",
    params(AskedHits),
    responses(
        (status = 200, description = "A page of hits.", body = List<ListingHit>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_hits(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<AskedHits>,
) -> Result<Json<List<ListingHit>>, Problem> {
    let offices = caller.offices(Action::ReadWatchlist)?;
    let limit = page_size(asked.limit)?;
    let after: Option<Place> = place(asked.cursor.as_deref())?;
    let which = WhichHits {
        state: asked.state.unwrap_or(HitState::Open).word(),
        watchlist: number_of(asked.watchlist.as_deref(), "W-"),
        consignment: number_of(asked.consignment.as_deref(), "C-"),
        listing: None,
        reused: asked.reused,
        offices: Some(&offices),
    };
    let mut kept =
        hits::page(&mut app.store.read().await?, &which, after, (limit + 1, today())).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|one| cursor(&(one.probability, one.id)));
    Ok(Json(List { items: shown(&app, &caller, kept, &offices).await?, next }))
}

/// Another consignment with a hit of the same pair.
#[derive(Debug, Serialize, ToSchema)]
pub struct SamePair {
    /// The hit.
    #[schema(example = "H-70")]
    hit: String,
    /// Its consignment.
    #[schema(example = "C-9")]
    consignment: String,
    /// When it was found.
    found_at: String,
}

/// A hit with what it takes to decide it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingHitDetail {
    /// The hit.
    #[serde(flatten)]
    hit: ListingHit,
    /// All that is known of the listing.
    listing_detail: ListingDetail,
    /// Everything that was said of the pair, the latest first.
    earlier: Vec<HitDecision>,
    /// Other hits of the same pair, the latest first.
    same_pair: Vec<SamePair>,
}

async fn find(app: &App, offices: &Offices, named: &Named) -> Result<KeptHit, Problem> {
    let missing = || Problem::missing("no_hit", format!("There is no hit {}.", named.0));
    let number = named.number("H-").ok_or_else(missing)?;
    let found = hits::find(&mut app.store.read().await?, number, today()).await?;
    found.filter(|one| offices.contains(&one.office)).ok_or_else(missing)
}

/// Reads a hit with what it takes to decide it.
#[utoipa::path(
    get,
    path = "/hits/{id}",
    tag = "watchlists",
    params(("id" = String, Path, description = "The hit's number, such as H-77.")),
    responses(
        (status = 200, description = "The hit.", body = ListingHitDetail),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_hit(
    State(app): State<App>,
    caller: Caller,
    named: Named,
) -> Result<Json<ListingHitDetail>, Problem> {
    let offices = caller.offices(Action::ReadWatchlist)?;
    let kept = find(&app, &offices, &named).await?;
    let missing = || Problem::missing("no_hit", format!("There is no hit {}.", named.0));
    let mut tx = app.store.read().await?;
    let said = hits::decisions(&mut tx, kept.party_key, kept.listing_id).await?;
    let pair = hits::same_pair(&mut tx, &kept).await?;
    let listed = watchlists::by_ids(&mut tx, &[kept.listing_id]).await?;
    let lists = by_number(lists_of(&mut tx, &offices, today()).await?);
    drop(tx);
    let listed = listed.into_iter().next().ok_or_else(missing)?;
    let id = kept.id;
    let hit = shown(&app, &caller, vec![kept], &offices).await?.into_iter().next();
    Ok(Json(ListingHitDetail {
        hit: hit.ok_or_else(missing)?,
        listing_detail: ListingDetail::of(&listed, &lists, today(), Vec::new()),
        earlier: said.iter().map(|one| HitDecision::of(one, id)).collect(),
        same_pair: pair
            .into_iter()
            .map(|(hit, consignment, at)| SamePair {
                hit: format!("H-{hit}"),
                consignment: ConsignmentId(consignment).to_string(),
                found_at: time(at),
            })
            .collect(),
    }))
}

/// What an officer says of a hit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HitVerdict {
    /// An id that the sender makes, such as a ULID: the same again changes nothing.
    #[schema(min_length = 8, max_length = 100)]
    id: String,
    /// What.
    verdict: HitAnswer,
    /// Why.
    #[schema(min_length = 1, max_length = 2_000)]
    reason: String,
    /// The day from which on it counts no more; when left out, after 365 days for `same`, 180 for
    /// `not_same` and 30 for `unsure`.
    #[schema(example = "2027-05-24")]
    expires_on: Option<String>,
    /// The id of the decision that counted when the sender looked, null where none did: refused
    /// when another has decided since. Not looked at when left out.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    instead_of: Option<Option<String>>,
}

/// Decides a hit, for a reason. It counts for the pair of party and listing: for all its hits, and
/// for those that come, until it expires or is said anew.
#[utoipa::path(
    post,
    path = "/hits/{id}/decide",
    tag = "watchlists",
    params(("id" = String, Path, description = "The hit's number.")),
    request_body = HitVerdict,
    responses(
        (status = 200, description = "Decided.", body = ListingHitDetail),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn decide_hit(
    State(app): State<App>,
    caller: Caller,
    named: Named,
    Body(said): Body<HitVerdict>,
) -> Result<Json<ListingHitDetail>, Problem> {
    let offices = caller.offices(Action::Decide)?;
    let kept = find(&app, &offices, &named).await?;
    let expires_day = said.expires_on.as_deref().map(str::parse::<Day>).transpose();
    let expires_day = expires_day.map_err(|_| {
        Problem::unusable("expires_on", "The day of expiry is no day.").next("Write 2027-05-24.")
    })?;
    let order = VerdictOrder {
        id: said.id,
        verdict: said.verdict.into(),
        reason: said.reason,
        expires_day: expires_day.map(|day| day.0),
        instead_of: said.instead_of,
    };
    watchlist::decide(&app.store, &kept, &order, caller.by()).await?;
    read_hit(State(app), caller, named).await
}
