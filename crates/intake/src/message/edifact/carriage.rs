//! What the segments of transport and customs messages mean. One reader serves all types: it
//! follows what is open (message, bill, item, unit, party, place) instead of a grammar, since
//! real files leave groups out and put segments where no directory has them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use compact_str::{CompactString, ToCompactString, format_compact};
use targeting::codes::Mass;
use targeting::consignment::{DefectKind, Direction, Equipment, GoodsItem, Place};
use targeting::party::{Party, Role};

use super::lexer::Segment;
use super::of_document;
use crate::message::draft::{self, Draft};
use crate::message::text;
use crate::message::{Head, Kind, MessageBatch, MessageOptions, checks, defect};

/// What opens a consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opens {
    /// CNI, or a bill's reference.
    Bill,
    /// LOC+147: a slot on board.
    Slot,
    /// EQD.
    Unit,
    /// The message is one consignment.
    Message,
    /// Whichever of these comes first.
    Guess,
}

/// What segments without a subject of their own are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Head,
    Whole,
    Item,
    Unit,
}

/// Units of the head of one message that are remembered for its bills.
const MOST_UNITS: usize = 200_000;

pub(super) struct Carriage {
    head: Head,
    message: usize,
    opens: Opens,
    draft: Option<Draft>,
    scope: Scope,
    /// The number of CNI, which may be a master's with several bills within.
    numbered: CompactString,
    bill: CompactString,
    house: CompactString,
    unit: CompactString,
    /// Units that the head lists before the bills that use them.
    units: HashMap<CompactString, Equipment>,
    /// The party that contacts belong to; the head's, when no consignment is open.
    party: Option<usize>,
    place: Option<usize>,
    /// Whether the last text of each subject was cut at full width.
    text_full: bool,
    text_kind: CompactString,
    stated: Totals,
    found: Totals,
    customs: bool,
    /// Whether the head of a declaration has ended (UNS), and its items begin.
    counted_out: bool,
    /// Whether the consignment's items have been counted out, so that the next is a further one.
    itemised: bool,
    /// The bill of the head, which is the master of what is numbered below it.
    outer: CompactString,
    /// Places named before the first bill within a numbered consignment, which hold for all.
    shared: Vec<Place>,
    /// Whether it is only guessed what opens a consignment.
    guessed: bool,
    /// Whether the message has ended, so that no further bill follows.
    ended: bool,
}

/// What a message says of all its consignments, and what they come to.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    packages: Option<f64>,
    grams: Option<i64>,
    units: Option<f64>,
}

impl Carriage {
    pub(super) fn new(head: Head, opens: Opens, message: usize) -> Carriage {
        let customs = head.source == "edifact-cusdec";
        let draft = (opens == Opens::Message).then(|| Draft::at(head.line, head.offset));
        Carriage {
            head,
            message,
            opens,
            draft,
            scope: Scope::Head,
            numbered: CompactString::default(),
            bill: CompactString::default(),
            house: CompactString::default(),
            unit: CompactString::default(),
            units: HashMap::new(),
            party: None,
            place: None,
            text_full: false,
            text_kind: CompactString::default(),
            stated: Totals::default(),
            found: Totals::default(),
            customs,
            counted_out: false,
            itemised: false,
            outer: CompactString::default(),
            shared: Vec::new(),
            guessed: opens == Opens::Guess,
            ended: false,
        }
    }

    /// Reads one segment.
    pub(super) fn segment(
        &mut self,
        s: &Segment<'_>,
        batch: &mut MessageBatch,
        options: &MessageOptions,
    ) {
        let tag = s.tag();
        if self.opens == Opens::Guess {
            self.guess(&tag, s);
        }
        if &tag != b"FTX" {
            self.text_kind.clear();
        }
        match &tag {
            b"BGM" => self.document(s),
            b"DTM" => self.moment(s),
            b"CNI" => self.consignment(s, batch, options),
            b"RFF" => self.reference(s, batch, options),
            b"NAD" => self.named(s),
            b"COM" => self.contact(s),
            b"TDT" => self.carried(s),
            b"LOC" => self.place(s, batch, options),
            b"EQD" => self.equipment(s, batch, options),
            b"GID" => {
                let item = self.new_item(s);
                item.packages = draft::packages(&s.text(2, 0));
                item.package_type = s.word(2, 1).as_ref().into();
            }
            b"CST" => {
                // Before the items it says what kind of declaration this is.
                let of_item = !self.customs || self.itemised || self.counted_out;
                if self.customs && of_item {
                    self.new_item(s);
                }
                for element in 2..=s.elements().min(6) {
                    self.classified(s, element, of_item);
                }
            }
            b"LIN" => {
                self.new_item(s);
                if s.word(3, 1) == "HS" {
                    let code = s.code(3, 0);
                    self.draft(s).hs(&code);
                }
            }
            b"PIA" => {
                for element in 2..=s.elements().min(7) {
                    if s.word(element, 1) == "HS" {
                        let code = s.code(element, 0);
                        self.draft(s).hs(&code);
                    }
                }
            }
            b"IMD" => {
                let said = text::join((3..6).map(|component| s.text(3, component)), 35);
                self.draft(s).describe(&said, false);
            }
            b"FTX" => self.free_text(s),
            b"MEA" => self.measure(s),
            b"PAC" => {
                let (count, kind) = (draft::packages(&s.text(1, 0)), s.id(3, 0));
                let item = self.draft(s).item();
                if item.packages.is_none() {
                    (item.packages, item.package_type) = (count, kind);
                }
            }
            b"QTY" => {
                let (amount, unit) = (s.number(1, 1), s.id(1, 2));
                if self.scope == Scope::Item {
                    let item = self.draft(s).item();
                    (item.quantity, item.quantity_unit) = (amount, unit);
                }
            }
            b"PCI" => {
                let marks = text::join(s.texts(2), 35);
                draft::append(&mut self.draft(s).item().marks, &marks, false);
            }
            b"DGS" => {
                let number = draft::un_number(&s.code(3, 0));
                let class = s.code(2, 0).into_owned();
                let draft = self.draft(s);
                draft.note("DGS class", &class);
                draft.item().dangerous = number;
            }
            b"MOA" => self.money(s),
            b"SGP" => {
                let number = draft::tidy_number(&s.code(1, 0));
                let item = self.draft(s).item();
                if !number.is_empty() && item.containers.len() < 9_999 {
                    item.containers.push(number);
                }
            }
            b"SEL" => {
                let (number, issuer) = (s.code(1, 0), s.word(2, 0));
                self.with_unit(s, |unit| draft::seal(unit, &number));
                if !issuer.is_empty() && !number.is_empty() {
                    self.note(kind_of("seal", &issuer), &number);
                }
            }
            b"TMP" => {
                let set = format!("{} {}", s.code(2, 0), s.code(2, 1));
                if self.scope == Scope::Unit {
                    self.with_unit(s, |unit| unit.temperature = set.trim().into());
                } else {
                    self.note("TMP", &set);
                }
            }
            b"CNT" => self.count(s),
            b"GIS" | b"GEI" => {
                let code = s.code(if &tag == b"GEI" { 2 } else { 1 }, 0);
                let direction = match code.as_ref() {
                    "22" => Some(Direction::Export),
                    "23" => Some(Direction::Import),
                    "24" => Some(Direction::Transit),
                    "28" => Some(Direction::Transhipment),
                    _ => None,
                };
                match (&mut self.draft, direction) {
                    (Some(draft), Some(_)) if self.scope != Scope::Head => {
                        draft.direction = direction;
                    }
                    (_, Some(_)) => self.head.direction = direction,
                    _ => {
                        let code = code.into_owned();
                        self.note("GIS", &code);
                    }
                }
            }
            b"STS" => {
                let event = [s.word(1, 0), s.code(2, 0), s.text(2, 3)].join(" ");
                self.note("STS", event.trim());
            }
            b"DOC" => {
                let document = format!("{} {}", s.word(1, 0), s.code(2, 0));
                self.note("DOC", document.trim());
            }
            b"UNS" => {
                self.counted_out = true;
                if s.word(1, 0) == "S" {
                    // What follows is said of the whole again.
                    self.scope = Scope::Head;
                }
            }
            b"EQA" => {
                let said = format!("{} {}", s.word(1, 0), s.code(2, 0));
                self.note("EQA", said.trim());
            }
            b"CTA" if self.party_in_hand().is_some() => {
                let said = s.text(2, 1);
                self.note(kind_of("CTA", &s.word(1, 0)), &said);
            }
            b"DAM" => {
                let said: Vec<_> = (1..=s.elements().min(6)).flat_map(|e| s.texts(e)).collect();
                self.note("DAM", &said.join(" "));
            }
            b"AUT" | b"CTA" | b"HAN" | b"TSR" | b"RNG" | b"DIM" | b"CUX" | b"GDS" | b"TOD"
            | b"CPI" | b"GOR" | b"TAX" | b"TMD" | b"EQN" | b"GIR" | b"GIN" | b"COD" | b"DMS"
            | b"TCC" | b"SPS" | b"PRC" | b"RCS" | b"APP" | b"ICD" | b"INP" | b"PRI" | b"PAT"
            | b"ALI" | b"HYN" | b"BII" | b"RSL" | b"CLT" | b"SGU" | b"ERP" | b"ERC" | b"EFI"
            | b"CIN" => {}
            tag if !super::lexer::known(tag) && self.head.kind != Kind::Other => {
                let reason = "this segment is in no message of the kind; it was kept as a note";
                batch.defects.push(defect(s.line, "", DefectKind::Noted, reason, s.bytes));
                let kept = String::from_utf8_lossy(s.bytes).into_owned();
                self.note("segment", &kept);
            }
            _ => {}
        }
    }

    /// The message ends: what is open is closed, and its totals are held against each other.
    pub(super) fn finish(mut self, batch: &mut MessageBatch, options: &MessageOptions, line: u64) {
        self.ended = true;
        self.close(batch, options);
        if self.head.kind == Kind::Other && self.head.dialect != "head missing" {
            let reason = format!(
                "messages of type {} are read by general rules only",
                self.head.dialect.split(' ').next().unwrap_or_default()
            );
            let found = self.head.dialect.as_bytes();
            batch.defects.push(defect(self.head.line, "UNH", DefectKind::Noted, reason, found));
        }
        let apart = |stated: Option<f64>, found: Option<f64>| match (stated, found) {
            (Some(stated), Some(found)) if (stated - found).abs() > 0.5 + stated.abs() * 1e-6 => {
                Some((stated, found))
            }
            _ => None,
        };
        let grams = |grams: Option<i64>| grams.map(|grams| grams as f64 / 1e3);
        let (stated, found) = (self.stated, self.found);
        for (what, apart) in [
            ("packages", apart(stated.packages, found.packages)),
            ("gross mass in kg", apart(grams(stated.grams), grams(found.grams))),
            ("units", apart(stated.units, found.units)),
        ] {
            if let Some((stated, found)) = apart {
                let reason = format!("the message states {stated} {what}, its parts have {found}");
                batch.defects.push(defect(line, "CNT", DefectKind::Noted, reason, b""));
            }
        }
        batch.heads.push(self.head);
    }

    fn guess(&mut self, tag: &[u8; 3], s: &Segment<'_>) {
        let opens = match tag {
            b"CNI" => Opens::Bill,
            b"EQD" => Opens::Unit,
            b"LOC" if s.word(1, 0) == "147" => Opens::Slot,
            b"RFF" if matches!(s.word(1, 0).as_ref(), "BM" | "MB" | "BH") => Opens::Bill,
            b"GID" => Opens::Message,
            _ => return,
        };
        self.opens = opens;
        self.head.kind = match opens {
            Opens::Slot | Opens::Unit => Kind::Movement,
            Opens::Bill => Kind::Manifest,
            _ => Kind::Waybill,
        };
        self.head.source = match opens {
            Opens::Slot => "edifact-baplie",
            Opens::Unit => "edifact-coarri",
            Opens::Bill => "edifact-cuscar",
            _ => "edifact-iftmin",
        };
    }

    /// The consignment that is open, or the first one.
    fn draft(&mut self, s: &Segment<'_>) -> &mut Draft {
        if self.scope == Scope::Head {
            self.scope = Scope::Whole;
        }
        self.draft.get_or_insert_with(|| Draft::at(s.line, s.offset))
    }

    /// A further item. One that was only described so far is the first of those counted out.
    fn new_item(&mut self, s: &Segment<'_>) -> &mut GoodsItem {
        let first = !std::mem::replace(&mut self.itemised, true);
        let draft = self.draft(s);
        let number = draft.goods.len();
        if !(first && number == 1) {
            draft.new_item();
        }
        self.scope = Scope::Item;
        self.draft(s).item()
    }

    /// A code of CST: of the goods, or, behind the first, of the procedure.
    fn classified(&mut self, s: &Segment<'_>, element: usize, of_item: bool) {
        let code = s.id(element, 0);
        let list = s.word(element, 1);
        let digits = code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let of_goods = digits
            && code.len() >= 6
            && (element == 2 || code.len() != 7)
            && !matches!(list.as_ref(), "117" | "141" | "142");
        if code.is_empty() {
        } else if of_item && (of_goods || list == "HS" || (element == 2 && digits)) {
            self.draft(s).hs(&code);
        } else if of_item && digits && matches!(code.len(), 4 | 7) {
            let known = &mut self.draft(s).documents.procedure;
            if known.is_empty() {
                *known = code;
            }
        } else {
            self.note(kind_of("CST", &list), &code);
        }
    }

    fn note(&mut self, kind: impl AsRef<str>, text: &str) {
        if let Some(draft) = &mut self.draft {
            draft.note(kind, text);
        }
    }

    fn open(&mut self, s: &Segment<'_>, batch: &mut MessageBatch, options: &MessageOptions) {
        self.close(batch, options);
        self.draft = Some(Draft::at(s.line, s.offset));
        self.scope = Scope::Whole;
        (self.party, self.place) = (None, None);
        self.itemised = false;
        self.unit = CompactString::default();
    }

    fn close(&mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        let Some(mut draft) = self.draft.take() else { return };
        self.settle_bills(&mut draft);
        self.attach_units(&mut draft);
        if draft.is_empty() {
            return;
        }
        self.head.consignments += 1;
        if draft.ordinal.is_empty() && self.opens != Opens::Message {
            draft.ordinal = self.head.consignments.to_compact_string();
        }
        let add = |to: &mut Option<f64>, more: Option<f64>| {
            if let Some(more) = more {
                *to = Some(to.unwrap_or(0.0) + more);
            }
        };
        let of_items: u64 =
            draft.goods.iter().filter_map(|item| item.packages).map(u64::from).sum();
        let packages = draft.packages.map(u64::from).or((of_items > 0).then_some(of_items));
        add(&mut self.found.packages, packages.map(|n| n as f64));
        let of_items: i64 =
            draft.goods.iter().filter_map(|item| item.gross_mass_g).map(|m| m.0).sum();
        let grams = draft.gross_mass_g.map(|mass| mass.0).or((of_items > 0).then_some(of_items));
        if let Some(grams) = grams {
            self.found.grams = Some(self.found.grams.unwrap_or(0).saturating_add(grams));
        }
        if self.head.kind == Kind::Movement {
            add(&mut self.found.units, Some(draft.equipment.len() as f64));
        }
        batch.rows.push(draft.close(&self.head, self.message, options));
    }

    /// Which number is the master's and which the house's, once all are known.
    fn settle_bills(&mut self, draft: &mut Draft) {
        let bill = std::mem::take(&mut self.bill);
        let house = std::mem::take(&mut self.house);
        let documents = &mut draft.documents;
        if documents.house_bill.is_empty() {
            documents.house_bill = house;
        }
        if bill.is_empty() {
            if documents.master_bill.is_empty() && documents.house_bill.is_empty() {
                documents.master_bill.clone_from(&self.numbered);
            }
        } else if documents.master_bill.is_empty() {
            // One of two may have the carrier's code before it that the other leaves out.
            let same = self.numbered.ends_with(bill.as_str()) || bill.ends_with(&*self.numbered);
            let apart = !self.numbered.is_empty() && !same;
            if apart && documents.house_bill.is_empty() && is_awb(&bill) && !is_awb(&self.numbered)
            {
                // What an air waybill is named beside is a house's number.
                documents.house_bill.clone_from(&self.numbered);
                documents.master_bill = bill;
            } else if apart
                && documents.house_bill.is_empty()
                && !checks::dummy_bill(&self.numbered)
            {
                // The number of CNI is a master's, the bill within it a house's.
                documents.house_bill = bill;
                documents.master_bill.clone_from(&self.numbered);
            } else {
                documents.master_bill = bill;
            }
        } else if documents.house_bill.is_empty() && documents.master_bill != bill {
            documents.house_bill = bill;
        }
        let outer = &self.outer;
        if !outer.is_empty() && documents.master_bill != *outer {
            let own = std::mem::replace(&mut documents.master_bill, outer.clone());
            if documents.house_bill.is_empty() {
                documents.house_bill = own;
            }
        }
    }

    /// Units that the items name, as the head lists them, or all of these when there is one bill
    /// only.
    fn attach_units(&mut self, draft: &mut Draft) {
        if self.opens == Opens::Unit || self.opens == Opens::Slot {
            return;
        }
        let (goods, equipment) = (&draft.goods, &mut draft.equipment);
        let named: usize = goods.iter().map(|item| item.containers.len()).sum();
        // A few are looked for one by one; a bill may name thousands.
        let mut listed: HashSet<CompactString> = match named {
            0..=16 => HashSet::new(),
            _ => equipment.iter().map(|unit| unit.number.clone()).collect(),
        };
        for number in goods.iter().flat_map(|item| &item.containers) {
            let known = match named {
                0..=16 => equipment.iter().any(|unit| unit.number == *number),
                _ => !listed.insert(number.clone()),
            };
            if known || equipment.len() >= draft::MOST_UNITS {
                continue;
            }
            equipment.push(match self.units.get(number) {
                Some(unit) => unit.clone(),
                None => draft::unit_of(number.clone()),
            });
        }
        let only = self.ended && self.head.consignments == 0;
        if (self.opens == Opens::Message || only) && equipment.is_empty() && !self.units.is_empty()
        {
            let mut all: Vec<Equipment> = self.units.drain().map(|(_, unit)| unit).collect();
            all.sort_by(|one, other| one.number.cmp(&other.number));
            all.truncate(draft::MOST_UNITS);
            draft.equipment = all;
        }
    }

    fn document(&mut self, s: &Segment<'_>) {
        self.head.reference = s.code(2, 0).into_owned();
        of_document(&mut self.head, &s.word(1, 0), &s.code(3, 0));
        if self.head.kind == Kind::Declaration {
            let number = s.id(2, 0);
            self.draft(s).documents.declaration = number;
            self.scope = Scope::Head;
        }
    }

    fn moment(&mut self, s: &Segment<'_>) {
        let moment = text::digits_moment(&s.text(1, 1), &s.code(1, 2));
        let code = s.word(1, 0);
        match code.as_ref() {
            "137" | "9" | "97" if self.scope == Scope::Head => {
                self.head.sent = moment.or(self.head.sent);
            }
            "132" | "133" | "136" | "178" | "186" | "189" | "232" | "2" | "17" => {
                let places = match &mut self.draft {
                    Some(draft) if self.scope != Scope::Head => &mut draft.route.places,
                    _ => &mut self.head.route.places,
                };
                if let Some(place) = self.place.and_then(|n| places.get_mut(n)) {
                    draft::at(place, moment);
                }
            }
            _ => {
                let text = moment.map_or_else(|| s.text(1, 1).into_owned(), |moment| moment.text());
                self.note(kind_of("DTM", &code), &text);
            }
        }
    }

    fn consignment(&mut self, s: &Segment<'_>, batch: &mut MessageBatch, options: &MessageOptions) {
        if self.opens == Opens::Message {
            if !self.guessed {
                return;
            }
            // What came before the first number was the end of another bill.
            self.opens = Opens::Bill;
            (self.head.kind, self.head.source) = (Kind::Manifest, "edifact-cuscar");
        }
        // A bill before the first number is that of the whole, such as an air waybill.
        if self.numbered.is_empty()
            && self.head.consignments == 0
            && let Some(draft) =
                self.draft.take_if(|draft| draft.goods.is_empty() && draft.equipment.is_empty())
        {
            self.outer = match std::mem::take(&mut self.bill) {
                bill if bill.is_empty() => draft.documents.master_bill.clone(),
                bill => bill,
            };
            draft.into_head(&mut self.head);
        }
        self.open(s, batch, options);
        self.shared.clear();
        self.numbered = s.id(2, 0);
        if let Some(draft) = &mut self.draft {
            draft.ordinal = s.id(1, 0);
        }
    }

    fn reference(&mut self, s: &Segment<'_>, batch: &mut MessageBatch, options: &MessageOptions) {
        let (kind, number) = (s.word(1, 0), s.id(1, 1));
        if number.is_empty() {
            return;
        }
        // A number of a transport document (AAS) is the bill where no other is.
        let other = kind == "AAS" && self.bill.is_empty() && self.draft.is_some();
        let is_bill = other || matches!(kind.as_ref(), "BM" | "AWB" | "HWB" | "BH" | "MB" | "MWB");
        if is_bill && self.opens == Opens::Bill {
            let known = match kind.as_ref() {
                "BM" | "AWB" | "AAS" => &self.bill,
                "HWB" | "BH" => &self.house,
                _ => &number,
            };
            let another = !known.is_empty() && *known != number;
            if another {
                // Several bills within one numbered consignment: that number is the master's.
                let master = match kind.as_ref() {
                    // Houses below an air waybill, which is named once.
                    "HWB" | "BH" if !self.bill.is_empty() => self.bill.clone(),
                    _ => self.master(),
                };
                let numbered = self.numbered.clone();
                self.open(s, batch, options);
                if let Some(draft) = &mut self.draft {
                    draft.documents.master_bill = if master.is_empty() { numbered } else { master };
                    draft.route.places.clone_from(&self.shared);
                }
            } else if self.draft.is_none() {
                self.open(s, batch, options);
            }
        }
        if self.draft.is_none() {
            match kind.as_ref() {
                "AAM" | "AAZ" | "MF" => self.head.reference = number.into(),
                "VON" if self.head.route.voyage.is_empty() => self.head.route.voyage = number,
                _ => {}
            }
            return;
        }
        if is_bill && self.head.kind == Kind::Movement && checks::dummy_bill(&number) {
            // Stowage plans write 1 where no bill is known.
            return;
        }
        let scope = self.scope;
        let draft = self.draft(s);
        let documents = &mut draft.documents;
        match kind.as_ref() {
            "BM" | "AWB" => self.bill = number,
            "AAS" if other => self.bill = number,
            "SN" => self.with_unit(s, |unit| draft::seal(unit, &number)),
            "HWB" | "BH" => {
                let places = draft.goods.is_empty().then(|| draft.route.places.clone());
                if self.house.is_empty() {
                    self.shared = places.unwrap_or_default();
                }
                self.house = number;
            }
            "MB" | "MWB" => documents.master_bill = number,
            "BN" => documents.booking = number,
            "ABT" | "ABE" | "MRN" => documents.declaration = number,
            "UCN" | "UCR" | "DUCR" => documents.ucr = number,
            "AAE" | "ABO" | "ABQ" | "PD" => documents.previous = number,
            "HS" | "ABD" => draft.hs(&number),
            _ => draft.note(kind_of("RFF", &kind), &number),
        }
        self.scope = scope;
    }

    fn master(&self) -> CompactString {
        self.draft.as_ref().map(|draft| draft.documents.master_bill.clone()).unwrap_or_default()
    }

    fn named(&mut self, s: &Segment<'_>) {
        let qualifier = s.word(1, 0);
        // Which of several parties in one role is the nearest to the goods.
        let (role, main) = match qualifier.as_ref() {
            "CZ" => (Some(Role::Consignor), true),
            "EX" | "OS" | "SE" | "SU" | "SF" | "GO" | "PW" => (Some(Role::Consignor), false),
            "CN" => (Some(Role::Consignee), true),
            "IM" | "UC" | "BY" | "DP" | "ST" => (Some(Role::Consignee), false),
            "NI" | "N1" => (Some(Role::NotifyParty), true),
            "N2" | "NAN" => (Some(Role::NotifyParty), false),
            "FW" | "FF" | "CS" => (Some(Role::Forwarder), true),
            "AG" => (Some(Role::Forwarder), false),
            "CA" => (Some(Role::Carrier), true),
            "CF" | "CV" => (Some(Role::Carrier), false),
            "CB" | "DT" | "AE" => (Some(Role::Declarant), true),
            _ => (None, false),
        };
        let (code, party) = self.party_of(s, role);
        let in_head = self.scope == Scope::Head && self.opens != Opens::Message;
        let Some(role) = role else {
            self.party = None;
            if !in_head {
                let contact = party.contact.as_deref();
                let said = contact.map(|c| format!("{} {}, {}", code, c.name, c.address));
                let said = said.unwrap_or_else(|| code.to_string());
                self.note(kind_of("NAD", &qualifier), said.trim().trim_end_matches(','));
            }
            return;
        };
        let parties = match &mut self.draft {
            Some(draft) if !in_head => &mut draft.parties,
            _ => &mut self.head.parties,
        };
        if parties.len() >= 1_000 {
            return;
        }
        let first = parties.iter().position(|party| party.role == role);
        let place = match first {
            Some(first) if main => first,
            _ => parties.len(),
        };
        parties.insert(place, party);
        self.party = Some(place);
    }

    /// The party of a NAD: name and address may stand in C058, in C080, or in the code itself.
    fn party_of(&self, s: &Segment<'_>, role: Option<Role>) -> (CompactString, Party) {
        let mut code = s.id(2, 0);
        let mut party = Party::by_code(role.unwrap_or(Role::Consignor), "");
        let mut names = s.texts(4);
        if let Some(first) = names.next() {
            let lines: Vec<_> = [first].into_iter().chain(names).collect();
            // Lines behind a name are its address where nothing else says that.
            let figures = |line: &Cow<'_, str>| line.bytes().any(|byte| byte.is_ascii_digit());
            let more = lines.len() > 2 || lines[1..].iter().any(figures);
            if more && [3, 5, 6, 7, 8].iter().all(|n| s.texts(*n).next().is_none()) {
                draft::party_of_lines(&mut party, &lines, 35);
            } else {
                draft::contact(&mut party).name = text::join(lines, 35).into_owned();
            }
            for line in s.texts(3) {
                draft::address_or_contact(&mut party, &line);
            }
        } else if s.texts(3).any(|line| line.len() > 3) {
            draft::party_of_lines(&mut party, &s.texts(3).collect::<Vec<_>>(), 35);
        } else if code.contains(' ') {
            // A code has no blanks: it is a name in the wrong place.
            draft::party_of_lines(&mut party, &s.texts(2).collect::<Vec<_>>(), 35);
            code = CompactString::default();
        }
        for element in [5, 6, 7, 8] {
            for line in s.texts(element) {
                draft::address_or_contact(&mut party, &line);
            }
        }
        let country = s.word(9, 0);
        if !country.is_empty()
            && let Ok(country) = country.parse()
        {
            draft::contact(&mut party).address_country = Some(country);
        }
        party.code.clone_from(&code);
        (code, party)
    }

    fn contact(&mut self, s: &Segment<'_>) {
        let Some(party) = self.party_in_hand() else { return };
        for element in 1..=s.elements().min(9) {
            // One element may repeat: its values and codes take turns.
            for pair in (0..s.components(element).min(18)).step_by(2) {
                let value = s.text(element, pair);
                match s.word(element, pair + 1).as_ref() {
                    "EM" | "EI" => draft::mail(party, &value),
                    "TE" | "AL" | "MA" if !value.contains('@') => draft::phone(party, &value),
                    _ if value.contains('@') => draft::mail(party, &value),
                    _ => {}
                }
            }
        }
    }

    /// The party that what follows is said of.
    fn party_in_hand(&mut self) -> Option<&mut Party> {
        let parties = match &mut self.draft {
            Some(draft) if self.scope != Scope::Head || self.opens == Opens::Message => {
                &mut draft.parties
            }
            _ => &mut self.head.parties,
        };
        parties.get_mut(self.party?)
    }

    fn carried(&mut self, s: &Segment<'_>) {
        let stage = s.word(1, 0);
        self.place = None;
        if !matches!(stage.as_ref(), "20" | "12" | "11" | "1" | "") {
            let leg = [s.word(1, 0), s.code(2, 0), s.code(8, 0), s.text(8, 3)].join(" ");
            self.note("TDT", leg.trim());
            return;
        }
        let in_head = self.draft.is_none() || self.scope == Scope::Head;
        let transport = draft::transport_of(&s.code(3, 0));
        let route = match &mut self.draft {
            Some(draft) if !in_head => {
                draft.transport = transport.or(draft.transport);
                &mut draft.route
            }
            _ => {
                self.head.transport = transport.or(self.head.transport);
                &mut self.head.route
            }
        };
        route.voyage = s.code(2, 0).as_ref().into();
        let (id, kind, name) = (s.code(8, 0), s.code(8, 1), s.text(8, 3));
        if !id.is_empty() {
            route.conveyance_id = id.as_ref().into();
        }
        let name = if name.trim().is_empty() && kind.is_empty() { id } else { name };
        route.conveyance = name.trim().into();
        let (carrier, carrier_name) = (s.word(5, 0), s.text(5, 3));
        if !carrier.is_empty() || !carrier_name.trim().is_empty() {
            let mut party = Party::by_code(Role::Carrier, &carrier);
            if !carrier_name.trim().is_empty() {
                draft::contact(&mut party).name = carrier_name.trim().to_owned();
            }
            let parties = match &mut self.draft {
                Some(draft) if !in_head => &mut draft.parties,
                _ => &mut self.head.parties,
            };
            if !parties.iter().any(|known| known.role == Role::Carrier) {
                parties.push(party);
            }
        }
    }

    fn place(&mut self, s: &Segment<'_>, batch: &mut MessageBatch, options: &MessageOptions) {
        let qualifier = s.word(1, 0);
        let (code, name) = (s.code(2, 0), s.text(2, 3));
        if qualifier == "147" {
            if self.opens == Opens::Slot {
                self.open(s, batch, options);
                self.scope = Scope::Unit;
                // The unit is named later in its slot, so it waits without a number.
                if let Some(draft) = &mut self.draft {
                    draft.equipment.push(Equipment::default());
                }
            }
            self.with_unit(s, |unit| unit.stowage = CompactString::from(code.as_ref()));
            return;
        }
        let role = match qualifier.as_ref() {
            "5" => "departure",
            "9" => "loading",
            "11" => "discharge",
            "12" => "discharge",
            "76" => "original_loading",
            "7" | "83" => "delivery",
            "88" => "receipt",
            "10" => "acceptance",
            "8" | "20" | "65" => "destination",
            "13" | "152" => "transhipment",
            "35" => "export_country",
            "36" | "28" | "25" => "destination_country",
            "60" | "24" => "arrival",
            "61" => "next",
            "80" => "departure",
            "92" | "153" => "via",
            "94" | "125" => "last",
            "27" => {
                if let Ok(country) = code.parse()
                    && self.scope == Scope::Item
                {
                    self.draft(s).item().origin = Some(country);
                    return;
                }
                "origin"
            }
            "41" | "22"
                if self.head.kind == Kind::Declaration
                    || (self.scope == Scope::Head && self.head.kind == Kind::Manifest) =>
            {
                self.head.office = code.as_ref().into();
                return;
            }
            "165" => "position",
            other => other,
        };
        let in_head = self.draft.is_none() || self.scope == Scope::Head;
        let route = match &mut self.draft {
            Some(draft) if !in_head => &mut draft.route,
            _ => &mut self.head.route,
        };
        if code.is_empty() && name.trim().is_empty() {
            return;
        }
        draft::place(route, role, &code, &name);
        self.place = route.places.iter().rposition(|place| place.role == role);
    }

    fn equipment(&mut self, s: &Segment<'_>, batch: &mut MessageBatch, options: &MessageOptions) {
        let number = draft::tidy_number(&s.code(2, 0));
        let size_type = CompactString::from(s.word(3, 0).as_ref());
        let status = match s.code(5, 0).as_ref() {
            "2" => Some(Direction::Export),
            "3" => Some(Direction::Import),
            "6" => Some(Direction::Transhipment),
            _ => None,
        };
        let empty = s.code(6, 0) == "4";
        if self.opens == Opens::Unit {
            self.open(s, batch, options);
            if let Some(draft) = &mut self.draft {
                draft.equipment.push(draft::unit_of(number.clone()));
                draft.direction = status;
            }
        } else if self.opens == Opens::Slot {
            let units = &mut self.draft(s).equipment;
            let many = units.len();
            match units.last_mut() {
                Some(unit) if unit.number.is_empty() && unit.size_type.is_empty() => {
                    unit.container = number.parse().ok();
                    unit.number = number.clone();
                }
                // Flats that are stacked lie in one slot.
                Some(under) if many < draft::MOST_UNITS => {
                    let stowage = under.stowage.clone();
                    units.push(Equipment { stowage, ..draft::unit_of(number.clone()) });
                }
                _ => {}
            }
        } else if number.is_empty() {
            return;
        } else if self.units.len() < MOST_UNITS {
            let known = draft::unit_of(number.clone());
            self.units.entry(number.clone()).or_insert(known);
            if let Some(draft) = &mut self.draft
                && self.scope != Scope::Head
                && self.opens != Opens::Message
            {
                draft.unit(&number);
            }
        }
        self.unit = number;
        if self.scope != Scope::Head || self.draft.is_some() {
            self.scope = Scope::Unit;
        }
        let in_head = self.draft.is_none();
        self.with_unit(s, |unit| {
            unit.size_type = size_type;
            unit.direction = status;
            unit.empty = empty;
        });
        if in_head {
            self.scope = Scope::Head;
        }
    }

    /// Does something to the unit that is open, wherever it is kept.
    fn with_unit(&mut self, s: &Segment<'_>, act: impl FnOnce(&mut Equipment)) {
        match self.opens {
            Opens::Unit | Opens::Slot => {
                let draft = self.draft(s);
                if draft.equipment.is_empty() {
                    draft.equipment.push(Equipment::default());
                }
                let last = draft.equipment.len() - 1;
                act(&mut draft.equipment[last]);
            }
            _ => {
                let within = self.draft.as_mut().and_then(|draft| {
                    draft.equipment.iter_mut().find(|unit| unit.number == self.unit)
                });
                match within {
                    Some(unit) => act(unit),
                    None => {
                        if let Some(unit) = self.units.get_mut(&self.unit) {
                            act(unit);
                        }
                    }
                }
            }
        }
    }

    fn free_text(&mut self, s: &Segment<'_>) {
        let kind = s.word(1, 0);
        let full = s.texts(4).last().is_some_and(|last| {
            text::is_wide(&last, 70) && (!text::is_wide(&last, 71) || text::is_wide(&last, 512))
        });
        let mut said = text::join(s.texts(4), 70);
        if said.is_empty() {
            said = text::join(s.texts(3), usize::MAX);
        }
        let follows = self.text_full && self.text_kind == kind;
        (self.text_full, self.text_kind) = (full, kind.as_ref().into());
        match kind.as_ref() {
            "AAA" | "AAZ" | "PRD" if self.scope != Scope::Head || self.opens == Opens::Message => {
                if kind == "PRD" && self.head.kind == Kind::Waybill {
                    self.note("FTX PRD", &said);
                } else {
                    self.draft(s).describe(&said, follows);
                }
            }
            scan if scan.starts_with("SCAN") => {
                self.note(kind_of("FTX", scan), if said.is_empty() { scan } else { &said });
                if !scan.contains("OK")
                    && let Some(draft) = &mut self.draft
                {
                    draft.sign("not_scanned");
                }
            }
            _ => {
                // The qualifier itself may be the message, as stowage plans have it.
                let said = if said.is_empty() { &kind } else { &said };
                self.note(kind_of("FTX", &kind), said);
            }
        }
    }

    fn measure(&mut self, s: &Segment<'_>) {
        let (purpose, dimension) = (s.word(1, 0), s.word(2, 0));
        let Some(number) = s.number(3, 1) else { return };
        let unit = s.code(3, 0);
        let codes = [purpose.as_ref(), dimension.as_ref()];
        let is = |some: &[&str]| codes.iter().any(|code| some.contains(code));
        let mass = text::mass(number, &unit);
        if is(&["VGM"]) {
            self.with_unit(s, |to| to.verified_mass_g = mass);
            return;
        }
        let net = matches!(dimension.as_ref(), "N" | "AAA" | "AAC" | "AAF" | "AAL" | "NET");
        let gross = matches!(dimension.as_ref(), "G" | "AAB" | "AAD" | "EGW" | "AET" | "GW")
            || (purpose == "WT" && dimension.is_empty())
            || purpose == "G";
        let Some(mass) = mass.filter(|_| net || gross) else {
            let said = format!("{number} {unit}");
            self.note(format_compact!("MEA {purpose} {dimension}"), &said);
            return;
        };
        match self.scope {
            Scope::Unit if gross => self.with_unit(s, |to| to.gross_mass_g = Some(mass)),
            Scope::Item => {
                let item = self.draft(s).item();
                // The same mass may be given in kilograms and in grams.
                let to = if net { &mut item.net_mass_g } else { &mut item.gross_mass_g };
                *to = to.or(Some(mass));
            }
            Scope::Whole if gross => {
                let draft = self.draft(s);
                draft.gross_mass_g = draft.gross_mass_g.or(Some(mass));
            }
            Scope::Head if !self.units.is_empty() && gross => {
                self.with_unit(s, |to| to.gross_mass_g = Some(mass));
            }
            Scope::Head if gross && self.opens == Opens::Message => {
                self.draft(s).gross_mass_g = Some(mass);
                self.scope = Scope::Head;
            }
            _ => {}
        }
    }

    fn money(&mut self, s: &Segment<'_>) {
        let (kind, currency) = (s.word(1, 0), s.code(1, 2));
        let Some(amount) = s.number(1, 1) else { return };
        let valued =
            matches!(kind.as_ref(), "39" | "43" | "63" | "64" | "66" | "134" | "40" | "38" | "203");
        let scope = self.scope;
        if valued && (scope == Scope::Item || self.opens != Opens::Message) && self.draft.is_some()
        {
            let value = draft::money(amount, &currency);
            let item = self.draft(s).item();
            match item.value {
                // A further one may be in another currency.
                Some(known) if Some(known) != value => {
                    self.note(kind_of("MOA", &kind), &format!("{amount} {currency}"));
                }
                _ => item.value = value,
            }
        } else {
            self.note(kind_of("MOA", &kind), &format!("{amount} {currency}"));
        }
    }

    fn count(&mut self, s: &Segment<'_>) {
        let kind = s.word(1, 0);
        let Some(number) = s.number(1, 1) else { return };
        let mass = text::mass(number, &s.code(1, 2)).map(|Mass(grams)| grams);
        let whole = self.draft.is_none() || self.scope == Scope::Head;
        match (kind.as_ref(), &mut self.draft) {
            ("16", _) => self.stated.units = Some(number),
            ("7", Some(draft)) if !whole || self.opens == Opens::Message => {
                draft.gross_mass_g = mass.map(Mass);
            }
            ("8" | "11", Some(draft)) if !whole || self.opens == Opens::Message => {
                draft.packages = draft::packages(&s.text(1, 1));
            }
            ("7", _) => self.stated.grams = mass,
            ("8" | "11", _) => self.stated.packages = Some(number),
            _ => self.note(kind_of("CNT", &kind), &format!("{number} {}", s.code(1, 2))),
        }
    }
}

/// Whether a number has the shape of an air waybill's: eleven digits, with or without a dash.
fn is_awb(number: &str) -> bool {
    let digits = || number.bytes().filter(|byte| *byte != b'-');
    digits().count() == 11 && digits().all(|byte| byte.is_ascii_digit())
}

/// The kind of a note: the segment and its qualifier.
fn kind_of(segment: &str, qualifier: &str) -> CompactString {
    let mut kind = CompactString::from(segment);
    kind.push(' ');
    kind.push_str(qualifier);
    kind
}
