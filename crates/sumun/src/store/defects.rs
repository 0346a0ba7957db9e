//! Defects: what was wrong with records, kept until a person has seen to it.

use anyhow::Result;
use serde::Serialize;
use targeting::consignment::{Defect, DefectKind};

use super::{Kind, Tx, args, values};
use crate::rights::Offices;

/// Keeps the defects of a batch and gives how many are new. The same defect of the same message
/// is kept once.
pub async fn insert(tx: &mut Tx, message_id: i64, defects: &[Defect], now: i64) -> Result<u64> {
    if defects.is_empty() {
        return Ok(0);
    }
    tx.insert_many(
        "defect",
        [
            ("message_id", Kind::Int),
            ("line", Kind::Int),
            ("field", Kind::Text),
            ("kind", Kind::Text),
            ("reason", Kind::Text),
            ("found", Kind::Text),
            ("found_at", Kind::Int),
        ],
        "on conflict (message_id, line, field, kind) do nothing",
        defects.iter().map(|defect| {
            values![
                message_id,
                defect.line as i64,
                defect.field.as_str(),
                defect.kind.as_str(),
                printable(&defect.reason),
                printable(&defect.found),
                now
            ]
        }),
    )
    .await
}

/// Postgres keeps no NUL in a text, and damaged files are full of them.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

/// A kept defect, with the file that it came from.
#[derive(Debug, Clone, Serialize)]
pub struct KeptDefect {
    /// Name of the file.
    pub file: String,
    /// Line from 1.
    pub line: i64,
    /// Field, or empty for the whole record.
    pub field: String,
    /// Kind of defect.
    pub kind: String,
    /// The fault in a sentence.
    pub reason: String,
    /// What stood there.
    pub found: String,
}

fn kept(row: &super::Row) -> Result<KeptDefect> {
    Ok(KeptDefect {
        file: row.text(0)?.to_owned(),
        line: row.int(1)?,
        field: row.text(2)?.to_owned(),
        kind: row.text(3)?.to_owned(),
        reason: row.text(4)?.to_owned(),
        found: row.text(5)?.to_owned(),
    })
}

/// Where a page of defects ended: message, line, field and kind.
pub type Place = (i64, i64, String, String);

/// Which defects are asked for.
#[derive(Debug, Clone, Default)]
pub struct Which<'w> {
    /// Of files whose name contains this.
    pub file: &'w str,
    /// Whose field, reason or text contains this, whatever its case.
    pub words: &'w str,
    /// `open`, `mended` or `rejected`; all of them when left out.
    pub state: Option<&'w str>,
    /// Whether the record was kept out because of it; both when left out.
    pub kept_out: Option<bool>,
    /// Of records that name one of these offices; of every record when left out. What names no
    /// office that could be read is for those who see every office.
    pub offices: Option<&'w Offices>,
}

/// A defect with what was decided about it.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Message, line, field and kind.
    pub place: Place,
    /// The defect.
    pub defect: KeptDefect,
    /// When it was found.
    pub found_at: i64,
    /// `open`, `mended` or `rejected`.
    pub state: String,
    /// When that was decided.
    pub decided_at: Option<i64>,
    /// By whom.
    pub decided_by: Option<String>,
    /// Whether what the record said was kept.
    pub mendable: bool,
    /// The office that the record names, where that could be read.
    pub office: String,
}

impl Decided {
    /// Its name, such as `D-4-12-5f3a9c01`: its message and line, and which one of that line it is.
    pub fn name(&self) -> String {
        let (message, line, field, kind) = &self.place;
        let digest = xxhash_rust::xxh3::xxh3_64(format!("{field}\0{kind}").as_bytes()) as u32;
        format!("D-{message}-{line}-{digest:08x}")
    }
}

/// The defect of this name, and all others of its line.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<(Decided, Vec<Decided>)>> {
    let mut parts = name.strip_prefix("D-").unwrap_or_default().split('-');
    let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let (Some(message), Some(line)) = (number(), number()) else { return Ok(None) };
    let mut all = of_line(tx, message, line).await?;
    let at = all.iter().position(|one| one.name() == name);
    Ok(at.map(|at| (all.remove(at), all)))
}

/// Kinds that keep a record out, as [`targeting::consignment::DefectKind::rejects`] has them.
const KEPT_OUT: &str = "('missing', 'unreadable', 'columns', 'encoding', 'truncated')";

/// What a [`Which`] asks for: `$1` to `$6`.
fn asked(kept_out: Option<bool>) -> String {
    let kinds = match kept_out {
        None => String::new(),
        Some(true) => format!("and defect.kind in {KEPT_OUT}"),
        Some(false) => format!("and defect.kind not in {KEPT_OUT}"),
    };
    format!(
        "from defect join message on message.id = defect.message_id
         left join defect_record
           on defect_record.message_id = defect.message_id
          and (defect_record.line = defect.line or defect_record.line = 0)
         where lower(message.name) like $1
           and ($2 = '' or defect.state = $2)
           and (lower(defect.field) like $3 or lower(defect.reason) like $3
                or lower(defect.found) like $3)
           and ($4 = 1 or defect_record.office {{in $5}})
           {kinds}"
    )
}

fn like(text: &str) -> String {
    format!("%{}%", text.replace(['%', '_'], "").to_lowercase())
}

/// How many defects there are of those asked for, by kind.
pub async fn count(tx: &mut Tx, which: &Which<'_>) -> Result<Vec<(String, i64)>> {
    let all = which.offices.is_none_or(Offices::all);
    let offices = which.offices.map_or(&[][..], Offices::codes);
    let sql = super::AssertSqlSafe(format!(
        "select defect.kind, count(*)
         {}
         group by defect.kind order by defect.kind",
        asked(which.kept_out)
    ));
    let state = which.state.unwrap_or_default();
    tx.fetch_all(sql, args![like(which.file), state, like(which.words), all, offices], |row| {
        Ok((row.text(0)?.to_owned(), row.int(1)?))
    })
    .await
}

/// Up to `limit` defects after `after`: those that kept their record out first, and of each the
/// latest message first.
pub async fn page(
    tx: &mut Tx,
    which: &Which<'_>,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Decided>> {
    let rejects = |(.., kind): &Place| kind.parse::<DefectKind>().is_ok_and(DefectKind::rejects);
    let mut found = Vec::new();
    for kept_out in [true, false] {
        let room = limit - found.len() as i64;
        let wanted = which.kept_out.is_none_or(|wanted| wanted == kept_out);
        // A page that ended among those that are kept goes on there.
        if !wanted || room <= 0 || (kept_out && after.is_some_and(|place| !rejects(place))) {
            continue;
        }
        let after = after.filter(|place| rejects(place) == kept_out);
        found.extend(page_of(tx, which, kept_out, after, room).await?);
    }
    Ok(found)
}

async fn page_of(
    tx: &mut Tx,
    which: &Which<'_>,
    kept_out: bool,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Decided>> {
    let first = (i64::MAX, 0, String::new(), String::new());
    let (message, line, field, kind) = after.unwrap_or(&first);
    let all = which.offices.is_none_or(Offices::all);
    let offices = which.offices.map_or(&[][..], Offices::codes);
    let sql = super::AssertSqlSafe(format!(
        "select message.name, defect.line, defect.field, defect.kind, defect.reason, defect.found,
                defect.message_id, defect.found_at, defect.state, defect.decided_at,
                defect.decided_by, defect_record.line is not null, defect_record.office
         {}
           and (defect.message_id < $6
                or (defect.message_id = $6
                    and (defect.line > $7
                         or (defect.line = $7
                             and (defect.field > $8
                                  or (defect.field = $8 and defect.kind > $9))))))
         order by defect.message_id desc, defect.line, defect.field, defect.kind
         limit $10",
        asked(Some(kept_out))
    ));
    tx.fetch_all(
        sql,
        args![
            like(which.file),
            which.state.unwrap_or_default(),
            like(which.words),
            all,
            offices,
            *message,
            *line,
            field,
            kind,
            limit
        ],
        decided,
    )
    .await
}

fn decided(row: &super::Row) -> Result<Decided> {
    let defect = kept(row)?;
    Ok(Decided {
        place: (row.int(6)?, defect.line, defect.field.clone(), defect.kind.clone()),
        defect,
        found_at: row.int(7)?,
        state: row.text(8)?.to_owned(),
        decided_at: row.int_opt(9)?,
        decided_by: row.text_opt(10)?.map(str::to_owned),
        mendable: row.flag(11)?,
        office: row.text_opt(12)?.unwrap_or_default().to_owned(),
    })
}

/// All defects of a line of a message.
pub async fn of_line(tx: &mut Tx, message_id: i64, line: i64) -> Result<Vec<Decided>> {
    tx.fetch_all(
        "select message.name, defect.line, defect.field, defect.kind, defect.reason, defect.found,
                defect.message_id, defect.found_at, defect.state, defect.decided_at,
                defect.decided_by, defect_record.line is not null, defect_record.office
         from defect join message on message.id = defect.message_id
         left join defect_record
           on defect_record.message_id = defect.message_id
          and (defect_record.line = defect.line or defect_record.line = 0)
         where defect.message_id = $1 and defect.line = $2
         order by defect.field, defect.kind",
        args![message_id, line],
        decided,
    )
    .await
}

/// Notes what was decided about the open defects of a line, or of a whole message; gives how many
/// they were.
pub async fn decide(
    tx: &mut Tx,
    message_id: i64,
    line: Option<i64>,
    state: &str,
    (by, now): (&str, i64),
) -> Result<u64> {
    tx.execute(
        "update defect set state = $3, decided_at = $4, decided_by = $5
         where message_id = $1 and ($2 < 0 or line = $2) and state = 'open'",
        args![message_id, line.unwrap_or(-1), state, now, by],
    )
    .await
}

/// How many defects are open.
pub async fn open(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select count(*) from defect where state = 'open'", args![], |row| row.int(0))
        .await
}

/// How many records were rejected since a time.
pub async fn rejected_since(tx: &mut Tx, since: i64) -> Result<i64> {
    tx.fetch_one(
        "select cast(coalesce(sum(rows_rejected), 0) as bigint) from message
         where received_at >= $1",
        args![since],
        |row| row.int(0),
    )
    .await
}
