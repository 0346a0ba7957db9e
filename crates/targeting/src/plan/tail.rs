//! How the tail shares its room: in proportion to how unsettled each answer is, not below a floor
//! and not above certainty, together exactly the room there is. Both kinds of plan use it, with one
//! floor for everyone (`chances.rs`) or with a floor on the chance of detection (`allocate.rs`).

use super::Terms;

/// Smallest spread the tail works with, so that a chance the model calls settled still counts.
const SPREAD_MIN: f64 = 1e-9;

/// Enough halvings from the widest bracket the spreads allow to the last digits of the answer.
const BISECTIONS_MAX: usize = 128;

/// Halvings of the lean of a tail that is to pay: to a four-thousandth of the way.
const LEAN_STEPS: usize = 12;

/// A spread so large that whoever has it is certain at any scale that the others leave room for.
const CERTAIN: f64 = 1e12;

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
        self.with_boundary(self.scaled())
    }

    /// The chances that bring at least the finds `wanted`, leaning no further than that takes, or
    /// as near to that as the floor allows.
    pub(super) fn leaning(&self, expected: &[f64], wanted: f64) -> Vec<f64> {
        let most = expected.iter().copied().fold(0.0, f64::max);
        let brings =
            |shares: &[f64]| shares.iter().zip(expected).map(|(p, m)| p * m).sum::<f64>() >= wanted;
        let upright = self.scaled();
        if wanted <= 0.0 || most <= 0.0 || brings(&upright) {
            return self.with_boundary(upright);
        }
        // From this chance of being irregular on, one is certain; it falls as the lean grows.
        let mut leant = self.spread.to_vec();
        let mut shares = |lean: f64| -> Option<Vec<f64>> {
            let certain = most * (1.0 - lean) / lean;
            for ((to, of), m) in leant.iter_mut().zip(self.spread).zip(expected) {
                let open = 1.0 - m / certain;
                *to = if open > 0.0 { of / open.sqrt() } else { of.max(1.0) * CERTAIN };
            }
            let Self { boundary, room, .. } = *self;
            let tail = Tail { spread: &leant, floor: &self.floor, boundary, room };
            (tail.used(0.0) + tail.certain_beyond_floor() <= room).then(|| tail.scaled())
        };
        let (mut low, mut high) = (0.0, 1.0);
        let mut best = upright;
        for _ in 0..LEAN_STEPS {
            let middle = f64::midpoint(low, high);
            match shares(middle) {
                Some(leant) if !brings(&leant) => {
                    low = middle;
                    best = leant;
                }
                Some(leant) => {
                    high = middle;
                    best = leant;
                }
                None => high = middle,
            }
        }
        self.with_boundary(best)
    }

    /// Room that the certain take beyond the floor that everyone has.
    fn certain_beyond_floor(&self) -> f64 {
        let certain = self.spread.iter().enumerate().filter(|(_, spread)| **spread >= CERTAIN);
        certain.map(|(at, _)| 1.0 - (self.floor)(at)).sum()
    }

    fn scaled(&self) -> Vec<f64> {
        let scale = self.scale();
        let places = self.spread.iter().enumerate();
        places.map(|(at, &spread)| self.clip(at, scale * spread)).collect()
    }

    fn with_boundary(&self, mut shares: Vec<f64>) -> Vec<f64> {
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
