//! Measures: how much gets past, with its interval, and what each channel yields. The estimates
//! are `targeting::measuring`'s; here they only get their form on the wire.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::measuring;
use utoipa::{IntoParams, ToSchema};

use super::words::{Channel, Target};
use crate::pipeline;
use crate::web::problem::ProblemBody;
use crate::web::request::Asked;
use crate::web::{App, Problem};

/// What is to be measured.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Window {
    /// What is counted; any irregularity when left out.
    #[param(inline)]
    target: Option<Target>,
    /// First day of the shifts measured.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day of the shifts measured.
    #[param(format = Date)]
    to: Option<String>,
}

/// Everything that is measured of one target.
#[derive(Debug, Serialize, ToSchema)]
pub struct Measures {
    /// What is counted.
    target: Target,
    /// Plans in the measure; with none of them there is nothing to estimate.
    plans: u64,
    /// Plans without a single outcome so far: their shifts are not in any estimate.
    plans_not_worked: u64,
    /// All plans together.
    pooled: Iceberg,
    /// By ISO week of the shift, named by its Monday.
    weeks: Vec<Period>,
    /// By office.
    offices: Vec<Period>,
    /// By regime.
    regimes: Vec<Period>,
    /// What inspections yielded, by channel.
    yields: Vec<ChannelYield>,
    /// Consignments stored, by fate.
    fates: Vec<Count>,
    /// Outcomes outside any plan, by kind: they teach, but say nothing of the traffic.
    outside_plans: Vec<Count>,
}

/// How many there are of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct Count {
    /// The kind.
    of: String,
    /// How many.
    count: i64,
}

/// The iceberg of one week, office or regime.
#[derive(Debug, Serialize, ToSchema)]
pub struct Period {
    /// Monday of the week, the office's code or the regime.
    of: String,
    /// The estimate.
    #[serde(flatten)]
    iceberg: Iceberg,
}

/// The estimated number of irregular consignments in the traffic, with its 95 % interval.
#[derive(Debug, Serialize, ToSchema)]
pub struct Iceberg {
    /// Consignments in the traffic.
    population: u64,
    /// Inspections done, whoever chose them.
    inspected: u64,
    /// Finds, officers' own included: the tip.
    found: u64,
    /// Finds in the drawn tail: the relative error is about 1/√ of this.
    tail_found: u64,
    /// Drawn and not done.
    missing: u64,
    /// Irregular consignments, found or not.
    estimate: f64,
    /// Lower end of the interval.
    low: f64,
    /// Upper end of the interval.
    high: f64,
    /// The estimate before it is kept within the possible: it adds up over groups.
    unclipped: f64,
    /// Share of the traffic that is irregular.
    prevalence: Option<Interval>,
    /// Share of the irregular that was found.
    found_share: Option<Interval>,
    /// Irregular consignments that got past.
    missed: Interval,
    /// What treating all inspections as a random sample would claim: wrong by design, shown so
    /// that the difference is seen.
    naive: Option<f64>,
    /// What the estimate rests on.
    assumptions: Vec<String>,
}

/// An estimate and the 95 % interval around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Interval {
    /// The estimate.
    estimate: f64,
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
}

/// What the inspections of one channel yielded.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelYield {
    /// The channel.
    channel: Channel,
    /// Inspections done.
    inspected: u64,
    /// Finds among them.
    found: u64,
    /// Officer-minutes they took.
    minutes: u64,
    /// Finds for each officer-hour.
    found_per_hour: Option<Interval>,
    /// Share of inspections that are finds.
    precision: Option<Interval>,
}

impl From<measuring::Interval> for Interval {
    fn from(interval: measuring::Interval) -> Interval {
        let measuring::Interval { estimate, low, high } = interval;
        Interval { estimate, low, high }
    }
}

impl From<measuring::Iceberg> for Iceberg {
    fn from(iceberg: measuring::Iceberg) -> Iceberg {
        Iceberg {
            population: iceberg.population,
            inspected: iceberg.inspected,
            found: iceberg.found,
            tail_found: iceberg.tail_found,
            missing: iceberg.missing,
            estimate: iceberg.estimate,
            low: iceberg.low,
            high: iceberg.high,
            unclipped: iceberg.unclipped,
            prevalence: iceberg.prevalence.map(Into::into),
            found_share: iceberg.found_share.map(Into::into),
            missed: iceberg.missed.into(),
            naive: iceberg.naive,
            assumptions: iceberg.assumptions.iter().map(|one| one.code().to_owned()).collect(),
        }
    }
}

impl From<pipeline::Measure> for Measures {
    fn from(measure: pipeline::Measure) -> Measures {
        let periods = |periods: Vec<pipeline::Period>| -> Vec<Period> {
            let period = |one: pipeline::Period| Period { of: one.of, iceberg: one.iceberg.into() };
            periods.into_iter().map(period).collect()
        };
        let counts = |counts: Vec<(String, i64)>| -> Vec<Count> {
            counts.into_iter().map(|(of, count)| Count { of, count }).collect()
        };
        Measures {
            target: measure.target.into(),
            plans: measure.plans as u64,
            plans_not_worked: measure.plans_not_worked as u64,
            pooled: measure.pooled.into(),
            weeks: periods(measure.weeks),
            offices: periods(measure.offices),
            regimes: periods(measure.regimes),
            yields: measure
                .yields
                .into_iter()
                .map(|(channel, one)| ChannelYield {
                    channel: channel.into(),
                    inspected: one.inspected,
                    found: one.found,
                    minutes: one.minutes,
                    found_per_hour: one.found_per_hour.map(Into::into),
                    precision: one.precision.map(Into::into),
                })
                .collect(),
            fates: counts(measure.fates),
            outside_plans: counts(measure.outside_plans),
        }
    }
}

/// Measures what gets past in the shifts of a window, by week, office and regime, and what each
/// channel yields. Every estimate comes from the recorded chances.
#[utoipa::path(
    get,
    path = "/measures",
    tag = "measures",
    params(Window),
    responses(
        (status = 200, description = "The measures.", body = Measures),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_measures(
    State(app): State<App>,
    Asked(window): Asked<Window>,
) -> Result<Json<Measures>, Problem> {
    let day = |text: &Option<String>, otherwise: Day| match text.as_deref() {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|error| Problem::unusable("day", format!("{error}."))),
    };
    let window_days = (day(&window.from, Day::FIRST)?, day(&window.to, Day::LAST)?);
    let target = window.target.unwrap_or(Target::Irregular).into();
    Ok(Json(pipeline::measure(&app.store, target, window_days).await?.into()))
}
