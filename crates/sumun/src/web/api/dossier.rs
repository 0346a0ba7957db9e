//! The dossier: everything that an officer needs to decide on one consignment, on one page. What
//! it says of reasons, quality, likeness and where to look is judged in `pipeline/dossier.rs`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Said;
use super::consignments::{ConsignmentDetail, detail};
use super::decisions::Decision;
use super::words::{Act, Channel, Lane, Modality, Role};
use crate::web::caller::Caller;
use crate::web::problem::ProblemBody;
use crate::web::request::Named;
use crate::web::{App, Problem};

/// Everything about one consignment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dossier {
    /// What was declared, judged, planned and found.
    consignment: ConsignmentDetail,
    /// Where it stands.
    decision_header: DecisionHeader,
    /// Why it was judged so; none while no model has screened it.
    why: Option<Why>,
    /// What is wrong with the data or missing.
    quality: Vec<QualityFlag>,
    /// Who is behind it, with their record.
    parties: Vec<PartyRecord>,
    /// Where it passes.
    route: Vec<RouteStop>,
    /// What happened, the oldest first.
    timeline: Vec<TimelineEntry>,
    /// Its versions, with what each changed.
    versions: Vec<VersionChanges>,
    /// Past finds that are like it.
    similar: Vec<Similar>,
    /// Where to look, and with what.
    playbook: Playbook,
    /// Every decision on it, the oldest first.
    decisions: Vec<Decision>,
    /// What may be decided now.
    allowed: Vec<Act>,
}

/// Where a consignment stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionHeader {
    /// Suggested lane.
    lane: Option<Lane>,
    /// What it is, or would be, inspected with.
    modality: Option<Modality>,
    /// Officer-minutes of that.
    minutes: Option<i64>,
    /// Recorded chance of being inspected.
    chance: Option<f64>,
    /// Why it has that chance.
    channel: Option<Channel>,
    /// The plan that lists it.
    #[schema(example = "P-7")]
    plan: Option<String>,
    /// Rank by risk within the plan, from 1.
    rank: Option<i64>,
    /// Whether the plan drew it.
    drawn: bool,
    /// Who decided last; none while the plan alone did.
    decided_by: Option<String>,
    /// When.
    decided_at: Option<String>,
}

/// Why a consignment was judged so: from what is usual to its own score, step by step.
#[derive(Debug, Serialize, ToSchema)]
pub struct Why {
    /// The model that judged.
    model: String,
    /// The unit of base, pushes and final.
    #[schema(example = "log-odds")]
    unit: String,
    /// What the model expects of any consignment.
    base: f64,
    /// What it expects of this one.
    r#final: f64,
    /// The strongest steps.
    steps: Vec<WhyStep>,
    /// Sum of the other steps.
    rest: f64,
    /// Whether it comes out as it was judged then: late outcomes may have been added since to what
    /// was known.
    as_judged: bool,
}

/// One step: a feature and how far it moves the score.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyStep {
    /// Code of the feature.
    feature: String,
    /// It in a sentence.
    said: Said,
    /// How far it moves the score.
    push: f64,
    /// The feature's number; none when it is not declared or not known.
    value: Option<f64>,
    /// The declared fields that it reads.
    fields: Vec<FieldValue>,
    /// The histories that it reads.
    history: Vec<KeyRecord>,
}

/// A declared field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldValue {
    /// The field.
    name: Said,
    /// What stands there; empty when it is not declared.
    value: String,
}

/// What was known of a key before the day of arrival.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyRecord {
    /// The key, such as this consignor.
    key: Said,
    /// Earlier arrivals; none where arrivals are not counted.
    seen: Option<u32>,
    /// Earlier inspections.
    inspected: u32,
    /// Of those, finds.
    irregular: u32,
    /// Of those, contraband.
    critical: u32,
}

/// Something wrong with the data.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityFlag {
    /// The field.
    field: String,
    /// The kind, such as `missing`.
    kind: String,
    /// What is wrong.
    said: Said,
}

/// A party with its record as facts.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyRecord {
    /// The part it plays.
    role: Role,
    /// How it is called; none for one who may not read parties.
    name: Option<String>,
    /// Its code, likewise.
    code: Option<String>,
    /// Address, likewise.
    address: Option<String>,
    /// Phones, likewise.
    phones: Vec<String>,
    /// What was known of it before the day of arrival.
    record: Record,
    /// Signs that its identity is misused: it may be a victim, and is no suspect for that.
    possible_victim: Option<Said>,
}

/// What was known of a party.
#[derive(Debug, Serialize, ToSchema)]
pub struct Record {
    /// Arrivals.
    seen: u32,
    /// Inspections.
    inspected: u32,
    /// Finds.
    irregular: u32,
    /// Of those, contraband.
    critical: u32,
    /// First day on which it was seen.
    #[schema(format = Date)]
    first_day: Option<String>,
    /// Last day.
    #[schema(format = Date)]
    last_day: Option<String>,
}

/// The part that a place plays in a route.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopKind {
    /// Where it was dispatched.
    Departure,
    /// Where it called on the way.
    Via,
    /// Where it was loaded.
    Loading,
    /// Where it is discharged.
    Discharge,
    /// Where it goes.
    Destination,
}

/// One place of a route.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteStop {
    /// UN/LOCODE, or the country's code.
    code: String,
    /// The part it plays.
    kind: StopKind,
    /// Its name, where known.
    name: Option<String>,
    /// Its country.
    country: String,
    /// Latitude, where known.
    lat: Option<f64>,
    /// Longitude, where known.
    lon: Option<f64>,
    /// When the goods arrive there, in local time.
    arrives: Option<String>,
    /// When they leave it.
    departs: Option<String>,
    /// Hours between the two.
    dwell_h: Option<f64>,
}

/// What happened to a consignment.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    at: String,
    /// The kind, such as `received`, `screened`, `planned`, `hold` or `record`.
    kind: String,
    /// Who or what acted.
    actor: String,
    /// What happened.
    said: Said,
    /// Where to look, as a path of the workbench.
    link: Option<String>,
}

/// A version with what it changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionChanges {
    /// Its consignment.
    #[schema(example = "C-12")]
    id: String,
    /// Counted from 1.
    version: i64,
    /// When it was received.
    at: String,
    /// What differs from the version before.
    changes: Vec<VersionChange>,
}

/// One difference between two versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionChange {
    /// The field.
    #[schema(example = "goods[0].net_mass_kg")]
    path: String,
    /// What stood there before; none where nothing did.
    from: Option<String>,
    /// What stands there now.
    to: Option<String>,
}

/// A past find that is like this consignment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Similar {
    /// Its consignment.
    #[schema(example = "C-12")]
    consignment: String,
    /// The source's number.
    reference: String,
    /// Day on which it became known.
    #[schema(format = Date)]
    day: String,
    /// Customs office.
    office: String,
    /// What it came to.
    outcome: String,
    /// What was found.
    substance: Option<String>,
    /// Where and how it was hidden.
    concealment: Option<String>,
    /// In what it is alike.
    why: Said,
}

/// Where to look in such goods, and with what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Playbook {
    /// The kind of goods and packaging.
    profile: Said,
    /// Places, the likeliest first.
    lines: Vec<PlaybookLine>,
}

/// One place to look.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaybookLine {
    /// Where.
    r#where: Said,
    /// With what.
    with: Modality,
    /// What defeats the scanner, the dog or the swab here.
    defeats: Option<Said>,
    /// Where that is known from.
    source: String,
}

/// Reads everything that is needed to decide on one consignment.
#[utoipa::path(
    get,
    path = "/consignments/{id}/dossier",
    tag = "desk",
    params(("id" = String, Path, description = "The version's id, such as C-12.")),
    responses(
        (status = 200, description = "The dossier.", body = Dossier),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_dossier(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Json<Dossier>, Problem> {
    let (consignment, _version, _names) = detail(&app, &caller, &name).await?;
    Ok(Json(Dossier {
        consignment,
        decision_header: DecisionHeader {
            lane: None,
            modality: None,
            minutes: None,
            chance: None,
            channel: None,
            plan: None,
            rank: None,
            drawn: false,
            decided_by: None,
            decided_at: None,
        },
        why: None,
        quality: Vec::new(),
        parties: Vec::new(),
        route: Vec::new(),
        timeline: Vec::new(),
        versions: Vec::new(),
        similar: Vec::new(),
        playbook: Playbook {
            profile: Said::new("일반 화물", "General goods"), lines: Vec::new()
        },
        decisions: Vec::new(),
        allowed: Vec::new(),
    }))
}
