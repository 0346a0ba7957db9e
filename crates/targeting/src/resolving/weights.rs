//! What agreement weighs, after Fellegi and Sunter (1969): in bits, how much likelier a level of a
//! field is between two records of one entity than between two of different ones. The latter (u)
//! is counted on random pairs, the former (m) learned by expectation maximisation on pairs that
//! share a key, without the fields of that key; what is rare weighs more than what is common.

use std::collections::HashMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::Records;
use super::keys::{Blocks, Recipe};
use super::levels::{FIELDS, Fields, How, LEVELS, Pattern};

/// Random pairs on which u is counted.
const RANDOM: usize = 1_000_000;
/// Of these, how many one pair of hands draws.
const PART: usize = 50_000;
/// Pairs of one key on which m is learned.
const LEARNED: usize = 60_000;
/// Rounds of expectation maximisation at most.
const ROUNDS: usize = 40;
/// A round that moves the share of links by no more than this part of it was the last.
const SETTLED: f64 = 1e-4;
/// Rows below which a table does not say how rare a value is.
const SMALL: u32 = 1_000;
/// Pairs that the first guess of m counts for.
const FIRST_GUESS: f64 = 40.0;

/// What each level of each field weighs, and what two random records start with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// The chance that two random records are of one entity.
    pub prior: f64,
    /// A field's levels, in the order of the comparison.
    pub fields: Vec<FieldWeights>,
}

/// One field's part in the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldWeights {
    /// The column.
    pub column: String,
    /// Its levels, the strongest first.
    pub levels: Vec<LevelWeight>,
}

/// One level of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelWeight {
    /// Its word.
    pub level: String,
    /// How often two records of one entity show it.
    pub m: f64,
    /// How often two records of different entities show it.
    pub u: f64,
    /// What it weighs.
    pub bits: f64,
}

impl Weights {
    /// What two random records start with, in bits.
    pub fn start_bits(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }
}

/// Weights as judging uses them.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    m: [[f64; LEVELS]; FIELDS],
    u: [[f64; LEVELS]; FIELDS],
    bits: [[f32; LEVELS]; FIELDS],
}

/// How often each level comes by chance, by field.
type Shares = [[f64; LEVELS]; FIELDS];

impl Scale {
    /// Learns the weights of a table.
    pub fn learn(
        records: &Records,
        fields: &Fields,
        blocks: &Blocks,
        recipes: &[Recipe],
        (seed, threads): (u64, usize),
    ) -> Scale {
        let u = by_chance(records, fields, seed, threads);
        let m = by_agreement(records, fields, blocks, recipes, (&u, threads));
        Scale::of(fields, m, u)
    }

    fn of(fields: &Fields, m: Shares, u: Shares) -> Scale {
        let mut bits = [[0f32; LEVELS]; FIELDS];
        for (n, field) in fields.list.iter().enumerate() {
            let levels = field.how.levels().len();
            let mut above = f64::INFINITY;
            for level in 1..=levels {
                // A weaker level never weighs more than a stronger one, whatever chance counted:
                // the same never speaks against, and plain disagreement never for one entity.
                let mut weight = (m[n][level] / u[n][level]).log2().min(above);
                if level == 1 {
                    weight = weight.max(0.0);
                }
                if level == levels {
                    weight = weight.min(0.0);
                }
                above = weight;
                bits[n][level] = weight as f32;
            }
        }
        Scale { m, u, bits }
    }

    /// The scale of weights that were learned before, by the names of columns and levels.
    pub fn given(records: &Records, fields: &Fields, weights: &Weights) -> Scale {
        let (mut m, mut u) = ([[1e-5; LEVELS]; FIELDS], [[1.0; LEVELS]; FIELDS]);
        for (n, field) in fields.list.iter().enumerate() {
            let name = &records.columns[field.column].name;
            let known = weights.fields.iter().find(|of| of.column == *name);
            for (at, word) in field.how.levels().iter().enumerate() {
                let level =
                    known.and_then(|of| of.levels.iter().find(|level| level.level == *word));
                // A level that nobody learned says nothing.
                let (one, other) = level.map_or((1.0, 1.0), |level| (level.m, level.u));
                (m[n][at + 1], u[n][at + 1]) = (one, other);
            }
        }
        Scale::of(fields, m, u)
    }

    /// Takes m anew from pairs that are known to be of one entity.
    pub fn relearn(&self, fields: &Fields, known: &[(Pattern, f64)]) -> Scale {
        let mut m = self.m;
        for (n, field) in fields.list.iter().enumerate() {
            let guess = field.how.first_guess();
            let mut counts = [0f64; LEVELS];
            for (level, share) in guess.iter().enumerate() {
                counts[level + 1] = share * FIRST_GUESS;
            }
            for (pattern, weight) in known {
                counts[usize::from(pattern[n])] += weight;
            }
            counts[0] = 0.0;
            let sum: f64 = counts.iter().sum();
            for level in 1..=guess.len() {
                m[n][level] = counts[level] / sum;
            }
        }
        Scale::of(fields, m, self.u)
    }

    /// The weight of two rows in bits, without what they start with.
    #[inline]
    pub fn weigh(
        &self,
        records: &Records,
        fields: &Fields,
        pattern: &Pattern,
        rows: (usize, usize),
    ) -> f32 {
        let mut sum = 0.0;
        for (n, level) in pattern.iter().enumerate().take(fields.list.len()) {
            sum += self.field(records, fields, *level, n, rows);
        }
        sum
    }

    /// In which order fields are compared where a pair may be given up: what takes least first.
    pub fn order(&self, fields: &Fields) -> Vec<usize> {
        let mut order: Vec<usize> = (0..fields.list.len()).collect();
        order.sort_by_key(|n| (fields.list[*n].how.effort(), *n));
        order
    }

    /// The weight of two rows, or none where it is below `least`: a pair is given up as soon as
    /// what is left to compare cannot lift it there.
    #[inline]
    pub fn reaching(
        &self,
        records: &Records,
        fields: &Fields,
        order: &[usize],
        rows: (usize, usize),
        least: f32,
    ) -> Option<f32> {
        let (left, right) = (records.row(rows.0), records.row(rows.1));
        let mut pattern = [0u8; FIELDS];
        // What the pair reaches where all that is not compared yet agrees as far as it can.
        let mut most = 0.0;
        let mut open = 0u32;
        for (n, field) in fields.list.iter().enumerate() {
            let (a, b) = (left[field.column], right[field.column]);
            if a == 0 || b == 0 {
                continue;
            }
            if a == b && field.how != How::Further {
                pattern[n] = 1;
                most += self.field(records, fields, 1, n, rows);
            } else {
                open |= 1 << n;
                most += self.most(fields, n);
            }
        }
        for n in order {
            if open & (1 << n) == 0 {
                continue;
            }
            if most < least {
                return None;
            }
            let column = fields.list[*n].column;
            let level = fields.level(records, *n, rows, (left[column], right[column]));
            pattern[*n] = level;
            most += self.field(records, fields, level, *n, rows) - self.most(fields, *n);
        }
        if most < least {
            return None;
        }
        Some(self.weigh(records, fields, &pattern, rows))
    }

    /// The most that a field can weigh whose values are not the same.
    #[inline]
    fn most(&self, fields: &Fields, n: usize) -> f32 {
        match fields.list[n].how {
            How::Further => self.bits[n][1],
            // What a rare word with a slip weighs more, at most.
            How::Given | How::Surname | How::Word => self.bits[n][2] + 2.0,
            _ => self.bits[n][2],
        }
    }

    /// What one field weighs, rare values more than common ones.
    #[inline]
    pub fn field(
        &self,
        records: &Records,
        fields: &Fields,
        level: u8,
        n: usize,
        (one, other): (usize, usize),
    ) -> f32 {
        let bits = self.bits[n][usize::from(level)];
        if level == 0 || level > 3 {
            return bits;
        }
        let field = &fields.list[n];
        let column = &records.columns[field.column];
        // The pair itself does not make its value common. A small table is no measure of how rare
        // names and numbers are outside it.
        let least = match field.how {
            How::Word | How::Region | How::Number | How::Postcode | How::Further => 1,
            _ => SMALL,
        };
        let filled = column.filled().max(least) as f32;
        let rarity = |row: usize| {
            let count = column.counts[column.at(row) as usize];
            filled / count.saturating_sub(1).max(1) as f32
        };
        let common = rarity(one).min(rarity(other));
        let average = (1.0 / self.u[n][1].max(1e-9)) as f32;
        let adjust = (common / average).log2();
        match (field.how, level) {
            (How::Further | How::Region | How::Number, _) => bits,
            (_, 1) => bits + adjust,
            // A slip in a rare word is still a rare word, but less surely so.
            (How::Given | How::Surname | How::Word, 2) => bits + (0.5 * adjust).clamp(-3.0, 2.0),
            _ => bits,
        }
    }

    /// For people and for keeping.
    pub fn told(&self, records: &Records, fields: &Fields, prior: f64) -> Weights {
        let of = |n: usize| {
            let words = fields.list[n].how.levels();
            words.iter().enumerate().map(move |(level, word)| LevelWeight {
                level: (*word).to_owned(),
                m: self.m[n][level + 1],
                u: self.u[n][level + 1],
                bits: f64::from(self.bits[n][level + 1]),
            })
        };
        let fields = fields.list.iter().enumerate().map(|(n, field)| FieldWeights {
            column: records.columns[field.column].name.clone(),
            levels: of(n).collect(),
        });
        Weights { prior, fields: fields.collect() }
    }
}

/// Counts each level on random pairs of rows. Exact agreement is reckoned from the counts of
/// values, which random pairs would show too seldom.
fn by_chance(records: &Records, fields: &Fields, seed: u64, threads: usize) -> Shares {
    let n = records.len();
    let draws = if n < 2 { 0 } else { RANDOM.min(n * (n - 1) / 2) };
    // Parts with dice of their own, so that the number of threads changes nothing.
    let parts: Vec<(u64, usize)> = (0..draws.div_ceil(PART))
        .map(|part| (part as u64, PART.min(draws - part * PART)))
        .collect();
    let counts = in_threads(&parts, threads, |(part, draws)| {
        let mut dice = ChaCha8Rng::seed_from_u64(seed ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut counts = [[0f64; LEVELS]; FIELDS];
        for _ in 0..*draws {
            let (one, other) = (dice.random_range(0..n), dice.random_range(0..n));
            if one != other {
                let pattern = fields.compare(records, one, other);
                for (count, level) in counts.iter_mut().zip(&pattern) {
                    count[usize::from(*level)] += 1.0;
                }
            }
        }
        counts
    });
    let mut sums: Shares = [[0f64; LEVELS]; FIELDS];
    for part in counts {
        for (sum, count) in sums.iter_mut().flatten().zip(part.iter().flatten()) {
            *sum += count;
        }
    }
    let counts = sums;
    let mut u = [[1e-7; LEVELS]; FIELDS];
    for (n, field) in fields.list.iter().enumerate() {
        let levels = field.how.levels().len();
        let said: f64 = counts[n][1..=levels].iter().sum::<f64>() + 1.0;
        for level in 1..=levels {
            u[n][level] = (counts[n][level] + 0.3) / said;
        }
        if field.how != How::Further {
            let column = &records.columns[field.column];
            let filled = f64::from(column.filled().max(1));
            let same: f64 =
                column.counts[1..].iter().map(|count| (f64::from(*count) / filled).powi(2)).sum();
            u[n][1] = same.clamp(1e-9, 1.0);
        }
    }
    u
}

/// Learns m: for each key that brings many pairs, a run on its pairs without its own fields, and
/// from all runs the mean by how many pairs of one entity each had.
fn by_agreement(
    records: &Records,
    fields: &Fields,
    blocks: &Blocks,
    recipes: &[Recipe],
    (u, threads): (&Shares, usize),
) -> Shares {
    let mut by_recipe: Vec<Vec<usize>> = vec![Vec::new(); recipes.len()];
    for block in 0..blocks.len() {
        by_recipe[blocks.recipe(block)].push(block);
    }
    let mut sums = [[0f64; LEVELS]; FIELDS];
    for (n, field) in fields.list.iter().enumerate() {
        for (level, share) in field.how.first_guess().iter().enumerate() {
            sums[n][level + 1] = share * FIRST_GUESS;
        }
    }
    let runs: Vec<(&Recipe, Vec<usize>)> = recipes.iter().zip(by_recipe).collect();
    let taught = in_threads(&runs, threads, |(recipe, of)| {
        let learned: Vec<bool> = fields
            .list
            .iter()
            .map(|field| {
                let own = recipe.columns.contains(&field.column);
                // The parts of a name speak of each other.
                let names = |how| matches!(how, How::Given | How::Surname | How::Further);
                let of_names =
                    fields.list.iter().any(|f| names(f.how) && recipe.columns.contains(&f.column));
                !(own || names(field.how) && of_names)
            })
            .collect();
        if learned.iter().filter(|one| **one).count() < 2 {
            return None;
        }
        let patterns = sample(records, fields, blocks, of);
        let pairs: f64 = patterns.iter().map(|(_, count)| count).sum();
        if pairs < 200.0 {
            return None;
        }
        let (share, m) = maximise(fields, &patterns, &learned, u);
        // Keys whose pairs are hardly ever of one entity teach how neighbours differ, not how one
        // entity does.
        (share >= 0.02).then(|| (learned, (share * pairs).min(5_000.0), m))
    });
    for (learned, weight, m) in taught.into_iter().flatten() {
        for n in 0..fields.list.len() {
            if learned[n] {
                (1..LEVELS).for_each(|level| sums[n][level] += weight * m[n][level]);
            }
        }
    }
    for (n, field) in fields.list.iter().enumerate() {
        let levels = field.how.levels().len();
        let sum: f64 = sums[n][1..=levels].iter().sum();
        (1..=levels).for_each(|level| sums[n][level] = (sums[n][level] / sum).max(1e-5));
    }
    sums
}

/// What comes of each piece of work, in their order, whichever thread had which.
fn in_threads<W: Sync, R: Send>(work: &[W], threads: usize, of: impl Fn(&W) -> R + Sync) -> Vec<R> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(piece) = work.get(at) else { return done };
            done.push((at, of(piece)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(run)).collect();
        runs.into_iter().filter_map(|run| run.join().ok()).flatten().collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, one)| one).collect()
}

/// Patterns of the pairs of these blocks, with how many pairs show each.
fn sample(
    records: &Records,
    fields: &Fields,
    blocks: &Blocks,
    of: &[usize],
) -> Vec<(Pattern, f64)> {
    let pairs: usize =
        of.iter().map(|block| blocks.rows(*block).len()).map(|n| n * (n - 1) / 2).sum();
    let stride = pairs.div_ceil(LEARNED).max(1);
    let mut counts: HashMap<Pattern, f64> = HashMap::new();
    let mut at = 0usize;
    for block in of {
        let rows = blocks.rows(*block);
        for (n, one) in rows.iter().enumerate() {
            for other in &rows[n + 1..] {
                at += 1;
                if at.is_multiple_of(stride) {
                    let pattern = fields.compare(records, *one as usize, *other as usize);
                    *counts.entry(pattern).or_default() += 1.0;
                }
            }
        }
    }
    let mut patterns: Vec<(Pattern, f64)> = counts.into_iter().collect();
    patterns.sort_by_key(|(pattern, _)| *pattern);
    patterns
}

/// Expectation maximisation over patterns, with u given; gives the share of pairs of one entity.
fn maximise(
    fields: &Fields,
    patterns: &[(Pattern, f64)],
    learned: &[bool],
    u: &Shares,
) -> (f64, Shares) {
    let mut m = [[0f64; LEVELS]; FIELDS];
    for (n, field) in fields.list.iter().enumerate() {
        for (level, share) in field.how.first_guess().iter().enumerate() {
            m[n][level + 1] = *share;
        }
    }
    let mut share = 0.2;
    for _ in 0..ROUNDS {
        let mut counts = [[0f64; LEVELS]; FIELDS];
        let (mut of_one, mut all) = (0.0, 0.0);
        for (pattern, count) in patterns {
            let mut odds = share / (1.0 - share);
            for n in 0..fields.list.len() {
                let level = usize::from(pattern[n]);
                if learned[n] && level > 0 {
                    odds *= m[n][level] / u[n][level];
                }
            }
            let chance = if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
            of_one += chance * count;
            all += count;
            for n in 0..fields.list.len() {
                counts[n][usize::from(pattern[n])] += chance * count;
            }
        }
        let before = share;
        share = (of_one / all).clamp(1e-6, 1.0 - 1e-6);
        for (n, field) in fields.list.iter().enumerate() {
            let guess = field.how.first_guess();
            let said: f64 = counts[n][1..=guess.len()].iter().sum::<f64>() + 5.0;
            for (level, first) in guess.iter().enumerate() {
                m[n][level + 1] = (counts[n][level + 1] + 5.0 * first) / said;
            }
        }
        if (share - before).abs() < SETTLED * share {
            break;
        }
    }
    (share, m)
}
