//! The model card: what a person should have read before a model decides who is opened. What it
//! learned from and how much of it, how it did on later days with intervals, how its chances have
//! held in traffic by known chances, what it reads, what it cannot do, and who decided what about
//! it. Here it is gathered; `page.rs` puts it on paper in Korean and English.

use anyhow::{Context, Result};
use serde::Serialize;
use targeting::codes::Day;
use targeting::feature::{self, CATALOGUE};
use targeting::learning::{Backtest, MIN_POSITIVES};
use targeting::measuring::{Interval, Tally, Unit, iceberg};
use targeting::model::{Model, Target, Window};
use targeting::outcome::Channel;

use crate::store::models::{KeptModel, Step};
use crate::store::{Store, alarms, models};

/// Candidates of plans read at a time.
const BATCH: i64 = 8_192;
/// Ends of the bins by which expected chances are held against finds.
const BINS: [f64; 8] = [0.01, 0.02, 0.05, 0.10, 0.20, 0.35, 0.50, 1.0];
/// Fewer finds than this on the judged days leave intervals too wide to choose by.
const FINDS_FEW: usize = 50;

/// How many lessons one target was learned from.
#[derive(Debug, Clone, Serialize)]
pub struct Learned {
    /// What is told apart.
    pub target: Target,
    /// Lessons.
    pub lessons: usize,
    /// Finds among them.
    pub finds: usize,
    /// How many features it reads.
    pub features: usize,
}

/// What was planned with chances in one bin, and what is estimated of it.
#[derive(Debug, Clone, Serialize)]
pub struct CalibrationBin {
    /// Ends of the bin.
    pub from: f64,
    /// The same.
    pub to: f64,
    /// Consignments planned with such a chance.
    pub planned: u64,
    /// Inspected among them.
    pub inspected: u64,
    /// Mean chance.
    pub expected: f64,
    /// Share that is irregular, by known chances, with the 95 % interval.
    pub estimated: Interval,
}

/// Something that the model reads.
#[derive(Debug, Clone, Serialize)]
pub struct Read {
    /// Code of the feature.
    pub code: String,
    /// What it is, in Korean.
    pub ko: String,
    /// What it is, in English.
    pub en: String,
    /// Where its number comes from.
    pub source: String,
}

/// What a reader must know that the figures do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Only inspected consignments teach.
    InspectedOnly,
    /// Scores consignments, never persons.
    NotPersons,
    /// Few finds on the judged days.
    FewFinds,
    /// Contraband was too rare to learn: its chance is the base rate.
    CriticalByRate,
    /// Of new goods it knows much less.
    NewGoods,
    /// It never ran beside the model in force before its approval.
    NoShadow,
    /// The person who learned it approved it.
    OwnApproval,
}

/// All that the card says.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    /// The model and its state.
    pub model: KeptModel,
    /// Library that grew the trees.
    pub library: String,
    /// Days learned from.
    pub window: Window,
    /// How recorded chances became weights.
    pub weighting: String,
    /// What it was learned from, by target.
    pub learned: Vec<Learned>,
    /// How its like did on later days.
    pub backtest: Backtest,
    /// The backtest in full as it is kept, with what later releases add to it.
    pub kept: serde_json::Value,
    /// How its chances held in the traffic that it planned.
    pub calibration: Vec<CalibrationBin>,
    /// What it reads.
    pub reads: Vec<Read>,
    /// What a reader must know.
    pub limits: Vec<Limit>,
    /// Who decided what, and why.
    pub life: Vec<Step>,
}

/// Gathers the card of a model; none when there is no such model.
pub async fn card(store: &Store, id: &str) -> Result<Option<Card>> {
    let mut tx = store.read().await?;
    let Some((kept, artefact, backtest)) = models::find(&mut tx, id).await? else {
        return Ok(None);
    };
    let model = Model::from_json(artefact.as_bytes(), &feature::codes())
        .with_context(|| format!("model {id} cannot be read"))?;
    let life = models::life(&mut tx, id).await?;
    let kept_backtest: serde_json::Value = serde_json::from_str(&backtest)?;
    let backtest: Backtest = serde_json::from_str(&backtest)?;
    let content = model.content();
    let targets = [(Target::Irregular, &content.irregular), (Target::Critical, &content.critical)];
    let learned = targets.map(|(target, of)| Learned {
        target,
        lessons: of.counts.rows,
        finds: of.counts.positives,
        features: of.features.len(),
    });
    let reads = (CATALOGUE.iter())
        .filter(|entry| targets.iter().any(|(_, of)| of.features.contains(&entry.code)))
        .map(|entry| Read {
            code: entry.code.clone(),
            ko: entry.ko.clone(),
            en: entry.en.clone(),
            source: entry.source().to_owned(),
        });
    let calibration = calibration(&mut tx, id).await?;
    Ok(Some(Card {
        limits: limits(&kept, &learned, &backtest, &life),
        library: content.library.clone(),
        window: content.window,
        weighting: content.weighting.clone(),
        learned: learned.into(),
        reads: reads.collect(),
        model: kept,
        backtest,
        kept: kept_backtest,
        calibration,
        life,
    }))
}

/// How the chances that the model planned by held, by known chances.
async fn calibration(tx: &mut crate::store::Tx, id: &str) -> Result<Vec<CalibrationBin>> {
    let mut bins = [const { (0u64, 0u64, 0.0f64) }; BINS.len()];
    let mut tallies: Vec<Tally> = (0..BINS.len()).map(|_| Tally::default()).collect();
    let mut after = 0;
    loop {
        let page = alarms::watched(tx, (Day::FIRST, Day::LAST), after, BATCH).await?;
        let Some(end) = page.last() else { break };
        after = end.consignment_id;
        for one in page.iter().filter(|one| one.model_id.as_deref() == Some(id)) {
            let at = BINS.iter().position(|end| one.expected <= *end).unwrap_or(BINS.len() - 1);
            let result = match one.outcome.as_deref() {
                Some("clear") => Some(false),
                Some("discrepancy" | "seizure") => Some(true),
                _ => None,
            };
            let chosen = !one.drawn && result.is_some();
            bins[at].0 += 1;
            bins[at].1 += u64::from(result.is_some());
            bins[at].2 += one.expected;
            tallies[at].add(&Unit {
                chance: one.chance,
                expected: one.expected,
                detection: one.detection,
                channel: if chosen { Channel::Officer } else { one.channel },
                drawn: one.drawn,
                result,
            });
        }
    }
    let lines = (bins.iter().zip(&tallies).enumerate())
        .filter(|(_, ((_, inspected, _), _))| *inspected > 0)
        .map(|(at, (&(planned, inspected, expected), tally))| {
            let all = planned as f64;
            let total = iceberg([tally]);
            CalibrationBin {
                from: if at == 0 { 0.0 } else { BINS[at - 1] },
                to: BINS[at],
                planned,
                inspected,
                expected: expected / all,
                estimated: Interval {
                    estimate: total.estimate / all,
                    low: total.low / all,
                    high: total.high / all,
                },
            }
        });
    Ok(lines.collect())
}

fn limits(
    kept: &KeptModel,
    learned: &[Learned; 2],
    backtest: &Backtest,
    life: &[Step],
) -> Vec<Limit> {
    let finds = backtest.irregular.all.as_ref().map_or(0, |of| of.positives);
    let auc = |of: &Option<targeting::model::metrics::Metrics>| of.as_ref().and_then(|of| of.auc);
    let (all, new) = (auc(&backtest.irregular.all), auc(&backtest.irregular.new_goods));
    let approval = life.iter().position(|step| step.act == "approve");
    let shadowed = life.iter().position(|step| step.act == "shadow");
    let first = life.iter().any(|step| step.act == "approve" && step.body["retires"].is_null());
    let no_shadow = match (approval, shadowed) {
        (Some(approved), Some(shadowed)) => shadowed > approved,
        // The first model has none to run beside.
        (Some(_), None) => !first,
        _ => false,
    };
    [
        (Limit::InspectedOnly, true),
        (Limit::NotPersons, true),
        (Limit::FewFinds, finds < FINDS_FEW),
        (Limit::CriticalByRate, learned[1].finds < MIN_POSITIVES),
        (Limit::NewGoods, matches!((all, new), (Some(all), Some(new)) if new < all - 0.05)),
        (Limit::NoShadow, no_shadow),
        (Limit::OwnApproval, kept.approved_by.is_some() && kept.approved_by == kept.learned_by),
    ]
    .into_iter()
    .filter_map(|(limit, holds)| holds.then_some(limit))
    .collect()
}
