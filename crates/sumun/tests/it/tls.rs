//! TLS: the door speaks it with the certificate it was given, and then cookies are for TLS alone.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use sumun::acts::account;
use sumun::config::now;
use sumun::web::{self, Site, door};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use crate::engines::each_engine;
use crate::server::PASSWORD;

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tls").join(name)
}

#[test]
fn the_door_speaks_tls_and_then_cookies_are_for_it_alone() {
    each_engine(async |store| {
        let tls = Some(door::tls(&file("cert.pem"), &file("key.pem"))?);
        assert!(door::tls(&file("cert.pem"), &file("cert.pem")).is_err(), "no key in it");
        let site = Site { hosts: vec!["sumun.test".to_owned()], tls, ..Site::default() };
        assert!(site.allows("0.0.0.0:443".parse()?).is_ok());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let token = account::first_run(&store, now()).await?.expect("a first run");
        let served = tokio::spawn(web::serve(store, listener, site, std::future::pending()));

        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&std::fs::read(file("cert.pem"))?)?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        // One that never shakes hands holds nobody up.
        let _silent = TcpStream::connect(address).await?;
        let ask = async |request: String| -> Result<String> {
            let connector = TlsConnector::from(Arc::new(config.clone()));
            let stream = TcpStream::connect(address).await?;
            let mut stream = connector.connect(ServerName::try_from("localhost")?, stream).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut answer = Vec::new();
            // The server closes the connection without a farewell of TLS.
            let _ = stream.read_to_end(&mut answer).await;
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        let body = format!(r#"{{"token":"{token}","name":"root","password":"{PASSWORD}"}}"#);
        let answer = ask(format!(
            "POST /api/v1/invitations/redeem HTTP/1.1\r\nhost: sumun.test\r\n\
             origin: https://sumun.test\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await?;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("SameSite=Strict; Max-Age=43200; Secure"), "{answer}");
        assert!(answer.contains("strict-transport-security"), "{answer}");
        let plain = "GET /healthz HTTP/1.1\r\nhost: sumun.test\r\norigin: http://sumun.test\r\n\
                     connection: close\r\n\r\n";
        let answer = ask(plain.to_owned()).await?;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        served.abort();
        Ok(())
    });
}
