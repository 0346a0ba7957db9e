//! The office tested from outside, one binary. `engines.rs` runs a test on SQLite and, when
//! `TEST_POSTGRES` names a server, on Postgres too; the other files are one concern each.

mod api;
mod engines;
mod journal;
mod store;
