//! The post room of Sumun: bytes in, declarations and defects out. It opens no file and asks no
//! clock; the office hands it bytes, and nothing that arrives is dropped without a defect that
//! says where and why.
//!
//! [`recognise`] tells what the bytes are; a [`Mapping`] says which column of a table means
//! what; a [`Table`] reads the file in batches, each with the rows that were understood and
//! the defects of the others; [`Messages`] does the same for trade messages. Memory does not
//! grow with a table, nor with a file of EDIFACT or X12.
//!
//! ```
//! use intake::{Mapping, Table, TableOptions};
//!
//! let file = "Declaration ID,Date,Office ID,HS6 Code\n7,2021-04-05,30,080390\n";
//! let mapping = Mapping::parse(
//!     "name = \"small\"\n[fields]\nreference = \"Declaration ID\"\narrived_on = \"Date\"\n\
//!      office = \"Office ID\"\ngoods.hs = \"HS6 Code\"\n",
//! )?;
//! let options = TableOptions { mapping: Some(mapping), ..TableOptions::default() };
//! let table = Table::open(file.as_bytes(), "small.csv", &options)?;
//! for batch in table {
//!     for read in batch?.rows {
//!         assert_eq!(read.consignment.reference, "7");
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod listing;
mod mapping;
mod message;
mod packed;
mod plain;
mod recoded;
mod recognise;
mod reference;
mod table;
mod unpack;

pub use bytes::Bytes;
pub use listing::{ListFormat, Listings, listing_kind, listings};
pub use mapping::{Mapping, MappingError, built_in};
pub use message::{
    DOCUMENT_LIMIT, Function, Head, Kind, MessageBatch, MessageError, MessageOptions, Messages,
    Row, acknowledge, segments,
};
pub use packed::{Inner, TakenOut, is_clutter, is_packed, packed_in, take_out};
pub use plain::{KIND_COLUMNS, NAME_COLUMNS, PlainTable, REFERENCE_COLUMNS, delimiter, text_of};
pub use recognise::{Compression, Encoding, Format, HEAD_BYTES, Recognised, recognise};
pub use reference::{CountryName, Position, Reference, Title, reference};
pub use table::{Batch, Read, Table, TableError, TableOptions, Written, read_record};
