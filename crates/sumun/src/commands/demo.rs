//! `sumun demo`: the pretend port plays eight weeks through the very path that real traffic takes.
//! Each day its tables are read by `intake`, screened, planned, inspected and learned from; at the
//! end today's plan stands beside its reasons, and the iceberg beside the truth that only the
//! pretend port knows.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use harbour::messages::{Form, Mail, mail};
use harbour::{Row, RowWriter, Settings, Truth, World};
use intake::{Bytes, MessageOptions, Table, TableOptions};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use targeting::codes::Day;
use targeting::consignment::{Regime, Shift};
use targeting::measuring::Iceberg;
use targeting::model::Target;
use targeting::outcome::Modality;
use targeting::plan::{Capacity, CapacityLine, Terms};
use targeting::screening::{Language, Reason};

use super::{Office, Report};
use crate::acts::account::NewAccount;
use crate::acts::capacity::Proposal;
use crate::acts::{self, record::Report as Reported};
use crate::config::now;
use crate::pipeline::post_room::{self, Reading};
use crate::pipeline::{self, Message, PlanOrder, Planned};
use crate::rights::{EVERYWHERE, Grant};
use crate::store::capacities::{Content, Line};
use crate::store::exports::{self, Cell};
use crate::store::messages::NewMessage;
use crate::store::{Store, offices, plans};
use crate::web;

/// Plays eight weeks of a pretend port, learns, draws today's plan, measures, and serves.
#[derive(Debug, Args)]
pub struct Demo {
    /// Days to play.
    #[arg(long, default_value_t = 56, value_name = "N")]
    days: u32,
    /// Seed of the pretend world.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Ends after the report instead of serving.
    #[arg(long)]
    no_serve: bool,
    /// Address to serve at.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Language of the reasons: en or ko.
    #[arg(long, default_value = "en", value_name = "LANGUAGE")]
    language: String,
}

/// Officer-minutes of one office for a day: two officers in a parcel hall, one and a half in a
/// freight yard. Invented figures.
const MINUTES: [(Regime, u32); 2] = [(Regime::Parcel, 900), (Regime::Freight, 720)];
/// Share of the inspections drawn by chance. Twice the usual, so that eight weeks tell something.
const EXPLORE: f64 = 0.20;
/// Days without a model, in which every inspection is drawn by chance.
const FIRST_DAYS: usize = 14;
/// A new model is learned so often.
const LEARN_EVERY: usize = 7;

/// Days at the end whose traffic comes, for the most part, as the messages that are really sent.
/// The weeks before are history, and come as tables.
const MAIL_DAYS: usize = 2;
/// Files of a day that hold one declaration each, at most: each is a message of its own to store.
const SINGLE: usize = 24;

/// What the demo came to.
#[derive(Debug, Serialize)]
struct Played {
    days: usize,
    consignments: i64,
    inspected: usize,
    seizures: usize,
    models: usize,
    truth: Vec<Beside>,
    plan: Vec<TodaysLine>,
    plan_of: String,
    accounts: Vec<DemoAccount>,
}

/// Somebody to sign in as.
#[derive(Debug, Serialize)]
struct DemoAccount {
    name: &'static str,
    role: &'static str,
    password: String,
}

/// One of each role, and a second one where something takes two persons.
const PEOPLE: [(&str, &str, &str); 8] = [
    ("han", "targeting_officer", "한서윤"),
    ("seo", "targeting_officer", "서도현"),
    ("min", "inspector", "민지후"),
    ("ryu", "investigator", "류하은"),
    ("baek", "analyst", "백시우"),
    ("nam", "auditor", "남유진"),
    ("admin", "administrator", "고은채"),
    ("admin2", "administrator", "문태오"),
];

/// An estimate beside the truth.
#[derive(Debug, Serialize)]
struct Beside {
    target: Target,
    truth: usize,
    iceberg: Iceberg,
}

/// A line of today's plan.
#[derive(Debug, Serialize)]
struct TodaysLine {
    consignment: String,
    chance: f64,
    channel: String,
    modality: String,
    minutes: i64,
    reasons: Vec<String>,
}

impl Demo {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = self.store(office).await?;
        let language = match self.language.as_str() {
            "ko" => Language::Ko,
            _ => Language::En,
        };
        let mut played = self.play(office, &store, language).await?;
        if self.no_serve {
            // Nobody can sign in where nothing is served; `sumun serve` makes the first account.
            return Ok(Report::new(json!(played), text_of(&played)));
        }
        played.accounts = people(&store, self.language.as_str()).await?;
        capacities(&store).await?;
        let report = Report::new(json!(played), text_of(&played));
        let said = if office.settings.json { report.json.to_string() } else { report.text };
        writeln!(std::io::stdout().lock(), "{said}\n")?;
        let site = web::Site { demo: true, ..web::Site::default() };
        let resolving = tokio::spawn(super::serve::resolve_arrivals(store.clone()));
        let served = web::serve_at(store, self.listen, site).await;
        resolving.abort();
        served?;
        Ok(Report::new(json!({ "served": true }), "Stopped."))
    }

    /// A fresh store: the demo's own file, or the empty store that `--store` names.
    async fn store(&self, office: &Office) -> Result<Store> {
        let mut settings = office.settings.clone();
        if settings.store.is_none() {
            let usual = settings.store_url()?;
            let path = usual.trim_start_matches("sqlite:").replace("sumun.sqlite", "demo.sqlite");
            // The demo's own file is made anew each time; nothing else is ever there.
            for ending in ["", "-wal", "-shm", ".key"] {
                let file = format!("{path}{ending}");
                if Path::new(&file).exists() {
                    std::fs::remove_file(&file)
                        .with_context(|| format!("while removing {file}"))?;
                }
            }
            settings.store = Some(format!("sqlite:{path}"));
        }
        let store = Office::new(settings).store().await?;
        let mut tx = store.read().await?;
        if !crate::store::consignments::fates(&mut tx).await?.is_empty() {
            crate::refuse!(
                "not_empty",
                "{} holds consignments already: the demo plays into an empty store, leave --store \
                 out or name a new one",
                store.place()
            );
        }
        drop(tx);
        Ok(store)
    }

    async fn play(&self, office: &Office, store: &Store, language: Language) -> Result<Played> {
        let settings = Settings { days: self.days.max(1), ..Settings::demo() };
        let offices: Vec<String> =
            settings.offices.iter().map(|office| office.code.to_string()).collect();
        let mut world = World::new(self.seed, settings);
        let mut truths: HashMap<String, Truth> = HashMap::new();
        let mut mailed: HashSet<String> = HashSet::new();
        let dates = world.dates();
        let bar = office.bar(Some(dates.len() as u64), "Playing the pretend port");
        let (mut inspected, mut seizures, mut models) = (0, 0, 0);
        let mut today: Vec<Planned> = Vec::new();
        for (n, date) in dates.iter().enumerate() {
            let last = n + 1 == dates.len();
            let day = Day::of(*date);
            let arrived = world.day(*date)?;
            for truth in &arrived.truth {
                truths.insert(truth.declaration_id.to_string(), truth.clone());
            }
            let mut csv = Vec::new();
            let mut rows = RowWriter::new(&mut csv)?;
            let post = if n + MAIL_DAYS >= dates.len() {
                post_of(&arrived.rows, &mut mailed)
            } else {
                Vec::new()
            };
            let posted: HashSet<usize> = post
                .iter()
                .filter(|mail| !moves(mail.form))
                .flat_map(|mail| mail.rows.clone())
                .collect();
            for (place, row) in arrived.rows.iter().enumerate() {
                if !posted.contains(&place) {
                    rows.write(row)?;
                }
            }
            rows.finish()?;
            take_in(office, store, &format!("port-{date}.csv"), &csv).await?;
            for mail in &post {
                deliver(office, store, mail, &arrived.rows, &mut truths).await?;
            }
            if models > 0 {
                pipeline::screen(store, office.by(), |_| {}).await?;
            }
            today = draw(office, store, &offices, day).await?;
            if last {
                break;
            }
            for planned in &today {
                let (done, found) = inspect(office, store, planned, &truths, |declaration| {
                    world.lost(declaration, *date)
                })
                .await?;
                inspected += done;
                seizures += found;
            }
            if n + 1 >= FIRST_DAYS && (n + 1) % LEARN_EVERY == 0 {
                bar.set_message("Learning");
                let (id, _) = pipeline::learn(store, 1, office.by(), |_| {}, |_| {}).await?;
                acts::model::approve(store, &id, "weekly learning of the demo", office.by())
                    .await?;
                models += 1;
                bar.set_message("Playing the pretend port");
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        let until = dates.last().map_or(Day::LAST, |date| Day(Day::of(*date).0 - 1));
        let truth = [Target::Irregular, Target::Critical];
        let mut beside = Vec::new();
        for target in truth {
            let measure = pipeline::measure(store, target, (Day::FIRST, until)).await?;
            let truth = in_truth(store, &truths, &today, target).await?;
            beside.push(Beside { target, truth, iceberg: measure.pooled });
        }
        let (plan_of, plan) = todays_plan(store, &today, language).await?;
        let consignments = beside.first().map_or(0, |one| one.iceberg.population as i64);
        let days = dates.len();
        let (truth, accounts) = (beside, Vec::new());
        Ok(Played {
            days,
            consignments,
            inspected,
            seizures,
            models,
            truth,
            plan,
            plan_of,
            accounts,
        })
    }
}

/// Lets the demo's people in, each with a password of this run alone.
async fn people(store: &Store, language: &str) -> Result<Vec<DemoAccount>> {
    let mut all = Vec::new();
    for (name, role, display) in PEOPLE {
        let secret = acts::account::secret()?;
        let password = format!("{}-{}-{}", &secret[..4], &secret[4..8], &secret[8..12]);
        let new = NewAccount {
            id: None,
            name: name.to_owned(),
            display: display.to_owned(),
            language: if language == "ko" { "ko" } else { "en" }.to_owned(),
            grants: vec![Grant { role: role.parse()?, office: EVERYWHERE.to_owned() }],
        };
        acts::account::add_with_password(store, &new, &password, ("demo", now())).await?;
        all.push(DemoAccount { name, role, password });
    }
    Ok(all)
}

/// Gives every office an approved capacity, so that a plan can be drawn by a click.
async fn capacities(store: &Store) -> Result<()> {
    let offices = offices::list(&mut store.read().await?).await?;
    let [(first, ..), (second, ..), ..] = PEOPLE;
    for office in offices {
        for (regime, minutes) in MINUTES {
            let each = pipeline::default_minutes_each(regime, Modality::Unpack);
            let line = Line {
                modality: Modality::Unpack,
                minutes_available: minutes,
                minutes_each: each.minutes,
                detection: Some(each.detection),
            };
            let proposal = Proposal {
                id: None,
                office: office.code.clone(),
                shift: String::new(),
                regime: regime.as_str().to_owned(),
                content: Content { lines: vec![line], explore: Some(EXPLORE) },
                reason: "Two officers in a parcel hall, one and a half in a yard.".to_owned(),
            };
            let kept = acts::capacity::propose(store, &proposal, (first, now())).await?;
            let why = "As it was in the weeks before.";
            acts::capacity::decide(store, &kept.id, true, why, (second, now())).await?;
        }
    }
    Ok(())
}

/// Reads a day's table as any source's would be read.
async fn take_in(office: &Office, store: &Store, name: &str, csv: &[u8]) -> Result<()> {
    let options = TableOptions { batch_rows: 10_000, ..TableOptions::default() };
    let mut table = Table::open(csv, name, &options)?;
    let digest = hex::encode(Sha256::digest(csv));
    let source = table.mapping().to_owned();
    let message = NewMessage {
        digest: &digest,
        name,
        source: &source,
        format: "csv",
        size_bytes: csv.len() as i64,
    };
    let message = pipeline::open(store, &message, now()).await?;
    loop {
        // The reader is no part of the future that waits for the store.
        let Some(batch) = table.next().transpose()? else { break };
        let rows = batch
            .rows
            .into_iter()
            .map(|row| pipeline::prepare(row.line, row.consignment, row.inspection))
            .collect::<Result<Vec<_>>>()?;
        pipeline::receive(store, &message, &rows, &batch.defects, false, office.by()).await?;
    }
    pipeline::finish(store, &message, now()).await
}

/// Whether a form says where boxes are and declares nothing.
fn moves(form: Form) -> bool {
    matches!(form, Form::Baplie | Form::Coarri)
}

/// The day's mail: what was never declared before, amendments of what came by mail, and where the
/// day's boxes are. The places of its rows are those of the day.
fn post_of(rows: &[Row], mailed: &mut HashSet<String>) -> Vec<Mail> {
    let mut all = Vec::new();
    // One message holds a declaration once, so amendments go into messages of their own.
    for amended in [false, true] {
        let places: Vec<usize> = (0..rows.len())
            .filter(|&place| (rows[place].version > 1) == amended)
            .filter(|&place| !amended || mailed.contains(rows[place].declaration_id.as_str()))
            .collect();
        let piled: Vec<Row> = places.iter().map(|&place| rows[place].clone()).collect();
        let mut single = 0;
        // A form without values would look odd to a model that learned from weeks of tables.
        let valued = |one: &Mail| !matches!(one.form, Form::Ics2 | Form::Sad);
        for mut one in mail(&piled).into_iter().filter(valued) {
            single += usize::from(!one.form.many());
            if !one.form.many() && single > SINGLE && !amended {
                continue;
            }
            one.rows.iter_mut().for_each(|place| *place = places[*place]);
            mailed.extend(one.rows.iter().map(|&place| rows[place].declaration_id.to_string()));
            if amended {
                one.name = format!("amended-{}", one.name);
            }
            all.push(one);
        }
    }
    for form in [Form::Baplie, Form::Coarri] {
        let places: Vec<usize> =
            (0..rows.len()).filter(|&place| form.suits(&rows[place])).collect();
        let of: Vec<&Row> = places.iter().map(|&place| &rows[place]).collect();
        let Some(first) = of.first() else { continue };
        let day = first.lodged_at.get(..10).unwrap_or_default();
        let name = format!("{}-{day}.{}", form.name(), form.ending());
        all.push(Mail { name, form, bytes: form.write(&of), rows: places });
    }
    all
}

/// Takes in one file of the mail. What the pretend port knows of a declaration is noted under the
/// number by which its message calls it, too.
async fn deliver(
    office: &Office,
    store: &Store,
    mail: &Mail,
    rows: &[Row],
    truths: &mut HashMap<String, Truth>,
) -> Result<()> {
    let of: Vec<&Row> = mail.rows.iter().map(|&place| &rows[place]).collect();
    let mut by_number: HashMap<&str, &Row> = HashMap::new();
    for row in &of {
        let numbers = [&row.declaration_id, &row.house_bill, &row.postal_item];
        for number in numbers.into_iter().filter(|number| !number.is_empty()) {
            by_number.insert(number, row);
        }
    }
    let digest = hex::encode(Sha256::digest(&mail.bytes));
    let reading = Reading {
        tables: TableOptions::default(),
        messages: MessageOptions {
            office: of.first().map_or("", |row| &row.office).into(),
            received_at: now(),
            ..MessageOptions::default()
        },
        strangers: false,
    };
    let bytes = Bytes::from(mail.bytes.clone());
    let (opened, parcels) =
        tokio::task::block_in_place(|| post_room::read_whole(bytes, &mail.name, &reading, 0))?;
    let new = NewMessage {
        digest: &digest,
        name: &mail.name,
        source: &opened.source,
        format: opened.format,
        size_bytes: mail.bytes.len() as i64,
    };
    let message = pipeline::open(store, &new, now()).await?;
    for parcel in parcels {
        for arrival in &parcel.rows {
            let one = &arrival.consignment;
            let documents = &one.documents;
            let postal = documents.postal_item.map(|item| item.to_string()).unwrap_or_default();
            let row = [&*one.reference, &documents.declaration, &documents.house_bill, &postal]
                .into_iter()
                .find_map(|number| by_number.get(number));
            if let Some(truth) = row.and_then(|row| truths.get(row.declaration_id.as_str())) {
                truths.insert(one.reference.to_string(), truth.clone());
            }
        }
        let source = parcel.source.unwrap_or_else(|| message.source.clone());
        let message = Message { source, ..message.clone() };
        pipeline::sight(store, &message, &parcel.seen, office.by()).await?;
        pipeline::receive(store, &message, &parcel.rows, &parcel.defects, false, office.by())
            .await?;
    }
    pipeline::finish(store, &message, now()).await
}

/// Draws the day's plan of every office and regime that has traffic.
async fn draw(
    office: &Office,
    store: &Store,
    offices: &[String],
    day: Day,
) -> Result<Vec<Planned>> {
    let shift = Shift { day, name: "".into() };
    // What was lodged late, or amended after its shift, is planned when it turns up.
    let from = Day(day.0 - 7);
    let mut drawn = Vec::new();
    for code in offices {
        let mut tx = store.read().await?;
        let waiting = plans::pending(&mut tx, code, (from, day)).await?;
        drop(tx);
        for (regime, minutes) in MINUTES {
            if !waiting.iter().any(|of| of == regime.as_str()) {
                continue;
            }
            let each = pipeline::default_minutes_each(regime, Modality::Unpack);
            let key = store.secret()?;
            let order = PlanOrder {
                office: code.clone(),
                shift: shift.clone(),
                regime,
                from,
                capacity: Capacity {
                    lines: vec![CapacityLine {
                        modality: Modality::Unpack,
                        minutes_available: minutes,
                        minutes_each: each.minutes,
                        detection: each.detection,
                    }],
                }
                .into(),
                work: None,
                terms: Terms { explore: EXPLORE, ..Terms::default() },
                raised: None,
                seed_named: false,
                seed: pipeline::seed_of(&key, code, &shift, regime, "demo"),
            };
            drawn.push(pipeline::plan(store, &order, office.by()).await?);
        }
    }
    Ok(drawn)
}

/// Examines what a plan drew and records what came of it. The pretend inspectors open everything
/// and overlook nothing; what a scan misses is another experiment.
async fn inspect(
    office: &Office,
    store: &Store,
    planned: &Planned,
    truths: &HashMap<String, Truth>,
    mut lost: impl FnMut(&str) -> bool,
) -> Result<(usize, usize)> {
    let drawn: Vec<i64> =
        planned.lines.iter().filter(|line| line.drawn).map(|line| line.consignment_id).collect();
    let mut tx = store.read().await?;
    let names = plans::names_and_reasons(&mut tx, &drawn, None).await?;
    drop(tx);
    let mut reports: Vec<(u64, Reported)> = Vec::new();
    let mut seizures = 0;
    for (declaration, _) in names.values() {
        let report = Reported {
            declaration_id: declaration.clone(),
            officer: "pretend inspector".to_owned(),
            ..Reported::default()
        };
        match truths.get(declaration) {
            Some(truth) if truth.critical => {
                seizures += 1;
                lost(&truth.declaration_id);
                for substance in &truth.substances {
                    reports.push((
                        0,
                        Reported {
                            outcome: "seizure".to_owned(),
                            detection_method: "physical_examination".to_owned(),
                            substance: substance.name.to_owned(),
                            quantity: substance.quantity.to_string(),
                            unit: substance.unit.to_owned(),
                            unit_mass_g: (substance.grams / substance.quantity.max(1e-9))
                                .to_string(),
                            concealment: truth.concealment.code().to_owned(),
                            ..report.clone()
                        },
                    ));
                }
            }
            Some(truth) if truth.irregular => reports.push((
                0,
                Reported {
                    outcome: "discrepancy".to_owned(),
                    detection_method: "physical_examination".to_owned(),
                    reason: truth.typology.code().to_owned(),
                    ..report
                },
            )),
            _ => reports.push((0, Reported { outcome: "clear".to_owned(), ..report })),
        }
    }
    reports.sort_by(|a, b| a.1.declaration_id.cmp(&b.1.declaration_id));
    acts::record::record(store, &reports, false, office.by()).await?;
    Ok((drawn.len(), seizures))
}

/// How many of the planned consignments were bad in truth, today's plans aside.
async fn in_truth(
    store: &Store,
    truths: &HashMap<String, Truth>,
    today: &[Planned],
    target: Target,
) -> Result<usize> {
    let today: Vec<i64> = today.iter().map(|planned| planned.plan.id).collect();
    let mut bad = 0;
    let mut tx = store.read().await?;
    exports::each(&mut tx, &exports::SELECTIONS, |cells| {
        if let [Cell::Int(Some(plan)), Cell::Text(Some(declaration)), ..] = cells
            && !today.contains(plan)
            && let Some(truth) = truths.get(*declaration)
        {
            bad += usize::from(match target {
                Target::Irregular => truth.irregular || truth.critical,
                Target::Critical => truth.critical,
            });
        }
        Ok(())
    })
    .await?;
    Ok(bad)
}

/// The lines of the first of today's plans, by rank, with their reasons.
async fn todays_plan(
    store: &Store,
    today: &[Planned],
    language: Language,
) -> Result<(String, Vec<TodaysLine>)> {
    let Some(Planned { plan, lines, .. }) = today.first() else {
        return Ok((String::new(), Vec::new()));
    };
    let mut drawn: Vec<_> = lines.iter().filter(|line| line.drawn).collect();
    drawn.sort_by_key(|line| line.position);
    let ids: Vec<i64> = drawn.iter().map(|line| line.consignment_id).collect();
    let mut tx = store.read().await?;
    let known = plans::names_and_reasons(&mut tx, &ids, plan.model_id.as_deref()).await?;
    let mut shown = Vec::new();
    for line in drawn {
        let (declaration, reasons) =
            known.get(&line.consignment_id).context("a drawn consignment is gone")?;
        let reasons: Vec<Reason> = serde_json::from_str(reasons)?;
        shown.push(TodaysLine {
            consignment: declaration.clone(),
            chance: line.chance,
            channel: line.channel.clone(),
            modality: line.modality.clone(),
            minutes: line.minutes,
            reasons: reasons
                .iter()
                .filter(|reason| reason.push > 0.0)
                .take(2)
                .map(|reason| reason.sentence(language))
                .collect(),
        });
    }
    let of = format!(
        "P-{}, {} at {}, {}: {} of {} drawn",
        plan.id, plan.regime, plan.office, plan.shift, plan.drawn, plan.candidates
    );
    Ok((of, shown))
}

/// How many lines of today's plan a terminal is shown.
const SHOWN: usize = 15;

fn text_of(played: &Played) -> String {
    let mut text = format!(
        "The pretend port played {} days: {} consignments planned, {} opened, {} seizures, {} \
         models learned.\n\nToday's plan {}\n\n",
        played.days,
        played.consignments,
        played.inspected,
        played.seizures,
        played.models,
        played.plan_of
    );
    let mut table = super::Table::new(&["consignment", "min", "chance", "channel", "why"]);
    let certain = played.plan.iter().filter(|line| line.channel != "random").take(SHOWN - 3);
    let random = played.plan.iter().filter(|line| line.channel == "random").take(3);
    for line in certain.chain(random) {
        table.row([
            line.consignment.clone(),
            line.minutes.to_string(),
            format!("{:.4}", line.chance),
            line.channel.clone(),
            super::shortened(&line.reasons.join("; "), 96),
        ]);
    }
    text.push_str(&table.text());
    text.push_str(
        "\nThe iceberg, estimated from the recorded chances, beside the known truth:\n\n",
    );
    let mut table = super::Table::new(&[
        "counted",
        "found",
        "estimate",
        "95 % interval",
        "truth",
        "within",
        "naive",
    ]);
    for one in &played.truth {
        let iceberg = &one.iceberg;
        let truth = one.truth as f64;
        table.row([
            match one.target {
                Target::Irregular => "any irregularity".to_owned(),
                Target::Critical => "contraband".to_owned(),
            },
            iceberg.found.to_string(),
            format!("{:.0}", iceberg.estimate),
            format!("{:.0} to {:.0}", iceberg.low, iceberg.high),
            one.truth.to_string(),
            if (iceberg.low..=iceberg.high).contains(&truth) { "yes" } else { "no" }.to_owned(),
            iceberg.naive.map_or("–".to_owned(), |naive| format!("{naive:.0}")),
        ]);
    }
    text.push_str(&table.text());
    if played.accounts.is_empty() {
        return text;
    }
    text.push_str("\nSign in as one of these; the passwords are of this run alone:\n\n");
    let mut table = super::Table::new(&["name", "password", "role"]);
    for one in &played.accounts {
        table.row([one.name.to_owned(), one.password.clone(), one.role.replace('_', " ")]);
    }
    text.push_str(&table.text());
    text
}
