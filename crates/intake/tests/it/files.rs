//! The same table in every packing and format gives the same rows; what breaks off says so.

use std::io::{self, Write};
use std::sync::Arc;

use flate2::write::GzEncoder;
use intake::{Batch, Bytes, Format, Mapping, Table, TableOptions};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use targeting::consignment::DefectKind;

use crate::{collect, read, understood};

const MAPPING: &str = "name = \"small\"\nrecognise = [\"ref\", \"day\"]\n[fields]\n\
     reference = \"ref\"\narrived_on = \"day\"\noffice = \"office\"\ngoods.value = \"value\"\n\
     goods.net_mass = { column = \"mass\", unit = \"kg\" }\ngoods.description = \"goods\"\n\
     route.via = { column = \"via\", separator = \" \" }\n";

pub fn options() -> TableOptions {
    TableOptions { known: vec![Mapping::parse(MAPPING).unwrap()], ..TableOptions::default() }
}

fn csv(rows: u32) -> String {
    let mut text = "ref,day,office,value,mass,goods,via\n".to_owned();
    for row in 0..rows {
        let day = 1 + row % 28;
        text += &format!("{row},2021-04-{day:02},30,{row}.25,1.5,소금 \"{row}\",KRPUS SGSIN\n");
    }
    text
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

#[test]
fn packing_changes_nothing() {
    let text = csv(20_000);
    let plain = read(text.as_bytes(), "a.csv", &options()).unwrap();
    assert_eq!((plain.rows.len(), plain.defects.len()), (20_000, 0));
    // Many buffers long, so that rows lie across their edges.
    for (n, row) in plain.rows.iter().enumerate() {
        assert_eq!((row.line, row.consignment.reference.as_str()), (n as u64 + 2, &*n.to_string()));
    }
    let (one, two) = text.as_bytes().split_at(text.len() / 3);
    let members = [gzip(one), gzip(two)].concat();
    let frames = [zstd::encode_all(one, 1).unwrap(), zstd::encode_all(two, 1).unwrap()].concat();
    for packed in [gzip(text.as_bytes()), members, frames] {
        assert_eq!(read(&packed, "a", &options()).unwrap(), plain);
        let mut table = Table::open(&packed[..], "a", &options()).unwrap();
        assert_eq!(table.by_ref().count(), 20);
        assert_eq!(table.bytes_consumed(), packed.len() as u64);
    }
}

#[test]
fn a_compressed_stream_that_breaks_off_keeps_its_rows_and_says_so() {
    let text = csv(3_000);
    let plain = read(text.as_bytes(), "", &options()).unwrap();
    for packed in [gzip(text.as_bytes()), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
        let cut = &packed[..packed.len() * 9 / 10];
        let batch = read(cut, "", &options()).unwrap();
        let (n, defects) = (batch.rows.len(), &batch.defects);
        assert!(n > 0 || packed.len() < 30_000, "nothing was read");
        assert_eq!(batch.rows, plain.rows[..n]);
        assert_eq!(defects.len(), 1, "{defects:?}");
        assert_eq!((defects[0].kind, defects[0].line), (DefectKind::Truncated, n as u64 + 2));
        assert!(defects[0].reason.contains("breaks off"), "{}", defects[0].reason);
    }
}

#[test]
fn objects_line_by_line_give_the_same_rows_as_a_table() {
    let text = csv(50);
    let plain = read(text.as_bytes(), "", &options()).unwrap();
    let objects: String = (0..50)
        .map(|row| {
            let day = 1 + row % 28;
            format!(
                "{{\"value\":{row}.25,\"ref\":{row},\"day\":\"2021-04-{day:02}\",\"office\":\"30\",\
                 \"mass\":1.5,\"goods\":\"소금 \\\"{row}\\\"\",\"via\":[\"KRPUS\",\"SGSIN\"]}}\n"
            )
        })
        .collect();
    let batch = read(objects.as_bytes(), "", &options()).unwrap();
    let consignments = |batch: &Batch| -> Vec<_> {
        batch.rows.iter().map(|row| row.consignment.clone()).collect()
    };
    assert_eq!(consignments(&batch), consignments(&plain));
}

/// The table of [`csv`] as Parquet, in row groups of 1,500.
pub fn parquet_file(rows: i64) -> Vec<u8> {
    parquet_of(rows, |row| format!("소금 \"{row}\""))
}

fn parquet_of(rows: i64, goods: impl Fn(i64) -> String) -> Vec<u8> {
    let schema = "message table {
        required binary ref (STRING);
        required int32 day (DATE);
        optional binary office (STRING);
        required int64 value (DECIMAL(18,2));
        optional double mass;
        required binary goods (STRING);
        optional group via (LIST) { repeated group list { optional binary element (STRING); } }
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(parquet::basic::Compression::ZSTD(Default::default()))
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let text = |text: String| ByteArray::from(text.into_bytes());
    for first in (0..rows).step_by(1_500) {
        let of: Vec<i64> = (first..rows.min(first + 1_500)).collect();
        let mut group = writer.next_row_group().unwrap();
        let mut column = 0;
        while let Some(mut to) = group.next_column().unwrap() {
            let n = of.len();
            match column {
                0 => {
                    let values: Vec<_> = of.iter().map(|row| text(row.to_string())).collect();
                    to.typed::<ByteArrayType>().write_batch(&values, None, None)
                }
                1 => {
                    let values: Vec<i32> =
                        of.iter().map(|row| 18_718 + (row % 28) as i32).collect();
                    to.typed::<Int32Type>().write_batch(&values, None, None)
                }
                2 => {
                    let values: Vec<_> = of.iter().map(|_| text("30".to_owned())).collect();
                    to.typed::<ByteArrayType>().write_batch(&values, Some(&vec![1; n]), None)
                }
                3 => {
                    let values: Vec<i64> = of.iter().map(|row| row * 100 + 25).collect();
                    to.typed::<Int64Type>().write_batch(&values, None, None)
                }
                4 => {
                    let values = vec![1.5; n];
                    to.typed::<DoubleType>().write_batch(&values, Some(&vec![1; n]), None)
                }
                5 => {
                    let values: Vec<_> = of.iter().map(|row| text(goods(*row))).collect();
                    to.typed::<ByteArrayType>().write_batch(&values, None, None)
                }
                _ => {
                    let ports = ["KRPUS", "SGSIN"].map(|port| text(port.to_owned()));
                    let values: Vec<_> = ports.iter().cloned().cycle().take(2 * n).collect();
                    let rep = [0, 1].repeat(n);
                    to.typed::<ByteArrayType>().write_batch(
                        &values,
                        Some(&vec![3; 2 * n]),
                        Some(&rep),
                    )
                }
            }
            .unwrap();
            to.close().unwrap();
            column += 1;
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn parquet_gives_the_same_rows_as_a_table() {
    let plain = read(csv(3_200).as_bytes(), "", &options()).unwrap();
    let bytes = parquet_file(3_200);
    let batch = read(&bytes, "", &options()).unwrap();
    assert_eq!(batch.defects, []);
    assert_eq!(batch.rows.len(), plain.rows.len());
    for (stored, written) in batch.rows.iter().zip(&plain.rows) {
        assert_eq!(stored.consignment, written.consignment);
        assert_eq!(stored.line + 1, written.line);
    }
    let mut table = Table::open_parquet(Bytes::from(bytes.clone()), &options()).unwrap();
    assert_eq!(table.format(), Format::Parquet);
    assert_eq!(table.by_ref().count(), 4);
    assert_eq!(table.bytes_consumed(), bytes.len() as u64);
}

#[test]
fn a_small_parquet_file_is_no_large_table() {
    // One value that a dictionary names again and again: 700 MB of text in a few kilobytes.
    let long = "s".repeat(1 << 20);
    let batch = read(&parquet_of(700, |_| long.clone()), "", &options()).unwrap();
    assert_eq!((batch.rows.len(), batch.defects.len()), (0, 700));
    // Cells that may be, of which there are too many: the file ends where it does.
    let cell = "s".repeat(15 << 10);
    let batch = read(&parquet_of(9_000, |_| cell.clone()), "", &options()).unwrap();
    let last = batch.defects.last().unwrap();
    assert_eq!(last.kind, DefectKind::Truncated, "{last:?}");
    assert!(batch.rows.len() < 6_000, "{}", batch.rows.len());
}

#[test]
fn a_parquet_file_with_a_damaged_page_keeps_what_came_before_it() {
    let mut bytes = parquet_file(3_200);
    let file = SerializedFileReader::new(Bytes::from(bytes.clone())).unwrap();
    let (page, _) = file.metadata().row_group(1).column(0).byte_range();
    bytes[page as usize..page as usize + 40].fill(0xaa);
    let batch = read(&bytes, "", &options()).unwrap();
    assert_eq!(batch.rows.len(), 1_500);
    let last = batch.defects.last().unwrap();
    assert_eq!(last.kind, DefectKind::Truncated, "{last:?}");
    assert_eq!(last.line, batch.rows.len() as u64 + 1);
    let cut = &parquet_file(10)[..300];
    assert!(read(cut, "", &options()).unwrap_err().starts_with("the Parquet file cannot be read"));
}

#[test]
fn what_is_no_table_is_refused_with_a_sentence() {
    let check = |bytes: &[u8], name: &str, sentence: &str| {
        let refusal = read(bytes, name, &options()).unwrap_err();
        assert!(refusal.contains(sentence), "{refusal}");
    };
    check(b"", "", "empty");
    check(b"\n \r\n\n", "", "empty");
    check(b"UNB+UNOA:1+X", "", "no table");
    check(b"\x89PNG\r\n\x1a\n\0\0\0", "", "no table");
    check(b"\xff\xfer\0e\0f\0", "", "UTF-16");
    check(&gzip(&parquet_file(5)), "a.parquet.gz", "outer compression");
    check(&gzip(b"a,b\n")[..12], "", "breaks off");
}

/// A stream that fails after its bytes.
struct Failing<'b>(&'b [u8]);

impl io::Read for Failing<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::other("the disk is gone"));
        }
        self.0.read(to)
    }
}

#[test]
fn a_failing_stream_is_an_error_and_no_defect() {
    let text = csv(9_000);
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let half = &packed[..packed.len() / 2];
    let failed = match Table::open(Failing(half), "", &options()) {
        Err(error) => format!("{error:?}"),
        Ok(table) => collect_error(table),
    };
    assert!(failed.contains("the disk is gone"), "{failed}");
    let failed =
        collect_error(Table::open(Failing(&text.as_bytes()[..300_000]), "", &options()).unwrap());
    assert!(failed.contains("the disk is gone"), "{failed}");
}

fn collect_error(table: Table<'_>) -> String {
    let mut table = table;
    let failed = table.by_ref().find_map(Result::err).expect("the stream failed");
    assert!(table.next().is_none(), "nothing comes after a failure");
    format!("{failed:?}")
}

#[test]
fn an_open_quote_costs_its_own_line_and_no_other() {
    let mut lines: Vec<String> = csv(20_000).lines().map(str::to_owned).collect();
    for at in [7, 8, 11_000] {
        lines[at] = format!("{at},2021-04-05,30,1,1.5,\"salt, open,KRPUS");
    }
    let text = lines.join("\n");
    let batch = collect(Table::open(text.as_bytes(), "", &options()).unwrap()).unwrap();
    assert_eq!(batch.rows.len(), 19_997);
    let lines: Vec<u64> = batch.defects.iter().map(|defect| defect.line).collect();
    assert_eq!(lines, [8, 9, 11_001], "{}", understood(&Ok(batch)));
}

#[test]
fn a_line_without_an_end_is_passed_over_in_pieces() {
    let mut text = csv(3).into_bytes();
    text.extend(std::iter::repeat_n(b'x', 5_000_000));
    text.extend_from_slice(b"\n9,2021-04-05,30,1,1,a,\n");
    let batch = read(&text, "", &options()).unwrap();
    assert_eq!((batch.rows.len(), batch.rows[3].line), (4, 6));
    assert_eq!((batch.defects[0].kind, batch.defects[0].line), (DefectKind::Columns, 5));
}
