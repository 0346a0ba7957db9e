//! Finds what a person may have meant: the nearest name for a mistyped one, and a first
//! mapping for a table that nobody has described yet. It only proposes; `mod.rs` reads what
//! the person then writes.

use std::borrow::Cow;
use std::fmt::Write;

use super::field::{FIELDS, PARTY_FIELDS, ROLES};

/// Lower case, letters and digits only.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// ` (did you mean ...?)` for the nearest of `known`, or nothing when none is near.
pub(crate) fn did_you_mean<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> String {
    let wanted = fold(text);
    let last = |name: &str| fold(name.rsplit('.').next().unwrap_or(name));
    let best = known
        .map(|name| {
            // A name without its group, such as `hs` for `goods.hs`, is as near as a slip.
            let short = if last(name) == wanted { 1 } else { usize::MAX };
            (distance(&wanted, &fold(name)).min(short), name)
        })
        .min_by_key(|(distance, _)| *distance);
    let letters = wanted.chars().count();
    match best {
        Some((distance, name)) if distance <= (letters / 3).max(1) && distance < letters => {
            format!(" (did you mean `{name}`?)")
        }
        _ => String::new(),
    }
}

/// Letters to insert, drop or replace to get from one text to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

/// How sure it is that a header means a field: 0 is the very name, 9 is not at all.
fn doubt(header: &str, names: &[String]) -> usize {
    let best = names.iter().map(|name| distance(header, name)).min().unwrap_or(usize::MAX);
    // A longer name bears a slip or two; a short one would then be any other.
    if best <= header.chars().count() / 6 { best } else { 9 }
}

/// A first mapping for a header, by the likeness of names.
pub(crate) fn starter(header: &[&str]) -> String {
    let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
    let mut taken = vec![false; header.len()];
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut candidates: Vec<(usize, usize, String, usize)> = Vec::new();
    for (order, (name, names)) in all_names().into_iter().enumerate() {
        for (column, header) in folded.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
            candidates.push((doubt(header, &names), order, name.clone(), column));
        }
    }
    // The surest first, so that `Country of Origin` is not taken by its indicator.
    candidates.sort();
    for (_, _, name, column) in candidates.into_iter().filter(|(doubt, ..)| *doubt < 9) {
        if !taken[column] && !found.iter().any(|(known, _)| *known == name) {
            taken[column] = true;
            found.push((name, column));
        }
    }
    found.sort_by_key(|(_, column)| *column);

    let mut text = String::from(
        "# A first mapping, proposed from the names of the columns. Check every line: units,\n\
         # codes and dates are guesses. Then save it and give it with --mapping.\n\
         name = \"my-table\"\n",
    );
    let quoted: Vec<String> = header.iter().map(|name| quote(name)).collect();
    text.push_str("\n[fields]\n");
    let has = |wanted: &str| found.iter().any(|(name, _)| name == wanted);
    for (wanted, present) in [
        ("reference", has("reference")),
        ("arrived_on", has("arrived_on") || has("arrived_at")),
        ("office", has("office")),
    ] {
        if !present {
            let _ = writeln!(text, "# {wanted} = \"...\"  # required: name its column here");
        }
    }
    for (name, column) in &found {
        let value = &quoted[*column];
        let folded = &folded[*column];
        let unit = match folded {
            grams if grams.ends_with('g') && !grams.ends_with("kg") => "g",
            tonnes if tonnes.ends_with("톤") || tonnes.ends_with("ton") => "t",
            _ => "kg",
        };
        let _ = match name.as_str() {
            "goods.net_mass" | "goods.gross_mass" => {
                writeln!(text, "{name} = {{ column = {value}, unit = \"{unit}\" }}")
            }
            "route.via" => writeln!(text, "{name} = {{ column = {value}, separator = \" \" }}"),
            _ => writeln!(text, "{name} = {value}"),
        };
    }
    let rest: Vec<&str> = quoted
        .iter()
        .zip(&taken)
        .filter(|(name, taken)| !**taken && name.len() > 2)
        .map(|(name, _)| name.as_str())
        .collect();
    if !rest.is_empty() {
        let _ = writeln!(text, "\n# Columns that no field was found for: {}", rest.join(", "));
    }
    text
}

/// A proposed mapping with what it leaves open filled in, so that a table can be looked at before a
/// person has checked any of it: a bill's or a postal item's number stands for the reference, one
/// office and one day for all rows. Nothing when the table names no such number. `form` counts the
/// ways in which numbers and dates may be written.
pub(crate) fn filled(starter: &str, office: &str, day: &str, form: u8) -> Option<String> {
    let (head, fields) = starter.split_once("\n[fields]\n")?;
    let column = |wanted: &str| {
        fields.lines().find_map(|line| line.strip_prefix(wanted)?.trim_start().strip_prefix("= "))
    };
    let numbers =
        ["documents.postal_item", "documents.house_bill", "documents.master_bill", "item"];
    let (mut said, mut fields) = (String::new(), Cow::Borrowed(fields));
    if column("reference").is_none() {
        let of = numbers.iter().find(|wanted| column(wanted).is_some())?;
        let number = column(of)?;
        let _ = writeln!(said, "reference = {number}");
        if *of == "item" {
            // An item's own number, where nothing else is numbered, is no part of another.
            fields = Cow::Owned(fields.replace(&format!("item = {number}\n"), ""));
        }
    }
    if column("arrived_on").or_else(|| column("arrived_at")).is_none() {
        let _ = writeln!(said, "arrived_on = {{ constant = {} }}", quote(day));
    }
    if column("office").is_none() {
        let office = if office.is_empty() { "unknown" } else { office };
        let _ = writeln!(said, "office = {{ constant = {} }}", quote(office));
    }
    if column("documents.postal_item").is_some() && column("regime").is_none() {
        said.push_str("regime = { constant = \"parcel\" }\n");
    }
    let numbers = if form % 2 == 1 { "decimal = \",\"\nthousands = \".\"\n" } else { "" };
    let dates = match form / 2 {
        0 => "",
        1 => "dates = [\"%d.%m.%Y\", \"%d/%m/%Y\", \"%Y%m%d\", \"%Y.%m.%d\", \"%Y/%m/%d\"]\n",
        _ => "dates = [\"excel\", \"%m/%d/%Y\", \"%d-%m-%Y\", \"%d %b %Y\"]\n",
    };
    let file = format!("\n[file]\n{numbers}{dates}");
    Some(format!("{head}{file}\n[fields]\n{said}{fields}"))
}

/// Each field with all folded names it goes by.
fn all_names() -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for (_, name, _, others) in FIELDS {
        let mut names = vec![fold(name), fold(name.rsplit('.').next().unwrap_or(name))];
        names.extend(others.split_whitespace().map(str::to_owned));
        all.push(((*name).to_owned(), names));
    }
    for (_, role, role_names) in ROLES {
        for (_, field, _, field_names) in PARTY_FIELDS {
            let roles = std::iter::once(fold(role));
            let names = roles
                .chain(role_names.split_whitespace().map(str::to_owned))
                .flat_map(|role| field_names.iter().map(move |field| format!("{role}{field}")))
                .collect();
            all.push((format!("{role}.{field}"), names));
        }
    }
    all
}

/// The text as a TOML basic string.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
