//! Identifiers that tell one thing from all others: container and vessel numbers, wallets, phones,
//! mails, registration codes. Two of them are the same when their normal forms are; a check digit
//! says whether one can be right at all. Addresses are compared by words and numbers, so they are
//! in `address.rs`.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::codes::ContainerNumber;

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// A postal address.
    Address,
    /// A phone number.
    Phone,
    /// A mail address.
    Mail,
    /// A container (ISO 6346).
    Container,
    /// A vessel by its IMO number.
    Imo,
    /// A wallet of a digital currency.
    Wallet,
    /// A registration, tax or customs code.
    Code,
    /// A name on the web or in a messenger.
    Handle,
    /// A vessel's call sign.
    CallSign,
}
crate::words!(
    IdentifierKind,
    "a kind of identifier",
    Address = "address",
    Phone = "phone",
    Mail = "mail",
    Container = "container",
    Imo = "imo",
    Wallet = "wallet",
    Code = "code",
    Handle = "handle",
    CallSign = "call_sign",
);

/// An identifier in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// The form in which equal ones are equal.
    pub normal: String,
    /// False when its check digit does not hold.
    pub valid: bool,
}

/// Signs of an identifier at most.
const LONGEST: usize = 200;

impl Identifier {
    /// Reads an identifier of this kind; none when nothing of it is left.
    pub fn read(kind: IdentifierKind, text: &str) -> Option<Identifier> {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let bare = || -> String {
            text.chars()
                .filter(|sign| sign.is_alphanumeric())
                .flat_map(char::to_uppercase)
                .collect()
        };
        let of = |normal: String, valid: bool| {
            (!normal.is_empty()).then_some(Identifier { kind, normal, valid })
        };
        match kind {
            IdentifierKind::Address => of(crate::address::normal(&text), true),
            IdentifierKind::Phone => {
                let normal = phone(&text);
                let valid = (7..=15).contains(&normal.len());
                of(normal, valid)
            }
            IdentifierKind::Mail => {
                let normal = text.to_lowercase();
                let valid = normal.split_once('@').is_some_and(|(name, host)| {
                    !name.is_empty() && host.contains('.') && !host.contains('@')
                });
                of(normal, valid)
            }
            IdentifierKind::Container => {
                let bare = bare();
                let valid = bare.parse::<ContainerNumber>().is_ok();
                of(bare, valid)
            }
            IdentifierKind::Imo => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                let valid = imo_holds(&digits);
                of(digits, valid)
            }
            IdentifierKind::Wallet => wallet(&text).or_else(|| of(text.clone(), false)),
            IdentifierKind::Code | IdentifierKind::CallSign => {
                let bare = bare();
                let valid = bare.len() >= 3;
                of(bare, valid)
            }
            IdentifierKind::Handle => {
                let lower = text.to_lowercase();
                let name = lower.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
                of(name.trim_start_matches('@').to_owned(), true)
            }
        }
    }
}

/// A phone number by its last nine digits, which leaves the country's prefix and the zero of long
/// distance out.
fn phone(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(9)..].iter().collect()
}

/// Whether seven digits are an IMO number: the last one is the end of the weighted sum.
fn imo_holds(digits: &str) -> bool {
    let values: Vec<u32> = digits.bytes().map(|byte| u32::from(byte - b'0')).collect();
    let [first @ .., last] = &values[..] else { return false };
    let sum: u32 = first.iter().zip((2..=7).rev()).map(|(digit, times)| digit * times).sum();
    values.len() == 7 && sum % 10 == *last
}

/// A wallet whose checksum holds: bitcoin (base58check, bech32, bech32m), tron, ethereum.
fn wallet(text: &str) -> Option<Identifier> {
    let of = |normal: &str, valid: bool| Identifier {
        kind: IdentifierKind::Wallet,
        normal: normal.to_owned(),
        valid,
    };
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
        && hex.len() == 40
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Some(of(&format!("0x{}", hex.to_lowercase()), eip55_holds(hex)));
    }
    let lower = text.to_lowercase();
    if ["bc1", "tb1", "ltc1"].iter().any(|start| lower.starts_with(start)) {
        // Either case is good, a mixture is not.
        let one_case = text == lower || text == text.to_uppercase();
        return Some(of(&lower, one_case && bech32_holds(&lower)));
    }
    let valid = base58check_holds(text);
    valid.then(|| of(text, true))
}

/// Ethereum's mixed case is its checksum (EIP-55); a single case has none.
fn eip55_holds(hex: &str) -> bool {
    let lower = hex.to_lowercase();
    if hex == lower || hex == hex.to_uppercase() {
        return true;
    }
    let hash = sha3::Keccak256::digest(lower.as_bytes());
    hex.bytes().enumerate().all(|(at, sign)| {
        let nibble = (hash[at / 2] >> if at % 2 == 0 { 4 } else { 0 }) & 15;
        sign.is_ascii_digit() || sign.is_ascii_uppercase() == (nibble >= 8)
    })
}

/// Bitcoin's and tron's addresses: 21 bytes and the first four of their doubled SHA-256.
fn base58check_holds(text: &str) -> bool {
    const SIGNS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if !(26..=35).contains(&text.len()) {
        return false;
    }
    let mut bytes = [0u8; 25];
    for sign in text.bytes() {
        let Some(value) = SIGNS.iter().position(|of| *of == sign) else { return false };
        let mut carry = value;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 255) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    // Leading ones stand for leading zeros.
    let ones = text.bytes().take_while(|sign| *sign == b'1').count();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let (body, check) = bytes.split_at(21);
    let sum = Sha256::digest(Sha256::digest(body));
    ones == zeros && sum[..4] == *check
}

/// Segwit addresses by BIP 173 and 350.
fn bech32_holds(text: &str) -> bool {
    const SIGNS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let Some(at) = text.rfind('1') else { return false };
    let (human, data) = (&text[..at], &text[at + 1..]);
    let values: Option<Vec<u32>> = data
        .bytes()
        .map(|sign| SIGNS.iter().position(|of| *of == sign).map(|value| value as u32))
        .collect();
    let Some(values) = values.filter(|values| values.len() >= 8 && text.len() <= 90) else {
        return false;
    };
    let human = human.bytes();
    let all = human
        .clone()
        .map(|sign| u32::from(sign) >> 5)
        .chain([0])
        .chain(human.map(|sign| u32::from(sign) & 31))
        .chain(values.iter().copied());
    let mut sum: u32 = 1;
    for value in all {
        let top = sum >> 25;
        sum = (sum & 0x1ff_ffff) << 5 ^ value;
        let generators = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3u32];
        for (bit, generator) in generators.iter().enumerate() {
            if top >> bit & 1 == 1 {
                sum ^= generator;
            }
        }
    }
    // Version 0 ends on 1, later ones on another constant.
    sum == if values[0] == 0 { 1 } else { 0x2bc8_30a3 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: IdentifierKind, text: &str, normal: &str, valid: bool) {
        let read = Identifier::read(kind, text).unwrap();
        assert_eq!((read.normal.as_str(), read.valid), (normal, valid), "{text}");
    }

    #[test]
    fn check_digits_are_held() {
        use IdentifierKind::*;
        check(Container, "CSQU 305438-3", "CSQU3054383", true);
        check(Container, "CSQU 305438-4", "CSQU3054384", false);
        check(Imo, "IMO 9074729", "9074729", true);
        check(Imo, "9074728", "9074728", false);
        check(Phone, "+82 10-1234-5678", "012345678", true);
        check(Phone, "010-1234-5678", "012345678", true);
        check(Mail, " Kim@Example.COM ", "kim@example.com", true);
        check(Handle, "https://t.me/@Some_Name", "some_name", true);
        check(Code, "110-81-28774", "1108128774", true);
    }

    #[test]
    fn wallets_are_held_against_their_checksums() {
        use IdentifierKind::Wallet;
        // The address of bitcoin's first block, and the examples of the standards.
        let first = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
        check(Wallet, first, first, true);
        check(Wallet, &first.replace("Na", "Nb"), &first.replace("Na", "Nb"), false);
        let segwit = "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4";
        check(Wallet, segwit, &segwit.to_lowercase(), true);
        let taproot = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0";
        check(Wallet, taproot, taproot, true);
        let checked = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        check(Wallet, checked, &checked.to_lowercase(), true);
        check(Wallet, &checked.replace("5aA", "5aa"), &checked.to_lowercase(), false);
        check(Wallet, &checked.to_lowercase(), &checked.to_lowercase(), true);
    }
}
