//! Small tables as files: read as an import reads a list, whatever their character set and
//! separator, and written whole or not at all.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use intake::PlainTable;
use tempfile::NamedTempFile;

/// Reads a table whose every row is to be answered.
///
/// # Errors
/// A refusal when it is no table, or a line of it cannot be read.
pub fn plain_table(path: &Path) -> Result<PlainTable> {
    let bytes = fs::read(path).with_context(|| format!("while reading {}", path.display()))?;
    let table = match PlainTable::read(&bytes) {
        Ok(table) => table,
        Err(said) => crate::refuse!("unreadable", "{}: {said}", path.display()),
    };
    if let Some(defect) = table.defects().first() {
        let (path, line) = (path.display(), defect.line);
        crate::refuse!("unreadable", "{path}, line {line}: {}; mend the line", defect.reason);
    }
    Ok(table)
}

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
