//! Sightings of boxes, as movement messages brought them. They are found again by the box and by
//! the voyage; what they mean for a consignment is judged in `targeting::crosscheck`.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use targeting::consignment::Route;
use targeting::crosscheck::{Listed, Sighting, voyages};

use super::{Kind, Tx, args, values};

/// A sighting and where its message says it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Line or segment.
    pub line: u64,
    /// What was seen.
    pub sighting: Sighting,
}

/// The lines of a message whose sightings are kept already.
pub async fn lines(tx: &mut Tx, message_id: i64) -> Result<HashSet<u64>> {
    let lines = tx
        .fetch_all("select line from sighting where message_id = $1", args![message_id], |row| {
            Ok(row.int(0)? as u64)
        })
        .await?;
    Ok(lines.into_iter().collect())
}

/// The next free id. The writing transaction's lock keeps it free until the commit.
pub async fn next_id(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) + 1 from sighting", args![], |row| row.int(0)).await
}

/// Keeps sightings under ids from `first` on, each with its document.
pub async fn insert(
    tx: &mut Tx,
    (message_id, first): (i64, i64),
    seen: &[(&Seen, String)],
) -> Result<()> {
    tx.insert_many(
        "sighting",
        [
            ("id", Kind::Int),
            ("message_id", Kind::Int),
            ("line", Kind::Int),
            ("unit", Kind::Text),
            ("sight", Kind::Text),
            ("voyage_named", Kind::Int),
            ("voyage_numbered", Kind::Int),
            ("loading", Kind::Text),
            ("discharge", Kind::Text),
            ("scanned", Kind::Int),
            ("document", Kind::Text),
        ],
        "",
        (first..).zip(seen).map(|(id, (seen, document))| {
            let one = &seen.sighting;
            let [named, numbered] = one.voyage_keys().map(|key| key.map(|key| key as i64));
            values![
                id,
                message_id,
                seen.line as i64,
                one.unit.as_str(),
                one.sight.as_str(),
                named,
                numbered,
                one.loading.map(|place| place.to_string()),
                one.discharge.map(|place| place.to_string()),
                one.scanned.map(i64::from),
                document.as_str()
            ]
        }),
    )
    .await?;
    Ok(())
}

/// All sightings of these boxes, in the order in which they came.
pub async fn of_units(tx: &mut Tx, units: &[&str]) -> Result<Vec<Sighting>> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_all(
        "select document, id from sighting where unit {in $1} order by id",
        args![units.to_vec()],
        |row| {
            let id = row.int(1)?;
            serde_json::from_str(row.text(0)?)
                .with_context(|| format!("the document of sighting {id} cannot be read"))
        },
    )
    .await
}

/// A box as the latest message that names it saw it.
#[derive(Debug, Clone)]
pub struct Latest {
    /// Id of that sighting.
    pub id: i64,
    /// The message, and its line or segment.
    pub message_id: i64,
    /// Line or segment from 1.
    pub line: i64,
    /// When the message was received.
    pub received_at: i64,
    /// In how many messages the box was seen.
    pub times: i64,
    /// What was seen.
    pub sighting: Sighting,
}

/// Up to `limit` boxes that were last seen before the sighting with this id, the latest first.
pub async fn latest(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<Latest>> {
    tx.fetch_all(
        "select sighting.id, sighting.message_id, sighting.line, message.received_at,
                (select count(distinct same.message_id) from sighting same
                 where same.unit = sighting.unit),
                sighting.document
         from sighting join message on message.id = sighting.message_id
         where sighting.id < $1
           and not exists (select 1 from sighting later
                           where later.unit = sighting.unit and later.id > sighting.id)
         order by sighting.id desc
         limit $2",
        args![before, limit],
        |row| {
            let id = row.int(0)?;
            Ok(Latest {
                id,
                message_id: row.int(1)?,
                line: row.int(2)?,
                received_at: row.int(3)?,
                times: row.int(4)?,
                sighting: serde_json::from_str(row.text(5)?)
                    .with_context(|| format!("the document of sighting {id} cannot be read"))?,
            })
        },
    )
    .await
}

/// When the latest message was received that names each of these boxes.
pub async fn received(tx: &mut Tx, units: &[&str]) -> Result<HashMap<String, i64>> {
    if units.is_empty() {
        return Ok(HashMap::new());
    }
    let found = tx
        .fetch_all(
            "select sighting.unit, max(message.received_at)
             from sighting join message on message.id = sighting.message_id
             where sighting.unit {in $1}
             group by sighting.unit",
            args![units.to_vec()],
            |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// Ids and documents from `first` to `last`, with the columns that repeat what they say.
pub async fn kept(tx: &mut Tx, first: i64, last: i64) -> Result<Vec<(String, String, String)>> {
    tx.fetch_all(
        "select document, unit, sight from sighting where id >= $1 and id <= $2 order by id",
        args![first, last],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned())),
    )
    .await
}

/// A voyage's key, and a port of it as loading or discharge.
type Side = (i64, bool, String);

/// The lists that were received of voyages, by port.
#[derive(Debug, Default)]
pub struct Lists(HashMap<Side, Vec<Listed>>);

impl Lists {
    /// The lists of a route's voyage, of boxes that are loaded or discharged where it is.
    pub fn of(&self, route: &Route, exported: bool) -> Vec<Listed> {
        let port = if exported { route.loading } else { route.discharge };
        let Some(port) = port else { return Vec::new() };
        let keys = voyages(route).into_iter().flatten();
        let mut of = keys.map(|key| (key as i64, exported, port.to_string()));
        of.find_map(|side| self.0.get(&side)).cloned().unwrap_or_default()
    }
}

/// The lists of these routes' voyages.
pub async fn lists(tx: &mut Tx, routes: &[&Route]) -> Result<Lists> {
    let mut keys: Vec<i64> =
        routes.iter().flat_map(|route| voyages(route)).flatten().map(|key| key as i64).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut lists = Lists::default();
    if keys.is_empty() {
        return Ok(lists);
    }
    // A box that a list names twice is one box.
    let found = tx
        .fetch_all(
            "select voyage, sight, loading, discharge, count(*),
                    cast(sum(scanned) as bigint)
             from (select voyage_named as voyage, sight, unit,
                          coalesce(loading, '') as loading,
                          coalesce(discharge, '') as discharge,
                          max(coalesce(scanned, 0)) as scanned
                   from sighting where voyage_named {in $1}
                   group by voyage_named, sight, unit, loading, discharge
                   union all
                   select voyage_numbered, sight, unit,
                          coalesce(loading, ''), coalesce(discharge, ''),
                          max(coalesce(scanned, 0))
                   from sighting where voyage_numbered {in $1}
                   group by voyage_numbered, sight, unit, loading, discharge) named
             group by voyage, sight, loading, discharge",
            args![keys],
            |row| {
                let ports = (row.text(2)?.to_owned(), row.text(3)?.to_owned());
                let listed = Listed {
                    sight: row.text(1)?.parse()?,
                    units: row.int(4)? as u64,
                    scanned: row.int(5)? as u64,
                };
                Ok((row.int(0)?, ports, listed))
            },
        )
        .await?;
    for (voyage, (loading, discharge), listed) in found {
        for (exported, port) in [(true, loading), (false, discharge)] {
            let of = lists.0.entry((voyage, exported, port)).or_default();
            match of.iter_mut().find(|one| one.sight == listed.sight) {
                Some(one) => {
                    one.units += listed.units;
                    one.scanned += listed.scanned;
                }
                None => of.push(listed),
            }
        }
    }
    Ok(lists)
}
