//! Orders of officers: to split an entity, or to make two one. Both leave history, and the machine
//! leaves them standing.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{acts, entity_name, missing, number, record_name};
use crate::acts::entity::EntityOrder;
use crate::pipeline::entity::Known;
use crate::store::entities::{self, EntityAct};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Body, Named};
use crate::web::{App, Problem};

/// Which records are of another entity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Splitting {
    /// A ULID made by the sender. The same order again changes nothing and is answered alike.
    #[schema(min_length = 8, max_length = 64, example = "01JD8Q7ZK3V9W2M4N6P8R0T1XY")]
    id: String,
    /// `revision` of the page on which this was decided: who acted meanwhile is then not overruled
    /// unseen. Unchecked when left out.
    seen: Option<i64>,
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
    /// `revision` of the page on which this was decided: who acted meanwhile is then not overruled
    /// unseen. Unchecked when left out.
    seen: Option<i64>,
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

/// Holds that the caller may decide where an entity is known; gives its records that are known
/// there.
async fn may_decide(app: &App, caller: &Caller, id: i64) -> Result<Vec<i64>, Problem> {
    let offices = caller.offices(Action::Decide)?;
    let mut tx = app.store.read().await?;
    let id = acts::stays(&mut tx, id).await?.unwrap_or(id);
    let known = Known::load(&mut tx, &[id], &offices).await?;
    let members = known.members.get(&id).ok_or_else(missing)?;
    Ok(members.iter().map(|member| member.record_id).collect())
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
        (status = 409, description = "The id was used for another order, or somebody else acted on \
         the entity meanwhile.", body = ProblemBody),
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
    let known = may_decide(&app, &caller, entity).await?;
    let records: Option<Vec<i64>> =
        splitting.records.iter().map(|record| number(record, "PR-")).collect();
    let records = records.ok_or_else(|| {
        Problem::unusable("records", "One of the records is no record's id.")
            .next("Send ids such as PR-12.")
    })?;
    let order =
        EntityOrder { id: splitting.id, entity, seen: splitting.seen, reason: splitting.reason };
    order.check()?;
    // What another office alone knows stays where it is.
    let kept = entities::act_of(&mut app.store.read().await?, &order.id).await?.is_some();
    if !kept && records.iter().any(|record| !known.contains(record)) {
        let said = format!("One of the records is not of {name} now.");
        return Err(Problem::unusable("records", said));
    }
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
        (status = 409, description = "The id was used for another order, or somebody else acted on \
         the entity meanwhile.", body = ProblemBody),
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
    may_decide(&app, &caller, entity).await?;
    let with = number(&merging.with, "E-").ok_or_else(|| {
        Problem::unusable("with", "`with` is no entity's id.").next("Send an id such as E-31.")
    })?;
    may_decide(&app, &caller, with).await?;
    let order = EntityOrder { id: merging.id, entity, seen: merging.seen, reason: merging.reason };
    let act = acts::merge(&app.store, &order, with, caller.by()).await?;
    Ok(Json(EntityChanged::of(order.id, &act)))
}
