//! What was measured, as rows of a Markdown table.

use std::fmt::Write;

/// One thing measured: so many rows, in so many seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub name: String,
    pub rows: u64,
    /// Of all processors together; absent where the system does not tell.
    pub processor_seconds: Option<f64>,
    pub wall_seconds: f64,
    pub peak_mib: Option<f64>,
}

impl Figure {
    /// From a line `name, rows, processor seconds, wall seconds`, separated by tabs.
    pub fn of_line(line: &str) -> Option<Figure> {
        let mut cells = line.split('\t');
        let (name, rows) = (cells.next()?.to_owned(), cells.next()?.parse().ok()?);
        let processor_seconds = Some(cells.next()?.parse().ok()?);
        let wall_seconds = cells.next()?.trim().parse().ok()?;
        let whole = cells.next().is_none();
        whole.then_some(Figure { name, rows, processor_seconds, wall_seconds, peak_mib: None })
    }

    pub fn rows_per_processor_second(&self) -> Option<f64> {
        self.processor_seconds.filter(|&s| s > 0.0).map(|s| self.rows as f64 / s)
    }

    pub fn rows_per_second(&self) -> Option<f64> {
        (self.wall_seconds > 0.0).then(|| self.rows as f64 / self.wall_seconds)
    }
}

/// The figures as a table.
pub fn table(figures: &[Figure]) -> String {
    let mut table =
        "| what | rows | CPU s | wall s | rows per CPU-second | rows a second | peak MiB \
                     |\n|---|---:|---:|---:|---:|---:|---:|\n"
            .to_owned();
    for figure in figures {
        let cells = [
            figure.name.clone(),
            thousands(Some(figure.rows as f64)),
            figure.processor_seconds.map_or_else(|| "-".to_owned(), |s| format!("{s:.2}")),
            format!("{:.2}", figure.wall_seconds),
            thousands(figure.rows_per_processor_second()),
            thousands(figure.rows_per_second()),
            thousands(figure.peak_mib),
        ];
        writeln!(table, "| {} |", cells.join(" | ")).expect("text can always grow");
    }
    table
}

/// A line a comparison: our speed, the peer's, and how many times as fast we are.
pub fn comparison(name: &str, ours: Option<f64>, peer: Option<f64>) -> Option<String> {
    let (ours, peer) = (ours?, peer?);
    let cells = [thousands(Some(ours)), thousands(Some(peer)), format!("{:.2}", ours / peer)];
    Some(format!("| {name} | {} |\n", cells.join(" | ")))
}

/// A whole number in groups of three.
fn thousands(number: Option<f64>) -> String {
    let Some(number) = number else { return "-".to_owned() };
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_rows() {
        let figure = Figure::of_line("raw to score\t1000000\t8.000\t10.000").expect("it is whole");
        assert_eq!(figure.rows_per_processor_second(), Some(125_000.0));
        let shown = table(&[figure]);
        let row = "| raw to score | 1,000,000 | 8.00 | 10.00 | 125,000 | 100,000 | - |";
        assert_eq!(shown.lines().last(), Some(row));
        assert_eq!(Figure::of_line("some talk"), None);
        assert_eq!(Figure::of_line("a\tb\tc\td"), None);
        assert_eq!(Figure::of_line("a\t1\t1\t1\t1"), None);
    }

    #[test]
    fn numbers_are_grouped() {
        let shown = |number| thousands(Some(number));
        assert_eq!(
            [shown(0.0), shown(999.4), shown(1000.0), shown(1_234_567.0)],
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
