//! What an allocation over several modalities promises: no minute is overdrawn by any draw, every
//! chance is exact, nobody falls below the floor, and the core is nearly as good as the best that a
//! linear programme knows.

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};
use proptest::prelude::*;

use super::*;

/// Six bundles over officers, scanner, dogs and laboratory; three ways to hide something.
fn bundles() -> Vec<Bundle> {
    use Modality::{Document, Dog, Lab, Scan, Unpack};
    let bundle = |name: &str, steps: &[Modality], minutes: [u32; 4], detection: [f64; 3]| Bundle {
        name: name.to_owned(),
        steps: steps.to_vec(),
        minutes: minutes.to_vec(),
        detection: detection.to_vec(),
    };
    vec![
        bundle("document", &[Document], [3, 0, 0, 0], [0.10, 0.10, 0.10]),
        bundle("scan", &[Scan], [2, 4, 0, 0], [0.60, 0.35, 0.05]),
        bundle("dog then unpack", &[Dog, Unpack], [32, 0, 4, 0], [0.96, 0.93, 0.92]),
        bundle("scan then unpack", &[Scan, Unpack], [30, 4, 0, 0], [0.97, 0.93, 0.90]),
        bundle("laboratory", &[Lab], [8, 0, 0, 25], [0.0, 0.80, 0.0]),
        bundle("unpack", &[Unpack], [40, 0, 0, 0], [0.95, 0.90, 0.90]),
    ]
}

fn means(cells: Vec<Cell>) -> Means {
    Means {
        resources: ["officers", "scanner", "dog", "lab"].map(str::to_owned).to_vec(),
        profiles: ["usual", "liquid", "dense"].map(str::to_owned).to_vec(),
        bundles: bundles(),
        cells,
    }
}

fn cell(name: &str, minutes: [u32; 4]) -> Cell {
    Cell { name: name.to_owned(), minutes: minutes.to_vec() }
}

/// A list that looks like traffic: few are risky, some cells have more than others.
struct List {
    ids: Vec<String>,
    facts: Vec<(f64, f64, bool, u16, u8)>,
}

impl List {
    fn new(count: usize, cells: u16, number: u64) -> Self {
        let mut stream = Seed::from_number(number).stream(b"a list");
        let facts = (0..count)
            .map(|_| {
                let skewed = stream.fraction();
                let chance = 0.9 * skewed * skewed * skewed * skewed * skewed + 0.0005;
                let cell = stream.below(u64::from(cells)) as u16;
                let profile = [0, 0, 0, 1, 1, 2][stream.below(6) as usize];
                let risk = chance * (0.5 + stream.fraction());
                (risk, chance, stream.below(400) == 0, cell, profile)
            })
            .collect();
        Self { ids: (0..count).map(|n| format!("C-{n}")).collect(), facts }
    }

    fn placed(&self) -> Vec<Placed<'_>> {
        (self.ids.iter().zip(&self.facts))
            .map(|(id, &(risk, chance_irregular, must, cell, profile))| Placed {
                candidate: Candidate { id, risk, chance_irregular, must },
                cell,
                profile,
            })
            .collect()
    }
}

/// Minutes of each cell and resource that a list takes.
fn spent(list: &[u32], placed: &[Placed<'_>], means: &Means, of: &Allocation) -> Vec<Vec<u64>> {
    let mut spent = vec![vec![0; means.resources.len()]; means.cells.len()];
    for &at in list {
        let (_, bundle, _) = of.of(at as usize);
        let cell = &mut spent[usize::from(placed[at as usize].cell)];
        for (spent, &minutes) in cell.iter_mut().zip(&means.bundles[bundle].minutes) {
            *spent += u64::from(minutes);
        }
    }
    spent
}

fn within(spent: &[Vec<u64>], means: &Means) -> bool {
    spent.iter().zip(&means.cells).all(|(spent, cell)| {
        spent.iter().zip(&cell.minutes).all(|(spent, &minutes)| *spent <= u64::from(minutes))
    })
}

/// The most any plan could find, by a linear programme over one cell.
fn optimum(placed: &[Placed<'_>], means: &Means, cell: u16) -> f64 {
    let mut variables = ProblemVariables::new();
    let mut goal = Expression::default();
    let mut used = vec![Expression::default(); means.resources.len()];
    let mut rows = Vec::new();
    for one in placed.iter().filter(|one| one.cell == cell) {
        let mut row = Expression::default();
        for bundle in &means.bundles {
            let detection = bundle.detection[usize::from(one.profile)];
            if detection > 0.0 {
                let share = variables.add(variable().min(0.0).max(1.0));
                goal += one.candidate.risk * detection * share;
                row += share;
                for (used, &minutes) in used.iter_mut().zip(&bundle.minutes) {
                    if minutes > 0 {
                        *used += f64::from(minutes) * share;
                    }
                }
            }
        }
        rows.push(row);
    }
    let mut problem = variables.maximise(goal.clone()).using(microlp);
    for row in rows {
        problem = problem.with(constraint!(row <= 1.0));
    }
    for (used, &minutes) in used.into_iter().zip(&means.cells[usize::from(cell)].minutes) {
        problem = problem.with(constraint!(used <= f64::from(minutes)));
    }
    problem.solve().unwrap().eval(goal)
}

#[test]
fn the_core_finds_nearly_what_a_linear_programme_finds() {
    for (count, number, minutes) in [
        (1200, 1, [400, 120, 60, 60]),
        (2000, 2, [900, 300, 40, 200]),
        (3000, 3, [300, 500, 100, 25]),
    ] {
        let list = List::new(count, 6, number);
        let placed: Vec<Placed<'_>> = (list.placed().into_iter())
            .map(|one| Placed { candidate: Candidate { must: false, ..one.candidate }, ..one })
            .collect();
        let names = ["a", "b", "c", "d", "e", "f"];
        let means = means(names.map(|name| cell(name, minutes)).to_vec());
        let plan = allocate(&placed, &means, Terms::default(), &Seed::from_number(7)).unwrap();
        for (at, report) in plan.cells().iter().enumerate() {
            let best = optimum(&placed, &means, at as u16);
            let ratio = report.exploit / best;
            assert!((0.98..=1.0 + 1e-9).contains(&ratio), "{ratio} of {best}");
            assert!(report.bound >= best * (1.0 - 1e-9), "{} is no bound of {best}", report.bound);
        }
    }
}

/// Random means and lists: small cells, unlucky minutes, bundles that find nothing.
#[derive(Debug, Clone)]
struct Case {
    means: Means,
    rows: Vec<(f64, f64, bool, u16, u8)>,
    terms: Terms,
    seed: u64,
}

impl Case {
    fn placed<'a>(&self, ids: &'a [String]) -> Vec<Placed<'a>> {
        let list = List { ids: ids.to_vec(), facts: self.rows.clone() };
        (list.placed().into_iter().zip(ids))
            .map(|(one, id)| Placed { candidate: Candidate { id, ..one.candidate }, ..one })
            .collect()
    }

    fn ids(&self) -> Vec<String> {
        (0..self.rows.len()).map(|n| format!("C-{n}")).collect()
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let chance = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0, 0.0..0.01];
    let risk = prop_oneof![(0..6u8).prop_map(|risk| f64::from(risk) / 6.0), 0.0..1.0];
    let row = (risk, chance, prop::bool::weighted(0.1), 0..2u16, 0..3u8);
    let minutes = || [0..900u32, 0..300u32, 0..80u32, 0..100u32];
    let minutes = (minutes(), minutes()).prop_map(|(a, b)| [a, b]);
    let terms = (prop_oneof![Just(1.0), 0.001..1.0], 0.01..=1.0, 0.0..=1.0, 0.0..=1.0, 0.0..0.5);
    let terms = terms.prop_map(|(explore, floor, eta, rule_most, officer)| Terms {
        explore,
        floor,
        eta,
        rule_most,
        officer,
        ..Terms::default()
    });
    let minimax = prop_oneof![9 => Just(None), 1 => (0.0..0.3).prop_map(Some)];
    (prop::collection::vec(row, 0..220), minutes, terms, minimax, any::<u64>()).prop_map(
        |(rows, [a, b], terms, minimax, seed)| Case {
            means: means(vec![cell("ICN/day", a), cell("ICN/night", b)]),
            rows,
            terms: Terms { minimax, ..terms },
            seed,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_allocation_keeps_its_promises(case in cases()) {
        let ids = case.ids();
        let placed = case.placed(&ids);
        let seed = Seed::from_number(case.seed);
        let plan = match allocate(&placed, &case.means, case.terms, &seed) {
            Ok(plan) => plan,
            Err(error) => {
                // The only reason there may be: somebody would have had no chance.
                prop_assert!(matches!(error, PlanError::NoChance { .. }), "{error}");
                return Ok(());
            }
        };
        let mut sums = vec![0.0; case.means.bundles.len() * 2];
        let mut mean = [0.0; 2];
        for (at, one) in placed.iter().enumerate() {
            let (chance, bundle, _) = plan.of(at);
            let detection = case.means.bundles[bundle].detection[usize::from(one.profile)];
            prop_assert!(chance > 0.0 && chance <= 1.0, "{chance}");
            let cell = &plan.cells()[usize::from(one.cell)];
            prop_assert!(detection > 0.0 && chance * detection >= cell.floor * (1.0 - 1e-12));
            prop_assert!(cell.floor > 0.0);
            sums[2 * bundle + usize::from(one.cell)] += chance;
            mean[usize::from(one.cell)] += chance * detection;
        }
        // Whole numbers of every bundle in every cell, so that nothing depends on the draw.
        for sum in &sums {
            prop_assert!((sum - sum.round()).abs() < 1e-6, "{sums:?}");
        }
        for number in 0..5 {
            let list = plan.draw(&Seed::from_number(number));
            prop_assert_eq!(list.len(), plan.to_draw());
            let drawn: std::collections::BTreeSet<u32> = list.iter().copied().collect();
            prop_assert_eq!(drawn.len(), list.len());
            for at in 0..placed.len() {
                prop_assert!(plan.of(at).0 < 1.0 || drawn.contains(&(at as u32)));
            }
            let spent = spent(&list, &placed, &case.means, &plan);
            prop_assert!(within(&spent, &case.means), "{spent:?} of {:?}", case.means.cells);
            for (report, spent) in plan.cells().iter().zip(&spent) {
                for (of, spent) in report.resources.iter().zip(spent) {
                    prop_assert_eq!(of.planned(), *spent);
                    prop_assert!(of.planned() + of.kept_free <= of.available);
                    // The only must-cases beyond the share are those that had room anyway.
                    let most = case.terms.rule_most * (of.available - of.kept_free) as f64;
                    prop_assert!(of.rule as f64 <= most + 1e-6 || report.random == 0);
                }
            }
        }
        prop_assert_eq!(plan.draw(&seed), allocate(&placed, &case.means, case.terms, &seed)
            .unwrap().draw(&seed));
    }

    #[test]
    fn a_cell_is_the_same_alone_and_among_others(case in cases(), turn in 1..90usize) {
        let ids = case.ids();
        let mut placed = case.placed(&ids);
        let seed = Seed::from_number(case.seed);
        let Ok(both) = allocate(&placed, &case.means, case.terms, &seed) else { return Ok(()) };
        let told = |plan: &Allocation, placed: &[Placed<'_>]| {
            let drawn = plan.draw(&seed);
            let mut told: Vec<(String, u64, usize, Channel, bool)> = (placed.iter().enumerate())
                .filter(|(_, one)| one.cell == 0)
                .map(|(at, one)| {
                    let (chance, bundle, channel) = plan.of(at);
                    let id = one.candidate.id.to_owned();
                    (id, chance.to_bits(), bundle, channel, drawn.contains(&(at as u32)))
                })
                .collect();
            told.sort_unstable();
            told
        };
        let among = told(&both, &placed);
        placed.retain(|one| one.cell == 0);
        let count = placed.len().max(1);
        placed.rotate_left(turn % count);
        let means = Means { cells: case.means.cells[..1].to_vec(), ..case.means };
        let alone = allocate(&placed, &means, case.terms, &seed).unwrap();
        prop_assert_eq!(among, told(&alone, &placed));
        prop_assert_eq!(&both.cells()[0], &alone.cells()[0]);
    }

    /// At given prices of minutes, exactly: prices are what the rest of the world asks.
    #[test]
    fn more_risk_never_means_a_smaller_chance_in_an_allocation(
        case in cases(),
        who in 0..220usize,
        more in 0.0..1.2,
    ) {
        let ids = case.ids();
        let mut placed = case.placed(&ids);
        placed.retain(|one| one.cell == 0);
        if placed.is_empty() {
            return Ok(());
        }
        let who = who % placed.len();
        let seed = Seed::from_number(case.seed);
        let terms = Terms { minimax: None, ..case.terms };
        let Some((before, prices)) = allocate::chances_at(&placed, &case.means, terms, &seed, None)
        else {
            return Ok(());
        };
        placed[who].candidate.risk += more;
        let (after, _) =
            allocate::chances_at(&placed, &case.means, terms, &seed, Some(&prices)).unwrap();
        prop_assert!(after[who] >= before[who], "{} to {}", before[who], after[who]);
    }
}

#[test]
fn an_allocation_draws_everyone_as_often_as_its_chance_says() {
    const DRAWS: usize = 10_000;
    let list = List::new(400, 2, 5);
    let placed = list.placed();
    let means = means(vec![cell("a", [300, 100, 40, 60]), cell("b", [200, 40, 0, 0])]);
    let terms = Terms { explore: 0.4, ..Terms::default() };
    let plan = allocate(&placed, &means, terms, &Seed::from_number(1)).unwrap();
    let mut times = vec![0_u32; placed.len()];
    for number in 0..DRAWS {
        let drawn = plan.draw(&Seed::from_number(number as u64));
        assert!(within(&spent(&drawn, &placed, &means, &plan), &means));
        for at in drawn {
            times[at as usize] += 1;
        }
    }
    let (mut square, mut open, mut worst) = (0.0, 0.0_f64, 0.0_f64);
    for (at, &times) in times.iter().enumerate() {
        let chance = plan.of(at).0;
        if chance == 1.0 {
            assert_eq!(times as usize, DRAWS);
            continue;
        }
        let mean = DRAWS as f64 * chance;
        let distance = (f64::from(times) - mean) / (mean * (1.0 - chance)).sqrt();
        square += distance * distance;
        worst = worst.max(distance.abs());
        open += 1.0;
    }
    // The sum has mean `open`: four standard deviations of a chi-square around it.
    assert!(open > 300.0, "{open}");
    assert!((square - open).abs() < 4.0 * (2.0 * open).sqrt(), "{square} for {open}");
    assert!(worst < 4.5, "{worst}");
}

/// Over many seeds, which also give out the bundles anew, the estimate built on the recorded
/// chances and detections is right on average, however wrong the model is.
#[test]
fn estimates_are_right_whatever_the_bundles() {
    use crate::measuring::{Tally, Unit, iceberg};
    let list = List::new(300, 1, 8);
    let placed = list.placed();
    let means = means(vec![cell("a", [400, 160, 40, 100])]);
    let mut stream = Seed::from_number(3).stream(b"truth");
    // Half of what is bad is where the model expects it, half is anywhere.
    let bad: Vec<bool> = (placed.iter())
        .map(|one| stream.decide(0.5 * one.candidate.chance_irregular + 0.1))
        .collect();
    let truth = bad.iter().filter(|bad| **bad).count() as f64;
    let terms = Terms { explore: 0.5, ..Terms::default() };
    const SEEDS: u64 = 600;
    let (mut sum, mut squares) = (0.0, 0.0);
    for number in 0..SEEDS {
        let seed = Seed::from_number(number);
        let plan = allocate(&placed, &means, terms, &seed).unwrap();
        let drawn = plan.draw(&seed);
        let mut looked = Seed::from_number(number).stream(b"inspections");
        let mut tally = Tally::default();
        for (at, one) in placed.iter().enumerate() {
            let (chance, bundle, channel) = plan.of(at);
            let detection = means.bundles[bundle].detection[usize::from(one.profile)];
            let drawn = drawn.contains(&(at as u32));
            tally.add(&Unit {
                chance,
                expected: one.candidate.chance_irregular,
                detection,
                channel,
                drawn,
                result: drawn.then(|| bad[at] && looked.decide(detection)),
            });
        }
        let estimate = iceberg([&tally]).unclipped;
        sum += estimate;
        squares += estimate * estimate;
    }
    let mean = sum / SEEDS as f64;
    let error = ((squares / SEEDS as f64 - mean * mean) / SEEDS as f64).sqrt();
    assert!((mean - truth).abs() < 3.5 * error, "{mean} ± {error} for {truth}");
}

/// The floor rises as far as the stated loss allows. What it allows is set by prices: a floor φ for
/// everyone costs φ × Σ (price of detection − worth), here about 0.53 φ for each consignment, so
/// that no plan has more than 0.08 of the mean at a loss of 0.055, or 0.12 at 0.08.
#[test]
fn the_floor_is_raised_as_far_as_the_loss_allows() {
    let list = List::new(12_000, 3, 9);
    let placed = list.placed();
    let means = means(["a", "b", "c"].map(|name| cell(name, [2400, 900, 240, 240])).to_vec());
    for (loss, share) in [(0.02, 0.025), (0.055, 0.075), (0.08, 0.11)] {
        let terms = Terms { minimax: Some(loss), ..Terms::default() };
        let raised = allocate(&placed, &means, terms, &Seed::from_number(7)).unwrap();
        for raised in raised.cells() {
            assert!(raised.loss() <= loss, "{}", raised.loss());
            assert!(raised.floor >= share * raised.mean, "{} of {}", raised.floor, raised.mean);
        }
    }
}

#[test]
fn must_cases_take_their_share_and_officers_keep_theirs() {
    let list = List::new(500, 1, 4);
    let mut placed = list.placed();
    for one in placed.iter_mut().take(200) {
        one.candidate.must = true;
    }
    let means = means(vec![cell("a", [1000, 400, 100, 100])]);
    let terms = Terms { rule_most: 0.25, officer: 0.2, ..Terms::default() };
    let plan = allocate(&placed, &means, terms, &Seed::from_number(7)).unwrap();
    let report = &plan.cells()[0];
    let officers = &report.resources[0];
    assert_eq!((officers.available, officers.kept_free), (1000, 200));
    assert!(officers.rule > 0 && officers.rule <= 200, "{officers:?}");
    assert!(officers.random >= 70 && officers.planned() > 760, "{officers:?}");
    assert!(report.rule > 0 && report.must_left > 0, "{report:?}");
    assert_eq!(
        report.rule as usize + report.must_left,
        200 + (200..500).filter(|&n| placed[n].candidate.must).count()
    );
}

#[test]
fn with_time_for_all_everyone_is_certain_and_the_top_gets_the_strongest() {
    let list = List::new(20, 1, 4);
    let placed = list.placed();
    let means = means(vec![cell("a", [200, 60, 0, 0])]);
    let plan = allocate(&placed, &means, Terms::default(), &Seed::from_number(7)).unwrap();
    assert!((0..20).all(|at| plan.of(at).0 == 1.0));
    let first =
        (0..20).max_by(|&a, &b| placed[a].candidate.risk.total_cmp(&placed[b].candidate.risk));
    assert!(means.bundles[plan.of(first.unwrap()).1].name.contains("unpack"));
    assert!(within(&spent(&plan.draw(&Seed::from_number(7)), &placed, &means, &plan), &means));
}

#[test]
fn what_cannot_be_allocated_is_refused_with_the_next_step() {
    let list = List::new(20, 1, 4);
    let placed = list.placed();
    let told = |means: &Means, placed: &[Placed<'_>]| {
        allocate(placed, means, Terms::default(), &Seed::from_number(7)).unwrap_err().to_string()
    };
    let good = means(vec![cell("ICN/day", [200, 60, 0, 0])]);
    let none = Means { cells: vec![cell("ICN/day", [1, 60, 0, 0])], ..good.clone() };
    assert!(told(&none, &placed).contains("cell ICN/day has no time"), "{}", told(&none, &placed));
    let mut odd = good.clone();
    odd.bundles[1].name = "document".to_owned();
    assert!(told(&odd, &placed).contains("`document` is there twice"));
    odd.bundles[1] =
        Bundle { name: "scan".to_owned(), minutes: vec![0; 4], ..odd.bundles[1].clone() };
    assert!(told(&odd, &placed).contains("takes no minutes of anything"));
    odd.bundles[1].minutes = vec![1, 2];
    assert!(told(&odd, &placed).contains("2 minutes for 4 resources"));
    let elsewhere = [Placed { cell: 1, ..placed[0] }];
    assert!(told(&good, &elsewhere).contains("no cell 1"));
    let mut minus = placed[0];
    minus.candidate.risk = -1.0;
    assert!(told(&good, &[minus]).contains("Screen it again"));
}

/// Chances as bits, bundles and who is drawn: a change here changes past plans.
#[test]
fn a_past_allocation_replays_bit_for_bit() {
    let list = List::new(60, 1, 6);
    let placed = list.placed();
    let means = means(vec![cell("ICN/day", [120, 30, 8, 30])]);
    let parts = SeedParts { date: "2026-11-22", office: "ICN", shift: "day", model: "m1" };
    let seed = Seed::derive(b"office key", parts);
    let terms = Terms { explore: 0.3, floor: 0.5, eta: 0.3, pays: 0.0, ..Terms::USUAL };
    let plan = allocate(&placed, &means, terms, &seed).unwrap();
    let drawn = plan.draw(&seed);
    let told: Vec<String> = (0..placed.len())
        .map(|at| {
            let (chance, bundle, channel) = plan.of(at);
            let place = drawn.iter().position(|&one| one as usize == at);
            let place = place.map_or("left".to_owned(), |place| place.to_string());
            format!("{:016x} {channel} {} {place}", chance.to_bits(), means.bundles[bundle].name)
        })
        .collect();
    assert_eq!(told.join("\n"), include_str!("allocation.golden").trim_end());
}
