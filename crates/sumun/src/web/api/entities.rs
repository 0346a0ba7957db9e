//! Entities: which records of parties are one, why, what they sent and received, whom they share
//! something with, and officers' splits and merges. What lies outside somebody's offices is
//! answered as if it were not there. How entities come about: `pipeline/resolve.rs`.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::consignment::ConsignmentId;
use targeting::outcome::Outcome;
use targeting::resolving::{CodeUse, PartyRecord, RecordKeyKind, WaterfallStep, probability};
use utoipa::{IntoParams, ToSchema};

use super::decisions::Decision;
use super::words::{Fate, Role};
use super::{List, Said, time};
use crate::acts::entity::{self as acts, EntityOrder};
use crate::pipeline::entity::{self, Known, is_find};
use crate::pipeline::resolve::LINKED;
use crate::rights::{Circumstances, Offices};
use crate::store::entities::{self, EntityAct, MACHINE, Seen};
use crate::store::{Tx, decisions};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named};
use crate::web::{App, Problem};

/// Rows of each list on an entity's page.
const SHOWN: usize = 50;
/// Records on an entity's page.
const RECORDS: usize = 200;

fn entity_name(id: i64) -> String {
    format!("E-{id}")
}

fn record_name(id: i64) -> String {
    format!("PR-{id}")
}

/// A number written with its letters, such as `E-7`.
fn number(text: &str, letters: &str) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.strip_prefix(letters)?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

fn missing() -> Problem {
    Problem::missing("no_entity", "There is no entity of this id.")
        .next("GET /api/v1/entities?q=WORDS finds those there are.")
}

fn day(day: Day) -> String {
    day.to_string()
}

/// An entity in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityRow {
    /// Its id.
    #[schema(example = "E-7")]
    id: String,
    /// How it is called most.
    label: String,
    /// Names under which it was declared.
    names: Vec<String>,
    /// Roles that it played.
    roles: Vec<Role>,
    /// Different ways in which it was declared.
    records: usize,
    /// Consignments that declare it.
    consignments: usize,
    /// Of those, with a find.
    finds: usize,
    /// Day of its first arrival.
    first_on: String,
    /// Day of its last arrival.
    last_on: String,
    /// Whether one of its codes may be stolen: whose code it is may be a victim.
    possible_victim: bool,
    /// The role that it plays on the consignment that was asked for.
    role_here: Option<Role>,
}

impl EntityRow {
    fn of(row: &entity::EntityRow) -> EntityRow {
        EntityRow {
            id: entity_name(row.id),
            label: row.names.first().cloned().unwrap_or_default(),
            names: row.names.iter().take(SHOWN).cloned().collect(),
            roles: row.roles.iter().map(|role| (*role).into()).collect(),
            records: row.records,
            consignments: row.consignments,
            finds: row.finds,
            first_on: day(row.days.0),
            last_on: day(row.days.1),
            possible_victim: row.possible_victim,
            role_here: None,
        }
    }
}

/// Which entities are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntitiesAsked {
    /// Words of a name in any script, a code, phone or mail; or `E-7`, `PR-12`, `C-12`.
    q: Option<String>,
    /// 1 for those alone whose code may be stolen.
    possible_victim: Option<u8>,
    /// At most so many; 20 when left out, at most 50.
    limit: Option<u32>,
}

/// Finds entities by name, code, phone or mail; the newest when nothing is asked.
#[utoipa::path(
    get,
    path = "/entities",
    tag = "entities",
    params(EntitiesAsked),
    responses(
        (status = 200, description = "The likeliest first.", body = List<EntityRow>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_entities(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<EntitiesAsked>,
) -> Result<Json<List<EntityRow>>, Problem> {
    let offices = caller.offices(Action::ReadParty)?;
    let limit = asked.limit.unwrap_or(20).clamp(1, entity::FOUND as u32) as usize;
    let typed = asked.q.unwrap_or_default();
    if typed.len() > 200 {
        return Ok(Json(List::whole(Vec::new())));
    }
    let mut tx = app.store.read().await?;
    let on = number(&typed, "C-");
    let mut roles: BTreeMap<i64, Role> = BTreeMap::new();
    let mut rows = if asked.possible_victim == Some(1) {
        entity::victims(&mut tx, &offices).await?
    } else if let Some(id) = number(&typed, "E-") {
        let id = acts::stays(&mut tx, id).await?.unwrap_or(id);
        entity::rows(&mut tx, &[id], &offices).await?
    } else if let Some(id) = number(&typed, "PR-") {
        let places = entities::places(&mut tx, &[id]).await?;
        let ids: Vec<i64> = places.iter().map(|member| member.entity_id).collect();
        entity::rows(&mut tx, &ids, &offices).await?
    } else if let Some(id) = on {
        let seen = entities::seen_on(&mut tx, &[id]).await?;
        let records: Vec<i64> = seen.iter().map(|one| one.record_id).collect();
        let places = entities::places(&mut tx, &records).await?;
        let mut ids = Vec::new();
        for one in seen.iter().filter(|one| offices.contains(&one.office)) {
            let place = places.iter().find(|member| member.record_id == one.record_id);
            if let Some(place) = place {
                roles.entry(place.entity_id).or_insert_with(|| one.role.into());
                ids.push(place.entity_id);
            }
        }
        ids.dedup();
        entity::rows(&mut tx, &ids, &offices).await?
    } else {
        entity::search(&mut tx, &typed, &offices).await?
    };
    drop(tx);
    rows.truncate(limit);
    let ids: Vec<String> = rows.iter().map(|row| entity_name(row.id)).collect();
    app.reads.saw(&caller, "search entities", &ids).await?;
    let items = rows
        .iter()
        .map(|row| EntityRow { role_here: roles.get(&row.id).copied(), ..EntityRow::of(row) });
    Ok(Json(List::whole(items.collect())))
}

/// One way in which a party was declared.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityRecord {
    /// Its id.
    #[schema(example = "PR-12")]
    id: String,
    /// Name.
    name: String,
    /// Registration number or code.
    code: String,
    /// Address.
    address: String,
    /// Country of the address.
    country: String,
    /// Phone numbers.
    phones: Vec<String>,
    /// Mail addresses.
    mails: Vec<String>,
    /// Roles that it played.
    roles: Vec<Role>,
    /// Consignments that declare it so.
    consignments: usize,
    /// Day of the first.
    first_on: String,
    /// Day of the last.
    last_on: String,
    /// The chance that it is of this entity, by the record that it agrees with best.
    probability: Option<f64>,
    /// `machine`, or the person who put it here.
    by: String,
    /// What it agrees on.
    because: Vec<Said>,
}

/// How often an entity played a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleCount {
    /// The role.
    role: Role,
    /// Consignments.
    consignments: usize,
}

/// A month of an entity.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityMonth {
    /// The month.
    #[schema(example = "2026-07")]
    month: String,
    /// Consignments that arrived.
    consignments: usize,
    /// Of those, inspected.
    inspected: usize,
    /// Of those, with a find.
    found: usize,
}

/// What an inspection came to.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityOutcome {
    /// Nothing.
    Clear,
    /// Something that was declared wrong.
    Discrepancy,
    /// Contraband.
    Seizure,
    /// It was not examined.
    NotExamined,
}

impl EntityOutcome {
    fn of(outcome: &Outcome) -> EntityOutcome {
        match outcome {
            Outcome::Clear => EntityOutcome::Clear,
            Outcome::Discrepancy { .. } => EntityOutcome::Discrepancy,
            Outcome::Seizure(_) => EntityOutcome::Seizure,
            Outcome::NotExamined { .. } => EntityOutcome::NotExamined,
        }
    }
}

/// A consignment of an entity.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityConsignment {
    /// Its id.
    #[schema(example = "C-12")]
    id: String,
    /// The source's number.
    reference: String,
    /// The part that the entity plays.
    role: Role,
    /// Customs office.
    office: String,
    /// Day of arrival.
    arrived_on: String,
    /// The main goods.
    goods: String,
    /// What became of it.
    fate: Fate,
    /// What its inspection came to.
    found: Option<EntityOutcome>,
}

/// The consignments of an entity.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityConsignments {
    /// How many.
    count: usize,
    /// Of those, inspected.
    inspected: usize,
    /// Of those, with a find.
    found: usize,
    /// The newest.
    items: Vec<EntityConsignment>,
}

/// What two entities can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityLinkKind {
    /// A phone number.
    Phone,
    /// An address.
    Address,
    /// A code.
    Code,
    /// A mail address.
    Mail,
    /// Who carries parcels from door to door.
    Courier,
}

/// A person's word that two entities are apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptApart {
    /// Who said so.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
}

/// Another entity that shares something.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityLink {
    /// The other entity.
    #[schema(example = "E-9")]
    entity: String,
    /// How it is called.
    label: String,
    /// What is shared.
    kind: EntityLinkKind,
    /// As it was written.
    value: String,
    /// How many share it in all; many means that it says little.
    shared_by: u32,
    /// Consignments of the other.
    consignments: usize,
    /// Of those, with a find.
    finds: usize,
    /// What is shared, in a sentence.
    said: Said,
    /// A person keeps the two apart.
    apart: Option<KeptApart>,
}

/// A code that may be stolen. Whose code it is may be a victim.
#[derive(Debug, Serialize, ToSchema)]
pub struct PossibleVictim {
    /// The code.
    code: String,
    /// Different names under it.
    names: i64,
    /// Different addresses under it.
    addresses: i64,
    /// What that means.
    said: Said,
    /// What to do.
    next: Said,
}

/// A hit of a watchlist on one of an entity's consignments.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityHit {
    /// Its id.
    id: String,
    /// The list.
    list: String,
    /// The listed name.
    listing: String,
    /// The consignment.
    consignment: String,
    /// The chance that it is the listed one.
    probability: f64,
    /// What an officer decided.
    decision: Option<String>,
    /// Who decided.
    by: Option<String>,
    /// When.
    at: Option<String>,
    /// Why.
    reason: Option<String>,
}

/// What the caller may do about an entity.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityActs {
    /// Take records out of it.
    split: bool,
    /// Make it one with another.
    merge: bool,
}

/// Everything about an entity.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityPage {
    /// Its id.
    #[schema(example = "E-7")]
    id: String,
    /// How it is called most.
    label: String,
    /// The entity that it has become part of.
    merged_into: Option<String>,
    /// When its oldest record was put there.
    made_at: String,
    /// Every way in which it was declared, the most frequent first.
    records: Vec<EntityRecord>,
    /// Roles that it played.
    roles: Vec<RoleCount>,
    /// Month by month.
    course: Vec<EntityMonth>,
    /// Its consignments.
    consignments: EntityConsignments,
    /// Others that share something, the rarer first.
    links: Vec<EntityLink>,
    /// A code that may be stolen.
    possible_victim: Option<PossibleVictim>,
    /// Hits of watchlists.
    hits: Vec<EntityHit>,
    /// Officers' decisions on its consignments, the newest first.
    decisions: Vec<Decision>,
    /// What the caller may do.
    may: EntityActs,
}

/// Reads an entity: its records and why they are one, consignments, finds, links and decisions.
#[utoipa::path(
    get,
    path = "/entities/{id}",
    tag = "entities",
    params(("id" = String, Path, description = "The entity's id.", example = "E-7")),
    responses(
        (status = 200, description = "The entity.", body = EntityPage),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_entity(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
) -> Result<Json<EntityPage>, Problem> {
    let offices = caller.offices(Action::ReadParty)?;
    let asked = number(&name, "E-").ok_or_else(missing)?;
    let mut tx = app.store.read().await?;
    let merged_into = acts::stays(&mut tx, asked).await?;
    let id = merged_into.unwrap_or(asked);
    let known = Known::load(&mut tx, &[id], &offices).await?;
    let row = known.row(id).ok_or_else(missing)?;
    let acted = entities::acts(&mut tx, &[id]).await?;
    let records = records_of(&mut tx, &known, id).await?;
    let consignments = consignments_of(&mut tx, &known).await?;
    let links = links_of(&mut tx, &known, id, &acted, &offices).await?;
    let on: Vec<i64> = distinct(known.seen.iter().map(|one| one.consignment_id));
    let mut decided = decisions::of_versions(&mut tx, &on).await?;
    decided.reverse();
    decided.truncate(SHOWN);
    drop(tx);
    let may = !caller.offices_or_none(Action::Decide, Circumstances::default())?.is_none();
    let used = known.uses.values().max_by_key(|used| (used.names, used.addresses, used.key));
    let possible_victim = used.map(|used| {
        let [ko, en] = entity::usage(used).said();
        let [next_ko, next_en] = CodeUse::next();
        PossibleVictim {
            code: used.code.clone(),
            names: used.names,
            addresses: used.addresses,
            said: Said::new(ko, en),
            next: Said::new(next_ko, next_en),
        }
    });
    let made = known.members[&id].iter().map(|member| member.put_at).min().unwrap_or_default();
    let page = EntityPage {
        id: entity_name(asked),
        label: row.names.first().cloned().unwrap_or_default(),
        merged_into: merged_into.map(entity_name),
        made_at: time(made),
        roles: roles_of(&known),
        course: course_of(&known),
        consignments,
        records,
        links,
        possible_victim,
        hits: Vec::new(),
        decisions: Decision::all(&decided)?,
        may: EntityActs { split: may && row.records > 1, merge: may },
    };
    app.reads.saw(&caller, "read entity", &[entity_name(id)]).await?;
    Ok(Json(page))
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    ids.collect::<BTreeSet<i64>>().into_iter().collect()
}

fn roles_of(known: &Known) -> Vec<RoleCount> {
    let mut roles: BTreeMap<targeting::party::Role, BTreeSet<i64>> = BTreeMap::new();
    for one in &known.seen {
        roles.entry(one.role).or_default().insert(one.consignment_id);
    }
    let counts =
        roles.into_iter().map(|(role, on)| RoleCount { role: role.into(), consignments: on.len() });
    let mut counts: Vec<RoleCount> = counts.collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.consignments));
    counts
}

fn course_of(known: &Known) -> Vec<EntityMonth> {
    let mut months: BTreeMap<(i16, i8), BTreeSet<i64>> = BTreeMap::new();
    for one in &known.seen {
        let date = one.arrived_on.date();
        months.entry((date.year(), date.month())).or_default().insert(one.consignment_id);
    }
    let (Some(first), Some(last)) = (months.keys().next(), months.keys().next_back()) else {
        return Vec::new();
    };
    let (mut at, last) = (*first, *last);
    let mut course = Vec::new();
    while at <= last {
        let on = months.remove(&at).unwrap_or_default();
        let known = on.iter().filter_map(|id| known.outcomes.get(id));
        let inspected: Vec<_> = known.filter(|of| of.inspection.result.label().is_some()).collect();
        course.push(EntityMonth {
            month: format!("{:04}-{:02}", at.0, at.1),
            consignments: on.len(),
            inspected: inspected.len(),
            found: inspected.iter().filter(|of| is_find(of)).count(),
        });
        at = if at.1 == 12 { (at.0 + 1, 1) } else { (at.0, at.1 + 1) };
    }
    course
}

async fn consignments_of(tx: &mut Tx, known: &Known) -> Result<EntityConsignments, Problem> {
    let all = distinct(known.seen.iter().map(|one| one.consignment_id));
    let examined = all.iter().filter_map(|id| known.outcomes.get(id));
    let examined: Vec<_> = examined.filter(|of| of.inspection.result.label().is_some()).collect();
    let mut newest: Vec<&Seen> = Vec::new();
    for one in &known.seen {
        if newest.len() < SHOWN && !newest.iter().any(|o| o.consignment_id == one.consignment_id) {
            newest.push(one);
        }
    }
    let ids: Vec<i64> = newest.iter().map(|one| one.consignment_id).collect();
    let described = entity::described(tx, &ids).await?;
    let items = newest.into_iter().filter_map(|one| {
        let version = described.get(&one.consignment_id)?;
        let goods = version.consignment.main_goods();
        let outcome = known.outcomes.get(&one.consignment_id);
        Some(EntityConsignment {
            id: ConsignmentId(one.consignment_id).to_string(),
            reference: version.consignment.reference.to_string(),
            role: one.role.into(),
            office: one.office.clone(),
            arrived_on: day(one.arrived_on),
            goods: goods.map(|goods| goods.description.to_string()).unwrap_or_default(),
            fate: version.fate.into(),
            found: outcome.map(|of| EntityOutcome::of(&of.inspection.result)),
        })
    });
    Ok(EntityConsignments {
        count: all.len(),
        inspected: examined.len(),
        found: examined.iter().filter(|of| is_find(of)).count(),
        items: items.collect(),
    })
}

async fn records_of(tx: &mut Tx, known: &Known, id: i64) -> Result<Vec<EntityRecord>, Problem> {
    let mut members: Vec<_> = known.members[&id].iter().collect();
    let seen_of = |record: i64| known.seen.iter().filter(move |one| one.record_id == record);
    members.sort_by_key(|one| (std::cmp::Reverse(seen_of(one.record_id).count()), one.record_id));
    members.truncate(RECORDS);
    let parties: Vec<PartyRecord> =
        members.iter().map(|member| known.records[&member.record_id].clone()).collect();
    let table = entity::table(tx, &parties).await?;
    let mut records = Vec::with_capacity(members.len());
    for (n, member) in members.iter().enumerate() {
        // The record that it was put beside, or the one that it agrees with best.
        let beside =
            member.link.and_then(|(with, _)| members.iter().position(|one| one.record_id == with));
        let others = (0..members.len()).filter(|other| *other != n);
        let best = others.max_by(|a, b| table.bits(n, *a).total_cmp(&table.bits(n, *b)));
        let waterfall = beside.or(best).map(|other| table.explain(n, other));
        let on = distinct(seen_of(member.record_id).map(|one| one.consignment_id));
        let roles: BTreeSet<_> = seen_of(member.record_id).map(|one| one.role).collect();
        let days: BTreeSet<Day> = seen_of(member.record_id).map(|one| one.arrived_on).collect();
        let record = &known.records[&member.record_id];
        let mut agreed: Vec<&WaterfallStep> =
            waterfall.iter().flat_map(|of| &of.steps).filter(|step| step.bits > 0.5).collect();
        agreed.sort_by(|a, b| b.bits.total_cmp(&a.bits));
        records.push(EntityRecord {
            id: record_name(member.record_id),
            name: record.name.clone(),
            code: record.code.clone(),
            address: record.address.clone(),
            country: record.country.clone(),
            phones: record.phones.clone(),
            mails: record.mails.clone(),
            roles: roles.into_iter().map(Into::into).collect(),
            consignments: on.len(),
            first_on: days.first().copied().map(day).unwrap_or_default(),
            last_on: days.last().copied().map(day).unwrap_or_default(),
            probability: waterfall.as_ref().map(|of| of.probability),
            by: member.put_by.clone(),
            because: agreed.into_iter().map(said_of).collect(),
        });
    }
    Ok(records)
}

async fn links_of(
    tx: &mut Tx,
    known: &Known,
    id: i64,
    acted: &[EntityAct],
    offices: &Offices,
) -> Result<Vec<EntityLink>, Problem> {
    let found = entity::links(tx, id, known).await?;
    let others = distinct(found.iter().map(|link| link.entity));
    let there = Known::load(tx, &others, offices).await?;
    let mut links = Vec::new();
    for link in found {
        let Some(row) = there.row(link.entity) else { continue };
        let apart = acted.iter().rev().find(|act| {
            act.split && act.by != MACHINE && [act.entity_id, act.other_id].contains(&link.entity)
        });
        let (kind, said) = match link.kind {
            RecordKeyKind::Phone => {
                (EntityLinkKind::Phone, Said::new("전화번호가 같습니다.", "The same phone number."))
            }
            RecordKeyKind::Code => {
                (EntityLinkKind::Code, Said::new("부호가 같습니다.", "The same code."))
            }
            RecordKeyKind::Mail => {
                (EntityLinkKind::Mail, Said::new("전자우편이 같습니다.", "The same mail address."))
            }
            RecordKeyKind::Address
            | RecordKeyKind::Name
            | RecordKeyKind::NameWord
            | RecordKeyKind::NameWords => {
                (EntityLinkKind::Address, Said::new("주소가 같습니다.", "The same address."))
            }
        };
        links.push(EntityLink {
            entity: entity_name(link.entity),
            label: row.names.first().cloned().unwrap_or_default(),
            kind,
            value: link.value,
            shared_by: link.shared_by,
            consignments: row.consignments,
            finds: row.finds,
            said,
            apart: apart.map(|act| KeptApart {
                by: act.by.clone(),
                at: time(act.at),
                reason: act.reason.clone(),
            }),
        });
    }
    links.extend(couriers_of(tx, known, id, offices).await?);
    links.truncate(SHOWN);
    Ok(links)
}

/// Who couriers an entity's consignments, the one of most first.
async fn couriers_of(
    tx: &mut Tx,
    known: &Known,
    id: i64,
    offices: &Offices,
) -> Result<Vec<EntityLink>, Problem> {
    let on = distinct(known.seen.iter().map(|one| one.consignment_id));
    let mut beside = entities::seen_on(tx, &on).await?;
    beside.retain(|one| one.role == targeting::party::Role::Courier);
    let records = distinct(beside.iter().map(|one| one.record_id));
    let places = entities::places(tx, &records).await?;
    let mut times: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for one in &beside {
        let place = places.iter().find(|member| member.record_id == one.record_id);
        if let Some(place) = place.filter(|place| place.entity_id != id) {
            times.entry(place.entity_id).or_default().insert(one.consignment_id);
        }
    }
    let mut couriers: Vec<(i64, usize)> =
        times.into_iter().map(|(entity, on)| (entity, on.len())).collect();
    couriers.sort_by_key(|(entity, times)| (std::cmp::Reverse(*times), *entity));
    couriers.truncate(5);
    let ids: Vec<i64> = couriers.iter().map(|(entity, _)| *entity).collect();
    let there = Known::load(tx, &ids, offices).await?;
    let rows = couriers.iter().filter_map(|(entity, times)| {
        let row = there.row(*entity)?;
        let name = row.names.first().cloned().unwrap_or_default();
        Some(EntityLink {
            entity: entity_name(*entity),
            label: name.clone(),
            kind: EntityLinkKind::Courier,
            value: name,
            shared_by: row.consignments as u32,
            consignments: row.consignments,
            finds: row.finds,
            said: Said::new(
                format!("화물 {times}건을 이 특송업체가 운송했습니다."),
                format!("This courier carried {times} of its consignments."),
            ),
            apart: None,
        })
    });
    Ok(rows.collect())
}

/// A step of a waterfall as a sentence.
fn said_of(step: &WaterfallStep) -> Said {
    let (field_ko, field_en) = match step.field.as_str() {
        "name" => ("이름", "name"),
        "code" => ("부호", "code"),
        "phone" => ("전화번호", "phone"),
        "mail" => ("전자우편", "mail address"),
        "address" => ("주소", "address"),
        other => (other, other),
    };
    // 이름이, 부호가: the particle hangs on the last letter.
    let subject = match field_ko {
        "이름" | "전자우편" => format!("{field_ko}이"),
        _ => format!("{field_ko}가"),
    };
    let (ko, en) = match step.level {
        "exact" => (format!("{subject} 같습니다"), format!("The same {field_en}")),
        "same_words" => {
            (format!("{subject} 같은 낱말입니다"), format!("The {field_en} in the same words"))
        }
        "alike" | "one_slip" | "same_box" => {
            (format!("{subject} 거의 같습니다"), format!("The {field_en} is nearly the same"))
        }
        "similar" | "two_slips" => {
            (format!("{subject} 비슷합니다"), format!("The {field_en} is similar"))
        }
        "partly" | "a_little" => {
            (format!("{subject} 일부 같습니다"), format!("The {field_en} agrees in part"))
        }
        "missing" => {
            (format!("{subject} 한쪽에 없습니다"), format!("One of the two has no {field_en}"))
        }
        _ => (format!("{subject} 다릅니다"), format!("Another {field_en}")),
    };
    if step.bits >= 11.0 {
        return Said::new(format!("{ko} (드문 값)"), format!("{en}, a rare one"));
    }
    Said::new(ko, en)
}

/// Which two records are held against one another.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WaterfallAsked {
    /// A record of the entity.
    #[param(example = "PR-12")]
    record: String,
    /// Another record, of this entity or another; the one that agrees best when left out.
    #[param(example = "PR-15")]
    other: Option<String>,
}

/// One field's part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaterfallStep)]
pub struct Step {
    /// The field.
    #[schema(example = "phone")]
    field: String,
    /// What the one record says.
    left: String,
    /// What the other says.
    right: String,
    /// The level of agreement.
    #[schema(example = "exact")]
    level: String,
    /// What it weighs; above 0 for one entity.
    bits: f64,
    /// The same in a sentence.
    said: Said,
}

/// What a person decided of two records.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonsWord {
    /// `apart` or `together`.
    act: String,
    /// Who.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
}

/// Why two records are, or are not, one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Waterfall)]
pub struct WaterfallSaid {
    /// The one record.
    record: String,
    /// The other.
    other: String,
    /// Whether they are of one entity now.
    same_entity: bool,
    /// What any two records start with.
    start_bits: f64,
    /// Field by field.
    steps: Vec<Step>,
    /// The sum.
    total_bits: f64,
    /// The chance that they are one.
    probability: f64,
    /// The chance from which on the machine links two records.
    threshold: f64,
    /// A person's word, which outweighs the sum.
    decided: Option<PersonsWord>,
}

/// Reads why two records are, or are not, one.
#[utoipa::path(
    get,
    path = "/entities/{id}/waterfall",
    tag = "entities",
    params(
        ("id" = String, Path, description = "The entity's id.", example = "E-7"),
        WaterfallAsked,
    ),
    responses(
        (status = 200, description = "Field by field.", body = WaterfallSaid),
        (status = 404, description = "There is no such entity or record.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_waterfall(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
    Asked(asked): Asked<WaterfallAsked>,
) -> Result<Json<WaterfallSaid>, Problem> {
    let offices = caller.offices(Action::ReadParty)?;
    let id = number(&name, "E-").ok_or_else(missing)?;
    let no_record = || Problem::missing("no_record", "There is no record of this id.");
    let record = number(&asked.record, "PR-").ok_or_else(no_record)?;
    let other = match &asked.other {
        None => None,
        Some(other) => Some(number(other, "PR-").ok_or_else(no_record)?),
    };
    let mut tx = app.store.read().await?;
    let compared = entity::compare(&mut tx, record, other, &offices).await?;
    drop(tx);
    if compared.entities[0] != id {
        return Err(no_record());
    }
    let names = compared.records.map(record_name);
    app.reads.saw(&caller, "read waterfall", &names).await?;
    let [record, other] = names;
    let waterfall = compared.waterfall;
    Ok(Json(WaterfallSaid {
        record,
        other,
        same_entity: compared.entities[0] == compared.entities[1],
        start_bits: waterfall.start_bits,
        steps: waterfall
            .steps
            .iter()
            .map(|step| Step {
                field: step.field.clone(),
                left: step.left.clone(),
                right: step.right.clone(),
                level: step.level.to_owned(),
                bits: step.bits,
                said: said_of(step),
            })
            .collect(),
        total_bits: waterfall.total_bits,
        probability: waterfall.probability,
        threshold: LINKED,
        decided: compared.decided.map(|act| PersonsWord {
            act: if act.split { "apart" } else { "together" }.to_owned(),
            by: act.by,
            at: time(act.at),
            reason: act.reason,
        }),
    }))
}

/// Which records are of another entity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Splitting {
    /// A ULID made by the sender. The same order again changes nothing and is answered alike.
    #[schema(min_length = 8, max_length = 64, example = "01JD8Q7ZK3V9W2M4N6P8R0T1XY")]
    id: String,
    /// The records that leave.
    #[schema(min_items = 1, max_items = 10_000)]
    records: Vec<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 4_000)]
    reason: String,
}

/// Which entity is the same.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merging {
    /// A ULID made by the sender. The same order again changes nothing and is answered alike.
    #[schema(min_length = 8, max_length = 64, example = "01JD8Q7ZK3V9W2M4N6P8R0T1XY")]
    id: String,
    /// The other entity.
    #[schema(example = "E-31")]
    with: String,
    /// Why.
    #[schema(min_length = 1, max_length = 4_000)]
    reason: String,
}

/// What a split or merge came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityChanged {
    /// The order's id.
    id: String,
    /// The entity that was split, or that stays.
    entity: String,
    /// The entity that was made, or that is part of it now.
    other: String,
    /// The records that moved.
    records: Vec<String>,
}

impl EntityChanged {
    fn of(id: String, act: &EntityAct) -> EntityChanged {
        EntityChanged {
            id,
            entity: entity_name(act.entity_id),
            other: entity_name(act.other_id),
            records: act.records.iter().copied().map(record_name).collect(),
        }
    }
}

/// Holds that the caller may decide where these entities are known.
async fn may_decide(app: &App, caller: &Caller, ids: &[i64]) -> Result<(), Problem> {
    let offices = caller.offices(Action::Decide)?;
    let mut tx = app.store.read().await?;
    for id in ids {
        let id = acts::stays(&mut tx, *id).await?.unwrap_or(*id);
        let known = Known::load(&mut tx, &[id], &offices).await?;
        if !known.members.contains_key(&id) {
            return Err(missing());
        }
    }
    Ok(())
}

/// Takes records out of an entity: together they are another one from now on.
#[utoipa::path(
    post,
    path = "/entities/{id}/split",
    tag = "entities",
    params(("id" = String, Path, description = "The entity's id.", example = "E-7")),
    request_body = Splitting,
    responses(
        (status = 200, description = "They are apart.", body = EntityChanged),
        (status = 409, description = "The id was used before, for another order.",
         body = ProblemBody),
        (status = 422, description = "It cannot be split so.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn split_entity(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
    Body(splitting): Body<Splitting>,
) -> Result<Json<EntityChanged>, Problem> {
    let entity = number(&name, "E-").ok_or_else(missing)?;
    may_decide(&app, &caller, &[entity]).await?;
    let records: Option<Vec<i64>> =
        splitting.records.iter().map(|record| number(record, "PR-")).collect();
    let records = records.ok_or_else(|| {
        Problem::unusable("records", "One of the records is no record's id.")
            .next("Send ids such as PR-12.")
    })?;
    let order = EntityOrder { id: splitting.id, entity, reason: splitting.reason };
    let act = acts::split(&app.store, &order, &records, caller.by()).await?;
    Ok(Json(EntityChanged::of(order.id, &act)))
}

/// Makes two entities one; the older id stays.
#[utoipa::path(
    post,
    path = "/entities/{id}/merge",
    tag = "entities",
    params(("id" = String, Path, description = "The entity's id.", example = "E-7")),
    request_body = Merging,
    responses(
        (status = 200, description = "They are one.", body = EntityChanged),
        (status = 409, description = "The id was used before, for another order.",
         body = ProblemBody),
        (status = 422, description = "They cannot become one.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn merge_entities(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
    Body(merging): Body<Merging>,
) -> Result<Json<EntityChanged>, Problem> {
    let entity = number(&name, "E-").ok_or_else(missing)?;
    may_decide(&app, &caller, &[entity]).await?;
    let with = number(&merging.with, "E-").ok_or_else(|| {
        Problem::unusable("with", "`with` is no entity's id.").next("Send an id such as E-31.")
    })?;
    may_decide(&app, &caller, &[with]).await?;
    let order = EntityOrder { id: merging.id, entity, reason: merging.reason };
    let act = acts::merge(&app.store, &order, with, caller.by()).await?;
    Ok(Json(EntityChanged::of(order.id, &act)))
}

/// What happened to an entity.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityActKind {
    /// It was founded by a record.
    Made,
    /// A record joined.
    Joined,
    /// Another entity became part of it, or it became part of another.
    Merged,
    /// Records left it, or it was made of records that left another.
    Split,
}

/// One thing that happened to an entity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntityAct)]
pub struct HappenedSaid {
    /// When.
    at: String,
    /// What.
    act: EntityActKind,
    /// `machine`, or the person.
    by: String,
    /// The records concerned.
    records: Vec<String>,
    /// The other entity.
    other: Option<String>,
    /// Why.
    reason: String,
    /// The chance by which the machine acted.
    probability: Option<f64>,
}

/// Lists what happened to an entity, the oldest first.
#[utoipa::path(
    get,
    path = "/entities/{id}/history",
    tag = "entities",
    params(("id" = String, Path, description = "The entity's id.", example = "E-7")),
    responses(
        (status = 200, description = "The oldest first.", body = List<HappenedSaid>),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_entity_history(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
) -> Result<Json<List<HappenedSaid>>, Problem> {
    let offices = caller.offices(Action::ReadParty)?;
    let asked = number(&name, "E-").ok_or_else(missing)?;
    let mut tx = app.store.read().await?;
    let id = acts::stays(&mut tx, asked).await?.unwrap_or(asked);
    let known = Known::load(&mut tx, &[id], &offices).await?;
    if known.row(id).is_none() {
        return Err(missing());
    }
    let history = entity::history(&mut tx, asked).await?;
    drop(tx);
    app.reads.saw(&caller, "read entity", &[entity_name(asked)]).await?;
    let items = history.into_iter().map(|one| HappenedSaid {
        at: time(one.at),
        act: match one.act {
            "made" => EntityActKind::Made,
            "joined" => EntityActKind::Joined,
            "merged" => EntityActKind::Merged,
            _ => EntityActKind::Split,
        },
        by: one.by,
        records: one.records.into_iter().map(record_name).collect(),
        other: one.other.map(entity_name),
        reason: one.reason,
        probability: one.bits.map(probability),
    });
    Ok(Json(List::whole(items.collect())))
}
