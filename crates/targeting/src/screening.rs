//! Screening: a batch of consignments becomes assessments, each with chances and reasons.
//! It computes only the features that the model reads, scores the whole batch at once, and says
//! of each consignment which features moved it most, in an officer's words. What the features
//! are: `feature/`; what is done with an assessment: `plan/`.

use serde::{Deserialize, Serialize};

use crate::consignment::Consignment;
use crate::facts::Facts;
use crate::feature::{self, CATALOGUE, Extractor, Feature, Field, Kind};
use crate::history::{Counts, Histories, KeyKind};
use crate::model::{Model, Target};
use crate::words;

/// Where a consignment is sent (the lanes of selectivity systems such as ASYCUDA).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Physical examination.
    Red,
    /// Check of documents.
    Yellow,
    /// Audit after clearance.
    Blue,
    /// Release.
    Green,
}
words!(
    Lane,
    "a lane: red, yellow, blue or green",
    Red = "red",
    Yellow = "yellow",
    Blue = "blue",
    Green = "green",
);

impl Lane {
    /// The lane that the chances suggest before capacity has its say. The bounds are generic: a
    /// consignment more likely bad than not is red; one in five, yellow; one in twenty, blue.
    pub fn suggested(p_irregular: f64, p_critical: f64) -> Lane {
        match p_irregular.max(p_critical) {
            p if p >= 0.5 => Lane::Red,
            p if p >= 0.2 => Lane::Yellow,
            p if p >= 0.05 => Lane::Blue,
            _ => Lane::Green,
        }
    }
}

/// Why a consignment has its chance: one feature and how far it moved the chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Code of the feature.
    pub feature: String,
    /// The feature's number; none when it is not declared or not known.
    pub value: Option<f64>,
    /// How far it moved the log-odds; above 0 towards inspection.
    pub push: f64,
    /// Earlier inspections of the key behind the feature, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected: Option<u32>,
    /// Of those, with a find.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<u32>,
}

/// A language of the workbench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Korean.
    Ko,
    /// English.
    En,
}

impl Reason {
    /// The reason as an officer's sentence.
    pub fn sentence(&self, language: Language) -> String {
        let Some(column) = feature::column(&self.feature) else { return self.feature.clone() };
        let feature = &CATALOGUE[column];
        let name = match language {
            Language::Ko => &feature.ko,
            Language::En => &feature.en,
        };
        let value = match (self.value, feature.kind, self.inspected.zip(self.found)) {
            (Some(_), Kind::Share, Some((inspected, found))) => match language {
                Language::Ko => format!("검사 {inspected}건 중 {found}건"),
                Language::En => format!("{found} of {inspected} inspected"),
            },
            (Some(share), Kind::Share, None) => format!("{:.0} %", share * 100.0),
            (Some(flag), Kind::Flag, _) => match (language, flag > 0.5) {
                (Language::Ko, true) => "예".to_owned(),
                (Language::Ko, false) => "아니오".to_owned(),
                (Language::En, true) => "yes".to_owned(),
                (Language::En, false) => "no".to_owned(),
            },
            (Some(log), Kind::LogAmount | Kind::LogCount | Kind::LogDays, _) => {
                amount(log.exp_m1())
            }
            (Some(ratio), Kind::LogRatio, _) => format!("×{}", amount(ratio.exp())),
            (Some(number), Kind::Number, _) => amount(number),
            (None, _, _) => match language {
                Language::Ko => "알 수 없음".to_owned(),
                Language::En => "not known".to_owned(),
            },
        };
        format!("{name}: {value}")
    }
}

/// A number with as many decimals as its size deserves.
fn amount(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || (value - value.round()).abs() < 1e-9 => format!("{value:.0}"),
        size if size >= 1.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The immutable result of screening one consignment.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Chance of any irregularity.
    pub p_irregular: f64,
    /// Chance of contraband.
    pub p_critical: f64,
    /// Suggested lane.
    pub lane: Lane,
    /// What moved the chance most, the strongest first.
    pub reasons: Vec<Reason>,
    /// How sure the model is of its chances; none by models of before it was kept.
    pub uncertainty: Option<Uncertainty>,
}

impl Assessment {
    /// True when the chances' 95 % intervals reach into another lane: what was learned does not
    /// settle where the consignment belongs. Never true by models that do not say how sure they
    /// are.
    pub fn is_unsure(&self) -> bool {
        self.uncertainty.is_some_and(|errors| {
            let at = |z: f64| {
                let moved = |chance: f64, error: f64| {
                    let odds = chance / (1.0 - chance) * (z * error).exp();
                    if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 }
                };
                Lane::suggested(
                    moved(self.p_irregular, errors.irregular),
                    moved(self.p_critical, errors.critical),
                )
            };
            at(-Z95) != at(Z95)
        })
    }
}

/// Standard errors of the log-odds of both chances: how far they would move had the model learned
/// from other lessons of the same kind. Nothing is said of what the lessons could not show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncertainty {
    /// Of the chance of any irregularity.
    pub irregular: f64,
    /// Of the chance of contraband.
    pub critical: f64,
}

impl Uncertainty {
    /// The standard error of a chance whose log-odds have this standard error, by linearisation:
    /// p (1 - p) times it.
    pub fn of_chance(chance: f64, standard_error: f64) -> f64 {
        chance * (1.0 - chance) * standard_error
    }
}

/// How much a contraband find counts against an ordinary one when consignments are ranked.
/// A generic choice: contraband is what the officers are there for, and it is rare.
pub const CRITICAL_COUNTS: f64 = 10.0;

/// The number by which consignments are ranked: expected finds, contraband counted more.
pub fn risk(p_irregular: f64, p_critical: f64) -> f64 {
    p_irregular + (CRITICAL_COUNTS - 1.0) * p_critical
}

/// The normal distribution's reach to either side that holds 95 %.
const Z95: f64 = 1.959_963_984_540_054;

/// How many rows are filled together: their facts and features stay in a processor's cache.
const TOGETHER: usize = 128;

/// How many reasons an assessment keeps.
const REASONS: usize = 5;

/// A model made ready to screen.
pub struct Screener {
    model: Model,
    extractor: Extractor,
}

impl Screener {
    /// Makes a model ready: finds the features that it reads.
    pub fn new(model: Model) -> Screener {
        let codes = model.content().features();
        let columns: Vec<usize> = codes.into_iter().filter_map(feature::column).collect();
        Screener { extractor: Extractor::of(columns), model }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What it reads of a consignment.
    pub fn extractor(&self) -> &Extractor {
        &self.extractor
    }

    /// The features of a batch, row by row; columns that the model does not read hold NaN.
    pub fn rows(&self, consignments: &[Consignment], past: &Histories) -> Vec<f64> {
        let width = CATALOGUE.len();
        let mut rows = vec![f64::NAN; consignments.len() * width];
        let mut facts = Vec::with_capacity(TOGETHER);
        for (rows, consignments) in
            rows.chunks_mut(TOGETHER * width).zip(consignments.chunks(TOGETHER))
        {
            facts.clear();
            facts.extend(consignments.iter().map(Facts::of));
            self.extractor.fill_rows(&facts, past, rows);
        }
        rows
    }

    /// The chances of a batch, irregular and critical, in the order of the rows.
    pub fn chances(&self, rows: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = rows.len() / CATALOGUE.len();
        let (mut irregular, mut critical) = (vec![0.0; n], vec![0.0; n]);
        self.model.predict(rows, CATALOGUE.len(), &mut irregular, &mut critical);
        (irregular, critical)
    }

    /// Screens a batch: chances, lane and reasons of each consignment, in order.
    pub fn screen(&self, consignments: &[Consignment], past: &Histories) -> Vec<Assessment> {
        let rows = self.rows(consignments, past);
        let (irregular, critical) = self.chances(&rows);
        let width = CATALOGUE.len();
        (consignments.iter())
            .zip(rows.chunks_exact(width))
            .zip(irregular.into_iter().zip(critical))
            .map(|((consignment, row), (p_irregular, p_critical))| Assessment {
                p_irregular,
                p_critical,
                lane: Lane::suggested(p_irregular, p_critical),
                reasons: self.reasons(consignment, row, past, p_irregular, p_critical),
                uncertainty: self.uncertainty(row),
            })
            .collect()
    }

    fn uncertainty(&self, row: &[f64]) -> Option<Uncertainty> {
        // A target without trees has a chance that no lesson moves: its base rate.
        let irregular = self.model.standard_error(Target::Irregular, row);
        let critical = self.model.standard_error(Target::Critical, row);
        (irregular.is_some() || critical.is_some()).then(|| Uncertainty {
            irregular: irregular.unwrap_or(0.0),
            critical: critical.unwrap_or(0.0),
        })
    }

    /// From what is usual to a consignment's own score, step by step: every feature that moves it,
    /// with what it rests on, the strongest first.
    pub fn waterfall(&self, consignment: &Consignment, past: &Histories) -> Waterfall {
        let rows = self.rows(std::slice::from_ref(consignment), past);
        let (irregular, critical) = self.chances(&rows);
        let target = weightier(irregular[0], critical[0]);
        let facts = Facts::of(consignment);
        let steps = (self.model.explain(target, &rows).into_iter())
            .map(|(column, push)| {
                let feature = &CATALOGUE[column];
                let kinds = feature.histories().into_iter();
                Step {
                    reason: reason(feature, rows[column], push, target, &facts, past),
                    fields: feature.fields(),
                    histories: kinds
                        .filter_map(|kind| {
                            let key = kind.key(&facts)?;
                            Some((kind, past.before(key, facts.arrived_on).counts))
                        })
                        .collect(),
                }
            })
            .collect();
        Waterfall {
            target,
            base: self.model.expected(target, &rows),
            score: self.model.log_odds(target, &rows),
            steps,
            p_irregular: irregular[0],
            p_critical: critical[0],
        }
    }

    /// Reasons for the target that weighs more in the ranking.
    fn reasons(
        &self,
        consignment: &Consignment,
        row: &[f64],
        past: &Histories,
        p_irregular: f64,
        p_critical: f64,
    ) -> Vec<Reason> {
        let target = weightier(p_irregular, p_critical);
        let facts = Facts::of(consignment);
        (self.model.explain(target, row).into_iter().take(REASONS))
            .map(|(column, push)| {
                reason(&CATALOGUE[column], row[column], push, target, &facts, past)
            })
            .collect()
    }
}

/// The target that weighs more in the ranking.
fn weightier(p_irregular: f64, p_critical: f64) -> Target {
    let by_critical = (CRITICAL_COUNTS - 1.0) * p_critical > p_irregular;
    if by_critical { Target::Critical } else { Target::Irregular }
}

fn reason(
    feature: &Feature,
    value: f64,
    push: f64,
    target: Target,
    facts: &Facts<'_>,
    past: &Histories,
) -> Reason {
    let counts = feature.counts(facts, past);
    Reason {
        feature: feature.code.clone(),
        value: Some(value).filter(|value| value.is_finite()),
        push,
        inspected: counts.map(|counts| counts.inspected),
        found: counts.map(|counts| match target {
            Target::Irregular => counts.irregular,
            Target::Critical => counts.critical,
        }),
    }
}

/// From what is usual to a consignment's own score, in calibrated log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// The chance that is explained.
    pub target: Target,
    /// What the model expects of any consignment.
    pub base: f64,
    /// What it expects of this one: the base and all pushes.
    pub score: f64,
    /// Every feature that moves it, the strongest first.
    pub steps: Vec<Step>,
    /// Chance of any irregularity.
    pub p_irregular: f64,
    /// Chance of contraband.
    pub p_critical: f64,
}

/// One step of a waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The feature, and how far it moves the score.
    pub reason: Reason,
    /// The declared fields that it reads.
    pub fields: Vec<Field>,
    /// The histories that it reads, with what they counted before the day of arrival.
    pub histories: Vec<(KeyKind, Counts)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_speak_both_languages() {
        let reason = Reason {
            feature: "consignor.irregular_rate".to_owned(),
            value: Some(0.86),
            push: 1.2,
            inspected: Some(7),
            found: Some(6),
        };
        assert_eq!(
            reason.sentence(Language::En),
            "This consignor: share found irregular: 6 of 7 inspected"
        );
        assert_eq!(reason.sentence(Language::Ko), "이 발송인: 과거 적발 비율: 검사 7건 중 6건");
        let mass = Reason {
            feature: "goods.mass".to_owned(),
            value: Some(120.5f64.ln_1p()),
            push: -0.1,
            inspected: None,
            found: None,
        };
        assert_eq!(mass.sentence(Language::En), "Net mass in kg: 120");
    }

    #[test]
    fn a_contraband_find_counts_ten_times() {
        assert!((risk(1.0, 1.0) - CRITICAL_COUNTS).abs() < 1e-12);
        assert!((risk(0.3, 0.0) - 0.3).abs() < 1e-12);
    }
}
