//! A made-up table in the layout of the Korea Customs Service, the same for the same seed. Goods
//! come in a few dozen patterns, some of which are usually bad, so that a model has something to
//! learn; everything else about a row is chance.

use std::fmt::Write as _;

/// The columns of the layout, without the two labels.
const COLUMNS: &str = "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,\
    Payment Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,\
    Country of Departure,Country of Origin,Tax Rate,Tax Type,Country of Origin Indicator,\
    Net Mass,Item Price";

/// One declaration.
#[derive(Debug, Clone)]
pub struct Declared {
    pub id: u64,
    pub date: String,
    pub office: u32,
    importer: u64,
    seller: u64,
    parcel: bool,
    hs: u64,
    country: &'static str,
    pub price: u64,
    mass: u64,
    pub irregular: bool,
    pub critical: bool,
}

impl Declared {
    /// The HS code of its goods.
    pub fn hs(&self) -> u64 {
        self.hs
    }

    /// Country of departure and origin.
    pub fn country(&self) -> &'static str {
        self.country
    }
}

/// A small generator of numbers (SplitMix64), so that a test can be run again.
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 up to, and without, `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

/// `count` declarations of one day with rising numbers from `first_id`, most of them of office 40.
pub fn day(seed: u64, date: &str, first_id: u64, count: u64) -> Vec<Declared> {
    let mut dice = Dice(seed);
    (first_id..first_id + count).map(|id| one(&mut dice, date, id)).collect()
}

/// `per_day` declarations on each of the first 90 days of 2021, from number 1 on.
pub fn quarter(seed: u64, per_day: u64) -> Vec<Declared> {
    let lengths = [(1, 31), (2, 28), (3, 31)];
    let days = lengths.into_iter().flat_map(|(month, days)| (1..=days).map(move |d| (month, d)));
    days.enumerate()
        .flat_map(|(n, (month, d))| {
            let n = n as u64;
            day(seed + n, &format!("2021-{month:02}-{d:02}"), 1 + n * per_day, per_day)
        })
        .collect()
}

fn one(dice: &mut Dice, date: &str, id: u64) -> Declared {
    let goods = dice.below(48);
    // One pattern in eight is bad four times in five, the others once in forty.
    let bad = goods % 8 == 3;
    let irregular = if bad { dice.below(5) > 0 } else { dice.below(40) == 0 };
    let critical = irregular && bad && goods % 16 == 3;
    Declared {
        id,
        date: date.to_owned(),
        office: [40, 40, 40, 20][dice.below(4) as usize],
        importer: dice.below(400),
        seller: dice.below(600),
        parcel: goods.is_multiple_of(3),
        hs: 300_000 + goods * 1_013,
        country: ["CN", "US", "VN", "DE", "TH"][(goods % 5) as usize],
        price: 20_000 + goods * 731,
        mass: 1 + goods % 7,
        irregular,
        critical,
    }
}

/// The rows as CSV.
pub fn csv(rows: &[Declared], with_labels: bool) -> String {
    let mut text = COLUMNS.to_owned();
    text.push_str(if with_labels { ",Fraud,Critical Fraud\n" } else { "\n" });
    for row in rows {
        let Declared { id, date, office, importer, seller, hs, country, mass, price, .. } = row;
        let (courier, mode) = if row.parcel { ("CR1", 40) } else { ("", 10) };
        let written = write!(
            text,
            "{id},{date},{office},B,11,21,11,{mode},DC1,IM{importer},SL{seller},{courier},{hs},\
             {country},{country},8.0,A,Y,{mass}.5,{price}.0"
        );
        written.expect("a string takes all");
        if with_labels {
            let critical = if row.critical { 2 } else { 0 };
            write!(text, ",{},{critical}", u8::from(row.irregular)).expect("a string takes all");
        }
        text.push('\n');
    }
    text
}

/// What an inspection of a declaration comes to, as a row of `sumun record`.
pub fn outcome(row: &Declared) -> String {
    let Declared { id, irregular, critical, .. } = row;
    match (critical, irregular) {
        (true, _) => format!("{id},seizure,scan,methamphetamine,120,g\n"),
        (false, true) => format!("{id},discrepancy,physical_examination,,,\n"),
        _ => format!("{id},clear,,,,\n"),
    }
}

/// The head of a table of [`outcome`] rows.
pub const OUTCOMES: &str = "declaration_id,outcome,detection_method,substance,quantity,unit\n";
