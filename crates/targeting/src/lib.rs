//! targeting

pub mod model;
