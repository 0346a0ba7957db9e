//! From any script to plain Latin letters, and from spelling to sound. A word has three forms: its
//! letters (lower case ASCII), its sound (spelling habits of many languages folded together) and
//! its bones (the consonants of its sound). Hangul has its own room in `hangul.rs`.

use std::sync::OnceLock;

/// How a script writes vowels, as far as comparing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Latin letters and those of scripts that write every vowel.
    Letters,
    /// Arabic, Hebrew, Thai and others whose vowels a letter-by-letter reading loses.
    Abjad,
    /// Hangul syllables.
    Hangul,
    /// Chinese characters, read by character.
    Han,
}

/// The script of a sign; none for what is no letter.
pub(super) fn script_of(sign: char) -> Script {
    match sign as u32 {
        0xac00..=0xd7a3 => Script::Hangul,
        0x3005 | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff => Script::Han,
        0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff => Script::Abjad,
        0x0900..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff => Script::Abjad,
        _ => Script::Letters,
    }
}

/// Signs that belong to the letter before them, such as the vowels of Indic scripts and Thai.
pub(super) fn is_mark(sign: char) -> bool {
    matches!(sign as u32, 0x0900..=0x0dff | 0x0e30..=0x0e4e | 0x0eb0..=0x0ecd | 0x102b..=0x103e
        | 0x17b4..=0x17d3)
}

/// Letters whose usual romanisation is another than the floor's, or longer than one sign.
fn own(sign: char) -> Option<&'static str> {
    Some(match sign {
        'х' => "kh",
        'щ' => "shch",
        'ё' => "e",
        'й' => "y",
        'ы' => "y",
        'э' => "e",
        'ю' => "yu",
        'я' => "ya",
        'ж' => "zh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'ь' | 'ъ' => "",
        'ї' => "yi",
        'є' => "ye",
        'і' => "i",
        'ґ' => "g",
        'ў' => "u",
        'ј' => "j",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "c",
        'ђ' => "dj",
        'џ' => "dz",
        'қ' => "k",
        'ғ' => "gh",
        'ң' => "ng",
        'ө' => "o",
        'ү' | 'ұ' => "u",
        'һ' => "h",
        'ә' => "a",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ł' => "l",
        'ə' => "a",
        'ş' | 'š' | 'ș' => "sh",
        'č' => "ch",
        'ž' => "zh",
        // Arabic letters that the floor gives signs for.
        'ع' | 'ء' | 'ئ' | 'ؤ' => "",
        'آ' | 'أ' | 'إ' | 'ا' | 'ى' => "a",
        'ة' | 'ه' | 'ح' => "h",
        'خ' => "kh",
        'غ' => "gh",
        'ش' => "sh",
        'ث' | 'ط' | 'ت' => "t",
        'ذ' | 'ض' | 'د' => "d",
        'ظ' | 'ز' => "z",
        'ص' | 'س' => "s",
        'ق' => "q",
        'ك' | 'ک' => "k",
        'ي' | 'ی' => "y",
        'و' => "w",
        'ج' => "j",
        'چ' => "ch",
        'پ' => "p",
        'گ' => "g",
        'ژ' => "zh",
        _ => return None,
    })
}

/// A word in lower case ASCII letters and digits.
pub(super) fn latin(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 4);
    for sign in word.chars() {
        if sign.is_ascii_alphanumeric() {
            out.push(sign.to_ascii_lowercase());
            continue;
        }
        for sign in sign.to_lowercase() {
            match own(sign) {
                Some(letters) => out.push_str(letters),
                None => {
                    let letters = any_ascii::any_ascii_char(sign).bytes();
                    let plain = letters.filter(u8::is_ascii_alphanumeric);
                    out.extend(plain.map(|byte| char::from(byte.to_ascii_lowercase())));
                }
            }
        }
    }
    out
}

/// Spelling habits, the longest first for each beginning: what is written, what it sounds like.
/// Capital letters are sounds of their own: S as in ship, C as in church, J as in journal.
const HABITS: &[(&str, &str)] = &[
    ("tsch", "C"),
    ("shch", "S"),
    ("schtsch", "S"),
    ("tch", "C"),
    ("tsh", "C"),
    ("sch", "S"),
    ("dzh", "J"),
    ("dsch", "J"),
    ("ch", "C"),
    ("cz", "C"),
    ("sh", "S"),
    ("dj", "J"),
    ("zh", "J"),
    ("kh", "h"),
    ("gh", "g"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("ck", "k"),
    ("cq", "k"),
    ("qu", "k"),
    ("tz", "Z"),
    ("ts", "Z"),
    ("ks", "ks"),
    ("iy", "i"),
    ("ij", "i"),
    ("yi", "i"),
    ("yj", "i"),
    ("ii", "i"),
    ("yy", "i"),
    ("ee", "i"),
    ("ie", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("uu", "u"),
    ("ue", "u"),
    ("oe", "o"),
    ("eo", "o"),
    ("ae", "e"),
    ("ai", "e"),
    ("ay", "e"),
    ("ei", "e"),
    ("ey", "e"),
    ("aa", "a"),
    ("c", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("y", "i"),
    ("j", "J"),
];

/// The habits by their first letter.
fn habits() -> &'static [Vec<(&'static str, &'static str)>] {
    static BY_LETTER: OnceLock<Vec<Vec<(&'static str, &'static str)>>> = OnceLock::new();
    BY_LETTER.get_or_init(|| {
        let begin = |(written, _): &&(&str, &str), letter: u8| written.as_bytes()[0] == letter;
        let of = |letter: u8| HABITS.iter().filter(|one| begin(one, letter)).copied().collect();
        (0..128).map(of).collect()
    })
}

/// How a word of plain letters sounds.
pub(super) fn sound(word: &str) -> String {
    let bytes = word.as_bytes();
    let mut out = String::with_capacity(word.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &word[at..];
        // Beginnings: Yevgeny and Evgeny; c before e and i.
        if at == 0 && bytes.len() > 3 && (rest.starts_with("ye") || rest.starts_with("je")) {
            at += 1;
            continue;
        }
        if bytes[at] == b'c' && matches!(bytes.get(at + 1), Some(b'e' | b'i' | b'y')) {
            push(&mut out, "s");
            at += 1;
            continue;
        }
        let habits = &habits()[usize::from(bytes[at] & 0x7f)];
        match habits.iter().find(|(written, _)| rest.starts_with(written)) {
            Some((written, sounds)) => {
                push(&mut out, sounds);
                at += written.len();
            }
            None => {
                push(&mut out, &rest[..1]);
                at += 1;
            }
        }
    }
    if out.len() > 3 {
        for (end, sounds) in [("of", "ov"), ("ef", "ev"), ("ah", "a"), ("eh", "e")] {
            if let Some(start) = out.strip_suffix(end) {
                out = format!("{start}{sounds}");
                break;
            }
        }
    }
    out
}

/// Adds sounds; a sound that is doubled is one.
fn push(out: &mut String, sounds: &str) {
    for sound in sounds.chars() {
        if !out.ends_with(sound) {
            out.push(sound);
        }
    }
}

/// The consonants of a sound. What is y, w or h in one spelling is often nothing in another.
pub(super) fn bones(sound: &str) -> String {
    let vowel = |sign: &char| !matches!(sign, 'a' | 'e' | 'i' | 'o' | 'u' | 'h');
    let mut out = String::with_capacity(sound.len());
    for sign in sound.chars().filter(vowel) {
        if !out.ends_with(sign) {
            out.push(sign);
        }
    }
    out
}

fn is_vowel(sign: u8) -> bool {
    matches!(sign, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// What it costs to hear one sound for another, 1 for two that have nothing in common.
fn mishearing(a: u8, b: u8) -> f32 {
    if a == b {
        return 0.0;
    }
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    match (a, b) {
        (b'e', b'i') | (b'o', b'u') => 0.25,
        _ if is_vowel(a) && is_vowel(b) => 0.4,
        (b'g', b'k') | (b'd', b't') | (b'f', b'v') | (b'C', b'J') => 0.35,
        (b'J', b'i') | (b'Z', b's') | (b'Z', b'z') | (b's', b'z') | (b'J', b'g') => 0.35,
        (b'g', b'h') | (b'h', b'k') | (b'S', b's') | (b'C', b'S') | (b'u', b'v') => 0.4,
        (b'J', b'z') | (b'b', b'p') | (b'C', b'Z') | (b'J', b'S') => 0.45,
        (b'b', b'v') | (b'd', b'z') | (b'm', b'n') | (b'C', b's') => 0.55,
        (b'l', b'r') | (b's', b't') | (b'f', b'p') | (b'C', b'k') => 0.65,
        _ => 1.0,
    }
}

/// Whether two sounds have little in common.
pub(super) fn far_apart(a: u8, b: u8) -> bool {
    mishearing(a, b) > 0.6 || is_vowel(a) != is_vowel(b) && mishearing(a, b) > 0.5
}

/// What it costs to leave a sound out.
fn silence(sign: u8, last: bool) -> f32 {
    match sign {
        b'h' => 0.35,
        b'i' if !last => 0.4,
        _ if is_vowel(sign) && last => 0.6,
        _ if is_vowel(sign) => 0.45,
        _ => 1.0,
    }
}

/// The longest word whose letters are compared; what stands behind is left out.
const LONGEST: usize = 32;
/// Costs are counted in twentieths.
const UNIT: f32 = 20.0;

/// What changes, silences and swaps cost, in twentieths.
struct Costs {
    change: [[u16; 64]; 64],
    /// What leaving a sound out costs, inside a word and at its end.
    skip: [[u16; 64]; 2],
    swap: u16,
}

fn costs(sounds: bool) -> &'static Costs {
    static COSTS: [OnceLock<Costs>; 2] = [OnceLock::new(), OnceLock::new()];
    COSTS[usize::from(sounds)].get_or_init(|| {
        let units = |cost: f32| libm::roundf(cost * UNIT) as u16;
        let mut costs = Costs {
            change: [[20; 64]; 64],
            skip: [[20; 64]; 2],
            swap: if sounds { 14 } else { 16 },
        };
        costs.change[63][63] = 0;
        for a in b'0'..=b'z' {
            for b in b'0'..=b'z' {
                let cost = match sounds {
                    true => mishearing(a, b),
                    false => f32::from(u8::from(a != b)),
                };
                if let (Some(a), Some(b)) = (place(a), place(b)) {
                    costs.change[a][b] = units(cost);
                }
            }
            if sounds && let Some(at) = place(a) {
                costs.skip[0][at] = units(silence(a, false));
                costs.skip[1][at] = units(silence(a, true));
            }
        }
        costs
    })
}

/// Where a sign stands in the tables: digits, capitals, small letters.
fn place(sign: u8) -> Option<usize> {
    match sign {
        b'0'..=b'9' => Some(usize::from(sign - b'0')),
        b'A'..=b'Z' => Some(usize::from(sign - b'A') + 10),
        b'a'..=b'z' => Some(usize::from(sign - b'a') + 36),
        _ => None,
    }
}

/// The cost of changing one sound into another, by the cheapest steps; neighbours may change
/// places.
pub(super) fn sound_distance(a: &str, b: &str) -> f32 {
    distance(a, b, costs(true))
}

/// The number of letters that differ; neighbours that changed places count 0.8.
pub(super) fn letter_distance(a: &str, b: &str) -> f32 {
    distance(a, b, costs(false))
}

/// The places of a word's signs; what is no letter or digit has the last one.
fn places(word: &str, into: &mut [u8; LONGEST]) -> usize {
    let bytes = word.as_bytes();
    let n = bytes.len().min(LONGEST);
    for (into, sign) in into.iter_mut().zip(bytes) {
        *into = place(*sign).unwrap_or(63) as u8;
    }
    n
}

fn distance(a: &str, b: &str, costs: &Costs) -> f32 {
    let (mut left, mut right) = ([0u8; LONGEST], [0u8; LONGEST]);
    let (n, m) = (places(a, &mut left), places(b, &mut right));
    let (a, b) = (&left[..n], &right[..m]);
    let at_of = |word: &[u8], at: usize| usize::from(word[at] & 63);
    let skip =
        |word: &[u8], at: usize| costs.skip[usize::from(at + 1 == word.len())][at_of(word, at)];
    // Three rows are enough: the one before the last is for neighbours that changed places.
    let mut rows = [[0u16; LONGEST + 1]; 3];
    let mut gone_right = [0u16; LONGEST];
    for at in 0..m {
        gone_right[at] = skip(b, at);
        rows[0][at + 1] = rows[0][at] + gone_right[at];
    }
    let mut now = 0;
    for i in 0..n {
        let (last, before) = (now, (now + 2) % 3);
        now = (now + 1) % 3;
        let gone = skip(a, i);
        let change = &costs.change[at_of(a, i)];
        let mut left_of = rows[last][0] + gone;
        rows[now][0] = left_of;
        for j in 0..m {
            let mut best = (rows[last][j] + change[at_of(b, j)])
                .min(rows[last][j + 1] + gone)
                .min(left_of + gone_right[j]);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] && a[i] != b[j] {
                best = best.min(rows[before][j - 1] + costs.swap);
            }
            rows[now][j + 1] = best;
            left_of = best;
        }
    }
    f32::from(rows[now][m]) / UNIT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, letters: &str, sounds: &str) {
        let latin = latin(word);
        assert_eq!((latin.as_str(), sound(&latin).as_str()), (letters, sounds), "{word}");
    }

    #[test]
    fn spellings_of_one_name_sound_alike() {
        check("Khrushchyov", "khrushchyov", "hruSiov");
        check("Хрущёв", "khrushchev", "hruSev");
        check("Yevgeny", "yevgeny", "evgeni");
        check("Евгений", "evgeniy", "evgeni");
        check("Müller", "muller", "muler");
        check("Mueller", "mueller", "muler");
        check("Petroff", "petroff", "petrov");
        check("Çelik", "celik", "selik");
    }

    #[test]
    fn sounds_are_nearer_than_letters() {
        assert!(sound_distance(&sound("qadhafi"), &sound("gaddafi")) < 0.5);
        assert!(letter_distance("qadhafi", "gaddafi") >= 2.0);
        assert_eq!(letter_distance("abcd", "abdc"), 0.8);
        assert_eq!(letter_distance("", "abc"), 3.0);
    }
}
