//! Small tables as files: read whatever their character set is, and written whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

/// Opens a table as UTF-8 text, whatever its character set is; gives it with its size in bytes. A
/// file in UTF-8 is read as it comes, any other is turned as a whole.
///
/// # Errors
/// A refusal when there is no such file, or it is empty.
pub fn open_text(path: &Path) -> Result<(Box<dyn Read>, Option<u64>)> {
    let reading = || format!("while reading {}", path.display());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => crate::refuse!("unreadable", "{} cannot be read: {error}", path.display()),
    };
    let mut head = Vec::with_capacity(HEAD);
    Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head).with_context(reading)?;
    if head.is_empty() {
        crate::refuse!("unreadable", "{} is empty: its first line names columns", path.display());
    }
    let size = file.metadata().ok().filter(|of| of.is_file()).map(|of| of.len());
    let is_utf8 = match std::str::from_utf8(&head) {
        Ok(_) => true,
        // A character that the head ends within.
        Err(error) => error.error_len().is_none() && head.len() == HEAD,
    };
    if is_utf8 && !head.contains(&0) {
        return Ok((Box::new(io::Cursor::new(head).chain(file)), size));
    }
    file.read_to_end(&mut head).with_context(reading)?;
    let text = intake::text_of(&head);
    let size = text.len() as u64;
    Ok((Box::new(io::Cursor::new(text.into_bytes())), Some(size)))
}

/// So many bytes tell the character set of a table.
const HEAD: usize = 1 << 20;

/// A table on its way out: nothing of it stands at its place before all of it does.
pub struct TableOut {
    to: PathBuf,
    writer: csv::Writer<NamedTempFile>,
}

impl TableOut {
    /// Begins a table that shall stand at `to`.
    ///
    /// # Errors
    /// A refusal when that is one of the files that are read.
    pub fn begin(to: &Path, read: &[&Path]) -> Result<TableOut> {
        let writing = || format!("while writing {}", to.display());
        let place = fs::canonicalize(to).unwrap_or_else(|_| to.to_owned());
        if read.iter().any(|one| fs::canonicalize(one).is_ok_and(|one| one == place)) {
            crate::refuse!(
                "same_file",
                "{} is read and would be overwritten: give `--out` another name",
                to.display()
            );
        }
        let plain = fs::metadata(&place).map_or(true, |known| known.is_file());
        let folder = match place.parent().filter(|folder| plain && folder.components().count() > 0)
        {
            Some(folder) => folder.to_owned(),
            None if plain => PathBuf::from("."),
            // Such as a pipe, beside which nothing can stand.
            None => std::env::temp_dir(),
        };
        let part = tempfile::Builder::new()
            .prefix(".sumun-")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .with_context(writing)?;
        let writer = csv::WriterBuilder::new().flexible(true).from_writer(part);
        Ok(TableOut { to: place, writer })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the disk is full, say.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<()> {
        let writing = || format!("while writing {}", self.to.display());
        self.writer.write_record(cells).with_context(writing)
    }

    /// Puts the table at its place.
    ///
    /// # Errors
    /// When the disk is full, say; then what stood there stays.
    pub fn finish(self) -> Result<()> {
        let TableOut { to, writer } = self;
        let writing = || format!("while writing {}", to.display());
        let part = writer.into_inner().map_err(|error| error.into_error()).with_context(writing)?;
        if fs::metadata(&to).map_or(true, |known| known.is_file()) {
            part.persist(&to).map_err(|error| error.error).with_context(writing)?;
        } else {
            let mut from = part.reopen().with_context(writing)?;
            let mut to = File::options().write(true).open(&to).with_context(writing)?;
            io::copy(&mut from, &mut to).with_context(writing)?;
        }
        Ok(())
    }
}
