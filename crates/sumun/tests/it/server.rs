//! A server under test and people who use it over real HTTP on a free port. `Server::start` has
//! kim sign in, who plans and judges models at every office; `person` lets in somebody else with
//! roles of their own, and `by` asks as that person.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sumun::acts::account::{self, NewAccount, Whence};
use sumun::config::now;
use sumun::store::{Store, accounts};
use sumun::web::{self, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The password of everybody in tests.
pub const PASSWORD: &str = "a lorry full of coffee";

/// A server under test.
pub struct Server {
    pub address: std::net::SocketAddr,
    pub store: Store,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<()>>,
    /// Who plans and judges models at every office.
    pub kim: Badge,
}

/// Somebody who has signed in.
#[derive(Clone, Debug, Default)]
pub struct Badge {
    /// What their requests bear.
    pub head: String,
    /// The session's token.
    pub token: String,
    /// The account.
    pub id: String,
}

/// Somebody who asks a server.
pub struct Client<'s> {
    server: &'s Server,
    badge: &'s Badge,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("no JSON: {}", self.body))
    }

    /// The body, if the status is as expected.
    pub fn expect(self, status: u16) -> Result<Value> {
        ensure!(self.status == status, "expected {status}, got {}: {}", self.status, self.body);
        self.json()
    }
}

impl Badge {
    /// The badge of a session's token.
    pub fn of(token: &str) -> Badge {
        let csrf = account::csrf(token);
        Badge {
            head: format!("cookie: sumun_session={token}\r\nx-sumun-csrf: {csrf}\r\n"),
            token: token.to_owned(),
            id: String::new(),
        }
    }
}

/// Lets a person in: makes the account, or invites it anew, and takes the invitation up.
pub async fn let_in(store: &Store, name: &str, roles: &[&str]) -> Result<Badge> {
    let by = ("setup", now());
    let known = accounts::named(&mut store.read().await?, name).await?;
    let invited = match known {
        Some(known) => account::invite(store, &known.id, by).await?,
        None => {
            let new = NewAccount {
                id: None,
                name: name.to_owned(),
                display: String::new(),
                language: "en".to_owned(),
                grants: roles.iter().map(|role| role.parse()).collect::<Result<_>>()?,
            };
            account::add(store, &new, by).await?.1
        }
    };
    let token = invited.token.context("an invitation without a token")?;
    let from = Whence { address: "127.0.0.1".to_owned(), agent: "test".to_owned(), known: None };
    let entered = account::redeem(store, &token, (None, None), PASSWORD, &from, now()).await?;
    Ok(Badge { id: entered.account.id, ..Badge::of(&entered.token) })
}

impl Server {
    /// Starts a server, and has kim sign in.
    pub async fn start(store: &Store) -> Result<Server> {
        Server::start_with(store, Site::default()).await
    }

    /// As [`Server::start`], of a site of its own.
    pub async fn start_with(store: &Store, site: Site) -> Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(web::serve(store.clone(), listener, site, async {
            let _ = stopped.await;
        }));
        let kim = let_in(store, "kim", &["targeting_officer", "analyst"]).await?;
        Ok(Server { address, store: store.clone(), stop, ended, kim })
    }

    pub async fn stop(self) -> Result<()> {
        let _ = self.stop.send(());
        self.ended.await?
    }

    /// Lets in somebody with these roles, such as `inspector@030`.
    pub async fn person(&self, name: &str, roles: &[&str]) -> Result<Badge> {
        let_in(&self.store, name, roles).await
    }

    /// Asks as this person.
    pub fn by<'s>(&'s self, badge: &'s Badge) -> Client<'s> {
        Client { server: self, badge }
    }

    /// Sends bytes as they are and reads the answer to its end.
    pub async fn send(&self, request: &[u8]) -> Result<Answer> {
        let mut connection = TcpStream::connect(self.address).await?;
        connection.write_all(request).await?;
        let mut bytes = Vec::new();
        loop {
            if connection.read_buf(&mut bytes).await? == 0 {
                break;
            }
            // A stream of events has no end: its head is the answer.
            let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]).to_lowercase();
            if head.contains("content-type: text/event-stream") && head.contains("\r\n\r\n") {
                let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
                let status = status.context("no status")?;
                return Ok(Answer { status, head, body: String::new() });
            }
        }
        // A file may be no text.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) =
            text.split_once("\r\n\r\n").context("an answer without an end of head")?;
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let body = match head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            true => unchunked(body)?,
            false => body.to_owned(),
        };
        Ok(Answer { status: status.context("no status")?, head: head.to_owned(), body })
    }

    /// Sends bytes and closes the connection without waiting for an answer.
    pub async fn send_and_hang_up(&self, request: &[u8]) -> Result<()> {
        let mut connection = TcpStream::connect(self.address).await?;
        connection.write_all(request).await?;
        connection.shutdown().await?;
        Ok(())
    }

    /// As kim.
    pub async fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> Result<Answer> {
        self.by(&self.kim).ask(method, path, more, body).await
    }

    /// As kim.
    pub async fn send_bytes(&self, path: &str, body: &[u8]) -> Result<Answer> {
        self.by(&self.kim).send_bytes(path, body).await
    }

    /// As kim.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.by(&self.kim).get(path).await
    }

    /// As kim.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.by(&self.kim).post(path, body).await
    }
}

impl Client<'_> {
    pub async fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> Result<Answer> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-length: {}\r\n{}{more}\r\n{body}",
            body.len(),
            self.badge.head
        );
        self.server.send(request.as_bytes()).await
    }

    /// Sends bytes that may be of any kind.
    pub async fn send_bytes(&self, path: &str, body: &[u8]) -> Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/octet-stream\r\ncontent-length: {}\r\n{}\r\n",
            body.len(),
            self.badge.head
        );
        self.server.send(&[head.as_bytes(), body].concat()).await
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "", "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.with("POST", path, body).await
    }

    /// Sends JSON by any method.
    pub async fn with(&self, method: &str, path: &str, body: &Value) -> Result<Answer> {
        self.ask(method, path, "content-type: application/json\r\n", &body.to_string()).await
    }
}

fn unchunked(mut rest: &str) -> Result<String> {
    let mut whole = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n").context("a chunk without its size")?;
        let size = usize::from_str_radix(size, 16)?;
        if size == 0 {
            return Ok(whole);
        }
        whole.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
}

/// The error of an answer that refuses: its code, with the sentence and the next step checked.
#[track_caller]
pub fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    let error = answer.json().unwrap()["error"].clone();
    assert!(error["said"].as_str().is_some_and(|said| said.len() > 10), "{error}");
    error["code"].as_str().unwrap().to_owned()
}
