//! The pretend port's shipments, written as messages and read again: whatever a form carries
//! comes back as it was declared. What each form leaves out stands in one table.

use std::collections::HashMap;

use harbour::messages::{Form, mail};
use harbour::{Row, Settings, World};
use intake::{MessageBatch, MessageOptions, Messages};
use targeting::consignment::Consignment;
use targeting::party::{Party, Role};

/// All batches of a file as one.
fn read(bytes: &[u8]) -> MessageBatch {
    let messages = Messages::open(bytes, "mail", &later()).expect("it is a message");
    let mut whole = MessageBatch::default();
    for batch in messages {
        let batch = batch.expect("it is whole");
        whole.heads.extend(batch.heads);
        whole.rows.extend(batch.rows);
        whole.defects.extend(batch.defects);
    }
    whole
}

/// What a form carries of a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The declaration's own number as reference.
    Declaration,
    Master,
    House,
    Office,
    Names,
    Addresses,
    Codes,
    Phone,
    /// All digits of the goods code, or the six that all countries share.
    Hs,
    Hs6,
    Description,
    Origin,
    Gross,
    /// To a tenth of a kilogram.
    GrossTenth,
    Net,
    Packages,
    PackageType,
    Value,
    Loading,
    Discharge,
    Container,
    Seal,
}

use Of::*;

fn carried(form: Form) -> &'static [Of] {
    match form {
        Form::Cuscar => &[
            Master,
            House,
            Office,
            Names,
            Addresses,
            Codes,
            Phone,
            Hs,
            Description,
            Origin,
            Gross,
            Net,
            Packages,
            PackageType,
            Value,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Iftmin => &[
            Master,
            House,
            Names,
            Addresses,
            Codes,
            Phone,
            Hs,
            Description,
            Origin,
            Gross,
            Net,
            Packages,
            PackageType,
            Value,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Ifcsum => &[
            Master,
            House,
            Names,
            Addresses,
            Codes,
            Phone,
            Hs,
            Description,
            Origin,
            Gross,
            Net,
            Packages,
            PackageType,
            Value,
        ],
        Form::Cusdec => &[
            Declaration,
            Master,
            House,
            Office,
            Names,
            Addresses,
            Codes,
            Phone,
            Hs,
            Description,
            Origin,
            Gross,
            Net,
            Packages,
            PackageType,
            Value,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Baplie => &[Container, Loading, Discharge],
        Form::Coarri => &[Container, Seal, Loading, Discharge],
        Form::Ffm => &[Master, GrossTenth],
        Form::Fwb => &[Master, GrossTenth, Names, Addresses, Description],
        Form::Fhl => &[Master, House, GrossTenth, Packages, Hs6, Description],
        Form::Xfwb => {
            &[Master, Names, Addresses, Codes, Phone, Hs, Description, Origin, Gross, Packages]
        }
        Form::Xfzb => &[
            Master,
            House,
            Names,
            Addresses,
            Codes,
            Phone,
            Hs,
            Description,
            Origin,
            Gross,
            Packages,
        ],
        Form::WcoDec => &[
            Declaration,
            House,
            Office,
            Names,
            Addresses,
            Codes,
            Phone,
            Hs,
            Description,
            Origin,
            Gross,
            Net,
            Packages,
            PackageType,
            Value,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Ens => &[
            Declaration,
            Office,
            Names,
            Addresses,
            Codes,
            Hs,
            Description,
            Gross,
            Packages,
            PackageType,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Ics2 => &[
            Master,
            House,
            Office,
            Names,
            Addresses,
            Codes,
            Phone,
            Hs6,
            Description,
            Gross,
            Net,
            Packages,
            PackageType,
            Loading,
            Discharge,
        ],
        Form::Sad => &[
            Declaration,
            Office,
            Names,
            Addresses,
            Codes,
            Hs,
            Description,
            Origin,
            Gross,
            Net,
            Packages,
            PackageType,
            Loading,
            Container,
        ],
        Form::Awmds => &[
            Master,
            House,
            Office,
            Names,
            Addresses,
            Codes,
            Description,
            Gross,
            Packages,
            PackageType,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Manifest309 => &[
            Names,
            Addresses,
            Phone,
            Hs6,
            Description,
            Gross,
            Packages,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Bill310 => &[
            Master,
            House,
            Names,
            Addresses,
            Hs6,
            Description,
            Gross,
            Packages,
            PackageType,
            Loading,
            Discharge,
            Container,
            Seal,
        ],
        Form::Cn23 => {
            &[Office, Names, Addresses, Codes, Phone, Hs, Description, Origin, Gross, Net, Value]
        }
    }
}

/// Letters and figures alone, in capitals: how lines were broken does not matter.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn party(read: &Consignment, role: Role) -> Option<&Party> {
    read.parties.iter().find(|party| party.role == role)
}

/// What came back of a row, and what should have.
fn both(of: Of, row: &Row, read: &Consignment) -> (String, String) {
    let [consignor, consignee] = [Role::Consignor, Role::Consignee].map(|role| party(read, role));
    let contact = |party: Option<&Party>| party.and_then(|party| party.contact.clone());
    let (from, to) = (contact(consignor), contact(consignee));
    let item = read.goods.first().cloned().unwrap_or_default();
    let hs = item.hs.map(|hs| hs.to_string()).unwrap_or_default();
    let grams = |kg: Option<f64>| kg.map(|kg| (kg * 1e3).round() as i64);
    let text = |of: Option<i64>| of.map(|of| of.to_string()).unwrap_or_default();
    let unit = read.equipment.first().cloned().unwrap_or_default();
    match of {
        Declaration => (row.declaration_id.to_string(), read.reference.to_string()),
        Master => (digits(&row.master_bill), digits(&read.documents.master_bill)),
        House => (row.house_bill.to_string(), read.documents.house_bill.to_string()),
        Office => (row.office.to_string(), read.office.to_string()),
        Names => {
            let of = |contact: &Option<Box<targeting::party::Contact>>| {
                contact.as_ref().map(|contact| squeezed(&contact.name)).unwrap_or_default()
            };
            (
                format!("{} {}", squeezed(&row.consignor_name), squeezed(&row.consignee_name)),
                format!("{} {}", of(&from), of(&to)),
            )
        }
        Addresses => {
            let of = |contact: &Option<Box<targeting::party::Contact>>| {
                contact.as_ref().map(|contact| squeezed(&contact.address)).unwrap_or_default()
            };
            (
                format!(
                    "{} {}",
                    squeezed(&row.consignor_address),
                    squeezed(&row.consignee_address)
                ),
                format!("{} {}", of(&from), of(&to)),
            )
        }
        Codes => {
            let of = |party: Option<&Party>| {
                party.map(|party| party.code.to_string()).unwrap_or_default()
            };
            (
                format!("{} {}", row.consignor_id, row.consignee_id),
                format!("{} {}", of(consignor), of(consignee)),
            )
        }
        Phone => {
            let phone = to.as_ref().and_then(|to| to.phones.first().cloned()).unwrap_or_default();
            // Its readers write a number without its signs.
            (digits(&row.consignee_phone), digits(&phone))
        }
        Hs => (digits(&row.hs_code), digits(&hs)),
        Hs6 => (digits(&row.hs_code).chars().take(6).collect(), digits(&hs)),
        Description => (squeezed(&row.description), squeezed(&item.description)),
        Origin => (
            row.origin_country.to_uppercase().to_string(),
            item.origin.map(|origin| origin.to_string()).unwrap_or_default(),
        ),
        Gross => (text(grams(row.gross_mass_kg)), text(item.gross_mass_g.map(|mass| mass.0))),
        GrossTenth => {
            let tenth = |grams: Option<i64>| grams.map(|grams| (grams as f64 / 100.0).round());
            let of = |tenth: Option<f64>| tenth.map(|n| format!("{n}")).unwrap_or_default();
            let mass = item.gross_mass_g.map(|mass| mass.0);
            (of(tenth(grams(row.gross_mass_kg))), of(tenth(mass)))
        }
        Net => (text(grams(row.net_mass_kg)), text(item.net_mass_g.map(|mass| mass.0))),
        Packages => (
            row.packages.map(|n| n.to_string()).unwrap_or_default(),
            item.packages.map(|n| n.to_string()).unwrap_or_default(),
        ),
        PackageType => (row.package_type.to_string(), item.package_type.to_string()),
        Value => (
            text(row.item_value.map(|value| (value * 1e3).round() as i64)),
            text(item.value.map(|value| value.thousandths)),
        ),
        Loading => (
            row.loading_port.to_string(),
            read.route.loading.map(|place| place.to_string()).unwrap_or_default(),
        ),
        Discharge => (
            row.discharge_port.to_string(),
            read.route.discharge.map(|place| place.to_string()).unwrap_or_default(),
        ),
        Container => (row.container_no.to_string(), unit.number.to_string()),
        Seal => (
            row.seal_no.to_string(),
            unit.seals.first().map(|seal| seal.to_string()).unwrap_or_default(),
        ),
    }
}

fn traffic() -> Vec<Row> {
    let mut world = World::new(11, Settings { days: 3, ..Settings::demo() });
    let days: Vec<_> = world.dates().into_iter().collect();
    let day = days.into_iter().flat_map(|date| world.day(date).expect("days in order").rows);
    // An amendment repeats a declaration's number; the pile of one message holds it once.
    day.filter(|row| row.version == 1).collect()
}

/// After all days of the world, so that no message seems to come from the future.
fn later() -> MessageOptions {
    MessageOptions { received_at: 4_000_000_000_000_000, ..MessageOptions::default() }
}

#[test]
fn what_the_port_writes_is_read_again() {
    let rows = traffic();
    let mut wrong: Vec<String> = Vec::new();
    let mut told = String::new();
    for &form in Form::ALL {
        let mut suited: Vec<&Row> = rows.iter().filter(|row| form.suits(row)).collect();
        // Of a waybill or a slot there is one for each master or box.
        let mut seen: HashMap<String, ()> = HashMap::new();
        suited.retain(|row| {
            let key = match form {
                Form::Ffm | Form::Fwb => row.master_bill.to_string(),
                Form::Baplie | Form::Coarri => row.container_no.to_string(),
                Form::Cusdec | Form::WcoDec | Form::Ens | Form::Sad => {
                    row.declaration_id.to_string()
                }
                _ => format!("{} {} {}", row.master_bill, row.house_bill, row.postal_item),
            };
            seen.insert(key, ()).is_none()
        });
        suited.truncate(120);
        suited.sort_by_key(|row| &row.office);
        assert!(suited.len() >= 20, "only {} rows suit {}", suited.len(), form.name());
        let files: Vec<Vec<&Row>> = match form.many() {
            true => suited
                .chunk_by(|one, other| one.office == other.office)
                .map(<[_]>::to_vec)
                .collect(),
            false => suited.iter().map(|&row| vec![row]).collect(),
        };
        let mut compared = 0;
        for file in files {
            let bytes = form.write(&file);
            let found = read(&bytes);
            let said = String::from_utf8_lossy(&bytes);
            // The port's people slip in numbers, too.
            let slips = |reason: &str| reason.contains("check digit");
            for defect in found.defects.iter().filter(|defect| !slips(&defect.reason)) {
                wrong.push(format!("{}: {} {:?}", form.name(), defect.reason, defect.found));
            }
            let (came, sent) = (found.rows.len(), file.len());
            assert_eq!(came, sent, "{}: {}", form.name(), &said[..said.len().min(3_000)]);
            // Forms may group rows by their master; a house, an item or a box tells them apart.
            for read in found.rows.iter().map(|row| &row.consignment) {
                let of = |row: &&&Row| match form {
                    Form::Cusdec | Form::WcoDec | Form::Ens | Form::Sad => {
                        read.reference == row.declaration_id
                    }
                    Form::Baplie | Form::Coarri => read.reference == row.container_no,
                    Form::Cn23 => {
                        read.documents.house_bill == row.postal_item
                            || read.reference == row.postal_item
                    }
                    Form::Ffm | Form::Fwb | Form::Xfwb => {
                        digits(&read.documents.master_bill) == digits(&row.master_bill)
                    }
                    Form::Manifest309 => read.documents.master_bill == row.house_bill,
                    _ => read.documents.house_bill == row.house_bill,
                };
                let Some(row) = file.iter().find(of) else {
                    wrong.push(format!("{}: nobody sent {:?}", form.name(), read));
                    continue;
                };
                for &part in carried(form) {
                    let (sent, came) = both(part, row, read);
                    if sent != came {
                        wrong.push(format!("{} {part:?}: {sent:?} came as {came:?}", form.name()));
                    }
                    compared += 1;
                }
            }
        }
        told.push_str(&format!("{}: {compared} compared\n", form.name()));
    }
    println!("{told}");
    // One of a kind is enough to see what is wrong.
    let mut kinds: Vec<&str> = Vec::new();
    let few: Vec<&String> = (wrong.iter())
        .filter(|text| {
            let kind = text.split(':').next().unwrap_or_default();
            let seen = kinds.iter().filter(|known| **known == kind).count();
            kinds.push(kind);
            seen < 2
        })
        .collect();
    assert!(wrong.is_empty(), "{} differ:\n{few:#?}", wrong.len());
}

#[test]
fn a_day_comes_as_mail_and_each_row_once() {
    let rows = traffic();
    let mut times = vec![0; rows.len()];
    let mut forms = Vec::new();
    for piece in mail(&rows) {
        let found: usize = Messages::open(&piece.bytes[..], &piece.name, &later())
            .expect("it is a message")
            .map(|batch| batch.expect("it is whole").rows.len())
            .sum();
        assert_eq!(found, piece.rows.len(), "{}", piece.name);
        piece.rows.iter().for_each(|&place| times[place] += 1);
        forms.push(piece.form);
    }
    forms.dedup();
    assert!(forms.len() >= 5, "{forms:?}");
    assert!(times.iter().all(|&times| times <= 1), "a row came twice");
    let brought = times.iter().filter(|&&times| times == 1).count();
    assert!(brought * 10 >= rows.len() * 9, "only {brought} of {} came as mail", rows.len());
}
