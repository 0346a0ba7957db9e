//! Small tables that people write themselves: a header and rows, in whatever character set and with
//! whatever separator their program chose. Lists, names to screen and pairs to compare are all read
//! here, so that a file that one verb takes is taken by each. Large tables of declarations are
//! read in batches by `table/`.

use std::borrow::Cow;

use csv::StringRecord;
use targeting::consignment::{Defect, DefectKind};

use crate::message::defect;
use crate::message::text::decode_document;

/// A quoted cell that goes on for longer than this was never closed.
const LONGEST_QUOTED_BYTES: usize = 64 * 1024;
/// From so many columns on, a line within a quoted cell that has as many is a row of its own.
const TELLING_COLUMNS: usize = 4;

/// What people call the column of a name, in lower case.
pub const NAME_COLUMNS: [&str; 8] =
    ["name", "caption", "full_name", "listed_name", "이름", "성명", "명칭", "상호"];
/// What people call the column that says what a row is, in lower case.
pub const KIND_COLUMNS: [&str; 7] =
    ["kind", "schema", "type", "entity_type", "종류", "구분", "유형"];
/// What people call the column of a row's own number, in lower case.
pub const REFERENCE_COLUMNS: [&str; 7] =
    ["reference", "id", "uid", "number", "번호", "식별번호", "관리번호"];

/// A table with a header, as text.
#[derive(Debug, Clone)]
pub struct PlainTable {
    text: String,
    delimiter: u8,
    head: StringRecord,
    defects: Vec<Defect>,
}

impl PlainTable {
    /// Reads a table in UTF-8, UTF-16 with its mark, CP949 or windows-1252, whose cells stand apart
    /// by commas, semicolons or tabs.
    ///
    /// # Errors
    /// A sentence, when there is no header.
    pub fn read(bytes: &[u8]) -> Result<PlainTable, String> {
        let (text, _) = decode_document(bytes, None);
        PlainTable::of(&text)
    }

    pub(crate) fn of(text: &str) -> Result<PlainTable, String> {
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let delimiter = delimiter(first);
        let width = first.split(char::from(delimiter)).count();
        let (text, defects) = mended(text, delimiter, width);
        let mut table =
            PlainTable { text: text.into_owned(), delimiter, head: StringRecord::new(), defects };
        let head = table.records().next().map(|(_, head)| head);
        match head {
            Some(head) if head.iter().any(|cell| !cell.trim().is_empty()) => table.head = head,
            _ => return Err("the table is empty: its first line names the columns".to_owned()),
        }
        Ok(table)
    }

    /// The header as it is written.
    pub fn head(&self) -> &StringRecord {
        &self.head
    }

    /// Where the first column of one of these names stands; names are in lower case, the header may
    /// be in any.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        self.head.iter().position(|cell| names.contains(&cell.trim().to_lowercase().as_str()))
    }

    /// Lines that could not be read as rows and are left out.
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// The rows beneath the header with their lines, from 1; empty lines are none.
    pub fn rows(&self) -> impl Iterator<Item = (u64, StringRecord)> {
        self.records().skip(1)
    }

    /// Whether the last line lacks its end.
    pub(crate) fn ends_open(&self) -> bool {
        !self.text.ends_with(['\n', '\r'])
    }

    fn records(&self) -> impl Iterator<Item = (u64, StringRecord)> {
        let reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .delimiter(self.delimiter)
            .from_reader(self.text.as_bytes());
        let text = self.text.as_bytes();
        let (mut line, mut counted) = (1u64, 0usize);
        reader.into_records().filter_map(Result::ok).map(move |record| {
            // Empty lines before a row count for its position.
            let mut at = record.position().map_or(counted, |position| position.byte() as usize);
            while matches!(text.get(at), Some(b'\n' | b'\r')) {
                at += 1;
            }
            line += memchr::memchr_iter(b'\n', &text[counted..at]).count() as u64;
            counted = at;
            (line, record)
        })
    }
}

/// A document as text: in UTF-8, UTF-16 with its mark, CP949 or windows-1252.
pub fn text_of(bytes: &[u8]) -> String {
    decode_document(bytes, None).0.into_owned()
}

/// What stands between cells, by the first line.
pub fn delimiter(head: &str) -> u8 {
    let count = |sign: char| head.matches(sign).count();
    match () {
        () if count('\t') > count(',') => b'\t',
        () if count(';') > count(',') => b';',
        () => b',',
    }
}

/// The text without lines in which a quote opens and never closes: such a quote would swallow the
/// lines beneath. Their ends are kept, so that every line keeps its number.
fn mended(text: &str, delimiter: u8, width: usize) -> (Cow<'_, str>, Vec<Defect>) {
    let bytes = text.as_bytes();
    let (mut at, mut line, mut begun) = (0usize, 1u64, (0usize, 1u64));
    let (mut kept, mut from, mut defects) = (String::new(), 0usize, Vec::new());
    let mut opens = true;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => {
                (at, line, opens) = (at + 1, line + 1, true);
                begun = (at, line);
            }
            b'"' if opens => {
                if let Some(end) = closed(bytes, at, delimiter, width) {
                    line += memchr::memchr_iter(b'\n', &bytes[at..end]).count() as u64;
                    (at, opens) = (end, false);
                    continue;
                }
                let end = memchr::memchr(b'\n', &bytes[at..]).map(|length| at + length);
                let found = &bytes[begun.0..end.unwrap_or(bytes.len())];
                let (kind, reason) = match end {
                    Some(_) => (
                        DefectKind::Unreadable,
                        "a quote opens here and is not closed: the line is left out",
                    ),
                    None => (DefectKind::Truncated, "the file ends within a quoted cell"),
                };
                defects.push(defect(begun.1, "", kind, reason, found));
                kept.push_str(&text[from..begun.0]);
                // A cell may have gone over several lines before this one.
                kept.extend(std::iter::repeat_n('\n', (line - begun.1) as usize));
                at = end.unwrap_or(bytes.len());
                from = at;
            }
            sign => {
                opens = sign == delimiter;
                at += 1;
            }
        }
    }
    if defects.is_empty() {
        return (Cow::Borrowed(text), defects);
    }
    kept.push_str(&text[from..]);
    (Cow::Owned(kept), defects)
}

/// The place behind the quote that closes the one at `open`; none when it swallows lines that are
/// not its own.
fn closed(bytes: &[u8], open: usize, delimiter: u8, width: usize) -> Option<usize> {
    let reach = &bytes[..bytes.len().min(open + LONGEST_QUOTED_BYTES)];
    let mut from = open + 1;
    loop {
        let close = from + memchr::memchr(b'"', reach.get(from..)?)?;
        if bytes.get(close + 1) == Some(&b'"') {
            from = close + 2;
            continue;
        }
        let inside = &bytes[open + 1..close];
        let ends = bytes
            .get(close + 1)
            .is_none_or(|sign| matches!(sign, b'\n' | b'\r') || *sign == delimiter);
        let mut lines = inside.split(|sign| *sign == b'\n').skip(1);
        let swallows = match ends {
            false => lines.next().is_some(),
            true => {
                width >= TELLING_COLUMNS
                    && lines.any(|one| memchr::memchr_iter(delimiter, one).count() + 1 >= width)
            }
        };
        return (!swallows).then_some(close + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], rows: &[(u64, &str)], defects: &[u64]) {
        let table = PlainTable::read(bytes).unwrap();
        let read: Vec<(u64, String)> = table
            .rows()
            .map(|(line, row)| (line, row.iter().collect::<Vec<_>>().join("|")))
            .collect();
        let read: Vec<(u64, &str)> = read.iter().map(|(line, row)| (*line, row.as_str())).collect();
        assert_eq!(read, rows);
        let lines: Vec<u64> = table.defects().iter().map(|one| one.line).collect();
        assert_eq!(lines, defects);
    }

    #[test]
    fn a_table_is_read_in_each_character_set_and_with_each_separator() {
        let text = "\u{feff}이름;종류\r\n김철수;사람\r\n\r\n한빛;단체\r\n";
        let rows = [(2, "김철수|사람"), (4, "한빛|단체")];
        check(text.as_bytes(), &rows, &[]);
        let (korean, ..) = encoding_rs::EUC_KR.encode(text.trim_start_matches('\u{feff}'));
        check(&korean, &rows, &[]);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide, &rows, &[]);
        check(text.replace(';', "\t").as_bytes(), &rows, &[]);
        assert!(PlainTable::read(b"").is_err() && PlainTable::read(b"\n , \n").is_err());
    }

    #[test]
    fn a_quote_that_is_not_closed_loses_its_own_line_alone() {
        check(b"a,b\n1,\"x\n2,\"y\"\n3,z\n", &[(3, "2|y"), (4, "3|z")], &[2]);
        check(b"a,b\n1,x\n2,\"y", &[(2, "1|x")], &[3]);
        check(b"a,b\n\"1\n2\",\"y\n3,z\n", &[(4, "3|z")], &[2]);
        check(b"a,b,c,d\n1,\"x,2,3\n4,5,6,7\"\n8,,,\n", &[(3, "4|5|6|7\""), (4, "8|||")], &[2]);
        // A quoted cell of two lines, and quotes that open nothing.
        check(
            b"a,b\n1,\"x\ny\"\n2,6\" pipe\n\"3\" x,\n",
            &[(2, "1|x\ny"), (4, "2|6\" pipe"), (5, "3 x|")],
            &[],
        );
    }
}
