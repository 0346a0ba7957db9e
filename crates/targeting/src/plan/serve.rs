//! Serving the certain of one cell: hard classes first, then the list from the top, each with the
//! bundle that the prices of minutes recommend. Whoever stands higher comes earlier and finds at
//! least as much left, which is why more risk never means a smaller chance. What is left over goes
//! to the tail, in `mix.rs`.

use super::PlanError;
use super::allocate::{Cellwork, Minutes, Rules, TOLD_APART};
use super::means::RESOURCES_MAX;
use super::prices::{Offer, Wares, prices};

/// Rounds in which the price of each resource is tried a little lower and higher.
const HAGGLES: usize = 3;

/// This near to the bound, other prices are not tried.
const ENOUGH: f64 = 0.995;

impl Cellwork<'_> {
    /// Everyone with a bundle, when there is time for all.
    pub(super) fn everyone(&self) -> Option<Vec<Option<u8>>> {
        let (musts, rest): (Vec<u32>, Vec<u32>) =
            self.ranked.iter().partition(|n| self.must[**n as usize]);
        let mut core = vec![None; self.unit.len()];
        self.serve_all(&[musts, rest].concat(), &mut self.minutes.clone(), &mut core);
        core.iter().all(Option::is_some).then_some(core)
    }

    /// Serves as many as fit, each with the cheapest bundle that can find something in it; then,
    /// from the top, each with the strongest that the minutes left allow.
    pub(super) fn serve_all(&self, list: &[u32], left: &mut Minutes, core: &mut [Option<u8>]) {
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

    /// Serves the must-cases within these minutes and their share of all.
    pub(super) fn rules(&self, free: &Minutes) -> Rules {
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

    /// What would be found, rules served, if nothing were explored: by plan, and at most; and the
    /// prices of the bundles then.
    pub(super) fn exploit(&self, rules: &Rules) -> ((f64, f64), Vec<f64>) {
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

    /// Prices of the bundles when there are these minutes, and the bound on what can be found.
    /// Those of the programme are right for fractions of inspections; whole ones do better at
    /// slightly other prices, which are tried until the bound says that there is little to gain.
    pub(super) fn prices(&self, list: &[u32], budget: &Minutes) -> (Vec<f64>, f64) {
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
    pub(super) fn served(&self, list: &[u32], prices: &[f64], budget: &Minutes) -> f64 {
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
    pub(super) fn serve(
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

    /// One inspection for every profile that waits, of the cheapest bundles that can find
    /// something: kept for the tail, because nobody may have a chance of zero.
    pub(super) fn reserve(&self) -> Result<Vec<u64>, PlanError> {
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

    /// A share of all minutes of each resource, but not more than are free.
    pub(super) fn within(&self, free: &Minutes, share: impl Fn(usize) -> f64) -> Minutes {
        std::array::from_fn(|k| free[k].min((self.minutes[k] as f64 * share(k) + 1e-9) as u64))
    }
}
