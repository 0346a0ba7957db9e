//! Taking in a picture from the dock. It is known by the digest that the camera's device took, so
//! that an outcome can name it before and after a network; what it is, is told by its bytes and
//! not by its sender, because a browser will show it.

use anyhow::Result;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::store::{Store, journal, photos};

/// The largest picture.
pub const LARGEST: usize = 8 << 20;
/// Pictures of one person that no outcome names yet: two shifts of a busy officer.
const UNNAMED: i64 = 500;

/// Keeps a picture; false when it is there already.
///
/// # Errors
/// A refusal when its bytes have another digest or are no picture, it is too large, or its sender
/// has too many pictures that nothing names.
pub async fn keep(
    store: &Store,
    sha256: &str,
    content: &[u8],
    (actor, now): (&str, i64),
) -> Result<bool> {
    if content.len() > LARGEST {
        crate::refuse!("too_large", "a picture has at most {} MB", LARGEST >> 20);
    }
    if hex::encode(Sha256::digest(content)) != sha256 {
        crate::refuse!(
            "photo_damaged",
            "the picture's bytes have another SHA-256 than its name: send it again"
        );
    }
    let Some(kind) = kind_of(content) else {
        crate::refuse!("no_picture", "the bytes are no picture: JPEG, PNG and WebP are taken");
    };
    let mut tx = store.begin().await?;
    if !photos::find(&mut tx, &[sha256]).await?.is_empty() {
        return Ok(false);
    }
    if photos::unnamed(&mut tx, actor).await? >= UNNAMED {
        crate::refuse!(
            "too_many_photos",
            "{UNNAMED} pictures of yours are named by no outcome: send the outcomes first"
        );
    }
    photos::insert(&mut tx, sha256, kind, content, (actor, now)).await?;
    let entry = journal::JournalEntry {
        actor: actor.into(),
        act: "photo".into(),
        subject: format!("photo {sha256}").into(),
        body: json!({ "kind": kind, "size_bytes": content.len() }),
    };
    journal::record(&mut tx, &[entry], now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The media type that the first bytes tell.
fn kind_of(content: &[u8]) -> Option<&'static str> {
    match content {
        [0xff, 0xd8, 0xff, _, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        assert_eq!(kind_of(&[0xff, 0xd8, 0xff, 0xe0, 0]), Some("image/jpeg"));
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(kind_of(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for other in [&b""[..], b"<svg onload=alert(1)>", b"GIF89a", b"RIFF\0\0\0\0WAVE", b"%PDF-"]
        {
            assert_eq!(kind_of(other), None);
        }
    }
}
