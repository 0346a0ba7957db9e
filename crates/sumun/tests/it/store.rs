//! The store's contract, held alike by both engines: values keep their types, transactions keep or
//! undo, many rows go in, and the schema is what its one page says.

use anyhow::{Context, Result, ensure};
use sumun::store::migrations::{MIGRATIONS, Migration};
use sumun::store::{Engine, Kind, Row, Store, Tx, args, is_duplicate_key, values};

use crate::engines::{NOW_US, each_engine, each_place};

/// A table of every kind, all of it nullable but the key.
async fn table_of_kinds(tx: &mut Tx) -> Result<()> {
    let bytes = if tx.engine() == Engine::Sqlite { "blob" } else { "bytea" };
    let sql = format!(
        "create table sample (
            id bigint primary key, whole bigint, part double precision, name text, raw {bytes}
        )"
    );
    tx.execute(sumun::store::AssertSqlSafe(sql), args![]).await?;
    Ok(())
}

type Sample = (i64, Option<i64>, Option<f64>, Option<String>, Option<Vec<u8>>);

const SAMPLE: [(&str, Kind); 5] = [
    ("id", Kind::Int),
    ("whole", Kind::Int),
    ("part", Kind::Real),
    ("name", Kind::Text),
    ("raw", Kind::Bytes),
];

fn sample(row: &Row) -> Result<Sample> {
    Ok((
        row.int(0)?,
        row.int_opt(1)?,
        row.real_opt(2)?,
        row.text_opt(3)?.map(str::to_owned),
        row.bytes_opt(4)?.map(<[u8]>::to_vec),
    ))
}

/// Rows with every mixture of nulls, and the values that tend to go wrong.
fn samples(count: i64) -> Vec<Sample> {
    (0..count)
        .map(|n| {
            let text = ["", "밀수", "a\tb\\N\n\"c\"", "{\"in\": \"$1\"}"][n as usize / 16 % 4];
            (
                n,
                (n & 1 == 0).then_some(if n % 3 == 0 { i64::MIN + n } else { i64::MAX - n }),
                (n & 2 == 0).then_some(n as f64 * if n % 5 == 0 { 1.0 } else { 0.1 }),
                (n & 4 == 0).then(|| text.to_owned()),
                (n & 8 == 0).then(|| n.to_be_bytes()[..(n % 9) as usize].to_vec()),
            )
        })
        .collect()
}

async fn all_samples(tx: &mut Tx) -> Result<Vec<Sample>> {
    tx.fetch_all("select id, whole, part, name, raw from sample order by id", args![], sample).await
}

#[test]
fn a_null_keeps_its_type_from_one_call_to_the_next() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        let rows = samples(64);
        // One statement, prepared once, gets null and non-null values in turn.
        for (id, whole, part, name, raw) in &rows {
            tx.execute(
                "insert into sample (id, whole, part, name, raw) values ($1, $2, $3, $4, $5)",
                args![*id, *whole, *part, name, raw.clone()],
            )
            .await?;
        }
        assert_eq!(all_samples(&mut tx).await?, rows);
        let none: Option<f64> = None;
        for (bound, expected) in [(none, 32), (Some(0.05), 31), (none, 32)] {
            let count = tx
                .fetch_one(
                    "select count(*)
                     from sample
                     where part is not null and ($1 is null or part > $1)",
                    args![bound],
                    |row| row.int(0),
                )
                .await?;
            assert_eq!(count, expected, "{bound:?}");
        }
        tx.commit().await
    });
}

#[test]
fn many_rows_arrive_as_they_were_given() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        // None, one, a full statement's worth and its neighbours, and several.
        for count in [0, 1, 2, 255, 256, 257, 10_007] {
            tx.execute("delete from sample", args![]).await?;
            let rows = samples(count);
            let taken = tx
                .insert_many(
                    "sample",
                    SAMPLE,
                    "",
                    rows.iter().map(|(id, whole, part, name, raw)| {
                        values![*id, *whole, *part, name, raw.as_deref()]
                    }),
                )
                .await?;
            assert_eq!(taken, count as u64);
            assert_eq!(all_samples(&mut tx).await?, rows);
        }
        // The same rows again, through the other way in: all of them are there already.
        let rows = samples(10_009);
        let taken = tx
            .insert_many(
                "sample",
                SAMPLE,
                "on conflict do nothing",
                rows.iter().map(|(id, whole, part, name, raw)| {
                    values![*id, *whole, *part, name, raw.as_deref()]
                }),
            )
            .await?;
        assert_eq!(taken, 2);
        assert_eq!(all_samples(&mut tx).await?, rows);
        tx.commit().await
    });
}

#[test]
fn a_row_of_another_kind_is_refused() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        let wrong = [[1.into(), "seven".into()]];
        let columns = [("id", Kind::Int), ("whole", Kind::Int)];
        assert!(tx.insert_many("sample", columns, "", wrong).await.is_err());
        let nul = [[1.into(), "a\0b".into()]];
        let columns = [("id", Kind::Int), ("name", Kind::Text)];
        assert!(tx.insert_many("sample", columns, "", nul).await.is_err());
        assert!(tx.execute("delete from sample where name = $1", args!["a\0b"]).await.is_err());
        let odd = [[1.into(), 2.into()]];
        let columns = [("id", Kind::Int), ("whole) values (1); --", Kind::Int)];
        assert!(tx.insert_many("sample", columns, "", odd).await.is_err());
        assert_eq!(all_samples(&mut tx).await?, []);
        Ok(())
    });
}

#[test]
fn counts_add_up_on_conflict() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        tx.execute(
            "create table tally (
                key bigint, day bigint, seen bigint, first_at bigint, primary key (key, day)
            )",
            args![],
        )
        .await?;
        let columns =
            [("key", Kind::Int), ("day", Kind::Int), ("seen", Kind::Int), ("first_at", Kind::Int)];
        let add = "on conflict (key, day) do update set
            seen = tally.seen + excluded.seen,
            first_at = {least}(tally.first_at, excluded.first_at)";
        for round in 1..=3_i64 {
            let rows = (0..25_000_i64).map(|key| values![key, key % 7, round, 100 - round]);
            assert_eq!(tx.insert_many("tally", columns, add, rows).await?, 25_000);
        }
        let (count, seen, first) = tx
            .fetch_one(
                "select count(*), cast(sum(seen) as bigint), max(first_at) from tally",
                args![],
                |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
            )
            .await?;
        assert_eq!((count, seen, first), (25_000, 150_000, 97));
        tx.commit().await
    });
}

#[test]
fn many_keys_are_looked_up_at_once() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        let names: Vec<String> = (0..200_000).map(|n| format!("C-\"{n}\"-화물")).collect();
        let rows = names.iter().zip(0_i64..).map(|(name, id)| values![id, name]);
        tx.insert_many("sample", [("id", Kind::Int), ("name", Kind::Text)], "", rows).await?;
        tx.execute("create index sample_by_name on sample (name)", args![]).await?;

        let ids: Vec<i64> = (-50_000..50_000).map(|n| n * 2).collect();
        let found = tx
            .fetch_all(
                "select id from sample where id {in $2} and id >= $1 order by id",
                args![10, &ids],
                |row| row.int(0),
            )
            .await?;
        assert_eq!(found, (10..100_000).step_by(2).collect::<Vec<i64>>());

        let keys: Vec<&str> = names[100_000..].iter().map(String::as_str).collect();
        let found = tx
            .fetch_all("select id from sample where name {in $1} order by id", args![keys], |row| {
                row.int(0)
            })
            .await?;
        assert_eq!(found, (100_000..200_000).collect::<Vec<i64>>());
        let none: Vec<i64> = Vec::new();
        let deleted = tx.execute("delete from sample where id {in $1}", args![&none]).await?;
        assert_eq!(deleted, 0);
        let deleted = tx.execute("delete from sample where id {in $1}", args![&ids]).await?;
        assert_eq!(deleted, 50_000);
        tx.commit().await
    });
}

#[test]
fn rows_come_one_by_one_and_may_be_left() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        let rows = (0..30_000_i64).map(|id| values![id]);
        tx.insert_many("sample", [("id", Kind::Int)], "", rows).await?;
        tx.commit().await?;

        let mut tx = store.read().await?;
        let mut rows = tx.rows("select id from sample order by id", args![])?;
        for expected in 0..30_000 {
            let row = rows.next().await?.context("a row")?;
            assert_eq!(row.int(0)?, expected);
        }
        assert!(rows.next().await?.is_none());
        drop(rows);
        let mut rows = tx.rows("select id from sample order by id desc", args![])?;
        assert_eq!(rows.next().await?.context("a row")?.int(0)?, 29_999);
        drop(rows);
        let count = tx.fetch_one("select count(*) from sample", args![], |row| row.int(0)).await?;
        assert_eq!(count, 30_000);
        let none = tx
            .fetch_optional("select id from sample where id < 0", args![], |row| row.int(0))
            .await?;
        assert_eq!(none, None);
        Ok(())
    });
}

#[test]
fn a_column_is_read_as_what_it_is() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        let rows = [values![1, 2, 3.0, "four", b"five".as_slice()]];
        tx.insert_many("sample", SAMPLE, "", rows).await?;
        tx.fetch_one("select id, whole, part, name, raw, null from sample", args![], |row| {
            assert!(row.int(3).is_err(), "a text is no whole number");
            assert!(row.real(3).is_err(), "a text is no number");
            assert!(row.text(1).is_err(), "a whole number is no text");
            assert!(row.text(9).is_err(), "there is no such column");
            assert!(row.int(5).is_err(), "a null is no number");
            assert_eq!(row.text_opt(5)?, None);
            assert_eq!((row.text(3)?, row.text(3)?), ("four", "four"));
            assert_eq!(row.bytes(4)?, b"five");
            assert!((row.real(2)? - 3.0).abs() < f64::EPSILON);
            Ok(())
        })
        .await?;
        let flags = tx
            .fetch_one("select whole > 1, part > 5.0 from sample", args![], |row| {
                Ok((row.flag(0)?, row.flag(1)?))
            })
            .await?;
        assert_eq!(flags, (true, false));
        Ok(())
    });
}

#[test]
fn what_is_not_committed_is_undone() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        tx.commit().await?;
        let mut tx = store.begin().await?;
        tx.insert_many("sample", [("id", Kind::Int)], "", [[1.into()]]).await?;
        assert_eq!(all_samples(&mut tx).await?.len(), 1);
        drop(tx);
        let mut tx = store.begin().await?;
        assert_eq!(all_samples(&mut tx).await?, []);
        // A failed batch takes the transaction with it, and the store goes on.
        let twice = [[1.into()], [1.into()]];
        let error = tx.insert_many("sample", [("id", Kind::Int)], "", twice).await;
        assert!(is_duplicate_key(&error.err().context("the key came twice")?));
        drop(tx);
        let mut tx = store.read().await?;
        assert_eq!(all_samples(&mut tx).await?, []);
        Ok(())
    });
}

#[test]
fn a_reader_sees_one_moment_and_cannot_write() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        table_of_kinds(&mut tx).await?;
        tx.commit().await?;
        let mut reader = store.read().await?;
        assert_eq!(all_samples(&mut reader).await?, []);
        let mut tx = store.begin().await?;
        tx.insert_many("sample", [("id", Kind::Int)], "", [[1.into()]]).await?;
        tx.commit().await?;
        assert_eq!(all_samples(&mut reader).await?, []);
        let mut later = store.read().await?;
        assert_eq!(all_samples(&mut later).await?.len(), 1);
        assert!(later.execute("delete from sample", args![]).await.is_err());
        Ok(())
    });
}

#[test]
fn a_store_in_memory_goes_with_its_last_clone() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        store.make_ready(NOW_US).await.expect("a migrated store");
        let path = std::path::PathBuf::from(store.place());
        let other = store.clone();
        drop(store);
        assert!(other.is_temporary() && path.exists());
        other.ensure_current().await.expect("still there");
        drop(other);
        assert!(!path.exists());
    });
}

#[test]
fn months_get_their_partitions() {
    each_engine(async |store| {
        let mut tx = store.begin().await?;
        let by = match tx.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => "partition by range (arrived_day)",
        };
        let sql = format!("create table arrival (id bigint, arrived_day bigint) {by}");
        tx.execute(sumun::store::AssertSqlSafe(sql), args![]).await?;
        for _ in 0..2 {
            tx.ensure_month_partitions("arrival", &[(1999, 12), (2000, 1), (2000, 2)]).await?;
        }
        // 1999-12-01 is day 10,926 and 2000-02-29 is day 11,016.
        let days = (10_926..=11_016_i64).map(|day| values![day, day]);
        let columns = [("id", Kind::Int), ("arrived_day", Kind::Int)];
        assert_eq!(tx.insert_many("arrival", columns, "", days).await?, 91);
        if tx.engine() == Engine::Postgres {
            let february = tx
                .fetch_one("select count(*) from arrival_2000_02", args![], |row| row.int(0))
                .await?;
            assert_eq!(february, 29);
        }
        tx.commit().await
    });
}

#[test]
fn the_one_page_schema_is_the_sum_of_the_migrations() {
    each_place(false, async |place| {
        let store = place.open().await?;
        store.migrate(NOW_US).await?;
        let sum = store.catalogue().await?;
        ensure!(sum.len() > 20, "the catalogue is too short to say anything: {sum:?}");
        let mut tx = store.begin().await?;
        let tables: &[&str] = match store.engine() {
            Engine::Sqlite => &["select name from sqlite_master where type = 'table'"],
            Engine::Postgres => {
                &["select tablename::text from pg_tables where schemaname = current_schema()"]
            }
        };
        let tables = tx.fetch_all(tables[0], args![], |row| Ok(row.text(0)?.to_owned())).await?;
        tx.execute("drop table if exists journal_head", args![]).await?;
        for table in tables.iter().filter(|table| !table.starts_with("sqlite_")) {
            let cascade = if store.engine() == Engine::Postgres { "cascade" } else { "" };
            let sql = format!("drop table if exists {table} {cascade}");
            tx.execute(sumun::store::AssertSqlSafe(sql), args![]).await?;
        }
        tx.commit().await?;
        assert_eq!(store.catalogue().await?, Vec::<String>::new());
        store.apply_schema().await?;
        let page = store.catalogue().await?;
        let lacks: Vec<_> = sum.iter().filter(|line| !page.contains(line)).collect();
        let extra: Vec<_> = page.iter().filter(|line| !sum.contains(line)).collect();
        assert!(
            lacks.is_empty() && extra.is_empty(),
            "schema.sql lacks {lacks:#?} and has beyond the migrations {extra:#?}"
        );
        Ok(())
    });
}

#[test]
fn every_migration_file_is_applied() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of migrations")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "schema.sql")
        .collect();
    files.sort();
    let listed: Vec<String> = MIGRATIONS.iter().map(|it| format!("{}.sql", it.name)).collect();
    assert_eq!(files, listed);
    assert!(MIGRATIONS.is_sorted_by(|a, b| a.number < b.number), "numbers rise");
    for Migration { number, name, .. } in MIGRATIONS {
        assert!(name.starts_with(&format!("{number:04}_")), "{name}");
    }
}

#[test]
fn migrating_is_done_once_and_only_forward() {
    const FIRST: Migration = Migration::of(
        1,
        "0001_first",
        "create table journal_head (id bigint primary key, origin text, size bigint, frontier text);
         create table journal_key (key_id text primary key, public_key text, since bigint);
         create table checkpoint (size bigint primary key);
         -- sqlite: create table only_here (id bigint primary key);
         -- postgres: create table only_there (id bigint primary key);",
    );
    const SECOND: Migration = Migration::of(2, "0002_second", "create table more (id bigint);");
    const BAD: Migration = Migration::of(
        3,
        "0003_bad",
        "create table half (id bigint);\ncreate table more (id text);",
    );
    const EDITED: Migration = Migration::of(2, "0002_second", "create table more (id text);");

    each_place(false, async |place| {
        let store = place.open().await?;
        assert!(store.is_new().await?);
        let told = store.ensure_current().await.err().context("an empty store is not current")?;
        assert!(told.to_string().contains("sumun migrate"), "{told}");
        assert!(store.begin().await.is_err(), "a store without a journal cannot be written");

        assert_eq!(store.migrate_with(&[FIRST], NOW_US).await?, ["0001_first"]);
        assert!(!store.is_new().await?);
        let again = store.migrate_with(&[FIRST, SECOND], NOW_US).await?;
        assert_eq!(again, ["0002_second"]);
        assert!(store.migrate_with(&[FIRST, SECOND], NOW_US).await?.is_empty());

        let table = match store.engine() {
            Engine::Sqlite => "only_here",
            Engine::Postgres => "only_there",
        };
        let lines = store.catalogue().await?;
        assert!(lines.iter().any(|line| line.contains(table)), "{lines:?}");
        assert!(!lines.iter().any(|line| line.contains("half")));

        assert!(store.migrate_with(&[FIRST, SECOND, BAD], NOW_US).await.is_err());
        assert_eq!(store.catalogue().await?, lines, "a migration that fails leaves nothing");
        let edited = store.migrate_with(&[FIRST, EDITED], NOW_US).await;
        assert!(edited.err().context("edited")?.to_string().contains("edited"));
        let newer = store.migrate_with(&[FIRST], NOW_US).await;
        assert!(newer.err().context("newer")?.to_string().contains("newer"));
        store.close().await;
        Ok(())
    });
}

#[test]
fn two_processes_migrate_once() {
    each_place(false, async |place| {
        let (one, two) = (place.open().await?, place.open().await?);
        let (first, second) = tokio::join!(one.migrate(NOW_US), two.migrate(NOW_US));
        let mut applied = [first?.len(), second?.len()];
        applied.sort_unstable();
        assert_eq!(applied, [0, MIGRATIONS.len()]);
        let three = place.open().await?;
        assert!(three.migrate(NOW_US).await?.is_empty());
        three.ensure_current().await?;
        for store in [one, two, three] {
            store.close().await;
        }
        Ok(())
    });
}
