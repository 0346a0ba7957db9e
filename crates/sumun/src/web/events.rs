//! Events: what happens is told to whoever listens, within about a second. The journal is the one
//! source, so an act of a command or of another server is told as well as one of this server's.
//! While nobody listens nothing is read. How they go over the wire: `api/events.rs`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::sync::broadcast;

use crate::store::journal::News;
use crate::store::{Store, consignments, journal, plans};

/// How often the journal is looked at while someone listens.
const EVERY: Duration = Duration::from_millis(500);
/// Events that a slow listener may be behind; then it misses the oldest.
const BEHIND: usize = 1_024;
/// Entries read at once.
const PAGE: i64 = 500;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: Kind,
    /// The office that it concerns; none where it concerns all.
    pub office: Option<String>,
    /// What it happened to, such as `C-12` or `P-7`.
    pub id: String,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at: i64,
}

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A plan was drawn.
    PlanDrawn,
    /// A plan was released to inspectors.
    PlanReleased,
    /// Somebody decided on a consignment.
    Decided,
    /// An outcome was recorded or corrected.
    OutcomeRecorded,
    /// Records were rejected.
    Defects,
    /// The drift watch rang or fell silent.
    Alarm,
    /// The capacity of a shift was changed.
    CapacityChanged,
}

/// Acts of the journal that are told.
const ACTS: [&str; 12] = [
    "plan",
    "hold",
    "ask",
    "inspect",
    "waive",
    "release",
    "undo",
    "record",
    "correct",
    "receive",
    "drift",
    "approve capacity",
];

/// Where one listens. All clones lead to the same.
#[derive(Clone)]
pub struct Events(Arc<Mutex<Option<broadcast::Sender<Event>>>>);

impl Events {
    /// Begins to tell what happens in a store.
    pub fn begin(store: Store) -> Events {
        let (sender, _) = broadcast::channel(BEHIND);
        let events = Events(Arc::new(Mutex::new(Some(sender))));
        tokio::spawn(watch(store, events.clone()));
        events
    }

    /// Listens from now on; none when telling has ended.
    pub fn listen(&self) -> Option<broadcast::Receiver<Event>> {
        self.sender().map(|sender| sender.subscribe())
    }

    /// Ends telling: whoever listens sees the end.
    pub fn end(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn sender(&self) -> Option<broadcast::Sender<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn watch(store: Store, events: Events) {
    // The last entry that was told, and up to when releases were; none while nobody listens.
    let mut told: Option<(i64, i64)> = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(sender) = events.sender() else { return };
        if sender.receiver_count() == 0 {
            told = None;
            continue;
        }
        match news(&store, told).await {
            Ok((upto, new)) => {
                told = Some(upto);
                for event in new {
                    // Nobody listening any more is no fault.
                    let _ = sender.send(event);
                }
            }
            Err(error) => tracing::warn!("events could not be read: {error:#}"),
        }
    }
}

/// What the journal says after an entry, and which plans were released since a time; with the last
/// entry there is, and now. The first time nothing is told, because it happened before anybody
/// listened.
async fn news(store: &Store, after: Option<(i64, i64)>) -> Result<((i64, i64), Vec<Event>)> {
    let now = crate::config::now();
    let mut tx = store.read().await?;
    let Some((after, since)) = after else {
        return Ok(((journal::size(&mut tx).await?, now), Vec::new()));
    };
    let (last, entries) = journal::news(&mut tx, after, &ACTS, PAGE).await?;
    let ids: Vec<i64> = entries.iter().filter_map(|entry| number(entry, "consignment ")).collect();
    let offices = match ids.is_empty() {
        true => HashMap::new(),
        false => consignments::offices_of(&mut tx, &ids).await?,
    };
    let mut events: Vec<Event> =
        entries.iter().filter_map(|entry| event(entry, &offices)).collect();
    // A plan is released by the clock, which writes no journal.
    for (id, office, at) in plans::released_between(&mut tx, since, now).await? {
        let id = format!("P-{id}");
        events.push(Event { kind: Kind::PlanReleased, office: Some(office), id, at });
    }
    Ok(((last, now), events))
}

fn number(entry: &News, before: &str) -> Option<i64> {
    entry.subject.strip_prefix(before)?.parse().ok()
}

fn event(entry: &News, offices: &HashMap<i64, String>) -> Option<Event> {
    let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap_or_default();
    let named = || body["office"].as_str().map(str::to_owned);
    let (kind, office, id) = match entry.act.as_str() {
        "plan" => (Kind::PlanDrawn, named(), format!("P-{}", number(entry, "plan ")?)),
        "receive" if body["rejected"].as_i64().unwrap_or(0) > 0 => {
            (Kind::Defects, None, entry.subject.clone())
        }
        "receive" => return None,
        "drift" => (Kind::Alarm, named(), entry.subject.clone()),
        "approve capacity" => (Kind::CapacityChanged, named(), entry.subject.clone()),
        act => {
            let id = number(entry, "consignment ")?;
            let office = Some(offices.get(&id)?.clone());
            let recorded = matches!(act, "record" | "correct");
            let kind = if recorded { Kind::OutcomeRecorded } else { Kind::Decided };
            (kind, office, format!("C-{id}"))
        }
    };
    Some(Event { kind, office, id, at: entry.at })
}
