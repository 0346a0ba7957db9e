//! The queue: what a shift has before it, sorted and filtered as officers work, each row with its
//! reasons in words. How rows are kept so that a page comes at once: `store/queue.rs`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::codes::{Day, Mass, Money};
use targeting::consignment::{Consignment, ConsignmentId};
use targeting::outcome::NotExamined;
use targeting::party::{Party, Role};
use targeting::search_key;
use utoipa::{IntoParams, ToSchema};

use super::decisions::Decision;
use super::outcomes::KeptOutcome;
use super::words::{Channel, Fate, Lane, Modality, Regime};
use super::{ReasonSaid, time};
use crate::config;
use crate::rights::Circumstances;
use crate::store::assessments::KeptAssessment;
use crate::store::consignments::{Amendment, Version};
use crate::store::plans::{KeptPlan, KeptSelection};
use crate::store::queue::{self, Place, QueueRow as Kept, Sight, Sort};
use crate::store::{Tx, assessments, consignments, decisions, models, outcomes, plans};
use crate::web::caller::{Action, Caller, Offices};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, cursor, page_size, place};
use crate::web::{App, Problem};

/// Rows are counted no further than this.
const COUNTED: i64 = 10_000;
/// Reasons that a row shows.
const REASONS: usize = 3;
/// Words of a search; the rest is left out.
const WORDS: usize = 8;

/// How a consignment stands in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// No plan lists it yet.
    Waiting,
    /// To be inspected: drawn, or chosen by an officer.
    ToDo,
    /// An officer holds it.
    Held,
    /// A question about it is open.
    Asked,
    /// Inspected.
    Done,
    /// Waived, or not examined for another reason.
    NotExamined,
    /// The plan left it, or an officer released it.
    Released,
    /// A newer version took its place, or it never arrived.
    Gone,
}

/// The main goods, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GoodsShort {
    /// HS code.
    #[schema(example = "0901210000")]
    hs: Option<String>,
    /// Description in the declarant's words.
    description: String,
    /// Country of origin.
    origin: Option<String>,
    /// How many lines of goods are declared.
    items: u64,
    /// Declared value.
    value: Option<f64>,
    /// Its currency.
    currency: Option<String>,
    /// Net mass in kilograms.
    net_mass_kg: Option<f64>,
}

impl GoodsShort {
    /// The main goods of a consignment.
    pub fn of(consignment: &Consignment) -> GoodsShort {
        let goods = consignment.main_goods();
        let value = goods.and_then(|goods| goods.value);
        GoodsShort {
            hs: goods.and_then(|goods| goods.hs).map(|hs| hs.to_string()),
            description: goods.map(|goods| goods.description.to_string()).unwrap_or_default(),
            origin: goods.and_then(|goods| goods.origin).map(|code| code.to_string()),
            items: consignment.goods.len() as u64,
            value: value.map(Money::units),
            currency: value.and_then(|value| value.currency).map(|code| code.to_string()),
            net_mass_kg: goods.and_then(|goods| goods.net_mass_g).map(Mass::kg),
        }
    }
}

/// Where the goods pass, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RouteShort {
    /// Country of dispatch.
    departure: Option<String>,
    /// Places called at in between.
    via: Vec<String>,
    /// Place of discharge.
    discharge: Option<String>,
    /// Country of destination.
    destination: Option<String>,
}

impl RouteShort {
    /// The route of a consignment.
    pub fn of(consignment: &Consignment) -> RouteShort {
        let route = &consignment.route;
        RouteShort {
            departure: route.departure.map(|code| code.to_string()),
            via: route.via.iter().map(ToString::to_string).collect(),
            discharge: route.discharge.map(|code| code.to_string()),
            destination: route.destination.map(|code| code.to_string()),
        }
    }
}

/// How a party is called: its name, or its code where it has none.
pub fn called(party: &Party) -> String {
    let name = party.contact.as_ref().map(|contact| contact.name.as_str()).unwrap_or_default();
    if name.is_empty() { party.code.to_string() } else { name.to_owned() }
}

/// The reasons of a kept assessment, the strongest first.
pub fn reasons(judged: Option<&KeptAssessment>, most: usize) -> Vec<ReasonSaid> {
    let reasons = judged.map(|judged| judged.assessment.reasons.as_slice()).unwrap_or_default();
    reasons.iter().take(most).map(ReasonSaid::from).collect()
}

/// One row of the queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueueRow {
    /// The consignment's version.
    #[schema(example = "C-12")]
    pub(super) consignment: String,
    /// The source's number.
    pub(super) reference: String,
    /// The plan that lists it.
    #[schema(example = "P-7")]
    pub(super) plan: Option<String>,
    /// Rank by risk within the plan, from 1.
    pub(super) rank: Option<i64>,
    /// Suggested lane; none while no model has screened it.
    pub(super) lane: Option<Lane>,
    /// Chance of any irregularity.
    pub(super) p_irregular: Option<f64>,
    /// Standard error of the log-odds of it.
    pub(super) se_irregular: Option<f64>,
    /// Chance of contraband.
    pub(super) p_critical: Option<f64>,
    /// Recorded chance of being inspected; none while no plan lists it.
    pub(super) chance: Option<f64>,
    /// Why it has that chance; `officer` where an officer chose what the plan did not draw.
    pub(super) channel: Option<Channel>,
    /// Whether the plan drew it.
    pub(super) drawn: bool,
    /// What it is, or would be, inspected with.
    pub(super) modality: Option<Modality>,
    /// Officer-minutes of that.
    pub(super) minutes: Option<i64>,
    /// The bundle of steps, in a plan of bundles.
    pub(super) bundle: Option<String>,
    /// Why it was judged so, the strongest reason first.
    #[schema(max_items = 3)]
    pub(super) reasons: Vec<ReasonSaid>,
    /// The main goods.
    pub(super) goods: GoodsShort,
    /// Where they pass.
    pub(super) route: RouteShort,
    /// Who sends them; none for one who may not read parties.
    pub(super) consignor: Option<String>,
    /// Who receives them; none for one who may not read parties.
    pub(super) consignee: Option<String>,
    /// When it arrived.
    pub(super) arrived_at: String,
    /// Customs office.
    pub(super) office: String,
    /// Parcel or freight.
    pub(super) regime: Regime,
    /// What became of it.
    pub(super) fate: Fate,
    /// How it stands.
    pub(super) state: QueueState,
    /// The decision in force.
    pub(super) decision: Option<Decision>,
    /// Its outcome.
    pub(super) outcome: Option<KeptOutcome>,
    /// What its sender declared since it was drawn or decided on.
    pub(super) amended: Option<AmendedSince>,
}

/// What a sender declared of a consignment since it was drawn or decided on. It stays on the work
/// all the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AmendedSince {
    /// The newest version.
    #[schema(example = "C-12")]
    consignment: String,
    /// Its number, counted from 1.
    version: i64,
    /// True when it withdraws the consignment.
    withdrawn: bool,
    /// When it was received.
    received_at: String,
}

impl From<&Amendment> for AmendedSince {
    fn from(of: &Amendment) -> AmendedSince {
        AmendedSince {
            consignment: ConsignmentId(of.id).to_string(),
            version: of.version,
            withdrawn: of.withdrawn,
            received_at: time(of.received_at),
        }
    }
}

/// A page of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queue {
    /// The rows.
    items: Vec<QueueRow>,
    /// Cursor of the next page; none after the last.
    next: Option<String>,
    /// How many rows there are, on the first page alone; counted no further than 10,000.
    total: Option<i64>,
    /// Whether there are more than `total`.
    more: bool,
}

/// By what the queue is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortedBy {
    /// Rank by risk within the plan.
    #[default]
    Rank,
    /// Chance of any irregularity.
    Score,
    /// Chance of being inspected.
    Chance,
    /// Time of arrival.
    Arrival,
    /// Declared value.
    Value,
    /// Officer-minutes.
    Minutes,
}

/// What is asked of the queue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichRows {
    /// One plan alone.
    #[param(example = "P-7")]
    plan: Option<String>,
    /// Customs office.
    office: Option<String>,
    /// Day of the shift, or of arrival where no plan lists it. Left out, it is the newest day;
    /// with `q` every day.
    #[param(format = Date)]
    day: Option<String>,
    /// Parcel or freight.
    regime: Option<Regime>,
    /// 1 for those that were drawn, 0 for the others.
    #[param(minimum = 0, maximum = 1)]
    drawn: Option<u8>,
    /// Suggested lanes, with commas between them.
    #[param(example = "red,yellow")]
    lane: Option<String>,
    /// Channels, with commas between them.
    channel: Option<String>,
    /// How it stands, with commas between them: waiting, to_do, held, asked, done, not_examined,
    /// released or gone. Left out, all but gone.
    state: Option<String>,
    /// Ways of inspecting, with commas between them.
    modality: Option<String>,
    /// Country of origin.
    #[param(example = "CO")]
    origin: Option<String>,
    /// Beginning of the HS code.
    #[param(example = "0901")]
    hs: Option<String>,
    /// Least chance of any irregularity.
    from_score: Option<f64>,
    /// Any number of it, or words of names and goods; Hangul by syllables or initial consonants.
    q: Option<String>,
    /// By what it is sorted.
    #[param(inline)]
    sort: SortedBy,
    /// 1 for the greatest first.
    #[param(minimum = 0, maximum = 1)]
    descending: Option<u8>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many rows: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

fn bad(said: String) -> Problem {
    Problem::new(axum::http::StatusCode::BAD_REQUEST, "query", said)
}

fn flag(name: &str, asked: Option<u8>) -> Result<Option<bool>, Problem> {
    match asked {
        None => Ok(None),
        Some(0) => Ok(Some(false)),
        Some(1) => Ok(Some(true)),
        Some(other) => Err(bad(format!("`{name}` is {other}, and may be 0 or 1."))),
    }
}

/// Words with commas between them, each one of the list.
fn words<'a>(
    name: &str,
    asked: Option<&'a str>,
    known: &[&'static str],
) -> Result<Vec<&'a str>, Problem> {
    let Some(asked) = asked else { return Ok(Vec::new()) };
    let words: Vec<&str> = asked.split(',').map(str::trim).filter(|w| !w.is_empty()).collect();
    match words.iter().find(|word| !known.contains(word)) {
        None => Ok(words),
        Some(other) => {
            let shown: String = other.chars().take(40).collect();
            Err(bad(format!("`{name}` is `{shown}`, and may be {}.", known.join(", "))))
        }
    }
}

const STATES: [&str; 8] =
    ["waiting", "to_do", "held", "asked", "done", "not_examined", "released", "gone"];

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|&one| name(one)).collect()
}

/// The codes of offices, where those that are all are those with something in the queue.
pub async fn codes(tx: &mut Tx, offices: &Offices) -> Result<Vec<String>, Problem> {
    match offices {
        Offices::All => Ok(queue::offices(tx).await?),
        Offices::Only(codes) => Ok(codes.clone()),
    }
}

/// What of the queue a caller may see.
pub struct MaySee {
    /// The offices.
    pub offices: Vec<String>,
    at_once: Vec<String>,
    released: Vec<String>,
    /// Those of whose parties the names may be seen.
    pub named: Offices,
    now: i64,
}

impl MaySee {
    /// What this caller may see, of one office or of all.
    ///
    /// # Errors
    /// 403 when the caller may see no plan whatever it is.
    pub async fn of(tx: &mut Tx, caller: &Caller, office: Option<&str>) -> Result<MaySee, Problem> {
        caller.may_somewhere(Action::ReadPlan)?;
        let at = |circumstances| -> Result<Offices, Problem> {
            Ok(caller.offices_or_none(Action::ReadPlan, circumstances)?.narrowed(office))
        };
        let offices = codes(tx, &at(Circumstances::DRAWN)?).await?;
        Ok(MaySee {
            at_once: codes(tx, &at(Circumstances::default())?).await?,
            released: codes(tx, &at(Circumstances::RELEASED)?).await?,
            named: caller.offices_or_none(Action::ReadParty, Circumstances::default())?,
            now: config::now(),
            offices,
        })
    }

    /// What has to be asked of every row; none where every row of the offices may be seen.
    pub fn sight(&self) -> Option<Sight<'_>> {
        let whole = self.offices.iter().all(|office| self.at_once.contains(office));
        (!whole).then_some(Sight {
            at_once: &self.at_once,
            released: &self.released,
            drawn: &self.offices,
            now: self.now,
        })
    }

    /// Whether names may be seen at all these offices.
    pub fn names(&self) -> bool {
        self.offices.iter().all(|office| self.named.contains(office))
    }
}

/// Lists the queue of a plan, or of a day.
#[utoipa::path(
    get,
    path = "/queue",
    tag = "desk",
    params(WhichRows),
    responses(
        (status = 200, description = "A page of the queue.", body = Queue),
        (status = 404, description = "There is no such plan.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_queue(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichRows>,
) -> Result<Json<Queue>, Problem> {
    use targeting::outcome::{Channel, Modality};
    caller.may_somewhere(Action::ReadPlan)?;
    let limit = page_size(asked.limit)?;
    let after = place::<Place>(asked.cursor.as_deref())?;
    let lanes = names(targeting::screening::Lane::ALL, |lane| lane.as_str());
    let lanes = words("lane", asked.lane.as_deref(), &lanes)?;
    let channels = names(Channel::ALL, |channel| channel.as_str());
    let channels = words("channel", asked.channel.as_deref(), &channels)?;
    let modalities = names(Modality::ALL, |modality| modality.as_str());
    let modalities = words("modality", asked.modality.as_deref(), &modalities)?;
    let states = words("state", asked.state.as_deref(), &STATES)?;
    let drawn = flag("drawn", asked.drawn)?;
    let descending = flag("descending", asked.descending)?.unwrap_or(false);
    if asked.from_score.is_some_and(|score| !score.is_finite()) {
        return Err(bad("`from_score` is no number.".to_owned()));
    }
    let day = match asked.day.as_deref().map(str::parse::<Day>).transpose() {
        Ok(day) => day,
        Err(error) => return Err(bad(format!("{error}."))),
    };

    let mut tx = app.store.read().await?;
    let plan = match &asked.plan {
        None => None,
        Some(name) => {
            let missing = || Problem::missing("no_plan", format!("There is no plan {name}."));
            let upper = name.trim().to_ascii_uppercase();
            let id = upper.strip_prefix("P-").unwrap_or(&upper).parse().map_err(|_| missing())?;
            let plan = plans::find(&mut tx, id).await?.ok_or_else(missing)?;
            let released = plan.released_at() <= config::now();
            let circumstances = Circumstances { released, drawn: true };
            if !caller.can(Action::ReadPlan, &plan.office, circumstances)? {
                return Err(missing());
            }
            Some(plan)
        }
    };
    let office = plan.as_ref().map(|plan| plan.office.as_str()).or(asked.office.as_deref());
    let may_see = MaySee::of(&mut tx, &caller, office).await?;
    let offices = &may_see.offices;
    let typed = asked.q.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
    let day = match (&plan, day) {
        (Some(plan), _) => Some(Day(plan.shift_day as i32)),
        (None, Some(day)) => Some(day),
        (None, None) if typed.is_some() => None,
        (None, None) => queue::newest_day(&mut tx, offices, config::now()).await?,
    };
    // What is a number of some consignment is looked up; everything else is words.
    let ids = match typed {
        Some(typed) => numbered(&mut tx, typed).await?,
        None => None,
    };
    let mut held = match (typed, &ids) {
        (Some(typed), None) => search_key::asked(typed),
        _ => Vec::new(),
    };
    held.truncate(WORDS);
    let origin = asked.origin.as_deref().map(str::to_ascii_uppercase);
    let question = queue::Asked {
        offices,
        sight: may_see.sight(),
        day,
        plan_id: plan.as_ref().map(|plan| plan.id),
        regime: asked.regime.map(|of| targeting::consignment::Regime::from(of).as_str()),
        drawn,
        lanes: &lanes,
        channels: &channels,
        states: &states,
        modalities: &modalities,
        origin: origin.as_deref(),
        hs: asked.hs.as_deref().filter(|hs| !hs.is_empty()),
        from_score: asked.from_score,
        ids: ids.as_deref(),
        words: &held,
        names: may_see.names(),
        sort: match asked.sort {
            SortedBy::Rank => Sort::Rank,
            SortedBy::Score => Sort::Score,
            SortedBy::Chance => Sort::Chance,
            SortedBy::Arrival => Sort::Arrival,
            SortedBy::Value => Sort::Value,
            SortedBy::Minutes => Sort::Minutes,
        },
        descending,
    };
    let mut kept = queue::page(&mut tx, &question, after, limit + 1).await?;
    let more_pages = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more_pages).and_then(|last| cursor(&last.place));
    let counted = match (after, more_pages) {
        (Some(_), _) => None,
        (None, false) => Some(kept.len() as i64),
        (None, true) => Some(queue::count(&mut tx, &question, COUNTED + 1).await?),
    };
    let items = rows(&mut tx, &kept, &may_see.named).await?;
    drop(tx);
    let shows_names = items.iter().any(|row| row.consignee.is_some() || row.consignor.is_some());
    let what = if shows_names { "read queue with names" } else { "read queue" };
    let ids: Vec<&str> = items.iter().map(|row| row.consignment.as_str()).collect();
    app.reads.saw(&caller, what, &ids).await?;
    Ok(Json(Queue {
        items,
        next,
        total: counted.map(|counted| counted.min(COUNTED)),
        more: counted.is_some_and(|counted| counted > COUNTED),
    }))
}

/// The consignments that a number may mean; none when it is the number of none.
pub async fn numbered(tx: &mut Tx, typed: &str) -> Result<Option<Vec<i64>>, Problem> {
    let upper = typed.to_ascii_uppercase();
    if let Some(Ok(id)) = upper.strip_prefix("C-").map(str::parse::<i64>) {
        return Ok(Some(vec![id]));
    }
    let found = queue::by_number(tx, typed, 200).await?;
    Ok(Some(found).filter(|found| !found.is_empty()))
}

/// Everything that rows of the queue are told with.
struct Told {
    versions: HashMap<i64, Version>,
    judged: HashMap<(i64, String), KeptAssessment>,
    lines: HashMap<(i64, i64), KeptSelection>,
    plans: HashMap<i64, KeptPlan>,
    in_force: Option<String>,
    decisions: HashMap<i64, decisions::KeptDecision>,
    outcomes: HashMap<i64, outcomes::KeptOutcome>,
    amended: HashMap<i64, Amendment>,
}

impl Told {
    async fn load(tx: &mut Tx, kept: &[Kept]) -> Result<Told, Problem> {
        let ids: Vec<i64> = kept.iter().map(|row| row.consignment_id).collect();
        let days = (
            kept.iter().map(|row| row.arrived_day).min().unwrap_or(Day(0)),
            kept.iter().map(|row| row.arrived_day).max().unwrap_or(Day(0)),
        );
        let mut of_plans = HashMap::new();
        for id in kept.iter().filter_map(|row| row.plan_id) {
            if !of_plans.contains_key(&id)
                && let Some(plan) = plans::find(tx, id).await?
            {
                of_plans.insert(id, plan);
            }
        }
        let in_force = models::in_force_id(tx).await?;
        let mut judges: Vec<&str> =
            of_plans.values().filter_map(|plan| plan.model_id.as_deref()).collect();
        judges.extend(in_force.as_deref());
        judges.sort_unstable();
        judges.dedup();
        let judged = assessments::of_models(tx, &ids, &judges, days).await?;
        let versions = consignments::described_of(tx, &ids, days).await?;
        let firsts: Vec<i64> = versions.iter().map(|version| version.first_id).collect();
        let lines = plans::of_consignments(tx, &ids).await?;
        let mut latest: HashMap<i64, outcomes::KeptOutcome> = HashMap::new();
        for outcome in outcomes::of(tx, &ids).await? {
            latest.insert(outcome.consignment_id, outcome);
        }
        latest.retain(|_, outcome| !is_waiver_undone(outcome));
        Ok(Told {
            judged: judged
                .into_iter()
                .map(|one| ((one.consignment_id, one.model_id.clone()), one))
                .collect(),
            lines: lines
                .into_iter()
                .map(|(plan, line)| ((plan, line.consignment_id), line))
                .collect(),
            decisions: decisions::in_force(tx, &firsts).await?,
            versions: versions.into_iter().map(|version| (version.id, version)).collect(),
            outcomes: latest,
            amended: consignments::amended(tx, &ids).await?,
            plans: of_plans,
            in_force,
        })
    }

    /// The assessment that ranked it: by the plan's model, else by the one in force.
    fn judged(&self, row: &Kept) -> Option<&KeptAssessment> {
        let plan = row.plan_id.and_then(|id| self.plans.get(&id));
        let model = match plan {
            Some(plan) => plan.model_id.as_ref(),
            None => self.in_force.as_ref(),
        };
        self.judged.get(&(row.consignment_id, model?.clone()))
    }

    fn row(&self, row: &Kept, named: &Offices) -> Result<Option<QueueRow>, Problem> {
        let Some(version) = self.versions.get(&row.consignment_id) else { return Ok(None) };
        let judged = self.judged(row);
        let line = row.plan_id.and_then(|plan| self.lines.get(&(plan, row.consignment_id)));
        let decision = self.decisions.get(&version.first_id);
        let (modality, minutes, channel) = told_order(row, line, decision)?;
        let consignment = &version.consignment;
        let parties = named.contains(&row.office);
        let named = |role| consignment.party(role).filter(|_| parties).map(called);
        Ok(Some(QueueRow {
            consignment: ConsignmentId(row.consignment_id).to_string(),
            reference: consignment.reference.to_string(),
            plan: row.plan_id.map(|id| format!("P-{id}")),
            rank: row.position,
            lane: judged.map(|judged| judged.assessment.lane.into()),
            p_irregular: (line.map(|line| line.expected))
                .or(judged.map(|judged| judged.assessment.p_irregular)),
            se_irregular: judged
                .and_then(|judged| judged.assessment.uncertainty)
                .map(|uncertainty| uncertainty.irregular),
            p_critical: (line.map(|line| line.expected_critical))
                .or(judged.map(|judged| judged.assessment.p_critical)),
            chance: line.map(|line| line.chance),
            channel,
            drawn: row.drawn,
            modality,
            minutes,
            bundle: line.and_then(|line| line.bundle.clone()),
            reasons: reasons(judged, REASONS),
            goods: GoodsShort::of(consignment),
            route: RouteShort::of(consignment),
            consignor: named(Role::Consignor),
            consignee: named(Role::Consignee),
            arrived_at: time(row.arrived_at),
            office: row.office.clone(),
            regime: consignment.regime.into(),
            fate: version.fate.into(),
            state: state(&row.state),
            decision: decision.map(|decision| Decision::of(decision, config::now())).transpose()?,
            outcome: self.outcomes.get(&row.consignment_id).map(KeptOutcome::from),
            amended: self.amended.get(&row.consignment_id).map(AmendedSince::from),
        }))
    }
}

/// Whether an outcome only says that a waiver was taken back.
pub fn is_waiver_undone(outcome: &outcomes::KeptOutcome) -> bool {
    matches!(
        outcome.inspection.result,
        targeting::outcome::Outcome::NotExamined { reason: NotExamined::WaiverUndone }
    )
}

type Order = (Option<Modality>, Option<i64>, Option<Channel>);

/// With what, how long and by which channel it is inspected: as an officer ordered, else as
/// planned.
fn told_order(
    row: &Kept,
    line: Option<&KeptSelection>,
    decision: Option<&decisions::KeptDecision>,
) -> Result<Order, Problem> {
    let words =
        |text: &str| -> Result<targeting::outcome::Modality, anyhow::Error> { Ok(text.parse()?) };
    let channel = line.map(|line| line.channel.parse::<targeting::outcome::Channel>());
    let channel = channel.transpose().map_err(anyhow::Error::from)?;
    let chosen = decision.filter(|decision| decision.act == targeting::decision::Act::Inspect);
    let channel = match (chosen, row.drawn) {
        (Some(_), false) => Some(Channel::Officer),
        _ => channel.map(Into::into),
    };
    if let Some(chosen) = chosen
        && let Some(modality) = &chosen.modality
    {
        return Ok((Some(words(modality)?.into()), chosen.minutes, channel));
    }
    let modality = line.map(|line| words(&line.modality)).transpose()?;
    Ok((modality.map(Into::into), line.map(|line| line.minutes), channel))
}

fn state(word: &str) -> QueueState {
    match word {
        "to_do" => QueueState::ToDo,
        "held" => QueueState::Held,
        "asked" => QueueState::Asked,
        "done" => QueueState::Done,
        "not_examined" => QueueState::NotExamined,
        "released" => QueueState::Released,
        "gone" => QueueState::Gone,
        _ => QueueState::Waiting,
    }
}

/// Rows of the queue with all that is told of them, in their order; with the names of parties at
/// the offices where they may be seen.
pub async fn rows(tx: &mut Tx, kept: &[Kept], named: &Offices) -> Result<Vec<QueueRow>, Problem> {
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let told = Told::load(tx, kept).await?;
    let mut rows = Vec::with_capacity(kept.len());
    for row in kept {
        rows.extend(told.row(row, named)?);
    }
    Ok(rows)
}
