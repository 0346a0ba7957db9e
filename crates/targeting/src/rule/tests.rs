//! Conditions by showing: what is wrong with a text and where, and on what a condition is met.

use proptest::prelude::*;

use super::check::{Amount, Yes};
use super::program::{calculated, holds};
use super::*;
use crate::facts::Facts;
use crate::facts::tests::sample;
use crate::history::Histories;

/// Columns with all fields, of these examples.
pub(crate) fn columns_of(examples: &[&[(&str, &str)]]) -> Columns {
    let places: Vec<usize> = (0..fields().len()).collect();
    let rows: Vec<Vec<(usize, String)>> = examples
        .iter()
        .map(|example| {
            let known = |path: &str| field::place(path).unwrap_or_else(|| panic!("no {path}"));
            example.iter().map(|(path, value)| (known(path), (*value).to_owned())).collect()
        })
        .collect();
    Columns::of_values(&places, &rows)
}

fn met(text: &str, examples: &[&[(&str, &str)]]) -> Vec<bool> {
    let condition = condition(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let hits = Program::of([(&condition, &[][..])]).fires(&columns_of(examples));
    (0..examples.len()).map(|row| hits.has(0, row)).collect()
}

/// One line a text: what it is, and of each mistake the code, the words it lies on, and what is
/// put there instead.
#[test]
fn a_mistake_is_named_where_it_is() {
    let table = r#"
goods.hs_chaptr == "87" | unknown_field goods.hs_chaptr > goods.hs_chapter
hs_chapter == "87" | unknown_field hs_chapter > goods.hs_chapter
goods.hs_chapter == 87 | wrong_type 87 > "87"
goods.hs_chapter == "8703" | wrong_value "8703" > "87"
goods.hs == "8703.23" | wrong_value "8703.23" > "870323"
goods.origin == "cn" | wrong_value "cn" > "CN"
goods.origin in ["CN", "vn"] | wrong_value "vn" > "VN"
goods.origin in "CN" | wrong_type "CN" > ["CN"]
regime == "parcels" | wrong_value "parcels" > "parcel"
goods.description.contains("Coffee") | wrong_value "Coffee" > "coffee"
goods.description.includes("coffee") | unknown_function includes > contains
goods.value > "100" | wrong_type "100" > 100
goods.value | not_a_condition goods.value
goods.value > 100 and regime == "parcel" | syntax and > &&
goods.value = 100 | syntax = > ==
goods.value <> 100 | syntax <> > !=
goods.value > 100kg | syntax 100k > 100
goods.value > 1,000 | syntax ,
(goods.value > 100 | syntax  > )
goods.origin == "CN | syntax "CN > "CN"
indicator("route.transshipped") | unknown_indicator "route.transshipped" > "route.transhipped"
indicator("nothing at all") | unknown_indicator "nothing at all"
goods.description.matches("(") | bad_pattern "("
1 < 2 | constant 1 < 2
goods.origin == goods.origin | constant goods.origin == goods.origin
goods.origin < "CN" | wrong_type goods.origin < "CN"
consignee.nationality == "KR" | unknown_field consignee.nationality
consignor.name == "KIM" | unknown_field consignor.name
nationality == "KR" | unknown_field nationality
has(birth_date) | unknown_field birth_date
arrived.weekday == 9 | wrong_value 9
arrived.weekday in [6, 9] | wrong_value 9
arrived.weekday == 2.5 | wrong_value 2.5
arrived.month > 12 | wrong_value 12
consignee.irregular_rate > 30 | wrong_value 30 > 0.3
!(consignee.irregular_rate <= 30) | wrong_value 30 > 0.3
goods.origin == "CN" || consignee.irregular_rate >= 1.5 | wrong_value 1.5 > 0.015
goods.value < -5 | wrong_value -5
-5 > goods.value | wrong_value -5
goods.packages < 0 | wrong_value 0
goods.hs_chapter == "00" | wrong_value "00"
goods.hs4 in ["0901", "7701"] | wrong_value "7701"
goods.origin == "ZZ" | wrong_value "ZZ"
goods.origin.startsWith("c") | wrong_value "c" > "C"
goods.hs4.contains("090121") | wrong_value "090121"
goods.value / 0 > 1 | constant goods.value / 0
!(goods.value / (2 - 2) > 1) | constant goods.value / (2 - 2)
goods.value < 150 && goods.value > 200 | constant goods.value > 200
!(goods.value >= 150 || goods.value <= 200) | constant goods.value <= 200
arrived.weekday > 6 && arrived.weekday < 7 | constant arrived.weekday < 7
goods.origin == "CN" && goods.origin == "VN" | constant goods.origin == "VN"
goods.origin == "CN" && goods.origin != "CN" | constant goods.origin != "CN"
regime != "parcel" && regime != "freight" | constant regime != "freight"
goods.hs4 == "0901" && goods.hs4.startsWith("87") | constant goods.hs4.startsWith("87")
goods.value > 3 && !has(goods.value) | constant goods.value > 3
goods.round_mass && !goods.round_mass | constant !goods.round_mass
goods.net_mass_kg == 5 && goods.net_mass_kg * 2 > 11 | constant goods.net_mass_kg * 2 > 11
size(goods.origin) > 2 | constant size(goods.origin) > 2
has(goods.value, 1) | wrong_type has(goods.value, 1)
goods.hs4 == "87" && goods.hs6 == "8703" | wrong_value "87"; wrong_value "8703"
 | syntax
"#;
    for line in table.lines().filter(|line| !line.is_empty()) {
        let (text, wanted) = line.split_once(" | ").unwrap();
        let faults = condition(text).err().unwrap_or_else(|| panic!("{text} was taken"));
        let said: Vec<String> = faults
            .iter()
            .map(|fault| {
                let words = &text[fault.span.from..fault.span.to];
                let instead = fault.suggestion.iter().map(|one| format!(" > {one}"));
                format!("{} {words}{}", fault.code, instead.collect::<String>())
            })
            .collect();
        // A fault at the end of a text has no words, and a line of this file no blank at its end.
        assert_eq!(said.join("; ").trim_end(), wanted, "{text}");
        for fault in &faults {
            assert!(fault.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}", fault.ko);
        }
    }
}

#[test]
fn what_may_be_met_is_taken() {
    for text in [
        "arrived.weekday != 9",
        "!(arrived.weekday == 9)",
        "consignee.irregular_rate < 30",
        "consignee.irregular_rate == 1 || consignee.irregular_rate == 0",
        "goods.value >= 0 && goods.value <= 0",
        "goods.value > 199 && goods.value < 199.0000001",
        "goods.value < 150 || goods.value > 200",
        "goods.tare_share < -0.5",
        "goods.unit_value_spreads < -2",
        "goods.origin != \"CN\" && goods.origin != \"VN\"",
        "goods.hs_chapter == \"98\" && goods.origin == \"XK\"",
        "regime != \"parcel\" && regime == \"freight\"",
        "goods.net_mass_kg - goods.gross_mass_kg > 5",
        "goods.value / (goods.value - 1) < 0",
        "goods.origin.matches(\"ZZ\")",
        "!has(goods.value) || goods.value > 3",
        "(goods.value > 9 ? 0 : 5) == 5 && goods.value < 3",
    ] {
        assert!(condition(text).is_ok(), "{text}: {:?}", condition(text));
    }
    // What an indicator says may be met, and a rule that was kept before fires as it did.
    for one in crate::indicator::all() {
        assert!(condition(one.text).is_ok(), "{}: {:?}", one.code, condition(one.text));
    }
    assert!(kept_condition("goods.origin == \"ZZ\" || arrived.weekday == 9").is_ok());
    let share = condition("consignee.irregular_rate > 30").unwrap_err();
    assert!(share[0].en.contains("percentage") && share[0].ko.contains("백분율"), "{share:?}");
}

#[test]
fn a_place_is_a_line_and_a_column() {
    let faults = condition("goods.value > 1 &&\n  goods.vlaue < 9 // 값\n").unwrap_err();
    assert_eq!((faults[0].line, faults[0].column), (2, 3));
    assert_eq!(faults[0].suggestion.as_deref(), Some("goods.value"));
}

#[test]
fn what_is_too_deep_or_too_long_is_refused() {
    let deep = |n: usize| format!("{}goods.value > 1{}", "(".repeat(n), ")".repeat(n));
    assert!(condition(&deep(20)).is_ok());
    for text in [deep(25), deep(1_900), format!("{}true", "!".repeat(3_000))] {
        assert_eq!(condition(&text).unwrap_err()[0].code, FaultCode::TooDeep);
    }
    let sum = format!("goods.value {} > 1", "+ 1 ".repeat(900));
    assert_eq!(condition(&sum).unwrap_err()[0].code, FaultCode::TooDeep);
    let long = format!("goods.value > {}", "1".repeat(4_000));
    assert_eq!(condition(&long).unwrap_err()[0].code, FaultCode::TooLong);
    // Side by side is no depth.
    let wide = vec!["goods.value > 1"; 200].join(" || ");
    assert!(condition(&wide).is_ok());
    // A contrary asks for each side again; that must not double with every level.
    let mut nested = "goods.value > 1".to_owned();
    for n in 0..11 {
        nested = format!("({nested}) != (goods.value > {n})");
    }
    assert!(Program::of([(&condition(&nested).unwrap(), &[][..])]).parts() < 200);
}

#[test]
fn what_is_not_declared_answers_nothing() {
    let rows: [&[(&str, &str)]; 3] = [&[("goods.value", "50")], &[("goods.value", "500")], &[]];
    for (text, wanted) in [
        ("goods.value < 100", [true, false, false]),
        ("!(goods.value < 100)", [false, true, false]),
        ("goods.value != 50", [false, true, false]),
        ("!(goods.value == 50)", [false, true, false]),
        ("has(goods.value)", [true, true, false]),
        ("!has(goods.value) || goods.value > 100", [false, true, true]),
        ("goods.value in [50, 60]", [true, false, false]),
        ("!(goods.value in [50, 60])", [false, true, false]),
        ("goods.value / (goods.value - 50) > 0", [false, true, false]),
        ("(goods.value > 100) == (goods.value > 200)", [true, true, false]),
        ("(goods.value > 100) != (goods.value > 600)", [false, true, false]),
        ("goods.value > 100 ? goods.value > 400 : goods.value < 60", [true, true, false]),
        ("(goods.value > 100 ? 1 : goods.value) > 10", [true, false, false]),
        ("-goods.value > -100", [true, false, false]),
    ] {
        assert_eq!(met(text, &rows), wanted, "{text}");
    }
}

#[test]
fn texts_are_asked_in_many_ways() {
    let rows: [&[(&str, &str)]; 3] = [
        &[
            ("goods.description", "roasted coffee 볶은 커피"),
            ("goods.hs", "0901210000"),
            ("goods.origin", "CO"),
            ("route.departure", "NL"),
        ],
        &[("goods.description", "gear boxes"), ("goods.origin", "MX"), ("route.departure", "MX")],
        &[],
    ];
    for (text, wanted) in [
        ("goods.description.contains('커피')", [true, false, false]),
        ("goods.description.startsWith(\"gear\")", [false, true, false]),
        ("goods.description.endsWith('boxes')", [false, true, false]),
        (r"goods.description.matches(r'gear\s?box')", [false, true, false]),
        ("!goods.description.contains('coffee')", [false, true, false]),
        ("goods.hs.startsWith('0901')", [true, false, false]),
        ("size(goods.description) > 12", [true, false, false]),
        ("goods.description.size() < 12", [false, true, false]),
        ("goods.origin != route.departure", [true, false, false]),
        ("goods.origin == route.departure", [false, true, false]),
        ("goods.origin in ['CO', 'PE', 'BO']", [true, false, false]),
        ("!(goods.origin in ['CO', 'PE', 'BO'])", [false, true, false]),
        ("goods.origin == 'MX' && goods.description.matches('gear|axle')", [false, true, false]),
        ("indicator('route.not_from_origin')", [true, false, false]),
        ("!indicator('route.not_from_origin')", [false, true, false]),
    ] {
        assert_eq!(met(text, &rows), wanted, "{text}");
    }
}

#[test]
fn a_rule_of_some_offices_fires_there_alone() {
    let condition = condition("goods.value > 10").unwrap();
    let here = ["ICN".to_owned()];
    let program = Program::of([(&condition, &here[..]), (&condition, &[][..])]);
    let hits = program.fires(&columns_of(&[
        &[("office", "ICN"), ("goods.value", "20")],
        &[("office", "PUS"), ("goods.value", "20")],
    ]));
    assert_eq!(hits.rows(0).collect::<Vec<_>>(), [0]);
    assert_eq!(hits.rows(1).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((hits.count(0), hits.count(1)), (1, 2));
}

#[test]
fn fields_read_what_is_declared_in_plain_units() {
    let consignment = sample();
    let facts = [Facts::of(&consignment)];
    let places: Vec<usize> = (0..fields().len()).collect();
    let columns = Columns::of(&places, &facts, &Histories::default());
    let said = |path: &str| columns.said(field::place(path).unwrap(), 0);
    for (path, wanted) in [
        ("goods.hs", Some("848340")),
        ("goods.hs_chapter", Some("84")),
        ("goods.hs4", Some("8483")),
        ("goods.net_mass_kg", Some("120")),
        ("goods.value", Some("36000")),
        ("goods.unit_value", Some("300")),
        ("goods.whole_kg", Some("true")),
        ("goods.origin", Some("MX")),
        ("goods.package_mass", None),
        ("transport", Some("sea")),
        ("documents.signs", Some("none")),
        ("consignor.seen", Some("0")),
        ("consignor.first_time", Some("true")),
        ("goods.gross_mass_kg", None),
        ("route.loading", None),
    ] {
        assert_eq!(said(path).as_deref(), wanted, "{path}");
    }
}

#[test]
fn every_field_has_a_name_of_its_own_and_words_in_both_languages() {
    let mut paths: Vec<&str> = fields().iter().map(|field| field.path.as_str()).collect();
    assert!(paths.len() > 150);
    paths.sort_unstable();
    assert!(paths.windows(2).all(|two| two[0] != two[1]), "{paths:?}");
    for field in fields() {
        assert!(field.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}", field.path);
        assert!(field.en.is_ascii(), "{}", field.path);
        // What the example says of it is a condition.
        let text = match field.kind {
            FieldKind::Flag => field.path.clone(),
            FieldKind::Text | FieldKind::Number => format!("{} == {}", field.path, field.example),
        };
        assert!(condition(&text).is_ok(), "{text}: {:?}", condition(&text));
    }
}

#[test]
fn no_protected_trait_of_a_person_can_be_named() {
    const WORDS: [&str; 9] =
        ["name", "nationality", "ethnic", "religion", "gender", "sex", "birth", "passport", "age"];
    for word in WORDS {
        for of in ["consignee", "consignor", "party", "goods"] {
            let faults = condition(&format!("{of}.{word} == \"x\"")).unwrap_err();
            assert_eq!(faults[0].code, FaultCode::UnknownField, "{of}.{word}");
            assert_eq!(faults[0].suggestion, None, "{of}.{word}");
            assert!(faults[0].en.contains("who somebody is"), "{}", faults[0].en);
            assert!(faults[0].ko.contains("감시 목록"), "{}", faults[0].ko);
        }
        let named = |field: &&Field| field.path.split(['.', '_']).any(|part| part == word);
        assert_eq!(fields().iter().find(named).map(|field| &field.path), None);
    }
}

#[test]
fn a_rule_needs_texts_dates_and_a_law() {
    let day = |text: &str| text.parse::<Day>().unwrap();
    let good = Rule {
        code: "coffee.new-shipper".to_owned(),
        owner: "kim".to_owned(),
        legal_basis: "WTO TFA 7.4".to_owned(),
        lane: Lane::Red,
        modality: Some(Modality::Scan),
        offices: vec![],
        valid_from: day("2026-01-01"),
        valid_until: day("2026-06-30"),
        review_on: day("2026-04-01"),
        condition: "goods.hs4 == \"0901\"".to_owned(),
        officer: Sentence { ko: "커피".to_owned(), en: "Coffee".to_owned() },
        outward: Sentence { ko: "검사".to_owned(), en: "Examination".to_owned() },
    };
    assert_eq!(good.faults(), vec![]);
    let named = |rule: Rule| rule.faults().iter().map(|fault| fault.field).collect::<Vec<_>>();
    assert_eq!(named(Rule { code: "A b".to_owned(), ..good.clone() }), ["code"]);
    assert_eq!(named(Rule { code: "check".to_owned(), ..good.clone() }), ["code"]);
    assert_eq!(named(Rule { legal_basis: " ".to_owned(), ..good.clone() }), ["legal_basis"]);
    assert_eq!(named(Rule { outward: Sentence::default(), ..good.clone() }), ["outward"]);
    let long = Rule { valid_until: day("2029-01-01"), ..good.clone() };
    assert_eq!(named(long), ["valid_until"]);
    assert_eq!(named(Rule { review_on: day("2027-01-01"), ..good.clone() }), ["review_on"]);
    let back = Rule { valid_until: day("2025-12-31"), ..good };
    assert_eq!(named(back), ["valid_until", "review_on"]);
}

/// What one row answers, worked out part by part: the slow way that the program must agree with.
fn answer(yes: &Yes, columns: &Columns, row: usize) -> Option<bool> {
    let number = |amount: &Amount| amount_of(amount, columns, row);
    let text = |place: usize| columns.said(place, row);
    match yes {
        Yes::Constant(is) => Some(*is),
        Yes::Flag(place) => text(*place).map(|said| said == "true"),
        Yes::Known(place) => Some(text(*place).is_some()),
        Yes::Not(one) => answer(one, columns, row).map(|is| !is),
        Yes::All(parts) => {
            let all: Vec<_> = parts.iter().map(|part| answer(part, columns, row)).collect();
            match all.contains(&Some(false)) {
                true => Some(false),
                false => (!all.contains(&None)).then_some(true),
            }
        }
        Yes::Any(parts) => {
            let all: Vec<_> = parts.iter().map(|part| answer(part, columns, row)).collect();
            match all.contains(&Some(true)) {
                true => Some(true),
                false => (!all.contains(&None)).then_some(false),
            }
        }
        Yes::TextIs(place, texts) => text(*place).map(|said| texts.contains(&said)),
        Yes::TextLike(place, like) => text(*place).map(|said| like.is(&said)),
        Yes::TextSame(a, b) => Some(text(*a)? == text(*b)?),
        Yes::Compare(op, a, b) => {
            let (a, b) = (number(a), number(b));
            (!a.is_nan() && !b.is_nan()).then(|| holds(*op, a, b))
        }
        Yes::NumberIn(amount, numbers) => {
            let one = number(amount);
            (!one.is_nan()).then(|| numbers.contains(&one))
        }
        Yes::Same(a, b) => Some(answer(a, columns, row)? == answer(b, columns, row)?),
        Yes::Choose(three) => match answer(&three[0], columns, row)? {
            true => answer(&three[1], columns, row),
            false => answer(&three[2], columns, row),
        },
    }
}

fn amount_of(amount: &Amount, columns: &Columns, row: usize) -> f64 {
    match amount {
        Amount::Number(number) => *number,
        Amount::Field(place) => columns.numbers(*place)[row],
        Amount::Size(place) => {
            columns.said(*place, row).map_or(f64::NAN, |said| said.chars().count() as f64)
        }
        Amount::Two(op, a, b) => {
            calculated(*op, amount_of(a, columns, row), amount_of(b, columns, row))
        }
        Amount::Minus(one) => -amount_of(one, columns, row),
        Amount::Choose(test, yes, no) => match answer(test, columns, row) {
            Some(true) => amount_of(yes, columns, row),
            Some(false) => amount_of(no, columns, row),
            None => f64::NAN,
        },
    }
}

/// Conditions of a few fields, of any form.
fn conditions() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("goods.value".to_owned()),
        Just("goods.net_mass_kg".to_owned()),
        Just("size(goods.description)".to_owned()),
        (-3i32..30).prop_map(|n| n.to_string()),
    ];
    let number = number.prop_recursive(2, 6, 2, |below| {
        (below.clone(), prop::sample::select(vec!["+", "-", "*", "/"]), below)
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
    });
    let sign = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        (number.clone(), sign, number.clone()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        number.prop_map(|one| format!("{one} in [1, 2, 3, 20]")),
        prop::sample::select(vec!["CN", "VN", "TH"])
            .prop_map(|code| format!("goods.origin == \"{code}\"")),
        Just("goods.origin in [\"CN\", \"VN\"]".to_owned()),
        Just("goods.origin != route.departure".to_owned()),
        Just("goods.description.contains(\"tea\")".to_owned()),
        Just("goods.description.matches(\"^t.a\")".to_owned()),
        Just("has(goods.value)".to_owned()),
        Just("goods.round_mass".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |below| {
        prop_oneof![
            prop::collection::vec(below.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" && "))),
            prop::collection::vec(below.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" || "))),
            below.clone().prop_map(|one| format!("!({one})")),
            (below.clone(), below.clone(), below.clone())
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (below.clone(), below).prop_map(|(a, b)| format!("(({a}) == ({b}))")),
        ]
    })
}

/// Conditions that often ask for what a field never has, or for what excludes itself.
fn ranged() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        3 => prop::sample::select(vec![
            "goods.value",
            "arrived.weekday",
            "goods.packages",
            "consignee.irregular_rate",
            "size(goods.origin)",
        ])
        .prop_map(str::to_owned),
        2 => prop::sample::select(vec!["0", "1", "3", "7", "-2", "0.5", "8", "2.5"])
            .prop_map(str::to_owned),
    ];
    let number = number.prop_recursive(2, 5, 2, |below| {
        prop_oneof![
            (below.clone(), prop::sample::select(vec!["+", "-", "*", "/"]), below.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            below.clone().prop_map(|one| format!("(-{one})")),
            (below.clone(), below).prop_map(|(a, b)| format!("(goods.round_mass ? {a} : {b})")),
        ]
    });
    let sign = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let text = prop::sample::select(vec![
        "goods.origin == \"CN\"",
        "goods.origin != \"CN\"",
        "goods.origin in [\"CN\", \"VN\"]",
        "goods.origin.startsWith(\"C\")",
        "goods.origin.contains(\"VNX\")",
        "goods.origin != route.departure",
        "regime != \"parcel\"",
        "regime == \"parcel\"",
        "has(goods.value)",
        "has(goods.origin)",
        "has(goods.round_mass)",
        "goods.round_mass",
    ]);
    let leaf = prop_oneof![
        3 => (number.clone(), sign, number.clone())
            .prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        1 => number.prop_map(|one| format!("{one} in [0, 3, 9, 2.5]")),
        2 => text.prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |below| {
        prop_oneof![
            3 => prop::collection::vec(below.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" && "))),
            1 => prop::collection::vec(below.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" || "))),
            1 => below.clone().prop_map(|one| format!("!({one})")),
            1 => (below.clone(), below.clone(), below.clone())
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            1 => (below.clone(), below).prop_map(|(a, b)| format!("(({a}) == ({b}))")),
        ]
    })
}

/// A consignment whose fields have values that they may have.
fn within_range() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let maybe = |path: &'static str, values: Vec<&'static str>| {
        prop::option::weighted(0.8, prop::sample::select(values))
            .prop_map(move |value| value.map(|value| (path, value.to_owned())))
    };
    (
        maybe("goods.value", vec!["0", "1", "3", "2.5", "7", "100000000"]),
        maybe("arrived.weekday", vec!["1", "3", "7"]),
        maybe("goods.packages", vec!["0", "1", "3", "8"]),
        maybe("consignee.irregular_rate", vec!["0", "0.5", "1"]),
        maybe("goods.origin", vec!["CN", "VN", "US"]),
        maybe("route.departure", vec!["CN", "VN"]),
        maybe("regime", vec!["parcel", "freight"]),
        maybe("goods.round_mass", vec!["true", "false"]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| {
            [a, b, c, d, e, f, g, h].into_iter().flatten().collect()
        })
}

/// A consignment of which anything may be missing.
fn rows() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let maybe = |path: &'static str, values: Vec<&'static str>| {
        prop::option::of(prop::sample::select(values))
            .prop_map(move |value| value.map(|value| (path, value.to_owned())))
    };
    (
        maybe("goods.value", vec!["0", "1", "20", "7.5"]),
        maybe("goods.net_mass_kg", vec!["0", "3", "20"]),
        maybe("goods.description", vec!["tea", "green tea", "toad", "차"]),
        maybe("goods.origin", vec!["CN", "VN", "TH"]),
        maybe("route.departure", vec!["CN", "VN"]),
        maybe("goods.round_mass", vec!["true", "false"]),
    )
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].into_iter().flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn any_text_is_taken_or_refused_with_a_place(text in "\\PC{0,200}") {
        if let Err(faults) = condition(&text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(fault.span.from <= fault.span.to && fault.span.to <= text.len());
                prop_assert!(text.is_char_boundary(fault.span.from));
                prop_assert!(text.is_char_boundary(fault.span.to));
            }
        }
    }

    #[test]
    fn any_words_of_the_language_are_taken_or_refused_with_a_place(
        words in prop::collection::vec(prop::sample::select(vec![
            "goods.value", "goods.origin", "goods", ".", "(", ")", "[", "]", "!", "-", "&&", "||",
            "==", "<", ">=", "in", "?", ":", ",", "1", "2.5", "\"CN\"", "'x", "has", "size",
            "indicator", "\"value.low\"", ".contains(", "true", "and", "\\", "\n", "r\"", "차",
        ]), 0..40),
    ) {
        let text = words.join(" ");
        if let Err(faults) = condition(&text) {
            for fault in faults {
                prop_assert!(text.get(fault.span.from..fault.span.to).is_some());
                prop_assert!(fault.line >= 1 && fault.column >= 1);
            }
        }
    }

    #[test]
    fn what_is_said_never_to_be_met_never_is(
        text in ranged(),
        given in prop::collection::vec(within_range(), 1..60),
    ) {
        // Nothing is said of what does not check for another reason.
        let Ok(tree) = super::syntax::parse(&text) else { return Ok(()) };
        if kept_condition(&text).is_err() {
            return Ok(());
        }
        let examples: Vec<Vec<(&str, &str)>> = given
            .iter()
            .map(|row| row.iter().map(|(path, value)| (*path, value.as_str())).collect())
            .collect();
        let examples: Vec<&[(&str, &str)]> = examples.iter().map(Vec::as_slice).collect();
        let columns = columns_of(&examples);
        for one in super::never::never(&text, &tree) {
            // A part that reads no field is refused as such.
            let Ok(claim) = kept_condition(&one.claim) else { continue };
            let hits = Program::of([(&claim, &[][..])]).fires(&columns);
            prop_assert_eq!(hits.count(0), 0, "{} of {}", one.claim, text);
        }
    }

    #[test]
    fn the_program_answers_as_each_part_would(
        texts in prop::collection::vec(conditions(), 1..6),
        rows in prop::collection::vec(rows(), 1..150),
    ) {
        let checked: Vec<Condition> =
            texts.iter().filter_map(|text| kept_condition(text).ok()).collect();
        let examples: Vec<Vec<(&str, &str)>> = rows
            .iter()
            .map(|row| row.iter().map(|(path, value)| (*path, value.as_str())).collect())
            .collect();
        let examples: Vec<&[(&str, &str)]> = examples.iter().map(Vec::as_slice).collect();
        let columns = columns_of(&examples);
        let program = Program::of(checked.iter().map(|one| (one, &[][..])));
        let hits = program.fires(&columns);
        for (rule, condition) in checked.iter().enumerate() {
            let mut fired = Vec::new();
            for (row, given) in rows.iter().enumerate() {
                let wanted = answer(&condition.root, &columns, row) == Some(true);
                prop_assert_eq!(hits.has(rule, row), wanted, "{:?} {:?}", &texts, given);
                fired.extend(wanted.then_some(row));
            }
            prop_assert_eq!(hits.rows(rule).collect::<Vec<_>>(), fired);
        }
    }
}
