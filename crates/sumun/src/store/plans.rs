//! Plans and their selections: who was a candidate, with what chance, and who was drawn.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use serde::Serialize;
use sha2::{Digest, Sha256};
use targeting::codes::Day;

use super::{Kind, Tx, args, values};
use crate::rights::Offices;

/// A consignment that could be selected, with the newest assessment by the model in force.
#[derive(Debug, Clone)]
pub struct Awaiting {
    /// Its id.
    pub id: i64,
    /// The source's number.
    pub reference: String,
    /// Chance of any irregularity; none when it has not been screened.
    pub p_irregular: Option<f64>,
    /// Chance of contraband.
    pub p_critical: Option<f64>,
}

/// Consignments of an office and regime that arrived from `first` to `last`, await a decision and
/// are in no plan but the one that is being replaced; in rising order of id. A consignment is in
/// one plan at most, so that it is counted once when the traffic is measured.
pub async fn awaiting(
    tx: &mut Tx,
    model_id: Option<&str>,
    office: &str,
    regime: &str,
    (first, last): (Day, Day),
    replaced_plan: Option<i64>,
) -> Result<Vec<Awaiting>> {
    let sql = super::AssertSqlSafe(format!(
        "select consignment.id, consignment.reference, assessment.p_irregular,
                assessment.p_critical
         from consignment
         left join assessment
           on assessment.consignment_id = consignment.id
          and assessment.arrived_day = consignment.arrived_day
          and assessment.model_id = $1
         where consignment.office = $2 and consignment.regime = $3
           and (consignment.version = 1 or not exists {OPEN_ELDER} and plan.id <> $6))
           and consignment.arrived_day >= $4 and consignment.arrived_day <= $5
           and (consignment.fate = 'pending'
                or (consignment.fate = 'released' and exists (
                        select 1 from selection
                        where selection.plan_id = $6
                          and selection.consignment_id = consignment.id)
                    and not exists (
                        select 1 from decision
                        where decision.first_id = consignment.first_id
                          and decision.in_force = 1 and decision.act = 'release')))
           and not exists (
                   select 1 from selection join plan on plan.id = selection.plan_id
                   where selection.consignment_id = consignment.id
                     and plan.state = 'drawn' and plan.id <> $6)
         order by consignment.id"
    ));
    tx.fetch_all(
        sql,
        args![model_id, office, regime, first.0, last.0, replaced_plan.unwrap_or(0)],
        |row| {
            Ok(Awaiting {
                id: row.int(0)?,
                reference: row.text(1)?.to_owned(),
                p_irregular: row.real_opt(2)?,
                p_critical: row.real_opt(3)?,
            })
        },
    )
    .await
}

/// An older version of `consignment` that a plan in force drew, or an officer ordered to be
/// inspected there, and that has no outcome yet: it stands for the newer one, which is no unit of
/// another draw meanwhile. The bracket is left open for what else has to hold.
pub(super) const OPEN_ELDER: &str = "(
    select 1 from declaration elder
    join selection on selection.consignment_id = elder.id
    join plan on plan.id = selection.plan_id
    where consignment.version > 1
      and elder.reference = consignment.reference and elder.first_id = consignment.first_id
      and elder.version < consignment.version and plan.state = 'drawn'
      and (selection.drawn = 1 or exists (
              select 1 from decision
              where decision.first_id = consignment.first_id
                and decision.in_force = 1 and decision.act = 'inspect'))
      and not exists (
              select 1 from outcome
              where outcome.consignment_id = elder.id and outcome.latest = 1
                and outcome.document not like '%waiver_undone%')";

/// Of these consignments, those for which an older version stands that was drawn and has no
/// outcome yet; each with that version.
pub async fn units(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let elder = OPEN_ELDER.replacen("select 1", "select max(elder.id)", 1);
    let sql = super::AssertSqlSafe(format!(
        "select consignment.id, {elder}) from consignment
         where consignment.id {{in $1}} and consignment.version > 1"
    ));
    let found =
        tx.fetch_all(sql, args![ids.to_vec()], |row| Ok((row.int(0)?, row.int_opt(1)?))).await?;
    Ok(found.into_iter().filter_map(|(id, unit)| Some((id, unit?))).collect())
}

/// Of these declarations, by their first versions, those that the work has taken up and that are
/// without an outcome: drawn by a plan in force, or held, asked about or ordered by an officer.
pub async fn taken_up(tx: &mut Tx, first_ids: &[i64]) -> Result<HashSet<i64>> {
    if first_ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found = tx
        .fetch_all(
            "select consignment.id from consignment
             join declaration on declaration.reference = consignment.reference
                             and declaration.first_id = consignment.id
             where consignment.id {in $1}
               and (exists (
                       select 1 from decision
                       where decision.first_id = consignment.id and decision.in_force = 1
                         and decision.act in ('hold', 'ask', 'inspect'))
                    or exists (
                       select 1 from selection join plan on plan.id = selection.plan_id
                       where selection.consignment_id = declaration.id
                         and selection.drawn = 1 and plan.state = 'drawn'))
               and not exists (
                       select 1 from outcome
                       where outcome.consignment_id = declaration.id and outcome.latest = 1
                         and outcome.document not like '%waiver_undone%')",
            args![first_ids.to_vec()],
            |row| row.int(0),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// A plan as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct KeptPlan {
    /// Its number, written `P-7`.
    pub id: i64,
    /// Customs office.
    pub office: String,
    /// Shift, as people write it.
    pub shift: String,
    /// Day of the shift.
    pub shift_day: i64,
    /// Parcel or freight.
    pub regime: String,
    /// `drawn` or `replaced`.
    pub state: String,
    /// Model whose assessments ranked it.
    pub model_id: Option<String>,
    /// When it was drawn, in microseconds since 1970-01-01 UTC.
    pub drawn_at: i64,
    /// Seed of the draw, in hexadecimal. Whoever knows it foresees which silent scans are verified,
    /// so what is printed is its SHA-256.
    #[serde(rename = "seed_sha256", serialize_with = "commitment")]
    pub seed: String,
    /// Terms of the chances, as JSON.
    pub terms: String,
    /// Capacity, as JSON.
    pub capacity: String,
    /// How many consignments could be selected.
    pub candidates: i64,
    /// How many were.
    pub drawn: i64,
    /// Officer-minutes of the drawn list.
    pub minutes: i64,
    /// SHA-256 over its selections.
    pub digest: String,
    /// What a plan over several modalities came to, as JSON.
    pub report: Option<String>,
    /// From when on those who inspect may see it; none for at once.
    pub released_at: Option<i64>,
}

fn commitment<S: serde::Serializer>(seed: &str, to: S) -> Result<S::Ok, S::Error> {
    let seed = hex::decode(seed).map_err(serde::ser::Error::custom)?;
    to.serialize_str(&hex::encode(Sha256::digest(seed)))
}

impl KeptPlan {
    /// From when on those who inspect may see it.
    pub fn released_at(&self) -> i64 {
        self.released_at.unwrap_or(self.drawn_at)
    }

    /// Why more was explored than usual, where it was.
    pub fn raised(&self) -> Option<String> {
        let terms: serde_json::Value = serde_json::from_str(&self.terms).ok()?;
        terms["raised"].as_str().map(str::to_owned)
    }
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeptSelection {
    /// The consignment.
    pub consignment_id: i64,
    /// Rank by risk within the plan, from 1.
    pub position: i64,
    /// What it was ranked by.
    pub risk: f64,
    /// Chance of any irregularity when it was drawn.
    pub expected: f64,
    /// Chance of contraband when it was drawn.
    pub expected_critical: f64,
    /// Chance of being inspected: the propensity.
    pub chance: f64,
    /// Why it has that chance.
    pub channel: String,
    /// What it is, or would be, inspected with.
    pub modality: String,
    /// Officer-minutes of that.
    pub minutes: i64,
    /// Probability that the modality finds what is there.
    pub detection: f64,
    /// Whether it was drawn.
    pub drawn: bool,
    /// The bundle of steps it is, or would be, inspected with, in a plan over several modalities.
    pub bundle: Option<String>,
    /// The kind of goods it was taken for there.
    pub profile: Option<String>,
    /// Whether a hard class asked for it.
    pub must: bool,
}

/// The next free number of a plan.
pub async fn next_id(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("select coalesce(max(id), 0) + 1 from plan", args![], |row| row.int(0)).await
}

/// Keeps a plan with all its lines.
pub async fn insert(tx: &mut Tx, plan: &KeptPlan, lines: &[KeptSelection]) -> Result<()> {
    tx.execute(
        "insert into plan (id, office, shift, shift_day, regime, state, model_id, drawn_at, seed,
             terms, capacity, candidates, drawn, minutes, digest, report, released_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            plan.id,
            &plan.office,
            &plan.shift,
            plan.shift_day,
            &plan.regime,
            &plan.state,
            &plan.model_id,
            plan.drawn_at,
            &plan.seed,
            &plan.terms,
            &plan.capacity,
            plan.candidates,
            plan.drawn,
            plan.minutes,
            &plan.digest,
            &plan.report,
            plan.released_at
        ],
    )
    .await?;
    tx.insert_many(
        "selection",
        [
            ("plan_id", Kind::Int),
            ("consignment_id", Kind::Int),
            ("position", Kind::Int),
            ("risk", Kind::Real),
            ("expected", Kind::Real),
            ("expected_critical", Kind::Real),
            ("chance", Kind::Real),
            ("channel", Kind::Text),
            ("modality", Kind::Text),
            ("minutes", Kind::Int),
            ("detection", Kind::Real),
            ("drawn", Kind::Int),
            ("bundle", Kind::Text),
            ("profile", Kind::Text),
            ("must", Kind::Int),
        ],
        "",
        lines.iter().map(|line| {
            values![
                plan.id,
                line.consignment_id,
                line.position,
                line.risk,
                line.expected,
                line.expected_critical,
                line.chance,
                &line.channel,
                &line.modality,
                line.minutes,
                line.detection,
                line.drawn,
                &line.bundle,
                &line.profile,
                line.must
            ]
        }),
    )
    .await?;
    Ok(())
}

/// Marks a plan as replaced and takes the consignments that it released back among those that
/// wait; what a person released stays so.
pub async fn replace(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("update plan set state = 'replaced' where id = $1", args![id]).await?;
    tx.execute(
        "update consignment set fate = 'pending'
         where fate = 'released'
           and id in (select consignment_id from selection where plan_id = $1)
           and not exists (
                   select 1 from decision
                   where decision.first_id = consignment.first_id
                     and decision.in_force = 1 and decision.act = 'release')",
        args![id],
    )
    .await?;
    Ok(())
}

/// Releases what a plan left, but for what a person keeps.
pub async fn release_the_rest(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(
        "update consignment set fate = 'released'
         where fate = 'pending'
           and id in (select consignment_id from selection where plan_id = $1 and drawn = 0)
           and not exists (
                   select 1 from decision
                   where decision.first_id = consignment.first_id
                     and decision.in_force = 1 and decision.act in ('hold', 'ask', 'inspect'))",
        args![id],
    )
    .await?;
    Ok(())
}

const COLUMNS: &str = "id, office, shift, shift_day, regime, state, model_id, drawn_at, seed, \
                       terms, capacity, candidates, drawn, minutes, digest, report, released_at";

fn kept(row: &super::Row) -> Result<KeptPlan> {
    Ok(KeptPlan {
        id: row.int(0)?,
        office: row.text(1)?.to_owned(),
        shift: row.text(2)?.to_owned(),
        shift_day: row.int(3)?,
        regime: row.text(4)?.to_owned(),
        state: row.text(5)?.to_owned(),
        model_id: row.text_opt(6)?.map(str::to_owned),
        drawn_at: row.int(7)?,
        seed: row.text(8)?.to_owned(),
        terms: row.text(9)?.to_owned(),
        capacity: row.text(10)?.to_owned(),
        candidates: row.int(11)?,
        drawn: row.int(12)?,
        minutes: row.int(13)?,
        digest: row.text(14)?.to_owned(),
        report: row.text_opt(15)?.map(str::to_owned),
        released_at: row.int_opt(16)?,
    })
}

/// One plan.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<KeptPlan>> {
    let sql = super::AssertSqlSafe(format!("select {COLUMNS} from plan where id = $1"));
    tx.fetch_optional(sql, args![id], kept).await
}

/// The plan in force of an office, shift and regime.
pub async fn of_shift(
    tx: &mut Tx,
    office: &str,
    shift: &str,
    shift_day: Day,
    regime: &str,
) -> Result<Option<KeptPlan>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from plan
         where office = $1 and shift_day = $2 and regime = $3 and shift = $4 and state = 'drawn'"
    ));
    tx.fetch_optional(sql, args![office, shift_day.0, regime, shift], kept).await
}

/// The lines of a plan that are to be opened, by rank: what was drawn, and what an officer ordered
/// to be inspected all the same.
pub async fn to_open(tx: &mut Tx, id: i64) -> Result<Vec<KeptSelection>> {
    tx.fetch_all(
        "select consignment_id, position, risk, expected, expected_critical, chance, channel,
                modality, minutes, detection, drawn, bundle, profile, must
         from selection
         where plan_id = $1
           and (drawn = 1 or exists (
                   select 1 from decision
                   where decision.consignment_id = selection.consignment_id
                     and decision.in_force = 1 and decision.act = 'inspect'))
         order by position",
        args![id],
        line,
    )
    .await
}

/// All plans, the newest first.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<KeptPlan>> {
    let sql = super::AssertSqlSafe(format!("select {COLUMNS} from plan order by id desc limit $1"));
    tx.fetch_all(sql, args![limit], kept).await
}

/// The lines of a plan, in rising order of consignment.
pub async fn lines(tx: &mut Tx, id: i64) -> Result<Vec<KeptSelection>> {
    tx.fetch_all(
        "select consignment_id, position, risk, expected, expected_critical, chance, channel,
                modality, minutes, detection, drawn, bundle, profile, must
         from selection where plan_id = $1 order by consignment_id",
        args![id],
        line,
    )
    .await
}

/// Number and state of every plan, for verifying.
pub async fn states(tx: &mut Tx) -> Result<Vec<(i64, String)>> {
    tx.fetch_all("select id, state from plan order by id", args![], |row| {
        Ok((row.int(0)?, row.text(1)?.to_owned()))
    })
    .await
}

/// How many outcomes a plan has so far.
pub async fn outcomes(tx: &mut Tx, id: i64) -> Result<i64> {
    tx.fetch_one("select count(*) from outcome where plan_id = $1", args![id], |row| row.int(0))
        .await
}

/// How many consignments of an office arrived from `first` to `last` and may still be planned, by
/// regime.
pub async fn arrived(
    tx: &mut Tx,
    office: &str,
    (first, last): (Day, Day),
) -> Result<Vec<(String, i64)>> {
    tx.fetch_all(
        "select regime, count(*) from consignment
         where office = $1 and arrived_day >= $2 and arrived_day <= $3
           and fate in ('pending', 'released')
         group by regime order by regime",
        args![office, first.0, last.0],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )
    .await
}

/// The source's numbers of consignments and the reasons of their assessments by a model, as JSON.
pub async fn names_and_reasons(
    tx: &mut Tx,
    ids: &[i64],
    model_id: Option<&str>,
) -> Result<HashMap<i64, (String, String)>> {
    let found = tx
        .fetch_all(
            "select consignment.id, consignment.reference, assessment.reasons
             from consignment
             left join assessment
               on assessment.consignment_id = consignment.id
              and assessment.arrived_day = consignment.arrived_day
              and assessment.model_id = $2
             where consignment.id {in $1}",
            args![ids.to_vec(), model_id],
            |row| {
                let reasons = row.text_opt(2)?.unwrap_or("[]").to_owned();
                Ok((row.int(0)?, (row.text(1)?.to_owned(), reasons)))
            },
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// SHA-256 over the lines, bit for bit, in hexadecimal.
pub fn digest(lines: &[KeptSelection]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        for number in [line.consignment_id, line.position, line.minutes, i64::from(line.drawn)] {
            hash.update(number.to_le_bytes());
        }
        let KeptSelection { risk, expected, expected_critical, chance, detection, .. } = line;
        for number in [risk, expected, expected_critical, chance, detection] {
            hash.update(number.to_bits().to_le_bytes());
        }
        for word in [&line.channel, &line.modality].into_iter().chain(&line.bundle) {
            hash.update((word.len() as u64).to_le_bytes());
            hash.update(word.as_bytes());
        }
        // Lines of a single modality hash as they did before there were bundles.
        if let Some(profile) = &line.profile {
            hash.update((profile.len() as u64).to_le_bytes());
            hash.update(profile.as_bytes());
            hash.update([u8::from(line.must)]);
        }
    }
    hex::encode(hash.finalize())
}

/// The regimes of an office in which something that arrived from `first` to `last` awaits a
/// decision.
pub async fn pending(tx: &mut Tx, office: &str, (first, last): (Day, Day)) -> Result<Vec<String>> {
    let sql = super::AssertSqlSafe(format!(
        "select distinct regime from consignment
         where office = $1 and arrived_day >= $2 and arrived_day <= $3 and fate = 'pending'
           and (version = 1 or not exists {OPEN_ELDER}))
           and not exists (
                   select 1 from selection join plan on plan.id = selection.plan_id
                   where selection.consignment_id = consignment.id and plan.state = 'drawn')
         order by regime"
    ));
    tx.fetch_all(sql, args![office, first.0, last.0], |row| Ok(row.text(0)?.to_owned())).await
}

/// Up to `limit` plans with numbers below `before`, the newest first: of the offices `at_once`
/// whenever they were drawn, and of the offices `released` those released by `now`.
pub async fn page(
    tx: &mut Tx,
    (at_once, released, now): (&Offices, &Offices, i64),
    before: i64,
    limit: i64,
) -> Result<Vec<KeptPlan>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from plan
         where id < $1
           and ($2 = 1 or office {{in $3}}
                or (coalesce(released_at, drawn_at) <= $6 and ($4 = 1 or office {{in $5}})))
         order by id desc limit $7"
    ));
    let args =
        args![before, at_once.all(), at_once.codes(), released.all(), released.codes(), now, limit];
    tx.fetch_all(sql, args, kept).await
}

/// Up to `limit` lines of a plan with ranks above `after`, by rank; drawn ones alone, those left
/// alone, or both.
pub async fn ranked(
    tx: &mut Tx,
    id: i64,
    drawn: Option<bool>,
    after: i64,
    limit: i64,
) -> Result<Vec<KeptSelection>> {
    tx.fetch_all(
        "select consignment_id, position, risk, expected, expected_critical, chance, channel,
                modality, minutes, detection, drawn, bundle, profile, must
         from selection
         where plan_id = $1 and position > $2 and ($3 is null or drawn = $3)
         order by position limit $4",
        args![id, after, drawn, limit],
        line,
    )
    .await
}

/// Of these plans, those that those who inspect may see.
pub async fn released(
    tx: &mut Tx,
    ids: impl Iterator<Item = i64>,
    now: i64,
) -> Result<HashSet<i64>> {
    let ids: Vec<i64> = ids.collect();
    let found = tx
        .fetch_all(
            "select id from plan
             where id {in $1} and coalesce(released_at, drawn_at) <= $2",
            args![ids, now],
            |row| row.int(0),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// The lines of all plans that have these consignments as candidates, each with its plan.
pub async fn of_consignments(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, KeptSelection)>> {
    tx.fetch_all(
        "select consignment_id, position, risk, expected, expected_critical, chance, channel,
                modality, minutes, detection, drawn, bundle, profile, must, plan_id
         from selection where consignment_id {in $1} order by plan_id, position",
        args![ids.to_vec()],
        |row| Ok((row.int(14)?, line(row)?)),
    )
    .await
}

fn line(row: &super::Row) -> Result<KeptSelection> {
    Ok(KeptSelection {
        consignment_id: row.int(0)?,
        position: row.int(1)?,
        risk: row.real(2)?,
        expected: row.real(3)?,
        expected_critical: row.real(4)?,
        chance: row.real(5)?,
        channel: row.text(6)?.to_owned(),
        modality: row.text(7)?.to_owned(),
        minutes: row.int(8)?,
        detection: row.real(9)?,
        drawn: row.int(10)? == 1,
        bundle: row.text_opt(11)?.map(str::to_owned),
        profile: row.text_opt(12)?.map(str::to_owned),
        must: row.int(13)? == 1,
    })
}

/// The plans in force of a day at these offices, by office, shift and regime.
pub async fn of_day(tx: &mut Tx, offices: &[String], day: Day) -> Result<Vec<KeptPlan>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from plan
         where office {{in $1}} and shift_day = $2 and state = 'drawn'
         order by office, shift, regime, id"
    ));
    tx.fetch_all(sql, args![offices, day.0], kept).await
}

/// How many consignments arrived on a day at these offices, newer versions in place of older ones.
pub async fn arrived_on(tx: &mut Tx, offices: &[String], day: Day) -> Result<i64> {
    tx.fetch_one(
        "select count(*) from consignment
         where office {in $1} and arrived_day = $2 and fate <> 'superseded'",
        args![offices, day.0],
        |row| row.int(0),
    )
    .await
}

/// The plans in force that those who inspect may see since a time after `from` and up to `to`, with
/// their offices and that time.
pub async fn released_between(tx: &mut Tx, from: i64, to: i64) -> Result<Vec<(i64, String, i64)>> {
    tx.fetch_all(
        "select id, office, coalesce(released_at, drawn_at) from plan
         where state = 'drawn' and coalesce(released_at, drawn_at) > $1
           and coalesce(released_at, drawn_at) <= $2
         order by id",
        args![from, to],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned(), row.int(2)?)),
    )
    .await
}
