//! Records of parties, their keys, and which entity each is of. A record's place is a revision:
//! moving it adds a row, so that every earlier state can be told. What puts records where is in
//! `pipeline/resolve.rs` and `acts/entity.rs`.

use std::collections::HashMap;

use anyhow::{Context, Result};
use targeting::codes::Day;
use targeting::party::Role;
use targeting::resolving::{PartyRecord, RecordKey, Weights};

use super::{Kind, Row, Tx, args, values};

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRecord {
    /// Its number, written `PR-12`.
    pub id: i64,
    /// How the party was declared.
    pub record: PartyRecord,
}

/// The place of a record: which entity, since when, by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The record.
    pub record_id: i64,
    /// Counted from 1.
    pub revision: i64,
    /// Whether it is where the record is now.
    pub latest: bool,
    /// The entity, written `E-7`.
    pub entity_id: i64,
    /// The record that it agreed with best, and how well in bits.
    pub link: Option<(i64, f64)>,
    /// `machine`, or the person.
    pub put_by: String,
    /// When.
    pub put_at: i64,
    /// The act by which it moved.
    pub act_id: Option<i64>,
}

/// Entities that were split or became one.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityAct {
    /// Its number.
    pub id: i64,
    /// The id that the sender made.
    pub order_id: Option<String>,
    /// True for a split, false where two became one.
    pub split: bool,
    /// The entity that was split, or that stays.
    pub entity_id: i64,
    /// The entity that the records went to, or came from.
    pub other_id: i64,
    /// The records that moved.
    pub records: Vec<i64>,
    /// What the two weighed for each other; none where a person decided.
    pub bits: Option<f64>,
    /// `machine`, or the person.
    pub by: String,
    /// When.
    pub at: i64,
    /// Why.
    pub reason: String,
}

/// Where a record was declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The record.
    pub record_id: i64,
    /// The version of the consignment.
    pub consignment_id: i64,
    /// The part that the party plays there.
    pub role: Role,
    /// Day of arrival.
    pub arrived_on: Day,
    /// Customs office.
    pub office: String,
}

/// Who put something where no person did.
pub const MACHINE: &str = "machine";

/// How far resolving has come.
pub async fn progress(tx: &mut Tx) -> Result<i64> {
    let last = tx
        .fetch_optional("select last_id from resolving where number = 1", args![], |row| row.int(0))
        .await?;
    Ok(last.unwrap_or(0))
}

/// Notes how far resolving has come.
pub async fn set_progress(tx: &mut Tx, last_id: i64) -> Result<()> {
    tx.execute(
        "insert into resolving (number, last_id) values (1, $1)
         on conflict (number) do update set last_id = excluded.last_id",
        args![last_id],
    )
    .await?;
    Ok(())
}

/// The next free numbers of records, entities and acts.
pub async fn next_ids(tx: &mut Tx) -> Result<(i64, i64, i64)> {
    tx.fetch_one(
        "select coalesce((select max(id) from party_record), 0) + 1,
                coalesce((select max(entity_id) from entity_member), 0) + 1,
                coalesce((select max(id) from entity_act), 0) + 1",
        args![],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
    )
    .await
}

/// How many records there are.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) from party_record", args![], |row| row.int(0)).await
}

/// The records with these digests that are known, by digest.
pub async fn known(tx: &mut Tx, digests: &[i64]) -> Result<HashMap<i64, i64>> {
    let found = tx
        .fetch_all(
            "select digest, id from party_record where digest {in $1}",
            args![digests.to_vec()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// How many records have each of these keys; what none has is left out.
pub async fn key_counts(tx: &mut Tx, keys: &[i64]) -> Result<HashMap<u64, u32>> {
    let found = tx
        .fetch_all(
            "select key, records from record_key_count where key {in $1}",
            args![keys.to_vec()],
            |row| Ok((row.int(0)? as u64, row.int(1)?.clamp(0, 1 << 31) as u32)),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// The records that have these keys.
pub async fn with_keys(tx: &mut Tx, keys: &[i64]) -> Result<Vec<(u64, i64)>> {
    tx.fetch_all(
        "select key, record_id from record_key where key {in $1} order by key, record_id",
        args![keys.to_vec()],
        |row| Ok((row.int(0)? as u64, row.int(1)?)),
    )
    .await
}

fn kept(row: &Row) -> Result<KeptRecord> {
    let id = row.int(0)?;
    let record = serde_json::from_str(row.text(1)?)
        .with_context(|| format!("the document of party record {id} cannot be read"))?;
    Ok(KeptRecord { id, record })
}

/// These records, in rising order.
pub async fn records(tx: &mut Tx, ids: &[i64]) -> Result<Vec<KeptRecord>> {
    tx.fetch_all(
        "select id, document from party_record where id {in $1} order by id",
        args![ids.to_vec()],
        kept,
    )
    .await
}

/// Up to `limit` records with numbers above `after`.
pub async fn records_after(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<KeptRecord>> {
    tx.fetch_all(
        "select id, document from party_record where id > $1 order by id limit $2",
        args![after, limit],
        kept,
    )
    .await
}

/// Records whose words hold all of these, the newest first.
pub async fn worded(tx: &mut Tx, words: &[String], limit: i64) -> Result<Vec<i64>> {
    let like = |n: usize| words.get(n).map_or_else(|| "%".to_owned(), |word| format!("%{word}%"));
    tx.fetch_all(
        "select id from party_record
         where words like $1 and words like $2 and words like $3
         order by id desc limit $4",
        args![like(0), like(1), like(2), limit],
        |row| row.int(0),
    )
    .await
}

const MEMBER: &str = "record_id, revision, latest, entity_id, with_record, bits, put_by, put_at, \
     act_id";

fn member(row: &Row) -> Result<Member> {
    Ok(Member {
        record_id: row.int(0)?,
        revision: row.int(1)?,
        latest: row.flag(2)?,
        entity_id: row.int(3)?,
        link: row.int_opt(4)?.zip(row.real_opt(5)?),
        put_by: row.text(6)?.to_owned(),
        put_at: row.int(7)?,
        act_id: row.int_opt(8)?,
    })
}

/// Where these records are now.
pub async fn places(tx: &mut Tx, records: &[i64]) -> Result<Vec<Member>> {
    tx.fetch_all(
        super::AssertSqlSafe(format!(
            "select {MEMBER} from entity_member
             where record_id {{in $1}} and latest = 1 order by record_id"
        )),
        args![records.to_vec()],
        member,
    )
    .await
}

/// The records of these entities now, by entity and number.
pub async fn members(tx: &mut Tx, entities: &[i64]) -> Result<Vec<Member>> {
    tx.fetch_all(
        super::AssertSqlSafe(format!(
            "select {MEMBER} from entity_member
             where entity_id {{in $1}} and latest = 1 order by entity_id, record_id"
        )),
        args![entities.to_vec()],
        member,
    )
    .await
}

/// Every place of every record that was ever of this entity, in the order in which they came.
pub async fn course(tx: &mut Tx, entity: i64) -> Result<Vec<Member>> {
    tx.fetch_all(
        super::AssertSqlSafe(format!(
            "select {MEMBER} from entity_member
             where entity_id = $1 order by put_at, record_id, revision"
        )),
        args![entity],
        member,
    )
    .await
}

/// The newest entities, the newest first.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<i64>> {
    tx.fetch_all(
        "select distinct entity_id from entity_member where latest = 1
         order by entity_id desc limit $1",
        args![limit],
        |row| row.int(0),
    )
    .await
}

/// A new record with its keys.
pub struct NewRecord {
    /// Its number.
    pub id: i64,
    /// How the party was declared.
    pub record: PartyRecord,
    /// By what it is found.
    pub keys: Vec<RecordKey>,
    /// What it is searched by.
    pub words: String,
}

/// Keeps new records with their keys, and counts the keys.
pub async fn insert_records(tx: &mut Tx, new: &[NewRecord], now: i64) -> Result<()> {
    let documents: Vec<String> =
        new.iter().map(|one| serde_json::to_string(&one.record)).collect::<Result<_, _>>()?;
    tx.insert_many(
        "party_record",
        [
            ("id", Kind::Int),
            ("digest", Kind::Int),
            ("document", Kind::Text),
            ("words", Kind::Text),
            ("made_at", Kind::Int),
        ],
        "",
        new.iter().zip(&documents).map(|(one, document)| {
            let digest = one.record.digest() as i64;
            values![one.id, digest, document.as_str(), one.words.as_str(), now]
        }),
    )
    .await?;
    let mut keys: Vec<(i64, i64)> =
        new.iter().flat_map(|one| one.keys.iter().map(|key| (key.key as i64, one.id))).collect();
    keys.sort_unstable();
    let mut counts: Vec<(i64, i64)> = Vec::new();
    for (key, _) in &keys {
        match counts.last_mut() {
            Some((last, count)) if last == key => *count += 1,
            _ => counts.push((*key, 1)),
        }
    }
    tx.insert_many(
        "record_key",
        [("key", Kind::Int), ("record_id", Kind::Int)],
        "",
        keys.iter().map(|(key, record)| values![*key, *record]),
    )
    .await?;
    tx.insert_many(
        "record_key_count",
        [("key", Kind::Int), ("records", Kind::Int)],
        "on conflict (key) do update set records = record_key_count.records + excluded.records",
        counts.iter().map(|(key, records)| values![*key, *records]),
    )
    .await?;
    Ok(())
}

/// Keeps where records were declared.
pub async fn insert_seen(tx: &mut Tx, seen: &[Seen]) -> Result<()> {
    let roles: Vec<&str> = seen.iter().map(|one| role_word(one.role)).collect();
    tx.insert_many(
        "party_seen",
        [
            ("record_id", Kind::Int),
            ("consignment_id", Kind::Int),
            ("role", Kind::Text),
            ("arrived_day", Kind::Int),
            ("office", Kind::Text),
        ],
        "on conflict (record_id, consignment_id, role) do nothing",
        seen.iter().zip(roles).map(|(one, role)| {
            let office = one.office.as_str();
            values![one.record_id, one.consignment_id, role, one.arrived_on.0, office]
        }),
    )
    .await?;
    Ok(())
}

/// Puts records where they are from now on. Those that were elsewhere get a new revision.
pub async fn put(tx: &mut Tx, members: &[Member]) -> Result<()> {
    let moved: Vec<i64> =
        members.iter().filter(|one| one.revision > 1).map(|one| one.record_id).collect();
    if !moved.is_empty() {
        tx.execute(
            "update entity_member set latest = 0 where record_id {in $1} and latest = 1",
            args![moved],
        )
        .await?;
    }
    tx.insert_many(
        "entity_member",
        [
            ("record_id", Kind::Int),
            ("revision", Kind::Int),
            ("latest", Kind::Int),
            ("entity_id", Kind::Int),
            ("with_record", Kind::Int),
            ("bits", Kind::Real),
            ("put_by", Kind::Text),
            ("put_at", Kind::Int),
            ("act_id", Kind::Int),
        ],
        "",
        members.iter().map(|one| {
            values![
                one.record_id,
                one.revision,
                one.latest,
                one.entity_id,
                one.link.map(|(record, _)| record),
                one.link.map(|(_, bits)| bits),
                one.put_by.as_str(),
                one.put_at,
                one.act_id
            ]
        }),
    )
    .await?;
    Ok(())
}

const ACT: &str = "id, order_id, act, entity_id, other_id, records, bits, made_by, made_at, reason";

fn act(row: &Row) -> Result<EntityAct> {
    Ok(EntityAct {
        id: row.int(0)?,
        order_id: row.text_opt(1)?.map(str::to_owned),
        split: row.text(2)? == "split",
        entity_id: row.int(3)?,
        other_id: row.int(4)?,
        records: serde_json::from_str(row.text(5)?)?,
        bits: row.real_opt(6)?,
        by: row.text(7)?.to_owned(),
        at: row.int(8)?,
        reason: row.text(9)?.to_owned(),
    })
}

/// Keeps acts.
pub async fn insert_acts(tx: &mut Tx, acts: &[EntityAct]) -> Result<()> {
    let records: Vec<String> =
        acts.iter().map(|one| serde_json::to_string(&one.records)).collect::<Result<_, _>>()?;
    tx.insert_many(
        "entity_act",
        [
            ("id", Kind::Int),
            ("order_id", Kind::Text),
            ("act", Kind::Text),
            ("entity_id", Kind::Int),
            ("other_id", Kind::Int),
            ("records", Kind::Text),
            ("bits", Kind::Real),
            ("made_by", Kind::Text),
            ("made_at", Kind::Int),
            ("reason", Kind::Text),
        ],
        "",
        acts.iter().zip(&records).map(|(one, records)| {
            values![
                one.id,
                one.order_id.as_deref(),
                if one.split { "split" } else { "merged" },
                one.entity_id,
                one.other_id,
                records.as_str(),
                one.bits,
                one.by.as_str(),
                one.at,
                one.reason.as_str()
            ]
        }),
    )
    .await?;
    Ok(())
}

/// The acts in which these entities had a part, the oldest first.
pub async fn acts(tx: &mut Tx, entities: &[i64]) -> Result<Vec<EntityAct>> {
    tx.fetch_all(
        super::AssertSqlSafe(format!(
            "select {ACT} from entity_act
             where entity_id {{in $1}} or other_id {{in $1}} order by id"
        )),
        args![entities.to_vec()],
        act,
    )
    .await
}

/// The act that came with this order.
pub async fn act_of(tx: &mut Tx, order_id: &str) -> Result<Option<EntityAct>> {
    tx.fetch_optional(
        super::AssertSqlSafe(format!("select {ACT} from entity_act where order_id = $1")),
        args![order_id],
        act,
    )
    .await
}

/// How `role` is kept.
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

fn role_of(word: &str) -> Result<Role> {
    const ALL: [Role; 7] = [
        Role::Consignor,
        Role::Consignee,
        Role::Declarant,
        Role::Carrier,
        Role::Courier,
        Role::NotifyParty,
        Role::Forwarder,
    ];
    let found = ALL.into_iter().find(|role| role_word(*role) == word);
    found.with_context(|| format!("`{word}` is no role"))
}

fn seen(row: &Row) -> Result<Seen> {
    Ok(Seen {
        record_id: row.int(0)?,
        consignment_id: row.int(1)?,
        role: role_of(row.text(2)?)?,
        arrived_on: Day(row.int(3)? as i32),
        office: row.text(4)?.to_owned(),
    })
}

/// Where these records were declared, in versions that no later one replaced, the newest first.
pub async fn seen_of(tx: &mut Tx, records: &[i64], limit: i64) -> Result<Vec<Seen>> {
    tx.fetch_all(
        "select party_seen.record_id, party_seen.consignment_id, party_seen.role,
                party_seen.arrived_day, party_seen.office
         from party_seen
         join consignment on consignment.id = party_seen.consignment_id
         where party_seen.record_id {in $1} and consignment.fate <> 'superseded'
         order by party_seen.arrived_day desc, party_seen.consignment_id desc
         limit $2",
        args![records.to_vec(), limit],
        seen,
    )
    .await
}

/// The records that these consignments declare.
pub async fn seen_on(tx: &mut Tx, consignments: &[i64]) -> Result<Vec<Seen>> {
    tx.fetch_all(
        "select record_id, consignment_id, role, arrived_day, office from party_seen
         where consignment_id {in $1} order by consignment_id, role, record_id",
        args![consignments.to_vec()],
        seen,
    )
    .await
}

/// How a code was used.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptUse {
    /// Its key.
    pub key: u64,
    /// The code.
    pub code: String,
    /// Different names.
    pub names: i64,
    /// Different addresses.
    pub addresses: i64,
}

/// Keeps how codes are used.
pub async fn set_uses(tx: &mut Tx, uses: &[KeptUse], now: i64) -> Result<()> {
    tx.insert_many(
        "code_use",
        [
            ("key", Kind::Int),
            ("code", Kind::Text),
            ("names", Kind::Int),
            ("addresses", Kind::Int),
            ("counted_at", Kind::Int),
        ],
        "on conflict (key) do update
         set names = excluded.names, addresses = excluded.addresses,
             counted_at = excluded.counted_at",
        uses.iter()
            .map(|one| values![one.key as i64, one.code.as_str(), one.names, one.addresses, now]),
    )
    .await?;
    Ok(())
}

fn kept_use(row: &Row) -> Result<KeptUse> {
    Ok(KeptUse {
        key: row.int(0)? as u64,
        code: row.text(1)?.to_owned(),
        names: row.int(2)?,
        addresses: row.int(3)?,
    })
}

/// How these codes are used, where they are used by more than one.
pub async fn uses(tx: &mut Tx, keys: &[i64]) -> Result<Vec<KeptUse>> {
    tx.fetch_all(
        "select key, code, names, addresses from code_use where key {in $1} order by key",
        args![keys.to_vec()],
        kept_use,
    )
    .await
}

/// The codes that are used under the most names.
pub async fn most_used(tx: &mut Tx, limit: i64) -> Result<Vec<KeptUse>> {
    tx.fetch_all(
        "select key, code, names, addresses from code_use
         order by names desc, addresses desc, key limit $1",
        args![limit],
        kept_use,
    )
    .await
}

/// What agreement weighs at this site; none before it was learned.
pub async fn weights(tx: &mut Tx) -> Result<Option<Weights>> {
    let found = tx
        .fetch_optional(
            "select document from party_weight order by number desc limit 1",
            args![],
            |row| Ok(row.text(0)?.to_owned()),
        )
        .await?;
    found.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
}

/// Keeps weights that were learned; gives their number.
pub async fn insert_weights(
    tx: &mut Tx,
    weights: &Weights,
    records: i64,
    (by, now): (&str, i64),
) -> Result<i64> {
    let number: i64 = tx
        .fetch_one("select coalesce(max(number), 0) + 1 from party_weight", args![], |row| {
            row.int(0)
        })
        .await?;
    tx.execute(
        "insert into party_weight (number, document, records, learned_at, learned_by)
         values ($1, $2, $3, $4, $5)",
        args![number, serde_json::to_string(weights)?, records, now, by],
    )
    .await?;
    Ok(number)
}
