//! `sumun ingest`. One thread reads and understands the file while another stores what came
//! before, so memory does not grow with the file; each batch is acknowledged by its commit.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use intake::{Mapping, MessageOptions, TableOptions, is_clutter};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use targeting::codes::Day;
use tokio::sync::mpsc;

use super::{ARRIVAL_DAYS, Office, Report};
use crate::config::now;
use crate::pipeline::post_room::{self, Input, Opened, Parcel, Sent};
use crate::pipeline::{self, Arrival, Message, Terms};
use crate::refusal::{Refusal, refusal};
use crate::store::Store;
use crate::store::messages::{NewMessage, Tally};

/// Reads files into the store: tables (CSV, NDJSON, Parquet) and trade messages (EDIFACT,
/// Cargo-IMP, XML, X12, postal forms), plain or packed by gzip or zstd; in zip and tar archives, in
/// mails with attachments and in mailboxes too. What cannot be read becomes a defect; the same file
/// again changes nothing.
#[derive(Debug, Args)]
pub struct Ingest {
    /// Files, or folders with all files in them; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The customs office of consignments whose message names none.
    #[arg(long, default_value = "", value_name = "CODE")]
    office: String,
    /// Says which column is which field, for tables that are not known.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// In a file of these days, a day of arrival counts only within this many days of its receipt:
    /// what is further off is kept as it was said, with a defect, and worked on as of its receipt.
    /// A file of the past is one most of which lies further back: there every day stands.
    #[arg(long, env = "SUMUN_ARRIVAL_DAYS", default_value_t = ARRIVAL_DAYS, value_name = "DAYS",
          value_parser = clap::value_parser!(i32).range(1..=100_000))]
    arrival_days: i32,
    /// Keeps the outcomes that the files carry, for files of the past.
    #[arg(long)]
    with_outcomes: bool,
}

/// Records stored in one transaction: enough that the ledger's sums are worth making, few enough
/// that other writers wait less than a second.
const BATCH: usize = 10_000;

/// What became of one file.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Ingested {
    file: String,
    source: String,
    format: String,
    #[serde(flatten)]
    pub(super) tally: Tally,
    outcomes_ignored: u64,
    /// Read, but no declaration: where boxes are, and what became of consignments.
    not_declared: u64,
    /// Read, but of messages that say they are tests.
    tests: u64,
}

/// How all files of one call are read.
pub(super) struct Reading {
    pub(super) tables: TableOptions,
    pub(super) office: String,
    pub(super) with_outcomes: bool,
    pub(super) days: Days,
}

/// Which days of arrival stand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Days {
    /// Those within so many days of the receipt.
    Within(i32),
    /// The same in a file most of which lies within them, and any in another.
    OfTheFile(i32),
}

impl Days {
    /// What is asked of the days of a file whose first records these are.
    fn around(self, rows: &[Arrival], now: i64) -> Option<i32> {
        match self {
            Days::Within(days) => Some(days),
            Days::OfTheFile(days) => {
                let today = i64::from(Day::of_micros(now).0);
                let near = |row: &&Arrival| {
                    let day = i64::from(row.consignment.arrived_on.0);
                    (day - today).abs() <= i64::from(days)
                };
                (rows.iter().filter(near).count() * 2 > rows.len()).then_some(days)
            }
        }
    }
}

impl Ingest {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let reading = Reading {
            tables: options(self.mapping.as_deref())?,
            office: self.office.clone(),
            with_outcomes: self.with_outcomes,
            days: Days::OfTheFile(self.arrival_days),
        };
        let (mut files, mut clutter, mut empty) = (Vec::new(), Vec::new(), Vec::new());
        for path in &self.files {
            if !path.is_dir() {
                files.push(path.clone());
                continue;
            }
            let found = files_of(path)?;
            let said = |path: &Path| is_clutter(&path.to_string_lossy());
            let (aside, wanted): (Vec<_>, Vec<_>) = found.into_iter().partition(|of| said(of));
            if wanted.is_empty() {
                empty.push(path.display().to_string());
            }
            clutter.extend(aside.iter().map(|path| path.display().to_string()));
            files.extend(wanted);
        }
        let (mut done, mut refused) = (Vec::new(), Vec::new());
        for path in &files {
            match ingest(office, &store, path, &reading).await {
                Ok(brought) => {
                    done.extend(brought.done);
                    refused.extend(brought.refused);
                    clutter.extend(brought.clutter);
                }
                // One file that is no table does not keep the others out.
                Err(error) => match refusal(&error) {
                    Some(refusal) => {
                        refused.push((path.display().to_string(), refusal.said.clone()));
                    }
                    None => {
                        return Err(error.context(format!("while reading {}", path.display())));
                    }
                },
            }
        }
        let mut text = text_of(&done, &refused);
        if !clutter.is_empty() {
            text.push_str(&format!("\nLeft out, since it is no cargo: {}.", clutter.join(", ")));
        }
        for folder in &empty {
            text.push_str(&format!("\nThere is no file to be read in the folder {folder}."));
        }
        let json = json!({
            "files": done,
            "refused": refused
                .iter()
                .map(|(file, why)| json!({ "file": file, "why": why }))
                .collect::<Vec<_>>(),
            "left_out": clutter,
            "empty": empty,
        });
        Ok(Report { json, text: text.trim_start().to_owned(), whole: refused.is_empty() })
    }
}

/// How tables are read, with the mapping of a file where one is named.
pub(super) fn options(mapping: Option<&Path>) -> Result<TableOptions> {
    let mut options = TableOptions { batch_rows: BATCH, ..TableOptions::default() };
    if let Some(file) = mapping {
        let text = super::read_text(file)?;
        let mapping = Mapping::parse(&text)
            .map_err(|error| Refusal::error("mapping", format!("{}: {error}", file.display())))?;
        options.mapping = Some(mapping);
    }
    Ok(options)
}

/// All files of a folder and the folders in it, in the order of their names.
pub(super) fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                crate::refuse!("no_file", "{} cannot be opened: {error}", folder.display())
            }
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// What a file brought: itself, or what was sent in it.
#[derive(Default)]
pub(super) struct Brought {
    /// What was received.
    pub(super) done: Vec<Ingested>,
    /// What could not be read, by name, and why.
    pub(super) refused: Vec<(String, String)>,
    /// What computers put beside people's files, by name.
    pub(super) clutter: Vec<String>,
}

/// Receives one file; of an archive, mail or mailbox, everything that was sent in it.
pub(super) async fn ingest(
    office: &Office,
    store: &Store,
    path: &Path,
    reading: &Reading,
) -> Result<Brought> {
    let (file, name) = open(path)?;
    let sent = tokio::task::block_in_place(|| post_room::unpack(Input::File(file), &name))?;
    let taken = match sent {
        Sent::Itself(input) => {
            let done = vec![ingest_one(office, store, input, name, reading).await?];
            return Ok(Brought { done, ..Brought::default() });
        }
        Sent::Within { taken, .. } => taken,
    };
    if taken.files.is_empty() && taken.left.is_empty() {
        crate::refuse!("empty", "there is no file to be read in {name}");
    }
    let mut brought = Brought { done: Vec::new(), refused: taken.left, clutter: taken.clutter };
    for inner in taken.files {
        let input = Input::Bytes(inner.bytes);
        match ingest_one(office, store, input, inner.name.clone(), reading).await {
            Ok(ingested) => brought.done.push(ingested),
            Err(error) => match refusal(&error) {
                Some(refused) => brought.refused.push((inner.name, refused.said.clone())),
                None => return Err(error),
            },
        }
    }
    Ok(brought)
}

/// Receives what is to be read under this name.
async fn ingest_one(
    office: &Office,
    store: &Store,
    mut input: Input,
    name: String,
    reading: &Reading,
) -> Result<Ingested> {
    let (digest, size) = digest_of(&mut input)?;
    let bar = office.bar(Some(size), "Reading");
    bar.set_message(super::shortened(&name, 28));
    let consumed = Arc::new(AtomicU64::new(0));
    // A file that comes again is read as of the day on which it first came, or what it says
    // without a date of its own would look new.
    let received_at = pipeline::received_at(store, &digest).await?.unwrap_or_else(now);

    // Two batches wait at most, so that a fast reader does not fill the memory.
    let (send, mut batches) = mpsc::channel::<Result<Parcel>>(2);
    let (tell, opened) = tokio::sync::oneshot::channel::<Result<Opened>>();
    let reader = {
        let messages = MessageOptions {
            office: reading.office.as_str().into(),
            received_at,
            batch_rows: BATCH,
        };
        // Into a watched folder others put files, at any hour.
        let strangers = matches!(reading.days, Days::Within(_));
        let reading = post_room::Reading { tables: reading.tables.clone(), messages, strangers };
        let (name, consumed) = (name.clone(), consumed.clone());
        std::thread::spawn(move || {
            // A store that has given up no longer listens; there is nobody left to tell.
            let tell = |opened| drop(tell.send(opened));
            let take = |parcel| send.blocking_send(parcel).is_ok();
            post_room::read(input, &name, &reading, &consumed, tell, take);
        })
    };
    let stored = async {
        let opened = opened.await.context("the reader stopped")??;
        let message = pipeline::open(
            store,
            &NewMessage {
                digest: &digest,
                name: &name,
                source: &opened.source,
                format: opened.format,
                size_bytes: size as i64,
            },
            received_at,
        )
        .await?;
        let mut ingested = Ingested {
            file: name.clone(),
            source: opened.source,
            format: opened.format.to_owned(),
            tally: Tally::default(),
            outcomes_ignored: 0,
            not_declared: 0,
            tests: 0,
        };
        let mut terms: Option<Terms> = None;
        while let Some(parcel) = batches.recv().await {
            let parcel = parcel?;
            let of_the_first = || Terms {
                with_outcomes: reading.with_outcomes,
                days_around: reading
                    .days
                    .around(&parcel.rows, now())
                    .filter(|_| !reading.with_outcomes),
                ..Terms::default()
            };
            // What carries no record yet does not say of which days the file is.
            let terms = match parcel.rows.is_empty() {
                true => &of_the_first(),
                false => &*terms.get_or_insert_with(of_the_first),
            };
            store_one(office, store, &message, &parcel, terms, &mut ingested).await?;
            bar.set_position(consumed.load(Ordering::Relaxed));
        }
        pipeline::finish(store, &message, now()).await?;
        anyhow::Ok(ingested)
    }
    .await;
    // A reader that is still sending ends when nobody receives.
    drop(batches);
    bar.finish_and_clear();
    reader.join().map_err(|_| anyhow!("the reader of {name} failed"))?;
    stored
}

async fn store_one(
    office: &Office,
    store: &Store,
    message: &Message,
    parcel: &Parcel,
    terms: &Terms,
    ingested: &mut Ingested,
) -> Result<()> {
    let Parcel { source, not_declared, tests, seen, withdrawn, rows, defects, written } = parcel;
    let message = &Message {
        source: source.clone().unwrap_or_else(|| message.source.clone()),
        ..message.clone()
    };
    pipeline::sight(store, message, seen, office.by()).await?;
    ingested.tally.add(pipeline::withdraw(store, message, withdrawn, terms, office.by()).await?);
    let faults = (defects.as_slice(), written.as_slice());
    let tally = pipeline::receive_noting(store, message, rows, faults, terms, office.by()).await?;
    ingested.not_declared += not_declared;
    ingested.tests += tests;
    ingested.tally.add(tally);
    if !terms.with_outcomes {
        ingested.outcomes_ignored +=
            rows.iter().filter(|row| row.inspection.is_some()).count() as u64;
    }
    Ok(())
}

/// Opens a file, or spools standard input into a temporary one: its digest must be known before
/// its first record is stored, so that the same input again is known.
pub(super) fn open(path: &Path) -> Result<(File, String)> {
    if path.as_os_str() == "-" {
        let mut spool = tempfile::tempfile().context("while spooling standard input")?;
        std::io::copy(&mut std::io::stdin().lock(), &mut spool)?;
        spool.flush()?;
        spool.seek(SeekFrom::Start(0))?;
        return Ok((spool, "standard input".to_owned()));
    }
    let file = super::open_file(path)?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    Ok((file, name))
}

/// SHA-256 of what is to be read in hexadecimal, and its size in bytes.
fn digest_of(input: &mut Input) -> Result<(String, u64)> {
    let file = match input {
        Input::Bytes(bytes) => {
            return Ok((hex::encode(Sha256::digest(&*bytes)), bytes.len() as u64));
        }
        Input::File(file) => file,
    };
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hash.update(&buffer[..n]);
        size += n as u64;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok((hex::encode(hash.finalize()), size))
}

fn text_of(done: &[Ingested], refused: &[(String, String)]) -> String {
    let mut text = String::new();
    if !done.is_empty() {
        let mut table = super::Table::new(&[
            "file",
            "source",
            "read",
            "new",
            "amended",
            "unchanged",
            "rejected",
            "defects",
        ]);
        for one in done {
            let tally = one.tally;
            table.row([
                one.file.clone(),
                one.source.clone(),
                tally.read.to_string(),
                tally.new.to_string(),
                tally.amended.to_string(),
                tally.unchanged.to_string(),
                tally.rejected.to_string(),
                tally.defects.to_string(),
            ]);
        }
        text.push_str(&table.text());
        if done.iter().any(|one| one.tally.defects > 0) {
            text.push_str("\n`sumun defects` lists what was wrong, with lines and reasons.");
        }
        if done.iter().any(|one| one.outcomes_ignored > 0) {
            text.push_str("\nOutcomes in the files were left aside: --with-outcomes keeps them.");
        }
    }
    let (aside, tests) = done
        .iter()
        .fold((0, 0), |(aside, tests), one| (aside + one.not_declared, tests + one.tests));
    if aside > 0 {
        text.push_str(&format!(
            "\n{aside} records say where boxes are or what became of consignments. They declare \
             nothing; where boxes are is held against what is declared, and `sumun inspect FILE` \
             shows them."
        ));
    }
    if tests > 0 {
        text.push_str(&format!(
            "\n{tests} records are of messages that say they are tests, and were not stored."
        ));
    }
    for (file, why) in refused {
        text.push_str(&format!("\n{file} was not read: {why}"));
    }
    text
}
