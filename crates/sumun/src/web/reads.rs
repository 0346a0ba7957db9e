//! The reads: who saw which consignment, plan or person's field goes into the journal before the
//! answer leaves. Readers that wait while a group is being made durable become the next group, so
//! that many share one commit, as `reception.rs` does for what arrives. What is seen is never more
//! than what was journaled: when the journal cannot take it, nothing is shown.

use std::fmt::Display;

use anyhow::{Context, Result, anyhow};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Caller, Problem};
use crate::config::now;
use crate::store::{Store, journal, sessions, tokens};

/// The most entries of one group, so that one commit stays short.
const GROUP: usize = 512;
/// Readers that wait at most; more are held back in their connections.
const QUEUE: usize = 2_048;
/// Ids of one entry; a longer list becomes several entries.
const IDS: usize = 1_000;

type Answer = oneshot::Sender<Result<()>>;

/// What was seen by whom, or when a session or token was used.
enum Note {
    Saw { actor: String, what: &'static str, asked: String, ids: Vec<String>, answer: Answer },
    Used(Used),
}

/// What recognises who asked.
#[derive(Debug, Clone)]
pub enum Used {
    /// A session and its account.
    Session(String, String),
    /// A machine's token.
    Token(String),
}

/// The way to the journal. All clones lead to the same writer, which ends when the last one goes.
#[derive(Clone)]
pub struct Reads(mpsc::Sender<Note>);

/// Opens the way; gives it and the task that ends when all ways are gone.
pub fn open(store: Store) -> (Reads, JoinHandle<()>) {
    let (way_in, queue) = mpsc::channel(QUEUE);
    (Reads(way_in), tokio::spawn(write_down(store, queue)))
}

impl Reads {
    /// Journals that a caller saw these, and returns once that is durable. Nothing seen is nothing
    /// journaled.
    ///
    /// # Errors
    /// When the journal cannot take it: then nothing may be shown.
    pub async fn saw<I: Display>(
        &self,
        caller: &Caller,
        what: &'static str,
        ids: &[I],
    ) -> Result<(), Problem> {
        match ids {
            [] => Ok(()),
            ids => self.write(caller, what, String::new(), ids).await,
        }
    }

    /// Journals what a caller asked for by words, and what they were shown: that somebody asks
    /// after a name is told even where nothing was found.
    ///
    /// # Errors
    /// When the journal cannot take it: then nothing may be shown.
    pub async fn asked<I: Display>(
        &self,
        caller: &Caller,
        what: &'static str,
        asked: &str,
        ids: &[I],
    ) -> Result<(), Problem> {
        match (asked, ids) {
            ("", []) => Ok(()),
            _ => self.write(caller, what, asked.to_owned(), ids).await,
        }
    }

    async fn write<I: Display>(
        &self,
        caller: &Caller,
        what: &'static str,
        asked: String,
        ids: &[I],
    ) -> Result<(), Problem> {
        let closed = "the journal of reads is closed";
        let (answer, written) = oneshot::channel();
        let ids = ids.iter().map(I::to_string).collect();
        let note = Note::Saw { actor: caller.name().to_owned(), what, asked, ids, answer };
        self.0.send(note).await.map_err(|_| anyhow!(closed))?;
        Ok(written.await.context(closed)??)
    }

    /// Notes that a session or token was used. Nobody waits for it, and a full queue drops it: the
    /// next request notes it again.
    pub fn used(&self, used: Used) {
        let _ = self.0.try_send(Note::Used(used));
    }
}

async fn write_down(store: Store, mut queue: mpsc::Receiver<Note>) {
    while let Some(first) = queue.recv().await {
        let mut group = vec![first];
        while group.len() < GROUP {
            let Ok(next) = queue.try_recv() else { break };
            group.push(next);
        }
        let written = together(&store, &group).await;
        if let Err(error) = &written {
            tracing::error!("reads could not be journaled, so nothing is shown: {error:#}");
        }
        for note in group {
            if let Note::Saw { answer, .. } = note {
                // One that no longer waits was journaled all the same.
                let _ = answer.send(match &written {
                    Ok(()) => Ok(()),
                    Err(error) => Err(anyhow!("{error:#}")),
                });
            }
        }
    }
}

async fn together(store: &Store, group: &[Note]) -> Result<()> {
    let now = now();
    let mut entries = Vec::new();
    let mut tx = store.begin().await?;
    for note in group {
        match note {
            Note::Saw { actor, what, asked, ids, .. } => {
                let parts = if ids.is_empty() { vec![&ids[..]] } else { ids.chunks(IDS).collect() };
                entries.extend(parts.into_iter().map(|ids| journal::JournalEntry {
                    actor: actor.into(),
                    act: (*what).into(),
                    subject: match ids {
                        [one] => one.as_str().into(),
                        many => format!("{} of them", many.len()).into(),
                    },
                    body: match asked.as_str() {
                        "" => json!({ "ids": ids }),
                        asked => json!({ "ids": ids, "asked": asked }),
                    },
                }));
            }
            Note::Used(Used::Session(token, account)) => {
                sessions::touch(&mut tx, token, account, now).await?;
            }
            Note::Used(Used::Token(token)) => tokens::touch(&mut tx, token, now).await?,
        }
    }
    journal::record(&mut tx, &entries, now).await?;
    tx.commit().await
}
