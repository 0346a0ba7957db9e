//! Watchlists: any bytes are read, in the format that they look like and in every other, or refused.
#![no_main]

use intake::{ListFormat, listings};
use libfuzzer_sys::fuzz_target;

/// What begins a list of each format, so that the fuzzer need not find it first.
const STARTS: [&[u8]; 6] = [
    b"",
    b"name,aliases,imo\n",
    b"{\"schema\":\"Person\",\"properties\":{",
    b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL>",
    b"1,\"A\",\"-0- \",\"B\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,",
    b"<Sanctions><DistinctParty><Profile>",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let whole = [STARTS[usize::from(*choice) % STARTS.len()], rest].concat();
    let _read = listings(&whole, None);
    let format = ListFormat::ALL[usize::from(*choice) % ListFormat::ALL.len()];
    let _read = listings(&whole, Some(format));
});
