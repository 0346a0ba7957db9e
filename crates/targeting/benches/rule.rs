//! How long a book of 500 rules takes for a million consignments, on one thread: reading the
//! columns, and asking the program. `cargo bench -p targeting --bench rule`; the same book by the
//! `cel` crate alone is `benches/peers/cel`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::rule::{BATCH, Columns, Condition, Program, condition};

mod book;

fn judge(program: &Program, consignments: &[Consignment], columns: &mut Columns) -> usize {
    let past = Histories::default();
    let mut fired = 0;
    for batch in consignments.chunks(BATCH) {
        let facts: Vec<Facts<'_>> = batch.iter().map(Facts::of).collect();
        columns.fill(program.reads(), &facts, &past);
        let hits = program.fires(columns);
        fired += (0..program.len()).map(|rule| hits.count(rule)).sum::<usize>();
    }
    fired
}

fn rules(criterion: &mut Criterion) {
    let texts = book::rules(500);
    let checked: Vec<(Condition, Vec<String>)> = texts
        .iter()
        .map(|(text, offices)| (condition(text).expect("it checks"), offices.clone()))
        .collect();
    let each = || checked.iter().map(|(condition, offices)| (condition, &offices[..]));
    let program = Program::of(each());
    let consignments = book::consignments(1 << 16);
    let mut columns = Columns::default();
    let fired = judge(&program, &consignments, &mut columns);
    println!("{} parts of 500 rules, {fired} hits on {}", program.parts(), consignments.len());

    let mut group = criterion.benchmark_group("500 rules");
    group.sample_size(10);
    group.bench_function("check and compile", |bench| {
        bench.iter(|| {
            let checked: Vec<Condition> =
                texts.iter().filter_map(|(text, _)| condition(text).ok()).collect();
            Program::of(checked.iter().map(|condition| (condition, &[][..]))).len()
        });
    });
    // A million is sixteen times these.
    group.throughput(Throughput::Elements(consignments.len() as u64));
    group.bench_function("65536 consignments", |bench| {
        bench.iter(|| judge(&program, black_box(&consignments), &mut columns));
    });
    let facts: Vec<Facts<'_>> = consignments[..BATCH].iter().map(Facts::of).collect();
    columns.fill(program.reads(), &facts, &Histories::default());
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("asking alone, one batch", |bench| {
        bench.iter(|| program.fires(black_box(&columns)).count(0));
    });
    let one = Program::of(each().take(1));
    group.bench_function("one rule, one batch", |bench| {
        bench.iter(|| one.fires(black_box(&columns)).count(0));
    });
    group.finish();
}

criterion_group!(benches, rules);
criterion_main!(benches);
