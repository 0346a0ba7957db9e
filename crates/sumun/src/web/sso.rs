//! Signing in by OpenID Connect (OpenID Connect Core 1.0, section 3.1, the authorization code flow
//! with PKCE, RFC 7636): what is asked of the site's provider, and what of its answers is believed.
//! Whom an answer lets in is decided in `acts/account.rs`; a browser's way is in `api/sso.rs`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use axum::http::Uri;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::acts::account::secret;

/// A provider that answers later than this is taken for absent.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const ANSWER_LIMIT: u64 = 1 << 20;
/// Signatures that are believed: never a shared secret's, never none.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The site's provider, and as whom it knows this server.
#[derive(Debug, Clone)]
pub struct Sso {
    /// Its issuer, such as `https://login.customs.example`.
    pub issuer: String,
    /// By which it knows this server.
    pub client_id: String,
    /// What this server proves that with.
    pub client_secret: String,
    /// How people call it.
    pub name: String,
    /// The claim that holds an account's name, for the first time somebody comes.
    pub claim: String,
    /// Who vouches for the provider's certificate, in PEM; the public authorities when left out.
    pub ca: Option<PathBuf>,
}

/// What a browser carries to the provider and back: its own cookie holds it, so that nobody can
/// finish for somebody what they began for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    state: String,
    nonce: String,
    verifier: String,
}

impl Errand {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new() -> Result<Errand> {
        Ok(Errand { state: secret()?, nonce: secret()?, verifier: secret()? })
    }

    /// As the cookie holds it.
    pub fn to_cookie(&self) -> String {
        format!("{}.{}.{}", self.state, self.nonce, self.verifier)
    }

    /// From a cookie, if it is the errand of this state.
    pub fn of_cookie(cookie: &str, state: &str) -> Option<Errand> {
        let mut parts = cookie.split('.').map(str::to_owned);
        let errand = Errand { state: parts.next()?, nonce: parts.next()?, verifier: parts.next()? };
        (errand.state.len() == 64 && errand.state == state).then_some(errand)
    }
}

/// Whom the provider vouches for.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// The provider's own id of the person: never given to another.
    pub subject: String,
    /// The account's name by the site's claim.
    pub name: Option<String>,
}

/// The provider's description of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Debug, Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    nonce: Option<String>,
    azp: Option<String>,
    aud: serde_json::Value,
    #[serde(flatten)]
    others: serde_json::Map<String, serde_json::Value>,
}

impl Sso {
    /// Where a browser goes to sign in, from where it comes back to `redirect`. Asks the provider,
    /// so it blocks.
    ///
    /// # Errors
    /// When the provider cannot be asked or describes itself oddly.
    pub fn way(&self, errand: &Errand, redirect: &str) -> Result<String> {
        let to = self.description(&self.agent()?)?.authorization_endpoint;
        let challenge = url_safe(&Sha256::digest(&errand.verifier));
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", redirect),
            ("scope", "openid profile"),
            ("state", &errand.state),
            ("nonce", &errand.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ] {
            query.append_pair(name, value);
        }
        let joint = if to.contains('?') { '&' } else { '?' };
        Ok(format!("{to}{joint}{}", query.finish()))
    }

    /// Whom the provider vouches for by a code. It blocks.
    ///
    /// # Errors
    /// When the provider cannot be asked, or its answer is not to be believed.
    pub fn vouched(&self, code: &str, errand: &Errand, redirect: &str) -> Result<Vouched> {
        let agent = self.agent()?;
        let description = self.description(&agent)?;
        let keys: JwkSet = answer(agent.get(&description.jwks_uri).call())
            .context("while fetching the provider's keys")?;
        let asked = agent.post(&description.token_endpoint).send_form([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("code_verifier", &errand.verifier),
        ]);
        let tokens: Tokens = answer(asked).context("while redeeming a code")?;
        self.believed(&tokens.id_token, &keys, errand)
    }

    /// What an ID token says, if it is to be believed (OpenID Connect Core 1.0, section 3.1.3.7).
    fn believed(&self, token: &str, keys: &JwkSet, errand: &Errand) -> Result<Vouched> {
        let header = decode_header(token).context("the ID token's header")?;
        ensure!(ALGORITHMS.contains(&header.alg), "{:?} is no signature of ours", header.alg);
        let key = key_of(keys, header.kid.as_deref()).context("no key of the provider signed")?;
        let mut checks = Validation::new(header.alg);
        checks.set_issuer(&[&self.issuer]);
        checks.set_audience(&[&self.client_id]);
        checks.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let key = DecodingKey::from_jwk(key).context("the provider's key")?;
        let claims = decode::<Claims>(token, &key, &checks).context("the ID token")?.claims;
        ensure!(claims.nonce.as_deref() == Some(&errand.nonce), "the ID token is another errand's");
        let many = claims.aud.as_array().is_some_and(|all| all.len() > 1);
        if claims.azp.is_some() || many {
            let azp = claims.azp.as_deref();
            ensure!(azp == Some(&self.client_id), "the ID token was made for another client");
        }
        ensure!(!claims.sub.is_empty(), "the ID token names nobody");
        let name = claims.others.get(&self.claim).and_then(|name| name.as_str());
        let name = name.map(str::to_owned);
        Ok(Vouched { subject: claims.sub, name })
    }

    fn description(&self, agent: &ureq::Agent) -> Result<Description> {
        let at = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        private(&at)?;
        let description: Description =
            answer(agent.get(&at).call()).context("while asking the provider about itself")?;
        ensure!(
            description.issuer == self.issuer,
            "the provider calls itself {}, and not {}",
            description.issuer,
            self.issuer
        );
        private(&description.authorization_endpoint)?;
        private(&description.token_endpoint)?;
        private(&description.jwks_uri)?;
        Ok(description)
    }

    fn agent(&self) -> Result<ureq::Agent> {
        let mut config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .proxy(None);
        if let Some(path) = &self.ca {
            let pem =
                std::fs::read(path).with_context(|| format!("while reading {}", path.display()))?;
            let certificates: Vec<_> = ureq::tls::parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            ensure!(!certificates.is_empty(), "{} holds no certificates in PEM", path.display());
            let roots = ureq::tls::RootCerts::from(certificates);
            config = config.tls_config(ureq::tls::TlsConfig::builder().root_certs(roots).build());
        }
        Ok(config.build().into())
    }
}

/// The key that signed: the one of this id, or the only one.
fn key_of<'k>(keys: &'k JwkSet, id: Option<&str>) -> Option<&'k Jwk> {
    match id {
        Some(id) => keys.find(id),
        None => keys.keys.first().filter(|_| keys.keys.len() == 1),
    }
}

/// Holds that nobody between can read along: TLS, or this very machine.
fn private(address: &str) -> Result<()> {
    let uri: Uri = address.parse().with_context(|| format!("`{address}` is no address"))?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host.parse::<std::net::IpAddr>().is_ok_and(|at| at.is_loopback());
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if here || host == "localhost" => Ok(()),
        _ => bail!("{address} is not reached by TLS"),
    }
}

fn answer<T: DeserializeOwned>(
    asked: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T> {
    let text = asked?.body_mut().with_config().limit(ANSWER_LIMIT).read_to_string()?;
    Ok(serde_json::from_str(&text)?)
}

/// Base64 in the alphabet of URLs, without padding (RFC 4648, section 5).
fn url_safe(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_reached_by_tls_or_is_this_machine() {
        for good in ["https://a.example/x", "http://127.0.0.1:9/x", "http://localhost/x"] {
            assert!(private(good).is_ok(), "{good}");
        }
        for bad in ["http://a.example/x", "http://localhost.a.example/x", "file:///x", "x"] {
            assert!(private(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_errand_is_its_own_browsers() -> Result<()> {
        let errand = Errand::new()?;
        let cookie = errand.to_cookie();
        assert_eq!(Errand::of_cookie(&cookie, &errand.state), Some(errand.clone()));
        assert_eq!(Errand::of_cookie(&cookie, &Errand::new()?.state), None);
        assert_eq!(Errand::of_cookie("", ""), None);
        assert_eq!(Errand::of_cookie("..", ""), None);
        Ok(())
    }
}
