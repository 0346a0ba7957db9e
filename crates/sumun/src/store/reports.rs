//! Reports from the dock, each under the id that its device made: sent twice, done once. One that
//! came too late is kept beside what was recorded before it.

use anyhow::Result;

use super::{Tx, args};

/// A report as it was taken in.
#[derive(Debug, Clone)]
pub struct KeptReport {
    /// The consignment.
    pub consignment_id: i64,
    /// `recorded`, `unchanged` or `conflict`.
    pub state: String,
    /// The outcome's revision that it became, or found there.
    pub revision: Option<i64>,
    /// Digest of what was sent.
    pub digest: String,
    /// Who sent it.
    pub by: String,
}

/// The report of this id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<KeptReport>> {
    tx.fetch_optional(
        "select consignment_id, state, revision, digest, reported_by from report where id = $1",
        args![id],
        |row| {
            Ok(KeptReport {
                consignment_id: row.int(0)?,
                state: row.text(1)?.to_owned(),
                revision: row.int_opt(2)?,
                digest: row.text(3)?.to_owned(),
                by: row.text(4)?.to_owned(),
            })
        },
    )
    .await
}

/// Keeps a report, or what became of one that was in conflict.
pub async fn keep(
    tx: &mut Tx,
    id: &str,
    report: &KeptReport,
    document: &str,
    now: i64,
) -> Result<()> {
    tx.execute(
        "insert into report (id, consignment_id, state, revision, document, digest, reported_at,
             reported_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (id) do update
         set state = excluded.state, revision = excluded.revision, document = excluded.document,
             digest = excluded.digest, reported_at = excluded.reported_at",
        args![
            id,
            report.consignment_id,
            &report.state,
            report.revision,
            document,
            &report.digest,
            now,
            &report.by
        ],
    )
    .await?;
    Ok(())
}
