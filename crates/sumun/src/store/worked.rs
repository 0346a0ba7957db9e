//! Plans as trials and scorecards read them: what a plan recorded of its candidates never changes,
//! so it is kept as bytes, 65,536 candidates a row, and made anew where it is missing. What the
//! bytes say is the pipeline's matter.

use anyhow::Result;
use targeting::codes::Day;
use targeting::measuring::Unit;

use super::{Kind, Tx, args, values};

/// A plan in force.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan.
    pub id: i64,
    /// Its office.
    pub office: String,
    /// Officer-minutes that it drew.
    pub minutes: i64,
    /// Whether those who inspect may see it.
    pub released: bool,
}

/// The plans in force of these shift days, in rising order.
pub async fn plans(tx: &mut Tx, (first, last): (Day, Day), now: i64) -> Result<Vec<Planned>> {
    tx.fetch_all(
        "select id, office, minutes, coalesce(released_at, drawn_at) from plan
         where state = 'drawn' and shift_day >= $1 and shift_day <= $2 order by id",
        args![first.0, last.0],
        |row| {
            Ok(Planned {
                id: row.int(0)?,
                office: row.text(1)?.to_owned(),
                minutes: row.int(2)?,
                released: row.int(3)? <= now,
            })
        },
    )
    .await
}

/// The plans in force of these shift days that are not kept in this coding.
pub async fn unkept(tx: &mut Tx, (first, last): (Day, Day), coding: i64) -> Result<Vec<i64>> {
    tx.fetch_all(
        "select id from plan
         where state = 'drawn' and shift_day >= $1 and shift_day <= $2
           and not exists (select 1 from plan_chunk
                           where plan_id = plan.id and piece = 0 and coding = $3)
         order by id",
        args![first.0, last.0, coding],
        |row| row.int(0),
    )
    .await
}

/// What a plan recorded of each candidate, in the order of their numbers.
pub async fn candidates(tx: &mut Tx, plan: i64) -> Result<Vec<(i64, Unit)>> {
    tx.fetch_all(
        "select consignment_id, chance, expected, detection, channel, drawn
         from selection where plan_id = $1 order by consignment_id",
        args![plan],
        |row| {
            let unit = Unit {
                chance: row.real(1)?,
                expected: row.real(2)?,
                detection: row.real(3)?,
                channel: row.text(4)?.parse()?,
                drawn: row.int(5)? == 1,
                result: None,
            };
            Ok((row.int(0)?, unit))
        },
    )
    .await
}

/// The pieces of a plan, in order; none when it is not kept in this coding.
pub async fn pieces(tx: &mut Tx, plan: i64, coding: i64) -> Result<Vec<Vec<u8>>> {
    tx.fetch_all(
        "select bytes from plan_chunk where plan_id = $1 and coding = $2 order by piece",
        args![plan, coding],
        |row| Ok(row.bytes(0)?.to_vec()),
    )
    .await
}

/// Keeps the pieces of a plan, in the place of former ones.
pub async fn put(tx: &mut Tx, plan: i64, coding: i64, pieces: &[Vec<u8>]) -> Result<()> {
    tx.execute("delete from plan_chunk where plan_id = $1", args![plan]).await?;
    tx.insert_many(
        "plan_chunk",
        [
            ("plan_id", Kind::Int),
            ("piece", Kind::Int),
            ("coding", Kind::Int),
            ("bytes", Kind::Bytes),
        ],
        "",
        (0i64..).zip(pieces).map(|(piece, bytes)| values![plan, piece, coding, bytes.as_slice()]),
    )
    .await?;
    Ok(())
}
