//! The ledger of histories on disk: one row per key and day. Batches add to it by upsert; a
//! question loads, for the keys of a batch, one sum of all days before the batch and the single
//! days within it, so that each consignment is answered as of its own day.

use std::collections::BTreeMap;

use anyhow::Result;
use targeting::codes::Day;
use targeting::history::{Counts, Entry, Histories, UnitValueEntry, UnitValues};

use super::{Kind, Tx, args, values};

/// Additions to the ledger, summed by key and day before they are written.
#[derive(Default)]
pub struct Additions {
    counts: BTreeMap<(i64, i32), [i64; 4]>,
    unit_values: BTreeMap<(i64, i32, i32), i64>,
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

    /// Adds a declared unit value.
    pub fn add_unit_value(&mut self, entry: UnitValueEntry) {
        let key = (entry.goods as i64, entry.month, entry.step);
        *self.unit_values.entry(key).or_default() += i64::from(entry.seen);
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
        if !self.unit_values.is_empty() {
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
                self.unit_values
                    .into_iter()
                    .map(|((goods, month, step), seen)| values![goods, month, step, seen]),
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

/// The declared unit values of these goods (HS6 and currency) in the months before `month`.
pub async fn unit_values(tx: &mut Tx, goods: &[i64], month: i32) -> Result<UnitValues> {
    let entries = tx
        .fetch_all(
            "select goods, month, step, seen from unit_value where goods {in $1} and month < $2",
            args![goods.to_vec(), month],
            |row| {
                Ok(UnitValueEntry {
                    goods: row.int(0)? as u64,
                    month: row.int(1)? as i32,
                    step: row.int(2)? as i32,
                    seen: row.int(3)?.clamp(0, 1 << 31) as u32,
                })
            },
        )
        .await?;
    Ok(UnitValues::new(entries))
}
