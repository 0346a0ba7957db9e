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

/// What a list names.
enum Thing {
    Person(Identity),
    Firm(Firm),
    Vessel(Vessel),
}

impl Thing {
    fn listed(kind: Kind, dice: &mut Dice) -> Thing {
        match kind {
            Kind::Person => Thing::Person(Identity::listed(dice)),
            Kind::Organization => Thing::Firm(Firm::any(dice)),
            Kind::Vessel => Thing::Vessel(Vessel::any(dice)),
        }
    }

    /// As some document writes it. Of persons, two words at least are written out: an initial and
    /// one word would ring for very many.
    fn written(&self, dice: &mut Dice, own: bool) -> String {
        match self {
            Thing::Person(who) if own && who.has_own_script() => {
                line(&who.written(dice, true), dice, 0.25)
            }
            Thing::Person(who) => loop {
                let name = line(&who.written(dice, false), dice, 0.25);
                if name.split_whitespace().filter(|word| word.len() > 2).count() > 1 {
                    return name;
                }
            },
            Thing::Firm(firm) => firm.line(dice),
            Thing::Vessel(vessel) => vessel.line(dice),
        }
    }
}

/// A name of those who send and get goods.
fn ordinary(kind: Kind, dice: &mut Dice) -> String {
    match kind {
        Kind::Person => {
            let who = Identity::everyday(dice);
            let own = who.has_own_script() && dice.chance(0.3);
            line(&who.written(dice, own), dice, 0.5)
        }
        Kind::Organization => Firm::everyday(dice).line(dice),
        Kind::Vessel => Vessel::any(dice).line(dice),
    }
}

/// A name with a part left out, or one more.
pub fn changed(name: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    let more = super::firms::invented(dice);
    if words.len() > 2 && dice.chance(0.5) {
        words.remove(dice.below(words.len()));
    } else {
        words.insert(1 + dice.below(words.len()), &more);
    }
    words.join(" ")
}

/// What screening finds: `n` listed names that are asked for with slips, with other parts or in
/// another writing, and four times as many ordinary names, each with up to three that are found for
/// it.
pub fn screened(kind: Kind, n: usize, dice: &mut Dice) -> Vec<Labelled> {
    const LISTED: usize = 4_000;
    let things: Vec<Thing> = (0..LISTED).map(|_| Thing::listed(kind, dice)).collect();
    let names: Vec<String> = things.iter().map(|thing| thing.written(dice, false)).collect();
    let mut index = Index::default();
    for (id, name) in (0..).zip(&names) {
        index.add(id, name, kind);
    }
    let mut searcher = Searcher::default();
    let mut all = Vec::new();
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    for _ in 0..n {
        let at = dice.below(LISTED);
        let own = &names[at];
        let (left, rule) = match dice.below(10) {
            0..=4 => {
                let once = slip(own, dice);
                (if dice.chance(0.3) { slip(&once, dice) } else { once }, "slips")
            }
            5 | 6 => (changed(own, dice), "other parts"),
            n => (things[at].written(dice, n == 9), "two writings"),
        };
        let found = index.search(&mut searcher, &left, kind, (0.0, 50));
        if found.iter().any(|one| same(&names[one.id as usize], own)) {
            all.push(Labelled { left, right: own.clone(), kind, same: true, rule });
        }
    }
    for _ in 0..4 * n {
        let left = ordinary(kind, dice);
        for one in index.search(&mut searcher, &left, kind, (0.0, 3)) {
            let right = names[one.id as usize].clone();
            if !same(&left, &right) {
                let left = left.clone();
                all.push(Labelled { left, right, kind, same: false, rule: "ordinary" });
            }
        }
    }
    all
}

/// Ordinary names, each with what a list has most like it.
pub fn found(kind: Kind, n: usize, dice: &mut Dice) -> Vec<Labelled> {
    let mut all = screened(kind, n / 2, dice);
    all.retain(|pair| !pair.same);
    all.truncate(n);
    all.into_iter().map(|pair| Labelled { rule: "found in a list", ..pair }).collect()
}
