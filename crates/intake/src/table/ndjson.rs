//! Reads lines of JSON objects as records: members become cells by name, members of members
//! by their names with a dot between, and a list becomes one cell with the separator of its
//! field. Numbers keep the digits they were written with.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use targeting::consignment::DefectKind;

use super::cells::Cells;
use super::fill::Filler;
use super::lines::{Line, Lines, decode_record};
use super::{Source, Step};

/// Objects within objects are followed this far.
const DEEPEST: usize = 8;

/// So many objects at the beginning are asked for their members' names.
const HEAD_OBJECTS: usize = 200;

pub(crate) struct Ndjson<'a> {
    pub(crate) lines: Lines<'a>,
    pub(crate) columns: HashMap<String, usize>,
    /// For each column the text put between the members of a list.
    pub(crate) separators: Vec<String>,
    /// The line as text.
    pub(crate) line: Cells,
    /// The cells found, before they stand in order.
    pub(crate) found: Vec<String>,
}

impl Source for Ndjson<'_> {
    fn next(&mut self, cells: &mut Cells, _filler: &Filler) -> io::Result<Step> {
        loop {
            let (bytes, whole) = match self.lines.first_line()? {
                Line::Whole(at) => (at, true),
                Line::Cut(at) => (at, false),
                Line::TooLong => return Ok(Step::Defect(self.lines.skip_long_line()?)),
                Line::None => {
                    return Ok(self.lines.damage("").map_or(Step::End, Step::Defect));
                }
            };
            let consumed = bytes + usize::from(whole);
            if self.lines.pending()[..bytes].trim_ascii().is_empty() {
                self.lines.take(consumed, u64::from(whole));
                continue;
            }
            let decoded = decode_record(&mut self.lines, bytes, &mut self.line);
            let damage = if whole { None } else { self.lines.damage(&self.line.text) };
            self.lines.take(consumed, u64::from(whole));
            if let Some(defect) = damage.or(decoded.err()) {
                return Ok(Step::Defect(defect));
            }
            return Ok(match self.object() {
                Ok(()) => {
                    cells.clear();
                    cells.line = self.line.line;
                    for text in &self.found {
                        cells.push(text);
                    }
                    Step::Row
                }
                Err(error) if !whole && error.is_eof() => Step::Defect(
                    self.line.defect(DefectKind::Truncated, "the file ends within this object"),
                ),
                Err(error) => {
                    let reason = format!("the line is no JSON object ({error})");
                    Step::Defect(self.line.defect(DefectKind::Unreadable, reason))
                }
            });
        }
    }
}

impl Ndjson<'_> {
    fn object(&mut self) -> Result<(), serde_json::Error> {
        self.found.resize(self.separators.len(), String::new());
        self.found.iter_mut().for_each(String::clear);
        let (columns, separators) = (&self.columns, &self.separators);
        let found = &mut self.found;
        let mut take = |name: &str, value: &RawValue| {
            if let Some(at) = columns.get(name) {
                found[*at].clear();
                append(value, &separators[*at], &mut found[*at]);
            }
        };
        let text = self.line.text.trim_start_matches('\u{feff}');
        walk(text, "", DEEPEST, &mut take)
    }
}

/// The names of all members in the first lines, in the order in which they are first met.
pub(crate) fn names(head: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in head.lines().take(HEAD_OBJECTS) {
        let mut take = |name: &str, _value: &RawValue| {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        };
        // A line that is no object gets its defect when it is read as a record.
        let _unread = walk(line, "", DEEPEST, &mut take);
    }
    names
}

/// Walks the members of an object, and of the objects within.
fn walk(
    text: &str,
    path: &str,
    depth: usize,
    take: &mut dyn FnMut(&str, &RawValue),
) -> Result<(), serde_json::Error> {
    let mut from = serde_json::Deserializer::from_str(text);
    Members { path, depth, take }.deserialize(&mut from)?;
    from.end()
}

struct Members<'p, 't> {
    path: &'p str,
    depth: usize,
    take: &'t mut dyn FnMut(&str, &RawValue),
}

impl<'de> DeserializeSeed<'de> for Members<'_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = members.next_key::<Key<'de>>()? {
            if self.depth == 0 {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: &RawValue = members.next_value()?;
            let name = match self.path {
                "" => key,
                path => Cow::Owned(format!("{path}.{key}")),
            };
            if value.get().starts_with('{') {
                walk(value.get(), &name, self.depth - 1, self.take)
                    .map_err(serde::de::Error::custom)?;
            } else {
                (self.take)(&name, value);
            }
        }
        Ok(())
    }
}

/// A member's name, which is only copied when it is written with escapes.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Text)
    }
}

/// Appends a value as the text that a cell would hold; the members of a list with the
/// separator between, and nothing for null or for objects within a list.
fn append(value: &RawValue, separator: &str, to: &mut String) {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'"') => {
            if let Ok(Key(text)) = serde_json::from_str(text) {
                to.push_str(&text);
            }
        }
        Some(b'[') => {
            let mut from = serde_json::Deserializer::from_str(text);
            // The text was found sound when the object was read.
            let _sound = Items { separator, to }.deserialize(&mut from);
        }
        Some(b'n' | b'{') | None => {}
        Some(_) => to.push_str(text),
    }
}

struct Items<'s, 't> {
    separator: &'s str,
    to: &'t mut String,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            if item.get().starts_with('[') {
                continue;
            }
            let before = self.to.len();
            if before > 0 {
                self.to.push_str(self.separator);
            }
            let between = self.to.len();
            append(item, self.separator, self.to);
            if self.to.len() == between {
                self.to.truncate(before);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut take = |name: &str, value: &RawValue| {
            let mut text = String::new();
            append(value, " ", &mut text);
            found.push(format!("{name}={text}"));
        };
        walk(text, "", DEEPEST, &mut take).unwrap();
        found
    }

    #[test]
    fn values_keep_the_digits_they_were_written_with() {
        assert_eq!(
            members(r#"{"id":12345678901234567890123,"m":1.10,"e":1e3,"n":null,"b":true}"#),
            ["id=12345678901234567890123", "m=1.10", "e=1e3", "n=", "b=true"]
        );
    }

    #[test]
    fn objects_and_lists_within_become_cells() {
        assert_eq!(
            members(r#"{"a":{"b":{"c":"x\ny"}},"l":["KRPUS",null,["z"],"SGSIN"],"é":1}"#),
            ["a.b.c=x\ny", "l=KRPUS SGSIN", "é=1"]
        );
        let mut none = |_: &str, _: &RawValue| {};
        for bad in ["[1]", "{\"a\":1} x", "{\"a\":", "\"text\"", "{\"a\":1,}"] {
            assert!(walk(bad, "", DEEPEST, &mut none).is_err(), "{bad} was taken");
        }
        let deep = format!("{}1{}", "{\"a\":".repeat(50), "}".repeat(50));
        assert!(walk(&deep, "", DEEPEST, &mut none).is_ok());
    }

    #[test]
    fn names_are_gathered_over_lines() {
        assert_eq!(names("{\"a\":1}\nnot json\n{\"b\":{\"c\":2},\"a\":3}\n"), ["a", "b.c"]);
    }
}
