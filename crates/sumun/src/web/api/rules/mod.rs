//! Rules: what officers know, as conditions that are checked while one types, tried on the past
//! before they count, and measured once they do. A room a noun: the list, one rule, what it fired
//! on, what conditions are written with, checking one, its trial, its life, its file. What they
//! share is here; what is checked and tried is `pipeline`'s; who steers a rule, `acts::rule`'s.

pub mod catalogue;
pub mod check;
pub mod file;
pub mod hits;
pub mod life;
pub mod list;
pub mod one;
pub mod trial;

use serde::Serialize;
use targeting::codes::Day;
use targeting::rule::Rule;
use utoipa::ToSchema;

use super::words::{Lane, Modality};
use super::{Said, time};
use crate::config::now;
use crate::rights::{Circumstances, EVERYWHERE};
use crate::store::rules::{self, Kept};
use crate::web::caller::{Action, Caller};
use crate::web::{App, Problem};

/// A version of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersion {
    /// The rule's name, the same in all versions.
    #[schema(example = "coffee.new-consignor")]
    code: String,
    /// Counted from 1.
    version: i64,
    /// `draft`, `shadow`, `approved` (later), `in_force`, `expired`, `retired` or `replaced`.
    #[schema(example = "in_force")]
    state: String,
    /// Who answers for it.
    owner: String,
    /// Why, for officers.
    officer: Said,
    /// What a declarant may be told.
    outward: Said,
    /// On what law it rests.
    legal_basis: String,
    /// Where it sends what it fires on.
    lane: Lane,
    /// What to inspect with; none leaves it to the plan.
    modality: Option<Modality>,
    /// At which offices it counts; none for all.
    offices: Vec<String>,
    /// First day in force.
    #[schema(format = Date)]
    valid_from: String,
    /// Last day in force.
    #[schema(format = Date)]
    valid_until: String,
    /// When its owner looks at it again.
    #[schema(format = Date)]
    review_on: String,
    /// When it fires.
    condition: String,
    /// Who drafted it.
    drafted_by: String,
    /// When.
    drafted_at: String,
    /// Who put it in shadow.
    shadow_by: Option<String>,
    /// When.
    shadow_at: Option<String>,
    /// Who approved it.
    approved_by: Option<String>,
    /// When.
    approved_at: Option<String>,
    /// Who retired it, or drafted what took its place.
    ended_by: Option<String>,
    /// When.
    ended_at: Option<String>,
}

impl RuleVersion {
    fn of(kept: &Kept) -> RuleVersion {
        let rule = &kept.rule;
        let step = |step: &Option<(String, i64)>| {
            step.as_ref().map(|(by, at)| (by.clone(), time(*at))).unzip()
        };
        let (shadow_by, shadow_at) = step(&kept.shadow);
        let (approved_by, approved_at) = step(&kept.approved);
        let (ended_by, ended_at) = step(&kept.ended);
        RuleVersion {
            code: rule.code.clone(),
            version: kept.version,
            state: kept.standing(Day::of_micros(now())).to_owned(),
            owner: rule.owner.clone(),
            officer: Said::new(&*rule.officer.ko, &*rule.officer.en),
            outward: Said::new(&*rule.outward.ko, &*rule.outward.en),
            legal_basis: rule.legal_basis.clone(),
            lane: rule.lane.into(),
            modality: rule.modality.map(Into::into),
            offices: rule.offices.clone(),
            valid_from: rule.valid_from.to_string(),
            valid_until: rule.valid_until.to_string(),
            review_on: rule.review_on.to_string(),
            condition: rule.condition.clone(),
            drafted_by: kept.drafted.0.clone(),
            drafted_at: time(kept.drafted.1),
            shadow_by,
            shadow_at,
            approved_by,
            approved_at,
            ended_by,
            ended_at,
        }
    }
}

/// A field that a rule read.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleRead {
    /// The field.
    field: String,
    /// What it said; none where it is not declared.
    value: Option<String>,
}

/// Whether a caller may read a rule: one of all offices is read by whoever reads rules anywhere.
fn reads(caller: &Caller, rule: &Rule) -> Result<bool, Problem> {
    let can = |office: &str| caller.can(Action::ReadRule, office, Circumstances::default());
    if rule.offices.is_empty() {
        return Ok(!caller.offices_or_none(Action::ReadRule, Circumstances::default())?.is_none());
    }
    for office in &rule.offices {
        if can(office)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Holds that a caller may do this to a rule: at each of its offices, or everywhere.
fn may(caller: &Caller, action: Action, rule: &Rule) -> Result<(), Problem> {
    if rule.offices.is_empty() {
        return caller.may(action, EVERYWHERE);
    }
    rule.offices.iter().try_for_each(|office| caller.may(action, office))
}

/// The version that stands for a rule.
fn foremost(versions: &[Kept]) -> Option<&Kept> {
    rules::foremost(versions, Day::of_micros(now()))
}

fn missing(code: &str) -> Problem {
    Problem::missing("no_rule", format!("There is no rule {code}."))
}

/// The versions of a rule that the caller may read.
async fn versions_of(app: &App, caller: &Caller, code: &str) -> Result<Vec<Kept>, Problem> {
    caller.may_somewhere(Action::ReadRule)?;
    let versions = rules::of_code(&mut app.store.read().await?, code).await?;
    match foremost(&versions) {
        Some(shown) if reads(caller, &shown.rule)? => Ok(versions),
        _ => Err(missing(code)),
    }
}

fn day_of(name: &str, text: Option<&str>) -> Result<Option<Day>, Problem> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        Problem::unusable("rule_dates", format!("`{name}` is no day: it is written YYYY-MM-DD."))
    })
}
