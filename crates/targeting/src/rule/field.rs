//! The fields that a condition may read: what is declared in [`Facts`], and what the model's
//! catalogue knows of the past of parties, goods and lanes. No trait of a person is among them,
//! because none is in `Facts`. A name, once given, never changes: kept rules read it.

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Serialize;

use super::never::Values;
use crate::facts::Facts;
use crate::feature::{self, CATALOGUE, Kind};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
}

impl FieldKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Flag => "flag",
        }
    }
}

/// What the values of a field look like: a rule that compares with another shape can never fire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    Any,
    /// So many digits.
    Digits(usize),
    /// An HS code, two to ten digits.
    Hs,
    /// Two capital letters.
    Country,
    /// A UN/LOCODE: five capital letters and digits.
    Place,
    /// Three capital letters.
    Currency,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Small letters only.
    Small,
    /// A whole number from 0.
    Count,
    /// A number from 0.
    Amount,
    /// From 0 to 1.
    Share,
    /// At most 1, and below 0 where what is declared does not add up.
    ShareOrLess,
    /// A whole number from one to another.
    Between(u8, u8),
}

/// What a field's numbers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// In Korean.
    pub ko: &'static str,
    /// In English.
    pub en: &'static str,
}

#[derive(Clone, Copy)]
pub(super) enum Source {
    /// Writes the text; writing nothing means that it is not declared.
    Text(fn(&Facts<'_>, &mut String)),
    /// NaN where it is not declared.
    Number(fn(&Facts<'_>) -> f64),
    /// 1, 0, or NaN.
    Flag(fn(&Facts<'_>) -> f64),
    /// A column of the model's catalogue, and how its number is read.
    Feature(usize, Kind),
}

/// A field that conditions may read.
pub struct Field {
    /// Its name, such as `goods.hs_chapter`.
    pub path: String,
    /// What it is, in Korean.
    pub ko: String,
    /// What it is, in English.
    pub en: String,
    /// What it holds.
    pub kind: FieldKind,
    /// A value as one writes it in a condition.
    pub example: String,
    pub(super) shape: Shape,
    pub(super) source: Source,
}

impl Field {
    /// The first part of its name.
    pub fn group(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }

    /// True when it is read from what was known before the day of arrival.
    pub fn is_past(&self) -> bool {
        match self.source {
            Source::Feature(column, _) => !CATALOGUE[column].is_declared(),
            Source::Text(_) | Source::Number(_) | Source::Flag(_) => false,
        }
    }

    /// What its numbers count; none where that is no matter of units.
    pub fn unit(&self) -> Option<Unit> {
        let unit = |ko, en| Some(Unit { ko, en });
        let last = self.path.rsplit('.').next().unwrap_or_default();
        match self.source {
            _ if self.kind != FieldKind::Number => None,
            _ if last.ends_with("_kg") || self.path == "goods.package_mass" => unit("kg", "kg"),
            _ if matches!(self.shape, Shape::Share | Shape::ShareOrLess) => {
                unit("비율(0.3 = 30 %)", "share (0.3 is 30 %)")
            }
            _ if self.path == "goods.duty_rate" => unit("%", "%"),
            _ if self.path == "goods.value" => unit("신고 통화", "declared currency"),
            _ if self.path == "goods.unit_value" => {
                unit("kg당 신고 통화", "declared currency per kg")
            }
            Source::Feature(_, Kind::LogDays) => unit("일", "days"),
            Source::Feature(_, Kind::LogRatio) => unit("배", "times the usual"),
            _ if last.ends_with("_spreads") => unit("표준편차", "standard deviations"),
            _ if self.shape == Shape::Count => unit("개", "count"),
            _ => None,
        }
    }

    /// The values that it may have, as one writes them: `0 to 1`, `parcel, freight`.
    pub fn range(&self) -> String {
        match self.shape {
            Shape::Words(words) => words.join(", "),
            Shape::Digits(count) => format!("{count} digits"),
            Shape::Hs => "2, 4, 6, 8 or 10 digits".to_owned(),
            Shape::Country => "two capital letters (ISO 3166)".to_owned(),
            Shape::Currency => "three capital letters (ISO 4217)".to_owned(),
            Shape::Place => "UN/LOCODE".to_owned(),
            Shape::Small => "small letters".to_owned(),
            Shape::Count => "0, 1, 2, ...".to_owned(),
            Shape::Amount => "0 or more".to_owned(),
            Shape::Share => "0 to 1".to_owned(),
            Shape::ShareOrLess => "1 or less".to_owned(),
            Shape::Between(from, to) => format!("{from} to {to}, whole"),
            Shape::Any if self.kind == FieldKind::Flag => "true, false".to_owned(),
            Shape::Any => "any".to_owned(),
        }
    }

    /// The numbers that it may have.
    pub(super) fn numbers(&self) -> Values {
        match self.shape {
            Shape::Count => Values::between(0.0, f64::INFINITY, true),
            Shape::Amount => Values::between(0.0, f64::INFINITY, false),
            Shape::Share => Values::between(0.0, 1.0, false),
            Shape::ShareOrLess => Values::between(f64::NEG_INFINITY, 1.0, false),
            Shape::Between(from, to) => Values::between(f64::from(from), f64::from(to), true),
            _ if self.kind == FieldKind::Flag => Values::between(0.0, 1.0, true),
            _ => Values::ANY,
        }
    }

    /// What its numbers are, in English and Korean, to follow *is*.
    pub(super) fn range_words(&self) -> (String, String) {
        let (en, ko) = match self.shape {
            Shape::Count => ("a count: a whole number from 0", "0 이상의 개수(정수)"),
            Shape::Amount => ("a number from 0", "0 이상의 수"),
            Shape::Share => (
                "a share from 0 to 1 and no percentage (30 % is 0.3)",
                "백분율이 아니라 0부터 1까지의 비율(30 %는 0.3)",
            ),
            Shape::ShareOrLess => (
                "a share of at most 1 and no percentage (30 % is 0.3)",
                "백분율이 아니라 1 이하의 비율(30 %는 0.3)",
            ),
            Shape::Between(from, to) => {
                return (
                    format!("a whole number from {from} to {to}"),
                    format!("{from}부터 {to}까지의 정수"),
                );
            }
            _ => ("a number", "숫자"),
        };
        (en.to_owned(), ko.to_owned())
    }

    /// The words that its text is one of, where they are few.
    pub fn values(&self) -> &'static [&'static str] {
        match self.shape {
            Shape::Words(words) => words,
            _ => &[],
        }
    }
}

/// A function of the language.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub sign: &'static str,
    /// What it says, in Korean.
    pub ko: &'static str,
    /// What it says, in English.
    pub en: &'static str,
}

/// Every function there is.
pub const FUNCTIONS: [Function; 7] = [
    Function {
        name: "indicator",
        sign: "indicator(\"route.transhipped\")",
        ko: "위험 지표에 해당하면 참",
        en: "yes when the indicator shows",
    },
    Function {
        name: "has",
        sign: "has(goods.value)",
        ko: "항목이 신고되어 있으면 참",
        en: "yes when the field is declared or known",
    },
    Function {
        name: "startsWith",
        sign: "goods.hs.startsWith(\"8703\")",
        ko: "이 글자로 시작하면 참",
        en: "yes when the text begins so",
    },
    Function {
        name: "endsWith",
        sign: "goods.description.endsWith(\"parts\")",
        ko: "이 글자로 끝나면 참",
        en: "yes when the text ends so",
    },
    Function {
        name: "contains",
        sign: "goods.description.contains(\"coffee\")",
        ko: "이 글자가 들어 있으면 참",
        en: "yes when the text holds it",
    },
    Function {
        name: "matches",
        sign: "goods.description.matches(\"gear ?box\")",
        ko: "정규식과 맞는 부분이 있으면 참",
        en: "yes when a part of the text fits the regular expression",
    },
    Function {
        name: "size",
        sign: "size(goods.description)",
        ko: "글자 수",
        en: "how many characters the text has",
    },
];

/// Features of the model that are left out: a declared field says the same, in plain units.
const SAID_PLAINLY: [&str; 14] = [
    "goods.mass",
    "goods.value",
    "goods.unit_value",
    "goods.duty_rate",
    "goods.packages",
    "goods.items",
    "goods.words",
    "goods.chapter",
    "route.via",
    "procedure.parcel",
    "route.leaves",
    "route.transport",
    "documents.follows",
    "equipment.containers",
];

const KG: f64 = 1_000.0;

type Declared = (&'static str, FieldKind, Shape, &'static str, &'static str, &'static str, Source);

fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

fn kg(grams: Option<i64>) -> f64 {
    grams.map_or(f64::NAN, |grams| grams as f64 / KG)
}

fn known(number: Option<f64>) -> f64 {
    number.unwrap_or(f64::NAN)
}

/// The first digits of the HS code, where so many are declared.
fn hs(facts: &Facts<'_>, digits: u8, to: &mut String) {
    if let Some(hs) = facts.hs.filter(|hs| hs.digits() >= digits) {
        let _ = write!(to, "{:0width$}", hs.prefix(digits), width = usize::from(digits));
    }
}

fn signs(facts: &Facts<'_>, to: &mut String) {
    for (n, sign) in facts.signs.iter().enumerate() {
        to.push_str(if n > 0 { " " } else { "" });
        to.push_str(sign);
    }
    if facts.signs.is_empty() {
        to.push_str("none");
    }
}

const REGIMES: &[&str] = &["parcel", "freight"];
const DIRECTIONS: &[&str] = &["import", "export", "transit", "transhipment"];
const TRANSPORTS: &[&str] = &["sea", "rail", "road", "air", "post", "other"];

macro_rules! text {
    ($f:ident, $to:ident => $body:expr) => {
        Source::Text(|$f, $to| {
            let _ = $body;
        })
    };
}

use FieldKind::{Flag, Number, Text};

const DECLARED: [Declared; 41] = [
    (
        "regime",
        Text,
        Shape::Words(REGIMES),
        "특송·우편(parcel) 또는 화물(freight)",
        "Parcel or freight",
        "\"parcel\"",
        text!(f, to => to.push_str(f.regime.as_str())),
    ),
    (
        "direction",
        Text,
        Shape::Words(DIRECTIONS),
        "수출입 방향",
        "Which way the goods pass",
        "\"import\"",
        text!(f, to => to.push_str(f.direction.as_str())),
    ),
    (
        "transport",
        Text,
        Shape::Words(TRANSPORTS),
        "운송 수단",
        "Mode of transport",
        "\"sea\"",
        text!(f, to => f.transport.map(|mode| to.push_str(mode.as_str()))),
    ),
    (
        "office",
        Text,
        Shape::Any,
        "세관",
        "Customs office in charge",
        "\"ICN\"",
        text!(f, to => to.push_str(f.office)),
    ),
    (
        "arrived.month",
        Number,
        Shape::Between(1, 12),
        "도착한 달(1~12)",
        "Month of arrival, 1 to 12",
        "11",
        Source::Number(|f| f64::from(f.arrived_on.date().month())),
    ),
    (
        "arrived.weekday",
        Number,
        Shape::Between(1, 7),
        "도착 요일(월요일 1 ~ 일요일 7)",
        "Weekday of arrival, Monday 1 to Sunday 7",
        "6",
        Source::Number(|f| f64::from(f.arrived_on.date().weekday().to_monday_one_offset())),
    ),
    (
        "goods.hs",
        Text,
        Shape::Hs,
        "신고된 HS 부호 전체(숫자만)",
        "The HS code as declared, digits only",
        "\"8703231990\"",
        text!(f, to => f.hs.map(|hs| write!(to, "{hs}"))),
    ),
    (
        "goods.hs_chapter",
        Text,
        Shape::Digits(2),
        "HS 류(2단위)",
        "HS chapter, two digits",
        "\"87\"",
        text!(f, to => hs(f, 2, to)),
    ),
    (
        "goods.hs4",
        Text,
        Shape::Digits(4),
        "HS 호(4단위)",
        "HS heading, four digits",
        "\"8703\"",
        text!(f, to => hs(f, 4, to)),
    ),
    (
        "goods.hs6",
        Text,
        Shape::Digits(6),
        "HS 소호(6단위)",
        "HS subheading, six digits",
        "\"870323\"",
        text!(f, to => hs(f, 6, to)),
    ),
    (
        "goods.more_hs",
        Number,
        Shape::Count,
        "같은 란에 더 신고된 HS 부호 수",
        "Further HS codes on the same line",
        "2",
        Source::Number(|f| f.more_hs as f64),
    ),
    (
        "goods.description",
        Text,
        Shape::Small,
        "품명(영문은 소문자로)",
        "Description of the goods, in small letters",
        "\"gear box\"",
        text!(f, to => to.extend(f.description.chars().flat_map(char::to_lowercase))),
    ),
    (
        "goods.origin",
        Text,
        Shape::Country,
        "원산지 국가",
        "Country of origin of the goods",
        "\"CN\"",
        text!(f, to => f.origin.map(|code| to.push_str(code.as_str()))),
    ),
    (
        "goods.origin_mark",
        Text,
        Shape::Any,
        "원산지 표시 방법",
        "How the origin is marked",
        "\"B\"",
        text!(f, to => to.push_str(f.origin_mark)),
    ),
    (
        "goods.net_mass_kg",
        Number,
        Shape::Amount,
        "순중량(kg)",
        "Net mass in kg",
        "12.5",
        Source::Number(|f| kg(f.net_mass_g)),
    ),
    (
        "goods.gross_mass_kg",
        Number,
        Shape::Amount,
        "총중량(kg)",
        "Gross mass in kg",
        "15",
        Source::Number(|f| kg(f.gross_mass_g)),
    ),
    (
        "goods.value",
        Number,
        Shape::Amount,
        "신고가격(신고 통화 단위)",
        "Declared value, in its currency",
        "150",
        Source::Number(|f| known(f.value)),
    ),
    (
        "goods.currency",
        Text,
        Shape::Currency,
        "신고 통화",
        "Currency of the value",
        "\"USD\"",
        text!(f, to => f.currency.map(|code| to.push_str(code.as_str()))),
    ),
    (
        "goods.unit_value",
        Number,
        Shape::Amount,
        "순중량 1kg당 신고가격",
        "Declared value per kg net",
        "8.2",
        Source::Number(|f| known(f.unit_value)),
    ),
    (
        "goods.packages",
        Number,
        Shape::Count,
        "포장 개수",
        "Number of packages",
        "3",
        Source::Number(|f| known(f.packages.map(f64::from))),
    ),
    (
        "goods.pieces",
        Number,
        Shape::Amount,
        "개수로 신고된 수량",
        "Pieces, where the quantity is counted",
        "24",
        Source::Number(|f| known(f.pieces)),
    ),
    (
        "goods.items",
        Number,
        Shape::Count,
        "품목 수",
        "Number of goods items",
        "1",
        Source::Number(|f| f.items as f64),
    ),
    (
        "goods.duty_rate",
        Number,
        Shape::Amount,
        "관세율(%)",
        "Duty rate in percent",
        "8",
        Source::Number(|f| known(f.duty_rate_percent)),
    ),
    (
        "goods.duty_type",
        Text,
        Shape::Any,
        "관세율 구분",
        "Kind of duty rate",
        "\"FEU1\"",
        text!(f, to => to.push_str(f.duty_type)),
    ),
    (
        "goods.dangerous",
        Text,
        Shape::Any,
        "위험물 UN 번호",
        "UN number of dangerous goods",
        "\"1263\"",
        text!(f, to => to.push_str(f.dangerous)),
    ),
    (
        "route.departure",
        Text,
        Shape::Country,
        "발송국",
        "Country of dispatch",
        "\"TH\"",
        text!(f, to => f.departure.map(|code| to.push_str(code.as_str()))),
    ),
    (
        "route.destination",
        Text,
        Shape::Country,
        "도착국(우리나라가 아닐 때)",
        "Country of destination, where not here",
        "\"AU\"",
        text!(f, to => f.destination.map(|code| to.push_str(code.as_str()))),
    ),
    (
        "route.loading",
        Text,
        Shape::Place,
        "적재지(UN/LOCODE)",
        "Place of loading, UN/LOCODE",
        "\"MXZLO\"",
        text!(f, to => f.loading.map(|place| to.push_str(place.as_str()))),
    ),
    (
        "route.loading_country",
        Text,
        Shape::Country,
        "적재지의 국가",
        "Country of the place of loading",
        "\"MX\"",
        text!(f, to => f.loading.map(|place| to.push_str(place.country().as_str()))),
    ),
    (
        "route.discharge",
        Text,
        Shape::Place,
        "양륙지(UN/LOCODE)",
        "Place of discharge, UN/LOCODE",
        "\"KRPUS\"",
        text!(f, to => f.discharge.map(|place| to.push_str(place.as_str()))),
    ),
    (
        "route.via",
        Number,
        Shape::Count,
        "경유지 수",
        "Places called at on the way",
        "2",
        Source::Number(|f| f.via as f64),
    ),
    (
        "documents.procedure",
        Text,
        Shape::Any,
        "통관 절차 부호",
        "Customs procedure",
        "\"11\"",
        text!(f, to => to.push_str(f.procedure)),
    ),
    (
        "documents.payment",
        Text,
        Shape::Any,
        "결제 방법",
        "Means of payment",
        "\"TT\"",
        text!(f, to => to.push_str(f.payment)),
    ),
    (
        "documents.follows_previous",
        Flag,
        Shape::Any,
        "이전 신고에 이어짐(재수출·통과 등)",
        "Follows an earlier declaration, as re-exports do",
        "documents.follows_previous",
        Source::Flag(|f| flag(f.follows_previous)),
    ),
    (
        "documents.signs",
        Text,
        Shape::Any,
        "서류 자체의 이상한 점(부호를 띄어 씀, 없으면 none)",
        "What is odd about the document itself: codes with blanks between, or none",
        "\"none\"",
        text!(f, to => signs(f, to)),
    ),
    (
        "equipment.containers",
        Number,
        Shape::Count,
        "컨테이너 수",
        "Number of containers",
        "1",
        Source::Number(|f| f.containers as f64),
    ),
    (
        "equipment.empty",
        Number,
        Shape::Count,
        "빈 컨테이너로 신고된 수",
        "Containers declared empty",
        "1",
        Source::Number(|f| f.empty_containers as f64),
    ),
    (
        "equipment.reefers",
        Number,
        Shape::Count,
        "냉동·냉장 컨테이너 수",
        "Refrigerated containers",
        "1",
        Source::Number(|f| f.reefers as f64),
    ),
    (
        "equipment.seals",
        Number,
        Shape::Count,
        "봉인 수",
        "Number of seals",
        "0",
        Source::Number(|f| f.seals as f64),
    ),
    (
        "equipment.mass_kg",
        Number,
        Shape::Amount,
        "컨테이너의 신고 총중량(kg)",
        "Declared gross mass of the containers in kg",
        "21000",
        Source::Number(|f| kg(f.equipment_mass_g)),
    ),
    (
        "equipment.verified_mass_kg",
        Number,
        Shape::Amount,
        "컨테이너의 검증 총중량(VGM, kg)",
        "Verified gross mass of the containers in kg",
        "22500",
        Source::Number(|f| kg(f.verified_mass_g)),
    ),
];

/// Whether ISO 3166-1 knows a country by these two letters, or customs use them: what is reserved
/// or transitional, the codes X. and Q. that unions and statistics have for places that are none.
pub(super) fn is_country(code: &str) -> bool {
    const KNOWN: &str = "\
        AC AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN \
        BO BQ BR BS BT BU BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CQ CR CS CU CV CW CX \
        CY CZ DD DE DG DJ DK DM DO DZ EA EC EE EG EH EL ER ES ET EU EZ FI FJ FK FM FO FR FX GA GB \
        GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO \
        IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY \
        MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL \
        NO NP NR NT NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC \
        SD SE SF SG SH SI SJ SK SL SM SN SO SR SS ST SU SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM \
        TN TO TP TR TT TV TW TZ UA UG UK UM UN US UY UZ VA VC VE VG VI VN VU WF WS YE YT YU ZA ZM \
        ZR ZW";
    code.starts_with(['X', 'Q']) || KNOWN.split(' ').any(|known| known == code)
}

/// Whether the Harmonized System has the chapter that a code begins with: 01 to 97 but for 77,
/// which is kept free, and 98 and 99, which are each country's own.
pub(super) fn has_chapter(hs: &str) -> bool {
    !(hs.starts_with("00") || hs.starts_with("77"))
}

/// Every field there is; its place in the list is what programs name it by.
pub fn fields() -> &'static [Field] {
    static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
        let mut all: Vec<Field> = DECLARED
            .into_iter()
            .map(|(path, kind, shape, ko, en, example, source)| Field {
                path: path.to_owned(),
                ko: ko.to_owned(),
                en: en.to_owned(),
                kind,
                example: example.to_owned(),
                shape,
                source,
            })
            .collect();
        for (column, feature) in CATALOGUE.iter().enumerate() {
            if SAID_PLAINLY.contains(&feature.code.as_str()) {
                continue;
            }
            let (kind, example) = match feature.kind {
                Kind::Flag => (Flag, feature.code.clone()),
                Kind::Share => (Number, "0.2".to_owned()),
                Kind::LogRatio => (Number, "0.5".to_owned()),
                Kind::Number => (Number, "2".to_owned()),
                Kind::LogAmount | Kind::LogCount | Kind::LogDays => (Number, "10".to_owned()),
            };
            all.push(Field {
                path: feature.code.clone(),
                ko: feature.ko.clone(),
                en: feature.en.clone(),
                kind,
                example,
                shape: match (feature.kind, feature.code.as_str()) {
                    // A net mass above the gross one makes it negative.
                    (Kind::Share, "goods.tare_share") => Shape::ShareOrLess,
                    (Kind::Share, _) => Shape::Share,
                    (Kind::LogCount | Kind::LogDays, _) => Shape::Count,
                    (Kind::LogAmount | Kind::LogRatio, _) => Shape::Amount,
                    // The consignor, the consignee and the declarant.
                    (Kind::Number, "parties.missing") => Shape::Between(0, 3),
                    (Kind::Number | Kind::Flag, _) => Shape::Any,
                },
                source: Source::Feature(column, feature.kind),
            });
        }
        all
    });
    &FIELDS
}

/// The place of a field, by its name.
pub(super) fn place(path: &str) -> Option<usize> {
    fields().iter().position(|field| field.path == path)
}

/// A feature's number in plain units: the model's logarithms are undone.
pub(super) fn plainly(kind: Kind, number: f64) -> f64 {
    match kind {
        Kind::LogCount | Kind::LogDays => number.exp_m1().round(),
        // To nine digits, so that what was declared as 5 is 5 again.
        Kind::LogAmount => nine_digits(number.exp_m1()),
        Kind::LogRatio => nine_digits(number.exp()),
        Kind::Share | Kind::Flag | Kind::Number => number,
    }
}

fn nine_digits(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    let scale = 10f64.powi(8 - number.abs().log10().floor() as i32);
    (number * scale).round() / scale
}

/// The columns of the model's catalogue that these fields read.
fn columns_of(places: &[usize]) -> Vec<usize> {
    let all = fields();
    let of = places.iter().filter_map(|&place| match all[place].source {
        Source::Feature(column, _) => Some(column),
        Source::Text(_) | Source::Number(_) | Source::Flag(_) => None,
    });
    of.collect()
}

/// The places of the fields of the past that these columns of the catalogue give.
pub fn known_by(columns: &[usize]) -> Vec<usize> {
    let all = fields().iter().enumerate();
    let gives = all.filter(|(_, field)| match field.source {
        Source::Feature(column, _) => field.is_past() && columns.contains(&column),
        Source::Text(_) | Source::Number(_) | Source::Flag(_) => false,
    });
    gives.map(|(place, _)| place).collect()
}

/// What reads the past that these fields need.
pub fn extractor(places: &[usize]) -> feature::Extractor {
    feature::Extractor::of(columns_of(places))
}
