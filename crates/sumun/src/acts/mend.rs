//! Mending and rejecting records with defects. A mended record is read again, by the very mapping
//! or format that it came with, and flows on as a message of its own: it is received, screened and
//! journaled like any other, and one that was stored already becomes a new version. What a person
//! rejects stays where it is, with the reason.

use std::collections::HashMap;

use anyhow::{Context, Result};
use intake::{Bytes, Mapping, MessageOptions, TableOptions, Written, read_record};
use serde_json::json;
use sha2::{Digest, Sha256};
use targeting::consignment::Defect;

use crate::pipeline::post_room::{self, Parcel, Reading, WHOLE};
use crate::pipeline::{self, Message, Terms};
use crate::refusal::Refusal;
use crate::rights::Offices;
use crate::store::messages::{KeptMessage, NewMessage, Tally};
use crate::store::records::{KeptRecord, Mending};
use crate::store::{Store, Tx, defects, journal, messages, records};

/// Under this mapping stand records of requests, which their own reader reads.
pub const API: &str = "api";
/// Reads a record of a request again.
pub type ReadApi = fn(&KeptRecord, u64) -> Result<Parcel>;

/// What a person wants done.
#[derive(Debug, Clone)]
pub struct Order<'o> {
    /// The id that the person's side made: sent twice, done once.
    pub id: &'o str,
    /// The message with the defect.
    pub message: i64,
    /// The line of the record.
    pub line: i64,
    /// Why.
    pub reason: &'o str,
    /// The offices that the mended record may name.
    pub offices: &'o Offices,
}

/// What a mended record came to.
#[derive(Debug, Clone)]
pub struct Mended {
    /// The message as which it flowed on.
    pub message: i64,
    /// True when this had been done before.
    pub repeated: bool,
    /// What became of its records.
    pub tally: Tally,
    /// The consignments that are stored now.
    pub ids: Vec<i64>,
    /// What is still wrong, but keeps nothing out.
    pub defects: Vec<Defect>,
}

/// Puts new texts into a record's columns and lets it flow on.
///
/// # Errors
/// A refusal when the record was not kept, has no such column, was decided about before, or still
/// cannot be read; then nothing is changed.
pub async fn mend(
    store: &Store,
    order: &Order<'_>,
    cells: &[(String, String)],
    read_api: ReadApi,
    (actor, now): (&str, i64),
) -> Result<Mended> {
    let Order { id, message, line, reason, .. } = *order;
    let mut tx = store.read().await?;
    if let Some(before) = records::mending(&mut tx, id).await? {
        return done_before(&mut tx, &before, order, cells, actor).await;
    }
    let of = of_defect(&mut tx, message, line).await?;
    let Some(record) = records::find(&mut tx, message, line).await? else {
        crate::refuse!(
            "no_record",
            "what this record said was not kept: mend it in its file, and send that again"
        )
    };
    let screener = pipeline::screener_in_force(&mut tx).await?;
    drop(tx);
    let mended = with_cells(&record, cells)?;
    let parcels = tokio::task::block_in_place(|| read_again(&of, &mended, line, read_api))?;
    let rows = parcels.iter().flat_map(|parcel| &parcel.rows);
    if let Some(row) = rows.into_iter().find(|row| !order.offices.contains(&row.consignment.office))
    {
        crate::refuse!(
            "not_mended",
            "the mended record names the office {}, which is none of yours",
            row.consignment.office
        );
    }

    let mut tx = store.begin().await?;
    if let Some(before) = records::mending(&mut tx, id).await? {
        return done_before(&mut tx, &before, order, cells, actor).await;
    }
    still_open(&mut tx, message, line).await?;
    let name = match record.line {
        0 => format!("{}, mended", of.name),
        _ => format!("{}, line {line}, mended", of.name),
    };
    let digest = hex::encode(Sha256::digest(format!("mended: {id}")));
    let new = NewMessage {
        digest: &digest,
        name: &name,
        source: &record.source,
        format: "mended",
        size_bytes: mended.columns.iter().map(|(_, text)| text.len() as i64).sum(),
    };
    let (number, _) = messages::open(&mut tx, &new, now).await?;
    // A person looked at it, so neither its day nor who declared it first stands against it.
    let offices = Some(order.offices.clone()).filter(|offices| !offices.all());
    let terms = Terms { offices, ..Terms::default() };
    let (mut tally, mut ids, mut left) = (Tally::default(), Vec::new(), Vec::new());
    for parcel in parcels {
        let source = parcel.source.unwrap_or_else(|| record.source.clone());
        let message = Message { id: number, name: name.clone(), source };
        let (rows, faults) = (&parcel.rows, &parcel.defects);
        let received =
            pipeline::receive_within(&mut tx, &message, rows, faults, &terms, (actor, now)).await?;
        if received.ids.contains(&0) {
            crate::refuse!(
                "not_mended",
                "its number is in use at an office that is none of yours: ask who sees to every \
                 office"
            );
        }
        records::insert(&mut tx, number, &parcel.written).await?;
        tally.add(received.tally);
        ids.extend(received.ids);
        left.extend(parcel.defects);
    }
    messages::finish(&mut tx, number, now).await?;
    if let Some((model, screener)) = &screener {
        pipeline::screen_some(&mut tx, (model, screener), &ids, (actor, now)).await?;
    }
    let decided = (record.line > 0).then_some(line);
    defects::decide(&mut tx, message, decided, "mended", (actor, now)).await?;
    let kept = Mending {
        id: id.to_owned(),
        message_id: message,
        line,
        act: "mended".to_owned(),
        cells: cells.to_vec(),
        reason: reason.to_owned(),
        mended_message_id: Some(number),
        consignments: ids.clone(),
        at: now,
        by: actor.to_owned(),
    };
    records::keep_mending(&mut tx, &kept).await?;
    let columns: Vec<&str> = cells.iter().map(|(column, _)| column.as_str()).collect();
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: "mend".into(),
        subject: format!("message {message}").into(),
        body: json!({
            "line": line,
            "columns": columns,
            "sha256": hex::encode(Sha256::digest(serde_json::to_string(cells)?)),
            "reason": reason,
            "as": format!("message {number}"),
            "ids": ids,
        }),
    };
    journal::record(&mut tx, &[entry], now).await?;
    tx.commit().await?;
    Ok(Mended { message: number, repeated: false, tally, ids, defects: left })
}

/// Leaves a record as it is, for a reason; false when this had been done before.
///
/// # Errors
/// A refusal when there is no such defect, or it was decided about before.
pub async fn reject(store: &Store, order: &Order<'_>, (actor, now): (&str, i64)) -> Result<bool> {
    let Order { id, message, line, reason, .. } = *order;
    let mut tx = store.begin().await?;
    if let Some(before) = records::mending(&mut tx, id).await? {
        return match same(&before, order, "rejected", &[], actor) {
            true => Ok(false),
            false => Err(other_use()),
        };
    }
    of_defect(&mut tx, message, line).await?;
    still_open(&mut tx, message, line).await?;
    defects::decide(&mut tx, message, Some(line), "rejected", (actor, now)).await?;
    let kept = Mending {
        id: id.to_owned(),
        message_id: message,
        line,
        act: "rejected".to_owned(),
        cells: Vec::new(),
        reason: reason.to_owned(),
        mended_message_id: None,
        consignments: Vec::new(),
        at: now,
        by: actor.to_owned(),
    };
    records::keep_mending(&mut tx, &kept).await?;
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: "reject".into(),
        subject: format!("message {message}").into(),
        body: json!({ "line": line, "reason": reason }),
    };
    journal::record(&mut tx, &[entry], now).await?;
    tx.commit().await?;
    Ok(true)
}

fn same(
    before: &Mending,
    order: &Order<'_>,
    act: &str,
    cells: &[(String, String)],
    actor: &str,
) -> bool {
    before.act == act
        && (before.message_id, before.line) == (order.message, order.line)
        && before.cells == cells
        && before.reason == order.reason
        && before.by == actor
}

fn other_use() -> anyhow::Error {
    Refusal::error("idempotency_key", "This id was used before, for something else.".to_owned())
}

/// What was done under this id before, if it was the same.
async fn done_before(
    tx: &mut Tx,
    before: &Mending,
    order: &Order<'_>,
    cells: &[(String, String)],
    actor: &str,
) -> Result<Mended> {
    if !same(before, order, "mended", cells, actor) {
        return Err(other_use());
    }
    let number = before.mended_message_id.context("a mended record has no message")?;
    let kept = messages::find(tx, number).await?.context("the mended record's message is gone")?;
    let ids = before.consignments.clone();
    let defects = Vec::new();
    Ok(Mended { message: number, repeated: true, tally: kept.tally, ids, defects })
}

/// The message of a defect, if there is a defect on that line.
async fn of_defect(tx: &mut Tx, message: i64, line: i64) -> Result<KeptMessage> {
    let known = !defects::of_line(tx, message, line).await?.is_empty();
    match messages::find(tx, message).await? {
        Some(kept) if known => Ok(kept),
        _ => crate::refuse!("no_defect", "there is no defect on line {line} of message {message}"),
    }
}

async fn still_open(tx: &mut Tx, message: i64, line: i64) -> Result<()> {
    let on_line = defects::of_line(tx, message, line).await?;
    if on_line.iter().any(|one| one.state == "open") {
        return Ok(());
    }
    let decided = on_line.first();
    crate::refuse!(
        "decided",
        "this record was {} by {}",
        decided.map_or("decided about", |one| one.state.as_str()),
        decided.and_then(|one| one.decided_by.as_deref()).unwrap_or("somebody else")
    )
}

/// The record with its new texts. What stood outside the columns is not part of it any more.
fn with_cells(record: &KeptRecord, cells: &[(String, String)]) -> Result<KeptRecord> {
    let new: HashMap<&str, &str> =
        cells.iter().map(|(column, text)| (column.as_str(), text.as_str())).collect();
    let known = |column: &str| record.columns.iter().any(|(name, _)| name == column);
    if let Some((column, _)) = cells.iter().find(|(column, _)| column.is_empty() || !known(column))
    {
        let named = record.columns.iter().map(|(name, _)| name.as_str());
        let named: Vec<&str> = named.filter(|name| !name.is_empty()).collect();
        crate::refuse!(
            "no_column",
            "the record has no column `{column}`. Its columns are: {}",
            named.join(", ")
        );
    }
    let columns = record
        .columns
        .iter()
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, text)| {
            let text = new.get(name.as_str()).map_or(text.as_str(), |new| *new);
            (name.clone(), text.to_owned())
        })
        .collect();
    Ok(KeptRecord { columns, ..record.clone() })
}

/// Reads a record as its file would have been.
fn read_again(
    of: &KeptMessage,
    record: &KeptRecord,
    line: i64,
    read_api: ReadApi,
) -> Result<Vec<Parcel>> {
    let tables = TableOptions::default();
    let parcels = match record.columns.as_slice() {
        [(column, text)] if column == WHOLE && record.mapping.is_empty() => {
            let messages = MessageOptions {
                office: record.office.as_str().into(),
                received_at: of.received_at,
                ..MessageOptions::default()
            };
            let reading = Reading { tables, messages, strangers: true };
            let bytes = Bytes::from(text.clone().into_bytes());
            post_room::read_whole(bytes, &of.name, &reading, 0)?.1
        }
        _ if record.mapping == API => vec![read_api(record, line as u64)?],
        _ => {
            let mapping = Mapping::kept(&record.mapping)
                .context("the mapping of a kept record cannot be read")?;
            let columns = record.columns.clone();
            let written = Written { line: line as u64, office: record.office.clone(), columns };
            let batch = read_record(&mapping, &written, &tables)
                .map_err(|error| Refusal::error("not_mended", error.to_string()))?;
            vec![post_room::parcel(batch, &record.source, &record.mapping)?]
        }
    };
    if parcels.iter().all(|parcel| parcel.rows.is_empty()) {
        let why = parcels.iter().flat_map(|parcel| &parcel.defects).find(|one| one.kind.rejects());
        match why {
            Some(why) => crate::refuse!(
                "not_mended",
                "the record still cannot be read: {} {}",
                why.field,
                why.reason
            ),
            None => crate::refuse!("not_mended", "the record declares nothing"),
        }
    }
    Ok(parcels)
}
