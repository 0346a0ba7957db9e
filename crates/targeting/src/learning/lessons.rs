//! Lessons: inspected consignments as rows to learn from. Each has its features as of its day of
//! arrival, a weight for how rarely its like is inspected, and the detection probability of its
//! examination, because a clear after a weak examination is not a proof. Which of them teach what:
//! `experts.rs`.

use std::sync::LazyLock;

use compact_str::CompactString;
use xxhash_rust::xxh3::xxh3_64;

use super::backtest::Sample;
use crate::codes::Day;
use crate::consignment::{Consignment, Regime};
use crate::facts::Facts;
use crate::feature::{CATALOGUE, Extractor, column};
use crate::history::{Histories, KeyKind};
use crate::model::{FitError, Forest, Params, Platt, Target, fit, fit_bag};
use crate::outcome::Label;

/// What an examination taught.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lesson {
    /// What was found.
    pub label: Label,
    /// The recorded chance of inspection; `None` when it was inspected without one, as all of a
    /// back file was.
    pub propensity: Option<f64>,
    /// Probability that the examination finds what is there, above 0 and at most 1; 1 where
    /// nobody recorded how it was examined.
    pub detection: f64,
}

impl Lesson {
    /// A lesson without a recorded chance, from an examination that misses nothing.
    pub fn plain(label: Label) -> Lesson {
        Lesson { label, propensity: None, detection: 1.0 }
    }
}

/// Inspected consignments as the learner sees them, row by row.
#[derive(Default)]
pub struct Lessons {
    rows: Vec<f64>,
    /// The columns of [`NESTED`] again, as if these exact goods had never been inspected.
    as_new: Vec<f64>,
    labels: Vec<Label>,
    weights: Vec<f64>,
    detections: Vec<f64>,
    pub(super) days: Vec<Day>,
    /// The exact goods: rows of the same number are copies of each other.
    goods: Vec<u64>,
    regimes: Vec<Regime>,
    offices: Vec<CompactString>,
    transports: Vec<&'static str>,
    with_chance: usize,
}

/// The largest factor by which a rarely inspected lesson counts more than a certain one, squared.
const WEIGHT_CAP: f64 = 100.0;

/// The weight of a lesson: the square root of one over its chance of inspection, which is capped
/// at 100. Outcomes that the risk ranking selected are no fair sample; the square root takes
/// back half of that (in logarithms) at a tenth of the variance that the full factor costs.
pub fn lesson_weight(propensity: Option<f64>) -> f64 {
    propensity.map_or(1.0, |chance| (1.0 / chance).clamp(1.0, WEIGHT_CAP).sqrt())
}

/// The chance that something was there although an examination with this `detection` found
/// nothing, when the chance before was `before`: m (1 - d) / (1 - m d), by Bayes.
pub fn missed(before: f64, detection: f64) -> f64 {
    let passed = before * (1.0 - detection);
    if passed <= 0.0 { 0.0 } else { passed / (1.0 - before * detection) }
}

/// Kinds of key that hold the exact goods within, with the columns of their two rates and of their
/// count of inspections.
static NESTED: LazyLock<Vec<(KeyKind, [usize; 3])>> = LazyLock::new(|| {
    let kinds = [
        (KeyKind::GoodsMass, "goods_mass"),
        (KeyKind::GoodsRoute, "goods_route"),
        (KeyKind::HsRoute, "hs_route"),
        (KeyKind::HsUnitValue, "hs_unit_value"),
        (KeyKind::Hs4, "hs4"),
    ];
    let columns = |code: &str| {
        let of = |stat: &str| column(&format!("{code}.{stat}"));
        Some([of("irregular_rate")?, of("critical_rate")?, of("inspected")?])
    };
    kinds.into_iter().filter_map(|(kind, code)| Some((kind, columns(code)?))).collect()
});

/// As what the features of a lesson are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// As they were on the day of arrival.
    AsArrived,
    /// As if no goods exactly like these had been inspected by then.
    AsNew,
}

impl Lessons {
    /// Takes in one inspected consignment.
    pub fn push(
        &mut self,
        extractor: &Extractor,
        consignment: &Consignment,
        past: &Histories,
        lesson: Lesson,
    ) {
        let facts = Facts::of(consignment);
        let start = self.rows.len();
        self.rows.resize(start + CATALOGUE.len(), f64::NAN);
        extractor.fill(&facts, past, &mut self.rows[start..]);
        self.push_as_new(&facts, past, start);
        self.goods.push(
            KeyKind::GoodsExact
                .key(&facts)
                .unwrap_or_else(|| xxh3_64(&self.labels.len().to_le_bytes())),
        );
        let transport = facts.transport.map_or("", |mode| mode.as_str());
        self.finish(facts.regime, consignment.arrived_on, (facts.office, transport), lesson);
    }

    /// Takes in a lesson of which these columns are known and all others missing.
    #[cfg(test)]
    pub(super) fn push_made_up(
        &mut self,
        columns: &[(usize, f64)],
        regime: Regime,
        day: Day,
        lesson: Lesson,
    ) {
        let start = self.rows.len();
        self.rows.resize(start + CATALOGUE.len(), f64::NAN);
        columns.iter().for_each(|(column, value)| self.rows[start + column] = *value);
        self.as_new.resize(self.as_new.len() + NESTED.len() * 3, f64::NAN);
        self.goods.push(self.labels.len() as u64);
        self.finish(regime, day, ("ICN", ""), lesson);
    }

    fn finish(
        &mut self,
        regime: Regime,
        day: Day,
        (office, transport): (&str, &'static str),
        lesson: Lesson,
    ) {
        self.labels.push(lesson.label);
        self.weights.push(lesson_weight(lesson.propensity));
        self.with_chance += usize::from(lesson.propensity.is_some());
        self.detections.push(match lesson.detection {
            detection if detection > 0.0 && detection <= 1.0 => detection,
            _ => 1.0,
        });
        self.days.push(day);
        self.regimes.push(regime);
        self.offices.push(office.into());
        self.transports.push(transport);
    }

    /// A rate is smoothed with the weight of one inspection, so what the exact goods gave to it
    /// can be taken out of the sum again.
    fn push_as_new(&mut self, facts: &Facts<'_>, past: &Histories, start: usize) {
        let counts = |kind: KeyKind| {
            let key = kind.key(facts);
            key.map(|key| past.before(key, facts.arrived_on).counts).unwrap_or_default()
        };
        let own = counts(KeyKind::GoodsExact);
        for (kind, columns) in NESTED.iter() {
            let values = columns.map(|column| self.rows[start + column]);
            if own.inspected == 0 {
                self.as_new.extend(values);
                continue;
            }
            let (n, own_n) = (f64::from(counts(*kind).inspected), f64::from(own.inspected));
            let without =
                |rate: f64, own: u32| (rate * (n + 1.0) - f64::from(own)) / (n - own_n + 1.0);
            self.as_new.extend([
                without(values[0], own.irregular),
                without(values[1], own.critical),
                (n - own_n).ln_1p(),
            ]);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many had contraband.
    pub fn critical(&self) -> usize {
        self.labels.iter().filter(|label| label.critical()).count()
    }

    /// How many had any irregularity.
    pub fn irregular(&self) -> usize {
        self.labels.iter().filter(|label| label.irregular()).count()
    }

    /// How many have a recorded chance of inspection.
    pub fn with_chance(&self) -> usize {
        self.with_chance
    }

    /// How many were cleared by an examination that may miss what is there.
    pub fn weak_clears(&self) -> usize {
        (0..self.len()).filter(|n| self.is_weak(*n)).count()
    }

    /// The first and last day of arrival.
    pub fn days(&self) -> Option<(Day, Day)> {
        Some((*self.days.iter().min()?, *self.days.iter().max()?))
    }

    fn is_weak(&self, n: usize) -> bool {
        self.labels[n] == Label::Clean && self.detections[n] < 1.0
    }

    pub(super) fn row(&self, n: usize) -> &[f64] {
        &self.rows[n * CATALOGUE.len()..][..CATALOGUE.len()]
    }

    pub(super) fn regime(&self, n: usize) -> Regime {
        self.regimes[n]
    }

    pub(super) fn is(&self, target: Target, n: usize) -> bool {
        match target {
            Target::Irregular => self.labels[n].irregular(),
            Target::Critical => self.labels[n].critical(),
        }
    }

    pub(super) fn weight(&self, n: usize) -> f64 {
        self.weights[n]
    }

    pub(super) fn detection(&self, n: usize) -> f64 {
        self.detections[n]
    }

    /// True when nothing exactly like these goods had been inspected before they arrived.
    pub(super) fn is_new(&self, n: usize) -> bool {
        static INSPECTED: LazyLock<Option<usize>> =
            LazyLock::new(|| column("goods_exact.inspected"));
        INSPECTED.is_some_and(|column| self.row(n)[column] == 0.0)
    }

    /// The rows and columns that are asked for, as one matrix with labels and weights.
    pub(super) fn part(
        &self,
        rows: &[usize],
        columns: &[usize],
        target: Target,
        view: View,
    ) -> Part {
        let mut part = Part { width: columns.len(), ..Part::default() };
        let nested: Vec<Option<usize>> = columns
            .iter()
            .map(|column| {
                let mut all = NESTED.iter().flat_map(|(_, columns)| columns);
                all.position(|nested| nested == column).filter(|_| view == View::AsNew)
            })
            .collect();
        let wide = NESTED.len() * 3;
        for &n in rows {
            let (row, as_new) = (self.row(n), &self.as_new[n * wide..][..wide]);
            part.rows.extend(
                columns
                    .iter()
                    .zip(&nested)
                    .map(|(column, at)| at.map_or(row[*column], |at| as_new[at])),
            );
            part.labels.push(self.is(target, n));
            part.weights.push(self.weights[n]);
            part.detections.push(self.detections[n]);
            part.weak.push(self.is_weak(n));
            part.clusters.push(self.goods[n]);
        }
        part
    }

    /// These rows as the model card sees them.
    pub(super) fn sample<'a>(
        &'a self,
        of: &[usize],
        rows: &'a [f64],
        target: Target,
    ) -> Sample<'a> {
        let seen = column("consignee.seen");
        let band = |n: usize| match seen.map(|column| self.row(n)[column].exp_m1().round()) {
            Some(seen) if seen >= 100.0 => "100+",
            Some(seen) if seen >= 10.0 => "10-99",
            Some(seen) if seen >= 1.0 => "1-9",
            Some(seen) if seen >= 0.0 => "0",
            _ => "",
        };
        Sample {
            rows,
            labels: of.iter().map(|n| self.is(target, *n)).collect(),
            weights: of.iter().map(|n| self.weights[*n]).collect(),
            detections: of.iter().map(|n| self.detections[*n]).collect(),
            groups: of
                .iter()
                .map(|n| [self.offices[*n].as_str(), self.transports[*n], band(*n)])
                .collect(),
        }
    }
}

/// Rows to grow trees from, or to judge them by.
#[derive(Default)]
pub(super) struct Part {
    pub width: usize,
    pub rows: Vec<f64>,
    pub labels: Vec<bool>,
    pub weights: Vec<f64>,
    pub detections: Vec<f64>,
    /// Cleared by an examination that may miss what is there.
    pub weak: Vec<bool>,
    pub clusters: Vec<u64>,
}

/// How often the chance that a weak clear hides something is taken anew before the last growth.
const ROUNDS: usize = 3;

impl Part {
    pub fn positives(&self) -> usize {
        self.labels.iter().filter(|label| **label).count()
    }

    pub fn scores(&self, forest: &Forest) -> Vec<f64> {
        let mut scores = vec![0.0; self.labels.len()];
        forest.predict(&self.rows, &mut scores);
        scores
    }

    /// Copies of the same goods weigh one lesson together.
    pub fn weigh_once(&mut self) {
        let mut copies: std::collections::HashMap<u64, f64> = Default::default();
        self.clusters.iter().for_each(|cluster| *copies.entry(*cluster).or_default() += 1.0);
        for (weight, cluster) in self.weights.iter_mut().zip(&self.clusters) {
            *weight /= copies[cluster];
        }
    }

    /// Grows the trees, or takes the base rate where there are too few finds to learn from.
    ///
    /// A clear by an examination that may miss what is there is half a lesson of each kind: clean
    /// with one minus the chance that it hides something, dirty with that chance. The chance comes
    /// from trees grown before, and those from the chance before (expectation and maximisation:
    /// Dempster, Laird & Rubin, JRSS B 39 (1977)).
    pub fn grow(&self, params: &Params) -> Result<Forest, FitError> {
        let positives = self.positives();
        if positives < super::MIN_POSITIVES || positives == self.labels.len() {
            let rate = (positives as f64 + 0.5) / (self.labels.len() as f64 + 1.0);
            let base = (rate / (1.0 - rate)).ln();
            return Forest::constant(base, self.width).map_err(FitError::from);
        }
        if !self.weak.contains(&true) {
            return self.bag(params);
        }
        let quick = Params { members: 1, ..params.clone() };
        let forest = fit(&self.rows, self.width, &self.labels, &self.weights, &quick)?;
        // What was found is what was there times its detection, to begin with.
        let total: f64 = self.weights.iter().sum();
        let detected = self.detections.iter().zip(&self.weights).map(|(d, weight)| d * weight);
        let detection = detected.sum::<f64>() / total;
        let mut there: Vec<f64> = (self.scores(&forest).into_iter())
            .map(|score| (Platt::IDENTITY.chance(score) / detection).min(0.99))
            .collect();
        for _ in 0..ROUNDS {
            let split = self.split(&there);
            let forest = fit(&split.rows, self.width, &split.labels, &split.weights, &quick)?;
            there = self.scores(&forest);
            there.iter_mut().for_each(|score| *score = Platt::IDENTITY.chance(*score));
        }
        self.split(&there).bag(params)
    }

    fn bag(&self, params: &Params) -> Result<Forest, FitError> {
        fit_bag(&self.rows, self.width, &self.labels, &self.weights, &self.clusters, params)
    }

    /// Weak clears as two rows each, clean and dirty, by the chance that something is there.
    fn split(&self, there: &[f64]) -> Part {
        let mut split = Part { width: self.width, ..Part::default() };
        for (n, there) in there.iter().enumerate() {
            let hidden = if self.weak[n] { missed(*there, self.detections[n]) } else { 0.0 };
            for (label, share) in [(self.labels[n], 1.0 - hidden), (true, hidden)] {
                if share > 0.0 {
                    split.rows.extend(&self.rows[n * self.width..][..self.width]);
                    split.labels.push(label);
                    split.weights.push(self.weights[n] * share);
                    split.clusters.push(self.clusters[n]);
                }
            }
        }
        split
    }

    /// Calibrates scores of these rows on what was found in them. Too few finds need no slope.
    pub fn calibrate(&self, scores: &[f64]) -> Result<Platt, FitError> {
        let positives = self.positives();
        if positives < super::MIN_POSITIVES || positives == self.labels.len() {
            return Ok(Platt::IDENTITY);
        }
        let mut platt = Platt::fit(scores, &self.labels, &self.weights)?;
        if !self.weak.contains(&true) {
            return Ok(platt);
        }
        // As in growing, with the score in the place of the features.
        let scored = Part {
            width: 1,
            rows: scores.to_vec(),
            labels: self.labels.clone(),
            weights: self.weights.clone(),
            detections: self.detections.clone(),
            weak: self.weak.clone(),
            clusters: self.clusters.clone(),
        };
        for _ in 0..CALIBRATION_ROUNDS {
            let there: Vec<f64> = scores.iter().map(|score| platt.chance(*score)).collect();
            let split = scored.split(&there);
            platt = Platt::fit(&split.rows, &split.labels, &split.weights)?;
        }
        Ok(platt)
    }
}

/// Rounds of the calibration with weak clears: it is cheap, and each halves what is left to do
/// where half of what is there is missed.
const CALIBRATION_ROUNDS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::tests::sample;
    use crate::history::examination;

    #[test]
    fn as_new_leaves_out_what_the_same_goods_gave_and_nothing_else() {
        let mine = sample();
        let mut other = sample();
        other.goods[0].net_mass_g = Some(crate::codes::Mass(60_000));
        other.goods[0].value =
            Some(crate::codes::Money { thousandths: 18_000_000, currency: None });
        let mut past = Histories::default();
        for (consignment, label, times) in
            [(&mine, Label::Irregular, 3), (&other, Label::Clean, 2), (&other, Label::Critical, 1)]
        {
            for _ in 0..times {
                let known = examination(consignment, Day(100), label);
                known.for_each(|entry| past.add(entry));
            }
        }
        let mut lessons = Lessons::default();
        lessons.push(&Extractor::all(), &mine, &past, Lesson::plain(Label::Irregular));
        // 4 irregular of 6 and 1 critical of 6, with half a consignment's share before any.
        let base = [(4.0 + 0.5 * 0.05) / 6.5, (1.0 + 0.5 * 0.005) / 6.5];
        // The heading had the other goods alone: 1 of 3 irregular, and it critical.
        let columns = NESTED.iter().find(|(kind, _)| *kind == KeyKind::Hs4).unwrap().1;
        let part = lessons.part(&[0], &columns, Target::Irregular, View::AsNew);
        let expected = [(1.0 + base[0]) / 4.0, (1.0 + base[1]) / 4.0, 3f64.ln_1p()];
        for (found, expected) in part.rows.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        // What no exact goods gave to stays as it was, bit for bit.
        let mut fresh = Lessons::default();
        let mut never = sample();
        never.goods[0].net_mass_g = Some(crate::codes::Mass(7_000));
        fresh.push(&Extractor::all(), &never, &past, Lesson::plain(Label::Clean));
        let all: Vec<usize> = NESTED.iter().flat_map(|(_, columns)| *columns).collect();
        let bits = |view| -> Vec<u64> {
            let part = fresh.part(&[0], &all, Target::Irregular, view);
            part.rows.iter().map(|value| value.to_bits()).collect()
        };
        assert_eq!(bits(View::AsNew), bits(View::AsArrived));
    }
}
