//! The estimate is right on average: shown by walking every way a draw can fall, also where scans
//! are verified in part and for what a rival would have found. That the intervals cover is shown
//! in `coverage.rs`.

use super::*;
use crate::plan::pivotal;

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
        // None of 30 at 1 % each: ln 0.05 / ln 0.99.
        assert!((iceberg.high - 298.07).abs() < 0.01, "{iceberg:?}");
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

/// The smallest chances first: with unequal ones the bound is what those could hide.
#[test]
fn zero_finds_with_unequal_chances_are_bounded_by_the_smallest() {
    let hidden = (0..100).map(|n| (n, unit(0.02, 0.0)));
    let open = (0..1000).map(|n| (n, unit(0.1, 0.0)));
    let units: Vec<Unit> = hidden
        .chain(open)
        .map(|(n, unit)| if n % 50 == 0 { done(unit, false) } else { unit })
        .collect();
    let iceberg = measure(&units);
    let hide: f64 = 100.0 * 0.98_f64.ln();
    let bound = 100.0 + (0.05_f64.ln() - hide) / 0.9_f64.ln();
    // The score interval, which supposes one find at the smallest chance, is beyond it here.
    assert!(iceberg.high > bound && bound > 100.0, "{bound}: {iceberg:?}");
    // With chances near one nothing can hide.
    let seen: Vec<Unit> = (0..50).map(|_| done(unit(0.999_999, 0.0), false)).collect();
    assert!(measure(&seen).high < 1.0);
}

/// Over every draw, every alarm of the scan and every draw of the verification, whatever the scan
/// is thought to detect.
#[test]
fn two_steps_are_right_on_average_whatever_the_scan_detects() {
    let expected = [0.5, 0.02, 0.9, 0.0, 0.3];
    let detects = [0.9, 0.1, 0.5, 0.0, 0.7];
    let two_step = TwoStep { verified: 0.3, thought: 0.8 };
    let lists = every_draw(&BROKEN);
    for truth in subsets(BROKEN.len()) {
        let mut mean = 0.0;
        for (weight, list) in &lists {
            for (alarms, verifies) in subsets(list.len())
                .flat_map(|alarms| subsets(list.len()).map(move |v| (alarms.clone(), v)))
            {
                let mut weight = *weight;
                let mut units: Vec<Unit> = (0..BROKEN.len())
                    .map(|n| unit(BROKEN[n], expected[n]))
                    .map(|unit| Unit { detection: two_step.detection(), ..unit })
                    .collect();
                for ((&n, &alarm), &verify) in list.iter().zip(&alarms).zip(&verifies) {
                    let n = n as usize;
                    // A scan may alarm at clean goods as well.
                    let alarming = if truth[n] { detects[n] } else { 0.2 };
                    weight *= if alarm { alarming } else { 1.0 - alarming };
                    weight *= if verify { 0.3 } else { 0.7 };
                    let ended = match (alarm, verify) {
                        (true, _) => Ended::Alarmed { found: truth[n] },
                        (false, true) => Ended::Verified { found: truth[n] },
                        (false, false) => Ended::Silent,
                    };
                    units[n] = Unit { drawn: true, ..two_step.unit(units[n], ended) };
                }
                mean += weight * measure(&units).unclipped;
            }
        }
        near(mean, truth.iter().filter(|&&irregular| irregular).count() as f64);
    }
}

#[test]
fn a_verification_left_undone_is_missing() {
    let two_step = TwoStep { verified: 0.2, thought: 0.6 };
    let ended = |ended| Unit { drawn: true, ..two_step.unit(unit(0.5, 0.1), ended) };
    let iceberg = measure(&[ended(Ended::NotVerified), ended(Ended::Silent), unit(0.5, 0.1)]);
    assert_eq!((iceberg.missing, iceberg.inspected), (1, 1));
    let mut tally = Tally::default();
    tally.add_two_step(
        &Unit { drawn: true, ..unit(0.5, 0.1) },
        two_step,
        Ended::Verified { found: true },
    );
    let iceberg = super::iceberg([&tally]);
    assert!(iceberg.assumptions.contains(&Assumption::ScansVerified));
    assert!(!iceberg.assumptions.contains(&Assumption::DetectionKnown));
    near(iceberg.unclipped, 0.1 + (1.0 / 0.2 - 0.1) / 0.5);
    let seed = crate::plan::Seed::from_number(3);
    let wanted = (0..10_000).filter(|n| two_step.wants(&seed, &format!("C-{n}"))).count();
    assert!((1_850..2_150).contains(&wanted), "{wanted}");
    near(two_step.detection(), 1.0 / 2.6);
    // All verified is as good as unpacking at once.
    near(TwoStep { verified: 1.0, thought: 0.1 }.detection(), 1.0);
}

#[test]
fn tests_of_the_detection_widen_the_interval_and_move_nothing() {
    let units: Vec<Unit> = (0..2000)
        .map(|_| Unit { detection: 0.6, ..unit(0.1, 0.1) })
        .enumerate()
        .map(|(n, unit)| if n % 10 == 0 { done(unit, n % 100 == 0) } else { unit })
        .collect();
    let tally = tally(&units);
    let known = iceberg([&tally]);
    let tested = |tests| iceberg_tested([&tally], Some(tests));
    assert_eq!(known.unclipped, tested(10).unclipped);
    let width = |iceberg: &Iceberg| iceberg.high - iceberg.low;
    assert!(width(&tested(10)) > 1.05 * width(&tested(1_000)));
    assert!(width(&tested(1_000_000)) < 1.001 * width(&known));
    assert!(tested(10).assumptions.contains(&Assumption::DetectionTested));
    assert!(!tested(10).assumptions.contains(&Assumption::DetectionKnown));
}

#[test]
fn a_ranking_takes_the_highest_and_shares_among_the_alike() {
    assert_eq!(shares(&[0.1, 0.9, 0.5, 0.5], 2), [0.0, 1.0, 0.5, 0.5]);
    assert_eq!(shares(&[1.0, 0.0, 1.0, -2.0], 3), [1.0, 0.0, 1.0, 0.0]);
    assert_eq!(shares(&[1.0, 1.0, 1.0, 1.0], 1), [0.25; 4]);
    assert_eq!(shares(&[], 5), [0.0; 0]);
}

/// Over every draw and oversight: what a rival would have found, whatever its list is.
#[test]
fn the_value_of_a_rival_is_right_on_average() {
    let expected = [0.5, 0.02, 0.9, 0.0, 0.3];
    let detection = [1.0, 0.6, 0.35, 0.8, 1.0];
    let scores = [0.2, 0.9, 0.9, 0.9, 0.1];
    let taken = shares(&scores, 2);
    let lists = every_draw(&BROKEN);
    for truth in subsets(BROKEN.len()) {
        let mut mean = 0.0;
        for (weight, list) in &lists {
            for seen in subsets(list.len()) {
                let mut units: Vec<Unit> = (0..BROKEN.len())
                    .map(|n| Unit { detection: detection[n], ..unit(BROKEN[n], expected[n]) })
                    .collect();
                let mut weight = *weight;
                for (&n, &seen) in list.iter().zip(&seen) {
                    let n = n as usize;
                    let finds = if truth[n] { detection[n] } else { 0.0 };
                    weight *= if seen { finds } else { 1.0 - finds };
                    units[n] = done(units[n], seen);
                }
                mean += weight * rival::unclipped([RivalPlan { units: &units, shares: &taken }]);
            }
        }
        let finds: f64 = (0..BROKEN.len())
            .map(|n| taken[n] * detection[n] * f64::from(u8::from(truth[n])))
            .sum();
        near(mean, finds);
    }
}

#[test]
fn a_rival_that_takes_the_drawn_list_has_found_what_was_found() {
    let units: Vec<Unit> = (0..300)
        .map(|n| {
            let certain = n < 20;
            let unit = unit(if certain { 1.0 } else { 0.05 }, if certain { 0.4 } else { 0.02 });
            if certain || n % 20 == 0 { done(unit, n % 4 == 0) } else { unit }
        })
        .collect();
    let core: Vec<f64> = (0..300).map(|n| if n < 20 { 1.0 } else { 0.0 }).collect();
    let same = value([RivalPlan { units: &units, shares: &core }]);
    for finds in [same.finds.estimate, same.finds.low, same.finds.high] {
        near(finds, 5.0);
    }
    assert_eq!((same.done, same.found, same.known), (34, 19, 20));
    near(same.effective, 20.0);
    near(same.self_normalised.unwrap(), 5.0);
    // One that goes elsewhere rests on the few drawn there.
    let other: Vec<f64> = (0..300).map(|n| if n >= 280 { 1.0 } else { 0.0 }).collect();
    let other = value([RivalPlan { units: &units, shares: &other }]);
    assert_eq!((other.known, other.taken), (1, 20.0));
    assert!(other.finds.high > other.finds.low + 5.0, "{other:?}");
    near(other.effective, 1.0);
    near(other.gain.high, other.finds.high - 19.0);
}
