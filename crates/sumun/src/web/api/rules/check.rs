//! A condition is checked while one types it, and counted on the latest consignments.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::rule;
use utoipa::ToSchema;

use super::trial::tried;
use crate::pipeline::trial::Sampled;
use crate::web::api::Said;
use crate::web::api::words::Modality;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Body;
use crate::web::{App, Problem};

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
    /// Days on which anything arrived.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_a_page_counts_them() {
        assert_eq!(units("커피🚢x", "커피🚢".len()), 4);
    }
}
