//! `sumun inspect`. Shows what is understood of a file, trade message or table, with what was
//! wrong; nothing is stored and no store is needed. Ends with 1 when nothing was understood.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use intake::{Bytes, MessageOptions, Row};
use serde_json::{Value, json};
use targeting::codes::Day;

use super::{Report, ingest};
use crate::config::now;
use crate::pipeline::post_room::{Input, Reading};
use crate::pipeline::understand::{self, Looked, Member, Understood};
use crate::refusal::refusal;

/// Shows what is understood of a file, and keeps nothing: its messages, manifests and
/// consignments, with defects and where they are. Trade messages (EDIFACT, Cargo-IMP, XML, X12,
/// postal forms) and tables, plain or packed; of archives, mails and mailboxes each file in them.
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
    /// Says which column is which field, for tables that are not known.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Shows the segments or lines as they stand, each defect beneath its own.
    #[arg(long, conflicts_with = "summary")]
    raw: bool,
    /// Writes what is answered to each EDIFACT interchange: a CONTRL that names the messages that
    /// arrived and the segments that could not be read.
    #[arg(long, conflicts_with_all = ["summary", "raw"])]
    acknowledge: bool,
}

/// Consignments and defects that a terminal shows of one file; JSON has them all.
const SHOWN: usize = 50;

impl Inspect {
    /// Runs the verb.
    pub fn run(self) -> Result<Report> {
        let messages = MessageOptions {
            office: self.office.as_str().into(),
            received_at: now(),
            ..MessageOptions::default()
        };
        let reading = Reading {
            tables: ingest::options(self.mapping.as_deref())?,
            messages,
            strangers: false,
        };
        if let Some(folder) = &self.summary {
            return summary(folder, &reading);
        }
        let path = self.file.clone().unwrap_or_default();
        if path.is_dir() {
            let name = path.display();
            crate::refuse!("no_file", "{name} is a folder: `sumun inspect --summary {name}`");
        }
        let (looked, file) = look(&path, &reading)?;
        let name = path.display().to_string();
        if self.acknowledge {
            let answer: String = looked
                .members
                .iter()
                .filter_map(|one| {
                    one.understood.acknowledgement(&bytes_of(one, &file).ok()?, now())
                })
                .collect();
            if answer.is_empty() {
                crate::refuse!("no_interchange", "{name} has no interchange that could be answered")
            }
            let json = serde_json::json!({ "file": name, "acknowledgement": answer });
            return Ok(Report::new(json, answer));
        }
        let mut text = String::new();
        for one in &looked.members {
            let named = if looked.packing.is_some() { &one.name } else { &name };
            text_of(&mut text, named, &one.understood);
            if self.raw {
                raw(&mut text, &bytes_of(one, &file)?, &one.understood);
            }
            text.push('\n');
        }
        for (left, why) in &looked.left {
            let _ = writeln!(text, "{left}: {why}");
        }
        if !looked.clutter.is_empty() {
            let _ = writeln!(text, "left out: {}", looked.clutter.join(", "));
        }
        Ok(Report { json: looked.json(&name), text, whole: looked.anything() })
    }
}

/// A line for each file of a folder, and for each file that was sent in another.
fn summary(folder: &Path, reading: &Reading) -> Result<Report> {
    let files = ingest::files_of(folder)?;
    if files.is_empty() {
        let text = format!("There is no file in {}.", folder.display());
        return Ok(Report::new(json!({ "files": [] }), text));
    }
    let headings = ["file", "format", "dialect", "messages", "consignments", "defects"];
    let mut table = super::Table::new(&headings);
    let mut lines = Vec::new();
    for path in files {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        let (members, left) = match look(&path, reading) {
            Ok((looked, _)) => {
                // Files in others are named after them, and so after the folder that these are in.
                let within = Path::new(&name).parent().map(Path::to_owned).unwrap_or_default();
                let named = |inner: &str| within.join(inner).display().to_string();
                let members: Vec<_> =
                    looked.members.into_iter().map(|one| (named(&one.name), one)).collect();
                let left: Vec<_> =
                    looked.left.into_iter().map(|(inner, why)| (named(&inner), why)).collect();
                (members, left)
            }
            Err(error) => match refusal(&error) {
                Some(refused) => (Vec::new(), vec![(name, refused.said.clone())]),
                None => return Err(error),
            },
        };
        for (name, one) in members {
            let one = one.understood;
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
        for (name, why) in left {
            let none = "0".to_owned();
            let [messages, rows] = [none.clone(), none];
            let row = [name.clone(), "unknown".into(), String::new(), messages, rows, "1".into()];
            table.row(row);
            lines.push(json!({
                "file": name, "format": "unknown", "dialect": "",
                "messages": 0, "consignments": 0, "defects": 1, "refused": why,
            }));
        }
    }
    Ok(Report::new(json!({ "files": lines }), table.text()))
}

/// What is understood of a file, and the file to be read again; standard input is spooled.
fn look(path: &Path, reading: &Reading) -> Result<(Looked, File)> {
    let (file, name) = ingest::open(path)?;
    let again = file.try_clone().context("while opening it a second time")?;
    let looked = understand::look(Input::File(file), &name, reading);
    Ok((looked.with_context(|| format!("while reading {}", path.display()))?, again))
}

/// The bytes of a member; the file's, where it came by itself.
fn bytes_of(member: &Member, file: &File) -> Result<Bytes> {
    if let Some(bytes) = &member.bytes {
        return Ok(bytes.clone());
    }
    let (mut file, mut bytes) = (file, Vec::new());
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

fn text_of(text: &mut String, name: &str, understood: &Understood) {
    let Understood { format, dialect, batch, refused, proposal } = understood;
    let _ = writeln!(text, "{name}: {} {dialect}", format.as_str());
    if let Some(why) = refused {
        let _ = writeln!(text, "  not read: {why}");
    }
    if let Some(proposal) = proposal {
        let _ = writeln!(
            text,
            "  Save this as a mapping, check it, and look again with --mapping FILE:\n\n{proposal}"
        );
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
        consignment_text(text, row);
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
    text.push('\n');
    for segment in understood.segments(bytes, usize::MAX) {
        let mark = if segment.sound { ' ' } else { '✗' };
        let said = super::shortened(&segment.text, 160);
        let _ = writeln!(text, "{:>6} {mark}{said}", segment.at);
        for defect in segment.defects {
            let _ = writeln!(text, "        └ {} {}", defect.kind, defect.reason);
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
