//! Watchlists as tables: one's own with a header in any order, and OFAC's table without one.

use targeting::consignment::DefectKind;
use targeting::identifier::IdentifierKind;
use targeting::listing::ListingKind;

use super::{Draft, alias, empty, key, keys_in, kind_of, without_traits};
use crate::message::defect;

/// Columns by the names that files use.
const NAMES: [&str; 6] = ["name", "caption", "full_name", "listed_name", "이름", "성명"];
const ALIASES: [&str; 4] = ["aliases", "alias", "aka", "other_names"];
const WEAK: [&str; 2] = ["weak_aliases", "weakalias"];
const KINDS: [&str; 4] = ["kind", "schema", "type", "entity_type"];
const REFERENCES: [&str; 4] = ["reference", "id", "uid", "number"];
const PROGRAMMES: [&str; 4] = ["programme", "program", "programmes", "sanctions"];
const REMARKS: [&str; 4] = ["remarks", "notes", "reason", "note"];
const KEYS: [(&str, IdentifierKind); 20] = [
    ("address", IdentifierKind::Address),
    ("addresses", IdentifierKind::Address),
    ("phone", IdentifierKind::Phone),
    ("phones", IdentifierKind::Phone),
    ("mail", IdentifierKind::Mail),
    ("mails", IdentifierKind::Mail),
    ("email", IdentifierKind::Mail),
    ("emails", IdentifierKind::Mail),
    ("container", IdentifierKind::Container),
    ("containers", IdentifierKind::Container),
    ("imo", IdentifierKind::Imo),
    ("imo_number", IdentifierKind::Imo),
    ("wallet", IdentifierKind::Wallet),
    ("wallets", IdentifierKind::Wallet),
    ("code", IdentifierKind::Code),
    ("codes", IdentifierKind::Code),
    ("identifiers", IdentifierKind::Code),
    ("handle", IdentifierKind::Handle),
    ("handles", IdentifierKind::Handle),
    ("call_sign", IdentifierKind::CallSign),
];

fn delimiter(head: &str) -> u8 {
    let count = |sign: char| head.matches(sign).count();
    match () {
        () if count('\t') > count(',') => b'\t',
        () if count(';') > count(',') => b';',
        () => b',',
    }
}

/// Whether a first line is the header of a list.
pub(super) fn has_names(head: &str) -> bool {
    let cells = head.split(char::from(delimiter(head)));
    let known = |cell: &str| {
        let cell = cell.trim().trim_matches('"').to_lowercase();
        NAMES.contains(&cell.as_str()) || KEYS.iter().any(|(name, _)| *name == cell)
    };
    cells.into_iter().any(known)
}

/// Several values of one cell stand apart by `;` or `|`.
fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|']).map(str::trim).filter(|one| !one.is_empty())
}

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), String> {
    let mut reader = ::csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter(text.lines().next().unwrap_or_default()))
        .from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| format!("the list cannot be read: {error}"))?;
    let head: Vec<String> = head.iter().map(|name| name.trim().to_lowercase()).collect();
    let find = |wanted: &[&str]| head.iter().position(|name| wanted.contains(&name.as_str()));
    let (name, kind) = (find(&NAMES), find(&KINDS));
    let (aliases, weak) = (find(&ALIASES), find(&WEAK));
    let (reference, programme) = (find(&REFERENCES), find(&PROGRAMMES));
    let remarks = find(&REMARKS);
    let keys: Vec<(usize, IdentifierKind)> = head
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            KEYS.iter().find(|(known, _)| known == name).map(|(_, kind)| (at, *kind))
        })
        .collect();
    if name.is_none() && keys.is_empty() {
        return Err("the header has no column name and no column of an identifier".to_owned());
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, ::csv::Position::line);
                let reason = format!("this line cannot be read: {error}");
                draft.defects.push(defect(line, "", DefectKind::Unreadable, reason, b""));
                continue;
            }
        };
        let line = record.position().map_or(0, ::csv::Position::line);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().trim();
        let mut listing = empty(ListingKind::Other);
        listing.name = cell(name).to_owned();
        listing.reference = cell(reference).to_owned();
        listing.aliases = several(cell(aliases)).map(|name| alias(name, false)).collect();
        listing.aliases.extend(several(cell(weak)).map(|name| alias(name, true)));
        listing.programmes = several(cell(programme)).map(str::to_owned).collect();
        listing.remarks = without_traits(cell(remarks));
        for (at, kind) in &keys {
            let cell = cell(Some(*at));
            // Addresses have commas and semicolons of their own.
            match kind {
                IdentifierKind::Address => {
                    let parts = cell.split('|').map(str::trim).filter(|one| !one.is_empty());
                    listing.keys.extend(parts.map(|text| key(*kind, text)));
                }
                _ => listing.keys.extend(several(cell).map(|text| key(*kind, text))),
            }
        }
        let word = cell(kind);
        listing.kind = match (word.is_empty(), listing.keys.first()) {
            (false, _) => kind_of(word),
            (true, _) if !listing.name.is_empty() => {
                match targeting::names::Kind::guess(&listing.name) {
                    targeting::names::Kind::Person => ListingKind::Person,
                    _ => ListingKind::Organization,
                }
            }
            (true, Some(key)) => match key.kind {
                IdentifierKind::Address => ListingKind::Address,
                IdentifierKind::Container => ListingKind::Container,
                IdentifierKind::Imo | IdentifierKind::CallSign => ListingKind::Vessel,
                IdentifierKind::Wallet => ListingKind::Wallet,
                IdentifierKind::Phone | IdentifierKind::Mail | IdentifierKind::Handle => {
                    ListingKind::Contact
                }
                IdentifierKind::Code => ListingKind::Organization,
            },
            (true, None) => ListingKind::Other,
        };
        draft.add(line, listing);
    }
    Ok(())
}

/// OFAC's table: number, name, kind, programme, title, call sign, and further columns of vessels,
/// remarks last. What is not known is written `-0-`.
pub(super) fn read_ofac(text: &str, draft: &mut Draft) {
    let mut reader =
        ::csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, ::csv::Position::line);
                let reason = format!("this line cannot be read: {error}");
                draft.defects.push(defect(line, "", DefectKind::Unreadable, reason, b""));
                continue;
            }
        };
        let line = record.position().map_or(0, ::csv::Position::line);
        let cell = |at: usize| match record.get(at).unwrap_or_default().trim() {
            "-0-" => "",
            text => text,
        };
        // The file ends on a mark of old systems.
        if cell(1).is_empty() && cell(0).chars().all(|sign| !sign.is_ascii_digit()) {
            continue;
        }
        let mut listing = empty(match record.get(2).unwrap_or_default().trim() {
            "-0-" | "" => ListingKind::Organization,
            word => kind_of(word),
        });
        listing.reference = cell(0).to_owned();
        listing.name = cell(1).to_owned();
        let programmes = cell(3).split(['[', ']', ';']).map(str::trim);
        listing.programmes = programmes.filter(|one| !one.is_empty()).map(str::to_owned).collect();
        if !cell(5).is_empty() {
            listing.keys.push(key(IdentifierKind::CallSign, cell(5)));
        }
        let remarks = cell(11);
        listing.keys.extend(keys_in(remarks));
        for part in remarks.split(';').map(str::trim) {
            let quoted = part.split(['\'', '"', '“', '”']).nth(1);
            let also = ["a.k.a.", "f.k.a.", "n.k.a."].iter().any(|of| part.starts_with(of));
            if let (true, Some(name)) = (also, quoted) {
                listing.aliases.push(alias(name, true));
            }
        }
        listing.remarks = without_traits(remarks);
        draft.add(line, listing);
    }
}
