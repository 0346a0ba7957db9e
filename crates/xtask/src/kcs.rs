//! A big table out of a small one: the Korea Customs Service rows, over and over, each with an id
//! of its own, so that a million rows can be read that are shaped like real ones.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::workspace::kcs_folder;

/// Ids of the published table have eight digits, so nine are always fresh.
const FIRST_ID: u64 = 100_000_000;

/// `kcs-repeat N OUT [--kcs DIR]`.
///
/// # Errors
/// When the arguments are not understood, or a file cannot be read or written.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let mut folder = None;
    let mut plain = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--kcs" => folder = Some(words.next().ok_or("--kcs wants a folder")?.as_str()),
            flag if flag.starts_with("--") => {
                return Err(format!("kcs-repeat does not know \"{flag}\"; see cargo xtask help"));
            }
            other => plain.push(other),
        }
    }
    let [count, out] = plain.as_slice() else {
        return Err("usage: cargo xtask kcs-repeat N OUT [--kcs DIR]".to_owned());
    };
    let count = count
        .replace('_', "")
        .parse()
        .map_err(|_| format!("\"{count}\" is not a number of rows"))?;
    let source = kcs_folder(folder)?.join("train.csv");
    let failed = |e: io::Error| format!("cannot repeat {} into {out}: {e}", source.display());
    if *out == "-" {
        match repeat(&source, count, io::stdout().lock()) {
            // Whoever read us has seen enough.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {}
            done => done.map_err(failed)?,
        }
    } else {
        write(&source, count, Path::new(out)).map_err(failed)?;
        eprintln!("wrote {count} rows to {out}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the repeated table into a file.
///
/// # Errors
/// When a file cannot be read or written, or is no such table.
pub fn write(source: &Path, count: u64, out: &Path) -> io::Result<()> {
    repeat(source, count, File::create(out)?)
}

fn repeat(source: &Path, count: u64, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, out);
    let mut line = Vec::new();
    let mut written = 0;
    let mut header = true;
    // The source is read again for each turn rather than kept, so any size of it will do.
    loop {
        let mut rows = BufReader::with_capacity(1 << 18, File::open(source)?);
        rows.read_until(b'\n', &mut line)?;
        let name = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if !name.starts_with(b"Declaration ID,") {
            let reason = "its first column is not Declaration ID";
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        if std::mem::take(&mut header) {
            out.write_all(line.trim_ascii_end())?;
            out.write_all(b"\n")?;
        }
        let before = written;
        while written < count {
            line.clear();
            if rows.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let Some(comma) = line.iter().position(|&byte| byte == b',') else { continue };
            write!(out, "{}", FIRST_ID + written)?;
            out.write_all(line[comma..].trim_ascii_end())?;
            out.write_all(b"\n")?;
            written += 1;
        }
        line.clear();
        if written == count {
            return out.flush();
        }
        if written == before {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it has no rows"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &str, count: u64, expected: Option<&str>) {
        let name = format!("xtask-kcs-{}-{:p}.csv", std::process::id(), table);
        let source = std::env::temp_dir().join(name);
        std::fs::write(&source, table).expect("the temporary folder can be written");
        let mut out = Vec::new();
        let done = repeat(&source, count, &mut out);
        std::fs::remove_file(&source).expect("the file was ours");
        assert_eq!(
            done.ok().map(|()| String::from_utf8_lossy(&out).into_owned()).as_deref(),
            expected
        );
    }

    #[test]
    fn rows_repeat_with_fresh_ids() {
        let two = "Declaration ID,Date\n7,a\n8,b\n";
        check(two, 0, Some("Declaration ID,Date\n"));
        check(two, 1, Some("Declaration ID,Date\n100000000,a\n"));
        let five = "Declaration ID,Date\n100000000,a\n100000001,b\n100000002,a\n100000003,b\n\
                    100000004,a\n";
        check(two, 5, Some(five));
        // The last line may lack its end, lines may end in the Windows way, some may be blank.
        check("Declaration ID,Date\n7,a\n8,b", 5, Some(five));
        check(
            "\u{feff}Declaration ID,Date\r\n7,a\r\n\r\n8,b\r\n",
            5,
            Some(&format!("\u{feff}{five}")),
        );
    }

    #[test]
    fn other_tables_are_refused() {
        check("id,Date\n7,a\n", 5, None);
        check("Declaration ID,Date\n", 5, None);
        check("", 5, None);
    }
}
