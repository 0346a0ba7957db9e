//! What there is to tell of an entity: its records with why each is of it, where it was declared,
//! what was found, whom it shares something with, and whether one of its codes may be stolen. Only
//! what lies at the offices of whoever asks is told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result};
use targeting::codes::Day;
use targeting::names::{Kind, Name};
use targeting::outcome::Label;
use targeting::party::Role;
use targeting::resolving::{
    CodeUse, PartyRecord, PartyTable, RecordKeyKind, Waterfall, fact_keys, name_keys, party_weights,
};
use targeting::search_key;

use crate::rights::Offices;
use crate::store::entities::{self, EntityAct, KeptUse, Member, Seen};
use crate::store::outcomes::{self, Latest};
use crate::store::{Tx, consignments};

/// Declarations of an entity that are looked at, the newest first.
const SEEN: i64 = 5_000;
/// Entities of a search.
pub const FOUND: usize = 50;
/// Records that share a key and are followed to their entities.
const SHARING: usize = 300;
/// A fact that more records share links nobody.
const COMMON: u32 = 1_000;

/// An entity in a list.
#[derive(Debug, Clone)]
pub struct EntityRow {
    /// Its number.
    pub id: i64,
    /// Names, the most frequent first.
    pub names: Vec<String>,
    /// Roles, in order.
    pub roles: BTreeSet<Role>,
    /// Records.
    pub records: usize,
    /// Consignments that declare it.
    pub consignments: usize,
    /// Of those, with a find.
    pub finds: usize,
    /// Days of the first and last arrival.
    pub days: (Day, Day),
    /// Whether one of its codes may be stolen.
    pub possible_victim: bool,
}

/// What is known of some entities at some offices.
pub struct Known {
    /// Records of each.
    pub members: BTreeMap<i64, Vec<Member>>,
    /// Every record.
    pub records: HashMap<i64, PartyRecord>,
    /// Where the records were declared, the newest first.
    pub seen: Vec<Seen>,
    /// What inspections came to.
    pub outcomes: HashMap<i64, Latest>,
    /// Uses of codes that may be stolen, by key.
    pub uses: HashMap<u64, KeptUse>,
}

/// Whether an inspection found something.
pub fn is_find(latest: &Latest) -> bool {
    latest.inspection.result.label().is_some_and(Label::irregular)
}

impl Known {
    /// Loads what there is at these offices.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn load(tx: &mut Tx, ids: &[i64], offices: &Offices) -> Result<Known> {
        let mut members: BTreeMap<i64, Vec<Member>> = BTreeMap::new();
        for member in entities::members(tx, ids).await? {
            members.entry(member.entity_id).or_default().push(member);
        }
        let of: Vec<i64> = members.values().flatten().map(|member| member.record_id).collect();
        let mut seen = entities::seen_of(tx, &of, SEEN).await?;
        seen.retain(|one| offices.contains(&one.office));
        // A record that was declared at other offices only is not told of.
        let told: BTreeSet<i64> = seen.iter().map(|one| one.record_id).collect();
        for of in members.values_mut() {
            of.retain(|member| told.contains(&member.record_id));
        }
        members.retain(|_, of| !of.is_empty());
        let told: Vec<i64> = told.into_iter().collect();
        let records: HashMap<i64, PartyRecord> = entities::records(tx, &told)
            .await?
            .into_iter()
            .map(|kept| (kept.id, kept.record))
            .collect();
        let on: BTreeSet<i64> = seen.iter().map(|one| one.consignment_id).collect();
        let on: Vec<i64> = on.into_iter().collect();
        let outcomes = outcomes::latest(tx, &on).await?;
        let codes: BTreeSet<i64> =
            records.values().flat_map(code_keys).map(|key| key as i64).collect();
        let codes: Vec<i64> = codes.into_iter().collect();
        let uses = entities::uses(tx, &codes).await?;
        let uses = uses.into_iter().filter(may_be_stolen).map(|one| (one.key, one)).collect();
        Ok(Known { members, records, seen, outcomes, uses })
    }

    /// One of them in short.
    pub fn row(&self, entity: i64) -> Option<EntityRow> {
        let members = self.members.get(&entity)?;
        let of: BTreeSet<i64> = members.iter().map(|member| member.record_id).collect();
        let seen: Vec<&Seen> = self.seen.iter().filter(|one| of.contains(&one.record_id)).collect();
        let on: BTreeSet<i64> = seen.iter().map(|one| one.consignment_id).collect();
        let finds = on.iter().filter_map(|id| self.outcomes.get(id)).filter(|of| is_find(of));
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &seen {
            if let Some(record) = self.records.get(&one.record_id) {
                *times.entry(called(record)).or_default() += 1;
            }
        }
        let mut names: Vec<(&str, usize)> = times.into_iter().collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let stolen =
            |record: &PartyRecord| code_keys(record).iter().any(|key| self.uses.contains_key(key));
        Some(EntityRow {
            id: entity,
            names: names.into_iter().map(|(name, _)| name.to_owned()).collect(),
            roles: seen.iter().map(|one| one.role).collect(),
            records: members.len(),
            consignments: on.len(),
            finds: finds.count(),
            days: (
                seen.iter().map(|one| one.arrived_on).min()?,
                seen.iter().map(|one| one.arrived_on).max()?,
            ),
            possible_victim: of.iter().filter_map(|id| self.records.get(id)).any(stolen),
        })
    }
}

/// How a record is called: its name, or its code.
pub fn called(record: &PartyRecord) -> &str {
    if record.name.is_empty() { &record.code } else { &record.name }
}

fn may_be_stolen(used: &KeptUse) -> bool {
    usage(used).possible_victim(&used.code)
}

/// A kept use of a code as it is judged.
pub fn usage(used: &KeptUse) -> CodeUse {
    CodeUse { names: used.names as usize, addresses: used.addresses as usize }
}

/// The keys of a record's codes.
pub fn code_keys(record: &PartyRecord) -> Vec<u64> {
    let keys = record.keys().into_iter().filter(|key| key.kind == RecordKeyKind::Code);
    keys.map(|key| key.key).collect()
}

/// Entities that are looked for by words, a code, phone or mail; the newest where nothing is.
///
/// # Errors
/// When the store cannot be read.
pub async fn search(tx: &mut Tx, typed: &str, offices: &Offices) -> Result<Vec<EntityRow>> {
    let typed = typed.trim();
    let ids: Vec<i64> = if typed.is_empty() {
        entities::newest(tx, FOUND as i64 * 2).await?
    } else {
        let records = looked_for(tx, typed).await?;
        of_records(tx, &records).await?
    };
    rows(tx, &ids, offices).await
}

/// Entities whose codes may be stolen.
///
/// # Errors
/// When the store cannot be read.
pub async fn victims(tx: &mut Tx, offices: &Offices) -> Result<Vec<EntityRow>> {
    let uses = entities::most_used(tx, 4 * FOUND as i64).await?;
    let keys: Vec<i64> =
        uses.iter().filter(|used| may_be_stolen(used)).map(|used| used.key as i64).collect();
    let mut bearing: Vec<i64> =
        entities::with_keys(tx, &keys).await?.into_iter().map(|(_, record)| record).collect();
    bearing.dedup();
    let ids = of_records(tx, &bearing).await?;
    rows(tx, &ids, offices).await
}

/// Entities in short, in this order, as far as these offices know them.
///
/// # Errors
/// When the store cannot be read.
pub async fn rows(tx: &mut Tx, ids: &[i64], offices: &Offices) -> Result<Vec<EntityRow>> {
    let known = Known::load(tx, ids, offices).await?;
    Ok(ids.iter().filter_map(|id| known.row(*id)).take(FOUND).collect())
}

/// The entities of these records, in the records' order, each once.
async fn of_records(tx: &mut Tx, records: &[i64]) -> Result<Vec<i64>> {
    let places = entities::places(tx, records).await?;
    let places: HashMap<i64, i64> =
        places.into_iter().map(|member| (member.record_id, member.entity_id)).collect();
    let mut ids = Vec::new();
    for entity in records.iter().filter_map(|record| places.get(record)) {
        if !ids.contains(entity) {
            ids.push(*entity);
        }
    }
    Ok(ids)
}

/// Records that match what was typed, the best first.
async fn looked_for(tx: &mut Tx, typed: &str) -> Result<Vec<i64>> {
    let exact: Vec<i64> = fact_keys(typed).iter().map(|key| key.key as i64).collect();
    let bearing = entities::with_keys(tx, &exact).await?;
    let mut found: Vec<i64> = bearing.into_iter().map(|(_, record)| record).collect();
    found.sort_unstable();
    found.dedup();
    let facts = found.len().min(8 * FOUND);
    // Words of a name: what most of the rarer words agree on comes first.
    let names = name_keys(typed);
    let keys: Vec<i64> = names.iter().map(|key| key.key as i64).collect();
    let counts = entities::key_counts(tx, &keys).await?;
    let telling: Vec<i64> = keys
        .into_iter()
        .filter(|key| counts.get(&(*key as u64)).is_some_and(|count| *count <= COMMON))
        .collect();
    let mut times: BTreeMap<i64, f64> = BTreeMap::new();
    for (key, record) in entities::with_keys(tx, &telling).await? {
        let count = counts.get(&key).copied().unwrap_or(1).max(1);
        *times.entry(record).or_default() += 1.0 / f64::from(count).sqrt();
    }
    let mut by_name: Vec<(i64, f64)> = times.into_iter().collect();
    by_name.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    found.extend(by_name.into_iter().map(|(record, _)| record).take(4 * FOUND));
    if found.len() < FOUND {
        let words = search_key::asked(typed);
        if !words.is_empty() {
            found.extend(entities::worded(tx, &words, 2 * FOUND as i64).await?);
        }
    }
    let mut once = BTreeSet::new();
    found.retain(|record| once.insert(*record));
    found.truncate(8 * FOUND);
    let asked = Asked::of(typed);
    let likeness: HashMap<i64, f64> = entities::records(tx, &found)
        .await?
        .iter()
        .map(|kept| (kept.id, asked.likeness(&kept.record.name)))
        .collect();
    let of = |record: &i64| likeness.get(record).copied().unwrap_or(0.0);
    // Who bears the very code or number stands first; among names the likeliest.
    found[facts..].sort_by(|a, b| of(b).total_cmp(&of(a)));
    Ok(found)
}

/// A name that is looked for, as each kind of party would be called.
struct Asked {
    typed: String,
    names: [(Kind, Name); 2],
}

impl Asked {
    fn of(typed: &str) -> Asked {
        let kinds = [Kind::Person, Kind::Organization];
        let names = kinds.map(|kind| (kind, Name::of(typed, kind)));
        Asked { typed: typed.to_lowercase(), names }
    }

    /// How likely a party of this name is meant: 1 for the very same text.
    fn likeness(&self, name: &str) -> f64 {
        if name.to_lowercase() == self.typed {
            return 1.0;
        }
        let kind = Kind::guess(name);
        let asked = self.names.iter().find(|(of, _)| *of == kind);
        asked.map_or(0.0, |(kind, asked)| asked.probability(&Name::of(name, *kind)))
    }
}

/// Another entity that shares something.
#[derive(Debug, Clone)]
pub struct EntityLink {
    /// The entity.
    pub entity: i64,
    /// What is shared.
    pub kind: RecordKeyKind,
    /// As it was written.
    pub value: String,
    /// Records that share it in all.
    pub shared_by: u32,
}

/// Entities that share a code, phone, mail or address with one, the rarer first.
///
/// # Errors
/// When the store cannot be read.
pub async fn links(tx: &mut Tx, entity: i64, known: &Known) -> Result<Vec<EntityLink>> {
    let mut written: BTreeMap<u64, (RecordKeyKind, String)> = BTreeMap::new();
    let own: BTreeSet<i64> = known.records.keys().copied().collect();
    for record in known.records.values() {
        for (kind, value) in facts(record) {
            let one = match kind {
                RecordKeyKind::Code => PartyRecord { code: value.clone(), ..Default::default() },
                RecordKeyKind::Phone => {
                    PartyRecord { phones: vec![value.clone()], ..Default::default() }
                }
                RecordKeyKind::Mail => {
                    PartyRecord { mails: vec![value.clone()], ..Default::default() }
                }
                _ => PartyRecord { address: value.clone(), ..Default::default() },
            };
            for key in one.keys() {
                written.entry(key.key).or_insert((kind, value.clone()));
            }
        }
    }
    let keys: Vec<i64> = written.keys().map(|key| *key as i64).collect();
    let counts = entities::key_counts(tx, &keys).await?;
    let telling: Vec<i64> = keys
        .into_iter()
        .filter(|key| counts.get(&(*key as u64)).is_some_and(|n| (2..=COMMON).contains(n)))
        .collect();
    let mut sharing = entities::with_keys(tx, &telling).await?;
    sharing.retain(|(_, record)| !own.contains(record));
    sharing.sort_by_key(|(key, record)| (counts.get(key).copied().unwrap_or(0), *key, *record));
    sharing.truncate(SHARING);
    let records: Vec<i64> = sharing.iter().map(|(_, record)| *record).collect();
    let places: HashMap<i64, i64> = entities::places(tx, &records)
        .await?
        .into_iter()
        .map(|member| (member.record_id, member.entity_id))
        .collect();
    let mut links: Vec<EntityLink> = Vec::new();
    for (key, record) in sharing {
        let Some(other) = places.get(&record).filter(|other| **other != entity) else { continue };
        let Some((kind, value)) = written.get(&key) else { continue };
        if !links.iter().any(|link| link.entity == *other && link.kind == *kind) {
            links.push(EntityLink {
                entity: *other,
                kind: *kind,
                value: value.clone(),
                shared_by: counts.get(&key).copied().unwrap_or(0),
            });
        }
    }
    Ok(links)
}

/// The facts of a record that others may share.
fn facts(record: &PartyRecord) -> Vec<(RecordKeyKind, String)> {
    let mut facts = Vec::new();
    if !record.code.is_empty() {
        facts.push((RecordKeyKind::Code, record.code.clone()));
    }
    facts.extend(record.phones.iter().map(|phone| (RecordKeyKind::Phone, phone.clone())));
    facts.extend(record.mails.iter().map(|mail| (RecordKeyKind::Mail, mail.clone())));
    if !record.address.is_empty() {
        facts.push((RecordKeyKind::Address, record.address.clone()));
    }
    facts
}

/// Records held against one another, with what is rare among all.
///
/// # Errors
/// When the store cannot be read.
pub async fn table(tx: &mut Tx, parties: &[PartyRecord]) -> Result<PartyTable> {
    let keys: BTreeSet<i64> =
        parties.iter().flat_map(PartyRecord::keys).map(|key| key.key as i64).collect();
    let keys: Vec<i64> = keys.into_iter().collect();
    let seen = entities::key_counts(tx, &keys).await?;
    let weights = entities::weights(tx).await?.unwrap_or_else(party_weights);
    let total = entities::count(tx).await? as u64;
    Ok(PartyTable::new(parties, &weights, &seen, total))
}

/// Why two records are, or are not, one; with their entities.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The records.
    pub records: [i64; 2],
    /// Their entities.
    pub entities: [i64; 2],
    /// Field by field.
    pub waterfall: Waterfall,
    /// The last act of a person that put them together or apart.
    pub decided: Option<EntityAct>,
}

/// Compares a record with another, or with the record of its entity that it agrees with best.
///
/// # Errors
/// A refusal where a record is none that these offices know, or is alone in its entity.
pub async fn compare(
    tx: &mut Tx,
    record: i64,
    other: Option<i64>,
    offices: &Offices,
) -> Result<Compared> {
    let wanted: Vec<i64> = [Some(record), other].into_iter().flatten().collect();
    let places = entities::places(tx, &wanted).await?;
    let ids: Vec<i64> = places.iter().map(|member| member.entity_id).collect();
    let known = Known::load(tx, &ids, offices).await?;
    if let Some(missing) = wanted.iter().find(|id| !known.records.contains_key(id)) {
        crate::refuse!("no_record", "there is no record PR-{missing}");
    }
    let entity_of = |record: i64| {
        let place = places.iter().find(|member| member.record_id == record);
        place.map(|member| member.entity_id)
    };
    let own = entity_of(record).context("a record without a place")?;
    let others: Vec<i64> = match other {
        Some(other) => vec![other],
        None => known.members[&own]
            .iter()
            .map(|member| member.record_id)
            .filter(|id| *id != record)
            .collect(),
    };
    if others.is_empty() || others == [record] {
        crate::refuse!("other", "the record is alone in its entity: name another to compare with");
    }
    let mut parties = vec![known.records[&record].clone()];
    parties.extend(others.iter().map(|id| known.records[id].clone()));
    let table = table(tx, &parties).await?;
    let best = (1..parties.len())
        .max_by(|a, b| table.bits(0, *a).total_cmp(&table.bits(0, *b)).then(b.cmp(a)));
    let best = best.context("a record to compare with")?;
    let chosen = others[best - 1];
    let entities = [own, other.and_then(entity_of).unwrap_or(own)];
    let decided = entities::acts(tx, &entities)
        .await?
        .into_iter()
        .rev()
        .find(|act| act.by != entities::MACHINE && concerns(act, entities, [record, chosen]));
    Ok(Compared { records: [record, chosen], entities, waterfall: table.explain(0, best), decided })
}

/// Whether an act put these two records apart or together.
fn concerns(act: &EntityAct, entities: [i64; 2], records: [i64; 2]) -> bool {
    let moved = records.map(|record| act.records.contains(&record));
    let between = entities.iter().all(|one| [act.entity_id, act.other_id].contains(one));
    moved[0] != moved[1] && between
}

/// One thing that happened to an entity.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When.
    pub at: i64,
    /// `made`, `joined`, `merged` or `split`.
    pub act: &'static str,
    /// `machine`, or the person.
    pub by: String,
    /// The records concerned.
    pub records: Vec<i64>,
    /// The other entity.
    pub other: Option<i64>,
    /// Why.
    pub reason: String,
    /// What the machine weighed.
    pub bits: Option<f64>,
}

/// What happened to an entity, the oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn history(tx: &mut Tx, entity: i64) -> Result<Vec<Happened>> {
    let mut all = Vec::new();
    for member in entities::course(tx, entity).await? {
        if member.act_id.is_none() && member.revision == 1 {
            all.push(Happened {
                at: member.put_at,
                act: if member.link.is_none() { "made" } else { "joined" },
                by: member.put_by,
                records: vec![member.record_id],
                other: None,
                reason: String::new(),
                bits: member.link.map(|(_, bits)| bits),
            });
        }
    }
    for act in entities::acts(tx, &[entity]).await? {
        let other = if act.entity_id == entity { act.other_id } else { act.entity_id };
        all.push(Happened {
            at: act.at,
            act: if act.split { "split" } else { "merged" },
            by: act.by,
            records: act.records,
            other: Some(other),
            reason: act.reason,
            bits: act.bits,
        });
    }
    all.sort_by_key(|one| one.at);
    Ok(all)
}

/// The consignments of an entity in short, and who couriers them.
///
/// # Errors
/// When the store cannot be read.
pub async fn described(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, consignments::Version>> {
    let found = consignments::described(tx, ids).await?;
    Ok(found.into_iter().map(|version| (version.id, version)).collect())
}
