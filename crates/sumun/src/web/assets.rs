//! The workbench, built into the binary from `web/dist`: hashed files for good, compressed as the
//! browser takes them, and the one page for every address that is a screen's. Where the workbench
//! was not built, a plain page in Korean and English says what is there instead.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::Problem;
use super::guard::Nonce;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
#[exclude = ".vite/*"]
struct Built;

/// Where the built page waits for the nonce of the answer.
const NONCE: &str = "SUMUN_NONCE";
/// What Vite names by a hash of its content never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for again each time, and mostly has not changed.
const ASK_AGAIN: &str = "no-cache";

/// Answers every address that no route has: a file of the workbench, or its page.
pub async fn workbench(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || path == "api" || path.starts_with("api/") {
        return nothing().into_response();
    }
    if path != "index.html"
        && let Some(file) = Built::get(path)
    {
        return serve(path, file, request.headers());
    }
    // A screen's address has no dot in its last part; a file that is not there has.
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return nothing().into_response();
    }
    let nonce = request.extensions().get::<Nonce>().map_or("", |Nonce(nonce)| nonce);
    let page = Built::get("index.html")
        .and_then(|page| Some(std::str::from_utf8(&page.data).ok()?.replace(NONCE, nonce)));
    match page {
        Some(page) => ([(CACHE_CONTROL, "no-store")], Html(page)).into_response(),
        None if path.is_empty() => Html(include_str!("page.html")).into_response(),
        None => nothing().into_response(),
    }
}

/// The looks of the plain page: a file of their own, because the page's policy forbids styles
/// within it.
pub async fn looks() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("page.css"))
}

fn nothing() -> Problem {
    Problem::missing("no_route", "There is nothing at this address.")
}

fn serve(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let cache = if path.starts_with("assets/") { FOREVER } else { ASK_AGAIN };
    let mut answer =
        if asked.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let (coding, data) = compressed(path, asked).unwrap_or(("", file.data));
            let mut answer = Bytes::from(data.into_owned()).into_response();
            if !coding.is_empty() {
                answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            answer
        };
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    answer
}

type Data = std::borrow::Cow<'static, [u8]>;

/// The twin that the browser takes, the smaller first.
fn compressed(path: &str, asked: &HeaderMap) -> Option<(&'static str, Data)> {
    let taken = asked.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |coding: &str| taken.split(',').any(|one| one.trim() == coding);
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| takes(coding))
        .find_map(|(coding, ending)| Some((coding, Built::get(&format!("{path}.{ending}"))?.data)))
}

/// What kind of file it is; Vite makes no others.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
