//! The words of a goods description, in any script, as opaque keys of the ledger.
//! Words between spaces where a script has spaces; pairs of neighbouring signs in Hangul, Han and
//! Kana, where endings and compounds are written without them. What inspections of goods
//! described so came to is in `history.rs`; how it becomes a feature, in `feature/`.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::history::hash_bytes;

/// How many words of a description count; the first ones name the goods.
const MOST: usize = 12;

/// Seeds of the two kinds of key, apart from the numbers of `KeyKind`.
const WORD: u64 = 64;
const WORD_GOODS: u64 = 65;

/// The distinct words of one description as hashes, in their order, at most twelve.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words {
    hashes: [u64; MOST],
    n: usize,
}

/// Scripts that are read by pairs of signs.
fn by_pairs(sign: char) -> bool {
    matches!(sign, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

impl Words {
    /// Takes a description apart. Case, punctuation, numbers and single letters are left out.
    pub fn of(description: &str) -> Words {
        let mut words = Words::default();
        let mut word = String::with_capacity(16);
        // The last sign of a run that is read by pairs, and how many signs the run has so far.
        let (mut last, mut run) = (' ', 0);
        for sign in description.chars().chain([' ']) {
            let pairs = by_pairs(sign);
            if (pairs || !sign.is_alphanumeric()) && !word.is_empty() {
                if word.chars().filter(|sign| sign.is_alphabetic()).count() >= 2 {
                    words.add(&word);
                }
                word.clear();
            }
            match (pairs, run) {
                (true, 0) => {}
                (true, _) => words.add(&String::from_iter([last, sign])),
                // A sign alone is a word: 쌀 is rice.
                (false, 1) => words.add(&last.to_string()),
                (false, _) => {}
            }
            run = if pairs { run + 1 } else { 0 };
            last = sign;
            if !pairs && sign.is_alphanumeric() {
                word.extend(sign.to_lowercase());
            }
        }
        words
    }

    fn add(&mut self, word: &str) {
        let hash = hash_bytes(word.as_bytes());
        if self.n < MOST && !self.hashes[..self.n].contains(&hash) {
            self.hashes[self.n] = hash;
            self.n += 1;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// True when the description has no word.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The ledger keys of the words.
    pub fn keys(self) -> impl Iterator<Item = u64> {
        (0..self.n).map(move |n| xxh3_64_with_seed(&self.hashes[n].to_le_bytes(), WORD))
    }

    /// The ledger keys of the words as said of goods of one HS heading.
    pub fn goods_keys(self, hs4: u64) -> impl Iterator<Item = u64> {
        (0..self.n).map(move |n| {
            let mut bytes = [0u8; 16];
            bytes[..8].copy_from_slice(&self.hashes[n].to_le_bytes());
            bytes[8..].copy_from_slice(&hs4.to_le_bytes());
            xxh3_64_with_seed(&bytes, WORD_GOODS)
        })
    }
}

/// Descriptions that name no goods. The first words are those that customs administrations refuse
/// in advance cargo data; sites meet their own through the rates of the words.
const VAGUE: [&str; 40] = [
    "accessories",
    "articles",
    "cargo",
    "consolidated",
    "effects",
    "equipment",
    "freight",
    "general",
    "gift",
    "gifts",
    "good",
    "goods",
    "household",
    "item",
    "items",
    "merchandise",
    "misc",
    "miscellaneous",
    "other",
    "others",
    "parcel",
    "part",
    "parts",
    "personal",
    "product",
    "products",
    "sample",
    "samples",
    "sundries",
    "sundry",
    "things",
    "various",
    "necessities",
    "daily",
    "선물",
    "샘플",
    "잡화",
    "부품",
    "용품",
    "기타",
];

/// True when every word of a description is one that names no goods; false when there is none.
pub fn is_vague(description: &str) -> bool {
    let mut words = description
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| word.chars().any(char::is_alphabetic))
        .peekable();
    words.peek().is_some()
        && words.all(|word| VAGUE.iter().any(|vague| vague.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_any_script_are_taken_apart() {
        for (description, n) in [
            ("", 0),
            ("12 x 750 ml", 1),
            ("Roasted coffee, ROASTED", 2),
            ("볶은 커피", 2),
            ("화장품", 2),
            ("쌀", 1),
            ("쌀 쌀과자", 3),
            ("절연 gear箱", 3),
            ("a b c", 0),
            ("one two three four five six seven eight nine ten eleven twelve thirteen", 12),
        ] {
            assert_eq!(Words::of(description).len(), n, "{description}");
        }
    }

    #[test]
    fn case_and_punctuation_make_no_new_word() {
        let keys = |text: &str| Words::of(text).keys().collect::<Vec<_>>();
        assert_eq!(keys("GEAR-BOX"), keys("gear box"));
        assert_ne!(keys("gear"), keys("gears"));
        // The same word of other goods is another key, and so is the word alone.
        let words = Words::of("gear");
        assert_ne!(words.goods_keys(8483).next(), words.goods_keys(8462).next());
        assert_ne!(words.goods_keys(8483).next(), words.keys().next());
    }

    #[test]
    fn a_description_of_nothing_is_vague() {
        for vague in ["GIFT", "general goods", "Parts & accessories", "잡화", "선물"] {
            assert!(is_vague(vague), "{vague}");
        }
        for clear in ["", "12", "gear parts", "화장품", "gift box of tea"] {
            assert!(!is_vague(clear), "{clear}");
        }
    }
}
