//! The list of rules, each with its scorecard.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::rule;
use utoipa::{IntoParams, ToSchema};

use super::{RuleVersion, foremost, reads};
use crate::store::rules::{self, Kept};
use crate::web::api::List;
use crate::web::api::measures::Interval;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Asked;
use crate::web::{App, Problem};

/// What a rule has come to over the last half year.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scorecard {
    /// Consignments on which it fired, in force.
    fired: u64,
    /// In shadow.
    fired_shadow: u64,
    /// Of those fired on in force, how many wait.
    waiting: u64,
    /// How many were examined, whoever chose them.
    examined: u64,
    /// Of those, how many a plan had drawn.
    examined_drawn: u64,
    /// Finds among them.
    finds: u64,
    /// Officer-minutes they took.
    minutes: u64,
    /// Officer-minutes a find.
    minutes_per_find: Option<f64>,
    /// Share of finds among what it fires on, estimated from recorded chances.
    precision: Option<Interval>,
    /// The same of all traffic: what a random inspection finds.
    random: Option<Interval>,
    /// How many times as often it finds.
    lift: Option<Interval>,
    /// First day of arrival of what it fired on.
    #[schema(format = Date)]
    first_fired: Option<String>,
    /// The last such day.
    #[schema(format = Date)]
    last_fired: Option<String>,
    /// Day of arrival of the last find.
    #[schema(format = Date)]
    last_find: Option<String>,
    /// `earns`, `weak`, `unsure` or `young`.
    #[schema(example = "earns")]
    verdict: String,
}

impl From<&rule::Scorecard> for Scorecard {
    fn from(card: &rule::Scorecard) -> Scorecard {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        Scorecard {
            fired: card.fired,
            fired_shadow: card.fired_shadow,
            waiting: card.waiting,
            examined: card.examined,
            examined_drawn: card.examined_drawn,
            finds: card.finds,
            minutes: card.minutes,
            minutes_per_find: card.minutes_per_find,
            precision: card.precision.map(Into::into),
            random: card.random.map(Into::into),
            lift: card.lift.map(Into::into),
            first_fired: day(card.first_fired),
            last_fired: day(card.last_fired),
            last_find: day(card.last_find),
            verdict: card.verdict.unwrap_or(rule::Verdict::Young).to_string(),
        }
    }
}

/// A rule on the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSummary {
    /// Its name.
    code: String,
    /// The state of the version shown.
    state: String,
    /// The version in force, else the one in shadow, else the newest.
    version: RuleVersion,
    /// The newest version's number.
    newest: i64,
    /// What it has come to.
    scorecard: Scorecard,
    /// Its owner should have looked at it again by now.
    review_due: bool,
    /// Proposed for retirement: it is in force and its scorecard is weak.
    weak: bool,
}

impl RuleSummary {
    pub(super) fn of(versions: &[Kept], card: &rule::Scorecard, today: Day) -> Option<RuleSummary> {
        let shown = foremost(versions)?;
        let runs = ["in_force", "shadow"].contains(&shown.state.as_str());
        Some(RuleSummary {
            code: shown.rule.code.clone(),
            state: shown.standing(today).to_owned(),
            version: RuleVersion::of(shown),
            newest: versions.first()?.version,
            scorecard: card.into(),
            review_due: runs && shown.rule.review_on <= today,
            weak: shown.state == "in_force" && card.verdict == Some(rule::Verdict::Weak),
        })
    }
}

/// Which rules are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichRules {
    /// Only those with a version in this state.
    state: Option<String>,
}

/// Lists rules with their scorecards.
#[utoipa::path(
    get,
    path = "/rules",
    tag = "rules",
    params(WhichRules),
    responses(
        (status = 200, description = "The rules, by code.", body = List<RuleSummary>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_rules(
    State(app): State<App>,
    caller: Caller,
    Asked(which): Asked<WhichRules>,
) -> Result<Json<List<RuleSummary>>, Problem> {
    caller.may_somewhere(Action::ReadRule)?;
    let (_, now) = caller.by();
    let cards = app.cards.get(&app.store, now).await?;
    let kept = rules::list(&mut app.store.read().await?).await?;
    let mut by_code: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    for one in kept {
        by_code.entry(one.rule.code.clone()).or_default().push(one);
    }
    let today = Day::of_micros(now);
    let mut items = Vec::new();
    for (code, versions) in by_code {
        let asked = |state: &String| versions.iter().any(|one| one.standing(today) == *state);
        let Some(shown) = foremost(&versions) else { continue };
        if !which.state.as_ref().is_none_or(asked) || !reads(&caller, &shown.rule)? {
            continue;
        }
        let card = cards.get(&code).copied().unwrap_or_default();
        items.extend(RuleSummary::of(&versions, &card, today));
    }
    Ok(Json(List::whole(items)))
}
