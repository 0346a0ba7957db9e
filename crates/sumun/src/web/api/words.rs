//! The closed sets of words that go over the wire, each tied to its type in `targeting` in both
//! directions: a new variant there finds its place here by not compiling.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Defines a set of words as the twin of a domain type.
macro_rules! twin {
    ($(#[$meta:meta])* $name:ident = $domain:path { $($variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($variant),+
        }

        impl From<$domain> for $name {
            fn from(word: $domain) -> $name {
                use $domain as Domain;
                match word { $(Domain::$variant => $name::$variant),+ }
            }
        }

        impl From<$name> for $domain {
            fn from(word: $name) -> $domain {
                use $domain as Domain;
                match word { $($name::$variant => Domain::$variant),+ }
            }
        }
    };
}

twin! {
    /// Parcels and freight have their own capacity and utility.
    Regime = targeting::consignment::Regime { Parcel, Freight }
}
twin! {
    /// Which way the goods pass.
    Direction = targeting::consignment::Direction { Import, Export, Transit, Transhipment }
}
twin! {
    /// How the goods travel on the main leg (UNECE Recommendation 19).
    Transport = targeting::consignment::Transport { Sea, Rail, Road, Air, Post, Other }
}
twin! {
    /// The part that a party plays in a consignment.
    Role = targeting::party::Role {
        Consignor, Consignee, Declarant, Carrier, Courier, NotifyParty, Forwarder,
    }
}
twin! {
    /// The one end state of a consignment.
    Fate = targeting::consignment::Fate { Pending, Released, Inspected, Rejected, Superseded }
}
twin! {
    /// Red: physical examination; yellow: documents; blue: audit after clearance; green: release.
    Lane = targeting::screening::Lane { Red, Yellow, Blue, Green }
}
twin! {
    /// A way of examining.
    Modality = targeting::outcome::Modality { Document, Scan, Dog, Trace, Lab, Unpack }
}
twin! {
    /// Why a consignment is inspected.
    Channel = targeting::outcome::Channel { Risk, Rule, Random, Officer }
}
twin! {
    /// How a find came to light.
    DetectionMethod = targeting::outcome::DetectionMethod {
        RiskProfile, Intelligence, RandomSelection, Routine, Dog, Scan, Trace, Laboratory,
        PhysicalExamination, DocumentCheck, OtherAgency,
    }
}
twin! {
    /// What is counted: any irregularity, or contraband alone.
    Target = targeting::model::Target { Irregular, Critical }
}
twin! {
    /// By what the traffic can be divided: the first two digits of the main goods' HS code, their
    /// origin, the country of departure, or the direction.
    Stratum = crate::pipeline::Stratum { Chapter, Origin, Departure, Direction }
}
twin! {
    /// What is wrong with a record.
    DefectKind = targeting::consignment::DefectKind {
        Missing, Unreadable, Ignored, OutOfRange, Columns, Encoding, Truncated, Duplicate,
        Taken, Noted,
    }
}

twin! {
    /// What a person orders on a consignment.
    Act = targeting::decision::Act { Hold, Ask, Inspect, Waive, Release, Undo }
}

/// What an inspection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was found.
    Clear,
    /// Something was not as declared.
    Discrepancy,
    /// Contraband was found.
    Seizure,
    /// Nobody looked, and why.
    NotExamined,
}

impl Outcome {
    /// The word that tables of outcomes use.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Clear => "clear",
            Outcome::Discrepancy => "discrepancy",
            Outcome::Seizure => "seizure",
            Outcome::NotExamined => "not_examined",
        }
    }
}
