//! What a sender may and may not do to the work, over real HTTP: amend and withdraw what is drawn,
//! held or ordered, say days on which nobody looks, use other senders' numbers, and ask how it was
//! judged. Each story is one way by which goods could once slip past the people who look.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sumun::config::now;
use sumun::store::Store;
use sumun::web::Site;
use targeting::codes::Day;

use crate::api::{batch, declared, learn_and_approve, nothing_altered};
use crate::engines::each_engine;
use crate::person::{number, texts};
use crate::server::{Badge, Server, refused};

const BYTES: &str = "content-type: application/octet-stream\r\n";

/// A machine that sends for office 030, and may do what else is said.
async fn machine(server: &Server, name: &str, more: &[&str]) -> Result<Badge> {
    let root = server.person("root", &["administrator"]).await?;
    let mut actions = vec!["send_consignments"];
    actions.extend(more);
    let order = json!({ "name": name, "actions": actions, "office": "030", "days": 30 });
    let made = server.by(&root).post("/api/v1/tokens", &order).await?.expect(200)?;
    let text = made["token"].as_str().context("no token")?;
    Ok(Badge { head: format!("authorization: Bearer {text}\r\n"), ..Badge::default() })
}

async fn send(server: &Server, by: &Badge, body: &Value) -> Result<Value> {
    server.by(by).post("/api/v1/consignments", body).await?.expect(200)
}

/// A manifest of bills at office 030, by the function of BGM.
async fn manifest(server: &Server, by: &Badge, function: &str, bills: &[&str]) -> Result<Value> {
    let mut text = format!(
        "UNB+UNOA:2+HANB+KCS+210405:0910+{function}'UNH+1+CUSCAR:D:95B:UN'BGM+85+MF1+{function}'\
         TDT+20+042W+1++HANB:172:20+++9074729:146::HANBADA PIONEER'LOC+11+KRPUS:139:6'"
    );
    for (n, bill) in bills.iter().enumerate() {
        text.push_str(&format!(
            "CNI+{n}+{bill}'RFF+BM:{bill}'NAD+CZ+++SELLER LTD'GID+1+5:CT'FTX+AAA+++WATER PUMPS'"
        ));
    }
    text.push_str("UNT+99+1'UNZ+1+1'");
    let path = format!("/api/v1/messages?name=m{function}.edi&office=030");
    server.by(by).ask("POST", &path, BYTES, &text).await?.json()
}

async fn draw(server: &Server, shift: &str, minutes: u32) -> Result<Value> {
    let order = json!({
        "office": "030", "shift": shift,
        "minutes": [{ "modality": "unpack", "minutes": minutes }],
    });
    server.post("/api/v1/plans", &order).await?.json()
}

async fn queue(server: &Server, query: &str) -> Result<Vec<Value>> {
    let page = server.get(&format!("/api/v1/queue?limit=1000&{query}")).await?.expect(200)?;
    Ok(page["items"].as_array().context("no rows")?.clone())
}

async fn fates(store: &Store, reference: &str) -> Result<Vec<String>> {
    let sql = format!("select fate from consignment where reference = '{reference}' order by id");
    texts(store, &sql).await
}

fn order(n: u32, act: &str, consignment: &Value) -> Value {
    json!({
        "id": format!("01JD8Q7ZK3V9W2M4N6P8{n:06}"), "consignments": [consignment], "act": act,
        "reason_code": if act == "undo" { "mistake" } else { "documents_differ" },
        "question": (act == "ask").then_some("Which model is it?"),
    })
}

fn kinds(today: &Value) -> Vec<&str> {
    let alerts = today["alerts"].as_array().map(Vec::as_slice).unwrap_or_default();
    alerts.iter().filter_map(|alert| alert["kind"].as_str()).collect()
}

#[test]
fn what_was_drawn_is_opened_whatever_its_sender_says_then() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let carrier = machine(&server, "carrier", &[]).await?;
        let lee = server.person("lee", &["inspector@030"]).await?;
        send(&server, &carrier, &batch(0..70)).await?;
        let plan = draw(&server, "2030-01-01", 150).await?;
        let plan = plan["plans"][0]["plan"]["id"].as_str().context("no plan")?.to_owned();
        let drawn = queue(&server, &format!("plan={plan}&drawn=1")).await?;
        let (one, reference) = (&drawn[0]["consignment"], drawn[0]["reference"].as_str().unwrap());

        let n: u32 = reference[2..].parse()?;
        let mut amended = declared(n);
        amended["goods"][0]["value"] = json!(7);
        let newer = send(&server, &carrier, &amended).await?["consignments"][0]["id"].clone();
        assert_eq!(fates(&store, reference).await?, ["superseded", "pending"]);

        // It is on every list that it was on, marked, and once.
        let list = server.by(&lee).get("/api/v1/inspections?office=030&day=2030-01-01").await?;
        let list = list.expect(200)?;
        let items = list["items"].as_array().context("no list")?;
        let item = items.iter().find(|item| item["consignment"] == *one).context("it is gone")?;
        assert_eq!(
            (items.len(), &item["amended"]["version"], &item["amended"]["withdrawn"]),
            (15, &json!(2), &json!(false))
        );
        let rows = queue(&server, &format!("q={reference}")).await?;
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!((&rows[0]["consignment"], &rows[0]["state"]), (one, &json!("to_do")));
        assert_eq!(rows[0]["amended"]["consignment"], newer);
        let path = format!("/api/v1/consignments/{}/dossier", one.as_str().unwrap());
        let dossier = server.get(&path).await?.expect(200)?;
        assert_eq!(dossier["amended"]["version"], 2);
        assert!(dossier["allowed"].as_array().is_some_and(|acts| acts.contains(&json!("waive"))));
        let today = server.get("/api/v1/today?day=2030-01-01").await?.expect(200)?;
        assert!(kinds(&today).contains(&"amended"), "{today}");

        // Nobody decides on the newer version or draws it a second time meanwhile.
        let decided = server.post("/api/v1/decisions", &order(1, "hold", &newer)).await?;
        assert_eq!(refused(&decided, 422), "nothing_decided");
        assert_eq!(decided.json()?["refused"][0]["code"], "older_drawn");
        let late = draw(&server, "2030-01-01/late", 150).await?;
        assert!(late["plans"].as_array().is_none_or(Vec::is_empty), "{late}");
        // Held and taken back on the version that was drawn, it stays to be done.
        server.post("/api/v1/decisions", &order(2, "hold", one)).await?.expect(200)?;
        assert_eq!(queue(&server, &format!("q={reference}")).await?[0]["state"], "held");
        server.post("/api/v1/decisions", &order(3, "undo", one)).await?.expect(200)?;
        assert_eq!(queue(&server, &format!("q={reference}")).await?[0]["state"], "to_do");
        assert_eq!(fates(&store, reference).await?, ["superseded", "pending"]);

        // Its outcome is that of the draw, and both versions have its end.
        let report = json!({ "outcomes": [{
            "declaration_id": reference, "outcome": "clear", "modality": "unpack", "minutes": 9,
        }] });
        let kept = server.by(&lee).post("/api/v1/outcomes", &report).await?.expect(200)?;
        assert_eq!(kept["recorded"], 1, "{kept}");
        assert_eq!(fates(&store, reference).await?, ["inspected", "inspected"]);
        let of_the_draw = "select channel from outcome where plan_id is not null";
        assert_eq!(texts(&store, of_the_draw).await?, [drawn[0]["channel"].as_str().unwrap()]);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_waiver_of_what_was_amended_frees_its_newest_version() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let carrier = machine(&server, "carrier", &[]).await?;
        send(&server, &carrier, &batch(0..20)).await?;
        draw(&server, "2030-01-01", 50).await?;
        let drawn = queue(&server, "day=2030-01-01&drawn=1").await?;
        let (one, reference) = (&drawn[0]["consignment"], drawn[0]["reference"].as_str().unwrap());
        let mut amended = declared(reference[2..].parse()?);
        amended["goods"][0]["value"] = json!(7);
        send(&server, &carrier, &amended).await?;
        let mut waive = order(1, "waive", one);
        waive["reason_code"] = json!("standard_exception");
        server.post("/api/v1/decisions", &waive).await?.expect(200)?;
        assert_eq!(fates(&store, reference).await?, ["superseded", "released"]);
        server.post("/api/v1/decisions", &order(2, "undo", one)).await?.expect(200)?;
        assert_eq!(fates(&store, reference).await?, ["superseded", "pending"]);
        assert_eq!(queue(&server, &format!("q={reference}")).await?.len(), 1);
        // A draw that is made anew draws what is declared now, not what was.
        let again = draw(&server, "2030-01-01", 200).await?;
        assert!(
            again["plans"].as_array().is_some_and(Vec::is_empty)
                || again["error"]["code"].is_string(),
            "{again}"
        );
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn what_was_drawn_held_or_ordered_is_not_withdrawn_by_its_sender() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let carrier = machine(&server, "carrier", &[]).await?;
        let sent = manifest(&server, &carrier, "9", &["BL1", "BL2", "BL3", "BL4"]).await?;
        let id = |n: usize| sent["consignments"][n]["id"].clone();
        let day = "select cast(arrived_day as text) from consignment where reference = 'BL1'";
        let day = texts(&store, day).await?;
        let day = Day(day[0].parse()?);
        server.post("/api/v1/decisions", &order(1, "hold", &id(0))).await?.expect(200)?;
        server.post("/api/v1/decisions", &order(2, "inspect", &id(1))).await?.expect(200)?;

        // Before a plan: what is held and ordered stays, the rest is gone.
        manifest(&server, &carrier, "1", &["BL1", "BL2", "BL3"]).await?;
        let rows = queue(&server, &format!("day={day}")).await?;
        let of = |bill: &str| rows.iter().find(|row| row["reference"] == bill);
        let held = of("BL1").with_context(|| format!("what was held is gone: {rows:?}"))?;
        assert_eq!((&held["state"], &held["amended"]["withdrawn"]), (&json!("held"), &json!(true)));
        let ordered = of("BL2").context("what was ordered is gone")?;
        assert_eq!(ordered["state"], "to_do");
        assert!(of("BL3").is_none());
        assert_eq!(fates(&store, "BL3").await?, ["superseded", "rejected"]);
        let today = server.get(&format!("/api/v1/today?day={day}")).await?.expect(200)?;
        assert!(kinds(&today).contains(&"withdrawn"), "{today}");
        // The officer lets it go: then it is withdrawn.
        server
            .post("/api/v1/decisions", &order(3, "undo", &held["consignment"]))
            .await?
            .expect(200)?;
        assert_eq!(fates(&store, "BL1").await?, ["superseded", "rejected"]);

        // What a plan drew stays on its list.
        draw(&server, &day.to_string(), 5_000).await?;
        manifest(&server, &carrier, "1", &["BL4"]).await?;
        let path = format!("/api/v1/inspections?office=030&day={day}");
        let list = server.get(&path).await?.expect(200)?;
        let items = list["items"].as_array().context("no list")?;
        let item = items.iter().find(|item| item["consignment"] == id(3)).context("it is gone")?;
        assert_eq!(item["amended"]["withdrawn"], true);
        let report = json!({ "outcomes": [{
            "declaration_id": "BL4", "outcome": "not_examined", "reason": "never_arrived",
        }] });
        server.post("/api/v1/outcomes", &report).await?.expect(200)?;
        assert_eq!(fates(&store, "BL4").await?, ["superseded", "rejected"]);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn no_day_that_a_sender_says_takes_it_out_of_every_plan() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let site = Site { days_around: Some(30), ..Site::default() };
        let server = Server::start_with(&store, site).await?;
        let carrier = machine(&server, "carrier", &[]).await?;
        let today = Day::of_micros(now() + 9 * 3_600_000_000);
        let mut said = batch(0..3);
        for (n, day) in ["1990-01-01", "2100-12-31", &today.to_string()].iter().enumerate() {
            said["consignments"][n]["arrived_at"] = json!(format!("{day}T12:00:00+09:00"));
        }
        let taken = send(&server, &carrier, &said).await?;
        assert_eq!(taken["defects"].as_array().map(Vec::len), Some(2), "{taken}");
        assert_eq!(taken["defects"][0]["kind"], "out_of_range");
        let days = "select distinct cast(arrived_day as text) from consignment
                    where reference in ('N-0', 'N-1', 'N-2')";
        assert_eq!(texts(&store, days).await?, [today.0.to_string()]);
        // What was said is kept.
        let path =
            format!("/api/v1/consignments/{}", taken["consignments"][0]["id"].as_str().unwrap());
        let read = server.get(&path).await?.expect(200)?;
        assert_eq!(taken["defects"][0]["found"], "1990-01-01", "{taken}");
        assert_eq!(read["arrived_on"], today.to_string());
        // The same again changes nothing.
        let again = send(&server, &carrier, &said).await?;
        assert_eq!(again["received"]["unchanged"], 3, "{again}");

        // Held, and amended to another day: it stays on its own.
        server
            .post("/api/v1/decisions", &order(1, "hold", &taken["consignments"][2]["id"]))
            .await?
            .expect(200)?;
        let earlier = Day(today.0 - 9);
        for day in ["1990-01-01".to_owned(), earlier.to_string()] {
            let mut amended = declared(2);
            amended["arrived_at"] = json!(format!("{day}T12:00:00+09:00"));
            send(&server, &carrier, &amended).await?;
            let rows = queue(&server, &format!("day={today}&state=held")).await?;
            assert_eq!(rows.len(), 1, "after {day}: {rows:?}");
        }
        assert_eq!(texts(&store, days).await?, [today.0.to_string()]);
        let drawn = draw(&server, &today.to_string(), 500).await?;
        assert_eq!(drawn["plans"][0]["plan"]["candidates"], 3, "{drawn}");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_day_to_come_hides_no_day_of_today() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let today = Day::of_micros(now() + 9 * 3_600_000_000);
        let mut said = batch(0..2);
        said["consignments"][0]["arrived_at"] = json!("2100-12-31T12:00:00+09:00");
        said["consignments"][1]["arrived_at"] = json!(format!("{today}T12:00:00+09:00"));
        server.post("/api/v1/consignments", &said).await?.expect(200)?;
        let shown = server.get("/api/v1/today").await?.expect(200)?;
        assert_eq!(shown["day"], today.to_string());
        assert_eq!(queue(&server, "").await?[0]["reference"], "N-1");
        // An office that nobody set up is told to those who see all of them.
        assert!(kinds(&shown).contains(&"unknown_office"), "{shown}");
        let root = server.person("root", &["administrator"]).await?;
        let office = json!({
            "name": { "ko": "부산", "en": "Busan" }, "utc_offset_minutes": 540, "shifts": [],
        });
        server.by(&root).with("PUT", "/api/v1/offices/030", &office).await?.expect(200)?;
        let shown = server.get("/api/v1/today").await?.expect(200)?;
        assert!(!kinds(&shown).contains(&"unknown_office"), "{shown}");
        server.stop().await
    });
}

#[test]
fn nobody_amends_what_another_sender_declared() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let carrier = machine(&server, "carrier", &[]).await?;
        let evil = machine(&server, "evil", &[]).await?;
        send(&server, &carrier, &batch(0..3)).await?;
        manifest(&server, &carrier, "9", &["BL1", "BL2"]).await?;

        // A number of its own beside others': its own is stored, the others are for an officer.
        let mut theirs = batch(2..4);
        theirs["consignments"][0]["goods"][0]["value"] = json!(7);
        let taken = send(&server, &evil, &theirs).await?;
        let received = &taken["received"];
        assert_eq!((&received["new"], &received["rejected"]), (&json!(1), &json!(1)), "{taken}");
        assert_eq!(taken["consignments"].as_array().map(Vec::len), Some(1), "{taken}");
        assert_eq!(taken["defects"][0]["kind"], "taken");
        let gone = manifest(&server, &evil, "1", &["BL1", "BL2"]).await?;
        assert_eq!(gone["error"]["code"], "nothing_stored", "{gone}");
        let standing = "select count(*) from consignment where fate <> 'pending'
                        and reference in ('N-2', 'BL1', 'BL2')";
        assert_eq!(number(&store, standing).await?, 0);
        let mut claimed = declared(9);
        claimed["source"] = json!("edifact-cuscar");
        claimed["reference"] = json!("BL1");
        let claimed = server.by(&evil).post("/api/v1/consignments", &claimed).await?;
        assert_eq!(refused(&claimed, 422), "source");

        // An officer who looked lets it through, and the first sender amends its own as before.
        let open = server.get("/api/v1/defects?state=open").await?.expect(200)?;
        let open = open["items"].as_array().context("no defects")?.clone();
        let one = open.iter().find(|one| one["found"] == "N-2").context("no defect of N-2")?;
        let mend = json!({ "id": "mended-1", "values": {}, "reason": "they act for the carrier" });
        let path = format!("/api/v1/defects/{}/mend", one["id"].as_str().unwrap());
        let mended = server.post(&path, &mend).await?.expect(200)?;
        assert_eq!(mended["received"]["amended"], 1, "{mended}");
        let bill = open.iter().find(|one| one["found"] == "BL1").context("no defect of BL1")?;
        let mend = json!({ "id": "mended-2", "values": {}, "reason": "they act for the carrier" });
        let path = format!("/api/v1/defects/{}/mend", bill["id"].as_str().unwrap());
        server.post(&path, &mend).await?.expect(200)?;
        assert_eq!(fates(&store, "BL1").await?, ["superseded", "rejected"]);
        let mut own = declared(0);
        own["goods"][0]["value"] = json!(8);
        assert_eq!(send(&server, &carrier, &own).await?["received"]["amended"], 1);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn one_number_of_another_office_keeps_no_manifest_out() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let carrier = machine(&server, "carrier", &[]).await?;
        let mut squatted = declared(1);
        squatted["office"] = json!("040");
        server.post("/api/v1/consignments", &squatted).await?.expect(200)?;
        let taken = send(&server, &carrier, &batch(0..3)).await?;
        assert_eq!(
            (&taken["received"]["new"], &taken["received"]["rejected"]),
            (&json!(2), &json!(1))
        );
        let said = taken["defects"][0].to_string();
        assert!(said.contains("N-1") && !said.contains("040"), "{said}");
        let stored =
            "select reference from consignment where office = '030' and reference like 'N-%'";
        assert_eq!(texts(&store, stored).await?.len(), 2);
        server.stop().await
    });
}

#[test]
fn a_score_is_told_to_who_may_read_what_was_scored() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let sender = machine(&server, "sender", &[]).await?;
        let reader = machine(&server, "reader", &["read_consignment"]).await?;
        for (by, told, n) in [(&sender, false, 0), (&reader, true, 10)] {
            let taken = send(&server, by, &batch(n..n + 2)).await?;
            assert_eq!(taken["consignments"][0]["assessment"].is_object(), told, "{taken}");
            let bill = format!("BL{n}");
            let taken = manifest(&server, by, "9", &[&bill]).await?;
            assert_eq!(taken["consignments"][0]["assessment"].is_object(), told, "{taken}");
        }
        server.stop().await
    });
}
