//! The rehearsal: plays the weeks of a labelled table as if they came one by one, and only what a
//! strategy inspects teaches. Because every label is known to the rehearsal, and to nothing that
//! judges in it, it can say what a strategy found, what it let past, and whether its estimate and
//! interval of the traffic were right. Features, ledger, trees, calibration, chances, draw and
//! estimate are those of real shifts; the strategies that `strategy.rs` holds beside ours are
//! those of the literature. Read [`Traffic`], then [`play`], then `summary.rs`.

mod adapt;
mod estimate;
mod judge;
mod mimic;
mod strategy;
mod summary;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::codes::Day;
use crate::consignment::Consignment;
use crate::learning::LearnError;
use crate::measuring::Term;
use crate::model::Target;
use crate::outcome::Label;
use crate::plan::{PlanError, Seed, Terms};

pub use adapt::Adaptation;
pub use estimate::Estimated;
pub use strategy::Strategy;
pub use summary::{Mean, Summary, Window, summarise, windows};

use estimate::Tip;
use judge::Judge;
use strategy::{Drawn, Listed, Shift};

/// Why a table cannot be rehearsed, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// Not enough weeks for a start and something to play.
    #[error(
        "the table spans {weeks} weeks and {warm_up} of them are the start: give a longer table, \
         or a shorter start with --warm-up"
    )]
    TooShort {
        /// Whole weeks of the table.
        weeks: usize,
        /// Weeks that start it.
        warm_up: usize,
    },
    /// The start teaches nothing.
    #[error(
        "the first {warm_up} weeks hold {found} finds of this kind, too few to start from: \
         lengthen the start with --warm-up"
    )]
    NothingToStartFrom {
        /// Weeks that start it.
        warm_up: usize,
        /// Finds in them.
        found: usize,
    },
    /// Nothing could be learned.
    #[error("nothing could be learned from the inspected")]
    Learn(#[from] LearnError),
    /// No plan could be drawn.
    #[error("no plan could be drawn")]
    Plan(#[from] PlanError),
}

/// A labelled table in the order of arrival, cut into weeks of seven days from its first day.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    consignments: Vec<Consignment>,
    labels: Vec<Label>,
    weeks: Vec<Range<usize>>,
}

/// A week with less than this share of the usual traffic is the ragged end of a table.
const RAGGED: f64 = 0.5;

impl Traffic {
    /// Sorts the rows by day of arrival and cuts them into weeks. A ragged last week is left out.
    #[must_use]
    pub fn new(mut rows: Vec<(Consignment, Label)>) -> Traffic {
        rows.sort_by(|(a, _), (b, _)| {
            (a.arrived_on, &a.reference).cmp(&(b.arrived_on, &b.reference))
        });
        let (consignments, labels): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let mut weeks: Vec<Range<usize>> = Vec::new();
        if let Some(first) = consignments.first().map(|one| one.arrived_on) {
            let week = |one: &Consignment| (one.arrived_on.0 - first.0) / 7;
            let mut start = 0;
            for of_week in consignments.chunk_by(|a, b| week(a) == week(b)) {
                weeks.push(start..start + of_week.len());
                start += of_week.len();
            }
        }
        let usual = consignments.len() as f64 / weeks.len().max(1) as f64;
        if weeks.last().is_some_and(|last| (last.len() as f64) < usual * RAGGED) {
            weeks.pop();
        }
        Traffic { consignments, labels, weeks }
    }

    /// Number of weeks.
    #[must_use]
    pub fn weeks(&self) -> usize {
        self.weeks.len()
    }

    /// Number of consignments in those weeks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.weeks.last().map_or(0, |week| week.end)
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weeks.is_empty()
    }

    /// How many of them are of this kind.
    #[must_use]
    pub fn bad(&self, target: Target) -> usize {
        self.labels[..self.len()].iter().filter(|label| is(**label, target)).count()
    }
}

fn is(label: Label, target: Target) -> bool {
    match target {
        Target::Irregular => label.irregular(),
        Target::Critical => label.critical(),
    }
}

/// How a rehearsal is played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What is looked for.
    pub target: Target,
    /// Share of each week's consignments that is inspected, in (0, 1].
    pub budget: f64,
    /// The terms of a real plan. Every strategy that gives a share of its inspections to chance
    /// takes the share from here; the rest is for ours alone.
    pub terms: Terms,
    /// First weeks, in which everything is inspected, so that all strategies start alike.
    pub warm_up: usize,
    /// Weeks between two learnings.
    pub relearn: usize,
    /// How the smugglers change half way, if they do.
    pub adapt: Option<Adaptation>,
    /// Whether a mimic is set on each strategy at the end, which costs another learning.
    pub mimic: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            target: Target::Irregular,
            budget: 0.05,
            terms: Terms::default(),
            warm_up: 8,
            relearn: 2,
            adapt: None,
            mimic: true,
        }
    }
}

/// One week of one rehearsal.
#[derive(Debug, Clone)]
pub struct Week {
    /// Its first day.
    pub starts_on: Day,
    /// Consignments that arrived.
    pub arrived: usize,
    /// Inspections.
    pub inspected: usize,
    /// Finds.
    pub found: usize,
    /// Bad consignments, found or not.
    pub truth: usize,
    /// Bad consignments that changed their ways, and those of them that were found.
    pub moved: (usize, usize),
    /// Smallest and mean chance of inspection.
    pub chance: (f64, f64),
    /// Finds that opening only the top of this week's list would have brought, in truth and as
    /// estimated from the recorded chances.
    pub top: (usize, f64),
    /// What the estimate is made of.
    pub(crate) tip: Tip,
}

/// One strategy played through with one seed.
#[derive(Debug, Clone)]
pub struct Played {
    /// The strategy.
    pub strategy: Strategy,
    /// The seed of its dice.
    pub seed: u64,
    /// The weeks of the start, in which everything was inspected.
    pub(crate) start: Vec<Term>,
    /// The weeks after the start.
    pub weeks: Vec<Week>,
    /// First week, as a position in `weeks`, in which smugglers have changed their ways.
    pub changed: Option<usize>,
    /// What a best-responding mimic meets, as a share of the mean chance (`mimic.rs`).
    pub mimic_meets: Option<f64>,
}

/// Plays the table through with one strategy. `tick` is called after each week that
/// follows the start.
///
/// The same traffic, settings, strategy and seed give the same result, bit for bit.
///
/// # Errors
/// When the table is too short, its start teaches nothing, or no plan can be drawn.
pub fn play(
    traffic: &Traffic,
    settings: &Settings,
    strategy: Strategy,
    seed: u64,
    mut tick: impl FnMut(),
) -> Result<Played, RehearsalError> {
    watch(traffic, settings, strategy, seed, |_, _, _| tick())
}

/// Plays, and shows each week after the start what was drawn of which consignments.
fn watch(
    traffic: &Traffic,
    settings: &Settings,
    strategy: Strategy,
    seed: u64,
    mut each: impl FnMut(usize, &Range<usize>, &Drawn),
) -> Result<Played, RehearsalError> {
    let Settings { target, warm_up, .. } = *settings;
    let weeks = traffic.weeks();
    if weeks < warm_up + 2 {
        return Err(RehearsalError::TooShort { weeks, warm_up });
    }
    let changes = warm_up + (weeks - warm_up) / 2;
    let adapted = settings.adapt.map(|how| {
        let from = traffic.weeks[changes].start;
        how.apply(&traffic.consignments[..traffic.len()], &traffic.labels, target, from, seed)
    });
    let moved = |n: usize| adapted.as_ref().is_some_and(|adapted| adapted.moved[n]);
    let consignments =
        adapted.as_ref().map_or(&traffic.consignments[..], |adapted| &adapted.consignments[..]);

    let start = traffic.weeks[warm_up].start;
    let found = traffic.labels[..start].iter().filter(|label| is(**label, target)).count();
    if found < crate::learning::MIN_POSITIVES {
        return Err(RehearsalError::NothingToStartFrom { warm_up, found });
    }
    let mut judge = Judge::new(consignments, target, seed);
    let mut census = Vec::with_capacity(warm_up);
    let mut played = Vec::with_capacity(weeks - warm_up);
    for (number, range) in traffic.weeks.iter().enumerate() {
        let arrived = &consignments[range.clone()];
        let labels = &traffic.labels[range.clone()];
        judge.arrive(arrived);
        if number < warm_up {
            let all: Vec<usize> = (0..arrived.len()).collect();
            judge.record(number, arrived, labels, &all, |_| 1.0);
            let found = labels.iter().filter(|label| is(**label, target)).count();
            census.push(Tip::census(arrived.len(), found));
            if number + 1 == warm_up {
                judge.start(warm_up)?;
            }
            continue;
        }
        let judged = judge.judge(arrived);
        let shift = Shift {
            listed: Listed { consignments: arrived, judged: &judged },
            slots: ((settings.budget * arrived.len() as f64).round() as usize).max(1),
            terms: settings.terms,
            seed: Seed::from_number(seed.wrapping_mul(100_003).wrapping_add(number as u64)),
        };
        let drawn = strategy.draw(&shift)?;
        let bad = |n: usize| is(labels[n], target);
        let count = |of: &dyn Fn(usize) -> bool| (0..arrived.len()).filter(|n| of(*n)).count();
        let mean = drawn.chance.iter().sum::<f64>() / arrived.len() as f64;
        let least = drawn.chance.iter().copied().fold(f64::INFINITY, f64::min);
        played.push(Week {
            starts_on: arrived[0].arrived_on,
            arrived: arrived.len(),
            inspected: drawn.list.len(),
            found: drawn.list.iter().filter(|n| bad(**n)).count(),
            truth: count(&bad),
            moved: (
                count(&|n| moved(range.start + n)),
                drawn.list.iter().filter(|n| moved(range.start + **n)).count(),
            ),
            chance: (least, mean),
            top: estimate::top_of_list(&judged, &drawn, &shift, bad),
            tip: Tip::of(&judged, &drawn, bad),
        });
        judge.record(number, arrived, labels, &drawn.list, |n| drawn.chance[n]);
        judge.keep(number, &judged, &drawn, labels);
        if (number + 1 - warm_up).is_multiple_of(settings.relearn.max(1)) {
            judge.learn(number + 1)?;
        }
        each(number, range, &drawn);
    }
    let mimic_meets = if settings.mimic { judge.mimic(target)? } else { None };
    let changed = adapted.map(|_| changes - warm_up);
    Ok(Played { strategy, seed, start: census, weeks: played, changed, mimic_meets })
}

#[cfg(test)]
mod tests;
