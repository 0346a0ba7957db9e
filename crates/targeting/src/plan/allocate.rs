//! From candidates, cells and bundles to one bundle and one known chance for every consignment.
//!
//! Each cell is solved for itself. The core takes (1 − ε) of the minutes from the top of the list,
//! each with the bundle that the prices of minutes recommend (`prices.rs`). The tail is everyone
//! else: first each is given its one bundle by the keyed order, so that what it would be inspected
//! with does not depend on what it is; then every group of one cell and bundle draws a whole number
//! of inspections that fits in the minutes. So no draw can exceed any minute of any resource, and
//! each chance is exact. The tail's chances follow the spread of the answer over the price of
//! detecting it, above a floor on the chance of *detection*. The report of a cell is in `report.rs`.

use super::chances::{check_terms, keyed_order, plannable};
use super::draw::pivotal;
use super::means::RESOURCES_MAX;
use super::prices::{Offer, Wares, prices};
use super::report::CellReport;
use super::tail::{Tail, spread};
use super::{Bundle, Means, Placed, PlanError, Seed, Terms};
use crate::outcome::Channel;

/// Equal worth is told apart by up to this part of it, so that the prices can split a crowd of
/// equals between bundles. It decides about bundles alone, never about rank.
const TOLD_APART: f64 = 1.0 / 1024.0;

/// Rounds in which the price of each resource is tried a little lower and higher.
const HAGGLES: usize = 3;

/// This near to the bound, other prices are not tried.
const ENOUGH: f64 = 0.995;

/// How often the tail's mix of bundles is brought nearer to the minutes there are.
const MIXINGS: usize = 120;

/// Halvings of the share explored when the floor is raised as far as a loss allows.
const RAISINGS: usize = 12;

/// The scale at which shapes are found, small enough that none is cut off at 1.
const SHAPE: f64 = 1e-6;

type Minutes = [u64; RESOURCES_MAX];

/// Bundle, chance and channel of every candidate, and what is settled about the draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    chance: Vec<f64>,
    bundle: Vec<u8>,
    channel: Vec<Channel>,
    /// The certain ones, cell by cell, by rank.
    certain: Vec<u32>,
    groups: Vec<Group>,
    cells: Vec<CellReport>,
}

/// Those of one cell that share one bundle by chance.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    /// What its random numbers are for.
    purpose: Vec<u8>,
    /// Candidates in the keyed order.
    pool: Vec<u32>,
    /// How many are drawn, whichever way the draw falls.
    drawn: usize,
}

impl Allocation {
    /// Number of candidates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chance.len()
    }

    /// True when there was no candidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chance.is_empty()
    }

    /// Inclusion probability in (0, 1], place of the bundle in the means, and channel of a
    /// candidate, by its place in the caller's slice. One that is not drawn has the bundle that it
    /// would have had, and so the detection probability that measuring needs.
    ///
    /// # Panics
    /// When there is no such candidate.
    #[must_use]
    pub fn of(&self, candidate: usize) -> (f64, usize, Channel) {
        (self.chance[candidate], usize::from(self.bundle[candidate]), self.channel[candidate])
    }

    /// What every cell came to, in the order of the means.
    #[must_use]
    pub fn cells(&self) -> &[CellReport] {
        &self.cells
    }

    /// How many will be drawn.
    #[must_use]
    pub fn to_draw(&self) -> usize {
        self.certain.len() + self.groups.iter().map(|group| group.drawn).sum::<usize>()
    }

    /// Draws the list: places of candidates, the certain ones first. The same allocation and seed
    /// give the same list, bit for bit, on every machine.
    ///
    /// # Panics
    /// Never: the chances of a group add up to the number it draws.
    #[must_use]
    pub fn draw(&self, seed: &Seed) -> Vec<u32> {
        let mut list = self.certain.clone();
        for group in &self.groups {
            let mut stream = seed.stream(&group.purpose);
            let pool = group.pool.iter().map(|&place| (place, self.chance[place as usize]));
            let picked = pivotal(pool, |chance| stream.decide(chance));
            assert_eq!(picked.len(), group.drawn, "a group draws what fits in the minutes");
            list.extend(picked);
        }
        list
    }
}

/// Gives every candidate its bundle, its chance and its channel.
///
/// Must-cases come first and take at most `terms.rule_most` of the minutes of each resource: as many
/// as fit, then as strong as fits; the others compete by their risk. Of the minutes
/// `terms.officer` is left free for officers' own choices. The core gets the share 1 − ε of the
/// rest, the tail what is left, and never less than one inspection for every profile. The order of
/// candidates changes nothing, and a cell comes out the same alone and among others. At given
/// prices of minutes, more risk never means a smaller chance: the list is served from the top, and
/// who comes earlier finds at least as much left. Use the same seed for [`Allocation::draw`].
///
/// # Errors
/// A [`PlanError`] when means, terms or a candidate are unusable, or a cell has no time to give
/// each of its profiles a chance.
pub fn allocate(
    candidates: &[Placed<'_>],
    means: &Means,
    terms: Terms,
    seed: &Seed,
) -> Result<Allocation, PlanError> {
    means.check()?;
    check_terms(terms)?;
    let order = keyed_order(candidates.iter().map(|placed| &placed.candidate), seed)?;
    let mut waiting: Vec<Vec<u32>> = vec![Vec::new(); means.cells.len()];
    for &at in &order {
        let Placed { candidate, cell, profile } = candidates[at as usize];
        if candidate.risk < 0.0 {
            let (risk, chance_irregular) = (candidate.risk, candidate.chance_irregular);
            let id = candidate.id.to_owned();
            return Err(PlanError::BadCandidate { id, risk, chance_irregular });
        }
        let known = usize::from(profile) < means.profiles.len();
        match waiting.get_mut(usize::from(cell)) {
            Some(waiting) if known => waiting.push(at),
            _ => {
                let why = format!("{} has no cell {cell} or profile {profile}", candidate.id);
                return Err(PlanError::BadMeans { why });
            }
        }
    }
    drop(order);
    let mut all = Allocation {
        chance: vec![0.0; candidates.len()],
        bundle: vec![0; candidates.len()],
        channel: vec![Channel::Random; candidates.len()],
        certain: Vec::new(),
        groups: Vec::new(),
        cells: Vec::with_capacity(means.cells.len()),
    };
    for (at, waiting) in waiting.into_iter().enumerate() {
        let cell = Cellwork::new(candidates, waiting, means, at, terms);
        let solved = cell.solve()?;
        cell.keep(solved, &mut all);
    }
    Ok(all)
}

/// One cell while it is worked on; units stand in the keyed order.
struct Cellwork<'a> {
    means: &'a Means,
    at: usize,
    terms: Terms,
    /// Candidates.
    unit: Vec<u32>,
    risk: Vec<f64>,
    /// Risk, told apart.
    worth: Vec<f64>,
    spread: Vec<f64>,
    must: Vec<bool>,
    profile: Vec<u8>,
    /// Units by falling risk; equal ones in the keyed order.
    ranked: Vec<u32>,
    /// Minutes of each resource that can be planned.
    minutes: Minutes,
    /// Bundles that fit at least once.
    usable: Vec<usize>,
}

/// One solution of a cell.
struct Solved {
    terms: Terms,
    /// By unit: the bundle if it is certain.
    core: Vec<Option<u8>>,
    /// By unit: bundle and chance of those that are not.
    tail: Vec<(u8, f64)>,
    /// By bundle: how many of the tail are drawn.
    drawn: Vec<u64>,
    by_rule: Vec<bool>,
    must_left: usize,
    /// What pure exploitation would find, and the bound that no plan exceeds.
    exploit: (f64, f64),
}

/// The must-cases that have been served.
struct Rules {
    /// By unit: the bundle if it has one.
    core: Vec<Option<u8>>,
    /// The others by rank.
    others: Vec<u32>,
    used: Minutes,
    must_left: usize,
}

impl<'a> Cellwork<'a> {
    fn new(
        candidates: &[Placed<'_>],
        unit: Vec<u32>,
        means: &'a Means,
        at: usize,
        terms: Terms,
    ) -> Self {
        let of = |place: &u32| &candidates[*place as usize];
        let chances: Vec<f64> = unit.iter().map(|u| of(u).candidate.chance_irregular).collect();
        let risk: Vec<f64> = unit.iter().map(|u| of(u).candidate.risk + 0.0).collect();
        let mean = chances.iter().sum::<f64>() / chances.len().max(1) as f64;
        let mut ranked: Vec<u32> = (0..unit.len() as u32).collect();
        ranked.sort_unstable_by(|&a, &b| {
            risk[b as usize].total_cmp(&risk[a as usize]).then(a.cmp(&b))
        });
        let apart = TOLD_APART / unit.len().max(1) as f64;
        let mut work = Self {
            worth: (risk.iter().enumerate()).map(|(n, r)| r * (1.0 - apart * n as f64)).collect(),
            spread: chances.iter().map(|&chance| spread(chance, mean, terms)).collect(),
            must: unit.iter().map(|u| of(u).candidate.must).collect(),
            profile: unit.iter().map(|u| of(u).profile).collect(),
            minutes: [0; RESOURCES_MAX],
            usable: Vec::new(),
            means,
            at,
            terms,
            unit,
            risk,
            ranked,
        };
        for (k, &minutes) in means.cells[at].minutes.iter().enumerate() {
            work.minutes[k] = u64::from(plannable(minutes, terms.officer));
        }
        work.usable =
            (0..means.bundles.len()).filter(|&a| work.times(a, &work.minutes) > 0).collect();
        work
    }

    fn bundle(&self, a: usize) -> &Bundle {
        &self.means.bundles[a]
    }

    fn detection(&self, a: usize, profile: u8) -> f64 {
        self.bundle(a).detection[usize::from(profile)]
    }

    /// How many inspections of a bundle fit in some minutes.
    fn times(&self, a: usize, left: &Minutes) -> u64 {
        let takes = self.bundle(a).minutes.iter().zip(left);
        takes
            .filter(|(takes, _)| **takes > 0)
            .map(|(&takes, left)| left / u64::from(takes))
            .min()
            .unwrap_or(0)
    }

    fn take(&self, a: usize, times: u64, left: &mut Minutes) {
        for (left, &takes) in left.iter_mut().zip(&self.bundle(a).minutes) {
            *left -= times * u64::from(takes);
        }
    }

    /// The largest part of a resource that one inspection takes.
    fn part(&self, a: usize) -> f64 {
        let takes = self.bundle(a).minutes.iter().zip(&self.minutes);
        takes
            .filter(|(takes, _)| **takes > 0)
            .map(|(&takes, &all)| f64::from(takes) / all as f64)
            .fold(0.0, f64::max)
    }

    fn solve(&self) -> Result<Solved, PlanError> {
        if let Some(core) = self.everyone() {
            let rules = self.rules(&self.minutes);
            let all = Solved {
                terms: self.terms,
                core,
                tail: vec![(0, 0.0); self.unit.len()],
                drawn: vec![0; self.means.bundles.len()],
                by_rule: self.must.clone(),
                must_left: 0,
                exploit: self.exploit(&rules).0,
            };
            return Ok(all);
        }
        let reserve = self.reserve()?;
        let mut free = self.minutes;
        for (a, &times) in reserve.iter().enumerate() {
            self.take(a, times, &mut free);
        }
        let rules = self.rules(&free);
        let (exploit, costs) = self.exploit(&rules);
        let split =
            |terms, parts: &_| self.split(&reserve, &rules, (terms, parts), exploit, None).0;
        let Some(loss) = self.terms.minimax else {
            return Ok(split(self.terms, &[1.0; RESOURCES_MAX]));
        };
        // The flattest tail has the highest floor of its size, and the larger the tail, the higher;
        // it costs least in the minutes that find most for their price.
        let parts = self.flat_parts(&costs);
        let flat = |explore| Terms { explore, floor: 1.0, ..self.terms };
        let least = exploit.0 * (1.0 - loss);
        let mut best: Option<(f64, Solved)> = None;
        let mut affords = |explore: f64| {
            let trial = split(flat(explore), &parts);
            let affords = self.utility(&trial) >= least;
            let floor = self.floor(&trial);
            if affords && best.as_ref().is_none_or(|(highest, _)| floor > *highest) {
                best = Some((floor, trial));
            }
            affords
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..RAISINGS {
            let middle = low + (high - low) / 2.0;
            if affords(middle) { low = middle } else { high = middle }
        }
        // Inspections are whole, so that a little more may cost less: look around once.
        for n in 1..RAISINGS {
            affords((high * (0.5 + n as f64 / RAISINGS as f64)).min(1.0));
        }
        Ok(best.map_or_else(|| split(flat(high), &parts), |(_, best)| best))
    }

    /// The smallest chance of detection of a solution.
    fn floor(&self, solved: &Solved) -> f64 {
        (0..self.unit.len())
            .map(|n| {
                let (bundle, chance) = solved.core[n].map_or(solved.tail[n], |a| (a, 1.0));
                chance * self.detection(usize::from(bundle), self.profile[n])
            })
            .fold(f64::INFINITY, f64::min)
    }

    /// Expected utility of a solution: Σ risk × chance × detection.
    fn utility(&self, solved: &Solved) -> f64 {
        (0..self.unit.len())
            .map(|n| {
                let (bundle, chance) = solved.core[n].map_or(solved.tail[n], |a| (a, 1.0));
                self.risk[n] * chance * self.detection(usize::from(bundle), self.profile[n])
            })
            .sum()
    }

    /// Serves the must-cases within these minutes and their share of all.
    fn rules(&self, free: &Minutes) -> Rules {
        let within = self.within(free, |_| self.terms.rule_most);
        let musts: Vec<u32> =
            self.ranked.iter().copied().filter(|n| self.must[*n as usize]).collect();
        let (mut core, mut left) = (vec![None; self.unit.len()], within);
        self.serve_all(&musts, &mut left, &mut core);
        let mut used = [0; RESOURCES_MAX];
        for (used, (within, left)) in used.iter_mut().zip(within.into_iter().zip(left)) {
            *used = within - left;
        }
        let others = self.ranked.iter().copied().filter(|n| core[*n as usize].is_none()).collect();
        let served = core.iter().filter(|a| a.is_some()).count();
        Rules { others, used, must_left: musts.len() - served, core }
    }

    /// A share of all minutes of each resource, but not more than are free.
    fn within(&self, free: &Minutes, share: impl Fn(usize) -> f64) -> Minutes {
        std::array::from_fn(|k| free[k].min((self.minutes[k] as f64 * share(k) + 1e-9) as u64))
    }

    /// What would be found, rules served, if nothing were explored: by plan, and at most; and the
    /// prices of the bundles then.
    fn exploit(&self, rules: &Rules) -> ((f64, f64), Vec<f64>) {
        let minutes = std::array::from_fn(|k| self.minutes[k] - rules.used[k]);
        let (prices, bound) = self.prices(&rules.others, &minutes);
        let by_rule: f64 = (rules.core.iter().enumerate())
            .filter_map(|(n, a)| {
                Some(self.risk[n] * self.detection(usize::from((*a)?), self.profile[n]))
            })
            .sum();
        let served = self.served(&rules.others, &prices, &minutes);
        // Worth is risk less at most that part of it.
        ((by_rule + served, by_rule + bound / (1.0 - TOLD_APART)), prices)
    }

    /// In what parts a tail that detects everyone alike uses the resources, at these prices of the
    /// bundles; the resource of which it uses most has 1.
    fn flat_parts(&self, costs: &[f64]) -> [f64; RESOURCES_MAX] {
        let mut many = vec![0.0; self.means.profiles.len()];
        for &profile in &self.profile {
            many[usize::from(profile)] += 1.0;
        }
        let finite = costs.iter().copied().filter(|cost| cost.is_finite());
        let least = finite.fold(f64::MIN_POSITIVE, f64::max) * 1e-3;
        let costs: Vec<f64> = costs.iter().map(|cost| cost.max(least)).collect();
        let mut mix = Mix::bare(self, many);
        mix.weigh(&costs, &self.usable);
        let mut parts = [0.0; RESOURCES_MAX];
        for (k, needs) in mix.needs().into_iter().enumerate() {
            parts[k] = needs / self.minutes[k].max(1) as f64;
        }
        let most = parts.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        parts.map(|part| part / most)
    }

    /// Everyone with a bundle, when there is time for all.
    fn everyone(&self) -> Option<Vec<Option<u8>>> {
        let (musts, rest): (Vec<u32>, Vec<u32>) =
            self.ranked.iter().partition(|n| self.must[**n as usize]);
        let mut core = vec![None; self.unit.len()];
        self.serve_all(&[musts, rest].concat(), &mut self.minutes.clone(), &mut core);
        core.iter().all(Option::is_some).then_some(core)
    }

    /// Serves as many as fit, each with the cheapest bundle that can find something in it; then,
    /// from the top, each with the strongest that the minutes left allow.
    fn serve_all(&self, list: &[u32], left: &mut Minutes, core: &mut [Option<u8>]) {
        let cheapest: Vec<Option<usize>> = (0..self.means.profiles.len() as u8)
            .map(|profile| {
                let some = self.usable.iter().filter(|&&a| self.detection(a, profile) > 0.0);
                some.min_by(|a, b| self.part(**a).total_cmp(&self.part(**b))).copied()
            })
            .collect();
        for &n in list {
            let cheap = cheapest[usize::from(self.profile[n as usize])];
            if let Some(a) = cheap.filter(|&a| self.times(a, left) > 0) {
                self.take(a, 1, left);
                core[n as usize] = Some(a as u8);
            }
        }
        for &n in list {
            let n = n as usize;
            let profile = self.profile[n];
            let Some(now) = core[n].map(usize::from) else { continue };
            for (left, &takes) in left.iter_mut().zip(&self.bundle(now).minutes) {
                *left += u64::from(takes);
            }
            let strongest = (self.usable.iter().copied())
                .filter(|&a| self.times(a, left) > 0)
                .max_by(|&a, &b| {
                    (self.detection(a, profile).total_cmp(&self.detection(b, profile)))
                        .then(self.part(b).total_cmp(&self.part(a)))
                        .then(b.cmp(&a))
                })
                .unwrap_or(now);
            self.take(strongest, 1, left);
            core[n] = Some(strongest as u8);
        }
    }

    /// One inspection for every profile that waits, of the cheapest bundles that can find
    /// something: kept for the tail, because nobody may have a chance of zero.
    fn reserve(&self) -> Result<Vec<u64>, PlanError> {
        let mut reserve = vec![0; self.means.bundles.len()];
        let mut left = self.minutes;
        for profile in 0..self.means.profiles.len() as u8 {
            if !self.profile.contains(&profile)
                || self.usable.iter().any(|&a| reserve[a] > 0 && self.detection(a, profile) > 0.0)
            {
                continue;
            }
            let cheapest = (self.usable.iter().copied())
                .filter(|&a| self.detection(a, profile) > 0.0 && self.times(a, &left) > 0)
                .min_by(|&a, &b| self.part(a).total_cmp(&self.part(b)).then(a.cmp(&b)));
            let Some(a) = cheapest else {
                return Err(PlanError::NoChance {
                    cell: self.means.cells[self.at].name.clone(),
                    profile: self.means.profiles[usize::from(profile)].clone(),
                });
            };
            self.take(a, 1, &mut left);
            reserve[a] = 1;
        }
        Ok(reserve)
    }

    /// Prices of the bundles when there are these minutes, and the bound on what can be found.
    /// Those of the programme are right for fractions of inspections; whole ones do better at
    /// slightly other prices, which are tried until the bound says that there is little to gain.
    fn prices(&self, list: &[u32], budget: &Minutes) -> (Vec<f64>, f64) {
        let mut fits: Vec<usize> = self.usable.clone();
        fits.retain(|&a| self.times(a, budget) > 0);
        let offers: Vec<Offer> = (fits.iter())
            .map(|&a| {
                let parts = self.bundle(a).minutes.iter().zip(budget);
                let part = |(&takes, &all): (&u32, &u64)| f64::from(takes) / all.max(1) as f64;
                parts.map(part).collect()
            })
            .collect();
        let mut worth: Vec<Vec<f64>> = vec![Vec::new(); self.means.profiles.len()];
        for &n in list {
            worth[usize::from(self.profile[n as usize])].push(self.worth[n as usize]);
        }
        let wares: Vec<Wares> = (worth.into_iter().enumerate())
            .filter(|(_, worth)| !worth.is_empty())
            .map(|(profile, worth)| {
                let detection = fits.iter().map(|&a| self.detection(a, profile as u8)).collect();
                Wares::new(worth, detection)
            })
            .collect();
        let found = prices(&offers, &wares, self.means.resources.len());
        let each = |resource: &[f64]| {
            let mut each = vec![f64::INFINITY; self.means.bundles.len()];
            for (&a, takes) in fits.iter().zip(&offers) {
                each[a] = takes.iter().zip(resource).map(|(takes, price)| takes * price).sum();
            }
            each
        };
        let mut best = found.resource;
        let mut most = self.served(list, &each(&best), budget);
        for _ in 0..HAGGLES {
            let before = most;
            for k in 0..best.len() {
                for factor in [0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.25] {
                    if most >= found.bound * ENOUGH || best[k] == 0.0 {
                        break;
                    }
                    let mut trial = best.clone();
                    trial[k] *= factor;
                    let served = self.served(list, &each(&trial), budget);
                    if served > most {
                        (best, most) = (trial, served);
                    }
                }
            }
            if most == before {
                break;
            }
        }
        (each(&best), found.bound)
    }

    /// What a list, served at some prices of the bundles, finds.
    fn served(&self, list: &[u32], prices: &[f64], budget: &Minutes) -> f64 {
        let mut left = *budget;
        let mut found = 0.0;
        self.serve(list, prices, &mut left, |n, a| {
            found += self.risk[n] * self.detection(a, self.profile[n]);
        });
        found
    }

    /// Serves a list from the top: each gets the bundle that its worth and the prices recommend,
    /// or, where that no longer fits, the strongest of those that are weaker and fit. First those
    /// that are worth the price of their minutes are served, and then, if minutes are left, all.
    fn serve(
        &self,
        list: &[u32],
        prices: &[f64],
        left: &mut Minutes,
        mut give: impl FnMut(usize, usize),
    ) {
        // By profile: the bundles by rising detection, of equal ones the cheaper later.
        let ladders: Vec<Vec<usize>> = (0..self.means.profiles.len() as u8)
            .map(|profile| {
                let mut ladder: Vec<usize> = (self.usable.iter().copied())
                    .filter(|&a| self.detection(a, profile) > 0.0 && prices[a].is_finite())
                    .collect();
                ladder.sort_unstable_by(|&a, &b| {
                    (self.detection(a, profile).total_cmp(&self.detection(b, profile)))
                        .then(prices[b].total_cmp(&prices[a]))
                        .then(a.cmp(&b))
                });
                ladder
            })
            .collect();
        let fits_any = |left: &Minutes| self.usable.iter().any(|&a| self.times(a, left) > 0);
        let mut rest = Vec::new();
        for pays in [true, false] {
            let again = std::mem::take(&mut rest);
            for &n in if pays { list } else { &again } {
                let (worth, profile) = (self.worth[n as usize], self.profile[n as usize]);
                let ladder = &ladders[usize::from(profile)];
                let gain = |a: usize| worth * self.detection(a, profile) - prices[a];
                let (mut best, mut most) = (0, f64::NEG_INFINITY);
                for (rung, &a) in ladder.iter().enumerate() {
                    let here = gain(a);
                    if here > most {
                        (best, most) = (rung, here);
                    }
                }
                let up_to = ladder.len().min(best + 1);
                let fits = |a: usize| (!pays || gain(a) > 0.0) && self.times(a, left) > 0;
                match ladder[..up_to].iter().rev().find(|&&a| fits(a)) {
                    Some(&a) => {
                        self.take(a, 1, left);
                        give(n as usize, a);
                    }
                    None if !fits_any(left) => return,
                    None => rest.push(n),
                }
            }
        }
    }

    /// Core and tail for given terms, with the part of its share explored that holds for each
    /// resource, at given prices of the bundles or those that are found; and the prices.
    fn split(
        &self,
        reserve: &[u64],
        rules: &Rules,
        (terms, parts): (Terms, &[f64; RESOURCES_MAX]),
        exploit: (f64, f64),
        prices: Option<&[f64]>,
    ) -> (Solved, Vec<f64>) {
        let mut free = self.minutes;
        for (a, &times) in reserve.iter().enumerate() {
            self.take(a, times, &mut free);
        }
        let within = self.within(&free, |k| 1.0 - terms.explore * parts[k]);
        let mut left = std::array::from_fn(|k| within[k].saturating_sub(rules.used[k]));
        let prices = prices.map_or_else(|| self.prices(&rules.others, &left).0, <[f64]>::to_vec);
        let mut core = rules.core.clone();
        self.serve(&rules.others, &prices, &mut left, |n, a| core[n] = Some(a as u8));

        let mut free = self.minutes;
        for a in core.iter().flatten() {
            self.take(usize::from(*a), 1, &mut free);
        }
        let (tail, drawn) = self.tail(&core, reserve, free, terms);
        let by_rule = rules.core.iter().map(Option::is_some).collect();
        let must_left = rules.must_left;
        (Solved { terms, core, tail, drawn, by_rule, must_left, exploit }, prices)
    }

    /// Bundles and chances of everyone outside the core, for the minutes it left.
    fn tail(
        &self,
        core: &[Option<u8>],
        reserve: &[u64],
        free: Minutes,
        terms: Terms,
    ) -> (Vec<(u8, f64)>, Vec<u64>) {
        let profiles = self.means.profiles.len();
        let bundles = self.means.bundles.len();
        let open: Vec<usize> = (0..core.len()).filter(|&n| core[n].is_none()).collect();
        // What detection is cheap for, at the prices of an even spread; then the shape of the
        // chances of detection: the spread over the price, not below the floor, 1 on average.
        let by_profile = |of: &dyn Fn(usize) -> f64| {
            let mut sums = vec![0.0; profiles];
            for (at, &n) in open.iter().enumerate() {
                sums[usize::from(self.profile[n])] += of(at);
            }
            sums
        };
        let cheap = Mix::new(self, by_profile(&|at| self.spread[open[at]]), &free).cheap;
        let spread: Vec<f64> =
            open.iter().map(|&n| self.spread[n] * cheap[usize::from(self.profile[n])]).collect();
        let room = SHAPE * open.len() as f64;
        let shape = Tail { spread: &spread, floor: |_| SHAPE * terms.floor, boundary: None, room };
        let shape: Vec<f64> = shape.shares().iter().map(|share| share / SHAPE).collect();
        let mix = Mix::new(self, by_profile(&|at| shape[at]), &free);
        let mut drawn = reserve.to_vec();
        let mut left = free;
        for (a, &times) in reserve.iter().enumerate() {
            self.take(a, times, &mut left);
        }
        // A whole number of each bundle within the minutes: first all alike, then what is short.
        let mass = mix.mass();
        let mut scale = 1.0_f64;
        for (k, &left) in left.iter().enumerate().take(self.means.resources.len()) {
            let used: f64 =
                (0..bundles).map(|a| mass[a] * f64::from(self.bundle(a).minutes[k])).sum();
            if used > left as f64 {
                scale = scale.min(left as f64 / used);
            }
        }
        let mut spare = open.len() as u64 - drawn.iter().sum::<u64>().min(open.len() as u64);
        for a in 0..bundles {
            let times = ((mass[a] * scale) as u64).min(self.times(a, &left)).min(spare);
            self.take(a, times, &mut left);
            drawn[a] += times;
            spare -= times;
        }
        while spare > 0 {
            let short = (self.usable.iter().copied())
                .filter(|&a| self.times(a, &left) > 0 && mix.finds(a))
                .max_by(|&a, &b| {
                    let short = |a: usize| (mass[a] + 1.0) / (drawn[a] as f64 + 1.0);
                    short(a).total_cmp(&short(b)).then(b.cmp(&a))
                });
            let Some(a) = short else { break };
            self.take(a, 1, &mut left);
            drawn[a] += 1;
            spare -= 1;
        }

        let quota = mix.quotas(&drawn);
        let mut given = vec![0_u64; profiles * bundles];
        let mut seen = vec![0_u64; profiles];
        let mut groups: Vec<Vec<(usize, f64)>> = vec![Vec::new(); bundles];
        for (at, &n) in open.iter().enumerate() {
            let h = usize::from(self.profile[n]);
            seen[h] += 1;
            let lack =
                |a: usize| quota[h * bundles + a] * seen[h] as f64 - given[h * bundles + a] as f64;
            let a = (0..bundles)
                .filter(|&a| quota[h * bundles + a] > 0.0)
                .max_by(|&a, &b| lack(a).total_cmp(&lack(b)).then(b.cmp(&a)))
                .expect("the reserve has a bundle for every profile");
            given[h * bundles + a] += 1;
            groups[a].push((n, shape[at]));
        }
        self.chances(&groups, drawn, terms.floor)
    }

    /// Chances within each group, by unit and its shape, and how many are drawn of it.
    fn chances(
        &self,
        groups: &[Vec<(usize, f64)>],
        mut drawn: Vec<u64>,
        floor: f64,
    ) -> (Vec<(u8, f64)>, Vec<u64>) {
        let mut tail = vec![(0, 0.0); self.unit.len()];
        let spreads: Vec<Vec<f64>> = (groups.iter().enumerate())
            .map(|(a, group)| {
                let over = |&(n, shape): &(usize, f64)| shape / self.detection(a, self.profile[n]);
                group.iter().map(over).collect()
            })
            .collect();
        let mut level = f64::INFINITY;
        for (spread, drawn) in spreads.iter().zip(&mut drawn) {
            *drawn = (*drawn).min(spread.len() as u64);
            if *drawn > 0 {
                level = level.min(*drawn as f64 / spread.iter().sum::<f64>());
            }
        }
        for (a, (group, spread)) in groups.iter().zip(&spreads).enumerate() {
            if group.is_empty() {
                continue;
            }
            let least = floor * level;
            let floor = |at: usize| (least / self.detection(a, self.profile[group[at].0])).min(1.0);
            let room = drawn[a] as f64;
            let shares = Tail { spread, floor, boundary: None, room }.shares();
            for (&(n, _), share) in group.iter().zip(shares) {
                tail[n] = (a as u8, share);
            }
        }
        (tail, drawn)
    }

    /// Puts the solution of the cell where the caller finds it.
    fn keep(&self, solved: Solved, all: &mut Allocation) {
        let name = self.means.cells[self.at].name.as_bytes();
        let mut pools: Vec<Vec<u32>> = vec![Vec::new(); self.means.bundles.len()];
        for (n, &unit) in self.unit.iter().enumerate() {
            let at = unit as usize;
            let (bundle, chance) = solved.core[n].map_or(solved.tail[n], |a| (a, 1.0));
            (all.bundle[at], all.chance[at]) = (bundle, chance);
            all.channel[at] = match (solved.core[n], solved.by_rule[n]) {
                (Some(_), true) => Channel::Rule,
                (Some(_), false) => Channel::Risk,
                (None, _) => Channel::Random,
            };
            if solved.core[n].is_none() {
                pools[usize::from(bundle)].push(unit);
            }
        }
        let certain = |by: bool| {
            let of = self.ranked.iter().map(|n| *n as usize);
            let (core, by_rule) = (&solved.core, &solved.by_rule);
            of.filter(move |&n| core[n].is_some() && by_rule[n] == by).map(|n| self.unit[n])
        };
        all.certain.extend(certain(true).chain(certain(false)));
        for (a, pool) in pools.into_iter().enumerate().filter(|(_, pool)| !pool.is_empty()) {
            let purpose = [b"draw of ", name, b"\0", &[a as u8]].concat();
            all.groups.push(Group { purpose, pool, drawn: solved.drawn[a] as usize });
        }
        let mut report = CellReport::new(self.means, self.at, solved.terms, self.unit.len());
        (report.exploit, report.bound) = solved.exploit;
        report.must_left = solved.must_left;
        for (n, &unit) in self.unit.iter().enumerate() {
            let at = unit as usize;
            let detection = self.detection(usize::from(all.bundle[at]), self.profile[n]);
            report.add(all.chance[at], detection, self.risk[n]);
            if solved.core[n].is_some() {
                report.plan(all.channel[at], self.bundle(usize::from(all.bundle[at])), 1);
            }
        }
        for (a, &times) in solved.drawn.iter().enumerate() {
            report.plan(Channel::Random, self.bundle(a), times);
        }
        report.close();
        for resource in &report.resources {
            assert!(resource.planned() + resource.kept_free <= resource.available);
        }
        all.cells.push(report);
    }
}

/// The tail's mix of bundles by profile.
struct Mix<'a> {
    work: &'a Cellwork<'a>,
    /// What each profile is to get of the chances of detection, on any scale.
    weight: Vec<f64>,
    /// By profile and bundle: how good the bundle is for the profile, price in hand.
    kernel: Vec<f64>,
    /// By profile: √(detection over price) of its best bundles. Detection is spread where it is
    /// cheap.
    cheap: Vec<f64>,
    /// By profile and bundle: the part of the profile that the bundle gets.
    part: Vec<f64>,
    /// What one unit of weight gets in chances of detection.
    level: f64,
}

impl<'a> Mix<'a> {
    /// Finds prices of the minutes that are left at which the tail just uses them. Bundles that
    /// are about equally good for a profile share it, in a power of detection over price.
    fn new(work: &'a Cellwork<'a>, weight: Vec<f64>, free: &Minutes) -> Self {
        let (bundles, resources) = (work.means.bundles.len(), work.means.resources.len());
        let takes = |a: usize, k: usize| f64::from(work.bundle(a).minutes[k]);
        let fits: Vec<usize> =
            work.usable.iter().copied().filter(|&a| work.times(a, free) > 0).collect();
        let mut price: Vec<f64> =
            free.iter().take(resources).map(|&free| 1.0 / free.max(1) as f64).collect();
        let mut mix = Self::bare(work, weight);
        for _ in 0..MIXINGS {
            let costs: Vec<f64> = (0..bundles)
                .map(|a| (0..resources).map(|k| takes(a, k) * price[k]).sum())
                .collect();
            mix.weigh(&costs, &fits);
            let used = mix.needs();
            let most = (used.iter().zip(free))
                .filter(|(used, _)| **used > 0.0)
                .map(|(used, &free)| used / free.max(1) as f64)
                .fold(0.0, f64::max);
            mix.level = if most > 0.0 { 1.0 / most } else { 0.0 };
            for (k, price) in price.iter_mut().enumerate() {
                // What is wanted beyond its minutes, against the rest, gets dearer.
                let wanted = used[k] * mix.level / free[k].max(1) as f64;
                *price = (*price * wanted.max(0.25).sqrt()).max(1e-12);
            }
        }
        mix
    }

    fn bare(work: &'a Cellwork<'a>, weight: Vec<f64>) -> Self {
        let (profiles, bundles) = (weight.len(), work.means.bundles.len());
        Self {
            work,
            weight,
            kernel: vec![0.0; profiles * bundles],
            cheap: vec![1.0; profiles],
            part: vec![0.0; profiles * bundles],
            level: 1.0,
        }
    }

    /// Shares every profile out among the bundles that fit, at their prices.
    fn weigh(&mut self, costs: &[f64], fits: &[usize]) {
        let bundles = costs.len();
        for h in 0..self.weight.len() {
            let row = h * bundles;
            let mut best = 0.0_f64;
            for &a in fits {
                self.kernel[row + a] = self.work.detection(a, h as u8) / costs[a];
                best = best.max(self.kernel[row + a]);
            }
            self.cheap[h] = if best > 0.0 { best.sqrt() } else { 1.0 };
            let mut sum = 0.0;
            for &a in fits {
                let good = self.kernel[row + a] / best.max(f64::MIN_POSITIVE);
                let fourth = (good * good) * (good * good);
                self.kernel[row + a] = fourth * fourth;
                sum += fourth * fourth;
            }
            for &a in fits {
                let part = if sum > 0.0 { self.kernel[row + a] / sum } else { 0.0 };
                self.part[row + a] = part;
            }
        }
    }

    /// Minutes of each resource that the weights ask for at level 1.
    fn needs(&self) -> Vec<f64> {
        let bundles = self.work.means.bundles.len();
        let mass: Vec<f64> =
            (0..bundles).map(|a| self.used(a, |h, a| self.part[h * bundles + a])).collect();
        (0..self.work.means.resources.len())
            .map(|k| {
                (0..bundles).map(|a| mass[a] * f64::from(self.work.bundle(a).minutes[k])).sum()
            })
            .collect()
    }

    /// Whether a bundle finds anything in what waits.
    fn finds(&self, a: usize) -> bool {
        (self.weight.iter().enumerate())
            .any(|(h, &weight)| weight > 0.0 && self.work.detection(a, h as u8) > 0.0)
    }

    /// Inspections of each bundle.
    fn mass(&self) -> Vec<f64> {
        let bundles = self.work.means.bundles.len();
        (0..bundles).map(|a| self.level * self.used(a, |h, a| self.part[h * bundles + a])).collect()
    }

    /// Chances that a bundle gives at level 1 for given parts.
    fn used(&self, a: usize, part: impl Fn(usize, usize) -> f64) -> f64 {
        (self.weight.iter().enumerate())
            .filter(|(h, _)| self.work.detection(a, *h as u8) > 0.0)
            .map(|(h, weight)| weight * part(h, a) / self.work.detection(a, h as u8))
            .sum()
    }

    /// The parts of each profile at which the drawn numbers give everyone the same level of
    /// detection, whatever its bundle: rows add up to 1 and columns to the drawn numbers, by
    /// scaling in turn (Deming and Stephan 1940).
    fn quotas(&self, drawn: &[u64]) -> Vec<f64> {
        let bundles = drawn.len();
        let mut scale = vec![1.0; bundles];
        let mut part = vec![0.0; self.kernel.len()];
        for _ in 0..MIXINGS {
            for h in 0..self.weight.len() {
                let kernel = |a: usize| match drawn[a] {
                    0 => 0.0,
                    // A bundle that was no use at its price still serves who has no other.
                    _ if self.work.detection(a, h as u8) > 0.0 => {
                        self.kernel[h * bundles + a].max(1e-9)
                    }
                    _ => 0.0,
                };
                let sum: f64 = (0..bundles).map(|a| kernel(a) * scale[a]).sum();
                for a in 0..bundles {
                    let here = kernel(a) * scale[a];
                    part[h * bundles + a] = if here > 0.0 { here / sum } else { 0.0 };
                }
            }
            let used: Vec<f64> =
                (0..bundles).map(|a| self.used(a, |h, a| part[h * bundles + a])).collect();
            let level = drawn.iter().sum::<u64>() as f64 / used.iter().sum::<f64>();
            for a in 0..bundles {
                if used[a] > 0.0 && drawn[a] > 0 {
                    scale[a] *= drawn[a] as f64 / (level * used[a]);
                }
            }
        }
        part
    }
}

/// Chances of the first cell at given prices of its bundles, or at those that are found, and the
/// prices: what an allocation is made of, for the test that more risk never means less chance.
#[cfg(test)]
pub(super) fn chances_at(
    candidates: &[Placed<'_>],
    means: &Means,
    terms: Terms,
    seed: &Seed,
    prices: Option<&[f64]>,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let order = keyed_order(candidates.iter().map(|placed| &placed.candidate), seed).ok()?;
    let cell = Cellwork::new(candidates, order, means, 0, terms);
    let reserve = cell.reserve().ok()?;
    let mut free = cell.minutes;
    for (a, &times) in reserve.iter().enumerate() {
        cell.take(a, times, &mut free);
    }
    let rules = cell.rules(&free);
    let (solved, prices) = cell.split(&reserve, &rules, (terms, &[1.0; 8]), (0.0, 0.0), prices);
    let mut chances = vec![0.0; candidates.len()];
    for (n, &unit) in cell.unit.iter().enumerate() {
        chances[unit as usize] = if solved.core[n].is_some() { 1.0 } else { solved.tail[n].1 };
    }
    Some((chances, prices))
}
