//! `sumun migrate`: the only verb that changes the schema of a store that has one.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Office, Report};

/// Makes the store, or brings it up to date, and makes the journal's key if there is none.
#[derive(Debug, Args)]
pub struct Migrate {}

impl Migrate {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.open().await?;
        let applied = store.migrate(crate::config::now()).await?;
        let text = match applied.len() {
            0 => format!("{} is up to date.", store.place()),
            n => format!("{} is ready: {n} migrations applied.", store.place()),
        };
        let json = json!({ "store": store.place(), "applied": applied });
        Ok(Report::new(json, text))
    }
}
