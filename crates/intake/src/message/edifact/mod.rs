//! EDIFACT interchanges: envelopes are followed without being trusted, each message is handed to
//! the carriage reader, and counts that do not hold are noted, never a reason to reject.
//! How bytes are cut is in `lexer.rs`, what the segments mean in `carriage.rs`.

pub(crate) mod acknowledge;
mod carriage;
pub(crate) mod lexer;

use std::cell::Cell;
use std::collections::HashSet;
use std::io;

use encoding_rs::Encoding;
use targeting::consignment::{DefectKind, Direction, Transport};

use super::text::{self, Charset, Moment};
use super::window::Window;
use super::{Function, Head, Kind, MessageBatch, MessageOptions, Reader, defect};
use crate::recognise::Format;
use carriage::{Carriage, Opens};
use lexer::{Fields, Lexer, Segment, Token};

/// What an interchange says of all its messages.
#[derive(Debug, Clone, Default)]
struct Interchange {
    sender: String,
    recipient: String,
    reference: String,
    sent: Option<Moment>,
    test: bool,
    messages: u64,
    groups: u64,
}

/// A message that is being read.
struct Open {
    carriage: Carriage,
    reference: String,
    /// Its first segment's number.
    first: u64,
}

pub(crate) struct Edifact<R> {
    lexer: Lexer<R>,
    fields: Fields,
    charset: Charset,
    declared: String,
    used: Cell<Option<&'static Encoding>>,
    told_charset: bool,
    interchange: Option<Interchange>,
    open: Option<Open>,
    messages: usize,
    seen: HashSet<u64>,
    options: MessageOptions,
}

/// Interchanges remembered, to tell one that comes twice in a file.
const MOST_SEEN: usize = 100_000;

impl<R: io::Read> Edifact<R> {
    pub(crate) fn new(window: Window<R>, options: MessageOptions) -> Edifact<R> {
        Edifact {
            lexer: Lexer::edifact(window),
            fields: Fields::default(),
            charset: Charset::default(),
            declared: String::new(),
            used: Cell::new(None),
            told_charset: false,
            interchange: None,
            open: None,
            messages: 0,
            seen: HashSet::new(),
            options,
        }
    }
}

impl<R: io::Read> Reader for Edifact<R> {
    fn read(&mut self, batch: &mut MessageBatch, rows: usize) -> io::Result<bool> {
        while !batch.is_full(rows) {
            let token = self.lexer.next()?;
            let line = self.lexer.segments;
            let (span, cut) = match token {
                Token::Segment(span) => (span, false),
                Token::Cut(span) => (span, true),
                Token::Advice(_) => continue,
                Token::Empty(span) => {
                    let reason = "two terminators follow each other with nothing between";
                    let found = self.lexer.slice(span);
                    batch.defects.push(defect(line, "", DefectKind::Noted, reason, found));
                    continue;
                }
                Token::Damage(span) | Token::TooLong(span) => {
                    let reason = match token {
                        Token::TooLong(_) => format!(
                            "no terminator within a megabyte from byte {} on, so it is no segment",
                            span.offset
                        ),
                        _ => format!(
                            "what stands at byte {} is no segment and was left out",
                            span.offset
                        ),
                    };
                    let found = self.lexer.slice(span);
                    batch.defects.push(defect(line, "", DefectKind::Unreadable, reason, found));
                    continue;
                }
                Token::End => {
                    self.end(batch, line);
                    return Ok(false);
                }
            };
            let signs = self.lexer.signs();
            let bytes = self.lexer.slice(span);
            self.fields.split(bytes, signs);
            let segment = Segment::new(
                (bytes, &self.fields),
                signs,
                (self.charset, &self.used),
                (line, span.offset),
            );
            if cut {
                let reason = "the file ends within this segment; it was read as far as it goes";
                batch.defects.push(defect(line, "", DefectKind::Noted, reason, bytes));
            }
            match &segment.tag() {
                b"UNB" => {
                    let opened = interchange(&segment);
                    let syntax = segment.word(1, 0).into_owned();
                    let parts = [&*opened.sender, &*opened.recipient, &*opened.reference];
                    let key = targeting::history::hash_text(&parts.join("\u{1f}"));
                    let repeated = !opened.reference.is_empty()
                        && self.seen.len() < MOST_SEEN
                        && !self.seen.insert(key);
                    if repeated {
                        let reason = "this interchange came before in the same file";
                        batch.defects.push(defect(line, "UNB", DefectKind::Noted, reason, bytes));
                    }
                    self.close(batch, None, line);
                    self.charset = Charset::of_syntax(&syntax);
                    self.declared = syntax;
                    self.told_charset = false;
                    self.interchange = Some(opened);
                }
                b"UNG" => {
                    let groups = self.interchange.get_or_insert_default();
                    groups.groups += 1;
                }
                b"UNE" => {}
                b"UNH" => {
                    let opened = open(&segment, self.interchange.as_ref(), self.messages);
                    if let Some(interchange) = &mut self.interchange {
                        interchange.messages += 1;
                    }
                    self.close(batch, None, line);
                    self.open = Some(opened);
                }
                b"UNT" => {
                    let (count, reference) =
                        (segment.number(1, 0), segment.code(2, 0).into_owned());
                    let counted = self.open.as_ref().map(|open| (line - open.first + 1) as f64);
                    if let (Some(counted), Some(count)) = (counted, count)
                        && counted != count
                    {
                        let reason = format!("UNT counts {count} segments, there are {counted}");
                        batch.defects.push(defect(line, "UNT", DefectKind::Noted, reason, bytes));
                    }
                    self.close(batch, Some(&reference), line);
                }
                b"UNZ" => {
                    let count = segment.number(1, 0);
                    let holds = |one: &Interchange| {
                        count.is_none_or(|count| {
                            count == one.messages as f64 || count == one.groups as f64
                        })
                    };
                    if let Some(one) = &self.interchange
                        && !holds(one)
                    {
                        let reason = format!(
                            "UNZ counts {}, there are {} messages in {} groups",
                            count.unwrap_or_default(),
                            one.messages,
                            one.groups
                        );
                        batch.defects.push(defect(line, "UNZ", DefectKind::Noted, reason, bytes));
                    }
                    self.close(batch, None, line);
                    self.interchange = None;
                }
                tag => {
                    if self.open.is_none() {
                        if !lexer::known(tag) {
                            let reason = "a segment outside of any message was left out";
                            let kind = DefectKind::Unreadable;
                            batch.defects.push(defect(line, "", kind, reason, bytes));
                            continue;
                        }
                        let reason = "the message's head is missing; its kind is guessed from \
                                      its segments";
                        batch.defects.push(defect(line, "UNH", DefectKind::Noted, reason, bytes));
                        self.open =
                            Some(headless(&segment, self.interchange.as_ref(), self.messages));
                    }
                    if let Some(open) = &mut self.open {
                        open.carriage.segment(&segment, batch, &self.options);
                    }
                }
            }
            self.tell_charset(batch, line);
        }
        Ok(true)
    }
}

impl<R: io::Read> Edifact<R> {
    /// Says once an interchange that its characters are not those that it declares.
    fn tell_charset(&mut self, batch: &mut MessageBatch, line: u64) {
        let Some(used) = self.used.take() else { return };
        // What was Korean once goes on so: a single syllable alone would not show it.
        self.charset.found(used);
        if self.told_charset || !self.charset.contradicts(used) {
            return;
        }
        self.told_charset = true;
        let declared = if self.declared.is_empty() { "nothing" } else { &self.declared };
        let reason = format!("{declared} is declared, the text is {}", used.name());
        let found = self.declared.as_bytes();
        batch.defects.push(defect(line, "charset", DefectKind::Noted, reason, found));
    }

    /// Closes the message that is open, if any. `ended` is the reference of its UNT.
    fn close(&mut self, batch: &mut MessageBatch, ended: Option<&str>, line: u64) {
        let Some(open) = self.open.take() else { return };
        match ended {
            None => {
                let reason = "the message has no end (UNT)";
                batch.defects.push(defect(line, "UNT", DefectKind::Noted, reason, b""));
            }
            Some(reference) if !open.reference.is_empty() && reference != open.reference => {
                let reason = format!(
                    "UNT ends message {reference}, the one that is open is {}",
                    open.reference
                );
                let found = reference.as_bytes();
                batch.defects.push(defect(line, "UNT", DefectKind::Noted, reason, found));
            }
            Some(_) => {}
        }
        open.carriage.finish(batch, &self.options, line);
        self.messages += 1;
    }

    fn end(&mut self, batch: &mut MessageBatch, line: u64) {
        self.close(batch, None, line);
        if self.interchange.take().is_some() {
            let reason = "the interchange has no end (UNZ); its tail may be missing";
            batch.defects.push(defect(line, "UNZ", DefectKind::Noted, reason, b""));
        }
    }
}

fn interchange(unb: &Segment<'_>) -> Interchange {
    let (date, time) = (unb.code(4, 0), unb.code(4, 1));
    Interchange {
        sender: unb.code(2, 0).into_owned(),
        recipient: unb.code(3, 0).into_owned(),
        reference: unb.code(5, 0).into_owned(),
        sent: text::digits_moment(&[&*date, &*time].concat(), "")
            .or_else(|| text::digits_moment(&date, "")),
        test: unb.code(11, 0) == "1",
        messages: 0,
        groups: 0,
    }
}

/// Message types that are read, by what opens a consignment in them.
const TYPES: &[(&str, &str, Kind, Opens)] = &[
    ("CUSCAR", "edifact-cuscar", Kind::Manifest, Opens::Bill),
    ("CUSMAN", "edifact-cuscar", Kind::Manifest, Opens::Bill),
    ("CUSAGD", "edifact-cuscar", Kind::Manifest, Opens::Bill),
    ("CUSREP", "edifact-cusrep", Kind::Manifest, Opens::Bill),
    ("CUSEXP", "edifact-cusexp", Kind::Manifest, Opens::Bill),
    ("IFCSUM", "edifact-ifcsum", Kind::Manifest, Opens::Bill),
    ("IFTMCS", "edifact-iftmcs", Kind::Waybill, Opens::Message),
    ("IFTMIN", "edifact-iftmin", Kind::Waybill, Opens::Message),
    ("IFTMBF", "edifact-iftmbf", Kind::Waybill, Opens::Message),
    ("IFTMBC", "edifact-iftmbc", Kind::Waybill, Opens::Message),
    ("IFTMAN", "edifact-iftman", Kind::Status, Opens::Message),
    ("IFTSTA", "edifact-iftsta", Kind::Status, Opens::Bill),
    ("CUSDEC", "edifact-cusdec", Kind::Declaration, Opens::Message),
    ("CUSRES", "edifact-cusres", Kind::Status, Opens::Message),
    ("BAPLIE", "edifact-baplie", Kind::Movement, Opens::Slot),
    ("MOVINS", "edifact-movins", Kind::Movement, Opens::Slot),
    ("COARRI", "edifact-coarri", Kind::Movement, Opens::Unit),
    ("CODECO", "edifact-codeco", Kind::Movement, Opens::Unit),
    ("COPRAR", "edifact-coprar", Kind::Movement, Opens::Unit),
    ("COPARN", "edifact-coparn", Kind::Movement, Opens::Unit),
    ("COPINO", "edifact-copino", Kind::Movement, Opens::Unit),
    ("COREOR", "edifact-coreor", Kind::Movement, Opens::Unit),
    ("VERMAS", "edifact-vermas", Kind::Movement, Opens::Unit),
];

fn open(unh: &Segment<'_>, within: Option<&Interchange>, message: usize) -> Open {
    let reference = unh.code(1, 0).into_owned();
    let kind = unh.code(2, 0).to_ascii_uppercase();
    let (source, of_kind, opens) =
        TYPES.iter().find(|(name, ..)| *name == kind).map_or(
            ("edifact-other", Kind::Other, Opens::Message),
            |(_, source, of_kind, opens)| (*source, *of_kind, *opens),
        );
    let mut head = Head::new(Format::Edifact, source, of_kind);
    let (version, release) = (unh.code(2, 1), unh.code(2, 2));
    let association = unh.code(2, 4);
    // Files of many small interchanges come through here as often as through any bill.
    head.dialect.reserve(32);
    for part in [kind.as_str(), " ", &version, ".", &release, " ", &association] {
        head.dialect.push_str(part);
    }
    head.dialect.truncate(head.dialect.trim_end().len());
    head.dialect.make_ascii_uppercase();
    // What these tell of is carried by ships, whether or not they say so.
    if matches!(source, "edifact-baplie" | "edifact-movins" | "edifact-coarri" | "edifact-coprar") {
        head.transport = Some(Transport::Sea);
    }
    (head.line, head.offset) = (unh.line, unh.offset);
    surround(&mut head, within);
    Open { carriage: Carriage::new(head, opens, message), reference, first: unh.line }
}

/// A message whose head was lost: what it is, its first telling segment says.
fn headless(segment: &Segment<'_>, within: Option<&Interchange>, message: usize) -> Open {
    let mut head = Head::new(Format::Edifact, "edifact-other", Kind::Other);
    head.dialect = "head missing".to_owned();
    (head.line, head.offset) = (segment.line, segment.offset);
    surround(&mut head, within);
    let carriage = Carriage::new(head, Opens::Guess, message);
    Open { carriage, reference: String::new(), first: segment.line }
}

fn surround(head: &mut Head, within: Option<&Interchange>) {
    let Some(within) = within else { return };
    head.sender.clone_from(&within.sender);
    head.recipient.clone_from(&within.recipient);
    head.sent = within.sent;
    head.test = within.test;
}

/// What the document name code of BGM (UN/EDIFACT 1001) says of direction and function.
fn of_document(head: &mut Head, code: &str, function: &str) {
    head.function = Function::of_code(function);
    let direction = match (head.source, code.trim()) {
        ("edifact-coarri", "44" | "119" | "98") => Direction::Import,
        ("edifact-coarri", "46" | "122" | "270") => Direction::Export,
        ("edifact-coprar", "43" | "118") => Direction::Import,
        ("edifact-coprar", "45" | "121") => Direction::Export,
        ("edifact-cusdec", "830") => Direction::Export,
        _ => return,
    };
    head.direction = Some(direction);
}
