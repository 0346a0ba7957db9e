//! Which words of one name stand for which of another, and how well. Pairs are taken in the order
//! of what they are worth; a word may also stand for two or three neighbours written together, or
//! for the first letters of several.

use compact_str::CompactString;

use super::Kind;
use super::fold;
use super::forms;
use super::hangul;
use super::variants::{self, Kinship};
use super::words::{Part, Reading, Word};

/// Below this, two words are not taken for each other.
const LEAST: f32 = 0.66;

/// Words of both names that stand for each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// First word of the left name, and how many.
    pub left: (usize, usize),
    /// First word of the right name, and how many.
    pub right: (usize, usize),
    /// How well they agree, 1 for the same.
    pub quality: f32,
    /// What they are worth.
    pub worth: f32,
    /// How surprising it is that strangers agree so well, in bits.
    pub bits: f32,
    /// How they agree.
    pub how: How,
}

/// How two words agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// As words, by letters, sound or table.
    Word,
    /// One is the first letter of the other.
    Initial,
    /// One is the first letters of the others.
    Acronym,
    /// They mean the same.
    Meaning,
}

/// How much of a word's surprise is left when it agrees so well.
fn kept(quality: f32) -> f32 {
    ((quality - 0.62) / 0.38).clamp(0.0, 1.0)
}

/// How well two words agree.
pub(super) fn quality(a: &Word, b: &Word, kind: Kind) -> (f32, How) {
    use Part::{General, Initial, Number, Small};
    match (a.part, b.part) {
        (Number, _) | (_, Number) => return (same(a.latin == b.latin), How::Word),
        (Initial, Initial) => return (same(a.latin == b.latin), How::Initial),
        (Initial, Small) | (Small, Initial) => return (0.0, How::Initial),
        (Initial, _) | (_, Initial) => {
            let (one, other) = if a.part == Initial { (a, b) } else { (b, a) };
            let begins = other.latin.starts_with(one.latin.as_str())
                || other.sound.starts_with(one.sound.as_str());
            return (if begins { 0.8 } else { 0.0 }, How::Initial);
        }
        (General(one), General(other)) if one == other => {
            return (if a.latin == b.latin { 1.0 } else { 0.96 }, How::Meaning);
        }
        _ => {}
    }
    if !a.syllables.is_empty() || !b.syllables.is_empty() {
        return (korean(a, b), How::Word);
    }
    if a.latin == b.latin {
        return (1.0, How::Word);
    }
    if a.abjad || b.abjad {
        return (without_vowels(a, b), How::Word);
    }
    let mut quality = letters(a, b, kind);
    // A father's name is another's given name.
    if (a.part == Part::Patronymic) != (b.part == Part::Patronymic) {
        quality *= 0.72;
    } else if a.part == Part::Patronymic && quality < 0.86 {
        quality *= 0.7;
    }
    (quality, How::Word)
}

fn same(same: bool) -> f32 {
    if same { 1.0 } else { 0.0 }
}

/// How well the letters and sounds of two different words agree.
fn letters(a: &Word, b: &Word, kind: Kind) -> f32 {
    let (short, long) = (a.latin.len().min(b.latin.len()), a.latin.len().max(b.latin.len()));
    if short == 0 {
        return 0.0;
    }
    let kinship = match kind {
        Kind::Person => variants::kinship(a.groups, b.groups),
        _ => Kinship::Unknown,
    };
    let known = matches!(kinship, Kinship::Spelling | Kinship::ShortForm);
    // Words of very different length are far apart whatever their letters.
    if !known && long > short * 2 + 1 {
        return 0.0;
    }
    let sounds = a.sound.len().max(b.sound.len()).max(1) as f32;
    let by_sound = 1.0 - fold::sound_distance(&a.sound, &b.sound) / sounds;
    // Letters are more apart than sounds: what does not sound alike is not looked at further.
    if !known && by_sound < 0.5 {
        return 0.0;
    }
    let by_letters = 1.0 - fold::letter_distance(&a.latin, &b.latin) / long as f32;
    let mut quality = by_letters.max(0.985 * by_sound);
    if by_letters > 0.5 {
        quality = quality.max(0.25 * by_letters + 0.75 * by_sound);
    }
    // One letter of three says little.
    if short <= 3 && !known {
        quality *= 0.86;
    } else if short == 4 && !known {
        quality *= 0.95;
    }
    // Spellings seldom change how a name begins.
    if !known
        && let (Some(one), Some(other)) = (a.sound.bytes().next(), b.sound.bytes().next())
        && fold::far_apart(one, other)
    {
        quality *= 0.93;
    }
    if !a.east.is_empty() && !b.east.is_empty() {
        if a.east == b.east {
            quality = quality.max(0.9 + 0.08 * quality);
        } else if kinship == Kinship::Unknown {
            // Both can be read as syllables: another syllable is another name, not a slip.
            quality *= 0.88;
        }
    }
    match kinship {
        Kinship::Spelling => quality.max(0.86 + 0.13 * quality),
        Kinship::ShortForm => quality.max(0.78 + 0.1 * quality),
        Kinship::Apart if a.east.is_empty() || a.east != b.east => quality * 0.78,
        Kinship::Apart => quality,
        Kinship::Unknown => {
            let bare = a.bones.len() >= 3 && a.bones == b.bones;
            if bare { quality.max(0.6 + 0.35 * quality) } else { quality }
        }
    }
}

/// Words of which one at least is written without vowels.
fn without_vowels(a: &Word, b: &Word) -> f32 {
    // What may be a vowel or nothing in such scripts is left out of both.
    let bare = |word: &Word| -> String {
        word.bones.chars().filter(|sign| !matches!(sign, 'v' | 'u' | 'i' | 'h')).collect()
    };
    let (one, other) = (bare(a), bare(b));
    let most = one.len().max(other.len());
    if most == 0 {
        return if a.bones == b.bones { 0.8 } else { 0.0 };
    }
    let distance = fold::sound_distance(&one, &other);
    let quality = 1.0 - distance / most as f32;
    let full = if one.len() >= 3 { 0.95 } else { 0.88 };
    // Vowels that the one writes lie where the other has none: compare what both have.
    let sounds = a.sound.len().max(b.sound.len()) as f32;
    let loose = 1.0 - fold::sound_distance(&a.sound, &b.sound) / sounds;
    full * (0.85 * quality + 0.15 * loose.max(0.0))
}

/// Words of which one at least is Hangul.
fn korean(a: &Word, b: &Word) -> f32 {
    match (a.syllables.is_empty(), b.syllables.is_empty()) {
        (false, false) => {
            let alike = hangul::alike(&a.syllables, &b.syllables);
            if alike > 0.0 {
                return alike;
            }
            let most = a.latin.len().max(b.latin.len()).max(1) as f32;
            let far = fold::letter_distance(&a.latin, &b.latin) / most;
            let short = a.syllables.len().min(b.syllables.len()) < 2;
            (1.0 - far) * if short { 0.7 } else { 0.9 }
        }
        (false, true) => read_along(a, b),
        (true, _) => read_along(b, a),
    }
}

fn read_along(hangul_word: &Word, latin: &Word) -> f32 {
    if let Some(cost) = hangul::spelled(&hangul_word.syllables, &latin.latin) {
        return (0.99 - 0.5 * cost / hangul_word.syllables.len() as f32).max(0.8);
    }
    let most = hangul_word.sound.len().max(latin.sound.len()).max(1) as f32;
    let quality = 1.0 - fold::sound_distance(&hangul_word.sound, &latin.sound) / most;
    if hangul_word.syllables.len() < 2 { quality * 0.7 } else { quality * 0.93 }
}

/// Neighbouring words as one.
pub(super) fn joined(words: &[&Word], kind: Kind) -> Word {
    let latin: String = words.iter().map(|word| word.latin.as_str()).collect();
    let mut one = Word::of(&latin, kind);
    if words.iter().all(|word| !word.syllables.is_empty()) {
        one.syllables = words.iter().flat_map(|word| word.syllables.iter().copied()).collect();
    }
    one.abjad = words.iter().any(|word| word.abjad);
    if words.iter().all(|word| !word.east.is_empty()) {
        one.east = words.iter().map(|word| word.east.as_str()).collect();
    }
    one.bits = words.iter().map(|word| word.bits).sum();
    one
}

/// How well one word is made of the beginnings of these: 1 for first letters alone. Small words and
/// company forms at the end may be left out.
fn acronym(word: &str, of: &[&str]) -> f32 {
    /// Reads `letters` along the words; gives how many words gave more than one letter.
    fn read(letters: &str, of: &[&str], first: bool) -> Option<u32> {
        let Some((word, rest)) = of.split_first() else {
            return letters.is_empty().then_some(0);
        };
        let small = forms::is_article(word) || (!first && forms::form_at(&[word]).is_some());
        let skipped = if small { read(letters, rest, first) } else { None };
        let taken = (1..=3usize.min(word.len())).find_map(|n| {
            let begins = letters.get(..n).is_some_and(|part| word.starts_with(part));
            let rest = if begins { read(&letters[n..], rest, false) } else { None };
            rest.map(|more| more + u32::from(n > 1))
        });
        match (skipped, taken) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        }
    }
    if !(3..=7).contains(&word.len()) || of.len() < 2 {
        return 0.0;
    }
    match read(word, of, true) {
        Some(0) => 0.9,
        // KOMID: Korea Mining Development.
        Some(longer) if longer * 2 <= word.len() as u32 && word.len() > 3 => 0.82,
        _ => 0.0,
    }
}

/// The pairs of two names.
pub(super) fn pairs(left: &Reading, right: &Reading, kind: Kind) -> Vec<Pair> {
    let mut found = Vec::with_capacity(left.words.len() + right.words.len());
    for (i, a) in left.words.iter().enumerate() {
        for (j, b) in right.words.iter().enumerate() {
            let (quality, how) = quality(a, b, kind);
            if quality >= LEAST {
                let worth = (a.worth + b.worth) / 2.0;
                let bits = match how {
                    How::Initial => a.bits.min(b.bits),
                    _ => a.bits.min(b.bits) * kept(quality),
                };
                found.push(Pair { left: (i, 1), right: (j, 1), quality, worth, bits, how });
            }
        }
    }
    for (i, one) in left.words.iter().enumerate() {
        runs(one, &right.words, kind, |right, quality, worth, bits| {
            found.push(Pair { left: (i, 1), right, quality, worth, bits, how: How::Word });
        });
    }
    for (j, one) in right.words.iter().enumerate() {
        runs(one, &left.words, kind, |left, quality, worth, bits| {
            found.push(Pair { left, right: (j, 1), quality, worth, bits, how: How::Word });
        });
    }
    let all = ((0, left.words.len()), (0, right.words.len()));
    let worth = (left.worth + right.worth) / 2.0 * 1.5;
    if kind != Kind::Person
        && let Some((quality, bits)) = whole_acronym(left, right)
    {
        found.push(Pair { left: all.0, right: all.1, quality, worth, bits, how: How::Acronym });
    }
    let other_words = left.words.len() != right.words.len()
        || left.words.iter().zip(&right.words).any(|(a, b)| a.latin != b.latin);
    if other_words && left.letters == right.letters {
        // Spaces in other places.
        let quality = if left.words.len() == right.words.len() { 0.95 } else { 0.97 };
        let bits = |side: &Reading| side.words.iter().map(|word| word.bits).sum::<f32>();
        let bits = bits(left).max(bits(right));
        found.push(Pair { left: all.0, right: all.1, quality, worth, bits, how: How::Word });
    }
    choose(found, left, right)
}

/// How well one name is the beginnings of the other's words, and how surprising that is.
fn whole_acronym(left: &Reading, right: &Reading) -> Option<(f32, f32)> {
    let (short, long) =
        if left.words.len() <= right.words.len() { (left, right) } else { (right, left) };
    let [one] = &short.words[..] else { return None };
    if one.part == Part::Number || !(3..=7).contains(&one.latin.len()) {
        return None;
    }
    let whole: Vec<&str> = match long.whole {
        [] => long.words.iter().map(|word| word.latin.as_str()).collect(),
        whole => whole.iter().map(CompactString::as_str).collect(),
    };
    let quality = acronym(&one.latin, &whole);
    (quality > 0.0).then_some((quality, 2.5 * one.latin.len() as f32))
}

/// Runs of words for which one word may stand.
fn runs(
    one: &Word,
    words: &[&Word],
    kind: Kind,
    mut found: impl FnMut((usize, usize), f32, f32, f32),
) {
    if matches!(one.part, Part::Number | Part::Initial) || words.len() < 2 {
        return;
    }
    let short = one.latin.len();
    for at in 0..words.len() {
        // What is written together seldom begins otherwise, in letters or in sound.
        if let (Some(a), Some(b)) = (one.sound.bytes().next(), words[at].sound.bytes().next())
            && fold::far_apart(a, b)
            && one.latin.bytes().next() != words[at].latin.bytes().next()
        {
            continue;
        }
        for n in 2..=3.min(words.len() - at) {
            let run = &words[at..at + n];
            let letters: usize = run.iter().map(|word| word.latin.len()).sum();
            let apart = letters.abs_diff(short);
            let skip = run.iter().any(|word| word.part == Part::Number);
            let lost = one.abjad || run.iter().any(|word| word.abjad);
            // An article is no part of a word.
            let article = kind != Kind::Person && run.iter().any(|word| word.part == Part::Small);
            if skip || article || letters < 4 || (apart > 2 + short / 4 && !lost) {
                continue;
            }
            // Most have other letters, which is told before they are joined.
            let sounds = run.iter().fold(0, |letters, word| letters | word.letters());
            if !lost && (sounds ^ one.letters()).count_ones() > 4 {
                continue;
            }
            let together = joined(run, kind);
            let (quality, _) = quality(one, &together, kind);
            if quality >= 0.8 {
                let worth = run.iter().map(|word| word.worth).sum::<f32>();
                let worth = (worth + one.worth.max(worth.min(1.4))) / 2.0;
                let bits = one.bits.min(together.bits) * kept(quality);
                found((at, n), quality * 0.985, worth, bits);
            }
        }
    }
}

/// Takes the pairs that are worth most, none of whose words is taken.
fn choose(mut found: Vec<Pair>, left: &Reading, right: &Reading) -> Vec<Pair> {
    // What leaves a word's place alone comes first among equals.
    let value = |pair: &Pair| {
        let (a, b) = (pair.left.0 as f32, pair.right.0 as f32);
        let n = (pair.left.1 + pair.right.1) as f32 / 2.0;
        // Poor pairs of worthy words do not go before good ones of less worthy words.
        let good = (pair.quality - 0.4).max(0.0);
        pair.worth * good * good * (1.0 - 0.004 * (a - b).abs()) / n.sqrt()
    };
    found.sort_by(|a, b| value(b).total_cmp(&value(a)));
    let (mut taken_left, mut taken_right) = (0u32, 0u32);
    let mask = |(at, n): (usize, usize)| ((1u32 << n) - 1) << at;
    found.retain(|pair| {
        let (a, b) = (mask(pair.left), mask(pair.right));
        let free = taken_left & a == 0 && taken_right & b == 0;
        if free {
            taken_left |= a;
            taken_right |= b;
        }
        free
    });
    found.sort_by_key(|pair| pair.left.0);
    debug_assert!(found.iter().all(|pair| {
        pair.left.0 + pair.left.1 <= left.words.len()
            && pair.right.0 + pair.right.1 <= right.words.len()
    }));
    found
}
