//! Tells what a stream of bytes is before anything is read from it: format, compression and
//! encoding. Content decides; the name of the file is asked only where content leaves a doubt.
//! Taking the compression off is the work of `unpack.rs`, reading that of `table/`.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::EUC_KR;

use crate::message::begins_forms;
use crate::recoded::{Recoded, wide_of};
use crate::unpack::Unpack;

/// How many first bytes are enough to recognise a stream.
pub const HEAD_BYTES: usize = 64 * 1024;

/// What the bytes are, once unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines of text with a delimiter, the first of them a header.
    Csv,
    /// A JSON object on each line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
    /// UN/EDIFACT interchanges (ISO 9735), whole or damaged.
    Edifact,
    /// ANSI ASC X12 interchanges.
    X12,
    /// Cargo-IMP messages of the air: lines that begin with `FWB/16` and the like.
    CargoImp,
    /// XML documents.
    Xml,
    /// Postal customs forms (CN22, CN23) as JSON.
    Postal,
    /// None of these.
    Unknown,
}

/// How the bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// Gzip (RFC 1952), of one or more members.
    Gzip,
    /// Zstandard (RFC 8878), of one or more frames.
    Zstd,
}

/// How text is written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Nothing but ASCII so far: the first other character decides.
    Ascii,
    /// UTF-8.
    Utf8,
    /// CP949, which holds EUC-KR (the WHATWG encoding `euc-kr`).
    Cp949,
    /// UTF-16, which is recognised to be refused with a sentence.
    Utf16,
}

impl Format {
    /// The word that files, tables and the API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
            Format::Parquet => "parquet",
            Format::Edifact => "edifact",
            Format::X12 => "x12",
            Format::CargoImp => "cargo-imp",
            Format::Xml => "xml",
            Format::Postal => "postal",
            Format::Unknown => "unknown",
        }
    }

    /// True for formats of trade messages, which [`crate::Messages`] reads; tables are read by
    /// [`crate::Table`].
    pub fn is_message(self) -> bool {
        match self {
            Format::Edifact | Format::X12 | Format::CargoImp | Format::Xml | Format::Postal => true,
            Format::Csv | Format::Ndjson | Format::Parquet | Format::Unknown => false,
        }
    }
}

impl serde::Serialize for Format {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// What [`recognise`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    /// What the unpacked bytes are.
    pub format: Format,
    /// How they are packed.
    pub compression: Compression,
    /// How their text is written.
    pub encoding: Encoding,
}

/// Recognises a stream by its first bytes; [`HEAD_BYTES`] of them are enough, fewer are taken
/// as the whole stream. `name_hint` is the file's name, or empty.
pub fn recognise(first_bytes: &[u8], name_hint: &str) -> Recognised {
    let compression = compression_of(first_bytes);
    let unpacked = match compression {
        Compression::Plain => first_bytes.to_vec(),
        Compression::Gzip | Compression::Zstd => {
            let mut head = Vec::new();
            // The head is cut off somewhere, so an error after some bytes is the usual end.
            if let Ok(unpack) = Unpack::new(first_bytes, compression) {
                let _cut = unpack.take(HEAD_BYTES as u64).read_to_end(&mut head);
            }
            head
        }
    };
    let encoding = encoding_of(&unpacked);
    // Messages are read in any set; tables say themselves which they are not read in.
    let recoded = wide_of(&unpacked).map(|wide| {
        let mut head = Vec::new();
        // Bytes in memory do not fail.
        let _cut = Recoded::new(&unpacked[..], wide).read_to_end(&mut head);
        format_of(&head, Encoding::Utf8, name_hint)
    });
    let format = match recoded.filter(|format| format.is_message()) {
        Some(format) => format,
        None => format_of(&unpacked, encoding, name_hint),
    };
    Recognised { format, compression, encoding }
}

/// The compression that the magic bytes tell.
pub(crate) fn compression_of(first_bytes: &[u8]) -> Compression {
    match first_bytes {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
        _ => Compression::Plain,
    }
}

pub(crate) fn format_of(head: &[u8], encoding: Encoding, name_hint: &str) -> Format {
    if head.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let name = name_hint.to_ascii_lowercase();
    let named = |endings: &[&str]| endings.iter().any(|ending| name.contains(ending));
    // Terminators may stand before the first segment.
    let segments = text.trim_ascii_start();
    let segments = match segments.iter().position(|b| *b != b'\'' && !b.is_ascii_whitespace()) {
        Some(start) => &segments[start..],
        None => segments,
    };
    match text.first() {
        Some(b'{' | b'[') if is_postal(text) => Format::Postal,
        Some(b'{') => Format::Ndjson,
        Some(b'<') if !named(&[".csv", ".tsv"]) => Format::Xml,
        // A JSON array of something else.
        Some(b'[') if !named(&[".csv", ".tsv"]) => Format::Unknown,
        None if named(&[".ndjson", ".jsonl"]) => Format::Ndjson,
        _ if is_utf16_xml(head) => Format::Xml,
        _ if begins_edifact(segments) => Format::Edifact,
        _ if begins_x12(segments) => Format::X12,
        _ if has_cargo_imp(text) => Format::CargoImp,
        _ if has_segments(text) => Format::Edifact,
        // Text has no zero bytes, except UTF-16, whose readers get a sentence of their own.
        _ if encoding != Encoding::Utf16 && memchr::memchr(0, head).is_some() => Format::Unknown,
        _ => Format::Csv,
    }
}

fn is_utf16_xml(head: &[u8]) -> bool {
    head.starts_with(b"\xff\xfe<\0") || head.starts_with(b"\xfe\xff\0<")
}

/// A postal form names a sender, an addressee, and pieces or an item number, under whatever names.
fn is_postal(text: &[u8]) -> bool {
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    if has("\"addressee\"") && (has("\"pieces\"") || has("\"item\"") || has("\"sender\"")) {
        return true;
    }
    let text = match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        // A head may be cut in the middle of a character.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(text),
        Err(_) => EUC_KR.decode_without_bom_handling(text).0,
    };
    begins_forms(&text, text.starts_with('['))
}

fn begins_edifact(text: &[u8]) -> bool {
    let begins = |tag: &[u8]| text.len() > 3 && text[..3].eq_ignore_ascii_case(tag);
    let separated = text.get(3).is_some_and(|byte| !byte.is_ascii_alphanumeric());
    begins(b"UNA") || (separated && [&b"UNB"[..], b"UNH", b"UNG"].iter().any(|tag| begins(tag)))
}

/// Three known segments in a row are an interchange whose head was cut off.
fn has_segments(text: &[u8]) -> bool {
    const TAGS: [&str; 18] = [
        "UNB+", "UNH+", "UNT+", "UNZ+", "BGM+", "DTM+", "NAD+", "LOC+", "RFF+", "EQD+", "MEA+",
        "FTX+", "GID+", "CNI+", "TDT+", "SEL+", "CNT+", "SGP+",
    ];
    let known = text
        .split(|byte| *byte == b'\'')
        .take(400)
        .filter(|segment| {
            let segment = segment.trim_ascii_start();
            TAGS.iter().any(|tag| segment.starts_with(tag.as_bytes()))
        })
        .count();
    known >= 3
}

fn begins_x12(text: &[u8]) -> bool {
    let separated = |tag: &[u8]| {
        text.starts_with(tag) && text.get(tag.len()).is_some_and(|b| !b.is_ascii_alphanumeric())
    };
    let set = || text.get(3..6).is_some_and(|number| number.iter().all(u8::is_ascii_digit));
    separated(b"ISA") || (separated(b"GS") && text.len() > 20) || (separated(b"ST") && set())
}

/// A line that begins a message of the air, at the start or behind a wrapper's few lines.
fn has_cargo_imp(text: &[u8]) -> bool {
    let begins = |line: &[u8]| {
        is_cargo_imp(line) || (line.len() < 10 && is_cargo_imp(&line.to_ascii_uppercase()))
    };
    text.split(|byte| matches!(byte, b'\n' | b'\r')).take(60).any(begins)
}

/// Whether a line begins a Cargo-IMP message: `FWB/16` and the like.
pub(crate) fn is_cargo_imp(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\x02").unwrap_or(line).trim_ascii();
    let line = line.strip_prefix(b"=").unwrap_or(line);
    match line {
        [b'F', b'F', b'M', b'/', rest @ ..]
        | [b'F', b'W', b'B', b'/', rest @ ..]
        | [b'F', b'H', b'L', b'/', rest @ ..] => {
            matches!(rest.len(), 1 | 2) && rest.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// The encoding by the majority of those lines that are not plain ASCII, since one damaged
/// line must not decide for a file.
pub(crate) fn encoding_of(head: &[u8]) -> Encoding {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Encoding::Utf16,
        _ => {}
    }
    // The last line of a head may be cut in the middle of a character.
    let whole = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
    let (mut utf8, mut cp949) = (0u32, 0u32);
    for line in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        if std::str::from_utf8(line).is_ok() {
            utf8 += 1;
        } else if EUC_KR.decode_without_bom_handling_and_without_replacement(line).is_some() {
            cp949 += 1;
        }
    }
    match (utf8, cp949) {
        (0, 0) => Encoding::Ascii,
        _ if utf8 >= cp949 => Encoding::Utf8,
        _ => Encoding::Cp949,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let cases: [(&[u8], &str, Format, Encoding); 9] = [
            (b"a,b\n1,2\n", "", Format::Csv, Encoding::Ascii),
            (b"\xef\xbb\xbfa;b\n", "x.txt", Format::Csv, Encoding::Utf8),
            (b"{\"a\":1}\n", "x.csv", Format::Ndjson, Encoding::Ascii),
            (b"PAR1....", "x.csv", Format::Parquet, Encoding::Ascii),
            (b"[{\"a\":1}]", "x.json", Format::Unknown, Encoding::Ascii),
            (b"<xml/>", "", Format::Xml, Encoding::Ascii),
            (b"UNB+UNOA:1", "", Format::Edifact, Encoding::Ascii),
            (b"\xff\xfea\0,\0b\0", "", Format::Csv, Encoding::Utf16),
            ("이름,값\n".as_bytes(), "", Format::Csv, Encoding::Utf8),
        ];
        for (bytes, name, format, encoding) in cases {
            let found = recognise(bytes, name);
            assert_eq!((found.format, found.encoding), (format, encoding), "{bytes:?}");
            assert_eq!(found.compression, Compression::Plain);
        }
        let (korean, ..) = EUC_KR.encode("이름,값\n홍길동,1\n");
        assert_eq!(recognise(&korean, "").encoding, Encoding::Cp949);
    }

    #[test]
    fn one_damaged_line_does_not_decide_for_the_file() {
        let mut bytes = "이름\n값\n".repeat(3).into_bytes();
        bytes.extend_from_slice(b"\xb0\xa1\n");
        assert_eq!(recognise(&bytes, "").encoding, Encoding::Utf8);
    }

    #[test]
    fn what_is_packed_is_looked_into() {
        let packed = zstd::encode_all(&b"{\"a\":1}\n"[..], 1).unwrap();
        let found = recognise(&packed, "x");
        assert_eq!((found.format, found.compression), (Format::Ndjson, Compression::Zstd));
    }
}
