//! Tables of invented persons, each recorded more than once, with the truth of who is who: for
//! measuring how well records are resolved into entities. Two kinds: a register that was keyed in
//! twice with slips of typing, hearing and reading; and lives, where one person is recorded many
//! times under short forms, titles and other towns. Each also by other hands (`other_hands.rs`), so
//! that what was tuned on the one is checked on the other. Nobody in them exists.

mod other_hands;

use crate::dice::{Purpose, Stream};

/// Kinds of tables of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleKind {
    /// Everyone twice: once as they are, once with slips.
    Register,
    /// Some seven records a person over a life.
    Lives,
    /// A register by other hands: scanned, cut off, after weddings and moves; one to four records.
    Scanned,
    /// Lives by other hands, among relatives.
    Archive,
}

impl PeopleKind {
    /// The columns of its tables.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            PeopleKind::Register | PeopleKind::Scanned => &REGISTER_COLUMNS,
            PeopleKind::Lives | PeopleKind::Archive => &LIVES_COLUMNS,
        }
    }
}

/// Columns of registers; `truth` says who is who.
pub const REGISTER_COLUMNS: [&str; 12] = [
    "record",
    "truth",
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "address_2",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
    "soc_sec_id",
];

/// Columns of lives; `truth` says who is who.
pub const LIVES_COLUMNS: [&str; 11] = [
    "record",
    "truth",
    "full_name",
    "first_and_surname",
    "first_name",
    "surname",
    "dob",
    "birth_place",
    "postcode",
    "gender",
    "occupation",
];

const GIVEN: [&str; 72] = [
    "john",
    "william",
    "thomas",
    "james",
    "george",
    "mary",
    "elizabeth",
    "charles",
    "henry",
    "robert",
    "anne",
    "sarah",
    "edward",
    "joseph",
    "margaret",
    "richard",
    "jane",
    "samuel",
    "francis",
    "david",
    "alexander",
    "frederick",
    "walter",
    "arthur",
    "catherine",
    "benjamin",
    "daniel",
    "peter",
    "emily",
    "alfred",
    "andrew",
    "philip",
    "susan",
    "harriet",
    "albert",
    "michael",
    "eleanor",
    "stephen",
    "matthew",
    "florence",
    "christopher",
    "dorothy",
    "anthony",
    "patrick",
    "nicholas",
    "hugh",
    "edmund",
    "caroline",
    "martha",
    "ernest",
    "jessica",
    "emma",
    "joshua",
    "lachlan",
    "mitchell",
    "isabella",
    "chloe",
    "olivia",
    "jack",
    "sophie",
    "ruby",
    "harrison",
    "lucy",
    "oliver",
    "zachary",
    "rebecca",
    "hannah",
    "julia",
    "rosamund",
    "leonard",
    "gilbert",
    "ambrose",
];

/// Short forms and other spellings of some of them.
const SHORT: [(&str, &[&str]); 26] = [
    ("john", &["jack", "jno", "johnny"]),
    ("william", &["bill", "will", "wm", "billy"]),
    ("thomas", &["tom", "thos", "tommy"]),
    ("james", &["jim", "jas", "jimmy"]),
    ("george", &["geo", "georgie"]),
    ("mary", &["polly", "molly", "marie"]),
    ("elizabeth", &["eliza", "betty", "liz", "bessie"]),
    ("charles", &["charlie", "chas"]),
    ("henry", &["harry", "hal"]),
    ("robert", &["bob", "rob", "bobby"]),
    ("anne", &["ann", "annie", "nancy"]),
    ("sarah", &["sally", "sara"]),
    ("edward", &["ned", "ted", "ed"]),
    ("joseph", &["joe", "jos"]),
    ("margaret", &["maggie", "peggy", "meg"]),
    ("richard", &["dick", "rick"]),
    ("samuel", &["sam"]),
    ("francis", &["frank", "frankie"]),
    ("alexander", &["alex", "sandy"]),
    ("frederick", &["fred", "freddie"]),
    ("catherine", &["kate", "kitty", "katherine"]),
    ("benjamin", &["ben"]),
    ("daniel", &["dan"]),
    ("alfred", &["alf"]),
    ("christopher", &["kit", "chris"]),
    ("dorothy", &["dolly"]),
];

const SURNAMES: [&str; 60] = [
    "smith",
    "jones",
    "taylor",
    "brown",
    "williams",
    "wilson",
    "johnson",
    "davies",
    "robinson",
    "wright",
    "thompson",
    "evans",
    "walker",
    "white",
    "roberts",
    "green",
    "hall",
    "wood",
    "harris",
    "martin",
    "jackson",
    "clarke",
    "clark",
    "turner",
    "hill",
    "cooper",
    "ward",
    "moore",
    "morris",
    "king",
    "watson",
    "harrison",
    "morgan",
    "baker",
    "patel",
    "young",
    "allen",
    "mitchell",
    "lee",
    "bell",
    "phillips",
    "parker",
    "cook",
    "bennett",
    "shaw",
    "marshall",
    "reid",
    "campbell",
    "stewart",
    "murray",
    "macdonald",
    "fraser",
    "ross",
    "graham",
    "nguyen",
    "ryan",
    "kelly",
    "oconnor",
    "white",
    "webb",
];

const STARTS: [&str; 30] = [
    "ash", "bar", "bel", "brad", "car", "chad", "clif", "dal", "den", "ed", "fair", "gar", "had",
    "har", "kem", "lang", "lin", "mar", "nor", "os", "pem", "rad", "sel", "stan", "thorn", "wal",
    "wes", "whit", "win", "yar",
];
const ENDS: [&str; 24] = [
    "by", "bury", "combe", "cott", "dale", "den", "field", "ford", "ham", "hurst", "ington",
    "land", "leigh", "ley", "low", "man", "mere", "more", "ridge", "ster", "ton", "well", "wick",
    "worth",
];

const STREETS: [&str; 8] =
    ["street", "crescent", "place", "circuit", "road", "avenue", "close", "court"];
const STATES: [&str; 7] = ["nsw", "vic", "qld", "wa", "sa", "tas", "act"];
const TITLES: [&str; 8] =
    ["sir", "1st baron", "2nd baronet", "lord", "3rd earl of", "reverend", "dr", "captain"];
const WORK: [&str; 36] = [
    "politician",
    "writer",
    "painter",
    "cricketer",
    "military officer",
    "priest",
    "lawyer",
    "physician",
    "engineer",
    "architect",
    "botanist",
    "actor",
    "composer",
    "judge",
    "merchant",
    "diplomat",
    "journalist",
    "photographer",
    "astronomer",
    "banker",
    "chemist",
    "civil servant",
    "explorer",
    "geologist",
    "historian",
    "illustrator",
    "mathematician",
    "missionary",
    "naturalist",
    "poet",
    "printer",
    "sculptor",
    "surgeon",
    "translator",
    "zoologist",
    "sailor",
];

/// A table of persons: its columns are those of its kind. The same seed gives the same table.
pub fn people(kind: PeopleKind, persons: usize, seed: u64) -> Vec<Vec<String>> {
    let mut rows = Vec::with_capacity(persons * 2);
    for person in 0..persons {
        let mut dice = Stream::of(seed, Purpose::People, 0, person as u64);
        match kind {
            PeopleKind::Register => register(person, &mut dice, &mut rows),
            PeopleKind::Lives => life(person, &mut dice, &mut rows),
            PeopleKind::Scanned => other_hands::scanned(person, &mut dice, &mut rows),
            PeopleKind::Archive => other_hands::archive(person, &mut dice, &mut rows, seed),
        }
    }
    // Records of one person do not stand together.
    let mut dice = Stream::of(seed, Purpose::People, 1, 0);
    for n in (1..rows.len()).rev() {
        rows.swap(n, dice.below(n + 1));
    }
    for (n, row) in rows.iter_mut().enumerate() {
        row[0] = format!("r{n}");
    }
    rows
}

/// One of a list, the first ones oftener, as names are.
fn common<'l>(dice: &mut Stream, list: &[&'l str]) -> &'l str {
    let near = dice.unit() * dice.unit();
    list[((near * list.len() as f64) as usize).min(list.len() - 1)]
}

fn surname(dice: &mut Stream) -> String {
    if dice.chance(0.45) {
        return common(dice, &SURNAMES).to_owned();
    }
    format!("{}{}", dice.pick(&STARTS), dice.pick(&ENDS))
}

fn town(dice: &mut Stream) -> String {
    let town = format!("{}{}", common(dice, &STARTS), common(dice, &ENDS));
    if dice.chance(0.12) {
        format!("{} {town}", dice.pick(&["north", "port", "mount"]))
    } else {
        town
    }
}

fn birth(dice: &mut Stream, from: usize, years: usize) -> (usize, usize, usize) {
    (from + dice.below(years), 1 + dice.below(12), 1 + dice.below(28))
}

fn register(person: usize, dice: &mut Stream, rows: &mut Vec<Vec<String>>) {
    let (year, month, day) = birth(dice, 1900, 100);
    let home = town(dice);
    let postcode = format!("{:04}", 2000 + dice.below(5_000));
    let number = (1 + dice.below(180)).to_string();
    let gives = |dice: &mut Stream, share: f64, text: String| {
        if dice.chance(share) { text } else { String::new() }
    };
    let state = common(dice, &STATES).to_owned();
    let road = format!("{}{}", dice.pick(&STARTS), dice.pick(&ENDS));
    let given = common(dice, &GIVEN).to_owned();
    let surname = surname(dice);
    let second = format!("{} {}", dice.pick(&["villa", "unit", "flat", "rosetta", "glen"]), road);
    let address = format!("{}{} {}", dice.pick(&STARTS), dice.pick(&ENDS), dice.pick(&STREETS));
    let whole = vec![
        String::new(),
        format!("p{person}"),
        gives(dice, 0.98, given),
        gives(dice, 0.99, surname),
        gives(dice, 0.96, number),
        gives(dice, 0.98, address),
        gives(dice, 0.6, second),
        gives(dice, 0.99, home),
        postcode,
        gives(dice, 0.99, state),
        gives(dice, 0.97, format!("{year}{month:02}{day:02}")),
        format!("{}", 1_000_000 + dice.below(9_000_000)),
    ];
    let mut again = whole.clone();
    for _ in 0..1 + dice.below(4) + dice.below(4) {
        let at = 2 + dice.below(10);
        let roll = dice.unit();
        match at {
            _ if again[at].is_empty() => {}
            2 if roll < 0.12 => again.swap(2, 3),
            5 if roll < 0.15 => again.swap(5, 6),
            2 if roll < 0.3 => again[2] = short_form(dice, &again[2]),
            _ if roll < 0.22 => again[at] = String::new(),
            _ => {
                let mut text = std::mem::take(&mut again[at]);
                for _ in 0..1 + usize::from(dice.chance(0.3)) {
                    text = slip(dice, &text);
                }
                again[at] = text;
            }
        }
    }
    rows.push(whole);
    rows.push(again);
}

fn short_form(dice: &mut Stream, name: &str) -> String {
    match SHORT.iter().find(|(whole, _)| *whole == name) {
        Some((_, short)) => dice.pick(short).to_owned(),
        None => name.to_owned(),
    }
}

/// One slip of typing, hearing or reading.
fn slip(dice: &mut Stream, text: &str) -> String {
    const SOUNDS: [(&str, &str); 10] = [
        ("ph", "f"),
        ("ck", "k"),
        ("ie", "y"),
        ("ee", "ea"),
        ("th", "t"),
        ("ll", "l"),
        ("c", "k"),
        ("i", "y"),
        ("ou", "u"),
        ("gh", "g"),
    ];
    const SHAPES: [(&str, &str); 8] = [
        ("m", "rn"),
        ("1", "l"),
        ("0", "o"),
        ("5", "s"),
        ("8", "b"),
        ("cl", "d"),
        ("i", "j"),
        ("g", "q"),
    ];
    let mut signs: Vec<char> = text.chars().collect();
    let n = signs.len();
    if n == 0 {
        return String::new();
    }
    let digits = signs.iter().all(char::is_ascii_digit);
    let any = |dice: &mut Stream| {
        if digits {
            char::from(b'0' + dice.below(10) as u8)
        } else {
            char::from(b'a' + dice.below(26) as u8)
        }
    };
    match dice.below(9) {
        0 | 1 => signs[dice.below(n)] = any(dice),
        2 => signs.insert(dice.below(n + 1), any(dice)),
        3 if n > 2 => drop(signs.remove(dice.below(n))),
        4 | 5 if n > 1 => {
            let at = dice.below(n - 1);
            signs.swap(at, at + 1);
        }
        6 if n > 1 && !digits => signs.insert(1 + dice.below(n - 1), ' '),
        7 => {
            let (from, to) = dice.pick(&SOUNDS);
            return text.replacen(from, to, 1);
        }
        _ => {
            let (from, to) = dice.pick(&SHAPES);
            return text.replacen(from, to, 1);
        }
    }
    signs.into_iter().collect()
}

fn life(person: usize, dice: &mut Stream, rows: &mut Vec<Vec<String>>) {
    let (year, month, day) = birth(dice, 1600, 300);
    let (given, middle) = (common(dice, &GIVEN), dice.pick(&GIVEN));
    let has_middle = dice.chance(0.35);
    let surname = surname(dice);
    let title = dice.chance(0.25).then(|| dice.pick(&TITLES));
    let seat = format!("{}{}", dice.pick(&STARTS), dice.pick(&ENDS));
    let place = town(dice);
    // Postcodes of one town begin alike.
    let area =
        crate::dice::mix(7, place.bytes().map(u64::from).sum::<u64>() * 131 + place.len() as u64);
    let letter = |n: u64| char::from(b'a' + (n % 26) as u8);
    let district = format!("{}{}{}", letter(area), letter(area >> 8), 1 + (area >> 16) % 28);
    let work = [common(dice, &WORK), common(dice, &WORK)];
    let only_year = dice.chance(0.12);
    let records = 1 + dice.below(6) + dice.below(6) + dice.below(5);
    let home = (1 + dice.below(9), letter(dice.bits()), letter(dice.bits()));
    for n in 0..records {
        let first = match dice.unit() {
            roll if roll < 0.18 => short_form(dice, given),
            roll if roll < 0.21 && has_middle => middle.to_owned(),
            roll if roll < 0.24 => given[..1].to_owned(),
            _ => given.to_owned(),
        };
        let last = match dice.unit() {
            roll if roll < 0.04 && title.is_some() => seat.clone(),
            roll if roll < 0.06 => String::new(),
            _ => surname.clone(),
        };
        let (mut first, mut last) = (first, last);
        if n > 0 && dice.chance(0.12) {
            first = slip(dice, &first);
        }
        if n > 0 && dice.chance(0.12) {
            last = slip(dice, &last);
        }
        let mut whole = first.clone();
        if has_middle && dice.chance(0.6) {
            whole = format!("{whole} {middle}");
        }
        whole = format!("{whole} {last}");
        if let Some(title) = title.filter(|_| dice.chance(0.6)) {
            whole = match title.contains("sir") || title.contains("dr") {
                true => format!("{title} {whole}"),
                false => format!("{whole}, {title} {seat}"),
            };
        }
        let mut born = match only_year {
            true => format!("{year}-01-01"),
            false => format!("{year}-{month:02}-{day:02}"),
        };
        match dice.unit() {
            roll if roll < 0.22 => born = String::new(),
            roll if roll < 0.27 => born = format!("{year}-01-01"),
            roll if roll < 0.33 => {
                let at = dice.pick(&[3usize, 6, 8, 9]);
                let digit =
                    char::from(b'0' + dice.below(if at == 6 || at == 8 { 2 } else { 10 }) as u8);
                born.replace_range(at..at + 1, &digit.to_string());
            }
            roll if roll < 0.35 && !only_year => born = format!("{year}-{day:02}-{month:02}"),
            _ => {}
        }
        let (sector, one, two) = match dice.unit() {
            roll if roll < 0.55 => home,
            roll if roll < 0.8 => (home.0, letter(dice.bits()), letter(dice.bits())),
            _ => (1 + dice.below(9), letter(dice.bits()), letter(dice.bits())),
        };
        let moved = dice.chance(0.06);
        let outward = match moved {
            true => format!("{}{}{}", letter(dice.bits()), letter(dice.bits()), 1 + dice.below(28)),
            false => district.clone(),
        };
        let keep = |dice: &mut Stream, share: f64, text: String| {
            if dice.chance(share) { text } else { String::new() }
        };
        let said = work[usize::from(dice.chance(0.25))].to_owned();
        rows.push(vec![
            String::new(),
            format!("p{person}"),
            whole.clone(),
            format!("{first} {last}").trim().to_owned(),
            first,
            last,
            born,
            keep(dice, 0.88, place.clone()),
            keep(dice, 0.85, format!("{outward} {sector}{one}{two}")),
            keep(dice, 0.6, "x".to_owned()),
            keep(dice, 0.55, said),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_table_and_everyone_is_in_it() {
        use PeopleKind::{Archive, Lives, Register, Scanned};
        for kind in [Register, Lives, Scanned, Archive] {
            let table = people(kind, 200, 5);
            assert_eq!(table, people(kind, 200, 5));
            assert_ne!(table, people(kind, 200, 6));
            assert!(table.iter().all(|row| row.len() == kind.columns().len()));
            let truths: std::collections::BTreeSet<&str> =
                table.iter().map(|row| row[1].as_str()).collect();
            assert_eq!(truths.len(), 200);
        }
    }
}
