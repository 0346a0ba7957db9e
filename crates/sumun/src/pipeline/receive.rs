//! Receive: records of a message become stored consignments, each new, amended or known already.
//! What cannot be stored is kept as a defect. Nothing is acknowledged before the commit, and a
//! batch that comes again changes nothing. Reading the bytes is `intake`'s work.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use serde_json::json;
use targeting::amount::amounts;
use targeting::codes::Day;
use targeting::consignment::{Consignment, Defect, DefectKind, Fate};
use targeting::history::{arrival, examination, links};
use targeting::outcome::{Inspection, Label};

use crate::rights::Offices;
use crate::store::consignments::{Known, NewVersion};
use crate::store::messages::{NewMessage, Tally};
use crate::store::outcomes::NewOutcome;
use crate::store::records::KeptRecord;
use crate::store::{
    Store, Tx, consignments, covered, defects, finds, histories, journal, messages, offices,
    outcomes, plans, queue, records,
};

/// A record ready to be stored.
pub struct Arrival {
    /// Line of the message on which it begins.
    pub line: u64,
    /// What was understood.
    pub consignment: Consignment,
    /// What the source says came of it; only kept when outcomes are asked for.
    pub inspection: Option<Inspection>,
    document: String,
    digest: i64,
}

/// Makes a record ready: writes its document and takes the document's digest.
pub fn prepare(
    line: u64,
    consignment: Consignment,
    inspection: Option<Inspection>,
) -> Result<Arrival> {
    let document = serde_json::to_string(&consignment)?;
    let digest = xxhash_rust::xxh3::xxh3_64(document.as_bytes()) as i64;
    Ok(Arrival { line, consignment, inspection, document, digest })
}

/// The message whose records arrive.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its number.
    pub id: i64,
    /// Name by which people know it.
    pub name: String,
    /// Who numbers its references.
    pub source: String,
}

/// Writes a message down, or finds it again.
pub async fn open(store: &Store, message: &NewMessage<'_>, now: i64) -> Result<Message> {
    let mut tx = store.begin().await?;
    let (id, new) = messages::open(&mut tx, message, now).await?;
    if new {
        tx.commit().await?;
    }
    Ok(Message { id, name: message.name.to_owned(), source: message.source.to_owned() })
}

/// When a message with this digest was first received, if it was.
pub async fn received_at(store: &Store, digest: &str) -> Result<Option<i64>> {
    let mut tx = store.read().await?;
    messages::received_at(&mut tx, digest).await
}

/// Marks a message as read to its end.
pub async fn finish(store: &Store, message: &Message, now: i64) -> Result<()> {
    let mut tx = store.begin().await?;
    messages::finish(&mut tx, message.id, now).await?;
    tx.commit().await
}

/// On what terms a batch is taken in: those of a file that an operator reads, by default.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Keeps the outcomes that records carry.
    pub with_outcomes: bool,
    /// The offices of whoever sends it: a number that is another's is not theirs to use. Every
    /// office when left out.
    pub offices: Option<Offices>,
    /// A machine sends it, which may amend and withdraw what it declared first itself, and nothing
    /// else: for the rest there are officers.
    pub machine: bool,
    /// A day of arrival further from the day of receipt than this many days is kept as it was said,
    /// and the consignment is worked on as of its receipt. Any day stands when left out, as in a
    /// back file.
    pub days_around: Option<i32>,
}

impl Terms {
    /// Those of a file whose records carry their outcomes.
    pub fn outcomes(with_outcomes: bool) -> Terms {
        Terms { with_outcomes, ..Terms::default() }
    }
}

/// Stores a batch of records with their defects; gives what became of them. The outcomes that
/// the records carry are kept only `with_outcomes`.
pub async fn receive(
    store: &Store,
    message: &Message,
    batch: &[Arrival],
    found_defects: &[Defect],
    with_outcomes: bool,
    (actor, now): (&str, i64),
) -> Result<Tally> {
    let faults = (found_defects, [].as_slice());
    let terms = Terms::outcomes(with_outcomes);
    receive_noting(store, message, batch, faults, &terms, (actor, now)).await
}

/// As [`receive`], and keeps what was written where something was wrong, for whoever mends it.
pub async fn receive_noting(
    store: &Store,
    message: &Message,
    batch: &[Arrival],
    (found_defects, written): (&[Defect], &[KeptRecord]),
    terms: &Terms,
    (actor, now): (&str, i64),
) -> Result<Tally> {
    let mut tx = store.begin().await?;
    let received =
        receive_within(&mut tx, message, batch, found_defects, terms, (actor, now)).await?;
    if received.changed {
        records::insert(&mut tx, message.id, written).await?;
        tx.commit().await?;
    }
    Ok(received.tally)
}

/// What became of a batch, in a transaction that is still open.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// What became of its records.
    pub tally: Tally,
    /// The version that each record of the batch is stored as, in the batch's order; 0 for one that
    /// is not.
    pub ids: Vec<i64>,
    /// What was found wrong with records in the light of what is stored already.
    pub defects: Vec<Defect>,
    /// False when all of it was known already.
    pub changed: bool,
}

/// As [`receive`], within a transaction of the caller's, who commits what was changed.
pub async fn receive_within(
    tx: &mut Tx,
    message: &Message,
    batch: &[Arrival],
    found_defects: &[Defect],
    terms: &Terms,
    (actor, now): (&str, i64),
) -> Result<Received> {
    let with_outcomes = terms.with_outcomes;
    let references: Vec<&str> =
        batch.iter().map(|arrival| arrival.consignment.reference.as_str()).collect();
    let known = consignments::known(tx, &message.source, &references).await?;
    let next_id = consignments::next_id(tx).await?;
    let others = others(tx, message, batch, &known, terms, actor).await?;
    let (moved, far) = days_bounded(tx, batch, &known, terms, now).await?;
    let batch: Vec<&Arrival> =
        batch.iter().enumerate().map(|(row, said)| moved.get(&row).unwrap_or(said)).collect();
    let batch = batch.as_slice();

    let mut sorted = sort(message, batch, known, next_id, &others);
    let rejected: HashSet<u64> =
        found_defects.iter().filter(|defect| defect.kind.rejects()).map(|d| d.line).collect();
    sorted.tally.rejected = (rejected.len() + others.len()) as i64;
    sorted.tally.read = (batch.len() + rejected.len()) as i64;
    let first_found = sorted.defects.len();
    sorted.defects.extend(others.into_values().chain(far));
    sorted.defects[first_found..].sort_by_key(|defect| defect.line);
    let told = sorted.defects[first_found..].to_vec();
    sorted.defects.extend_from_slice(found_defects);
    sorted.tally.defects = sorted.defects.len() as i64;

    let mut ledger = histories::Additions::default();
    let found = if with_outcomes { outcomes_of(tx, batch, &sorted).await? } else { Vec::new() };
    let inspected: HashSet<i64> = found.iter().map(|new| new.consignment_id).collect();
    let amended: Vec<i64> =
        sorted.new.iter().filter(|place| place.version > 1).map(|place| place.first_id).collect();
    let taken_up = plans::taken_up(tx, &amended).await?;
    let versions: Vec<NewVersion<'_>> = sorted
        .new
        .iter()
        .map(|place| NewVersion {
            id: place.id,
            first_id: place.first_id,
            version: place.version,
            consignment: &batch[place.row].consignment,
            document: &batch[place.row].document,
            digest: batch[place.row].digest,
            message_id: message.id,
            line: batch[place.row].line as i64,
            fate: match () {
                () if sorted.superseded.contains(&place.id) => Fate::Superseded,
                () if inspected.contains(&place.id) => Fate::Inspected,
                // What withdraws a consignment is its last version, and nothing awaits it; but what
                // the work has taken up is not the sender's to take off it.
                () if batch[place.row].consignment.documents.cancelled
                    && !taken_up.contains(&place.first_id) =>
                {
                    Fate::Rejected
                }
                () => Fate::Pending,
            },
        })
        .collect();
    let fresh = defects::insert(tx, message.id, &sorted.defects, now).await?;
    if versions.is_empty() && found.is_empty() && fresh == 0 {
        // All of it is known: nothing changes, not even the journal.
        let (tally, ids) = (sorted.tally, sorted.ids(batch.len()));
        return Ok(Received { tally, ids, defects: told, changed: false });
    }

    add_arrivals(tx, batch, &sorted, &mut ledger).await?;
    consignments::insert(tx, &versions).await?;
    queue::number(tx, versions.iter().map(|new| (new.id, new.consignment))).await?;
    consignments::supersede(tx, &sorted.superseded).await?;
    // What is held is seen at once under its new version, screened or not.
    let held: Vec<queue::NewRow<'_>> = versions
        .iter()
        .filter(|new| new.fate == Fate::Pending && taken_up.contains(&new.first_id))
        .map(|new| queue::NewRow { id: new.id, consignment: new.consignment, judged: None })
        .collect();
    queue::wait(tx, &held).await?;
    let rows = sorted.rows();
    for new in &found {
        let Some(label) = new.inspection.result.label() else { continue };
        let consignment = &batch[rows[&new.consignment_id]].consignment;
        for entry in examination(consignment, new.known_on, label) {
            ledger.add(entry, 1);
        }
    }
    outcomes::insert(tx, &found, now).await?;
    let irregular: Vec<(i64, Day, &Consignment)> = found
        .iter()
        .filter(|new| new.inspection.result.label().is_some_and(Label::irregular))
        .map(|new| {
            let consignment = &batch[rows[&new.consignment_id]].consignment;
            (new.consignment_id, new.known_on, consignment)
        })
        .collect();
    finds::keep(tx, &irregular).await?;
    let known_before: Vec<i64> = inspected.iter().copied().filter(|id| *id < next_id).collect();
    consignments::set_fate(tx, &known_before, Fate::Inspected).await?;
    let ended: Vec<i64> = sorted.superseded.iter().copied().chain(known_before).collect();
    queue::refresh(tx, &ended).await?;
    ledger.keep(tx).await?;
    let arrived: Vec<(i64, &Consignment)> = versions
        .iter()
        .filter(|version| version.fate == Fate::Pending)
        .map(|version| (version.id, version.consignment))
        .collect();
    super::meet(tx, &arrived, (actor, now)).await?;
    messages::add(tx, message.id, sorted.tally).await?;
    let mut digest = covered::Documents::default();
    versions.iter().for_each(|version| digest.add(version.document));
    let outcome_ids = [found.first(), found.last()].map(|one| one.map(|new| new.consignment_id));
    journal::record(
        tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "receive".into(),
            subject: format!("message {}", message.id).into(),
            body: json!({
                "file": message.name,
                "lines": [batch.first().map(|a| a.line), batch.last().map(|a| a.line)],
                "ids": [next_id, next_id + versions.len() as i64 - 1],
                "new": sorted.tally.new,
                "amended": sorted.tally.amended,
                "unchanged": sorted.tally.unchanged,
                "rejected": sorted.tally.rejected,
                "outcomes": found.len(),
                "outcome_ids": outcome_ids,
                "outcomes_sha256": outcomes_digest(&found)?,
                "sha256": digest.finish(),
            }),
        }],
        now,
    )
    .await?;
    let (tally, ids) = (sorted.tally, sorted.ids(batch.len()));
    Ok(Received { tally, ids, defects: told, changed: true })
}

/// The records of a batch that are not their sender's to send, by row: their numbers are in use at
/// offices that are none of the sender's, or were first declared by somebody else.
async fn others(
    tx: &mut Tx,
    message: &Message,
    batch: &[Arrival],
    known: &HashMap<String, Vec<Known>>,
    terms: &Terms,
    actor: &str,
) -> Result<HashMap<usize, Defect>> {
    let Terms { offices, machine, .. } = terms;
    let own = |id: &Known| id.message_id == message.id;
    if known.is_empty() || (offices.is_none() && !machine) {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = known.values().flatten().map(|known| known.id).collect();
    let at = match offices {
        Some(_) => consignments::offices_of(tx, &ids).await?,
        None => HashMap::new(),
    };
    let firsts: Vec<i64> = known.values().flatten().map(|known| known.first_id).collect();
    let declared_by = match machine {
        true => consignments::declared_by(tx, &firsts).await?,
        false => HashMap::new(),
    };
    let mut refused = HashMap::new();
    for (row, arrival) in batch.iter().enumerate() {
        let Some(versions) = known.get(arrival.consignment.reference.as_str()) else { continue };
        let elsewhere = offices.as_ref().is_some_and(|offices| {
            let of = |one: &Known| at.get(&one.id).is_some_and(|office| !offices.contains(office));
            versions.iter().any(of)
        });
        let first = versions.first().and_then(|one| declared_by.get(&one.first_id));
        let foreign = first.is_some_and(|first| sender_of(first) != sender_of(actor));
        if (elsewhere || foreign) && !versions.iter().all(own) {
            // Whose number it is must not be told.
            refused.insert(
                row,
                Defect {
                    line: arrival.line,
                    field: "reference".into(),
                    kind: DefectKind::Taken,
                    reason: "this number of this source was first declared by another sender: an \
                         officer has to look at what this one says of it"
                        .into(),
                    found: arrival.consignment.reference.to_string(),
                },
            );
        }
    }
    Ok(refused)
}

/// For whom a token sends: its name up to the first dot, so that one that took another's place
/// (`carrier.2027` that of `carrier`) goes on where that left off.
fn sender_of(actor: &str) -> &str {
    actor.split('.').next().unwrap_or(actor)
}

/// The records of a batch whose day of arrival is not the one they are worked on, by row, with the
/// defects that say so: a sender's date must not take a consignment out of every plan. Their digest
/// stays that of what was said.
async fn days_bounded(
    tx: &mut Tx,
    batch: &[Arrival],
    known: &HashMap<String, Vec<Known>>,
    terms: &Terms,
    now: i64,
) -> Result<(HashMap<usize, Arrival>, Vec<Defect>)> {
    let (mut moved, mut defects) = (HashMap::new(), Vec::new());
    let Some(around) = terms.days_around else { return Ok((moved, defects)) };
    let mut clocks: HashMap<&str, i64> = HashMap::new();
    for (row, arrival) in batch.iter().enumerate() {
        let consignment = &arrival.consignment;
        let office = consignment.office.as_str();
        let ahead = match clocks.get(office) {
            Some(ahead) => *ahead,
            None => offices::clock_ahead(tx, office).await?,
        };
        clocks.insert(office, ahead);
        let (today, said) = (Day::of_micros(now + ahead), consignment.arrived_on);
        let far = |day: Day| (i64::from(day.0) - i64::from(today.0)).abs() > i64::from(around);
        let day = if far(said) { today } else { said };
        // An amendment comes after what it amends, and never takes the work back a day.
        let before = known.get(consignment.reference.as_str()).and_then(|of| of.last());
        let before = before.map(|known| known.arrived_day).filter(|day| !far(*day));
        let day = before.map_or(day, |before| day.max(before));
        if far(said) {
            defects.push(Defect {
                line: arrival.line,
                field: "arrived_at".into(),
                kind: DefectKind::OutOfRange,
                reason: format!(
                    "the day of arrival is more than {around} days from the day of receipt: it is \
                     worked on as of {day}"
                ),
                found: said.to_string(),
            });
        }
        if day != said {
            let consignment = Consignment { arrived_on: day, ..consignment.clone() };
            let (inspection, digest) = (arrival.inspection.clone(), arrival.digest);
            let prepared = prepare(arrival.line, consignment, inspection)?;
            moved.insert(row, Arrival { digest, ..prepared });
        }
    }
    Ok((moved, defects))
}

/// The digest of outcomes in rising order of consignment, which `sumun verify` takes again.
fn outcomes_digest(found: &[NewOutcome]) -> Result<String> {
    let mut digest = covered::Documents::default();
    for outcome in found {
        digest.add(&outcome.consignment_id.to_string());
        digest.add(outcome.inspection.result.as_str());
        digest.add(&serde_json::to_string(&outcome.inspection)?);
    }
    Ok(digest.finish())
}

/// Where a record of the batch will be stored.
struct Place {
    row: usize,
    id: i64,
    first_id: i64,
    version: i64,
    /// The version that it amends.
    amends: Option<i64>,
}

#[derive(Default)]
struct Sorted {
    new: Vec<Place>,
    /// Rows that changed nothing, with the id of the version that is stored already.
    unchanged: Vec<(usize, i64)>,
    superseded: HashSet<i64>,
    defects: Vec<Defect>,
    tally: Tally,
}

impl Sorted {
    /// The row of the batch that is stored under each id.
    fn rows(&self) -> HashMap<i64, usize> {
        let new = self.new.iter().map(|place| (place.id, place.row));
        new.chain(self.unchanged.iter().map(|(row, id)| (*id, *row))).collect()
    }

    /// The id under which each of the batch's rows is stored.
    fn ids(&self, rows: usize) -> Vec<i64> {
        let mut ids = vec![0; rows];
        for place in &self.new {
            ids[place.row] = place.id;
        }
        for (row, id) in &self.unchanged {
            ids[*row] = *id;
        }
        ids
    }
}

/// Decides for each record whether it is new, amends a known one, or is known already.
fn sort(
    message: &Message,
    batch: &[&Arrival],
    mut known: HashMap<String, Vec<Known>>,
    mut next_id: i64,
    left_out: &HashMap<usize, Defect>,
) -> Sorted {
    let mut sorted = Sorted::default();
    for (row, arrival) in batch.iter().enumerate().filter(|(row, _)| !left_out.contains_key(row)) {
        let versions = match known.get_mut(arrival.consignment.reference.as_str()) {
            Some(versions) => versions,
            None => known.entry(arrival.consignment.reference.to_string()).or_default(),
        };
        let line = arrival.line as i64;
        // The same content is no news when it is what stands now, or when this same message said
        // it before: an amendment may well go back to what an earlier message had said.
        let same = versions.iter().enumerate().rev().find(|(n, version)| {
            version.digest == arrival.digest
                && (*n + 1 == versions.len() || version.message_id == message.id)
        });
        if let Some((_, version)) = same {
            if version.message_id == message.id && version.line != line {
                sorted.defects.push(duplicate(arrival, version.line, "the same"));
            }
            sorted.unchanged.push((row, version.id));
            sorted.tally.unchanged += 1;
            continue;
        }
        let newest = versions.last().copied();
        if let Some(newest) = newest {
            if newest.message_id == message.id {
                sorted.defects.push(duplicate(arrival, newest.line, "other"));
            }
            sorted.superseded.insert(newest.id);
            sorted.tally.amended += 1;
        } else {
            sorted.tally.new += 1;
        }
        let place = Place {
            row,
            id: next_id,
            first_id: newest.map_or(next_id, |newest| newest.first_id),
            version: newest.map_or(1, |newest| newest.version + 1),
            amends: newest.map(|newest| newest.id),
        };
        versions.push(Known {
            id: place.id,
            first_id: place.first_id,
            version: place.version,
            message_id: message.id,
            line,
            arrived_day: arrival.consignment.arrived_on,
            digest: arrival.digest,
        });
        sorted.new.push(place);
        next_id += 1;
    }
    sorted
}

fn duplicate(arrival: &Arrival, line: i64, content: &str) -> Defect {
    let became = match content {
        "the same" => "changed nothing",
        _ => "was kept as a newer version",
    };
    Defect {
        line: arrival.line,
        field: "reference".into(),
        kind: DefectKind::Duplicate,
        reason: format!(
            "repeats the reference of line {line} of this file with {content} content and {became}"
        ),
        found: arrival.consignment.reference.to_string(),
    }
}

/// Outcomes that the records carry for consignments without one.
async fn outcomes_of(tx: &mut Tx, batch: &[&Arrival], sorted: &Sorted) -> Result<Vec<NewOutcome>> {
    let known: Vec<i64> = sorted.unchanged.iter().map(|(_, id)| *id).collect();
    let mut have: HashSet<i64> = outcomes::latest(tx, &known).await?.into_keys().collect();
    let places = sorted
        .new
        .iter()
        .filter(|place| !sorted.superseded.contains(&place.id))
        .map(|place| (place.row, place.id))
        .chain(sorted.unchanged.iter().copied());
    let mut found: Vec<NewOutcome> = places
        .filter_map(|(row, id)| {
            let inspection = batch[row].inspection.clone()?;
            have.insert(id).then(|| NewOutcome {
                consignment_id: id,
                revision: 1,
                channel: None,
                plan_id: None,
                known_on: batch[row].consignment.arrived_on,
                inspection,
            })
        })
        .collect();
    found.sort_by_key(|outcome| outcome.consignment_id);
    Ok(found)
}

/// Counts arrivals in the ledger. An amendment counts only under keys that its elder had not.
async fn add_arrivals(
    tx: &mut Tx,
    batch: &[&Arrival],
    sorted: &Sorted,
    ledger: &mut histories::Additions,
) -> Result<()> {
    let elders: Vec<i64> = sorted.new.iter().filter_map(|place| place.amends).collect();
    let stored: HashMap<i64, Consignment> = consignments::load(tx, &elders)
        .await?
        .into_iter()
        .map(|stored| (stored.id, stored.consignment))
        .collect();
    let by_id: HashMap<i64, usize> = sorted.new.iter().map(|place| (place.id, place.row)).collect();
    for place in &sorted.new {
        let consignment = &batch[place.row].consignment;
        let elder = place.amends.and_then(|id| {
            stored.get(&id).or_else(|| by_id.get(&id).map(|row| &batch[*row].consignment))
        });
        let counted: HashSet<u64> =
            elder.into_iter().flat_map(arrival).map(|entry| entry.key).collect();
        for entry in arrival(consignment).filter(|entry| !counted.contains(&entry.key)) {
            ledger.add(entry, 1);
        }
        links(consignment).for_each(|link| ledger.add_link(link));
        if elder.is_none() {
            amounts(consignment).for_each(|entry| ledger.add_amount(entry));
        }
    }
    Ok(())
}
