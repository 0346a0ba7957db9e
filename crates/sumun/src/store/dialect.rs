//! What differs between SQLite and Postgres, and nothing else: how to connect, the few words of
//! SQL that have no portable form, and the fastest way in for many rows. No other file of the
//! store may ask which engine it runs on. `mod.rs` is the face of it all.
//!
//! Markers in a query's text, replaced before it is sent:
//!
//! | marker | SQLite | Postgres |
//! |---|---|---|
//! | `{in $1}` | `in (select value from json_each($1))` | `= any($1)` |
//! | `{least}`, `{greatest}` | `min`, `max` | `least`, `greatest` |
//! | `{position}` | `instr` | `strpos` |
//! | `{bytewise}` | `collate binary` | `collate "C"` |
//! | `{for update}` | nothing: the one writer has locked all | `for update` |
//!
//! In migrations, lines that begin with `-- sqlite: ` or `-- postgres: ` are live on that engine
//! only, and SQLite gets `integer primary key` for `bigint primary key` (so that the key is the
//! row's own number, not a second index) and `blob` for `bytea`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{
    PgArgumentBuffer, PgArguments, PgConnectOptions, PgPoolOptions, PgTypeInfo, PgValueRef,
};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Encode, Executor, Postgres, SqlSafeStr, SqlStr,
    Sqlite, Type, TypeInfo, ValueRef,
};

use super::{Conn, Db, Engine, Kind, Tx, Value};

/// Long enough for the longest batch ahead in the queue; after that something is wrong.
const WRITER_PATIENCE: Duration = Duration::from_secs(300);
/// For another process that writes to the same file, such as a command beside the server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
/// The bulk statements come in a few sizes a table; all of them stay prepared.
const STATEMENTS: usize = 512;
/// Rows that wait between SQLite's thread and ours: few make the two threads take turns.
const ROWS_AHEAD: usize = 2048;

/// What opening a store gives: the pools, the place in words, the key's path when the engine
/// has a natural one, and the folder that must live as long as a temporary store.
type Opened = (Db, String, Option<PathBuf>, Option<tempfile::TempDir>);

pub(super) async fn open(url: &str) -> Result<Opened> {
    if url == "sqlite::memory:" {
        // A shared in-memory database has no WAL, so its readers would block its writer. A file
        // in a temporary folder behaves as the real one does.
        let folder = tempfile::tempdir().context("while making a temporary store")?;
        let path = folder.path().join("sumun.sqlite");
        let (db, place, key, _) = open_sqlite(&path, SqliteSynchronous::Off).await?;
        Ok((db, place, key, Some(folder)))
    } else if let Some(path) = url.strip_prefix("sqlite:") {
        let path = Path::new(path.strip_prefix("//").unwrap_or(path));
        ensure!(!path.as_os_str().is_empty(), "sqlite: needs the path of a file");
        // Full, because a message is acknowledged once it is stored, and must survive a power cut.
        open_sqlite(path, SqliteSynchronous::Full).await
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        open_postgres(url).await
    } else {
        bail!("a store is sqlite:PATH or postgres://USER@HOST/DATABASE");
    }
}

async fn open_sqlite(path: &Path, synchronous: SqliteSynchronous) -> Result<Opened> {
    let opening = || format!("while opening the store {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(opening)?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory")
        // Checkpoints of the log cost a sync each; 32 MB between them suits large batches.
        .pragma("wal_autocheckpoint", "8192")
        .pragma("journal_size_limit", "134217728")
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(ROWS_AHEAD)
        .thread_name(|n| format!("sqlite-{n}"))
        .disable_statement_logging();
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(WRITER_PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    // The writer comes first: it makes the file and puts it in WAL mode.
    let write = pool()
        .max_connections(1)
        .connect_with(options.clone().create_if_missing(true))
        .await
        .with_context(opening)?;
    let read =
        pool().max_connections(SQLITE_READERS).connect_lazy_with(options.pragma("query_only", "1"));
    let mut key = path.as_os_str().to_owned();
    key.push(".key");
    Ok((Db::Sqlite { read, write }, path.display().to_string(), Some(key.into()), None))
}

async fn open_postgres(url: &str) -> Result<Opened> {
    let options: PgConnectOptions = url.parse().context("while reading the store's URL")?;
    let options = options
        .application_name("sumun")
        // Compiling a query costs more than our queries do.
        .options([("jit", "off")])
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let database = options.get_database().unwrap_or(options.get_username());
    let place = format!("postgres {database} at {host}:{}", options.get_port());
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(WRITER_PATIENCE)
        .connect_with(options)
        .await
        .with_context(|| format!("while opening the store {place}"))?;
    Ok((Db::Postgres(pool), place, None, None))
}

/// The text of a query for one engine: its markers replaced.
pub(super) fn portable(engine: Engine, sql: SqlStr) -> SqlStr {
    let text = sql.as_str();
    if !text.contains('{') {
        return sql;
    }
    let sqlite = engine == Engine::Sqlite;
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find('}').map_or(rest.len(), |end| end + 1);
        match &rest[..end] {
            "{least}" => out.push_str(if sqlite { "min" } else { "least" }),
            "{greatest}" => out.push_str(if sqlite { "max" } else { "greatest" }),
            "{position}" => out.push_str(if sqlite { "instr" } else { "strpos" }),
            "{bytewise}" => out.push_str(if sqlite { "collate binary" } else { "collate \"C\"" }),
            "{for update}" => out.push_str(if sqlite { "" } else { "for update" }),
            marker => match marker.strip_prefix("{in ").and_then(|it| it.strip_suffix('}')) {
                Some(place) if sqlite => {
                    out.push_str("in (select value from json_each(");
                    out.push_str(place);
                    out.push_str("))");
                }
                Some(place) => {
                    out.push_str("= any(");
                    out.push_str(place);
                    out.push(')');
                }
                // Some other brace, such as JSON in a literal.
                None => {
                    out.push('{');
                    rest = &rest[1..];
                    continue;
                }
            },
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    AssertSqlSafe(out).into_sql_str()
}

/// The text of a migration for one engine.
pub(super) fn script(engine: Engine, text: &str) -> String {
    let (live, dead) = match engine {
        Engine::Sqlite => ("-- sqlite: ", "-- postgres: "),
        Engine::Postgres => ("-- postgres: ", "-- sqlite: "),
    };
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let bare = line.trim_start();
        if bare.starts_with(dead) {
            continue;
        }
        let line = bare.strip_prefix(live).unwrap_or(line);
        if engine == Engine::Sqlite {
            let line = line.replace("bigint primary key", "integer primary key");
            out.push_str(&line.replace(" bytea", " blob"));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// Runs a script of several statements without values.
pub(super) async fn run_script(tx: &mut Tx, text: &str) -> Result<()> {
    let query = sqlx::raw_sql(AssertSqlSafe(script(tx.engine(), text)));
    match &mut tx.conn {
        Conn::Sqlite(conn) => (&mut **conn).execute(query).await.map(drop),
        Conn::Postgres(conn) => (&mut **conn).execute(query).await.map(drop),
    }
    .map_err(Into::into)
}

/// Keeps other processes from migrating until this transaction ends. On SQLite the writing
/// transaction alone does that.
pub(super) async fn lock_schema(tx: &mut Tx) -> Result<()> {
    if tx.engine() == Engine::Postgres {
        // The number is only a name: "sumun" in ASCII.
        tx.execute("select pg_advisory_xact_lock(495790748014)", &[]).await?;
    }
    Ok(())
}

/// Whether a table is there.
pub(super) async fn has_table(tx: &mut Tx, table: &str) -> Result<bool> {
    let sql = match tx.engine() {
        Engine::Sqlite => "select count(*) > 0 from sqlite_master where name = $1",
        Engine::Postgres => "select to_regclass($1) is not null",
    };
    tx.fetch_one(sql, &[Value::from(table)], |row| row.flag(0)).await
}

/// Everything the database says about its schema, a sorted line each, in the engine's own words:
/// two stores with equal catalogues have the same tables, columns, types, keys and indexes.
pub(super) async fn catalogue(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select 'column ' || t.name || '.' || c.name || ' ' || lower(c.type)
                || ' notnull=' || c.\"notnull\" || ' pk=' || c.pk
                || ' default=' || coalesce(c.dflt_value, '') as line
             from sqlite_master t join pragma_table_xinfo(t.name) c
             where t.type = 'table' and t.name not like 'sqlite_%'
             union all
             select 'foreign key ' || t.name || '.' || f.\"from\" || ' to ' || f.\"table\"
                || '.' || coalesce(f.\"to\", '') || ' ' || f.on_update || ' ' || f.on_delete
             from sqlite_master t join pragma_foreign_key_list(t.name) f
             where t.type = 'table'
             union all
             select 'index of ' || t.name || ' ' || coalesce(s.sql, i.origin) || ' unique='
                || i.\"unique\" || ' (' || (select group_concat(coalesce(name, '?'), ', ')
                from pragma_index_info(i.name)) || ')'
             from sqlite_master t join pragma_index_list(t.name) i
             left join sqlite_master s on s.type = 'index' and s.name = i.name
             where t.type = 'table'
             union all
             select type || ' ' || name || ' ' || sql
             from sqlite_master
             where type in ('view', 'trigger')
             union all
             select 'table ' || name || ' without rowid=' || wr || ' strict=' || strict
             from pragma_table_list
             where schema = 'main' and name not like 'sqlite_%'"
        }
        Engine::Postgres => {
            "select 'column ' || c.table_name || '.' || c.column_name || ' ' || c.data_type
                || ' nullable=' || c.is_nullable || ' default=' || coalesce(c.column_default, '')
             from information_schema.columns c
             where c.table_schema = current_schema()
             union all
             select 'constraint of ' || r.relname || ' ' || k.contype::text || ' '
                || pg_get_constraintdef(k.oid)
             from pg_constraint k
             join pg_class r on r.oid = k.conrelid
             where k.connamespace = current_schema()::regnamespace
             union all
             select 'index ' || indexdef from pg_indexes where schemaname = current_schema()
             union all
             select 'partitions of ' || p.partrelid::regclass::text || ' by '
                || pg_get_partkeydef(p.partrelid)
             from pg_partitioned_table p
             union all
             select 'view ' || viewname || ' ' || definition
             from pg_views where schemaname = current_schema()
             union all
             select 'trigger ' || pg_get_triggerdef(t.oid)
             from pg_trigger t where not t.tgisinternal"
        }
    };
    let mut lines = tx
        .fetch_all(sql, &[], |row| {
            Ok(row.text(0)?.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .await?;
    lines.sort();
    Ok(lines)
}

/// A partition's name and the statement that makes it, for a table partitioned by days since
/// 1970-01-01.
pub(super) fn month_partition(table: &str, year: i16, month: i8) -> Result<(String, String)> {
    plain_name(table)?;
    let first = jiff::civil::Date::new(year, month, 1)
        .with_context(|| format!("there is no month {year}-{month}"))?;
    let next = first.last_of_month().tomorrow().context("the month is beyond the calendar")?;
    let epoch = jiff::civil::date(1970, 1, 1);
    let day = |date: jiff::civil::Date| date.duration_since(epoch).as_hours() / 24;
    let name = format!("{table}_{year:04}_{month:02}");
    let sql = format!(
        "create table if not exists {name} partition of {table} \
         for values from ({}) to ({})",
        day(first),
        day(next)
    );
    Ok((name, sql))
}

/// Table and column names reach SQL as they are, so they must be plain words.
fn plain_name(name: &str) -> Result<()> {
    let plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    ensure!(plain && !name.is_empty(), "{name:?} is no name of a table or column");
    Ok(())
}

/// Postgres refuses NUL in text, so that both engines keep the same, SQLite refuses it too.
fn plain_text(text: &str) -> Result<()> {
    ensure!(!text.as_bytes().contains(&0), "a text holds the character NUL");
    Ok(())
}

/// Values as SQLite binds them: lists go as JSON, for `json_each`.
pub(super) fn sqlite_arguments(values: &[Value<'_>]) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Ints(keys) => {
                let mut json = String::with_capacity(keys.len() * 8 + 2);
                json.push('[');
                for (n, key) in keys.iter().enumerate() {
                    write!(json, "{}{key}", if n == 0 { "" } else { "," })?;
                }
                json.push(']');
                add::<Sqlite, _>(&mut arguments, json)?;
            }
            Value::Texts(keys) => {
                add::<Sqlite, _>(&mut arguments, serde_json::to_string(keys)?)?;
            }
            plain => add_plain!(Sqlite, &mut arguments, plain),
        }
    }
    Ok(arguments)
}

/// Values as Postgres binds them: lists go as arrays, for `any`.
pub(super) fn postgres_arguments(values: &[Value<'_>]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Ints(keys) => add::<Postgres, _>(&mut arguments, &**keys)?,
            Value::Texts(keys) => add::<Postgres, _>(&mut arguments, keys.as_slice())?,
            plain => add_plain!(Postgres, &mut arguments, plain),
        }
    }
    Ok(arguments)
}

/// Binds one value that is not a list; a null keeps its type.
macro_rules! add_plain {
    ($db:ty, $arguments:expr, $value:expr) => {
        match $value {
            Value::Int(value) => add::<$db, _>($arguments, *value)?,
            Value::Real(value) => add::<$db, _>($arguments, *value)?,
            Value::Text(value) => {
                value.as_deref().map_or(Ok(()), plain_text)?;
                add::<$db, _>($arguments, value.as_deref())?;
            }
            Value::Bytes(value) => add::<$db, _>($arguments, value.as_deref())?,
            Value::Ints(_) | Value::Texts(_) => {
                bail!("a list can only be looked in, by {{in $n}}")
            }
        }
    };
}
use add_plain;

fn add<'v, DB, T>(arguments: &mut DB::Arguments, value: T) -> Result<()>
where
    DB: sqlx::Database,
    T: Encode<'v, DB> + Type<DB>,
{
    arguments.add(value).map_err(|error| anyhow::anyhow!("while binding a value: {error}"))
}

/// An integer of any width, or a truth value, from a Postgres column.
pub(super) fn postgres_int(value: PgValueRef<'_>, column: usize) -> Result<i64> {
    let kind = value.type_info();
    let whole = matches!(kind.name(), "INT8" | "INT4" | "INT2" | "BOOL");
    ensure!(whole, "column {column} is {}, not i64", kind.name());
    drop(kind);
    let bytes = value.as_bytes().map_err(|error| anyhow::anyhow!("column {column}: {error}"))?;
    Ok(match *bytes {
        [a, b, c, d, e, f, g, h] => i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        [a, b, c, d] => i32::from_be_bytes([a, b, c, d]).into(),
        [a, b] => i16::from_be_bytes([a, b]).into(),
        [a] => a.into(),
        _ => bail!("column {column} has an integer of {} bytes", bytes.len()),
    })
}

/// Rows on their way into one table.
pub(super) struct Insert {
    engine: Engine,
    kinds: Arc<[Kind]>,
    /// SQLite: `insert into t (a, b) values `. Postgres: the whole statement.
    head: String,
    /// SQLite: what follows the values.
    tail: String,
    /// SQLite: rows in a full statement.
    rows_at_once: usize,
    full: Option<Arc<str>>,
    copy: bool,
    taken: u64,
}

/// Rows that go together, in the form the engine takes them.
pub(super) struct Batch {
    kinds: Arc<[Kind]>,
    rows: usize,
    form: Form,
}

enum Form {
    /// Values row by row, and how many rows fill the batch.
    Sqlite(Vec<Bound>, usize),
    /// The binary form of `copy`.
    Copy(Vec<u8>),
    /// An array a column, in its binary form.
    Arrays(Vec<Vec<u8>>),
}

/// A value that SQLite's thread can take over without copying it again.
enum Bound {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<Arc<str>>),
    Bytes(Option<Vec<u8>>),
}

/// Values in one SQLite statement. Measured with `examples/store_speed.rs`: 384 to 3,072 are
/// alike, 96 are a third slower, single rows five times. Fewer are sooner prepared.
const SQLITE_VALUES: usize = 512;
/// Bytes of one `copy`: a whole batch of declarations. The driver leaves Nagle's algorithm on, and
/// at the end of each `copy` over TCP it waits some 40 ms for an acknowledgement; so they are few.
const COPY_BYTES: usize = 16 << 20;
/// Fewer rows than these are inserted by one statement, which waits for nothing.
pub(super) const COPY_LEAST: usize = 256;
/// Rows of one `insert ... select from unnest`.
const ARRAY_ROWS: usize = 50_000;
/// Bytes of one of its columns.
const ARRAY_BYTES: usize = 2 << 20;

impl Insert {
    pub(super) fn new(
        engine: Engine,
        table: &str,
        columns: &[(&str, Kind)],
        conflict: &str,
        few: bool,
    ) -> Result<Insert> {
        plain_name(table)?;
        ensure!(!columns.is_empty(), "an insert into {table} needs columns");
        columns.iter().try_for_each(|(name, _)| plain_name(name))?;
        let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let kinds: Arc<[Kind]> = columns.iter().map(|(_, kind)| *kind).collect();
        let conflict = portable(engine, AssertSqlSafe(conflict).into_sql_str());
        let conflict = conflict.as_str();
        let copy = engine == Engine::Postgres && conflict.is_empty() && !few;
        let (head, tail) = match engine {
            Engine::Sqlite => {
                (format!("insert into {table} ({names}) values "), format!(" {conflict}"))
            }
            Engine::Postgres if copy => {
                (format!("copy {table} ({names}) from stdin (format binary)"), String::new())
            }
            Engine::Postgres => {
                let arrays = kinds
                    .iter()
                    .enumerate()
                    .map(|(n, kind)| format!("${}::{}[]", n + 1, postgres_type(*kind)));
                let arrays = arrays.collect::<Vec<_>>().join(", ");
                let sql = format!(
                    "insert into {table} ({names}) select * from unnest({arrays}) {conflict}"
                );
                (sql, String::new())
            }
        };
        // A power of two, so that what is left over goes in by few statements, all prepared.
        let rows_at_once = (SQLITE_VALUES / columns.len()).next_power_of_two().max(1);
        Ok(Insert { engine, kinds, head, tail, rows_at_once, full: None, copy, taken: 0 })
    }

    /// An empty batch.
    pub(super) fn batch(&self) -> Batch {
        let form = if self.engine == Engine::Sqlite {
            Form::Sqlite(Vec::new(), self.rows_at_once)
        } else if self.copy {
            Form::Copy(Vec::new())
        } else {
            Form::Arrays(self.kinds.iter().map(|_| Vec::new()).collect())
        };
        Batch { kinds: self.kinds.clone(), rows: 0, form }
    }

    /// Sends a full batch.
    pub(super) async fn send(&mut self, conn: &mut Conn, batch: Batch) -> Result<()> {
        let rows = batch.rows;
        self.taken += match (conn, batch.form) {
            (Conn::Sqlite(conn), Form::Sqlite(values, _)) => {
                let sql = match &self.full {
                    Some(sql) if rows == self.rows_at_once => sql.clone(),
                    _ => self.sqlite_text(rows),
                };
                if rows == self.rows_at_once {
                    self.full = Some(sql.clone());
                }
                let mut arguments = SqliteArguments::default();
                arguments.reserve(values.len(), 0);
                for value in values {
                    match value {
                        Bound::Int(value) => add::<Sqlite, _>(&mut arguments, value)?,
                        Bound::Real(value) => add::<Sqlite, _>(&mut arguments, value)?,
                        Bound::Text(value) => add::<Sqlite, _>(&mut arguments, value)?,
                        Bound::Bytes(value) => add::<Sqlite, _>(&mut arguments, value)?,
                    }
                }
                let query = sqlx::query_with::<Sqlite, _>(AssertSqlSafe(sql), arguments);
                (&mut **conn).execute(query).await?.rows_affected()
            }
            (Conn::Postgres(conn), Form::Copy(mut bytes)) => {
                bytes.extend((-1_i16).to_be_bytes());
                let mut copy = conn.copy_in_raw(&self.head).await?;
                copy.send(bytes).await?;
                copy.finish().await?
            }
            (Conn::Postgres(conn), Form::Arrays(columns)) => {
                let mut arguments = PgArguments::default();
                for (&kind, elements) in self.kinds.iter().zip(columns) {
                    add::<Postgres, _>(&mut arguments, Array { kind, rows, elements })?;
                }
                let sql = AssertSqlSafe(self.head.as_str());
                let query = sqlx::query_with::<Postgres, _>(sql, arguments);
                (&mut **conn).execute(query).await?.rows_affected()
            }
            _ => bail!("a batch was made for the other engine"),
        };
        Ok(())
    }

    /// Sends the last batch, full or not, and gives the number of rows taken in all.
    pub(super) async fn finish(mut self, conn: &mut Conn, batch: Batch) -> Result<u64> {
        if batch.rows == 0 {
            return Ok(self.taken);
        }
        let Batch { kinds, mut rows, form } = batch;
        let Form::Sqlite(mut values, limit) = form else {
            self.send(conn, Batch { kinds, rows, form }).await?;
            return Ok(self.taken);
        };
        while rows > 0 {
            // The largest power of two: sizes that recur, so that their statements stay prepared.
            let part = 1 << rows.ilog2();
            let rest = values.split_off(part * kinds.len());
            let form = Form::Sqlite(std::mem::replace(&mut values, rest), limit);
            self.send(conn, Batch { kinds: kinds.clone(), rows: part, form }).await?;
            rows -= part;
        }
        Ok(self.taken)
    }

    /// Unnumbered placeholders, because SQLite looks numbered ones up by their names.
    fn sqlite_text(&self, rows: usize) -> Arc<str> {
        let row = format!("({})", vec!["?"; self.kinds.len()].join(","));
        format!("{}{}{}", self.head, vec![row.as_str(); rows].join(","), self.tail).into()
    }
}

impl Batch {
    /// Whether it is time to send.
    pub(super) fn is_full(&self) -> bool {
        match &self.form {
            Form::Sqlite(_, limit) => self.rows == *limit,
            Form::Copy(bytes) => bytes.len() >= COPY_BYTES,
            Form::Arrays(columns) => {
                self.rows >= ARRAY_ROWS || columns.iter().any(|column| column.len() >= ARRAY_BYTES)
            }
        }
    }

    /// Adds a row, whose values must be of the columns' kinds.
    pub(super) fn push(&mut self, row: &[Value<'_>]) -> Result<()> {
        if let Form::Copy(bytes) = &mut self.form {
            if bytes.is_empty() {
                bytes.reserve(1 << 20);
                bytes.extend(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
            }
            bytes.extend((row.len() as i16).to_be_bytes());
        }
        for (n, (value, kind)) in row.iter().zip(&*self.kinds).enumerate() {
            match (kind, value) {
                (Kind::Int, Value::Int(_))
                | (Kind::Real, Value::Real(_))
                | (Kind::Bytes, Value::Bytes(_))
                | (Kind::Text, Value::Text(None)) => {}
                (Kind::Text, Value::Text(Some(text))) => plain_text(text)?,
                _ => bail!("column {n} is {kind:?}, which {value:?} is not"),
            }
            match &mut self.form {
                Form::Sqlite(values, limit) => {
                    if values.is_empty() {
                        values.reserve_exact(*limit * row.len());
                    }
                    values.push(match value {
                        Value::Int(value) => Bound::Int(*value),
                        Value::Real(value) => Bound::Real(*value),
                        Value::Text(value) => Bound::Text(value.as_deref().map(Arc::from)),
                        Value::Bytes(value) => Bound::Bytes(value.as_deref().map(<[u8]>::to_vec)),
                        Value::Ints(_) | Value::Texts(_) => bail!("a list is no column"),
                    });
                }
                Form::Copy(bytes) => put(bytes, value)?,
                Form::Arrays(columns) => put(&mut columns[n], value)?,
            }
        }
        self.rows += 1;
        Ok(())
    }
}

/// A value in Postgres's binary form: its length, or -1 for null, and its bytes.
fn put(out: &mut Vec<u8>, value: &Value<'_>) -> Result<()> {
    let bytes = match value {
        Value::Int(Some(value)) => {
            out.extend(8_i32.to_be_bytes());
            out.extend(value.to_be_bytes());
            return Ok(());
        }
        Value::Real(Some(value)) => {
            out.extend(8_i32.to_be_bytes());
            out.extend(value.to_be_bytes());
            return Ok(());
        }
        Value::Text(Some(text)) => text.as_bytes(),
        Value::Bytes(Some(bytes)) => bytes,
        _ => {
            out.extend((-1_i32).to_be_bytes());
            return Ok(());
        }
    };
    let length = i32::try_from(bytes.len()).context("a value is larger than 2 GB")?;
    out.extend(length.to_be_bytes());
    out.extend(bytes);
    Ok(())
}

/// A one-dimensional Postgres array whose elements are in their binary form already.
struct Array {
    kind: Kind,
    rows: usize,
    elements: Vec<u8>,
}

fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "bigint",
        Kind::Real => "double precision",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
    }
}

impl Type<Postgres> for Array {
    fn type_info() -> PgTypeInfo {
        // Overruled by `produces`, since the type differs from value to value.
        <Vec<i64> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Array {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // Object identifiers of int8, float8, text and bytea, fixed in every Postgres.
        let element: i32 = match self.kind {
            Kind::Int => 20,
            Kind::Real => 701,
            Kind::Text => 25,
            Kind::Bytes => 17,
        };
        for head in [1, 1, element, self.rows.try_into()?, 1] {
            buf.extend(i32::to_be_bytes(head));
        }
        buf.extend(&self.elements);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(match self.kind {
            Kind::Int => <Vec<i64> as Type<Postgres>>::type_info(),
            Kind::Real => <Vec<f64> as Type<Postgres>>::type_info(),
            Kind::Text => <Vec<String> as Type<Postgres>>::type_info(),
            Kind::Bytes => <Vec<Vec<u8>> as Type<Postgres>>::type_info(),
        })
    }

    fn size_hint(&self) -> usize {
        self.elements.len() + 20
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &'static str, sqlite: &str, postgres: &str) {
        assert_eq!(portable(Engine::Sqlite, sql.into_sql_str()).as_str(), sqlite);
        assert_eq!(portable(Engine::Postgres, sql.into_sql_str()).as_str(), postgres);
    }

    #[test]
    fn markers_become_what_each_engine_says() {
        check("select 1", "select 1", "select 1");
        check(
            "a {in $2} and b = 1",
            "a in (select value from json_each($2)) and b = 1",
            "a = any($2) and b = 1",
        );
        check("{least}(a, {greatest}(b, c))", "min(a, max(b, c))", "least(a, greatest(b, c))");
        check("order by a {bytewise}", "order by a collate binary", "order by a collate \"C\"");
        check("x {for update}", "x ", "x for update");
        check(
            "body = '{}' or '{\"a\": {in $1}}'",
            "body = '{}' or '{\"a\": in (select value from json_each($1))}'",
            "body = '{}' or '{\"a\": = any($1)}'",
        );
    }

    #[test]
    fn marked_lines_live_on_one_engine() {
        let text = "create table t (
    id bigint primary key,
    raw bytea
)
  -- postgres: partition by range (day)
-- sqlite: without rowid
-- a comment
;";
        let sqlite = "create table t (
    id integer primary key,
    raw blob
)
without rowid
-- a comment
;
";
        let postgres = "create table t (
    id bigint primary key,
    raw bytea
)
partition by range (day)
-- a comment
;
";
        assert_eq!(script(Engine::Sqlite, text), sqlite);
        assert_eq!(script(Engine::Postgres, text), postgres);
    }

    #[test]
    fn a_month_runs_from_its_first_day_to_the_next_months() {
        let (name, sql) = month_partition("consignment", 1972, 2).expect("a month");
        assert_eq!(name, "consignment_1972_02");
        assert!(sql.ends_with("for values from (761) to (790)"), "{sql}");
        assert!(month_partition("a; drop table b", 2026, 1).is_err());
        assert!(month_partition("consignment", 2026, 13).is_err());
    }
}
