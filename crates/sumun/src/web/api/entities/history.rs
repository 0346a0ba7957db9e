//! The history of an entity: every record that came or went, by the machine or a person.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use targeting::resolving::probability;
use utoipa::ToSchema;

use super::super::{List, time};
use super::{acts, entity_name, missing, number, record_name};
use crate::pipeline::entity::{self, Known};
use crate::store::entities;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Named;
use crate::web::{App, Problem};

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
    let mut history = entity::history(&mut tx, asked).await?;
    // Records that only other offices know are not told of.
    let all: Vec<i64> = history.iter().flat_map(|one| one.records.iter().copied()).collect();
    let seen = entities::seen_of(&mut tx, &all, i64::MAX).await?;
    let told: BTreeSet<i64> =
        seen.iter().filter(|one| offices.contains(&one.office)).map(|one| one.record_id).collect();
    for one in &mut history {
        one.records.retain(|record| told.contains(record));
    }
    history.retain(|one| !one.records.is_empty() || one.other.is_some());
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
