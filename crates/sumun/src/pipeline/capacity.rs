//! The capacity file: what every office and shift has, which bundles of steps use it, how well they
//! find what kinds of goods hide, and which goods must be opened. An office writes it once in TOML
//! (`docs/guide/planning.md`); a plan takes from it the one cell of its office, shift and regime.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use targeting::codes::HsCode;
use targeting::consignment::{Consignment, Regime};
use targeting::outcome::Modality;
use targeting::plan::{Bundle, Cell, Means, Terms, Utility};

/// The resource whose minutes are officer-minutes; every file has it.
pub const OFFICERS: &str = "officers";

/// The profile of goods that no other profile names.
const USUAL: &str = "usual";

/// A capacity file as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityFile {
    /// What runs out, by name; `officers` is one of them.
    resources: Vec<String>,
    /// How parcels are inspected.
    parcel: Option<Ways>,
    /// How freight is inspected.
    freight: Option<Ways>,
    /// Goods that are inspected for certain, as far as their share of the minutes goes.
    #[serde(default)]
    must: Vec<Goods>,
    /// Offices and shifts with their minutes.
    cell: Vec<Place>,
}

/// How one regime is inspected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ways {
    /// `finds` or `harm`; finds for parcels and harm for freight when left out.
    utility: Option<UtilityWord>,
    /// Harm: no consignment counts for more kilograms.
    #[serde(default = "usual_cap")]
    cap_kg: f64,
    /// Harm: what an irregularity other than contraband counts for.
    #[serde(default = "usual_irregular")]
    irregular_kg: f64,
    /// Harm: what a contraband consignment typically holds, where `kg` does not say.
    #[serde(default = "usual_kg")]
    typical_kg: f64,
    /// The same by goods.
    #[serde(default)]
    kg: Vec<Kilograms>,
    /// Share of the minutes explored.
    explore: Option<f64>,
    /// Smallest chance of detection in the tail, as a share of its mean.
    floor: Option<f64>,
    /// Largest share of the minutes that must-cases may take.
    rule_most: Option<f64>,
    /// Share of the minutes left free for officers' own choices.
    officer: Option<f64>,
    /// Kinds of goods that hide things alike.
    #[serde(default)]
    profile: Vec<Profile>,
    /// The ways to inspect.
    bundle: Vec<Way>,
}

fn usual_cap() -> f64 {
    300.0
}

fn usual_irregular() -> f64 {
    0.01
}

/// No seizure of one consignment weighs more: a thousand tonnes.
const KG_MOST: f64 = 1e6;

fn usual_kg() -> f64 {
    20.0
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UtilityWord {
    Finds,
    Harm,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Goods {
    hs: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kilograms {
    hs: Vec<String>,
    kg: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    name: String,
    hs: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Way {
    name: String,
    steps: Vec<Modality>,
    minutes: BTreeMap<String, u32>,
    /// Probability that it finds what is there, for goods of no profile of their own.
    detection: f64,
    /// The same by profile, where it differs.
    #[serde(default)]
    detection_of: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    office: String,
    #[serde(default)]
    shift: String,
    regime: Regime,
    minutes: BTreeMap<String, u32>,
}

/// What a plan takes from the file: one cell, its terms, and how goods are told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The means, with one cell.
    pub means: Means,
    /// The terms of the regime.
    pub terms: Terms,
    profiles: Vec<(String, u8)>,
    kilograms: Vec<(String, f64)>,
    typical_kg: f64,
    must: Vec<String>,
}

/// What planning wants to know of a consignment's goods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    /// Place among the profiles of the means.
    pub profile: u8,
    /// Whether a hard class asks for it.
    pub must: bool,
    /// What a contraband consignment of such goods typically holds.
    pub typical_kg: f64,
}

impl CapacityFile {
    /// Reads the file and holds that every cell of it could be planned.
    ///
    /// # Errors
    /// A refusal that says what to mend.
    pub fn read(text: &str) -> Result<Self> {
        let file: Self = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => crate::refuse!("capacity", "the capacity file cannot be read: {error}"),
        };
        file.check()?;
        Ok(file)
    }

    /// Holds that every cell could be planned.
    ///
    /// # Errors
    /// A refusal that says what to mend.
    pub fn check(&self) -> Result<()> {
        if !self.resources.iter().any(|name| name == OFFICERS) {
            crate::refuse!(
                "capacity",
                "the capacity has no resource `{OFFICERS}`: name it among `resources`, because \
                 yields are counted by officer-minutes"
            );
        }
        for (n, place) in self.cell.iter().enumerate() {
            if self.cell[..n].iter().any(|other| other.same(place)) {
                crate::refuse!(
                    "capacity",
                    "office {}, shift `{}` has two cells for {}: add their minutes into one",
                    place.office,
                    place.shift,
                    place.regime
                );
            }
            let work = self.work(place)?;
            let means = work.means.check();
            means.map_err(|error| crate::refusal::Refusal::error("capacity", error.to_string()))?;
        }
        Ok(())
    }

    /// Offices that have a cell for a shift of this name, in the order of the file.
    pub fn offices(&self, shift: &str) -> Vec<&str> {
        let mut offices: Vec<&str> = Vec::new();
        for place in self.cell.iter().filter(|place| place.shift == shift) {
            if !offices.contains(&place.office.as_str()) {
                offices.push(&place.office);
            }
        }
        offices
    }

    /// The cells of an office and shift, by regime.
    ///
    /// # Errors
    /// A refusal when there is none, or a cell cannot be used.
    pub fn works(&self, office: &str, shift: &str) -> Result<Vec<(Regime, Work)>> {
        let here = |place: &&Place| place.office == office && place.shift == shift;
        let works: Vec<(Regime, Work)> = (self.cell.iter().filter(here))
            .map(|place| Ok((place.regime, self.work(place)?)))
            .collect::<Result<_>>()?;
        if works.is_empty() {
            crate::refuse!(
                "capacity",
                "the capacity has no cell for office {office} and shift `{shift}`: add a [[cell]] \
                 with its minutes"
            );
        }
        Ok(works)
    }

    fn work(&self, place: &Place) -> Result<Work> {
        let ways = match place.regime {
            Regime::Parcel => &self.parcel,
            Regime::Freight => &self.freight,
        };
        let Some(ways) = ways else {
            crate::refuse!(
                "capacity",
                "office {} has a cell for {}, but there is no section [{}] with its bundles",
                place.office,
                place.regime,
                place.regime
            )
        };
        let mut names = vec![USUAL.to_owned()];
        let mut profiles = Vec::new();
        for profile in &ways.profile {
            profiles.extend(prefixes(&profile.hs)?.into_iter().map(|hs| (hs, names.len() as u8)));
            names.push(profile.name.clone());
        }
        let mut bundles = Vec::new();
        for way in &ways.bundle {
            let odd = way.detection_of.keys().find(|name| !names.contains(name));
            if let Some(odd) = odd {
                crate::refuse!(
                    "capacity",
                    "the bundle `{}` knows a profile `{odd}` that is not \
                    described: add a [[{}.profile]]",
                    way.name,
                    place.regime
                );
            }
            bundles.push(Bundle {
                name: way.name.clone(),
                steps: way.steps.clone(),
                minutes: self.minutes(&way.minutes, &way.name)?,
                detection: (names.iter())
                    .map(|name| way.detection_of.get(name).copied().unwrap_or(way.detection))
                    .collect(),
            });
        }
        let cell = Cell {
            name: format!("{}/{}/{}", place.office, place.shift, place.regime),
            minutes: self.minutes(&place.minutes, &place.office)?,
        };
        let mut kilograms = Vec::new();
        for line in &ways.kg {
            kilograms.extend(prefixes(&line.hs)?.into_iter().map(|hs| (hs, line.kg)));
        }
        let mut must = Vec::new();
        for goods in &self.must {
            must.extend(prefixes(&goods.hs)?);
        }
        let usual = Terms::default();
        let harm = Utility::Harm { cap_kg: ways.cap_kg, irregular_kg: ways.irregular_kg };
        let utility = match (ways.utility, place.regime) {
            (Some(UtilityWord::Finds), _) | (None, Regime::Parcel) => Utility::Finds,
            (Some(UtilityWord::Harm), _) | (None, Regime::Freight) => harm,
        };
        let kilos = [ways.cap_kg, ways.irregular_kg, ways.typical_kg].into_iter();
        let kilos = kilos.chain(kilograms.iter().map(|(_, kg)| *kg));
        for kg in kilos {
            if !(0.0..=KG_MOST).contains(&kg) {
                crate::refuse!("capacity", "{kg} is no mass from 0 to {KG_MOST} kilograms");
            }
        }
        Ok(Work {
            means: Means {
                resources: self.resources.clone(),
                profiles: names,
                bundles,
                cells: vec![cell],
            },
            terms: Terms {
                explore: ways.explore.unwrap_or(usual.explore),
                floor: ways.floor.unwrap_or(usual.floor),
                rule_most: ways.rule_most.unwrap_or(usual.rule_most),
                officer: ways.officer.unwrap_or(usual.officer),
                utility,
                ..usual
            },
            profiles,
            kilograms,
            typical_kg: ways.typical_kg,
            must,
        })
    }

    /// Minutes in the order of the resources.
    fn minutes(&self, given: &BTreeMap<String, u32>, whose: &str) -> Result<Vec<u32>> {
        if let Some(odd) = given.keys().find(|name| !self.resources.contains(name)) {
            crate::refuse!(
                "capacity",
                "`{whose}` has minutes of `{odd}`, which is not among the resources: {}",
                self.resources.join(", ")
            );
        }
        Ok(self.resources.iter().map(|name| given.get(name).copied().unwrap_or(0)).collect())
    }
}

impl Place {
    fn same(&self, other: &Self) -> bool {
        (&self.office, &self.shift, self.regime) == (&other.office, &other.shift, other.regime)
    }
}

/// HS codes or their first digits, checked.
fn prefixes(texts: &[String]) -> Result<Vec<String>> {
    let one = |text: &String| {
        let digits: String = text.chars().filter(|c| *c != '.' && *c != ' ').collect();
        if digits.is_empty() || digits.len() > 10 || !digits.bytes().all(|c| c.is_ascii_digit()) {
            crate::refuse!("capacity", "`{text}` is not the beginning of an HS code");
        }
        Ok(digits)
    };
    texts.iter().map(one).collect()
}

impl Work {
    /// What the goods of a consignment are taken for, by the longest beginning of the main HS code
    /// that is described.
    pub fn told(&self, consignment: &Consignment) -> Told {
        let hs = consignment.main_goods().and_then(|goods| goods.hs);
        let hs: String = hs.map(|hs: HsCode| hs.to_string()).unwrap_or_default();
        let hs: String = hs.chars().filter(char::is_ascii_digit).collect();
        fn longest<T: Copy>(known: &[(String, T)], hs: &str) -> Option<T> {
            let fitting = known.iter().filter(|(first, _)| hs.starts_with(first.as_str()));
            fitting.max_by_key(|(first, _)| first.len()).map(|(_, of)| *of)
        }
        Told {
            profile: longest(&self.profiles, &hs).unwrap_or(0),
            must: self.must.iter().any(|first| hs.starts_with(first.as_str())),
            typical_kg: longest(&self.kilograms, &hs).unwrap_or(self.typical_kg),
        }
    }
}
