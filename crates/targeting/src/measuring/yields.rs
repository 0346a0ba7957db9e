//! What the next officer-hour finds: yield by channel, rule, office or whatever the caller counts.
//!
//! A yield describes the inspections that were made and nothing beyond them: inspections chosen by
//! risk say nothing about the traffic, which is what the iceberg in `mod.rs` is for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Interval;

/// One inspection that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// Officer-minutes it took.
    pub minutes: u32,
    /// Whether it was a find.
    pub found: bool,
}

/// What a set of inspections yielded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Yield {
    /// Inspections done.
    pub inspected: u64,
    /// Finds among them.
    pub found: u64,
    /// Officer-minutes they took.
    pub minutes: u64,
    /// Finds for each officer-hour (Poisson score interval, the hours taken as given). None
    /// without minutes.
    pub found_per_hour: Option<Interval>,
    /// Share of inspections that are finds (Wilson interval). None without inspections.
    pub precision: Option<Interval>,
}

/// The yield of each key: `(channel, inspection)` gives the yield by channel.
pub fn yields<K: Ord>(inspections: impl IntoIterator<Item = (K, Inspected)>) -> BTreeMap<K, Yield> {
    let mut counts: BTreeMap<K, (u64, u64, u64)> = BTreeMap::new();
    for (key, inspection) in inspections {
        let (inspected, found, minutes) = counts.entry(key).or_default();
        *inspected += 1;
        *found += u64::from(inspection.found);
        *minutes += u64::from(inspection.minutes);
    }
    counts
        .into_iter()
        .map(|(key, (inspected, found, minutes))| {
            let hours = minutes as f64 / 60.0;
            let found_per_hour =
                (minutes > 0).then(|| Interval::count(found).map(|count| count / hours));
            let precision = Interval::share(found, inspected);
            (key, Yield { inspected, found, minutes, found_per_hour, precision })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Channel;

    #[test]
    fn each_channel_has_its_yield() {
        let inspection = |channel, minutes, found| (channel, Inspected { minutes, found });
        let all = [
            inspection(Channel::Risk, 20, true),
            inspection(Channel::Risk, 40, false),
            inspection(Channel::Risk, 60, true),
            inspection(Channel::Random, 30, false),
            inspection(Channel::Officer, 0, true),
        ];
        let yields = yields(all);
        assert_eq!(yields.len(), 3);

        let risk = yields[&Channel::Risk];
        assert_eq!((risk.inspected, risk.found, risk.minutes), (3, 2, 120));
        assert_eq!(risk.found_per_hour, Some(Interval::count(2).map(|count| count / 2.0)));
        assert_eq!(risk.precision, Interval::share(2, 3));

        let random = yields[&Channel::Random];
        let per_hour = random.found_per_hour.unwrap();
        assert_eq!((per_hour.estimate, per_hour.low), (0.0, 0.0));
        assert!(per_hour.high > 7.6 && per_hour.high < 7.7);

        assert_eq!(yields[&Channel::Officer].found_per_hour, None);
    }
}
