//! Data over real HTTP: raw messages come in and are screened, what could not be read is mended by
//! a person and flows on, who may not see it sees nothing of it, and figures come from the recorded
//! chances.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sumun::pipeline::{self, Ranking};
use sumun::store::Store;
use sumun::store::messages::NewMessage;
use targeting::codes::Day;
use targeting::model::Target;

use crate::api::{batch, consignment, declared, journal_size, learn_and_approve, nothing_altered};
use crate::engines::{NOW_US, each_engine, each_place};
use crate::person::Person;
use crate::server::{Server, refused};

const BYTES: &str = "content-type: application/octet-stream\r\n";

pub const HEADER: &str = "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,\
    Payment Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,\
    Country of Departure,Country of Origin,Tax Rate,Tax Type,Country of Origin Indicator,\
    Net Mass,Item Price";

/// A line of the Korea Customs Service's table.
pub fn line(id: u32, date: &str, hs: &str) -> String {
    format!("{id},{date},030,B,11,21,11,40,DAAA111,IBBB222,SCCC333,CDD4,{hs},EC,EC,0.0,A,G,108,50")
}

/// Three declarations: one sound, one without a day that can be read, one with no HS code.
fn table() -> String {
    let (sound, undated) = (line(1, "2030-01-01", "080390"), line(2, "the first", "080390"));
    format!("{HEADER}\n{sound}\n{undated}\n{}\n", line(3, "2030-01-01", "banana"))
}

async fn open_defects(server: &Server) -> Result<Vec<Value>> {
    let list = server.get("/api/v1/defects?state=open&limit=1000").await?.expect(200)?;
    list["items"].as_array().cloned().context("no items")
}

async fn take(server: &Server, name: &str, message: &str) -> Result<crate::server::Answer> {
    server.ask("POST", &format!("/api/v1/messages?name={name}"), BYTES, message).await
}

#[test]
fn a_message_is_kept_and_screened_and_twice_changes_nothing() {
    each_engine(async |store| {
        let model = learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let first = take(&server, "day.csv", &table()).await?.expect(200)?;
        assert_eq!((&first["format"], &first["model"]), (&json!("csv"), &json!(model)));
        assert_eq!(
            (&first["received"]["new"], &first["received"]["rejected"]),
            (&json!(2), &json!(1))
        );
        assert!(first["consignments"][0]["assessment"]["lane"].is_string(), "{first}");
        let entries = journal_size(&store).await?;
        let again = take(&server, "other.csv", &table()).await?.expect(200)?;
        assert_eq!((&again["repeated"], &again["message"]), (&json!(true), &first["message"]));
        assert_eq!(again["received"]["unchanged"], 2);
        assert_eq!(journal_size(&store).await?, entries);

        // A manifest, and bytes that are nothing: those are kept with a defect that says so.
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let read = take(&server, "cuscar.edi", manifest).await?.expect(200)?;
        assert_eq!(read["format"], "edifact");
        assert!(read["received"]["new"].as_i64().is_some_and(|new| new > 0), "{read}");
        let answer = take(&server, "noise", "these are no goods").await?;
        assert_eq!(refused(&answer, 422), "nothing_stored");
        assert!(answer.json()?["message"].is_i64(), "{}", answer.body);
        assert_eq!(refused(&take(&server, "nothing", "").await?, 422), "empty");
        let json = server.post("/api/v1/messages", &json!({})).await?;
        assert_eq!(refused(&json, 415), "content_type");

        let sources = server.get("/api/v1/sources").await?.expect(200)?;
        let named: Vec<&str> = sources["items"]
            .as_array()
            .context("no sources")?
            .iter()
            .filter_map(|one| one["source"].as_str())
            .collect();
        assert!(named.contains(&"kcs") && named.contains(&"unknown"), "{named:?}");
        let list = server.get("/api/v1/messages?limit=1").await?.expect(200)?;
        assert_eq!(list["items"][0]["name"], "noise");
        assert!(list["next"].is_string());
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_mail_brings_each_of_its_files_as_a_message() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let boxes = include_str!("../../../intake/tests/messages/edifact/baplie-2-and-31.edi");
        let part = |name: &str, text: &str| {
            let name = format!("Content-Disposition: attachment; filename=\"{name}\"");
            format!("--=b\nContent-Type: application/octet-stream\n{name}\n\n{text}\n")
        };
        let mail = format!(
            "From: line@example.org\nSubject: today\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=\"=b\"\n\n{}{}{}--=b--\n",
            part("m.edi", manifest),
            part("b.edi", boxes),
            part("noise.bin", "no goods at all"),
        );
        let taken = take(&server, "today.eml", &mail).await?.expect(200)?;
        let read = &taken["received"];
        assert_eq!((&taken["format"], &read["new"]), (&json!("edifact"), &json!(2)), "{taken}");
        assert!(taken["not_declared"].as_u64().is_some_and(|boxes| boxes > 0), "{taken}");
        let answered = taken["acknowledgement"].as_str().context("nothing is answered")?;
        assert_eq!(answered.matches("+CONTRL:").count(), 2, "{answered}");
        let list = server.get("/api/v1/messages").await?.expect(200)?;
        let names: Vec<&str> = (list["items"].as_array().context("no messages")?.iter())
            .filter_map(|one| one["name"].as_str())
            .collect();
        for name in ["today.eml/m.edi", "today.eml/b.edi", "today.eml/noise.bin"] {
            assert!(names.contains(&name), "{names:?}");
        }
        let entries = journal_size(&store).await?;
        let again = take(&server, "today.eml", &mail).await?.expect(200)?;
        assert_eq!(again["repeated"], true);
        assert_eq!(journal_size(&store).await?, entries);
        let empty = "From: a@b.example\nSubject: x\nDate: now\n\n";
        assert_eq!(refused(&take(&server, "empty.eml", empty).await?, 422), "empty");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn what_would_be_understood_is_shown_beside_the_segments() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let entries = journal_size(&store).await?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let damaged = manifest.replacen("CNT+8:812", "CNT+8:9", 1);
        let look = server.ask("POST", "/api/v1/messages/inspect?name=a.edi", BYTES, &damaged);
        let look = look.await?.expect(200)?;
        assert_eq!(look["format"], "edifact");
        assert!(look["dialect"].as_str().is_some_and(|text| text.contains("CUSCAR")), "{look}");
        let segments = look["segments"].as_array().context("no segments")?;
        assert!(segments.iter().any(|one| one["text"].as_str().unwrap().starts_with("BGM+785")));
        let marked =
            segments.iter().any(|one| one["defects"].as_array().is_some_and(|d| !d.is_empty()));
        assert!(marked && !look["defects"].as_array().unwrap().is_empty(), "{look}");
        assert!(!look["consignments"].as_array().unwrap().is_empty());
        let noise = server.ask("POST", "/api/v1/messages/inspect", BYTES, "noise").await?;
        assert_eq!(noise.expect(200)?["defects"][0]["kind"], "unreadable");
        // Looking keeps nothing.
        assert_eq!(journal_size(&store).await?, entries);
        server.stop().await
    });
}

#[test]
fn a_record_that_was_rejected_is_mended_and_flows_on() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        take(&server, "day.csv", &table()).await?.expect(200)?;
        let open = open_defects(&server).await?;
        assert_eq!(open.len(), 2, "{open:?}");
        let undated = open.iter().find(|one| one["rejects"] == true).context("none rejects")?;
        let path = format!("/api/v1/defects/{}", undated["id"].as_str().context("no id")?);
        let shown = server.get(&path).await?.expect(200)?;
        let column = |shown: &Value, name: &str| -> Value {
            let columns = shown["record"].as_array().unwrap();
            columns.iter().find(|one| one["name"] == name).unwrap()["text"].clone()
        };
        assert_eq!(column(&shown, "Date"), "the first");
        assert_eq!(column(&shown, "Seller ID"), "SCCC333");

        // What still cannot be read, and what is no column, changes nothing.
        let mend = async |id: &str, column: &str, text: &str| {
            let body =
                json!({ "id": id, "values": { column: text }, "reason": "asked the broker" });
            server.post(&format!("{path}/mend"), &body).await
        };
        assert_eq!(refused(&mend("a", "Date", "the second").await?, 422), "not_mended");
        assert_eq!(refused(&mend("a", "Datum", "2030-01-02").await?, 422), "no_column");
        assert_eq!(open_defects(&server).await?.len(), 2);
        let done = mend("a", "Date", "2030-01-02").await?.expect(200)?;
        assert_eq!((&done["received"]["new"], &done["repeated"]), (&json!(1), &json!(false)));
        let again = mend("a", "Date", "2030-01-02").await?.expect(200)?;
        assert_eq!(
            (&again["consignments"], &again["repeated"]),
            (&done["consignments"], &json!(true))
        );
        assert_eq!(refused(&mend("a", "Date", "2030-01-03").await?, 409), "idempotency_key");
        assert_eq!(refused(&mend("b", "Date", "2030-01-03").await?, 409), "decided");

        let id = done["consignments"][0].as_str().context("no consignment")?;
        let read = server.get(&format!("/api/v1/consignments/{id}")).await?.expect(200)?;
        assert_eq!(
            (&read["reference"], &read["arrived_on"], &read["fate"]),
            (&json!("2"), &json!("2030-01-02"), &json!("pending"))
        );
        assert_eq!(read["assessments"].as_array().map(Vec::len), Some(1), "it is screened");
        let mended = server.get("/api/v1/defects?state=mended").await?.expect(200)?;
        assert_eq!(
            (&mended["items"][0]["id"], &mended["items"][0]["decided_by"]),
            (&undated["id"], &json!("kim"))
        );
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_field_that_was_lost_is_mended_by_a_new_version() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        take(&server, "day.csv", &table()).await?.expect(200)?;
        let open = open_defects(&server).await?;
        let lost = open.iter().find(|one| one["field"] == "goods.hs").context("no such defect")?;
        let path = format!("/api/v1/defects/{}", lost["id"].as_str().context("no id")?);
        let body = json!({ "id": "h", "values": { "HS6 Code": "080390" }, "reason": "bananas" });
        let done = server.post(&format!("{path}/mend"), &body).await?.expect(200)?;
        assert_eq!(done["received"]["amended"], 1);
        let id = done["consignments"][0].as_str().context("no consignment")?;
        let read = server.get(&format!("/api/v1/consignments/{id}")).await?.expect(200)?;
        assert_eq!(
            (&read["version"], &read["declared"]["goods"][0]["hs"]),
            (&json!(2), &json!("080390"))
        );
        let fates: Vec<&Value> =
            read["versions"].as_array().context("none")?.iter().map(|one| &one["fate"]).collect();
        assert_eq!(fates, ["superseded", "pending"]);

        // A person may also leave a record as it is, for a reason.
        let undated = open_defects(&server).await?;
        let path = format!("/api/v1/defects/{}", undated[0]["id"].as_str().context("no id")?);
        let reject = |reason: &str| json!({ "id": "r", "reason": reason });
        let reject_at = format!("{path}/reject");
        assert_eq!(refused(&server.post(&reject_at, &reject(" ")).await?, 422), "no_reason");
        let seen = server.post(&reject_at, &reject("a test of the broker")).await?.expect(200)?;
        assert_eq!(seen["state"], "rejected");
        server.post(&reject_at, &reject("a test of the broker")).await?.expect(200)?;
        assert!(open_defects(&server).await?.is_empty());

        // A request's own records are kept and mended likewise.
        let mut wrong = declared(1);
        wrong["arrived_at"] = json!("new year");
        let answer = server.post("/api/v1/consignments", &wrong).await?;
        assert_eq!(refused(&answer, 422), "nothing_stored");
        let open = open_defects(&server).await?;
        let path = format!("/api/v1/defects/{}", open[0]["id"].as_str().context("no id")?);
        let text = serde_json::to_string(&declared(1))?;
        let body = json!({ "id": "q", "values": { "consignment": text }, "reason": "typed" });
        let done = server.post(&format!("{path}/mend"), &body).await?.expect(200)?;
        assert_eq!(done["received"]["new"], 1);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_damaged_message_is_mended_as_a_whole() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let damaged = manifest.replacen("BGM+785+26HANB0042I+9'", "BGM+785+26HANB0042I+9", 1);
        let taken = take(&server, "cuscar.edi", &damaged).await?;
        assert!(matches!(taken.status, 200 | 422), "{}", taken.body);
        let open = open_defects(&server).await?;
        let first = open.first().context("a damaged message has no defect")?;
        assert_eq!(first["mendable"], true);
        let path = format!("/api/v1/defects/{}", first["id"].as_str().context("no id")?);
        let shown = server.get(&path).await?.expect(200)?;
        assert_eq!(shown["record"][0]["name"], "message");
        assert_eq!(shown["record"][0]["text"], json!(damaged));
        let body = json!({ "id": "m", "values": { "message": manifest }, "reason": "a quote" });
        let done = server.post(&format!("{path}/mend"), &body).await?.expect(200)?;
        assert!(!done["consignments"].as_array().unwrap().is_empty(), "{done}");
        let left = open_defects(&server).await?;
        assert!(left.iter().all(|one| one["message"] != first["message"]), "{left:?}");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn defects_of_other_offices_and_names_of_persons_stay_hidden() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        take(&server, "day.csv", &table()).await?.expect(200)?;
        let id = open_defects(&server).await?[0]["id"].as_str().context("no id")?.to_owned();
        let path = format!("/api/v1/defects/{id}");
        let far = server.person("far", &["targeting_officer@031"]).await?;
        let far = server.by(&far);
        assert_eq!(far.get("/api/v1/defects").await?.expect(200)?["items"], json!([]));
        assert_eq!(refused(&far.get(&path).await?, 404), "no_defect");
        let body = json!({ "id": "x", "values": { "Date": "2030-01-01" }, "reason": "mine" });
        let mend = format!("{path}/mend");
        assert_eq!(refused(&far.post(&mend, &body).await?, 404), "no_defect");
        assert_eq!(refused(&far.post("/api/v1/messages", &json!({})).await?, 415), "content_type");
        let sent = far.ask("POST", "/api/v1/messages", BYTES, &table()).await?;
        assert_eq!(refused(&sent, 403), "forbidden");

        let near = server.person("near", &["analyst@030"]).await?;
        let near = server.by(&near);
        let shown = near.get(&path).await?.expect(200)?;
        let columns = shown["record"].as_array().context("no record")?;
        let text =
            |name: &str| columns.iter().find(|one| one["name"] == name).unwrap()["text"].clone();
        assert_eq!((text("Seller ID"), text("Office ID")), (Value::Null, json!("030")));
        // A mended record may not move to an office that is none of the person's.
        let moved = json!({ "id": "y", "values": { "Date": "2030-01-01", "Office ID": "031" },
                            "reason": "elsewhere" });
        assert_eq!(refused(&near.post(&mend, &moved).await?, 422), "not_mended");
        let lee = server.person("lee", &["inspector@030"]).await?;
        let lee = server.by(&lee);
        for path in ["/api/v1/defects", &path, "/api/v1/sources", "/api/v1/messages"] {
            assert_eq!(refused(&lee.get(path).await?, 403), "forbidden");
        }
        let eve = server.person("eve", &["auditor"]).await?;
        let eve = server.by(&eve);
        eve.get(&path).await?.expect(200)?;
        assert_eq!(refused(&eve.post(&mend, &body).await?, 403), "forbidden");
        server.stop().await
    });
}

#[test]
fn figures_come_from_the_recorded_chances() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let nothing = server.get("/api/v1/measures/capacity").await?;
        assert_eq!(refused(&nothing, 422), "nothing_measured");
        assert_eq!(
            server.get("/api/v1/measures/precision").await?.expect(200)?["random"],
            Value::Null
        );
        server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
        let order = json!({ "office": "030", "shift": "2030-01-01",
                            "minutes": [{ "modality": "unpack", "minutes": 150 }] });
        server.post("/api/v1/plans", &order).await?.expect(200)?;
        let drawn = server.get("/api/v1/plans/P-1/selections?drawn=1&limit=1000").await?;
        let reports: Vec<Value> = drawn.expect(200)?["items"]
            .as_array()
            .context("none")?
            .iter()
            .map(|one| {
                let reference = one["reference"].as_str().unwrap();
                let n: u32 = reference.trim_start_matches("N-").parse().unwrap();
                let (outcome, method) = match n % 7 == 3 {
                    true => ("discrepancy", json!("scan")),
                    false => ("clear", Value::Null),
                };
                json!({ "declaration_id": reference, "outcome": outcome,
                        "detection_method": method })
            })
            .collect();
        server.post("/api/v1/outcomes", &json!({ "outcomes": reports })).await?.expect(200)?;

        let path = "/api/v1/measures/capacity?officers=1,2,4&officers_now=2";
        let told = server.get(path).await?.expect(200)?;
        let points = told["points"].as_array().context("no points")?;
        let number = |n: usize, what: &str| points[n][what].as_f64().unwrap();
        assert!((number(1, "inspections") - 15.0).abs() < 1e-6, "{told}");
        assert!((number(2, "inspections") - 30.0).abs() < 1e-6, "{told}");
        for point in points {
            let finds = &point["finds"];
            assert!(finds["low"].as_f64() <= finds["estimate"].as_f64(), "{told}");
            assert!(finds["estimate"].as_f64() <= finds["high"].as_f64(), "{told}");
        }
        assert_eq!(told["minutes_per_officer"], 75.0);
        assert!(told["assumptions"][0]["ko"].is_string());
        for wrong in ["officers=0", "officers=many", "minutes_per_officer=-1", "officers_now=NaN"] {
            let answer = server.get(&format!("/api/v1/measures/capacity?{wrong}")).await?;
            assert!(matches!(answer.status, 400 | 422), "{wrong}: {}", answer.body);
        }

        let told = server.get("/api/v1/measures/calibration").await?.expect(200)?;
        let bins = told["bins"].as_array().context("no bins")?;
        let count: i64 = bins.iter().filter_map(|bin| bin["n"].as_i64()).sum();
        assert_eq!((count, &told["plans"]), (70, &json!(1)));
        let told = server.get("/api/v1/measures/precision").await?.expect(200)?;
        let top = told["points"][4]["precision"]["estimate"].as_f64().context("no point")?;
        let random = told["random"]["estimate"].as_f64().context("no baseline")?;
        assert!(top > random, "the top of the list is no better than chance: {told}");
        let told = server.get("/api/v1/measures/coverage?from=2030-01-01").await?.expect(200)?;
        let office = &told["offices"][0];
        assert_eq!(
            (&office["arrived"], &office["screened"], &office["planned"], &office["inspected"]),
            (&json!(70), &json!(70), &json!(70), &json!(15))
        );
        let told = server.get("/api/v1/drift").await?.expect(200)?;
        assert_eq!(told["signals"].as_array().map(Vec::len), Some(4));
        // Of another office there is nothing.
        let far = server.person("far", &["analyst@031"]).await?;
        let far = server.by(&far);
        let told = far.get("/api/v1/measures/coverage").await?.expect(200)?;
        assert_eq!(told["offices"], json!([]));
        assert_eq!(far.get("/api/v1/drift").await?.expect(200)?["signals"], json!([]));
        assert_eq!(refused(&far.get(path).await?, 422), "nothing_measured");
        server.stop().await
    });
}

/// Consignments that had arrived when the model still learned, and are planned only later, are no
/// test of it: their histories, and perhaps their own outcomes, are in the model.
#[test]
fn a_model_is_not_valued_by_what_it_may_have_seen() {
    each_engine(async |store| {
        let model = learn_and_approve(&store).await?;
        late(&store).await?;
        let server = Server::start(&store).await?;
        server.post("/api/v1/consignments", &batch(0..50)).await?.expect(200)?;
        let order = json!({ "office": "030", "shift": "2030-01-01", "since": "2024-01-01",
                            "minutes": [{ "modality": "unpack", "minutes": 300 }] });
        let drawn = server.post("/api/v1/plans", &order).await?.expect(200)?;
        assert_eq!(drawn["plans"][0]["plan"]["candidates"], 60);
        let drawn = server.get("/api/v1/plans/P-1/selections?drawn=1&limit=1000").await?;
        let reports: Vec<Value> = drawn.expect(200)?["items"]
            .as_array()
            .context("none")?
            .iter()
            .map(|one| json!({ "declaration_id": one["reference"], "outcome": "clear" }))
            .collect();
        server.post("/api/v1/outcomes", &json!({ "outcomes": reports })).await?.expect(200)?;
        let window = (Day::FIRST, Day::LAST);
        let ranking = Ranking::Model(&model);
        let valued = pipeline::value_of(&store, Target::Irregular, window, ranking).await?;
        assert_eq!((valued.arrived_before, valued.consignments, valued.plans), (10, 50, 1));
        server.stop().await
    });
}

/// Ten consignments that arrived among the lessons and were never decided about.
async fn late(store: &Store) -> Result<()> {
    let arrivals = (0..10)
        .map(|n| {
            let late = targeting::consignment::Consignment {
                reference: format!("L-{n}").into(),
                ..consignment(n * 12 + 100)
            };
            pipeline::prepare(u64::from(n) + 1, late, None)
        })
        .collect::<Result<Vec<_>>>()?;
    let message = NewMessage {
        digest: "late",
        name: "late.csv",
        source: "api",
        format: "csv",
        size_bytes: 1,
    };
    let message = pipeline::open(store, &message, NOW_US).await?;
    pipeline::receive(store, &message, &arrivals, &[], false, ("kim", NOW_US)).await?;
    pipeline::screen(store, ("kim", NOW_US), |_| {}).await?;
    Ok(())
}

/// What an officer looks at first is what kept a record out.
#[test]
fn what_kept_a_record_out_comes_first_and_all_of_them_are_reached() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let mut text = format!("{HEADER}\n");
        for id in 0..12 {
            let (date, hs) = match id {
                3 | 7 => ("the first", "080390"),
                _ => ("2030-01-01", "banana"),
            };
            text.push_str(&format!("{}\n", line(id, date, hs)));
        }
        take(&server, "a.csv", &text).await?.expect(200)?;
        take(&server, "b.csv", &text.replace("2030-01-01", "2030-01-02")).await?.expect(200)?;
        let mut all: Vec<Value> = Vec::new();
        let mut asked = "/api/v1/defects?state=open&limit=3".to_owned();
        loop {
            let page = server.get(&asked).await?.expect(200)?;
            if all.is_empty() {
                assert_eq!(page["total"], json!({ "kept_out": 4, "stored": 20 }));
            } else {
                assert_eq!(page["total"], Value::Null);
            }
            all.extend(page["items"].as_array().context("no items")?.iter().cloned());
            let Some(next) = page["next"].as_str() else { break };
            asked = format!("/api/v1/defects?state=open&limit=3&cursor={next}");
        }
        assert_eq!(all.len(), 24);
        let rejects: Vec<bool> = all.iter().map(|one| one["rejects"] == true).collect();
        assert!(rejects.is_sorted_by(|a, b| a >= b), "{rejects:?}");
        let said = all[4]["said"]["ko"].as_str().context("no Korean")?;
        assert!(said.contains("HS 부호가 아닙니다"), "{said}");
        for (kept_out, n) in [(true, 4), (false, 20)] {
            let asked = format!("/api/v1/defects?kept_out={kept_out}&limit=1000");
            let page = server.get(&asked).await?.expect(200)?;
            assert_eq!(page["items"].as_array().map(Vec::len), Some(n));
            assert_eq!(page["total"], json!({ "kept_out": 4, "stored": 20 }));
        }
        Ok(())
    });
}

#[test]
fn a_look_opens_mails_and_proposes_a_mapping() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let mail = format!("From: a@example.org\nSubject: cargo\nDate: now\n\n{manifest}\n");
        let look = "/api/v1/messages/inspect?name=1.eml";
        let looked = server.ask("POST", look, BYTES, &mail).await?.expect(200)?;
        assert_eq!(looked["format"], "edifact");
        let member = &looked["members"][0];
        assert!(member["name"].as_str().is_some_and(|name| name.starts_with("1.eml/")), "{member}");
        assert!(member["segments"].as_array().is_some_and(|all| !all.is_empty()), "{member}");
        assert_eq!(
            looked["consignments"].as_array().map(Vec::len),
            member["consignments"].as_array().map(Vec::len)
        );
        let table = "전표번호;신고일;세관코드\nA-1;05.04.2021;30\n";
        let looked = server.ask("POST", "/api/v1/messages/inspect", BYTES, table).await?;
        let looked = looked.expect(200)?;
        let proposal = looked["proposal"].as_str().context("no proposal")?;
        assert!(proposal.contains("reference = \"전표번호\""), "{proposal}");
        let said = looked["defects"][0]["said"]["ko"].as_str().context("no Korean")?;
        assert!(said.starts_with("이 표를 아는 매핑이 없습니다"), "{said}");
        Ok(())
    });
}

/// A person at a terminal drops files into a folder and mends what could not be read.
#[test]
fn a_drop_folder_is_followed_and_what_fails_is_mended_at_the_terminal() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let folder = person.path("drop");
        std::fs::create_dir_all(&folder)?;
        let file = |name: &str| format!("{folder}/{name}");
        std::fs::write(file("day.csv"), table())?;
        std::fs::write(file("half.csv.part"), &table()[..300])?;
        std::fs::write(file("noise.bin"), "no goods at all")?;
        std::fs::write(file("Thumbs.db"), "how it looks")?;
        std::fs::create_dir(file("sub"))?;
        let manifest = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        let mail = format!("From: a@example.org\nSubject: cargo\nDate: now\n\n{manifest}\n");
        std::fs::write(file("1.eml"), mail)?;
        let (code, first) =
            person.json(&["watch", &folder, "--once", "--arrival-days", "100000"])?;
        assert_eq!((code, &first["done"]), (1, &json!(2)));
        assert_eq!((&first["passed_over"], &first["no_model"]), (&json!(["sub"]), &json!(true)));
        assert_eq!(first["failed"].as_array().map(Vec::len), Some(1), "{first}");
        for there in [
            "done/day.csv",
            "done/1.eml",
            "half.csv.part",
            "failed/noise.bin",
            "failed/noise.bin.reason.txt",
        ] {
            assert!(std::path::Path::new(&file(there)).is_file(), "{there} is not there");
        }
        // A power cut before the file was moved: it stands there again, and changes nothing.
        let before = person.does(&["verify"])?["rows"].clone();
        std::fs::write(file("day.csv"), table())?;
        let again = person.does(&["watch", &folder, "--once", "--arrival-days", "100000"])?;
        assert_eq!((&again["done"], &again["screened"]), (&json!(1), &json!(0)));
        assert!(std::path::Path::new(&file("done/2-day.csv")).is_file());
        assert_eq!(person.does(&["verify"])?["rows"], before);

        let list = person.does(&["defects", "--file", "day.csv", "--state", "open"])?;
        assert_eq!(list["total"].as_u64(), list["defects"].as_array().map(|all| all.len() as u64));
        let defects = list["defects"].as_array().context("no defects")?;
        let undated = defects.iter().find(|one| one["kind"] == "unreadable").context("none")?;
        let id = undated["id"].as_str().context("no id")?;
        let shown = person.does(&["defects", "show", id])?;
        assert!(shown["record"].to_string().contains("the first"), "{shown}");
        person.is_refused(&["defects", "mend", id, "--set", "Date=never", "--reason", "x"])?;
        let mend = ["defects", "mend", id, "--set", "Date=2030-01-02", "--reason", "a slip"];
        assert_eq!(person.does(&mend)?["received"]["new"], 1);
        person.is_refused(&mend)?;
        let other = defects.iter().find(|one| one["id"] != undated["id"]).context("no other")?;
        let other = other["id"].as_str().context("no id")?;
        person.does(&["defects", "reject", other, "--reason", "a test"])?;
        let left = person.does(&["defects", "--file", "day.csv", "--state", "open"])?;
        assert_eq!((&left["defects"], &left["total"]), (&json!([]), &json!(0)));
        person.does(&["verify"])?;
        Ok(())
    });
}
