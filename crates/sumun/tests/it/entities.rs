//! Who is one: tables of persons resolved as a person at a terminal does, with the truth known;
//! and parties that arrive over HTTP, become entities with their reasons, and are split and merged
//! by an officer whose word the machine leaves standing.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use harbour::people::{PeopleKind, people};
use serde_json::{Value, json};
use sumun::pipeline::resolve::resolve;
use sumun::store::Store;

use crate::api::{declared, nothing_altered};
use crate::engines::{each_engine, each_place};
use crate::person::Person;
use crate::server::{Server, refused};

/// A table as CSV, and the truth of its rows.
fn table(
    kind: PeopleKind,
    persons: usize,
    seed: u64,
) -> Result<(Vec<u8>, HashMap<String, String>)> {
    let (mut out, mut truth) = (csv::Writer::from_writer(Vec::new()), HashMap::new());
    out.write_record(kind.columns())?;
    for row in people(kind, persons, seed) {
        truth.insert(row[0].clone(), row[1].clone());
        out.write_record(row)?;
    }
    Ok((out.into_inner()?, truth))
}

/// F1 over pairs of rows.
fn pair_f1(truth: &HashMap<String, String>, clusters: &str) -> Result<f64> {
    let (mut found, mut right) = (HashMap::<String, u64>::new(), HashMap::<_, u64>::new());
    let mut real = HashMap::<&str, u64>::new();
    for row in csv::Reader::from_path(clusters)?.records() {
        let row = row?;
        let of = truth.get(&row[0]).context("a row that was not asked")?;
        *real.entry(of).or_default() += 1;
        *found.entry(row[1].to_owned()).or_default() += 1;
        *right.entry((of, row[1].to_owned())).or_default() += 1;
    }
    ensure!(real.values().sum::<u64>() == truth.len() as u64, "rows are missing");
    let pairs = |n: u64| n * (n - 1) / 2;
    let right: u64 = right.into_values().map(pairs).sum();
    let all =
        found.into_values().map(pairs).sum::<u64>() + real.into_values().map(pairs).sum::<u64>();
    Ok(2.0 * right as f64 / all as f64)
}

#[test]
fn a_table_of_persons_is_resolved_and_explained() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    for (kind, persons, least) in
        [(PeopleKind::Register, 1_000, 0.99), (PeopleKind::Lives, 400, 0.93)]
    {
        let (csv, truth) = table(kind, persons, 17)?;
        let (file, out) = (person.file("people.csv", csv)?, person.path("clusters.csv"));
        let words = ["resolve", &file, "--id", "record", "--out", &out];
        let said = person.does(&words)?;
        let f1 = pair_f1(&truth, &out)?;
        ensure!(f1 > least, "{kind:?}: F1 {f1:.4}");
        assert_eq!(said["rows"], truth.len());
        // The truth and what is protected took no part.
        for column in said["columns"].as_array().context("no columns")? {
            let name = column["column"].as_str().unwrap_or_default();
            let ignored = column["role"] == "ignored";
            let wanted = ["record", "truth", "first_and_surname", "gender"].contains(&name);
            ensure!(ignored == wanted, "{column}");
        }
        let waterfall = &said["waterfalls"][0]["waterfall"];
        let steps = waterfall["steps"].as_array().context("no steps")?;
        let sum: f64 = steps.iter().filter_map(|step| step["bits"].as_f64()).sum();
        let start = waterfall["start_bits"].as_f64().context("no start")?;
        let total = waterfall["total_bits"].as_f64().context("no sum")?;
        ensure!((start + sum - total).abs() < 1e-6, "{waterfall}");
        // The same table comes to the same entities, whatever the threads.
        let before = std::fs::read(&out)?;
        person.does(&[&words[..], &["--threads", "1"]].concat())?;
        ensure!(before == std::fs::read(&out)?, "{kind:?}: one thread finds other entities");
    }
    Ok(())
}

#[test]
fn what_cannot_be_resolved_is_refused_with_the_next_step() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let out = person.path("out.csv");
    let file = person.file("firms.csv", "no,wer\n1,Hanbit\n2,Hanbit Ltd\n3,Other\n")?;
    let resolve = |more: &[&str]| -> Vec<String> {
        let words = ["resolve", &file, "--out", &out].into_iter().chain(more.iter().copied());
        words.map(str::to_owned).collect()
    };
    let refused = |more: &[&str]| -> Result<String> {
        let words = resolve(more);
        person.is_refused(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    ensure!(refused(&["--id", "id"])?.contains("no, wer"));
    ensure!(refused(&["--id", "no"])?.contains("--map"));
    ensure!(refused(&["--id", "no", "--map", "name=wer"])?.contains("full_name"));
    ensure!(refused(&["--id", "no", "--map", "full_name=was"])?.contains("no column"));
    let words = resolve(&["--id", "no", "--map", "full_name=wer"]);
    let said = person.does(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
    assert_eq!(said["entities"], 2, "{said}");
    Ok(())
}

/// A consignment with one consignee, sent and resolved.
async fn arrives(server: &Server, n: u32, consignee: Value) -> Result<String> {
    let mut one = declared(n);
    let mut consignee = consignee;
    consignee["role"] = json!("consignee");
    one["parties"] =
        json!([consignee, { "role": "courier", "code": "EX1", "name": "Swift Express" }]);
    let sent = server.post("/api/v1/consignments", &json!({ "consignments": [one] })).await?;
    // Without a model it is stored all the same, and the answer says so.
    let sent = sent.json()?;
    let stored = if sent["stored"].is_object() { &sent["stored"] } else { &sent };
    let id = stored["consignments"][0]["id"].as_str().context("no id")?.to_owned();
    resolve(&server.store, ("machine", sumun::config::now()), |_| {}).await?;
    Ok(id)
}

/// The entity that is the consignee of a consignment.
async fn consignee_of(server: &Server, consignment: &str) -> Result<Value> {
    let found = server.get(&format!("/api/v1/entities?q={consignment}")).await?.expect(200)?;
    let items = found["items"].as_array().context("no items")?;
    let one = items.iter().find(|item| item["role_here"] == "consignee");
    one.cloned().with_context(|| format!("no consignee in {found}"))
}

async fn page(server: &Server, entity: &Value) -> Result<Value> {
    let id = entity.as_str().context("no id")?;
    server.get(&format!("/api/v1/entities/{id}")).await?.expect(200)
}

#[test]
fn a_firm_in_two_scripts_is_one_until_an_officer_says_otherwise() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let hangul = json!({
            "name": "(주)한빛무역", "phones": ["02-555-0101"], "address": "라온시 은행나무로 1",
        });
        let roman = json!({
            "name": "Hanbit Trading Co., Ltd.", "phones": ["+82 2 555 0101"],
            "address_country": "KR",
        });
        let first = arrives(&server, 1, hangul.clone()).await?;
        let second = arrives(&server, 2, roman.clone()).await?;
        let other = json!({ "name": "새벽식품", "phones": ["051-555-0777"] });
        let third = arrives(&server, 3, other).await?;
        let one = consignee_of(&server, &first).await?;
        assert_eq!(one["id"], consignee_of(&server, &second).await?["id"]);
        ensure!(one["id"] != consignee_of(&server, &third).await?["id"]);
        assert_eq!((&one["records"], &one["consignments"]), (&json!(2), &json!(2)));

        // Found by either script, by its phone, and by its records' and its own number.
        for typed in ["hanbit", "%ED%95%9C%EB%B9%9B", "025550101", one["id"].as_str().unwrap()] {
            let found = server.get(&format!("/api/v1/entities?q={typed}")).await?.expect(200)?;
            assert_eq!(found["items"][0]["id"], one["id"], "{typed}: {found}");
        }
        let told = page(&server, &one["id"]).await?;
        let joined = &told["records"].as_array().context("no records")?;
        ensure!(joined.iter().all(|record| record["probability"].as_f64() > Some(0.99)), "{told}");
        let because = told["records"][1]["because"].to_string();
        ensure!(because.contains("same phone") && because.contains("이름"), "{because}");
        assert_eq!(told["consignments"]["count"], 2);
        assert_eq!(told["course"][0]["month"], "2030-01");
        assert_eq!(told["may"], json!({ "split": true, "merge": true }));
        assert_eq!(told["links"][0]["kind"], "courier", "{told}");

        // Why: the sum of the steps, which says the same as the probability.
        let records: Vec<&str> = told["records"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|record| record["id"].as_str())
            .collect();
        let id = one["id"].as_str().context("no id")?.to_owned();
        let path = format!("/api/v1/entities/{id}/waterfall?record={}", records[0]);
        let why = server.get(&path).await?.expect(200)?;
        let steps = why["steps"].as_array().context("no steps")?;
        let sum: f64 = steps.iter().filter_map(|step| step["bits"].as_f64()).sum();
        let total = why["total_bits"].as_f64().context("no sum")?;
        ensure!((why["start_bits"].as_f64().unwrap_or(0.0) + sum - total).abs() < 1e-6, "{why}");
        ensure!(why["same_entity"] == true && why["decided"].is_null(), "{why}");

        // An officer splits it; the same order again is the same answer, and changes nothing.
        let leaves = told["records"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|record| record["name"].as_str().is_some_and(|name| name.starts_with('H')));
        let leaves = leaves.context("no romanised record")?["id"].clone();
        let split = json!({
            "id": "01JD8Q7ZK3V9W2M4N6P8R0T1AA", "records": [leaves], "reason": "another owner",
        });
        let path = format!("/api/v1/entities/{id}/split");
        let done = server.post(&path, &split).await?.expect(200)?;
        assert_eq!(done, server.post(&path, &split).await?.expect(200)?);
        let apart = done["other"].as_str().context("no other")?.to_owned();
        assert_eq!(consignee_of(&server, &second).await?["id"], apart);
        let mut reused = split.clone();
        reused["reason"] = json!("because");
        refused(&server.post(&path, &reused).await?, 409);
        for (records, reason, status) in [
            (json!([leaves]), "again", 422),
            (json!(["PR-999999"]), "none", 422),
            (json!([]), "none", 422),
            (json!([records[0]]), " ", 422),
        ] {
            let body = json!({
                "id": "01JD8Q7ZK3V9W2M4N6P8R0T1AB", "records": records, "reason": reason,
            });
            refused(&server.post(&path, &body).await?, status);
        }
        let linked = page(&server, &one["id"]).await?;
        let link = linked["links"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|link| link["entity"] == apart.as_str() && link["kind"] == "phone");
        assert_eq!(link.context("no link")?["apart"]["reason"], "another owner");

        // What arrives next joins one of the two, and never puts them together again.
        let next = json!({ "name": "HANBIT TRADING", "phones": ["02 555 0101"] });
        let fourth = arrives(&server, 4, next).await?;
        let joined = consignee_of(&server, &fourth).await?["id"].clone();
        ensure!(joined == apart.as_str() || joined == id.as_str(), "{joined}");
        assert_eq!(consignee_of(&server, &first).await?["id"], id);
        assert_eq!(consignee_of(&server, &second).await?["id"], apart);

        // The officer puts them together again; the id that is gone leads to the one that stays.
        let merge = json!({
            "id": "01JD8Q7ZK3V9W2M4N6P8R0T1AC", "with": apart, "reason": "one owner after all",
        });
        let path = format!("/api/v1/entities/{id}/merge");
        let done = server.post(&path, &merge).await?.expect(200)?;
        assert_eq!(done, server.post(&path, &merge).await?.expect(200)?);
        assert_eq!((&done["entity"], &done["other"]), (&json!(id), &json!(apart)));
        assert_eq!(consignee_of(&server, &second).await?["id"], id);
        assert_eq!(page(&server, &json!(apart)).await?["merged_into"], id);
        let again = json!({
            "id": "01JD8Q7ZK3V9W2M4N6P8R0T1AD", "with": apart, "reason": "twice",
        });
        refused(&server.post(&path, &again).await?, 409);
        let why =
            format!("/api/v1/entities/{id}/waterfall?record={}&other={}", records[0], records[1]);
        let why = server.get(&why).await?.expect(200)?;
        assert_eq!(why["decided"]["act"], "together", "{why}");

        let history = server.get(&format!("/api/v1/entities/{id}/history")).await?.expect(200)?;
        let acts: Vec<&str> = history["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["act"].as_str())
            .collect();
        for act in ["made", "joined", "split", "merged"] {
            ensure!(acts.contains(&act), "{history}");
        }
        let last = history["items"].as_array().and_then(|all| all.last()).context("nothing")?;
        assert_eq!((&last["by"], &last["reason"]), (&json!("kim"), &json!("one owner after all")));

        // Nobody reads names who may not, and what is read is in the journal.
        let analyst = server.person("ana", &["analyst"]).await?;
        let theirs = server.by(&analyst);
        refused(&theirs.get(&format!("/api/v1/entities/{id}")).await?, 403);
        let elsewhere = server.person("eli", &["targeting_officer@040"]).await?;
        let theirs = server.by(&elsewhere);
        refused(&theirs.get(&format!("/api/v1/entities/{id}")).await?, 404);
        refused(&theirs.post(&path, &again).await?, 404);
        let seen = theirs.get("/api/v1/entities?q=hanbit").await?.expect(200)?;
        assert_eq!(seen["items"], json!([]));
        assert!(reads(&store, "read entity").await? > 0);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn two_officers_who_act_on_one_entity_at_once_do_not_overrule_each_other_unseen() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let mut last = String::new();
        for n in 1..4 {
            let party = json!({
                "name": "Hanbit Trading", "phones": ["02-555-0101"],
                "address": format!("은행나무로 {n}"),
            });
            last = arrives(&server, n, party).await?;
        }
        let one = consignee_of(&server, &last).await?;
        let told = page(&server, &one["id"]).await?;
        assert_eq!(
            (&told["records"].as_array().map(Vec::len), &told["revision"]),
            (&Some(3), &json!(0))
        );
        let path = format!("/api/v1/entities/{}/split", one["id"].as_str().context("no id")?);
        let order = |id: &str, record: usize, reason: &str| {
            json!({
                "id": id, "seen": told["revision"], "records": [told["records"][record]["id"]],
                "reason": reason,
            })
        };
        // An id that cannot be kept is refused, for records that are not of the entity as well.
        let mut odd = order("01JD8Q7ZK3V9\0", 1, "kim knows");
        odd["records"] = json!(["PR-999999"]);
        assert_eq!(server.post(&path, &odd).await?.status, 422);
        // Both looked at the same page; they press at the same time.
        let (kim, lee) = (
            order("01JD8Q7ZK3V9W2M4N6P8R0T1BA", 1, "kim knows"),
            order("01JD8Q7ZK3V9W2M4N6P8R0T1BB", 2, "lee knows"),
        );
        let officer = server.person("lee", &["targeting_officer"]).await?;
        let theirs = server.by(&officer);
        let (mine, others) = tokio::join!(server.post(&path, &kim), theirs.post(&path, &lee));
        let (mine, others) = (mine?, others?);
        let (lost, again) = match (mine.status, others.status) {
            (200, 409) => (others, lee),
            (409, 200) => (mine, kim),
            other => anyhow::bail!("both were answered {other:?}"),
        };
        let said = lost.json()?;
        assert_eq!(said["error"]["code"], "moved_meanwhile");
        ensure!(said["error"]["said"].to_string().contains("knows"), "{said}");
        ensure!(said["error"]["next"].to_string().contains("look at it again"), "{said}");
        // Who looks again may order it all the same.
        let now = page(&server, &one["id"]).await?;
        assert_eq!(now["records"].as_array().map(Vec::len), Some(2));
        let mut again = again;
        again["seen"] = now["revision"].clone();
        server.post(&path, &again).await?.expect(200)?;
        assert_eq!(page(&server, &one["id"]).await?["records"].as_array().map(Vec::len), Some(1));
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn hits_of_watchlists_stand_on_the_page_of_the_entity_that_met_them() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let list = json!({
            "id": "01JDLOOKOUT3", "name": "Lookout", "office": "*", "source": "a test",
            "source_grade": "B", "information_grade": "2", "legal_basis": "Customs Act 266",
            "expires_on": null, "file": "lookout.csv", "format": null,
            "content": "id,kind,name,phone\nK-2,organization,Hanbit Trading Co Ltd,\n\
                        K-3,organization,Swift Express,\n",
        });
        server.post("/api/v1/watchlists", &list).await?.expect(200)?;
        let party = json!({ "name": "Hanbit Trading", "phones": ["02-555-0101"] });
        let first = arrives(&server, 1, party).await?;
        let one = consignee_of(&server, &first).await?;
        // The courier beside it met another listing, which is no hit of the consignee.
        let told = page(&server, &one["id"]).await?;
        let hits = told["hits"].as_array().context("no hits")?;
        assert_eq!(hits.len(), 1, "{told}");
        assert_eq!(
            (&hits[0]["listing"], &hits[0]["list"], &hits[0]["consignment"]),
            (&json!("Hanbit Trading Co Ltd"), &json!("Lookout"), &json!(first))
        );
        ensure!(hits[0]["decision"].is_null() && hits[0]["probability"].as_f64() > Some(0.5));
        let path = format!("/api/v1/hits/{}/decide", hits[0]["id"].as_str().context("no id")?);
        let said = json!({ "id": "01JDVERDICT9", "verdict": "not_same", "reason": "a namesake" });
        server.post(&path, &said).await?.expect(200)?;
        let told = page(&server, &one["id"]).await?;
        let hit = &told["hits"][0];
        assert_eq!(
            (&hit["decision"], &hit["by"], &hit["reason"]),
            (&json!("not_same"), &json!("kim"), &json!("a namesake"))
        );
        server.stop().await
    });
}

/// How many entries of this act the journal has.
async fn reads(store: &Store, act: &str) -> Result<i64> {
    let mut tx = store.read().await?;
    let sql = "select count(*) from journal where act = $1";
    tx.fetch_one(sql, sumun::store::args![act], |row| row.int(0)).await
}

#[test]
fn a_code_under_many_names_is_shown_as_a_possible_victim() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let code = "P112233445566";
        let named = [
            ("홍길동", "010-1111-2222", "라온시 은행나무로 1"),
            ("김민수", "010-3333-4444", "마루시 달맞이로 9"),
            ("Lee Areum", "010-5555-6666", "아라시 돌다리길 4"),
        ];
        let mut last = String::new();
        for (n, (name, phone, address)) in named.into_iter().enumerate() {
            let party = json!({
                "name": name, "code": code, "phones": [phone], "address": address,
            });
            last = arrives(&server, n as u32, party).await?;
        }
        let one = consignee_of(&server, &last).await?;
        assert_eq!(one["possible_victim"], true);
        let told = page(&server, &one["id"]).await?;
        let victim = &told["possible_victim"];
        assert_eq!((&victim["names"], &victim["addresses"]), (&json!(3), &json!(3)));
        ensure!(victim["said"]["ko"].as_str().is_some_and(|said| said.contains("피해자")));
        let words = victim.to_string().to_lowercase();
        ensure!(!words.contains("suspect") && !words.contains("용의"), "{words}");
        let found = server.get("/api/v1/entities?possible_victim=1").await?.expect(200)?;
        assert_eq!(found["items"].as_array().map(Vec::len), Some(3), "{found}");
        server.stop().await
    });
}

#[test]
fn entities_are_found_shown_split_and_merged_at_a_terminal() {
    each_place(true, async |place| {
        let store = place.open().await?;
        store.migrate(crate::engines::NOW_US).await?;
        let server = Server::start(&store).await?;
        let one = json!({ "name": "Hanbit Trading", "phones": ["02-555-0101"] });
        arrives(&server, 1, one).await?;
        let two =
            json!({ "name": "한빛무역", "phones": ["02-555-0101"], "address": "은행나무로 1" });
        arrives(&server, 2, two).await?;
        server.stop().await?;
        let person = Person::at(place);
        assert_eq!(person.does(&["entity", "resolve"])?["consignments"], 0);
        let found = person.does(&["entity", "search", "한빛"])?;
        let id = found["entities"][0]["id"].as_str().context("no entity")?.to_owned();
        let shown = person.does(&["entity", "show", &id])?;
        let records = shown["records"].as_array().context("no records")?;
        assert_eq!(records.len(), 2);
        let record = records[1]["id"].as_str().context("no record")?;
        let split = ["entity", "split", &id, record, "--reason", "another owner"];
        let other = person.does(&split)?["other"].as_str().context("no other")?.to_owned();
        ensure!(person.is_refused(&split)?.contains("not of"));
        let merged = person.does(&["entity", "merge", &id, &other, "--reason", "one owner"])?;
        assert_eq!(merged["entity"], id);
        ensure!(person.is_refused(&["entity", "show", "E-99"])?.contains("E-99"));
        ensure!(person.is_refused(&["entity", "learn"])?.contains("too few"));
        store.close().await;
        Ok(())
    });
}
