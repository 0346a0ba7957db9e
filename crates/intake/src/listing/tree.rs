//! Entries of an XML list as small trees: the document is read in one pass, and of the elements
//! that are asked for each is handed over with what stands in it. Prefixes of names are dropped, a
//! DTD is not read, an entity is not expanded, and depth and size are bounded.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use targeting::consignment::DefectKind;

use super::Draft;
use crate::message::defect;

/// Elements within each other at most; what lies deeper is not read.
const DEEPEST: usize = 64;
/// Bytes of one text at most.
const LONGEST_TEXT: usize = 16 * 1024;
/// Elements of one entry at most.
const MOST_NODES: usize = 20_000;

/// An element with its text and what stands in it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    pub fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The children of this name.
    pub fn all<'n>(&'n self, name: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
        let named: Vec<&Node> = self.children.iter().filter(|child| child.name == name).collect();
        named.into_iter()
    }

    /// The text of the first child of this name.
    pub fn text_of(&self, name: &str) -> &str {
        self.all(name).next().map(|child| child.text.trim()).unwrap_or_default()
    }

    /// The elements at the end of a path of names.
    pub fn at(&self, path: &[&str]) -> Vec<&Node> {
        let mut nodes = vec![self];
        for name in path {
            nodes = nodes.into_iter().flat_map(|node| node.all(name)).collect();
        }
        nodes
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn opened(element: &BytesStart<'_>) -> Node {
    let mut node = Node { name: local(element.name().as_ref()).to_owned(), ..Node::default() };
    for attribute in element.attributes().flatten().take(40) {
        let name = local(attribute.key.as_ref()).to_owned();
        node.attributes.push((name, attribute.value.to_string()));
    }
    node
}

/// Reads a document and hands over each element of these names, with the line on which it begins.
pub(super) fn elements(
    text: &str,
    wanted: &[&str],
    draft: &mut Draft,
    mut take: impl FnMut(Node, u64, &mut Draft),
) {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    // The elements that are open within an entry, the entry first.
    let mut open: Vec<Node> = Vec::new();
    let (mut deep, mut nodes) = (0usize, 0usize);
    // Elements that began and have not ended, of the whole document.
    let mut standing = 0i64;
    let (mut line, mut counted, mut begun) = (1u64, 0usize, 1u64);
    loop {
        let at = (reader.buffer_position() as usize).min(text.len());
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                standing += 1;
                let name = element.name();
                let begins = open.is_empty() && wanted.contains(&local(name.as_ref()));
                if begins {
                    line +=
                        memchr::memchr_iter(b'\n', &text.as_bytes()[counted..at]).count() as u64;
                    (counted, begun, nodes) = (at, line, 0);
                }
                if begins || !open.is_empty() {
                    nodes += 1;
                    if open.len() >= DEEPEST || nodes > MOST_NODES || deep > 0 {
                        deep += 1;
                    } else {
                        open.push(opened(&element));
                    }
                }
            }
            Ok(Event::Empty(element)) => {
                if let Some(above) = open.last_mut()
                    && deep == 0
                    && nodes < MOST_NODES
                {
                    nodes += 1;
                    above.children.push(opened(&element));
                }
            }
            Ok(Event::End(_)) => {
                standing -= 1;
                if deep > 0 {
                    deep -= 1;
                } else if let Some(node) = open.pop() {
                    match open.last_mut() {
                        Some(above) => above.children.push(node),
                        None => take(node, begun, draft),
                    }
                }
            }
            Ok(Event::Text(part)) => add(&mut open, &part, deep),
            Ok(Event::CData(part)) => add(&mut open, &part, deep),
            Ok(Event::GeneralRef(entity)) => {
                let sign = match entity.resolve_char_ref() {
                    Ok(Some(sign)) => sign.to_string(),
                    _ => match &*entity {
                        "amp" => "&".to_owned(),
                        "lt" => "<".to_owned(),
                        "gt" => ">".to_owned(),
                        "apos" => "'".to_owned(),
                        "quot" => "\"".to_owned(),
                        _ => String::new(),
                    },
                };
                add(&mut open, &sign, deep);
            }
            Ok(Event::DocType(_)) => {
                let reason = "the document brings a DTD, which is not read";
                draft.defects.push(defect(line, "", DefectKind::Noted, reason, b""));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..at]).count() as u64;
                let reason = format!("the document is not well-formed here: {error}");
                draft.defects.push(defect(line, "", DefectKind::Unreadable, reason, b""));
                break;
            }
        }
    }
    if !open.is_empty() {
        let reason = "the document ends within an entry";
        draft.defects.push(defect(begun, "", DefectKind::Truncated, reason, b""));
    } else if standing != 0 {
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..]).count() as u64;
        let reason = "the document is not whole: elements begin that do not end, or end twice";
        draft.defects.push(defect(line, "", DefectKind::Truncated, reason, b""));
    }
}

fn add(open: &mut [Node], text: &str, deep: usize) {
    if let Some(node) = open.last_mut()
        && deep == 0
        && node.text.len() + text.len() <= LONGEST_TEXT
    {
        node.text.push_str(text);
    }
}
