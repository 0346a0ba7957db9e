//! Withdrawals of whole manifests: a cancellation that names no bills withdraws every consignment
//! that its manifest had reported. Each becomes a version with the fate `rejected`, as when it is
//! named itself (`receive.rs`); what was withdrawn before stays as it is.

use anyhow::Result;
use intake::MessageBatch;
use targeting::consignment::{Consignment, Fate};

use super::receive::{Arrival, Message, Terms, prepare, receive_within};
use crate::store::consignments::Version;
use crate::store::messages::Tally;
use crate::store::{Store, Tx, consignments, queue};

/// Consignments of one manifest at most: the largest ships bring some twenty thousand.
const OF_ONE_MANIFEST: usize = 100_000;

/// A manifest that is withdrawn as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Who numbers its references.
    pub source: String,
    /// Its number.
    pub manifest: String,
    /// Where the message begins that withdraws it.
    pub line: u64,
}

/// The manifests that a batch withdraws without naming a bill.
pub fn withdrawn(batch: &MessageBatch) -> Vec<Withdrawn> {
    batch
        .heads
        .iter()
        .filter(|head| head.function.cancels() && head.consignments == 0 && !head.test)
        .filter(|head| head.kind.declares() && !head.reference.is_empty())
        .map(|head| Withdrawn {
            source: head.source.to_owned(),
            manifest: head.reference.clone(),
            line: head.line,
        })
        .collect()
}

/// Withdraws whole manifests; gives what became of their consignments.
pub async fn withdraw(
    store: &Store,
    message: &Message,
    of: &[Withdrawn],
    terms: &Terms,
    by: (&str, i64),
) -> Result<Tally> {
    if of.is_empty() {
        return Ok(Tally::default());
    }
    let mut tx = store.begin().await?;
    let tally = withdraw_within(&mut tx, message, of, terms, by).await?;
    if tally.amended + tally.defects > 0 {
        tx.commit().await?;
    }
    Ok(tally)
}

/// As [`withdraw`], within a transaction of the caller's, who commits what was amended.
pub async fn withdraw_within(
    tx: &mut Tx,
    message: &Message,
    of: &[Withdrawn],
    terms: &Terms,
    by: (&str, i64),
) -> Result<Tally> {
    let mut tally = Tally::default();
    for one in of {
        let arrivals = standing(tx, one).await?;
        if arrivals.is_empty() {
            continue;
        }
        let message = Message { source: one.source.clone(), ..message.clone() };
        tally.add(receive_within(tx, &message, &arrivals, &[], terms, by).await?.tally);
    }
    Ok(tally)
}

/// The consignments of a manifest that still stand, as they are when withdrawn.
async fn standing(tx: &mut Tx, of: &Withdrawn) -> Result<Vec<Arrival>> {
    let named = queue::naming(tx, &[&of.manifest], OF_ONE_MANIFEST).await?;
    let mut ids: Vec<i64> = named.into_iter().map(|(_, id)| id).collect();
    ids.sort_unstable();
    let described = consignments::described(tx, &ids).await?;
    let stands = |one: &Version| {
        let Consignment { source, documents, .. } = &one.consignment;
        !matches!(one.fate, Fate::Superseded | Fate::Rejected)
            && *source == of.source
            && documents.manifest == of.manifest
            && !documents.cancelled
    };
    described
        .into_iter()
        .filter(stands)
        .map(|mut one| {
            one.consignment.documents.cancelled = true;
            prepare(of.line, one.consignment, None)
        })
        .collect()
}
