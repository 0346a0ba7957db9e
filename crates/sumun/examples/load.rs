//! Measures how fast the API answers over loopback. Single consignments come at a steady rate, each
//! sent at its due time whether or not the one before was answered, so that a slow answer cannot
//! hide those behind it. With `--officers` so many people work at once instead, each signed in with
//! a session of their own: queue, dossier, today and search, decisions and outcomes. Without
//! `--url` it teaches a store of its own, learns a model and serves:
//!
//! ```text
//! cargo run --release --example load -- --rate 200 --seconds 30
//! cargo run --release --example load -- --officers 200 --seconds 60
//! ```

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::json;
use sumun::acts::account::{self, NewAccount, Whence};
use sumun::store::Store;
use sumun::store::messages::NewMessage;
use sumun::{acts, config, pipeline, web};
use targeting::codes::{Day, Mass, Money};
use targeting::consignment::{
    Consignment, Direction, Documents, GoodsItem, Regime, Route, Transport,
};
use targeting::outcome::{DetectionMethod, Inspection, Modality, Outcome, Seizure};
use targeting::party::{Party, Role};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Measures how fast the API screens.
#[derive(Parser)]
struct Load {
    /// A running server, such as 127.0.0.1:8080; else one is started.
    #[arg(long, requires = "token")]
    url: Option<String>,
    /// Its token that may send consignments.
    #[arg(long, default_value = "")]
    token: String,
    /// Folder of the started server's SQLite file.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// An empty store of the started server instead, such as postgres://USER@HOST/DATABASE.
    #[arg(long)]
    store: Option<String>,
    /// Inspected consignments that the model learns from.
    #[arg(long, default_value_t = 5_000)]
    lessons: u64,
    /// Requests a second.
    #[arg(long, default_value_t = 200.0)]
    rate: f64,
    /// How long, after a second of warming up.
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
    /// Connections that take turns.
    #[arg(long, default_value_t = 32)]
    connections: u64,
    /// So many officers who work at once, in place of consignments at a rate.
    #[arg(long, conflicts_with = "url")]
    officers: Option<u64>,
    /// Seconds between an answer and an officer's next request, on average.
    #[arg(long, default_value_t = 2.0)]
    think: f64,
    /// Consignments of the shift that they work on.
    #[arg(long, default_value_t = 4_000)]
    shift: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let load = Load::parse();
    let folder = match &load.folder {
        Some(parent) => tempfile::tempdir_in(parent)?,
        None => tempfile::tempdir()?,
    };
    let (address, head) = match &load.url {
        Some(url) => {
            let head = format!("authorization: Bearer {}\r\n", load.token);
            (url.trim_start_matches("http://").to_owned(), head)
        }
        None => {
            let file = format!("sqlite:{}", folder.path().join("load.sqlite").display());
            let url = load.store.as_deref().unwrap_or(&file);
            let store = Store::open_with_key(url, &folder.path().join("load.key")).await?;
            teach(&store, load.lessons).await?;
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?.to_string();
            tokio::spawn(web::serve(
                store.clone(),
                listener,
                web::Site::default(),
                std::future::pending(),
            ));
            if let Some(officers) = load.officers {
                return work(&store, &address, officers, &load).await;
            }
            let head = sign_in(&store, "load").await?;
            (address, head)
        }
    };

    let warm = load.rate.ceil() as u64;
    let total = warm + (load.rate * load.seconds).ceil() as u64;
    // Each run is a source of its own, so that nothing it sends is known already.
    let source = format!("load-{}", config::now());
    let begin = tokio::time::Instant::now() + Duration::from_millis(50);
    let tasks: Vec<_> = (0..load.connections)
        .map(|first| {
            let (address, head, source) = (address.clone(), head.clone(), source.clone());
            let (rate, step) = (load.rate, load.connections as usize);
            tokio::spawn(async move {
                let mut connection = TcpStream::connect(&address).await?;
                connection.set_nodelay(true)?;
                let mut times = Vec::new();
                for n in (first..total).step_by(step) {
                    let due = begin + Duration::from_secs_f64(n as f64 / rate);
                    let body = declaration(&source, n).to_string();
                    tokio::time::sleep_until(due).await;
                    let sent = Instant::now();
                    let path = "/api/v1/consignments";
                    let (status, text) =
                        ask(&mut connection, (&address, &head), ("POST", path), &body).await?;
                    ensure!(status == 200 && text.contains("p_critical"), "{text}");
                    if n >= warm {
                        times.push((sent.elapsed(), due.elapsed()));
                    }
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let took = begin.elapsed().as_secs_f64() - warm as f64 / load.rate;
    println!("{} requests in {took:.1} s: {:.0} a second", times.len(), times.len() as f64 / took);
    show("sent to answered", times.iter().map(|(sent, _)| *sent).collect());
    show("due to answered", times.iter().map(|(_, due)| *due).collect());
    Ok(())
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| {
        let place = (share * (times.len() - 1) as f64).round() as usize;
        times[place].as_secs_f64() * 1e3
    };
    println!(
        "{what}: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, most {:.2} ms",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(1.0)
    );
}

/// Sends one request and reads the whole answer: its status and body.
async fn ask(
    connection: &mut TcpStream,
    (host, head): (&str, &str),
    (method, path): (&str, &str),
    body: &str,
) -> Result<(u16, String)> {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{head}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(4_096);
    loop {
        ensure!(connection.read_buf(&mut answer).await? > 0, "the server hung up");
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&answer[..end])?.to_ascii_lowercase();
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .context("an answer without its length")?
            .parse()?;
        if answer.len() >= end + 4 + length {
            let text = String::from_utf8_lossy(&answer[end + 4..]).into_owned();
            let status = head.split(' ').nth(1).context("no status")?.parse()?;
            return Ok((status, text));
        }
    }
}

/// Lets in a targeting officer; gives what their requests bear.
async fn sign_in(store: &Store, name: &str) -> Result<String> {
    let new = NewAccount {
        id: None,
        name: name.to_owned(),
        display: String::new(),
        language: "en".to_owned(),
        grants: vec!["targeting_officer".parse()?],
    };
    let (_, invited) = account::add(store, &new, ("load", config::now())).await?;
    let token = invited.token.context("an invitation without a token")?;
    let from = Whence { address: "127.0.0.1".to_owned(), agent: "load".to_owned(), known: None };
    let password = "measuring how fast it is";
    let entered =
        account::redeem(store, &token, (None, None), password, &from, config::now()).await?;
    let csrf = account::csrf(&entered.token);
    Ok(format!("cookie: sumun_session={}\r\nx-sumun-csrf: {csrf}\r\n", entered.token))
}

/// What an officer does, and how long its answer took.
type Done = (&'static str, Duration);

/// Lets officers work on a shift at once, and tells how long their answers took.
async fn work(store: &Store, address: &str, officers: u64, load: &Load) -> Result<()> {
    let head = sign_in(store, "shift").await?;
    let mut connection = TcpStream::connect(address).await?;
    for first in (0..load.shift).step_by(500) {
        let some = first..(first + 500).min(load.shift);
        let all: Vec<serde_json::Value> = some.map(|n| declaration("shift", n)).collect();
        let body = json!({ "source": "shift", "consignments": all }).to_string();
        let to = ("POST", "/api/v1/consignments");
        let (status, text) = ask(&mut connection, (address, &head), to, &body).await?;
        ensure!(status == 200, "{text}");
    }
    let order = json!({ "office": "040", "shift": "2026-06-01",
        "minutes": [{ "modality": "unpack", "minutes": load.shift }] });
    let to = ("POST", "/api/v1/plans");
    let (status, text) = ask(&mut connection, (address, &head), to, &order.to_string()).await?;
    ensure!(status == 200, "{text}");
    let mut heads = Vec::new();
    for n in 0..officers {
        heads.push(sign_in(store, &format!("officer-{n}")).await?);
    }
    println!("{officers} officers have signed in");
    let until = Instant::now() + Duration::from_secs_f64(load.seconds);
    let tasks: Vec<_> = (0..)
        .zip(heads)
        .map(|(n, head)| {
            let (address, think) = (address.to_owned(), load.think);
            tokio::spawn(async move { officer(n, (&address, &head), think, until).await })
        })
        .collect();
    let mut done: Vec<Done> = Vec::new();
    for task in tasks {
        done.extend(task.await??);
    }
    println!(
        "{} requests without an error, {:.0} a second",
        done.len(),
        done.len() as f64 / load.seconds
    );
    show("all", done.iter().map(|(_, took)| *took).collect());
    for what in ["queue", "dossier", "today", "search", "decide", "record"] {
        let times: Vec<Duration> =
            done.iter().filter(|(of, _)| *of == what).map(|(_, took)| *took).collect();
        if !times.is_empty() {
            show(&format!("{what} ({})", times.len()), times);
        }
    }
    Ok(())
}

/// One officer's work: more looking than deciding, and a pause between.
async fn officer(n: u64, to: (&str, &str), think: f64, until: Instant) -> Result<Vec<Done>> {
    let mut connection = TcpStream::connect(to.0).await?;
    connection.set_nodelay(true)?;
    let (mut done, mut turn) = (Vec::new(), 0);
    let mut rows: Vec<serde_json::Value> = Vec::new();
    let mut held: Option<String> = None;
    loop {
        let dice = mix(n << 24 | turn);
        turn += 1;
        let pause = think * ((dice >> 40) % 2_000) as f64 / 1_000.0;
        tokio::time::sleep(Duration::from_secs_f64(pause)).await;
        if Instant::now() > until {
            return Ok(done);
        }
        let row = rows.get((dice >> 20) as usize % rows.len().max(1));
        let id = row.and_then(|row| row["consignment"].as_str()).unwrap_or_default().to_owned();
        let (what, method, path, body) = match dice % 20 {
            _ if rows.is_empty() => ("queue", "GET", queue_path(dice), String::new()),
            0..9 => ("queue", "GET", queue_path(dice), String::new()),
            9..13 => {
                let path = format!("/api/v1/consignments/{id}/dossier");
                ("dossier", "GET", path, String::new())
            }
            13..15 => ("today", "GET", "/api/v1/today?office=040".to_owned(), String::new()),
            15 => ("search", "GET", format!("/api/v1/search?q=L-{}", dice % 4_000), String::new()),
            16..19 => {
                let (act, reason, on) = match held.take() {
                    Some(held) => ("undo", "mistake", held),
                    None => ("hold", "documents_differ", id.clone()),
                };
                let order = json!({ "id": format!("load-{n}-{turn}"), "consignments": [on],
                    "act": act, "reason_code": reason });
                if act == "hold" {
                    held = Some(on);
                }
                ("decide", "POST", "/api/v1/decisions".to_owned(), order.to_string())
            }
            _ => {
                let named = row.map(|row| row["reference"].clone()).unwrap_or_default();
                let report = json!({ "outcomes": [{ "declaration_id": named, "source": "shift",
                    "outcome": "clear" }] });
                ("record", "POST", "/api/v1/outcomes".to_owned(), report.to_string())
            }
        };
        let begun = Instant::now();
        let (status, text) = ask(&mut connection, to, (method, &path), &body).await?;
        done.push((what, begun.elapsed()));
        // That another officer came first is an answer, and no error.
        let taken = status == 422 && matches!(what, "decide" | "record");
        ensure!(status == 200 || taken, "{method} {path}: {status} {text}");
        if taken {
            held = None;
        }
        if what == "queue" {
            let page: serde_json::Value = serde_json::from_str(&text)?;
            rows = page["items"].as_array().cloned().unwrap_or_default();
        }
    }
}

fn queue_path(dice: u64) -> String {
    let asked = [
        "drawn=1",
        "sort=score&descending=1",
        "lane=red,yellow",
        "state=to_do,held",
        "hs=09&sort=value&descending=1",
        "q=household",
        "drawn=0&sort=chance",
    ];
    let asked = asked[(dice >> 8) as usize % asked.len()];
    format!("/api/v1/queue?office=040&day=2026-06-01&limit=100&{asked}")
}

/// A number that looks random and is the same each time (SplitMix64).
fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const COUNTRIES: [&str; 12] =
    ["CN", "US", "CO", "TH", "VN", "DE", "NL", "MX", "JP", "EC", "GB", "TR"];

/// One consignment of a made-up trade: who, what and from where.
struct Made {
    consignor: u64,
    consignee: u64,
    hs: String,
    country: &'static str,
    grams: i64,
    value: i64,
}

fn made(n: u64) -> Made {
    let bits = mix(n);
    Made {
        consignor: bits % 800,
        consignee: (bits >> 12) % 3_000,
        hs: format!("{:02}{:02}10", 1 + (bits >> 24) % 96, 1 + (bits >> 32) % 9),
        country: COUNTRIES[(bits >> 36) as usize % COUNTRIES.len()],
        grams: 200 + ((bits >> 40) % 20_000) as i64,
        value: 20 + ((bits >> 50) % 2_000) as i64,
    }
}

fn declaration(source: &str, n: u64) -> serde_json::Value {
    let made = made(n + (1 << 40));
    json!({
        "source": source,
        "reference": format!("L-{n}"),
        "regime": "parcel",
        "office": "040",
        "arrived_at": "2026-06-01T09:00:00+09:00",
        "transport": "air",
        "parties": [
            { "role": "consignor", "code": format!("S{}", made.consignor) },
            { "role": "consignee", "code": format!("B{}", made.consignee), "name": "홍길동",
              "phones": ["010-1234-5678"] },
        ],
        "goods": [{
            "hs": made.hs, "description": "household goods", "origin": made.country,
            "net_mass_kg": made.grams as f64 / 1e3, "value": made.value, "currency": "USD",
            "packages": 1,
        }],
        "route": { "departure": made.country },
        "documents": { "house_bill": format!("HB{n}"), "procedure": "15" },
    })
}

/// Fills the store with inspected consignments, learns from them and approves what was learned.
async fn teach(store: &Store, lessons: u64) -> Result<()> {
    let now = config::now();
    store.migrate(now).await?;
    let arrivals = (0..lessons)
        .map(|n| {
            let made = made(n);
            let day = Day(20_000 + (n * 300 / lessons) as i32);
            // Some senders deceive often, and light goods of high value more than others.
            let guilt = mix(made.consignor) % 100
                + if made.value > 40 * made.grams / 1_000 { 8 } else { 0 };
            let found = mix(n ^ 0xfeed) % 100 < guilt.saturating_sub(80) * 4;
            let consignment = Consignment {
                source: "past".into(),
                reference: format!("P-{n}").into(),
                regime: Regime::Parcel,
                direction: Direction::Import,
                office: "040".into(),
                arrived_at: day.start_micros(),
                arrived_on: day,
                transport: Some(Transport::Air),
                parties: vec![
                    Party::by_code(Role::Consignor, &format!("S{}", made.consignor)),
                    Party::by_code(Role::Consignee, &format!("B{}", made.consignee)),
                ],
                goods: vec![GoodsItem {
                    hs: Some(made.hs.parse()?),
                    description: "household goods".into(),
                    origin: Some(made.country.parse()?),
                    net_mass_g: Some(Mass(made.grams)),
                    value: Some(Money { thousandths: made.value * 1_000, currency: None }),
                    packages: Some(1),
                    ..GoodsItem::default()
                }],
                route: Route { departure: Some(made.country.parse()?), ..Route::default() },
                equipment: Vec::new(),
                documents: Documents { procedure: "15".into(), ..Documents::default() },
            };
            let seizure = Seizure { exhibits: Vec::new(), concealment: String::new() };
            let inspection = Inspection {
                modality: Some(Modality::Unpack),
                minutes: Some(10),
                detection_method: found.then_some(DetectionMethod::PhysicalExamination),
                officer: "load".into(),
                result: match (found, n % 4) {
                    (false, _) => Outcome::Clear,
                    (true, 0) => Outcome::Seizure(seizure),
                    (true, _) => Outcome::Discrepancy { finding: "undeclared".to_owned() },
                },
                evidence: None,
            };
            pipeline::prepare(n + 1, consignment, Some(inspection))
        })
        .collect::<Result<Vec<_>>>()?;
    let past =
        NewMessage { digest: "past", name: "past", source: "past", format: "made", size_bytes: 0 };
    let message = pipeline::open(store, &past, now).await?;
    pipeline::receive(store, &message, &arrivals, &[], true, ("load", now)).await?;
    pipeline::finish(store, &message, now).await?;
    let begun = Instant::now();
    let (id, _) = pipeline::learn(store, 1, ("load", now), |_| {}, |_| {}).await?;
    println!("learned {id} from {lessons} lessons in {:.1} s", begun.elapsed().as_secs_f64());
    acts::model::approve(store, &id, "to measure with", ("load", now)).await
}
