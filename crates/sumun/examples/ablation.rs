//! What each group of features is worth, on the pretend port and on a table with outcomes:
//! learned with and without it, judged on later days.
//!
//! `cargo run --release -p sumun --example ablation -- port --seeds 1-6` plays worlds of eight
//! weeks. Outcomes count from the day after arrival. `--known all` makes every outcome known, as
//! in a fully labelled past; `--known opened` only those of the consignments that were opened, a
//! share drawn by chance (`--opened 0.3`), and only these teach. Either way what is opened and
//! found is lost to its network, which moves on.
//!
//! `cargo run --release -p sumun --example ablation -- table TRAIN.csv VALID.csv --seeds 1-5`
//! learns from the first table and judges the second with what was known before it; seeds are
//! those of the trees. Both print Markdown, with 95 % intervals over the seeds (Student's t).

use std::collections::HashSet;
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use harbour::{RowWriter, Settings, World};
use intake::{Read, Table, TableOptions};
use jiff::Timestamp;
use targeting::amount::{Amounts, amounts};
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::feature::{CATALOGUE, Extractor, Group};
use targeting::history::{Histories, arrival, examination, links};
use targeting::learning::{Lesson, Lessons, columns_of, learn};
use targeting::model::metrics::{auc, average_precision};
use targeting::model::{Params, Target, fit};
use targeting::outcome::Label;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Parser)]
enum Command {
    /// Worlds of the pretend port.
    Port {
        /// Seeds of the worlds, first to last.
        #[arg(long, default_value = "1-6")]
        seeds: String,
        /// Days of a world; the first two weeks only fill the ledger, the last two judge.
        #[arg(long, default_value_t = 56)]
        days: u32,
        /// Whose outcomes are known.
        #[arg(long, value_enum, default_value_t = Known::All)]
        known: Known,
        /// Share of the consignments that are opened, by chance.
        #[arg(long, default_value_t = 0.3)]
        opened: f64,
    },
    /// A table with outcomes to learn from, and a later one to judge.
    Table {
        train: PathBuf,
        valid: PathBuf,
        /// Seeds of the trees, first to last.
        #[arg(long, default_value = "1-5")]
        seeds: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Known {
    All,
    Opened,
}

/// What was used before the groups that are tried.
const BASE: [Group; 4] = [Group::Goods, Group::GoodsPast, Group::Parties, Group::Route];
const TRIED: [Group; 5] =
    [Group::Recent, Group::Pace, Group::Outliers, Group::Text, Group::Network];

/// Rows of features with their labels.
#[derive(Default)]
struct Rows {
    cells: Vec<f64>,
    labels: Vec<Label>,
}

impl Rows {
    fn push(&mut self, extractor: &Extractor, of: &Consignment, past: &Histories, label: Label) {
        let start = self.cells.len();
        self.cells.resize(start + CATALOGUE.len(), f64::NAN);
        extractor.fill(&targeting::facts::Facts::of(of), past, &mut self.cells[start..]);
        self.labels.push(label);
    }

    fn part(&self, columns: &[usize], target: Target) -> (Vec<f64>, Vec<bool>) {
        let rows = self.cells.chunks_exact(CATALOGUE.len());
        let cells = rows.flat_map(|row| columns.iter().map(|column| row[*column])).collect();
        let labels = self.labels.iter().map(|label| match target {
            Target::Irregular => label.irregular(),
            Target::Critical => label.critical(),
        });
        (cells, labels.collect())
    }
}

/// AUC and PR-AUC of one choice of groups.
#[derive(Clone, Copy)]
struct Figures {
    auc: f64,
    pr_auc: f64,
}

fn judge(
    taught: &Rows,
    judged: &Rows,
    groups: &[Group],
    target: Target,
    seed: u64,
) -> Outcome<Figures> {
    let columns = columns_of(groups, target);
    let params = match target {
        Target::Irregular => Params::irregular(seed),
        Target::Critical => Params::critical(seed),
    };
    let (cells, labels) = taught.part(&columns, target);
    let forest = fit(&cells, columns.len(), &labels, &vec![1.0; labels.len()], &params)?;
    let (cells, labels) = judged.part(&columns, target);
    let mut scores = vec![0.0; labels.len()];
    forest.predict(&cells, &mut scores);
    let weights = vec![1.0; labels.len()];
    let none = "the last days have no find";
    Ok(Figures {
        auc: auc(&scores, &labels, &weights).ok_or(none)?,
        pr_auc: average_precision(&scores, &labels, &weights).ok_or(none)?,
    })
}

/// The figures of every choice on one exam: those for any irregularity, those for contraband.
struct Exam {
    figures: [Vec<Figures>; 2],
    /// Finds judged.
    finds: [usize; 2],
}

const TARGETS: [Target; 2] = [Target::Irregular, Target::Critical];

impl Exam {
    fn sit(taught: &Rows, judged: &Rows, seed: u64) -> Outcome<Exam> {
        let start = Instant::now();
        let of = |target| -> Outcome<Vec<Figures>> {
            choices()
                .iter()
                .map(|(_, groups)| judge(taught, judged, groups, target, seed))
                .collect()
        };
        let figures = [of(TARGETS[0])?, of(TARGETS[1])?];
        let finds = TARGETS
            .map(|target| judged.part(&[], target).1.into_iter().filter(|found| *found).count());
        eprintln!(
            "seed {seed}: {} taught, {} judged, {:.0} s",
            taught.labels.len(),
            judged.labels.len(),
            start.elapsed().as_secs_f64()
        );
        Ok(Exam { figures, finds })
    }
}

/// The choices: what was there, the same with each of the groups, and with all of them.
fn choices() -> Vec<(String, Vec<Group>)> {
    let name = |group: Group| format!("{group:?}").to_lowercase();
    let mut choices = vec![("before".to_owned(), BASE.to_vec())];
    for group in TRIED {
        choices.push((format!("+ {}", name(group)), [&BASE[..], &[group]].concat()));
    }
    choices.push(("+ all five".to_owned(), Group::ALL.to_vec()));
    choices
}

/// Prints one table a target: the figures of each choice, and how far they are from the first.
fn report(exams: &[Exam]) {
    for (n, target) in TARGETS.into_iter().enumerate() {
        let finds: usize = exams.iter().map(|exam| exam.finds[n]).sum();
        println!("\n{target}: {finds} finds judged over {} seeds\n", exams.len());
        println!("| groups | AUC | PR-AUC | difference of AUC | difference of PR-AUC | seeds up |");
        println!("|---|---:|---:|---:|---:|---:|");
        for (choice, (name, _)) in choices().iter().enumerate() {
            let of = |read: fn(&Figures) -> f64| {
                let now = exams.iter().map(|exam| read(&exam.figures[n][choice]));
                let steps: Vec<f64> = (now.clone().zip(exams))
                    .map(|(now, exam)| now - read(&exam.figures[n][0]))
                    .collect();
                let up = steps.iter().filter(|step| **step > 0.0).count();
                (now.sum::<f64>() / exams.len() as f64, interval(&steps), up)
            };
            let ((auc, auc_step, _), (pr_auc, pr_auc_step, up)) = (of(|f| f.auc), of(|f| f.pr_auc));
            println!("| {name} | {auc:.4} | {pr_auc:.4} | {auc_step} | {pr_auc_step} | {up} |");
        }
    }
}

/// Two-sided 95 % points of Student's t with 1, 2, ... degrees of freedom.
const STUDENT: [f64; 11] =
    [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201];

fn interval(steps: &[f64]) -> String {
    let n = steps.len() as f64;
    let mean = steps.iter().sum::<f64>() / n;
    if steps.len() < 2 {
        return format!("{mean:+.4}");
    }
    let variance = steps.iter().map(|step| (step - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let t = STUDENT.get(steps.len() - 2).copied().unwrap_or(1.96);
    format!("{mean:+.4} ± {:.4}", t * (variance / n).sqrt())
}

fn seeds(range: &str) -> Outcome<Vec<u64>> {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    Ok((first.trim().parse()?..=last.trim().parse()?).collect())
}

/// A share of consignments drawn by chance: the same ones in each run.
fn drawn(seed: u64, reference: &str, share: f64) -> bool {
    let hash = targeting::history::hash_text(&format!("{seed}/{reference}"));
    ((hash >> 11) as f64 / (1u64 << 53) as f64) < share
}

fn read(bytes: &[u8]) -> Outcome<Vec<Read>> {
    let mut rows = Vec::new();
    for batch in Table::open(bytes, "port.csv", &TableOptions::default())? {
        rows.extend(batch?.rows);
    }
    Ok(rows)
}

fn port(seed: u64, days: u32, known: Known, opened: f64) -> Outcome<Exam> {
    let mut world = World::new(seed, Settings { days, ..Settings::demo() });
    let mut past = Histories::default();
    let (mut values, mut cases) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for date in world.dates() {
        let day = world.day(date)?;
        let mut csv = Vec::new();
        let mut table = RowWriter::new(&mut csv)?;
        for row in &day.rows {
            table.write(row)?;
        }
        table.finish()?;
        let truth: std::collections::HashMap<&str, Label> = (day.truth.iter())
            .map(|truth| {
                let label = match (truth.critical, truth.irregular) {
                    (true, _) => Label::Critical,
                    (false, true) => Label::Irregular,
                    (false, false) => Label::Clean,
                };
                (truth.declaration_id.as_str(), label)
            })
            .collect();
        for Read { consignment, .. } in read(&csv)? {
            // An amended declaration arrives once.
            if !seen.insert(consignment.reference.clone()) {
                continue;
            }
            let label = truth[consignment.reference.as_str()];
            let is_opened = drawn(seed, &consignment.reference, opened);
            arrival(&consignment).for_each(|entry| past.add(entry));
            links(&consignment).for_each(|link| past.link(link));
            values.extend(amounts(&consignment));
            if known == Known::All || is_opened {
                examination(&consignment, consignment.arrived_on, label)
                    .for_each(|entry| past.add(entry));
            }
            if is_opened && label == Label::Critical {
                world.lost(&consignment.reference, date);
            }
            cases.push((consignment, label, is_opened));
        }
    }
    past.set_amounts(Amounts::new(values));

    // As of its day each consignment sees the days before it only, whatever is in the ledger.
    let first =
        cases.iter().map(|(consignment, ..)| consignment.arrived_on).min().unwrap_or(Day(0));
    let (teach, judge) = (Day(first.0 + 14), Day(first.0 + days as i32 - 14));
    let extractor = Extractor::all();
    let (mut taught, mut judged) = (Rows::default(), Rows::default());
    for (consignment, label, is_opened) in &cases {
        match consignment.arrived_on {
            day if day >= judge => judged.push(&extractor, consignment, &past, *label),
            day if day >= teach && (known == Known::All || *is_opened) => {
                taught.push(&extractor, consignment, &past, *label);
            }
            _ => {}
        }
    }
    Exam::sit(&taught, &judged, seed)
}

fn labelled(file: &Path) -> Outcome<Vec<(Consignment, Label)>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut rows = Vec::new();
    for batch in Table::open(File::open(file)?, &name, &TableOptions::default())? {
        rows.extend(batch?.rows.into_iter().filter_map(|read| {
            Some((read.consignment, read.inspection.as_ref()?.result.label()?))
        }));
    }
    Ok(rows)
}

fn table(train: &Path, valid: &Path, seeds: &[u64]) -> Outcome<()> {
    let taught = labelled(train)?;
    let mut past = Histories::default();
    let mut values = Vec::new();
    for (consignment, label) in &taught {
        arrival(consignment).for_each(|entry| past.add(entry));
        links(consignment).for_each(|link| past.link(link));
        examination(consignment, consignment.arrived_on, *label).for_each(|e| past.add(e));
        values.extend(amounts(consignment));
    }
    past.set_amounts(Amounts::new(values));
    let extractor = Extractor::all();
    let rows = |of: &[(Consignment, Label)]| {
        let mut rows = Rows::default();
        of.iter()
            .for_each(|(consignment, label)| rows.push(&extractor, consignment, &past, *label));
        rows
    };
    let (of_train, of_valid) = (rows(&taught), rows(&labelled(valid)?));
    let exams = (seeds.iter())
        .map(|seed| Exam::sit(&of_train, &of_valid, *seed))
        .collect::<Outcome<Vec<Exam>>>()?;

    // What learning itself chooses, by later days within the first table.
    let mut lessons = Lessons::default();
    for (consignment, label) in &taught {
        lessons.push(&extractor, consignment, &past, Lesson::plain(*label));
    }
    for seed in seeds {
        let start = Instant::now();
        let learned = learn(&lessons, "ablation".into(), Timestamp::UNIX_EPOCH, *seed, |_| {})?;
        eprintln!("seed {seed}: learned in {:.1} s", start.elapsed().as_secs_f64());
        for trial in &learned.backtest.trials {
            println!("seed {seed}: {} {:?} {:.4?}", trial.target, trial.groups, trial.pr_auc);
        }
        let content = learned.model.content();
        let read = [&content.irregular.features, &content.critical.features];
        let groups = read.map(|codes| {
            let mut groups: Vec<Group> = (CATALOGUE.iter())
                .filter(|feature| codes.contains(&feature.code))
                .map(|feature| feature.group)
                .collect();
            groups.sort_unstable();
            groups.dedup();
            groups
        });
        println!("seed {seed}: chosen, irregular {:?}, critical {:?}", groups[0], groups[1]);
    }
    report(&exams);
    Ok(())
}

fn main() -> Outcome<()> {
    match Command::parse() {
        Command::Port { seeds: range, days, known, opened } => {
            let mut exams = Vec::new();
            for seed in seeds(&range)? {
                exams.push(port(seed, days, known, opened)?);
            }
            println!(
                "pretend port, seeds {range}, {days} days, known: {known:?}, opened: {opened}"
            );
            report(&exams);
            Ok(())
        }
        Command::Table { train, valid, seeds: range } => table(&train, &valid, &seeds(&range)?),
    }
}
