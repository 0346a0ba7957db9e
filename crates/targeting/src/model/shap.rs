//! Why a row scores as it does: exact path-dependent Shapley values of a forest.
//!
//! Officers see a reason next to every score, so this runs for each consignment in a queue: small
//! trees are answered from a table of all their outcomes, larger ones are computed on the spot.
//! The forest itself is in `forest.rs`; read [`leaf_contributions`] for the mathematics.
//!
//! Source of the definition: Lundberg et al., "From local explanations to global understanding
//! with explainable AI for trees", Nature Machine Intelligence 2 (2020), path-dependent feature
//! perturbation. A split on an unknown value sends the row both ways, in the proportion of the
//! training weight (cover) on each side.

use super::forest::{NARROW_LEAVES, Place, Program, Tree};

/// Everything about a forest's trees that explanations need and that no row changes.
#[derive(Debug, Clone)]
pub(super) struct Explainer {
    expected: f64,
    trees: Vec<Explained>,
    /// Contributions of all tabulated trees.
    table: Vec<f64>,
}

#[derive(Debug, Clone)]
enum Explained {
    /// A tree of at most seven splits: its contributions for each of the 128 or fewer
    /// combinations of its splits' outcomes are in the table, starting at `start`.
    Tabulated { start: usize, features: Vec<u32>, places: Vec<Place> },
    /// A larger tree.
    Computed { paths: Vec<Path>, places: Vec<Place> },
}

/// The way from the root to one leaf.
#[derive(Debug, Clone)]
struct Path {
    value: f64,
    factors: Vec<Factor>,
}

/// What one feature has to do with a path.
#[derive(Debug, Clone)]
struct Factor {
    feature: u32,
    /// Product of the cover shares of the path's side at this feature's splits.
    share: f64,
    /// The feature's splits on the path, and whether the path goes right there.
    turns: Vec<(usize, bool)>,
}

impl Factor {
    /// Whether a row with these outcomes follows the path at all of the feature's splits.
    fn followed(&self, goes_right: &[bool]) -> bool {
        self.turns.iter().all(|&(split, right)| goes_right[split] == right)
    }
}

impl Explainer {
    /// Prepares explanations of a forest whose trees are whole and compiled into `program`.
    pub(super) fn new(base: f64, trees: &[Tree], program: &Program) -> Explainer {
        let mut explainer = Explainer { expected: base, trees: Vec::new(), table: Vec::new() };
        let mut rule = Quadrature::default();
        for (number, tree) in trees.iter().enumerate() {
            let places = program.places(number).to_vec();
            let paths = paths(tree);
            explainer.expected += paths
                .iter()
                .map(|path| path.value * path.factors.iter().map(|f| f.share).product::<f64>())
                .sum::<f64>();
            if tree.leaves() > NARROW_LEAVES {
                explainer.trees.push(Explained::Computed { paths, places });
                continue;
            }
            let mut features = tree.feature.clone();
            features.sort_unstable();
            features.dedup();
            let start = explainer.table.len();
            let splits = tree.feature.len();
            explainer.table.resize(start + (features.len() << splits), 0.0);
            for outcome in 0..1usize << splits {
                let goes_right: Vec<bool> =
                    (0..splits).map(|split| outcome >> split & 1 == 1).collect();
                let entry = start + outcome * features.len();
                for path in &paths {
                    path_contributions(path, &goes_right, &mut rule, |feature, contribution| {
                        // Every feature of a path is a feature of its tree.
                        let place = features.partition_point(|&known| known < feature);
                        explainer.table[entry + place] += contribution;
                    });
                }
            }
            explainer.trees.push(Explained::Tabulated { start, features, places });
        }
        explainer
    }

    /// The score expected when nothing is known of a row, in log-odds.
    pub(super) fn expected(&self) -> f64 {
        self.expected
    }

    /// Writes each column's contribution to the score of the row with these ranks.
    pub(super) fn explain(&self, ranks: &[u8], out: &mut [f64]) {
        out.fill(0.0);
        let mut rule = Quadrature::default();
        let mut goes_right = Vec::new();
        for tree in &self.trees {
            match tree {
                Explained::Tabulated { start, features, places } => {
                    let mut outcome = 0;
                    for (split, place) in places.iter().enumerate() {
                        outcome |= usize::from(place.goes_right(ranks)) << split;
                    }
                    let entry = start + outcome * features.len();
                    let contributions = &self.table[entry..entry + features.len()];
                    for (&feature, contribution) in features.iter().zip(contributions) {
                        out[feature as usize] += contribution;
                    }
                }
                Explained::Computed { paths, places } => {
                    goes_right.clear();
                    goes_right.extend(places.iter().map(|place| place.goes_right(ranks)));
                    for path in paths {
                        path_contributions(
                            path,
                            &goes_right,
                            &mut rule,
                            |feature, contribution| {
                                out[feature as usize] += contribution;
                            },
                        );
                    }
                }
            }
        }
    }
}

/// The paths to all leaves, with each feature met once.
fn paths(tree: &Tree) -> Vec<Path> {
    // The forest's constructor has refused every tree that has no shape.
    let shape = tree.shape().expect("a compiled tree is whole");
    let cover = |positions: std::ops::Range<usize>| {
        positions.map(|position| f64::from(tree.cover[shape.leaves[position]])).sum::<f64>()
    };
    let shares: Vec<f64> = shape
        .spans
        .iter()
        .map(|span| {
            let (left, right) = (cover(span.start..span.middle), cover(span.middle..span.end));
            // Where no training row came, neither side is likelier.
            if left + right > 0.0 { left / (left + right) } else { 0.5 }
        })
        .collect();
    let path = |(position, &leaf): (usize, &usize)| {
        let mut factors: Vec<Factor> = Vec::new();
        for (split, span) in shape.spans.iter().enumerate() {
            if position < span.start || position >= span.end {
                continue;
            }
            let right = position >= span.middle;
            let share = if right { 1.0 - shares[split] } else { shares[split] };
            let feature = tree.feature[split];
            match factors.iter_mut().find(|factor| factor.feature == feature) {
                Some(factor) => {
                    factor.share *= share;
                    factor.turns.push((split, right));
                }
                None => factors.push(Factor { feature, share, turns: vec![(split, right)] }),
            }
        }
        Path { value: f64::from(tree.value[leaf]), factors }
    };
    shape.leaves.iter().enumerate().map(path).collect()
}

/// Passes on what each feature of a path contributes for a row with these split outcomes.
fn path_contributions(
    path: &Path,
    goes_right: &[bool],
    rule: &mut Quadrature,
    mut pass_on: impl FnMut(u32, f64),
) {
    let factors: Vec<(f64, f64)> = path
        .factors
        .iter()
        .map(|factor| (f64::from(u8::from(factor.followed(goes_right))), factor.share))
        .collect();
    let contributions = leaf_contributions(path.value, &factors, rule);
    for (factor, contribution) in path.factors.iter().zip(contributions) {
        pass_on(factor.feature, contribution);
    }
}

/// Shapley values of the game that one leaf plays: `value` times the product over the features of
/// `known` if the feature is known, else of `share`, for `factors` of `(known, share)`.
///
/// With d features, the Shapley weight of a coalition of s others is
/// `s! (d-1-s)! / d! = integral from 0 to 1 of t^s (1-t)^(d-1-s) dt`. So the sum over all
/// coalitions is an integral over a product,
/// `phi_j = value (known_j - share_j) integral of prod_{k != j} (t known_k + (1-t) share_k) dt`,
/// whose integrand is a polynomial of degree d-1: Gauss-Legendre quadrature with ⌈d/2⌉ points
/// is exact. (Multilinear extension: Owen, Management Science 18 (1972).)
fn leaf_contributions(value: f64, factors: &[(f64, f64)], rule: &mut Quadrature) -> Vec<f64> {
    let mut integrals = vec![0.0; factors.len()];
    let mut before = vec![1.0; factors.len()];
    for &(t, weight) in rule.points(factors.len().div_ceil(2)) {
        let mix = |(known, share): (f64, f64)| t * known + (1.0 - t) * share;
        let mut product = weight;
        for (before, &factor) in before.iter_mut().zip(factors) {
            *before = product;
            product *= mix(factor);
        }
        let mut after = 1.0;
        for ((integral, before), &factor) in integrals.iter_mut().zip(&before).zip(factors).rev() {
            *integral += before * after;
            after *= mix(factor);
        }
    }
    for (integral, (known, share)) in integrals.iter_mut().zip(factors) {
        *integral *= value * (known - share);
    }
    integrals
}

/// Gauss-Legendre rules on the interval from 0 to 1, made when first needed.
#[derive(Debug, Default)]
struct Quadrature {
    rules: Vec<Vec<(f64, f64)>>,
}

impl Quadrature {
    /// The points and weights of the rule with this many points.
    fn points(&mut self, count: usize) -> &[(f64, f64)] {
        while self.rules.len() <= count {
            self.rules.push(gauss_legendre(self.rules.len()));
        }
        &self.rules[count]
    }
}

/// Roots of the Legendre polynomial by Newton's method, moved from (-1, 1) to (0, 1), with their
/// weights (Abramowitz & Stegun 25.4.29 and 25.4.30; first guess 22.16.6).
fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let n = count as f64;
    let polynomial = |x: f64| {
        let (mut last, mut value) = (1.0, x);
        for degree in 2..=count {
            let k = degree as f64;
            (last, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * last) / k);
        }
        let slope = n * (x * value - last) / (x * x - 1.0);
        (value, slope)
    };
    (0..count)
        .map(|root| {
            let mut x = (std::f64::consts::PI * (root as f64 + 0.75) / (n + 0.5)).cos();
            // Newton doubles the correct digits; six rounds are ample from this guess.
            for _ in 0..6 {
                let (value, slope) = polynomial(x);
                x -= value / slope;
            }
            let (_, slope) = polynomial(x);
            (0.5 + 0.5 * x, 1.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::forest::tests::{plain, random_forest, random_rows};
    use super::super::forest::{Forest, Tree};
    use super::*;

    /// Expected score when only the columns of `known` are seen, by walking the tree.
    fn expectation(tree: &Tree, row: &[f64], known: usize, child: i32) -> (f64, f64) {
        if child < 0 {
            let leaf = !child as usize;
            return (f64::from(tree.value[leaf]), f64::from(tree.cover[leaf]));
        }
        let split = child as usize;
        let feature = tree.feature[split] as usize;
        let (left, left_cover) = expectation(tree, row, known, tree.left[split]);
        let (right, right_cover) = expectation(tree, row, known, tree.right[split]);
        let cover = left_cover + right_cover;
        if known >> feature & 1 == 0 {
            return ((left * left_cover + right * right_cover) / cover, cover);
        }
        let value = row[feature];
        let goes_left =
            if value.is_nan() { tree.missing_left[split] } else { value < tree.threshold[split] };
        (if goes_left { left } else { right }, cover)
    }

    fn worth(forest: &Forest, row: &[f64], known: usize) -> f64 {
        let root = |tree: &Tree| if tree.feature.is_empty() { -1 } else { 0 };
        let trees = forest.trees().iter();
        forest.base() + trees.map(|tree| expectation(tree, row, known, root(tree)).0).sum::<f64>()
    }

    /// The definition: the mean gain of a column over all orders in which columns become known.
    fn brute_force(forest: &Forest, row: &[f64]) -> Vec<f64> {
        let columns = row.len();
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        (0..columns)
            .map(|column| {
                (0..1usize << columns)
                    .filter(|known| known >> column & 1 == 0)
                    .map(|known| {
                        let size = known.count_ones() as usize;
                        let weight =
                            factorial(size) * factorial(columns - 1 - size) / factorial(columns);
                        let gain =
                            worth(forest, row, known | 1 << column) - worth(forest, row, known);
                        weight * gain
                    })
                    .sum()
            })
            .collect()
    }

    #[test]
    fn contributions_equal_the_definition() {
        // Fewer columns than splits, so that columns repeat on a path; 12 leaves are not tabulated.
        for (leaves, columns) in [(1, 2), (2, 2), (4, 3), (7, 5), (8, 2), (12, 6), (20, 3)] {
            let forest = random_forest(leaves as u64, 3, leaves, columns);
            for row in random_rows(4, 12, columns).chunks_exact(columns) {
                let mut contributions = vec![0.0; columns];
                let expected = forest.shap(row, &mut contributions);
                assert!((expected - worth(&forest, row, 0)).abs() < 1e-12);
                for (found, defined) in contributions.iter().zip(brute_force(&forest, row)) {
                    assert!((found - defined).abs() < 1e-12, "{leaves} leaves: {found} {defined}");
                }
            }
        }
    }

    #[test]
    fn contributions_add_up_to_the_score() {
        for leaves in [7, 30, 90] {
            let forest = random_forest(1, 100, leaves, 19);
            for row in random_rows(6, 40, 19).chunks_exact(19) {
                let mut contributions = vec![0.0; 19];
                let expected = forest.shap(row, &mut contributions);
                let sum = expected + contributions.iter().sum::<f64>();
                assert!((sum - plain(&forest, row)).abs() < 1e-9, "{leaves} leaves: {sum}");
            }
        }
    }

    #[test]
    fn a_side_that_no_training_row_reached_gets_a_finite_share() {
        let tree = Tree {
            feature: vec![0],
            threshold: vec![0.0],
            missing_left: vec![false],
            left: vec![-1],
            right: vec![-2],
            value: vec![1.0, 3.0],
            cover: vec![0.0, 0.0],
        };
        let forest = Forest::new(0.0, vec![tree], 1).expect("a stump is whole");
        let mut contributions = [0.0];
        assert_eq!(forest.shap(&[f64::NAN], &mut contributions), 2.0);
        assert_eq!(contributions, [1.0]);
    }

    #[test]
    fn quadrature_is_exact_for_its_degree() {
        for count in 1..=20 {
            let rule = gauss_legendre(count);
            for degree in 0..2 * count as i32 {
                let integral: f64 = rule.iter().map(|(t, weight)| weight * t.powi(degree)).sum();
                let exact = 1.0 / f64::from(degree + 1);
                assert!((integral - exact).abs() < 1e-14, "{count} points, degree {degree}");
            }
        }
    }
}
