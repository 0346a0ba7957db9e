//! Examinations in two steps: a scan first, and unpacking where it alarms.
//!
//! What a scan overlooks is not known. So a share of the silent scans, drawn by chance, is unpacked
//! as well, and each find among them stands for the silent ones like it that were not: the estimate
//! is right whatever the scan's true detection is. About one in five is the cheapest share for
//! usual scans.

use super::{Tally, Unit};
use crate::plan::Seed;

/// How an examination in two steps ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The scan alarmed, and it was unpacked.
    Alarmed {
        /// Whether something was found.
        found: bool,
    },
    /// The scan was silent, and the draw left it at that.
    Silent,
    /// The scan was silent, and the draw had it unpacked.
    Verified {
        /// Whether something was found.
        found: bool,
    },
    /// The scan was silent, the draw wanted it unpacked, and that was not done.
    NotVerified,
}

/// A way of examining in two steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoStep {
    /// Chance that a silent scan is unpacked all the same, in (0, 1].
    pub verified: f64,
    /// What the scan is thought to detect, in [0, 1]: it bears on the width of the interval alone.
    pub thought: f64,
}

impl TwoStep {
    /// The detection that stands for one whose scan has not been made: the estimate varies as if
    /// each inspection found with this probability, 1 over d + (1 − d)/ρ.
    #[must_use]
    pub fn detection(&self) -> f64 {
        1.0 / (self.thought + (1.0 - self.thought) / self.verified)
    }

    /// Whether the draw wants a silent scan unpacked: the same answer for the same seed and id,
    /// whenever it is asked.
    #[must_use]
    pub fn wants(&self, seed: &Seed, id: &str) -> bool {
        seed.stream(format!("verification {id}").as_bytes()).decide(self.verified)
    }

    /// The unit with the result of its two steps: A + (1 − A) I/ρ × find in place of find/d, where
    /// A is the alarm and I the verification.
    ///
    /// # Panics
    /// When the share verified is not in (0, 1] or the detection thought is no probability.
    #[must_use]
    pub fn unit(&self, unit: Unit, ended: Ended) -> Unit {
        let Self { verified, thought } = *self;
        assert!(verified > 0.0 && verified <= 1.0, "share verified {verified} is not in (0, 1]");
        assert!((0.0..=1.0).contains(&thought), "detection {thought} is not in [0, 1]");
        let (detection, result) = match ended {
            Ended::Alarmed { found: true } => (1.0, Some(true)),
            Ended::Verified { found: true } => (verified, Some(true)),
            Ended::Alarmed { found: false } | Ended::Verified { found: false } | Ended::Silent => {
                (self.detection(), Some(false))
            }
            Ended::NotVerified => (self.detection(), None),
        };
        Unit { detection, result, ..unit }
    }
}

impl Tally {
    /// Counts one consignment that was examined in two steps, or would have been.
    ///
    /// # Panics
    /// When a number of it is no probability, as [`Tally::add`] and [`TwoStep::unit`] do.
    pub fn add_two_step(&mut self, unit: &Unit, by: TwoStep, ended: Ended) {
        let imperfect = self.imperfect;
        self.add(&by.unit(*unit, ended));
        // What a scan detects is no assumption here.
        self.imperfect = imperfect;
        self.verified = true;
    }
}
