//! Measures how fast the queue answers: fills a store with so many screened and planned
//! consignments, serves it, and asks for pages over loopback with every sort and filter, signed in
//! and with each read journaled, as an officer's browser does.
//!
//! ```text
//! cargo run --release --example queue_speed -- --rows 1000000 --plan 100000
//! ```

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use sumun::acts::account::{self, NewAccount, Whence};
use sumun::config::now;
use sumun::store::consignments::NewVersion;
use sumun::store::messages::NewMessage;
use sumun::store::plans::{self, KeptPlan, KeptSelection};
use sumun::store::queue::{self, NewRow};
use sumun::store::{Store, assessments, consignments, messages};
use sumun::web::{self, Site};
use targeting::codes::{Day, Mass, Money};
use targeting::consignment::{
    Consignment, Direction, Documents, Fate, GoodsItem, Regime, Route, Transport,
};
use targeting::party::{Contact, Party, Role};
use targeting::screening::{Assessment, Lane, Reason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Measures how fast the queue answers.
#[derive(Parser)]
struct Speed {
    /// Consignments with an assessment.
    #[arg(long, default_value_t = 1_000_000)]
    rows: i64,
    /// Candidates of the largest plan; the others have a tenth of it.
    #[arg(long, default_value_t = 100_000)]
    plan: i64,
    /// Folder of the SQLite file.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// An empty store instead, such as postgres://USER@HOST/DATABASE.
    #[arg(long)]
    store: Option<String>,
    /// Times that every question is asked.
    #[arg(long, default_value_t = 5)]
    rounds: u64,
}

const FIRST_DAY: i32 = 20_600;
const OFFICE: &str = "040";
const MODEL: &str = "M-1";
const BATCH: i64 = 5_000;

#[tokio::main]
async fn main() -> Result<()> {
    let speed = Speed::parse();
    let folder = match &speed.folder {
        Some(parent) => tempfile::tempdir_in(parent)?,
        None => tempfile::tempdir()?,
    };
    let file = format!("sqlite:{}", folder.path().join("queue.sqlite").display());
    let url = speed.store.as_deref().unwrap_or(&file);
    let store = Store::open_with_key(url, &folder.path().join("queue.key")).await?;
    store.migrate(now()).await?;
    let begun = Instant::now();
    fill(&store, &speed).await?;
    let took = begun.elapsed().as_secs_f64();
    println!("filled {} consignments in {took:.0} s", speed.rows);

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(web::serve(store.clone(), listener, Site::default(), std::future::pending()));
    let head = sign_in(&store).await?;
    let mut asking = Asking { address, head, connection: None };

    let day = Day(FIRST_DAY + days(&speed) - 1);
    let plans = days(&speed);
    let scopes = [
        (format!("plan of {}", speed.plan), format!("plan=P-{plans}")),
        (format!("day with {}", speed.plan), format!("office={OFFICE}&day={day}")),
        (format!("plan of {}", speed.plan / 10), "plan=P-1".to_owned()),
    ];
    let mut all = Vec::new();
    for (name, scope) in &scopes {
        let mut times = Vec::new();
        for round in 0..speed.rounds {
            for question in questions() {
                let path = format!("/api/v1/queue?{scope}&{question}&limit=100");
                let begun = Instant::now();
                let next = asking.page(&path).await.with_context(|| path.clone())?;
                let took = begun.elapsed();
                if round > 0 {
                    times.push((took, question.clone()));
                }
                // The page after, as scrolling asks for it.
                if let Some(next) = next {
                    let begun = Instant::now();
                    asking.page(&format!("{path}&cursor={next}")).await?;
                    if round > 0 {
                        times.push((begun.elapsed(), format!("{question} page 2")));
                    }
                }
            }
        }
        show(name, &mut times);
        all.extend(times);
    }
    show("all", &mut all);
    let mut found = Vec::new();
    for word in ["hanbit", "C-77", "L-4711", "%E3%85%85%E3%85%81", "nobody"] {
        for _ in 0..speed.rounds {
            let begun = Instant::now();
            asking.page(&format!("/api/v1/search?q={word}")).await?;
            found.push((begun.elapsed(), word.to_owned()));
        }
    }
    show("search", &mut found);
    Ok(())
}

fn questions() -> Vec<String> {
    let mut all = Vec::new();
    for sort in ["rank", "score", "chance", "arrival", "value", "minutes"] {
        for descending in [0, 1] {
            all.push(format!("sort={sort}&descending={descending}"));
        }
    }
    let filters = [
        "drawn=1",
        "drawn=0&sort=value&descending=1",
        "lane=red",
        "lane=red,yellow&sort=score&descending=1",
        "channel=random",
        "state=to_do",
        "state=released&sort=arrival",
        "modality=scan",
        "origin=CO&sort=value",
        "hs=0901&sort=chance",
        "from_score=0.9",
        "regime=parcel&origin=TH&lane=yellow&sort=score",
        "q=coffee",
        "q=hanbit%20coffee&sort=score",
        "q=%E3%85%85%E3%85%81",
        "q=%EC%84%9C%EB%AC%B8",
        "q=nobody",
        "q=L-17",
    ];
    all.extend(filters.map(str::to_owned));
    all
}

fn show(what: &str, times: &mut [(Duration, String)]) {
    times.sort();
    let at = |share: f64| {
        let place = (share * (times.len() - 1) as f64).round() as usize;
        times[place].0.as_secs_f64() * 1e3
    };
    let slowest = times.last().map(|(_, question)| question.as_str()).unwrap_or_default();
    println!(
        "{what}: {} pages, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, most {:.1} ms ({slowest})",
        times.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
}

struct Asking {
    address: String,
    head: String,
    connection: Option<TcpStream>,
}

impl Asking {
    /// Reads a page and gives the cursor of the next.
    async fn page(&mut self, path: &str) -> Result<Option<String>> {
        if self.connection.is_none() {
            let connection = TcpStream::connect(&self.address).await?;
            connection.set_nodelay(true)?;
            self.connection = Some(connection);
        }
        let connection = self.connection.as_mut().context("a connection")?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{}\r\n", self.address, self.head);
        connection.write_all(request.as_bytes()).await?;
        let mut answer = Vec::with_capacity(1 << 17);
        loop {
            ensure!(connection.read_buf(&mut answer).await? > 0, "the server hung up");
            let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&answer[..end])?.to_ascii_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .context("an answer without its length")?
                .parse()?;
            if answer.len() >= end + 4 + length {
                let text = String::from_utf8_lossy(&answer[end + 4..]);
                ensure!(head.starts_with("http/1.1 200"), "{text}");
                let body: serde_json::Value = serde_json::from_str(&text)?;
                return Ok(body["next"].as_str().map(str::to_owned));
            }
        }
    }
}

async fn sign_in(store: &Store) -> Result<String> {
    let new = NewAccount {
        id: None,
        name: "speed".to_owned(),
        display: String::new(),
        language: "en".to_owned(),
        grants: vec!["targeting_officer".parse()?],
    };
    let (_, invited) = account::add(store, &new, ("speed", now())).await?;
    let token = invited.token.context("an invitation without a token")?;
    let from = Whence { address: "127.0.0.1".to_owned(), agent: "speed".to_owned(), known: None };
    let password = "measuring how fast it is";
    let entered = account::redeem(store, &token, (None, None), password, &from, now()).await?;
    Ok(format!("cookie: sumun_session={}\r\n", entered.token))
}

/// Days of traffic: a small plan each, and the last one large.
fn days(speed: &Speed) -> i32 {
    let small = (speed.plan / 10).max(1);
    1 + ((speed.rows - speed.plan).max(0) / small) as i32
}

async fn fill(store: &Store, speed: &Speed) -> Result<()> {
    let mut tx = store.begin().await?;
    let past = NewMessage {
        digest: "made",
        name: "made.csv",
        source: "made",
        format: "made",
        size_bytes: 0,
    };
    let (message, _) = messages::open(&mut tx, &past, now()).await?;
    tx.commit().await?;
    let mut next = 1;
    for n in 0..days(speed) {
        let last = n + 1 == days(speed);
        let many = if last { speed.plan } else { speed.plan / 10 };
        let day = Day(FIRST_DAY + n);
        let mut lines = Vec::with_capacity(many as usize);
        let mut from = 0;
        while from < many {
            let count = BATCH.min(many - from);
            let ids: Vec<i64> = (next + from..next + from + count).collect();
            let made: Vec<Consignment> = ids.iter().map(|id| consignment(*id, day)).collect();
            let documents: Vec<String> =
                made.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
            let judged: Vec<Assessment> = ids.iter().map(|id| judged(*id)).collect();
            let versions: Vec<NewVersion<'_>> = ids
                .iter()
                .zip(&made)
                .zip(&documents)
                .map(|((id, consignment), document)| NewVersion {
                    id: *id,
                    first_id: *id,
                    version: 1,
                    consignment,
                    document,
                    digest: *id,
                    message_id: message,
                    line: *id,
                    fate: Fate::Pending,
                })
                .collect();
            let of: Vec<(i64, Day)> = ids.iter().map(|id| (*id, day)).collect();
            let rows: Vec<NewRow<'_>> = ids
                .iter()
                .zip(&made)
                .zip(&judged)
                .map(|((id, consignment), judged)| NewRow {
                    id: *id,
                    consignment,
                    judged: Some((judged.p_irregular, judged.lane.as_str())),
                })
                .collect();
            let mut tx = store.begin().await?;
            consignments::insert(&mut tx, &versions).await?;
            assessments::insert(&mut tx, MODEL, &of, &judged, now()).await?;
            queue::wait(&mut tx, &rows).await?;
            tx.commit().await?;
            lines.extend(ids.iter().zip(&judged).map(|(id, judged)| line(*id, judged)));
            from += count;
        }
        next += many;
        lines.sort_by(|a: &KeptSelection, b| b.risk.total_cmp(&a.risk));
        for (position, line) in (1..).zip(&mut lines) {
            line.position = position;
            line.drawn = position <= many / 20 || line.consignment_id % 23 == 0;
            line.channel = if position <= many / 20 { "risk" } else { "random" }.to_owned();
        }
        lines.sort_by_key(|line| line.consignment_id);
        let mut tx = store.begin().await?;
        let plan = plan(i64::from(n) + 1, day, &lines);
        plans::insert(&mut tx, &plan, &lines).await?;
        plans::release_the_rest(&mut tx, plan.id).await?;
        queue::place(&mut tx, plan.id).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn plan(id: i64, day: Day, lines: &[KeptSelection]) -> KeptPlan {
    let drawn = lines.iter().filter(|line| line.drawn).count() as i64;
    KeptPlan {
        id,
        office: OFFICE.to_owned(),
        shift: day.to_string(),
        shift_day: i64::from(day.0),
        regime: "parcel".to_owned(),
        state: "drawn".to_owned(),
        model_id: Some(MODEL.to_owned()),
        drawn_at: now(),
        seed: "00".repeat(32),
        terms: "{}".to_owned(),
        capacity: "{\"lines\":[]}".to_owned(),
        candidates: lines.len() as i64,
        drawn,
        minutes: drawn * 10,
        digest: plans::digest(lines),
        report: None,
        released_at: None,
    }
}

fn line(id: i64, judged: &Assessment) -> KeptSelection {
    let scanned = mix(id as u64).is_multiple_of(3);
    KeptSelection {
        consignment_id: id,
        position: 0,
        risk: judged.p_irregular,
        expected: judged.p_irregular,
        expected_critical: judged.p_critical,
        chance: 0.02 + judged.p_irregular * 0.9,
        channel: String::new(),
        modality: if scanned { "scan" } else { "unpack" }.to_owned(),
        minutes: if scanned { 2 } else { 10 },
        detection: if scanned { 0.6 } else { 1.0 },
        drawn: false,
        bundle: None,
        profile: None,
        must: false,
    }
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
const HEADINGS: [&str; 8] =
    ["090121", "330499", "848340", "850440", "610910", "950300", "220421", "392690"];
const GOODS: [&str; 8] = [
    "roasted coffee",
    "face cream",
    "gear box",
    "변압기 부품",
    "면 티셔츠",
    "toy cars",
    "red wine",
    "plastic parts",
];
const SENDERS: [&str; 6] = [
    "Hanbit Trading Co Ltd",
    "Bluewater Export",
    "Siam Goods",
    "Rhine Handel GmbH",
    "Golden Lotus",
    "Andes Fruit SA",
];
const RECEIVERS: [&str; 6] = ["서문 무역", "한빛 상사", "김하나", "이두리", "대양 물산", "박세찬"];

fn consignment(id: i64, day: Day) -> Consignment {
    let bits = mix(id as u64);
    let pick = |shift: u32, n: usize| (bits >> shift) as usize % n;
    let country = COUNTRIES[pick(8, 12)];
    let named = |role, code: String, name: &str| Party {
        role,
        code: code.into(),
        contact: Some(Box::new(Contact { name: name.to_owned(), ..Contact::default() })),
    };
    Consignment {
        source: "made".into(),
        reference: format!("L-{id}").into(),
        regime: Regime::Parcel,
        direction: Direction::Import,
        office: OFFICE.into(),
        arrived_at: day.start_micros() + i64::from(pick(16, 86_400) as i32) * 1_000_000,
        arrived_on: day,
        transport: Some(Transport::Air),
        parties: vec![
            named(
                Role::Consignor,
                format!("S{}", pick(20, 5_000)),
                &format!("{} {}", SENDERS[pick(24, 6)], pick(28, 400)),
            ),
            named(
                Role::Consignee,
                format!("B{}", pick(30, 200_000)),
                &format!("{} {}", RECEIVERS[pick(34, 6)], pick(37, 900)),
            ),
        ],
        goods: vec![GoodsItem {
            hs: HEADINGS[pick(40, 8)].parse().ok(),
            description: GOODS[pick(40, 8)].into(),
            origin: country.parse().ok(),
            net_mass_g: Some(Mass(200 + pick(44, 20_000) as i64)),
            value: Some(Money {
                thousandths: 1_000 * (20 + pick(48, 2_000) as i64),
                currency: "USD".parse().ok(),
            }),
            packages: Some(1),
            ..GoodsItem::default()
        }],
        route: Route { departure: country.parse().ok(), ..Route::default() },
        equipment: Vec::new(),
        documents: Documents { house_bill: format!("HB{id}").into(), ..Documents::default() },
    }
}

fn judged(id: i64) -> Assessment {
    let share = (mix(id as u64 ^ 0xfeed) % 1_000_000) as f64 / 1e6;
    let (p_irregular, p_critical) = (share.powi(6), share.powi(12) * 0.3);
    let reason = |feature: &str, push: f64| Reason {
        feature: feature.to_owned(),
        value: Some(share),
        push,
        inspected: Some(7),
        found: Some(2),
    };
    Assessment {
        p_irregular,
        p_critical,
        lane: Lane::suggested(p_irregular, p_critical),
        reasons: vec![
            reason("consignor.irregular_rate", 1.2),
            reason("goods.unit_value", 0.4),
            reason("lane_goods.irregular_rate", 0.3),
            reason("goods.mass", -0.2),
        ],
        uncertainty: None,
    }
}
