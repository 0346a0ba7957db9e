//! Messages: each file or message as it was received, and what became of its records.

use anyhow::Result;
use serde::Serialize;

use super::{Tx, args};

/// What became of the records of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Records read, stored or not.
    pub read: i64,
    /// Stored as new consignments.
    pub new: i64,
    /// Stored as new versions of known ones.
    pub amended: i64,
    /// Known already, so nothing changed.
    pub unchanged: i64,
    /// Not stored; each has a defect.
    pub rejected: i64,
    /// Defects of all records, stored or not.
    pub defects: i64,
}

impl Tally {
    /// Adds what another batch came to.
    pub fn add(&mut self, other: Tally) {
        self.read += other.read;
        self.new += other.new;
        self.amended += other.amended;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        self.defects += other.defects;
    }
}

/// A message as it is first written down.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: &'a str,
    /// File name or other name by which people know it.
    pub name: &'a str,
    /// Who sends such messages.
    pub source: &'a str,
    /// Format that was recognised.
    pub format: &'a str,
    /// Size in bytes as received.
    pub size_bytes: i64,
}

/// Finds the message with this digest or writes it down; gives its id and whether it is new.
pub async fn open(tx: &mut Tx, message: &NewMessage<'_>, now: i64) -> Result<(i64, bool)> {
    let known = tx
        .fetch_optional("select id from message where digest = $1", args![message.digest], |row| {
            row.int(0)
        })
        .await?;
    if let Some(id) = known {
        return Ok((id, false));
    }
    let id = tx
        .fetch_one("select coalesce(max(id), 0) + 1 from message", args![], |row| row.int(0))
        .await?;
    tx.execute(
        "insert into message (id, digest, name, source, format, size_bytes, received_at,
             rows_read, rows_new, rows_amended, rows_unchanged, rows_rejected)
         values ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0)",
        args![
            id,
            message.digest,
            message.name,
            message.source,
            message.format,
            message.size_bytes,
            now
        ],
    )
    .await?;
    Ok((id, true))
}

/// Adds what a batch came to.
pub async fn add(tx: &mut Tx, id: i64, tally: Tally) -> Result<()> {
    tx.execute(
        "update message
         set rows_read = rows_read + $2, rows_new = rows_new + $3,
             rows_amended = rows_amended + $4, rows_unchanged = rows_unchanged + $5,
             rows_rejected = rows_rejected + $6
         where id = $1",
        args![id, tally.read, tally.new, tally.amended, tally.unchanged, tally.rejected],
    )
    .await?;
    Ok(())
}

/// Marks a message as read to its end.
pub async fn finish(tx: &mut Tx, id: i64, now: i64) -> Result<()> {
    tx.execute(
        "update message set finished_at = $2 where id = $1 and finished_at is null",
        args![id, now],
    )
    .await?;
    Ok(())
}

/// The name of the message with this digest.
pub async fn name_of(tx: &mut Tx, digest: &str) -> Result<Option<String>> {
    tx.fetch_optional("select name from message where digest = $1", args![digest], |row| {
        Ok(row.text(0)?.to_owned())
    })
    .await
}

/// When the message with this digest was first received.
pub async fn received_at(tx: &mut Tx, digest: &str) -> Result<Option<i64>> {
    tx.fetch_optional("select received_at from message where digest = $1", args![digest], |row| {
        row.int(0)
    })
    .await
}

/// A message as it is kept.
#[derive(Debug, Clone)]
pub struct KeptMessage {
    /// Its number.
    pub id: i64,
    /// Name by which people know it.
    pub name: String,
    /// Who sends such messages.
    pub source: String,
    /// Its format.
    pub format: String,
    /// Size in bytes as received.
    pub size_bytes: i64,
    /// When it was received.
    pub received_at: i64,
    /// When it was read to its end.
    pub finished_at: Option<i64>,
    /// What became of its records; its defects are not counted.
    pub tally: Tally,
}

const COLUMNS: &str = "id, name, source, format, size_bytes, received_at, finished_at, rows_read, \
                       rows_new, rows_amended, rows_unchanged, rows_rejected";

fn kept(row: &super::Row) -> Result<KeptMessage> {
    Ok(KeptMessage {
        id: row.int(0)?,
        name: row.text(1)?.to_owned(),
        source: row.text(2)?.to_owned(),
        format: row.text(3)?.to_owned(),
        size_bytes: row.int(4)?,
        received_at: row.int(5)?,
        finished_at: row.int_opt(6)?,
        tally: Tally {
            read: row.int(7)?,
            new: row.int(8)?,
            amended: row.int(9)?,
            unchanged: row.int(10)?,
            rejected: row.int(11)?,
            defects: 0,
        },
    })
}

/// One message.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<KeptMessage>> {
    let sql = super::AssertSqlSafe(format!("select {COLUMNS} from message where id = $1"));
    tx.fetch_optional(sql, args![id], kept).await
}

/// Up to `limit` messages with numbers below `before`, the newest first, of one source or of all.
pub async fn page(tx: &mut Tx, source: &str, before: i64, limit: i64) -> Result<Vec<KeptMessage>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from message
         where id < $1 and ($2 = '' or source = $2)
         order by id desc limit $3"
    ));
    tx.fetch_all(sql, args![before, source, limit], kept).await
}

/// What a source sent on one day.
#[derive(Debug, Clone)]
pub struct SourceDay {
    /// Who sends.
    pub source: String,
    /// In which format.
    pub format: String,
    /// The day on which it was received, in UTC, as days since 1970-01-01.
    pub day: i64,
    /// Messages.
    pub messages: i64,
    /// Records read.
    pub rows: i64,
    /// Records that were not stored.
    pub rejected: i64,
    /// When the last one was received.
    pub last_at: i64,
}

/// What each source sent from a time on, day by day.
pub async fn by_source(tx: &mut Tx, since: i64) -> Result<Vec<SourceDay>> {
    tx.fetch_all(
        "select source, format, received_at / 86400000000, count(*),
                cast(sum(rows_read) as bigint), cast(sum(rows_rejected) as bigint),
                max(received_at)
         from message where received_at >= $1
         group by source, format, received_at / 86400000000
         order by source, format, received_at / 86400000000",
        args![since],
        |row| {
            Ok(SourceDay {
                source: row.text(0)?.to_owned(),
                format: row.text(1)?.to_owned(),
                day: row.int(2)?,
                messages: row.int(3)?,
                rows: row.int(4)?,
                rejected: row.int(5)?,
                last_at: row.int(6)?,
            })
        },
    )
    .await
}

/// Keeps the bytes of a message as received.
pub async fn keep_body(tx: &mut Tx, id: i64, content: &[u8]) -> Result<()> {
    tx.execute(
        "insert into message_body (message_id, content) values ($1, $2)
         on conflict (message_id) do nothing",
        args![id, content],
    )
    .await?;
    Ok(())
}

/// The bytes of a message, where they were kept.
pub async fn body(tx: &mut Tx, id: i64) -> Result<Option<Vec<u8>>> {
    tx.fetch_optional("select content from message_body where message_id = $1", args![id], |row| {
        Ok(row.bytes(0)?.to_vec())
    })
    .await
}

/// When the newest message was received, in microseconds since 1970-01-01 UTC.
pub async fn newest(tx: &mut Tx) -> Result<Option<i64>> {
    tx.fetch_optional("select received_at from message order by id desc limit 1", args![], |row| {
        row.int(0)
    })
    .await
}
