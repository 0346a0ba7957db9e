//! What a minute of each resource is worth in one cell: the prices at which the best use of every
//! consignment, decided for itself, adds up to what there is (the dual of the linear programme).
//!
//! For given prices each profile has thresholds of worth between its bundles, so what all would
//! use is counted in sorted lists instead of visiting everyone. The prices are found by the
//! ellipsoid method (Shor 1977; Yudin and Nemirovski 1976), which needs nothing but additions,
//! products and roots, and so gives the same bits on every machine. The dual value is also an upper
//! bound on what any plan could find: it says how good the plan is without a second solver.

/// Half the gap that is left to the best prices, relative to the dual value.
const GAP: f64 = 1e-9;

/// Steps for each resource; each step shrinks the ellipsoid by a factor that depends on their
/// number alone, so this many reach [`GAP`] unless rounding ends the search before.
const STEPS_EACH: usize = 220;

/// What part of the budget of each resource one inspection of a bundle takes, by resource.
pub(super) type Offer = Vec<f64>;

/// The worth of all consignments of one profile.
#[derive(Debug, Clone, Default)]
pub(super) struct Wares {
    /// Falling.
    worth: Vec<f64>,
    /// Sum of the first n.
    sums: Vec<f64>,
    /// By offer.
    detection: Vec<f64>,
}

impl Wares {
    pub(super) fn new(mut worth: Vec<f64>, detection: Vec<f64>) -> Self {
        worth.sort_unstable_by(|a, b| b.total_cmp(a));
        let mut sums = Vec::with_capacity(worth.len() + 1);
        let mut sum = 0.0;
        sums.push(sum);
        for one in &worth {
            sum += one;
            sums.push(sum);
        }
        Self { worth, sums, detection }
    }

    /// Number and worth of those above a threshold.
    fn above(&self, threshold: f64) -> (f64, f64) {
        let many = self.worth.partition_point(|&worth| worth > threshold);
        (many as f64, self.sums[many])
    }
}

/// Prices and the bound they prove.
#[derive(Debug, Clone, Default)]
pub(super) struct Prices {
    /// By resource: what its whole budget is worth.
    pub(super) resource: Vec<f64>,
    /// No plan within the budgets finds more than this.
    pub(super) bound: f64,
}

/// Finds the prices at which the wares just use the budgets.
pub(super) fn prices(offers: &[Offer], wares: &[Wares], resources: usize) -> Prices {
    let used: Vec<usize> =
        (0..resources).filter(|&k| offers.iter().any(|offer| offer[k] > 0.0)).collect();
    let takes: Vec<Vec<f64>> =
        offers.iter().map(|offer| used.iter().map(|&k| offer[k]).collect()).collect();
    let market = Market { takes, wares };
    let n = used.len();
    let free = market.dual(&vec![0.0; n]);
    if free.use_of.iter().all(|&used| used <= 1.0) {
        return Prices { resource: vec![0.0; resources], bound: free.value };
    }
    let mut best = free.clone();
    let mut best_price = vec![0.0; n];
    // The best prices lie in the box from 0 to the dual value, because they add up to less.
    let mut top = free.value;
    for trial in 1..40 {
        // Cheaper corners first would do as well: this only finds the scale of the box.
        let price = vec![free.value / f64::from(trial).exp2() / n as f64; n];
        let dual = market.dual(&price);
        top = top.min(dual.value);
        if dual.value < best.value {
            (best, best_price) = (dual, price);
        }
    }
    let mut centre = vec![top / 2.0; n];
    let mut shape = vec![0.0; n * n];
    for k in 0..n {
        shape[k * n + k] = top * top / 4.0 * n as f64;
    }
    let mut step = vec![0.0; n];
    for _ in 0..STEPS_EACH * n {
        let below = (0..n).find(|&k| centre[k] < 0.0);
        let slope: Vec<f64> = match below {
            // A price below 0 is cut off.
            Some(below) => (0..n).map(|k| if k == below { -1.0 } else { 0.0 }).collect(),
            None => {
                let dual = market.dual(&centre);
                let slope = dual.use_of.iter().map(|used| 1.0 - used).collect();
                if dual.value < best.value {
                    (best, best_price) = (dual, centre.clone());
                }
                slope
            }
        };
        for k in 0..n {
            step[k] = (0..n).map(|j| shape[k * n + j] * slope[j]).sum();
        }
        let width = (0..n).map(|k| slope[k] * step[k]).sum::<f64>().sqrt();
        let enough = if below.is_some() { 0.0 } else { GAP * best.value };
        // Rounding may leave no width at all, or none that is a number.
        if width.is_nan() || width <= enough {
            break;
        }
        let size = n as f64;
        if n == 1 {
            // In one dimension the ellipsoid is an interval, and the method halves it.
            centre[0] -= step[0] / width / 2.0;
            shape[0] /= 4.0;
            continue;
        }
        for k in 0..n {
            step[k] /= width;
            centre[k] -= step[k] / (size + 1.0);
        }
        let grow = size * size / (size * size - 1.0);
        for k in 0..n {
            for j in 0..n {
                let cut = 2.0 / (size + 1.0) * step[k] * step[j];
                shape[k * n + j] = grow * (shape[k * n + j] - cut);
            }
        }
    }
    let mut resource = vec![0.0; resources];
    for (k, price) in used.into_iter().zip(best_price) {
        resource[k] = price;
    }
    Prices { resource, bound: best.value }
}

/// What the market would do at some prices.
#[derive(Debug, Clone)]
struct Dual {
    value: f64,
    /// By resource, in budgets.
    use_of: Vec<f64>,
}

struct Market<'a> {
    takes: Vec<Vec<f64>>,
    wares: &'a [Wares],
}

impl Market<'_> {
    /// Price of one inspection of each offer.
    fn each(&self, price: &[f64]) -> Vec<f64> {
        self.takes.iter().map(|takes| takes.iter().zip(price).map(|(t, p)| t * p).sum()).collect()
    }

    /// Everyone takes what leaves it most: the upper envelope of worth × detection − price.
    fn dual(&self, price: &[f64]) -> Dual {
        let each = self.each(price);
        let mut dual = Dual { value: price.iter().sum(), use_of: vec![0.0; price.len()] };
        let mut hull: Vec<(usize, f64)> = Vec::with_capacity(each.len());
        for wares in self.wares {
            envelope(&wares.detection, &each, &mut hull);
            // From the top of the list down: the strongest of the envelope first.
            let (mut before, mut sum_before) = (0.0, 0.0);
            for &(offer, threshold) in hull.iter().rev() {
                let (many, sum) = wares.above(threshold);
                let here = many - before;
                if here > 0.0 {
                    dual.value += wares.detection[offer] * (sum - sum_before) - each[offer] * here;
                    for (used, takes) in dual.use_of.iter_mut().zip(&self.takes[offer]) {
                        *used += takes * here;
                    }
                    (before, sum_before) = (many, sum);
                }
            }
        }
        dual
    }
}

/// The offers of the upper envelope by rising detection, each with the worth from which it is best.
fn envelope(detection: &[f64], each: &[f64], hull: &mut Vec<(usize, f64)>) {
    hull.clear();
    let mut order: [usize; super::means::BUNDLES_MAX] = std::array::from_fn(|at| at);
    let order = &mut order[..detection.len()];
    order.sort_unstable_by(|&a, &b| {
        (detection[a].total_cmp(&detection[b])).then(each[b].total_cmp(&each[a])).then(a.cmp(&b))
    });
    for &next in order.iter() {
        if detection[next] <= 0.0 {
            continue;
        }
        loop {
            let Some(&(last, from)) = hull.last() else {
                hull.push((next, each[next] / detection[next]));
                break;
            };
            let stronger = detection[next] - detection[last];
            let threshold = if stronger > 0.0 {
                (each[next] - each[last]) / stronger
            } else {
                // As strong and not dearer: it takes the place of the one before.
                f64::NEG_INFINITY
            };
            if threshold > from {
                hull.push((next, threshold));
                break;
            }
            hull.pop();
        }
    }
}
