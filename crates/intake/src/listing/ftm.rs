//! FollowTheMoney entities as OpenSanctions publishes them, one JSON object a line. Of each only
//! what names or identifies is read, and only targets are listed: their relatives, and whoever else
//! stands in the file to explain them, are left out. An address or a wallet of its own line that a
//! target points to, or that points to a target, becomes the target's.

use std::collections::HashMap;

use serde::Deserialize;
use targeting::consignment::DefectKind;
use targeting::identifier::IdentifierKind;
use targeting::listing::{Listing, ListingKind};

use super::{Draft, alias, empty, key, without_traits};
use crate::message::defect;

#[derive(Deserialize)]
struct Entity {
    #[serde(default)]
    id: String,
    schema: String,
    #[serde(default)]
    caption: String,
    /// Whether it is listed itself; older files do not say.
    target: Option<bool>,
    #[serde(default)]
    properties: HashMap<String, serde_json::Value>,
}

/// The longest line that is read.
const LONGEST_LINE: usize = 1 << 20;

const KEYS: [(&str, IdentifierKind); 16] = [
    ("address", IdentifierKind::Address),
    ("phone", IdentifierKind::Phone),
    ("email", IdentifierKind::Mail),
    ("imoNumber", IdentifierKind::Imo),
    ("callSign", IdentifierKind::CallSign),
    ("publicKey", IdentifierKind::Wallet),
    ("cryptoWallets", IdentifierKind::Wallet),
    ("registrationNumber", IdentifierKind::Code),
    ("taxNumber", IdentifierKind::Code),
    ("vatCode", IdentifierKind::Code),
    ("innCode", IdentifierKind::Code),
    ("ogrnCode", IdentifierKind::Code),
    ("dunsCode", IdentifierKind::Code),
    ("leiCode", IdentifierKind::Code),
    ("uscCode", IdentifierKind::Code),
    ("website", IdentifierKind::Handle),
];

/// What a topic begins with that lists whom it is said of.
const LISTED_TOPICS: [&str; 6] =
    ["sanction", "crime", "debarment", "wanted", "export.control", "poi"];

/// An entity that can be listed.
struct Candidate {
    line: u64,
    listing: Listing,
    /// As the file says it, if it does.
    target: Option<bool>,
    /// The addresses of lines of their own that it points to, or whoever holds the wallet.
    linked: Vec<String>,
}

pub(super) fn read(text: &str, draft: &mut Draft) {
    let mut all = Vec::new();
    candidates(text, draft, &mut all);
    // A file that says of nobody whether they are listed lists everybody.
    let says = all.iter().any(|one| one.target.is_some());
    let target = |one: &Candidate| one.target.unwrap_or(!says);
    let places: HashMap<String, usize> =
        all.iter().enumerate().map(|(at, one)| (one.listing.reference.clone(), at)).collect();
    let mut given: Vec<(usize, usize)> = Vec::new();
    for (at, one) in all.iter().enumerate() {
        for linked in one.linked.iter().filter_map(|id| places.get(id)) {
            match one.listing.kind {
                ListingKind::Wallet => given.push((at, *linked)),
                _ if all[*linked].listing.kind == ListingKind::Address => given.push((*linked, at)),
                _ => {}
            }
        }
    }
    let mut taken = vec![false; all.len()];
    for (from, to) in given {
        if target(&all[to]) {
            taken[from] = true;
            let keys = all[from].listing.keys.clone();
            all[to].listing.keys.extend(keys);
        }
    }
    for (one, taken) in all.into_iter().zip(taken) {
        let own = one.target.unwrap_or(!says && !taken);
        match own {
            true => draft.add(one.line, one.listing),
            false => draft.left_out += 1,
        }
    }
}

fn candidates(text: &str, draft: &mut Draft, found: &mut Vec<Candidate>) {
    for (n, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        if line.len() > LONGEST_LINE {
            let reason = "the line is longer than 1 MB and was not read";
            draft.defects.push(defect(n, "", DefectKind::Unreadable, reason, line.as_bytes()));
            continue;
        }
        let entity: Entity = match serde_json::from_str(line) {
            Ok(entity) => entity,
            Err(error) => {
                let reason = format!("the line is no entity: {error}");
                let found = line.as_bytes();
                draft.defects.push(defect(n, "", DefectKind::Unreadable, reason, found));
                continue;
            }
        };
        let kind = match entity.schema.as_str() {
            "Person" => ListingKind::Person,
            "Organization" | "Company" | "LegalEntity" | "PublicBody" => ListingKind::Organization,
            "Vessel" => ListingKind::Vessel,
            "Airplane" => ListingKind::Aircraft,
            "CryptoWallet" => ListingKind::Wallet,
            "Address" => ListingKind::Address,
            // Who owns whom, documents, positions.
            _ => {
                draft.left_out += 1;
                continue;
            }
        };
        let all = |name: &str| -> Vec<String> {
            let values = entity.properties.get(name);
            let values = values.and_then(|values| values.as_array()).into_iter().flatten();
            values.filter_map(|value| value.as_str()).map(str::to_owned).collect()
        };
        let mut listing = empty(kind);
        listing.reference = entity.id.clone();
        let mut names = all("name").into_iter();
        listing.name = match entity.caption.is_empty() {
            false => entity.caption.clone(),
            true => names.next().unwrap_or_default(),
        };
        listing.aliases = names.map(|name| alias(name, false)).collect();
        listing.aliases.extend(all("alias").into_iter().map(|name| alias(name, false)));
        listing.aliases.extend(all("previousName").into_iter().map(|name| alias(name, false)));
        listing.aliases.extend(all("weakAlias").into_iter().map(|name| alias(name, true)));
        for (property, of) in KEYS {
            // A person's numbers at offices say more of the person than of the cargo.
            if kind != ListingKind::Person || of != IdentifierKind::Code {
                listing.keys.extend(all(property).into_iter().map(|text| key(of, text)));
            }
        }
        if kind == ListingKind::Address {
            listing
                .keys
                .extend(all("full").into_iter().map(|text| key(IdentifierKind::Address, text)));
        }
        listing.programmes = all("program");
        if kind == ListingKind::Address && listing.keys.is_empty() {
            listing.keys.push(key(IdentifierKind::Address, entity.caption.as_str()));
        }
        listing.remarks = without_traits(&all("notes").join("; "));
        let topics = all("topics");
        let of_topic = |topic: &String| LISTED_TOPICS.iter().any(|of| topic.starts_with(of));
        let by_topic =
            entity.properties.contains_key("topics").then(|| topics.iter().any(of_topic));
        let property = if kind == ListingKind::Wallet { "holder" } else { "addressEntity" };
        found.push(Candidate {
            line: n,
            listing,
            target: entity.target.or(by_topic),
            linked: all(property),
        });
    }
}
