//! Tables: any bytes are read by a mapping of the site's, or refused.
#![no_main]

use std::sync::LazyLock;

use intake::{Mapping, Table, TableOptions};
use libfuzzer_sys::fuzz_target;

static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
    Mapping::parse(
        "name = \"fuzz\"\n[fields]\nreference = \"id\"\narrived_on = \"day\"\noffice = \"office\"\n\
         goods.hs = \"hs\"\ngoods.description = \"words\"\n\
         goods.gross_mass = { column = \"kg\", unit = \"kg\" }\n",
    )
    .expect("a sound mapping")
});

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let start: &[u8] = match choice % 4 {
        0 => b"id,day,office,hs,words,kg\n",
        1 => b"{\"id\":\"1\",\"day\":\"2026-01-01\",\"office\":\"A\",",
        2 => b"PAR1",
        _ => b"",
    };
    let whole = [start, rest].concat();
    let options = TableOptions { mapping: Some(MAPPING.clone()), ..Default::default() };
    if let Ok(table) = Table::open(&whole[..], "", &options) {
        for batch in table {
            if batch.is_err() {
                break;
            }
        }
    }
});
