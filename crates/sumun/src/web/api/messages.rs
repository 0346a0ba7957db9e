//! Messages: raw bytes come in from any sender in any format that `intake` reads, are kept as they
//! came and screened before the answer leaves. Sources tell what each sender sent, and inspecting
//! shows what would be understood, with nothing kept.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use intake::{MessageOptions, TableOptions};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use targeting::codes::Day;
use targeting::consignment::{ConsignmentId, Defect, DefectKind};
use utoipa::{IntoParams, ToSchema};

use super::consignments::{Received, RecordDefect, Sent, own};
use super::{Assessment, List, time};
use crate::config::now;
use crate::pipeline::Terms;
use crate::pipeline::post_room::{self, Input, Reading};
use crate::pipeline::understand::{self, Understood, acknowledgement};
use crate::refusal::refusal;
use crate::store::messages::{self, KeptMessage, Tally};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::reception::{Lot, Taken};
use crate::web::request::{Asked, RawBytes, cursor, page_size, place};
use crate::web::{App, Problem};

/// Days of a source that are shown one by one.
const DAYS: i64 = 30;
/// Consignments, segments and defects that one look shows at most.
const SHOWN: usize = 2_000;
/// Files of an archive, a mail or a mailbox that one look shows by themselves at most.
const MEMBERS: usize = 200;

/// What one sender sends.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// Who numbers the references.
    source: String,
    /// The format of its messages.
    format: String,
    /// When the last one was received.
    last_at: String,
    /// Hours since then.
    lag_h: f64,
    /// Messages of the last thirty days.
    messages: i64,
    /// Records of these.
    rows: i64,
    /// Records that were not stored.
    rejected: i64,
    /// The days with messages, in UTC.
    days: Vec<SourceDay>,
}

/// What one sender sent on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceDay {
    /// The day.
    #[schema(format = Date)]
    day: String,
    /// Records read.
    rows: i64,
    /// Records that were not stored.
    rejected: i64,
}

/// Lists who sent what in the last thirty days.
#[utoipa::path(
    get,
    path = "/sources",
    tag = "data",
    responses(
        (status = 200, description = "The sources.", body = List<Source>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_sources(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Source>>, Problem> {
    caller.may_somewhere(Action::ReadData)?;
    let now = now();
    let since = now - DAYS * 86_400_000_000;
    let mut tx = app.store.read().await?;
    let days = messages::by_source(&mut tx, since).await?;
    let mut sources: BTreeMap<(String, String), (i64, Source)> = BTreeMap::new();
    for one in days {
        let key = (one.source.clone(), one.format.clone());
        let (last_at, source) = sources.entry(key).or_insert_with(|| {
            let source = Source {
                source: one.source.clone(),
                format: one.format.clone(),
                last_at: String::new(),
                lag_h: 0.0,
                messages: 0,
                rows: 0,
                rejected: 0,
                days: Vec::new(),
            };
            (one.last_at, source)
        });
        *last_at = one.last_at.max(*last_at);
        source.messages += one.messages;
        source.rows += one.rows;
        source.rejected += one.rejected;
        source.days.push(SourceDay {
            day: Day(one.day as i32).to_string(),
            rows: one.rows,
            rejected: one.rejected,
        });
    }
    let finished = sources.into_values().map(|(last_at, source)| Source {
        last_at: time(last_at),
        lag_h: (now - last_at).max(0) as f64 / 3.6e9,
        ..source
    });
    Ok(Json(List::whole(finished.collect())))
}

/// A message as it was received.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// Its number.
    id: i64,
    /// Name by which people know it.
    name: String,
    /// Who numbers its references.
    source: String,
    /// Its format.
    format: String,
    /// Size in bytes.
    size_bytes: i64,
    /// When it was received.
    received_at: String,
    /// When it was read to its end; none while that has not happened.
    finished_at: Option<String>,
    /// What became of its records.
    received: Received,
}

impl From<KeptMessage> for Message {
    fn from(kept: KeptMessage) -> Message {
        Message {
            id: kept.id,
            name: kept.name,
            source: kept.source,
            format: kept.format,
            size_bytes: kept.size_bytes,
            received_at: time(kept.received_at),
            finished_at: kept.finished_at.map(time),
            received: kept.tally.into(),
        }
    }
}

/// Which messages are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichMessages {
    /// Only those of this source.
    source: Option<String>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists messages, the newest first.
#[utoipa::path(
    get,
    path = "/messages",
    tag = "data",
    params(WhichMessages),
    responses(
        (status = 200, description = "A page of messages.", body = List<Message>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_messages(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichMessages>,
) -> Result<Json<List<Message>>, Problem> {
    caller.may_somewhere(Action::ReadData)?;
    let limit = page_size(asked.limit)?;
    let before = place::<i64>(asked.cursor.as_deref())?.unwrap_or(i64::MAX);
    let mut tx = app.store.read().await?;
    let source = asked.source.as_deref().unwrap_or_default();
    let mut kept = messages::page(&mut tx, source, before, limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|last| cursor(&last.id));
    Ok(Json(List { items: kept.into_iter().map(Message::from).collect(), next }))
}

/// How a message is to be taken.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageNamed {
    /// Name by which people will know it, such as a file's.
    name: Option<String>,
    /// The customs office of consignments whose message names none.
    office: Option<String>,
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageTaken {
    /// Its number.
    message: i64,
    /// True when the same bytes had been taken in before, so that nothing was changed.
    repeated: bool,
    /// Its format.
    format: String,
    /// The model that judged; none when no model is in force.
    model: Option<String>,
    /// What became of its records.
    received: Received,
    /// Records that declare nothing: where boxes are, and what became of consignments.
    not_declared: u64,
    /// Records of messages that say they are tests.
    tests: u64,
    /// The stored consignments, the first 2000 of them.
    consignments: Vec<MessageConsignment>,
    /// What was wrong, the first 2000 defects.
    defects: Vec<RecordDefect>,
    /// What may be answered to the sender of an EDIFACT interchange: a CONTRL for each that names
    /// the messages that arrived and the segments that could not be read.
    acknowledgement: Option<String>,
}

/// A consignment that a message brought.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageConsignment {
    /// Line or segment on which it begins, from 1.
    line: u64,
    /// The stored version.
    #[schema(example = "C-12")]
    id: String,
    /// The source's number.
    reference: String,
    /// How it was judged; none when no model is in force, or for a sender who may not read
    /// consignments at its office.
    assessment: Option<Assessment>,
}

/// Takes in a message of any format that is read: its bytes are kept as they came, and what it
/// declares is screened. Of an archive, a mail or a mailbox, each file in it is a message of its
/// own. The same bytes again change nothing. Bytes that are no message are kept
/// with a defect that says so, and answered by 422.
#[utoipa::path(
    post,
    path = "/messages",
    tag = "data",
    params(MessageNamed),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "It is kept, and what it declares is screened.",
         body = MessageTaken),
        (status = 422, description = "Nothing of it could be stored; its bytes are kept.",
         body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn take_message(
    State(app): State<App>,
    caller: Caller,
    Asked(named): Asked<MessageNamed>,
    RawBytes(bytes): RawBytes,
) -> Result<Json<MessageTaken>, Problem> {
    let offices = caller.offices(Action::SendConsignments)?;
    if bytes.is_empty() {
        return Err(Problem::unusable("empty", "The message is empty.").next("Send its bytes."));
    }
    let digest = hex::encode(Sha256::digest(&bytes));
    let name = name_of(named.name.as_deref(), &digest)?;
    let office = text("office", named.office.as_deref().unwrap_or_default())?;
    let mut opened = Opened::default();
    let (within, of) = (Input::Bytes(bytes.clone()), name.clone());
    let unpack = move || post_room::unpack(within, &of);
    let sent = tokio::task::spawn_blocking(unpack).await.map_err(anyhow::Error::from)??;
    if let post_room::Sent::Within { taken, .. } = sent {
        if taken.files.is_empty() && taken.left.is_empty() {
            let said = format!("There is no file to be read in {name}.");
            return Err(Problem::unusable("empty", said).next("Send the files themselves."));
        }
        if !taken.left.is_empty() {
            // What could not be taken out is kept within what it came in.
            let mut lot = lot_of(&digest, &name, "unknown", "unknown", bytes.len());
            lot.defects.extend(taken.left.iter().map(|(inner, why)| {
                unreadable(&format!("{inner} could not be taken out: {why}"), inner.as_bytes())
            }));
            lot.body = Some(bytes);
            opened.lots.push(lot);
        }
        for inner in taken.files {
            opened.file(&app, inner.bytes, inner.name, &office).await?;
        }
    } else {
        opened.file(&app, bytes, name, &office).await?;
    }
    for lot in &mut opened.lots {
        lot.actor = caller.name().to_owned();
        own(&app, &caller, &offices, lot)?;
    }
    let Opened { lots, not_declared, tests, format, answered, .. } = opened;
    let mut taken = answer(&app, &caller, lots, (not_declared, tests), format).await?;
    taken.acknowledgement = Some(answered).filter(|answered| !answered.is_empty());
    Ok(Json(taken))
}

/// What a request's files came to before they are stored.
#[derive(Default)]
struct Opened {
    lots: Vec<Lot>,
    /// Records of all files so far.
    records: usize,
    not_declared: u64,
    tests: u64,
    /// The format of the first file.
    format: &'static str,
    /// What is answered to the senders of EDIFACT interchanges.
    answered: String,
}

impl Opened {
    /// Reads one file into its lots.
    async fn file(
        &mut self,
        app: &App,
        bytes: Bytes,
        name: String,
        office: &str,
    ) -> Result<(), Problem> {
        let digest = hex::encode(Sha256::digest(&bytes));
        // A message that comes again is read as of the day on which it first came.
        let received_at =
            crate::pipeline::received_at(&app.store, &digest).await?.unwrap_or_else(now);
        let reading = Reading {
            tables: TableOptions { batch_rows: 10_000, ..TableOptions::default() },
            messages: MessageOptions {
                office: office.into(),
                received_at,
                ..MessageOptions::default()
            },
            strangers: true,
        };
        let read = {
            let (bytes, name) = (bytes.clone(), name.clone());
            let before = self.records;
            let read = move || post_room::read_whole(bytes, &name, &reading, before);
            tokio::task::spawn_blocking(read).await.map_err(anyhow::Error::from)?
        };
        let mut lots: Vec<Lot> = Vec::new();
        let format = match read {
            Ok((opened, parcels)) => {
                let (mut defects, mut written) = (Vec::new(), Vec::new());
                let (mut seen, mut withdrawn) = (Vec::new(), Vec::new());
                for parcel in parcels {
                    self.records += parcel.records();
                    self.not_declared += parcel.not_declared;
                    self.tests += parcel.tests;
                    defects.extend(parcel.defects);
                    written.extend(parcel.written);
                    seen.extend(parcel.seen);
                    withdrawn.extend(parcel.withdrawn);
                    let source = parcel.source.unwrap_or_else(|| opened.source.clone());
                    match lots.iter_mut().find(|lot| lot.source == source) {
                        Some(lot) => lot.arrivals.extend(parcel.rows),
                        None if parcel.rows.is_empty() => {}
                        None => {
                            let size = bytes.len();
                            let mut lot = lot_of(&digest, &name, &source, opened.format, size);
                            lot.arrivals = parcel.rows;
                            lots.push(lot);
                        }
                    }
                }
                if lots.is_empty() {
                    lots.push(lot_of(&digest, &name, &opened.source, opened.format, bytes.len()));
                }
                (lots[0].defects, lots[0].written) = (defects, written);
                (lots[0].seen, lots[0].withdrawn) = (seen, withdrawn);
                opened.format
            }
            Err(error) => {
                let Some(refused) = refusal(&error) else { return Err(error.into()) };
                let mut lot = lot_of(&digest, &name, "unknown", "unknown", bytes.len());
                lot.defects.push(unreadable(&refused.said, &bytes));
                lots.push(lot);
                "unknown"
            }
        };
        // Sources number their references each for itself, so each of them is a lot of its own.
        for lot in lots.iter_mut().skip(1) {
            lot.digest = hex::encode(Sha256::digest(format!("{digest} {}", lot.source)));
        }
        if format == "edifact" {
            let answered = acknowledgement(&bytes, &lots[0].defects, now());
            self.answered.push_str(&answered.unwrap_or_default());
        }
        lots[0].body = Some(bytes);
        if self.format.is_empty() {
            self.format = format;
        }
        self.lots.extend(lots);
        Ok(())
    }
}

async fn answer(
    app: &App,
    caller: &Caller,
    lots: Vec<Lot>,
    (not_declared, tests): (u64, u64),
    format: &str,
) -> Result<MessageTaken, Problem> {
    let mut taken_in: Option<MessageTaken> = None;
    for lot in lots {
        let sent = Sent::all(caller, &lot.arrivals, SHOWN)?;
        let mut defects: Vec<RecordDefect> =
            lot.defects.iter().take(SHOWN).map(RecordDefect::from).collect();
        let taken = app.reception.take(lot).await?;
        defects.extend(taken.defects.iter().take(SHOWN).map(RecordDefect::from));
        let answer = taken_in.get_or_insert_with(|| MessageTaken {
            message: taken.message,
            repeated: taken.repeated,
            format: format.to_owned(),
            model: taken.model.clone(),
            received: Tally::default().into(),
            not_declared,
            tests,
            consignments: Vec::new(),
            defects: Vec::new(),
            acknowledgement: None,
        });
        answer.add(taken, sent, defects);
    }
    let Some(answer) = taken_in else {
        return Err(Problem::broken(&"a message had no lot"));
    };
    let nothing = answer.consignments.is_empty()
        && answer.received.nothing_stored()
        && not_declared == 0
        && tests == 0;
    if nothing {
        let why = answer.defects.first().map_or("it declares nothing", |one| one.reason());
        return Err(Problem::unusable("nothing_stored", format!("No record was stored: {why}"))
            .next("Its bytes are kept. Mend the message and send it again.")
            .besides("message", answer.message)
            .besides("defects", answer.defects));
    }
    Ok(answer)
}

impl MessageTaken {
    fn add(&mut self, taken: Taken, sent: Vec<Sent>, defects: Vec<RecordDefect>) {
        self.received.add(taken.tally);
        self.repeated &= taken.repeated;
        self.defects.extend(defects);
        let room = SHOWN.saturating_sub(self.consignments.len());
        let stored = sent.into_iter().zip(&taken.ids).filter(|(_, id)| **id > 0).take(room);
        self.consignments.extend(stored.map(|(sent, id)| MessageConsignment {
            assessment: sent.judged(&taken, *id),
            line: sent.line,
            id: ConsignmentId(*id).to_string(),
            reference: sent.reference,
        }));
    }
}

fn lot_of(digest: &str, name: &str, source: &str, format: &'static str, size: usize) -> Lot {
    Lot {
        actor: String::new(),
        digest: digest.to_owned(),
        name: name.to_owned(),
        source: source.to_owned(),
        format,
        size_bytes: size as i64,
        arrivals: Vec::new(),
        seen: Vec::new(),
        withdrawn: Vec::new(),
        defects: Vec::new(),
        written: Vec::new(),
        body: None,
        terms: Terms::default(),
    }
}

/// The defect of bytes that are nothing that could be read.
fn unreadable(why: &str, bytes: &[u8]) -> Defect {
    let found = String::from_utf8_lossy(&bytes[..bytes.len().min(800)]);
    Defect {
        line: 1,
        field: Default::default(),
        kind: DefectKind::Unreadable,
        reason: why.to_owned(),
        found: found.chars().take(200).collect(),
    }
}

/// The name under which a message is kept; the beginning of its digest makes it its own.
fn name_of(name: Option<&str>, digest: &str) -> Result<String, Problem> {
    let name = text("name", name.unwrap_or_default())?;
    // Only the last part, since browsers and programs send whole paths.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
    Ok(if name.is_empty() { format!("message {}", &digest[..16]) } else { name })
}

fn text(field: &str, text: &str) -> Result<String, Problem> {
    if text.chars().count() > 200 || text.chars().any(char::is_control) {
        let said = format!("The {field} has more than 200 characters, or some that are no text.");
        return Err(Problem::unusable(field, said));
    }
    Ok(text.trim().to_owned())
}

/// What would be understood of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageUnderstood {
    /// What would be understood: of an archive, a mail or a mailbox all its files' together,
    /// without their segments.
    #[serde(flatten)]
    all: Understanding,
    /// The files in an archive, a mail or a mailbox, each by itself; the first 200.
    members: Vec<MemberUnderstood>,
    /// What was in it and is no cargo, such as what a computer puts beside people's files.
    left_out: Vec<String>,
}

/// What would be understood of a file in an archive, a mail or a mailbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberUnderstood {
    /// Its name, after that of what it was sent in.
    name: String,
    /// What would be understood.
    #[serde(flatten)]
    understood: Understanding,
}

/// What would be understood of a file.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Understanding {
    /// The format that was recognised; `zip`, `tar`, `mail` or `mailbox` of several files.
    format: String,
    /// Type, version and shape of its messages; the mapping of a table.
    dialect: String,
    /// Its manifests, as `sumun inspect --json` writes them.
    #[schema(value_type = Vec<Object>)]
    manifests: Vec<serde_json::Value>,
    /// Its consignments, likewise; the first 2000.
    #[schema(value_type = Vec<Object>)]
    consignments: Vec<serde_json::Value>,
    /// What is wrong; the first 2000.
    defects: Vec<RecordDefect>,
    /// Its segments or lines as they stand; the first 2000.
    segments: Vec<MessageSegment>,
    /// True when there is more than is shown.
    cut: bool,
    /// A first mapping, for a table that no mapping knows.
    proposal: Option<String>,
}

/// A segment or line as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageSegment {
    /// Segment or line, from 1.
    at: u64,
    /// What stands there.
    text: String,
    /// False when it could not be cut out soundly.
    sound: bool,
    /// What is wrong with it.
    defects: Vec<RecordDefect>,
}

/// Shows what would be understood of a message, beside its raw segments; nothing is kept.
#[utoipa::path(
    post,
    path = "/messages/inspect",
    tag = "data",
    params(MessageNamed),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "What is understood.", body = MessageUnderstood),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn inspect_message(
    caller: Caller,
    Asked(named): Asked<MessageNamed>,
    RawBytes(bytes): RawBytes,
) -> Result<Json<MessageUnderstood>, Problem> {
    caller.may_somewhere(Action::ReadMessage)?;
    let name = text("name", named.name.as_deref().unwrap_or_default())?;
    let office = text("office", named.office.as_deref().unwrap_or_default())?;
    let messages =
        MessageOptions { office: office.into(), received_at: now(), ..MessageOptions::default() };
    let reading = Reading { tables: TableOptions::default(), messages, strangers: true };
    let look = move || look(bytes, &name, &reading);
    let looked = tokio::task::spawn_blocking(look).await.map_err(anyhow::Error::from)?;
    Ok(Json(looked?))
}

fn look(bytes: Bytes, name: &str, reading: &Reading) -> anyhow::Result<MessageUnderstood> {
    let looked = understand::look(Input::Bytes(bytes.clone()), name, reading)?;
    let (format, dialect) = (looked.format().to_owned(), looked.dialect());
    let mut members = looked.members.into_iter().map(|one| {
        let bytes = one.bytes.as_ref().unwrap_or(&bytes);
        MemberUnderstood { name: one.name, understood: understanding(one.understood, bytes) }
    });
    if looked.packing.is_none()
        && let Some(only) = members.next()
    {
        let (members, left_out) = (Vec::new(), looked.clutter);
        return Ok(MessageUnderstood { all: only.understood, members, left_out });
    }
    let mut all = Understanding { format, dialect, ..Understanding::default() };
    let mut kept = Vec::new();
    for mut one in members {
        all.join(&one.understood);
        if kept.len() < MEMBERS {
            // What all of them show together is bounded as one alone.
            let room = SHOWN.saturating_sub(kept.iter().map(MemberUnderstood::weight).sum());
            one.understood.cut_to(room);
            kept.push(one);
        } else {
            all.cut = true;
        }
    }
    all.defects.extend(looked.left.iter().map(|(inner, why)| {
        RecordDefect::from(&unreadable(&format!("{inner}: {why}"), inner.as_bytes()))
    }));
    Ok(MessageUnderstood { all, members: kept, left_out: looked.clutter })
}

fn understanding(mut understood: Understood, bytes: &Bytes) -> Understanding {
    let cut = understood.batch.rows.len() > SHOWN || understood.batch.defects.len() > SHOWN;
    understood.batch.rows.truncate(SHOWN);
    understood.batch.defects.truncate(SHOWN);
    let mut defects = understood.batch.defects.clone();
    if let Some(why) = &understood.refused {
        defects.push(unreadable(why, bytes));
    }
    let segments = understood.segments(bytes, SHOWN + 1);
    let cut = cut || segments.len() > SHOWN;
    let segments = segments.into_iter().take(SHOWN).map(|segment| MessageSegment {
        at: segment.at,
        text: segment.text.chars().take(2_000).collect(),
        sound: segment.sound,
        defects: segment.defects.iter().map(RecordDefect::from).collect(),
    });
    Understanding {
        format: understood.format.as_str().to_owned(),
        dialect: understood.dialect.clone(),
        manifests: understood.manifests(),
        consignments: understood.consignments(),
        defects: defects.iter().map(RecordDefect::from).collect(),
        segments: segments.collect(),
        cut,
        proposal: understood.proposal,
    }
}

impl MemberUnderstood {
    /// How much of what is shown it takes.
    fn weight(&self) -> usize {
        let Understanding { consignments, defects, segments, .. } = &self.understood;
        consignments.len().max(defects.len()).max(segments.len())
    }
}

impl Understanding {
    /// Adds what was understood of one of the files.
    fn join(&mut self, one: &Understanding) {
        let room = SHOWN.saturating_sub(self.consignments.len());
        self.consignments.extend(one.consignments.iter().take(room).cloned());
        let wrong = SHOWN.saturating_sub(self.defects.len());
        self.defects.extend(one.defects.iter().take(wrong).cloned());
        self.manifests.extend(one.manifests.iter().cloned());
        self.cut |= one.cut || one.consignments.len() > room || one.defects.len() > wrong;
    }

    /// Leaves at most so many of each.
    fn cut_to(&mut self, most: usize) {
        let longest = self.consignments.len().max(self.defects.len()).max(self.segments.len());
        self.cut |= longest > most;
        self.consignments.truncate(most);
        self.defects.truncate(most);
        self.segments.truncate(most);
    }
}
