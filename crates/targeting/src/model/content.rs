//! What a model says of itself: its targets, their forests, and the experts for parts of the
//! traffic. All of it is written to the model file and hashed (`file.rs`). New fields are left out
//! of the file while they say nothing, so that files of before keep their hash.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fit::{Params, Platt};
use super::forest::Forest;
use super::metrics::Metrics;

/// What a forest tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Any irregularity, against clear.
    Irregular,
    /// Drugs, safety, false origin: what must not get through, against all else.
    Critical,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Target::Irregular => "irregular",
            Target::Critical => "critical",
        })
    }
}

/// Days whose outcomes were learned from, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
}

/// How much a forest was learned from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Rows learned from.
    pub rows: usize,
    /// Rows that were positive.
    pub positives: usize,
    /// Sum of the rows' training weights.
    pub weight: f64,
}

/// One target of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetContent {
    /// Codes of the features, in the order of the forest's columns.
    pub features: Vec<String>,
    /// Settings it was learned with, seed included.
    pub params: Params,
    /// How much it was learned from.
    pub counts: Counts,
    /// Turns raw scores into chances.
    pub platt: Platt,
    /// Figures on the checking rows, if there were any.
    pub metrics: Option<Metrics>,
    /// The trees; columns are positions in `features`.
    pub forest: Forest,
    /// Experts for parts of the traffic. The first whose gate lets a consignment in judges it,
    /// and the trees above judge what none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub experts: Vec<Expert>,
}

impl TargetContent {
    /// Calls `each` with the code of every feature that is read: by the trees, by the gates of the
    /// experts and by the experts. A code may come more than once.
    pub fn reads<'a>(&'a self, each: &mut impl FnMut(&'a str)) {
        self.features.iter().for_each(|code| each(code));
        for expert in &self.experts {
            each(&expert.gate.feature);
            expert.content.reads(each);
        }
    }
}

/// Trees of their own for a part of the traffic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expert {
    /// Which consignments it judges.
    pub gate: Gate,
    /// What it was learned from and how it judges; its `metrics` are on the days of its trial.
    pub content: TargetContent,
}

/// A part of the traffic: consignments whose feature lies within two bounds. One of which the
/// feature is missing is not let in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Code of the feature.
    pub feature: String,
    /// Lowest number that is let in.
    pub from: f64,
    /// Highest number that is let in.
    pub to: f64,
}

impl Gate {
    /// Lets in a number.
    pub fn admits(&self, value: f64) -> bool {
        self.from <= value && value <= self.to
    }
}

/// What a model file says, apart from its format and hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelContent {
    /// Name and version, as people refer to it.
    pub id: String,
    /// When it was learned.
    pub created_at: Timestamp,
    /// Days learned from.
    pub window: Window,
    /// How propensities became training weights, as a sentence.
    pub weighting: String,
    /// Library and version that grew the trees.
    pub library: String,
    /// Forest of the irregular target.
    pub irregular: TargetContent,
    /// Forest of the critical target.
    pub critical: TargetContent,
}

impl ModelContent {
    /// The content of one target.
    pub fn target(&self, target: Target) -> &TargetContent {
        match target {
            Target::Irregular => &self.irregular,
            Target::Critical => &self.critical,
        }
    }

    /// The codes of all features that either target reads, each once, in rising order.
    pub fn features(&self) -> Vec<&str> {
        let mut codes = Vec::new();
        self.irregular.reads(&mut |code| codes.push(code));
        self.critical.reads(&mut |code| codes.push(code));
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
