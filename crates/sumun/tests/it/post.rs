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

/// A tar archive of these files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in files {
        let mut head = vec![0u8; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[100..107].copy_from_slice(b"0000644");
        head[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        head[148..156].fill(b' ');
        head[156] = b'0';
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        head[154] = 0;
        out.extend(head);
        out.extend(*content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

#[test]
fn what_was_sent_in_another_is_shown_as_it_is_taken() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let one = manifest("9", &[("BL1001", "GENERAL CARGO")]);
    let other = manifest("9", &[("BL2001", "TIN TOYS"), ("BL2002", "SALT")]);
    let mail = format!("From: a@example.org\nSubject: cargo\nDate: now\n\n{one}\n");
    let box_ = format!("From a@example.org Thu Nov 26 10:00:00 2026\n{mail}\n");

    // A mail with one message is that message; its name says where it was.
    for (name, sent, packing) in [("a.eml", &mail, "mail"), ("a.mbox", &box_, "mailbox")] {
        let shown = person.does(&["inspect", &person.file(name, sent)?])?;
        ensure!(shown["format"] == "edifact" && shown["packing"] == packing, "{shown}");
        ensure!(shown["consignments"][0]["ids"]["master_bill"] == "BL1001", "{shown}");
        let member = shown["members"][0]["file"].as_str().context("no member")?;
        ensure!(member.starts_with(name), "{shown}");
    }
    // An archive has its members, and all of theirs together.
    let archive = tar(&[
        ("one.edi", one.as_bytes()),
        ("sub/other.edi", other.as_bytes()),
        ("sub/.DS_Store", b"\0\0"),
        ("noise.bin", b"\0\x01 nothing of the kind"),
    ]);
    let file = person.file("day.tar", &archive)?;
    let shown = person.does(&["inspect", &file])?;
    ensure!(shown["format"] == "tar" && shown["dialect"] == "CUSCAR D.95B", "{shown}");
    let many = |what: &str| shown[what].as_array().map_or(0, Vec::len);
    ensure!((many("members"), many("consignments"), many("manifests")) == (3, 3, 2), "{shown}");
    ensure!(shown["left_out"] == serde_json::json!(["day.tar/sub/.DS_Store"]), "{shown}");
    ensure!(shown["consignments"][2]["file"] == "day.tar/sub/other.edi", "{shown}");
    let wrong = shown["defects"].as_array().context("no defects")?;
    ensure!(wrong.iter().any(|one| one["file"] == "day.tar/noise.bin"), "{shown}");
    let said = person.says(&["inspect", "--raw", &file])?;
    for words in ["day.tar/sub/other.edi: edifact", "left out: day.tar/sub/.DS_Store", "BGM+85"] {
        ensure!(said.out.contains(words), "{words} is not in {said:?}");
    }
    let path = folder.path().display().to_string();
    let summary = person.does(&["inspect", "--summary", &path])?;
    ensure!(summary["files"].as_array().is_some_and(|files| files.len() == 5), "{summary}");

    // Nothing in it: one object all the same, and 1.
    let letter = "From: a@example.org\nSubject: hello\nDate: now\n\nNo cargo today.\n";
    let (code, shown) = person.json(&["inspect", &person.file("b.eml", letter)?])?;
    ensure!(code == 1 && shown["defects"][0]["what"] == "unreadable", "{shown}");
    ensure!(person.is_refused(&["inspect", &path])?.contains("--summary"), "a folder");
    ensure!(person.is_refused(&["inspect", "no-such.edi"])?.contains("no-such.edi"), "none");
    Ok(())
}

#[test]
fn what_has_no_number_takes_nobody_s_place() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let form = |who: &str| {
        format!(
            "{{\"sender\":{{\"name\":\"{who}\",\"country\":\"CN\"}},\
             \"recipient\":{{\"name\":\"김민지\",\"country\":\"KR\"}},\
             \"contents\":[{{\"description\":\"tea\",\"value\":3,\"currency\":\"USD\"}}]}}"
        )
    };
    let one = person.file("one.json", form("Wang Wei"))?;
    let other = person.file("other.json", form("Li Na"))?;
    let taken = person.does(&["ingest", "--office", "030", &one, &other])?;
    let count = |taken: &serde_json::Value, of: &str| -> i64 {
        let files = taken["files"].as_array().into_iter().flatten();
        files.filter_map(|file| file[of].as_i64()).sum()
    };
    ensure!((count(&taken, "new"), count(&taken, "amended")) == (2, 0), "{taken}");
    // The same form in another message is the same consignment.
    let again = person.file("again.json", form("Wang Wei") + "\n")?;
    let taken = person.does(&["ingest", "--office", "030", &again])?;
    ensure!((count(&taken, "read"), count(&taken, "new")) == (1, 0), "{taken}");
    Ok(())
}

#[test]
fn a_site_s_own_table_is_looked_at_by_its_mapping() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let table = "전표번호;신고일;세관코드;중량(kg)\nA-1;05.04.2021;30;1,5\n";
    let file = person.file("my.csv", table)?;
    let (code, shown) = person.json(&["inspect", &file])?;
    let proposal = shown["proposal"].as_str().context("no proposal")?;
    ensure!(code == 0 && proposal.contains("reference = \"전표번호\""), "{shown}");
    // It is shown by the likeness of its columns' names, and taken in by a mapping only.
    ensure!(shown["consignments"][0]["goods"][0]["net_mass_g"] == 1500, "{shown}");
    ensure!(!proposal.contains("recognise"), "{proposal}");
    let why = shown["defects"][0]["why"].as_str().unwrap_or_default();
    ensure!(why.starts_with("no mapping knows this table") && !why.contains("[fields]"), "{why}");

    let mapping = format!("{proposal}\n[file]\ndecimal = \",\"\ndates = [\"%d.%m.%Y\"]\n");
    let mapping = person.file("my.toml", mapping)?;
    let shown = person.does(&["inspect", "--mapping", &mapping, &file])?;
    ensure!(shown["consignments"][0]["ids"]["reference"] == "A-1", "{shown}");
    ensure!(shown["consignments"][0]["goods"][0]["net_mass_g"] == 1500, "{shown}");
    person.is_refused(&["inspect", "--mapping", "no-such.toml", &file])?;
    Ok(())
}

/// Whatever verb reads it, a file that is not there is refused with its name.
#[test]
fn a_file_that_is_not_there_is_refused_by_every_verb() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    person.does(&["migrate"])?;
    for words in [
        &["ingest", "none.file"][..],
        &["ingest", "--mapping", "none.file", "x.csv"],
        &["inspect", "none.file"],
        &["watch", "none.file", "--once"],
        &["record", "none.file"],
        &["verify", "--against", "none.file"],
        &["reference", "import", "none.file"],
        &["rule", "check", "none.file"],
        &["plan", "--capacity", "none.file", "--shift", "2030-01-01/day"],
    ] {
        let said = person.says(words)?;
        let named = format!("{}{}", said.out, said.err).contains("none.file cannot be opened")
            || said.err.contains("none.file is no folder");
        ensure!(said.code == 1 && named, "{words:?}: {said:?}");
    }
    let empty = person.path("empty");
    std::fs::create_dir(&empty)?;
    let said = person.says(&["ingest", &empty])?;
    ensure!(said.out.contains("no file to be read in the folder"), "{said:?}");
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
