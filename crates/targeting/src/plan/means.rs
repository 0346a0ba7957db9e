//! What an office can do with several modalities at once: resources that run out (officers, a
//! scanner, dogs, a laboratory), bundles of steps that use minutes of them, and cells, each an
//! office and shift with its minutes. `prices.rs` finds what a minute is worth, `allocate.rs`
//! gives every consignment its bundle and its chance.

use serde::{Deserialize, Serialize};

use super::{Candidate, PlanError};
use crate::outcome::Modality;

/// The most resources one plan can weigh against each other.
pub const RESOURCES_MAX: usize = 8;

/// The most bundles, and the most profiles.
pub const BUNDLES_MAX: usize = 64;

/// One way to inspect: steps that are all done, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// Its name, such as `scan then unpack`.
    pub name: String,
    /// The steps in order, at least one; the last is the modality it is recorded under.
    pub steps: Vec<Modality>,
    /// Minutes of each resource that one inspection takes, in the order of [`Means::resources`];
    /// not all 0.
    pub minutes: Vec<u32>,
    /// Probability in [0, 1] that it finds what is there, in the order of [`Means::profiles`];
    /// 0 means that it is never used for the profile.
    pub detection: Vec<f64>,
}

impl Bundle {
    /// The modality it is recorded under: its last step.
    #[must_use]
    pub fn modality(&self) -> Modality {
        self.steps.last().copied().unwrap_or(Modality::Unpack)
    }
}

/// One office and shift (and regime) with the minutes it has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its name, unique in the plan: the draw within a cell depends on it and not on other cells.
    pub name: String,
    /// Minutes of each resource, in the order of [`Means::resources`].
    pub minutes: Vec<u32>,
}

/// Everything there is to inspect with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Means {
    /// Names of the resources, 1 to [`RESOURCES_MAX`].
    pub resources: Vec<String>,
    /// Names of the concealment profiles, at least 1: kinds of goods that hide things alike.
    pub profiles: Vec<String>,
    /// The bundles.
    pub bundles: Vec<Bundle>,
    /// The cells; minutes never move from one to another.
    pub cells: Vec<Cell>,
}

/// A candidate with where it waits and how its goods would hide something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed<'a> {
    /// The candidate. Its risk is the utility of finding what it may hide, 0 or more, in the unit
    /// of [`super::Utility`].
    pub candidate: Candidate<'a>,
    /// Place in [`Means::cells`].
    pub cell: u16,
    /// Place in [`Means::profiles`].
    pub profile: u8,
}

/// Smallest detection that is more than none: an estimate divides by it.
const DETECTION_LEAST: f64 = 1e-6;

impl Means {
    /// Holds that everything has the right shape and range.
    ///
    /// # Errors
    /// [`PlanError::BadMeans`] with what is wrong.
    pub fn check(&self) -> Result<(), PlanError> {
        let bad = |why: String| Err(PlanError::BadMeans { why });
        let (resources, profiles) = (self.resources.len(), self.profiles.len());
        if resources == 0 || resources > RESOURCES_MAX {
            return bad(format!("there are {resources} resources, not 1 to {RESOURCES_MAX}"));
        }
        if profiles == 0 || profiles > BUNDLES_MAX {
            return bad(format!("there are {profiles} profiles, not 1 to {BUNDLES_MAX}"));
        }
        if self.bundles.is_empty() || self.bundles.len() > BUNDLES_MAX {
            return bad(format!(
                "there are {} bundles, not 1 to {BUNDLES_MAX}",
                self.bundles.len()
            ));
        }
        if self.cells.len() > usize::from(u16::MAX) {
            return bad(format!("there are {} cells, more than {}", self.cells.len(), u16::MAX));
        }
        for names in [
            self.resources.iter().collect::<Vec<_>>(),
            self.profiles.iter().collect(),
            self.bundles.iter().map(|bundle| &bundle.name).collect(),
            self.cells.iter().map(|cell| &cell.name).collect(),
        ] {
            let mut sorted = names;
            sorted.sort_unstable();
            if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                return bad(format!("`{}` is there twice", twice[0]));
            }
        }
        for Bundle { name, steps, minutes, detection } in &self.bundles {
            if steps.is_empty() {
                return bad(format!("the bundle `{name}` has no steps"));
            }
            if minutes.len() != resources || detection.len() != profiles {
                return bad(format!(
                    "the bundle `{name}` has {} minutes for {resources} resources and {} \
                     detections for {profiles} profiles",
                    minutes.len(),
                    detection.len()
                ));
            }
            if minutes.iter().all(|&minutes| minutes == 0) {
                return bad(format!("the bundle `{name}` takes no minutes of anything"));
            }
            let usable = |d: f64| d == 0.0 || (DETECTION_LEAST..=1.0).contains(&d);
            if let Some(odd) = detection.iter().find(|odd| !usable(**odd)) {
                return bad(format!(
                    "the bundle `{name}` finds with probability {odd}: give 0, or a number from \
                     {DETECTION_LEAST} to 1"
                ));
            }
        }
        match self.cells.iter().find(|cell| cell.minutes.len() != resources) {
            Some(cell) => bad(format!("the cell `{}` lacks minutes of a resource", cell.name)),
            None => Ok(()),
        }
    }
}
