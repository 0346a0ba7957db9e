//! Codes and measures of the trade, parsed once at the wall and trusted inside.
//! Every type here is small, `Copy` and ordered; none of them can hold an invalid value.
//! What a consignment is made of stands in `consignment.rs`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a code was refused, as a sentence an officer can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The text has another shape than the code's standard asks.
    #[error("`{text}` is not {wanted}")]
    Shape {
        /// What was read.
        text: String,
        /// What the standard asks for.
        wanted: &'static str,
    },
    /// The shape is right but the check digit is not.
    #[error("`{text}` has check digit {found}, the standard asks for {expected}")]
    CheckDigit {
        /// What was read.
        text: String,
        /// The digit as written.
        found: u8,
        /// The digit that the standard computes.
        expected: u8,
    },
}

fn shape(text: &str, wanted: &'static str) -> CodeError {
    CodeError::Shape { text: text.chars().take(40).collect(), wanted }
}

/// Serialises a code as its text, and parses it again on the way in.
macro_rules! as_text {
    ($($type:ty),+) => {$(
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(stringify!($type))
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                from.deserialize_str(Text)
            }
        }
    )+};
}
as_text!(HsCode, CountryCode, UnLocode, ContainerNumber, PostalItemId, Currency, Day);

/// A Harmonized System code of 2 to 10 digits (WCO HS Convention; digits 7-10 are national).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HsCode {
    number: u64,
    digits: u8,
}

impl HsCode {
    /// Parses `080390`, `0803.90` or `0803 90 10`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let (mut number, mut digits) = (0u64, 0u8);
        for byte in text.trim().bytes() {
            match byte {
                b'0'..=b'9' if digits < 10 => {
                    number = number * 10 + u64::from(byte - b'0');
                    digits += 1;
                }
                b'.' | b' ' | b'-' => {}
                _ => return Err(shape(text, "an HS code of 2 to 10 digits")),
            }
        }
        if digits < 2 || digits % 2 == 1 {
            return Err(shape(text, "an HS code of 2, 4, 6, 8 or 10 digits"));
        }
        Ok(HsCode { number, digits })
    }

    /// How many digits were declared.
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// The first `n` digits as a number, or all of them when fewer were declared.
    pub fn prefix(self, n: u8) -> u64 {
        self.number / 10u64.pow(u32::from(self.digits.saturating_sub(n)))
    }

    /// The subheading (first six digits) as a number.
    pub fn hs6(self) -> u64 {
        self.prefix(6)
    }

    /// The heading (first four digits) as a number.
    pub fn hs4(self) -> u64 {
        self.prefix(4)
    }

    /// The chapter (first two digits) as a number.
    pub fn chapter(self) -> u64 {
        self.prefix(2)
    }
}

impl fmt::Display for HsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.digits))
    }
}

impl FromStr for HsCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

/// Defines a code that is kept as a fixed number of ASCII bytes.
macro_rules! fixed_code {
    ($(#[$meta:meta])* $name:ident, $len:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                // The constructors admit ASCII only, so the fallback is never met.
                std::str::from_utf8(&self.0).unwrap_or("")
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

fixed_code! {
    /// An ISO 3166-1 alpha-2 country code: of goods, places and carriers, never of a person.
    CountryCode, 2
}
fixed_code! {
    /// A UN/LOCODE: two letters of country and three of place (UNECE Recommendation 16).
    UnLocode, 5
}
fixed_code! {
    /// A freight container number with its ISO 6346 check digit.
    ContainerNumber, 11
}
fixed_code! {
    /// A postal item identifier (UPU S10) with its check digit.
    PostalItemId, 13
}
fixed_code! {
    /// An ISO 4217 alphabetic currency code.
    Currency, 3
}

/// Copies the letters and digits of `text` in upper case into `N` bytes, if there are just `N`.
fn squeeze<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut out = [0u8; N];
    let mut n = 0;
    for byte in text.bytes() {
        match byte {
            b' ' | b'-' | b'\t' | b'\n' | b'\r' => continue,
            _ if !byte.is_ascii_alphanumeric() || n == N => return None,
            _ => out[n] = byte.to_ascii_uppercase(),
        }
        n += 1;
    }
    (n == N).then_some(out)
}

impl FromStr for CountryCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        match squeeze::<2>(text) {
            Some(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(CountryCode(code)),
            _ => Err(shape(text, "a country code of two letters (ISO 3166-1 alpha-2)")),
        }
    }
}

impl FromStr for Currency {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        match squeeze::<3>(text) {
            Some(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Currency(code)),
            _ => Err(shape(text, "a currency code of three letters (ISO 4217)")),
        }
    }
}

impl Currency {
    /// The code as a number below 17,576 (26 to the third).
    pub fn number(self) -> u64 {
        self.0.iter().fold(0, |sum, letter| sum * 26 + u64::from(letter - b'A'))
    }
}

impl UnLocode {
    /// The country in which the place lies.
    pub fn country(self) -> CountryCode {
        CountryCode([self.0[0], self.0[1]])
    }
}

impl FromStr for UnLocode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        match squeeze::<5>(text) {
            Some(code) if code[..2].iter().all(u8::is_ascii_uppercase) => Ok(UnLocode(code)),
            _ => Err(shape(text, "a UN/LOCODE of five characters, such as KRPUS")),
        }
    }
}

/// The value of a letter or digit in ISO 6346: letters count from 10 and skip multiples of 11.
fn iso6346_value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A' => 10,
        _ => {
            let n = u32::from(byte - b'A');
            10 + n + n.div_ceil(10)
        }
    }
}

impl ContainerNumber {
    /// The check digit that ISO 6346 computes for the first ten characters.
    fn check_digit(first_ten: &[u8]) -> u8 {
        let sum: u32 =
            first_ten.iter().enumerate().map(|(i, byte)| iso6346_value(*byte) << i).sum();
        (sum % 11 % 10) as u8
    }
}

impl FromStr for ContainerNumber {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        const WANTED: &str = "a container number: four letters and seven digits (ISO 6346)";
        let code = squeeze::<11>(text).ok_or_else(|| shape(text, WANTED))?;
        let letters = code[..4].iter().all(u8::is_ascii_uppercase);
        if !letters || !code[4..].iter().all(u8::is_ascii_digit) {
            return Err(shape(text, WANTED));
        }
        let (found, expected) = (code[10] - b'0', Self::check_digit(&code[..10]));
        if found != expected {
            return Err(CodeError::CheckDigit { text: text.to_owned(), found, expected });
        }
        Ok(ContainerNumber(code))
    }
}

impl PostalItemId {
    /// The check digit that UPU S10 computes for eight serial digits.
    fn check_digit(serial: &[u8]) -> u8 {
        const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];
        let sum: u32 = serial
            .iter()
            .zip(WEIGHTS)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        match 11 - sum % 11 {
            10 => 0,
            11 => 5,
            digit => digit as u8,
        }
    }

    /// The issuing operator's country, which may differ from the sender's.
    pub fn issuer(self) -> CountryCode {
        CountryCode([self.0[11], self.0[12]])
    }
}

impl FromStr for PostalItemId {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        const WANTED: &str = "a postal item id: two letters, nine digits, two letters (UPU S10)";
        let code = squeeze::<13>(text).ok_or_else(|| shape(text, WANTED))?;
        let letters = code[..2].iter().chain(&code[11..]).all(u8::is_ascii_uppercase);
        if !letters || !code[2..11].iter().all(u8::is_ascii_digit) {
            return Err(shape(text, WANTED));
        }
        let (found, expected) = (code[10] - b'0', Self::check_digit(&code[2..10]));
        if found != expected {
            return Err(CodeError::CheckDigit { text: text.to_owned(), found, expected });
        }
        Ok(PostalItemId(code))
    }
}

/// An amount of money in thousandths of the currency's unit, which is exact for every
/// currency of ISO 4217 in trade use (their exponents are 0, 2 and 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Thousandths of one unit of `currency`.
    pub thousandths: i64,
    /// The currency, where the source says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

impl Money {
    /// The amount in units of the currency.
    pub fn units(self) -> f64 {
        self.thousandths as f64 / 1_000.0
    }
}

/// A mass in whole grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mass(pub i64);

impl Mass {
    /// The mass in kilograms.
    pub fn kg(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
}

/// A calendar day, counted from 1970-01-01. Histories are kept by the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day of a civil date.
    pub fn of(date: jiff::civil::Date) -> Day {
        // Howard Hinnant's days-from-civil formula (public domain algorithm note, 2013).
        let (y, m, d) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
        let y = if m <= 2 { y - 1 } else { y };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let day_of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Day(era * 146_097 + day_of_era - 719_468)
    }

    /// The last day that has a civil date: 9999-12-31.
    pub const LAST: Day = Day(2_932_896);

    /// The first day that has a civil date: -9999-01-01.
    pub const FIRST: Day = Day(-4_371_587);

    /// The civil date of this day; of a day before the first or after the last, that one's.
    pub fn date(self) -> jiff::civil::Date {
        let z = self.0.clamp(Day::FIRST.0, Day::LAST.0) + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as i8;
        let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as i8;
        let year = (yoe + era * 400 + i32::from(month <= 2)) as i16;
        jiff::civil::Date::constant(year, month, day)
    }

    /// The day of a moment given in microseconds since 1970-01-01 UTC.
    pub fn of_micros(micros: i64) -> Day {
        Day(micros.div_euclid(86_400_000_000) as i32)
    }

    /// The first microsecond (UTC) of the day.
    pub fn start_micros(self) -> i64 {
        i64::from(self.0) * 86_400_000_000
    }

    /// The Monday of the day's ISO 8601 week.
    pub fn week_start(self) -> Day {
        Day(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// Months since year 0, a bucket for what changes slowly.
    pub fn month_number(self) -> i32 {
        let date = self.date();
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl FromStr for Day {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let date: jiff::civil::Date =
            text.trim().parse().map_err(|_| shape(text, "a date such as 2021-04-05"))?;
        Ok(Day::of(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs_codes_keep_their_leading_zero_and_cut_to_headings() {
        let code = HsCode::parse("0803.90").unwrap();
        assert_eq!(code.to_string(), "080390");
        assert_eq!((code.hs6(), code.hs4(), code.chapter()), (80_390, 803, 8));
        assert_eq!(HsCode::parse("2208").unwrap().hs6(), 2208);
        for bad in ["", "8", "080", "08039A", "08039012345"] {
            assert!(HsCode::parse(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn containers_are_held_to_iso_6346() {
        // The worked example of the standard.
        assert_eq!("CSQU 305438-3".parse::<ContainerNumber>().unwrap().as_str(), "CSQU3054383");
        let refused = "CSQU3054384".parse::<ContainerNumber>().unwrap_err();
        assert!(matches!(refused, CodeError::CheckDigit { found: 4, expected: 3, .. }));
    }

    #[test]
    fn postal_items_are_held_to_s10() {
        // The worked example of UPU S10: 47312482 has check digit 9.
        let item: PostalItemId = "RR473124829GB".parse().unwrap();
        assert_eq!(item.issuer().as_str(), "GB");
        assert!("RR473124828GB".parse::<PostalItemId>().is_err());
    }

    #[test]
    fn days_agree_with_the_calendar() {
        for (text, n) in [("1970-01-01", 0), ("2000-02-29", 11_016), ("2021-04-05", 18_722)] {
            let day: Day = text.parse().unwrap();
            assert_eq!(day, Day(n));
            assert_eq!(day.to_string(), text);
        }
        let mut date = jiff::civil::date(1969, 12, 1);
        for n in -31..5_000 {
            assert_eq!(Day::of(date), Day(n));
            assert_eq!(Day(n).date(), date);
            date = date.tomorrow().unwrap();
        }
        assert_eq!(Day(i32::MAX).date(), jiff::civil::Date::MAX);
        assert_eq!(Day(i32::MIN).date(), jiff::civil::Date::MIN);
        assert_eq!(
            (Day::of(jiff::civil::Date::MAX), Day::of(jiff::civil::Date::MIN)),
            (Day::LAST, Day::FIRST)
        );
        assert_eq!(Day(18_722).week_start().to_string(), "2021-04-05");
        assert_eq!(Day(18_721).week_start().to_string(), "2021-03-29");
    }

    #[test]
    fn codes_travel_as_text() {
        let code: CountryCode = serde_json::from_str("\"kr\"").unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"KR\"");
        assert!(serde_json::from_str::<UnLocode>("\"1RPUS\"").is_err());
    }
}
