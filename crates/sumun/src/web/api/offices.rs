//! Offices with their shifts, as an administrator sets them up; and capacities, which one person
//! proposes and another decides on.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::words::{Modality, Regime};
use super::{List, Said, time};
use crate::acts;
use crate::acts::capacity::Proposal;
use crate::rights::{Circumstances, Offices};
use crate::store::{capacities, offices};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place, request_id};
use crate::web::{App, Problem};

/// A customs office.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Office)]
pub struct OfficeSaid {
    /// Its code.
    #[schema(example = "030")]
    code: String,
    /// Its name.
    name: Said,
    /// How far its clock is ahead of UTC.
    utc_offset_minutes: i64,
    /// Its shifts.
    shifts: Vec<OfficeShift>,
}

/// A shift of an office.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeShift {
    /// Its name, as plans write it.
    #[schema(example = "day")]
    name: String,
    /// When it begins, by the office's clock.
    #[schema(example = "08:00")]
    starts: String,
    /// How long it lasts.
    #[schema(minimum = 1, maximum = 1440)]
    minutes_long: i64,
    /// So many minutes before it begins, those who inspect may see its plan.
    #[schema(minimum = 0, maximum = 2880)]
    release_before_minutes: i64,
}

impl From<&offices::Office> for OfficeSaid {
    fn from(of: &offices::Office) -> OfficeSaid {
        let shift = |shift: &offices::OfficeShift| OfficeShift {
            name: shift.name.clone(),
            starts: format!("{:02}:{:02}", shift.starts_minute / 60, shift.starts_minute % 60),
            minutes_long: shift.minutes_long,
            release_before_minutes: shift.release_before_minutes,
        };
        OfficeSaid {
            code: of.code.clone(),
            name: Said { ko: of.name_ko.clone(), en: of.name_en.clone() },
            utc_offset_minutes: of.utc_offset_minutes,
            shifts: of.shifts.iter().map(shift).collect(),
        }
    }
}

impl OfficeShift {
    fn read(&self) -> Result<offices::OfficeShift, Problem> {
        let clock = self.starts.split_once(':').and_then(|(hour, minute)| {
            let two = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            let (hour, minute): (i64, i64) = (two(hour) && two(minute))
                .then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))??;
            (hour < 24 && minute < 60).then_some(60 * hour + minute)
        });
        let starts_minute = clock.ok_or_else(|| {
            Problem::unusable("shifts", "A shift begins at a time such as 08:00.")
        })?;
        Ok(offices::OfficeShift {
            name: self.name.clone(),
            starts_minute,
            minutes_long: self.minutes_long,
            release_before_minutes: self.release_before_minutes,
        })
    }
}

/// The offices at which somebody has a role.
fn own(caller: &Caller) -> Result<Offices, Problem> {
    let mut own = Vec::new();
    for &action in Action::ALL {
        match caller.offices_or_none(action, Circumstances::DRAWN)? {
            Offices::All => return Ok(Offices::All),
            Offices::Only(codes) => own.extend(codes),
        }
    }
    Ok(Offices::Only(own))
}

/// Lists the offices at which one has a role, by code.
#[utoipa::path(
    get,
    path = "/offices",
    tag = "offices",
    responses(
        (status = 200, description = "The offices.", body = List<OfficeSaid>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_offices(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<OfficeSaid>>, Problem> {
    let own = own(&caller)?;
    let all = offices::list(&mut app.store.read().await?).await?;
    let seen = all.iter().filter(|office| own.contains(&office.code));
    Ok(Json(List::whole(seen.map(OfficeSaid::from).collect())))
}

/// How an office is to be set up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeOrder {
    /// Its name.
    name: Said,
    /// How far its clock is ahead of UTC; as it was, or Korea's, when left out.
    #[schema(minimum = -840, maximum = 840)]
    utc_offset_minutes: Option<i64>,
    /// Its shifts.
    #[serde(default)]
    #[schema(max_items = 24)]
    shifts: Vec<OfficeShift>,
}

/// Korea's clock.
const KOREA: i64 = 540;

/// Sets an office up, or anew. The same again changes nothing.
#[utoipa::path(
    put,
    path = "/offices/{code}",
    tag = "offices",
    params(("code" = String, Path, description = "The office's code.")),
    request_body = OfficeOrder,
    responses(
        (status = 200, description = "The office.", body = OfficeSaid),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn set_office(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(order): Body<OfficeOrder>,
) -> Result<Json<OfficeSaid>, Problem> {
    caller.may_somewhere(Action::Administer)?;
    caller.may(Action::Administer, &name.0)?;
    let before = offices::find(&mut app.store.read().await?, &name.0).await?;
    let clock = before.map_or(KOREA, |office| office.utc_offset_minutes);
    let (by, now) = caller.by();
    let office = offices::Office {
        code: name.0,
        name_ko: order.name.ko,
        name_en: order.name.en,
        utc_offset_minutes: order.utc_offset_minutes.unwrap_or(clock),
        shifts: order.shifts.iter().map(OfficeShift::read).collect::<Result<_, _>>()?,
        set_by: by.to_owned(),
        set_at: now,
    };
    let office = acts::office::set(&app.store, &office, (by, now)).await?;
    Ok(Json(OfficeSaid::from(&office)))
}

/// What an office or shift can do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Capacity)]
pub struct CapacitySaid {
    /// Its id.
    id: String,
    /// Customs office.
    office: String,
    /// Name of the shift; none for every shift that has none of its own.
    shift: Option<String>,
    /// Parcel or freight; none for both.
    regime: Option<Regime>,
    /// By modality.
    lines: Vec<CapacityLine>,
    /// Share of the inspections drawn by chance; the usual one when none.
    explore: Option<f64>,
    /// `proposed`, `approved`, `rejected` or `replaced`.
    state: String,
    /// Who proposed it.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
    /// Who decided.
    decided_by: Option<String>,
    /// When.
    decided_at: Option<String>,
    /// Why.
    decided_why: Option<String>,
}

/// What one modality can do in a shift.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityLine {
    /// The modality.
    modality: Modality,
    /// Officer-minutes that the shift has for it.
    #[schema(maximum = 1_000_000)]
    minutes_available: u32,
    /// Officer-minutes that one inspection takes.
    #[schema(minimum = 1, maximum = 10_000)]
    minutes_each: u32,
    /// Probability that it finds what is there; the generic one when left out.
    detection: Option<f64>,
}

impl CapacitySaid {
    fn of(kept: capacities::Capacity) -> Result<CapacitySaid, Problem> {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let regime = some(kept.regime).map(|word| word.parse()).transpose();
        let regime: Option<targeting::consignment::Regime> = regime.map_err(anyhow::Error::from)?;
        Ok(CapacitySaid {
            id: kept.id,
            office: kept.office,
            shift: some(kept.shift),
            regime: regime.map(Into::into),
            lines: (kept.content.lines.iter())
                .map(|line| CapacityLine {
                    modality: line.modality.into(),
                    minutes_available: line.minutes_available,
                    minutes_each: line.minutes_each,
                    detection: line.detection,
                })
                .collect(),
            explore: kept.content.explore,
            state: kept.state,
            by: kept.made_by,
            at: time(kept.made_at),
            reason: kept.reason,
            decided_by: kept.decided_by,
            decided_at: kept.decided_at.map(time),
            decided_why: kept.decided_why,
        })
    }
}

/// Which capacities are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichCapacities {
    /// Only those of this customs office.
    office: Option<String>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// The offices whose capacity somebody may see: those where they propose or decide.
fn capacity_offices(caller: &Caller) -> Result<Offices, Problem> {
    let propose = caller.offices_or_none(Action::SetCapacity, Circumstances::default())?;
    let decide = caller.offices_or_none(Action::ApproveCapacity, Circumstances::default())?;
    match (propose, decide) {
        (Offices::Only(a), Offices::Only(b)) if a.is_empty() && b.is_empty() => {
            caller.offices(Action::SetCapacity)
        }
        (Offices::Only(a), Offices::Only(b)) => Ok(Offices::Only([a, b].concat())),
        _ => Ok(Offices::All),
    }
}

/// Lists capacities, the latest proposal first: the approved ones, those that wait, and those
/// before them.
#[utoipa::path(
    get,
    path = "/capacities",
    tag = "offices",
    params(WhichCapacities),
    responses(
        (status = 200, description = "A page of capacities.", body = List<CapacitySaid>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_capacities(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichCapacities>,
) -> Result<Json<List<CapacitySaid>>, Problem> {
    let own = capacity_offices(&caller)?.narrowed(asked.office.as_deref());
    let limit = page_size(asked.limit)?;
    let before: Option<(i64, String)> = place(asked.cursor.as_deref())?;
    let mut tx = app.store.read().await?;
    let mut kept = capacities::page(&mut tx, &own, before.as_ref(), limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next =
        kept.last().filter(|_| more).and_then(|last| cursor(&(last.made_at, last.id.as_str())));
    let items = kept.into_iter().map(CapacitySaid::of).collect::<Result<_, _>>()?;
    Ok(Json(List { items, next }))
}

/// A capacity that is proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityProposal {
    /// A ULID that the client made, so that the same request proposes once.
    id: Option<String>,
    /// Customs office.
    #[schema(example = "030")]
    office: String,
    /// Name of the shift; left out for every shift that has none of its own.
    shift: Option<String>,
    /// Parcel or freight; left out for both.
    regime: Option<Regime>,
    /// By modality.
    #[schema(max_items = 6)]
    lines: Vec<CapacityLine>,
    /// Share of the inspections drawn by chance.
    #[schema(minimum = 0, maximum = 1)]
    explore: Option<f64>,
    /// Why.
    #[schema(min_length = 1, max_length = 4_000)]
    reason: String,
}

/// Proposes a capacity, for another person to decide on.
#[utoipa::path(
    post,
    path = "/capacities",
    tag = "offices",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 100 characters.")),
    request_body = CapacityProposal,
    responses(
        (status = 200, description = "The proposal.", body = CapacitySaid),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn propose_capacity(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(order): Body<CapacityProposal>,
) -> Result<Json<CapacitySaid>, Problem> {
    caller.may_somewhere(Action::SetCapacity)?;
    caller.may(Action::SetCapacity, &order.office)?;
    let regime: Option<targeting::consignment::Regime> = order.regime.map(Into::into);
    let proposal = Proposal {
        id: request_id(order.id, &headers)?,
        office: order.office,
        shift: order.shift.unwrap_or_default(),
        regime: regime.map(|regime| regime.as_str().to_owned()).unwrap_or_default(),
        content: capacities::Content {
            lines: (order.lines.iter())
                .map(|line| capacities::Line {
                    modality: line.modality.into(),
                    minutes_available: line.minutes_available,
                    minutes_each: line.minutes_each,
                    detection: line.detection,
                })
                .collect(),
            explore: order.explore,
        },
        reason: order.reason,
    };
    let kept = acts::capacity::propose(&app.store, &proposal, caller.by()).await?;
    CapacitySaid::of(kept).map(Json)
}

/// Why something is decided so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The reason, which the journal keeps.
    #[schema(min_length = 1, max_length = 4_000)]
    pub(super) reason: String,
}

async fn decide(
    app: &App,
    caller: &Caller,
    name: &Named,
    approve: bool,
    verdict: &Verdict,
) -> Result<Json<CapacitySaid>, Problem> {
    caller.may_somewhere(Action::ApproveCapacity)?;
    let missing = || Problem::missing("no_capacity", "There is no capacity of this id.");
    let kept = capacities::find(&mut app.store.read().await?, &name.0).await?;
    let kept = kept.ok_or_else(missing)?;
    if !caller.can(Action::ApproveCapacity, &kept.office, Circumstances::default())? {
        return Err(missing());
    }
    let reason = &verdict.reason;
    let kept = acts::capacity::decide(&app.store, &kept.id, approve, reason, caller.by()).await?;
    CapacitySaid::of(kept).map(Json)
}

/// Approves a capacity that another person proposed: plans are drawn with it from now on.
#[utoipa::path(
    post,
    path = "/capacities/{id}/approve",
    tag = "offices",
    params(("id" = String, Path, description = "The capacity's id.")),
    request_body = Verdict,
    responses(
        (status = 200, description = "The capacity.", body = CapacitySaid),
        (status = 403, description = "It is one's own.", body = ProblemBody),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn approve_capacity(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(verdict): Body<Verdict>,
) -> Result<Json<CapacitySaid>, Problem> {
    decide(&app, &caller, &name, true, &verdict).await
}

/// Rejects a capacity that another person proposed.
#[utoipa::path(
    post,
    path = "/capacities/{id}/reject",
    tag = "offices",
    params(("id" = String, Path, description = "The capacity's id.")),
    request_body = Verdict,
    responses(
        (status = 200, description = "The capacity.", body = CapacitySaid),
        (status = 403, description = "It is one's own.", body = ProblemBody),
        (status = 404, description = "There is none of this id.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn reject_capacity(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(verdict): Body<Verdict>,
) -> Result<Json<CapacitySaid>, Problem> {
    decide(&app, &caller, &name, false, &verdict).await
}
