//! targeting

pub mod measuring;
pub mod plan;
