//! Postal items with their customs forms (CN22, CN23) as JSON: one object, an array of them, or
//! an object a line. The shape is our own and documented in `docs/formats.md`, after the fields
//! of the printed forms; an office with access to the UPU's messages maps them to it. An item
//! number without a right check digit is kept with a sign, never refused.

use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;
use targeting::codes::PostalItemId;
use targeting::consignment::{DefectKind, GoodsItem, Transport};
use targeting::party::{Party, Role};

use super::draft::{self, Draft};
use super::text;
use super::window::Window;
use super::{DOCUMENT_LIMIT, Function, Head, Kind, MessageBatch, MessageOptions, Reader, defect};
use crate::recognise::Format;

/// One form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Form {
    item: String,
    class: String,
    nature: String,
    function: String,
    lodged: String,
    sender: Person,
    addressee: Person,
    pieces: Vec<Piece>,
    gross_kg: Option<Figure>,
    postage: Option<Figure>,
    postage_currency: String,
    invoice: String,
    licence: String,
    certificate: String,
    dispatch: String,
    receptacle: String,
    office: String,
    test: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Person {
    name: String,
    company: String,
    address: Lines,
    city: String,
    region: String,
    post_code: String,
    country: String,
    phone: String,
    mail: String,
    #[serde(alias = "customs_code", alias = "id")]
    code: String,
}

/// One text or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Lines {
    One(String),
    Many(Vec<String>),
}

impl Default for Lines {
    fn default() -> Self {
        Lines::Many(Vec::new())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Piece {
    description: String,
    quantity: Option<Figure>,
    net_kg: Option<Figure>,
    value: Option<Figure>,
    currency: String,
    hs: String,
    origin: String,
}

/// A number, or a text that holds one.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Figure {
    Number(f64),
    Text(String),
}

impl Figure {
    fn value(&self) -> Option<f64> {
        match self {
            Figure::Number(number) => Some(*number),
            Figure::Text(text) => text::number(text, false),
        }
    }
}

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
    if trimmed.starts_with('[')
        && let Ok(forms) = serde_json::from_str::<Vec<&RawValue>>(trimmed)
    {
        for form in forms {
            let at = form.get().as_ptr() as usize - whole.as_ptr() as usize;
            read_form(form.get(), at, whole, batch, options);
        }
        return;
    }
    // Objects one after the other, on lines of their own or over several.
    let mut at = whole.len() - trimmed.len();
    while at < whole.len() {
        at += whole[at..].len() - whole[at..].trim_start().len();
        if at == whole.len() {
            break;
        }
        let mut stream = serde_json::Deserializer::from_str(&whole[at..]).into_iter::<&RawValue>();
        match stream.next() {
            Some(Ok(form)) => {
                let start = form.get().as_ptr() as usize - whole.as_ptr() as usize;
                read_form(form.get(), start, whole, batch, options);
                at += stream.byte_offset();
            }
            Some(Err(error)) => {
                let next = memchr::memmem::find(&whole.as_bytes()[at + 1..], b"\n{");
                let end = next.map_or(whole.len(), |next| at + 1 + next);
                let reason = format!("this is no form that can be read: {error}");
                let found = &whole.as_bytes()[at..end];
                let line = line_of(whole, at, batch);
                batch.defects.push(defect(line, "", DefectKind::Unreadable, reason, found));
                at = end + usize::from(next.is_some());
            }
            None => break,
        }
    }
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
    let form: Form = match serde_json::from_str(said) {
        Ok(form) => form,
        Err(error) => {
            let reason = format!("this is no form that can be read: {error}");
            let found = said.as_bytes();
            batch.defects.push(defect(line, "", DefectKind::Unreadable, reason, found));
            return;
        }
    };
    let mut head = Head::new(Format::Postal, "postal-cn23", Kind::Postal);
    head.dialect =
        if form.pieces.len() > 1 || form.gross_kg.is_some() { "CN23" } else { "CN22" }.into();
    head.function = Function::of_code(&form.function);
    head.regime = draft::regime_of(true);
    head.transport = Some(Transport::Post);
    head.sent = text::digits_moment(&form.lodged, "");
    head.test = form.test;
    head.reference.clone_from(&form.item);
    head.office = form.office.as_str().into();
    (head.line, head.offset) = (line, at as u64);

    let mut draft = Draft::at(line, at as u64);
    draft.postal_item(&form.item);
    if let (false, Err(error)) = (form.item.trim().is_empty(), form.item.parse::<PostalItemId>()) {
        let found = form.item.as_bytes();
        batch.defects.push(defect(line, "item", DefectKind::Noted, error.to_string(), found));
    }
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
    if let Some(postage) = form.postage.as_ref().and_then(Figure::value) {
        draft.note("postage", &format!("{postage} {}", form.postage_currency));
    }
    draft.gross_mass_g =
        form.gross_kg.as_ref().and_then(Figure::value).and_then(|kg| text::mass(kg, "KGM"));
    for piece in &form.pieces {
        let quantity = piece.quantity.as_ref().and_then(Figure::value);
        let value = piece.value.as_ref().and_then(Figure::value);
        draft.goods.push(GoodsItem {
            description: piece.description.trim().into(),
            origin: piece.origin.parse().ok(),
            net_mass_g: piece
                .net_kg
                .as_ref()
                .and_then(Figure::value)
                .and_then(|kg| text::mass(kg, "KGM")),
            value: value.and_then(|amount| draft::money(amount, &piece.currency)),
            quantity,
            ..GoodsItem::default()
        });
        draft.hs(&piece.hs);
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

fn party(role: Role, person: &Person) -> Party {
    let mut party = Party::by_code(role, person.code.trim());
    let name = if person.name.trim().is_empty() { &person.company } else { &person.name };
    if !name.trim().is_empty() {
        name.trim().clone_into(&mut draft::contact(&mut party).name);
    }
    if !person.company.is_empty() && *name != person.company {
        draft::address(draft::contact(&mut party), &person.company);
    }
    let lines = match &person.address {
        Lines::One(text) => text.lines().collect::<Vec<_>>(),
        Lines::Many(lines) => lines.iter().map(String::as_str).collect(),
    };
    let rest = [&person.city, &person.region, &person.post_code];
    for line in lines.into_iter().chain(rest.into_iter().map(String::as_str)) {
        if !line.trim().is_empty() {
            draft::address(draft::contact(&mut party), line);
        }
    }
    if let Ok(country) = person.country.parse() {
        draft::contact(&mut party).address_country = Some(country);
    }
    draft::phone(&mut party, &person.phone);
    draft::mail(&mut party, &person.mail);
    party
}
