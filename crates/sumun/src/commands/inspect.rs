//! `sumun inspect`. Shows what is understood of a file, trade message or table, with what was
//! wrong; nothing is stored and no store is needed. Ends with 1 when nothing was understood.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use intake::{MessageOptions, Row};
use serde_json::{Value, json};
use targeting::codes::Day;

use super::Report;
use crate::config::now;
use crate::pipeline::post_room::Input;
use crate::pipeline::understand::{Understood, understand};

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
        if let Some(folder) = &self.summary {
            return self.summary(folder);
        }
        let path = self.file.clone().unwrap_or_default();
        let understood = self.understand(&path)?;
        let name = path.display().to_string();
        if self.acknowledge {
            let Ok(bytes) = std::fs::read(&path) else {
                crate::refuse!("no_file", "{name} cannot be read twice: name a file")
            };
            let Some(answer) = understood.acknowledgement(&bytes, now()) else {
                crate::refuse!("no_interchange", "{name} has no interchange that could be answered")
            };
            let json = serde_json::json!({ "file": name, "acknowledgement": answer });
            return Ok(Report::new(json, answer));
        }
        let (json, mut text) = (understood.json(&name), text_of(&name, &understood));
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
        let file = match path.as_os_str() == "-" {
            true => {
                let mut spool = tempfile::tempfile().context("while spooling standard input")?;
                std::io::copy(&mut std::io::stdin().lock(), &mut spool)?;
                spool.seek(SeekFrom::Start(0))?;
                spool
            }
            false => match File::open(path) {
                Ok(file) => file,
                Err(error) => {
                    crate::refuse!("no_file", "{} cannot be opened: {error}", path.display())
                }
            },
        };
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
        let messages = MessageOptions {
            office: self.office.as_str().into(),
            received_at: now(),
            ..MessageOptions::default()
        };
        match understand(Input::File(file), &name, &messages) {
            Ok(understood) => Ok(understood),
            Err(error) => crate::refuse!("no_file", "{} cannot be read: {error}", path.display()),
        }
    }
}

fn text_of(name: &str, understood: &Understood) -> String {
    let Understood { format, dialect, batch, refused, .. } = understood;
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
