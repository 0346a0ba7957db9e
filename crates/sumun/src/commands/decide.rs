//! `sumun decide`: an officer holds, asks, inspects, waives, releases, or takes it back, with a
//! reason of the list.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use targeting::consignment::ConsignmentId;
use targeting::decision::{Act, REASON_CODES};
use targeting::outcome::Modality;

use super::{Office, Report, Table};
use crate::acts::decide::{DecisionOrder, decide};

/// Decides on consignments: hold, ask, inspect, waive, release or undo. No recorded chance changes.
#[derive(Debug, Args)]
#[command(after_help = reasons())]
pub struct Decide {
    /// hold, ask, inspect, waive, release or undo.
    #[arg(value_name = "ACT", value_parser = act)]
    act: Act,
    /// Consignments, such as C-12.
    #[arg(value_name = "ID", required = true, value_parser = number)]
    consignments: Vec<i64>,
    /// Why, by its code.
    #[arg(long, value_name = "CODE")]
    because: String,
    /// Why, in words.
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
    /// With what to inspect; the plan's modality when left out.
    #[arg(long, value_name = "MODALITY", value_parser = modality)]
    with: Option<Modality>,
    /// What is asked.
    #[arg(long, value_name = "TEXT")]
    question: Option<String>,
    /// Id of the order, so that it can be sent again; a new one when left out.
    #[arg(long, value_name = "ULID")]
    id: Option<String>,
}

fn act(text: &str) -> Result<Act, String> {
    text.parse().map_err(|error: targeting::codes::CodeError| error.to_string())
}

fn modality(text: &str) -> Result<Modality, String> {
    text.parse().map_err(|error: targeting::codes::CodeError| error.to_string())
}

fn number(text: &str) -> Result<i64, String> {
    // A bare number is what a source calls something, and as an id it would be another's cargo.
    let upper = text.to_ascii_uppercase();
    let id = upper.strip_prefix("C-").and_then(|digits| digits.parse().ok());
    id.ok_or_else(|| format!("`{text}` is no consignment's id: they look like C-12"))
}

fn reasons() -> String {
    let of = |reason: &targeting::decision::ReasonCode| {
        let acts: Vec<&str> = reason.acts.iter().map(|act| act.as_str()).collect();
        let text = if reason.needs_text { ", needs --reason" } else { "" };
        format!("  {}: {} ({}{text})", reason.code, reason.en, acts.join(", "))
    };
    let list: Vec<String> = REASON_CODES.iter().map(of).collect();
    format!("Reasons (--because):\n{}", list.join("\n"))
}

impl Decide {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let order = DecisionOrder {
            id: self.id.unwrap_or_else(|| ulid::Ulid::generate().to_string()),
            consignments: self.consignments,
            act: self.act,
            reason_code: self.because,
            reason: self.reason,
            modality: self.with,
            question: self.question,
            undoes: None,
            offices: None,
        };
        let done = decide(&store, &order, office.by()).await?;
        let mut table = Table::new(&["consignment", "decision", "why not, and what next"]);
        for decision in &done.decisions {
            table.row([
                ConsignmentId(decision.consignment_id).to_string(),
                format!("D-{} {}", decision.id, decision.act),
                String::new(),
            ]);
        }
        for refused in &done.refused {
            table.row([
                ConsignmentId(refused.consignment).to_string(),
                "refused".to_owned(),
                format!("{} {}", refused.said, refused.next),
            ]);
        }
        let decisions: Vec<_> = done
            .decisions
            .iter()
            .map(|decision| {
                json!({
                    "id": format!("D-{}", decision.id),
                    "consignment": ConsignmentId(decision.consignment_id).to_string(),
                    "act": decision.act.as_str(),
                })
            })
            .collect();
        Ok(Report {
            whole: done.refused.is_empty(),
            json: json!({
                "id": order.id,
                "repeated": done.repeated,
                "decisions": decisions,
                "refused": done.refused,
            }),
            text: table.text(),
        })
    }
}
