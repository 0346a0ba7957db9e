//! The consignment: the unit of risk, one house-level shipment or one declaration line.
//! It holds what was declared, for parcels and freight and in every direction; what the
//! features and rules may see of it is decided in `facts.rs`. Who the parties are: `party.rs`.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::codes::{
    ContainerNumber, CountryCode, Day, HsCode, Mass, Money, PostalItemId, UnLocode,
};
use crate::party::{Party, Role};

/// The office's own number of a consignment, written `C-123`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsignmentId(pub i64);

impl fmt::Display for ConsignmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{}", self.0)
    }
}

/// Gives an enum of unit variants its text form, both ways, as one list.
#[macro_export]
macro_rules! words {
    ($type:ident, $wanted:literal, $($variant:ident = $text:literal),+ $(,)?) => {
        impl $type {
            /// Every value, in reading order.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// The word that files, tables and the API use.
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $text),+ }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::codes::CodeError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text.trim().to_ascii_lowercase().as_str() {
                    $($text => Ok($type::$variant),)+
                    _ => Err($crate::codes::CodeError::Shape {
                        text: text.chars().take(40).collect(),
                        wanted: $wanted,
                    }),
                }
            }
        }
    };
}

/// Parcels and freight have their own capacity, model and utility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// Express and post: very many, grams each, counted in finds.
    Parcel,
    /// Sea, air, road and rail cargo: few finds, weighed in harm.
    Freight,
}
words!(Regime, "a regime: parcel or freight", Parcel = "parcel", Freight = "freight");

/// Which way the goods pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the customs territory.
    #[default]
    Import,
    /// Out of it.
    Export,
    /// Through it under customs control.
    Transit,
    /// From one conveyance to another without entering.
    Transhipment,
}
words!(
    Direction,
    "a direction: import, export, transit or transhipment",
    Import = "import",
    Export = "export",
    Transit = "transit",
    Transhipment = "transhipment",
);

/// How the goods travel on the main leg (UNECE Recommendation 19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// By sea (1).
    Sea,
    /// By rail (2).
    Rail,
    /// By road (3).
    Road,
    /// By air (4).
    Air,
    /// By post (5).
    Post,
    /// Anything else, such as pipelines or own propulsion.
    Other,
}
words!(
    Transport,
    "a mode of transport: sea, rail, road, air, post or other",
    Sea = "sea",
    Rail = "rail",
    Road = "road",
    Air = "air",
    Post = "post",
    Other = "other",
);

/// One line of goods as declared.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GoodsItem {
    /// Declared HS code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hs: Option<HsCode>,
    /// Description in the declarant's words.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub description: CompactString,
    /// Country of origin of the goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<CountryCode>,
    /// Net mass in grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_mass_g: Option<Mass>,
    /// Gross mass in grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_mass_g: Option<Mass>,
    /// Declared value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Money>,
    /// Number in `quantity_unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<f64>,
    /// Unit of `quantity` (UNECE Recommendation 20).
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub quantity_unit: CompactString,
    /// Number of packages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packages: Option<u32>,
    /// Kind of packages (UNECE Recommendation 21).
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub package_type: CompactString,
    /// Duty rate in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duty_rate_percent: Option<f64>,
    /// Kind of duty rate (basic, preferential agreement and so on).
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub duty_type: CompactString,
    /// How the origin is marked or proved.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub origin_mark: CompactString,
    /// Further HS codes that the same line declares.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_hs: Vec<HsCode>,
    /// Marks and numbers on the packages.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub marks: String,
    /// UN number of dangerous goods.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub dangerous: CompactString,
    /// Numbers of the containers that this line lies in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<CompactString>,
}

impl GoodsItem {
    /// Value per kilogram of net mass in currency units; `None` without a positive mass.
    pub fn unit_value(&self) -> Option<f64> {
        let mass = self.net_mass_g.filter(|mass| mass.0 > 0)?;
        Some(self.value?.units() / mass.kg())
    }

    /// The quantity when it counts pieces (unit U, C62, H87, EA, PCS, PCE or NAR); `None` when it
    /// is a mass, a volume or not declared.
    pub fn pieces(&self) -> Option<f64> {
        const PIECES: [&str; 9] = ["U", "C62", "H87", "EA", "PCS", "PCE", "PC", "NAR", "NMB"];
        let counted = PIECES.iter().any(|unit| unit.eq_ignore_ascii_case(&self.quantity_unit));
        self.quantity.filter(|quantity| counted && *quantity > 0.0)
    }
}

/// Where the goods pass.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Route {
    /// Country from which the goods were dispatched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<CountryCode>,
    /// Country to which they go, where not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<CountryCode>,
    /// Place of loading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loading: Option<UnLocode>,
    /// Place of discharge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discharge: Option<UnLocode>,
    /// Places called at in between, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<UnLocode>,
    /// Vessel, flight or vehicle.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub conveyance: CompactString,
    /// Number of the vessel: IMO number or call sign.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub conveyance_id: CompactString,
    /// Voyage number; of a flight its number.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub voyage: CompactString,
    /// Every place named, as written, whether its code is known or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
}

/// A place that a document names, in the part it plays there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The part it plays, such as `loading`, or the document's own code for that.
    pub role: CompactString,
    /// Its code as written: UN/LOCODE, IATA airport, or a national one.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub code: CompactString,
    /// Its name as written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The country in which it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// When the goods are there, in local time: `2026-11-25T14:30`.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub at: CompactString,
}

/// One container or other unit with its seals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Equipment {
    /// The number as written; kept even when its check digit is wrong.
    pub number: CompactString,
    /// The number, when it holds ISO 6346.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerNumber>,
    /// Seal numbers as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<CompactString>,
    /// True when declared empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
    /// Size and type as written (ISO 6346).
    #[serde(default, skip_serializing_if = "CompactString::is_empty")]
    pub size_type: CompactString,
    /// Which way the unit itself passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Declared gross mass in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_mass_g: Option<Mass>,
    /// Verified gross mass (SOLAS VI/2) in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_mass_g: Option<Mass>,
    /// Where it stands on board: bay, row and tier.
    #[serde(default, skip_serializing_if = "CompactString::is_empty")]
    pub stowage: CompactString,
    /// Set temperature as written, with its unit.
    #[serde(default, skip_serializing_if = "CompactString::is_empty")]
    pub temperature: CompactString,
}

/// Transport and customs documents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Documents {
    /// The carrier's bill: MBL or MAWB.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub master_bill: CompactString,
    /// The forwarder's bill: HBL or HAWB.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub house_bill: CompactString,
    /// Postal item number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_item: Option<PostalItemId>,
    /// Declaration that this one follows, for re-export and transit.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub previous: CompactString,
    /// Customs procedure or process code.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub procedure: CompactString,
    /// Kind of import or export transaction.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub transaction: CompactString,
    /// Use of the goods.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub purpose: CompactString,
    /// How the goods are paid for.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub payment: CompactString,
    /// Number of the customs declaration or cargo report.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub declaration: CompactString,
    /// Number of the manifest that reports it.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub manifest: CompactString,
    /// Booking number.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub booking: CompactString,
    /// Unique consignment reference.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub ucr: CompactString,
    /// True when the document withdraws the consignment.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// What the document says besides, under its own codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What is odd about the document, by the codes of `docs/formats.md`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<CompactString>,
}

/// Something that a document says and no field holds, under the document's own code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The document's code for it, such as `FTX SCAN` or `OCI US/SHP/T`.
    pub kind: CompactString,
    /// What it says.
    pub text: String,
}

/// One consignment as declared. A later declaration under the same `source` and `reference`
/// makes a new version of it, and the older one's fate is `Superseded`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consignment {
    /// Who numbers the references: the name of the mapping or message kind.
    pub source: CompactString,
    /// The source's own number for this consignment, such as the declaration's.
    pub reference: CompactString,
    /// Parcel or freight.
    pub regime: Regime,
    /// Which way the goods pass.
    pub direction: Direction,
    /// Customs office in charge.
    pub office: CompactString,
    /// When it was lodged or arrived, in microseconds since 1970-01-01 UTC.
    pub arrived_at: i64,
    /// The local day of `arrived_at`, on which the histories stand.
    pub arrived_on: Day,
    /// How the goods travel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// Everyone named in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Party>,
    /// The goods, the main item first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<GoodsItem>,
    /// Where they pass.
    #[serde(default)]
    pub route: Route,
    /// Containers and seals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equipment: Vec<Equipment>,
    /// Bills and procedures.
    #[serde(default)]
    pub documents: Documents,
}

impl Consignment {
    /// The first party in a role.
    pub fn party(&self, role: Role) -> Option<&Party> {
        self.parties.iter().find(|party| party.role == role)
    }

    /// The main goods item.
    pub fn main_goods(&self) -> Option<&GoodsItem> {
        self.goods.first()
    }
}

/// All consignments that a carrier reports for one voyage or flight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The carrier's number for the manifest.
    pub reference: CompactString,
    /// Who carries.
    pub carrier: Option<Party>,
    /// Vessel with voyage, or flight with date.
    pub conveyance: CompactString,
    /// Where it passes.
    pub route: Route,
    /// What it carries, house by house.
    pub consignments: Vec<Consignment>,
}

/// The one end state of a consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Not yet decided.
    Pending,
    /// A shift's plan left it, so it went on.
    Released,
    /// Examined, with an outcome.
    Inspected,
    /// Not accepted: the bill was deleted or it never arrived.
    Rejected,
    /// A newer version took its place.
    Superseded,
}
words!(
    Fate,
    "a fate: pending, released, inspected, rejected or superseded",
    Pending = "pending",
    Released = "released",
    Inspected = "inspected",
    Rejected = "rejected",
    Superseded = "superseded",
);

/// An office and a span of work, written `2021-04-05` or `2021-04-05/night`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shift {
    /// The day on which it begins.
    pub day: Day,
    /// Its name within the day; empty when the day is one shift.
    pub name: CompactString,
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.day.fmt(f)?;
        if self.name.is_empty() { Ok(()) } else { write!(f, "/{}", self.name) }
    }
}

impl FromStr for Shift {
    type Err = crate::codes::CodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (day, name) = text.split_once('/').unwrap_or((text, ""));
        Ok(Shift { day: day.parse()?, name: CompactString::new(name.trim()) })
    }
}

/// What was wrong with a record, where, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Defect {
    /// Line of the file on which the record begins, from 1.
    pub line: u64,
    /// Field of the consignment, or empty when the whole record is meant.
    pub field: CompactString,
    /// What kind of fault it is.
    pub kind: DefectKind,
    /// The fault in a sentence.
    pub reason: String,
    /// What stood there, cut to 200 characters.
    pub found: String,
}

/// Kinds of defect. A rejected record is not stored; the others are, without the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// A field that the record cannot do without is empty: rejected.
    Missing,
    /// A field that the record cannot do without cannot be read: rejected.
    Unreadable,
    /// An optional field could not be read and was left empty.
    Ignored,
    /// An optional number or date is outside what is possible and was left empty.
    OutOfRange,
    /// The record has more or fewer columns than the header: rejected.
    Columns,
    /// The record's bytes are no text in the file's encoding: rejected.
    Encoding,
    /// The file ended within the record: rejected.
    Truncated,
    /// The record repeats another of the same file.
    Duplicate,
    /// The record's number was first declared by another sender: rejected, for an officer to mend.
    Taken,
    /// Something is odd about the message, such as a wrong count; nothing was left out.
    Noted,
}
words!(
    DefectKind,
    "a kind of defect",
    Missing = "missing",
    Unreadable = "unreadable",
    Ignored = "ignored",
    OutOfRange = "out_of_range",
    Columns = "columns",
    Encoding = "encoding",
    Truncated = "truncated",
    Duplicate = "duplicate",
    Taken = "taken",
    Noted = "noted",
);

impl DefectKind {
    /// True when what stood there is lost because bytes are: the file is cut off or damaged.
    pub fn loses(self) -> bool {
        matches!(self, DefectKind::Unreadable | DefectKind::Encoding | DefectKind::Truncated)
    }

    /// True when the record itself was not stored because of this defect.
    pub fn rejects(self) -> bool {
        match self {
            DefectKind::Missing
            | DefectKind::Unreadable
            | DefectKind::Columns
            | DefectKind::Encoding
            | DefectKind::Truncated
            | DefectKind::Taken => true,
            DefectKind::Ignored
            | DefectKind::OutOfRange
            | DefectKind::Duplicate
            | DefectKind::Noted => false,
        }
    }
}
