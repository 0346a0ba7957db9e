//! The judgement of Sumun: values in, decisions out. Nothing here touches the outside world:
//! no files, no network, no clock, and no dice but those whose seed is handed in.
//!
//! The path, in reading order: a [`consignment`] arrives with its [`party`]s; [`facts`] is the
//! only view of it that judgement may take; [`history`] says what was known of its keys, and of
//! the words of its [`text`], before its day; [`feature`] turns both into numbers; [`model`]
//! judges them and gives reasons; [`screening`] puts that together for a batch; officers' own
//! [`rule`]s and the [`indicator`]s that they name are held against it beside that; [`plan`] draws
//! the shift's inspections with known chances; a person's [`decision`] may stand against it; an
//! [`outcome`] comes back; [`learning`] makes the next model of it; [`measuring`] says how much got
//! past; and [`rehearsal`] plays all of it with a labelled past. What people read and type beside
//! that is in [`code_lists`], [`playbook`] and [`search_key`]; [`tariff`] holds words against
//! codes. Who is behind the parties is asked in [`names`], [`identifier`], [`address`] and
//! [`listing`], which no feature reads; [`crosscheck`] holds messages against each other, and
//! [`resolving`] says which records of persons and firms are one.
#![warn(missing_docs)]

pub mod address;
pub mod amount;
pub mod code_lists;
pub mod codes;
pub mod consignment;
pub mod crosscheck;
pub mod decision;
pub mod facts;
pub mod feature;
pub mod history;
pub mod identifier;
pub mod indicator;
pub mod learning;
pub mod listing;
pub mod measuring;
pub mod model;
pub mod names;
pub mod outcome;
pub mod party;
pub mod plan;
pub mod playbook;
pub mod rehearsal;
pub mod resolving;
pub mod rule;
pub mod screening;
pub mod search_key;
pub mod tariff;
pub mod text;
