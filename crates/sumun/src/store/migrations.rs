//! The schema's history: numbered files that are only ever added to, one portable text for both
//! engines. This file applies those that a store lacks and refuses a store whose past is not ours.
//! The text's rules are in `dialect.rs`; the sum of all files is `migrations/schema.sql`, which is
//! the page to read.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::{Engine, Store, Tx, args, checkpoints, dialect};

/// One numbered file.
pub struct Migration {
    /// 1, 2, 3 ...
    pub number: i64,
    /// The file's name without its ending.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            text: include_str!(concat!("../../migrations/", $name, ".sql")),
        }
    };
}

/// All of them, in order. A file that has been released is never edited: write the next one.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_journal"),
    migration!(2, "0002_spine"),
    migration!(3, "0003_bundles"),
    migration!(4, "0004_verification"),
    migration!(5, "0005_links"),
    migration!(6, "0006_uncertainty"),
    migration!(7, "0007_model_life"),
    migration!(8, "0008_accounts"),
    migration!(9, "0009_desk"),
    migration!(10, "0010_data"),
    migration!(11, "0011_watchlists"),
    migration!(12, "0012_rules"),
    migration!(13, "0013_reference"),
    migration!(14, "0014_entities"),
    migration!(15, "0015_sightings"),
    migration!(16, "0016_subject"),
    migration!(17, "0017_facts"),
    migration!(18, "0018_rules_to_come"),
    migration!(19, "0019_plans_as_columns"),
];

/// The sum of all migrations, for readers and for the test that it is the sum.
pub const SCHEMA: &str = include_str!("../../migrations/schema.sql");

impl Migration {
    /// SHA-256 of the file, in hex: what the store remembers of it.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.text))
    }
}

impl Store {
    /// Applies the migrations that the store lacks, in one transaction, and gives their names.
    /// Two processes that try at once do it once. Also makes and registers the key that signs
    /// the journal, where the store has a place for one.
    ///
    /// # Errors
    /// When the store was written by a newer Sumun, an applied file was edited since, or the
    /// journal's key does not fit: then nothing is changed.
    pub async fn migrate(&self, now_us: i64) -> Result<Vec<&'static str>> {
        self.migrate_with(MIGRATIONS, now_us).await
    }

    /// As [`Store::migrate`], with a given history; the tests bring their own.
    #[doc(hidden)]
    pub async fn migrate_with(
        &self,
        migrations: &[Migration],
        now_us: i64,
    ) -> Result<Vec<&'static str>> {
        let mut tx = self.begin_bare().await?;
        dialect::lock_schema(&mut tx).await?;
        if !dialect::has_table(&mut tx, "schema_migration").await? {
            dialect::run_script(
                &mut tx,
                "create table schema_migration (
                    number bigint primary key,
                    name text not null,
                    sha256 text not null,
                    applied_at bigint not null
                );",
            )
            .await?;
        }
        let missing = missing(&mut tx, migrations).await?;
        for migration in &missing {
            dialect::run_script(&mut tx, migration.text)
                .await
                .with_context(|| format!("while applying migration {}", migration.name))?;
            tx.execute(
                "insert into schema_migration (number, name, sha256, applied_at)
                 values ($1, $2, $3, $4)",
                args![migration.number, migration.name, migration.digest(), now_us],
            )
            .await?;
        }
        begin_journal(&mut tx, now_us).await?;
        tx.commit().await?;
        Ok(missing.iter().map(|migration| migration.name).collect())
    }

    /// Holds that the store's schema is the one this program was built for.
    ///
    /// # Errors
    /// When it is not, with the command that mends it.
    pub async fn ensure_current(&self) -> Result<()> {
        let mut tx = self.read().await?;
        let place = self.place();
        if !dialect::has_table(&mut tx, "schema_migration").await? {
            crate::refuse!("not_migrated", "the store {place} is empty: run `sumun migrate`");
        }
        match missing(&mut tx, MIGRATIONS).await?.first() {
            None => Ok(()),
            Some(first) => {
                crate::refuse!(
                    "not_migrated",
                    "the store {place} lacks migration {}: run `sumun migrate`",
                    first.name
                )
            }
        }
    }

    /// Whether nothing was ever put into this store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_new(&self) -> Result<bool> {
        let mut tx = self.read().await?;
        Ok(!dialect::has_table(&mut tx, "schema_migration").await?)
    }

    /// Makes a store ready for a command: a new SQLite file is migrated at once, since it can
    /// hold nothing that deserves a second thought; every other store must be current.
    ///
    /// # Errors
    /// As [`Store::ensure_current`] and [`Store::migrate`].
    pub async fn make_ready(&self, now_us: i64) -> Result<()> {
        if self.engine() == Engine::Sqlite && self.is_new().await? {
            self.migrate(now_us).await?;
        }
        self.ensure_current().await
    }

    /// Everything the database says about its schema, a sorted line each: for the test that
    /// `schema.sql` is the sum of the migrations.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn catalogue(&self) -> Result<Vec<String>> {
        dialect::catalogue(&mut self.read().await?).await
    }

    /// Applies the whole schema to an empty database: for the same test.
    #[doc(hidden)]
    pub async fn apply_schema(&self) -> Result<()> {
        let mut tx = self.begin_bare().await?;
        dialect::run_script(&mut tx, SCHEMA).await.context("while applying schema.sql")?;
        tx.commit().await
    }
}

impl Migration {
    /// A migration from a text, for tests of migrating itself.
    #[doc(hidden)]
    pub const fn of(number: i64, name: &'static str, text: &'static str) -> Migration {
        Migration { number, name, text }
    }
}

/// The migrations that the store lacks; an error when its past is not a beginning of ours.
async fn missing<'m>(tx: &mut Tx, migrations: &'m [Migration]) -> Result<Vec<&'m Migration>> {
    let applied = tx
        .fetch_all(
            "select number, name, sha256 from schema_migration order by number",
            args![],
            |row| Ok((row.int(0)?, row.text(1)?.to_owned(), row.text(2)?.to_owned())),
        )
        .await?;
    for (number, name, sha256) in &applied {
        match migrations.iter().find(|migration| migration.number == *number) {
            None => bail!(
                "the store {} was written by a newer Sumun (it has migration {name}): \
                 use that version",
                tx.place
            ),
            Some(migration) if migration.digest() != *sha256 => bail!(
                "migration {name} was edited after it was applied to the store {}: \
                 restore the file and write a new migration instead",
                tx.place
            ),
            Some(_) => {}
        }
    }
    let is_missing =
        |migration: &&Migration| !applied.iter().any(|(number, ..)| *number == migration.number);
    Ok(migrations.iter().filter(is_missing).collect())
}

/// Gives a new store its journal: an origin that no other store has, and a key.
async fn begin_journal(tx: &mut Tx, now_us: i64) -> Result<()> {
    tx.execute(
        "insert into journal_head (id, origin, size, frontier)
         values (1, $1, 0, '')
         on conflict (id) do nothing",
        args![format!("sumun/{}", ulid::Ulid::generate())],
    )
    .await?;
    checkpoints::ensure_key(tx, now_us).await
}
