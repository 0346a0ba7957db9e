//! Reading requests: bodies, queries and names in paths, each refused in the one error shape. What
//! comes through here is well formed and free of the character NUL, which Postgres cannot keep.
//! What the fields mean is judged by the handlers.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::caller::{KNOWN, cookie_named};
use super::door::Peer;
use super::{App, Problem};
use crate::acts::account::Whence;

/// The largest body: a batch of some ten thousand consignments.
pub const BODY_LIMIT: usize = 16 << 20;

/// A JSON body as received.
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Raw, Problem> {
        // A page of another site can send text without asking first, but no JSON.
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type",
                "The body must be JSON and say so.",
            ));
        }
        // What says that it is too large need not be read first.
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > BODY_LIMIT as u64) {
            return Err(too_large());
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Raw(bytes)),
            Err(rejection) => Err(unread(&rejection)),
        }
    }
}

/// A body of bytes as received.
pub struct RawBytes(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<RawBytes, Problem> {
        // A page of another site can send texts and forms without asking first, but no other kind.
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/octet-stream" && !kind.starts_with("image/") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type",
                "The body must be bytes and say so: application/octet-stream.",
            ));
        }
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > BODY_LIMIT as u64) {
            return Err(too_large());
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(RawBytes(bytes)),
            Err(rejection) => Err(unread(&rejection)),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn unread(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        status => Problem::new(status, "body", "The body did not arrive whole."),
    }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!("The body is larger than {} MB.", BODY_LIMIT >> 20),
    )
}

impl Raw {
    /// The body as a value.
    ///
    /// # Errors
    /// A problem with the line and column of what cannot be read.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.0).map_err(|error| {
            let status = match error.is_data() {
                true => StatusCode::UNPROCESSABLE_ENTITY,
                false => StatusCode::BAD_REQUEST,
            };
            Problem::new(status, "body", format!("The body cannot be read: {error}."))
        })
    }
}

/// A JSON body as a value.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        Ok(Body(Raw::from_request(request, state).await?.read()?))
    }
}

/// The query behind the question mark.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") || query.contains('\0') {
            return Err(bad_query("a text holds the character NUL"));
        }
        match Query::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(rejection) => Err(bad_query(&rejection.body_text())),
        }
    }
}

fn bad_query(why: &str) -> Problem {
    let why = why.strip_prefix("Failed to deserialize query string: ").unwrap_or(why);
    Problem::new(
        StatusCode::BAD_REQUEST,
        "query",
        format!("The query of the URL cannot be used: {why}."),
    )
}

/// The name in the path, as written.
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Named, Problem> {
        let nothing = || Problem::missing("no_route", "There is nothing of this name.");
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) if !name.contains('\0') && name.len() <= 100 => Ok(Named(name)),
            _ => Err(nothing()),
        }
    }
}

/// From where a request comes: the other end of the connection, or what the proxy on the way says.
pub struct Visitor(pub Whence);

impl FromRequestParts<App> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>();
        let mut address = peer.map(|ConnectInfo(Peer(peer))| peer.ip().to_string());
        if app.site.behind_proxy {
            // The last one is what our own proxy saw; those before are what it was told.
            let told = parts.headers.get_all("x-forwarded-for").iter().next_back();
            let last = told.and_then(|told| told.to_str().ok()?.rsplit(',').next());
            let last = last.and_then(|last| last.trim().parse::<IpAddr>().ok());
            address = last.map(|last| last.to_string()).or(address);
        }
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
        let known = cookie_named(&parts.headers, KNOWN).map(str::to_owned);
        Ok(Visitor(Whence { address: address.unwrap_or_default(), agent, known }))
    }
}

impl Named {
    /// The number in a name such as `C-12`, or in `12` alone.
    pub fn number(&self, prefix: &str) -> Option<i64> {
        let upper = self.0.to_ascii_uppercase();
        let digits = upper.strip_prefix(prefix).unwrap_or(&upper);
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| plain)
    }
}

/// How many items a page has, from what was asked.
pub fn page_size(limit: Option<u32>) -> Result<i64, Problem> {
    match limit {
        None => Ok(100),
        Some(limit @ 1..=1000) => Ok(i64::from(limit)),
        Some(limit) => Err(bad_query(&format!("limit is {limit}, and may be 1 to 1000"))),
    }
}

/// The place at which a page begins, from the cursor that was asked for.
pub fn place<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let place = hex::decode(cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.map(Some).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "cursor", "The cursor is none of this list's.")
    })
}

/// The cursor of a place.
pub fn cursor(place: &impl serde::Serialize) -> Option<String> {
    serde_json::to_vec(place).ok().map(hex::encode)
}

/// The id of what a request makes: from its body, or from its Idempotency-Key, so that the same
/// request makes one thing.
pub fn request_id(given: Option<String>, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    if given.is_some() {
        return Ok(given);
    }
    let Some(key) = idempotency_key(headers)? else { return Ok(None) };
    if ulid::Ulid::from_string(key).is_ok() {
        return Ok(Some(key.to_owned()));
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(key)[..16]);
    Ok(Some(ulid::Ulid::from_bytes(bytes).to_string()))
}

/// The key that tells a repeated request from a new one, where the client sent one.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    match key.to_str() {
        Ok(key) if (1..=100).contains(&key.len()) => Ok(Some(key)),
        _ => Err(Problem::unusable(
            "idempotency_key",
            "An Idempotency-Key has 1 to 100 printable ASCII characters.",
        )
        .next("Send a shorter one, such as a UUID.")),
    }
}
