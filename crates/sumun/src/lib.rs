//! The office of Sumun: everything that touches the world. Read [`pipeline`] first: it is the
//! path of a batch through receive, screen, plan, learn and measure. People's acts are in
//! [`acts`], the only SQL in [`store`], the only HTTP in [`web`], and a file a verb in
//! [`commands`].

pub mod acts;
pub mod commands;
pub mod config;
pub mod merkle;
pub mod picture;
pub mod pipeline;
pub mod refusal;
pub mod report;
pub mod rights;
pub mod rule_file;
pub mod sheet;
pub mod store;
pub mod web;
