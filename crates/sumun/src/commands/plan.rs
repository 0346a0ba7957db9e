//! `sumun plan`: a shift's inspections are drawn with known chances, or drawn again as a proof.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};
use targeting::codes::Day;
use targeting::consignment::{Regime, Shift};
use targeting::outcome::Modality;
use targeting::plan::CellReport;
use targeting::screening::{Language, Reason};

use super::{Office, Report, Table};
use crate::acts::{self, draw::DrawOrder};
use crate::pipeline::{self, CapacityFile, Planned};
use crate::refusal::Refusal;
use crate::sheet::defused;
use crate::store::plans::{KeptPlan, KeptSelection};
use crate::store::{Store, plans};

/// Draws a shift's inspections with known chances, and keeps every consignment's chance.
#[derive(Debug, Args)]
pub struct Plan {
    /// Customs office. With --capacity it may be left out: then every office of the file is
    /// planned.
    #[arg(long, value_name = "CODE", required_unless_present_any = ["replay", "capacity"])]
    office: Option<String>,
    /// The shift: its day, or day and name, such as 2021-04-05/night.
    #[arg(long, value_name = "DATE", required_unless_present = "replay")]
    shift: Option<Shift>,
    /// Officer-minutes the shift has: a number for opening, or MODALITY=NUMBER, several times. The
    /// office's approved capacity when left out.
    #[arg(long, value_name = "MINUTES")]
    minutes: Vec<String>,
    /// Bundles of steps and the resources they share, by office and shift: a TOML file as in
    /// docs/guide/planning.md.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["minutes", "minutes_each", "replay"])]
    capacity: Option<PathBuf>,
    /// Officer-minutes that one inspection takes: MODALITY=NUMBER, several times.
    #[arg(long, value_name = "MODALITY=N")]
    minutes_each: Vec<String>,
    /// Plans parcels or freight alone; both share the minutes when left out.
    #[arg(long, value_name = "REGIME")]
    regime: Option<Regime>,
    /// Share of the inspections that is drawn by chance from everything outside the top; 0.1 or
    /// what the capacity file says when left out, or the site's higher share where an alarm of the
    /// drift watch stands.
    #[arg(long, value_name = "SHARE")]
    explore: Option<f64>,
    /// Raises the smallest chance of detection as far as this share of the expected finds allows,
    /// such as 0.055. Needs --capacity.
    #[arg(long, value_name = "LOSS", conflicts_with = "explore")]
    minimax: Option<f64>,
    /// Takes in consignments that arrived on earlier days and still await a decision.
    #[arg(long, value_name = "DATE")]
    since: Option<Day>,
    /// Seed of the draw, for trials. Left out, it is derived from the site's secret key.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Writes every consignment with its chance as CSV.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Language of the reasons: en or ko.
    #[arg(long, default_value = "en", value_name = "LANGUAGE")]
    language: String,
    /// Draws a kept plan again and proves that it comes out the same.
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["office", "shift", "minutes"])]
    replay: Option<String>,
}

impl Plan {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        match &self.replay {
            Some(plan) => self.replay(&store, plan).await,
            None => self.draw(office, &store).await,
        }
    }

    fn language(&self) -> Result<Language> {
        match self.language.as_str() {
            "en" => Ok(Language::En),
            "ko" => Ok(Language::Ko),
            other => crate::refuse!("language", "`{other}` is not a language here: en or ko"),
        }
    }

    async fn draw(&self, office: &Office, store: &Store) -> Result<Report> {
        let Some(shift) = &self.shift else {
            crate::refuse!("arguments", "a plan needs --shift");
        };
        let language = self.language()?;
        let pairs = |texts: &[String], usual| -> Result<Vec<(Modality, u32)>> {
            texts.iter().map(|text| pair(text, usual)).collect()
        };
        let capacity = match &self.capacity {
            Some(path) => Some(CapacityFile::read(&super::read_text(path)?)?),
            None => None,
        };
        let offices: Vec<String> = match (&self.office, &capacity) {
            (Some(code), _) => vec![code.clone()],
            (None, Some(file)) => {
                file.offices(&shift.name).into_iter().map(str::to_owned).collect()
            }
            (None, None) => crate::refuse!("arguments", "a plan needs --office"),
        };
        let bar = office.bar(None, "Screening what is new");
        let mut drawn = Vec::new();
        for code in offices {
            let order = DrawOrder {
                office: code,
                shift: shift.clone(),
                minutes: pairs(&self.minutes, Some(Modality::Unpack))?,
                detection: Vec::new(),
                minutes_each: pairs(&self.minutes_each, None)?,
                capacity: capacity.clone(),
                regime: self.regime,
                explore: self.explore,
                minimax: self.minimax,
                since: self.since,
                seed: self.seed,
            };
            let of = acts::draw::draw(store, &order, office.by(), |n| bar.set_position(n as u64));
            match of.await {
                Ok(plans) => drawn.extend(plans),
                // Where every office is planned, one without work is no reason to stop.
                Err(error) if self.office.is_none() && nothing_to_do(&error) => {}
                Err(error) => {
                    bar.finish_and_clear();
                    return Err(error);
                }
            }
        }
        bar.finish_and_clear();
        if drawn.is_empty() {
            crate::refuse!(
                "nothing_awaits",
                "nothing waits at any office of the capacity file on {shift}: check the date, and \
                 that the file has cells for this shift"
            );
        }
        let plans: Vec<(&KeptPlan, &[KeptSelection])> =
            drawn.iter().map(|one| (&one.plan, one.lines.as_slice())).collect();
        let rows = listing(store, &plans, language).await?;
        if let Some(out) = &self.out {
            write_csv(out, &rows)?;
        }
        Ok(Report::new(json_of(&drawn, &rows), text_of(&drawn, &rows, self.out.as_deref())))
    }

    async fn replay(&self, store: &Store, plan: &str) -> Result<Report> {
        let number = plan.trim_start_matches("P-").trim_start_matches("p-");
        let Ok(id) = number.parse::<i64>() else {
            crate::refuse!("no_plan", "`{plan}` is not a plan: give its number, such as P-1");
        };
        let mut tx = store.read().await?;
        let again = pipeline::replay(&mut tx, id).await?;
        drop(tx);
        let rows = listing(store, &[(&again.plan, &again.lines)], self.language()?).await?;
        if let Some(out) = &self.out {
            write_csv(out, &rows)?;
        }
        let proven = again.different.is_none() && again.untouched;
        let text = match (again.different, again.untouched) {
            (None, true) => format!(
                "Plan P-{id} comes out the same, bit for bit: {} of {} drawn, digest {}.",
                again.plan.drawn, again.plan.candidates, again.plan.digest
            ),
            (Some((n, first)), _) => format!(
                "Plan P-{id} does NOT come out as it is kept: {n} lines differ, the first is \
                 C-{first}."
            ),
            (None, false) => format!(
                "Plan P-{id} draws as it is kept, but its lines are not those whose digest was \
                 journaled: someone altered them and the draw alike."
            ),
        };
        let drawn = rows.iter().filter(|row| row.drawn).count();
        let json = json!({ "plan": again.plan, "same": proven, "selections": drawn });
        Ok(Report { json, text, whole: proven })
    }
}

fn nothing_to_do(error: &anyhow::Error) -> bool {
    let code = error.downcast_ref::<Refusal>().map(|refusal| refusal.code);
    matches!(code, Some("nothing_awaits" | "planned"))
}

/// Reads `MODALITY=NUMBER`, or a bare number where a modality is usual.
fn pair(text: &str, usual: Option<Modality>) -> Result<(Modality, u32)> {
    let (modality, number) = match (text.split_once('='), usual) {
        (Some((modality, number)), _) => (modality.parse()?, number),
        (None, Some(usual)) => (usual, text),
        (None, None) => {
            crate::refuse!("minutes", "`{text}` should name its modality, such as unpack=45")
        }
    };
    match number.trim().parse::<f64>() {
        Ok(minutes) if (0.0..=1e9).contains(&minutes) => Ok((modality, minutes as u32)),
        _ => Err(Refusal::error("minutes", format!("`{number}` is not a number of minutes"))),
    }
}

/// One consignment of a plan, as people and files see it.
#[derive(Debug, Clone, serde::Serialize)]
struct Row {
    consignment: String,
    id: String,
    regime: String,
    rank: i64,
    risk: f64,
    p_irregular: f64,
    p_critical: f64,
    chance: f64,
    channel: String,
    modality: String,
    bundle: String,
    minutes: i64,
    detection: f64,
    #[serde(serialize_with = "as_number")]
    drawn: bool,
    reasons: String,
    plan: String,
}

fn as_number<S: serde::Serializer>(drawn: &bool, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u8(u8::from(*drawn))
}

/// The lines of plans with the source's numbers and the reasons, by rank.
async fn listing(
    store: &Store,
    plans: &[(&KeptPlan, &[KeptSelection])],
    language: Language,
) -> Result<Vec<Row>> {
    let mut tx = store.read().await?;
    let mut rows = Vec::new();
    for (plan, lines) in plans {
        let ids: Vec<i64> = lines.iter().map(|line| line.consignment_id).collect();
        let known = plans::names_and_reasons(&mut tx, &ids, plan.model_id.as_deref()).await?;
        for line in *lines {
            let (reference, reasons) = known
                .get(&line.consignment_id)
                .with_context(|| format!("consignment C-{} is gone", line.consignment_id))?;
            let reasons: Vec<Reason> = serde_json::from_str(reasons)?;
            let risk = reasons.iter().filter(|reason| reason.push > 0.0);
            let sentences: Vec<String> =
                risk.map(|reason| reason.sentence(language)).take(3).collect();
            rows.push(Row {
                consignment: reference.clone(),
                id: format!("C-{}", line.consignment_id),
                regime: plan.regime.clone(),
                rank: line.position,
                risk: line.risk,
                p_irregular: line.expected,
                p_critical: line.expected_critical,
                chance: line.chance,
                channel: line.channel.clone(),
                modality: line.modality.clone(),
                bundle: line.bundle.clone().unwrap_or_else(|| line.modality.clone()),
                minutes: line.minutes,
                detection: line.detection,
                drawn: line.drawn,
                reasons: sentences.join("; "),
                plan: format!("P-{}", plan.id),
            });
        }
    }
    // By number, so that P-10 follows P-9.
    rows.sort_by_key(|row| (row.plan[2..].parse::<i64>().unwrap_or_default(), row.rank));
    Ok(rows)
}

fn write_csv(path: &Path, rows: &[Row]) -> Result<()> {
    let mut csv = csv::Writer::from_path(path)
        .with_context(|| format!("while writing {}", path.display()))?;
    for row in rows {
        let (consignment, reasons) = (defused(&row.consignment), defused(&row.reasons));
        csv.serialize(Row {
            consignment: consignment.into_owned(),
            reasons: reasons.into_owned(),
            ..row.clone()
        })?;
    }
    csv.flush().with_context(|| format!("while writing {}", path.display()))
}

fn json_of(drawn: &[Planned], rows: &[Row]) -> Value {
    let plans: Vec<Value> = drawn
        .iter()
        .map(|one| {
            json!({
                "plan": one.plan,
                "replaces": one.replaces,
                "unscreened": one.unscreened,
                "report": report_of(&one.plan),
            })
        })
        .collect();
    let selections: Vec<&Row> = rows.iter().filter(|row| row.drawn).collect();
    json!({ "plans": plans, "selections": selections })
}

fn report_of(plan: &KeptPlan) -> Option<CellReport> {
    plan.report.as_deref().and_then(|report| serde_json::from_str(report).ok())
}

/// What a plan over several modalities came to: minutes, channels, floor and loss.
fn told(report: &CellReport) -> String {
    let mut table =
        Table::new(&["minutes of", "has", "kept free", "by rule", "by risk", "by chance", "used"]);
    for of in &report.resources {
        let used = 100.0 * of.planned() as f64 / of.available.max(1) as f64;
        table.row([
            of.resource.clone(),
            of.available.to_string(),
            of.kept_free.to_string(),
            of.rule.to_string(),
            of.risk.to_string(),
            of.random.to_string(),
            format!("{used:.0} %"),
        ]);
    }
    let mut text = table.text();
    let percent = |share: f64| format!("{:.1} %", 100.0 * share.max(0.0));
    text.push_str(&format!(
        "Inspections: {} by rule, {} by risk, {} by chance. Every consignment has a chance of \
         detection of at least {:.4}, {} of the mean {:.4}. Exploring costs {} of what all minutes \
         on the top of the list would find.\n",
        report.rule,
        report.risk,
        report.random,
        report.floor,
        percent(if report.mean > 0.0 { report.floor / report.mean } else { 0.0 }),
        report.mean,
        percent(report.loss()),
    ));
    if report.must_left > 0 {
        text.push_str(&format!(
            "{} consignments of a hard class found no certain place in the share for rules; they \
             compete by their risk.\n",
            report.must_left
        ));
    }
    text
}

/// How many selections a terminal is shown.
const SHOWN: usize = 30;

fn text_of(drawn: &[Planned], rows: &[Row], out: Option<&Path>) -> String {
    let mut text = String::new();
    for one in drawn {
        let plan = &one.plan;
        text.push_str(&format!(
            "Plan P-{}: {} at {}, shift {}: {} of {} drawn, {} officer-minutes, by {}.\n",
            plan.id,
            plan.regime,
            plan.office,
            plan.shift,
            plan.drawn,
            plan.candidates,
            plan.minutes,
            plan.model_id
                .as_deref()
                .map_or("chance alone, as no model is in force".to_owned(), |model| {
                    format!("model {model}")
                })
        ));
        if let Some(why) = plan.raised() {
            text.push_str(&format!("More is drawn by chance ({why}); --explore overrides it.\n"));
        }
        if let Some(replaced) = one.replaces {
            text.push_str(&format!(
                "It replaces plan P-{replaced}, which nobody had acted on; the journal says so.\n"
            ));
        }
        if one.unscreened > 0 && one.plan.model_id.is_some() {
            text.push_str(&format!("{} have not been screened.\n", one.unscreened));
        }
        if let Some(report) = report_of(plan) {
            text.push_str(&told(&report));
        }
    }
    text.push('\n');
    let mut table =
        Table::new(&["rank", "consignment", "inspect by", "min", "chance", "channel", "why"]);
    for row in rows.iter().filter(|row| row.drawn).take(SHOWN) {
        let why: String = match row.channel.as_str() {
            "random" if row.reasons.is_empty() => "random check".to_owned(),
            "random" => format!("random check; {}", row.reasons),
            _ => row.reasons.clone(),
        };
        table.row([
            row.rank.to_string(),
            row.consignment.clone(),
            row.bundle.clone(),
            row.minutes.to_string(),
            format!("{:.4}", row.chance),
            row.channel.clone(),
            super::shortened(&why, 96),
        ]);
    }
    text.push_str(&table.text());
    let all = rows.iter().filter(|row| row.drawn).count();
    if all > SHOWN {
        text.push_str(&format!("… and {} more; --out FILE writes them all.\n", all - SHOWN));
    }
    if let Some(out) = out {
        text.push_str(&format!("Wrote {} consignments to {}.\n", rows.len(), out.display()));
    }
    text.push_str("Next: inspect, then `sumun record FILE`.");
    text
}
