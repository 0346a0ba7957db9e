//! Behind a feature: the declared fields and the histories from which its number comes, so that a
//! reason can be opened down to what it rests on. How the number is computed: `mod.rs`.

use super::{Feature, Linked, Said, Source};
use crate::amount::Amount;
use crate::consignment::Consignment;
use crate::history::{KeyKind, LinkKind};
use crate::party::Role;
use crate::words;

/// A declared field that features read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// HS code of the main goods.
    Hs,
    /// Description of the main goods.
    Description,
    /// Country of origin.
    Origin,
    /// Country of dispatch.
    Departure,
    /// Country of destination.
    Destination,
    /// Place of loading.
    Loading,
    /// Places called at.
    Via,
    /// Net mass.
    NetMass,
    /// Gross mass.
    GrossMass,
    /// Declared value.
    Value,
    /// Duty rate.
    DutyRate,
    /// Packages.
    Packages,
    /// Quantity with its unit.
    Quantity,
    /// Number of goods items.
    Items,
    /// Direction.
    Direction,
    /// Regime.
    Regime,
    /// Mode of transport.
    Transport,
    /// Earlier declaration.
    Previous,
    /// Containers.
    Containers,
    /// Customs office.
    Office,
    /// The consignor's code.
    Consignor,
    /// The consignee's code.
    Consignee,
    /// The consignee's name.
    ConsigneeName,
    /// The declarant's code.
    Declarant,
    /// The carrier's or courier's code.
    Carrier,
    /// The delivery address.
    Address,
    /// The consignee's phone.
    Phone,
}
words!(
    Field,
    "a field",
    Hs = "hs",
    Description = "description",
    Origin = "origin",
    Departure = "departure",
    Destination = "destination",
    Loading = "loading",
    Via = "via",
    NetMass = "net_mass_kg",
    GrossMass = "gross_mass_kg",
    Value = "value",
    DutyRate = "duty_rate_percent",
    Packages = "packages",
    Quantity = "quantity",
    Items = "items",
    Direction = "direction",
    Regime = "regime",
    Transport = "transport",
    Previous = "previous",
    Containers = "containers",
    Office = "office",
    Consignor = "consignor",
    Consignee = "consignee",
    ConsigneeName = "consignee_name",
    Declarant = "declarant",
    Carrier = "carrier",
    Address = "address",
    Phone = "phone",
);

impl Field {
    /// What it is called, in Korean and English.
    pub fn said(self) -> (&'static str, &'static str) {
        match self {
            Field::Hs => ("HS 부호", "HS code"),
            Field::Description => ("품명", "Description"),
            Field::Origin => ("원산지", "Origin"),
            Field::Departure => ("발송국", "Country of dispatch"),
            Field::Destination => ("목적국", "Country of destination"),
            Field::Loading => ("적재지", "Place of loading"),
            Field::Via => ("경유지", "Places called at"),
            Field::NetMass => ("순중량", "Net mass"),
            Field::GrossMass => ("총중량", "Gross mass"),
            Field::Value => ("신고가격", "Declared value"),
            Field::DutyRate => ("관세율", "Duty rate"),
            Field::Packages => ("포장", "Packages"),
            Field::Quantity => ("수량", "Quantity"),
            Field::Items => ("품목 수", "Goods items"),
            Field::Direction => ("수출입 구분", "Direction"),
            Field::Regime => ("화물 구분", "Regime"),
            Field::Transport => ("운송 수단", "Mode of transport"),
            Field::Previous => ("이전 신고", "Earlier declaration"),
            Field::Containers => ("컨테이너", "Containers"),
            Field::Office => ("세관", "Customs office"),
            Field::Consignor => ("발송인", "Consignor"),
            Field::Consignee => ("수취인", "Consignee"),
            Field::ConsigneeName => ("수취인 이름", "Consignee's name"),
            Field::Declarant => ("신고인", "Declarant"),
            Field::Carrier => ("운송업체", "Courier or carrier"),
            Field::Address => ("배송지", "Delivery address"),
            Field::Phone => ("연락처", "Phone"),
        }
    }

    /// Whether it tells something of a person.
    pub fn is_personal(self) -> bool {
        matches!(
            self,
            Field::Consignor
                | Field::Consignee
                | Field::ConsigneeName
                | Field::Address
                | Field::Phone
        )
    }

    /// What is declared there; empty when nothing is.
    pub fn of(self, consignment: &Consignment) -> String {
        fn text(value: Option<impl ToString>) -> String {
            value.map(|value| value.to_string()).unwrap_or_default()
        }
        let goods = consignment.main_goods();
        let route = &consignment.route;
        let code = |role| {
            let party = consignment.party(role);
            let name = party.and_then(|party| party.contact.as_ref()).map(|of| of.name.clone());
            let code = party.map(|party| party.code.to_string()).filter(|code| !code.is_empty());
            code.or(name).unwrap_or_default()
        };
        let contact = consignment.party(Role::Consignee).and_then(|party| party.contact.as_ref());
        match self {
            Field::Hs => text(goods.and_then(|goods| goods.hs)),
            Field::Description => text(goods.map(|goods| &goods.description)),
            Field::Origin => text(goods.and_then(|goods| goods.origin)),
            Field::Departure => text(route.departure),
            Field::Destination => text(route.destination),
            Field::Loading => text(route.loading),
            Field::Via => route.via.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            Field::NetMass => {
                text(goods.and_then(|goods| goods.net_mass_g).map(|g| format!("{} kg", g.kg())))
            }
            Field::GrossMass => {
                text(goods.and_then(|goods| goods.gross_mass_g).map(|g| format!("{} kg", g.kg())))
            }
            Field::Value => text(goods.and_then(|goods| goods.value).map(|value| {
                let currency = text(value.currency);
                format!("{} {currency}", value.units()).trim_end().to_owned()
            })),
            Field::DutyRate => text(
                goods.and_then(|goods| goods.duty_rate_percent).map(|rate| format!("{rate} %")),
            ),
            Field::Packages => text(goods.and_then(|goods| {
                let packages = goods.packages?;
                Some(format!("{packages} {}", goods.package_type).trim_end().to_owned())
            })),
            Field::Quantity => text(goods.and_then(|goods| {
                let quantity = goods.quantity?;
                Some(format!("{quantity} {}", goods.quantity_unit).trim_end().to_owned())
            })),
            Field::Items => consignment.goods.len().to_string(),
            Field::Direction => consignment.direction.to_string(),
            Field::Regime => consignment.regime.to_string(),
            Field::Transport => text(consignment.transport),
            Field::Previous => consignment.documents.previous.to_string(),
            Field::Containers => {
                let units = consignment.equipment.iter().map(|unit| unit.number.to_string());
                units.collect::<Vec<_>>().join(", ")
            }
            Field::Office => consignment.office.to_string(),
            Field::Consignor => code(Role::Consignor),
            Field::Consignee => code(Role::Consignee),
            Field::ConsigneeName => contact.map(|of| of.name.clone()).unwrap_or_default(),
            Field::Declarant => code(Role::Declarant),
            Field::Carrier => match code(Role::Courier) {
                none if none.is_empty() => code(Role::Carrier),
                courier => courier,
            },
            Field::Address => contact.map(|of| of.address.clone()).unwrap_or_default(),
            Field::Phone => text(contact.and_then(|of| of.phones.first())),
        }
    }
}

/// The fields that make a key.
pub(super) fn of_key(kind: KeyKind) -> &'static [Field] {
    use Field::{
        Address, Carrier, Consignee, Consignor, Declarant, Departure, Description, DutyRate, Hs,
        Loading, NetMass, Office, Origin, Phone, Value,
    };
    match kind {
        KeyKind::All => &[],
        KeyKind::GoodsExact => &[Hs, Value, NetMass, Departure, Origin, DutyRate],
        KeyKind::GoodsMass => &[Hs, Value, NetMass],
        KeyKind::GoodsRoute => &[Hs, Value, NetMass, Departure, Origin, DutyRate],
        KeyKind::HsRoute => &[Hs, Departure, Origin, DutyRate],
        KeyKind::HsUnitValue => &[Hs, Value, NetMass],
        KeyKind::Hs4 | KeyKind::Hs6 => &[Hs],
        KeyKind::Consignor => &[Consignor],
        KeyKind::Consignee => &[Consignee],
        KeyKind::Pair => &[Consignor, Consignee],
        KeyKind::Declarant => &[Declarant],
        KeyKind::Carrier => &[Carrier],
        KeyKind::Address => &[Address],
        KeyKind::Phone => &[Phone],
        KeyKind::Lane => &[Departure, Loading],
        KeyKind::LaneGoods => &[Departure, Loading, Hs],
        KeyKind::Office => &[Office],
        KeyKind::OfficeGoods => &[Office, Hs],
        KeyKind::ConsignorGoods => &[Consignor, Hs],
        KeyKind::ConsigneeGoods => &[Consignee, Hs],
        KeyKind::ConsigneeAddress => &[Consignee, Address],
        KeyKind::ConsigneePhone => &[Consignee, Phone],
        KeyKind::Description => &[Description],
    }
}

fn of_link(kind: LinkKind) -> &'static [Field] {
    use Field::{Address, Consignee, ConsigneeName, Consignor, Phone};
    match kind {
        LinkKind::AddressConsignee => &[Address, Consignee],
        LinkKind::PhoneConsignee => &[Phone, Consignee],
        LinkKind::PhoneConsignor => &[Phone, Consignor],
        LinkKind::ConsigneeCalled => &[Consignee, ConsigneeName],
    }
}

/// The fields of what the declaration alone says, by the feature's code.
fn of_fact(code: &str) -> &'static [Field] {
    match code {
        "goods.mass" | "goods.whole_kg" | "goods.round_mass" => &[Field::NetMass],
        "goods.value" => &[Field::Value],
        "goods.unit_value" => &[Field::Value, Field::NetMass],
        "goods.duty_rate" => &[Field::DutyRate],
        "route.from_origin" => &[Field::Departure, Field::Origin],
        "goods.tare_share" => &[Field::GrossMass, Field::NetMass],
        "goods.packages" => &[Field::Packages],
        "goods.package_mass" => &[Field::Packages, Field::NetMass],
        "goods.items" => &[Field::Items],
        "goods.words" => &[Field::Description],
        "goods.chapter" => &[Field::Hs],
        "route.via" => &[Field::Via],
        "route.loaded_elsewhere" => &[Field::Loading, Field::Departure],
        "route.passes_through" | "route.leaves" => &[Field::Direction],
        "procedure.parcel" => &[Field::Regime],
        "route.transport" => &[Field::Transport],
        "documents.follows" => &[Field::Previous],
        "equipment.containers" | "equipment.bad_number" => &[Field::Containers],
        "parties.missing" => &[Field::Consignor, Field::Consignee, Field::Declarant],
        _ => &[],
    }
}

impl Feature {
    /// The declared fields from which its number comes.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = match self.source {
            Source::Fact(_) => of_fact(&self.code).to_vec(),
            Source::Past(kind, _) => of_key(kind).to_vec(),
            Source::Others(others, _) => {
                let (whole, part) = others.kinds();
                [of_key(whole), of_key(part)].concat()
            }
            Source::Amount(amount, _) => match amount {
                Amount::UnitValue => vec![Field::Hs, Field::Value, Field::NetMass],
                Amount::PieceMass => vec![Field::Hs, Field::NetMass, Field::Quantity],
                Amount::PackageMass => vec![Field::Hs, Field::NetMass, Field::Packages],
                Amount::ConsignorMass => vec![Field::Consignor, Field::NetMass],
            },
            Source::Words(Said::Vague | Said::Count) => vec![Field::Description],
            Source::Words(_) => vec![Field::Description, Field::Hs],
            Source::Links(Linked::Others(kind) | Linked::NewFor(kind)) => of_link(kind).to_vec(),
        };
        fields.sort();
        fields.dedup();
        fields
    }

    /// The kinds of key whose histories it reads.
    pub fn histories(&self) -> Vec<KeyKind> {
        match self.source {
            Source::Past(kind, _) => vec![kind],
            Source::Others(others, _) => {
                let (whole, part) = others.kinds();
                vec![whole, part]
            }
            Source::Fact(_) | Source::Amount(..) | Source::Words(_) | Source::Links(_) => {
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::tests::sample;
    use crate::feature::CATALOGUE;

    #[test]
    fn every_feature_names_what_it_rests_on() {
        for feature in CATALOGUE.iter() {
            assert!(!feature.fields().is_empty(), "{} names no field", feature.code);
        }
    }

    #[test]
    fn fields_are_told_as_declared() {
        let consignment = sample();
        for field in Field::ALL {
            let _ = field.of(&consignment);
            let (ko, en) = field.said();
            assert!(!ko.is_empty() && en.is_ascii(), "{field}");
        }
        assert_eq!(Field::Office.of(&consignment), "ICN");
    }
}
