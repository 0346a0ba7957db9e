//! What screening names comes to, in two settings: a list of the size of the United Nations', with
//! further names of each listed one, against misspelt names and the ordinary names of a mixed
//! population; and a million listed names, for speed and memory. All names are invented by
//! `examples/fit_names`, from seeds of their own. `cargo bench -p targeting --bench names` prints
//! both; `LISTED=100000` before it makes the large list smaller (0 leaves it out), and
//! `ORDINARY=FILE` screens the names of a file (name, kind; between tabs) beside the invented ones.

#[path = "../examples/fit_names/dice.rs"]
mod dice;
#[expect(dead_code, reason = "the bench needs firms, and none that are easily mistaken")]
#[path = "../examples/fit_names/firms.rs"]
mod firms;
#[expect(dead_code, reason = "the bench needs no two that are easily mistaken")]
#[path = "../examples/fit_names/people.rs"]
mod people;
#[path = "../examples/fit_names/writing.rs"]
mod writing;

use std::collections::HashSet;
use std::hint::black_box;
use std::time::Instant;

use dice::Dice;
use targeting::names::index::{Index, Searcher};
use targeting::names::{Kind, Name};

/// The chances at which figures are told.
const CUTS: [f64; 3] = [0.7, 0.8, 0.9];
/// Things on the small list.
const SMALL: usize = 2_047;
/// Misspelt names that are asked for.
const MISSPELT: usize = 6_000;
/// Ordinary names that are asked for.
const ORDINARY: usize = 40_000;

/// A name that is on no list.
fn ordinary(dice: &mut Dice) -> (String, Kind) {
    if dice.chance(0.8) {
        let who = people::Identity::everyday(dice);
        let own = who.has_own_script() && dice.chance(0.3);
        (writing::line(&who.written(dice, own), dice, 0.6), Kind::Person)
    } else {
        (firms::Firm::everyday(dice).line(dice), Kind::Organization)
    }
}

/// What is listed, under one to five names. Lists write names out: an initial and one word would
/// ring for every tenth of a family.
fn listed(dice: &mut Dice) -> (Vec<String>, Kind) {
    let more = [0, 0, 1, 1, 2, 3, 4][dice.below(7)];
    if dice.chance(0.72) {
        let who = people::Identity::listed(dice);
        let full =
            |name: &String| name.split_whitespace().filter(|word| word.len() > 2).count() > 1;
        let mut names = Vec::new();
        while names.len() <= more {
            names.extend(Some(writing::line(&who.written(dice, false), dice, 0.25)).filter(full));
        }
        (names, Kind::Person)
    } else {
        let firm = firms::Firm::any(dice);
        ((0..=more).map(|_| firm.line(dice)).collect(), Kind::Organization)
    }
}

/// A person's name with an invented family name for nine of ten, so that a million are not a few
/// thousand again and again.
fn person(dice: &mut Dice) -> String {
    let mut who = people::Identity::any(dice).written(dice, false);
    if dice.chance(0.9) {
        who.family = firms::invented(dice);
        if dice.chance(0.5) {
            who.given = firms::invented(dice);
        }
    }
    writing::line(&who, dice, 0.2)
}

/// One slip of the hand, or two in three of ten.
fn misspelt(name: &str, dice: &mut Dice) -> String {
    let mut wrong = writing::slip(name, dice);
    if dice.chance(0.3) {
        wrong = writing::slip(&wrong, dice);
    }
    wrong
}

/// A part left out, or one more.
fn changed(name: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    let more = firms::invented(dice);
    if words.len() > 2 && dice.chance(0.5) {
        words.remove(dice.below(words.len()));
    } else {
        words.insert(1 + dice.below(words.len()), &more);
    }
    words.join(" ")
}

/// The processor time of this process in seconds, and its memory in megabytes, where the system
/// tells: others may be at work on the same machine.
fn used() -> (f64, u64) {
    let text = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let stat = text("/proc/self/stat");
    let ticks: f64 = stat
        .rsplit(')')
        .next()
        .into_iter()
        .flat_map(|rest| rest.split_whitespace().skip(11).take(2))
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    let status = text("/proc/self/status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kb: u64 = line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0);
    (ticks / 100.0, kb / 1024)
}

fn row(label: &str, shares: &[f64]) {
    let cells: Vec<String> = shares.iter().map(|share| format!("{share:>8.4}")).collect();
    println!("{label:<44}{}", cells.concat());
}

/// The share of these names that find what they are a writing of, at each cut.
fn found(
    index: &Index,
    asked: &[(u32, String, Kind)],
    same: impl Fn(u32, u32) -> bool,
) -> [f64; 3] {
    let mut searcher = Searcher::default();
    let mut counts = [0.0; 3];
    for (id, name, kind) in asked {
        let hits = index.search(&mut searcher, name, *kind, (CUTS[0], 50));
        let mine = hits.iter().filter(|hit| same(hit.id, *id));
        let best = mine.map(|hit| hit.matched.probability).fold(0.0, f64::max);
        for (count, cut) in counts.iter_mut().zip(CUTS) {
            *count += f64::from(u8::from(best >= cut)) / asked.len() as f64;
        }
    }
    counts
}

/// The share of names that ring at each cut, and what rang.
fn rings(
    index: &Index,
    asked: &[(String, Kind)],
    names: &[(Vec<String>, Kind)],
    show: bool,
) -> [f64; 3] {
    let mut searcher = Searcher::default();
    let mut counts = [0.0; 3];
    for (name, kind) in asked {
        let hits = index.search(&mut searcher, name, *kind, (CUTS[0], 1));
        let Some(first) = hits.first() else { continue };
        let chance = first.matched.probability;
        if show {
            let listed = names[first.id as usize].0.join(" / ");
            println!("  {chance:.3} {name} | {listed} | {}", first.matched.why());
        }
        for (count, cut) in counts.iter_mut().zip(CUTS) {
            *count += f64::from(u8::from(chance >= cut)) / asked.len() as f64;
        }
    }
    counts
}

fn small() {
    let show = std::env::var_os("SHOW").is_some();
    let mut dice = Dice(2_047);
    let names: Vec<(Vec<String>, Kind)> = (0..SMALL).map(|_| listed(&mut dice)).collect();
    let mut index = Index::default();
    for (id, (names, kind)) in (0..).zip(&names) {
        names.iter().for_each(|name| index.add(id, name, *kind));
    }
    println!("{SMALL} listed under {} names", index.len());
    row("at a chance of", &CUTS);
    let mut ask = |how: fn(&str, &mut Dice) -> String| -> Vec<(u32, String, Kind)> {
        let mut asked = Vec::new();
        while asked.len() < MISSPELT {
            let id = dice.below(SMALL);
            let (all, kind) = &names[id];
            let name = &all[dice.below(all.len())];
            let wrong = how(name, &mut dice);
            if wrong != *name {
                asked.push((id as u32, wrong, *kind));
            }
        }
        asked
    };
    let wrong = ask(misspelt);
    let parts = ask(changed);
    row("misspelt names found", &found(&index, &wrong, |a, b| a == b));
    let alone = CUTS.map(|cut| {
        let best = |id: &u32, name: &str, kind: Kind| {
            let asked = Name::of(name, kind);
            let all = names[*id as usize].0.iter().map(|one| Name::of(one, kind));
            all.map(|one| asked.probability(&one)).fold(0.0, f64::max)
        };
        let found = wrong.iter().filter(|(id, name, kind)| best(id, name, *kind) >= cut);
        found.count() as f64 / wrong.len() as f64
    });
    row("  if every pair were compared", &alone);
    for (label, kind) in [("  persons", Kind::Person), ("  bodies", Kind::Organization)] {
        let some: Vec<_> = wrong.iter().filter(|one| one.2 == kind).cloned().collect();
        row(label, &found(&index, &some, |a, b| a == b));
    }
    if show {
        let mut searcher = Searcher::default();
        for (id, name, kind) in wrong.iter().take(3_000) {
            let hits = index.search(&mut searcher, name, *kind, (0.05, 50));
            let mine = hits.iter().find(|hit| hit.id == *id);
            let chance = mine.map_or(0.0, |hit| hit.matched.probability);
            if chance < 0.9 {
                println!("  {chance:.3} {name} | {}", names[*id as usize].0.join(" / "));
            }
        }
    }
    row("a part left out or added, found", &found(&index, &parts, |a, b| a == b));
    let every: Vec<(String, Kind)> = (0..ORDINARY).map(|_| ordinary(&mut dice)).collect();
    row("ordinary names that ring", &rings(&index, &every, &names, show));
    for (label, kind) in [("  persons", Kind::Person), ("  bodies", Kind::Organization)] {
        let some: Vec<_> = every.iter().filter(|one| one.1 == kind).cloned().collect();
        row(label, &rings(&index, &some, &names, false));
    }
    if let Some(file) = std::env::var_os("ORDINARY") {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let own: Vec<(String, Kind)> = text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(name, kind)| Some((name.to_owned(), Kind::of_schema(kind)?)))
            .collect();
        row(
            &format!("{} names of the file that ring", own.len()),
            &rings(&index, &own, &names, show),
        );
    }
}

fn large(listed: usize) {
    let mut dice = Dice(1);
    let names: Vec<String> = (0..listed).map(|_| person(&mut dice)).collect();
    let (before, own) = used();
    let start = Instant::now();
    let mut index = Index::default();
    for (id, name) in (0..).zip(&names) {
        index.add(id, name, Kind::Person);
    }
    // The first search readies the index.
    index.search(&mut Searcher::default(), "Nobody", Kind::Person, (0.7, 1));
    let wall = start.elapsed().as_secs_f64();
    let (after, memory) = used();
    println!(
        "\n{listed} listed in {wall:.1} s ({:.1} s of the processor); {memory} MB, {own} MB of \
         them the names themselves",
        after - before
    );
    row("at a chance of", &CUTS);
    let mut wrong = Vec::new();
    while wrong.len() < 4_000 {
        let id = dice.below(names.len());
        let name = misspelt(&names[id], &mut dice);
        if name != names[id] {
            wrong.push((id as u32, name, Kind::Person));
        }
    }
    let same = |a: u32, b: u32| a == b || names[a as usize] == names[b as usize];
    row("misspelt names found", &found(&index, &wrong, same));
    let fresh: Vec<(String, Kind)> =
        (0..20_000).map(|_| (person(&mut dice), Kind::Person)).collect();
    row("names of the same words that ring", &rings(&index, &fresh, &[], false));
    let every: Vec<(String, Kind)> = (0..20_000).map(|_| ordinary(&mut dice)).collect();
    let every: Vec<_> = every.into_iter().filter(|one| one.1 == Kind::Person).collect();
    row("ordinary names that ring", &rings(&index, &every, &[], false));
    let wrong: Vec<(String, Kind)> =
        wrong.into_iter().map(|(_, name, kind)| (name, kind)).collect();
    for (label, asked) in
        [("misspelt", &wrong), ("of the same words", &fresh), ("ordinary", &every)]
    {
        let mut searcher = Searcher::default();
        let (before, _) = used();
        let start = Instant::now();
        for (name, kind) in asked {
            black_box(index.search(&mut searcher, name, *kind, (0.7, 5)));
        }
        let wall = asked.len() as f64 / start.elapsed().as_secs_f64();
        let (after, memory) = used();
        let core = asked.len() as f64 / (after - before).max(0.01);
        println!(
            "{label}: {core:.0} queries a second of the processor ({wall:.0} by the clock), \
             {memory} MB"
        );
    }
    let different: HashSet<&String> = names.iter().collect();
    println!("{} of the listed names are different", different.len());
}

fn main() {
    small();
    let listed = std::env::var_os("LISTED").and_then(|n| n.to_str()?.parse().ok());
    match listed.unwrap_or(1_000_000) {
        0 => {}
        n => large(n),
    }
}
