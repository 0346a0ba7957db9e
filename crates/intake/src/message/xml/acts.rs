//! What is done with the elements that a path table names: groups open and close, texts are put
//! where they belong in the draft. The same acts serve every dialect.

use compact_str::{CompactString, ToCompactString, format_compact};
use quick_xml::events::BytesStart;
use targeting::codes::Money;
use targeting::consignment::{DefectKind, Direction, Regime, Transport};
use targeting::party::{Party, Role};

use super::tables::Dialect;
use crate::message::draft::{self, Draft};
use crate::message::{Function, Head, Kind, MessageBatch, MessageOptions, checks, defect, text};
use crate::recognise::Format;

/// What an element's children are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Group {
    #[default]
    Root,
    Consignment,
    Item,
    Party,
    Unit,
    /// A loading unit that holds consignments.
    Uld,
    /// A note to customs: country, party, identifier, text.
    Oci,
    /// A classification with its kind.
    Class,
    /// A document with its kind.
    Doc,
    /// One of the bills of a cargo report, whose children belong to the root as all do.
    Bill,
}

impl Group {
    pub(super) fn of_word(word: &str) -> Option<Group> {
        Some(match word {
            "root" => Group::Root,
            "consignment" => Group::Consignment,
            "item" => Group::Item,
            "party" => Group::Party,
            "unit" => Group::Unit,
            "uld" => Group::Uld,
            "oci" => Group::Oci,
            "class" => Group::Class,
            "doc" => Group::Doc,
            "bill" => Group::Bill,
            _ => return None,
        })
    }
}

/// What an element does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Opens a group; a party with its role.
    Open(Group, Option<Role>),
    /// Puts its text into a field; the argument says more.
    Put(Field, &'static str),
}

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Arrives,
    At,
    City,
    ClassId,
    ClassType,
    Code,
    Contact,
    Conveyance,
    ConveyanceId,
    Country,
    Dangerous,
    Declaration,
    DeclaredValue,
    Description,
    DocId,
    DocType,
    Full,
    Function,
    Gross,
    GrossTotal,
    House,
    Hs,
    HsBase,
    HsTail,
    Ignore,
    InUnit,
    Mail,
    Manifest,
    Marks,
    Master,
    Mode,
    Name,
    Nature,
    Net,
    Note,
    Number,
    Numbered,
    OciCountry,
    OciId,
    OciParty,
    OciText,
    Office,
    Ordinal,
    Origin,
    PackageType,
    Packages,
    PackagesTotal,
    Part,
    Phone,
    Post,
    PostalItem,
    Procedure,
    Purpose,
    Quantity,
    Recipient,
    Reference,
    Region,
    SadAddress,
    SadBill,
    SadCode,
    SadParty,
    SadPayer,
    Seal,
    Sender,
    Sent,
    SizeType,
    Stated,
    Street,
    StreetNumber,
    Summary,
    Test,
    TypeOf,
    Ucr,
    UldId,
    UldOwner,
    UldType,
    UnitGross,
    Value,
    ValueCurrency,
    Voyage,
}

const FIELDS: &[(&str, Field)] = &[
    ("arrives", Field::Arrives),
    ("at", Field::At),
    ("city", Field::City),
    ("class_id", Field::ClassId),
    ("class_type", Field::ClassType),
    ("code", Field::Code),
    ("contact", Field::Contact),
    ("conveyance", Field::Conveyance),
    ("conveyance_id", Field::ConveyanceId),
    ("country", Field::Country),
    ("dangerous", Field::Dangerous),
    ("declaration", Field::Declaration),
    ("declared_value", Field::DeclaredValue),
    ("description", Field::Description),
    ("doc_id", Field::DocId),
    ("doc_type", Field::DocType),
    ("full", Field::Full),
    ("function", Field::Function),
    ("gross", Field::Gross),
    ("gross_total", Field::GrossTotal),
    ("house", Field::House),
    ("hs", Field::Hs),
    ("hs_base", Field::HsBase),
    ("hs_tail", Field::HsTail),
    ("ignore", Field::Ignore),
    ("in_unit", Field::InUnit),
    ("mail", Field::Mail),
    ("manifest", Field::Manifest),
    ("marks", Field::Marks),
    ("master", Field::Master),
    ("mode", Field::Mode),
    ("name", Field::Name),
    ("nature", Field::Nature),
    ("net", Field::Net),
    ("note", Field::Note),
    ("number", Field::Number),
    ("numbered", Field::Numbered),
    ("oci_country", Field::OciCountry),
    ("oci_id", Field::OciId),
    ("oci_party", Field::OciParty),
    ("oci_text", Field::OciText),
    ("office", Field::Office),
    ("ordinal", Field::Ordinal),
    ("origin", Field::Origin),
    ("package_type", Field::PackageType),
    ("packages", Field::Packages),
    ("packages_total", Field::PackagesTotal),
    ("part", Field::Part),
    ("phone", Field::Phone),
    ("post", Field::Post),
    ("postal_item", Field::PostalItem),
    ("procedure", Field::Procedure),
    ("purpose", Field::Purpose),
    ("quantity", Field::Quantity),
    ("recipient", Field::Recipient),
    ("reference", Field::Reference),
    ("region", Field::Region),
    ("sad_address", Field::SadAddress),
    ("sad_bill", Field::SadBill),
    ("sad_code", Field::SadCode),
    ("sad_party", Field::SadParty),
    ("sad_payer", Field::SadPayer),
    ("seal", Field::Seal),
    ("sender", Field::Sender),
    ("sent", Field::Sent),
    ("size_type", Field::SizeType),
    ("stated", Field::Stated),
    ("street", Field::Street),
    ("street_number", Field::StreetNumber),
    ("summary", Field::Summary),
    ("test", Field::Test),
    ("type_of", Field::TypeOf),
    ("ucr", Field::Ucr),
    ("uld_id", Field::UldId),
    ("uld_owner", Field::UldOwner),
    ("uld_type", Field::UldType),
    ("unit_gross", Field::UnitGross),
    ("value", Field::Value),
    ("value_currency", Field::ValueCurrency),
    ("voyage", Field::Voyage),
];

impl Act {
    pub(super) fn of_words<'w>(mut words: impl Iterator<Item = &'static str> + 'w) -> Option<Act> {
        let first = words.next()?;
        let second = words.next().unwrap_or_default();
        if first == "open" {
            return Some(Act::Open(Group::of_word(second)?, words.next().and_then(role_of)));
        }
        let (_, field) = FIELDS.iter().find(|(word, _)| *word == first)?;
        Some(Act::Put(*field, second))
    }
}

fn role_of(word: &str) -> Option<Role> {
    Some(match word {
        "consignor" => Role::Consignor,
        "consignee" => Role::Consignee,
        "declarant" => Role::Declarant,
        "carrier" => Role::Carrier,
        "notify_party" => Role::NotifyParty,
        "forwarder" => Role::Forwarder,
        _ => return None,
    })
}

/// Parties, places and the like before the first bill of a report that hold for all of them.
const MOST_BEFORE: usize = 30;

/// Makes the consignments of one message.
pub(super) struct Maker {
    head: Head,
    message: usize,
    single: bool,
    draft: Option<Draft>,
    in_consignment: bool,
    /// How many consignments are open within each other, and what the outer one said before the
    /// first within it: a master that holds houses is none of its own.
    depth: usize,
    outer: Option<Draft>,
    /// Bills of the head that hold for consignments that name none.
    master: CompactString,
    party: Option<(Party, Role)>,
    unit: Option<usize>,
    uld: (String, String, String),
    unit_code: String,
    currency: String,
    summary: String,
    oci: [String; 4],
    /// What customs notes say of parties, which may come behind them.
    told: Vec<(Role, String, String)>,
    /// The declaration's number, where consignments stand below it.
    declaration: CompactString,
    /// What a declaration numbers itself by, where its sender gives it no number.
    numbered: CompactString,
    /// Bills of a cargo report so far, and what was said before the first.
    bills: u32,
    before: Option<Draft>,
    class: (String, String),
    doc: (String, String),
    hs: (String, String),
    /// Pieces of the item that its packages are said to have.
    parts: u64,
    in_item: bool,
    /// Whether a unit is open, and what is said of it before its number.
    in_unit: bool,
    unit_first: Vec<(Field, String)>,
    /// City, region and post code of a party, which stand behind its street.
    town: [String; 3],
    /// When what is named next arrives.
    arrives: Option<text::Moment>,
    /// The value that is declared of the whole.
    declared: Option<Money>,
    /// What the message states of all its consignments.
    stated: Vec<(&'static str, f64)>,
    /// What only waits for the end of the message, since its head may go on behind it.
    waiting: Vec<Draft>,
}

impl Maker {
    pub(super) fn new(
        dialect: &Dialect,
        root: &str,
        message: usize,
        line: u64,
        offset: u64,
    ) -> Maker {
        let mut head = Head::new(Format::Xml, dialect.source, dialect.kind);
        head.dialect = match dialect.source {
            "ens" | "ics2" => format!("{} {root}", dialect.name),
            "xml-other" => format!("XML {root}"),
            _ => dialect.name.to_owned(),
        };
        (head.line, head.offset) = (line, offset);
        head.regime = draft::regime_of(dialect.parcel);
        head.transport = match dialect.source {
            source if source.starts_with("cargo-xml") => Some(Transport::Air),
            "postal-xml" => Some(Transport::Post),
            "ics2" => transport_of_filing(root),
            _ => None,
        };
        if matches!(root, "CC313A") || root.starts_with("IE3A") {
            head.function = Function::Change;
        } else if root == "IE3Q04" {
            head.function = Function::Cancellation;
        }
        Maker {
            head,
            message,
            single: dialect.single,
            draft: None,
            in_consignment: false,
            depth: 0,
            outer: None,
            master: CompactString::default(),
            party: None,
            unit: None,
            uld: Default::default(),
            unit_code: String::new(),
            currency: String::new(),
            summary: String::new(),
            oci: Default::default(),
            told: Vec::new(),
            declaration: CompactString::default(),
            numbered: CompactString::default(),
            bills: 0,
            before: None,
            class: Default::default(),
            doc: Default::default(),
            hs: Default::default(),
            parts: 0,
            in_item: false,
            in_unit: false,
            unit_first: Vec::new(),
            town: Default::default(),
            arrives: None,
            declared: None,
            stated: Vec::new(),
            waiting: Vec::new(),
        }
    }

    pub(super) fn open_consignment(&mut self, line: u64, offset: u64) {
        // The head of a single-consignment message may have said things already.
        if self.single && self.draft.is_some() {
            self.in_consignment = true;
            return;
        }
        let holds = self.draft.as_ref().is_some_and(|draft| draft.goods.is_empty());
        let mut notes = Vec::new();
        if self.depth > 0 && self.in_consignment && holds {
            self.outer = self.draft.take();
        } else {
            let before = match self.depth {
                // What is noted before the first one, and of none yet.
                0 => self.draft.take_if(|draft| draft.is_empty()),
                _ => None,
            };
            notes = before.map(|before| before.documents.notes).unwrap_or_default();
            self.close_draft();
            if self.depth == 0 {
                self.outer = None;
            }
        }
        self.depth += 1;
        self.unit = None;
        let mut draft = Draft::at(line, offset);
        draft.documents.notes = notes;
        if !self.uld.0.is_empty() {
            let number = format!("{}{}{}", self.uld.1, self.uld.0, self.uld.2);
            draft.unit(&number);
        }
        self.draft = Some(draft);
        self.in_consignment = true;
    }

    pub(super) fn open(&mut self, group: Group, role: &Option<Role>, (line, offset): (u64, u64)) {
        match group {
            Group::Consignment => self.open_consignment(line, offset),
            Group::Item => {
                self.draft_or_new().new_item();
                self.hs = Default::default();
                self.in_item = true;
            }
            Group::Party => {
                let role = role.unwrap_or(Role::Consignee);
                self.party = Some((Party::by_code(role, ""), role));
                self.town = Default::default();
            }
            Group::Unit => {
                self.unit = None;
                self.in_unit = true;
            }
            Group::Uld => self.uld = Default::default(),
            Group::Oci => self.oci = Default::default(),
            Group::Class => self.class = Default::default(),
            Group::Doc => self.doc = Default::default(),
            Group::Bill => self.open_bill((line, offset)),
            Group::Root => {}
        }
    }

    /// The first bill of a report goes on with what was said before; each further one begins with
    /// that again.
    fn open_bill(&mut self, (line, offset): (u64, u64)) {
        self.bills += 1;
        if self.bills == 1 {
            self.before.clone_from(&self.draft);
            if let Some(before) = &mut self.before {
                // What each bill begins with is kept once for each of them.
                before.parties.truncate(MOST_BEFORE);
                before.equipment.truncate(MOST_BEFORE);
                before.goods.truncate(MOST_BEFORE);
                before.route.places.truncate(MOST_BEFORE);
                before.documents.notes.truncate(MOST_BEFORE);
            }
            return;
        }
        if let Some(draft) = &mut self.draft
            && draft.ordinal.is_empty()
        {
            draft.ordinal = (self.bills - 1).to_compact_string();
        }
        self.close_draft();
        let before = self.before.clone().unwrap_or_default();
        self.draft =
            Some(Draft { line, offset, ordinal: self.bills.to_compact_string(), ..before });
    }

    pub(super) fn close(&mut self, group: Group) {
        match group {
            Group::Consignment => {
                self.in_consignment = false;
                self.depth = self.depth.saturating_sub(1);
                // A flight's next stop would be that of this consignment otherwise.
                let stop = self.head.route.places.iter().find(|place| place.role == "arrival");
                if let (Some(draft), Some(stop), false) = (&mut self.draft, stop, self.single) {
                    draft.place("arrival", &stop.code, &stop.name).at = stop.at.clone();
                }
            }
            Group::Item => {
                self.in_item = false;
                let (base, tail) = std::mem::take(&mut self.hs);
                let parts = std::mem::take(&mut self.parts);
                let draft = self.draft_or_new();
                if !base.is_empty() {
                    draft.hs(&format!("{base}{tail}"));
                }
                let pieces = draft.item().packages;
                if parts > 0 && pieces.is_some_and(|pieces| u64::from(pieces) != parts) {
                    draft.sign("packages_do_not_add_up");
                    draft.note("packages", &format!("{parts} in the item's packages"));
                }
            }
            Group::Party => self.keep_party(),
            Group::Unit => {
                (self.unit, self.in_unit) = (None, false);
                for (field, said) in std::mem::take(&mut self.unit_first) {
                    match field {
                        Field::Seal => self.put_in_goods(field, &said),
                        _ => self.draft_or_new().note("unit", &said),
                    }
                }
            }
            Group::Uld => {
                let (id, kind, owner) = std::mem::take(&mut self.uld);
                if self.in_item && !id.is_empty() {
                    // Of an item, the unit that it travels in.
                    let number = draft::tidy_number(&format!("{kind}{id}{owner}"));
                    let draft = self.draft_or_new();
                    draft.unit(&number);
                    draft.item().containers.push(number);
                }
            }
            Group::Oci => self.keep_oci(),
            Group::Class => {
                let (id, kind) = std::mem::take(&mut self.class);
                match kind.as_str() {
                    "TSP" | "HS" | "SRZ" | "" => self.hs.0 = id,
                    "TRC" => self.hs.1 = id,
                    _ => self.draft_or_new().note(format!("classification {kind}"), &id),
                }
            }
            Group::Doc => {
                let (id, kind) = std::mem::take(&mut self.doc);
                let draft = self.draft_or_new();
                draft.note(format!("document {kind}"), &id);
                let documents = &mut draft.documents;
                match kind.as_str() {
                    "DCR" | "UCR" if documents.ucr.is_empty() => documents.ucr = id.into(),
                    "MCR" | "MUCR" | "N741" | "741" | "N704" | "704"
                        if documents.master_bill.is_empty() =>
                    {
                        documents.master_bill = id.into();
                    }
                    "N703" | "703" | "N714" | "714" | "N705" | "705" | "N740" | "740"
                        if documents.house_bill.is_empty() =>
                    {
                        documents.house_bill = id.into();
                    }
                    _ if documents.previous.is_empty() => documents.previous = id.into(),
                    _ => {}
                }
            }
            Group::Root | Group::Bill => {}
        }
    }

    fn draft_or_new(&mut self) -> &mut Draft {
        let (line, offset) = (self.head.line, self.head.offset);
        self.draft.get_or_insert_with(|| Draft::at(line, offset))
    }

    fn keep_party(&mut self) {
        let Some((mut party, role)) = self.party.take() else { return };
        for said in std::mem::take(&mut self.town).iter().filter(|said| !said.is_empty()) {
            draft::address(draft::contact(&mut party), said);
        }
        if let Some(contact) = &mut party.contact
            && contact.name.contains('\n')
        {
            // Lines within a name go on with it, unless the address has no place of its own.
            let said = std::mem::take(&mut contact.name);
            let lines: Vec<&str> = said.lines().map(str::trim).collect();
            if contact.address.is_empty() {
                draft::party_of_lines(&mut party, &lines, 35);
            } else {
                let lines = lines.into_iter().map(std::borrow::Cow::Borrowed);
                contact.name = text::join(lines, 35).into_owned();
            }
        }
        if party.code.is_empty() && party.contact.is_none() {
            return;
        }
        let parties = match &mut self.draft {
            Some(draft) if self.single || self.in_consignment => &mut draft.parties,
            _ => &mut self.head.parties,
        };
        let same = |known: &Party| known.role == role && *known == party;
        if !parties.iter().any(same) && parties.len() < 1_000 {
            parties.push(party);
        }
    }

    /// A note to customs; what it says of a party's phone and mail is the party's.
    fn keep_oci(&mut self) {
        let [country, of, id, said] = std::mem::take(&mut self.oci);
        let draft = self.draft_or_new();
        draft.note(format!("OCI {country}/{of}/{id}"), &said);
        let role = match of.as_str() {
            "SHP" => Role::Consignor,
            "CNE" => Role::Consignee,
            "NFY" => Role::NotifyParty,
            "AGT" => Role::Forwarder,
            _ => return,
        };
        if self.told.len() < 400 {
            self.told.push((role, id, said));
        }
    }

    fn settle_oci(&mut self, draft: &mut Draft) {
        for (role, id, said) in std::mem::take(&mut self.told) {
            let party = draft.parties.iter_mut().find(|party| party.role == role);
            match (id.as_str(), party) {
                ("T", Some(party)) if party.code.is_empty() => party.code = said.into(),
                ("CT" | "TE", Some(party)) => draft::phone(party, &said),
                _ => {}
            }
        }
    }

    /// Units and currencies, which stand in attributes.
    pub(super) fn attributes(&mut self, element: &BytesStart<'_>) {
        self.unit_code.clear();
        self.currency.clear();
        for attribute in element.attributes().with_checks(false).flatten().take(20) {
            let name = attribute.key.local_name();
            let named = |known: &[&str]| {
                let bare = || name.as_ref().bytes().filter(|byte| *byte != b'-');
                known.iter().any(|one| bare().map(|byte| byte.to_ascii_lowercase()).eq(one.bytes()))
            };
            let to = match () {
                () if named(&["unitcode", "unit"]) => &mut self.unit_code,
                () if named(&["currencyid", "currencycode", "currency"]) => &mut self.currency,
                () => continue,
            };
            to.push_str(&attribute.value);
        }
    }

    fn mass(&self, said: &str) -> Option<targeting::codes::Mass> {
        text::mass(text::number(said, false)?, &self.unit_code)
    }

    /// Puts a text where the act says.
    pub(super) fn put(&mut self, act: &Act, said: &str) {
        let Act::Put(field, argument) = act else { return };
        if said.is_empty() || said == "<null/>" {
            return;
        }
        if self.put_in_party(*field, argument, said) || self.put_in_head(*field, said) {
            return;
        }
        match field {
            Field::OciCountry => self.oci[0] = said.to_owned(),
            Field::OciParty => self.oci[1] = said.to_owned(),
            Field::OciId => self.oci[2] = said.to_owned(),
            Field::OciText => self.oci[3] = said.to_owned(),
            Field::ClassId => self.class.0 = said.to_owned(),
            Field::ClassType => self.class.1 = said.to_owned(),
            Field::DocId => self.doc.0 = said.to_owned(),
            Field::DocType => self.doc.1 = said.to_owned(),
            Field::HsBase => self.hs.0 = said.to_owned(),
            Field::HsTail if !self.hs.0.is_empty() && said.len() <= 4 => {
                self.hs.1 = said.to_owned();
            }
            Field::UldId => self.uld.0 = said.to_owned(),
            Field::UldType => self.uld.1 = said.to_owned(),
            Field::UldOwner => self.uld.2 = said.to_owned(),
            Field::Summary => self.summary = said.to_owned(),
            Field::Master if self.draft.is_none() || !(self.in_consignment || self.single) => {
                self.master = said.into();
                if self.head.reference.is_empty() {
                    said.clone_into(&mut self.head.reference);
                }
            }
            Field::Master => {
                if self.head.reference.is_empty() && self.head.kind == Kind::Waybill {
                    said.clone_into(&mut self.head.reference);
                }
                self.draft_or_new().documents.master_bill = said.into();
            }
            Field::Numbered => {
                self.numbered = said.into();
                self.draft_or_new().note("id", said);
            }
            Field::Manifest => self.draft_or_new().documents.manifest = said.into(),
            Field::Stated => {
                if let Some(number) = text::number(said, false) {
                    self.stated.push((argument, number));
                }
            }
            Field::Arrives => self.arrives = text::digits_moment(said, ""),
            Field::DeclaredValue => {
                let value = text::sum(said).and_then(|n| draft::money(n, &self.currency));
                self.declared = self.declared.or(value);
                let said = format!("{said} {}", self.currency);
                self.draft_or_new().note("declared_for_customs", &said);
            }
            Field::House => {
                let documents = &mut self.draft_or_new().documents;
                if documents.house_bill.is_empty() {
                    documents.house_bill = said.into();
                }
                // Of the post, the item's number is its document.
                if self.head.regime == Regime::Parcel
                    && let Ok(item) = said.parse()
                {
                    self.draft_or_new().documents.postal_item = Some(item);
                }
            }
            Field::At => {
                let within = self.draft.is_some() && (self.single || self.in_consignment);
                let route = match &mut self.draft {
                    Some(draft) if within => &mut draft.route,
                    _ => {
                        if *argument == "arrival" {
                            self.head.route.places.retain(|place| place.role != "arrival");
                        }
                        &mut self.head.route
                    }
                };
                let place = draft::place(route, argument, said, "");
                if *argument == "arrival" {
                    draft::at(place, self.arrives.take());
                }
            }
            Field::Note => match argument {
                &"invoice" | &"item_price" => {
                    let said = format!("{said} {}", self.currency);
                    self.draft_or_new().note(argument, &said);
                }
                _ => self.draft_or_new().note(argument, said),
            },
            _ => self.put_in_goods(*field, said),
        }
    }

    /// What belongs to a party; false when the field is none of a party's.
    fn put_in_party(&mut self, field: Field, argument: &str, said: &str) -> bool {
        if field == Field::SadPayer && is_reference(said) {
            self.draft_or_new().note("financial", said);
            return true;
        }
        if let (
            Field::SadParty | Field::SadPayer | Field::SadCode | Field::SadAddress,
            Some(role),
        ) = (field, role_of(argument))
        {
            self.put_in_sad_party(field, role, said);
            return true;
        }
        let Some((party, _)) = &mut self.party else { return false };
        match field {
            Field::Code => party.code = said.into(),
            Field::Name => {
                // A first name and a last one, or a name and a company.
                let name = &mut draft::contact(party).name;
                if name.is_empty() {
                    said.clone_into(name);
                } else if !name.contains(said) && name.len() < 1_000 {
                    name.push(' ');
                    name.push_str(said);
                }
            }
            Field::Street => {
                for line in said.lines() {
                    draft::address_or_contact(party, line);
                }
            }
            Field::StreetNumber => {
                let address = &mut draft::contact(party).address;
                if !address.is_empty() {
                    address.push(' ');
                }
                address.push_str(said);
            }
            Field::City | Field::Region | Field::Post => {
                let to = &mut self.town[match field {
                    Field::City => 0,
                    Field::Region => 1,
                    _ => 2,
                }];
                if !to.is_empty() && to != said {
                    to.push_str(", ");
                }
                if !to.ends_with(said) {
                    to.push_str(said);
                }
            }
            Field::Country => {
                if let Ok(country) = said.parse() {
                    draft::contact(party).address_country = Some(country);
                }
            }
            Field::Phone => draft::phone(party, said),
            Field::Mail => draft::mail(party, said),
            Field::Contact if said.contains('@') => draft::mail(party, said),
            Field::Contact => draft::phone(party, said),
            Field::Note | Field::Ignore => {}
            _ => return false,
        }
        true
    }

    /// ASYCUDA writes name and address as lines of one text.
    fn put_in_sad_party(&mut self, field: Field, role: Role, said: &str) {
        let parties = match &mut self.draft {
            Some(draft) if self.single || self.in_consignment => &mut draft.parties,
            _ => &mut self.head.parties,
        };
        let party = match parties.iter().position(|party| party.role == role) {
            Some(place) => &mut parties[place],
            None => {
                parties.push(Party::by_code(role, ""));
                let last = parties.len() - 1;
                &mut parties[last]
            }
        };
        match field {
            Field::SadCode => party.code = said.into(),
            Field::SadAddress => {
                for line in said.lines() {
                    draft::address_or_contact(party, line);
                }
            }
            _ => {
                let lines: Vec<String> = said.lines().map(|line| line.trim().to_owned()).collect();
                draft::party_of_lines(party, &lines, usize::MAX);
            }
        }
    }

    fn put_in_head(&mut self, field: Field, said: &str) -> bool {
        let head = &mut self.head;
        let within = self.draft.is_some() && (self.single || self.in_consignment);
        let route = match &mut self.draft {
            Some(draft) if within => &mut draft.route,
            _ => &mut head.route,
        };
        match field {
            Field::Voyage if route.voyage.is_empty() => route.voyage = said.into(),
            Field::Voyage => {}
            Field::Conveyance if route.conveyance.is_empty() => {
                // A ship may be named by its IMO number alone.
                if route.conveyance_id.is_empty() && checks::imo_holds(said) && said.len() == 7 {
                    route.conveyance_id = said.into();
                }
                route.conveyance = said.into();
            }
            Field::Conveyance => {}
            Field::ConveyanceId => route.conveyance_id = said.into(),
            Field::Function => head.function = Function::of_code(said),
            Field::Sender if head.sender.is_empty() => said.clone_into(&mut head.sender),
            Field::Sender => {}
            Field::Recipient if head.recipient.is_empty() => said.clone_into(&mut head.recipient),
            Field::Recipient => {}
            Field::Reference => said.clone_into(&mut head.reference),
            Field::Test => head.test = said == "1" || said.eq_ignore_ascii_case("true"),
            Field::Sent => {
                let moment = text::digits_moment(said, "").or_else(|| slashed(said));
                head.sent = head.sent.or(moment);
            }
            Field::Mode => head.transport = draft::transport_of(said).or(head.transport),
            Field::Office => head.office = said.into(),
            Field::TypeOf => {
                let korean = said.strip_prefix("GOVCBR");
                if let Some(number) = korean {
                    // Korea's messages may come under the root of the model that they follow.
                    head.dialect = format!("UNI-PASS {said}");
                    head.source = if number == "936" { "unipass-936" } else { "unipass" };
                    head.regime = draft::regime_of(number == "936");
                }
                head.direction = match korean.unwrap_or(said).to_ascii_uppercase() {
                    kind if kind.starts_with("EX") || kind == "830" => Some(Direction::Export),
                    kind if kind.starts_with("IM")
                        || kind.starts_with("CO")
                        || matches!(kind.as_str(), "929" | "936") =>
                    {
                        Some(Direction::Import)
                    }
                    kind if kind.starts_with('T') => Some(Direction::Transit),
                    _ => None,
                };
                self.draft_or_new().note("type", said);
            }
            _ => return false,
        }
        true
    }

    fn put_in_goods(&mut self, field: Field, said: &str) {
        let mass = self.mass(said);
        let currency = std::mem::take(&mut self.currency);
        let (unit, in_unit) = (self.unit, self.in_unit);
        let (single, inside) = (self.single, self.in_consignment);
        let draft = self.draft_or_new();
        match field {
            Field::Declaration if !single && !inside => self.declaration = said.into(),
            Field::Declaration => {
                draft.documents.declaration = said.into();
                if single && self.head.reference.is_empty() {
                    said.clone_into(&mut self.head.reference);
                }
            }
            Field::Ucr => draft.documents.ucr = said.into(),
            Field::Purpose => draft.documents.purpose = said.into(),
            Field::PostalItem => draft.postal_item(said),
            Field::Procedure => {
                let known = &mut draft.documents.procedure;
                if known.is_empty() {
                    *known = said.into();
                }
            }
            Field::Ordinal => draft.ordinal = said.into(),
            Field::SadBill => {
                draft.note("summary_declaration", said);
                if draft.documents.house_bill.is_empty() {
                    draft.documents.house_bill = said.into();
                }
            }
            Field::PackagesTotal => {
                draft.packages = draft.packages.or_else(|| draft::packages(said));
            }
            Field::GrossTotal => draft.gross_mass_g = draft.gross_mass_g.or(mass),
            Field::Nature => {
                draft.direction = match said {
                    "22" => Some(Direction::Export),
                    "23" => Some(Direction::Import),
                    "24" => Some(Direction::Transit),
                    "28" => Some(Direction::Transhipment),
                    _ => None,
                };
            }
            Field::Hs => draft.hs(said),
            Field::HsTail => draft.note("hs_tail", said),
            Field::Description => {
                for line in said.lines() {
                    draft.describe(line, false);
                }
            }
            Field::Gross => draft.item().gross_mass_g = mass,
            Field::Net => draft.item().net_mass_g = mass,
            Field::Packages => {
                let packages = draft::packages(said);
                let item = draft.item();
                item.packages = match (item.packages, packages) {
                    (Some(known), Some(more)) if single => Some(known.saturating_add(more)),
                    (known, packages) => packages.or(known),
                };
                if packages.is_none() {
                    draft.note("packages", said);
                }
            }
            Field::Part => {
                let more = draft::packages(said).map_or(0, u64::from);
                self.parts = self.parts.saturating_add(more);
            }
            Field::PackageType => draft.item().package_type = said.into(),
            Field::Marks => {
                let item = draft.item();
                draft::append(&mut item.marks, said, false);
            }
            Field::Value => {
                let value = text::sum(said).and_then(|amount| draft::money(amount, &currency));
                let item = draft.item();
                match item.value {
                    // A further one, such as the invoice's, may be in another currency.
                    Some(known) if Some(known) != value => {
                        draft.note("value", format!("{said} {currency}").trim());
                    }
                    _ => item.value = value,
                }
            }
            Field::ValueCurrency => {
                if let Some(value) = draft.goods.last_mut().and_then(|item| item.value.as_mut()) {
                    value.currency = value.currency.or_else(|| said.trim().parse().ok());
                }
            }
            Field::Origin => draft.item().origin = said.parse().ok(),
            Field::Dangerous => draft.item().dangerous = draft::un_number(said),
            Field::Quantity => draft.item().quantity = text::number(said, false),
            Field::InUnit => {
                let number = draft::tidy_number(said);
                draft.unit(&number);
                draft.item().containers.push(number);
            }
            Field::Number => {
                let number = draft::tidy_number(said);
                draft.unit(&number);
                self.unit = self.draft.as_ref().and_then(|draft| {
                    draft.equipment.iter().position(|unit| unit.number == number)
                });
                for (field, said) in std::mem::take(&mut self.unit_first) {
                    self.put_in_goods(field, &said);
                }
            }
            Field::Seal => match unit.and_then(|unit| draft.equipment.get_mut(unit)) {
                Some(unit) => draft::seal(unit, said),
                None if in_unit => self.unit_first.push((field, said.to_owned())),
                None => match draft.equipment.first_mut() {
                    Some(unit) => draft::seal(unit, said),
                    None => draft.note("seal", said),
                },
            },
            Field::SizeType | Field::Full | Field::UnitGross => {
                let Some(unit) = unit.and_then(|unit| draft.equipment.get_mut(unit)) else {
                    if in_unit {
                        return self.unit_first.push((field, said.to_owned()));
                    }
                    return draft.note("unit", said);
                };
                match field {
                    Field::SizeType => unit.size_type = said.into(),
                    Field::UnitGross => unit.gross_mass_g = mass,
                    _ => {
                        let upper = said.to_ascii_uppercase();
                        unit.empty = upper.starts_with('E') || upper == "0/0" || upper == "4";
                    }
                }
            }
            _ => {}
        }
    }

    fn close_draft(&mut self) {
        let Some(mut draft) = self.draft.take() else { return };
        let summary = std::mem::take(&mut self.summary);
        if !summary.is_empty() {
            let item = draft.item();
            if item.description.is_empty() || summary.contains(item.description.as_str()) {
                item.description = summary.into();
            } else {
                draft.note("summary", &summary);
            }
        }
        if let Some(outer) = &self.outer {
            draft.inherit_from(outer);
        }
        if draft.documents.master_bill.is_empty() {
            draft.documents.master_bill.clone_from(&self.master);
        }
        let declared = self.declared.take();
        if draft.is_empty() {
            return;
        }
        if let [item] = &mut draft.goods[..] {
            item.value = item.value.or(declared);
        }
        self.settle_oci(&mut draft);
        self.pieces(&mut draft);
        self.head.consignments += 1;
        if !self.single && draft.ordinal.is_empty() {
            draft.ordinal = self.head.consignments.to_compact_string();
        }
        if self.head.source == "cargo-xml-xfzb" && draft.documents.house_bill.is_empty() {
            // Its own number is the house's, whose master stands within.
            draft.documents.house_bill = self.head.reference.as_str().into();
        }
        if self.head.source == "asycuda-manifest" && draft.documents.master_bill.is_empty() {
            // A bill below no other is the carrier's.
            let documents = &mut draft.documents;
            documents.master_bill = std::mem::take(&mut documents.house_bill);
        }
        if self.head.kind == Kind::Postal {
            for (place, role) in
                [("export_country", Role::Consignor), ("destination", Role::Consignee)]
            {
                let of = draft.parties.iter().find(|party| party.role == role);
                let of = of.and_then(|party| party.contact.as_ref()?.address_country);
                if let Some(country) = of {
                    draft.place(place, &country.to_string(), "");
                }
            }
        }
        self.waiting.push(draft);
    }

    /// Pieces and mass of the items against those of the whole.
    fn pieces(&self, draft: &mut Draft) {
        let counted = draft.goods.iter().filter_map(|item| item.packages);
        let (some, sum) = counted.fold((0, 0u64), |(n, sum), more| (n + 1, sum + u64::from(more)));
        if some == draft.goods.len()
            && some > 0
            && let Some(total) = draft.packages
            && u64::from(total) != sum
        {
            draft.sign("packages_do_not_add_up");
            let said = format_compact!("{total} stated, {sum} in the items");
            draft.note("packages", &said);
        }
    }

    /// The message ends: what it says behind its consignments holds for them as well.
    pub(super) fn finish(mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        self.close_draft();
        if self.head.kind == Kind::Manifest && self.head.reference.is_empty() {
            let voyage = &self.head.route.voyage;
            let day = self.head.sent.map(|sent| format!("/{}", sent.day)).unwrap_or_default();
            if !voyage.is_empty() {
                self.head.reference = format!("{voyage}{day}");
            }
        }
        if self.single && self.head.reference.is_empty() {
            self.head.reference = self.numbered.to_string();
        }
        self.total(batch);
        batch.rows.reserve(self.waiting.len());
        for mut draft in std::mem::take(&mut self.waiting) {
            let own = &mut draft.documents.declaration;
            if self.head.kind == Kind::Declaration && own.is_empty() {
                match self.single {
                    true => own.clone_from(&self.numbered),
                    false if self.declaration.is_empty() => {
                        *own = self.head.reference.as_str().into();
                    }
                    false => own.clone_from(&self.declaration),
                }
            }
            batch.rows.push(draft.close(&self.head, self.message, options));
        }
        // A document that is read by general rules and says nothing of any goods is no message.
        if self.head.kind != Kind::Other || self.head.consignments > 0 {
            batch.heads.push(self.head);
        }
    }

    /// Holds what the message states of the whole against its consignments.
    fn total(&self, batch: &mut MessageBatch) {
        let of = |each: &dyn Fn(&Draft) -> Option<f64>| -> f64 {
            self.waiting.iter().filter_map(each).sum()
        };
        for (what, stated) in &self.stated {
            let found = match *what {
                "consignments" => self.waiting.len() as f64,
                "packages" => of(&|draft| Some(f64::from(draft.goods.first()?.packages?))),
                _ => of(&|draft| Some(draft.goods.first()?.gross_mass_g?.kg())),
            };
            if (stated - found).abs() > 0.5 + stated * 1e-6 {
                let reason = format!("the message states {stated} {what}, its parts have {found}");
                let line = self.head.line;
                batch.defects.push(defect(line, "totals", DefectKind::Noted, reason, b""));
            }
        }
    }
}

/// The mode of transport of an entry filing by its number: sea, air, express, post, road, rail.
fn transport_of_filing(root: &str) -> Option<Transport> {
    let number = root.strip_prefix("IE3F").or_else(|| root.strip_prefix("IE3A"))?;
    Some(match number {
        "50" => Transport::Road,
        "51" => Transport::Rail,
        _ if number.starts_with('1') => Transport::Sea,
        _ if number.starts_with(['2', '3']) => Transport::Air,
        _ if number.starts_with('4') => Transport::Post,
        _ => return None,
    })
}

/// Whether a text that stands for a party is the number of a bill or of a letter of credit.
fn is_reference(said: &str) -> bool {
    let mut words = said.split(|c: char| !c.is_ascii_alphanumeric() && c != '/');
    let first = words.find(|word| !word.is_empty()).unwrap_or_default().to_ascii_uppercase();
    let named = ["AWB", "HAWB", "MAWB", "BL", "B/L", "HBL", "LC", "L/C", "INV", "TT", "T/T"];
    let digits = said.bytes().filter(u8::is_ascii_digit).count();
    let letters = said.chars().filter(|c| c.is_alphabetic()).count();
    (named.contains(&first.as_str()) && digits > 2) || digits > letters
}

/// A date as ASYCUDA writes it in places: `25/11/2026` or `11/25/26`; the day comes first where
/// both could be true.
fn slashed(said: &str) -> Option<text::Moment> {
    let mut parts = said.split(['/', '.']).map(|part| part.trim().parse::<u32>().ok());
    let (first, second, year) = (parts.next()??, parts.next()??, parts.next()??);
    let year = if year < 100 { 2000 + year } else { year };
    let (day, month) = if second > 12 { (second, first) } else { (first, second) };
    text::digits_moment(&format!("{year:04}{month:02}{day:02}"), "102")
}
