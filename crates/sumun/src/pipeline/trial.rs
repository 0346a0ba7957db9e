//! A rule on trial, before it is in force: on how much of the stored history it would have fired,
//! what that would have cost and found, and how much of it other rules and the model see already.
//! History is asked as columns (`facts.rs`), a chunk on each processor; only where the rule fires
//! are other rules asked too. A sample of the latest is kept in memory, for who types. What finds
//! are estimated from: `targeting::rule`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use serde::Serialize;
use targeting::codes::Day;
use targeting::consignment::{Consignment, Regime};
use targeting::facts::Facts;
use targeting::measuring::Unit;
use targeting::outcome::{Channel, Modality};
use targeting::rule::{
    BATCH, Columns, Condition, Program, Weighing, Worth, condition, extractor, fields,
    kept_condition,
};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::facts::{self, Chunk, Squeezed};
use super::{default_minutes_each, past_of, worked};
use crate::config;
use crate::store::facts::{documents, superseded};
use crate::store::rules::{self, Kept};
use crate::store::{Store, Tx, consignments};

/// What is put on trial.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The condition.
    pub condition: String,
    /// The offices at which it counts; none for all.
    pub offices: Vec<String>,
    /// What it would be inspected with.
    pub modality: Option<Modality>,
    /// First day of arrival.
    pub from: Option<Day>,
    /// Last day of arrival.
    pub until: Option<Day>,
    /// The rule itself, which is no other rule.
    pub code: Option<String>,
}

/// What a rule would have done.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {
    /// First day on which anything arrived.
    pub first: Option<Day>,
    /// Last such day.
    pub last: Option<Day>,
    /// Days on which anything arrived.
    pub days: i64,
    /// Consignments that arrived, at the offices at which the rule counts.
    pub consignments: u64,
    /// On how many it fires.
    pub fired: u64,
    /// The same a day.
    pub fired_per_day: f64,
    /// By day of arrival.
    pub by_day: Vec<FiredOn>,
    /// Officer-minutes an inspection takes, on average.
    pub minutes_each: f64,
    /// Officer-minutes a day, if all of it were inspected.
    pub minutes_per_day: f64,
    /// Officer-minutes that plans of these days and offices drew, a day; none without plans.
    pub capacity_minutes_per_day: Option<f64>,
    /// Share of those that the rule would take.
    pub capacity_share: Option<f64>,
    /// What it would have found; none without a plan with outcomes.
    pub value: Option<Worth>,
    /// Who sees the same.
    pub overlap: Overlap,
    /// The consignments on which it fires, in rising order; kept for comparison and not told.
    #[serde(skip)]
    pub ids: Vec<i64>,
}

/// On how many of a day's arrivals a rule fires.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FiredOn {
    /// The day.
    pub day: Day,
    /// How many.
    pub fired: u64,
}

/// Who sees what a rule fires on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Overlap {
    /// Rules in force that fire on a part of it, the largest part first.
    pub rules: Vec<OverlapWith>,
    /// How many of it a plan drew.
    pub drawn: u64,
    /// The same as a share of what plans listed.
    pub drawn_share: f64,
    /// How many the model had put among the certain.
    pub model_core: u64,
    /// The same as a share of what plans listed.
    pub model_core_share: f64,
    /// How many of it no other rule fires on and no plan drew.
    pub only_this: u64,
}

/// A rule in force beside the one on trial.
#[derive(Debug, Clone, Serialize)]
pub struct OverlapWith {
    /// The rule.
    pub code: String,
    /// Its version.
    pub version: i64,
    /// On how many both fire.
    pub both: u64,
    /// The same as a share of what the one on trial fires on.
    pub share: f64,
}

/// How far a trial is.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// So many consignments became columns, which is done once.
    Kept(u64),
    /// So many candidates of plans did, which is done once as well.
    Planned(u64),
    /// So many were judged.
    Judged(u64),
}

/// Puts a rule on trial on the stored history.
///
/// # Errors
/// A refusal for a condition that does not check; else when the store fails.
pub async fn trial(store: &Store, asked: &Asked, mut progress: impl FnMut(Step)) -> Result<Trial> {
    let checked = checked(&asked.condition)?;
    let today = Day::of_micros(config::now());
    let others: Vec<(Kept, Condition)> = rules::running(&mut store.read().await?, today)
        .await?
        .into_iter()
        .filter(|one| one.state == "in_force" && Some(&one.rule.code) != asked.code.as_ref())
        .filter_map(|one| {
            kept_condition(&one.rule.condition).ok().map(|condition| (one, condition))
        })
        .collect();
    let case = Arc::new(Case {
        own: Program::of([(&checked, &asked.offices[..])]),
        beside: Program::of(others.iter().map(|(kept, one)| (one, &kept.rule.offices[..]))),
        window: (asked.from.unwrap_or(Day(i32::MIN)), asked.until.unwrap_or(Day(i32::MAX))),
        at: At::of(&asked.offices),
        regime: place_of("regime"),
        modality: asked.modality,
    });
    // What is screened while columns are made drops some of them: then they are made again.
    for _ in 0..TRIES {
        let places = [&case.reads()[..], case.beside.reads()].concat();
        facts::catch_up(store, &places, 0, |read| progress(Step::Kept(read))).await?;
        worked::catch_up(store, case.window, |read| progress(Step::Planned(read))).await?;
        let mut tx = store.read().await?;
        if let Some(counts) = case.judge(&mut tx, &mut progress).await? {
            return counts.sum_up(&mut tx, (case.window, &asked.offices), &others).await;
        }
    }
    crate::refuse!("busy", "so much is being screened that no trial can be held: try again later")
}

/// How often columns are made before a trial gives up.
const TRIES: usize = 5;

fn place_of(path: &str) -> usize {
    fields().iter().position(|field| field.path == path).unwrap_or_default()
}

/// Where arrivals count.
struct At {
    place: usize,
    /// None for everywhere.
    offices: HashSet<String>,
}

impl At {
    fn of(offices: &[String]) -> At {
        At { place: place_of("office"), offices: offices.iter().cloned().collect() }
    }

    fn reads(&self) -> Option<usize> {
        (!self.offices.is_empty()).then_some(self.place)
    }

    fn counts(&self, columns: &Columns, row: usize) -> bool {
        self.offices.is_empty()
            || columns.text_of(self.place, row).is_some_and(|one| self.offices.contains(one))
    }
}

/// What is asked of every chunk.
struct Case {
    own: Program,
    beside: Program,
    window: (Day, Day),
    at: At,
    regime: usize,
    modality: Option<Modality>,
}

impl Case {
    /// The places of the fields that are asked of every chunk.
    fn reads(&self) -> Vec<usize> {
        self.own.reads().iter().copied().chain([self.regime]).chain(self.at.reads()).collect()
    }

    /// Judges all that is kept; none when a chunk lacks a column.
    async fn judge(
        self: &Arc<Case>,
        tx: &mut Tx,
        progress: &mut impl FnMut(Step),
    ) -> Result<Option<Counts>> {
        let gone = Arc::new(superseded(tx, 0).await?);
        let mut counts = Counts { both: vec![0; self.beside.len()], ..Counts::default() };
        let places = self.reads();
        let ahead = std::thread::available_parallelism().map_or(2, usize::from);
        let mut judging = FuturesOrdered::new();
        let mut fired: Vec<(i64, Vec<usize>)> = Vec::new();
        let mut add = |chunk: i64, judged: Judged, counts: &mut Counts| {
            if !judged.rows.is_empty() {
                fired.push((chunk, judged.rows.clone()));
            }
            counts.add(judged);
            progress(Step::Judged(counts.consignments));
        };
        for chunk in facts::chunks(tx).await? {
            let Some(squeezed) = facts::fetch(tx, chunk, &places).await? else { return Ok(None) };
            let (case, gone) = (self.clone(), gone.clone());
            let work = spawn_blocking(move || case.fires(&squeezed, &gone));
            judging.push_back(async move { (chunk, work.await) });
            if judging.len() > ahead
                && let Some((chunk, judged)) = judging.next().await
            {
                add(chunk, judged??, &mut counts);
            }
        }
        while let Some((chunk, judged)) = judging.next().await {
            add(chunk, judged??, &mut counts);
        }
        if self.beside.is_empty() {
            return Ok(Some(counts));
        }
        let mut comparing = FuturesOrdered::new();
        for (chunk, rows) in fired {
            let squeezed = facts::fetch(tx, chunk, self.beside.reads()).await?;
            let Some(squeezed) = squeezed else { return Ok(None) };
            let case = self.clone();
            comparing.push_back(spawn_blocking(move || case.compare(&squeezed, &rows)));
            if comparing.len() > ahead
                && let Some(compared) = comparing.next().await
            {
                counts.compare(compared??);
            }
        }
        while let Some(compared) = comparing.next().await {
            counts.compare(compared??);
        }
        Ok(Some(counts))
    }

    /// Where the rule fires in a chunk; `gone` are superseded versions, in rising order.
    fn fires(&self, squeezed: &Squeezed, gone: &[i64]) -> Result<Judged> {
        let Chunk { ids, days, columns } = squeezed.open()?;
        let hits = self.own.fires(&columns);
        let mut judged = Judged::default();
        let (first, last) = self.window;
        let from = ids.first().map_or(0, |first| gone.partition_point(|id| id < first));
        let mut gone = gone[from..].iter().peekable();
        let mut counts = Vec::with_capacity(ids.len());
        for (row, (id, day)) in ids.iter().zip(&days).enumerate() {
            let is_gone = gone.next_if(|gone| *gone == id).is_some();
            let is_asked =
                !is_gone && (first..=last).contains(day) && self.at.counts(&columns, row);
            counts.push(is_asked);
            if is_asked {
                judged.consignments += 1;
                judged.days.entry(*day).or_default();
            }
        }
        for row in hits.rows(0).filter(|&row| counts[row]) {
            *judged.days.entry(days[row]).or_default() += 1;
            judged.minutes += minutes_of(regime_of(&columns, self.regime, row), self.modality);
            judged.ids.push(ids[row]);
            judged.rows.push(row);
        }
        Ok(judged)
    }

    /// Which other rules fire where this one does.
    fn compare(&self, squeezed: &Squeezed, rows: &[usize]) -> Result<Compared> {
        let Chunk { ids, columns, .. } = squeezed.open()?;
        let hits = self.beside.fires(&columns.pick(rows));
        let both = (0..self.beside.len()).map(|other| hits.count(other) as u64).collect();
        let mut shared: Vec<usize> =
            (0..self.beside.len()).flat_map(|other| hits.rows(other)).collect();
        shared.sort_unstable();
        shared.dedup();
        Ok(Compared { both, shared: shared.into_iter().map(|at| ids[rows[at]]).collect() })
    }
}

fn regime_of(columns: &Columns, place: usize, row: usize) -> Regime {
    match columns.text_of(place, row) {
        Some("freight") => Regime::Freight,
        _ => Regime::Parcel,
    }
}

fn minutes_of(regime: Regime, modality: Option<Modality>) -> u64 {
    default_minutes_each(regime, modality.unwrap_or(Modality::Unpack)).minutes.into()
}

fn checked(text: &str) -> Result<Condition> {
    match condition(text) {
        Ok(condition) => Ok(condition),
        Err(faults) => {
            let said: Vec<String> = faults
                .iter()
                .map(|one| format!("line {}, column {}: {}", one.line, one.column, one.en))
                .collect();
            crate::refuse!("rule_condition", "{}", said.join(" "))
        }
    }
}

/// What one chunk came to.
#[derive(Default)]
struct Judged {
    consignments: u64,
    /// By day on which anything arrived: arrivals on which the rule on trial fires.
    days: BTreeMap<Day, u64>,
    minutes: u64,
    ids: Vec<i64>,
    /// The rows of those in the chunk.
    rows: Vec<usize>,
}

/// What other rules fire on, of what one chunk came to.
struct Compared {
    /// By rule.
    both: Vec<u64>,
    /// On which any of them fires, in rising order.
    shared: Vec<i64>,
}

#[derive(Default)]
struct Counts {
    consignments: u64,
    days: BTreeMap<Day, u64>,
    minutes: u64,
    /// In rising order.
    ids: Vec<i64>,
    both: Vec<u64>,
    /// In rising order.
    shared: Vec<i64>,
}

impl Counts {
    fn add(&mut self, judged: Judged) {
        self.consignments += judged.consignments;
        for (day, fired) in judged.days {
            *self.days.entry(day).or_default() += fired;
        }
        self.minutes += judged.minutes;
        self.ids.extend(judged.ids);
    }

    fn compare(&mut self, compared: Compared) {
        self.both.iter_mut().zip(compared.both).for_each(|(both, more)| *both += more);
        self.shared.extend(compared.shared);
    }

    async fn sum_up(
        self,
        tx: &mut Tx,
        (window, offices): ((Day, Day), &[String]),
        others: &[(Kept, Condition)],
    ) -> Result<Trial> {
        let (mut listed, mut drawn, mut core) = (0u64, HashSet::new(), 0u64);
        let (mut fired, mut everything) = (Weighing::default(), Weighing::default());
        let minutes = worked::each(tx, (window, offices), |plan| {
            let mut ids = self.ids.iter().peekable();
            let mut fires = |id: i64| {
                while ids.next_if(|fired| **fired < id).is_some() {}
                ids.next_if(|fired| **fired == id).is_some()
            };
            let units: Vec<&(i64, Unit)> = plan.iter().filter(|(id, _)| fires(*id)).collect();
            listed += units.len() as u64;
            for (id, unit) in &units {
                core += u64::from(unit.chance >= 1.0 && unit.channel == Channel::Risk);
                if unit.drawn {
                    drawn.insert(*id);
                }
            }
            fired.take(units.iter().map(|(_, unit)| unit));
            everything.take(plan.iter().map(|(_, unit)| unit));
        })
        .await?;
        let random = everything.precision();
        let days = self.days.len() as i64;
        let count = self.ids.len() as u64;
        let per_day = |what: f64| if days > 0 { what / days as f64 } else { 0.0 };
        let share = |part: u64, of: u64| if of > 0 { part as f64 / of as f64 } else { 0.0 };
        let minutes_per_day = per_day(self.minutes as f64);
        let capacity = (minutes > 0).then(|| per_day(minutes as f64));
        let mut beside: Vec<OverlapWith> = others
            .iter()
            .zip(&self.both)
            .filter(|(_, both)| **both > 0)
            .map(|((kept, _), both)| OverlapWith {
                code: kept.rule.code.clone(),
                version: kept.version,
                both: *both,
                share: share(*both, count),
            })
            .collect();
        beside.sort_by_key(|one| std::cmp::Reverse(one.both));
        let is_shared = |id: &i64| self.shared.binary_search(id).is_ok();
        let alone = |id: &&i64| !drawn.contains(*id) && !is_shared(id);
        Ok(Trial {
            first: self.days.keys().next().copied(),
            last: self.days.keys().next_back().copied(),
            days,
            consignments: self.consignments,
            fired: count,
            fired_per_day: per_day(count as f64),
            by_day: (self.days.iter().filter(|(_, fired)| **fired > 0))
                .map(|(&day, &fired)| FiredOn { day, fired })
                .collect(),
            minutes_each: if count > 0 { self.minutes as f64 / count as f64 } else { 0.0 },
            minutes_per_day,
            capacity_minutes_per_day: capacity,
            capacity_share: capacity.map(|capacity| minutes_per_day / capacity),
            value: random.map(|_| fired.worth(random)),
            overlap: Overlap {
                rules: beside,
                drawn: drawn.len() as u64,
                drawn_share: share(drawn.len() as u64, listed),
                model_core: core,
                model_core_share: share(core, listed),
                only_this: self.ids.iter().filter(alone).count() as u64,
            },
            ids: self.ids,
        })
    }
}

/// What a condition fires on in the sample.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Sampled {
    /// Consignments in the sample, at the offices at which the rule counts.
    pub consignments: u64,
    /// First day of arrival.
    pub first: Day,
    /// Last day of arrival.
    pub last: Day,
    /// Days on which anything of it arrived.
    pub days: i64,
    /// On how many it fires.
    pub fired: u64,
    /// The same as a share.
    pub share: f64,
    /// How many a day.
    pub per_day: f64,
    /// Officer-minutes a day.
    pub minutes_per_day: f64,
    /// Of these, how many were examined.
    pub examined: u64,
    /// Finds among them.
    pub finds: u64,
}

/// The latest consignments in columns, for counts while one types. They are taken from what is kept
/// as columns when first asked for, and what arrives since is put behind them; fields of the past
/// are read when a condition first asks for them, or beforehand by [`Samples::stay_ready`].
#[derive(Clone, Default)]
pub struct Samples(Arc<Mutex<Option<Sample>>>);

struct Sample {
    made_at: i64,
    /// The last number that was looked at.
    last: i64,
    chunks: Vec<Sampling>,
    results: HashMap<i64, bool>,
}

struct Sampling {
    ids: Vec<i64>,
    days: Vec<Day>,
    columns: Columns,
}

/// How many consignments the sample has: a share of one in a thousand is still told within a third.
const SAMPLE: usize = 20_000;
/// How long a sample grows before it is made anew, in microseconds: until then it does not know
/// what was superseded or examined since.
const FRESH: i64 = 300_000_000;

impl Samples {
    /// What a condition fires on in the sample; none when nothing has arrived there yet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count(
        &self,
        store: &Store,
        condition: &Condition,
        (offices, modality): (&[String], Option<Modality>),
        now: i64,
    ) -> Result<Option<Sampled>> {
        let program = Program::of([(condition, offices)]);
        let mut kept = self.0.lock().await;
        if kept.is_none() {
            *kept = Some(Sample::make(store, now).await?);
        }
        let Some(sample) = kept.as_mut() else { return Ok(None) };
        sample.grow(store).await?;
        sample.read(store, program.reads()).await?;
        let at = At::of(offices);
        Ok(tokio::task::block_in_place(|| sample.count(&program, &at, modality)))
    }

    /// Makes the sample, with all fields, before anybody asks, and again whenever it is old.
    pub async fn stay_ready(self, store: Store) {
        const PAUSE: Duration = Duration::from_secs(10);
        loop {
            if let Err(error) = self.get_ready(&store).await {
                tracing::warn!("the sample for rules could not be made: {error:#}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn get_ready(&self, store: &Store) -> Result<()> {
        let now = config::now();
        let made_at = self.0.lock().await.as_ref().map(|sample| sample.made_at);
        if made_at.is_some_and(|made_at| now - made_at < FRESH) {
            return Ok(());
        }
        // Whoever types meanwhile is answered by the former sample.
        let mut sample = Sample::make(store, now).await?;
        if made_at.is_none() {
            // Declared fields do not wait for those of the past.
            self.0.lock().await.get_or_insert(sample);
            sample = Sample::make(store, now).await?;
        }
        let all: Vec<usize> = (0..fields().len()).collect();
        sample.read(store, &all).await?;
        *self.0.lock().await = Some(sample);
        Ok(())
    }
}

impl Sample {
    async fn make(store: &Store, now: i64) -> Result<Sample> {
        let last = consignments::last_id(&mut store.read().await?).await?;
        let declared: Vec<usize> =
            (0..fields().len()).filter(|&place| !fields()[place].is_past()).collect();
        // Two chunks have the sample, unless numbers were given and never used.
        let from = (last - targeting::rule::CHUNK).max(0);
        facts::catch_up(store, &declared, from, |_| {}).await?;
        let mut sample = Sample { made_at: now, last, chunks: vec![], results: HashMap::new() };
        let mut tx = store.read().await?;
        let chunks = facts::chunks(&mut tx).await?;
        let gone = superseded(&mut tx, from).await?;
        let mut lacks = SAMPLE;
        for chunk in chunks.into_iter().rev().take(2) {
            let Some(chunk) = facts::load(&mut tx, chunk, &declared).await? else { break };
            sample.last = sample.last.max(chunk.ids.last().copied().unwrap_or(0));
            let mut rows: Vec<usize> = (0..chunk.ids.len())
                .filter(|&row| gone.binary_search(&chunk.ids[row]).is_err())
                .collect();
            rows.drain(..rows.len().saturating_sub(lacks));
            lacks -= rows.len();
            let of = |rows: &[usize]| Sampling {
                ids: rows.iter().map(|&row| chunk.ids[row]).collect(),
                days: rows.iter().map(|&row| chunk.days[row]).collect(),
                columns: chunk.columns.pick(rows),
            };
            sample.chunks.extend(rows.chunks(BATCH).rev().map(of));
        }
        sample.chunks.reverse();
        sample.look_up_results(&mut tx).await?;
        Ok(sample)
    }

    async fn look_up_results(&mut self, tx: &mut Tx) -> Result<()> {
        let ids: Vec<i64> = self.chunks.iter().flat_map(|chunk| &chunk.ids).copied().collect();
        self.results = rules::results(tx, &ids).await?;
        Ok(())
    }

    /// Puts what arrived since behind the sample, and drops as many of its first.
    async fn grow(&mut self, store: &Store) -> Result<()> {
        let mut tx = store.read().await?;
        let last = consignments::last_id(&mut tx).await?;
        if last <= self.last {
            return Ok(());
        }
        let from = (self.last + 1).max(last - SAMPLE as i64);
        let arrived = documents(&mut tx, (from, last), SAMPLE as i64).await?;
        let gone = superseded(&mut tx, from).await?;
        self.last = last;
        for batch in arrived.chunks(BATCH) {
            let batch: Vec<(i64, String)> =
                (batch.iter()).filter(|(id, _)| gone.binary_search(id).is_err()).cloned().collect();
            let Chunk { ids, days, columns } = spawn_blocking(|| facts::made(batch)).await??;
            self.chunks.push(Sampling { ids, days, columns });
        }
        let size = |chunks: &[Sampling]| chunks.iter().map(|one| one.ids.len()).sum::<usize>();
        while self.chunks.first().is_some_and(|first| {
            first.ids.is_empty() || size(&self.chunks) - first.ids.len() >= SAMPLE
        }) {
            self.chunks.remove(0);
        }
        self.look_up_results(&mut tx).await
    }

    /// Reads the fields of the past that the sample lacks.
    async fn read(&mut self, store: &Store, places: &[usize]) -> Result<()> {
        for chunk in &mut self.chunks {
            let lacks: Vec<usize> =
                places.iter().copied().filter(|&place| !chunk.columns.has(place)).collect();
            if lacks.is_empty() {
                continue;
            }
            let mut tx = store.read().await?;
            let stored = crate::store::consignments::load(&mut tx, &chunk.ids).await?;
            let mut by_id: HashMap<i64, Consignment> =
                stored.into_iter().map(|one| (one.id, one.consignment)).collect();
            let consignments: Vec<Consignment> =
                chunk.ids.iter().filter_map(|id| by_id.remove(id)).collect();
            let past = past_of(&mut tx, &extractor(&lacks), &consignments, None).await?;
            let facts: Vec<Facts<'_>> = consignments.iter().map(Facts::of).collect();
            tokio::task::block_in_place(|| chunk.columns.add(&lacks, &facts, &past));
        }
        Ok(())
    }

    fn count(&self, program: &Program, at: &At, modality: Option<Modality>) -> Option<Sampled> {
        let regime = place_of("regime");
        let mut arrived: BTreeSet<Day> = BTreeSet::new();
        let (mut consignments, mut fired, mut minutes) = (0, 0, 0);
        let (mut examined, mut finds) = (0, 0);
        for chunk in &self.chunks {
            let here = |row: &usize| at.counts(&chunk.columns, *row);
            for row in (0..chunk.ids.len()).filter(here) {
                consignments += 1;
                arrived.insert(chunk.days[row]);
            }
            let hits = program.fires(&chunk.columns);
            for row in hits.rows(0) {
                fired += 1;
                minutes += minutes_of(regime_of(&chunk.columns, regime, row), modality);
                if let Some(find) = self.results.get(&chunk.ids[row]) {
                    examined += 1;
                    finds += u64::from(*find);
                }
            }
        }
        let days = arrived.len() as i64;
        Some(Sampled {
            consignments,
            first: *arrived.first()?,
            last: *arrived.last()?,
            days,
            fired,
            share: fired as f64 / consignments as f64,
            per_day: fired as f64 / days as f64,
            minutes_per_day: minutes as f64 / days as f64,
            examined,
            finds,
        })
    }
}
