//! The pretend port's mail: the same shipments as the table, written as the messages that
//! carriers, forwarders, posts and brokers really send. A form is one format and shape; it says
//! which rows it suits and what a reader must find in it again. Each format has a file.

mod cargo_imp;
mod edifact;
mod post;
mod x12;
mod xml;

use crate::row::Row;

/// A kind of message that shipments can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// EDIFACT cargo report of a ship, D.03B.
    Cuscar,
    /// EDIFACT consolidated cargo of an express flight, D.96B.
    Ifcsum,
    /// EDIFACT instruction for one shipment, D.00B.
    Iftmin,
    /// EDIFACT declaration, D.96B.
    Cusdec,
    /// EDIFACT stowage plan of a ship, D.95B: boxes only.
    Baplie,
    /// EDIFACT discharge report of a terminal, D.95B: boxes only.
    Coarri,
    /// Cargo-IMP flight manifest.
    Ffm,
    /// Cargo-IMP air waybill.
    Fwb,
    /// Cargo-IMP list of houses.
    Fhl,
    /// Cargo-XML air waybill.
    Xfwb,
    /// Cargo-XML house waybill.
    Xfzb,
    /// WCO data model declaration.
    WcoDec,
    /// EU entry summary declaration, CC315A.
    Ens,
    /// EU ICS2 express consignments, IE3F32.
    Ics2,
    /// ASYCUDA World declaration.
    Sad,
    /// ASYCUDA World manifest.
    Awmds,
    /// X12 customs manifest.
    Manifest309,
    /// X12 freight receipt and invoice.
    Bill310,
    /// CN22 and CN23 as JSON.
    Cn23,
}

impl Form {
    /// All forms.
    pub const ALL: &'static [Form] = &[
        Form::Cuscar,
        Form::Ifcsum,
        Form::Iftmin,
        Form::Cusdec,
        Form::Baplie,
        Form::Coarri,
        Form::Ffm,
        Form::Fwb,
        Form::Fhl,
        Form::Xfwb,
        Form::Xfzb,
        Form::WcoDec,
        Form::Ens,
        Form::Ics2,
        Form::Sad,
        Form::Awmds,
        Form::Manifest309,
        Form::Bill310,
        Form::Cn23,
    ];

    /// Its name, as a file's begins.
    pub fn name(self) -> &'static str {
        match self {
            Form::Cuscar => "cuscar",
            Form::Ifcsum => "ifcsum",
            Form::Iftmin => "iftmin",
            Form::Cusdec => "cusdec",
            Form::Baplie => "baplie",
            Form::Coarri => "coarri",
            Form::Ffm => "ffm",
            Form::Fwb => "fwb",
            Form::Fhl => "fhl",
            Form::Xfwb => "xfwb",
            Form::Xfzb => "xfzb",
            Form::WcoDec => "wco-dec",
            Form::Ens => "ens",
            Form::Ics2 => "ics2",
            Form::Sad => "sad",
            Form::Awmds => "awmds",
            Form::Manifest309 => "x12-309",
            Form::Bill310 => "x12-310",
            Form::Cn23 => "cn23",
        }
    }

    /// The ending of a file of it.
    pub fn ending(self) -> &'static str {
        match self {
            Form::Ffm | Form::Fwb | Form::Fhl => "txt",
            Form::Cn23 => "json",
            Form::Xfwb
            | Form::Xfzb
            | Form::WcoDec
            | Form::Ens
            | Form::Ics2
            | Form::Sad
            | Form::Awmds => "xml",
            _ => "edi",
        }
    }

    /// Whether a shipment of this row would be reported so.
    pub fn suits(self, row: &Row) -> bool {
        let sea = row.transport == "sea" && !row.master_bill.is_empty();
        let air = row.transport == "air" && !row.master_bill.is_empty();
        let freight = row.regime == "freight";
        let boxed = sea && !row.container_no.is_empty();
        match self {
            Form::Cuscar | Form::Awmds | Form::Manifest309 => sea,
            Form::Bill310 => boxed,
            Form::Baplie | Form::Coarri => boxed,
            Form::Iftmin => freight && sea,
            Form::Ifcsum | Form::Ics2 => {
                row.regime == "parcel" && row.transport != "post" && !row.house_bill.is_empty()
            }
            Form::Cusdec | Form::WcoDec | Form::Ens | Form::Sad => freight,
            // Telegrams have capital letters, figures and few signs.
            Form::Ffm | Form::Fwb | Form::Fhl => {
                air && freight && air_waybill(row).is_some() && telegraphic(row)
            }
            Form::Xfwb | Form::Xfzb => air && freight && air_waybill(row).is_some(),
            Form::Cn23 => row.transport == "post" && !row.postal_item.is_empty(),
        }
    }

    /// Writes rows that it suits as one file, whatever number of messages that takes.
    pub fn write(self, rows: &[&Row]) -> Vec<u8> {
        match self {
            Form::Cuscar => edifact::cuscar(rows),
            Form::Ifcsum => edifact::ifcsum(rows),
            Form::Iftmin => edifact::iftmin(rows),
            Form::Cusdec => edifact::cusdec(rows),
            Form::Baplie => edifact::baplie(rows),
            Form::Coarri => edifact::coarri(rows),
            Form::Ffm => cargo_imp::ffm(rows),
            Form::Fwb => cargo_imp::fwb(rows),
            Form::Fhl => cargo_imp::fhl(rows),
            Form::Xfwb => xml::xfwb(rows),
            Form::Xfzb => xml::xfzb(rows),
            Form::WcoDec => xml::wco_dec(rows),
            Form::Ens => xml::ens(rows),
            Form::Ics2 => xml::ics2(rows),
            Form::Sad => xml::sad(rows),
            Form::Awmds => xml::awmds(rows),
            Form::Manifest309 => x12::manifest(rows),
            Form::Bill310 => x12::bill(rows),
            Form::Cn23 => post::cn23(rows),
        }
    }

    /// Whether a file can hold several messages; XML documents cannot.
    pub fn many(self) -> bool {
        !matches!(
            self,
            Form::Xfwb | Form::Xfzb | Form::WcoDec | Form::Ens | Form::Sad | Form::Bill310
        )
    }
}

/// A file of the day's mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its name, which tells the form, the day and its number.
    pub name: String,
    /// How it is written.
    pub form: Form,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Places of its rows among those that were given.
    pub rows: Vec<usize>,
}

/// How a shipment's sender reports it, as a rule: brokers declare freight, express companies and
/// posts send what they carry. Firms differ in the system that they use, each keeps its own.
pub fn usual(row: &Row) -> Option<Form> {
    let choices: &[Form] = match (row.regime.as_str(), row.transport.as_str()) {
        ("parcel", "post") => &[Form::Cn23],
        ("parcel", _) => &[Form::Ics2, Form::Ifcsum],
        (_, _) => &[Form::WcoDec, Form::Cusdec, Form::Sad],
    };
    let sender = row.declarant_id.bytes().map(usize::from).sum::<usize>();
    let form = choices[sender % choices.len()];
    form.suits(row).then_some(form)
}

/// Writes a day's rows as the mail that brings them, in the order of their forms. Rows that no
/// form suits are in none; the caller keeps them in the table.
pub fn mail(rows: &[Row]) -> Vec<Mail> {
    // A message is addressed to one office.
    let mut piles: Vec<(Form, &str, Vec<usize>)> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let Some(form) = usual(row) else { continue };
        match piles.iter_mut().find(|(of, office, _)| *of == form && row.office == *office) {
            Some((_, _, pile)) => pile.push(place),
            None => piles.push((form, &row.office, vec![place])),
        }
    }
    piles.sort_by_key(|(form, office, _)| (*form, *office));
    let mut all = Vec::new();
    for (form, office, pile) in piles {
        // A file of the size that senders choose; a document of its own where a form asks for one.
        let most = if form.many() { 400 } else { 1 };
        for (n, part) in pile.chunks(most).enumerate() {
            let of: Vec<&Row> = part.iter().map(|&place| &rows[place]).collect();
            let day = of.first().map_or("", |row| day_of(row));
            let name = format!("{}-{office}-{day}-{:04}.{}", form.name(), n + 1, form.ending());
            all.push(Mail { name, form, bytes: form.write(&of), rows: part.to_vec() });
        }
    }
    all
}

/// The day on which a row was lodged, `2026-11-24`.
fn day_of(row: &Row) -> &str {
    row.lodged_at.get(..10).unwrap_or_default()
}

/// Digits of the day and time at which a row was lodged, `202611241830`.
fn minute_of(row: &Row) -> String {
    let digits: String = row.lodged_at.chars().take(16).filter(|c| c.is_ascii_digit()).collect();
    format!("{digits:0<12}")
}

/// An air waybill's prefix and serial number, where the master bill is one.
fn air_waybill(row: &Row) -> Option<(&str, &str)> {
    let (prefix, serial) = row.master_bill.split_once('-')?;
    let digits = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (digits(prefix, 3) && digits(serial, 8)).then_some((prefix, serial))
}

fn telegraphic(row: &Row) -> bool {
    [&row.consignor_name, &row.consignor_address, &row.consignee_name, &row.consignee_address]
        .into_iter()
        .chain([&row.description])
        .all(|text| text.is_ascii() && !text.contains('/'))
}

/// The airport code within a UN/LOCODE, which is right for most places that have an airport.
fn airport(place: &str) -> &str {
    place.get(2..5).unwrap_or("ZZZ")
}

/// The country of the consignor, or where the goods come from.
fn from_country(row: &Row) -> &str {
    if row.consignor_country.is_empty() { &row.departure_country } else { &row.consignor_country }
}

/// Rows in groups of one master bill, in the order in which the bills first come.
fn by_master<'a>(rows: &[&'a Row]) -> Vec<(String, Vec<&'a Row>)> {
    let mut groups: Vec<(String, Vec<&'a Row>)> = Vec::new();
    for &row in rows {
        match groups.iter_mut().find(|(master, _)| row.master_bill == master.as_str()) {
            Some((_, group)) => group.push(row),
            None => groups.push((row.master_bill.to_string(), vec![row])),
        }
    }
    groups
}

/// Cuts a text into lines of at most `width` characters. A reader joins a line that is full with
/// the next as one word, so a full line never ends at a blank.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest: Vec<char> =
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    while rest.len() > width {
        let within = rest[width] != ' ' && rest[width - 1] != ' ';
        let cut = if within {
            width
        } else {
            (1..width).rev().find(|&at| rest[at] == ' ').unwrap_or(width)
        };
        all.push(rest[..cut].iter().collect());
        let from = cut + usize::from(rest[cut] == ' ');
        rest.drain(..from);
    }
    if !rest.is_empty() {
        all.push(rest.into_iter().collect());
    }
    all
}
