//! Rules at work: what is screened is held against the book of rules in force and in shadow, and
//! every hit is kept, with what the rule read. What waited when a rule began to fire is held
//! against it too. What a hit asks for is the plan's matter (`plan.rs`); what a rule came to is
//! summed up here.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::measuring::Unit;
use targeting::rule::{
    BATCH, Columns, Condition, Program, Scorecard, Weighing, Worth, fields, kept_condition,
    scorecard,
};

use super::{past_of, worked};
use crate::acts;
use crate::config;
use crate::store::rules::{self, Came, HitDigest, Kept, NewHit};
use crate::store::{Store, Tx, consignments, journal};

/// The rules that fire on a day, as one program.
pub struct Book {
    /// Number of the version, and whether it is in shadow; in the order of the program.
    rules: Vec<(i64, bool)>,
    /// By rule: the places of the fields that it reads.
    reads: Vec<Vec<usize>>,
    program: Program,
}

impl Book {
    /// A book of these versions. One whose condition does not check any more is left out, and the
    /// log says so.
    pub fn of(versions: &[Kept]) -> Book {
        let mut checked: Vec<(&Kept, Condition)> = Vec::with_capacity(versions.len());
        for kept in versions {
            match kept_condition(&kept.rule.condition) {
                Ok(condition) => checked.push((kept, condition)),
                Err(_) => tracing::error!(
                    rule.id = kept.id,
                    "a rule in force or in shadow does not check any more and fires on nothing"
                ),
            }
        }
        let all = fields();
        let place = |path: &str| all.iter().position(|field| field.path == path);
        Book {
            rules: checked.iter().map(|(kept, _)| (kept.id, kept.state == "shadow")).collect(),
            reads: checked
                .iter()
                .map(|(_, condition)| condition.reads().into_iter().filter_map(place).collect())
                .collect(),
            program: Program::of(
                checked.iter().map(|(kept, condition)| (condition, &kept.rule.offices[..])),
            ),
        }
    }

    /// The places of the fields that its rules read.
    pub fn reads(&self) -> &[usize] {
        self.program.reads()
    }

    /// True when nothing can fire.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// The book of a day. Checking and compiling is done once for as long as the rules stay the same.
pub async fn book(tx: &mut Tx, day: Day) -> Result<Arc<Book>> {
    static LAST: Mutex<Option<(Vec<u8>, Arc<Book>)>> = Mutex::new(None);
    let versions = rules::running(tx, day).await?;
    let mut digest = Sha256::new();
    for one in &versions {
        digest.update(format!("{} {} {};", one.id, one.sha256, one.state));
    }
    let digest = digest.finalize().to_vec();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, book)) = last.as_ref().filter(|(of, _)| *of == digest) {
        debug_assert_eq!(of, &digest);
        return Ok(book.clone());
    }
    let book = Arc::new(Book::of(&versions));
    *last = Some((digest, book.clone()));
    Ok(book)
}

/// What a batch came to.
pub(super) struct Fired {
    /// How many hits there are.
    pub hits: usize,
    /// For the journal; null where no rule was asked.
    pub said: serde_json::Value,
}

/// Holds consignments against a book and keeps every hit. `past` is what the ledger knew, where it
/// was asked already.
pub(super) async fn fire(
    tx: &mut Tx,
    book: &Book,
    (of, waiting): (&[(i64, Day)], &[Consignment]),
    past: Option<&Histories>,
    now: i64,
) -> Result<Fired> {
    if book.is_empty() {
        return Ok(Fired { hits: 0, said: serde_json::Value::Null });
    }
    let loaded = match past {
        None if book.program.reads_the_past() => {
            past_of(tx, &book.program.extractor(), waiting, None).await?
        }
        _ => Histories::default(),
    };
    let past = past.unwrap_or(&loaded);
    let mut hits = tokio::task::block_in_place(|| judge(book, of, waiting, past))?;
    let ids: Vec<i64> = book.rules.iter().map(|(id, _)| *id).collect();
    if !hits.is_empty() {
        // What another model screens again, or what was screened before a sweep, has its hit.
        let screened: Vec<i64> = of.iter().map(|(id, _)| *id).collect();
        let known = rules::known_hits(tx, &screened, &ids).await?;
        hits.retain(|hit| !known.contains(&(hit.consignment_id, hit.rule_id, hit.shadow)));
        rules::insert_hits(tx, &hits, now).await?;
    }
    let mut digest = HitDigest::default();
    digest.add(&hits);
    let said = json!({ "rules": ids, "hits": hits.len(), "sha256": digest.finish() });
    Ok(Fired { hits: hits.len(), said })
}

fn judge(
    book: &Book,
    of: &[(i64, Day)],
    waiting: &[Consignment],
    past: &Histories,
) -> Result<Vec<NewHit>> {
    let all = fields();
    let mut columns = Columns::default();
    let mut found = Vec::new();
    for (of, waiting) in of.chunks(BATCH).zip(waiting.chunks(BATCH)) {
        let facts: Vec<Facts<'_>> = waiting.iter().map(Facts::of).collect();
        columns.fill(book.program.reads(), &facts, past);
        let hits = book.program.fires(&columns);
        for (rule, (id, shadow)) in book.rules.iter().enumerate() {
            for row in hits.rows(rule) {
                let why: Vec<(&str, Option<String>)> = book.reads[rule]
                    .iter()
                    .map(|&place| (all[place].path.as_str(), columns.said(place, row)))
                    .collect();
                found.push(NewHit {
                    consignment_id: of[row].0,
                    rule_id: *id,
                    shadow: *shadow,
                    arrived_on: of[row].1,
                    why: serde_json::to_string(&why)?,
                });
            }
        }
    }
    found.sort_by_key(|hit| (hit.consignment_id, hit.rule_id, hit.shadow));
    Ok(found)
}

/// Ends rules whose last day is over or whose successor has begun, and holds what waits against
/// those that began to fire since. Gives how many hits that made.
pub async fn catch_up(store: &Store, (actor, now): (&str, i64)) -> Result<usize> {
    let day = Day::of_micros(now);
    let mut tx = store.read().await?;
    let overdue = !rules::overdue(&mut tx, day).await?.is_empty()
        || !rules::succeeded(&mut tx, day).await?.is_empty();
    let new = rules::unswept(&mut tx).await?;
    drop(tx);
    if overdue {
        let mut tx = store.begin().await?;
        acts::rule::expire(&mut tx, now).await?;
        tx.commit().await?;
    }
    if new.is_empty() {
        return Ok(0);
    }
    let mut versions = rules::running(&mut store.read().await?, day).await?;
    versions.retain(|one| new.contains(&one.id));
    let book = Book::of(&versions);
    let (mut after, mut hits) = (0, 0);
    while !versions.is_empty() {
        let mut tx = store.begin().await?;
        let stored = consignments::pending(&mut tx, after, super::screen::BATCH).await?;
        let Some(last) = stored.last().map(|stored| stored.id) else { break };
        after = last;
        let (of, waiting): (Vec<(i64, Day)>, Vec<Consignment>) = stored
            .into_iter()
            .map(|stored| ((stored.id, stored.consignment.arrived_on), stored.consignment))
            .unzip();
        let fired = fire(&mut tx, &book, (&of, &waiting), None, now).await?;
        hits += fired.hits;
        let entry = journal::JournalEntry {
            actor: actor.into(),
            act: "rule_sweep".into(),
            subject: format!("{} that waited", of.len()).into(),
            body: json!({
                "ids": super::screen::runs(of.iter().map(|(id, _)| *id)),
                "rules": fired.said,
            }),
        };
        journal::record(&mut tx, &[entry], now).await?;
        tx.commit().await?;
    }
    // One that is valid later is held against what waits then.
    let ids: Vec<i64> = versions.iter().map(|one| one.id).collect();
    if !ids.is_empty() {
        let mut tx = store.begin().await?;
        rules::set_swept(&mut tx, &ids).await?;
        tx.commit().await?;
    }
    Ok(hits)
}

/// Of these consignments, those that a rule in force sends to be examined.
pub(super) async fn demanded(tx: &mut Tx, ids: &[i64], now: i64) -> Result<HashSet<i64>> {
    let mut found = HashSet::new();
    for some in ids.chunks(super::screen::BATCH as usize) {
        found.extend(rules::demanded(tx, some, Day::of_micros(now)).await?);
    }
    Ok(found)
}

/// How far back a scorecard looks.
pub const CARD_DAYS: i32 = 180;

/// The scorecards of all rules, made beforehand: over a busy half year that takes longer than a
/// list may. They are made anew once something happened that moves them, at the latest after twenty
/// times as long as making them takes; so where it takes no time they are never old.
#[derive(Clone, Default)]
pub struct Cards {
    made: Arc<Mutex<Option<Made>>>,
    /// Held by who makes them, so that nobody makes them twice.
    making: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone)]
struct Made {
    cards: Arc<BTreeMap<String, Scorecard>>,
    day: Day,
    /// The last entry of the journal of which they know.
    seq: i64,
    at: Instant,
    took: Duration,
}

/// How many times as long as making them takes the scorecards are shown.
const PATIENCE: u32 = 20;
/// How long they are new although nothing happened.
const LONG: Duration = Duration::from_secs(300);
/// Acts of the journal that move a scorecard.
const MOVE_CARDS: [&str; 18] = [
    "receive",
    "mend",
    "screen",
    "rule_sweep",
    "plan",
    "verify scans",
    "record",
    "correct",
    "reject",
    "hold",
    "ask",
    "inspect",
    "waive",
    "release",
    "undo",
    "rule_draft",
    "rule_shadow",
    "rule_approve",
];
/// Where making them takes no longer, nobody is shown old ones.
const AT_ONCE: Duration = Duration::from_millis(20);

impl Cards {
    fn made(&self) -> std::sync::MutexGuard<'_, Option<Made>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scorecards, by code.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, store: &Store, now: i64) -> Result<Arc<BTreeMap<String, Scorecard>>> {
        let made = self.made().clone();
        if let Some(made) = made
            && (made.took > AT_ONCE || !self.is_old(store, &made, now).await?)
        {
            return Ok(made.cards);
        }
        self.make(store, now).await
    }

    /// Whether something happened that may have moved them. That a plan is released by the clock
    /// writes no journal, so they are old after some minutes, too.
    async fn is_old(&self, store: &Store, made: &Made, now: i64) -> Result<bool> {
        if made.day != Day::of_micros(now) || made.at.elapsed() > LONG {
            return Ok(true);
        }
        let (_, news) = journal::news(&mut store.read().await?, made.seq, &MOVE_CARDS, 1).await?;
        Ok(!news.is_empty())
    }

    async fn make(&self, store: &Store, now: i64) -> Result<Arc<BTreeMap<String, Scorecard>>> {
        let _one = self.making.lock().await;
        let made = self.made().clone();
        if let Some(made) = made
            && !self.is_old(store, &made, now).await?
        {
            return Ok(made.cards);
        }
        let at = Instant::now();
        worked::catch_up(store, cards_of(now), |_| {}).await?;
        let mut tx = store.read().await?;
        let seq = journal::size(&mut tx).await?;
        let versions = rules::list(&mut tx).await?;
        let cards = Arc::new(scorecards(&mut tx, &versions, now).await?);
        let made = Made { cards, day: Day::of_micros(now), seq, at, took: at.elapsed() };
        *self.made() = Some(made.clone());
        Ok(made.cards)
    }

    /// Makes them before anybody asks, and again when they are old.
    pub async fn stay_ready(self, store: Store) {
        const PAUSE: Duration = Duration::from_secs(5);
        loop {
            let is_due = |made: &Made| made.at.elapsed() > made.took * PATIENCE;
            if self.made().as_ref().is_none_or(is_due)
                && let Err(error) = self.make(&store, config::now()).await
            {
                tracing::warn!("scorecards could not be made: {error:#}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The days over which rules are measured.
fn cards_of(now: i64) -> (Day, Day) {
    (Day(Day::of_micros(now).0 - CARD_DAYS), Day(i32::MAX))
}

/// The scorecard of every rule, by code, over the last half year of arrivals.
pub async fn scorecards(
    tx: &mut Tx,
    versions: &[Kept],
    now: i64,
) -> Result<BTreeMap<String, Scorecard>> {
    let (from, _) = cards_of(now);
    let code_of: HashMap<i64, &str> =
        versions.iter().map(|one| (one.id, one.rule.code.as_str())).collect();
    let mut cards: BTreeMap<String, Scorecard> = BTreeMap::new();
    for (id, came) in rules::came(tx, from).await? {
        if let Some(code) = code_of.get(&id) {
            let card = cards.entry((*code).to_owned()).or_default();
            *card = plus(*card, came);
        }
    }
    let worths = worths(tx, &code_of, from).await?;
    for one in versions {
        let card = cards.entry(one.rule.code.clone()).or_default();
        *card = scorecard(*card, worths.get(one.rule.code.as_str()));
    }
    Ok(cards)
}

/// A scorecard's counts with those of one more version.
fn plus(card: Scorecard, came: Came) -> Scorecard {
    let and = |count: u64, more: i64| count + more.max(0) as u64;
    let (first, last) = came.days.unzip();
    Scorecard {
        fired: and(card.fired, came.fired),
        fired_shadow: and(card.fired_shadow, came.fired_shadow),
        waiting: and(card.waiting, came.waiting),
        examined: and(card.examined, came.examined),
        examined_drawn: and(card.examined_drawn, came.examined_drawn),
        finds: and(card.finds, came.finds),
        minutes: and(card.minutes, came.minutes),
        first_fired: [card.first_fired, first].into_iter().flatten().min(),
        last_fired: card.last_fired.max(last),
        last_find: card.last_find.max(came.last_find),
        ..card
    }
}

/// What each rule is worth, by code, from the plans of shifts from a day on.
async fn worths<'c>(
    tx: &mut Tx,
    code_of: &HashMap<i64, &'c str>,
    from: Day,
) -> Result<HashMap<&'c str, Worth>> {
    let mut fired: HashMap<i64, Vec<&'c str>> = HashMap::new();
    rules::each_hit(tx, from, |consignment, rule| {
        if let Some(code) = code_of.get(&rule) {
            let codes = fired.entry(consignment).or_default();
            // Two versions of one rule count once.
            if !codes.contains(code) {
                codes.push(code);
            }
        }
    })
    .await?;
    if fired.is_empty() {
        return Ok(HashMap::new());
    }
    let mut by_code: HashMap<&str, Weighing> = HashMap::new();
    let mut everything = Weighing::default();
    worked::each(tx, ((from, Day(i32::MAX)), &[]), |plan| {
        let mut of_plan: HashMap<&str, Vec<Unit>> = HashMap::new();
        for (id, unit) in plan {
            for code in fired.get(id).into_iter().flatten() {
                of_plan.entry(code).or_default().push(*unit);
            }
        }
        for (code, units) in of_plan {
            by_code.entry(code).or_default().take(units.iter());
        }
        everything.take(plan.iter().map(|(_, unit)| unit));
    })
    .await?;
    let random = everything.precision();
    Ok(by_code.into_iter().map(|(code, weighing)| (code, weighing.worth(random))).collect())
}
