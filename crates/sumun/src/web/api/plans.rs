//! Plans: a shift's inspections, drawn with known chances, read by rank and drawn again as proof.
//! The seed of a plan never leaves the office this way, only what commits to it: who knew a seed
//! could foresee what a second drawing of the same shift selects.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use targeting::codes::Day;
use targeting::consignment::{ConsignmentId, Shift};
use targeting::plan::{CellReport, Terms};
use targeting::screening::Reason;
use utoipa::{IntoParams, ToSchema};

use super::words::{Channel, Modality, Regime};
use super::{List, ReasonSaid, time};
use crate::acts::{self, draw::DrawOrder};
use crate::config::now;
use crate::pipeline::{self, CapacityFile, Means};
use crate::rights::Circumstances;
use crate::store::plans::{self, KeptPlan, KeptSelection};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place};
use crate::web::{App, Problem};

/// A drawn plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    /// Its number.
    #[schema(example = "P-7")]
    id: String,
    /// Customs office.
    office: String,
    /// The shift: its day, or day and name.
    #[schema(example = "2021-04-05/night")]
    shift: String,
    /// Parcel or freight.
    regime: Regime,
    /// `drawn`, or `replaced` by a later one of the same shift.
    #[schema(example = "drawn")]
    state: String,
    /// The model whose assessments ranked it.
    model: Option<String>,
    /// When it was drawn.
    drawn_at: String,
    /// SHA-256 of the seed.
    seed_sha256: String,
    /// How capacity was split.
    terms: PlanTerms,
    /// What the shift can do, by modality; empty where bundles share resources.
    capacity: Vec<PlanCapacity>,
    /// The bundles of steps that share the resources.
    bundles: Vec<PlanBundle>,
    /// What a plan of bundles came to.
    report: Option<PlanReport>,
    /// How many consignments could be selected.
    candidates: i64,
    /// How many were.
    drawn: i64,
    /// Officer-minutes of the drawn list.
    minutes: i64,
    /// SHA-256 over its selections, bit for bit.
    digest: String,
}

/// How the capacity of a plan is split.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanTerms {
    /// Share of the slots drawn by chance from everything outside the core.
    explore: f64,
    /// Smallest chance in the tail, as a share of the tail's mean chance.
    floor: f64,
    /// How far the tail leans on the mean rather than on the single chance.
    eta: f64,
    /// Why more is explored than usual, where it is.
    raised: Option<String>,
}

/// What one modality can do in a shift.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanCapacity {
    /// The modality.
    modality: Modality,
    /// Officer-minutes that the shift has for it.
    minutes_available: u32,
    /// Officer-minutes that one inspection takes.
    minutes_each: u32,
    /// Probability that it finds what is there.
    detection: f64,
}

/// One way to inspect.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanBundle {
    /// Its name.
    #[schema(example = "scan then unpack")]
    name: String,
    /// Its steps in order.
    steps: Vec<Modality>,
    /// Minutes of each resource that one inspection takes.
    minutes: Vec<ResourceMinutes>,
}

/// Minutes of a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceMinutes {
    /// The resource.
    #[schema(example = "officers")]
    resource: String,
    /// Minutes.
    minutes: u32,
}

/// What a plan of bundles came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanReport {
    /// Minutes by resource.
    resources: Vec<PlanResource>,
    /// Inspections of hard classes.
    rule: u64,
    /// Inspections of the top of the list.
    risk: u64,
    /// Inspections drawn by chance.
    random: u64,
    /// Consignments of a hard class that found no certain place.
    must_left: u64,
    /// The smallest chance of detection of any candidate.
    floor: f64,
    /// The mean chance of detection.
    mean: f64,
    /// Share of the expected utility of the top of the list that exploring costs.
    loss: f64,
}

/// How the minutes of a resource are planned.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanResource {
    /// The resource.
    resource: String,
    /// Minutes that the shift has.
    available: u64,
    /// Left free for officers' own choices.
    kept_free: u64,
    /// For hard classes.
    rule: u64,
    /// For the top of the list.
    risk: u64,
    /// For what is drawn by chance.
    random: u64,
}

impl PlanReport {
    fn of(report: CellReport) -> PlanReport {
        PlanReport {
            rule: report.rule,
            risk: report.risk,
            random: report.random,
            must_left: report.must_left as u64,
            floor: report.floor,
            mean: report.mean,
            loss: report.loss(),
            resources: (report.resources.into_iter())
                .map(|of| PlanResource {
                    resource: of.resource,
                    available: of.available,
                    kept_free: of.kept_free,
                    rule: of.rule,
                    risk: of.risk,
                    random: of.random,
                })
                .collect(),
        }
    }
}

impl PlanBundle {
    fn all(means: &targeting::plan::Means) -> Vec<PlanBundle> {
        let of = |bundle: &targeting::plan::Bundle| PlanBundle {
            name: bundle.name.clone(),
            steps: bundle.steps.iter().map(|&step| step.into()).collect(),
            minutes: (means.resources.iter().zip(&bundle.minutes))
                .map(|(resource, &minutes)| ResourceMinutes { resource: resource.clone(), minutes })
                .collect(),
        };
        means.bundles.iter().map(of).collect()
    }
}

/// The steps of each bundle of a plan.
pub(super) fn steps_of(kept: &KeptPlan) -> anyhow::Result<HashMap<String, Vec<Modality>>> {
    Ok(match serde_json::from_str(&kept.capacity)? {
        Means::Slots(_) => HashMap::new(),
        Means::Bundles(means) => {
            let of = |bundle: PlanBundle| (bundle.name, bundle.steps);
            PlanBundle::all(&means).into_iter().map(of).collect()
        }
    })
}

impl Plan {
    fn of(kept: &KeptPlan) -> anyhow::Result<Plan> {
        let terms: Terms = serde_json::from_str(&kept.terms)?;
        let (capacity, bundles) = match serde_json::from_str(&kept.capacity)? {
            Means::Slots(capacity) => (capacity.lines, Vec::new()),
            Means::Bundles(means) => (Vec::new(), PlanBundle::all(&means)),
        };
        let report = kept.report.as_deref().map(serde_json::from_str).transpose()?;
        let regime: targeting::consignment::Regime = kept.regime.parse()?;
        Ok(Plan {
            id: format!("P-{}", kept.id),
            office: kept.office.clone(),
            shift: kept.shift.clone(),
            regime: regime.into(),
            state: kept.state.clone(),
            model: kept.model_id.clone(),
            drawn_at: time(kept.drawn_at),
            seed_sha256: hex::encode(Sha256::digest(hex::decode(&kept.seed)?)),
            terms: PlanTerms {
                explore: terms.explore,
                floor: terms.floor,
                eta: terms.eta,
                raised: kept.raised(),
            },
            bundles,
            report: report.map(PlanReport::of),
            capacity: capacity
                .iter()
                .map(|line| PlanCapacity {
                    modality: line.modality.into(),
                    minutes_available: line.minutes_available,
                    minutes_each: line.minutes_each,
                    detection: line.detection,
                })
                .collect(),
            candidates: kept.candidates,
            drawn: kept.drawn,
            minutes: kept.minutes,
            digest: kept.digest.clone(),
        })
    }
}

/// Which plans are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichPlans {
    /// Only those of this customs office.
    office: Option<String>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists plans, the newest first.
#[utoipa::path(
    get,
    path = "/plans",
    tag = "plans",
    params(WhichPlans),
    responses(
        (status = 200, description = "A page of plans.", body = List<Plan>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_plans(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichPlans>,
) -> Result<Json<List<Plan>>, Problem> {
    caller.may_somewhere(Action::ReadPlan)?;
    let of = asked.office.as_deref();
    let at_once = caller.offices_or_none(Action::ReadPlan, Circumstances::default())?.narrowed(of);
    let released = caller.offices_or_none(Action::ReadPlan, Circumstances::DRAWN)?.narrowed(of);
    let limit = page_size(asked.limit)?;
    let before = place::<i64>(asked.cursor.as_deref())?.unwrap_or(i64::MAX);
    let mut tx = app.store.read().await?;
    let mut kept = plans::page(&mut tx, (&at_once, &released, now()), before, limit + 1).await?;
    drop(tx);
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|last| cursor(&last.id));
    let items: Vec<Plan> = kept.iter().map(Plan::of).collect::<anyhow::Result<_>>()?;
    let ids: Vec<&str> = items.iter().map(|plan| plan.id.as_str()).collect();
    app.reads.saw(&caller, "read plan", &ids).await?;
    Ok(Json(List { items, next }))
}

/// The order for a shift's plans.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanOrder {
    /// Customs office.
    #[schema(example = "030")]
    office: String,
    /// The shift: its day, or day and name.
    #[schema(example = "2021-04-05/night")]
    shift: String,
    /// Officer-minutes that the shift has, by modality; the office's approved capacity when left
    /// out.
    #[serde(default)]
    minutes: Vec<ModalityMinutes>,
    /// In place of minutes: bundles and the resources they share, with the contents of a capacity
    /// file (docs/guide/planning.md).
    #[schema(value_type = Option<Object>)]
    capacity: Option<serde_json::Value>,
    /// Officer-minutes that one inspection takes, where not the generic figure.
    #[serde(default)]
    minutes_each: Vec<ModalityMinutes>,
    /// Plans parcels or freight alone; both share the minutes when left out.
    regime: Option<Regime>,
    /// Share of the inspections that is drawn by chance from everything outside the top; 0.1 or
    /// what the capacity says when left out, or the site's higher share where an alarm of the
    /// drift watch stands.
    explore: Option<f64>,
    /// Raises the smallest chance of detection as far as this share of the expected finds allows;
    /// with a capacity only.
    minimax: Option<f64>,
    /// Takes in consignments that arrived from this day on and still await a decision.
    #[schema(format = Date)]
    since: Option<String>,
}

/// Officer-minutes of a modality.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModalityMinutes {
    /// The modality.
    modality: Modality,
    /// Officer-minutes.
    #[schema(maximum = 1_000_000)]
    minutes: u32,
}

impl PlanOrder {
    fn read(&self) -> Result<DrawOrder, Problem> {
        let bad = |said: String| Problem::unusable("order", said);
        let code = |error: targeting::codes::CodeError| bad(format!("{error}."));
        let shift: Shift = self.shift.parse().map_err(code)?;
        for (what, text) in [("office", self.office.as_str()), ("shift", &self.shift)] {
            let text = text.trim();
            if text.is_empty() || text.len() > 100 || text.chars().any(char::is_control) {
                return Err(bad(format!("The {what} is empty or too long to be one.")));
            }
        }
        if !(1980..=2100).contains(&shift.day.date().year()) {
            return Err(bad(format!("The day {} is outside 1980 to 2100.", shift.day)));
        }
        let minutes = |lines: &[ModalityMinutes]| {
            let all = lines.iter().map(|line| match line.minutes {
                minutes @ 0..=1_000_000 => Ok((line.modality.into(), minutes)),
                minutes => Err(bad(format!("No shift has {minutes} officer-minutes."))),
            });
            all.collect::<Result<Vec<_>, Problem>>()
        };
        let capacity = match &self.capacity {
            Some(given) => {
                let file: CapacityFile = serde_json::from_value(given.clone())
                    .map_err(|error| bad(format!("The capacity cannot be read: {error}.")))?;
                file.check().map_err(Problem::from)?;
                Some(file)
            }
            None => None,
        };
        let since = self.since.as_deref().map(str::parse::<Day>).transpose().map_err(code)?;
        Ok(DrawOrder {
            office: self.office.trim().to_owned(),
            shift,
            minutes: minutes(&self.minutes)?,
            minutes_each: minutes(&self.minutes_each)?,
            detection: Vec::new(),
            regime: self.regime.map(Into::into),
            capacity,
            explore: self.explore,
            minimax: self.minimax,
            since,
            // Who could name the seed could draw until a friend is left out.
            seed: None,
        })
    }
}

/// The plans of a shift.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawnPlans {
    /// One for each regime with work that waits.
    plans: Vec<DrawnPlan>,
}

/// A plan as it was just drawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawnPlan {
    /// The plan.
    plan: Plan,
    /// The plan that this one replaces, which nobody had acted on.
    replaces: Option<String>,
    /// Candidates that no model has screened; they have a generic chance.
    unscreened: u64,
}

/// Draws a shift's plans, after screening what is new.
///
/// The same order again changes nothing as long as nothing new arrived; a plan that nobody has
/// acted on is replaced by a new one, and the journal says so.
#[utoipa::path(
    post,
    path = "/plans",
    tag = "plans",
    request_body = PlanOrder,
    responses(
        (status = 200, description = "The drawn plans.", body = DrawnPlans),
        (status = 409, description = "A plan of the shift is in work already.",
         body = ProblemBody),
        (status = 422, description = "Nothing awaits, or the capacity cannot be used.",
         body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn draw_plans(
    State(app): State<App>,
    caller: Caller,
    Body(order): Body<PlanOrder>,
) -> Result<Json<DrawnPlans>, Problem> {
    caller.may_somewhere(Action::DrawPlan)?;
    let order = order.read()?;
    caller.may(Action::DrawPlan, &order.office)?;
    let drawn = acts::draw::draw(&app.store, &order, caller.by(), |_| {}).await;
    let drawn = drawn.map_err(|error| {
        let problem = Problem::from(error);
        // Here it means that none can be made of the capacity, not that one is missing.
        match problem.code() {
            "no_plan" => problem
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .next("Mend the order and send it again."),
            _ => problem,
        }
    })?;
    let plans = drawn
        .iter()
        .map(|one| {
            Ok(DrawnPlan {
                plan: Plan::of(&one.plan)?,
                replaces: one.replaces.map(|id| format!("P-{id}")),
                unscreened: one.unscreened as u64,
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Json(DrawnPlans { plans }))
}

/// A plan that the caller may see, as a whole or at least its drawn lines; whether as a whole comes
/// with it. Others are answered as if they were not there.
pub(super) async fn found(
    app: &App,
    caller: &Caller,
    name: &Named,
) -> Result<(KeptPlan, bool), Problem> {
    caller.may_somewhere(Action::ReadPlan)?;
    let missing = || Problem::missing("no_plan", format!("There is no plan {}.", name.0));
    let id = name.number("P-").ok_or_else(missing)?;
    let plan = plans::find(&mut app.store.read().await?, id).await?.ok_or_else(missing)?;
    let released = plan.released_at() <= now();
    let can = |drawn| caller.can(Action::ReadPlan, &plan.office, Circumstances { released, drawn });
    if !can(true)? {
        return Err(missing());
    }
    let whole = can(false)?;
    app.reads.saw(caller, "read plan", &[format!("P-{id}")]).await?;
    Ok((plan, whole))
}

/// Reads one plan.
#[utoipa::path(
    get,
    path = "/plans/{id}",
    tag = "plans",
    params(("id" = String, Path, description = "The plan's number, such as P-7.")),
    responses(
        (status = 200, description = "The plan.", body = Plan),
        (status = 404, description = "There is none of this number.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_plan(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Json<Plan>, Problem> {
    let (plan, _) = found(&app, &caller, &name).await?;
    Ok(Json(Plan::of(&plan)?))
}

/// One line of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct Selection {
    /// The consignment's version.
    #[schema(example = "C-12")]
    consignment: String,
    /// The source's number.
    reference: String,
    /// Rank by risk within the plan, from 1.
    rank: i64,
    /// What it was ranked by.
    risk: f64,
    /// Chance of any irregularity when it was drawn.
    p_irregular: f64,
    /// Chance of contraband when it was drawn.
    p_critical: f64,
    /// Its recorded chance of being inspected, in (0, 1].
    chance: f64,
    /// Why it has that chance.
    channel: Channel,
    /// What it is, or would be, inspected with; of a bundle, the last step.
    modality: Modality,
    /// The bundle of steps, in a plan of bundles.
    bundle: Option<String>,
    /// Officer-minutes of that.
    minutes: i64,
    /// Probability that this finds what is there.
    detection: f64,
    /// Whether it was drawn.
    drawn: bool,
    /// Why it was judged so, the strongest reason first.
    reasons: Vec<ReasonSaid>,
}

/// Which lines of a plan are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichSelections {
    /// 1 for those that were drawn, 0 for those that were left; both when left out.
    #[param(minimum = 0, maximum = 1)]
    drawn: Option<u8>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists the lines of a plan by rank, each with its chance, drawn or not.
#[utoipa::path(
    get,
    path = "/plans/{id}/selections",
    tag = "plans",
    params(("id" = String, Path, description = "The plan's number, such as P-7."), WhichSelections),
    responses(
        (status = 200, description = "A page of lines.", body = List<Selection>),
        (status = 404, description = "There is no plan of this number.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_selections(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Asked(asked): Asked<WhichSelections>,
) -> Result<Json<List<Selection>>, Problem> {
    let (plan, whole) = found(&app, &caller, &name).await?;
    let limit = page_size(asked.limit)?;
    let after = place::<i64>(asked.cursor.as_deref())?.unwrap_or(0);
    let drawn = match asked.drawn {
        None => None,
        Some(0) => Some(false),
        Some(1) => Some(true),
        Some(other) => {
            let said = format!("`drawn` is {other}, and may be 0 or 1.");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "query", said));
        }
    };
    // Who inspects sees what was drawn, and nothing of what was left.
    let drawn = match (whole, drawn) {
        (true, asked) => asked,
        (false, None | Some(true)) => Some(true),
        (false, Some(false)) => return Ok(Json(List::whole(Vec::new()))),
    };
    let mut tx = app.store.read().await?;
    let mut lines = plans::ranked(&mut tx, plan.id, drawn, after, limit + 1).await?;
    let more = lines.len() as i64 > limit;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| more).and_then(|last| cursor(&last.position));
    let ids: Vec<i64> = lines.iter().map(|line| line.consignment_id).collect();
    let known = plans::names_and_reasons(&mut tx, &ids, plan.model_id.as_deref()).await?;
    drop(tx);
    let saw: Vec<ConsignmentId> = ids.iter().map(|id| ConsignmentId(*id)).collect();
    app.reads.saw(&caller, "read consignment", &saw).await?;
    let items = lines
        .into_iter()
        .map(|line| {
            let (reference, reasons) = known.get(&line.consignment_id).cloned().unwrap_or_default();
            let reasons: Vec<Reason> = match reasons.is_empty() {
                true => Vec::new(),
                false => serde_json::from_str(&reasons)?,
            };
            let (channel, modality) = words(&line)?;
            Ok(Selection {
                consignment: ConsignmentId(line.consignment_id).to_string(),
                reference,
                rank: line.position,
                risk: line.risk,
                p_irregular: line.expected,
                p_critical: line.expected_critical,
                chance: line.chance,
                channel,
                modality,
                bundle: line.bundle,
                minutes: line.minutes,
                detection: line.detection,
                drawn: line.drawn,
                reasons: reasons.iter().map(ReasonSaid::from).collect(),
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Json(List { items, next }))
}

fn words(line: &KeptSelection) -> anyhow::Result<(Channel, Modality)> {
    let channel: targeting::outcome::Channel = line.channel.parse()?;
    let modality: targeting::outcome::Modality = line.modality.parse()?;
    Ok((channel.into(), modality.into()))
}

/// Where a consignment stands in a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsignmentSelection {
    /// The plan.
    #[schema(example = "P-7")]
    plan: String,
    /// Rank by risk within the plan, from 1.
    rank: i64,
    /// Its recorded chance of being inspected, in (0, 1].
    chance: f64,
    /// Why it has that chance.
    channel: Channel,
    /// What it is, or would be, inspected with.
    modality: Modality,
    /// Whether it was drawn.
    drawn: bool,
}

impl ConsignmentSelection {
    /// The place of a consignment in one plan.
    pub fn of(plan: i64, line: &KeptSelection) -> Result<ConsignmentSelection, Problem> {
        let (channel, modality) = words(line)?;
        Ok(ConsignmentSelection {
            plan: format!("P-{plan}"),
            rank: line.position,
            chance: line.chance,
            channel,
            modality,
            drawn: line.drawn,
        })
    }
}

/// A plan drawn again from what was kept of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedPlan {
    /// The plan as it is kept.
    plan: Plan,
    /// Whether it comes out as it is kept, and is kept as it was journaled.
    same: bool,
    /// How many lines came out other than they are kept.
    different: u64,
    /// The first of those.
    #[schema(example = "C-12")]
    first_different: Option<String>,
    /// Whether the kept lines are those whose digest was journaled.
    untouched: bool,
}

/// Draws a kept plan again and compares every chance and selection, bit for bit. Changes nothing.
#[utoipa::path(
    post,
    path = "/plans/{id}/replay",
    tag = "plans",
    params(("id" = String, Path, description = "The plan's number, such as P-7.")),
    responses(
        (status = 200, description = "How it came out.", body = ReplayedPlan),
        (status = 404, description = "There is none of this number.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn replay_plan(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Json<ReplayedPlan>, Problem> {
    let (plan, whole) = found(&app, &caller, &name).await?;
    if !whole {
        caller.may_when(Action::ReadPlan, &plan.office, Circumstances::RELEASED)?;
    }
    let mut tx = app.store.read().await?;
    let again = pipeline::replay(&mut tx, plan.id).await?;
    Ok(Json(ReplayedPlan {
        plan: Plan::of(&again.plan)?,
        same: again.different.is_none() && again.untouched,
        different: again.different.map_or(0, |(n, _)| n as u64),
        first_different: again.different.map(|(_, first)| ConsignmentId(first).to_string()),
        untouched: again.untouched,
    }))
}
