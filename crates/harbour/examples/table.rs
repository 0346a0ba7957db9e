//! Writes the weeks of a pretend port as one CSV, for whoever wants to receive them from a file:
//! `cargo run --release -p harbour --example table -- SEED DAYS > port.csv`.

use std::io::{BufWriter, stdout};

use harbour::{RowWriter, Settings, World};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let seed = words.next().map_or(Ok(7), |word| word.parse())?;
    let days = words.next().map_or(Ok(56), |word| word.parse())?;
    let mut world = World::new(seed, Settings { days, ..Settings::demo() });
    let mut table = RowWriter::new(BufWriter::new(stdout().lock()))?;
    for date in world.dates() {
        for row in world.day(date)?.rows {
            table.write(&row)?;
        }
    }
    table.finish()?;
    Ok(())
}
