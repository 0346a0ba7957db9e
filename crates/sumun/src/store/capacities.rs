//! Capacities: what an office or shift can do, as one person proposed and another decided.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use targeting::outcome::Modality;

use super::{Tx, args};
use crate::rights::Offices;

/// What one modality can do in a shift.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The modality.
    pub modality: Modality,
    /// Officer-minutes that the shift has for it.
    pub minutes_available: u32,
    /// Officer-minutes that one inspection takes.
    pub minutes_each: u32,
    /// Probability that it finds what is there; the generic one when left out.
    pub detection: Option<f64>,
}

/// What is proposed and decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// By modality.
    pub lines: Vec<Line>,
    /// Share of the inspections drawn by chance; the usual one when left out.
    pub explore: Option<f64>,
}

/// A capacity as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Capacity {
    /// A ULID.
    pub id: String,
    /// Customs office.
    pub office: String,
    /// Name of the shift; empty for every shift that has none of its own.
    pub shift: String,
    /// `parcel` or `freight`; empty for both.
    pub regime: String,
    /// What the shift can do.
    pub content: Content,
    /// `proposed`, `approved`, `rejected` or `replaced`.
    pub state: String,
    /// Who proposed it.
    pub made_by: String,
    /// When.
    pub made_at: i64,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// Why.
    pub decided_why: Option<String>,
}

const COLUMNS: &str = "id, office, shift, regime, document, state, made_by, made_at, reason,
    decided_by, decided_at, decided_why";

fn read(row: &super::Row) -> Result<Capacity> {
    Ok(Capacity {
        id: row.text(0)?.to_owned(),
        office: row.text(1)?.to_owned(),
        shift: row.text(2)?.to_owned(),
        regime: row.text(3)?.to_owned(),
        content: serde_json::from_str(row.text(4)?)?,
        state: row.text(5)?.to_owned(),
        made_by: row.text(6)?.to_owned(),
        made_at: row.int(7)?,
        reason: row.text(8)?.to_owned(),
        decided_by: row.text_opt(9)?.map(str::to_owned),
        decided_at: row.int_opt(10)?,
        decided_why: row.text_opt(11)?.map(str::to_owned),
    })
}

/// Keeps a proposal.
pub async fn insert(tx: &mut Tx, of: &Capacity) -> Result<()> {
    tx.execute(
        "insert into capacity (id, office, shift, regime, document, state, made_by, made_at,
             reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            &of.id,
            &of.office,
            &of.shift,
            &of.regime,
            serde_json::to_string(&of.content)?,
            &of.state,
            &of.made_by,
            of.made_at,
            &of.reason
        ],
    )
    .await?;
    Ok(())
}

/// A capacity by its id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Capacity>> {
    let sql = super::AssertSqlSafe(format!("select {COLUMNS} from capacity where id = $1"));
    tx.fetch_optional(sql, args![id], read).await
}

/// Up to `limit` capacities of these offices proposed before one, the latest first. Times can be
/// alike, so the id decides then.
pub async fn page(
    tx: &mut Tx,
    offices: &Offices,
    before: Option<&(i64, String)>,
    limit: i64,
) -> Result<Vec<Capacity>> {
    let (at, id) = match before {
        Some((at, id)) => (*at, id.as_str()),
        None => (i64::MAX, ""),
    };
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from capacity
         where ($1 = 1 or office {{in $2}})
           and (made_at < $3 or (made_at = $3 and id < $4))
         order by made_at desc, id desc
         limit $5"
    ));
    let args = args![offices.all(), offices.codes(), at, id, limit];
    tx.fetch_all(sql, args, read).await
}

/// The approved capacities of an office.
pub async fn approved(tx: &mut Tx, office: &str) -> Result<Vec<Capacity>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from capacity
         where office = $1 and state = 'approved'
         order by shift, regime"
    ));
    tx.fetch_all(sql, args![office], read).await
}

/// Decides on a proposal. One that is approved takes the place of the approved one before it.
pub async fn decide(
    tx: &mut Tx,
    of: &Capacity,
    approved: bool,
    (by, now): (&str, i64),
    why: &str,
) -> Result<()> {
    if approved {
        tx.execute(
            "update capacity set state = 'replaced'
             where office = $1 and shift = $2 and regime = $3 and state = 'approved'",
            args![&of.office, &of.shift, &of.regime],
        )
        .await?;
    }
    tx.execute(
        "update capacity
         set state = $2, decided_by = $3, decided_at = $4, decided_why = $5
         where id = $1",
        args![&of.id, if approved { "approved" } else { "rejected" }, by, now, why],
    )
    .await?;
    Ok(())
}
