//! The API over HTTP: typed JSON under `/api/v1`, and one page that says what is there.
//! `routes.rs` is the page of routes, `api/` has the handlers with their wire types, `reception.rs`
//! takes in what arrives in groups, `guard.rs` keeps strangers out, `problem.rs` says what went
//! wrong. Nothing is decided here: handlers call the path and the acts, as the commands do.

pub mod api;
mod assets;
mod events;
mod guard;
mod problem;
mod reception;
mod request;
mod routes;

use std::future::Future;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::pipeline;
use crate::store::Store;

pub use problem::Problem;
pub use routes::document;

/// How long open requests may take to end once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    store: Store,
    /// Who acts, for the journal: nobody logs in yet, so all acts are the operator's.
    actor: Arc<str>,
    reception: reception::Reception,
    events: events::Events,
}

impl App {
    /// Who acts and when, for the journal.
    fn by(&self) -> (&str, i64) {
        (&self.actor, crate::config::now())
    }
}

/// Holds that a server may listen there.
///
/// # Errors
/// A refusal for every address that other machines can reach.
pub fn allowed(address: SocketAddr) -> Result<()> {
    if !address.ip().is_loopback() {
        crate::refuse!(
            "not_loopback",
            "Sumun does not listen on {address}: nobody has to log in yet, so whoever reaches the \
             address could plan and record in your name. Listen on 127.0.0.1, and let a tunnel or \
             a proxy with logins of its own lead to it"
        );
    }
    Ok(())
}

/// Binds an address, says on standard output where it listens, and serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// As [`serve`], and when the address cannot be had.
pub async fn serve_at(store: Store, listen: SocketAddr, actor: &str) -> Result<()> {
    serve_telling(store, listen, actor, |url| {
        // A reader that went away does not keep the server from serving.
        let _ = writeln!(std::io::stdout().lock(), "Sumun listens on {url}");
    })
    .await
}

/// As [`serve_at`], with the real address told to `tell`.
///
/// # Errors
/// As [`serve_at`].
pub async fn serve_telling(
    store: Store,
    listen: SocketAddr,
    actor: &str,
    tell: impl FnOnce(&str),
) -> Result<()> {
    allowed(listen)?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("while beginning to listen on {listen}"))?;
    // The signals are caught before the address is told: whoever read it may stop the server.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tell(&format!("http://{}", listener.local_addr()?));
    serve(store.clone(), listener, actor.to_owned(), async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
    .await?;
    store.close().await;
    Ok(())
}

/// Serves the API on a listener until `shutdown` ends, then lets open requests end. All acts are
/// journaled as `actor`'s. The store must be current.
///
/// # Errors
/// A refusal when the listener can be reached from other machines; else when the store is not
/// current or the listener fails.
pub async fn serve(
    store: Store,
    listener: TcpListener,
    actor: String,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let address = listener.local_addr().context("while asking where the server listens")?;
    allowed(address)?;
    store.ensure_current().await?;
    let actor: Arc<str> = actor.into();
    let (reception, taking_in) = reception::open(store.clone(), actor.clone());
    pipeline::queue::catch_up(&store).await?;
    let events = events::Events::begin(store.clone());
    let app = App { store, actor, reception, events: events.clone() };

    let stopping = Arc::new(Notify::new());
    let told = stopping.clone();
    let listener = listener.tap_io(|connection| {
        // Answers are small: waiting to fill a packet would cost more than the whole request.
        let _ = connection.set_nodelay(true);
    });
    let serving = axum::serve(listener, routes::router(app)).with_graceful_shutdown(async move {
        shutdown.await;
        // A stream of events would never end by itself.
        events.end();
        told.notify_one();
    });
    let overdue = async {
        stopping.notified().await;
        tokio::time::sleep(GRACE).await;
    };
    tracing::info!(%address, "serving the API");
    tokio::select! {
        ended = serving.into_future() => ended.context("while serving the API")?,
        () = overdue => tracing::warn!("some requests did not end in time and were cut off"),
    }
    // The last request's senders are gone, so what was taken in is stored and the task ends.
    if tokio::time::timeout(GRACE, taking_in).await.is_err() {
        tracing::warn!("the last group was still being stored when the server ended");
    }
    Ok(())
}
