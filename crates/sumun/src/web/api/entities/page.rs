//! The page of one entity: its consignments, course, finds, hits of watchlists and decisions.
//! Its records are told in `record.rs`, whom it shares something with in `link.rs`.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use targeting::consignment::ConsignmentId;
use targeting::outcome::Outcome;
use targeting::resolving::CodeUse;
use utoipa::ToSchema;

use super::super::consignments::{unveiled, veiled};
use super::super::decisions::Decision;
use super::super::hits::{HitAnswer, ListingHit, shown};
use super::super::watchlists::today;
use super::super::words::{Fate, Role};
use super::super::{Said, time};
use super::link::{EntityLink, links_of};
use super::record::{EntityRecord, records_of};
use super::{SHOWN, acts, day, distinct, entity_name, missing, number};
use crate::pipeline::entity::{self, Known, is_find};
use crate::pipeline::role_word;
use crate::rights::Circumstances;
use crate::store::entities::{self, Seen};
use crate::store::hits::{self, KeptHit};
use crate::store::{Tx, decisions};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Named;
use crate::web::{App, Problem};

/// Hits on its consignments, of all their parties, that are looked at.
const LOOKED_AT: i64 = 2_000;

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
    /// What an officer decided; none while the hit waits for one.
    decision: Option<HitAnswer>,
    /// Who decided.
    by: Option<String>,
    /// When.
    at: Option<String>,
    /// Why.
    reason: Option<String>,
}

impl EntityHit {
    fn of(hit: ListingHit) -> EntityHit {
        let (decision, by, at, reason) = match hit.decision {
            Some(said) => (Some(said.verdict), Some(said.by), Some(said.at), Some(said.reason)),
            None => (None, None, None, None),
        };
        EntityHit {
            id: hit.id,
            list: hit.listing.watchlist_name,
            listing: hit.listing.name,
            consignment: hit.consignment,
            probability: hit.probability,
            decision,
            by,
            at,
            reason,
        }
    }
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
    /// The last split or merge by a person: sent along as `seen` with the next.
    revision: i64,
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
    let consignments = consignments_of(&mut tx, &caller, &known).await?;
    let links = links_of(&mut tx, &known, id, &acted, &offices).await?;
    let on: Vec<i64> = distinct(known.seen.iter().map(|one| one.consignment_id));
    let mut decided = decisions::of_versions(&mut tx, &on).await?;
    decided.reverse();
    decided.truncate(SHOWN);
    let met = met_by(&mut tx, &known, &on).await?;
    drop(tx);
    let hits = match caller.offices_or_none(Action::ReadWatchlist, Circumstances::default())? {
        lists if met.is_empty() || lists.is_none() => Vec::new(),
        lists => shown(&app, &caller, met, &lists).await?,
    };
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
        revision: acts::last_word(&acted),
        made_at: time(made),
        roles: roles_of(&known),
        course: course_of(&known),
        consignments,
        records,
        links,
        possible_victim,
        hits: hits.into_iter().map(EntityHit::of).collect(),
        decisions: Decision::all(&decided)?,
        may: EntityActs { split: may && row.records > 1, merge: may },
    };
    app.reads.saw(&caller, "read entity", &[entity_name(id)]).await?;
    Ok(Json(page))
}

/// Hits on consignments that one of its own records met, in the role that it played there.
async fn met_by(tx: &mut Tx, known: &Known, on: &[i64]) -> Result<Vec<KeptHit>, Problem> {
    let mut met = hits::on(tx, on, (LOOKED_AT, today())).await?;
    met.retain(|hit| {
        known.seen.iter().any(|one| {
            one.consignment_id == hit.consignment_id
                && role_word(one.role) == hit.role
                && known.records.get(&one.record_id).is_some_and(|of| of.says(&hit.found))
        })
    });
    met.truncate(SHOWN);
    Ok(met)
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

async fn consignments_of(
    tx: &mut Tx,
    caller: &Caller,
    known: &Known,
) -> Result<EntityConsignments, Problem> {
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
    let veiled = veiled(tx, caller, &ids).await?;
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
            fate: unveiled(version.fate, veiled.contains(&one.consignment_id)).into(),
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
