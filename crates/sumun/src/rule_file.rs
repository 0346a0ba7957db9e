//! A rule as a file that people read, write and review in git: TOML, one rule a file. Whatever is
//! wrong with it is told with its line and column in the file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use targeting::codes::Day;
use targeting::outcome::Modality;
use targeting::rule::{Rule, Sentence, condition};
use targeting::screening::Lane;
use toml::Spanned;

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileFault {
    /// Its kind: that of a condition's mistake, `rule` for another field, `toml` for the file.
    pub code: String,
    /// The field of the rule, where it is one's.
    pub field: Option<String>,
    /// Line, from 1.
    pub line: usize,
    /// Column, in characters from 1.
    pub column: usize,
    /// The words it lies on.
    pub words: String,
    /// What is wrong, in English.
    pub en: String,
    /// The same in Korean.
    pub ko: String,
    /// What to put there instead.
    pub suggestion: Option<String>,
}

/// A day as TOML has it, or in quotation marks.
#[derive(Deserialize)]
#[serde(untagged)]
enum Date {
    Text(String),
    Date(toml::value::Datetime),
}

impl Date {
    fn day(&self) -> Option<Day> {
        match self {
            Date::Text(text) => text.parse().ok(),
            Date::Date(date) => date.to_string().parse().ok(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: Spanned<String>,
    owner: Spanned<String>,
    legal_basis: Spanned<String>,
    lane: Spanned<String>,
    modality: Option<Spanned<String>>,
    #[serde(default)]
    offices: Vec<String>,
    valid_from: Spanned<Date>,
    valid_until: Spanned<Date>,
    review_on: Spanned<Date>,
    condition: Spanned<String>,
    officer: Spanned<Sentence>,
    outward: Spanned<Sentence>,
}

/// Reads a file and checks all of it.
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub fn read(text: &str) -> Result<Rule, Vec<FileFault>> {
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            if let Some(faults) = missing(text) {
                return Err(faults);
            }
            let span = error.span().unwrap_or(0..0);
            let en = format!("The file is no rule: {}.", error.message().trim_end_matches('.'));
            let ko = format!("규칙 파일로 읽을 수 없습니다: {}", error.message());
            return Err(vec![fault(text, "toml", None, (span.start, span.end), en, ko)]);
        }
    };
    let mut faults = Vec::new();
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut note =
        |field, span: std::ops::Range<usize>| places.insert(field, (span.start, span.end));
    note("code", file.code.span());
    note("owner", file.owner.span());
    note("legal_basis", file.legal_basis.span());
    note("valid_until", file.valid_until.span());
    note("review_on", file.review_on.span());
    note("officer", file.officer.span());
    note("outward", file.outward.span());

    let mut day = |field: &str, date: &Spanned<Date>| {
        let day = date.get_ref().day();
        if day.is_none() {
            let span = (date.span().start, date.span().end);
            let en = "A day is written YYYY-MM-DD.".to_owned();
            let ko = "날짜는 YYYY-MM-DD로 적습니다.".to_owned();
            faults.push(fault(text, "rule", Some(field), span, en, ko));
        }
        day
    };
    let from = day("valid_from", &file.valid_from);
    let until = day("valid_until", &file.valid_until);
    let review = day("review_on", &file.review_on);
    let lane = word::<Lane>(text, "lane", &file.lane, &mut faults);
    let modality = match &file.modality {
        Some(named) => word::<Modality>(text, "modality", named, &mut faults).map(Some),
        None => Some(None),
    };
    check_condition(text, &file.condition, &mut faults);
    let rule = (|| {
        Some(Rule {
            code: file.code.get_ref().clone(),
            owner: file.owner.get_ref().clone(),
            legal_basis: file.legal_basis.get_ref().clone(),
            lane: lane?,
            modality: modality?,
            offices: file.offices.clone(),
            valid_from: from?,
            valid_until: until?,
            review_on: review?,
            condition: file.condition.get_ref().clone(),
            officer: file.officer.get_ref().clone(),
            outward: file.outward.get_ref().clone(),
        })
    })();
    for wrong in rule.iter().flat_map(Rule::faults) {
        let span = places.get(wrong.field).copied().unwrap_or((0, 0));
        let (en, ko) = (wrong.en.to_owned(), wrong.ko.to_owned());
        faults.push(fault(text, "rule", Some(wrong.field), span, en, ko));
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    match rule {
        Some(rule) if faults.is_empty() => Ok(rule),
        _ => Err(faults),
    }
}

/// Every key that a file of a rule lacks; none when it is no TOML, or lacks nothing.
fn missing(text: &str) -> Option<Vec<FileFault>> {
    /// The keys of a rule that may not be left out, and which of them are tables.
    const NEEDED: [(&str, bool); 10] = [
        ("code", false),
        ("owner", false),
        ("legal_basis", false),
        ("lane", false),
        ("valid_from", false),
        ("valid_until", false),
        ("review_on", false),
        ("condition", false),
        ("officer", true),
        ("outward", true),
    ];
    const OTHERS: [&str; 2] = ["modality", "offices"];
    let table: toml::Table = toml::from_str(text).ok()?;
    // A key that is typed wrong is told by its place first.
    let known =
        |key: &String| NEEDED.iter().any(|(of, _)| of == key) || OTHERS.contains(&key.as_str());
    if !table.keys().all(known) {
        return None;
    }
    let lacks: Vec<FileFault> = NEEDED
        .iter()
        .filter(|(key, _)| !table.contains_key(*key))
        .map(|(key, whole)| {
            let sign = if *whole { format!("[{key}]") } else { format!("{key} = ") };
            let en = format!("The rule has no `{key}`: add `{sign}`.");
            let ko = format!("규칙에 `{key}` 항목이 없습니다. `{sign}`을(를) 더하십시오.");
            fault(text, "toml", None, (0, 0), en, ko)
        })
        .collect();
    (!lacks.is_empty()).then_some(lacks)
}

fn word<T: std::str::FromStr<Err = targeting::codes::CodeError>>(
    text: &str,
    field: &str,
    named: &Spanned<String>,
    faults: &mut Vec<FileFault>,
) -> Option<T> {
    match named.get_ref().parse() {
        Ok(word) => Some(word),
        Err(error) => {
            let span = (named.span().start, named.span().end);
            let ko = format!("쓸 수 없는 값입니다: {error}");
            faults.push(fault(text, "rule", Some(field), span, format!("{error}."), ko));
            None
        }
    }
}

/// Checks the condition, and finds the places of its mistakes in the file.
fn check_condition(text: &str, of: &Spanned<String>, faults: &mut Vec<FileFault>) {
    let Err(found) = condition(of.get_ref()) else { return };
    let span = of.span();
    let raw = text.get(span.clone()).unwrap_or_default();
    let quotes = ["'''", "\"\"\"", "'", "\""].iter().find(|quotes| raw.starts_with(**quotes));
    let mut begin = span.start + quotes.map_or(0, |quotes| quotes.len());
    if quotes.is_some_and(|quotes| quotes.len() == 3) {
        // A line's end right after three quotation marks is no part of the text.
        let rest = text.get(begin..).unwrap_or_default();
        begin += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    // With escapes, the file and the text differ in length: then the value's place must do.
    let plain = text.get(begin..begin + of.get_ref().len()) == Some(of.get_ref());
    for one in found {
        let place = match plain {
            true => (begin + one.span.from, begin + one.span.to),
            false => (span.start, span.end),
        };
        let mut fault = fault(text, one.code.as_str(), Some("condition"), place, one.en, one.ko);
        fault.suggestion = one.suggestion;
        if !plain {
            let words = of.get_ref().get(one.span.from..one.span.to);
            fault.words = words.unwrap_or_default().to_owned();
        }
        faults.push(fault);
    }
}

fn fault(
    text: &str,
    code: &str,
    field: Option<&str>,
    (from, to): (usize, usize),
    en: String,
    ko: String,
) -> FileFault {
    let before = text.get(..from.min(text.len())).unwrap_or_default();
    FileFault {
        code: code.to_owned(),
        field: field.map(str::to_owned),
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        words: text.get(from..to).unwrap_or_default().chars().take(80).collect(),
        en,
        ko,
        suggestion: None,
    }
}

/// A rule as a file; what is read from it again is the same rule.
pub fn write(rule: &Rule) -> String {
    let mut file = String::new();
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: String| {
        let _ = writeln!(file, "{name} = {value}");
    };
    line("code", quoted(&rule.code));
    line("owner", quoted(&rule.owner));
    line("legal_basis", quoted(&rule.legal_basis));
    line("lane", quoted(rule.lane.as_str()));
    if let Some(modality) = rule.modality {
        line("modality", quoted(modality.as_str()));
    }
    if !rule.offices.is_empty() {
        let offices: Vec<String> = rule.offices.iter().map(|office| quoted(office)).collect();
        line("offices", format!("[{}]", offices.join(", ")));
    }
    line("valid_from", rule.valid_from.to_string());
    line("valid_until", rule.valid_until.to_string());
    line("review_on", rule.review_on.to_string());
    let literal = !rule.condition.contains("''") && !rule.condition.contains('\r');
    let printable = rule.condition.chars().all(|c| !c.is_control() || c == '\n' || c == '\t');
    let ends = rule.condition.ends_with('\'');
    match literal && printable && !ends {
        true => line("condition", format!("'''\n{}'''", rule.condition)),
        false => line("condition", quoted(&rule.condition)),
    }
    for (name, text) in [("officer", &rule.officer), ("outward", &rule.outward)] {
        let _ = writeln!(file, "\n[{name}]\nko = {}\nen = {}", quoted(&text.ko), quoted(&text.en));
    }
    file
}

/// A text in quotation marks, as TOML reads it.
fn quoted(text: &str) -> String {
    let mut said = String::from("\"");
    for one in text.chars() {
        match one {
            '"' => said.push_str("\\\""),
            '\\' => said.push_str("\\\\"),
            '\n' => said.push_str("\\n"),
            '\t' => said.push_str("\\t"),
            one if one.is_control() => {
                let _ = write!(said, "\\u{:04X}", u32::from(one));
            }
            one => said.push(one),
        }
    }
    said.push('"');
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
code = "coffee.new-consignor"
owner = "kim"
legal_basis = "WTO TFA 7.4"
lane = "red"
modality = "scan"
offices = ["ICN"]
valid_from = 2026-01-01
valid_until = "2026-06-30"
review_on = 2026-04-01
condition = '''
goods.hs4 == "0901" &&
  indicator("consignor.new")
'''

[officer]
ko = "처음 보는 발송인의 커피"
en = "Coffee from a consignor seen for the first time"

[outward]
ko = "통상적인 검사"
en = "Routine examination"
"#;

    #[test]
    fn a_file_is_read_and_written_back() {
        let rule = read(GOOD).unwrap();
        assert_eq!(rule.code, "coffee.new-consignor");
        assert_eq!(rule.valid_until.to_string(), "2026-06-30");
        assert_eq!(read(&write(&rule)).unwrap(), rule);
        for condition in ["goods.hs4 == '0901'", "goods.origin in ['CO', 'PE']", "a\\b ''' \u{1}"] {
            let odd = Rule { condition: condition.to_owned(), ..rule.clone() };
            let text = write(&odd);
            let file: toml::Table = toml::from_str(&text).unwrap();
            assert_eq!(file["condition"].as_str(), Some(condition), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_found_at_its_place_in_the_file() {
        let check = |from: &str, to: &str, wanted: &str| {
            let text = GOOD.replace(from, to);
            let faults = read(&text).unwrap_err();
            let said: Vec<String> = faults
                .iter()
                .map(|one| format!("{}:{} {} {}", one.line, one.column, one.code, one.words))
                .collect();
            assert_eq!(said.join("; "), wanted, "{faults:?}");
        };
        check("consignor.new\"", "consignor.gnew\"", "13:13 unknown_indicator \"consignor.gnew\"");
        check("goods.hs4 ==", "goods.hs4 =", "12:11 syntax =");
        let block = "'''\ngoods.hs4 == \"0901\" &&\n  indicator(\"consignor.new\")\n'''";
        check(block, "'goods.hs4 == 901'", "11:27 wrong_type 901");
        check("\"red\"", "\"pink\"", "5:8 rule \"pink\"");
        check("2026-04-01", "2027-04-01", "10:13 rule 2027-04-01");
        check("\"2026-06-30\"", "\"soon\"", "9:15 rule \"soon\"");
        check("owner = ", "woner = ", "3:1 toml woner");
        check("owner = \"kim\"\n", "", "1:1 toml ");
        // All that is missing is told at once.
        let said = read("code = \"a.b\"\nlane = \"red\"\n").unwrap_err();
        let said: Vec<&str> = said.iter().map(|one| one.en.as_str()).collect();
        assert_eq!(said.len(), 8, "{said:?}");
        assert!(said[0].contains("`owner`") && said[7].contains("[outward]"), "{said:?}");
    }
}
