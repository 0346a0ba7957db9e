//! What is understood of a file, with nothing kept: its messages, manifests and consignments, what
//! was wrong, and the raw segments beside it. For people who look before they send, in the terminal
//! (`commands/inspect.rs`) and in the browser.

use std::collections::BTreeMap;

use anyhow::Result;
use intake::{
    Bytes, Format, Head, Inner, Kind, Mapping, MessageBatch, Messages, Row, Table, TableOptions,
    recognise,
};
use serde_json::{Value, json};
use targeting::codes::Day;
use targeting::consignment::{Consignment, Defect, DefectKind};

use super::post_room::{self, Input, Opening, Reading, Sent};
use crate::refusal::{Refusal, refusal};

/// What was understood of a file.
pub struct Understood {
    /// Its format.
    pub format: Format,
    /// Type, version and shape of its messages; the mapping of a table.
    pub dialect: String,
    /// What was read.
    pub batch: MessageBatch,
    /// Why it could not be read at all.
    pub refused: Option<String>,
    /// A first mapping, for a table that no mapping knows.
    pub proposal: Option<String>,
}

/// What was understood of a file as it was sent.
pub struct Looked {
    /// What its files were sent in: `zip`, `tar`, `mail` or `mailbox`; none when it came by itself.
    pub packing: Option<&'static str>,
    /// The files; one that came by itself is the only one.
    pub members: Vec<Member>,
    /// What could not be taken out, by name, and why.
    pub left: Vec<(String, String)>,
    /// What computers put beside people's files, by name.
    pub clutter: Vec<String>,
}

/// One of the files that were sent.
pub struct Member {
    /// Its name, after that of what it was sent in.
    pub name: String,
    /// Its bytes, where it was sent in another.
    pub bytes: Option<Bytes>,
    /// What was understood of it.
    pub understood: Understood,
}

/// A segment or line as it stands.
pub struct Segment {
    /// Segment or line, from 1.
    pub at: u64,
    /// What stands there, without control characters.
    pub text: String,
    /// False when it could not be cut out soundly.
    pub sound: bool,
    /// What was wrong with it.
    pub defects: Vec<Defect>,
}

/// Reads a file, or all files that were sent in it, and keeps nothing.
///
/// # Errors
/// A refusal of an archive that is too large; or when it cannot be read. A file
/// that is nothing known is no error.
pub fn look(input: Input, name: &str, reading: &Reading) -> Result<Looked> {
    match post_room::unpack(input, name)? {
        Sent::Itself(input) => {
            let understood = understand(input, name, reading)?;
            let member = Member { name: name.to_owned(), bytes: None, understood };
            let (left, clutter) = (Vec::new(), Vec::new());
            Ok(Looked { packing: None, members: vec![member], left, clutter })
        }
        Sent::Within { packing, taken } => {
            let read = |inner: Inner| {
                let understood =
                    understand(Input::Bytes(inner.bytes.clone()), &inner.name, reading)?;
                Ok(Member { name: inner.name, bytes: Some(inner.bytes), understood })
            };
            let members: Vec<Member> = taken.files.into_iter().map(read).collect::<Result<_>>()?;
            let (mut left, clutter) = (taken.left, taken.clutter);
            if members.is_empty() && left.is_empty() {
                left.push((name.to_owned(), "there is no file to be read in it".to_owned()));
            }
            Ok(Looked { packing: Some(packing), members, left, clutter })
        }
    }
}

/// Reads one file to its end as `sumun ingest` would.
fn understand(mut input: Input, name: &str, reading: &Reading) -> Result<Understood> {
    let format = recognise(&input.head()?, name).format;
    let mut understood = Understood {
        format,
        dialect: String::new(),
        batch: MessageBatch::default(),
        refused: None,
        proposal: None,
    };
    let again = input.again()?;
    let read = match post_room::open(input, name, reading) {
        Ok(Opening::Messages(messages, _)) => read_messages(*messages),
        Ok(Opening::Table(table)) => read_table(*table),
        Err(error) => Err(error),
    };
    match read {
        Ok((dialect, batch)) => (understood.dialect, understood.batch) = (dialect, batch),
        Err(error) => {
            let Some(why) = refusal(&error) else { return Err(error) };
            let mut said = why.said.as_str();
            if why.code == post_room::NO_MAPPING
                && let Some((first, starter)) = said.split_once("\n\n")
            {
                said = first.lines().next().unwrap_or_default();
                if let Some((dialect, batch)) = tried(again, name, starter, said, reading)? {
                    (understood.dialect, understood.batch) = (dialect, batch);
                    understood.proposal = Some(starter.to_owned());
                    return Ok(understood);
                }
                understood.proposal = Some(starter.to_owned());
            }
            understood.refused = Some(said.to_owned());
        }
    }
    Ok(understood)
}

/// The ways in which numbers and dates of a table may be written ([`Mapping::tried`]).
const FORMS: u8 = 6;

/// Reads a table that no mapping knows by the likeness of its columns' names, for whoever looks; to
/// take it in, a person has to check the mapping and give it. Of the ways in which numbers and
/// dates may be written, that counts which leaves least unread.
fn tried(
    mut input: Input,
    name: &str,
    starter: &str,
    why: &str,
    reading: &Reading,
) -> Result<Option<(String, MessageBatch)>> {
    let office = &reading.messages.office;
    let day = Day::of_micros(reading.messages.received_at).to_string();
    let mut opened = |form: u8| -> Result<Option<Table<'static>>> {
        let Some(mapping) = Mapping::tried(starter, office, &day, form) else { return Ok(None) };
        let tables = TableOptions { mapping: Some(mapping), ..reading.tables.clone() };
        Ok(post_room::open_table(input.again()?, name, &tables).ok())
    };
    // The first rows say how the rest is written.
    let mut best: Option<(usize, u8)> = None;
    for form in 0..FORMS {
        let Some(Ok(batch)) = opened(form)?.and_then(|mut table| table.next()) else { continue };
        let unread = batch.defects.len();
        if best.is_none_or(|(least, _)| least > unread) {
            best = Some((unread, form));
        }
        // A few damaged rows are damaged however they are read.
        if unread * 10 <= batch.rows.len() {
            break;
        }
    }
    let Some((_, form)) = best else { return Ok(None) };
    let Some(Ok((_, mut batch))) = opened(form)?.map(read_table) else { return Ok(None) };
    if batch.rows.is_empty() {
        return Ok(None);
    }
    let note = |reason: &str| Defect {
        line: 1,
        field: Default::default(),
        kind: DefectKind::Noted,
        reason: reason.to_owned(),
        found: String::new(),
    };
    let likeness = "it was read by the likeness of its columns' names, to be looked at only";
    batch.defects.splice(0..0, [note(why), note(likeness)]);
    Ok(Some(("no mapping, tried by names".to_owned(), batch)))
}

fn read_messages(messages: Messages<'static>) -> Result<(String, MessageBatch)> {
    let mut whole = MessageBatch::default();
    for batch in messages {
        let batch = batch.map_err(|error| Refusal::error("unreadable", error.to_string()))?;
        whole.heads.extend(batch.heads);
        whole.rows.extend(batch.rows);
        whole.defects.extend(batch.defects);
    }
    let dialect = whole.heads.first().map_or_else(String::new, |head| head.dialect.clone());
    Ok((dialect, whole))
}

fn read_table(table: Table<'static>) -> Result<(String, MessageBatch)> {
    let dialect = table.mapping().to_owned();
    let mut whole = MessageBatch::default();
    for batch in table {
        let batch = batch.map_err(|error| Refusal::error("unreadable", error.to_string()))?;
        whole.defects.extend(batch.defects);
        whole.rows.extend(batch.rows.into_iter().map(|row| Row {
            message: 0,
            line: row.line,
            offset: 0,
            kind: Kind::Declaration,
            test: false,
            consignment: row.consignment,
        }));
    }
    Ok((dialect, whole))
}

/// What is answered to each EDIFACT interchange of these bytes, made now.
pub fn acknowledgement(bytes: &[u8], defects: &[Defect], now: i64) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(now).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let sent = at.strftime("%y%m%d:%H%M").to_string();
    // Seconds since 1970 in digits and letters: no two answers of a second are told apart, and
    // that is what the further digit is for.
    intake::acknowledge(bytes, defects, &sent, &format!("{}", at.timestamp().as_second()))
}

impl Understood {
    /// True when it holds a message or a consignment.
    pub fn anything(&self) -> bool {
        !self.batch.heads.is_empty() || !self.batch.rows.is_empty()
    }

    /// What is wrong with it, with what kept it from being read at all.
    pub fn defects(&self) -> Vec<Value> {
        let mut defects: Vec<Value> = self.batch.defects.iter().map(defect_json).collect();
        if let Some(why) = &self.refused {
            defects.push(json!({
                "where": { "line": 1 }, "field": "", "what": "unreadable", "why": why, "found": "",
            }));
        }
        defects
    }

    /// The manifests, with their houses under their masters.
    pub fn manifests(&self) -> Vec<Value> {
        manifests(&self.batch)
    }

    /// The consignments.
    pub fn consignments(&self) -> Vec<Value> {
        self.batch.rows.iter().map(consignment_json).collect()
    }

    /// All of it.
    pub fn json(&self, name: &str) -> Value {
        let mut all = json!({
            "file": name,
            "format": self.format,
            "dialect": self.dialect,
            "messages": self.messages(),
            "manifests": self.manifests(),
            "consignments": self.consignments(),
            "defects": self.defects(),
        });
        if let Some(proposal) = &self.proposal {
            all["proposal"] = proposal.as_str().into();
        }
        all
    }

    /// The messages in it.
    pub fn messages(&self) -> Vec<Value> {
        self.batch.heads.iter().map(head_json).collect()
    }

    /// What is answered to each EDIFACT interchange of these bytes; none when there is none.
    pub fn acknowledgement(&self, bytes: &[u8], now: i64) -> Option<String> {
        (self.format == Format::Edifact)
            .then(|| acknowledgement(bytes, &self.batch.defects, now))
            .flatten()
    }

    /// Up to `most` segments or lines as they stand, each with its defects.
    pub fn segments(&self, bytes: &[u8], most: usize) -> Vec<Segment> {
        let mut of_line: BTreeMap<u64, Vec<Defect>> = BTreeMap::new();
        for defect in &self.batch.defects {
            of_line.entry(defect.line).or_default().push(defect.clone());
        }
        let mut found = Vec::new();
        let mut take = |at: u64, said: &[u8], sound: bool| {
            if found.len() < most {
                let text = String::from_utf8_lossy(said);
                let text = text.chars().filter(|c| !c.is_control()).collect();
                let defects = of_line.remove(&at).unwrap_or_default();
                found.push(Segment { at, text, sound, defects });
            }
        };
        match self.format {
            Format::Edifact | Format::X12 => {
                let x12 = self.format == Format::X12;
                intake::segments(bytes, x12, false, |line, _, said, sound| take(line, said, sound));
            }
            _ => {
                for (line, said) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
                    take(line, said, true);
                }
            }
        }
        found
    }
}

impl Looked {
    /// True when one of the files holds a message or a consignment.
    pub fn anything(&self) -> bool {
        self.members.iter().any(|one| one.understood.anything())
    }

    /// The format: of the only file, or of what several were sent in.
    pub fn format(&self) -> &'static str {
        match (self.members.as_slice(), self.packing) {
            ([one], _) => one.understood.format.as_str(),
            (_, packing) => packing.unwrap_or("unknown"),
        }
    }

    /// The dialects of the files, each once.
    pub fn dialect(&self) -> String {
        let mut all: Vec<&str> = Vec::new();
        for one in &self.members {
            let dialect = one.understood.dialect.as_str();
            if !dialect.is_empty() && !all.contains(&dialect) {
                all.push(dialect);
            }
        }
        all.join(", ")
    }

    /// What could not be taken out, as defects.
    pub fn left_json(&self) -> impl Iterator<Item = Value> {
        self.left.iter().map(|(name, why)| {
            json!({
                "file": name, "where": { "line": 1 }, "field": "", "what": "unreadable",
                "why": why, "found": "",
            })
        })
    }

    /// All of it: of a file by itself as it is, of others all files' together and each by itself.
    pub fn json(&self, name: &str) -> Value {
        if let (None, [one]) = (self.packing, self.members.as_slice()) {
            return one.understood.json(name);
        }
        let all = |of: fn(&Understood) -> Vec<Value>| -> Vec<Value> {
            let each = self.members.iter().map(|one| (one, of(&one.understood)));
            each.flat_map(|(one, found)| {
                found.into_iter().map(|mut found| {
                    found["file"] = one.name.as_str().into();
                    found
                })
            })
            .collect()
        };
        let mut defects = all(Understood::defects);
        defects.extend(self.left_json());
        let members = self.members.iter().map(|one| one.understood.json(&one.name));
        json!({
            "file": name,
            "format": self.format(),
            "packing": self.packing,
            "dialect": self.dialect(),
            "messages": all(Understood::messages),
            "manifests": all(Understood::manifests),
            "consignments": all(Understood::consignments),
            "defects": defects,
            "members": members.collect::<Vec<_>>(),
            "left_out": self.clutter,
        })
    }
}

fn head_json(head: &Head) -> Value {
    json!({
        "dialect": head.dialect,
        "kind": head.kind,
        "function": head.function,
        "reference": head.reference,
        "sender": head.sender,
        "recipient": head.recipient,
        "sent": head.sent_text(),
        "test": head.test,
        "where": { "line": head.line, "byte": head.offset },
        "consignments": head.consignments,
    })
}

/// The manifests, with their houses under their masters.
fn manifests(batch: &MessageBatch) -> Vec<Value> {
    let reports = |head: &Head| matches!(head.kind, Kind::Manifest | Kind::Movement);
    let mut of_message: BTreeMap<usize, Vec<&Consignment>> = BTreeMap::new();
    for row in &batch.rows {
        of_message.entry(row.message).or_default().push(&row.consignment);
    }
    batch
        .heads
        .iter()
        .enumerate()
        .filter(|(_, head)| reports(head))
        .map(|(n, head)| {
            let all = of_message.get(&n).map_or(&[][..], Vec::as_slice);
            let mut masters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for one in all.iter().filter(|one| !one.documents.master_bill.is_empty()) {
                let houses = masters.entry(&one.documents.master_bill).or_default();
                if !one.documents.house_bill.is_empty() {
                    houses.push(&one.documents.house_bill);
                }
            }
            json!({
                "reference": head.reference,
                "function": head.function,
                "dialect": head.dialect,
                "parties": head.parties,
                "route": head.route,
                "masters": masters
                    .iter()
                    .map(|(master, houses)| json!({ "master_bill": master, "houses": houses }))
                    .collect::<Vec<_>>(),
                "consignments": all.iter().map(|one| one.reference.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn consignment_json(row: &Row) -> Value {
    let Row { message, line, offset, kind, test, consignment } = row;
    let documents = &consignment.documents;
    json!({
        "ids": {
            "reference": consignment.reference,
            "source": consignment.source,
            "master_bill": documents.master_bill,
            "house_bill": documents.house_bill,
            "postal_item": documents.postal_item,
            "declaration": documents.declaration,
            "manifest": documents.manifest,
            "booking": documents.booking,
            "ucr": documents.ucr,
            "previous": documents.previous,
        },
        "message": message,
        "where": { "line": line, "byte": offset },
        "kind": kind,
        "test": test,
        "cancelled": documents.cancelled,
        "regime": consignment.regime,
        "direction": consignment.direction,
        "transport": consignment.transport,
        "office": consignment.office,
        "arrived_on": consignment.arrived_on,
        "procedure": documents.procedure,
        "purpose": documents.purpose,
        "parties": consignment.parties,
        "goods": consignment.goods,
        "equipment": consignment.equipment,
        "route": consignment.route,
        "notes": documents.notes,
        "signs": documents.signs,
    })
}

fn defect_json(defect: &Defect) -> Value {
    json!({
        "where": { "line": defect.line },
        "field": defect.field,
        "what": defect.kind,
        "why": defect.reason,
        "found": defect.found,
    })
}
