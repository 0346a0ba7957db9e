//! Measures how fast the pretend port makes rows and prints the rates it keeps.
//! Run `cargo run --release -p harbour --example speed -- gateway` for a day at real proportions.

use std::collections::BTreeMap;
use std::time::Instant;

use harbour::{RowWriter, Settings, World};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let gateway = std::env::args().nth(1).is_some_and(|name| name == "gateway");
    let settings =
        if gateway { Settings { days: 2, ..Settings::gateway() } } else { Settings::demo() };
    let begin = Instant::now();
    let mut world = World::new(7, settings.clone());
    println!("founded in {:.3} s", begin.elapsed().as_secs_f64());

    let begin = Instant::now();
    let mut rows = 0u64;
    let mut counts: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    let mut typologies: BTreeMap<&str, u64> = BTreeMap::new();
    let mut seconds = 0.0;
    for date in world.dates() {
        let start = Instant::now();
        let mut day = Vec::new();
        world.stream_day(date, |row, truth| {
            rows += 1;
            day.push((row.regime, row.direction, truth));
        })?;
        seconds += start.elapsed().as_secs_f64();
        for (regime, direction, truth) in day {
            for key in ["all".to_owned(), regime.to_string(), format!("{regime} {direction}")] {
                let count = counts.entry(key).or_default();
                count[0] += 1;
                count[1] += u64::from(truth.irregular);
                count[2] += u64::from(truth.critical);
            }
            *typologies.entry(truth.typology.code()).or_default() += 1;
        }
    }
    println!("{rows} rows in {seconds:.2} s: {:.0} rows/s", rows as f64 / seconds);
    println!("with counting {:.2} s", begin.elapsed().as_secs_f64());
    for (what, [all, irregular, critical]) in counts {
        let share = |n: u64| n as f64 / all as f64;
        println!(
            "{what:24} {all:9}  irregular {:.4}  critical {:.6} ({critical})",
            share(irregular),
            share(critical)
        );
    }
    println!("{typologies:?}");

    let mut world = World::new(7, settings);
    let begin = Instant::now();
    let mut bytes = Counter(0);
    let mut table = RowWriter::new(&mut bytes)?;
    for date in world.dates().into_iter().take(if gateway { 1 } else { 56 }) {
        let mut failed = None;
        world.stream_day(date, |row, _| failed = table.write(&row).err().or(failed.take()))?;
        if let Some(error) = failed {
            return Err(error.into());
        }
    }
    table.finish()?;
    println!("CSV: {} MB in {:.2} s", bytes.0 / 1_000_000, begin.elapsed().as_secs_f64());
    Ok(())
}

struct Counter(u64);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
