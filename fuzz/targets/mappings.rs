//! Mappings: any text is a mapping or is refused with its reason.
#![no_main]

use intake::Mapping;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _read = Mapping::parse(text);
});
