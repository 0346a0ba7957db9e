//! What went wrong, in one shape: a refusal becomes a 4xx with its sentence and the next step, and
//! everything else a 500 with an id that is also in the log. Nothing of the inside, such as a
//! query or a path, ever leaves with it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::refusal::{Refusal, refusal};

/// A request that was not done as asked.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    body: Box<ProblemBody>,
}

/// The body of every answer that is no success.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// What went wrong.
    error: Fault,
    /// What was kept or found all the same, where the operation says so.
    #[serde(flatten)]
    #[schema(ignore)]
    besides: serde_json::Map<String, Value>,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fault {
    /// The kind, for machines.
    code: String,
    /// What was refused and why, for people.
    said: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// The id under which the server's log has the details.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl Problem {
    /// A problem of this kind, with its sentence.
    pub fn new(status: StatusCode, code: &str, said: impl Into<String>) -> Problem {
        let error =
            Fault { code: code.to_owned(), said: said.into(), next: next_step(code), id: None };
        let body = ProblemBody { error, besides: serde_json::Map::new() };
        Problem { status, body: Box::new(body) }
    }

    /// Nothing of that name is there.
    pub fn missing(code: &str, said: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, code, said)
    }

    /// The request's content cannot be used.
    pub fn unusable(code: &str, said: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, said)
    }

    /// With another next step than the usual one of its kind.
    pub fn next(mut self, next: impl Into<String>) -> Problem {
        self.body.error.next = Some(next.into());
        self
    }

    /// With another status than the usual one of its kind.
    pub fn status(mut self, status: StatusCode) -> Problem {
        self.status = status;
        self
    }

    /// With something that was kept or found all the same.
    pub fn besides(mut self, name: &str, what: impl Serialize) -> Problem {
        if let Ok(value) = serde_json::to_value(what) {
            self.body.besides.insert(name.to_owned(), value);
        }
        self
    }

    /// The kind, for machines.
    pub fn code(&self) -> &str {
        &self.body.error.code
    }

    /// Something that should not have happened: told by an id, and logged with it.
    pub fn broken(what: &dyn std::fmt::Display) -> Problem {
        let id = ulid::Ulid::generate().to_string();
        tracing::error!(error.id = %id, "a request failed: {what}");
        let said = "Something went wrong that should not have; nothing was half done.";
        let mut problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", said);
        problem.body.error.next =
            Some(format!("Try again. If it stays, the operator finds {id} in the server's log."));
        problem.body.error.id = Some(id);
        problem
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Problem {
        match refusal(&error) {
            Some(Refusal { code, said }) => Problem::new(status_of(code), code, said.as_str()),
            None => Problem::broken(&format_args!("{error:#}")),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

/// The status of a refusal: missing, in conflict with how things stand, or not usable.
fn status_of(code: &str) -> StatusCode {
    match code {
        "no_plan" | "empty_journal" | "no_account" | "no_token" | "no_capacity" | "no_export"
        | "no_office" | "no_defect" | "no_consignment" | "no_rule" | "no_entity" | "no_record" => {
            StatusCode::NOT_FOUND
        }
        "too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "wrong_credentials" => StatusCode::UNAUTHORIZED,
        "locked" => StatusCode::TOO_MANY_REQUESTS,
        "own_account" | "own_capacity" | "own_export" => StatusCode::FORBIDDEN,
        "no_model" | "unusable_model" | "own_model" | "in_force" | "no_challenger"
        | "no_former" | "planned" | "plan_in_work" | "idempotency_key" | "name_taken"
        | "closed" | "has_totp" | "no_totp" | "decided" | "second_person" | "not_in_shadow"
        | "no_draft" | "rule_ended" | "id_taken" | "moved_meanwhile" | "hit_decided"
        | "list_ended" | "list_shrinks" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The usual next step of a kind, in terms of the API.
fn next_step(code: &str) -> Option<String> {
    let step = match code {
        "no_model" => {
            "Learn a model with `sumun learn`, look at its backtest at GET /api/v1/models, and put \
             it in force with POST /api/v1/models/{id}/approve."
        }
        "no_session" => {
            "Sign in with POST /api/v1/session, or send `Authorization: Bearer` with a token."
        }
        "no_account" => "GET /api/v1/accounts lists those there are.",
        "no_challenger" => "POST /api/v1/models/{id}/shadow puts a model beside the one in force.",
        "own_model" => "Let another person approve it.",
        "unknown_model" => "GET /api/v1/models lists those there are.",
        "no_plan" => "GET /api/v1/plans lists those there are.",
        "no_consignment" => "GET /api/v1/consignments?reference=NUMBER finds it by its number.",
        "no_entity" | "no_record" => "GET /api/v1/entities?q=WORDS finds those there are.",
        "moved_meanwhile" => {
            "GET /api/v1/entities/{id} and its history say how it stands: look at it again, and \
             order anew what is still wanted."
        }
        "id_taken" => "Make a ULID for each order, and keep it when you try again.",
        "plan_in_work" => "Plan another shift of the day, such as 2021-04-05/late.",
        "nothing_awaits" => {
            "Check the office's code and the shift's date, or send the day's consignments to POST \
             /api/v1/consignments."
        }
        "no_reason" => "Say in `reason` why.",
        "order_id" => "Make a ULID for each order, and keep it when you try again.",
        "reason_code" => "GET /api/v1/codes lists the reasons and the acts that they suit.",
        "no_question" => "Say in `question` what is asked.",
        "no_rule" => "GET /api/v1/rules lists those there are.",
        "rule_condition" => "POST /api/v1/rules/check tells every mistake with its place.",
        "not_in_shadow" => "POST /api/v1/rules/{code}/shadow puts a draft in shadow.",
        "second_person" => "Let another person do it.",
        "hit_decided" => "Read the hit again, and send `instead_of` with the id of what counts.",
        "list_ended" => "Send in `reopen` why it counts again, or import under another name.",
        "list_shrinks" => {
            "Send `replace`: true if it is the right file; `dry_run`: true says what would happen."
        }
        "no_view" => "GET /api/v1/views lists your own.",
        "empty_journal" => "The first act makes the first checkpoint.",
        "idempotency_key" => "Send a new Idempotency-Key with a new body.",
        "no_route" | "method" => "GET /api/openapi.json says what there is.",
        "body" | "query" => "GET /api/openapi.json says what the operation takes.",
        "content_type" => "Send the header `content-type` that the operation takes.",
        "too_large" => "Send smaller batches.",
        "cursor" => "Send `next` of the page before, unchanged, or leave the cursor out.",
        _ => return None,
    };
    Some(step.to_owned())
}
