//! The verbs of the one binary, a file each. A verb reads its arguments, calls one step of the
//! path or one act, and gives back what to print: a text for people, or one JSON object.

mod account;
mod backtest;
mod bias;
mod config;
mod decide;
mod defects;
mod demo;
mod drift;
mod entity;
mod export;
mod files;
mod hits;
mod ingest;
mod inspect;
mod learn;
mod matching;
mod measure;
mod migrate;
mod model;
mod plan;
mod record;
mod reference;
mod rehearse;
mod resolve;
mod rule;
mod screen;
mod serve;
mod sightings;
mod table;
mod token;
mod verify;
mod watch;
mod watchlist;

use std::fs::File;
use std::future::Future;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use tracing_subscriber::EnvFilter;

use crate::config::{Cli, Settings, now};
use crate::refusal::refusal;
use crate::store::Store;

pub use files::{TableOut, open_text};
pub use table::Table;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Reads files of declarations into the store.
    Ingest(ingest::Ingest),
    /// Follows a drop folder, and receives and screens what appears in it.
    Watch(watch::Watch),
    /// Shows what is understood of a file, and keeps nothing.
    Inspect(inspect::Inspect),
    /// Lists what was wrong with records.
    Defects(defects::Defects),
    /// Lists boxes that were seen and are on no manifest.
    Sightings(sightings::Sightings),
    /// Loads lists of goods, places and countries, and asks them.
    #[command(subcommand)]
    Reference(reference::References),
    /// Imports watchlists, shows and ends them, and screens names.
    #[command(subcommand)]
    Watchlist(watchlist::Watchlists),
    /// Lists hits on watchlists, shows them, and decides them for a reason.
    Hits(hits::Hits),
    /// Compares names in a table.
    #[command(subcommand)]
    Match(matching::Matching),
    /// Assesses everything that awaits a decision, by the model in force.
    Screen(screen::Screen),
    /// Draws a shift's inspections with known chances.
    Plan(plan::Plan),
    /// Holds, asks, inspects, waives or releases a consignment, or takes that back.
    Decide(decide::Decide),
    /// Records what inspections came to.
    Record(record::Record),
    /// Learns a candidate model from everything inspected.
    Learn(learn::Learn),
    /// Shows models, compares them, and steers their lives.
    #[command(subcommand)]
    Model(model::Models),
    /// Checks rules, puts them on trial, and steers their lives.
    #[command(subcommand)]
    Rule(rule::Rules),
    /// Estimates what gets past, and what each channel yields.
    Measure(measure::Measures),
    /// Says whether traffic or model have changed, and keeps alarms.
    Drift(drift::Drifts),
    /// Says whether selection is disproportionate to what known chances justify.
    Bias(bias::Biases),
    /// Judges what a model would have done in a window of the past.
    Backtest(backtest::Backtest),
    /// Plays strategies of inspection over a past whose outcomes are known.
    Rehearse(rehearse::Rehearse),
    /// Finds, shows, splits and merges those who are behind the names of what arrived.
    #[command(subcommand)]
    Entity(entity::Entities),
    /// Says which rows of a table of persons or firms are one.
    Resolve(resolve::Resolve),
    /// Proves that the journal and what it covers are unaltered.
    Verify(verify::Verify),
    /// Writes tables as CSV or Parquet.
    Export(export::Export),
    /// Serves the workbench and its API.
    Serve(serve::Serve),
    /// Lets people in, and closes their accounts.
    #[command(subcommand)]
    Account(account::Accounts),
    /// Gives machines their tokens, and takes them back.
    #[command(subcommand)]
    Token(token::Tokens),
    /// Plays eight weeks of a pretend port, learns, plans, measures and serves.
    Demo(demo::Demo),
    /// Makes the store, or brings it up to date.
    Migrate(migrate::Migrate),
    /// Prints the settings in force.
    Config(config::Config),
}

/// What a verb gives back.
pub struct Report {
    /// For machines, with `--json`.
    pub json: Value,
    /// For people.
    pub text: String,
    /// False when some of what was asked was refused: the exit code is 1.
    pub whole: bool,
}

impl Report {
    /// A report of something that went as asked.
    pub fn new(json: Value, text: impl Into<String>) -> Report {
        Report { json, text: text.into(), whole: true }
    }
}

/// The most days between the day of arrival that a sender says and that of receipt, by default.
const ARRIVAL_DAYS: i32 = 30;

/// What every verb is handed.
pub struct Office {
    /// Settings of every verb.
    pub settings: Settings,
    /// Who acts.
    pub actor: String,
    /// Stores that were opened, to be closed at the end.
    opened: Mutex<Vec<Store>>,
}

impl Office {
    /// An office with these settings.
    pub fn new(settings: Settings) -> Office {
        Office { actor: settings.actor(), settings, opened: Mutex::default() }
    }

    /// Opens the store and brings it up to date when it is new.
    pub async fn store(&self) -> Result<Store> {
        let store = self.open().await?;
        store.make_ready(now()).await?;
        Ok(store)
    }

    async fn open(&self) -> Result<Store> {
        let key = self.settings.journal_key_file()?;
        let store = Store::open_with_key(&self.settings.store_url()?, &key).await?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(store.clone());
        Ok(store)
    }

    /// Closes what was opened, so that SQLite folds its log into the file.
    async fn close(&self) {
        let opened =
            std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner));
        for store in opened {
            store.close().await;
        }
    }

    /// Who acts and when, for the journal.
    pub fn by(&self) -> (&str, i64) {
        (&self.actor, now())
    }

    /// A progress bar on standard error; silent when nobody watches.
    pub fn bar(&self, total: Option<u64>, what: &'static str) -> ProgressBar {
        if self.settings.json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let (bar, style) = match total {
            Some(total) => (
                ProgressBar::new(total),
                "{msg:<28} {bar:32.cyan/dim} {percent:>3} %  {per_sec:>14}  {eta:>4} left",
            ),
            None => {
                (ProgressBar::new_spinner(), "{msg:<28} {spinner} {human_pos:>12}  {elapsed:>5}")
            }
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

/// Runs a verb to its end and gives the exit code: 0 done, 1 refused, 2 broken.
pub fn run(cli: Cli) -> ExitCode {
    let office = Office::new(cli.settings);
    log_to_stderr(&office.settings);
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no threads could be started")
        .and_then(|runtime| {
            runtime.block_on(async {
                let report = dispatch(&office, cli.verb).await;
                office.close().await;
                report
            })
        });
    match outcome {
        Ok(report) => {
            let text = if office.settings.json {
                format!("{}\n", report.json)
            } else {
                // What was written to standard output itself, such as a table, has no text.
                let text = report.text.trim_end();
                if text.is_empty() { String::new() } else { format!("{text}\n") }
            };
            // A reader that went away, such as `head`, is no fault of ours.
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            ExitCode::from(u8::from(!report.whole))
        }
        Err(error) => fail(&office, &error),
    }
}

async fn dispatch(office: &Office, verb: Verb) -> Result<Report> {
    match verb {
        Verb::Ingest(verb) => boxed(verb.run(office)).await,
        Verb::Watch(verb) => boxed(verb.run(office)).await,
        Verb::Inspect(verb) => verb.run(),
        Verb::Defects(verb) => boxed(verb.run(office)).await,
        Verb::Sightings(verb) => boxed(verb.run(office)).await,
        Verb::Reference(verb) => boxed(verb.run(office)).await,
        Verb::Watchlist(verb) => boxed(verb.run(office)).await,
        Verb::Hits(verb) => boxed(verb.run(office)).await,
        Verb::Match(verb) => verb.run(office),
        Verb::Screen(verb) => boxed(verb.run(office)).await,
        Verb::Plan(verb) => boxed(verb.run(office)).await,
        Verb::Decide(verb) => boxed(verb.run(office)).await,
        Verb::Record(verb) => boxed(verb.run(office)).await,
        Verb::Learn(verb) => boxed(verb.run(office)).await,
        Verb::Model(verb) => boxed(verb.run(office)).await,
        Verb::Rule(verb) => boxed(verb.run(office)).await,
        Verb::Measure(verb) => boxed(verb.run(office)).await,
        Verb::Drift(verb) => boxed(verb.run(office)).await,
        Verb::Bias(verb) => boxed(verb.run(office)).await,
        Verb::Backtest(verb) => boxed(verb.run(office)).await,
        Verb::Rehearse(verb) => boxed(verb.run(office)).await,
        Verb::Entity(verb) => boxed(verb.run(office)).await,
        Verb::Resolve(verb) => verb.run(office),
        Verb::Verify(verb) => boxed(verb.run(office)).await,
        Verb::Export(verb) => boxed(verb.run(office)).await,
        Verb::Serve(verb) => boxed(verb.run(office)).await,
        Verb::Account(verb) => boxed(verb.run(office)).await,
        Verb::Token(verb) => boxed(verb.run(office)).await,
        Verb::Demo(verb) => boxed(verb.run(office)).await,
        Verb::Migrate(verb) => boxed(verb.run(office)).await,
        Verb::Config(verb) => verb.run(office),
    }
}

/// Keeps each verb's future on the heap, so that dispatching is not as large as all together.
fn boxed<'f, F>(future: F) -> std::pin::Pin<Box<dyn Future<Output = F::Output> + 'f>>
where
    F: Future + 'f,
{
    Box::pin(future)
}

/// A text cut to so many characters, with a sign that it was cut.
fn shortened(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Opens a file that a person named.
///
/// # Errors
/// A refusal when it cannot be opened or is a folder.
fn open_file(path: &Path) -> Result<File> {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.is_dir(), file)));
    match opened {
        Ok((false, file)) => Ok(file),
        Ok((true, _)) => {
            crate::refuse!("no_file", "{} is a folder: name a file", path.display())
        }
        Err(error) => crate::refuse!("no_file", "{} cannot be opened: {error}", path.display()),
    }
}

/// The bytes of a file that a person named.
///
/// # Errors
/// As [`open_file`].
fn read_file(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reading = || format!("while reading {}", path.display());
    open_file(path)?.read_to_end(&mut bytes).with_context(reading)?;
    Ok(bytes)
}

/// The text of a file that a person named.
///
/// # Errors
/// As [`open_file`], and a refusal when it is no text.
fn read_text(path: &Path) -> Result<String> {
    let Ok(text) = String::from_utf8(read_file(path)?) else {
        crate::refuse!("no_text", "{} is no text in UTF-8", path.display())
    };
    Ok(text)
}

fn fail(office: &Office, error: &anyhow::Error) -> ExitCode {
    let refused = refusal(error);
    if office.settings.json {
        let said = match refused {
            Some(refused) => serde_json::json!({
                "error": { "code": refused.code, "said": refused.said }
            }),
            None => serde_json::json!({
                "error": { "code": "broken", "said": format!("{error:#}") }
            }),
        };
        // Not on standard error too: at a terminal that would be the same twice.
        let _ = writeln!(std::io::stdout().lock(), "{said}");
    } else {
        let mut err = std::io::stderr().lock();
        let _ = match refused {
            Some(refused) => writeln!(err, "sumun: {refused}"),
            None => writeln!(err, "sumun: {error:#}"),
        };
    }
    ExitCode::from(if refused.is_some() { 1 } else { 2 })
}

fn log_to_stderr(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call, as in tests, keeps the first one's settings.
    let _ = if settings.log_json { log.json().try_init() } else { log.try_init() };
}
