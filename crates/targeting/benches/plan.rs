//! How long a plan of a million consignments takes, from chances to the drawn list: of one office
//! with four modalities, and of 60 offices with three shifts each and six bundles of four
//! resources.
//!
//! `cargo bench -p targeting --bench plan` times the steps; with `-- once` or `-- cells` it makes
//! one plan and stops, so that `/usr/bin/time -v` on the built file shows processor time and peak
//! memory.

use std::hint::black_box;

use criterion::Criterion;
use targeting::outcome::Modality;
use targeting::plan::{
    Bundle, Candidate, Capacity, CapacityLine, Cell, Means, Placed, Seed, Terms, allocate, chances,
    draw,
};

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

/// 180 cells with time for about 1 % of what waits, and six ways to use it.
fn means() -> Means {
    use Modality::{Document, Dog, Lab, Scan, Unpack};
    let bundle = |name: &str, steps: &[Modality], minutes: [u32; 4], detection: [f64; 3]| Bundle {
        name: name.to_owned(),
        steps: steps.to_vec(),
        minutes: minutes.to_vec(),
        detection: detection.to_vec(),
    };
    Means {
        resources: ["officers", "scanner", "dog", "lab"].map(str::to_owned).to_vec(),
        profiles: ["usual", "liquid", "dense"].map(str::to_owned).to_vec(),
        bundles: vec![
            bundle("document", &[Document], [3, 0, 0, 0], [0.10, 0.10, 0.10]),
            bundle("scan", &[Scan], [2, 4, 0, 0], [0.60, 0.35, 0.05]),
            bundle("dog then unpack", &[Dog, Unpack], [32, 0, 4, 0], [0.96, 0.93, 0.92]),
            bundle("scan then unpack", &[Scan, Unpack], [30, 4, 0, 0], [0.97, 0.93, 0.90]),
            bundle("laboratory", &[Lab], [8, 0, 0, 25], [0.0, 0.80, 0.0]),
            bundle("unpack", &[Unpack], [40, 0, 0, 0], [0.95, 0.90, 0.90]),
        ],
        cells: (0..180)
            .map(|n| Cell {
                name: format!("office {} shift {}", n / 3, n % 3),
                minutes: vec![480 + 10 * (n % 7), 200 + 40 * (n % 3), 60, 120],
            })
            .collect(),
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

    let means = means();
    let placed: Vec<Placed<'_>> = (candidates.iter().enumerate())
        .map(|(n, &candidate)| Placed {
            candidate,
            cell: (n.wrapping_mul(7919) % 180) as u16,
            profile: [0, 0, 0, 1, 1, 2][n % 6],
        })
        .collect();
    let everywhere = || allocate(&placed, &means, Terms::default(), &seed).expect("a usable plan");

    if std::env::args().any(|argument| argument == "cells") {
        println!("{} drawn", everywhere().draw(&seed).len());
        return;
    }
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
    criterion.bench_function("1,000,000 in 180 cells, chances and draw", |bench| {
        bench.iter(|| black_box(everywhere().draw(&seed)));
    });
    criterion.final_summary();
}
