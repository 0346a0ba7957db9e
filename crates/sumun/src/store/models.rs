//! Models: candidates, the one in force and those retired, each with its one-file artefact.

use anyhow::Result;
use serde::Serialize;

use super::{Tx, args};

/// A kept model without its artefact.
#[derive(Debug, Clone, Serialize)]
pub struct KeptModel {
    /// Name and version.
    pub id: String,
    /// `candidate`, `in_force` or `retired`.
    pub state: String,
    /// SHA-256 of its content.
    pub hash: String,
    /// When it was learned, in microseconds since 1970-01-01 UTC.
    pub learned_at: i64,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Keeps a candidate with its backtest.
pub async fn insert(
    tx: &mut Tx,
    id: &str,
    hash: &str,
    artefact: &str,
    backtest: &str,
    now: i64,
) -> Result<()> {
    tx.execute(
        "insert into model (id, state, hash, artefact, backtest, learned_at)
         values ($1, 'candidate', $2, $3, $4, $5)",
        args![id, hash, artefact, backtest, now],
    )
    .await?;
    Ok(())
}

/// The next name for a model.
pub async fn next_id(tx: &mut Tx) -> Result<String> {
    let n = tx.fetch_one("select count(*) + 1 from model", args![], |row| row.int(0)).await?;
    Ok(format!("M-{n}"))
}

/// Puts a candidate in force and retires the one that was.
pub async fn approve(tx: &mut Tx, id: &str, by: &str, reason: &str, now: i64) -> Result<()> {
    tx.execute("update model set state = 'retired' where state = 'in_force'", args![]).await?;
    tx.execute(
        "update model
         set state = 'in_force', approved_at = $2, approved_by = $3, reason = $4
         where id = $1",
        args![id, now, by, reason],
    )
    .await?;
    Ok(())
}

fn kept(row: &super::Row) -> Result<KeptModel> {
    Ok(KeptModel {
        id: row.text(0)?.to_owned(),
        state: row.text(1)?.to_owned(),
        hash: row.text(2)?.to_owned(),
        learned_at: row.int(3)?,
        approved_by: row.text_opt(4)?.map(str::to_owned),
        reason: row.text_opt(5)?.map(str::to_owned),
    })
}

/// All models, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<KeptModel>> {
    tx.fetch_all(
        "select id, state, hash, learned_at, approved_by, reason from model
         order by learned_at desc, id desc",
        args![],
        kept,
    )
    .await
}

/// One model with its artefact and backtest.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<(KeptModel, String, String)>> {
    tx.fetch_optional(
        "select id, state, hash, learned_at, approved_by, reason, artefact, backtest
         from model where id = $1",
        args![id],
        |row| Ok((kept(row)?, row.text(6)?.to_owned(), row.text(7)?.to_owned())),
    )
    .await
}

/// Name and artefact of the model in force.
pub async fn in_force(tx: &mut Tx) -> Result<Option<(String, String)>> {
    tx.fetch_optional("select id, artefact from model where state = 'in_force'", args![], |row| {
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
    })
    .await
}

/// Name of the model in force, without its artefact.
pub async fn in_force_id(tx: &mut Tx) -> Result<Option<String>> {
    tx.fetch_optional("select id from model where state = 'in_force'", args![], |row| {
        Ok(row.text(0)?.to_owned())
    })
    .await
}
