//! Trade messages: any bytes are read or refused. The environment variable `READER` keeps a run to
//! one format by what is put before the bytes; without it the first byte chooses.
#![no_main]

use std::io::{self, Read};
use std::sync::LazyLock;

use intake::{MessageOptions, Messages};
use libfuzzer_sys::fuzz_target;

/// What begins a message of each reader, so that the fuzzer need not find it first.
const STARTS: [(&str, &[u8]); 6] = [
    ("edifact", b"UNB+UNOC:3+A+B+261124:1830+1'UNH+1+CUSCAR:D:95B:UN'"),
    ("x12", b"ST*309*0001~"),
    ("cargo_imp", b"FWB/16\n"),
    ("xml", b"<?xml version=\"1.0\"?>\n"),
    ("postal", b"{\"item\":\"RR123456785CN\","),
    ("any", b""),
];

static READER: LazyLock<Option<usize>> = LazyLock::new(|| {
    let wanted = std::env::var("READER").ok()?;
    STARTS.iter().position(|(name, _)| *name == wanted)
});

/// Gives a few bytes at a time, so that what is open at the end of a piece is exercised.
struct Pieces<'b>(&'b [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(to.len());
        self.0.read(&mut to[..n])
    }
}

/// How many consignments and defects were understood, or nothing when it was refused.
fn read(bytes: impl Read + Send) -> Option<(usize, usize)> {
    let options = MessageOptions { received_at: 1_795_608_000_000_000, ..Default::default() };
    let messages = Messages::open(bytes, "", &options).ok()?;
    let (mut rows, mut defects) = (0, 0);
    for batch in messages {
        let batch = batch.ok()?;
        rows += batch.rows.len();
        defects += batch.defects.len();
    }
    Some((rows, defects))
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let start = READER.unwrap_or(usize::from(*choice) % STARTS.len());
    let whole = [STARTS[start].1, rest].concat();
    let at_once = read(&whole[..]);
    // The pieces in which a stream arrives change nothing.
    let piece = 1 + usize::from(*choice) % 61;
    assert_eq!(at_once, read(Pieces(&whole, piece)), "in pieces of {piece}");
});
