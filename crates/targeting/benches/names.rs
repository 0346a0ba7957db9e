//! How many names a second are screened against a million listed ones, on one thread, how much of
//! misspelt names is found again, and how often ordinary names ring. The names are invented by
//! `examples/fit_names`, from a seed of its own; run this with
//! `cargo bench -p targeting --bench names`, or with `LISTED=100000` before it for a quicker look.

#[path = "../examples/fit_names/dice.rs"]
mod dice;
#[expect(dead_code, reason = "the bench needs its invented words alone")]
#[path = "../examples/fit_names/firms.rs"]
mod firms;
#[expect(dead_code, reason = "the bench needs no two that are easily mistaken")]
#[path = "../examples/fit_names/people.rs"]
mod people;
#[path = "../examples/fit_names/writing.rs"]
mod writing;

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dice::Dice;
use targeting::names::Kind;
use targeting::names::index::{Index, Searcher};

/// A person's name with an invented family name for nine of ten, so that a million are not a few
/// thousand again and again.
fn person(dice: &mut Dice) -> String {
    let who = people::Identity::any(dice).written(dice, false);
    let mut who = who;
    if dice.chance(0.9) {
        who.family = firms::invented(dice);
        if dice.chance(0.5) {
            who.given = firms::invented(dice);
        }
    }
    writing::line(&who, dice, 0.2)
}

fn listed() -> usize {
    std::env::var("LISTED").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

/// The resident memory of this process in megabytes, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}

fn names(criterion: &mut Criterion) {
    let mut dice = Dice(1);
    let names: Vec<String> = (0..listed()).map(|_| person(&mut dice)).collect();
    let start = Instant::now();
    let mut index = Index::default();
    for (id, name) in (0..).zip(&names) {
        index.add(id, name, Kind::Person);
    }
    let took = start.elapsed().as_secs_f64();
    let memory = resident().unwrap_or_default();
    println!("{} names in {took:.1} s; {memory} MB with the names themselves", index.len());

    let mut searcher = Searcher::default();
    let mut misspelt: Vec<(u32, String)> = Vec::new();
    while misspelt.len() < 2_000 {
        let id = dice.below(names.len());
        let wrong = writing::slip(&names[id], &mut dice);
        if wrong != names[id] {
            misspelt.push((id as u32, wrong));
        }
    }
    let ordinary: Vec<String> = (0..4_000).map(|_| person(&mut dice)).collect();
    for cut in [0.7, 0.8, 0.9] {
        let found = misspelt.iter().filter(|(id, name)| {
            let hits = index.search(&mut searcher, name, Kind::Person, (cut, 50));
            hits.iter().any(|hit| hit.id == *id || names[hit.id as usize] == names[*id as usize])
        });
        println!("recall of misspelt names at {cut}: {:.4}", found.count() as f64 / 2_000.0);
    }
    // Alerts are told against a list of the size of the peer's.
    let mut small = Index::default();
    for (id, name) in (0..).zip(names.iter().take(2_047)) {
        small.add(id, name, Kind::Person);
    }
    for cut in [0.7, 0.8, 0.9] {
        let mut searcher = Searcher::default();
        let rings = ordinary
            .iter()
            .filter(|name| !small.search(&mut searcher, name, Kind::Person, (cut, 1)).is_empty());
        println!("ordinary names that ring at {cut}: {:.4}", rings.count() as f64 / 4_000.0);
    }

    let mut group = criterion.benchmark_group("names");
    group.throughput(Throughput::Elements(ordinary.len() as u64)).sample_size(10);
    group.bench_function("screen ordinary names", |bench| {
        bench.iter(|| {
            for name in &ordinary {
                black_box(index.search(&mut searcher, name, Kind::Person, (0.7, 5)));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, names);
criterion_main!(benches);
