//! The door: the listener through which connections come, plain or by TLS (rustls with ring, TLS
//! 1.2 and 1.3). Handshakes go on beside each other, so that a slow one holds nobody up, and one
//! that takes too long is dropped.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at once.
const HANDSHAKES: usize = 256;

/// Reads a certificate chain and its key, both in PEM.
///
/// # Errors
/// When a file cannot be read, or the two do not go together.
pub fn tls(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>> {
    let read = |path: &Path| {
        std::fs::read(path).with_context(|| format!("while reading {}", path.display()))
    };
    let chain = CertificateDer::pem_slice_iter(&read(cert)?)
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("{} holds no certificates in PEM", cert.display()))?;
    let key_der = PrivateKeyDer::from_pem_slice(&read(key)?)
        .with_context(|| format!("{} holds no private key in PEM", key.display()))?;
    // The provider is named: the program has this one alone.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key_der)
        .with_context(|| format!("{} and {} do not fit", cert.display(), key.display()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// A listener, plain or by TLS.
pub enum Door {
    /// Plain.
    Plain(TcpListener),
    /// Connections whose handshake is done, and where the listener is.
    Tls(mpsc::Receiver<(Stream, SocketAddr)>, SocketAddr),
}

impl Door {
    /// Opens the door of a listener.
    ///
    /// # Errors
    /// When the listener does not know where it is.
    pub fn open(listener: TcpListener, tls: Option<Arc<ServerConfig>>) -> Result<Door> {
        let Some(config) = tls else { return Ok(Door::Plain(listener)) };
        let address = listener.local_addr()?;
        let (done, connections) = mpsc::channel(HANDSHAKES);
        tokio::spawn(shake_hands(listener, TlsAcceptor::from(config), done));
        Ok(Door::Tls(connections, address))
    }
}

async fn shake_hands(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    done: mpsc::Sender<(Stream, SocketAddr)>,
) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(turn) = turns.clone().acquire_owned().await else { return };
        let (connection, from) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = done.closed() => return,
        };
        let _ = connection.set_nodelay(true);
        let (acceptor, done) = (acceptor.clone(), done.clone());
        tokio::spawn(async move {
            let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(connection)).await;
            if let Ok(Ok(stream)) = shaken {
                let _ = done.send((Stream::Tls(Box::new(stream)), from)).await;
            }
            drop(turn);
        });
    }
}

impl Listener for Door {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        match self {
            Door::Plain(listener) => {
                let (connection, from) = Listener::accept(listener).await;
                // Answers are small: waiting to fill a packet would cost more than the whole
                // request.
                let _ = connection.set_nodelay(true);
                (Stream::Plain(connection), from)
            }
            Door::Tls(connections, _) => match connections.recv().await {
                Some(accepted) => accepted,
                None => std::future::pending().await,
            },
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Door::Plain(listener) => listener.local_addr(),
            Door::Tls(_, address) => Ok(*address),
        }
    }
}

/// A connection, plain or by TLS.
pub enum Stream {
    /// Plain.
    Plain(TcpStream),
    /// By TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

macro_rules! on_stream {
    ($stream:expr, $it:ident => $body:expr) => {
        match $stream.get_mut() {
            Stream::Plain($it) => {
                let $it = Pin::new($it);
                $body
            }
            Stream::Tls($it) => {
                let $it = Pin::new(&mut **$it);
                $body
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        on_stream!(self, it => it.poll_read(task, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        on_stream!(self, it => it.poll_write(task, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        on_stream!(self, it => it.poll_flush(task))
    }

    fn poll_shutdown(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        on_stream!(self, it => it.poll_shutdown(task))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        on_stream!(self, it => it.poll_write_vectored(task, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Peer {
        Peer(*stream.remote_addr())
    }
}
