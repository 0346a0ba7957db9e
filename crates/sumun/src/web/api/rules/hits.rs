//! Where rules fired: what one rule fired on, and which fired on one consignment.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{RuleRead, reads, versions_of};
use crate::store::rules::{self, Kept};
use crate::web::api::words::Lane;
use crate::web::api::{List, Said, consignments, time};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Named, cursor, page_size, place};
use crate::web::{App, Problem};

/// Which hits are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichHits {
    /// Only those of this version.
    #[param(minimum = 1)]
    version: Option<i64>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// A rule fired on a consignment.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleHit {
    /// The consignment.
    #[schema(example = "C-123")]
    consignment: String,
    /// The version that fired.
    version: i64,
    /// It was in shadow, and selected nothing.
    shadow: bool,
    /// Day of arrival.
    #[schema(format = Date)]
    arrived: String,
    /// Customs office.
    office: String,
    /// What the rule read of it.
    why: Vec<RuleRead>,
    /// What became of the consignment.
    fate: String,
    /// Kind of its latest outcome.
    outcome: Option<String>,
}

/// Lists what a rule fired on at the caller's offices, the latest arrival first.
#[utoipa::path(
    get,
    path = "/rules/{code}/hits",
    tag = "rules",
    params(("code" = String, Path, description = "The rule's code."), WhichHits),
    responses(
        (status = 200, description = "A page of hits.", body = List<RuleHit>),
        (status = 404, description = "There is none of this code.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_rule_hits(
    State(app): State<App>,
    caller: Caller,
    Named(code): Named,
    Asked(which): Asked<WhichHits>,
) -> Result<Json<List<RuleHit>>, Problem> {
    let offices = caller.offices(Action::ReadConsignment)?;
    let versions = versions_of(&app, &caller, &code).await?;
    let limit = page_size(which.limit)?;
    let before: Option<(i64, i64)> = place(which.cursor.as_deref())?;
    let asked = |one: &&Kept| which.version.is_none_or(|version| one.version == version);
    let ids: Vec<i64> = versions.iter().filter(asked).map(|one| one.id).collect();
    let number: BTreeMap<i64, i64> = versions.iter().map(|one| (one.id, one.version)).collect();
    // One consignment has a hit a version and state at most, so a page never ends within one.
    let most = limit + 2 * ids.len() as i64;
    let mut hits = rules::hits(&mut app.store.read().await?, &ids, &offices, before, most).await?;
    let mut next = None;
    if hits.len() as i64 > limit {
        let last = &hits[limit as usize - 1];
        let last = (i64::from(last.arrived_on.0), last.consignment_id);
        let more = |hit: &rules::Hit| (i64::from(hit.arrived_on.0), hit.consignment_id) < last;
        let end = hits.iter().position(more).unwrap_or(hits.len());
        next = if end < hits.len() { cursor(&last) } else { None };
        hits.truncate(end);
    }
    let mut seen: Vec<String> =
        hits.iter().map(|hit| format!("C-{}", hit.consignment_id)).collect();
    seen.dedup();
    app.reads.saw(&caller, "read consignment", &seen).await?;
    let ids: Vec<i64> = hits.iter().map(|hit| hit.consignment_id).collect();
    let mut tx = app.store.read().await?;
    let veiled = consignments::veiled(&mut tx, &caller, &ids).await?;
    drop(tx);
    let items = hits
        .into_iter()
        .map(|mut hit| {
            if veiled.contains(&hit.consignment_id) && hit.fate == "released" {
                hit.fate = "pending".to_owned();
            }
            let why: Vec<(String, Option<String>)> = serde_json::from_str(&hit.why)?;
            Ok(RuleHit {
                consignment: format!("C-{}", hit.consignment_id),
                version: number.get(&hit.rule_id).copied().unwrap_or_default(),
                shadow: hit.shadow,
                arrived: hit.arrived_on.to_string(),
                office: hit.office,
                why: why.into_iter().map(|(field, value)| RuleRead { field, value }).collect(),
                fate: hit.fate,
                outcome: hit.outcome,
            })
        })
        .collect::<Result<_, serde_json::Error>>()
        .map_err(anyhow::Error::from)?;
    Ok(Json(List { items, next }))
}

/// A rule that fired on a consignment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsignmentHit {
    /// The rule.
    rule: String,
    /// The version that fired.
    version: i64,
    /// It was in shadow, and selects nothing.
    shadow: bool,
    /// Where it sends the consignment.
    lane: Lane,
    /// Why, for officers.
    officer: Said,
    /// When it fired.
    fired_at: String,
    /// What it read.
    why: Vec<RuleRead>,
}

/// Lists the rules that fired on a consignment: all of them, those in force first.
#[utoipa::path(
    get,
    path = "/consignments/{id}/hits",
    tag = "rules",
    params(("id" = String, Path, description = "The consignment's number, such as C-12.")),
    responses(
        (status = 200, description = "The hits.", body = List<ConsignmentHit>),
        (status = 404, description = "There is none of this number.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_consignment_hits(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Json<List<ConsignmentHit>>, Problem> {
    caller.may_somewhere(Action::ReadRule)?;
    let hidden =
        || Problem::missing("no_consignment", format!("There is no consignment {}.", name.0));
    let id = name.number("C-").ok_or_else(hidden)?;
    let mut tx = app.store.read().await?;
    if caller.sees(&mut tx, &[id]).await?.is_empty() {
        return Err(hidden());
    }
    let fired = rules::on(&mut tx, id).await?;
    drop(tx);
    app.reads.saw(&caller, "read consignment", &[format!("C-{id}")]).await?;
    let mut items = Vec::with_capacity(fired.len());
    for (kept, shadow, at, why) in fired {
        if !reads(&caller, &kept.rule)? {
            continue;
        }
        let why: Vec<(String, Option<String>)> =
            serde_json::from_str(&why).map_err(anyhow::Error::from)?;
        items.push(ConsignmentHit {
            rule: kept.rule.code.clone(),
            version: kept.version,
            shadow,
            lane: kept.rule.lane.into(),
            officer: Said::new(&*kept.rule.officer.ko, &*kept.rule.officer.en),
            fired_at: time(at),
            why: why.into_iter().map(|(field, value)| RuleRead { field, value }).collect(),
        });
    }
    Ok(Json(List::whole(items)))
}
