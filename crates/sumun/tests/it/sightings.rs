//! A container tells its story in four messages: the list of what is to be discharged, the ship's
//! stowage plan, the quay and the gate. What they say of it is held against the manifest, and the
//! dossier tells where they part.

use anyhow::{Context, Result};
use serde_json::Value;
use sumun::store::journal;

use crate::api::{journal_size, learn_and_approve, nothing_altered};
use crate::engines::each_engine;
use crate::server::Server;

const BYTES: &str = "content-type: application/octet-stream\r\n";

/// A movement message about boxes, all by the ship of the manifest.
fn moved(kind: &str, sent: &str, boxes: &[&str]) -> String {
    let mut text = format!(
        "UNB+UNOA:2+PNCT+KCS+{sent}+{kind}1'UNH+1+{kind}:D:95B:UN'BGM+1+{kind}1+9'\
         TDT+20+042W+1++HANB:172:20+++D5PQ7:103::HANBADA PIONEER'"
    );
    boxes.iter().for_each(|one| text.push_str(one));
    text + "UNT+9+1'UNZ+1+1'"
}

fn one_box(number: &str, rest: &str) -> String {
    format!("EQD+CN+{number}+45G1:102:5++3+5'LOC+9+MXZLO:139:6'LOC+11+KRPUS:139:6'{rest}")
}

fn slot(cell: &str, number: &str, scan: &str) -> String {
    format!(
        "LOC+147+{cell}::5'{scan}MEA+WT++KGM:21400'LOC+9+MXZLO:139:6'LOC+11+KRPUS:139:6'RFF+BM:1'\
         EQD+CN+{number}+45G1+++5'"
    )
}

async fn take(server: &Server, name: &str, message: &str) -> Result<Value> {
    let path = format!("/api/v1/messages?name={name}&office=030");
    server.ask("POST", &path, BYTES, message).await?.expect(200)
}

async fn contradictions(server: &Server, id: &str) -> Result<Vec<(String, String, String)>> {
    let dossier = server.get(&format!("/api/v1/consignments/{id}/dossier")).await?.expect(200)?;
    let found = dossier["contradictions"].as_array().context("no contradictions")?;
    let text = |one: &Value| one.as_str().unwrap_or_default().to_owned();
    Ok(found
        .iter()
        .map(|one| (text(&one["check"]), text(&one["about"]), text(&one["said"]["en"])))
        .collect())
}

#[test]
fn a_seal_that_changes_between_quay_and_gate_is_in_the_dossier() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let taken = take(&server, "cuscar.edi", manifest).await?;
        let id = taken["consignments"][0]["id"].as_str().context("no id")?.to_owned();
        assert!(contradictions(&server, &id).await?.is_empty());

        let declared = "TGHU1234567";
        let sealed = one_box(declared, "MEA+AAE+VGM+KGM:21400'SEL+KR778120+SH'");
        let list = moved("COPRAR", "261120:0800", &[&sealed, &one_box("HANU7712047", "")]);
        let taken = take(&server, "coprar.edi", &list).await?;
        assert_eq!((&taken["not_declared"], &taken["received"]["new"]), (&2.into(), &0.into()));
        let plan = [
            slot("0120882", declared, ""),
            slot("0120884", "HANU7712047", "FTX+SCAN OK+++RTG'"),
            slot("0120886", "HANU1234565", "FTX+SCAN OK+++RTG'"),
        ];
        let plan = moved("BAPLIE", "261121:0800", &plan.each_ref().map(String::as_str));
        take(&server, "baplie.edi", &plan).await?;
        let quay = one_box(declared, "MEA+AAE+VGM+KGM:21350'SEL+778120+CA'");
        take(&server, "coarri.edi", &moved("COARRI", "261127:0800", &[&quay])).await?;
        // Until here one thing alone is odd: others of the plan were scanned.
        let found = contradictions(&server, &id).await?;
        let checks: Vec<&str> = found.iter().map(|(check, ..)| check.as_str()).collect();
        assert_eq!(checks, ["not_scanned"], "{found:?}");

        let gate = one_box(declared, "MEA+AAE+VGM+KGM:19100'SEL+CN990017+TO'");
        let gate = moved("CODECO", "261127:1400", &[&gate]);
        take(&server, "codeco.edi", &gate).await?;
        let entries = journal_size(&store).await?;
        take(&server, "codeco-again.edi", &gate).await?;
        assert_eq!(journal_size(&store).await?, entries, "the same message changed something");

        let found = contradictions(&server, &id).await?;
        let told = |check: &str| found.iter().find(|(code, ..)| code == check);
        let (_, about, said) = told("seal_changed").context("the seal did not change")?;
        assert_eq!(about, declared);
        assert_eq!(
            said,
            "The seal changed: 778120 in the quay report (COARRI), CN990017 in the gate report \
             (CODECO)."
        );
        let (.., said) = told("mass_changed").context("the mass did not change")?;
        assert!(said.contains("21350 kg") && said.contains("19100 kg"), "{said}");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn houses_are_held_against_their_waybill() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let waybill = "FWB/16\n180-12345675ICNJFK/T41K509.5\nRTD/1/P41/K509.5\n/NG/CONSOL\n";
        take(&server, "master.txt", waybill).await?;
        let houses = |pieces: u32| {
            format!(
                "FHL/4\nMBI/180-12345675ICNJFK/T41K509.5\nHBS/H1/ICNJFK/31/K409.5//SHOES\n\
                 HBS/H2/ICNJFK/{pieces}/K100//COSMETICS\n"
            )
        };
        let taken = take(&server, "houses.txt", &houses(10)).await?;
        let id = taken["consignments"][0]["id"].as_str().context("no id")?.to_owned();
        assert!(contradictions(&server, &id).await?.is_empty());
        // One house is amended, and the other's dossier says that the sum is another one now.
        take(&server, "amended.txt", &houses(8)).await?;
        let found = contradictions(&server, &id).await?;
        assert_eq!(found.len(), 1, "{found:?}");
        let (check, about, said) = &found[0];
        assert_eq!((check.as_str(), about.as_str()), ("houses_unlike_master", "180-12345675"));
        assert!(said.contains("states 41 packages, its houses come to 39"), "{said}");
        server.stop().await
    });
}

#[test]
fn a_declared_box_that_no_list_names_is_told() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let taken = take(&server, "cuscar.edi", manifest).await?;
        let id = taken["consignments"][0]["id"].as_str().context("no id")?.to_owned();
        let others = [one_box("HANU7712047", ""), one_box("HANU1234565", "")];
        let others = others.each_ref().map(String::as_str);
        // An export list of the same voyage says nothing of what is discharged.
        let loaded = others.map(|one| one.replace("LOC+11+KRPUS", "LOC+11+USLAX"));
        let loaded = loaded.each_ref().map(String::as_str);
        take(&server, "load.edi", &moved("COPRAR", "261127:1800", &loaded)).await?;
        assert!(contradictions(&server, &id).await?.is_empty());
        take(&server, "coarri.edi", &moved("COARRI", "261127:0800", &others)).await?;
        let found = contradictions(&server, &id).await?;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "not_listed");
        assert!(found[0].2.contains("has 2 boxes, and not this one"), "{found:?}");
        server.stop().await
    });
}

#[test]
fn a_box_that_no_manifest_names_is_listed_until_one_does() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let full = one_box("TGHU1234567", "SEL+KR778120+SH'MEA+AAE+VGM+KGM:21400'");
        let empty = one_box("HANU7712047", "").replace("++3+5'", "++3+4'");
        take(&server, "coprar.edi", &moved("COPRAR", "261120:0800", &[&full, &empty])).await?;
        let gate = moved("CODECO", "261127:1400", &[&full]);
        take(&server, "codeco.edi", &gate).await?;
        let listed = async |query: &str| -> Result<Vec<(String, i64)>> {
            let found = server.get(&format!("/api/v1/sightings?{query}")).await?.expect(200)?;
            let items = found["items"].as_array().context("no items")?;
            let said = |one: &Value| {
                let number = one["number"].as_str().unwrap_or_default().to_owned();
                (number, one["times"].as_i64().unwrap_or_default())
            };
            Ok(items.iter().map(said).collect())
        };
        let tghu = ("TGHU1234567".to_owned(), 2);
        let hanu = ("HANU7712047".to_owned(), 1);
        assert_eq!(listed("").await?, [tghu.clone(), hanu.clone()]);
        assert_eq!(listed("full=true").await?, std::slice::from_ref(&tghu));
        // By a part of its seal, of the ship's name, or of the port's.
        assert_eq!(listed("q=8120").await?, std::slice::from_ref(&tghu));
        assert_eq!(listed("q=pioneer").await?.len(), 2);
        assert_eq!(listed("q=krpus").await?.len(), 2);
        assert!(listed("q=nowhere").await?.is_empty());
        // A page at a time.
        let first = server.get("/api/v1/sightings?limit=1").await?.expect(200)?;
        let next = first["next"].as_str().context("there is a second page")?;
        assert_eq!(listed(&format!("limit=1&cursor={next}")).await?, std::slice::from_ref(&hanu));
        // The manifest names one of them.
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        take(&server, "cuscar.edi", manifest).await?;
        assert_eq!(listed("").await?, [hanu]);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn what_is_seen_after_screening_says_so() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let taken = take(&server, "cuscar.edi", manifest).await?;
        let id = taken["consignments"][0]["id"].as_str().context("no id")?.to_owned();
        let gate = one_box("TGHU1234567", "SEL+CN990017+TO'");
        take(&server, "codeco.edi", &moved("CODECO", "261127:1400", &[&gate])).await?;
        let dossier =
            server.get(&format!("/api/v1/consignments/{id}/dossier")).await?.expect(200)?;
        let found = dossier["contradictions"].as_array().context("no contradictions")?;
        let seal = found.iter().find(|one| one["check"] == "seal_unlike_declared");
        let seal = seal.with_context(|| format!("the seal is another one: {found:?}"))?;
        assert_eq!(seal["after_screening"], true);
        // The journal has it beside the sighting: which consignment, and in what.
        let entries = journal::of_act(&mut store.read().await?, "sight", "kim").await?;
        let said: Vec<&str> = entries.iter().map(|one| one.body.as_str()).collect();
        let said = said.join("\n");
        assert!(said.contains("seal_unlike_declared"), "{said}");
        nothing_altered(&store).await?;
        server.stop().await
    });
}
