//! The dock: what a shift has to open, in the order in which one walks, and the reports that come
//! back from there, perhaps long after and twice. How a report is recorded: `acts/inspect.rs`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::consignment::{Consignment, ConsignmentId};
use targeting::decision::Act;
use targeting::outcome::{Evidence, Photo};
use targeting::party::Role;
use targeting::playbook::playbook;
use utoipa::{IntoParams, ToSchema};

use super::ReasonSaid;
use super::decisions::Decision;
use super::dossier::PlaybookLine;
use super::outcomes::{KeptOutcome, micros};
use super::plans::steps_of;
use super::queue::{AmendedSince, is_waiver_undone};
use super::time;
use super::words::{DetectionMethod, Lane, Modality, Outcome};
use crate::acts::inspect::{self, DockReport, Ended, Seized};
use crate::rights::Circumstances;
use crate::store::consignments::{Amendment, Version};
use crate::store::decisions::KeptDecision;
use crate::store::plans::{KeptPlan, KeptSelection};
use crate::store::{Tx, assessments, consignments, decisions, outcomes, plans};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body};
use crate::web::{App, Problem};

/// The most pictures and the most exhibits of one report.
const MANY: usize = 100;
/// The longest text of a report.
const TEXT_LENGTH: usize = 4_000;

/// A shift's inspections.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inspections {
    /// Customs office.
    office: String,
    /// The shifts of that day that have a plan.
    shifts: Vec<String>,
    /// The one that is shown.
    shift: String,
    /// From when on those who inspect may see it; none without a plan.
    released_at: Option<String>,
    /// Whether that time has come.
    released: bool,
    /// What is to be opened, in walking order: by place where a message tells it, then by
    /// container, bill and reference.
    items: Vec<DockItem>,
}

/// One consignment that is to be opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct DockItem {
    /// The version that was drawn.
    #[schema(example = "C-12")]
    consignment: String,
    /// The source's number.
    reference: String,
    /// Numbers of bills and postal items.
    bills: Vec<String>,
    /// Numbers of containers.
    containers: Vec<String>,
    /// The plan that drew it.
    plan: String,
    /// Its place in walking order, from 1.
    position: u64,
    /// Where it stands, where a message tells it.
    place: Option<String>,
    /// What it is to be examined with.
    modality: Modality,
    /// The steps in order, where there are several.
    steps: Vec<Modality>,
    /// Officer-minutes planned.
    minutes: i64,
    /// Suggested lane; none when it was not screened.
    lane: Option<Lane>,
    /// What it is said to be.
    goods: DockGoods,
    /// Packages declared.
    packages: Option<u32>,
    /// Who sends it: name or code; none for those who may not read that.
    consignor: Option<String>,
    /// Who receives it, likewise.
    consignee: Option<String>,
    /// Why it is here, the strongest first.
    reasons: Vec<ReasonSaid>,
    /// Where to look, with what, and what defeats other means there.
    playbook: Vec<PlaybookLine>,
    /// What an officer decided about it, where that counts.
    decision: Option<Decision>,
    /// What came of it so far.
    outcome: Option<KeptOutcome>,
    /// What its sender declared since it was drawn; it is opened all the same.
    amended: Option<AmendedSince>,
}

/// The goods of a consignment in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct DockGoods {
    /// HS code of the main item.
    hs: Option<String>,
    /// Its description.
    description: String,
    /// Its origin.
    origin: Option<String>,
    /// Goods items.
    items: u64,
    /// Value of the main item.
    value: Option<f64>,
    /// Its currency.
    currency: Option<String>,
    /// Net mass of all items in kilograms.
    net_mass_kg: Option<f64>,
}

impl DockGoods {
    fn of(consignment: &Consignment) -> DockGoods {
        let main = consignment.main_goods();
        let masses: Vec<f64> =
            consignment.goods.iter().filter_map(|item| Some(item.net_mass_g?.kg())).collect();
        DockGoods {
            hs: main.and_then(|item| item.hs).map(|hs| hs.to_string()),
            description: main.map(|item| item.description.to_string()).unwrap_or_default(),
            origin: main.and_then(|item| item.origin).map(|origin| origin.to_string()),
            items: consignment.goods.len() as u64,
            value: main.and_then(|item| item.value).map(|value| value.units()),
            currency: main.and_then(|item| item.value?.currency).map(|code| code.to_string()),
            net_mass_kg: (!masses.is_empty()).then(|| masses.iter().sum()),
        }
    }
}

/// Which inspections are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichInspections {
    /// Customs office.
    office: String,
    /// Day of the shift.
    #[param(format = Date)]
    day: String,
    /// The shift as plans write it; the day's first when left out.
    shift: Option<String>,
}

/// Lists what a shift has to open, in walking order.
#[utoipa::path(
    get,
    path = "/inspections",
    tag = "inspections",
    params(WhichInspections),
    responses(
        (status = 200, description = "The list.", body = Inspections),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_inspections(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichInspections>,
) -> Result<Json<Inspections>, Problem> {
    caller.may_somewhere(Action::ReadPlan)?;
    let day: Day = asked.day.parse().map_err(|error: targeting::codes::CodeError| {
        Problem::unusable("day", format!("{error}."))
    })?;
    let office = asked.office.as_str();
    let at_once = caller.can(Action::ReadPlan, office, Circumstances::default())?;
    let released = caller.can(Action::ReadPlan, office, Circumstances::DRAWN)?;
    let mut tx = app.store.read().await?;
    // Outside one's offices there is nothing.
    let all = match at_once || released {
        true => plans::of_day(&mut tx, std::slice::from_ref(&asked.office), day).await?,
        false => Vec::new(),
    };
    let mut shifts: Vec<String> = all.iter().map(|plan| plan.shift.clone()).collect();
    shifts.sort();
    shifts.dedup();
    let first = shifts.first().cloned().unwrap_or_else(|| asked.day.clone());
    let shift = asked.shift.unwrap_or(first);
    let of_shift: Vec<&KeptPlan> = all.iter().filter(|plan| plan.shift == shift).collect();
    let released_at = of_shift.iter().map(|plan| plan.released_at()).max();
    let now = crate::config::now();
    let mut items = Vec::new();
    for plan in &of_shift {
        if at_once || plan.released_at() <= now {
            items.extend(items_of(&mut tx, plan).await?);
        }
    }
    drop(tx);
    if !caller.can(Action::ReadParty, office, Circumstances::default())? {
        for item in &mut items {
            (item.consignor, item.consignee) = (None, None);
        }
    }
    walk(&mut items);
    // Whoever searches the journal before the release must not find there what was drawn.
    let plans: Vec<String> = of_shift.iter().map(|plan| format!("P-{}", plan.id)).collect();
    app.reads.saw(&caller, "read inspections", &plans).await?;
    Ok(Json(Inspections {
        shifts,
        shift,
        released_at: released_at.map(time),
        released: released_at.is_some_and(|at| at <= now),
        items,
        office: asked.office,
    }))
}

/// The drawn consignments of a plan.
async fn items_of(tx: &mut Tx, plan: &KeptPlan) -> Result<Vec<DockItem>, Problem> {
    let lines = plans::to_open(tx, plan.id).await?;
    let ids: Vec<i64> = lines.iter().map(|line| line.consignment_id).collect();
    let mut stored: HashMap<i64, Version> =
        consignments::described(tx, &ids).await?.into_iter().map(|one| (one.id, one)).collect();
    let firsts: Vec<i64> = stored.values().map(|version| version.first_id).collect();
    let decided = decisions::in_force(tx, &firsts).await?;
    let judged = assessments::of(tx, &ids, plan.model_id.as_deref()).await?;
    let judged: HashMap<i64, assessments::KeptAssessment> =
        judged.into_iter().map(|one| (one.consignment_id, one)).collect();
    // The last revision comes last, and stays.
    let mut came: HashMap<i64, outcomes::KeptOutcome> =
        outcomes::of(tx, &ids).await?.into_iter().map(|one| (one.consignment_id, one)).collect();
    came.retain(|_, outcome| !is_waiver_undone(outcome));
    let amended = consignments::amended(tx, &ids).await?;
    let steps = steps_of(plan)?;
    let mut items = Vec::with_capacity(lines.len());
    for line in &lines {
        let Some(version) = stored.remove(&line.consignment_id) else { continue };
        let known = Known {
            judged: judged.get(&line.consignment_id),
            came: came.get(&line.consignment_id),
            decided: decided.get(&version.first_id),
            amended: amended.get(&version.id),
        };
        items.push(item(plan, line, &version.consignment, &known, &steps)?);
    }
    Ok(items)
}

/// What is known of a consignment that is to be opened.
struct Known<'k> {
    judged: Option<&'k assessments::KeptAssessment>,
    came: Option<&'k outcomes::KeptOutcome>,
    decided: Option<&'k KeptDecision>,
    amended: Option<&'k Amendment>,
}

fn item(
    plan: &KeptPlan,
    line: &KeptSelection,
    consignment: &Consignment,
    known: &Known<'_>,
    known_steps: &HashMap<String, Vec<Modality>>,
) -> Result<DockItem, Problem> {
    let Known { judged, came, decided, amended } = known;
    let documents = &consignment.documents;
    let bills = [documents.master_bill.as_str(), &documents.house_bill, &documents.declaration]
        .into_iter()
        .map(str::to_owned)
        .chain(documents.postal_item.map(|item| item.to_string()))
        .filter(|bill| !bill.is_empty() && *bill != consignment.reference)
        .collect();
    // An officer's order takes the place of what the plan says.
    let ordered = decided.filter(|decided| decided.act == Act::Inspect);
    let with = ordered.and_then(|ordered| ordered.modality.as_deref());
    let modality: targeting::outcome::Modality =
        with.unwrap_or(&line.modality).parse().map_err(anyhow::Error::from)?;
    let minutes = ordered.and_then(|ordered| ordered.minutes).unwrap_or(line.minutes);
    let decision = decided.map(|one| Decision::of(one, crate::config::now())).transpose()?;
    let packages = consignment.goods.iter().filter_map(|item| item.packages);
    let party = |role| {
        let party = consignment.party(role)?;
        let name = party.contact.as_deref().map(|contact| contact.name.as_str());
        name.filter(|name| !name.is_empty())
            .or(Some(party.code.as_str()).filter(|code| !code.is_empty()))
            .map(str::to_owned)
    };
    let steps = line.bundle.as_ref().filter(|_| with.is_none());
    let steps = steps.and_then(|bundle| known_steps.get(bundle)).cloned();
    Ok(DockItem {
        consignment: ConsignmentId(line.consignment_id).to_string(),
        reference: consignment.reference.to_string(),
        bills,
        containers: consignment.equipment.iter().map(|unit| unit.number.to_string()).collect(),
        plan: format!("P-{}", plan.id),
        position: 0,
        place: place(consignment),
        modality: modality.into(),
        steps: steps.unwrap_or_else(|| vec![modality.into()]),
        minutes,
        lane: judged.map(|judged| judged.assessment.lane.into()),
        goods: DockGoods::of(consignment),
        packages: packages.clone().next().map(|_| packages.sum()),
        consignor: party(Role::Consignor),
        consignee: party(Role::Consignee),
        reasons: judged
            .map(|judged| judged.assessment.reasons.iter().take(3).map(ReasonSaid::from).collect())
            .unwrap_or_default(),
        playbook: PlaybookLine::all(&playbook(consignment)),
        decision,
        outcome: came.map(KeptOutcome::from),
        amended: amended.map(AmendedSince::from),
    })
}

/// Where a consignment stands: in the terminal or warehouse that a document names, else on board.
fn place(consignment: &Consignment) -> Option<String> {
    /// Parts that a place plays where goods lie, in the words of readers and as documents' codes:
    /// UN/EDIFACT 3227 has 14 for the location of goods, 145 for the terminal's area, 147 for a
    /// cell on board, 18 for a warehouse and 150 and 151 for areas of a terminal.
    const LIES: [&str; 10] =
        ["warehouse", "location", "terminal", "berth", "14", "18", "145", "150", "151", "147"];
    let places = &consignment.route.places;
    let named = LIES.iter().find_map(|role| {
        let place = places.iter().find(|place| place.role == *role)?;
        let said = if place.name.is_empty() { place.code.to_string() } else { place.name.clone() };
        (!said.is_empty()).then_some(said)
    });
    let stowed = consignment.equipment.iter().map(|unit| unit.stowage.as_str());
    named.or_else(|| stowed.into_iter().find(|at| !at.is_empty()).map(str::to_owned))
}

/// Puts items into walking order and counts them.
fn walk(items: &mut [DockItem]) {
    items.sort_by_cached_key(|item| {
        let first = |of: &[String]| of.first().cloned().unwrap_or_default();
        let unknown = item.place.is_none();
        let place = item.place.clone().unwrap_or_default();
        (unknown, place, first(&item.containers), first(&item.bills), item.reference.clone())
    });
    for (position, item) in (1..).zip(items) {
        item.position = position;
    }
}

/// What an inspection came to, as a device sends it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionReport {
    /// An id that the device made, such as a ULID: the same report sent again changes nothing.
    #[schema(min_length = 1, max_length = 100)]
    id: String,
    /// The version that was examined.
    #[schema(example = "C-12")]
    consignment: String,
    /// What it came to.
    outcome: Outcome,
    /// What was wrong; or why nobody looked: never_arrived, bill_deleted, waived,
    /// scored_after_release or no_capacity.
    #[serde(default)]
    reason: String,
    /// How a find came to light; required for discrepancies and seizures.
    detection_method: Option<DetectionMethod>,
    /// What it was examined with.
    modality: Option<Modality>,
    /// Officer-minutes spent.
    #[schema(maximum = 100_000)]
    minutes: Option<u32>,
    /// Where it lay: a code of the list of places.
    #[serde(default)]
    place: String,
    /// How it was hidden: a code of the list of methods.
    #[serde(default)]
    method: String,
    /// What was seized.
    #[serde(default)]
    #[schema(max_items = 100)]
    exhibits: Vec<SeizedExhibit>,
    /// The officer's note.
    #[serde(default)]
    note: String,
    /// Pictures, which have to be sent before.
    #[serde(default)]
    #[schema(max_items = 100)]
    photos: Vec<PhotoTaken>,
    /// When it was examined.
    examined_at: String,
    /// The revision of the outcome that the device had seen; none when it had seen none.
    base_revision: Option<i64>,
    /// Puts this in the place of that revision.
    #[serde(default)]
    correct: bool,
}

/// One line of what was seized.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeizedExhibit {
    /// Substance or goods.
    substance: String,
    /// Quantity in `unit`.
    quantity: f64,
    /// Unit, such as g, kg, l or tablet.
    unit: String,
    /// Mass in grams of one `unit`, for units that are no mass.
    unit_mass_g: Option<f64>,
}

/// A picture that was taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhotoTaken {
    /// SHA-256 of its bytes, in hexadecimal.
    pub(super) sha256: String,
    /// When it was taken.
    pub(super) taken_at: String,
}

/// How a report ended.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// It is the outcome now.
    Recorded,
    /// The outcome was so already.
    Unchanged,
    /// Something else was recorded meanwhile.
    Conflict,
}

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct InspectionReported {
    /// How it ended.
    state: ReportState,
    /// The outcome as reported.
    outcome: KeptOutcome,
    /// In a conflict, what somebody else recorded meanwhile.
    theirs: Option<KeptOutcome>,
}

/// A conflict: both sides, of which the server has kept both.
#[derive(Debug, Serialize, ToSchema)]
pub struct InspectionConflict {
    /// What happened, and what to do.
    #[serde(flatten)]
    problem: ProblemBody,
    /// `conflict`; none where the id was used before.
    state: Option<ReportState>,
    /// The outcome as reported: kept, and not in force.
    outcome: Option<KeptOutcome>,
    /// The outcome in force.
    theirs: Option<KeptOutcome>,
}

/// Records what an inspection came to, from a device that may have been without a network.
///
/// The same id again changes nothing. When somebody recorded another outcome meanwhile, the answer
/// is 409 with both sides; the report is kept, and one with `correct` and the other's revision as
/// `base_revision` puts it in force.
#[utoipa::path(
    post,
    path = "/inspections",
    tag = "inspections",
    request_body = InspectionReport,
    responses(
        (status = 200, description = "Recorded, or so already.", body = InspectionReported),
        (status = 409, description = "Something else was recorded meanwhile; or the id was used \
                                      before.", body = InspectionConflict),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn report_inspection(
    State(app): State<App>,
    caller: Caller,
    Body(report): Body<InspectionReport>,
) -> Result<Json<InspectionReported>, Problem> {
    caller.may_somewhere(Action::RecordOutcome)?;
    let report = report.read()?;
    let places = {
        let mut tx = app.store.read().await?;
        consignments::places(&mut tx, &[report.consignment], crate::config::now()).await?
    };
    let mut own = false;
    for (_, office, drawn) in &places {
        let when = if *drawn { Circumstances::DRAWN } else { Circumstances::default() };
        own |= caller.can(Action::RecordOutcome, office, when)?;
    }
    if !own {
        let said = format!("There is no consignment C-{}.", report.consignment);
        return Err(Problem::missing("no_consignment", said));
    }
    let done = inspect::report(&app.store, &report, caller.by()).await?;
    let ours = KeptOutcome::from(&done.ours);
    let theirs = done.theirs.as_ref().map(KeptOutcome::from);
    let state = match done.ended {
        Ended::Recorded => ReportState::Recorded,
        Ended::Unchanged => ReportState::Unchanged,
        Ended::Conflict => {
            let said = match &done.theirs {
                Some(theirs) => format!(
                    "{} recorded {} meanwhile; your report is kept beside it.",
                    theirs.inspection.officer,
                    theirs.inspection.result.as_str()
                ),
                None => "Another outcome was recorded meanwhile.".to_owned(),
            };
            return Err(Problem::new(StatusCode::CONFLICT, "conflict", said)
                .next(
                    "Compare both. To put yours in force, send it with correct and their revision \
                     as base_revision.",
                )
                .besides("state", ReportState::Conflict)
                .besides("outcome", ours)
                .besides("theirs", theirs));
        }
    };
    Ok(Json(InspectionReported { state, outcome: ours, theirs }))
}

impl InspectionReport {
    fn read(self) -> Result<DockReport, Problem> {
        let bad = |said: &str| Problem::unusable("unusable_report", said.to_owned());
        if self.exhibits.len() > MANY || self.photos.len() > MANY {
            return Err(bad("A report has at most 100 exhibits and 100 pictures."));
        }
        let unfit = |text: &String| text.contains('\0') || text.chars().count() > TEXT_LENGTH;
        let seized = |one: &SeizedExhibit| unfit(&one.substance) || unfit(&one.unit);
        let own = [&self.id, &self.reason, &self.place, &self.method, &self.note];
        if own.into_iter().any(unfit) || self.exhibits.iter().any(seized) {
            return Err(bad("A text has more than 4000 characters, or the character NUL."));
        }
        if self.id.trim().is_empty() || self.id.len() > 100 {
            return Err(bad("The id is empty or longer than 100 characters."));
        }
        if self.minutes.is_some_and(|minutes| minutes > 100_000) {
            return Err(bad("The minutes are more than anyone spends."));
        }
        let photos = self.photos.iter().map(|photo| {
            let plain = photo.sha256.len() == 64
                && photo.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if !plain {
                return Err(bad("A picture's sha256 is 64 hexadecimal digits, in lower case."));
            }
            Ok(Photo {
                sha256: photo.sha256.as_str().into(),
                taken_at: micros("taken_at", &photo.taken_at)?,
            })
        });
        let evidence = Evidence {
            examined_at: Some(micros("examined_at", &self.examined_at)?),
            place: self.place.trim().into(),
            method: self.method.trim().into(),
            note: self.note.trim().to_owned(),
            photos: photos.collect::<Result<_, Problem>>()?,
        };
        Ok(DockReport {
            id: self.id,
            consignment: consignment_number(&self.consignment)?,
            outcome: self.outcome.as_str().to_owned(),
            reason: self.reason,
            detection_method: self.detection_method.map(Into::into),
            modality: self.modality.map(Into::into),
            minutes: self.minutes,
            exhibits: self
                .exhibits
                .into_iter()
                .map(|one| Seized {
                    substance: one.substance,
                    quantity: one.quantity,
                    unit: one.unit,
                    unit_mass_g: one.unit_mass_g,
                })
                .collect(),
            evidence,
            base_revision: self.base_revision,
            correct: self.correct,
        })
    }
}

/// The number of a consignment that is named C-12.
fn consignment_number(name: &str) -> Result<i64, Problem> {
    let digits = name.strip_prefix("C-").unwrap_or(name);
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok());
    number.flatten().ok_or_else(|| {
        Problem::missing("no_consignment", format!("There is no consignment {name}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use targeting::consignment::{Equipment, Place, Route};

    fn standing(place: Option<(&str, &str)>, stowage: &str) -> Consignment {
        Consignment {
            source: "test".into(),
            reference: "1".into(),
            regime: targeting::consignment::Regime::Freight,
            direction: Default::default(),
            office: "030".into(),
            arrived_at: 0,
            arrived_on: Day(0),
            transport: None,
            parties: Vec::new(),
            goods: Vec::new(),
            route: Route {
                places: place
                    .map(|(role, name)| Place {
                        role: role.into(),
                        name: name.to_owned(),
                        ..Place::default()
                    })
                    .into_iter()
                    .collect(),
                ..Route::default()
            },
            equipment: vec![Equipment { stowage: stowage.into(), ..Equipment::default() }],
            documents: Default::default(),
        }
    }

    #[test]
    fn a_place_is_told_by_the_terminal_before_the_ship() {
        assert_eq!(place(&standing(None, "")), None);
        assert_eq!(place(&standing(None, "0340682")).unwrap(), "0340682");
        assert_eq!(place(&standing(Some(("14", "Block C 12")), "0340682")).unwrap(), "Block C 12");
        assert_eq!(place(&standing(Some(("loading", "Busan")), "")), None);
    }
}
