//! Pictures from the dock, by their SHA-256. A picture is sent before the report that names it, and
//! is seen by its sender and by those who may see the consignment that it is of. What is taken as a
//! picture: `acts/photo.rs`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::acts::photo;
use crate::store::photos;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Named, RawBytes};
use crate::web::{App, Problem};

/// A picture that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoKept {
    /// SHA-256 of its bytes, in hexadecimal.
    sha256: String,
    /// False when it was there already.
    new: bool,
}

/// Keeps a picture: JPEG, PNG or WebP of at most 8 MB, under the SHA-256 of its bytes.
#[utoipa::path(
    put,
    path = "/photos/{sha256}",
    tag = "inspections",
    params(("sha256" = String, Path, description = "SHA-256 of its bytes, in hexadecimal.")),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "It is kept.", body = PhotoKept),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn keep_photo(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    RawBytes(content): RawBytes,
) -> Result<Json<PhotoKept>, Problem> {
    caller.may_somewhere(Action::RecordOutcome)?;
    let sha256 = digest_of(&name)?;
    let new = photo::keep(&app.store, &sha256, &content, caller.by()).await?;
    Ok(Json(PhotoKept { sha256, new }))
}

/// Shows a picture.
#[utoipa::path(
    get,
    path = "/photos/{sha256}",
    tag = "inspections",
    params(("sha256" = String, Path, description = "SHA-256 of its bytes, in hexadecimal.")),
    responses(
        (status = 200, description = "The picture.", body = [u8], content_type = "image/jpeg"),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_photo(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Response, Problem> {
    let sha256 = digest_of(&name)?;
    let missing = || Problem::missing("no_photo", "There is no such picture.");
    let mut tx = app.store.read().await?;
    let kept = photos::find(&mut tx, &[&sha256]).await?.pop().ok_or_else(missing)?;
    if kept.kept_by != caller.name() {
        let named = photos::named_by(&mut tx, &sha256).await?;
        let ids: Vec<i64> = named.into_iter().map(|(id, _)| id).collect();
        if caller.sees(&mut tx, &ids).await?.is_empty() {
            return Err(missing());
        }
    }
    let content = photos::content(&mut tx, &sha256).await?.ok_or_else(missing)?;
    drop(tx);
    app.reads.saw(&caller, "read photo", &[&sha256]).await?;
    let headers = [
        (CONTENT_TYPE, kept.kind),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", &sha256[..16])),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Bytes::from(content)).into_response())
}

fn digest_of(name: &Named) -> Result<String, Problem> {
    let digest = name.0.to_ascii_lowercase();
    let plain = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then_some(digest).ok_or_else(|| {
        Problem::missing("no_photo", "There is no such picture: it is named by its SHA-256.")
    })
}
