//! Parties: who stands behind a consignment, in which role, under which names and addresses.
//! Names are kept for identity only: they reach this file and watchlist matching, never a
//! feature or a rule (see `facts.rs`). A party carries no trait of a person: no nationality,
//! sex, age, religion or origin of a name has a field here.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// The part that a party plays in a consignment (UN/EDIFACT 3035 in brackets).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sends the goods: seller or exporter (CZ).
    Consignor,
    /// Receives the goods: buyer or importer (CN).
    Consignee,
    /// Lodges the declaration: the customs broker (CB).
    Declarant,
    /// Carries the goods on the main leg (CA).
    Carrier,
    /// Carries express parcels from door to door.
    Courier,
    /// Is told of the arrival (NI).
    NotifyParty,
    /// Consolidates and forwards: the freight forwarder or agent (FW).
    Forwarder,
}

/// One party of one consignment, as declared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// The part it plays.
    pub role: Role,
    /// A registration number or code, where the source gives one.
    #[serde(default, skip_serializing_if = "CompactString::is_empty")]
    pub code: CompactString,
    /// Name, address and contacts, where the source gives them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Box<Contact>>,
}

/// Name, address, phones and mails as declared, kept as written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Name as written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Address lines as written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Country in which the address lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_country: Option<crate::codes::CountryCode>,
    /// Phone numbers as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// Mail addresses as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mails: Vec<String>,
}

impl Party {
    /// A party known by its code alone.
    pub fn by_code(role: Role, code: &str) -> Party {
        Party { role, code: CompactString::new(code), contact: None }
    }

    /// An opaque key of who this is: the code when there is one, else the folded name.
    /// `None` when the source says nothing. It is a hash, so that nothing that reads it can
    /// learn a name or anything a name suggests.
    pub fn identity(&self) -> Option<u64> {
        if !self.code.is_empty() {
            return Some(crate::history::hash_text(&self.code));
        }
        let contact = self.contact.as_deref()?;
        let folded = fold(&contact.name);
        (!folded.is_empty()).then(|| crate::history::hash_text(&folded))
    }

    /// An opaque key of how this party is called, whatever its code; `None` without a name.
    /// Many names under one code are the trace of a stolen code.
    pub fn called_identity(&self) -> Option<u64> {
        let folded = fold(&self.contact.as_deref()?.name);
        (!folded.is_empty()).then(|| crate::history::hash_text(&folded))
    }

    /// An opaque key of the address, or `None` when none is declared.
    pub fn address_identity(&self) -> Option<u64> {
        let folded = fold(&self.contact.as_deref()?.address);
        (!folded.is_empty()).then(|| crate::history::hash_text(&folded))
    }

    /// An opaque key of the first phone number by its last nine digits, which drops the
    /// country prefix and the leading zero; `None` when fewer than seven digits are declared.
    pub fn phone_identity(&self) -> Option<u64> {
        let phone = self.contact.as_deref()?.phones.first()?;
        let digits: Vec<u8> = phone.bytes().filter(u8::is_ascii_digit).collect();
        let tail = &digits[digits.len().saturating_sub(9)..];
        (tail.len() >= 7).then(|| crate::history::hash_bytes(tail))
    }
}

/// Lower case, letters and digits only, so that spacing and punctuation make no new identity.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, phone: &str) -> Party {
        let contact =
            Contact { name: name.to_owned(), phones: vec![phone.to_owned()], ..Contact::default() };
        Party {
            role: Role::Consignee,
            code: CompactString::default(),
            contact: Some(Box::new(contact)),
        }
    }

    #[test]
    fn writing_habits_make_no_new_identity() {
        let one = named("Hanbit Trading Co., Ltd.", "+82 10-1234-5678");
        let two = named("HANBIT TRADING CO LTD", "010 1234 5678");
        assert_eq!(one.identity(), two.identity());
        assert_eq!(one.phone_identity(), two.phone_identity());
        assert_ne!(one.identity(), named("Hanbich Trading", "").identity());
        assert_eq!(named("...", "12").identity(), None);
        assert_eq!(named("...", "12").phone_identity(), None);
    }
}
