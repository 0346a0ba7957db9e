//! What must not leak and what must not be forged, over real HTTP: a draw before its release, a
//! fate that would tell of it, one person with two accounts, another office's manifests, another
//! sender's numbers, and doors that take too much. Each story is one way that was once open.

use anyhow::{Context, Result};
use intake::{MessageOptions, TableOptions};
use serde_json::{Value, json};
use sumun::config::now;
use sumun::pipeline::post_room::{self, Reading};
use sumun::pipeline::resolve::resolve;
use sumun::store::{AssertSqlSafe, Store, args};

use crate::api::{batch, declared, learn_and_approve, nothing_altered};
use crate::data::{HEADER, line};
use crate::engines::each_engine;
use crate::person::texts;
use crate::server::{Answer, Server, refused};

const BYTES: &str = "content-type: application/octet-stream\r\n";

async fn run(store: &Store, sql: &str) -> Result<()> {
    let mut tx = store.begin().await?;
    tx.execute(AssertSqlSafe(sql), args![]).await?;
    tx.commit().await
}

/// A plan of five inspections among twenty consignments, released a quarter of an hour before its
/// shift, which is years ahead.
async fn secret_plan(server: &Server) -> Result<String> {
    let root = server.person("root", &["administrator"]).await?;
    let office = json!({
        "name": { "ko": "부산", "en": "Busan" }, "utc_offset_minutes": 540,
        "shifts": [{ "name": "day", "starts": "08:00", "minutes_long": 480,
                     "release_before_minutes": 15 }],
    });
    server.by(&root).with("PUT", "/api/v1/offices/030", &office).await?.expect(200)?;
    server.post("/api/v1/consignments", &batch(0..20)).await?.expect(200)?;
    let order = json!({
        "office": "030", "shift": "2030-01-01/day",
        "minutes": [{ "modality": "unpack", "minutes": 50 }],
    });
    let drawn = server.post("/api/v1/plans", &order).await?.expect(200)?;
    Ok(drawn["plans"][0]["plan"]["id"].as_str().context("no plan")?.to_owned())
}

/// The ids of a plan's consignments: those that were drawn, and the others.
async fn lines(server: &Server, plan: &str) -> Result<(Vec<String>, Vec<String>)> {
    let path = format!("/api/v1/plans/{plan}/selections?limit=1000");
    let all = server.get(&path).await?.expect(200)?["items"].clone();
    let (drawn, others): (Vec<Value>, Vec<Value>) = (all.as_array().context("no lines")?.iter())
        .cloned()
        .partition(|line| line["drawn"] == true);
    let ids = |of: Vec<Value>| {
        of.iter().filter_map(|line| line["consignment"].as_str().map(str::to_owned)).collect()
    };
    Ok((ids(drawn), ids(others)))
}

#[test]
fn no_fate_and_no_figure_tells_of_a_draw_before_its_release() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let plan = secret_plan(&server).await?;
        let (drawn, others) = lines(&server, &plan).await?;
        assert_eq!((drawn.len(), others.len()), (5, 15));
        let ana = server.person("ana", &["analyst@030"]).await?;
        let lee = server.person("lee", &["inspector@030"]).await?;
        let (ana, lee) = (server.by(&ana), server.by(&lee));

        // Who plans sees the fates; who may not see the plan sees all of them pending.
        let path = |id: &str| format!("/api/v1/consignments/{id}");
        let planner = server.get(&path(&others[0])).await?.expect(200)?;
        assert_eq!(planner["fate"], "released");
        for id in drawn.iter().chain(&others) {
            let detail = ana.get(&path(id)).await?.expect(200)?;
            assert_eq!(detail["fate"], "pending", "{id} tells");
            assert_eq!(detail["versions"][0]["fate"], "pending");
            let number = detail["reference"].as_str().context("no number")?;
            let listed = ana.get(&format!("/api/v1/consignments?reference={number}")).await?;
            assert_eq!(listed.expect(200)?["items"][0]["fate"], "pending");
        }
        // Nor does the page of who sent them.
        resolve(&store, ("machine", now()), |_| {}).await?;
        let iva = server.person("iva", &["investigator@030"]).await?;
        let iva = server.by(&iva);
        let mut told = 0;
        for n in 0..7 {
            let found = iva.get(&format!("/api/v1/entities?q=S{n}")).await?.expect(200)?;
            for one in found["items"].as_array().context("no entities")? {
                let path = format!("/api/v1/entities/{}", one["id"].as_str().context("no id")?);
                let page = iva.get(&path).await?.expect(200)?;
                let items = page["consignments"]["items"].as_array().context("no items")?.clone();
                assert!(items.iter().all(|item| item["fate"] != "released"), "{page}");
                told += items.len();
            }
        }
        assert!(told >= 20, "{told} consignments were looked at");
        let day = "/api/v1/today?office=030&day=2030-01-01";
        let today = lee.get(day).await?.expect(200)?;
        assert_eq!(today["shifts"], json!([]));
        assert_eq!(today["tiles"]["planned"], 0, "{today}");
        assert_eq!(server.get(day).await?.expect(200)?["tiles"]["planned"], 5);

        run(&store, "update plan set released_at = drawn_at").await?;
        assert_eq!(lee.get(day).await?.expect(200)?["tiles"]["planned"], 5);
        let list = lee.get("/api/v1/inspections?office=030&day=2030-01-01").await?.expect(200)?;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(5));
        let read = "select subject from journal where act = 'read inspections'";
        assert_eq!(texts(&store, read).await?, [plan]);
        server.stop().await
    });
}

#[test]
fn inspectors_and_machines_record_what_was_drawn_and_released_and_nothing_else() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let plan = secret_plan(&server).await?;
        let (drawn, others) = lines(&server, &plan).await?;
        let root = server.person("warden", &["administrator"]).await?;
        let order = json!({
            "name": "scanner", "actions": ["record_outcome"], "office": "030", "days": 30,
        });
        let token = server.by(&root).post("/api/v1/tokens", &order).await?.expect(200)?;
        let token = token["token"].as_str().context("no token")?;
        let machine = crate::server::Badge {
            head: format!("authorization: Bearer {token}\r\n"),
            ..Default::default()
        };
        let lee = server.person("lee", &["inspector@030"]).await?;
        let mut numbers = Vec::new();
        for id in [&drawn[0], &drawn[1], &others[0]] {
            let one = server.get(&format!("/api/v1/consignments/{id}")).await?.expect(200)?;
            numbers.push(one["reference"].as_str().context("no number")?.to_owned());
        }
        let report = |number: &str| {
            let clear = json!({
                "declaration_id": number, "outcome": "clear", "modality": "unpack", "minutes": 9,
            });
            json!({ "outcomes": [clear] })
        };
        for badge in [&lee, &machine] {
            for number in &numbers {
                let answer = server.by(badge).post("/api/v1/outcomes", &report(number)).await?;
                assert!(matches!(answer.status, 403 | 422), "{number}: {answer:?}");
            }
        }
        run(&store, "update plan set released_at = drawn_at").await?;
        for (badge, number) in [(&lee, &numbers[0]), (&machine, &numbers[1])] {
            let by = server.by(badge);
            let kept = by.post("/api/v1/outcomes", &report(number)).await?.expect(200)?;
            assert_eq!(kept["recorded"], 1, "{kept}");
            let other = by.post("/api/v1/outcomes", &report(&numbers[2])).await?;
            assert_eq!(refused(&other, 422), "nothing_recorded");
        }
        server.stop().await
    });
}

#[test]
fn an_account_is_not_approved_by_whoever_made_it() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        // Root officers the office too, and makes a second account to ask with.
        let root = server.person("root", &["administrator@040", "targeting_officer@030"]).await?;
        let puppet = server.person("puppet", &["targeting_officer@030"]).await?;
        run(&store, "update account set made_by = 'root' where name = 'puppet'").await?;
        let other = server.person("seo", &["targeting_officer@030"]).await?;
        let proposal = json!({
            "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "office": "030",
            "lines": [{ "modality": "unpack", "minutes_available": 80, "minutes_each": 20 }],
            "reason": "one officer is ill",
        });
        let made = server.by(&puppet).post("/api/v1/capacities", &proposal).await?.expect(200)?;
        let path = format!("/api/v1/capacities/{}/approve", made["id"].as_str().unwrap());
        let why = json!({ "reason": "as agreed" });
        assert_eq!(refused(&server.by(&root).post(&path, &why).await?, 403), "own_account");
        server.by(&other).post(&path, &why).await?.expect(200)?;
        server.stop().await
    });
}

#[test]
fn who_sends_for_one_office_withdraws_no_whole_manifest() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let far = server.person("far", &["targeting_officer@030"]).await?;
        let sent = include_str!("../../../intake/tests/messages/edifact/cuscar-d03b.edi");
        // BGM with the code 1: the message takes the manifest back and names no bill.
        let bgm = sent.find("BGM+").context("no BGM")?;
        let end = bgm + sent[bgm..].find('\'').context("no end of BGM")?;
        let number = sent[bgm..end].split('+').nth(2).context("no number")?;
        let gone = format!(
            "UNB+UNOA:2+LINE+CUSTOMS+261120:0900+9'UNH+9+CUSCAR:D:03B:UN'\
             BGM+85+{number}+1'UNT+3+9'UNZ+1+9'"
        );
        let send = async |by: &crate::server::Badge, text: &str| -> Result<Answer> {
            server.by(by).ask("POST", "/api/v1/messages?name=m.edi", BYTES, text).await
        };
        send(&server.kim, sent).await?.expect(200)?;
        let standing = "select reference from consignment where fate <> 'withdrawn'";
        let before = texts(&store, standing).await?;
        assert_eq!(refused(&send(&far, &gone).await?, 403), "withdraws_any");
        assert_eq!(texts(&store, standing).await?, before);
        server.stop().await
    });
}

#[test]
fn doors_and_messages_take_only_so_much() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let long = json!({ "name": "kim", "password": "x".repeat(20_000) }).to_string();
        let request = format!(
            "POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{long}",
            long.len()
        );
        assert_eq!(server.send(request.as_bytes()).await?.status, 413);

        // More records than are kept while others wait: none is, and the next step is named.
        let lines = (0..50_001).map(|n| line(n, "2030-01-01", "080390") + "\n");
        let table = format!("{HEADER}\n{}", lines.collect::<String>());
        let path = "/api/v1/messages?name=many.csv";
        let answer = server.ask("POST", path, BYTES, &table).await?;
        assert_eq!(refused(&answer, 422), "nothing_stored");
        let said = answer.body.contains("50000") && answer.body.contains("sumun ingest");
        assert!(said, "{}", answer.body);
        assert_eq!(texts(&store, "select reference from declaration").await?, [""; 0]);

        // A few bytes of Parquet can take hours, which only somebody at a terminal would notice.
        let parquet = "PAR1\n\n K~~~~\"\n    PAR1";
        let answer = server.ask("POST", "/api/v1/messages?name=a", BYTES, parquet).await?;
        assert_eq!(refused(&answer, 422), "nothing_stored");
        assert!(answer.body.contains("sumun ingest"), "{}", answer.body);
        let answer = server.ask("POST", "/api/v1/messages/inspect", BYTES, parquet).await?;
        assert!(answer.body.contains("sumun ingest"), "{}", answer.body);
        server.stop().await
    });
}

#[test]
fn the_files_of_one_request_are_counted_together() {
    let reading = Reading {
        tables: TableOptions::default(),
        messages: MessageOptions::default(),
        strangers: true,
    };
    let table = format!("{HEADER}\n{}\n", line(1, "2030-01-01", "080390"));
    let after =
        |before| post_room::read_whole(table.clone().into(), "one.csv", &reading, before).is_ok();
    assert!(after(49_999));
    assert!(!after(50_000));
}

#[test]
fn a_planted_cookie_lets_nobody_in() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let own = &server.kim.token;
        for (cookies, status) in [
            (format!("sumun_session={own}"), 200),
            (format!("a=b; sumun_session={own}; c=d"), 200),
            (format!("sumun_session=planted; sumun_session={own}"), 401),
            (format!("sumun_session={own}; sumun_session={own}"), 401),
            (format!("sumun_session={own}\r\ncookie: sumun_session=planted"), 401),
        ] {
            let request = format!(
                "GET /api/v1/session HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                 cookie: {cookies}\r\n\r\n"
            );
            assert_eq!(server.send(request.as_bytes()).await?.status, status, "{cookies}");
        }
        server.stop().await
    });
}

#[test]
fn the_key_of_a_request_is_its_senders_own() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let other = server.person("seo", &["targeting_officer@030"]).await?;
        let key = "content-type: application/json\r\nidempotency-key: monday\r\n";
        let path = "/api/v1/consignments";
        let body = batch(0..2).to_string();
        server.ask("POST", path, key, &body).await?.expect(200)?;
        let again = server.ask("POST", path, key, &batch(2..4).to_string()).await?;
        assert_eq!(refused(&again, 409), "idempotency_key");
        // The same word of another sender is another key, with a body of its own.
        let mut theirs = json!({ "consignments": [declared(90)] });
        theirs["consignments"][0]["reference"] = json!("SEO-1");
        let taken = server.by(&other).ask("POST", path, key, &theirs.to_string()).await?;
        assert_eq!(taken.expect(200)?["received"]["new"], 1);
        server.stop().await
    });
}

#[test]
fn an_export_is_fetched_again_only_by_who_may_still_read_the_plan() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let plan = secret_plan(&server).await?;
        let ask = server.person("ask", &["targeting_officer@030"]).await?;
        let export = json!({
            "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "what": "queue", "plan": plan,
            "format": "csv", "reason": "for the court",
        });
        let asked = server.by(&ask).post("/api/v1/exports", &export).await?.expect(200)?;
        let path = format!("/api/v1/exports/{}", asked["id"].as_str().unwrap());
        let why = json!({ "reason": "as agreed" });
        server.post(&format!("{path}/approve"), &why).await?.expect(200)?;
        assert_eq!(server.by(&ask).get(&format!("{path}/file")).await?.status, 200);
        run(
            &store,
            "update account_grant set role = 'investigator' where account_id in
                 (select id from account where name = 'ask')",
        )
        .await?;
        let answer = server.by(&ask).get(&format!("{path}/file")).await?;
        assert!(matches!(answer.status, 403 | 404), "{answer:?}");
        server.stop().await
    });
}

#[test]
fn a_rule_is_tried_on_the_past_of_ones_own_offices() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let mut far = batch(0..30);
        for one in far["consignments"].as_array_mut().context("no list")? {
            one["office"] = json!("040");
            one["reference"] = json!(format!("FAR-{}", one["reference"].as_str().unwrap()));
        }
        server.post("/api/v1/consignments", &far).await?.expect(200)?;
        let own = server.person("own", &["targeting_officer@030"]).await?;
        let all = server.person("all", &["targeting_officer"]).await?;
        let condition = "goods.value > 1";
        let check = |offices: &[&str]| {
            let offices = json!(offices);
            json!({ "condition": condition, "offices": offices, "sample": true })
        };
        let path = "/api/v1/rules/check";
        let whole = server.by(&all).post(path, &check(&["040"])).await?.expect(200)?;
        assert_eq!(whole["sample"]["fired"], 30, "{whole}");
        let asked = server.by(&own).post(path, &check(&["030", "040"])).await?.expect(200)?;
        let bare = server.by(&own).post(path, &check(&[])).await?.expect(200)?;
        assert_eq!(asked["sample"], bare["sample"]);
        assert_eq!(server.by(&own).post(path, &check(&["040"])).await?.status, 403);
        let trial = json!({ "condition": condition, "offices": ["040"] });
        assert_eq!(server.by(&own).post("/api/v1/rules/backtest", &trial).await?.status, 403);
        server.stop().await
    });
}

/// A consignment of a consignor by name, at an office.
fn sent_by(n: u32, office: &str, name: &str) -> Value {
    let mut one = declared(n);
    one["office"] = json!(office);
    one["reference"] = json!(format!("{office}-{n}"));
    one["parties"] = json!([{ "role": "consignor", "name": name }]);
    json!({ "consignments": [one] })
}

/// A list for an office, as a person imports it.
fn list_of(id: &str, office: &str, names: &[&str]) -> Value {
    let lines = (1..).zip(names).map(|(n, name)| format!("N-{n},organization,{name}\n"));
    let content = format!("reference,kind,name\n{}", lines.collect::<String>());
    json!({
        "id": id, "name": id, "office": office, "source": "a test", "source_grade": "B",
        "information_grade": "2", "legal_basis": "Customs Act 266", "expires_on": null,
        "file": "list.csv", "format": null, "content": content,
    })
}

#[test]
fn an_office_decides_hits_for_itself_and_hides_none_of_another() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let lists = "/api/v1/watchlists";
        let name = "Golden Dragon Chemicals Import";
        let global = list_of("01JDGLOBAL01", "*", &[name]);
        server.post(lists, &global).await?.expect(200)?;
        // Nine of 040's own that are as near stand in nobody's way.
        let names: Vec<String> = (0..9).map(|_| name.to_owned()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        server.post(lists, &list_of("01JDFLOOD001", "040", &names)).await?.expect(200)?;
        for office in ["030", "040"] {
            let sent = sent_by(1, office, "GOLDEN DRAGN CHEMICALS IMPORT");
            server.post("/api/v1/consignments", &sent).await?.expect(200)?;
        }
        let near = server.person("near", &["targeting_officer@030"]).await?;
        let far = server.person("far", &["targeting_officer@040"]).await?;
        let open = async |badge| -> Result<Vec<Value>> {
            let page = server.by(badge).get("/api/v1/hits?state=open&limit=100").await?;
            Ok(page.expect(200)?["items"].as_array().context("no items")?.clone())
        };
        let (ours, theirs) = (open(&near).await?, open(&far).await?);
        assert_eq!(ours.len(), 1, "{ours:?}");
        let same = |hit: &&Value| hit["listing"]["id"] == ours[0]["listing"]["id"];
        let of_global = theirs.iter().find(same).context("no hit of the list for all")?;
        let path = format!("/api/v1/hits/{}/decide", of_global["id"].as_str().context("no id")?);
        let verdict = json!({ "id": "01JDFRIEND01", "verdict": "not_same", "reason": "a friend" });
        server.by(&far).post(&path, &verdict).await?.expect(200)?;
        assert_eq!(open(&near).await?, ours);
        let path = format!("/api/v1/hits/{}", ours[0]["id"].as_str().context("no id")?);
        let read = server.by(&near).get(&path).await?.expect(200)?;
        assert_eq!((&read["earlier"], &read["same_pair"]), (&json!([]), &json!([])));
        server.post("/api/v1/consignments", &sent_by(2, "030", name)).await?.expect(200)?;
        assert_eq!(open(&near).await?.len(), 2);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn whoever_asks_after_a_name_leaves_a_trace_even_when_nothing_is_found() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let asked = json!({ "name": "My Friend Ltd", "kind": "organization" });
        server.post("/api/v1/listings/match", &asked).await?.expect(200)?;
        server.get("/api/v1/search?q=My+Friend+Ltd").await?.expect(200)?;
        server.get("/api/v1/listings?q=My+Friend+Ltd").await?.expect(200)?;
        let acts = "select act from journal where body like '%My Friend Ltd%' order by seq";
        assert_eq!(texts(&store, acts).await?, ["match listings", "search", "read listings"]);
        server.stop().await
    });
}
