//! How many rows a second the forest scores and explains, on one thread.
//!
//! The forest has the recommended size: 300 trees of 7 leaves over 19 features, learned from
//! made-up rows in which every feature matters. The rows' scores are checked in the crate's tests;
//! run this with `cargo bench -p targeting --bench forest`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use targeting::model::{Params, fit};

const WIDTH: usize = 19;

fn made_up(seed: u64, count: usize) -> (Vec<f64>, Vec<bool>) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut share = || (dice.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let (mut rows, mut labels) = (Vec::with_capacity(count * WIDTH), Vec::with_capacity(count));
    for _ in 0..count {
        let mut odds = -1.5;
        for column in 0..WIDTH {
            let value = if share() < 0.05 { f64::NAN } else { share() };
            odds += if value.is_nan() { 0.3 } else { (value * (column + 2) as f64).sin() };
            rows.push(value);
        }
        labels.push(share() < 1.0 / (1.0 + (-odds).exp()));
    }
    (rows, labels)
}

fn forest(criterion: &mut Criterion) {
    let (rows, labels) = made_up(1, 40_000);
    let weights = vec![1.0; labels.len()];
    let forest = fit(&rows, WIDTH, &labels, &weights, &Params::irregular(1))
        .expect("the made-up rows are sound");
    let splits: usize = forest.trees().iter().map(|tree| tree.feature.len()).sum();
    println!("{} trees, {splits} splits", forest.trees().len());

    let mut group = criterion.benchmark_group("forest 300x7x19");
    let (rows, _) = made_up(2, 16_384);
    let mut scores = vec![0.0; rows.len() / WIDTH];
    group.throughput(Throughput::Elements(scores.len() as u64));
    group.bench_function("predict batch", |bench| {
        bench.iter(|| forest.predict(black_box(&rows), black_box(&mut scores)));
    });

    let mut turn = rows.chunks_exact(WIDTH).cycle();
    group.throughput(Throughput::Elements(1));
    group.bench_function("predict one row", |bench| {
        bench.iter(|| turn.next().map(|row| forest.predict_row(black_box(row))));
    });

    let mut contributions = [0.0; WIDTH];
    group.bench_function("explain one row", |bench| {
        bench.iter(|| turn.next().map(|row| forest.shap(black_box(row), &mut contributions)));
    });
    group.finish();
}

criterion_group!(benches, forest);
criterion_main!(benches);
