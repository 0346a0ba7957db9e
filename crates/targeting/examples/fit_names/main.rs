//! Learns the weights of `targeting::names` from invented pairs, and says how well they do on
//! pairs that were not learnt from: `cargo run --release -p targeting --example fit_names`. Names
//! of rules behind it print the pairs of these rules that are judged wrongly; `--pairs FILE` judges
//! a file of pairs (left, right, kind and 1 or 0, between tabs) by the weights in force.
#![expect(clippy::needless_range_loop, reason = "matrices are read by row and column")]

mod dice;
mod firms;
mod pairs;
mod people;
mod writing;

use std::collections::BTreeMap;

use dice::Dice;
use pairs::Labelled;
use targeting::names::{FEATURE_NAMES, Kind, Name};

const SEED: u64 = 20_261_126;
/// One pair of so many more is an ordinary name and what a list has most like it.
const FOUND: usize = 4;

fn main() {
    let shown: Vec<String> = std::env::args().skip(1).collect();
    if let [first, file] = &shown[..]
        && first == "--pairs"
    {
        return judge_file(file);
    }
    for (kind, make, n) in [
        (Kind::Person, pairs::person as fn(&mut Dice) -> Labelled, 40_000),
        (Kind::Organization, pairs::firm, 40_000),
        (Kind::Vessel, pairs::vessel, 12_000),
    ] {
        let mut dice = Dice(SEED ^ n as u64);
        let mut learnt: Vec<Labelled> = (0..n).map(|_| make(&mut dice)).collect();
        let mut held: Vec<Labelled> = (0..n / 4).map(|_| make(&mut dice)).collect();
        // Ships have few words, so that what is found is often what is meant.
        if kind != Kind::Vessel {
            learnt.extend(pairs::found(kind, n / FOUND, &mut dice));
            held.extend(pairs::found(kind, n / FOUND / 4, &mut dice));
        }
        let start = std::time::Instant::now();
        let rows: Vec<Row> = learnt.iter().filter_map(row).collect();
        let took = start.elapsed().as_secs_f64() / n as f64 * 1e6;
        let curve = Curve::of(&rows);
        println!("// {kind}: {} pairs, {took:.1} µs a pair", rows.len());
        curve.print(kind.as_str());
        judge(&held, &curve, &shown);
    }
    for kind in [Kind::Person, Kind::Organization] {
        let mut dice = Dice(SEED + 1);
        let learnt = pairs::screened(kind, 8_000, &mut dice);
        let held = pairs::screened(kind, 3_000, &mut dice);
        let weigh = |pair: &Labelled| -> Option<Row> {
            let weight = match pair.rule {
                "slips" if kind == Kind::Person => 16.0,
                "slips" => 8.0,
                "two writings" => 3.0,
                _ => 1.0,
            };
            Some(Row { weight, ..row(pair)? })
        };
        let rows: Vec<Row> = learnt.iter().filter_map(weigh).collect();
        let curve = Curve::of(&rows);
        println!("// {kind}, screened: {} pairs", rows.len());
        curve.print(&format!("screened_{kind}"));
        judge(&held, &curve, &shown);
    }
}

/// The weights, and how log odds that they say bend towards those that are.
struct Curve {
    weights: Vec<f64>,
    bend: Vec<(f64, f64)>,
}

impl Curve {
    fn of(rows: &[Row]) -> Curve {
        /// Log odds around which what is said is held against what is.
        const KNOTS: [f64; 9] = [-5.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0];
        /// What is said counts as much as so many pairs.
        const TRUST: f64 = 20.0;
        let weights = fit(rows);
        let mut sums = [(0.0, 0.0, 0.0); 9];
        for row in rows {
            let said = sum(&weights, &row.features);
            let near = |a: &usize, b: &usize| {
                (KNOTS[*a] - said).abs().total_cmp(&(KNOTS[*b] - said).abs())
            };
            let at = (0..9).min_by(near).unwrap_or(0);
            sums[at].0 += row.weight;
            sums[at].1 += row.weight * f64::from(u8::from(row.same));
            sums[at].2 += row.weight * said.clamp(-8.0, 8.0);
        }
        let mut bend: Vec<(f64, f64)> = Vec::new();
        for ((n, same, said), knot) in sums.into_iter().zip(KNOTS) {
            let said = (said + TRUST * knot) / (n + TRUST);
            let p = (same + TRUST / (1.0 + (-said).exp())) / (n + TRUST);
            let mut is = (p / (1.0 - p)).ln();
            // What is said to be likelier is never less likely.
            if let Some((before, least)) = bend.last() {
                is = is.max(least + 0.2 * (said - before));
            }
            bend.push((said, is));
        }
        Curve { weights, bend }
    }

    fn chance(&self, row: &[f64]) -> f64 {
        let said = sum(&self.weights, row);
        let at = self.bend.windows(2).position(|two| said < two[1].0);
        let at = at.unwrap_or(self.bend.len() - 2);
        let ((a, x), (b, y)) = (self.bend[at], self.bend[at + 1]);
        let is = match () {
            () if said < a => x + said - a,
            () if said > b => y + said - b,
            () => x + (y - x) * (said - a) / (b - a),
        };
        1.0 / (1.0 + (-is).exp())
    }

    fn print(&self, name: &str) {
        let name = name.to_uppercase();
        println!("pub(super) const {name}: [f64; FEATURES] = [");
        for (weight, name) in self.weights.iter().zip(FEATURE_NAMES) {
            println!("    {weight:.4?}, // {name}");
        }
        println!("];");
        println!("pub(super) const {name}_BEND: [(f64, f64); 9] = [");
        self.bend.iter().for_each(|(said, is)| println!("    ({said:.4}, {is:.4}),"));
        println!("];");
    }
}

/// Judges the pairs of a file by the weights in force, and prints those that are judged wrongly.
fn judge_file(file: &str) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let (mut all, mut both, mut said, mut are) = (0, 0.0, 0.0, 0.0);
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [left, right, kind, same] = cells[..] else { panic!("four cells: {line}") };
        let found = targeting::names::compare(left, right, Kind::of_schema(kind));
        let (is, judged) = (same == "1", found.probability >= 0.5);
        all += 1;
        are += f64::from(u8::from(is));
        said += f64::from(u8::from(judged));
        both += f64::from(u8::from(judged && is));
        if is != judged {
            println!("{:.3} {left} | {right} | same: {is} | {}", found.probability, found.why());
        }
    }
    println!("{all} pairs: F1 {:.4}", 2.0 * both / (said + are));
}

/// The features of a pair, whether it names one, and for how many pairs it stands.
struct Row {
    features: Vec<f64>,
    same: bool,
    weight: f64,
}

fn row(pair: &Labelled) -> Option<Row> {
    let (left, right) = (Name::of(&pair.left, pair.kind), Name::of(&pair.right, pair.kind));
    Some(Row { features: left.features(&right)?, same: pair.same, weight: 1.0 })
}

fn sum(weights: &[f64], row: &[f64]) -> f64 {
    weights.iter().zip(row).map(|(weight, feature)| weight * feature).sum()
}

fn chance(weights: &[f64], row: &[f64]) -> f64 {
    1.0 / (1.0 + (-sum(weights, row)).exp())
}

/// Logistic regression by Newton's steps, with a small pull to 0. What can only count against a
/// match never gets a positive weight.
fn fit(rows: &[Row]) -> Vec<f64> {
    const AGAINST: [usize; 20] =
        [3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 18, 23, 24, 25, 27, 31, 32, 33, 35];
    let n = FEATURE_NAMES.len();
    let mut weights = vec![0.0; n];
    let mut frozen = vec![false; n];
    for round in 0..60 {
        let mut gradient = vec![0.0; n];
        let mut curve = vec![vec![0.0; n]; n];
        for Row { features: row, same, weight } in rows {
            let p = chance(&weights, row);
            let off = weight * (f64::from(u8::from(*same)) - p);
            let bend = weight * (p * (1.0 - p)).max(1e-6);
            for i in 0..n {
                gradient[i] += off * row[i];
                for j in 0..=i {
                    curve[i][j] += bend * row[i] * row[j];
                }
            }
        }
        for i in 0..n {
            gradient[i] -= 2.0 * weights[i];
            curve[i][i] += 2.0;
            for j in 0..i {
                curve[j][i] = curve[i][j];
            }
        }
        for i in 0..n {
            if frozen[i] {
                gradient[i] = 0.0;
                for j in 0..n {
                    curve[i][j] = 0.0;
                    curve[j][i] = 0.0;
                }
                curve[i][i] = 1.0;
            }
        }
        let step = solve(curve, gradient);
        let far = step.iter().fold(0.0f64, |far, step| far.max(step.abs()));
        for i in 0..n {
            weights[i] += step[i] * if far > 5.0 { 5.0 / far } else { 1.0 };
        }
        if far < 1e-6 || round % 12 == 11 {
            let wrong = |i: &usize| weights[*i] > 0.0 && !frozen[*i];
            let Some(worst) = AGAINST
                .into_iter()
                .filter(wrong)
                .max_by(|a, b| weights[*a].total_cmp(&weights[*b]))
            else {
                if far < 1e-6 {
                    break;
                }
                continue;
            };
            weights[worst] = 0.0;
            frozen[worst] = true;
        }
    }
    weights
}

/// Solves a small system of equations.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        let top = (i..n).max_by(|x, y| a[*x][i].abs().total_cmp(&a[*y][i].abs())).unwrap_or(i);
        a.swap(i, top);
        b.swap(i, top);
        for j in i + 1..n {
            let times = a[j][i] / a[i][i];
            if times != 0.0 {
                for k in i..n {
                    a[j][k] -= times * a[i][k];
                }
                b[j] -= times * b[i];
            }
        }
    }
    for i in (0..n).rev() {
        for j in i + 1..n {
            b[i] -= a[i][j] * b[j];
        }
        b[i] /= a[i][i];
    }
    b
}

fn judge(held: &[Labelled], curve: &Curve, shown: &[String]) {
    let judged: Vec<(f64, &Labelled)> = held
        .iter()
        .map(|pair| (row(pair).map_or(0.0, |row| curve.chance(&row.features)), pair))
        .collect();
    // Ordinary names outweigh by far what is listed: their rate says more than precision.
    let by = |rule: &str, cut: f64| {
        let some: Vec<f64> =
            judged.iter().filter(|(_, pair)| pair.rule == rule).map(|(p, _)| *p).collect();
        some.iter().filter(|p| **p >= cut).count() as f64 / some.len().max(1) as f64
    };
    for cut in [0.7, 0.8, 0.9] {
        let (slips, ordinary) = (by("slips", cut), by("ordinary", cut));
        println!("// from {cut}: {slips:.4} of slips, {ordinary:.4} of ordinary names' finds");
    }
    for cut in [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] {
        let both = judged.iter().filter(|(p, pair)| *p >= cut && pair.same).count() as f64;
        let said = judged.iter().filter(|(p, _)| *p >= cut).count() as f64;
        let are = judged.iter().filter(|(_, pair)| pair.same).count() as f64;
        let (precision, recall) = (both / said, both / are);
        let f1 = 2.0 * precision * recall / (precision + recall);
        println!("// cut {cut}: precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}");
    }
    // What is said and what is, in tenths.
    let (mut off, all) = (0.0, judged.len() as f64);
    for tenth in 0..10 {
        let within = |p: f64| ((p * 10.0) as usize).min(9) == tenth;
        let some: Vec<&(f64, &Labelled)> = judged.iter().filter(|(p, _)| within(*p)).collect();
        let n = some.len().max(1) as f64;
        let said = some.iter().map(|(p, _)| p).sum::<f64>() / n;
        let is = some.iter().filter(|(_, pair)| pair.same).count() as f64 / n;
        off += (said - is).abs() * some.len() as f64 / all;
        println!("// said {said:.3}, is {is:.3}, of {} pairs", some.len());
    }
    println!("// expected calibration error {off:.4}");
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (p, pair) in &judged {
        let rule = rules.entry(pair.rule).or_default();
        rule.0 += 1;
        rule.1 += usize::from((*p >= 0.5) == pair.same);
    }
    for (rule, (all, right)) in rules {
        println!("// {rule}: {right} of {all} right");
    }
    let mut ties: Vec<u64> = judged.iter().map(|(p, _)| p.to_bits()).collect();
    ties.sort_unstable();
    ties.dedup();
    println!("// {} different chances of {}", ties.len(), judged.len());
    let wrong = judged.iter().filter(|(p, pair)| (*p >= 0.5) != pair.same);
    for (p, pair) in wrong.filter(|(_, pair)| shown.iter().any(|of| pair.rule == of)).take(40) {
        println!("//   {p:.3} {} | {} | same: {}", pair.left, pair.right, pair.same);
    }
}
