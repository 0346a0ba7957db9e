//! Trade messages from the command line: shown without a store, taken in with one, amended,
//! withdrawn, and sent again, as a person at a terminal sees it.

use anyhow::{Context, Result, ensure};

use crate::person::{Person, number, texts};

/// A manifest of two bills, of a function of BGM.
fn manifest(function: &str, bills: &[(&str, &str)]) -> String {
    let mut text = format!(
        "UNB+UNOA:2+HANB+KCS+210405:0910+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+MF1+{function}'\
         TDT+20+042W+1++HANB:172:20+++9074729:146::HANBADA PIONEER'LOC+11+KRPUS:139:6'"
    );
    for (n, (bill, goods)) in bills.iter().enumerate() {
        text.push_str(&format!(
            "CNI+{n}+{bill}'RFF+BM:{bill}'NAD+CZ+++SELLER LTD'GID+1+5:CT'FTX+AAA+++{goods}'"
        ));
    }
    text + "UNT+99+1'UNZ+1+1'"
}

const BOXES: &str = "UNB+UNOA:1+PNCT+HANB+210405:1402+G'UNH+1+CODECO:D:95B:UN'BGM+36+G+9'\
     EQD+CN+CSQU3054383+45G1:102:5++3+5'SEL+SM+CA'UNT+5+1'UNZ+1+G'";

#[test]
fn a_message_is_shown_without_a_store() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let file = person.file("m.edi", manifest("9", &[("BL1001", "GENERAL CARGO")]))?;
    let shown = person.does(&["inspect", &file])?;
    ensure!(shown["format"] == "edifact" && shown["dialect"] == "CUSCAR D.95B", "{shown}");
    let one = &shown["consignments"][0];
    ensure!(one["ids"]["master_bill"] == "BL1001", "{one}");
    ensure!(one["parties"][0]["contact"]["name"] == "SELLER LTD", "{one}");
    ensure!(one["goods"][0]["packages"] == 5 && one["route"]["discharge"] == "KRPUS", "{one}");
    ensure!(one["signs"][0] == "description_vague", "{one}");
    ensure!(shown["manifests"][0]["masters"][0]["master_bill"] == "BL1001", "{shown}");
    let wrong = &shown["defects"][0];
    ensure!(wrong["what"] == "noted" && wrong["where"]["line"] == 11, "{shown}");
    ensure!(!folder.path().join("store.sqlite").exists(), "a store was made");

    let said = person.says(&["inspect", "--raw", &file])?;
    ensure!(said.out.contains("└ noted UNT counts 99 segments"), "{said:?}");

    let nothing = person.file("n.bin", b"\0\x01\x02 nothing of the kind \0")?;
    let (code, shown) = person.json(&["inspect", &nothing])?;
    ensure!(code == 1 && shown["consignments"] == serde_json::json!([]), "{shown}");

    let folder = folder.path().display().to_string();
    let summary = person.does(&["inspect", "--summary", &folder])?;
    ensure!(summary["files"].as_array().is_some_and(|files| files.len() == 2), "{summary}");
    Ok(())
}

#[tokio::test]
async fn messages_become_consignments_are_amended_and_withdrawn() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    person.does(&["migrate"])?;
    std::fs::create_dir(folder.path().join("drop"))?;
    let first = manifest("9", &[("BL1001", "WATER PUMPS"), ("BL1002", "TIN TOYS")]);
    person.file("drop/a.edi", &first)?;
    person.file("drop/b.edi", BOXES)?;
    let test = first.replace("+210405:0910+1'", "+210405:0910+2++++++1'");
    person.file("drop/c.edi", test)?;
    let drop = person.path("drop");

    let told = person.does(&["ingest", "--office", "030", &drop])?;
    let file = |told: &serde_json::Value, n: usize, what: &str| told["files"][n][what].clone();
    ensure!(file(&told, 0, "new") == 2, "{told}");
    ensure!(file(&told, 1, "not_declared") == 1 && file(&told, 1, "new") == 0, "{told}");
    ensure!(file(&told, 2, "tests") == 2 && file(&told, 2, "new") == 0, "{told}");

    // The same folder again changes nothing.
    let told = person.does(&["ingest", "--office", "030", &drop])?;
    ensure!(file(&told, 0, "unchanged") == 2 && file(&told, 0, "new") == 0, "{told}");

    let other = person.file("r.edi", manifest("5", &[("BL1001", "WATER PUMPS, USED")]))?;
    let told = person.does(&["ingest", "--office", "030", &other])?;
    ensure!(file(&told, 0, "amended") == 1, "{told}");
    let gone = person.file("x.edi", manifest("1", &[("BL1002", "TIN TOYS")]))?;
    person.does(&["ingest", "--office", "030", &gone])?;

    // A cancellation that names no bill withdraws what of its manifest still stands.
    let all = person.file("all.edi", manifest("1", &[]))?;
    for amended in [1, 0] {
        let told = person.does(&["ingest", "--office", "030", &all])?;
        ensure!(file(&told, 0, "amended") == amended, "{told}");
    }
    person.does(&["verify"])?;

    let store = person.open().await?;
    let count = number(&store, "select count(*) from consignment").await?;
    ensure!(count == 5, "{count} versions are kept");
    let fates = texts(&store, "select fate from consignment order by id").await?;
    let gone = "superseded";
    ensure!(fates == [gone, gone, gone, "rejected", "rejected"], "{fates:?}");
    let offices = texts(&store, "select distinct office from consignment").await?;
    ensure!(offices == ["030"], "{offices:?}");
    let noted = texts(&store, "select reason from defect order by message_id limit 1").await?;
    let reason = noted.first().context("no defect was kept")?;
    ensure!(reason.contains("UNT counts 99"), "{reason}");
    Ok(())
}
