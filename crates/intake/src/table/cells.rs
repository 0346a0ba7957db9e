//! One record of a table as a row of texts, whatever the format it came in. The readers fill
//! it, `fill.rs` reads it; it is used over and over, so that no cell costs an allocation.

use targeting::consignment::{Defect, DefectKind};

/// The cells of one record, side by side in one text.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// Line on which the record begins, from 1.
    pub(crate) line: u64,
    pub(crate) text: String,
    /// Where each cell begins and ends in `text`.
    pub(crate) spans: Vec<(u32, u32)>,
}

impl Cells {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
    }

    /// The text of a cell without the spaces around it; empty when there is no such cell.
    #[inline]
    pub(crate) fn get(&self, cell: usize) -> &str {
        let Some((from, to)) = self.spans.get(cell) else { return "" };
        let text = self.text.get(*from as usize..*to as usize).unwrap_or_default();
        // Most cells have nothing to trim, which their first and last byte tell.
        match (text.as_bytes().first(), text.as_bytes().last()) {
            (Some(b'!'..=b'~'), Some(b'!'..=b'~')) => text,
            (None, _) => text,
            _ => text.trim(),
        }
    }

    #[inline]
    pub(crate) fn filled(&self, cell: usize) -> bool {
        !self.get(cell).is_empty()
    }

    /// Adds a cell with this text.
    pub(crate) fn push(&mut self, text: &str) {
        let from = self.text.len() as u32;
        self.text.push_str(text);
        self.spans.push((from, self.text.len() as u32));
    }

    /// True when no cell holds anything.
    pub(crate) fn blank(&self) -> bool {
        (0..self.spans.len()).all(|cell| self.get(cell).is_empty())
    }

    /// A defect of the whole record.
    pub(crate) fn defect(&self, kind: DefectKind, reason: impl Into<String>) -> Defect {
        defect(self.line, "", kind, reason, &self.text)
    }
}

/// How many characters of what stood there go into a defect.
const FOUND_CHARS: usize = 200;

pub(crate) fn defect(
    line: u64,
    field: &str,
    kind: DefectKind,
    reason: impl Into<String>,
    found: &str,
) -> Defect {
    // Zero bytes are shown as a picture, since not every store can keep them.
    let found = found.chars().take(FOUND_CHARS).map(|c| if c == '\0' { '\u{2400}' } else { c });
    Defect { line, field: field.into(), kind, reason: reason.into(), found: found.collect() }
}
