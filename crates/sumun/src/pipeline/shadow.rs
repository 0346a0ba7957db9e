//! Shadow: challengers score whatever the model in force is there for and select nothing; and what
//! the two would have found of the same traffic is compared, from recorded chances. When enough
//! has become known for a new candidate is asked here too. Who may do what with a model is decided
//! in `acts/model.rs`, how a comparison is made in `targeting::measuring::duel`.

use anyhow::{Context, Result};
use serde::Serialize;
use targeting::feature;
use targeting::learning::{MIN_LESSONS, MIN_POSITIVES};
use targeting::measuring::Unit;
use targeting::measuring::duel::{Contested, Duel, duel};
use targeting::model::{Model, Target};
use targeting::outcome::Channel;
use targeting::screening::{Screener, risk};

use super::screen::{BATCH, keep};
use crate::store::policies::{self, Policy};
use crate::store::{Store, Tx, assessments, consignments, models, outcomes};

/// Lets every challenger score what arrived since it was last asked, of whatever fate: what it
/// thinks of a consignment that was released meanwhile counts as well. `progress` is called with
/// the number scored so far.
pub async fn shadow(store: &Store, by: (&str, i64), mut progress: impl FnMut(i64)) -> Result<i64> {
    let challengers = models::challengers(&mut store.read().await?).await?;
    let mut scored = 0;
    for (id, artefact) in challengers {
        let model = Model::from_json(artefact.as_bytes(), &feature::codes())
            .with_context(|| format!("challenger {id} cannot be used: take it back"))?;
        let screener = Screener::new(model);
        loop {
            let mut tx = store.begin().await?;
            let after = assessments::screened_up_to(&mut tx, &id).await?;
            let arrived = consignments::after(&mut tx, after, BATCH).await?;
            let Some(last) = arrived.last().map(|stored| stored.id) else { break };
            scored += keep(&mut tx, &screener, &id, arrived, by).await?.len() as i64;
            assessments::set_screened_up_to(&mut tx, &id, last).await?;
            tx.commit().await?;
            progress(scored);
        }
    }
    Ok(scored)
}

/// A challenger against the model in force.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// The model in force.
    pub champion: String,
    /// The challenger.
    pub challenger: String,
    /// What is counted.
    pub target: Target,
    /// The figures.
    #[serde(flatten)]
    pub duel: Duel,
}

/// Compares a challenger, or the only one there is, with the model in force.
///
/// # Errors
/// A refusal when there is no such challenger, none or several, or no model in force.
pub async fn compare(store: &Store, challenger: Option<&str>, target: Target) -> Result<Compared> {
    let mut tx = store.read().await?;
    let Some(champion) = models::in_force_id(&mut tx).await? else {
        crate::refuse!("no_model", "no model is in force, so there is nothing to compare with")
    };
    let challenger = one_challenger(&mut tx, challenger).await?;
    let mut contested = Vec::new();
    let critical = usize::from(target == Target::Critical);
    models::scored(&mut tx, (&champion, &challenger), |one| {
        let result = match (one.outcome.as_deref(), target) {
            (Some("clear"), _) | (Some("discrepancy"), Target::Critical) => Some(false),
            (Some("discrepancy"), Target::Irregular) | (Some("seizure"), _) => Some(true),
            _ => None,
        };
        let channel = match one.drawn || result.is_none() {
            true => one.channel,
            false => Channel::Officer,
        };
        contested.push(Contested {
            plan: one.plan_id,
            unit: Unit {
                chance: one.chance,
                expected: one.expected[critical],
                detection: one.detection,
                channel,
                drawn: one.drawn,
                result,
            },
            risk: [risk(one.first[0], one.first[1]), risk(one.second[0], one.second[1])],
            chance: [one.first[critical], one.second[critical]],
        });
    })
    .await?;
    let duel = tokio::task::block_in_place(|| duel(&contested));
    Ok(Compared { champion, challenger, target, duel })
}

async fn one_challenger(tx: &mut Tx, named: Option<&str>) -> Result<String> {
    let challengers = models::challengers(tx).await?;
    let ids: Vec<&str> = challengers.iter().map(|(id, _)| id.as_str()).collect();
    match (named, ids.as_slice()) {
        (Some(id), ids) if ids.contains(&id) => Ok(id.to_owned()),
        (None, [id]) => Ok((*id).to_owned()),
        (Some(id), _) => crate::refuse!(
            "no_challenger",
            "model {id} is no challenger: `sumun model shadow {id}` makes it one"
        ),
        (None, []) => crate::refuse!(
            "no_challenger",
            "there is no challenger: `sumun model shadow MODEL` puts one beside the model in force"
        ),
        (None, many) => crate::refuse!(
            "no_challenger",
            "there are several challengers, {}: say which one to compare",
            many.join(", ")
        ),
    }
}

/// Whether enough has become known since the last learning.
#[derive(Debug, Clone, Serialize)]
pub struct Due {
    /// Whether it is time for a new candidate.
    pub due: bool,
    /// The last model learned, if there is one.
    pub last: Option<String>,
    /// Outcomes since then.
    pub outcomes: i64,
    /// Finds among them.
    pub finds: i64,
    /// Outcomes that make one due.
    pub outcomes_min: i64,
    /// Finds that make one due.
    pub finds_min: i64,
}

/// Asks whether a new candidate is due by the site's policy. Before the first learning, as soon as
/// anything can be learned.
pub async fn due(store: &Store) -> Result<Due> {
    let mut tx = store.read().await?;
    let (outcomes, finds) = outcomes::examined(&mut tx).await?;
    let last = models::last_learning(&mut tx).await?;
    let Policy { outcomes_min, finds_min, .. } = policies::current(&mut tx).await?;
    let (outcomes, finds, outcomes_min, finds_min) = match &last {
        None => (outcomes, finds, MIN_LESSONS as i64, MIN_POSITIVES as i64),
        Some((_, body)) => {
            let had = |name: &str| body[name].as_i64().unwrap_or(0);
            (outcomes - had("lessons"), finds - had("irregular"), outcomes_min, finds_min)
        }
    };
    Ok(Due {
        due: outcomes >= outcomes_min && finds >= finds_min,
        last: last.map(|(id, _)| id),
        outcomes,
        finds,
        outcomes_min,
        finds_min,
    })
}
