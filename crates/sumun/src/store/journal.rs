//! The journal: who or what decided, when, and why, in one gapless order. Every act records here
//! in its own transaction; each entry is a leaf of a Merkle tree whose root is signed at commit
//! (`checkpoints.rs`), so that a changed, missing or added entry is found and named. `verify` is
//! the auditor's question, and the proofs are for one who holds a checkpoint but not the store.
//!
//! A leaf is the hash (`merkle::leaf_hash`) of these bytes, integers big-endian:
//! `seq` i64, `at` i64, then `actor`, `act`, `subject` and `body`, each as its length in bytes
//! (u32) and its UTF-8. The lengths keep two neighbours from being read apart in another place,
//! and `body` is the very text that is stored, so no rule for writing JSON is needed.

use std::borrow::Cow;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

use super::checkpoints::{self, Checkpoint};
use super::{Kind, Store, Tx, args, values};
use crate::merkle::{self, Frontier, Hash, Prover};

/// Entries read at a time while verifying or proving.
const PAGE: i64 = 20_000;

/// One act or decision, to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEntry<'e> {
    /// A person's id, or the part of Sumun that decided, such as `screening`.
    pub actor: Cow<'e, str>,
    /// What was done, such as `consignment.held`.
    pub act: Cow<'e, str>,
    /// The id of what it was done to.
    pub subject: Cow<'e, str>,
    /// Versions, reasons and figures, as the act needs them.
    pub body: serde_json::Value,
}

/// An entry as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number: 1, 2, 3 ...
    pub seq: i64,
    /// Microseconds since 1970 UTC.
    pub at: i64,
    /// Who or what decided.
    pub actor: String,
    /// What was done.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    /// JSON, byte for byte as it was hashed.
    pub body: String,
}

/// The journal's end, held by a writing transaction.
pub(super) struct Head {
    pub(super) origin: String,
    pub(super) frontier: Frontier,
    /// When something was last appended in this transaction.
    pub(super) appended_at: Option<i64>,
}

impl Head {
    /// Locks the journal for this transaction, so that writers come one after another.
    pub(super) async fn lock(tx: &mut Tx) -> Result<Head> {
        let head = tx
            .fetch_optional(
                "select origin, size, frontier from journal_head where id = 1 {for update}",
                args![],
                |row| Ok((row.text(0)?.to_owned(), row.int(1)?, row.text(2)?.to_owned())),
            )
            .await;
        let not_ready = || format!("the store {} is not ready: run `sumun migrate`", tx.place);
        let (origin, size, frontier) = head.with_context(not_ready)?.with_context(not_ready)?;
        let frontier = u64::try_from(size)
            .ok()
            .and_then(|size| Frontier::from_text(size, &frontier))
            .context("the journal's head is damaged: run `sumun verify`")?;
        Ok(Head { origin, frontier, appended_at: None })
    }
}

/// The bytes of an entry that are hashed.
fn leaf_bytes(seq: i64, at: i64, texts: [&str; 4]) -> Vec<u8> {
    let length = texts.iter().map(|text| text.len() + 4).sum::<usize>() + 16;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(seq.to_be_bytes());
    bytes.extend(at.to_be_bytes());
    for text in texts {
        // A text of 4 GB does not fit into either engine, so the length never wraps.
        bytes.extend((text.len() as u32).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// Appends entries, in order, and gives their numbers. `now_us` is microseconds since 1970 UTC.
/// The checkpoint that covers them is written when the transaction commits.
///
/// # Errors
/// When the transaction is a reading one, or the store refuses.
pub async fn record(tx: &mut Tx, entries: &[JournalEntry<'_>], now_us: i64) -> Result<Range<i64>> {
    let head = tx.head.as_mut().context("a reading transaction cannot record")?;
    let first = i64::try_from(head.frontier.size()).context("the journal is full")? + 1;
    let mut hashed = Vec::with_capacity(entries.len());
    for (entry, seq) in entries.iter().zip(first..) {
        let body = entry.body.to_string();
        let texts = [&*entry.actor, &*entry.act, &*entry.subject, &*body];
        let leaf = merkle::leaf_hash(&leaf_bytes(seq, now_us, texts));
        head.frontier.append(leaf);
        hashed.push((seq, entry, body, hex::encode(leaf)));
    }
    if !entries.is_empty() {
        head.appended_at = Some(now_us);
    }
    tx.insert_many(
        "journal",
        [
            ("seq", Kind::Int),
            ("at", Kind::Int),
            ("actor", Kind::Text),
            ("act", Kind::Text),
            ("subject", Kind::Text),
            ("body", Kind::Text),
            ("leaf_hash", Kind::Text),
        ],
        "",
        hashed.iter().map(|(seq, entry, body, leaf)| {
            values![*seq, now_us, &*entry.actor, &*entry.act, &*entry.subject, body, leaf]
        }),
    )
    .await
    .context("while recording in the journal")?;
    Ok(first..first + i64::try_from(entries.len())?)
}

/// All that was recorded about one subject, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn about(tx: &mut Tx, subject: &str) -> Result<Vec<Recorded>> {
    tx.fetch_all(
        "select seq, at, actor, act, subject, body
         from journal
         where subject = $1
         order by seq",
        args![subject],
        recorded,
    )
    .await
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// About one of these.
    pub subjects: Option<Vec<String>>,
    /// Of this person or part of Sumun.
    pub actor: Option<String>,
    /// Of this act.
    pub act: Option<String>,
    /// From this time on.
    pub from: Option<i64>,
    /// Up to this time.
    pub to: Option<i64>,
    /// With this text in act, subject, actor or body.
    pub text: Option<String>,
}

/// Up to `limit` entries before one, the latest first.
///
/// # Errors
/// When the store fails.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Recorded>> {
    // What stands for other characters in a pattern stands for itself in what people look for.
    let pattern = filter.text.as_ref().map(|text| {
        let plain = text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        format!("%{plain}%")
    });
    let none = Vec::new();
    let subjects = filter.subjects.as_ref().unwrap_or(&none);
    let args = args![
        before.unwrap_or(i64::MAX),
        filter.subjects.is_none(),
        subjects,
        &filter.actor,
        &filter.act,
        filter.from,
        filter.to,
        pattern,
        limit
    ];
    tx.fetch_all(
        "select seq, at, actor, act, subject, body
         from journal
         where seq < $1
           and ($2 = 1 or subject {in $3})
           and ($4 is null or actor = $4)
           and ($5 is null or act = $5)
           and ($6 is null or at >= $6)
           and ($7 is null or at <= $7)
           and ($8 is null
                or lower(act || ' ' || subject || ' ' || actor || ' ' || body)
                   like $8 escape '!')
         order by seq desc
         limit $9",
        args,
        recorded,
    )
    .await
}

/// One entry.
///
/// # Errors
/// When the store fails.
pub async fn entry(tx: &mut Tx, seq: i64) -> Result<Option<Recorded>> {
    tx.fetch_optional(
        "select seq, at, actor, act, subject, body from journal where seq = $1",
        args![seq],
        recorded,
    )
    .await
}

/// All that one recorded of one kind of act, oldest first. It reads the whole journal, so it is for
/// acts that are rare.
///
/// # Errors
/// When the store fails.
pub async fn of_act(tx: &mut Tx, act: &str, actor: &str) -> Result<Vec<Recorded>> {
    tx.fetch_all(
        "select seq, at, actor, act, subject, body
         from journal
         where act = $1 and actor = $2
         order by seq",
        args![act, actor],
        recorded,
    )
    .await
}

fn recorded(row: &super::Row) -> Result<Recorded> {
    Ok(Recorded {
        seq: row.int(0)?,
        at: row.int(1)?,
        actor: row.text(2)?.to_owned(),
        act: row.text(3)?.to_owned(),
        subject: row.text(4)?.to_owned(),
        body: row.text(5)?.to_owned(),
    })
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry, root and signature is as it was written.
    Verified(Verified),
    /// Something was altered after it was written.
    Broken(Broken),
}

/// A journal that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries there are.
    pub size: u64,
    /// The root over all of them.
    pub root: Hash,
    /// How many checkpoints were compared.
    pub checkpoints: u64,
    /// How many of those bear no signature: they prove order, not authorship.
    pub unsigned: u64,
}

/// A journal that was altered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The first entry that is altered, missing or added; where that cannot be told exactly, the
    /// first that may be.
    pub first_bad_seq: i64,
    /// What is wrong, in a sentence.
    pub what: String,
}

/// Reads the whole journal and checks each entry's hash and number, the root and signature of
/// each checkpoint, and the head. `progress` is told now and then how many entries were read.
///
/// One who holds the signing key and may write to the store can make a new past that verifies:
/// against that, compare with a checkpoint kept elsewhere, by [`verify_against`].
///
/// # Errors
/// When the store fails. An altered journal is no error but a [`Verdict`].
pub async fn verify(store: &Store, progress: impl FnMut(u64) + Send) -> Result<Verdict> {
    walk(store, None, progress).await
}

/// As [`verify`], and also against a checkpoint that someone kept: the journal must still begin
/// with what that checkpoint covers.
///
/// # Errors
/// When the text is no checkpoint, is of another store, or is signed wrongly; when the store fails.
pub async fn verify_against(
    store: &Store,
    kept: &str,
    progress: impl FnMut(u64) + Send,
) -> Result<Verdict> {
    let kept = Checkpoint::parse(kept).context("the text is no checkpoint of a journal")?;
    if kept.signed.is_some() {
        ensure!(kept.signature_holds(), "the kept checkpoint's own signature is wrong");
    }
    walk(store, Some(kept), progress).await
}

async fn walk(
    store: &Store,
    kept: Option<Checkpoint>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Verdict> {
    let mut tx = store.read().await?;
    let (origin, head_size, head_frontier) = tx
        .fetch_one("select origin, size, frontier from journal_head where id = 1", args![], |row| {
            Ok((row.text(0)?.to_owned(), row.int(1)?, row.text(2)?.to_owned()))
        })
        .await?;
    if let Some(kept) = &kept {
        ensure!(kept.origin == origin, "the kept checkpoint is of {}, not {origin}", kept.origin);
    }
    if let Some(broken) = check_keys(store, &mut tx, kept.as_ref()).await? {
        return Ok(Verdict::Broken(broken));
    }

    let mut walk = Walk { kept, ..Walk::default() };
    loop {
        let after = walk.last_seq();
        let checkpoints = walk.checkpoints(&mut tx, after).await?;
        let mut rows = tx.rows(
            "select seq, at, actor, act, subject, body, leaf_hash
             from journal
             where seq > $1
             order by seq
             limit $2",
            args![if after == 0 { i64::MIN } else { after }, PAGE],
        )?;
        let mut checkpoints = checkpoints.into_iter().peekable();
        let mut read = 0;
        while let Some(row) = rows.next().await? {
            read += 1;
            let texts = [row.text(2)?, row.text(3)?, row.text(4)?, row.text(5)?];
            if let Err(broken) = walk.entry(row.int(0)?, row.int(1)?, texts, row.text(6)?) {
                return Ok(Verdict::Broken(broken));
            }
            while let Some(found) = checkpoints.next_if(|found| found.size <= walk.last_seq()) {
                if let Err(broken) = walk.checkpoint(found) {
                    return Ok(Verdict::Broken(broken));
                }
            }
        }
        progress(walk.frontier.size());
        if read < PAGE {
            break;
        }
    }
    let beyond = tx
        .fetch_one("select coalesce(max(size), 0) from checkpoint", args![], |row| row.int(0))
        .await?;
    Ok(match walk.end(head_size, &head_frontier, beyond) {
        Ok(verified) => Verdict::Verified(verified),
        Err(broken) => Verdict::Broken(broken),
    })
}

/// Keys first: with a key that is not the one we hold, every signature would prove nothing.
async fn check_keys(
    store: &Store,
    tx: &mut Tx,
    kept: Option<&Checkpoint>,
) -> Result<Option<Broken>> {
    let keys = checkpoints::known_keys(tx).await?;
    let broken = |what: String| Ok(Some(Broken { first_bad_seq: 1, what }));
    if let Some((id, _)) = keys.iter().find(|(_, public)| public.is_none()) {
        return broken(format!("the public key {id} was altered"));
    }
    if let Some(key) = store.key.find()?
        && !keys.iter().any(|(id, _)| id == key.id())
    {
        return broken(format!("the store no longer knows its own key {}", key.id()));
    }
    if let Some(signed) = kept.and_then(|kept| kept.signed.as_ref())
        && !keys.iter().any(|(_, public)| *public == Some(signed.public))
    {
        return broken("the store no longer knows the key of the kept checkpoint".to_owned());
    }
    Ok(None)
}

/// How far a verification has come.
#[derive(Default)]
struct Walk {
    kept: Option<Checkpoint>,
    frontier: Frontier,
    /// The last checkpoint that held; entries up to it are proven.
    proven: i64,
    checkpoints: u64,
    unsigned: u64,
}

/// A checkpoint's row: malformed ones are none.
struct Found {
    size: i64,
    has_key: bool,
    checkpoint: Option<Checkpoint>,
}

impl Walk {
    fn last_seq(&self) -> i64 {
        // The size was counted up one by one from 0, so it fits.
        self.frontier.size() as i64
    }

    /// The checkpoints that fall into the next page of entries.
    async fn checkpoints(&self, tx: &mut Tx, after: i64) -> Result<Vec<Found>> {
        tx.fetch_all(
            "select h.origin, c.size, c.root, c.at, k.public_key, c.signature, c.key_id
             from journal_head h
             cross join checkpoint c
             left join journal_key k on k.key_id = c.key_id
             where c.size > $1 and c.size <= $2
             order by c.size",
            args![after, after + PAGE],
            |row| {
                Ok(Found {
                    size: row.int(1)?,
                    has_key: row.text_opt(6)?.is_some(),
                    checkpoint: checkpoints::read(row),
                })
            },
        )
        .await
    }

    fn entry(&mut self, seq: i64, at: i64, texts: [&str; 4], stored: &str) -> Result<(), Broken> {
        let expected = self.last_seq() + 1;
        if seq > expected {
            let last = seq - 1;
            return Err(Broken {
                first_bad_seq: expected,
                what: match last == expected {
                    true => format!("entry {expected} is missing"),
                    false => format!("entries {expected} to {last} are missing"),
                },
            });
        }
        if seq < expected {
            let what = format!("entry {seq} was added where no entry can be");
            return Err(Broken { first_bad_seq: seq, what });
        }
        let leaf = merkle::leaf_hash(&leaf_bytes(seq, at, texts));
        if hex::encode(leaf) != stored {
            let what = format!("entry {seq} was altered: it no longer has its hash");
            return Err(Broken { first_bad_seq: seq, what });
        }
        self.frontier.append(leaf);
        if let Some(kept) = &self.kept
            && kept.size == self.frontier.size()
            && kept.root != self.frontier.root()
        {
            let what = format!(
                "the first {seq} entries are not those that the kept checkpoint covers: some were \
                 altered, and the store's own checkpoints with them"
            );
            return Err(Broken { first_bad_seq: 1, what });
        }
        Ok(())
    }

    fn checkpoint(&mut self, found: Found) -> Result<(), Broken> {
        let (first, size) = (self.proven + 1, found.size);
        let broken = |what: String| Err(Broken { first_bad_seq: first, what });
        let Some(checkpoint) = found.checkpoint else {
            return broken(format!("the checkpoint after entry {size} was altered"));
        };
        match &checkpoint.signed {
            Some(_) if !checkpoint.signature_holds() => {
                return broken(format!("the checkpoint after entry {size} has a wrong signature"));
            }
            Some(_) => {}
            // Once a store has a key it always signs, so a bare checkpoint was put there.
            None if found.has_key || self.unsigned < self.checkpoints => {
                return broken(format!("the checkpoint after entry {size} lost its signature"));
            }
            None => self.unsigned += 1,
        }
        if checkpoint.root != self.frontier.root() {
            return broken(format!(
                "some of the entries {first} to {size} were altered, and their hashes with them: \
                 the root after {size} is not the one of its checkpoint"
            ));
        }
        self.checkpoints += 1;
        self.proven = size;
        Ok(())
    }

    fn end(self, head: i64, frontier: &str, last_checkpoint: i64) -> Result<Verified, Broken> {
        let count = self.last_seq();
        let kept = self.kept.as_ref().map_or(0, |kept| kept.size.try_into().unwrap_or(i64::MAX));
        let known = head.max(last_checkpoint).max(kept);
        if count < known {
            let what = format!("the journal was cut off: it had {known} entries and has {count}");
            return Err(Broken { first_bad_seq: count + 1, what });
        }
        if count > head {
            let what = format!("entries after {head} were added without the journal's head");
            return Err(Broken { first_bad_seq: head + 1, what });
        }
        if count > self.proven {
            let what = format!("no checkpoint covers the entries {} to {count}", self.proven + 1);
            return Err(Broken { first_bad_seq: self.proven + 1, what });
        }
        if self.frontier.to_text() != frontier {
            let what = "the journal's head was altered: its hashes are not the entries'".to_owned();
            return Err(Broken { first_bad_seq: count, what });
        }
        Ok(Verified {
            size: self.frontier.size(),
            root: self.frontier.root(),
            checkpoints: self.checkpoints,
            unsigned: self.unsigned,
        })
    }
}

/// Proves that entry `seq` is in the journal, to one who holds the checkpoint of `size` entries.
/// Give them the entry, its leaf hash is theirs to compute; [`merkle::verify_inclusion`] with
/// index `seq - 1` checks it.
///
/// # Errors
/// When there is no such entry among the first `size`, or the store fails.
pub async fn prove_inclusion(tx: &mut Tx, seq: i64, size: u64) -> Result<Vec<Hash>> {
    let index = u64::try_from(seq - 1).ok().filter(|index| *index < size);
    let index = index.with_context(|| format!("entry {seq} is not among the first {size}"))?;
    prove(tx, merkle::inclusion_ranges(index, size), size).await
}

/// Proves that the journal of `old` entries is the beginning of that of `size` entries, to one
/// who holds both checkpoints. [`merkle::verify_consistency`] checks it.
///
/// # Errors
/// When the journal is shorter than that, or the store fails.
pub async fn prove_consistency(tx: &mut Tx, old: u64, size: u64) -> Result<Vec<Hash>> {
    ensure!(old <= size, "a journal of {old} entries cannot be the beginning of one of {size}");
    prove(tx, merkle::consistency_ranges(old, size), size).await
}

async fn prove(tx: &mut Tx, ranges: Vec<Range<u64>>, size: u64) -> Result<Vec<Hash>> {
    let mut prover = Prover::new(ranges);
    let mut rows = tx.rows(
        "select leaf_hash from journal where seq <= $1 order by seq",
        args![i64::try_from(size)?],
    )?;
    while let Some(row) = rows.next().await? {
        match checkpoints::parse_hex(row.text(0)?) {
            Some(leaf) => prover.feed(leaf),
            None => bail!("the journal is damaged: run `sumun verify`"),
        }
    }
    prover.finish().with_context(|| format!("the journal has fewer than {size} entries"))
}

/// The leaf hash of an entry, for one who checks a proof.
pub fn leaf_of(entry: &Recorded) -> Hash {
    let texts = [&*entry.actor, &*entry.act, &*entry.subject, &*entry.body];
    merkle::leaf_hash(&leaf_bytes(entry.seq, entry.at, texts))
}

/// How many entries there are.
///
/// # Errors
/// When the store fails.
pub async fn size(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select size from journal_head where id = 1", args![], |row| row.int(0)).await
}

/// An entry, as far as it is told to those who listen.
#[derive(Clone, Debug)]
pub struct News {
    /// Microseconds since 1970 UTC.
    pub at: i64,
    /// What was done.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    /// JSON.
    pub body: String,
}

/// The entries of these acts after an entry, at most `limit`, and the number up to which they go.
///
/// # Errors
/// When the store fails.
pub async fn news(tx: &mut Tx, after: i64, acts: &[&str], limit: i64) -> Result<(i64, Vec<News>)> {
    let size = size(tx).await?;
    if size == after {
        return Ok((size, Vec::new()));
    }
    let mut last = after;
    let news = tx
        .fetch_all(
            "select at, act, subject, body, seq from journal
             where seq > $1 and act {in $2} order by seq limit $3",
            args![after, acts, limit],
            |row| {
                last = row.int(4)?;
                Ok(News {
                    at: row.int(0)?,
                    act: row.text(1)?.to_owned(),
                    subject: row.text(2)?.to_owned(),
                    body: row.text(3)?.to_owned(),
                })
            },
        )
        .await?;
    let whole = (news.len() as i64) < limit;
    Ok((if whole { size } else { last }, news))
}
