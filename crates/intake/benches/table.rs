//! How fast a table in the customs service's layout becomes consignments, plain and packed,
//! on rows made up in memory. `cargo bench -p intake` prints records per second.

use std::fmt::Write;
use std::hint::black_box;
use std::io::Write as _;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use intake::{Table, TableOptions};

const ROWS: u64 = 50_000;

const HEADER: &str = "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,Payment \
     Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,Country of \
     Departure,Country of Origin,Tax Rate,Tax Type,Country of Origin Indicator,Net Mass,Item \
     Price,Fraud,Critical Fraud\n";

/// Rows of the layout, made by a small congruential generator so that each run is the same.
fn table() -> String {
    let mut text = HEADER.to_owned();
    let mut state = 7u64;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for row in 0..ROWS {
        let courier = if next(5) == 0 { format!("C{:06}", next(100)) } else { String::new() };
        writeln!(
            text,
            "{},2021-{:02}-{:02},{},B,11,21,11,{},D{:06},I{:06},S{:06},{courier},{:06},CN,{},{}.0,\
             FCN1,G,{}.{},{}.{},{},0",
            10_000_000 + row,
            1 + next(12),
            1 + next(28),
            10 + next(40),
            [10, 20, 30, 40, 50][next(5) as usize],
            next(1_000),
            next(9_000),
            next(9_000),
            10_000 + next(900_000),
            ["CN", "US", "DE", "VN"][next(4) as usize],
            next(20),
            next(20_000),
            next(10),
            next(900_000),
            next(1_000),
            next(2),
        )
        .expect("a String takes everything");
    }
    text
}

fn read(bytes: &[u8]) -> usize {
    let table = Table::open(bytes, "table.csv", &TableOptions::default()).expect("a known header");
    table.map(|batch| black_box(batch.expect("bytes in memory do not fail")).rows.len()).sum()
}

fn tables(c: &mut Criterion) {
    let plain = table();
    let quoted: String =
        plain.lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\""))).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).expect("memory takes everything");
    let gzip = gzip.finish().expect("memory takes everything");
    let zstd = zstd::encode_all(plain.as_bytes(), 3).expect("memory takes everything");

    let mut group = c.benchmark_group("table");
    group.throughput(Throughput::Elements(ROWS)).sample_size(20);
    for (name, bytes) in [
        ("csv", plain.as_bytes()),
        ("csv_quoted", quoted.as_bytes()),
        ("csv_gzip", &gzip),
        ("csv_zstd", &zstd),
    ] {
        assert_eq!(read(bytes) as u64, ROWS);
        group.bench_function(name, |b| b.iter(|| read(bytes)));
    }
    group.finish();
}

criterion_group!(benches, tables);
criterion_main!(benches);
