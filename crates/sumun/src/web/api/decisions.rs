//! Decisions: an officer holds, asks, inspects, waives, releases, or takes it back, on one
//! consignment or many, with a reason of the list. What follows from it: `acts/decide.rs`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::consignment::ConsignmentId;
use utoipa::{IntoParams, ToSchema};

use super::words::{Act, Modality};
use super::{List, time};
use crate::acts::decide::{self, DecisionOrder, RefusedDecision};
use crate::config;
use crate::store::consignments;
use crate::store::decisions::{self, KeptDecision};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body};
use crate::web::{App, Problem};

/// A decision of a person on one consignment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Decision {
    /// Its number.
    #[schema(example = "D-7")]
    id: String,
    /// The version that was decided on.
    #[schema(example = "C-12")]
    consignment: String,
    /// What was ordered.
    act: Act,
    /// Why, by its code.
    #[schema(example = "documents_differ")]
    reason_code: String,
    /// Why, in words.
    reason: String,
    /// With what it is to be inspected.
    modality: Option<Modality>,
    /// What is asked.
    question: Option<String>,
    /// Who decided.
    by: String,
    /// When.
    at: String,
    /// Whether it can be taken back now.
    undoable: bool,
    /// Who took it back.
    undone_by: Option<String>,
}

impl Decision {
    /// A kept decision on the wire.
    pub fn of(kept: &KeptDecision, now: i64) -> Result<Decision, Problem> {
        let modality = kept.modality.as_deref().map(str::parse::<targeting::outcome::Modality>);
        let modality = modality.transpose().map_err(anyhow::Error::from)?;
        Ok(Decision {
            id: format!("D-{}", kept.id),
            consignment: ConsignmentId(kept.consignment_id).to_string(),
            act: kept.act.into(),
            reason_code: kept.reason_code.clone(),
            reason: kept.reason.clone(),
            modality: modality.map(Into::into),
            question: kept.question.clone(),
            by: kept.by.clone(),
            at: time(kept.at),
            undoable: kept.in_force && decide::in_time(kept, now),
            undone_by: kept.undone_by.as_ref().map(|(_, by)| by.clone()),
        })
    }

    /// Kept decisions on the wire.
    pub fn all(kept: &[KeptDecision]) -> Result<Vec<Decision>, Problem> {
        let now = config::now();
        kept.iter().map(|one| Decision::of(one, now)).collect()
    }
}

/// What a person orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecisionOrder)]
pub struct Order {
    /// A ULID made by the sender. The same order again changes nothing and is answered alike.
    #[schema(min_length = 8, max_length = 64, example = "01JD8Q7ZK3V9W2M4N6P8R0T1XY")]
    id: String,
    /// On which consignments.
    #[schema(min_items = 1, max_items = 1_000)]
    consignments: Vec<String>,
    /// What.
    act: Act,
    /// Why, by a code of `GET /codes`.
    reason_code: String,
    /// Why, in words; some codes need them.
    #[serde(default)]
    #[schema(max_length = 4_000)]
    reason: String,
    /// With what to inspect; the plan's modality when left out.
    modality: Option<Modality>,
    /// What is asked, by `ask`.
    #[schema(max_length = 4_000)]
    question: Option<String>,
    /// The decision to take back, by `undo`; the one in force when left out.
    #[schema(example = "D-7")]
    undoes: Option<String>,
}

/// What an order came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// The order's id.
    id: String,
    /// The decisions that were made.
    decisions: Vec<Decision>,
    /// Consignments on which nothing was decided.
    refused: Vec<NotDecided>,
}

/// A consignment on which nothing was decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotDecided {
    /// The consignment.
    #[schema(example = "C-12")]
    consignment: String,
    /// The kind, for machines.
    code: String,
    /// Why.
    said: String,
    /// What to do instead.
    next: String,
}

impl From<RefusedDecision> for NotDecided {
    fn from(refused: RefusedDecision) -> NotDecided {
        NotDecided {
            consignment: ConsignmentId(refused.consignment).to_string(),
            code: refused.code,
            said: refused.said,
            next: refused.next,
        }
    }
}

/// A number written with its letter, such as `C-12`, or alone.
fn number(text: &str, letter: &str) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.strip_prefix(letter).unwrap_or(&upper);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

impl Order {
    fn read(self, offices: Option<Vec<String>>) -> Result<DecisionOrder, Problem> {
        let mut consignments = Vec::with_capacity(self.consignments.len());
        for name in &self.consignments {
            let id = number(name, "C-").ok_or_else(|| {
                let shown: String = name.chars().take(40).collect();
                Problem::unusable("consignments", format!("`{shown}` is no consignment's id."))
                    .next("Send ids such as C-12.")
            })?;
            consignments.push(id);
        }
        let undoes = match &self.undoes {
            None => None,
            Some(name) => Some(number(name, "D-").ok_or_else(|| {
                Problem::unusable("undoes", "`undoes` is no decision's id.")
                    .next("Send an id such as D-7, or leave it out.")
            })?),
        };
        Ok(DecisionOrder {
            id: self.id,
            consignments,
            act: self.act.into(),
            reason_code: self.reason_code,
            reason: self.reason,
            modality: self.modality.map(Into::into),
            question: self.question,
            undoes,
            offices,
        })
    }
}

/// Decides on consignments: hold, ask, inspect, waive, release, or undo.
///
/// What cannot be decided is refused with its reason and spoils no other; when nothing was decided
/// the answer is 422. A recorded chance never changes.
#[utoipa::path(
    post,
    path = "/decisions",
    tag = "desk",
    request_body = Order,
    responses(
        (status = 200, description = "What the order came to.", body = Decided),
        (status = 409, description = "The id was used before, for another order.",
         body = ProblemBody),
        (status = 422, description = "Nothing was decided.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn decide(
    State(app): State<App>,
    caller: Caller,
    Body(order): Body<Order>,
) -> Result<Json<Decided>, Problem> {
    let offices = caller.offices(Action::Decide)?;
    let offices = (!offices.all()).then(|| offices.codes().to_vec());
    let order = order.read(offices)?;
    let done = decide::decide(&app.store, &order, caller.by()).await?;
    let refused: Vec<NotDecided> = done.refused.into_iter().map(NotDecided::from).collect();
    if let (true, Some(first)) = (done.decisions.is_empty(), refused.first()) {
        return Err(Problem::unusable("nothing_decided", first.said.clone())
            .next(first.next.clone())
            .besides("refused", &refused));
    }
    Ok(Json(Decided { id: order.id, decisions: Decision::all(&done.decisions)?, refused }))
}

/// Which decisions are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfConsignment {
    /// The consignment; decisions on its other versions are listed too.
    #[param(example = "C-12")]
    consignment: String,
}

/// Lists every decision on a consignment, the oldest first.
#[utoipa::path(
    get,
    path = "/decisions",
    tag = "desk",
    params(OfConsignment),
    responses(
        (status = 200, description = "The decisions.", body = List<Decision>),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_decisions(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<OfConsignment>,
) -> Result<Json<List<Decision>>, Problem> {
    caller.may_somewhere(Action::ReadConsignment)?;
    let missing = || Problem::missing("no_consignment", "There is no consignment of this id.");
    let id = number(&asked.consignment, "C-").ok_or_else(missing)?;
    let mut tx = app.store.read().await?;
    caller.sees(&mut tx, &[id]).await?.get(&id).ok_or_else(missing)?;
    let found = consignments::described(&mut tx, &[id]).await?.pop().ok_or_else(missing)?;
    let mut ids = consignments::version_ids(&mut tx, &found).await?;
    let seen = caller.sees(&mut tx, &ids).await?;
    ids.retain(|id| seen.contains_key(id));
    let kept = decisions::of_versions(&mut tx, &ids).await?;
    drop(tx);
    app.reads.saw(&caller, "read decisions", &[ConsignmentId(id)]).await?;
    Ok(Json(List::whole(Decision::all(&kept)?)))
}
