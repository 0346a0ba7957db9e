//! Plain tables for terminals: columns as wide as they need to be, numbers to the right.

/// A table of text.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new(head: &[&str]) -> Table {
        Table { head: head.iter().map(|cell| (*cell).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// True when it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as text, two blanks between columns.
    pub fn text(&self) -> String {
        let columns = self.head.len();
        let width = |column: usize| {
            let cells = std::iter::once(&self.head).chain(&self.rows);
            cells.filter_map(|row| row.get(column)).map(|cell| cells_wide(cell)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let numeric: Vec<bool> = (0..columns)
            .map(|column| {
                !self.rows.is_empty()
                    && self.rows.iter().filter_map(|row| row.get(column)).all(|cell| {
                        cell.is_empty()
                            || cell.starts_with(|c: char| {
                                c.is_ascii_digit() || matches!(c, '.' | '-' | '–')
                            })
                    })
            })
            .collect();
        let mut text = String::new();
        for row in std::iter::once(&self.head).chain(&self.rows) {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let blanks = " ".repeat(widths[column].saturating_sub(cells_wide(cell)));
                if column > 0 {
                    line.push_str("  ");
                }
                if numeric[column] {
                    line.push_str(&blanks);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&blanks);
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// How many cells a terminal takes for a text: Hangul and other wide characters take two.
fn cells_wide(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff => 2,
            0xfe30..=0xfe4f | 0xff00..=0xff60 | 0xffe0..=0xffe6 => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_hangul_is_two_wide() {
        let mut table = Table::new(&["office", "drawn"]);
        table.row(["인천".to_owned(), "9".to_owned()]);
        table.row(["BUSAN".to_owned(), "120".to_owned()]);
        assert_eq!(table.text(), "office  drawn\n인천        9\nBUSAN     120\n");
    }
}
