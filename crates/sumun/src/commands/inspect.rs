//! `sumun inspect`. Shows what is understood of a file, trade message or table, with what was
//! wrong; nothing is stored and no store is needed. Ends with 1 when nothing was understood.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use intake::{
    Format, HEAD_BYTES, Head, Kind, MessageBatch, MessageOptions, Messages, Row, Table,
    TableOptions, recognise,
};
use serde_json::{Value, json};
use targeting::codes::Day;
use targeting::consignment::{Consignment, Defect};

use super::Report;
use crate::config::now;

/// Shows what is understood of a file, and keeps nothing: its messages, manifests and
/// consignments, with defects and where they are. Trade messages (EDIFACT, Cargo-IMP, XML, X12,
/// postal forms) and tables, plain or packed.
#[derive(Debug, Args)]
pub struct Inspect {
    /// A file; `-` is standard input.
    #[arg(required_unless_present = "summary", value_name = "FILE")]
    file: Option<PathBuf>,
    /// A line for each file of this folder instead.
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    summary: Option<PathBuf>,
    /// The customs office of consignments whose message names none.
    #[arg(long, default_value = "", value_name = "CODE")]
    office: String,
    /// Shows the segments or lines as they stand, each defect beneath its own.
    #[arg(long, conflicts_with = "summary")]
    raw: bool,
}

/// Consignments and defects that a terminal shows of one file; JSON has them all.
const SHOWN: usize = 50;

/// What was understood of a file.
struct Understood {
    format: Format,
    dialect: String,
    batch: MessageBatch,
    /// Why it could not be read at all.
    refused: Option<String>,
}

impl Understood {
    fn anything(&self) -> bool {
        !self.batch.heads.is_empty() || !self.batch.rows.is_empty()
    }
}

impl Inspect {
    /// Runs the verb.
    pub fn run(self) -> Result<Report> {
        if let Some(folder) = &self.summary {
            return self.summary(folder);
        }
        let path = self.file.clone().unwrap_or_default();
        let understood = self.understand(&path)?;
        let name = path.display().to_string();
        let (json, mut text) = (json_of(&name, &understood), text_of(&name, &understood));
        if self.raw && path.as_os_str() != "-" {
            let bytes = std::fs::read(&path).with_context(|| format!("while reading {name}"))?;
            raw(&mut text, &bytes, &understood);
        }
        Ok(Report { json, text, whole: understood.anything() })
    }

    fn summary(&self, folder: &Path) -> Result<Report> {
        let files = super::ingest::files_of(folder)?;
        let headings = ["file", "format", "dialect", "messages", "consignments", "defects"];
        let mut table = super::Table::new(&headings);
        let mut lines = Vec::new();
        for path in files {
            let one = self.understand(&path)?;
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            let (messages, rows) = (one.batch.heads.len(), one.batch.rows.len());
            let defects = one.batch.defects.len() + usize::from(one.refused.is_some());
            table.row([
                name.clone(),
                one.format.as_str().to_owned(),
                one.dialect.clone(),
                messages.to_string(),
                rows.to_string(),
                defects.to_string(),
            ]);
            lines.push(json!({
                "file": name, "format": one.format, "dialect": one.dialect,
                "messages": messages, "consignments": rows, "defects": defects,
                "refused": one.refused,
            }));
        }
        Ok(Report::new(json!({ "files": lines }), table.text()))
    }

    fn understand(&self, path: &Path) -> Result<Understood> {
        let mut file = match path.as_os_str() == "-" {
            true => {
                let mut spool = tempfile::tempfile().context("while spooling standard input")?;
                std::io::copy(&mut std::io::stdin().lock(), &mut spool)?;
                spool
            }
            false => match File::open(path) {
                Ok(file) => file,
                Err(error) => {
                    crate::refuse!("no_file", "{} cannot be opened: {error}", path.display())
                }
            },
        };
        file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        if let Err(error) = Read::by_ref(&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head) {
            crate::refuse!("no_file", "{} cannot be read: {error}", path.display());
        }
        file.seek(SeekFrom::Start(0))?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
        let format = recognise(&head, &name).format;
        let read = match format.is_message() {
            true => self.messages(file, &name),
            false => table(file, &name, format),
        };
        Ok(match read {
            Ok((dialect, batch)) => Understood { format, dialect, batch, refused: None },
            Err(why) => Understood {
                format,
                dialect: String::new(),
                batch: MessageBatch::default(),
                refused: Some(why),
            },
        })
    }

    fn messages(&self, file: File, name: &str) -> Result<(String, MessageBatch), String> {
        let options = MessageOptions {
            office: self.office.as_str().into(),
            received_at: now(),
            ..MessageOptions::default()
        };
        let messages = Messages::open(file, name, &options).map_err(|error| error.to_string())?;
        let mut whole = MessageBatch::default();
        for batch in messages {
            let batch = batch.map_err(|error| error.to_string())?;
            whole.heads.extend(batch.heads);
            whole.rows.extend(batch.rows);
            whole.defects.extend(batch.defects);
        }
        let dialect = whole.heads.first().map_or_else(String::new, |head| head.dialect.clone());
        Ok((dialect, whole))
    }
}

/// A table read as `sumun ingest` would read it.
fn table(file: File, name: &str, format: Format) -> Result<(String, MessageBatch), String> {
    let options = TableOptions::default();
    let table = match format {
        Format::Parquet => Table::open_parquet(file, &options),
        _ => Table::open(file, name, &options),
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

fn json_of(name: &str, understood: &Understood) -> Value {
    let Understood { format, dialect, batch, refused } = understood;
    let mut defects: Vec<Value> = batch.defects.iter().map(defect_json).collect();
    if let Some(why) = refused {
        defects.push(json!({
            "where": { "line": 1 }, "field": "", "what": "unreadable", "why": why, "found": "",
        }));
    }
    json!({
        "file": name,
        "format": format,
        "dialect": dialect,
        "messages": batch.heads.iter().map(head_json).collect::<Vec<_>>(),
        "manifests": manifests(batch),
        "consignments": batch.rows.iter().map(consignment_json).collect::<Vec<_>>(),
        "defects": defects,
    })
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

fn text_of(name: &str, understood: &Understood) -> String {
    let Understood { format, dialect, batch, refused } = understood;
    let mut text = format!("{name}: {} {dialect}\n", format.as_str());
    if let Some(why) = refused {
        let _ = writeln!(text, "  not read: {why}");
    }
    for head in &batch.heads {
        let test = if head.test { ", a test" } else { "" };
        let _ = writeln!(
            text,
            "\nmessage {} [{}], {}, {}{test}: {} consignments, from {} to {}, {}",
            or_dash(&head.reference),
            head.dialect,
            word(&head.kind),
            word(&head.function),
            head.consignments,
            or_dash(&head.sender),
            or_dash(&head.recipient),
            head.sent_text().unwrap_or_else(|| "no date".to_owned()),
        );
    }
    for row in batch.rows.iter().take(SHOWN) {
        consignment_text(&mut text, row);
    }
    if batch.rows.len() > SHOWN {
        let _ = writeln!(text, "\n… and {} more; --json has them all", batch.rows.len() - SHOWN);
    }
    if !batch.defects.is_empty() {
        let _ = writeln!(text, "\ndefects: {}", batch.defects.len());
    }
    for defect in batch.defects.iter().take(SHOWN) {
        let field = if defect.field.is_empty() { "" } else { &defect.field };
        let _ = writeln!(text, "  {:>6}  {} {field}: {}", defect.line, defect.kind, defect.reason);
        if !defect.found.is_empty() {
            let found: String = defect.found.chars().filter(|c| !c.is_control()).collect();
            let _ = writeln!(text, "          ▸ {}", super::shortened(&found, 100));
        }
    }
    text
}

fn consignment_text(text: &mut String, row: &Row) {
    let one = &row.consignment;
    let documents = &one.documents;
    let cancelled = if documents.cancelled { ", withdrawn" } else { "" };
    let _ = writeln!(
        text,
        "\n{:>6}  {} ({}, {}{cancelled}) at {} on {}",
        row.line,
        one.reference,
        one.regime,
        one.direction,
        one.office,
        Day::to_string(&one.arrived_on),
    );
    for (label, number) in [
        ("master", &documents.master_bill),
        ("house", &documents.house_bill),
        ("declaration", &documents.declaration),
        ("manifest", &documents.manifest),
    ] {
        if !number.is_empty() {
            let _ = writeln!(text, "        {label:<12}{number}");
        }
    }
    for party in &one.parties {
        let contact = party.contact.as_deref();
        let (name, address) = contact.map_or(("", ""), |c| (&c.name, &c.address));
        let said: Vec<&str> =
            [party.code.as_str(), name, address].into_iter().filter(|s| !s.is_empty()).collect();
        let role = word(&party.role);
        let _ = writeln!(text, "        {role:<12}{}", super::shortened(&said.join(", "), 100));
    }
    for item in &one.goods {
        let hs = item.hs.map(|hs| hs.to_string()).unwrap_or_default();
        let mass = item.gross_mass_g.or(item.net_mass_g).map(|mass| format!("{} kg", mass.kg()));
        let count = item.packages.map(|n| format!("{n} {}", item.package_type));
        let rest: Vec<String> = [count, mass].into_iter().flatten().collect();
        let what = super::shortened(&item.description, 70);
        let _ = writeln!(text, "        {:<12}{hs} {what} {}", "goods", rest.join(", "));
    }
    for unit in &one.equipment {
        let check = if unit.container.is_some() || unit.number.is_empty() { "" } else { " (?)" };
        let seals = match unit.seals.is_empty() {
            true => String::new(),
            false => format!(" seals {}", unit.seals.join(" ")),
        };
        let empty = if unit.empty { " empty" } else { "" };
        let (number, size) = (&unit.number, &unit.size_type);
        let _ = writeln!(text, "        {:<12}{number}{check} {size}{empty}{seals}", "unit");
    }
    let places: Vec<String> = one
        .route
        .places
        .iter()
        .map(|place| {
            let named = if place.code.is_empty() { place.name.as_str() } else { &place.code };
            format!("{} {named}", place.role)
        })
        .collect();
    if !places.is_empty() || !one.route.conveyance.is_empty() {
        let (by, voyage) = (&one.route.conveyance, &one.route.voyage);
        let _ = writeln!(text, "        {:<12}{by} {voyage} {}", "route", places.join(", "));
    }
    if !documents.signs.is_empty() {
        let _ = writeln!(text, "        {:<12}{}", "signs", documents.signs.join(", "));
    }
}

/// The message as it stands, with each defect beneath its segment or line.
fn raw(text: &mut String, bytes: &[u8], understood: &Understood) {
    let mut of_line: BTreeMap<u64, Vec<&Defect>> = BTreeMap::new();
    for defect in &understood.batch.defects {
        of_line.entry(defect.line).or_default().push(defect);
    }
    text.push('\n');
    let mut show = |line: u64, said: &[u8], sound: bool| {
        let said: String =
            String::from_utf8_lossy(said).chars().filter(|c| !c.is_control()).collect();
        let mark = if sound { ' ' } else { '✗' };
        let _ = writeln!(text, "{line:>6} {mark}{}", super::shortened(&said, 160));
        for defect in of_line.remove(&line).unwrap_or_default() {
            let _ = writeln!(text, "        └ {} {}", defect.kind, defect.reason);
        }
    };
    match understood.format {
        Format::Edifact | Format::X12 => {
            let x12 = understood.format == Format::X12;
            intake::segments(bytes, x12, false, |line, _, said, sound| show(line, said, sound));
        }
        _ => {
            for (n, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
                show(n as u64 + 1, line, true);
            }
        }
    }
}

/// The word by which a value is known, as files and the API write it.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}
