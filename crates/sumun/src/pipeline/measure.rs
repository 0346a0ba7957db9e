//! Measure: from recorded chances and outcomes to the iceberg and the yields. Every figure of the
//! traffic is an estimate with an interval, with the naive figure beside it; yields describe the
//! inspections made and nothing beyond. The formulas are in `targeting::measuring`; what a rival
//! ranking would have found is in `value.rs`.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use serde::Serialize;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::measuring::{
    Ended, Iceberg, Inspected, Interval, Tally, Term, TwoStep, Unit, Yield, course, iceberg_tested,
    steadied, yields,
};
use targeting::model::Target;
use targeting::outcome::Channel;
use targeting::words;

use crate::store::outcomes::{self, Measured};
use crate::store::{Store, consignments};

/// How many consignments are read at a time for what they are divided by.
const BATCH: usize = 8_192;

/// By what the traffic can be divided beside office, regime and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stratum {
    /// The first two digits of the main goods' HS code.
    Chapter,
    /// The country of origin of the main goods.
    Origin,
    /// The country of departure.
    Departure,
    /// Import, export, transit or transhipment.
    Direction,
}
words!(
    Stratum,
    "a stratum: chapter, origin, departure or direction",
    Chapter = "chapter",
    Origin = "origin",
    Departure = "departure",
    Direction = "direction",
);

impl Stratum {
    /// Which part a consignment belongs to; a dash where it does not say.
    fn of(self, consignment: &Consignment) -> String {
        let goods = consignment.main_goods();
        let part = match self {
            Stratum::Chapter => {
                goods.and_then(|goods| goods.hs).map(|hs| format!("{:02}", hs.chapter()))
            }
            Stratum::Origin => goods.and_then(|goods| goods.origin).map(|code| code.to_string()),
            Stratum::Departure => consignment.route.departure.map(|code| code.to_string()),
            Stratum::Direction => Some(consignment.direction.to_string()),
        };
        part.unwrap_or_else(|| "–".to_owned())
    }
}

/// What is to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// What is counted.
    pub target: Target,
    /// First and last day of the shifts.
    pub window: (Day, Day),
    /// A further division.
    pub by: Option<Stratum>,
    /// How many test consignments the detection probabilities rest on; None takes them as known.
    pub tests: Option<u64>,
}

/// The iceberg of one week, office, regime or of all together.
#[derive(Debug, Clone, Serialize)]
pub struct Period {
    /// Monday of the week, the month, the office's code or the regime.
    pub of: String,
    /// The estimate.
    #[serde(flatten)]
    pub iceberg: Iceberg,
}

/// The share of the traffic up to a week that is irregular.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// Monday of the week.
    pub of: String,
    /// The share, with the interval for one who looks once.
    pub prevalence: Option<Interval>,
    /// The share, with the band for one who looks every week.
    pub band: Option<Interval>,
}

/// How the share that is irregular changed from some weeks to as many later ones.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// How many weeks with plans each side has.
    pub weeks: usize,
    /// The former weeks, from the Monday of the first to that of the last.
    pub former: Period,
    /// The latest weeks, likewise.
    pub latest: Period,
    /// Share irregular in the latest weeks less that in the former.
    pub difference: Interval,
    /// The latest weeks' irregular consignments, helped by all weeks before them; within the
    /// interval of the latest weeks, which rests on their own inspections alone.
    pub steadied: f64,
}

/// Weeks on each side of a comparison, where there are so many.
const COMPARED: usize = 13;

/// Everything that is measured of one target.
#[derive(Debug, Clone, Serialize)]
pub struct Measure {
    /// What is counted.
    pub target: Target,
    /// All plans together.
    pub pooled: Iceberg,
    /// By ISO week of the shift.
    pub weeks: Vec<Period>,
    /// The four weeks up to each week, from the fourth on.
    pub weeks_4: Vec<Period>,
    /// The thirteen weeks up to each week, from the thirteenth on.
    pub weeks_13: Vec<Period>,
    /// By month.
    pub months: Vec<Period>,
    /// By quarter.
    pub quarters: Vec<Period>,
    /// By year.
    pub years: Vec<Period>,
    /// All weeks up to each week, with a band that may be watched.
    pub course: Vec<Standing>,
    /// The latest weeks against as many before them; none with fewer than two weeks.
    pub change: Option<Change>,
    /// By office.
    pub offices: Vec<Period>,
    /// By regime.
    pub regimes: Vec<Period>,
    /// What `strata` divides by.
    pub by: Option<Stratum>,
    /// By what was asked for.
    pub strata: Vec<Period>,
    /// What inspections yielded, by channel.
    pub yields: BTreeMap<Channel, Yield>,
    /// Plans in the measure.
    pub plans: usize,
    /// Plans without a single outcome so far: their shifts are not in any estimate.
    pub plans_not_worked: usize,
    /// Consignments stored, by fate.
    pub fates: Vec<(String, i64)>,
    /// Outcomes outside any plan, by kind: they teach, but say nothing of the traffic.
    pub outside_plans: Vec<(String, i64)>,
}

/// One plan's sums.
struct PlanTally {
    office: String,
    regime: String,
    day: Day,
    outcomes: usize,
    tally: Tally,
    term: Term,
}

/// Measures the shifts from `first` to `last`.
pub async fn measure(store: &Store, target: Target, window: (Day, Day)) -> Result<Measure> {
    measure_as(store, &Asked { target, window, by: None, tests: None }).await
}

/// Measures what is asked for.
pub async fn measure_as(store: &Store, asked: &Asked) -> Result<Measure> {
    let Asked { target, window, by: stratum, tests } = *asked;
    // Not done is made good within one plan, so a plan is the smallest group.
    let mut plans: BTreeMap<i64, PlanTally> = BTreeMap::new();
    let mut done: Vec<(Channel, Inspected)> = Vec::new();
    let mut divided: Vec<(i64, i64, Counted)> = Vec::new();
    let mut tx = store.read().await?;
    outcomes::measured(&mut tx, window, |one| {
        let unit = unit_of(&one, target);
        if let Some(found) = unit.result {
            let minutes = one.spent.unwrap_or(one.minutes).clamp(0, i64::from(u32::MAX)) as u32;
            done.push((unit.channel, Inspected { minutes, found }));
        }
        let plan = plans.entry(one.plan_id).or_insert_with(|| PlanTally {
            office: one.office.clone(),
            regime: one.regime.clone(),
            day: one.shift_day,
            outcomes: 0,
            tally: Tally::default(),
            term: Term::default(),
        });
        plan.outcomes += usize::from(one.outcome.is_some());
        let counted = Counted { unit, ended: ended(&one, unit.result) };
        counted.add_to(&mut plan.tally);
        plan.term.add(&counted.unit);
        if stratum.is_some() {
            divided.push((one.consignment_id, one.plan_id, counted));
        }
    })
    .await?;
    // A shift that has not begun says nothing yet; one that stopped half-way is in the measure,
    // with what was not done as missing.
    let drawn = plans.len();
    plans.retain(|_, plan| plan.outcomes > 0);

    let mut parts: BTreeMap<String, BTreeMap<i64, Tally>> = BTreeMap::new();
    if let Some(stratum) = stratum {
        divided.retain(|(_, plan, _)| plans.contains_key(plan));
        for batch in divided.chunks(BATCH) {
            let ids: Vec<i64> = batch.iter().map(|(id, ..)| *id).collect();
            let part_of: HashMap<i64, String> = consignments::load(&mut tx, &ids)
                .await?
                .iter()
                .map(|stored| (stored.id, stratum.of(&stored.consignment)))
                .collect();
            for (id, plan, counted) in batch {
                let part = part_of.get(id).map_or("–", String::as_str).to_owned();
                counted.add_to(parts.entry(part).or_default().entry(*plan).or_default());
            }
        }
    }
    let strata = parts
        .into_iter()
        .map(|(of, tallies)| Period { of, iceberg: iceberg_tested(tallies.values(), tests) })
        .collect();

    let by = |key: &dyn Fn(&PlanTally) -> String| -> Vec<Period> {
        let mut groups: BTreeMap<String, Vec<&Tally>> = BTreeMap::new();
        for plan in plans.values() {
            groups.entry(key(plan)).or_default().push(&plan.tally);
        }
        groups
            .into_iter()
            .map(|(of, tallies)| Period { of, iceberg: iceberg_tested(tallies, tests) })
            .collect()
    };
    let mut weeks: BTreeMap<Day, Vec<&Tally>> = BTreeMap::new();
    for plan in plans.values() {
        weeks.entry(plan.day.week_start()).or_default().push(&plan.tally);
    }
    // A window of calendar weeks, whether or not there were plans in each of them.
    let rolling = |length: i32| -> Vec<Period> {
        let Some(first) = weeks.keys().next() else { return Vec::new() };
        weeks
            .keys()
            .filter(|week| week.0 - first.0 >= 7 * (length - 1))
            .map(|week| {
                let within = weeks.range(Day(week.0 - 7 * (length - 1))..=*week);
                let tallies = within.flat_map(|(_, tallies)| tallies.iter().copied());
                Period { of: week.to_string(), iceberg: iceberg_tested(tallies, tests) }
            })
            .collect()
    };
    let compared = (weeks.len() / 2).min(COMPARED);
    let side = |skip: usize| -> Option<Period> {
        let side: Vec<_> = weeks.iter().rev().skip(skip).take(compared).collect();
        let (latest, earliest) = (side.first()?.0, side.last()?.0);
        let tallies = side.iter().flat_map(|(_, tallies)| tallies.iter().copied());
        let of = format!("{earliest} – {latest}");
        Some(Period { of, iceberg: iceberg_tested(tallies, tests) })
    };
    let mut terms: BTreeMap<Day, Term> = BTreeMap::new();
    for plan in plans.values() {
        let term = terms.entry(plan.day.week_start()).or_default();
        *term = term.plus(&plan.term);
    }
    let terms: Vec<Term> = terms.into_values().collect();
    let change = side(compared).zip(side(0)).and_then(|(former, latest)| {
        let difference = latest.iceberg.prevalence?.less(former.iceberg.prevalence?);
        let (earlier, own) = terms.split_at(terms.len() - compared);
        let steadied = steadied(earlier, own).clamp(latest.iceberg.low, latest.iceberg.high);
        Some(Change { weeks: compared, former, latest, difference, steadied })
    });
    let course = course(weeks.values().map(|week| week.iter().copied()))
        .into_iter()
        .zip(weeks.keys())
        .map(|(standing, week)| Standing {
            of: week.to_string(),
            prevalence: standing.so_far.prevalence,
            band: standing.band,
        })
        .collect();
    let date = |plan: &PlanTally| plan.day.date();
    Ok(Measure {
        target,
        pooled: iceberg_tested(plans.values().map(|plan| &plan.tally), tests),
        weeks: by(&|plan| plan.day.week_start().to_string()),
        weeks_4: rolling(4),
        weeks_13: rolling(13),
        months: by(&|plan| format!("{:04}-{:02}", date(plan).year(), date(plan).month())),
        quarters: by(&|plan| format!("{:04}-Q{}", date(plan).year(), (date(plan).month() + 2) / 3)),
        years: by(&|plan| format!("{:04}", date(plan).year())),
        course,
        change,
        offices: by(&|plan| plan.office.clone()),
        regimes: by(&|plan| plan.regime.clone()),
        by: stratum,
        strata,
        yields: yields(done),
        plans: plans.len(),
        plans_not_worked: drawn - plans.len(),
        fates: consignments::fates(&mut tx).await?,
        outside_plans: outcomes::unplanned(&mut tx).await?,
    })
}

/// What measuring needs of a candidate of a plan.
pub(super) fn unit_of(one: &Measured, target: Target) -> Unit {
    let result = found(one, target);
    Unit {
        chance: one.chance,
        expected: match target {
            Target::Irregular => one.expected,
            Target::Critical => one.expected_critical,
        },
        detection: one.detection,
        // Who opened what the plan did not draw chose it.
        channel: if one.drawn || result.is_none() { one.channel } else { Channel::Officer },
        drawn: one.drawn,
        result,
    }
}

/// A candidate with what its two steps came to, where there were two.
struct Counted {
    unit: Unit,
    ended: Option<(TwoStep, Ended)>,
}

impl Counted {
    fn add_to(&self, tally: &mut Tally) {
        match self.ended {
            Some((by, ended)) => tally.add_two_step(&self.unit, by, ended),
            None => tally.add(&self.unit),
        }
    }
}

/// How the two steps of a drawn inspection ended, in a plan whose silent scans were drawn from;
/// none for all other consignments.
fn ended(one: &Measured, result: Option<bool>) -> Option<(TwoStep, Ended)> {
    let (Some(share), Some(found), true) = (one.verified, result, one.drawn) else { return None };
    // What has no chance of overlooking has no second step.
    if one.detection >= 1.0 {
        return None;
    }
    let verified = one.verification.map_or(share, |verification| verification.share);
    let by = TwoStep { verified, thought: one.detection };
    let scans = |modality: &str| matches!(modality, "scan" | "dog" | "trace");
    let scanned = scans(&one.modality);
    // Neither has what was unpacked at once. Where a scan was ordered and an unpacking recorded
    // without an answer of the draw, the scan alarmed.
    if !scanned && !scans(&one.ordered) && one.verification.is_none() {
        return None;
    }
    let ended = match one.verification.map(|verification| verification.drawn) {
        Some(true) if scanned => Ended::NotVerified,
        Some(true) => Ended::Verified { found },
        Some(false) => Ended::Silent,
        // Silent, and not yet drawn from.
        None if scanned && !found => Ended::NotVerified,
        None => Ended::Alarmed { found },
    };
    Some((by, ended))
}

/// Whether the inspection was a find of this kind; none when nobody looked.
pub(super) fn found(one: &Measured, target: Target) -> Option<bool> {
    match (one.outcome.as_deref()?, target) {
        ("clear", _) | ("discrepancy", Target::Critical) => Some(false),
        ("discrepancy", Target::Irregular) | ("seizure", _) => Some(true),
        _ => None,
    }
}
