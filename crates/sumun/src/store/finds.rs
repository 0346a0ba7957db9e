//! Finds by the opaque keys that they share with others, so that an officer sees what was found
//! before with the same parties, goods and lane. What a find was is in `outcomes.rs`.

use anyhow::Result;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::KeyKind;

use super::consignments::{Stored, stored};
use super::{Kind, Tx, args, values};

/// The kinds of key by which finds are alike, with how much each says.
pub const KINDS: [(KeyKind, u32); 6] = [
    (KeyKind::Consignee, 6),
    (KeyKind::Consignor, 5),
    (KeyKind::Phone, 5),
    (KeyKind::Address, 4),
    (KeyKind::LaneGoods, 2),
    (KeyKind::Hs4, 1),
];

/// A find that shares a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// The key.
    pub key: i64,
    /// Day on which it became known.
    pub known_on: Day,
    /// Its consignment.
    pub consignment_id: i64,
}

fn keys(consignment: &Consignment) -> impl Iterator<Item = i64> + '_ {
    let facts = Facts::of(consignment);
    KINDS.iter().filter_map(move |(kind, _)| kind.key(&facts)).map(|key| key as i64)
}

/// Keeps finds, each with the day on which it became known, in place of what was kept of them.
pub async fn keep(tx: &mut Tx, found: &[(i64, Day, &Consignment)]) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    tx.insert_many(
        "find_key",
        [("key", Kind::Int), ("known_day", Kind::Int), ("consignment_id", Kind::Int)],
        "on conflict (key, known_day, consignment_id) do nothing",
        found.iter().flat_map(|(id, known_on, consignment)| {
            keys(consignment).map(|key| values![key, known_on.0, *id]).collect::<Vec<_>>()
        }),
    )
    .await?;
    Ok(())
}

/// Forgets what was kept of these consignments: they turned out to be no finds.
pub async fn forget(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    if !ids.is_empty() {
        tx.execute("delete from find_key where consignment_id {in $1}", args![ids.to_vec()])
            .await?;
    }
    Ok(())
}

/// The newest finds that share a key with a consignment, up to `limit` of each key.
pub async fn sharing(
    tx: &mut Tx,
    id: i64,
    consignment: &Consignment,
    limit: i64,
) -> Result<Vec<Shared>> {
    let mut all = Vec::new();
    let keys: Vec<i64> = keys(consignment).collect();
    for key in keys {
        let shared = tx
            .fetch_all(
                "select key, known_day, consignment_id from find_key
                 where key = $1 and consignment_id <> $2
                 order by known_day desc, consignment_id desc limit $3",
                args![key, id, limit],
                |row| {
                    Ok(Shared {
                        key: row.int(0)?,
                        known_on: Day(row.int(1)? as i32),
                        consignment_id: row.int(2)?,
                    })
                },
            )
            .await?;
        all.extend(shared);
    }
    Ok(all)
}

/// Up to `limit` finds with ids above `after` of which no key is kept, with the day on which each
/// became known: those of before keys were kept.
pub async fn missing(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<(Day, Stored)>> {
    tx.fetch_all(
        "select consignment.id, consignment.document, outcome.known_day
         from outcome
         join consignment on consignment.id = outcome.consignment_id
         where outcome.consignment_id > $1 and outcome.latest = 1
           and outcome.outcome in ('discrepancy', 'seizure')
           and not exists (select 1 from find_key
                           where find_key.consignment_id = outcome.consignment_id)
         order by outcome.consignment_id
         limit $2",
        args![after, limit],
        |row| Ok((Day(row.int(2)? as i32), stored(row)?)),
    )
    .await
}
