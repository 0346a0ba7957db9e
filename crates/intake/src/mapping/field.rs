//! The catalogue of fields that a mapping may fill, each with its kind and the names under
//! which offices' tables call it, in English and Korean. The kind decides which options a
//! field takes in `mod.rs` and how its text is read in `table/fill.rs`.

use targeting::consignment::{Direction, Regime, Transport};
use targeting::outcome::{DetectionMethod, Modality};
use targeting::party::Role;

/// One field of a consignment or of its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Reference,
    Item,
    ArrivedOn,
    ArrivedAt,
    Office,
    Regime,
    Direction,
    Transport,
    Party(Role, PartyField),
    /// The item of goods, counted from 0, and what of it.
    Goods(u8, GoodsField),
    Route(RouteField),
    Equipment(EquipmentField),
    Document(DocumentField),
    Outcome(OutcomeField),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartyField {
    Code,
    Name,
    Address,
    Country,
    Phone,
    Mail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GoodsField {
    Hs,
    Description,
    Origin,
    NetMass,
    GrossMass,
    Value,
    Currency,
    Quantity,
    QuantityUnit,
    Packages,
    PackageType,
    DutyRate,
    DutyType,
    OriginMark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RouteField {
    Departure,
    Destination,
    Loading,
    Discharge,
    Via,
    Conveyance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EquipmentField {
    Container,
    Seal,
    Empty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentField {
    MasterBill,
    HouseBill,
    PostalItem,
    Previous,
    Procedure,
    Transaction,
    Purpose,
    Payment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutcomeField {
    Examined,
    Irregular,
    Critical,
    Finding,
    Modality,
    Minutes,
    DetectionMethod,
    Officer,
    Substance,
    Quantity,
    Unit,
}

/// How the text of a field is read, and with that which options it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Several texts or codes in one cell or in several columns.
    List,
    Code,
    Hs,
    /// One of a fixed set of words.
    Word,
    YesNo,
    Mass,
    Number,
    Moment,
}

/// Field, name, kind, and other names for it in folded form (see `suggest::fold`).
/// `goods.` stands for the main item; `goods.2.` and so on for the others.
pub(crate) const FIELDS: &[(Field, &str, Kind, &str)] = {
    use DocumentField as D;
    use EquipmentField as E;
    use Field::{Document, Equipment, Goods, Outcome, Route};
    use GoodsField as G;
    use OutcomeField as O;
    use RouteField as R;
    &[
        (
            Field::Reference,
            "reference",
            Kind::Text,
            "declarationid declarationno declarationnumber entryno entrynumber declaration \
             referenceno lrn mrn 신고번호 수입신고번호 신고서번호 전표번호 관리번호 접수번호",
        ),
        (
            Field::Item,
            "item",
            Kind::Text,
            "itemno itemnumber lineno linenumber line 란번호 품목번호",
        ),
        (
            Field::ArrivedOn,
            "arrived_on",
            Kind::Moment,
            "date arrivaldate declarationdate lodgementdate postingdate acceptancedate 신고일자 신고일 \
             입항일 수리일자 접수일자 접수일 발송일자 발송일",
        ),
        (
            Field::ArrivedAt,
            "arrived_at",
            Kind::Moment,
            "lodgedat timestamp datetime arrivaltime lodgementtime createdat 신고일시 입항일시",
        ),
        (
            Field::Office,
            "office",
            Kind::Text,
            "officeid officecode customsoffice customsofficecode 세관 세관코드 통관지세관",
        ),
        (Field::Regime, "regime", Kind::Word, "cargotype"),
        (Field::Direction, "direction", Kind::Word, "flow importexport 수출입구분"),
        (
            Field::Transport,
            "transport",
            Kind::Word,
            "modeoftransport transportmode mode 운송수단 운송형태",
        ),
        (
            Goods(0, G::Hs),
            "goods.hs",
            Kind::Hs,
            "hscode hs6code hs6 hs10 hs commoditycode tariffcode hstariffnumber tariffnumber \
             품목코드 세번부호 hs부호 hs코드",
        ),
        (
            Goods(0, G::Description),
            "goods.description",
            Kind::Text,
            "goodsdescription itemdescription contentdescription contentsdescription \
             descriptionofcontents descriptionofgoods contents commodity \
             productname 품명 거래품명 물품명 내용품명 내용품",
        ),
        (
            Goods(0, G::Origin),
            "goods.origin",
            Kind::Code,
            "countryoforigin origincountry origin 원산지 원산지국가",
        ),
        (
            Goods(0, G::NetMass),
            "goods.net_mass",
            Kind::Mass,
            "netmass netmasskg netweight netweightkg netweightg 순중량 순중량kg 순중량g 중량 중량kg",
        ),
        (
            Goods(0, G::GrossMass),
            "goods.gross_mass",
            Kind::Mass,
            "grossmass grossmasskg grossweight grossweightkg weight weightkg 총중량 총중량kg",
        ),
        (
            Goods(0, G::Value),
            "goods.value",
            Kind::Number,
            "itemprice itemvalue price value declaredvalue customsvalue invoicevalue 과세가격 \
             신고가격 금액",
        ),
        (
            Goods(0, G::Currency),
            "goods.currency",
            Kind::Code,
            "currencycode valuecurrency invoicecurrency 통화 통화코드",
        ),
        (Goods(0, G::Quantity), "goods.quantity", Kind::Number, "qty 수량"),
        (Goods(0, G::QuantityUnit), "goods.quantity_unit", Kind::Text, "qtyunit uom 수량단위"),
        (
            Goods(0, G::Packages),
            "goods.packages",
            Kind::Number,
            "packagecount numberofpackages pieces 포장개수 포장갯수",
        ),
        (Goods(0, G::PackageType), "goods.package_type", Kind::Text, "packagekind 포장종류"),
        (
            Goods(0, G::DutyRate),
            "goods.duty_rate",
            Kind::Number,
            "taxrate tariffrate dutyratepercent 관세율 세율",
        ),
        (
            Goods(0, G::DutyType),
            "goods.duty_type",
            Kind::Text,
            "taxtype tarifftype 관세구분 세율구분",
        ),
        (
            Goods(0, G::OriginMark),
            "goods.origin_mark",
            Kind::Text,
            "countryoforiginindicator originindicator originmarking 원산지표시",
        ),
        (
            Route(R::Departure),
            "route.departure",
            Kind::Code,
            "countryofdeparture departurecountry dispatchcountry countryofdispatch 적출국 출발국 발송국가 \
             발송국",
        ),
        (
            Route(R::Destination),
            "route.destination",
            Kind::Code,
            "destinationcountry countryofdestination dest 목적국 도착국 도착국가",
        ),
        (
            Route(R::Loading),
            "route.loading",
            Kind::Code,
            "loadingport portofloading placeofloading 적재항 선적항 적출항 출발공항 출발항",
        ),
        (
            Route(R::Discharge),
            "route.discharge",
            Kind::Code,
            "dischargeport portofdischarge placeofdischarge 양륙항 하역항 도착항 도착공항 도착항구 양하항",
        ),
        (Route(R::Via), "route.via", Kind::List, "transitports portsofcall viaports 경유항 경유지"),
        (
            Route(R::Conveyance),
            "route.conveyance",
            Kind::Text,
            "vessel vesselname flight flightno voyage 선박명 편명 선기명",
        ),
        (
            Equipment(E::Container),
            "equipment.container",
            Kind::List,
            "containerno containernumber container 컨테이너번호",
        ),
        (Equipment(E::Seal), "equipment.seal", Kind::List, "sealno sealnumber seal 봉인번호"),
        (Equipment(E::Empty), "equipment.empty", Kind::YesNo, "emptycontainer"),
        (
            Document(D::MasterBill),
            "documents.master_bill",
            Kind::Text,
            "masterbill mbl mblno mawb mawbno billoflading",
        ),
        (
            Document(D::HouseBill),
            "documents.house_bill",
            Kind::Text,
            "housebill hbl hblno hawb hawbno waybillno waybillnumber 운송장번호",
        ),
        (
            Document(D::PostalItem),
            "documents.postal_item",
            Kind::Code,
            "postalitem postalitemid itemid itemidentifier barcode s10 우편물번호 등기번호",
        ),
        (
            Document(D::Previous),
            "documents.previous",
            Kind::Text,
            "previousdeclaration previousdocument 이전신고번호",
        ),
        (
            Document(D::Procedure),
            "documents.procedure",
            Kind::Text,
            "processtype procedurecode 통관절차 신고구분",
        ),
        (
            Document(D::Transaction),
            "documents.transaction",
            Kind::Text,
            "importtype exporttype transactiontype 거래구분 수입종류",
        ),
        (Document(D::Purpose), "documents.purpose", Kind::Text, "importuse use 용도 수입용도"),
        (
            Document(D::Payment),
            "documents.payment",
            Kind::Text,
            "paymenttype paymentmethod 결제방법 징수형태",
        ),
        (Outcome(O::Examined), "outcome.examined", Kind::YesNo, "examined inspected 검사여부"),
        (
            Outcome(O::Irregular),
            "outcome.irregular",
            Kind::YesNo,
            "fraud illicit irregular 우범여부",
        ),
        (Outcome(O::Critical), "outcome.critical", Kind::YesNo, "criticalfraud seized 핵심적발"),
        (Outcome(O::Finding), "outcome.finding", Kind::Text, "inspectionresult 검사결과 적발내용"),
        (Outcome(O::Modality), "outcome.modality", Kind::Word, "inspectiontype 검사방법"),
        (Outcome(O::Minutes), "outcome.minutes", Kind::Number, "inspectionminutes"),
        (Outcome(O::DetectionMethod), "outcome.detection_method", Kind::Word, "detectedby"),
        (Outcome(O::Officer), "outcome.officer", Kind::Text, "inspector officerid 검사자"),
        (Outcome(O::Substance), "outcome.substance", Kind::Text, "seizedsubstance 적발물품"),
        (Outcome(O::Quantity), "outcome.quantity", Kind::Number, "seizedquantity 적발수량"),
        (Outcome(O::Unit), "outcome.unit", Kind::Text, "seizedunit 적발단위"),
    ]
};

/// Role, its word in a mapping, and other names for it in folded form.
pub(crate) const ROLES: &[(Role, &str, &str)] = &[
    (
        Role::Consignor,
        "consignor",
        "seller exporter shipper sender 판매자 수출자 송하인 발송인 보내는사람 해외거래처",
    ),
    (
        Role::Consignee,
        "consignee",
        "importer buyer receiver recipient addressee 수입자 수하인 수취인 받는사람 납세의무자",
    ),
    (Role::Declarant, "declarant", "broker customsbroker agent 신고인 관세사"),
    (Role::Carrier, "carrier", "shippingline airline 운송사 선사 항공사"),
    (Role::Courier, "courier", "express expresscarrier 특송업체"),
    (Role::NotifyParty, "notify_party", "notify notifyparty 통지처"),
];

/// What may be said of a party: field, name, kind, and other names in folded form; the empty
/// name among them stands for the role's word alone.
pub(crate) const PARTY_FIELDS: &[(PartyField, &str, Kind, &[&str])] = &[
    (PartyField::Code, "code", Kind::Text, &["code", "id", "no", "number", "부호", "번호", "코드"]),
    (PartyField::Name, "name", Kind::Text, &["name", "", "상호", "성명", "명"]),
    (PartyField::Address, "address", Kind::Text, &["address", "주소"]),
    (PartyField::Country, "country", Kind::Code, &["country", "countrycode", "국가"]),
    (PartyField::Phone, "phone", Kind::List, &["phone", "tel", "telephone", "mobile", "전화번호"]),
    (PartyField::Mail, "mail", Kind::List, &["mail", "email", "이메일"]),
];

/// The words before the dot in a field's name: those that stand for a group of fields.
pub(crate) fn groups() -> impl Iterator<Item = &'static str> {
    let roles = ROLES.iter().map(|(_, name, _)| *name);
    ["goods", "route", "equipment", "documents", "outcome"].into_iter().chain(roles)
}

/// True for a group, and for the number of an item of goods.
pub(crate) fn is_group(word: &str) -> bool {
    groups().any(|group| group == word) || item_number(word).is_some()
}

/// The number of a further item of goods, `2` to `99`.
fn item_number(word: &str) -> Option<u8> {
    word.parse().ok().filter(|n| (1..=99).contains(n))
}

/// The field of a name such as `goods.hs`, `goods.2.hs` or `consignee.phone`.
pub(crate) fn find(name: &str) -> Option<(Field, Kind)> {
    if let Some(rest) = name.strip_prefix("goods.")
        && let Some((number, rest)) = rest.split_once('.')
    {
        let at = item_number(number)? - 1;
        return match find(&format!("goods.{rest}"))? {
            (Field::Goods(_, field), kind) => Some((Field::Goods(at, field), kind)),
            _ => None,
        };
    }
    if let Some((role, rest)) = name.split_once('.')
        && let Some((role, ..)) = ROLES.iter().find(|(_, word, _)| *word == role)
    {
        let (field, _, kind, _) = PARTY_FIELDS.iter().find(|(_, word, ..)| *word == rest)?;
        return Some((Field::Party(*role, *field), *kind));
    }
    FIELDS.iter().find(|(_, word, ..)| *word == name).map(|(field, _, kind, _)| (*field, *kind))
}

/// Every name and every group, for suggestions.
pub(crate) fn names() -> Vec<String> {
    let parties = ROLES.iter().flat_map(|(_, role, _)| {
        PARTY_FIELDS.iter().map(move |(_, field, ..)| format!("{role}.{field}"))
    });
    FIELDS
        .iter()
        .map(|(_, name, ..)| (*name).to_owned())
        .chain(parties)
        .chain(groups().map(str::to_owned))
        .collect()
}

/// The words that a field of [`Kind::Word`] or [`Kind::YesNo`] takes; none for the others.
pub(crate) fn words(field: Field, kind: Kind) -> Vec<&'static str> {
    match field {
        Field::Regime => Regime::ALL.iter().map(|word| word.as_str()).collect(),
        Field::Direction => Direction::ALL.iter().map(|word| word.as_str()).collect(),
        Field::Transport => Transport::ALL.iter().map(|word| word.as_str()).collect(),
        Field::Outcome(OutcomeField::Modality) => {
            Modality::ALL.iter().map(|word| word.as_str()).collect()
        }
        Field::Outcome(OutcomeField::DetectionMethod) => {
            DetectionMethod::ALL.iter().map(|word| word.as_str()).collect()
        }
        _ if kind == Kind::YesNo => YES_NO.iter().map(|(word, _)| *word).collect(),
        _ => Vec::new(),
    }
}

/// How tables say yes and no.
pub(crate) const YES_NO: [(&str, bool); 10] = [
    ("yes", true),
    ("no", false),
    ("1", true),
    ("0", false),
    ("true", true),
    ("false", false),
    ("y", true),
    ("n", false),
    ("t", true),
    ("f", false),
];
