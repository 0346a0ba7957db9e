//! Listings: what a watchlist says of one person, body, vessel or thing, and what an officer
//! decided about a hit. A listing keeps names and identifiers to be found by, and why it is listed;
//! it has no field for nationality, birth, sex or faith, so that none of them can be matched.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::consignment::{Consignment, Transport};
use crate::history::hash_text;
use crate::identifier::{Identifier, IdentifierKind};
use crate::names;
use crate::names::index::{Found, Index, Searcher};
use crate::party::Role;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingKind {
    /// A natural person.
    Person,
    /// A firm, authority, group or other body.
    Organization,
    /// A ship.
    Vessel,
    /// An aircraft.
    Aircraft,
    /// An address.
    Address,
    /// A container.
    Container,
    /// A wallet of a digital currency.
    Wallet,
    /// A phone, mail address or handle.
    Contact,
    /// Anything else.
    Other,
}
crate::words!(
    ListingKind,
    "a kind of listing",
    Person = "person",
    Organization = "organization",
    Vessel = "vessel",
    Aircraft = "aircraft",
    Address = "address",
    Container = "container",
    Wallet = "wallet",
    Contact = "contact",
    Other = "other",
);

impl ListingKind {
    /// How names of such a listing are compared; none for things without names.
    pub fn name_kind(self) -> Option<names::Kind> {
        match self {
            ListingKind::Person => Some(names::Kind::Person),
            ListingKind::Organization | ListingKind::Other => Some(names::Kind::Organization),
            ListingKind::Vessel | ListingKind::Aircraft => Some(names::Kind::Vessel),
            ListingKind::Address
            | ListingKind::Container
            | ListingKind::Wallet
            | ListingKind::Contact => None,
        }
    }
}

/// A further name of what is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// As the list writes it.
    pub name: String,
    /// True when the list itself calls it weak: too general to search by alone.
    #[serde(default)]
    pub weak: bool,
}

/// An identifier as the list writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    /// What it is.
    pub kind: IdentifierKind,
    /// As written.
    pub text: String,
}

/// One entry of a watchlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The list's own number for it; the same number later is the same entry.
    pub reference: String,
    /// What is listed.
    pub kind: ListingKind,
    /// Its name, or what stands for it.
    pub name: String,
    /// Its further names.
    #[serde(default)]
    pub aliases: Vec<Alias>,
    /// Its identifiers.
    #[serde(default)]
    pub keys: Vec<ListedKey>,
    /// The programmes under which it is listed.
    #[serde(default)]
    pub programmes: Vec<String>,
    /// Why it is listed, in the list's words.
    #[serde(default)]
    pub remarks: String,
}

/// What an officer says of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitVerdict {
    /// Both are the same.
    Same,
    /// They are not.
    NotSame,
    /// It cannot be told.
    Unsure,
}
crate::words!(
    HitVerdict,
    "a verdict on a hit: same, not_same or unsure",
    Same = "same",
    NotSame = "not_same",
    Unsure = "unsure",
);

impl HitVerdict {
    /// For how many days it counts when nobody says for how long.
    pub fn lasts_days(self) -> i32 {
        match self {
            HitVerdict::Same => 365,
            HitVerdict::NotSame => 180,
            HitVerdict::Unsure => 30,
        }
    }
}

/// The longest time for which a verdict counts, in days.
pub const LONGEST_VERDICT_DAYS: i32 = 730;

/// From this chance on a name is a hit that an officer sees.
pub const ALERT: f64 = 0.7;
/// Hits of one name at most: what is likelier stands before.
const MOST_HITS: usize = 8;

/// What of a consignment met a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// A party's name.
    Name,
    /// A party's address.
    Address,
    /// A party's phone.
    Phone,
    /// A party's mail address.
    Mail,
    /// A container's number.
    Container,
    /// The vessel's number.
    Imo,
    /// The vessel's name.
    Vessel,
    /// A party's code.
    Code,
    /// The vessel's call sign.
    CallSign,
}
crate::words!(
    Met,
    "what met a listing",
    Name = "name",
    Address = "address",
    Phone = "phone",
    Mail = "mail",
    Container = "container",
    Imo = "imo",
    Vessel = "vessel",
    Code = "code",
    CallSign = "call_sign",
);

/// One listing that something in a consignment met. It is never a result: an officer decides.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedHit {
    /// The listing, as the caller calls it.
    pub listing: u32,
    /// What met it.
    pub met: Met,
    /// The party's role; none where no party is meant.
    pub role: Option<Role>,
    /// An opaque key of what was found: the same party, named the same, has the same.
    pub key: u64,
    /// What was found, as written.
    pub found: String,
    /// The chance that both are the same.
    pub probability: f64,
    /// Words that agree.
    pub agree: Vec<String>,
    /// Words found that the listing lacks.
    pub differ_found: Vec<String>,
    /// Words listed that what was found lacks.
    pub differ_listed: Vec<String>,
}

/// All listings in force, ready to be met.
#[derive(Default)]
pub struct Lists {
    names: Index,
    keys: HashMap<(IdentifierKind, String), Vec<(u32, bool)>>,
    addresses: Vec<(u32, Address)>,
    address_keys: HashMap<String, Vec<u32>>,
    count: usize,
}

impl Lists {
    /// Takes a listing in, under what the caller calls it. Weak aliases are not searched by.
    pub fn add(&mut self, id: u32, listing: &Listing) {
        self.count += 1;
        if let Some(kind) = listing.kind.name_kind() {
            self.names.add(id, &listing.name, kind);
            for alias in listing.aliases.iter().filter(|alias| !alias.weak) {
                self.names.add(id, &alias.name, kind);
            }
        }
        for key in &listing.keys {
            if key.kind == IdentifierKind::Address {
                let address = Address::of(&key.text);
                let place = self.addresses.len() as u32;
                for key in address.keys() {
                    self.address_keys.entry(key).or_default().push(place);
                }
                self.addresses.push((id, address));
            } else if let Some(read) = Identifier::read(key.kind, &key.text) {
                self.keys.entry((read.kind, read.normal)).or_default().push((id, read.valid));
            }
        }
    }

    /// How many listings there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The listings whose names are like this one, the likeliest first.
    pub fn named(
        &self,
        searcher: &mut Searcher,
        name: &str,
        kind: Option<names::Kind>,
        (threshold, most): (f64, usize),
    ) -> Vec<Found> {
        let kinds = match kind.unwrap_or_else(|| names::Kind::guess(name)) {
            // What looks like a person may be a body without a form.
            names::Kind::Person if kind.is_none() => {
                vec![names::Kind::Person, names::Kind::Organization]
            }
            one => vec![one],
        };
        let mut found: Vec<Found> = Vec::new();
        for kind in kinds {
            for one in self.names.search(searcher, name, kind, (threshold, most)) {
                if found.iter().all(|other| other.id != one.id) {
                    found.push(one);
                }
            }
        }
        found.sort_by(|a, b| b.matched.probability.total_cmp(&a.matched.probability));
        found.truncate(most);
        found
    }

    /// As [`named`](Self::named), of the listings that are wanted: others take no place from them.
    pub fn named_of(
        &self,
        searcher: &mut Searcher,
        name: &str,
        kind: Option<names::Kind>,
        (threshold, most): (f64, usize),
        wanted: &dyn Fn(u32) -> bool,
    ) -> Vec<Found> {
        let mut asked = most;
        loop {
            let mut found = self.named(searcher, name, kind, (threshold, asked));
            let whole = found.len() < asked;
            found.retain(|one| wanted(one.id));
            if whole || found.len() >= most {
                found.truncate(most);
                return found;
            }
            asked *= 4;
        }
    }

    /// Everything in a consignment that meets a listing that is wanted. No hit hides another, and
    /// what is not wanted hides none.
    pub fn met_by(
        &self,
        searcher: &mut Searcher,
        consignment: &Consignment,
        wanted: &dyn Fn(u32) -> bool,
    ) -> Vec<ListedHit> {
        let mut hits = Vec::new();
        if self.is_empty() {
            return hits;
        }
        for party in &consignment.parties {
            let role = Some(party.role);
            let code = party.code.as_str();
            if code.len() >= 4 {
                self.meet(IdentifierKind::Code, code, (Met::Code, role), 0.95, &mut hits);
            }
            let Some(contact) = party.contact.as_deref() else { continue };
            if !contact.name.trim().is_empty() {
                let name = contact.name.trim().to_lowercase();
                // Without a code, a name alone is many people's.
                let key = match code {
                    "" => format!("|{name}|{}", crate::address::normal(&contact.address)),
                    code => format!("{code}|{name}"),
                };
                let key = hash_text(&key);
                let most = (ALERT, MOST_HITS);
                let found = self.named_of(searcher, &contact.name, None, most, wanted);
                hits.extend(
                    found
                        .into_iter()
                        .map(|one| of_name(one, (Met::Name, role), key, &contact.name)),
                );
            }
            for phone in &contact.phones {
                self.meet(IdentifierKind::Phone, phone, (Met::Phone, role), 0.9, &mut hits);
            }
            for mail in &contact.mails {
                self.meet(IdentifierKind::Mail, mail, (Met::Mail, role), 0.95, &mut hits);
            }
            self.meet_address(&contact.address, role, wanted, &mut hits);
        }
        for unit in &consignment.equipment {
            let met = (Met::Container, None);
            self.meet(IdentifierKind::Container, &unit.number, met, 0.97, &mut hits);
        }
        let route = &consignment.route;
        if !route.conveyance_id.is_empty() {
            let id = &route.conveyance_id;
            self.meet(IdentifierKind::Imo, id, (Met::Imo, None), 0.98, &mut hits);
            self.meet(IdentifierKind::CallSign, id, (Met::CallSign, None), 0.9, &mut hits);
        }
        let ship = matches!(consignment.transport, None | Some(Transport::Sea));
        if ship && !route.conveyance.trim().is_empty() {
            let name = route.conveyance.as_str();
            let kind = Some(names::Kind::Vessel);
            let key = hash_text(&format!("{}|{}", route.conveyance_id, name.to_lowercase()));
            let found = self.named_of(searcher, name, kind, (ALERT, MOST_HITS), wanted);
            hits.extend(found.into_iter().map(|one| of_name(one, (Met::Vessel, None), key, name)));
        }
        let mut seen = std::collections::HashSet::new();
        hits.retain(|hit| wanted(hit.listing));
        hits.retain(|hit| seen.insert((hit.listing, hit.met, hit.role, hit.key)));
        hits
    }

    fn meet(
        &self,
        kind: IdentifierKind,
        text: &str,
        (met, role): (Met, Option<Role>),
        chance: f64,
        hits: &mut Vec<ListedHit>,
    ) {
        let Some(read) = Identifier::read(kind, text) else { return };
        // What is shorter is shared by many.
        if read.normal.len() < 4 {
            return;
        }
        let key = hash_text(&format!("{kind}|{}", read.normal));
        for (listing, valid) in self.keys.get(&(kind, read.normal.clone())).into_iter().flatten() {
            hits.push(ListedHit {
                listing: *listing,
                met,
                role,
                key,
                found: text.to_owned(),
                probability: if *valid && read.valid { chance } else { 0.7 * chance },
                agree: vec![read.normal.clone()],
                differ_found: Vec::new(),
                differ_listed: Vec::new(),
            });
        }
    }

    fn meet_address(
        &self,
        text: &str,
        role: Option<Role>,
        wanted: &dyn Fn(u32) -> bool,
        hits: &mut Vec<ListedHit>,
    ) {
        if text.trim().is_empty() || self.addresses.is_empty() {
            return;
        }
        let address = Address::of(text);
        let mut near: Vec<u32> = address
            .keys()
            .iter()
            .filter_map(|key| self.address_keys.get(key))
            .flatten()
            .copied()
            .collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|place| wanted(self.addresses[*place as usize].0));
        for place in near.into_iter().take(1_000) {
            let (listing, listed) = &self.addresses[place as usize];
            let likeness = address.likeness(listed);
            if likeness >= 0.75 {
                let (agree, differ_found, differ_listed) = address.against(listed);
                hits.push(ListedHit {
                    listing: *listing,
                    met: Met::Address,
                    role,
                    key: hash_text(&format!("address|{}", crate::address::normal(text))),
                    found: text.to_owned(),
                    probability: 0.05 + 0.85 * likeness,
                    agree,
                    differ_found,
                    differ_listed,
                });
            }
        }
    }
}

fn of_name(one: Found, (met, role): (Met, Option<Role>), key: u64, found: &str) -> ListedHit {
    ListedHit {
        listing: one.id,
        met,
        role,
        key,
        found: found.to_owned(),
        probability: one.matched.probability,
        agree: one.matched.agree,
        differ_found: one.matched.differ_left,
        differ_listed: one.matched.differ_right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Day;
    use crate::consignment::{Direction, Equipment, Regime};
    use crate::party::{Contact, Party};

    fn listed(kind: ListingKind, name: &str, keys: &[(IdentifierKind, &str)]) -> Listing {
        let keys = keys.iter().map(|(kind, text)| ListedKey { kind: *kind, text: (*text).into() });
        Listing {
            reference: name.into(),
            kind,
            name: name.into(),
            aliases: Vec::new(),
            keys: keys.collect(),
            programmes: Vec::new(),
            remarks: String::new(),
        }
    }

    #[test]
    fn no_hit_hides_another() {
        let mut lists = Lists::default();
        let phone = [(IdentifierKind::Phone, "+82 10-1234-5678")];
        lists.add(1, &listed(ListingKind::Person, "KIM Chol Su", &phone));
        let number = [(IdentifierKind::Container, "CSQU3054383")];
        lists.add(2, &listed(ListingKind::Container, "CSQU3054383", &number));
        let address = [(IdentifierKind::Address, "12 Harbour Road, Wanchai, Hong Kong")];
        lists.add(3, &listed(ListingKind::Organization, "Hanbit Trading", &address));
        let contact = Contact {
            name: "Kim Cheol-soo".into(),
            address: "Wanchai, Harbour Rd. 12".into(),
            phones: vec!["010-1234-5678".into()],
            ..Contact::default()
        };
        let party = Party {
            role: Role::Consignee,
            code: compact_str::CompactString::default(),
            contact: Some(Box::new(contact)),
        };
        let consignment = Consignment {
            source: "test".into(),
            reference: "1".into(),
            regime: Regime::Freight,
            direction: Direction::Import,
            office: "ICN".into(),
            arrived_at: 0,
            arrived_on: Day(0),
            transport: None,
            parties: vec![party],
            goods: Vec::new(),
            route: Default::default(),
            equipment: vec![Equipment { number: "CSQU 305438-3".into(), ..Default::default() }],
            documents: Default::default(),
        };
        let hits = lists.met_by(&mut Searcher::default(), &consignment, &|_| true);
        let met: Vec<(u32, Met)> = hits.iter().map(|hit| (hit.listing, hit.met)).collect();
        assert_eq!(met, [(1, Met::Name), (1, Met::Phone), (3, Met::Address), (2, Met::Container)]);
    }
}
