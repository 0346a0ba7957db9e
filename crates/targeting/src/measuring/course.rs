//! The iceberg over time: what is known after each period, and a band that may be looked at as
//! often as one likes.
//!
//! An interval that is looked at every week misses in some week far more often than once in
//! twenty. The band holds the truth in all weeks at once, so that whoever watches it may act on the
//! first week that pleases or alarms them.

use super::{Gathered, Iceberg, Interval, Tally, interval};

/// Periods before there is a band: its theory is one of many draws.
const FIRST: usize = 8;

/// What is known after a period, of all periods up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The iceberg of all periods so far.
    pub so_far: Iceberg,
    /// The share of the traffic so far that is irregular, with a band that holds at every time at
    /// once with 95 % confidence. None in the first seven periods, and without traffic.
    pub band: Option<Interval>,
}

/// Follows the iceberg over periods, each given as the tallies of its groups, earliest first.
///
/// The expectations of a period must be fixed before its draw; they may be learned from all earlier
/// ones. The band is tightest at the eighth period.
pub fn course<'a, P>(periods: impl IntoIterator<Item = P>) -> Vec<Standing>
where
    P: IntoIterator<Item = &'a Tally>,
{
    let mut gathered = Gathered::default();
    let mut tightest = None;
    let mut standings = Vec::new();
    for period in periods {
        period.into_iter().for_each(|group| gathered.take(group));
        let all = gathered.population() as f64;
        let band = (standings.len() + 1 >= FIRST && all > 0.0).then(|| {
            let (slopes, base) = (gathered.slopes(), gathered.base(None));
            let total = gathered.in_tail();
            let now = slopes.1 * total.max(gathered.tail.model) + base;
            let tightest = *tightest.get_or_insert(now.max(1.0));
            let most = gathered.tail.population as f64;
            let ends = interval::band(total, slopes, base, tightest, most);
            gathered.whole(ends).map(|count| count / all)
        });
        standings.push(Standing { so_far: gathered.iceberg(None), band });
    }
    standings
}
