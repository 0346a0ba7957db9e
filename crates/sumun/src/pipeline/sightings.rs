//! Sightings of boxes: keeps what movement messages say, and gathers what others said around
//! consignments. The checks themselves are `targeting::crosscheck`; the dossier and whoever takes
//! them as facts ask [`around`] and then judge.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::Result;
use serde_json::json;
use targeting::consignment::{Consignment, Direction, Fate};
use targeting::crosscheck::{self, Around, Sighting, Totals};
use targeting::search_key::number_key;

use super::Message;
use crate::rights::Offices;
use crate::store::consignments::Version;
use crate::store::sightings::{Latest, Seen};
use crate::store::{Store, Tx, assessments, consignments, covered, journal, queue, sightings};

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
    let mut units: Vec<&str> = new.iter().map(|(one, _)| one.sighting.unit.as_str()).collect();
    units.sort_unstable();
    units.dedup();
    let contradicted = contradicted(tx, &units).await?;
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
                "contradicted": contradicted,
            }),
        }],
        now,
    )
    .await?;
    Ok(new.len())
}

/// Which of the boxes that are on no manifest are asked for.
#[derive(Debug, Clone, Default)]
pub struct WhichBoxes<'w> {
    /// Whose number, voyage, vessel, port or seal contains this, whatever its case.
    pub words: &'w str,
    /// Without those that are said to be empty, of which few are declared.
    pub full: bool,
    /// Loaded or discharged at these offices; anywhere when left out.
    pub offices: Option<&'w Offices>,
}

impl WhichBoxes<'_> {
    fn holds(&self, of: &Sighting) -> bool {
        let ports = || [of.loading, of.discharge].into_iter().flatten().map(|p| p.to_string());
        let own = |offices: &Offices| offices.all() || ports().any(|port| offices.contains(&port));
        let words = self.words.trim().to_uppercase();
        let said = [&of.unit, &of.voyage, &of.vessel, &of.vessel_id];
        let contains = |text: &str| text.to_uppercase().contains(&words);
        !(of.withdrawn || self.full && of.empty)
            && self.offices.is_none_or(own)
            && (words.is_empty()
                || said.into_iter().chain(&of.seals).any(|text| contains(text))
                || ports().any(|port| contains(&port)))
    }
}

/// Boxes of a look at a time: few enough for one question, many enough for a page.
const LOOK: i64 = 2_000;
/// Looks that one page takes at most, where nearly all boxes are declared.
const LOOKS: usize = 25;

/// Up to `limit` boxes that messages saw and no consignment that stands names, the latest first,
/// from before a sighting's id on; and where the next page begins. A page may have fewer, or none,
/// though more follow.
pub async fn undeclared(
    tx: &mut Tx,
    which: &WhichBoxes<'_>,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Latest>, Option<i64>)> {
    let (mut found, mut before) = (Vec::new(), before.unwrap_or(i64::MAX));
    for _ in 0..LOOKS {
        let latest = sightings::latest(tx, before, LOOK).await?;
        let whole = (latest.len() as i64) < LOOK;
        let wanted: Vec<Latest> =
            latest.iter().filter(|one| which.holds(&one.sighting)).cloned().collect();
        let units: Vec<&str> = wanted.iter().map(|one| one.sighting.unit.as_str()).collect();
        let naming = queue::naming(tx, &units, NAMING_ONE).await?;
        let ids: Vec<i64> = naming.iter().map(|(_, id)| *id).collect();
        let standing = consignments::standing(tx, &ids).await?;
        let declared: HashSet<&str> = naming
            .iter()
            .filter(|(_, id)| standing.contains(id))
            .map(|(number, _)| number.as_str())
            .collect();
        for one in &wanted {
            if declared.contains(number_key(&one.sighting.unit).as_str()) {
                continue;
            }
            if found.len() == limit {
                let next = found.last().map(|last: &Latest| last.id);
                return Ok((found, next));
            }
            found.push(one.clone());
        }
        match latest.last() {
            Some(last) if !whole => before = last.id,
            _ => return Ok((found, None)),
        }
    }
    Ok((found, Some(before)))
}

/// Consignments of one message's boxes that are looked at: more are those of a whole fleet.
const CONTRADICTED: usize = 20_000;

/// Which consignments that were screened before are contradicted by what was seen of these boxes
/// just now, each with the codes of the checks: no assessment changes, so it is said that they are
/// worth another look.
async fn contradicted(
    tx: &mut Tx,
    units: &[&str],
) -> Result<BTreeMap<i64, BTreeSet<&'static str>>> {
    let naming = queue::naming(tx, units, NAMING_ONE).await?;
    let mut ids: Vec<i64> = naming.into_iter().map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(CONTRADICTED);
    let judged = assessments::of(tx, &ids, None).await?;
    let judged: HashSet<i64> = judged.into_iter().map(|one| one.consignment_id).collect();
    let described = consignments::described(tx, &ids).await?;
    let screened: Vec<&Version> = described
        .iter()
        .filter(|one| one.fate == Fate::Pending && judged.contains(&one.id))
        .collect();
    let of: Vec<(i64, &Consignment)> =
        screened.iter().map(|one| (one.first_id, &one.consignment)).collect();
    let mut told = BTreeMap::new();
    for (version, around) in screened.iter().zip(around(tx, &of).await?) {
        let checks: BTreeSet<&str> = crosscheck::judge(&version.consignment, &around)
            .into_iter()
            .filter(|one| units.contains(&one.about.as_str()))
            .map(|one| one.check.as_str())
            .collect();
        if !checks.is_empty() {
            told.insert(version.id, checks);
        }
    }
    Ok(told)
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
