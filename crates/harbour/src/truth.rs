//! What is really in a consignment, and what an inspector would find of it.
//! Detection probabilities follow the rule that carrier-material concealment defeats scanners and
//! dogs while a laboratory finds it; the figures are generic and invented. No row holds any of it:
//! a caller who scores rows must keep this side of the world away from its features.

use std::io::Write;

use serde::Serialize;

use crate::dice::{mix, unit_of};
use crate::row::Text;

/// How a consignment breaks the law, or `Clean`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Typology {
    /// As declared.
    Clean,
    /// Value declared too low.
    Undervaluation,
    /// Declared under a heading with a lower rate.
    Misclassification,
    /// Weight or quantity is not as declared.
    WrongWeight,
    /// Origin declared to win a preference.
    OriginFraud,
    /// Fakes of a brand.
    Counterfeit,
    /// Drug dissolved in a liquid such as wine or syrup.
    DissolvedLiquid,
    /// Drug mixed into coffee grounds.
    CoffeeGrounds,
    /// Drug mixed into or hidden inside cosmetics.
    Cosmetics,
    /// Drug welded or machined into heavy parts that sound solid.
    MachineParts,
    /// Cleared in, or passed through, to leave again looking local.
    TransitLaundering,
    /// Small parcel ordered in the name of a person who knows nothing of it.
    StolenIdentity,
    /// Small parcel to a buyer's home.
    HomeParcel,
    /// Drug that looks like the salt or grain it travels in.
    LookAlikeBulk,
    /// Bags put behind the doors of an honest trader's container.
    RipOn,
}

impl Typology {
    /// The code used in the truth table.
    pub fn code(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Undervaluation => "undervaluation",
            Self::Misclassification => "misclassification",
            Self::WrongWeight => "wrong_weight",
            Self::OriginFraud => "origin_fraud",
            Self::Counterfeit => "counterfeit",
            Self::DissolvedLiquid => "dissolved_liquid",
            Self::CoffeeGrounds => "coffee_grounds",
            Self::Cosmetics => "cosmetics",
            Self::MachineParts => "machine_parts",
            Self::TransitLaundering => "transit_laundering",
            Self::StolenIdentity => "stolen_identity",
            Self::HomeParcel => "home_parcel",
            Self::LookAlikeBulk => "look_alike_bulk",
            Self::RipOn => "rip_on",
        }
    }

    /// True for contraband, false for clean goods and ordinary irregularities.
    pub fn is_critical(self) -> bool {
        self >= Self::DissolvedLiquid
    }
}

/// Where contraband is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Concealment {
    /// Nothing is hidden.
    None,
    /// Among the goods.
    InLoad,
    /// Behind the doors, without the trader's knowledge.
    RipOnRipOff,
    /// Welded or machined into a machine or part.
    InsideMachine,
    /// Inside consumer goods.
    InsideConsumerGoods,
    /// Dissolved, impregnated or suspended in the goods.
    Dissolved,
    /// Bulk that looks like the goods.
    LookAlikeBulk,
    /// In a letter.
    Letter,
}

impl Concealment {
    /// The code used in the truth table; empty when nothing is hidden.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "",
            Self::InLoad => "in_load",
            Self::RipOnRipOff => "rip_on_rip_off",
            Self::InsideMachine => "inside_machine",
            Self::InsideConsumerGoods => "inside_consumer_goods",
            Self::Dissolved => "dissolved",
            Self::LookAlikeBulk => "look_alike_bulk",
            Self::Letter => "letter",
        }
    }

    fn detection(self) -> [f64; 6] {
        match self {
            // document, scan, dog, trace, lab, unpack
            Self::None => [0.0; 6],
            Self::InLoad => [0.02, 0.70, 0.75, 0.60, 0.50, 0.97],
            Self::RipOnRipOff => [0.02, 0.75, 0.70, 0.55, 0.30, 0.98],
            Self::InsideMachine => [0.03, 0.35, 0.10, 0.15, 0.05, 0.70],
            Self::InsideConsumerGoods => [0.02, 0.60, 0.65, 0.55, 0.40, 0.95],
            Self::Dissolved => [0.02, 0.08, 0.08, 0.12, 0.92, 0.35],
            Self::LookAlikeBulk => [0.02, 0.06, 0.15, 0.35, 0.93, 0.40],
            Self::Letter => [0.01, 0.30, 0.55, 0.50, 0.40, 0.97],
        }
    }
}

/// A way of inspecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Reading the papers.
    DocumentCheck,
    /// Non-intrusive scan (X-ray).
    XRay,
    /// Detection dog.
    Dog,
    /// Trace swab.
    Trace,
    /// Laboratory sample.
    Lab,
    /// Full unpack.
    Unpack,
}

impl Modality {
    /// All ways, in the order of [`Detection`].
    pub const ALL: [Self; 6] =
        [Self::DocumentCheck, Self::XRay, Self::Dog, Self::Trace, Self::Lab, Self::Unpack];
}

/// Probability of noticing the irregularity, by modality; 0 for clean goods.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Detection([f64; 6]);

impl Detection {
    /// The probability for one modality.
    pub fn by(&self, modality: Modality) -> f64 {
        self.0[modality as usize]
    }
}

/// One drug of a consignment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Substance {
    /// Common name.
    pub name: &'static str,
    /// Amount in `unit`.
    pub quantity: f64,
    /// `g`, `tablet` or `ml`.
    pub unit: &'static str,
    /// The same amount in grams, by an invented conversion.
    pub grams: f64,
}

/// What is really in the consignment of one declaration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// The declaration it belongs to; equal for all its versions.
    pub declaration_id: Text,
    /// Anything wrong, contraband included.
    pub irregular: bool,
    /// Contraband.
    pub critical: bool,
    /// What is wrong.
    pub typology: Typology,
    /// The smuggling network behind it; lone smugglers and ordinary irregularities have none.
    pub network: Option<u16>,
    /// The drugs.
    pub substances: Vec<Substance>,
    /// Where they are hidden.
    pub concealment: Concealment,
    /// How likely each modality notices.
    pub detection: Detection,
}

impl Truth {
    pub(crate) fn ordinary(declaration_id: Text, typology: Typology) -> Self {
        let detection = match typology {
            // document, scan, dog, trace, lab, unpack
            Typology::Undervaluation => [0.35, 0.02, 0.0, 0.0, 0.0, 0.30],
            Typology::Misclassification => [0.40, 0.12, 0.0, 0.0, 0.30, 0.85],
            Typology::WrongWeight => [0.10, 0.20, 0.0, 0.0, 0.0, 0.95],
            Typology::OriginFraud => [0.45, 0.0, 0.0, 0.0, 0.25, 0.30],
            Typology::Counterfeit => [0.15, 0.12, 0.0, 0.0, 0.10, 0.90],
            _ => [0.0; 6],
        };
        Self {
            declaration_id,
            irregular: typology != Typology::Clean,
            critical: false,
            typology,
            network: None,
            substances: Vec::new(),
            concealment: Concealment::None,
            detection: Detection(detection),
        }
    }

    pub(crate) fn critical(
        declaration_id: Text,
        typology: Typology,
        network: Option<u16>,
        substances: Vec<Substance>,
        concealment: Concealment,
    ) -> Self {
        let mut detection = concealment.detection();
        // Dogs are of little use on methamphetamine, whatever it is hidden in.
        if substances.first().is_some_and(|s| s.name == METHAMPHETAMINE.name) {
            detection[Modality::Dog as usize] *= 0.3;
        }
        Self {
            declaration_id,
            irregular: true,
            critical: true,
            typology,
            network,
            substances,
            concealment,
            detection: Detection(detection),
        }
    }

    /// All drugs together, in grams.
    pub fn grams(&self) -> f64 {
        self.substances.iter().map(|substance| substance.grams).sum()
    }
}

/// How an inspection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was found, which is not the same as nothing being there.
    Clear,
    /// Not as declared.
    Discrepancy,
    /// Contraband was taken.
    Seizure,
}

/// What an inspector writes down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// How it ended.
    pub outcome: Outcome,
    /// What was recognised, when something was.
    pub typology: Option<Typology>,
    /// The drugs found.
    pub substances: Vec<Substance>,
    /// Where they were hidden.
    pub concealment: Option<Concealment>,
    /// The modality that noticed.
    pub detected_by: Option<Modality>,
}

/// Luck of the inspectors: the same world, inspected again, ends the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed; [`crate::World::dice`] gives those of a world.
    pub fn new(seed: u64) -> Self {
        Self(mix(seed, 0x1757_EC70))
    }

    fn roll(self, declaration_id: &str, modality: Modality) -> f64 {
        let mut hash = self.0;
        for piece in declaration_id.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..piece.len()].copy_from_slice(piece);
            hash = mix(hash, u64::from_le_bytes(word));
        }
        unit_of(mix(hash, modality as u64 + 1))
    }
}

/// What an inspector finds with one modality. Depends on the dice, the declaration and the
/// modality only, never on what was inspected before. Papers alone seize nothing: a document
/// check that notices contraband ends in a discrepancy.
pub fn inspect(truth: &Truth, modality: Modality, dice: Dice) -> Finding {
    if dice.roll(&truth.declaration_id, modality) >= truth.detection.by(modality) {
        return Finding {
            outcome: Outcome::Clear,
            typology: None,
            substances: Vec::new(),
            concealment: None,
            detected_by: None,
        };
    }
    let seized = truth.critical && modality != Modality::DocumentCheck;
    Finding {
        outcome: if seized { Outcome::Seizure } else { Outcome::Discrepancy },
        typology: (seized || !truth.critical).then_some(truth.typology),
        substances: if seized { truth.substances.clone() } else { Vec::new() },
        concealment: seized.then_some(truth.concealment),
        detected_by: Some(modality),
    }
}

/// A drug with the unit it is counted in and the grams of one unit (invented).
pub(crate) struct Drug {
    pub name: &'static str,
    pub unit: &'static str,
    pub grams_per_unit: f64,
}

pub(crate) static METHAMPHETAMINE: Drug =
    Drug { name: "methamphetamine", unit: "g", grams_per_unit: 1.0 };
pub(crate) static COCAINE: Drug = Drug { name: "cocaine", unit: "g", grams_per_unit: 1.0 };
pub(crate) static KETAMINE: Drug = Drug { name: "ketamine", unit: "g", grams_per_unit: 1.0 };
pub(crate) static MARIJUANA: Drug = Drug { name: "marijuana", unit: "g", grams_per_unit: 1.0 };
pub(crate) static YABA: Drug = Drug { name: "yaba", unit: "tablet", grams_per_unit: 0.09 };
pub(crate) static ECSTASY: Drug = Drug { name: "ecstasy", unit: "tablet", grams_per_unit: 0.3 };
pub(crate) static ECSTASY_POWDER: Drug =
    Drug { name: "ecstasy powder", unit: "g", grams_per_unit: 1.0 };
/// Dissolved cocaine is measured in millilitres of the liquid.
pub(crate) static COCAINE_SOLUTION: Drug =
    Drug { name: "cocaine in solution", unit: "ml", grams_per_unit: 0.18 };

impl Drug {
    /// About this many grams, in whole units; milligram precision for powders.
    pub fn amount(&self, grams: f64) -> Substance {
        let quantity = if self.unit == "g" {
            (grams * 100.0).round().max(1.0) / 100.0
        } else {
            (grams / self.grams_per_unit).round().max(1.0)
        };
        let grams = (quantity * self.grams_per_unit * 100.0).round() / 100.0;
        Substance { name: self.name, quantity, unit: self.unit, grams }
    }
}

/// The header of the truth table.
pub const TRUTH_COLUMNS: &[&str] = &[
    "declaration_id",
    "irregular",
    "critical",
    "typology",
    "network",
    "substances",
    "grams",
    "concealment",
    "detect_document",
    "detect_xray",
    "detect_dog",
    "detect_trace",
    "detect_lab",
    "detect_unpack",
];

/// Writes the header and the truths as one CSV file, one line a row of the source table.
///
/// # Errors
/// Whatever the writer refuses.
pub fn write_truth_csv<'a>(
    out: &mut impl Write,
    truths: impl IntoIterator<Item = &'a Truth>,
) -> std::io::Result<()> {
    let mut table = TruthWriter::new(out)?;
    for truth in truths {
        table.write(truth)?;
    }
    table.finish()
}

/// Writes truths one by one under one header.
pub struct TruthWriter<W: Write>(csv::Writer<W>);

impl<W: Write> TruthWriter<W> {
    /// Starts the table with its header.
    ///
    /// # Errors
    /// Whatever the writer refuses.
    pub fn new(out: W) -> std::io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(TRUTH_COLUMNS)?;
        Ok(Self(writer))
    }

    /// Adds a truth.
    ///
    /// # Errors
    /// Whatever the writer refuses.
    pub fn write(&mut self, truth: &Truth) -> std::io::Result<()> {
        let substances: Vec<String> = truth
            .substances
            .iter()
            .map(|s| format!("{} {} {}", s.name, s.quantity, s.unit))
            .collect();
        let mut record = vec![
            truth.declaration_id.to_string(),
            truth.irregular.to_string(),
            truth.critical.to_string(),
            truth.typology.code().to_owned(),
            truth.network.map(|id| id.to_string()).unwrap_or_default(),
            substances.join("; "),
            if truth.critical { format!("{:.2}", truth.grams()) } else { String::new() },
            truth.concealment.code().to_owned(),
        ];
        record.extend(truth.detection.0.iter().map(|p| format!("{p:.3}")));
        Ok(self.0.write_record(&record)?)
    }

    /// Sends on what is still buffered.
    ///
    /// # Errors
    /// Whatever the writer refuses.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carrier_material_defeats_scan_and_dog_but_not_the_laboratory() {
        let wine = Truth::critical(
            "1".into(),
            Typology::DissolvedLiquid,
            Some(1),
            vec![COCAINE_SOLUTION.amount(900.0)],
            Concealment::Dissolved,
        );
        assert_eq!(wine.substances[0].quantity, 5000.0);
        assert!(wine.detection.by(Modality::XRay) < 0.1 && wine.detection.by(Modality::Dog) < 0.1);
        assert!(wine.detection.by(Modality::Lab) > 0.9);
    }

    #[test]
    fn findings_come_at_the_stated_rate_and_never_from_clean_goods() {
        let dice = Dice::new(5);
        let mut seized = 0;
        for i in 0..4000 {
            let id: Text = format!("26060100{i:08}").into();
            let clean = Truth::ordinary(id.clone(), Typology::Clean);
            let drugs = vec![METHAMPHETAMINE.amount(513.0)];
            let dirty = Truth::critical(id, Typology::HomeParcel, None, drugs, Concealment::InLoad);
            for modality in Modality::ALL {
                assert_eq!(inspect(&clean, modality, dice).outcome, Outcome::Clear);
                assert_eq!(inspect(&dirty, modality, dice), inspect(&dirty, modality, dice));
            }
            let finding = inspect(&dirty, Modality::XRay, dice);
            if finding.outcome == Outcome::Seizure {
                assert_eq!(finding.substances, dirty.substances);
                assert_eq!(finding.detected_by, Some(Modality::XRay));
                seized += 1;
            }
            let papers = inspect(&dirty, Modality::DocumentCheck, dice);
            assert!(papers.outcome != Outcome::Seizure && papers.substances.is_empty());
        }
        assert!((f64::from(seized) / 4000.0 - 0.70).abs() < 0.03, "{seized}");
    }
}
