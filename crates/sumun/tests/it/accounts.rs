//! People and machines at the door: how they come in, how long that lasts, what keeps others out,
//! and what takes a second person.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sumun::acts::{account, second_factor};
use sumun::config::now;
use sumun::store::{AssertSqlSafe, Store, accounts, args};

use crate::api::{batch, learn_and_approve, nothing_altered};
use crate::engines::{each_engine, each_place};
use crate::person::{Person, number, texts};
use crate::server::{Badge, PASSWORD, Server, refused};

/// What only somebody with access to the database can do.
async fn run(store: &Store, sql: String) -> Result<()> {
    let mut tx = store.begin().await?;
    tx.execute(AssertSqlSafe(sql), args![]).await?;
    tx.commit().await
}

/// Name or password is not right.
const WRONG: &str = "wrong_credentials";

fn credentials(name: &str, password: &str) -> Value {
    json!({ "name": name, "password": password })
}

/// The token of the cookie that an answer sets.
fn cookie(head: &str) -> Result<String> {
    let after = head.split("sumun_session=").nth(1).context("no cookie")?;
    Ok(after.split(';').next().unwrap_or_default().to_owned())
}

#[test]
fn the_first_administrator_comes_in_by_the_printed_link_once() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let nobody = Badge::default();
        let anybody = server.by(&nobody);
        let welcome = anybody.get("/api/v1/welcome").await?.expect(200)?;
        assert_eq!((&welcome["first_run"], &welcome["sso"]), (&json!(true), &Value::Null));
        let early = account::first_run(&store, now()).await?.context("no link")?;
        let token = account::first_run(&store, now()).await?.context("no link")?;
        let redeem = async |token: &str, name: &str, password: &str| {
            let body = json!({ "token": token, "name": name, "password": password });
            anybody.post("/api/v1/invitations/redeem", &body).await
        };
        // A later start makes a new link, and the earlier one is good no more.
        assert_eq!(refused(&redeem(&early, "root", PASSWORD).await?, 422), "invitation");
        assert_eq!(refused(&redeem(&token, "root", "short").await?, 422), "password");
        assert_eq!(refused(&redeem(&token, "a b", PASSWORD).await?, 422), "name");
        let entered = redeem(&token, "Root", PASSWORD).await?;
        assert!(entered.head.contains("HttpOnly; SameSite=Strict"), "{}", entered.head);
        let badge = Badge::of(&cookie(&entered.head)?);
        let session = entered.expect(200)?;
        assert_eq!(session["account"]["name"], "root");
        assert_eq!(session["grants"], json!([{ "role": "administrator", "office": "*" }]));
        assert_eq!(session["actions"].as_array().map(Vec::len), Some(4), "{session}");
        assert_eq!(refused(&redeem(&token, "other", PASSWORD).await?, 422), "invitation");
        assert!(account::first_run(&store, now()).await?.is_none());
        let welcome = anybody.get("/api/v1/welcome").await?.expect(200)?;
        assert_eq!(welcome["first_run"], false);

        // The administrator lets in an inspector, who chooses a password by the link.
        let root = server.by(&badge);
        let order = json!({
            "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": "oh", "display": "오승아",
            "grants": [{ "role": "inspector", "office": "030" }],
        });
        let made = root.post("/api/v1/accounts", &order).await?.expect(200)?;
        let link = made["link"].as_str().context("no link")?;
        let again = root.post("/api/v1/accounts", &order).await?.expect(200)?;
        assert_eq!((&again["id"], &again["link"]), (&made["id"], &Value::Null));
        let token = link.split("token=").nth(1).context("no token")?;
        let session = redeem(token, "ignored", PASSWORD).await?.expect(200)?;
        assert_eq!(
            (&session["account"]["name"], &session["offices"]),
            (&json!("oh"), &json!(["030"]))
        );
        let own = format!("/api/v1/accounts/{}", root_id(&store).await?);
        let close = root.with("PATCH", &own, &json!({ "state": "closed" })).await?;
        assert_eq!(refused(&close, 403), "own_account");

        // A closed account is out at once.
        let oh = server.person("oh", &[]).await?;
        server.by(&oh).get("/api/v1/session").await?.expect(200)?;
        let path = format!("/api/v1/accounts/{}", oh.id);
        root.with("PATCH", &path, &json!({ "state": "closed" })).await?.expect(200)?;
        assert_eq!(refused(&server.by(&oh).get("/api/v1/session").await?, 401), "no_session");
        let sign_in = anybody.post("/api/v1/session", &credentials("oh", PASSWORD)).await?;
        assert_eq!(refused(&sign_in, 401), "wrong_credentials");
        nothing_altered(&store).await?;
        let grant = "update account_grant set role = 'administrator' where role = 'inspector'";
        run(&store, grant.to_owned()).await?;
        assert!(nothing_altered(&store).await.is_err(), "a role behind the journal's back");
        server.stop().await
    });
}

async fn root_id(store: &Store) -> Result<String> {
    let root = accounts::named(&mut store.read().await?, "root").await?;
    Ok(root.context("no root")?.id)
}

#[test]
fn a_session_ends_by_itself_by_its_owner_and_by_a_new_password() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let lee = server.person("lee", &["inspector@030"]).await?;
        let nobody = Badge::default();
        let anybody = server.by(&nobody);
        let sign_in = async || -> Result<Badge> {
            let answer = anybody.post("/api/v1/session", &credentials("LEE", PASSWORD)).await?;
            ensure!(answer.status == 200, "{}", answer.body);
            Ok(Badge::of(&cookie(&answer.head)?))
        };
        let second = sign_in().await?;
        let sessions = server.by(&lee).get("/api/v1/sessions").await?.expect(200)?;
        let all = sessions["items"].as_array().context("no list")?;
        assert_eq!(all.len(), 2);
        let own = all.iter().find(|one| one["current"] == false).context("no other")?;

        // Only the digest of a token is kept.
        let kept = texts(&store, "select token_sha256 from session").await?;
        assert!(!kept.contains(&second.token) && kept.contains(&account::digest(&second.token)));

        let path = format!("/api/v1/sessions/{}", own["id"].as_str().unwrap());
        assert_eq!(server.by(&lee).ask("DELETE", &path, "", "").await?.status, 204);
        assert_eq!(refused(&server.by(&second).get("/api/v1/session").await?, 401), "no_session");
        // Nobody ends another's session.
        let kim = server.get("/api/v1/sessions").await?.expect(200)?;
        let path = format!("/api/v1/sessions/{}", kim["items"][0]["id"].as_str().unwrap());
        let ended = server.by(&lee).ask("DELETE", &path, "", "").await?;
        assert_eq!(refused(&ended, 404), "no_session_of_this_id");

        // Idle for an hour, or begun twelve hours ago: over.
        for column in ["used_at", "expires_at"] {
            let old = sign_in().await?;
            server.by(&old).get("/api/v1/session").await?.expect(200)?;
            let back = account::SESSION;
            let of = account::digest(&old.token);
            let past = format!(
                "update session set {column} = {column} - {back} where token_sha256 = '{of}'"
            );
            run(&store, past).await?;
            assert_eq!(refused(&server.by(&old).get("/api/v1/session").await?, 401), "no_session");
        }

        let other = sign_in().await?;
        let change = json!({ "current": PASSWORD, "new": "another lorry of tea" });
        let wrong = json!({ "current": "not this one at all", "new": "another lorry of tea" });
        let path = "/api/v1/session/password";
        assert_eq!(refused(&server.by(&lee).post(path, &wrong).await?, 401), "wrong_credentials");
        assert_eq!(server.by(&lee).post(path, &change).await?.status, 204);
        assert_eq!(refused(&server.by(&other).get("/api/v1/session").await?, 401), "no_session");
        server.by(&lee).get("/api/v1/session").await?.expect(200)?;
        assert_eq!(server.by(&lee).ask("DELETE", "/api/v1/session", "", "").await?.status, 204);
        assert_eq!(refused(&server.by(&lee).get("/api/v1/session").await?, 401), "no_session");
        server.stop().await
    });
}

#[test]
fn what_changes_something_shows_that_a_page_of_ours_sent_it() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let lee = server.person("lee", &["inspector@030"]).await?;
        let change = json!({ "language": "ko" }).to_string();
        let with = async |head: &str| {
            let head = format!("content-type: application/json\r\n{head}");
            server.by(&Badge::default()).ask("PATCH", "/api/v1/session", &head, &change).await
        };
        let cookie = format!("cookie: sumun_session={}\r\n", lee.token);
        assert_eq!(refused(&with(&cookie).await?, 403), "csrf");
        let wrong = format!("{cookie}x-sumun-csrf: {}\r\n", account::csrf("other"));
        assert_eq!(refused(&with(&wrong).await?, 403), "csrf");
        let right = format!("{cookie}x-sumun-csrf: {}\r\n", account::csrf(&lee.token));
        assert_eq!(with(&right).await?.status, 200);
        let elsewhere = format!("{right}origin: http://evil.example\r\n");
        assert_eq!(refused(&with(&elsewhere).await?, 403), "origin");
        // Reading needs no header, and tells it.
        let read = server.by(&Badge::default()).ask("GET", "/api/v1/session", &cookie, "").await?;
        assert_eq!(read.expect(200)?["csrf"], account::csrf(&lee.token));
        server.stop().await
    });
}

#[test]
fn guessing_is_locked_with_a_growing_delay() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        server.person("lee", &["inspector@030"]).await?;
        let nobody = Badge::default();
        let guess = async |name: &str, password: &str| {
            server.by(&nobody).post("/api/v1/session", &credentials(name, password)).await
        };
        // Many at once gain nothing: each counts before it is judged.
        let many = (0..12).map(|_| guess("lee", "wrong guess number one"));
        let answers = futures::future::join_all(many).await;
        let answers: Vec<_> = answers.into_iter().collect::<Result<_>>()?;
        let judged = answers.iter().filter(|answer| answer.status == 401).count();
        assert!(judged <= 5, "{judged} guesses were judged");
        // Those that found the door crowded were not counted; a few more, one by one, are.
        for _ in 0..6 {
            guess("lee", "wrong guess number two").await?;
        }
        let locked = guess("lee", PASSWORD).await?;
        assert_eq!(refused(&locked, 429), "locked");
        let first = locked.json()?["retry_after_s"].as_i64().context("no delay")?;
        assert!((1..=30).contains(&first), "{first}");
        // Once the lock is over, one more wrong guess locks for longer; the right one opens.
        let over = "update sign_in_failure set locked_until = 0 where key = 'account lee'";
        run(&store, over.to_owned()).await?;
        assert_eq!(
            refused(&guess("lee", "wrong again and again").await?, 401),
            "wrong_credentials"
        );
        let locked = guess("lee", PASSWORD).await?.json()?;
        assert!(locked["retry_after_s"].as_i64().context("no delay")? > first, "{locked}");
        run(&store, over.to_owned()).await?;
        guess("lee", PASSWORD).await?.expect(200)?;
        guess("lee", PASSWORD).await?.expect(200)?;
        assert_eq!(
            number(&store, "select count(*) from journal where act = 'lock sign-in'").await?,
            2
        );
        // An account that is not there is answered as one that is.
        assert_eq!(refused(&guess("nobody", PASSWORD).await?, 401), "wrong_credentials");
        server.stop().await
    });
}

#[test]
fn strangers_who_guess_lock_nobody_out_of_their_own_desk() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        server.person("lee", &["inspector@030"]).await?;
        server.person("park", &["inspector@030"]).await?;
        let from = async |known: &str, name: &str, password: &str| {
            let head = match known {
                "" => String::new(),
                known => format!("cookie: sumun_known={known}\r\n"),
            };
            let badge = Badge { head, ..Badge::default() };
            server.by(&badge).post("/api/v1/session", &credentials(name, password)).await
        };
        let known = async |name: &str| -> Result<String> {
            let answer = from("", name, PASSWORD).await?;
            let (_, rest) = answer.head.split_once("sumun_known=").context("no cookie")?;
            Ok(rest.split(';').next().unwrap_or_default().to_owned())
        };
        let (lee, park) = (known("lee").await?, known("park").await?);
        for _ in 0..5 {
            assert_eq!(refused(&from("", "lee", "a stranger's guess").await?, 401), WRONG);
        }
        for stranger in ["", "1.00", &park, &lee.replace('0', "1")] {
            let answer = from(stranger, "lee", PASSWORD).await?;
            assert_eq!(refused(&answer, 429), "locked", "{stranger}");
        }
        from(&lee, "lee", PASSWORD).await?.expect(200)?;
        // What the browser carries opens nothing, and its own guesses are counted.
        for _ in 0..5 {
            assert_eq!(refused(&from(&lee, "lee", "a guess at the desk").await?, 401), WRONG);
        }
        assert_eq!(refused(&from(&lee, "lee", PASSWORD).await?, 429), "locked");
        server.stop().await
    });
}

#[test]
fn a_second_factor_is_asked_for_and_each_code_is_good_once() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let lee = server.person("lee", &["inspector@030"]).await?;
        let lee_id = lee.id.clone();
        let offered =
            server.by(&lee).post("/api/v1/session/totp", &json!({})).await?.expect(200)?;
        assert!(offered["uri"].as_str().unwrap().starts_with("otpauth://totp/Sumun:lee?secret="));
        assert!(offered["qr_svg"].as_str().unwrap().starts_with("<svg"));
        let kept = accounts::find(&mut store.read().await?, &lee_id).await?.context("no lee")?;
        let nonce = kept.totp_nonce.context("no nonce")?;
        let secret =
            second_factor::secret(&store.secret_for(second_factor::PURPOSE)?, &lee_id, &nonce);
        assert_eq!(offered["secret"], second_factor::base32(&secret));
        let confirm = async |code: &str| {
            let path = "/api/v1/session/totp/confirm";
            server.by(&lee).post(path, &json!({ "code": code })).await
        };
        assert_eq!(refused(&confirm("12345").await?, 422), "code");
        let code = second_factor::code_at(&secret, now());
        assert_eq!(confirm(&code).await?.status, 204);
        let nobody = Badge::default();
        let sign_in = async |code: Option<&str>| {
            let mut with = credentials("lee", PASSWORD);
            with["totp"] = json!(code);
            server.by(&nobody).post("/api/v1/session", &with).await
        };
        assert_eq!(refused(&sign_in(None).await?, 401), "totp_needed");
        // The code that confirmed it is used up.
        assert_eq!(refused(&sign_in(Some(&code)).await?, 401), "wrong_credentials");
        let next = second_factor::code_at(&secret, now() + 30_000_000);
        assert_eq!(sign_in(Some(&next)).await?.expect(200)?["totp"], true);
        assert_eq!(refused(&sign_in(Some(&next)).await?, 401), "wrong_credentials");
        let off = |password: &str| json!({ "password": password });
        let path = "/api/v1/session/totp";
        let wrong = server.by(&lee).with("DELETE", path, &off("not the password")).await?;
        assert_eq!(refused(&wrong, 401), "wrong_credentials");
        assert_eq!(server.by(&lee).with("DELETE", path, &off(PASSWORD)).await?.status, 204);
        sign_in(None).await?.expect(200)?;
        server.stop().await
    });
}

#[test]
fn a_machine_does_what_its_token_says_until_it_is_taken_back() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let root = server.person("root", &["administrator"]).await?;
        let root = server.by(&root);
        let order = json!({
            "name": "gateway", "actions": ["send_consignments"], "office": "030", "days": 30,
        });
        let made = root.post("/api/v1/tokens", &order).await?.expect(200)?;
        let text = made["token"].as_str().context("no token")?;
        assert!(text.starts_with("sumun_") && text.len() == 70, "{text}");
        let badge = Badge { head: format!("authorization: Bearer {text}\r\n"), ..Badge::default() };
        let machine = server.by(&badge);
        machine.post("/api/v1/consignments", &batch(0..3)).await?.expect(200)?;
        let sent = "select actor from journal where act = 'receive' order by seq desc limit 1";
        assert_eq!(texts(&store, sent).await?, ["token gateway"]);
        let answer = machine.get("/api/v1/plans").await?;
        assert_eq!(refused(&answer, 403), "forbidden");
        assert_eq!(answer.json()?["policy"], "nothing-permits");
        let mut elsewhere = batch(0..3);
        elsewhere["consignments"][2]["office"] = json!("040");
        let answer = machine.post("/api/v1/consignments", &elsewhere).await?;
        assert_eq!(refused(&answer, 403), "forbidden");
        // A number that another office has cannot be taken over.
        let mut other = batch(50..51);
        other["consignments"][0]["office"] = json!("040");
        server.post("/api/v1/consignments", &other).await?.expect(200)?;
        let taken = machine.post("/api/v1/consignments", &batch(50..51)).await?;
        assert_eq!(refused(&taken, 422), "nothing_stored");

        let decide = json!({
            "name": "robot", "actions": ["approve_model"], "office": "*", "days": 30,
        });
        assert_eq!(refused(&root.post("/api/v1/tokens", &decide).await?, 422), "actions");
        let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
        assert_eq!(root.ask("DELETE", &path, "", "").await?.status, 204);
        let answer = machine.post("/api/v1/consignments", &batch(0..3)).await?;
        assert_eq!(refused(&answer, 401), "no_session");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn who_inspects_sees_what_was_drawn_once_it_is_released() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let root = server.person("root", &["administrator"]).await?;
        let shift = |day: i64| {
            json!({
                "name": { "ko": "부산", "en": "Busan" }, "utc_offset_minutes": 540,
                "shifts": [{ "name": "day", "starts": "08:00", "minutes_long": 480,
                             "release_before_minutes": day }],
            })
        };
        let office = server.by(&root).with("PUT", "/api/v1/offices/030", &shift(30)).await?;
        assert_eq!(office.expect(200)?["shifts"][0]["starts"], "08:00");
        server.post("/api/v1/consignments", &batch(0..20)).await?.expect(200)?;
        let order = json!({
            "office": "030", "shift": "2030-01-01/day",
            "minutes": [{ "modality": "unpack", "minutes": 50 }],
        });
        let drawn = server.post("/api/v1/plans", &order).await?.expect(200)?;
        let plan = drawn["plans"][0]["plan"]["id"].as_str().context("no plan")?.to_owned();
        let lee = server.person("lee", &["inspector@030"]).await?;
        let park = server.person("park", &["inspector@040"]).await?;
        let (lee, park) = (server.by(&lee), server.by(&park));
        let lines = format!("/api/v1/plans/{plan}/selections?limit=1000");
        let all = server.get(&lines).await?.expect(200)?["items"].clone();
        let one = |drawn: bool| {
            let of = all.as_array().unwrap().iter().find(|line| line["drawn"] == drawn).unwrap();
            format!("/api/v1/consignments/{}", of["consignment"].as_str().unwrap())
        };

        // The shift is years ahead: nobody but those who plan sees anything of it.
        assert_eq!(refused(&lee.get(&lines).await?, 404), "no_plan");
        assert_eq!(refused(&lee.get(&one(true)).await?, 404), "no_consignment");
        assert_eq!(lee.get("/api/v1/plans").await?.expect(200)?["items"], json!([]));
        let choi = server.person("choi", &["auditor"]).await?;
        let seen = server.by(&choi).get(&one(true)).await?.expect(200)?;
        assert_eq!(seen["selections"], json!([]), "the draw is secret until then");

        // Once it is released, the inspector of the office sees what was drawn, and no more.
        run(&store, "update plan set released_at = drawn_at".to_owned()).await?;
        let shown = lee.get(&lines).await?.expect(200)?["items"].clone();
        let shown = shown.as_array().context("no list")?;
        assert_eq!(shown.len(), 5);
        assert!(shown.iter().all(|line| line["drawn"] == true));
        let detail = lee.get(&one(true)).await?.expect(200)?;
        assert_eq!(detail["selections"][0]["plan"], json!(plan));
        assert_eq!(refused(&lee.get(&one(false)).await?, 404), "no_consignment");
        assert_eq!(refused(&park.get(&lines).await?, 404), "no_plan");
        assert_eq!(refused(&park.get(&one(true)).await?, 404), "no_consignment");

        // Whoever saw it is in the journal.
        let id = detail["id"].as_str().context("no id")?;
        let who = format!(
            "select actor from journal where act = 'read consignment' and subject = '{id}'
             order by seq desc limit 1"
        );
        assert_eq!(texts(&store, &who).await?, ["lee"]);
        server.stop().await
    });
}

#[test]
fn what_takes_two_persons_is_not_done_by_one() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let seo = server.person("seo", &["targeting_officer@030"]).await?;
        let far = server.person("far", &["targeting_officer@040"]).await?;
        let (seo, far) = (server.by(&seo), server.by(&far));
        let why = json!({ "reason": "as agreed" });
        let proposal = json!({
            "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "office": "030",
            "lines": [{ "modality": "unpack", "minutes_available": 80, "minutes_each": 20 }],
            "reason": "one officer is ill",
        });
        let made = server.post("/api/v1/capacities", &proposal).await?.expect(200)?;
        assert_eq!(server.post("/api/v1/capacities", &proposal).await?.expect(200)?, made);
        let approve = format!("/api/v1/capacities/{}/approve", made["id"].as_str().unwrap());
        assert_eq!(refused(&server.post(&approve, &why).await?, 403), "own_capacity");
        assert_eq!(refused(&far.post(&approve, &why).await?, 404), "no_capacity");
        let approved = seo.post(&approve, &why).await?.expect(200)?;
        assert_eq!(
            (&approved["state"], &approved["decided_by"]),
            (&json!("approved"), &json!("seo"))
        );
        seo.post(&approve, &why).await?.expect(200)?;
        let reject = approve.replace("approve", "reject");
        assert_eq!(refused(&seo.post(&reject, &why).await?, 409), "decided");

        // Whoever draws without naming minutes has what was approved.
        server.post("/api/v1/consignments", &batch(0..30)).await?.expect(200)?;
        let order = json!({ "office": "030", "shift": "2030-01-01" });
        let drawn = server.post("/api/v1/plans", &order).await?.expect(200)?;
        let plan = &drawn["plans"][0]["plan"];
        assert_eq!((&plan["drawn"], &plan["minutes"]), (&json!(4), &json!(80)));

        let export = json!({
            "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "what": "queue", "plan": plan["id"],
            "format": "csv", "reason": "for the court",
        });
        assert_eq!(refused(&far.post("/api/v1/exports", &export).await?, 404), "no_plan");
        let asked = server.post("/api/v1/exports", &export).await?.expect(200)?;
        let path = format!("/api/v1/exports/{}", asked["id"].as_str().unwrap());
        assert_eq!(refused(&server.get(&format!("{path}/file")).await?, 409), "decided");
        let approve = format!("{path}/approve");
        assert_eq!(refused(&server.post(&approve, &why).await?, 403), "own_export");
        assert_eq!(refused(&far.post(&approve, &why).await?, 404), "no_export");
        seo.post(&approve, &why).await?.expect(200)?;
        assert_eq!(refused(&seo.get(&format!("{path}/file")).await?, 404), "no_export");
        let file = server.get(&format!("{path}/file")).await?;
        assert!(file.status == 200 && file.head.contains("attachment"), "{}", file.head);
        assert_eq!(file.body.lines().count(), 31, "{}", file.body);
        let listed = server.get("/api/v1/exports").await?.expect(200)?;
        assert_eq!(listed["items"][0]["rows"], 30);
        assert_eq!(far.get("/api/v1/exports").await?.expect(200)?["items"], json!([]));
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn an_auditor_searches_the_journal_and_proves_an_entry() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        server.post("/api/v1/consignments", &batch(0..3)).await?.expect(200)?;
        server.get("/api/v1/consignments/C-601").await?.expect(200)?;
        let choi = server.person("choi", &["auditor"]).await?;
        let choi = server.by(&choi);
        let search = async |query: &str| -> Result<Vec<Value>> {
            let found = choi.get(&format!("/api/v1/journal?{query}")).await?.expect(200)?;
            Ok(found["items"].as_array().context("no list")?.clone())
        };
        let read = search("subject=C-601&actor=kim").await?;
        let acts: Vec<&Value> = read.iter().map(|entry| &entry["act"]).collect();
        assert_eq!(acts, ["read consignment", "read party"]);
        assert_eq!(search("subject=M-1&act=approve").await?.len(), 1);
        assert_eq!(search("q=FOR%20THE%20TEST").await?[0]["act"], "approve");
        assert_eq!(search("q=%25").await?.len(), 0, "a percent sign is a percent sign");
        assert_eq!(search("to=2001-01-01").await?.len(), 0);
        let all = search("limit=1000").await?;
        let page = choi.get("/api/v1/journal?limit=2").await?.expect(200)?;
        let next = page["next"].as_str().context("no more")?;
        assert_eq!(search(&format!("limit=2&cursor={next}")).await?, all[2..4]);

        let seq = read[0]["seq"].as_i64().context("no number")?;
        let proof = choi.get(&format!("/api/v1/journal/{seq}/proof")).await?.expect(200)?;
        assert_eq!(proof["holds"], true);
        assert_eq!(proof["index"], seq - 1);
        assert_eq!(proof["entry"], read[0]);
        let missing = choi.get("/api/v1/journal/999999/proof").await?;
        assert_eq!(refused(&missing, 404), "no_entry");
        assert_eq!(refused(&server.get("/api/v1/journal").await?, 403), "forbidden");
        server.stop().await
    });
}

#[test]
fn returning_to_the_former_model_twice_returns_once() {
    each_engine(async |store| {
        let first = learn_and_approve(&store).await?;
        let by = ("kim", now());
        let (second, _) = sumun::pipeline::learn(&store, 2, by, |_| {}, |_| {}).await?;
        sumun::acts::model::approve(&store, &second, "newer", by).await?;
        let server = Server::start(&store).await?;
        let back = async || {
            let head = "content-type: application/json\r\nidempotency-key: once\r\n";
            let body = json!({ "reason": "drill" }).to_string();
            server.ask("POST", "/api/v1/models/rollback", head, &body).await
        };
        assert_eq!(back().await?.expect(200)?["id"], first);
        assert_eq!(back().await?.expect(200)?["id"], first);
        let returns = "select count(*) from journal where act = 'return'";
        assert_eq!(number(&store, returns).await?, 1);
        server.stop().await
    });
}

#[test]
fn the_operator_lets_people_and_machines_in_from_the_command_line() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let added = person.does(&["account", "add", "lee", "--role", "inspector@030"])?;
        let link = added["link"].as_str().context("no link")?;
        assert!(link.starts_with("http://127.0.0.1:8080/#/welcome?token="), "{link}");
        assert!(
            person.is_refused(&["account", "add", "lee", "--role", "auditor"])?.contains("lee")
        );
        assert!(person.is_refused(&["account", "add", "oh", "--role", "king"])?.contains("king"));
        person.does(&["account", "invite", "lee"])?;
        let listed = person.does(&["account", "list"])?;
        assert_eq!(listed["accounts"][0]["roles"], json!(["inspector@030"]));
        assert_eq!(person.does(&["account", "close", "lee"])?["state"], "closed");
        assert!(person.is_refused(&["account", "invite", "lee"])?.contains("closed"));
        let words = ["token", "create", "gateway", "--action", "send_consignments"];
        assert!(person.does(&words)?["token"].as_str().is_some_and(|t| t.starts_with("sumun_")));
        person.does(&["token", "revoke", "gateway"])?;
        assert_eq!(person.does(&["token", "list"])?["tokens"][0]["state"], "revoked");
        let words = ["token", "create", "robot", "--action", "decide"];
        assert!(person.is_refused(&words)?.contains("people-decide"));
        assert_eq!(person.does(&["verify"])?["verified"], true);
        let open = person.is_refused(&["serve", "--listen", "0.0.0.0:0"])?;
        assert!(open.contains("--tls-cert"), "{open}");
        let named = person.is_refused(&["serve", "--listen", "0.0.0.0:0", "--behind-proxy"])?;
        assert!(named.contains("--host"), "{named}");
        Ok(())
    });
}
