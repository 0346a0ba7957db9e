//! Watch: drift and bias, from what is recorded anyway. The drift watch keeps its alarms, so that
//! the next plan of an office can explore more where one stands; the bias watch only reports. The
//! formulas are in `targeting::measuring::{drift, bias}`.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;
use targeting::codes::Day;
use targeting::consignment::{Consignment, Regime};
use targeting::facts::Facts;
use targeting::feature::{CATALOGUE, Extractor, column};
use targeting::measuring::Unit;
use targeting::measuring::bias::{Bias, BiasWatch, Facet, size_band};
use targeting::measuring::drift::{Counted, DriftLine, DriftWeek, STATED_WEEKS, drift};
use targeting::outcome::Channel;

use super::{past_of, screener_in_force};
use crate::store::alarms::{self, Alarm, Watched};
use crate::store::policies;
use crate::store::{Store, consignments, journal};

/// Candidates of plans read at a time.
const BATCH: i64 = 8_192;
/// Consignments, at most, whose fields are looked at for what is missing or new: so many tell a
/// week's share within a point, and reading every document of half a year would take minutes.
const SAMPLE: i64 = 200_000;

/// One office and regime, week by week.
#[derive(Debug, Clone, Serialize)]
pub struct Stream {
    /// Customs office.
    pub office: String,
    /// Parcel or freight.
    pub regime: String,
    /// Its weeks; the last says what rings now.
    pub weeks: Vec<DriftLine>,
}

/// What the drift watch came to.
#[derive(Debug, Clone, Serialize)]
pub struct Drift {
    /// First and last day looked at; none without plans.
    pub window: Option<(Day, Day)>,
    /// Every office and regime with plans.
    pub streams: Vec<Stream>,
    /// The alarms that stand.
    pub alarms: Vec<Alarm>,
    /// Alarms that began with this look.
    pub rings: usize,
    /// Alarms that ended with it.
    pub quiets: usize,
    /// Share that plans explore where an alarm stands.
    pub explore_alarm: f64,
}

/// Looks at the last half year up to the last shift planned, and keeps nothing: which alarms stand
/// is what the last [`watch_drift`] kept.
pub async fn seen_drift(store: &Store) -> Result<Drift> {
    let (window, streams) = look(store, |_| {}).await?;
    let mut tx = store.read().await?;
    let alarms = alarms::standing(&mut tx, None).await?;
    let explore_alarm = policies::current(&mut tx).await?.explore_alarm;
    Ok(Drift { window, streams, alarms, rings: 0, quiets: 0, explore_alarm })
}

/// Looks at the last half year up to the last shift planned, and keeps which alarms begin and end.
pub async fn watch_drift(
    store: &Store,
    (actor, now): (&str, i64),
    progress: impl FnMut(u64),
) -> Result<Drift> {
    let (window, streams) = look(store, progress).await?;
    let mut tx = store.begin().await?;
    let standing = alarms::standing(&mut tx, None).await?;
    let (mut rings, mut quiets) = (Vec::new(), Vec::new());
    for Stream { office, regime, weeks } in &streams {
        let Some(last) = weeks.last() else { continue };
        for signal in &last.ringing {
            let stands = |one: &&Alarm| {
                (&one.office, &one.regime, one.signal.as_str()) == (office, regime, signal.as_str())
            };
            if standing.iter().any(|one| stands(&one)) {
                continue;
            }
            let rung = weeks.iter().rev().take_while(|week| week.ringing.contains(signal));
            rings.push(Alarm {
                office: office.clone(),
                regime: regime.clone(),
                signal: signal.to_string(),
                since: rung.last().map_or(last.monday, |week| week.monday),
                rang_at: now,
                quiet_at: None,
                figures: serde_json::to_string(last)?,
            });
        }
    }
    for alarm in standing {
        // A stream without a plan in half a year says nothing any more.
        let rings_on = streams.iter().any(|stream| {
            (&stream.office, &stream.regime) == (&alarm.office, &alarm.regime)
                && stream.weeks.last().is_some_and(|week| {
                    week.ringing.iter().any(|signal| signal.as_str() == alarm.signal)
                })
        });
        if !rings_on {
            quiets.push(alarm);
        }
    }
    if !rings.is_empty() || !quiets.is_empty() {
        for alarm in &rings {
            alarms::insert(&mut tx, alarm).await?;
        }
        for alarm in &quiets {
            alarms::quiet(&mut tx, alarm, now).await?;
        }
        let said = |alarms: &[Alarm]| -> Vec<serde_json::Value> {
            alarms
                .iter()
                .map(|one| {
                    json!({
                        "office": one.office,
                        "regime": one.regime,
                        "signal": one.signal,
                        "since": one.since,
                        "rang_at": one.rang_at,
                    })
                })
                .collect()
        };
        journal::record(
            &mut tx,
            &[journal::JournalEntry {
                actor: actor.into(),
                act: "drift".into(),
                subject: "drift".into(),
                body: json!({ "rings": said(&rings), "quiets": said(&quiets) }),
            }],
            now,
        )
        .await?;
    }
    let alarms = alarms::standing(&mut tx, None).await?;
    let explore_alarm = policies::current(&mut tx).await?.explore_alarm;
    tx.commit().await?;
    let (rings, quiets) = (rings.len(), quiets.len());
    Ok(Drift { window, streams, alarms, rings, quiets, explore_alarm })
}

type Weeks = BTreeMap<(String, String), BTreeMap<Day, DriftWeek>>;

/// The streams of the last half year.
async fn look(
    store: &Store,
    mut progress: impl FnMut(u64),
) -> Result<(Option<(Day, Day)>, Vec<Stream>)> {
    let mut tx = store.read().await?;
    let Some(last) = alarms::last_shift(&mut tx).await? else { return Ok((None, Vec::new())) };
    let first = Day(last.week_start().0 - 7 * (STATED_WEEKS as i32 - 1));
    let (mut streams, mut done, mut after) = (Weeks::new(), 0, 0);
    loop {
        let page = alarms::watched(&mut tx, (first, last), after, BATCH).await?;
        let Some(end) = page.last() else { break };
        after = end.consignment_id;
        for one in &page {
            let monday = one.shift_day.week_start();
            let stream = streams.entry((one.office.clone(), one.regime.clone())).or_default();
            count(stream.entry(monday).or_insert_with(|| DriftWeek::new(monday)), one);
        }
        done += page.len() as u64;
        progress(done);
    }
    let model = screener_in_force(&mut tx).await?;
    let of_model: Vec<usize> = model.as_ref().map_or_else(Vec::new, |(_, screener)| {
        let content = screener.model().content();
        let mut columns: Vec<usize> = (content.irregular.features.iter())
            .chain(&content.critical.features)
            .filter_map(|code| column(code))
            // Figures of the past go missing when a trader is new, which is no fault.
            .filter(|column| CATALOGUE[*column].is_declared())
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    });
    let inspected = column("goods_exact.inspected").unwrap_or_default();
    let extractor = Extractor::of(of_model.iter().copied().chain([inspected]));
    let step = (alarms::arrived(&mut tx, (first, last)).await? / SAMPLE).max(1);
    let mut row = vec![f64::NAN; CATALOGUE.len()];
    let mut after = 0;
    loop {
        let page = alarms::sampled(&mut tx, (first, last), step, after, BATCH).await?;
        let Some(end) = page.last() else { break };
        after = end.id;
        let page: Vec<Consignment> = page.into_iter().map(|stored| stored.consignment).collect();
        let past = past_of(&mut tx, &extractor, &page, None).await?;
        for consignment in &page {
            let facts = Facts::of(consignment);
            let key = (consignment.office.to_string(), consignment.regime.to_string());
            let monday = consignment.arrived_on.week_start();
            let week = streams.get_mut(&key).and_then(|stream| stream.get_mut(&monday));
            let Some(week) = week else { continue };
            extractor.fill(&facts, &past, &mut row);
            if week.missing.is_empty() {
                let code = |column: &usize| (CATALOGUE[*column].code.clone(), Counted::default());
                week.missing = of_model.iter().map(code).collect();
            }
            for (column, (_, counted)) in of_model.iter().zip(&mut week.missing) {
                counted.add(row[*column].is_nan());
            }
            week.new_goods.add(row[inspected] == 0.0);
        }
        done += page.len() as u64;
        progress(done);
    }
    let streams = streams.into_iter().map(|((office, regime), weeks)| {
        let weeks: Vec<DriftWeek> = weeks.into_values().collect();
        Stream { office, regime, weeks: drift(&weeks) }
    });
    Ok((Some((first, last)), streams.collect()))
}

/// Counts a candidate of a plan in its week.
fn count(week: &mut DriftWeek, one: &Watched) {
    // Scores of one model alone make a week's picture: the one that planned last.
    let model = one.model_id.as_deref().unwrap_or_default();
    if week.model != model {
        week.model = model.to_owned();
        week.scores = Default::default();
    }
    if one.model_id.is_some() {
        week.scores.add(one.expected);
    }
    let drawn = one.drawn || one.chance >= 1.0;
    if let (Some(found), true) = (found(one), drawn) {
        week.residual.add(one.chance, one.expected, one.detection, found);
    }
}

/// Whether the inspection was a find; none when nobody looked.
fn found(one: &Watched) -> Option<bool> {
    match one.outcome.as_deref()? {
        "clear" => Some(false),
        "discrepancy" | "seizure" => Some(true),
        _ => None,
    }
}

/// A share to explore that an alarm raised, and why, in a sentence.
#[derive(Debug, Clone)]
pub struct Raised {
    /// The share.
    pub explore: f64,
    /// Which alarms stand.
    pub why: String,
}

/// What a plan of an office and regime explores while an alarm stands there; none when all is
/// quiet, or when the usual share is no less.
pub async fn raised(
    store: &Store,
    office: &str,
    regime: Regime,
    usual: f64,
) -> Result<Option<Raised>> {
    let mut tx = store.read().await?;
    let standing = alarms::standing(&mut tx, Some((office, regime.as_str()))).await?;
    let explore = policies::current(&mut tx).await?.explore_alarm;
    if standing.is_empty() || explore <= usual {
        return Ok(None);
    }
    let alarms: Vec<String> =
        standing.iter().map(|one| format!("{} since {}", one.signal, one.since)).collect();
    let why = format!("drift alarm: {}; {explore} instead of {usual}", alarms.join(", "));
    Ok(Some(Raised { explore, why }))
}

/// What the bias watch came to.
#[derive(Debug, Clone, Serialize)]
pub struct BiasReport {
    /// First and last day of the shifts looked at; none without plans.
    pub window: Option<(Day, Day)>,
    /// The groups.
    #[serde(flatten)]
    pub bias: Bias,
}

/// Looks at the shifts of a window: inspections and finds by group against what known chances
/// justify.
pub async fn watch_bias(
    store: &Store,
    (from, to): (Option<Day>, Option<Day>),
    mut progress: impl FnMut(u64),
) -> Result<BiasReport> {
    let mut tx = store.read().await?;
    let mut watch = BiasWatch::default();
    let Some(last) = alarms::last_shift(&mut tx).await? else {
        return Ok(BiasReport { window: None, bias: watch.report() });
    };
    let to = to.unwrap_or(last);
    let from = from.unwrap_or(Day(to.0 - 7 * STATED_WEEKS as i32 + 1));
    let seen = column("consignor.seen").unwrap_or_default();
    let extractor = Extractor::of([seen]);
    let mut row = vec![f64::NAN; CATALOGUE.len()];
    let (mut after, mut done) = (0, 0);
    loop {
        let page = alarms::watched(&mut tx, (from, to), after, BATCH).await?;
        let Some(end) = page.last() else { break };
        after = end.consignment_id;
        let ids: Vec<i64> = page.iter().map(|one| one.consignment_id).collect();
        let documents: Vec<Consignment> = (consignments::load(&mut tx, &ids).await?.into_iter())
            .map(|stored| stored.consignment)
            .collect();
        let past = past_of(&mut tx, &extractor, &documents, None).await?;
        for (one, consignment) in page.iter().zip(&documents) {
            let facts = Facts::of(consignment);
            extractor.fill(&facts, &past, &mut row);
            let earlier = (facts.consignor_key.is_some() && !row[seen].is_nan())
                .then(|| row[seen].exp_m1().round() as u32);
            let country = facts.origin.as_ref().map_or("not known", |country| country.as_str());
            let transport = facts.transport.map_or("not known", |transport| transport.as_str());
            let found = found(one);
            let channel = match one.drawn || found.is_none() {
                true => one.channel,
                false => Channel::Officer,
            };
            let unit = Unit {
                chance: one.chance,
                expected: one.expected,
                detection: one.detection,
                channel,
                drawn: one.drawn,
                result: found,
            };
            let groups = [
                (Facet::Origin, country),
                (Facet::TraderSize, size_band(earlier)),
                (Facet::Office, one.office.as_str()),
                (Facet::Transport, transport),
            ];
            watch.add(&unit, &groups);
        }
        done += page.len() as u64;
        progress(done);
    }
    let bias = tokio::task::block_in_place(|| watch.report());
    Ok(BiasReport { window: (bias.population > 0).then_some((from, to)), bias })
}
