//! How the tail shares its room: in proportion to how unsettled each answer is, not below a floor
//! and not above certainty, together exactly the room there is. Both kinds of plan use it, with one
//! floor for everyone (`chances.rs`) or with a floor on the chance of detection (`allocate.rs`).

use super::Terms;

/// Smallest spread the tail works with, so that a chance the model calls settled still counts.
const SPREAD_MIN: f64 = 1e-9;

/// Enough halvings from the widest bracket the spreads allow to the last digits of the answer.
const BISECTIONS_MAX: usize = 128;

/// How unsettled the answer is: the standard deviation of a single yes or no, by the calibrated
/// chance with `eta` of trust in the mean of the list.
pub(super) fn spread(chance: f64, mean: f64, terms: Terms) -> f64 {
    let common = terms.eta * mean * (1.0 - mean);
    ((1.0 - terms.eta) * chance * (1.0 - chance) + common).sqrt().max(SPREAD_MIN)
}

/// A tail and the room it shares.
pub(super) struct Tail<'a, F: Fn(usize) -> f64> {
    /// What the chances are in proportion to.
    pub(super) spread: &'a [f64],
    /// The smallest chance by place in `spread`, at most 1.
    pub(super) floor: F,
    /// Place in `spread`, and the share of it that the core has taken.
    pub(super) boundary: Option<(usize, f64)>,
    /// Sum of the chances, between that of the floors and the number of places.
    pub(super) room: f64,
}

impl<F: Fn(usize) -> f64> Tail<'_, F> {
    /// The chance of each.
    pub(super) fn shares(&self) -> Vec<f64> {
        let scale = self.scale();
        let mut shares: Vec<f64> = (self.spread.iter().enumerate())
            .map(|(at, &spread)| self.clip(at, scale * spread))
            .collect();
        if let Some((at, share)) = self.boundary {
            shares[at] = share + (1.0 - share) * shares[at];
        }
        shares
    }

    fn clip(&self, at: usize, share: f64) -> f64 {
        share.max((self.floor)(at)).min(1.0)
    }

    /// Room used when the chances are `scale` × spread. Eight running sums keep the processor
    /// busy; their order is fixed, so every machine adds up the same.
    fn used(&self, scale: f64) -> f64 {
        let mut sums = [0.0; 8];
        let (chunks, rest) = self.spread.as_chunks::<8>();
        for (n, chunk) in chunks.iter().enumerate() {
            for (lane, (sum, spread)) in sums.iter_mut().zip(chunk).enumerate() {
                *sum += self.clip(8 * n + lane, scale * spread);
            }
        }
        let done = 8 * chunks.len();
        let rest: f64 = (rest.iter().enumerate())
            .map(|(at, spread)| self.clip(done + at, scale * spread))
            .sum();
        let taken =
            self.boundary.map_or(0.0, |(at, share)| share * self.clip(at, scale * self.spread[at]));
        sums.iter().sum::<f64>() + rest - taken
    }

    /// The scale at which the tail uses its room: by bisection, then exactly.
    fn scale(&self) -> f64 {
        let least = self.spread.iter().copied().fold(f64::INFINITY, f64::min);
        // At 0 everyone is at the floor, at 1 / least everyone is certain: the room lies between.
        let (mut low, mut high) = (0.0, 1.0 / least);
        for _ in 0..BISECTIONS_MAX {
            if high - low <= high * 1e-13 {
                break;
            }
            let middle = low + (high - low) / 2.0;
            if self.used(middle) < self.room { low = middle } else { high = middle }
        }
        // Between two clipping points the use is a straight line in the scale: solve it.
        let mut settled = 0.0;
        let mut open = 0.0;
        for (at, &spread) in self.spread.iter().enumerate() {
            let weight = match self.boundary {
                Some((boundary, share)) if boundary == at => 1.0 - share,
                _ => 1.0,
            };
            let share = self.clip(at, high * spread);
            if share > (self.floor)(at) && share < 1.0 {
                open += weight * spread;
            } else {
                settled += weight * share;
            }
        }
        if open > 0.0 { (self.room - settled) / open } else { high }
    }
}
