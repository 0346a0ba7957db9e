//! What the peers of the rules' benchmark have in common: our side of it, the time each took, and how
//! it is told.

use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::rule::{BATCH, Columns, Program};

/// Processor time of this program so far, in seconds: what others do on the machine does not count.
pub fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: user and system time are the 12th and 13th, in hundredths.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|one| one.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// How often each of some conditions fired on so many consignments, and the seconds that took.
pub struct Run<'n> {
    pub name: &'n str,
    pub hits: Vec<usize>,
    pub took: f64,
}

/// Ours, so many times over, on so many conditions.
pub fn ours(
    program: &Program,
    conditions: usize,
    consignments: &[Consignment],
    times: usize,
) -> Run<'static> {
    let began = processor_s();
    let mut fired = vec![0usize; conditions];
    for _ in 0..times {
        fired.fill(0);
        for batch in consignments.chunks(BATCH) {
            let facts: Vec<Facts<'_>> = batch.iter().map(Facts::of).collect();
            let columns = Columns::of(program.reads(), &facts, &Histories::default());
            let hits = program.fires(&columns);
            fired.iter_mut().enumerate().for_each(|(one, fired)| *fired += hits.count(one));
        }
    }
    Run { name: "ours", hits: fired, took: (processor_s() - began) / times as f64 }
}

/// Tells both, and where they differ.
pub fn tell(count: usize, texts: &[&str], [ours, theirs]: [Run<'_>; 2]) {
    let differ: Vec<usize> =
        (0..texts.len()).filter(|&one| ours.hits[one] != theirs.hits[one]).collect();
    for &one in differ.iter().take(5) {
        println!("{} and {}: {}", ours.hits[one], theirs.hits[one], texts[one]);
    }
    println!(
        "{} conditions, {count} consignments, {} hits, {} differ",
        texts.len(),
        ours.hits.iter().sum::<usize>(),
        differ.len()
    );
    for run in [&ours, &theirs] {
        let each = run.took / (count * texts.len()) as f64 * 1e9;
        println!("{:6} {:8.3} s, {each:8.1} ns a condition and consignment", run.name, run.took);
    }
    println!("ratio  {:8.1}", theirs.took / ours.took);
}
