//! How many rows a processor reads, understands, turns into features and scores in a second, with
//! no store in the way: the figure that is set beside Python's (`benches/peers/peers.py`).
//! `cargo run --release -p sumun --example score_speed -- TRAIN.csv MANY.csv` learns from the
//! first file, outside the time that is taken, and scores the second.

use std::collections::HashSet;
use std::fs::File;

use anyhow::{Context, Result};
use intake::{Table, TableOptions};
use jiff::Timestamp;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::feature::Extractor;
use targeting::history::{Histories, arrival, examination};
use targeting::learning::{Lessons, learn};
use targeting::screening::Screener;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let train = arguments.next().context("name the file to learn from")?;
    let many = arguments.next().context("name the file to score")?;

    let (screener, past) = learned(&train)?;
    let content = screener.model().content();
    println!(
        "learned from {train}: {} and {} features, {} keys with a history",
        content.irregular.features.len(),
        content.critical.features.len(),
        past.len()
    );
    let everything = [Work::Read, Work::Features, Work::Score, Work::Reasons];
    for work in everything {
        let before = cpu_seconds()?;
        let (rows, sum) = run(&many, &screener, &past, work)?;
        let taken = cpu_seconds()? - before;
        println!(
            "{:<44} {rows} rows, {taken:.2} CPU-s, {:.0} rows per CPU-second (check {sum:.6})",
            work.name(),
            rows as f64 / taken
        );
    }
    // Scoring alone: the rows of one batch again and again.
    let batch = first_batch(&many)?;
    let rows = screener.rows(&batch, &past);
    let before = cpu_seconds()?;
    let mut scored = 0;
    let mut sum = 0.0;
    while scored < 3_000_000 {
        let (irregular, critical) = screener.chances(&rows);
        sum += irregular[0] + critical[0];
        scored += irregular.len();
    }
    let taken = cpu_seconds()? - before;
    println!(
        "{:<44} {scored} rows, {taken:.2} CPU-s, {:.0} rows per CPU-second (check {sum:.6})",
        "scoring alone, both targets",
        scored as f64 / taken
    );
    Ok(())
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Work {
    Read,
    Features,
    Score,
    Reasons,
}

impl Work {
    fn name(self) -> &'static str {
        match self {
            Work::Read => "CSV to consignments",
            Work::Features => "CSV to consignments to features",
            Work::Score => "CSV to consignments to features to scores",
            Work::Reasons => "the same with reasons",
        }
    }
}

fn options() -> TableOptions {
    TableOptions { batch_rows: 1_024, ..TableOptions::default() }
}

fn run(path: &str, screener: &Screener, past: &Histories, work: Work) -> Result<(usize, f64)> {
    let (mut rows, mut sum) = (0, 0.0);
    for batch in Table::open(File::open(path)?, path, &options())? {
        let batch: Vec<Consignment> =
            batch?.rows.into_iter().map(|read| read.consignment).collect();
        rows += batch.len();
        match work {
            Work::Read => sum += batch.iter().map(|one| f64::from(one.arrived_on.0)).sum::<f64>(),
            Work::Features => sum += screener.rows(&batch, past)[0].max(0.0),
            Work::Score => {
                let (irregular, _) = screener.chances(&screener.rows(&batch, past));
                sum += irregular.iter().sum::<f64>();
            }
            Work::Reasons => {
                let judged = screener.screen(&batch, past);
                sum += judged.iter().map(|one| one.p_irregular).sum::<f64>();
            }
        }
    }
    Ok((rows, sum))
}

fn first_batch(path: &str) -> Result<Vec<Consignment>> {
    let batch = Table::open(File::open(path)?, path, &options())?.next().context("no rows")??;
    Ok(batch.rows.into_iter().map(|read| read.consignment).collect())
}

/// A model of a labelled file and the histories of its keys.
fn learned(path: &str) -> Result<(Screener, Histories)> {
    let mut past = Histories::default();
    let mut known = Vec::new();
    for batch in Table::open(File::open(path)?, path, &options())? {
        for read in batch?.rows {
            let label = read.inspection.and_then(|inspection| inspection.result.label());
            let label = label.context("every row of the file to learn from needs its outcome")?;
            arrival(&read.consignment).for_each(|entry| past.add(entry));
            examination(&read.consignment, read.consignment.arrived_on, label)
                .for_each(|entry| past.add(entry));
            known.push((read.consignment, label));
        }
    }
    let extractor = Extractor::all();
    let mut lessons = Lessons::default();
    for (consignment, label) in &known {
        lessons.push(&extractor, consignment, &past, *label, None);
    }
    let candidate = learn(&lessons, "speed".to_owned(), Timestamp::UNIX_EPOCH, 1, |_| {})?;
    // What is scored may be dated within the window learned from: then the past is shifted to
    // lie before it, so that every key is looked up as it would be in daily work. Only keys that
    // the model reads are loaded, as screening does from the store.
    let screener = Screener::new(candidate.model);
    let mut wanted = HashSet::new();
    for (consignment, _) in &known {
        screener.extractor().keys(&Facts::of(consignment), |key| {
            wanted.insert(key);
        });
    }
    let mut before = Histories::default();
    for (mut consignment, label) in known {
        consignment.arrived_on = Day(consignment.arrived_on.0 - 4_000);
        arrival(&consignment)
            .chain(examination(&consignment, consignment.arrived_on, label))
            .filter(|entry| wanted.contains(&entry.key))
            .for_each(|entry| before.add(entry));
    }
    Ok((screener, before))
}

/// Processor seconds of this process so far, user and system, from /proc/self/stat.
fn cpu_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').context("an odd /proc/self/stat")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / 100.0)
}
