//! What the risk of a candidate is counted in. Parcels are many and hold grams, so finds are
//! counted; freight is a handful with hundreds of kilograms, so harm is weighed. Which of the two a
//! plan used is recorded in its terms; risks of different utilities never compete for one minute.

use serde::{Deserialize, Serialize};

use crate::screening::risk;

/// What finding something is worth.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Utility {
    /// Expected finds, contraband counted more ([`risk`]).
    #[default]
    Finds,
    /// Expected harm in kilogram-equivalents of contraband.
    Harm {
        /// No single consignment counts for more than this many kilograms: beyond it, more would
        /// only draw every officer to one container.
        cap_kg: f64,
        /// What any other irregularity counts for, in kilograms: it ranks what is equally unlikely
        /// to hold contraband.
        irregular_kg: f64,
    },
}

impl Utility {
    /// The utility of inspecting one consignment with certain detection: its risk in a plan.
    /// `typical_kg` is what a contraband consignment of its goods typically holds.
    #[must_use]
    pub fn risk(self, p_irregular: f64, p_critical: f64, typical_kg: f64) -> f64 {
        match self {
            Self::Finds => risk(p_irregular, p_critical),
            Self::Harm { cap_kg, irregular_kg } => {
                let other = (p_irregular - p_critical).max(0.0);
                p_critical * typical_kg.min(cap_kg) + other * irregular_kg
            }
        }
    }
}
