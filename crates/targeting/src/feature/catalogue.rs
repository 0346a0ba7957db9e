//! The list of all features with their words. The kinds of key and what is asked of each are
//! crossed here, so that a new kind of key is one line; how a number is computed is in `mod.rs`
//! and `past.rs`. A code is never renamed: models name the features they read.

use std::sync::LazyLock;

use super::past::{Others, Stat};
use super::{Away, Fact, Feature, Group, Kind, Linked, Said, Source};
use crate::amount::Amount;
use crate::consignment::{Direction, Regime};
use crate::history::{KeyKind, LinkKind};

/// The kinds of key that features read, with their words and group.
const KEYS: [(KeyKind, &str, &str, &str, Group); 21] = [
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
    (
        KeyKind::Description,
        "description",
        "같은 품명의 물품",
        "Goods described in these words",
        Group::Text,
    ),
];

/// What is asked of a key, with its code, words and kind.
type Asked = (Stat, &'static str, &'static str, &'static str, Kind);

/// What a history says of all days.
const STATS: [Asked; 6] = [
    (Stat::IrregularRate, "irregular_rate", "과거 적발 비율", "share found irregular", Kind::Share),
    (Stat::CriticalRate, "critical_rate", "과거 밀수 적발 비율", "share of seizures", Kind::Share),
    (Stat::Inspected, "inspected", "과거 검사 건수", "earlier inspections", Kind::LogCount),
    (Stat::Seen, "seen", "과거 반입 건수", "earlier arrivals", Kind::LogCount),
    (Stat::QuietDays, "quiet_days", "마지막 반입 후 일수", "days since last seen", Kind::LogDays),
    (Stat::KnownDays, "known_days", "첫 반입 후 일수", "days since first seen", Kind::LogDays),
];

/// The kinds of key whose last days are looked at apart: those behind which people stand who
/// change their ways, or lanes that they change to.
const RECENT: [KeyKind; 12] = [
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
    KeyKind::Hs6,
];

/// Spans of days that are looked at apart, with their code and words.
const SPANS: [(i32, &str, &str, &str); 2] =
    [(30, "30d", "최근 30일", "last 30 days"), (90, "90d", "최근 90일", "last 90 days")];

/// What a history says of arrivals lately.
const PACE: [Asked; 5] = [
    (Stat::SeenIn(7), "seen_7d", "최근 7일 반입 건수", "arrivals in 7 days", Kind::LogCount),
    (Stat::SeenIn(30), "seen_30d", "최근 30일 반입 건수", "arrivals in 30 days", Kind::LogCount),
    (
        Stat::Pace,
        "pace",
        "평소 대비 최근 7일 반입 속도",
        "arrivals in 7 days against the usual",
        Kind::LogRatio,
    ),
    (Stat::FirstTime, "first_time", "처음 반입", "seen for the first time", Kind::Flag),
    (
        Stat::Woken,
        "woken",
        "오래 뜸하다가 다시 반입",
        "back after three weeks of silence or more",
        Kind::Flag,
    ),
];

/// Those who share something with this consignment's parties, without them.
const OTHERS: [(Others, &str, &str, &str); 5] = [
    (
        Others::OfConsignor,
        "consignor_others",
        "이 발송인이 다른 수취인에게 보낸 물품",
        "This consignor to other consignees",
    ),
    (
        Others::OfConsignee,
        "consignee_others",
        "이 수취인이 다른 발송인에게서 받은 물품",
        "This consignee from other consignors",
    ),
    (
        Others::AtAddress,
        "address_others",
        "이 배송지의 다른 수취인",
        "Other consignees at this address",
    ),
    (
        Others::WithPhone,
        "phone_others",
        "이 연락처의 다른 수취인",
        "Other consignees with this phone",
    ),
    (
        Others::Elsewhere,
        "consignee_elsewhere",
        "이 수취인의 다른 배송지",
        "This consignee at other addresses",
    ),
];

/// Amounts against what is usual, and words, and links: code, words, kind, group and source.
const SINGLE: [(&str, &str, &str, Kind, Group, Source); 20] = [
    (
        "goods.unit_value_spreads",
        "같은 소호의 통상 단가에서 벗어난 정도(표준편차)",
        "Unit value away from its HS6, in standard deviations",
        Kind::Number,
        Group::Outliers,
        Source::Amount(Amount::UnitValue, Away::Spreads),
    ),
    (
        "goods.piece_mass_spreads",
        "같은 소호의 통상 개당 중량에서 벗어난 정도(표준편차)",
        "Mass of a piece away from its HS6, in standard deviations",
        Kind::Number,
        Group::Outliers,
        Source::Amount(Amount::PieceMass, Away::Spreads),
    ),
    (
        "goods.package_mass_spreads",
        "같은 소호의 통상 포장당 중량에서 벗어난 정도(표준편차)",
        "Mass of a package away from its HS6, in standard deviations",
        Kind::Number,
        Group::Outliers,
        Source::Amount(Amount::PackageMass, Away::Spreads),
    ),
    (
        "consignor.mass_to_usual",
        "이 발송인의 평소 중량 대비 중량",
        "Mass against what this consignor usually sends",
        Kind::LogRatio,
        Group::Outliers,
        Source::Amount(Amount::ConsignorMass, Away::ToMedian),
    ),
    (
        "words_most.irregular_rate",
        "품명 중 가장 의심스러운 단어의 과거 적발 비율",
        "Most telling word of the description: share found irregular",
        Kind::Share,
        Group::Text,
        Source::Words(Said::MostIrregular),
    ),
    (
        "words_most.critical_rate",
        "품명 중 가장 의심스러운 단어의 과거 밀수 적발 비율",
        "Most telling word of the description: share of seizures",
        Kind::Share,
        Group::Text,
        Source::Words(Said::MostCritical),
    ),
    (
        "words_mean.irregular_rate",
        "품명 단어들의 평균 과거 적발 비율",
        "Words of the description on average: share found irregular",
        Kind::Share,
        Group::Text,
        Source::Words(Said::MeanIrregular),
    ),
    (
        "words_mean.critical_rate",
        "품명 단어들의 평균 과거 밀수 적발 비율",
        "Words of the description on average: share of seizures",
        Kind::Share,
        Group::Text,
        Source::Words(Said::MeanCritical),
    ),
    (
        "words_goods.irregular_rate",
        "같은 호에서 가장 의심스러운 단어의 과거 적발 비율",
        "Most telling word under this HS heading: share found irregular",
        Kind::Share,
        Group::Text,
        Source::Words(Said::GoodsIrregular),
    ),
    (
        "words_goods.critical_rate",
        "같은 호에서 가장 의심스러운 단어의 과거 밀수 적발 비율",
        "Most telling word under this HS heading: share of seizures",
        Kind::Share,
        Group::Text,
        Source::Words(Said::GoodsCritical),
    ),
    (
        "words.rarest",
        "품명 중 가장 드문 단어의 과거 검사 건수",
        "Rarest word of the description: earlier inspections",
        Kind::LogCount,
        Group::Text,
        Source::Words(Said::Rarest),
    ),
    (
        "words.heading_share",
        "품명 단어가 이 호로 신고된 비율(가장 낮은 단어)",
        "Share of its word's goods that came under this HS heading, the least of all words",
        Kind::Share,
        Group::Text,
        Source::Words(Said::HeadingShare),
    ),
    (
        "words.vague",
        "물품을 알 수 없는 품명",
        "Description names no goods",
        Kind::Flag,
        Group::Text,
        Source::Words(Said::Vague),
    ),
    (
        "words.count",
        "품명의 단어 수",
        "Words of the description",
        Kind::LogCount,
        Group::Text,
        Source::Words(Said::Count),
    ),
    (
        "address.consignees",
        "이 배송지의 다른 수취인 수",
        "Other consignees seen at this address",
        Kind::LogCount,
        Group::Network,
        Source::Links(Linked::Others(LinkKind::AddressConsignee)),
    ),
    (
        "phone.consignees",
        "이 연락처의 다른 수취인 수",
        "Other consignees seen with this phone",
        Kind::LogCount,
        Group::Network,
        Source::Links(Linked::Others(LinkKind::PhoneConsignee)),
    ),
    (
        "phone.consignors",
        "이 연락처로 보낸 다른 발송인 수",
        "Other consignors seen with this phone",
        Kind::LogCount,
        Group::Network,
        Source::Links(Linked::Others(LinkKind::PhoneConsignor)),
    ),
    (
        "consignee.other_names",
        "이 수취인 부호의 다른 이름 수",
        "Other names under this consignee's code",
        Kind::LogCount,
        Group::Network,
        Source::Links(Linked::Others(LinkKind::ConsigneeCalled)),
    ),
    (
        "consignee.new_address",
        "알려진 수취인의 새 배송지",
        "Known consignee at a new address",
        Kind::Flag,
        Group::Network,
        Source::Links(Linked::NewFor(LinkKind::AddressConsignee)),
    ),
    (
        "consignee.new_phone",
        "알려진 수취인의 새 연락처",
        "Known consignee with a new phone",
        Kind::Flag,
        Group::Network,
        Source::Links(Linked::NewFor(LinkKind::PhoneConsignee)),
    ),
];

fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

fn log(amount: Option<f64>) -> f64 {
    amount.map_or(f64::NAN, |amount| amount.max(0.0).ln_1p())
}

const KG: f64 = 1_000.0;

const FACTS: [(&str, &str, &str, Kind, Group, Fact); 23] = [
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
    (
        "procedure.parcel",
        "특송·우편 소포",
        "Express or postal parcel",
        Kind::Flag,
        Group::Route,
        |f| flag(f.regime == Regime::Parcel),
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
    let mut add = |code: String, ko: String, en: String, kind, group, source| {
        catalogue.push(Feature { code, ko, en, kind, group, source });
    };
    for (code, ko, en, kind, group, fact) in FACTS {
        add(code.to_owned(), ko.to_owned(), en.to_owned(), kind, group, Source::Fact(fact));
    }
    add(
        "goods.unit_value_to_median".to_owned(),
        "같은 소호의 중앙값 대비 단가".to_owned(),
        "Unit value against the median of its HS6".to_owned(),
        Kind::LogRatio,
        Group::Route,
        Source::Amount(Amount::UnitValue, Away::ToMedian),
    );
    for (key, code, ko, en, group) in KEYS {
        for (stat, stat_code, stat_ko, stat_en, kind) in STATS {
            let arrivals = matches!(stat, Stat::Seen | Stat::QuietDays | Stat::KnownDays);
            if arrivals && !KeyKind::SEEN.contains(&key) {
                continue;
            }
            let code = format!("{code}.{stat_code}");
            let (ko, en) = (format!("{ko}: {stat_ko}"), format!("{en}: {stat_en}"));
            add(code, ko, en, kind, group, Source::Past(key, stat));
        }
        for (days, span, span_ko, span_en) in SPANS {
            if !RECENT.contains(&key) {
                continue;
            }
            for (stat, stat_code, stat_ko, stat_en, kind) in STATS {
                let Some(stat) = stat.in_days(days) else { continue };
                let code = format!("{code}_{span}.{stat_code}");
                let ko = format!("{ko}, {span_ko}: {}", stat_ko.trim_start_matches("과거 "));
                let en = format!("{en}, {span_en}: {}", stat_en.trim_start_matches("earlier "));
                add(code, ko, en, kind, Group::Recent, Source::Past(key, stat));
            }
        }
        for (stat, stat_code, stat_ko, stat_en, kind) in PACE {
            if KeyKind::SEEN.contains(&key) {
                let code = format!("{code}.{stat_code}");
                let (ko, en) = (format!("{ko}: {stat_ko}"), format!("{en}: {stat_en}"));
                add(code, ko, en, kind, Group::Pace, Source::Past(key, stat));
            }
        }
    }
    for (others, code, ko, en) in OTHERS {
        for (stat, stat_code, stat_ko, stat_en, kind) in &STATS[..3] {
            let code = format!("{code}.{stat_code}");
            let (ko, en) = (format!("{ko}: {stat_ko}"), format!("{en}: {stat_en}"));
            add(code, ko, en, *kind, Group::Network, Source::Others(others, *stat));
        }
    }
    for (code, ko, en, kind, group, source) in SINGLE {
        add(code.to_owned(), ko.to_owned(), en.to_owned(), kind, group, source);
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

/// What a kind of key is called, in Korean and English.
pub fn key_words(kind: KeyKind) -> (&'static str, &'static str) {
    let of_features = KEYS.iter().find(|(of, ..)| *of == kind).map(|(_, _, ko, en, _)| (*ko, *en));
    of_features.unwrap_or(match kind {
        KeyKind::ConsigneeAddress => ("이 수취인과 배송지 조합", "This consignee at this address"),
        KeyKind::ConsigneePhone => ("이 수취인과 연락처 조합", "This consignee with this phone"),
        _ => ("전체 화물", "All traffic"),
    })
}
