//! Cargo-IMP, the telegrams of the air: FFM (flight manifest), FWB (air waybill) and FHL (house
//! list). A line is a tag and fields between slashes; a line that opens with a slash goes on with
//! the last tag. Versions mix in one mailbox, wrappers stand around messages, and customs notes
//! (OCI) come with empty fields: what is known is taken, the rest is kept as notes.

use std::io;

use compact_str::{CompactString, ToCompactString, format_compact};
use targeting::codes::Mass;
use targeting::consignment::{DefectKind, Transport};
use targeting::party::{Party, Role};

use super::draft::{self, Draft};
use super::text::{self, Moment, decode_document};
use super::window::Window;
use super::{DOCUMENT_LIMIT, Head, Kind, MessageBatch, MessageOptions, Reader, checks, defect};
use crate::recognise::{Format, is_cargo_imp};

pub(crate) struct CargoImp<R> {
    window: Option<Window<R>>,
    options: MessageOptions,
    mailbox: Mailbox,
}

/// A mailbox that is being read.
#[derive(Default)]
struct Mailbox {
    text: String,
    /// Where the next line begins.
    at: usize,
    lines: u64,
    open: Option<Telegram>,
    /// A page of a flight manifest that says that another one follows.
    page: Option<Telegram>,
    messages: usize,
    /// Lines that stand outside of any message.
    outside: usize,
    /// True where lines are written in small letters.
    small: bool,
    /// Whether lines are of a telegram that is not read, and whether that brings another back.
    skips: bool,
    refused: bool,
}

/// Of those, so many are told.
const MOST_OUTSIDE: usize = 1_000;
/// Customs notes of one waybill at most; the standard allows a hundred or so.
const MOST_OCI: usize = 400;

impl<R: io::Read> CargoImp<R> {
    pub(crate) fn new(window: Window<R>, options: MessageOptions) -> CargoImp<R> {
        CargoImp { window: Some(window), options, mailbox: Mailbox::default() }
    }
}

impl<R: io::Read> Reader for CargoImp<R> {
    fn read(&mut self, batch: &mut MessageBatch, rows: usize) -> io::Result<bool> {
        if let Some(mut window) = self.window.take() {
            window.hold(DOCUMENT_LIMIT as usize + 1)?;
            let bytes = window.bytes();
            if bytes.len() as u64 > DOCUMENT_LIMIT {
                let reason = "the mailbox is larger than 256 MB and was not read";
                batch.defects.push(defect(1, "", DefectKind::Unreadable, reason, &bytes[..200]));
                return Ok(false);
            }
            self.mailbox.text = decode_document(bytes, None).0.into_owned();
        }
        Ok(self.mailbox.read(batch, rows, &self.options))
    }
}

impl Mailbox {
    /// Reads on until the batch is full; false at the end.
    fn read(&mut self, batch: &mut MessageBatch, rows: usize, options: &MessageOptions) -> bool {
        let text = std::mem::take(&mut self.text);
        let more = loop {
            let rest = &text[self.at..];
            if rest.is_empty() {
                self.close(batch, options);
                self.end_page(batch, options);
                break false;
            }
            if batch.is_full(rows) {
                break true;
            }
            let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
            self.lines += 1;
            let line = rest[..end].trim_end_matches(['\r', '\n']);
            // Old systems end lines by a carriage return alone.
            match memchr::memchr(b'\r', line.as_bytes()) {
                None => self.line(line, batch, options),
                Some(_) => line.split('\r').for_each(|line| self.line(line, batch, options)),
            }
            self.at += end;
        };
        self.text = text;
        more
    }

    fn line(&mut self, line: &str, batch: &mut MessageBatch, options: &MessageOptions) {
        let (number, offset) = (self.lines, self.at as u64);
        let bare = line.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        // Telegrams have no small letters; who writes tags in them means the same.
        if bare.len() < 9 && bare.starts_with(['f', 'F']) {
            self.small = is_cargo_imp(bare.to_ascii_uppercase().as_bytes())
                && !is_cargo_imp(bare.as_bytes());
        }
        let upper = self.small.then(|| bare.to_uppercase());
        let bare = upper.as_deref().unwrap_or(bare);
        if std::mem::take(&mut self.refused) && is_cargo_imp(bare.as_bytes()) {
            // A refusal brings the message back that it refuses.
            self.skips = true;
        } else if is_cargo_imp(bare.as_bytes()) {
            self.skips = false;
            self.close(batch, options);
            let first = bare.trim_start_matches('=');
            let telegram = Telegram::new(first, self.messages, number, offset);
            if &telegram.kind != b"FFM" {
                self.end_page(batch, options);
            }
            self.open = Some(Telegram { message: self.messages, ..telegram });
        } else if is_other_telegram(bare) {
            self.close(batch, options);
            (self.skips, self.refused) = (true, matches!(&bare[..3], "FNA" | "FMA"));
            let reason = "a telegram of another kind was left out";
            batch.defects.push(defect(number, "", DefectKind::Noted, reason, bare.as_bytes()));
        } else if self.skips {
            // The refusal says why before it brings the message back.
            (self.skips, self.refused) = (!is_wrapper(bare), bare.starts_with("ACK"));
        } else if let Some(telegram) = &mut self.open {
            if is_wrapper(bare) || telegram.ended && !telegram.continued && !bare.is_empty() {
                self.close(batch, options);
            } else if !bare.is_empty() {
                if telegram.lines == 0 && self.page.is_some() {
                    match self.page.take_if(|page| page.goes_on_with(bare)) {
                        // The further page is read as part of the manifest that it belongs to.
                        Some(page) => return self.open = Some(page.with_page(bare)),
                        None => self.end_page(batch, options),
                    }
                }
                let Some(telegram) = &mut self.open else { return };
                telegram.message = self.messages;
                telegram.line(bare, number, offset, batch, options);
            }
        } else if !bare.is_empty() && self.outside < MOST_OUTSIDE && !is_wrapper(bare) {
            self.outside += 1;
            let reason = "this line stands outside of any message and was left out";
            let found = bare.as_bytes();
            batch.defects.push(defect(number, "", DefectKind::Noted, reason, found));
        }
    }

    fn close(&mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        let Some(mut telegram) = self.open.take() else { return };
        if telegram.continued {
            // Its last load is whole; the manifest is not.
            telegram.keep_party();
            telegram.close(batch, options);
            self.end_page(batch, options);
            self.page = Some(telegram);
        } else {
            self.end_page(batch, options);
            telegram.finish(batch, options);
            self.messages += 1;
        }
    }

    /// Ends a manifest whose further page did not come.
    fn end_page(&mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        if let Some(page) = self.page.take() {
            let reason =
                format!("page {} says that another follows, and none does here", page.page);
            batch.defects.push(defect(page.head.line, "", DefectKind::Noted, reason, b"CONT"));
            page.finish(batch, options);
            self.messages += 1;
        }
    }
}

/// Lines that carry messages and are none: priorities with addresses, headers, ends of text,
/// fields of mails.
fn is_wrapper(line: &str) -> bool {
    let word = |prefix: &str| line.starts_with(prefix);
    let address = |line: &str| {
        line.len() == 7
            && line.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && line.bytes().any(|byte| byte.is_ascii_uppercase())
            && !["LAST", "CONT"].contains(&line)
    };
    word("=")
        || word("QU ")
        || word("QK ")
        || word("QD ")
        || word("QN ")
        || word("QP ")
        || matches!(line, "QU" | "QK" | "QD" | "QN" | "QP" | "QX")
        || word("RCV,")
        || word("STX,")
        || (word(".") && line.len() < 40)
        || word("ZCZC")
        || word("NNNN")
        || [
            "From:",
            "To:",
            "Subject:",
            "Date:",
            "Received:",
            "MIME-Version:",
            "Content-",
            "X-",
            "Message-ID:",
            "From ",
            "Return-Path:",
        ]
        .iter()
        .any(|header| word(header))
        || line.split(' ').all(address) && line.len() >= 7 && !line.is_empty()
}

/// Whether a line begins a telegram that says nothing of what consignments are: status, booking,
/// acknowledgements.
fn is_other_telegram(line: &str) -> bool {
    const OTHERS: [&str; 14] = [
        "FNA", "FMA", "FSU", "FSA", "FSR", "FBL", "FBR", "FFR", "FFA", "FAD", "FCC", "UWS", "UCM",
        "NTM",
    ];
    let Some((tag, version)) = line.split_once('/') else { return false };
    OTHERS.contains(&tag)
        && matches!(version.len(), 1 | 2)
        && version.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the current line goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Other,
    Party,
    Routing,
    Rate,
    Customs,
    Text,
    Tariff,
    Osi,
    Ssr,
}

struct Telegram {
    head: Head,
    kind: [u8; 3],
    version: u32,
    message: usize,
    lines: u64,
    draft: Option<Draft>,
    part: Part,
    tag: String,
    /// Line within the party block, from 0, and the tag that it goes on with.
    step: usize,
    of_party: &'static str,
    party: Option<Party>,
    uld: CompactString,
    uld_mass: Option<Mass>,
    /// The master of an FHL, and what it states of its houses.
    master: CompactString,
    stated: (Option<u32>, Option<Mass>),
    found: (u64, i64),
    text_full: bool,
    /// Whether a rate line was read, and the pieces and mass of the first.
    rated: bool,
    first_rate: (Option<u32>, Option<Mass>),
    /// Party, identifier and text of customs notes: they stand before the parties, or behind.
    oci: Vec<[String; 3]>,
    ended: bool,
    /// The page of a flight manifest, and whether another follows.
    page: u32,
    continued: bool,
}

impl Telegram {
    /// Whether the first line of another flight manifest is that of this one's next page.
    fn goes_on_with(&self, line: &str) -> bool {
        let mut fields = line.split('/').map(str::trim);
        let page = fields.next().and_then(|page| page.parse::<u32>().ok());
        let (flight, day) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        page == Some(self.page + 1) && manifest_of(flight, day) == self.head.reference
    }

    /// The same manifest with its next page open.
    fn with_page(mut self, line: &str) -> Telegram {
        self.page += 1;
        self.lines += 1;
        (self.ended, self.continued, self.part) = (false, false, Part::Other);
        if let Some(registration) = line.split('/').nth(4).filter(|said| !said.is_empty()) {
            self.head.route.conveyance_id = registration.trim().into();
        }
        let first = self.head.dialect.split(" page").next().unwrap_or_default();
        self.head.dialect = format!("{first} pages to {}", self.page);
        self
    }

    fn new(first: &str, message: usize, line: u64, offset: u64) -> Telegram {
        let mut kind = [b' '; 3];
        kind.copy_from_slice(&first.as_bytes()[..3]);
        let version = first[4..].parse().unwrap_or(0);
        let (source, of) = match &kind {
            b"FFM" => ("cargo-imp-ffm", Kind::Manifest),
            b"FHL" => ("cargo-imp-fhl", Kind::Manifest),
            _ => ("cargo-imp-fwb", Kind::Waybill),
        };
        let mut head = Head::new(Format::CargoImp, source, of);
        head.dialect = first.to_owned();
        (head.line, head.offset) = (line, offset);
        head.transport = Some(Transport::Air);
        Telegram {
            head,
            kind,
            version,
            message,
            lines: 0,
            draft: None,
            part: Part::Other,
            tag: String::new(),
            step: 0,
            of_party: "",
            party: None,
            uld: CompactString::default(),
            uld_mass: None,
            master: CompactString::default(),
            stated: (None, None),
            found: (0, 0),
            text_full: false,
            rated: false,
            first_rate: (None, None),
            oci: Vec::new(),
            ended: false,
            page: 0,
            continued: false,
        }
    }

    fn line(
        &mut self,
        line: &str,
        number: u64,
        offset: u64,
        batch: &mut MessageBatch,
        options: &MessageOptions,
    ) {
        self.lines += 1;
        if self.lines == 1 && &self.kind == b"FFM" {
            return self.flight(line);
        }
        if let Some(rest) = line.strip_prefix('/') {
            return self.continued(rest);
        }
        let (tag, rest) = match line.find('/') {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, ""),
        };
        if let Some(awb) = Awb::of(line) {
            return self.waybill(&awb, line, (number, offset), batch, options);
        }
        if matches!(tag, "NAM" | "ADR" | "LOC") && self.party.is_some() {
            self.part = Part::Party;
            return self.party_line(line);
        }
        self.keep_party();
        self.tag = tag.to_owned();
        self.step = 0;
        self.text_full = false;
        self.part = Part::Other;
        match tag {
            "CONT" | "LAST" => {
                self.ended = true;
                self.continued = tag == "CONT" && &self.kind == b"FFM";
            }
            "MBI" => {
                if let Some(awb) = Awb::of(rest) {
                    self.master = awb.number.clone();
                    self.stated = (awb.pieces, awb.mass);
                    self.head.reference = awb.number.to_string();
                    self.head.place("departure", &awb.origin, "");
                    self.head.place("destination", &awb.destination, "");
                    if !checks::awb_holds(&awb.number) {
                        let reason = "the master air waybill's check digit is wrong";
                        let found = rest.as_bytes();
                        let kind = DefectKind::Noted;
                        batch.defects.push(defect(number, "MBI", kind, reason, found));
                    }
                }
            }
            "HBS" => self.house(rest, (number, offset), batch, options),
            "FLT" | "RTG" => {
                self.part = Part::Routing;
                self.routing(rest);
            }
            "SHP" | "CNE" | "NFY" | "AGT" => {
                let role = match tag {
                    "SHP" => Role::Consignor,
                    "CNE" => Role::Consignee,
                    "NFY" => Role::NotifyParty,
                    _ => Role::Forwarder,
                };
                self.part = Part::Party;
                self.of_party = "";
                let mut party = Party::by_code(role, "");
                // `AGT//1234567/0001` has the agent's code, `SHP/account` of a waybill the
                // account; elsewhere the name stands on the tag's own line.
                let house = &self.kind == b"FHL" || tag == "NFY";
                if tag == "AGT" {
                    let code = rest.split('/').find(|field| !field.is_empty());
                    party.code = code.unwrap_or_default().into();
                }
                self.party = Some(party);
                if tag == "AGT" || rest.trim_matches('/').is_empty() {
                } else if house {
                    self.party_line(rest);
                } else {
                    self.note(&format!("{tag} account"), rest);
                }
            }
            "RTD" => {
                self.part = Part::Rate;
                self.rate(rest);
            }
            "OCI" => {
                self.part = Part::Customs;
                self.customs(rest);
            }
            "TXT" => {
                self.part = Part::Text;
                self.more_text(rest);
            }
            "HTS" => {
                self.part = Part::Tariff;
                self.tariff(rest);
            }
            "ULD" => self.unit(rest),
            "OSI" | "SSR" => {
                self.part = if tag == "OSI" { Part::Osi } else { Part::Ssr };
                self.note(tag, rest);
            }
            "CVD" => self.values(rest),
            "ISU" => self.issued(rest),
            "REF" => rest.split('/').next().unwrap_or_default().clone_into(&mut self.head.sender),
            "NG" | "NC" if self.part == Part::Rate => self.rate(line),
            "BULK" if &self.kind == b"FFM" => {
                // What follows lies loose, in no unit.
                self.uld = CompactString::default();
                self.uld_mass = None;
            }
            "COR" | "SPH" | "SCI" | "DIM" | "SRI" | "NOM" | "OPI" | "OTH" | "PPD" | "COL"
            | "ACC" | "CER" | "ARD" | "CDC" => self.note(tag, rest),
            _ if &self.kind == b"FFM" && is_airport(tag) => {
                // What was loaded for the stop before is whole.
                self.close(batch, options);
                self.arrival(tag, rest);
            }
            _ => {
                let reason = "this line has no known tag; it was kept as a note";
                batch.defects.push(defect(number, "", DefectKind::Noted, reason, line.as_bytes()));
                self.note("line", line);
            }
        }
    }

    /// A line that goes on with the last tag; its first slash is taken off.
    fn continued(&mut self, rest: &str) {
        match self.part {
            Part::Party => self.party_line(rest),
            Part::Routing => self.routing(rest),
            Part::Rate => self.rate(rest),
            Part::Customs => self.customs(rest),
            Part::Text => self.more_text(rest),
            Part::Tariff => self.tariff(rest),
            Part::Osi => self.note("OSI", rest),
            Part::Ssr => self.note("SSR", rest),
            Part::Other => {
                if &self.kind == b"FFM" && self.tag.contains('-') {
                    self.describe_load(rest);
                } else {
                    let tag = self.tag.clone();
                    self.note(&tag, rest);
                }
            }
        }
    }

    fn note(&mut self, kind: &str, said: &str) {
        if let Some(draft) = &mut self.draft {
            draft.note(kind, said.trim_matches('/'));
        }
    }

    /// `page/flight/day and month/origin[/registration]`.
    fn flight(&mut self, line: &str) {
        let fields: Vec<&str> = line.split('/').collect();
        let get = |n: usize| fields.get(n).copied().unwrap_or_default().trim();
        let flight = get(1);
        self.head.route.voyage = flight.into();
        self.head.route.conveyance = flight.into();
        self.head.route.conveyance_id = get(4).into();
        self.head.reference = manifest_of(flight, get(2));
        self.page = get(0).parse().unwrap_or(0);
        if !get(0).is_empty() {
            self.head.dialect = format!("{} page {}", self.head.dialect, get(0));
        }
        if let Some(carrier) = flight.get(..2) {
            self.head.parties.push(Party::by_code(Role::Carrier, carrier));
        }
        draft::at(self.head.place("departure", get(3), ""), None);
    }

    /// An arrival line: `ORD//14APR1235`, `ANC/NIL/...`, or the airport alone.
    fn arrival(&mut self, tag: &str, rest: &str) {
        self.uld = CompactString::default();
        self.uld_mass = None;
        let nil = rest.split('/').any(|field| field == "NIL");
        self.head.route.places.retain(|place| place.role != "discharge");
        self.head.place(if nil { "via" } else { "discharge" }, tag, "");
        if let Some(said) = rest.split('/').find(|field| field.len() >= 7) {
            self.head.place(if nil { "via" } else { "discharge" }, tag, "").at = said.into();
        }
    }

    fn unit(&mut self, rest: &str) {
        let mut fields = rest.split('/');
        let number = fields.next().unwrap_or_default();
        let number = number.split('-').next().unwrap_or_default();
        self.uld = draft::tidy_number(number);
        self.uld_mass = fields.find_map(|field| {
            let mass = field.strip_prefix("W-")?.split(' ').next()?;
            text::mass(text::number(mass, false)?, "KGM")
        });
        let uld = self.uld.clone();
        // Of a waybill, the unit that it travels in.
        if &self.kind == b"FWB"
            && let Some(draft) = &mut self.draft
        {
            draft.unit(&uld);
        }
    }

    fn waybill(
        &mut self,
        awb: &Awb,
        line: &str,
        (number, offset): (u64, u64),
        batch: &mut MessageBatch,
        options: &MessageOptions,
    ) {
        self.keep_party();
        self.close(batch, options);
        let mut draft = Draft::at(number, offset);
        draft.documents.master_bill = awb.number.clone();
        draft.place("departure", &awb.origin, "");
        draft.place("destination", &awb.destination, "");
        (draft.packages, draft.gross_mass_g) = (awb.pieces, awb.mass);
        let item = draft.new_item();
        (item.packages, item.gross_mass_g) = (awb.pieces, awb.mass);
        if !awb.volume.is_empty() {
            draft.note("volume", &awb.volume);
        }
        if matches!(awb.code, 'P' | 'S' | 'D') {
            let total = if awb.total.is_empty() { "unknown" } else { &awb.total };
            draft.note("split", &format!("{} of {total} pieces", awb.code));
        }
        if !self.uld.is_empty() {
            let uld = self.uld.clone();
            let mass = self.uld_mass;
            draft.unit(&uld).gross_mass_g = mass;
            draft.item().containers.push(uld);
        }
        self.part = Part::Other;
        self.tag = line.split('/').next().unwrap_or_default().to_owned();
        self.draft = Some(draft);
        if &self.kind == b"FWB" {
            self.head.reference = awb.number.to_string();
        } else if let Some(description) = &awb.description {
            self.describe_load(description);
        }
    }

    /// What an FFM says of a load: its goods, or three-letter handling codes.
    fn describe_load(&mut self, said: &str) {
        let Some(draft) = &mut self.draft else { return };
        let codes =
            said.split('/').all(|code| code.len() == 3 && code.chars().all(char::is_alphabetic));
        match codes {
            true => draft.note("SPH", said),
            false if draft.item().description.is_empty() => draft.describe(said, false),
            false => match said.strip_prefix("HS").map(str::trim) {
                Some(code) if text::hs(code).is_some() => draft.hs(code),
                _ => draft.note("load", said),
            },
        }
    }

    /// `hawb/origin and destination/pieces/weight/slac/description`.
    fn house(
        &mut self,
        rest: &str,
        (number, offset): (u64, u64),
        batch: &mut MessageBatch,
        options: &MessageOptions,
    ) {
        self.close(batch, options);
        let mut draft = Draft::at(number, offset);
        let mut fields = rest.split('/');
        let mut next = || fields.next().unwrap_or_default().trim();
        draft.documents.master_bill = self.master.clone();
        draft.documents.house_bill = next().into();
        let places = next();
        if let (Some(origin), Some(destination)) = (places.get(..3), places.get(3..6)) {
            draft.place("departure", origin, "");
            draft.place("destination", destination, "");
        }
        let pieces = draft::packages(next());
        let mass = mass_of(next());
        let slac = next();
        let description = next();
        let item = draft.new_item();
        (item.packages, item.gross_mass_g) = (pieces, mass);
        item.description = description.into();
        draft.note("SLAC", slac);
        self.found.0 += u64::from(pieces.unwrap_or(0));
        self.found.1 = self.found.1.saturating_add(mass.map_or(0, |mass| mass.0));
        self.part = Part::Other;
        self.draft = Some(draft);
    }

    /// Routing: carriers with airports, or flights with days.
    fn routing(&mut self, rest: &str) {
        let flights = self.tag == "FLT";
        let Some(draft) = &mut self.draft else { return };
        for (n, field) in rest.split('/').filter(|field| !field.is_empty()).enumerate() {
            if flights {
                if field.len() > 2 && draft.route.voyage.is_empty() {
                    draft.route.voyage = field.into();
                    draft.route.conveyance = field.into();
                }
            } else if let (Some(airport), carrier) = (field.get(..3), field.get(3..5)) {
                draft.place("via", airport, "");
                if let (0, Some(carrier)) = (n, carrier) {
                    let known = draft.parties.iter().any(|party| party.role == Role::Carrier);
                    if !known {
                        draft.party(Role::Carrier).code = carrier.into();
                    }
                }
            }
        }
    }

    /// One line of a party's block, by version: bare fields to 16, with tags from 17 on.
    fn party_line(&mut self, rest: &str) {
        let tagged = rest.split_once('/').and_then(|(tag, fields)| {
            let tag = ["NAM", "ADR", "LOC"].into_iter().find(|known| *known == tag)?;
            Some((tag, fields))
        });
        let Some(party) = &mut self.party else { return };
        let step = self.step;
        self.step += 1;
        // A second line of a name or an address has no tag of its own.
        let (tag, fields) = match tagged {
            Some((tag, fields)) => {
                self.of_party = tag;
                (tag, fields)
            }
            None if matches!(self.of_party, "NAM" | "ADR") => (self.of_party, rest),
            None => ("", rest),
        };
        match tag {
            "NAM" => add_name(party, fields),
            "ADR" => draft::address(draft::contact(party), fields),
            "LOC" => fields.split('/').for_each(|line| draft::address(draft::contact(party), line)),
            _ => {
                let mut parts = rest.split('/');
                let first = parts.next().unwrap_or_default();
                // The last line begins with a country and has phones behind it.
                let country = (first.len() == 2).then(|| first.parse().ok()).flatten();
                match (country, step) {
                    (Some(country), 2..) => {
                        draft::contact(party).address_country = Some(country);
                        if let Some(post) = parts.next() {
                            draft::address(draft::contact(party), post);
                        }
                        while let Some(kind) = parts.next() {
                            if matches!(kind, "TE" | "TL" | "CT" | "MO")
                                && let Some(phone) = parts.next()
                            {
                                draft::phone(party, phone);
                            }
                        }
                    }
                    (_, 0) => add_name(party, rest),
                    _ => {
                        rest.split('/').for_each(|line| draft::address(draft::contact(party), line))
                    }
                }
            }
        }
    }

    fn keep_party(&mut self) {
        let Some(party) = self.party.take() else { return };
        if let Some(draft) = &mut self.draft {
            draft.parties.push(party);
        }
    }

    /// A line of RTD: `1/P10/K100.5/...` or `NG/goods text`, `NH/HS`, `NO/origin`, `ND`, `NV`.
    fn rate(&mut self, rest: &str) {
        let Some(draft) = &mut self.draft else { return };
        let said = rest.trim_start_matches('/');
        // The line number stands before, where the sender counts lines.
        let said = match said.split_once('/') {
            Some((n, tail)) if n.len() <= 2 && n.bytes().all(|byte| byte.is_ascii_digit()) => tail,
            _ => said,
        };
        let (tag, text_of) = said.split_once('/').unwrap_or((said, ""));
        if tag.len() > 1 && tag.starts_with('P') && tag[1..].bytes().all(|b| b.is_ascii_digit()) {
            return self.rate_line(said);
        }
        match tag {
            "NG" | "NC" => {
                draft.describe(text_of, self.text_full);
                self.text_full = text_of.chars().count() >= 20;
                return;
            }
            "NH" => draft.hs(text_of),
            "NO" => draft.item().origin = text_of.trim().parse().ok(),
            "ND" => draft.note("dimensions", text_of),
            "NV" => draft.note("volume", text_of),
            "NS" => draft.note("SLAC", text_of),
            "NU" => {
                let unit = draft::tidy_number(text_of);
                draft.unit(&unit);
            }
            _ => draft.note("RTD", said),
        }
        self.text_full = false;
    }

    /// `P10/K100.5/CQ/W100.5/...`: the pieces and mass of a rate line, each of them an item; goods
    /// may be named behind them on the same line.
    fn rate_line(&mut self, said: &str) {
        let Some(draft) = &mut self.draft else { return };
        let mut fields = said.split('/');
        let pieces = fields.next().and_then(|field| draft::packages(&field[1..]));
        let massed = |field: &&str| field.starts_with(['K', 'L']) && mass_of(field).is_some();
        let mass = said.split('/').find(massed).and_then(mass_of);
        if std::mem::replace(&mut self.rated, true) {
            if let [first] = &mut draft.goods[..] {
                (first.packages, first.gross_mass_g) = self.first_rate;
            }
            let item = draft.new_item();
            (item.packages, item.gross_mass_g) = (pieces, mass);
        } else {
            self.first_rate = (pieces, mass);
        }
        self.text_full = false;
        let goods = ["/NG/", "/NC/", "/NH/"].iter().find_map(|tag| said.find(tag));
        draft.note("RTD", goods.map_or(said, |at| &said[..at]));
        if let Some(at) = goods {
            self.rate(&said[at + 1..]);
        }
    }

    /// `CC/party/identifier/text`; on a line of its own, empty fields stand for those before.
    fn customs(&mut self, rest: &str) {
        let mut fields = rest.splitn(4, '/');
        let mut next = || fields.next().unwrap_or_default().trim().to_owned();
        let (country, party, id, said) = (next(), next(), next(), next());
        let said =
            if said.is_empty() && !id.is_empty() && id.len() > 3 { id.clone() } else { said };
        let Some(draft) = &mut self.draft else { return };
        if said.is_empty() {
            return;
        }
        draft.note(format!("OCI {country}/{party}/{id}"), &said);
        if self.oci.len() < MOST_OCI {
            self.oci.push([party, id, said]);
        }
    }

    /// Gives parties what customs notes say of them. Lines that name no party go on with the
    /// last one that was named.
    fn settle_oci(&mut self, draft: &mut Draft) {
        let mut of = String::new();
        let mut user = String::new();
        for [party, id, said] in std::mem::take(&mut self.oci) {
            if !party.is_empty() {
                of = party;
            }
            let role = match of.as_str() {
                "SHP" => Role::Consignor,
                "CNE" => Role::Consignee,
                "NFY" => Role::NotifyParty,
                "AGT" => Role::Forwarder,
                _ => continue,
            };
            let party = draft.parties.iter_mut().find(|party| party.role == role);
            let Some(party) = party else { continue };
            match id.as_str() {
                "T" if party.code.is_empty() => party.code = said.as_str().into(),
                "CT" | "TE" | "U" => draft::phone(party, &said),
                "CP" if party.contact.is_none() => draft::contact(party).name = said,
                // The user of a mail address stands before its domain; `@` cannot be written.
                "MU" => user = said,
                "MD" => draft::mail(party, &format!("{}@{said}", std::mem::take(&mut user))),
                _ => {}
            }
        }
    }

    fn more_text(&mut self, rest: &str) {
        let Some(draft) = &mut self.draft else { return };
        let short = draft.item().description.clone();
        // The text in full takes the place of its first fifteen characters.
        if self.step == 0 && !short.is_empty() && rest.len() >= short.len() {
            draft.item().description = CompactString::default();
        }
        self.step += 1;
        draft.describe(rest, self.text_full);
        self.text_full = rest.chars().count() >= 65;
    }

    fn tariff(&mut self, rest: &str) {
        if let Some(draft) = &mut self.draft {
            rest.split('/').for_each(|code| draft.hs(code));
        }
    }

    /// `CVD/currency/charges/carriage/customs/insurance`: the value for customs is declared.
    fn values(&mut self, rest: &str) {
        let fields: Vec<&str> = rest.split('/').collect();
        let Some(draft) = &mut self.draft else { return };
        let currency = fields.first().copied().unwrap_or_default();
        let amounts = fields.iter().skip(1).filter(|field| {
            field.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) || **field == "NCV"
        });
        // Carriage stands before customs, when both are there.
        let declared: Vec<&&str> = amounts.collect();
        let customs = if declared.len() > 1 { declared.get(1) } else { declared.first() };
        match customs.map(|amount| (**amount, text::number(amount, false))) {
            Some((_, Some(amount))) => draft.item().value = draft::money(amount, currency),
            Some((said, None)) => draft.note("customs value", said),
            None => {}
        }
    }

    /// `ISU/25NOV26/place/signature`: the day on which the waybill was issued.
    fn issued(&mut self, rest: &str) {
        let day = rest.split('/').next().unwrap_or_default();
        self.head.sent = day_of(day).or(self.head.sent);
    }

    fn close(&mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        self.keep_party();
        let Some(mut draft) = self.draft.take() else { return };
        self.settle_oci(&mut draft);
        self.head.consignments += 1;
        draft.ordinal = self.head.consignments.to_compact_string();
        batch.rows.push(draft.close(&self.head, self.message, options));
    }

    fn finish(mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        self.keep_party();
        self.close(batch, options);
        if &self.kind == b"FHL" && self.head.consignments > 0 {
            let (pieces, grams) = self.found;
            let apart = self.stated.0.is_some_and(|stated| u64::from(stated) != pieces)
                || self.stated.1.is_some_and(|stated| (stated.0 - grams).abs() > 1_000);
            if apart {
                let (stated, mass) = self.stated;
                let reason = format!(
                    "the master states {} pieces and {} kg, its houses have {pieces} and {} kg",
                    stated.map_or_else(|| "no".to_owned(), |n| n.to_string()),
                    mass.map_or(0.0, Mass::kg),
                    Mass(grams).kg()
                );
                let line = self.head.line;
                batch.defects.push(defect(line, "MBI", DefectKind::Noted, reason, b""));
            }
        }
        if &self.kind == b"FFM" && !self.ended {
            let reason = "the manifest's page has no end (LAST or CONT)";
            batch.defects.push(defect(self.head.line, "", DefectKind::Noted, reason, b""));
        }
        if self.version == 0 {
            self.head.dialect.push_str(" (no version)");
        }
        batch.heads.push(self.head);
    }
}

/// The number of a flight's manifest. The time of departure is no part of it: it changes between
/// pages, which may come in messages and files of their own.
fn manifest_of(flight: &str, day: &str) -> String {
    format!("{flight}/{}", day.get(..5).unwrap_or(day))
}

fn is_airport(tag: &str) -> bool {
    tag.len() == 3 && tag.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn add_name(party: &mut Party, said: &str) {
    let name = &mut draft::contact(party).name;
    // A line of 35 characters was cut there, within a word unless it ends with a blank.
    if !name.is_empty() && !text::is_wide(name, 35) {
        name.push(' ');
    }
    name.push_str(said.trim());
}

/// `K100.5` or `L220`: a letter, then the mass in that unit; the letter may be missing.
fn mass_of(field: &str) -> Option<Mass> {
    let number = field.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let unit = if field.starts_with('L') { "LBR" } else { "KGM" };
    text::mass(text::number(number, false)?, unit)
}

/// `25NOV26`, `25NOV2026`.
fn day_of(said: &str) -> Option<Moment> {
    let day: u32 = said.get(..2)?.parse().ok()?;
    let month = text::month_of(said.get(2..5)?)?;
    let year: u32 = said.get(5..)?.parse().ok()?;
    let year = if year < 100 { 2000 + year } else { year };
    text::digits_moment(&format!("{year:04}{month:02}{day:02}"), "102")
}

/// The consignment detail that FWB, FFM and MBI share:
/// `180-12345675ICNJFK/T10K250.5MC1.2T40/GOODS`.
struct Awb {
    number: CompactString,
    origin: CompactString,
    destination: CompactString,
    code: char,
    pieces: Option<u32>,
    total: String,
    mass: Option<Mass>,
    volume: String,
    description: Option<String>,
}

impl Awb {
    fn of(line: &str) -> Option<Awb> {
        let bytes = line.as_bytes();
        let digits = |range: std::ops::Range<usize>| {
            bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
        };
        // Some leave out the dash, or write a blank for it.
        let serial = 3 + usize::from(bytes.get(3).is_some_and(|byte| b"- ".contains(byte)));
        let end = serial + 8;
        let letters =
            || bytes.get(end..end + 6).is_some_and(|of| of.iter().all(u8::is_ascii_uppercase));
        if !(digits(0..3) && digits(serial..end) && (bytes.get(3) == Some(&b'-') || letters())) {
            return None;
        }
        let number = format_compact!("{}-{}", line.get(..3)?, line.get(serial..end)?);
        let rest = line.get(end..)?;
        let (places, detail) = rest.split_once('/').unwrap_or((rest, ""));
        let (quantity, description) = match detail.split_once('/') {
            Some((quantity, said)) => (quantity, Some(said.to_owned())),
            None => (detail, None),
        };
        let code = quantity.chars().next().unwrap_or('T');
        let mut awb = Awb {
            number,
            origin: places.get(..3).unwrap_or_default().into(),
            destination: places.get(3..6).unwrap_or_default().into(),
            code,
            pieces: None,
            total: String::new(),
            mass: None,
            volume: String::new(),
            description,
        };
        // Letters name what the number behind them is.
        let mut at = 0;
        let quantity = quantity.as_bytes();
        let mut first = true;
        while at < quantity.len() {
            let letters = quantity[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
            let start = at + letters;
            let figures =
                quantity[start..].iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
            if letters + figures == 0 {
                at += 1;
                continue;
            }
            let name = std::str::from_utf8(&quantity[at..start]).unwrap_or_default();
            let figure = std::str::from_utf8(&quantity[start..start + figures]).unwrap_or_default();
            match name {
                "K" | "L" => awb.mass = mass_of(&format!("{name}{figure}")),
                "MC" | "CF" | "CC" | "CI" => awb.volume = format!("{figure} {name}"),
                "T" | "P" | "S" | "D" if first => awb.pieces = draft::packages(figure),
                "T" => figure.clone_into(&mut awb.total),
                _ => {}
            }
            first = false;
            at = start + figures;
        }
        Some(awb)
    }
}
