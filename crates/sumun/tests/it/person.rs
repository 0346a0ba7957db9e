//! Drives the one binary as a person at a terminal does: a verb, its exit code, what it says.
//! Nothing here reaches into the program; what a test wants to see beside that, it asks of the
//! store with plain SQL, as an auditor with access to the database could.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sumun::store::{AssertSqlSafe, Kind, Row, Store, args};

use crate::engines::Place;

/// Someone at a terminal, with one store and a folder of files.
pub struct Person {
    url: String,
    key: PathBuf,
    folder: PathBuf,
}

/// What a command said and how it ended.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Person {
    /// Works on a test's place.
    pub fn at(place: &Place) -> Person {
        let key = place.key();
        let folder = key.parent().expect("the key lies in a folder").to_owned();
        Person { url: place.url.clone(), key, folder }
    }

    /// Works on a SQLite file in a folder.
    pub fn alone(folder: &Path) -> Person {
        let file = folder.join("store.sqlite");
        Person {
            url: format!("sqlite:{}", file.display()),
            key: folder.join("journal.key"),
            folder: folder.to_owned(),
        }
    }

    /// The path of a file in the test's folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Writes a file into the test's folder and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<String> {
        let path = self.path(name);
        std::fs::write(&path, bytes).with_context(|| path.clone())?;
        Ok(path)
    }

    /// Opens the store beside the commands.
    pub async fn open(&self) -> Result<Store> {
        Store::open_with_key(&self.url, &self.key).await
    }

    /// The command, ready to run: no setting of the machine that runs the test reaches it.
    pub fn command<S: AsRef<OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sumun"));
        for name in ["SUMUN_STORE", "SUMUN_JOURNAL_KEY", "SUMUN_LOG", "SUMUN_LOG_JSON"] {
            command.env_remove(name);
        }
        command.env("SUMUN_OFFICER", "han").arg("--store").arg(&self.url);
        command.arg("--journal-key").arg(&self.key).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn says(&self, words: &[&str]) -> Result<Said> {
        said(self.command(words).output()?)
    }

    /// Runs a command that is given `input` on standard input.
    pub fn says_to(&self, words: &[&str], input: &[u8]) -> Result<Said> {
        use std::io::Write;
        let mut child = self.command(words).stdin(Stdio::piped()).spawn()?;
        child.stdin.take().context("standard input")?.write_all(input)?;
        said(child.wait_with_output()?)
    }

    /// Runs a command with `--json` and gives its exit code and the one object it says.
    pub fn json(&self, words: &[&str]) -> Result<(i32, Value)> {
        let words: Vec<&str> = words.iter().copied().chain(["--json"]).collect();
        let said = self.says(&words)?;
        Ok((said.code, said.object().with_context(|| words.join(" "))?))
    }

    /// Runs a command with `--json` that must succeed, and gives the object it says.
    pub fn does(&self, words: &[&str]) -> Result<Value> {
        let (code, json) = self.json(words)?;
        ensure!(code == 0, "`sumun {}` ended with {code}: {json}", words.join(" "));
        Ok(json)
    }

    /// Runs a command that must be refused (exit code 1) with a sentence, and gives that.
    pub fn is_refused(&self, words: &[&str]) -> Result<String> {
        let said = self.says(words)?;
        let wanted = said.code == 1 && said.out.is_empty() && said.err.starts_with("sumun: ");
        ensure!(wanted, "`sumun {}` should be refused: {said:?}", words.join(" "));
        Ok(said.err)
    }
}

fn said(output: std::process::Output) -> Result<Said> {
    let said = Said {
        code: output.status.code().context("the command was killed")?,
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    };
    ensure!(!said.err.contains("panicked"), "the command panicked: {}", said.err);
    Ok(said)
}

impl Said {
    /// The one JSON object on standard output.
    pub fn object(&self) -> Result<Value> {
        let mut values = serde_json::Deserializer::from_str(&self.out).into_iter::<Value>();
        let first = values.next().with_context(|| format!("no JSON at all: {self:?}"))??;
        ensure!(first.is_object(), "JSON, but no object: {first}");
        ensure!(values.next().is_none(), "more than one JSON value: {}", self.out);
        Ok(first)
    }
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}, out `{}`, err `{}`", self.code, self.out.trim(), self.err.trim())
    }
}

/// The one whole number that a query gives.
pub async fn number(store: &Store, sql: &str) -> Result<i64> {
    let mut tx = store.read().await?;
    tx.fetch_one(AssertSqlSafe(sql), args![], |row| row.int(0)).await
}

/// The first column of a query's rows, as text.
pub async fn texts(store: &Store, sql: &str) -> Result<Vec<String>> {
    let mut tx = store.read().await?;
    tx.fetch_all(AssertSqlSafe(sql), args![], |row| Ok(row.text(0)?.to_owned())).await
}

const I: Kind = Kind::Int;
const R: Kind = Kind::Real;
const T: Kind = Kind::Text;

/// A table, what is read of it, and its order.
type Kept = (&'static str, &'static [(&'static str, Kind)], &'static str);

/// What a store holds, table by table and in a known order: everything but the times at which
/// things were done and what hashes them.
const STATE: &[Kept] = &[
    (
        "message",
        &[
            ("id", I),
            ("digest", T),
            ("name", T),
            ("source", T),
            ("format", T),
            ("size_bytes", I),
            ("case when finished_at is null then 0 else 1 end", I),
            ("rows_read", I),
            ("rows_new", I),
            ("rows_amended", I),
            ("rows_unchanged", I),
            ("rows_rejected", I),
        ],
        "id",
    ),
    (
        "declaration",
        &[
            ("reference", T),
            ("source", T),
            ("version", I),
            ("id", I),
            ("first_id", I),
            ("arrived_day", I),
            ("message_id", I),
            ("line", I),
            ("digest", I),
        ],
        "id",
    ),
    (
        "consignment",
        &[
            ("id", I),
            ("first_id", I),
            ("version", I),
            ("reference", T),
            ("office", T),
            ("regime", T),
            ("arrived_at", I),
            ("arrived_day", I),
            ("message_id", I),
            ("line", I),
            ("fate", T),
            ("document", T),
        ],
        "id",
    ),
    (
        "defect",
        &[("message_id", I), ("line", I), ("field", T), ("kind", T), ("reason", T), ("found", T)],
        "message_id, line, field, kind",
    ),
    (
        "history",
        &[("key", I), ("day", I), ("seen", I), ("inspected", I), ("irregular", I), ("critical", I)],
        "key, day",
    ),
    ("unit_value", &[("goods", I), ("month", I), ("step", I), ("seen", I)], "goods, month, step"),
    ("link", &[("key", I), ("pair", I), ("first_day", I)], "key, pair"),
    (
        "assessment",
        &[
            ("consignment_id", I),
            ("arrived_day", I),
            ("model_id", T),
            ("p_irregular", R),
            ("p_critical", R),
            ("lane", T),
            ("reasons", T),
            ("se_irregular", R),
            ("se_critical", R),
        ],
        "consignment_id, model_id",
    ),
    (
        "plan",
        &[
            ("id", I),
            ("office", T),
            ("shift", T),
            ("regime", T),
            ("state", T),
            ("seed", T),
            ("terms", T),
            ("capacity", T),
            ("candidates", I),
            ("drawn", I),
            ("minutes", I),
            ("digest", T),
        ],
        "id",
    ),
    (
        "selection",
        &[
            ("plan_id", I),
            ("consignment_id", I),
            ("position", I),
            ("risk", R),
            ("expected", R),
            ("expected_critical", R),
            ("chance", R),
            ("channel", T),
            ("modality", T),
            ("minutes", I),
            ("detection", R),
            ("drawn", I),
        ],
        "plan_id, consignment_id",
    ),
    (
        "outcome",
        &[
            ("consignment_id", I),
            ("revision", I),
            ("latest", I),
            ("outcome", T),
            ("channel", T),
            ("plan_id", I),
            ("modality", T),
            ("minutes", I),
            ("detection_method", T),
            ("officer", T),
            ("known_day", I),
            ("document", T),
        ],
        "consignment_id, revision",
    ),
    (
        "watchlist",
        &[("id", I), ("name", T), ("office", T), ("format", T), ("file", T), ("sha256", T)],
        "id",
    ),
    (
        "listing",
        &[
            ("id", I),
            ("watchlist_id", I),
            ("reference", T),
            ("kind", T),
            ("name", T),
            ("document", T),
            ("digest", I),
            ("words", T),
        ],
        "id",
    ),
    (
        "listing_key",
        &[("kind", T), ("normal", T), ("listing_id", I), ("text", T), ("valid", I)],
        "kind, normal, listing_id",
    ),
    ("party_record", &[("id", I), ("digest", I), ("document", T), ("words", T)], "id"),
    ("record_key", &[("key", I), ("record_id", I)], "key, record_id"),
    ("record_key_count", &[("key", I), ("records", I)], "key"),
    (
        "party_seen",
        &[("record_id", I), ("consignment_id", I), ("role", T), ("arrived_day", I)],
        "record_id, consignment_id, role",
    ),
    (
        "entity_member",
        &[("record_id", I), ("revision", I), ("latest", I), ("entity_id", I), ("bits", R)],
        "record_id, revision",
    ),
    ("entity_act", &[("id", I), ("entity_id", I), ("other_id", I), ("records", T)], "id"),
    ("journal", &[("seq", I), ("actor", T), ("act", T), ("subject", T), ("body", T)], "seq"),
];

/// One line a table: its name, its rows and a digest of them all, reals bit for bit.
pub async fn state(store: &Store, without: &[&str]) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for (table, columns, order) in STATE.iter().filter(|(table, ..)| !without.contains(table)) {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let sql = format!("select {} from {table} order by {order}", names.join(", "));
        let mut digest = xxhash_rust::xxh3::Xxh3::new();
        let mut tx = store.read().await?;
        let mut rows = tx.rows(AssertSqlSafe(sql), args![])?;
        let mut n = 0;
        while let Some(row) = rows.next().await? {
            for (column, (_, kind)) in columns.iter().enumerate() {
                digest.update(&cell(&row, column, *kind)?);
                digest.update(b"\0");
            }
            n += 1;
        }
        lines.push(format!("{table}: {n} rows, {:016x}", digest.digest()));
    }
    Ok(lines)
}

fn cell(row: &Row, column: usize, kind: Kind) -> Result<Vec<u8>> {
    Ok(match kind {
        Kind::Int => row.int_opt(column)?.map(|n| n.to_le_bytes().to_vec()),
        Kind::Real => row.real_opt(column)?.map(|x| x.to_bits().to_le_bytes().to_vec()),
        Kind::Text => row.text_opt(column)?.map(|text| text.as_bytes().to_vec()),
        Kind::Bytes => row.bytes_opt(column)?.map(<[u8]>::to_vec),
    }
    .unwrap_or_else(|| b"null".to_vec()))
}
