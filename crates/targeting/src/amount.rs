//! Amounts that goods usually have: value per kilogram, mass of a piece and of a package, mass of
//! what a consignor sends. The ledger counts them by subject and month on a logarithmic scale, and
//! gives the median and the spread of all months before a given one, so that an amount is judged
//! against others and never against itself.

use crate::consignment::Consignment;
use crate::facts::Facts;
use crate::history::KeyMap;

/// How many steps of the scale make a doubling.
const STEPS_PER_DOUBLING: f64 = 4.0;

/// Fewest amounts from which a spread is taken.
const LEAST_SEEN: u64 = 8;

/// How much the median absolute deviation of a normal distribution is multiplied to give its
/// standard deviation: 1 / Φ⁻¹(3/4).
const NORMAL: f64 = 1.4826;

/// Of what an amount is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Amount {
    /// Value of a kilogram net, by HS6 and currency.
    UnitValue,
    /// Net mass in kilograms of a piece, by HS6.
    PieceMass,
    /// Net mass in kilograms of a package, by HS6.
    PackageMass,
    /// Net mass in kilograms of a consignment, by consignor.
    ConsignorMass,
}

impl Amount {
    /// Every kind.
    pub const ALL: [Amount; 4] =
        [Amount::UnitValue, Amount::PieceMass, Amount::PackageMass, Amount::ConsignorMass];

    /// Whose amounts are compared, as one number; `None` when that is not declared. Only prices in
    /// one currency are compared.
    pub fn subject(self, facts: &Facts<'_>) -> Option<u64> {
        let hs6 = facts.hs.map(|hs| hs.hs6());
        // Unit values keep their plain numbers; the others stand far above them.
        match self {
            Amount::UnitValue => {
                let currency = facts.currency.map_or(0, |currency| currency.number() + 1);
                Some(currency * 1_000_000 + hs6?)
            }
            Amount::PieceMass => Some((1 << 40) + hs6?),
            Amount::PackageMass => Some((2 << 40) + hs6?),
            Amount::ConsignorMass => Some(facts.consignor_key? | 1 << 62),
        }
    }

    /// The amount, above nothing; `None` when it is not declared.
    pub fn of(self, facts: &Facts<'_>) -> Option<f64> {
        let kg = facts.net_mass_g.map(|grams| grams as f64 / 1_000.0);
        let amount = match self {
            Amount::UnitValue => facts.unit_value?,
            Amount::PieceMass => kg? / facts.pieces?,
            Amount::PackageMass => kg? / f64::from(facts.packages?),
            Amount::ConsignorMass => kg?,
        };
        (amount > 0.0 && amount.is_finite()).then_some(amount)
    }
}

/// One line of the ledger of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AmountEntry {
    /// Whose amounts, see [`Amount::subject`].
    pub subject: u64,
    /// Months since year 0.
    pub month: i32,
    /// Step on the logarithmic scale.
    pub step: i32,
    /// Consignments with an amount in that step.
    pub seen: u32,
}

/// What one arrival adds to the ledger of amounts.
pub fn amounts(consignment: &Consignment) -> impl Iterator<Item = AmountEntry> {
    let facts = Facts::of(consignment);
    Amount::ALL
        .map(|kind| {
            let amount = kind.of(&facts)?;
            let step = (amount.log2() * STEPS_PER_DOUBLING).floor().clamp(-200.0, 200.0) as i32;
            let month = facts.arrived_on.month_number();
            Some(AmountEntry { subject: kind.subject(&facts)?, month, step, seen: 1 })
        })
        .into_iter()
        .flatten()
}

/// What was usual before a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    /// The median, to within a step of the scale (a twelfth part up or down).
    pub median: f64,
    /// Standard deviation of the natural logarithm, by the median absolute deviation and at least
    /// half a step; `None` of fewer than eight amounts.
    pub spread: Option<f64>,
}

/// Declared amounts by subject and month, and what was usual in all months before a given one. A
/// month's own amounts are not in it.
#[derive(Debug, Clone, Default)]
pub struct Amounts {
    /// By subject: the months with new amounts in rising order, each with what is usual after it.
    usual: KeyMap<Vec<(i32, Usual)>>,
}

impl Amounts {
    /// Sums up ledger lines, which come in any order.
    pub fn new(mut entries: Vec<AmountEntry>) -> Amounts {
        entries.sort_unstable();
        let mut usual: KeyMap<Vec<(i32, Usual)>> = KeyMap::default();
        let mut counts: Vec<(i32, u64)> = Vec::new();
        for of_subject in entries.chunk_by(|a, b| a.subject == b.subject) {
            counts.clear();
            for of_month in of_subject.chunk_by(|a, b| a.month == b.month) {
                for entry in of_month {
                    match counts.binary_search_by_key(&entry.step, |(step, _)| *step) {
                        Ok(at) => counts[at].1 += u64::from(entry.seen),
                        Err(at) => counts.insert(at, (entry.step, u64::from(entry.seen))),
                    }
                }
                let months = usual.entry(of_subject[0].subject).or_default();
                months.extend(usual_of(&counts).map(|usual| (of_month[0].month, usual)));
            }
        }
        Amounts { usual }
    }

    /// What was usual of a subject in the months before `month`; `None` when there was nothing.
    pub fn before(&self, subject: u64, month: i32) -> Option<Usual> {
        let months = self.usual.get(&subject)?;
        let n = months.partition_point(|(of, _)| *of < month);
        (n > 0).then(|| months[n - 1].1)
    }
}

/// The median is the middle of the step in which it lies.
fn usual_of(counts: &[(i32, u64)]) -> Option<Usual> {
    let total: u64 = counts.iter().map(|(_, n)| n).sum();
    let middle = middle(counts)?;
    let mut away: Vec<(i32, u64)> =
        counts.iter().map(|(step, n)| ((step - middle).abs(), *n)).collect();
    away.sort_unstable();
    let step = std::f64::consts::LN_2 / STEPS_PER_DOUBLING;
    let spread = NORMAL * step * f64::from(self::middle(&away)?).max(0.5);
    Some(Usual {
        median: ((f64::from(middle) + 0.5) / STEPS_PER_DOUBLING).exp2(),
        spread: (total >= LEAST_SEEN).then_some(spread),
    })
}

/// The step in which the median lies, of steps in rising order.
fn middle(counts: &[(i32, u64)]) -> Option<i32> {
    let total: u64 = counts.iter().map(|(_, n)| n).sum();
    let mut below = 0;
    for (step, n) in counts {
        below += n;
        if below * 2 >= total {
            return Some(*step);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_months_before_say_what_is_usual() {
        let line = |month, step, seen| AmountEntry { subject: 220_421, month, step, seen };
        let values = Amounts::new(vec![line(2, 40, 100), line(1, 8, 3), line(1, 12, 1)]);
        assert_eq!(values.before(220_421, 1), None);
        let first = values.before(220_421, 2).unwrap();
        assert!((first.median - 2f64.powf(8.5 / 4.0)).abs() < 1e-12);
        assert_eq!(first.spread, None, "four amounts have no spread");
        assert!(values.before(220_421, 3).unwrap().median > 1_000.0);
        assert_eq!(values.before(1, 3), None);
    }

    #[test]
    fn the_spread_is_that_of_the_middle_half() {
        let line = |step, seen| AmountEntry { subject: 7, month: 1, step, seen };
        // Steps 0 to 8, and one amount far away, which moves nothing.
        let mut lines: Vec<AmountEntry> = (0..9).map(|step| line(step, 2)).collect();
        lines.push(line(150, 1));
        let usual = Amounts::new(lines).before(7, 2).unwrap();
        assert!((usual.median - 2f64.powf(4.5 / 4.0)).abs() < 1e-12);
        let two_steps = 2.0 * std::f64::consts::LN_2 / 4.0;
        assert!((usual.spread.unwrap() - NORMAL * two_steps).abs() < 1e-12);
        // All in one step: half a step is the least that the scale can tell.
        let same = Amounts::new(vec![line(3, 9)]).before(7, 2).unwrap();
        assert!((same.spread.unwrap() - NORMAL * two_steps / 4.0).abs() < 1e-12);
    }
}
