//! What holds for trade messages whatever the bytes: nothing panics or hangs, the pieces in which
//! a stream arrives change nothing, and damage in one place loses nothing elsewhere.

use std::io;
use std::path::Path;

use intake::{MessageBatch, segments};
use proptest::prelude::*;

use crate::post::{options, read, understood};

/// Gives at most so many bytes at a time.
pub struct Pieces<'b> {
    pub bytes: &'b [u8],
    pub piece: usize,
}

impl io::Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.piece.min(to.len());
        self.bytes.read(&mut to[..n])
    }
}

/// Our own messages, of all formats.
pub fn corpus() -> Vec<Vec<u8>> {
    messages_of(None)
}

/// Our own messages, of the formats of one reader or of all.
pub fn messages_of(reader: Option<&str>) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let mut found = Vec::new();
    let kinds = ["edifact", "cargo_imp", "xml", "x12", "postal"];
    for kind in kinds.into_iter().filter(|kind| reader.is_none_or(|one| one == *kind)) {
        for entry in std::fs::read_dir(folder.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "understood") {
                found.push(std::fs::read(path).unwrap());
            }
        }
    }
    found
}

fn all(bytes: &[u8]) -> Result<MessageBatch, String> {
    read(bytes, "", &options())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let starts: [&[u8]; 12] = [
            b"", b"UNB+UNOC:3+A+B+1+1'UNH+1+CUSCAR:D:95B:UN'", b"UNA:+.? '", b"UNA",
            b"UNB\x1d", b"ISA*00*", b"ST*309*1~M10*", b"FFM/8\n1/", b"FWB/16\n180-",
            b"<Declaration><", b"<Waybill ", b"{\"addressee\":{},\"item\":",
        ];
        for start in starts {
            let _read = all(&[start, &bytes].concat());
        }
    }

    #[test]
    fn marks_in_any_order_are_read_or_refused(
        parts in proptest::collection::vec(
            prop::sample::select(vec![
                "UNB+UNOC:3", "UNH+1+BAPLIE:D:95B:UN", "UNT+1+1", "UNZ+1+1", "CNI+1+A", "RFF+BM:A",
                "NAD+CN+++A", "EQD+CN+ABCD1234567", "LOC+147+1", "GID+1+1", "FTX+AAA+++A", "MEA+WT",
                "'", "''", "?", "??'", "\n", "+", ":", "SEL+", "DTM+137:20261125:102", "UNA:+.? '",
                "TDT+20", "CNT+7:1", "SGP+X+1", "MOA+134:1", "\u{feff}", "가",
            ]),
            0..60,
        ),
        separator in prop::sample::select(vec!["'", "", "'\r\n"]),
    ) {
        let bytes = parts.join(separator).into_bytes();
        let _read = all(&[b"UNB+UNOA:1'", &bytes[..]].concat());
        let _read = all(&bytes);
    }

    #[test]
    fn pieces_change_nothing(n in any::<prop::sample::Index>(), piece in 1usize..40) {
        let corpus = corpus();
        let bytes = n.get(&corpus);
        let pieces = Pieces { bytes, piece };
        prop_assert_eq!(understood(&read(pieces, "", &options())), understood(&all(bytes)));
    }

    #[test]
    fn damage_is_read_past(
        n in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let corpus = corpus();
        let mut bytes = n.get(&corpus).clone();
        for (at, byte) in damage {
            *at.get_mut(&mut bytes) = byte;
        }
        let _read = all(&bytes);
        let at = cut.index(bytes.len());
        let _read = all(&bytes[..at]);
        let _read = all(&bytes[at..]);
    }

    #[test]
    fn damage_in_one_bill_loses_no_other(
        noise in "[A-Z0-9+:?'\u{1}é ]{0,30}",
        bills in 1usize..20,
        at in any::<prop::sample::Index>(),
    ) {
        let bill = |n: usize| format!("CNI+{n}+BL{n:05}'RFF+BM:BL{n:05}'GID+1+{n}:CT'");
        let mut parts: Vec<String> = (0..bills).map(bill).collect();
        // The noise stands between two bills and ends; a release sign must not take the mark.
        parts.insert(at.index(bills), format!("\u{1}{noise}\u{1}'"));
        let text = format!("UNB+UNOY:3+A+B+261125:0910+1'UNH+1+CUSCAR:D:95B:UN'{}", parts.concat());
        let batch = all(text.as_bytes()).unwrap();
        for n in 0..bills {
            let number = format!("BL{n:05}");
            prop_assert!(
                batch.rows.iter().any(|row| row.consignment.documents.master_bill == number),
                "{number} is lost"
            );
        }
    }

    #[test]
    fn every_byte_is_in_a_segment_or_between(text in "[A-Z0-9+:?'\r\n ]{0,200}") {
        let bytes = text.as_bytes();
        let mut end = 0u64;
        segments(bytes, false, true, |_, offset, segment, _| {
            assert!(offset >= end, "segments overlap");
            let between = &bytes[end as usize..offset as usize];
            let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\'';
            assert!(between.iter().all(blank), "{between:?} was lost");
            end = offset + segment.len() as u64;
        });
    }
}

/// Each of our own messages, of every format, cut in two at each of its bytes.
#[test]
fn a_cut_at_any_byte_changes_nothing() {
    use std::io::Read as _;
    for bytes in corpus() {
        let whole = understood(&all(&bytes));
        for at in 0..bytes.len() {
            let cut = bytes[..at].chain(&bytes[at..]);
            assert_eq!(understood(&read(cut, "", &options())), whole, "cut at {at}");
        }
    }
}

/// Shapes that make a careless reader take time or memory squared; the test runner's limit of
/// time is what would catch one.
#[test]
fn hostile_shapes_are_read_in_their_stride() {
    for shape in hostile_shapes() {
        let _read = all(&shape);
    }
}

pub fn hostile_shapes() -> Vec<Vec<u8>> {
    let many = |part: &str, times: usize| part.repeat(times).into_bytes();
    vec![
        [b"UNB+UNOA:1".to_vec(), many("?", 3_000_000)].concat(),
        [b"UNB+UNOA:1'".to_vec(), many("'", 300_000)].concat(),
        [b"UNB+UNOA:1'FTX+AAA+++".to_vec(), many("A\n", 2_000_000)].concat(),
        [b"UNB+UNOA:1'FTX+AAA+++A".to_vec(), many("\n", 3_000_000)].concat(),
        [b"UNH+1+CUSCAR:D'CNI+1+A'GID+1'".to_vec(), many("FTX+AAA+++WORD'", 100_000)].concat(),
        [b"UNH+1+CUSCAR:D'".to_vec(), many("EQD+CN+ABCD1234567'SGP+ABCD1234567'", 50_000)].concat(),
        [b"UNH+1+CUSCAR:D'CNI+1+A'".to_vec(), many("NAD+CZ+++A'", 200_000)].concat(),
        [b"UNH+1+IFTMIN:D'GID+1'".to_vec(), many("SGP+A1'LOC+13+KRPUS'", 100_000)].concat(),
        many("<Declaration>", 200_000),
        [b"<Declaration>".to_vec(), many("</b>", 300_000)].concat(),
        [b"<Declaration>".to_vec(), many("<a", 300_000)].concat(),
        [b"<Waybill>".to_vec(), many("<MasterConsignment><b>&x;</b>", 50_000)].concat(),
        [b"<!DOCTYPE x [".to_vec(), many("<!ENTITY a \"b\">", 100_000)].concat(),
        [b"FWB/16\n180-12345675ICNJFK/T1K1\n".to_vec(), many("/NG/A\n", 300_000)].concat(),
        [b"FHL/4\n".to_vec(), many("HBS/A/ICNJFK/1/K1\n", 50_000)].concat(),
        [b"ISA*00*".to_vec(), many("*", 2_000_000)].concat(),
        [b"{\"addressee\":{},\"pieces\":[".to_vec(), many("[", 300_000)].concat(),
        [b"{\"addressee\":1,\"pieces\":2}".to_vec(), many("\n{", 100_000)].concat(),
        [b"UNH+1+CUSCAR:D'CNI+1+A'".to_vec(), many("GID'", 1_000_000)].concat(),
        [b"UNH+1+CUSCAR:D'CNI+1+A'GID'".to_vec(), many("SGP+A'PCI+1+B'CST+1+0101'", 100_000)]
            .concat(),
        [b"UNH+1+CUSCAR:D'CNI+1+A'".to_vec(), many("RFF+X:Y'", 300_000)].concat(),
        [b"UNH+1+CODECO:D'EQD+CN+A'".to_vec(), many("SEL+123456'", 200_000)].concat(),
        [b"UNH+1+CUSCAR:D'".to_vec(), many("CNI+1+A'", 300_000)].concat(),
        [b"ST*309*1~M10*A~".to_vec(), many("LX~N10*1*A~", 100_000)].concat(),
        [b"ST*309*1~M10*A~LX~M11*B~".to_vec(), many("N10*1~", 300_000)].concat(),
        [b"FFM/8\n1/KE1/25NOV/ICN\n".to_vec(), many("180-12345675ICNJFK/T1K1\n", 50_000)].concat(),
        many("FHL/4\n", 300_000),
        [b"UNB+UNOA:1'".to_vec(), many("UNH+1+CUSCAR:D'UNT+2+1'", 100_000)].concat(),
        many("ST*309*1~SE*2*1~", 100_000),
    ]
}
