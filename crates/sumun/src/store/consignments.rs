//! Consignments and the register of declarations that names their versions.
//! Content is kept once, as the JSON of what was understood; the columns beside it are those by
//! which consignments are found.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use targeting::codes::Day;
use targeting::consignment::{Consignment, Fate};

use super::{Kind, Tx, args, values};

/// One version of a declaration that is in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The version's consignment.
    pub id: i64,
    /// The first version's consignment: the number that people see.
    pub first_id: i64,
    /// Counted from 1.
    pub version: i64,
    /// Message that brought it.
    pub message_id: i64,
    /// Line of that message.
    pub line: i64,
    /// Day of arrival.
    pub arrived_day: Day,
    /// Digest of its content.
    pub digest: i64,
}

/// All versions of the references of one source, each list in rising order of version.
pub async fn known(
    tx: &mut Tx,
    source: &str,
    references: &[&str],
) -> Result<HashMap<String, Vec<Known>>> {
    let mut found: HashMap<String, Vec<Known>> = HashMap::new();
    let mut rows = tx.rows(
        "select reference, id, first_id, version, message_id, arrived_day, digest, line
         from declaration
         where reference {in $1} and source = $2
         order by reference, version",
        args![references.to_vec(), source],
    )?;
    while let Some(row) = rows.next().await? {
        let known = known_of(&row)?;
        match found.get_mut(row.text(0)?) {
            Some(versions) => versions.push(known),
            None => {
                found.insert(row.text(0)?.to_owned(), vec![known]);
            }
        }
    }
    Ok(found)
}

/// All versions of these references in the registers of all sources, each with its source, in
/// rising order of source and version.
pub async fn versions(
    tx: &mut Tx,
    references: &[&str],
) -> Result<HashMap<String, Vec<(String, Known)>>> {
    let mut found: HashMap<String, Vec<(String, Known)>> = HashMap::new();
    let mut rows = tx.rows(
        "select reference, id, first_id, version, message_id, arrived_day, digest, line, source
         from declaration
         where reference {in $1}
         order by reference, source, version",
        args![references.to_vec()],
    )?;
    while let Some(row) = rows.next().await? {
        let one = (row.text(8)?.to_owned(), known_of(&row)?);
        found.entry(row.text(0)?.to_owned()).or_default().push(one);
    }
    Ok(found)
}

/// Reads id, first id, version, message, day, digest and line from the second column on.
fn known_of(row: &super::Row) -> Result<Known> {
    Ok(Known {
        id: row.int(1)?,
        first_id: row.int(2)?,
        version: row.int(3)?,
        message_id: row.int(4)?,
        arrived_day: Day(row.int(5)? as i32),
        digest: row.int(6)?,
        line: row.int(7)?,
    })
}

/// A version that is to be stored.
pub struct NewVersion<'a> {
    /// Its own id.
    pub id: i64,
    /// The first version's id.
    pub first_id: i64,
    /// Counted from 1.
    pub version: i64,
    /// The content.
    pub consignment: &'a Consignment,
    /// The content as JSON.
    pub document: &'a str,
    /// Digest of the document.
    pub digest: i64,
    /// Message that brought it.
    pub message_id: i64,
    /// Line of the message.
    pub line: i64,
    /// What is known of its end.
    pub fate: Fate,
}

/// The next free id. The writing transaction's lock keeps it free until the commit.
pub async fn next_id(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) + 1 from consignment", args![], |row| row.int(0))
        .await
}

/// Stores new versions.
pub async fn insert(tx: &mut Tx, versions: &[NewVersion<'_>]) -> Result<()> {
    let mut months: Vec<(i16, i8)> = versions
        .iter()
        .map(|version| version.consignment.arrived_on)
        .collect::<std::collections::BTreeSet<Day>>()
        .into_iter()
        .map(|day| (day.date().year(), day.date().month()))
        .collect();
    months.dedup();
    tx.ensure_month_partitions("consignment", &months).await?;
    tx.insert_many(
        "consignment",
        [
            ("id", Kind::Int),
            ("first_id", Kind::Int),
            ("version", Kind::Int),
            ("reference", Kind::Text),
            ("office", Kind::Text),
            ("regime", Kind::Text),
            ("arrived_at", Kind::Int),
            ("arrived_day", Kind::Int),
            ("message_id", Kind::Int),
            ("line", Kind::Int),
            ("fate", Kind::Text),
            ("document", Kind::Text),
        ],
        "",
        versions.iter().map(|new| {
            values![
                new.id,
                new.first_id,
                new.version,
                new.consignment.reference.as_str(),
                new.consignment.office.as_str(),
                new.consignment.regime.as_str(),
                new.consignment.arrived_at,
                new.consignment.arrived_on.0,
                new.message_id,
                new.line,
                new.fate.as_str(),
                new.document
            ]
        }),
    )
    .await?;
    tx.insert_many(
        "declaration",
        [
            ("reference", Kind::Text),
            ("source", Kind::Text),
            ("version", Kind::Int),
            ("id", Kind::Int),
            ("first_id", Kind::Int),
            ("arrived_day", Kind::Int),
            ("message_id", Kind::Int),
            ("line", Kind::Int),
            ("digest", Kind::Int),
        ],
        "",
        versions.iter().map(|new| {
            values![
                new.consignment.reference.as_str(),
                new.consignment.source.as_str(),
                new.version,
                new.id,
                new.first_id,
                new.consignment.arrived_on.0,
                new.message_id,
                new.line,
                new.digest
            ]
        }),
    )
    .await?;
    Ok(())
}

/// Gives consignments their fate.
pub async fn set_fate(tx: &mut Tx, ids: &[i64], fate: Fate) -> Result<()> {
    if !ids.is_empty() {
        tx.execute(
            "update consignment set fate = $2 where id {in $1}",
            args![ids.to_vec(), fate.as_str()],
        )
        .await?;
    }
    Ok(())
}

/// Who first declared these consignments, by their first versions: as the journal has it of the
/// message that brought them, or of the one of which that was mended.
pub async fn declared_by(tx: &mut Tx, first_ids: &[i64]) -> Result<HashMap<i64, String>> {
    let found = tx
        .fetch_all(
            "select consignment.id, journal.actor
             from consignment
             left join mending on mending.mended_message_id = consignment.message_id
             join journal
               on journal.subject = 'message ' ||
                  cast(coalesce(mending.message_id, consignment.message_id) as text)
             where consignment.id {in $1} and journal.act = 'receive'
             order by journal.seq desc",
            args![first_ids.to_vec()],
            |row| Ok((row.int(0)?, row.text(1)?.to_owned())),
        )
        .await?;
    // The first entry comes last, and stays.
    Ok(found.into_iter().collect())
}

/// The newest versions of these consignments.
pub async fn newest(tx: &mut Tx, ids: &[i64]) -> Result<Vec<i64>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_all(
        "select max(declaration.id)
         from consignment
         join declaration on declaration.reference = consignment.reference
                         and declaration.first_id = consignment.first_id
         where consignment.id {in $1}
         group by consignment.first_id
         order by 1",
        args![ids.to_vec()],
        |row| row.int(0),
    )
    .await
}

/// A version that a sender declared after the work had taken up an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The newest version.
    pub id: i64,
    /// Counted from 1.
    pub version: i64,
    /// True when it withdraws the consignment.
    pub withdrawn: bool,
    /// When it was received, in microseconds since 1970-01-01 UTC.
    pub received_at: i64,
}

/// What senders declared of these consignments since they were drawn or decided on: the newest
/// version of each that has a newer one, that a decision in force is older than, or that is
/// withdrawn.
pub async fn amended(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Amendment>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = tx
        .fetch_all(
            "select consignment.id, newer.id, newer.version, message.received_at,
                    case when said.document like '%\"cancelled\":true%' then 1 else 0 end
             from consignment
             join declaration newer on newer.reference = consignment.reference
                                   and newer.first_id = consignment.first_id
                                   and newer.version >= consignment.version
             join message on message.id = newer.message_id
             join consignment said on said.id = newer.id
             where consignment.id {in $1} and newer.version > 1
               and (newer.version > consignment.version
                    or said.document like '%\"cancelled\":true%'
                    or exists (
                        select 1 from decision
                        where decision.first_id = consignment.first_id
                          and decision.in_force = 1
                          and decision.act in ('hold', 'ask', 'inspect')
                          and decision.consignment_id < consignment.id))
             order by newer.version",
            args![ids.to_vec()],
            |row| {
                let (id, version, received_at) = (row.int(1)?, row.int(2)?, row.int(3)?);
                let withdrawn = row.flag(4)?;
                Ok((row.int(0)?, Amendment { id, version, withdrawn, received_at }))
            },
        )
        .await?;
    // The newest comes last, and stays.
    Ok(found.into_iter().collect())
}

/// Gives consignments the fate of superseded ones, but those that were inspected keep theirs.
pub async fn supersede(tx: &mut Tx, ids: &std::collections::HashSet<i64>) -> Result<()> {
    if !ids.is_empty() {
        let ids: Vec<i64> = ids.iter().copied().collect();
        tx.execute(
            "update consignment set fate = 'superseded'
             where id {in $1} and fate in ('pending', 'released')",
            args![ids],
        )
        .await?;
    }
    Ok(())
}

/// A stored version of a consignment.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its id.
    pub id: i64,
    /// The content.
    pub consignment: Consignment,
}

pub(super) fn stored(row: &super::Row) -> Result<Stored> {
    let id = row.int(0)?;
    let consignment = serde_json::from_str(row.text(1)?)
        .with_context(|| format!("the document of consignment {id} cannot be read"))?;
    Ok(Stored { id, consignment })
}

/// The stored versions with these ids, in rising order of id.
pub async fn load(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Stored>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_all(
        "select id, document from consignment where id {in $1} order by id",
        args![ids.to_vec()],
        stored,
    )
    .await
}

/// The ids of all versions of these references, whatever their source.
pub async fn ids_of(tx: &mut Tx, references: &[&str]) -> Result<Vec<(String, i64)>> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_all(
        "select reference, id from declaration where reference {in $1} order by id",
        args![references.to_vec()],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )
    .await
}

/// Up to `limit` consignments that await a decision, with ids above `after`, in rising order.
pub async fn pending(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Stored>> {
    tx.fetch_all(
        "select id, document from consignment
         where id > $1 and fate = 'pending'
         order by id limit $2",
        args![after, limit],
        stored,
    )
    .await
}

/// Up to `limit` consignments of any fate with ids above `after`, in rising order.
pub async fn after(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Stored>> {
    tx.fetch_all(
        "select id, document from consignment where id > $1 order by id limit $2",
        args![after, limit],
        stored,
    )
    .await
}

/// The last id that was given, or 0.
pub async fn last_id(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) from consignment", args![], |row| row.int(0)).await
}

/// How many consignments there are of each fate.
pub async fn fates(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    tx.fetch_all(
        "select fate, count(*) from consignment group by fate order by fate",
        args![],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )
    .await
}

/// A stored version with its place in the register and its fate.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its id.
    pub id: i64,
    /// The first version's id.
    pub first_id: i64,
    /// Counted from 1.
    pub version: i64,
    /// Message that brought it.
    pub message_id: i64,
    /// Line of that message.
    pub line: i64,
    /// What became of it.
    pub fate: Fate,
    /// The content.
    pub consignment: Consignment,
}

fn version(row: &super::Row) -> Result<Version> {
    let Stored { id, consignment } = stored(row)?;
    Ok(Version {
        id,
        first_id: row.int(2)?,
        version: row.int(3)?,
        message_id: row.int(4)?,
        line: row.int(5)?,
        fate: row.text(6)?.parse()?,
        consignment,
    })
}

/// The stored versions with these ids, with their fates, in rising order of id.
pub async fn described(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Version>> {
    tx.fetch_all(
        "select id, document, first_id, version, message_id, line, fate
         from consignment where id {in $1} order by id",
        args![ids.to_vec()],
        version,
    )
    .await
}

/// Which of these versions still stand: neither amended since, nor withdrawn.
pub async fn standing(tx: &mut Tx, ids: &[i64]) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found = tx
        .fetch_all(
            "select id from consignment
             where id {in $1} and fate not in ('superseded', 'rejected')",
            args![ids.to_vec()],
            |row| row.int(0),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// The ids of all versions of a declaration, the first one first.
pub async fn version_ids(tx: &mut Tx, of: &Version) -> Result<Vec<i64>> {
    tx.fetch_all(
        "select id from declaration
         where reference = $1 and source = $2 order by version",
        args![of.consignment.reference.as_str(), of.consignment.source.as_str()],
        |row| row.int(0),
    )
    .await
}

/// As [`described`], for those that arrived from `first` to `last`: so a partitioned table is
/// asked for a few months alone.
pub async fn described_of(
    tx: &mut Tx,
    ids: &[i64],
    (first, last): (Day, Day),
) -> Result<Vec<Version>> {
    tx.fetch_all(
        "select id, document, first_id, version, message_id, line, fate
         from consignment
         where id {in $1} and arrived_day >= $2 and arrived_day <= $3
         order by id",
        args![ids.to_vec(), first.0, last.0],
        version,
    )
    .await
}

/// The customs offices of these consignments.
pub async fn offices_of(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let found = tx
        .fetch_all(
            "select id, office from consignment where id {in $1}",
            args![ids.to_vec()],
            |row| Ok((row.int(0)?, row.text(1)?.to_owned())),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// Where consignments are: office, and whether a plan in force that is released has drawn it or an
/// older version of it, or an officer ordered that it be inspected. Ids that are not there are left
/// out.
pub async fn places(tx: &mut Tx, ids: &[i64], now: i64) -> Result<Vec<(i64, String, bool)>> {
    tx.fetch_all(
        "select consignment.id, consignment.office,
                case when exists (
                    select 1 from declaration elder
                    join selection on selection.consignment_id = elder.id
                    join plan on plan.id = selection.plan_id
                    where elder.reference = consignment.reference
                      and elder.first_id = consignment.first_id
                      and elder.version <= consignment.version
                      and selection.drawn = 1 and plan.state = 'drawn'
                      and coalesce(plan.released_at, plan.drawn_at) <= $2)
                   or exists (
                     select 1 from decision
                     where decision.first_id = consignment.first_id
                       and decision.in_force = 1 and decision.act = 'inspect')
                 then 1 else 0 end
         from consignment
         where consignment.id {in $1}
         order by consignment.id",
        args![ids.to_vec(), now],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned(), row.flag(2)?)),
    )
    .await
}
