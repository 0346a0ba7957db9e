//! `sumun serve`: the API over HTTP until a signal ends it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::{Office, Report};
use crate::web;

/// Serves the API on this machine, until it is told to stop by Ctrl-C or SIGTERM. Every act is
/// journaled under the name of `--as`, since nobody logs in yet.
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
        web::allowed(self.listen)?;
        let store = office.store().await?;
        if office.settings.json {
            // Standard output is for the one JSON object at the end.
            let tell = |url: &str| eprintln!("Sumun listens on {url}");
            web::serve_telling(store, self.listen, &office.actor, tell).await?;
        } else {
            web::serve_at(store, self.listen, &office.actor).await?;
        }
        Ok(Report::new(json!({ "served": true }), "Sumun has stopped."))
    }
}
