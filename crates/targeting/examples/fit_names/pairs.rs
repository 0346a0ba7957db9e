//! The labelled pairs: two writings of one name, or of two that are easily mistaken.

use targeting::names::Kind;
use targeting::names::index::{Index, Searcher};

use super::dice::Dice;
use super::firms::{Firm, Vessel};
use super::people::{Identity, Tongue};
use super::writing::{line, slip};

/// Two names, and whether they name the same.
#[derive(Debug, Clone)]
pub struct Labelled {
    pub left: String,
    pub right: String,
    pub kind: Kind,
    pub same: bool,
    pub rule: &'static str,
}

/// A pair of persons.
pub fn person(dice: &mut Dice) -> Labelled {
    let of = |left: String, right: String, same: bool, rule: &'static str| Labelled {
        left,
        right,
        kind: Kind::Person,
        same,
        rule,
    };
    let one = match dice.below(4) {
        0 => Identity::listed(dice),
        1 => Identity::everyday(dice),
        _ => Identity::any(dice),
    };
    let scripted =
        matches!(one.tongue, Tongue::Slavic | Tongue::Arabic | Tongue::Korean | Tongue::Chinese);
    let write = |who: &Identity, dice: &mut Dice, own: bool, bare: f64| {
        let person = who.written(dice, own);
        line(&person, dice, bare)
    };
    let own = scripted && dice.chance(0.25);
    match dice.below(20) {
        // The same, in two writings.
        0..=4 => {
            let left = write(&one, dice, own, 0.1);
            of(left, write(&one, dice, false, 0.35), true, "two writings")
        }
        5..=7 => {
            let left = write(&one, dice, false, 0.1);
            let mut right = slip(&write(&one, dice, false, 0.2), dice);
            if dice.chance(0.3) {
                right = slip(&right, dice);
            }
            of(left, right, true, "slips")
        }
        8 => {
            // Joined or split.
            let left = write(&one, dice, false, 0.2);
            let right = write(&one, dice, false, 0.2);
            let right = match dice.chance(0.5) {
                true => right.replacen('-', "", 1).replacen(' ', "-", 1),
                false => right.replace('-', " "),
            };
            of(left, right, true, "joined and split")
        }
        9 if one.has_middle() => {
            let left = write(&one, dice, own, 0.0);
            of(left, write(&one, dice, false, 1.0), true, "middle names left out")
        }
        // Two that are easily mistaken.
        10..=15 => {
            let other = one.neighbour(dice);
            let left = write(&one, dice, own, 0.1);
            let mut right = write(&other, dice, false, 0.15);
            if dice.chance(0.1) {
                right = slip(&right, dice);
            }
            of(left, right, one.same_parts(&other), "neighbours")
        }
        16 => {
            // One word in common, nothing else.
            let person = one.written(dice, false);
            let right = if dice.chance(0.6) { person.given.clone() } else { person.family.clone() };
            of(write(&one, dice, false, 0.1), right, false, "one word of several")
        }
        _ => {
            let other = Identity::any(dice);
            let left = write(&one, dice, own, 0.2);
            let right = write(&other, dice, false, 0.2);
            of(left, right, one.same_parts(&other), "any two")
        }
    }
}

/// A pair of firms.
pub fn firm(dice: &mut Dice) -> Labelled {
    let of = |left: String, right: String, same: bool, rule: &'static str| Labelled {
        left,
        right,
        kind: Kind::Organization,
        same,
        rule,
    };
    let one = Firm::any(dice);
    match dice.below(20) {
        0..=4 => of(one.line(dice), one.line(dice), true, "two writings"),
        5..=7 => {
            let mut right = slip(&one.line(dice), dice);
            if dice.chance(0.25) {
                right = slip(&right, dice);
            }
            of(one.line(dice), right, true, "slips")
        }
        8 => {
            let (own, latin) = Firm::cyrillic(dice);
            of(own, latin, true, "Cyrillic")
        }
        9 => match one.acronym() {
            Some((full, letters)) => match dice.chance(0.7) {
                true => of(full, letters, true, "acronyms"),
                false => {
                    let mut wrong: Vec<char> = letters.chars().collect();
                    let at = dice.below(wrong.len());
                    wrong[at] = if wrong[at] == 'X' { 'Y' } else { 'X' };
                    of(full, wrong.into_iter().collect(), false, "acronyms")
                }
            },
            None => of(one.line(dice), one.line(dice), true, "two writings"),
        },
        10..=16 => {
            let other = one.neighbour(dice);
            let mut right = other.line(dice);
            if dice.chance(0.1) {
                right = slip(&right, dice);
            }
            of(one.line(dice), right, one.same_parts(&other), "neighbours")
        }
        17 => {
            let ((own, _), (_, latin)) = (Firm::cyrillic(dice), Firm::cyrillic(dice));
            let name = |text: &str| text.split(['«', '»']).nth(1).unwrap_or_default().to_owned();
            let same = latin.contains(&name(&own)) && !name(&own).is_empty();
            of(own, latin, same, "Cyrillic, any two")
        }
        _ => {
            let other = Firm::any(dice);
            of(one.line(dice), other.line(dice), one.same_parts(&other), "any two")
        }
    }
}

/// A pair of vessels.
pub fn vessel(dice: &mut Dice) -> Labelled {
    let of = |left: String, right: String, same: bool, rule: &'static str| Labelled {
        left,
        right,
        kind: Kind::Vessel,
        same,
        rule,
    };
    let one = Vessel::any(dice);
    match dice.below(10) {
        0..=3 => of(one.line(dice), one.line(dice), true, "two writings"),
        4 => of(one.line(dice), slip(&one.line(dice), dice), true, "slips"),
        5..=7 => {
            let other = one.neighbour(dice);
            of(one.line(dice), other.line(dice), one == other, "neighbours")
        }
        _ => {
            let other = Vessel::any(dice);
            of(one.line(dice), other.line(dice), one == other, "any two")
        }
    }
}

/// Ordinary names, each with the listed name that is found for it: what an officer would see of a
/// list that names none of them.
pub fn found(kind: Kind, n: usize, dice: &mut Dice) -> Vec<Labelled> {
    const LISTED: usize = 4_000;
    let name = |dice: &mut Dice, listed: bool| match kind {
        Kind::Person if listed => line(&Identity::listed(dice).written(dice, false), dice, 0.25),
        Kind::Person => {
            let who = Identity::everyday(dice);
            let own = who.has_own_script() && dice.chance(0.3);
            line(&who.written(dice, own), dice, 0.5)
        }
        Kind::Organization if listed => Firm::any(dice).line(dice),
        Kind::Organization => Firm::everyday(dice).line(dice),
        Kind::Vessel => Vessel::any(dice).line(dice),
    };
    let listed: Vec<String> = (0..LISTED).map(|_| name(dice, true)).collect();
    let mut index = Index::default();
    for (id, name) in (0..).zip(&listed) {
        index.add(id, name, kind);
    }
    let mut searcher = Searcher::default();
    let mut all = Vec::new();
    while all.len() < n {
        let left = name(dice, false);
        let found = index.search(&mut searcher, &left, kind, (0.001, 1));
        let Some(first) = found.first() else { continue };
        let right = listed[first.id as usize].clone();
        if left.to_lowercase() != right.to_lowercase() {
            all.push(Labelled { left, right, kind, same: false, rule: "found in a list" });
        }
    }
    all
}
