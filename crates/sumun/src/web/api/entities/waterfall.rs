//! The waterfall of two records: why they are, or are not, one, field by field in bits.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{Said, time};
use super::record::said_of;
use super::{missing, number, record_name};
use crate::pipeline::entity;
use crate::pipeline::resolve::LINKED;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Named};
use crate::web::{App, Problem};

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
