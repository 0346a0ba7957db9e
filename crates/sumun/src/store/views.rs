//! Views: the filters of a screen that a person keeps under a name.

use anyhow::Result;

use super::{Tx, args};

/// A kept view.
#[derive(Debug, Clone)]
pub struct KeptView {
    /// Its name.
    pub name: String,
    /// The screen that it is for.
    pub screen: String,
    /// The filters, as JSON.
    pub filters: String,
    /// When it was kept, in microseconds since 1970-01-01 UTC.
    pub set_at: i64,
}

/// A person's views, by name.
pub async fn list(tx: &mut Tx, owner: &str) -> Result<Vec<KeptView>> {
    tx.fetch_all(
        "select name, screen, filters, set_at from kept_view
         where owner = $1 order by name",
        args![owner],
        |row| {
            Ok(KeptView {
                name: row.text(0)?.to_owned(),
                screen: row.text(1)?.to_owned(),
                filters: row.text(2)?.to_owned(),
                set_at: row.int(3)?,
            })
        },
    )
    .await
}

/// Keeps a view in the place of one of the same name.
pub async fn keep(tx: &mut Tx, owner: &str, view: &KeptView) -> Result<()> {
    tx.execute(
        "insert into kept_view (owner, name, screen, filters, set_at)
         values ($1, $2, $3, $4, $5)
         on conflict (owner, name) do update
         set screen = excluded.screen, filters = excluded.filters, set_at = excluded.set_at",
        args![owner, &view.name, &view.screen, &view.filters, view.set_at],
    )
    .await?;
    Ok(())
}

/// Forgets a view; false when there is none of this name.
pub async fn forget(tx: &mut Tx, owner: &str, name: &str) -> Result<bool> {
    let gone = tx
        .execute("delete from kept_view where owner = $1 and name = $2", args![owner, name])
        .await?;
    Ok(gone > 0)
}
