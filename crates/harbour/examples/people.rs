//! Writes a table of invented persons with the truth of who is who:
//! `people register|lives|scanned|archive N SEED`.

use harbour::people::{PeopleKind, people};

fn main() -> Result<(), csv::Error> {
    let mut words = std::env::args().skip(1);
    let kind = match words.next().as_deref() {
        Some("lives") => PeopleKind::Lives,
        Some("scanned") => PeopleKind::Scanned,
        Some("archive") => PeopleKind::Archive,
        _ => PeopleKind::Register,
    };
    let mut number =
        |otherwise| words.next().and_then(|word| word.parse().ok()).unwrap_or(otherwise);
    let (persons, seed) = (number(5_000), number(1));
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    out.write_record(kind.columns())?;
    for row in people(kind, persons, seed as u64) {
        out.write_record(row)?;
    }
    out.flush()?;
    Ok(())
}
