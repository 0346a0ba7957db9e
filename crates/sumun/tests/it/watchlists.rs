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
