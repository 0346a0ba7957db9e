//! Records with a defect as their file said them, and what people did about them: so that a record
//! that could not be stored is not lost, and flows on once it is mended.

use anyhow::Result;

use super::{Kind, Tx, args, values};

/// A record with a defect.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRecord {
    /// Line on which it begins, from 1; 0 for the whole of a message.
    pub line: i64,
    /// Who numbers its references.
    pub source: String,
    /// The customs office that it names, where that could be read.
    pub office: String,
    /// The mapping by which its columns are read, as TOML or the name of a built-in one; empty for
    /// what is no record of a table.
    pub mapping: String,
    /// Columns with their texts, in the file's order.
    pub columns: Vec<(String, String)>,
}

/// Keeps records of a message; one that is kept already stays as it is.
pub async fn insert(tx: &mut Tx, message_id: i64, records: &[KeptRecord]) -> Result<()> {
    let columns: Vec<String> = records
        .iter()
        .map(|record| {
            // Postgres keeps no NUL in a text.
            let plain = |text: &str| text.replace('\0', "\u{2400}");
            let columns: Vec<(String, String)> =
                (record.columns.iter()).map(|(name, text)| (plain(name), plain(text))).collect();
            serde_json::to_string(&columns)
        })
        .collect::<Result<_, _>>()?;
    tx.insert_many(
        "defect_record",
        [
            ("message_id", Kind::Int),
            ("line", Kind::Int),
            ("source", Kind::Text),
            ("office", Kind::Text),
            ("mapping", Kind::Text),
            ("columns", Kind::Text),
        ],
        "on conflict (message_id, line) do nothing",
        records.iter().zip(&columns).map(|(record, columns)| {
            values![
                message_id,
                record.line,
                &record.source,
                &record.office,
                &record.mapping,
                columns
            ]
        }),
    )
    .await?;
    Ok(())
}

/// The record on a line of a message, or else the message as a whole.
pub async fn find(tx: &mut Tx, message_id: i64, line: i64) -> Result<Option<KeptRecord>> {
    tx.fetch_optional(
        "select line, source, office, mapping, columns from defect_record
         where message_id = $1 and (line = $2 or line = 0)
         order by line desc limit 1",
        args![message_id, line],
        |row| {
            Ok(KeptRecord {
                line: row.int(0)?,
                source: row.text(1)?.to_owned(),
                office: row.text(2)?.to_owned(),
                mapping: row.text(3)?.to_owned(),
                columns: serde_json::from_str(row.text(4)?)?,
            })
        },
    )
    .await
}

/// What a person did about a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Mending {
    /// The id that the person's side made.
    pub id: String,
    /// The message of the defect.
    pub message_id: i64,
    /// The record's line.
    pub line: i64,
    /// `mended` or `rejected`.
    pub act: String,
    /// Columns with their new texts.
    pub cells: Vec<(String, String)>,
    /// Why.
    pub reason: String,
    /// The message as which the mended record flowed on.
    pub mended_message_id: Option<i64>,
    /// The consignments that are stored of it.
    pub consignments: Vec<i64>,
    /// When.
    pub at: i64,
    /// By whom.
    pub by: String,
}

/// Keeps what a person did.
pub async fn keep_mending(tx: &mut Tx, mending: &Mending) -> Result<()> {
    let cells = serde_json::to_string(&mending.cells)?;
    let consignments = serde_json::to_string(&mending.consignments)?;
    tx.execute(
        "insert into mending (id, message_id, line, act, cells, reason, mended_message_id,
             consignments, mended_at, mended_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            &mending.id,
            mending.message_id,
            mending.line,
            &mending.act,
            cells,
            &mending.reason,
            mending.mended_message_id,
            consignments,
            mending.at,
            &mending.by
        ],
    )
    .await?;
    Ok(())
}

/// What was done under this id.
pub async fn mending(tx: &mut Tx, id: &str) -> Result<Option<Mending>> {
    tx.fetch_optional(
        "select id, message_id, line, act, cells, reason, mended_message_id, mended_at, mended_by,
                consignments
         from mending where id = $1",
        args![id],
        |row| {
            Ok(Mending {
                id: row.text(0)?.to_owned(),
                message_id: row.int(1)?,
                line: row.int(2)?,
                act: row.text(3)?.to_owned(),
                cells: serde_json::from_str(row.text(4)?)?,
                reason: row.text(5)?.to_owned(),
                mended_message_id: row.int_opt(6)?,
                consignments: serde_json::from_str(row.text(9)?)?,
                at: row.int(7)?,
                by: row.text(8)?.to_owned(),
            })
        },
    )
    .await
}
