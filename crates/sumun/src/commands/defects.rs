//! `sumun defects`: what was wrong with records, for the person who can mend them. A mended record
//! flows on at once; how: `acts/mend.rs`.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Office, Report, Table};
use crate::acts::mend::{self, Order};
use crate::rights::Offices;
use crate::store::defects::{self, Which};
use crate::store::{Store, records};
use crate::web::api::declared;

/// Lists what was wrong with records, mends them, or leaves them as they are for a reason.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Defects {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Only those of files whose name contains this.
    #[arg(long, default_value = "", value_name = "TEXT")]
    file: String,
    /// Only those that are open, mended or rejected.
    #[arg(long, value_name = "STATE", value_parser = ["open", "mended", "rejected"])]
    state: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: i64,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Shows a defect with the record as its file said it.
    Show {
        /// The defect, as `sumun defects` names it.
        #[arg(value_name = "DEFECT")]
        id: String,
    },
    /// Puts new texts into columns of the record: it is read again and flows on.
    Mend {
        /// The defect.
        #[arg(value_name = "DEFECT")]
        id: String,
        /// A column with its new text; as often as wished.
        #[arg(long = "set", value_name = "COLUMN=TEXT", required = true)]
        cells: Vec<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Leaves the record as it is, for a reason.
    Reject {
        /// The defect.
        #[arg(value_name = "DEFECT")]
        id: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

impl Defects {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        match &self.verb {
            None => self.list(&store).await,
            Some(Verb::Show { id }) => show(&store, id).await,
            Some(Verb::Mend { id, cells, reason }) => mend(office, &store, id, cells, reason).await,
            Some(Verb::Reject { id, reason }) => reject(office, &store, id, reason).await,
        }
    }

    async fn list(&self, store: &Store) -> Result<Report> {
        let mut tx = store.read().await?;
        let which = Which { file: &self.file, state: self.state.as_deref(), ..Which::default() };
        let counts = defects::count(&mut tx, &which).await?;
        let list = defects::page(&mut tx, &which, None, self.limit).await?;
        let total: i64 = counts.iter().map(|(_, n)| n).sum();
        let headings = ["defect", "file", "line", "field", "kind", "reason", "found", "state"];
        let mut table = Table::new(&headings);
        let mut lines = Vec::new();
        for one in &list {
            let defect = &one.defect;
            let found: String = defect.found.chars().take(40).collect();
            table.row([
                one.name(),
                defect.file.clone(),
                defect.line.to_string(),
                defect.field.clone(),
                defect.kind.clone(),
                defect.reason.clone(),
                found,
                one.state.clone(),
            ]);
            lines.push(json!({
                "id": one.name(),
                "file": defect.file,
                "line": defect.line,
                "field": defect.field,
                "kind": defect.kind,
                "reason": defect.reason,
                "found": defect.found,
                "state": one.state,
            }));
        }
        let text = if list.is_empty() {
            "No defects.".to_owned()
        } else {
            let of = self.state.as_deref().map(|state| format!("{state} ")).unwrap_or_default();
            let more = match list.len() as i64 {
                shown if shown < total => " --limit N shows more.",
                _ => "",
            };
            format!("{}\n{} of {total} {of}defects shown.{more}", table.text(), list.len())
        };
        Ok(Report::new(json!({ "total": total, "by_kind": counts, "defects": lines }), text))
    }
}

async fn place_of(store: &Store, id: &str) -> Result<(i64, i64)> {
    let mut tx = store.read().await?;
    match defects::find(&mut tx, id).await? {
        Some((found, _)) => Ok((found.place.0, found.place.1)),
        None => {
            crate::refuse!("no_defect", "there is no defect {id}: `sumun defects` names them")
        }
    }
}

async fn show(store: &Store, id: &str) -> Result<Report> {
    let (message, line) = place_of(store, id).await?;
    let mut tx = store.read().await?;
    let all = defects::of_line(&mut tx, message, line).await?;
    let record = records::find(&mut tx, message, line).await?;
    let mut text = String::new();
    for one in &all {
        text.push_str(&format!("{} {}: {}\n", one.name(), one.defect.field, one.defect.reason));
    }
    let columns = record.map(|record| record.columns);
    match &columns {
        Some(columns) => {
            let mut table = Table::new(&["column", "text"]);
            for (name, said) in columns {
                table.row([name.clone(), said.clone()]);
            }
            text.push_str(&table.text());
        }
        None => text.push_str("What the record said was not kept: mend it in its file."),
    }
    Ok(Report::new(json!({ "message": message, "line": line, "record": columns }), text))
}

async fn mend(
    office: &Office,
    store: &Store,
    id: &str,
    cells: &[String],
    reason: &str,
) -> Result<Report> {
    let cells: Vec<(String, String)> = cells
        .iter()
        .map(|cell| match cell.split_once('=') {
            Some((column, text)) => Ok((column.to_owned(), text.to_owned())),
            None => crate::refuse!("values", "`{cell}` is not COLUMN=TEXT"),
        })
        .collect::<Result<_>>()?;
    let (message, line) = place_of(store, id).await?;
    let own = ulid::Ulid::generate().to_string();
    let order = Order { id: &own, message, line, reason: said(reason)?, offices: &Offices::All };
    let done = mend::mend(store, &order, &cells, declared::read_again, office.by()).await?;
    let ids: Vec<String> = done.ids.iter().map(|id| format!("C-{id}")).collect();
    let left = match done.defects.len() {
        0 => String::new(),
        n => format!(" {n} defects are left, which keep nothing out."),
    };
    let text = format!(
        "The record flowed on as message {}: {}; {} new, {} amended, {} unchanged.{left}",
        done.message,
        ids.join(", "),
        done.tally.new,
        done.tally.amended,
        done.tally.unchanged
    );
    let json = json!({ "message": done.message, "received": done.tally, "consignments": ids });
    Ok(Report::new(json, text))
}

async fn reject(office: &Office, store: &Store, id: &str, reason: &str) -> Result<Report> {
    let (message, line) = place_of(store, id).await?;
    let own = ulid::Ulid::generate().to_string();
    let order = Order { id: &own, message, line, reason: said(reason)?, offices: &Offices::All };
    mend::reject(store, &order, office.by()).await?;
    let text = format!("The record on line {line} of message {message} stays as it is.");
    Ok(Report::new(json!({ "message": message, "line": line, "state": "rejected" }), text))
}

fn said(reason: &str) -> Result<&str> {
    match reason.trim() {
        "" => crate::refuse!("no_reason", "say why: --reason TEXT"),
        reason => Ok(reason),
    }
}
