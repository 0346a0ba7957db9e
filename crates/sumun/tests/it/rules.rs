//! A rule's whole life over HTTP with two persons: written with mistakes, tried on the past, seen
//! in shadow, approved by another, at work, measured, replaced, expired. And that a trial fires on
//! just what the rule then fires on.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sumun::acts;
use sumun::config::now;
use sumun::pipeline::{self, trial};
use sumun::store::{Store, args, rules};
use targeting::codes::Day;
use targeting::rule::{Rule, Sentence};
use targeting::screening::Lane;

use crate::api::{batch, declared, learn_and_approve, nothing_altered};
use crate::engines::each_engine;
use crate::person::Person;
use crate::server::{Client, Server, refused};

/// A rule that counts from today on.
pub fn rule(code: &str, offices: &[&str], condition: &str) -> Rule {
    let today = Day::of_micros(now());
    Rule {
        code: code.to_owned(),
        owner: "kim".to_owned(),
        legal_basis: "WTO TFA 7.4".to_owned(),
        lane: Lane::Red,
        modality: None,
        offices: offices.iter().map(|office| (*office).to_owned()).collect(),
        valid_from: today,
        valid_until: Day(today.0 + 90),
        review_on: Day(today.0 + 30),
        condition: condition.to_owned(),
        officer: Sentence { ko: "가벼운 커피".to_owned(), en: "Light coffee".to_owned() },
        outward: Sentence { ko: "통상 검사".to_owned(), en: "Routine".to_owned() },
    }
}

/// A rule as the API takes it.
pub fn drafted(rule: &Rule) -> Value {
    let mut body = json!(rule);
    if rule.offices.is_empty() {
        body["offices"] = json!([]);
    }
    body
}

const LIGHT: &str = "goods.net_mass_kg < 1 &&\n  goods.origin == \"CO\"";

async fn hits(client: &Client<'_>, code: &str) -> Result<Vec<Value>> {
    let path = format!("/api/v1/rules/{code}/hits?limit=1000");
    let answer = client.get(&path).await?.expect(200)?;
    Ok(answer["items"].as_array().context("no list")?.clone())
}

/// Two persons who write and approve rules, at a server with a worked plan in its past.
struct Desk<'s> {
    server: &'s Server,
    kim: Client<'s>,
    lee: Client<'s>,
}

impl Desk<'_> {
    async fn plan(&self, shift: &str, minutes: u32) -> Result<(Value, Vec<Value>)> {
        let order = json!({
            "office": "030", "shift": shift,
            "minutes": [{ "modality": "unpack", "minutes": minutes }],
        });
        let drawn = self.server.post("/api/v1/plans", &order).await?.expect(200)?;
        let plan = drawn["plans"][0]["plan"].clone();
        let id = plan["id"].as_str().context("no plan")?;
        let lines = format!("/api/v1/plans/{id}/selections?limit=1000");
        let lines = self.server.get(&lines).await?.expect(200)?;
        Ok((plan, lines["items"].as_array().context("no lines")?.clone()))
    }

    /// Every seventh of what was drawn is a find.
    async fn work(&self, lines: &[Value]) -> Result<()> {
        let report = |line: &Value| {
            let number = line["reference"].as_str().unwrap_or_default();
            let number: u32 = number.trim_start_matches("N-").parse().unwrap_or_default();
            let found = number % 7 == 3;
            json!({
                "declaration_id": line["reference"],
                "outcome": if found { "discrepancy" } else { "clear" },
                "detection_method": if found { Some("physical_examination") } else { None },
                "modality": "unpack", "minutes": 10, "officer": "lee",
            })
        };
        let drawn = lines.iter().filter(|line| line["drawn"] == true);
        let reports: Vec<Value> = drawn.map(report).collect();
        let answer = self.server.post("/api/v1/outcomes", &json!({ "outcomes": reports })).await?;
        ensure!(answer.status == 200, "{}", answer.body);
        Ok(())
    }

    /// Steers a version as somebody who may.
    async fn steer(&self, who: &Client<'_>, act: &str, code: &str, version: i64) -> Result<Value> {
        let order = json!({ "version": version, "reason": "seen in three cases" });
        who.with("POST", &format!("/api/v1/rules/{code}/{act}"), &order).await?.expect(200)
    }

    /// Drafts a rule and puts it in force.
    async fn in_force(&self, rule: &Rule) -> Result<()> {
        let draft = self.kim.with("POST", "/api/v1/rules", &drafted(rule)).await?.expect(201)?;
        let version = draft["version"].as_i64().context("no version")?;
        self.steer(&self.kim, "shadow", &rule.code, version).await?;
        self.steer(&self.lee, "approve", &rule.code, version).await?;
        Ok(())
    }
}

/// The list of rules once its scorecards have followed what happened: they are made beforehand.
async fn seen_anew(by: &Client<'_>, is_it: impl Fn(&Value) -> bool) -> Result<Value> {
    for _ in 0..150 {
        let listed = by.get("/api/v1/rules").await?.expect(200)?;
        if is_it(&listed) {
            return Ok(listed);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    by.get("/api/v1/rules").await?.expect(200)
}

#[test]
fn a_rule_lives_from_a_draft_to_its_end() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let lee = server.person("lee", &["targeting_officer"]).await?;
        let desk = Desk { server: &server, kim: server.by(&server.kim), lee: server.by(&lee) };
        let (kim, lee) = (&desk.kim, &desk.lee);

        // Kim types, and is told where it is wrong and what is meant.
        let typed = json!({ "condition": "goods.net_mas_kg < 1", "sample": true });
        let said = kim.with("POST", "/api/v1/rules/check", &typed).await?.expect(200)?;
        let error = &said["errors"][0];
        assert_eq!((&said["ok"], &error["code"]), (&json!(false), &json!("unknown_field")));
        assert_eq!((&error["from"], &error["to"]), (&json!(0), &json!(16)));
        assert_eq!(error["suggestion"], "goods.net_mass_kg");
        let broken = drafted(&rule("light-coffee", &[], "goods.net_mas_kg < 1"));
        let answer = kim.with("POST", "/api/v1/rules", &broken).await?;
        assert_eq!(refused(&answer, 422), "rule_condition");

        // A past with a worked plan: the trial says what the rule would have done there.
        server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
        let (_, lines) = desk.plan("2030-01-01", 200).await?;
        desk.work(&lines).await?;
        let asked = json!({ "condition": LIGHT, "from": "2030-01-01" });
        let tried = kim.with("POST", "/api/v1/rules/backtest", &asked).await?.expect(200)?;
        assert_eq!((&tried["consignments"], &tried["fired"]), (&json!(70), &json!(10)));
        assert_eq!(tried["value"]["planned"], 10);
        let (known, found) = (&tried["value"]["known"], &tried["value"]["found_already"]);
        assert!(known.as_u64() > Some(0) && known == found, "{tried}");
        let finds = &tried["value"]["finds"];
        assert!(finds["estimate"].as_f64() <= Some(10.0), "{finds}");
        assert!(finds["low"].as_f64() > Some(1.0), "{finds}");
        // What plans recorded is derived, too: lost, it is made again and says the same.
        for lost in ["update plan_chunk set coding = 0", "delete from plan_chunk"] {
            let mut tx = store.begin().await?;
            ensure!(tx.execute(lost, args![]).await? > 0, "{lost}");
            tx.commit().await?;
            let again = kim.with("POST", "/api/v1/rules/backtest", &asked).await?.expect(200)?;
            assert_eq!(again["value"], tried["value"], "{lost}");
        }
        let typed = json!({ "condition": LIGHT, "sample": true });
        let said = kim.with("POST", "/api/v1/rules/check", &typed).await?.expect(200)?;
        assert!(said["sample"]["fired"].as_u64() >= Some(10), "{said}");
        assert_eq!(said["reads"], json!(["goods.origin", "goods.net_mass_kg"]));

        // Drafted, twice by the same request, and not to be approved before it was in shadow.
        let mut body = drafted(&rule("light-coffee", &[], LIGHT));
        body["id"] = json!(ulid::Ulid::generate().to_string());
        let draft = kim.with("POST", "/api/v1/rules", &body).await?.expect(201)?;
        assert_eq!((&draft["version"], &draft["state"]), (&json!(1), &json!("draft")));
        let again = kim.with("POST", "/api/v1/rules", &body).await?.expect(201)?;
        assert_eq!(again, draft);
        let order = json!({ "version": 1, "reason": "seen in three cases" });
        let early = lee.with("POST", "/api/v1/rules/light-coffee/approve", &order).await?;
        assert_eq!(refused(&early, 409), "not_in_shadow");
        desk.steer(kim, "shadow", "light-coffee", 1).await?;

        // In shadow it fires and selects nothing.
        server.post("/api/v1/consignments", &batch(100..170)).await?.expect(200)?;
        let fired = hits(kim, "light-coffee").await?;
        assert_eq!(fired.len(), 10);
        assert!(fired.iter().all(|hit| hit["shadow"] == true), "{fired:?}");
        let why = fired[0]["why"].as_array().context("no why")?;
        assert!(why.contains(&json!({ "field": "goods.net_mass_kg", "value": "0.95" })), "{why:?}");

        // Its author cannot put it in force, and another person can.
        let own = kim.with("POST", "/api/v1/rules/light-coffee/approve", &order).await?;
        assert_eq!(refused(&own, 409), "second_person");
        let approved = desk.steer(lee, "approve", "light-coffee", 1).await?;
        assert_eq!(
            (&approved["state"], &approved["approved_by"]),
            (&json!("in_force"), &json!("lee"))
        );

        // A second rule fires beside it; neither hides the other.
        let wide = rule("coffee", &["030"], "goods.hs4 == \"0901\"");
        desk.in_force(&Rule { lane: Lane::Yellow, ..wide }).await?;

        // What waits is held against both before the plan is drawn: the light ones stand first, by
        // channel rule, and the capacity is kept.
        let (plan, lines) = desk.plan("2030-01-01/late", 120).await?;
        assert_eq!((&plan["candidates"], &plan["drawn"]), (&json!(70), &json!(12)));
        let by_rule: Vec<&Value> = lines.iter().filter(|line| line["channel"] == "rule").collect();
        assert_eq!(by_rule.len(), 10, "{by_rule:?}");
        assert!(by_rule.iter().all(|line| line["drawn"] == true && line["chance"] == 1.0));
        let selecting = |hits: Vec<Value>| hits.iter().filter(|h| h["shadow"] == false).count();
        assert_eq!(selecting(hits(kim, "light-coffee").await?), 10);
        assert_eq!(selecting(hits(kim, "coffee").await?), 70);
        let path =
            format!("/api/v1/consignments/{}/hits", by_rule[0]["consignment"].as_str().unwrap());
        let both = kim.get(&path).await?.expect(200)?;
        let said: Vec<(&Value, &Value)> =
            both["items"].as_array().unwrap().iter().map(|h| (&h["rule"], &h["shadow"])).collect();
        assert_eq!(
            said[..2],
            [(&json!("coffee"), &json!(false)), (&json!("light-coffee"), &json!(false))]
        );
        let replay = format!("/api/v1/plans/{}/replay", plan["id"].as_str().unwrap());
        let replayed = server.post(&replay, &json!({})).await?.expect(200)?;
        assert_eq!(replayed["same"], json!(true), "{replayed}");

        // A scorecard.
        desk.work(&lines).await?;
        let listed =
            seen_anew(kim, |listed| listed["items"][1]["scorecard"]["examined"] == json!(10))
                .await?;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
        let card = &listed["items"][1]["scorecard"];
        assert_eq!((&card["fired"], &card["fired_shadow"]), (&json!(10), &json!(10)));
        assert_eq!((&card["examined"], &card["finds"]), (&json!(10), &json!(10)));
        assert_eq!((&card["minutes_per_find"], &card["verdict"]), (&json!(10.0), &json!("young")));
        assert!(card["lift"]["estimate"].as_f64() > Some(1.0), "{card}");

        // A new version from a file, and what changed.
        let second = rule("light-coffee", &[], &format!("{LIGHT} &&\n  goods.value > 100"));
        let toml = json!({ "toml": sumun::rule_file::write(&second) });
        let draft = kim.with("POST", "/api/v1/rules/import", &toml).await?.expect(201)?;
        assert_eq!(draft["version"], 2);
        let diff = kim.get("/api/v1/rules/light-coffee/diff").await?.expect(200)?;
        assert_eq!((&diff["from"], &diff["to"]), (&json!(1), &json!(2)));
        assert_eq!(diff["fields"], json!([]));
        assert_eq!(diff["condition"][3], json!({ "op": "added", "text": "  goods.value > 100" }));
        desk.steer(kim, "shadow", "light-coffee", 2).await?;
        desk.steer(lee, "approve", "light-coffee", 2).await?;
        let whole = kim.get("/api/v1/rules/light-coffee").await?.expect(200)?;
        let states: Vec<&Value> =
            whole["versions"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
        assert_eq!(states, ["in_force", "replaced"]);
        assert_eq!(whole["life"].as_array().map(Vec::len), Some(6));
        assert_eq!(whole["may"], json!({ "edit": true, "approve": true }));

        // The last day comes, and nobody has to think of it; what is retired fires no more.
        desk.steer(kim, "retire", "coffee", 1).await?;
        let later = now() + 100 * 86_400_000_000;
        pipeline::rules::catch_up(&store, ("kim", later)).await?;
        let listed = kim.get("/api/v1/rules?state=expired").await?.expect(200)?;
        assert_eq!(listed["items"][0]["code"], "light-coffee");
        let order = json!({ "version": 2, "reason": "again" });
        let over = lee.with("POST", "/api/v1/rules/light-coffee/approve", &order).await?;
        assert_eq!(refused(&over, 409), "not_in_shadow");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_version_that_begins_later_leaves_the_former_at_work_until_then() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let by = |who: &'static str| (who, now());
        let first = rule("light-coffee", &[], LIGHT);
        let later = Rule {
            valid_from: Day(first.valid_from.0 + 30),
            valid_until: Day(first.valid_from.0 + 120),
            review_on: Day(first.valid_from.0 + 60),
            ..first.clone()
        };
        for (version, rule) in [(1, &first), (2, &later)] {
            acts::rule::draft(&store, None, rule, by("kim")).await?;
            acts::rule::shadow(&store, (&rule.code, version), "to see", by("kim")).await?;
            acts::rule::approve(&store, (&rule.code, version), "good", by("lee")).await?;
        }
        let states = async || {
            let all = rules::of_code(&mut store.read().await?, "light-coffee").await?;
            anyhow::Ok(all.into_iter().map(|one| one.state).collect::<Vec<_>>())
        };
        let runs = async |day: Day| {
            let all = rules::running(&mut store.read().await?, day).await?;
            anyhow::Ok(all.into_iter().map(|one| one.version).collect::<Vec<_>>())
        };
        assert_eq!(states().await?, ["in_force", "in_force"]);
        let all = rules::of_code(&mut store.read().await?, "light-coffee").await?;
        let standing: Vec<&str> = all.iter().map(|one| one.standing(first.valid_from)).collect();
        assert_eq!(standing, ["approved", "in_force"]);
        // Just one counts on every day, also before anybody has ended the former.
        assert_eq!(runs(first.valid_from).await?, [1]);
        assert_eq!(runs(Day(later.valid_from.0 - 1)).await?, [1]);
        assert_eq!(runs(later.valid_from).await?, [2]);
        assert_eq!(runs(Day(first.valid_until.0 + 1)).await?, [2]);

        // The former fires on what arrives today, and its scorecard counts on.
        let server = Server::start(&store).await?;
        server.post("/api/v1/consignments", &batch(0..70)).await?.expect(200)?;
        assert_eq!(fired(&store, "light-coffee").await?.len(), 10);
        server.stop().await?;
        let cards = {
            let mut tx = store.read().await?;
            pipeline::rules::scorecards(&mut tx, &all, now()).await?
        };
        assert_eq!(cards["light-coffee"].fired, 10);

        // On its first day the later one takes the former's place, and the journal agrees.
        let then = now() + 31 * 86_400_000_000;
        pipeline::rules::catch_up(&store, ("kim", then)).await?;
        assert_eq!(states().await?, ["in_force", "replaced"]);
        nothing_altered(&store).await
    });
}

#[test]
fn one_person_with_two_accounts_or_a_machine_puts_no_rule_in_force() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let root = server.person("root", &["administrator@040", "targeting_officer"]).await?;
        let puppet = server.person("puppet", &["targeting_officer"]).await?;
        let lee = server.person("lee", &["targeting_officer"]).await?;
        let mut tx = store.begin().await?;
        tx.execute("update account set made_by = 'root' where name = 'puppet'", args![]).await?;
        tx.commit().await?;
        let (root, puppet, lee) = (server.by(&root), server.by(&puppet), server.by(&lee));
        let order = json!({ "version": 1, "reason": "seen in three cases" });
        for (code, author, shower, decides) in [
            // Drafted by one and approved by the other, either way about, also from a file.
            ("one", &puppet, &puppet, &root),
            ("two", &root, &root, &puppet),
            // A stranger's draft that one puts in shadow and the other approves.
            ("three", &lee, &root, &puppet),
        ] {
            let toml = sumun::rule_file::write(&rule(code, &[], "goods.value > 1"));
            let file = json!({ "toml": toml });
            author.with("POST", "/api/v1/rules/import", &file).await?.expect(201)?;
            let path = format!("/api/v1/rules/{code}");
            shower.with("POST", &format!("{path}/shadow"), &order).await?.expect(200)?;
            let said = decides.with("POST", &format!("{path}/approve"), &order).await?;
            assert_eq!(refused(&said, 403), "own_account", "{code}");
        }
        lee.with("POST", "/api/v1/rules/one/approve", &order).await?.expect(200)?;
        server.stop().await
    });
}

#[test]
fn rules_of_other_offices_are_hidden() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let here = server.person("here", &["targeting_officer@030"]).await?;
        let there = server.person("there", &["targeting_officer@040"]).await?;
        let (here, there) = (server.by(&here), server.by(&there));
        let own = drafted(&rule("own", &["030"], "goods.value > 1"));
        here.with("POST", "/api/v1/rules", &own).await?.expect(201)?;
        assert_eq!(there.get("/api/v1/rules/own").await?.status, 404);
        assert_eq!(there.get("/api/v1/rules").await?.expect(200)?["items"], json!([]));
        // Nobody takes a rule over by drafting it for an office of their own, or for all.
        let mine = drafted(&rule("own", &["040"], "goods.value > 1"));
        assert_eq!(there.with("POST", "/api/v1/rules", &mine).await?.status, 403);
        let all = drafted(&rule("all", &[], "goods.value > 1"));
        assert_eq!(here.with("POST", "/api/v1/rules", &all).await?.status, 403);
        server.stop().await
    });
}

#[test]
fn who_approves_a_rule_answers_for_what_it_takes_the_place_of() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let kim = server.person("kim", &["targeting_officer"]).await?;
        let lee = server.person("lee", &["targeting_officer"]).await?;
        let park = server.person("park", &["targeting_officer@040"]).await?;
        let (kim, lee, park) = (server.by(&kim), server.by(&lee), server.by(&park));
        let desk = Desk { server: &server, kim, lee };
        desk.in_force(&rule("moved", &[], "goods.value > 1")).await?;
        let next = drafted(&rule("moved", &["040"], "goods.value > 1"));
        desk.kim.with("POST", "/api/v1/rules", &next).await?.expect(201)?;
        desk.steer(&desk.kim, "shadow", "moved", 2).await?;
        let order = json!({ "version": 2, "reason": "seen in three cases" });
        let said = park.with("POST", "/api/v1/rules/moved/approve", &order).await?;
        assert_eq!(said.status, 403, "{}", said.body);
        desk.steer(&desk.lee, "approve", "moved", 2).await?;
        server.stop().await
    });
}

/// Conditions over all kinds of fields, of the past too.
const CONDITIONS: [&str; 13] = [
    "goods.net_mass_kg < 1",
    "goods.origin == \"CO\" && goods.value > 100",
    "indicator(\"route.not_from_origin\") || goods.hs_chapter == \"09\"",
    "!(goods.net_mass_kg > 1)",
    "consignor.seen > 85",
    "consignor.irregular_rate > 0.3 && consignor.inspected >= 3",
    "pair.first_time",
    "indicator(\"consignor.found_before\") && !has(goods.packages)",
    "goods.unit_value_to_median < 1.5",
    "size(goods.description) > 1",
    "consignor.irregular_rate > hs4.irregular_rate",
    "(goods.net_mass_kg < 1 ? goods.value : goods.net_mass_kg) > 100",
    "regime == \"parcel\" && office == \"030\" && goods.net_mass_kg < 1",
];

async fn fired(store: &Store, code: &str) -> Result<Vec<i64>> {
    let mut tx = store.read().await?;
    tx.fetch_all(
        "select rule_hit.consignment_id
         from rule_hit join rule_version on rule_version.id = rule_hit.rule_id
         where rule_version.code = $1 order by 1",
        args![code],
        |row| row.int(0),
    )
    .await
}

fn on_trial(condition: &str) -> Result<trial::Asked> {
    Ok(trial::Asked {
        condition: condition.to_owned(),
        from: Some("2030-01-01".parse()?),
        ..trial::Asked::default()
    })
}

#[test]
fn a_trial_fires_on_what_the_rule_then_fires_on() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        for (n, condition) in CONDITIONS.iter().enumerate() {
            let rule = rule(&format!("rule-{n}"), &[], condition);
            acts::rule::draft(&store, None, &rule, ("kim", now())).await?;
            acts::rule::shadow(&store, (&rule.code, 1), "to see", ("kim", now())).await?;
        }
        let server = Server::start(&store).await?;
        let mut some = 0;
        // What is kept as columns by a trial is added to by the next.
        for part in [0..40, 40..41, 41..200] {
            let count = u64::from(part.end);
            server.post("/api/v1/consignments", &batch(part)).await?.expect(200)?;
            some = 0;
            for (n, condition) in CONDITIONS.iter().enumerate() {
                let tried = trial::trial(&store, &on_trial(condition)?, |_| {}).await?;
                assert_eq!(tried.consignments, count);
                assert_eq!(tried.ids, fired(&store, &format!("rule-{n}")).await?, "{condition}");
                some += usize::from(!tried.ids.is_empty() && tried.ids.len() < 200);
            }
        }
        // All or none would be equal for a program that answers always the same, too.
        assert!(some >= 5, "{some}");
        // An amendment takes the place of the version before, and is judged anew.
        let mut light = declared(0);
        light["goods"][0]["net_mass_kg"] = json!(0.5);
        let amended = json!({ "consignments": [light] });
        server.post("/api/v1/consignments", &amended).await?.expect(200)?;
        let before = fired(&store, "rule-0").await?;
        let tried = trial::trial(&store, &on_trial(CONDITIONS[0])?, |_| {}).await?;
        assert_eq!((tried.consignments, tried.ids), (200, before.clone()));
        let mut heavy = declared(0);
        heavy["goods"][0]["net_mass_kg"] = json!(5);
        let amended = json!({ "consignments": [heavy] });
        server.post("/api/v1/consignments", &amended).await?.expect(200)?;
        let tried = trial::trial(&store, &on_trial(CONDITIONS[0])?, |_| {}).await?;
        assert_eq!((tried.consignments, tried.fired), (200, before.len() as u64 - 1));
        // Columns are derived: of another coding or lost, they are made again and say the same.
        let mut tx = store.begin().await?;
        tx.execute("update fact_chunk set coding = 0 where field < 'g'", args![]).await?;
        tx.execute("delete from fact_chunk where field > 'h'", args![]).await?;
        tx.commit().await?;
        let again = trial::trial(&store, &on_trial(CONDITIONS[0])?, |_| {}).await?;
        assert_eq!((again.consignments, again.ids), (200, tried.ids));
        let past = trial::trial(&store, &on_trial(CONDITIONS[5])?, |_| {}).await?;
        assert_eq!(past.consignments, 200);
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn a_day_is_one_on_which_something_came_to_the_offices_asked() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let lee = server.person("lee", &["targeting_officer"]).await?;
        let desk = Desk { server: &server, kim: server.by(&server.kim), lee: server.by(&lee) };
        let at = |n: u32, office: &str, day: &str| {
            let mut one = declared(n);
            (one["office"], one["arrived_at"]) = (json!(office), json!(format!("{day}T09:30:00Z")));
            one
        };
        // Two days three weeks apart at one office, and one day at another.
        let days = ["2030-01-01", "2030-01-21"];
        let here = (0..40).map(|n| at(n, "777", days[n as usize % 2]));
        let there = (40..60).map(|n| at(n, "778", "2030-01-10"));
        let all: Vec<Value> = here.chain(there).collect();
        server.post("/api/v1/consignments", &json!({ "consignments": all })).await?.expect(200)?;
        for (day, office) in [("2030-01-01", "777"), ("2030-01-21", "777"), ("2030-01-10", "778")] {
            let order = json!({
                "office": office, "shift": day,
                "minutes": [{ "modality": "unpack", "minutes": 50 }],
            });
            server.post("/api/v1/plans", &order).await?.expect(200)?;
        }
        for (offices, consignments, days, capacity) in
            [(vec![], 60, 3, 50.0), (vec!["777"], 40, 2, 50.0), (vec!["778"], 20, 1, 50.0)]
        {
            let asked = json!({
                "condition": "goods.value > 0", "offices": offices, "from": "2030-01-01",
            });
            let tried = desk.kim.with("POST", "/api/v1/rules/backtest", &asked).await?;
            let tried = tried.expect(200)?;
            let of = |name: &str| tried[name].as_f64().unwrap_or(f64::NAN);
            assert_eq!(of("consignments"), f64::from(consignments), "{tried}");
            assert_eq!((of("days"), of("fired")), (f64::from(days), of("consignments")));
            assert_eq!(of("fired_per_day"), of("fired") / of("days"));
            assert_eq!(of("capacity_minutes_per_day"), capacity, "{tried}");
            // The sample has the lessons, too, which came to other offices.
            if offices.is_empty() {
                continue;
            }
            let typed = json!({
                "condition": "goods.value > 0", "offices": offices, "sample": true,
            });
            let said = desk.kim.with("POST", "/api/v1/rules/check", &typed).await?.expect(200)?;
            assert_eq!(said["sample"]["days"], days, "{said}");
            assert_eq!(said["sample"]["consignments"], consignments, "{said}");
        }
        server.stop().await
    });
}

#[test]
fn a_file_is_checked_tried_and_steered_at_a_terminal() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let good = sumun::rule_file::write(&rule("light-coffee", &[], LIGHT));
    let file = person.file("light.toml", &good)?;
    let bad = person.file("bad.toml", good.replace("net_mass_kg", "net_mass"))?;

    let said = person.says(&["--json", "rule", "check", &bad])?;
    let told: Value = serde_json::from_str(&said.out)?;
    assert_eq!((said.code, &told["ok"]), (1, &json!(false)));
    assert_eq!(told["errors"][0]["suggestion"], "goods.net_mass_kg");
    assert_eq!((&told["errors"][0]["line"], &told["errors"][0]["column"]), (&json!(9), &json!(1)));
    assert_eq!(person.says(&["rule", "check", &file])?.code, 0);

    let said = person.says(&["--json", "rule", "backtest", &file])?;
    let tried: Value = serde_json::from_str(&said.out)?;
    assert_eq!((said.code, &tried["fired"], &tried["value"]), (0, &json!(0), &Value::Null));
    assert_eq!(person.says(&["rule", "propose", &bad])?.code, 1);
    // A mistake is told once, where it is asked for, with its place and what is meant.
    let said = person.says(&["--json", "rule", "backtest", &bad])?;
    let told = said.object()?["error"]["said"].as_str().unwrap_or_default().to_owned();
    assert!(told.contains(":9:1:") && told.contains("goods.net_mass_kg"), "{told}");
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    let said = person.says(&["rule", "backtest", &bad])?;
    assert_eq!((said.code, said.out.as_str(), said.err.matches(":9:1:").count()), (1, "", 1));
    assert_eq!(person.says(&["rule", "propose", &file])?.code, 0);
    assert!(person.says(&["rule", "propose", &file])?.out.contains("as it was"));
    let shadow = ["rule", "shadow", "light-coffee", "--reason", "to see"];
    assert_eq!(person.says(&shadow)?.code, 0);
    let approve = ["rule", "approve", "light-coffee", "--reason", "good"];
    let own = person.says(&approve)?;
    assert!(own.code == 1 && own.err.contains("another person has"), "{}", own.err);
    let other = [&["--as", "lee"], &approve[..]].concat();
    assert_eq!(person.says(&other)?.code, 0);
    assert!(person.says(&["rule", "list"])?.out.contains("in_force"));
    assert!(person.says(&["rule", "scorecard"])?.out.contains("young"));
    assert_eq!(person.says(&["rule", "export", "light-coffee"])?.out.trim(), good.trim());
    assert!(person.says(&["rule", "indicators"])?.out.contains("route.transhipped"));
    let read = person.says(&["rule", "fields"])?.out;
    assert!(read.contains("consignee.irregular_rate") && read.contains("0 to 1"), "{read}");
    let read: Value = serde_json::from_str(&person.says(&["--json", "rule", "fields"])?.out)?;
    let weekday =
        read["fields"].as_array().unwrap().iter().find(|f| f["path"] == "arrived.weekday");
    assert_eq!(weekday.unwrap()["range"], "1 to 7, whole");

    // Beside one in force, a draft; without a version, the one in force is retired.
    let next = good.replace("< 1", "< 2");
    let file2 = person.file("light2.toml", &next)?;
    assert!(person.says(&["rule", "propose", &file2])?.out.contains("version 2"));
    let retire = ["rule", "retire", "light-coffee", "--reason", "over"];
    let said = person.says(&retire)?;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("Version 1") && said.out.contains("was in force"), "{}", said.out);
    assert!(said.out.contains("Version 2 (draft) stays"), "{}", said.out);
    let said = person.says(&retire)?;
    assert!(said.out.contains("Version 2") && said.out.contains("was draft"), "{}", said.out);
    let said = person.says(&retire)?;
    assert!(said.code == 0 && said.out.contains("retired already"), "{}", said.out);
    // What has come to its end is drafted anew from the same file.
    let said = person.says(&["rule", "propose", &file2])?;
    assert!(said.code == 0 && said.out.contains("Drafted version 3"), "{}", said.out);
    assert_eq!(person.says(&shadow)?.code, 0);

    // Files as they come: several, in the older Korean set of characters, with keys left out.
    let lacking = person.file("lacking.toml", "code = \"a.b\"\n")?;
    let said = person.says(&["rule", "check", &file, &lacking])?;
    assert!(said.code == 1 && said.out.contains("is whole"), "{}", said.out);
    assert!(said.out.contains("`owner`") && said.out.contains("`outward`"), "{}", said.out);
    let said = person.says(&["rule", "import", &file, &lacking])?;
    assert!(said.code == 1 && said.err.contains("nothing was taken"), "{}", said.err);
    let (old, ..) = encoding_rs::EUC_KR.encode(&good);
    let old = person.file("old.toml", old.as_ref())?;
    assert_eq!(person.says(&["rule", "check", &old])?.code, 0);
    let torn = person.file("torn.toml", [0xff_u8, 0xfe, 0x00].as_slice())?;
    assert_eq!(person.says(&["rule", "check", &torn])?.code, 1);
    let days = ["rule", "backtest", &file, "--from", "2026-02-01", "--to", "2026-01-01"];
    let said = person.says(&days)?;
    assert!(said.code == 1 && said.err.contains("after --to"), "{}", said.err);
    let said = person.says(&["account", "add", "seo", "--role", "admin"])?;
    assert!(said.code == 1 && said.err.contains("perhaps `administrator`"), "{}", said.err);
    assert!(said.err.contains("targeting_officer"), "{}", said.err);
    assert!(person.says(&["rule", "show", "light-coffee"])?.out.contains("rule_retire"));
    assert_eq!(person.says(&["verify"])?.code, 0);
    Ok(())
}
