//! Consignments: declarations come in and are screened at once; each can be read with all that
//! was judged, decided and found. How they are taken in: `web/reception.rs`.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use targeting::consignment::{self as judged, ConsignmentId, Defect};
use utoipa::{IntoParams, ToSchema};

use super::declared::{self, Declared};
use super::outcomes::KeptOutcome;
use super::plans::ConsignmentSelection;
use super::words::{DefectKind, Fate, Regime};
use super::{Assessment, List, Said, reasons};
use crate::config::now;
use crate::pipeline::{self, Arrival, Terms};
use crate::rights::{Circumstances, Offices};
use crate::store::consignments::Version;
use crate::store::messages::Tally;
use crate::store::{Tx, assessments, consignments, outcomes, plans};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::reception::{Lot, Taken};
use crate::web::request::{Asked, Named, Raw, idempotency_key};
use crate::web::{App, Problem};

/// One consignment, or a batch of them: for the document alone, since reading looks first.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = Submission)]
pub enum Submission {
    /// A batch.
    Batch(Batch),
    /// One consignment.
    One(Box<Declared>),
}

/// A batch of consignments of one source.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Who numbers the references of the batch.
    #[serde(default)]
    #[schema(max_length = 100, default = "api")]
    source: String,
    /// The consignments.
    #[schema(max_items = 10_000)]
    consignments: Vec<Declared>,
}

/// How sources begin that are formats of messages: what these number is theirs.
const FORMATS: [&str; 11] =
    ["edifact", "x12", "cargo", "wco", "unipass", "asycuda", "ens", "ics2", "aes", "xml", "postal"];
/// The most consignments of one request.
const BATCH: usize = 10_000;

/// What became of a request's consignments.
#[derive(Debug, Serialize, ToSchema)]
pub struct Screened {
    /// The number of the message that the request was kept as.
    message: i64,
    /// True when the same request had been taken in before, so that nothing was changed.
    repeated: bool,
    /// The model that judged; none when no model is in force.
    model: Option<String>,
    /// What became of the records.
    received: Received,
    /// The stored consignments, in the request's order.
    consignments: Vec<ScreenedConsignment>,
    /// What was wrong with records.
    defects: Vec<RecordDefect>,
}

/// What became of the records of a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// Records read, stored or not.
    read: i64,
    /// Stored as new consignments.
    new: i64,
    /// Stored as new versions of known ones.
    amended: i64,
    /// Known already, so nothing changed.
    unchanged: i64,
    /// Not stored; each has a defect.
    rejected: i64,
    /// Defects of all records, stored or not.
    defects: i64,
}

impl Received {
    /// True when no record of the request is in the store.
    pub(super) fn nothing_stored(&self) -> bool {
        self.new == 0 && self.amended == 0 && self.unchanged == 0
    }

    /// Adds what another part of the request came to.
    pub(super) fn add(&mut self, tally: Tally) {
        self.read += tally.read;
        self.new += tally.new;
        self.amended += tally.amended;
        self.unchanged += tally.unchanged;
        self.rejected += tally.rejected;
        self.defects += tally.defects;
    }
}

impl RecordDefect {
    /// The fault in a sentence.
    pub(super) fn reason(&self) -> &str {
        &self.reason
    }
}

impl From<Tally> for Received {
    fn from(tally: Tally) -> Received {
        let Tally { read, new, amended, unchanged, rejected, defects } = tally;
        Received { read, new, amended, unchanged, rejected, defects }
    }
}

/// A consignment that was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScreenedConsignment {
    /// Its place in the request, from 1.
    line: u64,
    /// The stored version.
    #[schema(example = "C-12")]
    id: String,
    /// The source's number.
    reference: String,
    /// How it was judged; none when no model is in force, or for a sender who may not read
    /// consignments at its office.
    assessment: Option<Assessment>,
}

/// What was wrong with a record of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordDefect {
    /// The record's place in the request, from 1.
    line: u64,
    /// The field.
    field: String,
    /// The kind of fault.
    kind: DefectKind,
    /// The fault in a sentence.
    reason: String,
    /// The same in Korean and English; English stands in for what has no Korean.
    said: Said,
    /// What stood there.
    found: String,
}

impl From<&Defect> for RecordDefect {
    fn from(defect: &Defect) -> RecordDefect {
        RecordDefect {
            line: defect.line,
            field: defect.field.to_string(),
            kind: defect.kind.into(),
            said: reasons::said(&defect.reason),
            reason: defect.reason.clone(),
            found: defect.found.clone(),
        }
    }
}

/// The answer when no model is in force: everything is stored, and awaits screening.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unscreened {
    /// Why nothing was judged, and what to do.
    #[serde(flatten)]
    problem: ProblemBody,
    /// What was stored all the same.
    stored: Screened,
}

/// Takes in one consignment or a batch, and screens them at once.
///
/// The same body sent twice changes nothing and is answered alike. A consignment whose number is
/// known becomes a new version. With the header `Idempotency-Key`, it is the key that tells a
/// repeated request from a new one, which a source needs that goes back to what it said before.
/// A field that cannot be read is left out with a defect; a record without number, office or time
/// is not stored. Without a model in force the answer is 409, and everything is stored.
#[utoipa::path(
    post,
    path = "/consignments",
    tag = "consignments",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 100 characters.")),
    request_body(content = Submission, content_type = "application/json"),
    responses(
        (status = 200, description = "Stored and screened.", body = Screened),
        (status = 409, description = "Stored, but no model is in force; or the key was used \
                                      with another body.", body = Unscreened),
        (status = 422, description = "No record could be stored.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn screen_consignments(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Raw,
) -> Result<Json<Screened>, Problem> {
    let offices = caller.offices(Action::SendConsignments)?;
    let mut lot = read(&body, idempotency_key(&headers)?, caller.name())?;
    own(&app, &caller, &offices, &mut lot)?;
    let arrivals = Sent::all(&caller, &lot.arrivals, usize::MAX)?;
    let mut defects: Vec<RecordDefect> = lot.defects.iter().map(RecordDefect::from).collect();
    let taken = app.reception.take(lot).await?;
    defects.extend(taken.defects.iter().map(RecordDefect::from));
    if taken.ids.iter().all(|id| *id == 0) {
        let why = defects.first().map_or("nothing in it can be read", |defect| &defect.reason);
        return Err(Problem::unusable("nothing_stored", format!("No record was stored: {why}."))
            .next("Mend the record and send it again; its defects are kept until then.")
            .besides("defects", defects));
    }
    let screened = answer(taken, arrivals, defects);
    match &screened.model {
        Some(_) => Ok(Json(screened)),
        None => Err(Problem::new(
            StatusCode::CONFLICT,
            "no_model",
            format!(
                "No model is in force: {} consignments are stored and await screening.",
                screened.consignments.len()
            ),
        )
        .besides("stored", screened)),
    }
}

/// Holds that all of what is sent is of the sender's offices, and says on what terms it is taken
/// in; what it would take the place of is looked at when it is stored.
pub(super) fn own(
    app: &App,
    caller: &Caller,
    offices: &Offices,
    lot: &mut Lot,
) -> Result<(), Problem> {
    lot.terms = Terms {
        with_outcomes: false,
        offices: Some(offices.clone()).filter(|offices| !offices.all()),
        machine: caller.is_machine(),
        days_around: app.site.days_around,
    };
    if offices.all() {
        return Ok(());
    }
    // What a message withdraws without naming it may be any office's.
    if !lot.withdrawn.is_empty() || lot.seen.iter().any(|one| one.sighting.withdrawn) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "withdraws_any",
            "The message withdraws a whole manifest or list, which may be of other offices.",
        )
        .next("Withdraw bill by bill, or let a sender for every office send it."));
    }
    for arrival in &lot.arrivals {
        caller.may(Action::SendConsignments, &arrival.consignment.office)?;
    }
    Ok(())
}

/// Reads a request's body into records and defects.
fn read(body: &Raw, key: Option<&str>, actor: &str) -> Result<Lot, Problem> {
    #[derive(Deserialize)]
    struct Look {
        consignments: Option<IgnoredAny>,
    }
    // Looking first keeps the line and column of a fault, which an untagged enum would lose.
    let batch = match body.read::<Look>()?.consignments {
        Some(_) => body.read::<Batch>()?,
        None => {
            let one: Declared = body.read()?;
            Batch { source: one.source.clone(), consignments: vec![one] }
        }
    };
    if batch.consignments.is_empty() {
        return Err(
            Problem::unusable("empty", "The batch has no consignment.").next("Send at least one.")
        );
    }
    if batch.consignments.len() > BATCH {
        return Err(Problem::unusable(
            "too_many",
            format!("The batch has {} consignments.", batch.consignments.len()),
        )
        .next(format!("Send at most {BATCH} at a time.")));
    }
    let source = match batch.source.trim() {
        "" => "api",
        source if source.chars().count() <= 100 && !source.chars().any(char::is_control) => source,
        _ => {
            return Err(Problem::unusable(
                "source",
                "The source has more than 100 characters, or characters that are no text.",
            ));
        }
    };
    let own = |format: &&str| {
        let rest = source.strip_prefix(*format);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if let Some(format) = FORMATS.iter().copied().find(own) {
        return Err(Problem::unusable(
            "source",
            format!("`{source}` is what messages of the format {format} are numbered under."),
        )
        .next("Send the message itself to /messages, or name a source of your own."));
    }
    let (mut arrivals, mut defects, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for (line, one) in (1..).zip(&batch.consignments) {
        if !one.source.is_empty() && one.source != batch.source {
            return Err(Problem::unusable(
                "source",
                format!("Consignment {line} names another source than its batch."),
            )
            .next("Send the consignments of each source in a batch of their own."));
        }
        let before = defects.len();
        if let Some(consignment) = declared::read(line, source, one, &mut defects) {
            arrivals.push(pipeline::prepare(line, consignment, None)?);
        }
        if defects.len() > before {
            written.push(declared::as_sent(line, source, one)?);
        }
    }
    let content = hex::encode(Sha256::digest(&body.0));
    let name = format!("request {}", &content[..16]);
    let digest = match key {
        None => content,
        Some(key) => hex::encode(Sha256::digest(format!("Idempotency-Key: {actor} {key}"))),
    };
    let size_bytes = body.0.len() as i64;
    Ok(Lot {
        actor: actor.to_owned(),
        digest,
        name,
        source: source.to_owned(),
        format: "api",
        size_bytes,
        arrivals,
        seen: Vec::new(),
        withdrawn: Vec::new(),
        defects,
        written,
        body: None,
        terms: Terms::default(),
    })
}

/// A record that was sent.
pub(super) struct Sent {
    /// Its place in the request.
    pub(super) line: u64,
    /// Its number.
    pub(super) reference: String,
    /// Whether its sender may read consignments at its office: a score is told to nobody else, who
    /// would learn from it how to be let through.
    told: bool,
}

impl Sent {
    /// The first so many records of a request.
    pub(super) fn all(
        caller: &Caller,
        arrivals: &[Arrival],
        most: usize,
    ) -> Result<Vec<Sent>, Problem> {
        let mut told: HashMap<&str, bool> = HashMap::new();
        let mut sent = Vec::with_capacity(arrivals.len().min(most));
        for Arrival { line, consignment, .. } in arrivals.iter().take(most) {
            let office = consignment.office.as_str();
            if !told.contains_key(office) {
                let may = caller.can(Action::ReadConsignment, office, Circumstances::default())?;
                told.insert(office, may);
            }
            let told = told.get(office).is_some_and(|told| *told);
            sent.push(Sent { line: *line, reference: consignment.reference.to_string(), told });
        }
        Ok(sent)
    }

    /// How it was judged, as far as its sender is told.
    pub(super) fn judged(&self, taken: &Taken, id: i64) -> Option<Assessment> {
        let kept = taken.assessments.get(&id).filter(|_| self.told)?;
        Some(Assessment::of(&kept.model_id, kept.assessed_at, &kept.assessment))
    }
}

fn answer(taken: Taken, sent: Vec<Sent>, defects: Vec<RecordDefect>) -> Screened {
    let stored = sent.into_iter().zip(&taken.ids).filter(|(_, id)| **id > 0);
    let consignments = stored
        .map(|(sent, id)| ScreenedConsignment {
            assessment: sent.judged(&taken, *id),
            line: sent.line,
            id: ConsignmentId(*id).to_string(),
            reference: sent.reference,
        })
        .collect();
    Screened {
        message: taken.message,
        repeated: taken.repeated,
        model: taken.model,
        received: taken.tally.into(),
        consignments,
        defects,
    }
}

/// A version of a consignment, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsignmentVersion {
    /// The version's id.
    #[schema(example = "C-12")]
    id: String,
    /// The first version's id: the number that people see.
    first_id: String,
    /// Counted from 1.
    version: i64,
    /// Who numbers the references.
    source: String,
    /// The source's number.
    reference: String,
    /// Customs office.
    office: String,
    /// Parcel or freight.
    regime: Regime,
    /// Local day of arrival.
    #[schema(format = Date)]
    arrived_on: String,
    /// What became of it.
    fate: Fate,
}

impl From<&Version> for ConsignmentVersion {
    fn from(version: &Version) -> ConsignmentVersion {
        ConsignmentVersion {
            id: ConsignmentId(version.id).to_string(),
            first_id: ConsignmentId(version.first_id).to_string(),
            version: version.version,
            source: version.consignment.source.to_string(),
            reference: version.consignment.reference.to_string(),
            office: version.consignment.office.to_string(),
            regime: version.consignment.regime.into(),
            arrived_on: version.consignment.arrived_on.to_string(),
            fate: version.fate.into(),
        }
    }
}

/// Which consignments are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ByReference {
    /// The source's number.
    reference: String,
}

/// Lists every version of the consignments that have this number, of all sources.
#[utoipa::path(
    get,
    path = "/consignments",
    tag = "consignments",
    params(ByReference),
    responses(
        (status = 200, description = "The versions; empty when none has the number.",
         body = List<ConsignmentVersion>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_consignments(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<ByReference>,
) -> Result<Json<List<ConsignmentVersion>>, Problem> {
    caller.may_somewhere(Action::ReadConsignment)?;
    let mut tx = app.store.read().await?;
    let reference = asked.reference.trim();
    let versions = consignments::versions(&mut tx, &[reference]).await?;
    let mut ids: Vec<i64> = versions.values().flatten().map(|(_, known)| known.id).collect();
    let seen = caller.sees(&mut tx, &ids).await?;
    ids.retain(|id| seen.contains_key(id));
    let mut described = consignments::described(&mut tx, &ids).await?;
    veil(&mut tx, &caller, &mut described).await?;
    drop(tx);
    let items: Vec<ConsignmentVersion> = described.iter().map(Into::into).collect();
    let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    app.reads.saw(&caller, "read consignment", &ids).await?;
    Ok(Json(List::whole(items)))
}

/// A version of a consignment with all that was judged, decided and found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsignmentDetail {
    /// This version, in short.
    #[serde(flatten)]
    summary: ConsignmentVersion,
    /// The message that brought it.
    message: i64,
    /// The line of that message.
    line: i64,
    /// What was declared.
    declared: Declared,
    /// All versions of it, the first one first.
    versions: Vec<ConsignmentVersion>,
    /// How this version was judged, the oldest assessment first.
    assessments: Vec<Assessment>,
    /// The plans in which this version was a candidate, with its chance.
    selections: Vec<ConsignmentSelection>,
    /// What came of it, every revision; the last one counts.
    outcomes: Vec<KeptOutcome>,
}

/// Reads one version of a consignment: content, versions, fate, assessments with their reasons,
/// plans with its chance, and outcomes.
#[utoipa::path(
    get,
    path = "/consignments/{id}",
    tag = "consignments",
    params(("id" = String, Path, description = "The version's id, such as C-12.")),
    responses(
        (status = 200, description = "The consignment.", body = ConsignmentDetail),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_consignment(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Json<ConsignmentDetail>, Problem> {
    Ok(Json(detail(&app, &caller, &name).await?.0))
}

/// Of these consignments, those of which the caller must not see yet whether they were drawn: their
/// plan is not released. Their fate must not tell it either.
pub(super) async fn veiled(
    tx: &mut Tx,
    caller: &Caller,
    ids: &[i64],
) -> Result<HashSet<i64>, Problem> {
    let planned = plans::of_consignments(tx, ids).await?;
    let released = plans::released(tx, planned.iter().map(|(plan, _)| *plan), now()).await?;
    let offices: HashMap<i64, String> = (consignments::places(tx, ids, now()).await?.into_iter())
        .map(|(id, office, _)| (id, office))
        .collect();
    let mut veiled = HashSet::new();
    for (plan, line) in planned.iter().filter(|(plan, _)| !released.contains(plan)) {
        let office = offices.get(&line.consignment_id).map_or("", String::as_str);
        let circumstances = Circumstances { released: released.contains(plan), drawn: line.drawn };
        if !caller.can(Action::ReadPlan, office, circumstances)? {
            veiled.insert(line.consignment_id);
        }
    }
    Ok(veiled)
}

async fn veil(tx: &mut Tx, caller: &Caller, versions: &mut [Version]) -> Result<(), Problem> {
    let ids: Vec<i64> = versions.iter().map(|version| version.id).collect();
    let veiled = veiled(tx, caller, &ids).await?;
    for version in versions {
        version.fate = unveiled(version.fate, veiled.contains(&version.id));
    }
    Ok(())
}

/// A fate as it is told: of what is veiled, that it was let go is not.
pub(super) fn unveiled(fate: judged::Fate, is_veiled: bool) -> judged::Fate {
    match fate {
        judged::Fate::Released if is_veiled => judged::Fate::Pending,
        fate => fate,
    }
}

/// One version of a consignment with all that was judged, decided and found, as far as the caller
/// may see it; with the version, and whether names may be seen.
pub(super) async fn detail(
    app: &App,
    caller: &Caller,
    name: &Named,
) -> Result<(ConsignmentDetail, Version, bool), Problem> {
    caller.may_somewhere(Action::ReadConsignment)?;
    let missing =
        || Problem::missing("no_consignment", format!("There is no consignment {}.", name.0));
    let id = name.number("C-").ok_or_else(missing)?;
    let mut tx = app.store.read().await?;
    let seen = caller.sees(&mut tx, &[id]).await?;
    let office = seen.get(&id).ok_or_else(missing)?;
    let mut found = consignments::described(&mut tx, &[id]).await?;
    veil(&mut tx, caller, &mut found).await?;
    let found = found.pop().ok_or_else(missing)?;
    let Version { ref consignment, first_id, .. } = found;
    let known = consignments::versions(&mut tx, &[&consignment.reference]).await?;
    let mut ids: Vec<i64> = known
        .values()
        .flatten()
        .filter(|(_, known)| known.first_id == first_id)
        .map(|(_, known)| known.id)
        .collect();
    let seen = caller.sees(&mut tx, &ids).await?;
    ids.retain(|id| seen.contains_key(id));
    let mut versions = consignments::described(&mut tx, &ids).await?;
    veil(&mut tx, caller, &mut versions).await?;
    let judged = assessments::of(&mut tx, &[id], None).await?;
    let mut planned = plans::of_consignments(&mut tx, &[id]).await?;
    // What was drawn stays secret until its plan is released, to all but those who plan.
    let released = plans::released(&mut tx, planned.iter().map(|(plan, _)| *plan), now()).await?;
    let mut shown = Vec::with_capacity(planned.len());
    for (plan, line) in &planned {
        let circumstances = Circumstances { released: released.contains(plan), drawn: line.drawn };
        shown.push(caller.can(Action::ReadPlan, office, circumstances)?);
    }
    let mut shown = shown.into_iter();
    planned.retain(|_| shown.next().unwrap_or(false));
    let came_of_it = outcomes::of(&mut tx, &[id]).await?;
    drop(tx);
    let mut declared = Declared::from(consignment);
    let names = caller.can(Action::ReadParty, office, Circumstances::default())?;
    if names {
        app.reads.saw(caller, "read party", &[ConsignmentId(id)]).await?;
    } else {
        declared.without_names();
    }
    app.reads.saw(caller, "read consignment", &[ConsignmentId(id)]).await?;
    let detail = ConsignmentDetail {
        summary: ConsignmentVersion::from(&found),
        message: found.message_id,
        line: found.line,
        declared,
        versions: versions.iter().map(ConsignmentVersion::from).collect(),
        assessments: judged
            .iter()
            .map(|one| Assessment::of(&one.model_id, one.assessed_at, &one.assessment))
            .collect(),
        selections: planned
            .iter()
            .map(|(plan, line)| ConsignmentSelection::of(*plan, line))
            .collect::<Result<_, Problem>>()?,
        outcomes: came_of_it.iter().map(KeptOutcome::from).collect(),
    };
    Ok((detail, found, names))
}
