//! Reads one file of trade messages again and again and lets each batch go, for measuring the
//! processor's time on a busy machine:
//! `time post_speed FILE TIMES [segments|elements|scan|stops|peer]`.

use std::hint::black_box;

use intake::{MessageOptions, Messages, segments};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, times, rest @ ..] = &words[..] else {
        return Err("post_speed FILE TIMES [segments|elements|scan|stops|peer]".into());
    };
    let bytes = std::fs::read(file)?;
    let mut rows = 0;
    for _ in 0..times.parse::<usize>()? {
        rows += match rest.first().map(String::as_str) {
            // Counting alone, and stopping at each terminator as whoever cuts there must.
            Some("scan") => memchr::memchr_iter(b'\'', black_box(&bytes)).count(),
            Some("stops") => {
                memchr::memchr_iter(b'\'', black_box(&bytes)).map(black_box).fold(0, |n, _| n + 1)
            }
            Some("peer") => edifact_rs::from_bytes(black_box(&bytes)).filter(Result::is_ok).count(),
            Some(what) => {
                let mut count = 0;
                segments(black_box(&bytes), false, what == "elements", |_, _, _, sound| {
                    count += usize::from(sound);
                });
                count
            }
            None => {
                let mut rows = 0;
                for batch in Messages::open(&bytes[..], file, &MessageOptions::default())? {
                    rows += batch?.rows.len();
                }
                rows
            }
        };
    }
    println!("{rows} of {} bytes, {times} times", bytes.len());
    Ok(())
}
