//! Watchlists and their listings. A listing is only ever added or expired: what a list says anew of
//! an entry is a new listing, so that what a hit met can always be read again.

use anyhow::Result;
use targeting::history::hash_text;
use targeting::identifier::Identifier;
use targeting::listing::Listing;
use targeting::search_key;

use super::{Kind, Row, Tx, args, values};
use crate::rights::Offices;

/// A watchlist as it is kept.
#[derive(Debug, Clone)]
pub struct KeptWatchlist {
    /// Its number, written `W-3`.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The office that it is for; `*` for all.
    pub office: String,
    /// Who keeps it.
    pub source: String,
    /// How reliable the source is, A to F.
    pub source_grade: String,
    /// How sure the information is, 1 to 6.
    pub information_grade: String,
    /// On what law it rests.
    pub legal_basis: String,
    /// The day from which on it counts no more.
    pub expires_day: Option<i64>,
    /// How its file was written.
    pub format: String,
    /// The file's name.
    pub file: String,
    /// The file's digest.
    pub sha256: String,
    /// Who imported it last.
    pub imported_by: String,
    /// When.
    pub imported_at: i64,
    /// When a person ended it, who, and why.
    pub ended: Option<(i64, String, String)>,
    /// How many listings are in force.
    pub listings: i64,
    /// How many have expired.
    pub expired_listings: i64,
    /// How many hits wait for an officer.
    pub open_hits: i64,
}

impl KeptWatchlist {
    /// Whether it counts on this day.
    pub fn in_force(&self, today: i64) -> bool {
        self.ended.is_none() && self.expires_day.is_none_or(|day| day > today)
    }
}

/// What ended something: the moment at one place, who and why at another and the next; none where
/// nothing did.
fn ended(row: &Row, moment: usize, by: usize) -> Result<Option<(i64, String, String)>> {
    let Some(at) = row.int_opt(moment)? else { return Ok(None) };
    let text = |at: usize| anyhow::Ok(row.text_opt(at)?.unwrap_or_default().to_owned());
    Ok(Some((at, text(by)?, text(by + 1)?)))
}

/// Every watchlist, the latest import first; with counts as of a day.
pub async fn list(tx: &mut Tx, today: i64) -> Result<Vec<KeptWatchlist>> {
    tx.fetch_all(
        "select watchlist.id, watchlist.name, watchlist.office, watchlist.source,
                watchlist.source_grade, watchlist.information_grade, watchlist.legal_basis,
                watchlist.expires_day, watchlist.format, watchlist.file, watchlist.sha256,
                watchlist.imported_by, watchlist.imported_at, watchlist.expired_at,
                (select count(*) from listing
                 where listing.watchlist_id = watchlist.id and listing.expired_at is null),
                (select count(*) from listing
                 where listing.watchlist_id = watchlist.id and listing.expired_at is not null),
                (select count(*) from listing_hit
                 join listing on listing.id = listing_hit.listing_id
                 left join hit_decision on hit_decision.id = listing_hit.decision_id
                 where listing.watchlist_id = watchlist.id
                   and (hit_decision.id is null or hit_decision.expires_day <= $1)),
                watchlist.expired_by, watchlist.expired_because
         from watchlist
         order by watchlist.imported_at desc, watchlist.id desc",
        args![today],
        |row| {
            Ok(KeptWatchlist {
                id: row.int(0)?,
                name: row.text(1)?.to_owned(),
                office: row.text(2)?.to_owned(),
                source: row.text(3)?.to_owned(),
                source_grade: row.text(4)?.to_owned(),
                information_grade: row.text(5)?.to_owned(),
                legal_basis: row.text(6)?.to_owned(),
                expires_day: row.int_opt(7)?,
                format: row.text(8)?.to_owned(),
                file: row.text(9)?.to_owned(),
                sha256: row.text(10)?.to_owned(),
                imported_by: row.text(11)?.to_owned(),
                imported_at: row.int(12)?,
                ended: ended(row, 13, 17)?,
                listings: row.int(14)?,
                expired_listings: row.int(15)?,
                open_hits: row.int(16)?,
            })
        },
    )
    .await
}

/// Keeps a watchlist, or what is new about one; gives its number.
pub async fn keep(tx: &mut Tx, list: &KeptWatchlist) -> Result<i64> {
    let known = tx
        .fetch_optional(
            "select id from watchlist where name = $1 and office = $2",
            args![&list.name, &list.office],
            |row| row.int(0),
        )
        .await?;
    let id = match known {
        Some(id) => id,
        None => {
            tx.fetch_one("select coalesce(max(id), 0) + 1 from watchlist", args![], |row| {
                row.int(0)
            })
            .await?
        }
    };
    tx.execute(
        "insert into watchlist (id, name, office, source, source_grade, information_grade,
                                legal_basis, expires_day, format, file, sha256, imported_by,
                                imported_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (id) do update
         set source = excluded.source, source_grade = excluded.source_grade,
             information_grade = excluded.information_grade,
             legal_basis = excluded.legal_basis, expires_day = excluded.expires_day,
             format = excluded.format, file = excluded.file, sha256 = excluded.sha256,
             imported_by = excluded.imported_by, imported_at = excluded.imported_at,
             expired_by = null, expired_at = null, expired_because = null",
        args![
            id,
            &list.name,
            &list.office,
            &list.source,
            &list.source_grade,
            &list.information_grade,
            &list.legal_basis,
            list.expires_day,
            &list.format,
            &list.file,
            &list.sha256,
            &list.imported_by,
            list.imported_at
        ],
    )
    .await?;
    Ok(id)
}

/// Ends a watchlist; false when it had ended before or is not there.
pub async fn expire(tx: &mut Tx, id: i64, reason: &str, (by, at): (&str, i64)) -> Result<bool> {
    let ended = tx
        .execute(
            "update watchlist set expired_by = $2, expired_at = $3, expired_because = $4
             where id = $1 and expired_at is null",
            args![id, by, at, reason],
        )
        .await?;
    Ok(ended > 0)
}

/// What an import came to, if its id came before: the digest of what was asked, and the result.
pub async fn import(tx: &mut Tx, id: &str) -> Result<Option<(String, String)>> {
    tx.fetch_optional(
        "select digest, result from watchlist_import where id = $1",
        args![id],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )
    .await
}

/// Keeps what an import came to.
pub async fn keep_import(
    tx: &mut Tx,
    (id, digest, result): (&str, &str, &str),
    (by, at): (&str, i64),
) -> Result<()> {
    tx.execute(
        "insert into watchlist_import (id, digest, result, made_by, made_at)
         values ($1, $2, $3, $4, $5)",
        args![id, digest, result, by, at],
    )
    .await?;
    Ok(())
}

/// The name of what is listed now; none before anything was.
pub async fn revision(tx: &mut Tx) -> Result<Option<String>> {
    tx.fetch_optional("select id from watchlist_revision where number = 1", args![], |row| {
        Ok(row.text(0)?.to_owned())
    })
    .await
}

/// Gives what is listed a new name.
pub async fn set_revision(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(
        "insert into watchlist_revision (number, id) values (1, $1)
         on conflict (number) do update set id = excluded.id",
        args![id],
    )
    .await?;
    Ok(())
}

/// A listing as it is kept.
#[derive(Debug, Clone)]
pub struct KeptListing {
    /// Its number, written `L-120`.
    pub id: i64,
    /// Its watchlist.
    pub watchlist: i64,
    /// What it says.
    pub listing: Listing,
    /// When it was listed.
    pub listed_at: i64,
    /// When it expired, by whom and why.
    pub expired: Option<(i64, String, String)>,
}

const COLUMNS: &str = "listing.id, listing.watchlist_id, listing.document, listing.listed_at, \
    listing.expired_at, listing.expired_by, listing.expired_because";

fn kept(row: &Row) -> Result<KeptListing> {
    Ok(KeptListing {
        id: row.int(0)?,
        watchlist: row.int(1)?,
        listing: serde_json::from_str(row.text(2)?)?,
        listed_at: row.int(3)?,
        expired: ended(row, 4, 5)?,
    })
}

/// How a reference of a watchlist stands.
#[derive(Debug, Clone)]
pub struct StandingListing {
    /// The listing's number.
    pub id: i64,
    /// The list's own number of the entry.
    pub reference: String,
    /// By which what it says is known.
    pub digest: i64,
    /// Its name.
    pub name: String,
    /// Why it counts no more; none while it does.
    pub ended_because: Option<String>,
}

/// Every listing of a watchlist that is in force, and the latest of each reference if it is not, by
/// number.
pub async fn standing(tx: &mut Tx, watchlist: i64) -> Result<Vec<StandingListing>> {
    tx.fetch_all(
        "select id, reference, digest, name, expired_at, expired_because
         from listing
         where watchlist_id = $1
           and (expired_at is null
                or not exists (
                  select 1 from listing later
                  where later.watchlist_id = listing.watchlist_id
                    and later.reference = listing.reference
                    and later.id > listing.id))
         order by id",
        args![watchlist],
        |row| {
            let because = row.text_opt(5)?.unwrap_or_default().to_owned();
            Ok(StandingListing {
                id: row.int(0)?,
                reference: row.text(1)?.to_owned(),
                digest: row.int(2)?,
                name: row.text(3)?.to_owned(),
                ended_because: row.int_opt(4)?.map(|_| because),
            })
        },
    )
    .await
}

/// The digest by which a listing that says the same is known.
pub fn digest(listing: &Listing) -> Result<i64> {
    Ok(hash_text(&serde_json::to_string(listing)?) as i64)
}

/// Keeps new listings of a watchlist with their identifiers; gives the number of the first, which
/// the others follow.
pub async fn insert(tx: &mut Tx, watchlist: i64, new: &[Listing], now: i64) -> Result<i64> {
    let first = tx
        .fetch_one("select coalesce(max(id), 0) + 1 from listing", args![], |row| row.int(0))
        .await?;
    if new.is_empty() {
        return Ok(first);
    }
    let mut texts = Vec::with_capacity(new.len());
    let mut keys: Vec<(&'static str, String, i64, &str, i64)> = Vec::new();
    for (id, listing) in (first..).zip(new) {
        let mut words = search_key::words_key(&listing.name);
        for alias in &listing.aliases {
            words.push_str(&search_key::words_key(&alias.name));
        }
        for key in &listing.keys {
            words.push(' ');
            words.push_str(&search_key::number_key(&key.text));
            if let Some(read) = Identifier::read(key.kind, &key.text) {
                let valid = i64::from(read.valid);
                keys.push((read.kind.as_str(), read.normal, id, &key.text, valid));
            }
        }
        texts.push((serde_json::to_string(listing)?, digest(listing)?, words));
    }
    tx.insert_many(
        "listing",
        [
            ("id", Kind::Int),
            ("watchlist_id", Kind::Int),
            ("reference", Kind::Text),
            ("kind", Kind::Text),
            ("name", Kind::Text),
            ("document", Kind::Text),
            ("digest", Kind::Int),
            ("words", Kind::Text),
            ("listed_at", Kind::Int),
        ],
        "",
        (first..).zip(new).zip(&texts).map(|((id, listing), (document, digest, words))| {
            values![
                id,
                watchlist,
                listing.reference.as_str(),
                listing.kind.as_str(),
                listing.name.as_str(),
                document.as_str(),
                *digest,
                words.as_str(),
                now
            ]
        }),
    )
    .await?;
    tx.insert_many(
        "listing_key",
        [
            ("kind", Kind::Text),
            ("normal", Kind::Text),
            ("listing_id", Kind::Int),
            ("text", Kind::Text),
            ("valid", Kind::Int),
        ],
        "on conflict (kind, normal, listing_id) do nothing",
        keys.iter().map(|(kind, normal, id, text, valid)| {
            values![*kind, normal.as_str(), *id, *text, *valid]
        }),
    )
    .await?;
    Ok(first)
}

/// Ends listings; gives how many were in force.
pub async fn expire_listings(
    tx: &mut Tx,
    ids: &[i64],
    reason: &str,
    (by, at): (&str, i64),
) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.execute(
        "update listing set expired_by = $2, expired_at = $3, expired_because = $4
         where id {in $1} and expired_at is null",
        args![ids.to_vec(), by, at, reason],
    )
    .await
}

/// Every listing in force on a day, of lists in force.
pub async fn in_force(tx: &mut Tx, today: i64) -> Result<Vec<KeptListing>> {
    tx.fetch_all(
        super::AssertSqlSafe(format!(
            "select {COLUMNS}
             from listing join watchlist on watchlist.id = listing.watchlist_id
             where listing.expired_at is null and watchlist.expired_at is null
               and (watchlist.expires_day is null or watchlist.expires_day > $1)
             order by listing.id"
        )),
        args![today],
        kept,
    )
    .await
}

/// Which listings are asked for.
#[derive(Debug, Clone, Default)]
pub struct WhichListings<'w> {
    /// Of this watchlist.
    pub watchlist: Option<i64>,
    /// Of this kind.
    pub kind: Option<&'w str>,
    /// In force or not.
    pub in_force: Option<bool>,
    /// That hold all of these words, as `search_key::asked` gives them.
    pub words: &'w [String],
    /// Of lists for these offices or for all.
    pub offices: Option<&'w Offices>,
}

/// Listings with numbers above `after`, by number.
pub async fn page(
    tx: &mut Tx,
    which: &WhichListings<'_>,
    after: i64,
    (limit, today): (i64, i64),
) -> Result<Vec<KeptListing>> {
    let word = |n: usize| which.words.get(n).map(String::as_str);
    let in_force = which.in_force.map(i64::from);
    let named = which.offices.filter(|offices| !offices.all());
    let every = i64::from(named.is_none());
    let mut offices: Vec<&str> = vec!["*"];
    offices.extend(named.map(Offices::codes).unwrap_or_default().iter().map(String::as_str));
    tx.fetch_all(
        super::AssertSqlSafe(format!(
            "select {COLUMNS}
             from listing join watchlist on watchlist.id = listing.watchlist_id
             where listing.id > $1
               and ($2 = 1 or watchlist.office {{in $3}})
               and (cast($4 as bigint) is null or listing.watchlist_id = $4)
               and (cast($5 as text) is null or listing.kind = $5)
               and (cast($6 as bigint) is null or $6 = case
                     when listing.expired_at is null and watchlist.expired_at is null
                      and (watchlist.expires_day is null or watchlist.expires_day > $7)
                     then 1 else 0 end)
               and (cast($8 as text) is null or {{position}}(listing.words, $8) > 0)
               and (cast($9 as text) is null or {{position}}(listing.words, $9) > 0)
               and (cast($10 as text) is null or {{position}}(listing.words, $10) > 0)
             order by listing.id limit $11"
        )),
        args![
            after,
            every,
            offices,
            which.watchlist,
            which.kind,
            in_force,
            today,
            word(0),
            word(1),
            word(2),
            limit
        ],
        kept,
    )
    .await
}

/// Listings by their numbers.
pub async fn by_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<KeptListing>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_all(
        super::AssertSqlSafe(format!(
            "select {COLUMNS} from listing where listing.id {{in $1}} order by listing.id"
        )),
        args![ids.to_vec()],
        kept,
    )
    .await
}
