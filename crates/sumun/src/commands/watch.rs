//! `sumun watch`: follows a drop folder. A file is taken once it stands there whole, is received,
//! screened, and only then moved to `done`; a power cut in between makes it come again, which
//! changes nothing. What cannot be read goes to `failed` with its reason beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use intake::is_clutter;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::ingest::{self, Days, Ingested, Reading};
use super::{ARRIVAL_DAYS, Office, Report};
use crate::config::now;
use crate::pipeline;
use crate::refusal::refusal;
use crate::store::Store;

/// Follows a drop folder: each file that appears is received, screened and moved to the folder
/// `done` in it, or to `failed` with its reason. Senders write under a name that begins with a dot
/// or ends with .part or .tmp, and rename when they are done; what is still growing is left alone.
#[derive(Debug, Args)]
pub struct Watch {
    /// The folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The customs office of consignments whose message names none.
    #[arg(long, default_value = "", value_name = "CODE")]
    office: String,
    /// Says which column is which field, for tables that are not known.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Looks again after so many seconds.
    #[arg(long, default_value_t = 5, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,
    /// A day of arrival that a sender says counts only within this many days of its receipt: what
    /// is further off is kept as it was said, with a defect, and worked on as of its receipt.
    #[arg(long, env = "SUMUN_ARRIVAL_DAYS", default_value_t = ARRIVAL_DAYS, value_name = "DAYS",
          value_parser = clap::value_parser!(i32).range(1..=100_000))]
    arrival_days: i32,
    /// Takes what is there and ends, instead of staying.
    #[arg(long)]
    once: bool,
}

/// A file that has not changed for so long is whole.
const SETTLED: Duration = Duration::from_secs(2);
/// Names that a sender still writes under end with these.
const UNDONE: [&str; 4] = [".part", ".tmp", ".filepart", ".crdownload"];

/// What became of the files so far.
#[derive(Default)]
struct Tally {
    done: u64,
    /// Files of the folder that could not be read.
    failed: Vec<Value>,
    /// Files within received ones that could not be read.
    unread: Vec<Value>,
    clutter: Vec<String>,
    read: i64,
    screened: i64,
    /// Whether consignments wait for a model to be screened by.
    no_model: bool,
    /// Folders in the folder, which are not followed.
    passed: BTreeSet<String>,
}

impl Tally {
    fn text(&self) -> String {
        let Tally { done, failed, unread, clutter, read, screened, no_model, passed } = self;
        let mut text = format!(
            "{done} files received with {read} records, {screened} consignments screened; {} files \
             failed.",
            failed.len()
        );
        if *no_model {
            text.push_str(
                "\nConsignments wait to be screened until a model is in force: `sumun learn` makes \
                 one, `sumun model approve` puts it in force.",
            );
        }
        if !unread.is_empty() {
            text.push_str(&format!(
                "\n{} files within what was received could not be read: the .reason.txt beside it \
                 says which and why.",
                unread.len()
            ));
        }
        if !clutter.is_empty() {
            text.push_str(&format!("\nLeft out, since it is no cargo: {}.", clutter.join(", ")));
        }
        if !passed.is_empty() {
            let names: Vec<&str> = passed.iter().map(String::as_str).collect();
            text.push_str(&format!(
                "\nFolders in it are not followed: {}. Give each a `sumun watch` of its own, or \
                 move their files up.",
                names.join(", ")
            ));
        }
        text
    }
}

impl Watch {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        if !self.folder.is_dir() {
            crate::refuse!("no_file", "{} is no folder", self.folder.display());
        }
        let store = office.store().await?;
        let reading = Reading {
            tables: ingest::options(self.mapping.as_deref())?,
            office: self.office.clone(),
            with_outcomes: false,
            days: Days::Within(self.arrival_days),
        };
        for folder in ["done", "failed"] {
            let folder = self.folder.join(folder);
            fs::create_dir_all(&folder)
                .with_context(|| format!("while making {}", folder.display()))?;
        }
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut tally = Tally::default();
        loop {
            for path in self.waiting(&mut tally)? {
                self.take(office, &store, &path, &reading, &mut tally).await?;
            }
            if self.once {
                break;
            }
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                () = tokio::time::sleep(Duration::from_secs(self.every)) => {}
            }
        }
        let text = tally.text();
        let json = json!({
            "done": tally.done,
            "read": tally.read,
            "screened": tally.screened,
            "failed": tally.failed,
            "unread": tally.unread,
            "left_out": tally.clutter,
            "passed_over": tally.passed,
            "no_model": tally.no_model,
        });
        Ok(Report { json, text, whole: tally.failed.is_empty() && tally.unread.is_empty() })
    }

    /// The files that stand there whole, in the order of their names. Folders among them are told
    /// of once.
    fn waiting(&self, tally: &mut Tally) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let reading = || format!("while reading the folder {}", self.folder.display());
        for entry in fs::read_dir(&self.folder).with_context(reading)? {
            let entry = entry.with_context(reading)?;
            let name = entry.file_name().to_string_lossy().to_lowercase();
            let undone = name.starts_with('.') || UNDONE.iter().any(|end| name.ends_with(end));
            // A file that went away meanwhile is somebody else's.
            let Ok(known) = entry.metadata() else { continue };
            if known.is_dir() && !undone && !matches!(name.as_str(), "done" | "failed") {
                let passed = entry.file_name().to_string_lossy().into_owned();
                if tally.passed.insert(passed) {
                    let folder = entry.path();
                    tracing::warn!(folder = %folder.display(), "a folder in it is not followed");
                }
            }
            if undone || !known.is_file() || is_clutter(&name) {
                continue;
            }
            // A rename keeps the time of the last write, so what was renamed in is settled.
            let settled = known
                .modified()
                .is_ok_and(|at| at.elapsed().is_ok_and(|since| self.once || since >= SETTLED));
            if settled {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }

    /// Receives one file and moves it away.
    async fn take(
        &self,
        office: &Office,
        store: &Store,
        path: &Path,
        reading: &Reading,
        tally: &mut Tally,
    ) -> Result<()> {
        let named = || format!("while taking {}", path.display());
        match ingest::ingest(office, store, path, reading).await {
            Ok(brought) => {
                for received in &brought.done {
                    tally.read += received.tally.read;
                    match screen(office, store, received).await? {
                        Some(screened) => tally.screened += screened,
                        None => tally.no_model = true,
                    }
                }
                tally.clutter.extend(brought.clutter);
                // An archive of which nothing could be read has failed.
                let folder = if brought.done.is_empty() { "failed" } else { "done" };
                let to = self.away(path, folder).with_context(named)?;
                tally.done += u64::from(folder == "done");
                let unread = |(inner, why): &(String, String)| json!({ "file": inner, "why": why });
                let unread: Vec<Value> = brought.refused.iter().map(unread).collect();
                match folder {
                    "done" => tally.unread.extend(unread),
                    _ => tally.failed.push(json!({
                        "file": to.display().to_string(),
                        "why": "none of the files in it could be read",
                        "unread": unread,
                    })),
                }
                if !brought.refused.is_empty() {
                    let said = brought.refused.iter().map(|(file, why)| format!("{file}: {why}\n"));
                    fs::write(beside(&to), said.collect::<String>()).with_context(named)?;
                }
            }
            // What breaks for another reason, such as a full disk, stops the watch: the file stays
            // and is taken when it starts again.
            Err(error) => match refusal(&error) {
                None => return Err(error.context(named())),
                Some(refused) => {
                    let to = self.away(path, "failed").with_context(named)?;
                    fs::write(beside(&to), &refused.said).with_context(named)?;
                    tracing::warn!(file = %to.display(), "a file of the drop folder failed");
                    tally.failed.push(json!({
                        "file": to.display().to_string(),
                        "why": refused.said,
                    }));
                }
            },
        }
        Ok(())
    }

    /// Moves a file into a folder beside it; one of the same name there keeps its own.
    fn away(&self, path: &Path, folder: &str) -> Result<PathBuf> {
        let name = path.file_name().unwrap_or_default();
        let mut to = self.folder.join(folder).join(name);
        let mut more = 1;
        while to.exists() {
            more += 1;
            to = self.folder.join(folder).join(format!("{more}-{}", name.to_string_lossy()));
        }
        fs::rename(path, &to)?;
        Ok(to)
    }
}

/// Where the reason of a failed file stands.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".reason.txt");
    name.into()
}

/// Screens what awaits it; none when no model is in force.
async fn screen(office: &Office, store: &Store, received: &Ingested) -> Result<Option<i64>> {
    if received.tally.new + received.tally.amended == 0 {
        return Ok(Some(0));
    }
    match pipeline::screen(store, (&office.actor, now()), |_| {}).await {
        Ok(screened) => Ok(Some(screened.screened)),
        // Without a model in force it is screened once there is one.
        Err(error) if refusal(&error).is_some_and(|one| one.code == "no_model") => Ok(None),
        Err(error) => Err(error),
    }
}
