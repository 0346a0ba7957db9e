//! Measures how fast rows go into and out of a store: `cargo run --release -p sumun --example
//! store_speed -- sqlite:/tmp/speed/store.sqlite` or a Postgres URL. It makes its own tables in a
//! store of its own, which must be empty, and prints a line a measure. Figures are for comparing
//! two versions on one machine; the tests assert none.

use std::borrow::Cow;
use std::time::Instant;

use anyhow::Result;
use sumun::store::journal::{self, JournalEntry, Verdict};
use sumun::store::{Engine, Kind, Store, args, values};

const ROWS: i64 = 600_000;
const KEYS: i64 = 1_000_000;
/// Rows in one transaction, about what one batch of the pipeline holds.
const BATCH: i64 = 50_000;

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "sqlite::memory:".to_owned());
    let store = Store::open(&url).await?;
    store.migrate(0).await?;
    let rowid = if store.engine() == Engine::Sqlite { "integer" } else { "bigint" };
    // Room for new versions beside the old: Postgres then updates without touching the index.
    let without =
        if store.engine() == Engine::Sqlite { "without rowid" } else { "with (fillfactor = 60)" };
    let mut tx = store.begin().await?;
    for sql in [
        format!(
            "create table wide (
                id {rowid} primary key, office text not null, arrived_at bigint not null,
                consignor bigint, consignee bigint, hs_code text not null, origin text not null,
                route text, net_mass_g bigint, value_minor bigint, score double precision,
                description text
            )"
        ),
        format!(
            "create table history (
                key bigint not null, day bigint not null, seen bigint not null,
                found bigint not null, primary key (key, day)
            ) {without}"
        ),
    ] {
        tx.execute(sumun::store::AssertSqlSafe(sql), args![]).await?;
    }
    tx.commit().await?;

    insert(&store).await?;
    upsert(&store).await?;
    read(&store).await?;
    look_up(&store).await?;
    small(&store).await?;
    record(&store).await
}

fn told(what: &str, count: i64, since: Instant) {
    let seconds = since.elapsed().as_secs_f64();
    println!("{what:<44} {count:>9} in {seconds:>6.2} s = {:>9.0}/s", count as f64 / seconds);
}

async fn insert(store: &Store) -> Result<()> {
    const COLUMNS: [(&str, Kind); 12] = [
        ("id", Kind::Int),
        ("office", Kind::Text),
        ("arrived_at", Kind::Int),
        ("consignor", Kind::Int),
        ("consignee", Kind::Int),
        ("hs_code", Kind::Text),
        ("origin", Kind::Text),
        ("route", Kind::Text),
        ("net_mass_g", Kind::Int),
        ("value_minor", Kind::Int),
        ("score", Kind::Real),
        ("description", Kind::Text),
    ];
    let since = Instant::now();
    for first in (0..ROWS).step_by(BATCH as usize) {
        let mut tx = store.begin().await?;
        let rows = (first..first + BATCH).map(|n| {
            values![
                n,
                "KRICN",
                1_795_305_600_000_000 + n,
                n % 7_919,
                (n % 3 != 0).then_some(n % 104_729),
                "850440",
                "CN",
                "CNSZX HKHKG KRICN",
                n % 30_000,
                n % 1_000_000,
                n as f64 / ROWS as f64,
                "power adapter for household use"
            ]
        });
        tx.insert_many("wide", COLUMNS, "", rows).await?;
        tx.commit().await?;
    }
    told("insert, 12 columns", ROWS, since);
    Ok(())
}

async fn upsert(store: &Store) -> Result<()> {
    let columns =
        [("key", Kind::Int), ("day", Kind::Int), ("seen", Kind::Int), ("found", Kind::Int)];
    let add = "on conflict (key, day) do update set
        seen = history.seen + excluded.seen, found = history.found + excluded.found";
    for what in ["upsert, 4 integers, new, in order", "upsert, 4 integers, known, in order"] {
        let since = Instant::now();
        for first in (0..KEYS).step_by(BATCH as usize) {
            let mut tx = store.begin().await?;
            let rows = (first..first + BATCH).map(|n| values![n / 4, n % 4, 1, 0]);
            tx.insert_many("history", columns, add, rows).await?;
            tx.commit().await?;
        }
        told(what, KEYS, since);
    }
    let since = Instant::now();
    for first in (0..KEYS).step_by(BATCH as usize) {
        let mut tx = store.begin().await?;
        // Keys all over the table, in order within the batch, as an aggregating caller has them.
        let step = KEYS / BATCH;
        let rows = (0..BATCH).map(|n| n * step + first / BATCH);
        let rows = rows.map(|n| values![n / 4, n % 4, 1, 0]);
        tx.insert_many("history", columns, add, rows).await?;
        tx.commit().await?;
    }
    told("upsert, 4 integers, known, scattered", KEYS, since);
    Ok(())
}

async fn read(store: &Store) -> Result<()> {
    let mut tx = store.read().await?;
    let since = Instant::now();
    let mut rows = tx.rows("select key, day, seen, found from history", args![])?;
    let mut sum = 0;
    while let Some(row) = rows.next().await? {
        sum += row.int(0)? + row.int(1)? + row.int(2)? + row.int(3)?;
    }
    drop(rows);
    told("read, 4 integers", KEYS, since);
    let since = Instant::now();
    let mut rows = tx.rows(
        "select id, office, arrived_at, consignor, consignee, hs_code, origin, route, net_mass_g,
            value_minor, score, description
         from wide",
        args![],
    )?;
    while let Some(row) = rows.next().await? {
        sum += row.int(0)? + row.int(2)? + row.int_opt(3)?.unwrap_or(0);
        sum += row.int_opt(4)?.unwrap_or(0) + row.int(8)? + row.int(9)? + row.real(10)? as i64;
        sum +=
            [1, 5, 6, 7, 11].iter().map(|n| row.text(*n).map_or(0, str::len)).sum::<usize>() as i64;
    }
    drop(rows);
    told("read, 12 columns", ROWS, since);
    assert!(sum > 0, "something was read");
    Ok(())
}

async fn look_up(store: &Store) -> Result<()> {
    let mut tx = store.read().await?;
    let keys: Vec<i64> = (0..100_000).map(|n| n * 6).collect();
    let since = Instant::now();
    let found = tx
        .fetch_all("select id, score from wide where id {in $1}", args![&keys], |row| {
            Ok((row.int(0)?, row.real(1)?))
        })
        .await?;
    told("look up by key, 100,000 at once", found.len() as i64, since);
    Ok(())
}

async fn small(store: &Store) -> Result<()> {
    let since = Instant::now();
    for n in 0..500 {
        let mut tx = store.begin().await?;
        let known = tx
            .fetch_one("select seen from history where key = $1 and day = 0", args![n], |row| {
                row.int(0)
            })
            .await?;
        tx.execute("update wide set value_minor = $1 where id = $2", args![known, n]).await?;
        let entry = JournalEntry {
            actor: Cow::Borrowed("officer"),
            act: Cow::Borrowed("consignment.held"),
            subject: Cow::Owned(n.to_string()),
            body: serde_json::json!({"reason": "speed"}),
        };
        journal::record(&mut tx, &[entry], n).await?;
        tx.commit().await?;
    }
    told("acts (read, update, record, commit)", 500, since);
    Ok(())
}

async fn record(store: &Store) -> Result<()> {
    let since = Instant::now();
    for first in (0..ROWS / 2).step_by(BATCH as usize) {
        let mut tx = store.begin().await?;
        let entries: Vec<_> = (first..first + BATCH)
            .map(|n| JournalEntry {
                actor: Cow::Borrowed("screening"),
                act: Cow::Borrowed("consignment.assessed"),
                subject: Cow::Owned(format!("C-{n:012}")),
                body: serde_json::json!({"model": 7, "rules": 12, "score": 0.25, "lane": "green"}),
            })
            .collect();
        journal::record(&mut tx, &entries, first).await?;
        tx.commit().await?;
    }
    told("record in the journal", ROWS / 2, since);
    let since = Instant::now();
    let verdict = journal::verify(store, |_| {}).await?;
    assert!(matches!(verdict, Verdict::Verified(_)), "{verdict:?}");
    told("verify the journal", ROWS / 2, since);
    Ok(())
}
