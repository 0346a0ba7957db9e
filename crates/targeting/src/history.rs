//! Histories: what was known of a key (a trader, a pair, a kind of goods, a lane) *before* a day.
//! The ledger has one entry per key and day; a question always names its day and only entries of
//! earlier days answer it. So a feature cannot see the future, whatever is added later and in
//! whatever order. Where the ledger is kept is the office's matter (`store/histories.rs` there).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::amount::Amounts;
use crate::codes::Day;
use crate::consignment::Consignment;
use crate::facts::Facts;
use crate::outcome::Label;
use crate::text::Words;

/// Hashes a text into an opaque key (XXH3, 64 bits; stable across machines and releases).
pub fn hash_text(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// Hashes bytes into an opaque key.
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// Of what a history is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum KeyKind {
    /// All traffic: the base rate.
    All = 0,
    /// HS6, unit value, departure, origin, duty rate and type, net mass.
    GoodsExact = 1,
    /// HS6, unit value and net mass.
    GoodsMass = 2,
    /// HS6, unit value, departure, origin, duty rate and type.
    GoodsRoute = 3,
    /// HS6, departure, origin, duty rate and type.
    HsRoute = 4,
    /// HS6 and unit value.
    HsUnitValue = 5,
    /// HS heading (four digits).
    Hs4 = 6,
    /// HS subheading (six digits).
    Hs6 = 7,
    /// The consignor.
    Consignor = 8,
    /// The consignee.
    Consignee = 9,
    /// Consignor and consignee together.
    Pair = 10,
    /// The declarant.
    Declarant = 11,
    /// The courier or carrier.
    Carrier = 12,
    /// The delivery address.
    Address = 13,
    /// The consignee's phone.
    Phone = 14,
    /// Departure, place of loading, destination and direction.
    Lane = 15,
    /// Lane and HS heading.
    LaneGoods = 16,
    /// The customs office.
    Office = 17,
    /// Office and HS heading.
    OfficeGoods = 18,
    /// Consignor and HS heading.
    ConsignorGoods = 19,
    /// Consignee and HS heading.
    ConsigneeGoods = 20,
    /// Consignee and delivery address together.
    ConsigneeAddress = 21,
    /// Consignee and phone together.
    ConsigneePhone = 22,
    /// The whole description, its words in order.
    Description = 23,
}

impl KeyKind {
    /// Every kind, by number.
    pub const ALL: [KeyKind; 24] = [
        KeyKind::All,
        KeyKind::GoodsExact,
        KeyKind::GoodsMass,
        KeyKind::GoodsRoute,
        KeyKind::HsRoute,
        KeyKind::HsUnitValue,
        KeyKind::Hs4,
        KeyKind::Hs6,
        KeyKind::Consignor,
        KeyKind::Consignee,
        KeyKind::Pair,
        KeyKind::Declarant,
        KeyKind::Carrier,
        KeyKind::Address,
        KeyKind::Phone,
        KeyKind::Lane,
        KeyKind::LaneGoods,
        KeyKind::Office,
        KeyKind::OfficeGoods,
        KeyKind::ConsignorGoods,
        KeyKind::ConsigneeGoods,
        KeyKind::ConsigneeAddress,
        KeyKind::ConsigneePhone,
        KeyKind::Description,
    ];

    /// The kinds for which arrivals are counted too, not outcomes alone. They are few because
    /// each costs a ledger entry per consignment; they are those on which novelty and
    /// frequency say something that outcomes do not.
    pub const SEEN: [KeyKind; 6] = [
        KeyKind::Consignor,
        KeyKind::Consignee,
        KeyKind::Pair,
        KeyKind::Address,
        KeyKind::Phone,
        KeyKind::LaneGoods,
    ];

    /// The key of this kind for one consignment; `None` when a part of it is not declared.
    pub fn key(self, facts: &Facts<'_>) -> Option<u64> {
        let country = |code: Option<crate::codes::CountryCode>| match code {
            Some(code) => u64::from_le_bytes([
                code.as_str().as_bytes()[0],
                code.as_str().as_bytes()[1],
                0,
                0,
                0,
                0,
                0,
                0,
            ]),
            None => 0,
        };
        let hs6 = || facts.hs.map(|hs| hs.hs6());
        let hs4 = || facts.hs.map(|hs| hs.hs4());
        let mass = facts.net_mass_g.map_or(u64::MAX, |mass| mass as u64);
        // A price says nothing without its currency: a step of another one is another step.
        let unit_value = || {
            unit_value_step(facts.unit_value) ^ (facts.currency.map_or(0, |c| c.number() + 1) << 48)
        };
        let duty = || {
            let rate = facts.duty_rate_percent.map_or(u64::MAX, f64::to_bits);
            (rate, hash_text(facts.duty_type))
        };
        let description = || {
            let words = Words::of(facts.description);
            let folded = words.keys().fold(0, |all: u64, word| all.rotate_left(5) ^ word);
            (!words.is_empty()).then_some(folded)
        };
        let loading = || facts.loading.map_or(0, |place| hash_text(place.as_str()));
        let (departure, origin) = (country(facts.departure), country(facts.origin));
        let parts: &[u64] = match self {
            KeyKind::All => &[],
            KeyKind::GoodsExact => {
                let (rate, kind) = duty();
                &[hs6()?, unit_value(), departure, origin, rate, kind, mass]
            }
            KeyKind::GoodsMass => &[hs6()?, unit_value(), mass],
            KeyKind::GoodsRoute => {
                let (rate, kind) = duty();
                &[hs6()?, unit_value(), departure, origin, rate, kind]
            }
            KeyKind::HsRoute => {
                let (rate, kind) = duty();
                &[hs6()?, departure, origin, rate, kind]
            }
            KeyKind::HsUnitValue => &[hs6()?, unit_value()],
            KeyKind::Hs4 => &[hs4()?],
            KeyKind::Hs6 => &[hs6()?],
            KeyKind::Consignor => &[facts.consignor_key?],
            KeyKind::Consignee => &[facts.consignee_key?],
            KeyKind::Pair => &[facts.consignor_key?, facts.consignee_key?],
            KeyKind::Declarant => &[facts.declarant_key?],
            KeyKind::Carrier => &[facts.carrier_key?],
            KeyKind::Address => &[facts.address_key?],
            KeyKind::Phone => &[facts.phone_key?],
            KeyKind::Lane => {
                &[departure, loading(), country(facts.destination), facts.direction as u64]
            }
            KeyKind::LaneGoods => {
                &[departure, loading(), country(facts.destination), facts.direction as u64, hs4()?]
            }
            KeyKind::Office => &[hash_text(facts.office)],
            KeyKind::OfficeGoods => &[hash_text(facts.office), hs4()?],
            KeyKind::ConsignorGoods => &[facts.consignor_key?, hs4()?],
            KeyKind::ConsigneeGoods => &[facts.consignee_key?, hs4()?],
            KeyKind::ConsigneeAddress => &[facts.consignee_key?, facts.address_key?],
            KeyKind::ConsigneePhone => &[facts.consignee_key?, facts.phone_key?],
            KeyKind::Description => &[description()?],
        };
        let mut bytes = [0u8; 56];
        for (to, part) in bytes.chunks_exact_mut(8).zip(parts) {
            to.copy_from_slice(&part.to_le_bytes());
        }
        Some(xxh3_64_with_seed(&bytes[..parts.len() * 8], self as u64))
    }
}

/// The unit value in tenths, as a step of a key; `u64::MAX` when there is no mass.
fn unit_value_step(unit_value: Option<f64>) -> u64 {
    unit_value.map_or(u64::MAX, |value| (value * 10.0).round_ties_even() as u64)
}

/// What a key counts up to some day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Consignments that arrived.
    pub seen: u32,
    /// Consignments that were examined.
    pub inspected: u32,
    /// Of those, with any irregularity.
    pub irregular: u32,
    /// Of those, with contraband.
    pub critical: u32,
}

impl Counts {
    /// One arrival.
    pub const ARRIVAL: Counts = Counts { seen: 1, inspected: 0, irregular: 0, critical: 0 };

    /// One examined consignment.
    pub fn examined(label: Label) -> Counts {
        Counts {
            seen: 0,
            inspected: 1,
            irregular: u32::from(label.irregular()),
            critical: u32::from(label.critical()),
        }
    }

    fn plus(self, other: Counts) -> Counts {
        Counts {
            seen: self.seen.saturating_add(other.seen),
            inspected: self.inspected.saturating_add(other.inspected),
            irregular: self.irregular.saturating_add(other.irregular),
            critical: self.critical.saturating_add(other.critical),
        }
    }

    /// What is left without `part` of it; never below nothing.
    pub fn minus(self, part: Counts) -> Counts {
        Counts {
            seen: self.seen.saturating_sub(part.seen),
            inspected: self.inspected.saturating_sub(part.inspected),
            irregular: self.irregular.saturating_sub(part.irregular),
            critical: self.critical.saturating_sub(part.critical),
        }
    }
}

/// One line of the ledger: what one key counted on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The opaque key.
    pub key: u64,
    /// First day that this line stands for; the same as `day` but for sums of many days.
    pub first: Day,
    /// The day, or the last day of a sum of many.
    pub day: Day,
    /// What was counted.
    pub counts: Counts,
}

/// What was known of one key before a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// The counts.
    pub counts: Counts,
    /// First and last day with an entry; `None` when there was none.
    pub span: Option<(Day, Day)>,
}

/// Keys are hashes already, so the map takes them as they are.
#[derive(Default, Clone)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// A map whose keys are opaque 64-bit keys.
pub type KeyMap<T> = HashMap<u64, T, BuildHasherDefault<KeyHasher>>;

/// What one key counts. The whole lies inline, because most questions are asked after its last
/// day: they are answered from one place in memory.
#[derive(Debug, Clone)]
#[expect(clippy::box_collection, reason = "a thin pointer keeps the track at 32 bytes")]
struct Track {
    first: Day,
    last: Day,
    all: Counts,
    /// The earlier days with entries in rising order, each with all that was counted up to it.
    /// Most keys have none, so the list is kept apart and the track stays small.
    earlier: Option<Box<Vec<(Day, Counts)>>>,
}

impl Track {
    fn before(&self, day: Day) -> Past {
        if self.last < day {
            return Past { counts: self.all, span: Some((self.first, self.last)) };
        }
        let earlier = self.earlier.as_deref().map_or(&[][..], Vec::as_slice);
        match earlier.partition_point(|(of, _)| *of < day) {
            0 => Past::default(),
            n => {
                let (last, counts) = earlier[n - 1];
                Past { counts, span: Some((self.first, last)) }
            }
        }
    }
}

/// The part of the ledger that a batch needs, in memory.
#[derive(Debug, Clone, Default)]
pub struct Histories {
    tracks: KeyMap<Track>,
    amounts: Amounts,
    /// The first days of a key's partners, in rising order.
    partners: KeyMap<Vec<Day>>,
    /// The first day of a pair.
    met: KeyMap<Day>,
}

impl Histories {
    /// Adds one entry of the ledger; entries may come in any order.
    pub fn add(&mut self, entry: Entry) {
        let Entry { key, first, day, counts } = entry;
        let track = match self.tracks.entry(key) {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(Track { first, last: day, all: counts, earlier: None });
                return;
            }
            std::collections::hash_map::Entry::Occupied(occupied) => occupied.into_mut(),
        };
        track.first = track.first.min(first);
        if day > track.last {
            track.earlier.get_or_insert_default().push((track.last, track.all));
            track.last = day;
        } else if day < track.last {
            let earlier = track.earlier.get_or_insert_default();
            let at = earlier.partition_point(|(of, _)| *of < day);
            if earlier.get(at).is_none_or(|(of, _)| *of != day) {
                let before = if at == 0 { Counts::default() } else { earlier[at - 1].1 };
                earlier.insert(at, (day, before));
            }
            for (_, sum) in &mut earlier[at..] {
                *sum = sum.plus(counts);
            }
        }
        track.all = track.all.plus(counts);
    }

    /// What was known of `key` before `day`.
    pub fn before(&self, key: u64, day: Day) -> Past {
        self.tracks.get(&key).map_or(Past::default(), |track| track.before(day))
    }

    /// As [`Histories::before`], and what was counted on the last days of each of some spans, as
    /// [`Histories::within`] gives it.
    pub fn before_and_within<const N: usize>(
        &self,
        key: u64,
        day: Day,
        spans: [i32; N],
    ) -> (Past, [Counts; N]) {
        let Some(track) = self.tracks.get(&key) else {
            return (Past::default(), [Counts::default(); N]);
        };
        let past = track.before(day);
        let within = |days| past.counts.minus(track.before(Day(day.0 - days)).counts);
        (past, spans.map(within))
    }

    /// What `key` counted on the last `days` days before `day`, that day not included. The days
    /// must have been added singly, not within a sum of many.
    pub fn within(&self, key: u64, day: Day, days: i32) -> Counts {
        self.before_and_within(key, day, [days]).1[0]
    }

    /// Adds a link; links may come in any order and more than once.
    pub fn link(&mut self, link: Link) {
        let days = self.partners.entry(link.key).or_default();
        match self.met.entry(link.pair) {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(link.first);
            }
            std::collections::hash_map::Entry::Occupied(mut occupied) => {
                if *occupied.get() <= link.first {
                    return;
                }
                let known = occupied.insert(link.first);
                days.remove(days.partition_point(|day| *day < known));
            }
        }
        days.insert(days.partition_point(|day| *day <= link.first), link.first);
    }

    /// How many partners of a link's key had been met before `day`.
    pub fn partners_before(&self, key: u64, day: Day) -> u32 {
        let days = self.partners.get(&key);
        days.map_or(0, |days| days.partition_point(|first| *first < day) as u32)
    }

    /// Whether a pair had been met before `day`.
    pub fn met_before(&self, pair: u64, day: Day) -> bool {
        self.met.get(&pair).is_some_and(|first| *first < day)
    }

    /// The declared amounts by their subject.
    pub fn amounts(&self) -> &Amounts {
        &self.amounts
    }

    /// Takes in declared amounts.
    pub fn set_amounts(&mut self, amounts: Amounts) {
        self.amounts = amounts;
    }

    /// How many keys are held.
    pub fn len(&self) -> usize {
        self.tracks.len()
    }

    /// True when no key is held.
    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }
}

/// What one arrival adds to the ledger.
pub fn arrival(consignment: &Consignment) -> impl Iterator<Item = Entry> + '_ {
    let facts = Facts::of(consignment);
    entries(&KeyKind::SEEN, facts, facts.arrived_on, Counts::ARRIVAL)
}

/// What one examined consignment adds to the ledger on the day its outcome became known.
pub fn examination(
    consignment: &Consignment,
    known_on: Day,
    label: Label,
) -> impl Iterator<Item = Entry> + '_ {
    let (facts, counts) = (Facts::of(consignment), Counts::examined(label));
    let words = Words::of(facts.description);
    let goods = facts.hs.map(move |hs| words.goods_keys(hs.hs4()));
    let words = words.keys().chain(goods.into_iter().flatten());
    entries(&KeyKind::ALL, facts, known_on, counts).chain(words.map(move |key| Entry {
        key,
        first: known_on,
        day: known_on,
        counts,
    }))
}

fn entries<'a>(
    kinds: &'static [KeyKind],
    facts: Facts<'a>,
    day: Day,
    counts: Counts,
) -> impl Iterator<Item = Entry> + 'a {
    kinds
        .iter()
        .filter_map(move |kind| Some(Entry { key: kind.key(&facts)?, first: day, day, counts }))
}

/// Who is counted as the partner of what: the links of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum LinkKind {
    /// Consignees at one delivery address.
    AddressConsignee = 0,
    /// Consignees with one phone.
    PhoneConsignee = 1,
    /// Consignors that send to one phone.
    PhoneConsignor = 2,
    /// Names under one consignee's code.
    ConsigneeCalled = 3,
}

impl LinkKind {
    /// Every kind, by number.
    pub const ALL: [LinkKind; 4] = [
        LinkKind::AddressConsignee,
        LinkKind::PhoneConsignee,
        LinkKind::PhoneConsignor,
        LinkKind::ConsigneeCalled,
    ];

    /// The link of this kind that one consignment shows; `None` when a side is not declared.
    pub fn link(self, facts: &Facts<'_>) -> Option<Link> {
        let (one, other) = match self {
            LinkKind::AddressConsignee => (facts.address_key?, facts.consignee_key?),
            LinkKind::PhoneConsignee => (facts.phone_key?, facts.consignee_key?),
            LinkKind::PhoneConsignor => (facts.phone_key?, facts.consignor_key?),
            LinkKind::ConsigneeCalled => (facts.consignee_key?, facts.consignee_called_key?),
        };
        let seed = LINK_SEEDS + self as u64;
        let mut bytes = [0u8; 16];
        bytes[..8].copy_from_slice(&one.to_le_bytes());
        bytes[8..].copy_from_slice(&other.to_le_bytes());
        Some(Link {
            key: xxh3_64_with_seed(&bytes[..8], seed),
            pair: xxh3_64_with_seed(&bytes, seed),
            first: facts.arrived_on,
        })
    }
}

/// Seeds of link keys, apart from those of other keys.
const LINK_SEEDS: u64 = 128;

/// Two that were declared together, and the first day on which they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The opaque key whose partners are counted.
    pub key: u64,
    /// The opaque key of the two together.
    pub pair: u64,
    /// The first day.
    pub first: Day,
}

/// The links that one arrival shows.
pub fn links(consignment: &Consignment) -> impl Iterator<Item = Link> {
    let facts = Facts::of(consignment);
    LinkKind::ALL.map(|kind| kind.link(&facts)).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: i32, seen: u32) -> Entry {
        let counts = Counts { seen, ..Counts::default() };
        Entry { key: 7, first: Day(day), day: Day(day), counts }
    }

    #[test]
    fn only_earlier_days_answer_and_order_of_adding_does_not_matter() {
        let mut past = Histories::default();
        for entry in [on(5, 2), on(3, 1), on(9, 4), on(5, 1)] {
            past.add(entry);
        }
        let seen: Vec<u32> =
            [3, 4, 5, 6, 9, 10].map(|day| past.before(7, Day(day)).counts.seen).to_vec();
        assert_eq!(seen, [0, 1, 1, 4, 4, 8]);
        assert_eq!(past.before(7, Day(9)).span, Some((Day(3), Day(5))));
        assert_eq!(past.before(8, Day(9)), Past::default());
        let within: Vec<u32> =
            [3, 6, 7, 10, 16].map(|day| past.within(7, Day(day), 2).seen).to_vec();
        assert_eq!(within, [0, 3, 3, 4, 0]);
    }

    #[test]
    fn a_pair_counts_once_from_its_first_day_on() {
        let link = |pair, day| Link { key: 1, pair, first: Day(day) };
        let mut past = Histories::default();
        for link in [link(10, 5), link(11, 3), link(10, 9), link(11, 4), link(12, 5), link(12, 2)] {
            past.link(link);
        }
        let partners: Vec<u32> =
            [2, 3, 4, 5, 6, 99].map(|day| past.partners_before(1, Day(day))).to_vec();
        assert_eq!(partners, [0, 1, 2, 2, 3, 3]);
        assert!(past.met_before(10, Day(6)) && !past.met_before(10, Day(5)));
        assert_eq!(past.partners_before(2, Day(99)), 0);
    }

    #[test]
    fn kinds_are_numbered_as_listed() {
        for (n, kind) in KeyKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, n);
        }
        for (n, kind) in LinkKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, n);
        }
    }
}
