//! A window over a stream: the bytes that are being read, with more behind them on demand.
//! What has been taken is let go, so that the window grows with the longest segment and not
//! with the file.

use std::io;

/// Bytes asked of the stream at a time.
const PIECE: usize = 256 * 1024;

pub(crate) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset in the stream of the first byte of the window.
    offset: u64,
    ended: bool,
}

impl<'b> Window<&'b [u8]> {
    /// A window that holds all of some bytes.
    pub(crate) fn of(bytes: &'b [u8]) -> Window<&'b [u8]> {
        let (buffer, end) = (bytes.to_vec(), bytes.len());
        Window { input: b"", buffer, start: 0, end, offset: 0, ended: true }
    }
}

impl<R: io::Read> Window<R> {
    pub(crate) fn new(input: R) -> Window<R> {
        Window { input, buffer: Vec::new(), start: 0, end: 0, offset: 0, ended: false }
    }

    /// What is in the window.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Lets the first bytes go.
    pub(crate) fn take(&mut self, bytes: usize) {
        let bytes = bytes.min(self.end - self.start);
        self.start += bytes;
        self.offset += bytes as u64;
    }

    /// Reads more behind what is there; false at the end of the stream.
    pub(crate) fn more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        // Doubling keeps a long segment from being copied once for each piece of it.
        let want = (self.end + PIECE).max(if self.end > PIECE { self.end * 2 } else { 0 });
        if self.buffer.len() < want {
            self.buffer.resize(want, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(n) => {
                    self.end += n;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads until the window holds so many bytes, or the stream ends.
    pub(crate) fn hold(&mut self, bytes: usize) -> io::Result<()> {
        while self.end - self.start < bytes && self.more()? {}
        Ok(())
    }
}
