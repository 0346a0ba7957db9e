//! Addresses as people write them, compared by words and numbers: Korean ones by road name or by
//! lot, Latin ones in any order. Numbers weigh most, for a street has many houses; what every
//! address says (street, floor, city) weighs nothing.

use std::collections::BTreeSet;

/// What stands in nearly every address.
const EVERYWHERE: &str = "street st road rd avenue ave lane ln boulevard blvd drive dr building \
bldg floor fl \
room rm unit suite apt apartment block no number district province city po box near the of and ro \
gil \
daero dong si gu gun myeon eup ri ga ho cheung";

/// The words and numbers of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    words: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Address {
    /// Takes an address apart.
    pub fn of(text: &str) -> Address {
        let mut address = Address { words: BTreeSet::new(), numbers: BTreeSet::new() };
        let mut word = String::new();
        // Letters and digits are apart: 12ga is 12 and ga; 테헤란로12길 is a road, a number, a lane.
        let mut digits = false;
        for sign in text.chars().take(400).chain([' ']) {
            let kind_changes = !word.is_empty() && sign.is_ascii_digit() != digits;
            if (!sign.is_alphanumeric() || kind_changes) && !word.is_empty() {
                address.add(std::mem::take(&mut word), digits);
            }
            if sign.is_alphanumeric() {
                digits = sign.is_ascii_digit();
                word.push(sign);
            }
        }
        address
    }

    fn add(&mut self, word: String, digits: bool) {
        if digits {
            let plain = word.trim_start_matches('0');
            self.numbers.insert(plain.to_owned());
            return;
        }
        // 서울특별시 is 서울.
        let ends = ["특별자치시", "특별자치도", "특별시", "광역시"];
        let city = ends.iter().find_map(|end| word.strip_suffix(end));
        let latin = crate::names::plain_latin(city.filter(|of| !of.is_empty()).unwrap_or(&word));
        if latin.len() > 1 && !EVERYWHERE.split_whitespace().any(|of| of == latin) {
            self.words.insert(latin);
        }
    }

    /// How alike two addresses are, from 0 to 1: 0 where their numbers disagree.
    pub fn likeness(&self, other: &Address) -> f64 {
        let least = self.words.len().min(other.words.len());
        if least == 0 {
            return 0.0;
        }
        let shared =
            self.words.iter().filter(|word| other.words.iter().any(|of| alike(word, of))).count();
        let words = shared as f64 / least as f64;
        let few = self.numbers.len().min(other.numbers.len());
        let common = self.numbers.intersection(&other.numbers).count();
        match (few, common) {
            // Without numbers an address is a district.
            (0, _) => words * if least >= 3 { 0.6 } else { 0.4 },
            (_, 0) => 0.0,
            _ => {
                let known = if shared >= 2 { 1.0 } else { 0.6 };
                words * known * (0.4 + 0.6 * common as f64 / few as f64)
            }
        }
    }

    /// What agrees, and what each of two addresses has alone.
    pub fn against(&self, other: &Address) -> (Vec<String>, Vec<String>, Vec<String>) {
        let all = |one: &Address| -> Vec<String> {
            one.words.iter().chain(&one.numbers).cloned().collect()
        };
        let (left, right) = (all(self), all(other));
        let within = |word: &String, of: &[String]| of.iter().any(|one| alike(word, one));
        let (agree, differ): (Vec<_>, Vec<_>) =
            left.iter().cloned().partition(|word| within(word, &right));
        let rest = right.into_iter().filter(|word| !within(word, &left)).collect();
        (agree, differ, rest)
    }

    /// Words by which addresses that are alike are found: each number with each word.
    pub fn keys(&self) -> Vec<String> {
        let words = self.words.iter().filter(|word| word.len() > 2).take(8);
        words
            .flat_map(|word| {
                self.numbers.iter().take(6).map(move |number| format!("{word} {number}"))
            })
            .collect()
    }
}

/// Whether two words differ by a slip at most.
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.len().min(b.len()) >= 5 && crate::names::slips(a, b) <= 1.0)
}

/// The normal form of an address: its words and numbers in order.
pub(crate) fn normal(text: &str) -> String {
    let address = Address::of(text);
    let all = address.words.iter().chain(&address.numbers);
    all.map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(a: &str, b: &str, same: bool) {
        let likeness = Address::of(a).likeness(&Address::of(b));
        assert_eq!(likeness >= 0.7, same, "{a} and {b}: {likeness:.2}");
    }

    #[test]
    fn addresses_agree_by_words_and_numbers() {
        check("12, Teheran-ro 34-gil, Gangnam-gu, Seoul", "서울 강남구 테헤란로34길 12", false);
        check("서울특별시 강남구 테헤란로 123", "강남구 테헤란로 123, 서울", true);
        check("서울특별시 강남구 테헤란로 123", "강남구 테헤란로 124, 서울", false);
        check("12 Harbour Road, Wanchai, Hong Kong", "Wanchai, Harbour Rd. 12", true);
        check("12 Harbour Road, Wanchai", "14 Harbour Road, Wanchai", false);
        check("Baghdad, Iraq", "Baghdad", false);
    }
}
