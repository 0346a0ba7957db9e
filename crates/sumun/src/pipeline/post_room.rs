//! The post room: reads bytes of any format that `intake` knows into parcels ready to be received,
//! each with its records, its defects and, where something was wrong, what was written there. It
//! stores nothing (`receive.rs` does) and never stops at a bad record; a file that is nothing known
//! is refused with a sentence.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use intake::{
    Batch, Bytes, DOCUMENT_LIMIT, Format, HEAD_BYTES, Kind, MessageBatch, MessageError,
    MessageOptions, Messages, Table, TableError, TableOptions, TakenOut, packed_in, recognise,
    take_out,
};
use targeting::consignment::Defect;
use targeting::crosscheck::Sighting;

use super::receive::{Arrival, prepare};
use super::withdraw::{Withdrawn, withdrawn};
use crate::refusal::Refusal;
use crate::store::records::KeptRecord;
use crate::store::sightings::Seen;

/// A message no larger than this is kept as text beside its defects, so that it can be mended.
pub const MENDED_WHOLE: usize = 256 << 10;
/// The column under which a whole message stands.
pub const WHOLE: &str = "message";

/// The refusal of a table that no mapping knows; its sentence ends with a first mapping, after an
/// empty line.
pub const NO_MAPPING: &str = "no_mapping";

/// What is read.
pub enum Input {
    /// An open file.
    File(File),
    /// Bytes in memory.
    Bytes(Bytes),
}

impl Input {
    /// The first bytes, by which a format is recognised.
    pub(super) fn head(&mut self) -> Result<Vec<u8>> {
        Ok(match self {
            Input::File(file) => {
                let mut head = Vec::with_capacity(HEAD_BYTES);
                Read::by_ref(file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
                file.seek(SeekFrom::Start(0))?;
                head
            }
            Input::Bytes(bytes) => bytes[..bytes.len().min(HEAD_BYTES)].to_vec(),
        })
    }

    /// The same once more, from its beginning; the two are not to be read in turns.
    pub(super) fn again(&mut self) -> Result<Input> {
        Ok(match self {
            Input::File(file) => {
                file.seek(SeekFrom::Start(0))?;
                Input::File(file.try_clone()?)
            }
            Input::Bytes(bytes) => Input::Bytes(bytes.clone()),
        })
    }

    /// All of it as text, where it is short and plain UTF-8.
    fn text(&mut self) -> Result<Option<String>> {
        let bytes = match self {
            Input::File(file) => {
                if file.metadata()?.len() > MENDED_WHOLE as u64 {
                    return Ok(None);
                }
                let mut bytes = Vec::new();
                Read::by_ref(file).take(MENDED_WHOLE as u64 + 1).read_to_end(&mut bytes)?;
                file.seek(SeekFrom::Start(0))?;
                bytes
            }
            Input::Bytes(bytes) if bytes.len() <= MENDED_WHOLE => bytes.to_vec(),
            Input::Bytes(_) => return Ok(None),
        };
        Ok(String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
    }
}

/// A file as it was sent.
pub enum Sent {
    /// By itself.
    Itself(Input),
    /// In an archive, a mail or a mailbox.
    Within {
        /// `zip`, `tar`, `mail` or `mailbox`.
        packing: &'static str,
        /// What was in it.
        taken: TakenOut,
    },
}

/// Takes the files out of what they were sent in. Whoever reads a file comes through here.
///
/// # Errors
/// A refusal of an archive that is too large to be opened, or when it cannot be read.
pub fn unpack(mut input: Input, name: &str) -> Result<Sent> {
    let Some(packing) = packed_in(&input.head()?, name) else { return Ok(Sent::Itself(input)) };
    let bytes = match input {
        Input::Bytes(bytes) => bytes,
        Input::File(file) => {
            let mut bytes = Vec::new();
            file.take(DOCUMENT_LIMIT + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > DOCUMENT_LIMIT {
                crate::refuse!(
                    "too_large",
                    "{name} is an archive of more than {} MB: take it apart first",
                    DOCUMENT_LIMIT >> 20
                );
            }
            bytes.into()
        }
    };
    let taken = take_out(&bytes, name).unwrap_or_default();
    Ok(Sent::Within { packing, taken })
}

impl Parcel {
    /// How many records it holds, those that are nothing included.
    pub fn records(&self) -> usize {
        self.rows.len() + self.defects.len()
    }
}

/// How files are read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Of tables.
    pub tables: TableOptions,
    /// Of messages.
    pub messages: MessageOptions,
    /// Whether strangers hand the files in, and nobody waits at a terminal who would stop what
    /// takes hours. Parquet is refused then: a few bytes of its head can name two thousand million
    /// values, each of which the library that reads it steps over.
    pub strangers: bool,
}

/// A batch on its way to the store.
#[derive(Default)]
pub struct Parcel {
    /// Who numbers its references, where a file has several of these.
    pub source: Option<String>,
    /// Records that declare nothing: where boxes are, and what became of consignments.
    pub not_declared: u64,
    /// Records of messages that say they are tests.
    pub tests: u64,
    /// Where boxes are: kept to be held against what is declared.
    pub seen: Vec<Seen>,
    /// Manifests that are withdrawn as a whole.
    pub withdrawn: Vec<Withdrawn>,
    /// What was understood.
    pub rows: Vec<Arrival>,
    /// What was wrong.
    pub defects: Vec<Defect>,
    /// What was written where something was wrong.
    pub written: Vec<KeptRecord>,
}

/// What is known of a file once it is open.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Who numbers its references: the mapping's name, or the format of messages.
    pub source: String,
    /// Its format.
    pub format: &'static str,
}

/// Reads a whole file: tells `opened` what it is, or why it cannot be read, and hands each batch to
/// `take` until that says false.
pub fn read(
    input: Input,
    name: &str,
    reading: &Reading,
    consumed: &AtomicU64,
    opened: impl FnOnce(Result<Opened>),
    mut take: impl FnMut(Result<Parcel>) -> bool,
) {
    match open(input, name, reading) {
        Ok(Opening::Table(table)) => {
            let format = table.format().as_str();
            opened(Ok(Opened { source: table.mapping().to_owned(), format }));
            read_table(*table, consumed, &mut take);
        }
        Ok(Opening::Messages(messages, whole)) => {
            let format = messages.format().as_str();
            opened(Ok(Opened { source: format.to_owned(), format }));
            read_messages(*messages, whole, consumed, &mut take);
        }
        Err(error) => opened(Err(error)),
    }
}

/// Records and defects of what is read in memory: some ten times a day of a large sender. More
/// would hold up everybody else for as long as it takes to keep.
const MOST_AT_ONCE: usize = 50_000;

/// Reads bytes in memory to their end, for a request that has brought so many records `before`.
///
/// # Errors
/// A refusal when they are nothing that can be read, or make more than 50,000 records in all.
pub fn read_whole(
    bytes: Bytes,
    name: &str,
    reading: &Reading,
    before: usize,
) -> Result<(Opened, Vec<Parcel>)> {
    let (mut told, mut parcels, mut records) = (None, Vec::new(), before);
    let input = Input::Bytes(bytes);
    read(
        input,
        name,
        reading,
        &AtomicU64::new(0),
        |opened| told = Some(opened),
        |parcel| {
            let parcel = parcel.and_then(|parcel| {
                records += parcel.records();
                if records > MOST_AT_ONCE {
                    crate::refuse!(
                        "too_many",
                        "there are more than {MOST_AT_ONCE} records in it: put the file where \
                         `sumun ingest` or `sumun watch` reads it"
                    );
                }
                Ok(parcel)
            });
            let failed = parcel.is_err();
            parcels.push(parcel);
            !failed
        },
    );
    let opened = told.unwrap_or_else(|| Err(anyhow::anyhow!("nothing was opened")))?;
    Ok((opened, parcels.into_iter().collect::<Result<_>>()?))
}

fn read_table(
    mut table: Table<'static>,
    consumed: &AtomicU64,
    take: &mut dyn FnMut(Result<Parcel>) -> bool,
) {
    let (source, mapping) = (table.mapping().to_owned(), table.mapping_kept().to_owned());
    while let Some(batch) = table.next() {
        consumed.store(table.bytes_consumed(), Ordering::Relaxed);
        let parcel = batch.map_err(refused).and_then(|batch| parcel(batch, &source, &mapping));
        let failed = parcel.is_err();
        if !take(parcel) || failed {
            return;
        }
    }
}

/// Makes a batch of a table ready.
///
/// # Errors
/// When a consignment cannot be written down.
pub fn parcel(batch: Batch, source: &str, mapping: &str) -> Result<Parcel> {
    let rows = batch
        .rows
        .into_iter()
        .map(|row| prepare(row.line, row.consignment, row.inspection))
        .collect::<Result<_>>()?;
    let written = batch.written.into_iter().map(|one| KeptRecord {
        line: one.line as i64,
        source: source.to_owned(),
        office: one.office,
        mapping: mapping.to_owned(),
        columns: one.columns,
    });
    let (written, defects) = (written.collect(), batch.defects);
    Ok(Parcel { rows, defects, written, ..Parcel::default() })
}

/// Reads a file of trade messages to its end. A batch has one parcel for each source in it, since
/// these number their references each for itself.
fn read_messages(
    mut messages: Messages<'static>,
    mut whole: Option<KeptRecord>,
    consumed: &AtomicU64,
    take: &mut dyn FnMut(Result<Parcel>) -> bool,
) {
    while let Some(batch) = messages.next() {
        consumed.store(messages.bytes_consumed(), Ordering::Relaxed);
        let parcels = match batch {
            Ok(batch) => parcels(batch),
            Err(error) => Err(anyhow::Error::new(error).context("the file cannot be read")),
        };
        let mut parcels: Vec<Result<Parcel>> = match parcels {
            Ok(parcels) => parcels.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        if let Some(Ok(first)) = parcels.first_mut()
            && !first.defects.is_empty()
        {
            first.written.extend(whole.take());
        }
        for parcel in parcels {
            let failed = parcel.is_err();
            if !take(parcel) || failed {
                return;
            }
        }
    }
}

/// Sorts a batch by source. What declares nothing, and tests, are counted and left out; where
/// boxes are is taken aside.
fn parcels(batch: MessageBatch) -> Result<Vec<Parcel>> {
    let withdrawn = withdrawn(&batch);
    let mut parcels = vec![Parcel { defects: batch.defects, withdrawn, ..Parcel::default() }];
    for row in batch.rows {
        if row.test {
            parcels[0].tests += 1;
            continue;
        }
        if matches!(row.kind, Kind::Movement | Kind::Status) {
            parcels[0].not_declared += 1;
            if let Some(sighting) = Sighting::of(&row.consignment) {
                parcels[0].seen.push(Seen { line: row.line, sighting });
            }
            continue;
        }
        let source = row.consignment.source.as_str();
        let place = parcels.iter().position(|of| of.source.as_deref() == Some(source));
        let place = place.unwrap_or_else(|| {
            let source = Some(source.to_owned());
            parcels.push(Parcel { source, ..Parcel::default() });
            parcels.len() - 1
        });
        parcels[place].rows.push(prepare(row.line, row.consignment, None)?);
    }
    Ok(parcels)
}

/// A file as it was recognised.
pub(super) enum Opening {
    Table(Box<Table<'static>>),
    Messages(Box<Messages<'static>>, Option<KeptRecord>),
}

pub(super) fn open(mut input: Input, name: &str, reading: &Reading) -> Result<Opening> {
    let format = recognise(&input.head()?, name).format;
    if format == Format::Parquet && reading.strangers {
        crate::refuse!(
            "parquet_handed_in",
            "{name} is a Parquet file, which `sumun ingest` alone reads: send the table as CSV or \
             as JSON lines"
        );
    }
    if !format.is_message() {
        return Ok(Opening::Table(Box::new(open_table(input, name, &reading.tables)?)));
    }
    let options = &reading.messages;
    let whole = input.text()?.map(|text| KeptRecord {
        line: 0,
        source: format.as_str().to_owned(),
        office: options.office.to_string(),
        mapping: String::new(),
        columns: vec![(WHOLE.to_owned(), text)],
    });
    let messages = match input {
        Input::File(file) => Messages::open(file, name, options),
        Input::Bytes(bytes) => Messages::open(Cursor::new(bytes), name, options),
    };
    match messages {
        Ok(messages) => Ok(Opening::Messages(Box::new(messages), whole)),
        Err(MessageError::Read(error)) => {
            Err(anyhow::Error::new(error).context("the file cannot be read"))
        }
        Err(other) => Err(Refusal::error("unreadable_message", other.to_string())),
    }
}

/// Opens a file as the table that its first bytes say it is.
///
/// # Errors
/// A refusal when it is no table.
pub fn open_table(mut input: Input, name: &str, options: &TableOptions) -> Result<Table<'static>> {
    let format = recognise(&input.head()?, name).format;
    let table = match (input, format) {
        (Input::File(file), Format::Parquet) => Table::open_parquet(file, options),
        (Input::File(file), _) => Table::open(file, name, options),
        (Input::Bytes(bytes), Format::Parquet) => Table::open_parquet(bytes, options),
        (Input::Bytes(bytes), _) => Table::open(Cursor::new(bytes), name, options),
    };
    table.map_err(refused)
}

/// A file that cannot be read as a table is refused; a disk that fails is a fault.
fn refused(error: TableError) -> anyhow::Error {
    match error {
        TableError::Read(error) => anyhow::Error::new(error).context("the file cannot be read"),
        other @ TableError::NoMapping { .. } => Refusal::error(NO_MAPPING, other.to_string()),
        other => Refusal::error("unreadable_table", other.to_string()),
    }
}
