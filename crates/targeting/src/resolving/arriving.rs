//! Parties that arrive one after another: each record joins the entity that it agrees with best,
//! or founds one; where a record shows that two entities are one, they become one. What a person
//! has settled stays settled: such an entity may gain records, and never loses or joins any by
//! itself. Counts of keys come from the store, so that a batch knows what is rare in all of it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::levels::Fields;
use super::likeness::sound;
use super::reading::{Word, fold, name_words, phone, plain};
use super::weights::Scale;
use super::{ColumnRole, Records, Waterfall, Weights, explain};
use crate::party::Party;

/// Records that may be compared with one another: what is alone in this many is rare enough.
const SMALLEST: u64 = 10_000;
/// Bits that no pair can go beyond, so that one number keyed in wrong outweighs not all else.
const CLIP: f32 = 12.0;

/// One way in which a party was declared, as written; the same way again is the same record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct PartyRecord {
    /// Name.
    pub name: String,
    /// Registration number or code.
    pub code: String,
    /// Address.
    pub address: String,
    /// Country of the address.
    pub country: String,
    /// Phone numbers.
    pub phones: Vec<String>,
    /// Mail addresses.
    pub mails: Vec<String>,
}

/// What a key of a record is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum RecordKeyKind {
    /// The code.
    Code = 0,
    /// A phone number.
    Phone = 1,
    /// A mail address.
    Mail = 2,
    /// The whole name by its sound.
    Name = 3,
    /// Two words of the name.
    NameWords = 4,
    /// A word of the name: says how rare it is, and brings together where it is.
    NameWord = 5,
    /// The whole address.
    Address = 6,
}

/// A key by which records are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordKey {
    /// What it is made of.
    pub kind: RecordKeyKind,
    /// The key.
    pub key: u64,
}

fn key(kind: RecordKeyKind, text: &str) -> RecordKey {
    RecordKey { kind, key: xxh3_64_with_seed(text.as_bytes(), 0x5E55 + kind as u64) }
}

impl PartyRecord {
    /// How a party was declared; none where nothing says who it is.
    pub fn of(party: &Party) -> Option<PartyRecord> {
        let contact = party.contact.as_deref();
        let kept = |text: &str| text.trim().to_owned();
        let list = |texts: &[String]| -> Vec<String> {
            texts.iter().map(|text| kept(text)).filter(|text| !text.is_empty()).collect()
        };
        let record = PartyRecord {
            name: contact.map(|of| kept(&of.name)).unwrap_or_default(),
            code: kept(&party.code),
            address: contact.map(|of| kept(&of.address)).unwrap_or_default(),
            country: contact
                .and_then(|of| of.address_country)
                .map(|country| country.to_string())
                .unwrap_or_default(),
            phones: contact.map(|of| list(&of.phones)).unwrap_or_default(),
            mails: contact.map(|of| list(&of.mails)).unwrap_or_default(),
        };
        let named = [&record.name, &record.code].iter().any(|text| !plain(text).is_empty());
        named.then_some(record)
    }

    /// Whether it says this: one of its facts, as written.
    pub fn says(&self, fact: &str) -> bool {
        let one = [&self.name, &self.code, &self.address].into_iter();
        one.chain(&self.phones).chain(&self.mails).any(|said| said == fact.trim())
    }

    /// Which record it is.
    pub fn digest(&self) -> u64 {
        let mut text = [&*self.name, &self.code, &self.address, &self.country].join("\u{1f}");
        for part in self.phones.iter().chain(&self.mails) {
            text.push('\u{1f}');
            text.push_str(part);
        }
        xxh3_64(text.as_bytes())
    }

    /// The keys by which it is found, each once.
    pub fn keys(&self) -> Vec<RecordKey> {
        let mut keys = Vec::new();
        let code = plain(&self.code);
        if !code.is_empty() {
            keys.push(key(RecordKeyKind::Code, &code));
        }
        for number in &self.phones {
            let number = phone(number);
            if number.len() >= 7 {
                keys.push(key(RecordKeyKind::Phone, &number));
            }
        }
        for mail in &self.mails {
            keys.push(key(RecordKeyKind::Mail, &mail.to_lowercase()));
        }
        let address = fold(&self.address).replace(' ', "");
        if !address.is_empty() {
            keys.push(key(RecordKeyKind::Address, &address));
        }
        let name = name_words(&self.name);
        if !name.is_empty() {
            // Written together and in either order, so that a Korean name meets its romanisation.
            let sorted = |text: &str| {
                let mut signs: Vec<char> = text.chars().filter(|sign| *sign != ' ').collect();
                signs.sort_unstable();
                signs.into_iter().collect::<String>()
            };
            keys.push(key(RecordKeyKind::Name, &sorted(&sound(&name.replace(' ', "")))));
            let mut words: Vec<String> = name
                .split(' ')
                .filter(|word| word.len() > 1)
                .take(6)
                .map(|word| Word::of(word).skeleton.to_string())
                .collect();
            words.sort();
            words.dedup();
            for (n, one) in words.iter().enumerate() {
                keys.push(key(RecordKeyKind::NameWord, one));
                for other in &words[n + 1..] {
                    keys.push(key(RecordKeyKind::NameWords, &format!("{one} {other}")));
                }
            }
        }
        keys.sort();
        keys.dedup();
        keys
    }
}

/// The key of one fact, as people ask for it: a code, phone or mail.
pub fn fact_keys(text: &str) -> Vec<RecordKey> {
    let record = PartyRecord {
        code: text.to_owned(),
        phones: vec![text.to_owned()],
        mails: vec![text.to_owned()],
        ..PartyRecord::default()
    };
    record.keys()
}

/// Keys of a name, as people ask for it.
pub fn name_keys(text: &str) -> Vec<RecordKey> {
    PartyRecord { name: text.to_owned(), ..PartyRecord::default() }.keys()
}

/// Weights for parties until a site has learned its own from its records.
pub fn party_weights() -> Weights {
    let field = |column: &str, how: &[&str], m: &[f64], u: &[f64]| super::FieldWeights {
        column: column.to_owned(),
        levels: how
            .iter()
            .zip(m.iter().zip(u))
            .map(|(level, (m, u))| super::LevelWeight {
                level: (*level).to_owned(),
                m: *m,
                u: *u,
                bits: (m / u).log2(),
            })
            .collect(),
    };
    use super::levels::How;
    Weights {
        prior: 3.0 / SMALLEST as f64,
        fields: vec![
            field(
                "name",
                How::Name.levels(),
                &[0.46, 0.13, 0.12, 0.09, 0.06, 0.04, 0.10],
                &[2e-5, 3e-5, 1e-4, 1e-3, 5e-3, 0.03, 0.964],
            ),
            field("code", How::Code.levels(), &[0.80, 0.06, 0.01, 0.13], &[1e-5, 1e-5, 1e-4, 1.0]),
            field("phone", How::Code.levels(), &[0.62, 0.05, 0.01, 0.32], &[1e-5, 2e-5, 1e-4, 1.0]),
            field("mail", How::Mail.levels(), &[0.6, 0.04, 0.06, 0.3], &[1e-5, 1e-4, 1e-4, 1.0]),
            field(
                "address",
                How::Address.levels(),
                &[0.46, 0.12, 0.10, 0.08, 0.24],
                &[1e-4, 3e-4, 2e-3, 0.02, 0.978],
            ),
        ],
    }
}

/// Records that are compared with one another, with what is rare among all records of the store.
pub struct PartyTable {
    records: Records,
    fields: Fields,
    scale: Scale,
    start: f32,
}

impl PartyTable {
    /// A table of records. `seen` is how many records of the store have each key, of `total`.
    pub fn new(
        parties: &[PartyRecord],
        weights: &Weights,
        seen: &HashMap<u64, u32>,
        total: u64,
    ) -> PartyTable {
        let roles = [
            ("name", ColumnRole::FullName),
            ("code", ColumnRole::Code),
            ("phone", ColumnRole::Phone),
            ("mail", ColumnRole::Mail),
            ("address", ColumnRole::Address),
        ];
        let columns = roles.map(|(name, role)| (name.to_owned(), role));
        let mut records = Records::new(&columns);
        for party in parties {
            let phone = party.phones.first().map_or("", String::as_str);
            let mail = party.mails.first().map_or("", String::as_str);
            records.push([&*party.name, &party.code, phone, mail, &party.address]);
        }
        let total = total.max(SMALLEST) as u32;
        let count = |kind: RecordKeyKind, text: &str| {
            seen.get(&key(kind, text).key).copied().unwrap_or(1).max(1)
        };
        for column in &mut records.columns {
            column.stands_for(total);
            for (number, value) in column.values.iter().enumerate().skip(1) {
                let text = &*value.word.text;
                column.counts[number] = match column.role {
                    ColumnRole::Code => count(RecordKeyKind::Code, text),
                    ColumnRole::Phone => count(RecordKeyKind::Phone, text),
                    ColumnRole::Mail => count(RecordKeyKind::Mail, text),
                    ColumnRole::Address => count(RecordKeyKind::Address, &text.replace(' ', "")),
                    // A name is as common as its rarest word is, at most.
                    _ => text
                        .split(' ')
                        .filter(|word| word.len() > 1)
                        .map(|word| {
                            let skeleton = Word::of(word).skeleton.to_string();
                            count(RecordKeyKind::NameWord, &skeleton)
                        })
                        .min()
                        .unwrap_or(1),
                };
            }
            if column.role == ColumnRole::FullName {
                column.take_names_apart();
                for (number, word) in column.words.list.iter().enumerate() {
                    let skeleton = word.skeleton.to_string();
                    column.words.rows[number] = count(RecordKeyKind::NameWord, &skeleton);
                }
            }
        }
        let fields = Fields::of(&records.columns);
        let scale = Scale::given(&records, &fields, weights);
        let prior = 3.0 / f64::from(total);
        PartyTable { records, fields, scale, start: super::start_of(prior) }
    }

    /// What two records weigh, what they start with included.
    pub fn bits(&self, one: usize, other: usize) -> f32 {
        let pattern = self.fields.compare(&self.records, one, other);
        self.start + self.scale.weigh(&self.records, &self.fields, &pattern, (one, other))
    }

    /// Why two records are, or are not, one.
    pub fn explain(&self, one: usize, other: usize) -> Waterfall {
        explain(&self.records, &self.fields, &self.scale, f64::from(self.start), (one, other))
    }
}

/// An entity near a batch of arriving records.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its number.
    pub entity: i64,
    /// Its records, by place in the table.
    pub members: Vec<usize>,
    /// Whether a person has split or merged it.
    pub settled: bool,
}

/// Where one arriving record went.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Its place in the table.
    pub record: usize,
    /// The entity; below 0 one that it or an earlier record of the batch founded, from -1 on.
    pub entity: i64,
    /// The record that it agreed with best, and how well; none where it founded the entity.
    pub link: Option<(usize, f32)>,
}

/// Two entities that an arriving record showed to be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    /// The one that stays.
    pub keep: i64,
    /// The one whose records go over.
    pub gone: i64,
    /// What they weigh on average.
    pub bits: f32,
}

/// What a batch of arriving records came to.
#[derive(Debug, Clone, Default)]
pub struct Placement {
    /// Record by record.
    pub placed: Vec<Placed>,
    /// Entities that became one, in order.
    pub joined: Vec<Joined>,
}

/// Places arriving records. `near` gives for each the records that share a key with it.
pub fn place(
    table: &PartyTable,
    arriving: &[usize],
    near: &HashMap<usize, Vec<usize>>,
    standing: Vec<Standing>,
    threshold: f64,
) -> Placement {
    let least = (threshold / (1.0 - threshold)).log2() as f32;
    let mut of: HashMap<usize, i64> = HashMap::new();
    let mut entities: HashMap<i64, Standing> = HashMap::new();
    for one in standing {
        of.extend(one.members.iter().map(|record| (*record, one.entity)));
        entities.insert(one.entity, one);
    }
    let mean = |one: &[usize], other: &[usize]| {
        let bits = one.iter().flat_map(|a| other.iter().map(|b| table.bits(*a, *b)));
        bits.map(|bits| bits.clamp(-CLIP, CLIP)).sum::<f32>() / (one.len() * other.len()) as f32
    };
    let mut placement = Placement::default();
    let mut founded = 0;
    for &record in arriving {
        // The best link to each entity near.
        let mut links: HashMap<i64, (usize, f32)> = HashMap::new();
        for other in near.get(&record).into_iter().flatten() {
            let Some(entity) = of.get(other).filter(|_| *other != record) else { continue };
            let bits = table.bits(record, *other);
            let best = links.entry(*entity).or_insert((*other, bits));
            if bits > best.1 || (bits == best.1 && *other < best.0) {
                *best = (*other, bits);
            }
        }
        let mut fits: Vec<(f32, i64, (usize, f32))> = links
            .into_iter()
            .filter(|(_, (_, bits))| *bits >= least)
            .map(|(entity, link)| (mean(&[record], &entities[&entity].members), entity, link))
            .filter(|(mean, ..)| *mean >= 0.0)
            .collect();
        fits.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        let Some((_, mut entity, link)) = fits.first().copied() else {
            founded += 1;
            let entity = -founded;
            of.insert(record, entity);
            let members = vec![record];
            entities.insert(entity, Standing { entity, members, settled: false });
            placement.placed.push(Placed { record, entity, link: None });
            continue;
        };
        placement.placed.push(Placed { record, entity, link: Some(link) });
        of.insert(record, entity);
        if let Some(standing) = entities.get_mut(&entity) {
            standing.members.push(record);
        }
        for (_, other, _) in fits.into_iter().skip(1) {
            let (one, two) = (&entities[&entity], &entities[&other]);
            if one.settled || two.settled {
                continue;
            }
            let bits = mean(&one.members, &two.members);
            if bits < 0.0 {
                continue;
            }
            // The older stays: known ones before those of this batch, then by number.
            let age = |entity: i64| (entity < 0, entity.abs());
            let (keep, gone) =
                if age(entity) < age(other) { (entity, other) } else { (other, entity) };
            let moved = entities.remove(&gone).map(|one| one.members).unwrap_or_default();
            of.extend(moved.iter().map(|record| (*record, keep)));
            if let Some(kept) = entities.get_mut(&keep) {
                kept.members.extend(moved);
            }
            placement.joined.push(Joined { keep, gone, bits });
            entity = keep;
        }
    }
    placement
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, code: &str, phone: &str, address: &str) -> PartyRecord {
        PartyRecord {
            name: name.to_owned(),
            code: code.to_owned(),
            address: address.to_owned(),
            phones: if phone.is_empty() { vec![] } else { vec![phone.to_owned()] },
            ..PartyRecord::default()
        }
    }

    /// Places all records one after another and gives the entity of each.
    fn entities(parties: &[PartyRecord], settled: bool) -> Vec<i64> {
        let mut seen: HashMap<u64, u32> = HashMap::new();
        for key in parties.iter().flat_map(PartyRecord::keys) {
            *seen.entry(key.key).or_default() += 1;
        }
        let table = PartyTable::new(parties, &party_weights(), &seen, 0);
        let mut near: HashMap<usize, Vec<usize>> = HashMap::new();
        for (n, one) in parties.iter().enumerate() {
            let keys = one.keys();
            for (k, other) in parties.iter().enumerate() {
                if n != k && other.keys().iter().any(|key| keys.contains(key)) {
                    near.entry(n).or_default().push(k);
                }
            }
        }
        let standing = match settled {
            true => vec![
                Standing { entity: 1, members: vec![0], settled },
                Standing { entity: 2, members: vec![1], settled },
            ],
            false => vec![],
        };
        let from = if settled { 2 } else { 0 };
        let arriving: Vec<usize> = (from..parties.len()).collect();
        let placement = place(&table, &arriving, &near, standing, 0.9);
        let mut of: Vec<i64> = placement.placed.iter().map(|placed| placed.entity).collect();
        for joined in &placement.joined {
            of.iter_mut().filter(|one| **one == joined.gone).for_each(|one| *one = joined.keep);
        }
        of
    }

    #[test]
    fn a_firm_in_hangul_and_romanised_with_one_phone_is_one() {
        let parties = [
            record("(주)한빛무역", "", "02-555-0101", "서울시 은행나무로 1"),
            record("Hanbit Trading Co., Ltd.", "", "+82 2 555 0101", ""),
            record("Saebyeok Foods", "", "02-555-0999", ""),
            record("HANBIT TRADING", "", "", "1 Eunhaengnamu-ro, Seoul"),
        ];
        let found = entities(&parties, false);
        assert_eq!((found[0], found[1]), (-1, -1));
        assert_eq!(found[2], -2);
    }

    #[test]
    fn a_person_spelled_by_another_romanisation_is_one() {
        let parties = [
            record("이영희", "", "010-1111-2222", ""),
            record("Rhee Young-hee", "", "010-1111-2222", ""),
            record("박철수", "", "010-1111-2222", ""),
        ];
        let found = entities(&parties, false);
        assert_eq!(found[0], found[1]);
        assert_ne!(found[0], found[2]);
    }

    #[test]
    fn what_a_person_settled_is_not_joined_again() {
        let parties = [
            record("Hanbit Trading", "", "02-555-0101", "은행나무로 1"),
            record("Hanbit Trading", "", "02-555-0101", "은행나무로 2"),
            record("Hanbit Trading Ltd", "", "02-555-0101", "은행나무로 1"),
        ];
        assert_eq!(entities(&parties, true), [1]);
        assert_eq!(entities(&parties, false), [-1, -1, -1]);
    }

    #[test]
    fn strangers_with_a_common_name_stay_apart() {
        let parties = [
            record("김민수", "P111122223333", "010-1111-2222", "부산시 달맞이로 9"),
            record("김민수", "P999988887777", "010-7777-8888", "서울시 돌다리길 4"),
        ];
        assert_eq!(entities(&parties, false), [-1, -2]);
    }
}
