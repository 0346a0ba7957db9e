//! One rule: its versions, what was done to it, and what changed from one version to another.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::rule::Rule;
use utoipa::{IntoParams, ToSchema};

use super::list::RuleSummary;
use super::{RuleVersion, may, missing, versions_of};
use crate::pipeline::rules as at_work;
use crate::rule_file;
use crate::store::rules;
use crate::web::api::time;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Named};
use crate::web::{App, Problem};

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
    let cards = app.cards.get(&app.store, now).await?;
    let mut tx = app.store.read().await?;
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
}
