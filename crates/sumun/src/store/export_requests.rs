//! Requests to take a plan or its queue out as a file, which a second person decides on; and the
//! rows that such a file has.

use anyhow::Result;

use super::exports::{Cell, Exported};
use super::{Tx, args};
use crate::rights::Offices;

/// A request as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRequest {
    /// A ULID.
    pub id: String,
    /// `plan` for what was drawn, `queue` for every candidate.
    pub what: String,
    /// The plan.
    pub plan_id: i64,
    /// The plan's office.
    pub office: String,
    /// `csv` or `parquet`.
    pub format: String,
    /// `asked`, `approved` or `rejected`.
    pub state: String,
    /// Who asks.
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
    /// Rows of the file, once it was taken.
    pub rows: Option<i64>,
}

const COLUMNS: &str = "id, what, plan_id, office, format, state, made_by, made_at, reason,
    decided_by, decided_at, decided_why, rows_out";

fn read(row: &super::Row) -> Result<ExportRequest> {
    Ok(ExportRequest {
        id: row.text(0)?.to_owned(),
        what: row.text(1)?.to_owned(),
        plan_id: row.int(2)?,
        office: row.text(3)?.to_owned(),
        format: row.text(4)?.to_owned(),
        state: row.text(5)?.to_owned(),
        made_by: row.text(6)?.to_owned(),
        made_at: row.int(7)?,
        reason: row.text(8)?.to_owned(),
        decided_by: row.text_opt(9)?.map(str::to_owned),
        decided_at: row.int_opt(10)?,
        decided_why: row.text_opt(11)?.map(str::to_owned),
        rows: row.int_opt(12)?,
    })
}

/// Keeps a request.
pub async fn insert(tx: &mut Tx, of: &ExportRequest) -> Result<()> {
    tx.execute(
        "insert into export_request (id, what, plan_id, office, format, state, made_by, made_at,
             reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            &of.id,
            &of.what,
            of.plan_id,
            &of.office,
            &of.format,
            &of.state,
            &of.made_by,
            of.made_at,
            &of.reason
        ],
    )
    .await?;
    Ok(())
}

/// A request by its id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<ExportRequest>> {
    let sql = super::AssertSqlSafe(format!("select {COLUMNS} from export_request where id = $1"));
    tx.fetch_optional(sql, args![id], read).await
}

/// Up to `limit` requests of these offices made before one, the latest first.
pub async fn page(
    tx: &mut Tx,
    offices: &Offices,
    before: Option<&(i64, String)>,
    limit: i64,
) -> Result<Vec<ExportRequest>> {
    let (at, id) = match before {
        Some((at, id)) => (*at, id.as_str()),
        None => (i64::MAX, ""),
    };
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from export_request
         where ($1 = 1 or office {{in $2}})
           and (made_at < $3 or (made_at = $3 and id < $4))
         order by made_at desc, id desc
         limit $5"
    ));
    let args = args![offices.all(), offices.codes(), at, id, limit];
    tx.fetch_all(sql, args, read).await
}

/// Decides on a request.
pub async fn decide(
    tx: &mut Tx,
    id: &str,
    approved: bool,
    (by, now): (&str, i64),
    why: &str,
) -> Result<()> {
    tx.execute(
        "update export_request
         set state = $2, decided_by = $3, decided_at = $4, decided_why = $5
         where id = $1",
        args![id, if approved { "approved" } else { "rejected" }, by, now, why],
    )
    .await?;
    Ok(())
}

/// Notes how many rows were taken.
pub async fn set_rows(tx: &mut Tx, id: &str, rows: i64) -> Result<()> {
    tx.execute("update export_request set rows_out = $2 where id = $1", args![id, rows]).await?;
    Ok(())
}

/// The lines of one plan, drawn ones alone or all, by rank.
pub static LINES: Exported = Exported::of(
    &[
        super::exports::int("rank"),
        super::exports::text("consignment"),
        super::exports::text("declaration_id"),
        super::exports::text("office"),
        super::exports::text("shift"),
        super::exports::text("regime"),
        super::exports::real("p_irregular"),
        super::exports::real("p_critical"),
        super::exports::real("chance"),
        super::exports::text("channel"),
        super::exports::text("modality"),
        super::exports::text("bundle"),
        super::exports::int("minutes"),
        super::exports::int("drawn"),
    ],
    "select selection.position, 'C-' || selection.consignment_id, consignment.reference,
            plan.office, plan.shift, plan.regime, selection.expected,
            selection.expected_critical, selection.chance, selection.channel,
            selection.modality, selection.bundle, selection.minutes, selection.drawn
     from selection
     join plan on plan.id = selection.plan_id
     join consignment on consignment.id = selection.consignment_id
     where selection.plan_id = $1 and ($2 = 0 or selection.drawn = 1)
     order by selection.position",
);

/// Calls `each` with every line of a plan.
pub async fn each_line(
    tx: &mut Tx,
    plan_id: i64,
    drawn_alone: bool,
    each: impl FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<()> {
    super::exports::each_of(tx, &LINES, args![plan_id, drawn_alone], each).await
}
