//! Defects: what was wrong with records, kept until a person has seen to it.

use anyhow::Result;
use serde::Serialize;
use targeting::consignment::Defect;

use super::{Kind, Tx, args, values};

/// Keeps the defects of a batch and gives how many are new. The same defect of the same message
/// is kept once.
pub async fn insert(tx: &mut Tx, message_id: i64, defects: &[Defect], now: i64) -> Result<u64> {
    if defects.is_empty() {
        return Ok(0);
    }
    tx.insert_many(
        "defect",
        [
            ("message_id", Kind::Int),
            ("line", Kind::Int),
            ("field", Kind::Text),
            ("kind", Kind::Text),
            ("reason", Kind::Text),
            ("found", Kind::Text),
            ("found_at", Kind::Int),
        ],
        "on conflict (message_id, line, field, kind) do nothing",
        defects.iter().map(|defect| {
            values![
                message_id,
                defect.line as i64,
                defect.field.as_str(),
                defect.kind.as_str(),
                printable(&defect.reason),
                printable(&defect.found),
                now
            ]
        }),
    )
    .await
}

/// Postgres keeps no NUL in a text, and damaged files are full of them.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

/// A kept defect, with the file that it came from.
#[derive(Debug, Clone, Serialize)]
pub struct KeptDefect {
    /// Name of the file.
    pub file: String,
    /// Line from 1.
    pub line: i64,
    /// Field, or empty for the whole record.
    pub field: String,
    /// Kind of defect.
    pub kind: String,
    /// The fault in a sentence.
    pub reason: String,
    /// What stood there.
    pub found: String,
}

fn kept(row: &super::Row) -> Result<KeptDefect> {
    Ok(KeptDefect {
        file: row.text(0)?.to_owned(),
        line: row.int(1)?,
        field: row.text(2)?.to_owned(),
        kind: row.text(3)?.to_owned(),
        reason: row.text(4)?.to_owned(),
        found: row.text(5)?.to_owned(),
    })
}

/// Up to `limit` defects, the latest message first, of files whose name contains `file`.
pub async fn list(tx: &mut Tx, file: &str, limit: i64) -> Result<Vec<KeptDefect>> {
    let like = format!("%{}%", file.replace(['%', '_'], ""));
    tx.fetch_all(
        "select message.name, defect.line, defect.field, defect.kind, defect.reason, defect.found
         from defect join message on message.id = defect.message_id
         where message.name like $1
         order by defect.message_id desc, defect.line, defect.field, defect.kind
         limit $2",
        args![like, limit],
        kept,
    )
    .await
}

/// How many defects there are in files whose name contains `file`, by kind.
pub async fn count(tx: &mut Tx, file: &str) -> Result<Vec<(String, i64)>> {
    let like = format!("%{}%", file.replace(['%', '_'], ""));
    tx.fetch_all(
        "select defect.kind, count(*)
         from defect join message on message.id = defect.message_id
         where message.name like $1
         group by defect.kind order by defect.kind",
        args![like],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )
    .await
}

/// Where a page of defects ended: message, line, field and kind.
pub type Place = (i64, i64, String, String);

/// Up to `limit` defects after `after`, in the order of [`list`]; each with its place.
pub async fn page(
    tx: &mut Tx,
    file: &str,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<(Place, KeptDefect)>> {
    let like = format!("%{}%", file.replace(['%', '_'], ""));
    let first = (i64::MAX, 0, String::new(), String::new());
    let (message, line, field, kind) = after.unwrap_or(&first);
    tx.fetch_all(
        "select message.name, defect.line, defect.field, defect.kind, defect.reason, defect.found,
                defect.message_id
         from defect join message on message.id = defect.message_id
         where message.name like $1
           and (defect.message_id < $2
                or (defect.message_id = $2
                    and (defect.line > $3
                         or (defect.line = $3
                             and (defect.field > $4
                                  or (defect.field = $4 and defect.kind > $5))))))
         order by defect.message_id desc, defect.line, defect.field, defect.kind
         limit $6",
        args![like, *message, *line, field, kind, limit],
        |row| {
            let defect = KeptDefect {
                file: row.text(0)?.to_owned(),
                line: row.int(1)?,
                field: row.text(2)?.to_owned(),
                kind: row.text(3)?.to_owned(),
                reason: row.text(4)?.to_owned(),
                found: row.text(5)?.to_owned(),
            };
            let place = (row.int(6)?, defect.line, defect.field.clone(), defect.kind.clone());
            Ok((place, defect))
        },
    )
    .await
}

/// How many records were rejected since a time.
pub async fn rejected_since(tx: &mut Tx, since: i64) -> Result<i64> {
    tx.fetch_one(
        "select cast(coalesce(sum(rows_rejected), 0) as bigint) from message
         where received_at >= $1",
        args![since],
        |row| row.int(0),
    )
    .await
}

/// The defects of one record.
pub async fn of_record(tx: &mut Tx, message_id: i64, line: i64) -> Result<Vec<KeptDefect>> {
    tx.fetch_all(
        "select message.name, defect.line, defect.field, defect.kind, defect.reason, defect.found
         from defect join message on message.id = defect.message_id
         where defect.message_id = $1 and defect.line = $2
         order by defect.field, defect.kind",
        args![message_id, line],
        kept,
    )
    .await
}
