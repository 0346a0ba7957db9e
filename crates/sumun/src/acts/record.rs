//! Recording outcomes: what inspections came to, one or a table of many. Each row names a
//! declaration; the plan that drew it, if one did, is found here. A row that cannot be recorded is
//! refused with its line and reason and spoils no other; a row that comes again changes nothing.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::json;
use targeting::codes::Day;
use targeting::consignment::{Consignment, Fate};
use targeting::decision::Act;
use targeting::history::examination;
use targeting::outcome::{
    Channel, DetectionMethod, Exhibit, Inspection, Label, Modality, NotExamined, Outcome, Seizure,
};

use crate::rights::Offices;
use crate::store::consignments::Known;
use crate::store::outcomes::{NewOutcome, Planned};
use crate::store::{
    Store, Tx, consignments, decisions, finds, histories, journal, outcomes, queue,
};

/// One row of reported outcomes, as written. A seizure of several substances has a row for each.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The source's number of the declaration.
    pub declaration_id: String,
    /// Whose number it is; only needed when several sources use the same one.
    pub source: String,
    /// `clear`, `discrepancy`, `seizure` or `not_examined`.
    pub outcome: String,
    /// Why not examined, or what was found.
    pub reason: String,
    /// How a find came to light; required for discrepancies and seizures.
    pub detection_method: String,
    /// What it was examined with; the plan's modality where left empty.
    pub modality: String,
    /// Officer-minutes spent.
    pub minutes: String,
    /// Day of the examination, such as 2021-04-05.
    pub decided_on: String,
    /// Who examined.
    pub officer: String,
    /// Substance found.
    pub substance: String,
    /// Quantity in `unit`.
    pub quantity: String,
    /// Unit of the quantity, such as g, kg, l, tablet.
    pub unit: String,
    /// Mass in grams of one `unit`, for units that are no mass.
    pub unit_mass_g: String,
    /// Where and how it was hidden.
    pub concealment: String,
}

/// The columns of a table of outcomes, in the order of [`Report`].
pub const COLUMNS: &str = "declaration_id, outcome (clear, discrepancy, seizure, not_examined), \
    detection_method (risk_profile, intelligence, random_selection, routine, dog, scan, trace, \
    laboratory, physical_examination, document_check, other_agency), reason, modality (document, \
    scan, dog, trace, lab, unpack), minutes, decided_on, officer, substance, quantity, unit, \
    unit_mass_g, concealment, source";

/// A row that could not be recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refused {
    /// Line of the table, from 1; 0 for a single outcome.
    pub line: u64,
    /// The declaration it names.
    pub declaration_id: String,
    /// Why, and what to do.
    pub reason: String,
}

/// What recording came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Recorded {
    /// Consignments with a new outcome.
    pub recorded: usize,
    /// Outcomes that took the place of an earlier one.
    pub corrected: usize,
    /// Outcomes that were known already.
    pub unchanged: usize,
    /// Rows that were not recorded.
    pub refused: Vec<Refused>,
}

/// A row that has been understood.
pub(super) struct Understood {
    pub(super) line: u64,
    pub(super) declaration: String,
    pub(super) source: String,
    /// The version that was examined, where the report names it.
    pub(super) version: Option<i64>,
    pub(super) decided_on: Option<Day>,
    pub(super) inspection: Inspection,
}

/// Records a batch of reports. With `correct`, a report that differs from what is recorded takes
/// its place as a new revision; without, it is refused.
pub async fn record(
    store: &Store,
    reports: &[(u64, Report)],
    correct: bool,
    by: (&str, i64),
) -> Result<Recorded> {
    record_own(store, reports, correct, None, by).await
}

/// As [`record`], of what somebody may record of alone: others are as if they were not there.
pub async fn record_own(
    store: &Store,
    reports: &[(u64, Report)],
    correct: bool,
    own: Option<Own<'_>>,
    (actor, now): (&str, i64),
) -> Result<Recorded> {
    let mut done = Recorded::default();
    let understood = understand(reports, actor, &mut done.refused);
    if understood.is_empty() {
        return Ok(done);
    }
    let mut tx = store.begin().await?;
    let how = Keeping { correct, own };
    if keep(&mut tx, understood, how, (actor, now), &mut done).await? {
        tx.commit().await?;
    }
    Ok(done)
}

/// How outcomes are kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Keeping<'k> {
    /// Puts a differing one in the place of what is recorded.
    pub(super) correct: bool,
    /// Of these alone; of all when left out.
    pub(super) own: Option<Own<'k>>,
}

/// What somebody may record of.
#[derive(Debug, Clone, Copy)]
pub struct Own<'o> {
    /// Offices of which everything.
    pub whole: &'o Offices,
    /// Offices of which what a released plan drew.
    pub drawn: &'o Offices,
}

/// Keeps what was understood, within a transaction of the caller's; false when nothing changed.
pub(super) async fn keep(
    tx: &mut Tx,
    understood: Vec<Understood>,
    Keeping { correct, own }: Keeping<'_>,
    (actor, now): (&str, i64),
    done: &mut Recorded,
) -> Result<bool> {
    let references: Vec<&str> = understood.iter().map(|row| row.declaration.as_str()).collect();
    let mut register = consignments::versions(tx, &references).await?;
    if let Some(may) = own {
        let ids: Vec<i64> = register.values().flatten().map(|(_, known)| known.id).collect();
        let places = consignments::places(tx, &ids, now).await?;
        let own: HashSet<i64> = (places.into_iter())
            .filter(|(_, office, drawn)| {
                may.whole.contains(office) || (*drawn && may.drawn.contains(office))
            })
            .map(|(id, ..)| id)
            .collect();
        for versions in register.values_mut() {
            versions.retain(|(_, known)| own.contains(&known.id));
        }
        register.retain(|_, versions| !versions.is_empty());
    }

    // Which versions of the declaration there are, which of them a plan has, and what is
    // recorded of them already.
    let mut meant: Vec<(Understood, Vec<Known>)> = Vec::new();
    for row in understood {
        match versions_meant(&row, &register) {
            Ok(versions) => meant.push((row, versions)),
            Err(reason) => done.refused.push(Refused {
                line: row.line,
                declaration_id: row.declaration,
                reason,
            }),
        }
    }
    let ids: Vec<i64> = meant.iter().flat_map(|(_, versions)| versions).map(|v| v.id).collect();
    let planned = outcomes::planned(tx, &ids).await?;
    let latest = outcomes::latest(tx, &ids).await?;
    let firsts: Vec<i64> =
        meant.iter().flat_map(|(_, versions)| versions).map(|v| v.first_id).collect();
    let decided = decisions::in_force(tx, &firsts).await?;
    let (mut stored, mut superseded) = (HashMap::new(), HashSet::new());
    for version in consignments::described(tx, &ids).await? {
        if version.fate == Fate::Superseded {
            superseded.insert(version.id);
        }
        stored.insert(version.id, version.consignment);
    }

    let mut ledger = histories::Additions::default();
    let mut new: Vec<NewOutcome> = Vec::new();
    let (mut examined, mut not_arrived, mut waived) = (Vec::new(), Vec::new(), Vec::new());
    for (mut row, versions) in meant {
        let Some(newest) = versions.last().copied() else { continue };
        // An officer's order says what it was examined with where the report does not.
        if row.inspection.modality.is_none()
            && row.inspection.result.label().is_some()
            && let Some(ordered) = decided.get(&newest.first_id)
            && let (Act::Inspect, Some(modality)) = (ordered.act, &ordered.modality)
        {
            row.inspection.modality = Some(modality.parse()?);
        }
        // The version that a plan has is the one that was inspected; a drawn one comes first.
        let in_plan = versions
            .iter()
            .filter(|version| row.version.is_none_or(|id| id == version.id))
            .filter_map(|version| Some((version.id, planned.get(&version.id)?)))
            .max_by_key(|(id, plan)| (plan.drawn, *id));
        let id = row.version.or(in_plan.map(|(id, _)| id)).unwrap_or_else(|| {
            let recorded = versions.iter().rev().find(|version| latest.contains_key(&version.id));
            recorded.map_or(newest.id, |version| version.id)
        });
        let recorded = latest.get(&id);
        let plan = in_plan.map(|(_, plan)| *plan);
        let own = versions.iter().find(|version| version.id == id);
        let arrived_day = own.unwrap_or(&newest).arrived_day;
        let known_on = row
            .decided_on
            .or(plan.map(|plan| plan.shift_day))
            .unwrap_or(arrived_day)
            .max(arrived_day);
        let revision = match recorded {
            Some(before) if before.inspection == row.inspection => {
                done.unchanged += 1;
                continue;
            }
            Some(before) if is_waiver_undone(&before.inspection) => {
                done.recorded += 1;
                before.revision + 1
            }
            Some(before) if !correct => {
                done.refused.push(Refused {
                    line: row.line,
                    declaration_id: row.declaration,
                    reason: format!(
                        "already recorded as {} by {}: use --correct to put this in its place",
                        before.inspection.result.as_str(),
                        before.inspection.officer
                    ),
                });
                continue;
            }
            Some(before) => {
                if let (Some(label), Some(consignment)) =
                    (before.inspection.result.label(), stored.get(&id))
                {
                    add(&mut ledger, consignment, before.known_on, label, -1);
                }
                done.corrected += 1;
                before.revision + 1
            }
            None => {
                done.recorded += 1;
                1
            }
        };
        match (&row.inspection.result, row.inspection.result.label(), stored.get(&id)) {
            (_, Some(label), Some(consignment)) => {
                add(&mut ledger, consignment, known_on, label, 1);
                examined.push(newest.id);
                examined.push(id);
            }
            (Outcome::NotExamined { reason }, ..) => {
                // What became of it stands on its newest version.
                let of = if superseded.contains(&id) { newest.id } else { id };
                match reason {
                    NotExamined::NeverArrived | NotExamined::BillDeleted => not_arrived.push(of),
                    NotExamined::Waived
                    | NotExamined::ScoredAfterRelease
                    | NotExamined::NoCapacity => waived.push(of),
                    NotExamined::WaiverUndone => {}
                }
            }
            _ => {}
        }
        new.push(NewOutcome {
            consignment_id: id,
            revision,
            channel: Some(channel(plan)),
            plan_id: plan.map(|plan| plan.plan_id),
            known_on,
            inspection: row.inspection,
        });
    }
    if new.is_empty() {
        return Ok(false);
    }
    outcomes::insert(tx, &new, now).await?;
    consignments::set_fate(tx, &examined, Fate::Inspected).await?;
    consignments::set_fate(tx, &not_arrived, Fate::Rejected).await?;
    consignments::set_fate(tx, &waived, Fate::Released).await?;
    ledger.keep(tx).await?;
    let finds: Vec<(i64, Day, &Consignment)> = new
        .iter()
        .filter(|new| new.inspection.result.label().is_some_and(Label::irregular))
        .filter_map(|new| {
            Some((new.consignment_id, new.known_on, stored.get(&new.consignment_id)?))
        })
        .collect();
    let corrected: Vec<i64> =
        new.iter().filter(|new| new.revision > 1).map(|new| new.consignment_id).collect();
    finds::forget(tx, &corrected).await?;
    finds::keep(tx, &finds).await?;
    let mut ended: Vec<i64> = new.iter().map(|new| new.consignment_id).collect();
    ended.extend(examined.into_iter().chain(not_arrived).chain(waived));
    queue::refresh(tx, &ended).await?;
    let entries: Vec<journal::JournalEntry<'_>> =
        new.iter().map(|new| journaled(new, actor)).collect();
    journal::record(tx, &entries, now).await?;
    Ok(true)
}

/// The journal's entry of an outcome.
pub(super) fn journaled<'e>(new: &NewOutcome, actor: &'e str) -> journal::JournalEntry<'e> {
    journal::JournalEntry {
        actor: actor.into(),
        act: if new.revision > 1 { "correct" } else { "record" }.into(),
        subject: format!("consignment {}", new.consignment_id).into(),
        body: json!({
            "consignment": new.consignment_id,
            "revision": new.revision,
            "plan": new.plan_id,
            "channel": new.channel,
            "inspection": new.inspection,
        }),
    }
}

/// Whether an outcome only says that a waiver was taken back: the inspection is still to come.
pub(super) fn is_waiver_undone(inspection: &Inspection) -> bool {
    matches!(inspection.result, Outcome::NotExamined { reason: NotExamined::WaiverUndone })
}

fn add(
    ledger: &mut histories::Additions,
    consignment: &Consignment,
    known_on: Day,
    label: Label,
    times: i64,
) {
    for entry in examination(consignment, known_on, label) {
        ledger.add(entry, times);
    }
}

/// What was drawn keeps the channel of its chance; everything else was an officer's own choice.
fn channel(plan: Option<Planned>) -> Channel {
    match plan {
        Some(Planned { channel, drawn: true, .. }) => channel,
        Some(Planned { drawn: false, .. }) | None => Channel::Officer,
    }
}

/// All versions of the declaration that a row means, in rising order.
fn versions_meant(
    row: &Understood,
    register: &HashMap<String, Vec<(String, Known)>>,
) -> Result<Vec<Known>, String> {
    let Some(all) = register.get(&row.declaration) else {
        return Err("no such declaration is stored: ingest it first, or check the number".into());
    };
    let mut sources: Vec<&str> = all.iter().map(|(source, _)| source.as_str()).collect();
    sources.dedup();
    let source = match (row.source.as_str(), sources.as_slice()) {
        ("", [one]) => *one,
        ("", many) => {
            return Err(format!(
                "several sources use this number ({}): say which in the column source",
                many.join(", ")
            ));
        }
        (named, many) if many.contains(&named) => named,
        (named, many) => {
            return Err(format!("{named} is not a source of this number, {} is", many.join(", ")));
        }
    };
    Ok(all.iter().filter(|(of, _)| of == source).map(|(_, known)| *known).collect())
}

/// Reads the rows, and joins those of one seizure.
fn understand(
    reports: &[(u64, Report)],
    actor: &str,
    refused: &mut Vec<Refused>,
) -> Vec<Understood> {
    let mut rows: Vec<Understood> = Vec::new();
    let mut place: HashMap<(String, String), usize> = HashMap::new();
    for (line, report) in reports {
        let row = match read(*line, report, actor) {
            Ok(row) => row,
            Err(reason) => {
                let declaration_id = report.declaration_id.trim().to_owned();
                refused.push(Refused { line: *line, declaration_id, reason });
                continue;
            }
        };
        let key = (row.source.clone(), row.declaration.clone());
        match place.get(&key) {
            None => {
                place.insert(key, rows.len());
                rows.push(row);
            }
            Some(at) => {
                let first = &mut rows[*at];
                let Understood { line, declaration, inspection, .. } = row;
                match (&mut first.inspection.result, inspection.result) {
                    (Outcome::Seizure(first), Outcome::Seizure(more)) => {
                        for exhibit in more.exhibits {
                            if !first.exhibits.contains(&exhibit) {
                                first.exhibits.push(exhibit);
                            }
                        }
                    }
                    (before, after) if *before == after => {}
                    (before, _) => refused.push(Refused {
                        line,
                        declaration_id: declaration,
                        reason: format!(
                            "line {} of this table says {} of the same declaration: keep one",
                            first.line,
                            before.as_str()
                        ),
                    }),
                }
            }
        }
    }
    rows
}

fn read(line: u64, report: &Report, actor: &str) -> Result<Understood, String> {
    let declaration = report.declaration_id.trim();
    if declaration.is_empty() {
        return Err("declaration_id is empty".to_owned());
    }
    let words = |text: &str| text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let modality: Option<Modality> =
        optional(&words(&report.modality), "modality", |word| match word {
            "x_ray" | "xray" | "nii" => Ok(Modality::Scan),
            "canine" => Ok(Modality::Dog),
            "physical" | "physical_examination" => Ok(Modality::Unpack),
            other => other.parse().map_err(|error: targeting::codes::CodeError| error.to_string()),
        })?;
    let detection_method = optional(&words(&report.detection_method), "detection_method", method)?;
    let result = match words(&report.outcome).as_str() {
        "clear" | "clean" | "0" => Outcome::Clear,
        "discrepancy" | "irregular" | "1" => {
            Outcome::Discrepancy { finding: report.reason.trim().to_owned() }
        }
        "seizure" | "critical" | "2" => Outcome::Seizure(seizure(report)?),
        "not_examined" => Outcome::NotExamined { reason: not_examined(&report.reason)? },
        other => {
            return Err(format!(
                "`{other}` is not an outcome: clear, discrepancy, seizure or not_examined"
            ));
        }
    };
    let find = matches!(result, Outcome::Discrepancy { .. } | Outcome::Seizure(_));
    if find && detection_method.is_none() {
        return Err(format!(
            "a {} needs a detection_method, because learning depends on it: risk_profile, \
             random_selection, scan, dog, physical_examination and so on",
            result.as_str()
        ));
    }
    let minutes = optional(report.minutes.trim(), "minutes", |text| {
        text.parse::<u32>().map_err(|_| format!("`{text}` is not a whole number of minutes"))
    })?;
    let decided_on = optional(report.decided_on.trim(), "decided_on", |text| {
        let date = text.split(['T', ' ']).next().unwrap_or(text);
        date.parse::<Day>().map_err(|error| error.to_string())
    })?;
    let officer = match report.officer.trim() {
        "" => actor,
        named => named,
    };
    Ok(Understood {
        line,
        declaration: declaration.to_owned(),
        source: report.source.trim().to_owned(),
        version: None,
        decided_on,
        inspection: Inspection {
            modality,
            minutes,
            detection_method,
            officer: officer.into(),
            result,
            evidence: None,
        },
    })
}

fn optional<T>(
    text: &str,
    column: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some).map_err(|reason| format!("{column}: {reason}"))
}

/// The detection method, under the words that offices use for it.
fn method(word: &str) -> Result<DetectionMethod, String> {
    match word {
        "risk" | "rule" | "profile" => Ok(DetectionMethod::RiskProfile),
        "random" => Ok(DetectionMethod::RandomSelection),
        "x_ray" | "xray" | "nii" => Ok(DetectionMethod::Scan),
        "canine" => Ok(DetectionMethod::Dog),
        "lab" => Ok(DetectionMethod::Laboratory),
        "document" | "documents" => Ok(DetectionMethod::DocumentCheck),
        "unpack" | "physical" | "inspection" | "examination" | "search" => {
            Ok(DetectionMethod::PhysicalExamination)
        }
        other => other.parse().map_err(|error: targeting::codes::CodeError| error.to_string()),
    }
}

fn not_examined(reason: &str) -> Result<NotExamined, String> {
    let word = reason.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let known: Option<NotExamined> = word.parse().ok();
    known.filter(|reason| *reason != NotExamined::WaiverUndone).ok_or_else(|| {
        format!(
            "not_examined needs a reason of the list (never_arrived, bill_deleted, waived, \
             scored_after_release, no_capacity), not `{reason}`"
        )
    })
}

fn seizure(report: &Report) -> Result<Seizure, String> {
    let concealment = report.concealment.trim().to_owned();
    let substance = report.substance.trim();
    if substance.is_empty() {
        return Ok(Seizure { exhibits: Vec::new(), concealment });
    }
    let number = |text: &str, column: &str| -> Result<f64, String> {
        match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
            _ => Err(format!("{column}: `{}` is not a quantity", text.trim())),
        }
    };
    let quantity = number(&report.quantity, "quantity")?;
    if report.unit.trim().is_empty() {
        return Err("a quantity needs its unit, such as g, kg, l or tablet".to_owned());
    }
    let unit_mass_g = match report.unit_mass_g.trim() {
        "" => None,
        text => Some(number(text, "unit_mass_g")?),
    };
    let exhibit = Exhibit::new(substance, quantity, report.unit.trim(), unit_mass_g);
    Ok(Seizure { exhibits: vec![exhibit], concealment })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(pairs: &[(&str, &str)]) -> Report {
        let map: serde_json::Map<String, serde_json::Value> =
            pairs.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        serde_json::from_value(map.into()).unwrap()
    }

    #[test]
    fn a_find_without_its_detection_method_is_refused() {
        let row = report(&[("declaration_id", "1"), ("outcome", "seizure")]);
        let reason = read(2, &row, "kim").err().unwrap();
        assert!(reason.contains("detection_method"), "{reason}");
        let row = report(&[("declaration_id", "1"), ("outcome", "clear")]);
        assert_eq!(read(2, &row, "kim").unwrap().inspection.officer, "kim");
    }

    #[test]
    fn a_mixed_seizure_is_joined_from_its_rows() {
        // The mixed seizure of July 2020: five substances in two units.
        let rows: Vec<(u64, Report)> = [
            ("methamphetamine", "513", "g", ""),
            ("marijuana", "90", "g", ""),
            ("yaba", "978", "tablet", "0.1"),
            ("ecstasy", "48", "tablet", "0.3"),
            ("ecstasy powder", "26.34", "g", ""),
        ]
        .iter()
        .enumerate()
        .map(|(n, (substance, quantity, unit, unit_mass_g))| {
            let row = report(&[
                ("declaration_id", "A-1"),
                ("outcome", "seizure"),
                ("detection_method", "x-ray"),
                ("substance", substance),
                ("quantity", quantity),
                ("unit", unit),
                ("unit_mass_g", unit_mass_g),
            ]);
            (n as u64 + 2, row)
        })
        .collect();
        let mut refused = Vec::new();
        let understood = understand(&rows, "kim", &mut refused);
        assert_eq!((understood.len(), refused.len()), (1, 0));
        let Outcome::Seizure(seizure) = &understood[0].inspection.result else { panic!() };
        let kilograms: f64 = seizure.exhibits.iter().filter_map(|e| e.kg_equivalent).sum();
        assert!((kilograms - (0.513 + 0.09 + 0.0978 + 0.0144 + 0.02634)).abs() < 1e-9);
        assert_eq!(understood[0].inspection.detection_method, Some(DetectionMethod::Scan));
    }

    #[test]
    fn rows_that_contradict_each_other_are_refused() {
        let clear = report(&[("declaration_id", "1"), ("outcome", "clear")]);
        let missing = report(&[
            ("declaration_id", "1"),
            ("outcome", "not examined"),
            ("reason", "never arrived"),
        ]);
        let mut refused = Vec::new();
        let rows = [(2, clear.clone()), (3, clear), (4, missing)];
        assert_eq!(understand(&rows, "kim", &mut refused).len(), 1);
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].line, 4);
    }
}
