//! Memory: whatever the bytes, reading them holds no more than a stated amount at a time. An
//! allocator that counts what the own thread holds tells the most that it came to.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use intake::{Format, MessageOptions, Messages};
use proptest::prelude::*;

use crate::post::options;
use crate::post_properties::{corpus, hostile_shapes};

struct Counting;

thread_local! {
    static HELD: Cell<i64> = const { Cell::new(0) };
    static MOST: Cell<i64> = const { Cell::new(0) };
}

fn count(more: i64) {
    // A thread that ends has no place to count any more, and nothing to tell.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + more);
        MOST.with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: all is done by the system's allocator; the counters are plain numbers of the thread.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may be held while one is copied.
        count(size as i64);
        // SAFETY: as the caller promises.
        let moved = unsafe { System.realloc(at, layout, size) };
        count(-(layout.size() as i64));
        moved
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What reading holds at a time, whatever the input: windows, one batch, one consignment.
const HELD_AT_MOST: i64 = 24 << 20;
/// And for each byte of the input, of what flows through: mailboxes are held as text.
const HELD_EACH_BYTE: i64 = 4;
/// And of documents that are read whole, with all that is understood of them.
const HELD_EACH_BYTE_WHOLE: i64 = 250;

/// The most that was held at a time while some bytes were read and each batch let go, and what
/// may be held of them.
fn most_held(bytes: &[u8]) -> (i64, i64) {
    let before = HELD.get();
    MOST.set(before);
    let options = MessageOptions { batch_rows: 1_000, ..options() };
    let mut each = HELD_EACH_BYTE;
    if let Ok(messages) = Messages::open(bytes, "", &options) {
        if matches!(messages.format(), Format::Xml | Format::Postal) {
            each = HELD_EACH_BYTE_WHOLE;
        }
        messages.for_each(drop);
    }
    (MOST.get() - before, HELD_AT_MOST + each * bytes.len() as i64)
}

fn check(bytes: &[u8]) {
    let (most, bound) = most_held(bytes);
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
    assert!(most <= bound, "{most} bytes were held of {}: {head}", bytes.len());
}

#[test]
fn hostile_shapes_hold_no_more_than_is_stated() {
    for shape in hostile_shapes() {
        let (most, _) = most_held(&shape);
        let head = String::from_utf8_lossy(&shape[..shape.len().min(50)]);
        println!("{most:>12} of {:>9}: {head:?}", shape.len());
        check(&shape);
    }
}

#[test]
fn a_long_manifest_holds_no_more_than_a_batch() {
    let bill = |n: usize| format!("CNI+{n}+BL{n:06}'RFF+BM:BL{n:06}'NAD+CN+++BUYER'GID+1+{n}:CT'");
    let bills = |n: usize| {
        let bills: String = (0..n).map(bill).collect();
        format!("UNB+UNOA:1+A+B+261125:0910+1'UNH+1+CUSCAR:D:95B:UN'{bills}UNT+1+1'UNZ+1+1'")
    };
    let (few, _) = most_held(bills(2_000).as_bytes());
    let (many, _) = most_held(bills(40_000).as_bytes());
    assert!(many < few + (1 << 20), "{few} bytes for 2000 bills, {many} for 40000");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn damaged_messages_hold_no_more_than_is_stated(
        n in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        times in 1usize..200,
    ) {
        let corpus = corpus();
        let mut bytes = n.get(&corpus).clone();
        for (at, byte) in damage {
            *at.get_mut(&mut bytes) = byte;
        }
        check(&bytes.repeat(times));
    }
}
