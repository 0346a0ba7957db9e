//! Outcomes: officers report what inspections came to, one or many at a time. How a report finds
//! its consignment and its plan: `acts/record.rs`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::outcome;
use utoipa::ToSchema;

use super::inspections::PhotoTaken;
use super::time;
use super::words::{Channel, DetectionMethod, Modality, Outcome};
use crate::acts::record::{self, Report};
use crate::rights::Circumstances;
use crate::store::outcomes;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Body;
use crate::web::{App, Problem};

/// The most reports of one request.
const REPORTS: usize = 5_000;
/// The longest text of a report.
const TEXT_LENGTH: usize = 4_000;

/// Reports of outcomes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// The reports; a seizure of several substances has one for each.
    #[schema(max_items = 5_000)]
    outcomes: Vec<OutcomeReport>,
    /// Puts a differing report in the place of the recorded one, as a new revision.
    #[serde(default)]
    correct: bool,
}

/// What one inspection came to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeReport {
    /// The source's number of the declaration.
    declaration_id: String,
    /// Whose number it is; only needed when several sources use the same one.
    #[serde(default)]
    source: String,
    /// What it came to.
    outcome: Outcome,
    /// What was found; or why nobody looked: never_arrived, bill_deleted, waived,
    /// scored_after_release or no_capacity.
    #[serde(default)]
    reason: String,
    /// How a find came to light; required for discrepancies and seizures.
    detection_method: Option<DetectionMethod>,
    /// What it was examined with.
    modality: Option<Modality>,
    /// Officer-minutes spent.
    minutes: Option<u32>,
    /// Day of the examination; the shift's when left out.
    #[schema(format = Date)]
    decided_on: Option<String>,
    /// Who examined; whoever sends the report when left out.
    #[serde(default)]
    officer: String,
    /// Substance found.
    #[serde(default)]
    substance: String,
    /// Quantity in `unit`.
    quantity: Option<f64>,
    /// Unit of the quantity, such as g, kg, l or tablet.
    #[serde(default)]
    unit: String,
    /// Mass in grams of one `unit`, for units that are no mass.
    unit_mass_g: Option<f64>,
    /// Where and how it was hidden.
    #[serde(default)]
    concealment: String,
}

impl OutcomeReport {
    /// The report as a row of a table of outcomes, which is what `acts/record.rs` reads.
    fn row(&self) -> Report {
        fn text(value: Option<impl ToString>) -> String {
            value.map(|value| value.to_string()).unwrap_or_default()
        }
        Report {
            declaration_id: self.declaration_id.clone(),
            source: self.source.clone(),
            outcome: self.outcome.as_str().to_owned(),
            reason: self.reason.clone(),
            detection_method: text(self.detection_method.map(outcome::DetectionMethod::from)),
            modality: text(self.modality.map(outcome::Modality::from)),
            minutes: text(self.minutes),
            decided_on: text(self.decided_on.as_ref()),
            officer: self.officer.clone(),
            substance: self.substance.clone(),
            quantity: text(self.quantity),
            unit: self.unit.clone(),
            unit_mass_g: text(self.unit_mass_g),
            concealment: self.concealment.clone(),
        }
    }

    fn texts(&self) -> [&str; 9] {
        [
            &self.declaration_id,
            &self.source,
            &self.reason,
            &self.officer,
            &self.substance,
            &self.unit,
            &self.concealment,
            self.decided_on.as_deref().unwrap_or_default(),
            self.outcome.as_str(),
        ]
    }
}

/// What recording came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    /// Consignments with a new outcome.
    recorded: u64,
    /// Outcomes that took the place of an earlier one.
    corrected: u64,
    /// Outcomes that were known already.
    unchanged: u64,
    /// Reports that were not recorded; they spoil no other.
    refused: Vec<RefusedReport>,
}

/// A report that was not recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedReport {
    /// Its place in the request, from 1.
    line: u64,
    /// The declaration that it names.
    declaration_id: String,
    /// Why, and what to do.
    reason: String,
}

/// Records what inspections came to.
///
/// A report that comes again changes nothing. A report that cannot be recorded is refused with
/// its reason and spoils no other; when none of them could be recorded the answer is 422.
#[utoipa::path(
    post,
    path = "/outcomes",
    tag = "outcomes",
    request_body = Reports,
    responses(
        (status = 200, description = "What recording came to.", body = Recorded),
        (status = 422, description = "No report could be recorded.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn record_outcomes(
    State(app): State<App>,
    caller: Caller,
    Body(reports): Body<Reports>,
) -> Result<Json<Recorded>, Problem> {
    // Some may record what a released plan drew, and nothing else.
    let drawn = caller.offices_when(Action::RecordOutcome, Circumstances::DRAWN)?;
    let whole = caller.offices_or_none(Action::RecordOutcome, Circumstances::default())?;
    if reports.outcomes.len() > REPORTS || reports.outcomes.is_empty() {
        return Err(Problem::unusable(
            "too_many",
            format!("The request has {} reports.", reports.outcomes.len()),
        )
        .next(format!("Send 1 to {REPORTS} at a time.")));
    }
    for (line, report) in (1..).zip(&reports.outcomes) {
        let fits = |text: &&str| !text.contains('\0') && text.chars().count() <= TEXT_LENGTH;
        if !report.texts().iter().all(fits) {
            return Err(Problem::unusable(
                "text",
                format!(
                    "A text of report {line} has more than {TEXT_LENGTH} characters, or the \
                     character NUL."
                ),
            ));
        }
    }
    let rows: Vec<(u64, Report)> =
        (1..).zip(reports.outcomes.iter().map(OutcomeReport::row)).collect();
    let own = (!whole.all()).then_some(record::Own { whole: &whole, drawn: &drawn });
    let done = record::record_own(&app.store, &rows, reports.correct, own, caller.by()).await?;
    let refused: Vec<RefusedReport> = done
        .refused
        .into_iter()
        .map(|one| RefusedReport {
            line: one.line,
            declaration_id: one.declaration_id,
            reason: one.reason,
        })
        .collect();
    let kept = done.recorded + done.corrected + done.unchanged;
    if let (0, Some(first)) = (kept, refused.first()) {
        return Err(Problem::unusable(
            "nothing_recorded",
            format!("No outcome was recorded: {}.", first.reason),
        )
        .next("Mend the reports and send them again.")
        .besides("refused", refused));
    }
    Ok(Json(Recorded {
        recorded: done.recorded as u64,
        corrected: done.corrected as u64,
        unchanged: done.unchanged as u64,
        refused,
    }))
}

/// A recorded outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RecordedOutcome)]
pub struct KeptOutcome {
    /// Counted from 1; the last revision counts.
    revision: i64,
    /// What it came to.
    outcome: Outcome,
    /// What was found, or why nobody looked.
    reason: String,
    /// By which channel it came about; none where nobody recorded it.
    channel: Option<Channel>,
    /// The plan that drew it, if one did.
    #[schema(example = "P-7")]
    plan: Option<String>,
    /// Day on which it became known.
    #[schema(format = Date)]
    known_on: String,
    /// When it was recorded.
    recorded_at: String,
    /// Who examined.
    officer: String,
    /// What it was examined with.
    modality: Option<Modality>,
    /// Officer-minutes spent.
    minutes: Option<u32>,
    /// How the find came to light.
    detection_method: Option<DetectionMethod>,
    /// Where and how it was hidden.
    concealment: String,
    /// What was seized.
    exhibits: Vec<Exhibit>,
    /// When it was examined, where a device told it.
    examined_at: Option<String>,
    /// Where it lay: a code of the list of places, or empty.
    place: String,
    /// How it was hidden: a code of the list of methods, or empty.
    method: String,
    /// The officer's note.
    note: String,
    /// Pictures.
    photos: Vec<PhotoTaken>,
}

/// One line of contraband with its original quantity and unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Exhibit {
    /// Substance or goods, in the officer's words.
    substance: String,
    /// Quantity in `unit`.
    quantity: f64,
    /// Original unit.
    unit: String,
    /// Mass in kilograms that the quantity counts for.
    kg_equivalent: Option<f64>,
    /// The conversion used for it.
    conversion: String,
}

impl From<&outcomes::KeptOutcome> for KeptOutcome {
    fn from(kept: &outcomes::KeptOutcome) -> KeptOutcome {
        let inspection = &kept.inspection;
        let (word, reason, seizure) = match &inspection.result {
            outcome::Outcome::Clear => (Outcome::Clear, String::new(), None),
            outcome::Outcome::Discrepancy { finding } => {
                (Outcome::Discrepancy, finding.clone(), None)
            }
            outcome::Outcome::Seizure(seizure) => (Outcome::Seizure, String::new(), Some(seizure)),
            outcome::Outcome::NotExamined { reason } => {
                (Outcome::NotExamined, reason.to_string(), None)
            }
        };
        let evidence = inspection.evidence.as_deref().cloned().unwrap_or_default();
        KeptOutcome {
            examined_at: evidence.examined_at.map(time),
            place: evidence.place.to_string(),
            method: evidence.method.to_string(),
            note: evidence.note,
            photos: evidence
                .photos
                .iter()
                .map(|photo| PhotoTaken {
                    sha256: photo.sha256.to_string(),
                    taken_at: time(photo.taken_at),
                })
                .collect(),
            revision: kept.revision,
            outcome: word,
            reason,
            channel: kept.channel.map(Into::into),
            plan: kept.plan_id.map(|id| format!("P-{id}")),
            known_on: kept.known_on.to_string(),
            recorded_at: time(kept.recorded_at),
            officer: inspection.officer.to_string(),
            modality: inspection.modality.map(Into::into),
            minutes: inspection.minutes,
            detection_method: inspection.detection_method.map(Into::into),
            concealment: seizure.map(|one| one.concealment.clone()).unwrap_or_default(),
            exhibits: seizure
                .into_iter()
                .flat_map(|one| &one.exhibits)
                .map(|exhibit| Exhibit {
                    substance: exhibit.substance.clone(),
                    quantity: exhibit.quantity,
                    unit: exhibit.unit.to_string(),
                    kg_equivalent: exhibit.kg_equivalent,
                    conversion: exhibit.conversion.clone(),
                })
                .collect(),
        }
    }
}

/// A time of a request in microseconds since 1970-01-01 UTC.
pub(super) fn micros(field: &str, text: &str) -> Result<i64, Problem> {
    let time: Result<jiff::Timestamp, _> = text.trim().parse();
    time.map(jiff::Timestamp::as_microsecond).map_err(|_| {
        Problem::unusable(
            "unusable_time",
            format!("{field} is no time with its offset, such as 2026-11-25T14:30:00+09:00."),
        )
    })
}
