//! Persons as other hands record them than those of the parent module: scanned and read by machine,
//! cut off by a form, known by names that are in no list of short forms, married, moved, with day
//! and month turned. What is tuned on the parent's tables is checked on these.

use super::{REGISTER_COLUMNS, STARTS, TITLES, WORK};
use crate::dice::{Stream, mix};

const GIVEN: [&str; 64] = [
    "aaliyah",
    "abbey",
    "adelaide",
    "alana",
    "amber",
    "angus",
    "archer",
    "ashton",
    "bailey",
    "bethany",
    "blake",
    "braden",
    "brianna",
    "callum",
    "cameron",
    "cooper",
    "dakota",
    "declan",
    "dylan",
    "eliza",
    "ethan",
    "finlay",
    "georgia",
    "grace",
    "hamish",
    "hayden",
    "imogen",
    "india",
    "jasmine",
    "jayden",
    "jordan",
    "kiara",
    "kyle",
    "lara",
    "lewis",
    "liam",
    "logan",
    "lily",
    "madison",
    "mason",
    "mia",
    "molly",
    "nathan",
    "nicholas",
    "noah",
    "paige",
    "phoebe",
    "riley",
    "rohan",
    "samantha",
    "sienna",
    "stephanie",
    "taylah",
    "tahlia",
    "toby",
    "tristan",
    "tyler",
    "vincent",
    "william",
    "xavier",
    "zara",
    "zoe",
    "thomas",
    "joshua",
];
const FORENAMES: [&str; 56] = [
    "ambrose",
    "arabella",
    "augusta",
    "barnaby",
    "bartholomew",
    "blanche",
    "cecil",
    "cecilia",
    "clement",
    "constance",
    "cuthbert",
    "edith",
    "edwin",
    "ethel",
    "evelyn",
    "fanny",
    "fergus",
    "gerard",
    "gilbert",
    "godfrey",
    "gwen",
    "hector",
    "helena",
    "herbert",
    "horace",
    "ida",
    "isaac",
    "jasper",
    "jeremiah",
    "josiah",
    "laetitia",
    "lancelot",
    "lavinia",
    "leopold",
    "lionel",
    "mabel",
    "marmaduke",
    "maurice",
    "mildred",
    "muriel",
    "nathaniel",
    "octavia",
    "percy",
    "ralph",
    "reginald",
    "roderick",
    "rupert",
    "sidney",
    "silas",
    "thomas",
    "john",
    "mary",
    "william",
    "elizabeth",
    "winifred",
    "wilfred",
];
const HEADS: [&str; 28] = [
    "ab", "al", "bo", "bran", "ca", "cor", "da", "do", "el", "fa", "gal", "ha", "jo", "ka", "lo",
    "mc", "mac", "ma", "ne", "o", "pe", "ra", "sa", "ta", "va", "we", "ya", "za",
];
const MIDDLES: [&str; 20] = [
    "ber", "chi", "don", "far", "gre", "hol", "lan", "lin", "men", "nar", "nel", "pol", "qui",
    "ran", "rim", "sel", "tan", "ver", "vin", "zel",
];
const TAILS: [&str; 22] = [
    "", "a", "as", "den", "dez", "e", "er", "ey", "i", "ini", "ko", "man", "ner", "o", "opoulos",
    "ov", "s", "son", "ssen", "ti", "ult", "y",
];
const WAYS: [(&str, &str); 10] = [
    ("street", "st"),
    ("road", "rd"),
    ("avenue", "ave"),
    ("crescent", "cres"),
    ("drive", "dr"),
    ("place", "pl"),
    ("court", "ct"),
    ("terrace", "tce"),
    ("parade", "pde"),
    ("lane", "ln"),
];
const STATES: [&str; 8] = ["nsw", "vic", "qld", "wa", "sa", "tas", "act", "nt"];
/// What a machine reads for what was printed.
const READ: [(&str, &str); 16] = [
    ("rn", "m"),
    ("m", "rn"),
    ("cl", "d"),
    ("d", "cl"),
    ("vv", "w"),
    ("w", "vv"),
    ("li", "h"),
    ("e", "c"),
    ("h", "b"),
    ("0", "8"),
    ("1", "7"),
    ("3", "8"),
    ("5", "6"),
    ("6", "0"),
    ("9", "4"),
    ("u", "ii"),
];
const KEYS: [&str; 4] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"];

/// One of a list by rank: the n-th about as often as one in n.
fn ranked<'l>(dice: &mut Stream, list: &[&'l str]) -> &'l str {
    let near = dice.unit() * dice.unit() * dice.unit();
    list[((near * list.len() as f64) as usize).min(list.len() - 1)]
}

fn family(dice: &mut Stream) -> String {
    format!("{}{}{}", ranked(dice, &HEADS), ranked(dice, &MIDDLES), ranked(dice, &TAILS))
}

fn town(dice: &mut Stream) -> String {
    format!("{}{}", dice.pick(&STARTS), dice.pick(&["bah", "bong", "gong", "rah", "ton", "wood"]))
}

/// A name that only those who know somebody call them by.
fn pet(dice: &mut Stream, name: &str) -> String {
    let cut: String = name.chars().take(3 + dice.below(2)).collect();
    format!("{cut}{}", dice.pick(&["", "o", "za", "ie", "s"]))
}

/// One slip: a machine's reading, a neighbour on the keyboard, a letter twice or none, a cut end.
fn slip(dice: &mut Stream, text: &str) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    let n = signs.len();
    if n < 2 {
        return text.to_owned();
    }
    let at = dice.below(n);
    match dice.below(10) {
        0..=3 => {
            let start = dice.below(READ.len());
            let turned = READ[start..].iter().chain(&READ[..start]);
            for (printed, read) in turned {
                if text.contains(printed) {
                    return text.replacen(printed, read, 1);
                }
            }
        }
        4 | 5 => {
            let row = KEYS.iter().find_map(|row| row.find(signs[at]).map(|place| (row, place)));
            if let Some((row, place)) = row {
                let place = if place == 0 { 1 } else { place - 1 };
                signs[at] = char::from(row.as_bytes()[place]);
            }
        }
        6 => signs.insert(at, signs[at]),
        7 => drop(signs.remove(at)),
        8 if n > 8 => signs.truncate(8),
        _ => signs.swap(at, if at == 0 { 1 } else { at - 1 }),
    }
    signs.into_iter().collect()
}

/// A register that was scanned again: most persons once or twice, some four times.
pub(super) fn scanned(person: usize, dice: &mut Stream, rows: &mut Vec<Vec<String>>) {
    let woman = dice.chance(0.5);
    let born = (1912 + dice.below(96), 1 + dice.below(12), 1 + dice.below(28));
    let way = WAYS[dice.below(WAYS.len())];
    let road = family(dice);
    let whole = [
        String::new(),
        format!("p{person}"),
        ranked(dice, &GIVEN).to_owned(),
        family(dice),
        (1 + dice.below(320)).to_string(),
        format!("{road} {}", way.0),
        if dice.chance(0.5) {
            format!("{} {}", dice.pick(&STARTS), family(dice))
        } else {
            String::new()
        },
        town(dice),
        format!("{:04}", 800 + dice.below(6_400)),
        ranked(dice, &STATES).to_owned(),
        format!("{}{:02}{:02}", born.0, born.1, born.2),
        (1_000_000 + dice.below(9_000_000)).to_string(),
    ];
    let records = [1, 2, 2, 2, 2, 2, 3, 4][dice.below(8)];
    for n in 0..records {
        let mut row = whole.to_vec();
        if n > 0 {
            // What happens in a life, then what happens on paper.
            if dice.chance(0.14) {
                row[4] = (1 + dice.below(320)).to_string();
                row[5] = format!("{} {}", family(dice), dice.pick(&WAYS).0);
                row[6] = String::new();
                row[7] = town(dice);
                row[8] = format!("{:04}", 800 + dice.below(6_400));
            }
            if woman && dice.chance(0.12) {
                row[3] = family(dice);
            }
            if dice.chance(0.15) {
                row[2] = pet(dice, &whole[2]);
            }
            if dice.chance(0.06) {
                row[10] = format!("{}{:02}{:02}", born.0, born.2.min(12), born.1);
            }
            if dice.chance(0.3) {
                row[5] = row[5].replace(way.0, way.1);
            }
            if dice.chance(0.05) {
                row.swap(5, 6);
            }
            if dice.chance(0.04) {
                row.swap(2, 3);
            }
            for _ in 0..dice.below(5) {
                let at = 2 + dice.below(REGISTER_COLUMNS.len() - 2);
                row[at] = if dice.chance(0.2) { String::new() } else { slip(dice, &row[at]) };
            }
        }
        // A table that was written with blanks after its commas.
        rows.push(row.into_iter().map(|cell| format!(" {cell}")).collect());
    }
}

/// An archive of lives: the same columns as lives, other habits, and relatives who share much.
pub(super) fn archive(person: usize, dice: &mut Stream, rows: &mut Vec<Vec<String>>, seed: u64) {
    // Some four persons of one family: name, town and area are the family's.
    let mut kin = Stream::of(seed, crate::dice::Purpose::People, 2, person as u64 / 4);
    let (surname, home) = (family(&mut kin), town(&mut kin));
    let area = kin.bits();
    let from = 1580 + kin.below(330);
    let stranger = dice.chance(0.5);
    let (surname, home) = if stranger { (family(dice), town(dice)) } else { (surname, home) };
    let area = if stranger { dice.bits() } else { area };
    let woman = dice.chance(0.25);
    let maiden = (woman && dice.chance(0.6)).then(|| family(dice));
    let given = ranked(dice, &FORENAMES);
    let further: Vec<&str> = (0..dice.below(3)).map(|_| dice.pick(&FORENAMES)).collect();
    let pen = dice.chance(0.05).then(|| format!("{} {}", dice.pick(&FORENAMES), family(dice)));
    let title = dice.chance(0.15).then(|| dice.pick(&TITLES));
    let born = (from + dice.below(60), 1 + dice.below(12), 1 + dice.below(28));
    let letter = |n: u64| char::from(b'a' + (n % 26) as u8);
    let outward =
        |bits: u64| format!("{}{}{}", letter(bits), letter(bits >> 9), 1 + (bits >> 17) % 30);
    let mut work = dice.pick(&WORK);
    let only_year = dice.chance(0.2);
    let records = 1 + dice.below(4) + dice.below(5) * dice.below(5);
    for n in 0..records {
        let mut names: Vec<String> = vec![given.to_owned()];
        names.extend(further.iter().filter(|_| dice.chance(0.5)).map(|name| (*name).to_owned()));
        let mut last = match &maiden {
            Some(maiden) if dice.chance(0.35) => maiden.clone(),
            _ => surname.clone(),
        };
        match dice.below(20) {
            0 | 1 => names[0] = pet(dice, given),
            2 => names[0] = given[..1].to_owned(),
            3 if names.len() > 1 => drop(names.remove(0)),
            _ => {}
        }
        if n > 0 && dice.chance(0.13) {
            last = slip(dice, &last);
        }
        if n > 0 && dice.chance(0.1) {
            names[0] = slip(dice, &names[0]);
        }
        let mut whole = format!("{} {last}", names.join(" "));
        if let Some(pen) = pen.as_ref().filter(|_| dice.chance(0.3)) {
            whole.clone_from(pen);
        }
        if let Some(title) = title.filter(|_| dice.chance(0.4)) {
            whole = format!("{whole}, {title} {home}");
        }
        if dice.chance(0.03) {
            whole = whole.chars().take(12).collect();
        }
        // The parts are cut from the whole by a rule, whatever stands there.
        let bare = whole.split(',').next().unwrap_or_default();
        let first = bare.split(' ').next().unwrap_or_default().to_owned();
        let mut last = bare.split(' ').next_back().unwrap_or_default().to_owned();
        if dice.chance(0.05) {
            last = String::new();
        }
        let date = match dice.below(20) {
            0..=4 => String::new(),
            5 => format!("{}-01-01", born.0),
            6 => format!("{}-{:02}-{:02}", born.0 + 1, born.1, born.2),
            7 => format!("{}-{:02}-{:02}", born.0, born.2.min(12), born.1),
            8 => format!("{}-{:02}-{:02}", born.0, born.1, 1 + dice.below(28)),
            9 => format!("{:02}/{:02}/{}", born.2, born.1, born.0),
            _ if only_year => format!("{}-01-01", born.0),
            _ => format!("{}-{:02}-{:02}", born.0, born.1, born.2),
        };
        let place = match dice.below(12) {
            0 => String::new(),
            1 => slip(dice, &home),
            2 => format!("{home} parish"),
            _ => home.clone(),
        };
        let moved = dice.chance(0.12);
        let there = if moved { outward(dice.bits()) } else { outward(area) };
        // One house in two records of three; otherwise another of the same district.
        let house = if dice.chance(0.65) { mix(seed, person as u64) } else { dice.bits() };
        let inward = format!("{}{}{}", 1 + house % 9, letter(house >> 8), letter(house >> 20));
        if dice.chance(0.15) {
            work = dice.pick(&WORK);
        }
        let keep = |dice: &mut Stream, share: f64, text: String| {
            if dice.chance(share) { text } else { String::new() }
        };
        rows.push(vec![
            String::new(),
            format!("p{person}"),
            whole,
            format!("{first} {last}").trim().to_owned(),
            first,
            last,
            date,
            place,
            keep(dice, 0.8, format!("{there} {inward}")),
            keep(dice, 0.7, if woman { "female" } else { "male" }.to_owned()),
            keep(dice, 0.5, work.to_owned()),
        ]);
    }
}
