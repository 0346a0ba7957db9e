//! Postal items with their customs forms (CN22, CN23) as JSON: one object, an array of them, or
//! an object a line, alone or within a message. The names that are documented in `docs/formats.md`
//! follow the printed forms; those that operators' systems have for them are in `names.rs`. An item
//! number without a right check digit is kept with a sign, never refused.

mod form;
mod json;
mod names;

use std::io;

use serde_json::value::RawValue;
use targeting::codes::PostalItemId;
use targeting::consignment::{DefectKind, GoodsItem, Transport};
use targeting::party::{Party, Role};

use super::draft::{self, Draft};
use super::text;
use super::window::Window;
use super::{DOCUMENT_LIMIT, Function, Head, Kind, MessageBatch, MessageOptions, Reader, defect};
use crate::recognise::Format;
pub(crate) use form::begins_forms;
use form::{Figure, Form, Person, forms_within, is_form};
use json::Json;

/// Objects within objects that are searched for forms.
const DEEPEST: usize = 6;
/// Places that are no JSON, each told, before the rest is left.
const MOST_BREAKS: usize = 100;

pub(crate) struct Post<R> {
    window: Option<Window<R>>,
    options: MessageOptions,
}

impl<R: io::Read> Post<R> {
    pub(crate) fn new(window: Window<R>, options: MessageOptions) -> Post<R> {
        Post { window: Some(window), options }
    }
}

impl<R: io::Read> Reader for Post<R> {
    fn read(&mut self, batch: &mut MessageBatch, _: usize) -> io::Result<bool> {
        let Some(mut window) = self.window.take() else { return Ok(false) };
        window.hold(DOCUMENT_LIMIT as usize + 1)?;
        let bytes = window.bytes();
        if bytes.len() as u64 > DOCUMENT_LIMIT {
            let reason = "the file is larger than 256 MB and was not read";
            batch.defects.push(defect(1, "", DefectKind::Unreadable, reason, &bytes[..200]));
            return Ok(false);
        }
        let (whole, _) = text::decode_document(bytes, None);
        read_forms(&whole, batch, &self.options);
        Ok(false)
    }
}

fn read_forms(whole: &str, batch: &mut MessageBatch, options: &MessageOptions) {
    let trimmed = whole.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    // Objects one after the other, on lines of their own or over several, or those of an array.
    let mut at = whole.len() - trimmed.len();
    at += usize::from(trimmed.starts_with('['));
    let mut breaks = 0;
    loop {
        let rest = whole[at..].trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        at = whole.len() - rest.len();
        if rest.is_empty() || (trimmed.starts_with('[') && rest.trim_end() == "]") {
            break;
        }
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        match stream.next() {
            // Behind damage stand the parts of a form as well, which are none themselves.
            Some(Ok(part)) if breaks > 0 && !reads_as_form(part.get()) => {
                at += stream.byte_offset();
            }
            Some(Ok(form)) => {
                let start = form.get().as_ptr() as usize - whole.as_ptr() as usize;
                read_form(form.get(), start, whole, batch, options);
                at += stream.byte_offset();
            }
            Some(Err(error)) => {
                breaks += 1;
                // The next line that begins an object, or else whatever object lies within.
                let bytes = whole.as_bytes();
                let line = memchr::memmem::find(&bytes[at + 1..], b"\n{").map(|next| next + 1);
                let next = line.or_else(|| memchr::memchr(b'{', &bytes[at + 1..]));
                let end = next.map_or(whole.len(), |next| at + 1 + next);
                let told = line.map_or(whole.len(), |_| end);
                let reason = format!("this is no form that can be read: {error}");
                let found = bytes[at..told].trim_ascii_end();
                let line = line_of(whole, at, batch);
                if breaks == 1 || line_begins(whole, at) {
                    batch.defects.push(defect(line, "", DefectKind::Unreadable, reason, found));
                }
                if breaks >= MOST_BREAKS {
                    break;
                }
                at = end;
            }
            None => break,
        }
    }
}

fn line_begins(whole: &str, at: usize) -> bool {
    at == 0 || whole.as_bytes()[at - 1] == b'\n'
}

fn reads_as_form(said: &str) -> bool {
    serde_json::from_str::<Json>(said).is_ok_and(|value| is_form(&value))
}

/// The line of a byte, counted on from the last form's.
fn line_of(whole: &str, at: usize, batch: &MessageBatch) -> u64 {
    let (line, from) = batch.heads.last().map_or((1, 0), |head| (head.line, head.offset as usize));
    let between = &whole.as_bytes()[from.min(at)..at];
    line + memchr::memchr_iter(b'\n', between).count() as u64
}

fn read_form(
    said: &str,
    at: usize,
    whole: &str,
    batch: &mut MessageBatch,
    options: &MessageOptions,
) {
    let line = line_of(whole, at, batch);
    let mut value: Json = match serde_json::from_str(said) {
        Ok(value) => value,
        Err(error) => {
            let reason = format!("this is no form that can be read: {error}");
            let found = said.as_bytes();
            batch.defects.push(defect(line, "", DefectKind::Unreadable, reason, found));
            return;
        }
    };
    let within = forms_within(&mut value, DEEPEST);
    let outer = Form::of(&value);
    match within {
        None => keep(outer, said, (line, at), batch, options),
        Some(forms) => {
            for one in forms {
                let mut form = Form::of(&one);
                form.within(&outer);
                keep(form, said, (line, at), batch, options);
            }
        }
    }
}

/// Makes a form a consignment.
fn keep(
    mut form: Form,
    said: &str,
    (line, at): (u64, usize),
    batch: &mut MessageBatch,
    options: &MessageOptions,
) {
    form.settle();
    if form.is_empty() {
        let reason = "this names no item, no person and no contents: it is no form";
        let found = said.as_bytes();
        batch.defects.push(defect(line, "", DefectKind::Unreadable, reason, found));
        return;
    }
    let mut head = Head::new(Format::Postal, "postal-cn23", Kind::Postal);
    let full = form.pieces.len() > 1 || form.gross.number.is_some();
    head.dialect = if full { "CN23" } else { "CN22" }.into();
    head.function = Function::of_code(&form.function);
    head.regime = draft::regime_of(true);
    head.transport = Some(Transport::Post);
    head.sent = text::digits_moment(&form.lodged, "");
    head.test = form.test;
    head.reference.clone_from(&form.item);
    head.sender.clone_from(&form.from_operator);
    head.recipient.clone_from(&form.to_operator);
    head.office = form.office.as_str().into();
    (head.line, head.offset) = (line, at as u64);

    let mut draft = Draft::at(line, at as u64);
    draft.postal_item(&form.item);
    if let (false, Err(error)) = (form.item.trim().is_empty(), form.item.parse::<PostalItemId>()) {
        let found = form.item.as_bytes();
        batch.defects.push(defect(line, "item", DefectKind::Noted, error.to_string(), found));
    }
    draft.documents.master_bill = form.master.as_str().into();
    draft.documents.purpose = form.nature.as_str().into();
    for (role, person) in [(Role::Consignor, &form.sender), (Role::Consignee, &form.addressee)] {
        draft.parties.push(party(role, person));
    }
    for (place, person) in [("export_country", &form.sender), ("destination", &form.addressee)] {
        if !person.country.is_empty() {
            draft.place(place, &person.country, "");
        }
    }
    for (kind, said) in [
        ("class", &form.class),
        ("invoice", &form.invoice),
        ("licence", &form.licence),
        ("certificate", &form.certificate),
        ("dispatch", &form.dispatch),
        ("receptacle", &form.receptacle),
    ] {
        draft.note(kind, said);
    }
    for (kind, figure) in [("postage", &form.postage), ("value", &form.worth)] {
        if let Some(number) = figure.number {
            draft.note(kind, &format!("{number} {}", figure.unit));
        }
    }
    for (name, said) in &form.others {
        draft.note(name, said);
    }
    draft.gross_mass_g = mass(&form.gross);
    for piece in &form.pieces {
        draft.goods.push(GoodsItem {
            description: piece.description.as_str().into(),
            origin: piece.origin.parse().ok(),
            net_mass_g: mass(&piece.net),
            gross_mass_g: mass(&piece.gross),
            value: piece.worth.number.and_then(|n| draft::money(n, &piece.worth.unit)),
            quantity: piece.quantity.number,
            ..GoodsItem::default()
        });
        piece.hs.iter().for_each(|code| draft.hs(code));
    }
    let net: i64 = draft.goods.iter().filter_map(|item| item.net_mass_g).map(|mass| mass.0).sum();
    if draft.gross_mass_g.is_some_and(|gross| net > gross.0) {
        draft.sign("net_above_gross");
    }
    let issuer = draft.documents.postal_item.map(|item| item.issuer().to_string());
    if let Some(issuer) = issuer
        && !form.sender.country.is_empty()
        && !issuer.eq_ignore_ascii_case(form.sender.country.trim())
    {
        draft.sign("issuer_unlike_sender");
    }
    head.consignments = 1;
    let message = batch.heads.len();
    batch.rows.push(draft.close(&head, message, options));
    batch.heads.push(head);
}

/// Kilograms, where no unit is said.
fn mass(figure: &Figure) -> Option<targeting::codes::Mass> {
    let unit = match figure.unit.to_ascii_lowercase().as_str() {
        "grams" | "gram" => "G",
        "kilograms" | "kilogram" | "kgs" => "KGM",
        _ => figure.unit.as_str(),
    };
    text::mass(figure.number?, unit)
}

fn party(role: Role, person: &Person) -> Party {
    let mut party = Party::by_code(role, person.code.trim());
    let name = if person.name.trim().is_empty() { &person.company } else { &person.name };
    if !name.trim().is_empty() {
        name.trim().clone_into(&mut draft::contact(&mut party).name);
    }
    if !person.company.is_empty() && *name != person.company {
        draft::address(draft::contact(&mut party), &person.company);
    }
    let lines = person.address.iter().map(String::as_str);
    let rest = [&person.city, &person.region, &person.post_code];
    for line in lines.chain(rest.into_iter().map(String::as_str)) {
        if !line.trim().is_empty() {
            draft::address(draft::contact(&mut party), line);
        }
    }
    if let Ok(country) = person.country.parse() {
        draft::contact(&mut party).address_country = Some(country);
    }
    person.phones.iter().for_each(|phone| draft::phone(&mut party, phone));
    person.mails.iter().for_each(|mail| draft::mail(&mut party, mail));
    party
}
