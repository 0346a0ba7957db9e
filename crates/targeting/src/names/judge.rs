//! From the pairs of words of two names to a chance that they name the same: the features, which
//! are few and each in a sentence, and a logistic curve over them whose weights were fitted by
//! `examples/fit_names` (docs/science-names.md).

use compact_str::CompactString;

use super::align::{How, Pair};
use super::fold;
use super::words::{Part, Reading, Word};
use super::{Kind, weights};

/// How many features there are.
pub(super) const FEATURES: usize = 36;

/// The features, by what they say.
pub const FEATURE_NAMES: [&str; FEATURES] = [
    "always 1",
    "worth that agrees, of the shorter name's",
    "worth that agrees, of the longer name's",
    "words on both sides that stand for none of the other's, the smaller side's share",
    "the same, squared roots",
    "words on one side only, of the longer name's",
    "agreeing worth, logarithm",
    "the worst agreement, weighed",
    "how far agreements are from the same, on average",
    "numbers that differ",
    "a number on one side only",
    "generations that differ",
    "agreement by initials only",
    "fathers' names that differ",
    "the shorter name is one word of several",
    "words in another order",
    "agreement by first letters of words",
    "company forms of other families",
    "a rare word on both sides that differs",
    "general words alone agree",
    "family names before a comma differ",
    "the same letters throughout",
    "two words or more on each side agree well",
    "general words on both sides that differ",
    "a rare word on one side only",
    "a poor agreement, below 0.82",
    "the letters of the whole name, its words in one order",
    "general words on one side only",
    "bits of surprise that agree, the first ten",
    "the same, the second ten",
    "the same, the next thirty",
    "bits on both sides that stand for none of the other's, the smaller side's",
    "bits on one side only",
    "syllables in another order",
    "bits of the second best agreement, up to ten",
    "bits that agreements lack",
];

/// What the pairs leave over and how they stand.
pub(super) fn features(
    left: &Reading,
    right: &Reading,
    pairs: &[Pair],
    kind: Kind,
) -> [f64; FEATURES] {
    let mut taken = [[false; 16]; 2];
    for pair in pairs {
        taken[0][pair.left.0..pair.left.0 + pair.left.1].fill(true);
        taken[1][pair.right.0..pair.right.0 + pair.right.1].fill(true);
    }
    let sides = [left, right];
    let mut free = [0.0f32; 2];
    let mut free_bits = [0.0f32; 2];
    let mut rarest_free = [0.0f32; 2];
    let mut general_free = [0.0f32; 2];
    let mut numbers_free = [0u32; 2];
    let mut fathers_free = [0u32; 2];
    for side in 0..2 {
        for (word, taken) in sides[side].words.iter().zip(taken[side]) {
            if taken {
                continue;
            }
            free[side] += word.worth;
            free_bits[side] += word.bits;
            match word.part {
                Part::Number => numbers_free[side] += 1,
                Part::General(_) => general_free[side] += word.worth,
                Part::Plain => rarest_free[side] = rarest_free[side].max(word.worth),
                Part::Patronymic => fathers_free[side] += 1,
                Part::Initial | Part::Small => {}
            }
        }
    }
    let worth = [left.worth.max(0.01), right.worth.max(0.01)];
    let (short, long) = (worth[0].min(worth[1]), worth[0].max(worth[1]));
    let good = |quality: f32| ((quality - 0.4) / 0.6).max(0.0);
    let mut agreed = 0.0;
    let mut rare_agreed = 0.0f32;
    let mut full = 0.0;
    let mut worst = 0.0f32;
    let mut off = 0.0;
    let mut initials = 0.0;
    let mut acronyms = 0.0;
    let mut well = 0;
    let mut poor = 0.0;
    let mut bits = 0.0f32;
    let mut best_bits = [0.0f32; 2];
    let mut bits_lacking = 0.0f32;
    for pair in pairs {
        bits += pair.bits;
        if pair.bits > best_bits[0] {
            best_bits = [pair.bits, best_bits[0]];
        } else {
            best_bits[1] = best_bits[1].max(pair.bits);
        }
        if pair.how == How::Word && pair.left.1 == 1 && pair.right.1 == 1 {
            let full = left.words[pair.left.0].bits.min(right.words[pair.right.0].bits);
            bits_lacking += full - pair.bits;
        }
        agreed += pair.worth * good(pair.quality);
        full += pair.worth;
        off += pair.worth * (1.0 - pair.quality);
        let parts = [
            (pair.left.1 == 1).then(|| left.words[pair.left.0].part),
            (pair.right.1 == 1).then(|| right.words[pair.right.0].part),
        ];
        let small = parts.contains(&Some(Part::Small));
        match pair.how {
            How::Initial => initials += 1.0,
            How::Acronym => acronyms += pair.worth,
            How::Word if !small => {
                worst = worst.max(pair.worth.min(1.2) * (1.0 - pair.quality));
                let general =
                    parts.iter().any(|part| matches!(part, Some(Part::General(_) | Part::Number)));
                if !general {
                    rare_agreed = rare_agreed.max(pair.worth * good(pair.quality));
                }
                if pair.quality > 0.85 {
                    well += pair.left.1.min(pair.right.1);
                }
                poor += f64::from(u8::from(pair.quality < 0.82));
            }
            How::Word | How::Meaning => {}
        }
    }
    let plain =
        |side: &Reading| side.words.iter().filter(|word| !matches!(word.part, Part::Small)).count();
    let (words_left, words_right) = (plain(left), plain(right));
    let single = words_left.min(words_right) == 1 && words_left.max(words_right) > 1;
    let both_free = free[0].min(free[1]);
    let apart = f64::from(free[0].max(free[1]) - both_free) / f64::from(long);
    let generations = match (left.generation, right.generation) {
        (Some(a), Some(b)) if a != b => 1.0,
        (Some(a), None) | (None, Some(a)) if a > 1 => 0.3,
        _ => 0.0,
    };
    let forms = left.forms != 0 && right.forms != 0 && left.forms & right.forms == 0;
    let same = left.letters == right.letters;
    let order = order(pairs);
    let syllables = |word: &Word| !word.east.is_empty();
    let eastern =
        |pair: &Pair| syllables(left.words[pair.left.0]) && syllables(right.words[pair.right.0]);
    let flag = |is: bool| if is { 1.0 } else { 0.0 };
    let numbers = match numbers_free {
        [0, 0] => (0.0, 0.0),
        [0, _] | [_, 0] => (0.0, 1.0),
        _ => (1.0, 0.0),
    };
    let rare_apart = rarest_free[0].min(rarest_free[1]);
    let conflict = f64::from(both_free / short);
    [
        1.0,
        f64::from(agreed / short).min(1.2),
        f64::from(agreed / long).min(1.2),
        conflict,
        conflict.sqrt(),
        apart,
        f64::from((agreed + 0.1).ln()),
        f64::from(worst),
        f64::from(if full > 0.0 { off / full } else { 0.0 }),
        numbers.0,
        numbers.1,
        generations,
        initials,
        flag(fathers_free[0] > 0 && fathers_free[1] > 0),
        flag(single),
        order,
        f64::from(acronyms / long),
        flag(forms),
        f64::from(rare_apart),
        flag(kind != Kind::Person && rare_agreed < 0.3),
        flag(families_apart(left, right, pairs)),
        flag(same),
        flag(well >= 2),
        f64::from(general_free[0].min(general_free[1])),
        f64::from(rarest_free[0].max(rarest_free[1]) - rare_apart),
        poor,
        whole_letters(left, right, pairs),
        f64::from((general_free[0] - general_free[1]).abs()),
        f64::from(bits.min(10.0) / 10.0),
        f64::from((bits - 10.0).clamp(0.0, 10.0) / 10.0),
        f64::from((bits - 20.0).clamp(0.0, 30.0) / 10.0),
        f64::from(free_bits[0].min(free_bits[1]) / 10.0),
        f64::from((free_bits[0] - free_bits[1]).abs() / 10.0),
        order * flag(pairs.iter().all(eastern)),
        f64::from(best_bits[1].min(10.0) / 10.0),
        f64::from(bits_lacking / 10.0),
    ]
}

/// Whether the words stand in another order, where that is no turning of the whole name.
fn order(pairs: &[Pair]) -> f64 {
    let falls = pairs.windows(2).filter(|two| two[0].right.0 > two[1].right.0).count();
    let turned = match (pairs.first(), pairs.last()) {
        (Some(first), Some(last)) => last.right.0 < first.right.0,
        _ => false,
    };
    if falls == 0 || (falls == 1 && turned) { 0.0 } else { 1.0 }
}

/// How far the letters of both names are the same, the right's words in the order of those of the
/// left for which they stand.
fn whole_letters(left: &Reading, right: &Reading, pairs: &[Pair]) -> f64 {
    let mut taken = [false; 16];
    let mut letters = CompactString::default();
    for pair in pairs {
        let (from, many) = pair.right;
        for (word, taken) in right.words.iter().zip(&mut taken).skip(from).take(many) {
            *taken = true;
            letters.push_str(&word.latin);
        }
    }
    let rest = right.words.iter().zip(taken).filter(|(_, taken)| !taken);
    rest.for_each(|(word, _)| letters.push_str(&word.latin));
    let most = left.letters.len().max(letters.len()).clamp(1, 32);
    let apart = fold::letter_distance(&left.letters, &letters);
    f64::from(1.0 - apart / most as f32).max(0.0)
}

/// Whether both names say which word is the family's, and those stand for none of each other.
fn families_apart(left: &Reading, right: &Reading, pairs: &[Pair]) -> bool {
    if left.before_comma == 0 || right.before_comma == 0 {
        return false;
    }
    let agree = |pair: &Pair| pair.left.0 < left.before_comma && pair.right.0 < right.before_comma;
    !pairs.iter().any(agree)
}

/// Where two names come from that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// Somebody thought that they may be one.
    Pair,
    /// One of them was looked for among many, most often in vain: what is found is the likest of
    /// many strangers, so that agreement in little, or in what many share, says less.
    List,
}

/// The chance that two names with these features name the same.
pub(super) fn probability(features: &[f64; FEATURES], kind: Kind, from: From) -> f64 {
    let (weights, bend) = match (kind, from) {
        (Kind::Person, From::Pair) => (&weights::PERSON, &weights::PERSON_BEND),
        (Kind::Person, From::List) => (&weights::SCREENED_PERSON, &weights::SCREENED_PERSON_BEND),
        (Kind::Organization, From::Pair) => (&weights::ORGANIZATION, &weights::ORGANIZATION_BEND),
        (Kind::Organization, From::List) => {
            (&weights::SCREENED_ORGANIZATION, &weights::SCREENED_ORGANIZATION_BEND)
        }
        (Kind::Vessel, _) => (&weights::VESSEL, &weights::VESSEL_BEND),
    };
    let said: f64 = weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum();
    let odds = bent(said, bend);
    // Names alone prove nothing, and two that differ wholly may still be one's.
    0.0005 + 0.999 / (1.0 + libm::exp(-odds.clamp(-30.0, 30.0)))
}

/// The log odds that are, for those that the weights say: straight between the knots, and as steep
/// as said beyond them.
fn bent(said: f64, bend: &[(f64, f64); 9]) -> f64 {
    let at = bend.windows(2).position(|two| said < two[1].0).unwrap_or(bend.len() - 2);
    let ((a, x), (b, y)) = (bend[at], bend[at + 1]);
    match said {
        _ if said < a => x + said - a,
        _ if said > b => y + said - b,
        _ => x + (y - x) * (said - a) / (b - a),
    }
}
