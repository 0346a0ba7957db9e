//! Writes a learned forest, rows, their scores and their reasons to standard output, as one JSON
//! object, together with how long scoring and explaining took. `benches/peers/forest_peer.py` runs
//! it and sets LightGBM, XGBoost, shap and scikit-learn beside it, on the same rows and trees.

use std::hint::black_box;
use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use targeting::model::{Params, Platt, fit};

const WIDTH: usize = 19;
const LEARNED: usize = 40_000;
const JUDGED: usize = 20_000;
const EXPLAINED: usize = 2_000;
/// Repetitions of each timing; the shortest counts, because neighbours only ever add.
const ROUNDS: usize = 7;

fn main() {
    let (rows, labels) = made_up(1, LEARNED);
    let weights = vec![1.0; LEARNED];
    let learning = Instant::now();
    let forest = fit(&rows, WIDTH, &labels, &weights, &Params::irregular(1))
        .expect("the made-up rows are sound");
    let learning = learning.elapsed().as_secs_f64();

    let (judged, judged_labels) = made_up(2, JUDGED);
    let mut scores = vec![0.0; JUDGED];
    let scoring = shortest(|| forest.predict(black_box(&judged), &mut scores));
    let mut contributions = vec![0.0; EXPLAINED * WIDTH];
    let explaining = shortest(|| {
        for (row, out) in judged.chunks_exact(WIDTH).zip(contributions.chunks_exact_mut(WIDTH)) {
            forest.shap(black_box(row), out);
        }
    });
    let half = JUDGED / 2;
    let platt = Platt::fit(&scores[..half], &judged_labels[..half], &vec![1.0; half])
        .expect("both labels are there");
    let chances: Vec<f64> = scores.iter().map(|score| platt.chance(*score)).collect();
    let text = json!({
        "width": WIDTH,
        "forest": forest,
        "expected": forest.expected(),
        "learned": { "rows": missing_as_null(&rows), "labels": labels, "seconds": learning },
        "rows": missing_as_null(&judged),
        "labels": judged_labels,
        "scores": scores,
        "chances": chances,
        "contributions": contributions,
        "scoring_seconds": scoring,
        "explaining_seconds": explaining,
    });
    println!("{text}");
}

fn missing_as_null(rows: &[f64]) -> Vec<Option<f64>> {
    rows.iter().map(|value| Some(*value).filter(|value| !value.is_nan())).collect()
}

fn shortest(mut work: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(once).fold(f64::INFINITY, f64::min)
}

/// Rows in which every column matters and one value in twenty is missing.
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
