//! Watchlists as those who keep them publish them: CSV, OpenSanctions' FollowTheMoney lines, the
//! consolidated list of the United Nations, and the lists of OFAC. Each entry becomes a
//! `targeting::listing::Listing`; what says of a person where and when they were born, of which
//! nation, sex or faith, is left where it stands. An entry that cannot be used is a defect with its
//! line and spoils no other. No DTD is read and no entity expanded.

mod csv;
mod ftm;
mod ofac;
mod tree;
mod un;

use std::collections::HashMap;

use targeting::consignment::{Defect, DefectKind};
use targeting::identifier::{Identifier, IdentifierKind};
use targeting::listing::{Alias, ListedKey, Listing, ListingKind};

use crate::message::defect;
use crate::message::text::decode_document;

/// Aliases and identifiers of one entry at most.
const MOST: usize = 200;
/// Letters of one name or identifier at most.
const LONGEST: usize = 400;
/// Letters of remarks at most.
const LONGEST_REMARK: usize = 4_000;

/// How a watchlist is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    /// A table with a header.
    Csv,
    /// OpenSanctions' FollowTheMoney entities, one JSON object a line.
    Ftm,
    /// The consolidated list of the United Nations Security Council.
    UnXml,
    /// OFAC's list of specially designated nationals as a table without a header.
    OfacCsv,
    /// OFAC's list as XML, the plain or the advanced form.
    OfacXml,
}
targeting::words!(
    ListFormat,
    "a format: csv, ftm, un_xml, ofac_csv or ofac_xml",
    Csv = "csv",
    Ftm = "ftm",
    UnXml = "un_xml",
    OfacCsv = "ofac_csv",
    OfacXml = "ofac_xml",
);

/// What was understood of a watchlist.
#[derive(Debug, Clone, PartialEq)]
pub struct Listings {
    /// How it is written.
    pub format: ListFormat,
    /// Its entries with their lines.
    pub entries: Vec<(u64, Listing)>,
    /// What was wrong.
    pub defects: Vec<Defect>,
    /// Records that list nobody, such as those that say who owns whom or name a relative.
    pub left_out: u64,
}

impl Listings {
    /// Where the file is cut off or damaged, so that who is not in it may have been; none where it
    /// is whole.
    pub fn damage(&self) -> Option<&Defect> {
        self.defects.iter().find(|one| one.kind.loses())
    }
}

/// Reads a watchlist; without a format it is told by how it begins.
///
/// # Errors
/// A sentence that says which formats are known, when it is none of them.
pub fn listings(bytes: &[u8], format: Option<ListFormat>) -> Result<Listings, String> {
    let (text, _) = decode_document(bytes, None);
    let text = text.trim_start_matches('\u{feff}');
    let format = match format.or_else(|| told_by(text)) {
        Some(format) => format,
        None => {
            return Err("the file is no known watchlist: a CSV file with the column name, \
                        FollowTheMoney lines, the consolidated list of the United Nations, or \
                        OFAC's list as CSV or XML"
                .to_owned());
        }
    };
    let mut draft = Draft::default();
    match format {
        ListFormat::Csv => csv::read(text, &mut draft)?,
        ListFormat::OfacCsv => csv::read_ofac(text, &mut draft),
        ListFormat::Ftm => ftm::read(text, &mut draft),
        ListFormat::UnXml => un::read(text, &mut draft),
        ListFormat::OfacXml => ofac::read(text, &mut draft),
    }
    let Draft { entries, defects, left_out, .. } = draft;
    Ok(Listings { format, entries, defects, left_out })
}

fn told_by(text: &str) -> Option<ListFormat> {
    let start = text.trim_start();
    let mut end = start.len().min(4_000);
    while !start.is_char_boundary(end) {
        end -= 1;
    }
    let head = &start[..end];
    if head.starts_with('{') {
        return head.contains("\"schema\"").then_some(ListFormat::Ftm);
    }
    if head.starts_with('<') {
        return match () {
            () if head.contains("CONSOLIDATED_LIST") => Some(ListFormat::UnXml),
            () if head.contains("sdnList") || head.contains("Sanctions") => {
                Some(ListFormat::OfacXml)
            }
            () => None,
        };
    }
    let first = head.lines().next()?;
    let cells: Vec<&str> = first.split(',').map(str::trim).collect();
    let numbered = cells.first()?.parse::<u64>().is_ok();
    if numbered && cells.len() >= 10 && first.contains("-0-") {
        return Some(ListFormat::OfacCsv);
    }
    csv::has_names(first).then_some(ListFormat::Csv)
}

/// What is gathered.
#[derive(Default)]
struct Draft {
    entries: Vec<(u64, Listing)>,
    defects: Vec<Defect>,
    left_out: u64,
    /// Where the entry of a reference stands.
    places: HashMap<String, usize>,
}

impl Draft {
    /// Takes an entry in, tidied, or says why it cannot be used. What comes under a reference that
    /// is there already is added to that entry, so that nobody is lost or listed twice.
    fn add(&mut self, line: u64, mut listing: Listing) {
        tidy_up(&mut listing);
        if !listing.name.chars().any(char::is_alphanumeric) {
            match (listing.aliases.is_empty(), listing.keys.first()) {
                (false, _) => listing.name = listing.aliases.remove(0).name,
                (true, Some(key)) => listing.name = key.text.clone(),
                (true, None) => {
                    let reason = "the entry has no name and no identifier";
                    self.defects.push(defect(line, "name", DefectKind::Missing, reason, b""));
                    return;
                }
            }
        }
        if listing.reference.is_empty() {
            // A list without numbers knows its entries by their names.
            listing.reference = listing.name.clone();
        }
        for key in &listing.keys {
            let digit = matches!(key.kind, IdentifierKind::Imo | IdentifierKind::Container);
            let wrong = Identifier::read(key.kind, &key.text).is_none_or(|read| !read.valid);
            if digit && wrong {
                let reason = "the check digit does not hold: the number is kept as it is written";
                let (field, found) = (key.kind.as_str(), key.text.as_bytes());
                self.defects.push(defect(line, field, DefectKind::Noted, reason, found));
            }
        }
        if let Some(at) = self.places.get(&listing.reference) {
            let (first, entry) = &mut self.entries[*at];
            let reason = format!(
                "{} stands on line {first} already: what is said here is added to that entry",
                listing.reference
            );
            let found = listing.name.as_bytes();
            self.defects.push(defect(line, "reference", DefectKind::Noted, reason, found));
            entry.aliases.push(alias(listing.name, false));
            entry.aliases.extend(listing.aliases);
            entry.keys.extend(listing.keys);
            entry.programmes.extend(listing.programmes);
            if entry.remarks.is_empty() {
                entry.remarks = listing.remarks;
            }
            tidy_up(entry);
            return;
        }
        self.places.insert(listing.reference.clone(), self.entries.len());
        self.entries.push((line, listing));
    }
}

/// Without control signs, repetitions and what is too long or too much.
fn tidy_up(listing: &mut Listing) {
    listing.name = tidy(&listing.name, LONGEST);
    listing.remarks = tidy(&listing.remarks, LONGEST_REMARK);
    listing.reference = tidy(&listing.reference, LONGEST);
    let mut seen = vec![listing.name.to_lowercase()];
    listing.aliases.retain_mut(|alias| {
        alias.name = tidy(&alias.name, LONGEST);
        let lower = alias.name.to_lowercase();
        let fresh = alias.name.chars().any(char::is_alphanumeric) && !seen.contains(&lower);
        if fresh && seen.len() <= MOST {
            seen.push(lower);
        }
        fresh && seen.len() <= MOST
    });
    let mut keys: Vec<ListedKey> = Vec::new();
    for key in listing.keys.drain(..) {
        let key = ListedKey { kind: key.kind, text: tidy(&key.text, LONGEST) };
        let usable = key.text.chars().any(char::is_alphanumeric);
        if usable && !keys.contains(&key) && keys.len() < MOST {
            keys.push(key);
        }
    }
    listing.keys = keys;
    listing.programmes.retain(|programme| !programme.trim().is_empty());
    let mut programmes = Vec::new();
    listing.programmes.retain(|programme| {
        let fresh = !programmes.contains(programme);
        if fresh {
            programmes.push(programme.clone());
        }
        fresh
    });
}

/// Without control signs and runs of blanks, cut to so many signs.
fn tidy(text: &str, longest: usize) -> String {
    let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control());
    let joined = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    joined.chars().take(longest).collect()
}

fn empty(kind: ListingKind) -> Listing {
    Listing {
        reference: String::new(),
        kind,
        name: String::new(),
        aliases: Vec::new(),
        keys: Vec::new(),
        programmes: Vec::new(),
        remarks: String::new(),
    }
}

fn alias(name: impl Into<String>, weak: bool) -> Alias {
    Alias { name: name.into(), weak }
}

fn key(kind: IdentifierKind, text: impl Into<String>) -> ListedKey {
    ListedKey { kind, text: text.into() }
}

/// The kind that a list's own word means; none for words that say none.
pub fn listing_kind(word: &str) -> Option<ListingKind> {
    Some(match word.trim().to_lowercase().as_str() {
        "person" | "individual" | "natural person" | "natural_person" | "people" | "사람"
        | "개인" | "자연인" => ListingKind::Person,
        "vessel" | "ship" | "선박" | "배" => ListingKind::Vessel,
        "aircraft" | "airplane" | "항공기" => ListingKind::Aircraft,
        "address" | "주소" => ListingKind::Address,
        "container" | "컨테이너" => ListingKind::Container,
        "wallet" | "cryptowallet" | "지갑" | "가상자산 지갑" => ListingKind::Wallet,
        "contact" | "phone" | "mail" | "email" | "handle" | "연락처" | "전화" | "전화번호"
        | "이메일" | "메일" => ListingKind::Contact,
        "organization" | "organisation" | "company" | "entity" | "legalentity" | "publicbody"
        | "public_body" | "firm" | "business" | "corporation" | "-0-" | "단체" | "법인"
        | "회사" | "기업" | "업체" | "기관" => ListingKind::Organization,
        "other" | "기타" => ListingKind::Other,
        _ => return None,
    })
}

fn kind_of(word: &str) -> ListingKind {
    listing_kind(word).unwrap_or(ListingKind::Other)
}

/// What kind of identifier a list's label means; none for those of persons that tell traits or
/// that nobody declares, such as passports.
fn key_kind(label: &str) -> Option<IdentifierKind> {
    let label = label.to_ascii_lowercase();
    let has = |word: &str| label.contains(word);
    Some(match () {
        () if has("digital currency") || has("wallet") || has("publickey") => {
            IdentifierKind::Wallet
        }
        () if has("imo") || has("vessel registration") => IdentifierKind::Imo,
        () if has("call sign") || has("callsign") => IdentifierKind::CallSign,
        () if has("email") || has("e-mail") => IdentifierKind::Mail,
        () if has("phone") || has("fax") => IdentifierKind::Phone,
        () if has("website") || has("telegram") || has("handle") => IdentifierKind::Handle,
        () if has("container") => IdentifierKind::Container,
        () if has("registration") || has("tax") || has("company number") || has("business") => {
            IdentifierKind::Code
        }
        () if has("commercial") || has("enterprise number") || has("customs") || has("d-u-n-s") => {
            IdentifierKind::Code
        }
        () => return None,
    })
}

/// Remarks without what tells traits of a person.
fn without_traits(remarks: &str) -> String {
    const TRAITS: [&str; 16] = [
        "dob",
        "pob",
        "alt. dob",
        "alt. pob",
        "nationality",
        "alt. nationality",
        "citizen",
        "alt. citizen",
        "gender",
        "passport",
        "alt. passport",
        "born",
        "national id",
        "religion",
        "sex",
        "ethnic",
    ];
    let parts = remarks.split(';').map(str::trim).filter(|part| {
        let lower = part.to_lowercase();
        !TRAITS.iter().any(|of| lower.starts_with(of))
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Identifiers that remarks of OFAC tell: `Digital Currency Address - XBT 1abc`.
fn keys_in(remarks: &str) -> Vec<ListedKey> {
    let mut keys = Vec::new();
    for part in remarks.split(';').map(|part| part.trim().trim_end_matches('.')) {
        let lower = part.to_ascii_lowercase();
        let kind = match () {
            () if lower.contains("digital currency address") => IdentifierKind::Wallet,
            () if lower.contains("imo ") => IdentifierKind::Imo,
            () if lower.starts_with("email address") => IdentifierKind::Mail,
            () if lower.starts_with("phone number") => IdentifierKind::Phone,
            () if lower.starts_with("website") => IdentifierKind::Handle,
            () if lower.starts_with("registration number") || lower.starts_with("tax id") => {
                IdentifierKind::Code
            }
            () => continue,
        };
        let words: Vec<&str> = part.split_whitespace().collect();
        let text = match kind {
            IdentifierKind::Phone => words.get(2..).unwrap_or_default().join(" "),
            IdentifierKind::Imo => {
                let at = words.iter().position(|word| word.eq_ignore_ascii_case("imo"));
                at.and_then(|at| words.get(at + 1)).map(ToString::to_string).unwrap_or_default()
            }
            IdentifierKind::Wallet => {
                // Its coin stands before it, another note behind.
                let long = |word: &&&str| word.len() >= 20;
                words.iter().find(long).map(ToString::to_string).unwrap_or_default()
            }
            IdentifierKind::Mail => {
                let mail = words.iter().find(|word| word.contains('@'));
                mail.map(ToString::to_string).unwrap_or_default()
            }
            _ => words
                .iter()
                .find(|word| word.chars().any(|sign| sign.is_ascii_digit() || sign == '.'))
                .map(ToString::to_string)
                .unwrap_or_default(),
        };
        if !text.is_empty() {
            keys.push(key(kind, text));
        }
    }
    keys
}
