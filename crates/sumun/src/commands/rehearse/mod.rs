//! `sumun rehearse`: plays strategies of inspection over the weeks of a table whose outcomes are
//! known, or over pretend ports, and says what each would have found and whether its estimate of
//! the rest was right. The playing is in `targeting::rehearsal`; where the weeks come from is in
//! `traffic.rs`, what is kept of them in `kept.rs`.

mod kept;
mod traffic;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Map, Value, json};
use targeting::consignment::Regime;
use targeting::model::Target;
use targeting::plan::Terms;
use targeting::rehearsal::{
    Adaptation, Mean, Played, RehearsalError, Settings, Strategy, Summary, Traffic, play, summarise,
};

use super::{Office, Report, Table};
use crate::refusal::Refusal;
use traffic::Source;

/// Plays strategies over the weeks of a labelled table: only what a strategy inspects teaches it.
/// Says what each finds against greedy, and whether its estimates and intervals are right.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// Tables with outcomes, such as the Korea Customs Service's; `-` is standard input.
    #[arg(value_name = "FILE", required_unless_present = "port")]
    files: Vec<PathBuf>,
    /// Says which column is which field, for tables that are not known.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Plays so many weeks of a pretend port instead, another port for each seed.
    #[arg(long, value_name = "WEEKS", conflicts_with_all = ["files", "mapping"])]
    port: Option<u32>,
    /// Plays parcels or freight alone.
    #[arg(long, value_name = "REGIME")]
    regime: Option<Regime>,
    /// Share of each week's consignments that is inspected.
    #[arg(long, default_value_t = 0.05, value_name = "SHARE", value_parser = share)]
    budget: f64,
    /// Share of the inspections given to chance, by strategies that have such a share.
    #[arg(long, default_value_t = 0.10, value_name = "SHARE", value_parser = share)]
    explore: f64,
    /// Ours: smallest chance of the tail, as a share of its mean chance.
    #[arg(long, default_value_t = Terms::USUAL.floor, value_name = "SHARE", value_parser = share)]
    floor: f64,
    /// Ours: what a place of the tail is to bring, as a share of what the last certain one does.
    #[arg(long, default_value_t = Terms::USUAL.pays, value_name = "SHARE")]
    pays: f64,
    /// Number of seeds; each draws anew, and learns anew.
    #[arg(
        long,
        default_value_t = 4,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..=10_000)
    )]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1, value_name = "N")]
    first_seed: u64,
    /// Strategies, by comma: random, greedy, hybrid, epsilon_greedy, adaptive_bins,
    /// optimise_estimate, core_tail, ours; or all. Greedy is always played, as the measure.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "greedy,hybrid,ours",
        value_name = "NAMES",
        value_parser = strategies
    )]
    strategies: Vec<Strategies>,
    /// What is looked for: irregular (anything wrong) or critical (contraband).
    #[arg(long, default_value = "irregular", value_name = "TARGET", value_parser = target)]
    target: Target,
    /// Half way, six in ten of the bad change their ways: swap (parties, office and route of
    /// honest consignments) or lanes (to three clean lanes, under new traders).
    #[arg(long, value_name = "HOW")]
    adapt: Option<Adaptation>,
    /// First weeks, in which everything is inspected, so that all strategies start alike.
    #[arg(
        long,
        default_value_t = 8,
        value_name = "WEEKS",
        value_parser = clap::value_parser!(u32).range(2..=520)
    )]
    warm_up: u32,
    /// Weeks between two learnings.
    #[arg(
        long,
        default_value_t = 2,
        value_name = "WEEKS",
        value_parser = clap::value_parser!(u32).range(1..=520)
    )]
    relearn: u32,
    /// Leaves the mimic out, which saves a learning a seed; exploitability stays unknown.
    #[arg(long)]
    no_mimic: bool,
    /// Plays at once; as many as there are processors when left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    threads: Option<u32>,
    /// Keeps every week as `weeks.json` and `weeks.parquet`, the figures as `summary.json`, and
    /// pictures as SVG in this folder.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// What one name on the command line stands for.
#[derive(Debug, Clone)]
struct Strategies(Vec<Strategy>);

fn strategies(text: &str) -> Result<Strategies, String> {
    match text.trim().replace('-', "_").as_str() {
        "all" => Ok(Strategies(Strategy::ALL.to_vec())),
        name => name.parse().map(|one| Strategies(vec![one])).map_err(|error| error.to_string()),
    }
}

fn target(text: &str) -> Result<Target, String> {
    match text {
        "irregular" => Ok(Target::Irregular),
        "critical" => Ok(Target::Critical),
        _ => Err("the target is irregular or critical".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("{text} is no number"))?;
    if share > 0.0 && share <= 1.0 {
        Ok(share)
    } else {
        Err("a share is above 0 and at most 1, such as 0.05".to_owned())
    }
}

impl Rehearse {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let settings = Settings {
            target: self.target,
            budget: self.budget,
            terms: Terms {
                explore: self.explore,
                floor: self.floor,
                pays: self.pays,
                ..Terms::default()
            },
            warm_up: self.warm_up as usize,
            relearn: self.relearn as usize,
            adapt: self.adapt,
            mimic: !self.no_mimic,
        };
        let mut wanted: Vec<Strategy> = Vec::new();
        for one in self.strategies.iter().flat_map(|named| &named.0) {
            if !wanted.contains(one) {
                wanted.push(*one);
            }
        }
        let source = match self.port {
            Some(weeks) => Source::Port { weeks, regime: self.regime },
            None => {
                let options = super::ingest::options(self.mapping.as_deref())?;
                let spinner = office.bar(None, "Reading");
                let traffic = traffic::read(&self.files, &options, self.regime, |rows| {
                    spinner.set_position(rows);
                })?;
                spinner.finish_and_clear();
                Source::Table(traffic)
            }
        };
        let played =
            tokio::task::block_in_place(|| self.play_all(office, &source, &settings, &wanted))?;
        let figures: Vec<(Strategy, Summary)> = {
            let of = |strategy: Strategy| -> Vec<&Played> {
                played.iter().filter(|one| one.strategy == strategy).collect()
            };
            let greedy = of(Strategy::Greedy);
            wanted.iter().map(|one| (*one, summarise(&of(*one), &greedy))).collect()
        };
        let json = self.json(&source, &settings, &played, &figures);
        if let Some(folder) = &self.out {
            kept::keep(folder, &json, &played, &figures)?;
        }
        Ok(Report::new(json, self.text(&source, &settings, &figures)))
    }

    /// Plays every strategy with every seed, some at once, and gives the plays in a fixed order.
    fn play_all(
        &self,
        office: &Office,
        source: &Source,
        settings: &Settings,
        wanted: &[Strategy],
    ) -> Result<Vec<Played>> {
        let mut strategies = wanted.to_vec();
        if !strategies.contains(&Strategy::Greedy) {
            strategies.push(Strategy::Greedy);
        }
        let seeds = self.first_seed..self.first_seed.saturating_add(self.seeds);
        // A pretend port is made once for all strategies of its seed.
        let jobs: Vec<(u64, Vec<Strategy>)> = match source {
            Source::Port { .. } => seeds.map(|seed| (seed, strategies.clone())).collect(),
            Source::Table(_) => (seeds)
                .flat_map(|seed| strategies.iter().map(move |one| (seed, vec![*one])))
                .collect(),
        };
        let plays = self.seeds * strategies.len() as u64;
        let weeks = source.weeks().saturating_sub(settings.warm_up) as u64;
        let bar = office.bar(Some(plays * weeks), "Rehearsing, in weeks");
        let threads = self.threads.map_or_else(
            || std::thread::available_parallelism().map_or(1, usize::from),
            |threads| threads as usize,
        );
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<Result<Played>>> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..threads.min(jobs.len()) {
                scope.spawn(|| {
                    while let Some((seed, strategies)) =
                        jobs.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let traffic = source.of(*seed);
                        for strategy in strategies {
                            let one = (traffic.as_ref())
                                .map_err(|error| anyhow::anyhow!("{error:#}"))
                                .and_then(|traffic| {
                                    let traffic: &Traffic = traffic;
                                    play(traffic, settings, *strategy, *seed, || bar.inc(1))
                                        .map_err(refused)
                                });
                            done.lock()
                                .unwrap_or_else(std::sync::PoisonError::into_inner)
                                .push(one);
                        }
                    }
                });
            }
        });
        bar.finish_and_clear();
        let mut played = (done.into_inner())
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .into_iter()
            .collect::<Result<Vec<Played>>>()?;
        played.sort_by_key(|one| (one.strategy, one.seed));
        Ok(played)
    }

    fn json(
        &self,
        source: &Source,
        settings: &Settings,
        played: &[Played],
        figures: &[(Strategy, Summary)],
    ) -> Value {
        let strategies: Map<String, Value> = (figures.iter())
            .map(|(strategy, figures)| (strategy.to_string(), flat(json!(figures))))
            .collect();
        let weeks = played.first().map_or(0, |one| one.weeks.len());
        json!({
            "strategies": strategies,
            "settings": settings,
            "seeds": { "first": self.first_seed, "count": self.seeds },
            "traffic": source.told(settings.target),
            "weeks_played": weeks,
        })
    }

    fn text(
        &self,
        source: &Source,
        settings: &Settings,
        figures: &[(Strategy, Summary)],
    ) -> String {
        let mut table = Table::new(&[
            "strategy",
            "finds vs greedy",
            "recall",
            "bias 13w",
            "RMSE 1w",
            "RMSE 13w",
            "own weeks",
            "coverage 1w",
            "coverage 13w",
            "exploitability",
            "floor",
            "off-policy error",
        ]);
        let mean = |mean: Option<Mean>, decimals: usize| match mean {
            Some(Mean { mean, se: Some(se) }) => format!("{mean:.decimals$} ± {se:.decimals$}"),
            Some(Mean { mean, se: None }) => format!("{mean:.decimals$}"),
            None => "–".to_owned(),
        };
        let bare = |value: Option<f64>, decimals: usize| {
            value.map_or("–".to_owned(), |value| format!("{value:.decimals$}"))
        };
        for (strategy, of) in figures {
            table.row([
                strategy.to_string(),
                mean(of.finds_vs_greedy, 3),
                mean(of.recall, 3),
                mean(of.bias_pp_13w, 2),
                bare(of.rmse_pp_1w, 1),
                bare(of.rmse_pp_13w, 2),
                bare(of.rmse_pp_13w_unbiased, 2),
                mean(of.coverage_1w, 2),
                mean(of.coverage_13w, 3),
                mean(of.exploitability, 2),
                mean(of.floor, 3),
                bare(of.off_policy_error, 3),
            ]);
        }
        let what = match settings.target {
            Target::Irregular => "irregular consignments",
            Target::Critical => "consignments with contraband",
        };
        let changed = match settings.adapt {
            Some(how) => format!(
                "\nHalf way the bad change their ways ({how}); finds, recall and the share of the \
                 moved that was found are of the weeks after that.\n\n{}",
                moved(figures)
            ),
            None => String::new(),
        };
        format!(
            "{} Looked for: {what}; {:.1} % inspected each week, {:.0} % of that by chance; {} \
             seeds from {}.\n\n{}\nMeans ± standard errors over seeds. Errors are percentage \
             points of the traffic: 1w of single weeks, 13w of any 13 weeks together, `own weeks` \
             without help from the weeks before. A 95 % interval should cover .95. \
             Exploitability is 0 where a smuggler learns nothing from watching, 1 where one who \
             dresses up as the least inspected is never opened. Floor: smallest chance of anyone, \
             as a share of the mean.\n{changed}",
            source.sentence(settings.target),
            100.0 * settings.budget,
            100.0 * settings.terms.explore,
            self.seeds,
            self.first_seed,
            table.text(),
        )
    }
}

/// What came of those who changed their ways.
fn moved(figures: &[(Strategy, Summary)]) -> String {
    let mut table = Table::new(&["strategy", "found of the moved", "worst seed", "worst finds"]);
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    for (strategy, of) in figures {
        table.row([
            strategy.to_string(),
            number(of.recall_moved.map(|mean| mean.mean)),
            number(of.recall_moved_worst),
            number(of.finds_vs_greedy_worst),
        ]);
    }
    table.text()
}

/// Means as plain numbers, each with its standard error beside it as `…_se`.
fn flat(figures: Value) -> Value {
    let Value::Object(figures) = figures else { return figures };
    let mut flat = Map::new();
    for (name, value) in figures {
        match value {
            Value::Object(mut mean) => {
                flat.insert(format!("{name}_se"), mean.remove("se").unwrap_or(Value::Null));
                flat.insert(name, mean.remove("mean").unwrap_or(Value::Null));
            }
            other => {
                flat.insert(name, other);
            }
        }
    }
    Value::Object(flat)
}

/// What a person can mend is a refusal.
fn refused(error: RehearsalError) -> anyhow::Error {
    match error {
        RehearsalError::TooShort { .. } | RehearsalError::NothingToStartFrom { .. } => {
            Refusal::error("too_little", error.to_string())
        }
        other => anyhow::Error::new(other).context("while rehearsing"),
    }
}

/// Makes the folder that `--out` names.
fn folder(path: &std::path::Path) -> Result<()> {
    std::fs::create_dir_all(path).with_context(|| format!("while making {}", path.display()))
}
