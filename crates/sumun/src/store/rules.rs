//! Rules, a row a version, and where they fired. A version's document never changes; who put it
//! where is in the journal, and the columns beside the document are what that comes to.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};
use targeting::codes::Day;
use targeting::rule::Rule;

use super::{AssertSqlSafe, Kind, Tx, args, values};
use crate::rights::Offices;

/// A version of a rule as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its number, over all rules.
    pub id: i64,
    /// Counted from 1, of this rule.
    pub version: i64,
    /// The id that the author's side made.
    pub request_id: String,
    /// The rule.
    pub rule: Rule,
    /// SHA-256 of its document.
    pub sha256: String,
    /// `draft`, `shadow`, `in_force`, `expired`, `retired` or `replaced`.
    pub state: String,
    /// Who drafted it, and when.
    pub drafted: (String, i64),
    /// Who put it in shadow.
    pub shadow: Option<(String, i64)>,
    /// Who approved it.
    pub approved: Option<(String, i64)>,
    /// Who retired it, or what took its place.
    pub ended: Option<(String, i64)>,
}

impl Kept {
    /// Where it stands on a day: its state, but `approved` where it is in force from a later day.
    pub fn standing(&self, today: Day) -> &str {
        if self.begins_after(today) { "approved" } else { &self.state }
    }

    /// Whether it was approved and begins after a day.
    pub fn begins_after(&self, today: Day) -> bool {
        self.state == "in_force" && self.rule.valid_from > today
    }

    /// Whether it has not come to its end.
    pub fn is_alive(&self) -> bool {
        ["draft", "shadow", "in_force"].contains(&self.state.as_str())
    }
}

/// Of a rule's versions, the newest first, the one that counts on a day.
pub fn in_force(versions: &[Kept], today: Day) -> Option<&Kept> {
    let begun = versions.iter().filter(|one| one.state == "in_force");
    begun.filter(|one| one.rule.valid_from <= today).max_by_key(|one| one.rule.valid_from)
}

/// Of a rule's versions, the newest first, the one that stands for the rule: that in force, else
/// one that was approved and begins later, else that in shadow, else the newest.
pub fn foremost(versions: &[Kept], today: Day) -> Option<&Kept> {
    let in_state = |state: &str| versions.iter().find(|one| one.state == state);
    in_force(versions, today)
        .or_else(|| in_state("in_force"))
        .or_else(|| in_state("shadow"))
        .or(versions.first())
}

const COLUMNS: &str = "id, version, request_id, document, sha256, state, drafted_by, drafted_at,
    shadow_by, shadow_at, approved_by, approved_at, ended_by, ended_at";

fn kept(row: &super::Row) -> Result<Kept> {
    let id = row.int(0)?;
    let step = |by: usize| -> Result<Option<(String, i64)>> {
        Ok(row.text_opt(by)?.map(str::to_owned).zip(row.int_opt(by + 1)?))
    };
    Ok(Kept {
        id,
        version: row.int(1)?,
        request_id: row.text(2)?.to_owned(),
        rule: serde_json::from_str(row.text(3)?)
            .with_context(|| format!("the document of rule version {id} cannot be read"))?,
        sha256: row.text(4)?.to_owned(),
        state: row.text(5)?.to_owned(),
        drafted: (row.text(6)?.to_owned(), row.int(7)?),
        shadow: step(8)?,
        approved: step(10)?,
        ended: step(12)?,
    })
}

/// The next free number of a version, over all rules.
pub async fn next_id(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) + 1 from rule_version", args![], |row| row.int(0))
        .await
}

/// Keeps a draft.
pub async fn insert(tx: &mut Tx, new: &Kept, document: &str) -> Result<()> {
    tx.execute(
        "insert into rule_version (id, code, version, request_id, document, sha256, lane,
             valid_from, valid_until, state, drafted_by, drafted_at, swept)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
        args![
            new.id,
            &new.rule.code,
            new.version,
            &new.request_id,
            document,
            &new.sha256,
            new.rule.lane.as_str(),
            new.rule.valid_from.0,
            new.rule.valid_until.0,
            &new.state,
            &new.drafted.0,
            new.drafted.1
        ],
    )
    .await?;
    Ok(())
}

/// The version that this request made, if it did.
pub async fn by_request(tx: &mut Tx, request_id: &str) -> Result<Option<Kept>> {
    let sql = AssertSqlSafe(format!("select {COLUMNS} from rule_version where request_id = $1"));
    tx.fetch_optional(sql, args![request_id], kept).await
}

/// All versions of one rule, the newest first.
pub async fn of_code(tx: &mut Tx, code: &str) -> Result<Vec<Kept>> {
    let sql = AssertSqlSafe(format!(
        "select {COLUMNS} from rule_version where code = $1 order by version desc"
    ));
    tx.fetch_all(sql, args![code], kept).await
}

/// All versions of all rules, by code, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Kept>> {
    let sql =
        AssertSqlSafe(format!("select {COLUMNS} from rule_version order by code, version desc"));
    tx.fetch_all(sql, args![], kept).await
}

/// Whether an approved version is the one of its rule that counts on the day that `day` binds: it
/// has begun, has not ended, and none that was approved after it has begun since.
fn counts(day: &str) -> String {
    format!(
        "rule_version.state = 'in_force'
         and rule_version.valid_from <= {day} and rule_version.valid_until >= {day}
         and not {}",
        succeeded_by(day)
    )
}

/// Whether a version that was approved later has begun by the day that `day` binds. Approving ends
/// whatever begins on the same day or later, so that the later first day tells which it is.
fn succeeded_by(day: &str) -> String {
    format!(
        "exists (
             select 1 from rule_version newer
             where newer.code = rule_version.code and newer.state in ('in_force', 'expired')
               and newer.approved_at >= rule_version.approved_at
               and newer.valid_from > rule_version.valid_from and newer.valid_from <= {day})"
    )
}

/// The versions that fire on a day: those in shadow, and those in force that count then.
pub async fn running(tx: &mut Tx, day: Day) -> Result<Vec<Kept>> {
    let sql = AssertSqlSafe(format!(
        "select {COLUMNS} from rule_version
         where ({})
            or (state = 'shadow' and valid_until >= $1)
         order by id",
        counts("$1")
    ));
    tx.fetch_all(sql, args![day.0], kept).await
}

/// Of these that run, which have not been held against what waited when they began.
pub async fn unswept(tx: &mut Tx) -> Result<HashSet<i64>> {
    let found = tx
        .fetch_all(
            "select id from rule_version
             where swept = 0 and state in ('in_force', 'shadow')",
            args![],
            |row| row.int(0),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// Notes that what waited has been held against these.
pub async fn set_swept(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    tx.execute("update rule_version set swept = 1 where id {in $1}", args![ids]).await?;
    Ok(())
}

/// The versions whose last day is over and that are not at their end.
pub async fn overdue(tx: &mut Tx, day: Day) -> Result<Vec<Kept>> {
    let sql = AssertSqlSafe(format!(
        "select {COLUMNS} from rule_version
         where valid_until < $1 and state in ('draft', 'shadow', 'in_force')
         order by id"
    ));
    tx.fetch_all(sql, args![day.0], kept).await
}

/// The versions in force in whose place a version that was approved later has come by a day.
pub async fn succeeded(tx: &mut Tx, day: Day) -> Result<Vec<Kept>> {
    let sql = AssertSqlSafe(format!(
        "select {COLUMNS} from rule_version
         where state = 'in_force' and {}
         order by id",
        succeeded_by("$1")
    ));
    tx.fetch_all(sql, args![day.0], kept).await
}

/// Puts a draft in shadow.
pub async fn set_shadow(tx: &mut Tx, id: i64, (by, now): (&str, i64)) -> Result<()> {
    tx.execute(
        "update rule_version
         set state = 'shadow', shadow_by = $2, shadow_at = $3, swept = 0
         where id = $1",
        args![id, by, now],
    )
    .await?;
    Ok(())
}

/// Puts a version in force.
pub async fn set_in_force(tx: &mut Tx, id: i64, (by, now): (&str, i64)) -> Result<()> {
    tx.execute(
        "update rule_version
         set state = 'in_force', approved_by = $2, approved_at = $3, swept = 0
         where id = $1",
        args![id, by, now],
    )
    .await?;
    Ok(())
}

/// Ends a version: it becomes `expired`, `retired` or `replaced`.
pub async fn end(tx: &mut Tx, id: i64, state: &str, (by, now): (&str, i64)) -> Result<()> {
    tx.execute(
        "update rule_version set state = $2, ended_by = $3, ended_at = $4 where id = $1",
        args![id, state, by, now],
    )
    .await?;
    Ok(())
}

/// A hit that is to be kept.
#[derive(Debug, Clone)]
pub struct NewHit {
    /// The consignment.
    pub consignment_id: i64,
    /// The version that fired.
    pub rule_id: i64,
    /// Whether it selects nothing.
    pub shadow: bool,
    /// Day of arrival of the consignment.
    pub arrived_on: Day,
    /// What it read, as JSON.
    pub why: String,
}

/// Of these consignments and versions, the hits that are kept already.
pub async fn known_hits(
    tx: &mut Tx,
    consignments: &[i64],
    rule_ids: &[i64],
) -> Result<HashSet<(i64, i64, bool)>> {
    let found = tx
        .fetch_all(
            "select consignment_id, rule_id, shadow from rule_hit
             where consignment_id {in $1} and rule_id {in $2}",
            args![consignments, rule_ids],
            |row| Ok((row.int(0)?, row.int(1)?, row.flag(2)?)),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// The hits of these versions that were kept at a time on consignments from one id to another.
pub async fn hits_at(
    tx: &mut Tx,
    rule_ids: &[i64],
    (first, last): (i64, i64),
    at: i64,
) -> Result<Vec<NewHit>> {
    tx.fetch_all(
        "select consignment_id, rule_id, shadow, arrived_day, why from rule_hit
         where consignment_id >= $1 and consignment_id <= $2
           and rule_id {in $3} and fired_at = $4
         order by consignment_id, rule_id, shadow",
        args![first, last, rule_ids, at],
        |row| {
            Ok(NewHit {
                consignment_id: row.int(0)?,
                rule_id: row.int(1)?,
                shadow: row.flag(2)?,
                arrived_on: Day(row.int(3)? as i32),
                why: row.text(4)?.to_owned(),
            })
        },
    )
    .await
}

/// SHA-256 over hits in the order of consignment, version and shadow, for the journal.
#[derive(Default)]
pub struct HitDigest(Sha256);

impl HitDigest {
    /// Takes in hits.
    pub fn add(&mut self, hits: &[NewHit]) {
        for hit in hits {
            let NewHit { consignment_id, rule_id, shadow, why, .. } = hit;
            let shadow = u8::from(*shadow);
            self.0.update(format!("{consignment_id} {rule_id} {shadow} {why}\n"));
        }
    }

    /// The digest in hexadecimal.
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Number, code and state of every version.
pub async fn states(tx: &mut Tx) -> Result<Vec<(i64, String, String)>> {
    tx.fetch_all("select id, code, state from rule_version order by id", args![], |row| {
        Ok((row.int(0)?, row.text(1)?.to_owned(), row.text(2)?.to_owned()))
    })
    .await
}

/// Keeps hits; those that are kept already stay as they are.
pub async fn insert_hits(tx: &mut Tx, hits: &[NewHit], now: i64) -> Result<()> {
    tx.insert_many(
        "rule_hit",
        [
            ("consignment_id", Kind::Int),
            ("rule_id", Kind::Int),
            ("shadow", Kind::Int),
            ("arrived_day", Kind::Int),
            ("fired_at", Kind::Int),
            ("why", Kind::Text),
        ],
        "on conflict (consignment_id, rule_id, shadow) do nothing",
        hits.iter().map(|hit| {
            values![hit.consignment_id, hit.rule_id, hit.shadow, hit.arrived_on.0, now, &hit.why]
        }),
    )
    .await?;
    Ok(())
}

/// Of these consignments, those that a rule in force sends to be examined: it fired on them and its
/// lane is red.
pub async fn demanded(tx: &mut Tx, ids: &[i64], day: Day) -> Result<HashSet<i64>> {
    let sql = AssertSqlSafe(format!(
        "select distinct rule_hit.consignment_id
         from rule_hit
         join rule_version on rule_version.id = rule_hit.rule_id
         where rule_hit.consignment_id {{in $1}} and rule_hit.shadow = 0
           and rule_version.lane = 'red' and {}",
        counts("$2")
    ));
    let found = tx.fetch_all(sql, args![ids, day.0], |row| row.int(0)).await?;
    Ok(found.into_iter().collect())
}

/// A hit as it is kept, with what became of the consignment.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The consignment.
    pub consignment_id: i64,
    /// The version that fired.
    pub rule_id: i64,
    /// Whether it selected nothing.
    pub shadow: bool,
    /// Day of arrival.
    pub arrived_on: Day,
    /// When it fired.
    pub fired_at: i64,
    /// What it read, as JSON.
    pub why: String,
    /// Customs office.
    pub office: String,
    /// What became of the consignment.
    pub fate: String,
    /// Kind of its latest outcome.
    pub outcome: Option<String>,
}

/// Up to `limit` hits of these versions at these offices before a place, the latest arrival first.
pub async fn hits(
    tx: &mut Tx,
    rule_ids: &[i64],
    offices: &Offices,
    before: Option<(i64, i64)>,
    limit: i64,
) -> Result<Vec<Hit>> {
    let (day, id) = before.unwrap_or((i64::MAX, 0));
    tx.fetch_all(
        "select rule_hit.consignment_id, rule_hit.rule_id, rule_hit.shadow, rule_hit.arrived_day,
                rule_hit.fired_at, rule_hit.why, consignment.office, consignment.fate,
                outcome.outcome
         from rule_hit
         join consignment
           on consignment.id = rule_hit.consignment_id
          and consignment.arrived_day = rule_hit.arrived_day
         left join outcome
           on outcome.consignment_id = rule_hit.consignment_id and outcome.latest = 1
         where rule_hit.rule_id {in $1}
           and ($2 = 1 or consignment.office {in $3})
           and (rule_hit.arrived_day < $4
                or (rule_hit.arrived_day = $4 and rule_hit.consignment_id < $5))
         order by rule_hit.arrived_day desc, rule_hit.consignment_id desc, rule_hit.rule_id,
                  rule_hit.shadow
         limit $6",
        args![rule_ids, offices.all(), offices.codes(), day, id, limit],
        |row| {
            Ok(Hit {
                consignment_id: row.int(0)?,
                rule_id: row.int(1)?,
                shadow: row.flag(2)?,
                arrived_on: Day(row.int(3)? as i32),
                fired_at: row.int(4)?,
                why: row.text(5)?.to_owned(),
                office: row.text(6)?.to_owned(),
                fate: row.text(7)?.to_owned(),
                outcome: row.text_opt(8)?.map(str::to_owned),
            })
        },
    )
    .await
}

/// The versions that fired on a consignment, those in force first: which, whether in shadow, when,
/// and what they read.
pub async fn on(tx: &mut Tx, consignment: i64) -> Result<Vec<(Kept, bool, i64, String)>> {
    let sql = AssertSqlSafe(format!(
        "select {COLUMNS}, rule_hit.shadow, rule_hit.fired_at, rule_hit.why
         from rule_hit
         join rule_version on rule_version.id = rule_hit.rule_id
         where rule_hit.consignment_id = $1
         order by rule_hit.shadow, rule_version.code, rule_version.version"
    ));
    tx.fetch_all(sql, args![consignment], |row| {
        Ok((kept(row)?, row.flag(14)?, row.int(15)?, row.text(16)?.to_owned()))
    })
    .await
}

/// How often a version fired on a day of arrival, in force and in shadow.
pub async fn by_day(tx: &mut Tx, rule_ids: &[i64], from: Day) -> Result<Vec<(Day, i64, i64)>> {
    let mut days: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let mut rows = tx.rows(
        "select arrived_day, shadow, count(*) from rule_hit
         where rule_id {in $1} and arrived_day >= $2
         group by arrived_day, shadow",
        args![rule_ids, from.0],
    )?;
    while let Some(row) = rows.next().await? {
        let day = days.entry(row.int(0)?).or_default();
        *if row.flag(1)? { &mut day.1 } else { &mut day.0 } += row.int(2)?;
    }
    Ok(days.into_iter().map(|(day, (fired, shadow))| (Day(day as i32), fired, shadow)).collect())
}

/// What a version's hits came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Came {
    /// Hits in force.
    pub fired: i64,
    /// Hits in shadow.
    pub fired_shadow: i64,
    /// Of those in force, how many await a decision or an inspection.
    pub waiting: i64,
    /// How many were examined.
    pub examined: i64,
    /// Of those, how many a plan had drawn.
    pub examined_drawn: i64,
    /// Finds among them.
    pub finds: i64,
    /// Minutes they took.
    pub minutes: i64,
    /// First and last day of arrival of a hit in force.
    pub days: Option<(Day, Day)>,
    /// Day of arrival of the last find.
    pub last_find: Option<Day>,
}

/// What the hits of every version came to, those from a day on.
pub async fn came(tx: &mut Tx, from: Day) -> Result<HashMap<i64, Came>> {
    let mut all: HashMap<i64, Came> = HashMap::new();
    let mut rows = tx.rows(
        "select rule_hit.rule_id, rule_hit.shadow, count(*),
                cast(sum(case when consignment.fate = 'pending' then 1 else 0 end) as bigint),
                cast(sum(case when outcome.outcome in ('clear', 'discrepancy', 'seizure')
                              then 1 else 0 end) as bigint),
                cast(sum(case when outcome.outcome in ('discrepancy', 'seizure')
                              then 1 else 0 end) as bigint),
                cast(sum(case when outcome.outcome in ('clear', 'discrepancy', 'seizure')
                              then coalesce(outcome.minutes, selection.minutes, 0)
                              else 0 end) as bigint),
                min(rule_hit.arrived_day), max(rule_hit.arrived_day),
                max(case when outcome.outcome in ('discrepancy', 'seizure')
                         then rule_hit.arrived_day end),
                cast(sum(case when outcome.outcome in ('clear', 'discrepancy', 'seizure')
                               and selection.drawn = 1 then 1 else 0 end) as bigint)
         from rule_hit
         join consignment
           on consignment.id = rule_hit.consignment_id
          and consignment.arrived_day = rule_hit.arrived_day
         left join outcome
           on outcome.consignment_id = rule_hit.consignment_id and outcome.latest = 1
         left join selection
           on selection.plan_id = outcome.plan_id
          and selection.consignment_id = outcome.consignment_id
         where rule_hit.arrived_day >= $1
         group by rule_hit.rule_id, rule_hit.shadow",
        args![from.0],
    )?;
    while let Some(row) = rows.next().await? {
        let came = all.entry(row.int(0)?).or_default();
        if row.flag(1)? {
            came.fired_shadow = row.int(2)?;
            continue;
        }
        let day = |day: i64| Day(day as i32);
        came.fired = row.int(2)?;
        came.waiting = row.int(3)?;
        came.examined = row.int(4)?;
        came.finds = row.int(5)?;
        came.minutes = row.int(6)?;
        came.days = Some((day(row.int(7)?), day(row.int(8)?)));
        came.last_find = row.int_opt(9)?.map(day);
        came.examined_drawn = row.int(10)?;
    }
    Ok(all)
}

/// Calls `each` with consignment and version of every hit in force of arrivals from a day on.
pub async fn each_hit(tx: &mut Tx, from: Day, mut each: impl FnMut(i64, i64)) -> Result<()> {
    let mut rows = tx.rows(
        "select consignment_id, rule_id from rule_hit
         where shadow = 0 and arrived_day >= $1",
        args![from.0],
    )?;
    while let Some(row) = rows.next().await? {
        each(row.int(0)?, row.int(1)?);
    }
    Ok(())
}

/// What happened to a rule: when, by whom, which act, and what the journal says of it.
pub async fn life(tx: &mut Tx, code: &str) -> Result<Vec<(i64, String, String, String)>> {
    tx.fetch_all(
        "select at, actor, act, body from journal
         where subject = $1
           and act in ('rule_draft', 'rule_shadow', 'rule_approve', 'rule_retire', 'rule_expire',
                       'rule_replace')
         order by seq desc",
        args![format!("rule {code}")],
        |row| {
            let text = |column: usize| row.text(column).map(str::to_owned);
            Ok((row.int(0)?, text(1)?, text(2)?, text(3)?))
        },
    )
    .await
}

/// The document of a version, as it is kept.
pub async fn document(tx: &mut Tx, id: i64) -> Result<Option<String>> {
    tx.fetch_optional("select document from rule_version where id = $1", args![id], |row| {
        Ok(row.text(0)?.to_owned())
    })
    .await
}

/// Of these consignments, those that were examined, and whether that was a find.
pub async fn results(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, bool>> {
    let found = tx
        .fetch_all(
            "select consignment_id, outcome from outcome
             where consignment_id {in $1} and latest = 1
               and outcome in ('clear', 'discrepancy', 'seizure')",
            args![ids],
            |row| Ok((row.int(0)?, row.text(1)? != "clear")),
        )
        .await?;
    Ok(found.into_iter().collect())
}
