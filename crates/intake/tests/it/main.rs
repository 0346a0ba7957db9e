//! The tests of the post room, in one binary: what is understood of each message beside it,
//! what holds for any bytes, and what mappings refuse.

mod files;
mod fuzzing;
mod kcs;
mod listings;
mod mappings;
mod memory;
mod messages;
mod post;
mod post_properties;
mod properties;
mod traps;

use std::fmt::Write;

use intake::{Batch, Table, TableOptions};

/// All batches of a table as one, or the sentence why it cannot be read.
pub fn read(bytes: &[u8], name: &str, options: &TableOptions) -> Result<Batch, String> {
    let table = Table::open(bytes, name, options).map_err(|error| error.to_string())?;
    collect(table)
}

pub fn collect(table: Table<'_>) -> Result<Batch, String> {
    let mut whole = Batch::default();
    for batch in table {
        let batch = batch.map_err(|error| error.to_string())?;
        whole.rows.extend(batch.rows);
        whole.defects.extend(batch.defects);
    }
    Ok(whole)
}

/// What was understood, as text for people: a paragraph a record, then the defects.
pub fn understood(read: &Result<Batch, String>) -> String {
    let mut text = String::new();
    match read {
        Err(refusal) => writeln!(text, "refused: {refusal}"),
        Ok(batch) => {
            for row in &batch.rows {
                let json = serde_json::to_string(&row.consignment).expect("it is plain data");
                let _ = writeln!(text, "line {}: {json}", row.line);
                if let Some(inspection) = &row.inspection {
                    let json = serde_json::to_string(inspection).expect("it is plain data");
                    let _ = writeln!(text, "  inspection: {json}");
                }
            }
            for defect in &batch.defects {
                let rejected = if defect.kind.rejects() { "rejected" } else { "noted" };
                let (line, kind, reason) = (defect.line, defect.kind, &defect.reason);
                let _ = writeln!(text, "defect at line {line}: {kind}, {rejected}");
                let _ = writeln!(text, "  {}: {reason} <- {:?}", defect.field, defect.found);
            }
            Ok(())
        }
    }
    .expect("a String takes everything");
    text
}
