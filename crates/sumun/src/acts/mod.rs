//! What people do: decide on a consignment, record what an inspection came to, approve a model.
//! Each act names who does it, is refused with a sentence when it cannot be done, and is journaled
//! in the same transaction as its change.

pub mod account;
pub mod capacity;
pub mod decide;
pub mod draw;
pub mod entity;
pub mod export;
pub mod inspect;
pub mod known_browser;
pub mod mend;
pub mod model;
pub mod office;
pub mod photo;
pub mod record;
pub mod reference;
pub mod rule;
pub mod second_factor;
pub mod token;
pub mod verification;
pub mod watchlist;
