//! Photos of inspections, each known by the SHA-256 of its bytes, and the outcomes that name them.

use anyhow::Result;

use super::{Kind, Tx, args, values};

/// A kept picture, without its bytes.
#[derive(Debug, Clone)]
pub struct KeptPhoto {
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its media type.
    pub kind: String,
    /// Size in bytes.
    pub size_bytes: i64,
    /// Who sent it.
    pub kept_by: String,
}

/// Keeps a picture; false when it is kept already.
pub async fn insert(
    tx: &mut Tx,
    sha256: &str,
    kind: &str,
    content: &[u8],
    (by, now): (&str, i64),
) -> Result<bool> {
    let size = i64::try_from(content.len())?;
    let kept = tx
        .execute(
            "insert into photo (sha256, kind, size_bytes, content, kept_at, kept_by)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (sha256) do nothing",
            args![sha256, kind, size, content, now, by],
        )
        .await?;
    Ok(kept == 1)
}

/// The pictures with these digests that are kept.
pub async fn find(tx: &mut Tx, digests: &[&str]) -> Result<Vec<KeptPhoto>> {
    tx.fetch_all(
        "select sha256, kind, size_bytes, kept_by from photo where sha256 {in $1}",
        args![digests.to_vec()],
        |row| {
            Ok(KeptPhoto {
                sha256: row.text(0)?.to_owned(),
                kind: row.text(1)?.to_owned(),
                size_bytes: row.int(2)?,
                kept_by: row.text(3)?.to_owned(),
            })
        },
    )
    .await
}

/// The bytes of a picture.
pub async fn content(tx: &mut Tx, sha256: &str) -> Result<Option<Vec<u8>>> {
    tx.fetch_optional("select content from photo where sha256 = $1", args![sha256], |row| {
        Ok(row.bytes(0)?.to_vec())
    })
    .await
}

/// How many pictures of a sender no outcome names.
pub async fn unnamed(tx: &mut Tx, by: &str) -> Result<i64> {
    tx.fetch_one(
        "select count(*) from photo
         where kept_by = $1
           and not exists (
                   select 1 from outcome_photo where outcome_photo.sha256 = photo.sha256)",
        args![by],
        |row| row.int(0),
    )
    .await
}

/// Notes that a consignment's outcome names these pictures.
pub async fn name(tx: &mut Tx, consignment_id: i64, digests: &[&str]) -> Result<()> {
    tx.insert_many(
        "outcome_photo",
        [("sha256", Kind::Text), ("consignment_id", Kind::Int)],
        "on conflict (sha256, consignment_id) do nothing",
        digests.iter().map(|digest| values![*digest, consignment_id]),
    )
    .await?;
    Ok(())
}

/// The consignments whose outcomes name a picture, each with its office.
pub async fn named_by(tx: &mut Tx, sha256: &str) -> Result<Vec<(i64, String)>> {
    tx.fetch_all(
        "select consignment.id, consignment.office
         from outcome_photo
         join consignment on consignment.id = outcome_photo.consignment_id
         where outcome_photo.sha256 = $1
         order by consignment.id",
        args![sha256],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned())),
    )
    .await
}
