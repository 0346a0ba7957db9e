//! OFAC's lists as XML: the plain form with an element an entry, and the advanced form, whose
//! parties refer to tables of words that stand before them and to sanctions that stand behind.

use std::collections::HashMap;

use targeting::identifier::IdentifierKind;
use targeting::listing::{Listing, ListingKind};

use super::tree::{Node, elements};
use super::{Draft, alias, empty, key, key_kind, keys_in, kind_of, without_traits};

const WANTED: [&str; 6] =
    ["sdnEntry", "DistinctParty", "FeatureType", "PartySubType", "SanctionsEntry", "Location"];

/// Words of the advanced form by their numbers.
#[derive(Default)]
struct Words {
    features: HashMap<String, String>,
    subtypes: HashMap<String, String>,
    places: HashMap<String, String>,
    /// Where in the draft the party of a profile stands.
    profiles: HashMap<String, usize>,
}

pub(super) fn read(text: &str, draft: &mut Draft) {
    let mut words = Words::default();
    elements(text, &WANTED, draft, |node, line, draft| match node.name.as_str() {
        "sdnEntry" => draft.add(line, plain(&node)),
        "FeatureType" => {
            words.features.insert(node.attribute("ID").to_owned(), node.text.trim().to_owned());
        }
        "PartySubType" => {
            words.subtypes.insert(node.attribute("ID").to_owned(), node.text.trim().to_owned());
        }
        "Location" => {
            let parts = node.at(&["LocationPart", "LocationPartValue", "Value"]);
            let parts: Vec<&str> = parts.into_iter().map(|part| part.text.trim()).collect();
            if parts.len() > 1 {
                words.places.insert(node.attribute("ID").to_owned(), parts.join(", "));
            }
        }
        "DistinctParty" => {
            let before = draft.entries.len();
            for profile in node.all("Profile") {
                draft.add(line, advanced(profile, &words));
                if draft.entries.len() > before {
                    words.profiles.insert(profile.attribute("ID").to_owned(), before);
                }
                // A party has one profile.
                break;
            }
        }
        "SanctionsEntry" => {
            let at = words.profiles.get(node.attribute("ProfileID"));
            if let Some((_, listing)) = at.and_then(|at| draft.entries.get_mut(*at)) {
                for measure in node.at(&["SanctionsMeasure", "Comment"]) {
                    let programme = measure.text.trim().to_owned();
                    if !programme.is_empty() && !listing.programmes.contains(&programme) {
                        listing.programmes.push(programme);
                    }
                }
            }
        }
        _ => {}
    });
}

/// The last name stands first, as the list writes it.
fn whole(node: &Node) -> String {
    let (first, last) = (node.text_of("firstName"), node.text_of("lastName"));
    match (first, last) {
        ("", last) => last.to_owned(),
        (first, "") => first.to_owned(),
        (first, last) => format!("{last}, {first}"),
    }
}

fn plain(node: &Node) -> Listing {
    let kind = match node.text_of("sdnType").to_ascii_lowercase().as_str() {
        "entity" => ListingKind::Organization,
        word => kind_of(word),
    };
    let mut listing = empty(kind);
    listing.reference = node.text_of("uid").to_owned();
    listing.name = whole(node);
    for aka in node.at(&["akaList", "aka"]) {
        let weak = aka.text_of("category").eq_ignore_ascii_case("weak");
        listing.aliases.push(alias(whole(aka), weak));
    }
    for program in node.at(&["programList", "program"]) {
        listing.programmes.push(program.text.trim().to_owned());
    }
    for address in node.at(&["addressList", "address"]) {
        let parts = ["address1", "address2", "address3", "city", "stateOrProvince", "postalCode"];
        let parts: Vec<&str> =
            parts.map(|part| address.text_of(part)).into_iter().filter(|p| !p.is_empty()).collect();
        if parts.len() > 1 {
            listing.keys.push(key(IdentifierKind::Address, parts.join(", ")));
        }
    }
    for id in node.at(&["idList", "id"]) {
        if let Some(of) = key_kind(id.text_of("idType"))
            && (kind != ListingKind::Person || of != IdentifierKind::Code)
        {
            listing.keys.push(key(of, id.text_of("idNumber")));
        }
    }
    for vessel in node.all("vesselInfo") {
        listing.keys.push(key(IdentifierKind::CallSign, vessel.text_of("callSign")));
    }
    let remarks = node.text_of("remarks");
    listing.keys.extend(keys_in(remarks));
    listing.remarks = without_traits(remarks);
    listing
}

fn advanced(profile: &Node, words: &Words) -> Listing {
    let subtype = words.subtypes.get(profile.attribute("PartySubTypeID"));
    let kind = match subtype.map(|word| word.to_ascii_lowercase()).as_deref() {
        Some("vessel") => ListingKind::Vessel,
        Some("aircraft") => ListingKind::Aircraft,
        // Both others are called unknown; the list's numbers tell them.
        _ => match profile.attribute("PartySubTypeID") {
            "1" => ListingKind::Vessel,
            "2" => ListingKind::Aircraft,
            "4" => ListingKind::Person,
            _ => ListingKind::Organization,
        },
    };
    let mut listing = empty(kind);
    listing.reference = profile.attribute("ID").to_owned();
    for identity in profile.all("Identity") {
        for one in identity.all("Alias") {
            let weak = one.attribute("LowQuality") == "true";
            let main = one.attribute("Primary") == "true";
            for documented in one.all("DocumentedName") {
                let parts = documented.at(&["DocumentedNamePart", "NamePartValue"]);
                let parts: Vec<&str> = parts.into_iter().map(|part| part.text.trim()).collect();
                let name = parts.join(" ");
                if main && listing.name.is_empty() {
                    listing.name = name;
                } else {
                    listing.aliases.push(alias(name, weak));
                }
            }
        }
    }
    for feature in profile.all("Feature") {
        for location in feature.at(&["FeatureVersion", "VersionLocation"]) {
            if let Some(place) = words.places.get(location.attribute("LocationID")) {
                listing.keys.push(key(IdentifierKind::Address, place.clone()));
            }
        }
        let Some(label) = words.features.get(feature.attribute("FeatureTypeID")) else { continue };
        let Some(of) = key_kind(label) else { continue };
        for detail in feature.at(&["FeatureVersion", "VersionDetail"]) {
            listing.keys.push(key(of, detail.text.trim()));
        }
    }
    listing
}
