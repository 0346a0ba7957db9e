//! sumun

pub mod merkle;
pub mod store;
