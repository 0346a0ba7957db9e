//! Tokens of machines: each with the actions it was given and its office, known by the SHA-256 of
//! what the machine sends.

use anyhow::Result;

use super::{Tx, args};
use crate::rights::Action;

/// A machine's token as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiToken {
    /// A ULID.
    pub id: String,
    /// SHA-256 of the token, in hexadecimal.
    pub token_sha256: String,
    /// Who acts, in the journal: `token NAME`.
    pub name: String,
    /// What it may do.
    pub actions: Vec<Action>,
    /// At which office; `*` is every one.
    pub office: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: i64,
    /// Until when it is good.
    pub expires_at: i64,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// When it was last used, to the minute.
    pub used_at: Option<i64>,
}

const COLUMNS: &str = "id, token_sha256, name, actions, office, made_by, made_at, expires_at,
    revoked_at, used_at";

fn read(row: &super::Row) -> Result<ApiToken> {
    let actions = row.text(3)?.split_whitespace().map(str::parse).collect::<Result<_>>()?;
    Ok(ApiToken {
        id: row.text(0)?.to_owned(),
        token_sha256: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        actions,
        office: row.text(4)?.to_owned(),
        made_by: row.text(5)?.to_owned(),
        made_at: row.int(6)?,
        expires_at: row.int(7)?,
        revoked_at: row.int_opt(8)?,
        used_at: row.int_opt(9)?,
    })
}

/// Keeps a token.
pub async fn insert(tx: &mut Tx, of: &ApiToken) -> Result<()> {
    let actions: Vec<&str> = of.actions.iter().map(|action| action.as_str()).collect();
    tx.execute(
        "insert into api_token (id, token_sha256, name, actions, office, made_by, made_at,
             expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            &of.id,
            &of.token_sha256,
            &of.name,
            actions.join(" "),
            &of.office,
            &of.made_by,
            of.made_at,
            of.expires_at
        ],
    )
    .await?;
    Ok(())
}

/// A token by its SHA-256.
pub async fn by_digest(tx: &mut Tx, token_sha256: &str) -> Result<Option<ApiToken>> {
    let sql =
        super::AssertSqlSafe(format!("select {COLUMNS} from api_token where token_sha256 = $1"));
    tx.fetch_optional(sql, args![token_sha256], read).await
}

/// A token by its id or its name.
pub async fn find(tx: &mut Tx, id_or_name: &str) -> Result<Option<ApiToken>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from api_token where id = $1 or name = $1 order by id limit 1"
    ));
    tx.fetch_optional(sql, args![id_or_name], read).await
}

/// Up to `limit` tokens with names after `after`, by name.
pub async fn page(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<ApiToken>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from api_token
         where name > $1 {{bytewise}}
         order by name {{bytewise}}
         limit $2"
    ));
    tx.fetch_all(sql, args![after, limit], read).await
}

/// Takes a token back.
pub async fn revoke(tx: &mut Tx, id: &str, now: i64) -> Result<()> {
    tx.execute(
        "update api_token set revoked_at = $2 where id = $1 and revoked_at is null",
        args![id, now],
    )
    .await?;
    Ok(())
}

/// Notes when a token was last used.
pub async fn touch(tx: &mut Tx, token_sha256: &str, now: i64) -> Result<()> {
    tx.execute(
        "update api_token set used_at = $2 where token_sha256 = $1",
        args![token_sha256, now],
    )
    .await?;
    Ok(())
}
