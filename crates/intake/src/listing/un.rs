//! The consolidated list of the United Nations Security Council: individuals and entities with
//! their names in parts, aliases by quality, addresses and documents.

use targeting::identifier::IdentifierKind;
use targeting::listing::{Listing, ListingKind};

use super::tree::{Node, elements};
use super::{Draft, alias, empty, key, without_traits};

pub(super) fn read(text: &str, draft: &mut Draft) {
    elements(text, &["INDIVIDUAL", "ENTITY"], draft, |node, line, draft| {
        let listing = match node.name.as_str() {
            "INDIVIDUAL" => individual(&node),
            _ => entity(&node),
        };
        draft.add(line, listing);
    });
}

/// What both have.
fn begun(node: &Node, kind: ListingKind) -> Listing {
    let mut listing = empty(kind);
    listing.reference = match node.text_of("REFERENCE_NUMBER") {
        "" => node.text_of("DATAID").to_owned(),
        number => number.to_owned(),
    };
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
    let parts = parts.map(|part| node.text_of(part));
    listing.name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    listing.programmes.push(node.text_of("UN_LIST_TYPE").to_owned());
    listing.aliases.push(alias(node.text_of("NAME_ORIGINAL_SCRIPT"), false));
    listing.remarks = without_traits(node.text_of("COMMENTS1"));
    listing
}

fn aliases(node: &Node, name: &str, listing: &mut Listing) {
    for one in node.all(name) {
        let weak = one.text_of("QUALITY").eq_ignore_ascii_case("low");
        // Several names of one alias are numbered in one text now and then.
        for name in one.text_of("ALIAS_NAME").split(';') {
            listing.aliases.push(alias(name.trim(), weak));
        }
    }
}

fn addresses(node: &Node, name: &str, listing: &mut Listing) {
    for one in node.all(name) {
        let parts = ["STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY"];
        let parts: Vec<&str> = parts
            .map(|part| one.text_of(part))
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        // A country alone finds everybody there.
        if parts.len() > 1 {
            listing.keys.push(key(IdentifierKind::Address, parts.join(", ")));
        }
    }
}

fn individual(node: &Node) -> Listing {
    let mut listing = begun(node, ListingKind::Person);
    aliases(node, "INDIVIDUAL_ALIAS", &mut listing);
    addresses(node, "INDIVIDUAL_ADDRESS", &mut listing);
    listing
}

fn entity(node: &Node) -> Listing {
    let vessel = node.text_of("UN_LIST_TYPE").eq_ignore_ascii_case("vessel");
    let kind = if vessel { ListingKind::Vessel } else { ListingKind::Organization };
    let mut listing = begun(node, kind);
    aliases(node, "ENTITY_ALIAS", &mut listing);
    addresses(node, "ENTITY_ADDRESS", &mut listing);
    // Vessels are told by their number within the comments: (IMO: 1234567).
    let comments = node.text_of("COMMENTS1");
    let imo = comments.to_ascii_uppercase();
    let imo = imo.split("IMO").nth(1).map(|rest| {
        let digits = rest.trim_start_matches(|sign: char| !sign.is_ascii_digit());
        digits.chars().take_while(char::is_ascii_digit).collect::<String>()
    });
    if let Some(imo) = imo.filter(|imo| imo.len() == 7) {
        listing.keys.push(key(IdentifierKind::Imo, imo));
    }
    listing
}
