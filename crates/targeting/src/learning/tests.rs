//! Tests of learning on made-up lessons whose truth is known.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::backtest::limits;
use super::*;
use crate::consignment::Regime;
use crate::feature::column;
use crate::model::Params;
use crate::outcome::Label;

struct Dice(ChaCha8Rng);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(ChaCha8Rng::seed_from_u64(seed))
    }

    fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn chance(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

/// Lessons over 200 days. The mass raises the chance of parcels; of freight it does by `freight`.
fn made_up(seed: u64, count: usize, freight: f64) -> Lessons {
    let mut dice = Dice::new(seed);
    let [mass, value, parcel, inspected] =
        ["goods.mass", "goods.value", "procedure.parcel", "goods_exact.inspected"]
            .map(|code| column(code).unwrap());
    let mut lessons = Lessons::default();
    for n in 0..count {
        let regime = if dice.share() < 0.5 { Regime::Parcel } else { Regime::Freight };
        let (x, y) = (dice.share(), dice.share());
        let slope = if regime == Regime::Parcel { 4.0 } else { freight };
        let dirty = dice.share() < chance(slope * (x - 0.5) + y - 2.0);
        let label = if dirty { Label::Irregular } else { Label::Clean };
        let day = Day((n * 200 / count) as i32);
        let columns = [
            (mass, x),
            (value, y),
            (parcel, f64::from(u8::from(regime == Regime::Parcel))),
            (inspected, 1.0),
        ];
        lessons.push_made_up(&columns, regime, day, Lesson::plain(label));
    }
    lessons
}

fn candidate(lessons: &Lessons) -> Candidate {
    learn(lessons, "M-1".to_owned(), Timestamp::UNIX_EPOCH, 1, |_| ()).unwrap()
}

#[test]
fn regimes_get_experts_where_they_differ_and_none_where_they_do_not() {
    let experts = |lessons: &Lessons| {
        let candidate = candidate(lessons);
        let card = candidate.backtest.card.unwrap();
        let trials: Vec<(String, bool)> =
            card.for_irregular.experts.into_iter().map(|trial| (trial.part, trial.kept)).collect();
        let content = &candidate.model.content().irregular;
        let gates: Vec<f64> = content.experts.iter().map(|expert| expert.gate.to).collect();
        assert_eq!(gates.len(), trials.iter().filter(|(_, kept)| *kept).count());
        trials
    };
    // The shared trees read no feature of the route here, so they cannot tell regimes apart: in
    // one world that costs them much, in the other nothing.
    let apart = experts(&made_up(1, 6_000, -4.0));
    assert!(apart.iter().any(|(_, kept)| *kept), "{apart:?}");
    let alike = experts(&made_up(1, 6_000, 4.0));
    assert!(alike.iter().all(|(_, kept)| !kept), "{alike:?}");
}

#[test]
fn the_same_lessons_and_seed_give_the_same_model() {
    let lessons = made_up(3, 1_500, 1.0);
    assert_eq!(candidate(&lessons).model.hash(), candidate(&lessons).model.hash());
}

#[test]
fn the_card_counts_every_judged_row_once_and_says_its_limits() {
    let lessons = made_up(2, 3_000, 4.0);
    let backtest = candidate(&lessons).backtest;
    let judged = backtest.irregular.all.as_ref().unwrap().rows;
    let card = backtest.card.clone().unwrap();
    let bins = &card.for_irregular.calibration;
    assert_eq!(bins.iter().map(|bin| bin.rows).sum::<usize>(), judged);
    assert!(bins.windows(2).all(|pair| pair[0].to <= pair[1].from));
    for by in [SliceBy::Office, SliceBy::Transport, SliceBy::TraderSize] {
        let of = card.for_irregular.slices.iter().filter(|slice| slice.by == by);
        assert_eq!(of.map(|slice| slice.rows).sum::<usize>(), judged, "{by:?}");
    }
    let mass = card.for_irregular.effects.iter().find(|effect| effect.feature == "goods.mass");
    let mass = mass.expect("the mass moves the chance most");
    assert!(mass.direction.unwrap() > 0.8 && mass.mean_push > 0.1);
    assert!(mass.points.first().unwrap().push < mass.points.last().unwrap().push);
    let said = |card: &ModelCard, part: &str| {
        let limits = limits(card, &backtest.irregular, &backtest.critical);
        limits.iter().any(|limit| limit.en.contains(part) && !limit.ko.is_empty())
    };
    assert!(said(&card, "200 days"));
    assert!(said(&card, "0 finds of contraband"));
    assert!(said(&card, "No lesson has a recorded chance"));
    let later = Span { last: Day(800), ..card.window };
    assert!(!said(&ModelCard { window: later, ..card.clone() }, "less than a year"));
}

/// A backtest that version 0.1.0 stored: no card, no expected finds.
#[test]
fn a_backtest_of_before_still_reads() {
    let old = r#"{"learned":{"first":18262,"last":18400},"judged":{"first":18401,"last":18500},
        "trials":[{"target":"irregular","groups":["goods","goods_past"],"pr_auc":0.9}],
        "irregular":{"all":null,"new_goods":null},"critical":{"all":null,"new_goods":null}}"#;
    let old = old.replace("18262", &day_as_stored(18_262)).replace("18400", &day_as_stored(18_400));
    let old = old.replace("18401", &day_as_stored(18_401)).replace("18500", &day_as_stored(18_500));
    let read: Backtest = serde_json::from_str(&old).unwrap();
    assert_eq!(read.card, None);
    assert_eq!(read.judged.last, Day(18_500));
}

fn day_as_stored(day: i32) -> String {
    serde_json::to_string(&Day(day)).unwrap()
}

/// Half of what is there is missed wherever the second column is high. Whoever takes a clear at
/// its word learns that there is less; weak clears as part of a lesson bring the truth back.
#[test]
fn labels_that_a_weak_examination_misses_do_not_lower_the_chances() {
    let mut dice = Dice::new(5);
    let mass = column("goods.mass").unwrap();
    let value = column("goods.value").unwrap();
    let (mut weak, mut naive) = (Lessons::default(), Lessons::default());
    let mut truth = Vec::new();
    for n in 0..12_000 {
        let (x, y) = (dice.share(), dice.share());
        let there = chance(3.0 * x - 2.5);
        let detection = if y > 0.5 { 0.5 } else { 1.0 };
        let found = dice.share() < there && dice.share() < detection;
        let label = if found { Label::Irregular } else { Label::Clean };
        let push = |lessons: &mut Lessons, detection| {
            let lesson = Lesson { label, propensity: None, detection };
            lessons.push_made_up(&[(mass, x), (value, y)], Regime::Freight, Day(n / 60), lesson);
        };
        push(&mut weak, detection);
        push(&mut naive, 1.0);
        truth.push((y > 0.5, there));
    }
    assert!(weak.weak_clears() > 3_000 && naive.weak_clears() == 0);
    let ratio = |lessons: &Lessons| {
        let model = candidate(lessons).model;
        let rows: Vec<f64> = (0..lessons.len()).flat_map(|n| lessons.row(n)).copied().collect();
        let mut chances = vec![0.0; lessons.len()];
        let mut critical = chances.clone();
        model.predict(&rows, CATALOGUE.len(), &mut chances, &mut critical);
        [true, false].map(|missed| {
            let of = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>();
            let mine = |n: &usize| truth[*n].0 == missed;
            let expected = of(&mut (0..truth.len()).filter(mine).map(|n| chances[n]));
            expected / of(&mut (0..truth.len()).filter(mine).map(|n| truth[n].1))
        })
    };
    let [weak_where_missed, weak_elsewhere] = ratio(&weak);
    let [naive_where_missed, _] = ratio(&naive);
    assert!((weak_where_missed - 1.0).abs() < 0.1, "{weak_where_missed}");
    assert!((weak_elsewhere - 1.0).abs() < 0.1, "{weak_elsewhere}");
    assert!(naive_where_missed < 0.7, "{naive_where_missed}");
}

#[test]
fn missed_by_hand() {
    // Of 10 in 100, 6 are found: of the 94 that are cleared, 4 hide something.
    assert!((missed(0.1, 0.6) - 4.0 / 94.0).abs() < 1e-12);
    assert_eq!(missed(0.3, 1.0), 0.0);
    assert_eq!(missed(0.0, 0.5), 0.0);
    assert_eq!(missed(1.0, 1.0), 0.0);
}

/// The spread of the members against the true error of the log-odds, over many lessons and few.
#[test]
fn standard_errors_are_of_the_size_of_the_errors() {
    let settings = Params { trees: 40, ..experts::settings(Target::Irregular, None, 7) };
    let errors = |count: usize| {
        let mut dice = Dice::new(count as u64);
        let (mut rows, mut labels) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let x = dice.share();
            rows.push(x);
            labels.push(dice.share() < chance(2.0 * x - 1.5));
        }
        let clusters: Vec<u64> = (0..count as u64).collect();
        let weights = vec![1.0; count];
        let bag = crate::model::fit_bag(&rows, 1, &labels, &weights, &clusters, &settings).unwrap();
        let members = bag.members(settings.members).unwrap();
        let (mut off, mut spread) = (0.0, 0.0);
        for at in 0..50 {
            let row = [(f64::from(at) + 0.5) / 50.0];
            let scores: Vec<f64> = members.iter().map(|member| member.predict_row(&row)).collect();
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            assert!((mean - bag.predict_row(&row)).abs() < 1e-4, "the mean is the score");
            let squares: f64 = scores.iter().map(|score| (score - mean).powi(2)).sum();
            spread += squares / (scores.len() - 1) as f64 / 50.0;
            off += (mean - (2.0 * row[0] - 1.5)).powi(2) / 50.0;
        }
        (off.sqrt(), spread.sqrt())
    };
    let (few, many) = (errors(500), errors(8_000));
    assert!(few.1 > 1.5 * many.1, "few lessons are less sure: {few:?} {many:?}");
    for (off, spread) in [few, many] {
        assert!((0.4..2.5).contains(&(spread / off)), "{few:?} {many:?}");
    }
}
