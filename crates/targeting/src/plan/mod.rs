//! Plans: which consignments a shift opens, with what, and with which known chance.
//!
//! First `chances` gives every consignment its inclusion probability: the top of the risk list is
//! certain (the core), everything else shares the exploration part of the capacity (the tail), and
//! nobody gets zero; then `draw` picks the list from a recorded seed. Capacity, terms and seed come
//! from the office; nothing here reads a clock or makes up a number. Read `chances.rs`, then
//! `draw.rs`; `allocate.rs` does both for many offices and shifts whose modalities share officers,
//! scanners and dogs. What the known chances are good for is in `measuring`.

mod allocate;
mod chances;
mod draw;
mod means;
mod mix;
mod prices;
mod report;
mod seed;
mod serve;
mod tail;
mod utility;

use serde::{Deserialize, Serialize};

use crate::outcome::{Channel, Modality};

pub use allocate::{Allocation, allocate};
pub use chances::{Chances, chances};
pub use draw::{Draw, Selection, draw};
pub use means::{BUNDLES_MAX, Bundle, Cell, Means, Placed, RESOURCES_MAX};
pub use report::{CellReport, ResourceUse};
pub use seed::{Seed, SeedParts};
pub use utility::Utility;

pub(crate) use draw::pivotal;
pub(crate) use seed::Stream;

/// One consignment that could be inspected, as far as planning needs to know it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    /// The consignment's id: it settles ties and the order of the draw, and nothing else.
    pub id: &'a str,
    /// What the risk list is ranked by; any scale, higher is riskier.
    pub risk: f64,
    /// Calibrated probability that it is irregular, in [0, 1]; shapes the chances of the tail.
    pub chance_irregular: f64,
    /// A hard class or a rule asks for it: it takes capacity before the risk list does.
    pub must: bool,
}

/// What one modality can do in a shift.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CapacityLine {
    /// The modality; a capacity has at most one line for each.
    pub modality: Modality,
    /// Officer-minutes the shift has for it.
    pub minutes_available: u32,
    /// Officer-minutes one inspection takes; at least 1.
    pub minutes_each: u32,
    /// Probability that it finds what is there, in (0, 1].
    pub detection: f64,
}

impl CapacityLine {
    /// How many inspections fit in its minutes.
    #[must_use]
    pub fn slots(&self) -> u32 {
        self.minutes_available.checked_div(self.minutes_each).unwrap_or(0)
    }
}

/// What a shift can do: one line a modality.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Capacity {
    /// The lines, in any order: the order changes nothing about the plan.
    pub lines: Vec<CapacityLine>,
}

/// How the capacity is split between using what is known and learning what is not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Share of the slots drawn by chance from everything outside the core, in (0, 1].
    pub explore: f64,
    /// Smallest chance in the tail, as a share of the tail's mean chance, in (0, 1]. Set it high:
    /// it is what a smuggler cannot undercut, and what meets an unknown method.
    pub floor: f64,
    /// How far the tail distrusts the single calibrated chance and leans on the mean, in [0, 1].
    pub eta: f64,
    /// What a place of the tail is to bring, as a share of what the last place of the core is
    /// expected to bring, in [0, 1). At 0 the tail serves the estimate alone; above, chances lean
    /// towards likely finds as far as that takes. Plans of before this term have 0.
    #[serde(default)]
    pub pays: f64,
    /// Largest share of the capacity that must-cases may take, in [0, 1]; those beyond it compete
    /// by their risk.
    pub rule_most: f64,
    /// Share of the capacity that is left free for officers' own choices, in [0, 1).
    pub officer: f64,
    /// What the risks that candidates bring are counted in.
    pub utility: Utility,
    /// Raises the floor, by a flat and larger tail, as far as this share of the utility of pure
    /// exploitation allows, in [0, 1); `explore` and `floor` are then found. Of [`allocate`] only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimax: Option<f64>,
}

impl Terms {
    /// What [`Terms::default`] gives: also where a constant is wanted.
    pub const USUAL: Terms = Terms {
        explore: 0.10,
        floor: 0.35,
        eta: 0.1,
        pays: 0.8,
        rule_most: 1.0,
        officer: 0.0,
        utility: Utility::Finds,
        minimax: None,
    };
}

impl Default for Terms {
    fn default() -> Self {
        Self::USUAL
    }
}

/// Why no plan can be made, and what to do about it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Not one inspection fits in the shift.
    #[error(
        "The shift has no time for a single inspection. Give at least one modality as many minutes \
         as one inspection takes."
    )]
    NoCapacity,
    /// A modality has two lines.
    #[error("The capacity has two lines for {modality}. Add their minutes into one line.")]
    TwoLines {
        /// The modality that appears twice.
        modality: Modality,
    },
    /// A line has no minutes for one inspection, or a detection probability outside (0, 1].
    #[error(
        "The capacity line for {modality} cannot be used: one inspection takes {minutes_each} \
         minutes and finds with probability {detection}. Enter at least 1 minute and a probability \
         above 0 and at most 1."
    )]
    BadLine {
        /// The modality of the line.
        modality: Modality,
        /// Its minutes for one inspection.
        minutes_each: u32,
        /// Its detection probability.
        detection: f64,
    },
    /// A term is outside its range.
    #[error("The term {term} is {value}; it must be {range}.")]
    BadTerm {
        /// Name of the term.
        term: &'static str,
        /// What was given.
        value: f64,
        /// What it may be, in words.
        range: &'static str,
    },
    /// A consignment has no usable risk or chance.
    #[error(
        "Consignment {id} has risk {risk} and chance {chance_irregular}. Screen it again: the risk \
         must be a finite number and the chance between 0 and 1."
    )]
    BadCandidate {
        /// The consignment.
        id: String,
        /// Its risk.
        risk: f64,
        /// Its calibrated chance of being irregular.
        chance_irregular: f64,
    },
    /// Resources, bundles or cells do not fit together.
    #[error("The capacity cannot be used: {why}. Mend it and plan again.")]
    BadMeans {
        /// What is wrong.
        why: String,
    },
    /// A cell has no time for an inspection that could find something in a profile.
    #[error(
        "The cell {cell} has no time for any inspection that finds something in the profile \
         {profile}, so its consignments would have no chance. Give the cell more minutes, or add a \
         bundle that suits them."
    )]
    NoChance {
        /// The cell.
        cell: String,
        /// The profile.
        profile: String,
    },
    /// A consignment is on the list twice, which would give it two chances.
    #[error("Consignment {id} is on the list twice. Send each consignment once.")]
    Repeated {
        /// The consignment.
        id: String,
    },
}

#[cfg(test)]
mod allocate_tests;
#[cfg(test)]
mod tests;
