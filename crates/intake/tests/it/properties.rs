//! What holds whatever the bytes: nothing panics, no line is lost, and neither the pieces in
//! which a stream arrives nor the size of the batches change what is read.

use std::io;

use intake::{Batch, Mapping, Table, TableOptions, recognise};
use proptest::prelude::*;

use crate::{collect, files, read};

fn options() -> TableOptions {
    let mapping = Mapping::parse(
        "name = \"any\"\n[fields]\nreference = \"a\"\narrived_on = \"b\"\n\
         office = { constant = \"30\" }\ngoods.net_mass = \"c\"\ntransport = \"d\"\n",
    );
    TableOptions { mapping: Some(mapping.unwrap()), ..TableOptions::default() }
}

/// Gives at most so many bytes at a time.
struct Pieces<'b> {
    bytes: &'b [u8],
    piece: usize,
}

impl io::Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.piece.min(to.len());
        self.bytes.read(&mut to[..n])
    }
}

/// Lines that are sound, nearly sound, or nothing of the kind.
fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => "[0-9]{1,6},20(19|20|21)-0[1-9]-[0-3][0-9],[0-9]{1,4}(\\.[0-9])?,(sea|air|x)?"
            .prop_map(String::into_bytes),
        2 => "[0-9]{1,3},2021-04-05,\"[a-z\", \n]{0,12}\",(sea)?".prop_map(String::into_bytes),
        2 => "[a-c0-9\", ;\t]{0,30}".prop_map(String::into_bytes),
        1 => "[가-힣]{1,4},2021-04-05,1,".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => Just(b"\r".to_vec()),
    ]
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    (proptest::collection::vec(line(), 0..40), any::<bool>()).prop_map(|(lines, ended)| {
        let mut bytes = b"a,b,c,d\n".to_vec();
        bytes.extend(lines.join(&b'\n'));
        if ended {
            bytes.push(b'\n');
        }
        bytes
    })
}

fn rejections(batch: &Batch) -> usize {
    batch.defects.iter().filter(|defect| defect.kind.rejects()).count()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        recognise(&bytes, "x");
        let _refused = read(&bytes, "x", &options());
        let starts: [&[u8]; 5] =
            [b"a,b,c,d\n", b"{\"a\":1,", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PAR1"];
        for prefix in starts {
            let _refused = read(&[prefix, &bytes].concat(), "x", &options());
        }
        let _refused = Mapping::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn every_line_without_quotes_is_a_row_or_a_rejection(bytes in file()) {
        let bytes: Vec<u8> = bytes.into_iter().filter(|byte| *byte != b'"').collect();
        let Ok(batch) = read(&bytes, "x.csv", &options()) else {
            // Zero bytes in a short file are a reason to refuse it whole.
            prop_assert!(bytes.contains(&0));
            return Ok(());
        };
        let blank = |line: &[u8]| {
            // Blank to a reader of text: spaces of any alphabet, and delimiters.
            std::str::from_utf8(line)
                .is_ok_and(|line| line.chars().all(|c| c == ',' || c.is_whitespace()))
        };
        let lines = bytes.split(|byte| *byte == b'\n').skip(1).filter(|line| !blank(line)).count();
        prop_assert_eq!(batch.rows.len() + rejections(&batch), lines, "{:?}", batch);
    }

    #[test]
    fn lines_rise_and_sound_lines_after_a_broken_quote_are_kept(bytes in file()) {
        let sound = b"\n77,2021-04-05,1,sea\n78,2021-04-05,1,air\n";
        let bytes = [&bytes[..], sound].concat();
        let Ok(batch) = read(&bytes, "x.csv", &options()) else {
            prop_assert!(bytes.contains(&0));
            return Ok(());
        };
        let mut lines: Vec<u64> = batch.rows.iter().map(|row| row.line).collect();
        lines.extend(batch.defects.iter().filter(|d| d.kind.rejects()).map(|d| d.line));
        let records = lines.len();
        lines.sort_unstable();
        lines.dedup();
        prop_assert_eq!(lines.len(), records, "two records on one line");
        prop_assert!(batch.rows.is_sorted_by_key(|row| row.line));
        let kept: Vec<&str> =
            batch.rows.iter().rev().take(2).map(|row| row.consignment.reference.as_str()).collect();
        prop_assert_eq!(kept, ["78", "77"]);
    }

    #[test]
    fn pieces_and_batches_change_nothing(
        bytes in file(),
        piece in 1usize..50,
        batch_rows in 1usize..9,
    ) {
        let whole = read(&bytes, "x.csv", &options());
        let options = TableOptions { batch_rows, ..options() };
        let pieces = Pieces { bytes: &bytes, piece };
        let split = Table::open(pieces, "x.csv", &options)
            .map_err(|error| error.to_string())
            .and_then(collect);
        prop_assert_eq!(&split, &whole);
        if let Ok(table) = Table::open(&bytes[..], "x.csv", &options) {
            for batch in table {
                let batch = batch.unwrap();
                prop_assert!(batch.rows.len() + rejections(&batch) <= batch_rows);
            }
        }
    }

    #[test]
    fn a_damaged_parquet_file_is_read_or_refused(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = files::parquet_file(40);
        for (at, byte) in damage {
            *at.get_mut(&mut bytes) = byte;
        }
        if let Ok(batch) = read(&bytes, "x", &files::options()) {
            prop_assert!(batch.rows.len() <= 40);
        }
    }

    #[test]
    fn objects_are_rows_or_rejections(
        lines in proptest::collection::vec(
            "(\\{\"a\":\"[a-z\\\\\"]{0,4}\",\"b\":\"2021-04-05\"\\}|[{}\",:a1]{1,9})",
            1..20,
        )
    ) {
        let text = format!("{{\"a\":1}}\n{}\n", lines.join("\n"));
        let batch = read(text.as_bytes(), "x.ndjson", &options()).unwrap();
        prop_assert_eq!(batch.rows.len() + rejections(&batch), lines.len() + 1);
    }
}
