//! Gradient boosted trees, evaluated many rows at a time.
//!
//! Screening runs every consignment through these trees, so this file is about speed: values are
//! first replaced by their rank among the forest's own thresholds, one byte each, and then 32 rows
//! go through a tree at once. How trees are learned is in `fit.rs`, why a row scores as it does is
//! in `shap.rs`; read [`Forest::predict`] next.
//!
//! Source of the leaf masks: Lucchese et al., "QuickScorer", SIGIR 2015. Ranks in bytes, and
//! missing values as a second rank column, are our own.

use std::collections::BTreeMap;
use std::hint::select_unpredictable;
use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::shap::Explainer;

/// Rows that pass through a tree together: the bytes of one 256-bit register.
const BLOCK: usize = 32;
/// Thresholds a rank column can tell apart, so that a rank fits into a byte.
const RANKS: usize = 255;
/// Most leaves of a tree whose leaf mask is one byte and whose values fit into one register.
pub(super) const NARROW_LEAVES: usize = 8;
/// Most leaves of a tree whose leaf mask is one word; larger trees are walked.
const WIDE_LEAVES: usize = 64;
/// From this many rows on, a padded block is cheaper than one row after another.
const BLOCK_WORTH: usize = 4;

/// Why trees cannot be made into a [`Forest`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForestError {
    /// The arrays of one tree do not describe one tree.
    #[error("Tree {tree} is not a whole tree: {fault}. Learn the model again or restore its file.")]
    Malformed {
        /// Position of the tree in the forest.
        tree: usize,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A split reads a column that rows do not have.
    #[error(
        "Tree {tree} splits on column {column}, but rows have {width} columns. \
         Give the forest the columns it was learned on."
    )]
    UnknownColumn {
        /// Position of the tree in the forest.
        tree: usize,
        /// The column asked for.
        column: usize,
        /// Columns a row has.
        width: usize,
    },
    /// The start value is not a number.
    #[error("The forest's base score is not finite. Learn the model again or restore its file.")]
    Base,
    /// More distinct thresholds than the evaluator can number.
    #[error("The forest has too many distinct thresholds. Learn fewer or smaller trees.")]
    TooLarge,
}

/// One binary tree as flat arrays; split 0 is the root.
///
/// A child `c >= 0` is split `c`, a child `c < 0` is leaf `-c - 1`. A tree without splits has one
/// leaf. A row goes left if its value is below the threshold; a missing value goes to the side
/// that `missing_left` says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Column each split reads.
    pub feature: Vec<u32>,
    /// Threshold of each split.
    pub threshold: Vec<f64>,
    /// Whether a missing value goes left at each split.
    pub missing_left: Vec<bool>,
    /// Left child of each split.
    pub left: Vec<i32>,
    /// Right child of each split.
    pub right: Vec<i32>,
    /// Value of each leaf, in log-odds. Single precision, as the learning library has it.
    pub value: Vec<f32>,
    /// Training weight (sum of hessians) that reached each leaf.
    pub cover: Vec<f32>,
}

/// Where a tree's leaves stand when read from left to right.
pub(super) struct Shape {
    /// Leaf at each position.
    pub leaves: Vec<usize>,
    /// Positions below each split: left ones `start..middle`, right ones `middle..end`.
    pub spans: Vec<Span>,
}

/// The leaf positions below one split.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    pub start: usize,
    pub middle: usize,
    pub end: usize,
}

impl Tree {
    /// A tree that gives every row the same value.
    pub fn leaf(value: f32, cover: f32) -> Tree {
        Tree { value: vec![value], cover: vec![cover], ..Tree::default() }
    }

    /// Number of leaves.
    pub fn leaves(&self) -> usize {
        self.value.len()
    }

    /// Checks the arrays and reads the leaves from left to right.
    ///
    /// Uses a stack of its own, since a file may hold a tree deeper than the thread's stack.
    pub(super) fn shape(&self) -> Result<Shape, &'static str> {
        enum Step {
            Enter(i32),
            Turn(usize),
            Leave(usize),
        }
        let splits = self.feature.len();
        let lengths =
            [self.threshold.len(), self.missing_left.len(), self.left.len(), self.right.len()];
        if lengths.iter().any(|&length| length != splits) {
            return Err("its split arrays differ in length");
        }
        if self.value.len() != splits + 1 || self.cover.len() != splits + 1 {
            return Err("it needs one leaf more than it has splits");
        }
        if self.threshold.iter().any(|threshold| !threshold.is_finite()) {
            return Err("a threshold is not finite");
        }
        if self.value.iter().any(|value| !value.is_finite()) {
            return Err("a leaf value is not finite");
        }
        if self.cover.iter().any(|cover| !cover.is_finite() || *cover < 0.0) {
            return Err("a leaf cover is negative or not finite");
        }
        let mut leaves = Vec::with_capacity(splits + 1);
        let mut spans = vec![Span::default(); splits];
        let mut seen_splits = vec![false; splits];
        let mut seen_leaves = vec![false; splits + 1];
        let mut stack = vec![Step::Enter(if splits == 0 { -1 } else { 0 })];
        while let Some(step) = stack.pop() {
            match step {
                Step::Enter(child) => {
                    let (index, seen) = if child < 0 {
                        (!child as usize, &mut seen_leaves)
                    } else {
                        (child as usize, &mut seen_splits)
                    };
                    match seen.get_mut(index) {
                        None => return Err("a child does not exist"),
                        Some(true) => return Err("two parents share a child"),
                        Some(seen) => *seen = true,
                    }
                    if child < 0 {
                        leaves.push(index);
                    } else {
                        spans[index].start = leaves.len();
                        stack.push(Step::Leave(index));
                        stack.push(Step::Enter(self.right[index]));
                        stack.push(Step::Turn(index));
                        stack.push(Step::Enter(self.left[index]));
                    }
                }
                Step::Turn(split) => spans[split].middle = leaves.len(),
                Step::Leave(split) => spans[split].end = leaves.len(),
            }
        }
        // One leaf more than splits and no child shared: whatever was not met hangs in a loop.
        if leaves.len() != splits + 1 {
            return Err("a part of it cannot be reached");
        }
        Ok(Shape { leaves, spans })
    }
}

/// A learned forest: the sum of its trees, in log-odds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "ForestParts", into = "ForestParts")]
pub struct Forest {
    base: f64,
    width: usize,
    trees: Vec<Tree>,
    program: Program,
    explainer: OnceLock<Explainer>,
}

/// What a [`Forest`] is made of when written to a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForestParts {
    base: f64,
    width: usize,
    trees: Vec<Tree>,
}

impl TryFrom<ForestParts> for Forest {
    type Error = ForestError;

    fn try_from(parts: ForestParts) -> Result<Forest, ForestError> {
        Forest::new(parts.base, parts.trees, parts.width)
    }
}

impl From<Forest> for ForestParts {
    fn from(forest: Forest) -> ForestParts {
        ForestParts { base: forest.base, width: forest.width, trees: forest.trees }
    }
}

impl PartialEq for Forest {
    fn eq(&self, other: &Forest) -> bool {
        self.base == other.base && self.width == other.width && self.trees == other.trees
    }
}

impl Forest {
    /// Puts trees together into a forest for rows of `width` columns, starting from `base`
    /// log-odds.
    ///
    /// # Errors
    /// [`ForestError`] if a tree is malformed or reads a column that rows do not have.
    pub fn new(base: f64, trees: Vec<Tree>, width: usize) -> Result<Forest, ForestError> {
        if !base.is_finite() {
            return Err(ForestError::Base);
        }
        let program = Program::compile(&trees, width)?;
        Ok(Forest { base, width, trees, program, explainer: OnceLock::new() })
    }

    /// A forest without trees: every row scores `base` log-odds.
    ///
    /// # Errors
    /// [`ForestError::Base`] if `base` is not finite.
    pub fn constant(base: f64, width: usize) -> Result<Forest, ForestError> {
        Forest::new(base, Vec::new(), width)
    }

    /// Takes a bag apart: `count` forests of as many trees each, whose mean score is this one's.
    ///
    /// # Errors
    /// [`ForestError::Malformed`] if the trees cannot be shared out evenly.
    pub fn members(&self, count: usize) -> Result<Vec<Forest>, ForestError> {
        if count == 0 || !self.trees.len().is_multiple_of(count) {
            let fault = "the bag's trees cannot be shared out evenly";
            return Err(ForestError::Malformed { tree: self.trees.len(), fault });
        }
        if self.trees.is_empty() {
            return Ok(Vec::new());
        }
        let shares = self.trees.chunks(self.trees.len() / count);
        shares
            .map(|share| {
                let mut trees = share.to_vec();
                for value in trees.iter_mut().flat_map(|tree| &mut tree.value) {
                    *value *= count as f32;
                }
                Forest::new(self.base, trees, self.width)
            })
            .collect()
    }

    /// The same forest for rows that hold this forest's column `i` at `columns[i]` of `width`.
    ///
    /// # Errors
    /// [`ForestError::UnknownColumn`] if `columns` is too short or points outside of `width`.
    pub fn on_columns(&self, columns: &[usize], width: usize) -> Result<Forest, ForestError> {
        let mut trees = self.trees.clone();
        for (tree, rewired) in trees.iter_mut().enumerate() {
            for feature in &mut rewired.feature {
                let column = *feature as usize;
                let target = columns.get(column).copied().filter(|&target| target < width);
                *feature = target
                    .and_then(|target| u32::try_from(target).ok())
                    .ok_or(ForestError::UnknownColumn { tree, column, width })?;
            }
        }
        Forest::new(self.base, trees, width)
    }

    /// Score of a row before any tree, in log-odds.
    pub fn base(&self) -> f64 {
        self.base
    }

    /// Columns a row must have.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The trees, in the order they are summed.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// Scores rows: `rows` is row-major with [`Forest::width`] columns, NaN is missing; `out`
    /// gets one sum of leaf values per row, in log-odds.
    ///
    /// A row's score has the same bits whatever the batch around it and whatever the processor.
    ///
    /// # Panics
    /// If `rows` does not hold exactly `out.len()` rows.
    pub fn predict(&self, rows: &[f64], out: &mut [f64]) {
        assert_eq!(rows.len(), out.len() * self.width, "rows must be whole rows, one per output");
        if self.width == 0 {
            // Without columns there is no split, and `chunks` of nothing would skip every row.
            let score = self.predict_row(&[]);
            out.fill(score);
            return;
        }
        let mut buffer = Vec::new();
        for (rows, out) in rows.chunks(BLOCK * self.width).zip(out.chunks_mut(BLOCK)) {
            if out.len() < BLOCK_WORTH {
                for (row, score) in rows.chunks_exact(self.width).zip(out) {
                    *score = self.predict_row(row);
                }
                continue;
            }
            buffer.resize(self.program.columns, [0; BLOCK]);
            let mut sums = [self.base; BLOCK];
            self.program.run_block(rows, self.width, &mut buffer, &mut sums);
            out.copy_from_slice(&sums[..out.len()]);
        }
    }

    /// Scores one row, in log-odds: the same bits as [`Forest::predict`].
    ///
    /// # Panics
    /// If the row is shorter than [`Forest::width`].
    pub fn predict_row(&self, row: &[f64]) -> f64 {
        let ranks = self.program.rank_row(row);
        self.program.run_row(&ranks, self.base)
    }

    /// Exact path-dependent Shapley values of one row, in log-odds: `out` gets one contribution
    /// per column, and the result is the expected score, so that result + contributions is the
    /// row's score up to rounding. Method and source: see `shap.rs`.
    ///
    /// The tables behind it are made at the first call.
    ///
    /// # Panics
    /// If `row` or `out` is not [`Forest::width`] long.
    pub fn shap(&self, row: &[f64], out: &mut [f64]) -> f64 {
        assert_eq!(row.len(), self.width, "a row must have the forest's columns");
        assert_eq!(out.len(), self.width, "contributions need one place per column");
        let explainer = self.explainer();
        let ranks = self.program.rank_row(row);
        explainer.explain(&ranks, out);
        explainer.expected()
    }

    /// The score expected before a row is seen, in log-odds: what [`Forest::shap`] gives back.
    pub fn expected(&self) -> f64 {
        self.explainer().expected()
    }

    fn explainer(&self) -> &Explainer {
        self.explainer.get_or_init(|| Explainer::new(self.base, &self.trees, &self.program))
    }
}

/// A tree of up to eight leaves in one cache line. At split `s`, a row goes right if its rank in
/// column `columns[s]` is at least `from[s]`, and then can no longer reach the leaves
/// `left_leaves[s]`, lowest bit the leftmost leaf. Unused splits rule out no leaf.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct NarrowTree {
    values: [f32; NARROW_LEAVES],
    columns: [u16; NARROW_LEAVES - 1],
    used: u16,
    from: [u8; NARROW_LEAVES],
    left_leaves: [u8; NARROW_LEAVES],
}

/// A split of a larger tree, with the same meaning.
#[derive(Debug, Clone, Copy)]
struct WideSplit {
    column: u16,
    from: u8,
    left_leaves: u64,
}

#[derive(Debug, Clone)]
struct WideTree {
    splits: Vec<WideSplit>,
    values: Vec<f32>,
}

#[derive(Debug, Clone)]
struct WalkedTree {
    /// Column, first rank that goes right, left child, right child.
    splits: Vec<(u16, u8, i32, i32)>,
    values: Vec<f32>,
}

/// Neighbouring trees of one kind. Runs keep the order in which leaf values are summed, so that
/// sums have the library's bits.
#[derive(Debug, Clone)]
enum Run {
    Narrow(Range<usize>),
    Wide(Range<usize>),
    Walked(Range<usize>),
}

/// Turns one feature's values into ranks among up to 255 thresholds.
#[derive(Debug, Clone)]
struct Ranker {
    feature: usize,
    /// Ascending, then NaN, which no value reaches.
    thresholds: Box<[f64; RANKS + 1]>,
    /// Bits of the highest rank: steps of a search.
    bits: u32,
    /// Rank column for splits where missing goes left: missing has the lowest rank.
    missing_left: Option<u16>,
    /// Rank column for splits where missing goes right: missing has the highest rank.
    missing_right: Option<u16>,
}

impl Ranker {
    /// Finds one bit of a rank, which is the number of thresholds at or below the value (0 for a
    /// missing one), given its higher bits. Free of branches: no guess of the processor is right
    /// more often than half the time here.
    #[inline(always)]
    fn search(&self, rank: usize, bit: u32, value: f64) -> usize {
        let reached = self.thresholds[((rank | 1 << bit) - 1) & RANKS] <= value;
        rank | usize::from(reached) << bit
    }
}

/// Where a split is decided: a rank column, and the first rank that goes right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    column: u16,
    from: u8,
}

impl Place {
    /// Whether a row with these ranks goes right.
    #[inline(always)]
    pub(super) fn goes_right(self, ranks: &[u8]) -> bool {
        ranks[self.column as usize] >= self.from
    }
}

/// A forest made ready for evaluation.
#[derive(Debug, Clone)]
pub(super) struct Program {
    columns: usize,
    rankers: Vec<Ranker>,
    runs: Vec<Run>,
    narrow: Vec<NarrowTree>,
    wide: Vec<WideTree>,
    walked: Vec<WalkedTree>,
    /// The place of each split of each tree, for explanations.
    places: Vec<Vec<Place>>,
}

impl Program {
    fn compile(trees: &[Tree], width: usize) -> Result<Program, ForestError> {
        let mut program = Program {
            columns: 0,
            rankers: Vec::new(),
            runs: Vec::new(),
            narrow: Vec::new(),
            wide: Vec::new(),
            walked: Vec::new(),
            places: Vec::with_capacity(trees.len()),
        };
        let mut shapes = Vec::with_capacity(trees.len());
        let mut thresholds: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for (number, tree) in trees.iter().enumerate() {
            shapes.push(
                tree.shape().map_err(|fault| ForestError::Malformed { tree: number, fault })?,
            );
            for (&feature, &threshold) in tree.feature.iter().zip(&tree.threshold) {
                let column = feature as usize;
                if column >= width {
                    return Err(ForestError::UnknownColumn { tree: number, column, width });
                }
                // Adding zero makes -0 into 0, which is the same threshold.
                thresholds.entry(column).or_default().push(threshold + 0.0);
            }
        }
        for list in thresholds.values_mut() {
            list.sort_unstable_by(f64::total_cmp);
            list.dedup();
        }

        let mut ranker_of: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (tree, shape) in trees.iter().zip(&shapes) {
            let mut places = Vec::with_capacity(tree.feature.len());
            for split in 0..tree.feature.len() {
                let feature = tree.feature[split] as usize;
                let list = &thresholds[&feature];
                let threshold = tree.threshold[split];
                let index = list.partition_point(|known| *known < threshold);
                let (chunk, within) = (index / RANKS, index % RANKS);
                let ranker = *ranker_of.entry((feature, chunk)).or_insert_with(|| {
                    let end = list.len().min((chunk + 1) * RANKS);
                    let own = &list[chunk * RANKS..end];
                    let mut padded = Box::new([f64::NAN; RANKS + 1]);
                    padded[..own.len()].copy_from_slice(own);
                    program.rankers.push(Ranker {
                        feature,
                        thresholds: padded,
                        bits: usize::BITS - own.len().leading_zeros(),
                        missing_left: None,
                        missing_right: None,
                    });
                    program.rankers.len() - 1
                });
                let ranker = &mut program.rankers[ranker];
                let slot = if tree.missing_left[split] {
                    &mut ranker.missing_left
                } else {
                    &mut ranker.missing_right
                };
                let column = match *slot {
                    Some(column) => column,
                    None => {
                        let column =
                            u16::try_from(program.columns).map_err(|_| ForestError::TooLarge)?;
                        program.columns += 1;
                        *slot = Some(column);
                        column
                    }
                };
                places.push(Place { column, from: within as u8 + 1 });
            }
            program.add(tree, shape, &places);
            program.places.push(places);
        }
        Ok(program)
    }

    /// Adds a tree to the run of its kind.
    fn add(&mut self, tree: &Tree, shape: &Shape, places: &[Place]) {
        let values = shape.leaves.iter().map(|&leaf| tree.value[leaf]);
        let left_leaves = |span: &Span| {
            let below = |position: usize| if position < 64 { (1u64 << position) - 1 } else { !0 };
            below(span.middle) & !below(span.start)
        };
        let splits = places.iter().zip(&shape.spans);
        if tree.leaves() <= NARROW_LEAVES {
            let mut narrow = NarrowTree {
                values: [0.0; NARROW_LEAVES],
                columns: [0; NARROW_LEAVES - 1],
                used: places.len() as u16,
                from: [u8::MAX; NARROW_LEAVES],
                left_leaves: [0; NARROW_LEAVES],
            };
            narrow.values.iter_mut().zip(values).for_each(|(to, value)| *to = value);
            for (split, (place, span)) in splits.enumerate() {
                narrow.columns[split] = place.column;
                narrow.from[split] = place.from;
                narrow.left_leaves[split] = left_leaves(span) as u8;
            }
            self.narrow.push(narrow);
            let last = self.narrow.len();
            match self.runs.last_mut() {
                Some(Run::Narrow(run)) => run.end = last,
                _ => self.runs.push(Run::Narrow(last - 1..last)),
            }
        } else if tree.leaves() <= WIDE_LEAVES {
            let splits = splits
                .map(|(place, span)| WideSplit {
                    column: place.column,
                    from: place.from,
                    left_leaves: left_leaves(span),
                })
                .collect();
            self.wide.push(WideTree { splits, values: values.collect() });
            let last = self.wide.len();
            match self.runs.last_mut() {
                Some(Run::Wide(run)) => run.end = last,
                _ => self.runs.push(Run::Wide(last - 1..last)),
            }
        } else {
            let children = tree.left.iter().zip(&tree.right);
            let splits = places
                .iter()
                .zip(children)
                .map(|(place, (&left, &right))| (place.column, place.from, left, right))
                .collect();
            self.walked.push(WalkedTree { splits, values: tree.value.clone() });
            let last = self.walked.len();
            match self.runs.last_mut() {
                Some(Run::Walked(run)) => run.end = last,
                _ => self.runs.push(Run::Walked(last - 1..last)),
            }
        }
    }

    /// The places of a tree's splits.
    pub(super) fn places(&self, tree: usize) -> &[Place] {
        &self.places[tree]
    }

    /// The ranks of one row.
    fn rank_row(&self, row: &[f64]) -> Vec<u8> {
        // Unused splits of narrow trees look at column 0, even if no split needs a column.
        let mut ranks = vec![0; self.columns.max(1)];
        for ranker in &self.rankers {
            let value = row[ranker.feature];
            let mut rank = 0;
            for bit in (0..ranker.bits).rev() {
                rank = ranker.search(rank, bit, value);
            }
            let rank = rank as u8;
            if let Some(column) = ranker.missing_left {
                ranks[column as usize] = rank;
            }
            if let Some(column) = ranker.missing_right {
                ranks[column as usize] = if value.is_nan() { u8::MAX } else { rank };
            }
        }
        ranks
    }

    /// Adds all trees' values for one row to `sum`.
    fn run_row(&self, ranks: &[u8], mut sum: f64) -> f64 {
        for run in &self.runs {
            match run {
                Run::Narrow(trees) => {
                    for tree in &self.narrow[trees.clone()] {
                        let dead = dead_leaves(tree, ranks);
                        sum += f64::from(tree.values[exit(dead)]);
                    }
                }
                Run::Wide(trees) => {
                    for tree in &self.wide[trees.clone()] {
                        let mut dead = 0u64;
                        for split in &tree.splits {
                            let right = ranks[split.column as usize] >= split.from;
                            dead |= select_unpredictable(right, split.left_leaves, 0);
                        }
                        sum += f64::from(tree.values[(!dead).trailing_zeros() as usize]);
                    }
                }
                Run::Walked(trees) => {
                    for tree in &self.walked[trees.clone()] {
                        sum += f64::from(walk(tree, |column| ranks[column]));
                    }
                }
            }
        }
        sum
    }

    /// Adds all trees' values for up to 32 rows to `sums`; `buffer` holds their ranks.
    fn run_block(
        &self,
        rows: &[f64],
        width: usize,
        buffer: &mut [[u8; BLOCK]],
        sums: &mut [f64; BLOCK],
    ) {
        self.rank_block(rows, width, buffer);
        for run in &self.runs {
            match run {
                Run::Narrow(trees) => narrow_block(&self.narrow[trees.clone()], buffer, sums),
                Run::Wide(trees) => wide_block(&self.wide[trees.clone()], buffer, sums),
                Run::Walked(trees) => {
                    for tree in &self.walked[trees.clone()] {
                        for (row, sum) in sums.iter_mut().enumerate() {
                            *sum += f64::from(walk(tree, |column| buffer[column][row]));
                        }
                    }
                }
            }
        }
    }

    fn rank_block(&self, rows: &[f64], width: usize, buffer: &mut [[u8; BLOCK]]) {
        for ranker in &self.rankers {
            let mut values = [f64::NAN; BLOCK];
            for (value, row) in values.iter_mut().zip(rows.chunks_exact(width)) {
                *value = row[ranker.feature];
            }
            // Step by step for all rows: the searches do not wait for each other.
            let mut ranks = [0usize; BLOCK];
            for bit in (0..ranker.bits).rev() {
                for (rank, value) in ranks.iter_mut().zip(&values) {
                    *rank = ranker.search(*rank, bit, *value);
                }
            }
            if let Some(column) = ranker.missing_left {
                let to = &mut buffer[column as usize];
                to.iter_mut().zip(&ranks).for_each(|(to, rank)| *to = *rank as u8);
            }
            if let Some(column) = ranker.missing_right {
                let to = &mut buffer[column as usize];
                for ((to, rank), value) in to.iter_mut().zip(&ranks).zip(&values) {
                    *to = if value.is_nan() { u8::MAX } else { *rank as u8 };
                }
            }
        }
    }
}

/// The leftmost leaf that is not ruled out.
#[inline(always)]
fn exit(dead: u8) -> usize {
    // The leaf a row ends in is never ruled out, so a zero bit exists; the mask tells it to the
    // compiler, which then needs no bounds check.
    (!dead).trailing_zeros() as usize & (NARROW_LEAVES - 1)
}

/// The leaves that one row cannot reach, all splits at once in the bytes of a word. Comparing
/// them one by one, the compiler makes branches, and half of them are guessed wrong.
#[inline(always)]
fn dead_leaves(tree: &NarrowTree, ranks: &[u8]) -> u8 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let rank = |split: usize| ranks[tree.columns[split] as usize];
    let ranks = [rank(0), rank(1), rank(2), rank(3), rank(4), rank(5), rank(6), 0];
    let (ranks, from) = (u64::from_le_bytes(ranks), u64::from_le_bytes(tree.from));
    // Bytewise rank >= from: by the low seven bits without a borrow between bytes, unless the
    // high bits differ, which then decide.
    let low = (ranks | HIGH) - (from & !HIGH);
    let right = ((ranks & !from) | (!(ranks ^ from) & low)) & HIGH;
    let mut dead = ((right >> 7) * 0xff) & u64::from_le_bytes(tree.left_leaves);
    dead |= dead >> 32;
    dead |= dead >> 16;
    dead |= dead >> 8;
    dead as u8
}

#[inline(always)]
fn walk(tree: &WalkedTree, rank: impl Fn(usize) -> u8) -> f32 {
    let mut child = 0;
    while child >= 0 {
        let (column, from, left, right) = tree.splits[child as usize];
        child = if rank(column as usize) >= from { right } else { left };
    }
    tree.values[!child as usize]
}

fn narrow_block(trees: &[NarrowTree], columns: &[[u8; BLOCK]], sums: &mut [f64; BLOCK]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has just been asked for the instructions this function uses.
        unsafe { avx2::narrow_block(trees, columns, sums) };
        return;
    }
    narrow_block_portable(trees, columns, sums);
}

fn narrow_block_portable(trees: &[NarrowTree], columns: &[[u8; BLOCK]], sums: &mut [f64; BLOCK]) {
    for tree in trees {
        let mut dead = [0u8; BLOCK];
        for (split, &column) in tree.columns[..tree.used as usize].iter().enumerate() {
            let (from, left_leaves) = (tree.from[split], tree.left_leaves[split]);
            for (dead, rank) in dead.iter_mut().zip(&columns[column as usize]) {
                *dead |= if *rank >= from { left_leaves } else { 0 };
            }
        }
        for (sum, dead) in sums.iter_mut().zip(&dead) {
            *sum += f64::from(tree.values[exit(*dead)]);
        }
    }
}

fn wide_block(trees: &[WideTree], columns: &[[u8; BLOCK]], sums: &mut [f64; BLOCK]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has just been asked for the instructions this function uses.
        unsafe { avx2::wide_block(trees, columns, sums) };
        return;
    }
    wide_block_portable(trees, columns, sums);
}

#[inline(always)]
fn wide_block_portable(trees: &[WideTree], columns: &[[u8; BLOCK]], sums: &mut [f64; BLOCK]) {
    for tree in trees {
        let mut dead = [0u64; BLOCK];
        for split in &tree.splits {
            let ranks = &columns[split.column as usize];
            for (dead, rank) in dead.iter_mut().zip(ranks) {
                *dead |= if *rank >= split.from { split.left_leaves } else { 0 };
            }
        }
        for (sum, dead) in sums.iter_mut().zip(&dead) {
            *sum += f64::from(tree.values[(!dead).trailing_zeros() as usize]);
        }
    }
}

/// The same steps as the portable code, 32 rows to an instruction. Both do the same additions in
/// the same order, so their sums have the same bits.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::{BLOCK, NarrowTree, WideTree};

    #[inline]
    #[target_feature(enable = "avx2")]
    fn bytes(from: &[u8; BLOCK]) -> __m256i {
        // SAFETY: the reference is valid for the 32 bytes that are read, at any alignment.
        unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn narrow_block(
        trees: &[NarrowTree],
        columns: &[[u8; BLOCK]],
        sums: &mut [f64; BLOCK],
    ) {
        // Position of the lowest set bit of a half byte; 0x7f where there is none.
        let low = _mm256_broadcastsi128_si256(_mm_setr_epi8(
            0x7f, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        ));
        let high = _mm256_broadcastsi128_si256(_mm_setr_epi8(
            0x7f, 4, 5, 4, 6, 4, 5, 4, 7, 4, 5, 4, 6, 4, 5, 4,
        ));
        let half = _mm256_set1_epi8(0x0f);
        let mut totals = [_mm256_setzero_pd(); BLOCK / 4];
        for (total, four) in totals.iter_mut().zip(sums.chunks_exact(4)) {
            *total = _mm256_setr_pd(four[0], four[1], four[2], four[3]);
        }
        for tree in trees {
            let mut dead = _mm256_setzero_si256();
            for (split, &column) in tree.columns[..tree.used as usize].iter().enumerate() {
                let ranks = bytes(&columns[column as usize]);
                let from = _mm256_set1_epi8(tree.from[split] as i8);
                let right = _mm256_cmpeq_epi8(_mm256_max_epu8(ranks, from), ranks);
                let left_leaves = _mm256_set1_epi8(tree.left_leaves[split] as i8);
                dead = _mm256_or_si256(dead, _mm256_and_si256(right, left_leaves));
            }
            let lower = _mm256_andnot_si256(dead, half);
            let upper = _mm256_andnot_si256(_mm256_srli_epi16::<4>(dead), half);
            let exits =
                _mm256_min_epu8(_mm256_shuffle_epi8(low, lower), _mm256_shuffle_epi8(high, upper));
            // SAFETY: the tree holds eight values, which is what is read, at any alignment.
            let values = unsafe { _mm256_loadu_ps(tree.values.as_ptr()) };
            let halves = [_mm256_castsi256_si128(exits), _mm256_extracti128_si256::<1>(exits)];
            for (half, totals) in halves.into_iter().zip(totals.chunks_exact_mut(4)) {
                let eights = [half, _mm_srli_si128::<8>(half)];
                for (eight, totals) in eights.into_iter().zip(totals.chunks_exact_mut(2)) {
                    let leaf = _mm256_permutevar8x32_ps(values, _mm256_cvtepu8_epi32(eight));
                    let first = _mm256_cvtps_pd(_mm256_castps256_ps128(leaf));
                    let last = _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(leaf));
                    totals[0] = _mm256_add_pd(totals[0], first);
                    totals[1] = _mm256_add_pd(totals[1], last);
                }
            }
        }
        for (total, four) in totals.iter().zip(sums.chunks_exact_mut(4)) {
            // SAFETY: the chunk is four numbers long, which is what is written.
            unsafe { _mm256_storeu_pd(four.as_mut_ptr(), *total) };
        }
    }

    /// The portable code, compiled for wider registers.
    #[target_feature(enable = "avx2")]
    pub(super) fn wide_block(trees: &[WideTree], columns: &[[u8; BLOCK]], sums: &mut [f64; BLOCK]) {
        super::wide_block_portable(trees, columns, sums);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn share(dice: &mut ChaCha8Rng) -> f64 {
        (dice.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A tree grown at random from a seed.
    pub(crate) fn random_tree(dice: &mut ChaCha8Rng, leaves: usize, width: usize) -> Tree {
        let mut tree = Tree::leaf(share(dice) as f32 - 0.5, 1.0 + share(dice) as f32);
        while tree.leaves() < leaves {
            // Splits the newest leaf's turn or any other: both deep and bushy trees occur.
            let leaf = (dice.next_u64() % tree.leaves() as u64) as usize;
            let split = tree.feature.len() as i32;
            let newest = tree.leaves() as i32;
            let place = tree.left.iter_mut().chain(&mut tree.right);
            if let Some(child) = place.into_iter().find(|child| **child == !(leaf as i32)) {
                *child = split;
            }
            tree.feature.push((dice.next_u64() % width as u64) as u32);
            // Few distinct thresholds, so that values equal to a threshold are common.
            tree.threshold.push((share(dice) * 400.0).floor() / 100.0 - 2.0);
            tree.missing_left.push(dice.next_u64() & 1 == 0);
            tree.left.push(!(leaf as i32));
            tree.right.push(!newest);
            tree.value.push(share(dice) as f32 - 0.5);
            tree.cover.push(1.0 + share(dice) as f32);
        }
        tree
    }

    /// A forest grown at random from a seed.
    pub(crate) fn random_forest(seed: u64, trees: usize, leaves: usize, width: usize) -> Forest {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let trees = (0..trees).map(|_| random_tree(&mut dice, leaves, width)).collect();
        Forest::new(0.25, trees, width).expect("grown trees are whole")
    }

    /// Rows with missing, infinite and threshold-like values.
    pub(crate) fn random_rows(seed: u64, rows: usize, width: usize) -> Vec<f64> {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let value = |dice: &mut ChaCha8Rng| match dice.next_u64() % 12 {
            0 | 1 => f64::NAN,
            2 => f64::INFINITY,
            3 => f64::NEG_INFINITY,
            4..=7 => (share(dice) * 400.0).floor() / 100.0 - 2.0,
            _ => share(dice) * 5.0 - 2.5,
        };
        (0..rows * width).map(|_| value(&mut dice)).collect()
    }

    /// The definition, without any preparation.
    pub(crate) fn plain(forest: &Forest, row: &[f64]) -> f64 {
        let mut sum = forest.base();
        for tree in forest.trees() {
            let mut child = if tree.feature.is_empty() { -1 } else { 0 };
            while child >= 0 {
                let split = child as usize;
                let value = row[tree.feature[split] as usize];
                let left = if value.is_nan() {
                    tree.missing_left[split]
                } else {
                    value < tree.threshold[split]
                };
                child = if left { tree.left[split] } else { tree.right[split] };
            }
            sum += f64::from(tree.value[!child as usize]);
        }
        sum
    }

    fn check(forest: &Forest, rows: &[f64]) {
        let mut scores = vec![0.0; rows.len() / forest.width()];
        forest.predict(rows, &mut scores);
        for (row, score) in rows.chunks_exact(forest.width()).zip(&scores) {
            let expected = plain(forest, row).to_bits();
            assert_eq!(score.to_bits(), expected, "in a batch: {row:?}");
            assert_eq!(forest.predict_row(row).to_bits(), expected, "alone: {row:?}");
        }
    }

    #[test]
    fn every_kind_of_tree_scores_as_a_plain_walk() {
        for leaves in [1, 2, 3, 7, 8, 9, 31, 64, 65, 200] {
            let forest = random_forest(leaves as u64, 12, leaves, 5);
            check(&forest, &random_rows(7, 131, 5));
        }
    }

    #[test]
    fn trees_of_mixed_sizes_are_summed_in_order() {
        let mut dice = ChaCha8Rng::seed_from_u64(3);
        let sizes = [7, 4, 20, 8, 100, 1, 64, 9, 7, 7];
        let trees = sizes.iter().map(|&leaves| random_tree(&mut dice, leaves, 4)).collect();
        let forest = Forest::new(-1.5, trees, 4).expect("grown trees are whole");
        check(&forest, &random_rows(8, 77, 4));
    }

    #[test]
    fn more_thresholds_than_a_byte_can_number() {
        let stumps = (0..1000).map(|number| Tree {
            feature: vec![0],
            threshold: vec![f64::from(number) / 8.0],
            missing_left: vec![number % 3 == 0],
            left: vec![-1],
            right: vec![-2],
            value: vec![0.0, number as f32],
            cover: vec![1.0, 1.0],
        });
        let forest = Forest::new(0.0, stumps.collect(), 1).expect("stumps are whole");
        let mut rows: Vec<f64> = (-5..1010).map(|step| f64::from(step) / 8.0).collect();
        rows.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.01, 31.876, -0.0]);
        check(&forest, &rows);
    }

    #[test]
    fn portable_code_and_registers_agree_to_the_bit() {
        let forest = random_forest(5, 60, 8, 6);
        let rows = random_rows(9, BLOCK, 6);
        let program = &forest.program;
        let mut buffer = vec![[0; BLOCK]; program.columns];
        program.rank_block(&rows, 6, &mut buffer);
        let (mut portable, mut registers) = ([0.1; BLOCK], [0.1; BLOCK]);
        narrow_block_portable(&program.narrow, &buffer, &mut portable);
        narrow_block(&program.narrow, &buffer, &mut registers);
        assert_eq!(portable.map(f64::to_bits), registers.map(f64::to_bits));
    }

    #[test]
    fn a_forest_without_trees_or_columns_scores_its_base() {
        let forest = Forest::constant(-4.5, 0).expect("the base is finite");
        let mut scores = [0.0; 40];
        forest.predict(&[], &mut scores);
        assert_eq!(scores, [-4.5; 40]);
    }

    #[test]
    fn a_forest_reads_its_columns_where_they_are() {
        let forest = random_forest(11, 9, 7, 3);
        let rewired = forest.on_columns(&[4, 0, 2], 5).expect("the columns exist");
        for row in random_rows(2, 20, 5).chunks_exact(5) {
            let narrow = [row[4], row[0], row[2]];
            assert_eq!(rewired.predict_row(row).to_bits(), forest.predict_row(&narrow).to_bits());
        }
        assert!(matches!(
            forest.on_columns(&[0, 1, 5], 5),
            Err(ForestError::UnknownColumn { width: 5, .. })
        ));
    }

    #[test]
    fn broken_trees_are_refused() {
        let stump = Tree {
            feature: vec![0],
            threshold: vec![0.0],
            missing_left: vec![true],
            left: vec![-1],
            right: vec![-2],
            value: vec![0.0, 1.0],
            cover: vec![1.0, 1.0],
        };
        let check = |fault: &str, change: &dyn Fn(&mut Tree)| {
            let mut tree = stump.clone();
            change(&mut tree);
            let refused = Forest::new(0.0, vec![tree], 1).expect_err(fault);
            assert!(refused.to_string().contains(fault), "{refused}");
        };
        check("share a child", &|tree| tree.right[0] = -1);
        check("share a child", &|tree| tree.left[0] = 0);
        check("does not exist", &|tree| tree.right[0] = -3);
        check("does not exist", &|tree| tree.right[0] = i32::MIN);
        check("differ in length", &|tree| tree.left.clear());
        check("one leaf more", &|tree| tree.value.push(1.0));
        check("threshold", &|tree| tree.threshold[0] = f64::NAN);
        check("value", &|tree| tree.value[0] = f32::INFINITY);
        check("cover", &|tree| tree.cover[0] = -1.0);
        check("column 1", &|tree| tree.feature[0] = 1);
        assert_eq!(Forest::constant(f64::NAN, 1), Err(ForestError::Base));
    }

    proptest! {
        #[test]
        fn any_rows_score_alike_alone_and_in_any_batch(
            seed: u64,
            leaves in 1usize..70,
            rows in proptest::collection::vec(proptest::num::f64::ANY, 0..300),
        ) {
            let forest = random_forest(seed, 6, leaves, 3);
            let rows = &rows[..rows.len() / 3 * 3];
            check(&forest, rows);
        }
    }
}
