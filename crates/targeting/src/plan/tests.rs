//! What a plan promises, shown as verdict tables, and held for any list by property tests.

use proptest::prelude::*;

use super::*;

/// Rows above the first `|` are capacity (`unpack 40/20 .95`: minutes available / each, detection)
/// and terms (`explore .1`); then a row a consignment: what goes in | chance channel and verdict.
fn check(table: &str) {
    let rows: Vec<&str> = table.lines().map(str::trim).filter(|row| !row.is_empty()).collect();
    let (settings, rows): (Vec<&str>, Vec<&str>) = rows.into_iter().partition(|r| !r.contains('|'));
    let (mut capacity, mut terms) = (Capacity::default(), NEYMAN);
    for setting in settings {
        let words: Vec<&str> = setting.split_whitespace().collect();
        match words[..] {
            ["explore", value] => terms.explore = value.parse().unwrap(),
            ["floor", value] => terms.floor = value.parse().unwrap(),
            ["eta", value] => terms.eta = value.parse().unwrap(),
            [modality, minutes, detection] => {
                let (available, each) = minutes.split_once('/').unwrap();
                capacity.lines.push(CapacityLine {
                    modality: modality.parse().unwrap(),
                    minutes_available: available.parse().unwrap(),
                    minutes_each: each.parse().unwrap(),
                    detection: detection.parse().unwrap(),
                });
            }
            _ => panic!("not a setting: {setting}"),
        }
    }
    let candidates: Vec<Candidate<'_>> = rows
        .iter()
        .map(|row| {
            let mut words = row.split('|').next().unwrap().split_whitespace();
            let mut candidate = candidate(words.next().unwrap(), 0.0, 0.2, false);
            for word in words {
                match word.split_once('=') {
                    Some(("risk", value)) => candidate.risk = value.parse().unwrap(),
                    Some(("m", value)) => candidate.chance_irregular = value.parse().unwrap(),
                    None if word == "must" => candidate.must = true,
                    _ => panic!("not a fact: {word}"),
                }
            }
            candidate
        })
        .collect();
    let seed = Seed::from_number(7);
    let chances = chances(&candidates, &capacity, terms, &seed).unwrap();
    let draw = draw(&chances, &seed);
    let told: Vec<String> = (rows.iter().enumerate())
        .map(|(at, row)| {
            let verdict = match draw.selections.iter().find(|line| line.candidate == at) {
                Some(line) => line.modality.as_str(),
                None => "left",
            };
            let given = row.split('|').next().unwrap();
            format!("{given}| {:.3} {} {verdict}", chances.chance(at), chances.channel(at))
        })
        .collect();
    let wanted: Vec<String> = rows.into_iter().map(str::to_owned).collect();
    assert_eq!(told.join("\n"), wanted.join("\n"));
}

fn candidate(id: &str, risk: f64, chance_irregular: f64, must: bool) -> Candidate<'_> {
    Candidate { id, risk, chance_irregular, must }
}

fn line(modality: Modality, available: u32, each: u32, detection: f64) -> CapacityLine {
    CapacityLine { modality, minutes_available: available, minutes_each: each, detection }
}

fn unpack(slots: u32) -> Capacity {
    Capacity { lines: vec![line(Modality::Unpack, 20 * slots, 20, 0.95)] }
}

#[test]
fn the_top_is_certain_and_the_rest_share_what_exploration_keeps() {
    check(
        "unpack 40/20 .95
         explore .5
         A risk=.91 | 1.000 risk unpack
         B risk=.50 | 0.333 random unpack
         C risk=.02 | 0.333 random left
         D risk=.01 | 0.333 random left",
    );
}

#[test]
fn the_strongest_detection_goes_to_the_top() {
    check(
        "scan 10/5 .6
         document 9/3 .2
         unpack 25/20 .95
         explore .16666666666666667
         A risk=.1 | 1.000 risk document
         B risk=.9 | 1.000 risk unpack
         C risk=.5 | 1.000 risk scan
         D risk=.2 | 1.000 risk document
         E risk=.3 | 1.000 risk scan
         F risk=.0 | 0.500 random document
         G risk=.0 | 0.500 random left",
    );
}

#[test]
fn must_cases_take_capacity_before_the_list() {
    check(
        "unpack 40/20 .95
         explore .5
         A risk=.91      | 0.333 random left
         B risk=.50      | 0.333 random left
         C risk=.02 must | 1.000 rule unpack
         D risk=.01      | 0.333 random unpack",
    );
}

#[test]
fn must_cases_beyond_the_capacity_leave_one_slot_to_chance() {
    check(
        "unpack 60/20 .95
         explore .5
         A risk=.9 must | 1.000 rule unpack
         B risk=.8 must | 1.000 rule unpack
         C risk=.7 must | 0.333 random left
         D risk=.6 must | 0.333 random left
         E risk=.1      | 0.333 random unpack",
    );
}

#[test]
fn a_share_of_a_slot_goes_to_the_next_on_the_list() {
    // Two slots, a tenth explored: 1.8 of the core, 0.2 shared by (1 - 0.8) of B, and C and D.
    check(
        "unpack 40/20 .95
         A risk=.9 | 1.000 risk unpack
         B risk=.8 | 0.818 risk unpack
         C risk=.2 | 0.091 random left
         D risk=.1 | 0.091 random left",
    );
}

#[test]
fn the_less_settled_answer_gets_more_of_the_tail_and_none_falls_below_the_floor() {
    check(
        "unpack 20/20 .95
         explore 1
         eta 0
         A risk=.9 m=.5  | 0.522 random unpack
         B risk=.8 m=.05 | 0.228 random left
         C risk=.2 m=0   | 0.125 random left
         D risk=.1 m=1   | 0.125 random left",
    );
}

#[test]
fn with_room_for_all_everyone_is_certain() {
    check(
        "unpack 40/20 .95
         scan 100/5 .6
         A risk=.1      | 1.000 risk scan
         B risk=.9      | 1.000 risk unpack
         C risk=.5      | 1.000 risk scan
         D risk=.0 must | 1.000 rule unpack",
    );
}

#[test]
fn nothing_to_plan_is_an_empty_list() {
    let seed = Seed::from_number(7);
    let chances = chances(&[], &unpack(3), Terms::default(), &seed).unwrap();
    assert!(chances.is_empty());
    assert_eq!(chances.tail_detection(), None);
    assert!(draw(&chances, &seed).selections.is_empty());
}

#[test]
fn what_cannot_be_planned_is_refused_with_the_next_step() {
    let good = [candidate("A", 0.5, 0.2, false), candidate("B", 0.4, 0.2, false)];
    let plan = |candidates: &[Candidate<'_>], capacity: Capacity, terms: Terms| {
        chances(candidates, &capacity, terms, &Seed::from_number(7)).unwrap_err().to_string()
    };
    let with = |lines: &[CapacityLine]| Capacity { lines: lines.to_vec() };
    let usual = Terms::default();

    let none = "The shift has no time for a single inspection. Give at least one modality as many \
                minutes as one inspection takes.";
    assert_eq!(plan(&good, with(&[]), usual), none);
    assert_eq!(plan(&good, with(&[line(Modality::Scan, 4, 5, 0.6)]), usual), none);
    let twice = [line(Modality::Scan, 9, 5, 0.6), line(Modality::Scan, 9, 5, 0.7)];
    assert!(plan(&good, with(&twice), usual).contains("two lines for scan"));
    for bad in [(0, 0.6), (5, 0.0), (5, 1.1), (5, f64::NAN)] {
        let told = plan(&good, with(&[line(Modality::Dog, 9, bad.0, bad.1)]), usual);
        assert!(told.contains("line for dog cannot be used"), "{told}");
    }
    for (terms, term) in [
        (Terms { explore: 0.0, ..usual }, "explore is 0"),
        (Terms { explore: f64::NAN, ..usual }, "explore is NaN"),
        (Terms { floor: 1.5, ..usual }, "floor is 1.5"),
        (Terms { eta: -0.1, ..usual }, "eta is -0.1"),
        (Terms { pays: 1.0, ..usual }, "pays is 1"),
    ] {
        assert!(plan(&good, unpack(1), terms).contains(term));
    }
    for bad in [candidate("C", f64::NAN, 0.2, false), candidate("C", 1.0, 1.2, false)] {
        assert!(plan(&[good[0], bad], unpack(1), usual).contains("Screen it again"));
    }
    let repeated = plan(&[good[0], good[1], good[0]], unpack(1), usual);
    assert_eq!(repeated, "Consignment A is on the list twice. Send each consignment once.");
}

/// Terms of plans from before the tail could be asked to pay.
const NEYMAN: Terms = Terms { explore: 0.10, floor: 0.5, eta: 0.3, pays: 0.0, ..Terms::USUAL };

/// Chances as bits and who is drawn, for a small fixed list: a change here changes past plans.
#[test]
fn a_past_plan_replays_bit_for_bit() {
    let ids: Vec<String> = (0..12).map(|n| format!("C-{n:02}")).collect();
    let candidates: Vec<Candidate<'_>> = (ids.iter().enumerate())
        .map(|(n, id)| {
            let risk = ((n * 7) % 12) as f64 / 12.0;
            candidate(id, risk, 0.4 * risk + 0.01, n == 5)
        })
        .collect();
    let capacity = Capacity {
        lines: vec![line(Modality::Scan, 20, 5, 0.6), line(Modality::Unpack, 30, 20, 0.95)],
    };
    let parts = SeedParts { date: "2026-11-22", office: "ICN", shift: "night", model: "m1" };
    let seed = Seed::derive(b"office key", parts);
    let terms = Terms { explore: 0.3, ..NEYMAN };
    let chances = chances(&candidates, &capacity, terms, &seed).unwrap();
    let bits: Vec<String> =
        chances.iter().map(|(chance, _)| format!("{:016x}", chance.to_bits())).collect();
    assert_eq!(bits, GOLDEN_CHANCES);
    let list: Vec<String> = (draw(&chances, &seed).selections.iter())
        .map(|line| format!("{} {} {}", ids[line.candidate], line.channel, line.modality))
        .collect();
    assert_eq!(list, GOLDEN_LIST);
}

const GOLDEN_CHANCES: [&str; 12] = [
    "3fbe3654d484008d",
    "3fcb516c4b900e60",
    "3fc43aeb1c48f6bd",
    "3ff0000000000000",
    "3fc7bf129fb6336a",
    "3ff0000000000000",
    "3fca4ebe22f38e49",
    "3fc1f1f9fbd2d4ad",
    "3fe3859d2e29bdc3",
    "3fc62219ca263bbe",
    "3ff0000000000000",
    "3fc92024ec9b3179",
];

const GOLDEN_LIST: [&str; 5] =
    ["C-05 rule unpack", "C-10 risk scan", "C-03 risk scan", "C-08 risk scan", "C-07 random scan"];

/// Asked to pay, the tail leans towards likely finds, and no further than it is asked to.
#[test]
fn a_tail_that_pays_leans_towards_likely_finds() {
    let ids: Vec<String> = (0..400).map(|n| format!("C-{n}")).collect();
    let candidates: Vec<Candidate<'_>> = (ids.iter().enumerate())
        .map(|(n, id)| {
            let chance = (n as f64 / 400.0).powi(3);
            candidate(id, chance, chance, false)
        })
        .collect();
    let plan = |pays: f64| {
        let terms = Terms { explore: 0.5, pays, ..NEYMAN };
        chances(&candidates, &unpack(40), terms, &Seed::from_number(1)).unwrap()
    };
    let brings = |chances: &Chances| -> f64 {
        let tail = (0..380).map(|at| chances.chance(at) * candidates[at].chance_irregular);
        tail.sum::<f64>() / 20.0
    };
    // The last of the core expects 0.857.
    let last = candidates[380].chance_irregular;
    let [upright, less, more, most] = [0.0, 0.5, 0.58, 0.99].map(|pays| brings(&plan(pays)));
    assert!(upright < 0.5 * last, "{upright}");
    for (brought, asked) in [(less, 0.5), (more, 0.58)] {
        assert!((brought / last - asked).abs() < 0.01, "{brought} for {asked}");
    }
    // Half of the tail's places are the floor's, which brings the mean.
    assert!(most > more && most < 0.65 * last, "{most}");
    // Nobody falls below the floor for it, and the least likely keep their order.
    let leaning = plan(0.99);
    let floor = 0.5 * 20.0 / 380.0;
    assert!((0..380).all(|at| leaning.chance(at) >= floor - 1e-12));
    assert!((1..380).all(|at| leaning.chance(at) >= leaning.chance(at - 1) - 1e-12));
}

/// Every candidate is drawn as often as its chance says, over 10,000 seeds.
#[test]
fn the_draw_honours_the_chances() {
    const DRAWS: usize = 10_000;
    let ids: Vec<String> = (0..80).map(|n| format!("C-{n}")).collect();
    let candidates: Vec<Candidate<'_>> = (ids.iter().enumerate())
        .map(|(n, id)| candidate(id, n as f64, 0.005 * n as f64, false))
        .collect();
    let capacity = Capacity {
        lines: vec![line(Modality::Unpack, 100, 20, 0.95), line(Modality::Dog, 60, 5, 0.7)],
    };
    let terms = Terms { explore: 0.65, ..NEYMAN };
    let chances = chances(&candidates, &capacity, terms, &Seed::from_number(1)).unwrap();
    let mut times = vec![0.0; candidates.len()];
    let mut unpacked = vec![0.0; candidates.len()];
    for number in 0..DRAWS {
        let draw = draw(&chances, &Seed::from_number(number as u64));
        assert_eq!(draw.selections.len(), 17);
        for selection in &draw.selections {
            times[selection.candidate] += 1.0;
            if selection.modality == Modality::Unpack {
                unpacked[selection.candidate] += 1.0;
            }
        }
    }
    let kept = |line: usize| f64::from(chances.kept[line]);
    let unpack_share = kept(0) / (kept(0) + kept(1));
    let (mut square, mut square_unpacked, mut open) = (0.0, 0.0, 0.0_f64);
    for at in 0..candidates.len() {
        let chance = chances.chance(at);
        if chance == 1.0 {
            assert_eq!(times[at], DRAWS as f64);
            continue;
        }
        let distance = |seen: f64, chance: f64| {
            let mean = DRAWS as f64 * chance;
            (seen - mean).powi(2) / (mean * (1.0 - chance))
        };
        open += 1.0;
        square += distance(times[at], chance);
        square_unpacked += distance(unpacked[at], chance * unpack_share);
    }
    // Each sum has mean `open`; four standard deviations of a chi-square around it.
    let width = 4.0 * (2.0 * open).sqrt();
    assert_eq!(open, 75.0);
    assert!((square - open).abs() < width, "{square} for {open}");
    assert!((square_unpacked - open).abs() < width, "{square_unpacked} for {open}");
}

/// Over many shifts each modality keeps exactly its share of the slots for chance.
#[test]
fn kept_slots_take_turns() {
    let ids: Vec<String> = (0..100).map(|n| format!("C-{n}")).collect();
    let candidates: Vec<Candidate<'_>> =
        ids.iter().map(|id| candidate(id, 0.0, 0.1, false)).collect();
    let capacity = Capacity {
        lines: vec![line(Modality::Unpack, 40, 20, 0.95), line(Modality::Scan, 40, 5, 0.6)],
    };
    let mut kept_unpack = 0;
    for number in 0..2000 {
        let chances =
            chances(&candidates, &capacity, Terms::default(), &Seed::from_number(number)).unwrap();
        assert_eq!(chances.kept.iter().sum::<u32>(), 1);
        kept_unpack += chances.kept[0];
        let detection = chances.tail_detection().unwrap();
        let expected = if chances.kept[0] == 1 { 0.95 } else { 0.6 };
        assert!((detection - expected).abs() < 1e-12);
    }
    // 2 of 10 slots: 400 of 2,000, five standard deviations of 18.
    assert!((310..490).contains(&kept_unpack), "{kept_unpack}");
}

/// Sums without losing the small digits (Neumaier).
fn exact_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum + lost
}

#[derive(Debug, Clone)]
struct Case {
    rows: Vec<(f64, f64, bool)>,
    capacity: Capacity,
    terms: Terms,
    seed: u64,
}

impl Case {
    fn ids(&self) -> Vec<String> {
        (0..self.rows.len()).map(|n| format!("C-{n}")).collect()
    }

    fn candidates<'a>(&self, ids: &'a [String]) -> Vec<Candidate<'a>> {
        (self.rows.iter().zip(ids))
            .map(|(&(risk, chance, must), id)| candidate(id, risk, chance, must))
            .collect()
    }

    fn slots(&self) -> usize {
        self.capacity.lines.iter().map(|line| line.slots() as usize).sum()
    }

    fn chances(&self, candidates: &[Candidate<'_>]) -> Chances {
        chances(candidates, &self.capacity, self.terms, &Seed::from_number(self.seed)).unwrap()
    }
}

fn cases() -> impl Strategy<Value = Case> {
    // Coarse risks make ties; chances of 0 and 1 make a spread of nothing.
    let chance = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0, 0.0..0.01];
    let row = ((0..8u8).prop_map(|risk| f64::from(risk) / 8.0), chance, prop::bool::weighted(0.15));
    let slot = (0..60u32, 1..7u32, 0.05..1.0);
    let pays = prop_oneof![Just(0.0), 0.0..1.0];
    let terms = (prop_oneof![Just(1.0), 0.001..1.0], 0.01..=1.0, 0.0..=1.0, pays);
    (prop::collection::vec(row, 1..90), prop::collection::vec(slot, 1..6), terms, any::<u64>())
        .prop_map(|(rows, lines, (explore, floor, eta, pays), seed)| Case {
            rows,
            capacity: Capacity {
                lines: (lines.into_iter().zip(Modality::ALL))
                    .map(|((available, each, detection), &modality)| {
                        line(modality, available, each, detection)
                    })
                    .collect(),
            },
            terms: Terms { explore, floor, eta, pays, ..Terms::default() },
            seed,
        })
        .prop_filter("a slot", |case| case.slots() > 0)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_plan_keeps_its_promises(case in cases()) {
        let ids = case.ids();
        let candidates = case.candidates(&ids);
        let chances = case.chances(&candidates);
        let size = case.slots().min(candidates.len());

        prop_assert!(chances.iter().all(|(chance, _)| chance > 0.0 && chance <= 1.0));
        let sum = exact_sum(chances.iter().map(|(chance, _)| chance));
        prop_assert!((sum - size as f64).abs() < 1e-9, "{sum} for {size}");
        prop_assert_eq!(chances.to_draw(), size);

        let seed = Seed::from_number(case.seed);
        let list = draw(&chances, &seed);
        prop_assert_eq!(list.selections.len(), size);
        let mut drawn: Vec<usize> = list.selections.iter().map(|line| line.candidate).collect();
        drawn.sort_unstable();
        drawn.dedup();
        prop_assert_eq!(drawn.len(), size);
        for line in &case.capacity.lines {
            prop_assert!(list.minutes(line.modality) <= u64::from(line.minutes_available));
        }
        for at in 0..candidates.len() {
            if chances.chance(at) == 1.0 {
                prop_assert!(drawn.contains(&at));
            }
        }
        prop_assert_eq!(draw(&case.chances(&candidates), &seed), list);
    }

    #[test]
    fn the_order_of_the_list_and_of_the_capacity_changes_nothing(
        case in cases(),
        turn in 1..90usize,
    ) {
        let ids = case.ids();
        let mut candidates = case.candidates(&ids);
        let seed = Seed::from_number(case.seed);
        let list = |candidates: &[Candidate<'_>], case: &Case| {
            let chances = case.chances(candidates);
            let mut bits: Vec<(String, u64, Channel)> = (candidates.iter().zip(chances.iter()))
                .map(|(candidate, (chance, channel))| {
                    (candidate.id.to_owned(), chance.to_bits(), channel)
                })
                .collect();
            bits.sort_unstable();
            let list: Vec<(String, Modality)> = (draw(&chances, &seed).selections.iter())
                .map(|line| (candidates[line.candidate].id.to_owned(), line.modality))
                .collect();
            (bits, list)
        };
        let before = list(&candidates, &case);
        let places = candidates.len();
        candidates.rotate_left(turn % places);
        candidates.reverse();
        let mut turned = case.clone();
        turned.capacity.lines.reverse();
        prop_assert_eq!(before, list(&candidates, &turned));
    }

    #[test]
    fn more_risk_never_means_a_smaller_chance(
        case in cases(),
        who in 0..90usize,
        more in 0.0..1.2,
    ) {
        let ids = case.ids();
        let mut candidates = case.candidates(&ids);
        let who = who % candidates.len();
        let before = case.chances(&candidates).chance(who);
        candidates[who].risk += more;
        let after = case.chances(&candidates).chance(who);
        prop_assert!(after >= before - 1e-12, "{before} to {after}");
    }
}
