//! Cuts delimited text into records. A line without quotes takes the short way; one with
//! quotes is followed to its end, over several lines if need be, unless a line within reads
//! as a row of its own: then the quote was never closed, and only its line is lost.
//! What the cells mean is read in `fill.rs`.

use std::io;

use targeting::consignment::{Defect, DefectKind};

use super::cells::{Cells, defect};
use super::fill::Filler;
use super::lines::{Line, Lines, decode_record};
use super::{Source, Step};

/// A quoted cell that goes on for longer than this was never closed.
const LONGEST_QUOTED_BYTES: usize = 64 * 1024;

pub(crate) struct Csv<'a> {
    pub(crate) lines: Lines<'a>,
    pub(crate) delimiter: u8,
    /// How many columns the header has.
    pub(crate) width: usize,
    /// For looking at a single line within a quoted cell.
    pub(crate) spare: Cells,
}

impl Source for Csv<'_> {
    fn next(&mut self, cells: &mut Cells, filler: &Filler) -> io::Result<Step> {
        loop {
            let pending = self.lines.pending();
            match memchr::memchr2(b'\n', b'"', pending) {
                Some(at) if pending[at] == b'\n' && at < LONGEST_QUOTED_BYTES => {
                    if let Some(step) = self.plain(at, true, cells) {
                        return Ok(step);
                    }
                }
                _ => match self.lines.first_line()? {
                    Line::Whole(at) | Line::Cut(at)
                        if memchr::memchr(b'"', &self.lines.pending()[..at]).is_some() =>
                    {
                        if let Some(step) = self.quoted(cells, filler)? {
                            return Ok(step);
                        }
                    }
                    Line::Whole(at) => {
                        if let Some(step) = self.plain(at, true, cells) {
                            return Ok(step);
                        }
                    }
                    Line::Cut(at) => {
                        if let Some(step) = self.plain(at, false, cells) {
                            return Ok(step);
                        }
                    }
                    Line::TooLong => return Ok(Step::Defect(self.lines.skip_long_line()?)),
                    Line::None => {
                        let step = self.lines.damage("").map_or(Step::End, Step::Defect);
                        return Ok(step);
                    }
                },
            }
        }
    }
}

impl Csv<'_> {
    /// Takes a line without quotes; nothing when it is blank.
    #[inline]
    fn plain(&mut self, bytes: usize, whole: bool, cells: &mut Cells) -> Option<Step> {
        let raw = &self.lines.pending()[..bytes];
        let trimmed = if raw.last() == Some(&b'\r') { bytes - 1 } else { bytes };
        let consumed = bytes + usize::from(whole);
        if raw.trim_ascii().is_empty() {
            self.lines.take(consumed, u64::from(whole));
            return None;
        }
        let decoded = decode_record(&mut self.lines, trimmed, cells);
        if decoded.is_ok() {
            split(&cells.text, self.delimiter, &mut cells.spans);
        }
        self.take(consumed, u64::from(whole), whole, decoded, cells)
    }

    /// Takes the record's bytes and gives it, or the defect that forbids it.
    #[inline]
    fn take(
        &mut self,
        bytes: usize,
        lines: u64,
        whole: bool,
        decoded: Result<(), Defect>,
        cells: &Cells,
    ) -> Option<Step> {
        if !whole && let Some(cut) = self.lines.damage(&cells.text) {
            self.lines.take(bytes, lines);
            return Some(Step::Defect(cut));
        }
        self.lines.take(bytes, lines);
        if let Err(defect) = decoded {
            return Some(Step::Defect(defect));
        }
        if cells.spans.len() == self.width {
            // Spreadsheets end in rows of nothing but delimiters.
            let blank = !cells.filled(0) && cells.blank();
            return (!blank).then_some(Step::Row);
        }
        if cells.blank() {
            return None;
        }
        Some(Step::Defect(self.wrong_width(whole, cells)))
    }

    #[cold]
    fn wrong_width(&self, whole: bool, cells: &Cells) -> Defect {
        let (found, wanted) = (cells.spans.len(), self.width);
        if !whole && found < wanted {
            let reason = format!("the file ends here, after {found} of {wanted} columns");
            return cells.defect(DefectKind::Truncated, reason);
        }
        let reason = format!("the row has {found} columns, the header has {wanted}");
        cells.defect(DefectKind::Columns, reason)
    }

    /// Takes a record with quotes; nothing when it is blank.
    fn quoted(&mut self, cells: &mut Cells, filler: &Filler) -> io::Result<Option<Step>> {
        loop {
            let pending = self.lines.pending();
            let ended = self.lines.ended();
            let (delimiter, width, spare) = (self.delimiter, self.width, &mut self.spare);
            let mut is_row = |line: &[u8]| reads_as_row(line, delimiter, width, spare, filler);
            let end = end_of_quoted(pending, delimiter, ended, &mut is_row);
            if end == End::More && self.lines.more()? {
                continue;
            }
            if let End::At { bytes, whole } = end {
                let raw = &self.lines.pending()[..bytes];
                let lines = memchr::memchr_iter(b'\n', raw).count() as u64 + u64::from(whole);
                let trimmed = if raw.last() == Some(&b'\r') { bytes - 1 } else { bytes };
                let decoded = decode_record(&mut self.lines, trimmed, cells);
                if decoded.is_ok() {
                    std::mem::swap(&mut cells.text, &mut self.spare.text);
                    split_quoted(&self.spare.text, self.delimiter, cells);
                }
                let consumed = bytes + usize::from(whole);
                return Ok(self.take(consumed, lines, whole, decoded, cells));
            }
            return self.unclosed(end, cells).map(Some);
        }
    }

    /// Gives up the line in which a quote opens that never closes, and no other.
    fn unclosed(&mut self, end: End, cells: &mut Cells) -> io::Result<Step> {
        let (bytes, whole) = match self.lines.first_line()? {
            Line::Whole(at) => (at, true),
            Line::Cut(at) => (at, false),
            Line::TooLong => return Ok(Step::Defect(self.lines.skip_long_line()?)),
            Line::None => return Ok(Step::End),
        };
        let told = if whole { None } else { self.lines.damage("") };
        let mut told = match decode_record(&mut self.lines, bytes, cells) {
            Err(encoding) => told.unwrap_or(encoding),
            Ok(()) => {
                let (kind, reason) = match end {
                    End::Open => {
                        (DefectKind::Truncated, "the file ends before this line's quote closes")
                    }
                    _ => (DefectKind::Columns, "a quote opens in this line and is never closed"),
                };
                told.unwrap_or_else(|| cells.defect(kind, reason))
            }
        };
        if told.found.is_empty() {
            told = defect(told.line, "", told.kind, told.reason, &cells.text);
        }
        self.lines.take(bytes + usize::from(whole), u64::from(whole));
        Ok(Step::Defect(told))
    }
}

/// Where a record with quotes ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Before a line end, or with the file when not `whole`.
    At { bytes: usize, whole: bool },
    /// Further bytes must tell.
    More,
    /// A quote stays open to the end of the file.
    Open,
    /// A quote stays open where other rows begin.
    Unclosed,
}

/// Finds the end of the record at the beginning of `bytes`; `is_row` tells whether a line
/// within a quoted cell reads as a row of its own.
fn end_of_quoted(
    bytes: &[u8],
    delimiter: u8,
    ended: bool,
    is_row: &mut dyn FnMut(&[u8]) -> bool,
) -> End {
    let mut at = 0;
    loop {
        // At the beginning of a cell.
        let open = at + leading_spaces(&bytes[at..], delimiter);
        if bytes.get(open) != Some(&b'"') {
            match memchr::memchr2(delimiter, b'\n', &bytes[at..]) {
                Some(n) if bytes[at + n] == b'\n' => return End::At { bytes: at + n, whole: true },
                Some(n) => at += n + 1,
                None if ended => return End::At { bytes: bytes.len(), whole: false },
                None => return End::More,
            }
            continue;
        }
        at = open + 1;
        let mut crossed = false;
        loop {
            let found = memchr::memchr2(b'"', b'\n', &bytes[at..]).map(|n| at + n);
            let Some(found) = found.filter(|found| *found <= LONGEST_QUOTED_BYTES) else {
                return match found {
                    None if bytes.len() <= LONGEST_QUOTED_BYTES && ended => End::Open,
                    None if bytes.len() <= LONGEST_QUOTED_BYTES => End::More,
                    _ => End::Unclosed,
                };
            };
            at = found + 1;
            if bytes[found] == b'\n' {
                crossed = true;
                match memchr::memchr(b'\n', &bytes[at..]) {
                    Some(n) if is_row(&bytes[at..at + n]) => return End::Unclosed,
                    Some(_) => {}
                    None if ended => {
                        if is_row(&bytes[at..]) {
                            return End::Unclosed;
                        }
                    }
                    None if bytes.len() - at > super::lines::LONGEST_LINE_BYTES => {}
                    None => return End::More,
                }
                continue;
            }
            match after_quote(&bytes[at..], delimiter, ended) {
                Some(AfterQuote::Quote) => at += 1,
                Some(AfterQuote::CellEnd(n)) => {
                    at += n;
                    break;
                }
                // An inch mark in a quoted cell is taken as it stands, but not when the cell
                // began on another line: then it is more likely that cell which is broken.
                Some(AfterQuote::Text) if !crossed => {}
                Some(AfterQuote::Text) => return End::Unclosed,
                None => return End::More,
            }
        }
        match bytes.get(at) {
            Some(byte) if *byte == delimiter => at += 1,
            Some(b'\n') => return End::At { bytes: at, whole: true },
            Some(_) => at += 1,
            None if ended => return End::At { bytes: at, whole: false },
            None => return End::More,
        }
    }
}

/// Spaces before a quote belong to neither cell nor quote.
fn leading_spaces(bytes: &[u8], delimiter: u8) -> usize {
    bytes.iter().take_while(|byte| **byte == b' ' && **byte != delimiter).count()
}

enum AfterQuote {
    /// Another quote: together they stand for one.
    Quote,
    /// The cell's end, after so many spaces.
    CellEnd(usize),
    /// Anything else.
    Text,
}

/// What a quote within a quoted cell means by what follows it; `None` when that is not there.
fn after_quote(bytes: &[u8], delimiter: u8, ended: bool) -> Option<AfterQuote> {
    if bytes.first() == Some(&b'"') {
        return Some(AfterQuote::Quote);
    }
    let spaces = bytes.iter().take_while(|byte| **byte == b' ' || **byte == b'\r').count();
    match bytes.get(spaces) {
        Some(b'\n') => Some(AfterQuote::CellEnd(spaces)),
        Some(byte) if *byte == delimiter => Some(AfterQuote::CellEnd(spaces)),
        Some(_) => Some(AfterQuote::Text),
        None if ended => Some(AfterQuote::CellEnd(spaces)),
        None => None,
    }
}

/// True when one line alone has the header's width, sound quotes and a readable date.
fn reads_as_row(
    line: &[u8],
    delimiter: u8,
    width: usize,
    spare: &mut Cells,
    filler: &Filler,
) -> bool {
    let Ok(text) = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)) else {
        // Its delimiters tell enough; the date cannot be read without the encoding.
        return width > 2 && memchr::memchr_iter(delimiter, line).count() + 1 == width;
    };
    spare.clear();
    split_quoted(text, delimiter, spare) && spare.spans.len() == width && filler.is_row(spare)
}

/// Cuts a record without quotes at its delimiters, eight bytes at a time.
#[inline]
pub(crate) fn split(text: &str, delimiter: u8, spans: &mut Vec<(u32, u32)>) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let pattern = u64::from_ne_bytes([delimiter; 8]);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let (mut from, mut at) = (0u32, 0u32);
    for word in words {
        // The high bit of each byte that is the delimiter; no carry leaves its byte.
        let other = u64::from_le_bytes(*word) ^ pattern;
        let mut hits = !(((other & LOW) + LOW) | other | LOW);
        while hits != 0 {
            let hit = at + hits.trailing_zeros() / 8;
            spans.push((from, hit));
            from = hit + 1;
            hits &= hits - 1;
        }
        at += 8;
    }
    for byte in rest {
        if *byte == delimiter {
            spans.push((from, at));
            from = at + 1;
        }
        at += 1;
    }
    spans.push((from, at));
}

/// Cuts a record with quotes and takes the quotes off; false when they were not sound.
pub(crate) fn split_quoted(text: &str, delimiter: u8, cells: &mut Cells) -> bool {
    cells.clear();
    let bytes = text.as_bytes();
    let mut sound = true;
    let mut at = 0;
    loop {
        let from = cells.text.len() as u32;
        let open = at + leading_spaces(&bytes[at..], delimiter);
        if bytes.get(open) == Some(&b'"') {
            at = open + 1;
            loop {
                let Some(n) = memchr::memchr(b'"', &bytes[at..]) else {
                    cells.text.push_str(&text[at..]);
                    at = bytes.len();
                    sound = false;
                    break;
                };
                cells.text.push_str(&text[at..at + n]);
                at += n + 1;
                match after_quote(&bytes[at..], delimiter, true) {
                    Some(AfterQuote::Quote) => {
                        cells.text.push('"');
                        at += 1;
                    }
                    Some(AfterQuote::CellEnd(spaces)) => {
                        at += spaces;
                        break;
                    }
                    Some(AfterQuote::Text) | None => {
                        cells.text.push('"');
                        sound = false;
                    }
                }
            }
        } else {
            let end = memchr::memchr(delimiter, &bytes[at..]).map_or(bytes.len(), |n| at + n);
            sound &= !text[at..end].contains('"');
            cells.text.push_str(&text[at..end]);
            at = end;
        }
        cells.spans.push((from, cells.text.len() as u32));
        match bytes.get(at) {
            Some(_) => at += 1,
            None => return sound,
        }
    }
}

/// The delimiter of a header: the commonest outside quotes, the comma when none is there.
pub(crate) fn delimiter_of(header: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == *delimiter);
        }
    }
    let mut best = counts[0];
    for other in &counts[1..] {
        if other.1 > best.1 {
            best = *other;
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> (Vec<String>, bool) {
        let mut cells = Cells::default();
        let sound = split_quoted(text, b',', &mut cells);
        ((0..cells.spans.len()).map(|cell| cells.get(cell).to_owned()).collect(), sound)
    }

    #[test]
    fn quotes_come_off() {
        for (text, wanted, sound) in [
            ("a,\"b,c\",d", vec!["a", "b,c", "d"], true),
            ("\"a \"\"b\"\"\",c", vec!["a \"b\"", "c"], true),
            ("\"\",\"\"", vec!["", ""], true),
            ("a, \"b\" ,c", vec!["a", "b", "c"], true),
            ("\"a\nb\",c,", vec!["a\nb", "c", ""], true),
            ("5\" pipe,b", vec!["5\" pipe", "b"], false),
            ("\"5\" pipe\",b", vec!["5\" pipe", "b"], false),
            ("\"open,b", vec!["open,b"], false),
        ] {
            assert_eq!(cut(text), (wanted.into_iter().map(str::to_owned).collect(), sound));
        }
    }

    #[test]
    fn both_ways_of_cutting_agree() {
        for text in ["", ",", "a", "a,b", "abcdefgh,ijklmnop,,", ",,,,,,,,,,,,", "가,나다라마,바"]
        {
            let (mut one, mut two) = (Vec::new(), Cells::default());
            split(text, b',', &mut one);
            split_quoted(text, b',', &mut two);
            let parts: Vec<&str> =
                one.iter().map(|(from, to)| &text[*from as usize..*to as usize]).collect();
            assert_eq!(parts, text.split(',').collect::<Vec<_>>());
            assert_eq!(two.spans.len(), one.len());
        }
    }

    #[test]
    fn a_quote_is_followed_to_its_end_and_no_further() {
        let end = |text: &str, ended| {
            let mut three = |line: &[u8]| line.split(|byte| *byte == b',').count() == 3;
            end_of_quoted(text.as_bytes(), b',', ended, &mut three)
        };
        assert_eq!(end("\"a\nb\",c\nd", false), End::At { bytes: 7, whole: true });
        assert_eq!(end("x,\"a\"", true), End::At { bytes: 5, whole: false });
        assert_eq!(end("x,\"a\"", false), End::More);
        assert_eq!(end("x,\"a", true), End::Open);
        assert_eq!(end("x,\"a\n1,2,3\n", false), End::Unclosed);
        assert_eq!(end("x,\"a\n1,\"b\",2,4\n", true), End::Unclosed);
        assert_eq!(end(&format!("\"{}", "a\n".repeat(40_000)), false), End::Unclosed);
        let nul = format!("\"{}", "a".repeat(LONGEST_QUOTED_BYTES + 1));
        assert_eq!(end(&nul, false), End::Unclosed);
    }

    #[test]
    fn the_commonest_mark_outside_quotes_cuts() {
        for (header, wanted) in
            [("a,b", b','), ("a;b;\"c,d,e\"", b';'), ("a\tb", b'\t'), ("a|b", b'|'), ("a", b',')]
        {
            assert_eq!(delimiter_of(header), wanted);
        }
    }
}
