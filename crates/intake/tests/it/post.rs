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

/// Each shared sample with the messages, consignments and defects that are read of it.
const SAMPLES: &[(&str, usize, usize, usize)] = &[
    ("cargo_xml/888-11111111_XFWB.xml", 1, 1, 0),
    ("cargo_xml/888-11111111_XFWB_pieceQuantityItemCountMismatch.xml", 1, 1, 0),
    ("cargo_xml/SEL22222222_XFZB.xml", 1, 1, 0),
    ("edifact_baplie/copyleft/baplie_d95b_smdg20_oocl.edi", 1, 3, 0),
    ("edifact_container_moves/copyleft/coarri_d95b_itg13_genoa_multi_unh.edi", 2, 21, 0),
    ("edifact_container_moves/coprar_d95b_no_UNB.edi", 1, 2, 2),
    ("edifact_cuscar/copyleft/cuscar_d95b_lot10_simple.edi", 1, 1, 1),
    ("edifact_iftmin/iftmin_d00b_big14_decimal_comma.edi", 1, 1, 3),
    ("edifact_robustness/copyleft/phpedifact_example_release_character.edi", 1, 0, 2),
    ("edifact_robustness/copyleft/phpedifact_example_utf8.edi", 1, 1, 2),
    ("ens_ics/315NoOptional.xml", 1, 1, 0),
    ("ens_ics/CC313A-schemaValidSampleWithSpecialChars-v11-2.xml", 1, 1, 0),
    ("ens_ics/CC315A-schemaInvalidSample-v11-2.xml", 1, 1, 0),
    ("ens_ics/CC315A-schemaValidSample-v11-2.xml", 1, 1, 0),
    ("unipass/cargo_clearance_progress.xml", 1, 1, 0),
    ("wco_cds/Step1_TT_IM083a.xml", 1, 1, 0),
    ("wco_cds/TT_EX013b.xml", 1, 1, 0),
    ("wco_cds/TT_EX041a.xml", 1, 1, 0),
    ("wco_cds/TT_IM080a.xml", 1, 1, 0),
    ("wco_cds/trap_BOM_TT_IM004a.xml", 1, 1, 0),
    ("wco_cds/trap_badNS_TT_EX019a_Step1.xml", 1, 1, 0),
    ("x12/x12_004010_310.edi", 1, 1, 1),
    ("x12/x12_005010_350.edi", 1, 2, 0),
    ("x12/x12_309_004010_santos_0.edi", 1, 10, 1),
];

#[test]
fn the_shared_samples_are_read() {
    let Some(folder) = samples() else { return };
    let mut wrong = Vec::new();
    for (name, messages, consignments, defects) in SAMPLES {
        let bytes = std::fs::read(folder.join(name)).expect("a sample of the list");
        let batch = read(&bytes[..], name, &options());
        println!("=== {name}\n{}", understood(&batch));
        let batch = batch.expect("a format that is read");
        let found = (batch.heads.len(), batch.rows.len(), batch.defects.len());
        if found != (*messages, *consignments, *defects) {
            wrong.push(format!("{name}: {found:?}"));
        }
        let rejecting = batch.defects.iter().filter(|defect| defect.kind.rejects()).count();
        assert_eq!(rejecting, 0, "{name}: something was left out");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What stands in the samples, found in what is read of them.
#[test]
fn the_shared_samples_are_understood() {
    let Some(folder) = samples() else { return };
    for (name, wanted) in [
        ("edifact_iftmin/iftmin_d00b_big14_decimal_comma.edi", "test_message"),
        ("edifact_container_moves/coprar_d95b_no_UNB.edi", "PLASTICS:ARTICLES"),
        ("cargo_xml/888-11111111_XFWB_pieceQuantityItemCountMismatch.xml", "do_not_add_up"),
        ("cargo_xml/SEL22222222_XFZB.xml", "\"house_bill\":\"SEL22222222\""),
        ("wco_cds/Step1_TT_IM083a.xml", "\"hs\":\"9207901000\""),
        ("unipass/cargo_clearance_progress.xml", "통관완료"),
    ] {
        let bytes = std::fs::read(folder.join(name)).expect("a sample of the list");
        let said = understood(&read(&bytes[..], name, &options()));
        assert!(said.contains(wanted), "{name}: {wanted} in\n{said}");
    }
}

/// The check digits of S10 against the numbers that a public collection holds to be right or
/// wrong. Whether a country code exists is not a matter of the digit.
#[test]
fn postal_item_numbers_are_checked() {
    use targeting::codes::PostalItemId;
    let Some(folder) = samples() else { return };
    let text = std::fs::read_to_string(folder.join("postal_s10/s10.json")).expect("a sample");
    let json: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let numbers = &json["tracking_numbers"][0]["test_numbers"];
    for number in numbers["valid"].as_array().into_iter().flatten() {
        let number = number.as_str().expect("a text");
        assert!(number.parse::<PostalItemId>().is_ok(), "{number}");
    }
    let wrong = numbers["invalid"][0].as_str().expect("a text");
    assert!(wrong.parse::<PostalItemId>().is_err(), "{wrong}");
}
