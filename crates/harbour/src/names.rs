//! Invented people, firms and numbers, all derived from an index, so that twenty million
//! consignees need no memory. Names are joined from syllables, towns do not exist, and telephone
//! numbers lie in a block that is not given out. The spelling of a row varies, the identity does
//! not.

use crate::dice::mix;
use crate::places::COUNTRIES;
use crate::row::Text;

const SURNAMES: [(&str, &str); 16] = [
    ("김", "Kim"),
    ("이", "Lee"),
    ("박", "Park"),
    ("최", "Choi"),
    ("정", "Jung"),
    ("강", "Kang"),
    ("조", "Cho"),
    ("윤", "Yoon"),
    ("장", "Jang"),
    ("임", "Lim"),
    ("한", "Han"),
    ("오", "Oh"),
    ("서", "Seo"),
    ("신", "Shin"),
    ("권", "Kwon"),
    ("황", "Hwang"),
];

const GIVEN: [(&str, &str); 24] = [
    ("민", "min"),
    ("서", "seo"),
    ("지", "ji"),
    ("현", "hyun"),
    ("준", "jun"),
    ("우", "woo"),
    ("은", "eun"),
    ("수", "soo"),
    ("하", "ha"),
    ("예", "ye"),
    ("도", "do"),
    ("윤", "yun"),
    ("재", "jae"),
    ("영", "young"),
    ("진", "jin"),
    ("아", "a"),
    ("호", "ho"),
    ("연", "yeon"),
    ("태", "tae"),
    ("원", "won"),
    ("유", "yu"),
    ("나", "na"),
    ("성", "sung"),
    ("혜", "hye"),
];

const TOWNS: [(&str, &str); 10] = [
    ("가온시", "Gaon-si"),
    ("나래시", "Narae-si"),
    ("다솜시", "Dasom-si"),
    ("라온시", "Raon-si"),
    ("마루시", "Maru-si"),
    ("새결시", "Saegyeol-si"),
    ("아라시", "Ara-si"),
    ("온누리시", "Onnuri-si"),
    ("한결시", "Hangyeol-si"),
    ("해담시", "Haedam-si"),
];

const STREETS: [(&str, &str); 14] = [
    ("은행나무로", "Eunhaengnamu-ro"),
    ("솔바람길", "Solbaram-gil"),
    ("달맞이로", "Dalmaji-ro"),
    ("물레방아길", "Mullebanga-gil"),
    ("너른들로", "Neoreundeul-ro"),
    ("푸른솔길", "Pureunsol-gil"),
    ("샛별로", "Saetbyeol-ro"),
    ("돌다리길", "Doldari-gil"),
    ("참나무로", "Chamnamu-ro"),
    ("은하수로", "Eunhasu-ro"),
    ("포구길", "Pogu-gil"),
    ("등대로", "Deungdae-ro"),
    ("언덕길", "Eondeok-gil"),
    ("나루터로", "Naruteo-ro"),
];

const SYLLABLES: [&str; 32] = [
    "vel", "ora", "mi", "tan", "kes", "ru", "dol", "pha", "lin", "sor", "bek", "ani", "zu", "mer",
    "ost", "qui", "gra", "hel", "no", "vat", "ire", "sul", "cam", "du", "fen", "jor", "lux", "pri",
    "tek", "wyn", "yas", "eb",
];

const TAILS: [&str; 8] = [
    "Trading Ltd",
    "Exports",
    "Industries",
    "Supply Co",
    "International",
    "Group",
    "Works",
    "Goods Ltd",
];
const SHOP_TAILS: [&str; 6] = ["Shop", "Store", "Online", "Mall", "Direct", "Outlet"];
const KOREAN_TAILS: [(&str, &str); 6] = [
    ("무역", "Trading"),
    ("산업", "Industry"),
    ("상사", "Corporation"),
    ("유통", "Distribution"),
    ("테크", "Tech"),
    ("푸드", "Food"),
];

/// Appends a number with leading zeros.
pub(crate) fn push_digits(text: &mut Text, number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = number;
    for digit in digits[20 - width..].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    for digit in &digits[20 - width..] {
        text.push(char::from(*digit));
    }
}

fn push_capital(text: &mut Text, syllable: &str) {
    let mut letters = syllable.chars();
    if let Some(first) = letters.next() {
        text.push(first.to_ascii_uppercase());
        text.push_str(letters.as_str());
    }
}

/// A private person in Korea. `bits` in the methods below choose a spelling.
#[derive(Clone, Copy)]
pub(crate) struct Person(u64);

impl Person {
    pub fn of(seed: u64, index: u64) -> Self {
        Self(mix(seed ^ 0x9E50_0000, index))
    }

    /// Personal customs code: P and twelve digits.
    pub fn code(self) -> Text {
        let mut text = Text::const_new("P");
        push_digits(&mut text, mix(self.0, 1) % 1_000_000_000_000, 12);
        text
    }

    pub fn name(self, bits: u64) -> Text {
        let h = mix(self.0, 2);
        let family = SURNAMES[(h & 15) as usize];
        let one = GIVEN[((h >> 8) % 24) as usize];
        let two = GIVEN[((h >> 24) % 24) as usize];
        let mut text = Text::default();
        match bits & 7 {
            0..=3 => {
                text.push_str(family.0);
                text.push_str(one.0);
                text.push_str(two.0);
            }
            4 => {
                push_capital(&mut text, one.1);
                text.push_str(two.1);
                text.push(' ');
                text.push_str(family.1);
            }
            5 => {
                text.push_str(family.1);
                text.push(' ');
                push_capital(&mut text, one.1);
                text.push('-');
                text.push_str(two.1);
            }
            _ => {
                text.push_str(family.1);
                text.push(' ');
                text.push_str(one.1);
                text.push_str(two.1);
                text.make_ascii_uppercase();
            }
        }
        text
    }

    pub fn address(self, bits: u64) -> Text {
        let h = mix(self.0, 3);
        let town = TOWNS[(h % 10) as usize];
        let street = STREETS[((h >> 8) % 14) as usize];
        let number = (h >> 16) % 240 + 1;
        let home = (h >> 32) % 1800 + 101;
        let mut text = Text::default();
        if bits & 3 == 0 {
            push_number(&mut text, home);
            text.push_str("-ho, ");
            push_number(&mut text, number);
            text.push(' ');
            text.push_str(street.1);
            text.push_str(", ");
            text.push_str(town.1);
        } else {
            text.push_str(town.0);
            text.push(' ');
            text.push_str(street.0);
            text.push(' ');
            push_number(&mut text, number);
            text.push_str(if bits & 4 == 0 { ", " } else { " " });
            push_number(&mut text, home);
            text.push_str("호");
        }
        text
    }

    pub fn phone(self, bits: u64) -> Text {
        let h = mix(self.0, 4);
        let (middle, last) = (h % 1000, (h >> 20) % 10_000);
        let mut text = Text::default();
        let (head, gap) = match bits & 7 {
            0..=3 => ("010-0", "-"),
            4 => ("+82 10 0", " "),
            5 => ("0100", ""),
            6 => ("82-10-0", "-"),
            _ => ("010 0", " "),
        };
        text.push_str(head);
        push_digits(&mut text, middle, 3);
        text.push_str(gap);
        push_digits(&mut text, last, 4);
        text
    }

    /// The same identity as a business: number, street and telephone stay, the name is a firm's.
    pub fn business_number(self) -> Text {
        let h = mix(self.0, 5);
        let mut text = Text::default();
        push_digits(&mut text, h % 900 + 100, 3);
        text.push('-');
        push_digits(&mut text, (h >> 16) % 90 + 10, 2);
        text.push('-');
        push_digits(&mut text, (h >> 32) % 100_000, 5);
        text
    }

    pub fn firm_name(self, bits: u64) -> Text {
        let h = mix(self.0, 6);
        let stem = [h % 24, (h >> 8) % 24, (h >> 16) % 24].map(|i| GIVEN[i as usize]);
        let tail = KOREAN_TAILS[((h >> 24) % 6) as usize];
        let mut text = Text::default();
        if bits & 7 == 0 {
            text.push_str("㈜");
            for syllable in stem {
                text.push_str(syllable.0);
            }
            text.push_str(tail.0);
            return text;
        }
        push_capital(&mut text, stem[0].1);
        text.push_str(stem[1].1);
        text.push_str(stem[2].1);
        text.push(' ');
        text.push_str(tail.1);
        text.push_str(match bits & 7 {
            1 => " CO LTD",
            2 => " Co.,Ltd",
            _ => " Co., Ltd.",
        });
        if bits & 24 == 0 {
            text.make_ascii_uppercase();
        }
        text
    }
}

/// A sender abroad: a firm, a shop or a private person of one country.
#[derive(Clone, Copy)]
pub(crate) struct Foreigner {
    pub country: usize,
    hash: u64,
}

impl Foreigner {
    pub fn of(seed: u64, country: usize, index: u64) -> Self {
        Self { country, hash: mix(seed ^ 0xF0E1_0000, mix(country as u64, index)) }
    }

    /// The branch of the same name in another country.
    pub fn branch(self, country: usize) -> Self {
        Self { country, ..self }
    }

    /// Seller's number as the sources give it: letter, country, six digits.
    pub fn number(self, letter: char) -> Text {
        let mut text = Text::default();
        text.push(letter);
        text.push_str(COUNTRIES[self.country].code);
        push_digits(&mut text, mix(self.hash, 1) % 1_000_000, 6);
        text
    }

    fn stem(self, text: &mut Text) {
        let h = mix(self.hash, 2);
        push_capital(text, SYLLABLES[(h & 31) as usize]);
        text.push_str(SYLLABLES[(h >> 5 & 31) as usize]);
        if h >> 10 & 1 == 0 {
            text.push_str(SYLLABLES[(h >> 11 & 31) as usize]);
        }
    }

    pub fn firm_name(self, bits: u64) -> Text {
        let mut text = Text::default();
        self.stem(&mut text);
        text.push(' ');
        text.push_str(TAILS[(mix(self.hash, 3) & 7) as usize]);
        if bits & 3 == 0 {
            text.make_ascii_uppercase();
        }
        text
    }

    pub fn shop_name(self, bits: u64) -> Text {
        let mut text = Text::default();
        self.stem(&mut text);
        text.push(' ');
        text.push_str(SHOP_TAILS[(mix(self.hash, 3) % 6) as usize]);
        if bits & 3 == 0 {
            text.make_ascii_uppercase();
        }
        text
    }

    pub fn private_name(self, bits: u64) -> Text {
        let h = mix(self.hash, 4);
        let mut text = Text::default();
        push_capital(&mut text, SYLLABLES[(h & 31) as usize]);
        text.push_str(SYLLABLES[(h >> 5 & 31) as usize]);
        text.push(' ');
        push_capital(&mut text, SYLLABLES[(h >> 10 & 31) as usize]);
        text.push_str(SYLLABLES[(h >> 15 & 31) as usize]);
        if bits & 1 == 0 {
            text.make_ascii_uppercase();
        }
        text
    }

    pub fn address(self) -> Text {
        let h = mix(self.hash, 5);
        let mut text = Text::default();
        push_number(&mut text, h % 380 + 1);
        text.push(' ');
        push_capital(&mut text, SYLLABLES[(h >> 10 & 31) as usize]);
        text.push_str(SYLLABLES[(h >> 15 & 31) as usize]);
        text.push_str(if h >> 20 & 1 == 0 { " Road, " } else { " St, " });
        push_capital(&mut text, SYLLABLES[(h >> 21 & 31) as usize]);
        text.push_str(SYLLABLES[(h >> 26 & 31) as usize]);
        text
    }
}

fn push_number(text: &mut Text, number: u64) {
    let width = match number {
        0..=9 => 1,
        10..=99 => 2,
        100..=999 => 3,
        1000..=9999 => 4,
        _ => 8,
    };
    push_digits(text, number, width);
}

/// ISO 6346 check digit of owner code and serial; `None` when the text is not of that form.
pub fn container_check_digit(head: &str) -> Option<u8> {
    if head.len() != 10 {
        return None;
    }
    let mut sum = 0;
    for (place, byte) in head.bytes().enumerate() {
        let value = match (place, byte) {
            // Letters count from 10 and leave out the multiples of 11.
            (0..=3, b'A'..=b'Z') => {
                let letter = u32::from(byte - b'A');
                letter + 10 + letter.div_ceil(10)
            }
            (4..=9, b'0'..=b'9') => u32::from(byte - b'0'),
            _ => return None,
        };
        sum += value << place;
    }
    Some((sum % 11 % 10) as u8)
}

/// UPU S10 check digit of an eight-digit serial number.
pub fn postal_check_digit(serial: u32) -> u8 {
    const WEIGHTS: [u32; 8] = [7, 9, 5, 3, 2, 4, 6, 8];
    let mut rest = serial;
    let mut sum = 0;
    for weight in WEIGHTS {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        digit => digit as u8,
    }
}

const OWNERS: [&str; 8] = ["ZQHU", "XKLU", "QWVU", "YJBU", "ZVNU", "XQTU", "QZRU", "WXJU"];

/// A container number of an invented owner, with its right check digit.
pub(crate) fn container_number(hash: u64) -> Text {
    let mut text = Text::const_new(OWNERS[(hash & 7) as usize]);
    push_digits(&mut text, (hash >> 8) % 1_000_000, 6);
    let digit = container_check_digit(&text).unwrap_or(0);
    text.push(char::from(b'0' + digit));
    text
}

/// An S10 item number from a country, with its right check digit.
pub(crate) fn postal_item(hash: u64, country: &str) -> Text {
    const SERVICES: [&str; 5] = ["EE", "CP", "RX", "LX", "UA"];
    let serial = ((hash >> 8) % 100_000_000) as u32;
    let mut text = Text::const_new(SERVICES[(hash % 5) as usize]);
    push_digits(&mut text, u64::from(serial), 8);
    text.push(char::from(b'0' + postal_check_digit(serial)));
    text.push_str(country);
    text
}

/// An air waybill: three digits of the airline, seven of serial, the remainder by seven.
pub(crate) fn air_waybill(prefix: u64, hash: u64) -> Text {
    let serial = hash % 10_000_000;
    let mut text = Text::default();
    push_digits(&mut text, prefix, 3);
    text.push('-');
    push_digits(&mut text, serial, 7);
    push_digits(&mut text, serial % 7, 1);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_match_published_examples() {
        // CSQU3054383 is the worked example of ISO 6346; RX123456785 and 473124829 of UPU S10.
        assert_eq!(container_check_digit("CSQU305438"), Some(3));
        assert_eq!(container_check_digit("CSQU30543"), None);
        assert_eq!(postal_check_digit(47_312_482), 9);
        assert_eq!(postal_check_digit(12_345_678), 5);
    }

    #[test]
    fn a_person_keeps_the_code_whatever_the_spelling() {
        let person = Person::of(1, 77);
        assert_eq!(person.code(), Person::of(1, 77).code());
        assert_ne!(person.name(0), person.name(7));
        assert!(person.phone(0).starts_with("010-0"));
        assert_ne!(person.code(), Person::of(1, 78).code());
    }
}
