//! The journal's promise on both engines: entries come in one gapless order, and whatever is
//! changed behind its back is found and named. Each test of tampering does what someone with
//! full access to the database could do.

use std::borrow::Cow;

use anyhow::{Context, Result};
use serde_json::json;
use sumun::merkle;
use sumun::store::checkpoints::{self, Checkpoint};
use sumun::store::journal::{self, Broken, JournalEntry, Verdict, Verified};
use sumun::store::{AssertSqlSafe, Engine, Store, args};

use crate::engines::{NOW_US, each_engine, each_place};

fn entry(n: i64) -> JournalEntry<'static> {
    JournalEntry {
        actor: Cow::Borrowed("officer:A. Vos"),
        act: Cow::Borrowed("consignment.held"),
        subject: Cow::Owned(format!("C-{}", n % 5)),
        body: json!({"reason": "밀수 의심", "n": n, "score": 0.25 * n as f64}),
    }
}

/// Records entries in transactions of the given sizes.
async fn fill(store: &Store, sizes: &[i64]) -> Result<()> {
    let mut n = 0;
    for size in sizes {
        let mut tx = store.begin().await?;
        let entries: Vec<_> = (n..n + size).map(entry).collect();
        let seqs = journal::record(&mut tx, &entries, NOW_US + n).await?;
        assert_eq!(seqs, n + 1..n + size + 1);
        tx.commit().await?;
        n += size;
    }
    Ok(())
}

async fn verified(store: &Store) -> Result<Verified> {
    match journal::verify(store, |_| {}).await? {
        Verdict::Verified(verified) => Ok(verified),
        Verdict::Broken(broken) => anyhow::bail!("{broken:?}"),
    }
}

async fn broken(store: &Store) -> Result<Broken> {
    match journal::verify(store, |_| {}).await? {
        Verdict::Verified(verified) => anyhow::bail!("nothing was found: {verified:?}"),
        Verdict::Broken(broken) => Ok(broken),
    }
}

/// Runs statements behind the journal's back.
async fn tamper(store: &Store, statements: &[&str]) -> Result<()> {
    let mut tx = store.begin().await?;
    for sql in statements {
        tx.execute(AssertSqlSafe(*sql), args![]).await?;
    }
    tx.commit().await
}

/// Fills a journal with 30 entries in transactions of 10, tampers, and compares what is found.
#[track_caller]
fn check(statements: &'static [&'static str], first_bad_seq: i64, what: &str) {
    each_engine(async |store| {
        fill(&store, &[10, 10, 10]).await?;
        let before = verified(&store).await?;
        assert_eq!((before.size, before.checkpoints, before.unsigned), (30, 3, 0));
        tamper(&store, statements).await?;
        let found = broken(&store).await?;
        assert_eq!(found.first_bad_seq, first_bad_seq, "{found:?}");
        assert!(found.what.contains(what), "{found:?}");
        Ok(())
    });
}

#[test]
fn an_untouched_journal_verifies() {
    each_engine(async |store| {
        assert_eq!(verified(&store).await?.size, 0);
        fill(&store, &[1, 2, 0, 40_000, 3]).await?;
        let mut told = Vec::new();
        let Verdict::Verified(verified) = journal::verify(&store, |n| told.push(n)).await? else {
            anyhow::bail!("broken");
        };
        assert_eq!((verified.size, verified.checkpoints, verified.unsigned), (40_006, 4, 0));
        assert_eq!(told.last(), Some(&40_006));
        let mut tx = store.read().await?;
        let about = journal::about(&mut tx, "C-3").await?;
        assert_eq!(about.len(), 8_001);
        assert_eq!(about[0].seq, 4);
        assert_eq!(about[0].body, entry(3).body.to_string());
        Ok(())
    });
}

#[test]
fn a_changed_entry_is_named() {
    check(
        &["update journal set actor = 'officer:B. Lee' where seq = 17"],
        17,
        "entry 17 was altered",
    );
}

#[test]
fn a_changed_time_is_named() {
    check(&["update journal set at = at + 1 where seq = 1"], 1, "entry 1 was altered");
}

#[test]
fn a_changed_hash_is_named() {
    check(
        &["update journal set leaf_hash = (select leaf_hash from journal where seq = 2)
           where seq = 30"],
        30,
        "entry 30 was altered",
    );
}

#[test]
fn a_missing_entry_is_named() {
    check(&["delete from journal where seq = 17"], 17, "entry 17 is missing");
    check(&["delete from journal where seq between 1 and 3"], 1, "entries 1 to 3 are missing");
}

#[test]
fn swapped_entries_are_named() {
    check(
        &[
            "update journal set seq = 1000 where seq = 4",
            "update journal set seq = 4 where seq = 5",
            "update journal set seq = 5 where seq = 1000",
        ],
        4,
        "entry 4 was altered",
    );
}

#[test]
fn a_cut_off_journal_is_found_by_its_head_and_by_its_checkpoints() {
    check(&["delete from journal where seq > 25"], 26, "it had 30 entries and has 25");
    check(
        &["delete from journal where seq > 20", "update journal_head set size = 20"],
        21,
        "it had 30 entries and has 20",
    );
}

#[test]
fn an_added_entry_is_named() {
    check(
        &["insert into journal select 31, at, actor, act, subject, body, leaf_hash
           from journal where seq = 30"],
        31,
        "entry 31 was altered",
    );
    each_engine(async |store| {
        fill(&store, &[10]).await?;
        // This time the added entry's hash is right.
        let mut tx = store.read().await?;
        let mut forged = journal::about(&mut tx, "C-4").await?.pop().context("an entry")?;
        drop(tx);
        forged.seq = 11;
        let leaf = hex::encode(journal::leaf_of(&forged));
        let mut tx = store.begin().await?;
        tx.execute(
            "insert into journal select 11, at, actor, act, subject, body, $1
             from journal where seq = 10",
            args![leaf],
        )
        .await?;
        tx.commit().await?;
        let found = broken(&store).await?;
        assert_eq!(found.first_bad_seq, 11);
        assert!(found.what.contains("without the journal's head"), "{found:?}");
        // And with the head set to it, the last checkpoint still ends before it.
        tamper(&store, &["update journal_head set size = 11"]).await.ok();
        let found = broken(&store).await?;
        assert_eq!(found.first_bad_seq, 11);
        assert!(found.what.contains("no checkpoint covers"), "{found:?}");
        Ok(())
    });
}

#[test]
fn a_lost_or_changed_checkpoint_is_found() {
    check(&["update checkpoint set at = at + 1 where size = 20"], 11, "wrong signature");
    check(&["update checkpoint set root = 'no root' where size = 20"], 11, "was altered");
    check(
        &["update checkpoint set key_id = null, signature = null where size = 20"],
        11,
        "lost its signature",
    );
    check(&["update checkpoint set key_id = null where size = 20"], 11, "was altered");
    check(&["delete from checkpoint where size = 30"], 21, "no checkpoint covers");
    check(
        &["update journal_head set frontier =
           (select root || root || root || root from checkpoint where size = 20)"],
        30,
        "head was altered",
    );
    check(
        &["update journal_key set public_key =
           (select root from checkpoint where size = 20)"],
        1,
        "was altered",
    );
    check(
        &["update checkpoint set key_id = null, signature = null", "delete from journal_key"],
        1,
        "no longer knows its own key",
    );
}

/// Someone who may write to the database, but has no key, changes an entry and mends its hash.
#[test]
fn an_entry_changed_together_with_its_hash_is_found_between_checkpoints() {
    each_engine(async |store| {
        fill(&store, &[10, 10, 10]).await?;
        forge(&store, 17).await?;
        let found = broken(&store).await?;
        assert_eq!(found.first_bad_seq, 11);
        assert!(found.what.contains("entries 11 to 20 were altered"), "{found:?}");
        Ok(())
    });
}

async fn forge(store: &Store, seq: i64) -> Result<()> {
    let mut tx = store.begin().await?;
    let subject = tx
        .fetch_one("select subject from journal where seq = $1", args![seq], |row| {
            Ok(row.text(0)?.to_owned())
        })
        .await?;
    let mut entries = journal::about(&mut tx, &subject).await?;
    let at = entries.iter().position(|entry| entry.seq == seq).context("the entry")?;
    let forged = &mut entries[at];
    forged.actor = "officer:B. Lee".to_owned();
    tx.execute(
        "update journal set actor = $1, leaf_hash = $2 where seq = $3",
        args![&forged.actor, hex::encode(journal::leaf_of(forged)), seq],
    )
    .await?;
    tx.commit().await
}

/// Someone who has the key too writes a whole new past: only a checkpoint kept elsewhere tells.
#[test]
fn a_rewritten_past_is_found_by_a_kept_checkpoint() {
    each_place(true, async |place| {
        let store = place.open().await?;
        store.migrate(NOW_US).await?;
        fill(&store, &[10, 10]).await?;
        let mut tx = store.read().await?;
        let kept = checkpoints::latest(&mut tx).await?.context("a checkpoint")?.to_text();
        drop(tx);
        fill_after(&store, 5).await?;
        let holds = journal::verify_against(&store, &kept, |_| {}).await?;
        assert!(matches!(holds, Verdict::Verified(_)), "{holds:?}");

        tamper(
            &store,
            &[
                "delete from journal",
                "delete from checkpoint",
                "update journal_head set size = 0, frontier = ''",
            ],
        )
        .await?;
        fill(&store, &[25]).await?;
        forge_nothing(&store).await?;
        let Verdict::Broken(found) = journal::verify_against(&store, &kept, |_| {}).await? else {
            anyhow::bail!("the new past was believed");
        };
        assert!(found.what.contains("kept checkpoint"), "{found:?}");

        // A past that is merely cut off, with everything else in order.
        tamper(
            &store,
            &[
                "delete from journal",
                "delete from checkpoint",
                "update journal_head set size = 0, frontier = ''",
            ],
        )
        .await?;
        fill(&store, &[10]).await?;
        forge_nothing(&store).await?;
        let Verdict::Broken(found) = journal::verify_against(&store, &kept, |_| {}).await? else {
            anyhow::bail!("the cut was not seen");
        };
        assert_eq!(found.first_bad_seq, 11);

        let other = kept.replace("origin: sumun/", "origin: other/");
        assert!(journal::verify_against(&store, &other, |_| {}).await.is_err());
        let edited = kept.replace("size: 20", "size: 19");
        assert!(journal::verify_against(&store, &edited, |_| {}).await.is_err());
        assert!(journal::verify_against(&store, "not a checkpoint", |_| {}).await.is_err());
        store.close().await;
        Ok(())
    });
}

/// The store by itself has no way to tell, which is why a checkpoint is kept elsewhere.
async fn forge_nothing(store: &Store) -> Result<()> {
    verified(store).await.map(drop)
}

async fn fill_after(store: &Store, count: i64) -> Result<()> {
    let mut tx = store.begin().await?;
    let entries: Vec<_> = (0..count).map(entry).collect();
    journal::record(&mut tx, &entries, NOW_US).await?;
    tx.commit().await
}

#[test]
fn what_was_undone_leaves_no_trace() {
    each_engine(async |store| {
        fill(&store, &[3]).await?;
        let mut tx = store.begin().await?;
        journal::record(&mut tx, &[entry(7)], NOW_US).await?;
        drop(tx);
        let mut tx = store.read().await?;
        assert!(journal::record(&mut tx, &[entry(7)], NOW_US).await.is_err());
        drop(tx);
        fill_after(&store, 2).await?;
        assert_eq!(verified(&store).await?.size, 5);
        Ok(())
    });
}

/// Writers from two processes, many at a time: the order has no gap and no fork.
#[test]
fn writers_queue() {
    each_place(true, async |place| {
        let first = place.open().await?;
        first.migrate(NOW_US).await?;
        let second = place.open().await?;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..40_i64 {
            let store = if n % 2 == 0 { first.clone() } else { second.clone() };
            tasks.spawn(async move {
                let mut tx = store.begin().await?;
                let seqs = journal::record(&mut tx, &[entry(n), entry(n)], NOW_US).await?;
                tokio::task::yield_now().await;
                let more = journal::record(&mut tx, &[entry(n)], NOW_US).await?;
                assert_eq!(more.start, seqs.end);
                // Some change their mind.
                if n % 4 == 1 { Ok(0) } else { tx.commit().await.map(|()| 3_u64) }
            });
        }
        let mut total = 0;
        while let Some(done) = tasks.join_next().await {
            let done: Result<u64> = done?;
            total += done?;
        }
        assert_eq!(total, 90);
        let verified = verified(&second).await?;
        assert_eq!((verified.size, verified.checkpoints), (90, 30));
        first.close().await;
        second.close().await;
        Ok(())
    });
}

#[test]
fn proofs_convince_one_who_holds_only_checkpoints() {
    each_engine(async |store| {
        fill(&store, &[13]).await?;
        let mut tx = store.read().await?;
        let old = checkpoints::latest(&mut tx).await?.context("a checkpoint")?;
        drop(tx);
        fill_after(&store, 30).await?;
        let mut tx = store.read().await?;
        let new = checkpoints::latest(&mut tx).await?.context("a checkpoint")?;
        assert!(old.signature_holds() && new.signature_holds());
        assert_eq!((old.size, new.size), (13, 43));
        let proof = journal::prove_consistency(&mut tx, old.size, new.size).await?;
        assert!(merkle::verify_consistency(old.size, new.size, &old.root, &new.root, &proof));
        for entry in journal::about(&mut tx, "C-2").await? {
            let index = entry.seq as u64 - 1;
            let proof = journal::prove_inclusion(&mut tx, entry.seq, new.size).await?;
            let leaf = journal::leaf_of(&entry);
            assert!(merkle::verify_inclusion(leaf, index, new.size, &proof, &new.root));
        }
        assert!(journal::prove_inclusion(&mut tx, 44, 43).await.is_err());
        assert!(journal::prove_inclusion(&mut tx, 0, 43).await.is_err());
        assert!(journal::prove_consistency(&mut tx, 13, 44).await.is_err());
        Ok(())
    });
}

#[test]
fn a_checkpoint_is_read_as_it_was_written() {
    each_engine(async |store| {
        fill(&store, &[4]).await?;
        let mut tx = store.read().await?;
        let checkpoint = checkpoints::latest(&mut tx).await?.context("a checkpoint")?;
        let text = checkpoint.to_text();
        assert_eq!(Checkpoint::parse(&text), Some(checkpoint.clone()));
        assert_eq!(Checkpoint::parse(&text.replace('\n', "\r\n")), Some(checkpoint.clone()));
        for (n, line) in text.lines().enumerate() {
            let without: String =
                text.lines().filter(|it| *it != line).map(|it| format!("{it}\n")).collect();
            // Without its last two lines it is an unsigned checkpoint, which is one too.
            assert!(n == 5 || Checkpoint::parse(&without).is_none(), "{without}");
        }
        let mut later = checkpoint;
        later.at += 1;
        assert!(!later.signature_holds());
        Ok(())
    });
}

#[test]
fn the_key_stays_outside_and_is_asked_for() {
    each_place(true, async |place| {
        let store = place.open().await?;
        store.migrate(NOW_US).await?;
        fill(&store, &[2]).await?;
        store.close().await;
        let key = std::fs::read_to_string(place.key())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(place.key())?.permissions().mode() & 0o777, 0o600);
        }

        // Without the key nothing can be recorded, nor a new key slipped in.
        std::fs::remove_file(place.key())?;
        let store = place.open().await?;
        assert!(fill_after(&store, 1).await.is_err());
        assert!(store.migrate(NOW_US).await.is_err());
        assert!(!place.key().exists());
        assert_eq!(verified(&store).await?.size, 2);
        store.close().await;

        // Nor with another key.
        std::fs::write(place.key(), "00".repeat(32))?;
        let store = place.open().await?;
        assert!(fill_after(&store, 1).await.is_err());
        assert!(store.migrate(NOW_US).await.is_err());
        store.close().await;
        std::fs::write(place.key(), "not a key")?;
        assert!(place.open().await.is_err());

        std::fs::write(place.key(), key)?;
        let store = place.open().await?;
        fill_after(&store, 1).await?;
        assert_eq!(verified(&store).await?.size, 3);
        store.close().await;
        Ok(())
    });
}

#[test]
fn a_store_without_a_key_writes_unsigned_checkpoints_and_says_so() {
    each_place(true, async |place| {
        if place.engine == Engine::Sqlite {
            return Ok(());
        }
        let store = Store::open(&place.url).await?;
        fill(&store, &[2, 2]).await?;
        let found = verified(&store).await?;
        assert_eq!((found.size, found.checkpoints, found.unsigned), (4, 2, 2));
        tamper(&store, &["update journal set body = '{}' where seq = 3"]).await?;
        assert_eq!(broken(&store).await?.first_bad_seq, 3);
        store.close().await;
        Ok(())
    });
}
