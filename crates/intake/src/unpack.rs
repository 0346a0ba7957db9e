//! Takes gzip and zstd off a stream, counts the bytes taken from it, and tells a broken
//! compressed stream (a defect of the file) from a failing disk or pipe (an error of the
//! office). What the unpacked bytes mean is read in `table/`.

use std::io::{self, BufReader};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::recognise::Compression;

/// How many bytes have been taken from a stream so far; clones share one count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<AtomicU64>);

impl Progress {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

/// Counts what passes, and remembers whether the stream itself failed.
struct Counted<R> {
    input: R,
    progress: Progress,
    failed: Arc<AtomicU64>,
}

impl<R: io::Read> io::Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.input.read(to) {
            Ok(n) => {
                self.progress.add(n as u64);
                Ok(n)
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.failed.store(1, Ordering::Relaxed);
                }
                Err(error)
            }
        }
    }
}

/// Gzip is buffered in blocks of this size, since its decoder asks for few bytes at a time.
const GZIP_BUFFER_BYTES: usize = 64 * 1024;

enum Decoder<R: io::Read> {
    Plain(Counted<R>),
    Gzip(Box<MultiGzDecoder<BufReader<Counted<R>>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Counted<R>>>>),
}

/// A stream with its compression taken off. It ends early, without an error, where the
/// compressed stream is broken; [`Unpack::damage`] then says so.
pub(crate) struct Unpack<R: io::Read> {
    decoder: Decoder<R>,
    progress: Progress,
    failed: Arc<AtomicU64>,
    damage: Option<String>,
}

impl<R: io::Read> Unpack<R> {
    /// Fails only when the decoder cannot be set up for want of memory.
    pub(crate) fn new(input: R, compression: Compression) -> io::Result<Self> {
        let (progress, failed) = (Progress::default(), Arc::default());
        let counted = Counted { input, progress: progress.clone(), failed: Arc::clone(&failed) };
        let decoder = match compression {
            Compression::Plain => Decoder::Plain(counted),
            Compression::Gzip => {
                let buffered = BufReader::with_capacity(GZIP_BUFFER_BYTES, counted);
                Decoder::Gzip(Box::new(MultiGzDecoder::new(buffered)))
            }
            Compression::Zstd => {
                Decoder::Zstd(Box::new(zstd::stream::read::Decoder::new(counted)?))
            }
        };
        Ok(Unpack { decoder, progress, failed, damage: None })
    }

    /// The count of bytes taken from the packed stream.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Why the compressed stream ended before its end, if it did.
    pub(crate) fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }
}

impl<R: io::Read> io::Read for Unpack<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.damage.is_some() || to.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.decoder {
            Decoder::Plain(input) => input.read(to),
            Decoder::Gzip(input) => input.read(to),
            Decoder::Zstd(input) => input.read(to),
        };
        match read {
            Err(error)
                if error.kind() != io::ErrorKind::Interrupted
                    && self.failed.load(Ordering::Relaxed) == 0 =>
            {
                self.damage = Some(format!("the compressed stream breaks off here ({error})"));
                Ok(0)
            }
            read => read,
        }
    }
}
