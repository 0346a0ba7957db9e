//! Search keys: what a person may type to find a consignment, made of its names, goods and
//! numbers. Hangul is kept apart into its letters, so that a word is found while it is being
//! typed; beside it stand its initial consonants and its romanised form. Keys serve search alone:
//! nothing that judges reads them.

use crate::consignment::Consignment;
use crate::party::Role;

const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];
const ROMAN_INITIALS: [&str; 19] = [
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p",
    "h",
];
const ROMAN_VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we",
    "wi", "yu", "eu", "ui", "i",
];
const ROMAN_FINALS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p",
    "t", "t", "ng", "t", "t", "k", "t", "p", "t",
];

/// Initial, vowel and final of a Hangul syllable, by number.
fn letters(sign: char) -> Option<(usize, usize, usize)> {
    let n = (sign as u32).checked_sub(0xac00).filter(|n| *n < 11_172)? as usize;
    Some((n / 588, n % 588 / 28, n % 28))
}

/// A sign as it is kept: lower case, and a syllable as its letters (Unicode's decomposition).
fn spelled(sign: char, out: &mut String) {
    let Some((initial, vowel, last)) = letters(sign) else {
        out.extend(sign.to_lowercase());
        return;
    };
    let letter = |first: u32, n: usize| char::from_u32(first + n as u32).unwrap_or(' ');
    out.push(letter(0x1100, initial));
    out.push(letter(0x1161, vowel));
    if last > 0 {
        out.push(letter(0x11a7, last));
    }
}

/// A text's words as they are kept, each after a space; Hangul words come thrice: by letters, by
/// initial consonants and romanised.
fn add(text: &str, out: &mut String) {
    for word in text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()) {
        out.push(' ');
        word.chars().for_each(|sign| spelled(sign, out));
        if !word.chars().any(|sign| letters(sign).is_some()) {
            continue;
        }
        out.push(' ');
        for sign in word.chars() {
            match letters(sign) {
                Some((initial, ..)) => out.push(INITIALS[initial]),
                None => out.extend(sign.to_lowercase()),
            }
        }
        out.push(' ');
        out.push_str(&romanised(word));
    }
}

/// A text with its Hangul syllables in Latin letters, each alone, and the rest in lower case.
pub(crate) fn romanised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match letters(sign) {
            Some((initial, vowel, last)) => {
                out.push_str(ROMAN_INITIALS[initial]);
                out.push_str(ROMAN_VOWELS[vowel]);
                out.push_str(ROMAN_FINALS[last]);
            }
            None => out.extend(sign.to_lowercase()),
        }
    }
    out
}

/// The search key of a text alone.
pub fn words_key(text: &str) -> String {
    let mut key = String::new();
    add(text, &mut key);
    key
}

/// A number or code without what people write between its signs.
pub fn number_key(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Every number by which a consignment may be asked for: its reference, bills, postal item,
/// declaration and containers.
pub fn numbers(consignment: &Consignment) -> Vec<String> {
    let documents = &consignment.documents;
    let postal = documents.postal_item.as_ref().map(ToString::to_string).unwrap_or_default();
    let units = consignment.equipment.iter().map(|unit| unit.number.as_str());
    let all = [
        consignment.reference.as_str(),
        &documents.master_bill,
        &documents.house_bill,
        &documents.declaration,
        &postal,
    ];
    let mut keys: Vec<String> =
        all.into_iter().chain(units).map(number_key).filter(|key| !key.is_empty()).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The search key of goods and numbers.
pub fn goods_key(consignment: &Consignment) -> String {
    let mut key = String::new();
    for goods in consignment.goods.iter().take(5) {
        add(&goods.description, &mut key);
    }
    for number in numbers(consignment) {
        key.push(' ');
        key.push_str(&number);
    }
    key
}

/// The search key of those who send and receive.
pub fn names_key(consignment: &Consignment) -> String {
    let mut key = String::new();
    for role in [Role::Consignor, Role::Consignee, Role::NotifyParty, Role::Forwarder] {
        let Some(party) = consignment.party(role) else { continue };
        if let Some(contact) = &party.contact {
            add(&contact.name, &mut key);
        }
        if !party.code.is_empty() {
            key.push(' ');
            key.push_str(&number_key(&party.code));
        }
    }
    key
}

/// What was typed, as the words that a key must hold, each with what may begin a word or stand
/// within one. A last consonant that is still alone is taken for the beginning of a syllable.
pub fn asked(typed: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in typed.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut key = String::new();
        let mut after_syllable = false;
        for sign in word.chars() {
            let place = INITIALS.iter().position(|of| *of == sign);
            match place.filter(|_| after_syllable) {
                Some(initial) => key.extend(char::from_u32(0x1100 + initial as u32)),
                None => spelled(sign, &mut key),
            }
            after_syllable = letters(sign).is_some();
        }
        words.push(key);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, typed: &str, finds: bool) {
        let mut key = String::new();
        add(text, &mut key);
        let found = asked(typed).iter().all(|word| key.contains(word.as_str()));
        assert_eq!(found, finds, "{typed} in {text}");
    }

    #[test]
    fn hangul_is_found_by_syllables_initials_and_latin_letters() {
        check("서문 무역", "서문", true);
        check("서문 무역", "ㅅㅁ", true);
        check("서문 무역", "ㅅㅁ ㅁㅇ", true);
        check("서문 무역", "서ㅁ", true);
        check("서문 무역", "서무", true);
        check("서문 무역", "seomun", true);
        check("서문 무역", "소문", false);
        check("서문 무역", "ㅁㅅ", false);
        check("Hanbit Trading Co., Ltd.", "hanbit trading", true);
        check("Hanbit Trading Co., Ltd.", "han bitt", false);
        check("볶은 커피 (에티오피아)", "에티오", true);
    }

    #[test]
    fn numbers_are_found_however_they_are_written() {
        assert_eq!(number_key("CSQU 305438-3"), "csqu3054383");
        assert_eq!(asked("  "), Vec::<String>::new());
    }
}
