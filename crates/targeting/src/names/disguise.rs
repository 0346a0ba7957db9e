//! Names that are written so that people read them and machines do not: letters of another script
//! that look the same, digits in the place of letters, letters one by one, text that is shown
//! backwards, somebody else's name behind "c/o". What such a text may mean is read beside it, and
//! never instead of it.

/// Letters of other scripts that look like Latin ones.
fn looks_like(sign: char) -> Option<char> {
    Some(match sign {
        'А' | 'а' | 'Α' | 'α' => 'a',
        'В' | 'Β' | 'в' | 'β' => 'b',
        'С' | 'с' | 'Ϲ' | 'ϲ' => 'c',
        'Ԁ' | 'ԁ' => 'd',
        'Е' | 'е' | 'Ε' | 'ε' | 'Ё' | 'ё' => 'e',
        'Ԍ' | 'ɡ' => 'g',
        'Н' | 'н' | 'Η' | 'Һ' | 'һ' => 'h',
        'І' | 'і' | 'Ι' | 'ι' | 'Ї' | 'ї' | 'Ӏ' | 'ӏ' => 'i',
        'Ј' | 'ј' => 'j',
        'К' | 'к' | 'Κ' | 'κ' => 'k',
        'М' | 'м' | 'Μ' => 'm',
        'Ν' | 'Ո' | 'ո' | 'η' | 'п' => 'n',
        'О' | 'о' | 'Ο' | 'ο' | 'օ' | 'Օ' => 'o',
        'Р' | 'р' | 'Ρ' | 'ρ' => 'p',
        'Ԛ' | 'ԛ' => 'q',
        'Ѕ' | 'ѕ' | 'Տ' => 's',
        'Т' | 'т' | 'Τ' | 'τ' => 't',
        'Ս' | 'ս' | 'υ' => 'u',
        'Ѵ' | 'ѵ' | 'ν' => 'v',
        'Ԝ' | 'ԝ' | 'ω' => 'w',
        'Х' | 'х' | 'Χ' | 'χ' => 'x',
        'У' | 'у' | 'Υ' | 'Ү' | 'ү' | 'γ' => 'y',
        'Ζ' => 'z',
        _ => return None,
    })
}

/// The letters that a digit or another sign stands for.
fn stands_for(sign: char) -> &'static [char] {
    match sign {
        '0' => &['o'],
        '1' => &['i', 'l'],
        '3' => &['e'],
        '4' | '@' => &['a'],
        '5' | '$' => &['s'],
        '7' => &['t'],
        '8' => &['b'],
        '!' | '|' => &['i'],
        _ => &[],
    }
}

/// What stands between somebody's name and another's.
const BESIDE: [&str; 14] = [
    " c/o ",
    " c/- ",
    "℅",
    " care of ",
    " attn ",
    " attn:",
    " attention ",
    " f/a/o ",
    " d/b/a ",
    " dba ",
    " t/a ",
    " a/k/a ",
    " aka ",
    " also known as ",
];

/// Signs that set the direction of what follows; nobody sees them.
pub(super) fn is_direction(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The most other texts of one name.
const MOST: usize = 4;

/// What else a text may be meant to be read as; nothing for what is plainly written.
pub(super) fn meant(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut add = |meant: Option<String>| {
        if let Some(meant) = meant
            && meant != text
            && all.len() < MOST
            && !all.contains(&meant)
        {
            all.push(meant);
        }
    };
    let seen = looked_at(text);
    add(backwards(&seen));
    add(one_by_one(&seen));
    add(with_letters(&seen, false));
    add(with_letters(&seen, true));
    add((seen != text).then(|| seen.clone()));
    for part in beside(&seen) {
        add(Some(part));
    }
    all
}

/// The text with Latin letters in the place of those that look like them, in words that have both
/// or that stand among Latin words and could all be.
fn looked_at(text: &str) -> String {
    if text.is_ascii() || !text.chars().any(|sign| looks_like(sign).is_some()) {
        return text.to_owned();
    }
    let latin = |sign: char| sign.is_ascii_alphabetic();
    let among_latin = text.chars().filter(|sign| latin(*sign)).count() >= 2;
    let look = |word: &str| -> String {
        let mixed = word.chars().any(latin);
        let all = word.chars().all(|sign| latin(sign) || looks_like(sign).is_some());
        if mixed || (among_latin && all) {
            word.chars().map(|sign| looks_like(sign).unwrap_or(sign)).collect()
        } else {
            word.to_owned()
        }
    };
    let is_letter = |sign: char| sign.is_alphanumeric();
    let mut seen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let inside = is_letter(sign);
        let end = rest.find(|sign| is_letter(sign) != inside).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        seen.push_str(&if inside { look(part) } else { part.to_owned() });
        rest = after;
    }
    seen
}

/// What is shown where a text turns its direction round.
fn backwards(text: &str) -> Option<String> {
    let (before, turned) = text.split_once(['\u{202e}', '\u{2067}'])?;
    let end = turned.find(['\u{202c}', '\u{2069}']).unwrap_or(turned.len());
    let (turned, after) = turned.split_at(end);
    let turned: String = turned.chars().rev().filter(|sign| !is_direction(*sign)).collect();
    Some(format!("{before}{turned}{after}"))
}

/// Letters that all stand apart, together.
fn one_by_one(text: &str) -> Option<String> {
    let letters: Option<String> = text
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut signs = word.chars();
            signs.next().filter(|sign| sign.is_alphabetic() && signs.next().is_none())
        })
        .collect();
    letters.filter(|letters| letters.chars().nth(3).is_some())
}

/// Words of letters with letters in the place of what stands for them; `other` takes the second
/// letter where a sign may stand for two.
fn with_letters(text: &str, other: bool) -> Option<String> {
    let numbered = |word: &str| {
        let letters = word.trim_start_matches(|sign: char| sign.is_ascii_digit());
        matches!(letters.to_ascii_lowercase().as_str(), "st" | "nd" | "rd" | "th")
    };
    let mut changed = false;
    let mut read = String::with_capacity(text.len());
    for word in text.split_inclusive(' ') {
        let letters = word.chars().filter(|sign| sign.is_alphabetic()).count();
        let signs: Vec<char> = word.chars().collect();
        let stands = signs.iter().filter(|sign| !stands_for(**sign).is_empty()).count();
        // What ends a word may be its number or its punctuation.
        let within = signs.iter().enumerate().any(|(at, sign)| {
            let follows = signs.get(at + 1).is_some_and(|next| next.is_alphabetic());
            !stands_for(*sign).is_empty() && follows
        });
        if letters < 2 || stands == 0 || stands > letters || !within || numbered(word.trim()) {
            read.push_str(word);
            continue;
        }
        changed = true;
        read.extend(signs.iter().map(|sign| match stands_for(*sign) {
            [] => *sign,
            [one] => *one,
            [one, .., last] => *if other { last } else { one },
        }));
    }
    changed.then_some(read)
}

/// The names on either side of what stands between two.
fn beside(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    // Lower case of another length would cut in other places.
    if lower.len() != text.len() {
        return Vec::new();
    }
    let cut = BESIDE.iter().find_map(|between| lower.find(between).map(|at| (at, between.len())));
    let Some((at, length)) = cut else { return Vec::new() };
    let parts = text.get(..at).into_iter().chain(text.get(at + length..));
    parts.map(str::trim).filter(|part| part.chars().count() > 2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_plainly_means_itself() {
        for name in [
            "KIM CHOL SU",
            "Сергей Лавров",
            "J. R. R. Tolkien",
            "3M Company",
            "7-Eleven Korea",
            "A1 TRADING",
            "Unit 5 of the 3rd Party",
            "MP3 Players",
            "김철수",
            "ΑΘΗΝΑ",
            "Zürich AG",
        ] {
            assert!(meant(name).is_empty(), "{name}: {:?}", meant(name));
        }
    }

    #[test]
    fn what_is_disguised_is_read() {
        for (name, read) in [
            ("KIM CHОL SU", "KIM CHoL SU"),
            ("Кіm Chol Su", "kim Chol Su"),
            ("K1M CH0L SU", "KiM CHoL SU"),
            ("G0LDEN TR1ANGLE", "GoLDEN TRiANGLE"),
            ("A1PHA", "AlPHA"),
            ("K I M C H O L S U", "KIMCHOLSU"),
            ("\u{202e}US LOHC MIK", "KIM CHOL SU"),
            ("KIM CHOL SU C/O LEE YONG HO", "KIM CHOL SU"),
            ("KIM CHOL SU C/O LEE YONG HO", "LEE YONG HO"),
        ] {
            let meant = meant(name);
            assert!(meant.iter().any(|one| one == read), "{name}: {meant:?}");
        }
    }
}
