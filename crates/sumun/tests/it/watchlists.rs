//! Watchlists from outside: a list is imported, what arrives is held against it, an officer
//! decides, the decision is taken over, and it expires; and the verbs of the command.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sumun::store::args;

use crate::api::{declared, learn_and_approve, nothing_altered};
use crate::engines::{each_engine, each_place};
use crate::person::Person;
use crate::server::Server;

/// A list of invented persons and bodies.
const LIST: &str = "id,kind,name,aliases,phone,container,nationality\n\
    K-1,person,KIM Chol Su,김철수,+850 2 381 5555,,XX\n\
    K-2,organization,Hanbit Trading Co Ltd,,,,XX\n\
    K-3,container,,,,CSQU3054383,\n\
    K-4,,,,,,\n";

fn order(id: &str, content: &str) -> Value {
    json!({
        "id": id, "name": "Lookout", "office": "*", "source": "a test", "source_grade": "B",
        "information_grade": "2", "legal_basis": "Customs Act 266", "expires_on": null,
        "file": "lookout.csv", "format": null, "content": content,
    })
}

fn arriving(n: u32, name: &str) -> Value {
    let mut one = declared(n);
    one["parties"][0] = json!({ "role": "consignor", "name": name });
    one
}

/// What an officer says of a hit who saw that decision on it.
fn verdict(id: &str, verdict: &str, instead_of: Value) -> Value {
    json!({ "id": id, "verdict": verdict, "reason": "known", "instead_of": instead_of })
}

async fn hits(server: &Server, query: &str) -> Result<Vec<Value>> {
    let body = server.get(&format!("/api/v1/hits?{query}")).await?.expect(200)?;
    Ok(body["items"].as_array().context("no items")?.clone())
}

#[test]
fn a_decision_on_a_hit_is_taken_over_until_it_expires() {
    each_engine(async |store| {
        learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        // What waits already is held against a list as soon as it comes.
        server.post("/api/v1/consignments", &arriving(1, "Hanbit Trading")).await?.expect(200)?;
        let done =
            server.post("/api/v1/watchlists", &order("01JDLOOKOUT1", LIST)).await?.expect(200)?;
        assert_eq!(
            (&done["added"], &done["hits"], &done["repeated"]),
            (&json!(3), &json!(1), &json!(false))
        );
        assert_eq!(done["defect_count"], 1);
        ensure!(!done.to_string().contains("XX"), "{done}");
        let again = server.post("/api/v1/watchlists", &order("01JDLOOKOUT1", LIST)).await?;
        assert_eq!(again.expect(200)?["repeated"], true);
        let other = order("01JDLOOKOUT1", "name\nSomebody Else\n");
        server.post("/api/v1/watchlists", &other).await?.expect(409)?;

        // A romanised name arrives.
        let arrives = arriving(2, "Kim Cheol-soo");
        server.post("/api/v1/consignments", &arrives).await?.expect(200)?;
        let open = hits(&server, "state=open").await?;
        let hit = open.iter().find(|hit| hit["found"] == "Kim Cheol-soo").context("no hit")?;
        assert_eq!(hit["listing"]["reference"], "K-1");
        assert_eq!(
            (&hit["what"], &hit["role"], &hit["state"]),
            (&json!("name"), &json!("consignor"), &json!("open"))
        );
        let chance = hit["probability"].as_f64().context("no chance")?;
        ensure!((0.7..1.0).contains(&chance), "{hit}");
        let path = format!("/api/v1/hits/{}", hit["id"].as_str().context("no id")?);

        // An officer decides; without a reason nothing is decided.
        let verdict = json!({ "id": "01JDVERDICT1", "verdict": "not_same", "reason": " " });
        server.post(&format!("{path}/decide"), &verdict).await?.expect(422)?;
        let verdict =
            json!({ "id": "01JDVERDICT1", "verdict": "not_same", "reason": "a known bookshop" });
        let decided = server.post(&format!("{path}/decide"), &verdict).await?.expect(200)?;
        assert_eq!(
            (&decided["state"], &decided["decision"]["reused"]),
            (&json!("not_same"), &json!(false))
        );
        server.post(&format!("{path}/decide"), &verdict).await?.expect(200)?;
        assert_eq!(decided["earlier"].as_array().map(Vec::len), Some(1));

        // The next arrival takes it over.
        let arrives = arriving(3, "Kim Cheol-soo");
        server.post("/api/v1/consignments", &arrives).await?.expect(200)?;
        let reused = hits(&server, "state=not_same&reused=true").await?;
        assert_eq!(reused.len(), 1);
        assert_eq!(reused[0]["decision"]["hit"], hit["id"]);
        // Another writing is another pair.
        server.post("/api/v1/consignments", &arriving(4, "김철수")).await?.expect(200)?;
        ensure!(hits(&server, "state=open").await?.iter().any(|hit| hit["found"] == "김철수"));

        // Its day comes: the pair is open again, and what was said can still be read.
        let mut tx = store.begin().await?;
        tx.execute("update hit_decision set expires_day = 0", args![]).await?;
        tx.commit().await?;
        let open = hits(&server, "state=open").await?;
        assert_eq!(open.iter().filter(|hit| hit["found"] == "Kim Cheol-soo").count(), 2);
        let read = server.get(&path).await?.expect(200)?;
        assert_eq!(read["earlier"].as_array().map(Vec::len), Some(1));
        assert_eq!(read["same_pair"].as_array().map(Vec::len), Some(1));

        // A list brought up to date: who is not in it any more meets nothing new.
        let shorter = LIST.replace("K-1,person,KIM Chol Su,김철수,+850 2 381 5555,,XX\n", "");
        let done = server
            .post("/api/v1/watchlists", &order("01JDLOOKOUT2", &shorter))
            .await?
            .expect(200)?;
        assert_eq!((&done["unchanged"], &done["expired"]), (&json!(2), &json!(1)));
        let arrives = arriving(5, "Kim Cheol-soo");
        server.post("/api/v1/consignments", &arrives).await?.expect(200)?;
        ensure!(hits(&server, "state=all&limit=100").await?.len() == 4);

        // Who is listed under a name.
        let asked = json!({ "name": "한빛 Trading", "kind": "organization" });
        let found = server.post("/api/v1/listings/match", &asked).await?.expect(200)?;
        assert_eq!(found["items"][0]["listing"]["reference"], "K-2");
        let listed = server.get("/api/v1/listings?q=hanbit&state=in_force").await?.expect(200)?;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        let id = listed["items"][0]["id"].as_str().context("no id")?.to_owned();
        let end = json!({ "id": "01JDEND00001", "reason": "delisted" });
        let path = format!("/api/v1/listings/{id}/expire");
        let ended = server.post(&path, &end).await?.expect(200)?;
        assert_eq!(
            (&ended["state"], &ended["expired_because"]),
            (&json!("expired"), &json!("delisted"))
        );
        let lists = server.get("/api/v1/watchlists").await?.expect(200)?;
        let id = lists["items"][0]["id"].as_str().context("no id")?.to_owned();
        let path = format!("/api/v1/watchlists/{id}/expire");
        let ended = server.post(&path, &end).await?.expect(200)?;
        assert_eq!(ended["state"], "expired");
        let found = server.post("/api/v1/listings/match", &asked).await?.expect(200)?;
        assert_eq!(found["items"].as_array().map(Vec::len), Some(0));
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn names_are_screened_against_lists_and_against_a_file() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let list = person.file("lookout.csv", LIST)?;
        let names = person
            .file("names.csv", "id,name\na,Kim Cheol-soo\nb,John Smith\nc,HANBIT TRADING\nd,\n")?;
        let out = person.path("hits.csv");
        let alone = ["watchlist", "screen", &names, "--out", &out, "--list-file", &list];
        let said = person.does(&alone)?;
        assert_eq!((&said["names"], &said["with_hits"]), (&json!(4), &json!(2)));
        assert_eq!(said["defects"][0]["line"], 5);
        let written = std::fs::read_to_string(&out)?;
        ensure!(written.contains("Kim Cheol-soo,1,K-1") && written.contains("agree: kim"));
        let refused = person.is_refused(&["watchlist", "screen", &names, "--out", &out])?;
        ensure!(refused.contains("sumun watchlist import"), "{refused}");

        let import =
            ["watchlist", "import", &list, "--list", "Lookout", "--legal-basis", "Customs Act"];
        let done = person.does(&import)?;
        assert_eq!(done["imported"]["added"], 3);
        let done = person.does(&import)?;
        assert_eq!(
            (&done["imported"]["added"], &done["imported"]["unchanged"]),
            (&json!(0), &json!(3))
        );
        let said = person.does(&["watchlist", "screen", &names, "--out", &out])?;
        assert_eq!(said["with_hits"], 2);
        ensure!(person.says(&["watchlist", "list"])?.out.contains("Lookout"));
        ensure!(person.says(&["watchlist", "show", "W-1"])?.out.contains("KIM Chol Su"));
        ensure!(person.says(&["watchlist", "show", "L-1"])?.out.contains("K-1"));
        person.does(&["watchlist", "expire", "L-1", "--reason", "delisted"])?;
        let said = person.does(&["watchlist", "screen", &names, "--out", &out])?;
        assert_eq!(said["with_hits"], 1);
        person.does(&["watchlist", "expire", "W-1", "--reason", "replaced"])?;
        let said = person.does(&["watchlist", "screen", &names, "--out", &out])?;
        assert_eq!(said["with_hits"], 0);
        let other = person.file("letter.txt", "Dear Sir,\nno list here\n")?;
        let refused = person.is_refused(&["watchlist", "import", &other, "--list", "X"])?;
        ensure!(refused.contains("no known watchlist"), "{refused}");
        Ok(())
    });
}

/// A list of six, each with a number of its own.
fn six() -> String {
    let rows = (1..=6).map(|n| format!("K-{n},organization,Firm {n} Trading,+82 2 555 010{n}\n"));
    std::iter::once("id,kind,name,phone\n".to_owned()).chain(rows).collect()
}

/// Counts of what an import came to.
fn counts(done: &Value) -> [i64; 5] {
    ["added", "unchanged", "expired", "left_ended", "returned"]
        .map(|name| done["imported"][name].as_i64().unwrap_or(-1))
}

const UN: &str = "<CONSOLIDATED_LIST><ENTITIES>\
    <ENTITY><DATAID>1</DATAID><FIRST_NAME>Hanbit Trading</FIRST_NAME></ENTITY>\
    <ENTITY><DATAID>2</DATAID><FIRST_NAME>Komid Works</FIRST_NAME></ENTITY>\
    </ENTITIES></CONSOLIDATED_LIST>";

#[test]
fn a_damaged_or_a_wrong_file_takes_nobody_off() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let whole = person.file("un.xml", UN)?;
        let import = ["watchlist", "import", &whole, "--list", "UN"];
        assert_eq!(counts(&person.does(&import)?), [2, 0, 0, 0, 0]);
        let cut = &UN[..UN.find("Komid").context("no Komid")? + 3];
        let cut = person.file("cut.xml", cut.replace("Hanbit", "Hanbit and Sons"))?;
        let import = ["watchlist", "import", &cut, "--list", "UN", "--replace"];
        let done = person.does(&import)?;
        assert_eq!(counts(&done), [0, 1, 0, 0, 0]);
        ensure!(done["imported"]["damage"].as_str().is_some_and(|said| said.contains("line 1")));
        ensure!(person.says(&import)?.out.contains("nobody was taken off"));
        let alone = person.file("alone.xml", &UN[..60])?;
        let refused = person.is_refused(&["watchlist", "import", &alone, "--list", "UN"])?;
        ensure!(refused.contains("cut off or damaged"), "{refused}");

        let list = person.file("six.csv", six())?;
        let import = ["watchlist", "import", &list, "--list", "Six"];
        let dry = person.does(&[&import[..], &["--dry-run"]].concat())?;
        assert_eq!((counts(&dry), &dry["imported"]["dry_run"]), ([6, 0, 0, 0, 0], &json!(true)));
        ensure!(!person.says(&["watchlist", "list"])?.out.contains("Six"));
        person.does(&import)?;
        let other = person.file("one.csv", "id,name\nZ-1,Somebody Else\n")?;
        let import = ["watchlist", "import", &other, "--list", "Six"];
        let refused = person.is_refused(&import)?;
        ensure!(refused.contains("6 of the 6") && refused.contains("--replace"), "{refused}");
        let done = person.does(&[&import[..], &["--replace"]].concat())?;
        assert_eq!(counts(&done), [1, 0, 6, 0, 0]);
        Ok(())
    });
}

#[test]
fn a_list_keeps_what_it_is_and_what_officers_ended() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let list = person.file("six.csv", six())?;
        let import = ["watchlist", "import", &list, "--list", "Six"];
        let kept = ["--source", "a desk", "--source-grade", "A", "--information-grade", "1"];
        person.does(&[&import[..], &kept, &["--legal-basis", "Act 1"]].concat())?;
        person.does(&import)?;
        let shown = person.says(&["watchlist", "show", "W-1"])?.out;
        ensure!(shown.contains("source a desk (A1); legal basis Act 1"), "{shown}");

        // What an officer ended stays so, until the source says it anew.
        let expire = ["watchlist", "expire", "L-2", "--reason", "delisted"];
        person.does(&expire)?;
        ensure!(person.says(&expire)?.out.contains("had ended already"));
        ensure!(person.says(&["watchlist", "show", "L-2"])?.out.contains("by han: delisted"));
        ensure!(person.says(&["watchlist", "show", "W-1"])?.out.contains("delisted"));
        assert_eq!(counts(&person.does(&import)?), [0, 5, 0, 1, 0]);
        ensure!(person.says(&import)?.out.contains("1 entry was ended by an officer and left so"));
        person.file("six.csv", six().replace("555 0102", "555 0999"))?;
        assert_eq!(counts(&person.does(&import)?), [1, 5, 0, 0, 1]);

        // So does a list that was ended, until somebody says why not.
        person.does(&["watchlist", "expire", "W-1", "--reason", "no basis"])?;
        let refused = person.is_refused(&import)?;
        ensure!(refused.contains("no basis") && refused.contains("--reopen"), "{refused}");
        person.does(&[&import[..], &["--reopen", "a new order"]].concat())?;
        ensure!(person.says(&["watchlist", "list"])?.out.contains("in force"));
        Ok(())
    });
}

#[test]
fn a_decision_follows_its_listing_and_no_second_one_overtakes_it() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        server.post("/api/v1/watchlists", &order("01JDLOOKOUT1", LIST)).await?.expect(200)?;
        server.post("/api/v1/consignments", &arriving(1, "Kim Cheol-soo")).await?.expect(409)?;
        let open = hits(&server, "state=open").await?;
        assert_eq!(open.len(), 1);
        let path = format!("/api/v1/hits/{}/decide", open[0]["id"].as_str().context("no id")?);
        let first = verdict("01JDVERDICT1", "not_same", Value::Null);
        server.post(&path, &first).await?.expect(200)?;
        // Who has not seen that is told, and nothing is changed.
        let second = verdict("01JDVERDICT2", "same", Value::Null);
        let refused = server.post(&path, &second).await?.expect(409)?;
        assert_eq!(refused["error"]["code"], "hit_decided");
        let second = verdict("01JDVERDICT3", "unsure", json!("01JDVERDICT1"));
        server.post(&path, &second).await?.expect(200)?;

        // The list says something else of the same name: what was decided counts for it.
        let changed = LIST.replace("381 5555", "381 6666");
        let mut again = order("01JDLOOKOUT2", &changed);
        for left_out in ["source", "source_grade", "information_grade", "legal_basis"] {
            again.as_object_mut().context("no object")?.remove(left_out);
        }
        let done = server.post("/api/v1/watchlists", &again).await?.expect(200)?;
        assert_eq!((&done["changed"], &done["carried"]), (&json!(1), &json!(1)));
        assert_eq!(done["watchlist"]["source_grade"], "B");
        assert_eq!(hits(&server, "state=open").await?.len(), 0);
        server.post("/api/v1/consignments", &arriving(2, "Kim Cheol-soo")).await?.expect(409)?;
        assert_eq!(hits(&server, "state=open").await?.len(), 0);
        let shorter = json!({ "dry_run": true });
        let mut dry = order("01JDLOOKOUT3", "id,name\nK-1,Somebody Else\n");
        dry["dry_run"] = shorter["dry_run"].clone();
        let done = server.post("/api/v1/watchlists", &dry).await?.expect(200)?;
        assert_eq!((&done["expired"], &done["dry_run"]), (&json!(3), &json!(true)));
        let listed = server.get("/api/v1/listings?state=in_force").await?.expect(200)?;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(3));
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn tables_are_taken_as_they_come_and_written_whole_or_not_at_all() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let text = "이름;종류\n김철수;사람\n한빛무역;단체\n";
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let names = person.file("names.csv", &wide)?;
        let list = person.file("list.csv", text)?;
        let out = person.path("out.csv");
        let said =
            person.does(&["watchlist", "screen", &names, "--out", &out, "--list-file", &list])?;
        assert_eq!((&said["names"], &said["with_hits"]), (&json!(2), &json!(2)));
        let pairs = "Left;Right\n김철수;Kim Cheol-soo\n".encode_utf16();
        let pairs: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(pairs.flat_map(u16::to_le_bytes)).collect();
        let pairs = person.file("pairs.csv", &pairs)?;
        assert_eq!(person.does(&["match", "names", &pairs, "--out", &out])?["pairs"], 1);

        // Neither does a file overwrite itself, nor is half a table left.
        let before = std::fs::read(&pairs)?;
        let refused = person.is_refused(&["match", "names", &pairs, "--out", &pairs])?;
        ensure!(refused.contains("overwritten"), "{refused}");
        assert_eq!(std::fs::read(&pairs)?, before);
        let screen = ["watchlist", "screen", &names, "--out", &names, "--list-file", &list];
        ensure!(person.is_refused(&screen)?.contains("overwritten"));
        let fresh = person.path("fresh.csv");
        let screen = [&screen[..2], &[&names, "--out", &fresh, "--threshold", "2"]].concat();
        ensure!(person.is_refused(&screen)?.contains("at most 1"));
        Ok(())
    });
}

#[test]
fn a_hit_is_decided_at_a_terminal() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let list = person.file("lookout.csv", LIST)?;
        person.does(&["watchlist", "import", &list, "--list", "Lookout"])?;
        let store = person.open().await?;
        let server = Server::start(&store).await?;
        server.post("/api/v1/consignments", &arriving(1, "Kim Cheol-soo")).await?.expect(409)?;
        server.stop().await?;
        let open = person.does(&["hits"])?;
        assert_eq!(open["hits"][0]["id"], "H-1");
        let decide = ["hits", "decide", "H-1", "--verdict", "not-same", "--reason", "a bookshop"];
        let done = person.does(&decide)?;
        assert_eq!((&done["state"], &done["decided_by"]), (&json!("not_same"), &json!("han")));
        let refused = person.is_refused(&decide)?;
        ensure!(refused.contains("han decided H-1"), "{refused}");
        let id = done["decision"].as_str().context("no decision")?;
        person.does(&[&decide[..], &["--instead-of", id]].concat())?;
        assert_eq!(person.does(&["hits", "list"])?["hits"], json!([]));
        Ok(())
    });
}
