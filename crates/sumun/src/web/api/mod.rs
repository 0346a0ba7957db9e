//! The operations of the API, a file a noun, each with the types that go over the wire. Wire types
//! are apart from those of `targeting`, so that neither changes with the other unseen; what is
//! common to several nouns is here.

pub mod accounts;
pub mod challengers;
pub mod codes;
pub mod consignments;
pub mod decisions;
pub mod declared;
pub mod defects;
pub mod dossier;
pub mod entities;
pub mod events;
pub mod exports;
pub mod figures;
pub mod health;
pub mod hits;
pub mod inspections;
pub mod journal;
pub mod measures;
pub mod messages;
pub mod models;
pub mod offices;
pub mod outcomes;
pub mod photos;
pub mod plans;
pub mod queue;
mod reasons;
pub mod rules;
pub mod search;
pub mod session;
pub mod settings;
pub mod sightings;
pub mod sso;
pub mod today;
pub mod tokens;
pub mod views;
pub mod watchlists;
pub mod words;

use jiff::Timestamp;
use serde::Serialize;
use targeting::screening::{Language, Reason};
use utoipa::ToSchema;

use words::Lane;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// What is on this page.
    pub items: Vec<T>,
    /// Cursor of the next page; none after the last.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// A list that fits on one page.
    fn whole(items: Vec<T>) -> List<T> {
        List { items, next: None }
    }
}

/// A sentence for people.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
}

impl Said {
    fn new(ko: impl Into<String>, en: impl Into<String>) -> Said {
        Said { ko: ko.into(), en: en.into() }
    }
}

/// A time in microseconds since 1970-01-01 UTC, as RFC 3339.
fn time(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map_or_else(|_| String::new(), |time| time.to_string())
}

/// One reason of an assessment: a feature, and how far it moved the chance.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonSaid {
    /// Code of the feature.
    feature: String,
    /// The feature's number; none when it is not declared or not known.
    value: Option<f64>,
    /// How far it moved the log-odds; above 0 towards inspection.
    push: f64,
    /// Earlier inspections of the key behind the feature, where it has one.
    inspected: Option<u32>,
    /// Of those, with a find.
    found: Option<u32>,
    /// The reason as a sentence in English.
    en: String,
    /// The reason as a sentence in Korean.
    ko: String,
}

impl From<&Reason> for ReasonSaid {
    fn from(reason: &Reason) -> ReasonSaid {
        ReasonSaid {
            feature: reason.feature.clone(),
            value: reason.value,
            push: reason.push,
            inspected: reason.inspected,
            found: reason.found,
            en: reason.sentence(Language::En),
            ko: reason.sentence(Language::Ko),
        }
    }
}

/// The immutable result of screening one version of a consignment by one model.
#[derive(Debug, Serialize, ToSchema)]
pub struct Assessment {
    /// The model that judged.
    model: String,
    /// When.
    assessed_at: String,
    /// Chance of any irregularity.
    p_irregular: f64,
    /// Chance of contraband.
    p_critical: f64,
    /// Suggested lane.
    lane: Lane,
    /// What moved the chance most, the strongest first.
    reasons: Vec<ReasonSaid>,
    /// Standard error of the log-odds of any irregularity; none by models that do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    se_irregular: Option<f64>,
    /// Standard error of the log-odds of contraband.
    #[serde(skip_serializing_if = "Option::is_none")]
    se_critical: Option<f64>,
}

impl Assessment {
    fn of(model: &str, assessed_at: i64, judged: &targeting::screening::Assessment) -> Assessment {
        Assessment {
            model: model.to_owned(),
            assessed_at: time(assessed_at),
            p_irregular: judged.p_irregular,
            p_critical: judged.p_critical,
            lane: judged.lane.into(),
            reasons: judged.reasons.iter().map(ReasonSaid::from).collect(),
            se_irregular: judged.uncertainty.map(|uncertainty| uncertainty.irregular),
            se_critical: judged.uncertainty.map(|uncertainty| uncertainty.critical),
        }
    }
}
