//! The store: the only room with SQL, on SQLite for one office and on Postgres for a country.
//! This file opens it, runs transactions and carries values in and rows out; each noun has its own
//! file beside this one, with one portable text a query. What differs between the engines is in
//! `dialect.rs`, the schema's history in `migrations.rs`, who did what in `journal.rs`.
//!
//! A query is written once, for both engines:
//!
//! ```no_run
//! # use sumun::store::{args, Kind, Store};
//! # async fn example(store: &Store, ids: &[i64]) -> anyhow::Result<()> {
//! let mut tx = store.begin().await?;
//! let sizes = tx
//!     .fetch_all(
//!         "select size, key_id
//!          from checkpoint
//!          where size {in $1} and at >= $2",
//!         args![ids, 0],
//!         |row| Ok((row.int(0)?, row.text_opt(1)?.map(str::to_owned))),
//!     )
//!     .await?;
//! tx.insert_many(
//!     "checkpoint",
//!     [("size", Kind::Int), ("root", Kind::Text), ("at", Kind::Int)],
//!     "on conflict (size) do update set at = {greatest}(checkpoint.at, excluded.at)",
//!     sizes.iter().map(|(size, _)| [(*size + 1).into(), "00".into(), 0.into()]),
//! )
//! .await?;
//! tx.commit().await
//! # }
//! ```

pub mod accounts;
pub mod alarms;
pub mod assessments;
pub mod capacities;
pub mod checkpoints;
pub mod consignments;
pub mod covered;
pub mod decisions;
pub mod defects;
mod dialect;
pub mod entities;
pub mod export_requests;
pub mod exports;
pub mod facts;
pub mod finds;
pub mod histories;
pub mod hits;
pub mod journal;
pub mod messages;
pub mod migrations;
pub mod models;
pub mod offices;
pub mod outcomes;
pub mod photos;
pub mod plans;
pub mod policies;
pub mod queue;
pub mod records;
pub mod references;
pub mod reports;
pub mod rules;
pub mod sessions;
pub mod sightings;
pub mod tokens;
pub mod verifications;
pub mod views;
pub mod watchlists;
pub mod worked;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, bail};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Either, Executor, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite, Transaction};
use sqlx::{Type, TypeInfo, ValueRef};

/// Marks SQL that was put together at run time as free of anything a person typed. Plain literals
/// need no mark; everything else does not compile without it.
pub use sqlx::AssertSqlSafe;

use checkpoints::JournalKey;

/// Where everything is kept. Cheap to clone; all clones share the same connections.
#[derive(Clone)]
pub struct Store {
    db: Db,
    /// Told to people in errors: never holds a password.
    place: Arc<str>,
    key: Arc<KeyPlace>,
    // Only a store in a temporary place has one: the folder goes when the last clone goes.
    folder: Option<Arc<tempfile::TempDir>>,
}

#[derive(Clone)]
enum Db {
    /// SQLite allows one writer, so there is one writing connection and others queue for it.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

/// Where the journal's key is and, once read or made, the key.
struct KeyPlace {
    path: Option<PathBuf>,
    key: OnceLock<JournalKey>,
    /// Set once the store was seen to know the key.
    checked: OnceLock<()>,
}

impl KeyPlace {
    /// The key, read from its file unless it was read before: another process may have made it
    /// since this store was opened.
    fn find(&self) -> Result<Option<&JournalKey>> {
        if let (None, Some(path)) = (self.key.get(), &self.path)
            && let Some(found) = JournalKey::load(path)?
        {
            self.key.get_or_init(|| found);
        }
        Ok(self.key.get())
    }
}

/// Which engine keeps a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, one office.
    Sqlite,
    /// A server that many offices share.
    Postgres,
}

/// A transaction on either engine. What was done is kept by [`Tx::commit`]; dropping it instead
/// undoes it all.
pub struct Tx {
    conn: Conn,
    place: Arc<str>,
    key: Arc<KeyPlace>,
    /// None in a reading transaction.
    head: Option<journal::Head>,
}

enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one expression on whichever engine is there, so that no query is written twice.
macro_rules! on_engine {
    ($conn:expr, $it:ident => $body:expr) => {
        match $conn {
            Conn::Sqlite($it) => $body,
            Conn::Postgres($it) => $body,
        }
    };
}

impl Store {
    /// Opens `sqlite:PATH` (made if absent, with its folder), `sqlite::memory:` (a temporary
    /// store that goes with its last clone) or `postgres://...`. The key that signs the journal
    /// is `PATH.key` beside a SQLite file; a Postgres store opened this way writes unsigned
    /// checkpoints, so commands use [`Store::open_with_key`].
    ///
    /// # Errors
    /// When the URL is of neither kind, or the file or server cannot be reached.
    pub async fn open(url: &str) -> Result<Store> {
        Store::open_at(url, None).await
    }

    /// As [`Store::open`], with the path of the file that holds, or will hold, the journal's key.
    ///
    /// # Errors
    /// As [`Store::open`], and when the key file is there but cannot be read.
    pub async fn open_with_key(url: &str, key: &Path) -> Result<Store> {
        Store::open_at(url, Some(key.to_owned())).await
    }

    async fn open_at(url: &str, key: Option<PathBuf>) -> Result<Store> {
        let (db, place, beside, folder) = dialect::open(url).await?;
        let path = key.or(beside);
        let key = KeyPlace { path, key: OnceLock::new(), checked: OnceLock::new() };
        key.find()?;
        let key = Arc::new(key);
        Ok(Store { db, place: place.into(), key, folder: folder.map(Arc::new) })
    }

    /// Which engine keeps this store.
    pub fn engine(&self) -> Engine {
        match self.db {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Where the store is, for people: the path, or the URL without its password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether the store is in a temporary place and goes with its last clone.
    pub fn is_temporary(&self) -> bool {
        self.folder.is_some()
    }

    /// Begins a writing transaction. Writers queue: SQLite has one writing connection, and on
    /// Postgres the transaction first locks the row of `journal_head`, so that the journal's
    /// order is the order of commits and has no gap. Keep writing transactions short, and never
    /// begin a second one while holding a first.
    ///
    /// # Errors
    /// When the store cannot be reached, stays locked, or has not been migrated.
    pub async fn begin(&self) -> Result<Tx> {
        let mut tx = self.begin_bare().await?;
        tx.head = Some(journal::Head::lock(&mut tx).await?);
        Ok(tx)
    }

    /// A writing transaction without the journal's head, which a new store does not have yet.
    async fn begin_bare(&self) -> Result<Tx> {
        let conn = match &self.db {
            Db::Sqlite { write, .. } => write.begin_with("begin immediate").await.map(Conn::Sqlite),
            Db::Postgres(pool) => pool.begin().await.map(Conn::Postgres),
        };
        self.tx(conn)
    }

    /// Begins a reading transaction: one unchanging view of the store, which waits for no writer
    /// and keeps none waiting. On SQLite the view is taken by its first query.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn read(&self) -> Result<Tx> {
        let conn = match &self.db {
            Db::Sqlite { read, .. } => read.begin().await.map(Conn::Sqlite),
            Db::Postgres(pool) => pool
                .begin_with("begin isolation level repeatable read read only")
                .await
                .map(Conn::Postgres),
        };
        self.tx(conn)
    }

    fn tx(&self, conn: sqlx::Result<Conn>) -> Result<Tx> {
        let conn =
            conn.with_context(|| format!("while beginning a transaction on {}", self.place))?;
        Ok(Tx { conn, place: self.place.clone(), key: self.key.clone(), head: None })
    }

    /// The site's secret from which the seeds of draws are derived.
    ///
    /// # Errors
    /// When the store has no key, so that draws could be foreseen.
    pub fn secret(&self) -> Result<[u8; 32]> {
        match self.key.find()? {
            Some(key) => Ok(key.secret("seeds of draws")),
            None => bail!("the store {} has no key: run `sumun migrate`", self.place),
        }
    }

    /// The site's secret for another purpose than draws.
    ///
    /// # Errors
    /// When the store has no key.
    pub fn secret_for(&self, purpose: &str) -> Result<[u8; 32]> {
        match self.key.find()? {
            Some(key) => Ok(key.secret(purpose)),
            None => bail!("the store {} has no key: run `sumun migrate`", self.place),
        }
    }

    /// Closes all connections, which lets SQLite fold its log into the file. Dropping the store
    /// is safe too, only later.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// A value bound to a placeholder. A null keeps its type, because Postgres wants to know.
/// The two lists are for the marker `{in $n}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'v> {
    /// `bigint`.
    Int(Option<i64>),
    /// `double precision`.
    Real(Option<f64>),
    /// `text`. Postgres cannot keep the character NUL, so no text may hold one.
    Text(Option<Cow<'v, str>>),
    /// `bytea`.
    Bytes(Option<Cow<'v, [u8]>>),
    /// Any number of integers, for `{in $n}`.
    Ints(Cow<'v, [i64]>),
    /// Any number of texts, for `{in $n}`.
    Texts(Vec<&'v str>),
}

/// The type of a column in [`Tx::insert_many`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `bigint`.
    Int,
    /// `double precision`.
    Real,
    /// `text`.
    Text,
    /// `bytea`.
    Bytes,
}

/// The values of a query's placeholders, `$1` first: `args![id, name.as_deref(), now_us]`.
#[macro_export]
#[doc(hidden)]
macro_rules! __store_args {
    () => { &[] as &[$crate::store::Value<'_>] };
    ($($value:expr),+ $(,)?) => { &[$($crate::store::Value::from($value)),+] };
}

/// The values of one row for [`Tx::insert_many`]: `values![id, name, weight_g]`.
#[macro_export]
#[doc(hidden)]
macro_rules! __store_values {
    ($($value:expr),+ $(,)?) => { [$($crate::store::Value::from($value)),+] };
}

pub use __store_args as args;
pub use __store_values as values;

macro_rules! value_from {
    ($($from:ty => $variant:ident($value:ident => $some:expr);)+) => {$(
        impl<'v> From<$from> for Value<'v> {
            fn from($value: $from) -> Value<'v> {
                Value::$variant(Some($some))
            }
        }

        impl<'v> From<Option<$from>> for Value<'v> {
            fn from(value: Option<$from>) -> Value<'v> {
                Value::$variant(value.map(|$value| $some))
            }
        }
    )+};
}

value_from! {
    i64 => Int(value => value);
    i32 => Int(value => value.into());
    i16 => Int(value => value.into());
    u32 => Int(value => value.into());
    u16 => Int(value => value.into());
    u8 => Int(value => value.into());
    bool => Int(value => value.into());
    f64 => Real(value => value);
    f32 => Real(value => value.into());
    &'v str => Text(value => Cow::Borrowed(value));
    &'v String => Text(value => Cow::Borrowed(value.as_str()));
    String => Text(value => Cow::Owned(value));
    Cow<'v, str> => Text(value => value);
    &'v [u8] => Bytes(value => Cow::Borrowed(value));
    Vec<u8> => Bytes(value => Cow::Owned(value));
}

impl<'v> From<&'v Option<String>> for Value<'v> {
    fn from(value: &'v Option<String>) -> Value<'v> {
        value.as_deref().into()
    }
}

impl<'v> From<&'v [i64]> for Value<'v> {
    fn from(keys: &'v [i64]) -> Value<'v> {
        Value::Ints(Cow::Borrowed(keys))
    }
}

impl<'v> From<&'v Vec<i64>> for Value<'v> {
    fn from(keys: &'v Vec<i64>) -> Value<'v> {
        Value::Ints(Cow::Borrowed(keys))
    }
}

impl<'v> From<Vec<i64>> for Value<'v> {
    fn from(keys: Vec<i64>) -> Value<'v> {
        Value::Ints(Cow::Owned(keys))
    }
}

impl<'v> From<&'v [&'v str]> for Value<'v> {
    fn from(keys: &'v [&'v str]) -> Value<'v> {
        Value::Texts(keys.to_vec())
    }
}

impl<'v> From<Vec<&'v str>> for Value<'v> {
    fn from(keys: Vec<&'v str>) -> Value<'v> {
        Value::Texts(keys)
    }
}

impl<'v> From<&'v [String]> for Value<'v> {
    fn from(keys: &'v [String]) -> Value<'v> {
        Value::Texts(keys.iter().map(String::as_str).collect())
    }
}

impl<'v> From<&'v Vec<String>> for Value<'v> {
    fn from(keys: &'v Vec<String>) -> Value<'v> {
        keys.as_slice().into()
    }
}

impl Tx {
    /// Which engine this runs on.
    pub fn engine(&self) -> Engine {
        match self.conn {
            Conn::Sqlite(_) => Engine::Sqlite,
            Conn::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs one statement and gives the number of rows it touched. `$1 .. $n` stand for `args`,
    /// and the markers of `dialect.rs`, such as `{in $1}`, may be used.
    ///
    /// # Errors
    /// Whatever the engine refuses, with the statement. On Postgres nothing more can be done in a
    /// transaction after an error: check first rather than try.
    pub async fn execute(&mut self, sql: impl SqlSafeStr, args: &[Value<'_>]) -> Result<u64> {
        self.execute_text(sql.into_sql_str(), args).await
    }

    async fn execute_text(&mut self, sql: SqlStr, args: &[Value<'_>]) -> Result<u64> {
        let sql = dialect::portable(self.engine(), sql);
        let shown = sql.clone();
        let done = match &mut self.conn {
            Conn::Sqlite(conn) => {
                let query = sqlx::query_with::<Sqlite, _>(sql, dialect::sqlite_arguments(args)?);
                conn.execute(query).await.map(|done| done.rows_affected())
            }
            Conn::Postgres(conn) => {
                let query =
                    sqlx::query_with::<Postgres, _>(sql, dialect::postgres_arguments(args)?);
                conn.execute(query).await.map(|done| done.rows_affected())
            }
        };
        done.with_context(|| while_running(&shown))
    }

    /// Begins a query whose rows are read one at a time, so that its result may be of any length.
    ///
    /// # Errors
    /// When a value cannot be bound. What the engine refuses comes with [`Rows::next`].
    pub fn rows(&mut self, sql: impl SqlSafeStr, args: &[Value<'_>]) -> Result<Rows<'_>> {
        self.rows_of(sql.into_sql_str(), args)
    }

    fn rows_of(&mut self, sql: SqlStr, args: &[Value<'_>]) -> Result<Rows<'_>> {
        let sql = dialect::portable(self.engine(), sql);
        let shown = sql.clone();
        let stream = match &mut self.conn {
            Conn::Sqlite(conn) => {
                let query = sqlx::query_with::<Sqlite, SqliteArguments>(
                    sql,
                    dialect::sqlite_arguments(args)?,
                );
                Stream::Sqlite((&mut **conn).fetch_many(query))
            }
            Conn::Postgres(conn) => {
                let query = sqlx::query_with::<Postgres, PgArguments>(
                    sql,
                    dialect::postgres_arguments(args)?,
                );
                Stream::Postgres((&mut **conn).fetch_many(query))
            }
        };
        Ok(Rows { stream, sql: shown })
    }

    // The futures below are boxed, though a box costs a little: a closure that borrows, inside an
    // unboxed future, keeps the compiler from seeing that the caller's future is `Send`.

    /// All rows of a query, each made into a value by `read`.
    ///
    /// # Errors
    /// Whatever the engine refuses, and the first error of `read`.
    pub fn fetch_all<'a, T: Send + 'a>(
        &'a mut self,
        sql: impl SqlSafeStr,
        args: &'a [Value<'a>],
        mut read: impl FnMut(&Row) -> Result<T> + Send + 'a,
    ) -> BoxFuture<'a, Result<Vec<T>>> {
        let sql = sql.into_sql_str();
        Box::pin(async move {
            let mut rows = self.rows_of(sql, args)?;
            let mut all = Vec::new();
            while let Some(row) = rows.next().await? {
                all.push(read(&row).with_context(|| while_running(&rows.sql))?);
            }
            Ok(all)
        })
    }

    /// The first row of a query, if it has one.
    ///
    /// # Errors
    /// As [`Tx::fetch_all`].
    pub fn fetch_optional<'a, T: Send + 'a>(
        &'a mut self,
        sql: impl SqlSafeStr,
        args: &'a [Value<'a>],
        read: impl FnOnce(&Row) -> Result<T> + Send + 'a,
    ) -> BoxFuture<'a, Result<Option<T>>> {
        let sql = sql.into_sql_str();
        Box::pin(async move {
            let mut rows = self.rows_of(sql, args)?;
            match rows.next().await? {
                None => Ok(None),
                Some(row) => read(&row).map(Some).with_context(|| while_running(&rows.sql)),
            }
        })
    }

    /// The first row of a query that always has one, such as a count.
    ///
    /// # Errors
    /// As [`Tx::fetch_all`], and when there is no row.
    pub fn fetch_one<'a, T: Send + 'a>(
        &'a mut self,
        sql: impl SqlSafeStr,
        args: &'a [Value<'a>],
        read: impl FnOnce(&Row) -> Result<T> + Send + 'a,
    ) -> BoxFuture<'a, Result<T>> {
        let sql = sql.into_sql_str();
        let shown = sql.clone();
        let found = self.fetch_optional(sql, args, read);
        Box::pin(async move {
            found.await?.with_context(|| format!("no row came back {}", while_running(&shown)))
        })
    }

    /// Inserts any number of rows the fastest way the engine knows, and gives how many the table
    /// took. `conflict` is empty or an `on conflict` clause for both engines, such as
    /// `on conflict (key, day) do update set seen = history.seen + excluded.seen`.
    ///
    /// The same key must not come twice in one call with a `do update` clause: Postgres refuses
    /// that, so add up first.
    ///
    /// # Errors
    /// Whatever the engine refuses; and a value of another kind than its column's.
    pub fn insert_many<'a, const N: usize, I>(
        &'a mut self,
        table: &'a str,
        columns: [(&'a str, Kind); N],
        conflict: &'a str,
        rows: I,
    ) -> BoxFuture<'a, Result<u64>>
    where
        I: IntoIterator<Item = [Value<'a>; N]>,
        I::IntoIter: Send + 'a,
    {
        let mut rows = rows.into_iter();
        let first: Vec<_> = rows.by_ref().take(dialect::COPY_LEAST).collect();
        let few = first.len() < dialect::COPY_LEAST;
        let mut rows = first.into_iter().chain(rows);
        let mut fill = move |batch: &mut dialect::Batch| -> Result<bool> {
            while !batch.is_full() {
                match rows.next() {
                    Some(row) => batch.push(&row)?,
                    None => return Ok(false),
                }
            }
            Ok(true)
        };
        Box::pin(async move {
            let mut insert = dialect::Insert::new(self.engine(), table, &columns, conflict, few)?;
            let inserting = || format!("while inserting into {table}");
            let mut next = insert.batch();
            let mut more = fill(&mut next).with_context(inserting)?;
            while more {
                let full = std::mem::replace(&mut next, insert.batch());
                // The engine works on one batch while the next is made ready: it starts when it
                // is first polled, so it is polled first.
                let sending = insert.send(&mut self.conn, full);
                let filling = async { fill(&mut next) };
                let (sent, filled) = tokio::join!(biased; sending, filling);
                sent.with_context(inserting)?;
                more = filled.with_context(inserting)?;
            }
            insert.finish(&mut self.conn, next).await.with_context(inserting)
        })
    }

    /// Makes the monthly partitions of a Postgres table that is `partition by range` of a column
    /// holding days since 1970-01-01, named `TABLE_YYYY_MM`. Months that are there already cost a
    /// look-up. SQLite has no partitions, so there it does nothing.
    ///
    /// # Errors
    /// When the table's name is not a plain one, or a month is not one.
    pub async fn ensure_month_partitions(
        &mut self,
        table: &str,
        months: &[(i16, i8)],
    ) -> Result<()> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        for &(year, month) in months {
            let (name, sql) = dialect::month_partition(table, year, month)?;
            let there = self
                .fetch_one("select to_regclass($1) is not null", args![name], |row| row.flag(0))
                .await?;
            // Making a partition locks the whole table for a moment, so look before.
            if !there {
                self.execute(AssertSqlSafe(sql), args![]).await?;
            }
        }
        Ok(())
    }

    /// Keeps what was done. When journal entries were recorded, the journal's new root is signed
    /// and stored with them, in the same transaction.
    ///
    /// # Errors
    /// When the engine cannot make it durable: then nothing was kept, unless the connection broke
    /// during the commit itself.
    pub async fn commit(mut self) -> Result<()> {
        if let Some(head) = self.head.take() {
            checkpoints::seal(&mut self, head).await?;
        }
        on_engine!(self.conn, conn => conn.commit().await)
            .with_context(|| format!("while committing to {}", self.place))
    }
}

/// Rows of a query as they come.
pub struct Rows<'t> {
    stream: Stream<'t>,
    sql: SqlStr,
}

type Arriving<'t, Done, Row> = BoxStream<'t, sqlx::Result<Either<Done, Row>>>;

enum Stream<'t> {
    Sqlite(Arriving<'t, sqlx::sqlite::SqliteQueryResult, SqliteRow>),
    Postgres(Arriving<'t, sqlx::postgres::PgQueryResult, PgRow>),
}

impl Rows<'_> {
    /// The next row, or none after the last.
    ///
    /// # Errors
    /// Whatever the engine refuses, with the statement.
    pub async fn next(&mut self) -> Result<Option<Row>> {
        let next = match &mut self.stream {
            Stream::Sqlite(rows) => loop {
                match rows.next().await {
                    Some(Ok(Either::Left(_))) => {}
                    Some(Ok(Either::Right(row))) => break Ok(Some(Row::Sqlite(row))),
                    Some(Err(error)) => break Err(error),
                    None => break Ok(None),
                }
            },
            Stream::Postgres(rows) => loop {
                match rows.next().await {
                    Some(Ok(Either::Left(_))) => {}
                    Some(Ok(Either::Right(row))) => break Ok(Some(Row::Postgres(row))),
                    Some(Err(error)) => break Err(error),
                    None => break Ok(None),
                }
            },
        };
        next.with_context(|| while_running(&self.sql))
    }
}

/// One row of a result. Columns are counted from 0; a column of another type than asked for is an
/// error, and so is a null where the plain form is asked.
pub enum Row {
    #[doc(hidden)]
    Sqlite(SqliteRow),
    #[doc(hidden)]
    Postgres(PgRow),
}

/// Reads one column as `$rust`, or as nothing when it is null. The type is checked by hand: the
/// driver's own check makes an error value with names, also when there is none.
macro_rules! column {
    ($row:expr, $column:expr, $rust:ty, $sqlite_also:ty, $postgres_also:ty) => {
        match $row {
            Row::Sqlite(row) => {
                let value = row.try_get_raw($column)?;
                let kind = value.type_info();
                if value.is_null() {
                    Ok(None)
                } else if <$rust as Type<Sqlite>>::compatible(&kind) {
                    decode::<Sqlite, $rust>(value, $column).map(Some)
                } else if <$sqlite_also as Type<Sqlite>>::compatible(&kind) {
                    decode::<Sqlite, $sqlite_also>(value, $column).map(|it| Some(it.into()))
                } else {
                    Err(wrong_type($column, stringify!($rust), kind.name()))
                }
            }
            Row::Postgres(row) => {
                let value = row.try_get_raw($column)?;
                if value.is_null() {
                    return Ok(None);
                }
                let kind = value.type_info();
                if <$rust as Type<Postgres>>::compatible(&kind) {
                    drop(kind);
                    decode::<Postgres, $rust>(value, $column).map(Some)
                } else if <$postgres_also as Type<Postgres>>::compatible(&kind) {
                    drop(kind);
                    decode::<Postgres, $postgres_also>(value, $column).map(|it| Some(it.into()))
                } else {
                    Err(wrong_type($column, stringify!($rust), kind.name()))
                }
            }
        }
    };
}

impl Row {
    /// A whole number, or 0 and 1 for a truth value, or nothing for null.
    ///
    /// # Errors
    /// When the column is missing or of another type.
    pub fn int_opt(&self, column: usize) -> Result<Option<i64>> {
        // Postgres gives narrower integers for some functions and has a type for truth values.
        match self {
            Row::Postgres(row) => {
                let value = row.try_get_raw(column)?;
                if value.is_null() {
                    return Ok(None);
                }
                dialect::postgres_int(value, column).map(Some)
            }
            Row::Sqlite(_) => column!(self, column, i64, i64, i64),
        }
    }

    /// A floating-point number, or nothing for null. SQLite may give a whole one as an integer.
    ///
    /// # Errors
    /// When the column is missing or not a number.
    pub fn real_opt(&self, column: usize) -> Result<Option<f64>> {
        if let Row::Sqlite(row) = self {
            let value = row.try_get_raw(column)?;
            if <i64 as Type<Sqlite>>::compatible(&value.type_info()) && !value.is_null() {
                return decode::<Sqlite, i64>(value, column).map(|whole| Some(whole as f64));
            }
        }
        column!(self, column, f64, f32, f32)
    }

    /// A text, or nothing for null.
    ///
    /// # Errors
    /// When the column is missing or of another type.
    pub fn text_opt(&self, column: usize) -> Result<Option<&str>> {
        column!(self, column, &str, &str, &str)
    }

    /// Bytes, or nothing for null.
    ///
    /// # Errors
    /// When the column is missing or of another type.
    pub fn bytes_opt(&self, column: usize) -> Result<Option<&[u8]>> {
        column!(self, column, &[u8], &[u8], &[u8])
    }

    /// A truth value, kept as 0 or 1, or nothing for null.
    ///
    /// # Errors
    /// As [`Row::int_opt`].
    pub fn flag_opt(&self, column: usize) -> Result<Option<bool>> {
        Ok(self.int_opt(column)?.map(|int| int != 0))
    }

    /// A whole number.
    ///
    /// # Errors
    /// When the column is null, missing or of another type.
    pub fn int(&self, column: usize) -> Result<i64> {
        present(self.int_opt(column)?, column)
    }

    /// A floating-point number.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn real(&self, column: usize) -> Result<f64> {
        present(self.real_opt(column)?, column)
    }

    /// A text.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn text(&self, column: usize) -> Result<&str> {
        present(self.text_opt(column)?, column)
    }

    /// Bytes.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn bytes(&self, column: usize) -> Result<&[u8]> {
        present(self.bytes_opt(column)?, column)
    }

    /// A truth value.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn flag(&self, column: usize) -> Result<bool> {
        present(self.flag_opt(column)?, column)
    }
}

fn present<T>(value: Option<T>, column: usize) -> Result<T> {
    match value {
        Some(value) => Ok(value),
        None => bail!("column {column} is null"),
    }
}

fn decode<'r, DB: sqlx::Database, T: sqlx::Decode<'r, DB>>(
    value: DB::ValueRef<'r>,
    column: usize,
) -> Result<T> {
    T::decode(value).map_err(|error| anyhow::anyhow!("column {column}: {error}"))
}

fn wrong_type(column: usize, wanted: &str, found: &str) -> anyhow::Error {
    anyhow::anyhow!("column {column} is {found}, not {wanted}")
}

fn while_running(sql: &SqlStr) -> String {
    let words: Vec<&str> = sql.as_str().split_whitespace().take(60).collect();
    format!("while running: {}", words.join(" "))
}

/// Whether an error is a key that is there already. On Postgres the transaction is then lost.
pub fn is_duplicate_key(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<sqlx::Error>()
        .and_then(sqlx::Error::as_database_error)
        .is_some_and(|error| error.is_unique_violation())
}
