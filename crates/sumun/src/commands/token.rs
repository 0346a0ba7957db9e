//! `sumun token`: gives machines their tokens and takes them back. Whoever runs it operates the
//! machine; the journal has the name of `--as`.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Office, Report, Table};
use crate::acts::token::{self, NewToken};
use crate::config::now;
use crate::rights::{Action, Rights};
use crate::store::tokens;

/// Machines and what they may do.
#[derive(Debug, Subcommand)]
pub enum Tokens {
    /// Makes a token and prints it, once.
    Create(Create),
    /// Lists tokens.
    List,
    /// Takes a token back at once.
    Revoke(Named),
}

/// A new token.
#[derive(Debug, Args)]
pub struct Create {
    /// Its name.
    name: String,
    /// What the machine may do, such as send_consignments; as often as there are actions.
    #[arg(long = "action", value_name = "ACTION", required = true)]
    actions: Vec<String>,
    /// At which office; every one when left out.
    #[arg(long, default_value = "*", value_name = "CODE")]
    office: String,
    /// For how many days.
    #[arg(long, default_value_t = 90, value_name = "N")]
    days: i64,
}

/// A token.
#[derive(Debug, Args)]
pub struct Named {
    /// Its name or id.
    name: String,
}

impl Tokens {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        match self {
            Tokens::Create(create) => {
                let mut actions = Vec::new();
                for word in &create.actions {
                    match word.parse::<Action>() {
                        Ok(action) => actions.push(action),
                        Err(error) => crate::refuse!("actions", "{error}"),
                    }
                }
                let new = NewToken {
                    id: None,
                    name: create.name,
                    actions,
                    office: create.office,
                    days: create.days,
                };
                let rights = Rights::load()?;
                let (of, text) = token::create(&store, &rights, &new, office.by()).await?;
                let text = text.unwrap_or_default();
                let said = format!(
                    "The token of {}, told this once:\n{text}\nIt goes into the header \
                     `Authorization: Bearer`.",
                    of.name
                );
                let json = json!({ "id": of.id, "name": of.name, "token": text });
                Ok(Report::new(json, said))
            }
            Tokens::Revoke(of) => {
                let of = token::revoke(&store, &of.name, office.by()).await?;
                let said = format!("The token of {} is good no more.", of.name);
                Ok(Report::new(json!({ "id": of.id, "name": of.name }), said))
            }
            Tokens::List => {
                let kept = tokens::page(&mut store.read().await?, "", 10_000).await?;
                let mut table = Table::new(&["name", "may", "at", "state", "made by"]);
                let mut listed = Vec::new();
                for of in kept {
                    let state = match of.revoked_at {
                        Some(_) => "revoked",
                        None if of.expires_at <= now() => "expired",
                        None => "good",
                    };
                    let actions: Vec<&str> = of.actions.iter().map(|one| one.as_str()).collect();
                    table.row([
                        of.name.clone(),
                        actions.join(" "),
                        of.office.clone(),
                        state.to_owned(),
                        of.made_by.clone(),
                    ]);
                    listed.push(json!({
                        "id": of.id,
                        "name": of.name,
                        "actions": actions,
                        "office": of.office,
                        "state": state,
                    }));
                }
                let text = match listed.is_empty() {
                    true => "No machine has a token.".to_owned(),
                    false => table.text(),
                };
                Ok(Report::new(json!({ "tokens": listed }), text))
            }
        }
    }
}
