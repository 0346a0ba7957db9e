//! The reception: takes in the consignments of requests and screens them at once. Requests that
//! arrive while a group is being made durable wait for each other and become the next group, so
//! that many share one commit and each is answered only once its own is on disk. One request that
//! fails is tried again alone and spoils no other.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use axum::body::Bytes;
use futures::FutureExt;
use targeting::consignment::Defect;
use targeting::screening::Screener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::api::declared::{Declared, as_sent};
use crate::config::now;
use crate::pipeline::post_room::{MENDED_WHOLE, WHOLE};
use crate::pipeline::{self, Arrival, Message, Terms, Withdrawn};
use crate::refusal::{Refusal, refusal};
use crate::store::assessments::{self, KeptAssessment};
use crate::store::messages::{self, NewMessage, Tally};
use crate::store::records::{self, KeptRecord};
use crate::store::sightings::Seen;
use crate::store::{Store, Tx, models};

/// The most requests of one group: enough that a slow disk keeps up with thousands a second.
const GROUP: usize = 256;
/// The most records of one group, so that one large batch does not hold up many small ones long.
const GROUP_RECORDS: usize = 8_192;
/// Requests that wait at most; more are held back in their connections.
const QUEUE: usize = 1_024;

/// Who screens what many senders sent, for the journal.
const SCREENING: &str = "screening";

/// The records of one request.
pub struct Lot {
    /// Who sends it, for the journal.
    pub actor: String,
    /// Tells a repeated request from a new one: SHA-256 in hexadecimal.
    pub digest: String,
    /// Name by which people find the request; it holds the beginning of the body's digest.
    pub name: String,
    /// Who numbers its references.
    pub source: String,
    /// Its format; `api` where the records themselves were sent.
    pub format: &'static str,
    /// Size of the body.
    pub size_bytes: i64,
    /// What was understood.
    pub arrivals: Vec<Arrival>,
    /// Where boxes are.
    pub seen: Vec<Seen>,
    /// Manifests that are withdrawn as a whole.
    pub withdrawn: Vec<Withdrawn>,
    /// What was wrong.
    pub defects: Vec<Defect>,
    /// What was written where something was wrong.
    pub written: Vec<KeptRecord>,
    /// The body, where it is to be kept as it came.
    pub body: Option<Bytes>,
    /// On what terms it is taken in.
    pub terms: Terms,
}

/// What became of a request's records.
pub struct Taken {
    /// The number of its message.
    pub message: i64,
    /// True when the same request had been taken in before.
    pub repeated: bool,
    /// What became of its records.
    pub tally: Tally,
    /// The version that each record is stored as, in the request's order; 0 for one that is not.
    pub ids: Vec<i64>,
    /// What was found wrong with records in the light of what is stored already.
    pub defects: Vec<Defect>,
    /// The model in force, if there is one.
    pub model: Option<String>,
    /// Assessments by that model, by version.
    pub assessments: HashMap<i64, KeptAssessment>,
}

struct Waiting {
    lot: Lot,
    answer: oneshot::Sender<Result<Taken>>,
}

/// The way in. All clones lead to the same reception, which closes when the last one goes.
#[derive(Clone)]
pub struct Reception(mpsc::Sender<Waiting>);

/// Opens the reception; gives the way in and the task that ends when all ways in are gone.
pub fn open(store: Store) -> (Reception, JoinHandle<()>) {
    let (way_in, queue) = mpsc::channel(QUEUE);
    (Reception(way_in), tokio::spawn(take_in(store, queue)))
}

impl Reception {
    /// Takes in a request's records and screens them; returns once both are durable.
    ///
    /// # Errors
    /// A refusal when an idempotency key comes again with another body; else when the store fails.
    pub async fn take(&self, lot: Lot) -> Result<Taken> {
        let (answer, taken) = oneshot::channel();
        let closed = "the reception is closed";
        self.0.send(Waiting { lot, answer }).await.map_err(|_| anyhow!(closed))?;
        taken.await.context(closed)?
    }
}

async fn take_in(store: Store, mut queue: mpsc::Receiver<Waiting>) {
    // Reading a model takes longer than all else together, so it is kept while it is in force.
    let mut kept: Option<(String, Arc<Screener>)> = None;
    while let Some(first) = queue.recv().await {
        let mut records = first.lot.arrivals.len();
        let mut group = vec![first];
        while group.len() < GROUP && records < GROUP_RECORDS {
            let Ok(next) = queue.try_recv() else { break };
            records += next.lot.arrivals.len();
            group.push(next);
        }
        let lots: Vec<&Lot> = group.iter().map(|waiting| &waiting.lot).collect();
        match guarded(&store, &mut kept, &lots).await {
            Ok(taken) => {
                for (waiting, taken) in group.into_iter().zip(taken) {
                    // One that no longer waits has still been served.
                    let _ = waiting.answer.send(taken);
                }
            }
            Err(error) if group.len() == 1 => {
                for waiting in group {
                    let _ = waiting.answer.send(Err(anyhow!("{error:#}")));
                }
            }
            Err(error) => {
                tracing::warn!("a group was not taken in, so each goes alone: {error:#}");
                for Waiting { lot, answer } in group {
                    let alone = guarded(&store, &mut kept, &[&lot]).await;
                    let _ = answer.send(alone.and_then(|mut taken| {
                        taken.pop().unwrap_or_else(|| Err(anyhow!("nothing was taken in")))
                    }));
                }
            }
        }
    }
}

/// As [`together`], with a panic made into an error: the reception has to outlive it.
async fn guarded(
    store: &Store,
    kept: &mut Option<(String, Arc<Screener>)>,
    lots: &[&Lot],
) -> Result<Vec<Result<Taken>>> {
    let done = AssertUnwindSafe(together(store, kept, lots)).catch_unwind().await;
    done.unwrap_or_else(|_| Err(anyhow!("taking in panicked")))
}

/// Takes in and screens a group in one transaction.
async fn together(
    store: &Store,
    kept: &mut Option<(String, Arc<Screener>)>,
    lots: &[&Lot],
) -> Result<Vec<Result<Taken>>> {
    // A group has many senders: what screens it is a part of Sumun.
    let by = (SCREENING, now());
    let mut tx = store.begin().await?;
    let mut changed = false;
    let mut taken = Vec::with_capacity(lots.len());
    for lot in lots {
        match store_one(&mut tx, lot, by.1, &mut changed).await {
            Err(error) if refusal(&error).is_none() => return Err(error),
            one => taken.push(one),
        }
    }

    let model = models::in_force_id(&mut tx).await?;
    if kept.as_ref().map(|(id, _)| id) != model.as_ref() {
        let loaded = pipeline::screener_in_force(&mut tx).await?;
        *kept = loaded.map(|(id, screener)| (id, Arc::new(screener)));
    }
    if let Some((model, screener)) = kept {
        let mut ids: Vec<i64> = taken.iter().flatten().flat_map(|one| &one.ids).copied().collect();
        ids.retain(|id| *id > 0);
        ids.sort_unstable();
        ids.dedup();
        let mut judged = HashMap::new();
        if !ids.is_empty() {
            let fresh = pipeline::screen_some(&mut tx, (model, screener), &ids, by).await?;
            changed |= !fresh.is_empty();
            judged.extend(fresh.into_iter().map(|(id, assessment)| {
                let model_id = model.clone();
                let kept =
                    KeptAssessment { consignment_id: id, model_id, assessed_at: by.1, assessment };
                (id, kept)
            }));
            ids.retain(|id| !judged.contains_key(id));
        }
        // What is left was judged before, and its assessment stays as it was.
        if !ids.is_empty() {
            let known = assessments::of(&mut tx, &ids, Some(model)).await?;
            judged.extend(known.into_iter().map(|one| (one.consignment_id, one)));
        }
        for one in taken.iter_mut().flatten() {
            let of = one.ids.iter().filter_map(|id| Some((*id, judged.get(id)?.clone())));
            one.assessments = of.collect();
            one.model = Some(model.clone());
        }
    }
    if changed {
        tx.commit().await?;
    }
    tracing::info!(reception.requests = lots.len(), "took in a group of requests");
    Ok(taken)
}

async fn store_one(tx: &mut Tx, lot: &Lot, now: i64, changed: &mut bool) -> Result<Taken> {
    let Lot { actor, digest, name, source, format, size_bytes, terms, .. } = lot;
    let size_bytes = *size_bytes;
    let new = NewMessage { digest, name, source, format, size_bytes };
    let (id, new) = messages::open(tx, &new, now).await?;
    if !new && *format == "api" && messages::name_of(tx, digest).await?.as_ref() != Some(name) {
        return Err(Refusal::error(
            "idempotency_key",
            "This Idempotency-Key was used before, with another body.",
        ));
    }
    let message = Message { id, name: name.clone(), source: source.clone() };
    let received =
        pipeline::receive_within(tx, &message, &lot.arrivals, &lot.defects, terms, (actor, now))
            .await?;
    let sighted = pipeline::sight_within(tx, &message, &lot.seen, (actor, now)).await?;
    let gone = pipeline::withdraw_within(tx, &message, &lot.withdrawn, terms, (actor, now)).await?;
    if new {
        records::insert(tx, id, &lot.written).await?;
        records::insert(tx, id, &written(lot, &received.defects)?).await?;
        if let Some(body) = &lot.body {
            messages::keep_body(tx, id, body).await?;
        }
        messages::finish(tx, id, now).await?;
    }
    *changed |= new || received.changed || sighted > 0 || gone.amended + gone.defects > 0;
    let mut tally = received.tally;
    tally.add(gone);
    Ok(Taken {
        message: id,
        repeated: !new,
        tally,
        ids: received.ids,
        defects: received.defects,
        model: None,
        assessments: HashMap::new(),
    })
}

/// What stood in the records that were found wrong only beside what is stored: a short message as a
/// whole, since a part of it may not say that it withdraws; else the records one by one.
fn written(lot: &Lot, defects: &[Defect]) -> Result<Vec<KeptRecord>> {
    let lines: HashSet<u64> = defects.iter().map(|defect| defect.line).collect();
    let of = lot.arrivals.iter().filter(|arrival| lines.contains(&arrival.line));
    let mut of = of.map(|arrival| (arrival.line, &arrival.consignment)).peekable();
    let text = lot.body.as_ref().filter(|body| body.len() <= MENDED_WHOLE);
    let text = text.and_then(|body| std::str::from_utf8(body).ok());
    match (of.peek(), text.filter(|text| !text.contains('\0'))) {
        (Some((_, first)), Some(text)) => Ok(vec![KeptRecord {
            line: 0,
            source: lot.source.clone(),
            office: first.office.to_string(),
            mapping: String::new(),
            columns: vec![(WHOLE.to_owned(), text.to_owned())],
        }]),
        _ => of
            .filter(|(_, consignment)| !consignment.documents.cancelled)
            .map(|(line, consignment)| as_sent(line, &lot.source, &Declared::from(consignment)))
            .collect(),
    }
}
