//! Each file in `tests/messages` with the text beside it that says what is understood of it.
//! `UPDATE=1 cargo nextest run -p intake messages` writes those texts anew.

use std::path::{Path, PathBuf};

use intake::{Mapping, TableOptions};

use crate::{read, understood};

#[test]
fn every_message_is_understood_as_written_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let mut messages: Vec<PathBuf> = ["csv", "ndjson"]
        .iter()
        .flat_map(|kind| std::fs::read_dir(folder.join(kind)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| !matches!(extension(path), "understood" | "toml"))
        .collect();
    messages.sort();
    assert!(messages.len() >= 15, "the messages are not where they should be");

    let mut wrong = Vec::new();
    for path in messages {
        let bytes = std::fs::read(&path).unwrap();
        let mapping = path.with_extension("toml");
        let mapping = mapping.exists().then(|| {
            Mapping::parse(&std::fs::read_to_string(&mapping).unwrap()).expect("a sound mapping")
        });
        let options = TableOptions { mapping, ..TableOptions::default() };
        let name = path.file_name().unwrap().to_string_lossy();
        let found = understood(&read(&bytes, &name, &options));
        let beside = path.with_extension("understood");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&beside, &found).unwrap();
        } else if std::fs::read_to_string(&beside).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "understood otherwise than written beside:\n{}", wrong.join("\n"));
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}
