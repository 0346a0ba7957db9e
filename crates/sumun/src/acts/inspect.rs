//! Reporting an inspection from the dock. A device without a network makes the id of its report
//! and sends it when it can, perhaps twice: the id makes it count once. When somebody recorded
//! something else meanwhile, nothing is overwritten: the report is kept beside it, and a person
//! decides. What an outcome has to hold is `record.rs`'s to say.

use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use targeting::code_lists::{CONCEALMENT_METHODS, CONCEALMENT_PLACES, Coded};
use targeting::codes::Day;
use targeting::outcome::{
    DetectionMethod, Evidence, Exhibit, Inspection, Modality, NotExamined, Outcome, Seizure,
};

use super::record::{Keeping, Recorded, Understood, is_waiver_undone, keep};
use crate::store::outcomes::KeptOutcome;
use crate::store::reports::KeptReport;
use crate::store::{Store, Tx, consignments, journal, outcomes, photos, plans, reports};

/// What a device reports.
#[derive(Debug, Clone)]
pub struct DockReport {
    /// The id that the device made.
    pub id: String,
    /// The version that was examined.
    pub consignment: i64,
    /// `clear`, `discrepancy`, `seizure` or `not_examined`.
    pub outcome: String,
    /// What was wrong, or why nobody looked.
    pub reason: String,
    /// How a find came to light.
    pub detection_method: Option<DetectionMethod>,
    /// What it was examined with.
    pub modality: Option<Modality>,
    /// Officer-minutes spent.
    pub minutes: Option<u32>,
    /// What was seized.
    pub exhibits: Vec<Seized>,
    /// When, where, how it was hidden, the note, the pictures.
    pub evidence: Evidence,
    /// The revision that the device had seen; none when it had seen no outcome.
    pub base_revision: Option<i64>,
    /// Puts this in the place of that revision.
    pub correct: bool,
}

/// One line of what was seized.
#[derive(Debug, Clone)]
pub struct Seized {
    /// Substance or goods.
    pub substance: String,
    /// Quantity in `unit`.
    pub quantity: f64,
    /// Unit.
    pub unit: String,
    /// Mass in grams of one unit, for units that are no mass.
    pub unit_mass_g: Option<f64>,
}

/// How a report ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is the outcome now.
    Recorded,
    /// The outcome was so already.
    Unchanged,
    /// Something else was recorded meanwhile; the report is kept beside it.
    Conflict,
}

impl Ended {
    fn as_str(self) -> &'static str {
        match self {
            Ended::Recorded => "recorded",
            Ended::Unchanged => "unchanged",
            Ended::Conflict => "conflict",
        }
    }
}

/// What became of a report.
#[derive(Debug, Clone)]
pub struct Reported {
    /// How it ended.
    pub ended: Ended,
    /// The outcome as reported.
    pub ours: KeptOutcome,
    /// What somebody else recorded meanwhile.
    pub theirs: Option<KeptOutcome>,
}

/// Takes in a report from the dock.
///
/// # Errors
/// A refusal when it says something that cannot be, or names a picture that did not arrive; then
/// nothing was kept.
pub async fn report(
    store: &Store,
    report: &DockReport,
    (actor, now): (&str, i64),
) -> Result<Reported> {
    let inspection = understood(report, actor, now)?;
    let document = serde_json::to_string(&inspection)?;
    let digest = {
        let asked = json!([report.consignment, document, report.base_revision, report.correct]);
        hex::encode(Sha256::digest(asked.to_string()))
    };
    let mut tx = store.begin().await?;
    let before = reports::find(&mut tx, &report.id).await?;
    // What was drawn is what is examined, also where the report names what its sender said since.
    let id = match &before {
        Some(before) if before.digest == digest => before.consignment_id,
        _ => {
            let units = plans::units(&mut tx, &[report.consignment]).await?;
            units.get(&report.consignment).copied().unwrap_or(report.consignment)
        }
    };
    if let Some(before) = before {
        let same = before.digest == digest && before.by == actor;
        match (same, before.state.as_str()) {
            // What was in conflict may have been settled since, and may be sent anew.
            (_, "conflict") if before.by == actor && before.consignment_id == id => {}
            (true, state) => {
                let ended = if state == "recorded" { Ended::Recorded } else { Ended::Unchanged };
                let all = outcomes::of(&mut tx, &[id]).await?;
                let ours = all.into_iter().find(|one| Some(one.revision) == before.revision);
                let ours = ours.context("the outcome of a recorded report is gone")?;
                return Ok(Reported { ended, ours, theirs: None });
            }
            (false, _) => crate::refuse!(
                "idempotency_key",
                "this id was used before for another report: give each report an id of its own"
            ),
        }
    }
    let found = consignments::described(&mut tx, &[id]).await?.pop();
    let Some(found) = found else {
        crate::refuse!("no_consignment", "there is no consignment C-{id}")
    };
    let pictures: Vec<&str> =
        report.evidence.photos.iter().map(|photo| photo.sha256.as_str()).collect();
    arrived(&mut tx, id, &pictures, actor).await?;

    let latest = outcomes::of(&mut tx, &[id]).await?.pop();
    // A waiver that was taken back is no outcome: the inspection was still to come.
    let latest = latest.filter(|latest| !is_waiver_undone(&latest.inspection));
    let planned = outcomes::planned(&mut tx, &[id]).await?.get(&id).copied();
    let mut kept = KeptReport {
        consignment_id: id,
        state: Ended::Unchanged.as_str().to_owned(),
        revision: latest.as_ref().map(|latest| latest.revision),
        digest,
        by: actor.to_owned(),
    };
    match latest {
        Some(latest) if latest.inspection == inspection => {
            reports::keep(&mut tx, &report.id, &kept, &document, now).await?;
            tx.commit().await?;
            return Ok(Reported { ended: Ended::Unchanged, ours: latest, theirs: None });
        }
        Some(latest)
            if !(is_waiver_undone(&latest.inspection)
                || report.correct && report.base_revision == Some(latest.revision)) =>
        {
            let ours = KeptOutcome {
                consignment_id: id,
                revision: latest.revision + 1,
                channel: latest.channel,
                plan_id: latest.plan_id,
                known_on: latest.known_on,
                recorded_at: now,
                inspection,
            };
            kept.state = Ended::Conflict.as_str().to_owned();
            reports::keep(&mut tx, &report.id, &kept, &document, now).await?;
            let entry = journal::JournalEntry {
                actor: actor.into(),
                act: "conflict".into(),
                subject: format!("consignment {id}").into(),
                body: json!({
                    "report": report.id,
                    "recorded": latest.revision,
                    "seen": report.base_revision,
                    "inspection": ours.inspection,
                }),
            };
            journal::record(&mut tx, &[entry], now).await?;
            tx.commit().await?;
            return Ok(Reported { ended: Ended::Conflict, ours, theirs: Some(latest) });
        }
        Some(_) | None => {}
    }

    let examined_on = inspection.evidence.as_ref().and_then(|evidence| evidence.examined_at);
    let row = Understood {
        line: 0,
        declaration: found.consignment.reference.to_string(),
        source: found.consignment.source.to_string(),
        version: Some(id),
        // What a plan drew is dated by its shift, what an officer chose by the day itself.
        decided_on: match planned {
            Some(_) => None,
            None => examined_on.map(|at| Day(at.div_euclid(86_400_000_000) as i32)),
        },
        inspection,
    };
    let mut done = Recorded::default();
    let how = Keeping { correct: report.correct, own: None };
    keep(&mut tx, vec![row], how, (actor, now), &mut done).await?;
    if let Some(refused) = done.refused.first() {
        crate::refuse!("unusable_report", "{}", refused.reason);
    }
    photos::name(&mut tx, id, &pictures).await?;
    let ours = outcomes::of(&mut tx, &[id]).await?.pop().context("the outcome was not kept")?;
    kept.state = Ended::Recorded.as_str().to_owned();
    kept.revision = Some(ours.revision);
    reports::keep(&mut tx, &report.id, &kept, &document, now).await?;
    tx.commit().await?;
    Ok(Reported { ended: Ended::Recorded, ours, theirs: None })
}

/// Holds that the pictures arrived before the report that names them, from the same person or
/// with an earlier report of the same consignment.
async fn arrived(tx: &mut Tx, id: i64, pictures: &[&str], actor: &str) -> Result<()> {
    if pictures.is_empty() {
        return Ok(());
    }
    let kept = photos::find(tx, pictures).await?;
    for picture in pictures {
        let own = kept.iter().find(|one| one.sha256 == *picture);
        let usable = match own {
            Some(photo) if photo.kept_by == actor => true,
            Some(_) => photos::named_by(tx, picture).await?.iter().any(|(of, _)| *of == id),
            None => false,
        };
        if !usable {
            crate::refuse!(
                "no_photo",
                "the picture {picture} has not arrived: send it first, then the report again"
            );
        }
    }
    Ok(())
}

/// The report as an inspection, if it says what can be.
fn understood(report: &DockReport, actor: &str, now: i64) -> Result<Inspection> {
    let refuse = |why: &str| crate::refusal::Refusal::error("unusable_report", why.to_owned());
    let evidence = &report.evidence;
    if !evidence.place.is_empty() && coded(&CONCEALMENT_PLACES, &evidence.place).is_none() {
        return Err(refuse("the place is none of the list of places"));
    }
    if !evidence.method.is_empty() && coded(&CONCEALMENT_METHODS, &evidence.method).is_none() {
        return Err(refuse("the method is none of the list of methods"));
    }
    // A clock that is a day ahead would date what nobody can have seen.
    if evidence.examined_at.is_some_and(|at| at > now + 86_400_000_000 || at < 0) {
        return Err(refuse("examined_at is in the future: set the clock of the device"));
    }
    let result = match report.outcome.as_str() {
        "clear" => Outcome::Clear,
        "discrepancy" => Outcome::Discrepancy { finding: report.reason.trim().to_owned() },
        "seizure" => Outcome::Seizure(Seizure {
            exhibits: report.exhibits.iter().map(exhibit).collect::<Result<_>>()?,
            concealment: concealment(evidence),
        }),
        "not_examined" => {
            let reason: Result<NotExamined, _> = report.reason.trim().parse();
            let reason = reason.map_err(|error| refuse(&error.to_string()))?;
            if reason == NotExamined::WaiverUndone {
                return Err(refuse("only the undoing of a waiver says that it was undone"));
            }
            Outcome::NotExamined { reason }
        }
        _ => {
            return Err(refuse("the outcome is clear, discrepancy, seizure or not_examined"));
        }
    };
    let find = matches!(result, Outcome::Discrepancy { .. } | Outcome::Seizure(_));
    if find && report.detection_method.is_none() {
        return Err(refuse("a find needs its detection_method, because learning depends on it"));
    }
    if !find && (!evidence.place.is_empty() || !evidence.method.is_empty()) {
        return Err(refuse("only a find has a place and a method of concealment"));
    }
    if !matches!(result, Outcome::Seizure(_)) && !report.exhibits.is_empty() {
        return Err(refuse("only a seizure has exhibits"));
    }
    if matches!(&result, Outcome::Seizure(seizure) if seizure.exhibits.is_empty()) {
        return Err(refuse("a seizure has at least one exhibit: what was seized, and how much"));
    }
    let examined = !matches!(result, Outcome::NotExamined { .. });
    let evidence = evidence.clone();
    Ok(Inspection {
        modality: report.modality.filter(|_| examined),
        minutes: report.minutes.filter(|_| examined),
        detection_method: report.detection_method.filter(|_| find),
        officer: actor.into(),
        result,
        evidence: (evidence != Evidence::default()).then(|| Box::new(evidence)),
    })
}

fn exhibit(seized: &Seized) -> Result<Exhibit> {
    let Seized { substance, quantity, unit, unit_mass_g } = seized;
    let number = |number: f64| number.is_finite() && (0.0..=1e12).contains(&number);
    if substance.trim().is_empty() || unit.trim().is_empty() {
        crate::refuse!("unusable_report", "an exhibit has a substance and a unit");
    }
    if !number(*quantity) || !unit_mass_g.is_none_or(number) {
        crate::refuse!("unusable_report", "the quantity of {} is none", substance.trim());
    }
    Ok(Exhibit::new(substance.trim(), *quantity, unit.trim(), *unit_mass_g))
}

/// The entry of a list with this code.
fn coded<'l>(list: &'l [Coded], code: &str) -> Option<&'l Coded> {
    list.iter().find(|one| one.code == code)
}

/// The concealment in words, for tables and pages that know no codes.
fn concealment(evidence: &Evidence) -> String {
    let place = coded(&CONCEALMENT_PLACES, &evidence.place).map(|one| one.en);
    let method = coded(&CONCEALMENT_METHODS, &evidence.method).map(|one| one.en);
    let said: Vec<&str> = [place, method].into_iter().flatten().collect();
    said.join("; ")
}
