//! A made-up book of rules and made-up consignments, for the benchmark of rules and for its peers.
//! Rules are of the forms that officers write: a heading and a country, prices and masses, words,
//! indicators, some for one office. Nothing here is any site's rule.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use targeting::codes::{Day, Mass, Money};
use targeting::consignment::{
    Consignment, Direction, Documents, Equipment, GoodsItem, Regime, Route, Transport,
};
use targeting::party::{Party, Role};

const COUNTRIES: [&str; 40] = [
    "CN", "VN", "TH", "MX", "CO", "PE", "BO", "NL", "BE", "DE", "FR", "ES", "IT", "GB", "US", "CA",
    "BR", "AR", "CL", "EC", "JP", "TW", "HK", "MY", "SG", "ID", "PH", "IN", "PK", "AF", "IR", "TR",
    "AE", "ZA", "NG", "KE", "AU", "NZ", "PL", "CZ",
];
const OFFICES: [&str; 12] =
    ["ICN", "PUS", "KIM", "WAX", "KWJ", "DJN", "CJU", "YSU", "USN", "MAS", "PTK", "GSN"];
const WORDS: [&str; 60] = [
    "coffee",
    "roasted",
    "green",
    "beans",
    "gear",
    "box",
    "boxes",
    "machine",
    "parts",
    "pump",
    "valve",
    "steel",
    "cotton",
    "shirt",
    "shirts",
    "shoes",
    "leather",
    "toys",
    "plastic",
    "bottle",
    "cosmetics",
    "cream",
    "lotion",
    "perfume",
    "vitamin",
    "powder",
    "protein",
    "salt",
    "sugar",
    "tea",
    "wine",
    "juice",
    "frozen",
    "fish",
    "fruit",
    "banana",
    "flowers",
    "paper",
    "books",
    "phone",
    "case",
    "charger",
    "battery",
    "lamp",
    "chair",
    "wood",
    "charcoal",
    "tile",
    "stone",
    "glass",
    "statue",
    "wax",
    "candle",
    "wool",
    "carpet",
    "tyre",
    "engine",
    "wheel",
    "bearing",
    "샘플",
];

fn dice(seed: u64) -> impl FnMut(u64) -> usize {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    move |sides| (dice.next_u64() % sides) as usize
}

/// A chapter of the HS, which keeps 77 free.
pub fn chapter(number: usize) -> usize {
    if number == 77 { 78 } else { number }
}

/// So many rules, each as the text of its condition and its offices.
pub fn rules(count: usize) -> Vec<(String, Vec<String>)> {
    let mut roll = dice(7);
    let mut rules = Vec::with_capacity(count);
    for n in 0..count {
        let country = COUNTRIES[roll(40)];
        let heading = format!("{:02}{:02}", chapter(1 + roll(97)), 1 + roll(20));
        let chapter = &heading[..2];
        let (word, other) = (WORDS[roll(59)], WORDS[roll(59)]);
        let (mass, value) = (1 + roll(200), 10 * (1 + roll(90)));
        let condition = match n % 10 {
            0 | 1 => format!("goods.hs4 == \"{heading}\" && goods.origin == \"{country}\""),
            2 => format!(
                "goods.hs_chapter == \"{chapter}\" && goods.value < {value}.0 && \
                 goods.net_mass_kg > {mass}.0"
            ),
            3 => format!(
                "route.departure in [\"{country}\", \"{}\", \"{}\"] && goods.unit_value < {}.5",
                COUNTRIES[roll(40)],
                COUNTRIES[roll(40)],
                roll(9)
            ),
            4 => format!(
                "goods.description.contains(\"{word}\") && route.departure == \"{country}\""
            ),
            5 => format!(
                "goods.description.matches(\"{word}s? (and )?{other}\") && \
                 goods.gross_mass_kg > {mass}.0"
            ),
            6 => format!(
                "indicator(\"route.transhipped\") && goods.hs4 in [\"{heading}\", \"{chapter}99\"]"
            ),
            7 => format!(
                "indicator(\"goods.carrier\") && goods.origin != route.departure && \
                 goods.net_mass_kg / goods.packages > {mass}.0"
            ),
            8 => format!(
                "regime == \"parcel\" && (goods.value < {value}.0 || !has(goods.packages)) && \
                 goods.hs_chapter == \"{chapter}\""
            ),
            _ => format!(
                "indicator(\"container.unsealed\") || (goods.hs6.startsWith(\"{heading}\") && \
                 goods.items > {}.0 && transport == \"sea\")",
                1 + roll(5)
            ),
        };
        let offices = match n % 4 {
            0 => vec![OFFICES[roll(12)].to_owned()],
            _ => Vec::new(),
        };
        rules.push((condition, offices));
    }
    rules
}

/// So many consignments.
pub fn consignments(count: usize) -> Vec<Consignment> {
    let mut roll = dice(11);
    (0..count)
        .map(|n| {
            let words: Vec<&str> = (0..2 + roll(4)).map(|_| WORDS[roll(60)]).collect();
            let grams = 200 + roll(60_000) as i64 * if roll(4) == 0 { 40 } else { 1 };
            let departure = COUNTRIES[roll(40)];
            let origin = if roll(5) == 0 { COUNTRIES[roll(40)] } else { departure };
            let heading = format!("{:02}{:02}{:02}", 1 + roll(97), 1 + roll(20), 10 * roll(9));
            let parcel = roll(3) > 0;
            let sea = !parcel && roll(2) == 0;
            let box_of = |n: usize| Equipment {
                number: format!("ABCU{n:07}").into(),
                seals: if n.is_multiple_of(9) { vec![] } else { vec!["S1".into()] },
                ..Equipment::default()
            };
            Consignment {
                source: "bench".into(),
                reference: format!("B-{n}").into(),
                regime: if parcel { Regime::Parcel } else { Regime::Freight },
                direction: if roll(20) == 0 { Direction::Transit } else { Direction::Import },
                office: OFFICES[roll(12)].into(),
                arrived_at: 0,
                arrived_on: Day(20_000 + (n / 5_000) as i32),
                transport: Some(if sea { Transport::Sea } else { Transport::Air }),
                parties: vec![
                    Party::by_code(Role::Consignor, &format!("S{}", roll(9_000))),
                    Party::by_code(Role::Consignee, &format!("B{}", roll(40_000))),
                ],
                goods: vec![GoodsItem {
                    hs: heading.parse().ok(),
                    description: words.join(" ").into(),
                    origin: origin.parse().ok(),
                    net_mass_g: Some(Mass(grams)),
                    gross_mass_g: Some(Mass(grams + grams / 10)),
                    value: (roll(30) > 0).then(|| Money {
                        thousandths: 1_000 * (5 + roll(900) as i64),
                        currency: None,
                    }),
                    packages: (roll(3) > 0).then(|| 1 + roll(30) as u32),
                    ..GoodsItem::default()
                }],
                route: Route {
                    departure: departure.parse().ok(),
                    loading: format!("{}AAA", COUNTRIES[roll(40)]).parse().ok(),
                    ..Route::default()
                },
                equipment: if sea { vec![box_of(n)] } else { Vec::new() },
                documents: Documents::default(),
            }
        })
        .collect()
}
