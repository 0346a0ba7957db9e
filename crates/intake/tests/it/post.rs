//! Trade messages: each of our own with what is understood of it beside, and every shared
//! sample, which must be read whole. `UPDATE=1 cargo nextest run -p intake post` writes the
//! texts beside the messages anew; `--no-capture` shows what each sample yields.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use intake::{MessageBatch, MessageOptions, Messages};

/// 25 November 2026, noon: later than all samples.
const NOON: i64 = 1_795_608_000_000_000;

pub fn options() -> MessageOptions {
    MessageOptions { received_at: NOON, ..MessageOptions::default() }
}

/// All batches as one, or the sentence why it is no message.
pub fn read(
    bytes: impl std::io::Read + Send,
    name: &str,
    options: &MessageOptions,
) -> Result<MessageBatch, String> {
    let messages = Messages::open(bytes, name, options).map_err(|error| error.to_string())?;
    let mut whole = MessageBatch::default();
    for batch in messages {
        let batch = batch.map_err(|error| error.to_string())?;
        whole.heads.extend(batch.heads);
        whole.rows.extend(batch.rows);
        whole.defects.extend(batch.defects);
    }
    Ok(whole)
}

/// What was understood, for people: a paragraph a message and a consignment, then the defects.
pub fn understood(read: &Result<MessageBatch, String>) -> String {
    let mut text = String::new();
    let batch = match read {
        Ok(batch) => batch,
        Err(refusal) => return format!("refused: {refusal}\n"),
    };
    for head in &batch.heads {
        let kind = serde_json::to_string(&(head.kind, head.function)).unwrap();
        let (dialect, reference) = (&head.dialect, &head.reference);
        let sent = head.sent_text().unwrap_or_default();
        let test = if head.test { ", a test" } else { "" };
        writeln!(
            text,
            "message at {}: {} [{dialect}] {kind} `{reference}` from `{}` to `{}`, {sent}{test}, \
             {} consignments",
            head.line,
            head.format.as_str(),
            head.sender,
            head.recipient,
            head.consignments
        )
        .unwrap();
    }
    for row in &batch.rows {
        let json = serde_json::to_string(&row.consignment).expect("it is plain data");
        writeln!(text, "{} of message {}, byte {}:", row.line, row.message, row.offset).unwrap();
        writeln!(text, "  {json}").unwrap();
    }
    for defect in &batch.defects {
        let (line, kind, reason) = (defect.line, defect.kind, &defect.reason);
        writeln!(text, "defect at {line}: {kind}").unwrap();
        writeln!(text, "  {}: {reason} <- {:?}", defect.field, defect.found).unwrap();
    }
    text
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn every_trade_message_is_understood_as_written_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let kinds = ["edifact", "cargo_imp", "xml", "x12", "postal"];
    let messages: Vec<PathBuf> = kinds
        .iter()
        .flat_map(|kind| files(&folder.join(kind)))
        .filter(|path| path.extension().is_none_or(|ending| ending != "understood"))
        .collect();
    assert!(messages.len() >= 5, "the messages are not where they should be");
    let mut wrong = Vec::new();
    for path in messages {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let found = understood(&read(&bytes[..], &name, &options()));
        let beside = path.with_extension("understood");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&beside, &found).unwrap();
        } else if std::fs::read_to_string(&beside).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "understood otherwise than written beside:\n{}", wrong.join("\n"));
}

/// The folder of shared samples, when there is one.
pub fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/samples");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there are no shared samples at {}", folder.display());
    None
}

#[test]
fn the_shared_samples_are_read() {
    let Some(folder) = samples() else { return };
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let ending = path.extension().unwrap_or_default();
        if !(ending == "edi" || ending == "xml") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let read = read(&bytes[..], &name, &options());
        println!("=== {name}\n{}", understood(&read));
    }
}
