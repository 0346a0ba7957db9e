//! `sumun model`: models are shown, and a person puts one in force with a reason.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Value, json};
use targeting::feature::{self, CATALOGUE};
use targeting::learning::Backtest;
use targeting::model::Model;

use super::learn::describe;
use super::{Office, Report, Table};
use crate::acts;
use crate::store::{Store, models};

/// Shows models and puts one in force.
#[derive(Debug, Subcommand)]
pub enum Models {
    /// Lists all models.
    List,
    /// Shows one model: its features, its backtest and its life.
    Show(Named),
    /// Puts a model in force.
    Approve(Approve),
    /// Writes a model's file.
    Write(Written),
}

/// Names a model.
#[derive(Debug, Args)]
pub struct Named {
    /// Its name, such as M-1.
    id: String,
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
            Models::Approve(Approve { id, reason }) => {
                acts::model::approve(&store, &id, &reason, office.by()).await?;
                let json = json!({ "model": id, "in_force": true });
                Ok(Report::new(json, format!("Model {id} is in force. Next: `sumun screen`.")))
            }
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
    let mut table = Table::new(&["model", "state", "learned", "approved by", "reason", "hash"]);
    for model in &models {
        let learned = Timestamp::from_microsecond(model.learned_at)?;
        table.row([
            model.id.clone(),
            model.state.clone(),
            format!("{learned:.0}"),
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
        None => crate::refuse!(
            "no_model",
            "there is no model {id}: `sumun model list` shows those there are"
        ),
    }
}

async fn show(store: &Store, id: &str) -> Result<Report> {
    let (kept, artefact, backtest) = found(store, id).await?;
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
    let json = json!({
        "model": kept,
        "library": content.library,
        "window": content.window,
        "weighting": content.weighting,
        "features": features,
        "backtest": backtest,
    });
    let text = format!(
        "{}\nState: {}. Learned from {} to {} with {}; weights: {}.\n\n{}",
        describe(id, &backtest),
        kept.state,
        content.window.first,
        content.window.last,
        content.library,
        content.weighting,
        table.text()
    );
    Ok(Report::new(json, text))
}
