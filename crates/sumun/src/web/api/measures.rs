//! Measures: how much gets past, with its interval, and what each channel yields. The estimates
//! are `targeting::measuring`'s; here they only get their form on the wire.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::measuring;
use utoipa::{IntoParams, ToSchema};

use super::words::{Channel, Stratum, Target};
use crate::pipeline;
use crate::web::caller::{Action, Caller};
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
    /// Divides the traffic by this as well.
    #[param(inline)]
    by: Option<Stratum>,
    /// How many test consignments the detection probabilities were measured by; they are taken as
    /// known when left out.
    #[param(minimum = 1)]
    detection_tests: Option<u64>,
}

/// What is to be compared with the plans.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Comparison {
    /// The kept model, such as M-3.
    #[param(required)]
    model: String,
    /// What is counted; any irregularity when left out.
    #[param(inline)]
    target: Option<Target>,
    /// First day of the shifts compared.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day of the shifts compared.
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
    /// The four weeks up to each week, from the fourth on.
    weeks_4: Vec<Period>,
    /// The thirteen weeks up to each week, from the thirteenth on.
    weeks_13: Vec<Period>,
    /// By month.
    months: Vec<Period>,
    /// By quarter.
    quarters: Vec<Period>,
    /// By year.
    years: Vec<Period>,
    /// All weeks up to each week, with a band that may be watched.
    course: Vec<Standing>,
    /// The latest weeks against as many before them; none with fewer than two weeks.
    change: Option<Change>,
    /// By office.
    offices: Vec<Period>,
    /// By regime.
    regimes: Vec<Period>,
    /// By what was asked for.
    strata: Vec<Period>,
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

/// The share of the traffic up to a week that is irregular.
#[derive(Debug, Serialize, ToSchema)]
pub struct Standing {
    /// Monday of the week.
    of: String,
    /// The share, with the interval for one who looks once.
    prevalence: Option<Interval>,
    /// The share, with the band for one who looks every week; from the eighth week on.
    band: Option<Interval>,
}

/// How the share that is irregular changed from some weeks to as many later ones.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// How many weeks with plans each side has.
    weeks: u64,
    /// The former weeks.
    former: Period,
    /// The latest weeks.
    latest: Period,
    /// Share irregular in the latest weeks less that in the former.
    difference: Interval,
    /// The latest weeks' irregular consignments, helped by all weeks before them.
    steadied: f64,
}

/// What a model would have found with the same capacity, beside what the plans found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelValue {
    /// What is counted.
    target: Target,
    /// Plans in the comparison.
    plans: u64,
    /// Plans left out because no outcome is known.
    plans_not_worked: u64,
    /// Plans left out because the model learned from outcomes of their day or later ones.
    plans_learned_from: u64,
    /// Consignments left out of later plans because they arrived while the model still learned.
    arrived_before: u64,
    /// Last day whose outcomes the model learned from.
    learned_until: Option<String>,
    /// Consignments of these plans.
    consignments: u64,
    /// Consignments the model would have opened.
    taken: f64,
    /// How many of these were drawn and done, so that their answer is known.
    known: u64,
    /// How many equally weighted inspections those are worth.
    effective: f64,
    /// Finds it would have made.
    finds: Interval,
    /// Inspections that the plans drew and that were done.
    done: u64,
    /// Finds that those made.
    found: u64,
    /// Finds of the model less those made.
    gain: Interval,
    /// What its own plan's expectations alone would say: wrong where they are.
    model: f64,
    /// Check without expectations: what the known ones alone say.
    self_normalised: Option<f64>,
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

impl From<pipeline::Period> for Period {
    fn from(period: pipeline::Period) -> Period {
        Period { of: period.of, iceberg: period.iceberg.into() }
    }
}

impl From<pipeline::Valued> for ModelValue {
    fn from(valued: pipeline::Valued) -> ModelValue {
        let measuring::RivalValue {
            taken,
            known,
            finds,
            done,
            found,
            gain,
            model,
            self_normalised,
            effective,
        } = valued.value;
        ModelValue {
            target: valued.target.into(),
            plans: valued.plans as u64,
            plans_not_worked: valued.plans_not_worked as u64,
            plans_learned_from: valued.plans_learned_from as u64,
            arrived_before: valued.arrived_before as u64,
            learned_until: valued.learned_until,
            consignments: valued.consignments as u64,
            taken,
            known,
            effective,
            finds: finds.into(),
            done,
            found,
            gain: gain.into(),
            model,
            self_normalised,
        }
    }
}

impl From<pipeline::Measure> for Measures {
    fn from(measure: pipeline::Measure) -> Measures {
        let periods = |periods: Vec<pipeline::Period>| -> Vec<Period> {
            periods.into_iter().map(Into::into).collect()
        };
        let standing = |one: pipeline::Standing| Standing {
            of: one.of,
            prevalence: one.prevalence.map(Into::into),
            band: one.band.map(Into::into),
        };
        let change = |one: pipeline::Change| Change {
            weeks: one.weeks as u64,
            former: one.former.into(),
            latest: one.latest.into(),
            difference: one.difference.into(),
            steadied: one.steadied,
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
            weeks_4: periods(measure.weeks_4),
            weeks_13: periods(measure.weeks_13),
            months: periods(measure.months),
            quarters: periods(measure.quarters),
            years: periods(measure.years),
            course: measure.course.into_iter().map(standing).collect(),
            change: measure.change.map(change),
            offices: periods(measure.offices),
            regimes: periods(measure.regimes),
            strata: periods(measure.strata),
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
    caller: Caller,
    Asked(window): Asked<Window>,
) -> Result<Json<Measures>, Problem> {
    let offices = caller.offices(Action::ReadMeasures)?;
    let asked = pipeline::Asked {
        target: window.target.unwrap_or(Target::Irregular).into(),
        window: days(&window.from, &window.to)?,
        by: window.by.map(Into::into),
        tests: window.detection_tests,
    };
    let mut measures: Measures = pipeline::measure_as(&app.store, &asked).await?.into();
    // The figures of the whole are published; those of an office are its own.
    measures.offices.retain(|office| offices.contains(&office.of));
    Ok(Json(measures))
}

/// Estimates what a kept model would have found with the same capacity in the shifts of a window,
/// from the recorded chances. Only shifts later than all it learned from are compared.
#[utoipa::path(
    get,
    path = "/measures/value",
    tag = "measures",
    params(Comparison),
    responses(
        (status = 200, description = "The comparison.", body = ModelValue),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_value(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<Comparison>,
) -> Result<Json<ModelValue>, Problem> {
    caller.may_somewhere(Action::ReadMeasures)?;
    let window = days(&asked.from, &asked.to)?;
    let target = asked.target.unwrap_or(Target::Irregular).into();
    let model = pipeline::Ranking::Model(&asked.model);
    Ok(Json(pipeline::value_of(&app.store, target, window, model).await?.into()))
}

/// First and last day of a window; all days where they are left out.
pub(super) fn days(from: &Option<String>, to: &Option<String>) -> Result<(Day, Day), Problem> {
    let day = |text: &Option<String>, otherwise: Day| match text.as_deref() {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|error| Problem::unusable("day", format!("{error}."))),
    };
    Ok((day(from, Day::FIRST)?, day(to, Day::LAST)?))
}
