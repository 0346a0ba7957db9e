//! Codes: every list that people choose from, with what each entry is called, so that forms and
//! tables speak the server's words.

use axum::Json;
use serde::Serialize;
use targeting::code_lists::{self, Coded};
use targeting::decision::REASON_CODES;
use utoipa::ToSchema;

use super::Said;
use super::words::Act;
use crate::web::problem::ProblemBody;

/// One entry of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Code {
    /// What is kept.
    #[schema(example = "container_wall")]
    code: String,
    /// What it is called.
    said: Said,
}

/// A reason that may be given for a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonCode {
    /// What is kept.
    #[schema(example = "documents_differ")]
    code: String,
    /// The acts that it suits.
    acts: Vec<Act>,
    /// Whether words of one's own have to be added.
    needs_text: bool,
    /// What it says.
    said: Said,
}

/// Every list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Codes {
    /// Reasons of decisions.
    reason_codes: Vec<ReasonCode>,
    /// Where contraband was hidden.
    concealment_places: Vec<Code>,
    /// How contraband was hidden.
    concealment_methods: Vec<Code>,
    /// How a find came to light.
    detection_methods: Vec<Code>,
    /// Why nobody looked.
    not_examined_reasons: Vec<Code>,
    /// What is seized.
    substances: Vec<Code>,
    /// In what it is counted.
    units: Vec<Code>,
    /// Ways of examining.
    modalities: Vec<Code>,
    /// Lanes of selectivity.
    lanes: Vec<Code>,
    /// Why a consignment is inspected.
    channels: Vec<Code>,
}

fn list(of: &[Coded]) -> Vec<Code> {
    of.iter()
        .map(|one| Code { code: one.code.to_owned(), said: Said::new(one.ko, one.en) })
        .collect()
}

/// Reads every list that people choose from.
#[utoipa::path(
    get,
    path = "/codes",
    tag = "desk",
    responses(
        (status = 200, description = "The lists.", body = Codes),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_codes() -> Json<Codes> {
    Json(Codes {
        reason_codes: REASON_CODES
            .iter()
            .map(|reason| ReasonCode {
                code: reason.code.to_owned(),
                acts: reason.acts.iter().map(|&act| act.into()).collect(),
                needs_text: reason.needs_text,
                said: Said::new(reason.ko, reason.en),
            })
            .collect(),
        concealment_places: list(&code_lists::CONCEALMENT_PLACES),
        concealment_methods: list(&code_lists::CONCEALMENT_METHODS),
        detection_methods: list(&code_lists::DETECTION_METHODS),
        not_examined_reasons: list(&code_lists::NOT_EXAMINED_REASONS),
        substances: list(&code_lists::SUBSTANCES),
        units: list(&code_lists::UNITS),
        modalities: list(&code_lists::MODALITIES),
        lanes: list(&code_lists::LANES),
        channels: list(&code_lists::CHANNELS),
    })
}
