//! Verifications: silent scans, and which of them are unpacked all the same.

use anyhow::Result;

use super::{Kind, Tx, args, values};

/// A silent scan that the draw has answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verification {
    /// The consignment.
    pub consignment_id: i64,
    /// Chance with which a silent scan was to be unpacked.
    pub share: f64,
    /// Whether this one was.
    pub drawn: bool,
}

/// Keeps the answers of one plan's draw.
pub async fn insert(tx: &mut Tx, plan_id: i64, of: &[Verification], now: i64) -> Result<()> {
    tx.insert_many(
        "verification",
        [
            ("plan_id", Kind::Int),
            ("consignment_id", Kind::Int),
            ("share", Kind::Real),
            ("drawn", Kind::Int),
            ("drawn_at", Kind::Int),
        ],
        "",
        of.iter().map(|one| values![plan_id, one.consignment_id, one.share, one.drawn, now]),
    )
    .await?;
    Ok(())
}

/// Drawn inspections of a plan that ended with a silent scan, dog or trace and have no answer yet,
/// each with its declaration, in rising order of id.
pub async fn silent(tx: &mut Tx, plan_id: i64) -> Result<Vec<(i64, String)>> {
    tx.fetch_all(
        "select selection.consignment_id, consignment.reference
         from selection
         join consignment on consignment.id = selection.consignment_id
         join outcome
           on outcome.consignment_id = selection.consignment_id and outcome.latest = 1
         where selection.plan_id = $1 and selection.drawn = 1
           and outcome.outcome = 'clear'
           and coalesce(outcome.modality, selection.modality) in ('scan', 'dog', 'trace')
           and not exists (
                   select 1 from verification
                   where verification.plan_id = selection.plan_id
                     and verification.consignment_id = selection.consignment_id)
         order by selection.consignment_id",
        args![plan_id],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned())),
    )
    .await
}

/// The answers that one draw of a plan gave, in rising order of consignment.
pub async fn drawn_at(tx: &mut Tx, plan_id: i64, at: i64) -> Result<Vec<Verification>> {
    tx.fetch_all(
        "select consignment_id, share, drawn from verification
         where plan_id = $1 and drawn_at = $2
         order by consignment_id",
        args![plan_id, at],
        |row| {
            Ok(Verification {
                consignment_id: row.int(0)?,
                share: row.real(1)?,
                drawn: row.flag(2)?,
            })
        },
    )
    .await
}

/// How many answers there are.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select count(*) from verification", args![], |row| row.int(0)).await
}
