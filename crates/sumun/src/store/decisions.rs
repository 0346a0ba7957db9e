//! Decisions of persons on single consignments, and the orders that they came with. A decision is
//! only ever added to: taking it back is a decision of its own. The one in force of a declaration
//! is marked, so that plans and the queue find it at once.

use std::collections::HashMap;

use anyhow::Result;
use targeting::decision::Act;

use super::{Kind, Row, Tx, args, values};

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDecision {
    /// Its number, written `D-7`.
    pub id: i64,
    /// The order that it came with.
    pub order_id: String,
    /// The version that was decided on.
    pub consignment_id: i64,
    /// Its first version.
    pub first_id: i64,
    /// What was ordered.
    pub act: Act,
    /// The reason's code.
    pub reason_code: String,
    /// What was added in words.
    pub reason: String,
    /// What is asked.
    pub question: Option<String>,
    /// What it is to be inspected with.
    pub modality: Option<String>,
    /// Officer-minutes of that.
    pub minutes: Option<i64>,
    /// Probability that it finds what is there.
    pub detection: Option<f64>,
    /// The plan that listed it.
    pub plan_id: Option<i64>,
    /// What had become of it before.
    pub fate_before: String,
    /// Who decided.
    pub by: String,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The decision that this one takes back.
    pub undoes: Option<i64>,
    /// The decision that takes this one back, and who made it.
    pub undone_by: Option<(i64, String)>,
    /// Whether it is the one that counts.
    pub in_force: bool,
}

impl KeptDecision {
    /// The decision as the journal keeps it, beside who made it, when, and which act it was.
    pub fn journaled(&self) -> serde_json::Value {
        serde_json::json!({
            "decision": self.id,
            "order": self.order_id,
            "consignment": self.consignment_id,
            "reason_code": self.reason_code,
            "reason": self.reason,
            "question": self.question,
            "modality": self.modality,
            "minutes": self.minutes,
            "detection": self.detection,
            "plan": self.plan_id,
            "fate_before": self.fate_before,
            "undoes": self.undoes,
        })
    }
}

const COLUMNS: &str = "decision.id, decision.order_id, decision.consignment_id, \
    decision.first_id, decision.act, decision.reason_code, decision.reason, decision.question, \
    decision.modality, decision.minutes, decision.detection, decision.plan_id, \
    decision.fate_before, decision.made_by, decision.made_at, decision.undoes, \
    decision.undone_by, undoing.made_by, decision.in_force";

fn kept(row: &Row) -> Result<KeptDecision> {
    let text = |column| Ok::<_, anyhow::Error>(row.text_opt(column)?.map(str::to_owned));
    Ok(KeptDecision {
        id: row.int(0)?,
        order_id: row.text(1)?.to_owned(),
        consignment_id: row.int(2)?,
        first_id: row.int(3)?,
        act: row.text(4)?.parse()?,
        reason_code: row.text(5)?.to_owned(),
        reason: row.text(6)?.to_owned(),
        question: text(7)?,
        modality: text(8)?,
        minutes: row.int_opt(9)?,
        detection: row.real_opt(10)?,
        plan_id: row.int_opt(11)?,
        fate_before: row.text(12)?.to_owned(),
        by: row.text(13)?.to_owned(),
        at: row.int(14)?,
        undoes: row.int_opt(15)?,
        undone_by: row.int_opt(16)?.zip(text(17)?),
        in_force: row.flag(18)?,
    })
}

/// The next free number. The writing transaction's lock keeps it free until the commit.
pub async fn next_id(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) + 1 from decision", args![], |row| row.int(0)).await
}

/// Keeps decisions. Those that were in force on the same declarations no longer are; what an undo
/// takes back is marked so, and the one before it is in force again.
pub async fn insert(tx: &mut Tx, new: &[KeptDecision]) -> Result<()> {
    let firsts: Vec<i64> = new.iter().map(|one| one.first_id).collect();
    tx.execute(
        "update decision set in_force = 0 where in_force = 1 and first_id {in $1}",
        args![&firsts],
    )
    .await?;
    tx.insert_many(
        "decision",
        [
            ("id", Kind::Int),
            ("order_id", Kind::Text),
            ("consignment_id", Kind::Int),
            ("first_id", Kind::Int),
            ("act", Kind::Text),
            ("reason_code", Kind::Text),
            ("reason", Kind::Text),
            ("question", Kind::Text),
            ("modality", Kind::Text),
            ("minutes", Kind::Int),
            ("detection", Kind::Real),
            ("plan_id", Kind::Int),
            ("fate_before", Kind::Text),
            ("made_by", Kind::Text),
            ("made_at", Kind::Int),
            ("undoes", Kind::Int),
            ("in_force", Kind::Int),
        ],
        "",
        new.iter().map(|one| {
            values![
                one.id,
                &one.order_id,
                one.consignment_id,
                one.first_id,
                one.act.as_str(),
                &one.reason_code,
                &one.reason,
                &one.question,
                &one.modality,
                one.minutes,
                one.detection,
                one.plan_id,
                &one.fate_before,
                &one.by,
                one.at,
                one.undoes,
                one.act != Act::Undo
            ]
        }),
    )
    .await?;
    let undoing: Vec<i64> =
        new.iter().filter(|one| one.act == Act::Undo).map(|one| one.id).collect();
    if undoing.is_empty() {
        return Ok(());
    }
    tx.execute(
        "update decision
         set undone_by = (select undoing.id from decision undoing
                          where undoing.undoes = decision.id and undoing.id {in $1})
         where id in (select undoes from decision undoing where undoing.id {in $1})",
        args![&undoing],
    )
    .await?;
    // What stood before the one that was taken back counts again.
    tx.execute(
        "update decision set in_force = 1
         where id in (select max(former.id) from decision former
                      where former.act <> 'undo' and former.undone_by is null
                        and former.first_id in (select undoing.first_id from decision undoing
                                                where undoing.id {in $1})
                      group by former.first_id)",
        args![undoing],
    )
    .await?;
    Ok(())
}

/// One decision.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<KeptDecision>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from decision
         left join decision undoing on undoing.id = decision.undone_by
         where decision.id = $1"
    ));
    tx.fetch_optional(sql, args![id], kept).await
}

/// The decisions in force on these declarations, by the id of the first version.
pub async fn in_force(tx: &mut Tx, first_ids: &[i64]) -> Result<HashMap<i64, KeptDecision>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from decision
         left join decision undoing on undoing.id = decision.undone_by
         where decision.in_force = 1 and decision.first_id {{in $1}}"
    ));
    let found = tx.fetch_all(sql, args![first_ids.to_vec()], kept).await?;
    Ok(found.into_iter().map(|one| (one.first_id, one)).collect())
}

/// Every decision on these versions, the oldest first.
pub async fn of_versions(tx: &mut Tx, ids: &[i64]) -> Result<Vec<KeptDecision>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from decision
         left join decision undoing on undoing.id = decision.undone_by
         where decision.consignment_id {{in $1}} order by decision.id"
    ));
    tx.fetch_all(sql, args![ids.to_vec()], kept).await
}

/// The decisions of an order, in their order.
pub async fn of_order(tx: &mut Tx, order_id: &str) -> Result<Vec<KeptDecision>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from decision
         left join decision undoing on undoing.id = decision.undone_by
         where decision.order_id = $1 order by decision.id"
    ));
    tx.fetch_all(sql, args![order_id], kept).await
}

/// An order as it came.
pub struct KeptOrder {
    /// Digest of what was ordered.
    pub digest: String,
    /// What was refused of it, as JSON.
    pub refused: String,
}

/// The order of this id, if it came before.
pub async fn order(tx: &mut Tx, id: &str) -> Result<Option<KeptOrder>> {
    tx.fetch_optional(
        "select digest, refused from decision_order where id = $1",
        args![id],
        |row| Ok(KeptOrder { digest: row.text(0)?.to_owned(), refused: row.text(1)?.to_owned() }),
    )
    .await
}

/// Keeps an order.
pub async fn insert_order(
    tx: &mut Tx,
    id: &str,
    order: &KeptOrder,
    (actor, now): (&str, i64),
) -> Result<()> {
    tx.execute(
        "insert into decision_order (id, digest, refused, made_by, made_at)
         values ($1, $2, $3, $4, $5)",
        args![id, &order.digest, &order.refused, actor, now],
    )
    .await?;
    Ok(())
}
