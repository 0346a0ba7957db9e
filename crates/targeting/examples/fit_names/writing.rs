//! How documents write a name: order, commas, capitals, initials, honorifics, what is left out, and
//! slips of the hand.

use super::dice::Dice;
use super::people::{Person, Tongue};

/// A person's name as some document has it. `bare` is the share of what is usually left out.
pub fn line(person: &Person, dice: &mut Dice, bare: f64) -> String {
    let mut middle: Vec<String> =
        person.middle.iter().filter(|_| !dice.chance(bare)).cloned().collect();
    let mut given = person.given.clone();
    let mut family = person.family.clone();
    if person.tongue == Tongue::Arabic && !middle.is_empty() && dice.chance(0.35) {
        middle.insert(0, (*dice.of(&["bin", "ibn", "Ben"])).to_owned());
    }
    let latin = given.is_ascii() || person.tongue != Tongue::Korean;
    if dice.chance(0.06) && latin {
        given = initial(&given);
    }
    if dice.chance(0.15) {
        middle = middle.iter().map(|name| initial(name)).collect();
    }
    if dice.chance(0.12) {
        given = plain(&given, dice);
        family = plain(&family, dice);
        middle = middle.iter().map(|name| plain(name, dice)).collect();
    }
    let eastern = matches!(person.tongue, Tongue::Korean | Tongue::Chinese);
    let own_script = !given.is_ascii() && eastern;
    if own_script {
        let joint = if dice.chance(0.15) { " " } else { "" };
        return format!("{family}{joint}{given}");
    }
    let family_first = dice.chance(if eastern { 0.7 } else { 0.25 });
    let middle = middle.join(" ");
    let rest = [given.as_str(), middle.as_str()].join(" ");
    let rest = rest.trim();
    let text = match family_first {
        true => match dice.below(3) {
            0 => format!("{family} {rest}"),
            1 => format!("{}, {rest}", family.to_uppercase()),
            _ if eastern => format!("{family} {rest}"),
            _ => format!("{family}, {rest}"),
        },
        false if person.tongue == Tongue::Spanish && !middle.is_empty() => {
            // The mother's name stands behind the father's.
            format!("{given} {family} {middle}")
        }
        false => format!("{rest} {family}"),
    };
    let text = match dice.below(12) {
        0 => {
            let title = ["Mr.", "Dr.", "Gen.", "Sheikh", "Haji", "Prof.", "Col."];
            format!("{} {text}", dice.of(&title))
        }
        1 | 2 => text.to_uppercase(),
        3 => text.to_lowercase(),
        _ => text,
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn initial(name: &str) -> String {
    let first = name.chars().find(|sign| sign.is_alphabetic());
    first.map_or_else(String::new, |sign| format!("{}.", sign.to_uppercase()))
}

/// Without the marks of letters, or with their usual stand-ins.
pub fn plain(name: &str, dice: &mut Dice) -> String {
    let long = dice.chance(0.5);
    let mut out = String::new();
    for sign in name.chars() {
        let stand_in = match sign {
            'ä' | 'Ä' if long => "ae",
            'ö' | 'Ö' | 'ø' | 'Ø' if long => "oe",
            'ü' | 'Ü' if long => "ue",
            'å' | 'Å' if long => "aa",
            'ß' => "ss",
            'ı' => "i",
            'ł' => "l",
            'Ł' => "L",
            _ => "",
        };
        if stand_in.is_empty() {
            let decomposed = any_plain(sign);
            out.push_str(&decomposed);
        } else {
            out.push_str(stand_in);
        }
    }
    out
}

fn any_plain(sign: char) -> String {
    const MARKED: &str = "áàâãäåÁÀÂÃÄÅéèêëÉÈÊËíìîïİÍÎóòôõöøÓÒÔÕÖØúùûüÚÙÛÜñÑçÇşŞšŠčČžŽřŘńŃğĞý";
    const PLAIN: &str = "aaaaaaAAAAAAeeeeEEEEiiiiIIIooooooOOOOOOuuuuUUUUnNcCsSsScCzZrRnNgGy";
    let at = MARKED.chars().position(|marked| marked == sign);
    at.and_then(|at| PLAIN.chars().nth(at)).unwrap_or(sign).to_string()
}

/// A slip of the hand in one of the longer words.
pub fn slip(text: &str, dice: &mut Dice) -> String {
    let signs: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (1..signs.len().saturating_sub(1))
        .filter(|at| {
            let word = signs[..*at].iter().rev().take_while(|sign| sign.is_alphabetic()).count()
                + signs[*at..].iter().take_while(|sign| sign.is_alphabetic()).count();
            signs[*at].is_alphabetic() && signs[*at].is_ascii() && word >= 5
        })
        .collect();
    if places.is_empty() {
        return text.to_owned();
    }
    let at = places[dice.below(places.len())];
    let mut out = signs.clone();
    let letter = |dice: &mut Dice, like: char| {
        let letter = char::from(b'a' + dice.below(26) as u8);
        if like.is_uppercase() { letter.to_ascii_uppercase() } else { letter }
    };
    match dice.below(5) {
        0 => {
            out.remove(at);
        }
        1 => out.insert(at, signs[at]),
        2 if at + 1 < out.len() && out[at + 1].is_alphabetic() => out.swap(at, at + 1),
        3 => out.insert(at, letter(dice, signs[at])),
        _ => out[at] = letter(dice, signs[at]),
    }
    out.into_iter().collect()
}
