//! One line of the source table: what was declared, in the words and with the slips of people.
//! The struct, the header and the CSV writer come from one list, so they cannot drift apart.
//! Nothing in here says whether the line is true; that is `truth.rs`, which never meets this file.

use std::io::Write;

use compact_str::CompactString;
use serde::Serialize;

/// Short text: up to 24 bytes without a heap allocation, which is most of a row.
pub type Text = CompactString;

trait Cell {
    fn put(&self, out: &mut Vec<u8>);
}

impl Cell for Text {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Cell for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.to_string().as_bytes());
    }
}

impl<T: std::fmt::Display> Cell for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        if let Some(number) = self {
            // Writing to a vector cannot fail.
            let _ = write!(out, "{number}");
        }
    }
}

macro_rules! table {
    ($($(#[doc = $doc:literal])+ $column:ident: $kind:ty,)+) => {
        /// One declaration line as a source sends it. Empty text and `None` mean "not given".
        #[derive(Clone, Debug, Default, PartialEq, Serialize)]
        pub struct Row {
            $($(#[doc = $doc])+ pub $column: $kind,)+
        }

        /// The header of the source table, in order.
        pub const COLUMNS: &[&str] = &[$(stringify!($column)),+];

        impl Row {
            /// Calls `each` with every column's name and its text as it stands in the CSV file.
            pub fn cells(&self, mut each: impl FnMut(&'static str, &[u8])) {
                let mut buffer = Vec::with_capacity(64);
                $(
                    buffer.clear();
                    self.$column.put(&mut buffer);
                    each(stringify!($column), &buffer);
                )+
            }
        }
    };
}

table! {
    /// Number of the declaration; an amended one keeps it.
    declaration_id: Text,
    /// 1 for the first lodgement, 2 for its amendment.
    version: u32,
    /// RFC 3339 with +09:00.
    lodged_at: Text,
    /// Code of the office.
    office: Text,
    /// `parcel` or `freight`.
    regime: Text,
    /// `import`, `export`, `transit` or `transhipment`.
    direction: Text,
    /// `sea`, `air`, `post` or `road`.
    transport: Text,
    /// `list`, `simple`, `general`, `export`, `reexport`, `transit` or `tranship`.
    procedure: Text,
    /// Broker, courier or post operator who lodges.
    declarant_id: Text,
    /// Its name.
    declarant_name: Text,
    /// Seller's number where the source has one.
    consignor_id: Text,
    /// Seller's name.
    consignor_name: Text,
    /// ISO 3166 code.
    consignor_country: Text,
    /// Seller's address.
    consignor_address: Text,
    /// Personal customs code (P and 12 digits) or business number; empty for foreign buyers.
    consignee_id: Text,
    /// Buyer's name, Hangul or romanised.
    consignee_name: Text,
    /// Buyer's address, Hangul or romanised.
    consignee_address: Text,
    /// Buyer's telephone in one of many spellings.
    consignee_phone: Text,
    /// Shipping line or airline.
    carrier_id: Text,
    /// Express company, for parcels that have one.
    courier_id: Text,
    /// Ten digits as a rule; dots and six digits happen.
    hs_code: Text,
    /// Free text.
    description: Text,
    /// Where the goods were made.
    origin_country: Text,
    /// Where they were sent from.
    departure_country: Text,
    /// UN/LOCODEs, separated by spaces.
    transit_ports: Text,
    /// UN/LOCODE.
    loading_port: Text,
    /// UN/LOCODE.
    discharge_port: Text,
    /// ISO 3166 code.
    destination_country: Text,
    /// ISO 6346 number, sea freight only.
    container_no: Text,
    /// Seal of the container.
    seal_no: Text,
    /// Ocean or air master bill, shared by several houses.
    master_bill: Text,
    /// House bill or express waybill.
    house_bill: Text,
    /// UPU S10 item number, post only.
    postal_item: Text,
    /// Number of packages.
    packages: Option<u32>,
    /// UN/ECE Recommendation 21 code.
    package_type: Text,
    /// Kilograms.
    gross_mass_kg: Option<f64>,
    /// Kilograms.
    net_mass_kg: Option<f64>,
    /// In `quantity_unit`.
    quantity: Option<f64>,
    /// `KG`, `L` or `U`.
    quantity_unit: Text,
    /// Value of the line in `currency`.
    item_value: Option<f64>,
    /// ISO 4217 code.
    currency: Text,
    /// Percent.
    tax_rate: Option<f64>,
    /// `A` general rate, `C` bound rate, `F...` a trade agreement.
    tax_type: Text,
    /// Two-digit code of the way of paying.
    payment_type: Text,
    /// The import declaration that a re-export refers to.
    previous_declaration: Text,
    /// Expected arrival, or departure of an export: ISO date.
    eta: Text,
}

/// Writes the header and the rows as one CSV file.
///
/// # Errors
/// Whatever the writer refuses.
pub fn write_csv<'a>(
    out: &mut impl Write,
    rows: impl IntoIterator<Item = &'a Row>,
) -> std::io::Result<()> {
    let mut table = RowWriter::new(out)?;
    for row in rows {
        table.write(row)?;
    }
    table.finish()
}

/// Writes rows one by one under one header, for days that should not be held in memory.
pub struct RowWriter<W: Write>(csv::Writer<W>);

impl<W: Write> RowWriter<W> {
    /// Starts the table with its header.
    ///
    /// # Errors
    /// Whatever the writer refuses.
    pub fn new(out: W) -> std::io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self(writer))
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Whatever the writer refuses.
    pub fn write(&mut self, row: &Row) -> std::io::Result<()> {
        let mut failed = None;
        row.cells(|_, cell| {
            if let Err(error) = self.0.write_field(cell) {
                failed.get_or_insert(error);
            }
        });
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(self.0.write_record(None::<&[u8]>)?),
        }
    }

    /// Sends on what is still buffered.
    ///
    /// # Errors
    /// Whatever the writer refuses.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
