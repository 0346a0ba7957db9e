//! Hits: what in a consignment met a listing, and what officers said of it. A decision counts for
//! the pair of party and listing until its day comes or it is made anew; every one is kept.

use std::collections::HashMap;

use anyhow::Result;
use targeting::listing::{HitVerdict, ListedHit};

use super::{AssertSqlSafe, Kind, Row, Tx, args, values};
use crate::rights::Offices;

/// A hit that is to be kept.
pub struct NewHit<'a> {
    /// The consignment's version.
    pub consignment_id: i64,
    /// Its office.
    pub office: &'a str,
    /// The day it arrived.
    pub arrived_day: i64,
    /// What met which listing.
    pub hit: &'a ListedHit,
    /// The decision on the pair that counts already.
    pub decision_id: Option<i64>,
}

/// Words of a hit: those that agree, those found alone, those listed alone.
pub type Words = (Vec<String>, Vec<String>, Vec<String>);

/// A hit as it is kept.
#[derive(Debug, Clone)]
pub struct KeptHit {
    /// Its number, written `H-77`.
    pub id: i64,
    /// The consignment's version.
    pub consignment_id: i64,
    /// Its office.
    pub office: String,
    /// The day it arrived.
    pub arrived_day: i64,
    /// The listing.
    pub listing_id: i64,
    /// What met it.
    pub met: String,
    /// The party's role, or empty.
    pub role: String,
    /// The opaque key of what was found.
    pub party_key: i64,
    /// What was found.
    pub found: String,
    /// The chance that both are the same.
    pub probability: f64,
    /// Why.
    pub words: Words,
    /// When.
    pub found_at: i64,
    /// The decision that counts, if its day has not come.
    pub decision: Option<KeptVerdict>,
    /// The consignment's reference.
    pub reference: String,
}

/// What an officer said.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptVerdict {
    /// Its number.
    pub id: i64,
    /// The id that its sender made.
    pub order_id: String,
    /// The hit on which it was said.
    pub hit_id: i64,
    /// The pair: what was found.
    pub party_key: i64,
    /// The pair: the listing.
    pub listing_id: i64,
    /// What was said.
    pub verdict: HitVerdict,
    /// Why.
    pub reason: String,
    /// The day from which on it counts no more.
    pub expires_day: i64,
    /// Who said it.
    pub by: String,
    /// When.
    pub at: i64,
}

const VERDICT: &str = "hit_decision.id, hit_decision.order_id, hit_decision.hit_id, \
    hit_decision.party_key, hit_decision.listing_id, hit_decision.verdict, hit_decision.reason, \
    hit_decision.expires_day, hit_decision.made_by, hit_decision.made_at";

fn verdict_at(row: &Row, at: usize) -> Result<Option<KeptVerdict>> {
    let Some(id) = row.int_opt(at)? else { return Ok(None) };
    Ok(Some(KeptVerdict {
        id,
        order_id: row.text(at + 1)?.to_owned(),
        hit_id: row.int(at + 2)?,
        party_key: row.int(at + 3)?,
        listing_id: row.int(at + 4)?,
        verdict: row.text(at + 5)?.parse()?,
        reason: row.text(at + 6)?.to_owned(),
        expires_day: row.int(at + 7)?,
        by: row.text(at + 8)?.to_owned(),
        at: row.int(at + 9)?,
    }))
}

fn verdict(row: &Row) -> Result<KeptVerdict> {
    verdict_at(row, 0)?.ok_or_else(|| anyhow::anyhow!("a decision on a hit has no number"))
}

fn kept(row: &Row) -> Result<KeptHit> {
    Ok(KeptHit {
        id: row.int(0)?,
        consignment_id: row.int(1)?,
        office: row.text(2)?.to_owned(),
        arrived_day: row.int(3)?,
        listing_id: row.int(4)?,
        met: row.text(5)?.to_owned(),
        role: row.text(6)?.to_owned(),
        party_key: row.int(7)?,
        found: row.text(8)?.to_owned(),
        probability: row.real(9)?,
        words: serde_json::from_str(row.text(10)?)?,
        found_at: row.int(11)?,
        reference: row.text_opt(12)?.unwrap_or_default().to_owned(),
        decision: verdict_at(row, 13)?,
    })
}

/// The hits, each with the decision that counts on day `$1`.
fn select(rest: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!(
        "select listing_hit.id, listing_hit.consignment_id, listing_hit.office,
                listing_hit.arrived_day, listing_hit.listing_id, listing_hit.met,
                listing_hit.role, listing_hit.party_key, listing_hit.found,
                listing_hit.probability, listing_hit.words, listing_hit.found_at,
                (select declaration.reference from declaration
                 where declaration.id = listing_hit.consignment_id),
                {VERDICT}
         from listing_hit
         join listing on listing.id = listing_hit.listing_id
         left join hit_decision
                on hit_decision.id = listing_hit.decision_id and hit_decision.expires_day > $1
         {rest}"
    ))
}

/// Keeps hits; what was kept before is left as it is. Gives how many are new.
pub async fn insert(tx: &mut Tx, new: &[NewHit<'_>], now: i64) -> Result<u64> {
    if new.is_empty() {
        return Ok(0);
    }
    let first = tx
        .fetch_one("select coalesce(max(id), 0) + 1 from listing_hit", args![], |row| row.int(0))
        .await?;
    let words: Vec<String> = new
        .iter()
        .map(|one| {
            let hit = one.hit;
            serde_json::to_string(&(&hit.agree, &hit.differ_found, &hit.differ_listed))
        })
        .collect::<Result<_, _>>()?;
    tx.insert_many(
        "listing_hit",
        [
            ("id", Kind::Int),
            ("consignment_id", Kind::Int),
            ("office", Kind::Text),
            ("arrived_day", Kind::Int),
            ("listing_id", Kind::Int),
            ("met", Kind::Text),
            ("role", Kind::Text),
            ("party_key", Kind::Int),
            ("found", Kind::Text),
            ("probability", Kind::Real),
            ("words", Kind::Text),
            ("found_at", Kind::Int),
            ("decision_id", Kind::Int),
        ],
        "on conflict (consignment_id, listing_id, met, role, party_key) do nothing",
        (first..).zip(new).zip(&words).map(|((id, one), words)| {
            values![
                id,
                one.consignment_id,
                one.office,
                one.arrived_day,
                i64::from(one.hit.listing),
                one.hit.met.as_str(),
                one.hit.role.map_or("", crate::pipeline::role_word),
                one.hit.key as i64,
                one.hit.found.as_str(),
                one.hit.probability,
                words.as_str(),
                now,
                one.decision_id
            ]
        }),
    )
    .await
}

/// The decisions on pairs with these parties that count on a day.
pub async fn counting(tx: &mut Tx, parties: &[i64], today: i64) -> Result<Vec<KeptVerdict>> {
    if parties.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_all(
        AssertSqlSafe(format!(
            "select {VERDICT} from hit_decision
             where party_key {{in $1}} and expires_day > $2
               and not exists (
                 select 1 from hit_decision later
                 where later.party_key = hit_decision.party_key
                   and later.listing_id = hit_decision.listing_id
                   and later.id > hit_decision.id)
             order by id"
        )),
        args![parties.to_vec(), today],
        verdict,
    )
    .await
}

/// Lets what was said of a listing and counts on a day count for the one that took its place, as
/// pairs of both. Gives how many decisions were carried over.
pub async fn carry(tx: &mut Tx, pairs: &[(i64, i64)], today: i64) -> Result<u64> {
    if pairs.is_empty() {
        return Ok(0);
    }
    let places: HashMap<i64, i64> = pairs.iter().copied().collect();
    let former: Vec<i64> = pairs.iter().map(|(former, _)| *former).collect();
    let said = tx
        .fetch_all(
            AssertSqlSafe(format!(
                "select {VERDICT} from hit_decision
                 where listing_id {{in $1}} and expires_day > $2
                   and not exists (
                     select 1 from hit_decision later
                     where later.party_key = hit_decision.party_key
                       and later.listing_id = hit_decision.listing_id
                       and later.id > hit_decision.id)
                 order by id"
            )),
            args![former, today],
            verdict,
        )
        .await?;
    let first = next_decision(tx).await?;
    let carried: Vec<(i64, String)> = said
        .iter()
        .map(|one| {
            let place = places[&one.listing_id];
            let own = one.order_id.split('>').next().unwrap_or_default();
            // Ids of orders have no such sign, so none of a person's can be the same.
            (place, format!("{own}>L-{place}"))
        })
        .collect();
    tx.insert_many(
        "hit_decision",
        [
            ("id", Kind::Int),
            ("order_id", Kind::Text),
            ("hit_id", Kind::Int),
            ("party_key", Kind::Int),
            ("listing_id", Kind::Int),
            ("verdict", Kind::Text),
            ("reason", Kind::Text),
            ("expires_day", Kind::Int),
            ("made_by", Kind::Text),
            ("made_at", Kind::Int),
        ],
        "",
        (first..).zip(&said).zip(&carried).map(|((id, one), (place, order))| {
            values![
                id,
                order.as_str(),
                one.hit_id,
                one.party_key,
                *place,
                one.verdict.as_str(),
                one.reason.as_str(),
                one.expires_day,
                one.by.as_str(),
                one.at
            ]
        }),
    )
    .await
}

/// Which hits are asked for.
#[derive(Debug, Clone, Default)]
pub struct WhichHits<'w> {
    /// `open`, or a verdict; all when left out.
    pub state: Option<&'w str>,
    /// Of this watchlist.
    pub watchlist: Option<i64>,
    /// Of this consignment.
    pub consignment: Option<i64>,
    /// Of this listing.
    pub listing: Option<i64>,
    /// Whose decision was taken over from an earlier hit, or not.
    pub reused: Option<bool>,
    /// At these offices.
    pub offices: Option<&'w Offices>,
}

/// Where a page ended: the chance and the number of its last hit.
pub type Place = (f64, i64);

/// Hits after a place; open ones by their chance, others the latest first.
pub async fn page(
    tx: &mut Tx,
    which: &WhichHits<'_>,
    after: Option<Place>,
    (limit, today): (i64, i64),
) -> Result<Vec<KeptHit>> {
    let named = which.offices.filter(|offices| !offices.all());
    let every = i64::from(named.is_none());
    let offices: Vec<&str> =
        which.offices.map(Offices::codes).unwrap_or_default().iter().map(String::as_str).collect();
    let by_chance = which.state == Some("open");
    let (chance, number) = after.unwrap_or((2.0, i64::MAX));
    let order = match by_chance {
        true => {
            "and (listing_hit.probability < $9
                  or (listing_hit.probability = $9 and listing_hit.id < $10))
             order by listing_hit.probability desc, listing_hit.id desc limit $11"
        }
        false => {
            "and listing_hit.id < $10 and $9 <= 2.0
             order by listing_hit.id desc limit $11"
        }
    };
    let rest = format!(
        "where ($2 = 1 or listing_hit.office {{in $3}})
           and (cast($4 as text) is null or coalesce(hit_decision.verdict, 'open') = $4)
           and (cast($5 as bigint) is null or listing.watchlist_id = $5)
           and (cast($6 as bigint) is null or listing_hit.consignment_id = $6)
           and (cast($7 as bigint) is null or listing_hit.listing_id = $7)
           and (cast($8 as bigint) is null or $8 = case
                 when hit_decision.id is not null and hit_decision.hit_id <> listing_hit.id
                 then 1 else 0 end)
           {order}"
    );
    tx.fetch_all(
        select(&rest),
        args![
            today,
            every,
            offices,
            which.state,
            which.watchlist,
            which.consignment,
            which.listing,
            which.reused.map(i64::from),
            chance,
            number,
            limit
        ],
        kept,
    )
    .await
}

/// Hits on these consignments, the latest first.
pub async fn on(
    tx: &mut Tx,
    consignments: &[i64],
    (limit, today): (i64, i64),
) -> Result<Vec<KeptHit>> {
    tx.fetch_all(
        select("where listing_hit.consignment_id {in $2} order by listing_hit.id desc limit $3"),
        args![today, consignments.to_vec(), limit],
        kept,
    )
    .await
}

/// A hit by its number.
pub async fn find(tx: &mut Tx, id: i64, today: i64) -> Result<Option<KeptHit>> {
    tx.fetch_optional(select("where listing_hit.id = $2"), args![today, id], kept).await
}

/// Every decision that was made on a pair, the latest first.
pub async fn decisions(tx: &mut Tx, party: i64, listing: i64) -> Result<Vec<KeptVerdict>> {
    tx.fetch_all(
        AssertSqlSafe(format!(
            "select {VERDICT} from hit_decision
             where party_key = $1 and listing_id = $2 order by id desc"
        )),
        args![party, listing],
        verdict,
    )
    .await
}

/// The decision that came under this id.
pub async fn by_order(tx: &mut Tx, order: &str) -> Result<Option<KeptVerdict>> {
    tx.fetch_optional(
        AssertSqlSafe(format!("select {VERDICT} from hit_decision where order_id = $1")),
        args![order],
        verdict,
    )
    .await
}

/// Hits of the same pair on other consignments: number, consignment and time, the latest first.
pub async fn same_pair(tx: &mut Tx, hit: &KeptHit) -> Result<Vec<(i64, i64, i64)>> {
    tx.fetch_all(
        "select id, consignment_id, found_at from listing_hit
         where party_key = $1 and listing_id = $2 and id <> $3
         order by id desc limit 50",
        args![hit.party_key, hit.listing_id, hit.id],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
    )
    .await
}

/// Keeps a decision; every hit of the pair takes it. Gives how many.
pub async fn decide(tx: &mut Tx, new: &KeptVerdict) -> Result<u64> {
    tx.execute(
        "insert into hit_decision (id, order_id, hit_id, party_key, listing_id, verdict, reason,
                                   expires_day, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            new.id,
            &new.order_id,
            new.hit_id,
            new.party_key,
            new.listing_id,
            new.verdict.as_str(),
            &new.reason,
            new.expires_day,
            &new.by,
            new.at
        ],
    )
    .await?;
    tx.execute(
        "update listing_hit set decision_id = $3 where party_key = $1 and listing_id = $2",
        args![new.party_key, new.listing_id, new.id],
    )
    .await
}

/// The next free number of a decision.
pub async fn next_decision(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) + 1 from hit_decision", args![], |row| row.int(0))
        .await
}
