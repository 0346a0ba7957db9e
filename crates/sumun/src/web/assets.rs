//! The one page of the server, built into the binary: what is there and where its documentation
//! is, in Korean and English. It runs no script and loads nothing from elsewhere.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

/// The page.
pub async fn page() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], include_str!("page.html"))
}

/// Its looks: a file of their own, because the page's policy forbids styles within it.
pub async fn looks() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("page.css"))
}
