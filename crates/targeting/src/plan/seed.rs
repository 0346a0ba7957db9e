//! The seed of a plan, and the keyed hashes and random numbers made from it.
//!
//! One secret seed per office and shift decides ties, the order of the draw and the draw itself, so
//! that nobody can foresee a plan and an auditor who is later shown the seed can repeat it. Every
//! rule that turns bits into a choice is written out here, so that a new release of a random number
//! library cannot change a past plan. Read `draw.rs` next for what the numbers are used for.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The 32 secret bytes that decide a plan. Kept by the office, shown after the goods are released.
///
/// It prints as `Seed(..)`: a seed in a log would let its reader foresee the plan.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed([u8; 32]);

/// What a seed is for: a seed serves one plan and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedParts<'a> {
    /// Civil date of the shift, as `2026-11-22`.
    pub date: &'a str,
    /// Code of the office.
    pub office: &'a str,
    /// Name of the shift.
    pub shift: &'a str,
    /// Digest of the model in force.
    pub model: &'a str,
}

impl Seed {
    /// Derives the seed of one plan from the office's secret key (HMAC-SHA256).
    ///
    /// Each part goes in with its length before it, so that `("ab", "c")` and `("a", "bc")` differ.
    #[must_use]
    pub fn derive(key: &[u8], parts: SeedParts<'_>) -> Self {
        let mut mac = keyed(key);
        mac.update(b"sumun seed 1");
        for part in [parts.date, parts.office, parts.shift, parts.model] {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// A seed from a number a person can type (`--seed 7`): for trials, never for a real shift.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"sumun seed number 1");
        hash.update(number.to_le_bytes());
        Self(hash.finalize().into())
    }

    /// The seed that was kept as these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to keep, and to show once the goods are released.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// SHA-256 of the seed: publish it before the shift, so that nobody can swap the seed later.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// Hashes consignment ids under this seed.
    pub(crate) fn hasher(&self) -> KeyedHash {
        KeyedHash(keyed(&self.part(b"order")))
    }

    /// An endless row of random numbers for one purpose; two purposes never share a number.
    pub(crate) fn stream(&self, purpose: &[u8]) -> Stream {
        Stream(ChaCha20Rng::from_seed(self.part(purpose)))
    }

    fn part(&self, purpose: &[u8]) -> [u8; 32] {
        let mut mac = keyed(&self.0);
        mac.update(purpose);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// HMAC-SHA256 with the key already taken in, which halves the work for each id.
pub(crate) struct KeyedHash(Hmac<Sha256>);

impl KeyedHash {
    /// First 128 bits of the keyed hash, big-endian: two ids collide with chance 2⁻¹²⁸.
    pub(crate) fn of(&self, id: &str) -> u128 {
        let mut mac = self.0.clone();
        mac.update(id.as_bytes());
        let mut first = [0; 16];
        first.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        u128::from_be_bytes(first)
    }
}

/// Random numbers: the `ChaCha20` key stream with nonce 0, read as little-endian 64-bit words.
pub(crate) struct Stream(ChaCha20Rng);

impl Stream {
    /// A number in [0, 1): the upper 53 bits of a word, times 2⁻⁵³. Each value is exact.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// True with this chance. Takes one word, also when the chance is 0 or 1.
    pub(crate) fn decide(&mut self, chance: f64) -> bool {
        self.fraction() < chance
    }

    /// A whole number below `bound`: the upper half of word × bound (uneven by at most bound/2⁶⁴).
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// Shuffles in place, from the last place down to the second (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published first key stream block of `ChaCha20` for key 0 and nonce 0 starts with
    /// 76 b8 e0 ad a0 f1 3d 90 40 5d 6a e5 53 86 bd 28.
    #[test]
    fn the_stream_is_the_published_key_stream() {
        let mut stream = Stream(ChaCha20Rng::from_seed([0; 32]));
        let first = 0x903d_f1a0_ade0_b876_u64;
        let second = 0x28bd_8653_e56a_5d40_u64;
        assert_eq!(stream.fraction().to_bits(), ((first >> 11) as f64 / 2f64.powi(53)).to_bits());
        assert_eq!(stream.below(1000), ((u128::from(second) * 1000) >> 64) as u64);
    }

    #[test]
    fn each_part_of_the_occasion_makes_another_seed() {
        let parts = SeedParts { date: "2026-11-22", office: "ICN", shift: "night", model: "m1" };
        let seed = Seed::derive(b"office key", parts);
        assert_eq!(seed, Seed::derive(b"office key", parts));
        let moved = SeedParts { office: "ICNn", shift: "ight", ..parts };
        for other in [
            Seed::derive(b"office kez", parts),
            Seed::derive(b"office key", SeedParts { date: "2026-11-23", ..parts }),
            Seed::derive(b"office key", SeedParts { model: "m2", ..parts }),
            Seed::derive(b"office key", moved),
        ] {
            assert_ne!(seed, other);
            assert_ne!(seed.commitment(), other.commitment());
        }
        assert_eq!(Seed::from_bytes(seed.bytes()), seed);
        assert_eq!(format!("{seed:?}"), "Seed(..)");
    }

    #[test]
    fn a_shuffle_reaches_every_order_equally_often() {
        let mut stream = Seed::from_number(1).stream(b"test");
        let mut seen = std::collections::BTreeMap::<[u8; 3], u32>::new();
        for _ in 0..6000 {
            let mut items = [1, 2, 3];
            stream.shuffle(&mut items);
            *seen.entry(items).or_default() += 1;
        }
        assert_eq!(seen.len(), 6);
        // Six standard deviations around 1,000.
        assert!(seen.values().all(|&times| times.abs_diff(1000) < 6 * 29), "{seen:?}");
    }
}
