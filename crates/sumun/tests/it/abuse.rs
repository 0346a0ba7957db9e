//! Hostile requests for every operation of the OpenAPI document: bodies that almost fit, names and
//! queries that nobody would send. Nothing breaks, and every answer has the shape that the document
//! promises.

use anyhow::{Result, bail, ensure};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::api::nothing_altered;
use crate::document::{Document, Operation};
use crate::engines::each_engine;
use crate::rights::{Things, fresh, two_offices};
use crate::server::Server;

/// Requests for each operation.
const CASES: u32 = 24;

/// A value that breaks what is careless.
fn hostile() -> impl Strategy<Value = Value> {
    let texts = prop::sample::select(vec![
        "",
        " ",
        "\u{0}",
        "*",
        "030",
        "-1",
        "C-1",
        "P-99999999999999999999",
        "../../etc/passwd",
        "' or 1=1 --",
        "{in $1}",
        "%",
        "수문",
        "\u{202e}",
        "\u{1f6a2}",
        "9999-12-31",
        "-9999-01-01",
        "2030-01-01T00:00:00Z",
        "24:00",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "parcel",
        "unpack",
    ]);
    prop_oneof![
        4 => texts.prop_map(|text| json!(text)),
        1 => Just(json!("x".repeat(5_000))),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(|flag| json!(flag)),
        2 => prop::sample::select(vec![
            0, 1, -1, i64::MAX, i64::MIN, 1_000_001, 4_294_967_296,
        ])
        .prop_map(|number| json!(number)),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => Just(json!([])),
        1 => Just(json!({})),
        1 => Just(json!([[[[[[1]]]]]])),
        1 => ".{0,20}".prop_map(|text| json!(text)),
    ]
}

/// A hostile piece of a URL.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "1",
            "0",
            "-1",
            "9223372036854775808",
            "%00",
            "%ff",
            "%2e%2e",
            "C-1",
            "P-1",
            "M-1",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "%EC%88%98%EB%AC%B8",
            "true",
            "null",
            "1e9",
            "2030-01-01",
            "9999-12-31",
            "critical",
            "5b5d",
            "22",
            "31",
            "7b7d",
        ])
        .prop_map(str::to_owned),
        "[!-~]{1,12}".prop_map(|text| text.replace(['#', '?', '/', '&', '\\', '{', '}'], "")),
    ]
}

/// Puts a value in one of the places of another, at any depth, or takes one away.
fn spoil(body: &mut Value, at: &[Index], with: Option<Value>) {
    let Some((first, rest)) = at.split_first() else {
        *body = with.unwrap_or(Value::Null);
        return;
    };
    match body {
        Value::Object(fields) if !fields.is_empty() => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let name = first.get(&names);
            match (rest.is_empty(), with) {
                (true, None) => drop(fields.remove(name)),
                (true, Some(with)) => drop(fields.insert(name.clone(), with)),
                (false, with) => spoil(&mut fields[name.as_str()], rest, with),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let n = first.index(items.len());
            spoil(&mut items[n], rest, with);
        }
        other => *other = with.unwrap_or(Value::Null),
    }
}

#[test]
fn whatever_is_asked_of_any_operation_the_answer_is_as_promised() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let things = two_offices(&server, &store).await?;
        let document = Document::read();
        let all = ["targeting_officer", "analyst", "investigator"];
        let desk = server.person("desk", &all).await?.id;
        let auditor = server.person("audit", &["auditor"]).await?.id;
        let admin = server.person("admin", &["administrator"]).await?.id;
        let mut wrong = Vec::new();
        for of in document.operations().iter().filter(|of| !document.streams(of)) {
            let who = match of.path.as_str() {
                path if path.contains("/journal") => &auditor,
                path if ["/accounts", "/tokens", "/settings", "/offices"]
                    .iter()
                    .any(|part| path.contains(part)) =>
                {
                    &admin
                }
                _ => &desk,
            };
            let begun = std::time::Instant::now();
            let done = abused(&server, &document, of, &things, who).await;
            eprintln!("{:>7.2} s  {} {}", begun.elapsed().as_secs_f64(), of.method, of.path);
            if let Err(error) = done {
                wrong.push(format!("{} {}: {error:#}", of.method, of.path));
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        nothing_altered(&store).await?;
        server.stop().await
    });
}

async fn abused(
    server: &Server,
    document: &Document,
    of: &Operation,
    things: &Things,
    who: &str,
) -> Result<()> {
    let at = prop::collection::vec(any::<Index>(), 1..4);
    let spoiled = prop::collection::vec((at, prop::option::weighted(0.8, hostile())), 0..3);
    let parameters = document.parameters(of);
    let queries: Vec<&str> = parameters
        .iter()
        .filter(|(_, place, _)| *place == "query")
        .map(|(name, ..)| *name)
        .collect();
    let query = prop::collection::vec((any::<Index>(), piece()), 0..3);
    let strategy = (spoiled, query, prop::option::weighted(0.5, piece()), 0..2usize);
    let cases = if document.body(of).is_some() { CASES } else { CASES / 2 };
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let handle = tokio::runtime::Handle::current();
    let tried = tokio::task::block_in_place(|| {
        runner.run(&strategy, |(spoiled, query, name, n)| {
            let mut path = of.path.clone();
            match name {
                Some(name) => {
                    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                        path.replace_range(from..=to, &name);
                    }
                }
                None => {
                    path = things.path(document, of, n);
                    path.truncate(path.find('?').unwrap_or(path.len()));
                }
            }
            let mut pairs: Vec<String> = Vec::new();
            for (index, value) in query {
                if !queries.is_empty() {
                    pairs.push(format!("{}={value}", index.get(&queries)));
                }
            }
            if !pairs.is_empty() {
                path = format!("{path}?{}", pairs.join("&"));
            }
            let mut body = things.body(document, of, n);
            if let Some(body) = &mut body {
                for (at, with) in spoiled {
                    spoil(body, &at, with);
                }
            }
            let asked = async {
                let badge = fresh(&server.store, who).await?;
                match &body {
                    Some(body) => server.by(&badge).with(&of.method, &path, body).await,
                    None => server.by(&badge).ask(&of.method, &path, "", "").await,
                }
            };
            let answer = handle.block_on(asked);
            let told = || format!("{} {path} {}", of.method, body.clone().unwrap_or_default());
            let answer =
                answer.map_err(|error| TestCaseError::fail(format!("{}: {error:#}", told())))?;
            prop_assert!(answer.status < 500, "{}: {}", told(), answer.body);
            // What is no HTTP at all is refused before it comes to us, without a body.
            if answer.status == 400 && answer.body.is_empty() {
                return Ok(());
            }
            let as_promised = document.promises(of, answer.status, &answer.head, &answer.body);
            prop_assert!(as_promised.is_ok(), "{}: {:#}", told(), as_promised.unwrap_err());
            Ok(())
        })
    });
    if let Err(error) = tried {
        bail!("{error}");
    }
    Ok(())
}
