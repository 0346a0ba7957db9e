//! Mutation without coverage, for where `fuzz/run` cannot be built: our own messages are spliced,
//! cut, repeated and damaged for as long as is asked, and each result is read whole and in pieces,
//! which must be the same. Left out of usual runs:
//! `FUZZ_SECONDS=600 READER=edifact cargo nextest run -p intake --run-ignored only fuzzing`.

use std::time::{Duration, Instant};

use crate::post::{options, read, understood};
use crate::post_properties::{Pieces, messages_of};

/// What readers act on, to be put anywhere.
const MARKS: &[&str] = &[
    "'",
    "''",
    "?",
    "+",
    ":",
    "\n",
    "\r\n",
    "UNA:+,? '",
    "UNB+UNOA:1+A+B+1+1'",
    "UNH+1+CUSCAR:D'",
    "UNT+1+1'",
    "CNI+1+A'",
    "RFF+BM:A'",
    "GID+1+1'",
    "EQD+CN+A'",
    "LOC+147+1'",
    "FTX+AAA+++A'",
    "~",
    "*",
    "ST*309*1~",
    "LX~",
    "N10*1*A~",
    "ISA*00*",
    "FFM/8\n",
    "FWB/16\n",
    "FHL/4\n",
    "CONT\n",
    "LAST\n",
    "HBS/A/ICNJFK/1/K1\n",
    "OCI/////\n",
    "/",
    "180-12345675ICNJFK/T1K1\n",
    "<",
    ">",
    "</",
    "<a>",
    "&",
    "]]>",
    "<![CDATA[",
    "<!--",
    "<Declaration>",
    "<Waybill>",
    "<null/>",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "\\u0000",
    "{\"item\":",
    "9999999999999999999",
    "-1",
    "1e308",
    "\u{feff}",
    "가",
    "\0",
];

/// Single bytes that readers act on.
const SIGNS: &[u8] = b"0123456789+:'?*~/<>&\"{}[]\n\r \t\0\xff";

/// A congruential generator: what was found is found again from the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most.max(1)
    }

    fn part<'b>(&mut self, of: &'b [u8]) -> &'b [u8] {
        let start = self.below(of.len() + 1);
        let length = 1 << self.below(11);
        &of[start..(start + self.below(length)).min(of.len())]
    }
}

/// Changes some bytes in one to six ways.
fn changed(dice: &mut Dice, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(7) {
            0 => {
                let other = &corpus[dice.below(corpus.len())];
                let part = dice.part(other).to_vec();
                bytes.splice(at..at, part);
            }
            1 => {
                let mark = MARKS[dice.below(MARKS.len())];
                let times = if dice.below(20) == 0 { dice.below(2_000) } else { 1 };
                bytes.splice(at..at, mark.repeat(times).into_bytes());
            }
            2 => {
                let end = (at + dice.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => bytes.truncate(at),
            4 => {
                let part = dice.part(&bytes.clone()).to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = match dice.below(3) {
                        0 => *byte ^ (1 << dice.below(8)),
                        1 => SIGNS[dice.below(SIGNS.len())],
                        _ => dice.below(256) as u8,
                    };
                }
            }
        }
    }
    bytes.truncate(64 << 10);
    bytes
}

#[test]
#[ignore = "runs for as long as is asked"]
fn readers_read_what_mutation_makes() {
    let number = |name: &str| said(name).and_then(|said| said.parse::<u64>().ok());
    let seconds = number("FUZZ_SECONDS").unwrap_or(10);
    let corpus = messages_of(said("READER").as_deref());
    let seed = number("FUZZ_SEED").unwrap_or(std::process::id().into());
    let (mut dice, mut runs) = (Dice(seed), 0u64);
    let (began, mut slowest) = (Instant::now(), Duration::ZERO);
    while began.elapsed() < Duration::from_secs(seconds) {
        let bytes = changed(&mut dice, &corpus);
        // Written before, so that a panic leaves what made it.
        std::fs::write("fuzzed.bin", &bytes).expect("the folder takes it");
        let start = Instant::now();
        let whole = understood(&read(&bytes[..], "", &options()));
        slowest = slowest.max(start.elapsed());
        let piece = 1 + dice.below(61);
        let pieces = understood(&read(Pieces { bytes: &bytes, piece }, "", &options()));
        assert_eq!(whole, pieces, "in pieces of {piece}, run {runs} of seed {seed}");
        runs += 1;
    }
    let _gone = std::fs::remove_file("fuzzed.bin");
    println!("{runs} runs from seed {seed} in {seconds} s, the slowest {slowest:?}");
}

/// What the environment says of a name.
fn said(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok()
}
