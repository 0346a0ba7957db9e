//! The desk over real HTTP: an officer's queue, decisions with their effect on fate, plan and
//! measure, taking them back, search, dossier, views, events, and who may see what. Every story
//! runs on both engines, and none asserts how long something takes.

use anyhow::{Context, Result, ensure};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};
use sumun::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::{batch, declared, learn_and_approve, nothing_altered};
use crate::engines::each_engine;
use crate::server::{Server, refused};

/// A server with a model in force, seventy screened consignments and a plan that draws fifteen.
async fn begun(store: &Store) -> Result<(Server, String)> {
    learn_and_approve(store).await?;
    let server = Server::start(store).await?;
    server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
    let plan = draw(&server).await?;
    Ok((server, plan))
}

async fn draw(server: &Server) -> Result<String> {
    let order = json!({
        "office": "030",
        "shift": "2030-01-01",
        "minutes": [{ "modality": "unpack", "minutes": 150 }],
    });
    let drawn = server.post("/api/v1/plans", &order).await?.expect(200)?;
    Ok(drawn["plans"][0]["plan"]["id"].as_str().context("no plan")?.to_owned())
}

async fn rows(server: &Server, query: &str) -> Result<Vec<Value>> {
    let page = server.get(&format!("/api/v1/queue?{query}")).await?.expect(200)?;
    Ok(page["items"].as_array().context("no rows")?.clone())
}

fn id(row: &Value) -> &str {
    row["consignment"].as_str().expect("an id")
}

fn order(n: u32, act: &str, consignments: &[&str]) -> Value {
    let (reason, question) = match act {
        "ask" => ("data_missing", json!("Which model is it?")),
        "waive" => ("standard_exception", Value::Null),
        "release" => ("nothing_stands_against", Value::Null),
        "undo" => ("mistake", Value::Null),
        _ => ("documents_differ", Value::Null),
    };
    json!({
        "id": format!("01JD8Q7ZK3V9W2M4N6P8{n:06}"),
        "consignments": consignments,
        "act": act,
        "reason_code": reason,
        "reason": "",
        "question": question,
    })
}

async fn decide(server: &Server, order: &Value) -> Result<Value> {
    server.post("/api/v1/decisions", order).await?.expect(200)
}

async fn fate(server: &Server, consignment: &str) -> Result<Value> {
    let read = server.get(&format!("/api/v1/consignments/{consignment}")).await?.expect(200)?;
    Ok(read["fate"].clone())
}

#[test]
fn the_queue_is_sorted_filtered_and_paged() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let first = server.get("/api/v1/queue?limit=20").await?.expect(200)?;
        assert_eq!((&first["total"], &first["more"]), (&json!(70), &json!(false)));
        let row = &first["items"][0];
        assert_eq!(
            (&row["rank"], &row["plan"], &row["drawn"]),
            (&json!(1), &json!(plan), &json!(true))
        );
        assert!(row["reasons"].as_array().is_some_and(|all| (1..=3).contains(&all.len())));
        assert_eq!((&row["goods"]["hs"], &row["state"]), (&json!("090121"), &json!("to_do")));
        for sort in ["rank", "score", "chance", "arrival", "value", "minutes"] {
            for descending in [0, 1] {
                let mut seen = std::collections::BTreeSet::new();
                let base = format!("/api/v1/queue?limit=17&sort={sort}&descending={descending}");
                let mut path = base.clone();
                let mut scores = Vec::new();
                loop {
                    let page = server.get(&path).await?.expect(200)?;
                    for row in page["items"].as_array().context("no rows")? {
                        assert!(seen.insert(id(row).to_owned()), "{row} came twice");
                        scores.push(row["p_irregular"].as_f64().context("no chance")?);
                    }
                    let Some(next) = page["next"].as_str() else { break };
                    path = format!("{base}&cursor={next}");
                }
                assert_eq!(seen.len(), 70, "{sort} {descending}");
                if sort == "score" {
                    let rising = scores.is_sorted();
                    let falling = scores.iter().rev().is_sorted();
                    assert!(if descending == 1 { falling } else { rising }, "{scores:?}");
                }
            }
        }
        assert_eq!(rows(&server, "drawn=1&limit=1000").await?.len(), 15);
        assert_eq!(rows(&server, "state=released&limit=1000").await?.len(), 55);
        assert_eq!(rows(&server, "state=to_do,held&limit=1000").await?.len(), 15);
        assert_eq!(rows(&server, "origin=co&hs=0901&regime=parcel&limit=9").await?.len(), 9);
        assert_eq!(rows(&server, "hs=0902").await?.len(), 0);
        assert!(rows(&server, "plan=P-999999").await.is_err());
        let few = rows(&server, &format!("plan={plan}&from_score=0.2&limit=1000")).await?;
        assert!(few.iter().all(|row| row["p_irregular"].as_f64().unwrap() >= 0.2));
        let by_number = rows(&server, "q=n-12").await?;
        assert_eq!((by_number.len(), &by_number[0]["reference"]), (1, &json!("N-12")));
        for bad in ["lane=pink", "drawn=2", "cursor=00", "limit=0", "day=soon", "sort=name"] {
            let answer = server.get(&format!("/api/v1/queue?{bad}")).await?;
            refused(&answer, 400);
        }
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn hangul_is_found_by_syllables_initials_and_latin_letters() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let mut one = declared(1);
        one["parties"] = json!([
            { "role": "consignor", "code": "S1", "name": "Hanbit Trading" },
            { "role": "consignee", "code": "B1", "name": "서문 무역" },
        ]);
        one["goods"][0]["description"] = json!("볶은 커피");
        one["documents"] = json!({ "house_bill": "HB-77 123" });
        let both = json!({ "consignments": [one, declared(2)] });
        server.post("/api/v1/consignments", &both).await?.expect(200)?;
        let asked = async |q: &str| -> Result<usize> {
            let q: String = q.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let found = server.get(&format!("/api/v1/search?q={q}")).await?.expect(200)?;
            let found = found["items"].as_array().context("no list")?;
            Ok(found.iter().filter(|one| one["kind"] == "consignment").count())
        };
        for q in ["서문", "ㅅㅁ", "seomun", "서ㅁ", "커피", "hanbit", "hb77123", "HB-77 123", "n-1"]
        {
            assert_eq!(asked(q).await?, 1, "{q}");
        }
        assert_eq!(asked("소문").await?, 0);
        // Who may not see names does not find by them.
        let analyst = server.person("ana", &["analyst"]).await?;
        let ana = server.by(&analyst);
        let hidden = ana.get("/api/v1/search?q=hanbit").await?.expect(200)?;
        assert_eq!(hidden["items"], json!([]));
        let open = ana.get("/api/v1/search?q=hb77123").await?.expect(200)?;
        assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
        server.stop().await
    });
}

#[test]
fn a_held_consignment_is_released_by_no_plan() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let arrived = server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
        let all: Vec<String> = (arrived["consignments"].as_array().context("no list")?.iter())
            .map(|one| one["id"].as_str().unwrap_or_default().to_owned())
            .collect();
        let held: Vec<&str> = all.iter().take(40).map(String::as_str).collect();
        let done = decide(&server, &order(1, "hold", &held)).await?;
        assert_eq!(done["decisions"].as_array().map(Vec::len), Some(40));
        assert_eq!(done["refused"], json!([]));

        // Before a plan and after it, what is held stays; what the plan left goes on.
        let plan = draw(&server).await?;
        let kept = rows(&server, &format!("plan={plan}&state=held&limit=1000")).await?;
        assert_eq!(kept.len(), 40);
        for row in &kept {
            assert_eq!(row["fate"], "pending", "{row}");
            assert_eq!(row["decision"]["act"], "hold");
            assert!(row["chance"].as_f64().is_some_and(|chance| chance > 0.0));
        }
        let left = kept.iter().find(|row| row["drawn"] == false).context("all were drawn")?;
        let left = id(left).to_owned();

        // An amendment does not lose the hold.
        let reference = server.get(&format!("/api/v1/consignments/{left}")).await?.expect(200)?;
        let n: u32 = reference["reference"].as_str().unwrap()[2..].parse()?;
        let mut amended = declared(n);
        amended["goods"][0]["value"] = json!(7);
        let newer = server.post("/api/v1/consignments", &amended).await?.expect(200)?;
        let newer = newer["consignments"][0]["id"].as_str().context("no id")?.to_owned();
        let row = rows(&server, &format!("q={newer}")).await?;
        assert_eq!(
            (&row[0]["state"], &row[0]["decision"]["act"]),
            (&json!("held"), &json!("hold"))
        );
        assert_eq!(rows(&server, &format!("q={left}")).await?.len(), 0, "it is superseded");
        let old = server.post("/api/v1/decisions", &order(2, "hold", &[&left])).await?;
        assert_eq!(refused(&old, 422), "nothing_decided");
        assert_eq!(old.json()?["refused"][0]["code"], "superseded");

        // Released by a person, it goes; taken back, it is held again.
        decide(&server, &order(3, "release", &[&newer])).await?;
        assert_eq!(fate(&server, &newer).await?, "released");
        decide(&server, &order(4, "undo", &[&newer])).await?;
        assert_eq!(fate(&server, &newer).await?, "pending");
        let row = rows(&server, &format!("q={newer}")).await?;
        assert_eq!(row[0]["state"], "held");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_waiver_is_an_outcome_that_can_be_taken_back() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let drawn = rows(&server, &format!("plan={plan}&drawn=1&limit=1000")).await?;
        let left = rows(&server, &format!("plan={plan}&drawn=0&limit=1")).await?;
        let one = id(&drawn[0]);
        let chance = drawn[0]["chance"].clone();
        let refusal = server.post("/api/v1/decisions", &order(1, "waive", &[id(&left[0])])).await?;
        assert_eq!(refused(&refusal, 422), "nothing_decided");
        assert_eq!(refusal.json()?["refused"][0]["code"], "not_drawn");
        let refusal = server.post("/api/v1/decisions", &order(2, "release", &[one])).await?;
        assert_eq!(refusal.json()?["refused"][0]["code"], "drawn");

        decide(&server, &order(3, "waive", &[one])).await?;
        let read = server.get(&format!("/api/v1/consignments/{one}")).await?.expect(200)?;
        let outcome = &read["outcomes"][0];
        assert_eq!(
            (&outcome["outcome"], &outcome["reason"]),
            (&json!("not_examined"), &json!("waived"))
        );
        assert_eq!((&outcome["plan"], &outcome["channel"]), (&json!(plan), &drawn[0]["channel"]));
        assert_eq!(read["fate"], "released");
        let measured = server.get("/api/v1/measures").await?.expect(200)?;
        assert_eq!(measured["plans"], 1, "a waiver is an outcome: {measured}");
        let row = rows(&server, &format!("q={one}")).await?;
        assert_eq!((&row[0]["state"], &row[0]["chance"]), (&json!("not_examined"), &chance));

        decide(&server, &order(4, "undo", &[one])).await?;
        let row = rows(&server, &format!("q={one}")).await?;
        assert_eq!((&row[0]["state"], &row[0]["outcome"]), (&json!("to_do"), &Value::Null));
        assert_eq!(row[0]["chance"], chance, "a recorded chance never changes");
        // Inspected after all: that is the outcome now, without being a correction.
        let report = json!({ "outcomes": [{
            "declaration_id": drawn[0]["reference"], "outcome": "clear",
        }] });
        let recorded = server.post("/api/v1/outcomes", &report).await?.expect(200)?;
        assert_eq!((&recorded["recorded"], &recorded["corrected"]), (&json!(1), &json!(0)));
        let late = server.post("/api/v1/decisions", &order(5, "hold", &[one])).await?;
        assert_eq!(late.json()?["refused"][0]["code"], "has_outcome");
        let row = rows(&server, &format!("q={one}")).await?;
        assert_eq!(
            (&row[0]["state"], &row[0]["outcome"]["outcome"]),
            (&json!("done"), &json!("clear"))
        );
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn an_officers_choice_is_its_own_channel_and_moves_no_estimate() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let drawn = rows(&server, &format!("plan={plan}&drawn=1&limit=1000")).await?;
        let left = rows(&server, &format!("plan={plan}&drawn=0&limit=1000")).await?;
        let reports: Vec<Value> = drawn
            .iter()
            .map(|row| json!({ "declaration_id": row["reference"], "outcome": "clear" }))
            .collect();
        server.post("/api/v1/outcomes", &json!({ "outcomes": reports })).await?.expect(200)?;
        let before = server.get("/api/v1/measures").await?.expect(200)?;

        let chosen = &left[3];
        let mut inspect = order(1, "inspect", &[id(chosen)]);
        inspect["modality"] = json!("scan");
        decide(&server, &inspect).await?;
        let row = rows(&server, &format!("q={}", id(chosen))).await?;
        assert_eq!((&row[0]["channel"], &row[0]["state"]), (&json!("officer"), &json!("to_do")));
        assert_eq!((&row[0]["modality"], &row[0]["drawn"]), (&json!("scan"), &json!(false)));
        assert_eq!((&row[0]["chance"], &row[0]["fate"]), (&chosen["chance"], &json!("pending")));
        let mut again = inspect.clone();
        again["id"] = json!("01JD8Q7ZK3V9W2M4N6P8000099");
        let again = server.post("/api/v1/decisions", &again).await?;
        assert_eq!(again.json()?["refused"][0]["code"], "in_force");

        let report = json!({ "outcomes": [{
            "declaration_id": chosen["reference"], "outcome": "discrepancy",
            "reason": "undeclared", "detection_method": "scan",
        }] });
        server.post("/api/v1/outcomes", &report).await?.expect(200)?;
        let read =
            server.get(&format!("/api/v1/consignments/{}", id(chosen))).await?.expect(200)?;
        let outcome = &read["outcomes"][0];
        assert_eq!(
            (&outcome["channel"], &outcome["modality"]),
            (&json!("officer"), &json!("scan"))
        );
        let after = server.get("/api/v1/measures").await?.expect(200)?;
        assert_eq!(after["pooled"]["unclipped"], before["pooled"]["unclipped"]);
        assert_eq!(after["pooled"]["found"], 1);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn another_modality_counts_with_its_own_detection() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let drawn = rows(&server, &format!("plan={plan}&drawn=1&limit=1000")).await?;
        let estimate = async |with_scan: bool| -> Result<f64> {
            let mut reports = Vec::new();
            for (n, row) in drawn.iter().enumerate() {
                let find = n == 2;
                let modality = if with_scan && find { json!("scan") } else { json!("unpack") };
                reports.push(json!({
                    "declaration_id": row["reference"],
                    "outcome": if find { "discrepancy" } else { "clear" },
                    "detection_method": if find { json!("scan") } else { Value::Null },
                    "modality": modality,
                }));
            }
            let body = json!({ "outcomes": reports, "correct": true });
            server.post("/api/v1/outcomes", &body).await?.expect(200)?;
            let measured = server.get("/api/v1/measures").await?.expect(200)?;
            measured["pooled"]["unclipped"].as_f64().context("no estimate")
        };
        // A scan that finds stands for those that scans overlook, an unpacking only for itself.
        let mut inspect = order(1, "inspect", &[id(&drawn[2])]);
        inspect["modality"] = json!("scan");
        decide(&server, &inspect).await?;
        let scanned = estimate(true).await?;
        let unpacked = estimate(false).await?;
        assert!(scanned > unpacked, "{scanned} is not above {unpacked}");
        server.stop().await
    });
}

#[test]
fn an_order_is_checked_and_answered_alike_again() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let left = rows(&server, &format!("plan={plan}&drawn=0&limit=9")).await?;
        let one = id(&left[0]);
        let bad = async |field: &str, value: Value, code: &str| -> Result<()> {
            let mut order = order(90, "hold", &[one]);
            order[field] = value;
            let answer = server.post("/api/v1/decisions", &order).await?;
            ensure!(refused(&answer, 422) == code, "{field}: {}", answer.body);
            Ok(())
        };
        bad("id", json!("1"), "order_id").await?;
        bad("reason_code", json!("whim"), "reason_code").await?;
        bad("reason_code", json!("standard_exception"), "reason_code").await?;
        bad("reason_code", json!("intelligence"), "no_reason").await?;
        bad("consignments", json!([]), "consignments").await?;
        bad("consignments", json!(["x"]), "consignments").await?;
        bad("consignments", json!(["C-999999"]), "nothing_decided").await?;
        bad("modality", json!("scan"), "modality").await?;
        bad("undoes", json!("D-1"), "undoes").await?;
        let mut ask = order(91, "ask", &[one]);
        ask["question"] = Value::Null;
        assert_eq!(refused(&server.post("/api/v1/decisions", &ask).await?, 422), "no_question");

        let mixed = order(1, "hold", &[one, "C-999999", id(&left[1])]);
        let first = decide(&server, &mixed).await?;
        assert_eq!(first["decisions"].as_array().map(Vec::len), Some(2));
        assert_eq!(first["refused"][0]["code"], "no_consignment");
        let size = crate::api::journal_size(&store).await?;
        let second = decide(&server, &mixed).await?;
        assert_eq!(first, second);
        let mut other = mixed.clone();
        other["reason_code"] = json!("route_implausible");
        let conflict = server.post("/api/v1/decisions", &other).await?;
        assert_eq!(refused(&conflict, 409), "idempotency_key");
        let listed =
            server.get(&format!("/api/v1/decisions?consignment={one}")).await?.expect(200)?;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        let grown = crate::api::journal_size(&store).await? - size;
        assert!(grown <= 1, "only the reading was journaled, not {grown} entries");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn whatever_is_ordered_twice_is_done_once() {
    // A sequence of acts on a few consignments, each sent twice: decisions, states and the journal
    // are those of each sent once.
    let acts = prop::sample::select(vec!["hold", "ask", "inspect", "waive", "release", "undo"]);
    let steps = prop::collection::vec((acts, 0_usize..6), 4..14);
    let steps = sample(&steps);
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let all = rows(&server, &format!("plan={plan}&limit=1000")).await?;
        let few: Vec<&str> = all.iter().step_by(12).map(id).collect();
        for (n, (act, which)) in steps.iter().flatten().enumerate() {
            let order = order(n as u32, act, &[few[*which]]);
            let once = server.post("/api/v1/decisions", &order).await?;
            let state = rows(&server, &format!("q={}", few[*which])).await?;
            let twice = server.post("/api/v1/decisions", &order).await?;
            assert_eq!((once.status, &once.body), (twice.status, &twice.body), "{act}");
            assert_eq!(state, rows(&server, &format!("q={}", few[*which])).await?);
            assert_eq!(state[0]["chance"], all[*which * 12]["chance"]);
            // A consignment keeps one fate, and the queue says the same as the fate.
            let fate = &state[0]["fate"];
            let fits = match state[0]["state"].as_str().unwrap_or_default() {
                "to_do" | "held" | "asked" | "waiting" => fate == "pending",
                "released" | "not_examined" => fate == "released",
                _ => false,
            };
            assert!(fits, "{} with fate {fate}", state[0]["state"]);
        }
        nothing_altered(&store).await?;
        server.stop().await
    });
}

/// A few values of a strategy, the same each time.
fn sample<S: Strategy>(strategy: &S) -> Vec<S::Value> {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..3).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

#[test]
fn the_dossier_tells_why_and_where_to_look() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let drawn = rows(&server, &format!("plan={plan}&drawn=1&limit=1000")).await?;
        let one = id(&drawn[0]);
        decide(&server, &order(1, "ask", &[one])).await?;
        let dossier =
            server.get(&format!("/api/v1/consignments/{one}/dossier")).await?.expect(200)?;
        let header = &dossier["decision_header"];
        assert_eq!((&header["plan"], &header["rank"]), (&json!(plan), &drawn[0]["rank"]));
        assert_eq!(header["decided_by"], "kim");
        let why = &dossier["why"];
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let steps = why["steps"].as_array().context("no steps")?;
        let pushes: f64 = steps.iter().map(|step| number(&step["push"])).sum();
        let sum = number(&why["base"]) + pushes + number(&why["rest"]);
        assert!((sum - number(&why["final"])).abs() < 1e-6, "{why}");
        assert_eq!(why["as_judged"], true);
        assert!(!steps[0]["fields"].as_array().context("no fields")?.is_empty());
        let target = number(&why["final"]);
        let odds = 1.0 / (1.0 + (-target).exp());
        let chances = [number(&drawn[0]["p_irregular"]), number(&drawn[0]["p_critical"])];
        assert!(chances.iter().any(|chance| (chance - odds).abs() < 1e-6), "{odds} {chances:?}");

        assert_eq!(dossier["consignment"]["id"], one);
        assert!(dossier["playbook"]["lines"].as_array().is_some_and(|lines| lines.len() > 1));
        assert_eq!(dossier["allowed"], json!(["hold", "ask", "inspect", "waive", "undo"]));
        assert_eq!(dossier["decisions"][0]["act"], "ask");
        let kinds: Vec<&str> = (dossier["timeline"].as_array().context("no timeline")?.iter())
            .filter_map(|entry| entry["kind"].as_str())
            .collect();
        assert_eq!(kinds, ["received", "screened", "planned", "ask"]);
        let similar = dossier["similar"].as_array().context("no list")?;
        assert!(!similar.is_empty(), "the back file has finds with the same goods");
        assert!(similar.iter().all(|like| like["why"]["ko"].is_string()));
        let consignor = &dossier["parties"][0];
        assert_eq!(consignor["role"], "consignor");
        assert!(consignor["record"]["inspected"].as_u64().is_some_and(|n| n > 0));
        let missing: Vec<&str> = (dossier["quality"].as_array().context("no list")?.iter())
            .filter_map(|flaw| flaw["field"].as_str())
            .collect();
        assert!(missing.contains(&"consignee") && missing.contains(&"description"));

        // An analyst sees why, but no plan and no party's name.
        let analyst = server.person("ana", &["analyst"]).await?;
        let path = format!("/api/v1/consignments/{one}/dossier");
        let seen = server.by(&analyst).get(&path).await?.expect(200)?;
        assert_eq!(seen["decision_header"]["plan"], Value::Null);
        assert_eq!((&seen["parties"][0]["code"], &seen["allowed"]), (&Value::Null, &json!([])));
        // At another office there is nothing.
        let far = server.person("far", &["targeting_officer@999"]).await?;
        assert_eq!(refused(&server.by(&far).get(&path).await?, 404), "no_consignment");
        server.stop().await
    });
}

#[test]
fn a_code_with_many_names_may_be_a_victims() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let named = |n: u32, day: u32, name: &str| {
            let mut one = declared(n);
            one["arrived_at"] = json!(format!("2030-01-{day:02}T09:30:00+09:00"));
            one["parties"] = json!([{ "role": "consignee", "code": "P1", "name": name }]);
            one
        };
        let before = [named(1, 1, "김하나"), named(2, 2, "이두리"), named(3, 3, "박세찬")];
        let body = json!({ "consignments": before });
        server.post("/api/v1/consignments", &body).await?.expect(200)?;
        let last = named(4, 9, "최네모");
        let last = server.post("/api/v1/consignments", &last).await?.expect(200)?;
        let path = format!(
            "/api/v1/consignments/{}/dossier",
            last["consignments"][0]["id"].as_str().context("no id")?
        );
        let dossier = server.get(&path).await?.expect(200)?;
        let said = &dossier["parties"][0]["possible_victim"]["en"];
        assert!(said.as_str().is_some_and(|said| said.contains("victim")), "{dossier}");
        assert!(!dossier.to_string().contains("suspicious"));
        server.stop().await
    });
}

#[test]
fn today_adds_up_and_warns() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
        let before = server.get("/api/v1/today?day=2030-01-01").await?.expect(200)?;
        assert_eq!(before["tiles"]["waiting"], 70);
        let kinds: Vec<&Value> =
            before["alerts"].as_array().unwrap().iter().map(|alert| &alert["kind"]).collect();
        assert!(kinds.contains(&&json!("no_plan")), "{before}");
        let plan = draw(&server).await?;
        let drawn = rows(&server, &format!("plan={plan}&drawn=1&limit=1000")).await?;
        decide(&server, &order(1, "hold", &[id(&drawn[0])])).await?;
        decide(&server, &order(2, "waive", &[id(&drawn[1])])).await?;
        let report = json!({ "outcomes": [
            { "declaration_id": drawn[2]["reference"], "outcome": "clear" },
            { "declaration_id": drawn[3]["reference"], "outcome": "seizure",
              "detection_method": "scan", "substance": "cocaine", "quantity": 1, "unit": "kg" },
        ] });
        server.post("/api/v1/outcomes", &report).await?.expect(200)?;
        let after = server.get("/api/v1/today").await?.expect(200)?;
        assert_eq!(after["day"], "2030-01-01");
        let shift = &after["shifts"][0];
        assert_eq!((&shift["plan"], &shift["drawn"]), (&json!(plan), &json!(15)));
        let of = |name: &str| shift[name].as_i64().unwrap_or(-1);
        assert_eq!((of("done"), of("held"), of("waived"), of("found")), (2, 1, 1, 1));
        assert_eq!((of("minutes"), of("minutes_available")), (150, 150));
        let lanes: i64 = ["red", "yellow", "blue", "green"]
            .iter()
            .map(|lane| shift["lanes"][lane].as_i64().unwrap_or(0))
            .sum();
        assert_eq!(lanes, 70);
        let tiles = &after["tiles"];
        assert_eq!((&tiles["arrived"], &tiles["planned"]), (&json!(70), &json!(15)));
        assert_eq!(tiles["found_share"]["estimate"], 0.5);
        assert!(tiles["missed"]["high"].as_f64() >= tiles["missed"]["low"].as_f64());
        server.stop().await
    });
}

#[test]
fn views_are_ones_own() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let kim = async |method: &str, path: &str, body: &Value| {
            let head = "content-type: application/json\r\n";
            server.ask(method, path, head, &body.to_string()).await
        };
        let view = json!({ "screen": "queue", "filters": { "lane": "red" } });
        kim("PUT", "/api/v1/views/my%20reds", &view).await?.expect(200)?;
        kim("PUT", "/api/v1/views/my%20reds", &view).await?.expect(200)?;
        let listed = server.get("/api/v1/views").await?.expect(200)?;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed["items"][0]["filters"]["lane"], "red");
        let lee = server.person("lee", &["inspector@030"]).await?;
        let none = server.by(&lee).get("/api/v1/views").await?.expect(200)?;
        assert_eq!(none["items"], json!([]));
        let gone = server.by(&lee).ask("DELETE", "/api/v1/views/my%20reds", "", "").await?;
        assert_eq!(refused(&gone, 404), "no_view");
        assert_eq!(server.ask("DELETE", "/api/v1/views/my%20reds", "", "").await?.status, 204);
        server.stop().await
    });
}

#[test]
fn only_those_who_may_see_the_queue_and_decide() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let drawn = rows(&server, &format!("plan={plan}&drawn=1&limit=1000")).await?;
        let one = id(&drawn[0]);
        let lee = server.person("lee", &["inspector@030"]).await?;
        let seen = server.by(&lee).get("/api/v1/queue?limit=1000").await?.expect(200)?;
        let seen = seen["items"].as_array().context("no rows")?;
        assert_eq!(seen.len(), 15, "an inspector sees what a released plan drew, and no more");
        assert!(seen.iter().all(|row| row["drawn"] == true && row["consignor"].is_null()));
        let answer = server.by(&lee).post("/api/v1/decisions", &order(1, "hold", &[one])).await?;
        assert_eq!(refused(&answer, 403), "forbidden");
        let ana = server.person("ana", &["analyst"]).await?;
        assert_eq!(refused(&server.by(&ana).get("/api/v1/queue").await?, 403), "forbidden");
        let far = server.person("far", &["targeting_officer@999"]).await?;
        let none = server.by(&far).get("/api/v1/queue").await?.expect(200)?;
        assert_eq!(none["items"], json!([]));
        let missing = server.by(&far).get(&format!("/api/v1/queue?plan={plan}")).await?;
        assert_eq!(refused(&missing, 404), "no_plan");
        let hidden = server.by(&far).post("/api/v1/decisions", &order(2, "hold", &[one])).await?;
        let never = order(3, "hold", &["C-999999"]);
        let never = server.by(&far).post("/api/v1/decisions", &never).await?;
        let code = |answer: &Value| answer["refused"][0]["code"].clone();
        assert_eq!(code(&hidden.json()?), code(&never.json()?));
        server.stop().await
    });
}

#[test]
fn events_tell_what_happens_until_the_server_stops() {
    each_engine(async |store| {
        let (server, plan) = begun(&store).await?;
        let drawn = rows(&server, &format!("plan={plan}&drawn=1&limit=1")).await?;
        let lou = server.person("lou", &["targeting_officer@030"]).await?;
        let mut connection = TcpStream::connect(server.address).await?;
        let request = format!("GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n{}\r\n", lou.head);
        connection.write_all(request.as_bytes()).await?;
        let mut heard = String::new();
        let mut buffer = [0; 4096];
        let mut n = 0;
        // Listening begins a moment after the request: so decide until it is heard.
        while !heard.contains("\"decided\"") {
            n += 1;
            let act = if n % 2 == 1 { "hold" } else { "undo" };
            decide(&server, &order(n, act, &[id(&drawn[0])])).await?;
            let wait = std::time::Duration::from_millis(400);
            if let Ok(read) = tokio::time::timeout(wait, connection.read(&mut buffer)).await {
                let read = read?;
                ensure!(read > 0, "the stream ended: {heard}");
                heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
            ensure!(n < 100, "nothing was heard: {heard}");
        }
        assert!(heard.contains("text/event-stream"), "{heard}");
        assert!(heard.contains(&format!("\"id\":\"{}\"", id(&drawn[0]))), "{heard}");
        assert!(heard.contains("\"office\":\"030\""), "{heard}");
        // Whoever has signed out hears no more.
        let mia = server.person("mia", &["targeting_officer@030"]).await?;
        let mut other = TcpStream::connect(server.address).await?;
        let ask = "GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
        let request = format!("{ask}{}\r\n", mia.head);
        other.write_all(request.as_bytes()).await?;
        ensure!(other.read(&mut buffer).await? > 0, "no stream");
        let out = server.by(&mia).ask("DELETE", "/api/v1/session", "", "").await?;
        assert_eq!(out.status, 204);
        while other.read(&mut buffer).await? > 0 {}
        // The open stream does not keep the server from stopping.
        server.stop().await?;
        while connection.read(&mut buffer).await? > 0 {}
        Ok(())
    });
}

#[test]
fn the_code_lists_suit_the_acts() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let codes = server.get("/api/v1/codes").await?.expect(200)?;
        let reasons = codes["reason_codes"].as_array().context("no list")?;
        for act in ["hold", "ask", "inspect", "waive", "release", "undo"] {
            let suits = |reason: &&Value| {
                reason["acts"].as_array().is_some_and(|acts| acts.contains(&json!(act)))
            };
            assert!(reasons.iter().any(|reason| suits(&reason)), "{act}");
        }
        for list in ["concealment_places", "substances", "units", "modalities", "lanes"] {
            assert!(codes[list].as_array().is_some_and(|list| list.len() > 3), "{list}");
            assert!(codes[list][0]["said"]["ko"].is_string());
        }
        server.stop().await
    });
}
