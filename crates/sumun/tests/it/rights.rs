//! Who may do what, asked of the server itself: every operation of the OpenAPI document as each
//! role, at one's own office and at another. What is expected is `rights.txt` beside this file; a
//! run with `UPDATE=1` writes it anew, to be read by a person before it is committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sumun::acts::{self, account, capacity::Proposal, export};
use sumun::config::now;
use sumun::pipeline::resolve::resolve;
use sumun::rights::Role;
use sumun::store::capacities::{Content, Line};
use sumun::store::sessions::{self, Session};
use sumun::store::{Store, accounts, entities};
use targeting::outcome::Modality;
use targeting::resolving::fact_keys;

use crate::api::{batch, declared, learn_and_approve};
use crate::document::{Document, Operation};
use crate::engines::each_engine;
use crate::server::{Answer, Badge, Server};

/// One's own office, and another.
const OFFICES: [&str; 2] = ["030", "040"];

/// What there is at each office, by the names that requests use.
pub struct Things {
    plan: [String; 2],
    consignment: [String; 2],
    reference: [String; 2],
    capacity: [String; 2],
    export: [String; 2],
    watchlist: [String; 2],
    listing: [String; 2],
    hit: [String; 2],
    entity: [[String; 2]; 2],
    record: [String; 2],
    rule: [String; 2],
    account: String,
    model: String,
}

/// Two offices at work: a model, traffic, plans, a proposed capacity and an export asked for.
pub async fn two_offices(server: &Server, store: &Store) -> Result<Things> {
    let model = learn_and_approve(store).await?;
    let mut things = Things {
        plan: Default::default(),
        consignment: Default::default(),
        reference: Default::default(),
        capacity: Default::default(),
        export: Default::default(),
        watchlist: Default::default(),
        listing: Default::default(),
        hit: Default::default(),
        entity: Default::default(),
        record: Default::default(),
        rule: Default::default(),
        account: server.person("lim", &["investigator@050"]).await?.id,
        model,
    };
    for (n, office) in OFFICES.into_iter().enumerate() {
        let mut sent = batch(0..12);
        for (k, one) in sent["consignments"].as_array_mut().unwrap().iter_mut().enumerate() {
            *one = declared((100 * n + k) as u32);
            one["office"] = json!(office);
            one["parties"][0]["code"] = json!(format!("SENDER{n}"));
            // Who is known at one office alone: two of them.
            let consignee = json!({ "role": "consignee", "code": format!("{office}-{}", k % 2) });
            one["parties"].as_array_mut().unwrap().push(consignee);
        }
        server.post("/api/v1/consignments", &sent).await?.expect(200)?;
        resolve(store, ("machine", now()), |_| {}).await?;
        let mut tx = store.read().await?;
        for k in 0..2 {
            let keys = fact_keys(&format!("{office}-{k}"));
            let keys: Vec<i64> = keys.iter().map(|key| key.key as i64).collect();
            let (_, record) = entities::with_keys(&mut tx, &keys).await?[0];
            let place = entities::places(&mut tx, &[record]).await?.remove(0);
            things.entity[n][k] = format!("E-{}", place.entity_id);
            if k == 0 {
                things.record[n] = format!("PR-{record}");
            }
        }
        drop(tx);
        let order = json!({
            "office": office, "shift": "2030-01-01",
            "minutes": [{ "modality": "unpack", "minutes": 60 }],
        });
        let drawn = server.post("/api/v1/plans", &order).await?.expect(200)?;
        let plan = drawn["plans"][0]["plan"]["id"].as_str().context("no plan")?.to_owned();
        let lines = format!("/api/v1/plans/{plan}/selections?drawn=1&limit=1");
        let line = server.get(&lines).await?.expect(200)?["items"][0].clone();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        (things.consignment[n], things.reference[n]) = (text("consignment"), text("reference"));
        let line = Line {
            modality: Modality::Unpack,
            minutes_available: 100,
            minutes_each: 10,
            detection: None,
        };
        let proposal = Proposal {
            id: None,
            office: office.to_owned(),
            shift: String::new(),
            regime: String::new(),
            content: Content { lines: vec![line], explore: None },
            reason: "for the test".to_owned(),
        };
        let by = ("somebody", now());
        things.capacity[n] = acts::capacity::propose(store, &proposal, by).await?.id;
        let asked = export::Asked {
            id: None,
            what: "plan".to_owned(),
            plan_id: plan.trim_start_matches("P-").parse()?,
            format: "csv".to_owned(),
            reason: "for the test".to_owned(),
        };
        things.export[n] = export::ask(store, &asked, by).await?.id;
        things.plan[n] = plan;
        // Who sends every seventh consignment is listed, so that there is a hit.
        let list = watchlist_of(office, n);
        let list = server.post("/api/v1/watchlists", &list).await?.expect(200)?;
        let id = list["watchlist"]["id"].as_str().context("no watchlist")?.to_owned();
        let path = format!("/api/v1/hits?watchlist={id}");
        let hit = server.get(&path).await?.expect(200)?["items"][0].clone();
        things.hit[n] = hit["id"].as_str().context("no hit")?.to_owned();
        things.listing[n] = hit["listing"]["id"].as_str().context("no listing")?.to_owned();
        things.watchlist[n] = id;
        let rule = crate::rules::rule(&format!("rule-{office}"), &[office], "goods.value > 1");
        things.rule[n] = acts::rule::draft(store, None, &rule, by).await?.rule.code;
    }
    Ok(things)
}

/// A watchlist for an office, of one code.
fn watchlist_of(office: &str, n: usize) -> Value {
    json!({
        "id": ulid::Ulid::generate().to_string(),
        "name": format!("list of {office}"), "office": office, "source": "the test",
        "source_grade": "A", "information_grade": "1", "file": "list.csv",
        "content": format!("id,name,code\n{n},Sender {n},SENDER{n}\n"),
    })
}

impl Things {
    /// The path of an operation at an office.
    pub fn path(&self, document: &Document, of: &Operation, n: usize) -> String {
        let mut path = of.path.clone();
        let thing = |part: &str| -> Option<String> {
            Some(match part {
                "plans" | "inspections" => self.plan[n].clone(),
                "consignments" => self.consignment[n].clone(),
                "models" => self.model.clone(),
                "capacities" => self.capacity[n].clone(),
                "exports" => self.export[n].clone(),
                "entities" => self.entity[n][0].clone(),
                "rules" => self.rule[n].clone(),
                "accounts" => self.account.clone(),
                "offices" => OFFICES[n].to_owned(),
                "journal" => "1".to_owned(),
                "watchlists" => self.watchlist[n].clone(),
                "listings" => self.listing[n].clone(),
                "hits" => self.hit[n].clone(),
                _ => return None,
            })
        };
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            let before = path[..from].trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let name = thing(before).unwrap_or_else(|| "1".to_owned());
            path.replace_range(from..=to, &name);
        }
        let mut query = Vec::new();
        for (name, place, _) in document.parameters(of) {
            if place == "query" {
                let value = match name {
                    "office" => OFFICES[n],
                    "reference" => &self.reference[n],
                    "consignment" => &self.consignment[n],
                    "plan" => &self.plan[n],
                    "record" => &self.record[n],
                    "model" => &self.model,
                    "q" => "parts",
                    "day" => "2030-01-01",
                    "name" => "one.edi",
                    "watchlist" => &self.watchlist[n],
                    _ => continue,
                };
                query.push(format!("{name}={value}"));
            }
        }
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    /// What a field of a body says, where it matters.
    pub fn field(&self, name: &str, n: usize) -> Option<Value> {
        Some(match name {
            "office" => json!(OFFICES[n]),
            "declaration_id" | "reference" => json!(self.reference[n]),
            "consignment" => json!(self.consignment[n]),
            "consignments" => json!([self.consignment[n]]),
            "plan" => json!(self.plan[n]),
            "reason" => json!("because"),
            "id" => json!(ulid::Ulid::generate().to_string()),
            _ => return None,
        })
    }

    /// A body that fits, if the operation takes one.
    pub fn body(&self, document: &Document, of: &Operation, n: usize) -> Option<Value> {
        let schema = document.body(of)?;
        Some(match of.id.as_str() {
            "screen_consignments" => {
                let mut one = declared(900 + n as u32);
                one["office"] = json!(OFFICES[n]);
                one
            }
            "draw_plans" => json!({
                "office": OFFICES[n], "shift": "2030-01-02",
                "minutes": [{ "modality": "unpack", "minutes": 60 }],
            }),
            "import_watchlist" => watchlist_of(OFFICES[n], n),
            "decide_hit" => json!({
                "id": ulid::Ulid::generate().to_string(), "verdict": "unsure", "reason": "because",
            }),
            "split_entity" => json!({
                "id": ulid::Ulid::generate().to_string(), "records": ["PR-999999"],
                "reason": "because",
            }),
            "merge_entities" => json!({
                "id": ulid::Ulid::generate().to_string(), "with": self.entity[n][1],
                "reason": "because",
            }),
            "mend_defect" => json!({ "id": "m-1", "values": { "hs": "1" }, "reason": "because" }),
            "change_account" => json!({ "display": "Lim" }),
            "draft_rule" => crate::rules::drafted(&crate::rules::rule(
                &self.rule[n],
                &[OFFICES[n]],
                "goods.value > 1",
            )),
            "import_rule" => {
                let rule = crate::rules::rule(&self.rule[n], &[OFFICES[n]], "goods.value > 2");
                json!({ "toml": sumun::rule_file::write(&rule) })
            }
            "decide_settings" => json!({ "reason": "because" }),
            _ => document.fitting(schema, &|name| self.field(name, n)),
        })
    }
}

/// A session made on the spot, so that a request that ends it spoils no other.
pub async fn fresh(store: &Store, account: &str) -> Result<Badge> {
    let token = account::secret()?;
    let session = Session {
        token_sha256: account::digest(&token),
        id: account::id_of(None)?,
        account_id: account.to_owned(),
        began_at: now(),
        used_at: now(),
        expires_at: now() + account::SESSION,
        address: String::new(),
        agent: String::new(),
    };
    let mut tx = store.begin().await?;
    sessions::insert(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(Badge { id: account.to_owned(), ..Badge::of(&token) })
}

/// What an answer says of rights.
fn verdict(answer: &Answer) -> &'static str {
    let code = answer.json().map(|body| body["error"]["code"].clone()).unwrap_or_default();
    match (answer.status, code.as_str()) {
        (401, Some("no_session")) => "nobody",
        (403, _) => "no",
        (404, _) => "hidden",
        _ => "yes",
    }
}

/// Operations that let people in, and so ask for nobody.
const OPEN: [&str; 6] =
    ["sign_in", "redeem_invitation", "read_welcome", "read_health", "begin_sso", "end_sso"];

/// Operations that take bytes as they are.
const RAW: [&str; 3] = ["take_message", "inspect_message", "keep_photo"];

#[test]
fn every_operation_asks_who_may() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let things = two_offices(&server, &store).await?;
        let document = Document::read();
        let mut people = BTreeMap::new();
        for role in Role::ALL {
            let name = format!("one-{}", role.as_str().replace('_', "-"));
            let badge = server.person(&name, &[&format!("{role}@030")]).await?;
            people.insert(format!("{role}@030"), badge.id);
            let name = format!("all-{}", role.as_str().replace('_', "-"));
            let badge = server.person(&name, &[role.as_str()]).await?;
            people.insert(format!("{role}"), badge.id);
        }
        let mut table = String::from(
            "# Own office / another office, as each role. `@030` holds the role at office 030, \
             the others\n# everywhere. yes: let through; no: 403; hidden: 404; nobody: 401.\n",
        );
        for of in document.operations() {
            writeln!(table, "\n{} {}", of.method, of.path)?;
            let mut told: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            let nobody = ask(&server, &document, &of, &things, &Badge::default(), 0).await?;
            if OPEN.contains(&of.id.as_str()) {
                ensure!(verdict(&nobody) == "yes", "{} {}: {}", of.method, of.path, nobody.body);
                writeln!(table, "  open to anybody")?;
                continue;
            }
            told.entry(verdict(&nobody).to_owned()).or_default().push("nobody");
            for (who, id) in &people {
                let mut pair = Vec::new();
                for n in 0..2 {
                    let badge = fresh(&store, id).await?;
                    let answer = ask(&server, &document, &of, &things, &badge, n).await?;
                    let whole = answer.status < 500;
                    ensure!(whole, "{} {} as {who}: {}", of.method, of.path, answer.body);
                    pair.push(verdict(&answer));
                }
                told.entry(format!("{}/{}", pair[0], pair[1])).or_default().push(who);
            }
            for (verdict, who) in told {
                writeln!(table, "  {verdict}: {}", who.join(", "))?;
            }
        }
        // Nobody was closed or given another role on the way.
        let lim = accounts::find(&mut store.read().await?, &things.account).await?;
        ensure!(lim.is_some_and(|lim| lim.state == "active"));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/rights.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &table)?;
        }
        let expected = std::fs::read_to_string(path).unwrap_or_default();
        let differs = expected.lines().zip(table.lines()).find(|(a, b)| a != b);
        ensure!(
            expected == table,
            "rights.txt says otherwise ({differs:?}): read what changed with UPDATE=1 and git diff"
        );
        server.stop().await
    });
}

async fn ask(
    server: &Server,
    document: &Document,
    of: &Operation,
    things: &Things,
    badge: &Badge,
    n: usize,
) -> Result<Answer> {
    let path = things.path(document, of, n);
    let client = server.by(badge);
    if RAW.contains(&of.id.as_str()) {
        let head = "content-type: application/octet-stream\r\n";
        return client.ask(&of.method, &path, head, "UNA:+.? 'UNB+UNOA:1+A+B+300101:0000+1'").await;
    }
    match things.body(document, of, n) {
        Some(body) => client.with(&of.method, &path, &body).await,
        None => client.ask(&of.method, &path, "", "").await,
    }
}
