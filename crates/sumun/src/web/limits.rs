//! Limits: how often one caller, or one address that has not signed in, may ask. A bucket fills by
//! so many a second and holds so many; an empty one refuses. Kept in memory: each server limits
//! what it answers itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Requests a second of one caller, and how many at once: a screen asks for a dozen things, and a
/// machine sends a few hundred consignments a second.
const CALLER: (f64, f64) = (500.0, 2_000.0);
/// Attempts to come in from one address: a whole office may sit behind it.
const ADDRESS: (f64, f64) = (5.0, 60.0);
/// Buckets that are kept at most; full ones are forgotten first, since they limit nobody.
const BUCKETS: usize = 20_000;

/// The buckets.
#[derive(Default)]
pub struct Limits(Mutex<HashMap<String, (f64, Option<Instant>)>>);

impl Limits {
    /// Whether a caller may ask once more.
    pub fn caller(&self, name: &str) -> bool {
        self.take(format!("caller {name}"), CALLER)
    }

    /// Whether an address may try to come in once more.
    pub fn address(&self, address: &str) -> bool {
        self.take(format!("address {address}"), ADDRESS)
    }

    fn take(&self, key: String, (rate, most): (f64, f64)) -> bool {
        let now = Instant::now();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            let recent = |at: &Option<Instant>| at.is_some_and(|at| (now - at).as_secs() < 15);
            buckets.retain(|_, (_, at)| recent(at));
            if buckets.len() >= BUCKETS {
                buckets.clear();
            }
        }
        let (left, at) = buckets.entry(key).or_insert((most, None));
        let passed = at.map_or(0.0, |at| (now - at).as_secs_f64());
        *left = (*left + passed * rate).min(most);
        *at = Some(now);
        let may = *left >= 1.0;
        if may {
            *left -= 1.0;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_so_many_and_one_empties_no_other() {
        let limits = Limits::default();
        let granted = (0..200).filter(|_| limits.address("10.0.0.1")).count();
        assert!((60..70).contains(&granted), "{granted}");
        assert!(limits.address("10.0.0.2"));
        assert!(limits.caller("10.0.0.1"));
    }
}
