//! The unpacked bytes of a text file as lines: one buffer that is refilled, the count of
//! lines, and the decoding of a record. Cutting a line into cells is left to `csv.rs` and
//! `ndjson.rs`.

use std::io::{self, Read as _};

use encoding_rs::EUC_KR;
use targeting::consignment::{Defect, DefectKind};

use super::cells::{Cells, defect};
use crate::recognise::Encoding;
use crate::unpack::Unpack;

/// A line longer than this is no line of a table: it becomes a defect and is passed over.
pub(crate) const LONGEST_LINE_BYTES: usize = 1 << 20;

/// Large enough to make refills rare, small enough to stay in the processor's cache.
const BUFFER_BYTES: usize = 256 * 1024;
const LARGEST_BUFFER_BYTES: usize = 2 * LONGEST_LINE_BYTES;

pub(crate) type Input<'a> = Unpack<Box<dyn io::Read + Send + 'a>>;

pub(crate) struct Lines<'a> {
    input: Input<'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// Line of the file at which the pending bytes begin.
    pub(crate) line: u64,
    encoding: Encoding,
    damage_told: bool,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(input: Input<'a>) -> io::Result<Self> {
        let mut lines = Lines {
            input,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            ended: false,
            line: 1,
            encoding: Encoding::Ascii,
            damage_told: false,
        };
        lines.more()?;
        Ok(lines)
    }

    /// Says how the text is written, and passes over a mark of it at the very beginning.
    pub(crate) fn set_encoding(&mut self, encoding: Encoding) {
        if self.pending().starts_with(b"\xef\xbb\xbf") {
            self.start += 3;
        }
        self.encoding = encoding;
    }

    /// The bytes read and not yet taken.
    #[inline]
    pub(crate) fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// True when nothing comes after the pending bytes.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Fills the buffer as far as it goes; false when nothing could be added. It fills it
    /// whole each time, so that the pieces in which the input arrives change nothing.
    pub(crate) fn more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            if self.buffer.len() >= LARGEST_BUFFER_BYTES {
                return Ok(false);
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let before = self.end;
        while self.end < self.buffer.len() {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(n) => self.end += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.end > before || self.ended)
    }

    /// Takes `bytes` of the pending, which hold `lines` line ends.
    #[inline]
    pub(crate) fn take(&mut self, bytes: usize, lines: u64) {
        self.start += bytes;
        self.line += lines;
    }

    /// Where the first pending line ends.
    pub(crate) fn first_line(&mut self) -> io::Result<Line> {
        loop {
            let pending = self.pending();
            match memchr::memchr(b'\n', pending) {
                Some(at) if at > LONGEST_LINE_BYTES => return Ok(Line::TooLong),
                Some(at) => return Ok(Line::Whole(at)),
                None if pending.len() > LONGEST_LINE_BYTES => return Ok(Line::TooLong),
                None if self.ended && pending.is_empty() => return Ok(Line::None),
                None if self.ended => return Ok(Line::Cut(pending.len())),
                None => {}
            }
            self.more()?;
        }
    }

    /// Passes over a line that is too long, however long it is.
    pub(crate) fn skip_long_line(&mut self) -> io::Result<Defect> {
        let shown = &self.pending()[..LONGEST_LINE_BYTES.min(800).min(self.pending().len())];
        let shown = String::from_utf8_lossy(shown);
        let reason = format!("the line is longer than {LONGEST_LINE_BYTES} bytes");
        let defect = defect(self.line, "", DefectKind::Columns, reason, &shown);
        loop {
            if let Some(at) = memchr::memchr(b'\n', self.pending()) {
                self.take(at + 1, 1);
                return Ok(defect);
            }
            self.take(self.pending().len(), 0);
            if !self.more()? || self.pending().is_empty() {
                return Ok(defect);
            }
        }
    }

    /// Tells once, at the end, that the compressed stream broke off.
    pub(crate) fn damage(&mut self, found: &str) -> Option<Defect> {
        if self.damage_told {
            return None;
        }
        let reason = self.input.damage()?.to_owned();
        self.damage_told = true;
        Some(defect(self.line, "", DefectKind::Truncated, reason, found))
    }

    /// Why the compressed stream broke off, if it did.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.input.damage()
    }

    /// Appends the first `bytes` pending bytes as text, or gives the defect that forbids it.
    #[inline]
    pub(crate) fn decode(&mut self, bytes: usize, to: &mut String) -> Result<(), Defect> {
        let raw = &self.buffer[self.start..self.start + bytes];
        let text = match (self.encoding, std::str::from_utf8(raw)) {
            (Encoding::Utf8 | Encoding::Ascii, Ok(text)) => {
                if self.encoding == Encoding::Ascii && !text.is_ascii() {
                    self.encoding = Encoding::Utf8;
                }
                to.push_str(text);
                Ok(())
            }
            (Encoding::Cp949, Ok(text)) if text.is_ascii() => {
                to.push_str(text);
                Ok(())
            }
            (Encoding::Utf8, Err(_)) => Err("its bytes are not UTF-8"),
            _ => match EUC_KR.decode_without_bom_handling_and_without_replacement(raw) {
                Some(text) => {
                    self.encoding = Encoding::Cp949;
                    to.push_str(&text);
                    Ok(())
                }
                None if self.encoding == Encoding::Cp949 => Err("its bytes are not CP949"),
                None => Err("its bytes are neither UTF-8 nor CP949"),
            },
        };
        let text = match memchr::memchr(0, raw) {
            Some(_) => Err("it holds a zero byte, which no text has"),
            None => text,
        };
        text.map_err(|reason| {
            let shown = String::from_utf8_lossy(&raw[..raw.len().min(800)]);
            defect(self.line, "", DefectKind::Encoding, reason, &shown)
        })
    }
}

/// Where a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Before the line end at this place.
    Whole(usize),
    /// With the file, without a line end, after so many bytes.
    Cut(usize),
    TooLong,
    None,
}

/// Gives `cells` the line and the text of the record, or the defect that forbids it.
pub(crate) fn decode_record(
    lines: &mut Lines<'_>,
    bytes: usize,
    cells: &mut Cells,
) -> Result<(), Defect> {
    cells.clear();
    cells.line = lines.line;
    lines.decode(bytes, &mut cells.text)
}
