//! The guard of every request: it keeps out what does not come from this machine's own pages and
//! programs, ends what takes too long, catches what breaks, and gives every answer the headers
//! that keep a browser from doing more than asked. Who may do what is not asked yet.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use super::Problem;

/// A request that takes longer is given up; whatever it has not committed is undone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lets a request through, or answers it.
pub async fn guard(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut answer = match stranger(&request) {
        Some(problem) => problem.into_response(),
        None => {
            let done = AssertUnwindSafe(tokio::time::timeout(PATIENCE, next.run(request)));
            match done.catch_unwind().await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too_slow",
                    "The request took more than a minute and was given up.",
                )
                .next("Ask for less at a time, or use the command line, which waits.")
                .into_response(),
                Err(_) => Problem::broken(&"a handler panicked").into_response(),
            }
        }
    };
    protect(&mut answer);
    tracing::info!(
        http.method = %method,
        http.route = route.as_deref().unwrap_or("none"),
        http.status = answer.status().as_u16(),
        duration_ms = began.elapsed().as_secs_f64() * 1e3,
        "answered a request"
    );
    answer
}

/// Why a request is none of this machine's own, if it is not.
fn stranger(request: &Request) -> Option<Problem> {
    let headers = request.headers();
    // A page elsewhere can give its own name our address (DNS rebinding); the browser then sends
    // that name, so only names that always mean this machine are answered.
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let named = request.uri().authority().map(|authority| authority.as_str());
    let own = host.is_some_and(is_own) && hosts.next().is_none() && named.is_none_or(is_own);
    if !own {
        return Some(
            Problem::new(
                StatusCode::FORBIDDEN,
                "host",
                "The request names another host than this machine.",
            )
            .next("Use http://127.0.0.1 or http://localhost with the server's port."),
        );
    }
    // A browser says which page a request comes from; only our own may ask.
    let origin = headers.get(header::ORIGIN)?;
    let from = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
    (from != host).then(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "origin",
            "The request comes from a page of another site.",
        )
        .next("Use the pages that this server itself serves.")
    })
}

/// Whether a host, with or without port, always means this machine.
fn is_own(host: &str) -> bool {
    let Ok(uri) = host.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn protect(answer: &mut Response) {
    let headers = answer.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Consignments and plans are nobody else's: no cache keeps them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        for own in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.9.9.9", "[::1]:8080"] {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "10.0.0.1:8080",
            "0.0.0.0",
            "[::]",
            "me@localhost",
            "localhost/x",
            "local host",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
