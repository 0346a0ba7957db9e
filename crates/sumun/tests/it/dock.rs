//! The dock over real HTTP: a shift's list is walked, outcomes come back twice and late, two
//! officers disagree and nothing is lost, and pictures are what they say and nobody else's.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sumun::store::Store;

use crate::api::{batch, learn_and_approve, nothing_altered};
use crate::engines::each_engine;
use crate::server::{Badge, Server, refused};

const LIST: &str = "/api/v1/inspections?office=030&day=2030-01-01";
const BYTES: &str = "content-type: application/octet-stream\r\n";

/// A server with a plan of fifteen inspections, and the inspector who does them.
async fn shift(store: &Store) -> Result<(Server, Badge)> {
    learn_and_approve(store).await?;
    let server = Server::start(store).await?;
    server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
    let order = json!({
        "office": "030",
        "shift": "2030-01-01",
        "minutes": [{ "modality": "unpack", "minutes": 150 }],
    });
    server.post("/api/v1/plans", &order).await?.expect(200)?;
    let lee = server.person("lee", &["inspector@030"]).await?;
    Ok((server, lee))
}

async fn items(server: &Server, by: &Badge) -> Result<Vec<Value>> {
    let list = server.by(by).get(LIST).await?.expect(200)?;
    list["items"].as_array().cloned().context("no items")
}

fn clear(id: &str, consignment: &Value) -> Value {
    json!({
        "id": id, "consignment": consignment, "outcome": "clear", "modality": "unpack",
        "minutes": 9, "examined_at": "2026-11-20T02:00:00Z",
    })
}

/// A picture that a test can send as text.
fn picture(n: u32) -> (String, String) {
    let content = format!("RIFF\u{4}\0\0\0WEBPVP8 {n}");
    (hex::encode(Sha256::digest(&content)), content)
}

#[test]
fn a_shift_is_walked_and_what_comes_back_twice_counts_once() {
    each_engine(async |store| {
        let (server, lee) = shift(&store).await?;
        let list = server.by(&lee).get(LIST).await?.expect(200)?;
        assert_eq!((&list["released"], &list["shift"]), (&json!(true), &json!("2030-01-01")));
        let items = items(&server, &lee).await?;
        assert_eq!(items.len(), 15);
        for (position, item) in (1..).zip(&items) {
            assert_eq!(item["position"], position);
            assert_eq!((&item["minutes"], &item["modality"]), (&json!(10), &json!("unpack")));
            assert!(item["reasons"].as_array().is_some_and(|reasons| reasons.len() <= 3));
            // Who inspects reads no names.
            assert_eq!((&item["consignor"], &item["outcome"]), (&Value::Null, &Value::Null));
        }
        let references: Vec<&str> =
            items.iter().filter_map(|item| item["reference"].as_str()).collect();
        assert!(references.is_sorted(), "{references:?}");

        let report = clear("01R", &items[0]["consignment"]);
        let first = server.by(&lee).post("/api/v1/inspections", &report).await?.expect(200)?;
        assert_eq!(first["state"], "recorded");
        assert_eq!(
            (&first["outcome"]["officer"], &first["outcome"]["revision"]),
            (&json!("lee"), &json!(1))
        );
        assert!(first["outcome"]["channel"].is_string() && first["outcome"]["plan"] == "P-1");
        let again = server.by(&lee).post("/api/v1/inspections", &report).await?.expect(200)?;
        assert_eq!(again, first);
        // Another report with the same content is no news, and one id is one report.
        let other = clear("02R", &items[0]["consignment"]);
        let same = server.by(&lee).post("/api/v1/inspections", &other).await?.expect(200)?;
        assert_eq!(same["state"], "unchanged");
        let reused = clear("01R", &items[1]["consignment"]);
        let answer = server.by(&lee).post("/api/v1/inspections", &reused).await?;
        assert_eq!(refused(&answer, 409), "idempotency_key");

        let list = server.by(&lee).get(LIST).await?.expect(200)?;
        assert_eq!(list["items"][0]["outcome"]["outcome"], "clear");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn two_who_disagree_lose_nothing() {
    each_engine(async |store| {
        let (server, lee) = shift(&store).await?;
        let park = server.person("park", &["inspector@030"]).await?;
        let items = items(&server, &lee).await?;
        let consignment = &items[3]["consignment"];
        let mut found = json!({
            "id": "P1", "consignment": consignment, "outcome": "discrepancy",
            "reason": "two pallets more than declared", "detection_method": "physical_examination",
            "place": "load", "method": "mixed_in", "modality": "unpack", "minutes": 25,
            "examined_at": "2026-11-20T03:00:00Z", "note": "seal intact",
        });
        server
            .by(&lee)
            .post("/api/v1/inspections", &clear("L1", consignment))
            .await?
            .expect(200)?;
        let answer = server.by(&park).post("/api/v1/inspections", &found).await?;
        assert_eq!(refused(&answer, 409), "conflict");
        let both = answer.json()?;
        assert_eq!(
            (&both["state"], &both["theirs"]["officer"], &both["theirs"]["revision"]),
            (&json!("conflict"), &json!("lee"), &json!(1))
        );
        assert_eq!(
            (&both["outcome"]["outcome"], &both["outcome"]["note"]),
            (&json!("discrepancy"), &json!("seal intact"))
        );
        // Without having seen the other side nothing is put in its place.
        found["correct"] = json!(true);
        let answer = server.by(&park).post("/api/v1/inspections", &found).await?;
        assert_eq!(refused(&answer, 409), "conflict");
        found["base_revision"] = json!(1);
        let done = server.by(&park).post("/api/v1/inspections", &found).await?.expect(200)?;
        assert_eq!(
            (&done["state"], &done["outcome"]["revision"], &done["outcome"]["place"]),
            (&json!("recorded"), &json!(2), &json!("load"))
        );
        let again = server.by(&park).post("/api/v1/inspections", &found).await?.expect(200)?;
        assert_eq!(again["outcome"], done["outcome"]);

        let path = format!("/api/v1/consignments/{}", consignment.as_str().context("no id")?);
        let read = server.get(&path).await?.expect(200)?;
        let outcomes = read["outcomes"].as_array().context("no outcomes")?;
        let words: Vec<&Value> = outcomes.iter().map(|one| &one["outcome"]).collect();
        assert_eq!(words, ["clear", "discrepancy"]);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_device_that_was_cut_off_sends_again_and_doubles_nothing() {
    each_engine(async |store| {
        let (server, lee) = shift(&store).await?;
        let items = items(&server, &lee).await?;
        let reports: Vec<Value> = (items.iter().enumerate())
            .map(|(n, item)| clear(&format!("R{n}"), &item["consignment"]))
            .collect();
        // The connection breaks after the request left: whether it arrived, nobody knows.
        for report in &reports {
            let body = report.to_string();
            let request = format!(
                "POST /api/v1/inspections HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n{}\r\n{body}",
                body.len(),
                lee.head
            );
            server.send_and_hang_up(request.as_bytes()).await?;
        }
        // Then all of them twice, at once.
        let client = server.by(&lee);
        let sent = reports.iter().chain(&reports);
        let sent = sent.map(|report| client.post("/api/v1/inspections", report));
        for answer in futures::future::join_all(sent).await {
            let answer = answer?.expect(200)?;
            assert_eq!(
                (&answer["state"], &answer["outcome"]["revision"]),
                (&json!("recorded"), &json!(1))
            );
        }
        let measures = server.get("/api/v1/measures").await?.expect(200)?;
        assert_eq!(measures["pooled"]["inspected"], 15);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_seizure_has_its_lines_its_place_and_its_pictures() {
    each_engine(async |store| {
        let (server, lee) = shift(&store).await?;
        let items = items(&server, &lee).await?;
        let (sha256, content) = picture(1);
        let seizure = json!({
            "id": "S1", "consignment": items[0]["consignment"], "outcome": "seizure",
            "detection_method": "laboratory", "modality": "lab", "minutes": 40,
            "place": "food", "method": "dissolved",
            "exhibits": [
                { "substance": "methamphetamine", "quantity": 513.0, "unit": "g" },
                { "substance": "yaba", "quantity": 978.0, "unit": "tablet", "unit_mass_g": 0.1 },
            ],
            "photos": [{ "sha256": sha256, "taken_at": "2026-11-20T02:31:00Z" }],
            "examined_at": "2026-11-20T02:30:00Z",
        });
        let client = server.by(&lee);
        let answer = client.post("/api/v1/inspections", &seizure).await?;
        assert_eq!(refused(&answer, 422), "no_photo");
        let path = format!("/api/v1/photos/{sha256}");
        let kept = client.ask("PUT", &path, BYTES, &content).await?.expect(200)?;
        assert_eq!(kept["new"], true);
        let again = client.ask("PUT", &path, BYTES, &content).await?.expect(200)?;
        assert_eq!(again["new"], false);
        // Nobody has named it yet, so only its sender sees it; and nobody else can name it.
        let park = server.person("park", &["inspector@030"]).await?;
        assert_eq!(refused(&server.by(&park).get(&path).await?, 404), "no_photo");
        let mut stolen = seizure.clone();
        stolen["id"] = json!("S2");
        let answer = server.by(&park).post("/api/v1/inspections", &stolen).await?;
        assert_eq!(refused(&answer, 422), "no_photo");

        let done = client.post("/api/v1/inspections", &seizure).await?.expect(200)?;
        let outcome = &done["outcome"];
        assert_eq!((&outcome["place"], &outcome["method"]), (&json!("food"), &json!("dissolved")));
        assert_eq!(outcome["concealment"], "Food or drink; Dissolved in a liquid");
        let grams: f64 = outcome["exhibits"]
            .as_array()
            .context("no exhibits")?
            .iter()
            .filter_map(|one| one["kg_equivalent"].as_f64())
            .sum();
        assert!((grams - 0.6108).abs() < 1e-9, "{outcome}");
        assert_eq!(outcome["photos"][0]["sha256"], json!(sha256));

        let shown = server.by(&park).get(&path).await?;
        assert_eq!((shown.status, shown.body.as_str()), (200, content.as_str()));
        let head = shown.head.to_ascii_lowercase();
        assert!(head.contains("content-type: image/webp") && head.contains("nosniff"), "{head}");
        let far = server.person("far", &["inspector@031", "investigator@031"]).await?;
        assert_eq!(refused(&server.by(&far).get(&path).await?, 404), "no_photo");
        let admin = server.person("root", &["administrator"]).await?;
        assert_eq!(refused(&server.by(&admin).get(&path).await?, 403), "forbidden");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn what_is_no_picture_and_what_cannot_be_are_refused() {
    each_engine(async |store| {
        let (server, lee) = shift(&store).await?;
        let client = server.by(&lee);
        let put = async |name: &str, content: &str| {
            client.ask("PUT", &format!("/api/v1/photos/{name}"), BYTES, content).await
        };
        let digest = |content: &str| hex::encode(Sha256::digest(content));
        let (sha256, content) = picture(2);
        assert_eq!(refused(&put(&sha256, "RIFF").await?, 422), "photo_damaged");
        assert_eq!(refused(&put("../../etc/passwd", &content).await?, 404), "no_route");
        assert_eq!(refused(&put(&"a".repeat(63), &content).await?, 404), "no_photo");
        for script in ["<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "<html>", "%PDF"] {
            assert_eq!(refused(&put(&digest(script), script).await?, 422), "no_picture");
        }
        let huge = format!("RIFF\u{4}\0\0\0WEBP{}", "x".repeat(8 << 20));
        assert_eq!(refused(&put(&digest(&huge), &huge).await?, 413), "too_large");
        let kim = server.person("viewer", &["analyst"]).await?;
        let path = format!("/api/v1/photos/{sha256}");
        let answer = server.by(&kim).ask("PUT", &path, BYTES, &content).await?;
        assert_eq!(refused(&answer, 403), "forbidden");

        let items = items(&server, &lee).await?;
        let report = clear("X", &items[0]["consignment"]);
        for (field, value, status, code) in [
            ("consignment", json!("C-999999"), 404, "no_consignment"),
            ("consignment", json!("C-1'--"), 404, "no_consignment"),
            ("examined_at", json!("yesterday"), 422, "unusable_time"),
            ("examined_at", json!("2126-11-20T02:00:00Z"), 422, "unusable_report"),
            ("place", json!("under the bed"), 422, "unusable_report"),
            ("outcome", json!("seizure"), 422, "unusable_report"),
            ("note", json!("\u{0}"), 422, "unusable_report"),
            ("minutes", json!(9_999_999), 422, "unusable_report"),
            (
                "photos",
                json!([{ "sha256": "x", "taken_at": "2026-11-20T02:00:00Z" }]),
                422,
                "unusable_report",
            ),
        ] {
            let mut wrong = report.clone();
            wrong[field] = value;
            let answer = client.post("/api/v1/inspections", &wrong).await?;
            assert_eq!(refused(&answer, status), code, "{field}");
        }
        let mut waived = report.clone();
        waived["outcome"] = json!("not_examined");
        let answer = client.post("/api/v1/inspections", &waived).await?;
        assert_eq!(refused(&answer, 422), "unusable_report");
        waived["reason"] = json!("no_capacity");
        let done = client.post("/api/v1/inspections", &waived).await?.expect(200)?;
        assert_eq!(
            (&done["outcome"]["reason"], &done["outcome"]["minutes"]),
            (&json!("no_capacity"), &Value::Null)
        );

        // Other offices' shifts are not there, and without a role nothing is.
        let far = server.person("far", &["inspector@031"]).await?;
        let list = server.by(&far).get(LIST).await?.expect(200)?;
        assert_eq!(list["items"], json!([]));
        let answer = server.by(&far).post("/api/v1/inspections", &report).await?;
        assert_eq!(refused(&answer, 404), "no_consignment");
        let kim = server.by(&kim);
        assert_eq!(refused(&kim.get(LIST).await?, 403), "forbidden");
        assert_eq!(refused(&kim.post("/api/v1/inspections", &report).await?, 403), "forbidden");
        server.stop().await
    });
}
