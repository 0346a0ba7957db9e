//! Entities: which records of parties are one, why, what they sent and received, whom they share
//! something with, and officers' splits and merges. What lies outside somebody's offices is
//! answered as if it were not there. How entities come about: `pipeline/resolve.rs`.

pub mod history;
pub mod link;
pub mod order;
pub mod page;
pub mod record;
pub mod waterfall;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use utoipa::{IntoParams, ToSchema};

use super::List;
use super::words::Role;
use crate::acts::entity as acts;
use crate::pipeline::entity;
use crate::store::entities;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Asked;
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

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    ids.collect::<BTreeSet<i64>>().into_iter().collect()
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
    app.reads.asked(&caller, "search entities", &typed, &ids).await?;
    let items = rows
        .iter()
        .map(|row| EntityRow { role_here: roles.get(&row.id).copied(), ..EntityRow::of(row) });
    Ok(Json(List::whole(items.collect())))
}
