//! Ordering a shift's plans: an officer says the office, the shift and the officer-minutes, and
//! each regime with work that waits gets its plan. How minutes are split between the regimes,
//! unless a capacity file says, is decided here, once for the command and the API; how a plan is
//! drawn:
//! `pipeline/plan.rs`.

use anyhow::Result;
use targeting::codes::Day;
use targeting::consignment::{Regime, Shift};
use targeting::outcome::Modality;
use targeting::plan::{Capacity, CapacityLine, Seed, Terms};

use crate::pipeline::{self, CapacityFile, Means, PlanOrder, Planned, Work, default_minutes_each};
use crate::store::capacities::{self, Capacity as Approved};
use crate::store::{Store, models, plans};

/// What an officer orders for a shift.
#[derive(Debug, Clone)]
pub struct DrawOrder {
    /// Customs office.
    pub office: String,
    /// The shift.
    pub shift: Shift,
    /// Officer-minutes that the shift has, by modality.
    pub minutes: Vec<(Modality, u32)>,
    /// Officer-minutes that one inspection takes, where not the generic figure.
    pub minutes_each: Vec<(Modality, u32)>,
    /// Probability that an inspection finds what is there, where not the generic figure.
    pub detection: Vec<(Modality, f64)>,
    /// Parcels or freight alone; both share the minutes when left out.
    pub regime: Option<Regime>,
    /// Bundles and the resources they share, in place of minutes by modality.
    pub capacity: Option<CapacityFile>,
    /// Share of the inspections that is drawn by chance from everything outside the top; the usual
    /// one or that of the capacity file when left out, or the site's higher one where an alarm of
    /// the drift watch stands.
    pub explore: Option<f64>,
    /// Share of the utility that may be given up for a higher floor; with a capacity file only.
    pub minimax: Option<f64>,
    /// First day of arrival of the candidates; the shift's own day when left out.
    pub since: Option<Day>,
    /// Seed of the draw, for trials. Left out, it is derived from the site's secret key.
    pub seed: Option<u64>,
}

/// Screens what is new, then draws a plan for each regime. `progress` is called with the number
/// of consignments screened so far.
///
/// # Errors
/// A refusal when nothing awaits, the capacity cannot be used, or a plan is in work already.
pub async fn draw(
    store: &Store,
    order: &DrawOrder,
    by: (&str, i64),
    progress: impl FnMut(i64),
) -> Result<Vec<Planned>> {
    let mut drawn = Vec::new();
    screened(store, by, progress).await?;
    for order in order.with_approved(store).await? {
        drawn.extend(draw_one(store, &order, by).await?);
    }
    Ok(drawn)
}

/// A consignment that came in since the last screening deserves its own chance.
async fn screened(store: &Store, by: (&str, i64), progress: impl FnMut(i64)) -> Result<()> {
    let model = models::in_force_id(&mut store.read().await?).await?;
    if model.is_some() {
        pipeline::screen(store, by, progress).await?;
    }
    Ok(())
}

async fn draw_one(store: &Store, order: &DrawOrder, by: (&str, i64)) -> Result<Vec<Planned>> {
    let model = models::in_force_id(&mut store.read().await?).await?;
    let mut drawn = Vec::new();
    for (regime, capacity, work, terms) in order.ways(store).await? {
        let DrawOrder { office, shift, .. } = order;
        let raised = match order.explore {
            Some(_) => None,
            None => pipeline::raised(store, office, regime, terms.explore).await?,
        };
        let explore = raised.as_ref().map_or(terms.explore, |raised| raised.explore);
        let one = PlanOrder {
            office: office.clone(),
            shift: shift.clone(),
            regime,
            from: order.from(),
            capacity,
            work,
            terms: Terms { explore, ..terms },
            raised: raised.map(|raised| raised.why),
            seed_named: order.seed.is_some(),
            seed: match order.seed {
                Some(number) => Seed::from_number(number),
                None => {
                    let key = store.secret()?;
                    let model = model.as_deref().unwrap_or("none");
                    pipeline::seed_of(&key, office, shift, regime, model)
                }
            },
        };
        drawn.push(pipeline::plan(store, &one, by).await?);
    }
    Ok(drawn)
}

impl DrawOrder {
    /// The order with the office's approved capacity where nobody named minutes. A capacity of the
    /// shift goes before one of every shift, and one of the regime before one of both; where the
    /// regimes have their own, each is ordered by itself.
    async fn with_approved(&self, store: &Store) -> Result<Vec<DrawOrder>> {
        if !self.minutes.is_empty() || self.capacity.is_some() {
            return Ok(vec![self.clone()]);
        }
        let mut tx = store.read().await?;
        let all = capacities::approved(&mut tx, &self.office).await?;
        let of = |regime: Regime| {
            let fits = |one: &&Approved| {
                (one.shift.is_empty() || *one.shift == *self.shift.name)
                    && (one.regime.is_empty() || one.regime == regime.as_str())
            };
            (all.iter().filter(fits)).max_by_key(|one| (!one.shift.is_empty(), one.regime.len()))
        };
        let window = (self.from(), self.shift.day);
        let waiting = plans::arrived(&mut tx, &self.office, window).await?;
        drop(tx);
        let regimes = match self.regime {
            Some(regime) => vec![regime],
            None => Regime::ALL.to_vec(),
        };
        let waits = |regime: &Regime| waiting.iter().any(|(of, _)| of == regime.as_str());
        let found: Vec<(Regime, &Approved)> = (regimes.iter())
            .filter(|regime| waits(regime))
            .filter_map(|&regime| Some((regime, of(regime)?)))
            .collect();
        match found.as_slice() {
            // What to say where nothing waits is said when it is drawn.
            [] if waiting.is_empty() => Ok(vec![self.clone()]),
            [] => crate::refuse!(
                "no_minutes",
                "nobody named minutes, and office {} has no approved capacity: say how many \
                 officer-minutes the shift has, or have a capacity approved",
                self.office
            ),
            // Both share the minutes of one.
            [(_, one), (_, other)] if one.id == other.id => Ok(vec![self.filled(one, None)]),
            each => Ok(each.iter().map(|(regime, one)| self.filled(one, Some(*regime))).collect()),
        }
    }

    fn filled(&self, with: &Approved, regime: Option<Regime>) -> DrawOrder {
        let lines = &with.content.lines;
        let detection = lines.iter().filter_map(|line| Some((line.modality, line.detection?)));
        DrawOrder {
            minutes: lines.iter().map(|line| (line.modality, line.minutes_available)).collect(),
            minutes_each: lines.iter().map(|line| (line.modality, line.minutes_each)).collect(),
            detection: detection.collect(),
            regime: regime.or(self.regime),
            explore: self.explore.or(with.content.explore),
            ..self.clone()
        }
    }

    fn from(&self) -> Day {
        self.since.unwrap_or(self.shift.day).min(self.shift.day)
    }

    /// What each regime with work that waits is inspected with, and on which terms.
    async fn ways(&self, store: &Store) -> Result<Vec<(Regime, Means, Option<Work>, Terms)>> {
        let Some(file) = &self.capacity else {
            if self.minimax.is_some() {
                crate::refuse!(
                    "minimax",
                    "raising the floor needs bundles and their resources: give them with \
                     --capacity FILE"
                );
            }
            let usual = Terms::default();
            let terms = Terms { explore: self.explore.unwrap_or(usual.explore), ..usual };
            let ways = self.regimes(store).await?.into_iter();
            let way = |(regime, share)| (regime, self.capacity(regime, share).into(), None, terms);
            return Ok(ways.map(way).collect());
        };
        if !self.minutes.is_empty() || !self.minutes_each.is_empty() {
            crate::refuse!("minutes", "minutes stand in the capacity file: leave out --minutes");
        }
        let DrawOrder { office, shift, .. } = self;
        let mut works = file.works(office, &shift.name)?;
        if let Some(only) = self.regime {
            works.retain(|(regime, _)| *regime == only);
        }
        let mut tx = store.read().await?;
        let waiting = plans::arrived(&mut tx, office, (self.from(), shift.day)).await?;
        let all = works.len();
        let waits = |regime: &Regime| waiting.iter().any(|(of, _)| of == regime.as_str());
        works.retain(|(regime, _)| all == 1 || waits(regime));
        if works.is_empty() {
            crate::refuse!(
                "nothing_awaits",
                "no consignment that the capacity has a cell for waits at office {office} on \
                 {shift}: check the date and the regimes of its cells"
            );
        }
        let way = |(regime, work): (Regime, Work)| {
            let explore = self.explore.unwrap_or(work.terms.explore);
            let terms = Terms { explore, minimax: self.minimax, ..work.terms };
            (regime, Means::Bundles(work.means.clone()), Some(work), terms)
        };
        Ok(works.into_iter().map(way).collect())
    }

    /// Which regimes are planned, with the share of the minutes that each has: in proportion to
    /// the work that waits, and no regime without the time for one inspection.
    async fn regimes(&self, store: &Store) -> Result<Vec<(Regime, f64)>> {
        if let Some(regime) = self.regime {
            return Ok(vec![(regime, 1.0)]);
        }
        let DrawOrder { office, shift, .. } = self;
        let mut tx = store.read().await?;
        let waiting = plans::arrived(&mut tx, office, (self.from(), shift.day)).await?;
        let mut work: Vec<(Regime, f64, f64)> = Vec::new();
        for &regime in Regime::ALL {
            let n = waiting.iter().find(|(of, _)| of == regime.as_str()).map_or(0, |(_, n)| *n);
            if n > 0 {
                let each = f64::from(self.minutes_each(regime, Modality::Unpack));
                work.push((regime, n as f64 * each, each));
            }
        }
        let all: f64 = work.iter().map(|(_, work, _)| work).sum();
        match work.as_slice() {
            [] => crate::refuse!(
                "nothing_awaits",
                "no consignment of office {office} arrived on {shift}: check the office's code and \
                 the date, or ingest the day's declarations"
            ),
            [(regime, ..)] => Ok(vec![(*regime, 1.0)]),
            many => {
                let minutes: f64 = self.minutes.iter().map(|(_, n)| f64::from(*n)).sum();
                let least = |each: f64| (each / minutes).min(0.5);
                let mut shares: Vec<(Regime, f64)> = many
                    .iter()
                    .map(|(regime, work, each)| (*regime, (work / all).max(least(*each))))
                    .collect();
                // The greater share gives what the smaller one was raised by.
                let over: f64 = shares.iter().map(|(_, share)| share).sum::<f64>() - 1.0;
                if let Some(greatest) = shares.iter_mut().max_by(|a, b| a.1.total_cmp(&b.1)) {
                    greatest.1 -= over;
                }
                Ok(shares)
            }
        }
    }

    fn minutes_each(&self, regime: Regime, modality: Modality) -> u32 {
        let given = self.minutes_each.iter().find(|(of, _)| *of == modality);
        given.map_or(default_minutes_each(regime, modality).minutes, |(_, minutes)| *minutes)
    }

    fn detection(&self, regime: Regime, modality: Modality) -> f64 {
        let given = self.detection.iter().find(|(of, _)| *of == modality);
        given.map_or(default_minutes_each(regime, modality).detection, |(_, chance)| *chance)
    }

    fn capacity(&self, regime: Regime, share: f64) -> Capacity {
        let lines = self.minutes.iter().map(|&(modality, minutes)| CapacityLine {
            modality,
            // A sliver lost to rounding must not cost an inspection.
            minutes_available: (f64::from(minutes) * share + 1e-9).floor() as u32,
            minutes_each: self.minutes_each(regime, modality),
            detection: self.detection(regime, modality),
        });
        Capacity { lines: lines.collect() }
    }
}
