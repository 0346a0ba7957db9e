//! Search: one box for everything, for the palette and the barcode reader. A number of a
//! consignment or plan leads straight to it; words are looked for in the newest days.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::consignment::ConsignmentId;
use targeting::party::Role;
use targeting::search_key;
use utoipa::{IntoParams, ToSchema};

use super::List;
use super::queue::{called, codes, numbered};
use crate::config;
use crate::rights::Circumstances;
use crate::store::queue::{self, Sort};
use crate::store::{consignments, plans};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Asked;
use crate::web::{App, Problem};

/// Days with work in which words are looked for.
const DAYS: i32 = 31;
/// The most that is found of a kind.
const MOST: i64 = 20;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A consignment.
    Consignment,
    /// A plan.
    Plan,
    /// A party, by its name.
    Party,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// What it is.
    kind: FoundKind,
    /// Its id; of a party its name, by which the queue can be searched.
    id: String,
    /// How it is called.
    label: String,
    /// What tells it from others.
    hint: String,
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LookedFor {
    /// A number, or words of names and goods.
    q: String,
}

/// Finds consignments, plans and parties by number or words.
#[utoipa::path(
    get,
    path = "/search",
    tag = "desk",
    params(LookedFor),
    responses(
        (status = 200, description = "What was found, the likeliest first.", body = List<Found>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn search(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<LookedFor>,
) -> Result<Json<List<Found>>, Problem> {
    caller.may_somewhere(Action::ReadConsignment)?;
    let typed = asked.q.trim();
    if typed.is_empty() || typed.len() > 200 {
        return Ok(Json(List::whole(Vec::new())));
    }
    let mut tx = app.store.read().await?;
    let whole = caller.offices_or_none(Action::ReadConsignment, Circumstances::default())?;
    let named = caller.offices_or_none(Action::ReadParty, Circumstances::default())?;
    let mut found = Vec::new();
    let upper = typed.to_ascii_uppercase();
    if let Some(Ok(id)) = upper.strip_prefix("P-").map(str::parse::<i64>)
        && let Some(plan) = plans::find(&mut tx, id).await?
        && caller.can(
            Action::ReadPlan,
            &plan.office,
            Circumstances { released: plan.released_at() <= config::now(), drawn: true },
        )?
    {
        found.push(Found {
            kind: FoundKind::Plan,
            id: format!("P-{id}"),
            label: format!("P-{id}"),
            hint: format!("{} · {} · {}", plan.office, plan.shift, plan.regime),
        });
    }
    let ids = match numbered(&mut tx, typed).await? {
        Some(mut ids) => {
            ids.truncate(MOST as usize);
            ids
        }
        None => {
            let offices = codes(&mut tx, &whole).await?;
            let names = offices.iter().all(|office| named.contains(office));
            by_words(&mut tx, &offices, typed, names).await?
        }
    };
    let seen = caller.sees(&mut tx, &ids).await?;
    let ids: Vec<i64> = ids.into_iter().filter(|id| seen.contains_key(id)).collect();
    let words = search_key::asked(typed);
    let mut parties: BTreeSet<String> = BTreeSet::new();
    for version in consignments::described(&mut tx, &ids).await?.into_iter().rev() {
        let consignment = &version.consignment;
        let roles: &[Role] = match named.contains(&consignment.office) {
            true => &[Role::Consignor, Role::Consignee],
            false => &[],
        };
        for &role in roles {
            let Some(party) = consignment.party(role) else { continue };
            let key = search_key::words_key(&called(party));
            if words.iter().all(|word| key.contains(word.as_str())) {
                parties.insert(called(party));
            }
        }
        let goods = consignment.main_goods().map(|goods| goods.description.as_str());
        found.push(Found {
            kind: FoundKind::Consignment,
            id: ConsignmentId(version.id).to_string(),
            label: consignment.reference.to_string(),
            hint: format!(
                "{} · {} · {}",
                consignment.office,
                consignment.arrived_on,
                goods.unwrap_or_default()
            ),
        });
    }
    drop(tx);
    let ids: Vec<ConsignmentId> = ids.into_iter().map(ConsignmentId).collect();
    app.reads.asked(&caller, "search", typed, &ids).await?;
    found.extend(parties.into_iter().filter(|name| !name.is_empty()).take(5).map(|name| Found {
        kind: FoundKind::Party,
        id: name.clone(),
        label: name,
        hint: String::new(),
    }));
    Ok(Json(List::whole(found)))
}

/// Consignments of the newest days whose names or goods hold the words, the newest first.
async fn by_words(
    tx: &mut crate::store::Tx,
    offices: &[String],
    typed: &str,
    names: bool,
) -> Result<Vec<i64>, Problem> {
    let words = search_key::asked(typed);
    let Some(newest) = queue::newest_day(tx, offices, config::now()).await? else {
        return Ok(Vec::new());
    };
    let mut ids = Vec::new();
    if words.is_empty() {
        return Ok(ids);
    }
    for back in 0..DAYS {
        let asked = queue::Asked {
            offices,
            sight: None,
            day: Some(Day(newest.0 - back)),
            plan_id: None,
            regime: None,
            drawn: None,
            lanes: &[],
            channels: &[],
            states: &[],
            modalities: &[],
            origin: None,
            hs: None,
            from_score: None,
            ids: None,
            words: &words,
            names,
            sort: Sort::Score,
            descending: true,
        };
        let page = queue::page(tx, &asked, None, MOST - ids.len() as i64).await?;
        ids.extend(page.iter().map(|row| row.consignment_id));
        if ids.len() as i64 >= MOST {
            break;
        }
    }
    Ok(ids)
}
