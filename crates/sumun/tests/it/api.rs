//! The API over real HTTP on a free port: what arrives is screened, planned, recorded and
//! measured, strangers are kept out, and whatever is sent, nothing breaks.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sumun::acts;
use sumun::pipeline;
use sumun::store::messages::NewMessage;
use sumun::store::{Store, covered, journal};
use sumun::web::{self, Site};
use targeting::codes::{Day, Mass, Money};
use targeting::consignment::{
    Consignment, Direction, Documents, GoodsItem, Regime, Route, Transport,
};
use targeting::outcome::{DetectionMethod, Exhibit, Inspection, Modality, Outcome, Seizure};
use targeting::party::{Party, Role};
use tokio::net::TcpListener;

use crate::engines::{NOW_US, each_engine};
use crate::server::{Server, refused};

/// The n-th consignment of a made-up trade. One consignor in seven deceives, and most that does
/// is light for its value.
pub fn consignment(n: u32) -> Consignment {
    let bad = n % 7 == 3;
    let day = Day(20_000 + (n / 12) as i32);
    Consignment {
        source: "api".into(),
        reference: format!("D-{n}").into(),
        regime: Regime::Parcel,
        direction: Direction::Import,
        office: "030".into(),
        arrived_at: day.start_micros() + i64::from(n % 12) * 3_600_000_000,
        arrived_on: day,
        transport: Some(Transport::Air),
        parties: vec![
            Party::by_code(Role::Consignor, &format!("S{}", n % 7)),
            Party::by_code(Role::Consignee, &format!("B{}", n % 40)),
        ],
        goods: vec![GoodsItem {
            hs: Some(["090121", "330499", "850440"][n as usize % 3].parse().unwrap()),
            description: "커피".into(),
            origin: Some("CO".parse().unwrap()),
            net_mass_g: Some(Mass(if bad { 900 } else { 12_000 } + i64::from(n * 37 % 500))),
            value: Some(Money {
                thousandths: 1_000 * i64::from(80 + n * 13 % 90),
                currency: Some("USD".parse().unwrap()),
            }),
            ..GoodsItem::default()
        }],
        route: Route { departure: Some("CO".parse().unwrap()), ..Route::default() },
        equipment: Vec::new(),
        documents: Documents::default(),
    }
}

pub fn inspection(n: u32) -> Inspection {
    // Most deceivers are found, and some of the honest err.
    let found = (n % 7 == 3 && !n.is_multiple_of(5)) || n.is_multiple_of(31);
    let critical = found && n % 4 == 1;
    let seizure = Seizure {
        exhibits: vec![Exhibit::new("cocaine", 0.5, "kg", None)],
        concealment: "in coffee".to_owned(),
    };
    Inspection {
        modality: Some(Modality::Unpack),
        minutes: Some(10),
        detection_method: found.then_some(DetectionMethod::PhysicalExamination),
        officer: "lee".into(),
        result: match (found, critical) {
            (false, _) => Outcome::Clear,
            (true, true) => Outcome::Seizure(seizure),
            (true, false) => Outcome::Discrepancy { finding: "undeclared".to_owned() },
        },
        evidence: None,
    }
}

/// Lessons enough for a model, and the model in force.
pub async fn learn(store: &Store) -> Result<String> {
    let arrivals = (0..600)
        .map(|n| pipeline::prepare(u64::from(n) + 1, consignment(n), Some(inspection(n))))
        .collect::<Result<Vec<_>>>()?;
    let message = NewMessage {
        digest: "back file",
        name: "past.csv",
        source: "api",
        format: "csv",
        size_bytes: 1,
    };
    let message = pipeline::open(store, &message, NOW_US).await?;
    pipeline::receive(store, &message, &arrivals, &[], true, ("kim", NOW_US)).await?;
    pipeline::finish(store, &message, NOW_US).await?;
    let (id, _) = pipeline::learn(store, 1, ("kim", NOW_US), |_| {}, |_| {}).await?;
    Ok(id)
}

pub async fn learn_and_approve(store: &Store) -> Result<String> {
    let id = learn(store).await?;
    acts::model::approve(store, &id, "for the test", ("kim", NOW_US)).await?;
    Ok(id)
}

/// A consignment as the API takes it; from day 2030-01-01, after all lessons.
pub fn declared(n: u32) -> Value {
    json!({
        "reference": format!("N-{n}"),
        "regime": "parcel",
        "office": "030",
        "arrived_at": "2030-01-01T09:30:00+09:00",
        "transport": "air",
        "parties": [{ "role": "consignor", "code": format!("S{}", n % 7) }],
        "goods": [{
            "hs": "090121", "origin": "CO", "value": 120.5, "currency": "USD",
            "net_mass_kg": if n % 7 == 3 { 0.95 } else { 12.1 },
        }],
        "route": { "departure": "CO" },
    })
}

pub fn batch(numbers: std::ops::Range<u32>) -> Value {
    json!({ "consignments": numbers.map(declared).collect::<Vec<_>>() })
}

pub async fn nothing_altered(store: &Store) -> Result<()> {
    let verdict = journal::verify(store, |_| {}).await?;
    ensure!(matches!(verdict, journal::Verdict::Verified(_)), "{verdict:?}");
    let (_, altered) = covered::compare(store, |_| {}).await?;
    ensure!(altered.is_none(), "{altered:?}");
    Ok(())
}

#[test]
fn a_batch_is_screened_at_once_and_twice_changes_nothing() {
    each_engine(async |store| {
        let model = learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let first = server.post("/api/v1/consignments", &batch(0..20)).await?.expect(200)?;
        assert_eq!(first["model"], model);
        assert_eq!(first["received"]["new"], 20);
        assert_eq!(first["repeated"], false);
        let judged = first["consignments"].as_array().context("no list")?;
        assert_eq!(judged.len(), 20);
        let chance = |n: usize| judged[n]["assessment"]["p_irregular"].as_f64().unwrap();
        assert!(chance(3) > chance(4), "{} is not riskier than {}", judged[3], judged[4]);
        let reason = &judged[3]["assessment"]["reasons"][0];
        assert!(reason["ko"].is_string() && reason["en"].is_string(), "{reason}");

        let entries = journal_size(&store).await?;
        let again = server.post("/api/v1/consignments", &batch(0..20)).await?.expect(200)?;
        assert_eq!(again["repeated"], true);
        assert_eq!(again["received"]["unchanged"], 20);
        assert_eq!(again["consignments"], first["consignments"]);
        assert_eq!(journal_size(&store).await?, entries);

        // The command line screens after the API without judging or covering anything twice.
        let one = server.post("/api/v1/consignments", &declared(20)).await?.expect(200)?;
        assert_eq!(one["consignments"][0]["line"], 1);
        let screened = pipeline::screen(&store, ("kim", NOW_US), |_| {}).await?;
        assert_eq!(screened.screened, 0);
        let more = server.post("/api/v1/consignments", &batch(15..30)).await?.expect(200)?;
        assert_eq!(
            (&more["received"]["new"], &more["received"]["unchanged"]),
            (&json!(9), &json!(6))
        );
        assert_eq!(more["consignments"][0], {
            let mut same = judged[15].clone();
            same["line"] = json!(1);
            same
        });
        nothing_altered(&store).await?;
        server.stop().await
    });
}

pub async fn journal_size(store: &Store) -> Result<u64> {
    match journal::verify(store, |_| {}).await? {
        journal::Verdict::Verified(verified) => Ok(verified.size),
        journal::Verdict::Broken(broken) => anyhow::bail!("{broken:?}"),
    }
}

#[test]
fn many_at_once_are_each_answered_with_their_own() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let requests = (0..60).map(|n| {
            let server = &server;
            // Every third request repeats an earlier one, and one in ten cannot be stored.
            let mut body = declared(if n % 3 == 2 { n - 1 } else { n });
            if n % 10 == 9 {
                body = json!({ "reference": "", "regime": "parcel", "office": "030",
                               "arrived_at": format!("in {n} days") });
            }
            async move { (n, server.post("/api/v1/consignments", &body).await) }
        });
        for (n, answer) in futures::future::join_all(requests).await {
            let answer = answer?;
            if n % 10 == 9 {
                assert_eq!(refused(&answer, 422), "nothing_stored");
                continue;
            }
            let meant = if n % 3 == 2 { n - 1 } else { n };
            let answer = answer.expect(200)?;
            assert_eq!(answer["consignments"][0]["reference"], format!("N-{meant}"));
            assert!(answer["consignments"][0]["assessment"]["p_critical"].is_f64(), "{answer}");
        }
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn without_a_model_what_arrives_is_stored_and_screened_later() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let answer = server.post("/api/v1/consignments", &batch(0..3)).await?;
        assert_eq!(refused(&answer, 409), "no_model");
        let body = answer.json()?;
        assert!(body["error"]["next"].as_str().is_some_and(|next| next.contains("approve")));
        assert_eq!(body["stored"]["received"]["new"], 3);
        assert_eq!(body["stored"]["consignments"][0]["assessment"], Value::Null);

        let model = learn(&store).await?;
        let approve = format!("/api/v1/models/{model}/approve");
        assert_eq!(
            refused(&server.post(&approve, &json!({ "reason": " " })).await?, 422),
            "no_reason"
        );
        let approved = server.post(&approve, &json!({ "reason": "better" })).await?.expect(200)?;
        assert_eq!(
            (&approved["state"], &approved["approved_by"]),
            (&json!("in_force"), &json!("kim"))
        );
        // The same request now finds the model.
        let again = server.post("/api/v1/consignments", &batch(0..3)).await?.expect(200)?;
        assert_eq!((&again["repeated"], &again["model"]), (&json!(true), &json!(model)));
        assert!(again["consignments"][2]["assessment"]["lane"].is_string());
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn an_idempotency_key_tells_a_repetition_from_going_back() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let post = async |key: &str, body: &Value| {
            let head = format!("content-type: application/json\r\nidempotency-key: {key}\r\n");
            server.ask("POST", "/api/v1/consignments", &head, &body.to_string()).await
        };
        let (before, mut after) = (declared(1), declared(1));
        after["goods"][0]["value"] = json!(999);
        post("a", &before).await?.expect(200)?;
        let amended = post("b", &after).await?.expect(200)?;
        assert_eq!(amended["received"]["amended"], 1);
        let repeated = post("a", &before).await?.expect(200)?;
        assert_eq!(
            (&repeated["repeated"], &repeated["received"]["unchanged"]),
            (&json!(true), &json!(1))
        );
        let back = post("c", &before).await?.expect(200)?;
        assert_eq!(back["received"]["amended"], 1);
        assert_eq!(refused(&post("b", &before).await?, 409), "idempotency_key");
        assert_eq!(refused(&post(&"k".repeat(101), &before).await?, 422), "idempotency_key");

        let id = back["consignments"][0]["id"].as_str().context("no id")?;
        let read = server.get(&format!("/api/v1/consignments/{id}")).await?.expect(200)?;
        let fates: Vec<&Value> =
            read["versions"].as_array().unwrap().iter().map(|one| &one["fate"]).collect();
        assert_eq!(fates, ["superseded", "superseded", "pending"]);
        let found = server.get("/api/v1/consignments?reference=N-1").await?.expect(200)?;
        assert_eq!(found["items"], read["versions"]);
        server.stop().await
    });
}

#[test]
fn a_plan_is_drawn_worked_and_measured() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
        let order = json!({
            "office": "030",
            "shift": "2030-01-01",
            "minutes": [{ "modality": "unpack", "minutes": 150 }],
        });
        let drawn = server.post("/api/v1/plans", &order).await?.expect(200)?;
        let plan = &drawn["plans"][0]["plan"];
        assert_eq!((&plan["candidates"], &plan["drawn"]), (&json!(70), &json!(15)));
        assert_eq!(drawn["plans"][0]["unscreened"], 0);
        assert!(plan.get("seed").is_none(), "the seed must not leave the office");
        // All of it is decided now, so the same order has nothing to add.
        let again = server.post("/api/v1/plans", &order).await?;
        let same = match again.status {
            200 => again.json()?["plans"][0]["plan"]["id"] == plan["id"],
            _ => refused(&again, 409) == "planned",
        };
        assert!(same);

        let id = plan["id"].as_str().context("no id")?;
        let listed = server.get("/api/v1/plans?limit=1").await?.expect(200)?;
        assert_eq!((&listed["items"][0], &listed["next"]), (plan, &Value::Null));
        assert_eq!(&server.get(&format!("/api/v1/plans/{id}")).await?.expect(200)?, plan);
        let mut selections = Vec::new();
        let mut path = format!("/api/v1/plans/{id}/selections?drawn=1&limit=4");
        loop {
            let page = server.get(&path).await?.expect(200)?;
            selections.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/plans/{id}/selections?drawn=1&limit=4&cursor={next}");
        }
        assert_eq!(selections.len(), 15);
        let ranks: Vec<i64> = selections.iter().map(|s| s["rank"].as_i64().unwrap()).collect();
        assert!(ranks.is_sorted() && ranks[0] == 1, "{ranks:?}");
        assert!(selections.iter().all(|s| s["chance"].as_f64().unwrap() > 0.0));
        assert!(selections[0]["reasons"][0]["ko"].is_string(), "{}", selections[0]);

        let reports: Vec<Value> = selections
            .iter()
            .enumerate()
            .map(|(n, selection)| {
                let by = if n < 4 { json!("physical_examination") } else { Value::Null };
                json!({
                    "declaration_id": selection["reference"], "minutes": 12, "modality": "unpack",
                    "outcome": if n < 4 { "seizure" } else { "clear" },
                    "detection_method": by,
                    "substance": if n < 4 { "cocaine" } else { "" },
                    "quantity": if n < 4 { json!(0.4) } else { Value::Null },
                    "unit": "kg",
                })
            })
            .chain([json!({ "declaration_id": "nowhere", "outcome": "clear" })])
            .collect();
        let body = json!({ "outcomes": reports });
        let recorded = server.post("/api/v1/outcomes", &body).await?.expect(200)?;
        assert_eq!(
            (&recorded["recorded"], recorded["refused"].as_array().unwrap().len()),
            (&json!(15), 1)
        );
        assert_eq!(recorded["refused"][0]["line"], 16);
        let recorded = server.post("/api/v1/outcomes", &body).await?.expect(200)?;
        assert_eq!((&recorded["recorded"], &recorded["unchanged"]), (&json!(0), &json!(15)));
        let lost = json!({ "outcomes": [{ "declaration_id": "nowhere", "outcome": "clear" }] });
        assert_eq!(
            refused(&server.post("/api/v1/outcomes", &lost).await?, 422),
            "nothing_recorded"
        );

        let measures = server
            .get("/api/v1/measures?target=critical&from=2030-01-01&to=2030-01-01")
            .await?
            .expect(200)?;
        let pooled = &measures["pooled"];
        assert_eq!(
            (&pooled["population"], &pooled["inspected"], &pooled["found"]),
            (&json!(70), &json!(15), &json!(4))
        );
        assert!(pooled["low"].as_f64() <= pooled["estimate"].as_f64());
        assert_eq!(measures["regimes"][0]["of"], "parcel");

        let replayed =
            server.post(&format!("/api/v1/plans/{id}/replay"), &json!({})).await?.expect(200)?;
        assert_eq!((&replayed["same"], &replayed["untouched"]), (&json!(true), &json!(true)));
        let inspected = selections[0]["consignment"].as_str().unwrap();
        let read = server.get(&format!("/api/v1/consignments/{inspected}")).await?.expect(200)?;
        assert_eq!(read["fate"], "inspected");
        assert_eq!(read["selections"][0]["plan"], id);
        assert_eq!(read["outcomes"][0]["exhibits"][0]["kg_equivalent"], 0.4);
        assert_eq!(read["outcomes"][0]["officer"], "kim");

        let auditor = server.person("choi", &["auditor"]).await?;
        let auditor = server.by(&auditor);
        let verified = auditor.post("/api/v1/journal/verify", &json!({})).await?.expect(200)?;
        assert_eq!(verified["verified"], true);
        let checkpoint = auditor.get("/api/v1/journal/checkpoint").await?.expect(200)?;
        assert_eq!(
            (&checkpoint["size"], &checkpoint["root"]),
            (&verified["rows"], &verified["root"])
        );
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn models_tell_what_they_read_and_how_they_did() {
    each_engine(async |store| {
        let id = learn(&store).await?;
        let server = Server::start(&store).await?;
        let listed = server.get("/api/v1/models").await?.expect(200)?;
        assert_eq!(
            (&listed["items"][0]["id"], &listed["items"][0]["state"]),
            (&json!(id), &json!("candidate"))
        );
        let read = server.get(&format!("/api/v1/models/{id}")).await?.expect(200)?;
        assert!(!read["features"].as_array().unwrap().is_empty());
        assert!(read["backtest"]["irregular"]["all"]["rows"].as_u64().unwrap() > 0);
        let health = server.get("/healthz").await?.expect(200)?;
        assert_eq!((&health["ready"], &health["model"]), (&json!(true), &Value::Null));
        server.stop().await
    });
}

#[test]
fn a_challenger_is_steered_over_the_api() {
    each_engine(async |store| {
        let first = learn_and_approve(&store).await?;
        let (second, _) = pipeline::learn(&store, 2, ("kim", NOW_US), |_| {}, |_| {}).await?;
        let server = Server::start(&store).await?;
        let path = |id: &str, what: &str| format!("/api/v1/models/{id}/{what}");
        let put = json!({ "reason": "to be compared" });
        assert_eq!(
            refused(&server.post(&path("M-9", "shadow"), &put).await?, 404),
            "unknown_model"
        );
        assert_eq!(refused(&server.post(&path(&first, "shadow"), &put).await?, 409), "in_force");
        let none = server.get(&path(&second, "comparison")).await?;
        assert_eq!(refused(&none, 409), "no_challenger");
        let shadowed = server.post(&path(&second, "shadow"), &put).await?.expect(200)?;
        assert_eq!(
            (&shadowed["state"], &shadowed["learned_by"]),
            (&json!("challenger"), &json!("kim"))
        );

        server.post("/api/v1/consignments", &batch(0..40)).await?.expect(200)?;
        pipeline::shadow(&store, ("kim", NOW_US), |_| {}).await?;
        let read = server.get("/api/v1/consignments/C-601").await?.expect(200)?;
        let by: Vec<&Value> =
            read["assessments"].as_array().unwrap().iter().map(|one| &one["model"]).collect();
        assert_eq!(by.len(), 2, "{read}");
        let compared =
            server.get(&path(&second, "comparison?target=critical")).await?.expect(200)?;
        assert_eq!(
            (&compared["verdict"], &compared["champion"]["model"], &compared["target"]),
            (&json!("nothing"), &json!(first), &json!("critical"))
        );

        let card = server.get(&path(&second, "card")).await?;
        assert_eq!(card.status, 200);
        assert!(card.body.contains("Model card M-2") && card.body.contains("모델 카드"));
        let ended = json!({ "end": true });
        let ended = server.post(&path(&second, "shadow"), &ended).await?.expect(200)?;
        assert_eq!(ended["state"], "candidate");

        let reason = json!({ "reason": "drill" });
        assert_eq!(
            refused(&server.post("/api/v1/models/rollback", &reason).await?, 409),
            "no_former"
        );
        server.post(&path(&second, "approve"), &reason).await?.expect(200)?;
        let back = server.post("/api/v1/models/rollback", &reason).await?.expect(200)?;
        assert_eq!((&back["id"], &back["state"]), (&json!(first), &json!("in_force")));
        let stopped = server.post("/api/v1/models/stop", &reason).await?.expect(200)?;
        assert_eq!((&stopped["id"], &stopped["state"]), (&json!(first), &json!("retired")));
        assert_eq!(refused(&server.post("/api/v1/models/stop", &reason).await?, 409), "no_model");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn defects_are_kept_and_come_by_the_page() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let mut body = batch(0..6);
        for n in 0..6 {
            body["consignments"][n]["goods"][0]["origin"] = json!("Colombia");
            body["consignments"][n]["goods"][0]["hs"] = json!("coffee");
        }
        body["consignments"][5]["office"] = json!("");
        let screened = server.post("/api/v1/consignments", &body).await?.expect(200)?;
        assert_eq!(
            (&screened["received"]["new"], &screened["received"]["rejected"]),
            (&json!(5), &json!(1))
        );
        assert_eq!(screened["defects"].as_array().unwrap().len(), 11);
        let mut found = Vec::new();
        let mut path = "/api/v1/defects?limit=2&file=request".to_owned();
        loop {
            let page = server.get(&path).await?.expect(200)?;
            found.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/defects?limit=2&file=request&cursor={next}");
        }
        let all = server.get("/api/v1/defects?limit=1000").await?.expect(200)?;
        assert_eq!(&found, all["items"].as_array().unwrap());
        assert_eq!(found.len(), 11);
        // What kept a record out comes first.
        assert_eq!(found[0]["kind"], "missing");
        server.stop().await
    });
}

#[test]
fn strangers_and_malformed_requests_are_refused_in_one_shape() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        for unknown in
            ["consignments/C-99", "consignments/C-x", "plans/P-9", "models/M-9", "nothing"]
        {
            let answer = server.get(&format!("/api/v1/{unknown}")).await?;
            refused(&answer, 404);
            assert!(answer.json()?["error"]["next"].is_string(), "{}", answer.body);
        }
        assert_eq!(refused(&server.ask("DELETE", "/api/v1/plans", "", "").await?, 405), "method");

        let json = "content-type: application/json\r\n";
        let post = async |more: &str, body: &str| {
            server.ask("POST", "/api/v1/consignments", more, body).await
        };
        assert_eq!(refused(&post(json, "{").await?, 400), "body");
        assert_eq!(refused(&post(json, "{}").await?, 422), "body");
        assert_eq!(refused(&post(json, "[1]").await?, 422), "body");
        assert_eq!(refused(&post(json, r#"{"consignments":[]}"#).await?, 422), "empty");
        assert_eq!(
            refused(&post("content-type: text/plain\r\n", "{}").await?, 415),
            "content_type"
        );
        let mut typo = declared(1);
        typo["ofice"] = json!("030");
        let answer = server.post("/api/v1/consignments", &typo).await?;
        assert_eq!(refused(&answer, 422), "body");
        assert!(answer.body.contains("ofice"), "{}", answer.body);
        assert_eq!(refused(&server.get("/api/v1/plans?limit=0").await?, 400), "query");
        assert_eq!(refused(&server.get("/api/v1/plans?offise=1").await?, 400), "query");
        assert_eq!(refused(&server.get("/api/v1/plans?cursor=zz").await?, 400), "cursor");
        let large = "content-type: application/json\r\n";
        let head = format!(
            "POST /api/v1/outcomes HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{}{large}\
             content-length: {}\r\n\r\n",
            server.kim.head,
            17 << 20
        );
        assert_eq!(refused(&server.send(head.as_bytes()).await?, 413), "too_large");

        // Another name for our address, another page, or no name at all: none of it is answered.
        for host in ["evil.example", "localhost.evil.example", "10.1.2.3"] {
            let request =
                format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            assert_eq!(refused(&server.send(request.as_bytes()).await?, 403), "host");
        }
        let none = server.send(b"GET /healthz HTTP/1.0\r\n\r\n").await?;
        assert_eq!(refused(&none, 403), "host");
        let elsewhere = b"GET http://evil.example/healthz HTTP/1.1\r\nhost: localhost\r\n\
              connection: close\r\n\r\n";
        assert_eq!(refused(&server.send(elsewhere).await?, 403), "host");
        let answer = server.ask("GET", "/healthz", "origin: http://evil.example\r\n", "").await?;
        assert_eq!(refused(&answer, 403), "origin");
        let own = server.ask("GET", "/healthz", "origin: http://localhost\r\n", "").await?;
        assert_eq!(own.status, 200);
        let port = server.address.port();
        let request =
            format!("GET / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
        let page = server.send(request.as_bytes()).await?;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("수문"));
        // The workbench, or the plain page where it is not built: neither has a script of its own.
        let scripts = page.body.matches("<script").count();
        assert_eq!(scripts, page.body.matches("src=\"/assets/").count(), "{}", page.body);
        assert!(!page.body.contains("style="));
        for header in ["default-src 'self'", "nosniff", "no-referrer", "deny", "no-store"] {
            assert!(
                page.head.to_ascii_lowercase().contains(header),
                "{header} is not in {}",
                page.head
            );
        }
        server.stop().await
    });
}

#[test]
fn only_this_machine_may_be_listened_on() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate(NOW_US).await.unwrap();
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let served = web::serve(store, listener, Site::default(), std::future::pending()).await;
        let refusal = sumun::refusal::refusal(served.as_ref().unwrap_err()).cloned();
        assert_eq!(refusal.map(|refusal| refusal.code), Some("not_loopback"));
    });
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let served = format!("{}\n", web::document().to_pretty_json().unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &served).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == served, "openapi.json is out of date: run the test with UPDATE=1");
    let document: Value = serde_json::from_str(&served).unwrap();
    let mut ids: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    // Whatever is referred to is there.
    for reference in served.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "{name} is not described");
    }
}

/// Some JSON of the words that the API knows, so that a body gets past the first check.
fn some_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "",
        "030",
        "parcel",
        "freight",
        "2030-01-01",
        "2030-01-01/night",
        "9999-12-31",
        "-9999-01-01",
        "clear",
        "seizure",
        "unpack",
        "scan",
        "N-1",
        "C-1",
        "P-1",
        "M-1",
        "\u{0}",
        "수문",
        "DROP TABLE",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        words.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "consignments",
        "reference",
        "source",
        "regime",
        "office",
        "arrived_at",
        "goods",
        "parties",
        "hs",
        "value",
        "net_mass_kg",
        "outcomes",
        "declaration_id",
        "outcome",
        "minutes",
        "modality",
        "shift",
        "since",
        "explore",
        "seed",
        "reason",
        "correct",
        "quantity",
        "unit",
        "substance",
        "detection_method",
        "decided_on",
        "route",
        "via",
        "equipment",
        "number",
        "documents",
    ]);
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys.clone().prop_map(str::to_owned), inner, 0..7)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A body that is right but for some of its fields.
fn some_body() -> impl Strategy<Value = Value> {
    let near = prop::sample::select(vec![
        declared(1),
        batch(0..2),
        json!({ "office": "030", "shift": "2030-01-01",
                "minutes": [{ "modality": "unpack", "minutes": 60 }] }),
        json!({ "outcomes": [{ "declaration_id": "N-1", "outcome": "clear" }], "correct": true }),
        json!({ "reason": "because" }),
        json!({ "id": "1", "values": { "Date": "2030-01-01" }, "reason": "because" }),
        json!({ "id": "1", "consignment": "C-1", "outcome": "seizure",
                "detection_method": "scan", "place": "load", "photos": [],
                "exhibits": [{ "substance": "x", "quantity": 1, "unit": "g" }],
                "examined_at": "2026-11-20T02:00:00Z", "base_revision": 1 }),
    ]);
    let other =
        (near, some_json(), any::<prop::sample::Index>()).prop_map(|(mut body, value, at)| {
            let keys: Vec<String> = body.as_object().unwrap().keys().cloned().collect();
            body[at.get(&keys).as_str()] = value;
            body
        });
    prop_oneof![3 => other, 1 => some_json()]
}

fn some_path() -> impl Strategy<Value = String> {
    let routes = prop::sample::select(vec![
        "/",
        "/healthz",
        "/api/openapi.json",
        "/api/v1/consignments",
        "/api/v1/consignments/{}",
        "/api/v1/plans",
        "/api/v1/plans/{}",
        "/api/v1/plans/{}/selections",
        "/api/v1/plans/{}/replay",
        "/api/v1/outcomes",
        "/api/v1/measures",
        "/api/v1/measures/value",
        "/api/v1/models",
        "/api/v1/models/{}",
        "/api/v1/models/{}/approve",
        "/api/v1/models/{}/shadow",
        "/api/v1/models/{}/comparison",
        "/api/v1/models/{}/card",
        "/api/v1/models/rollback",
        "/api/v1/models/stop",
        "/api/v1/defects",
        "/api/v1/defects/{}",
        "/api/v1/defects/{}/mend",
        "/api/v1/defects/{}/reject",
        "/api/v1/sources",
        "/api/v1/messages",
        "/api/v1/messages/inspect",
        "/api/v1/inspections",
        "/api/v1/photos/{}",
        "/api/v1/measures/capacity",
        "/api/v1/measures/calibration",
        "/api/v1/measures/precision",
        "/api/v1/measures/coverage",
        "/api/v1/drift",
        "/api/v1/journal/verify",
        "/api/v1/journal/checkpoint",
        "/api/{}",
        "/{}",
    ]);
    let names = prop_oneof![
        prop::sample::select(vec![
            "C-1",
            "P-1",
            "M-1",
            "1",
            "0",
            "-1",
            "9223372036854775807",
            "9223372036854775808",
            "%00",
            "%ff",
            "%2e%2e",
            "P-",
            "c-1%20",
            "D-1-1-00000000",
            "D-1-",
        ])
        .prop_map(str::to_owned),
        "[!-~]{0,8}".prop_map(|text| text.replace(['#', '?'], "")),
    ];
    let queries = prop_oneof![
        Just(String::new()),
        (
            prop::sample::select(vec![
                "reference",
                "cursor",
                "limit",
                "drawn",
                "office",
                "file",
                "target",
                "q",
                "state",
                "day",
                "shift",
                "source",
                "officers",
                "officers_now",
                "name",
                "from",
                "to",
            ]),
            prop_oneof![
                prop::sample::select(vec![
                    "1",
                    "0",
                    "1000",
                    "1001",
                    "-1",
                    "%00",
                    "%ff",
                    "2030-01-01",
                    "-9999-01-01",
                    "9999-12-31",
                    "critical",
                    "31",
                    "39323233333732303336383534373735383037",
                    "5b312c312c2261222c2262225d",
                    "5b312c312c225c7530303030222c2262225d",
                ])
                .prop_map(str::to_owned),
                "[!-~]{0,10}".prop_map(|text| text.replace('#', "")),
            ],
        )
            .prop_map(|(key, value)| format!("?{key}={value}")),
    ];
    (routes, names, queries).prop_map(|(route, name, query)| route.replace("{}", &name) + &query)
}

#[test]
#[expect(clippy::result_large_err, reason = "proptest's own type of failure")]
fn whatever_is_sent_nothing_breaks() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        server.post("/api/v1/consignments", &batch(0..5)).await?.expect(200)?;
        let methods = prop::sample::select(vec!["GET", "POST", "POST", "POST", "PUT", "HEAD"]);
        let requests = (methods, some_path(), some_body());
        let mut runner = TestRunner::new(Config { cases: 400, ..Config::default() });
        let handle = tokio::runtime::Handle::current();
        let tried = tokio::task::block_in_place(|| {
            runner.run(&requests, |(method, path, body)| {
                let json = "content-type: application/json\r\n";
                let text = body.to_string();
                let asked = server.ask(method, &path, json, &text);
                let answer = handle.block_on(asked).map_err(|error| {
                    TestCaseError::fail(format!("{method} {path} was not answered: {error:#}"))
                })?;
                prop_assert!(answer.status < 500, "{method} {path} {body}: {}", answer.body);
                if answer.status >= 400 && method != "HEAD" {
                    // What is no HTTP at all is refused before it comes to us, without a body.
                    let told = answer.body.is_empty()
                        || answer.json().is_ok_and(|body| {
                            body["error"]["code"].is_string() && body["error"]["said"].is_string()
                        });
                    prop_assert!(told, "{method} {path}: {}", answer.body);
                }
                Ok(())
            })
        });
        let mut told = String::new();
        if let Err(error) = tried {
            write!(told, "{error}")?;
        }
        ensure!(told.is_empty(), "{told}");
        nothing_altered(&store).await?;
        server.stop().await
    });
}
