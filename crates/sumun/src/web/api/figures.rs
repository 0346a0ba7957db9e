//! Figures of the work: what another capacity would find, whether the chances were right, how
//! precise the list is, how much of the traffic was seen, and what drifts. The estimates are
//! `targeting::measuring`'s; here they only get their form on the wire.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::measuring::drift::Signal;
use utoipa::{IntoParams, ToSchema};

use super::measures::{Interval, days};
use super::words::{Regime, Target};
use crate::pipeline::{self, Stream, Wanted};
use crate::rights::Offices;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Asked;
use crate::web::{App, Problem};

/// Officer-minutes that one officer inspects on a day, where nobody says otherwise: seven hours.
const MINUTES_PER_OFFICER: f64 = 420.0;
/// Numbers of officers, where none are asked for.
const OFFICERS: [f64; 3] = [70.0, 100.0, 200.0];
/// Bins of a calibration.
const BINS: usize = 10;
/// Depths at which precision is shown.
const DEPTHS: [f64; 10] = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0];

/// A window of shifts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Shifts {
    /// What is counted; any irregularity when left out.
    #[param(inline)]
    target: Option<Target>,
    /// First day of the shifts.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day of the shifts.
    #[param(format = Date)]
    to: Option<String>,
    /// Only this customs office.
    office: Option<String>,
}

/// Other numbers of officers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Officers {
    /// What is counted; any irregularity when left out.
    #[param(inline)]
    target: Option<Target>,
    /// First day of the shifts.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day of the shifts.
    #[param(format = Date)]
    to: Option<String>,
    /// Only this customs office.
    office: Option<String>,
    /// Numbers of officers with commas between; 70,100,200 when left out.
    officers: Option<String>,
    /// How many officers worked these shifts; else it follows from the minutes planned on a day.
    officers_now: Option<f64>,
    /// Officer-minutes that one officer inspects on a day; 420 when left out.
    minutes_per_officer: Option<f64>,
}

/// What other numbers of officers would find.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapacityFigures {
    /// How many officers the planned minutes stand for.
    officers_now: f64,
    /// Officer-minutes that one officer inspects on a day.
    minutes_per_officer: f64,
    /// Days with plans that the figures are summed over.
    days: u64,
    /// Plans behind the figures.
    plans: u64,
    /// By number of officers.
    points: Vec<CapacityPoint>,
    /// What the figures rest on.
    assumptions: Vec<SaidAssumption>,
}

/// What one number of officers would find in the same days.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapacityPoint {
    /// Officers.
    officers: f64,
    /// Inspections.
    inspections: f64,
    /// Expected finds.
    finds: Interval,
    /// Share of all that is irregular that would be found; none when the estimate is nothing.
    share: Option<Interval>,
}

/// An assumption in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaidAssumption {
    /// In Korean.
    ko: String,
    /// In English.
    en: String,
}

fn assumptions() -> Vec<SaidAssumption> {
    let said = |ko: &str, en: &str| SaidAssumption { ko: ko.to_owned(), en: en.to_owned() };
    vec![
        said(
            "기록된 선별 확률과 검사 결과만으로 추정하며, 열지 않은 화물은 모델의 기대값을 실제 \
             결과로 바로잡아 대신합니다.",
            "Estimated from recorded chances and outcomes alone; what was not opened counts with \
             what the model expected, corrected by what was found.",
        ),
        said(
            "인원에 비례해 검사 건수가 늘고, 무작위 몫의 비율과 검사의 적발 확률은 그대로라고 \
             봅니다.",
            "Inspections grow with officers; the share left to chance and the detection of an \
             inspection stay as they are.",
        ),
        said(
            "밀수하는 쪽이 바뀐 인원에 맞춰 행동을 바꾸는 것은 셈하지 않습니다.",
            "That smugglers answer to another number of officers is not counted.",
        ),
    ]
}

/// Estimates what other numbers of officers would have found in the shifts of a window, from the
/// recorded chances.
#[utoipa::path(
    get,
    path = "/measures/capacity",
    tag = "measures",
    params(Officers),
    responses(
        (status = 200, description = "The estimates.", body = CapacityFigures),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_capacity_figures(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<Officers>,
) -> Result<Json<CapacityFigures>, Problem> {
    let bad = |said: &str| Problem::unusable("officers", said.to_owned());
    let officers: Vec<f64> = match &asked.officers {
        None => OFFICERS.to_vec(),
        Some(text) => text
            .split(',')
            .map(|one| one.trim().parse::<f64>())
            .collect::<Result<_, _>>()
            .map_err(|_| bad("The numbers of officers are written 70,100,200."))?,
    };
    let fits = |number: &f64| number.is_finite() && *number > 0.0 && *number <= 1e6;
    let each = asked.minutes_per_officer.unwrap_or(MINUTES_PER_OFFICER);
    let all = officers.iter().chain(&asked.officers_now).chain([&each]);
    if officers.is_empty() || officers.len() > 50 || !all.into_iter().all(fits) {
        return Err(bad("A number of officers or minutes is not above 0, or there are too many."));
    }
    let offices = caller.offices(Action::ReadMeasures)?.narrowed(asked.office.as_deref());
    let wanted = Wanted {
        target: asked.target.unwrap_or(Target::Irregular).into(),
        window: days(&asked.from, &asked.to)?,
        offices: &offices,
    };
    let now = (asked.officers_now, each);
    let told = pipeline::other_capacity(&app.store, &wanted, &officers, now).await?;
    Ok(Json(CapacityFigures {
        officers_now: told.officers_now,
        minutes_per_officer: told.minutes_per_officer,
        days: told.days as u64,
        plans: told.plans as u64,
        points: told
            .points
            .into_iter()
            .map(|(officers, point)| CapacityPoint {
                officers,
                inspections: point.inspections,
                finds: point.finds.into(),
                share: point.share.map(Into::into),
            })
            .collect(),
        assumptions: assumptions(),
    }))
}

/// Whether the chances were right.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalibrationFigures {
    /// Plans behind the figures.
    plans: u64,
    /// Bins by rising chance.
    bins: Vec<CalibrationBin>,
    /// Mean distance between predicted and observed (expected calibration error). Chance alone
    /// makes it more than nothing.
    ece: f64,
}

/// Consignments of like chance.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalibrationBin {
    /// Smallest chance in it.
    low: f64,
    /// Largest.
    high: f64,
    /// Mean chance.
    predicted: f64,
    /// Share that is irregular.
    observed: Interval,
    /// Consignments.
    n: u64,
    /// How many of them were inspected.
    inspected: u64,
}

/// Shows whether of consignments with a chance of three in a hundred three in a hundred are
/// irregular, each bin estimated from the recorded chances.
#[utoipa::path(
    get,
    path = "/measures/calibration",
    tag = "measures",
    params(Shifts),
    responses(
        (status = 200, description = "The bins.", body = CalibrationFigures),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_calibration(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<Shifts>,
) -> Result<Json<CalibrationFigures>, Problem> {
    let offices = caller.offices(Action::ReadMeasures)?.narrowed(asked.office.as_deref());
    let told = pipeline::calibrated(&app.store, &asked.wanted(&offices)?, BINS).await?;
    let bins = told.calibration.bins.into_iter().map(|bin| CalibrationBin {
        low: bin.low,
        high: bin.high,
        predicted: bin.predicted,
        observed: bin.observed.into(),
        n: bin.count,
        inspected: bin.inspected,
    });
    Ok(Json(CalibrationFigures {
        plans: told.plans as u64,
        bins: bins.collect(),
        ece: told.calibration.error,
    }))
}

impl Shifts {
    fn wanted<'w>(&self, offices: &'w Offices) -> Result<Wanted<'w>, Problem> {
        Ok(Wanted {
            target: self.target.unwrap_or(Target::Irregular).into(),
            window: days(&self.from, &self.to)?,
            offices,
        })
    }
}

/// How precise the risk list is.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrecisionFigures {
    /// By depth of the list.
    points: Vec<PrecisionPoint>,
    /// What inspections chosen by chance alone would find; none without plans.
    random: Option<Interval>,
}

/// The precision of the top of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrecisionPoint {
    /// The depth: share of the traffic.
    share: f64,
    /// Share of the consignments above it that an inspection would find irregular.
    precision: Interval,
    /// Consignments above it.
    n: f64,
    /// How many of these were drawn and done.
    known: u64,
}

/// Estimates the precision of the risk list at each depth, from the recorded chances, beside that
/// of a choice by chance.
#[utoipa::path(
    get,
    path = "/measures/precision",
    tag = "measures",
    params(Shifts),
    responses(
        (status = 200, description = "The points.", body = PrecisionFigures),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_precision(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<Shifts>,
) -> Result<Json<PrecisionFigures>, Problem> {
    let offices = caller.offices(Action::ReadMeasures)?.narrowed(asked.office.as_deref());
    let told = pipeline::precise(&app.store, &asked.wanted(&offices)?, &DEPTHS).await?;
    let random = told.iter().find(|one| one.share >= 1.0).map(|one| one.precision.into());
    let points = told.into_iter().map(|one| PrecisionPoint {
        share: one.share,
        precision: one.precision.into(),
        n: one.count,
        known: one.known,
    });
    Ok(Json(PrecisionFigures { points: points.collect(), random }))
}

/// How much of the traffic each office saw.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageFigures {
    /// By office and regime.
    offices: Vec<OfficeCoverage>,
}

/// How much of its traffic an office saw.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeCoverage {
    /// Customs office.
    office: String,
    /// Parcel or freight.
    regime: Regime,
    /// Consignments that arrived.
    arrived: i64,
    /// Of these, screened.
    screened: i64,
    /// Of these, candidates of a plan.
    planned: i64,
    /// Of these, inspected.
    inspected: i64,
    /// Share of what arrived that was inspected; none when nothing arrived.
    share: Option<f64>,
}

/// Counts how much of what arrived in a window each office screened, planned and inspected.
#[utoipa::path(
    get,
    path = "/measures/coverage",
    tag = "measures",
    params(Shifts),
    responses(
        (status = 200, description = "The counts.", body = CoverageFigures),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_coverage(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<Shifts>,
) -> Result<Json<CoverageFigures>, Problem> {
    let offices = caller.offices(Action::ReadMeasures)?.narrowed(asked.office.as_deref());
    let window = days(&asked.from, &asked.to)?;
    let told = pipeline::covered(&app.store, window, &offices).await?;
    let offices = told
        .into_iter()
        .map(|one| {
            let regime: targeting::consignment::Regime = one.counted.regime.parse()?;
            Ok(OfficeCoverage {
                office: one.counted.office,
                regime: regime.into(),
                arrived: one.counted.arrived,
                screened: one.counted.screened,
                planned: one.counted.planned,
                inspected: one.counted.inspected,
                share: one.share,
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Json(CoverageFigures { offices }))
}

/// Which signals are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichSignals {
    /// Only this customs office.
    office: Option<String>,
}

/// What the drift watch sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftFigures {
    /// By office, regime and signal.
    signals: Vec<DriftSignal>,
}

/// One signal of one office and regime.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftSignal {
    /// Customs office.
    office: String,
    /// Parcel or freight.
    regime: Regime,
    /// calibration, scores, missing or new_goods.
    signal: String,
    /// Where it stands in the last week; none where there is too little to say.
    value: Option<f64>,
    /// From where on a change matters. Whether it rings also depends on how sure it is.
    limit: f64,
    /// Whether an alarm stands.
    ringing: bool,
    /// The Monday since which it rings.
    #[schema(format = Date)]
    since: Option<String>,
    /// What moved most, where the signal says it.
    about: Option<String>,
    /// Week by week.
    days: Vec<DriftDay>,
}

/// A signal in one week.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftDay {
    /// Monday of the week.
    #[schema(format = Date)]
    day: String,
    /// Where it stood.
    value: Option<f64>,
}

/// Shows the signals of the drift watch over the last half year, and which alarms stand. It looks
/// and keeps nothing: alarms begin and end by `sumun drift`.
#[utoipa::path(
    get,
    path = "/drift",
    tag = "measures",
    params(WhichSignals),
    responses(
        (status = 200, description = "The signals.", body = DriftFigures),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_drift(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichSignals>,
) -> Result<Json<DriftFigures>, Problem> {
    let offices = caller.offices(Action::ReadMeasures)?.narrowed(asked.office.as_deref());
    let drift = pipeline::seen_drift(&app.store).await?;
    let mut signals = Vec::new();
    for stream in drift.streams.iter().filter(|stream| offices.contains(&stream.office)) {
        for &signal in Signal::ALL {
            let alarm = drift.alarms.iter().find(|alarm| {
                (&alarm.office, &alarm.regime) == (&stream.office, &stream.regime)
                    && alarm.signal == signal.as_str()
            });
            signals.push(signal_of(stream, signal, alarm.map(|alarm| alarm.since.to_string()))?);
        }
    }
    Ok(Json(DriftFigures { signals }))
}

fn signal_of(
    stream: &Stream,
    signal: Signal,
    since: Option<String>,
) -> anyhow::Result<DriftSignal> {
    let regime: targeting::consignment::Regime = stream.regime.parse()?;
    let days: Vec<DriftDay> = (stream.weeks.iter())
        .map(|week| DriftDay { day: week.monday.to_string(), value: week.value(signal) })
        .collect();
    let last = stream.weeks.last();
    let about = last.filter(|_| signal == Signal::Missing).and_then(|week| week.missing.as_ref());
    Ok(DriftSignal {
        office: stream.office.clone(),
        regime: regime.into(),
        signal: signal.to_string(),
        value: last.and_then(|week| week.value(signal)),
        limit: signal.limit(),
        ringing: since.is_some(),
        since,
        about: about.map(|(code, _)| code.clone()),
        days,
    })
}
