//! The ledger of histories on disk: one row per key and day. Batches add to it by upsert; a
//! question loads, for the keys of a batch, one sum of all days before those that are asked for
//! singly, so that each consignment is answered as of its own day. Beside it stand the declared
//! amounts by month and the links with their first days.

use std::collections::BTreeMap;

use anyhow::Result;
use targeting::amount::{AmountEntry, Amounts};
use targeting::codes::Day;
use targeting::history::{Counts, Entry, Histories, Link};

use super::{Kind, Tx, args, values};

/// Additions to the ledger, summed by key and day before they are written.
#[derive(Default)]
pub struct Additions {
    counts: BTreeMap<(i64, i32), [i64; 4]>,
    amounts: BTreeMap<(i64, i32, i32), i64>,
    links: BTreeMap<(i64, i64), i32>,
}

impl Additions {
    /// Adds an entry `times` over; minus one takes back what was added before.
    pub fn add(&mut self, entry: Entry, times: i64) {
        let sums = self.counts.entry((entry.key as i64, entry.day.0)).or_default();
        let Counts { seen, inspected, irregular, critical } = entry.counts;
        for (sum, count) in sums.iter_mut().zip([seen, inspected, irregular, critical]) {
            *sum += i64::from(count) * times;
        }
    }

    /// Adds a declared amount.
    pub fn add_amount(&mut self, entry: AmountEntry) {
        let key = (entry.subject as i64, entry.month, entry.step);
        *self.amounts.entry(key).or_default() += i64::from(entry.seen);
    }

    /// Adds a link; of the same pair the earliest day stays.
    pub fn add_link(&mut self, link: Link) {
        let first = self.links.entry((link.key as i64, link.pair as i64)).or_insert(link.first.0);
        *first = link.first.0.min(*first);
    }

    /// Writes everything to the ledger.
    pub async fn keep(self, tx: &mut Tx) -> Result<()> {
        if !self.counts.is_empty() {
            tx.insert_many(
                "history",
                [
                    ("key", Kind::Int),
                    ("day", Kind::Int),
                    ("seen", Kind::Int),
                    ("inspected", Kind::Int),
                    ("irregular", Kind::Int),
                    ("critical", Kind::Int),
                ],
                "on conflict (key, day) do update
                 set seen = history.seen + excluded.seen,
                     inspected = history.inspected + excluded.inspected,
                     irregular = history.irregular + excluded.irregular,
                     critical = history.critical + excluded.critical",
                self.counts.into_iter().map(
                    |((key, day), [seen, inspected, irregular, critical])| {
                        values![key, day, seen, inspected, irregular, critical]
                    },
                ),
            )
            .await?;
        }
        if !self.amounts.is_empty() {
            // The table is older than the other amounts: its goods are their subjects.
            tx.insert_many(
                "unit_value",
                [
                    ("goods", Kind::Int),
                    ("month", Kind::Int),
                    ("step", Kind::Int),
                    ("seen", Kind::Int),
                ],
                "on conflict (goods, month, step) do update
                 set seen = unit_value.seen + excluded.seen",
                self.amounts
                    .into_iter()
                    .map(|((subject, month, step), seen)| values![subject, month, step, seen]),
            )
            .await?;
        }
        if !self.links.is_empty() {
            // Most pairs are known already, and then nothing is written.
            tx.insert_many(
                "link",
                [("key", Kind::Int), ("pair", Kind::Int), ("first_day", Kind::Int)],
                "on conflict (key, pair) do update
                 set first_day = excluded.first_day
                 where excluded.first_day < link.first_day",
                self.links.into_iter().map(|((key, pair), first)| values![key, pair, first]),
            )
            .await?;
        }
        Ok(())
    }
}

/// Adds to `past` what the ledger knows of these keys: one sum of all days before `from`, and
/// each day from `from` up to and without `until`.
pub async fn load(
    tx: &mut Tx,
    past: &mut Histories,
    keys: &[i64],
    from: Day,
    until: Day,
) -> Result<()> {
    let mut rows = tx.rows(
        "select key, min(day), max(day), cast(sum(seen) as bigint),
                cast(sum(inspected) as bigint), cast(sum(irregular) as bigint),
                cast(sum(critical) as bigint)
         from history
         where key {in $1} and day < $2
         group by key
         union all
         select key, day, day, seen, inspected, irregular, critical
         from history
         where key {in $1} and day >= $2 and day < $3",
        args![keys.to_vec(), from.0, until.0],
    )?;
    while let Some(row) = rows.next().await? {
        let count = |column| -> Result<u32> { Ok(row.int(column)?.clamp(0, 1 << 31) as u32) };
        past.add(Entry {
            key: row.int(0)? as u64,
            first: Day(row.int(1)? as i32),
            day: Day(row.int(2)? as i32),
            counts: Counts {
                seen: count(3)?,
                inspected: count(4)?,
                irregular: count(5)?,
                critical: count(6)?,
            },
        });
    }
    Ok(())
}

/// The declared amounts of these subjects in the months before `month`.
pub async fn amounts(tx: &mut Tx, subjects: &[i64], month: i32) -> Result<Amounts> {
    let entries = tx
        .fetch_all(
            "select goods, month, step, seen from unit_value where goods {in $1} and month < $2",
            args![subjects.to_vec(), month],
            |row| {
                Ok(AmountEntry {
                    subject: row.int(0)? as u64,
                    month: row.int(1)? as i32,
                    step: row.int(2)? as i32,
                    seen: row.int(3)?.clamp(0, 1 << 31) as u32,
                })
            },
        )
        .await?;
    Ok(Amounts::new(entries))
}

/// Adds to `past` the links of these keys that were known before `until`.
pub async fn load_links(tx: &mut Tx, past: &mut Histories, keys: &[i64], until: Day) -> Result<()> {
    let mut rows = tx.rows(
        "select key, pair, first_day from link where key {in $1} and first_day < $2",
        args![keys.to_vec(), until.0],
    )?;
    while let Some(row) = rows.next().await? {
        past.link(Link {
            key: row.int(0)? as u64,
            pair: row.int(1)? as u64,
            first: Day(row.int(2)? as i32),
        });
    }
    Ok(())
}
