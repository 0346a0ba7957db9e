//! What rules read, as columns: a field of 65,536 consignment numbers is one row of bytes. All of
//! it is derived, and made anew where it is missing, so nothing of it is journaled. What the bytes
//! say is `targeting::rule`'s matter; here they are only squeezed.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use targeting::rule::CODING;

use super::{Kind, Tx, args, values};

/// Squeezed little and fast: columns are written once and read often.
const LEVEL: i32 = 1;
/// No column or piece is longer: 65,536 texts of some two thousand bytes.
const MOST: usize = 1 << 28;

/// Bytes as they are kept: their length, then what zstd makes of them.
///
/// # Errors
/// When they are too long to be read again.
pub fn squeezed(bytes: &[u8]) -> Result<Vec<u8>> {
    ensure!(bytes.len() <= MOST, "a column of {} bytes is too long", bytes.len());
    let mut kept = (bytes.len() as u32).to_le_bytes().to_vec();
    kept.extend(zstd::bulk::compress(bytes, LEVEL)?);
    Ok(kept)
}

/// What was squeezed.
///
/// # Errors
/// When the bytes are no such.
pub fn unsqueezed(kept: &[u8]) -> Result<Vec<u8>> {
    let (length, rest) = kept.split_first_chunk().context("a column without its length")?;
    let length = u32::from_le_bytes(*length) as usize;
    ensure!(length <= MOST, "a column of {length} bytes is too long");
    zstd::bulk::decompress(rest, length).context("a column that cannot be read")
}

/// A column of a chunk.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its name.
    pub field: String,
    /// The last consignment number that it covers.
    pub through: i64,
    /// It, squeezed.
    pub bytes: Vec<u8>,
}

/// How far the columns of these names reach: chunk and name, and the last number covered. Columns
/// of another coding are left out.
pub async fn reach(tx: &mut Tx, fields: &[&str]) -> Result<HashMap<i64, HashMap<String, i64>>> {
    let mut found: HashMap<i64, HashMap<String, i64>> = HashMap::new();
    let mut rows = tx.rows(
        "select chunk, field, through from fact_chunk where field {in $1} and coding = $2",
        args![fields.to_vec(), CODING],
    )?;
    while let Some(row) = rows.next().await? {
        found.entry(row.int(0)?).or_default().insert(row.text(1)?.to_owned(), row.int(2)?);
    }
    Ok(found)
}

/// How far one column of a chunk reaches; none when it is not kept.
pub async fn reach_of(tx: &mut Tx, chunk: i64, field: &str) -> Result<Option<i64>> {
    tx.fetch_optional(
        "select through from fact_chunk where chunk = $1 and field = $2 and coding = $3",
        args![chunk, field, CODING],
        |row| row.int(0),
    )
    .await
}

/// The columns of these names that a chunk has.
pub async fn load(tx: &mut Tx, chunk: i64, fields: &[&str]) -> Result<Vec<Kept>> {
    tx.fetch_all(
        "select field, through, bytes from fact_chunk
         where chunk = $1 and field {in $2} and coding = $3",
        args![chunk, fields.to_vec(), CODING],
        |row| {
            Ok(Kept {
                field: row.text(0)?.to_owned(),
                through: row.int(1)?,
                bytes: row.bytes(2)?.to_vec(),
            })
        },
    )
    .await
}

/// Keeps columns of a chunk, in the place of former ones.
pub async fn put(tx: &mut Tx, chunk: i64, columns: &[Kept]) -> Result<()> {
    tx.insert_many(
        "fact_chunk",
        [
            ("chunk", Kind::Int),
            ("field", Kind::Text),
            ("coding", Kind::Int),
            ("through", Kind::Int),
            ("bytes", Kind::Bytes),
        ],
        "on conflict (chunk, field) do update
         set coding = excluded.coding, through = excluded.through, bytes = excluded.bytes",
        columns.iter().map(|one| {
            values![chunk, one.field.as_str(), CODING, one.through, one.bytes.as_slice()]
        }),
    )
    .await?;
    Ok(())
}

/// Keeps what the ledger said when consignments of a chunk were screened, and drops the chunk's
/// columns of these names, which said what it said before.
pub async fn put_screened(
    tx: &mut Tx,
    chunk: i64,
    (first_id, now): (i64, i64),
    (fields, bytes): (&[&str], &[u8]),
) -> Result<()> {
    tx.execute(
        "insert into fact_screened (chunk, screened_at, first_id, coding, bytes)
         values ($1, $2, $3, $4, $5)
         on conflict (chunk, screened_at, first_id) do update
         set coding = excluded.coding, bytes = excluded.bytes",
        args![chunk, now, first_id, CODING, bytes],
    )
    .await?;
    tx.execute(
        "delete from fact_chunk where chunk = $1 and field {in $2}",
        args![chunk, fields.to_vec()],
    )
    .await?;
    Ok(())
}

/// What was kept of a chunk's screenings, the earliest first.
pub async fn screened(tx: &mut Tx, chunk: i64) -> Result<Vec<Vec<u8>>> {
    tx.fetch_all(
        "select bytes from fact_screened
         where chunk = $1 and coding = $2
         order by screened_at, first_id",
        args![chunk, CODING],
        |row| Ok(row.bytes(0)?.to_vec()),
    )
    .await
}

/// How often consignments of a chunk were screened.
pub async fn screenings(tx: &mut Tx, chunk: i64) -> Result<i64> {
    tx.fetch_one(
        "select count(*) from fact_screened where chunk = $1 and coding = $2",
        args![chunk, CODING],
        |row| row.int(0),
    )
    .await
}

/// Up to `limit` documents of consignments with numbers from one to another, in rising order.
pub async fn documents(
    tx: &mut Tx,
    (first, last): (i64, i64),
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    tx.fetch_all(
        "select id, document from consignment
         where id >= $1 and id <= $2
         order by id limit $3",
        args![first, last, limit],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned())),
    )
    .await
}

/// The numbers of superseded versions from a number on, in rising order.
pub async fn superseded(tx: &mut Tx, from: i64) -> Result<Vec<i64>> {
    tx.fetch_all(
        "select id from consignment where fate = 'superseded' and id >= $1 order by id",
        args![from],
        |row| row.int(0),
    )
    .await
}
