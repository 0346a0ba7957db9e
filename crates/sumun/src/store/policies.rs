//! What the site has decided about learning, approving and exploring. Each decision is a row with
//! who made it and why; the last one counts, and where there is none the generic figures do.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{Tx, args};

/// What the site has decided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// So many new outcomes since the last learning make a new candidate due.
    pub outcomes_min: i64,
    /// So many finds among them, too.
    pub finds_min: i64,
    /// 1: whoever is named may approve. 2: another person than the one who learned the model.
    pub approvers: i64,
    /// Share of inspections drawn by chance where an alarm of the drift watch stands.
    pub explore_alarm: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { outcomes_min: 1_000, finds_min: 50, approvers: 1, explore_alarm: 0.20 }
    }
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeptPolicy {
    /// Counted from 1; the last one counts.
    pub number: i64,
    /// What was decided.
    #[serde(flatten)]
    pub policy: Policy,
    /// When, in microseconds since 1970-01-01 UTC.
    pub set_at: i64,
    /// By whom.
    pub set_by: String,
    /// Why.
    pub reason: String,
}

/// Every decision, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<KeptPolicy>> {
    tx.fetch_all(
        "select number, outcomes_min, finds_min, approvers, explore_alarm, set_at, set_by, reason
         from policy order by number desc",
        args![],
        |row| {
            Ok(KeptPolicy {
                number: row.int(0)?,
                policy: Policy {
                    outcomes_min: row.int(1)?,
                    finds_min: row.int(2)?,
                    approvers: row.int(3)?,
                    explore_alarm: row.real(4)?,
                },
                set_at: row.int(5)?,
                set_by: row.text(6)?.to_owned(),
                reason: row.text(7)?.to_owned(),
            })
        },
    )
    .await
}

/// What counts now.
pub async fn current(tx: &mut Tx) -> Result<Policy> {
    Ok(list(tx).await?.first().map_or_else(Policy::default, |kept| kept.policy))
}

/// Keeps a decision.
pub async fn insert(tx: &mut Tx, kept: &KeptPolicy) -> Result<()> {
    let KeptPolicy { number, policy, set_at, set_by, reason } = kept;
    tx.execute(
        "insert into policy (number, outcomes_min, finds_min, approvers, explore_alarm, set_at,
             set_by, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            *number,
            policy.outcomes_min,
            policy.finds_min,
            policy.approvers,
            policy.explore_alarm,
            *set_at,
            set_by,
            reason
        ],
    )
    .await?;
    Ok(())
}
