//! A consignment in the making. Every format fills drafts through the same few acts, so that a
//! party, a place or a container means the same wherever it was read; closing a draft gives the
//! consignment its reference, its office, its day and its signs.

use compact_str::{CompactString, ToCompactString, format_compact};
use targeting::codes::{CodeError, CountryCode, Currency, Day, Money, PostalItemId, UnLocode};
use targeting::consignment::{
    Consignment, Direction, Documents, Equipment, GoodsItem, Note, Place, Regime, Route, Transport,
};
use targeting::party::{Contact, Party, Role};
use xxhash_rust::xxh3::xxh3_64;

use super::airports;
use super::checks;
use super::text::{self, Moment};
use super::{Head, Kind, MessageOptions, Row};

/// Notes of one consignment at most; a message that says more is damaged or hostile.
const MOST_NOTES: usize = 400;
/// Units of one consignment at most.
pub(crate) const MOST_UNITS: usize = 5_000;
/// Goods items of one consignment at most; EDIFACT counts to 9999.
const MOST_ITEMS: usize = 10_000;
/// Characters of one text at most.
const LONGEST_TEXT: usize = 16_000;

/// What is known of a consignment so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) line: u64,
    pub(crate) offset: u64,
    pub(crate) transport: Option<Transport>,
    pub(crate) direction: Option<Direction>,
    pub(crate) parties: Vec<Party>,
    pub(crate) goods: Vec<GoodsItem>,
    pub(crate) route: Route,
    pub(crate) equipment: Vec<Equipment>,
    pub(crate) documents: Documents,
    /// Packages and gross mass that the document says of the whole.
    pub(crate) packages: Option<u32>,
    pub(crate) gross_mass_g: Option<targeting::codes::Mass>,
    /// Its number among those of the message, for one that has no other reference.
    pub(crate) ordinal: CompactString,
    pub(crate) office: CompactString,
}

impl Draft {
    pub(crate) fn at(line: u64, offset: u64) -> Draft {
        Draft { line, offset, ..Draft::default() }
    }

    /// True when nothing of a consignment has been said.
    pub(crate) fn is_empty(&self) -> bool {
        self.parties.is_empty()
            && self.goods.is_empty()
            && self.equipment.is_empty()
            && self.documents.master_bill.is_empty()
            && self.documents.house_bill.is_empty()
            && self.documents.declaration.is_empty()
            && self.documents.postal_item.is_none()
    }

    /// A further party in a role.
    pub(crate) fn party(&mut self, role: Role) -> &mut Party {
        push(&mut self.parties, Party::by_code(role, ""))
    }

    /// The item that is being read, or a first one.
    pub(crate) fn item(&mut self) -> &mut GoodsItem {
        last_or_new(&mut self.goods)
    }

    /// A further item.
    pub(crate) fn new_item(&mut self) -> &mut GoodsItem {
        if self.goods.len() >= MOST_ITEMS {
            // More than any message numbers: the last one stands for the rest.
            self.sign("items_cut");
            return self.item();
        }
        push(&mut self.goods, GoodsItem::default())
    }

    /// The unit with this number, or a further one.
    pub(crate) fn unit(&mut self, number: &str) -> &mut Equipment {
        let number = tidy_number(number);
        match self.equipment.iter().position(|unit| unit.number == number) {
            Some(place) => &mut self.equipment[place],
            // More than any ship carries for one bill: the last one stands for the rest.
            None if self.equipment.len() >= MOST_UNITS => {
                let last = self.equipment.len() - 1;
                &mut self.equipment[last]
            }
            None => push(&mut self.equipment, unit_of(number)),
        }
    }

    pub(crate) fn note(&mut self, kind: impl AsRef<str>, text: &str) {
        note(&mut self.documents.notes, kind, text);
    }

    pub(crate) fn sign(&mut self, code: &str) {
        sign(&mut self.documents.signs, code);
    }

    /// Takes a place; see [`place`].
    pub(crate) fn place(&mut self, role: &str, code: &str, name: &str) -> &mut Place {
        place(&mut self.route, role, code, name)
    }

    /// Takes the number of a postal item as written; what S10 does not hold is kept as a bill's.
    pub(crate) fn postal_item(&mut self, written: &str) {
        match written.parse::<PostalItemId>() {
            Ok(item) => self.documents.postal_item = Some(item),
            Err(error) => {
                self.documents.house_bill = tidy_number(written);
                self.sign(match error {
                    _ if written.trim().is_empty() => "item_unnamed",
                    CodeError::CheckDigit { .. } => "s10_check_digit",
                    CodeError::Shape { .. } => "s10_shape",
                });
            }
        }
    }

    /// Takes a goods code as written; what is none becomes a note.
    pub(crate) fn hs(&mut self, written: &str) {
        if written.trim().is_empty() {
            return;
        }
        match text::hs(written) {
            Some(code) => {
                let item = self.item();
                match item.hs {
                    None => item.hs = Some(code),
                    Some(known) if known == code || item.more_hs.contains(&code) => {}
                    Some(_) if item.more_hs.len() < 100 => item.more_hs.push(code),
                    Some(_) => {}
                }
            }
            None => {
                self.note("hs", written);
                self.sign("hs_not_understood");
            }
        }
    }

    /// Adds to the description of the item that is being read; `joined` says that the text goes
    /// on within a word.
    pub(crate) fn describe(&mut self, more: &str, joined: bool) {
        let to = &mut self.item().description;
        let more = if joined { more.trim_end() } else { more.trim() };
        if more.is_empty() || to.len() >= LONGEST_TEXT {
            return;
        }
        if !to.is_empty() && !joined {
            to.push(' ');
        }
        to.push_str(cut(more));
    }

    /// Makes it a row: reference, office, day, route and signs are settled.
    pub(crate) fn close(mut self, head: &Head, message: usize, options: &MessageOptions) -> Row {
        self.inherit(head);
        self.settle_goods();
        settle_route(&mut self.route);
        let reference = self.reference(head);
        let (arrived_on, minute) = head
            .sent
            .filter(|sent| plausible(sent.day, options))
            .map_or((Day::of_micros(options.received_at), None), |sent| (sent.day, sent.minute));
        let arrived_at = match head.sent {
            Some(sent) if plausible(sent.day, options) => {
                sent.day.start_micros() + i64::from(minute.unwrap_or(0)) * 60_000_000
            }
            _ => options.received_at,
        };
        let office = self.office(head, options);
        let mut consignment = Consignment {
            source: CompactString::const_new(head.source),
            reference,
            regime: head.regime,
            direction: self.direction.or(head.direction).unwrap_or_default(),
            office,
            arrived_at,
            arrived_on,
            transport: self.transport.or(head.transport),
            parties: self.parties,
            goods: self.goods,
            route: self.route,
            equipment: self.equipment,
            documents: self.documents,
        };
        consignment.documents.cancelled |= head.function.cancels();
        if head.test {
            sign(&mut consignment.documents.signs, "test_message");
        }
        for code in checks::signs(&consignment) {
            sign(&mut consignment.documents.signs, code);
        }
        Row {
            message,
            line: self.line,
            offset: self.offset,
            kind: head.kind,
            test: head.test,
            consignment,
        }
    }

    /// What was said of one consignment holds for all that follow.
    pub(crate) fn into_head(self, head: &mut Head) {
        let (own, of) = (self.route, &mut head.route);
        for (to, from) in [
            (&mut of.conveyance, own.conveyance),
            (&mut of.conveyance_id, own.conveyance_id),
            (&mut of.voyage, own.voyage),
        ] {
            if to.is_empty() {
                *to = from;
            }
        }
        of.places.extend(own.places);
        head.parties.extend(self.parties);
        head.transport = self.transport.or(head.transport);
        head.direction = self.direction.or(head.direction);
    }

    /// What a master said of all its houses holds for each that does not say otherwise.
    pub(crate) fn inherit_from(&mut self, outer: &Draft) {
        if self.documents.master_bill.is_empty() {
            self.documents.master_bill.clone_from(&outer.documents.master_bill);
        }
        for place in &outer.route.places {
            if !self.route.places.iter().any(|own| own.role == place.role) {
                self.route.places.push(place.clone());
            }
        }
        for party in &outer.parties {
            if !self.parties.iter().any(|own| own.role == party.role) {
                self.parties.push(party.clone());
            }
        }
        if self.equipment.is_empty() {
            self.equipment.clone_from(&outer.equipment);
        }
        self.direction = self.direction.or(outer.direction);
    }

    /// What the head of the message says holds for each consignment that does not say otherwise.
    fn inherit(&mut self, head: &Head) {
        let of = &head.route;
        for (own, theirs) in [
            (&mut self.route.conveyance, &of.conveyance),
            (&mut self.route.conveyance_id, &of.conveyance_id),
            (&mut self.route.voyage, &of.voyage),
        ] {
            if own.is_empty() {
                own.clone_from(theirs);
            }
        }
        for place in &of.places {
            if !self.route.places.iter().any(|own| own.role == place.role) {
                self.route.places.push(place.clone());
            }
        }
        for party in &head.parties {
            if !self.parties.iter().any(|own| own.role == party.role) {
                self.parties.push(party.clone());
            }
        }
        if self.documents.manifest.is_empty() && head.kind == Kind::Manifest {
            self.documents.manifest = head.reference.as_str().into();
        }
        self.parties.retain(|party| !party.code.is_empty() || party.contact.is_some());
    }

    /// Totals of the whole go to the one item there is; codes within the text to where none is.
    fn settle_goods(&mut self) {
        if self.goods.len() > 1 {
            // Items that say nothing are places that a form left open.
            self.goods.retain(|item| *item != GoodsItem::default());
        }
        if self.goods.is_empty() && (self.packages.is_some() || self.gross_mass_g.is_some()) {
            self.goods.push(GoodsItem::default());
        }
        if let [item] = &mut self.goods[..] {
            item.packages = item.packages.or(self.packages);
            item.gross_mass_g = item.gross_mass_g.or(self.gross_mass_g);
        } else {
            // No item is the whole; what is said of that alone is kept beside them.
            let weighed = self.goods.iter().any(|item| item.gross_mass_g.is_some());
            if let (false, Some(mass)) = (weighed, self.gross_mass_g) {
                self.note("gross mass", &format!("{} kg", mass.kg()));
            }
            let counted = self.goods.iter().any(|item| item.packages.is_some());
            if let (false, Some(packages)) = (counted, self.packages) {
                self.note("packages", &packages.to_string());
            }
        }
        for item in &mut self.goods {
            if item.hs.is_none() {
                let mut codes = text::hs_in_text(&item.description).into_iter();
                item.hs = codes.next();
                item.more_hs.extend(codes);
            }
        }
    }

    fn reference(&self, head: &Head) -> CompactString {
        let documents = &self.documents;
        let real = |bill: &CompactString| !bill.is_empty() && !checks::dummy_bill(bill);
        let (master, house) = (&documents.master_bill, &documents.house_bill);
        match () {
            () if head.kind == Kind::Movement => match self.equipment.first() {
                Some(unit) if !unit.number.is_empty() => unit.number.clone(),
                _ => format_compact!("{}#{}", head.reference, self.line),
            },
            () if head.kind == Kind::Declaration && real(&documents.declaration) => {
                match self.ordinal.is_empty() {
                    true => documents.declaration.clone(),
                    false => format_compact!("{}#{}", documents.declaration, self.ordinal),
                }
            }
            () if real(house) && real(master) => format_compact!("{master}/{house}"),
            () if real(house) => house.clone(),
            () if let Some(item) = documents.postal_item => item.to_compact_string(),
            () if real(master) => master.clone(),
            () if real(&documents.declaration) => documents.declaration.clone(),
            () if head.reference.is_empty() => self.unnumbered(head),
            () if !self.ordinal.is_empty() => {
                format_compact!("{}#{}", head.reference, self.ordinal)
            }
            () => head.reference.as_str().into(),
        }
    }

    /// A number for one that has none: by what it says and where, so that the same message sent
    /// again says the same, and what somebody else sends without a number takes nobody's place.
    fn unnumbered(&self, head: &Head) -> CompactString {
        let says = (&self.parties, &self.goods, &self.route, &self.equipment, &self.documents);
        // Plain values are always written.
        let says = serde_json::to_vec(&says).unwrap_or_default();
        let place = match self.ordinal.as_str() {
            "" => format_compact!("{}", self.line),
            ordinal => ordinal.into(),
        };
        format_compact!("{}#{place}-{:016x}", head.source, xxh3_64(&says))
    }

    fn office(&self, head: &Head, options: &MessageOptions) -> CompactString {
        let route = &self.route;
        let (side, roles) = match self.direction.or(head.direction) {
            Some(Direction::Export) => (route.loading, ["loading", "departure", "receipt"]),
            _ => (route.discharge, ["discharge", "arrival", "destination"]),
        };
        [&self.office, &head.office, &options.office]
            .into_iter()
            .find(|office| !office.is_empty())
            .cloned()
            .or_else(|| side.map(|place| place.to_compact_string()))
            .or_else(|| {
                let named = |place: &&Place| roles.contains(&place.role.as_str());
                let at = |place: &&Place| place.role == "position";
                let mut places = route.places.iter();
                let place = places.find(named).or_else(|| route.places.iter().find(at))?;
                (!place.code.is_empty()).then(|| place.code.clone())
            })
            .unwrap_or_else(|| "unknown".into())
    }
}

/// A day that a message can have been sent on: not before 1990, nor after the day it came.
fn plausible(day: Day, options: &MessageOptions) -> bool {
    let earliest = Day::of(jiff::civil::date(1990, 1, 1));
    // One more day, since the sender's clock may be ahead by time zones.
    let latest = Day(Day::of_micros(options.received_at).0.saturating_add(1));
    (earliest..=latest).contains(&day)
}

fn push<T>(list: &mut Vec<T>, one: T) -> &mut T {
    if list.capacity() == 0 {
        // Most lists stay at one, and their entries are large.
        list.reserve_exact(1);
    }
    list.push(one);
    let last = list.len() - 1;
    &mut list[last]
}

fn last_or_new<T: Default>(list: &mut Vec<T>) -> &mut T {
    if list.is_empty() {
        list.push(T::default());
    }
    let last = list.len() - 1;
    &mut list[last]
}

/// Letters and digits of a number in upper case, when the blanks within it are only habit.
pub(crate) fn tidy_number(written: &str) -> CompactString {
    let trimmed = text::trimmed(written);
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if trimmed.len() <= 13 && trimmed.bytes().all(plain) {
        // Most are written as they should be.
        return CompactString::from(trimmed);
    }
    let squeezed: CompactString =
        trimmed.chars().filter(|c| !matches!(c, ' ' | '-' | '/')).collect();
    if squeezed.len() <= 13 && squeezed.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let mut squeezed = squeezed;
        squeezed.make_ascii_uppercase();
        return squeezed;
    }
    trimmed.into()
}

fn upper(text: &str) -> CompactString {
    let mut upper = CompactString::from(text);
    upper.make_ascii_uppercase();
    upper
}

/// A unit with its number, which is checked where it is a container's.
pub(crate) fn unit_of(number: CompactString) -> Equipment {
    Equipment { container: number.parse().ok(), number, ..Equipment::default() }
}

/// The number of dangerous goods, with or without the letters that say whose it is.
pub(crate) fn un_number(written: &str) -> CompactString {
    let bare = written.trim();
    let number = bare.strip_prefix("UN").unwrap_or(bare).trim_start();
    let plain = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    if plain { number.into() } else { bare.into() }
}

/// A seal as written; empty ones are no seals.
pub(crate) fn seal(unit: &mut Equipment, number: &str) {
    let number = number.trim();
    if !number.is_empty() && !unit.seals.iter().any(|seal| seal == number) && unit.seals.len() < 50
    {
        unit.seals.push(number.into());
    }
}

pub(crate) fn note(notes: &mut Vec<Note>, kind: impl AsRef<str>, text: &str) {
    let text = text.trim();
    if text.is_empty() || notes.len() >= MOST_NOTES {
        return;
    }
    let (kind, text) = (kind.as_ref().into(), cut(text).to_owned());
    notes.push(Note { kind, text });
}

pub(crate) fn sign(signs: &mut Vec<CompactString>, code: &str) {
    if !signs.iter().any(|known| known == code) {
        signs.push(code.into());
    }
}

/// At most so much of a text as a consignment keeps.
pub(crate) fn cut(text: &str) -> &str {
    // Text that is short in bytes is short in characters, and need not be counted.
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    text.char_indices().nth(LONGEST_TEXT).map_or(text, |(end, _)| &text[..end])
}

/// Adds text to text, with a blank between unless it goes on within a word.
pub(crate) fn append(to: &mut String, more: &str, joined: bool) {
    let more = if joined { more.trim_end() } else { more.trim() };
    if more.is_empty() || to.len() >= LONGEST_TEXT {
        return;
    }
    if !to.is_empty() && !joined {
        to.push(' ');
    }
    to.push_str(cut(more));
}

/// Takes a place in a part. One that says the same part and code again is the same place.
pub(crate) fn place<'r>(route: &'r mut Route, role: &str, code: &str, name: &str) -> &'r mut Place {
    let (code, name) = (upper(text::trimmed(code)), text::trimmed(name));
    if let Some(n) = route.places.iter().position(|known| known.role == role && known.code == code)
    {
        return &mut route.places[n];
    }
    let country = match code.len() {
        2 => code.parse::<CountryCode>().ok(),
        3 => airports::country(&code),
        5 => code.parse::<UnLocode>().ok().map(UnLocode::country),
        _ => None,
    };
    let made = Place {
        role: role.into(),
        code,
        name: name.to_owned(),
        country,
        at: CompactString::default(),
    };
    if route.places.capacity() == 0 {
        // Loading, discharge and a few more, and those of the head.
        route.places.reserve_exact(6);
    } else if route.places.len() >= 200 {
        route.places.truncate(199);
    }
    push(&mut route.places, made)
}

/// When the goods are at a place.
pub(crate) fn at(place: &mut Place, moment: Option<Moment>) {
    if let Some(moment) = moment
        && place.at.is_empty()
    {
        place.at = moment.text().into();
    }
}

/// Fills loading, discharge and the countries from the places, in the order in which they say
/// most: what a document says itself comes before what its places imply.
fn settle_route(route: &mut Route) {
    // For each, the best place so far: the lowest rank, and of one rank the first.
    let (mut loading, mut discharge) = (Best::default(), Best::default());
    let (mut departure, mut destination) = (Best::default(), Best::default());
    for place in &route.places {
        let locode = || match place.code.len() {
            5 => place.code.parse::<UnLocode>().ok(),
            _ => None,
        };
        match place.role.as_str() {
            "export_country" => departure.take(0, place.country),
            "receipt" => departure.take(1, place.country),
            "original_loading" => departure.take(2, place.country),
            "loading" => {
                departure.take(3, place.country);
                loading.take(0, locode());
            }
            "origin" => departure.take(4, place.country),
            "departure" => {
                departure.take(5, place.country);
                loading.take(1, locode());
            }
            "acceptance" => departure.take(6, place.country),
            "destination_country" => destination.take(0, place.country),
            "delivery" => destination.take(1, place.country),
            "destination" => destination.take(2, place.country),
            "discharge" => {
                destination.take(3, place.country);
                discharge.take(0, locode());
            }
            "arrival" => {
                destination.take(4, place.country);
                discharge.take(1, locode());
            }
            "transhipment" | "via" => {
                if let Ok(place) = place.code.parse() {
                    route.via.push(place);
                }
            }
            _ => {}
        }
    }
    route.loading = route.loading.or(loading.value());
    route.discharge = route.discharge.or(discharge.value());
    route.departure = route.departure.or(departure.value());
    route.destination = route.destination.or(destination.value());
}

/// What was found at the lowest rank, and there first.
#[derive(Debug)]
struct Best<T>(Option<(u8, T)>);

impl<T> Default for Best<T> {
    fn default() -> Best<T> {
        Best(None)
    }
}

impl<T> Best<T> {
    fn take(&mut self, rank: u8, found: Option<T>) {
        if let Some(found) = found
            && self.0.as_ref().is_none_or(|(best, _)| rank < *best)
        {
            self.0 = Some((rank, found));
        }
    }

    fn value(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// The contact of a party, made when there is none.
pub(crate) fn contact(party: &mut Party) -> &mut Contact {
    party.contact.get_or_insert_default()
}

/// Adds a line to an address.
pub(crate) fn address(contact: &mut Contact, line: &str) {
    let line = text::trimmed(line).trim_end_matches(',');
    if line.is_empty() || contact.address.len() > LONGEST_TEXT {
        return;
    }
    if contact.address.is_empty() {
        // Room for a whole address, so that it is not moved line by line.
        contact.address.reserve(line.len().max(64));
    } else {
        contact.address.push_str(", ");
    }
    contact.address.push_str(line);
}

pub(crate) fn phone(party: &mut Party, written: &str) {
    if let Some(phone) = text::phone(written) {
        let phones = &mut contact(party).phones;
        if !phones.contains(&phone) && phones.len() < 20 {
            phones.push(phone);
        }
    }
}

pub(crate) fn mail(party: &mut Party, written: &str) {
    if let Some(mail) = text::mail(written) {
        let mails = &mut contact(party).mails;
        if !mails.contains(&mail) && mails.len() < 20 {
            mails.push(mail);
        }
    }
}

/// Splits a party that stands in free text: the first line is the name, the others the address;
/// phones and mails are taken out. `width` is where the sender cuts lines.
pub(crate) fn party_of_lines<S: AsRef<str>>(party: &mut Party, lines: &[S], width: usize) {
    let mut rest = lines.iter().map(AsRef::as_ref).filter(|line| !line.trim().is_empty());
    let Some(first) = rest.next() else { return };
    let mut name = first.to_owned();
    let mut lines: Vec<&str> = rest.collect();
    let tail;
    if lines.is_empty() {
        // All in one line: the name ends at the first comma that no legal form follows.
        if let Some((head, after)) = split_name(first) {
            name = head.to_owned();
            tail = after.to_owned();
            lines.push(&tail);
        }
    } else if text::is_wide(first, width)
        && let Some(joint) = joint(first, lines[0])
    {
        name.push_str(joint);
        name.push_str(lines.remove(0));
    }
    contact(party).name = name.trim().to_owned();
    for line in lines {
        address_or_contact(party, line);
    }
}

/// Adds a line of free text to a party: an address, with phones and mails taken out of it.
pub(crate) fn address_or_contact(party: &mut Party, line: &str) {
    if !tells_of_contact(line) {
        address(contact(party), line);
        return;
    }
    let mut kept = String::new();
    let mut number = String::new();
    let (mut calling, mut faxing) = (false, false);
    for word in line.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | ';')) {
        let bare = word.trim().trim_end_matches([',', ';']);
        let head = bare.to_ascii_uppercase();
        let label =
            ["TEL", "PH", "PHONE", "FAX", "MOB", "MOBILE", "T", "전화"].iter().find(|label| {
                head.trim_end_matches([':', '.']) == **label
                    || head.starts_with(&format!("{label}:"))
            });
        let digits = bare.trim_start_matches(|c: char| c.is_alphabetic() || matches!(c, ':' | '.'));
        let numeric = !digits.is_empty()
            && digits.chars().all(|c| c.is_ascii_digit() || "+-()/.".contains(c));
        let plus = numeric && bare.starts_with('+') && !faxing;
        if bare.contains('@') {
            let address = bare.rsplit(':').next().unwrap_or(bare);
            mail(party, address);
        } else if let Some(label) = label {
            flush(party, &mut number);
            (calling, faxing) = (*label != "FAX", *label == "FAX");
            if numeric && calling {
                number.push_str(digits);
            }
        } else if (calling && numeric) || plus {
            calling = true;
            number.push_str(digits);
        } else {
            calling = false;
            faxing &= numeric;
            flush(party, &mut number);
            if !matches!(head.trim_end_matches([':', '.']), "EMAIL" | "E-MAIL" | "MAIL") {
                kept.push_str(word);
            }
        }
    }
    flush(party, &mut number);
    address(contact(party), &kept);
}

/// Whether a line of an address may hold a phone or a mail address.
fn tells_of_contact(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.iter().enumerate().any(|(n, byte)| {
        let rest = &bytes[n..];
        let word = |word: &str| {
            rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
        };
        match byte {
            b'@' => true,
            b'+' => calls(&rest[1..]),
            b'T' | b't' => word("TEL"),
            b'P' | b'p' => word("PH:") || word("PHONE"),
            b'F' | b'f' => word("FAX"),
            b'M' | b'm' => word("MOB"),
            0xec => word("전화"),
            _ => false,
        }
    })
}

/// Whether the number of a phone stands behind a plus: eight digits or more.
fn calls(behind: &[u8]) -> bool {
    let number = behind.iter().take_while(|b| b.is_ascii_digit() || b" -().".contains(b));
    number.filter(|byte| byte.is_ascii_digit()).count() >= 8
}

fn flush(party: &mut Party, number: &mut String) {
    if !number.is_empty() {
        phone(party, number);
        number.clear();
    }
}

/// Words that say of what form a company is.
fn is_form(word: &str) -> bool {
    const FORMS: [&str; 22] = [
        "LTD", "INC", "LLC", "CO", "CORP", "GMBH", "SA", "S.A", "BV", "B.V", "LIMITED", "PTE",
        "AG", "PLC", "TBK", "SRL", "SPA", "LTDA", "BHD", "JSC", "OY", "KG",
    ];
    let word = word.trim_end_matches(['.', ',']);
    FORMS.iter().any(|form| form.eq_ignore_ascii_case(word))
}

/// What stands between a name of full width and the line below it: nothing where a word was cut,
/// a blank before the form of the company; none at all where that line is no part of the name.
fn joint(first: &str, next: &str) -> Option<&'static str> {
    let mut words = next.split_whitespace();
    if words.next().is_some_and(is_form) {
        return Some(" ");
    }
    let whole =
        first.ends_with(char::is_whitespace) || first.split(' ').next_back().is_some_and(is_form);
    let figures = next.bytes().any(|byte| byte.is_ascii_digit()) && !words.any(is_form);
    (!figures && !whole).then_some("")
}

/// The name and what follows it, of a party in one line.
fn split_name(line: &str) -> Option<(&str, &str)> {
    line.match_indices(',').map(|(at, _)| (&line[..at], &line[at + 1..])).find(|(_, after)| {
        !is_form(after.trim_start().split([' ', ',']).next().unwrap_or_default())
    })
}

/// An amount with its currency, in thousandths.
pub(crate) fn money(amount: f64, currency: &str) -> Option<Money> {
    let thousandths = amount * 1e3;
    if !(0.0..=9e17).contains(&thousandths) {
        return None;
    }
    let currency = currency.trim().parse::<Currency>().ok();
    Some(Money { thousandths: thousandths.round() as i64, currency })
}

/// A count of packages, whole and possible.
pub(crate) fn packages(written: &str) -> Option<u32> {
    let number = text::number(written, false)?;
    // Parts of packages are an allotment of some office, and no count.
    ((0.0..=4e9).contains(&number) && number.fract() == 0.0).then_some(number as u32)
}

/// The mode of transport by its code (UNECE Recommendation 19).
pub(crate) fn transport_of(code: &str) -> Option<Transport> {
    Some(match code.trim().trim_start_matches('0').as_bytes().first()? {
        b'1' => Transport::Sea,
        b'2' => Transport::Rail,
        b'3' => Transport::Road,
        b'4' => Transport::Air,
        b'5' => Transport::Post,
        b'6'..=b'9' => Transport::Other,
        _ => return None,
    })
}

/// The regime of a kind of message: post and express are parcels.
pub(crate) fn regime_of(parcel: bool) -> Regime {
    if parcel { Regime::Parcel } else { Regime::Freight }
}
