//! One reader for all XML: it is blind to namespaces, reads a document in one pass without a
//! tree, expands no entity, and goes on behind what is not well-formed. What elements mean is in
//! the path tables of `tables.rs`, what is done with them in `acts.rs`.

mod acts;
mod tables;

use std::collections::BTreeMap;
use std::io;
use std::sync::LazyLock;

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};
use targeting::consignment::DefectKind;
use xxhash_rust::xxh3::xxh3_64;

use super::text::decode_document;
use super::window::Window;
use super::{DOCUMENT_LIMIT, MessageBatch, MessageOptions, Reader, defect};
use acts::{Act, Group, Maker};
use tables::{DIALECTS, Dialect, UNKNOWN};

/// Elements within each other at most; what lies deeper is not read.
const DEEPEST: usize = 256;
/// Bytes of one text at most; what follows, such as an embedded picture, is not kept.
const LONGEST_TEXT: usize = 64 * 1024;
/// Places that are not well-formed, each told, before the rest is left.
const MOST_BREAKS: usize = 100;

/// A dialect ready for use: for each last name of a path, what to do in which group.
struct Rules {
    dialect: &'static Dialect,
    /// In the order of names.
    by_name: Vec<(Name, Vec<Rule>)>,
}

/// A local name in lower case, as its hash: names are compared a dozen times for each element.
type Name = u64;

fn name_of(lower: &[u8]) -> Name {
    xxh3_64(lower)
}

/// The group in which it holds, the names that must stand above the last one, the nearest first,
/// and the act.
struct Rule {
    group: Group,
    above: Vec<Name>,
    act: Act,
}

static RULES: LazyLock<Vec<Rules>> = LazyLock::new(|| DIALECTS.iter().map(rules_of).collect());

static GENERAL: LazyLock<Rules> = LazyLock::new(|| rules_of(&UNKNOWN));

/// Which dialect a root begins, in the order of names.
static ROOTS: LazyLock<Vec<(Name, usize)>> = LazyLock::new(|| {
    let root = |root: &&str| name_of(root.to_ascii_lowercase().as_bytes());
    let mut roots: Vec<(Name, usize)> = (DIALECTS.iter().enumerate())
        .flat_map(|(n, dialect)| dialect.roots.iter().map(move |name| (root(name), n)))
        .collect();
    roots.sort_unstable();
    roots
});

fn rules_of(dialect: &'static Dialect) -> Rules {
    let mut by_name: BTreeMap<Name, Vec<Rule>> = BTreeMap::new();
    let lines = dialect.tables.iter().flat_map(|table| table.lines());
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let group = words.next().and_then(Group::of_word);
        let path = words.next();
        let act = Act::of_words(words);
        // The tables are ours, and a test reads them all.
        let (Some(group), Some(path), Some(act)) = (group, path, act) else { continue };
        let mut names = path.rsplit('/').map(|name| name_of(name.to_ascii_lowercase().as_bytes()));
        let Some(last) = names.next() else { continue };
        // Of two lines with one path the later one counts: a dialect's own after those it shares.
        let rule = Rule { group, above: names.collect(), act };
        by_name.entry(last).or_default().insert(0, rule);
    }
    for rules in by_name.values_mut() {
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.above.len()));
    }
    Rules { dialect, by_name: by_name.into_iter().collect() }
}

impl Rules {
    fn act(&self, group: Group, name: Name, path: &[Level]) -> Option<&Act> {
        let place = self.by_name.binary_search_by_key(&name, |(known, _)| *known).ok()?;
        let fits = |rule: &&Rule| {
            let above = path.iter().rev().map(|level| level.name);
            rule.group == group
                && rule.above.len() <= path.len()
                && rule.above.iter().zip(above).all(|(a, b)| *a == b)
        };
        Some(&self.by_name[place].1.iter().find(fits)?.act)
    }
}

/// An element that is open.
#[derive(Default)]
struct Level {
    name: Name,
    /// The group that its children belong to.
    group: Group,
    /// What its text does.
    act: Option<&'static Act>,
    /// Whether elements within it say something.
    parts: bool,
    opened: bool,
    root: bool,
}

pub(crate) struct Xml<R> {
    window: Option<Window<R>>,
    options: MessageOptions,
}

impl<R: io::Read> Xml<R> {
    pub(crate) fn new(window: Window<R>, options: MessageOptions) -> Xml<R> {
        Xml { window: Some(window), options }
    }
}

impl<R: io::Read> Reader for Xml<R> {
    fn read(&mut self, batch: &mut MessageBatch, _: usize) -> io::Result<bool> {
        let Some(mut window) = self.window.take() else { return Ok(false) };
        window.hold(DOCUMENT_LIMIT as usize + 1)?;
        let bytes = window.bytes();
        if bytes.len() as u64 > DOCUMENT_LIMIT {
            let reason = "the document is larger than 256 MB and was not read";
            batch.defects.push(defect(1, "", DefectKind::Unreadable, reason, &bytes[..200]));
            return Ok(false);
        }
        read_document(bytes, batch, &self.options);
        Ok(false)
    }
}

/// The encoding that the first line of a document declares.
fn label(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_lowercase();
    let first = head.strip_prefix("<?xml")?.split("?>").next()?;
    let at = first.split("encoding").nth(1)?;
    let mut quoted = at.split(['"', '\'']);
    quoted.next()?;
    Some(quoted.next()?.trim().to_owned())
}

fn read_document(bytes: &[u8], batch: &mut MessageBatch, options: &MessageOptions) {
    let label = label(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start());
    let (text, used) = decode_document(bytes, label.as_deref());
    let declared = label.unwrap_or_default();
    let same = (declared == "ks_c_5601-1987" && used == "EUC-KR")
        || declared.is_empty()
        || declared.starts_with("utf-16")
        || declared.eq_ignore_ascii_case(used)
        || text.is_ascii();
    if !same {
        let reason = format!("{declared} is declared, the text is {used}");
        let found = declared.as_bytes();
        batch.defects.push(defect(1, "charset", DefectKind::Noted, reason, found));
    }
    let (heads, defects) = (batch.heads.len(), batch.defects.len());
    Pass::new(&text, batch, options).run();
    if batch.heads.len() > heads {
        return;
    }
    // No element of it is the root of a dialect: what most systems call things is tried.
    batch.defects.truncate(defects);
    let mut pass = Pass::new(&text, batch, options);
    pass.rules = Some(&GENERAL);
    pass.run();
    let root = String::from_utf8_lossy(&std::mem::take(&mut pass.root)).into_owned();
    let known = batch.heads.len() > heads;
    let (kind, reason) = match known {
        true => (DefectKind::Noted, "it is read by general rules only"),
        false => (DefectKind::Unreadable, "it was left"),
    };
    let reason = format!("the root of the document is that of no known message, {reason}");
    batch.defects.push(defect(1, "", kind, reason, root.as_bytes()));
}

/// One pass over one document.
struct Pass<'d, 'b> {
    text: &'d str,
    path: Vec<Level>,
    maker: Option<Maker>,
    rules: Option<&'static Rules>,
    /// What stands before every name because a colon was lost.
    prefix: Vec<u8>,
    /// The last name that was read, in lower case.
    name: Vec<u8>,
    /// The name of the first element, of a document that is read by general rules.
    root: Vec<u8>,
    value: String,
    line: u64,
    counted: usize,
    /// Elements that are open beyond the deepest.
    deep: usize,
    batch: &'b mut MessageBatch,
    options: &'b MessageOptions,
}

impl<'d, 'b> Pass<'d, 'b> {
    fn new(text: &'d str, batch: &'b mut MessageBatch, options: &'b MessageOptions) -> Self {
        Pass {
            text,
            path: Vec::new(),
            maker: None,
            rules: None,
            prefix: Vec::new(),
            name: Vec::new(),
            root: Vec::new(),
            value: String::new(),
            line: 1,
            counted: 0,
            deep: 0,
            batch,
            options,
        }
    }

    fn run(&mut self) {
        let (mut start, mut breaks) = (0, 0);
        while start < self.text.len() {
            let text = self.text;
            let mut reader = XmlReader::from_str(&text[start..]);
            let config = reader.config_mut();
            config.check_end_names = false;
            config.allow_unmatched_ends = true;
            config.expand_empty_elements = false;
            config.allow_dangling_amp = true;
            let stopped = self.events(&mut reader, start);
            let Some(at) = stopped else { break };
            breaks += 1;
            self.line_at(at);
            let found = &text.as_bytes()[at.min(text.len())..];
            let reason = "the document is not well-formed here; reading went on behind it";
            self.batch.defects.push(defect(self.line, "", DefectKind::Noted, reason, found));
            if breaks >= MOST_BREAKS {
                let reason = "the document is broken in too many places; the rest was left";
                let kind = DefectKind::Unreadable;
                self.batch.defects.push(defect(self.line, "", kind, reason, found));
                break;
            }
            let next = text.as_bytes().get(at + 1..).and_then(|rest| memchr::memchr(b'<', rest));
            start = match next {
                Some(next) => at + 1 + next,
                None => text.len(),
            };
            // A sign that begins no element is text, and so is what stands behind it.
            if self.wants_text() && !begins_element(&text.as_bytes()[at.min(text.len())..]) {
                self.add(text.get(at..start).unwrap_or_default());
            }
        }
        while !self.path.is_empty() {
            self.leave();
        }
        self.end_message();
    }

    /// Follows events until the end, or to a place that is not well-formed, which it gives.
    fn events(&mut self, reader: &mut XmlReader<&[u8]>, start: usize) -> Option<usize> {
        loop {
            let at = start + reader.buffer_position() as usize;
            match reader.read_event() {
                Ok(Event::Start(_) | Event::Empty(_))
                    if !begins_element(&self.text.as_bytes()[at..]) =>
                {
                    return Some(at);
                }
                Ok(Event::Start(element)) => self.enter(&element, at, false),
                Ok(Event::Empty(element)) => self.enter(&element, at, true),
                Ok(Event::End(element)) => {
                    let name = self.local(element.name().as_ref().as_bytes());
                    self.end(name, at);
                }
                Ok(Event::Text(text)) => {
                    if memchr::memchr(b'&', text.as_bytes()).is_some() {
                        self.tell_sign(at, &text);
                    }
                    if self.wants_text() {
                        self.add(&text);
                    }
                }
                Ok(Event::CData(text)) => {
                    if self.wants_text() {
                        self.add(&text);
                    }
                }
                Ok(Event::GeneralRef(entity)) => {
                    if self.wants_text() {
                        self.add(&resolved(&entity));
                    }
                }
                Ok(Event::DocType(_)) => {
                    self.line_at(at);
                    let reason = "the document brings a DTD, which is not read";
                    self.batch.defects.push(defect(self.line, "", DefectKind::Noted, reason, b""));
                }
                Ok(Event::Eof) => return None,
                Ok(_) => {}
                Err(_) => {
                    let failed = start + reader.error_position() as usize;
                    return Some(failed.max(at));
                }
            }
        }
    }

    /// Says that an ampersand stands by itself, and was taken as it stands.
    fn tell_sign(&mut self, at: usize, text: &str) {
        if self.batch.defects.len() < MOST_BREAKS * 10 {
            self.line_at(at);
            let reason = "an ampersand that is no reference was read as it stands";
            let found = text.as_bytes();
            self.batch.defects.push(defect(self.line, "", DefectKind::Noted, reason, found));
        }
    }

    fn wants_text(&self) -> bool {
        // A text may have elements of its own, such as those that set it in bold.
        self.deep == 0 && self.path.iter().rev().take(4).any(|level| level.act.is_some())
    }

    fn add(&mut self, text: &str) {
        let room = LONGEST_TEXT.saturating_sub(self.value.len());
        match text.char_indices().nth(room) {
            Some((end, _)) if text.len() > room => self.value.push_str(&text[..end]),
            _ => self.value.push_str(text),
        }
    }

    /// The line of a byte; bytes are asked for in rising order.
    fn line_at(&mut self, at: usize) {
        let at = at.min(self.text.len());
        if at > self.counted {
            let between = &self.text.as_bytes()[self.counted..at];
            self.line += memchr::memchr_iter(b'\n', between).count() as u64;
            self.counted = at;
        }
    }

    /// A name without its prefix, in lower case; its letters stay in `self.name`.
    fn local(&mut self, name: &[u8]) -> Name {
        let local = memchr::memrchr(b':', name).map_or(name, |colon| &name[colon + 1..]);
        // Small, and without the dashes that some put between words.
        self.name.clear();
        self.name.extend_from_slice(local);
        self.name.make_ascii_lowercase();
        if memchr::memchr(b'-', &self.name).is_some() {
            self.name.retain(|byte| *byte != b'-');
        }
        // Korea numbers its messages; all are of one model.
        if self.name.starts_with(b"govcbr") && self.name != b"govcbr936" {
            self.name.truncate(6);
        }
        let lost = self.prefix.len();
        if lost > 0 && self.name.len() > lost && self.name.starts_with(&self.prefix) {
            self.name.drain(..lost);
        }
        name_of(&self.name)
    }

    fn enter(&mut self, element: &BytesStart<'_>, at: usize, empty: bool) {
        if self.path.len() >= DEEPEST {
            self.deep += usize::from(!empty);
            return;
        }
        let name = self.local(element.name().as_ref().as_bytes());
        let mut level = Level { name, group: Group::Root, ..Level::default() };
        if self.rules.is_some_and(|rules| rules.dialect.roots.is_empty()) && self.maker.is_none() {
            self.root.clone_from(&self.name);
            let root = String::from_utf8_lossy(&self.name).to_uppercase();
            let message = self.batch.heads.len();
            self.maker = Some(Maker::new(&UNKNOWN, &root, message, self.line, at as u64));
        }
        if self.rules.is_none() {
            level.root = self.begin(&mut level, at);
            if level.root
                && let (Some(rules), Some(maker)) = (self.rules, &mut self.maker)
                && rules.dialect.single
            {
                maker.open_consignment(self.line, at as u64);
            }
        } else if let (Some(rules), Some(maker)) = (self.rules, &mut self.maker) {
            level.group = self.path.last().map_or(Group::Root, |above| above.group);
            if let Some(act) = rules.act(level.group, level.name, &self.path) {
                if let Act::Open(group, argument) = act {
                    level.group = if *group == Group::Bill { level.group } else { *group };
                    level.opened = true;
                    let between = &self.text.as_bytes()[self.counted..at.max(self.counted)];
                    self.line += memchr::memchr_iter(b'\n', between).count() as u64;
                    self.counted = at.max(self.counted);
                    maker.open(*group, argument, (self.line, at as u64));
                } else {
                    level.act = Some(act);
                    if let Some(above) = self.path.last_mut() {
                        above.parts = true;
                    }
                    self.value.clear();
                    maker.attributes(element);
                }
            }
        }
        self.path.push(level);
        if empty {
            self.leave();
        }
    }

    /// Begins a message when the element is the root of a dialect.
    fn begin(&mut self, level: &mut Level, at: usize) -> bool {
        let of_name = |name: Name| {
            let place = ROOTS.binary_search_by_key(&name, |(root, _)| *root).ok()?;
            Some(&RULES[ROOTS[place].1])
        };
        let mut found = of_name(level.name);

        if found.is_none() && self.prefix.is_empty() {
            // A prefix whose colon was lost: `n1Declaration`.
            for cut in 1..self.name.len().min(9) {
                let name = name_of(&self.name[cut..]);
                if let Some(rules) = of_name(name) {
                    self.prefix = self.name[..cut].to_vec();
                    self.name.drain(..cut);
                    level.name = name;
                    found = Some(rules);
                    break;
                }
            }
        }
        let Some(rules) = found else { return false };
        self.line_at(at);
        let root = String::from_utf8_lossy(&self.name).to_uppercase();
        let message = self.batch.heads.len();
        self.maker = Some(Maker::new(rules.dialect, &root, message, self.line, at as u64));
        self.rules = Some(rules);
        true
    }

    fn end(&mut self, name: Name, at: usize) {
        if self.deep > 0 {
            self.deep -= 1;
            return;
        }
        let told = self.batch.defects.len() >= MOST_BREAKS * 10;
        let depth = self.path.iter().rev().take(16).position(|level| level.name == name);
        match depth {
            Some(0) => self.leave(),
            Some(missing) if told => (0..=missing).for_each(|_| self.leave()),
            None if told => {}
            Some(missing) => {
                self.line_at(at);
                let reason = format!("{missing} elements have no end of their own");
                let found = self.name.as_slice();
                self.batch.defects.push(defect(self.line, "", DefectKind::Noted, reason, found));
                for _ in 0..=missing {
                    self.leave();
                }
            }
            None => {
                self.line_at(at);
                let reason = "an element ends that is not open";
                let found = self.name.as_slice();
                self.batch.defects.push(defect(self.line, "", DefectKind::Noted, reason, found));
            }
        }
    }

    /// Leaves the innermost element and does what its text or its group asks for.
    fn leave(&mut self) {
        let Some(level) = self.path.pop() else { return };
        if let Some(maker) = &mut self.maker {
            if let Some(act) = level.act {
                // What has parts that say something says nothing between them.
                if !level.parts {
                    maker.put(act, self.value.trim());
                }
                self.value.clear();
            } else if level.opened {
                maker.close(level.group);
            }
        }
        if level.root {
            self.end_message();
        }
    }

    fn end_message(&mut self) {
        self.rules = None;
        if let Some(maker) = self.maker.take() {
            maker.finish(self.batch, self.options);
        }
    }
}

/// Whether a sign begins what an element can begin with, or has no bytes behind it.
fn begins_element(bytes: &[u8]) -> bool {
    match bytes {
        [b'<', next, ..] => {
            next.is_ascii_alphabetic()
                || !next.is_ascii()
                || matches!(next, b'_' | b'/' | b'!' | b'?')
        }
        _ => true,
    }
}

/// The text of a reference: the five of XML and numbered characters; all others stay as written,
/// so that nothing can be made to grow.
fn resolved(name: &str) -> String {
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    match (name, number.and_then(char::from_u32)) {
        ("amp", _) => "&".to_owned(),
        ("lt", _) => "<".to_owned(),
        ("gt", _) => ">".to_owned(),
        ("quot", _) => "\"".to_owned(),
        ("apos", _) => "'".to_owned(),
        (_, Some(character)) if character != '\0' => character.to_string(),
        _ => format!("&{name};"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_says_something() {
        for dialect in DIALECTS {
            for line in dialect.tables.iter().flat_map(|table| table.lines()) {
                let mut words = line.split_whitespace();
                let Some(group) = words.next() else { continue };
                assert!(Group::of_word(group).is_some(), "{line}");
                assert!(words.next().is_some(), "{line}");
                assert!(Act::of_words(words).is_some(), "{line}");
            }
        }
    }
}
