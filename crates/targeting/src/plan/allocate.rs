//! From candidates, cells and bundles to one bundle and one known chance for every consignment.
//!
//! Each cell is solved for itself. The core takes (1 − ε) of the minutes from the top of the list,
//! each with the bundle that the prices of minutes recommend (`serve.rs`). The tail is everyone
//! else: first each is given its one bundle by the keyed order, so that what it would be inspected
//! with does not depend on what it is; then every group of one cell and bundle draws a whole number
//! of inspections that fits in the minutes. So no draw can exceed any minute of any resource, and
//! each chance is exact. The tail's chances follow the spread of the answer over the price of
//! detecting it, above a floor on the chance of *detection* (`mix.rs`). What came of a cell:
//! `report.rs`.

use super::chances::{check_terms, keyed_order, plannable};
use super::draw::pivotal;
use super::means::RESOURCES_MAX;
use super::report::CellReport;
use super::tail::spread;
use super::{Bundle, Means, Placed, PlanError, Seed, Terms};
use crate::outcome::Channel;

/// Equal worth is told apart by up to this part of it, so that the prices can split a crowd of
/// equals between bundles. It decides about bundles alone, never about rank.
pub(super) const TOLD_APART: f64 = 1.0 / 1024.0;

/// Halvings of the share explored when the floor is raised as far as a loss allows.
const RAISINGS: usize = 12;

pub(super) type Minutes = [u64; RESOURCES_MAX];

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
/// Must-cases come first and take at most `terms.rule_most` of the minutes of each resource: as
/// many as fit, then as strong as fits; the others compete by their risk. Of the minutes
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
pub(super) struct Cellwork<'a> {
    pub(super) means: &'a Means,
    pub(super) at: usize,
    pub(super) terms: Terms,
    /// Candidates.
    pub(super) unit: Vec<u32>,
    pub(super) risk: Vec<f64>,
    /// Risk, told apart.
    pub(super) worth: Vec<f64>,
    pub(super) spread: Vec<f64>,
    pub(super) must: Vec<bool>,
    pub(super) profile: Vec<u8>,
    /// Units by falling risk; equal ones in the keyed order.
    pub(super) ranked: Vec<u32>,
    /// Minutes of each resource that can be planned.
    pub(super) minutes: Minutes,
    /// Bundles that fit at least once.
    pub(super) usable: Vec<usize>,
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
pub(super) struct Rules {
    /// By unit: the bundle if it has one.
    pub(super) core: Vec<Option<u8>>,
    /// The others by rank.
    pub(super) others: Vec<u32>,
    pub(super) used: Minutes,
    pub(super) must_left: usize,
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

    pub(super) fn bundle(&self, a: usize) -> &Bundle {
        &self.means.bundles[a]
    }

    pub(super) fn detection(&self, a: usize, profile: u8) -> f64 {
        self.bundle(a).detection[usize::from(profile)]
    }

    /// How many inspections of a bundle fit in some minutes.
    pub(super) fn times(&self, a: usize, left: &Minutes) -> u64 {
        let takes = self.bundle(a).minutes.iter().zip(left);
        takes
            .filter(|(takes, _)| **takes > 0)
            .map(|(&takes, left)| left / u64::from(takes))
            .min()
            .unwrap_or(0)
    }

    pub(super) fn take(&self, a: usize, times: u64, left: &mut Minutes) {
        for (left, &takes) in left.iter_mut().zip(&self.bundle(a).minutes) {
            *left -= times * u64::from(takes);
        }
    }

    /// The largest part of a resource that one inspection takes.
    pub(super) fn part(&self, a: usize) -> f64 {
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
        // The plan without it is where the search starts, so that none comes out lower.
        let usual = split(Terms { minimax: None, ..self.terms }, &[1.0; RESOURCES_MAX]);
        let start = (self.utility(&usual) >= least).then(|| (self.floor(&usual), usual));
        let mut best: Option<(f64, Solved)> = start;
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
            // Groups are told apart by whom the keyed order meets first in them: a bundle that
            // nobody can use, or another order of the file, must not make another draw.
            let first = self.unit.iter().position(|unit| *unit == pool[0]).unwrap_or_default();
            let purpose = [b"draw of ", name, b"\0", &first.to_le_bytes()[..]].concat();
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
