//! Numbers and moments as tables write them, read from text by hand because they are most of
//! the work of a row. What a number may not be is said here in words; which field it then
//! fills is decided in `fill.rs`.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use targeting::codes::Day;
use targeting::consignment::DefectKind;

use crate::mapping::NumberForm;

/// Why a text is not the measure it should be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) kind: DefectKind,
    pub(crate) reason: Cow<'static, str>,
}

fn unread(reason: impl Into<Cow<'static, str>>) -> Fault {
    Fault { kind: DefectKind::Ignored, reason: reason.into() }
}

fn absurd(reason: impl Into<Cow<'static, str>>) -> Fault {
    Fault { kind: DefectKind::OutOfRange, reason: reason.into() }
}

/// No declared number is larger; one that is comes of a slip or of an attack.
const LARGEST: f64 = 1e12;

/// A number from 0 to 10¹², times `factor`.
pub(crate) fn number(text: &str, form: NumberForm, factor: f64) -> Result<f64, Fault> {
    let value = if form.decimal == b'.' && form.thousands.is_none() {
        fast_float2::parse(text).map_err(|_| not_a_number(text, form))?
    } else {
        let plain = without_marks(text, form).ok_or_else(|| not_a_number(text, form))?;
        fast_float2::parse(&plain).map_err(|_| not_a_number(text, form))?
    };
    match value {
        _ if !f64::is_finite(value) => Err(absurd("the number is not finite")),
        _ if value < 0.0 => Err(absurd("the number is negative")),
        _ if value > LARGEST => Err(absurd("the number is above 1,000,000,000,000")),
        // A negative zero would print as -0.
        _ => Ok((value * factor).abs()),
    }
}

/// The number with a point and without grouping; `None` when its marks stand in wrong places.
fn without_marks(text: &str, form: NumberForm) -> Option<String> {
    let decimal = char::from(form.decimal);
    let (whole, fraction) = match text.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut plain = String::with_capacity(text.len());
    match form.thousands.map(char::from) {
        None => plain.push_str(whole),
        Some(mark) => {
            // No-break spaces group as spaces do.
            let same = |c: char| c == mark || mark == ' ' && "\u{a0}\u{202f}".contains(c);
            for (n, group) in whole.split(same).enumerate() {
                if n > 0 && group.len() != 3 {
                    return None;
                }
                plain.push_str(group);
            }
        }
    }
    if plain.contains('.') && form.decimal != b'.' {
        return None;
    }
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
        if fraction.contains(['.', decimal]) {
            return None;
        }
    }
    Some(plain)
}

#[cold]
fn not_a_number(text: &str, form: NumberForm) -> Fault {
    let digits = text.trim_start_matches(['-', '+']);
    if digits.len() > 2 && digits.as_bytes()[..2].eq_ignore_ascii_case(b"0x") {
        return absurd("a hexadecimal number is no measure");
    }
    let marks = text.chars().all(|c| c.is_ascii_digit() || "., '\u{a0}\u{202f}-+".contains(c));
    if marks && text.bytes().any(|byte| byte.is_ascii_digit()) {
        let decimal = char::from(form.decimal);
        return unread(format!(
            "no number with the decimal mark `{decimal}`; the mapping may say decimal and \
             thousands otherwise"
        ));
    }
    unread("no number")
}

/// A point in time and the local day of the office on which it falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Microseconds since 1970-01-01 UTC.
    pub(crate) at_us: i64,
    pub(crate) day: Day,
}

const SECOND_US: i64 = 1_000_000;

impl Moment {
    /// A civil day and time of day; `stamp` is the offset written beside it, `office_s` that
    /// of the mapping, on whose clock the day is told.
    fn new(day: Day, time_us: i64, stamp_s: Option<i32>, office_s: Option<i32>) -> Moment {
        let offset_s = stamp_s.or(office_s).unwrap_or(0);
        let at_us = day.start_micros() + time_us - i64::from(offset_s) * SECOND_US;
        match (stamp_s, office_s) {
            (Some(stamp), Some(office)) if stamp != office => {
                Moment { at_us, day: Day::of_micros(at_us + i64::from(office) * SECOND_US) }
            }
            _ => Moment { at_us, day },
        }
    }
}

/// A date or a date with a time, in the formats given, else written from the year down.
pub(crate) fn moment(
    text: &str,
    formats: &[String],
    office_s: Option<i32>,
) -> Result<Moment, Fault> {
    if formats.is_empty() {
        return year_first(text.as_bytes(), office_s)
            .ok_or_else(|| unread("no date of the calendar such as 2021-04-05"));
    }
    for format in formats {
        let found = match format.as_str() {
            "excel" => excel(text, office_s),
            format => formatted(text, format, office_s),
        };
        if let Some(moment) = found {
            return Ok(moment);
        }
    }
    Err(unread(format!("no date of the calendar written {}", formats.join(" or "))))
}

fn formatted(text: &str, format: &str, office_s: Option<i32>) -> Option<Moment> {
    let parsed = BrokenDownTime::parse(format, text).ok()?;
    let day = Day::of(parsed.to_date().ok()?);
    let time = parsed.to_time().unwrap_or_default();
    let seconds =
        i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let time_us = seconds * SECOND_US + i64::from(time.subsec_nanosecond()) / 1_000;
    Some(Moment::new(day, time_us, parsed.offset().map(|offset| offset.seconds()), office_s))
}

/// Days since 1899-12-30, as spreadsheets count them, with the time as a fraction.
fn excel(text: &str, office_s: Option<i32>) -> Option<Moment> {
    const FROM_1970: f64 = 25_569.0;
    let serial: f64 = fast_float2::parse(text).ok()?;
    // To the year 9999, which is where spreadsheets stop as well.
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let day = Day((serial.floor() - FROM_1970) as i32);
    let time_us = (serial.fract() * 86_400.0).round() as i64 * SECOND_US;
    Some(Moment::new(day, time_us, None, office_s))
}

/// `2021-04-05`, with `-`, `/`, `.` or nothing between, and then perhaps a time of day with
/// `T` or a space before it and an offset behind.
fn year_first(bytes: &[u8], office_s: Option<i32>) -> Option<Moment> {
    let (year, month, day, rest) = match bytes {
        [a, b, c, d, s1 @ (b'-' | b'/' | b'.'), e, f, s2, g, h, rest @ ..] if s1 == s2 => {
            ([*a, *b, *c, *d], [*e, *f], [*g, *h], rest)
        }
        [a, b, c, d, e, f, g, h, rest @ ..] => ([*a, *b, *c, *d], [*e, *f], [*g, *h], rest),
        _ => return None,
    };
    let year = digits(&year)?;
    let date = Date::new(year as i16, digits(&month)? as i8, digits(&day)? as i8).ok()?;
    let day = Day::of(date);
    if rest.is_empty() {
        return Some(Moment::new(day, 0, None, office_s));
    }
    let (time_us, stamp_s) = time_of_day(rest)?;
    Some(Moment::new(day, time_us, stamp_s, office_s))
}

/// `T09:30`, ` 09:30:15.25+09:00`, `0930` or `093015`, as microseconds and an offset.
fn time_of_day(bytes: &[u8]) -> Option<(i64, Option<i32>)> {
    let bytes = match bytes {
        [b'T' | b't' | b' ', rest @ ..] => rest.trim_ascii_start(),
        compact => compact,
    };
    let zone = bytes.iter().position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'));
    let (clock, zone) = bytes.split_at(zone.unwrap_or(bytes.len()));
    let clock = clock.trim_ascii_end();
    let (clock, fraction) = match clock.iter().position(|byte| matches!(byte, b'.' | b',')) {
        Some(at) => (&clock[..at], &clock[at + 1..]),
        None => (clock, &b""[..]),
    };
    let (hour, minute, second) = match clock {
        [a, b, b':', c, d, b':', e, f] | [a, b, c, d, e, f] => ([*a, *b], [*c, *d], [*e, *f]),
        [a, b, b':', c, d] | [a, b, c, d] => ([*a, *b], [*c, *d], *b"00"),
        _ => return None,
    };
    let (hour, minute, second) = (digits(&hour)?, digits(&minute)?, digits(&second)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // A leap second is counted as the second before it, as everywhere in civil time.
    let seconds = i64::from(hour * 3_600 + minute * 60 + second.min(59));
    let mut micros = 0;
    for (n, digit) in fraction.iter().enumerate() {
        if !digit.is_ascii_digit() {
            return None;
        }
        if n < 6 {
            micros += i64::from(digit - b'0') * 10_i64.pow(5 - n as u32);
        }
    }
    let stamp_s = match zone {
        [] => None,
        zone => Some(crate::mapping::offset_seconds(std::str::from_utf8(zone).ok()?.trim_end())?),
    };
    Some((seconds * SECOND_US + micros, stamp_s))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    let mut number = 0;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u32::from(digit);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: NumberForm = NumberForm { decimal: b'.', thousands: None };
    const COMMA: NumberForm = NumberForm { decimal: b',', thousands: Some(b'.') };

    #[test]
    fn numbers_are_read_as_the_mapping_writes_them() {
        for (text, form, wanted) in [
            ("108.0", POINT, 108.0),
            ("1e3", POINT, 1_000.0),
            ("-0", POINT, 0.0),
            ("1.234,5", COMMA, 1_234.5),
            ("1.234.567", COMMA, 1_234_567.0),
            ("12,5", COMMA, 12.5),
            ("7", NumberForm { decimal: b',', thousands: None }, 7.0),
            ("1 234,5", NumberForm { decimal: b',', thousands: Some(b' ') }, 1_234.5),
            ("1\u{a0}234", NumberForm { decimal: b',', thousands: Some(b' ') }, 1_234.0),
        ] {
            assert_eq!(number(text, form, 1.0), Ok(wanted), "{text}");
        }
        for (text, form, kind) in [
            ("1,5", POINT, DefectKind::Ignored),
            ("1,234.5", POINT, DefectKind::Ignored),
            ("1.5", COMMA, DefectKind::Ignored),
            ("1.5", NumberForm { decimal: b',', thousands: None }, DefectKind::Ignored),
            ("1,5,5", COMMA, DefectKind::Ignored),
            ("abc", POINT, DefectKind::Ignored),
            ("-4", POINT, DefectKind::OutOfRange),
            ("NaN", POINT, DefectKind::OutOfRange),
            ("1e999", POINT, DefectKind::OutOfRange),
            ("2e12", POINT, DefectKind::OutOfRange),
            ("0x1F", POINT, DefectKind::OutOfRange),
        ] {
            assert_eq!(number(text, form, 1.0).unwrap_err().kind, kind, "{text}");
        }
    }

    #[test]
    fn moments_fall_on_the_day_of_the_office() {
        let korea = Some(9 * 3_600);
        let at = |text: &str, office| {
            let moment = moment(text, &[], office).unwrap();
            format!("{} {}", moment.day, moment.at_us / SECOND_US)
        };
        assert_eq!(at("2021-04-05", None), "2021-04-05 1617580800");
        assert_eq!(at("20210405", korea), "2021-04-05 1617548400");
        assert_eq!(at("2021/04/05 08:00", korea), "2021-04-05 1617577200");
        assert_eq!(at("2021-04-05T08:00:00+09:00", korea), "2021-04-05 1617577200");
        assert_eq!(at("2021-04-04T23:00:00Z", korea), "2021-04-05 1617577200");
        assert_eq!(at("2021-04-04T23:00:00Z", None), "2021-04-04 1617577200");
        assert_eq!(at("20210405080000", korea), "2021-04-05 1617577200");
        assert_eq!(at("2021.04.05 08:00:00.250", korea), "2021-04-05 1617577200");
        for bad in ["2021-02-30", "2021-4-5", "05.04.2021", "2021-04/05", "2021-04-05T25:00", ""] {
            assert!(moment(bad, &[], None).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn other_formats_are_taken_when_named() {
        let formats = ["%d.%m.%Y".to_owned(), "%d %b %y %H:%M".to_owned(), "excel".to_owned()];
        let day = |text: &str| moment(text, &formats, None).map(|found| found.day.to_string());
        assert_eq!(day("05.04.2021").unwrap(), "2021-04-05");
        assert_eq!(day("05 Apr 21 08:30").unwrap(), "2021-04-05");
        assert_eq!(day("44291").unwrap(), "2021-04-05");
        assert!(day("2021-04-05").unwrap_err().reason.contains("%d.%m.%Y"));
    }
}
