//! `sumun rule`: a rule's file is checked and put on trial, and a person steers its life: drafted,
//! in shadow, approved by another, retired. Files are TOML, so that rules can be reviewed in git.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use encoding_rs::EUC_KR;
use jiff::Timestamp;
use serde_json::{Value, json};
use targeting::codes::Day;
use targeting::indicator;
use targeting::rule::{Rule, Scorecard, fields};

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
    /// Checks rules' files: every mistake with its place and what may be meant.
    Check(Files),
    /// Says what a rule would have done on the stored history.
    Backtest(Backtest),
    /// Lists all rules.
    List,
    /// Shows a rule: its versions and its life.
    Show(Named),
    /// Drafts a rule's next version from its file.
    Propose(File),
    /// Drafts a version of every rule of these files.
    Import(Files),
    /// Writes a rule's file.
    Export(Export),
    /// Puts a draft in shadow: it fires and selects nothing. Without a version, the newest draft.
    Shadow(Steer),
    /// Puts a version in force that another person drafted. Without one, that in shadow.
    Approve(Steer),
    /// Retires a version. Without one, that in force, else that in shadow, else the draft.
    Retire(Steer),
    /// Says what rules in force have come to, and which should be retired.
    Scorecard(MaybeNamed),
    /// Lists the indicators that rules may name.
    Indicators,
    /// Lists the fields that rules may read, with unit, range and an example.
    Fields,
}

/// Names a file.
#[derive(Debug, Args)]
pub struct File {
    /// The file, TOML.
    file: PathBuf,
}

/// Names files.
#[derive(Debug, Args)]
pub struct Files {
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
    /// The version; left out for the one in force, else that in shadow, else the newest.
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
    /// The version; left out for the one that this can be done to.
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
            Rules::Check(Files { files }) => return check(&files),
            Rules::Indicators => return Ok(indicators()),
            Rules::Fields => return Ok(readable()),
            _ => {}
        }
        let store = office.store().await?;
        match self {
            Rules::Check(_) | Rules::Indicators | Rules::Fields => {
                unreachable!("they need no store")
            }
            Rules::Backtest(of) => backtest(office, &store, of).await,
            Rules::List => list(&store).await,
            Rules::Show(Named { code }) => show(&store, &code).await,
            Rules::Propose(File { file }) => propose(office, &store, vec![file]).await,
            Rules::Import(Files { files }) => propose(office, &store, files).await,
            Rules::Export(of) => export(&store, of).await,
            Rules::Shadow(of) => {
                let all = versions(&store, &of.code).await?;
                let version = of.version.unwrap_or_else(|| newest_in(&all, "draft").version);
                let named = (of.code.as_str(), version);
                let kept = acts::rule::shadow(&store, named, &of.reason, office.by()).await?;
                Ok(steered(&kept, "fires in shadow and selects nothing", "sumun screen"))
            }
            Rules::Approve(of) => approve(office, &store, of).await,
            Rules::Retire(of) => retire(office, &store, of).await,
            Rules::Scorecard(MaybeNamed { code }) => scorecards(&store, code.as_deref()).await,
        }
    }
}

/// The text of a file: UTF-8, or CP949 as older programs save Korean.
fn read_text(file: &Path) -> Result<String> {
    match String::from_utf8(super::read_file(file)?) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}').to_owned()),
        Err(other) => {
            match EUC_KR.decode_without_bom_handling_and_without_replacement(other.as_bytes()) {
                Some(text) => Ok(text.into_owned()),
                None => crate::refuse!(
                    "rule_file",
                    "{} is text neither in UTF-8 nor in CP949: save it as UTF-8",
                    file.display()
                ),
            }
        }
    }
}

fn told(file: &Path, faults: &[FileFault]) -> String {
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

fn check(files: &[PathBuf]) -> Result<Report> {
    let (mut all, mut text) = (Vec::new(), Vec::new());
    for file in files {
        let mut json = match rule_file::read(&read_text(file)?) {
            Ok(rule) => {
                text.push(format!("{}: rule {} is whole.", file.display(), rule.code));
                json!({ "ok": true, "code": rule.code, "errors": [] })
            }
            Err(faults) => {
                text.push(told(file, &faults).trim_end().to_owned());
                json!({ "ok": false, "errors": faults })
            }
        };
        json["file"] = json!(file.display().to_string());
        all.push(json);
    }
    let whole = all.iter().all(|one| one["ok"] == true);
    let json = match <[Value; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => json!({ "ok": whole, "files": all }),
    };
    Ok(Report { json, text: text.join("\n"), whole })
}

/// The rules of files, all of them or none.
///
/// # Errors
/// A refusal with all that is wrong.
fn rules_of(files: &[PathBuf]) -> Result<Vec<Rule>> {
    let (mut rules, mut wrong, mut said) = (Vec::new(), 0, String::new());
    for file in files {
        match rule_file::read(&read_text(file)?) {
            Ok(rule) => rules.push(rule),
            Err(faults) => {
                wrong += 1;
                said.push_str(&told(file, &faults));
            }
        }
    }
    let said = said.trim_end();
    match (wrong, files.len()) {
        (0, _) => Ok(rules),
        (_, 1) => crate::refuse!("rule_file", "the file is no rule:\n{said}"),
        (wrong, of) => crate::refuse!(
            "rule_file",
            "{wrong} of {of} files hold no rule, so nothing was taken from any of them:\n{said}"
        ),
    }
}

fn readable() -> Report {
    let mut table = Table::new(&["field", "type", "unit", "range", "what it says", "example"]);
    let mut all = Vec::new();
    for one in fields() {
        let (unit, range) = (one.unit(), one.range());
        table.row([
            one.path.clone(),
            one.kind.as_str().to_owned(),
            unit.map_or("", |unit| unit.en).to_owned(),
            range.clone(),
            shortened(&one.en, 60),
            one.example.clone(),
        ]);
        all.push(json!({
            "path": one.path,
            "kind": one.kind,
            "unit": unit.map(|unit| json!({ "ko": unit.ko, "en": unit.en })),
            "range": range,
            "values": one.values(),
            "past": one.is_past(),
            "ko": one.ko,
            "en": one.en,
            "example": one.example,
        }));
    }
    Report::new(json!({ "fields": all }), table.text())
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
    if let (Some(from), Some(to)) = (of.from, of.to)
        && from > to
    {
        crate::refuse!(
            "rule_dates",
            "--from {from} lies after --to {to}, so no day is between them: exchange the two"
        );
    }
    let mut rules = rules_of(std::slice::from_ref(&of.file))?;
    let rule = rules.remove(0);
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
        Step::Planned(count) => {
            bar.set_message("keeping plans as columns, once");
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
        "state": kept.standing(Day::of_micros(now())),
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

async fn approve(office: &Office, store: &Store, of: Steer) -> Result<Report> {
    let all = versions(store, &of.code).await?;
    let version = of.version.unwrap_or_else(|| newest_in(&all, "shadow").version);
    let named = (of.code.as_str(), version);
    let kept = acts::rule::approve(store, named, &of.reason, office.by()).await?;
    let today = Day::of_micros(now());
    if !kept.begins_after(today) {
        return Ok(steered(&kept, "is in force", "sumun screen"));
    }
    let first = kept.rule.valid_from;
    let until = match rules::in_force(&versions(store, &of.code).await?, today) {
        Some(former) if former.rule.valid_until.0 + 1 >= first.0 => {
            format!("until then version {} counts", former.version)
        }
        Some(former) => format!(
            "version {} counts until {}, and none from then on until it begins",
            former.version, former.rule.valid_until
        ),
        None => "until then no version counts".to_owned(),
    };
    let what = format!("is approved; in force from {first}; {until}");
    Ok(steered(&kept, &what, &format!("sumun rule show {}", of.code)))
}

async fn retire(office: &Office, store: &Store, of: Steer) -> Result<Report> {
    let all = versions(store, &of.code).await?;
    let today = Day::of_micros(now());
    let stands = rules::foremost(&all, today).filter(|one| one.is_alive());
    let version = match (of.version, stands) {
        (Some(version), _) => version,
        (None, Some(stands)) => stands.version,
        (None, None) => all[0].version,
    };
    if let Some(over) = all.iter().find(|one| one.version == version && one.state == "retired") {
        let by = over.ended.as_ref().map(|(by, _)| format!(" by {by}")).unwrap_or_default();
        let said = format!("Version {version} of rule {} is retired already{by}.", of.code);
        return Ok(Report::new(kept_json(over), said));
    }
    let was = all.iter().find(|one| one.version == version).map(|one| one.standing(today));
    let was = was.unwrap_or_default().replace('_', " ");
    let kept = acts::rule::retire(store, (&of.code, version), &of.reason, office.by()).await?;
    let mut report =
        steered(&kept, &format!("was {was}; it is retired and fires no more"), "sumun rule list");
    for one in all.iter().filter(|one| one.is_alive() && one.version != version) {
        report.text.push_str(&format!(
            "\nVersion {} ({}) stays; to retire it: \
             `sumun rule retire {} --version {} --reason TEXT`.",
            one.version,
            one.standing(today).replace('_', " "),
            of.code,
            one.version
        ));
    }
    Ok(report)
}

/// The newest version in a state, else the newest of all.
fn newest_in<'a>(all: &'a [Kept], state: &str) -> &'a Kept {
    all.iter().find(|one| one.state == state).unwrap_or(&all[0])
}

async fn list(store: &Store) -> Result<Report> {
    let all = rules::list(&mut store.read().await?).await?;
    let mut table = Table::new(&["rule", "version", "state", "lane", "until", "owner", "what"]);
    for kept in &all {
        table.row([
            kept.rule.code.clone(),
            kept.version.to_string(),
            kept.standing(Day::of_micros(now())).to_owned(),
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

async fn show(store: &Store, code: &str) -> Result<Report> {
    let all = versions(store, code).await?;
    let life = rules::life(&mut store.read().await?, code).await?;
    let mut text = String::new();
    for kept in &all {
        text.push_str(&format!(
            "Version {} ({}), drafted by {}\n{}\n",
            kept.version,
            kept.standing(Day::of_micros(now())),
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
    let rules = rules_of(&files)?;
    let today = Day::of_micros(now());
    let (mut text, mut drafted) = (String::new(), Vec::new());
    for rule in &rules {
        let elder = rules::of_code(&mut store.read().await?, &rule.code).await?;
        // What has come to its end is drafted anew, should its file be as it was.
        let newest = elder.iter().find(|one| one.is_alive());
        if let Some(same) = newest.filter(|newest| newest.rule == *rule) {
            text.push_str(&format!(
                "Rule {} is as it was: version {} ({}).\n",
                rule.code,
                same.version,
                same.standing(today)
            ));
            drafted.push(kept_json(same));
            continue;
        }
        // Of many files, those of rules that are over stand by; alone, it is a mistake.
        let over = elder.iter().find(|one| one.rule == *rule && one.state == "expired");
        if let Some(over) = over.filter(|_| files.len() > 1 && rule.valid_until < today) {
            text.push_str(&format!(
                "Rule {} is over: version {} expired on {}.\n",
                rule.code, over.version, rule.valid_until
            ));
            continue;
        }
        let kept = acts::rule::draft(store, None, rule, office.by()).await?;
        let after = match elder.first().filter(|one| newest.is_none() && one.rule == *rule) {
            Some(one) => format!(" (version {} is {})", one.version, one.state),
            None => String::new(),
        };
        text.push_str(&format!(
            "Drafted version {} of rule {}{after}. Next: `sumun rule shadow {} --reason TEXT`.\n",
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
        None => rules::foremost(&all, Day::of_micros(now())),
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
