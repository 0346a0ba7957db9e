//! `sumun model`: models are shown and compared, and a person steers their lives: beside the model
//! in force as a challenger, into force, back, or out. Every step has a name and a reason.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde_json::{Value, json};
use targeting::feature::{self, CATALOGUE};
use targeting::learning::Backtest;
use targeting::measuring::Interval;
use targeting::measuring::duel::{Side, Verdict};
use targeting::model::{Model, Target};
use targeting::screening::Language;

use super::learn::describe;
use super::{Office, Report, Table};
use crate::acts::{self, model::PolicyChange};
use crate::pipeline::{self, Compared, page};
use crate::store::policies::{self, Policy};
use crate::store::{Store, models};

/// Shows models, compares them, and steers their lives.
#[derive(Debug, Subcommand)]
pub enum Models {
    /// Lists all models.
    List,
    /// Shows one model: its features, its backtest and its life.
    Show(Named),
    /// Writes the model card: what a person should have read before approving.
    Card(Carded),
    /// Puts a model beside the one in force: it scores all new traffic and selects nothing.
    Shadow(Shadow),
    /// Compares a challenger with the model in force on the traffic that both scored.
    Compare(Compare),
    /// Puts a model in force.
    Approve(Approve),
    /// Returns to the model that was in force before, at once.
    Rollback(Reasoned),
    /// Takes the model in force out of force: plans are then drawn by chance alone.
    Stop(Reasoned),
    /// Shows, or with figures decides, when to learn, who approves and how much alarms explore.
    Policy(Decided),
    /// Writes a model's file.
    Write(Written),
}

/// Names a model.
#[derive(Debug, Args)]
pub struct Named {
    /// Its name, such as M-1.
    id: String,
}

/// Languages of a model card.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Languages {
    Ko,
    En,
    Both,
}

/// Writes the model card.
#[derive(Debug, Args)]
pub struct Carded {
    /// The model's name, such as M-1.
    id: String,
    /// Where to write it: a name that ends in .html or .md. Left out, Markdown is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Language of the card.
    #[arg(long, value_enum, default_value = "both")]
    language: Languages,
}

/// Puts a model in shadow, or takes it out.
#[derive(Debug, Args)]
pub struct Shadow {
    /// The model's name, such as M-1.
    id: String,
    /// Takes the challenger back instead.
    #[arg(long)]
    end: bool,
    /// Why.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// What is counted.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Counted {
    Irregular,
    Critical,
}

/// Compares a challenger with the model in force.
#[derive(Debug, Args)]
pub struct Compare {
    /// The challenger; left out where there is one alone.
    id: Option<String>,
    /// Counts any irregularity, or contraband alone.
    #[arg(long, value_enum, default_value = "irregular")]
    target: Counted,
}

/// Puts a model in force.
#[derive(Debug, Args)]
pub struct Approve {
    /// Its name, such as M-1.
    id: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Something that needs a reason and nothing else.
#[derive(Debug, Args)]
pub struct Reasoned {
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// The site's policy.
#[derive(Debug, Args)]
pub struct Decided {
    /// So many new outcomes make a candidate due.
    #[arg(long, value_name = "N", requires = "reason")]
    outcomes: Option<i64>,
    /// So many finds among them, too.
    #[arg(long, value_name = "N", requires = "reason")]
    finds: Option<i64>,
    /// 1: whoever is named approves. 2: another person than the one who learned the model.
    #[arg(long, value_name = "N", requires = "reason")]
    approvers: Option<i64>,
    /// Share of inspections drawn by chance where an alarm of the drift watch stands.
    #[arg(long, value_name = "SHARE", requires = "reason")]
    explore_on_alarm: Option<f64>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Writes a model's file.
#[derive(Debug, Args)]
pub struct Written {
    /// Its name, such as M-1.
    id: String,
    /// Where to write it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Models {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        match self {
            Models::List => list(&store).await,
            Models::Show(Named { id }) => show(&store, &id).await,
            Models::Card(of) => card(&store, of).await,
            Models::Shadow(Shadow { id, end: true, reason }) => {
                let state = acts::model::withdraw(&store, &id, &reason, office.by()).await?;
                let json = json!({ "model": id, "state": state });
                Ok(Report::new(json, format!("Model {id} scores no more and is {state} again.")))
            }
            Models::Shadow(Shadow { id, end: false, reason }) => {
                acts::model::shadow(&store, &id, &reason, office.by()).await?;
                let json = json!({ "model": id, "state": "challenger" });
                let text = format!(
                    "Model {id} now scores whatever arrives, beside the model in force, and \
                     selects nothing.\nNext: work as usual; `sumun model compare {id}` tells how \
                     the two do."
                );
                Ok(Report::new(json, text))
            }
            Models::Compare(Compare { id, target }) => {
                let target = match target {
                    Counted::Irregular => Target::Irregular,
                    Counted::Critical => Target::Critical,
                };
                let compared = pipeline::compare(&store, id.as_deref(), target).await?;
                Ok(Report::new(json!(compared), compared_text(&compared)))
            }
            Models::Approve(Approve { id, reason }) => {
                acts::model::approve(&store, &id, &reason, office.by()).await?;
                let json = json!({ "model": id, "in_force": true });
                Ok(Report::new(json, format!("Model {id} is in force. Next: `sumun screen`.")))
            }
            Models::Rollback(Reasoned { reason }) => {
                let (goes, back) =
                    acts::model::roll_back(&store, &reason, None, office.by()).await?;
                let json = json!({ "rolled_back": goes, "in_force": back });
                let text = match goes {
                    Some(goes) => format!("Model {goes} is rolled back; {back} is in force again."),
                    None => format!("Model {back} is in force again."),
                };
                Ok(Report::new(json, format!("{text} Next: `sumun screen`.")))
            }
            Models::Stop(Reasoned { reason }) => {
                let goes = acts::model::stop(&store, &reason, office.by()).await?;
                let json = json!({ "stopped": goes, "in_force": null });
                let text = format!(
                    "Model {goes} is out of force: plans are drawn by chance alone. `sumun model \
                     rollback --reason TEXT` puts it back."
                );
                Ok(Report::new(json, text))
            }
            Models::Policy(decided) => policy(office, &store, decided).await,
            Models::Write(Written { id, out }) => {
                let (_, artefact, _) = found(&store, &id).await?;
                std::fs::write(&out, artefact)
                    .with_context(|| format!("while writing {}", out.display()))?;
                let json = json!({ "model": id, "file": out });
                Ok(Report::new(json, format!("Wrote model {id} to {}.", out.display())))
            }
        }
    }
}

async fn list(store: &Store) -> Result<Report> {
    let models = models::list(&mut store.read().await?).await?;
    let mut table =
        Table::new(&["model", "state", "learned", "by", "approved by", "reason", "hash"]);
    for model in &models {
        let learned = Timestamp::from_microsecond(model.learned_at)?;
        table.row([
            model.id.clone(),
            model.state.clone(),
            format!("{learned:.0}"),
            model.learned_by.clone().unwrap_or_default(),
            model.approved_by.clone().unwrap_or_default(),
            model.reason.clone().unwrap_or_default(),
            model.hash.chars().take(12).collect(),
        ]);
    }
    let text = match table.is_empty() {
        true => "No model has been learned yet: `sumun learn`.".to_owned(),
        false => table.text(),
    };
    Ok(Report::new(json!({ "models": models }), text))
}

async fn found(store: &Store, id: &str) -> Result<(models::KeptModel, String, String)> {
    match models::find(&mut store.read().await?, id).await? {
        Some(found) => Ok(found),
        None => Err(no_model(id)),
    }
}

fn no_model(id: &str) -> anyhow::Error {
    let said = format!("there is no model {id}: `sumun model list` shows those there are");
    crate::refusal::Refusal::error("no_model", said)
}

async fn show(store: &Store, id: &str) -> Result<Report> {
    let (kept, artefact, backtest) = found(store, id).await?;
    let life = models::life(&mut store.read().await?, id).await?;
    let backtest: Backtest = serde_json::from_str(&backtest)?;
    let model = Model::from_json(artefact.as_bytes(), &feature::codes())?;
    let content = model.content();
    let mut table = Table::new(&["feature", "what it is", "from"]);
    let mut features: Vec<Value> = Vec::new();
    for entry in CATALOGUE.iter() {
        let used = [&content.irregular, &content.critical]
            .iter()
            .any(|target| target.features.contains(&entry.code));
        if used {
            table.row([entry.code.clone(), entry.en.clone(), entry.source().to_owned()]);
            features.push(json!({
                "code": entry.code, "en": entry.en, "ko": entry.ko, "source": entry.source()
            }));
        }
    }
    let mut steps = Table::new(&["when", "what", "who", "why"]);
    for step in &life {
        steps.row([
            format!("{:.0}", Timestamp::from_microsecond(step.at)?),
            step.act.clone(),
            step.by.clone(),
            step.reason.clone().unwrap_or_default(),
        ]);
    }
    let json = json!({
        "model": kept,
        "library": content.library,
        "window": content.window,
        "weighting": content.weighting,
        "features": features,
        "backtest": backtest,
        "life": life,
    });
    let text = format!(
        "{}\nState: {}. Learned from {} to {} with {}; weights: {}.\n\n{}\n{}",
        describe(id, &backtest),
        kept.state,
        content.window.first,
        content.window.last,
        content.library,
        content.weighting,
        steps.text(),
        table.text()
    );
    Ok(Report::new(json, text))
}

async fn card(store: &Store, of: Carded) -> Result<Report> {
    let Some(card) = pipeline::card(store, &of.id).await? else { return Err(no_model(&of.id)) };
    let languages: &[Language] = match of.language {
        Languages::Ko => &[Language::Ko],
        Languages::En => &[Language::En],
        Languages::Both => &[Language::Ko, Language::En],
    };
    let Some(out) = of.out else {
        return Ok(Report::new(json!(card), page::markdown(&card, languages)));
    };
    let ending = out.extension().and_then(|of| of.to_str()).unwrap_or_default();
    let written = match ending {
        "html" => page::html(&card, languages),
        "md" => page::markdown(&card, languages),
        _ => crate::refuse!(
            "card_file",
            "{} ends in neither .html nor .md: name the card card.html or card.md",
            out.display()
        ),
    };
    std::fs::write(&out, written).with_context(|| format!("while writing {}", out.display()))?;
    let text = format!("Wrote the card of model {} to {}.", of.id, out.display());
    Ok(Report::new(json!({ "model": of.id, "file": out, "card": card }), text))
}

async fn policy(office: &Office, store: &Store, decided: Decided) -> Result<Report> {
    if let Some(reason) = &decided.reason {
        let change = PolicyChange {
            outcomes_min: decided.outcomes,
            finds_min: decided.finds,
            approvers: decided.approvers,
            explore_alarm: decided.explore_on_alarm,
        };
        acts::model::decide(store, change, reason, office.by()).await?;
    }
    let history = policies::list(&mut store.read().await?).await?;
    let policy = history.first().map_or_else(Policy::default, |kept| kept.policy);
    let mut text = format!(
        "A candidate is due after {} new outcomes with {} finds. {}\nWhere an alarm of the drift \
         watch stands, plans draw {:.0} % of their inspections by chance.\n",
        policy.outcomes_min,
        policy.finds_min,
        match policy.approvers {
            2 => "Another person than the one who learned a model approves it.",
            _ => "Whoever is named may approve a model.",
        },
        100.0 * policy.explore_alarm,
    );
    let mut table = Table::new(&["decided", "by", "outcomes", "finds", "approvers", "why"]);
    for kept in &history {
        table.row([
            format!("{:.0}", Timestamp::from_microsecond(kept.set_at)?),
            kept.set_by.clone(),
            kept.policy.outcomes_min.to_string(),
            kept.policy.finds_min.to_string(),
            kept.policy.approvers.to_string(),
            kept.reason.clone(),
        ]);
    }
    if table.is_empty() {
        text.push_str("Nobody has decided otherwise: these are the generic figures.");
    } else {
        text.push_str(&format!("\n{}", table.text()));
    }
    Ok(Report::new(json!({ "policy": policy, "history": history }), text))
}

/// A comparison as text.
fn compared_text(compared: &Compared) -> String {
    let Compared { champion, challenger, duel, .. } = compared;
    if duel.verdict == Verdict::Nothing {
        return format!(
            "Nothing to compare yet: {} consignments that both {champion} and {challenger} scored \
             are in plans with outcomes, and no drawn one of them has been inspected. Screen, plan \
             and record as usual.",
            duel.consignments
        );
    }
    let interval = |of: Interval| format!("{:.1} ({:.1} to {:.1})", of.estimate, of.low, of.high);
    let mut table = Table::new(&[
        "model",
        "finds of its list",
        "inspected",
        "found",
        "precision",
        "expected in all",
        "AUC",
        "PR-AUC",
        "ECE",
    ]);
    for (name, side) in [(champion, &duel.champion), (challenger, &duel.challenger)] {
        let Side { finds, inspected, found, precision, expected, metrics } = side;
        let figure = |of: Option<f64>| of.map_or("–".to_owned(), |of| format!("{of:.3}"));
        let metrics = metrics.as_ref();
        table.row([
            name.clone(),
            interval(*finds),
            inspected.to_string(),
            found.to_string(),
            precision.map_or("–".to_owned(), |of| {
                format!("{:.3} ({:.2} to {:.2})", of.estimate, of.low, of.high)
            }),
            format!("{expected:.1}"),
            figure(metrics.and_then(|of| of.auc)),
            figure(metrics.and_then(|of| of.pr_auc)),
            figure(metrics.map(|of| of.ece)),
        ]);
    }
    let verdict = match duel.verdict {
        Verdict::Challenger => format!("{challenger} would have found more than {champion}."),
        Verdict::Champion => format!("{champion} finds more than {challenger} would have."),
        Verdict::Open | Verdict::Nothing => {
            "The interval holds nought: the two cannot be told apart yet.".to_owned()
        }
    };
    format!(
        "{} plans, {} consignments scored by both, {} inspections a list; {} of the places are \
         the same.\n\n{}\nIrregular in all of it, by known chances: {}.\nFinds of {challenger} \
         less those of {champion}: {}. {verdict}\n한국어: {challenger}의 적발 추정에서 {champion}의 \
         적발 추정을 뺀 값은 {}입니다. {}\nThe challenger's inspected are no fair sample of its list; \
         `finds of its list` takes that into account.",
        duel.plans,
        duel.consignments,
        duel.slots,
        duel.agreement.map_or("none".to_owned(), |of| format!("{:.0} %", 100.0 * of.estimate)),
        table.text(),
        interval(duel.irregular),
        interval(duel.difference),
        interval(duel.difference),
        match duel.verdict {
            Verdict::Challenger => "도전 모델이 더 많이 적발했을 것입니다.",
            Verdict::Champion => "시행 중인 모델이 더 많이 적발합니다.",
            Verdict::Open | Verdict::Nothing => "아직 두 모델을 구별할 수 없습니다.",
        },
    )
}
