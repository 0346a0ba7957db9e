//! What the ledger says of one key, as numbers: rates smoothed towards what is known beyond the
//! key, counts, days, and how the last days compare with those before. Also of those who share a
//! key with this consignment's parties, and of the words of its description.

use std::sync::LazyLock;

use crate::codes::Day;
use crate::facts::Facts;
use crate::history::{Counts, Histories, KeyKind, Past};
use crate::text::Words;

/// What a history says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stat {
    IrregularRate,
    CriticalRate,
    Inspected,
    Seen,
    QuietDays,
    KnownDays,
    /// The same of the last so many days.
    IrregularRateIn(i32),
    CriticalRateIn(i32),
    InspectedIn(i32),
    SeenIn(i32),
    /// ln of the arrivals of the last week against a usual week.
    Pace,
    /// Never seen before.
    FirstTime,
    /// Seen before, then silent, then seen again within a week or only now.
    Woken,
}

/// Days of the spans that are kept for a key, the shortest first.
const SPANS: [i32; 3] = [7, 30, 90];

impl Stat {
    /// How many days before the arrival it looks at one by one; 0 when sums will do.
    pub(super) fn days(self) -> i32 {
        match self {
            Stat::IrregularRateIn(days)
            | Stat::CriticalRateIn(days)
            | Stat::InspectedIn(days)
            | Stat::SeenIn(days) => days,
            Stat::Pace => SPANS[0],
            Stat::Woken => SPANS[1],
            Stat::IrregularRate
            | Stat::CriticalRate
            | Stat::Inspected
            | Stat::Seen
            | Stat::QuietDays
            | Stat::KnownDays
            | Stat::FirstTime => 0,
        }
    }

    /// The same of the last so many days; `None` of what is not counted by inspection.
    pub(super) fn in_days(self, days: i32) -> Option<Stat> {
        match self {
            Stat::IrregularRate => Some(Stat::IrregularRateIn(days)),
            Stat::CriticalRate => Some(Stat::CriticalRateIn(days)),
            Stat::Inspected => Some(Stat::InspectedIn(days)),
            _ => None,
        }
    }
}

/// Share of irregular and of critical finds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base {
    pub(super) irregular: f64,
    pub(super) critical: f64,
}

impl Default for Base {
    /// What is taken for granted before any inspection is known. Half a consignment's weight: it
    /// vanishes with the first day of outcomes.
    fn default() -> Base {
        Base { irregular: 0.05, critical: 0.005 }
    }
}

impl Base {
    /// The rates of all traffic before a consignment's day.
    pub(super) fn of(facts: &Facts<'_>, past: &Histories) -> Base {
        let all = KeyKind::All.key(facts).map(|key| past.before(key, facts.arrived_on));
        Base::default().with(all.unwrap_or_default().counts, 0.5)
    }

    /// The rates of what was counted, smoothed towards these with the weight of so many
    /// inspections: (found + weight × rate) / (inspected + weight).
    fn with(self, counts: Counts, weight: f64) -> Base {
        let n = f64::from(counts.inspected) + weight;
        Base {
            irregular: (f64::from(counts.irregular) + weight * self.irregular) / n,
            critical: (f64::from(counts.critical) + weight * self.critical) / n,
        }
    }
}

/// What was found of one key: of all days, and of the last ones where that is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    past: Past,
    spans: [Counts; 3],
}

impl Found {
    pub(super) fn of(past: &Histories, key: u64, day: Day, singly: bool) -> Found {
        if !singly {
            return Found { past: past.before(key, day), spans: Default::default() };
        }
        let (past, spans) = past.before_and_within(key, day, SPANS);
        Found { past, spans }
    }

    /// What was counted of something that has no days.
    pub(super) fn counted(counts: Counts) -> Found {
        Found { past: Past { counts, span: None }, spans: Default::default() }
    }

    fn within(&self, days: i32) -> Counts {
        let span = SPANS.iter().position(|span| *span == days);
        span.map_or(Counts::default(), |span| self.spans[span])
    }

    /// One number. The rate of a key is smoothed towards the base rate, and the rate of its last
    /// days towards the key's own, each with the weight of one inspection.
    pub(super) fn value(&self, stat: Stat, base: Base, facts: &Facts<'_>) -> f64 {
        let Past { counts, span } = self.past;
        let since = |day: Day| (facts.arrived_on.0 - day.0).max(0);
        let days = |day: Day| ln_1p_count(since(day) as u32);
        let own = || base.with(counts, 1.0);
        match stat {
            Stat::IrregularRate => own().irregular,
            Stat::CriticalRate => own().critical,
            Stat::Inspected => ln_1p_count(counts.inspected),
            Stat::Seen => ln_1p_count(counts.seen),
            Stat::QuietDays => span.map_or(f64::NAN, |(_, last)| days(last)),
            Stat::KnownDays => span.map_or(f64::NAN, |(first, _)| days(first)),
            Stat::IrregularRateIn(days) => own().with(self.within(days), 1.0).irregular,
            Stat::CriticalRateIn(days) => own().with(self.within(days), 1.0).critical,
            Stat::InspectedIn(days) => ln_1p_count(self.within(days).inspected),
            Stat::SeenIn(days) => ln_1p_count(self.within(days).seen),
            Stat::Pace => span.map_or(f64::NAN, |(first, _)| {
                let week = self.within(SPANS[0]).seen;
                let weeks_before = f64::from((since(first) - SPANS[0]).max(0)) / 7.0;
                let usual = f64::from(counts.seen - week) / weeks_before.max(1.0);
                ((f64::from(week) + 0.5) / (usual + 0.5)).ln()
            }),
            Stat::FirstTime => flag(counts.seen == 0),
            Stat::Woken => {
                let (week, month) = (self.within(SPANS[0]).seen, self.within(SPANS[1]).seen);
                flag(counts.seen > month && month == week)
            }
        }
    }
}

fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// Those who share a key with a party of a consignment, without that party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// The consignor's other consignees.
    OfConsignor,
    /// The consignee's other consignors.
    OfConsignee,
    /// Other consignees at the address.
    AtAddress,
    /// Other consignees with the phone.
    WithPhone,
    /// The consignee at other addresses.
    Elsewhere,
}

impl Others {
    /// The key that is shared, and the part of its history that is the party's own.
    pub(super) fn kinds(self) -> (KeyKind, KeyKind) {
        match self {
            Others::OfConsignor => (KeyKind::Consignor, KeyKind::Pair),
            Others::OfConsignee => (KeyKind::Consignee, KeyKind::Pair),
            Others::AtAddress => (KeyKind::Address, KeyKind::ConsigneeAddress),
            Others::WithPhone => (KeyKind::Phone, KeyKind::ConsigneePhone),
            Others::Elsewhere => (KeyKind::Consignee, KeyKind::ConsigneeAddress),
        }
    }

    /// What the others counted; `None` when a part of it is not declared.
    pub(super) fn counts(self, facts: &Facts<'_>, past: &Histories) -> Option<Counts> {
        let (whole, part) = self.kinds();
        let of = |kind: KeyKind| Some(past.before(kind.key(facts)?, facts.arrived_on).counts);
        Some(of(whole)?.minus(of(part)?))
    }
}

/// What inspections of goods with the words of a description came to; NaN without words.
pub(super) struct WordRates {
    /// The highest rates of a word.
    pub(super) most: Base,
    /// The mean rates of the words.
    pub(super) mean: Base,
    /// The highest rates of a word among goods of the same HS heading.
    pub(super) goods: Base,
    /// ln(1 + inspections) with the rarest word.
    pub(super) rarest: f64,
    /// The least share of a word's inspections that was of this HS heading.
    pub(super) heading_share: f64,
}

/// Inspections by whose weight the rate of a word is smoothed: more than that of a party, because
/// the most telling of several is looked for, and of many rare words one always had bad luck.
const WORD_WEIGHT: f64 = 8.0;

pub(super) fn rates_of_words(
    words: &Words,
    facts: &Facts<'_>,
    past: &Histories,
    base: Base,
) -> WordRates {
    let nothing = Base { irregular: f64::NAN, critical: f64::NAN };
    let mut rates = WordRates {
        most: nothing,
        mean: nothing,
        goods: nothing,
        rarest: f64::NAN,
        heading_share: f64::NAN,
    };
    let most = |so_far: Base, one: Base| Base {
        irregular: so_far.irregular.max(one.irregular),
        critical: so_far.critical.max(one.critical),
    };
    let mut sum = Base { irregular: 0.0, critical: 0.0 };
    let mut heading = facts.hs.map(|hs| words.goods_keys(hs.hs4()));
    for key in words.keys() {
        let counts = past.before(key, facts.arrived_on).counts;
        let one = base.with(counts, WORD_WEIGHT);
        rates.most = most(rates.most, one);
        rates.rarest = rates.rarest.min(ln_1p_count(counts.inspected));
        sum.irregular += one.irregular / words.len() as f64;
        sum.critical += one.critical / words.len() as f64;
        rates.mean = sum;
        if let Some(key) = heading.as_mut().and_then(Iterator::next) {
            let here = past.before(key, facts.arrived_on).counts;
            rates.goods = most(rates.goods, one.with(here, WORD_WEIGHT));
            let share = (f64::from(here.inspected) + 0.5) / (f64::from(counts.inspected) + 1.0);
            rates.heading_share = rates.heading_share.min(share);
        }
    }
    rates
}

/// ln(1 + n), from a table for the counts that nearly all keys have.
fn ln_1p_count(n: u32) -> f64 {
    static TABLE: LazyLock<[f64; 1024]> =
        LazyLock::new(|| std::array::from_fn(|n| (n as f64).ln_1p()));
    TABLE.get(n as usize).copied().unwrap_or_else(|| f64::from(n).ln_1p())
}
