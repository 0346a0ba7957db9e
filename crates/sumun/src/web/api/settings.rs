//! What the site has decided about learning, approving and exploring, with its history; and who may
//! do what, policy by policy.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Said, time};
use crate::acts::capacity::has_reason;
use crate::acts::model::{self, PolicyChange};
use crate::rights::{self, Circumstances, EVERYWHERE, Holder};
use crate::store::policies::{self, KeptPolicy, Policy};
use crate::web::caller::{Action, Caller, Role};
use crate::web::problem::ProblemBody;
use crate::web::request::Body;
use crate::web::{App, Problem};

/// What the site has decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// What counts now.
    #[serde(flatten)]
    now: SettingValues,
    /// Every decision, the latest first.
    history: Vec<SettingsDecision>,
}

/// The figures that a site decides on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingValues {
    /// So many new outcomes since the last learning make a new candidate due.
    outcomes_min: i64,
    /// So many finds among them, too.
    finds_min: i64,
    /// 1: whoever may approve a model does. 2: another person than the one who learned it.
    approvers: i64,
    /// Share of inspections drawn by chance where an alarm of the drift watch stands.
    explore_alarm: f64,
}

/// A decision of the site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsDecision {
    /// What was decided.
    #[serde(flatten)]
    values: SettingValues,
    /// By whom.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
}

impl From<Policy> for SettingValues {
    fn from(policy: Policy) -> SettingValues {
        let Policy { outcomes_min, finds_min, approvers, explore_alarm } = policy;
        SettingValues { outcomes_min, finds_min, approvers, explore_alarm }
    }
}

fn settings(kept: Vec<KeptPolicy>) -> Settings {
    Settings {
        now: kept.first().map_or_else(Policy::default, |kept| kept.policy).into(),
        history: kept
            .into_iter()
            .map(|kept| SettingsDecision {
                values: kept.policy.into(),
                by: kept.set_by,
                at: time(kept.set_at),
                reason: kept.reason,
            })
            .collect(),
    }
}

/// Reads what the site has decided, with its history.
#[utoipa::path(
    get,
    path = "/settings",
    tag = "offices",
    responses(
        (status = 200, description = "The settings.", body = Settings),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_settings(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Settings>, Problem> {
    // Who judges models has to know when one is due.
    if !caller.can(Action::Administer, EVERYWHERE, Circumstances::default())? {
        caller.may_somewhere(Action::ReadModel)?;
    }
    Ok(Json(settings(policies::list(&mut app.store.read().await?).await?)))
}

/// What is to be decided; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsOrder {
    /// So many new outcomes make a candidate due.
    #[schema(minimum = 1)]
    outcomes_min: Option<i64>,
    /// So many finds among them.
    #[schema(minimum = 1)]
    finds_min: Option<i64>,
    /// 1, or 2 for another person than the one who learned a model.
    #[schema(minimum = 1, maximum = 2)]
    approvers: Option<i64>,
    /// Share explored where an alarm stands, above 0 and at most 1.
    #[schema(maximum = 1)]
    explore_alarm: Option<f64>,
    /// Why.
    #[schema(min_length = 1, max_length = 4_000)]
    reason: String,
}

/// Decides on learning, approving and exploring. What is so already changes nothing.
#[utoipa::path(
    put,
    path = "/settings",
    tag = "offices",
    request_body = SettingsOrder,
    responses(
        (status = 200, description = "The settings.", body = Settings),
        (status = 409, description = "It takes another person.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn decide_settings(
    State(app): State<App>,
    caller: Caller,
    Body(order): Body<SettingsOrder>,
) -> Result<Json<Settings>, Problem> {
    caller.may(Action::Administer, EVERYWHERE)?;
    has_reason(&order.reason)?;
    let now = policies::current(&mut app.store.read().await?).await?;
    let wanted = Policy {
        outcomes_min: order.outcomes_min.unwrap_or(now.outcomes_min),
        finds_min: order.finds_min.unwrap_or(now.finds_min),
        approvers: order.approvers.unwrap_or(now.approvers),
        explore_alarm: order.explore_alarm.unwrap_or(now.explore_alarm),
    };
    if wanted != now {
        let change = PolicyChange {
            outcomes_min: order.outcomes_min,
            finds_min: order.finds_min,
            approvers: order.approvers,
            explore_alarm: order.explore_alarm,
        };
        model::decide(&app.store, change, &order.reason, caller.by()).await?;
    }
    Ok(Json(settings(policies::list(&mut app.store.read().await?).await?)))
}

/// Who may do what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rights {
    /// The policies, by id.
    policies: Vec<RightsPolicy>,
    /// Every role with every action.
    matrix: Vec<RightsLine>,
}

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct RightsPolicy {
    /// Its id, as refusals name it.
    id: String,
    /// What it says.
    said: Said,
    /// Its text in Cedar.
    text: String,
}

/// Whether a role may do something.
#[derive(Debug, Serialize, ToSchema)]
pub struct RightsLine {
    /// The role.
    role: String,
    /// The action.
    action: String,
    /// Whether it may, at its own offices and where nothing else stands against it.
    allowed: bool,
}

/// Reads the policies, and which role may do what by them.
#[utoipa::path(
    get,
    path = "/rights",
    tag = "accounts",
    responses(
        (status = 200, description = "The policies and the matrix.", body = Rights),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_rights(State(app): State<App>, caller: Caller) -> Result<Json<Rights>, Problem> {
    // The policies are in the program's public source: whoever has signed in may read them.
    caller.person()?;
    let mut matrix = Vec::new();
    for &role in Role::ALL {
        let grant = rights::Grant { role, office: EVERYWHERE.to_owned() };
        let one = Holder::person(vec![grant]);
        for &action in Action::ALL {
            let verdict = app.rights.judge(&one, action, EVERYWHERE, Circumstances::DRAWN)?;
            matrix.push(RightsLine {
                role: role.to_string(),
                action: action.to_string(),
                allowed: verdict.permitted,
            });
        }
    }
    let policies = app.rights.policies().into_iter();
    let policies = policies.map(|policy| RightsPolicy {
        id: policy.id,
        said: Said { ko: policy.ko, en: policy.en },
        text: policy.text,
    });
    Ok(Json(Rights { policies: policies.collect(), matrix }))
}
