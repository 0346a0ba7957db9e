//! The dossier: everything that an officer needs to decide on one consignment, on one page. What
//! it says of reasons, quality, likeness and where to look is judged in `pipeline/dossier.rs`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use targeting::codes::UnLocode;
use targeting::consignment::{Consignment, ConsignmentId, Place};
use targeting::feature::key_words;
use targeting::history::KeyKind;
use targeting::outcome::Outcome;
use targeting::party::Party;
use targeting::playbook::playbook;
use targeting::screening::Language;
use utoipa::ToSchema;

use super::consignments::{ConsignmentDetail, detail};
use super::decisions::Decision;
use super::declared::Declared;
use super::queue::{AmendedSince, QueueRow, rows};
use super::words::{Act, Channel, Lane, Modality, Role};
use super::{Said, time};
use crate::acts::decide;
use crate::config;
use crate::pipeline::dossier::{self, Known};
use crate::rights::Circumstances;
use crate::store::assessments::KeptAssessment;
use crate::store::consignments::Version;
use crate::store::{
    Tx, assessments, consignments, decisions, journal, outcomes, plans, queue, references,
    sightings,
};
use crate::web::caller::{Action, Caller, Offices};
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
    /// In what other messages contradict it: boxes, seals, masses, totals of houses.
    contradictions: Vec<CrossCheck>,
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
    /// What its sender declared since it was drawn or decided on.
    amended: Option<AmendedSince>,
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

/// A contradiction between what is declared and what other messages say.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrossCheck {
    /// Which check tells it.
    #[schema(example = "seal_changed")]
    check: String,
    /// The box, or the master bill.
    about: String,
    /// It in a sentence.
    said: Said,
    /// True when the latest message about the box came after this version was screened: its
    /// assessment and the hits of rules do not know of it.
    after_screening: bool,
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
    let (consignment, version, names) = detail(&app, &caller, &name).await?;
    let office = version.consignment.office.as_str();
    let mut tx = app.store.read().await?;
    let row = told_row(&mut tx, &caller, &version).await?;
    let judged = assessments::of(&mut tx, &[version.id], None).await?;
    let ranked_by = row.as_ref().and_then(|row| row.model.as_deref());
    let judged = judged
        .iter()
        .find(|one| Some(one.model_id.as_str()) == ranked_by)
        .or_else(|| judged.last());
    let why = match judged {
        None => None,
        Some(judged) => why(&mut tx, &app, &version, judged, names).await?,
    };
    let mut flaws = dossier::flaws(&mut tx, &version).await?;
    flaws.extend(dossier::contradiction(&mut tx, &app.titles, &version.consignment).await?);
    let contradictions = dossier::contradictions(&mut tx, &version).await?;
    let about: Vec<&str> = contradictions.iter().map(|one| one.about.as_str()).collect();
    let received = sightings::received(&mut tx, &about).await?;
    let screened_at = judged.map(|one| one.assessed_at);
    let after = |about: &str| {
        screened_at.is_some_and(|at| received.get(about).is_some_and(|came| *came > at))
    };
    let records = dossier::records(&mut tx, &version.consignment).await?;
    let route = positioned(&mut tx, route(&version.consignment)).await?;
    let similar = similar(&mut tx, &caller, &version).await?;
    let mut ids = consignments::version_ids(&mut tx, &version).await?;
    let seen = caller.sees(&mut tx, &ids).await?;
    ids.retain(|id| seen.contains_key(id));
    let kept = decisions::of_versions(&mut tx, &ids).await?;
    let all_versions = consignments::described(&mut tx, &ids).await?;
    let versions = versions(&mut tx, &all_versions, names).await?;
    let timeline = timeline(&mut tx, &caller, &all_versions).await?;
    let mut allowed = Vec::new();
    let amended = consignments::amended(&mut tx, &[version.id]).await?;
    if caller.can(Action::Decide, office, Circumstances::default())? {
        allowed =
            decide::allowed(&mut tx, &[version.id]).await?.remove(&version.id).unwrap_or_default();
    }
    drop(tx);
    let last = kept.iter().rev().find(|decision| decision.in_force);
    let row = row.map(|row| row.row);
    let header = DecisionHeader {
        lane: row
            .as_ref()
            .and_then(|row| row.lane)
            .or(judged.map(|one| one.assessment.lane.into())),
        modality: row.as_ref().and_then(|row| row.modality),
        minutes: row.as_ref().and_then(|row| row.minutes),
        chance: row.as_ref().and_then(|row| row.chance),
        channel: row.as_ref().and_then(|row| row.channel),
        plan: row.as_ref().and_then(|row| row.plan.clone()),
        rank: row.as_ref().and_then(|row| row.rank),
        drawn: row.as_ref().is_some_and(|row| row.drawn),
        decided_by: last.map(|decision| decision.by.clone()),
        decided_at: last.map(|decision| time(decision.at)),
    };
    Ok(Json(Dossier {
        consignment,
        decision_header: header,
        why,
        quality: flaws
            .into_iter()
            .map(|flaw| QualityFlag {
                field: flaw.field,
                kind: flaw.kind,
                said: Said::new(flaw.said.0, flaw.said.1),
            })
            .collect(),
        contradictions: contradictions
            .into_iter()
            .map(|one| CrossCheck {
                after_screening: after(&one.about),
                check: one.check.as_str().to_owned(),
                about: one.about.into(),
                said: Said::new(one.said.0, one.said.1),
            })
            .collect(),
        parties: parties(&version.consignment, &records, names),
        route,
        timeline,
        versions,
        similar,
        playbook: playbook_of(&version.consignment),
        decisions: Decision::all(&kept)?,
        allowed: allowed.into_iter().map(Into::into).collect(),
        amended: amended.get(&version.id).map(AmendedSince::from),
    }))
}

/// The consignment's row of the queue, as far as the caller may see its plan, with the model that
/// ranked it.
struct ToldRow {
    row: QueueRow,
    model: Option<String>,
}

async fn told_row(
    tx: &mut Tx,
    caller: &Caller,
    version: &Version,
) -> Result<Option<ToldRow>, Problem> {
    let Some(kept) = queue::of(tx, &[version.id]).await?.remove(&version.id) else {
        return Ok(None);
    };
    let mut model = None;
    if let Some(id) = kept.plan_id
        && let Some(plan) = plans::find(tx, id).await?
    {
        let released = plan.released_at() <= config::now();
        let circumstances = Circumstances { released, drawn: kept.drawn };
        if !caller.can(Action::ReadPlan, &plan.office, circumstances)? {
            return Ok(None);
        }
        model = plan.model_id;
    }
    let row = rows(tx, &[kept], &Offices::Only(Vec::new())).await?.pop();
    Ok(row.map(|row| ToldRow { row, model }))
}

/// The steps that are told one by one.
const STEPS: usize = 24;

async fn why(
    tx: &mut Tx,
    app: &App,
    version: &Version,
    judged: &KeptAssessment,
    names: bool,
) -> Result<Option<Why>, Problem> {
    let consignment = &version.consignment;
    let found = dossier::why(tx, &app.screeners, &judged.model_id, consignment).await?;
    let Some(waterfall) = found else { return Ok(None) };
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let as_judged = near(waterfall.p_irregular, judged.assessment.p_irregular)
        && near(waterfall.p_critical, judged.assessment.p_critical);
    let rest = waterfall.steps.iter().skip(STEPS).map(|step| step.reason.push).sum();
    let steps = waterfall.steps.iter().take(STEPS).map(|step| WhyStep {
        feature: step.reason.feature.clone(),
        said: Said::new(step.reason.sentence(Language::Ko), step.reason.sentence(Language::En)),
        push: step.reason.push,
        value: step.reason.value,
        fields: (step.fields.iter())
            .map(|field| {
                let (ko, en) = field.said();
                let shown = names || !field.is_personal();
                let value = if shown { field.of(consignment) } else { String::new() };
                FieldValue { name: Said::new(ko, en), value }
            })
            .collect(),
        history: (step.histories.iter())
            .map(|(kind, counts)| {
                let (ko, en) = key_words(*kind);
                KeyRecord {
                    key: Said::new(ko, en),
                    seen: KeyKind::SEEN.contains(kind).then_some(counts.seen),
                    inspected: counts.inspected,
                    irregular: counts.irregular,
                    critical: counts.critical,
                }
            })
            .collect(),
    });
    Ok(Some(Why {
        model: judged.model_id.clone(),
        unit: "log-odds".to_owned(),
        base: waterfall.base,
        r#final: waterfall.score,
        steps: steps.collect(),
        rest,
        as_judged,
    }))
}

fn parties(
    consignment: &Consignment,
    records: &HashMap<targeting::party::Role, Known>,
    names: bool,
) -> Vec<PartyRecord> {
    let of = |party: &Party| {
        let known = records.get(&party.role).cloned().unwrap_or_default();
        let counts = known.past.counts;
        let contact = party.contact.as_deref().filter(|_| names);
        let text = |text: &str| Some(text.to_owned()).filter(|text| names && !text.is_empty());
        PartyRecord {
            role: party.role.into(),
            name: contact.and_then(|contact| text(&contact.name)),
            code: text(&party.code),
            address: contact.and_then(|contact| text(&contact.address)),
            phones: contact.map(|contact| contact.phones.clone()).unwrap_or_default(),
            record: Record {
                seen: counts.seen,
                inspected: counts.inspected,
                irregular: counts.irregular,
                critical: counts.critical,
                first_day: known.past.span.map(|(first, _)| first.to_string()),
                last_day: known.past.span.map(|(_, last)| last.to_string()),
            },
            possible_victim: dossier::may_be_victim(known.other_names).map(|n| {
                Said::new(
                    format!(
                        "이 부호가 이름 {n}개와 더 쓰였습니다. 수취인은 부호를 도용당한 피해자일 \
                         수 있으며, 이것만으로 의심 대상이 되지 않습니다."
                    ),
                    format!(
                        "This code was used with {n} other names. The consignee may be the \
                         victim of a stolen code, and is no suspect for that."
                    ),
                )
            }),
        }
    };
    consignment.parties.iter().map(of).collect()
}

fn route(consignment: &Consignment) -> Vec<RouteStop> {
    let route = &consignment.route;
    let mut stops: Vec<RouteStop> = Vec::new();
    let mut add = |code: String, country: String, kind: StopKind| {
        let named = |place: &&Place| !code.is_empty() && place.code.eq_ignore_ascii_case(&code);
        let mut times: Vec<&str> = (route.places.iter().filter(named))
            .map(|place| place.at.as_str())
            .filter(|at| !at.is_empty())
            .collect();
        times.sort_unstable();
        times.dedup();
        let mut name = route.places.iter().filter(named).map(|place| place.name.clone());
        let departs = times.last().filter(|_| times.len() > 1);
        stops.push(RouteStop {
            name: name.find(|name| !name.is_empty()),
            kind,
            country,
            lat: None,
            lon: None,
            arrives: times.first().map(ToString::to_string),
            departs: departs.map(ToString::to_string),
            dwell_h: (times.first().zip(departs))
                .and_then(|(from, to)| dossier::hours_between(from, to)),
            code,
        });
    };
    if let Some(country) = route.departure {
        add(country.to_string(), country.to_string(), StopKind::Departure);
    }
    let mut place = |place: UnLocode, kind| {
        add(place.to_string(), place.country().to_string(), kind);
    };
    route.loading.into_iter().for_each(|of| place(of, StopKind::Loading));
    route.via.iter().for_each(|of| place(*of, StopKind::Via));
    route.discharge.into_iter().for_each(|of| place(of, StopKind::Discharge));
    if let Some(country) = route.destination {
        add(country.to_string(), country.to_string(), StopKind::Destination);
    }
    stops
}

/// Puts the stops where the site's list of places has them.
async fn positioned(tx: &mut Tx, mut stops: Vec<RouteStop>) -> Result<Vec<RouteStop>, Problem> {
    let codes: Vec<&str> =
        stops.iter().map(|stop| stop.code.as_str()).filter(|code| code.len() == 5).collect();
    let places = references::places(tx, &codes).await?;
    for stop in &mut stops {
        let Some(place) = places.get(&stop.code) else { continue };
        (stop.lat, stop.lon) = place.at.unzip();
        stop.name = stop.name.take().or_else(|| Some(place.name.clone()));
    }
    Ok(stops)
}

async fn versions(
    tx: &mut Tx,
    all: &[Version],
    names: bool,
) -> Result<Vec<VersionChanges>, Problem> {
    let mut told: Vec<VersionChanges> = Vec::with_capacity(all.len());
    let mut before: Option<serde_json::Value> = None;
    for version in all {
        let (_, at) = dossier::message(tx, version.message_id).await?;
        let mut declared = Declared::from(&version.consignment);
        if !names {
            declared.without_names();
        }
        let document = serde_json::to_value(&declared).map_err(anyhow::Error::from)?;
        let changes = before.as_ref().map(|before| dossier::changes(before, &document));
        told.push(VersionChanges {
            id: ConsignmentId(version.id).to_string(),
            version: version.version,
            at: time(at),
            changes: (changes.into_iter().flatten())
                .map(|change| VersionChange { path: change.path, from: change.from, to: change.to })
                .collect(),
        });
        before = Some(document);
    }
    Ok(told)
}

async fn similar(tx: &mut Tx, caller: &Caller, version: &Version) -> Result<Vec<Similar>, Problem> {
    let likes = dossier::alike(tx, version.id, &version.consignment).await?;
    let ids: Vec<i64> = likes.iter().map(|like| like.consignment_id).collect();
    let seen = caller.sees(tx, &ids).await?;
    let described: HashMap<i64, Version> =
        consignments::described(tx, &ids).await?.into_iter().map(|one| (one.id, one)).collect();
    let latest = outcomes::latest(tx, &ids).await?;
    let mut told = Vec::new();
    for like in likes.iter().filter(|like| seen.contains_key(&like.consignment_id)) {
        let Some(of) = described.get(&like.consignment_id) else { continue };
        let Some(outcome) = latest.get(&like.consignment_id) else { continue };
        let (substance, concealment) = match &outcome.inspection.result {
            Outcome::Seizure(seizure) => {
                let first = seizure.exhibits.first().map(|exhibit| exhibit.substance.clone());
                (first, Some(seizure.concealment.clone()).filter(|text| !text.is_empty()))
            }
            Outcome::Discrepancy { finding } => {
                (Some(finding.clone()).filter(|text| !text.is_empty()), None)
            }
            _ => (None, None),
        };
        let (ko, en): (Vec<&str>, Vec<&str>) =
            like.shares.iter().map(|kind| key_words(*kind)).unzip();
        told.push(Similar {
            consignment: ConsignmentId(of.id).to_string(),
            reference: of.consignment.reference.to_string(),
            day: like.known_on.to_string(),
            office: of.consignment.office.to_string(),
            outcome: outcome.inspection.result.as_str().to_owned(),
            substance,
            concealment,
            why: Said::new(ko.join(", "), en.join(", ")),
        });
    }
    Ok(told)
}

fn playbook_of(consignment: &Consignment) -> Playbook {
    let found = playbook(consignment);
    Playbook { profile: Said::new(found.name.0, found.name.1), lines: PlaybookLine::all(&found) }
}

impl PlaybookLine {
    /// The lines of a playbook on the wire.
    pub fn all(of: &targeting::playbook::Playbook) -> Vec<PlaybookLine> {
        of.advice
            .iter()
            .map(|advice| PlaybookLine {
                r#where: Said::new(advice.place.0, advice.place.1),
                with: advice.with.into(),
                defeats: advice.defeats.map(|(ko, en)| Said::new(ko, en)),
                source: advice.source.to_owned(),
            })
            .collect()
    }
}

/// What the acts of a consignment's journal entries say.
fn act_words(act: &str) -> Option<(&'static str, &'static str)> {
    Some(match act {
        "hold" => ("보류했습니다.", "Held."),
        "ask" => ("질의했습니다.", "A question was asked."),
        "inspect" => ("검사하도록 지시했습니다.", "An inspection was ordered."),
        "waive" => ("검사를 생략했습니다.", "Its inspection was waived."),
        "release" => ("반출을 허가했습니다.", "Released."),
        "undo" => ("앞선 결정을 되돌렸습니다.", "The decision before was taken back."),
        "record" => ("결과를 기록했습니다.", "An outcome was recorded."),
        "correct" => ("결과를 고쳐 기록했습니다.", "The outcome was corrected."),
        _ => return None,
    })
}

async fn timeline(
    tx: &mut Tx,
    caller: &Caller,
    versions: &[Version],
) -> Result<Vec<TimelineEntry>, Problem> {
    let mut entries: Vec<(i64, TimelineEntry)> = Vec::new();
    let mut add = |at: i64, kind: &str, actor: &str, said: Said, link: Option<String>| {
        let entry = TimelineEntry {
            at: time(at),
            kind: kind.to_owned(),
            actor: actor.to_owned(),
            said,
            link,
        };
        entries.push((at, entry));
    };
    for version in versions {
        let (file, at) = dossier::message(tx, version.message_id).await?;
        let n = version.version;
        let said = Said::new(
            format!("{n}번째 신고가 들어왔습니다({file}, {}행).", version.line),
            format!("Version {n} was received ({file}, line {}).", version.line),
        );
        add(at, "received", "", said, Some("/data".to_owned()));
        for entry in journal::about(tx, &format!("consignment {}", version.id)).await? {
            if let Some((ko, en)) = act_words(&entry.act) {
                add(entry.at, &entry.act, &entry.actor, Said::new(ko, en), None);
            }
        }
    }
    let ids: Vec<i64> = versions.iter().map(|version| version.id).collect();
    for judged in assessments::of(tx, &ids, None).await? {
        let percent = judged.assessment.p_irregular * 100.0;
        let said = Said::new(
            format!("모델 {}의 평가: 위반 확률 {percent:.1} %", judged.model_id),
            format!("Model {} put the chance of irregularity at {percent:.1} %.", judged.model_id),
        );
        add(judged.assessed_at, "screened", &judged.model_id, said, Some("/models".to_owned()));
    }
    let now = config::now();
    for (id, line) in plans::of_consignments(tx, &ids).await? {
        let Some(plan) = plans::find(tx, id).await? else { continue };
        let circumstances =
            Circumstances { released: plan.released_at() <= now, drawn: line.drawn };
        if !caller.can(Action::ReadPlan, &plan.office, circumstances)? {
            continue;
        }
        let said = match line.drawn {
            true => Said::new(
                format!("계획 P-{id}에서 {}위로 검사 대상에 뽑혔습니다.", line.position),
                format!("Plan P-{id} drew it, at rank {}.", line.position),
            ),
            false => Said::new(
                format!("계획 P-{id}에서 {}위였고 뽑히지 않았습니다.", line.position),
                format!("Plan P-{id} did not draw it, at rank {}.", line.position),
            ),
        };
        add(plan.drawn_at, "planned", "", said, Some(format!("/queue?plan=P-{id}")));
    }
    // What happened at one time stays in the order of the path.
    entries.sort_by_key(|(at, _)| *at);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}
