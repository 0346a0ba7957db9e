//! `sumun account`: lets people in, lists them, closes their accounts and invites them anew.
//! Whoever runs it operates the machine; the journal has the name of `--as`.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Office, Report, Table};
use crate::acts::account::{self, Change, Invited, NewAccount};
use crate::config::now;
use crate::rights::Grant;
use crate::store::{Store, accounts};

/// People and their roles.
#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// Makes an account and prints the link by which its person comes in.
    Add(Add),
    /// Lists accounts with their roles.
    List,
    /// Closes an account, and signs its person out everywhere.
    Close(Named),
    /// Prints a new link: its person chooses another password by it.
    Invite(Invite),
}

/// A new account.
#[derive(Debug, Args)]
pub struct Add {
    /// Its name, never to be changed.
    name: String,
    /// A role at an office, such as inspector@030, or at every office, such as auditor; as often as
    /// there are roles.
    #[arg(long = "role", value_name = "ROLE[@OFFICE]", required = true)]
    roles: Vec<String>,
    /// The name to show.
    #[arg(long, default_value = "", value_name = "TEXT")]
    display: String,
    /// Language of the workbench: ko or en.
    #[arg(long, default_value = "ko", value_name = "LANGUAGE")]
    language: String,
    #[command(flatten)]
    at: At,
}

/// An account.
#[derive(Debug, Args)]
pub struct Named {
    /// Its name.
    name: String,
}

/// An account that is invited.
#[derive(Debug, Args)]
pub struct Invite {
    /// Its name.
    name: String,
    #[command(flatten)]
    at: At,
}

/// Where the workbench is.
#[derive(Debug, Args)]
pub struct At {
    /// Where browsers reach the workbench, for the link.
    #[arg(long, env = "SUMUN_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    url: String,
}

impl At {
    fn link(&self, invited: &Invited) -> String {
        let token = invited.token.as_deref().unwrap_or_default();
        format!("{}/#/welcome?token={token}", self.url.trim_end_matches('/'))
    }
}

impl Accounts {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        match self {
            Accounts::Add(add) => {
                let grants = add.roles.iter().map(|text| read(text)).collect::<Result<_>>()?;
                let new = NewAccount {
                    id: None,
                    name: add.name,
                    display: add.display,
                    language: add.language,
                    grants,
                };
                let (account, invited) = account::add(&store, &new, office.by()).await?;
                Ok(told(&account.name, &add.at, &invited))
            }
            Accounts::Invite(of) => {
                let account = named(&store, &of.name).await?;
                let invited = account::invite(&store, &account.id, office.by()).await?;
                Ok(told(&account.name, &of.at, &invited))
            }
            Accounts::Close(of) => {
                let account = named(&store, &of.name).await?;
                let close = Change { active: Some(false), ..Change::default() };
                let account = account::change(&store, &account.id, &close, office.by()).await?;
                let said = format!("The account {} is closed.", account.name);
                Ok(Report::new(json!({ "name": account.name, "state": account.state }), said))
            }
            Accounts::List => list(&store).await,
        }
    }
}

fn read(text: &str) -> Result<Grant> {
    match text.parse() {
        Ok(grant) => Ok(grant),
        Err(error) => crate::refuse!("role", "{error}: write a role such as inspector@030"),
    }
}

async fn named(store: &Store, name: &str) -> Result<accounts::Account> {
    let found = accounts::named(&mut store.read().await?, &name.trim().to_lowercase()).await?;
    match found {
        Some(account) => Ok(account),
        None => crate::refuse!("no_account", "there is no account {name}: `sumun account list`"),
    }
}

fn told(name: &str, at: &At, invited: &Invited) -> Report {
    let link = at.link(invited);
    let text = format!(
        "{name} comes in by this link, once, within three days:\n{link}\nHand it over in person or \
         by a channel that you trust."
    );
    Report::new(json!({ "name": name, "link": link, "expires_at": invited.expires_at }), text)
}

/// Accounts of one page.
const PAGE: i64 = 1_000;

async fn list(store: &Store) -> Result<Report> {
    let mut tx = store.read().await?;
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = accounts::page(&mut tx, &after, PAGE).await?;
        let full = page.len() as i64 == PAGE;
        after = page.last().map(|last| last.name.clone()).unwrap_or_default();
        all.extend(page);
        if !full {
            break;
        }
    }
    let ids: Vec<String> = all.iter().map(|account| account.id.clone()).collect();
    let grants = accounts::grants(&mut tx, &ids).await?;
    let mut table = Table::new(&["name", "state", "roles", "second factor", "last seen"]);
    let mut listed = Vec::new();
    for account in &all {
        let own = grants.iter().filter(|(id, _)| *id == account.id);
        let roles: Vec<String> =
            own.map(|(_, grant)| format!("{}@{}", grant.role, grant.office)).collect();
        let days = account.last_seen.map(|at| (now() - at) / 86_400_000_000);
        table.row([
            account.name.clone(),
            account.state.clone(),
            roles.join(" "),
            if account.has_totp() { "yes" } else { "no" }.to_owned(),
            days.map_or("never".to_owned(), |days| match days {
                0 => "today".to_owned(),
                days => format!("{days} days ago"),
            }),
        ]);
        listed.push(json!({
            "id": account.id,
            "name": account.name,
            "state": account.state,
            "roles": roles,
            "totp": account.has_totp(),
        }));
    }
    let text = match all.is_empty() {
        true => "Nobody has an account yet: `sumun serve` prints the first administrator's link."
            .to_owned(),
        false => table.text(),
    };
    Ok(Report::new(json!({ "accounts": listed }), text))
}
