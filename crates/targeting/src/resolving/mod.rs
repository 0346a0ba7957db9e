//! Resolving: which records of persons and firms are one. A table becomes columns of folded values
//! (`reading.rs`) by what its headers mean (`column.rs`); keys bring pairs together (`keys.rs`);
//! each pair is compared field by field (`levels.rs`); what agreement weighs is learned from the
//! table itself (`weights.rs`); and links become entities (`clusters.rs`). Every pair can be
//! explained: a waterfall of bits, one step a field.

mod arriving;
mod clusters;
mod code_use;
mod column;
mod keys;
mod levels;
mod likeness;
mod nicknames;
mod reading;
mod weights;

use serde::Serialize;

pub use arriving::{
    Joined, PartyRecord, PartyTable, Placed, Placement, RecordKey, RecordKeyKind, Standing,
    fact_keys, name_keys, party_weights, place,
};
pub use code_use::{CodeUse, VICTIM_ADDRESSES, VICTIM_NAMES, code_use, is_personal_code};
pub use column::{ColumnGuess, ColumnRole, guess};
pub use weights::{FieldWeights, LevelWeight, Weights};

use clusters::{Link, clusters};
use keys::{Blocks, recipes};
use levels::{FIELDS, Fields, Pattern};
use reading::Column;
use weights::Scale;

/// A table of persons or firms, a row a record.
#[derive(Debug, Clone, Default)]
pub struct Records {
    columns: Vec<Column>,
    n: usize,
}

impl Records {
    /// A table with these columns. Those that take no part may be named, too.
    pub fn new(columns: &[(String, ColumnRole)]) -> Records {
        let columns = columns.iter().map(|(name, role)| Column::new(name, *role)).collect();
        Records { columns, n: 0 }
    }

    /// Adds a row: a cell a column, empty where nothing is said.
    pub fn push<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        let mut cells = cells.into_iter();
        for column in &mut self.columns {
            let cell = cells.next().unwrap_or_default();
            column.push(if column.role == ColumnRole::Ignored { "" } else { cell });
        }
        self.n += 1;
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.n
    }

    /// True without a row.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }
}

/// What a person may set about resolving.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResolvingSettings {
    /// Seed of the random pairs.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// Pairs that may be compared, for each record.
    pub pairs_each: u64,
    /// The chance from which on a pair is a link.
    pub probability: f64,
    /// What two parts of an entity must have for each other on average, in bits.
    pub average_bits: f32,
    /// Runs in which the weights are learned anew from what was found.
    pub rounds: usize,
}

impl Default for ResolvingSettings {
    fn default() -> Self {
        ResolvingSettings {
            seed: 1,
            threads: 2,
            pairs_each: 0,
            probability: 0.5,
            average_bits: 0.0,
            rounds: 1,
        }
    }
}

impl ResolvingSettings {
    /// Pairs that a table of this size may compare: small tables more for each record.
    fn pairs(&self, n: usize) -> u64 {
        let each = match self.pairs_each {
            0 => (30_000_000 / n.max(1) as u64).clamp(40, 2_000),
            each => each,
        };
        each * n as u64
    }
}

/// What resolving a table came to.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// The entity of each row: the number of its first row.
    pub entities: Vec<u32>,
    /// What agreement weighs in this table.
    pub weights: Weights,
    /// Pairs that were compared.
    pub compared: u64,
    /// Links that were found.
    pub links: u64,
    /// The largest block of rows that share a key.
    pub largest_block: usize,
    /// Keys that were left out because too many rows share them.
    pub keys_left_out: usize,
    scale: Scale,
    fields: Fields,
}

/// One field's part in the sum of a pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaterfallStep {
    /// The column.
    pub field: String,
    /// What the one record says.
    pub left: String,
    /// What the other says.
    pub right: String,
    /// The level of agreement; `missing` where a side says nothing.
    pub level: &'static str,
    /// What it weighs.
    pub bits: f64,
}

/// Why two records are, or are not, of one entity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waterfall {
    /// What any two records start with.
    pub start_bits: f64,
    /// Field by field.
    pub steps: Vec<WaterfallStep>,
    /// The sum.
    pub total_bits: f64,
    /// The chance that they are one.
    pub probability: f64,
}

/// The chance that belongs to a sum of bits.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// Bits of the chance that two random rows are one.
fn start_of(prior: f64) -> f32 {
    (prior / (1.0 - prior)).log2() as f32
}

/// Resolves a table into entities.
pub fn resolve(records: &mut Records, settings: &ResolvingSettings) -> Resolution {
    let n = records.len();
    records.columns.iter_mut().for_each(Column::close);
    let records = &*records;
    let fields = Fields::of(&records.columns);
    let recipes = recipes(&records.columns);
    let blocks = Blocks::of(&records.columns, &recipes, settings.pairs(n), settings.threads);
    let mut scale = Scale::learn(records, &fields, &blocks, &recipes, settings.seed);
    let mut prior = 1.0 / n.max(2) as f64;
    let mut entities: Vec<u32> = (0..n as u32).collect();
    let (mut compared, mut linked) = (0, 0);
    for round in 0..=settings.rounds {
        let mut found = links(records, &fields, &scale, &blocks, start_of(prior), settings.threads);
        compared = found.compared;
        prior = found.prior(n, prior);
        let start = start_of(prior);
        let least = (settings.probability / (1.0 - settings.probability)).log2() as f32;
        found.links.iter_mut().for_each(|link| link.bits += start);
        found.links.retain(|link| link.bits >= least);
        linked = found.links.len() as u64;
        let weigh = |one: u32, other: u32| {
            let rows = (one as usize, other as usize);
            let pattern = fields.compare(records, rows.0, rows.1);
            scale.weigh(records, &fields, &pattern, rows) + start
        };
        let average = settings.average_bits;
        entities = clusters(n, &found.links, least, average, settings.threads, weigh);
        if round < settings.rounds {
            let known = known_pairs(records, &fields, &entities);
            if known.len() < 50 {
                break;
            }
            scale = scale.relearn(&fields, &known);
        }
    }
    Resolution {
        entities,
        weights: scale.told(records, &fields, prior),
        compared,
        links: linked,
        largest_block: blocks.largest,
        keys_left_out: blocks.left_out,
        scale,
        fields,
    }
}

impl Resolution {
    /// Why two rows are, or are not, of one entity.
    pub fn explain(&self, records: &Records, one: usize, other: usize) -> Waterfall {
        let start = self.weights.start_bits();
        explain(records, &self.fields, &self.scale, start, (one, other))
    }
}

/// Why two rows are, or are not, of one entity.
fn explain(
    records: &Records,
    fields: &Fields,
    scale: &Scale,
    start_bits: f64,
    (one, other): (usize, usize),
) -> Waterfall {
    let pattern = fields.compare(records, one, other);
    let steps = fields.list.iter().enumerate().map(|(n, field)| {
        let column = &records.columns[field.column];
        let bits = scale.field(records, fields, pattern[n], n, (one, other));
        let written = |row: usize| column.written[column.at(row) as usize].to_string();
        WaterfallStep {
            field: column.name.clone(),
            left: written(one),
            right: written(other),
            level: match pattern[n] {
                0 => "missing",
                level => field.how.levels()[usize::from(level) - 1],
            },
            bits: f64::from(bits),
        }
    });
    let steps: Vec<WaterfallStep> = steps.collect();
    let total_bits = start_bits + steps.iter().map(|step| step.bits).sum::<f64>();
    Waterfall { start_bits, steps, total_bits, probability: probability(total_bits) }
}

/// Links of a table, and how all its pairs weigh.
struct Found {
    links: Vec<Link>,
    compared: u64,
    /// Pairs by weight, a quarter of a bit each, from -64 to 64.
    weights: Vec<u64>,
}

impl Found {
    /// The chance that two random rows are one, so that it agrees with what the pairs say.
    fn prior(&self, n: usize, first: f64) -> f64 {
        let all = n as f64 * (n as f64 - 1.0) / 2.0;
        let mut prior = first;
        for _ in 0..20 {
            let start = f64::from(start_of(prior));
            let expected: f64 = self
                .weights
                .iter()
                .enumerate()
                .filter(|(_, count)| **count > 0)
                .map(|(at, count)| *count as f64 * probability(at as f64 / 4.0 - 64.0 + start))
                .sum();
            prior = (expected / all).clamp(1e-12, 0.3);
        }
        prior
    }
}

/// Compares all pairs of all blocks, each once.
fn links(
    records: &Records,
    fields: &Fields,
    scale: &Scale,
    blocks: &Blocks,
    start: f32,
    threads: usize,
) -> Found {
    const CHUNK: usize = 512;
    // Links are kept a little below the line, since the prior is not known yet.
    let keep = -6.0 - start;
    let next = std::sync::atomic::AtomicUsize::new(0);
    type Part = (usize, Vec<Link>);
    let parts: Vec<(Vec<Part>, u64, Vec<u64>)> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads.max(1))
            .map(|_| {
                scope.spawn(|| {
                    let (mut done, mut compared) = (Vec::new(), 0u64);
                    let mut weights = vec![0u64; 512];
                    loop {
                        let from = next.fetch_add(CHUNK, std::sync::atomic::Ordering::Relaxed);
                        if from >= blocks.len() {
                            return (done, compared, weights);
                        }
                        let mut links = Vec::new();
                        for block in from..(from + CHUNK).min(blocks.len()) {
                            let rows = blocks.rows(block);
                            for (n, one) in rows.iter().enumerate() {
                                for other in &rows[n + 1..] {
                                    if !blocks.first_meeting(block, *one, *other) {
                                        continue;
                                    }
                                    let pair = (*one as usize, *other as usize);
                                    let pattern = fields.compare(records, pair.0, pair.1);
                                    let bits = scale.weigh(records, fields, &pattern, pair);
                                    compared += 1;
                                    let at = ((bits + 64.0) * 4.0).clamp(0.0, 511.0) as usize;
                                    weights[at] += 1;
                                    if bits >= keep {
                                        links.push(Link { one: *one, other: *other, bits });
                                    }
                                }
                            }
                        }
                        done.push((from, links));
                    }
                })
            })
            .collect();
        runs.into_iter().filter_map(|run| run.join().ok()).collect()
    });
    let mut found = Found { links: Vec::new(), compared: 0, weights: vec![0; 512] };
    let mut chunks: Vec<Part> = Vec::new();
    for (done, compared, weights) in parts {
        chunks.extend(done);
        found.compared += compared;
        found.weights.iter_mut().zip(weights).for_each(|(sum, count)| *sum += count);
    }
    // In the order of the blocks, whichever thread had which.
    chunks.sort_by_key(|(from, _)| *from);
    found.links = chunks.into_iter().flat_map(|(_, links)| links).collect();
    found
}

/// Patterns of pairs within the entities found, each entity counting alike for each of its records.
fn known_pairs(records: &Records, fields: &Fields, entities: &[u32]) -> Vec<(Pattern, f64)> {
    const MOST: usize = 400_000;
    let mut members: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
    for (row, entity) in entities.iter().enumerate() {
        members.entry(*entity).or_default().push(row as u32);
    }
    let mut known = Vec::new();
    for rows in members.values().filter(|rows| rows.len() > 1) {
        let pairs = rows.len() * (rows.len() - 1) / 2;
        let stride = pairs.div_ceil(60);
        let weight = 1.0;
        let mut at = 0usize;
        for (n, one) in rows.iter().enumerate() {
            for other in &rows[n + 1..] {
                at += 1;
                if at.is_multiple_of(stride) {
                    let pattern = fields.compare(records, *one as usize, *other as usize);
                    known.push((pattern, weight));
                }
            }
        }
        if known.len() > MOST {
            break;
        }
    }
    debug_assert!(fields.list.len() <= FIELDS);
    known
}
