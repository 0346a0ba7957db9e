//! How messages write things: characters in many sets, numbers with commas or points, masses in
//! many units, moments in many shapes, goods codes within free text. Each reader here takes what
//! is written and gives a value or nothing; who reports a defect is for the caller.

use std::borrow::Cow;

use encoding_rs::{
    EUC_KR, Encoding, ISO_2022_JP, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6,
    ISO_8859_7, ISO_8859_8, UTF_8, WINDOWS_1252, WINDOWS_1254,
};
use targeting::codes::{Day, HsCode, Mass};

/// The character set that a message declares, and what its bytes turn out to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charset {
    declared: &'static Encoding,
    /// Declared as ASCII only (UNOA, UNOB).
    ascii: bool,
    korean: bool,
}

impl Default for Charset {
    fn default() -> Self {
        Charset { declared: WINDOWS_1252, ascii: true, korean: false }
    }
}

impl Charset {
    /// The set that a syntax identifier of UNB declares (ISO 9735, annex; 8859 parts as their
    /// Windows supersets where those exist, since senders do not tell them apart).
    pub(crate) fn of_syntax(id: &str) -> Charset {
        let declared = match id.trim() {
            "UNOD" => ISO_8859_2,
            "UNOE" => ISO_8859_5,
            "UNOF" => ISO_8859_7,
            "UNOG" => ISO_8859_3,
            "UNOH" => ISO_8859_4,
            "UNOI" => ISO_8859_6,
            "UNOJ" => ISO_8859_8,
            "UNOK" => WINDOWS_1254,
            "UNOX" => ISO_2022_JP,
            "UNOY" | "UNOW" => UTF_8,
            id if id.starts_with('K') => EUC_KR,
            _ => WINDOWS_1252,
        };
        let ascii = matches!(id.trim(), "UNOA" | "UNOB");
        Charset { declared, ascii, korean: declared == EUC_KR }
    }

    /// What some text turned out to be: the rest is likely to be of the same set.
    pub(crate) fn found(&mut self, used: &'static Encoding) {
        self.korean |= used == EUC_KR;
    }

    /// True when bytes of ASCII may mean other characters.
    pub(crate) fn shifts(self) -> bool {
        self.declared == ISO_2022_JP
    }

    /// True when `used` contradicts what was declared; shown as a note, never a rejection.
    pub(crate) fn contradicts(self, used: &'static Encoding) -> bool {
        self.ascii || (used != self.declared)
    }

    /// The text of some bytes and, when they are not plain ASCII, the set that they are in:
    /// UTF-8 when they are valid as such, then Korean where it shows, then as declared.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, Option<&'static Encoding>) {
        if self.declared == ISO_2022_JP && bytes.contains(&0x1b) {
            return (ISO_2022_JP.decode_without_bom_handling(bytes).0, Some(ISO_2022_JP));
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            return (Cow::Borrowed(text), (!text.is_ascii()).then_some(UTF_8));
        }
        if let Some(text) = EUC_KR.decode_without_bom_handling_and_without_replacement(bytes)
            && (self.korean || looks_korean(&text))
        {
            return (text, Some(EUC_KR));
        }
        // What declares UTF-8 and is none was written by a program of the West.
        let single =
            if self.declared == UTF_8 || self.korean { WINDOWS_1252 } else { self.declared };
        (single.decode_without_bom_handling(bytes).0, Some(single))
    }
}

/// Two syllables in a row: one alone may be two accented letters of a Western set.
fn looks_korean(text: &str) -> bool {
    let hangul = |c: char| ('가'..='힣').contains(&c);
    let chars: Vec<char> = text.chars().collect();
    chars.windows(2).any(|two| hangul(two[0]) && hangul(two[1]))
        && !chars.iter().any(|c| !c.is_ascii() && !c.is_alphanumeric())
}

/// The whole of a document as text: by its byte-order mark, as UTF-8 when valid, by the label
/// that it declares, as Korean where that shows, else as windows-1252. Gives the set's name.
pub(crate) fn decode_document<'b>(
    bytes: &'b [u8],
    label: Option<&str>,
) -> (Cow<'b, str>, &'static str) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[mark..]).0, encoding.name());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), UTF_8.name());
    }
    let labelled = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = match labelled {
        Some(encoding) if encoding != UTF_8 && encoding.is_ascii_compatible() => encoding,
        _ => match EUC_KR.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(_) => EUC_KR,
            None => WINDOWS_1252,
        },
    };
    (encoding.decode_without_bom_handling(bytes).0, encoding.name())
}

/// A number as trade writes it: `1042.0`, `1.042,5`, `2,045.01`, `-15`, ` 7 `. `comma` says that
/// the message declares a decimal comma; points may occur all the same.
pub(crate) fn number(text: &str, comma: bool) -> Option<f64> {
    let text = text.trim();
    // The usual number has no commas and is read as it stands.
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && let Ok(number) = fast_float2::parse::<f64, _>(text)
    {
        return Some(number);
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    if text.len() > 40 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '\'' | '\u{a0}')).collect();
    let (points, commas) = (plain.matches('.').count(), plain.matches(',').count());
    let written = match (points, commas) {
        (_, 0) if points <= 1 => plain,
        (_, 0) => plain.replace('.', ""),
        (0, 1) => {
            let after = plain.len() - plain.find(',').unwrap_or_default() - 1;
            let small = plain.trim_start_matches('-').starts_with("0,");
            if comma || small || after != 3 {
                plain.replace(',', ".")
            } else {
                plain.replace(',', "")
            }
        }
        (0, _) => plain.replace(',', ""),
        _ if plain.rfind(',') > plain.rfind('.') => plain.replace('.', "").replace(',', "."),
        _ => plain.replace(',', ""),
    };
    let number = fast_float2::parse::<f64, _>(written.as_str()).ok()?;
    number.is_finite().then_some(number)
}

/// A sum of numbers, as some declarations write values: `2,045.01+0.00+20.57`.
pub(crate) fn sum(text: &str) -> Option<f64> {
    match number(text, false) {
        Some(number) => Some(number),
        None => text.split('+').map(|part| number(part, false)).sum(),
    }
}

/// A mass of so many of a unit (UNECE Recommendation 20 and the letters of the air); no unit
/// means kilograms. Nothing when the unit is unknown or the mass impossible.
pub(crate) fn mass(number: f64, unit: &str) -> Option<Mass> {
    let mut upper = [0u8; 9];
    let unit = unit.trim().as_bytes();
    let upper = upper.get_mut(..unit.len())?;
    upper.copy_from_slice(unit);
    upper.make_ascii_uppercase();
    let grams = match &*upper {
        b"" | b"KGM" | b"KG" | b"KGS" | b"K" | b"KILOGRAM" | b"KILOGRAMS" => 1e3,
        b"GRM" | b"G" | b"GR" => 1.0,
        b"MGM" => 1e-3,
        b"TNE" | b"T" | b"MT" | b"TON" => 1e6,
        b"LBR" | b"LB" | b"LBS" | b"L" => 453.592_37,
        b"ONZ" | b"OZ" => 28.349_523,
        b"HGM" => 100.0,
        _ => return None,
    };
    // A million tonnes is more than the largest ship carries.
    (0.0..=1e12).contains(&(number * grams)).then(|| Mass((number * grams).round() as i64))
}

/// A moment as written: its day, and itself as `2026-11-25T14:30`, in the sender's local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) day: Day,
    /// Minutes after midnight, where a time is written.
    pub(crate) minute: Option<u16>,
}

impl Moment {
    pub(crate) fn text(self) -> String {
        match self.minute {
            Some(minute) => format!("{}T{:02}:{:02}", self.day, minute / 60, minute % 60),
            None => self.day.to_string(),
        }
    }
}

fn civil(year: u32, month: u32, day: u32) -> Option<Day> {
    let narrow = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Some(Day::of(jiff::civil::Date::new(narrow.0, narrow.1, narrow.2).ok()?))
}

/// A moment of 6 to 14 digits: yymmdd, ccyymmdd, yymmddhhmm, ccyymmddhhmm, with seconds or not
/// (UN/EDIFACT 2379: 101, 102, 201, 203, 204). Two-digit years from 70 on are of the last
/// century. `format` decides where the length alone would not.
pub(crate) fn digits_moment(text: &str, format: &str) -> Option<Moment> {
    // A zone of UTC may stand behind.
    let text = text.trim().trim_end_matches('Z');
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return moment(text);
    }
    let long = match (format, text.len()) {
        ("101" | "201", _) | (_, 6 | 10) => false,
        ("102" | "203" | "204", _) | (_, 8 | 14) => true,
        // Twelve digits are a century with minutes, unless their month would be no month.
        (_, 12) => civil_of(text, true).is_some(),
        _ => return None,
    };
    let day = civil_of(text, long)?;
    let rest = &text[if long { 8 } else { 6 }..];
    let minute = match (rest.get(..2), rest.get(2..4)) {
        (Some(hours), Some(minutes)) => {
            let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        }
        _ => None,
    };
    Some(Moment { day, minute })
}

fn civil_of(text: &str, long: bool) -> Option<Day> {
    let year_digits = if long { 4 } else { 2 };
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let mut year = part(0, year_digits)?;
    if !long {
        year += if year >= 70 { 1900 } else { 2000 };
    }
    civil(year, part(year_digits, year_digits + 2)?, part(year_digits + 2, year_digits + 4)?)
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// The number of a month by its first three letters in English.
pub(crate) fn month_of(text: &str) -> Option<u32> {
    let head = text.get(..3)?;
    let place = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(head))?;
    Some(place as u32 + 1)
}

/// A moment as ISO 8601, with or without a zone, or as `25NOV26` and `14APR1235`'s kin do.
pub(crate) fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    let date = text.get(..10).filter(|head| head.as_bytes()[4] == b'-')?;
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let day = civil(parts.next()??, parts.next()??, parts.next()??)?;
    let minute = text.get(11..16).and_then(|time| {
        let (hours, minutes) = time.split_once(':')?;
        let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    });
    Some(Moment { day, minute })
}

/// An HS code as written in a field of its own: dots and blanks go, what is longer than ten
/// digits is cut to them.
pub(crate) fn hs(text: &str) -> Option<HsCode> {
    let (mut digits, mut count) = ([0u8; 10], 0);
    for byte in text.bytes().filter(|byte| !matches!(byte, b'.' | b' ' | b'-')) {
        if !byte.is_ascii_digit() {
            return None;
        }
        if let Some(place) = digits.get_mut(count) {
            *place = byte;
            count += 1;
        }
    }
    let digits = std::str::from_utf8(&digits[..count]).ok()?;
    (count >= 2).then(|| HsCode::parse(digits).ok()).flatten()
}

/// HS codes that stand in free text behind a word that announces them, in their order.
pub(crate) fn hs_in_text(text: &str) -> Vec<HsCode> {
    const WORDS: [&str; 6] = ["HS", "H.S.", "HTS", "NCM", "HSCODE", "HS-CODE"];
    let mut found = Vec::new();
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return found;
    }
    let mut announced = 0u8;
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '(' | ')'))
    {
        if word.is_empty() {
            continue;
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let announces = |word: &str| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
        if announces(word) || announces(word.trim_end_matches('.')) {
            announced = 3;
        } else if announced > 0 {
            announced -= 1;
            let digits = bare.bytes().filter(u8::is_ascii_digit).count();
            let coded = bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            if coded && (4..=10).contains(&digits) {
                found.extend(hs(bare));
                // Several may follow one word.
                announced = 1;
            }
        }
    }
    found.dedup();
    found
}

/// A phone number in one form: its digits, with a plus where it is written or where two zeros
/// stand for it. Nothing when it has fewer than six digits.
pub(crate) fn phone(text: &str) -> Option<String> {
    let count = text.bytes().filter(u8::is_ascii_digit).count();
    if !(6..=20).contains(&count) {
        return None;
    }
    let text = text.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '+');
    let mut phone = String::with_capacity(count + 1);
    phone.push('+');
    phone.extend(text.chars().filter(char::is_ascii_digit));
    if !text.starts_with('+') {
        // Two zeros stand for a plus.
        let gone = if phone.starts_with("+00") { 1..3 } else { 0..1 };
        phone.replace_range(gone, "");
    }
    Some(phone)
}

/// A mail address in lower case, when it looks like one.
pub(crate) fn mail(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(|c: char| matches!(c, '<' | '>' | ';' | ',' | '.'));
    // Sets without that sign have words for it.
    let stand_in = ["(AT)", "[AT]", "(A)", " AT ", "(at)", "[at]", "(a)", " at "].iter();
    let sign = stand_in.filter(|_| !text.contains('@')).find(|sign| text.contains(**sign));
    let text = sign.map_or(Cow::Borrowed(text), |sign| Cow::Owned(text.replacen(sign, "@", 1)));
    let (user, host) = text.split_once('@')?;
    let sound = !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace);
    sound.then(|| text.to_lowercase())
}

/// A text without the blanks around it. Most have none, which their first and last byte tell.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [one] if one.is_ascii_graphic() => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Whether a text is of blanks alone.
#[inline]
pub(crate) fn is_blank(text: &str) -> bool {
    match text.as_bytes() {
        [] => true,
        [first, ..] if first.is_ascii_graphic() => false,
        _ => text.trim().is_empty(),
    }
}

/// Joins the pieces of a text that was cut at `width` characters: a piece of full width goes on
/// without a blank, since it may have been cut within a word.
pub(crate) fn join<'t>(
    pieces: impl IntoIterator<Item = Cow<'t, str>>,
    width: usize,
) -> Cow<'t, str> {
    let mut text = Cow::Borrowed("");
    let mut full = true;
    for piece in pieces {
        if is_blank(&piece) {
            continue;
        }
        let wide = is_wide(&piece, width);
        if text.is_empty() {
            // Most texts are of one piece, and stay where they are.
            text = piece;
        } else {
            let text = text.to_mut();
            if !full {
                text.push(' ');
            }
            text.push_str(&piece);
        }
        full = wide;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(trimmed(text)),
        Cow::Owned(text) if trimmed(&text).len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Whether a text has so many characters or more.
pub(crate) fn is_wide(text: &str, width: usize) -> bool {
    text.len() >= width && text.chars().count() >= width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_trade_writes_them() {
        for (text, comma, read) in [
            ("1042.0", false, Some(1042.0)),
            ("1.042,5", false, Some(1042.5)),
            ("2,045.01", false, Some(2045.01)),
            ("1,5", false, Some(1.5)),
            ("1,500", false, Some(1500.0)),
            ("1,500", true, Some(1.5)),
            ("0,350", false, Some(0.35)),
            ("12.5", true, Some(12.5)),
            ("1.234.567", false, Some(1_234_567.0)),
            ("-15", false, Some(-15.0)),
            ("XXX", false, None),
            ("", false, None),
            ("1e999", false, None),
        ] {
            assert_eq!(number(text, comma), read, "{text}");
        }
        assert_eq!(sum("2,045.01+0.00+20.57"), Some(2065.58));
    }

    #[test]
    fn moments_by_length_and_format() {
        for (text, format, read) in [
            ("161104", "", "2016-11-04"),
            ("20161104", "102", "2016-11-04"),
            ("1611041530", "201", "2016-11-04T15:30"),
            ("201611041530", "203", "2016-11-04T15:30"),
            ("20161104153059", "204", "2016-11-04T15:30"),
            ("940101", "101", "1994-01-01"),
            ("2021-03-10T11:00:00+01:00", "", "2021-03-10T11:00"),
        ] {
            assert_eq!(digits_moment(text, format).map(Moment::text).as_deref(), Some(read));
        }
        for text in ["", "1", "20161304", "99999999", "abc", "2021-13-01"] {
            assert_eq!(digits_moment(text, ""), None, "{text}");
        }
    }

    #[test]
    fn goods_codes_within_text() {
        let codes = |text: &str| hs_in_text(text).iter().map(ToString::to_string).collect();
        let found: Vec<String> = codes("AUTO PARTS HS CODE: 8708.99, 870829 INV 123456");
        assert_eq!(found, ["870899", "870829"]);
        assert!(hs_in_text("CALL 01012345678 NOW").is_empty());
    }

    #[test]
    fn characters_of_many_sets() {
        let (korean, ..) = EUC_KR.encode("한국무역");
        let latin = Charset::of_syntax("UNOC");
        assert_eq!(latin.decode(&korean).0, "한국무역");
        // Ç and Ã together are also one Korean syllable.
        assert_eq!(latin.decode(b"IMPORTA\xc7\xc3O").0, "IMPORTAÇÃO");
        assert_eq!(latin.decode("José".as_bytes()).0, "José");
        assert_eq!(Charset::of_syntax("KECA").decode(&korean[..2]).0, "한");
        assert_eq!(Charset::of_syntax("UNOE").decode(b"\xb0").0, "А");
    }

    #[test]
    fn pieces_cut_within_a_word_are_whole_again() {
        assert_eq!(
            join(["ORANGE ESSENTI", "AL OIL", "IN DRUMS"].map(Cow::Borrowed), 14),
            "ORANGE ESSENTIAL OIL IN DRUMS"
        );
    }
}
