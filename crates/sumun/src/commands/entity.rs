//! `sumun entity`: who is behind the names. Resolves the parties of what arrived, finds and shows
//! entities with why their records are one, splits and merges them, and learns from the site's own
//! records what agreement weighs. Whoever has the store at hand sees every office.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;
use targeting::resolving::probability;

use super::{Office, Report, Table, shortened};
use crate::acts::account::id_of;
use crate::acts::entity::{self as acts, EntityOrder};
use crate::pipeline::entity::{self, Known, called};
use crate::pipeline::resolve::{learn_weights, resolve};
use crate::rights::Offices;
use crate::store::entities::EntityAct;

/// Who is behind the names.
#[derive(Debug, Subcommand)]
pub enum Entities {
    /// Resolves the parties of everything that arrived and was not resolved yet.
    Resolve,
    /// Finds entities by name, code, phone or mail.
    Search(Search),
    /// Shows an entity: its records, why each is of it, and what happened to it.
    Show(Show),
    /// Takes records out of an entity: together they are another one from now on.
    Split(Split),
    /// Makes two entities one; the older id stays.
    Merge(Merge),
    /// Learns from the site's own records what agreement weighs.
    Learn,
}

/// What is looked for.
#[derive(Debug, Args)]
pub struct Search {
    /// Words of a name in any script, a code, a phone or a mail address.
    words: Vec<String>,
    /// Only those whose code may be stolen.
    #[arg(long)]
    possible_victims: bool,
}

/// Which entity.
#[derive(Debug, Args)]
pub struct Show {
    /// Its id, such as E-7.
    id: String,
}

/// Which records leave.
#[derive(Debug, Args)]
pub struct Split {
    /// The entity, such as E-7.
    id: String,
    /// The records, such as PR-12.
    #[arg(required = true)]
    records: Vec<String>,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// Which entities are one.
#[derive(Debug, Args)]
pub struct Merge {
    /// The entity, such as E-7.
    id: String,
    /// The other one, such as E-31.
    with: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// A number written with its letters.
fn number(text: &str, letters: &str) -> Result<i64> {
    let upper = text.trim().to_ascii_uppercase();
    match upper.strip_prefix(letters).map(str::parse) {
        Some(Ok(id)) => Ok(id),
        _ => crate::refuse!("id", "`{text}` is no id: write {letters}12, say"),
    }
}

impl Entities {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        match self {
            Entities::Resolve => arrived(office).await,
            Entities::Search(search) => search.run(office).await,
            Entities::Show(show) => show.run(office).await,
            Entities::Split(split) => split.run(office).await,
            Entities::Merge(merge) => merge.run(office).await,
            Entities::Learn => learned(office).await,
        }
    }
}

async fn arrived(office: &Office) -> Result<Report> {
    let store = office.store().await?;
    let bar = office.bar(None, "resolving parties");
    let began = std::time::Instant::now();
    let done = resolve(&store, office.by(), |sum| bar.set_position(sum.records as u64)).await?;
    bar.finish_and_clear();
    let seconds = began.elapsed().as_secs_f64();
    Ok(Report::new(
        json!({
            "consignments": done.consignments,
            "records": done.records,
            "entities": done.entities,
            "joined": done.joined,
            "seconds": seconds,
        }),
        format!(
            "{} consignments named parties in {} new ways: {} new entities, {} pairs became one.",
            done.consignments, done.records, done.entities, done.joined
        ),
    ))
}

impl Search {
    async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let mut tx = store.read().await?;
        let found = match self.possible_victims {
            true => entity::victims(&mut tx, &Offices::All).await?,
            false => entity::search(&mut tx, &self.words.join(" "), &Offices::All).await?,
        };
        let head = ["entity", "names", "records", "consignments", "finds", "last", "victim?"];
        let mut table = Table::new(&head);
        let mut all = Vec::new();
        for row in found {
            table.row([
                format!("E-{}", row.id),
                shortened(&row.names.join(" · "), 60),
                row.records.to_string(),
                row.consignments.to_string(),
                row.finds.to_string(),
                row.days.1.to_string(),
                if row.possible_victim { "possible" } else { "" }.to_owned(),
            ]);
            all.push(json!({
                "id": format!("E-{}", row.id),
                "names": row.names,
                "records": row.records,
                "consignments": row.consignments,
                "finds": row.finds,
                "possible_victim": row.possible_victim,
            }));
        }
        let text = match table.is_empty() {
            true => "No entity was found. `sumun entity resolve` resolves what arrived.".to_owned(),
            false => table.text(),
        };
        Ok(Report::new(json!({ "entities": all }), text))
    }
}

impl Show {
    async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let mut tx = store.read().await?;
        let asked = number(&self.id, "E-")?;
        let id = acts::stays(&mut tx, asked).await?.unwrap_or(asked);
        let known = Known::load(&mut tx, &[id], &Offices::All).await?;
        let Some(row) = known.row(id) else {
            crate::refuse!("no_entity", "there is no entity E-{asked}: `sumun entity search`");
        };
        let mut records = Table::new(&["record", "name", "code", "phones", "address", "put by"]);
        let mut all = Vec::new();
        for member in &known.members[&id] {
            let record = &known.records[&member.record_id];
            records.row([
                format!("PR-{}", member.record_id),
                shortened(called(record), 40),
                record.code.clone(),
                shortened(&record.phones.join(", "), 30),
                shortened(&record.address, 40),
                member.put_by.clone(),
            ]);
            let chance = member.link.map(|(_, bits)| probability(bits));
            all.push(json!({
                "id": format!("PR-{}", member.record_id),
                "record": record,
                "by": member.put_by,
                "probability": chance,
            }));
        }
        let mut history = Table::new(&["when", "what", "by", "records", "other", "why"]);
        let mut happened = Vec::new();
        for one in entity::history(&mut tx, id).await? {
            let at = jiff::Timestamp::from_microsecond(one.at)?.to_string();
            let named: Vec<String> = one.records.iter().map(|id| format!("PR-{id}")).collect();
            let other = one.other.map(|id| format!("E-{id}"));
            history.row([
                at.clone(),
                one.act.to_owned(),
                one.by.clone(),
                shortened(&named.join(" "), 30),
                other.clone().unwrap_or_default(),
                shortened(&one.reason, 40),
            ]);
            happened.push(json!({
                "at": at,
                "act": one.act,
                "by": one.by,
                "records": named,
                "other": other,
                "reason": one.reason,
            }));
        }
        let mut text =
            format!("E-{id}  {}\n\n{}\n{}", row.names.join(" · "), records.text(), history.text());
        let mut victims = Vec::new();
        for used in known.uses.values() {
            let [ko, en] = entity::usage(used).said();
            text.push_str(&format!("\n{}: {ko}\n{en}\n", used.code));
            victims.push(json!({ "code": used.code, "ko": ko, "en": en }));
        }
        let json = json!({
            "id": format!("E-{id}"),
            "names": row.names,
            "consignments": row.consignments,
            "finds": row.finds,
            "records": all,
            "history": happened,
            "possible_victim": victims,
        });
        Ok(Report::new(json, text))
    }
}

fn changed(act: &EntityAct) -> Report {
    let records: Vec<String> = act.records.iter().map(|id| format!("PR-{id}")).collect();
    let (entity, other) = (format!("E-{}", act.entity_id), format!("E-{}", act.other_id));
    let text = match act.split {
        true => format!("{} left {entity} and are {other} now.", records.join(", ")),
        false => format!("{other} is part of {entity} now."),
    };
    Report::new(json!({ "entity": entity, "other": other, "records": records }), text)
}

impl Split {
    async fn run(self, office: &Office) -> Result<Report> {
        let entity = number(&self.id, "E-")?;
        let records = self.records.iter().map(|record| number(record, "PR-"));
        let records: Vec<i64> = records.collect::<Result<_>>()?;
        let store = office.store().await?;
        let order = EntityOrder { id: id_of(None)?, entity, seen: None, reason: self.reason };
        Ok(changed(&acts::split(&store, &order, &records, office.by()).await?))
    }
}

impl Merge {
    async fn run(self, office: &Office) -> Result<Report> {
        let (entity, with) = (number(&self.id, "E-")?, number(&self.with, "E-")?);
        let store = office.store().await?;
        let order = EntityOrder { id: id_of(None)?, entity, seen: None, reason: self.reason };
        Ok(changed(&acts::merge(&store, &order, with, office.by()).await?))
    }
}

async fn learned(office: &Office) -> Result<Report> {
    let store = office.store().await?;
    let bar = office.bar(None, "learning what agreement weighs");
    let (weights, records) = learn_weights(&store, office.by()).await?;
    bar.finish_and_clear();
    let mut table = Table::new(&["field", "level", "m", "u", "bits"]);
    for field in &weights.fields {
        for level in &field.levels {
            table.row([
                field.column.clone(),
                level.level.clone(),
                format!("{:.4}", level.m),
                format!("{:.6}", level.u),
                format!("{:.2}", level.bits),
            ]);
        }
    }
    let text = format!("Learned from {records} records.\n\n{}", table.text());
    Ok(Report::new(json!({ "records": records, "weights": weights }), text))
}
