//! How long a plan of a million consignments takes, from chances to the drawn list.
//!
//! `cargo bench -p targeting --bench plan` times the two steps; with `-- once` it makes one plan
//! and stops, so that `/usr/bin/time -v` on the built file shows processor time and peak memory.

use std::hint::black_box;

use criterion::Criterion;
use targeting::outcome::Modality;
use targeting::plan::{Candidate, Capacity, CapacityLine, Seed, Terms, chances, draw};

const CONSIGNMENTS: usize = 1_000_000;

/// Room for 1 % of the consignments, most of it on the scanner.
fn capacity() -> Capacity {
    let line = |modality, minutes_each, slots, detection| CapacityLine {
        modality,
        minutes_available: minutes_each * slots,
        minutes_each,
        detection,
    };
    Capacity {
        lines: vec![
            line(Modality::Document, 3, 1000, 0.1),
            line(Modality::Scan, 4, 7000, 0.6),
            line(Modality::Dog, 2, 1000, 0.5),
            line(Modality::Unpack, 40, 1000, 0.95),
        ],
    }
}

fn main() {
    let ids: Vec<String> = (0..CONSIGNMENTS).map(|n| format!("C-01JD{n:020}")).collect();
    let candidates: Vec<Candidate<'_>> = (ids.iter().enumerate())
        .map(|(n, id)| {
            // A fixed scramble of n, skewed so that few are risky.
            let part = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            let risk = (part as f64 / f64::from(1 << 24)).powi(6);
            Candidate { id, risk, chance_irregular: 0.05 * risk, must: n % 1000 == 0 }
        })
        .collect();
    let capacity = capacity();
    let seed = Seed::from_number(7);
    let plan = || chances(&candidates, &capacity, Terms::default(), &seed).expect("a usable plan");

    if std::env::args().any(|argument| argument == "once") {
        println!("{} drawn", draw(&plan(), &seed).selections.len());
        return;
    }
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    criterion.bench_function("chances of 1,000,000", |bench| bench.iter(|| black_box(plan())));
    let planned = plan();
    criterion.bench_function("draw of 1,000,000", |bench| {
        bench.iter(|| black_box(draw(&planned, &seed)));
    });
    criterion.final_summary();
}
