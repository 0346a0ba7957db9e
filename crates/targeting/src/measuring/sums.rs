//! The sums of one group of consignments and how they add up over groups.
//!
//! A part collects what was seen of the certain or of the tail of one group; closing it takes what
//! was drawn and not done into the chances; closed parts add up, because the draws of two groups
//! are independent given the past. What is made of the sums is in `mod.rs`.

use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Whether a consignment is part of the drawn sample, and with what result.
pub(super) enum Sampled {
    No,
    Yes(Option<bool>),
}

/// One consignment's numbers: its chance π, expectation m and detection d, and the share q of it
/// that counts (1 but where a rival would take one of several alike).
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    pub chance: f64,
    pub expected: f64,
    pub detection: f64,
    pub share: f64,
}

/// Sums over the certain or over the tail of one group. With z the find: U runs over everyone, S
/// over the drawn and done.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Part {
    pub population: u64,
    pub found: u64,
    pub drawn: u64,
    pub done: u64,
    pub done_found: u64,
    /// Σ_U qm.
    model: f64,
    /// Σ_U q²m(1/d − 2m)/π and Σ_U q²m(1 − 2m).
    model_open: f64,
    model_closed: f64,
    /// Σ_U q²m²/π and Σ_U q²m².
    square_open: f64,
    square_closed: f64,
    /// Σ_U q²/(dπ), Σ_U q and Σ_U q³/(dπ)².
    flat_open: f64,
    shares: f64,
    flat_square: f64,
    /// Largest q/(dπ).
    heaviest: f64,
    /// Σ_S q(z/d − m)/π.
    correction: f64,
    /// Σ_S qz/(dπ), the same × q(1/d − 2m)/π, the same × q(1 − 2m).
    finds: f64,
    finds_open: f64,
    finds_closed: f64,
    /// Σ_S qz/(dπ) √((1 − d)/d).
    untested: f64,
    /// By how small the chance dπ of being found is: how many, and the least of them.
    thin: BTreeMap<u16, (u64, f64)>,
}

impl Part {
    pub fn add(&mut self, of: Numbers, sampled: Sampled, found: bool) {
        let Numbers { chance: pi, expected: m, detection: d, share: q } = of;
        let (open, squared) = (1.0 / (d * pi), q * q);
        self.population += 1;
        self.found += u64::from(found);
        self.model += q * m;
        self.model_open += squared * m * (1.0 / d - 2.0 * m) / pi;
        self.model_closed += squared * m * (1.0 - 2.0 * m);
        self.square_open += squared * m * m / pi;
        self.square_closed += squared * m * m;
        self.flat_open += squared * open;
        self.shares += q;
        self.flat_square += squared * q * open * open;
        self.heaviest = self.heaviest.max(q * open);
        let (count, least) = self.thin.entry(step(d * pi)).or_insert((0, d * pi));
        *count += 1;
        *least = least.min(d * pi);
        let Sampled::Yes(result) = sampled else { return };
        self.drawn += 1;
        let Some(found) = result else { return };
        self.done += 1;
        let z = if found { 1.0 / d } else { 0.0 };
        self.correction += q * (z - m) / pi;
        if found {
            let weight = q * z / pi;
            self.done_found += 1;
            self.finds += weight;
            self.finds_open += weight * q * (1.0 / d - 2.0 * m) / pi;
            self.finds_closed += weight * q * (1.0 - 2.0 * m);
            self.untested += weight * ((1.0 - d) / d).sqrt();
        }
    }

    /// Takes the share done into the chances, after which groups can be added.
    pub fn close(&self) -> Closed {
        if self.drawn > 0 && self.done == 0 {
            return Closed {
                unseen: self.population,
                unseen_found: self.found,
                unseen_model: self.model,
                ..Closed::default()
            };
        }
        // Nothing drawn is no gap: the draw itself fell that way.
        let share = if self.drawn > 0 { self.done as f64 / self.drawn as f64 } else { 1.0 };
        Closed {
            population: self.population,
            found: self.found,
            done_found: self.done_found,
            estimate: self.model + self.correction / share,
            model: self.model,
            slope_model: self.model_open / share - self.model_closed,
            slope_flat: self.flat_open / share - self.shares,
            shares: self.shares,
            slope_square: (self.flat_square / share - 2.0 * self.flat_open) / share + self.shares,
            heaviest: self.heaviest / share,
            base: self.square_open / share - self.square_closed,
            finds: self.finds / share,
            slope_finds: (self.finds_open / share - self.finds_closed) / share,
            untested: self.untested / share,
            thin: self.thin.values().map(|(n, e)| (step(e * share), (*n, e * share))).collect(),
            ..Closed::default()
        }
    }
}

/// The topmost bits of a number above zero: four steps from a power of two to the next.
fn step(number: f64) -> u16 {
    (number.to_bits() >> 50) as u16
}

/// Sums that add up over groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Closed {
    pub population: u64,
    pub found: u64,
    /// Finds among the drawn and done.
    pub done_found: u64,
    /// The unbiased estimate of irregular consignments.
    pub estimate: f64,
    pub model: f64,
    slope_model: f64,
    slope_flat: f64,
    shares: f64,
    /// Sum of the squares of what `slope_flat` is the sum of.
    slope_square: f64,
    heaviest: f64,
    pub base: f64,
    finds: f64,
    slope_finds: f64,
    /// What a relative error of 1 in every detection that is not sure would do to the estimate,
    /// each as uncertain as one test of it leaves it.
    pub untested: f64,
    thin: BTreeMap<u16, (u64, f64)>,
    /// Consignments of parts where nothing that was drawn was done, their finds by officers, and
    /// what the model expected of them.
    pub unseen: u64,
    pub unseen_found: u64,
    pub unseen_model: f64,
}

impl AddAssign<Closed> for Closed {
    fn add_assign(&mut self, other: Closed) {
        self.population += other.population;
        self.found += other.found;
        self.done_found += other.done_found;
        self.estimate += other.estimate;
        self.model += other.model;
        self.slope_model += other.slope_model;
        self.slope_flat += other.slope_flat;
        self.shares += other.shares;
        self.slope_square += other.slope_square;
        self.heaviest = self.heaviest.max(other.heaviest);
        self.base += other.base;
        self.finds += other.finds;
        self.slope_finds += other.slope_finds;
        self.untested += other.untested;
        for (step, (count, least)) in other.thin {
            let (all, smallest) = self.thin.entry(step).or_insert((0, least));
            *all += count;
            *smallest = smallest.min(least);
        }
        self.unseen += other.unseen;
        self.unseen_found += other.unseen_found;
        self.unseen_model += other.unseen_model;
    }
}

impl Closed {
    /// How fast the variance grows with the number of irregular consignments, as the finds spread
    /// them and with one more that is spread as the model spreads them.
    pub fn slope(&self) -> f64 {
        // A model that expects nothing anywhere spreads nothing: then all are alike.
        let like_model = if self.model > 0.0 {
            self.slope_model / self.model
        } else if self.shares > 0.0 {
            self.slope_flat / self.shares
        } else {
            0.0
        };
        self.slope_with(like_model)
    }

    /// The same with one more find of large weight: few finds do not tell where the others are,
    /// and those who hide do so where nobody looks. Fay and Feuer (1997) give it the largest
    /// weight there is; the geometric mean of that and of the weights' own mean, each weighted by
    /// itself, holds as often where the irregular do hide, and is narrower where they do not.
    pub fn slope_cautious(&self) -> f64 {
        let mean = if self.slope_flat > 0.0 { self.slope_square / self.slope_flat } else { 0.0 };
        self.slope_with((mean.max(0.0) * (self.heaviest - 1.0).max(0.0)).sqrt())
    }

    fn slope_with(&self, one_more: f64) -> f64 {
        let one_more = one_more.max(0.0);
        let finds = self.finds + one_more;
        if finds > 0.0 { ((self.slope_finds + one_more * one_more) / finds).max(0.0) } else { 0.0 }
    }

    /// The most that may be irregular if none was found, with 95 % confidence: even those with the
    /// smallest chances of being found are so many at most that finding none of them has a
    /// chance of 5 %. With equal chances e it is ln 0.05 / ln(1 − e), the "rule of three". The
    /// draw spreads its picks, which makes finding none of a set less likely still.
    pub fn most_if_none_found(&self) -> f64 {
        let mut open = 0.05_f64.ln();
        let mut most = 0.0;
        for (count, least) in self.thin.values() {
            let each = (-least.min(1.0)).ln_1p();
            let all = each * *count as f64;
            if all <= open {
                return most + open / each;
            }
            open -= all;
            most += *count as f64;
        }
        most
    }
}
