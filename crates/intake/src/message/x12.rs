//! ANSI ASC X12 as United States customs and carriers use it: 309 (ocean manifest), 310 (freight
//! bill), 350 (release status), 358 (consist). The lexer is that of EDIFACT with the signs that
//! ISA shows; text that was cut in the middle of a word is made whole.

use std::cell::Cell;
use std::io;

use compact_str::{CompactString, ToCompactString, format_compact};
use targeting::consignment::{DefectKind, Direction, Equipment, Transport};
use targeting::party::{Party, Role};

use super::draft::{self, Draft};
use super::edifact::lexer::{Fields, Lexer, Segment, Token};
use super::text::{self, Charset, Moment};
use super::window::Window;
use super::{Head, Kind, MessageBatch, MessageOptions, Reader, defect, schedule_k};
use crate::recognise::Format;

/// What an interchange and its group say of their messages.
#[derive(Debug, Clone, Default)]
struct Envelope {
    sender: String,
    recipient: String,
    sent: Option<Moment>,
    test: bool,
    version: String,
}

pub(crate) struct X12<R> {
    lexer: Lexer<R>,
    fields: Fields,
    envelope: Envelope,
    open: Option<Set>,
    messages: usize,
    options: MessageOptions,
}

impl<R: io::Read> X12<R> {
    pub(crate) fn new(window: Window<R>, options: MessageOptions) -> X12<R> {
        X12 {
            lexer: Lexer::x12(window),
            fields: Fields::default(),
            envelope: Envelope::default(),
            open: None,
            messages: 0,
            options,
        }
    }

    fn close(&mut self, batch: &mut MessageBatch) {
        if let Some(set) = self.open.take() {
            set.finish(batch, &self.options);
            self.messages += 1;
        }
    }
}

impl<R: io::Read> Reader for X12<R> {
    fn read(&mut self, batch: &mut MessageBatch, rows: usize) -> io::Result<bool> {
        let (charset, used) = (Charset::of_syntax("UNOC"), Cell::new(None));
        while !batch.is_full(rows) {
            let token = self.lexer.next()?;
            let line = self.lexer.segments;
            let span = match token {
                Token::Segment(span) => span,
                Token::Cut(span) => {
                    let reason = "the file ends within this segment; it was read as far as it goes";
                    let found = self.lexer.slice(span);
                    batch.defects.push(defect(line, "", DefectKind::Noted, reason, found));
                    span
                }
                Token::Damage(span) | Token::TooLong(span) => {
                    let reason = format!("what stands at byte {} is no segment", span.offset);
                    let found = self.lexer.slice(span);
                    batch.defects.push(defect(line, "", DefectKind::Unreadable, reason, found));
                    continue;
                }
                Token::Empty(_) | Token::Advice(_) => continue,
                Token::End => {
                    if self.open.is_some() {
                        let reason = "the message has no end (SE)";
                        batch.defects.push(defect(line, "SE", DefectKind::Noted, reason, b""));
                    }
                    self.close(batch);
                    return Ok(false);
                }
            };
            let signs = self.lexer.signs();
            let bytes = self.lexer.slice(span);
            self.fields.split(bytes, signs);
            let s =
                Segment::new((bytes, &self.fields), signs, (charset, &used), (line, span.offset));
            match &s.tag() {
                b"ISA" => {
                    self.envelope = Envelope {
                        sender: s.code(6, 0).into_owned(),
                        recipient: s.code(8, 0).into_owned(),
                        sent: text::digits_moment(
                            &format!("{}{}", s.code(9, 0), s.code(10, 0)),
                            "",
                        ),
                        test: s.code(15, 0) == "T",
                        version: s.code(12, 0).into_owned(),
                    };
                }
                b"GS " => self.envelope.version = s.code(8, 0).into_owned(),
                b"ST " => {
                    let set = Set::new(&s, &self.envelope, self.messages);
                    let unended = self.open.is_some();
                    let next = usize::from(unended);
                    self.close(batch);
                    if unended {
                        let reason = "the message before has no end (SE)";
                        batch.defects.push(defect(line, "SE", DefectKind::Noted, reason, b""));
                    }
                    let mut set = set;
                    set.message += next;
                    self.open = Some(set);
                }
                b"SE " => {
                    let counted = self.open.as_ref().map(|set| (line - set.first + 1) as f64);
                    if let (Some(counted), Some(count)) = (counted, s.number(1, 0))
                        && counted != count
                    {
                        let reason = format!("SE counts {count} segments, there are {counted}");
                        batch.defects.push(defect(line, "SE", DefectKind::Noted, reason, bytes));
                    }
                    self.close(batch);
                }
                b"GE " | b"IEA" => self.close(batch),
                _ => match &mut self.open {
                    Some(set) => set.segment(&s, batch, &self.options),
                    None => {
                        let reason = "a segment outside of any message was left out";
                        let kind = DefectKind::Unreadable;
                        batch.defects.push(defect(line, "", kind, reason, bytes));
                    }
                },
            }
        }
        Ok(true)
    }
}

/// One transaction set.
struct Set {
    head: Head,
    number: String,
    message: usize,
    first: u64,
    draft: Option<Draft>,
    /// The party that addresses and contacts belong to.
    party: Option<usize>,
    unit: CompactString,
    text_full: bool,
    place: Option<usize>,
    /// Whether a segment opened the consignment; else what is said is of all that follow.
    opened: bool,
    /// Trucks, trailers and seals that carry all bills of a consist.
    consist: Vec<Equipment>,
}

impl Set {
    fn new(st: &Segment<'_>, envelope: &Envelope, message: usize) -> Set {
        let number = st.code(1, 0).into_owned();
        let (source, kind) = match number.as_str() {
            "309" => ("x12-309", Kind::Manifest),
            "310" => ("x12-310", Kind::Waybill),
            "350" => ("x12-350", Kind::Status),
            "358" => ("x12-358", Kind::Manifest),
            _ => ("x12-other", Kind::Other),
        };
        let mut head = Head::new(Format::X12, source, kind);
        head.dialect = format!("{number} {}", envelope.version);
        head.reference = st.code(2, 0).into_owned();
        head.sender.clone_from(&envelope.sender);
        head.recipient.clone_from(&envelope.recipient);
        (head.sent, head.test) = (envelope.sent, envelope.test);
        (head.line, head.offset) = (st.line, st.offset);
        let single = number == "310" || kind == Kind::Other;
        Set {
            head,
            number,
            message,
            first: st.line,
            draft: single.then(|| Draft::at(st.line, st.offset)),
            party: None,
            unit: CompactString::default(),
            text_full: false,
            place: None,
            opened: single,
            consist: Vec::new(),
        }
    }

    fn draft(&mut self, s: &Segment<'_>) -> &mut Draft {
        self.draft.get_or_insert_with(|| Draft::at(s.line, s.offset))
    }

    fn open(&mut self, s: &Segment<'_>, batch: &mut MessageBatch, options: &MessageOptions) {
        if !self.opened
            && let Some(mut loose) = self.draft.take_if(|draft| draft.goods.is_empty())
        {
            self.consist = std::mem::take(&mut loose.equipment);
            loose.into_head(&mut self.head);
        }
        self.close(batch, options);
        self.opened = true;
        self.draft = Some(Draft::at(s.line, s.offset));
        self.party = None;
        self.unit = CompactString::default();
    }

    fn close(&mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        let Some(mut draft) = self.draft.take() else { return };
        if draft.is_empty() {
            return;
        }
        if draft.equipment.is_empty() {
            draft.equipment.clone_from(&self.consist);
        }
        self.head.consignments += 1;
        draft.ordinal = self.head.consignments.to_compact_string();
        for item in &mut draft.goods {
            item.description = item.description.trim().into();
        }
        batch.rows.push(draft.close(&self.head, self.message, options));
    }

    fn finish(mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        self.close(batch, options);
        if self.head.kind == Kind::Other {
            let reason = format!("sets of number {} are read by general rules only", self.number);
            let found = self.number.as_bytes();
            batch.defects.push(defect(self.head.line, "ST", DefectKind::Noted, reason, found));
        }
        batch.heads.push(self.head);
    }

    fn segment(&mut self, s: &Segment<'_>, batch: &mut MessageBatch, options: &MessageOptions) {
        match &s.tag() {
            b"M10" => self.manifest(s),
            b"P4 " => {
                // A port holds for the bills that follow it.
                self.close(batch, options);
                self.head.route.places.retain(|place| place.role != "discharge");
                let code = s.code(1, 0);
                let place = self.head.place("discharge", &code, "");
                place.country = place.country.or_else(|| schedule_k::country(&code));
                draft::at(place, text::digits_moment(&s.code(2, 0), ""));
            }
            b"LX " if self.number == "310" => {
                self.text_full = false;
            }
            b"LX " => self.open(s, batch, options),
            b"M11" => {
                let has_bill = self
                    .draft
                    .as_ref()
                    .is_some_and(|draft| !draft.documents.master_bill.is_empty());
                if has_bill {
                    self.open(s, batch, options);
                }
                self.bill(s);
            }
            b"M13" => {
                self.open(s, batch, options);
                let (scac, bill) = (s.code(1, 0).into_owned(), s.id(4, 0));
                let deleted = s.code(3, 0) == "D";
                let packages = draft::packages(&s.text(5, 0));
                let draft = self.draft(s);
                draft.documents.master_bill = bill;
                draft.documents.cancelled = deleted;
                draft.packages = packages;
                draft.note("M13 carrier", &scac);
            }
            b"X4 " => {
                self.open(s, batch, options);
                let (bill, entry) = (s.id(1, 0), s.id(4, 0));
                let said = format!("{} {} {}", s.code(7, 0), s.code(5, 0), s.code(6, 0));
                let packages = draft::packages(&s.text(2, 0));
                let draft = self.draft(s);
                draft.documents.master_bill = bill;
                draft.documents.declaration = entry;
                draft.packages = packages;
                draft.note("X4", &said);
            }
            b"N1 " => self.named(s),
            b"N2 " => {
                let more = s.text(1, 0).into_owned();
                if let Some(party) = self.party_of() {
                    draft::append(&mut draft::contact(party).name, &more, false);
                }
            }
            b"N3 " => self.street(s),
            b"N4 " => {
                let lines: Vec<String> = (1..=3).map(|e| s.code(e, 0).into_owned()).collect();
                let country = s.code(4, 0).parse().ok();
                if let Some(party) = self.party_of() {
                    for line in &lines {
                        draft::address(draft::contact(party), line);
                    }
                    let contact = draft::contact(party);
                    contact.address_country = country.or(contact.address_country);
                }
            }
            b"PER" => {
                for element in [3, 5, 7] {
                    let (kind, value) = (s.code(element, 0).into_owned(), s.text(element + 1, 0));
                    let Some(party) = self.party_of() else { continue };
                    match kind.as_str() {
                        "TE" | "CP" | "AP" | "HP" | "WP" => draft::phone(party, &value),
                        "EM" => draft::mail(party, &value),
                        _ => {}
                    }
                }
            }
            b"VID" => {
                let number = format_compact!("{}{}", s.code(2, 0), s.code(3, 0));
                let seals = [s.code(4, 0).into_owned(), s.code(5, 0).into_owned()];
                let size_type = s.id(9, 0);
                if self.number == "350" && self.draft.is_none() {
                    return;
                }
                self.unit = draft::tidy_number(&number);
                let unit = self.draft(s).unit(&number);
                unit.size_type = size_type;
                seals.iter().for_each(|seal| draft::seal(unit, seal));
            }
            b"N7 " => self.unit(s),
            b"VEH" => {
                // A vehicle is known by its seventeen letters and digits.
                let codes = (1..=s.elements()).map(|element| s.code(element, 0));
                if let Some(number) = codes.into_iter().find(|code| code.len() == 17) {
                    self.unit = number.as_ref().into();
                    self.draft(s).unit(&number);
                }
            }
            b"M7 " => {
                let seals: Vec<String> = (1..=4).map(|e| s.code(e, 0).into_owned()).collect();
                let number = self.unit.clone();
                let unit = self.draft(s).unit(&number);
                seals.iter().for_each(|seal| draft::seal(unit, seal));
            }
            b"N10" => self.goods(s),
            b"H1 " => {
                let number = draft::un_number(&s.code(1, 0));
                self.draft(s).item().dangerous = number;
            }
            b"L0 " => self.lading(s),
            b"L5 " => {
                let (said, code) = (s.text(2, 0).into_owned(), s.code(3, 0).into_owned());
                let (kind, full) = (s.code(4, 0).into_owned(), self.text_full);
                let draft = self.draft(s);
                draft.describe(&said, full);
                match kind.as_str() {
                    "J" | "A" | "H" | "B" => draft.hs(&code),
                    _ => draft.note("commodity", &code),
                }
                self.text_full = said.chars().count() >= 46;
            }
            b"N9 " => {
                let (kind, number) = (s.code(1, 0).into_owned(), s.id(2, 0));
                let Some(draft) = &mut self.draft else { return };
                let documents = &mut draft.documents;
                match kind.as_str() {
                    "BM" | "OB" if documents.master_bill.is_empty() => {
                        documents.master_bill = number;
                    }
                    "MB" => documents.master_bill = number,
                    "BH" | "HB" => documents.house_bill = number,
                    "BN" => documents.booking = number,
                    "SN" if !self.unit.is_empty() => {
                        let unit = self.unit.clone();
                        draft::seal(draft.unit(&unit), &number);
                    }
                    "IB" | "ABT" => documents.previous = number,
                    _ => draft.note(format!("N9 {kind}"), &number),
                }
            }
            b"B3 " => {
                let number = s.id(3, 0);
                self.head.reference = s.code(2, 0).into_owned();
                self.draft(s).documents.master_bill = number;
            }
            b"V1 " => {
                let route = &mut self.head.route;
                route.conveyance_id = s.code(1, 0).as_ref().into();
                route.conveyance = s.code(2, 0).as_ref().into();
                route.voyage = s.code(4, 0).as_ref().into();
                self.head.transport = Some(Transport::Sea);
            }
            b"R4 " => {
                let role = match s.code(1, 0).as_ref() {
                    "L" => "loading",
                    "D" => "discharge",
                    "T" | "1" => "transhipment",
                    "R" => "receipt",
                    "E" => "delivery",
                    "M" => "destination",
                    _ => "via",
                };
                let (code, name) = (s.code(3, 0), s.text(4, 0));
                let country = s.code(5, 0).parse().ok();
                let place = self.head.place(role, &code, &name);
                place.country = place.country.or(country);
                self.place = self.head.route.places.iter().rposition(|place| place.role == role);
            }
            b"DTM" => {
                let moment = text::digits_moment(&format!("{}{}", s.code(2, 0), s.code(3, 0)), "");
                let places = &mut self.head.route.places;
                if let Some(place) = self.place.and_then(|n| places.get_mut(n)) {
                    draft::at(place, moment);
                }
            }
            b"K1 " | b"C8 " | b"V9 " | b"M12" | b"X1 " | b"X2 " => {
                let said: Vec<String> =
                    (1..=s.elements()).map(|e| s.text(e, 0).into_owned()).collect();
                let kind = String::from_utf8_lossy(&s.tag()).trim_end().to_owned();
                if let Some(draft) = &mut self.draft {
                    draft.note(kind, said.join(" ").trim());
                }
            }
            _ => {}
        }
    }

    fn manifest(&mut self, s: &Segment<'_>) {
        let route = &mut self.head.route;
        route.conveyance_id = s.code(4, 0).as_ref().into();
        route.conveyance = s.code(5, 0).as_ref().into();
        route.voyage = s.code(6, 0).as_ref().into();
        if !s.code(7, 0).is_empty() {
            self.head.reference = s.code(7, 0).into_owned();
        }
        self.head.transport = match s.code(2, 0).as_ref() {
            "O" | "S" => Some(Transport::Sea),
            "A" => Some(Transport::Air),
            "R" => Some(Transport::Rail),
            "J" | "M" | "T" => Some(Transport::Road),
            _ => None,
        };
        self.head.direction = Some(Direction::Import);
        self.head.parties.push(Party::by_code(Role::Carrier, &s.code(1, 0)));
    }

    fn bill(&mut self, s: &Segment<'_>) {
        let (bill, port, receipt) = (s.id(1, 0), s.code(2, 0), s.text(10, 0));
        let (count, unit) = (draft::packages(&s.text(3, 0)), s.code(4, 0).into_owned());
        let mass = s.number(5, 0).and_then(|number| text::mass(number, &s.code(6, 0)));
        let scac = s.code(12, 0).into_owned();
        let (port, receipt) = (port.into_owned(), receipt.into_owned());
        let draft = self.draft(s);
        draft.documents.master_bill = bill;
        let place = draft.place("loading", &port, "");
        place.country = place.country.or_else(|| schedule_k::country(&port));
        if !receipt.trim().is_empty() {
            draft.place("receipt", "", receipt.trim());
        }
        (draft.packages, draft.gross_mass_g) = (count, mass);
        draft.note("package unit", &unit);
        draft.note("bill issuer", &scac);
    }

    fn named(&mut self, s: &Segment<'_>) {
        let kind = s.code(1, 0);
        let role = match kind.as_ref() {
            "SH" | "SU" | "EX" | "SE" | "SF" => Role::Consignor,
            "CN" | "IM" | "BY" | "ST" | "UC" => Role::Consignee,
            "N1" | "N2" | "NP" | "N3" => Role::NotifyParty,
            "FW" | "FF" | "AG" => Role::Forwarder,
            "CA" => Role::Carrier,
            "CB" => Role::Declarant,
            _ => {
                self.party = None;
                let said = format!("{} {}", s.text(2, 0), s.code(4, 0));
                let kind = kind.into_owned();
                return self.draft(s).note(format!("N1 {kind}"), said.trim());
            }
        };
        let mut party = Party::by_code(role, &s.code(4, 0));
        let name = s.text(2, 0);
        if !name.trim().is_empty() {
            name.trim().clone_into(&mut draft::contact(&mut party).name);
        }
        let draft = self.draft(s);
        draft.parties.push(party);
        self.party = Some(draft.parties.len() - 1);
    }

    fn party_of(&mut self) -> Option<&mut Party> {
        self.draft.as_mut()?.parties.get_mut(self.party?)
    }

    /// An address line; names break over N1 and N3, which shows by a legal form in the latter.
    fn street(&mut self, s: &Segment<'_>) {
        let lines = [s.text(1, 0).into_owned(), s.text(2, 0).into_owned()];
        let Some(party) = self.party_of() else { return };
        let [first, second] = lines;
        let formed = first.split([' ', ',', '.']).any(|word| {
            matches!(word, "LTDA" | "LLC" | "LTD" | "INC" | "GMBH" | "CORP" | "LIMITED")
        });
        let contact = draft::contact(party);
        if formed && !second.is_empty() && contact.address.is_empty() {
            let cut = contact.name.chars().count() >= 28;
            draft::append(&mut contact.name, &first, cut);
        } else {
            draft::address_or_contact(party, &first);
        }
        draft::address_or_contact(party, &second);
    }

    fn unit(&mut self, s: &Segment<'_>) {
        let (prefix, number) = (s.code(1, 0), s.code(2, 0));
        // Some write the whole number into the second field, others its check digit apart.
        let digit = if number.len() == 6 { s.code(18, 0) } else { Default::default() };
        let whole = match number.len() {
            10.. => number.into_owned(),
            _ => format!("{prefix}{number}{digit}"),
        };
        let mass = match s.code(4, 0).as_ref() {
            "G" | "" => s.number(3, 0).and_then(|n| text::mass(n, &s.code(17, 0))),
            _ => None,
        };
        let size_type = s.id(22, 0);
        self.unit = draft::tidy_number(&whole);
        let unit = self.draft(s).unit(&whole);
        unit.gross_mass_g = mass.filter(|mass| mass.0 > 0);
        unit.size_type = size_type;
    }

    /// `quantity*text*marks*J*HTS*value*unit*weight`; without a quantity the text goes on.
    fn goods(&mut self, s: &Segment<'_>) {
        let count = draft::packages(&s.text(1, 0));
        let (said, marks) = (s.text(2, 0).into_owned(), s.text(3, 0).into_owned());
        let hs = s.code(5, 0).into_owned();
        let value = s.number(6, 0).and_then(|amount| draft::money(amount, ""));
        let mass = s.number(8, 0).and_then(|number| text::mass(number, &s.code(7, 0)));
        let (unit, full) = (self.unit.clone(), self.text_full);
        let draft = self.draft(s);
        let goes_on = count.is_none() && !draft.goods.is_empty();
        if !goes_on {
            let item = draft.new_item();
            (item.packages, item.value, item.gross_mass_g) = (count, value, mass);
            if !unit.is_empty() {
                item.containers.push(unit);
            }
        }
        let item = draft.item();
        draft::append(&mut item.marks, &marks, false);
        let mut whole = item.description.to_string();
        draft::append(&mut whole, &said, goes_on && full);
        item.description = whole.into();
        draft.hs(&hs);
        // A text of 45 characters was cut there, within a word unless it ends with a blank.
        self.text_full = said.chars().count() >= 44 && !said.ends_with(' ');
    }

    fn lading(&mut self, s: &Segment<'_>) {
        let mass = s.number(4, 0).and_then(|number| text::mass(number, &s.code(11, 0)));
        let net = s.code(5, 0) == "N";
        let (count, kind) = (draft::packages(&s.text(8, 0)), s.id(9, 0));
        let unit = self.unit.clone();
        let draft = self.draft(s);
        let item = draft.new_item();
        (item.packages, item.package_type) = (count, kind);
        match net {
            true => item.net_mass_g = mass,
            false => item.gross_mass_g = mass,
        }
        if !unit.is_empty() {
            item.containers.push(unit);
        }
        self.text_full = false;
    }
}
