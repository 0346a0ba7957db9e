//! The dossier of one consignment: what an officer needs beside the declaration to decide on it.
//! Why it was judged so, down to fields and histories; what is wrong with its data; the record of
//! its parties as facts; what was found before that is like it. It tells and decides nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::crosscheck::{self, Contradiction};
use targeting::facts::Facts;
use targeting::feature;
use targeting::history::{Histories, KeyKind, LinkKind, Past};
use targeting::model::Model;
use targeting::party::Role;
use targeting::screening::{Screener, Waterfall};
use targeting::tariff::{Fit, Tariff};
use targeting::text::is_vague;

use super::{around, past_of};
use crate::store::consignments::Version;
use crate::store::{Tx, defects, finds, histories, messages, models, references};

/// Models that are kept ready: the one in force and the one before.
const READY: usize = 2;
/// Finds looked at of each shared key.
const FINDS_OF_A_KEY: i64 = 50;
/// Finds that are told.
const FINDS: usize = 8;
/// Other names under one code from which on its owner may be a victim.
const NAMES_UNDER_A_CODE: u32 = 2;

/// Models made ready to explain: reading one takes longer than all else of a dossier together.
#[derive(Clone, Default)]
pub struct Screeners(Arc<Mutex<Vec<Ready>>>);

/// A model's number, and the model.
type Ready = (String, Arc<Screener>);

impl Screeners {
    async fn of(&self, tx: &mut Tx, id: &str) -> Result<Option<Arc<Screener>>> {
        let ready = |list: &[Ready]| {
            list.iter().find(|(of, _)| of == id).map(|(_, screener)| screener.clone())
        };
        if let Some(screener) = ready(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(Some(screener));
        }
        let Some((_, artefact, _)) = models::find(tx, id).await? else { return Ok(None) };
        // A model of before may read features that are no more: then there is nothing to tell.
        let Ok(model) = Model::from_json(artefact.as_bytes(), &feature::codes()) else {
            return Ok(None);
        };
        let screener = Arc::new(Screener::new(model));
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.insert(0, (id.to_owned(), screener.clone()));
        list.truncate(READY);
        Ok(Some(screener))
    }
}

/// The titles of the Harmonised System made ready to be asked, and made anew once others are
/// loaded.
#[derive(Clone, Default)]
pub struct Titles(Arc<Mutex<Option<Loaded>>>);

/// By which a change is seen, and the titles.
type Loaded = ((i64, i64), Arc<Tariff>);

impl Titles {
    async fn of(&self, tx: &mut Tx) -> Result<Arc<Tariff>> {
        let extent = references::extent_of_titles(tx).await?;
        let ready = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((of, tariff)) = ready
            && of == extent
        {
            return Ok(tariff);
        }
        let titles = references::titles(tx).await?;
        let pairs = titles.iter().map(|of| (of.code.as_str(), of.title.as_str()));
        let tariff = Arc::new(tokio::task::block_in_place(|| Tariff::of(pairs)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((extent, tariff.clone()));
        Ok(tariff)
    }
}

/// Headings that a contradicted description is said to sound like.
const SOUNDS_LIKE: usize = 2;

/// Whether the main goods' description contradicts their HS code; none where no titles are loaded.
pub async fn contradiction(
    tx: &mut Tx,
    titles: &Titles,
    consignment: &Consignment,
) -> Result<Option<Flaw>> {
    let Some(goods) = consignment.main_goods() else { return Ok(None) };
    let Some(declared) = goods.hs else { return Ok(None) };
    let tariff = titles.of(tx).await?;
    let Fit::Contradicts { sounds_like } = tariff.fit(&goods.description, declared) else {
        return Ok(None);
    };
    let sounds: Vec<String> = (sounds_like.iter().take(SOUNDS_LIKE))
        .map(|near| {
            let code = format!("{:04}", near.heading);
            let title: String = tariff.title(&code).unwrap_or_default().chars().take(60).collect();
            format!("{code} {title}")
        })
        .collect();
    let sounds = sounds.join("; ");
    Ok(Some(Flaw {
        field: "hs".to_owned(),
        kind: "contradicts".to_owned(),
        said: (
            format!("품명이 신고된 HS {declared} 류의 말이 아닙니다. 더 가까운 호: {sounds}"),
            format!("The description has no word of HS {declared}'s chapter. Nearer: {sounds}"),
        ),
    }))
}

/// Why a model judged a consignment so, computed anew; none when the model cannot be read.
pub async fn why(
    tx: &mut Tx,
    screeners: &Screeners,
    model: &str,
    consignment: &Consignment,
) -> Result<Option<Waterfall>> {
    let Some(screener) = screeners.of(tx, model).await? else { return Ok(None) };
    let of = std::slice::from_ref(consignment);
    let past = past_of(tx, screener.extractor(), of, None).await?;
    Ok(Some(tokio::task::block_in_place(|| screener.waterfall(consignment, &past))))
}

/// What was known of a party before the day of arrival.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Its record.
    pub past: Past,
    /// Other names that stand under its code, where that says something.
    pub other_names: Option<u32>,
}

/// The records of a consignment's parties, by role.
pub async fn records(tx: &mut Tx, consignment: &Consignment) -> Result<HashMap<Role, Known>> {
    let facts = Facts::of(consignment);
    let day = consignment.arrived_on;
    let kinds = [
        (Role::Consignor, KeyKind::Consignor),
        (Role::Consignee, KeyKind::Consignee),
        (Role::Declarant, KeyKind::Declarant),
        (Role::Courier, KeyKind::Carrier),
        (Role::Carrier, KeyKind::Carrier),
    ];
    let keys: Vec<(Role, u64)> =
        kinds.iter().filter_map(|(role, kind)| Some((*role, kind.key(&facts)?))).collect();
    let mut past = Histories::default();
    let mut wanted: Vec<i64> = keys.iter().map(|(_, key)| *key as i64).collect();
    wanted.sort_unstable();
    wanted.dedup();
    histories::load(tx, &mut past, &wanted, day, day).await?;
    let called = LinkKind::ConsigneeCalled.link(&facts);
    // A name alone is its own key, and tells of no code.
    let has_code = consignment.party(Role::Consignee).is_some_and(|party| !party.code.is_empty());
    if let Some(link) = called.filter(|_| has_code) {
        histories::load_links(tx, &mut past, &[link.key as i64], day).await?;
    }
    let mut records = HashMap::new();
    for (role, key) in keys {
        let other_names = called.filter(|_| has_code && role == Role::Consignee).map(|link| {
            let own = u32::from(past.met_before(link.pair, day));
            past.partners_before(link.key, day).saturating_sub(own)
        });
        records.insert(role, Known { past: past.before(key, day), other_names });
    }
    Ok(records)
}

/// Whether so many other names under one code mean that its owner may be a victim.
pub fn may_be_victim(other_names: Option<u32>) -> Option<u32> {
    other_names.filter(|names| *names >= NAMES_UNDER_A_CODE)
}

/// Something wrong with the data, or missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The field.
    pub field: String,
    /// The kind, such as `missing`.
    pub kind: String,
    /// What is wrong, in Korean and English.
    pub said: (String, String),
}

/// What is wrong with a version's data: the defects that were found when it was read, and what
/// screening misses.
pub async fn flaws(tx: &mut Tx, version: &Version) -> Result<Vec<Flaw>> {
    let kept = defects::of_line(tx, version.message_id, version.line).await?;
    let mut flaws: Vec<Flaw> = kept
        .into_iter()
        .map(|decided| decided.defect)
        .map(|defect| {
            let shown: String = defect.found.chars().take(60).collect();
            let ko = match defect.kind.as_str() {
                "ignored" => format!("읽을 수 없어 비워 두었습니다: ‘{shown}’"),
                "out_of_range" => format!("있을 수 없는 값이라 비워 두었습니다: ‘{shown}’"),
                "duplicate" => "같은 파일에 같은 기록이 또 있습니다.".to_owned(),
                "noted" => format!("이상한 점이 있습니다: ‘{shown}’"),
                _ => format!("읽을 수 없습니다: ‘{shown}’"),
            };
            Flaw { field: defect.field, kind: defect.kind, said: (ko, defect.reason) }
        })
        .collect();
    flaws.extend(missing(&version.consignment));
    flaws.extend(signs(&version.consignment));
    Ok(flaws)
}

/// What is odd about the documents that no other flaw tells.
fn signs(consignment: &Consignment) -> Vec<Flaw> {
    const TOLD: [&str; 2] = ["description_vague", "container_check_digit"];
    let signs = consignment.documents.signs.iter().filter(|sign| !TOLD.contains(&sign.as_str()));
    signs
        .filter_map(|sign| {
            let (ko, en) = crosscheck::said_of_sign(sign)?;
            Some(Flaw {
                field: "documents".to_owned(),
                kind: sign.to_string(),
                said: (ko.to_owned(), en.to_owned()),
            })
        })
        .collect()
}

/// In what other messages contradict a version: boxes, seals, masses, totals of houses.
pub async fn contradictions(tx: &mut Tx, version: &Version) -> Result<Vec<Contradiction>> {
    let of = [(version.first_id, &version.consignment)];
    let around = around(tx, &of).await?;
    Ok(around.iter().flat_map(|around| crosscheck::judge(&version.consignment, around)).collect())
}

/// What is not declared though judgement would use it, and what says nothing.
fn missing(consignment: &Consignment) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut miss = |absent: bool, field: &str, ko: &str, en: &str| {
        if absent {
            flaws.push(Flaw {
                field: field.to_owned(),
                kind: "missing".to_owned(),
                said: (ko.to_owned(), en.to_owned()),
            });
        }
    };
    let goods = consignment.main_goods();
    miss(goods.is_none(), "goods", "물품이 신고되지 않았습니다.", "No goods are declared.");
    if let Some(goods) = goods {
        miss(goods.hs.is_none(), "hs", "HS 부호가 없습니다.", "There is no HS code.");
        let none = goods.description.is_empty();
        miss(none, "description", "품명이 없습니다.", "There is no description.");
        miss(goods.origin.is_none(), "origin", "원산지가 없습니다.", "There is no origin.");
        miss(goods.net_mass_g.is_none(), "net_mass_kg", "순중량이 없습니다.", "No net mass.");
        miss(goods.value.is_none(), "value", "신고가격이 없습니다.", "There is no value.");
    }
    let none = |role| consignment.party(role).is_none_or(|party| party.identity().is_none());
    miss(none(Role::Consignor), "consignor", "발송인이 없습니다.", "There is no consignor.");
    miss(none(Role::Consignee), "consignee", "수취인이 없습니다.", "There is no consignee.");
    let departure = consignment.route.departure.is_none();
    miss(departure, "departure", "발송국이 없습니다.", "There is no country of dispatch.");
    let vague = goods.filter(|goods| !goods.description.is_empty() && is_vague(&goods.description));
    if let Some(goods) = vague {
        flaws.push(Flaw {
            field: "description".to_owned(),
            kind: "vague".to_owned(),
            said: (
                format!("품명만으로는 물품을 알 수 없습니다: ‘{}’", goods.description),
                format!("The description names no goods: “{}”", goods.description),
            ),
        });
    }
    for unit in &consignment.equipment {
        if unit.container.is_none() && !unit.number.is_empty() {
            flaws.push(Flaw {
                field: "containers".to_owned(),
                kind: "check_digit".to_owned(),
                said: (
                    format!("컨테이너 번호 {}의 검사 숫자가 맞지 않습니다.", unit.number),
                    format!("The check digit of container {} is wrong.", unit.number),
                ),
            });
        }
    }
    flaws
}

/// A past find that shares keys with a consignment.
#[derive(Debug, Clone)]
pub struct Like {
    /// Its consignment.
    pub consignment_id: i64,
    /// Day on which it became known.
    pub known_on: Day,
    /// The kinds of key that it shares, what says most first.
    pub shares: Vec<KeyKind>,
}

/// The past finds that are most like a consignment: those that share most with it, the newest
/// first among equals.
pub async fn alike(tx: &mut Tx, id: i64, consignment: &Consignment) -> Result<Vec<Like>> {
    let shared = finds::sharing(tx, id, consignment, FINDS_OF_A_KEY).await?;
    let facts = Facts::of(consignment);
    let kinds: Vec<(i64, KeyKind, u32)> = finds::KINDS
        .iter()
        .filter_map(|(kind, weight)| Some((kind.key(&facts)? as i64, *kind, *weight)))
        .collect();
    let mut by_find: BTreeMap<i64, (u32, Like)> = BTreeMap::new();
    for one in shared {
        let (weight, like) = by_find.entry(one.consignment_id).or_insert_with(|| {
            let like = Like {
                consignment_id: one.consignment_id,
                known_on: one.known_on,
                shares: Vec::new(),
            };
            (0, like)
        });
        for (_, kind, more) in kinds.iter().filter(|(key, ..)| *key == one.key) {
            *weight += more;
            like.shares.push(*kind);
        }
    }
    let mut likes: Vec<(u32, Like)> = by_find.into_values().collect();
    likes.sort_by_key(|(weight, like)| {
        (std::cmp::Reverse(*weight), std::cmp::Reverse((like.known_on, like.consignment_id)))
    });
    Ok(likes.into_iter().take(FINDS).map(|(_, like)| like).collect())
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field, such as `goods[0].value`.
    pub path: String,
    /// What stood there; none where nothing did.
    pub from: Option<String>,
    /// What stands there now.
    pub to: Option<String>,
}

/// What differs between two documents, in the order of their fields.
pub fn changes(from: &serde_json::Value, to: &serde_json::Value) -> Vec<Change> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    leaves(from, String::new(), &mut before);
    leaves(to, String::new(), &mut after);
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    let of = |map: &BTreeMap<String, String>, path| map.get(path).cloned();
    paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| Change { path: path.clone(), from: of(&before, path), to: of(&after, path) })
        .collect()
}

fn leaves(value: &serde_json::Value, path: String, out: &mut BTreeMap<String, String>) {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(value, format!("{path}{dot}{name}"), out);
            }
        }
        Value::Array(list) => {
            for (n, value) in list.iter().enumerate() {
                leaves(value, format!("{path}[{n}]"), out);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            out.insert(path, text.clone());
        }
        other => {
            out.insert(path, other.to_string());
        }
    }
}

/// Hours between two local times as documents write them, such as `2026-11-25T14:30`.
pub fn hours_between(from: &str, to: &str) -> Option<f64> {
    let read = |text: &str| -> Option<jiff::civil::DateTime> {
        text.parse().ok().or_else(|| text.parse::<jiff::civil::Date>().ok().map(Into::into))
    };
    let span = read(to)?.duration_since(read(from)?);
    Some(span.as_secs_f64() / 3_600.0).filter(|hours| *hours >= 0.0)
}

/// The name and time of a message.
pub async fn message(tx: &mut Tx, id: i64) -> Result<(String, i64)> {
    let found = messages::find(tx, id).await?.context("the message of a consignment is gone")?;
    Ok((found.name, found.received_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_differ_by_their_fields() {
        let from = json!({"goods": [{"hs": "0901", "value": 10.0}], "office": "030"});
        let to = json!({"goods": [{"hs": "0901", "value": 12.5}], "office": "030", "x": true});
        let found = changes(&from, &to);
        let told: Vec<(&str, Option<&str>, Option<&str>)> = found
            .iter()
            .map(|one| (one.path.as_str(), one.from.as_deref(), one.to.as_deref()))
            .collect();
        assert_eq!(
            told,
            [("goods[0].value", Some("10.0"), Some("12.5")), ("x", None, Some("true"))]
        );
        assert!(changes(&to, &to).is_empty());
    }

    #[test]
    fn dwell_is_told_in_hours() {
        assert_eq!(hours_between("2026-11-25T14:30", "2026-11-26T02:00"), Some(11.5));
        assert_eq!(hours_between("2026-11-25", "2026-11-26"), Some(24.0));
        assert_eq!(hours_between("2026-11-26", "2026-11-25"), None);
        assert_eq!(hours_between("soon", "2026-11-25"), None);
    }
}
