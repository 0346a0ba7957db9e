//! The judge of a rehearsal: the ledger, the trees and the calibration, taught only by what was
//! inspected. Trees are fewer than a site's own, because they are grown anew every other week of
//! every seed; groups of features are chosen on later weeks, as `learning.rs` chooses them.

use std::collections::VecDeque;

use super::mimic;
use super::strategy::Drawn;
use super::{RehearsalError, is};
use crate::amount::{Amounts, amounts};
use crate::codes::Day;
use crate::consignment::Consignment;
use crate::facts::Facts;
use crate::feature::{CATALOGUE, Extractor};
use crate::history::{Histories, arrival, examination, links};
use crate::learning::{CHOICES, LearnError, WORTH_MORE, columns_of, lesson_weight};
use crate::model::metrics::average_precision;
use crate::model::{Forest, Params, Platt, Target, fit};
use crate::outcome::Label;

/// Trees of a rehearsal's forest.
const TREES: usize = 60;
/// Weeks of drawn inspections that the calibration looks back on.
const CALIBRATION_WEEKS: usize = 20;
/// Rows that the calibration of the start is worth against those outcomes: chance picks few a
/// week, and a calibration that follows them closely makes the estimate jump.
const CALIBRATION_PULL: f64 = 20.0;
/// Share of the lessons, by week, that teaches while groups of features are chosen.
const TAUGHT: f64 = 0.75;
/// Weeks between two choices of the groups of features.
const CHOOSE_EVERY: usize = 8;
/// Weeks that a mimic has watched, and weeks in which it acts.
pub(super) const WATCHED: usize = 12;

/// What the judge says of a week, in the order of its consignments.
pub(super) struct Judged {
    /// The list is ranked by it: log-odds.
    pub score: Vec<f64>,
    /// Calibrated chance, fixed before the draw.
    pub expected: Vec<f64>,
    /// Features, row by row.
    rows: Vec<f64>,
}

/// One inspected consignment.
struct Lesson {
    week: usize,
    label: bool,
    weight: f64,
}

/// What a mimic can look at: a week's features, chances, list and labels.
pub(super) struct Watched {
    pub week: usize,
    pub rows: Vec<f64>,
    pub chance: Vec<f64>,
    pub listed: Vec<bool>,
    pub bad: Vec<bool>,
}

pub(super) struct Judge {
    target: Target,
    seed: u64,
    /// Columns of the catalogue that any choice reads.
    columns: Vec<usize>,
    extractor: Extractor,
    past: Histories,
    rows: Vec<f64>,
    lessons: Vec<Lesson>,
    /// Week, score, label and one over the chance of what was drawn lately.
    drawn: VecDeque<(usize, f64, bool, f64)>,
    /// Positions in `columns` that the forest reads.
    chosen: Vec<usize>,
    forest: Forest,
    platt: Platt,
    /// The calibration of the start.
    near: Platt,
    watched: VecDeque<Watched>,
}

impl Judge {
    pub(super) fn new(traffic: &[Consignment], target: Target, seed: u64) -> Judge {
        let mut columns: Vec<usize> =
            CHOICES.iter().flat_map(|groups| columns_of(groups, target)).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut past = Histories::default();
        // Amounts answer by month and with earlier months alone, so all can be entered at once.
        past.set_amounts(Amounts::new(traffic.iter().flat_map(amounts).collect()));
        Judge {
            target,
            seed,
            extractor: Extractor::of(columns.iter().copied()),
            columns,
            past,
            rows: Vec::new(),
            lessons: Vec::new(),
            drawn: VecDeque::new(),
            chosen: Vec::new(),
            forest: Forest::constant(0.0, 0).expect("a constant forest without columns"),
            platt: Platt::IDENTITY,
            near: Platt::IDENTITY,
            watched: VecDeque::new(),
        }
    }

    /// Enters a week's arrivals into the ledger. Each is seen from the day after its own on.
    pub(super) fn arrive(&mut self, arrived: &[Consignment]) {
        for consignment in arrived {
            arrival(consignment).for_each(|entry| self.past.add(entry));
            links(consignment).for_each(|link| self.past.link(link));
        }
    }

    /// The features of consignments, as of their arrival, one row of `columns` each.
    fn features(&self, consignments: &[Consignment]) -> Vec<f64> {
        let width = CATALOGUE.len();
        let facts: Vec<Facts<'_>> = consignments.iter().map(Facts::of).collect();
        let mut whole = vec![f64::NAN; facts.len() * width];
        self.extractor.fill_rows(&facts, &self.past, &mut whole);
        let mut rows = Vec::with_capacity(facts.len() * self.columns.len());
        for row in whole.chunks_exact(width) {
            rows.extend(self.columns.iter().map(|column| row[*column]));
        }
        rows
    }

    /// Judges a week's consignments.
    pub(super) fn judge(&self, arrived: &[Consignment]) -> Judged {
        let rows = self.features(arrived);
        let score = self.scores(&rows, arrived.len());
        let expected = score.iter().map(|score| self.platt.chance(*score)).collect();
        Judged { score, expected, rows }
    }

    fn scores(&self, rows: &[f64], n: usize) -> Vec<f64> {
        let part = part_of(rows, self.columns.len(), &self.chosen);
        let mut scores = vec![0.0; n];
        self.forest.predict(&part, &mut scores);
        scores
    }

    /// Takes in what the inspections of a week came to: lessons, and entries of the ledger that
    /// are seen from the next week on.
    pub(super) fn record(
        &mut self,
        week: usize,
        arrived: &[Consignment],
        labels: &[Label],
        inspected: &[usize],
        chance: impl Fn(usize) -> f64,
    ) {
        let known_on = arrived.last().map_or(Day(0), |last| last.arrived_on);
        let listed: Vec<Consignment> = inspected.iter().map(|&n| arrived[n].clone()).collect();
        self.rows.extend(self.features(&listed));
        for (consignment, &n) in listed.iter().zip(inspected) {
            let label = is(labels[n], self.target);
            let weight = lesson_weight(Some(chance(n)).filter(|chance| *chance > 0.0));
            self.lessons.push(Lesson { week, label, weight });
            examination(consignment, known_on, labels[n]).for_each(|entry| self.past.add(entry));
        }
    }

    /// Remembers what a week's draw tells of the calibration, and what a mimic could watch.
    pub(super) fn keep(&mut self, week: usize, judged: &Judged, drawn: &Drawn, labels: &[Label]) {
        let mut listed = vec![false; judged.score.len()];
        for &n in &drawn.list {
            listed[n] = true;
            let bad = is(labels[n], self.target);
            self.drawn.push_back((week, judged.score[n], bad, 1.0 / drawn.chance[n]));
        }
        while self.drawn.front().is_some_and(|(of, ..)| of + CALIBRATION_WEEKS <= week) {
            self.drawn.pop_front();
        }
        self.watched.push_back(Watched {
            week,
            rows: judged.rows.clone(),
            chance: drawn.chance.clone(),
            listed,
            bad: labels.iter().map(|label| is(*label, self.target)).collect(),
        });
        if self.watched.len() > 2 * WATCHED {
            self.watched.pop_front();
        }
    }

    /// The first learning, from weeks in which everything was inspected: the last quarter of
    /// them calibrates.
    pub(super) fn start(&mut self, weeks: usize) -> Result<(), RehearsalError> {
        let from = ((weeks as f64 * TAUGHT) as usize).clamp(1, weeks - 1);
        self.choose(from)?;
        self.grow(|lesson| lesson.week < from)?;
        let later: Vec<usize> =
            (0..self.lessons.len()).filter(|n| self.lessons[*n].week >= from).collect();
        let wide = self.columns.len();
        let rows: Vec<f64> =
            later.iter().flat_map(|n| self.rows[n * wide..][..wide].to_vec()).collect();
        let scores = self.scores(&rows, later.len());
        for (n, score) in later.into_iter().zip(scores) {
            self.drawn.push_back((self.lessons[n].week, score, self.lessons[n].label, 1.0));
        }
        self.calibrate();
        self.near = self.platt;
        self.grow(|_| true)
    }

    /// Learns again from everything inspected before a week.
    pub(super) fn learn(&mut self, week: usize) -> Result<(), RehearsalError> {
        if week.is_multiple_of(CHOOSE_EVERY) {
            self.choose(week - CHOOSE_EVERY)?;
        }
        self.grow(|_| true)?;
        self.calibrate();
        Ok(())
    }

    /// Chooses the groups of features on the lessons from `later` on: the smallest choice that
    /// does as well there.
    fn choose(&mut self, later: usize) -> Result<(), RehearsalError> {
        let mut best: Option<(f64, Vec<usize>)> = None;
        for groups in CHOICES {
            let wanted = columns_of(groups, self.target);
            let chosen: Vec<usize> =
                (0..self.columns.len()).filter(|at| wanted.contains(&self.columns[*at])).collect();
            let earlier: Vec<usize> =
                (0..self.lessons.len()).filter(|n| self.lessons[*n].week < later).collect();
            let Some(forest) = self.forest_of(&earlier, &chosen)? else { continue };
            let judged: Vec<usize> =
                (0..self.lessons.len()).filter(|n| self.lessons[*n].week >= later).collect();
            let rows = self.part(&judged, &chosen);
            let mut scores = vec![0.0; judged.len()];
            forest.predict(&rows, &mut scores);
            let labels: Vec<bool> = judged.iter().map(|n| self.lessons[*n].label).collect();
            let weights: Vec<f64> = judged.iter().map(|n| self.lessons[*n].weight).collect();
            let worth = average_precision(&scores, &labels, &weights).unwrap_or(0.0);
            if best.as_ref().is_none_or(|(so_far, _)| worth > so_far + WORTH_MORE) {
                best = Some((worth, chosen));
            }
        }
        if let Some((_, chosen)) = best {
            self.chosen = chosen;
        }
        Ok(())
    }

    fn grow(&mut self, taught: impl Fn(&Lesson) -> bool) -> Result<(), RehearsalError> {
        let lessons: Vec<usize> =
            (0..self.lessons.len()).filter(|n| taught(&self.lessons[*n])).collect();
        if let Some(forest) = self.forest_of(&lessons, &self.chosen)? {
            self.forest = forest;
        }
        Ok(())
    }

    /// A forest of these lessons; none where they all say the same.
    fn forest_of(
        &self,
        lessons: &[usize],
        chosen: &[usize],
    ) -> Result<Option<Forest>, RehearsalError> {
        let labels: Vec<bool> = lessons.iter().map(|n| self.lessons[*n].label).collect();
        let weights: Vec<f64> = lessons.iter().map(|n| self.lessons[*n].weight).collect();
        let positives = labels.iter().filter(|label| **label).count();
        if positives == 0 || positives == labels.len() {
            return Ok(None);
        }
        let params = match self.target {
            Target::Irregular => Params::irregular(self.seed),
            Target::Critical => Params::critical(self.seed),
        };
        // The learning rate rises as the trees are fewer, so that they get as far.
        let rate = params.learning_rate * (params.trees as f32 / TREES as f32);
        let params = Params { trees: TREES, learning_rate: rate.min(0.15), ..params };
        let rows = self.part(lessons, chosen);
        let forest = fit(&rows, chosen.len(), &labels, &weights, &params);
        Ok(Some(forest.map_err(LearnError::from)?))
    }

    fn part(&self, lessons: &[usize], chosen: &[usize]) -> Vec<f64> {
        let wide = self.columns.len();
        let mut rows = Vec::with_capacity(lessons.len() * chosen.len());
        for n in lessons {
            let row = &self.rows[n * wide..][..wide];
            rows.extend(chosen.iter().map(|at| row[*at]));
        }
        rows
    }

    /// Fits the calibration to what was drawn lately, each weighted by one over its chance, so
    /// that it speaks of the traffic and not of the list.
    fn calibrate(&mut self) {
        let scores: Vec<f64> = self.drawn.iter().map(|(_, score, ..)| *score).collect();
        let labels: Vec<bool> = self.drawn.iter().map(|(_, _, label, _)| *label).collect();
        let weights: Vec<f64> = self.drawn.iter().map(|(.., weight)| *weight).collect();
        // Where all of them say the same, the calibration of before is the best there is.
        let fitted = Platt::fit_near(&scores, &labels, &weights, self.near, CALIBRATION_PULL);
        if let Ok(platt) = fitted {
            self.platt = platt;
        }
    }

    /// What a mimic of the best hidden profiles meets, as a share of the mean chance.
    pub(super) fn mimic(&self, target: Target) -> Result<Option<f64>, RehearsalError> {
        mimic::meets(&self.watched, self.columns.len(), target, self.seed)
            .map_err(|error| LearnError::from(error).into())
    }
}

fn part_of(rows: &[f64], wide: usize, chosen: &[usize]) -> Vec<f64> {
    let mut part = Vec::with_capacity(rows.len() / wide.max(1) * chosen.len());
    for row in rows.chunks_exact(wide) {
        part.extend(chosen.iter().map(|at| row[*at]));
    }
    part
}
