//! How a shipment is written down: plans of honest and dishonest people alike become rows here.
//! Both go through the same code, so that spelling, rounding and gaps never tell them apart.
//! Who plans what is in `world.rs` (honest and half honest) and `networks.rs` (smugglers).

use jiff::civil::Date;

use crate::dice::{Stream, mix};
use crate::goods::{GOODS, Good, VAGUE};
use crate::names::{Foreigner, Person, air_waybill, container_number, postal_item, push_digits};
use crate::places::{COUNTRIES, Office, OfficeKind};
use crate::row::{Row, Text};
use crate::traders::{AIRLINES, BROKERS, COURIERS, LINES, POST};
use crate::truth::Typology;

/// A day with the texts of the days around it, so that rows need no calendar arithmetic.
pub(crate) struct DayBook {
    /// Counted from the start of the world.
    pub number: i64,
    /// 0 is Monday.
    pub weekday: u32,
    short: Text,
    near: Vec<Text>,
}

const EARLIEST: i64 = -8;
const LATEST: i64 = 8;

impl DayBook {
    pub fn open(start: Date, number: i64) -> Self {
        let at = |offset: i64| start.saturating_add(jiff::Span::new().days(number + offset));
        let date = at(0);
        let near: Vec<Text> =
            (EARLIEST..=LATEST).map(|offset| at(offset).to_string().into()).collect();
        let mut short = Text::default();
        push_digits(&mut short, date.year().unsigned_abs().into(), 2);
        push_digits(&mut short, date.month().unsigned_abs().into(), 2);
        push_digits(&mut short, date.day().unsigned_abs().into(), 2);
        let weekday = date.weekday().to_monday_zero_offset().unsigned_abs().into();
        Self { number, weekday, short, near }
    }

    /// ISO date of a day at most eight days away; farther ones are drawn to the edge.
    pub fn iso(&self, offset: i64) -> &Text {
        &self.near[(offset.clamp(EARLIEST, LATEST) - EARLIEST) as usize]
    }

    pub fn lodged_at(&self, offset: i64, second: u32) -> Text {
        let mut text = self.iso(offset).clone();
        text.push('T');
        push_digits(&mut text, (second / 3600).into(), 2);
        text.push(':');
        push_digits(&mut text, (second / 60 % 60).into(), 2);
        text.push(':');
        push_digits(&mut text, (second % 60).into(), 2);
        text.push_str("+09:00");
        text
    }

    /// The n-th declaration of this day; numbers are scrambled and unique within the day.
    pub fn declaration_id(&self, seed: u64, n: u32) -> Text {
        let mut text = self.short.clone();
        let key = mix(seed, self.number.unsigned_abs());
        push_digits(&mut text, crate::dice::scramble(key, n).into(), 10);
        text
    }
}

#[derive(Clone)]
pub(crate) struct Party {
    pub id: Text,
    pub name: Text,
    pub country: &'static str,
    pub address: Text,
    pub phone: Text,
}

impl Party {
    pub fn person(who: Person, stream: &mut Stream) -> Self {
        let bits = stream.bits();
        Self {
            id: who.code(),
            name: who.name(bits),
            country: "KR",
            address: who.address(bits >> 8),
            phone: if bits >> 20 & 15 == 0 { Text::default() } else { who.phone(bits >> 16) },
        }
    }

    pub fn firm(who: Person, stream: &mut Stream) -> Self {
        let bits = stream.bits();
        Self {
            id: who.business_number(),
            name: who.firm_name(bits),
            country: "KR",
            address: who.address(bits >> 8),
            phone: if bits >> 20 & 15 == 0 { Text::default() } else { who.phone(bits >> 16) },
        }
    }

    pub fn foreign_firm(who: Foreigner, stream: &mut Stream) -> Self {
        Self::abroad(who, who.number('F'), who.firm_name(stream.bits()))
    }

    pub fn shop(who: Foreigner, stream: &mut Stream) -> Self {
        Self::abroad(who, who.number('S'), who.shop_name(stream.bits()))
    }

    pub fn private_sender(who: Foreigner, stream: &mut Stream) -> Self {
        Self::abroad(who, Text::default(), who.private_name(stream.bits()))
    }

    fn abroad(who: Foreigner, id: Text, name: Text) -> Self {
        let country = COUNTRIES[who.country].code;
        Self { id, name, country, address: who.address(), phone: Text::default() }
    }
}

/// Which words describe the goods.
#[derive(Clone, Copy)]
pub(crate) enum Words {
    Declared,
    True,
    Vague,
}

/// The goods as they will be declared.
#[derive(Clone)]
pub(crate) struct Load {
    pub good: &'static Good,
    /// Under whose heading they are declared.
    pub declared: &'static Good,
    pub words: Words,
    pub units: f64,
    /// Price level, undervaluation included.
    pub price: f64,
    /// Declared against usual mass.
    pub mass: f64,
    /// Kilograms on top, as a scale would show them.
    pub extra_kg: f64,
}

impl Load {
    pub fn of(good: &'static Good, units: f64, price: f64, stream: &mut Stream) -> Self {
        Self {
            good,
            declared: good,
            words: if stream.chance(0.08) { Words::Vague } else { Words::Declared },
            units,
            price,
            mass: 1.0,
            extra_kg: 0.0,
        }
    }

    /// Changes the declaration the way an ordinary irregularity does.
    pub fn falsify(&mut self, how: Typology, stream: &mut Stream) {
        match how {
            Typology::Undervaluation => self.price *= stream.between(0.3, 0.75),
            Typology::WrongWeight => {
                self.mass *= if stream.chance(0.7) {
                    stream.between(0.5, 0.85)
                } else {
                    stream.between(1.2, 1.7)
                };
            }
            Typology::Misclassification => {
                for _ in 0..12 {
                    let other = &GOODS[stream.below(GOODS.len())];
                    if other.tax < self.good.tax
                        && other.suits_parcels() == self.good.suits_parcels()
                    {
                        self.declared = other;
                        break;
                    }
                }
                self.words = match stream.unit() {
                    u if u < 0.5 => Words::Declared,
                    u if u < 0.75 => Words::Vague,
                    _ => Words::True,
                };
            }
            Typology::Counterfeit => {
                self.price *= stream.between(0.2, 0.6);
                if stream.chance(0.3) {
                    self.words = Words::Vague;
                }
            }
            _ => {}
        }
    }
}

pub(crate) struct ParcelPlan<'a> {
    pub office: &'a Office,
    pub courier: Option<usize>,
    /// Where it is sent from.
    pub country: usize,
    pub origin: &'static str,
    pub transit: &'static str,
    pub load: Load,
    pub sender: Party,
    pub buyer: Party,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Direction {
    Import,
    Export,
    Transit,
    Transhipment,
}

pub(crate) struct FreightPlan<'a> {
    pub direction: Direction,
    pub office: &'a Office,
    /// The other country of an import or export, the sending one of a transit.
    pub country: usize,
    /// The receiving country of a transit.
    pub onward: usize,
    pub origin: &'static str,
    /// Claims the preferential tariff of the origin.
    pub preference: &'static str,
    pub transit: Text,
    pub load: Load,
    /// A whole container.
    pub full: bool,
    pub sender: Party,
    pub buyer: Party,
    pub broker: usize,
    pub line: usize,
}

fn round(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

fn describe(load: &Load, stream: &mut Stream) -> Text {
    let bits = stream.bits();
    let pick = (bits >> 32) as usize;
    let good = match load.words {
        Words::Vague => return Text::const_new(VAGUE[pick % VAGUE.len()]),
        Words::Declared => load.declared,
        Words::True => load.good,
    };
    if bits & 7 == 0 {
        return Text::const_new(good.hangul);
    }
    let words = good.words[pick % good.words.len()];
    let mut text = Text::const_new(words);
    if bits & 24 == 0 {
        text.make_ascii_uppercase();
    } else if bits & 56 == 8 {
        text.make_ascii_lowercase();
    }
    text
}

/// Goods, masses and value; the same for every kind of row. Returns the value in dollars.
fn write_goods(row: &mut Row, load: &Load, country: usize, noise: f64, stream: &mut Stream) -> f64 {
    let declared = load.declared;
    row.hs_code = Text::const_new(declared.hs);
    row.description = describe(load, stream);
    row.quantity_unit = Text::const_new(declared.unit);
    row.package_type = Text::const_new(declared.package);
    let true_kg = load.units * load.good.kg_per_unit;
    // Pieces of another heading have another unit; kilograms and litres are what the scale says.
    let quantity = if declared.unit == "U" { load.units } else { true_kg / declared.kg_per_unit };
    row.quantity =
        Some(if declared.unit == "U" { quantity.round().max(1.0) } else { round(quantity, 10.0) });
    let net = true_kg * load.mass * stream.spread(1.0, noise) + load.extra_kg;
    let steps = if net < 50.0 { 100.0 } else { 10.0 };
    let net = round(net, steps).max(0.01);
    row.net_mass_kg = Some(net);
    let wrapping = if net < 50.0 { 0.04 + net * 0.05 } else { net * 0.06 };
    row.gross_mass_kg = Some(round(net + wrapping * stream.between(0.4, 2.2), steps).max(net));
    let usd = load.units * load.good.usd_per_unit * load.price * stream.spread(1.0, 0.22);
    let home = &COUNTRIES[country];
    let (currency, rate) = match stream.unit() {
        u if u < 0.55 => (home.currency, home.per_usd),
        u if u < 0.97 => ("USD", 1.0),
        _ => ("KRW", 1_350.0),
    };
    row.currency = Text::const_new(currency);
    let steps = if rate > 100.0 { 1.0 } else { 100.0 };
    row.item_value = Some(round(usd * rate, steps).max(1.0 / steps));
    usd
}

fn write_parties(row: &mut Row, sender: Party, buyer: Party) {
    row.consignor_id = sender.id;
    row.consignor_name = sender.name;
    row.consignor_country = Text::const_new(sender.country);
    row.consignor_address = sender.address;
    row.consignee_id = buyer.id;
    row.consignee_name = buyer.name;
    row.consignee_address = buyer.address;
    row.consignee_phone = buyer.phone;
}

/// A parcel row, but for its number and time.
pub(crate) fn parcel(seed: u64, day: &DayBook, plan: ParcelPlan<'_>, stream: &mut Stream) -> Row {
    let home = &COUNTRIES[plan.country];
    let mut row = Row {
        version: 1,
        office: plan.office.code.clone(),
        regime: Text::const_new("parcel"),
        direction: Text::const_new("import"),
        origin_country: Text::const_new(plan.origin),
        departure_country: Text::const_new(home.code),
        transit_ports: Text::const_new(plan.transit),
        loading_port: Text::const_new(home.air),
        discharge_port: plan.office.port.clone(),
        destination_country: Text::const_new("KR"),
        packages: Some(1),
        ..Row::default()
    };
    let usd = write_goods(&mut row, &plan.load, plan.country, 0.12, stream);
    write_parties(&mut row, plan.sender, plan.buyer);
    let flown = -(stream.below(3) as i64).min(1);
    row.eta = day.iso(flown).clone();
    if let Some(courier) = plan.courier {
        let courier = &COURIERS[courier];
        row.transport = Text::const_new("air");
        row.declarant_id = Text::const_new(courier.id);
        row.declarant_name = Text::const_new(courier.name);
        row.courier_id = Text::const_new(courier.id);
        row.carrier_id = Text::const_new(courier.carrier);
        // Parcels of one flight share its air waybill.
        let flight = mix(mix(seed, courier.airline), (day.number + flown).unsigned_abs());
        let flight = mix(flight, (plan.country * 4 + stream.below(3)) as u64);
        row.master_bill = air_waybill(courier.airline, flight);
        row.house_bill = Text::const_new(courier.id);
        push_digits(&mut row.house_bill, stream.bits() % 10_000_000_000, 10);
    } else {
        row.transport = Text::const_new("post");
        row.declarant_id = Text::const_new(POST.id);
        row.declarant_name = Text::const_new(POST.name);
        row.carrier_id = Text::const_new(AIRLINES[stream.below(AIRLINES.len())].0);
        row.postal_item = postal_item(stream.bits(), home.code);
    }
    // Small values for own use are cleared by list and pay nothing.
    let (procedure, tax) = match usd {
        v if v <= 150.0 => ("list", 0.0),
        v if v <= 2_000.0 => ("simple", plan.load.declared.tax),
        _ => ("general", plan.load.declared.tax),
    };
    row.procedure = Text::const_new(procedure);
    row.tax_rate = Some(tax);
    row.tax_type = Text::const_new(if tax > 0.0 { "C" } else { "A" });
    row.payment_type = Text::const_new(if stream.chance(0.9) { "11" } else { "13" });
    row
}

/// A freight row, but for its number and time.
pub(crate) fn freight(seed: u64, day: &DayBook, plan: FreightPlan<'_>, stream: &mut Stream) -> Row {
    let away = &COUNTRIES[plan.country];
    let onward = &COUNTRIES[plan.onward];
    let by_sea = plan.office.kind == OfficeKind::Sea;
    let port = |country: &crate::places::Country| {
        Text::const_new(if by_sea { country.sea } else { country.air })
    };
    let mut row = Row {
        version: 1,
        office: plan.office.code.clone(),
        regime: Text::const_new("freight"),
        transport: Text::const_new(if by_sea { "sea" } else { "air" }),
        origin_country: Text::const_new(plan.origin),
        declarant_id: Text::const_new(BROKERS[plan.broker].id),
        declarant_name: Text::const_new(BROKERS[plan.broker].name),
        transit_ports: plan.transit,
        ..Row::default()
    };
    let (direction, procedure) = match plan.direction {
        Direction::Import => ("import", "general"),
        Direction::Export => ("export", "export"),
        Direction::Transit => ("transit", "transit"),
        Direction::Transhipment => ("transhipment", "tranship"),
    };
    row.direction = Text::const_new(direction);
    row.procedure = Text::const_new(procedure);
    match plan.direction {
        Direction::Import => {
            row.departure_country = Text::const_new(away.code);
            row.loading_port = port(away);
            row.discharge_port = plan.office.port.clone();
            row.destination_country = Text::const_new("KR");
            row.tax_rate = Some(plan.load.declared.tax);
            row.tax_type = Text::const_new("C");
            if !plan.preference.is_empty() {
                row.tax_rate = Some(0.0);
                row.tax_type = Text::const_new(plan.preference);
            }
            let how = ["11", "13", "33", "43"][stream.below(4)];
            row.payment_type = Text::const_new(how);
        }
        Direction::Export => {
            row.departure_country = Text::const_new("KR");
            row.loading_port = plan.office.port.clone();
            row.discharge_port = port(away);
            row.destination_country = Text::const_new(away.code);
        }
        Direction::Transit | Direction::Transhipment => {
            row.departure_country = Text::const_new(away.code);
            row.loading_port = port(away);
            row.discharge_port = port(onward);
            row.destination_country = Text::const_new(onward.code);
            if !row.transit_ports.is_empty() {
                row.transit_ports.push(' ');
            }
            row.transit_ports.push_str(&plan.office.port);
        }
    }
    write_goods(&mut row, &plan.load, plan.country, 0.04, stream);
    let net = row.net_mass_kg.unwrap_or(0.0);
    row.packages = Some((net / stream.between(12.0, 40.0)).ceil().clamp(1.0, 4_000.0) as u32);
    write_parties(&mut row, plan.sender, plan.buyer);
    // Ships of a line call every other day, aircraft fly today or tomorrow.
    let days_ahead = if by_sea {
        let wished = day.number + stream.below(5) as i64;
        wished + (wished + plan.line as i64) % 2 - day.number
    } else {
        stream.below(2) as i64
    };
    row.eta = day.iso(days_ahead).clone();
    let voyage = mix(mix(seed, plan.line as u64), (day.number + days_ahead).unsigned_abs());
    let voyage = mix(voyage, plan.country as u64);
    if by_sea {
        let line = LINES[plan.line % LINES.len()];
        row.carrier_id = Text::const_new(line);
        // A whole container shares its bill with few others, groupage shares the container too.
        let (bill, container) = if plan.full {
            (mix(voyage, stream.below(4) as u64), stream.bits())
        } else {
            (voyage, mix(voyage, 99))
        };
        row.master_bill = Text::const_new(line);
        push_digits(&mut row.master_bill, bill % 1_000_000_000, 9);
        row.container_no = container_number(container);
        row.seal_no = Text::const_new("S");
        push_digits(&mut row.seal_no, mix(container, 1) % 10_000_000, 7);
    } else {
        let (airline, prefix) = AIRLINES[plan.line % AIRLINES.len()];
        row.carrier_id = Text::const_new(airline);
        row.master_bill = air_waybill(prefix, voyage);
    }
    row.house_bill =
        Text::const_new(LINES[(voyage >> 8) as usize % LINES.len()].get(..2).unwrap_or("H"));
    push_digits(&mut row.house_bill, stream.bits() % 100_000_000, 8);
    row
}

/// Goods of an import that leave again: like mass, like heading, another buyer.
pub(crate) fn reexport(
    seed: u64,
    day: &DayBook,
    import: &Row,
    to: Foreigner,
    named: f64,
    relabelled: f64,
    stream: &mut Stream,
) -> Row {
    let mut row = import.clone();
    let by_sea = row.transport == "sea";
    let away = &COUNTRIES[to.country];
    row.version = 1;
    row.direction = Text::const_new("export");
    row.procedure = Text::const_new("reexport");
    let buyer = Party::foreign_firm(to, stream);
    row.consignor_id = std::mem::replace(&mut row.consignee_id, buyer.id);
    row.consignor_name = std::mem::replace(&mut row.consignee_name, buyer.name);
    row.consignor_address = std::mem::replace(&mut row.consignee_address, buyer.address);
    row.consignor_country = Text::const_new("KR");
    row.consignee_phone = Text::default();
    row.departure_country = Text::const_new("KR");
    row.loading_port = std::mem::take(&mut row.discharge_port);
    row.discharge_port = Text::const_new(if by_sea { away.sea } else { away.air });
    row.destination_country = Text::const_new(away.code);
    row.transit_ports = Text::default();
    let rescale = |value: Option<f64>, by: f64| value.map(|v| round(v * by, 10.0).max(0.1));
    row.net_mass_kg = rescale(row.net_mass_kg, stream.between(0.99, 1.005));
    row.gross_mass_kg = rescale(row.gross_mass_kg, stream.between(0.995, 1.01));
    row.item_value = rescale(row.item_value, stream.between(0.95, 1.3));
    row.tax_rate = None;
    row.tax_type = Text::default();
    row.payment_type = Text::default();
    if stream.chance(relabelled) {
        row.origin_country = Text::const_new("KR");
    }
    row.previous_declaration =
        if stream.chance(named) { import.declaration_id.clone() } else { Text::default() };
    row.eta = day.iso(1 + stream.below(4) as i64).clone();
    let voyage = mix(mix(seed, 0xE0), stream.bits());
    if by_sea {
        row.master_bill = row.carrier_id.clone();
        push_digits(&mut row.master_bill, voyage % 1_000_000_000, 9);
        row.container_no = container_number(voyage);
        row.seal_no = Text::const_new("S");
        push_digits(&mut row.seal_no, mix(voyage, 1) % 10_000_000, 7);
    } else {
        let prefix = AIRLINES.iter().find(|a| row.carrier_id == a.0).map_or(907, |a| a.1);
        row.master_bill = air_waybill(prefix, voyage);
    }
    row.house_bill =
        Text::const_new(LINES[(voyage >> 8) as usize % LINES.len()].get(..2).unwrap_or("H"));
    push_digits(&mut row.house_bill, stream.bits() % 100_000_000, 8);
    row
}

/// The second version of a declaration: one or two things differ.
pub(crate) fn amend(row: &mut Row, stream: &mut Stream) {
    row.version = 2;
    for _ in 0..1 + stream.below(2) {
        match stream.below(5) {
            0 => {
                row.gross_mass_kg =
                    row.gross_mass_kg.map(|kg| round(kg * stream.between(0.97, 1.08), 100.0));
            }
            1 => row.item_value = row.item_value.map(|v| round(v * stream.between(0.9, 1.2), 1.0)),
            2 => row.packages = row.packages.map(|n| n + 1),
            3 => row.description.make_ascii_uppercase(),
            _ => {
                row.seal_no = if row.container_no.is_empty() {
                    Text::default()
                } else {
                    let mut seal = Text::const_new("S");
                    push_digits(&mut seal, stream.bits() % 10_000_000, 7);
                    seal
                };
            }
        }
    }
}

/// A slip of the pen: fields missing, codes cut short, digits wrong. Never depends on the truth.
pub(crate) fn slip(row: &mut Row, stream: &mut Stream) {
    match stream.below(14) {
        0 => row.consignee_phone = Text::default(),
        1 => {
            let hs = std::mem::take(&mut row.hs_code);
            for (i, digit) in hs.chars().enumerate() {
                if i == 4 || i == 6 {
                    row.hs_code.push('.');
                }
                row.hs_code.push(digit);
            }
        }
        2 => row.hs_code.truncate(6),
        3 => row.origin_country.make_ascii_lowercase(),
        4 | 5 => spoil_last_digit(&mut row.container_no, 10),
        6 => spoil_last_digit(&mut row.postal_item, 10),
        7 => std::mem::swap(&mut row.net_mass_kg, &mut row.gross_mass_kg),
        8 => row.net_mass_kg = None,
        9 => row.item_value = None,
        10 => row.consignor_address = Text::default(),
        11 => row.packages = None,
        12 => row.description.push_str("  "),
        _ => row.consignee_address = Text::default(),
    }
}

fn spoil_last_digit(text: &mut Text, place: usize) {
    if let Some(digit) = text.as_bytes().get(place).copied().filter(u8::is_ascii_digit) {
        let other = char::from(b'0' + (digit - b'0' + 3) % 10);
        let tail: Text = text[place + 1..].into();
        text.truncate(place);
        text.push(other);
        text.push_str(&tail);
    }
}
