//! The pretend port: a seeded world of traders, parcels and smugglers whose truth is known.
//! It exists so that targeting can be rehearsed, demonstrated and measured without real data; it
//! takes no part in any real decision. Every name, rate and price in it is invented.
//!
//! The path of one day:
//! 1. `places.rs` and `goods.rs` say where trade comes from and what it carries.
//! 2. `traders.rs` founds firms and shops with habits and an honesty.
//! 3. `networks.rs` founds smugglers with schemes, which change after [`World::lost`].
//! 4. `world.rs` lives the day: steady traffic, networks, lone smugglers, re-exports, amendments.
//! 5. `declaring.rs` writes each shipment as a [`Row`], with the slips of people.
//! 6. `messages/` writes the rows as the messages that carriers, posts and brokers send.
//! 7. `truth.rs` keeps what is really inside, and says what an inspection finds.
//!
//! Apart from that, [`people`] makes tables of persons recorded more than once.
//!
//! ```
//! use harbour::{Modality, Outcome, Settings, World, inspect};
//!
//! let mut world = World::new(7, Settings { days: 2, ..Settings::demo() });
//! for date in world.dates() {
//!     let day = world.day(date)?;
//!     for truth in day.truth.iter().take(50) {
//!         let finding = inspect(truth, Modality::Unpack, world.dice());
//!         if finding.outcome == Outcome::Seizure {
//!             world.lost(&truth.declaration_id, date);
//!         }
//!     }
//! }
//! # Ok::<(), harbour::DayPassed>(())
//! ```
//!
//! **Rates.** The demo holds drugs in a few of a thousand lines, about a thousand times more than
//! are found in reality (3.6 per million parcels in Korea in 2024), so that eight weeks teach
//! something; [`Settings::gateway`] has real proportions. Both are settings.
#![warn(missing_docs)]

mod declaring;
mod dice;
mod goods;
pub mod messages;
mod names;
mod networks;
pub mod people;
mod places;
mod row;
mod traders;
mod truth;
mod world;

pub use names::{container_check_digit, postal_check_digit};
pub use networks::NetworkView;
pub use places::{Office, OfficeKind};
pub use row::{COLUMNS, Row, RowWriter, Text, write_csv};
pub use truth::{
    Concealment, Detection, Dice, Finding, Modality, Outcome, Substance, TRUTH_COLUMNS, Truth,
    TruthWriter, Typology, inspect, write_truth_csv,
};
pub use world::{Day, DayPassed, Settings, World};
