//! A rule on trial, before it is in force: on how much of the stored history it would have fired,
//! what that would have cost and found, and how much of it other rules and the model see already.
//! The whole history for a backtest; a sample in columns, kept in memory, for who types. History is
//! read by one thread while another judges. What finds are estimated from: `targeting::rule`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Serialize;
use targeting::codes::Day;
use targeting::consignment::{Consignment, Regime};
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::outcome::{Channel, Modality};
use targeting::rule::{BATCH, Columns, Condition, Program, Tried, Worth, condition, fields, worth};
use tokio::sync::Mutex;

use super::rules::Worked;
use super::{default_minutes_each, past_of};
use crate::store::rules::{self, Kept};
use crate::store::{Store, Tx};

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
    /// Days from the first to the last.
    pub days: i64,
    /// Consignments that arrived.
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
    /// Officer-minutes that plans of these days drew, a day; none without plans.
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

/// Puts a rule on trial on the stored history.
///
/// # Errors
/// A refusal for a condition that does not check; else when the store fails.
pub async fn trial(store: &Store, asked: &Asked, mut progress: impl FnMut(u64)) -> Result<Trial> {
    let checked = checked(&asked.condition)?;
    let window = (asked.from.unwrap_or(Day(i32::MIN)), asked.until.unwrap_or(Day(i32::MAX)));
    let mut tx = store.read().await?;
    let others: Vec<(Kept, Condition)> = rules::list(&mut tx)
        .await?
        .into_iter()
        .filter(|one| one.state == "in_force" && Some(&one.rule.code) != asked.code.as_ref())
        .filter_map(|one| condition(&one.rule.condition).ok().map(|condition| (one, condition)))
        .collect();
    let program = Arc::new(Program::of(
        std::iter::once((&checked, &asked.offices[..]))
            .chain(others.iter().map(|(kept, condition)| (condition, &kept.rule.offices[..]))),
    ));
    let mut counts = Counts { both: vec![0; others.len()], ..Counts::default() };
    let mut next = rules::documents(&mut tx, 0, window, BATCH as i64).await?;
    while let Some((last, _)) = next.last() {
        let last = *last;
        let batch = std::mem::take(&mut next);
        let judged = match program.reads_the_past() {
            // The past of a batch is asked of the store once the batch has been read.
            true => {
                let batch = read(batch)?;
                let past = past_of_read(&mut tx, &program, &batch).await?;
                let job = job(&program, asked.modality, batch, past);
                let judged = tokio::task::spawn_blocking(job).await?;
                next = rules::documents(&mut tx, last, window, BATCH as i64).await?;
                judged
            }
            false => {
                let (program, modality) = (program.clone(), asked.modality);
                let judging = tokio::task::spawn_blocking(move || {
                    anyhow::Ok(job(&program, modality, read(batch)?, Histories::default())())
                });
                next = rules::documents(&mut tx, last, window, BATCH as i64).await?;
                judging.await??
            }
        };
        counts.add(judged);
        progress(counts.consignments);
    }
    counts.sum_up(&mut tx, window, &others).await
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

type Read = Vec<(i64, Consignment)>;

fn read(batch: Vec<(i64, String)>) -> Result<Read> {
    let one = |(id, document): (i64, String)| {
        let read = serde_json::from_str(&document);
        Ok((id, read.with_context(|| format!("the document of consignment {id}"))?))
    };
    batch.into_iter().map(one).collect()
}

async fn past_of_read(tx: &mut Tx, program: &Program, batch: &Read) -> Result<Histories> {
    let consignments: Vec<Consignment> = batch.iter().map(|(_, one)| one.clone()).collect();
    past_of(tx, &program.extractor(), &consignments, None).await
}

/// What one batch came to.
struct Judged {
    consignments: u64,
    /// By day: arrivals on which the rule on trial fires.
    days: BTreeMap<Day, u64>,
    seen: Option<(Day, Day)>,
    minutes: u64,
    ids: Vec<i64>,
    both: Vec<u64>,
    /// Of those, on which another rule fires too.
    shared: Vec<i64>,
}

fn job(
    program: &Arc<Program>,
    modality: Option<Modality>,
    batch: Read,
    past: Histories,
) -> impl FnOnce() -> Judged + Send + 'static {
    let program = program.clone();
    move || {
        let facts: Vec<Facts<'_>> = batch.iter().map(|(_, one)| Facts::of(one)).collect();
        let columns = Columns::of(program.reads(), &facts, &past);
        let hits = program.fires(&columns);
        let mut judged = Judged {
            consignments: batch.len() as u64,
            days: BTreeMap::new(),
            seen: None,
            minutes: 0,
            ids: Vec::with_capacity(hits.count(0)),
            both: vec![0; program.len() - 1],
            shared: Vec::new(),
        };
        for (_, one) in &batch {
            let day = one.arrived_on;
            let (first, last) = judged.seen.unwrap_or((day, day));
            judged.seen = Some((first.min(day), last.max(day)));
        }
        for row in hits.rows(0) {
            let (id, one) = &batch[row];
            *judged.days.entry(one.arrived_on).or_default() += 1;
            judged.minutes += minutes_of(one.regime, modality);
            judged.ids.push(*id);
            let mut shared = false;
            for (other, both) in judged.both.iter_mut().enumerate() {
                if hits.has(other + 1, row) {
                    *both += 1;
                    shared = true;
                }
            }
            if shared {
                judged.shared.push(*id);
            }
        }
        judged
    }
}

fn minutes_of(regime: Regime, modality: Option<Modality>) -> u64 {
    default_minutes_each(regime, modality.unwrap_or(Modality::Unpack)).minutes.into()
}

#[derive(Default)]
struct Counts {
    consignments: u64,
    days: BTreeMap<Day, u64>,
    seen: Option<(Day, Day)>,
    minutes: u64,
    ids: Vec<i64>,
    both: Vec<u64>,
    shared: HashSet<i64>,
}

impl Counts {
    fn add(&mut self, judged: Judged) {
        self.consignments += judged.consignments;
        for (day, fired) in judged.days {
            *self.days.entry(day).or_default() += fired;
        }
        self.seen = match (self.seen, judged.seen) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
        self.minutes += judged.minutes;
        self.ids.extend(judged.ids);
        self.both.iter_mut().zip(judged.both).for_each(|(both, more)| *both += more);
        self.shared.extend(judged.shared);
    }

    async fn sum_up(
        self,
        tx: &mut Tx,
        window: (Day, Day),
        others: &[(Kept, Condition)],
    ) -> Result<Trial> {
        let fired: HashSet<i64> = self.ids.iter().copied().collect();
        let mut worked = Worked::of(tx, window).await?;
        let (mut listed, mut drawn, mut core) = (0u64, HashSet::new(), 0u64);
        let mut tried = Vec::new();
        for plan in &worked.plans {
            let mut of_plan = Tried::default();
            for (id, unit) in plan.iter().filter(|(id, _)| fired.contains(id)) {
                listed += 1;
                core += u64::from(unit.chance >= 1.0 && unit.channel == Channel::Risk);
                if unit.drawn {
                    drawn.insert(*id);
                }
                of_plan.units.push(*unit);
            }
            if !of_plan.units.is_empty() {
                tried.push(of_plan);
            }
        }
        let random = worked.random();
        let days = self.seen.map_or(0, |(first, last)| i64::from(last.0 - first.0) + 1);
        let count = self.ids.len() as u64;
        let per_day = |what: f64| if days > 0 { what / days as f64 } else { 0.0 };
        let share = |part: u64, of: u64| if of > 0 { part as f64 / of as f64 } else { 0.0 };
        let minutes_per_day = per_day(self.minutes as f64);
        let capacity = (worked.minutes > 0).then(|| per_day(worked.minutes as f64));
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
        let alone = |id: &&i64| !self.shared.contains(*id) && !drawn.contains(*id);
        Ok(Trial {
            first: self.seen.map(|(first, _)| first),
            last: self.seen.map(|(_, last)| last),
            days,
            consignments: self.consignments,
            fired: count,
            fired_per_day: per_day(count as f64),
            by_day: self.days.iter().map(|(&day, &fired)| FiredOn { day, fired }).collect(),
            minutes_each: if count > 0 { self.minutes as f64 / count as f64 } else { 0.0 },
            minutes_per_day,
            capacity_minutes_per_day: capacity,
            capacity_share: capacity.map(|capacity| minutes_per_day / capacity),
            value: (!worked.plans.is_empty()).then(|| worth(&tried, random)),
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
    /// Consignments in the sample.
    pub consignments: u64,
    /// First day of arrival.
    pub first: Day,
    /// Last day of arrival.
    pub last: Day,
    /// Days from the first to the last.
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

/// The latest consignments in columns, for counts while one types. Made when first asked for, and
/// anew once it is old; fields of the past are read when a condition first asks for them.
#[derive(Clone, Default)]
pub struct Samples(Arc<Mutex<Option<Sample>>>);

struct Sample {
    made_at: i64,
    chunks: Vec<Chunk>,
    results: HashMap<i64, bool>,
    first: Day,
    last: Day,
}

struct Chunk {
    ids: Vec<i64>,
    regimes: Vec<Regime>,
    columns: Columns,
}

/// How many consignments the sample has: a share of one in a thousand is still told within a third.
const SAMPLE: i64 = 20_000;
/// How old a sample may be, in microseconds.
const FRESH: i64 = 300_000_000;

impl Samples {
    /// What a condition fires on in the sample; none when nothing has arrived yet.
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
        if kept.as_ref().is_none_or(|sample| now - sample.made_at > FRESH) {
            *kept = Sample::make(store, now).await?;
        }
        let Some(sample) = kept.as_mut() else { return Ok(None) };
        sample.read(store, &program).await?;
        Ok(Some(tokio::task::block_in_place(|| sample.count(&program, modality))))
    }
}

impl Sample {
    async fn make(store: &Store, now: i64) -> Result<Option<Sample>> {
        let mut tx = store.read().await?;
        let documents = rules::latest(&mut tx, SAMPLE).await?;
        let ids: Vec<i64> = documents.iter().map(|(id, _)| *id).collect();
        let results = rules::results(&mut tx, &ids).await?;
        drop(tx);
        let declared: Vec<usize> =
            (0..fields().len()).filter(|&place| !fields()[place].is_past()).collect();
        tokio::task::spawn_blocking(move || {
            let mut sample =
                Sample { made_at: now, chunks: vec![], results, first: Day(0), last: Day(0) };
            let read = read(documents)?;
            let days = || read.iter().map(|(_, one)| one.arrived_on);
            let (Some(first), Some(last)) = (days().min(), days().max()) else {
                return Ok(None);
            };
            (sample.first, sample.last) = (first, last);
            for part in read.chunks(BATCH) {
                let facts: Vec<Facts<'_>> = part.iter().map(|(_, one)| Facts::of(one)).collect();
                sample.chunks.push(Chunk {
                    ids: part.iter().map(|(id, _)| *id).collect(),
                    regimes: part.iter().map(|(_, one)| one.regime).collect(),
                    columns: Columns::of(&declared, &facts, &Histories::default()),
                });
            }
            Ok(Some(sample))
        })
        .await?
    }

    /// Reads the fields of the past that the sample lacks.
    async fn read(&mut self, store: &Store, program: &Program) -> Result<()> {
        for chunk in &mut self.chunks {
            let lacks: Vec<usize> = program
                .reads()
                .iter()
                .copied()
                .filter(|&place| !chunk.columns.has(place))
                .collect();
            if lacks.is_empty() {
                continue;
            }
            let mut tx = store.read().await?;
            let stored = crate::store::consignments::load(&mut tx, &chunk.ids).await?;
            let mut by_id: HashMap<i64, Consignment> =
                stored.into_iter().map(|one| (one.id, one.consignment)).collect();
            let consignments: Vec<Consignment> =
                chunk.ids.iter().filter_map(|id| by_id.remove(id)).collect();
            let past = past_of(&mut tx, &program.extractor(), &consignments, None).await?;
            let facts: Vec<Facts<'_>> = consignments.iter().map(Facts::of).collect();
            tokio::task::block_in_place(|| chunk.columns.add(&lacks, &facts, &past));
        }
        Ok(())
    }

    fn count(&self, program: &Program, modality: Option<Modality>) -> Sampled {
        let days = i64::from(self.last.0 - self.first.0) + 1;
        let mut counted = Sampled {
            consignments: 0,
            first: self.first,
            last: self.last,
            days,
            fired: 0,
            share: 0.0,
            per_day: 0.0,
            minutes_per_day: 0.0,
            examined: 0,
            finds: 0,
        };
        let mut minutes = 0;
        for chunk in &self.chunks {
            let hits = program.fires(&chunk.columns);
            counted.consignments += chunk.ids.len() as u64;
            for row in hits.rows(0) {
                counted.fired += 1;
                minutes += minutes_of(chunk.regimes[row], modality);
                if let Some(find) = self.results.get(&chunk.ids[row]) {
                    counted.examined += 1;
                    counted.finds += u64::from(*find);
                }
            }
        }
        counted.share = counted.fired as f64 / counted.consignments.max(1) as f64;
        counted.per_day = counted.fired as f64 / days as f64;
        counted.minutes_per_day = minutes as f64 / days as f64;
        counted
    }
}
