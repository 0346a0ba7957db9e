//! What conditions are written with: fields, indicators and functions.

use axum::Json;
use serde::Serialize;
use targeting::indicator;
use targeting::rule::{FUNCTIONS, FieldKind, MAX_CHARACTERS, MAX_DEPTH, fields};
use utoipa::ToSchema;

use super::RuleRead;
use crate::web::Problem;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;

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
