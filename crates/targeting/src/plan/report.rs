//! What a cell of an allocation came to: minutes by resource and channel, the floor that no
//! consignment falls below, and what exploration costs against opening only what pays most today.

use serde::{Deserialize, Serialize};

use super::chances::plannable;
use super::{Bundle, Means, Terms};
use crate::outcome::Channel;

/// How the minutes of one resource are planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceUse {
    /// The resource.
    pub resource: String,
    /// Minutes of the cell.
    pub available: u64,
    /// Minutes left free for officers' own choices.
    pub kept_free: u64,
    /// Minutes of must-cases.
    pub rule: u64,
    /// Minutes of the top of the list.
    pub risk: u64,
    /// Minutes of what is drawn by chance; the same whichever way the draw falls.
    pub random: u64,
}

impl ResourceUse {
    /// Minutes that the drawn list takes.
    #[must_use]
    pub fn planned(&self) -> u64 {
        self.rule + self.risk + self.random
    }
}

/// What one cell came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellReport {
    /// The cell.
    pub cell: String,
    /// The terms as they were applied: with a stated loss, the share explored and the floor that
    /// it allowed.
    pub terms: Terms,
    /// Candidates.
    pub candidates: usize,
    /// Inspections of must-cases.
    pub rule: u64,
    /// Inspections of the top of the list.
    pub risk: u64,
    /// Inspections drawn by chance.
    pub random: u64,
    /// Must-cases that found no certain place.
    pub must_left: usize,
    /// Minutes by resource.
    pub resources: Vec<ResourceUse>,
    /// The smallest chance of detection of any candidate: what a smuggler cannot undercut.
    pub floor: f64,
    /// The mean chance of detection.
    pub mean: f64,
    /// Expected utility: Σ risk × chance × detection.
    pub utility: f64,
    /// Expected utility if, rules served, every other minute went to what pays most.
    pub exploit: f64,
    /// No plan with those rules has an expected utility above this, by the prices of minutes.
    pub bound: f64,
}

impl CellReport {
    pub(super) fn new(means: &Means, at: usize, terms: Terms, candidates: usize) -> Self {
        let minutes = &means.cells[at].minutes;
        let resources = (means.resources.iter().zip(minutes))
            .map(|(resource, &available)| {
                let kept_free = available - plannable(available, terms.officer);
                ResourceUse {
                    resource: resource.clone(),
                    available: u64::from(available),
                    kept_free: u64::from(kept_free),
                    rule: 0,
                    risk: 0,
                    random: 0,
                }
            })
            .collect();
        Self {
            cell: means.cells[at].name.clone(),
            terms,
            candidates,
            rule: 0,
            risk: 0,
            random: 0,
            must_left: 0,
            resources,
            floor: f64::INFINITY,
            mean: 0.0,
            utility: 0.0,
            exploit: 0.0,
            bound: 0.0,
        }
    }

    /// Share of the utility of pure exploitation that exploration costs; 0 when nothing could be
    /// found anyway.
    #[must_use]
    pub fn loss(&self) -> f64 {
        if self.exploit > 0.0 { 1.0 - self.utility / self.exploit } else { 0.0 }
    }

    pub(super) fn add(&mut self, chance: f64, detection: f64, risk: f64) {
        self.floor = self.floor.min(chance * detection);
        self.mean += chance * detection;
        self.utility += risk * chance * detection;
    }

    pub(super) fn plan(&mut self, channel: Channel, bundle: &Bundle, times: u64) {
        let (count, minutes): (_, fn(&mut ResourceUse) -> &mut u64) = match channel {
            Channel::Rule => (&mut self.rule, |of| &mut of.rule),
            Channel::Risk => (&mut self.risk, |of| &mut of.risk),
            Channel::Random => (&mut self.random, |of| &mut of.random),
            // Officers choose later, from what is kept free.
            Channel::Officer => return,
        };
        *count += times;
        for (of, &each) in self.resources.iter_mut().zip(&bundle.minutes) {
            *minutes(of) += times * u64::from(each);
        }
    }

    pub(super) fn close(&mut self) {
        if self.candidates == 0 {
            self.floor = 0.0;
        } else {
            self.mean /= self.candidates as f64;
        }
    }
}
