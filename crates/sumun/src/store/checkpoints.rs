//! Checkpoints: the journal's root after each transaction, signed, so that nobody can rewrite the
//! past without the key, and an auditor who kept one line can prove it even against one who has
//! it. What the root is made of is in `merkle.rs`, what a leaf is in `journal.rs`. The key lies in
//! a file beside the store and never in it.
//!
//! A checkpoint as text, to be kept outside, is these lines. The signature (ed25519) is over the
//! first five, each with its line feed; `at` is microseconds since 1970 UTC:
//!
//! ```text
//! sumun journal checkpoint 1
//! origin: sumun/01KAM2C0V6T9W3Y2MZ5Q6R7S8T
//! size: 128
//! root: 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
//! at: 1795348800000000
//! key: d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
//! signature: e5564300c360ac72...
//! ```

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use rand::TryRng;
use sha2::{Digest, Sha256};

use super::journal::Head;
use super::{Row, Tx, args};
use crate::merkle::Hash;

const TITLE: &str = "sumun journal checkpoint 1";

/// The private key that signs a journal.
pub struct JournalKey {
    signing: SigningKey,
    id: String,
}

impl JournalKey {
    /// Reads the key's file: 64 hex digits. None when there is no such file.
    ///
    /// # Errors
    /// When the file is there but cannot be read, or holds something else.
    pub fn load(path: &Path) -> Result<Option<JournalKey>> {
        let reading = || format!("while reading the journal's key {}", path.display());
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(reading),
        };
        // What the file holds must not appear in the error, so the source is dropped.
        let seed = parse_hex(text.trim()).ok_or_else(|| anyhow::anyhow!("it is not 64 hex digits"));
        Ok(Some(JournalKey::from_seed(&seed.with_context(reading)?)))
    }

    /// Makes a key from the system's randomness and writes its file, readable by its owner only.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub fn create(path: &Path) -> Result<JournalKey> {
        let making = || format!("while making the journal's key {}", path.display());
        let mut seed = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut seed).with_context(making)?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).with_context(making)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).with_context(making)?;
        writeln!(file, "{}", hex::encode(seed)).with_context(making)?;
        // Checkpoints signed with a key that a power cut took away could never be continued.
        file.sync_all().with_context(making)?;
        Ok(JournalKey::from_seed(&seed))
    }

    fn from_seed(seed: &[u8; 32]) -> JournalKey {
        let signing = SigningKey::from_bytes(seed);
        let id = key_id(signing.verifying_key().as_bytes());
        JournalKey { signing, id }
    }

    /// The key's short name: the first 16 hex digits of the SHA-256 of its public half.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public half, in hex.
    pub fn public(&self) -> String {
        hex::encode(self.signing.verifying_key().as_bytes())
    }
}

impl JournalKey {
    /// A secret of the site for one purpose, which tells nothing of the key itself.
    pub fn secret(&self, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"sumun secret 1");
        hash.update(self.signing.to_bytes());
        hash.update(purpose.as_bytes());
        hash.finalize().into()
    }
}

/// The short name of a public key.
fn key_id(public: &[u8; 32]) -> String {
    hex::encode(&Sha256::digest(public)[..8])
}

/// One root of the journal, signed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which store.
    pub origin: String,
    /// How many entries the root covers: 1 to this number.
    pub size: u64,
    /// The Merkle tree hash of those entries.
    pub root: Hash,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// None when the store was written without a key.
    pub signed: Option<Signed>,
}

/// Who signed a checkpoint, and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The ed25519 public key.
    pub public: [u8; 32],
    /// The signature over the first five lines of the checkpoint's text.
    pub signature: [u8; 64],
}

impl Checkpoint {
    /// The checkpoint as text, to be kept where the store's owner cannot reach.
    pub fn to_text(&self) -> String {
        let mut text = self.body();
        if let Some(signed) = &self.signed {
            text += &format!("key: {}\n", hex::encode(signed.public));
            text += &format!("signature: {}\n", hex::encode(signed.signature));
        }
        text
    }

    /// Reads what [`Checkpoint::to_text`] wrote. None when it is anything else; the signature is
    /// not judged.
    pub fn parse(text: &str) -> Option<Checkpoint> {
        let text = text.trim().strip_prefix(TITLE)?.trim_start();
        let mut lines = text.lines().map(str::trim_end);
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
        let mut checkpoint = Checkpoint {
            origin: field("origin")?.to_owned(),
            size: field("size")?.parse().ok()?,
            root: parse_hex(field("root")?)?,
            at: field("at")?.parse().ok()?,
            signed: None,
        };
        if let Some(public) = field("key") {
            let public = parse_hex(public)?;
            checkpoint.signed = Some(Signed { public, signature: parse_hex(field("signature")?)? });
        }
        Some(checkpoint)
    }

    /// The lines that are signed.
    fn body(&self) -> String {
        format!(
            "{TITLE}\norigin: {}\nsize: {}\nroot: {}\nat: {}\n",
            self.origin,
            self.size,
            hex::encode(self.root),
            self.at
        )
    }

    fn sign(&mut self, key: &JournalKey) {
        let signature = key.signing.sign(self.body().as_bytes()).to_bytes();
        self.signed = Some(Signed { public: key.signing.verifying_key().to_bytes(), signature });
    }

    /// Whether the signature is there and right. The key is the one that the checkpoint names:
    /// whether to trust that key is another question.
    pub fn signature_holds(&self) -> bool {
        self.signed.as_ref().is_some_and(|signed| {
            VerifyingKey::from_bytes(&signed.public).is_ok_and(|key| {
                key.verify_strict(self.body().as_bytes(), &Signature::from_bytes(&signed.signature))
                    .is_ok()
            })
        })
    }
}

/// The checkpoint that covers the most entries.
///
/// # Errors
/// When the store fails, or holds what no checkpoint looks like.
pub async fn latest(tx: &mut Tx) -> Result<Option<Checkpoint>> {
    tx.fetch_optional(
        "select h.origin, c.size, c.root, c.at, k.public_key, c.signature
         from journal_head h
         cross join checkpoint c
         left join journal_key k on k.key_id = c.key_id
         order by c.size desc
         limit 1",
        args![],
        |row| read(row).context("the latest checkpoint is damaged: run `sumun verify`"),
    )
    .await
}

/// Reads the columns origin, size, root, at, public_key, signature. None when they are malformed.
pub(super) fn read(row: &Row) -> Option<Checkpoint> {
    let signed = match (row.text_opt(4).ok()?, row.text_opt(5).ok()?) {
        (None, None) => None,
        (public, signature) => {
            Some(Signed { public: parse_hex(public?)?, signature: parse_hex(signature?)? })
        }
    };
    Some(Checkpoint {
        origin: row.text(0).ok()?.to_owned(),
        size: row.int(1).ok()?.try_into().ok()?,
        root: parse_hex(row.text(2).ok()?)?,
        at: row.int(3).ok()?,
        signed,
    })
}

/// Signs and keeps the root of what a transaction appended; nothing when it appended nothing.
pub(super) async fn seal(tx: &mut Tx, head: Head) -> Result<()> {
    let Some(at) = head.appended_at else { return Ok(()) };
    let mut checkpoint = Checkpoint {
        origin: head.origin,
        size: head.frontier.size(),
        root: head.frontier.root(),
        at,
        signed: None,
    };
    let place = tx.key.clone();
    let key = place.find()?;
    check_key(tx, key).await?;
    if let Some(key) = key {
        checkpoint.sign(key);
    }
    let size = i64::try_from(checkpoint.size).context("the journal is full")?;
    tx.execute(
        "insert into checkpoint (size, root, at, key_id, signature)
         values ($1, $2, $3, $4, $5)",
        args![
            size,
            hex::encode(checkpoint.root),
            at,
            key.map(JournalKey::id),
            checkpoint.signed.map(|signed| hex::encode(signed.signature)),
        ],
    )
    .await?;
    tx.execute(
        "update journal_head set size = $1, frontier = $2 where id = 1",
        args![size, head.frontier.to_text()],
    )
    .await?;
    Ok(())
}

/// Refuses to go on where the journal would lose its signatures, or get some that nobody can
/// check. Cheap: once a key was found in order, it is not looked up again.
async fn check_key(tx: &mut Tx, key: Option<&JournalKey>) -> Result<()> {
    if tx.key.checked.get().is_some() {
        return Ok(());
    }
    let known = tx
        .fetch_all("select key_id from journal_key", args![], |row| Ok(row.text(0)?.to_owned()))
        .await?;
    match key {
        Some(key) => ensure!(
            known.iter().any(|id| id == key.id()),
            "the journal of {} does not know the key {}: run `sumun migrate`",
            tx.place,
            key.id()
        ),
        None => ensure!(
            known.is_empty(),
            "the journal of {} is signed, but its key was not found: put the key's file back",
            tx.place
        ),
    }
    if key.is_some() {
        tx.key.checked.get_or_init(|| ());
    }
    Ok(())
}

/// Makes the key if the journal has none yet, and makes it known in the store.
pub(super) async fn ensure_key(tx: &mut Tx, now_us: i64) -> Result<()> {
    let place = tx.key.clone();
    let Some(path) = &place.path else { return Ok(()) };
    let known = tx
        .fetch_all("select key_id from journal_key", args![], |row| Ok(row.text(0)?.to_owned()))
        .await?;
    if place.find()?.is_none() {
        ensure!(
            known.is_empty(),
            "the journal of {} is signed, but its key {} is missing: put it back from the backup",
            tx.place,
            path.display()
        );
        let made = JournalKey::create(path)?;
        place.key.get_or_init(|| made);
    }
    let Some(key) = place.key.get() else { return Ok(()) };
    if known.iter().any(|id| id == key.id()) {
        return Ok(());
    }
    if !known.is_empty() {
        bail!("{} is not the key of the journal of {}", path.display(), tx.place);
    }
    tx.execute(
        "insert into journal_key (key_id, public_key, since) values ($1, $2, $3)",
        args![key.id(), key.public(), now_us],
    )
    .await?;
    Ok(())
}

/// The public keys that the store knows. None in place of a key whose short name is not its own.
pub(super) async fn known_keys(tx: &mut Tx) -> Result<Vec<(String, Option<[u8; 32]>)>> {
    tx.fetch_all("select key_id, public_key from journal_key", args![], |row| {
        let id = row.text(0)?.to_owned();
        let public = parse_hex(row.text(1)?).filter(|public| key_id(public) == id);
        Ok((id, public))
    })
    .await
}

/// Exactly `N` bytes from hex.
pub(super) fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}
