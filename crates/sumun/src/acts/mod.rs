//! What people do: record what an inspection came to, approve a model. Each act names who does
//! it, is refused with a sentence when it cannot be done, and is journaled in the same
//! transaction as its change.

pub mod account;
pub mod draw;
pub mod model;
pub mod record;
pub mod reference;
pub mod second_factor;
pub mod verification;
