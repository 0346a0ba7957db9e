//! Rules: what officers know, as conditions that are checked while one types, tried on the past
//! before they count, and measured once they do. What is checked and tried is `pipeline`'s; who
//! steers a rule, `acts::rule`'s.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::indicator;
use targeting::rule::{self, FUNCTIONS, FieldKind, MAX_CHARACTERS, MAX_DEPTH, Rule, fields};
use utoipa::{IntoParams, ToSchema};

use super::measures::Interval;
use super::words::{Lane, Modality};
use super::{List, Said, time};
use crate::acts;
use crate::config::now;
use crate::pipeline::rules as at_work;
use crate::pipeline::trial::{self, Sampled, Trial};
use crate::rights::{Circumstances, EVERYWHERE};
use crate::rule_file;
use crate::store::rules::{self, Kept};
use crate::web::caller::{Action, Caller, Offices};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place};
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

/// The version that stands for a rule.
fn foremost(versions: &[Kept]) -> Option<&Kept> {
    rules::foremost(versions, Day::of_micros(now()))
}

impl RuleSummary {
    fn of(versions: &[Kept], card: &rule::Scorecard, today: Day) -> Option<RuleSummary> {
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
    let mut tx = app.store.read().await?;
    let kept = rules::list(&mut tx).await?;
    let cards = at_work::scorecards(&mut tx, &kept, now).await?;
    let mut by_code: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    for one in kept {
        by_code.entry(one.rule.code.clone()).or_default().push(one);
    }
    let mut items = Vec::new();
    for (code, versions) in by_code {
        let asked = |state: &String| versions.iter().any(|one| one.state == *state);
        let Some(shown) = foremost(&versions) else { continue };
        if !which.state.as_ref().is_none_or(asked) || !reads(&caller, &shown.rule)? {
            continue;
        }
        let card = cards.get(&code).copied().unwrap_or_default();
        items.extend(RuleSummary::of(&versions, &card, Day::of_micros(now)));
    }
    Ok(Json(List::whole(items)))
}

/// A version with its file.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersionFile {
    /// The version.
    #[serde(flatten)]
    version: RuleVersion,
    /// As a TOML file, for review outside.
    toml: String,
}

/// Something that was done to a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleStep {
    /// When.
    at: String,
    /// By whom; `scheduler` where its last day was over.
    by: String,
    /// `rule_draft`, `rule_shadow`, `rule_approve`, `rule_retire`, `rule_expire` or `rule_replace`.
    #[schema(example = "rule_approve")]
    act: String,
    /// The version.
    version: i64,
    /// Why.
    reason: Option<String>,
}

/// How often a rule fired on a day's arrivals.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDay {
    /// The day of arrival.
    #[schema(format = Date)]
    day: String,
    /// In force.
    fired: i64,
    /// In shadow.
    shadow: i64,
}

/// What the caller may do to a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleMay {
    /// Drafts, puts in shadow, retires.
    edit: bool,
    /// Approves what another person drafted.
    approve: bool,
}

/// A rule, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDetail {
    /// As on the list.
    summary: RuleSummary,
    /// Every version, the newest first.
    versions: Vec<RuleVersionFile>,
    /// What was done, the latest first.
    life: Vec<RuleStep>,
    /// The last 60 days on which it fired.
    days: Vec<RuleDay>,
    /// What the caller may do.
    may: RuleMay,
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

/// Reads one rule: its versions, its life, its scorecard.
#[utoipa::path(
    get,
    path = "/rules/{code}",
    tag = "rules",
    params(("code" = String, Path, description = "The rule's code.")),
    responses(
        (status = 200, description = "The rule.", body = RuleDetail),
        (status = 404, description = "There is none of this code.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_rule(
    State(app): State<App>,
    caller: Caller,
    Named(code): Named,
) -> Result<Json<RuleDetail>, Problem> {
    let versions = versions_of(&app, &caller, &code).await?;
    app.reads.saw(&caller, "read rule", &[&code]).await?;
    let (_, now) = caller.by();
    let today = Day::of_micros(now);
    let mut tx = app.store.read().await?;
    let cards = at_work::scorecards(&mut tx, &versions, now).await?;
    let card = cards.get(&code).copied().unwrap_or_default();
    let ids: Vec<i64> = versions.iter().map(|one| one.id).collect();
    let mut days = rules::by_day(&mut tx, &ids, Day(today.0 - at_work::CARD_DAYS)).await?;
    days.drain(..days.len().saturating_sub(60));
    let life = rules::life(&mut tx, &code).await?;
    let newest = versions.first().ok_or_else(|| missing(&code))?;
    let can = |action: Action| may(&caller, action, &newest.rule).is_ok();
    Ok(Json(RuleDetail {
        summary: RuleSummary::of(&versions, &card, today).ok_or_else(|| missing(&code))?,
        versions: versions
            .iter()
            .map(|kept| RuleVersionFile {
                version: RuleVersion::of(kept),
                toml: rule_file::write(&kept.rule),
            })
            .collect(),
        life: life
            .into_iter()
            .map(|(at, by, act, body)| {
                let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
                RuleStep {
                    at: time(at),
                    by,
                    act,
                    version: body["version"].as_i64().unwrap_or_default(),
                    reason: body["reason"].as_str().map(str::to_owned),
                }
            })
            .collect(),
        days: days
            .into_iter()
            .map(|(day, fired, shadow)| RuleDay { day: day.to_string(), fired, shadow })
            .collect(),
        may: RuleMay { edit: can(Action::EditRule), approve: can(Action::ApproveRule) },
    }))
}

/// Which versions are compared.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// The former; the one before `to` when left out.
    #[param(minimum = 1)]
    from: Option<i64>,
    /// The latter; the newest when left out.
    #[param(minimum = 1)]
    to: Option<i64>,
}

/// What changed from one version to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDiff {
    /// The former version.
    from: i64,
    /// The latter.
    to: i64,
    /// Fields that differ, but for the condition.
    fields: Vec<RuleFieldDiff>,
    /// The condition, line by line.
    condition: Vec<RuleLineDiff>,
}

/// A field that differs.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleFieldDiff {
    /// Its name.
    field: String,
    /// What it was.
    from: String,
    /// What it is.
    to: String,
}

/// A line of the condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleLineDiff {
    /// `same`, `removed` or `added`.
    #[schema(example = "added")]
    op: String,
    /// The line.
    text: String,
}

/// Compares two versions of a rule.
#[utoipa::path(
    get,
    path = "/rules/{code}/diff",
    tag = "rules",
    params(("code" = String, Path, description = "The rule's code."), Between),
    responses(
        (status = 200, description = "What changed.", body = RuleDiff),
        (status = 404, description = "There is no such version.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn compare_rule_versions(
    State(app): State<App>,
    caller: Caller,
    Named(code): Named,
    Asked(between): Asked<Between>,
) -> Result<Json<RuleDiff>, Problem> {
    let versions = versions_of(&app, &caller, &code).await?;
    let newest = versions.first().map_or(1, |one| one.version);
    let to = between.to.unwrap_or(newest);
    let from = between.from.unwrap_or((to - 1).max(1));
    let of = |version: i64| versions.iter().find(|one| one.version == version);
    let (Some(a), Some(b)) = (of(from), of(to)) else { return Err(missing(&code)) };
    let plain = |rule: &Rule| -> Result<BTreeMap<String, String>, anyhow::Error> {
        let serde_json::Value::Object(all) = serde_json::to_value(rule)? else {
            return Ok(BTreeMap::new());
        };
        let said = |value: &serde_json::Value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        };
        let mut flat = BTreeMap::new();
        for (name, value) in all.iter().filter(|(name, _)| *name != "condition") {
            match value.as_object() {
                Some(texts) => {
                    flat.extend(
                        texts.iter().map(|(of, text)| (format!("{name}.{of}"), said(text))),
                    );
                }
                None => drop(flat.insert(name.clone(), said(value))),
            }
        }
        Ok(flat)
    };
    let (before, after) = (plain(&a.rule)?, plain(&b.rule)?);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let fields = names
        .into_iter()
        .map(|name| {
            let said = |of: &BTreeMap<String, String>| of.get(name).cloned().unwrap_or_default();
            RuleFieldDiff { field: name.clone(), from: said(&before), to: said(&after) }
        })
        .filter(|one| one.from != one.to)
        .collect();
    Ok(Json(RuleDiff {
        from,
        to,
        fields,
        condition: lines_changed(&a.rule.condition, &b.rule.condition),
    }))
}

/// Two texts line by line: the longest common run of lines stays, the rest went or came.
fn lines_changed(before: &str, after: &str) -> Vec<RuleLineDiff> {
    let (a, b): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    // By place in both: how many lines of what follows are common.
    let mut common = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = match a[i] == b[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let line = |op: &str, text: &str| RuleLineDiff { op: op.to_owned(), text: text.to_owned() };
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push(line("same", a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(line("removed", a[i]));
            i += 1;
        } else {
            lines.push(line("added", b[j]));
            j += 1;
        }
    }
    lines
}

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

/// A field that a rule read.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleRead {
    /// The field.
    field: String,
    /// What it said; none where it is not declared.
    value: Option<String>,
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
    let veiled = super::consignments::veiled(&mut tx, &caller, &ids).await?;
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

/// What conditions are written with.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleCatalogue {
    /// Fields.
    fields: Vec<RuleField>,
    /// Indicators.
    indicators: Vec<RuleIndicator>,
    /// Functions.
    functions: Vec<RuleFunction>,
    /// How long and deep a condition may be.
    limits: RuleLimits,
}

/// A field that conditions may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleField {
    /// Its name.
    #[schema(example = "goods.hs_chapter")]
    path: String,
    /// `text`, `number` or `flag`.
    kind: String,
    /// What it is, in Korean.
    ko: String,
    /// What it is, in English.
    en: String,
    /// A value as one writes it.
    example: String,
    /// The first part of its name.
    group: String,
    /// It is read from what was known before the day of arrival.
    past: bool,
    /// The words that it is one of, where they are few.
    values: Vec<String>,
}

/// An indicator that conditions may name.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleIndicator {
    /// Its name.
    #[schema(example = "route.transhipped")]
    code: String,
    /// What it says, in Korean.
    ko: String,
    /// What it says, in English.
    en: String,
    /// When it shows.
    condition: String,
    /// The fields that it reads.
    fields: Vec<String>,
    /// An example on which it shows.
    fires: Vec<RuleRead>,
    /// One on which it does not.
    quiet: Vec<RuleRead>,
}

/// A function of the language.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleFunction {
    /// Its name.
    name: String,
    /// How it is written.
    sign: String,
    /// What it says, in Korean.
    ko: String,
    /// What it says, in English.
    en: String,
}

/// Limits of a condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleLimits {
    /// Characters.
    characters: usize,
    /// Levels.
    depth: usize,
}

/// Reads what conditions are written with: fields, indicators and functions.
#[utoipa::path(
    get,
    path = "/rules/catalogue",
    tag = "rules",
    responses(
        (status = 200, description = "The catalogue.", body = RuleCatalogue),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_rule_catalogue(caller: Caller) -> Result<Json<RuleCatalogue>, Problem> {
    caller.may_somewhere(Action::ReadRule)?;
    let read = |(field, value): &(&str, &str)| RuleRead {
        field: (*field).to_owned(),
        value: Some((*value).to_owned()),
    };
    Ok(Json(RuleCatalogue {
        fields: fields()
            .iter()
            .map(|field| RuleField {
                path: field.path.clone(),
                kind: match field.kind {
                    FieldKind::Text => "text",
                    FieldKind::Number => "number",
                    FieldKind::Flag => "flag",
                }
                .to_owned(),
                ko: field.ko.clone(),
                en: field.en.clone(),
                example: field.example.clone(),
                group: field.group().to_owned(),
                past: field.is_past(),
                values: field.values().iter().map(|word| (*word).to_owned()).collect(),
            })
            .collect(),
        indicators: indicator::all()
            .iter()
            .map(|one| RuleIndicator {
                code: one.code.to_owned(),
                ko: one.ko.to_owned(),
                en: one.en.to_owned(),
                condition: one.text.to_owned(),
                fields: one.fields().into_iter().map(str::to_owned).collect(),
                fires: one.fires.iter().map(read).collect(),
                quiet: one.quiet.iter().map(read).collect(),
            })
            .collect(),
        functions: FUNCTIONS
            .iter()
            .map(|one| RuleFunction {
                name: one.name.to_owned(),
                sign: one.sign.to_owned(),
                ko: one.ko.to_owned(),
                en: one.en.to_owned(),
            })
            .collect(),
        limits: RuleLimits { characters: MAX_CHARACTERS, depth: MAX_DEPTH },
    }))
}

/// A condition that is to be checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleCheck {
    /// The condition.
    #[schema(max_length = 20_000)]
    condition: String,
    /// The offices at which it counts; none for all.
    #[serde(default)]
    #[schema(max_items = 200)]
    offices: Vec<String>,
    /// What it would be inspected with.
    modality: Option<Modality>,
    /// Whether to count on the sample, too.
    #[serde(default)]
    sample: bool,
}

/// A mistake and its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleMistake {
    /// Its kind.
    #[schema(example = "unknown_field")]
    code: String,
    /// What is wrong.
    message: Said,
    /// What to put there instead.
    suggestion: Option<String>,
    /// First character, in UTF-16 code units, as a page counts them.
    from: usize,
    /// The character after the last.
    to: usize,
    /// Line, from 1.
    line: u32,
    /// Column in characters, from 1.
    column: u32,
}

/// What came of checking a condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleChecked {
    /// It can be used.
    ok: bool,
    /// Every mistake, in the order of places.
    errors: Vec<RuleMistake>,
    /// Fields that it reads.
    reads: Vec<String>,
    /// Indicators that it names.
    indicators: Vec<String>,
    /// On what it fires in the sample; none when not asked, not usable, or nothing has arrived.
    sample: Option<RuleSample>,
}

/// On what a condition fires among the latest consignments.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSample {
    /// Consignments in the sample.
    consignments: u64,
    /// Days from the first arrival to the last.
    days: i64,
    /// First day of arrival.
    #[schema(format = Date)]
    first: String,
    /// Last day of arrival.
    #[schema(format = Date)]
    last: String,
    /// On how many it fires.
    fired: u64,
    /// The same as a share.
    share: f64,
    /// How many a day.
    per_day: f64,
    /// Officer-minutes a day, if all were inspected.
    minutes_per_day: f64,
    /// Of these, how many were examined.
    examined: u64,
    /// Finds among them.
    finds: u64,
}

impl From<Sampled> for RuleSample {
    fn from(of: Sampled) -> RuleSample {
        RuleSample {
            consignments: of.consignments,
            days: of.days,
            first: of.first.to_string(),
            last: of.last.to_string(),
            fired: of.fired,
            share: of.share,
            per_day: of.per_day,
            minutes_per_day: of.minutes_per_day,
            examined: of.examined,
            finds: of.finds,
        }
    }
}

/// So many UTF-16 code units a text has up to a byte.
fn units(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |before| before.encode_utf16().count())
}

/// Checks a condition as one types, and counts on the latest consignments.
#[utoipa::path(
    post,
    path = "/rules/check",
    tag = "rules",
    request_body = RuleCheck,
    responses(
        (status = 200, description = "What is wrong, or what it fires on.", body = RuleChecked),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn check_rule(
    State(app): State<App>,
    caller: Caller,
    Body(asked): Body<RuleCheck>,
) -> Result<Json<RuleChecked>, Problem> {
    caller.may_somewhere(Action::ReadRule)?;
    let text = asked.condition.as_str();
    let condition = match rule::condition(text) {
        Ok(condition) => condition,
        Err(faults) => {
            return Ok(Json(RuleChecked {
                ok: false,
                errors: faults
                    .into_iter()
                    .map(|one| RuleMistake {
                        code: one.code.to_string(),
                        message: Said::new(one.ko, one.en),
                        suggestion: one.suggestion,
                        from: units(text, one.span.from),
                        to: units(text, one.span.to),
                        line: one.line,
                        column: one.column,
                    })
                    .collect(),
                reads: Vec::new(),
                indicators: Vec::new(),
                sample: None,
            }));
        }
    };
    let sample = match asked.sample {
        true => {
            let offices = tried(&caller, asked.offices)?;
            let with = (&offices[..], asked.modality.map(Into::into));
            app.samples.count(&app.store, &condition, with, caller.by().1).await?
        }
        false => None,
    };
    let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
    Ok(Json(RuleChecked {
        ok: true,
        errors: Vec::new(),
        reads: owned(condition.reads()),
        indicators: owned(condition.indicators()),
        sample: sample.map(Into::into),
    }))
}

/// The offices on whose past a condition is tried: those that were asked for, as far as the caller
/// may read rules there; none stands for every office.
fn tried(caller: &Caller, asked: Vec<String>) -> Result<Vec<String>, Problem> {
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
    /// Days from the first to the last.
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
    /// Officer-minutes that plans of these days drew, a day.
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

fn day_of(name: &str, text: Option<&str>) -> Result<Option<Day>, Problem> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        Problem::unusable("rule_dates", format!("`{name}` is no day: it is written YYYY-MM-DD."))
    })
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

async fn drafted(
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

/// A rule as a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleImport {
    /// A ULID that the client made, so that the same request drafts once.
    id: Option<String>,
    /// The file, TOML.
    #[schema(max_length = 60_000)]
    toml: String,
}

/// Drafts a version of a rule from its file.
#[utoipa::path(
    post,
    path = "/rules/import",
    tag = "rules",
    request_body = RuleImport,
    responses(
        (status = 201, description = "The draft.", body = RuleVersion),
        (status = 422, description = "The file is no rule.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn import_rule(
    State(app): State<App>,
    caller: Caller,
    Body(file): Body<RuleImport>,
) -> Result<(StatusCode, Json<RuleVersion>), Problem> {
    caller.may_somewhere(Action::EditRule)?;
    let rule = rule_file::read(&file.toml).map_err(|faults| {
        let said = faults
            .iter()
            .map(|one| format!("Line {}, column {}: {}", one.line, one.column, one.en));
        let code = match faults.first().and_then(|first| first.field.as_deref()) {
            Some("condition") => "rule_condition",
            Some(_) => "rule_text",
            None => "rule_file",
        };
        Problem::unusable(code, said.collect::<Vec<_>>().join(" "))
    })?;
    drafted(&app, &caller, (file.id, rule)).await
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

/// The version that is steered, if the caller may.
async fn steered(
    app: &App,
    caller: &Caller,
    (code, version): (&str, i64),
    action: Action,
) -> Result<(), Problem> {
    caller.may_somewhere(action)?;
    let versions = versions_of(app, caller, code).await?;
    match versions.iter().find(|one| one.version == version) {
        Some(kept) => may(caller, action, &kept.rule),
        None => Err(missing(code)),
    }
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
    let of = (code.as_str(), order.version);
    steered(&app, &caller, of, Action::EditRule).await?;
    let kept = acts::rule::shadow(&app.store, of, &order.reason, caller.by()).await?;
    Ok(Json(RuleVersion::of(&kept)))
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
    let of = (code.as_str(), order.version);
    steered(&app, &caller, of, Action::ApproveRule).await?;
    let kept = acts::rule::approve(&app.store, of, &order.reason, caller.by()).await?;
    Ok(Json(RuleVersion::of(&kept)))
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
    let of = (code.as_str(), order.version);
    steered(&app, &caller, of, Action::EditRule).await?;
    let kept = acts::rule::retire(&app.store, of, &order.reason, caller.by()).await?;
    Ok(Json(RuleVersion::of(&kept)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_go_and_come() {
        let said = |before: &str, after: &str| {
            let lines = lines_changed(before, after);
            lines.iter().map(|one| format!("{} {}", one.op, one.text)).collect::<Vec<_>>()
        };
        assert_eq!(said("a\nb\nc", "a\nx\nc"), ["same a", "removed b", "added x", "same c"]);
        assert_eq!(said("", "a"), ["added a"]);
        assert_eq!(said("a", ""), ["removed a"]);
    }

    #[test]
    fn places_are_counted_as_a_page_counts_them() {
        assert_eq!(units("커피🚢x", "커피🚢".len()), 4);
    }
}
