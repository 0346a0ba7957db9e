//! The queue: keeps the rows that officers work through in step with what is screened, planned,
//! decided and recorded. It judges nothing; what a row says is in other tables, and this says it
//! where it is read fast. Its SQL and what may be asked of it: `store/queue.rs`.

use anyhow::Result;
use targeting::codes::Day;
use targeting::consignment::Consignment;

use crate::store::consignments::Stored;
use crate::store::queue::{self, NewRow};
use crate::store::{Store, Tx, consignments, finds};

/// How many consignments enter at a time where no batch says.
const BATCH: usize = 4_096;

/// Takes what no model has screened into the queue, and gives every consignment of a plan its
/// place in it.
pub async fn place(tx: &mut Tx, plan_id: i64) -> Result<()> {
    let missing = queue::missing(tx, plan_id).await?;
    for ids in missing.chunks(BATCH) {
        let stored = consignments::load(tx, ids).await?;
        let new: Vec<NewRow<'_>> = stored.iter().map(unjudged).collect();
        queue::wait(tx, &new).await?;
    }
    queue::place(tx, plan_id).await
}

fn unjudged(stored: &Stored) -> NewRow<'_> {
    NewRow { id: stored.id, consignment: &stored.consignment, judged: None }
}

/// Brings the plans of before there was a queue into it, and the keys of finds of before they were
/// kept; gives how many plans there were.
pub async fn catch_up(store: &Store) -> Result<usize> {
    let mut tx = store.read().await?;
    let missing = queue::plans_missing(&mut tx).await?;
    drop(tx);
    for plan in &missing {
        let mut tx = store.begin().await?;
        place(&mut tx, *plan).await?;
        tx.commit().await?;
    }
    let mut last = 0;
    loop {
        let mut tx = store.begin().await?;
        let of_before = finds::missing(&mut tx, last, BATCH as i64).await?;
        let Some((_, newest)) = of_before.last() else { break };
        last = newest.id;
        let found: Vec<(i64, Day, &Consignment)> =
            of_before.iter().map(|(day, find)| (find.id, *day, &find.consignment)).collect();
        finds::keep(&mut tx, &found).await?;
        tx.commit().await?;
    }
    Ok(missing.len())
}
