//! The catalogue of model features: what the model may look at, each in an officer's words.
//! A feature is computed from [`Facts`] and from what the ledger knew before the day of arrival,
//! so none can see the future or a trait of a person. The list with its words is `catalogue.rs`,
//! what the ledger says of a key `past.rs`. Which of them a model uses is learned and reported
//! (`learning.rs`); how a column of a row becomes a reason: `screening.rs`.

mod behind;
mod catalogue;
mod past;

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::facts::Facts;
use crate::history::{Counts, Histories, KeyKind, LinkKind};
use crate::text::Words;
use past::{Base, Found, Others, Stat, rates_of_words};

pub use behind::Field;
pub use catalogue::{CATALOGUE, codes, column, key_words};

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
    /// The natural logarithm of a ratio to what is usual.
    LogRatio,
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
    /// How parties, lanes and offices did on the last 30 and 90 days.
    Recent,
    /// Who and what is new, comes back after silence, or arrives more often than usual.
    Pace,
    /// Value, mass of a piece, of a package and of a consignment far from what is usual.
    Outliers,
    /// How goods with the same words did in earlier inspections, and words that say nothing.
    Text,
    /// Who shares an address, a phone or a code with others, and how those others did.
    Network,
}

impl Group {
    /// Every group.
    pub const ALL: [Group; 9] = [
        Group::Goods,
        Group::GoodsPast,
        Group::Parties,
        Group::Route,
        Group::Recent,
        Group::Pace,
        Group::Outliers,
        Group::Text,
        Group::Network,
    ];
}

/// How far an amount is from what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Away {
    /// ln(amount / median).
    ToMedian,
    /// The same, in spreads.
    Spreads,
}

/// What is asked of the words of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    MostIrregular,
    MostCritical,
    MeanIrregular,
    MeanCritical,
    GoodsIrregular,
    GoodsCritical,
    Rarest,
    HeadingShare,
    Vague,
    Count,
}

/// What is asked of the links of a consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Linked {
    /// Partners other than this consignment's own.
    Others(LinkKind),
    /// Whether a consignee known already is met here for the first time.
    NewFor(LinkKind),
}

#[derive(Clone, Copy)]
enum Source {
    Fact(Fact),
    Past(KeyKind, Stat),
    Others(Others, Stat),
    Amount(Amount, Away),
    Words(Said),
    Links(Linked),
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
    /// What the history behind the feature counted for one consignment, if it has one: of the days
    /// that the feature looks at, and of the parties.
    pub fn counts(&self, facts: &Facts<'_>, past: &Histories) -> Option<Counts> {
        let day = facts.arrived_on;
        match self.source {
            Source::Past(kind, stat) => kind.key(facts).map(|key| match stat.days() {
                0 => past.before(key, day).counts,
                days => past.within(key, day, days),
            }),
            Source::Others(others, _) => others.counts(facts, past),
            Source::Fact(_) | Source::Amount(..) | Source::Words(_) | Source::Links(_) => None,
        }
    }

    /// True when the declaration alone says it, and no past does.
    pub fn is_declared(&self) -> bool {
        matches!(self.source, Source::Fact(_))
    }

    /// Where the number comes from, for the model card.
    pub fn source(&self) -> &'static str {
        match self.source {
            Source::Past(..) | Source::Others(..) => "ledger before the day of arrival",
            Source::Links(_) => "links before the day of arrival",
            Source::Words(Said::Vague | Said::Count) | Source::Fact(_) => "declaration",
            Source::Words(_) => "description and the ledger before the day of arrival",
            Source::Amount(Amount::UnitValue, Away::ToMedian) => {
                "declaration and earlier months of the same HS6"
            }
            Source::Amount(..) => "declaration and earlier months of its like",
        }
    }
}

type Fact = fn(&Facts<'_>) -> f64;

/// Computes the columns that are wanted, and no others.
#[derive(Clone, Default)]
pub struct Extractor {
    facts: Vec<(usize, Fact)>,
    past: Vec<(KeyKind, Vec<(usize, Stat)>)>,
    others: Vec<(Others, Vec<(usize, Stat)>)>,
    amounts: Vec<(usize, Amount, Away)>,
    words: Vec<(usize, Said)>,
    links: Vec<(usize, Linked)>,
}

/// Adds to the list of a thing, which it begins when it is new.
fn push<K: PartialEq, V>(lists: &mut Vec<(K, Vec<V>)>, of: K, one: V) {
    match lists.iter_mut().find(|(other, _)| *other == of) {
        Some((_, list)) => list.push(one),
        None => lists.push((of, vec![one])),
    }
}

impl Extractor {
    /// Computes the whole catalogue.
    pub fn all() -> Extractor {
        Extractor::of(0..CATALOGUE.len())
    }

    /// Computes these columns of the catalogue.
    pub fn of(columns: impl IntoIterator<Item = usize>) -> Extractor {
        let mut wanted = Extractor::default();
        for column in columns {
            match CATALOGUE[column].source {
                Source::Fact(fact) => wanted.facts.push((column, fact)),
                Source::Past(kind, stat) => push(&mut wanted.past, kind, (column, stat)),
                Source::Others(others, stat) => push(&mut wanted.others, others, (column, stat)),
                Source::Amount(amount, away) => wanted.amounts.push((column, amount, away)),
                Source::Words(said) => wanted.words.push((column, said)),
                Source::Links(linked) => wanted.links.push((column, linked)),
            }
        }
        wanted
    }

    /// The columns of the catalogue that it computes.
    pub fn columns(&self) -> Vec<usize> {
        let mut columns: Vec<usize> = self.facts.iter().map(|(column, _)| *column).collect();
        columns.extend(self.past.iter().flat_map(|(_, of)| of.iter().map(|(column, _)| *column)));
        columns.extend(self.others.iter().flat_map(|(_, of)| of.iter().map(|(column, _)| *column)));
        columns.extend(self.amounts.iter().map(|(column, ..)| *column));
        columns.extend(self.words.iter().map(|(column, _)| *column));
        columns.extend(self.links.iter().map(|(column, _)| *column));
        columns
    }

    fn reads_base(&self) -> bool {
        !self.past.is_empty() || !self.others.is_empty() || self.reads_words()
    }

    /// True when the ledger is asked about words.
    fn reads_words(&self) -> bool {
        self.words.iter().any(|(_, said)| !matches!(said, Said::Vague | Said::Count))
    }

    /// Calls `each` with every ledger key that the columns of one consignment read, and with the
    /// number of days before the arrival that must be known one by one; 0 when sums will do. A
    /// key may come more than once.
    pub fn keys(&self, facts: &Facts<'_>, mut each: impl FnMut(u64, i32)) {
        if !self.reads_base() {
            return;
        }
        let mut one = |kind: KeyKind, days| {
            if let Some(key) = kind.key(facts) {
                each(key, days);
            }
        };
        one(KeyKind::All, 0);
        for (kind, stats) in &self.past {
            one(*kind, stats.iter().map(|(_, stat)| stat.days()).max().unwrap_or(0));
        }
        for (others, _) in &self.others {
            let (whole, part) = others.kinds();
            one(whole, 0);
            one(part, 0);
        }
        if self.reads_words() {
            let words = Words::of(facts.description);
            words.keys().for_each(|key| each(key, 0));
            if let Some(hs) = facts.hs {
                words.goods_keys(hs.hs4()).for_each(|key| each(key, 0));
            }
        }
    }

    /// Calls `each` with every subject whose usual amounts are read.
    pub fn subjects(&self, facts: &Facts<'_>, mut each: impl FnMut(u64)) {
        for (_, amount, _) in &self.amounts {
            amount.subject(facts).into_iter().for_each(&mut each);
        }
    }

    /// Calls `each` with every key whose links are read.
    pub fn linked(&self, facts: &Facts<'_>, mut each: impl FnMut(u64)) {
        if self.links.is_empty() {
            return;
        }
        for kind in LinkKind::ALL {
            kind.link(facts).into_iter().for_each(|link| each(link.key));
        }
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
            for (column, amount, away) in &self.amounts {
                row[*column] = from_usual(*amount, *away, facts, past);
            }
            for (column, linked) in &self.links {
                row[*column] = of_links(*linked, facts, past);
            }
        }
        if !self.reads_base() {
            for (facts, row) in facts.iter().zip(rows.chunks_exact_mut(width)) {
                self.fill_words(facts, past, Base::default(), row);
            }
            return;
        }
        let base: Vec<Base> = facts.iter().map(|facts| Base::of(facts, past)).collect();
        for (facts, (row, base)) in facts.iter().zip(rows.chunks_exact_mut(width).zip(&base)) {
            self.fill_words(facts, past, *base, row);
        }
        let mut keys: Vec<Option<u64>> = Vec::with_capacity(facts.len());
        let mut found: Vec<Option<Found>> = Vec::with_capacity(facts.len());
        for (kind, stats) in &self.past {
            let singly = stats.iter().any(|(_, stat)| stat.days() > 0);
            keys.clear();
            keys.extend(facts.iter().map(|facts| kind.key(facts)));
            found.clear();
            found.extend(
                keys.iter().zip(facts).map(|(key, facts)| {
                    key.map(|key| Found::of(past, key, facts.arrived_on, singly))
                }),
            );
            for (n, row) in rows.chunks_exact_mut(width).enumerate() {
                for (column, stat) in stats {
                    row[*column] =
                        found[n].map_or(f64::NAN, |found| found.value(*stat, base[n], &facts[n]));
                }
            }
        }
        for (others, stats) in &self.others {
            for (n, row) in rows.chunks_exact_mut(width).enumerate() {
                let found = others.counts(&facts[n], past).map(Found::counted);
                for (column, stat) in stats {
                    row[*column] =
                        found.map_or(f64::NAN, |found| found.value(*stat, base[n], &facts[n]));
                }
            }
        }
    }

    fn fill_words(&self, facts: &Facts<'_>, past: &Histories, base: Base, row: &mut [f64]) {
        if self.words.is_empty() {
            return;
        }
        let words = Words::of(facts.description);
        let rates = rates_of_words(&words, facts, past, base);
        for (column, said) in &self.words {
            row[*column] = match said {
                _ if facts.description.is_empty() => f64::NAN,
                Said::Vague => f64::from(u8::from(crate::text::is_vague(facts.description))),
                Said::Count => (words.len() as f64).ln_1p(),
                Said::MostIrregular => rates.most.irregular,
                Said::MostCritical => rates.most.critical,
                Said::MeanIrregular => rates.mean.irregular,
                Said::MeanCritical => rates.mean.critical,
                Said::GoodsIrregular => rates.goods.irregular,
                Said::GoodsCritical => rates.goods.critical,
                Said::Rarest => rates.rarest,
                Said::HeadingShare => rates.heading_share,
            };
        }
    }
}

fn from_usual(amount: Amount, away: Away, facts: &Facts<'_>, past: &Histories) -> f64 {
    let (Some(subject), Some(value)) = (amount.subject(facts), amount.of(facts)) else {
        return f64::NAN;
    };
    match past.amounts().before(subject, facts.arrived_on.month_number()) {
        Some(usual) if usual.median > 0.0 => {
            let ratio = (value / usual.median).ln();
            match away {
                Away::ToMedian => ratio,
                Away::Spreads => usual.spread.map_or(f64::NAN, |spread| ratio / spread),
            }
        }
        _ => f64::NAN,
    }
}

fn of_links(linked: Linked, facts: &Facts<'_>, past: &Histories) -> f64 {
    let day = facts.arrived_on;
    match linked {
        Linked::Others(kind) => kind.link(facts).map_or(f64::NAN, |link| {
            let own = u32::from(past.met_before(link.pair, day));
            f64::from(past.partners_before(link.key, day).saturating_sub(own)).ln_1p()
        }),
        Linked::NewFor(kind) => {
            // A consignee that the links have met at all has been met under some name.
            let called = LinkKind::ConsigneeCalled.link(facts);
            match (kind.link(facts), called) {
                (Some(link), Some(called)) => {
                    let known = past.partners_before(called.key, day) > 0;
                    f64::from(u8::from(known && !past.met_before(link.pair, day)))
                }
                _ => f64::NAN,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::amount::{AmountEntry, Amounts, amounts};
    use crate::codes::Day;
    use crate::consignment::Consignment;
    use crate::facts::tests::sample;
    use crate::history::{Entry, arrival, examination, links};
    use crate::outcome::Label;
    use crate::party::{Party, Role};

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
        /// No feature of a consignment changes when anything of its own day or later is added:
        /// arrivals, links, amounts and outcomes, of the same parties and goods and of others.
        #[test]
        fn nothing_later_changes_a_feature(
            earlier in proptest::collection::vec((0i32..100, 0u8..4, 0u8..8), 0..20),
            later in proptest::collection::vec((100i32..400, 0u8..4, 0u8..8), 1..40),
        ) {
            let mut past = Histories::default();
            let mut values: Vec<AmountEntry> = Vec::new();
            let mut add = |past: &mut Histories, (day, what, who): (i32, u8, u8)| {
                let other = neighbour(day, who);
                match what {
                    0 => arrival(&other).for_each(|entry: Entry| past.add(entry)),
                    1 => examination(&other, Day(day), Label::Clean).for_each(|e| past.add(e)),
                    2 => examination(&other, Day(day), Label::Irregular).for_each(|e| past.add(e)),
                    _ => examination(&other, Day(day), Label::Critical).for_each(|e| past.add(e)),
                }
                links(&other).for_each(|link| past.link(link));
                values.extend(amounts(&other));
                past.set_amounts(Amounts::new(values.clone()));
            };
            for event in earlier {
                add(&mut past, event);
            }
            let before = row(&past, 100);
            for event in later {
                add(&mut past, event);
                prop_assert_eq!(&row(&past, 100), &before);
            }
        }
    }

    /// A consignment of a day that shares only a part with the sample: bit 0 another consignee at
    /// the same address, bit 1 another address and phone, bit 2 another consignor and words.
    fn neighbour(day: i32, who: u8) -> Consignment {
        let mut other = sample();
        other.arrived_on = Day(day);
        let consignee = &mut other.parties[1];
        if who & 1 != 0 {
            consignee.code = "I2".into();
        }
        if who & 2 != 0 {
            let contact = consignee.contact.as_mut().unwrap();
            contact.address = "Busan".to_owned();
            contact.phones = vec!["010-9876-5432".to_owned()];
        }
        if who & 4 != 0 {
            other.parties[0] = Party::by_code(Role::Consignor, "S2");
            other.goods[0].description = "gear 부품".into();
        }
        other
    }

    /// The number of one feature of the sample on a day.
    fn number(past: &Histories, code: &str, day: i32) -> f64 {
        f64::from_bits(row(past, day)[column(code).unwrap()])
    }

    #[test]
    fn what_is_looked_at_singly_is_all_that_the_ledger_is_asked_for() {
        // A store gives sums of the days before those asked for; features must not see the
        // difference. The whole past against what a store would load for day 300.
        let days = [10, 150, 205, 222, 269, 271, 280, 292, 295, 299];
        let consignment = sample();
        let (mut whole, mut loaded) = (Histories::default(), Histories::default());
        let mut singly: HashMap<u64, i32> = HashMap::new();
        Extractor::all().keys(&Facts::of(&consignment), |key, days| {
            let most = singly.entry(key).or_default();
            *most = (*most).max(days);
        });
        let mut sums: HashMap<u64, Entry> = HashMap::new();
        for (n, day) in days.into_iter().enumerate() {
            let other = neighbour(day, n as u8);
            let label = [Label::Clean, Label::Irregular, Label::Critical][n % 3];
            for entry in arrival(&other).chain(examination(&other, Day(day), label)) {
                whole.add(entry);
                let Some(single) = singly.get(&entry.key) else { continue };
                if entry.day.0 >= 300 - single {
                    loaded.add(entry);
                    continue;
                }
                let mut one = Histories::default();
                sums.get(&entry.key).into_iter().for_each(|sum| one.add(*sum));
                one.add(entry);
                let sum = one.before(entry.key, Day(999));
                let (first, last) = sum.span.unwrap();
                let entry = Entry { key: entry.key, first, day: last, counts: sum.counts };
                sums.insert(entry.key, entry);
            }
        }
        sums.into_values().for_each(|sum| loaded.add(sum));
        assert_eq!(row(&whole, 300), row(&loaded, 300));
    }

    #[test]
    fn last_days_novelty_and_pace_tell_what_changed() {
        let consignment = sample();
        let mut past = Histories::default();
        assert_eq!(number(&past, "pair.first_time", 50), 1.0);
        // Clean long ago, one seizure lately.
        for (day, label) in [(10, Label::Clean), (12, Label::Clean), (95, Label::Critical)] {
            examination(&consignment, Day(day), label).for_each(|entry| past.add(entry));
        }
        let month = number(&past, "consignor_30d.critical_rate", 100);
        let season = number(&past, "consignor_90d.critical_rate", 101);
        let ever = number(&past, "consignor.critical_rate", 100);
        assert!(month > season && season > ever, "{month} {season} {ever}");
        // Forty days after, nothing is left of it but the rate of all days.
        assert_eq!(
            number(&past, "consignor_30d.critical_rate", 140),
            number(&past, "consignor.critical_rate", 140)
        );
        assert_eq!(number(&past, "consignor_30d.inspected", 140), 0.0);

        // One a week for most of a year, then five in a week.
        let mut past = Histories::default();
        for day in (100..400).step_by(7) {
            arrival(&neighbour(day, 0)).for_each(|entry| past.add(entry));
        }
        assert!(number(&past, "consignor.pace", 400).abs() < 0.1);
        for _ in 0..5 {
            arrival(&neighbour(400, 0)).for_each(|entry| past.add(entry));
        }
        let pace = number(&past, "consignor.pace", 401);
        assert!((pace - (6.5f64 / 1.5).ln()).abs() < 0.1, "{pace}");
        assert_eq!(number(&past, "consignor.woken", 401), 0.0);
        assert_eq!(number(&past, "consignor.woken", 500), 1.0);
        assert_eq!(number(&past, "pair.first_time", 401), 0.0);
    }

    #[test]
    fn others_at_the_address_tell_without_the_consignee_s_own_past() {
        let mut past = Histories::default();
        let own = neighbour(10, 0);
        let others = neighbour(11, 1);
        examination(&own, Day(10), Label::Clean).for_each(|entry| past.add(entry));
        examination(&others, Day(11), Label::Critical).for_each(|entry| past.add(entry));
        for consignment in [&own, &others] {
            links(consignment).for_each(|link| past.link(link));
        }
        let base = (1.0 + 0.5 * 0.005) / 2.5;
        assert!(
            (number(&past, "address_others.critical_rate", 20) - (1.0 + base) / 2.0).abs() < 1e-12
        );
        assert_eq!(number(&past, "address_others.inspected", 20), 1f64.ln_1p());
        assert_eq!(number(&past, "consignee_elsewhere.inspected", 20), 0.0);
        assert_eq!(number(&past, "phone.consignees", 20), 1f64.ln_1p());
        assert_eq!(number(&past, "address.consignees", 11), 0.0, "not before its day");
        // The same code at another door: a new address, and not before the code was known.
        assert_eq!(number(&past, "consignee.new_address", 20), 0.0);
        let mut elsewhere = Histories::default();
        links(&neighbour(10, 2)).for_each(|link| elsewhere.link(link));
        assert_eq!(number(&elsewhere, "consignee.new_address", 20), 1.0);
        assert_eq!(number(&elsewhere, "consignee.new_phone", 20), 1.0);
        assert_eq!(number(&elsewhere, "consignee.new_address", 10), 0.0);
    }

    #[test]
    fn words_and_amounts_stand_out() {
        let mut past = Histories::default();
        let mut other = neighbour(10, 4);
        other.goods[0].description = "boxes of tea".into();
        examination(&other, Day(10), Label::Irregular).for_each(|entry| past.add(entry));
        let base = (1.0 + 0.5 * 0.05) / 1.5;
        let most = number(&past, "words_most.irregular_rate", 20);
        assert!((most - (1.0 + 8.0 * base) / 9.0).abs() < 1e-12, "boxes: {most}");
        assert_eq!(number(&past, "words.rarest", 20), 0.0, "gear was never inspected");
        assert_eq!(number(&past, "words.vague", 20), 0.0);

        let mut values = Vec::new();
        for n in 0..20 {
            let mut usual = neighbour(10, 0);
            usual.goods[0].net_mass_g = Some(crate::codes::Mass(60_000 + 500 * n));
            values.extend(amounts(&usual));
        }
        past.set_amounts(Amounts::new(values));
        // The sample weighs 120 kg where 60 to 70 are usual, at half the usual unit value.
        assert!(
            number(&past, "consignor.mass_to_usual", 20).is_nan(),
            "the month's own say nothing"
        );
        assert!((number(&past, "consignor.mass_to_usual", 60) - 2f64.ln()).abs() < 0.2);
        assert!(number(&past, "goods.unit_value_spreads", 60) < -3.0);
        assert!(number(&past, "goods.piece_mass_spreads", 60).is_nan(), "no pieces are declared");
    }
}
