//! What is understood of a file, with nothing kept: its messages, manifests and consignments, what
//! was wrong, and the raw segments beside it. For people who look before they send, in the terminal
//! (`commands/inspect.rs`) and in the browser.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use intake::{
    DOCUMENT_LIMIT, Format, HEAD_BYTES, Head, Kind, MessageBatch, MessageOptions, Messages, Row,
    Table, TableOptions, is_packed, recognise, take_out,
};
use serde_json::{Value, json};
use targeting::consignment::{Consignment, Defect, DefectKind};

use super::post_room::Input;

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
    /// True of an archive, a mail or a mailbox, whose own bytes are no segments.
    pub packed: bool,
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

/// Reads a file to its end and keeps nothing.
///
/// # Errors
/// When it cannot be read; that it is nothing known is no error.
pub fn understand(
    mut input: Input,
    name: &str,
    messages: &MessageOptions,
) -> io::Result<Understood> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    match &mut input {
        Input::File(file) => {
            Read::by_ref(file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
            file.seek(SeekFrom::Start(0))?;
        }
        Input::Bytes(bytes) => head.extend_from_slice(&bytes[..bytes.len().min(HEAD_BYTES)]),
    }
    if is_packed(&head, name) {
        return packed(input, name, messages);
    }
    let format = recognise(&head, name).format;
    let read = match format.is_message() {
        true => read_messages(input, name, messages),
        false => read_table(input, name, format),
    };
    Ok(match read {
        Ok((dialect, batch)) => Understood { format, dialect, batch, refused: None, packed: false },
        Err(why) => Understood {
            format,
            dialect: String::new(),
            batch: MessageBatch::default(),
            refused: Some(why),
            packed: false,
        },
    })
}

/// What is understood of all files in an archive, a mail or a mailbox, as of one. The format is
/// that of the first that is understood; what is wrong says in which file.
fn packed(input: Input, name: &str, options: &MessageOptions) -> io::Result<Understood> {
    let bytes = match input {
        Input::Bytes(bytes) => bytes,
        Input::File(file) => {
            let mut bytes = Vec::new();
            file.take(DOCUMENT_LIMIT + 1).read_to_end(&mut bytes)?;
            bytes.into()
        }
    };
    let mut whole = Understood {
        format: Format::Unknown,
        dialect: String::new(),
        batch: MessageBatch::default(),
        refused: None,
        packed: true,
    };
    let taken = take_out(&bytes, name).unwrap_or_default();
    if taken.files.is_empty() && taken.left.is_empty() {
        whole.refused = Some("there is no file in it".to_owned());
    }
    let tell = |batch: &mut MessageBatch, file: &str, why: &str| {
        batch.defects.push(Defect {
            line: 1,
            field: file.into(),
            kind: DefectKind::Unreadable,
            reason: why.to_owned(),
            found: String::new(),
        });
    };
    for file in taken.files {
        let one = understand(Input::Bytes(file.bytes), &file.name, options)?;
        if let Some(why) = &one.refused {
            tell(&mut whole.batch, &file.name, why);
        } else if whole.format == Format::Unknown {
            (whole.format, whole.dialect) = (one.format, one.dialect);
        }
        let before = whole.batch.heads.len();
        whole.batch.heads.extend(one.batch.heads);
        let rows = one.batch.rows.into_iter();
        whole.batch.rows.extend(rows.map(|row| Row { message: row.message + before, ..row }));
        whole.batch.defects.extend(one.batch.defects.into_iter().map(|defect| Defect {
            reason: format!("{}: {}", file.name, defect.reason),
            ..defect
        }));
    }
    for (file, why) in taken.left {
        tell(&mut whole.batch, &file, &why);
    }
    Ok(whole)
}

fn read_messages(
    input: Input,
    name: &str,
    options: &MessageOptions,
) -> Result<(String, MessageBatch), String> {
    let messages = match input {
        Input::File(file) => Messages::open(file, name, options),
        Input::Bytes(bytes) => Messages::open(Cursor::new(bytes), name, options),
    };
    let mut whole = MessageBatch::default();
    for batch in messages.map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        whole.heads.extend(batch.heads);
        whole.rows.extend(batch.rows);
        whole.defects.extend(batch.defects);
    }
    let dialect = whole.heads.first().map_or_else(String::new, |head| head.dialect.clone());
    Ok((dialect, whole))
}

/// A table read as `sumun ingest` would read it.
fn read_table(input: Input, name: &str, format: Format) -> Result<(String, MessageBatch), String> {
    let options = TableOptions::default();
    let table = match (input, format) {
        (Input::File(file), Format::Parquet) => Table::open_parquet(file, &options),
        (Input::File(file), _) => Table::open(file, name, &options),
        (Input::Bytes(bytes), Format::Parquet) => Table::open_parquet(bytes, &options),
        (Input::Bytes(bytes), _) => Table::open(Cursor::new(bytes), name, &options),
    };
    let table = table.map_err(|error| error.to_string())?;
    let dialect = table.mapping().to_owned();
    let mut whole = MessageBatch::default();
    for batch in table {
        let batch = batch.map_err(|error| error.to_string())?;
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
        json!({
            "file": name,
            "format": self.format,
            "dialect": self.dialect,
            "messages": self.batch.heads.iter().map(head_json).collect::<Vec<_>>(),
            "manifests": self.manifests(),
            "consignments": self.consignments(),
            "defects": self.defects(),
        })
    }

    /// What is answered to each EDIFACT interchange of these bytes; none when there is none.
    pub fn acknowledgement(&self, bytes: &[u8], now: i64) -> Option<String> {
        (self.format == Format::Edifact && !self.packed)
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
        if self.packed {
            return found;
        }
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
