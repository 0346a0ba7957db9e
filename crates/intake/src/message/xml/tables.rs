//! What elements mean, dialect by dialect: a line is `group  path  act [argument]`. A path is the
//! tail of an element's way from the root, by local names and without regard to case, so that
//! wrappers, prefixes and levels that countries add or leave out do not matter. The longest path
//! that fits wins. What the acts do is in `acts.rs`.

/// A dialect: root element, the word for its source, what it is for, whether the message is one
/// consignment, and its table.
pub(super) struct Dialect {
    pub(super) roots: &'static [&'static str],
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) kind: crate::message::Kind,
    pub(super) single: bool,
    pub(super) parcel: bool,
    pub(super) tables: &'static [&'static str],
}

use crate::message::Kind;

/// What a document is read by whose root is none of a dialect.
pub(super) const UNKNOWN: Dialect = Dialect {
    roots: &[],
    name: "XML of no known kind",
    source: "xml-other",
    kind: Kind::Other,
    single: false,
    parcel: false,
    tables: &[PARTY, GENERAL],
};

pub(super) const DIALECTS: &[Dialect] = &[
    Dialect {
        roots: &["Waybill"],
        name: "Cargo-XML XFWB",
        source: "cargo-xml-xfwb",
        kind: Kind::Waybill,
        single: true,
        parcel: false,
        tables: &[PARTY, CARGO_XML, XFWB],
    },
    Dialect {
        roots: &["HouseWaybill"],
        name: "Cargo-XML XFZB",
        source: "cargo-xml-xfzb",
        kind: Kind::Waybill,
        single: false,
        parcel: false,
        tables: &[PARTY, CARGO_XML, XFZB],
    },
    Dialect {
        roots: &["HouseManifest"],
        name: "Cargo-XML XFHL",
        source: "cargo-xml-xfhl",
        kind: Kind::Manifest,
        single: false,
        parcel: false,
        tables: &[PARTY, CARGO_XML, XFZB],
    },
    Dialect {
        roots: &["FlightManifest"],
        name: "Cargo-XML XFFM",
        source: "cargo-xml-xffm",
        kind: Kind::Manifest,
        single: false,
        parcel: false,
        tables: &[PARTY, CARGO_XML, XFFM],
    },
    Dialect {
        roots: &["Declaration"],
        name: "WCO DEC",
        source: "wco-dec",
        kind: Kind::Declaration,
        single: true,
        parcel: false,
        tables: &[PARTY, WCO],
    },
    Dialect {
        roots: &["GOVCBR936"],
        name: "UNI-PASS GOVCBR936",
        source: "unipass-936",
        kind: Kind::Declaration,
        single: true,
        parcel: true,
        tables: &[PARTY, WCO, UNIPASS_WCO],
    },
    Dialect {
        roots: &["GOVCBR"],
        name: "UNI-PASS GOVCBR",
        source: "unipass",
        kind: Kind::Declaration,
        single: true,
        parcel: false,
        tables: &[PARTY, WCO, UNIPASS_WCO],
    },
    Dialect {
        roots: &[
            "ITMATT",
            "CUSITM",
            "ItemAttributes",
            "ItemAttribute",
            "ItemAttributeMessage",
            "ItemAttributesMessage",
            "ITMATTMessage",
            "CUSITMMessage",
            "MailItems",
            "PostalItems",
            "PostalItem",
            "CN22",
            "CN23",
        ],
        name: "postal items",
        source: "postal-xml",
        kind: Kind::Postal,
        single: false,
        parcel: true,
        tables: &[PARTY, POSTAL],
    },
    Dialect {
        roots: &["CC315A", "CC313A"],
        name: "EU ENS",
        source: "ens",
        kind: Kind::Declaration,
        single: true,
        parcel: false,
        tables: &[ENS],
    },
    Dialect {
        roots: &[
            "IE3F10", "IE3F11", "IE3F12", "IE3F13", "IE3F14", "IE3F15", "IE3F16", "IE3F17",
            "IE3F20", "IE3F21", "IE3F22", "IE3F23", "IE3F24", "IE3F25", "IE3F26", "IE3F27",
            "IE3F28", "IE3F29", "IE3F50", "IE3F51", "IE3A10", "IE3A11", "IE3A12", "IE3A13",
            "IE3A14", "IE3A15", "IE3A16", "IE3A17", "IE3A20", "IE3A21", "IE3A22", "IE3A23",
            "IE3A24", "IE3A26", "IE3A50", "IE3A51", "IE3Q04",
        ],
        name: "EU ICS2",
        source: "ics2",
        kind: Kind::Declaration,
        single: false,
        parcel: false,
        tables: &[PARTY, ICS2],
    },
    Dialect {
        roots: &[
            "IE3F30", "IE3F31", "IE3F32", "IE3F33", "IE3F40", "IE3F41", "IE3F42", "IE3F43",
            "IE3F44", "IE3F45", "IE3A30", "IE3A31", "IE3A32", "IE3A33", "IE3A40", "IE3A41",
            "IE3A42", "IE3A43", "IE3A44", "IE3A45",
        ],
        name: "EU ICS2",
        source: "ics2",
        kind: Kind::Declaration,
        single: false,
        parcel: true,
        tables: &[PARTY, ICS2],
    },
    Dialect {
        roots: &[
            "IE3N01", "IE3N02", "IE3N03", "IE3N04", "IE3N05", "IE3N07", "IE3N08", "IE3N09",
            "IE3N10", "IE3N11", "IE3N99", "IE3R01", "IE3R02", "IE3R03", "IE3R04", "IE3R05",
            "IE3R07", "IE3R08", "IE3Q01", "IE3Q02", "IE3Q03", "IE3Q05",
        ],
        name: "EU ICS2",
        source: "ics2",
        kind: Kind::Status,
        single: false,
        parcel: false,
        tables: &[PARTY, ICS2],
    },
    Dialect {
        roots: &["CC015C", "CC013C", "CC515C", "CC513C", "CC511C"],
        name: "EU declaration",
        source: "aes-ncts",
        kind: Kind::Declaration,
        single: true,
        parcel: false,
        tables: &[PARTY, EU],
    },
    Dialect {
        roots: &["ASYCUDA"],
        name: "ASYCUDA SAD",
        source: "asycuda-sad",
        kind: Kind::Declaration,
        single: true,
        parcel: false,
        tables: &[ASYCUDA_SAD],
    },
    Dialect {
        roots: &["Awmds", "Awbolds", "Awmcds", "Awbolegmds"],
        name: "ASYCUDA manifest",
        source: "asycuda-manifest",
        kind: Kind::Manifest,
        single: false,
        parcel: false,
        tables: &[ASYCUDA_MANIFEST],
    },
    Dialect {
        roots: &["cntrQryBrkdQryRtnVo"],
        name: "UNI-PASS containers",
        source: "unipass-containers",
        kind: Kind::Movement,
        single: false,
        parcel: false,
        tables: &[UNIPASS_BOXES],
    },
    Dialect {
        roots: &["cargCsclPrgsInfoQryRtnVo"],
        name: "UNI-PASS cargo progress",
        source: "unipass-progress",
        kind: Kind::Status,
        single: false,
        parcel: false,
        tables: &[UNIPASS],
    },
];

/// Parties as Cargo-XML, WCO and ICS2 write them.
const PARTY: &str = "
party  Name                                 name
party  ID                                   code
party  IdentificationNumber                 code
party  PrimaryID                            code
party  AccountID                            note account
party  StreetName                           street
party  Address/Line                         street
party  StreetAdditionalLine                 street
party  Street                               street
party  StreetAndNumber                      street
party  Number                               street_number
party  PoBox                                street
party  PostOfficeBox                        street
party  CityName                             city
party  City                                 city
party  Address/CityName                     city
party  PostcodeCode                         post
party  PostcodeID                           post
party  PostCode                             post
party  CountrySubDivisionName               region
party  CountrySubDivision                   region
party  CountrySubDivisionID                 region
party  SubDivision                          region
party  CountryID                            country
party  CountryCode                          country
party  Address/Country                      country
party  DirectTelephoneCommunication/CompleteNumber  phone
party  CompleteNumber                       phone
party  URIEmailCommunication/URIID          mail
party  URIEmailCommunication/CompleteNumber mail
party  URIID                                mail
party  Communication/ID                     contact
party  Communication/Identifier             contact
party  SpecifiedCargoAgentLocation/ID       ignore
party  Communication/Type                   ignore
party  TypeOfPerson                         ignore
";

const CARGO_XML: &str = "
root  MessageHeaderDocument/PurposeCode     function
root  MessageHeaderDocument/IssueDateTime   sent
root  SenderParty/PrimaryID                 sender
root  RecipientParty/PrimaryID              recipient
root  BusinessHeaderDocument/ID             reference
consignment  ConsignorParty                 open party consignor
consignment  ConsigneeParty                 open party consignee
consignment  FreightForwarderParty          open party forwarder
consignment  NotifyParty                    open party notify_party
consignment  AssociatedParty                open party notify_party
consignment  CarrierParty                   open party carrier
consignment  OriginLocation/ID              at departure
consignment  FinalDestinationLocation/ID    at destination
consignment  IncludedTareGrossWeightMeasure gross_total
consignment  TotalGrossWeightMeasure        gross_total
consignment  GrossWeightMeasure             gross_total
consignment  TotalPieceQuantity             packages_total
consignment  PieceQuantity                  packages_total
consignment  SummaryDescription             summary
consignment  DeclaredValueForCustomsAmount  declared_value
consignment  IncludedCustomsNote            open oci
consignment  HandlingSPHInstructions/DescriptionCode  note SPH
consignment  HandlingOSIInstructions/Description      note OSI
consignment  HandlingSSRInstructions/Description      note SSR
consignment  GoodsStatusCode                note customs_status
consignment  SpecifiedLogisticsTransportMovement/ID   voyage
consignment  OccurrenceArrivalLocation/ID   at via
consignment  ScheduledOccurrenceDateTime    ignore
consignment  AssociatedUnitLoadTransportEquipment     open unit
consignment  UtilizedLogisticsTransportEquipment      open unit
item  TypeCode                              hs
item  GrossWeightMeasure                    gross
item  NetWeightMeasure                      net
item  PieceQuantity                         packages
item  TransportLogisticsPackage/ItemQuantity  part
item  NatureIdentificationTransportCargo/Identification  description
item  AssociatedUnitLoadTransportEquipment  open uld
item  OriginCountry/ID                      origin
item  DeclaredValueForCustomsAmount         value
oci  CountryID                              oci_country
oci  SubjectCode                            oci_party
oci  ContentCode                            oci_id
oci  Content                                oci_text
unit  ID                                    number
unit  AffixedLogisticsSeal/ID               seal
unit  CharacteristicCode                    size_type
uld  ID                                     uld_id
uld  CharacteristicCode                     uld_type
uld  OperatingParty/PrimaryID               uld_owner
";

const XFWB: &str = "
root  BusinessHeaderDocument/ID             master
root  Waybill/MasterConsignment             open consignment
consignment  IncludedMasterConsignmentItem  open item
consignment  DefinedTradeContact            ignore
";

const XFZB: &str = "
root  TransportContractDocument/ID          master
root  MasterConsignment/ID                  ignore
root  LogisticsTransportMovement/ID         voyage
root  SpecifiedLogisticsTransportMovement/ID voyage
root  OriginLocation/ID                     at departure
root  FinalDestinationLocation/ID           at destination
root  IncludedHouseConsignment              open consignment
consignment  IncludedHouseConsignment/ID    house
consignment  IncludedHouseConsignment/TransportContractDocument/ID  house
consignment  IncludedHouseConsignmentItem   open item
";

const XFFM: &str = "
root  LogisticsTransportMovement/ID         voyage
root  UsedLogisticsTransportMeans/Name      conveyance
root  DepartureEvent/OccurrenceDepartureLocation/ID  at departure
root  ArrivalEvent/OccurrenceArrivalLocation/ID      at arrival
root  ArrivalEvent/ArrivalOccurrenceDateTime  arrives
root  ArrivalEvent/ScheduledOccurrenceDateTime  arrives
root  AssociatedTransportCargo              open uld
root  IncludedMasterConsignment             open consignment
uld  ID                                     ignore
uld  CharacteristicCode                     ignore
uld  UtilizedUnitLoadTransportEquipment/ID  uld_id
uld  UtilizedUnitLoadTransportEquipment/CharacteristicCode  uld_type
uld  IncludedMasterConsignment              open consignment
consignment  TransportContractDocument/ID   master
consignment  IncludedMasterConsignmentItem  open item
consignment  TransportSplitDescription      note split
consignment  PackageQuantity                packages_total
consignment  IncludedHouseConsignment       open consignment
consignment  IncludedHouseConsignment/ID    house
consignment  IncludedHouseConsignment/TransportContractDocument/ID  house
consignment  IncludedHouseConsignmentItem   open item
";

const WCO: &str = "
root  Declaration/FunctionCode              function
root  Declaration/FunctionalReferenceID     declaration
root  Declaration/ID                        numbered
root  DeclarationOfficeID                   office
root  IssueDateTime                         sent
root  Declaration/TypeCode                  type_of
root  IssueDateTime/DateTimeString          sent
root  AcceptanceDateTime/DateTimeString     sent
root  AcceptanceDateTime                    sent
root  Declaration/TotalPackageQuantity      packages_total
root  Declaration/TotalGrossMassMeasure     gross_total
root  Declaration/InvoiceAmount             note invoice
root  Exporter                              open party consignor
root  Consignor                             open party consignor
root  Seller                                open party consignor
root  Consignee                             open party consignee
root  Importer                              open party consignee
root  Buyer                                 open party consignee
root  NotifyParty                           open party notify_party
root  Declarant                             open party declarant
root  Agent                                 open party declarant
root  Carrier                               open party carrier
root  FreightForwarder                      open party forwarder
root  BorderTransportMeans/ModeCode         mode
root  BorderTransportMeans/ID               conveyance_id
root  BorderTransportMeans/Name             conveyance
root  BorderTransportMeans/JourneyID        voyage
root  ArrivalTransportMeans/ID              conveyance
root  DepartureTransportMeans/ID            conveyance
root  TransportEquipment                    open unit
root  Destination/CountryCode               at destination_country
root  ExportCountry/ID                      at export_country
root  Itinerary/RoutingCountryCode          at via
root  LoadingLocation/ID                    at loading
root  UnloadingLocation/ID                  at discharge
root  GoodsLocation/Name                    note goods_location
root  ExitOffice/ID                         office
root  PresentationOffice/ID                 office
root  SupervisingOffice/ID                  note supervising_office
root  UCR/TraderAssignedReferenceID         ucr
root  PreviousDocument                      open doc
root  Declaration/Consignment               open bill
root  Consignment/ConsignmentItem           open item
root  Consignment/TotalPackageQuantity      packages_total
root  Consignment/TotalGrossMassMeasure     gross_total
root  Consignment/GrossMassMeasure          gross_total
root  Consignment/TransitDestination/ID     at destination
root  TransportContractDocument/ID          house
root  MasterTransportContractDocument/ID    master
root  GovernmentAgencyGoodsItem             open item
item  Commodity/Description                 description
item  CargoDescription                      description
item  Classification                        open class
item  GrossMassMeasure                      gross
item  NetNetWeightMeasure                   net
item  TariffQuantity                        quantity
item  StatisticalValueAmount                value
item  ItemChargeAmount                      value
item  Packaging/QuantityQuantity            packages
item  Packaging/TypeCode                    package_type
item  MarksNumbersID                        marks
item  Origin/CountryCode                    origin
item  CurrentCode                           procedure
item  TransportEquipment/ID                 in_unit
item  UNDGID                                dangerous
item  Destination/CountryCode               at destination_country
item  ExportCountry/ID                      at export_country
item  PreviousDocument                      open doc
item  UCR/TraderAssignedReferenceID         ucr
item  Consignee                             open party consignee
item  Consignor                             open party consignor
item  Exporter                              open party consignor
item  Seller                                open party consignor
item  Buyer                                 open party consignee
item  Importer                              open party consignee
class  ID                                   class_id
class  IdentificationTypeCode               class_type
doc  ID                                     doc_id
doc  TypeCode                               doc_type
unit  ID                                    number
unit  Seal/ID                               seal
unit  SequenceNumeric                       ignore
unit  CharacteristicCode                    size_type
unit  FullnessCode                          full
";

/// Korea's messages have names of their own as roots, and the model of the WCO below.
const UNIPASS_WCO: &str = "
root  GOVCBR/ID                             declaration
root  GOVCBR/FunctionCode                   function
root  GOVCBR/TypeCode                       type_of
root  GOVCBR/Consignment                    open bill
root  GOVCBR936/ID                          declaration
root  GOVCBR936/FunctionCode                function
root  GOVCBR936/TypeCode                    type_of
";

/// Items of the post with their forms. The UPU's own layout is not public: these are the names of
/// its printed forms, in the words that operators use for them.
const POSTAL: &str = "
root  MessageReference                      reference
root  InterchangeReference                  reference
root  MessageDateTime                       sent
root  PreparationDateTime                   sent
root  SenderID                              sender
root  RecipientID                           recipient
root  Function                              function
root  MessageFunction                       function
root  OfficeOfDestination                   office
root  Item                                  open consignment
root  PostalItem                            open consignment
root  MailItem                              open consignment
root  CN23                                  open consignment
root  CN22                                  open consignment
consignment  ItemIdentifier                 postal_item
consignment  ItemID                         postal_item
consignment  Barcode                        postal_item
consignment  S10                            postal_item
consignment  Identifier                     postal_item
consignment  HandlingClass                  note class
consignment  HandlingClassCd                note class
consignment  MailClass                      note class
consignment  MailClassCd                    note class
consignment  ItemIdentification             postal_item
consignment  TrackingNumber                 postal_item
consignment  MailCategory                   note category
consignment  NatureOfTransaction            purpose
consignment  NatureType                     purpose
consignment  NatureTypeCd                   purpose
consignment  Nature                         purpose
consignment  CategoryOfItem                 purpose
consignment  Category                       purpose
consignment  PostingDate                    note posted
consignment  Dispatch                       note dispatch
consignment  DispatchID                     note dispatch
consignment  Receptacle                     note receptacle
consignment  ReceptacleID                   note receptacle
consignment  Postage                        note postage
consignment  PostagePaid                    note postage
consignment  Invoice                        note invoice
consignment  InvoiceNumber                  note invoice
consignment  Licence                        note licence
consignment  LicenceNumber                  note licence
consignment  Certificate                    note certificate
consignment  CertificateNumber              note certificate
consignment  GrossWeight                    gross_total
consignment  TotalGrossWeight               gross_total
consignment  ItemWeight                     gross_total
consignment  Sender                         open party consignor
consignment  SenderParty                    open party consignor
consignment  Addressee                      open party consignee
consignment  AddresseeParty                 open party consignee
consignment  Receiver                       open party consignee
consignment  Recipient                      open party consignee
consignment  ContentPiece                   open item
consignment  Piece                          open item
consignment  Content                        open item
consignment  CustomsItem                    open item
consignment  OriginCountry                  at export_country
consignment  OriginCountryCd                at export_country
consignment  DestinationCountryCd           at destination
consignment  DestinationCountry             at destination
item  Description                           description
item  ContentDescription                    description
item  NumberOfUnits                         quantity
item  Quantity                              quantity
item  NetWeight                             net
item  GrossWeight                           gross
item  DeclaredValue                         value
item  CustomsValue                          value
item  Value                                 value
item  Amount                                value
item  HSCode                                hs
item  HSTariffNumber                        hs
item  TariffHeading                         hs
item  TariffCode                            hs
item  OriginCountry                         origin
item  OriginCountryCd                       origin
item  CountryOfOrigin                       origin
item  Origin                                origin
party  FirstName                            name
party  LastName                             name
party  CompanyName                          name
party  Company                              name
party  Organisation                         name
party  AddressLine                          street
party  Line1                                street
party  Line2                                street
party  Line3                                street
party  CountryCd                            country
party  GivenName                            name
party  Surname                              name
party  AddressLine1                         street
party  AddressLine2                         street
party  Address1                             street
party  Address2                             street
party  Province                             region
party  State                                region
party  Zip                                  post
party  Country                              country
party  Phone                                phone
party  Telephone                            phone
party  TelephoneNumber                      phone
party  Mobile                               phone
party  Email                                mail
party  EmailAddress                         mail
party  CustomsReference                     code
party  ImporterReference                    code
party  TaxID                                code
";

const ENS: &str = "
root  MesSenMES3                            sender
root  MesRecMES6                            recipient
root  MesIdeMES19                           reference
root  HEAHEA/RefNumHEA4                     declaration
root  HEAHEA/DocNumHEA5                     declaration
root  TesIndMES18                           test
root  DecDatTimHEA114                       sent
root  DatTimAmeHEA113                       sent
root  TraModAtBorHEA76                      mode
root  IdeOfMeaOfTraCroHEA85                 conveyance
root  ConRefNumHEA                          voyage
root  ComRefNumHEA                          ucr
root  TotNumOfPacHEA306                     packages_total
root  TotGroMasHEA307                       gross_total
root  PlaLoaGOOITE334                       at loading
root  PlaUnlGOOITE334                       at discharge
root  CouOfRouCodITI1                       at via
root  RefNumCUSOFFFENT731                   office
root  ExpDatOfArrFIRENT733                  note expected_arrival
root  SeaIdSEAID530                         seal
root  TRACONCO1                             open party consignor
root  TRACONCE1                             open party consignee
root  NOTPAR670                             open party notify_party
root  TRAREP                                open party declarant
root  PERLODSUMDEC                          open party declarant
root  TRACARENT601                          open party carrier
root  GOOITEGDS                             open item
item  GooDesGDS23                           description
item  GroMasGDS46                           gross
item  ComNomCMD1                            hs
item  ConNumNR21                            in_unit
item  KinOfPacGS23                          package_type
item  NumOfPacGS24                          packages
item  MarNumOfPacGSL21                      marks
item  UNDanGooCodGDI1                       dangerous
item  ComRefNumGIM1                         ucr
item  PlaLoaGOOITE333                       at loading
item  PlaUnlGOOITE333                       at discharge
item  PRODOCDC2                             open doc
item  SeaIdSEAID530                         seal
item  TRACONCO2                             open party consignor
item  TRACONCE2                             open party consignee
item  PRTNOT640                             open party notify_party
doc  DocTypDC21                             doc_type
doc  DocRefDC23                             doc_id
party  NamCO17                              name
party  StrAndNumCO122                       street
party  PosCodCO123                          post
party  CitCO124                             city
party  CouCO125                             country
party  TINCO159                             code
party  NamCE17                              name
party  StrAndNumCE122                       street
party  PosCodCE123                          post
party  CitCE124                             city
party  CouCE125                             country
party  TINCE159                             code
party  NamCO27                              name
party  StrAndNumCO222                       street
party  PosCodCO223                          post
party  CitCO224                             city
party  CouCO225                             country
party  TINCO259                             code
party  NamCE27                              name
party  StrAndNumCE222                       street
party  PosCodCE223                          post
party  CitCE224                             city
party  CouCE225                             country
party  TINCE259                             code
party  NamNOTPAR672                         name
party  StrNumNOTPAR673                      street
party  PosCodNOTPAR676                      post
party  CitNOTPAR674                         city
party  CouCodNOTPAR675                      country
party  TINNOTPAR671                         code
party  NamPRTNOT642                         name
party  StrNumPRTNOT646                      street
party  PstCodPRTNOT644                      post
party  CtyPRTNOT643                         city
party  CouCodGINOT647                       country
party  TINPRTNOT641                         code
party  NamTRE1                              name
party  StrAndNumTRE1                        street
party  PosCodTRE1                           post
party  CitTRE1                              city
party  CouCodTRE1                           country
party  TINTRE1                              code
party  NamPLD1                              name
party  StrAndNumPLD1                        street
party  PosCodPLD1                           post
party  CitPLD1                              city
party  CouCodPLD1                           country
party  TINPLD1                              code
party  NamTRACARENT604                      name
party  StrNumTRACARENT607                   street
party  PstCodTRACARENT606                   post
party  CtyTRACARENT603                      city
party  CouCodTRACARENT605                   country
party  TINTRACARENT602                      code
";

const ICS2: &str = "
root  LRN                                   reference
root  MRN                                   declaration
root  FunctionalReferenceID                 reference
root  DocumentIssueDate                     sent
root  IssueDateTime/DateTimeString          sent
root  ActiveBorderTransportMeans/IdentificationNumber  conveyance_id
root  ActiveBorderTransportMeans/ConveyanceReferenceNumber  voyage
root  ActiveBorderTransportMeans/ModeOfTransport       mode
root  CustomsOfficeOfFirstEntry/ReferenceNumber        office
root  Declarant                             open party declarant
root  Representative                        open party declarant
root  Carrier                               open party carrier
root  TransportDocumentMasterLevel/DocumentNumber      master
root  TransportDocumentMasterLevel/ReferenceNumber     master
root  ConsignmentMasterLevel                open consignment
root  ConsignmentHouseLevel                 open consignment
consignment  ConsignmentHouseLevel          open consignment
consignment  TransportDocumentMasterLevel/DocumentNumber   master
consignment  TransportDocumentMasterLevel/ReferenceNumber  master
consignment  TransportDocumentHouseLevel/DocumentNumber    house
consignment  TransportDocumentHouseLevel/ReferenceNumber   house
consignment  TransportDocument/DocumentNumber  house
consignment  ReferenceNumberUCR             ucr
consignment  TotalGrossMass                 gross_total
consignment  Consignor                      open party consignor
consignment  Seller                         open party consignor
consignment  Consignee                      open party consignee
consignment  Buyer                          open party consignee
consignment  NotifyParty                    open party notify_party
consignment  Carrier                        open party carrier
consignment  PlaceOfLoading/UNLOCODE        at loading
consignment  PlaceOfUnloading/UNLOCODE      at discharge
consignment  PlaceOfAcceptance/UNLOCODE     at acceptance
consignment  PlaceOfDelivery/UNLOCODE       at delivery
consignment  CountriesOfRoutingOfConsignments/Country  at via
consignment  CountryOfRoutingOfConsignment/Country     at via
consignment  TransportEquipment             open unit
consignment  GoodsItem                      open item
consignment  ConsignmentItem                open item
item  DescriptionOfGoods                    description
item  Commodity/Description                 description
item  HarmonizedSystemSubHeadingCode        hs_base
item  HarmonisedSystemSubheadingCode        hs_base
item  CombinedNomenclatureCode              hs_tail
item  GrossMass                             gross
item  NetMass                               net
item  NumberOfPackages                      packages
item  TypeOfPackages                        package_type
item  ShippingMarks                         marks
item  UNNumber                              dangerous
item  ContainerIdentificationNumber         in_unit
item  PostalCharges                         note postal_charges
item  AmountOfValue                         value
unit  ContainerIdentificationNumber         number
unit  ContainerSizeAndType                  size_type
unit  ContainerPackedStatus                 full
unit  Seal/Identifier                       seal
unit  Seal/ID                               seal
";

/// Export and transit declarations of the European Union in their fifth phase.
const EU: &str = "
root  messageSender                         sender
root  messageRecipient                      recipient
root  messageIdentification                 reference
root  preparationDateAndTime                sent
root  LRN                                   declaration
root  MRN                                   numbered
root  declarationType                       type_of
root  CustomsOfficeOfExport/referenceNumber  office
root  CustomsOfficeOfDeparture/referenceNumber  office
root  CustomsOfficeOfExitDeclared/referenceNumber  note exit_office
root  CustomsOfficeOfDestinationDeclared/referenceNumber  note destination_office
root  Exporter                              open party consignor
root  Consignor                             open party consignor
root  Consignee                             open party consignee
root  HolderOfTheTransitProcedure           open party declarant
root  Declarant                             open party declarant
root  Representative                        open party declarant
root  Carrier                               open party carrier
root  countryOfExport                       at export_country
root  countryOfDispatch                     at export_country
root  countryOfDestination                  at destination_country
root  CountryOfRoutingOfConsignment/country  at via
root  PlaceOfLoading/UNLocode               at loading
root  PlaceOfUnloading/UNLocode             at discharge
root  modeOfTransportAtTheBorder            mode
root  ActiveBorderTransportMeans/identificationNumber  conveyance
root  ActiveBorderTransportMeans/conveyanceReferenceNumber  voyage
root  DepartureTransportMeans/identificationNumber  conveyance
root  referenceNumberUCR                    ucr
root  Consignment/grossMass                 gross_total
root  TransportEquipment                    open unit
root  TransportDocument                     open doc
root  PreviousDocument                      open doc
root  GoodsItem                             open item
root  ConsignmentItem                       open item
item  descriptionOfGoods                    description
item  harmonizedSystemSubHeadingCode        hs_base
item  combinedNomenclatureCode              hs_tail
item  grossMass                             gross
item  netMass                               net
item  numberOfPackages                      packages
item  typeOfPackages                        package_type
item  shippingMarks                         marks
item  countryOfOrigin                       origin
item  countryOfDestination                  at destination_country
item  itemAmountInvoiced                    value
item  statisticalValue                      value
item  requestedProcedure                    procedure
item  UNNumber                              dangerous
item  referenceNumberUCR                    ucr
item  Consignor                             open party consignor
item  Consignee                             open party consignee
item  PreviousDocument                      open doc
item  TransportDocument                     open doc
unit  containerIdentificationNumber         number
unit  Seal/identifier                       seal
doc  type                                   doc_type
doc  referenceNumber                        doc_id
party  phoneNumber                          phone
party  eMailAddress                         mail
";

const ASYCUDA_SAD: &str = "
root  Identification/Manifest_reference_number  manifest
root  Customs_clearance_office_code         office
root  Office_segment/Customs_Clearance_office_code  office
root  Type_of_declaration                   type_of
root  Declarant_reference/Number            reference
root  Reference_number/Number               reference
root  Registration/Number                   declaration
root  Registration/Date                     sent
root  Assessment/Number                     note assessment
root  Exporter/Exporter_code                sad_code consignor
root  Exporter/Exporter_name                sad_party consignor
root  Consignee/Consignee_code              sad_code consignee
root  Consignee/Consignee_name              sad_party consignee
root  Financial/Financial_name              sad_payer notify_party
root  Declarant/Declarant_code              sad_code declarant
root  Declarant/Declarant_name              sad_party declarant
root  Export/Export_country_code            at export_country
root  Country_first_destination             note first_destination
root  Destination/Destination_country_code  at destination_country
root  Place_of_loading/Code                 at loading
root  Place_of_loading/Name                 note place_of_loading
root  Border_information/Identity           conveyance
root  Border_information/Mode               mode
root  Departure_arrival_information/Identity  conveyance
root  Border_office/Code                    note border_office
root  Nbers/Total_number_of_packages        packages_total
root  Container                             open unit
root  Item                                  open item
unit  Container_identity                    number
unit  Container_type                        size_type
unit  Empty_full_indicator                  full
unit  Gross_weight                          unit_gross
unit  Goods_description                     ignore
item  Number_of_packages                    packages
item  Marks1_of_packages                    marks
item  Marks2_of_packages                    marks
item  Kind_of_packages_code                 package_type
item  HScode/Commodity_code                 hs_base
item  HScode/Precision_1                    hs_tail
item  HScode/Precision_4                    ignore
item  Extended_customs_procedure            procedure
item  Country_of_origin_code                origin
item  Description_of_goods                  note tariff_text
item  Commercial_Description                description
item  Summary_declaration                   sad_bill
item  Gross_weight_itm                      gross
item  Net_weight_itm                        net
item  Item_price                            note item_price
item  Suppplementary_unit_quantity          quantity
item  Supplementary_unit_quantity           quantity
item  Attached_document_reference           note attached_document
item  Item_Invoice/Amount_foreign_currency  note invoice_amount
item  Item_Invoice/Currency_code            note invoice_currency
item  Total_CIF_itm                         value
item  Amount_foreign_currency               ignore
item  Currency_code                         ignore
";

const ASYCUDA_MANIFEST: &str = "
root  Customs_office_code                   office
root  Voyage_number                         voyage
root  Date_of_departure                     note departure
root  Date_of_arrival                       arrives
root  General_segment_id/Date_of_departure  sent
root  Carrier/Carrier_code                  sad_code carrier
root  Carrier/Carrier_name                  sad_party carrier
root  Shipping_Agent/Shipping_Agent_code    note shipping_agent
root  Mode_of_transport_code                mode
root  Identity_of_transporter               conveyance
root  Registration_number_of_transport_code  conveyance_id
root  Totals_segment/Total_number_of_bols   stated consignments
root  Totals_segment/Total_number_of_packages  stated packages
root  Totals_segment/Total_gross_mass       stated kilograms
root  Place_of_departure_code               at departure
root  Place_of_destination_code             at arrival
root  Bol_segment                           open consignment
consignment  Bol_reference                  house
consignment  Master_bol_ref_number          master
consignment  Line_number                    ordinal
consignment  Bol_nature                     nature
consignment  Bol_type_code                  note bol_type
consignment  Unique_carrier_reference       ucr
consignment  Place_of_loading_code          at loading
consignment  Port_of_origin_code            at original_loading
consignment  Place_of_unloading_code        at discharge
consignment  Exporter/Exporter_name         sad_party consignor
consignment  Exporter/Exporter_code         sad_code consignor
consignment  Exporter/Exporter_address      sad_address consignor
consignment  Consignee/Consignee_name       sad_party consignee
consignment  Consignee/Consignee_code       sad_code consignee
consignment  Consignee/Consignee_address    sad_address consignee
consignment  Notify/Notify_name             sad_party notify_party
consignment  Notify/Notify_code             sad_code notify_party
consignment  Notify/Notify_address          sad_address notify_party
consignment  Carrier/Carrier_name           sad_party carrier
consignment  Carrier/Carrier_code           sad_code carrier
consignment  ctn_segment                    open unit
consignment  Goods_segment/Number_of_packages  packages
consignment  Number_of_packages             packages
consignment  Package_type_code              package_type
consignment  Gross_mass                     gross
consignment  Volume_in_cubic_meters         note volume
consignment  Shipping_marks                 marks
consignment  Goods_description              description
consignment  Num_of_ctn_for_this_bol        note containers
consignment  Remarks                        note remarks
consignment  Information                    note information
consignment  Customs_segment/Customs_value  value
consignment  Customs_value                  value
consignment  Customs_currency               value_currency
consignment  Freight_value                  ignore
unit  Ctn_reference                         number
unit  Type_of_container                     size_type
unit  Empty_Full                            full
unit  Marks1                                seal
unit  Marks2                                seal
unit  Marks3                                seal
unit  Sealing_Party                         note sealing_party
";

const UNIPASS: &str = "
root  cargCsclPrgsInfoQryVo                 open consignment
root  cargCsclPrgsInfoDtlQryVo/cargTrcnRelaBsopTpcd  note event
root  cargCsclPrgsInfoDtlQryVo/prcsDttm     note event_at
root  cargCsclPrgsInfoDtlQryVo/shedNm       note event_place
consignment  cargMtNo                       declaration
consignment  mblNo                          master
consignment  hblNo                          house
consignment  prnm                           description
consignment  cntrNo                         in_unit
consignment  cntrGcnt                       note containers
consignment  pckGcnt                        packages
consignment  pckUt                          package_type
consignment  ttwg                           gross
consignment  msrm                           note volume
consignment  shipNm                         conveyance
consignment  vydf                           voyage
consignment  shcoFlcoSgn                    sad_code carrier
consignment  shcoFlco                       sad_party carrier
consignment  frwrSgn                        sad_code forwarder
consignment  frwrEntsConm                   sad_party forwarder
consignment  etprCstm                       note customs_office
consignment  ldprCd                         at loading
consignment  dsprCd                         at discharge
consignment  lodCntyCd                      at export_country
consignment  etprDt                         sent
consignment  csclPrgsStts                   note status
consignment  prgsStts                       note progress
consignment  blPt                           note bill_pattern
";

/// Containers of a bill with their seals, as Korea's customs answer for one.
const UNIPASS_BOXES: &str = "
root  cntrQryBrkdQryVo                      open consignment
consignment  cntrNo                         number
consignment  cntrStszCd                     size_type
consignment  cntrSelgNo1                    seal
consignment  cntrSelgNo2                    seal
consignment  cntrSelgNo3                    seal
";

/// What documents of no known kind say, under the words that most systems have for it.
const GENERAL: &str = "
root  SenderID                              sender
root  ReceiverID                            recipient
root  MessageID                             reference
root  MessageReference                      reference
root  ManifestNumber                        reference
root  ManifestNo                            reference
root  ManifestReference                     reference
root  ReferenceNumber                       reference
root  IssueDate                             sent
root  IssueDateTime                         sent
root  MessageDate                           sent
root  CreationDate                          sent
root  DeclarationNumber                     declaration
root  DeclarationNo                         declaration
root  MRN                                   declaration
root  CustomsOffice                         office
root  CustomsOfficeCode                     office
root  OfficeCode                            office
root  Vessel                                conveyance
root  Vessel/Name                           conveyance
root  VesselName                            conveyance
root  VesselIMO                             conveyance_id
root  IMONumber                             conveyance_id
root  IMO                                   conveyance_id
root  Voyage                                voyage
root  VoyageNumber                          voyage
root  VoyageNo                              voyage
root  Flight                                voyage
root  FlightNumber                          voyage
root  FlightNo                              voyage
root  ModeOfTransport                       mode
root  TransportMode                         mode
root  MasterBill                            master
root  MAWB                                  master
root  MAWBNumber                            master
root  PortOfLoading                         at loading
root  LoadingPort                           at loading
root  LoadPort                              at loading
root  POL                                   at loading
root  PortOfDischarge                       at discharge
root  DischargePort                         at discharge
root  POD                                   at discharge
root  PortOfLoading/Code                    at loading
root  PortOfLoading/UNLOCODE                at loading
root  LoadingPort/Code                      at loading
root  LoadingPort/UNLOCODE                  at loading
root  LoadPort/Code                         at loading
root  LoadPort/UNLOCODE                     at loading
root  POL/Code                              at loading
root  POL/UNLOCODE                          at loading
root  PortOfDischarge/Code                  at discharge
root  PortOfDischarge/UNLOCODE              at discharge
root  DischargePort/Code                    at discharge
root  DischargePort/UNLOCODE                at discharge
root  POD/Code                              at discharge
root  POD/UNLOCODE                          at discharge
consignment  PortOfLoading/Code                    at loading
consignment  PortOfLoading/UNLOCODE                at loading
consignment  LoadingPort/Code                      at loading
consignment  LoadingPort/UNLOCODE                  at loading
consignment  LoadPort/Code                         at loading
consignment  LoadPort/UNLOCODE                     at loading
consignment  POL/Code                              at loading
consignment  POL/UNLOCODE                          at loading
consignment  PortOfDischarge/Code                  at discharge
consignment  PortOfDischarge/UNLOCODE              at discharge
consignment  DischargePort/Code                    at discharge
consignment  DischargePort/UNLOCODE                at discharge
consignment  POD/Code                              at discharge
consignment  POD/UNLOCODE                          at discharge
root  BillOfLading                          open consignment
root  Bill                                  open consignment
root  BL                                    open consignment
root  HouseBill                             open consignment
root  HouseBillOfLading                     open consignment
root  Waybill                               open consignment
root  AirWaybill                            open consignment
root  HouseWaybill                          open consignment
root  Consignment                           open consignment
root  Shipment                              open consignment
root  Parcel                                open consignment
root  Declaration                           open consignment
consignment  BLNumber                       house
consignment  BLNo                           house
consignment  BillNumber                     house
consignment  BillNo                         house
consignment  BillOfLadingNumber             house
consignment  HouseBillNumber                house
consignment  HBL                            house
consignment  HBLNumber                      house
consignment  HBLNo                          house
consignment  HAWB                           house
consignment  HAWBNumber                     house
consignment  HAWBNo                         house
consignment  HouseAirWaybill                house
consignment  WaybillNumber                  house
consignment  TrackingNumber                 house
consignment  MasterBill                     master
consignment  MasterBillNumber               master
consignment  MasterBL                       master
consignment  MBL                            master
consignment  MBLNumber                      master
consignment  MBLNo                          master
consignment  MAWB                           master
consignment  MAWBNumber                     master
consignment  MAWBNo                         master
consignment  BookingNumber                  note booking
consignment  DeclarationNumber              declaration
consignment  DeclarationNo                  declaration
consignment  MRN                            declaration
consignment  UCR                            ucr
consignment  Shipper                        open party consignor
consignment  Consignor                      open party consignor
consignment  Exporter                       open party consignor
consignment  Sender                         open party consignor
consignment  Seller                         open party consignor
consignment  Consignee                      open party consignee
consignment  Importer                       open party consignee
consignment  Receiver                       open party consignee
consignment  Recipient                      open party consignee
consignment  Buyer                          open party consignee
consignment  Notify                         open party notify_party
consignment  NotifyParty                    open party notify_party
consignment  Declarant                      open party declarant
consignment  Broker                         open party declarant
consignment  Carrier                        open party carrier
consignment  Forwarder                      open party forwarder
consignment  FreightForwarder               open party forwarder
consignment  PortOfLoading                  at loading
consignment  LoadingPort                    at loading
consignment  LoadPort                       at loading
consignment  POL                            at loading
consignment  PortOfDischarge                at discharge
consignment  DischargePort                  at discharge
consignment  POD                            at discharge
consignment  PlaceOfReceipt                 at receipt
consignment  PlaceOfDelivery                at delivery
consignment  Origin                         at departure
consignment  Destination                    at destination
consignment  CountryOfOrigin                origin
consignment  OriginCountry                  origin
consignment  Description                    description
consignment  GoodsDescription               description
consignment  DescriptionOfGoods             description
consignment  CargoDescription               description
consignment  HSCode                         hs
consignment  CommodityCode                  hs
consignment  TariffCode                     hs
consignment  GrossWeight                    gross_total
consignment  GrossMass                      gross_total
consignment  TotalGrossWeight               gross_total
consignment  Weight                         gross_total
consignment  NumberOfPackages               packages_total
consignment  TotalPackages                  packages_total
consignment  PackageCount                   packages_total
consignment  Packages                       packages_total
consignment  Pieces                         packages_total
consignment  MarksAndNumbers                marks
consignment  Marks                          marks
consignment  Value                          value
consignment  CustomsValue                   value
consignment  DeclaredValue                  value
consignment  InvoiceValue                   value
consignment  Currency                       value_currency
consignment  CurrencyCode                   value_currency
consignment  ContainerNumber                number
consignment  ContainerNo                    number
consignment  SealNumber                     seal
consignment  SealNo                         seal
consignment  Container                      open unit
consignment  Equipment                      open unit
consignment  Item                           open item
consignment  GoodsItem                      open item
consignment  Goods                          open item
consignment  Commodity                      open item
consignment  CargoItem                      open item
consignment  LineItem                       open item
item  Description                           description
item  GoodsDescription                      description
item  DescriptionOfGoods                    description
item  HSCode                                hs
item  CommodityCode                         hs
item  TariffCode                            hs
item  GrossWeight                           gross
item  GrossMass                             gross
item  Weight                                gross
item  NetWeight                             net
item  NetMass                               net
item  NumberOfPackages                      packages
item  PackageCount                          packages
item  Packages                              packages
item  PackageType                           package_type
item  PackageCode                           package_type
item  Quantity                              quantity
item  Value                                 value
item  CustomsValue                          value
item  InvoiceValue                          value
item  Price                                 value
item  Currency                              value_currency
item  CurrencyCode                          value_currency
item  CountryOfOrigin                       origin
item  OriginCountry                         origin
item  Origin                                origin
item  Marks                                 marks
item  MarksAndNumbers                       marks
item  UNNumber                              dangerous
item  UNDGNumber                            dangerous
item  ContainerNumber                       in_unit
item  ContainerNo                           in_unit
unit  Number                                number
unit  ID                                    number
unit  ContainerNumber                       number
unit  ContainerNo                           number
unit  EquipmentNumber                       number
unit  Seal                                  seal
unit  SealNumber                            seal
unit  SealNo                                seal
unit  Seal/Number                           seal
unit  ISOType                               size_type
unit  SizeType                              size_type
unit  ContainerType                         size_type
unit  Type                                  size_type
unit  GrossWeight                           unit_gross
unit  Weight                                unit_gross
party  Code                                 code
party  TaxID                                code
party  Address                              street
party  Address1                             street
party  Address2                             street
party  AddressLine                          street
party  AddressLine1                         street
party  AddressLine2                         street
party  State                                region
party  PostalCode                           post
party  ZipCode                              post
party  Zip                                  post
party  Country                              country
party  Phone                                phone
party  Telephone                            phone
party  Tel                                  phone
party  Email                                mail
party  EmailAddress                         mail
";
