//! Every random number of the pretend port comes from here, so that one seed gives one world.
//! The helpers use only exact arithmetic (no `ln`, `exp` or `cos` of the platform), which keeps the
//! golden digest equal on every machine. What is drawn is decided in `world.rs` and `networks.rs`.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for. Each purpose has streams of its own, so that what
/// one part of the world draws never moves the draws of another.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Traders = 1,
    Shops = 2,
    Traffic = 3,
    Network = 4,
    Scheme = 5,
    Lone = 6,
    Due = 7,
    People = 8,
}

/// Joins two numbers into a well-mixed third (a SplitMix64 step).
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(0x9E37_79B9_7F4A_7C15) ^ b.wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A bijection of 32-bit numbers (a four-round Feistel net): serial numbers that stay unique but
/// do not show in which order, or by which part of the world, they were given out.
pub(crate) fn scramble(seed: u64, number: u32) -> u32 {
    let (mut left, mut right) = (number >> 16, number & 0xffff);
    for round in 0..4 {
        let f = (mix(seed ^ (round << 56), u64::from(right)) & 0xffff) as u32;
        (left, right) = (right, left ^ f);
    }
    left << 16 | right
}

/// A number in [0, 1) from the upper 53 bits.
pub(crate) fn unit_of(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// e^x by a polynomial on the fraction of the power of two: the same bits everywhere, relative
/// error below 1e-7, for |x| < 700.
pub(crate) fn exp(x: f64) -> f64 {
    let y = x * std::f64::consts::LOG2_E;
    let whole = y.floor();
    let f = (y - whole) * std::f64::consts::LN_2;
    let series = 1.0
        + f * (1.0
            + f / 2.0
                * (1.0
                    + f / 3.0
                        * (1.0
                            + f / 4.0
                                * (1.0
                                    + f / 5.0
                                        * (1.0 + f / 6.0 * (1.0 + f / 7.0 * (1.0 + f / 8.0)))))));
    series * f64::from_bits(((whole as i64 + 1023) as u64) << 52)
}

/// One stream of random numbers: ChaCha8 keyed by seed, purpose, day and who draws.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    pub fn of(seed: u64, purpose: Purpose, day: i64, who: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
        key[16..24].copy_from_slice(&day.to_le_bytes());
        key[24..].copy_from_slice(&who.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number in [0, n); 0 when n is 0. The bias of the multiplication is below n / 2^32.
    pub fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next_u32()) * n as u64) >> 32) as usize
    }

    pub fn unit(&mut self) -> f64 {
        unit_of(self.0.next_u64())
    }

    pub fn chance(&mut self, p: f64) -> bool {
        f64::from(self.0.next_u32()) < p * 4_294_967_296.0
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Nearly normal (mean 0, deviation 1, bounds about ±3.5): four 16-bit pieces of one draw.
    pub fn normal(&mut self) -> f64 {
        let bits = self.0.next_u64();
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        (sum as f64 / 65_536.0 - 2.0) * 1.732_050_807_568_877_2
    }

    /// Log-normal around a median.
    pub fn spread(&mut self, median: f64, sigma: f64) -> f64 {
        median * exp(sigma * self.normal())
    }

    pub fn poisson(&mut self, mean: f64) -> usize {
        if mean > 40.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as usize;
        }
        let floor = exp(-mean);
        let mut product = self.unit();
        let mut count = 0;
        while product > floor {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// One of a list that is never empty (all callers hold constant tables).
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Chances in proportion to weights; an index is found by its running sum.
pub(crate) struct Weights(Vec<f64>);

impl Weights {
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    sum += weight;
                    sum
                })
                .collect(),
        )
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn draw(&self, stream: &mut Stream) -> usize {
        let point = stream.unit() * self.0.last().copied().unwrap_or(0.0);
        self.0.partition_point(|&sum| sum <= point).min(self.0.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_and_scramble_is_a_bijection() {
        for i in -200..200 {
            let x = f64::from(i) / 10.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-6, "{x}");
        }
        let mut seen: Vec<u32> = (0..70_000).map(|i| scramble(7, i)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 70_000);
    }

    #[test]
    fn moments_are_right() {
        let mut stream = Stream::of(1, Purpose::Traffic, 0, 0);
        let n = 100_000;
        let normals: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let mean = normals.iter().sum::<f64>() / f64::from(n);
        let variance = normals.iter().map(|x| x * x).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03);
        let counts = (0..n).map(|_| stream.poisson(2.5)).sum::<usize>() as f64 / f64::from(n);
        assert!((counts - 2.5).abs() < 0.05);
    }
}
