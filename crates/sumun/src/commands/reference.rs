//! `sumun reference`: lists that a site downloads and loads: titles of goods, places, countries.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;
use targeting::codes::HsCode;
use targeting::tariff::{Fit, Tariff};

use super::{Office, Report, Table};
use crate::acts::reference;
use crate::store::references;

/// Loads reference lists and asks them.
#[derive(Debug, Subcommand)]
pub enum References {
    /// Loads lists: titles of the Harmonised System, airports, UN/LOCODE, names of countries.
    Import(Import),
    /// Says what is loaded.
    List,
    /// Says which headings a description sounds like, and whether it contradicts a code.
    Goods(Goods),
}

/// Which files.
#[derive(Debug, Args)]
pub struct Import {
    /// CSV or JSON files; the header tells which list each is.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What is asked.
#[derive(Debug, Args)]
pub struct Goods {
    /// Words of a description.
    description: String,
    /// The code declared with it.
    #[arg(long, value_name = "CODE")]
    hs: Option<String>,
}

impl References {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        match self {
            References::Import(import) => import.run(office).await,
            References::List => list(office).await,
            References::Goods(goods) => goods.run(office).await,
        }
    }
}

impl Import {
    async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let mut table = Table::new(&["file", "list", "rows", "defects"]);
        let (mut all, mut told) = (Vec::new(), String::new());
        for file in &self.files {
            let bytes = super::read_file(file)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let loaded = reference::load(&store, &name, &bytes, office.by()).await?;
            let defects = loaded.defects.len();
            table.row([
                name.clone(),
                loaded.list.into(),
                loaded.rows.to_string(),
                defects.to_string(),
            ]);
            for defect in loaded.defects.iter().take(5) {
                told.push_str(&format!("{name} line {}: {}\n", defect.line, defect.reason));
            }
            all.push(json!({ "file": name, "loaded": loaded, "defects": defects }));
        }
        Ok(Report::new(json!({ "files": all }), format!("{}{told}", table.text())))
    }
}

async fn list(office: &Office) -> Result<Report> {
    let store = office.store().await?;
    let mut tx = store.read().await?;
    let [goods, places, countries] = references::count(&mut tx).await?;
    let text = match goods + places + countries {
        0 => "No reference list is loaded. `sumun reference import FILE...` takes titles of the \
              Harmonised System, airports, UN/LOCODE and names of countries."
            .to_owned(),
        _ => format!("{goods} titles of goods, {places} places, {countries} countries are loaded."),
    };
    Ok(Report::new(json!({ "goods": goods, "places": places, "countries": countries }), text))
}

impl Goods {
    async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let mut tx = store.read().await?;
        let titles = references::titles(&mut tx).await?;
        let tariff = Tariff::of(titles.iter().map(|of| (of.code.as_str(), of.title.as_str())));
        if tariff.is_empty() {
            crate::refuse!(
                "no_titles",
                "no titles of goods are loaded: `sumun reference import FILE` takes a list with \
                 the columns hscode and description"
            );
        }
        let mut table = Table::new(&["heading", "score", "title"]);
        let near = tariff.nearest(&self.description, 5);
        for near in &near {
            let code = format!("{:04}", near.heading);
            let title = tariff.title(&code).unwrap_or_default();
            let score = format!("{:.1}", near.score);
            table.row([code.clone(), score, super::shortened(title, 80)]);
        }
        let declared = self.hs.as_deref().map(HsCode::parse).transpose()?;
        let fit = declared.map(|declared| tariff.fit(&self.description, declared));
        let verdict = match &fit {
            None => "",
            Some(Fit::Unknown) => "The tariff knows none of its words.\n",
            Some(Fit::Fits) => "It does not contradict the code.\n",
            Some(Fit::Contradicts { .. }) => "It CONTRADICTS the code.\n",
        };
        let json = json!({
            "nearest": near.iter()
                .map(|near| json!({
                    "heading": format!("{:04}", near.heading), "score": near.score,
                }))
                .collect::<Vec<_>>(),
            "contradicts": fit.map(|fit| matches!(fit, Fit::Contradicts { .. })),
        });
        Ok(Report::new(json, format!("{}{verdict}", table.text())))
    }
}
