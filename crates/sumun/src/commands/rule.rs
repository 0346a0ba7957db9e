//! `sumun rule`: a rule's file is checked and put on trial, and a person steers its life: drafted,
//! in shadow, approved by another, retired. Files are TOML, so that rules can be reviewed in git.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Value, json};
use targeting::codes::Day;
use targeting::indicator;
use targeting::rule::{Rule, Scorecard};

use super::{Office, Report, Table, shortened};
use crate::acts;
use crate::config::now;
use crate::pipeline::rules as at_work;
use crate::pipeline::trial::{self, Step, Trial};
use crate::rule_file::{self, FileFault};
use crate::store::Store;
use crate::store::rules::{self, Kept};

/// Checks rules, puts them on trial, and steers their lives.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Checks a rule's file: every mistake with its place and what may be meant.
    Check(File),
    /// Says what a rule would have done on the stored history.
    Backtest(Backtest),
    /// Lists all rules.
    List,
    /// Shows a rule: its versions and its life.
    Show(Named),
    /// Drafts a rule's next version from its file.
    Propose(File),
    /// Drafts a version of every rule of these files.
    Import(Import),
    /// Writes a rule's file.
    Export(Export),
    /// Puts a draft in shadow: it fires and selects nothing.
    Shadow(Steer),
    /// Puts a version in force that another person drafted.
    Approve(Steer),
    /// Retires a version.
    Retire(Steer),
    /// Says what rules in force have come to, and which should be retired.
    Scorecard(MaybeNamed),
    /// Lists the indicators that rules may name.
    Indicators,
}

/// Names a file.
#[derive(Debug, Args)]
pub struct File {
    /// The file, TOML.
    file: PathBuf,
}

/// Names files.
#[derive(Debug, Args)]
pub struct Import {
    /// The files, TOML.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Puts a rule on trial.
#[derive(Debug, Args)]
pub struct Backtest {
    /// The rule's file, TOML.
    file: PathBuf,
    /// First day of arrival.
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// Last day of arrival.
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
}

/// Names a rule.
#[derive(Debug, Args)]
pub struct Named {
    /// Its code.
    code: String,
}

/// Names a rule, or none for all.
#[derive(Debug, Args)]
pub struct MaybeNamed {
    /// Its code; left out for all.
    code: Option<String>,
}

/// Writes a rule's file.
#[derive(Debug, Args)]
pub struct Export {
    /// The rule's code.
    code: String,
    /// The version; left out for the one in force, else the newest.
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    /// Where to write it; left out, it is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Steers a version.
#[derive(Debug, Args)]
pub struct Steer {
    /// The rule's code.
    code: String,
    /// The version; left out for the newest.
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Rules {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        match self {
            Rules::Check(File { file }) => return check(&file),
            Rules::Indicators => return Ok(indicators()),
            _ => {}
        }
        let store = office.store().await?;
        match self {
            Rules::Check(_) | Rules::Indicators => unreachable!("they need no store"),
            Rules::Backtest(of) => backtest(office, &store, of).await,
            Rules::List => list(&store).await,
            Rules::Show(Named { code }) => show(&store, &code).await,
            Rules::Propose(File { file }) => propose(office, &store, vec![file]).await,
            Rules::Import(Import { files }) => propose(office, &store, files).await,
            Rules::Export(of) => export(&store, of).await,
            Rules::Shadow(of) => {
                let version = version_of(&store, &of).await?;
                let named = (of.code.as_str(), version);
                let kept = acts::rule::shadow(&store, named, &of.reason, office.by()).await?;
                Ok(steered(&kept, "fires in shadow and selects nothing", "sumun screen"))
            }
            Rules::Approve(of) => {
                let version = version_of(&store, &of).await?;
                let named = (of.code.as_str(), version);
                let kept = acts::rule::approve(&store, named, &of.reason, office.by()).await?;
                Ok(steered(&kept, "is in force", "sumun screen"))
            }
            Rules::Retire(of) => {
                let version = version_of(&store, &of).await?;
                let named = (of.code.as_str(), version);
                let kept = acts::rule::retire(&store, named, &of.reason, office.by()).await?;
                Ok(steered(&kept, "is retired and fires no more", "sumun rule list"))
            }
            Rules::Scorecard(MaybeNamed { code }) => scorecards(&store, code.as_deref()).await,
        }
    }
}

fn told(file: &std::path::Path, faults: &[FileFault]) -> String {
    let mut text = String::new();
    for one in faults {
        text.push_str(&format!(
            "{}:{}:{}: {} ({})\n",
            file.display(),
            one.line,
            one.column,
            one.en,
            one.code
        ));
        if !one.words.is_empty() {
            text.push_str(&format!("    {}\n", one.words));
        }
        if let Some(instead) = &one.suggestion {
            text.push_str(&format!("    perhaps: {instead}\n"));
        }
    }
    text
}

fn check(file: &std::path::Path) -> Result<Report> {
    let text = super::read_text(file)?;
    match rule_file::read(&text) {
        Ok(rule) => {
            let json = json!({ "ok": true, "code": rule.code, "errors": [] });
            Ok(Report::new(json, format!("{}: rule {} is whole.", file.display(), rule.code)))
        }
        Err(faults) => Ok(Report {
            json: json!({ "ok": false, "errors": faults }),
            text: told(file, &faults),
            whole: false,
        }),
    }
}

/// The rule of a file.
///
/// # Errors
/// A refusal with all that is wrong.
fn rule_of(file: &std::path::Path) -> Result<Rule> {
    match rule_file::read(&super::read_text(file)?) {
        Ok(rule) => Ok(rule),
        Err(faults) => {
            let said = told(file, &faults);
            crate::refuse!("rule_file", "the file is no rule:\n{}", said.trim_end())
        }
    }
}

fn indicators() -> Report {
    let mut table = Table::new(&["indicator", "what it says", "when it shows"]);
    let mut all = Vec::new();
    for one in indicator::all() {
        table.row([one.code.to_owned(), one.en.to_owned(), shortened(one.text, 60)]);
        all.push(json!({
            "code": one.code,
            "ko": one.ko,
            "en": one.en,
            "condition": one.text,
            "fields": one.fields(),
        }));
    }
    Report::new(json!({ "indicators": all }), table.text())
}

async fn backtest(office: &Office, store: &Store, of: Backtest) -> Result<Report> {
    let rule = rule_of(&of.file)?;
    let asked = trial::Asked {
        condition: rule.condition,
        offices: rule.offices,
        modality: rule.modality,
        from: of.from,
        until: of.to,
        code: Some(rule.code.clone()),
    };
    let bar = office.bar(None, "judging the history");
    let began = now();
    let trial = trial::trial(store, &asked, |step| match step {
        Step::Kept(count) => {
            bar.set_message("keeping it as columns, once");
            bar.set_position(count);
        }
        Step::Judged(count) => {
            bar.set_message("judging the history");
            bar.set_position(count);
        }
    })
    .await?;
    bar.finish_and_clear();
    let milliseconds = (now() - began) / 1_000;
    let mut json = json!(trial);
    json["code"] = json!(rule.code);
    json["milliseconds"] = json!(milliseconds);
    Ok(Report::new(json, trial_text(&rule.code, &trial, milliseconds)))
}

fn trial_text(code: &str, trial: &Trial, milliseconds: i64) -> String {
    let (Some(first), Some(last)) = (trial.first, trial.last) else {
        return "Nothing has arrived in these days.".to_owned();
    };
    let mut text = format!(
        "Rule {code} on {} consignments from {first} to {last} ({} s):\nfires on {}, {:.1} a day; \
         opening all takes {:.0} officer-minutes a day",
        trial.consignments,
        milliseconds as f64 / 1_000.0,
        trial.fired,
        trial.fired_per_day,
        trial.minutes_per_day
    );
    if let Some(share) = trial.capacity_share {
        text.push_str(&format!(", {:.0} % of what plans drew", share * 100.0));
    }
    text.push_str(".\n");
    match &trial.value {
        Some(worth) => {
            let finds = worth.finds;
            text.push_str(&format!(
                "Of {} that plans listed, it would have found {:.0} ({:.0} to {:.0}); {} were \
                 found anyhow. The answer of {} is known, worth {:.0} equal inspections.\n",
                worth.planned,
                finds.estimate,
                finds.low,
                finds.high,
                worth.found_already,
                worth.known,
                worth.effective
            ));
            if let Some(lift) = worth.lift {
                text.push_str(&format!(
                    "It finds {:.1} times as often as a random inspection ({:.1} to {:.1}).\n",
                    lift.estimate, lift.low, lift.high
                ));
            }
        }
        None => text.push_str("No plan of these days has an outcome: finds are not known.\n"),
    }
    text.push_str(&format!(
        "Plans drew {} of these, {} of them as the model's surest; {} nobody else sees.\n",
        trial.overlap.drawn, trial.overlap.model_core, trial.overlap.only_this
    ));
    for other in trial.overlap.rules.iter().take(10) {
        text.push_str(&format!(
            "Rule {} version {} fires on {} of them ({:.0} %).\n",
            other.code,
            other.version,
            other.both,
            other.share * 100.0
        ));
    }
    text
}

fn kept_json(kept: &Kept) -> Value {
    let step =
        |step: &Option<(String, i64)>| step.as_ref().map(|(by, at)| json!({ "by": by, "at": at }));
    json!({
        "code": kept.rule.code,
        "version": kept.version,
        "state": kept.state,
        "rule": kept.rule,
        "sha256": kept.sha256,
        "drafted": { "by": kept.drafted.0, "at": kept.drafted.1 },
        "shadow": step(&kept.shadow),
        "approved": step(&kept.approved),
        "ended": step(&kept.ended),
    })
}

fn steered(kept: &Kept, what: &str, next: &str) -> Report {
    let text =
        format!("Version {} of rule {} {what}. Next: `{next}`.", kept.version, kept.rule.code);
    Report::new(kept_json(kept), text)
}

async fn list(store: &Store) -> Result<Report> {
    let all = rules::list(&mut store.read().await?).await?;
    let mut table = Table::new(&["rule", "version", "state", "lane", "until", "owner", "what"]);
    for kept in &all {
        table.row([
            kept.rule.code.clone(),
            kept.version.to_string(),
            kept.state.clone(),
            kept.rule.lane.to_string(),
            kept.rule.valid_until.to_string(),
            kept.rule.owner.clone(),
            shortened(&kept.rule.officer.en, 50),
        ]);
    }
    let text = match table.is_empty() {
        true => "There is no rule yet: `sumun rule propose FILE`.".to_owned(),
        false => table.text(),
    };
    let all: Vec<Value> = all.iter().map(kept_json).collect();
    Ok(Report::new(json!({ "rules": all }), text))
}

async fn versions(store: &Store, code: &str) -> Result<Vec<Kept>> {
    let all = rules::of_code(&mut store.read().await?, code).await?;
    if all.is_empty() {
        crate::refuse!("no_rule", "there is no rule {code}: `sumun rule list` names them");
    }
    Ok(all)
}

async fn version_of(store: &Store, of: &Steer) -> Result<i64> {
    let all = versions(store, &of.code).await?;
    Ok(of.version.unwrap_or(all[0].version))
}

async fn show(store: &Store, code: &str) -> Result<Report> {
    let all = versions(store, code).await?;
    let life = rules::life(&mut store.read().await?, code).await?;
    let mut text = String::new();
    for kept in &all {
        text.push_str(&format!(
            "Version {} ({}), drafted by {}\n{}\n",
            kept.version,
            kept.state,
            kept.drafted.0,
            rule_file::write(&kept.rule)
        ));
    }
    let mut steps = Vec::new();
    for (at, by, act, body) in life {
        let body: Value = serde_json::from_str(&body)?;
        let reason = body["reason"].as_str().unwrap_or_default();
        let when = Timestamp::from_microsecond(at)?;
        text.push_str(&format!("{when:.0}  {act}  version {}  {by}  {reason}\n", body["version"]));
        steps.push(json!({
            "at": at, "by": by, "act": act, "version": body["version"], "reason": body["reason"],
        }));
    }
    let all: Vec<Value> = all.iter().map(kept_json).collect();
    Ok(Report::new(json!({ "versions": all, "life": steps }), text))
}

async fn propose(office: &Office, store: &Store, files: Vec<PathBuf>) -> Result<Report> {
    // All are read before the first is kept, so that a mistake in one keeps none.
    let rules = files.iter().map(|file| rule_of(file)).collect::<Result<Vec<Rule>>>()?;
    let (mut text, mut drafted) = (String::new(), Vec::new());
    for rule in &rules {
        let elder = rules::of_code(&mut store.read().await?, &rule.code).await?;
        if let Some(same) = elder.first().filter(|newest| newest.rule == *rule) {
            text.push_str(&format!(
                "Rule {} is as it was: version {} ({}).\n",
                rule.code, same.version, same.state
            ));
            drafted.push(kept_json(same));
            continue;
        }
        let kept = acts::rule::draft(store, None, rule, office.by()).await?;
        text.push_str(&format!(
            "Drafted version {} of rule {}. Next: `sumun rule shadow {} --reason TEXT`.\n",
            kept.version, rule.code, rule.code
        ));
        drafted.push(kept_json(&kept));
    }
    Ok(Report::new(json!({ "drafted": drafted }), text))
}

async fn export(store: &Store, of: Export) -> Result<Report> {
    let all = versions(store, &of.code).await?;
    let wanted = match of.version {
        Some(version) => all.iter().find(|one| one.version == version),
        None => all.iter().find(|one| one.state == "in_force").or(all.first()),
    };
    let Some(kept) = wanted else {
        crate::refuse!("no_rule", "rule {} has no such version: `sumun rule show`", of.code)
    };
    let file = rule_file::write(&kept.rule);
    let json = json!({ "code": of.code, "version": kept.version, "toml": file });
    match of.out {
        None => Ok(Report::new(json, file)),
        Some(out) => {
            std::fs::write(&out, file)
                .with_context(|| format!("while writing {}", out.display()))?;
            let said =
                format!("Wrote version {} of rule {} to {}.", kept.version, of.code, out.display());
            Ok(Report::new(json, said))
        }
    }
}

async fn scorecards(store: &Store, code: Option<&str>) -> Result<Report> {
    let mut tx = store.read().await?;
    let all = match code {
        Some(code) => versions(store, code).await?,
        None => rules::list(&mut tx).await?,
    };
    let cards = at_work::scorecards(&mut tx, &all, now()).await?;
    let mut table = Table::new(&[
        "rule",
        "fired",
        "in shadow",
        "examined",
        "finds",
        "minutes a find",
        "times random",
        "last find",
        "verdict",
    ]);
    let mut rows = Vec::new();
    for (code, card) in &cards {
        let Scorecard { fired, fired_shadow, examined, finds, lift, .. } = card;
        let verdict = card.verdict.map(|verdict| verdict.to_string()).unwrap_or_default();
        table.row([
            code.clone(),
            fired.to_string(),
            fired_shadow.to_string(),
            examined.to_string(),
            finds.to_string(),
            card.minutes_per_find.map_or("–".to_owned(), |minutes| format!("{minutes:.0}")),
            lift.map_or("–".to_owned(), |lift| {
                format!("{:.1} ({:.1} to {:.1})", lift.estimate, lift.low, lift.high)
            }),
            card.last_find.map_or("–".to_owned(), |day| day.to_string()),
            verdict,
        ]);
        let mut row = json!(card);
        row["code"] = json!(code);
        rows.push(row);
    }
    let text = match table.is_empty() {
        true => "There is no rule yet: `sumun rule propose FILE`.".to_owned(),
        false => table.text(),
    };
    Ok(Report::new(json!({ "scorecards": rows }), text))
}
