//! The learned model: two forests, their calibration, and the reasons behind a score.
//!
//! Here values become a chance of being irregular and a chance of being critical, and a row's
//! score is taken apart into its causes; which values a row has is decided by the feature
//! catalogue, what is done with the chances by the plan. Read `file.rs` for [`Model`], then
//! `forest.rs`, `shap.rs`, `fit.rs` and `metrics.rs`.

mod content;
mod file;
mod fit;
mod forest;
pub mod metrics;
mod shap;

pub use content::{Counts, Expert, Gate, ModelContent, Target, TargetContent, Window};
pub use file::{Model, ModelError};
pub use fit::{FitError, LIBRARY, Params, Platt, fit, fit_bag};
pub use forest::{Forest, ForestError, Tree};
