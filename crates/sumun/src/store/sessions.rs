//! Sessions of browsers, each known by the SHA-256 of its token, and failed attempts to sign in.
//! How long a session lasts is decided where it is used: `acts/account.rs`.

use anyhow::Result;

use super::accounts::{self, Account};
use super::{Kind, Tx, args, values};
use crate::rights::Grant;

/// A browser that has signed in.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// SHA-256 of its token, in hexadecimal.
    pub token_sha256: String,
    /// By which people revoke it; tells nothing of the token.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// When it began.
    pub began_at: i64,
    /// When it was last used, to the minute.
    pub used_at: i64,
    /// When it ends whatever is done.
    pub expires_at: i64,
    /// The address it began from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

const COLUMNS: &str = "session.token_sha256, session.id, session.account_id, session.began_at,
    session.used_at, session.expires_at, session.address, session.agent";

fn read(row: &super::Row, from: usize) -> Result<Session> {
    Ok(Session {
        token_sha256: row.text(from)?.to_owned(),
        id: row.text(from + 1)?.to_owned(),
        account_id: row.text(from + 2)?.to_owned(),
        began_at: row.int(from + 3)?,
        used_at: row.int(from + 4)?,
        expires_at: row.int(from + 5)?,
        address: row.text(from + 6)?.to_owned(),
        agent: row.text(from + 7)?.to_owned(),
    })
}

/// Keeps a session.
pub async fn insert(tx: &mut Tx, of: &Session) -> Result<()> {
    tx.execute(
        "insert into session (token_sha256, id, account_id, began_at, used_at, expires_at, address,
             agent)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            &of.token_sha256,
            &of.id,
            &of.account_id,
            of.began_at,
            of.used_at,
            of.expires_at,
            &of.address,
            &of.agent
        ],
    )
    .await?;
    Ok(())
}

/// A session by the SHA-256 of its token, with its account and the account's roles.
pub async fn find(
    tx: &mut Tx,
    token_sha256: &str,
) -> Result<Option<(Session, Account, Vec<Grant>)>> {
    let from = accounts::WIDTH;
    // One query, since every request asks it.
    let sql = super::AssertSqlSafe(format!(
        "select {}, {COLUMNS}, account_grant.role, account_grant.office
         from session
         join account on account.id = session.account_id
         left join account_grant on account_grant.account_id = account.id
         where session.token_sha256 = $1
         order by account_grant.role, account_grant.office",
        accounts::COLUMNS
    ));
    let rows = tx
        .fetch_all(sql, args![token_sha256], |row| {
            let grant = match (row.text_opt(from + 8)?, row.text_opt(from + 9)?) {
                (Some(role), Some(office)) => {
                    Some(Grant { role: role.parse()?, office: office.to_owned() })
                }
                _ => None,
            };
            Ok((read(row, from)?, accounts::read(row)?, grant))
        })
        .await?;
    let mut all = None;
    for (session, account, grant) in rows {
        let (.., grants) = all.get_or_insert_with(|| (session, account, Vec::new()));
        grants.extend(grant);
    }
    Ok(all)
}

/// The sessions of an account, the latest first.
pub async fn of_account(tx: &mut Tx, account_id: &str) -> Result<Vec<Session>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from session where account_id = $1 order by used_at desc, id"
    ));
    tx.fetch_all(sql, args![account_id], |row| read(row, 0)).await
}

/// Ends one session of an account; gives whether there was one.
pub async fn end(tx: &mut Tx, account_id: &str, id: &str) -> Result<bool> {
    let ended = tx
        .execute("delete from session where account_id = $1 and id = $2", args![account_id, id])
        .await?;
    Ok(ended > 0)
}

/// Ends all sessions of an account but one, or all; gives how many.
pub async fn end_all(tx: &mut Tx, account_id: &str, but: Option<&str>) -> Result<u64> {
    tx.execute(
        "delete from session where account_id = $1 and ($2 is null or id <> $2)",
        args![account_id, but],
    )
    .await
}

/// Forgets sessions that have ended by themselves.
pub async fn forget(tx: &mut Tx, now: i64, idle_before: i64) -> Result<()> {
    tx.execute(
        "delete from session where expires_at <= $1 or used_at <= $2",
        args![now, idle_before],
    )
    .await?;
    Ok(())
}

/// Notes when sessions, and their accounts, were last used.
pub async fn touch(tx: &mut Tx, token_sha256: &str, account_id: &str, now: i64) -> Result<()> {
    tx.execute(
        "update session set used_at = $2 where token_sha256 = $1 and used_at < $2",
        args![token_sha256, now],
    )
    .await?;
    tx.execute("update account set last_seen = $2 where id = $1", args![account_id, now]).await?;
    Ok(())
}

/// Failed attempts to sign in, of one account or from one address.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Failures {
    /// How many in a row.
    pub failures: i64,
    /// The last one.
    pub last_at: i64,
    /// Until when no more are taken.
    pub locked_until: i64,
}

/// The failures under a key.
pub async fn failures(tx: &mut Tx, key: &str) -> Result<Failures> {
    let found = tx
        .fetch_optional(
            "select failures, last_at, locked_until from sign_in_failure where key = $1",
            args![key],
            |row| {
                Ok(Failures {
                    failures: row.int(0)?,
                    last_at: row.int(1)?,
                    locked_until: row.int(2)?,
                })
            },
        )
        .await?;
    Ok(found.unwrap_or_default())
}

/// Keeps the failures under a key.
pub async fn set_failures(tx: &mut Tx, key: &str, of: Failures) -> Result<()> {
    tx.insert_many(
        "sign_in_failure",
        [
            ("key", Kind::Text),
            ("failures", Kind::Int),
            ("last_at", Kind::Int),
            ("locked_until", Kind::Int),
        ],
        "on conflict (key) do update set failures = excluded.failures, \
         last_at = excluded.last_at, locked_until = excluded.locked_until",
        [values![key, of.failures, of.last_at, of.locked_until]],
    )
    .await?;
    Ok(())
}

/// Forgets the failures under a key, and those of all keys that are long past.
pub async fn forgive(tx: &mut Tx, key: &str, before: i64) -> Result<()> {
    tx.execute(
        "delete from sign_in_failure where key = $1 or (last_at < $2 and locked_until < $2)",
        args![key, before],
    )
    .await?;
    Ok(())
}
