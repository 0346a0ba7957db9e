//! What the journal covers: entries of the path carry a digest of the rows they kept, and this
//! takes each digest again over what is stored now. So an altered declaration, assessment, plan or
//! outcome is found, and the journal entry that shows it is named.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use targeting::consignment::{Consignment, Shift};
use targeting::crosscheck::Sighting;
use targeting::outcome::Inspection;

use super::{AssertSqlSafe, Store, Tx, accounts, args, assessments, plans, rules, verifications};
use crate::rights::Grant;

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
                "select seq, act, subject, body, at, actor from journal
                 where seq > $1
                   and act in ('receive', 'sight', 'screen', 'plan', 'record', 'correct', 'learn',
                               'shadow', 'withdraw', 'approve', 'rollback', 'return', 'stop',
                               'policy', 'drift', 'hold', 'ask', 'inspect', 'waive', 'release',
                               'undo', 'verify scans', 'add account', 'redeem', 'change account',
                               'rule_draft', 'rule_shadow', 'rule_approve', 'rule_retire',
                               'rule_expire', 'rule_replace', 'rule_sweep')
                 order by seq limit $2",
                args![after, PAGE],
                |row| {
                    let body: Value = serde_json::from_str(row.text(3)?)?;
                    let (act, subject) = (row.text(1)?.to_owned(), row.text(2)?.to_owned());
                    let actor = row.text(5)?.to_owned();
                    Ok((row.int(0)?, act, subject, body, row.int(4)?, actor))
                },
            )
            .await?;
        let Some((last, ..)) = entries.last() else {
            // This view has no later entry, so it holds just what the entries add up to.
            return Ok((compared, said.altered(&mut tx).await?));
        };
        after = *last;
        for (seq, act, subject, body, at, actor) in entries {
            let holds = match act.as_str() {
                "receive" => documents_hold(&mut tx, &body, at).await,
                "sight" => sightings_hold(&mut tx, &body).await,
                "screen" => match assessments_hold(&mut tx, &body).await {
                    Ok(true) => hits_hold(&mut tx, &body, at).await,
                    other => other,
                },
                "rule_sweep" => hits_hold(&mut tx, &body, at).await,
                "rule_draft" => rule_holds(&mut tx, &body).await,
                "plan" => plan_holds(&mut tx, &subject, &body, at).await,
                "verify scans" => verification_holds(&mut tx, &subject, &body, at).await,
                "learn" => model_holds(&mut tx, &body).await,
                "policy" => policy_holds(&mut tx, &body, (&actor, at)).await,
                "hold" | "ask" | "inspect" | "waive" | "release" | "undo" => {
                    decision_holds(&mut tx, &act, &body, (&actor, at)).await
                }
                // What these come to is compared at the end.
                "shadow" | "withdraw" | "approve" | "rollback" | "return" | "stop" | "drift"
                | "add account" | "redeem" | "change account" | "rule_shadow" | "rule_approve"
                | "rule_retire" | "rule_expire" | "rule_replace" => Ok(true),
                _ => outcome_holds(&mut tx, &body).await,
            }
            .with_context(|| format!("while comparing journal entry {seq}"))?;
            if !holds {
                let what = match act.as_str() {
                    "receive" => {
                        "declarations or outcomes stored then have been altered, added or removed"
                    }
                    "sight" => "sightings kept then have been altered, added or removed",
                    "screen" => "assessments or hits made then have been altered, added or removed",
                    "rule_sweep" => "hits made then have been altered, added or removed",
                    "rule_draft" => "the rule drafted then has been altered or removed",
                    "plan" => "the plan drawn then has been altered",
                    "verify scans" => "the scans to be unpacked that were drawn then were altered",
                    "learn" => "the model learned then, or its backtest, has been altered",
                    "policy" => "the policy decided then has been altered or removed",
                    "hold" | "ask" | "inspect" | "waive" | "release" | "undo" => {
                        "the decision made then has been altered or removed"
                    }
                    _ => "the outcome recorded then has been altered",
                };
                return Ok((compared, Some(Altered { seq, what: format!("{what} ({subject})") })));
            }
            said.add(seq, (&act, &subject), &body, (&actor, at));
            compared += 1;
            progress(seq as u64);
        }
    }
}

/// Office, regime, signal and time of an alarm.
type AlarmKey = (String, String, String, i64);

/// What the entries together say that the store holds.
#[derive(Default)]
struct Said {
    outcomes: i64,
    decisions: i64,
    policies: i64,
    last_seq: i64,
    /// By model: the entry that last changed its state, the state, who approved it last and why.
    models: BTreeMap<String, Life>,
    /// Silent scans with an answer.
    verifications: i64,
    /// By plan: the entry that last changed its state, and the state.
    plans: BTreeMap<i64, (i64, &'static str)>,
    /// By account: the entry that last changed it, its state and its roles.
    accounts: BTreeMap<String, (i64, String, Vec<Grant>)>,
    /// By version of a rule: the entry that last changed it, the rule's code, and its state.
    rules: BTreeMap<i64, (i64, String, &'static str)>,
    /// By alarm: the entry, and when it was quiet.
    alarms: BTreeMap<AlarmKey, (i64, Option<i64>)>,
}

#[derive(Default)]
struct Life {
    seq: i64,
    state: &'static str,
    approved: Option<super::models::Approval>,
}

impl Said {
    fn add(
        &mut self,
        seq: i64,
        (act, subject): (&str, &str),
        body: &Value,
        (actor, at): (&str, i64),
    ) {
        let named = body["model"].as_str().unwrap_or_default();
        match act {
            "receive" => self.outcomes += body["outcomes"].as_i64().unwrap_or(0),
            "record" | "correct" => self.outcomes += 1,
            "policy" => self.policies += 1,
            "hold" | "ask" | "inspect" | "waive" | "release" | "undo" => self.decisions += 1,
            "drift" => self.heard(seq, body, at),
            "plan" => {
                if let Some(elder) = body["replaces"].as_i64() {
                    self.plans.insert(elder, (seq, "replaced"));
                }
                if let Some(id) = number(subject, "plan ") {
                    self.plans.insert(id, (seq, "drawn"));
                }
            }
            "verify scans" => {
                let count = |name: &str| body[name].as_array().map_or(0, Vec::len) as i64;
                self.verifications += count("unpack") + count("leave");
            }
            "add account" | "redeem" | "change account" => {
                self.administered(seq, act, subject.trim_start_matches("account "), body);
            }
            "learn" => self.becomes(seq, named, "candidate"),
            "shadow" => self.becomes(seq, named, "challenger"),
            "withdraw" => {
                let to = match body["to"].as_str() {
                    Some("retired") => "retired",
                    Some("rolled_back") => "rolled_back",
                    _ => "candidate",
                };
                self.becomes(seq, named, to);
            }
            "approve" => {
                for life in self.models.values_mut().filter(|life| life.state == "in_force") {
                    (life.seq, life.state) = (seq, "retired");
                }
                self.becomes(seq, named, "in_force");
                if let Some(life) = self.models.get_mut(named) {
                    let reason = body["reason"].as_str().unwrap_or_default();
                    life.approved = Some((actor.to_owned(), reason.to_owned(), at));
                }
            }
            "rule_draft" => self.ruled(seq, subject, body, "draft"),
            "rule_shadow" => self.ruled(seq, subject, body, "shadow"),
            "rule_approve" => self.ruled(seq, subject, body, "in_force"),
            "rule_retire" => self.ruled(seq, subject, body, "retired"),
            "rule_expire" => self.ruled(seq, subject, body, "expired"),
            "rule_replace" => self.ruled(seq, subject, body, "replaced"),
            "rollback" => self.becomes(seq, named, "rolled_back"),
            "return" => self.becomes(seq, named, "in_force"),
            "stop" => self.becomes(seq, named, "retired"),
            _ => {}
        }
        self.last_seq = seq;
    }

    fn administered(&mut self, seq: i64, act: &str, name: &str, body: &Value) {
        let grants = |value: &Value| -> Option<Vec<Grant>> {
            let all = value.as_array()?.iter().filter_map(|text| text.as_str()?.parse().ok());
            let mut all: Vec<Grant> = all.collect();
            all.sort_by(|a, b| (a.role.as_str(), &a.office).cmp(&(b.role.as_str(), &b.office)));
            all.dedup();
            Some(all)
        };
        let new = || (seq, "invited".to_owned(), Vec::new());
        let account = self.accounts.entry(name.to_owned()).or_insert_with(new);
        account.0 = seq;
        match act {
            "redeem" => account.1 = "active".to_owned(),
            "add account" => account.2 = grants(&body["grants"]).unwrap_or_default(),
            _ => {
                if let Some(state) = body["state"].as_str() {
                    account.1 = state.to_owned();
                }
                if let Some(to) = grants(&body["grants"]["to"]) {
                    account.2 = to;
                }
            }
        }
    }

    fn becomes(&mut self, seq: i64, model: &str, state: &'static str) {
        let life = self.models.entry(model.to_owned()).or_default();
        (life.seq, life.state) = (seq, state);
    }

    /// A version of a rule gets a state, and takes the place of the one that had it: of those that
    /// the entry names, and where it names none, as entries once did not, of all.
    fn ruled(&mut self, seq: i64, subject: &str, body: &Value, state: &'static str) {
        let Some(id) = body["rule"].as_i64() else { return };
        let code = subject.trim_start_matches("rule ").to_owned();
        if ["draft", "shadow", "in_force"].contains(&state) {
            let named = body["replaces"].as_array();
            let ends = |id: i64| named.is_none_or(|all| all.iter().any(|one| *one == id));
            let had = self
                .rules
                .iter_mut()
                .filter(|(id, one)| one.1 == code && one.2 == state && ends(**id));
            for (_, one) in had {
                (one.0, one.2) = (seq, "replaced");
            }
        }
        self.rules.insert(id, (seq, code, state));
    }

    async fn rules_altered(&self, tx: &mut Tx) -> Result<Option<Altered>> {
        let kept = rules::states(tx).await?;
        for (id, code, state) in &kept {
            let said = self.rules.get(id);
            let (was, seq) = said.map_or(("never drafted", self.last_seq), |one| (one.2, one.0));
            if state != was {
                let what = format!("rule {code} ({id}) is {state}, the journal says {was}");
                return Ok(Some(Altered { seq, what }));
            }
        }
        let there = |id: &i64| kept.iter().any(|(kept, ..)| kept == id);
        let gone = self.rules.iter().find(|(id, _)| !there(id));
        Ok(gone.map(|(_, (seq, code, _))| Altered {
            seq: *seq,
            what: format!("a version of rule {code} has been removed"),
        }))
    }

    /// Alarms that began or ended with an entry of the drift watch.
    fn heard(&mut self, seq: i64, body: &Value, at: i64) {
        let key = |one: &Value, rang_at: i64| {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            (text("office"), text("regime"), text("signal"), rang_at)
        };
        for one in body["rings"].as_array().into_iter().flatten() {
            self.alarms.insert(key(one, at), (seq, None));
        }
        for one in body["quiets"].as_array().into_iter().flatten() {
            let rang_at = one["rang_at"].as_i64().unwrap_or_default();
            self.alarms.insert(key(one, rang_at), (seq, Some(at)));
        }
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
        let verifications = verifications::count(tx).await?;
        if verifications != self.verifications {
            let what = format!(
                "the journal covers {} silent scans with an answer, the store holds \
                 {verifications}",
                self.verifications
            );
            return Ok(Some(Altered { seq: self.last_seq, what }));
        }
        if let Some(altered) = self.plans_altered(tx).await? {
            return Ok(Some(altered));
        }
        if let Some(altered) = self.rules_altered(tx).await? {
            return Ok(Some(altered));
        }
        if let Some(altered) = self.accounts_altered(tx).await? {
            return Ok(Some(altered));
        }
        let decisions =
            tx.fetch_one("select count(*) from decision", args![], |row| row.int(0)).await?;
        if decisions != self.decisions {
            let what = format!(
                "the journal covers {} decisions, the store holds {decisions}: some were added or \
                 removed",
                self.decisions
            );
            return Ok(Some(Altered { seq: self.last_seq, what }));
        }
        let kept = super::models::states(tx).await?;
        for (id, state, approved) in &kept {
            let life = self.models.get(id);
            let (was, seq) =
                life.map_or(("never learned", self.last_seq), |life| (life.state, life.seq));
            if state != was {
                let what = format!("model {id} is {state}, the journal says {was}");
                return Ok(Some(Altered { seq, what }));
            }
            if life.and_then(|life| life.approved.as_ref()) != approved.as_ref() {
                let what = format!("the approval of model {id} is not the one journaled");
                return Ok(Some(Altered { seq, what }));
            }
        }
        let gone = |id: &str| !kept.iter().any(|(kept, ..)| kept == id);
        if let Some((id, life)) = self.models.iter().find(|(id, _)| gone(id)) {
            let what = format!("model {id} has been removed");
            return Ok(Some(Altered { seq: life.seq, what }));
        }
        let policies = super::policies::list(tx).await?.len() as i64;
        if policies != self.policies {
            let what = format!(
                "the journal covers {} policies, the store holds {policies}",
                self.policies
            );
            return Ok(Some(Altered { seq: self.last_seq, what }));
        }
        let alarms: BTreeMap<_, _> = (super::alarms::list(tx).await?.into_iter())
            .map(|one| ((one.office, one.regime, one.signal, one.rang_at), one.quiet_at))
            .collect();
        for (key, (seq, quiet_at)) in &self.alarms {
            if alarms.get(key) != Some(quiet_at) {
                let what = format!("an alarm of {} {} has been altered or removed", key.0, key.1);
                return Ok(Some(Altered { seq: *seq, what }));
            }
        }
        if alarms.len() != self.alarms.len() {
            let what = "an alarm was added that the drift watch did not raise".to_owned();
            return Ok(Some(Altered { seq: self.last_seq, what }));
        }
        Ok(None)
    }
}

impl Said {
    async fn plans_altered(&self, tx: &mut Tx) -> Result<Option<Altered>> {
        let kept: BTreeMap<i64, String> = plans::states(tx).await?.into_iter().collect();
        for (id, (seq, state)) in &self.plans {
            if kept.get(id).map(String::as_str) != Some(*state) {
                let is = kept.get(id).map_or("gone", String::as_str);
                let what = format!("plan P-{id} is {is}, the journal says {state}");
                return Ok(Some(Altered { seq: *seq, what }));
            }
        }
        let added = kept.keys().find(|id| !self.plans.contains_key(id));
        Ok(added.map(|id| {
            let what = format!("plan P-{id} was added, and never drawn");
            Altered { seq: self.last_seq, what }
        }))
    }

    async fn accounts_altered(&self, tx: &mut Tx) -> Result<Option<Altered>> {
        let kept = accounts::states(tx).await?;
        for (name, state, grants) in &kept {
            let holds =
                self.accounts.get(name).is_some_and(|(_, was, had)| was == state && had == grants);
            if !holds {
                let seq = self.accounts.get(name).map_or(self.last_seq, |(seq, ..)| *seq);
                let what = format!("state or roles of the account {name} are not those journaled");
                return Ok(Some(Altered { seq, what }));
            }
        }
        let gone = self.accounts.iter().find(|(name, _)| !kept.iter().any(|(of, ..)| of == *name));
        Ok(gone.map(|(name, (seq, ..))| {
            let what = format!("the account {name} has been removed");
            Altered { seq: *seq, what }
        }))
    }
}

/// The number behind a noun.
fn number(subject: &str, noun: &str) -> Option<i64> {
    subject.strip_prefix(noun)?.parse().ok()
}

async fn verification_holds(tx: &mut Tx, subject: &str, body: &Value, at: i64) -> Result<bool> {
    let Some(plan) = number(subject, "plan ") else { return Ok(false) };
    let kept = verifications::drawn_at(tx, plan, at).await?;
    let said = |name: &str, drawn: bool| {
        let ids = body[name].as_array().into_iter().flatten().filter_map(Value::as_i64);
        ids.map(move |id| (id, drawn)).collect::<Vec<_>>()
    };
    let mut all = [said("unpack", true), said("leave", false)].concat();
    all.sort_unstable();
    let same = kept.iter().map(|one| (one.consignment_id, one.drawn)).eq(all);
    Ok(same && kept.iter().all(|one| body["share"] == one.share))
}

async fn policy_holds(tx: &mut Tx, body: &Value, (actor, at): (&str, i64)) -> Result<bool> {
    let kept = super::policies::list(tx).await?;
    let Some(kept) = kept.iter().find(|kept| body["number"] == kept.number) else {
        return Ok(false);
    };
    Ok(body["policy"] == serde_json::to_value(kept.policy)?
        && body["reason"] == kept.reason
        && kept.set_by == actor
        && kept.set_at == at)
}

async fn decision_holds(
    tx: &mut Tx,
    act: &str,
    body: &Value,
    (actor, at): (&str, i64),
) -> Result<bool> {
    let Some(id) = body["decision"].as_i64() else { return Ok(false) };
    let Some(kept) = super::decisions::find(tx, id).await? else { return Ok(false) };
    Ok(kept.act.as_str() == act && kept.by == actor && kept.at == at && kept.journaled() == *body)
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

async fn sightings_hold(tx: &mut Tx, body: &Value) -> Result<bool> {
    let Some((first, last)) = range(body) else { return Ok(false) };
    let mut digest = Documents::default();
    for (document, unit, sight) in super::sightings::kept(tx, first, last).await? {
        digest.add(&document);
        let same = serde_json::from_str::<Sighting>(&document)
            .is_ok_and(|said| said.unit == unit && said.sight.as_str() == sight);
        if !same {
            return Ok(false);
        }
    }
    Ok(body["sha256"] == digest.finish())
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
        assessments::each(tx, model, (first, last), |id, chances, lane, reasons, uncertainty| {
            digest.add(id, chances, lane, reasons, uncertainty);
        })
        .await?;
    }
    Ok(body["sha256"] == digest.finish())
}

async fn plan_holds(tx: &mut Tx, subject: &str, body: &Value, at: i64) -> Result<bool> {
    let Some(id) = number(subject, "plan ") else { return Ok(false) };
    let Some(plan) = plans::find(tx, id).await? else { return Ok(false) };
    let seed = hex::decode(&plan.seed).unwrap_or_default();
    let drawn = body["seed_sha256"] == hex::encode(Sha256::digest(seed))
        && body["capacity"] == plan.capacity
        && body["terms"] == plan.terms
        && body["report"] == json!(plan.report);
    let day = plan.shift.parse::<Shift>().ok().map(|shift| i64::from(shift.day.0));
    let placed = body["office"] == plan.office
        && body["shift"] == plan.shift
        && day == Some(plan.shift_day)
        && body["regime"] == plan.regime
        && body["model"] == json!(plan.model_id)
        // Entries of before there were shifts with hours have no time of release.
        && body["released_at"] == json!(plan.released_at)
        && plan.drawn_at == at;
    let counted = body["candidates"] == plan.candidates
        && body["drawn"] == plan.drawn
        && body["minutes"] == plan.minutes;
    let lines = plans::lines(tx, id).await?;
    let digest = plans::digest(&lines);
    Ok(drawn && placed && counted && plan.digest == digest && body["sha256"] == digest)
}

async fn model_holds(tx: &mut Tx, body: &Value) -> Result<bool> {
    let Some(id) = body["model"].as_str() else { return Ok(false) };
    let Some((_, artefact, backtest)) = super::models::find(tx, id).await? else {
        return Ok(false);
    };
    // Entries of the first release have no digest of the backtest.
    let digest = body["backtest_sha256"].as_str();
    if digest.is_some_and(|digest| digest != hex::encode(Sha256::digest(&backtest))) {
        return Ok(false);
    }
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

/// Whether the hits of an entry are those that were kept then. Entries of before there were rules
/// have none.
async fn hits_hold(tx: &mut Tx, body: &Value, at: i64) -> Result<bool> {
    let said = &body["rules"];
    let (Some(asked), Some(runs)) = (said["rules"].as_array(), body["ids"].as_array()) else {
        return Ok(said.is_null());
    };
    let asked: Vec<i64> = asked.iter().filter_map(Value::as_i64).collect();
    let (mut digest, mut count) = (rules::HitDigest::default(), 0);
    for run in runs {
        let (Some(first), Some(last)) = (run[0].as_i64(), run[1].as_i64()) else {
            return Ok(false);
        };
        let hits = rules::hits_at(tx, &asked, (first, last), at).await?;
        count += hits.len();
        digest.add(&hits);
    }
    Ok(said["hits"] == count && said["sha256"] == digest.finish())
}

async fn rule_holds(tx: &mut Tx, body: &Value) -> Result<bool> {
    let Some(id) = body["rule"].as_i64() else { return Ok(false) };
    let Some(document) = rules::document(tx, id).await? else { return Ok(false) };
    let same = serde_json::from_str::<Value>(&document).is_ok_and(|one| one == body["document"]);
    Ok(same && body["sha256"] == hex::encode(Sha256::digest(&document)))
}
