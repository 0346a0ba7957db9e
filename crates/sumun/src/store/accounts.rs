//! Accounts: people with their roles, and the invitations by which they come in. Passwords are
//! kept as their Argon2id hash and links as the SHA-256 of their token, so that a copy of the store
//! lets nobody in. What people do with accounts: `acts/account.rs`.

use anyhow::Result;

use super::{Kind, Tx, args, values};
use crate::rights::Grant;

/// A person as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Made by us or by the client: a ULID.
    pub id: String,
    /// Who acts, in the journal; never changed.
    pub name: String,
    /// How people call them.
    pub display: String,
    /// `ko` or `en`.
    pub language: String,
    /// `invited`, `active` or `closed`.
    pub state: String,
    /// Argon2id in the PHC form; none before the invitation was taken up.
    pub password: Option<String>,
    /// What the second factor's secret is derived from.
    pub totp_nonce: Option<String>,
    /// When the second factor was confirmed; it is asked for from then on.
    pub totp_confirmed_at: Option<i64>,
    /// The last step whose code was used.
    pub totp_step: i64,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: i64,
    /// When they last did something.
    pub last_seen: Option<i64>,
}

impl Account {
    /// Whether a second factor is asked for.
    pub fn has_totp(&self) -> bool {
        self.totp_confirmed_at.is_some()
    }
}

/// The columns of an account, in the order that [`read`] takes them.
pub(super) const COLUMNS: &str = "account.id, account.name, account.display, account.language,
    account.state, account.password, account.totp_nonce, account.totp_confirmed_at,
    account.totp_step, account.made_by, account.made_at, account.last_seen";

/// How many they are.
pub(super) const WIDTH: usize = 12;

pub(super) fn read(row: &super::Row) -> Result<Account> {
    Ok(Account {
        id: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        display: row.text(2)?.to_owned(),
        language: row.text(3)?.to_owned(),
        state: row.text(4)?.to_owned(),
        password: row.text_opt(5)?.map(str::to_owned),
        totp_nonce: row.text_opt(6)?.map(str::to_owned),
        totp_confirmed_at: row.int_opt(7)?,
        totp_step: row.int(8)?,
        made_by: row.text(9)?.to_owned(),
        made_at: row.int(10)?,
        last_seen: row.int_opt(11)?,
    })
}

/// Keeps a new account.
pub async fn insert(tx: &mut Tx, of: &Account) -> Result<()> {
    tx.execute(
        "insert into account (id, name, display, language, state, password, totp_nonce,
             totp_confirmed_at, totp_step, made_by, made_at, last_seen)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            &of.id,
            &of.name,
            &of.display,
            &of.language,
            &of.state,
            &of.password,
            &of.totp_nonce,
            of.totp_confirmed_at,
            of.totp_step,
            &of.made_by,
            of.made_at,
            of.last_seen
        ],
    )
    .await?;
    Ok(())
}

/// Keeps an account as it is now; its name, maker and last sight stay.
pub async fn update(tx: &mut Tx, of: &Account) -> Result<()> {
    tx.execute(
        "update account
         set display = $2, language = $3, state = $4, password = $5, totp_nonce = $6,
             totp_confirmed_at = $7, totp_step = $8
         where id = $1",
        args![
            &of.id,
            &of.display,
            &of.language,
            &of.state,
            &of.password,
            &of.totp_nonce,
            of.totp_confirmed_at,
            of.totp_step
        ],
    )
    .await?;
    Ok(())
}

/// An account by its id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Account>> {
    let sql = super::AssertSqlSafe(format!("select {COLUMNS} from account where id = $1"));
    tx.fetch_optional(sql, args![id], read).await
}

/// An account by its name.
pub async fn named(tx: &mut Tx, name: &str) -> Result<Option<Account>> {
    let sql = super::AssertSqlSafe(format!("select {COLUMNS} from account where name = $1"));
    tx.fetch_optional(sql, args![name], read).await
}

/// The account of a provider's subject.
pub async fn of_subject(tx: &mut Tx, (issuer, subject): (&str, &str)) -> Result<Option<String>> {
    tx.fetch_optional(
        "select account_id from account_subject where issuer = $1 and subject = $2",
        args![issuer, subject],
        |row| Ok(row.text(0)?.to_owned()),
    )
    .await
}

/// Binds a provider's subject to an account; false where the account has another one already.
pub async fn bind_subject(
    tx: &mut Tx,
    (issuer, subject): (&str, &str),
    account_id: &str,
    now: i64,
) -> Result<bool> {
    let bound = tx
        .execute(
            "insert into account_subject (issuer, subject, account_id, bound_at)
             values ($1, $2, $3, $4)
             on conflict do nothing",
            args![issuer, subject, account_id, now],
        )
        .await?;
    Ok(bound > 0)
}

/// Takes up every invitation of an account that is still good; false where there is none.
pub async fn take_up_all(tx: &mut Tx, account_id: &str, now: i64) -> Result<bool> {
    let taken = tx
        .execute(
            "update invitation set used_at = $2
             where account_id = $1 and used_at is null and expires_at > $2",
            args![account_id, now],
        )
        .await?;
    Ok(taken > 0)
}

/// Who invited the person of an account, over all its invitations.
pub async fn invited_by(tx: &mut Tx, account_id: &str) -> Result<Vec<String>> {
    tx.fetch_all(
        "select distinct made_by from invitation where account_id = $1 order by made_by",
        args![account_id],
        |row| Ok(row.text(0)?.to_owned()),
    )
    .await
}

/// Up to `limit` accounts with names after `after`, by name.
pub async fn page(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Account>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from account
         where name > $1 {{bytewise}}
         order by name {{bytewise}}
         limit $2"
    ));
    tx.fetch_all(sql, args![after, limit], read).await
}

/// Whether anybody may administer, so that no first one has to be made.
pub async fn is_administered(tx: &mut Tx) -> Result<bool> {
    tx.fetch_one(
        "select count(*) from account
         join account_grant on account_grant.account_id = account.id
         where account.state = 'active' and account_grant.role = 'administrator'
           and account_grant.office = '*'",
        args![],
        |row| Ok(row.int(0)? > 0),
    )
    .await
}

/// The roles of accounts, each with the account's id, in order.
pub async fn grants(tx: &mut Tx, ids: &[String]) -> Result<Vec<(String, Grant)>> {
    tx.fetch_all(
        "select account_id, role, office from account_grant
         where account_id {in $1}
         order by account_id, role, office",
        args![ids],
        |row| {
            let grant = Grant { role: row.text(1)?.parse()?, office: row.text(2)?.to_owned() };
            Ok((row.text(0)?.to_owned(), grant))
        },
    )
    .await
}

/// Puts an account's roles in the place of those it had.
pub async fn set_grants(tx: &mut Tx, id: &str, grants: &[Grant]) -> Result<()> {
    tx.execute("delete from account_grant where account_id = $1", args![id]).await?;
    tx.insert_many(
        "account_grant",
        [("account_id", Kind::Text), ("role", Kind::Text), ("office", Kind::Text)],
        "on conflict (account_id, role, office) do nothing",
        grants.iter().map(|grant| values![id, grant.role.as_str(), &grant.office]),
    )
    .await?;
    Ok(())
}

/// A link that lets somebody in once.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// SHA-256 of its token, in hexadecimal.
    pub token_sha256: String,
    /// Whom it lets in; none for the first administrator.
    pub account_id: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: i64,
    /// Until when it is good.
    pub expires_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
}

/// Keeps an invitation; earlier ones of the same account, or for the first administrator, are good
/// no more.
pub async fn invite(tx: &mut Tx, of: &Invitation) -> Result<()> {
    tx.execute(
        "delete from invitation
         where used_at is null and coalesce(account_id, '') = coalesce($1, '')",
        args![&of.account_id],
    )
    .await?;
    tx.execute(
        "insert into invitation (token_sha256, account_id, made_by, made_at, expires_at, used_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![&of.token_sha256, &of.account_id, &of.made_by, of.made_at, of.expires_at, of.used_at],
    )
    .await?;
    Ok(())
}

/// An invitation by the SHA-256 of its token.
pub async fn invitation(tx: &mut Tx, token_sha256: &str) -> Result<Option<Invitation>> {
    tx.fetch_optional(
        "select token_sha256, account_id, made_by, made_at, expires_at, used_at
         from invitation where token_sha256 = $1",
        args![token_sha256],
        |row| {
            Ok(Invitation {
                token_sha256: row.text(0)?.to_owned(),
                account_id: row.text_opt(1)?.map(str::to_owned),
                made_by: row.text(2)?.to_owned(),
                made_at: row.int(3)?,
                expires_at: row.int(4)?,
                used_at: row.int_opt(5)?,
            })
        },
    )
    .await
}

/// Marks an invitation as used.
pub async fn take_up(tx: &mut Tx, token_sha256: &str, now: i64) -> Result<()> {
    tx.execute(
        "update invitation set used_at = $2 where token_sha256 = $1",
        args![token_sha256, now],
    )
    .await?;
    Ok(())
}

/// State and roles of every account, by name, for verifying.
pub async fn states(tx: &mut Tx) -> Result<Vec<(String, String, Vec<Grant>)>> {
    let accounts = tx
        .fetch_all("select id, name, state from account order by name", args![], |row| {
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned()))
        })
        .await?;
    let ids: Vec<String> = accounts.iter().map(|(id, ..)| id.clone()).collect();
    let all = grants(tx, &ids).await?;
    let of = |id: &str| {
        let own = all.iter().filter(|(of, _)| of == id);
        own.map(|(_, grant)| grant.clone()).collect()
    };
    Ok(accounts.into_iter().map(|(id, name, state)| (name, state, of(&id))).collect())
}
