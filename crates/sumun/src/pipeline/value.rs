//! Value: what another model or rule would have found with the same capacity, from the recorded
//! chances, before anyone switches it on. A model judges each consignment by what was known before
//! its arrival, and only in shifts later than all it has learned from. The formulas are in
//! `targeting::measuring`.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use serde::Serialize;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::feature;
use targeting::measuring::{RivalPlan, RivalValue, Unit, shares, value};
use targeting::model::{Model, Target};
use targeting::screening::{Screener, risk};

use super::measure::unit_of;
use super::past_of;
use crate::store::{Store, Tx, consignments, models, outcomes};

/// How many consignments are judged at a time, as in screening.
const BATCH: usize = 8_192;

/// What ranks the consignments instead of the plans.
#[derive(Debug, Clone, Copy)]
pub enum Ranking<'a> {
    /// A kept model, by its name.
    Model(&'a str),
    /// Scores by declaration; what is not named, or has 0, is not taken.
    Scores(&'a HashMap<String, f64>),
}

/// What a rival would have found, beside what was found.
#[derive(Debug, Clone, Serialize)]
pub struct Valued {
    /// What is counted.
    pub target: Target,
    /// Plans in the comparison.
    pub plans: usize,
    /// Plans left out because no outcome is known.
    pub plans_not_worked: usize,
    /// Plans left out because the model learned from outcomes of their day or later ones.
    pub plans_learned_from: usize,
    /// Consignments left out of later plans because they arrived while the model still learned: it
    /// may have seen what became of them.
    pub arrived_before: usize,
    /// Last day whose outcomes the model learned from.
    pub learned_until: Option<String>,
    /// Consignments of these plans.
    pub consignments: usize,
    /// Consignments of these plans that have no score.
    pub without_score: usize,
    /// The comparison.
    #[serde(flatten)]
    pub value: RivalValue,
}

struct OnePlan {
    day: Day,
    slots: usize,
    outcomes: usize,
    ids: Vec<i64>,
    units: Vec<Unit>,
}

impl OnePlan {
    /// Leaves out what `seen` says, with the slots it took, and gives how many these were.
    fn leave_out(&mut self, seen: impl Fn(&i64) -> bool) -> usize {
        let before = self.ids.len();
        let kept: Vec<bool> = self.ids.iter().map(|id| !seen(id)).collect();
        let mut keep = kept.iter();
        self.ids.retain(|_| keep.next().is_none_or(|keep| *keep));
        let mut keep = kept.iter();
        self.units.retain(|_| keep.next().is_none_or(|keep| *keep));
        self.slots = self.units.iter().filter(|unit| unit.drawn).count();
        self.outcomes = self.units.iter().filter(|unit| unit.result.is_some()).count();
        before - self.ids.len()
    }
}

/// Compares a ranking with the plans drawn for the shifts of a window.
pub async fn value_of(
    store: &Store,
    target: Target,
    window: (Day, Day),
    ranking: Ranking<'_>,
) -> Result<Valued> {
    let mut tx = store.read().await?;
    let screener = match ranking {
        Ranking::Model(id) => Some(screener_of(&mut tx, id).await?),
        Ranking::Scores(_) => None,
    };
    let learned_until =
        screener.as_ref().map(|screener| Day::of(screener.model().content().window.last));
    let mut plans: BTreeMap<i64, OnePlan> = BTreeMap::new();
    outcomes::measured(&mut tx, window, |one| {
        let plan = plans.entry(one.plan_id).or_insert_with(|| OnePlan {
            day: one.shift_day,
            slots: 0,
            outcomes: 0,
            ids: Vec::new(),
            units: Vec::new(),
        });
        plan.slots += usize::from(one.drawn);
        plan.outcomes += usize::from(one.outcome.is_some());
        plan.ids.push(one.consignment_id);
        plan.units.push(unit_of(&one, target));
    })
    .await?;
    let all = plans.len();
    plans.retain(|_, plan| plan.outcomes > 0);
    let worked = plans.len();
    plans.retain(|_, plan| learned_until.is_none_or(|last| plan.day > last));
    if plans.is_empty() {
        match learned_until.filter(|_| worked > 0) {
            Some(last) => crate::refuse!(
                "nothing_after_learning",
                "this model learned from outcomes up to {last}, and no later shift has been \
                 worked: it would only repeat what it was told. Name an older model, or wait for \
                 outcomes of later shifts"
            ),
            None => crate::refuse!(
                "nothing_to_compare",
                "no plan of this window has an outcome yet: draw one with `sumun plan`, record its \
                 outcomes with `sumun record`, or choose another window with --from and --to"
            ),
        }
    }

    let ids: Vec<i64> = plans.values().flat_map(|plan| plan.ids.iter().copied()).collect();
    let mut arrived_before = 0;
    let scores = match (ranking, &screener) {
        (Ranking::Scores(by_reference), _) => scores_by_id(&mut tx, by_reference).await?,
        (Ranking::Model(_), Some(screener)) => {
            let judged = judged(&mut tx, screener, &ids).await?;
            if let Some(last) = learned_until {
                // A consignment that arrived in the window of learning and was planned later has
                // its histories, and perhaps its own answer, in the model.
                let seen = |id: &i64| judged.get(id).is_some_and(|(_, arrived)| *arrived <= last);
                plans.values_mut().for_each(|plan| arrived_before += plan.leave_out(seen));
                plans.retain(|_, plan| plan.outcomes > 0);
            }
            judged.into_iter().map(|(id, (score, _))| (id, score)).collect()
        }
        (Ranking::Model(_), None) => HashMap::new(),
    };
    let ids: Vec<i64> = plans.values().flat_map(|plan| plan.ids.iter().copied()).collect();
    if let (true, Some(last)) = (ids.is_empty(), learned_until) {
        crate::refuse!(
            "nothing_after_learning",
            "this model learned from outcomes up to {last}, and whatever was planned later had \
             arrived by then: name an older model, or wait for outcomes of later arrivals"
        );
    }
    let without_score = ids.iter().filter(|id| !scores.contains_key(id)).count();
    if without_score == ids.len() {
        crate::refuse!(
            "no_score",
            "none of the {without_score} consignments planned in this window has a score: the \
             file's declaration_id must be the numbers of the declarations, as `sumun export \
             plans` writes them"
        );
    }
    let taken: Vec<Vec<f64>> = plans
        .values()
        .map(|plan| {
            let of = |id: &i64| scores.get(id).copied().unwrap_or(0.0);
            shares(&plan.ids.iter().map(of).collect::<Vec<f64>>(), plan.slots)
        })
        .collect();
    let rivals =
        plans.values().zip(&taken).map(|(plan, shares)| RivalPlan { units: &plan.units, shares });
    Ok(Valued {
        target,
        plans: plans.len(),
        plans_not_worked: all - worked,
        plans_learned_from: worked - plans.len(),
        arrived_before,
        learned_until: learned_until.map(|day| day.to_string()),
        consignments: ids.len(),
        without_score,
        value: value(rivals),
    })
}

async fn screener_of(tx: &mut Tx, id: &str) -> Result<Screener> {
    let Some((_, artefact, _)) = models::find(tx, id).await? else {
        crate::refuse!("no_model", "there is no model {id}: `sumun model list` names them")
    };
    let model = Model::from_json(artefact.as_bytes(), &feature::codes())
        .with_context(|| format!("model {id} cannot be used: learn another"))?;
    Ok(Screener::new(model))
}

/// What the model would have ranked each consignment by, on what was known before its arrival,
/// and the day of that.
async fn judged(tx: &mut Tx, screener: &Screener, ids: &[i64]) -> Result<HashMap<i64, (f64, Day)>> {
    let mut scores = HashMap::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let (ids, consignments): (Vec<i64>, Vec<Consignment>) = consignments::load(tx, batch)
            .await?
            .into_iter()
            .map(|stored| (stored.id, stored.consignment))
            .unzip();
        let past = past_of(tx, screener.extractor(), &consignments, None).await?;
        let (irregular, critical) =
            tokio::task::block_in_place(|| screener.chances(&screener.rows(&consignments, &past)));
        let chances = irregular.into_iter().zip(critical).map(|(i, c)| risk(i, c));
        let arrived = consignments.iter().map(|consignment| consignment.arrived_on);
        scores.extend(ids.into_iter().zip(chances.zip(arrived)));
    }
    Ok(scores)
}

async fn scores_by_id(
    tx: &mut Tx,
    by_reference: &HashMap<String, f64>,
) -> Result<HashMap<i64, f64>> {
    let references: Vec<&str> = by_reference.keys().map(String::as_str).collect();
    let mut scores = HashMap::new();
    for batch in references.chunks(BATCH) {
        for (reference, id) in consignments::ids_of(tx, batch).await? {
            if let Some(score) = by_reference.get(&reference) {
                scores.insert(id, *score);
            }
        }
    }
    Ok(scores)
}
