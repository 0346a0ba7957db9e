//! Plan: the shift's inspections of one office and regime, drawn from known chances by a recorded
//! seed. Every candidate is kept with its chance, drawn or not, so that the draw can be replayed
//! bit for bit and what got past can be estimated. How chances come about: `targeting::plan`; how
//! an office describes bundles and resources: `capacity.rs`.

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use targeting::codes::Day;
use targeting::consignment::{ConsignmentId, Regime, Shift};
use targeting::outcome::Modality;
use targeting::plan::{
    Candidate, Capacity, CapacityLine, Placed, Seed, SeedParts, Terms, allocate, chances, draw,
};

use super::capacity::{OFFICERS, Told, Work};
use super::rules;
use crate::refusal::Refusal;
use crate::store::plans::{Awaiting, KeptPlan, KeptSelection};
use crate::store::{Store, Tx, consignments, journal, models, offices, plans, queue};

/// Officer-minutes that one inspection takes and its chance of finding what is there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MinutesEach {
    /// Officer-minutes for one inspection.
    pub minutes: u32,
    /// Probability that it finds what is there.
    pub detection: f64,
}

/// Generic figures for a site that has not given its own: a parcel is opened in minutes, freight
/// in the better part of an hour. Opening is taken as the gold examination, which finds all.
pub fn default_minutes_each(regime: Regime, modality: Modality) -> MinutesEach {
    let (parcel, freight, detection) = match modality {
        Modality::Document => (3, 10, 0.1),
        Modality::Scan => (2, 15, 0.6),
        Modality::Dog => (1, 5, 0.5),
        Modality::Trace => (3, 8, 0.6),
        Modality::Lab => (20, 30, 0.9),
        Modality::Unpack => (10, 45, 1.0),
    };
    MinutesEach { minutes: if regime == Regime::Parcel { parcel } else { freight }, detection }
}

/// What a shift inspects with, as a plan keeps it: slots of single modalities, or bundles that
/// share resources. Plans of before there were bundles read as the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Means {
    /// Minutes by modality.
    Slots(Capacity),
    /// One cell with its bundles.
    Bundles(targeting::plan::Means),
}

impl From<Capacity> for Means {
    fn from(capacity: Capacity) -> Self {
        Self::Slots(capacity)
    }
}

/// What a plan is asked for.
#[derive(Debug, Clone)]
pub struct PlanOrder {
    /// Customs office.
    pub office: String,
    /// The shift.
    pub shift: Shift,
    /// Parcel or freight.
    pub regime: Regime,
    /// First day of arrival of those who are candidates; the last is the shift's day.
    pub from: Day,
    /// What the shift can do.
    pub capacity: Means,
    /// How goods are told apart, where the capacity is of bundles.
    pub work: Option<Work>,
    /// How capacity is split.
    pub terms: Terms,
    /// Why more is explored than usual; it is kept with the terms.
    pub raised: Option<String>,
    /// The seed of the draw.
    pub seed: Seed,
    /// Whether a person named the seed, rather than the site's secret key; the journal tells.
    pub seed_named: bool,
}

/// A drawn plan.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan as it is kept.
    pub plan: KeptPlan,
    /// Every candidate, in rising order of id.
    pub lines: Vec<KeptSelection>,
    /// The plan that this one replaces.
    pub replaces: Option<i64>,
    /// Candidates that no model has screened; they have the base chance.
    pub unscreened: usize,
}

/// The seed of a shift when nobody names one: HMAC-SHA256 of date, office, shift and model under
/// a secret key of the site, so that nobody without the key can foresee the draw.
pub fn seed_of(key: &[u8], office: &str, shift: &Shift, regime: Regime, model: &str) -> Seed {
    let date = shift.day.to_string();
    let shift = format!("{}/{regime}", shift.name);
    Seed::derive(key, SeedParts { date: &date, office, shift: &shift, model })
}

/// Draws the plan of a shift and keeps it. A plan of the same shift that nobody has acted on yet
/// is replaced, and the journal says so; asking again for the very same plan changes nothing.
pub async fn plan(store: &Store, order: &PlanOrder, (actor, now): (&str, i64)) -> Result<Planned> {
    // A rule that was approved a moment ago counts for what waits.
    rules::catch_up(store, (actor, now)).await?;
    let mut tx = store.begin().await?;
    let (office, shift) = (order.office.as_str(), order.shift.to_string());
    let regime = order.regime.as_str();
    let model = models::in_force(&mut tx).await?.map(|(id, _)| id);
    let elder = plans::of_shift(&mut tx, office, &shift, order.shift.day, regime).await?;
    let elder_id = elder.as_ref().map(|elder| elder.id);
    let window = (order.from, order.shift.day);
    let waiting =
        plans::awaiting(&mut tx, model.as_deref(), office, regime, window, elder_id).await?;
    if waiting.is_empty() {
        match &elder {
            Some(elder) => crate::refuse!(
                "planned",
                "plan P-{} already covers every {regime} consignment of {office} on {shift}: see \
                 it with `sumun plan --replay {}`",
                elder.id,
                elder.id
            ),
            None => crate::refuse!(
                "nothing_awaits",
                "no {regime} consignment of office {office} arrived on {shift} and awaits a \
                 decision: check the office's code and the date, or ingest the day's declarations"
            ),
        }
    }
    let unscreened = waiting.iter().filter(|one| one.p_irregular.is_none()).count();
    // Where nothing has been judged, every slot is drawn by chance: there is no core to trust.
    let terms = if unscreened == waiting.len() {
        Terms { explore: 1.0, ..order.terms }
    } else {
        order.terms
    };
    let known = candidates(&mut tx, &waiting, order, now).await?;
    let (lines, report) =
        tokio::task::block_in_place(|| draw_lines(&known, &order.capacity, terms, &order.seed))?;

    let mut plan = KeptPlan {
        id: plans::next_id(&mut tx).await?,
        office: office.to_owned(),
        shift,
        shift_day: i64::from(order.shift.day.0),
        regime: regime.to_owned(),
        state: "drawn".to_owned(),
        model_id: model,
        drawn_at: now,
        seed: hex::encode(order.seed.bytes()),
        terms: terms_kept(&terms, order.raised.as_deref())?,
        capacity: serde_json::to_string(&order.capacity)?,
        candidates: lines.len() as i64,
        drawn: lines.iter().filter(|line| line.drawn).count() as i64,
        minutes: lines.iter().filter(|line| line.drawn).map(|line| line.minutes).sum(),
        digest: plans::digest(&lines),
        report,
        released_at: offices::find(&mut tx, office)
            .await?
            .and_then(|office| office.releases(&order.shift)),
    };
    if let Some(elder) = elder {
        if elder.digest == plan.digest && elder.seed == plan.seed {
            return Ok(Planned { plan: elder, lines, replaces: None, unscreened });
        }
        let done = plans::outcomes(&mut tx, elder.id).await?;
        if done > 0 {
            crate::refuse!(
                "plan_in_work",
                "plan P-{} of this shift has {done} outcomes already and cannot be drawn again: \
                 plan another shift of the day, such as --shift {}/late",
                elder.id,
                order.shift.day
            );
        }
        plans::replace(&mut tx, elder.id).await?;
        plan = KeptPlan { id: plans::next_id(&mut tx).await?, ..plan };
    }
    plans::insert(&mut tx, &plan, &lines).await?;
    plans::release_the_rest(&mut tx, plan.id).await?;
    super::queue::place(&mut tx, plan.id).await?;
    if let Some(elder) = elder_id {
        // What it had drawn and a sender amended since is the new version's to be drawn again.
        queue::refresh_plan(&mut tx, elder).await?;
    }
    journal::record(
        &mut tx,
        &[journal::JournalEntry {
            actor: actor.into(),
            act: "plan".into(),
            subject: format!("plan {}", plan.id).into(),
            body: json!({
                "office": plan.office,
                "shift": plan.shift,
                "regime": plan.regime,
                "model": plan.model_id,
                "candidates": plan.candidates,
                "drawn": plan.drawn,
                "minutes": plan.minutes,
                "capacity": plan.capacity,
                "terms": plan.terms,
                "report": plan.report,
                "seed_sha256": hex::encode(order.seed.commitment()),
                "seed_named_by_hand": order.seed_named,
                "released_at": plan.released_at,
                "replaces": elder_id,
                "sha256": plan.digest,
            }),
        }],
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Planned { plan, lines, replaces: elder_id, unscreened })
}

/// The terms as they are kept, with the reason where more is explored than usual. What draws the
/// plan again reads the terms alone.
fn terms_kept(terms: &Terms, raised: Option<&str>) -> Result<String> {
    #[derive(Serialize)]
    struct Kept<'a> {
        #[serde(flatten)]
        terms: &'a Terms,
        #[serde(skip_serializing_if = "Option::is_none")]
        raised: Option<&'a str>,
    }
    Ok(serde_json::to_string(&Kept { terms, raised })?)
}

/// What planning needs to know of a consignment.
struct Known {
    id: i64,
    name: String,
    risk: f64,
    expected: f64,
    expected_critical: f64,
    /// Its profile among those of the bundles.
    profile: Option<String>,
    must: bool,
}

/// Chances that stand for a consignment that has not been screened: generic base rates.
const UNSCREENED: (f64, f64) = (0.05, 0.005);

/// How many consignments are read at once for their goods.
const READ_AT_ONCE: usize = 2000;

async fn candidates(
    tx: &mut Tx,
    waiting: &[Awaiting],
    order: &PlanOrder,
    now: i64,
) -> Result<Vec<Known>> {
    let ids: Vec<i64> = waiting.iter().map(|one| one.id).collect();
    let demanded = rules::demanded(tx, &ids, now).await?;
    let mut told: Vec<Told> = Vec::new();
    if let Some(work) = &order.work {
        for some in ids.chunks(READ_AT_ONCE) {
            let stored = consignments::load(tx, some).await?;
            told.extend(stored.iter().map(|stored| work.told(&stored.consignment)));
        }
        anyhow::ensure!(told.len() == waiting.len(), "a consignment that waits is gone");
    }
    let mut known: Vec<Known> = Vec::with_capacity(waiting.len());
    known.extend(waiting.iter().enumerate().map(|(n, one)| {
        let expected = one.p_irregular.unwrap_or(UNSCREENED.0);
        let expected_critical = one.p_critical.unwrap_or(UNSCREENED.1);
        let told = told.get(n);
        let typical_kg = told.map_or(0.0, |told| told.typical_kg);
        let profile = match (told, &order.capacity) {
            (Some(told), Means::Bundles(means)) => {
                means.profiles.get(usize::from(told.profile)).cloned()
            }
            _ => None,
        };
        Known {
            id: one.id,
            name: ConsignmentId(one.id).to_string(),
            risk: order.terms.utility.risk(expected, expected_critical, typical_kg),
            expected,
            expected_critical,
            profile,
            must: told.is_some_and(|told| told.must) || demanded.contains(&one.id),
        }
    }));
    rank_unscreened(waiting, &mut known);
    Ok(known)
}

/// Ranks what no model has judged in the middle of what one has: nothing is known of it, so it
/// takes no place that is certain, and keeps its chance.
fn rank_unscreened(waiting: &[Awaiting], known: &mut [Known]) {
    let screened = |one: &Awaiting| one.p_irregular.is_some();
    let mut risks: Vec<f64> = (waiting.iter().zip(known.iter()))
        .filter(|(one, _)| screened(one))
        .map(|(_, known)| known.risk)
        .collect();
    risks.sort_by(f64::total_cmp);
    let Some(&middle) = risks.get(risks.len() / 2) else { return };
    for (_, known) in waiting.iter().zip(known).filter(|(one, _)| !screened(one)) {
        known.risk = middle;
    }
}

/// Chances and draw, as lines in rising order of id; with bundles also what the plan came to, as
/// JSON.
fn draw_lines(
    known: &[Known],
    capacity: &Means,
    terms: Terms,
    seed: &Seed,
) -> Result<(Vec<KeptSelection>, Option<String>)> {
    let candidates: Vec<Candidate<'_>> = known
        .iter()
        .map(|one| Candidate {
            id: &one.name,
            risk: one.risk,
            chance_irregular: one.expected,
            must: one.must,
        })
        .collect();
    let mut lines: Vec<KeptSelection> = known
        .iter()
        .map(|one| KeptSelection {
            consignment_id: one.id,
            position: 0,
            risk: one.risk,
            expected: one.expected,
            expected_critical: one.expected_critical,
            chance: 0.0,
            channel: String::new(),
            modality: String::new(),
            minutes: 0,
            detection: 0.0,
            drawn: false,
            bundle: None,
            profile: one.profile.clone(),
            must: one.must,
        })
        .collect();
    let report = match capacity {
        Means::Slots(capacity) => {
            by_slots(&candidates, capacity, terms, seed, &mut lines)?;
            None
        }
        Means::Bundles(means) => Some(by_bundles(&candidates, means, terms, seed, &mut lines)?),
    };
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|a, b| {
        (lines[*b].risk.total_cmp(&lines[*a].risk))
            .then(lines[*b].chance.total_cmp(&lines[*a].chance))
            .then(lines[*a].consignment_id.cmp(&lines[*b].consignment_id))
    });
    for (position, line) in order.into_iter().enumerate() {
        lines[line].position = position as i64 + 1;
    }
    Ok((lines, report))
}

fn no_plan(error: targeting::plan::PlanError) -> anyhow::Error {
    Refusal::error("no_plan", error.to_string())
}

fn by_slots(
    candidates: &[Candidate<'_>],
    capacity: &Capacity,
    terms: Terms,
    seed: &Seed,
    lines: &mut [KeptSelection],
) -> Result<()> {
    let chances = chances(candidates, capacity, terms, seed).map_err(no_plan)?;
    let drawn = draw(&chances, seed);
    // One that is not drawn has the detection that stands for the drawn tail, and the modality
    // that most of the tail gets.
    let tail = usual_line(capacity);
    let tail_detection = chances.tail_detection().unwrap_or(tail.detection);
    for (line, (chance, channel)) in lines.iter_mut().zip(chances.iter()) {
        line.chance = chance;
        line.channel = channel.to_string();
        line.modality = tail.modality.to_string();
        line.minutes = i64::from(tail.minutes_each);
        line.detection = tail_detection;
    }
    for selection in drawn.selections {
        let line = &mut lines[selection.candidate];
        line.modality = selection.modality.to_string();
        line.minutes = i64::from(selection.minutes);
        line.detection = selection.detection;
        line.drawn = true;
    }
    Ok(())
}

fn by_bundles(
    candidates: &[Candidate<'_>],
    means: &targeting::plan::Means,
    terms: Terms,
    seed: &Seed,
    lines: &mut [KeptSelection],
) -> Result<String> {
    let mut placed = Vec::with_capacity(candidates.len());
    for (&candidate, line) in candidates.iter().zip(lines.iter()) {
        let profile = means.profiles.iter().position(|name| Some(name) == line.profile.as_ref());
        let profile = profile.with_context(|| {
            format!("C-{} has a profile that is not described", line.consignment_id)
        })?;
        placed.push(Placed { candidate, cell: 0, profile: profile as u8 });
    }
    let officers = means.resources.iter().position(|name| name == OFFICERS);
    let officers = officers.context("a capacity without officers")?;
    let allocation = allocate(&placed, means, terms, seed).map_err(no_plan)?;
    for (n, line) in lines.iter_mut().enumerate() {
        let (chance, bundle, channel) = allocation.of(n);
        let bundle = &means.bundles[bundle];
        line.chance = chance;
        line.channel = channel.to_string();
        line.modality = bundle.modality().to_string();
        line.minutes = i64::from(bundle.minutes[officers]);
        // Drawn or not, it is the detection of the bundle that it has.
        line.detection = bundle.detection[usize::from(placed[n].profile)];
        line.bundle = Some(bundle.name.clone());
    }
    for drawn in allocation.draw(seed) {
        lines[drawn as usize].drawn = true;
    }
    Ok(serde_json::to_string(&allocation.cells()[0])?)
}

/// The line of the capacity with the most slots.
fn usual_line(capacity: &Capacity) -> CapacityLine {
    let most = capacity.lines.iter().max_by_key(|line| (line.slots(), line.modality));
    most.copied().unwrap_or(CapacityLine {
        modality: Modality::Unpack,
        minutes_available: 0,
        minutes_each: 0,
        detection: 1.0,
    })
}

/// A plan drawn again from what was kept of it.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The plan as it is kept.
    pub plan: KeptPlan,
    /// The lines as they are kept.
    pub lines: Vec<KeptSelection>,
    /// How many lines came out other than they are kept, with the first of them.
    pub different: Option<(usize, i64)>,
    /// Whether the kept lines are those that were journaled.
    pub untouched: bool,
}

/// Draws a plan again from its kept risks, capacity, terms and seed, and compares every chance
/// and every selection bit for bit.
pub async fn replay(tx: &mut Tx, id: i64) -> Result<Replayed> {
    let Some(plan) = plans::find(tx, id).await? else {
        crate::refuse!("no_plan", "there is no plan P-{id}: `sumun export plans` lists them")
    };
    let lines = plans::lines(tx, id).await?;
    let known: Vec<Known> = lines
        .iter()
        .map(|line| Known {
            id: line.consignment_id,
            name: ConsignmentId(line.consignment_id).to_string(),
            risk: line.risk,
            expected: line.expected,
            expected_critical: line.expected_critical,
            profile: line.profile.clone(),
            must: line.must,
        })
        .collect();
    let capacity: Means = serde_json::from_str(&plan.capacity).context("the plan's capacity")?;
    let terms = serde_json::from_str(&plan.terms).context("the plan's terms")?;
    let seed: [u8; 32] = hex::decode(&plan.seed)?
        .try_into()
        .map_err(|_| anyhow!("the seed of plan P-{id} has not 32 bytes"))?;
    let (again, report) = tokio::task::block_in_place(|| {
        draw_lines(&known, &capacity, terms, &Seed::from_bytes(seed))
    })?;
    let mut differing = lines.iter().zip(&again).filter(|(kept, drawn)| !same(kept, drawn));
    let different =
        differing.next().map(|(first, _)| (1 + differing.count(), first.consignment_id));
    let untouched = plans::digest(&lines) == plan.digest && plan.report == report;
    Ok(Replayed { untouched, plan, lines, different })
}

fn same(kept: &KeptSelection, again: &KeptSelection) -> bool {
    kept == again && kept.chance.to_bits() == again.chance.to_bits()
}
