//! Today: how the shifts of a day stand, in numbers with intervals, and what is out of order.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::measuring;
use utoipa::{IntoParams, ToSchema};

use super::measures::Interval;
use super::queue::codes;
use super::words::Regime;
use super::{Said, time};
use crate::config;
use crate::pipeline::today::{self, DayStands, ShiftStands};
use crate::rights::Circumstances;
use crate::store::{defects, messages, offices, queue};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::Asked;
use crate::web::{App, Problem};

/// Data is late when nothing came for so long, in hours.
const LATE_H: i64 = 24;

/// A change of capacity is told for so long, in hours.
const CHANGED_H: i64 = 24;

/// So many days before the day, what senders changed is told.
const CHANGED_DAYS: i32 = 7;

/// At most so many offices that are not set up are told.
const UNKNOWN: usize = 5;

/// How a day stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Today {
    /// The day.
    #[schema(format = Date)]
    day: String,
    /// The offices that are in it.
    offices: Vec<String>,
    /// Its shifts.
    shifts: Vec<ShiftToday>,
    /// All of it in numbers.
    tiles: Tiles,
    /// What is out of order.
    alerts: Vec<Alert>,
}

/// How the plan of a shift stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftToday {
    /// The plan.
    #[schema(example = "P-7")]
    plan: String,
    /// Customs office.
    office: String,
    /// The shift: its day, or day and name.
    shift: String,
    /// Parcel or freight.
    regime: Regime,
    /// Consignments that could be selected.
    candidates: i64,
    /// Those that were.
    drawn: i64,
    /// Officer-minutes of the drawn list.
    minutes: i64,
    /// Officer-minutes that the shift has.
    minutes_available: i64,
    /// Inspected.
    done: i64,
    /// Held by an officer.
    held: i64,
    /// With an open question.
    asked: i64,
    /// Waived, or not examined for another reason.
    waived: i64,
    /// Finds.
    found: i64,
    /// From when on inspectors may see the plan.
    released_at: String,
    /// Whether they may by now.
    released: bool,
    /// Its candidates by lane.
    lanes: Lanes,
    /// Finds to be expected of its drawn inspections.
    expected_finds: Interval,
}

/// Consignments by suggested lane.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Lanes {
    red: i64,
    yellow: i64,
    blue: i64,
    green: i64,
}

/// A day in numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tiles {
    /// Consignments that arrived on the day.
    arrived: i64,
    /// Of those in the queue, screened.
    screened: i64,
    /// Those that no plan lists yet.
    waiting: i64,
    /// Those that a plan drew.
    planned: i64,
    /// Inspected.
    done: i64,
    /// Held, or with an open question.
    held: i64,
    /// Finds.
    found: i64,
    /// Share of the inspections that are finds.
    found_share: Option<Interval>,
    /// Irregular consignments that got past, of the plans in work.
    missed: Option<Interval>,
}

/// The kind of something out of order.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// No data for a day or longer.
    LateData,
    /// The drift watch rings.
    Drift,
    /// The capacity of a shift was changed.
    CapacityChanged,
    /// Consignments wait that no model has screened.
    Unscreened,
    /// Records were rejected.
    Defects,
    /// Consignments wait and no plan is drawn.
    NoPlan,
    /// Senders withdrew what is drawn, held or asked about: it is on the work all the same.
    Withdrawn,
    /// Senders amended what is drawn, held or asked about.
    Amended,
    /// Consignments name an office that is not set up.
    UnknownOffice,
}

/// How grave it is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Someone should act now.
    Bad,
    /// Someone should look.
    Warn,
    /// Worth knowing.
    Note,
}

/// Something out of order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alert {
    /// The kind.
    kind: AlertKind,
    /// How grave it is.
    severity: Severity,
    /// The office that it concerns.
    office: Option<String>,
    /// The regime that it concerns.
    regime: Option<Regime>,
    /// Since when.
    since: Option<String>,
    /// What it is.
    said: Said,
    /// Where to look, as a path of the workbench.
    #[schema(example = "/queue?office=030")]
    link: String,
}

/// Which day is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichDay {
    /// One customs office alone.
    office: Option<String>,
    /// The day; the newest one with work when left out.
    #[param(format = Date)]
    day: Option<String>,
}

/// Reads how the shifts of a day stand, and what is out of order.
#[utoipa::path(
    get,
    path = "/today",
    tag = "desk",
    params(WhichDay),
    responses(
        (status = 200, description = "How the day stands.", body = Today),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_today(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichDay>,
) -> Result<Json<Today>, Problem> {
    let day = asked.day.as_deref().map(str::parse::<Day>).transpose().map_err(|error| {
        Problem::new(axum::http::StatusCode::BAD_REQUEST, "query", format!("{error}."))
    })?;
    let now = config::now();
    let mut tx = app.store.read().await?;
    let seen = caller.offices_when(Action::ReadConsignment, Circumstances::DRAWN)?;
    let every_office = seen.all();
    let offices = codes(&mut tx, &seen.narrowed(asked.office.as_deref())).await?;
    let day = match day {
        Some(day) => day,
        None => queue::newest_day(&mut tx, &offices, now).await?.unwrap_or(Day::of_micros(now)),
    };
    let stands = today::day(&mut tx, &offices, day).await?;
    let mut alerts = Vec::new();
    let newest = messages::newest(&mut tx).await?;
    if let Some(at) = newest.filter(|at| now - at > LATE_H * 3_600_000_000) {
        let hours = (now - at) / 3_600_000_000;
        alerts.push(Alert {
            kind: AlertKind::LateData,
            severity: Severity::Warn,
            office: None,
            regime: None,
            since: Some(time(at)),
            said: Said::new(
                format!("{hours}시간 동안 새 자료가 들어오지 않았습니다."),
                format!("No data has come in for {hours} hours."),
            ),
            link: "/data".to_owned(),
        });
    }
    for alarm in today::alarms_at(&mut tx, &offices).await? {
        let regime: Option<targeting::consignment::Regime> = alarm.regime.parse().ok();
        let (ko, en) = signal_words(&alarm.signal);
        alerts.push(Alert {
            kind: AlertKind::Drift,
            severity: Severity::Warn,
            office: Some(alarm.office.clone()),
            regime: regime.map(Into::into),
            since: Some(time(alarm.rang_at)),
            said: Said::new(
                format!("{} 세관: {ko}", alarm.office),
                format!("Office {}: {en}", alarm.office),
            ),
            link: format!("/measures?office={}", alarm.office),
        });
    }
    alerts.extend(of_offices(&offices, &stands));
    let days = (Day(day.0 - CHANGED_DAYS), day);
    for of in queue::changed_since(&mut tx, &offices, days, now).await? {
        alerts.extend(changed(&of));
    }
    // Who may see every office sees too what names none of them.
    if every_office {
        for office in offices::not_set_up(&mut tx, &offices, UNKNOWN).await? {
            alerts.push(Alert {
                kind: AlertKind::UnknownOffice,
                severity: Severity::Warn,
                regime: None,
                since: None,
                said: Said::new(
                    format!("{office} 세관은 등록되어 있지 않은데 화물이 접수되었습니다."),
                    format!("Consignments name the office {office}, which is not set up."),
                ),
                link: format!("/queue?office={office}"),
                office: Some(office),
            });
        }
    }
    let since = now - CHANGED_H * 3_600_000_000;
    for (office, at) in offices::capacity_changes(&mut tx, &offices, since).await? {
        alerts.push(Alert {
            kind: AlertKind::CapacityChanged,
            severity: Severity::Note,
            regime: None,
            since: Some(time(at)),
            said: Said::new(
                format!("{office} 세관의 검사 역량이 바뀌었습니다."),
                format!("Office {office}: the capacity has been changed."),
            ),
            link: "/admin".to_owned(),
            office: Some(office),
        });
    }
    let rejected = defects::rejected_since(&mut tx, day.start_micros()).await?;
    if rejected > 0 {
        alerts.push(Alert {
            kind: AlertKind::Defects,
            severity: Severity::Note,
            office: None,
            regime: None,
            since: None,
            said: Said::new(
                format!("읽지 못해 저장하지 않은 기록이 {rejected}건 있습니다."),
                format!("{rejected} records could not be read and were not stored."),
            ),
            link: "/data".to_owned(),
        });
    }
    let mut shifts = Vec::with_capacity(stands.shifts.len());
    for one in &stands.shifts {
        let released = one.plan.released_at() <= now;
        let circumstances = Circumstances { released, drawn: true };
        if caller.can(Action::ReadPlan, &one.plan.office, circumstances)? {
            shifts.push(shift(one, now)?);
        }
    }
    drop(tx);
    let plans: Vec<&str> = shifts.iter().map(|shift| shift.plan.as_str()).collect();
    app.reads.saw(&caller, "read today", &plans).await?;
    Ok(Json(Today {
        day: day.to_string(),
        offices,
        tiles: tiles(&stands, &shifts),
        shifts,
        alerts,
    }))
}

fn signal_words(signal: &str) -> (&'static str, &'static str) {
    match signal {
        "calibration" => ("예측 확률이 실제 적발과 어긋납니다.", "chances no longer match finds."),
        "scores" => ("점수 분포가 달라졌습니다.", "the scores have shifted."),
        "missing" => ("빠진 항목이 늘었습니다.", "more fields are missing."),
        _ => ("처음 보는 물품이 늘었습니다.", "more goods are new."),
    }
}

/// What the queue itself shows to be out of order, by office.
fn of_offices(offices: &[String], stands: &DayStands) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for office in offices {
        let waiting: i64 = (stands.standings.iter())
            .filter(|one| one.office == *office && one.state == "waiting")
            .map(|one| one.count)
            .sum();
        let planned = stands.shifts.iter().any(|shift| shift.plan.office == *office);
        if waiting > 0 && !planned {
            alerts.push(Alert {
                kind: AlertKind::NoPlan,
                severity: Severity::Bad,
                office: Some(office.clone()),
                regime: None,
                since: None,
                said: Said::new(
                    format!("{office} 세관: {waiting}건이 대기 중인데 검사 계획이 없습니다."),
                    format!("Office {office}: {waiting} consignments wait and no plan is drawn."),
                ),
                link: format!("/queue?office={office}&state=waiting"),
            });
        }
    }
    if stands.unscreened > 0 {
        let n = stands.unscreened;
        alerts.push(Alert {
            kind: AlertKind::Unscreened,
            severity: Severity::Bad,
            office: None,
            regime: None,
            since: None,
            said: Said::new(
                format!("아직 위험 평가를 받지 않은 화물이 {n}건 있습니다."),
                format!("{n} consignments have not been screened yet."),
            ),
            link: "/models".to_owned(),
        });
    }
    alerts
}

/// What senders changed of an office's work.
fn changed(of: &queue::ChangedSince) -> Vec<Alert> {
    let queue::ChangedSince { office, withdrawn, amended } = of;
    let alert = |kind, severity, n: i64, ko: &str, en: &str| {
        (n > 0).then(|| Alert {
            kind,
            severity,
            office: Some(office.clone()),
            regime: None,
            since: None,
            said: Said::new(
                format!("{office} 세관: 검사 대상이거나 보류 중인 화물 {n}건을 {ko}"),
                format!("Office {office}: {n} consignments that are drawn or held {en}"),
            ),
            link: format!("/queue?office={office}&state=to_do,held,asked"),
        })
    };
    let withdrawn = alert(
        AlertKind::Withdrawn,
        Severity::Bad,
        *withdrawn,
        "제출자가 취하했습니다. 목록에는 그대로 있습니다.",
        "were withdrawn by their senders. They stay on the list.",
    );
    let amended = alert(
        AlertKind::Amended,
        Severity::Warn,
        *amended,
        "제출자가 정정했습니다.",
        "were amended by their senders since.",
    );
    withdrawn.into_iter().chain(amended).collect()
}

fn tiles(stands: &DayStands, shifts: &[ShiftToday]) -> Tiles {
    let count = |keep: &dyn Fn(&queue::Standing) -> bool| -> i64 {
        stands.standings.iter().filter(|one| keep(one)).map(|one| one.count).sum()
    };
    let (done, found) = stands.done;
    Tiles {
        arrived: stands.arrived,
        screened: count(&|one| one.lane.is_some()),
        waiting: count(&|one| one.state == "waiting"),
        planned: shifts.iter().map(|shift| shift.drawn).sum(),
        done,
        held: count(&|one| matches!(one.state.as_str(), "held" | "asked")),
        found,
        found_share: measuring::Interval::share(found as u64, done as u64).map(Into::into),
        missed: stands.missed.map(Into::into),
    }
}

fn shift(stands: &ShiftStands, now: i64) -> Result<ShiftToday, Problem> {
    let state = |word: &str| stands.states.get(word).copied().unwrap_or(0);
    let lane = |word: &str| stands.lanes.get(word).copied().unwrap_or(0);
    let regime: targeting::consignment::Regime =
        stands.plan.regime.parse().map_err(anyhow::Error::from)?;
    Ok(ShiftToday {
        plan: format!("P-{}", stands.plan.id),
        office: stands.plan.office.clone(),
        shift: stands.plan.shift.clone(),
        regime: regime.into(),
        candidates: stands.plan.candidates,
        drawn: stands.plan.drawn,
        minutes: stands.plan.minutes,
        minutes_available: stands.minutes_available,
        done: state("done"),
        held: state("held"),
        asked: state("asked"),
        waived: state("not_examined"),
        found: stands.found,
        released_at: time(stands.plan.released_at()),
        released: stands.plan.released_at() <= now,
        lanes: Lanes {
            red: lane("red"),
            yellow: lane("yellow"),
            blue: lane("blue"),
            green: lane("green"),
        },
        expected_finds: stands.expected.into(),
    })
}
