//! Reads trade messages: bytes of a known format become consignments of one domain, with the
//! heads of their messages and the defects found on the way. EDIFACT and X12 flow through in
//! pieces of bounded size; the other formats are documents that are read whole.
//! Which format it is, [`crate::recognise`] says; the formats have a room each.

mod airports;
mod cargo_imp;
pub(crate) mod checks;
mod draft;
mod edifact;
mod post;
mod schedule_k;
pub(crate) mod text;
mod window;
mod x12;
mod xml;

use std::io;

use compact_str::CompactString;
use targeting::consignment::{
    Consignment, Defect, DefectKind, Direction, Place, Regime, Route, Transport,
};
use targeting::party::Party;

pub use edifact::acknowledge::acknowledge;
pub use edifact::lexer::segments;
pub(crate) use post::begins_forms;

use crate::recoded::{Recoded, wide_of};
use crate::recognise::{Compression, Format, HEAD_BYTES, compression_of, encoding_of, format_of};
use crate::unpack::{Progress, Unpack};
use text::Moment;
use window::Window;

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A carrier or forwarder reports what a voyage or flight brings.
    Manifest,
    /// A bill, waybill or instruction for one shipment.
    Waybill,
    /// A customs declaration, of goods or of their entry.
    Declaration,
    /// Where containers are, by the terminal or the ship: nothing is declared.
    Movement,
    /// What became of consignments that others declared.
    Status,
    /// A postal item with its customs form.
    Postal,
    /// None of these; read by general rules.
    #[default]
    Other,
}

impl Kind {
    /// True when its consignments are risk units of their own.
    pub fn declares(self) -> bool {
        !matches!(self, Kind::Movement | Kind::Status)
    }
}

/// What a message does to what was said before (UN/EDIFACT 1225).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Says it for the first time.
    #[default]
    Original,
    /// Takes the place of an earlier message.
    Replacement,
    /// Changes parts of an earlier message.
    Change,
    /// Withdraws what an earlier message said.
    Cancellation,
}

impl Function {
    pub(crate) fn of_code(code: &str) -> Function {
        match code.trim() {
            "1" | "3" | "CANCEL" | "Deletion" | "Cancellation" => Function::Cancellation,
            "4" | "36" | "Update" | "Amendment" => Function::Change,
            "5" | "20" | "Replacement" => Function::Replacement,
            _ => Function::Original,
        }
    }

    /// True when its consignments are withdrawn.
    pub fn cancels(self) -> bool {
        self == Function::Cancellation
    }
}

/// What a message says of itself and of all its consignments.
#[derive(Debug, Clone)]
pub struct Head {
    /// The format that carries it.
    pub format: Format,
    /// Type, version and shape, such as `CUSCAR D.95B LOT10`.
    pub dialect: String,
    /// Who numbers its references, such as `edifact-cuscar`.
    pub source: &'static str,
    /// What it is for.
    pub kind: Kind,
    /// What it does to what was said before.
    pub function: Function,
    /// Its own number: of the manifest, the declaration, or the message.
    pub reference: String,
    /// Who sent it.
    pub sender: String,
    /// To whom.
    pub recipient: String,
    /// True when it says that it is a test.
    pub test: bool,
    /// When it was made, in the sender's local time.
    pub(crate) sent: Option<Moment>,
    /// Vessel or flight, voyage and places of the whole.
    pub route: Route,
    /// Parties of the whole, such as the carrier.
    pub parties: Vec<Party>,
    /// Line or segment on which it begins, from 1.
    pub line: u64,
    /// Byte at which it begins.
    pub offset: u64,
    /// Consignments read from it.
    pub consignments: u64,
    pub(crate) regime: Regime,
    pub(crate) direction: Option<Direction>,
    pub(crate) transport: Option<Transport>,
    pub(crate) office: CompactString,
}

impl Head {
    pub(crate) fn new(format: Format, source: &'static str, kind: Kind) -> Head {
        Head {
            format,
            dialect: String::new(),
            source,
            kind,
            function: Function::Original,
            reference: String::new(),
            sender: String::new(),
            recipient: String::new(),
            test: false,
            sent: None,
            route: Route::default(),
            parties: Vec::new(),
            line: 1,
            offset: 0,
            consignments: 0,
            regime: Regime::Freight,
            direction: None,
            transport: None,
            office: CompactString::default(),
        }
    }

    /// The time that it says it was made, as `2026-11-25T14:30`, or nothing.
    pub fn sent_text(&self) -> Option<String> {
        self.sent.map(Moment::text)
    }

    pub(crate) fn place(&mut self, role: &str, code: &str, name: &str) -> &mut Place {
        draft::place(&mut self.route, role, code, name)
    }
}

/// One consignment as read.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which message of the file it stands in, from 0.
    pub message: usize,
    /// Line or segment on which it begins, from 1.
    pub line: u64,
    /// Byte at which it begins.
    pub offset: u64,
    /// What its message is for.
    pub kind: Kind,
    /// True when its message says that it is a test.
    pub test: bool,
    /// What was understood.
    pub consignment: Consignment,
}

/// Some of a file of messages: consignments in their order, the heads of messages that have
/// ended, and what was wrong.
#[derive(Debug, Clone, Default)]
pub struct MessageBatch {
    /// Heads of messages that have ended, in their order: the first of all batches is message 0.
    pub heads: Vec<Head>,
    /// Consignments.
    pub rows: Vec<Row>,
    /// What was wrong.
    pub defects: Vec<Defect>,
}

impl MessageBatch {
    /// True when so many consignments, messages, or defects of them are in it.
    pub(crate) fn is_full(&self, rows: usize) -> bool {
        self.rows.len() >= rows
            || self.heads.len() >= rows
            || self.defects.len() >= rows.saturating_mul(8).max(1_000)
    }
}

/// What the office knows that messages do not say.
#[derive(Debug, Clone)]
pub struct MessageOptions {
    /// The customs office of consignments whose message names none.
    pub office: CompactString,
    /// When the file was received, in microseconds since 1970-01-01 UTC: the day of those
    /// consignments whose message has no date that can be true.
    pub received_at: i64,
    /// Consignments in a batch; one that ends a batch may bring a few more.
    pub batch_rows: usize,
}

impl Default for MessageOptions {
    fn default() -> Self {
        MessageOptions { office: CompactString::default(), received_at: 0, batch_rows: 1_000 }
    }
}

/// Why a file is no message that can be read.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is of no known format, or not one of messages.
    #[error("{0}")]
    Unreadable(String),
    /// The stream itself failed.
    #[error("the message cannot be read further")]
    Read(#[from] io::Error),
}

/// A document is read whole up to this size; a larger one is refused.
pub const DOCUMENT_LIMIT: u64 = 256 << 20;

/// One format's reader. It adds to the batch until it holds enough; false at the end.
pub(crate) trait Reader {
    fn read(&mut self, batch: &mut MessageBatch, rows: usize) -> io::Result<bool>;
}

/// A file of messages that is being read: an iterator over its batches.
pub struct Messages<'a> {
    reader: Box<dyn Reader + Send + 'a>,
    format: Format,
    progress: Progress,
    batch_rows: usize,
    /// Consignments and messages of the batch before.
    came: (usize, usize),
    ended: bool,
}

impl<'a> Messages<'a> {
    /// Opens a file of messages from any stream, plain or packed. `name_hint` is the file's
    /// name, or empty.
    ///
    /// # Errors
    /// When the stream fails, is empty, holds no message of a known format, or is a document
    /// larger than [`DOCUMENT_LIMIT`].
    pub fn open(
        mut input: impl io::Read + Send + 'a,
        name_hint: &str,
        options: &MessageOptions,
    ) -> Result<Messages<'a>, MessageError> {
        use io::Read as _;
        let mut head = Vec::with_capacity(8);
        input.by_ref().take(8).read_to_end(&mut head)?;
        let compression = compression_of(&head);
        let whole: Box<dyn io::Read + Send + 'a> = Box::new(io::Cursor::new(head).chain(input));
        let mut unpack = Unpack::new(whole, compression)?;
        let progress = unpack.progress();
        let mut mark = Vec::with_capacity(4);
        unpack.by_ref().take(4).read_to_end(&mut mark)?;
        let wide = wide_of(&mark);
        let plain = io::Cursor::new(mark).chain(unpack);
        let plain: Box<dyn io::Read + Send + 'a> = match wide {
            Some(encoding) => Box::new(Recoded::new(plain, encoding)),
            None => Box::new(plain),
        };
        let mut window = Window::new(plain);
        window.hold(HEAD_BYTES)?;
        let head = &window.bytes()[..window.bytes().len().min(HEAD_BYTES)];
        if head.is_empty() {
            return Err(MessageError::Empty);
        }
        let format = format_of(head, encoding_of(head), name_hint);
        let reader: Box<dyn Reader + Send + 'a> = match format {
            Format::Edifact => Box::new(edifact::Edifact::new(window, options.clone())),
            Format::CargoImp => Box::new(cargo_imp::CargoImp::new(window, options.clone())),
            Format::Postal => Box::new(post::Post::new(window, options.clone())),
            Format::X12 => Box::new(x12::X12::new(window, options.clone())),
            Format::Xml => Box::new(xml::Xml::new(window, options.clone())),
            _ => {
                let what = match compression {
                    Compression::Plain => "the file is",
                    Compression::Gzip | Compression::Zstd => "what is packed in the file is",
                };
                return Err(MessageError::Unreadable(format!(
                    "{what} no trade message: neither EDIFACT, Cargo-IMP, XML of a known kind, \
                     X12, nor a postal form"
                )));
            }
        };
        Ok(Messages {
            reader,
            format,
            progress,
            batch_rows: options.batch_rows.max(1),
            came: (0, 0),
            ended: false,
        })
    }

    /// The format that was recognised.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Bytes taken from the stream as it came, packed or not.
    pub fn bytes_consumed(&self) -> u64 {
        self.progress.get()
    }
}

impl Iterator for Messages<'_> {
    type Item = io::Result<MessageBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut batch = MessageBatch::default();
        // Room for as many as came before, so that a list of large rows is not moved as it grows.
        batch.rows.reserve(self.came.0);
        batch.heads.reserve(self.came.1);
        match self.reader.read(&mut batch, self.batch_rows) {
            Ok(more) => {
                self.ended = !more;
                self.came = (batch.rows.len(), batch.heads.len());
                let empty =
                    batch.heads.is_empty() && batch.rows.is_empty() && batch.defects.is_empty();
                if self.ended && empty { None } else { Some(Ok(batch)) }
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

/// A defect of a message, with what stood there cut to a length that a person reads.
pub(crate) fn defect(
    line: u64,
    field: &str,
    kind: DefectKind,
    reason: impl Into<String>,
    found: &[u8],
) -> Defect {
    let head = &found[..found.len().min(800)];
    let found = String::from_utf8_lossy(head).chars().take(200).collect();
    Defect { line, field: field.into(), kind, reason: reason.into(), found }
}
