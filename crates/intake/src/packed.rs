//! Takes files out of what they were sent in: zip and tar archives, packed or not, mails with their
//! attachments, and mailboxes. It works in memory, follows packing within packing a few steps deep,
//! and stops at bounds that no honest sender meets, so that a small file cannot become endless.
//! What the files are is not asked here; `recognise.rs` tells that.

use std::io::Read;

use bytes::Bytes;
use flate2::bufread::DeflateDecoder;
use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::{MessageParser, MimeHeaders, PartType};

use crate::message::DOCUMENT_LIMIT;
use crate::recognise::{Compression, compression_of, recognise};
use crate::unpack::Unpack;

/// Files at most.
const FILES: usize = 10_000;
/// Bytes of all files together at most.
const TOTAL: u64 = 2 * DOCUMENT_LIMIT;
/// So many times the size of what they came in, and never less than so many bytes: manifests pack
/// to a tenth or a fiftieth.
const MOST_TIMES: u64 = 100;
const ALWAYS: u64 = 16 << 20;
/// An archive in an archive in an archive is the deepest that is opened.
const DEPTH: u8 = 3;
/// Longest name of a file that is kept.
const NAME: usize = 200;

/// One file that was sent in another.
#[derive(Debug, Clone, PartialEq)]
pub struct Inner {
    /// Its name, after those of what it was sent in: `day.zip/manifest.edi`.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What was taken out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TakenOut {
    /// The files, in the order in which they were found.
    pub files: Vec<Inner>,
    /// What could not be taken out, by name, and why.
    pub left: Vec<(String, String)>,
    /// What computers put beside people's files, by name: see [`is_clutter`].
    pub clutter: Vec<String>,
}

/// What files are sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Zip,
    Tar,
    Mail,
    Mailbox,
}

/// Whether a file of this path is what a computer puts beside people's files: how a folder looks in
/// macOS and Windows, and the forks of macOS in archives. It never declares anything.
pub fn is_clutter(path: &str) -> bool {
    let mut parts = path.rsplit(['/', '\\']);
    let last = parts.next().unwrap_or_default().to_ascii_lowercase();
    matches!(last.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini" | "ehthumbs.db")
        || last.starts_with("._")
        || parts.any(|part| part == "__MACOSX")
}

/// Takes all files out of an archive, mail or mailbox; none when it is none of these.
pub fn take_out(bytes: &Bytes, name: &str) -> Option<TakenOut> {
    packing(bytes, name)?;
    let most = (bytes.len() as u64).saturating_mul(MOST_TIMES).clamp(ALWAYS, TOTAL);
    let mut taken = Taking { out: TakenOut::default(), left: most };
    taken.any(bytes.clone(), name.to_owned(), 0);
    Some(taken.out)
}

/// Whether files are sent in something that begins like this. A compressed archive is known by
/// what is in it.
pub fn is_packed(first_bytes: &[u8], name: &str) -> bool {
    packing(first_bytes, name).is_some()
}

/// What files are sent in: `zip`, `tar`, `mail` or `mailbox`; none when it is none of these.
pub fn packed_in(first_bytes: &[u8], name: &str) -> Option<&'static str> {
    Some(match packing(first_bytes, name)? {
        Packing::Zip => "zip",
        Packing::Tar => "tar",
        Packing::Mail => "mail",
        Packing::Mailbox => "mailbox",
    })
}

fn packing(bytes: &[u8], name: &str) -> Option<Packing> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(Packing::Zip);
    }
    let is_tar = |head: &[u8]| head.get(257..262) == Some(b"ustar");
    if is_tar(bytes) {
        return Some(Packing::Tar);
    }
    if compression_of(bytes) != Compression::Plain {
        let mut head = Vec::with_capacity(512);
        // Whatever breaks within the first bytes is for who reads the file itself to tell.
        let unpack = Unpack::new(bytes, compression_of(bytes)).ok()?;
        unpack.take(512).read_to_end(&mut head).ok()?;
        return is_tar(&head).then_some(Packing::Tar);
    }
    if bytes.starts_with(b"From ") && headers(lines(bytes).skip(1)) >= 1 {
        return Some(Packing::Mailbox);
    }
    let found = headers(lines(bytes));
    let named = name.to_ascii_lowercase().ends_with(".eml");
    (found >= 2 || (named && found >= 1)).then_some(Packing::Mail)
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').take(20)
}

/// How many of the first lines are headers of a mail (RFC 5322), without another kind of line
/// before them.
fn headers<'b>(lines: impl Iterator<Item = &'b [u8]>) -> usize {
    const KNOWN: [&str; 14] = [
        "received",
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "return-path",
        "content-type",
        "delivered-to",
        "reply-to",
        "sender",
        "dkim-signature",
    ];
    let mut found = 0;
    for line in lines {
        // A header goes on in lines that begin with a space.
        if found > 0 && matches!(line.first(), Some(b' ' | b'\t')) {
            continue;
        }
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let token = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        if name.len() == line.len() || name.is_empty() || !name.iter().all(token) {
            break;
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        found += usize::from(KNOWN.contains(&name.as_str()));
    }
    found
}

struct Taking {
    out: TakenOut,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl Taking {
    /// Takes files out of what is packed, and keeps what is not.
    fn any(&mut self, bytes: Bytes, name: String, depth: u8) {
        match packing(&bytes, &name) {
            None => self.keep(bytes, name),
            Some(_) if depth >= DEPTH => {
                self.leave(name, "it is packed more than three times over");
            }
            Some(Packing::Zip) => self.zip(&bytes, &name, depth),
            Some(Packing::Tar) => self.tar(&bytes, &name, depth),
            Some(Packing::Mail) => self.mail(&bytes, &name, depth),
            Some(Packing::Mailbox) => self.mailbox(&bytes, &name, depth),
        }
    }

    fn keep(&mut self, bytes: Bytes, name: String) {
        if bytes.is_empty() {
            return;
        }
        if self.out.files.len() >= FILES {
            // Told once: what comes after is as many again, perhaps.
            if self.out.left.last().is_none_or(|(_, why)| !why.contains("files")) {
                self.leave(name, "there are more than 10000 files in it");
            }
            return;
        }
        self.out.files.push(Inner { name, bytes });
    }

    fn leave(&mut self, name: String, why: impl Into<String>) {
        if self.out.left.len() < FILES {
            self.out.left.push((name, why.into()));
        }
    }

    /// Reads a stream to its end, or says why not: no further than one file may be long, nor than
    /// all may be together.
    fn whole(&mut self, from: impl Read) -> Result<Bytes, String> {
        let most = DOCUMENT_LIMIT.min(self.left);
        let mut bytes = Vec::new();
        let read = from.take(most + 1).read_to_end(&mut bytes);
        // What was unpacked counts, whether or not it can be used.
        self.left = self.left.saturating_sub(bytes.len() as u64);
        read.map_err(|error| format!("it cannot be unpacked: {error}"))?;
        if bytes.len() as u64 > most {
            return Err("it is larger than what is unpacked at a time".to_owned());
        }
        Ok(bytes.into())
    }

    fn zip(&mut self, bytes: &Bytes, name: &str, depth: u8) {
        let archive = match rawzip::ZipArchive::from_slice(bytes) {
            Ok(archive) => archive,
            Err(error) => return self.leave(name.to_owned(), format!("no sound zip: {error}")),
        };
        let mut entries = archive.entries();
        for _ in 0..=FILES {
            let entry = match entries.next_entry() {
                Ok(Some(entry)) => entry,
                Ok(None) => return,
                Err(error) => {
                    return self.leave(name.to_owned(), format!("its directory breaks: {error}"));
                }
            };
            if entry.is_dir() {
                continue;
            }
            let raw = entry.file_path();
            let path = String::from_utf8_lossy(raw.as_ref());
            let inner = named(name, &path);
            if is_clutter(&path) {
                self.out.clutter.push(inner);
                continue;
            }
            let method = entry.compression_method();
            let found = match archive.get_entry(entry.wayfinder()) {
                Err(error) => Err(format!("it cannot be found: {error}")),
                Ok(found) if method == rawzip::CompressionMethod::STORE => {
                    self.whole(found.verifying_reader(found.data()))
                }
                Ok(found) if method == rawzip::CompressionMethod::DEFLATE => {
                    self.whole(found.verifying_reader(DeflateDecoder::new(found.data())))
                }
                Ok(_) => Err("it is packed by a method that is not read".to_owned()),
            };
            match found {
                Ok(found) => self.any(found, inner, depth + 1),
                Err(why) => self.leave(inner, why),
            }
        }
        self.leave(name.to_owned(), "there are more than 10000 files in it");
    }

    fn tar(&mut self, bytes: &Bytes, name: &str, depth: u8) {
        let unpacked = match compression_of(bytes) {
            Compression::Plain => Ok(bytes.clone()),
            packed => match Unpack::new(&bytes[..], packed) {
                Ok(unpack) => self.whole(unpack),
                Err(error) => Err(error.to_string()),
            },
        };
        let unpacked = match unpacked {
            Ok(unpacked) => unpacked,
            Err(why) => return self.leave(name.to_owned(), why),
        };
        let mut archive = tar::Archive::new(&unpacked[..]);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.leave(name.to_owned(), format!("no sound tar: {error}")),
        };
        for entry in entries.take(FILES + 1) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    return self.leave(name.to_owned(), format!("the tar breaks: {error}"));
                }
            };
            // Links and devices say nothing that could be read.
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let inner = named(name, &path);
            if is_clutter(&path) {
                self.out.clutter.push(inner);
                continue;
            }
            match self.whole(entry) {
                Ok(found) => self.any(found, inner, depth + 1),
                Err(why) => self.leave(inner, why),
            }
        }
    }

    fn mail(&mut self, bytes: &Bytes, name: &str, depth: u8) {
        let Some(message) = MessageParser::default().parse(&bytes[..]) else {
            return self.leave(name.to_owned(), "no mail that can be read");
        };
        // What people write around a message is no message; a message may well stand in the text.
        for (n, part) in (1..).zip(message.text_bodies()) {
            let text = match &part.body {
                PartType::Text(text) => text.as_bytes(),
                _ => continue,
            };
            if recognise(text, "").format.is_message() {
                self.keep(Bytes::copy_from_slice(text), format!("{name}/text {n}"));
            }
        }
        for (n, part) in (1..).zip(message.attachments().take(FILES)) {
            let inner = match part.attachment_name() {
                Some(inner) => named(name, inner),
                None => format!("{name}/attachment {n}"),
            };
            match self.whole(part.contents()) {
                Ok(found) => self.any(found, inner, depth + 1),
                Err(why) => self.leave(inner, why),
            }
        }
    }

    fn mailbox(&mut self, bytes: &Bytes, name: &str, depth: u8) {
        for (n, mail) in (1..).zip(MessageIterator::new(&bytes[..]).take(FILES)) {
            match mail {
                Ok(mail) => {
                    self.mail(&Bytes::from(mail.unwrap_contents()), &format!("{name}/{n}"), depth);
                }
                Err(error) => return self.leave(name.to_owned(), error.to_string()),
            }
        }
    }
}

/// The name of a file after that of what it was sent in. It is a name and no path: nothing is ever
/// written under it.
fn named(outer: &str, inner: &str) -> String {
    let plain: String = inner.chars().filter(|c| !c.is_control()).take(NAME).collect();
    format!("{outer}/{}", plain.trim_start_matches(['/', '.', '\\']))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const MESSAGE: &str =
        "UNB+UNOA:1+A+B+260101:0000+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+1+9'UNT+3+1'UNZ+1+1'";

    fn zip(files: &[(&str, &[u8])]) -> Bytes {
        let mut out = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
        for (name, content) in files {
            let (mut entry, config) = archive
                .new_file(name)
                .compression_method(rawzip::CompressionMethod::DEFLATE)
                .start()
                .unwrap();
            let encoder = flate2::write::DeflateEncoder::new(&mut entry, Default::default());
            let mut writer = config.wrap(encoder);
            writer.write_all(content).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        out.into()
    }

    fn tar(files: &[(&str, &[u8])]) -> Bytes {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, content) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, name, *content).unwrap();
        }
        builder.into_inner().unwrap().into()
    }

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap().into()
    }

    fn names(taken: &TakenOut) -> Vec<&str> {
        taken.files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn a_small_file_unpacks_to_no_flood() {
        let zeros = vec![0; 8 << 20];
        let names: Vec<String> = (0..5).map(|n| format!("{n}.bin")).collect();
        let files: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), &zeros[..])).collect();
        let taken = take_out(&zip(&files), "bomb.zip").unwrap();
        assert_eq!((taken.files.len(), taken.left.len()), (2, 3), "{:?}", taken.left);
    }

    #[test]
    fn files_come_out_of_archives_within_archives() {
        let inner = tar(&[("day/a.edi", MESSAGE.as_bytes())]);
        let outer = zip(&[("b.csv", b"x,y\n1,2\n"), ("../../day.tar.gz", &gzip(&inner))]);
        let taken = take_out(&outer, "all.zip").unwrap();
        assert_eq!(names(&taken), ["all.zip/b.csv", "all.zip/day.tar.gz/day/a.edi"]);
        assert_eq!(&taken.files[1].bytes[..], MESSAGE.as_bytes());
        assert!(taken.left.is_empty(), "{:?}", taken.left);
        // A file that is only compressed is no archive.
        assert_eq!(take_out(&gzip(MESSAGE.as_bytes()), "a.edi.gz"), None);
        assert_eq!(take_out(&Bytes::from_static(MESSAGE.as_bytes()), "a.edi"), None);
    }

    #[test]
    fn what_computers_put_beside_files_is_left_out_by_name() {
        let files: [(&str, &[u8]); 5] = [
            ("day/m.edi", MESSAGE.as_bytes()),
            (".DS_Store", b"\0"),
            ("__MACOSX/day/._m.edi", b"\0"),
            ("day/Thumbs.db", b"\0"),
            ("desktop.ini", b"[x]"),
        ];
        for packed in [zip(&files), tar(&files)] {
            let taken = take_out(&packed, "a").unwrap();
            assert_eq!(names(&taken), ["a/day/m.edi"]);
            assert_eq!((taken.left.len(), taken.clutter.len()), (0, 4));
        }
        assert!(!is_clutter("MACOSX/manifest.edi"));
    }

    #[test]
    fn attachments_and_messages_come_out_of_mails() {
        let mail = format!(
            "Received: from a by b\r\nFrom: Broker <a@example.org>\r\nTo: customs\r\n\
             Subject: manifest\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\n\
             Content-Type: text/plain\r\n\r\nDear all, please find attached.\r\n--x\r\n\
             Content-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename=\"m.edi\"\r\n\r\n{MESSAGE}\r\n--x--\r\n"
        );
        let taken = take_out(&mail.clone().into(), "1.eml").unwrap();
        assert_eq!(names(&taken), ["1.eml/m.edi"]);
        let bare = format!("From: a@example.org\nSubject: x\nDate: now\n\n{MESSAGE}\n");
        let taken = take_out(&bare.clone().into(), "2.eml").unwrap();
        assert_eq!(names(&taken), ["2.eml/text 1"]);
        let from = "From a@example.org Thu Jan  1 00:00:00 2026\n";
        let mailbox = format!("{from}{}\n{from}{bare}\n", mail.replace("\r\n", "\n"));
        let taken = take_out(&mailbox.into(), "box").unwrap();
        assert_eq!(names(&taken), ["box/1/m.edi", "box/2/text 1"]);
    }

    #[test]
    fn what_is_too_deep_or_too_large_is_left_with_its_reason() {
        let mut nested = zip(&[("a.edi", MESSAGE.as_bytes())]);
        for _ in 0..5 {
            nested = zip(&[("n.zip", &nested)]);
        }
        let taken = take_out(&nested, "n.zip").unwrap();
        assert!(taken.files.is_empty());
        assert!(taken.left[0].1.contains("three times"), "{:?}", taken.left);
        // A quarter of a gigabyte and more of zeros in a quarter of a megabyte.
        let bomb = zip(&[("zeros", &vec![0; DOCUMENT_LIMIT as usize + 1])]);
        assert!(bomb.len() < 1 << 20);
        let taken = take_out(&bomb, "bomb.zip").unwrap();
        assert!(taken.files.is_empty() && taken.left[0].1.contains("larger"), "{:?}", taken.left);
    }

    #[test]
    fn damage_at_any_byte_breaks_nothing() {
        let sound = zip(&[("a.edi", MESSAGE.as_bytes()), ("b", b"second")]);
        let packed = gzip(&tar(&[("a.edi", MESSAGE.as_bytes())]));
        for archive in [sound, packed] {
            for at in 0..archive.len() {
                let mut broken = archive.to_vec();
                broken[at] ^= 0x55;
                let _ = take_out(&broken.into(), "a");
                let _ = take_out(&archive.slice(..at), "a");
            }
        }
    }
}
