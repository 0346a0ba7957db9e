//! A form as its members say it, whatever these are called and however deep they lie: the item,
//! its two persons and its pieces. What is said first of a thing counts; what has no meaning here
//! is kept as it is written.

use super::json::Json;
use super::names::{self, OfForm, OfPerson, OfPiece, Who};
use crate::mapping::suggest::fold;
use crate::message::text;

/// Objects within objects are followed this far.
const DEEPEST: usize = 6;

#[derive(Debug, Default, Clone)]
pub(super) struct Form {
    pub(super) item: String,
    perhaps: String,
    pub(super) class: String,
    pub(super) nature: String,
    pub(super) function: String,
    pub(super) lodged: String,
    pub(super) sender: Person,
    pub(super) addressee: Person,
    pub(super) pieces: Vec<Piece>,
    pub(super) gross: Figure,
    pub(super) worth: Figure,
    pub(super) postage: Figure,
    pub(super) invoice: String,
    pub(super) licence: String,
    pub(super) certificate: String,
    pub(super) dispatch: String,
    pub(super) receptacle: String,
    pub(super) master: String,
    pub(super) office: String,
    pub(super) from_operator: String,
    pub(super) to_operator: String,
    pub(super) test: bool,
    /// What else is said: name and text.
    pub(super) others: Vec<(String, String)>,
    weight_unit: String,
    currency: String,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    first: String,
    last: String,
    pub(super) company: String,
    pub(super) address: Vec<String>,
    pub(super) city: String,
    pub(super) region: String,
    pub(super) post_code: String,
    pub(super) country: String,
    pub(super) phones: Vec<String>,
    pub(super) mails: Vec<String>,
    pub(super) code: String,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Piece {
    pub(super) description: String,
    pub(super) quantity: Figure,
    pub(super) net: Figure,
    pub(super) gross: Figure,
    pub(super) worth: Figure,
    price: Figure,
    pub(super) hs: Vec<String>,
    pub(super) origin: String,
    weight_unit: String,
    currency: String,
}

/// A number, and the unit or currency that stands with it.
#[derive(Debug, Default, Clone)]
pub(super) struct Figure {
    pub(super) number: Option<f64>,
    pub(super) unit: String,
}

impl Figure {
    /// `12.5`, `"12,5"`, `"350 g"`, `"USD 45"`, `{"value": 350, "unit": "g"}`.
    fn of(value: &Json) -> Figure {
        match value {
            Json::Text(said) => {
                let unit: String = said.chars().filter(|c| c.is_alphabetic()).collect();
                let bare = said.trim_matches(|c: char| {
                    !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.' | ',')
                });
                let exact = said.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                Figure {
                    number: exact.or_else(|| text::number(bare, false)),
                    unit: if exact.is_some() { String::new() } else { unit },
                }
            }
            Json::List(list) => list.first().map(Figure::of).unwrap_or_default(),
            Json::Object(members) => {
                let mut figure = Figure::default();
                for (name, said) in members {
                    match fold(name).as_str() {
                        "value" | "amount" | "quantity" | "number" | "weight" | "mass" | "text" => {
                            let read = Figure::of(said);
                            figure.number = figure.number.or(read.number);
                            put(&mut figure.unit, &read.unit);
                        }
                        "unit" | "unitcode" | "uom" | "currency" | "currencycode"
                        | "weightunit" => {
                            put(&mut figure.unit, said.texts().first().copied().unwrap_or(""));
                        }
                        _ => {}
                    }
                }
                figure
            }
            Json::Null | Json::Yes(_) => Figure::default(),
        }
    }

    fn or(&mut self, other: Figure) {
        if self.number.is_none() {
            *self = other;
        }
    }
}

/// What is said first counts.
fn put(to: &mut String, said: &str) {
    if to.is_empty() {
        said.trim().clone_into(to);
    }
}

fn first(value: &Json) -> &str {
    value.texts().first().copied().unwrap_or_default()
}

impl Form {
    pub(super) fn of(object: &Json) -> Form {
        let mut form = Form::default();
        form.gather(object, DEEPEST);
        form
    }

    /// True when it says nothing that a form says.
    pub(super) fn is_empty(&self) -> bool {
        let none = |person: &Person| person.name.is_empty() && person.country.is_empty();
        self.item.is_empty()
            && self.pieces.is_empty()
            && none(&self.sender)
            && none(&self.addressee)
    }

    /// What a message says of all its items.
    pub(super) fn within(&mut self, outer: &Form) {
        put(&mut self.lodged, &outer.lodged);
        put(&mut self.function, &outer.function);
        put(&mut self.office, &outer.office);
        put(&mut self.dispatch, &outer.dispatch);
        put(&mut self.receptacle, &outer.receptacle);
        put(&mut self.master, &outer.master);
        put(&mut self.from_operator, &outer.from_operator);
        put(&mut self.to_operator, &outer.to_operator);
        put(&mut self.currency, &outer.currency);
        put(&mut self.weight_unit, &outer.weight_unit);
        self.test |= outer.test;
    }

    fn gather(&mut self, object: &Json, depth: usize) {
        let mut loose = Piece::default();
        self.members(object, depth, &mut loose);
        if !loose.description.is_empty() || !loose.hs.is_empty() {
            // A form without a list says of its one piece what it says.
            match &mut self.pieces[..] {
                [] => self.pieces.push(loose),
                _ => self.others.push(("description".to_owned(), loose.description)),
            }
        }
    }

    fn members(&mut self, object: &Json, depth: usize, loose: &mut Piece) {
        for (written, value) in object.members() {
            let name = fold(written);
            let holds = matches!(value, Json::Object(_) | Json::List(_));
            if let Some(who) = names::who(&name) {
                self.person(who).named(value, DEEPEST);
            } else if let Some((who, what)) = names::who_and_what(&name) {
                self.person(who).put(what, value, DEEPEST);
            } else if depth > 0 && names::is_pieces(&name) && holds_pieces(value) {
                // A declaration around the list says more than that.
                self.members(value, depth - 1, loose);
            } else if names::is_pieces(&name) && !value.objects().is_empty() {
                self.pieces_of(value);
            } else if let Some(what) = names::of_form(&name) {
                self.put(what, value, "");
            } else if let Some(what) = names::of_piece(&name) {
                loose.put(what, value, "");
            } else if let Some((stem, unit)) = names::without_unit(&name)
                && (names::of_form(stem).is_some() || names::of_piece(stem).is_some())
            {
                match (names::of_form(stem), names::of_piece(stem)) {
                    (Some(what), _) => self.put(what, value, unit),
                    (_, Some(what)) => loose.put(what, value, unit),
                    _ => {}
                }
            } else if holds && depth > 0 {
                for within in value.objects() {
                    self.members(within, depth - 1, loose);
                }
            } else {
                for said in value.texts() {
                    self.others.push((written.clone(), said.to_owned()));
                }
            }
        }
    }

    fn person(&mut self, who: Who) -> &mut Person {
        match who {
            Who::Sender => &mut self.sender,
            Who::Addressee => &mut self.addressee,
        }
    }

    /// A list of pieces, or an object around one.
    fn pieces_of(&mut self, value: &Json) {
        for one in value.objects() {
            let list = one.members().iter().find(|(name, within)| is_list(name, within));
            match list {
                Some((_, within)) => self.pieces_of(within),
                None => self.pieces.push(Piece::of(one)),
            }
        }
    }

    fn put(&mut self, what: OfForm, value: &Json, unit: &str) {
        let said = first(value);
        match what {
            OfForm::Item => put(&mut self.item, said),
            OfForm::Perhaps => put(&mut self.perhaps, said),
            OfForm::Class => put(&mut self.class, said),
            OfForm::Nature => put(&mut self.nature, said),
            OfForm::Function => put(&mut self.function, said),
            OfForm::Lodged => put(&mut self.lodged, said),
            OfForm::Office => put(&mut self.office, said),
            OfForm::Gross => self.gross.or(figure(value, unit)),
            OfForm::Worth => self.worth.or(figure(value, unit)),
            OfForm::Currency => put(&mut self.currency, said),
            OfForm::WeightUnit => put(&mut self.weight_unit, said),
            OfForm::Postage => self.postage.or(figure(value, unit)),
            OfForm::PostageCurrency => put(&mut self.postage.unit, said),
            OfForm::Invoice => put(&mut self.invoice, said),
            OfForm::Licence => put(&mut self.licence, said),
            OfForm::Certificate => put(&mut self.certificate, said),
            OfForm::Dispatch => put(&mut self.dispatch, said),
            OfForm::Receptacle => put(&mut self.receptacle, said),
            OfForm::Master => put(&mut self.master, said),
            OfForm::From => put(&mut self.sender.country, said),
            OfForm::To => put(&mut self.addressee.country, said),
            OfForm::Sender => put(&mut self.from_operator, said),
            OfForm::Recipient => put(&mut self.to_operator, said),
            OfForm::Test => {
                self.test |= matches!(value, Json::Yes(true)) || matches!(said, "1" | "true");
            }
        }
    }

    /// Units and currencies that stand apart from their figures hold where none stands with them.
    pub(super) fn settle(&mut self) {
        if self.item.is_empty() {
            self.item = std::mem::take(&mut self.perhaps);
        }
        put(&mut self.gross.unit, &self.weight_unit);
        put(&mut self.worth.unit, &self.currency);
        if let [piece] = &mut self.pieces[..] {
            piece.worth.or(std::mem::take(&mut self.worth));
        }
        for piece in &mut self.pieces {
            if let (None, Some(price)) = (piece.worth.number, piece.price.number) {
                let count = piece.quantity.number.unwrap_or(1.0);
                piece.worth =
                    Figure { number: Some(price * count), unit: piece.price.unit.clone() };
            }
            for unit in [&piece.currency, &self.currency] {
                put(&mut piece.worth.unit, unit);
            }
            for unit in [&piece.weight_unit, &self.weight_unit] {
                put(&mut piece.net.unit, unit);
                put(&mut piece.gross.unit, unit);
            }
        }
        for person in [&mut self.sender, &mut self.addressee] {
            if person.name.is_empty() {
                person.name = format!("{} {}", person.first, person.last).trim().to_owned();
            }
        }
    }
}

fn is_list(name: &str, value: &Json) -> bool {
    matches!(value, Json::List(_)) && names::is_pieces(&fold(name)) && !value.objects().is_empty()
}

/// Whether an object holds a list of pieces beside other things.
fn holds_pieces(value: &Json) -> bool {
    matches!(value, Json::Object(_))
        && value.members().iter().any(|(name, within)| is_list(name, within))
}

fn figure(value: &Json, unit: &str) -> Figure {
    let mut figure = Figure::of(value);
    put(&mut figure.unit, unit);
    figure
}

impl Person {
    /// What stands where a person does: members of their own, or a name or country alone.
    fn named(&mut self, value: &Json, depth: usize) {
        match value {
            Json::Text(said) => {
                let code = said.len() == 2 && said.bytes().all(|byte| byte.is_ascii_uppercase());
                put(if code { &mut self.country } else { &mut self.name }, said);
            }
            Json::List(list) => {
                if let Some(one) = list.first().filter(|_| depth > 0) {
                    self.named(one, depth - 1);
                }
            }
            Json::Object(members) => {
                for (written, within) in members {
                    let name = fold(written);
                    match names::of_person(&name) {
                        Some(what) => self.put(what, within, depth),
                        None if matches!(within, Json::Object(_) | Json::List(_)) && depth > 0 => {
                            self.named(within, depth - 1);
                        }
                        None => {}
                    }
                }
            }
            Json::Null | Json::Yes(_) => {}
        }
    }

    fn put(&mut self, what: OfPerson, value: &Json, depth: usize) {
        if matches!(value, Json::Object(_)) && depth > 0 {
            return self.named(value, depth - 1);
        }
        let said = first(value);
        match what {
            OfPerson::Name => put(&mut self.name, said),
            OfPerson::First => put(&mut self.first, said),
            OfPerson::Last => put(&mut self.last, said),
            OfPerson::Company => put(&mut self.company, said),
            OfPerson::City => put(&mut self.city, said),
            OfPerson::Region => put(&mut self.region, said),
            OfPerson::Post => put(&mut self.post_code, said),
            OfPerson::Country => put(&mut self.country, said),
            OfPerson::Code => put(&mut self.code, said),
            OfPerson::Address => {
                let lines = value.texts().into_iter().flat_map(str::lines);
                self.address.extend(lines.map(str::to_owned));
            }
            OfPerson::Phone => self.phones.extend(value.texts().into_iter().map(str::to_owned)),
            OfPerson::Mail => self.mails.extend(value.texts().into_iter().map(str::to_owned)),
        }
        if let Json::List(list) = value
            && depth > 0
        {
            // Several addresses or contacts: the first counts.
            if let Some(one @ Json::Object(_)) = list.first() {
                self.named(one, depth - 1);
            }
        }
    }
}

impl Piece {
    fn of(object: &Json) -> Piece {
        let mut piece = Piece::default();
        piece.members(object, DEEPEST);
        piece
    }

    fn members(&mut self, object: &Json, depth: usize) {
        for (written, value) in object.members() {
            let name = fold(written);
            if let Some(what) = names::of_piece(&name) {
                self.put(what, value, "");
            } else if let Some((stem, unit)) = names::without_unit(&name)
                && let Some(what) = names::of_piece(stem)
            {
                self.put(what, value, unit);
            } else if matches!(value, Json::Object(_)) && depth > 0 {
                self.members(value, depth - 1);
            }
        }
    }

    fn put(&mut self, what: OfPiece, value: &Json, unit: &str) {
        let said = first(value);
        match what {
            OfPiece::Description => put(&mut self.description, said),
            OfPiece::Quantity => self.quantity.or(figure(value, "")),
            OfPiece::Net => self.net.or(figure(value, unit)),
            OfPiece::Gross => self.gross.or(figure(value, unit)),
            OfPiece::Worth => self.worth.or(figure(value, unit)),
            OfPiece::Price => self.price.or(figure(value, unit)),
            OfPiece::Currency => put(&mut self.currency, said),
            OfPiece::Hs => self.hs.extend(value.texts().into_iter().map(str::to_owned)),
            OfPiece::Origin => put(&mut self.origin, said),
            OfPiece::WeightUnit => put(&mut self.weight_unit, said),
        }
    }
}

/// Takes out of a message the forms within it, each of which says who an item goes to.
pub(super) fn forms_within(value: &mut Json, depth: usize) -> Option<Vec<Json>> {
    let Json::Object(members) = value else { return None };
    if depth == 0 || members.iter().any(|(name, _)| names_addressee(&fold(name))) {
        return None;
    }
    for (_, within) in members.iter_mut() {
        match within {
            Json::List(list) if list.iter().any(is_form) => return Some(std::mem::take(list)),
            one @ Json::Object(_) if is_form(one) && is_whole(one) => {
                return Some(vec![std::mem::replace(one, Json::Null)]);
            }
            _ => {}
        }
    }
    members.iter_mut().find_map(|(_, within)| forms_within(within, depth - 1))
}

/// Whether an object says who an item goes to, itself or in one that holds its persons.
pub(super) fn is_form(value: &Json) -> bool {
    let named = |one: &Json| one.members().iter().any(|(name, _)| names_addressee(&fold(name)));
    named(value) || value.members().iter().any(|(_, within)| named(within))
}

/// Whether it says more than that: the item's number, or what is in it.
fn is_whole(value: &Json) -> bool {
    value.members().iter().any(|(name, within)| {
        let name = fold(name);
        names::of_form(&name) == Some(OfForm::Item)
            || (names::is_pieces(&name) && !within.objects().is_empty())
    })
}

/// Whether a member's name says who an item goes to.
fn names_addressee(name: &str) -> bool {
    names::who(name) == Some(Who::Addressee)
        || names::who_and_what(name).is_some_and(|(who, _)| who == Who::Addressee)
}

/// Whether text begins as forms do: some member says who an item goes to, and another holds what
/// is in it, its number, or who sent it. A table of lines has no lists of objects, and so is none
/// unless `list` says that it cannot be one.
pub(crate) fn begins_forms(head: &str, list: bool) -> bool {
    let (mut to, mut from, mut pieces, mut item) = (false, false, false, false);
    let mut rest = head;
    while let Some(start) = rest.find('"') {
        let after = &rest[start + 1..];
        let Some(end) = after.find('"') else { break };
        let (said, behind) = (&after[..end], after[end + 1..].trim_start());
        rest = &after[end + 1..];
        let Some(value) = behind.strip_prefix(':') else { continue };
        let value = value.trim_start();
        let name = fold(said);
        to |= names_addressee(&name);
        from |= names::who(&name) == Some(Who::Sender)
            || names::who_and_what(&name).is_some_and(|(who, _)| who == Who::Sender);
        let within = value.strip_prefix('[').map(str::trim_start);
        let objects = within.is_some_and(|within| within.starts_with('{'));
        pieces |= names::is_pieces(&name) && (objects || value.starts_with('{'));
        item |= names::of_form(&name) == Some(OfForm::Item);
        if to && (pieces || (list && (from || item))) {
            return true;
        }
    }
    false
}
