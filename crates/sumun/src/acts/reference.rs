//! Loading a reference list: who loaded which file, with its digest, is in the journal.

use anyhow::Result;
use intake::Reference;
use serde_json::json;
use sha2::{Digest, Sha256};
use targeting::consignment::Defect;

use crate::store::{Store, journal, references};

/// What loading came to.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Loaded {
    /// `goods`, `places` or `countries`.
    pub list: &'static str,
    /// Lines that are in the store now.
    pub rows: u64,
    /// Lines that could not be used.
    #[serde(skip)]
    pub defects: Vec<Defect>,
}

/// Reads a list and keeps it.
///
/// # Errors
/// A refusal when the bytes are no known list or no line of it can be used.
pub async fn load(
    store: &Store,
    name: &str,
    bytes: &[u8],
    (actor, now): (&str, i64),
) -> Result<Loaded> {
    let (reference, defects) = match intake::reference(bytes) {
        Ok(read) => read,
        Err(said) => crate::refuse!("unknown_list", "{name}: {said}"),
    };
    let (list, lines) = match &reference {
        Reference::Goods(list) => ("goods", list.len()),
        Reference::Places(list) => ("places", list.len()),
        Reference::Countries(list) => ("countries", list.len()),
    };
    if lines == 0 {
        crate::refuse!("empty_list", "{name} has the header of a list of {list} and no line of it");
    }
    let mut tx = store.begin().await?;
    let rows = references::keep(&mut tx, &reference).await?;
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "load reference".into(),
            subject: format!("reference {list}").into(),
            body: json!({
                "file": name,
                "sha256": hex::encode(Sha256::digest(bytes)),
                "lines": lines,
                "defects": defects.len(),
            }),
        }],
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Loaded { list, rows, defects })
}
