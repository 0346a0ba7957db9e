//! The guard of every request: it keeps out what does not come from this server's own pages and
//! programs, ends what takes too long, catches what breaks, and gives every answer the headers
//! that keep a browser from doing more than asked. Who may do what is asked by `caller.rs`.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use rand::TryRng;

use super::{App, Problem, Site};

/// A request that takes longer is given up; whatever it has not committed is undone.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a page's own style elements bear, so that a browser takes no others. A page that has any
/// finds it among the request's extensions and writes it into them.
#[derive(Debug, Clone)]
pub struct Nonce(pub String);

/// Lets a request through, or answers it.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let mut bytes = [0; 16];
    // Without randomness no style element is taken, which is the safe side.
    let nonce = rand::rngs::SysRng.try_fill_bytes(&mut bytes).ok().map(|()| hex::encode(bytes));
    if let Some(nonce) = &nonce {
        request.extensions_mut().insert(Nonce(nonce.clone()));
    }
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut answer = match stranger(&app.site, &request) {
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
    protect(&mut answer, nonce.as_deref(), app.site.is_secure());
    tracing::info!(
        http.method = %method,
        http.route = route.as_deref().unwrap_or("none"),
        http.status = answer.status().as_u16(),
        duration_ms = began.elapsed().as_secs_f64() * 1e3,
        "answered a request"
    );
    answer
}

/// Why a request is none of this server's own, if it is not.
fn stranger(site: &Site, request: &Request) -> Option<Problem> {
    let headers = request.headers();
    // A page elsewhere can give its own name our address (DNS rebinding); the browser then sends
    // that name, so only names that mean this server are answered.
    let is_own = |host: &str| is_own(host, &site.hosts);
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let named = request.uri().authority().map(|authority| authority.as_str());
    let own = host.is_some_and(is_own) && hosts.next().is_none() && named.is_none_or(is_own);
    if !own {
        return Some(
            Problem::new(
                StatusCode::FORBIDDEN,
                "host",
                "The request names another host than this server.",
            )
            .next(match site.hosts.first() {
                Some(host) => format!("Use {host}."),
                None => {
                    "Use http://127.0.0.1 or http://localhost with the server's port.".to_owned()
                }
            }),
        );
    }
    // A browser says which page a request comes from; only our own may ask.
    let origin = headers.get(header::ORIGIN)?;
    let origin = origin.to_str().ok();
    let of = |scheme: &str| origin.and_then(|origin| origin.strip_prefix(scheme));
    let from = match (site.tls.is_some(), site.behind_proxy) {
        (true, _) => of("https://"),
        (false, true) => of("https://").or_else(|| of("http://")),
        (false, false) => of("http://"),
    };
    (from != host).then(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "origin",
            "The request comes from a page of another site.",
        )
        .next("Use the pages that this server itself serves.")
    })
}

/// Whether a host, with or without port, means this server: by one of its names, or because it
/// always means this machine.
fn is_own(host: &str, names: &[String]) -> bool {
    let Ok(uri) = host.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || names.iter().any(|own| own.eq_ignore_ascii_case(name))
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn protect(answer: &mut Response, nonce: Option<&str>, secure: bool) {
    let headers = answer.headers_mut();
    let style = nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'{style}; \
         img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; \
         manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    // A page that stands alone, such as a model card, brings a stricter one of its own.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
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
            assert!(is_own(own, &[]), "{own}");
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
            assert!(!is_own(other, &[]), "{other}");
        }
        let names = ["sumun.customs.example".to_owned()];
        assert!(is_own("sumun.customs.example:8443", &names));
        assert!(!is_own("evil.sumun.customs.example", &names));
    }
}
