//! `sumun serve`: the API over HTTP until a signal ends it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{ARRIVAL_DAYS, Office, Report};
use crate::acts::model::SCHEDULER;
use crate::config::now;
use crate::pipeline;
use crate::store::Store;
use crate::store::entities::MACHINE;
use crate::web::{self, Site};

/// Serves the workbench and its API, until it is told to stop by Ctrl-C or SIGTERM. While nobody
/// administers, it prints the link that makes the first administrator.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(
        long,
        env = "SUMUN_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS",
        value_parser = address
    )]
    listen: SocketAddr,
    /// Minutes between looks at what is due: challengers score, the drift watch looks, and a
    /// candidate is learned where enough outcomes have come in. 0 leaves all that to cron.
    #[arg(long, env = "SUMUN_EVERY", default_value_t = 60.0, value_name = "MINUTES")]
    every: f64,
    /// Speaks TLS with this certificate and those that vouch for it, in PEM.
    #[arg(long, env = "SUMUN_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM.
    #[arg(long, env = "SUMUN_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy before it speaks TLS, passes the header Host on, and says in X-Forwarded-For who
    /// asks.
    #[arg(long, env = "SUMUN_BEHIND_PROXY", conflicts_with = "tls_cert")]
    behind_proxy: bool,
    /// A name by which browsers reach it; as often as there are names. Needed where other machines
    /// can reach it.
    #[arg(long = "host", env = "SUMUN_HOSTS", value_name = "NAME", value_delimiter = ',')]
    hosts: Vec<String>,
    /// A day of arrival that a sender says counts only within this many days of its receipt: what
    /// is further off is kept as it was said, with a defect, and worked on as of its receipt.
    #[arg(long, env = "SUMUN_ARRIVAL_DAYS", default_value_t = ARRIVAL_DAYS, value_name = "DAYS",
          value_parser = clap::value_parser!(i32).range(1..=100_000))]
    arrival_days: i32,
    /// The site's name in Korean, for the sign-in page.
    #[arg(long, env = "SUMUN_SITE_KO", value_name = "TEXT", requires = "site_en")]
    site_ko: Option<String>,
    /// The site's name in English.
    #[arg(long, env = "SUMUN_SITE_EN", value_name = "TEXT", requires = "site_ko")]
    site_en: Option<String>,
    /// The issuer of an OpenID Connect provider, by which people may sign in too.
    #[arg(long, env = "SUMUN_OIDC_ISSUER", value_name = "URL", requires = "oidc_client")]
    oidc_issuer: Option<String>,
    /// By which the provider knows this server.
    #[arg(long, env = "SUMUN_OIDC_CLIENT", value_name = "ID", requires = "oidc_secret")]
    oidc_client: Option<String>,
    /// A file with what this server proves that with.
    #[arg(long, env = "SUMUN_OIDC_SECRET", value_name = "FILE", requires = "oidc_issuer")]
    oidc_secret: Option<PathBuf>,
    /// How people call the provider.
    #[arg(long, env = "SUMUN_OIDC_NAME", value_name = "TEXT", default_value = "OpenID Connect")]
    oidc_name: String,
    /// The claim that holds an account's name. Take one that people cannot change themselves.
    #[arg(
        long,
        env = "SUMUN_OIDC_CLAIM",
        value_name = "NAME",
        default_value = "preferred_username"
    )]
    oidc_claim: String,
    /// Who vouches for the provider's certificate, in PEM; the public authorities when left out.
    #[arg(long, env = "SUMUN_OIDC_CA", value_name = "FILE")]
    oidc_ca: Option<PathBuf>,
}

/// Reads `ADDRESS:PORT`, where the address may be `localhost`.
fn address(text: &str) -> Result<SocketAddr, String> {
    if let Some(port) = text.strip_prefix("localhost:") {
        let port = port.parse().map_err(|_| format!("`{port}` is not a port"))?;
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse().map_err(|_| "it needs an address and a port, such as 127.0.0.1:8080".to_owned())
}

impl Serve {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let site = self.site()?;
        site.allows(self.listen)?;
        if !(0.0..=1e6).contains(&self.every) {
            crate::refuse!("every", "{} is not a number of minutes: give 0 or more", self.every);
        }
        let store = office.store().await?;
        let due = tokio::spawn(look_regularly(store.clone(), self.every));
        let resolving = tokio::spawn(resolve_arrivals(store.clone()));
        let served = self.serve(office, store, site).await;
        // A learning that is half way keeps nothing, and is due again at the next start.
        due.abort();
        // A batch that is half way keeps nothing, and is resolved at the next start.
        resolving.abort();
        served?;
        Ok(Report::new(json!({ "served": true }), "Sumun has stopped."))
    }

    fn site(&self) -> Result<Site> {
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Some(web::door::tls(cert, key)?),
            _ => None,
        };
        let sso = match (&self.oidc_issuer, &self.oidc_client, &self.oidc_secret) {
            (Some(issuer), Some(client), Some(secret)) => {
                let read = super::read_text(secret)?;
                Some(Arc::new(web::sso::Sso {
                    issuer: issuer.clone(),
                    client_id: client.clone(),
                    client_secret: read.trim().to_owned(),
                    name: self.oidc_name.clone(),
                    claim: self.oidc_claim.clone(),
                    ca: self.oidc_ca.clone(),
                }))
            }
            _ => None,
        };
        Ok(Site {
            sso,
            hosts: self.hosts.clone(),
            tls,
            behind_proxy: self.behind_proxy,
            demo: false,
            days_around: Some(self.arrival_days),
            name: self.site_ko.clone().zip(self.site_en.clone()),
        })
    }

    async fn serve(&self, office: &Office, store: Store, site: Site) -> Result<()> {
        if office.settings.json {
            // Standard output is for the one JSON object at the end.
            let tell = |said: &str| eprintln!("{said}");
            web::serve_telling(store, self.listen, site, tell).await
        } else {
            web::serve_at(store, self.listen, site).await
        }
    }
}

/// Does what is due, again and again. It never steers a model: that takes a person.
async fn look_regularly(store: Store, minutes: f64) {
    if minutes <= 0.0 {
        return;
    }
    loop {
        tokio::time::sleep(Duration::from_secs_f64(60.0 * minutes)).await;
        if let Err(error) = look(&store).await {
            tracing::warn!("what was due could not be done and is tried again: {error:#}");
        }
    }
}

/// Resolves parties as they arrive, a batch at a time, so that other writers get their turn.
pub async fn resolve_arrivals(store: Store) {
    const PAUSE: Duration = Duration::from_secs(2);
    loop {
        match pipeline::resolve::resolve_some(&store, (MACHINE, now())).await {
            Ok(Some(_)) => tokio::task::yield_now().await,
            Ok(None) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                tracing::warn!("parties could not be resolved and are tried again: {error:#}");
                tokio::time::sleep(30 * PAUSE).await;
            }
        }
    }
}

async fn look(store: &Store) -> Result<()> {
    let by = || (SCHEDULER, now());
    pipeline::shadow(store, by(), |_| {}).await?;
    let drift = pipeline::watch_drift(store, by(), |_| {}).await?;
    if drift.rings > 0 {
        tracing::warn!(drift.rings, "alarms of the drift watch began: `sumun drift` shows them");
    }
    if pipeline::due(store).await?.due {
        let (id, _) = pipeline::learn(store, 1, by(), |_| {}, |_| {}).await?;
        tracing::info!(model.id = %id, "a candidate was due and has been learned");
    }
    Ok(())
}
