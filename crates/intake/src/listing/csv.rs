//! Watchlists as tables: one's own with a header in any order, and OFAC's table without one.

use targeting::consignment::DefectKind;
use targeting::identifier::IdentifierKind;
use targeting::listing::ListingKind;

use super::{Draft, alias, empty, key, keys_in, kind_of, listing_kind, without_traits};
use crate::message::defect;
use crate::plain::{KIND_COLUMNS, NAME_COLUMNS, PlainTable, REFERENCE_COLUMNS, delimiter};

/// Columns by the names that files use, in lower case.
const ALIASES: [&str; 7] = ["aliases", "alias", "aka", "other_names", "별명", "별칭", "다른 이름"];
const WEAK: [&str; 2] = ["weak_aliases", "weakalias"];
const PROGRAMMES: [&str; 6] =
    ["programme", "program", "programmes", "sanctions", "프로그램", "제재"];
const REMARKS: [&str; 6] = ["remarks", "notes", "reason", "note", "비고", "사유"];
const KEYS: [(&str, IdentifierKind); 37] = [
    ("주소", IdentifierKind::Address),
    ("전화", IdentifierKind::Phone),
    ("전화번호", IdentifierKind::Phone),
    ("연락처", IdentifierKind::Phone),
    ("메일", IdentifierKind::Mail),
    ("이메일", IdentifierKind::Mail),
    ("전자우편", IdentifierKind::Mail),
    ("컨테이너", IdentifierKind::Container),
    ("컨테이너번호", IdentifierKind::Container),
    ("컨테이너 번호", IdentifierKind::Container),
    ("imo번호", IdentifierKind::Imo),
    ("imo 번호", IdentifierKind::Imo),
    ("지갑", IdentifierKind::Wallet),
    ("부호", IdentifierKind::Code),
    ("사업자번호", IdentifierKind::Code),
    ("사업자등록번호", IdentifierKind::Code),
    ("호출부호", IdentifierKind::CallSign),
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

/// Whether a first line is the header of a list.
pub(super) fn has_names(head: &str) -> bool {
    let cells = head.split(char::from(delimiter(head)));
    let known = |cell: &str| {
        let cell = cell.trim().trim_matches('"').to_lowercase();
        NAME_COLUMNS.contains(&cell.as_str()) || KEYS.iter().any(|(name, _)| *name == cell)
    };
    cells.into_iter().any(known)
}

/// Several values of one cell stand apart by `;` or `|`.
fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|']).map(str::trim).filter(|one| !one.is_empty())
}

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), String> {
    let table = PlainTable::of(text)?;
    draft.defects.extend(table.defects().iter().cloned());
    let (name, kind) = (table.column(&NAME_COLUMNS), table.column(&KIND_COLUMNS));
    let (aliases, weak) = (table.column(&ALIASES), table.column(&WEAK));
    let (reference, programme) = (table.column(&REFERENCE_COLUMNS), table.column(&PROGRAMMES));
    let remarks = table.column(&REMARKS);
    let keys: Vec<(usize, IdentifierKind)> = table
        .head()
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let name = name.trim().to_lowercase();
            KEYS.iter().find(|(known, _)| *known == name).map(|(_, kind)| (at, *kind))
        })
        .collect();
    if name.is_none() && keys.is_empty() {
        return Err("the header has no column name and no column of an identifier".to_owned());
    }
    let columns = table.head().len();
    // Whole rows so far, and whether the latest row is short where all before it are whole.
    let (mut whole, mut ragged, mut short) = (0usize, false, None);
    for (line, record) in table.rows() {
        ragged |= short.is_some();
        short = (record.len() < columns).then_some(line);
        whole += usize::from(short.is_none());
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.iter().skip(columns).any(|cell| !cell.trim().is_empty()) {
            let reason = format!(
                "the line has {} cells and the header {columns}: the rest is left out; a name with \
                 a separator in it stands in quotes",
                record.len()
            );
            let found = record.iter().skip(columns).collect::<Vec<_>>().join(" ");
            draft.defects.push(defect(line, "", DefectKind::Noted, reason, found.as_bytes()));
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
        let said = listing_kind(word);
        if said.is_none() && !word.is_empty() {
            let reason = "this is no kind: it was guessed; known are person, organization, vessel, \
                          aircraft, address, container, wallet, contact and other";
            draft.defects.push(defect(line, "kind", DefectKind::Noted, reason, word.as_bytes()));
        }
        listing.kind = match (said, listing.keys.first()) {
            (Some(said), _) => said,
            (None, _) if !listing.name.is_empty() => {
                match targeting::names::Kind::guess(&listing.name) {
                    targeting::names::Kind::Person => ListingKind::Person,
                    _ => ListingKind::Organization,
                }
            }
            (None, Some(key)) => match key.kind {
                IdentifierKind::Address => ListingKind::Address,
                IdentifierKind::Container => ListingKind::Container,
                IdentifierKind::Imo | IdentifierKind::CallSign => ListingKind::Vessel,
                IdentifierKind::Wallet => ListingKind::Wallet,
                IdentifierKind::Phone | IdentifierKind::Mail | IdentifierKind::Handle => {
                    ListingKind::Contact
                }
                IdentifierKind::Code => ListingKind::Organization,
            },
            (None, None) => ListingKind::Other,
        };
        draft.add(line, listing);
    }
    if let Some(line) = short.filter(|_| table.ends_open() && !ragged && whole > 1) {
        let reason = "the file ends within this line, where every other has all its cells";
        draft.defects.push(defect(line, "", DefectKind::Truncated, reason, b""));
    }
    Ok(())
}

/// OFAC's table: number, name, kind, programme, title, call sign, and further columns of vessels,
/// remarks last. What is not known is written `-0-`.
pub(super) fn read_ofac(text: &str, draft: &mut Draft) {
    let mut cells = None;
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
        if record.len() < *cells.get_or_insert(record.len()) {
            let reason = "the line has fewer cells than the first: the file is cut off or damaged";
            draft.defects.push(defect(line, "", DefectKind::Truncated, reason, b""));
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
