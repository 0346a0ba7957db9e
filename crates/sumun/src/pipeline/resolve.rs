//! Resolve: parties of arrived consignments become records, and records join entities. Each batch
//! looks up in the store what shares a key with it, is placed by one pure call, and is kept with
//! its journal entry; nothing is ever rebuilt. What a person split or merged the machine leaves so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result};
use serde_json::json;
use targeting::resolving::{
    PartyRecord, PartyTable, Placement, RecordKeyKind, Records, ResolvingSettings, Standing,
    Weights, code_use, party_weights, place, resolve as resolve_table,
};
use targeting::search_key;

use crate::store::entities::{
    self, EntityAct, KeptUse, MACHINE, Member, NewRecord, Seen, insert_acts, put,
};
use crate::store::{Store, Tx, consignments, covered, journal};

/// Consignments of one batch: some thousand parties, so that a writer waits less than a second.
const BATCH: i64 = 500;
/// A key that more records have brings nobody together.
const COMMON: u32 = 200;
/// A word alone has to be rarer still.
const COMMON_WORD: u32 = 30;
/// Records of one entity that an arriving record is held against.
const MEMBERS: usize = 30;
/// Records of one code by which its use is counted.
const OF_CODE: usize = 400;
/// The chance from which on two records are linked: people act on it, so it is sure.
pub const LINKED: f64 = 0.9;
/// Records from which on a site can learn its own weights.
pub const LEARNABLE: i64 = 2_000;
/// Records on which weights are learned at most.
const LEARNED: i64 = 200_000;

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Consignments whose parties were looked at.
    pub consignments: usize,
    /// Records that had not been declared so before.
    pub records: usize,
    /// Entities that were founded.
    pub entities: usize,
    /// Entities that became part of another.
    pub joined: usize,
}

/// Resolves the parties of everything that arrived and was not yet; `progress` is told after each
/// batch.
///
/// # Errors
/// When the store cannot keep it: what was done before stays done.
pub async fn resolve(
    store: &Store,
    by: (&str, i64),
    mut progress: impl FnMut(Resolved) + Send,
) -> Result<Resolved> {
    let mut sum = Resolved::default();
    while let Some(done) = resolve_some(store, by).await? {
        sum.consignments += done.consignments;
        sum.records += done.records;
        sum.entities += done.entities;
        sum.joined += done.joined;
        progress(sum);
    }
    Ok(sum)
}

/// Resolves one batch; none when all is done.
///
/// # Errors
/// As [`resolve`].
pub async fn resolve_some(store: &Store, (actor, now): (&str, i64)) -> Result<Option<Resolved>> {
    // Most looks find nothing, and a look keeps no writer waiting.
    let mut tx = store.read().await?;
    let last = entities::progress(&mut tx).await?;
    if consignments::after(&mut tx, last, 1).await?.is_empty() {
        return Ok(None);
    }
    drop(tx);
    let mut tx = store.begin().await?;
    let last = entities::progress(&mut tx).await?;
    let batch = consignments::after(&mut tx, last, BATCH).await?;
    let (Some(first), Some(end)) = (batch.first(), batch.last()) else { return Ok(None) };
    let range = [first.id, end.id];

    // Each way of being declared once, and where it was.
    let mut declared: BTreeMap<i64, PartyRecord> = BTreeMap::new();
    let mut seen: Vec<(i64, Seen)> = Vec::new();
    for stored in &batch {
        for party in &stored.consignment.parties {
            let Some(record) = PartyRecord::of(party) else { continue };
            let digest = record.digest() as i64;
            let one = Seen {
                record_id: 0,
                consignment_id: stored.id,
                role: party.role,
                arrived_on: stored.consignment.arrived_on,
                office: stored.consignment.office.to_string(),
            };
            seen.push((digest, one));
            declared.entry(digest).or_insert(record);
        }
    }
    let digests: Vec<i64> = declared.keys().copied().collect();
    let mut ids = entities::known(&mut tx, &digests).await?;
    let (next_record, next_entity, next_act) = entities::next_ids(&mut tx).await?;
    let mut fresh: Vec<NewRecord> = Vec::new();
    let mut in_order: BTreeSet<i64> = BTreeSet::new();
    for (digest, _) in &seen {
        if !ids.contains_key(digest) && in_order.insert(*digest) {
            let record = declared.remove(digest).context("a record that was declared")?;
            let id = next_record + fresh.len() as i64;
            ids.insert(*digest, id);
            let (keys, words) = (record.keys(), search_key::words_key(&record.name));
            fresh.push(NewRecord { id, record, keys, words });
        }
    }
    for (digest, one) in &mut seen {
        one.record_id = ids[digest];
    }
    let seen: Vec<Seen> = seen.into_iter().map(|(_, one)| one).collect();

    let (mut founded, mut joined) = (0, 0);
    let mut digest = covered::Documents::default();
    if !fresh.is_empty() {
        let near = Near::load(&mut tx, &fresh).await?;
        let placement = near.place();
        let kept = keep(&mut tx, &near, &placement, (next_entity, next_act), now).await?;
        (founded, joined) = (kept.founded, placement.joined.len());
        kept.told.iter().for_each(|line| digest.add(line));
        entities::insert_records(&mut tx, &fresh, now).await?;
        count_uses(&mut tx, &fresh, now).await?;
    }
    entities::insert_seen(&mut tx, &seen).await?;
    entities::set_progress(&mut tx, end.id).await?;
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "resolve".into(),
            subject: format!("{} records", fresh.len()).into(),
            body: json!({
                "consignments": range,
                "records": [next_record, next_record + fresh.len() as i64 - 1],
                "new": fresh.len(),
                "founded": founded,
                "joined": joined,
                "sha256": digest.finish(),
            }),
        }],
        now,
    )
    .await?;
    tx.commit().await?;
    let done =
        Resolved { consignments: batch.len(), records: fresh.len(), entities: founded, joined };
    Ok(Some(done))
}

/// Arriving records with what is near them in the store.
struct Near {
    /// Numbers of all records of the table: those that arrive first.
    ids: Vec<i64>,
    arriving: Vec<usize>,
    near: HashMap<usize, Vec<usize>>,
    standing: Vec<Standing>,
    table: PartyTable,
}

impl Near {
    async fn load(tx: &mut Tx, fresh: &[NewRecord]) -> Result<Near> {
        let mut all: Vec<i64> =
            fresh.iter().flat_map(|one| one.keys.iter().map(|key| key.key as i64)).collect();
        all.sort_unstable();
        all.dedup();
        let mut seen = entities::key_counts(tx, &all).await?;
        let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
        for (n, one) in fresh.iter().enumerate() {
            for key in &one.keys {
                *seen.entry(key.key).or_default() += 1;
                holders.entry(key.key).or_default().push(n);
            }
        }
        let mut telling: Vec<i64> = fresh
            .iter()
            .flat_map(|one| &one.keys)
            .filter(|key| {
                let most = if key.kind == RecordKeyKind::NameWord { COMMON_WORD } else { COMMON };
                seen.get(&key.key).is_some_and(|count| (2..=most).contains(count))
            })
            .map(|key| key.key as i64)
            .collect();
        telling.sort_unstable();
        telling.dedup();
        let with_keys = entities::with_keys(tx, &telling).await?;
        // The entities of what is near, with their records.
        let candidates: BTreeSet<i64> = with_keys.iter().map(|(_, record)| *record).collect();
        let candidates: Vec<i64> = candidates.into_iter().collect();
        let at = entities::places(tx, &candidates).await?;
        let near_entities: BTreeSet<i64> = at.iter().map(|one| one.entity_id).collect();
        let near_entities: Vec<i64> = near_entities.into_iter().collect();
        let mut by_entity: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for member in entities::members(tx, &near_entities).await? {
            let members = by_entity.entry(member.entity_id).or_default();
            if members.len() < MEMBERS || candidates.binary_search(&member.record_id).is_ok() {
                members.push(member.record_id);
            }
        }
        let settled: BTreeSet<i64> = entities::acts(tx, &near_entities)
            .await?
            .into_iter()
            .filter(|act| act.by != MACHINE)
            .flat_map(|act| [act.entity_id, act.other_id])
            .collect();
        let wanted: Vec<i64> = by_entity.values().flatten().copied().collect();
        let loaded = entities::records(tx, &wanted).await?;

        let mut ids: Vec<i64> = fresh.iter().map(|one| one.id).collect();
        let mut parties: Vec<PartyRecord> = fresh.iter().map(|one| one.record.clone()).collect();
        let mut place: HashMap<i64, usize> = HashMap::new();
        for kept in loaded {
            place.insert(kept.id, ids.len());
            ids.push(kept.id);
            parties.push(kept.record);
        }
        for (key, record) in &with_keys {
            if let Some(n) = place.get(record) {
                holders.entry(*key).or_default().push(*n);
            }
        }
        let mut near: HashMap<usize, Vec<usize>> = HashMap::new();
        for (n, one) in fresh.iter().enumerate() {
            let mut others: Vec<usize> = one
                .keys
                .iter()
                .filter(|key| telling.binary_search(&(key.key as i64)).is_ok())
                .filter_map(|key| holders.get(&key.key))
                .flatten()
                .copied()
                .filter(|other| *other != n)
                .collect();
            others.sort_unstable();
            others.dedup();
            near.insert(n, others);
        }
        let standing = by_entity
            .into_iter()
            .map(|(entity, members)| Standing {
                entity,
                members: members.iter().filter_map(|id| place.get(id)).copied().collect(),
                settled: settled.contains(&entity),
            })
            .filter(|one| !one.members.is_empty())
            .collect();
        let weights = entities::weights(tx).await?.unwrap_or_else(party_weights);
        let total = entities::count(tx).await? as u64 + fresh.len() as u64;
        let table = PartyTable::new(&parties, &weights, &seen, total);
        Ok(Near { arriving: (0..fresh.len()).collect(), ids, near, standing, table })
    }

    fn place(&self) -> Placement {
        place(&self.table, &self.arriving, &self.near, self.standing.clone(), LINKED)
    }
}

/// What placing came to.
struct Kept {
    founded: usize,
    /// A line a record or joined entity, for the journal's digest.
    told: Vec<String>,
}

/// Keeps where records were placed, and which entities became one.
async fn keep(
    tx: &mut Tx,
    near: &Near,
    placement: &Placement,
    (next_entity, next_act): (i64, i64),
    now: i64,
) -> Result<Kept> {
    let number = |entity: i64| if entity < 0 { next_entity - 1 - entity } else { entity };
    let mut told = Vec::new();
    let mut members: Vec<Member> = Vec::new();
    for placed in &placement.placed {
        let member = Member {
            record_id: near.ids[placed.record],
            revision: 1,
            latest: true,
            entity_id: number(placed.entity),
            link: placed.link.map(|(other, bits)| (near.ids[other], f64::from(bits))),
            put_by: MACHINE.to_owned(),
            put_at: now,
            act_id: None,
        };
        told.push(format!("{} {}", member.record_id, member.entity_id));
        members.push(member);
    }
    let founded = placement.placed.iter().filter(|placed| placed.link.is_none()).count();
    put(tx, &members).await?;
    for (n, joined) in placement.joined.iter().enumerate() {
        let (keep, gone) = (number(joined.keep), number(joined.gone));
        let act = EntityAct {
            id: next_act + n as i64,
            order_id: None,
            split: false,
            entity_id: keep,
            other_id: gone,
            records: Vec::new(),
            bits: Some(f64::from(joined.bits)),
            by: MACHINE.to_owned(),
            at: now,
            reason: String::new(),
        };
        told.push(format!("{gone} is {keep}"));
        move_all(tx, act).await?;
    }
    Ok(Kept { founded, told })
}

/// Moves all records of an act's other entity to the one that stays, and keeps the act.
pub(crate) async fn move_all(tx: &mut Tx, mut act: EntityAct) -> Result<EntityAct> {
    let moving = entities::members(tx, &[act.other_id]).await?;
    act.records = moving.iter().map(|member| member.record_id).collect();
    let moved: Vec<Member> =
        moving.into_iter().map(|member| moved(member, act.entity_id, &act)).collect();
    put(tx, &moved).await?;
    insert_acts(tx, std::slice::from_ref(&act)).await?;
    Ok(act)
}

/// A record's next revision, by an act.
pub(crate) fn moved(member: Member, to: i64, act: &EntityAct) -> Member {
    Member {
        revision: member.revision + 1,
        entity_id: to,
        put_by: act.by.clone(),
        put_at: act.at,
        act_id: Some(act.id),
        ..member
    }
}

/// Counts anew under how many names and addresses the codes of new records are used.
async fn count_uses(tx: &mut Tx, fresh: &[NewRecord], now: i64) -> Result<()> {
    let mut codes: BTreeMap<u64, &str> = BTreeMap::new();
    for one in fresh {
        for key in one.keys.iter().filter(|key| key.kind == RecordKeyKind::Code) {
            codes.insert(key.key, &one.record.code);
        }
    }
    let keys: Vec<i64> = codes.keys().map(|key| *key as i64).collect();
    let counts = entities::key_counts(tx, &keys).await?;
    let shared: Vec<i64> =
        keys.into_iter().filter(|key| counts.get(&(*key as u64)).is_some_and(|n| *n > 1)).collect();
    if shared.is_empty() {
        return Ok(());
    }
    let mut bearers: BTreeMap<u64, Vec<i64>> = BTreeMap::new();
    for (key, record) in entities::with_keys(tx, &shared).await? {
        let of = bearers.entry(key).or_default();
        if of.len() < OF_CODE {
            of.push(record);
        }
    }
    let ids: BTreeSet<i64> = bearers.values().flatten().copied().collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let records: HashMap<i64, PartyRecord> =
        entities::records(tx, &ids).await?.into_iter().map(|kept| (kept.id, kept.record)).collect();
    let uses: Vec<KeptUse> = bearers
        .iter()
        .map(|(key, ids)| {
            let used = code_use(ids.iter().filter_map(|id| records.get(id)));
            KeptUse {
                key: *key,
                code: codes.get(key).copied().unwrap_or_default().to_owned(),
                names: used.names as i64,
                addresses: used.addresses as i64,
            }
        })
        .filter(|used| used.names > 1 || used.addresses > 1)
        .collect();
    entities::set_uses(tx, &uses, now).await
}

/// Learns from the site's own records what agreement weighs; gives the weights and of how many
/// records they are. What was resolved before stays as it is.
///
/// # Errors
/// A refusal while there are too few records.
pub async fn learn_weights(store: &Store, (actor, now): (&str, i64)) -> Result<(Weights, i64)> {
    let columns = [
        ("name", "full_name"),
        ("code", "code"),
        ("phone", "phone"),
        ("mail", "mail"),
        ("address", "address"),
    ];
    let columns = columns.map(|(name, role)| Ok((name.to_owned(), role.parse()?)));
    let columns: Vec<_> = columns.into_iter().collect::<Result<_>>()?;
    let mut table = Records::new(&columns);
    let (mut after, mut n) = (0, 0);
    let mut tx = store.read().await?;
    while n < LEARNED {
        let some = entities::records_after(&mut tx, after, 5_000).await?;
        let Some(last) = some.last() else { break };
        (after, n) = (last.id, n + some.len() as i64);
        some.iter().for_each(|kept| table.push(cells(kept)));
    }
    drop(tx);
    if n < LEARNABLE {
        crate::refuse!(
            "too_few_records",
            "{n} records are too few to learn from: with fewer than {LEARNABLE} the weights that \
             come with Sumun are better"
        );
    }
    let settings = ResolvingSettings { probability: LINKED, ..ResolvingSettings::default() };
    let run = move || resolve_table(&mut table, &settings).weights;
    let weights = tokio::task::spawn_blocking(run).await.context("while learning weights")?;
    let mut tx = store.begin().await?;
    let number = entities::insert_weights(&mut tx, &weights, n, (actor, now)).await?;
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "learn entity weights".into(),
            subject: format!("weights {number}").into(),
            body: json!({ "records": n, "weights": weights }),
        }],
        now,
    )
    .await?;
    tx.commit().await?;
    Ok((weights, n))
}

/// A record's cells, in the order of the columns.
fn cells(kept: &entities::KeptRecord) -> [&str; 5] {
    let record = &kept.record;
    let phone = record.phones.first().map_or("", String::as_str);
    let mail = record.mails.first().map_or("", String::as_str);
    [&record.name, &record.code, phone, mail, &record.address]
}
