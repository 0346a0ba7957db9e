//! The office tested from outside, one binary. `engines.rs` runs a test on SQLite and, when
//! `TEST_POSTGRES` names a server, on Postgres too; `person.rs` drives the binary as a person
//! would, with tables from `customs_table.rs`; the other files are one concern each.

mod abuse;
mod accounts;
mod allocation;
mod api;
mod commands;
mod crash;
mod customs_table;
mod data;
mod desk;
mod dock;
mod document;
mod engines;
mod engines_agree;
mod entities;
mod journal;
mod loops;
mod measuring;
mod packed;
mod person;
mod playing;
mod post;
mod reference;
mod rehearsal;
mod rights;
mod round_trip;
mod rules;
mod secrets;
mod senders;
mod server;
mod sightings;
mod sso;
mod store;
mod tidy;
mod tls;
mod watchlists;
