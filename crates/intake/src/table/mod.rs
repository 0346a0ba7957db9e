//! Reads a table in batches, whatever its format: opens it, finds its header and its mapping,
//! and hands out what was understood together with what was wrong. The formats are in
//! `csv.rs`, `ndjson.rs` and `parquet.rs`; all of them give records to `fill.rs`.

mod cells;
mod csv;
mod fill;
mod lines;
mod measure;
mod ndjson;
mod parquet;

use std::collections::HashMap;
use std::io::{self, Read as _};

use ::parquet::file::reader::ChunkReader;
use bytes::Bytes;
use targeting::codes::Day;
use targeting::consignment::{Consignment, Defect};
use targeting::outcome::Inspection;

use crate::mapping::{Mapping, built_in, fold_header};
use crate::recognise::{
    Compression, Encoding, Format, HEAD_BYTES, compression_of, encoding_of, format_of,
};
use crate::unpack::{Progress, Unpack};
use cells::Cells;
use csv::{Csv, delimiter_of, split_quoted};
use fill::Filler;
use lines::{Line, Lines};
use ndjson::Ndjson;

/// One record that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Line on which it begins, from 1; for Parquet the row, from 1.
    pub line: u64,
    /// What was declared.
    pub consignment: Consignment,
    /// What an inspection found, where the table says so.
    pub inspection: Option<Inspection>,
}

/// Some records of a table, in its order. A record is in `rows`, or one of `defects` rejects
/// it; the other defects are notes on rows or, with the line of the header, on the table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// What was understood.
    pub rows: Vec<Read>,
    /// What was wrong.
    pub defects: Vec<Defect>,
    /// The records with a defect as they were written, so that a person can mend them.
    pub written: Vec<Written>,
}

/// A record as it was written: each column with its text. What no column of the header holds
/// stands under an empty name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// The customs office that it names, or nothing.
    pub office: String,
    /// Columns with their texts, in the file's order.
    pub columns: Vec<(String, String)>,
}

/// How a table is to be read.
#[derive(Debug, Clone)]
pub struct TableOptions {
    /// Records in a batch, understood or not; the last batch may have fewer.
    pub batch_rows: usize,
    /// The mapping to read with. Without one, the header decides between `known` and
    /// [`built_in`].
    pub mapping: Option<Mapping>,
    /// Mappings of the office, which come before the built-in ones.
    pub known: Vec<Mapping>,
    /// A day before this one is a slip, and its record is rejected.
    pub earliest: Day,
    /// A day after this one is a slip, and its record is rejected.
    pub latest: Day,
}

impl Default for TableOptions {
    fn default() -> Self {
        TableOptions {
            // About a megabyte of consignments, which a processor's cache still holds.
            batch_rows: 1_000,
            mapping: None,
            known: Vec::new(),
            earliest: Day::of(jiff::civil::date(1990, 1, 1)),
            latest: Day::of(jiff::civil::date(2100, 12, 31)),
        }
    }
}

/// Why a table cannot be read at all, as a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is no table of a known format, or not one that can be read.
    #[error("{0}")]
    Unreadable(String),
    /// No mapping knows its header.
    #[error(
        "no mapping knows this table. Its columns are: {}.\n\
         Save this as a mapping, check it, and name it:\n\n{starter}",
        header.join(", ")
    )]
    NoMapping {
        /// The columns of the file.
        header: Vec<String>,
        /// A first mapping for them, by the likeness of names.
        starter: String,
    },
    /// The column of a required field is not in the file.
    #[error(
        "the mapping `{mapping}` reads {field} from the column `{column}`, which the file does \
         not have{suggestion}. Its columns are: {}",
        header.join(", ")
    )]
    MissingColumn {
        /// The mapping's name.
        mapping: String,
        /// The field.
        field: String,
        /// The column that the mapping names.
        column: String,
        /// The likeliest meaning, or nothing.
        suggestion: String,
        /// The columns of the file.
        header: Vec<String>,
    },
    /// The stream itself failed.
    #[error("the table cannot be read further")]
    Read(#[from] io::Error),
}

fn is_object(head: &[u8]) -> bool {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().starts_with(b"{")
}

/// What a format gives next.
pub(crate) enum Step {
    /// The cells hold a record.
    Row,
    /// A record that no cells could be made of.
    Defect(Defect),
    End,
}

/// A format: it fills the cells with one record after the other.
pub(crate) trait Source {
    fn next(&mut self, cells: &mut Cells, filler: &Filler) -> io::Result<Step>;
}

/// A table that is being read: an iterator over its batches.
pub struct Table<'a> {
    source: Box<dyn Source + Send + 'a>,
    filler: Filler,
    cells: Cells,
    notes: Vec<Defect>,
    progress: Progress,
    mapping: Mapping,
    header: Vec<String>,
    format: Format,
    batch_rows: usize,
    failed: Option<io::Error>,
    ended: bool,
}

impl<'a> Table<'a> {
    /// Opens a table from any stream, with its compression and format recognised.
    /// `name_hint` is the file's name, or empty. CSV and NDJSON flow through; Parquet has its
    /// directory at the end, so a stream of it is held in memory: files go to
    /// [`Table::open_parquet`].
    pub fn open(
        input: impl io::Read + Send + 'a,
        name_hint: &str,
        options: &TableOptions,
    ) -> Result<Table<'a>, TableError> {
        let mut input: Box<dyn io::Read + Send + 'a> = Box::new(input);
        let mut head = Vec::with_capacity(8);
        input.by_ref().take(8).read_to_end(&mut head)?;
        let compression = compression_of(&head);
        if head.starts_with(b"PAR1") {
            input.read_to_end(&mut head)?;
            return Table::open_parquet(Bytes::from(head), options);
        }
        let whole: Box<dyn io::Read + Send + 'a> = Box::new(io::Cursor::new(head).chain(input));
        let unpack = Unpack::new(whole, compression)?;
        let progress = unpack.progress();
        let lines = Lines::new(unpack)?;
        let head = &lines.pending()[..lines.pending().len().min(HEAD_BYTES)];
        if head.is_empty() {
            return Err(match lines.broken() {
                Some(damage) => TableError::Unreadable(damage.to_owned()),
                None => TableError::Empty,
            });
        }
        let encoding = encoding_of(head);
        if encoding == Encoding::Utf16 {
            let reason = "the file is UTF-16; save it as CSV in UTF-8 and try again";
            return Err(TableError::Unreadable(reason.to_owned()));
        }
        match format_of(head, encoding, name_hint) {
            Format::Csv => Table::open_csv(lines, encoding, progress, options),
            Format::Ndjson => Table::open_ndjson(lines, encoding, progress, options),
            // What looks like postal forms is a table to whoever has a mapping of it.
            Format::Postal if options.mapping.is_some() && is_object(head) => {
                Table::open_ndjson(lines, encoding, progress, options)
            }
            Format::Parquet => {
                debug_assert!(compression != Compression::Plain);
                let reason = "a Parquet file is packed inside already; take the outer \
                              compression off and try again";
                Err(TableError::Unreadable(reason.to_owned()))
            }
            Format::Edifact
            | Format::X12
            | Format::CargoImp
            | Format::Xml
            | Format::Postal
            | Format::Unknown => Err(TableError::Unreadable(
                "the file is no table: neither delimited text, nor JSON objects line by line, \
                 nor Parquet"
                    .to_owned(),
            )),
        }
    }

    /// Opens a Parquet file, which is read by row group: give an open file, or [`Bytes`].
    pub fn open_parquet(
        input: impl ChunkReader + 'static,
        options: &TableOptions,
    ) -> Result<Table<'a>, TableError> {
        let progress = Progress::default();
        let mut source = parquet::Parquet::open(input, progress.clone()).map_err(|reason| {
            TableError::Unreadable(format!("the Parquet file cannot be read: {reason}"))
        })?;
        let header = source.header();
        let mapping = choose(&header, options)?;
        source.set_used(separators(mapping, &header));
        let (filler, notes) = Filler::new(mapping, &header, 1, options)?;
        let opened = Opened { source: Box::new(source), filler, notes, header };
        Ok(Table::new(opened, Format::Parquet, mapping, progress, options))
    }

    fn open_csv(
        mut lines: Lines<'a>,
        encoding: Encoding,
        progress: Progress,
        options: &TableOptions,
    ) -> Result<Table<'a>, TableError> {
        let file = options.mapping.as_ref().map(|mapping| &mapping.file);
        lines.set_encoding(file.and_then(|file| file.encoding).unwrap_or(encoding));
        for _ in 0..file.map_or(0, |file| file.skip_lines) {
            if let Line::Whole(bytes) = lines.first_line()? {
                lines.take(bytes + 1, 1);
            }
        }
        let (text, header_line, bytes) = header_text(&mut lines)?;
        let delimiter = file.and_then(|file| file.delimiter).unwrap_or_else(|| delimiter_of(&text));
        let header = match file.filter(|file| !file.header.is_empty()) {
            Some(file) => file.header.clone(),
            None => {
                let mut cells = Cells::default();
                split_quoted(&text, delimiter, &mut cells);
                let (taken, ends) = bytes;
                lines.take(taken, ends);
                (0..cells.spans.len()).map(|cell| cells.get(cell).to_owned()).collect()
            }
        };
        let mapping = choose(&header, options)?;
        if let Some(encoding) = mapping.file.encoding {
            lines.set_encoding(encoding);
        }
        let (filler, notes) = Filler::new(mapping, &header, header_line, options)?;
        let width = header.len();
        let source = Box::new(Csv { lines, delimiter, width, spare: Cells::default() });
        let opened = Opened { source, filler, notes, header };
        Ok(Table::new(opened, Format::Csv, mapping, progress, options))
    }

    fn open_ndjson(
        mut lines: Lines<'a>,
        encoding: Encoding,
        progress: Progress,
        options: &TableOptions,
    ) -> Result<Table<'a>, TableError> {
        let file = options.mapping.as_ref().map(|mapping| &mapping.file);
        lines.set_encoding(file.and_then(|file| file.encoding).unwrap_or(encoding));
        let head = &lines.pending()[..lines.pending().len().min(HEAD_BYTES)];
        let mut header = match encoding {
            Encoding::Cp949 => ndjson::names(&encoding_rs::EUC_KR.decode(head).0),
            _ => ndjson::names(&String::from_utf8_lossy(head)),
        };
        let mapping = choose(&header, options)?;
        // An object may leave members out, so those that the mapping reads may come later.
        for column in mapping.entries.iter().flat_map(|entry| entry.columns()) {
            if !header.iter().any(|name| fold_header(name) == fold_header(column)) {
                header.push(column.to_owned());
            }
        }
        let (filler, notes) = Filler::new(mapping, &header, 1, options)?;
        let source = Box::new(Ndjson {
            lines,
            columns: header.iter().cloned().zip(0..).collect::<HashMap<_, _>>(),
            separators: separators(mapping, &header)
                .into_iter()
                .map(Option::unwrap_or_default)
                .collect(),
            line: Cells::default(),
            found: Vec::new(),
        });
        let opened = Opened { source, filler, notes, header };
        Ok(Table::new(opened, Format::Ndjson, mapping, progress, options))
    }

    fn new(
        opened: Opened<'a>,
        format: Format,
        mapping: &Mapping,
        progress: Progress,
        options: &TableOptions,
    ) -> Table<'a> {
        let Opened { source, filler, notes, header } = opened;
        Table {
            source,
            filler,
            cells: Cells::default(),
            notes,
            progress,
            mapping: mapping.clone(),
            header,
            format,
            batch_rows: options.batch_rows.max(1),
            failed: None,
            ended: false,
        }
    }

    /// Bytes taken from the stream as it came, packed or not. The buffer is ahead of the
    /// batches by a fraction of a megabyte.
    pub fn bytes_consumed(&self) -> u64 {
        self.progress.get()
    }

    /// The name of the mapping it is read with.
    pub fn mapping(&self) -> &str {
        &self.mapping.name
    }

    /// The mapping in the form to be kept with records that are to be mended.
    pub fn mapping_kept(&self) -> &str {
        self.mapping.keep()
    }

    /// The columns, in the file's order.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The format it was recognised as.
    pub fn format(&self) -> Format {
        self.format
    }
}

/// What an opened format hands on.
struct Opened<'a> {
    source: Box<dyn Source + Send + 'a>,
    filler: Filler,
    notes: Vec<Defect>,
    header: Vec<String>,
}

impl Iterator for Table<'_> {
    type Item = Result<Batch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(TableError::Read(error)));
        }
        if self.ended {
            return None;
        }
        let defects = std::mem::take(&mut self.notes);
        let mut batch = Batch { rows: Vec::new(), defects, written: Vec::new() };
        for record in 0..self.batch_rows {
            match self.source.next(&mut self.cells, &self.filler) {
                Ok(Step::Row) => {
                    if record == 0 {
                        batch.rows.reserve_exact(self.batch_rows.min(LARGEST_RESERVE));
                    }
                    let before = batch.defects.len();
                    batch.rows.extend(self.filler.read(&self.cells, &mut batch.defects));
                    if batch.defects.len() > before {
                        let office = self.filler.office(&self.cells);
                        batch.written.push(written(&self.header, &self.cells, office));
                    }
                }
                Ok(Step::Defect(defect)) => {
                    batch.written.push(match defect.line == self.cells.line {
                        true => written(&self.header, &self.cells, String::new()),
                        false => unread(&self.header, &defect),
                    });
                    batch.defects.push(defect);
                }
                Ok(Step::End) => {
                    self.ended = true;
                    break;
                }
                Err(error) => {
                    self.ended = true;
                    self.failed = Some(error);
                    break;
                }
            }
        }
        if batch.rows.is_empty() && batch.defects.is_empty() {
            let error = self.failed.take()?;
            return Some(Err(TableError::Read(error)));
        }
        Some(Ok(batch))
    }
}

/// Reads one record whose columns are given by name, as the file's own would have been: a record
/// that a person has mended.
///
/// # Errors
/// When the mapping does not fit the columns.
pub fn read_record(
    mapping: &Mapping,
    record: &Written,
    options: &TableOptions,
) -> Result<Batch, TableError> {
    let (header, texts): (Vec<String>, Vec<&str>) = (record.columns.iter())
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, text)| (name.clone(), text.as_str()))
        .unzip();
    let (filler, _notes) = Filler::new(mapping, &header, record.line, options)?;
    let mut cells = Cells { line: record.line, ..Cells::default() };
    texts.iter().for_each(|text| cells.push(text));
    let mut batch = Batch::default();
    batch.rows.extend(filler.read(&cells, &mut batch.defects));
    if !batch.defects.is_empty() {
        batch.written.push(record.clone());
    }
    Ok(batch)
}

/// A record whose cells are known, be there too few or too many of them.
#[cold]
fn written(header: &[String], cells: &Cells, office: String) -> Written {
    let named = header.iter().enumerate();
    let mut columns: Vec<(String, String)> =
        named.map(|(at, name)| (name.clone(), cells.get(at).to_owned())).collect();
    if cells.spans.is_empty() {
        columns.push((String::new(), cells.text.clone()));
    }
    for surplus in header.len()..cells.spans.len() {
        columns.push((String::new(), cells.get(surplus).to_owned()));
    }
    Written { line: cells.line, office, columns }
}

/// A record of which only what its defect shows is known.
#[cold]
fn unread(header: &[String], defect: &Defect) -> Written {
    let mut columns: Vec<(String, String)> =
        header.iter().map(|name| (name.clone(), String::new())).collect();
    columns.push((String::new(), defect.found.clone()));
    Written { line: defect.line, office: String::new(), columns }
}

/// Room for rows is made ahead up to here, whatever the caller asks for.
const LARGEST_RESERVE: usize = 4_096;

/// The mapping asked for, or the one that recognises most of the header.
fn choose<'o>(header: &[String], options: &'o TableOptions) -> Result<&'o Mapping, TableError> {
    if let Some(mapping) = &options.mapping {
        return Ok(mapping);
    }
    // The first of equals wins, so that the office's own come before the built-in ones.
    let mut best: Option<(usize, &Mapping)> = None;
    for mapping in options.known.iter().chain(built_in()) {
        if let Some(matched) = mapping.recognises(header)
            && best.is_none_or(|(most, _)| matched > most)
        {
            best = Some((matched, mapping));
        }
    }
    best.map(|(_, mapping)| mapping).ok_or_else(|| {
        let names: Vec<&str> = header.iter().map(String::as_str).collect();
        TableError::NoMapping { header: header.to_vec(), starter: Mapping::starter(&names) }
    })
}

/// For each column that the mapping reads, what its field puts between members of a list.
fn separators(mapping: &Mapping, header: &[String]) -> Vec<Option<String>> {
    let of = |name: &String| {
        let folded = fold_header(name);
        let mut entries = mapping
            .entries
            .iter()
            .filter(|entry| entry.columns().any(|column| fold_header(column) == folded))
            .peekable();
        entries.peek()?;
        let separator = entries.find_map(|entry| entry.separator.clone());
        Some(separator.unwrap_or_else(|| " ".to_owned()))
    };
    header.iter().map(of).collect()
}

/// The text of the header's line, its number, and what to take to get past it.
fn header_text(lines: &mut Lines<'_>) -> Result<(String, u64, (usize, u64)), TableError> {
    loop {
        let (bytes, whole) = match lines.first_line()? {
            Line::Whole(bytes) => (bytes, true),
            Line::Cut(bytes) => match lines.broken() {
                Some(damage) => return Err(TableError::Unreadable(damage.to_owned())),
                None => (bytes, false),
            },
            Line::TooLong => {
                let reason = "the first line is longer than a megabyte, so it is no header";
                return Err(TableError::Unreadable(reason.to_owned()));
            }
            Line::None => return Err(TableError::Empty),
        };
        if lines.pending()[..bytes].trim_ascii().is_empty() {
            lines.take(bytes + usize::from(whole), u64::from(whole));
            continue;
        }
        let (bytes, taken) = whole_header(lines.pending(), bytes, whole);
        let mut text = String::new();
        lines.decode(bytes, &mut text).map_err(|defect| {
            TableError::Unreadable(format!("the header cannot be read: {}", defect.reason))
        })?;
        let trimmed = text.trim_end_matches('\r').len();
        text.truncate(trimmed);
        return Ok((text, lines.line, taken));
    }
}

/// Spreadsheets break long names of columns over lines: as long as a quote is open, the
/// header goes on. Gives its length and the bytes and lines to take.
fn whole_header(pending: &[u8], bytes: usize, whole: bool) -> (usize, (usize, u64)) {
    let one = (bytes, (bytes + usize::from(whole), u64::from(whole)));
    let (mut at, mut ends) = (bytes, 0);
    while memchr::memchr_iter(b'"', &pending[..at]).count() % 2 == 1 {
        // A header that never closes its quote is taken as the one line that it is.
        let Some(n) = pending.get(at + 1..).and_then(|rest| memchr::memchr(b'\n', rest)) else {
            return one;
        };
        at += 1 + n;
        ends += 1;
        if ends > LONGEST_HEADER_LINES {
            return one;
        }
    }
    if ends == 0 { one } else { (at, (at + 1, ends + 1)) }
}

/// No header is broken over more lines than this.
const LONGEST_HEADER_LINES: u64 = 200;
