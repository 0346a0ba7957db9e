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

use clusters::{Link, Linkage, clusters};
use keys::{Blocks, recipes};
use levels::{FIELDS, Fields, Pattern};
use reading::Column;
use weights::Scale;

/// A table of persons or firms, a row a record.
#[derive(Debug, Clone, Default)]
pub struct Records {
    columns: Vec<Column>,
    /// The value of each column, row by row: a comparison reads two rows of it and no more.
    cells: Vec<u32>,
    n: usize,
}

impl Records {
    /// A table with these columns. Those that take no part may be named, too.
    pub fn new(columns: &[(String, ColumnRole)]) -> Records {
        let columns = columns.iter().map(|(name, role)| Column::new(name, *role)).collect();
        Records { columns, cells: Vec::new(), n: 0 }
    }

    /// Adds a row: a cell a column, empty where nothing is said.
    pub fn push<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        let mut cells = cells.into_iter();
        for column in &mut self.columns {
            let cell = cells.next().unwrap_or_default();
            let cell = if column.role == ColumnRole::Ignored { "" } else { cell };
            self.cells.push(column.push(cell));
        }
        self.n += 1;
    }

    /// The values of a row, a column each; 0 where nothing is said.
    #[inline]
    fn row(&self, row: usize) -> &[u32] {
        let width = self.columns.len();
        &self.cells[row * width..(row + 1) * width]
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
    /// What a record that is left over must have for an entity, field by field, in bits.
    pub fits_bits: f32,
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
            average_bits: 4.0,
            fits_bits: 0.0,
            rounds: 1,
        }
    }
}

impl ResolvingSettings {
    /// Pairs that a table of this size may compare: small tables more for each record.
    fn pairs(&self, n: usize) -> u64 {
        let each = match self.pairs_each {
            0 => (8_000_000 / n.max(1) as u64).clamp(40, 2_000),
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

/// Which step of resolving is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvingStep {
    /// Keys bring rows together.
    Keys,
    /// The table teaches what agreement weighs.
    Learning,
    /// Pairs are compared.
    Comparing,
    /// Links become entities.
    Joining,
}

/// Resolves a table into entities.
pub fn resolve(records: &mut Records, settings: &ResolvingSettings) -> Resolution {
    resolve_told(records, settings, &|_, _| {})
}

/// Resolves a table into entities; `told` hears which step is being done and what share of it is.
pub fn resolve_told(
    records: &mut Records,
    settings: &ResolvingSettings,
    told: &(dyn Fn(ResolvingStep, f64) + Sync),
) -> Resolution {
    told(ResolvingStep::Keys, 0.0);
    let n = records.len();
    records.columns.iter_mut().for_each(Column::close);
    let records = &*records;
    let fields = Fields::of(&records.columns);
    let recipes = recipes(&records.columns);
    let blocks = Blocks::of(&records.columns, &recipes, settings.pairs(n), settings.threads);
    let threads = settings.threads.max(1);
    told(ResolvingStep::Learning, 0.0);
    let mut scale = Scale::learn(records, &fields, &blocks, &recipes, (settings.seed, threads));
    let mut prior = 1.0 / n.max(2) as f64;
    let least = (settings.probability / (1.0 - settings.probability)).log2() as f32;
    let judge = Judge { records, fields: &fields, scale: &scale };
    let mut found = near(&judge, &blocks, start_of(prior), threads, told);
    let mut round = 0;
    let (entities, linked) = loop {
        prior = found.prior(n, prior);
        let start = start_of(prior);
        let links: Vec<Link> = found
            .near
            .iter()
            .map(|link| Link { bits: link.bits + start, ..*link })
            .filter(|link| link.bits >= least)
            .collect();
        let linkage = Linkage {
            least,
            average: settings.average_bits,
            fits: settings.fits_bits,
            weigh: |one: u32, other: u32| {
                let rows = (one as usize, other as usize);
                let pattern = fields.compare(records, rows.0, rows.1);
                scale.weigh(records, &fields, &pattern, rows) + start
            },
            by_field: |one: u32, other: u32| {
                let rows = (one as usize, other as usize);
                let pattern = fields.compare(records, rows.0, rows.1);
                let mut bits = [None; FIELDS];
                for (n, bits) in bits.iter_mut().enumerate().take(fields.list.len()) {
                    let said = pattern[n] > 0;
                    *bits = said.then(|| scale.field(records, &fields, pattern[n], n, rows));
                }
                (start, bits)
            },
        };
        told(ResolvingStep::Joining, round as f64 / (settings.rounds + 1) as f64);
        let entities = clusters(n, &links, threads, &linkage);
        let known = match round < settings.rounds {
            true => known_pairs(records, &fields, &entities),
            false => Vec::new(),
        };
        if known.len() < 50 {
            break (entities, links.len() as u64);
        }
        scale = scale.relearn(&fields, &known);
        found.weigh_again(records, &fields, &scale, threads);
        round += 1;
    };
    Resolution {
        entities,
        weights: scale.told(records, &fields, prior),
        compared: found.compared,
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

/// Pairs that may be links, and how all pairs weigh.
struct Found {
    /// With their weights, without what pairs start with.
    near: Vec<Link>,
    compared: u64,
    /// Pairs by weight, a quarter of a bit each, from -64 to 64.
    weights: Vec<u64>,
}

/// Bits below the line from which on a pair is kept: the prior is not known yet, and weights that
/// are learned anew lift a pair by no more.
const NEAR: f32 = 10.0;

/// Where a weight stands among [`Found::weights`].
fn place_of(bits: f32) -> usize {
    ((bits + 64.0) * 4.0).clamp(0.0, 511.0) as usize
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

impl Found {
    /// Weighs what is near by other weights.
    fn weigh_again(&mut self, records: &Records, fields: &Fields, scale: &Scale, threads: usize) {
        let share = self.near.len().div_ceil(threads).max(1);
        std::thread::scope(|scope| {
            for part in self.near.chunks_mut(share) {
                scope.spawn(move || {
                    for link in part {
                        let rows = (link.one as usize, link.other as usize);
                        let pattern = fields.compare(records, rows.0, rows.1);
                        link.bits = scale.weigh(records, fields, &pattern, rows);
                    }
                });
            }
        });
        self.weights.fill(0);
        self.near.iter().for_each(|link| self.weights[place_of(link.bits)] += 1);
    }
}

/// What it takes to weigh a pair.
struct Judge<'r> {
    records: &'r Records,
    fields: &'r Fields,
    scale: &'r Scale,
}

/// Compares all pairs of all blocks, each once, and no further than it can be near.
fn near(
    judge: &Judge,
    blocks: &Blocks,
    start: f32,
    threads: usize,
    told: &(dyn Fn(ResolvingStep, f64) + Sync),
) -> Found {
    const CHUNK: usize = 512;
    let least = -NEAR - start;
    let Judge { records, fields, scale } = *judge;
    let order = scale.order(fields);
    let next = std::sync::atomic::AtomicUsize::new(0);
    type Part = (usize, Vec<Link>);
    let parts: Vec<(Vec<Part>, u64)> = std::thread::scope(|scope| {
        let run = || {
            let (mut done, mut compared) = (Vec::new(), 0u64);
            loop {
                let from = next.fetch_add(CHUNK, std::sync::atomic::Ordering::Relaxed);
                if from >= blocks.len() {
                    return (done, compared);
                }
                told(ResolvingStep::Comparing, from as f64 / blocks.len() as f64);
                let mut near = Vec::new();
                for block in from..(from + CHUNK).min(blocks.len()) {
                    let rows = blocks.rows(block);
                    for (n, one) in rows.iter().enumerate() {
                        for other in &rows[n + 1..] {
                            if !blocks.first_meeting(block, *one, *other) {
                                continue;
                            }
                            compared += 1;
                            let pair = (*one as usize, *other as usize);
                            let bits = scale.reaching(records, fields, &order, pair, least);
                            if let Some(bits) = bits {
                                near.push(Link { one: *one, other: *other, bits });
                            }
                        }
                    }
                }
                done.push((from, near));
            }
        };
        let runs: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        runs.into_iter().filter_map(|run| run.join().ok()).collect()
    });
    let mut found = Found { near: Vec::new(), compared: 0, weights: vec![0; 512] };
    let mut chunks: Vec<Part> = Vec::new();
    for (done, compared) in parts {
        chunks.extend(done);
        found.compared += compared;
    }
    // In the order of the blocks, whichever thread had which.
    chunks.sort_by_key(|(from, _)| *from);
    found.near.reserve(chunks.iter().map(|(_, near)| near.len()).sum());
    chunks.into_iter().for_each(|(_, near)| found.near.extend(near));
    found.near.iter().for_each(|link| found.weights[place_of(link.bits)] += 1);
    found
}

/// Patterns of pairs within the entities found, each entity counting alike for each of its records.
fn known_pairs(records: &Records, fields: &Fields, entities: &[u32]) -> Vec<(Pattern, f64)> {
    const MOST: usize = 400_000;
    let mut members: Vec<(u32, u32)> =
        entities.iter().enumerate().map(|(row, entity)| (*entity, row as u32)).collect();
    members.sort_unstable();
    let mut known = Vec::new();
    for rows in members.chunk_by(|one, other| one.0 == other.0).filter(|rows| rows.len() > 1) {
        let pairs = rows.len() * (rows.len() - 1) / 2;
        let stride = pairs.div_ceil(60);
        let mut at = 0usize;
        for (n, (_, one)) in rows.iter().enumerate() {
            for (_, other) in &rows[n + 1..] {
                at += 1;
                if at.is_multiple_of(stride) {
                    let pattern = fields.compare(records, *one as usize, *other as usize);
                    known.push((pattern, 1.0));
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
