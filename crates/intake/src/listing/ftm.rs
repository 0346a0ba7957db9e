//! FollowTheMoney entities as OpenSanctions publishes them, one JSON object a line. Of each only
//! what names or identifies is read.

use std::collections::HashMap;

use serde::Deserialize;
use targeting::consignment::DefectKind;
use targeting::identifier::IdentifierKind;
use targeting::listing::ListingKind;

use super::{Draft, alias, empty, key, without_traits};
use crate::message::defect;

#[derive(Deserialize)]
struct Entity {
    #[serde(default)]
    id: String,
    schema: String,
    #[serde(default)]
    caption: String,
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

pub(super) fn read(text: &str, draft: &mut Draft) {
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
        listing.remarks = without_traits(&all("notes").join("; "));
        draft.add(n, listing);
    }
}
