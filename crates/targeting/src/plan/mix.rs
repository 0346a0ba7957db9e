//! The tail of one cell: how its minutes are shared out among the bundles, which one each
//! consignment would be inspected with, and with what chance. Prices that just use the minutes say
//! what detection is cheap for; a whole number of every bundle is drawn, so that no draw overruns.

use super::Terms;
use super::allocate::{Cellwork, Minutes};
use super::means::RESOURCES_MAX;
use super::tail::Tail;

/// How often the tail's mix of bundles is brought nearer to the minutes there are.
const MIXINGS: usize = 120;

/// The scale at which shapes are found, small enough that none is cut off at 1.
const SHAPE: f64 = 1e-6;

impl Cellwork<'_> {
    /// In what parts a tail that detects everyone alike uses the resources, at these prices of the
    /// bundles; the resource of which it uses most has 1.
    pub(super) fn flat_parts(&self, costs: &[f64]) -> [f64; RESOURCES_MAX] {
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

    /// Bundles and chances of everyone outside the core, for the minutes it left.
    pub(super) fn tail(
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
    pub(super) fn chances(
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
