//! What exploring more while a drift alarm stands costs and brings: a year of one office, with a
//! model as plain as can be (smoothed rates by kind of goods, learned each fourth week from what
//! was inspected), once with a fixed share by chance and once with a share that an alarm raises.
//! Half way, six clean kinds of goods turn bad. Run it with
//! `cargo run --release -p targeting --example explore_on_alarm`.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use targeting::codes::Day;
use targeting::measuring::drift::{DriftWeek, Signal, drift};
use targeting::outcome::Modality;
use targeting::plan::{Candidate, Capacity, CapacityLine, Seed, Terms, chances, draw};

const KINDS: usize = 120;
const A_WEEK: usize = 2_000;
const SLOTS: u32 = 100;
const WEEKS: usize = 52;
const SEEDS: u64 = 40;

/// How much is explored.
#[derive(Clone, Copy)]
enum Explore {
    Always(f64),
    /// The second share while an alarm stands.
    OnAlarm(f64, f64),
}

/// What a year came to: finds before and after the change, whether a quiet half rang, and the week
/// after the change in which the alarm was heard.
struct Year {
    before: f64,
    after: f64,
    false_alarm: bool,
    heard: Option<usize>,
}

fn play(seed: u64, explore: Explore, changes: bool) -> Year {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut truth: Vec<f64> = (0..KINDS)
        .map(|kind| if kind < 8 { 0.45 } else { 0.01 + 0.03 * dice.random::<f64>() })
        .collect();
    // Weighted finds and inspections by kind; a year of fair inspections begins it.
    let mut known: Vec<(f64, f64)> = truth.iter().map(|p| (p * 50.0, 50.0)).collect();
    let base = 0.05;
    let rate = |of: &(f64, f64)| (of.0 + base) / (of.1 + 1.0);
    let mut model: Vec<f64> = known.iter().map(rate).collect();
    let mut weeks: Vec<DriftWeek> = Vec::new();
    let mut year = Year { before: 0.0, after: 0.0, false_alarm: false, heard: None };
    let mut rings = false;
    for week in 0..WEEKS {
        let late = week >= WEEKS / 2;
        if changes && week == WEEKS / 2 {
            truth[20..26].fill(0.5);
        }
        let kinds: Vec<usize> =
            (0..A_WEEK).map(|_| (dice.random::<f64>() * KINDS as f64) as usize).collect();
        let names: Vec<String> = (0..A_WEEK).map(|n| format!("{week}-{n}")).collect();
        let candidates: Vec<Candidate<'_>> = kinds
            .iter()
            .zip(&names)
            .map(|(kind, id)| Candidate {
                id,
                // Nobody's score is exactly another's.
                risk: model[*kind] + 1e-6 * dice.random::<f64>(),
                chance_irregular: model[*kind],
                must: false,
            })
            .collect();
        let share = match explore {
            Explore::Always(share) => share,
            Explore::OnAlarm(quiet, alarm) => {
                if rings {
                    alarm
                } else {
                    quiet
                }
            }
        };
        let capacity = Capacity {
            lines: vec![CapacityLine {
                modality: Modality::Unpack,
                minutes_available: SLOTS,
                minutes_each: 1,
                detection: 1.0,
            }],
        };
        let terms = Terms { explore: share, ..Terms::default() };
        let seed = Seed::from_number(seed * 1_000 + week as u64);
        let known_chances = chances(&candidates, &capacity, terms, &seed).expect("a plan");
        let mut one = DriftWeek::new(Day(7 * week as i32 + 4));
        for selection in draw(&known_chances, &seed).selections {
            let (at, kind) = (selection.candidate, kinds[selection.candidate]);
            let chance = known_chances.chance(at);
            let found = dice.random::<f64>() < truth[kind];
            one.residual.add(chance, model[kind], 1.0, found);
            let weight = (1.0 / chance).min(100.0).sqrt();
            known[kind].0 += if found { weight } else { 0.0 };
            known[kind].1 += weight;
            *if late { &mut year.after } else { &mut year.before } += f64::from(u8::from(found));
        }
        weeks.push(one);
        let from = weeks.len().saturating_sub(26);
        let lines = drift(&weeks[from..]);
        rings = lines.last().is_some_and(|line| line.ringing.contains(&Signal::Calibration));
        if rings && late && changes && year.heard.is_none() {
            year.heard = Some(week - WEEKS / 2 + 1);
        }
        year.false_alarm |= rings && !(late && changes);
        if week % 4 == 3 {
            model = known.iter().map(rate).collect();
            // What was long ago counts less, so that a change is learned at all.
            known.iter_mut().for_each(|of| *of = (of.0 * 0.8, of.1 * 0.8));
        }
    }
    year
}

fn main() {
    println!("{SEEDS} seeds (0 to {}), a change half way; finds a half-year", SEEDS - 1);
    println!(
        "explore        before        after (s.e.)   against .10   heard   week   false alarm"
    );
    let ways = [
        ("always .05", Explore::Always(0.05)),
        ("always .10", Explore::Always(0.10)),
        (".10 -> .20", Explore::OnAlarm(0.10, 0.20)),
        (".10 -> .30", Explore::OnAlarm(0.10, 0.30)),
        ("always .20", Explore::Always(0.20)),
    ];
    let usual: Vec<f64> =
        (0..SEEDS).map(|seed| play(seed, Explore::Always(0.10), true).after).collect();
    for (name, explore) in ways {
        let years: Vec<Year> = (0..SEEDS).map(|seed| play(seed, explore, true)).collect();
        let n = SEEDS as f64;
        let mean = |of: &dyn Fn(&Year) -> f64| years.iter().map(of).sum::<f64>() / n;
        let (before, after) = (mean(&|year| year.before), mean(&|year| year.after));
        let gains: Vec<f64> =
            years.iter().zip(&usual).map(|(year, usual)| year.after - usual).collect();
        let gain = gains.iter().sum::<f64>() / n;
        let error =
            (gains.iter().map(|of| (of - gain).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        let heard: Vec<usize> = years.iter().filter_map(|year| year.heard).collect();
        let week = heard.iter().sum::<usize>() as f64 / heard.len().max(1) as f64;
        let quiet = (0..SEEDS).filter(|seed| play(500 + seed, explore, false).false_alarm).count();
        println!(
            "{name}   {before:9.1}   {after:9.1}   {gain:+7.1} ± {error:.1}   {:3}/{SEEDS}  {week:5.1}   \
             {quiet}/{SEEDS} years",
            heard.len()
        );
    }
}
