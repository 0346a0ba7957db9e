//! Watchlists and listings: importing, reading, ending, and asking who is listed under a name. A
//! list is for an office or for all; what is for other offices than the caller's is not there.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize};
use targeting::codes::Day;
use targeting::identifier::Identifier;
use targeting::listing as judged;
use targeting::names::Match;
use targeting::names::index::Searcher;
use targeting::search_key;
use utoipa::{IntoParams, ToSchema};

use super::hits::{ListingHit, shown};
use super::{List, Said, time};
use crate::acts::watchlist::{self, ImportOrder, ListExpiry};
use crate::config::now;
use crate::pipeline;
use crate::rights::{EVERYWHERE, Offices};
use crate::store::Tx;
use crate::store::hits::{self, WhichHits};
use crate::store::watchlists::{self, KeptListing, KeptWatchlist, WhichListings};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place};
use crate::web::{App, Problem};

/// Hits that are shown with a listing.
const HITS: i64 = 20;
/// The longest name that is asked for.
const NAME_LENGTH: usize = 300;

/// The day as of which lists and decisions count.
pub(super) fn today() -> i64 {
    i64::from(Day::of_micros(now()).0)
}

/// A day on the wire.
pub(super) fn day(day: i64) -> String {
    Day(day as i32).to_string()
}

/// Whether something counts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListedState {
    /// It counts.
    InForce,
    /// It counts no more.
    Expired,
}

/// A watchlist.
#[derive(Debug, Serialize, ToSchema)]
pub struct Watchlist {
    /// Its number.
    #[schema(example = "W-3")]
    id: String,
    /// Its name.
    name: String,
    /// The office that it is for; `*` for all.
    office: String,
    /// Who keeps it.
    source: String,
    /// How reliable the source is: A to F, or X.
    #[schema(example = "A")]
    source_grade: String,
    /// How sure the information is: 1 to 6.
    #[schema(example = "1")]
    information_grade: String,
    /// On what law it rests.
    legal_basis: String,
    /// Whether it counts.
    state: ListedState,
    /// The day from which on it counts no more; none for never.
    expires_on: Option<String>,
    /// How its file was written: csv, ftm, un_xml, ofac_csv or ofac_xml.
    format: String,
    /// Listings in force.
    listings: i64,
    /// Listings that have expired.
    expired_listings: i64,
    /// Hits that wait for an officer.
    open_hits: i64,
    /// When it was imported last.
    imported_at: String,
    /// By whom.
    imported_by: String,
    /// The file's name.
    file: String,
}

impl Watchlist {
    fn of(kept: &KeptWatchlist, today: i64) -> Watchlist {
        Watchlist {
            id: format!("W-{}", kept.id),
            name: kept.name.clone(),
            office: kept.office.clone(),
            source: kept.source.clone(),
            source_grade: kept.source_grade.clone(),
            information_grade: kept.information_grade.clone(),
            legal_basis: kept.legal_basis.clone(),
            state: if kept.in_force(today) { ListedState::InForce } else { ListedState::Expired },
            expires_on: kept.expires_day.map(day),
            format: kept.format.clone(),
            listings: kept.listings,
            expired_listings: kept.expired_listings,
            open_hits: kept.open_hits,
            imported_at: time(kept.imported_at),
            imported_by: kept.imported_by.clone(),
            file: kept.file.clone(),
        }
    }
}

/// The lists that are for these offices or for all.
pub(super) async fn lists_of(
    tx: &mut Tx,
    offices: &Offices,
    today: i64,
) -> Result<Vec<KeptWatchlist>, Problem> {
    let mut lists = watchlists::list(tx, today).await?;
    lists.retain(|list| list.office == EVERYWHERE || offices.contains(&list.office));
    Ok(lists)
}

async fn find_list(
    tx: &mut Tx,
    offices: &Offices,
    named: &Named,
) -> Result<KeptWatchlist, Problem> {
    let lists = lists_of(tx, offices, today()).await?;
    let number = named.number("W-");
    lists.into_iter().find(|list| Some(list.id) == number).ok_or_else(|| {
        Problem::missing("no_watchlist", format!("There is no watchlist {}.", named.0))
    })
}

/// Which watchlists are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichWatchlists {
    /// Only those that count, or only those that do not.
    #[param(inline)]
    state: Option<ListedState>,
}

/// Lists the watchlists, the latest import first.
#[utoipa::path(
    get,
    path = "/watchlists",
    tag = "watchlists",
    params(WhichWatchlists),
    responses(
        (status = 200, description = "The watchlists.", body = List<Watchlist>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_watchlists(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichWatchlists>,
) -> Result<Json<List<Watchlist>>, Problem> {
    let offices = caller.offices(Action::ReadWatchlist)?;
    let today = today();
    let mut tx = app.store.read().await?;
    let lists = lists_of(&mut tx, &offices, today).await?;
    let all = lists.iter().map(|list| Watchlist::of(list, today));
    let wanted = all.filter(|list| asked.state.is_none_or(|state| list.state == state));
    Ok(Json(List::whole(wanted.collect())))
}

/// Reads a watchlist.
#[utoipa::path(
    get,
    path = "/watchlists/{id}",
    tag = "watchlists",
    params(("id" = String, Path, description = "The watchlist's number, such as W-3.")),
    responses(
        (status = 200, description = "The watchlist.", body = Watchlist),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_watchlist(
    State(app): State<App>,
    caller: Caller,
    named: Named,
) -> Result<Json<Watchlist>, Problem> {
    let offices = caller.offices(Action::ReadWatchlist)?;
    let mut tx = app.store.read().await?;
    let list = find_list(&mut tx, &offices, &named).await?;
    Ok(Json(Watchlist::of(&list, today())))
}

/// Tells what was sent as null from what was left out.
pub(super) fn given<'de, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// A list that is to be imported. What is left out of a list that is there stays as it is kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWatchlist {
    /// An id that the sender makes, such as a ULID: the same again changes nothing.
    #[schema(min_length = 8, max_length = 100)]
    id: String,
    /// Its name; a list of this name at this office is brought up to date.
    #[schema(min_length = 1, max_length = 400)]
    name: String,
    /// The office that it is for; `*` for all.
    #[schema(min_length = 1, max_length = 400, example = "*")]
    office: String,
    /// Who keeps it.
    #[schema(max_length = 400)]
    source: Option<String>,
    /// How reliable the source is: A to F, or X; F for a new list.
    #[schema(example = "A")]
    source_grade: Option<String>,
    /// How sure the information is: 1 to 6; 6 for a new list.
    #[schema(example = "1")]
    information_grade: Option<String>,
    /// On what law it rests.
    #[schema(max_length = 400)]
    legal_basis: Option<String>,
    /// The day from which on it counts no more; null for never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "2027-11-25")]
    expires_on: Option<Option<String>>,
    /// The file's name.
    #[serde(default)]
    #[schema(max_length = 400)]
    file: String,
    /// How it is written: csv, ftm, un_xml, ofac_csv or ofac_xml; told by its content when left
    /// out.
    format: Option<String>,
    /// Whether more than half of the list may be taken off.
    #[serde(default)]
    replace: bool,
    /// Why a list that an officer has ended counts again.
    #[schema(max_length = 2_000)]
    reopen: Option<String>,
    /// Only says what would happen, and stores nothing.
    #[serde(default)]
    dry_run: bool,
    /// The file's text.
    content: String,
}

/// A fault of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListDefect {
    /// Line from 1.
    line: u64,
    /// The field.
    field: String,
    /// The fault in a sentence.
    reason: String,
    /// What stood there.
    found: String,
}

/// What an import came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedWatchlist {
    /// The list as it is now.
    watchlist: Watchlist,
    /// Entries that were read.
    read: i64,
    /// New listings.
    added: i64,
    /// Listings that were there and say the same.
    unchanged: i64,
    /// Listings that the file has no more, or says anew.
    expired: i64,
    /// Those of them that the file says anew.
    changed: i64,
    /// Entries that an officer has ended and that say the same: they are left so.
    left_ended: i64,
    /// Entries that an officer has ended and that count again, for the file says them anew.
    returned: i64,
    /// Decisions on hits that were carried over to what took a listing's place.
    carried: u64,
    /// Records that list nobody.
    left_out: u64,
    /// Where the file is cut off or damaged, so that nobody was taken off; none where it is whole.
    damage: Option<String>,
    /// True when nothing was stored.
    dry_run: bool,
    /// Hits among what awaits a decision.
    hits: u64,
    /// True when this had been done before.
    repeated: bool,
    /// What was wrong, the first hundred.
    defects: Vec<ListDefect>,
    /// How much was wrong.
    defect_count: i64,
}

fn a_day(text: Option<&str>) -> Result<Option<i32>, Problem> {
    let read = text.map(str::parse::<Day>).transpose();
    let read = read.map_err(|_| {
        Problem::unusable("expires_on", "The day of expiry is no day.").next("Write 2027-11-25.")
    })?;
    Ok(read.map(|day| day.0))
}

/// Imports a watchlist, or brings the one of this name up to date: what the file has no more
/// expires, what it says anew is a new listing, and what is unchanged keeps its decisions.
#[utoipa::path(
    post,
    path = "/watchlists",
    tag = "watchlists",
    request_body = NewWatchlist,
    responses(
        (status = 200, description = "Imported.", body = ImportedWatchlist),
        (status = 422, description = "The file or the order cannot be used; nothing was changed.",
         body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn import_watchlist(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewWatchlist>,
) -> Result<Json<ImportedWatchlist>, Problem> {
    caller.may(Action::EditWatchlist, new.office.trim())?;
    let expires = match new.expires_on {
        None => ListExpiry::Kept,
        Some(day) => a_day(day.as_deref())?.map_or(ListExpiry::Never, ListExpiry::On),
    };
    let order = ImportOrder {
        id: new.id,
        name: new.name,
        office: new.office,
        source: new.source,
        source_grade: new.source_grade,
        information_grade: new.information_grade,
        legal_basis: new.legal_basis,
        expires,
        file: new.file,
        format: new.format,
        replace: new.replace,
        reopen: new.reopen,
        dry_run: new.dry_run,
    };
    let done = watchlist::import(&app.store, &order, new.content.as_bytes(), caller.by()).await?;
    let today = today();
    let mut tx = app.store.read().await?;
    let kept = watchlists::list(&mut tx, today).await?;
    let list = done
        .list
        .as_ref()
        .or_else(|| kept.iter().find(|list| list.id == done.watchlist))
        .ok_or_else(|| Problem::missing("no_watchlist", "The watchlist is not there any more."))?;
    Ok(Json(ImportedWatchlist {
        watchlist: Watchlist::of(list, today),
        read: done.read,
        added: done.added,
        unchanged: done.unchanged,
        expired: done.expired,
        changed: done.changed,
        left_ended: done.left_ended,
        returned: done.returned,
        carried: done.carried,
        left_out: done.left_out,
        damage: done.damage,
        dry_run: done.dry_run,
        hits: done.hits,
        repeated: done.repeated,
        defects: done
            .defects
            .into_iter()
            .map(|defect| ListDefect {
                line: defect.line,
                field: defect.field,
                reason: defect.reason,
                found: defect.found,
            })
            .collect(),
        defect_count: done.defect_count,
    }))
}

/// Why something is to count no more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// An id that the sender makes, such as a ULID. What has ended stays as it is.
    #[schema(min_length = 1, max_length = 100)]
    id: String,
    /// Why.
    #[schema(min_length = 1, max_length = 2_000)]
    reason: String,
}

impl Expiry {
    fn check(&self) -> Result<(), Problem> {
        if self.id.trim().is_empty() || self.id.len() > 100 {
            return Err(Problem::unusable("id", "The id is empty or longer than 100 characters."));
        }
        Ok(())
    }
}

/// Ends a watchlist for a reason: none of its listings counts any more.
#[utoipa::path(
    post,
    path = "/watchlists/{id}/expire",
    tag = "watchlists",
    params(("id" = String, Path, description = "The watchlist's number.")),
    request_body = Expiry,
    responses(
        (status = 200, description = "It counts no more.", body = Watchlist),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn expire_watchlist(
    State(app): State<App>,
    caller: Caller,
    named: Named,
    Body(expiry): Body<Expiry>,
) -> Result<Json<Watchlist>, Problem> {
    let offices = caller.offices(Action::EditWatchlist)?;
    expiry.check()?;
    let list = find_list(&mut app.store.read().await?, &offices, &named).await?;
    caller.may(Action::EditWatchlist, &list.office)?;
    watchlist::expire_list(&app.store, list.id, &expiry.reason, caller.by()).await?;
    let list = find_list(&mut app.store.read().await?, &offices, &named).await?;
    Ok(Json(Watchlist::of(&list, today())))
}

/// One entry of a watchlist.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Listing {
    /// Its number.
    #[schema(example = "L-120")]
    id: String,
    /// Its watchlist.
    #[schema(example = "W-3")]
    watchlist: String,
    /// The watchlist's name.
    pub(super) watchlist_name: String,
    /// What is listed: person, organization, vessel, aircraft, address, container, wallet, contact
    /// or other.
    kind: String,
    /// Its name.
    pub(super) name: String,
    /// The list's own number for it.
    reference: String,
    /// Whether it counts.
    state: ListedState,
    /// The day from which on its list counts no more.
    expires_on: Option<String>,
    /// When it was listed.
    listed_at: String,
}

/// Lists by their numbers.
pub(super) type Lists = HashMap<i64, KeptWatchlist>;

impl Listing {
    pub(super) fn of(kept: &KeptListing, lists: &Lists, today: i64) -> Listing {
        let list = lists.get(&kept.watchlist);
        let counts = kept.expired.is_none() && list.is_some_and(|list| list.in_force(today));
        Listing {
            id: format!("L-{}", kept.id),
            watchlist: format!("W-{}", kept.watchlist),
            watchlist_name: list.map(|list| list.name.clone()).unwrap_or_default(),
            kind: kept.listing.kind.to_string(),
            name: kept.listing.name.clone(),
            reference: kept.listing.reference.clone(),
            state: if counts { ListedState::InForce } else { ListedState::Expired },
            expires_on: list.and_then(|list| list.expires_day).map(day),
            listed_at: time(kept.listed_at),
        }
    }
}

/// A further name of what is listed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingAlias {
    /// As the list writes it.
    name: String,
    /// True when the list calls it weak: it is not searched by.
    weak: bool,
}

/// An identifier of what is listed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingKey {
    /// What it is: address, phone, mail, container, imo, wallet, code, handle or call_sign.
    kind: String,
    /// As the list writes it.
    text: String,
    /// False when its check digit does not hold.
    valid: bool,
}

/// A listing with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingDetail {
    /// The listing.
    #[serde(flatten)]
    listing: Listing,
    /// Its further names.
    aliases: Vec<ListingAlias>,
    /// Its identifiers.
    keys: Vec<ListingKey>,
    /// The programmes under which it is listed.
    programmes: Vec<String>,
    /// Why it is listed, in the list's words.
    remarks: String,
    /// Who keeps the list.
    source: String,
    /// How reliable the source is.
    source_grade: String,
    /// How sure the information is.
    information_grade: String,
    /// On what law the list rests.
    legal_basis: String,
    /// When it was ended.
    expired_at: Option<String>,
    /// By whom.
    expired_by: Option<String>,
    /// Why.
    expired_because: Option<String>,
    /// What met it, the latest.
    hits: Vec<ListingHit>,
}

impl ListingDetail {
    pub(super) fn of(
        kept: &KeptListing,
        lists: &Lists,
        today: i64,
        hits: Vec<ListingHit>,
    ) -> ListingDetail {
        let list = lists.get(&kept.watchlist);
        let text = |of: fn(&KeptWatchlist) -> &String| list.map(of).cloned().unwrap_or_default();
        let entry = &kept.listing;
        let ended = kept.expired.as_ref();
        ListingDetail {
            listing: Listing::of(kept, lists, today),
            aliases: entry
                .aliases
                .iter()
                .map(|alias| ListingAlias { name: alias.name.clone(), weak: alias.weak })
                .collect(),
            keys: entry
                .keys
                .iter()
                .map(|key| ListingKey {
                    kind: key.kind.to_string(),
                    text: key.text.clone(),
                    valid: Identifier::read(key.kind, &key.text).is_some_and(|read| read.valid),
                })
                .collect(),
            programmes: entry.programmes.clone(),
            remarks: entry.remarks.clone(),
            source: text(|list| &list.source),
            source_grade: text(|list| &list.source_grade),
            information_grade: text(|list| &list.information_grade),
            legal_basis: text(|list| &list.legal_basis),
            expired_at: ended.map(|(at, ..)| time(*at)),
            expired_by: ended.map(|(_, by, _)| by.clone()),
            expired_because: ended.map(|(.., why)| why.clone()),
            hits,
        }
    }
}

/// Which listings are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedListings {
    /// Only those of this watchlist.
    watchlist: Option<String>,
    /// Only those of this kind.
    kind: Option<String>,
    /// Only those that hold these words, the first three of them.
    q: Option<String>,
    /// Only those that count, or only those that do not.
    #[param(inline)]
    state: Option<ListedState>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// The number in a name with this prefix, where one is asked for; what is none finds nothing.
pub(super) fn number_of(text: Option<&str>, prefix: &str) -> Option<i64> {
    text.map(|text| Named(text.to_owned()).number(prefix).unwrap_or(-1))
}

/// Lists listings by number.
#[utoipa::path(
    get,
    path = "/listings",
    tag = "watchlists",
    params(AskedListings),
    responses(
        (status = 200, description = "A page of listings.", body = List<Listing>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_listings(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<AskedListings>,
) -> Result<Json<List<Listing>>, Problem> {
    let offices = caller.offices(Action::ReadWatchlist)?;
    let limit = page_size(asked.limit)?;
    let after: Option<i64> = place(asked.cursor.as_deref())?;
    let words = search_key::asked(asked.q.as_deref().unwrap_or_default());
    let which = WhichListings {
        watchlist: number_of(asked.watchlist.as_deref(), "W-"),
        kind: asked.kind.as_deref(),
        in_force: asked.state.map(|state| state == ListedState::InForce),
        words: &words,
        offices: Some(&offices),
    };
    let today = today();
    let mut tx = app.store.read().await?;
    let mut kept =
        watchlists::page(&mut tx, &which, after.unwrap_or(0), (limit + 1, today)).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|one| cursor(&one.id));
    let lists = by_number(lists_of(&mut tx, &offices, today).await?);
    let items: Vec<Listing> = kept.iter().map(|one| Listing::of(one, &lists, today)).collect();
    drop(tx);
    let ids: Vec<&str> = items.iter().map(|one| one.id.as_str()).collect();
    app.reads.asked(&caller, "read listings", &asked.q.unwrap_or_default(), &ids).await?;
    Ok(Json(List { items, next }))
}

pub(super) fn by_number(lists: Vec<KeptWatchlist>) -> Lists {
    lists.into_iter().map(|list| (list.id, list)).collect()
}

/// The listing of this number, if its list is for these offices, with all lists for them.
async fn find_listing(
    tx: &mut Tx,
    offices: &Offices,
    named: &Named,
) -> Result<(KeptListing, Lists), Problem> {
    let missing = || Problem::missing("no_listing", format!("There is no listing {}.", named.0));
    let number = named.number("L-").ok_or_else(missing)?;
    let lists = by_number(lists_of(tx, offices, today()).await?);
    let found = watchlists::by_ids(tx, &[number]).await?.into_iter().next();
    let own = found.filter(|one| lists.contains_key(&one.watchlist));
    Ok((own.ok_or_else(missing)?, lists))
}

/// Reads a listing with all that is known of it.
#[utoipa::path(
    get,
    path = "/listings/{id}",
    tag = "watchlists",
    params(("id" = String, Path, description = "The listing's number, such as L-120.")),
    responses(
        (status = 200, description = "The listing.", body = ListingDetail),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_listing(
    State(app): State<App>,
    caller: Caller,
    named: Named,
) -> Result<Json<ListingDetail>, Problem> {
    let offices = caller.offices(Action::ReadWatchlist)?;
    let today = today();
    let mut tx = app.store.read().await?;
    let (kept, lists) = find_listing(&mut tx, &offices, &named).await?;
    let which =
        WhichHits { listing: Some(kept.id), offices: Some(&offices), ..WhichHits::default() };
    let met = hits::page(&mut tx, &which, None, (HITS, today)).await?;
    drop(tx);
    app.reads.saw(&caller, "read listing", &[format!("L-{}", kept.id)]).await?;
    let met = shown(&app, &caller, met, &offices).await?;
    Ok(Json(ListingDetail::of(&kept, &lists, today, met)))
}

/// Ends a listing for a reason.
#[utoipa::path(
    post,
    path = "/listings/{id}/expire",
    tag = "watchlists",
    params(("id" = String, Path, description = "The listing's number.")),
    request_body = Expiry,
    responses(
        (status = 200, description = "It counts no more.", body = ListingDetail),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn expire_listing(
    State(app): State<App>,
    caller: Caller,
    named: Named,
    Body(expiry): Body<Expiry>,
) -> Result<Json<ListingDetail>, Problem> {
    let offices = caller.offices(Action::EditWatchlist)?;
    expiry.check()?;
    let (kept, lists) = find_listing(&mut app.store.read().await?, &offices, &named).await?;
    let office = lists.get(&kept.watchlist).map_or(EVERYWHERE, |list| list.office.as_str());
    caller.may(Action::EditWatchlist, office)?;
    watchlist::expire_listing(&app.store, kept.id, &expiry.reason, caller.by()).await?;
    read_listing(State(app), caller, named).await
}

/// A name that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameAsked {
    /// The name, in any script.
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// person, organization or vessel; told by the name when left out.
    kind: Option<String>,
    /// The country of a body or vessel, as a code of two letters. A person's says nothing.
    country: Option<String>,
    /// At most so many: 1 to 100, 10 when left out.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The least chance, 0.5 when left out.
    #[schema(minimum = 0, maximum = 1)]
    threshold: Option<f64>,
}

/// A listing whose name is like the one asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingMatch {
    /// The listing.
    listing: Listing,
    /// The chance that both are the same.
    probability: f64,
    /// The listed name.
    matched: String,
    /// Words that agree.
    agree: Vec<String>,
    /// Words asked for that the listing lacks.
    differ_left: Vec<String>,
    /// Words listed that the name asked for lacks.
    differ_right: Vec<String>,
    /// Why, in a sentence.
    why: Said,
}

/// What agrees and what differs, in a sentence.
pub(super) fn why(agree: &[String], left: &[String], right: &[String]) -> Said {
    let list = |words: &[String]| words.join(", ");
    let (mut en, mut ko) = (Vec::new(), Vec::new());
    if !agree.is_empty() {
        en.push(format!("these agree: {}", list(agree)));
        ko.push(format!("일치: {}", list(agree)));
    }
    if !left.is_empty() {
        en.push(format!("only here: {}", list(left)));
        ko.push(format!("여기에만: {}", list(left)));
    }
    if !right.is_empty() {
        en.push(format!("only listed: {}", list(right)));
        ko.push(format!("목록에만: {}", list(right)));
    }
    Said::new(ko.join("; "), en.join("; "))
}

/// Asks which listings have names like this one, the likeliest first. The name stands in the body
/// and never in an address.
#[utoipa::path(
    post,
    path = "/listings/match",
    tag = "watchlists",
    request_body = NameAsked,
    responses(
        (status = 200, description = "The listings.", body = List<ListingMatch>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn match_listings(
    State(app): State<App>,
    caller: Caller,
    Body(asked): Body<NameAsked>,
) -> Result<Json<List<ListingMatch>>, Problem> {
    let offices = caller.offices(Action::ReadWatchlist)?;
    if asked.name.trim().is_empty() || asked.name.chars().count() > NAME_LENGTH {
        return Err(Problem::unusable("name", "The name is empty or too long."));
    }
    let limit = asked.limit.unwrap_or(10).clamp(1, 100) as usize;
    let threshold = asked.threshold.unwrap_or(0.5).clamp(0.0, 1.0);
    let kind = asked.kind.as_deref().and_then(targeting::names::Kind::of_schema);
    let today = today();
    let mut tx = app.store.read().await?;
    let Some(lists) = pipeline::lists_in_force(&mut tx, now()).await? else {
        drop(tx);
        app.reads.asked::<&str>(&caller, "match listings", &asked.name, &[]).await?;
        return Ok(Json(List::whole(Vec::new())));
    };
    let name = asked.name.clone();
    let seen = |id| lists.office_of(id).is_none_or(|office| offices.contains(office));
    let found: Vec<(u32, Match)> = lists
        .lists
        .named_of(&mut Searcher::default(), &name, kind, (threshold, limit), &seen)
        .into_iter()
        .map(|one| (one.id, one.matched))
        .collect();
    let ids: Vec<i64> = found.iter().map(|(id, _)| i64::from(*id)).collect();
    let kept = watchlists::by_ids(&mut tx, &ids).await?;
    let lists = by_number(lists_of(&mut tx, &offices, today).await?);
    drop(tx);
    let mut items = Vec::new();
    for (id, matched) in found {
        let one = kept.iter().find(|one| one.id == i64::from(id));
        let Some(one) = one.filter(|one| lists.contains_key(&one.watchlist)) else { continue };
        if items.len() < limit {
            let body = one.listing.kind.name_kind();
            let country = asked.country.as_deref().unwrap_or_default();
            let matched = match body {
                Some(kind) => matched.placed(kind, country, ""),
                None => matched,
            };
            items.push(ListingMatch {
                listing: Listing::of(one, &lists, today),
                probability: matched.probability,
                matched: best_name(&one.listing, &name),
                why: why(&matched.agree, &matched.differ_left, &matched.differ_right),
                agree: matched.agree,
                differ_left: matched.differ_left,
                differ_right: matched.differ_right,
            });
        }
    }
    let ids: Vec<&str> = items.iter().map(|one| one.listing.id.as_str()).collect();
    app.reads.asked(&caller, "match listings", &name, &ids).await?;
    Ok(Json(List::whole(items)))
}

/// The name of a listing that is most like another.
pub(super) fn best_name(listing: &judged::Listing, name: &str) -> String {
    let Some(kind) = listing.kind.name_kind() else { return listing.name.clone() };
    let asked = targeting::names::Name::of(name, kind);
    let names = listing.aliases.iter().filter(|alias| !alias.weak).map(|alias| &alias.name);
    let mut best = (0.0, &listing.name);
    for one in std::iter::once(&listing.name).chain(names) {
        let chance = asked.probability(&targeting::names::Name::of(one, kind));
        if chance > best.0 {
            best = (chance, one);
        }
    }
    best.1.clone()
}
