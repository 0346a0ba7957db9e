//! What the journal covers: entries of the path carry a digest of the rows they kept, and this
//! takes each digest again over what is stored now. So an altered declaration, assessment, plan or
//! outcome is found, and the journal entry that shows it is named.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use targeting::consignment::Consignment;
use targeting::outcome::Inspection;

use super::{AssertSqlSafe, Store, Tx, args, assessments, plans};

/// Entries looked at in one reading transaction.
const PAGE: i64 = 500;

/// A kept row that is no longer what the journal says was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altered {
    /// The journal entry that shows it.
    pub seq: i64,
    /// What differs, in a sentence.
    pub what: String,
}

/// Compares everything that the journal covers; gives the first row that was altered, if any, and
/// how many entries were compared. `progress` is told the number of the entry.
pub async fn compare(
    store: &Store,
    mut progress: impl FnMut(u64) + Send,
) -> Result<(u64, Option<Altered>)> {
    let (mut after, mut compared) = (0, 0);
    let mut said = Said::default();
    loop {
        let mut tx = store.read().await?;
        let entries = tx
            .fetch_all(
                "select seq, act, subject, body, at from journal
                 where seq > $1
                   and act in ('receive', 'screen', 'plan', 'record', 'correct', 'learn', 'approve')
                 order by seq limit $2",
                args![after, PAGE],
                |row| {
                    let body: Value = serde_json::from_str(row.text(3)?)?;
                    let (act, subject) = (row.text(1)?.to_owned(), row.text(2)?.to_owned());
                    Ok((row.int(0)?, act, subject, body, row.int(4)?))
                },
            )
            .await?;
        let Some((last, ..)) = entries.last() else {
            // This view has no later entry, so it holds just what the entries add up to.
            return Ok((compared, said.altered(&mut tx).await?));
        };
        after = *last;
        for (seq, act, subject, body, at) in entries {
            let holds = match act.as_str() {
                "receive" => documents_hold(&mut tx, &body, at).await,
                "screen" => assessments_hold(&mut tx, &body).await,
                "plan" => plan_holds(&mut tx, &subject, &body).await,
                "learn" => model_holds(&mut tx, &body).await,
                "approve" => Ok(true),
                _ => outcome_holds(&mut tx, &body).await,
            }
            .with_context(|| format!("while comparing journal entry {seq}"))?;
            if !holds {
                let what = match act.as_str() {
                    "receive" => {
                        "declarations or outcomes stored then have been altered, added or removed"
                    }
                    "screen" => "assessments made then have been altered, added or removed",
                    "plan" => "the plan drawn then has been altered",
                    "learn" => "the model learned then has been altered",
                    _ => "the outcome recorded then has been altered",
                };
                return Ok((compared, Some(Altered { seq, what: format!("{what} ({subject})") })));
            }
            said.add(seq, &act, &body);
            compared += 1;
            progress(seq as u64);
        }
    }
}

/// What the entries together say that the store holds.
#[derive(Default)]
struct Said {
    outcomes: i64,
    last_seq: i64,
    /// The last approval: its entry and the model.
    approved: Option<(i64, String)>,
}

impl Said {
    fn add(&mut self, seq: i64, act: &str, body: &Value) {
        match act {
            "receive" => self.outcomes += body["outcomes"].as_i64().unwrap_or(0),
            "record" | "correct" => self.outcomes += 1,
            "approve" => {
                self.approved = body["model"].as_str().map(|model| (seq, model.to_owned()));
            }
            _ => {}
        }
        self.last_seq = seq;
    }

    /// What the store holds more or less of, if anything.
    async fn altered(&self, tx: &mut Tx) -> Result<Option<Altered>> {
        let outcomes =
            tx.fetch_one("select count(*) from outcome", args![], |row| row.int(0)).await?;
        if outcomes != self.outcomes {
            let what = format!(
                "the journal covers {} outcomes, the store holds {outcomes}: some were added or \
                 removed",
                self.outcomes
            );
            return Ok(Some(Altered { seq: self.last_seq, what }));
        }
        let in_force = super::models::in_force(tx).await?.map(|(id, _)| id);
        let approved = self.approved.as_ref().map(|(_, model)| model.clone());
        if in_force != approved {
            let named = |model: Option<String>| model.unwrap_or_else(|| "no model".to_owned());
            let what = format!("{} is in force, {} was approved", named(in_force), named(approved));
            let seq = self.approved.as_ref().map_or(self.last_seq, |(seq, _)| *seq);
            return Ok(Some(Altered { seq, what }));
        }
        Ok(None)
    }
}

fn range(body: &Value) -> Option<(i64, i64)> {
    Some((body["ids"][0].as_i64()?, body["ids"][1].as_i64()?))
}

/// SHA-256 over documents, each with its length before it, in hexadecimal.
#[derive(Default)]
pub struct Documents(Sha256);

impl Documents {
    /// Takes in one document.
    pub fn add(&mut self, document: &str) {
        self.0.update((document.len() as u64).to_le_bytes());
        self.0.update(document.as_bytes());
    }

    /// The digest in hexadecimal.
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

async fn documents_hold(tx: &mut Tx, body: &Value, at: i64) -> Result<bool> {
    let Some((first, last)) = range(body) else { return Ok(false) };
    let mut digest = Documents::default();
    let mut rows = tx.rows(
        "select document, reference, office, regime, arrived_at, arrived_day from consignment
         where id >= $1 and id <= $2 order by id",
        args![first, last],
    )?;
    while let Some(row) = rows.next().await? {
        digest.add(row.text(0)?);
        // The columns by which a consignment is found must say what its document says.
        let Ok(document) = serde_json::from_str::<Consignment>(row.text(0)?) else {
            return Ok(false);
        };
        let same = row.text(1)? == document.reference
            && row.text(2)? == document.office
            && row.text(3)? == document.regime.as_str()
            && row.int(4)? == document.arrived_at
            && row.int(5)? == i64::from(document.arrived_on.0);
        if !same {
            return Ok(false);
        }
    }
    drop(rows);
    if body["sha256"] != digest.finish() {
        return Ok(false);
    }
    if body["outcomes"] == 0 {
        return Ok(true);
    }
    let kept = tx
        .fetch_all(
            AssertSqlSafe(format!(
                "select {OUTCOME} from outcome
                 where consignment_id >= $1 and consignment_id <= $2
                   and revision = 1 and plan_id is null and recorded_at = $3
                 order by consignment_id"
            )),
            args![body["outcome_ids"][0].as_i64(), body["outcome_ids"][1].as_i64(), at],
            kept_outcome,
        )
        .await?;
    let mut digest = Documents::default();
    for one in &kept {
        if !one.fits {
            return Ok(false);
        }
        digest.add(&one.consignment_id.to_string());
        digest.add(&one.outcome);
        digest.add(&one.document);
    }
    Ok(body["outcomes_sha256"] == digest.finish())
}

/// An outcome as it is kept.
struct KeptOutcome {
    consignment_id: i64,
    outcome: String,
    document: String,
    channel: Option<String>,
    plan_id: Option<i64>,
    /// Whether the columns by which outcomes are counted say what the document says, and the
    /// latest revision alone is marked so.
    fits: bool,
}

const OUTCOME: &str = "consignment_id, outcome, document, channel, plan_id, modality, minutes,
    detection_method, officer, latest,
    case when exists (select 1 from outcome newer
                      where newer.consignment_id = outcome.consignment_id
                        and newer.revision > outcome.revision) then 0 else 1 end";

fn kept_outcome(row: &super::Row) -> Result<KeptOutcome> {
    let (outcome, document) = (row.text(1)?.to_owned(), row.text(2)?.to_owned());
    // One that cannot be read any more has been altered, which is for the verdict to say.
    let fits = match serde_json::from_str::<Inspection>(&document) {
        Err(_) => false,
        Ok(inspection) => {
            outcome == inspection.result.as_str()
                && row.text_opt(5)? == inspection.modality.map(|modality| modality.as_str())
                && row.int_opt(6)? == inspection.minutes.map(i64::from)
                && row.text_opt(7)? == inspection.detection_method.map(|method| method.as_str())
                && row.text(8)? == inspection.officer
                && row.int(9)? == row.int(10)?
        }
    };
    let (channel, plan_id) = (row.text_opt(3)?.map(str::to_owned), row.int_opt(4)?);
    Ok(KeptOutcome { consignment_id: row.int(0)?, outcome, document, channel, plan_id, fits })
}

async fn assessments_hold(tx: &mut Tx, body: &Value) -> Result<bool> {
    let (Some(runs), Some(model)) = (body["ids"].as_array(), body["model"].as_str()) else {
        return Ok(false);
    };
    let mut digest = assessments::Digest::new();
    for run in runs {
        let (Some(first), Some(last)) = (run[0].as_i64(), run[1].as_i64()) else {
            return Ok(false);
        };
        assessments::each(tx, model, (first, last), |id, chances, lane, reasons| {
            digest.add(id, chances, lane, reasons);
        })
        .await?;
    }
    Ok(body["sha256"] == digest.finish())
}

async fn plan_holds(tx: &mut Tx, subject: &str, body: &Value) -> Result<bool> {
    let Some(id) = subject.strip_prefix("plan ").and_then(|id| id.parse::<i64>().ok()) else {
        return Ok(false);
    };
    let Some(plan) = plans::find(tx, id).await? else { return Ok(false) };
    let seed = hex::decode(&plan.seed).unwrap_or_default();
    let seed_holds = body["seed_sha256"] == hex::encode(Sha256::digest(seed))
        && body["capacity"] == plan.capacity
        && body["terms"] == plan.terms
        && body["report"] == json!(plan.report);
    let lines = plans::lines(tx, id).await?;
    Ok(seed_holds && body["sha256"] == plans::digest(&lines))
}

async fn model_holds(tx: &mut Tx, body: &Value) -> Result<bool> {
    let Some(id) = body["model"].as_str() else { return Ok(false) };
    let Some((_, artefact, _)) = super::models::find(tx, id).await? else { return Ok(false) };
    let known = targeting::feature::codes();
    let model = targeting::model::Model::from_json(artefact.as_bytes(), &known);
    Ok(model.is_ok_and(|model| body["model_hash"] == model.hash()))
}

async fn outcome_holds(tx: &mut Tx, body: &Value) -> Result<bool> {
    let (Some(id), Some(revision)) = (body["consignment"].as_i64(), body["revision"].as_i64())
    else {
        return Ok(false);
    };
    let kept = tx
        .fetch_optional(
            AssertSqlSafe(format!(
                "select {OUTCOME} from outcome where consignment_id = $1 and revision = $2"
            )),
            args![id, revision],
            kept_outcome,
        )
        .await?;
    let Some(kept) = kept.filter(|kept| kept.fits) else { return Ok(false) };
    let document: Value = serde_json::from_str(&kept.document)?;
    Ok(document == body["inspection"]
        && kept.plan_id == body["plan"].as_i64()
        && kept.channel.as_deref() == body["channel"].as_str())
}
