//! The estimate is right on average: shown by walking every way a draw can fall. Its interval
//! covers: shown on populations whose truth is known.

use super::*;
use crate::outcome::Modality;
use crate::plan::{Candidate, Capacity, CapacityLine, Seed, Terms, chances, draw, pivotal};

fn unit(chance: f64, expected: f64) -> Unit {
    Unit {
        chance,
        expected,
        detection: 1.0,
        channel: if chance < 1.0 { Channel::Random } else { Channel::Risk },
        drawn: false,
        result: None,
    }
}

fn done(unit: Unit, found: bool) -> Unit {
    Unit { drawn: true, result: Some(found), ..unit }
}

fn tally(units: &[Unit]) -> Tally {
    let mut tally = Tally::default();
    units.iter().for_each(|unit| tally.add(unit));
    tally
}

fn measure(units: &[Unit]) -> Iceberg {
    iceberg([&tally(units)])
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{a} is not {b}");
}

/// Every list the draw can give, with its probability: walks both sides of every decision.
fn every_draw(chances: &[f64]) -> Vec<(f64, Vec<u32>)> {
    let mut lists = Vec::new();
    let mut script: Vec<bool> = Vec::new();
    loop {
        let (mut at, mut weight) = (0, 1.0);
        let pool = chances.iter().enumerate().map(|(n, &chance)| (n as u32, chance));
        let list = pivotal(pool, |chance| {
            if at == script.len() {
                script.push(true);
            }
            at += 1;
            weight *= if script[at - 1] { chance } else { 1.0 - chance };
            script[at - 1]
        });
        script.truncate(at);
        lists.push((weight, list));
        while script.last() == Some(&false) {
            script.pop();
        }
        match script.last_mut() {
            Some(last) => *last = false,
            None => return lists,
        }
    }
}

/// Every subset of the drawn, as the irregular among them that the inspection does find.
fn subsets(of: usize) -> impl Iterator<Item = Vec<bool>> {
    (0..1_u32 << of).map(move |bits| (0..of).map(|n| bits >> n & 1 == 1).collect())
}

const WHOLE: [f64; 6] = [0.3, 0.9, 0.05, 0.45, 0.2, 0.1];
const BROKEN: [f64; 5] = [0.7, 0.15, 0.6, 0.2, 0.95];

#[test]
fn the_draw_keeps_every_chance_and_its_length() {
    for chances in [&WHOLE[..], &BROKEN[..]] {
        let sum: f64 = chances.iter().sum();
        let lists = every_draw(chances);
        assert!(lists.len() > 5);
        near(lists.iter().map(|(weight, _)| weight).sum(), 1.0);
        for (n, &chance) in chances.iter().enumerate() {
            let with = lists.iter().filter(|(_, list)| list.contains(&(n as u32)));
            near(with.map(|(weight, _)| weight).sum(), chance);
        }
        for (weight, list) in lists.iter().filter(|(weight, _)| *weight > 1e-12) {
            assert!((list.len() as f64 - sum).abs() < 1.0 + 1e-9, "{weight}: {list:?}");
        }
    }
}

/// With any truth, any model and imperfect detection, over every draw and every oversight.
#[test]
fn the_estimate_is_right_on_average() {
    let expected = [0.5, 0.02, 0.9, 0.0, 0.3, 1.0];
    let detection = [1.0, 0.6, 0.35, 0.8, 1.0, 0.5];
    for chances in [&WHOLE[..], &BROKEN[..]] {
        let lists = every_draw(chances);
        for truth in subsets(chances.len()) {
            let mut mean = 0.0;
            for (weight, list) in &lists {
                for seen in subsets(list.len()) {
                    let mut units: Vec<Unit> = (0..chances.len())
                        .map(|n| Unit { detection: detection[n], ..unit(chances[n], expected[n]) })
                        .collect();
                    // One more that is certain, irregular, and overlooked in one of four.
                    units.push(done(Unit { detection: 0.75, ..unit(1.0, 0.1) }, true));
                    let mut weight = *weight;
                    for (&n, &seen) in list.iter().zip(&seen) {
                        let n = n as usize;
                        let finds = if truth[n] { detection[n] } else { 0.0 };
                        weight *= if seen { finds } else { 1.0 - finds };
                        units[n] = done(units[n], seen);
                    }
                    mean += 0.75 * weight * measure(&units).unclipped;
                    let last = units.len() - 1;
                    units[last].result = Some(false);
                    mean += 0.25 * weight * measure(&units).unclipped;
                }
            }
            let irregular = 1.0 + truth.iter().filter(|&&irregular| irregular).count() as f64;
            near(mean, irregular);
        }
    }
}

/// Two are drawn and either is left undone, by chance: still right on average.
#[test]
fn what_is_missing_by_chance_does_not_bias() {
    let expected = [0.5, 0.02, 0.9, 0.0, 0.3, 0.7];
    let lists = every_draw(&WHOLE);
    for truth in subsets(WHOLE.len()) {
        let mut mean = 0.0;
        for (weight, list) in lists.iter().filter(|(weight, _)| *weight > 1e-12) {
            assert_eq!(list.len(), 2);
            for undone in list {
                let mut units: Vec<Unit> =
                    (0..WHOLE.len()).map(|n| unit(WHOLE[n], expected[n])).collect();
                for &n in list {
                    units[n as usize] = done(units[n as usize], truth[n as usize]);
                }
                units[*undone as usize].result = None;
                let iceberg = measure(&units);
                assert_eq!((iceberg.missing, iceberg.inspected), (1, 1));
                assert!(iceberg.assumptions.contains(&Assumption::MissingAtRandom));
                mean += weight / 2.0 * iceberg.unclipped;
            }
        }
        near(mean, truth.iter().filter(|&&irregular| irregular).count() as f64);
    }
}

#[test]
fn a_census_is_a_count() {
    let units: Vec<Unit> =
        (0..1000).map(|n| done(unit(1.0, n as f64 / 1000.0), n % 7 == 0)).collect();
    let iceberg = measure(&units);
    assert_eq!(iceberg.found, 143);
    near(iceberg.estimate, 143.0);
    near(iceberg.low, 143.0);
    near(iceberg.high, 143.0);
    near(iceberg.missed.high, 0.0);
    near(iceberg.found_share.unwrap().low, 1.0);
    assert_eq!(iceberg.assumptions, [Assumption::ChancesAsRecorded]);
}

#[test]
fn a_census_that_can_overlook_is_not_a_count() {
    let units: Vec<Unit> =
        (0..1000).map(|n| done(Unit { detection: 0.5, ..unit(1.0, 0.02) }, n < 10)).collect();
    let iceberg = measure(&units);
    near(iceberg.estimate, 20.0);
    assert!(iceberg.low < 15.0 && iceberg.high > 25.0, "{iceberg:?}");
    assert!(iceberg.assumptions.contains(&Assumption::DetectionKnown));
}

#[test]
fn zero_finds_leave_a_bound_and_not_a_zero() {
    for expected in [0.0, 0.001] {
        let units: Vec<Unit> = (0..3000)
            .map(|n| {
                let unit = unit(0.01, expected);
                if n % 100 == 0 { done(unit, false) } else { unit }
            })
            .collect();
        let iceberg = measure(&units);
        assert_eq!((iceberg.found, iceberg.low), (0, 0.0));
        // None of 30: the "rule of three" has 10 %, the score bound 3.84 / 30.
        assert!(iceberg.high > 280.0 && iceberg.high < 400.0, "{iceberg:?}");
        assert!(iceberg.assumptions.contains(&Assumption::FewFinds));
        assert_eq!(iceberg.naive, Some(0.0));
    }
}

/// A find where the model expected nothing and few were drawn must not hide behind the well
/// drawn part that the model did expect.
#[test]
fn a_find_where_none_was_expected_widens_the_interval() {
    let looked_for = (0..100).map(|n| (n, unit(0.5, 0.2), 50, 10));
    let unexpected = (0..1000).map(|n| (n, unit(0.01, 0.0), 10, 1));
    let units: Vec<Unit> = looked_for
        .chain(unexpected)
        .map(|(n, unit, drawn, found)| if n < drawn { done(unit, n < found) } else { unit })
        .collect();
    let iceberg = measure(&units);
    near(iceberg.estimate, 120.0);
    assert!(iceberg.low < 40.0 && iceberg.high > 300.0, "{iceberg:?}");
}

#[test]
fn officers_finds_count_as_found_and_move_no_estimate() {
    let drawn = done(unit(0.1, 0.2), false);
    let quiet = [drawn, unit(0.1, 0.2), unit(0.2, 0.1), unit(0.3, 0.3)];
    let mut chosen = quiet;
    chosen[1] = Unit { channel: Channel::Officer, result: Some(true), ..quiet[1] };
    let (before, after) = (measure(&quiet), measure(&chosen));
    assert_eq!(before.unclipped.to_bits(), after.unclipped.to_bits());
    assert_eq!((before.found, after.found, after.inspected), (0, 1, 2));
    assert!(after.low >= 1.0 && after.estimate >= 1.0);
    assert!(after.assumptions.contains(&Assumption::OfficersOutsideSample));
    // Drawn or not, an officer's choice is no part of the sample.
    chosen[1].drawn = true;
    assert_eq!(measure(&chosen), after);

    // One that no plan listed stands for itself.
    let unlisted = Unit { channel: Channel::Officer, result: Some(true), ..unit(1.0, 0.1) };
    let more = measure(&[drawn, quiet[1], quiet[2], quiet[3], unlisted]);
    near(more.unclipped, before.unclipped + 1.0);
}

#[test]
fn a_group_where_nothing_was_done_is_left_open() {
    let seen: Vec<Unit> = (0..500)
        .map(|n| if n % 5 == 0 { done(unit(0.2, 0.1), n % 50 == 0) } else { unit(0.2, 0.1) })
        .collect();
    let mut idle = seen.clone();
    idle.iter_mut().for_each(|unit| unit.result = None);
    let (seen, idle) = (tally(&seen), tally(&idle));
    let alone = iceberg([&seen]);
    let both = iceberg([&seen, &idle]);
    assert_eq!(both.missing, 100);
    near(both.estimate, alone.estimate + 50.0);
    near(both.low, alone.low);
    near(both.high, alone.high + 500.0);
    assert!(both.assumptions.contains(&Assumption::GroupsUnseen));

    let nothing = iceberg([&idle]);
    assert_eq!((nothing.low, nothing.high, nothing.naive), (0.0, 500.0, None));
}

#[test]
fn missing_certain_ones_widen_the_interval() {
    let all: Vec<Unit> = (0..400).map(|n| done(unit(1.0, 0.25), n % 4 == 0)).collect();
    let mut half = all.clone();
    for unit in half.iter_mut().skip(200) {
        unit.result = None;
    }
    let half = measure(&half);
    assert_eq!((half.missing, half.inspected, half.found), (200, 200, 50));
    near(half.estimate, 100.0);
    assert!(half.low < 85.0 && half.low > 50.0 && half.high > 115.0, "{half:?}");
}

#[test]
fn the_whole_is_the_sum_of_its_groups() {
    let units: Vec<(u32, Unit)> = (0..4000_u32)
        .map(|n| {
            let chance = if n % 40 == 0 { 1.0 } else { 0.01 + f64::from(n % 13) / 100.0 };
            let unit = unit(chance, f64::from(n % 17) / 50.0);
            let drawn = chance >= 1.0 || n % 14 == 3;
            (n / 1000, if drawn { done(unit, n % 3 == 0) } else { unit })
        })
        .collect();
    let groups = tallies(units);
    assert_eq!(groups.len(), 4);
    let parts: Vec<Iceberg> = groups.values().map(|group| iceberg([group])).collect();
    let whole = iceberg(groups.values());
    let total = |of: fn(&Iceberg) -> u64| parts.iter().map(of).sum::<u64>();
    near(whole.unclipped, parts.iter().map(|part| part.unclipped).sum());
    assert_eq!(whole.population, total(|part| part.population));
    assert_eq!(whole.found, total(|part| part.found));
    assert_eq!(whole.inspected, total(|part| part.inspected));
    assert_eq!(whole.tail_found, total(|part| part.tail_found));
    // Errors of different groups cancel in part.
    let width = |part: &Iceberg| part.high - part.low;
    assert!(width(&whole) < parts.iter().map(width).sum());
    let naive = whole.found as f64 / whole.inspected as f64 * whole.population as f64;
    assert_eq!(whole.naive, Some(naive));
    assert_eq!(iceberg([]).estimate, 0.0);
}

#[test]
fn the_iceberg_is_kept_within_the_possible() {
    // One find at a small chance: the weighted sum alone would claim 500 of 100.
    let mut units = vec![unit(0.002, 0.0); 100];
    units[0] = done(units[0], true);
    let iceberg = measure(&units);
    assert!(iceberg.unclipped > 499.0);
    assert_eq!((iceberg.estimate, iceberg.high), (100.0, 100.0));
    assert!(iceberg.low >= 1.0);
    // A model that expects far too much and a draw that finds nothing: below zero unclipped.
    let mut units = vec![unit(0.01, 0.2); 100];
    units[0] = done(units[0], false);
    units[1] = done(units[1], false);
    let iceberg = measure(&units);
    assert!(iceberg.unclipped < 0.0);
    assert_eq!((iceberg.estimate, iceberg.low), (0.0, 0.0));
    assert!(iceberg.high > 50.0, "{iceberg:?}");
    assert_eq!(iceberg.found_share, None);
}

#[test]
fn assumptions_are_stored_under_their_codes() {
    let iceberg = measure(&[done(Unit { detection: 0.9, ..unit(0.5, 0.1) }, true)]);
    let json = serde_json::to_value(&iceberg).unwrap();
    let codes: Vec<&str> = iceberg.assumptions.iter().map(|assumption| assumption.code()).collect();
    assert_eq!(codes, ["chances-as-recorded", "detection-known", "few-finds"]);
    assert_eq!(json["assumptions"], serde_json::json!(codes));
    assert_eq!(serde_json::from_value::<Iceberg>(json).unwrap(), iceberg);
}

/// A traffic with known truth, planned, drawn and inspected many times under different seeds.
struct Trial {
    /// Share of draws whose 95 % interval holds the truth.
    covered: f64,
    /// The same for estimate ± 1.96 standard errors from the drawn.
    covered_wald: f64,
    /// Mean error and its standard error, in irregular consignments.
    bias: f64,
    bias_error: f64,
}

/// `trust` is what the model expects over what is true.
fn trial(prevalence: f64, trust: f64, weeks: u64, draws: u64) -> Trial {
    const TRAFFIC: usize = 3000;
    let capacity = Capacity {
        lines: [(Modality::Unpack, 2000, 20, 0.95), (Modality::Scan, 250, 5, 0.7)]
            .map(|(modality, minutes_available, minutes_each, detection)| CapacityLine {
                modality,
                minutes_available,
                minutes_each,
                detection,
            })
            .to_vec(),
    };
    let ids: Vec<String> = (0..TRAFFIC).map(|n| format!("C-{n}")).collect();
    let mut truth = 0.0;
    let plans: Vec<_> = (0..weeks)
        .map(|week| {
            let seed = Seed::from_number(week);
            let mut stream = seed.stream(b"truth");
            // Skewed risks: the top fifth of the list holds about two thirds of the irregular.
            let shape: Vec<f64> = (0..TRAFFIC).map(|_| stream.fraction().powi(4)).collect();
            let risk = |n: usize| (5.0 * prevalence * shape[n]).min(0.95);
            let irregular: Vec<bool> = (0..TRAFFIC).map(|n| stream.decide(risk(n))).collect();
            truth += irregular.iter().filter(|&&irregular| irregular).count() as f64;
            let expected: Vec<f64> = (0..TRAFFIC).map(|n| (trust * risk(n)).min(1.0)).collect();
            let candidates: Vec<Candidate<'_>> = (0..TRAFFIC)
                .map(|n| Candidate {
                    id: &ids[n],
                    risk: risk(n),
                    chance_irregular: expected[n],
                    must: false,
                })
                .collect();
            let chances = chances(&candidates, &capacity, Terms::default(), &seed).unwrap();
            (chances, irregular, expected)
        })
        .collect();

    let (mut covered, mut covered_wald) = (0.0, 0.0);
    let (mut sum, mut square) = (0.0, 0.0);
    for number in 0..draws {
        let mut variance = 0.0;
        let groups: Vec<Tally> = (plans.iter().zip(0_u64..))
            .map(|((chances, irregular, expected), week)| {
                let seed = Seed::from_number(1_000_000 + number * weeks + week);
                let mut oversight = seed.stream(b"oversight");
                let detection = chances.tail_detection().unwrap();
                let mut units: Vec<Unit> = chances
                    .iter()
                    .zip(expected)
                    .map(|((chance, channel), &expected)| Unit {
                        detection,
                        channel,
                        ..unit(chance, expected)
                    })
                    .collect();
                for selection in draw(chances, &seed).selections {
                    let at = selection.candidate;
                    let found = oversight.decide(selection.detection) && irregular[at];
                    units[at].detection = selection.detection;
                    units[at] = done(units[at], found);
                    let z = if found { 1.0 / selection.detection } else { 0.0 };
                    let (pi, m) = (selection.chance, units[at].expected);
                    variance += (1.0 - pi) / (pi * pi) * (z - m).powi(2);
                }
                tally(&units)
            })
            .collect();
        let iceberg = iceberg(&groups);
        let error = iceberg.unclipped - truth;
        covered += f64::from(u8::from(iceberg.low <= truth && truth <= iceberg.high));
        covered_wald += f64::from(u8::from(error.abs() <= Z * variance.sqrt()));
        sum += error;
        square += error * error;
    }
    let n = draws as f64;
    let bias = sum / n;
    Trial {
        covered: covered / n,
        covered_wald: covered_wald / n,
        bias,
        bias_error: (square / n - bias * bias).sqrt() / n.sqrt(),
    }
}

fn covers(prevalence: f64, trust: f64, weeks: u64, draws: u64) -> Trial {
    let trial = trial(prevalence, trust, weeks, draws);
    let Trial { covered, bias, bias_error, .. } = trial;
    assert!((0.90..=1.0).contains(&covered), "{covered} at {prevalence}, {trust}, {weeks}");
    assert!(bias.abs() < 3.5 * bias_error, "{bias} ± {bias_error} at {prevalence}, {trust}");
    trial
}

#[test]
fn the_interval_covers_what_is_common() {
    covers(0.21, 1.0, 1, 800);
    covers(0.21, 1.0, 8, 200);
    covers(0.21, 0.6, 1, 800);
}

#[test]
fn the_interval_covers_what_is_rare_where_the_usual_one_does_not() {
    assert!(covers(0.01, 1.0, 1, 800).covered_wald < 0.8);
    assert!(covers(0.01, 1.0, 8, 200).covered_wald < 0.8);
    // With a model that expects half of what is there, the usual interval is nearly always wrong.
    assert!(covers(0.01, 0.5, 1, 800).covered_wald < 0.2);
    covers(0.01, 2.0, 1, 800);
}
