//! Runs one test on each engine, each time with a store of its own. SQLite is always there, as a
//! file in a temporary folder; Postgres when `TEST_POSTGRES` is the URL of a server whose user may
//! create databases. A test that fails leaves its store behind and says where it is.

use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use sumun::store::migrations::MIGRATIONS;
use sumun::store::{Engine, Store};

/// The time at which the tests' stores are made, in microseconds since 1970 UTC (2026-11-22).
pub const NOW_US: i64 = 1_795_305_600_000_000;

/// Where one test's store is.
pub struct Place {
    pub engine: Engine,
    pub url: String,
    folder: PathBuf,
    failed: bool,
}

impl Place {
    /// Opens the store, with its key: as often as wished, like processes side by side.
    pub async fn open(&self) -> Result<Store> {
        Store::open_with_key(&self.url, &self.key()).await
    }

    /// The file of the journal's key.
    pub fn key(&self) -> PathBuf {
        self.folder.join("journal.key")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.failed || std::thread::panicking() {
            eprintln!("the store is left at {} ({})", self.url, self.folder.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Runs a test on a migrated store of each engine.
#[track_caller]
pub fn each_engine(test: impl AsyncFn(Store) -> Result<()>) {
    each_place(true, async |place| {
        let store = place.open().await?;
        store.migrate(NOW_US).await?;
        let done = test(store.clone()).await;
        store.close().await;
        done
    });
}

/// Runs a test on a place of each engine, where a store was migrated or nothing is at all.
#[track_caller]
pub fn each_place(migrated: bool, test: impl AsyncFn(&Place) -> Result<()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let folder = new_folder();
        let url = format!("sqlite:{}", folder.join("store.sqlite").display());
        run(Place { engine: Engine::Sqlite, url, folder, failed: false }, &test).await;
        #[expect(clippy::disallowed_methods, reason = "the tests' own setting")]
        let server = std::env::var("TEST_POSTGRES");
        match server {
            Err(_) => eprintln!("skipped on Postgres: TEST_POSTGRES is not set"),
            Ok(server) => {
                let name = format!("sumun_test_{}", ulid::Ulid::generate()).to_lowercase();
                let made = create(&server, &name, migrated).await;
                made.expect("a database for the test (does TEST_POSTGRES name a server?)");
                let url = with_database(&server, &name);
                let folder = new_folder();
                run(Place { engine: Engine::Postgres, url, folder, failed: false }, &test).await;
                let sql = format!("drop database {name} with (force)");
                admin(&server, &[sql]).await.expect("to drop the database");
            }
        }
    });
}

async fn run(mut place: Place, test: &impl AsyncFn(&Place) -> Result<()>) {
    if let Err(error) = test(&place).await {
        place.failed = true;
        panic!("on {:?}: {error:?}", place.engine);
    }
}

fn new_folder() -> PathBuf {
    tempfile::Builder::new().prefix("sumun-test-").tempdir().expect("a temporary folder").keep()
}

/// A new database: a copy of the migrated template, or an empty one.
async fn create(server: &str, name: &str, migrated: bool) -> Result<()> {
    if !migrated {
        return admin(server, &[format!("create database {name} template template0")]).await;
    }
    let template = template(server).await?;
    admin(server, &[format!("create database {name} template {template}")]).await
}

/// The template of this build's migrations, made by whichever test comes first.
async fn template(server: &str) -> Result<String> {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    if let Some(name) = TEMPLATE.get() {
        return Ok(name.clone());
    }
    // The name changes with any migration, so an old template is never taken for a new one.
    let digest = xxhash_rust::xxh3::xxh3_64(
        MIGRATIONS.iter().map(|it| it.digest()).collect::<String>().as_bytes(),
    );
    let name = format!("sumun_template_{digest:016x}");
    let mut guard = PgConnection::connect(server).await.context("while reaching the server")?;
    // Tests are processes of their own, so the lock is the server's.
    sqlx::query("select pg_advisory_lock(495790748015)").execute(&mut guard).await?;
    let found = sqlx::query("select 1 from pg_database where datname = $1 and datistemplate")
        .bind(&name)
        .fetch_optional(&mut guard)
        .await?;
    if found.is_none() {
        admin(
            server,
            &[
                format!("drop database if exists {name}"),
                format!("create database {name} template template0"),
            ],
        )
        .await?;
        let store = Store::open(&with_database(server, &name)).await?;
        store.migrate(NOW_US).await?;
        store.close().await;
        // Only a whole template is marked as one: a test that was killed leaves none.
        admin(server, &[format!("alter database {name} is_template true")]).await?;
    }
    guard.close().await?;
    Ok(TEMPLATE.get_or_init(|| name).clone())
}

async fn admin(server: &str, statements: &[String]) -> Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    for sql in statements {
        sqlx::raw_sql(AssertSqlSafe(sql.as_str()))
            .execute(&mut connection)
            .await
            .with_context(|| sql.clone())?;
    }
    Ok(connection.close().await?)
}

/// The server's URL with another database.
fn with_database(server: &str, name: &str) -> String {
    let (front, query) = match server.split_once('?') {
        Some((front, query)) => (front, format!("?{query}")),
        None => (server, String::new()),
    };
    let authority = front.find("://").map_or(0, |at| at + 3);
    let end = front[authority..].find('/').map_or(front.len(), |at| authority + at);
    format!("{}/{name}{query}", &front[..end])
}
