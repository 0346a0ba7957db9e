//! Plans: which consignments a shift opens, with what, and with which known chance.
//!
//! First `chances` gives every consignment its inclusion probability: the top of the risk list is
//! certain (the core), everything else shares the exploration part of the capacity (the tail), and
//! nobody gets zero; then `draw` picks the list from a recorded seed. Capacity, terms and seed come
//! from the office; nothing here reads a clock or makes up a number. Read `chances.rs`, then
//! `draw.rs`; what the known chances are good for is in `measuring`.

mod chances;
mod draw;
mod seed;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use chances::{Chances, chances};
pub use draw::{Draw, Selection, draw};
pub use seed::{Seed, SeedParts};

#[cfg(test)]
pub(crate) use draw::pivotal;

/// A way to inspect: each has its minutes and its chance of finding what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// The documents are checked.
    Document,
    /// Non-intrusive inspection: X-ray or another scan.
    Scan,
    /// A detector dog.
    Dog,
    /// A swab for traces.
    Trace,
    /// A sample for the laboratory.
    Lab,
    /// The goods are fully unpacked.
    Unpack,
}

impl Modality {
    /// Every modality, in the order of the glossary.
    pub const ALL: [Self; 6] =
        [Self::Document, Self::Scan, Self::Dog, Self::Trace, Self::Lab, Self::Unpack];

    /// The word for it in documents and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Scan => "scan",
            Self::Dog => "dog",
            Self::Trace => "trace",
            Self::Lab => "lab",
            Self::Unpack => "unpack",
        }
    }
}

/// Why a consignment was inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// It stood at the top of the risk list.
    Risk,
    /// A rule or a listing asked for it.
    Rule,
    /// It was drawn by chance from the rest.
    Random,
    /// An officer chose it against the recommendation.
    Officer,
}

impl Channel {
    /// Every channel, in the order of the glossary.
    pub const ALL: [Self; 4] = [Self::Risk, Self::Rule, Self::Random, Self::Officer];

    /// The word for it in documents and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Risk => "risk",
            Self::Rule => "rule",
            Self::Random => "random",
            Self::Officer => "officer",
        }
    }
}

/// The text names no modality or channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not one of: {known}")]
pub struct UnknownWord {
    word: String,
    known: String,
}

impl UnknownWord {
    fn new(word: &str, known: impl Iterator<Item = &'static str>) -> Self {
        Self { word: word.to_owned(), known: known.collect::<Vec<_>>().join(", ") }
    }
}

impl FromStr for Modality {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|modality| modality.as_str() == word)
            .ok_or_else(|| UnknownWord::new(word, Self::ALL.into_iter().map(Self::as_str)))
    }
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == word)
            .ok_or_else(|| UnknownWord::new(word, Self::ALL.into_iter().map(Self::as_str)))
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

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
pub struct Terms {
    /// Share of the slots drawn by chance from everything outside the core, in (0, 1].
    pub explore: f64,
    /// Smallest chance in the tail, as a share of the tail's mean chance, in (0, 1]. Set it high:
    /// it is what a smuggler cannot undercut, and what meets an unknown method.
    pub floor: f64,
    /// How far the tail distrusts the single calibrated chance and leans on the mean, in [0, 1].
    pub eta: f64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { explore: 0.10, floor: 0.5, eta: 0.3 }
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
    /// A consignment is on the list twice, which would give it two chances.
    #[error("Consignment {id} is on the list twice. Send each consignment once.")]
    Repeated {
        /// The consignment.
        id: String,
    },
}

#[cfg(test)]
mod tests;
