//! Reference lists that a site downloads and loads: titles of the Harmonised System, places with
//! their positions, names of countries. The header tells which list a file is; nothing of them is
//! shipped. A line that cannot be used is a defect with its number, and spoils no other.

use std::collections::BTreeMap;

use serde::Deserialize;
use targeting::consignment::{Defect, DefectKind};

use crate::message::defect;

/// What a reference file turned out to hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Reference {
    /// Titles by code of two, four or six digits.
    Goods(Vec<Title>),
    /// Places by UN/LOCODE or IATA code.
    Places(Vec<Position>),
    /// Names of countries by their ISO 3166 code of two letters.
    Countries(Vec<CountryName>),
}

/// A title of the Harmonised System.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Two, four or six digits.
    pub code: String,
    /// Its words.
    pub title: String,
    /// Its words in Korean, where the file has them.
    pub title_ko: String,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// UN/LOCODE of five signs, or IATA code of three.
    pub code: String,
    /// Its name.
    pub name: String,
    /// ISO 3166 code of two letters.
    pub country: String,
    /// Degrees north and east, where the list gives them.
    pub at: Option<(f64, f64)>,
}

/// A country's names; a list has one of them as a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryName {
    /// ISO 3166 code of two letters.
    pub code: String,
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

/// Country names as the JavaScript lists have them: one name or several.
#[derive(Deserialize)]
struct Named {
    locale: String,
    countries: BTreeMap<String, OneOrMore>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// Columns by which a list is known, each with the names that files use.
struct Columns {
    names: Vec<String>,
}

impl Columns {
    fn at(&self, wanted: &[&str]) -> Option<usize> {
        self.names.iter().position(|name| wanted.contains(&name.as_str()))
    }
}

/// Reads a reference list.
///
/// # Errors
/// A sentence that says which lists are known, when it is none of them.
pub fn reference(bytes: &[u8]) -> Result<(Reference, Vec<Defect>), String> {
    let text = text_of(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    if text.trim_start().starts_with('{') {
        return named_countries(&text);
    }
    let mut lines =
        csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(text.as_bytes());
    let names = lines.headers().map_err(|error| format!("the list cannot be read: {error}"))?;
    let names = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let columns = Columns { names };
    let column = |wanted: &[&str]| columns.at(wanted);

    let code = column(&["hscode", "hs", "hs_code", "hs6"]);
    let title = column(&["description", "title", "title_en"]);
    let iata = column(&["iata"]);
    let place = (column(&["country"]), column(&["location"]));
    let country =
        (column(&["countrycode", "alpha2", "iso2"]), column(&["countryname", "name", "name_en"]));
    let kind = match (code, title, iata, place, country) {
        (Some(code), Some(title), ..) => {
            List::Goods { code, title, ko: column(&["title_ko", "description_ko", "한글품명"]) }
        }
        // UN/LOCODE has a column of IATA codes, too.
        (_, _, _, (Some(country), Some(location)), _) => List::Places {
            country,
            location,
            name: column(&["namewodiacritics", "name"]),
            coordinates: column(&["coordinates"]),
        },
        (_, _, Some(code), ..) => List::Airports {
            code,
            name: column(&["name", "city"]),
            country: column(&["country"]),
            north: column(&["lat", "latitude"]),
            east: column(&["lon", "longitude"]),
        },
        (.., (Some(code), Some(name))) => {
            List::Countries { code, name, ko: column(&["name_ko", "한글명"]) }
        }
        _ => {
            return Err("the header is none of a known list: titles of goods (hscode, \
                        description), airports (iata, name, country, lat, lon), UN/LOCODE \
                        (Country, Location, Name, Coordinates) or countries (CountryCode, \
                        CountryName)"
                .to_owned());
        }
    };
    Ok(kind.read(&mut lines))
}

/// UN/LOCODE comes in Windows-1252 from its own house, in UTF-8 from others.
fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn named_countries(text: &str) -> Result<(Reference, Vec<Defect>), String> {
    let named: Named = serde_json::from_str(text)
        .map_err(|error| format!("the list of countries cannot be read: {error}"))?;
    let korean = named.locale.eq_ignore_ascii_case("ko");
    let countries = (named.countries.into_iter())
        .filter(|(code, _)| code.len() == 2)
        .map(|(code, names)| {
            let name = match names {
                OneOrMore::One(name) => name,
                OneOrMore::More(names) => names.into_iter().next().unwrap_or_default(),
            };
            let (en, ko) = if korean { (String::new(), name) } else { (name, String::new()) };
            CountryName { code: code.to_ascii_uppercase(), en, ko }
        })
        .collect();
    Ok((Reference::Countries(countries), Vec::new()))
}

/// A kind of list with the columns that matter.
enum List {
    Goods {
        code: usize,
        title: usize,
        ko: Option<usize>,
    },
    Airports {
        code: usize,
        name: Option<usize>,
        country: Option<usize>,
        north: Option<usize>,
        east: Option<usize>,
    },
    Places {
        country: usize,
        location: usize,
        name: Option<usize>,
        coordinates: Option<usize>,
    },
    Countries {
        code: usize,
        name: usize,
        ko: Option<usize>,
    },
}

impl List {
    fn read(&self, lines: &mut csv::Reader<&[u8]>) -> (Reference, Vec<Defect>) {
        let (mut goods, mut places, mut countries) = (Vec::new(), Vec::new(), Vec::new());
        let mut defects = Vec::new();
        for record in lines.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let reason = format!("this line cannot be read: {error}");
                    defects.push(defect(line, "", DefectKind::Unreadable, reason, b""));
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |at: usize| record.get(at).unwrap_or_default().trim();
            let may = |at: &Option<usize>| at.map(cell).unwrap_or_default();
            let mut refuse = |field: &str, reason: &str, found: &str| {
                let kind = DefectKind::Unreadable;
                defects.push(defect(line, field, kind, reason.to_owned(), found.as_bytes()));
            };
            match self {
                List::Goods { code, title, ko } => {
                    let digits: String = cell(*code).chars().filter(|c| *c != '.').collect();
                    let sound = matches!(digits.len(), 2 | 4 | 6)
                        && digits.bytes().all(|byte| byte.is_ascii_digit());
                    match sound {
                        true => goods.push(Title {
                            code: digits,
                            title: cell(*title).to_owned(),
                            title_ko: may(ko).to_owned(),
                        }),
                        false if digits.eq_ignore_ascii_case("total") => {}
                        false => refuse("hscode", "a code has two, four or six digits", &digits),
                    }
                }
                List::Airports { code, name, country, north, east } => {
                    let code = cell(*code);
                    // Most airfields have none, and no manifest names them.
                    if code.is_empty() {
                        continue;
                    }
                    let at = may(north).parse().ok().zip(may(east).parse().ok());
                    if code.len() != 3 || at.is_some_and(|at| !on_earth(at)) {
                        refuse("iata", "no code of three letters with a place on earth", code);
                        continue;
                    }
                    places.push(Position {
                        code: code.to_ascii_uppercase(),
                        name: may(name).to_owned(),
                        country: may(country).to_ascii_uppercase(),
                        at,
                    });
                }
                List::Places { country, location, name, coordinates } => {
                    let (country, location) = (cell(*country), cell(*location));
                    // A line without a location is the heading of its country.
                    if location.is_empty() {
                        continue;
                    }
                    if country.len() != 2 || location.len() != 3 {
                        refuse("Location", "no UN/LOCODE of two and three signs", location);
                        continue;
                    }
                    places.push(Position {
                        code: format!("{country}{location}").to_ascii_uppercase(),
                        name: may(name).to_owned(),
                        country: country.to_ascii_uppercase(),
                        at: degrees(may(coordinates)).filter(|at| on_earth(*at)),
                    });
                }
                List::Countries { code, name, ko } => {
                    let code = cell(*code);
                    if code.len() != 2 {
                        refuse("CountryCode", "a code has two letters", code);
                        continue;
                    }
                    countries.push(CountryName {
                        code: code.to_ascii_uppercase(),
                        en: cell(*name).to_owned(),
                        ko: may(ko).to_owned(),
                    });
                }
            }
        }
        let reference = match self {
            List::Goods { .. } => Reference::Goods(goods),
            List::Airports { .. } | List::Places { .. } => Reference::Places(places),
            List::Countries { .. } => Reference::Countries(countries),
        };
        (reference, defects)
    }
}

fn on_earth((north, east): (f64, f64)) -> bool {
    (-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east)
}

/// Degrees as UN/LOCODE writes them: `3507N 12902E`.
fn degrees(text: &str) -> Option<(f64, f64)> {
    let (north, east) = text.split_once(' ')?;
    let part = |text: &str, plus: char, minus: char| {
        let sign = match text.chars().last()? {
            c if c == plus => 1.0,
            c if c == minus => -1.0,
            _ => return None,
        };
        let digits = text.get(..text.len() - 1)?;
        let minutes: f64 = digits.get(digits.len().checked_sub(2)?..)?.parse().ok()?;
        let whole: f64 = digits.get(..digits.len() - 2)?.parse().ok()?;
        Some(sign * (whole + minutes / 60.0))
    };
    Some((part(north.trim(), 'N', 'S')?, part(east.trim(), 'E', 'W')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Reference, Vec<String>) {
        let (reference, defects) = reference(text.as_bytes()).expect("a known list");
        (reference, defects.iter().map(|of| format!("{}: {}", of.line, of.reason)).collect())
    }

    #[test]
    fn lists_are_known_by_their_headers() {
        let (goods, defects) = read(
            "section,hscode,description,parent,level\nI,01,Animals,TOTAL,2\n\
             I,0101,\"Horses, asses\",01,4\nI,01x,Broken,01,4\n",
        );
        let Reference::Goods(goods) = goods else { panic!("goods") };
        assert_eq!((goods.len(), goods[1].title.as_str()), (2, "Horses, asses"));
        assert_eq!(defects, ["4: a code has two, four or six digits"]);

        let (places, _) = read(
            "Change,Country,Location,Name,NameWoDiacritics,Subdivision,Status,Function,Date,IATA,\
             Coordinates,Remarks\n,KR,,.KOREA,,,,,,,,\n,KR,PUS,Busan,Busan,26,AI,1234----,9601,,\
             3508N 12903E,\n,AR,BUE,Buenos Aires,Buenos Aires,B,AI,1,0,,3436S 05822W,\n",
        );
        let Reference::Places(places) = places else { panic!("places") };
        assert_eq!(places[0].code, "KRPUS");
        let (north, east) = places[1].at.expect("degrees");
        assert!((north + 34.6).abs() < 1e-9 && (east + 58.3667).abs() < 1e-3);

        let (airports, defects) = read(
            "icao,iata,name,city,country,lat,lon\nRKSI,ICN,Incheon,Seoul,KR,37.46,126.44\n\
             X,,Field,Y,US,1,2\nQ,QQQ,Nowhere,Z,US,999,2\n",
        );
        let Reference::Places(airports) = airports else { panic!("places") };
        assert_eq!((airports.len(), airports[0].code.as_str()), (1, "ICN"));
        assert_eq!(defects.len(), 1);

        let (countries, _) =
            read("{\"locale\":\"ko\",\"countries\":{\"KR\":[\"대한민국\",\"한국\"]}}");
        let Reference::Countries(countries) = countries else { panic!("countries") };
        assert_eq!(countries[0].ko, "대한민국");
        assert!(reference(b"a,b\n1,2\n").is_err_and(|said| said.contains("hscode")));
    }
}
