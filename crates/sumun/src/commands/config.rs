//! `sumun config`: the settings in force and where each comes from.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Office, Report, Table};

/// Prints the settings in force: flag, environment variable and value.
#[derive(Debug, Args)]
pub struct Config {}

impl Config {
    /// Runs the verb.
    pub fn run(self, office: &Office) -> Result<Report> {
        let settings = &office.settings;
        let store = without_password(&settings.store_url()?);
        let key = settings.journal_key_file()?.display().to_string();
        let rows = [
            ("--store", "SUMUN_STORE", store),
            ("--journal-key", "SUMUN_JOURNAL_KEY", key),
            ("--as", "SUMUN_OFFICER", office.actor.clone()),
            ("--log", "SUMUN_LOG", settings.log.clone()),
            ("--log-json", "SUMUN_LOG_JSON", settings.log_json.to_string()),
        ];
        let mut table = Table::new(&["flag", "environment", "value"]);
        let mut json = serde_json::Map::new();
        for (flag, variable, value) in rows {
            table.row([flag.to_owned(), variable.to_owned(), value.clone()]);
            let name = flag.trim_start_matches('-').replace('-', "_");
            json.insert(name, json!({ "value": value, "environment": variable }));
        }
        Ok(Report::new(json.into(), table.text()))
    }
}

/// The URL without the password that may stand in it.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((account, host)) => {
            let user = account.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}
