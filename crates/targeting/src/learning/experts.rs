//! Experts: which part of the traffic deserves trees of its own, and how those are grown.
//! A part gets an expert only if the expert was better there than the shared trees on days later
//! than both learned from, several times over (rolling origin). Goods that nobody has inspected
//! yet are such a part, and parcels and freight may be. What a lesson is: `lessons.rs`.

use super::backtest::ExpertTrial;
use super::lessons::{Lessons, Part, View};
use super::{LearnError, MIN_POSITIVES};
use crate::consignment::Regime;
use crate::feature::{CATALOGUE, column};
use crate::model::{Counts, Expert, Forest, Gate, Params, Platt, Target, TargetContent};

/// A part of the traffic that may have trees of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    NewGoods,
    Of(Regime),
}

/// The parts that are tried, in the order in which they are asked.
const SHARES: [Share; 3] = [Share::NewGoods, Share::Of(Regime::Parcel), Share::Of(Regime::Freight)];

/// The code of the feature that tells exact goods' inspections, and of that which tells parcels.
const INSPECTED: &str = "goods_exact.inspected";
const PARCEL: &str = "procedure.parcel";

impl Share {
    fn name(self) -> &'static str {
        match self {
            Share::NewGoods => "new goods",
            Share::Of(regime) => regime.as_str(),
        }
    }

    fn gate(self) -> Gate {
        let (feature, at) = match self {
            Share::NewGoods => (INSPECTED, 0.0),
            Share::Of(Regime::Parcel) => (PARCEL, 1.0),
            Share::Of(Regime::Freight) => (PARCEL, 0.0),
        };
        Gate { feature: feature.to_owned(), from: at, to: at }
    }

    fn holds(self, lessons: &Lessons, n: usize) -> bool {
        match self {
            Share::NewGoods => lessons.is_new(n),
            Share::Of(regime) => lessons.regime(n) == regime,
        }
    }
}

/// How one target is learned: from what, with which features and settings.
pub(super) struct Study<'a> {
    pub lessons: &'a Lessons,
    pub target: Target,
    /// The columns of the catalogue that the shared trees read.
    pub columns: Vec<usize>,
    pub seed: u64,
}

/// Trees as they were grown, not calibrated yet.
pub(super) struct Grown {
    columns: Vec<usize>,
    params: Params,
    counts: Counts,
    forest: Forest,
}

/// Trees for all, and those for some.
pub(super) struct Team {
    shared: Grown,
    experts: Vec<(Share, Grown)>,
}

/// Scores of rows on days later than those learned from, by every member of a team.
#[derive(Default)]
pub(super) struct Later {
    rows: Vec<usize>,
    shared: Vec<f64>,
    experts: Vec<(Share, Vec<f64>)>,
}

impl Later {
    /// What the shared trees say.
    pub fn shared(&self) -> &[f64] {
        &self.shared
    }

    /// Adds what another team said of other rows.
    pub fn extend(&mut self, other: Later) {
        let before = self.rows.len();
        for (share, scores) in other.experts {
            let at = match self.experts.iter().position(|(of, _)| *of == share) {
                Some(at) => at,
                None => {
                    self.experts.push((share, vec![f64::NAN; before]));
                    self.experts.len() - 1
                }
            };
            self.experts[at].1.extend(scores);
        }
        self.rows.extend(other.rows);
        self.shared.extend(other.shared);
        // An expert that this team did not have says nothing of its rows.
        self.experts.iter_mut().for_each(|(_, scores)| scores.resize(self.rows.len(), f64::NAN));
    }
}

/// Members of a bag: enough for a standard error, few enough to score fast.
const MEMBERS: usize = 6;

/// The settings of the bags, found by rolling origin on the customs data of 2020 (docs/science.md).
pub(super) fn settings(target: Target, share: Option<Share>, seed: u64) -> Params {
    let all = Params { members: MEMBERS, subsample: 1.0, ..Params::irregular(seed) };
    match (target, share) {
        (Target::Irregular, Some(Share::NewGoods)) => {
            Params { trees: 60, max_leaves: 4, learning_rate: 0.15, min_leaf_weight: 5.0, ..all }
        }
        (Target::Irregular, _) => Params { trees: 60, learning_rate: 0.2, ..all },
        (Target::Critical, Some(Share::NewGoods)) => {
            Params { trees: 80, max_leaves: 3, learning_rate: 0.08, min_leaf_weight: 0.5, ..all }
        }
        (Target::Critical, _) => {
            Params { trees: 80, max_leaves: 4, learning_rate: 0.1, min_leaf_weight: 0.5, ..all }
        }
    }
}

impl Study<'_> {
    fn part(&self, rows: &[usize], columns: &[usize], view: View) -> Part {
        self.lessons.part(rows, columns, self.target, view)
    }

    /// Grows the trees for all from these rows.
    pub fn grow_shared(&self, rows: &[usize]) -> Result<Grown, LearnError> {
        let params = settings(self.target, None, self.seed);
        grown(self.part(rows, &self.columns, View::AsArrived), self.columns.clone(), params)
    }

    /// Grows the trees for one part of the traffic; none when there is too little to learn from.
    fn grow_expert(&self, share: Share, rows: &[usize]) -> Result<Option<Grown>, LearnError> {
        let params = settings(self.target, Some(share), self.seed);
        let mine = || rows.iter().copied().filter(|n| share.holds(self.lessons, *n));
        let (columns, part) = match share {
            Share::NewGoods => {
                let exact = |column: &usize| CATALOGUE[*column].code.starts_with("goods_exact.");
                let columns: Vec<usize> =
                    self.columns.iter().copied().filter(|column| !exact(column)).collect();
                // What else is read of the past may hold copies of the same goods and cannot be
                // taken apart: then only goods that were new teach.
                let all = self.columns.iter().all(|column| is_of_goods(*column));
                let taught: Vec<usize> = if all { rows.to_vec() } else { mine().collect() };
                let mut part = self.part(&taught, &columns, View::AsNew);
                part.weigh_once();
                (columns, part)
            }
            Share::Of(_) => {
                let taught: Vec<usize> = mine().collect();
                (self.columns.clone(), self.part(&taught, &self.columns, View::AsArrived))
            }
        };
        let positives = part.positives();
        if positives < ENOUGH_FINDS || part.labels.len() - positives < ENOUGH_FINDS {
            return Ok(None);
        }
        grown(part, columns, params).map(Some)
    }

    /// Grows the shared trees and those of every part that may have an expert.
    pub fn grow_team(&self, rows: &[usize], shares: &[Share]) -> Result<Team, LearnError> {
        let mut experts = Vec::new();
        for share in shares {
            if let Some(grown) = self.grow_expert(*share, rows)? {
                experts.push((*share, grown));
            }
        }
        Ok(Team { shared: self.grow_shared(rows)?, experts })
    }

    /// The parts worth trying: those that some of the traffic is in and some is not.
    pub fn shares(&self) -> Vec<Share> {
        let tried = SHARES.iter().copied().filter(|share| {
            let held = (0..self.lessons.len()).filter(|n| share.holds(self.lessons, *n)).count();
            let known = column(&share.gate().feature).is_some();
            known && held > 0 && held < self.lessons.len()
        });
        tried.collect()
    }

    /// What a team says of rows; experts only of their part.
    pub fn scores(&self, team: &Team, rows: &[usize]) -> Later {
        let of = |grown: &Grown, rows: &[usize]| {
            self.part(rows, &grown.columns, View::AsArrived).scores(&grown.forest)
        };
        let experts = (team.experts.iter())
            .map(|(share, grown)| {
                let held: Vec<usize> =
                    (0..rows.len()).filter(|at| share.holds(self.lessons, rows[*at])).collect();
                let theirs: Vec<usize> = held.iter().map(|at| rows[*at]).collect();
                let mut scores = vec![f64::NAN; rows.len()];
                for (at, score) in held.iter().zip(of(grown, &theirs)) {
                    scores[*at] = score;
                }
                (*share, scores)
            })
            .collect();
        Later { rows: rows.to_vec(), shared: of(&team.shared, rows), experts }
    }

    /// Which experts are worth having, by what everybody said of later days: an expert must have
    /// been better on its part by more than a standard error of the difference. Those asked first
    /// are chosen first, and the others are tried on what they leave.
    pub fn choose(&self, later: &Later) -> Result<(Vec<Share>, Vec<ExpertTrial>), LearnError> {
        let mut left: Vec<usize> = (0..later.rows.len()).collect();
        let (mut kept, mut trials) = (Vec::new(), Vec::new());
        for (share, scores) in &later.experts {
            let held: Vec<usize> =
                left.iter().copied().filter(|at| !scores[*at].is_nan()).collect();
            let labels = |at: &usize| self.lessons.is(self.target, later.rows[*at]);
            let finds = held.iter().filter(|at| labels(at)).count();
            if finds < MIN_POSITIVES || finds == held.len() {
                continue;
            }
            let shared = self.calibrate(later, &later.shared, &left)?;
            let expert = self.calibrate(later, scores, &held)?;
            let (mut sums, mut weight) = ([0.0; 2], 0.0);
            let mut differences = Vec::with_capacity(held.len());
            for at in &held {
                let n = later.rows[*at];
                let loss = |chance: f64| {
                    let found = (chance * self.lessons.detection(n)).clamp(1e-12, 1.0 - 1e-12);
                    if labels(at) { -found.ln() } else { -(-found).ln_1p() }
                };
                let losses =
                    [loss(shared.chance(later.shared[*at])), loss(expert.chance(scores[*at]))];
                let of_row = self.lessons.weight(n);
                weight += of_row;
                sums[0] += of_row * losses[0];
                sums[1] += of_row * losses[1];
                differences.push((of_row, losses[0] - losses[1]));
            }
            let [shared_log_loss, expert_log_loss] = sums.map(|sum| sum / weight);
            let better = shared_log_loss - expert_log_loss;
            let squares = differences.iter().map(|(w, d)| (w * (d - better)).powi(2)).sum::<f64>();
            let standard_error = squares.sqrt() / weight;
            let keep = better > standard_error;
            trials.push(ExpertTrial {
                part: share.name().to_owned(),
                rows: held.len(),
                finds,
                shared_log_loss,
                expert_log_loss,
                standard_error,
                kept: keep,
            });
            if keep {
                kept.push(*share);
                left.retain(|at| scores[*at].is_nan());
            }
        }
        Ok((kept, trials))
    }

    fn calibrate(&self, later: &Later, scores: &[f64], at: &[usize]) -> Result<Platt, LearnError> {
        let rows: Vec<usize> = at.iter().map(|at| later.rows[*at]).collect();
        let scores: Vec<f64> = at.iter().map(|at| scores[*at]).collect();
        Ok(self.part(&rows, &[], View::AsArrived).calibrate(&scores)?)
    }

    /// Puts a team together as a target of a model, each member calibrated on what it said of the
    /// later days that it would judge.
    pub fn content(&self, team: Team, later: &Later) -> Result<TargetContent, LearnError> {
        let mut left: Vec<usize> = (0..later.rows.len()).collect();
        let mut experts = Vec::new();
        for (share, grown) in team.experts {
            let said = later.experts.iter().find(|(of, _)| *of == share);
            let Some((_, scores)) = said else { continue };
            let held: Vec<usize> =
                left.iter().copied().filter(|at| !scores[*at].is_nan()).collect();
            let platt = self.calibrate(later, scores, &held)?;
            left.retain(|at| scores[*at].is_nan());
            experts.push(Expert { gate: share.gate(), content: grown.content(platt) });
        }
        let platt = self.calibrate(later, &later.shared, &left)?;
        Ok(TargetContent { experts, ..team.shared.content(platt) })
    }
}

/// Fewest finds, and fewest others, from which an expert is grown.
const ENOUGH_FINDS: usize = 5 * MIN_POSITIVES;

fn is_of_goods(column: usize) -> bool {
    use crate::feature::Group;
    matches!(CATALOGUE[column].group, Group::Goods | Group::GoodsPast)
}

fn grown(part: Part, columns: Vec<usize>, params: Params) -> Result<Grown, LearnError> {
    let counts = Counts {
        rows: part.labels.len(),
        positives: part.positives(),
        weight: part.weights.iter().sum(),
    };
    let forest = part.grow(&params)?;
    Ok(Grown { columns, params, counts, forest })
}

impl Grown {
    fn content(self, platt: Platt) -> TargetContent {
        TargetContent {
            features: self.columns.iter().map(|at| CATALOGUE[*at].code.clone()).collect(),
            params: self.params,
            counts: self.counts,
            platt,
            metrics: None,
            forest: self.forest,
            experts: Vec::new(),
        }
    }
}
