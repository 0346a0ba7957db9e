//! How alike two written forms are: Jaro-Winkler for words, edits of restricted transposition
//! for codes and dates, and two keys by sound for blocking and for names that were romanised by
//! different rules. Everything here works on folded text, which is mostly ASCII.

/// Jaro-Winkler likeness of two folded words, from 0 to 1, with the usual prefix scale of 0.1.
pub fn jaro_winkler(one: &[u8], other: &[u8]) -> f32 {
    if one == other {
        return 1.0;
    }
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    // Words longer than the mask are compared by their beginnings, where names differ least.
    let (short, long) = (&short[..short.len().min(64)], &long[..long.len().min(64)]);
    if short.is_empty() {
        return 0.0;
    }
    let window = (long.len() / 2).saturating_sub(1);
    let (mut taken, mut matched) = (0u64, [0u8; 64]);
    let mut common = 0usize;
    for (at, sign) in short.iter().enumerate() {
        let from = at.saturating_sub(window);
        let to = (at + window + 1).min(long.len());
        for (place, other) in long.iter().enumerate().take(to).skip(from) {
            if taken & (1 << place) == 0 && other == sign {
                taken |= 1 << place;
                matched[common] = *sign;
                common += 1;
                break;
            }
        }
    }
    if common == 0 {
        return 0.0;
    }
    let mut crossed = 0usize;
    let mut rest = taken;
    for sign in &matched[..common] {
        let place = rest.trailing_zeros() as usize;
        crossed += usize::from(long[place] != *sign);
        rest &= rest - 1;
    }
    let common = common as f32;
    let jaro = (common / short.len() as f32
        + common / long.len() as f32
        + (common - (crossed / 2) as f32) / common)
        / 3.0;
    let prefix = short.iter().zip(long).take(4).take_while(|(a, b)| a == b).count();
    jaro + 0.1 * prefix as f32 * (1.0 - jaro)
}

/// Whether one edit makes them equal: a letter more, less or other, or two neighbours swapped.
pub fn one_apart(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[head..], &long[head..]);
    let tail = short.iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[..short.len() - tail], &long[..long.len() - tail]);
    match (short, long) {
        ([], []) | ([], [_]) | ([_], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// Edits between two short texts, transpositions of neighbours counted once; `most + 1` when there
/// are more than `most`.
pub fn edits(one: &[u8], other: &[u8], most: usize) -> usize {
    if one.len().abs_diff(other.len()) > most || one.len() > 40 || other.len() > 40 {
        return most + 1;
    }
    let width = other.len() + 1;
    let mut rows = [[0usize; 41]; 3];
    (0..width).for_each(|at| rows[0][at] = at);
    for (n, a) in one.iter().enumerate() {
        let (now, before, older) = ((n + 1) % 3, n % 3, (n + 2) % 3);
        rows[now][0] = n + 1;
        let mut least = n + 1;
        for (k, b) in other.iter().enumerate() {
            let mut cost = (rows[before][k] + usize::from(a != b))
                .min(rows[before][k + 1] + 1)
                .min(rows[now][k] + 1);
            if n > 0 && k > 0 && *a == other[k - 1] && one[n - 1] == *b {
                cost = cost.min(rows[older][k - 1] + 1);
            }
            rows[now][k + 1] = cost;
            least = least.min(cost);
        }
        if least > most {
            return most + 1;
        }
    }
    rows[one.len() % 3][other.len()].min(most + 1)
}

/// A word's consonants by class, at most six, neighbours of one class once: what stays when a name
/// is misspelt by ear or romanised by another rule. The first letter stays a letter class, too.
pub fn skeleton(word: &[u8]) -> u64 {
    let (mut key, mut last, mut n) = (0u64, 0u64, 0);
    for (at, sign) in word.iter().enumerate() {
        let class = match sign {
            b'b' | b'p' | b'f' | b'v' => 1,
            b'c' if word.get(at + 1) == Some(&b'h') => 7,
            b'c' | b'g' | b'k' | b'q' | b'x' => 2,
            b'd' | b't' => 3,
            b'l' | b'r' => 4,
            b'm' => 5,
            b'n' => 6,
            b'j' => 7,
            b's' | b'z' => 8,
            b'0'..=b'9' => 9 + u64::from(sign - b'0'),
            // Vowels and what is often silent count only where the word begins.
            b'a' | b'e' | b'i' | b'o' | b'u' | b'w' | b'y' | b'h' => {
                if at == 0 {
                    if *sign == b'h' { 20 } else { 19 }
                } else {
                    // A vowel parts two consonants of one class.
                    if !matches!(sign, b'w' | b'y' | b'h') {
                        last = 0;
                    }
                    continue;
                }
            }
            _ => 21,
        };
        if class != last {
            key = key * 32 + class;
            n += 1;
        }
        last = class;
        if n == 6 {
            break;
        }
    }
    key
}

/// A word as it sounds, by rules under which the common romanisations of Korean and the usual
/// spellings of Latin names fall together: `jeong` and `jung`, `lee` and `li`, `hyun` and `hyeon`.
pub fn sound(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let signs = word.as_bytes();
    let mut at = 0;
    while at < signs.len() {
        let pair = (signs[at], signs.get(at + 1).copied().unwrap_or(0));
        let (made, taken) = match pair {
            (b'e', b'o' | b'u') | (b'o', b'o' | b'u') | (b'u', b'e') => ('u', 2),
            (b'e', b'e' | b'a') | (b'i', b'e') => ('i', 2),
            (b'a', b'e' | b'i') => ('e', 2),
            (b's', b'h') => ('s', 2),
            (b'c', b'h' | b'k') => (if pair.1 == b'h' { 'j' } else { 'k' }, 2),
            (b'p', b'h') => ('p', 2),
            (b't' | b'k' | b'g' | b'd', b'h') => {
                (if matches!(pair.0, b't' | b'd') { 't' } else { 'k' }, 2)
            }
            (b'g' | b'q' | b'c', _) => ('k', 1),
            (b'd', _) => ('t', 1),
            (b'b' | b'f' | b'v', _) => ('p', 1),
            (b'r', _) => ('l', 1),
            (b'z', _) => ('s', 1),
            (b'y', _) => ('i', 1),
            (sign, _) => (char::from(sign), 1),
        };
        if !text.ends_with(made) {
            text.push(made);
        }
        at += taken;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_alike_as_published_examples_say() {
        for (one, other, likeness) in [
            ("martha", "marhta", 0.961),
            ("dwayne", "duane", 0.84),
            ("dixon", "dicksonx", 0.813),
            ("same", "same", 1.0),
            ("abc", "xyz", 0.0),
            ("", "abc", 0.0),
        ] {
            let found = jaro_winkler(one.as_bytes(), other.as_bytes());
            assert!((found - likeness).abs() < 0.001, "{one} {other}: {found}");
        }
    }

    #[test]
    fn edits_count_neighbours_swapped_once() {
        for (one, other, count) in [
            ("19380323", "19380332", 1),
            ("19380323", "19380323", 0),
            ("19380323", "1938032", 1),
            ("12345", "54321", 3),
            ("", "ab", 2),
            ("ab", "ba", 1),
        ] {
            assert_eq!(edits(one.as_bytes(), other.as_bytes(), 2), count.min(3), "{one} {other}");
            let apart = one_apart(one.as_bytes(), other.as_bytes());
            assert_eq!(apart, count <= 1, "{one} {other}");
        }
    }

    #[test]
    fn spellings_by_ear_sound_alike() {
        for (one, other) in [("jeong", "jung"), ("lee", "li"), ("hyeon", "hyun"), ("kim", "gim")] {
            assert_eq!(sound(one), sound(other), "{one} {other}");
        }
        assert_eq!(skeleton(b"catherine"), skeleton(b"katharin"));
        assert_ne!(skeleton(b"catherine"), skeleton(b"margaret"));
    }
}
