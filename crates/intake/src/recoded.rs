//! Makes UTF-8 of a stream in another set before it is read: of UTF-16, which the readers of
//! messages cannot cut, with or without a byte-order mark, and of EBCDIC, which mainframes send.

use std::io;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};

/// How a stream is written that has to be made UTF-8 first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wide {
    /// UTF-16 in either order of bytes.
    Utf16(&'static Encoding),
    /// EBCDIC with Latin letters (code page 500, which agrees with 037 in what messages use).
    Ebcdic,
}

/// The set of a stream that begins with these four bytes, when it must be made UTF-8 first.
pub(crate) fn wide_of(first: &[u8]) -> Option<Wide> {
    let letter = |byte: u8| byte.is_ascii_graphic();
    Some(match *first {
        [0xff, 0xfe, ..] => Wide::Utf16(UTF_16LE),
        [0xfe, 0xff, ..] => Wide::Utf16(UTF_16BE),
        [a, 0, b, 0] if letter(a) && letter(b) => Wide::Utf16(UTF_16LE),
        [0, a, 0, b] if letter(a) && letter(b) => Wide::Utf16(UTF_16BE),
        // UNA, UNB, ISA, and three telegrams of the air.
        [0xe4, 0xd5, 0xc1 | 0xc2, _]
        | [0xc9, 0xe2, 0xc1, _]
        | [0xc6, 0xc6, 0xd4, 0x61]
        | [0xc6, 0xe6, 0xc2, 0x61]
        | [0xc6, 0xc8, 0xd3, 0x61] => Wide::Ebcdic,
        _ => return None,
    })
}

/// Bytes of the stream that are taken at a time.
const PIECE: usize = 64 * 1024;

/// A stream as UTF-8.
pub(crate) struct Recoded<R> {
    input: R,
    decoder: Option<Decoder>,
    /// Bytes that came and are not read yet, from `start` on.
    raw: Vec<u8>,
    start: usize,
    text: String,
    given: usize,
    ended: bool,
}

impl<R: io::Read> Recoded<R> {
    pub(crate) fn new(input: R, wide: Wide) -> Recoded<R> {
        let decoder = match wide {
            Wide::Utf16(encoding) => Some(encoding.new_decoder_with_bom_removal()),
            Wide::Ebcdic => None,
        };
        let (raw, text) = (Vec::new(), String::with_capacity(PIECE * 2));
        Recoded { input, decoder, raw, start: 0, text, given: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() && !self.ended {
            if self.start == self.raw.len() {
                self.raw.resize(PIECE, 0);
                self.start = 0;
                let read = loop {
                    match self.input.read(&mut self.raw) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        read => break read?,
                    }
                };
                self.raw.truncate(read);
            }
            let last = self.raw.is_empty();
            match &mut self.decoder {
                Some(decoder) => {
                    let raw = &self.raw[self.start..];
                    let (result, read, _) = decoder.decode_to_string(raw, &mut self.text, last);
                    self.start += read;
                    self.ended = last && result == CoderResult::InputEmpty;
                }
                None => {
                    self.text.extend(self.raw[self.start..].iter().map(|byte| of_ebcdic(*byte)));
                    self.start = self.raw.len();
                    self.ended = last;
                }
            }
        }
        Ok(())
    }
}

impl<R: io::Read> io::Read for Recoded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.fill()?;
        }
        let rest = &self.text.as_bytes()[self.given..];
        let given = rest.len().min(to.len());
        to[..given].copy_from_slice(&rest[..given]);
        self.given += given;
        Ok(given)
    }
}

/// The letters, digits and signs of EBCDIC, row by row from 0x40 on; what messages do not use is
/// a question mark in Latin letters.
fn of_ebcdic(byte: u8) -> char {
    const FROM_40: [&[u8; 64]; 3] = [
        b" ?????????[.<(+!&?????????]$*);^-/?????????,%_>??????????`:#@'=\"",
        b"?abcdefghi???????jklmnopqr???????~stuvwxyz?????????????????|????",
        b"{ABCDEFGHI??????}JKLMNOPQR??????\\?STUVWXYZ??????0123456789??????",
    ];
    match byte {
        0x0d => '\r',
        0x15 | 0x25 => '\n',
        0x05 => '\t',
        0x1c..=0x1f => byte as char,
        0x40.. => FROM_40[usize::from(byte >> 6) - 1][usize::from(byte & 0x3f)] as char,
        _ => ' ',
    }
}
