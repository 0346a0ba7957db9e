//! Histories: what was known of a key (a trader, a pair, a kind of goods, a lane) *before* a day.
//! The ledger has one entry per key and day; a question always names its day and only entries of
//! earlier days answer it. So a feature cannot see the future, whatever is added later and in
//! whatever order. Where the ledger is kept is the office's matter (`store/histories.rs` there).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::codes::Day;
use crate::consignment::Consignment;
use crate::facts::Facts;
use crate::outcome::Label;

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
}

impl KeyKind {
    /// Every kind, by number.
    pub const ALL: [KeyKind; 21] = [
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

/// The part of the ledger that a batch needs, in memory.
#[derive(Debug, Clone, Default)]
pub struct Histories {
    tracks: KeyMap<Track>,
    unit_values: UnitValues,
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
        let Some(track) = self.tracks.get(&key) else { return Past::default() };
        if track.last < day {
            return Past { counts: track.all, span: Some((track.first, track.last)) };
        }
        let earlier = track.earlier.as_deref().map_or(&[][..], Vec::as_slice);
        match earlier.partition_point(|(of, _)| *of < day) {
            0 => Past::default(),
            n => {
                let (last, counts) = earlier[n - 1];
                Past { counts, span: Some((track.first, last)) }
            }
        }
    }

    /// The declared unit values by HS code.
    pub fn unit_values(&self) -> &UnitValues {
        &self.unit_values
    }

    /// Takes in declared unit values.
    pub fn set_unit_values(&mut self, unit_values: UnitValues) {
        self.unit_values = unit_values;
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
    entries(&KeyKind::ALL, Facts::of(consignment), known_on, Counts::examined(label))
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

/// How many steps of the unit-value scale make a doubling.
const STEPS_PER_DOUBLING: f64 = 4.0;

/// Declared unit values by HS6 and month, as counts on a logarithmic scale, and the median of
/// all months before a given one. A month's own values are not in its median.
#[derive(Debug, Clone, Default)]
pub struct UnitValues {
    /// By goods: the months with new values in rising order, each with the median after it.
    medians: KeyMap<Vec<(i32, f64)>>,
}

/// One line of the unit-value ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitValueEntry {
    /// HS6 and currency as one number, see [`UnitValueEntry::goods_of`].
    pub goods: u64,
    /// Months since year 0.
    pub month: i32,
    /// Step on the logarithmic scale.
    pub step: i32,
    /// Consignments with a unit value in that step.
    pub seen: u32,
}

impl UnitValueEntry {
    /// What one arrival adds, when it declares HS code, mass and value.
    pub fn of(consignment: &Consignment) -> Option<UnitValueEntry> {
        let facts = Facts::of(consignment);
        let value = facts.unit_value.filter(|value| *value > 0.0)?;
        let step = (value.log2() * STEPS_PER_DOUBLING).floor().clamp(-200.0, 200.0) as i32;
        let month = facts.arrived_on.month_number();
        Some(UnitValueEntry { goods: Self::goods_of(&facts)?, month, step, seen: 1 })
    }

    /// HS6 and currency as one number: only prices in one currency are compared.
    pub fn goods_of(facts: &Facts<'_>) -> Option<u64> {
        let currency = facts.currency.map_or(0, |currency| currency.number() + 1);
        Some(currency * 1_000_000 + facts.hs?.hs6())
    }
}

impl UnitValues {
    /// Builds the medians from ledger lines in any order.
    pub fn new(mut entries: Vec<UnitValueEntry>) -> UnitValues {
        entries.sort_unstable();
        let mut medians: KeyMap<Vec<(i32, f64)>> = KeyMap::default();
        let mut counts: Vec<(i32, u64)> = Vec::new();
        for of_hs in entries.chunk_by(|a, b| a.goods == b.goods) {
            counts.clear();
            for of_month in of_hs.chunk_by(|a, b| a.month == b.month) {
                for entry in of_month {
                    match counts.binary_search_by_key(&entry.step, |(step, _)| *step) {
                        Ok(at) => counts[at].1 += u64::from(entry.seen),
                        Err(at) => counts.insert(at, (entry.step, u64::from(entry.seen))),
                    }
                }
                let months = medians.entry(of_hs[0].goods).or_default();
                months.push((of_month[0].month, median(&counts)));
            }
        }
        UnitValues { medians }
    }

    /// The median unit value declared for goods (HS6 and currency) in the months before `month`,
    /// to within a step of the scale (a twelfth part up or down); `None` when there was none.
    pub fn median_before(&self, goods: u64, month: i32) -> Option<f64> {
        let months = self.medians.get(&goods)?;
        let n = months.partition_point(|(of, _)| *of < month);
        (n > 0).then(|| months[n - 1].1)
    }
}

/// The middle of the step in which the median lies.
fn median(counts: &[(i32, u64)]) -> f64 {
    let total: u64 = counts.iter().map(|(_, n)| n).sum();
    let mut below = 0;
    for (step, n) in counts {
        below += n;
        if below * 2 >= total {
            return ((f64::from(*step) + 0.5) / STEPS_PER_DOUBLING).exp2();
        }
    }
    f64::NAN
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
    }

    #[test]
    fn medians_know_only_the_months_before() {
        let line = |month, step, seen| UnitValueEntry { goods: 220_421, month, step, seen };
        let values = UnitValues::new(vec![line(2, 40, 100), line(1, 8, 3), line(1, 12, 1)]);
        assert_eq!(values.median_before(220_421, 1), None);
        let first = values.median_before(220_421, 2).unwrap();
        assert!((first - 2f64.powf(8.5 / 4.0)).abs() < 1e-12);
        assert!(values.median_before(220_421, 3).unwrap() > 1_000.0);
        assert_eq!(values.median_before(1, 3), None);
    }

    #[test]
    fn kinds_are_numbered_as_listed() {
        for (n, kind) in KeyKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, n);
        }
    }
}
