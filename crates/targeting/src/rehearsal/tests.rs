//! Strategies over a made-up table of twenty weeks: what they may not do, whatever the table says,
//! and what their figures must come to. How well they do on real tables is in `docs/science.md`.

use std::collections::BTreeSet;

use super::*;
use crate::consignment::Direction;
use crate::facts::tests::sample;
use crate::party::{Party, Role};

/// Twenty weeks of sixty consignments: goods of some HS codes and senders are mostly bad, and
/// a tenth of all others.
fn traffic(seed: u64) -> Traffic {
    let mut dice = Seed::from_number(seed).stream(b"test traffic");
    let rows = (0..20 * 60)
        .map(|n: i32| {
            let mut one = sample();
            one.reference = format!("{n:05}").into();
            one.arrived_on = Day(18_000 + n * 7 / 60);
            one.arrived_at = one.arrived_on.start_micros();
            one.direction = Direction::Import;
            let (kind, sender) = (dice.below(12), dice.below(30));
            let goods = &mut one.goods[0];
            goods.hs = format!("{:06}", 840_000 + kind * 7_919).parse().ok();
            goods.net_mass_g = Some(crate::codes::Mass(1_000 * (1 + dice.below(400)) as i64));
            one.parties.retain(|party| party.role != Role::Consignor);
            one.parties.push(Party::by_code(Role::Consignor, &format!("S{sender}")));
            let chance = if kind < 2 { 0.8 } else { 0.1 };
            let label = match (dice.decide(chance), dice.decide(0.2)) {
                (true, true) => Label::Critical,
                (true, false) => Label::Irregular,
                (false, _) => Label::Clean,
            };
            (one, label)
        })
        .collect();
    Traffic::new(rows)
}

fn settings() -> Settings {
    Settings { budget: 0.10, warm_up: 6, relearn: 3, mimic: false, ..Settings::default() }
}

fn played(traffic: &Traffic, settings: &Settings, strategy: Strategy) -> Played {
    play(traffic, settings, strategy, 3, || {}).unwrap()
}

fn finds(played: &Played) -> usize {
    played.weeks.iter().map(|week| week.found).sum()
}

#[test]
fn weeks_are_of_seven_days_and_a_ragged_end_is_left_out() {
    let whole = traffic(1);
    assert_eq!((whole.weeks(), whole.len()), (20, 1_200));
    let rows = whole.consignments.iter().cloned().zip(whole.labels.iter().copied());
    assert_eq!(Traffic::new(rows.take(1_150).collect()).weeks(), 19);
    assert!(Traffic::new(Vec::new()).is_empty());
}

#[test]
fn every_strategy_keeps_to_its_slots_and_the_same_seed_plays_the_same() {
    let traffic = traffic(1);
    for &strategy in Strategy::ALL {
        let one = played(&traffic, &settings(), strategy);
        assert_eq!(one.weeks.len(), 14);
        for week in &one.weeks {
            let slots = (0.10 * week.arrived as f64).round();
            assert!((week.inspected as f64 - slots).abs() <= 1.0, "{strategy}");
            assert!((week.chance.1 * week.arrived as f64 - slots).abs() < 1e-6, "{strategy}");
            assert_eq!(week.chance.0 == 0.0, strategy == Strategy::Greedy, "{strategy}");
            assert!(week.found <= week.truth);
        }
        let again = played(&traffic, &settings(), strategy);
        let told = |of: &Played| -> Vec<(usize, u64)> {
            windows(of, 1)
                .iter()
                .zip(&of.weeks)
                .map(|(window, week)| (week.found, window.estimated.estimate.to_bits()))
                .collect()
        };
        assert_eq!(told(&one), told(&again), "{strategy}");
    }
}

#[test]
fn skill_finds_more_than_chance_and_ours_nearly_as_much_as_greedy() {
    let traffic = traffic(2);
    let [random, greedy, ours] = [Strategy::Random, Strategy::Greedy, Strategy::Ours]
        .map(|strategy| finds(&played(&traffic, &settings(), strategy)));
    assert!(greedy > 2 * random, "{greedy} against {random}");
    assert!(ours as f64 > 0.8 * greedy as f64, "{ours} against {greedy}");
}

/// What is never inspected teaches nothing: turning its labels round changes no list.
#[test]
fn only_what_is_inspected_teaches() {
    let traffic = traffic(3);
    for strategy in [Strategy::Greedy, Strategy::Ours] {
        let lists = |labels: &[Label]| -> Vec<Vec<usize>> {
            let changed = Traffic { labels: labels.to_vec(), ..traffic.clone() };
            inspected(&changed, strategy)
        };
        let before = lists(&traffic.labels);
        let opened: BTreeSet<usize> = before.iter().flatten().copied().collect();
        let start = traffic.weeks[settings().warm_up].start;
        let turned: Vec<Label> = (traffic.labels.iter().enumerate())
            .map(|(n, label)| match label {
                _ if n < start || opened.contains(&n) => *label,
                Label::Clean => Label::Critical,
                Label::Irregular | Label::Critical => Label::Clean,
            })
            .collect();
        assert_ne!(turned, traffic.labels);
        assert_eq!(lists(&turned), before, "{strategy}");
    }
}

/// The positions that a strategy opens, week by week.
fn inspected(traffic: &Traffic, strategy: Strategy) -> Vec<Vec<usize>> {
    let mut lists = Vec::new();
    watch(traffic, &settings(), strategy, 3, |_, range, drawn| {
        let mut list: Vec<usize> = drawn.list.iter().map(|n| range.start + n).collect();
        list.sort_unstable();
        lists.push(list);
    })
    .unwrap();
    lists
}

#[test]
fn a_mimic_learns_nothing_from_chance_and_much_from_greed() {
    let traffic = traffic(4);
    let watched = Settings { mimic: true, ..settings() };
    let met = |strategy| played(&traffic, &watched, strategy).mimic_meets;
    // Two weeks are left to act in after twelve of watching.
    let chance = met(Strategy::Random).unwrap();
    assert!((chance - 1.0).abs() < 0.05, "{chance}");
    assert!(met(Strategy::Greedy).unwrap() < 0.5);
}

#[test]
fn six_in_ten_of_the_bad_change_their_ways_and_nobody_else_does() {
    let traffic = traffic(5);
    let from = traffic.weeks[10].start;
    for &how in Adaptation::ALL {
        let adapted = how.apply(&traffic.consignments, &traffic.labels, Target::Irregular, from, 1);
        let bad = |n: &usize| traffic.labels[*n].irregular();
        let later: Vec<usize> = (from..traffic.len()).filter(bad).collect();
        let moved = adapted.moved.iter().filter(|moved| **moved).count();
        let share = moved as f64 / later.len() as f64;
        assert!((0.45..0.75).contains(&share), "{how}: {share}");
        for n in 0..traffic.len() {
            let same = adapted.consignments[n] == traffic.consignments[n];
            assert!(same || adapted.moved[n], "{how}: {n}");
            assert_eq!(adapted.consignments[n].reference, traffic.consignments[n].reference);
            assert_eq!(adapted.consignments[n].arrived_on, traffic.consignments[n].arrived_on);
            assert!(!adapted.moved[n] || (n >= from && traffic.labels[n].irregular()));
        }
    }
}

#[test]
fn figures_are_means_over_seeds_against_greedy_of_the_same_seed() {
    let traffic = traffic(6);
    let settings = settings();
    let plays: Vec<Played> = [Strategy::Greedy, Strategy::Ours]
        .into_iter()
        .flat_map(|strategy| (1..=3).map(move |seed| (strategy, seed)))
        .map(|(strategy, seed)| play(&traffic, &settings, strategy, seed, || {}).unwrap())
        .collect();
    let of = |strategy| -> Vec<&Played> {
        plays.iter().filter(|one| one.strategy == strategy).collect()
    };
    let greedy = summarise(&of(Strategy::Greedy), &of(Strategy::Greedy));
    assert_eq!(greedy.finds_vs_greedy.map(|mean| mean.mean), Some(1.0));
    let ours = summarise(&of(Strategy::Ours), &of(Strategy::Greedy));
    let ratio: f64 = (of(Strategy::Ours).iter().zip(of(Strategy::Greedy)))
        .map(|(ours, greedy)| finds(ours) as f64 / finds(greedy) as f64)
        .sum::<f64>()
        / 3.0;
    assert!((ours.finds_vs_greedy.unwrap().mean - ratio).abs() < 1e-12);
    assert!(ours.coverage_13w.is_some() && ours.floor.unwrap().mean > 0.0);
    assert_eq!(ours.recall_moved, None);
}

#[test]
fn what_cannot_be_played_is_refused_with_the_next_step() {
    let traffic = traffic(7);
    let told = |settings: Settings| {
        play(&traffic, &settings, Strategy::Ours, 1, || {}).unwrap_err().to_string()
    };
    assert!(told(Settings { warm_up: 19, ..settings() }).contains("--warm-up"));
    let clean = Traffic { labels: vec![Label::Clean; traffic.len()], ..traffic.clone() };
    let error = play(&clean, &settings(), Strategy::Ours, 1, || {}).unwrap_err();
    assert!(error.to_string().contains("too few to start from"));
}
