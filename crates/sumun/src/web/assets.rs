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

use super::Problem;
use super::guard::Nonce;

/// A file of the built workbench.
struct File {
    path: &'static str,
    /// Changes with the content.
    tag: &'static str,
    bytes: &'static [u8],
}

// `static FILES: &[File]`, in the order of paths: written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/workbench.rs"));

fn file(path: &str) -> Option<&'static File> {
    FILES.binary_search_by_key(&path, |file| file.path).ok().map(|at| &FILES[at])
}

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
        && let Some(file) = file(path)
    {
        return serve(file, request.headers());
    }
    // A screen's address has no dot in its last part; a file that is not there has.
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return nothing().into_response();
    }
    let nonce = request.extensions().get::<Nonce>().map_or("", |Nonce(nonce)| nonce);
    let page = file("index.html")
        .and_then(|page| Some(std::str::from_utf8(page.bytes).ok()?.replace(NONCE, nonce)));
    match page {
        Some(page) => ([(CACHE_CONTROL, "no-store")], Html(page)).into_response(),
        // Whatever screen was asked for, such as that of an invitation: it is not built in.
        None => ([(CACHE_CONTROL, "no-store")], Html(include_str!("page.html"))).into_response(),
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

fn serve(file: &File, asked: &HeaderMap) -> Response {
    let cache = if file.path.starts_with("assets/") { FOREVER } else { ASK_AGAIN };
    let known = asked.get(IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == file.tag.as_bytes());
    let mut answer = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let twin = compressed(file.path, asked);
        let bytes = twin.map_or(file.bytes, |(_, twin)| twin.bytes);
        let mut answer = Bytes::from_static(bytes).into_response();
        if let Some((coding, _)) = twin {
            answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        answer
    };
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(file.path)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(ETAG, HeaderValue::from_static(file.tag));
    answer
}

/// The twin that the browser takes, the smaller first.
fn compressed(path: &str, asked: &HeaderMap) -> Option<(&'static str, &'static File)> {
    let taken = asked.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |coding: &str| taken.split(',').any(|one| one.trim() == coding);
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| takes(coding))
        .find_map(|(coding, ending)| Some((coding, file(&format!("{path}.{ending}"))?)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_paths() {
        assert!(FILES.is_sorted_by_key(|file| file.path));
        for one in FILES {
            assert_eq!(file(one.path).map(|found| found.path), Some(one.path));
            assert!(one.tag.starts_with('"') && one.tag.ends_with('"'));
        }
        assert!(file("no/such.file").is_none());
    }

    #[test]
    fn the_built_page_waits_for_its_nonce() {
        // Without a workbench there is no page; `cargo xtask test` builds one first.
        if let Some(page) = file("index.html") {
            assert!(String::from_utf8_lossy(page.bytes).contains(NONCE));
        }
    }
}
