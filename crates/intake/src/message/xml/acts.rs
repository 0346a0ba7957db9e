//! What is done with the elements that a path table names: groups open and close, texts are put
//! where they belong in the draft. The same acts serve every dialect.

use compact_str::{CompactString, ToCompactString, format_compact};
use quick_xml::events::BytesStart;
use targeting::consignment::{Direction, Regime, Transport};
use targeting::party::{Party, Role};

use super::tables::Dialect;
use crate::message::draft::{self, Draft};
use crate::message::text;
use crate::message::{Function, Head, Kind, MessageBatch, MessageOptions};
use crate::recognise::Format;

/// What an element's children are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Group {
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
    Marks,
    Master,
    Mode,
    Name,
    Nature,
    Net,
    Note,
    Number,
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
    Seal,
    Sender,
    Sent,
    SizeType,
    Street,
    Summary,
    Test,
    TypeOf,
    Ucr,
    UldId,
    UldOwner,
    UldType,
    UnitGross,
    Value,
    Voyage,
}

const FIELDS: &[(&str, Field)] = &[
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
    ("marks", Field::Marks),
    ("master", Field::Master),
    ("mode", Field::Mode),
    ("name", Field::Name),
    ("nature", Field::Nature),
    ("net", Field::Net),
    ("note", Field::Note),
    ("number", Field::Number),
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
    ("seal", Field::Seal),
    ("sender", Field::Sender),
    ("sent", Field::Sent),
    ("size_type", Field::SizeType),
    ("street", Field::Street),
    ("summary", Field::Summary),
    ("test", Field::Test),
    ("type_of", Field::TypeOf),
    ("ucr", Field::Ucr),
    ("uld_id", Field::UldId),
    ("uld_owner", Field::UldOwner),
    ("uld_type", Field::UldType),
    ("unit_gross", Field::UnitGross),
    ("value", Field::Value),
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
    /// Bills of a cargo report so far, and what was said before the first.
    bills: u32,
    before: Option<Draft>,
    class: (String, String),
    doc: (String, String),
    hs: (String, String),
    /// Pieces of the item that its packages are said to have.
    parts: u64,
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
            _ => dialect.name.to_owned(),
        };
        (head.line, head.offset) = (line, offset);
        head.regime = draft::regime_of(dialect.parcel);
        head.transport = match dialect.source {
            source if source.starts_with("cargo-xml") => Some(Transport::Air),
            "postal-xml" => Some(Transport::Post),
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
            bills: 0,
            before: None,
            class: Default::default(),
            doc: Default::default(),
            hs: Default::default(),
            parts: 0,
        }
    }

    pub(super) fn open_consignment(
        &mut self,
        line: u64,
        offset: u64,
        batch: &mut MessageBatch,
        options: &MessageOptions,
    ) {
        // The head of a single-consignment message may have said things already.
        if self.single && self.draft.is_some() {
            self.in_consignment = true;
            return;
        }
        let holds = self.draft.as_ref().is_some_and(|draft| draft.goods.is_empty());
        if self.depth > 0 && self.in_consignment && holds {
            self.outer = self.draft.take();
        } else {
            self.close_draft(batch, options);
            if self.depth == 0 {
                self.outer = None;
            }
        }
        self.depth += 1;
        let mut draft = Draft::at(line, offset);
        if !self.uld.0.is_empty() {
            let number = format!("{}{}{}", self.uld.1, self.uld.0, self.uld.2);
            draft.unit(&number);
        }
        self.draft = Some(draft);
        self.in_consignment = true;
    }

    pub(super) fn open(
        &mut self,
        group: Group,
        role: &Option<Role>,
        (line, offset): (u64, u64),
        batch: &mut MessageBatch,
        options: &MessageOptions,
    ) {
        match group {
            Group::Consignment => self.open_consignment(line, offset, batch, options),
            Group::Item => {
                self.draft_or_new().new_item();
                self.hs = Default::default();
            }
            Group::Party => {
                let role = role.unwrap_or(Role::Consignee);
                self.party = Some((Party::by_code(role, ""), role));
            }
            Group::Unit => self.unit = None,
            Group::Uld => self.uld = Default::default(),
            Group::Oci => self.oci = Default::default(),
            Group::Class => self.class = Default::default(),
            Group::Doc => self.doc = Default::default(),
            Group::Bill => self.open_bill((line, offset), batch, options),
            Group::Root => {}
        }
    }

    /// The first bill of a report goes on with what was said before; each further one begins with
    /// that again.
    fn open_bill(
        &mut self,
        (line, offset): (u64, u64),
        batch: &mut MessageBatch,
        options: &MessageOptions,
    ) {
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
        self.close_draft(batch, options);
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
                    draft.place("arrival", &stop.code, &stop.name);
                }
            }
            Group::Item => {
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
            Group::Unit => self.unit = None,
            Group::Uld => self.uld = Default::default(),
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
            Field::Master => self.draft_or_new().documents.master_bill = said.into(),
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
                draft::place(route, argument, said, "");
            }
            Field::Note => match argument {
                &"declared_for_customs" | &"invoice" | &"item_price" => {
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
        if let (Field::SadParty | Field::SadCode | Field::SadAddress, Some(role)) =
            (field, role_of(argument))
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
            Field::City | Field::Post | Field::Region => {
                draft::address(draft::contact(party), said);
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
            Field::Conveyance if route.conveyance.is_empty() => route.conveyance = said.into(),
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
                head.direction = match said.to_ascii_uppercase() {
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
        let unit = self.unit;
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
                item.value = item.value.or(value);
            }
            Field::Origin => draft.item().origin = said.parse().ok(),
            Field::Dangerous => draft.item().dangerous = said.into(),
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
            }
            Field::Seal => match unit.and_then(|unit| draft.equipment.get_mut(unit)) {
                Some(unit) => draft::seal(unit, said),
                None => match draft.equipment.first_mut() {
                    Some(unit) => draft::seal(unit, said),
                    None => draft.note("seal", said),
                },
            },
            Field::SizeType | Field::Full | Field::UnitGross => {
                let Some(unit) = unit.and_then(|unit| draft.equipment.get_mut(unit)) else {
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

    fn close_draft(&mut self, batch: &mut MessageBatch, options: &MessageOptions) {
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
        if draft.is_empty() {
            return;
        }
        self.settle_oci(&mut draft);
        self.pieces(&mut draft);
        self.head.consignments += 1;
        if !self.single && draft.ordinal.is_empty() {
            draft.ordinal = self.head.consignments.to_compact_string();
        }
        if self.head.kind == Kind::Declaration && !self.single {
            let own = &mut draft.documents.declaration;
            if own.is_empty() {
                own.clone_from(&self.declaration);
            }
            if own.is_empty() {
                *own = self.head.reference.as_str().into();
            }
        }
        if self.head.kind == Kind::Manifest && self.head.reference.is_empty() {
            let voyage = &self.head.route.voyage;
            let day = self.head.sent.map(|sent| format!("/{}", sent.day)).unwrap_or_default();
            if !voyage.is_empty() {
                self.head.reference = format!("{voyage}{day}");
            }
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
        batch.rows.push(draft.close(&self.head, self.message, options));
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

    pub(super) fn finish(mut self, batch: &mut MessageBatch, options: &MessageOptions) {
        self.close_draft(batch, options);
        batch.heads.push(self.head);
    }
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
