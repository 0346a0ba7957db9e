//! Facts: the only view of a consignment that features and rules may take.
//! It holds goods, route, procedure and *opaque keys* of parties. It has no name, no address
//! text and no trait of a person, so nothing that judges can use one. What is known of the
//! keys from the past comes from `history.rs`.

use compact_str::CompactString;
use serde::Serialize;

use crate::codes::{CountryCode, Currency, Day, HsCode, Mass, UnLocode};
use crate::consignment::{Consignment, Direction, Equipment, Regime, Transport};
use crate::party::Role;

/// What judgement may know of one consignment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Facts<'a> {
    /// Parcel or freight.
    pub regime: Regime,
    /// Which way the goods pass.
    pub direction: Direction,
    /// How they travel.
    pub transport: Option<Transport>,
    /// Customs office in charge.
    pub office: &'a str,
    /// Local day of arrival.
    pub arrived_on: Day,
    /// HS code of the main goods.
    pub hs: Option<HsCode>,
    /// Goods description.
    pub description: &'a str,
    /// Country of origin of the goods.
    pub origin: Option<CountryCode>,
    /// Country of dispatch.
    pub departure: Option<CountryCode>,
    /// Country of destination, where not here.
    pub destination: Option<CountryCode>,
    /// Place of loading.
    pub loading: Option<UnLocode>,
    /// Place of discharge.
    pub discharge: Option<UnLocode>,
    /// Number of places called at in between.
    pub via: usize,
    /// Net mass in grams.
    pub net_mass_g: Option<i64>,
    /// Gross mass in grams.
    pub gross_mass_g: Option<i64>,
    /// Declared value in units of its currency.
    pub value: Option<f64>,
    /// Currency of the value, where the source says it.
    pub currency: Option<Currency>,
    /// Value per kilogram net, in units of its currency.
    pub unit_value: Option<f64>,
    /// Number of packages.
    pub packages: Option<u32>,
    /// Pieces, where the quantity is counted and not measured.
    pub pieces: Option<f64>,
    /// Number of goods items.
    pub items: usize,
    /// Duty rate in percent.
    pub duty_rate_percent: Option<f64>,
    /// Kind of duty rate.
    pub duty_type: &'a str,
    /// How the origin is marked.
    pub origin_mark: &'a str,
    /// Customs procedure.
    pub procedure: &'a str,
    /// Means of payment.
    pub payment: &'a str,
    /// True when it follows an earlier declaration, as re-exports do.
    pub follows_previous: bool,
    /// Number of containers.
    pub containers: usize,
    /// True when a container number or postal item is declared but not well formed.
    pub bad_equipment: bool,
    /// Number of containers declared empty.
    pub empty_containers: usize,
    /// Number of refrigerated containers, by their ISO 6346 type.
    pub reefers: usize,
    /// Number of seals.
    pub seals: usize,
    /// Declared gross mass of the containers in grams, where all of them have one.
    pub equipment_mass_g: Option<i64>,
    /// Their verified gross mass in grams, where all of them have one.
    pub verified_mass_g: Option<i64>,
    /// UN number of dangerous goods.
    pub dangerous: &'a str,
    /// Further HS codes that the main line declares.
    pub more_hs: usize,
    /// What is odd about the document itself, by the codes of `docs/formats.md`.
    pub signs: &'a [CompactString],
    /// Opaque key of the consignor.
    pub consignor_key: Option<u64>,
    /// Opaque key of the consignee.
    pub consignee_key: Option<u64>,
    /// Opaque key of the declarant.
    pub declarant_key: Option<u64>,
    /// Opaque key of the courier, or of the carrier where there is none.
    pub carrier_key: Option<u64>,
    /// Opaque key of how the consignee is called, which is not always whose code it is.
    pub consignee_called_key: Option<u64>,
    /// Opaque key of the delivery address.
    pub address_key: Option<u64>,
    /// Opaque key of the consignee's phone.
    pub phone_key: Option<u64>,
}

impl<'a> Facts<'a> {
    /// The view of one consignment.
    pub fn of(consignment: &'a Consignment) -> Facts<'a> {
        let goods = consignment.main_goods();
        let identity = |role| consignment.party(role).and_then(|party| party.identity());
        let consignee = consignment.party(Role::Consignee);
        Facts {
            regime: consignment.regime,
            direction: consignment.direction,
            transport: consignment.transport,
            office: &consignment.office,
            arrived_on: consignment.arrived_on,
            hs: goods.and_then(|item| item.hs),
            description: goods.map_or("", |item| &item.description),
            origin: goods.and_then(|item| item.origin),
            departure: consignment.route.departure,
            destination: consignment.route.destination,
            loading: consignment.route.loading,
            discharge: consignment.route.discharge,
            via: consignment.route.via.len(),
            net_mass_g: goods.and_then(|item| item.net_mass_g).map(|mass| mass.0),
            gross_mass_g: goods.and_then(|item| item.gross_mass_g).map(|mass| mass.0),
            value: goods.and_then(|item| item.value).map(|value| value.units()),
            currency: goods.and_then(|item| item.value?.currency),
            unit_value: goods.and_then(|item| item.unit_value()),
            packages: goods.and_then(|item| item.packages),
            pieces: goods.and_then(|item| item.pieces()),
            items: consignment.goods.len(),
            duty_rate_percent: goods.and_then(|item| item.duty_rate_percent),
            duty_type: goods.map_or("", |item| &item.duty_type),
            origin_mark: goods.map_or("", |item| &item.origin_mark),
            procedure: &consignment.documents.procedure,
            payment: &consignment.documents.payment,
            follows_previous: !consignment.documents.previous.is_empty(),
            containers: consignment.equipment.len(),
            bad_equipment: consignment.equipment.iter().any(|unit| unit.container.is_none()),
            empty_containers: consignment.equipment.iter().filter(|unit| unit.empty).count(),
            reefers: consignment.equipment.iter().filter(|unit| is_reefer(&unit.size_type)).count(),
            seals: consignment.equipment.iter().map(|unit| unit.seals.len()).sum(),
            equipment_mass_g: mass_of(&consignment.equipment, |unit| unit.gross_mass_g),
            verified_mass_g: mass_of(&consignment.equipment, |unit| unit.verified_mass_g),
            dangerous: goods.map_or("", |item| &item.dangerous),
            more_hs: goods.map_or(0, |item| item.more_hs.len()),
            signs: &consignment.documents.signs,
            consignor_key: identity(Role::Consignor),
            consignee_key: identity(Role::Consignee),
            declarant_key: identity(Role::Declarant),
            carrier_key: identity(Role::Courier).or_else(|| identity(Role::Carrier)),
            consignee_called_key: consignee.and_then(|party| party.called_identity()),
            address_key: consignee.and_then(|party| party.address_identity()),
            phone_key: consignee.and_then(|party| party.phone_identity()),
        }
    }
}

/// Whether an ISO 6346 size and type code, such as `45R1`, is that of a refrigerated container.
fn is_reefer(size_type: &str) -> bool {
    matches!(size_type.as_bytes().get(2), Some(b'R' | b'H')) && size_type.len() == 4
}

/// The sum over the containers, where there are some and each says it.
fn mass_of(equipment: &[Equipment], of: impl Fn(&Equipment) -> Option<Mass>) -> Option<i64> {
    let all = equipment.iter().map(|unit| of(unit).map(|mass| mass.0)).sum::<Option<i64>>();
    all.filter(|_| !equipment.is_empty())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::consignment::{Documents, GoodsItem, Route};
    use crate::party::{Contact, Party};

    /// A filled-in consignment for the tests of this crate.
    pub(crate) fn sample() -> Consignment {
        Consignment {
            source: "test".into(),
            reference: "1".into(),
            regime: Regime::Freight,
            direction: Direction::Import,
            office: "ICN".into(),
            arrived_at: Day(18_722).start_micros(),
            arrived_on: Day(18_722),
            transport: Some(Transport::Sea),
            parties: vec![
                Party::by_code(Role::Consignor, "S1"),
                Party {
                    role: Role::Consignee,
                    code: "I1".into(),
                    contact: Some(Box::new(Contact {
                        name: "홍길동".to_owned(),
                        address: "Seoul".to_owned(),
                        phones: vec!["010-1234-5678".to_owned()],
                        ..Contact::default()
                    })),
                },
                Party::by_code(Role::Declarant, "D1"),
            ],
            goods: vec![GoodsItem {
                hs: "848340".parse().ok(),
                description: "gear boxes".into(),
                origin: "MX".parse().ok(),
                net_mass_g: Some(crate::codes::Mass(120_000)),
                value: Some(crate::codes::Money { thousandths: 36_000_000, currency: None }),
                duty_rate_percent: Some(8.0),
                ..GoodsItem::default()
            }],
            route: Route { departure: "MX".parse().ok(), ..Route::default() },
            equipment: Vec::new(),
            documents: Documents::default(),
        }
    }

    #[test]
    fn no_protected_trait_of_a_person_and_no_name_is_in_the_view() {
        let consignment = sample();
        let seen = serde_json::to_value(Facts::of(&consignment)).unwrap();
        let fields: Vec<&String> = seen.as_object().unwrap().keys().collect();
        const PROTECTED: [&str; 14] = [
            "name",
            "nationality",
            "citizen",
            "ethnic",
            "race",
            "religion",
            "gender",
            "sex",
            "age",
            "birth",
            "person",
            "mail",
            "passport",
            "resident",
        ];
        for field in &fields {
            for word in field.split('_') {
                assert!(!PROTECTED.contains(&word), "Facts shows `{field}`");
            }
        }
        // What the parties are called stands nowhere in the view, under any field.
        let text = seen.to_string();
        for word in ["홍길동", "Seoul", "1234", "5678"] {
            assert!(!text.contains(word), "Facts shows `{word}`");
        }
    }

    #[test]
    fn a_party_known_by_two_names_changes_only_opaque_keys() {
        let (one, mut two) = (sample(), sample());
        two.parties[1].code = "I2".into();
        let (a, mut b) = (Facts::of(&one), Facts::of(&two));
        assert_ne!(a.consignee_key, b.consignee_key);
        b.consignee_key = a.consignee_key;
        assert_eq!(a, b);
    }
}
