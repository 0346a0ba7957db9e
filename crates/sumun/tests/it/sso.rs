//! Signing in by OpenID Connect, against a provider of our own making: whom it lets in, that a
//! person's id counts and not the name, and that no forged or borrowed answer is believed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sumun::acts::account::{self, NewAccount};
use sumun::config::now;
use sumun::store::Store;
use sumun::web::sso::Sso;
use sumun::web::{self, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::engines::each_engine;

/// What the provider says next, and what it was asked last.
#[derive(Clone, Default)]
struct Provider(Arc<Mutex<Says>>);

#[derive(Clone)]
struct Says {
    issuer: String,
    key: SigningKey,
    claims: Value,
    challenge: String,
    algorithm: &'static str,
}

impl Default for Says {
    fn default() -> Says {
        Says {
            issuer: String::new(),
            key: SigningKey::from_bytes(&[7; 32]),
            claims: Value::Null,
            challenge: String::new(),
            algorithm: "EdDSA",
        }
    }
}

fn url_safe(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    async fn open() -> Result<Provider> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let provider = Provider::default();
        provider.says().issuer = format!("http://{}", listener.local_addr()?);
        let service = axum::Router::new()
            .route("/.well-known/openid-configuration", get(Provider::description))
            .route("/keys", get(Provider::keys))
            .route("/token", post(Provider::token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, service).await });
        Ok(provider)
    }

    fn says(&self) -> std::sync::MutexGuard<'_, Says> {
        self.0.lock().expect("no test panics with it")
    }

    async fn description(State(of): State<Provider>) -> Json<Value> {
        let issuer = of.says().issuer.clone();
        Json(json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
        }))
    }

    async fn keys(State(_): State<Provider>) -> Json<Value> {
        // Always the honest key, whichever one signs.
        let x = url_safe(Says::default().key.verifying_key().as_bytes());
        Json(json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k1", "x": x }
        ] }))
    }

    async fn token(State(of): State<Provider>, asked: Bytes) -> Json<Value> {
        let says = of.says().clone();
        let asked: HashMap<_, _> = form_urlencoded::parse(&asked).into_owned().collect();
        let verifier = asked.get("code_verifier").cloned().unwrap_or_default();
        if url_safe(Sha256::digest(verifier)) != says.challenge || asked["client_secret"] != "s" {
            return Json(json!({ "error": "invalid_grant" }));
        }
        let head = json!({ "alg": says.algorithm, "kid": "k1", "typ": "JWT" });
        let text = format!("{}.{}", url_safe(head.to_string()), url_safe(says.claims.to_string()));
        let sign = url_safe(says.key.sign(text.as_bytes()).to_bytes());
        Json(json!({ "access_token": "a", "token_type": "Bearer",
            "id_token": format!("{text}.{sign}") }))
    }
}

/// A server beside the provider.
struct Place {
    at: String,
    provider: Provider,
}

impl Place {
    async fn open(store: &Store) -> Result<Place> {
        let provider = Provider::open().await?;
        let sso = Sso {
            issuer: provider.says().issuer.clone(),
            client_id: "sumun".to_owned(),
            client_secret: "s".to_owned(),
            name: "Customs ID".to_owned(),
            claim: "preferred_username".to_owned(),
            ca: None,
        };
        let site = Site { sso: Some(Arc::new(sso)), ..Site::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let at = listener.local_addr()?.to_string();
        tokio::spawn(web::serve(store.clone(), listener, site, std::future::pending()));
        Ok(Place { at, provider })
    }

    /// The head of an answer.
    async fn get(&self, path: &str, cookie: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.at).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n",
            self.at
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    /// Goes to the provider: the errand's cookie, its state and its nonce.
    async fn go(&self) -> Result<(String, String, String)> {
        let answer = self.get("/api/v1/session/sso", "").await?;
        ensure!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        let way = header(&answer, "location").context("no way")?;
        let part = |name: &str| {
            let from = way.split([' ', '?', '&']).find_map(|part| part.strip_prefix(name));
            from.map(str::to_owned).context("a part of the way is missing")
        };
        let challenge = part("code_challenge=")?;
        self.provider.says().challenge = challenge;
        let cookie = header(&answer, "set-cookie").context("no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok((cookie, part("state=")?, part("nonce=")?))
    }

    /// The whole way as the provider says that it is somebody: where it leads, and the session.
    async fn sign_in(&self, change: impl Fn(&mut Says)) -> Result<(String, Option<String>)> {
        let (cookie, state, nonce) = self.go().await?;
        {
            let mut says = self.provider.says();
            let issuer = says.issuer.clone();
            says.claims = json!({
                "iss": issuer, "aud": "sumun", "sub": "person-1", "nonce": nonce,
                "exp": now() / 1_000_000 + 300, "iat": now() / 1_000_000,
                "preferred_username": "Kim",
            });
            change(&mut says);
        }
        let path = format!("/api/v1/session/sso/callback?code=c&state={state}");
        let answer = self.get(&path, &cookie).await?;
        {
            let mut says = self.provider.says();
            (says.key, says.algorithm) = (Says::default().key, "EdDSA");
        }
        ensure!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        let session = answer.lines().find_map(|line| line.split_once("sumun_session="));
        let session = session.and_then(|(_, rest)| rest.split(';').next()).map(str::to_owned);
        Ok((header(&answer, "location").context("no way")?, session))
    }
}

fn header(answer: &str, name: &str) -> Option<String> {
    let lines = answer.lines().take_while(|line| !line.is_empty());
    let mut pairs = lines.filter_map(|line| line.split_once(": "));
    pairs.find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
}

async fn account(store: &Store, name: &str) -> Result<()> {
    let new = NewAccount {
        id: None,
        name: name.to_owned(),
        display: String::new(),
        language: "ko".to_owned(),
        grants: vec!["inspector@030".parse()?],
    };
    account::add(store, &new, ("setup", now())).await?;
    Ok(())
}

/// What makes an answer a forged one.
type Forged = Box<dyn Fn(&mut Says)>;

const REFUSED: &str = "/login?refused=sso";

#[test]
fn a_provider_lets_in_whom_it_vouches_for() {
    each_engine(async |store| {
        account(&store, "kim").await?;
        account(&store, "lee").await?;
        let place = Place::open(&store).await?;
        let welcome = place.get("/api/v1/welcome", "").await?;
        ensure!(welcome.contains("Customs ID"), "{welcome}");

        let (way, session) = place.sign_in(|_| {}).await?;
        assert_eq!(way, "/");
        let cookie = format!("sumun_session={}", session.context("no session")?);
        let who = place.get("/api/v1/session", &cookie).await?;
        ensure!(who.contains("\"name\":\"kim\""), "{who}");

        // From now on the person's id counts: another name changes nothing, and another person
        // of that name is not let in.
        let named = |name: &'static str| {
            move |says: &mut Says| says.claims["preferred_username"] = json!(name)
        };
        let (way, session) = place.sign_in(named("lee")).await?;
        assert_eq!(way, "/");
        let cookie = format!("sumun_session={}", session.context("no session")?);
        ensure!(place.get("/api/v1/session", &cookie).await?.contains("\"name\":\"kim\""));
        let other = |says: &mut Says| says.claims["sub"] = json!("person-2");
        assert_eq!(place.sign_in(other).await?, (REFUSED.to_owned(), None));
        // Nobody is let in whom no administrator has added.
        let stranger = |says: &mut Says| {
            says.claims["sub"] = json!("person-3");
            says.claims["preferred_username"] = json!("stranger");
        };
        assert_eq!(place.sign_in(stranger).await?, (REFUSED.to_owned(), None));
        Ok(())
    });
}

#[test]
fn no_forged_or_borrowed_answer_is_believed() {
    each_engine(async |store| {
        account(&store, "kim").await?;
        let place = Place::open(&store).await?;
        let claim = |name: &'static str, value: Value| {
            move |says: &mut Says| says.claims[name] = value.clone()
        };
        let forged: Vec<(&str, Forged)> = vec![
            ("another's key", Box::new(|says| says.key = SigningKey::from_bytes(&[9; 32]))),
            ("no signature", Box::new(|says| says.algorithm = "none")),
            ("a shared secret", Box::new(|says| says.algorithm = "HS256")),
            ("another issuer", Box::new(claim("iss", json!("https://elsewhere.example")))),
            ("another client", Box::new(claim("aud", json!("other")))),
            ("for two clients", Box::new(claim("aud", json!(["sumun", "other"])))),
            ("made for another", Box::new(claim("azp", json!("other")))),
            ("run out", Box::new(claim("exp", json!(now() / 1_000_000 - 3_600)))),
            ("another errand", Box::new(claim("nonce", json!("0")))),
            ("nobody", Box::new(claim("sub", json!("")))),
        ];
        for (what, change) in forged {
            let (way, session) = place.sign_in(change).await?;
            ensure!(way == REFUSED && session.is_none(), "{what}: {way}");
        }
        // Another's errand cannot be finished: neither without the cookie nor with one's own.
        let (_, state, _) = place.go().await?;
        let path = format!("/api/v1/session/sso/callback?code=c&state={state}");
        let (own, _, _) = place.go().await?;
        for cookie in ["", &own] {
            let answer = place.get(&path, cookie).await?;
            ensure!(answer.contains(REFUSED) && !answer.contains("sumun_session="), "{answer}");
        }
        // What was refused bound nobody.
        assert_eq!(place.sign_in(|_| {}).await?.0, "/");
        Ok(())
    });
}
