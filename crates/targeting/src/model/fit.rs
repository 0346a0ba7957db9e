//! Learning: outcomes become a forest, and a forest's scores become chances.
//!
//! The trees are grown by the forust-ml library, which is accurate and deterministic; what it
//! grew is carried over into our own [`Forest`], which is what scores consignments. Which rows,
//! labels and weights to learn from is decided elsewhere; read [`fit`], then [`Platt::fit`].

use forust_ml::gradientbooster::GrowPolicy;
use forust_ml::objective::ObjectiveType;
use forust_ml::sampler::SampleMethod;
use forust_ml::{GradientBooster, Matrix};
use serde::{Deserialize, Serialize};

use super::forest::{Forest, ForestError, Tree};

/// The library that grows the trees, as it is recorded in a model.
pub const LIBRARY: &str = "forust-ml 0.8.0";

/// Why nothing can be learned.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The slices do not describe the same rows.
    #[error(
        "There are {rows} values for {labels} labels, {weights} weights and {width} columns. \
         Give each row all its columns, one label and one weight."
    )]
    Shape {
        /// Values given.
        rows: usize,
        /// Labels given.
        labels: usize,
        /// Weights given.
        weights: usize,
        /// Columns of a row.
        width: usize,
    },
    /// All weight lies on one answer.
    #[error(
        "All outcomes say the same, so nothing tells them apart. \
         Learn from a longer window, or use a forest without trees."
    )]
    OneClass,
    /// A weight is negative or not finite.
    #[error("Row {row} has a weight that is negative or not finite. Check its propensity.")]
    Weight {
        /// Position of the row.
        row: usize,
    },
    /// A value is infinite.
    #[error("Row {row}, column {column} is infinite. Make the value finite, or missing (NaN).")]
    Infinite {
        /// Position of the row.
        row: usize,
        /// Position of the column.
        column: usize,
    },
    /// A setting is out of its range.
    #[error("The learning setting {name} is out of its range. {range}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// What it may be, as a sentence.
        range: &'static str,
    },
    /// The library refused the rows.
    #[error("The trees could not be grown: {0}. Check the learning settings and values.")]
    Library(String),
    /// The library's trees cannot be carried over.
    #[error("The grown trees cannot be used.")]
    Forest(#[from] ForestError),
}

/// How to grow a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Number of trees.
    pub trees: usize,
    /// Most leaves of a tree; up to 8 are scored fastest.
    pub max_leaves: usize,
    /// Most splits between root and leaf.
    pub max_depth: usize,
    /// Share of each tree's answer that is used.
    pub learning_rate: f32,
    /// Least sum of hessians in a leaf.
    pub min_leaf_weight: f32,
    /// Share of the rows that each tree sees.
    pub subsample: f32,
    /// Share of the columns that each tree sees, rounded down, at least one.
    pub colsample: f64,
    /// Seed of all the dice of learning.
    pub seed: u64,
    /// Forests of `trees` trees each whose mean is the score and whose spread is its uncertainty,
    /// see [`fit_bag`]; 1 for a forest alone.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub members: usize,
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
fn is_one(members: &usize) -> bool {
    *members == 1
}

impl Params {
    /// Settings for the irregular target: those that matched LightGBM on the customs data.
    pub fn irregular(seed: u64) -> Params {
        Params {
            members: 1,
            trees: 300,
            max_leaves: 7,
            max_depth: 20,
            learning_rate: 0.05,
            min_leaf_weight: 10.0,
            subsample: 0.8,
            colsample: 0.5,
            seed,
        }
    }

    /// Settings for the critical target: fewer and smaller trees, since finds are rare.
    pub fn critical(seed: u64) -> Params {
        Params { trees: 150, max_leaves: 4, ..Params::irregular(seed) }
    }

    fn validate(&self) -> Result<(), FitError> {
        let refuse = |name, range| Err(FitError::Setting { name, range });
        let share = |share: f64| share > 0.0 && share <= 1.0;
        if self.trees == 0 {
            return refuse("trees", "Grow at least one tree.");
        }
        if self.members == 0 {
            return refuse("members", "Grow at least one forest.");
        }
        if self.max_leaves < 2 {
            return refuse("max_leaves", "A tree needs at least two leaves.");
        }
        if self.max_depth == 0 {
            return refuse("max_depth", "A tree needs at least one split.");
        }
        if !share(f64::from(self.learning_rate)) {
            return refuse("learning_rate", "Choose more than 0, at most 1.");
        }
        if !(self.min_leaf_weight.is_finite() && self.min_leaf_weight >= 0.0) {
            return refuse("min_leaf_weight", "Choose 0 or more.");
        }
        if !share(f64::from(self.subsample)) {
            return refuse("subsample", "Choose more than 0, at most 1.");
        }
        if !share(self.colsample) {
            return refuse("colsample", "Choose more than 0, at most 1.");
        }
        Ok(())
    }
}

/// Learns a forest: `rows` is row-major with `width` columns (NaN is missing), with one label and
/// one weight per row. Loss: weighted log loss; trees grow leaf by leaf, best split first.
///
/// The same input gives the same forest, on any number of processors.
///
/// # Errors
/// [`FitError`] if the slices do not fit together, a value is infinite, a weight is unusable, a
/// setting is out of range, or all weight lies on one label.
pub fn fit(
    rows: &[f64],
    width: usize,
    labels: &[bool],
    weights: &[f64],
    params: &Params,
) -> Result<Forest, FitError> {
    let booster = grow(rows, width, labels, weights, params)?;
    let trees = booster.trees.iter().map(carry_over).collect::<Result<Vec<_>, _>>()?;
    Ok(Forest::new(booster.base_score, trees, width)?)
}

/// Learns a bag: `params.members` forests, each from lessons weighed anew by chance, as one forest
/// whose score is the mean of theirs ([`Forest::members`] takes it apart again).
///
/// `clusters` says which rows are copies of each other: they are weighed alike, by a number drawn
/// from the exponential distribution for each cluster and member (the Bayesian bootstrap: Rubin,
/// Annals of Statistics 9 (1981)). The spread of the members is so the standard error of the
/// score that comes from having learned from these lessons and no others.
///
/// # Errors
/// As [`fit`].
pub fn fit_bag(
    rows: &[f64],
    width: usize,
    labels: &[bool],
    weights: &[f64],
    clusters: &[u64],
    params: &Params,
) -> Result<Forest, FitError> {
    params.validate()?;
    if params.members == 1 {
        return fit(rows, width, labels, weights, params);
    }
    let (count, of) = (labels.len(), clusters.len());
    if weights.len() != count || of != count {
        return Err(FitError::Shape {
            rows: rows.len(),
            labels: of,
            weights: weights.len(),
            width,
        });
    }
    check_weights(labels, weights)?;
    let total: f64 = weights.iter().sum();
    let found = labels.iter().zip(weights).filter(|(label, _)| **label);
    let found: f64 = found.map(|(_, weight)| weight).sum();
    // All members start from the same log-odds, so that their spread is that of their trees.
    let base = (found / (total - found)).ln();
    let mut trees = Vec::with_capacity(params.members * params.trees);
    let mut anew = vec![0.0; count];
    for member in 0..params.members {
        let seed = params.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(member as u64);
        for ((anew, weight), cluster) in anew.iter_mut().zip(weights).zip(clusters) {
            *anew = weight * exponential(*cluster, seed);
        }
        let booster =
            grow_from(Some(base), rows, width, labels, &anew, &Params { seed, ..params.clone() })?;
        for grown in &booster.trees {
            let mut tree = carry_over(grown)?;
            for value in &mut tree.value {
                *value /= params.members as f32;
            }
            trees.push(tree);
        }
        // A member that stopped early is filled up, so that each has as many trees.
        let (leaf, cover) = (0.0, total as f32);
        trees.resize((member + 1) * params.trees, Tree::leaf(leaf, cover));
    }
    Ok(Forest::new(base, trees, width)?)
}

/// A number of the exponential distribution with mean 1, the same for the same cluster and seed.
fn exponential(cluster: u64, seed: u64) -> f64 {
    let hash = xxhash_rust::xxh3::xxh3_64_with_seed(&cluster.to_le_bytes(), seed);
    // 53 bits, never 0: the logarithm stays finite.
    -(((hash >> 11) as f64 + 0.5) / (1u64 << 53) as f64).ln()
}

fn grow(
    rows: &[f64],
    width: usize,
    labels: &[bool],
    weights: &[f64],
    params: &Params,
) -> Result<GradientBooster, FitError> {
    grow_from(None, rows, width, labels, weights, params)
}

/// Grows trees from the log-odds `base`, or from those of the lessons.
fn grow_from(
    base: Option<f64>,
    rows: &[f64],
    width: usize,
    labels: &[bool],
    weights: &[f64],
    params: &Params,
) -> Result<GradientBooster, FitError> {
    params.validate()?;
    let count = labels.len();
    if width == 0 || count.checked_mul(width) != Some(rows.len()) || weights.len() != count {
        return Err(FitError::Shape {
            rows: rows.len(),
            labels: count,
            weights: weights.len(),
            width,
        });
    }
    check_weights(labels, weights)?;
    if let Some(place) = rows.iter().position(|value| value.is_infinite()) {
        return Err(FitError::Infinite { row: place / width, column: place % width });
    }
    let mut columns = vec![0.0; rows.len()];
    for (number, row) in rows.chunks_exact(width).enumerate() {
        for (column, value) in row.iter().enumerate() {
            columns[column * count + number] = *value;
        }
    }
    let targets: Vec<f64> = labels.iter().map(|&label| f64::from(u8::from(label))).collect();
    let mut booster = GradientBooster::default();
    booster.objective_type = ObjectiveType::LogLoss;
    booster.initialize_base_score = base.is_none();
    booster.base_score = base.unwrap_or(booster.base_score);
    booster.iterations = params.trees;
    booster.learning_rate = params.learning_rate;
    booster.max_depth = params.max_depth;
    booster.max_leaves = params.max_leaves;
    booster.min_leaf_weight = params.min_leaf_weight;
    booster.grow_policy = GrowPolicy::LossGuide;
    // Missing values join one side of each split; they may also have a side to themselves.
    booster.missing = f64::NAN;
    booster.create_missing_branch = false;
    booster.allow_missing_splits = true;
    if params.subsample < 1.0 {
        booster.sample_method = SampleMethod::Random;
        booster.subsample = params.subsample;
    }
    booster.colsample_bytree = column_share(params.colsample, width);
    booster.seed = params.seed;
    // One thread leaves no order of additions to chance.
    booster.parallel = false;
    booster
        .fit(&Matrix::new(&columns, count, width), &targets, weights, None)
        .map_err(|error| FitError::Library(error.to_string()))?;
    Ok(booster)
}

fn check_weights(labels: &[bool], weights: &[f64]) -> Result<(), FitError> {
    if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        return Err(FitError::Weight { row });
    }
    for answer in [false, true] {
        let mut chosen = labels.iter().zip(weights).filter(|(label, _)| **label == answer);
        if !chosen.any(|(_, weight)| *weight > 0.0) {
            return Err(FitError::OneClass);
        }
    }
    Ok(())
}

/// The share to ask of the library, which takes `floor(width * share)` columns: aimed half a
/// column higher, so that rounding cannot lose one, and never at none.
fn column_share(share: f64, width: usize) -> f64 {
    if share == 1.0 {
        return 1.0;
    }
    let columns = (width as f64 * share).floor().max(1.0);
    if columns as usize == width { 1.0 } else { (columns + 0.5) / width as f64 }
}

/// The library's nodes as our arrays.
fn carry_over(grown: &forust_ml::tree::Tree) -> Result<Tree, FitError> {
    let foreign = || FitError::Library("a tree has a node of an unknown kind".to_owned());
    // The library numbers splits and leaves together, we number them apart.
    let mut names = Vec::with_capacity(grown.nodes.len());
    let (mut splits, mut leaves) = (0, 0);
    for node in &grown.nodes {
        let kind = if node.is_leaf { &mut leaves } else { &mut splits };
        names.push(if node.is_leaf { !*kind } else { *kind });
        *kind += 1;
    }
    let mut tree = Tree::default();
    for node in &grown.nodes {
        if node.is_leaf {
            tree.value.push(node.weight_value);
            tree.cover.push(node.hessian_sum.max(0.0));
            continue;
        }
        if node.missing_node != node.left_child && node.missing_node != node.right_child {
            return Err(foreign());
        }
        let name = |child: usize| names.get(child).copied().ok_or_else(foreign);
        tree.feature.push(u32::try_from(node.split_feature).map_err(|_| foreign())?);
        tree.threshold.push(node.split_value);
        tree.missing_left.push(node.missing_node == node.left_child);
        tree.left.push(name(node.left_child)?);
        tree.right.push(name(node.right_child)?);
    }
    Ok(tree)
}

/// Calibration: the chance is `1 / (1 + exp(-(slope * score + intercept)))`.
///
/// Source: Platt, "Probabilistic outputs for support vector machines" (1999). It keeps the ranking
/// and makes no ties, unlike isotonic regression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Factor of the score, above zero.
    pub slope: f64,
    /// Log-odds added.
    pub intercept: f64,
}

impl Platt {
    /// Takes scores for log-odds as they are.
    pub const IDENTITY: Platt = Platt { slope: 1.0, intercept: 0.0 };

    /// The least slope that [`Platt::fit`] gives, so that the ranking stays.
    pub const MIN_SLOPE: f64 = 0.01;

    /// Strength of the pull towards [`Platt::IDENTITY`], in rows: enough to stay finite when
    /// scores separate the labels, and lost among a hundred rows.
    const RIDGE: f64 = 0.5;

    /// Calibrated log-odds of a score.
    #[inline]
    pub fn log_odds(&self, score: f64) -> f64 {
        self.slope * score + self.intercept
    }

    /// Chance of a score, between 0 and 1.
    #[inline]
    pub fn chance(&self, score: f64) -> f64 {
        logistic(self.log_odds(score))
    }

    /// Fits slope and intercept by weighted maximum likelihood with a small ridge, with Newton's
    /// method and step halving (Lin, Lin & Weng, Machine Learning 68 (2007)). Weights are scaled
    /// to a mean of 1, so that the ridge means the same for every weighting.
    ///
    /// Scores that rank the wrong way round get [`Platt::MIN_SLOPE`]: calibration must not turn
    /// a ranking over; that is for whoever compares models to reject.
    ///
    /// # Errors
    /// [`FitError::Shape`] if the lengths differ, [`FitError::Infinite`] if a score is not finite,
    /// [`FitError::Weight`] and [`FitError::OneClass`] as in [`fit`].
    pub fn fit(scores: &[f64], labels: &[bool], weights: &[f64]) -> Result<Platt, FitError> {
        let (rows, count) = (scores.len(), labels.len());
        if rows != count || weights.len() != count {
            return Err(FitError::Shape { rows, labels: count, weights: weights.len(), width: 1 });
        }
        let scale = rows as f64 / weights.iter().sum::<f64>();
        let near = (Platt::IDENTITY, Platt::RIDGE);
        Platt::pulled(Sample { scores, labels, weights, scale, near })
    }

    /// Fits as [`Platt::fit`] does, near a calibration of before: the pull towards it is as
    /// strong as `rows` rows, and the weights count only for as many rows as they are worth, by
    /// (Σw)²/Σw² (Kish 1965). For few outcomes of very unequal chances.
    ///
    /// # Errors
    /// As [`Platt::fit`].
    pub fn fit_near(
        scores: &[f64],
        labels: &[bool],
        weights: &[f64],
        near: Platt,
        rows: f64,
    ) -> Result<Platt, FitError> {
        if weights.len() != scores.len() || labels.len() != scores.len() {
            let (rows, labels, weights) = (scores.len(), labels.len(), weights.len());
            return Err(FitError::Shape { rows, labels, weights, width: 1 });
        }
        let sum: f64 = weights.iter().sum();
        let square: f64 = weights.iter().map(|weight| weight * weight).sum();
        // A row of even odds bends the likelihood by a quarter.
        let near = (near, 0.25 * rows);
        Platt::pulled(Sample { scores, labels, weights, scale: sum / square, near })
    }

    fn pulled(sample: Sample<'_>) -> Result<Platt, FitError> {
        check_weights(sample.labels, sample.weights)?;
        if let Some(row) = sample.scores.iter().position(|score| !score.is_finite()) {
            return Err(FitError::Infinite { row, column: 0 });
        }
        let free = sample.newton(Platt::IDENTITY, false);
        if free.slope >= Platt::MIN_SLOPE {
            return Ok(free);
        }
        Ok(sample.newton(Platt { slope: Platt::MIN_SLOPE, intercept: 0.0 }, true))
    }
}

/// What a calibration is fitted on.
struct Sample<'a> {
    scores: &'a [f64],
    labels: &'a [bool],
    weights: &'a [f64],
    scale: f64,
    /// What the fit is pulled towards, and how strongly.
    near: (Platt, f64),
}

impl Sample<'_> {
    fn rows(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.scores.iter().zip(self.labels).zip(self.weights).map(|((&score, &label), &weight)| {
            (score, f64::from(u8::from(label)), weight * self.scale)
        })
    }

    /// Penalised negative log likelihood.
    fn loss(&self, platt: Platt) -> f64 {
        let (near, ridge) = self.near;
        let pull = (platt.slope - near.slope).powi(2) + (platt.intercept - near.intercept).powi(2);
        let misfit = self.rows().map(|(score, label, weight)| {
            let odds = platt.log_odds(score);
            // ln(1 + e^odds) - label * odds, without overflow.
            weight * (odds.max(0.0) + (-odds.abs()).exp().ln_1p() - label * odds)
        });
        misfit.sum::<f64>() + 0.5 * ridge * pull
    }

    fn newton(&self, start: Platt, slope_fixed: bool) -> Platt {
        let (near, ridge) = self.near;
        let mut platt = start;
        let mut loss = self.loss(platt);
        // Newton settles within about ten rounds here; the bound only guards against rounding.
        for _ in 0..100 {
            let mut gradient =
                [platt.slope - near.slope, platt.intercept - near.intercept].map(|d| ridge * d);
            let mut curve = [ridge, 0.0, ridge];
            for (score, label, weight) in self.rows() {
                let chance = platt.chance(score);
                let pull = weight * (chance - label);
                let bend = weight * chance * (1.0 - chance);
                gradient[0] += pull * score;
                gradient[1] += pull;
                curve[0] += bend * score * score;
                curve[1] += bend * score;
                curve[2] += bend;
            }
            let step = if slope_fixed {
                [0.0, gradient[1] / curve[2]]
            } else {
                let determinant = curve[0] * curve[2] - curve[1] * curve[1];
                [
                    (curve[2] * gradient[0] - curve[1] * gradient[1]) / determinant,
                    (curve[0] * gradient[1] - curve[1] * gradient[0]) / determinant,
                ]
            };
            let Some((next, next_loss)) = (0..40).find_map(|halvings| {
                let size = 0.5f64.powi(halvings);
                let next = Platt {
                    slope: platt.slope - size * step[0],
                    intercept: platt.intercept - size * step[1],
                };
                let next_loss = self.loss(next);
                (next_loss < loss).then_some((next, next_loss))
            }) else {
                break;
            };
            platt = next;
            loss = next_loss;
        }
        platt
    }
}

/// `1 / (1 + exp(-x))`.
#[inline]
pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
pub(super) mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Rows whose label hangs on columns 0 and 1 and on whether column 2 is missing.
    pub(crate) fn sample(seed: u64, count: usize, width: usize) -> (Vec<f64>, Vec<bool>, Vec<f64>) {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut share = || (dice.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let (mut rows, mut labels, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            let start = rows.len();
            for column in 0..width {
                let missing = column % 3 == 2 && share() < 0.3;
                let coarse = column % 2 == 1;
                let value = share() * 4.0 - 2.0;
                rows.push(match (missing, coarse) {
                    (true, _) => f64::NAN,
                    (false, true) => value.round(),
                    (false, false) => value,
                });
            }
            let row = &rows[start..];
            let odds = 1.5 * row[0] - row[1] * row[1] + if row[2].is_nan() { 1.0 } else { -0.5 };
            labels.push(share() < logistic(odds));
            weights.push(1.0 + (share() * 3.0).floor());
        }
        (rows, labels, weights)
    }

    fn params() -> Params {
        Params { trees: 40, ..Params::irregular(7) }
    }

    /// The library's own scores for row-major rows.
    fn library_scores(booster: &GradientBooster, rows: &[f64], width: usize) -> Vec<f64> {
        let count = rows.len() / width;
        let columns: Vec<f64> =
            (0..width).flat_map(|c| rows.chunks_exact(width).map(move |row| row[c])).collect();
        booster.predict(&Matrix::new(&columns, count, width), false)
    }

    #[test]
    fn a_forest_scores_as_the_library_does() {
        for (max_leaves, max_depth) in [(7, 20), (8, 3), (31, 20), (150, 30)] {
            let (rows, labels, weights) = sample(1, 6_000, 6);
            let params = Params { max_leaves, max_depth, min_leaf_weight: 1.0, ..params() };
            let booster = grow(&rows, 6, &labels, &weights, &params).expect("the sample is sound");
            let forest = fit(&rows, 6, &labels, &weights, &params).expect("the sample is sound");
            assert!(forest.trees().iter().any(|tree| tree.leaves() > max_leaves / 2));

            // Each threshold itself, its neighbours, infinities and missing values, in each column.
            let mut hard = rows[..600].to_vec();
            let specials = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, -0.0];
            for tree in forest.trees() {
                for (&feature, &threshold) in tree.feature.iter().zip(&tree.threshold) {
                    for value in [threshold, threshold.next_down(), threshold.next_up()] {
                        let mut row = rows[..6].to_vec();
                        row[feature as usize] = value;
                        hard.extend(row);
                    }
                }
            }
            for column in 0..6 {
                for value in specials {
                    let mut row = rows[6..12].to_vec();
                    row[column] = value;
                    hard.extend(row);
                }
            }
            hard.extend([f64::NAN; 6]);
            let mut scores = vec![0.0; hard.len() / 6];
            forest.predict(&hard, &mut scores);
            for (ours, theirs) in scores.iter().zip(library_scores(&booster, &hard, 6)) {
                assert_eq!(ours.to_bits(), theirs.to_bits(), "{ours} {theirs}");
            }
        }
    }

    #[test]
    fn learning_is_the_same_for_a_seed_and_another_for_another() {
        let (rows, labels, weights) = sample(2, 2_000, 4);
        let forest = fit(&rows, 4, &labels, &weights, &params()).expect("the sample is sound");
        let again = fit(&rows, 4, &labels, &weights, &params()).expect("the sample is sound");
        assert_eq!(forest, again);
        let other = Params { seed: 8, ..params() };
        let other = fit(&rows, 4, &labels, &weights, &other).expect("the sample is sound");
        assert_ne!(forest, other);
    }

    #[test]
    fn learning_finds_what_the_labels_hang_on() {
        let (rows, labels, weights) = sample(3, 8_000, 5);
        let forest = fit(&rows, 5, &labels, &weights, &params()).expect("the sample is sound");
        let (rows, labels, weights) = sample(4, 4_000, 5);
        let mut scores = vec![0.0; labels.len()];
        forest.predict(&rows, &mut scores);
        let auc =
            super::super::metrics::auc(&scores, &labels, &weights).expect("both labels occur");
        // The generator's own log-odds reach .89 on this sample.
        assert!(auc > 0.85, "{auc}");
    }

    #[test]
    fn one_column_and_a_small_share_still_see_a_column() {
        let (rows, labels, weights) = sample(5, 3_000, 3);
        let rows: Vec<f64> = rows.chunks_exact(3).map(|row| row[0]).collect();
        let params = Params { colsample: 0.1, ..params() };
        let forest = fit(&rows, 1, &labels, &weights, &params).expect("the sample is sound");
        assert!(forest.trees().iter().all(|tree| tree.leaves() > 1));
        for width in 2..200 {
            for share in [0.1, 0.5, 1.0 / 3.0, 0.99] {
                let columns = (width as f64 * column_share(share, width)).floor();
                assert_eq!(columns, (width as f64 * share).floor().max(1.0), "{share} of {width}");
            }
        }
    }

    #[test]
    fn unusable_input_is_refused() {
        let fit = |rows: &[f64], labels: &[bool], weights: &[f64], params: &Params| {
            fit(rows, 1, labels, weights, params).expect_err("unusable")
        };
        let (both, ones) = ([true, false], [1.0, 1.0]);
        assert!(matches!(fit(&[1.0], &both, &ones, &params()), FitError::Shape { .. }));
        assert!(matches!(fit(&[], &[], &[], &params()), FitError::OneClass));
        assert!(matches!(fit(&ones, &[true; 2], &ones, &params()), FitError::OneClass));
        assert!(matches!(fit(&ones, &both, &[1.0, 0.0], &params()), FitError::OneClass));
        assert!(matches!(fit(&ones, &both, &[1.0, -1.0], &params()), FitError::Weight { row: 1 }));
        assert!(matches!(
            fit(&[1.0, f64::INFINITY], &both, &ones, &params()),
            FitError::Infinite { row: 1, column: 0 }
        ));
        let params = Params { subsample: 1.5, ..params() };
        assert!(matches!(
            fit(&ones, &both, &ones, &params),
            FitError::Setting { name: "subsample", .. }
        ));
    }

    #[test]
    fn a_column_of_nothing_but_missing_values_is_harmless() {
        let (mut rows, labels, weights) = sample(6, 1_000, 4);
        rows.chunks_exact_mut(4).for_each(|row| row[3] = f64::NAN);
        let forest = fit(&rows, 4, &labels, &weights, &params()).expect("the sample is sound");
        assert!(forest.predict_row(&[0.1, 0.2, 0.3, 5.0]).is_finite());
    }

    #[test]
    fn calibration_finds_slope_and_intercept() {
        // Two scores, with rows in the very proportions that slope 2 and intercept -1 give.
        let truth = Platt { slope: 2.0, intercept: -1.0 };
        let (mut scores, mut labels, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for score in [-1.0, 0.2, 1.5] {
            for label in [false, true] {
                let chance = truth.chance(score);
                scores.push(score);
                labels.push(label);
                weights.push(1e6 * if label { chance } else { 1.0 - chance });
            }
        }
        // Many rows, so that the ridge is lost among them.
        let repeat = 20_000;
        let found =
            Platt::fit(&scores.repeat(repeat), &labels.repeat(repeat), &weights.repeat(repeat))
                .expect("the sample is sound");
        assert!((found.slope - 2.0).abs() < 1e-3, "{found:?}");
        assert!((found.intercept + 1.0).abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn calibration_stays_finite_when_scores_separate_or_reverse_the_labels() {
        let labels = [false, false, true, true];
        let sharp = Platt::fit(&[-3.0, -1.0, 1.0, 3.0], &labels, &[1.0; 4]).expect("sound");
        assert!(sharp.slope > 0.5 && sharp.slope < 10.0, "{sharp:?}");
        let reversed = Platt::fit(&[30.0, 10.0, -10.0, -30.0], &labels, &[9.0; 4]).expect("sound");
        assert_eq!(reversed.slope, Platt::MIN_SLOPE);
        let huge = Platt::fit(&[-1e8, -1e7, 1e7, 1e8], &labels, &[1.0; 4]).expect("sound");
        assert!(huge.slope.is_finite() && huge.intercept.is_finite(), "{huge:?}");
    }
}
