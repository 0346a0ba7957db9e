//! A consignment on the wire, in and out. Reading gives what was understood and what was wrong: a
//! field that cannot be read is left out with a defect, and only a record without its number,
//! office or time is not stored. Which fields judgement may see: `targeting::facts`.

use std::str::FromStr;

use compact_str::CompactString;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use serde::{Deserialize, Serialize};
use targeting::codes::{CodeError, Day, Mass, Money};
use targeting::consignment::{
    Consignment, Defect, DefectKind, Documents, Equipment, GoodsItem, Route,
};
use targeting::party::{Contact, Party};
use utoipa::ToSchema;

use super::words::{Direction, Regime, Role, Transport};
use crate::acts::mend::API;
use crate::pipeline::{self, post_room::Parcel};
use crate::refusal::Refusal;
use crate::store::records::KeptRecord;

/// A consignment as declared.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Consignment)]
pub struct Declared {
    /// Who numbers the references; in a batch, the batch's source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 100, default = "api")]
    pub source: String,
    /// The source's own number for this consignment. The same number again makes a new version.
    #[schema(max_length = 100, example = "21KR0001234567M")]
    pub reference: String,
    /// Parcel or freight.
    pub regime: Regime,
    /// Which way the goods pass.
    #[serde(default = "import")]
    pub direction: Direction,
    /// Customs office in charge.
    #[schema(max_length = 100, example = "030")]
    pub office: String,
    /// When it was lodged or arrived: RFC 3339 with its offset, or a date. The day that is written
    /// is the local day, on which the histories stand.
    #[schema(example = "2021-04-05T14:02:00+09:00")]
    pub arrived_at: String,
    /// How the goods travel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// Everyone named in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<DeclaredParty>,
    /// The goods, the main item first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<DeclaredGoods>,
    /// Where they pass.
    #[serde(default)]
    pub route: DeclaredRoute,
    /// Containers and seals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equipment: Vec<DeclaredEquipment>,
    /// Bills and procedures.
    #[serde(default)]
    pub documents: DeclaredDocuments,
}

fn import() -> Direction {
    Direction::Import
}

/// A party of a consignment. Names and addresses are for identity alone: nothing judges by them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Party)]
pub struct DeclaredParty {
    /// The part it plays.
    pub role: Role,
    /// A registration number or code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Name as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Address as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Country in which the address lies (ISO 3166-1 alpha-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_country: Option<String>,
    /// Phone numbers as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// Mail addresses as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mails: Vec<String>,
}

impl Declared {
    /// Takes away what names people: names, addresses, phones and mail addresses.
    pub fn without_names(&mut self) {
        for party in &mut self.parties {
            party.name.clear();
            party.address.clear();
            party.phones.clear();
            party.mails.clear();
        }
    }
}

/// One line of goods.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = GoodsItem)]
pub struct DeclaredGoods {
    /// HS code of 2 to 10 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0901210000")]
    pub hs: Option<String>,
    /// Description in the declarant's words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Country of origin of the goods (ISO 3166-1 alpha-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Net mass in kilograms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_mass_kg: Option<f64>,
    /// Gross mass in kilograms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_mass_kg: Option<f64>,
    /// Declared value in units of `currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Currency of `value` (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Number in `quantity_unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<f64>,
    /// Unit of `quantity` (UNECE Recommendation 20).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub quantity_unit: String,
    /// Number of packages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packages: Option<u32>,
    /// Kind of packages (UNECE Recommendation 21).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub package_type: String,
    /// Duty rate in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duty_rate_percent: Option<f64>,
    /// Kind of duty rate.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub duty_type: String,
    /// How the origin is marked or proved.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub origin_mark: String,
}

/// Where the goods pass.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Route)]
pub struct DeclaredRoute {
    /// Country from which the goods were dispatched (ISO 3166-1 alpha-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<String>,
    /// Country to which they go, where not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Place of loading (UN/LOCODE).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loading: Option<String>,
    /// Place of discharge (UN/LOCODE).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discharge: Option<String>,
    /// Places called at in between, in order (UN/LOCODE).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
    /// Vessel, flight or vehicle.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub conveyance: String,
}

/// A container or other unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Equipment)]
pub struct DeclaredEquipment {
    /// Its number as written; kept even when its check digit is wrong.
    pub number: String,
    /// Seal numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<String>,
    /// True when declared empty.
    #[serde(default)]
    pub empty: bool,
}

/// Bills and procedures.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Documents)]
pub struct DeclaredDocuments {
    /// The carrier's bill: MBL or MAWB.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub master_bill: String,
    /// The forwarder's bill: HBL or HAWB.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub house_bill: String,
    /// Postal item number (UPU S10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_item: Option<String>,
    /// Declaration that this one follows, for re-export and transit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub previous: String,
    /// Customs procedure or process code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub procedure: String,
    /// Kind of import or export transaction.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub transaction: String,
    /// Use of the goods.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// How the goods are paid for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub payment: String,
}

/// The longest text of a field by which consignments are found.
const NAME_LENGTH: usize = 100;
/// The longest text of any other field.
const TEXT_LENGTH: usize = 4_000;
/// The most items of a list, such as the goods of one consignment.
const ITEMS: usize = 1_000;

/// Reads one consignment, which stands on this line of its message; none when it cannot be
/// stored, and then one of the defects says why.
pub fn read(
    line: u64,
    source: &str,
    declared: &Declared,
    defects: &mut Vec<Defect>,
) -> Option<Consignment> {
    let mut reader = Reader { line, defects };
    let reference = reader.name("reference", &declared.reference);
    let office = reader.name("office", &declared.office);
    let arrived = reader.arrival(&declared.arrived_at);
    let (reference, office, (arrived_at, arrived_on)) = (reference?, office?, arrived?);
    let r = &mut reader;
    Some(Consignment {
        source: source.into(),
        reference,
        regime: declared.regime.into(),
        direction: declared.direction.into(),
        office,
        arrived_at,
        arrived_on,
        transport: declared.transport.map(Into::into),
        parties: r.each("parties", &declared.parties, Reader::party),
        goods: r.each("goods", &declared.goods, Reader::goods),
        route: Route {
            departure: r.code("route.departure", &declared.route.departure),
            destination: r.code("route.destination", &declared.route.destination),
            loading: r.code("route.loading", &declared.route.loading),
            discharge: r.code("route.discharge", &declared.route.discharge),
            via: {
                let via = r.each("route.via", &declared.route.via, |r, field, place| {
                    r.code_of(field, place)
                });
                via.into_iter().flatten().collect()
            },
            conveyance: r.text("route.conveyance", &declared.route.conveyance).into(),
            ..Route::default()
        },
        equipment: r.each("equipment", &declared.equipment, Reader::equipment),
        documents: r.documents(&declared.documents),
    })
}

/// The column under which a record of a request stands, as JSON.
const RECORD: &str = "consignment";

/// A record of a request in the form in which it is kept to be mended.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn as_sent(line: u64, source: &str, declared: &Declared) -> anyhow::Result<KeptRecord> {
    // What is no text, such as NUL, can be in the JSON, where it is escaped, but in no column.
    let office = declared.office.chars().filter(|c| !c.is_control());
    Ok(KeptRecord {
        line: line as i64,
        source: source.to_owned(),
        office: office.take(NAME_LENGTH).collect(),
        mapping: API.to_owned(),
        columns: vec![(RECORD.to_owned(), serde_json::to_string_pretty(declared)?)],
    })
}

/// Reads a record of a request that was mended.
///
/// # Errors
/// A refusal when its text is no consignment.
pub fn read_again(record: &KeptRecord, line: u64) -> anyhow::Result<Parcel> {
    let text = record.columns.first().map(|(_, text)| text.as_str()).unwrap_or_default();
    let declared: Declared = serde_json::from_str(text)
        .map_err(|error| Refusal::error("not_mended", format!("it cannot be read: {error}")))?;
    let mut parcel = Parcel::default();
    if let Some(consignment) = read(line, &record.source, &declared, &mut parcel.defects) {
        parcel.rows.push(pipeline::prepare(line, consignment, None)?);
    }
    if !parcel.defects.is_empty() {
        parcel.written.push(as_sent(line, &record.source, &declared)?);
    }
    Ok(parcel)
}

struct Reader<'d> {
    line: u64,
    defects: &'d mut Vec<Defect>,
}

impl Reader<'_> {
    fn defect(&mut self, field: &str, kind: DefectKind, reason: impl Into<String>, found: &str) {
        self.defects.push(Defect {
            line: self.line,
            field: field.into(),
            kind,
            reason: reason.into(),
            found: found.chars().take(200).collect(),
        });
    }

    /// A text that the record cannot do without.
    fn name(&mut self, field: &str, text: &str) -> Option<CompactString> {
        let text = text.trim();
        if text.is_empty() {
            self.defect(field, DefectKind::Missing, format!("{field} is empty"), "");
            return None;
        }
        if text.chars().any(char::is_control) || text.chars().count() > NAME_LENGTH {
            let reason = format!(
                "{field} has more than {NAME_LENGTH} characters, or characters that are no text"
            );
            self.defect(field, DefectKind::Unreadable, reason, text);
            return None;
        }
        Some(text.into())
    }

    /// When it arrived, and the day that is written.
    fn arrival(&mut self, text: &str) -> Option<(i64, Day)> {
        match arrival(text.trim()) {
            Ok(arrived) => Some(arrived),
            Err(reason) if text.trim().is_empty() => {
                self.defect("arrived_at", DefectKind::Missing, reason, text);
                None
            }
            Err(reason) => {
                self.defect("arrived_at", DefectKind::Unreadable, reason, text);
                None
            }
        }
    }

    fn text(&mut self, field: &str, text: &str) -> String {
        let text = text.trim();
        if text.contains('\0') || text.chars().count() > TEXT_LENGTH {
            let reason =
                format!("{field} has more than {TEXT_LENGTH} characters, or the character NUL");
            self.defect(field, DefectKind::Ignored, reason, text);
            return String::new();
        }
        text.to_owned()
    }

    fn code<T: FromStr<Err = CodeError>>(
        &mut self,
        field: &str,
        text: &Option<String>,
    ) -> Option<T> {
        self.code_of(field, text.as_deref()?)
    }

    fn code_of<T: FromStr<Err = CodeError>>(&mut self, field: &str, text: &str) -> Option<T> {
        if text.trim().is_empty() {
            return None;
        }
        match text.trim().parse() {
            Ok(code) => Some(code),
            Err(error) => {
                self.defect(field, DefectKind::Ignored, error.to_string(), text);
                None
            }
        }
    }

    /// A number that is not negative and has no more than `most`.
    fn number(&mut self, field: &str, number: Option<f64>, most: f64) -> Option<f64> {
        let number = number?;
        if number.is_finite() && (0.0..=most).contains(&number) {
            return Some(number);
        }
        let reason = format!("{field} is outside 0 to {most}");
        self.defect(field, DefectKind::OutOfRange, reason, &number.to_string());
        None
    }

    /// A mass of up to a million tonnes, which no consignment has.
    fn mass(&mut self, field: &str, kg: Option<f64>) -> Option<Mass> {
        self.number(field, kg, 1e9).map(|kg| Mass((kg * 1e3).round() as i64))
    }

    fn each<F: ?Sized, T>(
        &mut self,
        field: &str,
        items: &[impl std::borrow::Borrow<F>],
        read: impl Fn(&mut Self, &str, &F) -> T,
    ) -> Vec<T> {
        if items.len() > ITEMS {
            let reason = format!("{field} has more than {ITEMS} items; the rest was left out");
            self.defect(field, DefectKind::OutOfRange, reason, &items.len().to_string());
        }
        items
            .iter()
            .take(ITEMS)
            .enumerate()
            .map(|(n, item)| read(self, &format!("{field}[{n}]"), item.borrow()))
            .collect()
    }

    fn party(&mut self, field: &str, party: &DeclaredParty) -> Party {
        let of = |name: &str| format!("{field}.{name}");
        let contact = Contact {
            name: self.text(&of("name"), &party.name),
            address: self.text(&of("address"), &party.address),
            address_country: self.code(&of("address_country"), &party.address_country),
            phones: self
                .each(&of("phones"), &party.phones, |r, field, text: &str| r.text(field, text)),
            mails: self
                .each(&of("mails"), &party.mails, |r, field, text: &str| r.text(field, text)),
        };
        Party {
            role: party.role.into(),
            code: self.text(&of("code"), &party.code).into(),
            contact: (contact != Contact::default()).then(|| Box::new(contact)),
        }
    }

    fn goods(&mut self, field: &str, goods: &DeclaredGoods) -> GoodsItem {
        let of = |name: &str| format!("{field}.{name}");
        // Thousandths of a quadrillion still fit, and no currency needs more.
        let value = self.number(&of("value"), goods.value, 1e15);
        let currency = self.code(&of("currency"), &goods.currency);
        GoodsItem {
            hs: self.code(&of("hs"), &goods.hs),
            description: self.text(&of("description"), &goods.description).into(),
            origin: self.code(&of("origin"), &goods.origin),
            net_mass_g: self.mass(&of("net_mass_kg"), goods.net_mass_kg),
            gross_mass_g: self.mass(&of("gross_mass_kg"), goods.gross_mass_kg),
            value: value.map(|value| Money { thousandths: (value * 1e3).round() as i64, currency }),
            quantity: self.number(&of("quantity"), goods.quantity, 1e15),
            quantity_unit: self.text(&of("quantity_unit"), &goods.quantity_unit).into(),
            packages: goods.packages,
            package_type: self.text(&of("package_type"), &goods.package_type).into(),
            duty_rate_percent: self.number(&of("duty_rate_percent"), goods.duty_rate_percent, 1e6),
            duty_type: self.text(&of("duty_type"), &goods.duty_type).into(),
            origin_mark: self.text(&of("origin_mark"), &goods.origin_mark).into(),
            ..GoodsItem::default()
        }
    }

    fn equipment(&mut self, field: &str, unit: &DeclaredEquipment) -> Equipment {
        let of = |name: &str| format!("{field}.{name}");
        let number = self.text(&of("number"), &unit.number);
        Equipment {
            container: self.code_of(&of("number"), &number),
            number: number.into(),
            seals: self
                .each(&of("seals"), &unit.seals, |r, field, text: &str| r.text(field, text).into()),
            empty: unit.empty,
            ..Equipment::default()
        }
    }

    fn documents(&mut self, documents: &DeclaredDocuments) -> Documents {
        let DeclaredDocuments {
            master_bill,
            house_bill,
            postal_item,
            previous,
            procedure,
            transaction,
            purpose,
            payment,
        } = documents;
        Documents {
            master_bill: self.text("documents.master_bill", master_bill).into(),
            house_bill: self.text("documents.house_bill", house_bill).into(),
            postal_item: self.code("documents.postal_item", postal_item),
            previous: self.text("documents.previous", previous).into(),
            procedure: self.text("documents.procedure", procedure).into(),
            transaction: self.text("documents.transaction", transaction).into(),
            purpose: self.text("documents.purpose", purpose).into(),
            payment: self.text("documents.payment", payment).into(),
            ..Documents::default()
        }
    }
}

/// The moment and the day that are written, from RFC 3339 or a date.
fn arrival(text: &str) -> Result<(i64, Day), String> {
    let wanted = || {
        "a time needs its offset, such as 2021-04-05T14:02:00+09:00, or be a date alone".to_owned()
    };
    let pieces = Pieces::parse(text).map_err(|_| wanted())?;
    let day = Day::of(pieces.date());
    let at = match (pieces.time(), pieces.offset()) {
        (None, _) => day.start_micros(),
        (Some(time), Some(offset)) => {
            let offset = match offset {
                PiecesOffset::Numeric(offset) => offset.offset(),
                _ => jiff::tz::Offset::UTC,
            };
            let moment = offset.to_timestamp(pieces.date().to_datetime(time));
            moment.map_err(|_| wanted())?.as_microsecond()
        }
        (Some(_), None) => return Err(wanted()),
    };
    // Trade is screened as it happens: a year far off is a slip of the pen.
    match pieces.date().year() {
        1980..=2100 => Ok((at, day)),
        year => Err(format!("the year {year} is outside 1980 to 2100")),
    }
}

impl From<&Consignment> for Declared {
    fn from(kept: &Consignment) -> Declared {
        let text = |text: &CompactString| text.to_string();
        Declared {
            source: text(&kept.source),
            reference: text(&kept.reference),
            regime: kept.regime.into(),
            direction: kept.direction.into(),
            office: text(&kept.office),
            arrived_at: written(kept.arrived_at, kept.arrived_on),
            transport: kept.transport.map(Into::into),
            parties: kept.parties.iter().map(DeclaredParty::from).collect(),
            goods: kept.goods.iter().map(DeclaredGoods::from).collect(),
            route: DeclaredRoute {
                departure: kept.route.departure.map(|code| code.to_string()),
                destination: kept.route.destination.map(|code| code.to_string()),
                loading: kept.route.loading.map(|code| code.to_string()),
                discharge: kept.route.discharge.map(|code| code.to_string()),
                via: kept.route.via.iter().map(ToString::to_string).collect(),
                conveyance: text(&kept.route.conveyance),
            },
            equipment: kept
                .equipment
                .iter()
                .map(|unit| DeclaredEquipment {
                    number: text(&unit.number),
                    seals: unit.seals.iter().map(text).collect(),
                    empty: unit.empty,
                })
                .collect(),
            documents: DeclaredDocuments {
                master_bill: text(&kept.documents.master_bill),
                house_bill: text(&kept.documents.house_bill),
                postal_item: kept.documents.postal_item.map(|item| item.to_string()),
                previous: text(&kept.documents.previous),
                procedure: text(&kept.documents.procedure),
                transaction: text(&kept.documents.transaction),
                purpose: text(&kept.documents.purpose),
                payment: text(&kept.documents.payment),
            },
        }
    }
}

/// The moment with the whole hours of offset that put it on its local day.
fn written(at: i64, on: Day) -> String {
    const HOUR: i64 = 3_600_000_000;
    let Ok(moment) = jiff::Timestamp::from_microsecond(at) else { return on.to_string() };
    let hours = (0..=14).flat_map(|hours| [hours, -hours]);
    let offset = hours.into_iter().find(|hours| Day::of_micros(at + hours * HOUR) == on);
    match offset {
        Some(hours) => {
            moment.display_with_offset(jiff::tz::Offset::constant(hours as i8)).to_string()
        }
        None => on.to_string(),
    }
}

impl From<&Party> for DeclaredParty {
    fn from(party: &Party) -> DeclaredParty {
        let contact = party.contact.as_deref().cloned().unwrap_or_default();
        DeclaredParty {
            role: party.role.into(),
            code: party.code.to_string(),
            name: contact.name,
            address: contact.address,
            address_country: contact.address_country.map(|code| code.to_string()),
            phones: contact.phones,
            mails: contact.mails,
        }
    }
}

impl From<&GoodsItem> for DeclaredGoods {
    fn from(goods: &GoodsItem) -> DeclaredGoods {
        DeclaredGoods {
            hs: goods.hs.map(|hs| hs.to_string()),
            description: goods.description.to_string(),
            origin: goods.origin.map(|code| code.to_string()),
            net_mass_kg: goods.net_mass_g.map(Mass::kg),
            gross_mass_kg: goods.gross_mass_g.map(Mass::kg),
            value: goods.value.map(Money::units),
            currency: goods.value.and_then(|value| value.currency).map(|code| code.to_string()),
            quantity: goods.quantity,
            quantity_unit: goods.quantity_unit.to_string(),
            packages: goods.packages,
            package_type: goods.package_type.to_string(),
            duty_rate_percent: goods.duty_rate_percent,
            duty_type: goods.duty_type.to_string(),
            origin_mark: goods.origin_mark.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: serde_json::Value) -> (Option<Consignment>, Vec<String>) {
        let declared: Declared = serde_json::from_value(json).unwrap();
        let mut defects = Vec::new();
        let read = read(1, "test", &declared, &mut defects);
        let told = defects.iter().map(|d| format!("{} {}", d.field, d.kind.as_str())).collect();
        (read, told)
    }

    #[test]
    fn the_local_day_is_the_one_that_is_written() {
        let (at, on) = arrival("2021-04-05T01:30:00+09:00").unwrap();
        assert_eq!(on.to_string(), "2021-04-05");
        assert_eq!(Day::of_micros(at).to_string(), "2021-04-04");
        assert_eq!(arrival(&written(at, on)).unwrap(), (at, on));
        assert_eq!(arrival("2021-04-05").unwrap(), (on.start_micros(), on));
        assert_eq!(arrival("2021-04-05T00:00:00Z").unwrap(), (on.start_micros(), on));
        for bad in ["", "2021-04-05T01:30:00", "yesterday", "0021-04-05", "2021-02-30"] {
            assert!(arrival(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn a_field_that_cannot_be_read_spoils_no_record() {
        let (read, defects) = check(serde_json::json!({
            "reference": "1", "office": "030", "regime": "parcel", "arrived_at": "2021-04-05",
            "goods": [{ "hs": "09012", "net_mass_kg": -1.0, "value": 12.5, "currency": "KRW" }],
            "equipment": [{ "number": "CSQU3054384" }],
        }));
        assert_eq!(
            defects,
            [
                "goods[0].hs ignored",
                "goods[0].net_mass_kg out_of_range",
                "equipment[0].number ignored"
            ]
        );
        let read = read.unwrap();
        assert_eq!(read.goods[0].value.unwrap().thousandths, 12_500);
        assert_eq!((read.goods[0].hs, read.goods[0].net_mass_g), (None, None));
        assert_eq!(read.equipment[0].container, None);
    }

    #[test]
    fn a_record_without_its_number_is_not_stored() {
        let (read, defects) = check(serde_json::json!({
            "reference": " ", "office": "0\u{0}", "regime": "parcel", "arrived_at": "soon",
        }));
        assert!(read.is_none());
        assert_eq!(defects, ["reference missing", "office unreadable", "arrived_at unreadable"]);
    }

    #[test]
    fn what_is_kept_comes_back_as_it_was_sent() {
        let sent = serde_json::json!({
            "source": "test", "reference": "1", "office": "030", "regime": "freight",
            "direction": "transit", "arrived_at": "2021-04-05T01:30:00+09:00", "transport": "sea",
            "parties": [{ "role": "consignee", "name": "한빛상사", "phones": ["010-1234-5678"] }],
            "goods": [{ "hs": "080390", "net_mass_kg": 12.345, "value": 99.9, "currency": "USD" }],
            "route": { "departure": "EC", "via": ["PAMIT", "MXZLO"] },
            "equipment": [{ "number": "CSQU3054383", "seals": ["A1"], "empty": false }],
            "documents": { "house_bill": "H-1", "postal_item": "RR473124829GB" },
        });
        let (read, defects) = check(sent.clone());
        assert!(defects.is_empty(), "{defects:?}");
        let mut back = serde_json::to_value(Declared::from(&read.unwrap())).unwrap();
        // The offset is not kept, only the moment and its local day.
        assert_eq!(
            arrival(back["arrived_at"].as_str().unwrap()),
            arrival("2021-04-05T01:30:00+09:00")
        );
        back["arrived_at"] = sent["arrived_at"].clone();
        assert_eq!(back, sent);
    }
}
