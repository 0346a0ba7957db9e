//! The API over HTTP: typed JSON under `/api/v1`, and one page that says what is there.
//! `routes.rs` is the page of routes, `api/` has the handlers with their wire types, `caller.rs`
//! says who asks and what they may do, `reads.rs` journals what is seen, `reception.rs` takes in
//! what arrives in groups, `guard.rs` keeps strangers out, `problem.rs` says what went wrong.
//! Nothing is decided here: handlers call the path and the acts, as the commands do.

pub mod api;
mod assets;
pub mod caller;
pub mod door;
mod events;
mod guard;
mod limits;
mod problem;
mod reads;
mod reception;
mod request;
mod routes;
pub mod sso;

use std::future::Future;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::acts;
use crate::config::now;
use crate::pipeline;
use crate::rights::Rights;
use crate::store::Store;

pub use caller::{Action, Caller, Offices};
pub use guard::Nonce;
pub use problem::Problem;
pub use routes::document;

/// How long open requests may take to end once the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    store: Store,
    reception: reception::Reception,
    /// Journals what callers see; nothing is shown before.
    reads: reads::Reads,
    rights: Arc<Rights>,
    limits: Arc<limits::Limits>,
    site: Arc<Site>,
    events: events::Events,
    screeners: pipeline::dossier::Screeners,
    /// The latest consignments, for who writes a rule.
    samples: pipeline::trial::Samples,
    /// What rules have come to.
    cards: pipeline::rules::Cards,
    titles: pipeline::dossier::Titles,
}

/// How the server is reached, and what it calls itself.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Names under which browsers reach it, besides those that always mean this machine.
    pub hosts: Vec<String>,
    /// Speaks TLS with this.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// A proxy on the way speaks TLS, and says who asks.
    pub behind_proxy: bool,
    /// Its store is the demo's.
    pub demo: bool,
    /// Its name in Korean and English.
    pub name: Option<(String, String)>,
    /// The most days between the day of arrival that a sender says and that of receipt; see
    /// [`pipeline::Terms`].
    pub days_around: Option<i32>,
    /// Vouches for people, beside their passwords.
    pub sso: Option<Arc<sso::Sso>>,
}

impl Site {
    /// Whether browsers reach it by TLS, so that cookies may ask for that.
    fn is_secure(&self) -> bool {
        self.tls.is_some() || self.behind_proxy
    }

    /// Holds that a server may listen there.
    ///
    /// # Errors
    /// A refusal for an address that other machines can reach, when passwords would go over the
    /// wire in the clear or nobody said by which name browsers come.
    pub fn allows(&self, address: SocketAddr) -> Result<()> {
        if address.ip().is_loopback() {
            return Ok(());
        }
        if !self.is_secure() {
            crate::refuse!(
                "not_loopback",
                "Sumun does not listen on {address} without TLS, since passwords would go over \
                 the wire in the clear: give --tls-cert FILE and --tls-key FILE, or say \
                 --behind-proxy when a proxy before it speaks TLS"
            );
        }
        if self.hosts.is_empty() {
            crate::refuse!(
                "no_host",
                "say by which name browsers reach {address}: --host NAME, as often as there are \
                 names"
            );
        }
        Ok(())
    }
}

/// Binds an address, says on standard output where it listens, and serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// As [`serve`], and when the address cannot be had.
pub async fn serve_at(store: Store, listen: SocketAddr, site: Site) -> Result<()> {
    serve_telling(store, listen, site, |said| {
        // A reader that went away does not keep the server from serving.
        let _ = writeln!(std::io::stdout().lock(), "{said}");
    })
    .await
}

/// As [`serve_at`], with the real address, and the link of the first run, told to `tell`.
///
/// # Errors
/// As [`serve_at`].
pub async fn serve_telling(
    store: Store,
    listen: SocketAddr,
    site: Site,
    tell: impl Fn(&str),
) -> Result<()> {
    site.allows(listen)?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("while beginning to listen on {listen}"))?;
    // The signals are caught before the address is told: whoever read it may stop the server.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let scheme = if site.tls.is_some() { "https" } else { "http" };
    let address = listener.local_addr()?;
    let base = match (site.hosts.first(), site.behind_proxy) {
        (Some(host), true) => format!("https://{host}"),
        (Some(host), false) => format!("{scheme}://{host}:{}", address.port()),
        (None, _) => format!("{scheme}://{address}"),
    };
    store.ensure_current().await?;
    if let Some(token) = acts::account::first_run(&store, now()).await? {
        tell(&format!(
            "Nobody administers yet. This link makes the first administrator, once, within a day:\n\
             {base}/#/welcome?token={token}&first"
        ));
    }
    tell(&format!("Sumun listens on {scheme}://{address}"));
    serve(store.clone(), listener, site, async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
    .await?;
    store.close().await;
    Ok(())
}

/// Serves the API on a listener until `shutdown` ends, then lets open requests end. The store must
/// be current.
///
/// # Errors
/// A refusal when the listener can be reached from other machines and must not be; else when the
/// store is not current, a policy does not fit or the listener fails.
pub async fn serve(
    store: Store,
    listener: TcpListener,
    site: Site,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let address = listener.local_addr().context("while asking where the server listens")?;
    site.allows(address)?;
    store.ensure_current().await?;
    let rights = Arc::new(Rights::load()?);
    let (reception, taking_in) = reception::open(store.clone());
    let (reads, writing_down) = reads::open(store.clone());
    let door = door::Door::open(listener, site.tls.clone())?;
    let (limits, site) = (Arc::default(), Arc::new(site));
    pipeline::queue::catch_up(&store).await?;
    let events = events::Events::begin(store.clone());
    let samples = pipeline::trial::Samples::default();
    let cards = pipeline::rules::Cards::default();
    let warming = [
        tokio::spawn(samples.clone().stay_ready(store.clone())),
        tokio::spawn(cards.clone().stay_ready(store.clone())),
    ];
    let app = App {
        store,
        reception,
        reads,
        rights,
        limits,
        site,
        events: events.clone(),
        screeners: pipeline::dossier::Screeners::default(),
        samples,
        cards,
        titles: pipeline::dossier::Titles::default(),
    };

    let stopping = Arc::new(Notify::new());
    let told = stopping.clone();
    let service = routes::router(app).into_make_service_with_connect_info::<door::Peer>();
    let serving = axum::serve(door, service).with_graceful_shutdown(async move {
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
    // Columns that are half made are made by whoever asks next.
    warming.iter().for_each(tokio::task::JoinHandle::abort);
    // The last request's senders are gone, so what was taken in is stored and the tasks end.
    let rest = async { tokio::join!(taking_in, writing_down) };
    if tokio::time::timeout(GRACE, rest).await.is_err() {
        tracing::warn!("the last group was still being stored when the server ended");
    }
    Ok(())
}
