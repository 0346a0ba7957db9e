//! Sightings of boxes: keeps what movement messages say, and gathers what others said around
//! consignments. The checks themselves are `targeting::crosscheck`; the dossier and whoever takes
//! them as facts ask [`around`] and then judge.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use serde_json::json;
use targeting::consignment::{Consignment, Direction, Fate};
use targeting::crosscheck::{Around, Totals};
use targeting::search_key::number_key;

use super::Message;
use crate::store::consignments::Version;
use crate::store::sightings::Seen;
use crate::store::{Store, Tx, consignments, covered, journal, queue, sightings};

/// Consignments looked at that name one box or one master: a groupage container has hundreds.
const NAMING_ONE: usize = 1_000;

/// Messages that speak of a master as a whole. Elsewhere one without a house is a sibling.
const MASTERS: [&str; 2] = ["cargo-imp-fwb", "cargo-xml-xfwb"];

/// Keeps the sightings of a message; gives how many were new. The same again change nothing.
pub async fn sight(
    store: &Store,
    message: &Message,
    seen: &[Seen],
    by: (&str, i64),
) -> Result<usize> {
    if seen.is_empty() {
        return Ok(0);
    }
    let mut tx = store.begin().await?;
    let new = sight_within(&mut tx, message, seen, by).await?;
    if new > 0 {
        tx.commit().await?;
    }
    Ok(new)
}

/// As [`sight`], within a transaction of the caller's, who commits what was new.
pub async fn sight_within(
    tx: &mut Tx,
    message: &Message,
    seen: &[Seen],
    (actor, now): (&str, i64),
) -> Result<usize> {
    if seen.is_empty() {
        return Ok(0);
    }
    let mut known = sightings::lines(tx, message.id).await?;
    let first = sightings::next_id(tx).await?;
    let mut digest = covered::Documents::default();
    let mut new = Vec::new();
    for one in seen.iter().filter(|one| known.insert(one.line)) {
        let document = serde_json::to_string(&one.sighting)?;
        digest.add(&document);
        new.push((one, document));
    }
    let (Some((head, _)), Some((tail, _))) = (new.first(), new.last()) else { return Ok(0) };
    sightings::insert(tx, (message.id, first), &new).await?;
    journal::record(
        tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "sight".into(),
            subject: format!("message {}", message.id).into(),
            body: json!({
                "file": message.name,
                "lines": [head.line, tail.line],
                "ids": [first, first + new.len() as i64 - 1],
                "sha256": digest.finish(),
            }),
        }],
        now,
    )
    .await?;
    Ok(new.len())
}

/// What others said around each of these consignments, in their order. Each is given with the id
/// of its first version.
pub async fn around(tx: &mut Tx, of: &[(i64, &Consignment)]) -> Result<Vec<Around>> {
    let mut units: Vec<&str> = of
        .iter()
        .flat_map(|(_, one)| one.equipment.iter().map(|unit| unit.number.as_str()))
        .filter(|number| !number.is_empty())
        .collect();
    units.sort_unstable();
    units.dedup();
    let mut masters: Vec<&str> = of
        .iter()
        .map(|(_, one)| one.documents.master_bill.as_str())
        .filter(|bill| !bill.is_empty())
        .collect();
    masters.sort_unstable();
    masters.dedup();
    if units.is_empty() && masters.is_empty() {
        return Ok(vec![Around::default(); of.len()]);
    }
    let seen = sightings::of_units(tx, &units).await?;
    let with_units = of.iter().filter(|(_, one)| !one.equipment.is_empty());
    let routes: Vec<_> = with_units.map(|(_, one)| &one.route).collect();
    let lists = sightings::lists(tx, &routes).await?;
    // Which shipments name a number, by the first versions of those that still stand.
    let naming = queue::naming(tx, &[&units[..], &masters].concat(), NAMING_ONE).await?;
    let mut ids: Vec<i64> = naming.iter().map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let described = consignments::described(tx, &ids).await?;
    let standing: HashMap<i64, &Version> = described
        .iter()
        .filter(|one| !matches!(one.fate, Fate::Superseded | Fate::Rejected))
        .map(|one| (one.id, one))
        .collect();
    let mut by_number: HashMap<&str, Vec<&Version>> = HashMap::new();
    let mut named_by: HashMap<&str, usize> = HashMap::new();
    for (number, id) in &naming {
        *named_by.entry(number).or_default() += 1;
        if let Some(version) = standing.get(id) {
            by_number.entry(number).or_default().push(version);
        }
    }
    Ok(of
        .iter()
        .map(|(first_id, one)| {
            let named = |number: &str| by_number.get(number_key(number).as_str());
            // One shipment is declared by several documents: others are those of other bills.
            let other = |version: &&Version| {
                let (mine, theirs) = (&one.documents, &version.consignment.documents);
                version.first_id != *first_id
                    && (mine.house_bill != theirs.house_bill
                        || mine.master_bill != theirs.master_bill)
            };
            let shared = one.equipment.iter().map(|unit| &unit.number);
            let shared = shared
                .filter(|number| named(number).is_some_and(|versions| versions.iter().any(other)));
            let numbers: HashSet<&str> =
                one.equipment.iter().map(|unit| unit.number.as_str()).collect();
            let of_units = seen.iter().filter(|seen| numbers.contains(seen.unit.as_str()));
            let master = &one.documents.master_bill;
            Around {
                sightings: of_units.cloned().collect(),
                lists: match numbers.is_empty() {
                    true => Vec::new(),
                    false => lists.of(&one.route, one.direction == Direction::Export),
                },
                shared: shared.cloned().collect(),
                houses: match named(master) {
                    // Of more than are looked at, no sum is the whole.
                    Some(versions)
                        if named_by
                            .get(number_key(master).as_str())
                            .is_some_and(|n| *n < NAMING_ONE) =>
                    {
                        totals(master, versions)
                    }
                    _ => Totals::default(),
                },
            }
        })
        .collect())
}

/// What a master states of itself, against the sum of its houses.
fn totals(master: &str, versions: &[&Version]) -> Totals {
    let of = |version: &&&Version| version.consignment.documents.master_bill == master;
    let packages = |one: &Consignment| -> u64 {
        one.goods.iter().filter_map(|item| item.packages).map(u64::from).sum()
    };
    let grams = |one: &Consignment| -> i64 {
        one.goods.iter().filter_map(|item| item.gross_mass_g).map(|mass| mass.0).sum()
    };
    let mut stated: Option<&Version> = None;
    // A house that two documents declare counts once.
    let mut houses: BTreeMap<&str, &Version> = BTreeMap::new();
    for version in versions.iter().filter(of) {
        let speaks = MASTERS.contains(&version.consignment.source.as_str());
        match version.consignment.documents.house_bill.as_str() {
            "" if speaks && stated.is_none_or(|known| known.id < version.id) => {
                stated = Some(version);
            }
            "" => {}
            house => {
                let known = houses.entry(house).or_insert(version);
                if known.id < version.id {
                    *known = version;
                }
            }
        }
    }
    let Some(stated) = stated.map(|version| &version.consignment) else {
        return Totals::default();
    };
    if houses.is_empty() {
        return Totals::default();
    }
    let houses = || houses.values().map(|version| &version.consignment);
    let all = |each: &dyn Fn(&Consignment) -> bool| each(stated) && houses().all(each);
    Totals {
        packages: all(&|one| packages(one) > 0)
            .then(|| (packages(stated), houses().map(packages).sum())),
        grams: all(&|one| grams(one) > 0).then(|| (grams(stated), houses().map(grams).sum())),
    }
}
