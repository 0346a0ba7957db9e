//! Deciding on single consignments: hold, ask, inspect, waive, release, and taking it back. Which
//! act fits how a consignment stands says `targeting::decision`; here it gets its effect, in one
//! transaction with its journal entry. A recorded chance never changes: what a person adds or
//! leaves out is kept beside the draw (docs/decisions/0020). An order that comes again changes
//! nothing and is answered alike; what cannot be decided is refused and spoils no other.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use targeting::consignment::Fate;
use targeting::decision::{Act, Standing, Unfit, reason_code, unfit};
use targeting::outcome::{Channel, Inspection, Modality, NotExamined, Outcome};

use super::record::journaled;
use crate::pipeline::{Means, default_minutes_each};
use crate::store::consignments::Version;
use crate::store::decisions::{KeptDecision, KeptOrder};
use crate::store::outcomes::{Latest, NewOutcome, Planned};
use crate::store::{Store, Tx, consignments, decisions, journal, outcomes, plans, queue};

/// How long a decision can be taken back: no shift is longer. In microseconds.
const UNDO_WITHIN: i64 = 12 * 3_600 * 1_000_000;
/// The most consignments of one order.
pub const AT_ONCE: usize = 1_000;
/// The longest text of an order.
pub const TEXT_LENGTH: usize = 4_000;

/// What a person orders.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionOrder {
    /// Made by whoever sends it: the same again is the same order.
    pub id: String,
    /// On which consignments.
    pub consignments: Vec<i64>,
    /// What.
    pub act: Act,
    /// Why, by its code.
    pub reason_code: String,
    /// Why, in words.
    pub reason: String,
    /// With what to inspect; the plan's modality when left out, or unpacking where no plan is.
    pub modality: Option<Modality>,
    /// What is asked.
    pub question: Option<String>,
    /// The decision to take back; the one in force when left out.
    pub undoes: Option<i64>,
    /// The offices on which the person may decide; every one when left out. What lies outside is
    /// refused like something that is not there.
    #[serde(skip)]
    pub offices: Option<Vec<String>>,
}

/// A consignment on which nothing was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefusedDecision {
    /// The consignment.
    pub consignment: i64,
    /// The kind, for machines.
    pub code: String,
    /// Why.
    pub said: String,
    /// What to do instead.
    pub next: String,
}

/// What an order came to.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The decisions that were made.
    pub decisions: Vec<KeptDecision>,
    /// Consignments on which none was.
    pub refused: Vec<RefusedDecision>,
    /// Whether the order had come before.
    pub repeated: bool,
}

/// Whether a decision may still be taken back at this time, by how long ago it was made.
pub fn in_time(decision: &KeptDecision, now: i64) -> bool {
    now.saturating_sub(decision.at) <= UNDO_WITHIN
}

/// Makes the decisions of an order.
///
/// # Errors
/// A refusal when the order itself cannot be used, or its id came before with another content.
pub async fn decide(
    store: &Store,
    order: &DecisionOrder,
    (actor, now): (&str, i64),
) -> Result<Decided> {
    check(order)?;
    let digest = hex::encode(Sha256::digest(serde_json::to_vec(&(actor, order))?));
    let mut tx = store.begin().await?;
    if let Some(before) = decisions::order(&mut tx, &order.id).await? {
        if before.digest != digest {
            crate::refuse!(
                "idempotency_key",
                "the id {} was used before, for another order",
                order.id
            );
        }
        return Ok(Decided {
            decisions: decisions::of_order(&mut tx, &order.id).await?,
            refused: serde_json::from_str(&before.refused)?,
            repeated: true,
        });
    }
    let known = Known::load(&mut tx, order).await?;
    let mut refused = Vec::new();
    let mut made: Vec<KeptDecision> = Vec::new();
    let mut effects = Effects::default();
    let mut next_id = decisions::next_id(&mut tx).await?;
    let mut seen = HashSet::new();
    for &id in order.consignments.iter().filter(|id| seen.insert(**id)) {
        let one = match known.judge(id, order, now) {
            Ok(one) => one,
            Err(why) => {
                refused.push(why);
                continue;
            }
        };
        let decision = known.decision(next_id, &one, order, (actor, now))?;
        effects.of(&known, &one, &decision, actor);
        next_id += 1;
        made.push(decision);
    }
    let kept = KeptOrder { digest, refused: serde_json::to_string(&refused)? };
    decisions::insert_order(&mut tx, &order.id, &kept, (actor, now)).await?;
    if !made.is_empty() {
        decisions::insert(&mut tx, &made).await?;
        effects.keep(&mut tx, &made, actor, now).await?;
    }
    let decisions = decisions::of_order(&mut tx, &order.id).await?;
    // An order of which all was refused is kept too, so that it is answered alike again.
    tx.commit().await?;
    Ok(Decided { decisions, refused, repeated: false })
}

/// Holds that an order can be used at all.
fn check(order: &DecisionOrder) -> Result<()> {
    let DecisionOrder { id, act, .. } = order;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || !(8..=64).contains(&id.len()) {
        crate::refuse!("order_id", "the order's id is no ULID: make a new one for each order");
    }
    if order.consignments.is_empty() || order.consignments.len() > AT_ONCE {
        crate::refuse!(
            "consignments",
            "an order decides on 1 to {AT_ONCE} consignments, not on {}",
            order.consignments.len()
        );
    }
    let texts = [Some(&order.reason), order.question.as_ref()];
    for text in texts.into_iter().flatten() {
        if text.chars().count() > TEXT_LENGTH || text.contains('\0') {
            crate::refuse!("text", "a text of the order is longer than {TEXT_LENGTH} characters");
        }
    }
    let Some(reason) = reason_code(&order.reason_code) else {
        crate::refuse!("reason_code", "`{}` is no reason of the list", order.reason_code);
    };
    if !reason.acts.contains(act) {
        crate::refuse!("reason_code", "`{}` is no reason to {act}", reason.code);
    }
    if reason.needs_text && order.reason.trim().is_empty() {
        crate::refuse!("no_reason", "the reason `{}` needs words of your own", reason.code);
    }
    if *act == Act::Ask && order.question.as_ref().is_none_or(|text| text.trim().is_empty()) {
        crate::refuse!("no_question", "say in `question` what is asked");
    }
    if order.modality.is_some() && *act != Act::Inspect {
        crate::refuse!("modality", "only an inspection has a modality");
    }
    if order.undoes.is_some() && *act != Act::Undo {
        crate::refuse!("undoes", "only `undo` takes a decision back");
    }
    Ok(())
}

/// What is known of the consignments of an order.
struct Known {
    versions: HashMap<i64, Version>,
    planned: HashMap<i64, Planned>,
    /// Modality and capacity of the plan's line, by consignment.
    lines: HashMap<i64, (Modality, i64, f64)>,
    capacities: HashMap<i64, Means>,
    latest: HashMap<i64, Latest>,
    in_force: HashMap<i64, KeptDecision>,
    /// The older version that was drawn and stands for this one until its outcome is known.
    units: HashMap<i64, i64>,
}

/// One consignment on which a decision can be made.
struct Judged {
    id: i64,
    /// With what it is to be inspected: modality, minutes, detection.
    inspect: Option<(Modality, i64, f64)>,
    /// The decision that is taken back.
    undoes: Option<i64>,
}

impl Known {
    async fn load(tx: &mut Tx, order: &DecisionOrder) -> Result<Known> {
        let ids = &order.consignments;
        let mut versions: HashMap<i64, Version> =
            consignments::described(tx, ids).await?.into_iter().map(|one| (one.id, one)).collect();
        if let Some(offices) = &order.offices {
            versions.retain(|_, one| offices.iter().any(|of| *of == one.consignment.office));
        }
        let firsts: Vec<i64> = versions.values().map(|version| version.first_id).collect();
        let planned = outcomes::planned(tx, ids).await?;
        let mut lines = HashMap::new();
        for (plan, line) in plans::of_consignments(tx, ids).await? {
            if planned.get(&line.consignment_id).is_some_and(|of| of.plan_id == plan) {
                let modality = line.modality.parse()?;
                lines.insert(line.consignment_id, (modality, line.minutes, line.detection));
            }
        }
        let mut capacities = HashMap::new();
        for of in planned.values() {
            if !capacities.contains_key(&of.plan_id)
                && let Some(plan) = plans::find(tx, of.plan_id).await?
            {
                let means = serde_json::from_str(&plan.capacity).context("a plan's capacity")?;
                capacities.insert(of.plan_id, means);
            }
        }
        Ok(Known {
            latest: outcomes::latest(tx, ids).await?,
            units: plans::units(tx, ids).await?,
            in_force: decisions::in_force(tx, &firsts).await?,
            versions,
            planned,
            lines,
            capacities,
        })
    }

    fn judge(&self, id: i64, order: &DecisionOrder, now: i64) -> Result<Judged, RefusedDecision> {
        let refuse = |code: &str, said: &str, next: &str| RefusedDecision {
            consignment: id,
            code: code.to_owned(),
            said: said.to_owned(),
            next: next.to_owned(),
        };
        let Some(version) = self.versions.get(&id) else {
            return Err(refuse("no_consignment", "There is none of this id.", "Check the id."));
        };
        if let Some(unit) = self.units.get(&id) {
            let said = format!("Its older version C-{unit} was drawn and has no outcome yet.");
            return Err(refuse("older_drawn", &said, &format!("Decide on C-{unit}.")));
        }
        if let Some(unfit) = unfit(order.act, self.standing(version)) {
            let (said, next) = unfit.said();
            return Err(refuse(unfit.as_str(), said, next));
        }
        let in_force = self.in_force.get(&version.first_id);
        let mut judged = Judged { id, inspect: None, undoes: None };
        match (order.act, in_force) {
            (Act::Undo, Some(standing)) => {
                if order.undoes.is_some_and(|wanted| wanted != standing.id) {
                    return Err(refuse(
                        "not_in_force",
                        "That decision is not the one in force.",
                        "Undo the newest decision first.",
                    ));
                }
                if !in_time(standing, now) {
                    return Err(refuse(
                        "too_late",
                        "The shift in which it was decided is over.",
                        "Decide anew instead.",
                    ));
                }
                judged.undoes = Some(standing.id);
            }
            (Act::Inspect, _) => {
                let with = self.inspection(version, order.modality);
                let drawn = self.planned.get(&id).is_some_and(|plan| plan.drawn);
                let plans_own = self.lines.get(&id).map(|(modality, ..)| *modality);
                let ordered = in_force.and_then(|of| of.modality.as_deref());
                let as_before = match in_force.map(|of| of.act) {
                    Some(Act::Inspect) => ordered == Some(with.0.as_str()),
                    Some(_) => false,
                    None => drawn && plans_own == Some(with.0),
                };
                if as_before {
                    return Err(refuse(
                        Unfit::InForce.as_str(),
                        "It is to be inspected so already.",
                        "Choose another modality, or leave it as it is.",
                    ));
                }
                judged.inspect = Some(with);
            }
            _ => {}
        }
        Ok(judged)
    }

    fn standing(&self, version: &Version) -> Standing {
        let in_force = self.in_force.get(&version.first_id).map(|decision| decision.act);
        let ended =
            self.latest.get(&version.id).is_some_and(|latest| match &latest.inspection.result {
                Outcome::NotExamined { reason: NotExamined::WaiverUndone } => false,
                // A waiver's own outcome ends nothing that it could not begin again.
                Outcome::NotExamined { reason: NotExamined::Waived } => {
                    !matches!(in_force, Some(Act::Waive | Act::Release))
                }
                _ => true,
            });
        let drawn = self.planned.get(&version.id).map(|plan| plan.drawn);
        Standing { fate: self.fate(version), drawn, ended, in_force }
    }

    /// What became of a version. One that its plan has to be opened is still to come, whatever its
    /// sender declared since.
    fn fate(&self, version: &Version) -> Fate {
        let ordered = self.in_force.get(&version.first_id).map(|one| one.act) == Some(Act::Inspect);
        let to_open = self.planned.get(&version.id).is_some_and(|plan| plan.drawn || ordered);
        match version.fate {
            Fate::Superseded if to_open => Fate::Pending,
            fate => fate,
        }
    }

    /// With what it is inspected: as asked, else as the plan says, else by unpacking. Minutes and
    /// detection are the plan's for that modality, or the generic ones.
    fn inspection(&self, version: &Version, asked: Option<Modality>) -> (Modality, i64, f64) {
        let line = self.lines.get(&version.id);
        let modality = asked.or(line.map(|line| line.0)).unwrap_or(Modality::Unpack);
        if let Some(line) = line.filter(|line| line.0 == modality) {
            return *line;
        }
        let capacity =
            self.planned.get(&version.id).and_then(|of| self.capacities.get(&of.plan_id));
        if let Some(Means::Slots(capacity)) = capacity
            && let Some(line) = capacity.lines.iter().find(|line| line.modality == modality)
        {
            return (modality, i64::from(line.minutes_each), line.detection);
        }
        let generic = default_minutes_each(version.consignment.regime, modality);
        (modality, i64::from(generic.minutes), generic.detection)
    }

    fn decision(
        &self,
        id: i64,
        one: &Judged,
        order: &DecisionOrder,
        (actor, now): (&str, i64),
    ) -> Result<KeptDecision> {
        let version = self.versions.get(&one.id).context("a version that was judged")?;
        Ok(KeptDecision {
            id,
            order_id: order.id.clone(),
            consignment_id: one.id,
            first_id: version.first_id,
            act: order.act,
            reason_code: order.reason_code.clone(),
            reason: order.reason.trim().to_owned(),
            question: order.question.as_deref().map(|text| text.trim().to_owned()),
            modality: one.inspect.map(|(modality, ..)| modality.to_string()),
            minutes: one.inspect.map(|(_, minutes, _)| minutes),
            detection: one.inspect.map(|(.., detection)| detection),
            plan_id: self.planned.get(&one.id).map(|plan| plan.plan_id),
            fate_before: self.fate(version).to_string(),
            by: actor.to_owned(),
            at: now,
            undoes: one.undoes,
            undone_by: None,
            in_force: order.act != Act::Undo,
        })
    }
}

/// What decisions change beside their own table.
#[derive(Default)]
struct Effects {
    pending: Vec<i64>,
    released: Vec<i64>,
    /// Taken back: the consignment, its declaration, and what it was before.
    undone: Vec<Undone>,
    outcomes: Vec<NewOutcome>,
}

struct Undone {
    id: i64,
    first_id: i64,
    fate_before: Fate,
    left_by_plan: bool,
    withdrawn: bool,
}

impl Effects {
    fn of(&mut self, known: &Known, one: &Judged, decision: &KeptDecision, actor: &str) {
        let Some(version) = known.versions.get(&one.id) else { return };
        let planned = known.planned.get(&one.id);
        let latest = known.latest.get(&one.id);
        let waived = latest.is_some_and(|latest| {
            matches!(latest.inspection.result, Outcome::NotExamined { reason: NotExamined::Waived })
        });
        let mut outcome = |reason: NotExamined| {
            self.outcomes.push(NewOutcome {
                consignment_id: one.id,
                revision: latest.map_or(1, |latest| latest.revision + 1),
                channel: Some(match planned {
                    Some(Planned { channel, drawn: true, .. }) => *channel,
                    _ => Channel::Officer,
                }),
                plan_id: planned.map(|plan| plan.plan_id),
                known_on: (planned.map(|plan| plan.shift_day))
                    .unwrap_or(version.consignment.arrived_on)
                    .max(version.consignment.arrived_on),
                inspection: Inspection {
                    modality: None,
                    minutes: None,
                    detection_method: None,
                    officer: actor.into(),
                    result: Outcome::NotExamined { reason },
                    evidence: None,
                },
            });
        };
        match decision.act {
            Act::Waive => {
                outcome(NotExamined::Waived);
                self.released.push(one.id);
            }
            Act::Release => {
                // One that no plan lists goes without ever having had a chance: that is counted.
                if planned.is_none() {
                    outcome(NotExamined::Waived);
                }
                self.released.push(one.id);
            }
            Act::Hold | Act::Ask | Act::Inspect => {
                if waived {
                    outcome(NotExamined::WaiverUndone);
                }
                if version.fate == Fate::Released {
                    self.pending.push(one.id);
                }
            }
            Act::Undo => {
                if waived {
                    outcome(NotExamined::WaiverUndone);
                }
                let taken_back = known.in_force.get(&version.first_id);
                let before = taken_back.and_then(|of| of.fate_before.parse().ok());
                self.undone.push(Undone {
                    id: one.id,
                    first_id: version.first_id,
                    fate_before: before.unwrap_or(Fate::Pending),
                    left_by_plan: planned.is_some_and(|plan| !plan.drawn),
                    withdrawn: version.consignment.documents.cancelled,
                });
            }
        }
    }

    /// Keeps what changes, with the journal's entries. The decisions themselves are kept already.
    async fn keep(
        mut self,
        tx: &mut Tx,
        made: &[KeptDecision],
        actor: &str,
        now: i64,
    ) -> Result<()> {
        let firsts: Vec<i64> = self.undone.iter().map(|one| one.first_id).collect();
        let stands = decisions::in_force(tx, &firsts).await?;
        let mut rejected = Vec::new();
        for one in &self.undone {
            let released = match stands.get(&one.first_id).map(|decision| decision.act) {
                Some(act) if act.keeps() => false,
                Some(_) => true,
                // Nothing stands any more: as its sender or the plan left it, or as it was.
                None if one.withdrawn => {
                    rejected.push(one.id);
                    continue;
                }
                None => one.left_by_plan || one.fate_before == Fate::Released,
            };
            if released { &mut self.released } else { &mut self.pending }.push(one.id);
        }
        // What became of a consignment stands on its newest version.
        let mut ids: Vec<i64> = made.iter().map(|decision| decision.consignment_id).collect();
        for (of, fate) in [
            (&self.pending, Fate::Pending),
            (&self.released, Fate::Released),
            (&rejected, Fate::Rejected),
        ] {
            let newest = consignments::newest(tx, of).await?;
            consignments::set_fate(tx, &newest, fate).await?;
            ids.extend(newest);
        }
        outcomes::insert(tx, &self.outcomes, now).await?;
        queue::refresh(tx, &ids).await?;
        let mut entries: Vec<journal::JournalEntry<'_>> = made
            .iter()
            .map(|decision| journal::JournalEntry {
                actor: actor.into(),
                act: decision.act.as_str().into(),
                subject: format!("consignment {}", decision.consignment_id).into(),
                body: decision.journaled(),
            })
            .collect();
        entries.extend(self.outcomes.iter().map(|new| journaled(new, actor)));
        journal::record(tx, &entries, now).await?;
        Ok(())
    }
}

/// What may be decided on these consignments now, by id; those that are not there are left out.
pub async fn allowed(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<Act>>> {
    let order = DecisionOrder {
        id: String::new(),
        consignments: ids.to_vec(),
        act: Act::Hold,
        reason_code: String::new(),
        reason: String::new(),
        modality: None,
        question: None,
        undoes: None,
        offices: None,
    };
    let known = Known::load(tx, &order).await?;
    let now = crate::config::now();
    let of = |version: &Version| {
        if known.units.contains_key(&version.id) {
            return Vec::new();
        }
        let mut acts = targeting::decision::allowed(known.standing(version));
        let standing = known.in_force.get(&version.first_id);
        if standing.is_some_and(|decision| !in_time(decision, now)) {
            acts.retain(|act| *act != Act::Undo);
        }
        acts
    };
    Ok(known.versions.values().map(|version| (version.id, of(version))).collect())
}
