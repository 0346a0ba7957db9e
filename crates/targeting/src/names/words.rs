//! A name taken apart: its words in order, each with its letters, sound and worth, and what stands
//! beside them (company forms, numbers, generation). A name in characters that several languages
//! read has several spellings.

use compact_str::CompactString;

use super::fold::{self, Script};
use super::forms::{self, Form};
use super::hangul::{self, Syllable};
use super::variants;
use super::{Kind, disguise, japanese};

/// What a word does in a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// A word like another.
    Plain,
    /// One letter that stands for a word.
    Initial,
    /// A small word (al, bin, von), an honorific or an article.
    Small,
    /// A father's name in Slavic and Turkic names.
    Patronymic,
    /// A number.
    Number,
    /// A general word of companies, by its meaning.
    General(&'static str),
}

/// One word of a name.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Lower case ASCII.
    pub latin: CompactString,
    /// How it sounds.
    pub sound: CompactString,
    /// The consonants of that.
    pub bones: CompactString,
    /// Its Hangul, where it is written in it or has a Korean reading.
    pub syllables: Box<[Syllable]>,
    /// The classes of its sounds, where the whole name may be Korean or Chinese.
    pub east: CompactString,
    /// Whether its vowels are lost.
    pub abjad: bool,
    /// The groups of names in which it stands.
    pub groups: &'static [(u16, bool)],
    /// What it does.
    pub part: Part,
    /// What its agreement is worth; about 1 for a rare word.
    pub worth: f32,
    /// How surprising it is that a stranger has it, in bits: few for Kim, many for a rare word.
    pub bits: f32,
}

/// One reading of a name.
#[derive(Debug, Clone)]
pub(super) struct Spelling {
    /// Its words in the order written.
    pub words: Vec<Word>,
    /// The families of its company forms, a bit each.
    pub forms: u8,
    /// Junior, senior, II and so on, by number.
    pub generation: Option<u8>,
    /// How many of its first words stand before a comma: the family's name.
    pub before_comma: usize,
    /// What all words are worth together.
    pub worth: f32,
    /// All words of a body's name, company forms and all.
    pub whole: Vec<CompactString>,
}

/// A spelling as it is compared: its words stay where they are kept.
#[derive(Debug)]
pub(super) struct Reading<'n> {
    pub words: Vec<&'n Word>,
    pub forms: u8,
    pub generation: Option<u8>,
    pub before_comma: usize,
    pub worth: f32,
    pub whole: &'n [CompactString],
    /// All letters without spaces.
    pub letters: CompactString,
}

impl<'n> Reading<'n> {
    /// These words, with nothing known beside them yet.
    pub(super) fn of(words: Vec<&'n Word>, worth: f32) -> Reading<'n> {
        let letters = words.iter().map(|word| word.latin.as_str()).collect();
        Reading { words, forms: 0, generation: None, before_comma: 0, worth, whole: &[], letters }
    }
}

impl Spelling {
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading {
            forms: self.forms,
            generation: self.generation,
            before_comma: self.before_comma,
            whole: &self.whole,
            ..Reading::of(self.words.iter().collect(), self.worth)
        }
    }
}

/// The most words of a name that are compared.
const MOST_WORDS: usize = 14;
/// The most signs of a name that are read.
const MOST_SIGNS: usize = 300;

/// A piece of text between separators.
struct Piece {
    text: String,
    script: Script,
    comma: bool,
    number: bool,
}

/// Signs inside a word that are no letters of it.
fn is_silent(sign: char) -> bool {
    const QUOTES: &str = "'’‘`´ʼʿʾʹʺ′\"“”«»";
    let marks = matches!(
        sign,
        '\u{300}'..='\u{36f}'
            | '\u{640}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{591}'..='\u{5c7}'
            | '\u{200b}'..='\u{200f}'
            | '\u{feff}'
    );
    marks || disguise::is_direction(sign) || QUOTES.contains(sign)
}

/// Puts Hangul letters that stand apart (Unicode's decomposed form) into syllables.
fn composed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars().take(MOST_SIGNS) {
        let number = sign as u32;
        let last = out.chars().next_back();
        let joined = match (last, number) {
            (Some(last), 0x1161..=0x1175) if (0x1100..=0x1112).contains(&(last as u32)) => {
                char::from_u32(0xac00 + (last as u32 - 0x1100) * 588 + (number - 0x1161) * 28)
            }
            (Some(last), 0x11a8..=0x11c2)
                if (0xac00..=0xd7a3).contains(&(last as u32))
                    && (last as u32 - 0xac00).is_multiple_of(28) =>
            {
                char::from_u32(last as u32 + number - 0x11a7)
            }
            _ => None,
        };
        if let Some(joined) = joined {
            out.pop();
            out.push(joined);
        } else {
            out.push(sign);
        }
    }
    out
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    let mut now = String::new();
    let mut script = Script::Letters;
    let end = |now: &mut String, script: Script, all: &mut Vec<Piece>| {
        if !now.is_empty() {
            let number = now.chars().all(|sign| sign.is_ascii_digit());
            let text = std::mem::take(now);
            all.push(Piece { text, script, comma: false, number });
        }
    };
    for sign in text.chars() {
        if is_silent(sign) {
            continue;
        }
        if !sign.is_alphanumeric() && !fold::is_mark(sign) {
            end(&mut now, script, &mut all);
            match sign {
                ',' | '،' | '、' | '，' => {
                    if let Some(last) = all.last_mut() {
                        last.comma = true;
                    }
                }
                '&' | '+' => {
                    now.push_str("and");
                    end(&mut now, Script::Letters, &mut all);
                }
                _ => {}
            }
            continue;
        }
        let of = fold::script_of(sign);
        let digit = |sign: char| sign.is_ascii_digit();
        if let Some(last) = now.chars().next_back()
            && (of != script || digit(last) != digit(sign))
        {
            end(&mut now, script, &mut all);
        }
        script = of;
        now.push(sign);
    }
    end(&mut now, script, &mut all);
    all
}

/// The value of a Roman numeral of at least two signs, up to 39.
fn roman(word: &str) -> Option<u32> {
    const ROMAN: [&str; 14] = [
        "ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xx",
    ];
    const VALUES: [u32; 14] = [2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 20];
    ROMAN.iter().position(|of| *of == word).map(|n| VALUES[n])
}

/// The value of a number in words.
fn counted(word: &str) -> Option<u32> {
    Some(match word {
        "one" | "first" | "1st" | "uno" | "odin" => 1,
        "two" | "second" | "2nd" => 2,
        "three" | "third" | "3rd" => 3,
        "four" | "fourth" | "4th" => 4,
        "five" | "fifth" => 5,
        "six" | "sixth" => 6,
        "seven" | "seventh" => 7,
        "eight" | "eighth" => 8,
        "nine" | "ninth" => 9,
        "ten" | "tenth" => 10,
        _ => return None,
    })
}

fn generation(word: &str, last: bool) -> Option<u8> {
    match word {
        "jr" | "junior" | "hijo" | "fils" => Some(2),
        "sr" | "senior" | "padre" | "pere" => Some(1),
        _ if last => roman(word).filter(|n| *n < 5).map(|n| n as u8),
        _ => None,
    }
}

fn is_patronymic(word: &str) -> bool {
    const ENDS: [&str; 14] = [
        "ovich", "evich", "ovna", "evna", "ovych", "evych", "ivna", "yivna", "avich", "ovitch",
        "evitch", "oglu", "ogly", "qizi",
    ];
    word.len() >= 7 && ENDS.iter().any(|end| word.ends_with(end))
}

/// What a word of so many letters is worth, before it is known to be common.
fn length_worth(letters: usize) -> f32 {
    match letters {
        0 | 1 => 0.3,
        2 => 0.6,
        3 => 0.75,
        4 => 0.9,
        5..=7 => 1.0,
        _ => 1.1,
    }
}

/// How surprising a word of a person's name is, by the length of its sound: names of people are
/// not spread evenly, so that a letter adds less than the alphabet's bits.
fn surprise(latin: &str, sounds: usize, kind: Kind, groups: bool) -> f32 {
    let by_length = match sounds {
        0 | 1 => 3.0,
        2 => 5.0,
        3 => 7.0,
        4 => 8.5,
        5 => 10.0,
        6 => 11.5,
        7 => 13.0,
        _ => 14.0,
    };
    match kind {
        Kind::Person if forms::is_common(latin) => 5.5f32.min(by_length),
        // What the tables know, many are called.
        Kind::Person if groups => 8.0f32.min(by_length),
        _ => by_length,
    }
}

/// Bits of a Korean or Chinese family name, and of a syllable of a given name.
const FAMILY_BITS: f32 = 4.0;
const SYLLABLE_BITS: f32 = 4.5;

impl Word {
    /// The letters of its sound, a bit each.
    pub(super) fn letters(&self) -> u32 {
        self.sound.bytes().fold(0, |letters, sign| letters | 1 << (sign & 31))
    }

    /// A word of these letters as it stands in a name of this kind.
    pub(super) fn of(latin: &str, kind: Kind) -> Word {
        let sound = CompactString::from(fold::sound(latin));
        let bones = CompactString::from(fold::bones(&sound));
        let groups = variants::groups(latin);
        let digits = !latin.is_empty() && latin.bytes().all(|byte| byte.is_ascii_digit());
        let letters = latin.len();
        let (part, worth) = match kind {
            _ if digits => (Part::Number, 0.9),
            Kind::Person if letters == 1 => (Part::Initial, 0.3),
            Kind::Person if forms::is_honorific(latin) => (Part::Small, 0.12),
            Kind::Person if forms::is_particle(latin) => (Part::Small, 0.15),
            Kind::Person if is_patronymic(latin) => (Part::Patronymic, 0.7),
            Kind::Person => {
                let common = if forms::is_common(latin) { 0.75 } else { 1.0 };
                (Part::Plain, common * length_worth(letters))
            }
            _ if forms::is_article(latin) => (Part::Small, 0.04),
            _ => match forms::meaning(latin).or_else(|| forms::near_meaning(latin)) {
                Some((meaning, worth)) => (Part::General(meaning), worth),
                None => (Part::Plain, length_worth(letters)),
            },
        };
        let bits = match part {
            Part::Number => 3.5,
            Part::Initial => 3.0,
            Part::Small => 0.5,
            Part::Patronymic => 6.0,
            Part::General(_) => 5.0 * worth,
            Part::Plain => surprise(latin, sound.len(), kind, !groups.is_empty()),
        };
        Word {
            latin: latin.into(),
            sound,
            bones,
            syllables: Box::default(),
            east: CompactString::default(),
            abjad: false,
            groups,
            part,
            worth,
            bits,
        }
    }
}

/// The readings of a name: as it is written, and as what is disguised in it is meant.
pub(super) fn spellings(text: &str, kind: Kind) -> Vec<Spelling> {
    let mut all = written(text, kind);
    for meant in disguise::meant(&composed(text)) {
        all.extend(written(&meant, kind).into_iter().filter(|of| !of.words.is_empty()));
    }
    all
}

/// The readings of a name as it is written.
pub(super) fn written(text: &str, kind: Kind) -> Vec<Spelling> {
    let mut text = composed(text);
    if kind != Kind::Person {
        for (compound, meaning) in forms::COMPOUNDS {
            if text.contains(compound) {
                text = text.replace(compound, &format!(" {meaning} "));
            }
        }
    }
    let pieces = pieces(&text);
    let mut all = vec![spelling(&pieces, kind, false)];
    let readable = |sign: char| hangul::reading(sign).is_some();
    let han = |piece: &&Piece| piece.script == Script::Han;
    if pieces.iter().any(|piece| han(&piece))
        && pieces.iter().filter(han).all(|piece| piece.text.chars().all(readable))
    {
        all.push(spelling(&pieces, kind, true));
    }
    if kind == Kind::Person {
        all.extend(japanese_spellings(&pieces));
    }
    all
}

/// The readings of a person's name as a Japanese one, where it can be that.
fn japanese_spellings(pieces: &[Piece]) -> Vec<Spelling> {
    let read = match pieces {
        [whole] if whole.script == Script::Han => japanese::readings(&whole.text, None),
        [family, given] if family.script == Script::Han => {
            japanese::readings(&family.text, Some(&given.text))
        }
        _ => Vec::new(),
    };
    let spelling = |(family, given): (&str, String)| {
        let mut draft = Draft { words: Vec::new(), commas: Vec::new() };
        draft.add(plain(family, Kind::Person));
        draft.add(plain(&given, Kind::Person));
        finish(draft, Kind::Person)
    };
    read.into_iter().map(spelling).collect()
}

/// Words and marks as they are gathered.
struct Draft {
    words: Vec<Word>,
    commas: Vec<bool>,
}

impl Draft {
    fn add(&mut self, word: Word) {
        if self.words.len() < MOST_WORDS && !word.latin.is_empty() {
            self.words.push(word);
            self.commas.push(false);
        }
    }
}

fn spelling(pieces: &[Piece], kind: Kind, korean: bool) -> Spelling {
    let mut draft = Draft { words: Vec::new(), commas: Vec::new() };
    let mut letters: Vec<&str> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let single = piece.text.len() == 1 && piece.text.as_bytes()[0].is_ascii_alphabetic();
        let next = pieces.get(at + 1);
        // S.A. and U S A of companies are one word; persons keep their initials apart.
        if kind != Kind::Person && single && !piece.comma {
            let follows = next.is_some_and(|next| next.text.len() == 1 && !next.number);
            if follows || !letters.is_empty() {
                letters.push(&piece.text);
                if !follows {
                    draft.add(Word::of(&letters.concat().to_ascii_lowercase(), kind));
                    letters.clear();
                }
                continue;
            }
        }
        match piece.script {
            Script::Hangul => add_hangul(&mut draft, &piece.text, pieces, kind),
            Script::Han if korean => add_korean(&mut draft, &piece.text, pieces, kind),
            Script::Han => add_han(&mut draft, &piece.text, pieces, kind),
            Script::Abjad => add_abjad(&mut draft, &piece.text, kind),
            Script::Letters => {
                let latin = fold::latin(&piece.text);
                // No. 5 is 5.
                if matches!(&*latin, "no" | "nr" | "num") && next.is_some_and(|next| next.number) {
                    continue;
                }
                draft.add(Word::of(&latin, kind));
            }
        }
        if piece.comma
            && let Some(last) = draft.commas.last_mut()
        {
            *last = true;
        }
    }
    finish(draft, kind)
}

fn with_syllables(syllables: Vec<Syllable>, kind: Kind) -> Word {
    let latin: String = syllables.iter().map(|of| hangul::revised(*of)).collect();
    let mut word = Word::of(&latin, kind);
    if word.part == Part::Initial || word.part == Part::Small {
        (word.part, word.worth) = (Part::Plain, 0.7);
    }
    word.bits = match syllables.len() {
        1 => FAMILY_BITS,
        n => SYLLABLE_BITS * n as f32,
    };
    word.syllables = syllables.into();
    word
}

fn add_hangul(draft: &mut Draft, text: &str, pieces: &[Piece], kind: Kind) {
    let syllables: Vec<Syllable> = text.chars().filter_map(hangul::syllable).collect();
    let alone = pieces.iter().filter(|piece| piece.script == Script::Hangul).count() == 1;
    if kind == Kind::Person && alone && (2..=5).contains(&syllables.len()) {
        let family = hangul::family_length(text);
        let (family, given) = syllables.split_at(family);
        draft.add(with_syllables(family.to_vec(), kind));
        draft.add(with_syllables(given.to_vec(), kind));
    } else {
        draft.add(with_syllables(syllables, kind));
    }
}

fn add_korean(draft: &mut Draft, text: &str, pieces: &[Piece], kind: Kind) {
    let syllables: Vec<Syllable> = text.chars().filter_map(hangul::reading).collect();
    let alone = pieces.iter().filter(|piece| piece.script == Script::Han).count() == 1;
    if kind == Kind::Person && alone && syllables.len() >= 2 {
        let (family, given) = syllables.split_at(1);
        draft.add(with_syllables(family.to_vec(), kind));
        draft.add(with_syllables(given.to_vec(), kind));
    } else {
        draft.add(with_syllables(syllables, kind));
    }
}

fn add_han(draft: &mut Draft, text: &str, pieces: &[Piece], kind: Kind) {
    const LONG_FAMILIES: [&str; 10] =
        ["欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "慕容", "皇甫", "令狐"];
    let read: Vec<String> = text.chars().map(|sign| fold::latin(&sign.to_string())).collect();
    let alone = pieces.iter().filter(|piece| piece.script == Script::Han).count() == 1;
    if kind == Kind::Person && alone && read.len() >= 2 {
        let long = LONG_FAMILIES.iter().any(|of| text.starts_with(of)) && read.len() > 2;
        let (family, given) = read.split_at(if long { 2 } else { 1 });
        for part in [family, given] {
            draft.add(plain(&part.concat(), kind));
        }
    } else {
        draft.add(plain(&read.concat(), kind));
    }
}

/// A word that is no small one, whatever it looks like.
fn plain(latin: &str, kind: Kind) -> Word {
    let mut word = Word::of(latin, kind);
    if matches!(word.part, Part::Small | Part::Initial) {
        (word.part, word.worth) = (Part::Plain, 0.6);
    }
    word
}

fn add_abjad(draft: &mut Draft, text: &str, kind: Kind) {
    // The article is written with its word.
    let rest = text.strip_prefix("ال").filter(|rest| rest.chars().count() >= 2);
    if rest.is_some() && kind == Kind::Person {
        draft.add(Word::of("al", kind));
    }
    let latin = fold::latin(rest.unwrap_or(text));
    let mut word = Word::of(&latin, kind);
    match &*latin {
        "bn" => word = Word::of("bin", kind),
        "abw" => word = Word::of("abu", kind),
        _ => {}
    }
    if word.part == Part::Initial {
        word.part = Part::Plain;
    }
    word.abjad = true;
    draft.add(word);
}

fn finish(draft: Draft, kind: Kind) -> Spelling {
    let Draft { mut words, mut commas } = draft;
    let mut found = 0;
    let mut generation_found = None;
    let mut whole = Vec::new();
    if kind == Kind::Person {
        let mut at = words.len();
        while at > 0 {
            at -= 1;
            if words.len() > 1
                && let Some(n) = generation(&words[at].latin, at + 1 == words.len() && at > 0)
            {
                generation_found = Some(n);
                words.remove(at);
                commas.remove(at);
            }
        }
        keep_honorifics(&mut words);
        mark_eastern(&mut words);
    } else {
        if kind == Kind::Vessel {
            drop_vessel_kind(&mut words, &mut commas);
        }
        whole = words.iter().map(|word| word.latin.clone()).collect();
        found = drop_forms(&mut words, &mut commas);
        for word in &mut words {
            if let Some(n) = roman(&word.latin).or_else(|| counted(&word.latin)) {
                *word = Word::of(&n.to_string(), kind);
            }
            // 007 is 7.
            if word.part == Part::Number {
                let plain = word.latin.trim_start_matches('0');
                word.latin = if plain.is_empty() { "0".into() } else { plain.into() };
            }
        }
    }
    let before_comma = match kind {
        Kind::Person => commas.iter().position(|comma| *comma).map_or(0, |at| at + 1),
        _ => 0,
    };
    let before_comma = if before_comma < words.len() { before_comma } else { 0 };
    let worth = words.iter().map(|word| word.worth).sum();
    Spelling { words, forms: found, generation: generation_found, before_comma, worth, whole }
}

/// A title that is half of a name is a name.
fn keep_honorifics(words: &mut [Word]) {
    if words.iter().filter(|word| word.part == Part::Plain).count() >= 2 {
        return;
    }
    for word in words.iter_mut().filter(|word| word.part == Part::Small) {
        if forms::is_honorific(&word.latin) && word.latin.len() > 3 {
            (word.part, word.worth) = (Part::Plain, 0.55);
        }
    }
}

/// Gives the words of a name that may be Korean or Chinese the classes of their sounds.
fn mark_eastern(words: &mut [Word]) {
    if !(2..=4).contains(&words.len()) {
        return;
    }
    let classes: Option<Vec<String>> =
        words.iter().map(|word| hangul::classes(&word.latin)).collect();
    if let Some(classes) = classes
        && words.iter().any(|word| hangul::is_family(&word.latin))
    {
        for (word, classes) in words.iter_mut().zip(classes) {
            if word.syllables.is_empty() {
                let syllables = classes.bytes().filter(|class| b"aeio".contains(class)).count();
                word.bits = match hangul::is_family(&word.latin) {
                    true => FAMILY_BITS,
                    false => (SYLLABLE_BITS * syllables.max(1) as f32).min(word.bits),
                };
            }
            word.east = classes.into();
            if matches!(word.part, Part::Small) {
                (word.part, word.worth) = (Part::Plain, 0.6);
            }
        }
    }
}

/// Takes what says that something is a ship from the front of a name.
fn drop_vessel_kind(words: &mut Vec<Word>, commas: &mut Vec<bool>) {
    const KINDS: [&str; 16] = [
        "mv", "mt", "ms", "ss", "fv", "mts", "mf", "mvs", "tug", "vessel", "tanker", "motor", "sv",
        "rv", "lng", "lpg",
    ];
    while words.len() > 1 && KINDS.contains(&words[0].latin.as_str()) {
        words.remove(0);
        commas.remove(0);
    }
}

/// Takes company forms out of a name, unless nothing would be left; gives their families.
fn drop_forms(words: &mut Vec<Word>, commas: &mut Vec<bool>) -> u8 {
    let mut found = 0u8;
    let mut at = 0;
    let mut keep: Vec<bool> = vec![true; words.len()];
    let written: Vec<&str> = words.iter().map(|word| word.latin.as_str()).collect();
    let mended: Vec<&str> =
        written.iter().map(|word| forms::near_form_word(word).unwrap_or(word)).collect();
    while at < words.len() {
        let exact = forms::form_at(&written[at..]);
        let near = match written == mended || at == 0 {
            true => None,
            false => forms::near_form_at(&written[at..], &mended[at..]),
        };
        let longest = exact.into_iter().chain(near).max_by_key(|form| form.0);
        let Some((n, Form(family))) = longest else {
            at += 1;
            continue;
        };
        // Two letters in front are a form; in the middle they may be a word.
        let short = n == 1 && words[at].latin.len() <= 2;
        let edge = at == 0 || at + n == words.len() || !keep[at - 1];
        if !short || edge {
            keep[at..at + n].fill(false);
            found |= 1 << family;
        }
        at += n;
    }
    let left: f32 =
        words.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(word, _)| word.worth).sum();
    if left >= 0.2 {
        let mut kept = keep.iter();
        words.retain(|_| *kept.next().unwrap_or(&true));
        let mut kept = keep.iter();
        commas.retain(|_| *kept.next().unwrap_or(&true));
    }
    found
}

/// Whether a name looks like a company's: it has a company form or a general word.
pub(super) fn looks_like_company(text: &str) -> bool {
    let text = composed(text);
    if forms::COMPOUNDS.iter().any(|(compound, _)| text.contains(compound)) {
        return text.chars().count() > 4 || text.contains("公司") || text.contains("회사");
    }
    let pieces = pieces(&text);
    let words: Vec<String> = pieces
        .iter()
        .filter(|piece| piece.script == Script::Letters)
        .map(|piece| fold::latin(&piece.text))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.contains(&"and") || pieces.iter().any(|piece| piece.number) {
        return true;
    }
    (0..words.len()).any(|at| {
        let form = forms::form_at(&words[at..]);
        let form = form.is_some_and(|(n, _)| {
            n > 1 || (words[at].len() > 2 && (at > 0 && at + n == words.len() || at == 0))
        });
        let general = forms::meaning(words[at]).is_some_and(|(_, worth)| worth <= 0.45);
        form || (general && words[at].len() > 3)
    })
}
