//! Cuts EDIFACT (ISO 9735, syntax 1 to 4) into segments and these into elements, without copying.
//! It never gives up: what is no segment is handed out as damage, and reading goes on behind the
//! next terminator. A terminator that was lost before a line break and a known tag is put back.
//! X12 is cut by the same lexer with other signs.

use std::borrow::Cow;
use std::cell::Cell;
use std::io;

use compact_str::CompactString;
use encoding_rs::Encoding;

use crate::message::text::{Charset, is_blank};
use crate::message::window::Window;

/// The signs that separate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signs {
    pub(crate) component: u8,
    pub(crate) element: u8,
    pub(crate) release: Option<u8>,
    pub(crate) repetition: Option<u8>,
    pub(crate) terminator: u8,
    pub(crate) decimal_comma: bool,
}

impl Signs {
    pub(crate) const EDIFACT: Signs = Signs {
        component: b':',
        element: b'+',
        release: Some(b'?'),
        repetition: None,
        terminator: b'\'',
        decimal_comma: false,
    };

    /// What X12 uses where no ISA says otherwise.
    const X12: Signs = Signs {
        component: b'>',
        element: b'*',
        release: None,
        repetition: None,
        terminator: b'~',
        decimal_comma: false,
    };

    /// The signs that the head of an X12 interchange shows: the element separator is its fourth
    /// byte; behind the sixteenth of these stand the component separator and the terminator.
    fn of_isa(isa: &[u8]) -> Option<Signs> {
        let element = *isa.get(3)?;
        let ends: Vec<usize> = memchr::memchr_iter(element, isa).take(16).collect();
        let last = *ends.get(15)?;
        let (component, terminator) = (*isa.get(last + 1)?, *isa.get(last + 2)?);
        // Before version 00402 a letter stands there, for the standard.
        let repetition = Some(*isa.get(ends[10] + 1)?)
            .filter(|sign| sign.is_ascii_punctuation() && ![component, terminator].contains(sign));
        let plain = [element, component, terminator]
            .iter()
            .all(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ');
        (plain && element != terminator).then_some(Signs {
            component,
            element,
            repetition,
            terminator,
            ..Signs::X12
        })
    }

    /// The signs that a group or a set of X12 without a head shows: what stands behind its tag,
    /// and behind the letters and digits of its last element.
    fn of_st(st: &[u8]) -> Option<Signs> {
        let element = *st.get(2)?;
        let elements = if st.starts_with(b"ST") { 2 } else { 8 };
        let last = memchr::memchr_iter(element, st).nth(elements - 1)?;
        let rest = &st[last + 1..];
        let terminator = *rest.iter().find(|byte| !byte.is_ascii_alphanumeric())?;
        (element.is_ascii_punctuation() && terminator != element).then_some(Signs {
            element,
            terminator,
            ..Signs::X12
        })
    }

    /// Level B of ISO 9735: control characters separate.
    const LEVEL_B: Signs = Signs {
        component: 0x1f,
        element: 0x1d,
        release: None,
        repetition: None,
        terminator: 0x1c,
        decimal_comma: false,
    };

    /// The signs that an interchange without an advice shows by its first segment: what stands
    /// behind the tag, behind the syntax identifier, and before the next tag.
    fn of_unb(unb: &[u8]) -> Option<Signs> {
        let (element, component) = (*unb.get(3)?, *unb.get(8)?);
        let next = [b"UNH", b"UNG"].iter().filter_map(|tag| {
            let tag = [tag[0], tag[1], tag[2], element];
            memchr::memmem::find(unb, &tag)
        });
        let before = &unb[..next.min()?];
        let terminator = *before.trim_ascii_end().last()?;
        let plain = [element, component, terminator].iter().all(u8::is_ascii_punctuation);
        let distinct = component != element && terminator != element && terminator != component;
        let release = Some(b'?').filter(|sign| ![element, component, terminator].contains(sign));
        (plain && distinct).then_some(Signs {
            component,
            element,
            terminator,
            release,
            ..Signs::EDIFACT
        })
    }

    /// The signs that nine bytes from `UNA` on declare, when they can be true.
    fn of_una(una: &[u8]) -> Option<Signs> {
        let &[component, element, decimal, release, repetition, terminator] = una.get(3..9)? else {
            return None;
        };
        let some = |byte: u8| (byte != b' ').then_some(byte);
        let distinct = component != element && element != terminator && component != terminator;
        let plain = [component, element, terminator]
            .iter()
            .all(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ');
        (distinct && plain).then_some(Signs {
            component,
            element,
            release: some(release),
            repetition: some(repetition),
            terminator,
            decimal_comma: decimal == b',',
        })
    }
}

/// What the lexer found next: where it stands in the window, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// A segment with a tag.
    Segment(Span),
    /// Bytes that are no segment.
    Damage(Span),
    /// Nothing between two terminators.
    Empty(Span),
    /// The last segment, which no terminator ends.
    Cut(Span),
    /// More bytes without a terminator than any segment has; what follows up to the next
    /// terminator is part of it.
    TooLong(Span),
    /// The service string advice, by which the signs are now read.
    Advice(Span),
    End,
}

/// A part of the window, counted from its first byte, with its place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: usize,
    end: usize,
    pub(crate) offset: u64,
}

/// Longest segment that is read; text may have a few thousand bytes, damage any number.
const LONGEST: usize = 1 << 20;

/// Tags before which a lost terminator is put back, when a line break stands there too.
const KNOWN: &[&[u8; 3]] = &[
    b"AUT", b"BGM", b"CNI", b"CNT", b"COM", b"CPI", b"CST", b"CTA", b"CUX", b"DAM", b"DGS", b"DIM",
    b"DOC", b"DTM", b"EQA", b"EQD", b"EQN", b"FTX", b"GDS", b"GEI", b"GID", b"GIR", b"GIS", b"GOR",
    b"HAN", b"IMD", b"LIN", b"LOC", b"MEA", b"MOA", b"NAD", b"PAC", b"PCI", b"PIA", b"QTY", b"RFF",
    b"RNG", b"SEL", b"SGP", b"STS", b"TAX", b"TDT", b"TMD", b"TMP", b"TOD", b"TSR", b"UNB", b"UNE",
    b"UNG", b"UNH", b"UNS", b"UNT", b"UNZ",
];

/// Whether a tag is one that transport and customs messages use.
pub(crate) fn known(tag: &[u8]) -> bool {
    KNOWN.iter().any(|known| known.eq_ignore_ascii_case(tag))
}

pub(crate) struct Lexer<R> {
    window: Window<R>,
    signs: Signs,
    edifact: bool,
    /// Bytes of the window that the current token covers; let go at the next one.
    taken: usize,
    /// Bytes behind `taken` that are known to hold no terminator.
    scanned: usize,
    skipping: bool,
    /// How many segments, whole or not, there were so far.
    pub(crate) segments: u64,
}

impl<R: io::Read> Lexer<R> {
    pub(crate) fn edifact(window: Window<R>) -> Lexer<R> {
        Lexer {
            window,
            signs: Signs::EDIFACT,
            edifact: true,
            taken: 0,
            scanned: 0,
            skipping: false,
            segments: 0,
        }
    }

    pub(crate) fn x12(window: Window<R>) -> Lexer<R> {
        Lexer { edifact: false, signs: Signs::X12, ..Lexer::edifact(window) }
    }

    pub(crate) fn signs(&self) -> Signs {
        self.signs
    }

    /// The bytes of a token that was just handed out.
    pub(crate) fn slice(&self, span: Span) -> &[u8] {
        &self.window.bytes()[span.start..span.end]
    }

    /// Steps to the next token.
    #[inline]
    pub(crate) fn next(&mut self) -> io::Result<Token> {
        self.window.take(self.taken);
        self.taken = 0;
        self.scanned = 0;
        let first = self.skip_blanks()?;
        if first {
            self.segments += 1;
        } else {
            return Ok(Token::End);
        }
        if self.edifact
            && self.window.bytes().first().is_some_and(|byte| b"Uu".contains(byte))
            && let Some(advice) = self.advice()?
        {
            self.segments -= 1;
            return Ok(advice);
        }
        if !self.edifact && (self.segments == 1 || self.window.bytes().first() == Some(&b'I')) {
            self.window.hold(256)?;
            let bytes = &self.window.bytes()[..self.window.bytes().len().min(256)];
            self.signs = match bytes {
                [b'I', b'S', b'A', ..] => Signs::of_isa(bytes),
                [b'G', b'S', ..] | [b'S', b'T', ..] if self.segments == 1 => Signs::of_st(bytes),
                _ => None,
            }
            .unwrap_or(self.signs);
        }
        loop {
            let bytes = self.window.bytes();
            match terminator(bytes, self.scanned, self.signs) {
                Some(end) if end <= LONGEST => {
                    let span = Span { start: 0, end, offset: self.window.offset() };
                    self.taken = end + 1;
                    return Ok(self.sort(span));
                }
                _ => {
                    self.scanned = bytes.len();
                    if bytes.len() > LONGEST {
                        let span = Span { start: 0, end: LONGEST, offset: self.window.offset() };
                        self.taken = LONGEST;
                        self.skipping = true;
                        return Ok(Token::TooLong(span));
                    }
                    if !self.window.more()? {
                        let end = self.window.bytes().len();
                        let span = Span { start: 0, end, offset: self.window.offset() };
                        self.taken = end;
                        return Ok(match self.sort(span) {
                            Token::Segment(span) if self.taken == end => Token::Cut(span),
                            token => token,
                        });
                    }
                }
            }
        }
    }

    /// Takes blanks and line ends before a segment; false at the end of the stream.
    fn skip_blanks(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.window.bytes();
            // Most stand at once, or behind one line end.
            let ends = match bytes {
                [first, ..] if first.is_ascii_alphanumeric() => return Ok(true),
                [b'\n', first, ..] if first.is_ascii_alphanumeric() => 1,
                [b'\r', b'\n', first, ..] if first.is_ascii_alphanumeric() => 2,
                _ => 0,
            };
            if ends > 0 && !matches!(self.signs.terminator, b'\n' | b'\r') {
                self.window.take(ends);
                return Ok(true);
            }
            // A byte-order mark may stand at the head of any part of a joined file.
            let blank = |byte: &u8| {
                byte.is_ascii_whitespace() && *byte != self.signs.terminator || *byte == 0x1a
            };
            let blanks = bytes.iter().take_while(|byte| blank(byte)).count();
            let mark = usize::from(bytes[blanks..].starts_with(b"\xef\xbb\xbf")) * 3;
            let gone = blanks == bytes.len();
            let maybe_mark = bytes[blanks..].starts_with(b"\xef") && bytes.len() - blanks < 3;
            self.window.take(blanks + mark);
            if maybe_mark && self.window.more()? {
                continue;
            }
            if mark > 0 || (gone && self.window.more()?) {
                continue;
            }
            return Ok(!gone);
        }
    }

    /// The service string advice at this place, or the signs that an interchange without one
    /// shows by its first bytes.
    fn advice(&mut self) -> io::Result<Option<Token>> {
        self.window.hold(64)?;
        let bytes = self.window.bytes();
        if bytes.len() > 3 && bytes[..3].eq_ignore_ascii_case(b"UNA") {
            let behind = bytes.get(9..).unwrap_or_default().trim_ascii_start();
            let opens = behind.get(..3).is_some_and(|tag| {
                [b"UNB", b"UNG", b"UNH"].iter().any(|known| known.eq_ignore_ascii_case(tag))
            });
            if let (Some(signs), true) = (Signs::of_una(bytes), opens || behind.is_empty()) {
                self.signs = signs;
                self.taken = 9.min(bytes.len());
                let span = Span { start: 0, end: self.taken, offset: self.window.offset() };
                return Ok(Some(Token::Advice(span)));
            }
        } else if bytes.starts_with(b"UNB") {
            match bytes.get(3) {
                Some(0x1d) => self.signs = Signs::LEVEL_B,
                // Without an advice the usual signs hold, whatever an earlier one said.
                Some(b'+') if self.signs.element != b'+' => self.signs = Signs::EDIFACT,
                Some(byte) if *byte != self.signs.element => {
                    self.window.hold(512)?;
                    let bytes = self.window.bytes();
                    self.signs =
                        Signs::of_unb(&bytes[..bytes.len().min(512)]).unwrap_or(self.signs);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Tells what stands between two terminators; puts a lost terminator back.
    #[inline]
    fn sort(&mut self, mut span: Span) -> Token {
        if std::mem::take(&mut self.skipping) {
            return Token::Damage(span);
        }
        let bytes = &self.window.bytes()[..span.end];
        let start = match bytes.first() {
            Some(byte) if !byte.is_ascii_whitespace() => 0,
            _ => bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
        };
        if start == span.end {
            return Token::Empty(span);
        }
        if self.edifact
            && let Some(lost) = lost_terminator(&bytes[start..], self.signs)
        {
            span.end = start + lost;
            self.taken = span.end;
        }
        span.start = start;
        span.offset += start as u64;
        let bytes = &self.window.bytes()[span.start..span.end];
        if tagged(bytes, self.signs, self.edifact) {
            Token::Segment(span)
        } else {
            Token::Damage(span)
        }
    }
}

/// Where the next terminator stands that no release sign takes the meaning of.
#[inline]
fn terminator(bytes: &[u8], from: usize, signs: Signs) -> Option<usize> {
    let mut at = from;
    loop {
        let end = at + memchr::memchr(signs.terminator, &bytes[at..])?;
        match signs.release {
            Some(release) if end > 0 && bytes[end - 1] == release => {
                let released = bytes[..end].iter().rev().take_while(|byte| **byte == release);
                if released.count() % 2 == 0 {
                    return Some(end);
                }
                at = end + 1;
            }
            _ => return Some(end),
        }
    }
}

/// Whether some bytes begin as a segment does: with a tag, and then nothing or a separator.
#[inline]
fn tagged(bytes: &[u8], signs: Signs, edifact: bool) -> bool {
    let separates = |byte: u8| byte == signs.element || byte == signs.component;
    match bytes {
        [a, b, c, rest @ ..] => {
            let tag = a.is_ascii_alphabetic() && b.is_ascii_alphanumeric();
            let three = c.is_ascii_alphanumeric()
                && rest.first().is_none_or(|next| separates(*next) || next.is_ascii_whitespace());
            tag && (three || (!edifact && *c == signs.element))
        }
        [a, b] => !edifact && a.is_ascii_alphabetic() && b.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Where a segment ends whose terminator was lost: before a line break and a known tag, or, of
/// an interchange's head, before the message's.
#[inline]
fn lost_terminator(bytes: &[u8], signs: Signs) -> Option<usize> {
    for end in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        // A few blanks at most, or a segment of line ends would take time squared.
        let blanks = bytes[end..].iter().take(4).take_while(|byte| byte.is_ascii_whitespace());
        let rest = &bytes[end + blanks.count()..];
        if rest.len() > 3 && rest[3] == signs.element && known(&rest[..3]) {
            return Some(end);
        }
    }
    if bytes.starts_with(b"UNB") && bytes.len() > 12 {
        let head = [b'U', b'N', b'H', signs.element];
        return memchr::memmem::find(&bytes[3..], &head).map(|at| at + 3);
    }
    None
}

/// Where the elements and components of one segment stand.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Start and end of each component.
    parts: Vec<(u32, u32)>,
    /// For each element, the first of its components.
    firsts: Vec<u32>,
    /// Bytes that are released, broken over lines, or of no plain set: each text is looked at.
    odd: bool,
    /// What each byte does, for the signs that it was made for.
    acts: Option<(Signs, [Sign; 256])>,
}

/// What a byte of a segment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Text,
    Element,
    Component,
    Release,
    /// A line end, an escape, or no ASCII.
    Odd,
}

impl Fields {
    /// Finds the elements and components of a segment.
    pub(crate) fn split(&mut self, bytes: &[u8], signs: Signs) {
        self.parts.clear();
        self.firsts.clear();
        self.firsts.push(0);
        self.odd = false;
        let mut start = 0;
        let acts = match &self.acts {
            Some((known, acts)) if *known == signs => acts,
            _ => &self.acts.insert((signs, acts_of(signs))).1,
        };
        let telling = Telling::of(signs);
        // Bytes before this place are text, whatever they are: a release sign stands before.
        let mut text_until = 0;
        let mut from = 0;
        while from < bytes.len() {
            let (base, mut may) = match (bytes[from..].first_chunk(), bytes.last_chunk()) {
                (Some(word), _) => (from, telling.within(*word)),
                // The last bytes are seen with those before, which are done and shifted out.
                (None, Some(word)) => {
                    let done = from + 8 - bytes.len();
                    (from, telling.within(*word) >> (done * 8))
                }
                (None, None) => {
                    let mut word = [b' '; 8];
                    word[..bytes.len()].copy_from_slice(bytes);
                    (from, telling.within(word))
                }
            };
            from += 8;
            while may != 0 {
                let at = base + may.trailing_zeros() as usize / 8;
                may &= may - 1;
                if at < text_until || at >= bytes.len() {
                    continue;
                }
                match acts[usize::from(bytes[at])] {
                    Sign::Text => {}
                    Sign::Element => {
                        self.parts.push((start as u32, at as u32));
                        self.firsts.push(self.parts.len() as u32);
                        start = at + 1;
                    }
                    Sign::Component => {
                        self.parts.push((start as u32, at as u32));
                        start = at + 1;
                    }
                    Sign::Release => {
                        self.odd = true;
                        text_until = at + 2;
                    }
                    Sign::Odd => self.odd = true,
                }
            }
        }
        self.parts.push((start.min(bytes.len()) as u32, bytes.len() as u32));
    }

    #[inline]
    fn range(&self, element: usize) -> (usize, usize) {
        match self.firsts.get(element) {
            None => (0, 0),
            Some(first) => {
                let end = self.firsts.get(element + 1).map_or(self.parts.len(), |n| *n as usize);
                (*first as usize, end)
            }
        }
    }
}

/// Finds in eight bytes at once those that may do something.
struct Telling {
    /// Each sign, eight times.
    signs: [u64; 4],
}

impl Telling {
    fn of(signs: Signs) -> Telling {
        let of = |byte: u8| u64::from_ne_bytes([byte; 8]);
        // One that is not used stands for another, which changes nothing.
        let (release, repetition) =
            (signs.release.unwrap_or(signs.element), signs.repetition.unwrap_or(signs.element));
        Telling { signs: [signs.element, signs.component, release, repetition].map(of) }
    }

    /// The high bit of each byte that is a sign, a control character or no ASCII, the first byte
    /// lowest; now and then of one behind such a byte too, which [`Fields::split`] sees for itself.
    #[inline]
    fn within(&self, word: [u8; 8]) -> u64 {
        const LOW: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        const BLANK: u64 = 0x2020_2020_2020_2020;
        let word = u64::from_le_bytes(word);
        let mut may = word | (word.wrapping_sub(BLANK) & !word);
        for sign in self.signs {
            let same = word ^ sign;
            may |= same.wrapping_sub(LOW) & !same;
        }
        may & HIGH
    }
}

fn acts_of(signs: Signs) -> [Sign; 256] {
    let mut acts = [Sign::Text; 256];
    acts[0x80..].fill(Sign::Odd);
    for byte in [b'\n', b'\r', 0x1b] {
        acts[usize::from(byte)] = Sign::Odd;
    }
    let repetition = signs.repetition.map(|byte| (byte, Sign::Component));
    let release = signs.release.map(|byte| (byte, Sign::Release));
    let rest = [(signs.component, Sign::Component), (signs.element, Sign::Element)];
    for (byte, act) in release.into_iter().chain(repetition).chain(rest) {
        acts[usize::from(byte)] = act;
    }
    acts
}

/// One segment, with its elements found.
pub(crate) struct Segment<'a> {
    pub(crate) bytes: &'a [u8],
    /// The same as text, where nothing in it has to be looked at.
    plain: Option<&'a str>,
    pub(crate) fields: &'a Fields,
    pub(crate) signs: Signs,
    pub(crate) charset: Charset,
    /// The set that some text turned out to be in, where it was not plain ASCII.
    pub(crate) used: &'a Cell<Option<&'static Encoding>>,
    /// Number of the segment in the file, from 1.
    pub(crate) line: u64,
    pub(crate) offset: u64,
}

impl<'a> Segment<'a> {
    /// A segment of these bytes, whose elements are found; `line` and `offset` are its place.
    #[inline]
    pub(crate) fn new(
        (bytes, fields): (&'a [u8], &'a Fields),
        signs: Signs,
        (charset, used): (Charset, &'a Cell<Option<&'static Encoding>>),
        (line, offset): (u64, u64),
    ) -> Segment<'a> {
        let plain = match fields.odd {
            false => std::str::from_utf8(bytes).ok(),
            true => None,
        };
        Segment { bytes, plain, fields, signs, charset, used, line, offset }
    }

    /// The tag in upper case.
    #[inline]
    pub(crate) fn tag(&self) -> [u8; 3] {
        let mut tag = [b' '; 3];
        for (to, byte) in tag.iter_mut().zip(self.raw(0, 0)) {
            *to = byte.to_ascii_uppercase();
        }
        tag
    }

    /// How many elements there are behind the tag.
    pub(crate) fn elements(&self) -> usize {
        self.fields.firsts.len() - 1
    }

    /// How many components an element has.
    pub(crate) fn components(&self, element: usize) -> usize {
        let (first, end) = self.fields.range(element);
        end - first
    }

    /// A component as it stands, release signs and all; empty when there is none.
    #[inline]
    pub(crate) fn raw(&self, element: usize, component: usize) -> &'a [u8] {
        let (start, end) = self.place(element, component);
        &self.bytes[start..end]
    }

    /// Where a component stands; nowhere when there is none.
    #[inline]
    fn place(&self, element: usize, component: usize) -> (usize, usize) {
        let (first, end) = self.fields.range(element);
        match self.fields.parts[first..end].get(component) {
            Some((start, end)) => (*start as usize, *end as usize),
            None => (0, 0),
        }
    }

    /// A component as text: release signs and line ends within it taken out.
    #[inline]
    pub(crate) fn text(&self, element: usize, component: usize) -> Cow<'a, str> {
        match self.plain {
            Some(plain) => {
                let (start, end) = self.place(element, component);
                Cow::Borrowed(plain.get(start..end).unwrap_or_default())
            }
            None => self.odd_text(element, component),
        }
    }

    fn odd_text(&self, element: usize, component: usize) -> Cow<'a, str> {
        let raw = self.raw(element, component);
        if raw.is_empty() {
            return Cow::Borrowed("");
        }
        let release = self.signs.release.unwrap_or(b'\n');
        let plain = |byte: &u8| byte.is_ascii() && !matches!(byte, b'\n' | b'\r');
        if raw.iter().all(|byte| plain(byte) && *byte != release)
            && let Ok(text) = std::str::from_utf8(raw)
            && !self.charset.shifts()
        {
            return Cow::Borrowed(text);
        }
        if memchr::memchr3(release, b'\n', b'\r', raw).is_none() {
            let (text, used) = self.charset.decode(raw);
            self.used.set(used.or(self.used.get()));
            return text;
        }
        let mut plain = Vec::with_capacity(raw.len());
        let mut bytes = raw.iter();
        while let Some(byte) = bytes.next() {
            match byte {
                b'\n' | b'\r' => {}
                byte if Some(*byte) == self.signs.release => plain.extend(bytes.next()),
                byte => plain.push(*byte),
            }
        }
        let (text, used) = self.charset.decode(&plain);
        self.used.set(used.or(self.used.get()));
        Cow::Owned(text.into_owned())
    }

    /// A component that is a code: as text, without blanks around it.
    #[inline]
    pub(crate) fn code(&self, element: usize, component: usize) -> Cow<'a, str> {
        // Most codes have no blanks around them, which their first and last byte tell.
        let dense = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
        match self.text(element, component) {
            Cow::Borrowed(text)
                if dense(text.as_bytes().first()) && dense(text.as_bytes().last()) =>
            {
                Cow::Borrowed(text)
            }
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }

    /// A component that is a code of a list, in upper case: some senders write them small.
    #[inline]
    pub(crate) fn word(&self, element: usize, component: usize) -> Cow<'a, str> {
        let code = self.code(element, component);
        match code.bytes().any(|byte| byte.is_ascii_lowercase()) {
            true => Cow::Owned(code.to_ascii_uppercase()),
            false => code,
        }
    }

    /// A component that is a code, to keep.
    pub(crate) fn id(&self, element: usize, component: usize) -> CompactString {
        // Through `Display`, as its own conversion goes, it would take three times as long.
        CompactString::from(self.code(element, component).as_ref())
    }

    /// A component as a number.
    pub(crate) fn number(&self, element: usize, component: usize) -> Option<f64> {
        let text = self.text(element, component);
        crate::message::text::number(&text, self.signs.decimal_comma)
    }

    /// All components of an element as texts, without empty ones.
    pub(crate) fn texts(&self, element: usize) -> impl Iterator<Item = Cow<'a, str>> {
        (0..self.components(element).min(60))
            .map(move |component| self.text(element, component))
            .filter(|text| !is_blank(text))
    }
}

/// Cuts the bytes of EDIFACT or X12 into segments and hands each out with its number, its first
/// byte and whether it is sound. With `elements`, their elements are found too, and counted;
/// gives how many there were.
pub fn segments(
    bytes: &[u8],
    x12: bool,
    elements: bool,
    mut each: impl FnMut(u64, u64, &[u8], bool),
) -> usize {
    let window = Window::of(bytes);
    let mut lexer = if x12 { Lexer::x12(window) } else { Lexer::edifact(window) };
    let (mut fields, mut found) = (Fields::default(), 0);
    // Bytes in memory do not fail.
    while let Ok(token) = lexer.next() {
        let (span, sound) = match token {
            Token::Segment(span) | Token::Advice(span) => (span, true),
            Token::Cut(span) | Token::Damage(span) | Token::Empty(span) | Token::TooLong(span) => {
                (span, false)
            }
            Token::End => break,
        };
        if elements {
            fields.split(lexer.slice(span), lexer.signs());
            found += fields.parts.len();
        }
        each(lexer.segments, span.offset, lexer.slice(span), sound);
    }
    found
}
