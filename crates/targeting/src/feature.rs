//! The catalogue of model features: what the model may look at, each in an officer's words.
//! A feature is computed from [`Facts`] and from what the ledger knew before the day of arrival,
//! so none can see the future or a trait of a person. Which of them a model uses is learned and
//! reported (`learning.rs`); how a column of a row becomes a reason: `screening.rs`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::consignment::Direction;
use crate::facts::Facts;
use crate::history::{Counts, Histories, KeyKind, Past, UnitValueEntry};

/// How a feature's number is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// ln(1 + amount), where the amount has a unit of its own.
    LogAmount,
    /// ln(1 + count).
    LogCount,
    /// A share between 0 and 1.
    Share,
    /// 1 for yes, 0 for no.
    Flag,
    /// A plain number.
    Number,
    /// ln(1 + days).
    LogDays,
}

/// Features that are taken or left together when a model is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// What is declared of the goods.
    Goods,
    /// How like goods did in earlier inspections.
    GoodsPast,
    /// How the parties did, how often and since when they are seen.
    Parties,
    /// How the lane, the office and the declared route did, and what the route looks like.
    Route,
}

/// What a history says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stat {
    IrregularRate,
    CriticalRate,
    Inspected,
    Seen,
    QuietDays,
    KnownDays,
}

#[derive(Clone, Copy)]
enum Source {
    Past(KeyKind, Stat),
    Fact(fn(&Facts<'_>) -> f64),
    UnitValueToMedian,
}

/// One entry of the catalogue.
pub struct Feature {
    /// Stable name, such as `consignor.irregular_rate`.
    pub code: String,
    /// What it is, in an officer's words, in Korean.
    pub ko: String,
    /// What it is, in an officer's words, in English.
    pub en: String,
    /// How to read its number.
    pub kind: Kind,
    /// With which others it is taken or left.
    pub group: Group,
    source: Source,
}

impl Feature {
    /// The history that the feature reads, if any.
    pub fn key_kind(&self) -> Option<KeyKind> {
        match self.source {
            Source::Past(kind, _) => Some(kind),
            Source::Fact(_) | Source::UnitValueToMedian => None,
        }
    }

    /// Where the number comes from, for the model card.
    pub fn source(&self) -> &'static str {
        match self.source {
            Source::Past(..) => "ledger before the day of arrival",
            Source::Fact(_) => "declaration",
            Source::UnitValueToMedian => "declaration and earlier months of the same HS6",
        }
    }
}

/// The kinds of key that features read, with their words and group.
const KEYS: [(KeyKind, &str, &str, &str, Group); 20] = [
    (
        KeyKind::GoodsExact,
        "goods_exact",
        "동일 물품(품목·단가·경로·세율·중량 일치)",
        "Goods exactly like these (HS, unit value, route, duty, mass)",
        Group::GoodsPast,
    ),
    (
        KeyKind::GoodsMass,
        "goods_mass",
        "품목·단가·중량이 같은 물품",
        "Goods of this HS code, unit value and mass",
        Group::GoodsPast,
    ),
    (
        KeyKind::GoodsRoute,
        "goods_route",
        "품목·단가·경로·세율이 같은 물품",
        "Goods of this HS code, unit value, route and duty",
        Group::GoodsPast,
    ),
    (
        KeyKind::HsRoute,
        "hs_route",
        "품목·경로·세율이 같은 물품",
        "Goods of this HS code on this route and duty",
        Group::GoodsPast,
    ),
    (
        KeyKind::HsUnitValue,
        "hs_unit_value",
        "품목·단가가 같은 물품",
        "Goods of this HS code at this unit value",
        Group::GoodsPast,
    ),
    (KeyKind::Hs4, "hs4", "같은 호(HS 4단위)", "This HS heading", Group::GoodsPast),
    (KeyKind::Hs6, "hs6", "같은 소호(HS 6단위)", "This HS subheading", Group::Route),
    (KeyKind::Consignor, "consignor", "이 발송인", "This consignor", Group::Parties),
    (KeyKind::Consignee, "consignee", "이 수취인", "This consignee", Group::Parties),
    (
        KeyKind::Pair,
        "pair",
        "이 발송인·수취인 조합",
        "This consignor and consignee",
        Group::Parties,
    ),
    (KeyKind::Declarant, "declarant", "이 신고인", "This declarant", Group::Parties),
    (KeyKind::Carrier, "carrier", "이 운송업체", "This courier or carrier", Group::Parties),
    (KeyKind::Address, "address", "이 배송지", "This delivery address", Group::Parties),
    (KeyKind::Phone, "phone", "이 연락처", "This phone", Group::Parties),
    (
        KeyKind::ConsignorGoods,
        "consignor_goods",
        "이 발송인의 같은 호 물품",
        "This consignor with this HS heading",
        Group::Parties,
    ),
    (
        KeyKind::ConsigneeGoods,
        "consignee_goods",
        "이 수취인의 같은 호 물품",
        "This consignee with this HS heading",
        Group::Parties,
    ),
    (KeyKind::Lane, "lane", "이 운송 경로", "This lane", Group::Route),
    (
        KeyKind::LaneGoods,
        "lane_goods",
        "이 경로의 같은 호 물품",
        "This HS heading on this lane",
        Group::Route,
    ),
    (KeyKind::Office, "office", "이 세관", "This office", Group::Route),
    (
        KeyKind::OfficeGoods,
        "office_goods",
        "이 세관의 같은 호 물품",
        "This HS heading at this office",
        Group::Route,
    ),
];

/// What a history says, with its code, words and kind.
const STATS: [(Stat, &str, &str, &str, Kind); 6] = [
    (Stat::IrregularRate, "irregular_rate", "과거 적발 비율", "share found irregular", Kind::Share),
    (Stat::CriticalRate, "critical_rate", "과거 밀수 적발 비율", "share of seizures", Kind::Share),
    (Stat::Inspected, "inspected", "과거 검사 건수", "earlier inspections", Kind::LogCount),
    (Stat::Seen, "seen", "과거 반입 건수", "earlier arrivals", Kind::LogCount),
    (Stat::QuietDays, "quiet_days", "마지막 반입 후 일수", "days since last seen", Kind::LogDays),
    (Stat::KnownDays, "known_days", "첫 반입 후 일수", "days since first seen", Kind::LogDays),
];

type Fact = fn(&Facts<'_>) -> f64;

fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

fn log(amount: Option<f64>) -> f64 {
    amount.map_or(f64::NAN, |amount| amount.max(0.0).ln_1p())
}

const KG: f64 = 1_000.0;

const FACTS: [(&str, &str, &str, Kind, Group, Fact); 22] = [
    ("goods.mass", "순중량(kg)", "Net mass in kg", Kind::LogAmount, Group::Goods, |f| {
        log(f.net_mass_g.map(|g| g as f64 / KG))
    }),
    ("goods.value", "신고가격", "Declared value", Kind::LogAmount, Group::Goods, |f| {
        log(f.value)
    }),
    ("goods.unit_value", "kg당 단가", "Value per kg", Kind::LogAmount, Group::Goods, |f| {
        log(f.unit_value)
    }),
    ("goods.duty_rate", "관세율(%)", "Duty rate in percent", Kind::Number, Group::Goods, |f| {
        f.duty_rate_percent.unwrap_or(f64::NAN)
    }),
    (
        "goods.whole_kg",
        "중량이 kg 단위로 딱 떨어짐",
        "Mass is whole kilograms",
        Kind::Flag,
        Group::Goods,
        |f| f.net_mass_g.map_or(f64::NAN, |g| flag(g % 1_000 == 0)),
    ),
    (
        "goods.round_mass",
        "중량이 10kg 단위로 딱 떨어짐",
        "Mass is a multiple of 10 kg",
        Kind::Flag,
        Group::Goods,
        |f| f.net_mass_g.map_or(f64::NAN, |g| flag(g % 10_000 == 0)),
    ),
    (
        "route.from_origin",
        "원산지에서 직접 발송",
        "Dispatched from the country of origin",
        Kind::Flag,
        Group::Goods,
        |f| match (f.departure, f.origin) {
            (Some(departure), Some(origin)) => flag(departure == origin),
            _ => f64::NAN,
        },
    ),
    (
        "goods.tare_share",
        "총중량 중 포장 비중",
        "Share of packing in the gross mass",
        Kind::Share,
        Group::Route,
        |f| match (f.gross_mass_g, f.net_mass_g) {
            (Some(gross), Some(net)) if gross > 0 => 1.0 - net as f64 / gross as f64,
            _ => f64::NAN,
        },
    ),
    ("goods.packages", "포장 개수", "Packages", Kind::LogCount, Group::Route, |f| {
        log(f.packages.map(f64::from))
    }),
    (
        "goods.package_mass",
        "포장당 중량(kg)",
        "Net kg per package",
        Kind::LogAmount,
        Group::Route,
        |f| match (f.packages, f.net_mass_g) {
            (Some(n), Some(g)) if n > 0 => log(Some(g as f64 / KG / f64::from(n))),
            _ => f64::NAN,
        },
    ),
    ("goods.items", "품목 수", "Goods items", Kind::LogCount, Group::Route, |f| {
        log(Some(f.items as f64))
    }),
    (
        "goods.words",
        "품명의 글자 수",
        "Length of the description",
        Kind::LogCount,
        Group::Route,
        |f| {
            if f.description.is_empty() { f64::NAN } else { log(Some(f.description.len() as f64)) }
        },
    ),
    ("goods.chapter", "HS 류", "HS chapter", Kind::Number, Group::Route, |f| {
        f.hs.map_or(f64::NAN, |hs| hs.chapter() as f64)
    }),
    (
        "route.via",
        "경유지 수",
        "Places called at on the way",
        Kind::Number,
        Group::Route,
        |f| f.via as f64,
    ),
    (
        "route.loaded_elsewhere",
        "발송국이 아닌 곳에서 선적",
        "Loaded outside the country of dispatch",
        Kind::Flag,
        Group::Route,
        |f| match (f.loading, f.departure) {
            (Some(place), Some(departure)) => flag(place.country() != departure),
            _ => f64::NAN,
        },
    ),
    (
        "route.passes_through",
        "통과·환적 화물",
        "Goods in transit or transhipment",
        Kind::Flag,
        Group::Route,
        |f| flag(matches!(f.direction, Direction::Transit | Direction::Transhipment)),
    ),
    ("route.leaves", "수출 화물", "Goods for export", Kind::Flag, Group::Route, |f| {
        flag(f.direction == Direction::Export)
    }),
    ("route.transport", "운송 수단", "Mode of transport", Kind::Number, Group::Route, |f| {
        f.transport.map_or(f64::NAN, |mode| f64::from(mode as u8))
    }),
    (
        "documents.follows",
        "이전 신고에 이어짐(재수출 등)",
        "Follows an earlier declaration",
        Kind::Flag,
        Group::Route,
        |f| flag(f.follows_previous),
    ),
    ("equipment.containers", "컨테이너 수", "Containers", Kind::Number, Group::Route, |f| {
        f.containers as f64
    }),
    (
        "equipment.bad_number",
        "컨테이너 번호 오류",
        "Container number fails its check digit",
        Kind::Flag,
        Group::Route,
        |f| flag(f.bad_equipment),
    ),
    (
        "parties.missing",
        "누락된 당사자 수",
        "Parties that are not declared",
        Kind::Number,
        Group::Parties,
        |f| {
            let keys = [f.consignor_key, f.consignee_key, f.declarant_key];
            keys.iter().filter(|key| key.is_none()).count() as f64
        },
    ),
];

/// Every feature there is. The position of a feature in it is its column in a row.
pub static CATALOGUE: LazyLock<Vec<Feature>> = LazyLock::new(|| {
    let mut catalogue = Vec::new();
    for (code, ko, en, kind, group, fact) in FACTS {
        catalogue.push(Feature {
            code: code.to_owned(),
            ko: ko.to_owned(),
            en: en.to_owned(),
            kind,
            group,
            source: Source::Fact(fact),
        });
    }
    catalogue.push(Feature {
        code: "goods.unit_value_to_median".to_owned(),
        ko: "같은 소호의 중앙값 대비 단가".to_owned(),
        en: "Unit value against the median of its HS6".to_owned(),
        kind: Kind::Number,
        group: Group::Route,
        source: Source::UnitValueToMedian,
    });
    for (key, code, ko, en, group) in KEYS {
        for (stat, stat_code, stat_ko, stat_en, kind) in STATS {
            let arrivals = matches!(stat, Stat::Seen | Stat::QuietDays | Stat::KnownDays);
            if arrivals && !KeyKind::SEEN.contains(&key) {
                continue;
            }
            catalogue.push(Feature {
                code: format!("{code}.{stat_code}"),
                ko: format!("{ko}: {stat_ko}"),
                en: format!("{en}: {stat_en}"),
                kind,
                group,
                source: Source::Past(key, stat),
            });
        }
    }
    catalogue
});

/// The column of a feature, by its code.
pub fn column(code: &str) -> Option<usize> {
    CATALOGUE.iter().position(|feature| feature.code == code)
}

/// The codes of all features, in the order of their columns.
pub fn codes() -> Vec<&'static str> {
    CATALOGUE.iter().map(|feature| feature.code.as_str()).collect()
}

/// Computes the columns that are wanted, and no others.
#[derive(Clone)]
pub struct Extractor {
    facts: Vec<(usize, Fact)>,
    unit_value_to_median: Option<usize>,
    past: Vec<(KeyKind, Vec<(usize, Stat)>)>,
}

/// Share of irregular and of critical finds that is taken for granted before any inspection is
/// known. Half a consignment's weight: it vanishes with the first day of outcomes.
const FIRST_RATES: (f64, f64) = (0.05, 0.005);

impl Extractor {
    /// Computes the whole catalogue.
    pub fn all() -> Extractor {
        Extractor::of(0..CATALOGUE.len())
    }

    /// Computes these columns of the catalogue.
    pub fn of(columns: impl IntoIterator<Item = usize>) -> Extractor {
        let mut wanted =
            Extractor { facts: Vec::new(), unit_value_to_median: None, past: Vec::new() };
        for column in columns {
            match CATALOGUE[column].source {
                Source::Fact(fact) => wanted.facts.push((column, fact)),
                Source::UnitValueToMedian => wanted.unit_value_to_median = Some(column),
                Source::Past(kind, stat) => {
                    match wanted.past.iter_mut().find(|(other, _)| *other == kind) {
                        Some((_, stats)) => stats.push((column, stat)),
                        None => wanted.past.push((kind, vec![(column, stat)])),
                    }
                }
            }
        }
        wanted
    }

    /// Calls `each` with every ledger key that the columns of one consignment read.
    pub fn keys(&self, facts: &Facts<'_>, mut each: impl FnMut(u64)) {
        if self.past.is_empty() {
            return;
        }
        KeyKind::All.key(facts).into_iter().for_each(&mut each);
        for (kind, _) in &self.past {
            kind.key(facts).into_iter().for_each(&mut each);
        }
    }

    /// True when unit values of the HS code are read.
    pub fn reads_unit_values(&self) -> bool {
        self.unit_value_to_median.is_some()
    }

    /// Fills the wanted columns of one row; `row` is as long as the catalogue, and its other
    /// columns are left as they are. Missing values are NaN.
    pub fn fill(&self, facts: &Facts<'_>, past: &Histories, row: &mut [f64]) {
        self.fill_rows(std::slice::from_ref(facts), past, row);
    }

    /// Fills the wanted columns of many rows, as [`Extractor::fill`] does of one. It goes kind by
    /// kind, so that the look-ups of many rows wait for memory together and not one by one.
    pub fn fill_rows(&self, facts: &[Facts<'_>], past: &Histories, rows: &mut [f64]) {
        let width = CATALOGUE.len();
        assert_eq!(rows.len(), facts.len() * width, "each consignment has one whole row");
        for (facts, row) in facts.iter().zip(rows.chunks_exact_mut(width)) {
            for (column, fact) in &self.facts {
                row[*column] = fact(facts);
            }
            if let Some(column) = self.unit_value_to_median {
                row[column] = unit_value_to_median(facts, past);
            }
        }
        if self.past.is_empty() {
            return;
        }
        let base: Vec<(f64, f64)> = facts
            .iter()
            .map(|facts| {
                let all = KeyKind::All.key(facts).map(|key| past.before(key, facts.arrived_on));
                base_rates(all.unwrap_or_default().counts)
            })
            .collect();
        let mut keys: Vec<Option<u64>> = Vec::with_capacity(facts.len());
        let mut found: Vec<Option<Past>> = Vec::with_capacity(facts.len());
        for (kind, stats) in &self.past {
            keys.clear();
            keys.extend(facts.iter().map(|facts| kind.key(facts)));
            found.clear();
            found.extend(
                keys.iter()
                    .zip(facts)
                    .map(|(key, facts)| key.map(|key| past.before(key, facts.arrived_on))),
            );
            for (n, row) in rows.chunks_exact_mut(width).enumerate() {
                for (column, stat) in stats {
                    row[*column] =
                        found[n].map_or(f64::NAN, |past| value(past, *stat, base[n], &facts[n]));
                }
            }
        }
    }
}

fn base_rates(all: Counts) -> (f64, f64) {
    let n = f64::from(all.inspected) + 0.5;
    (
        (f64::from(all.irregular) + 0.5 * FIRST_RATES.0) / n,
        (f64::from(all.critical) + 0.5 * FIRST_RATES.1) / n,
    )
}

/// A rate is smoothed towards the base rate with the weight of one inspection:
/// (found + base) / (inspected + 1).
fn value(past: Past, stat: Stat, base: (f64, f64), facts: &Facts<'_>) -> f64 {
    let counts = past.counts;
    let smoothed =
        |found: u32, base: f64| (f64::from(found) + base) / (f64::from(counts.inspected) + 1.0);
    let days = |since: crate::codes::Day| ln_1p_count((facts.arrived_on.0 - since.0).max(0) as u32);
    match stat {
        Stat::IrregularRate => smoothed(counts.irregular, base.0),
        Stat::CriticalRate => smoothed(counts.critical, base.1),
        Stat::Inspected => ln_1p_count(counts.inspected),
        Stat::Seen => ln_1p_count(counts.seen),
        Stat::QuietDays => past.span.map_or(f64::NAN, |(_, last)| days(last)),
        Stat::KnownDays => past.span.map_or(f64::NAN, |(first, _)| days(first)),
    }
}

fn unit_value_to_median(facts: &Facts<'_>, past: &Histories) -> f64 {
    let (Some(goods), Some(value)) = (UnitValueEntry::goods_of(facts), facts.unit_value) else {
        return f64::NAN;
    };
    let month = facts.arrived_on.month_number();
    match past.unit_values().median_before(goods, month) {
        Some(median) if value > 0.0 && median > 0.0 => (value / median).ln(),
        _ => f64::NAN,
    }
}

/// ln(1 + n), from a table for the counts that nearly all keys have.
fn ln_1p_count(n: u32) -> f64 {
    static TABLE: LazyLock<[f64; 1024]> =
        LazyLock::new(|| std::array::from_fn(|n| (n as f64).ln_1p()));
    TABLE.get(n as usize).copied().unwrap_or_else(|| f64::from(n).ln_1p())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codes::Day;
    use crate::facts::tests::sample;
    use crate::history::{Entry, UnitValues, arrival, examination};
    use crate::outcome::Label;

    #[test]
    fn the_catalogue_has_one_entry_a_code_and_words_in_both_languages() {
        let mut codes = codes();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CATALOGUE.len());
        for feature in CATALOGUE.iter() {
            assert!(feature.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}", feature.code);
            assert!(feature.en.is_ascii(), "{}", feature.code);
            assert_eq!(column(&feature.code), codes_position(&feature.code));
        }
    }

    fn codes_position(code: &str) -> Option<usize> {
        super::codes().iter().position(|other| *other == code)
    }

    fn row(past: &Histories, day: i32) -> Vec<u64> {
        let mut consignment = sample();
        consignment.arrived_on = Day(day);
        let mut row = vec![f64::NAN; CATALOGUE.len()];
        Extractor::all().fill(&Facts::of(&consignment), past, &mut row);
        row.iter().map(|value| value.to_bits()).collect()
    }

    #[test]
    fn a_find_raises_the_rate_from_the_next_day_on() {
        let consignment = sample();
        let mut past = Histories::default();
        examination(&consignment, Day(100), Label::Critical).for_each(|entry| past.add(entry));
        arrival(&consignment).for_each(|entry| past.add(entry));
        let rate = column("consignor.critical_rate").unwrap();
        let at = |day| f64::from_bits(row(&past, day)[rate]);
        // The day itself knows nothing yet: (0 + .005) / (0 + 1).
        assert_eq!(at(100), 0.005);
        // The day after: base (1 + .0025) / 1.5, and so (1 + base) / 2.
        assert!((at(101) - (1.0 + 1.0025 / 1.5) / 2.0).abs() < 1e-12);
    }

    proptest! {
        /// No feature of a consignment changes when anything of its own day or later is added.
        #[test]
        fn nothing_later_changes_a_feature(
            earlier in proptest::collection::vec((0i32..100, 0u8..4), 0..20),
            later in proptest::collection::vec((100i32..400, 0u8..4), 1..40),
        ) {
            let consignment = sample();
            let mut past = Histories::default();
            let mut values: Vec<UnitValueEntry> = Vec::new();
            let add = |past: &mut Histories, values: &mut Vec<UnitValueEntry>, day: i32, what: u8| {
                let mut other = consignment.clone();
                other.arrived_on = Day(day);
                match what {
                    0 => arrival(&other).for_each(|entry: Entry| past.add(entry)),
                    1 => examination(&other, Day(day), Label::Clean).for_each(|e| past.add(e)),
                    2 => examination(&other, Day(day), Label::Irregular).for_each(|e| past.add(e)),
                    _ => examination(&other, Day(day), Label::Critical).for_each(|e| past.add(e)),
                }
                values.extend(UnitValueEntry::of(&other));
                past.set_unit_values(UnitValues::new(values.clone()));
            };
            for (day, what) in earlier {
                add(&mut past, &mut values, day, what);
            }
            let before = row(&past, 100);
            for (day, what) in later {
                add(&mut past, &mut values, day, what);
                prop_assert_eq!(&row(&past, 100), &before);
            }
        }
    }
}
