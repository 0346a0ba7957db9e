//! Outcomes: what an inspection found, how, and by which channel it came about.
//! A hit is a rule firing; a find is contraband or an irregularity that was found. They are
//! never mixed. What is learned from outcomes: `learning.rs`; what they measure: `measuring/`.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::words;

/// A way of examining, with its own minutes and detection probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Check of the documents.
    Document,
    /// Non-intrusive inspection by X-ray.
    Scan,
    /// Detector dog.
    Dog,
    /// Trace swab.
    Trace,
    /// Laboratory sample.
    Lab,
    /// Full unpacking.
    Unpack,
}
words!(
    Modality,
    "a modality: document, scan, dog, trace, lab or unpack",
    Document = "document",
    Scan = "scan",
    Dog = "dog",
    Trace = "trace",
    Lab = "lab",
    Unpack = "unpack",
);

/// Why a consignment is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// It stood at the top of the risk list.
    Risk,
    /// A rule or a hard class asked for it.
    Rule,
    /// It was drawn from everything else with a known chance.
    Random,
    /// An officer chose it against the recommendation.
    Officer,
}
words!(
    Channel,
    "a channel: risk, rule, random or officer",
    Risk = "risk",
    Rule = "rule",
    Random = "random",
    Officer = "officer",
);

/// How a find came to light. Required on every seizure, because learning depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetectionMethod {
    /// The plan's risk ranking.
    RiskProfile,
    /// Information received beforehand.
    Intelligence,
    /// The plan's random draw.
    RandomSelection,
    /// Routine control.
    Routine,
    /// Detector dog.
    Dog,
    /// X-ray image.
    Scan,
    /// Trace detection.
    Trace,
    /// Laboratory analysis.
    Laboratory,
    /// Physical examination.
    PhysicalExamination,
    /// Check of documents.
    DocumentCheck,
    /// Another agency.
    OtherAgency,
}
words!(
    DetectionMethod,
    "a detection method (risk_profile, intelligence, random_selection, routine, dog, scan, \
     trace, laboratory, physical_examination, document_check or other_agency)",
    RiskProfile = "risk_profile",
    Intelligence = "intelligence",
    RandomSelection = "random_selection",
    Routine = "routine",
    Dog = "dog",
    Scan = "scan",
    Trace = "trace",
    Laboratory = "laboratory",
    PhysicalExamination = "physical_examination",
    DocumentCheck = "document_check",
    OtherAgency = "other_agency",
);

/// Why a selected consignment was not examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotExamined {
    /// It never arrived.
    NeverArrived,
    /// Its bill was deleted.
    BillDeleted,
    /// A person waived it, with a reason.
    Waived,
    /// It was scored only after its release.
    ScoredAfterRelease,
    /// The shift ran out of time.
    NoCapacity,
    /// A waiver was taken back: the inspection is still to come. Only the undoing of a waiver
    /// says so, and whatever is reported next takes its place.
    WaiverUndone,
}
words!(
    NotExamined,
    "a reason: never_arrived, bill_deleted, waived, scored_after_release or no_capacity",
    NeverArrived = "never_arrived",
    BillDeleted = "bill_deleted",
    Waived = "waived",
    ScoredAfterRelease = "scored_after_release",
    NoCapacity = "no_capacity",
    WaiverUndone = "waiver_undone",
);

/// One line of contraband with its original quantity and unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Substance or goods, in the officer's words.
    pub substance: String,
    /// Quantity in `unit`, as counted or weighed.
    pub quantity: f64,
    /// Original unit, such as g, kg, l, tablet, plant.
    pub unit: CompactString,
    /// Mass in kilograms that the quantity counts for.
    pub kg_equivalent: Option<f64>,
    /// The conversion used for `kg_equivalent`, in words.
    pub conversion: String,
}

impl Exhibit {
    /// An exhibit with its kilogram equivalent, where the unit is a mass or a volume, or the
    /// caller gives the mass of one unit in grams.
    pub fn new(substance: &str, quantity: f64, unit: &str, unit_mass_g: Option<f64>) -> Exhibit {
        let per_unit_kg = match (unit.to_ascii_lowercase().as_str(), unit_mass_g) {
            (_, Some(grams)) => Some((grams / 1_000.0, format!("1 {unit} = {grams} g, as given"))),
            ("mg", None) => Some((1e-6, "1 mg = 0.000001 kg".to_owned())),
            ("g" | "gram" | "grams", None) => Some((1e-3, "1 g = 0.001 kg".to_owned())),
            ("kg" | "kgm", None) => Some((1.0, "kg as weighed".to_owned())),
            ("t", None) => Some((1e3, "1 t = 1000 kg".to_owned())),
            ("l" | "ltr", None) => Some((1.0, "1 l counted as 1 kg".to_owned())),
            ("ml", None) => Some((1e-3, "1 ml counted as 0.001 kg".to_owned())),
            _ => None,
        };
        let (kg_equivalent, conversion) = match per_unit_kg {
            Some((per_unit, words)) => (Some(quantity * per_unit), words),
            None => (None, format!("no conversion known for `{unit}`: give unit_mass_g")),
        };
        Exhibit {
            substance: substance.to_owned(),
            quantity,
            unit: CompactString::new(unit),
            kg_equivalent,
            conversion,
        }
    }
}

/// What was found, where it was hidden, and by what it was detected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seizure {
    /// The substances, a line each.
    pub exhibits: Vec<Exhibit>,
    /// Where and how it was hidden.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub concealment: String,
}

/// A hand-over of an exhibit: who, what, when, on which reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Custody {
    /// What was done, such as receipt, photo, unsealing, sample, transfer.
    pub event: String,
    /// Who did it.
    pub by: String,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at: i64,
}

/// The result of one inspection order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Examined, nothing wrong.
    Clear,
    /// Examined, something other than contraband was wrong.
    Discrepancy {
        /// What was wrong, in words.
        #[serde(default)]
        finding: String,
    },
    /// Examined, contraband found.
    Seizure(Seizure),
    /// Not examined, and why.
    NotExamined {
        /// Why not.
        reason: NotExamined,
    },
}

impl Outcome {
    /// The word for the kind of outcome.
    pub fn as_str(&self) -> &'static str {
        match self {
            Outcome::Clear => "clear",
            Outcome::Discrepancy { .. } => "discrepancy",
            Outcome::Seizure(_) => "seizure",
            Outcome::NotExamined { .. } => "not_examined",
        }
    }

    /// What the outcome teaches, or `None` when nobody looked.
    pub fn label(&self) -> Option<Label> {
        match self {
            Outcome::Clear => Some(Label::Clean),
            Outcome::Discrepancy { .. } => Some(Label::Irregular),
            Outcome::Seizure(_) => Some(Label::Critical),
            Outcome::NotExamined { .. } => None,
        }
    }
}

/// What an examined consignment turned out to be. Critical counts as irregular as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Nothing wrong.
    Clean,
    /// Something wrong, but no contraband.
    Irregular,
    /// Contraband: drugs or goods of like danger.
    Critical,
}

impl Label {
    /// True for every find.
    pub fn irregular(self) -> bool {
        self >= Label::Irregular
    }

    /// True for contraband.
    pub fn critical(self) -> bool {
        self == Label::Critical
    }
}

/// A picture taken at the inspection. The picture itself is kept apart; its digest says that it is
/// the one that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// SHA-256 of the picture's bytes, in hexadecimal.
    pub sha256: CompactString,
    /// When it was taken, in microseconds since 1970-01-01 UTC.
    pub taken_at: i64,
}

/// What an officer adds at the dock to the result itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// When it was examined, in microseconds since 1970-01-01 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examined_at: Option<i64>,
    /// Where it lay: a code of [`crate::code_lists::CONCEALMENT_PLACES`], or empty.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub place: CompactString,
    /// How it was hidden: a code of [`crate::code_lists::CONCEALMENT_METHODS`], or empty.
    #[serde(skip_serializing_if = "CompactString::is_empty")]
    pub method: CompactString,
    /// The officer's note.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
}

/// One inspection: on whom, how, by whom, with what result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// How it was examined; `None` for outcomes of before, when nobody recorded it.
    pub modality: Option<Modality>,
    /// Officer-minutes spent, where recorded.
    pub minutes: Option<u32>,
    /// How a find came to light.
    pub detection_method: Option<DetectionMethod>,
    /// Who examined.
    pub officer: CompactString,
    /// The result.
    pub result: Outcome,
    /// What was added at the dock; outcomes of before, and those of tables, have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Box<Evidence>>,
}
