//! A rule as a file, as it is reviewed outside.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::RuleVersion;
use super::life::drafted;
use crate::rule_file;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Body;
use crate::web::{App, Problem};

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
