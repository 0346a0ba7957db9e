//! `sumun defects`: what was wrong with records, for the person who can mend them.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Office, Report, Table};
use crate::store::defects;

/// Lists what was wrong with records: file, line, field and reason.
#[derive(Debug, Args)]
pub struct Defects {
    /// Only those of files whose name contains this.
    #[arg(long, default_value = "", value_name = "TEXT")]
    file: String,
    /// At most so many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: i64,
}

impl Defects {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let mut tx = store.read().await?;
        let counts = defects::count(&mut tx, &self.file).await?;
        let list = defects::list(&mut tx, &self.file, self.limit).await?;
        let total: i64 = counts.iter().map(|(_, n)| n).sum();
        let mut table = Table::new(&["file", "line", "field", "kind", "reason", "found"]);
        for one in &list {
            let found: String = one.found.chars().take(40).collect();
            table.row([
                one.file.clone(),
                one.line.to_string(),
                one.field.clone(),
                one.kind.clone(),
                one.reason.clone(),
                found,
            ]);
        }
        let text = if list.is_empty() {
            "No defects.".to_owned()
        } else {
            format!("{}\n{} of {total} defects shown.", table.text(), list.len())
        };
        Ok(Report::new(json!({ "total": total, "by_kind": counts, "defects": list }), text))
    }
}
