//! Rules: any text is a condition or is refused with a place in it, and what is taken can be asked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use targeting::history::Histories;
use targeting::rule::{Columns, Program, condition};

fuzz_target!(|text: &str| {
    match condition(text) {
        Ok(condition) => {
            let program = Program::of([(&condition, &[][..])]);
            let columns = Columns::of(program.reads(), &[], &Histories::default());
            assert_eq!(program.fires(&columns).count(0), 0);
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(text.get(fault.span.from..fault.span.to).is_some(), "{fault:?}");
            }
        }
    }
});
