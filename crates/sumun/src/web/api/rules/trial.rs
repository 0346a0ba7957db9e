//! A rule on trial: what it would have done on the stored history.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::day_of;
use crate::pipeline::trial::{self, Trial};
use crate::web::api::measures::Interval;
use crate::web::api::words::Modality;
use crate::web::caller::{Action, Caller, Offices};
use crate::web::problem::ProblemBody;
use crate::web::request::Body;
use crate::web::{App, Problem};

/// The offices on whose past a condition is tried: those that were asked for, as far as the caller
/// may read rules there; none stands for every office.
pub(super) fn tried(caller: &Caller, asked: Vec<String>) -> Result<Vec<String>, Problem> {
    match caller.offices(Action::ReadRule)? {
        Offices::All => Ok(asked),
        Offices::Only(own) if asked.is_empty() => Ok(own),
        Offices::Only(own) => {
            let tried: Vec<String> =
                asked.iter().filter(|one| own.contains(one)).cloned().collect();
            match (tried.is_empty(), asked.first()) {
                (true, Some(first)) => caller.may(Action::ReadRule, first).map(|()| tried),
                _ => Ok(tried),
            }
        }
    }
}

/// A rule that is put on trial.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTrial {
    /// The condition.
    #[schema(max_length = 20_000)]
    condition: String,
    /// The offices at which it counts; none for all.
    #[serde(default)]
    #[schema(max_items = 200)]
    offices: Vec<String>,
    /// What it would be inspected with.
    modality: Option<Modality>,
    /// First day of arrival; the first there is when left out.
    #[schema(format = Date)]
    from: Option<String>,
    /// Last day of arrival; the last there is when left out.
    #[schema(format = Date)]
    until: Option<String>,
    /// The rule itself, which is left out of overlaps.
    code: Option<String>,
}

/// What a rule would have done on the stored history.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleBacktest {
    /// First day on which anything arrived.
    #[schema(format = Date)]
    first: Option<String>,
    /// Last such day.
    #[schema(format = Date)]
    last: Option<String>,
    /// Days on which anything arrived.
    days: i64,
    /// Consignments that arrived.
    consignments: u64,
    /// On how many it fires.
    fired: u64,
    /// The same a day.
    fired_per_day: f64,
    /// By day of arrival.
    by_day: Vec<RuleFiredOn>,
    /// Officer-minutes an inspection takes, on average.
    minutes_each: f64,
    /// Officer-minutes a day, if all were inspected.
    minutes_per_day: f64,
    /// Officer-minutes that plans of these days and offices drew, a day.
    capacity_minutes_per_day: Option<f64>,
    /// Share of those that the rule would take.
    capacity_share: Option<f64>,
    /// What it would have found; none without a plan with outcomes.
    value: Option<RuleWorth>,
    /// Who sees the same.
    overlap: RuleOverlap,
    /// How long that took.
    milliseconds: i64,
}

/// On how many of a day's arrivals a rule fires.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleFiredOn {
    /// The day.
    #[schema(format = Date)]
    day: String,
    /// How many.
    fired: u64,
}

/// What a rule would have found, had all been opened that it fires on: estimated without bias.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleWorth {
    /// Consignments of worked plans on which it fires.
    planned: u64,
    /// Of those, how many have a known answer.
    known: u64,
    /// Finds, with the 95 % interval.
    finds: Interval,
    /// What the model alone expects.
    model: f64,
    /// How many equally weighted inspections the known ones are worth.
    effective: f64,
    /// Share of finds among what it fires on.
    precision: Option<Interval>,
    /// The same of all traffic.
    random: Option<Interval>,
    /// How many times as often it finds.
    lift: Option<Interval>,
    /// Finds that were made of these, whoever chose them.
    found_already: u64,
}

/// Who sees what a rule fires on.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleOverlap {
    /// Rules in force that fire on a part of it.
    rules: Vec<RuleOverlapWith>,
    /// How many of it a plan drew.
    drawn: u64,
    /// The same as a share of what plans listed.
    drawn_share: f64,
    /// How many the model had put among the certain.
    model_core: u64,
    /// The same as a share of what plans listed.
    model_core_share: f64,
    /// How many no other rule fires on and no plan drew.
    only_this: u64,
}

/// A rule in force beside the one on trial.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleOverlapWith {
    /// The rule.
    code: String,
    /// Its version.
    version: i64,
    /// On how many both fire.
    both: u64,
    /// The same as a share of what the one on trial fires on.
    share: f64,
}

impl RuleBacktest {
    fn of(trial: Trial, milliseconds: i64) -> RuleBacktest {
        RuleBacktest {
            first: trial.first.map(|day| day.to_string()),
            last: trial.last.map(|day| day.to_string()),
            days: trial.days,
            consignments: trial.consignments,
            fired: trial.fired,
            fired_per_day: trial.fired_per_day,
            by_day: trial
                .by_day
                .iter()
                .map(|one| RuleFiredOn { day: one.day.to_string(), fired: one.fired })
                .collect(),
            minutes_each: trial.minutes_each,
            minutes_per_day: trial.minutes_per_day,
            capacity_minutes_per_day: trial.capacity_minutes_per_day,
            capacity_share: trial.capacity_share,
            value: trial.value.map(|value| RuleWorth {
                planned: value.planned,
                known: value.known,
                finds: value.finds.into(),
                model: value.model,
                effective: value.effective,
                precision: value.precision.map(Into::into),
                random: value.random.map(Into::into),
                lift: value.lift.map(Into::into),
                found_already: value.found_already,
            }),
            overlap: RuleOverlap {
                rules: trial
                    .overlap
                    .rules
                    .into_iter()
                    .map(|one| RuleOverlapWith {
                        code: one.code,
                        version: one.version,
                        both: one.both,
                        share: one.share,
                    })
                    .collect(),
                drawn: trial.overlap.drawn,
                drawn_share: trial.overlap.drawn_share,
                model_core: trial.overlap.model_core,
                model_core_share: trial.overlap.model_core_share,
                only_this: trial.overlap.only_this,
            },
            milliseconds,
        }
    }
}

/// Puts a condition on trial on the stored history.
#[utoipa::path(
    post,
    path = "/rules/backtest",
    tag = "rules",
    request_body = RuleTrial,
    responses(
        (status = 200, description = "What it would have done.", body = RuleBacktest),
        (status = 422, description = "The condition does not check.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn backtest_rule(
    State(app): State<App>,
    caller: Caller,
    Body(asked): Body<RuleTrial>,
) -> Result<Json<RuleBacktest>, Problem> {
    let offices = tried(&caller, asked.offices)?;
    let asked = trial::Asked {
        from: day_of("from", asked.from.as_deref())?,
        until: day_of("until", asked.until.as_deref())?,
        condition: asked.condition,
        offices,
        modality: asked.modality.map(Into::into),
        code: asked.code,
    };
    let began = caller.by().1;
    let trial = trial::trial(&app.store, &asked, |_| {}).await?;
    Ok(Json(RuleBacktest::of(trial, (caller.by().1 - began) / 1_000)))
}
