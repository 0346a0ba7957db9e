//! The road from a raw table to scores in one process, without a store: the work that
//! `benches/peers/peers.py` does with pandas and LightGBM, stage by stage under the same names.
//!
//! `cargo bench -p sumun --bench raw_to_score -- train.csv raw.csv` learns from the first table,
//! untimed, and reads and scores the second; `cargo xtask bench --peers` runs both sides. Prints a
//! line a stage: name, rows, processor seconds, wall seconds.

use std::collections::HashSet;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use intake::{Read, Table, TableOptions};
use jiff::Timestamp;
use targeting::amount::{Amounts, amounts};
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::feature::{CATALOGUE, Extractor};
use targeting::history::{Entry, Histories, arrival, examination};
use targeting::learning::{Lesson, Lessons, learn};
use targeting::model::Target;
use targeting::screening::Screener;

/// Neighbours on the machine only ever add, so the least of some rounds is the truest.
const ROUNDS: usize = 3;

/// As many rows as the peers explain.
const EXPLAINED: usize = 100_000;

/// Runs a piece of work and adds the seconds by the clock that it took.
fn timed<T>(wall: &mut f64, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *wall += start.elapsed().as_secs_f64();
    result
}

/// Seconds that this thread has run, as Linux counts them. The count moves in steps of some
/// milliseconds, so it can be asked about a whole walk, and not about a batch of it.
fn processor_seconds() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(told.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// The share of the time by the clock during which this thread ran, over some work; all of it
/// where the system does not tell. Others' turns fall on each stage by its length.
fn running_share<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let (start, before) = (Instant::now(), processor_seconds());
    let result = work();
    let wall = start.elapsed().as_secs_f64();
    let share =
        before.zip(processor_seconds()).map_or(1.0, |(before, after)| (after - before) / wall);
    (result, share.min(1.0))
}

fn report(name: &str, rows: usize, wall: f64, share: f64) {
    println!("{name}\t{rows}\t{:.3}\t{wall:.3}", wall * share);
}

fn open(file: &Path) -> Result<Table<'static>, Box<dyn Error>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(Table::open(File::open(file)?, &name, &TableOptions::default())?)
}

/// A day before every row of any table, on which the sums of the first table are booked.
const LONG_AGO: Day = Day(0);

/// What the first table teaches: the histories after it, and a model learned from it.
fn taught(train: &Path) -> Result<(Histories, Screener), Box<dyn Error>> {
    let mut rows: Vec<Read> = Vec::new();
    for batch in open(train)? {
        rows.extend(batch?.rows);
    }
    let mut past = Histories::default();
    let mut values = Vec::new();
    for Read { consignment, inspection, .. } in &rows {
        arrival(consignment).for_each(|entry| past.add(entry));
        values.extend(amounts(consignment));
        if let Some(label) = inspection.as_ref().and_then(|inspection| inspection.result.label()) {
            examination(consignment, consignment.arrived_on, label).for_each(|e| past.add(e));
        }
    }
    past.set_amounts(Amounts::new(values));

    let extractor = Extractor::all();
    let mut lessons = Lessons::default();
    for Read { consignment, inspection, .. } in &rows {
        if let Some(label) = inspection.as_ref().and_then(|inspection| inspection.result.label()) {
            lessons.push(&extractor, consignment, &past, Lesson::plain(label));
        }
    }
    let learned = learn(&lessons, "bench".to_owned(), Timestamp::UNIX_EPOCH, 1, |step| {
        eprintln!("{step}");
    })?;
    let screener = Screener::new(learned.model);
    let past = totals(&rows, &screener);
    Ok((past, screener))
}

/// The histories as screening loads them for later days: only keys that the model reads, each with
/// all that was known before. The peers look up the same final sums.
fn totals(rows: &[Read], screener: &Screener) -> Histories {
    let mut wanted = HashSet::new();
    for Read { consignment, .. } in rows {
        screener.extractor().keys(&Facts::of(consignment), |key, _| {
            wanted.insert(key);
        });
    }
    let mut past = Histories::default();
    for Read { consignment, inspection, .. } in rows {
        let label = inspection.as_ref().and_then(|inspection| inspection.result.label());
        let examined = label.map(|label| examination(consignment, LONG_AGO, label));
        for entry in arrival(consignment).chain(examined.into_iter().flatten()) {
            if wanted.contains(&entry.key) {
                past.add(Entry { first: LONG_AGO, day: LONG_AGO, ..entry });
            }
        }
    }
    past
}

/// What each stage of one walk took, in seconds by the clock.
#[derive(Clone, Copy, Default)]
struct Walk {
    rows: usize,
    read: f64,
    features: f64,
    score: f64,
    score_critical: f64,
}

impl Walk {
    fn whole(&self) -> f64 {
        self.read + self.features + self.score + self.score_critical
    }
}

/// Reads and scores a table batch by batch; the first rows of features are kept for the reasons.
fn walk(
    raw: &Path,
    past: &Histories,
    screener: &Screener,
    kept: &mut Vec<f64>,
) -> Result<Walk, Box<dyn Error>> {
    let mut walk = Walk::default();
    let mut table = timed(&mut walk.read, || open(raw))?;
    let model = screener.model();
    while let Some(batch) = timed(&mut walk.read, || table.next()) {
        let batch = batch?;
        if let Some(defect) = batch.defects.first() {
            return Err(format!("the table has a defect: {defect:?}").into());
        }
        let consignments: Vec<Consignment> =
            timed(&mut walk.read, || batch.rows.into_iter().map(|row| row.consignment).collect());
        let rows = timed(&mut walk.features, || screener.rows(&consignments, past));
        let mut scores = vec![0.0; consignments.len()];
        for (wall, target) in
            [(&mut walk.score, Target::Irregular), (&mut walk.score_critical, Target::Critical)]
        {
            timed(wall, || model.forest(target).predict(&rows, &mut scores));
            black_box(&scores);
        }
        walk.rows += consignments.len();
        if kept.len() < EXPLAINED * CATALOGUE.len() {
            kept.extend(rows);
        }
        // Taking the batch apart belongs to having read it.
        timed(&mut walk.read, || drop(consignments));
    }
    Ok(walk)
}

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds a word of its own.
    let files: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [train, raw] = files.as_slice() else {
        println!("not run: name two tables, one to learn from and one to score");
        return Ok(());
    };
    let (past, screener) = taught(Path::new(train))?;
    let model = screener.model();
    for target in [Target::Irregular, Target::Critical] {
        let content = model.content().target(target);
        eprintln!(
            "{target:?}: {} features, {} trees",
            content.features.len(),
            content.params.trees
        );
    }

    let mut best: Option<(Walk, f64)> = None;
    let mut kept = Vec::new();
    for _ in 0..ROUNDS {
        kept.clear();
        let (walked, share) = running_share(|| walk(Path::new(raw), &past, &screener, &mut kept));
        let walked = walked?;
        if best.is_none_or(|(best, then)| walked.whole() * share < best.whole() * then) {
            best = Some((walked, share));
        }
    }
    let (best, share) = best.ok_or("no round was walked")?;
    report("read", best.rows, best.read, share);
    report("features", best.rows, best.features, share);
    report("score", best.rows, best.score, share);
    report("raw to score", best.rows, best.read + best.features + best.score, share);
    report("score, critical", best.rows, best.score_critical, share);
    report("raw to both scores", best.rows, best.whole(), share);

    let mut reasons = 0.0;
    let explained = &kept[..kept.len().min(EXPLAINED * CATALOGUE.len())];
    let ((), share) = running_share(|| {
        timed(&mut reasons, || {
            for row in explained.chunks_exact(CATALOGUE.len()) {
                black_box(model.explain(Target::Irregular, row));
            }
        });
    });
    report("reasons", explained.len() / CATALOGUE.len(), reasons, share);
    Ok(())
}
