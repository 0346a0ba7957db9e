//! Models: candidates, challengers, the one in force and those that were, each with its one-file
//! artefact. What a person did with a model, and why, is in the journal; the state beside it is
//! what that comes to, and `sumun verify` holds the two together.

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;
use targeting::outcome::Channel;

use super::{Tx, args};

/// Acts of the journal that steer a model, in the words of the journal.
pub const STEPS: [&str; 7] =
    ["learn", "shadow", "withdraw", "approve", "rollback", "return", "stop"];

/// A kept model without its artefact.
#[derive(Debug, Clone, Serialize)]
pub struct KeptModel {
    /// Name and version.
    pub id: String,
    /// `candidate`, `challenger`, `in_force`, `retired` or `rolled_back`.
    pub state: String,
    /// SHA-256 of its content.
    pub hash: String,
    /// When it was learned, in microseconds since 1970-01-01 UTC.
    pub learned_at: i64,
    /// Who learned it: a person, or the part of Sumun that did so by itself.
    pub learned_by: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Keeps a candidate with its backtest.
pub async fn insert(
    tx: &mut Tx,
    id: &str,
    hash: &str,
    artefact: &str,
    backtest: &str,
    now: i64,
) -> Result<()> {
    tx.execute(
        "insert into model (id, state, hash, artefact, backtest, learned_at)
         values ($1, 'candidate', $2, $3, $4, $5)",
        args![id, hash, artefact, backtest, now],
    )
    .await?;
    Ok(())
}

/// The next name for a model.
pub async fn next_id(tx: &mut Tx) -> Result<String> {
    let n = tx.fetch_one("select count(*) + 1 from model", args![], |row| row.int(0)).await?;
    Ok(format!("M-{n}"))
}

/// Puts a candidate in force and retires the one that was.
pub async fn approve(tx: &mut Tx, id: &str, by: &str, reason: &str, now: i64) -> Result<()> {
    tx.execute("update model set state = 'retired' where state = 'in_force'", args![]).await?;
    tx.execute(
        "update model
         set state = 'in_force', approved_at = $2, approved_by = $3, reason = $4
         where id = $1",
        args![id, now, by, reason],
    )
    .await?;
    Ok(())
}

fn kept(row: &super::Row) -> Result<KeptModel> {
    Ok(KeptModel {
        id: row.text(0)?.to_owned(),
        state: row.text(1)?.to_owned(),
        hash: row.text(2)?.to_owned(),
        learned_at: row.int(3)?,
        approved_by: row.text_opt(4)?.map(str::to_owned),
        reason: row.text_opt(5)?.map(str::to_owned),
        learned_by: row.text_opt(6)?.map(str::to_owned),
    })
}

const COLUMNS: &str = "id, state, hash, learned_at, approved_by, reason,
    (select actor from journal
     where journal.subject = 'model ' || model.id and journal.act = 'learn'
     order by seq limit 1) as learned_by";

/// All models, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<KeptModel>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS} from model order by learned_at desc, id desc"
    ));
    tx.fetch_all(sql, args![], kept).await
}

/// One model with its artefact and backtest.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<(KeptModel, String, String)>> {
    let sql = super::AssertSqlSafe(format!(
        "select {COLUMNS}, artefact, backtest from model where id = $1"
    ));
    tx.fetch_optional(sql, args![id], |row| {
        Ok((kept(row)?, row.text(7)?.to_owned(), row.text(8)?.to_owned()))
    })
    .await
}

/// Name and artefact of the model in force.
pub async fn in_force(tx: &mut Tx) -> Result<Option<(String, String)>> {
    tx.fetch_optional("select id, artefact from model where state = 'in_force'", args![], |row| {
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
    })
    .await
}

/// Name of the model in force, without its artefact.
pub async fn in_force_id(tx: &mut Tx) -> Result<Option<String>> {
    tx.fetch_optional("select id from model where state = 'in_force'", args![], |row| {
        Ok(row.text(0)?.to_owned())
    })
    .await
}

/// Gives a model its state.
pub async fn set_state(tx: &mut Tx, id: &str, state: &str) -> Result<()> {
    tx.execute("update model set state = $2 where id = $1", args![id, state]).await?;
    Ok(())
}

/// Names and artefacts of the challengers.
pub async fn challengers(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    tx.fetch_all(
        "select id, artefact from model where state = 'challenger' order by learned_at, id",
        args![],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )
    .await
}

/// The model that was in force before the one that is, and before any that were rolled back: the
/// last one approved among those retired. With none in force, the last that was.
pub async fn former(tx: &mut Tx) -> Result<Option<String>> {
    tx.fetch_optional(
        "select id from model
         where state = 'retired'
           and approved_at <= coalesce(
                   (select approved_at from model where state = 'in_force'),
                   (select max(approved_at) from model))
         order by approved_at desc, learned_at desc limit 1",
        args![],
        |row| Ok(row.text(0)?.to_owned()),
    )
    .await
}

/// The last approval of a model: by whom, why and when.
pub type Approval = (String, String, i64);

/// Name, state and last approval of every model, for verifying.
pub async fn states(tx: &mut Tx) -> Result<Vec<(String, String, Option<Approval>)>> {
    tx.fetch_all(
        "select id, state, approved_by, reason, approved_at from model order by id",
        args![],
        |row| {
            let approved = row.text_opt(2)?.map(str::to_owned);
            let reason = row.text_opt(3)?.unwrap_or_default().to_owned();
            let at = row.int_opt(4)?.unwrap_or_default();
            let approved = approved.map(|by| (by, reason, at));
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), approved))
        },
    )
    .await
}

/// One step in the life of a model, as the journal has it.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Number of the journal's entry.
    pub seq: i64,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who.
    pub by: String,
    /// What, one of [`STEPS`].
    pub act: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// The entry in full.
    pub body: Value,
}

/// The life of a model, the oldest step first.
pub async fn life(tx: &mut Tx, id: &str) -> Result<Vec<Step>> {
    let acts: Vec<&str> = STEPS.to_vec();
    tx.fetch_all(
        "select seq, at, actor, act, body from journal
         where subject = $1 and act {in $2} order by seq",
        args![format!("model {id}"), acts],
        |row| {
            let body: Value = serde_json::from_str(row.text(4)?)?;
            Ok(Step {
                seq: row.int(0)?,
                at: row.int(1)?,
                by: row.text(2)?.to_owned(),
                act: row.text(3)?.to_owned(),
                reason: body["reason"].as_str().map(str::to_owned),
                body,
            })
        },
    )
    .await
}

/// The journal's entry of the last learning: what it learned from, and when.
pub async fn last_learning(tx: &mut Tx) -> Result<Option<(String, Value)>> {
    let last = tx
        .fetch_optional(
            "select id from model order by learned_at desc, id desc limit 1",
            args![],
            |row| Ok(row.text(0)?.to_owned()),
        )
        .await?;
    let Some(id) = last else { return Ok(None) };
    let body = tx
        .fetch_optional(
            "select body from journal where subject = $1 and act = 'learn' order by seq limit 1",
            args![format!("model {id}")],
            |row| Ok(serde_json::from_str(row.text(0)?)?),
        )
        .await?;
    Ok(body.map(|body| (id, body)))
}

/// A consignment of a plan that two models scored.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The plan.
    pub plan_id: i64,
    /// Chance of being inspected.
    pub chance: f64,
    /// Expected irregularity and contraband when it was drawn.
    pub expected: [f64; 2],
    /// Channel of its chance.
    pub channel: Channel,
    /// Detection probability of its modality.
    pub detection: f64,
    /// Whether it was drawn.
    pub drawn: bool,
    /// Chances of irregularity and contraband by the first model.
    pub first: [f64; 2],
    /// The same by the second.
    pub second: [f64; 2],
    /// Kind of its latest outcome, if it has one.
    pub outcome: Option<String>,
}

/// Calls `each` with every consignment that both models scored, of plans drawn by the first that
/// have an outcome.
pub async fn scored(
    tx: &mut Tx,
    (first, second): (&str, &str),
    mut each: impl FnMut(Scored),
) -> Result<()> {
    let mut rows = tx.rows(
        "select plan.id, selection.chance, selection.expected, selection.expected_critical,
                selection.channel, selection.detection, selection.drawn,
                champion.p_irregular, champion.p_critical,
                challenger.p_irregular, challenger.p_critical, outcome.outcome
         from plan
         join selection on selection.plan_id = plan.id
         join assessment challenger
           on challenger.consignment_id = selection.consignment_id
          and challenger.model_id = $2
         join assessment champion
           on champion.consignment_id = selection.consignment_id
          and champion.arrived_day = challenger.arrived_day
          and champion.model_id = $1
         left join outcome
           on outcome.consignment_id = selection.consignment_id and outcome.latest = 1
         where plan.state = 'drawn' and plan.model_id = $1
           and exists (select 1 from outcome done where done.plan_id = plan.id)
         order by plan.id, selection.consignment_id",
        args![first, second],
    )?;
    while let Some(row) = rows.next().await? {
        each(Scored {
            plan_id: row.int(0)?,
            chance: row.real(1)?,
            expected: [row.real(2)?, row.real(3)?],
            channel: row.text(4)?.parse()?,
            detection: row.real(5)?,
            drawn: row.int(6)? == 1,
            first: [row.real(7)?, row.real(8)?],
            second: [row.real(9)?, row.real(10)?],
            outcome: row.text_opt(11)?.map(str::to_owned),
        });
    }
    Ok(())
}
