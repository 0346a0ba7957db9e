//! The life of a rule: drafted by one person, put in shadow, approved by another, retired.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use targeting::rule::{self, Rule};
use utoipa::ToSchema;

use super::{RuleVersion, day_of, foremost, may, missing, versions_of};
use crate::acts;
use crate::store::rules;
use crate::web::api::Said;
use crate::web::api::words::{Lane, Modality};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Body, Named};
use crate::web::{App, Problem};

/// A rule that is drafted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDraft {
    /// A ULID that the client made, so that the same request drafts once.
    id: Option<String>,
    /// The rule's name, the same in all versions.
    #[schema(example = "coffee.new-consignor", pattern = "^[a-z0-9][a-z0-9.-]{1,59}$")]
    code: String,
    /// Who answers for it.
    #[schema(min_length = 1, max_length = 100)]
    owner: String,
    /// Why, for officers.
    officer: Said,
    /// What a declarant may be told.
    outward: Said,
    /// On what law it rests.
    #[schema(min_length = 1, max_length = 500)]
    legal_basis: String,
    /// Where it sends what it fires on.
    lane: Lane,
    /// What to inspect with; none leaves it to the plan.
    modality: Option<Modality>,
    /// At which offices it counts; none for all.
    #[serde(default)]
    #[schema(max_items = 200)]
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
    #[schema(min_length = 1, max_length = 20_000)]
    condition: String,
}

impl RuleDraft {
    fn rule(self) -> Result<(Option<String>, Rule), Problem> {
        let day = |name: &str, text: &str| match day_of(name, Some(text))? {
            Some(day) => Ok(day),
            None => Err(Problem::unusable("rule_dates", format!("`{name}` is missing."))),
        };
        let sentence = |said: Said| rule::Sentence { ko: said.ko, en: said.en };
        let rule = Rule {
            valid_from: day("valid_from", &self.valid_from)?,
            valid_until: day("valid_until", &self.valid_until)?,
            review_on: day("review_on", &self.review_on)?,
            code: self.code,
            owner: self.owner,
            legal_basis: self.legal_basis,
            lane: self.lane.into(),
            modality: self.modality.map(Into::into),
            offices: self.offices,
            condition: self.condition,
            officer: sentence(self.officer),
            outward: sentence(self.outward),
        };
        Ok((self.id, rule))
    }
}

/// Holds that a caller may draft this: at its offices, and at those of the version before.
async fn may_draft(app: &App, caller: &Caller, rule: &Rule) -> Result<(), Problem> {
    may(caller, Action::EditRule, rule)?;
    let elder = rules::of_code(&mut app.store.read().await?, &rule.code).await?;
    match foremost(&elder) {
        Some(elder) => may(caller, Action::EditRule, &elder.rule),
        None => Ok(()),
    }
}

pub(super) async fn drafted(
    app: &App,
    caller: &Caller,
    (id, rule): (Option<String>, Rule),
) -> Result<(StatusCode, Json<RuleVersion>), Problem> {
    may_draft(app, caller, &rule).await?;
    let kept = acts::rule::draft(&app.store, id.as_deref(), &rule, caller.by()).await?;
    Ok((StatusCode::CREATED, Json(RuleVersion::of(&kept))))
}

/// Drafts a version of a rule.
#[utoipa::path(
    post,
    path = "/rules",
    tag = "rules",
    request_body = RuleDraft,
    responses(
        (status = 201, description = "The draft.", body = RuleVersion),
        (status = 422, description = "The rule is not whole.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn draft_rule(
    State(app): State<App>,
    caller: Caller,
    Body(draft): Body<RuleDraft>,
) -> Result<(StatusCode, Json<RuleVersion>), Problem> {
    caller.may_somewhere(Action::EditRule)?;
    drafted(&app, &caller, draft.rule()?).await
}

/// Which version is steered, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOrder {
    /// The version.
    #[schema(minimum = 1)]
    version: i64,
    /// Why.
    #[schema(min_length = 1, max_length = 4_000)]
    reason: String,
}

/// A step of a rule's life that a person orders.
#[derive(Clone, Copy)]
enum Step {
    Shadow,
    Approve,
    Retire,
}

/// Takes a step with a version, if the caller may.
async fn take(
    app: &App,
    caller: &Caller,
    step: Step,
    (code, order): (&str, &RuleOrder),
) -> Result<Json<RuleVersion>, Problem> {
    let action = match step {
        Step::Shadow | Step::Retire => Action::EditRule,
        Step::Approve => Action::ApproveRule,
    };
    caller.may_somewhere(action)?;
    let versions = versions_of(app, caller, code).await?;
    match versions.iter().find(|one| one.version == order.version) {
        Some(kept) => may(caller, action, &kept.rule)?,
        None => return Err(missing(code)),
    }
    // What a version takes the place of ends, and has to be the caller's as well.
    let ends = match step {
        Step::Shadow => "shadow",
        Step::Approve => "in_force",
        Step::Retire => "",
    };
    let all = rules::of_code(&mut app.store.read().await?, code).await?;
    for one in all.iter().filter(|one| one.state == ends) {
        may(caller, action, &one.rule)?;
    }
    let (store, of, why, by) = (&app.store, (code, order.version), &order.reason, caller.by());
    let kept = match step {
        Step::Shadow => acts::rule::shadow(store, of, why, by).await?,
        Step::Approve => acts::rule::approve(store, of, why, by).await?,
        Step::Retire => acts::rule::retire(store, of, why, by).await?,
    };
    Ok(Json(RuleVersion::of(&kept)))
}

/// Puts a draft in shadow: it fires on whatever is screened, and selects nothing.
#[utoipa::path(
    post,
    path = "/rules/{code}/shadow",
    tag = "rules",
    params(("code" = String, Path, description = "The rule's code.")),
    request_body = RuleOrder,
    responses(
        (status = 200, description = "The version, in shadow.", body = RuleVersion),
        (status = 404, description = "There is no such version.", body = ProblemBody),
        (status = 409, description = "It is no draft.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn shadow_rule(
    State(app): State<App>,
    caller: Caller,
    Named(code): Named,
    Body(order): Body<RuleOrder>,
) -> Result<Json<RuleVersion>, Problem> {
    take(&app, &caller, Step::Shadow, (&code, &order)).await
}

/// Puts a version in force that another person drafted.
#[utoipa::path(
    post,
    path = "/rules/{code}/approve",
    tag = "rules",
    params(("code" = String, Path, description = "The rule's code.")),
    request_body = RuleOrder,
    responses(
        (status = 200, description = "The version, in force.", body = RuleVersion),
        (status = 404, description = "There is no such version.", body = ProblemBody),
        (status = 409, description = "One's own rule, or not in shadow.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn approve_rule(
    State(app): State<App>,
    caller: Caller,
    Named(code): Named,
    Body(order): Body<RuleOrder>,
) -> Result<Json<RuleVersion>, Problem> {
    take(&app, &caller, Step::Approve, (&code, &order)).await
}

/// Retires a version: it fires no more.
#[utoipa::path(
    post,
    path = "/rules/{code}/retire",
    tag = "rules",
    params(("code" = String, Path, description = "The rule's code.")),
    request_body = RuleOrder,
    responses(
        (status = 200, description = "The version, retired.", body = RuleVersion),
        (status = 404, description = "There is no such version.", body = ProblemBody),
        (status = 409, description = "It has ended already.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn retire_rule(
    State(app): State<App>,
    caller: Caller,
    Named(code): Named,
    Body(order): Body<RuleOrder>,
) -> Result<Json<RuleVersion>, Problem> {
    take(&app, &caller, Step::Retire, (&code, &order)).await
}
