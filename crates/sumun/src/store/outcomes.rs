//! Outcomes: what inspections came to. A correction is a new revision; the latest counts.

use std::collections::HashMap;

use anyhow::Result;
use targeting::codes::Day;
use targeting::outcome::{Channel, Inspection, Modality};

use super::verifications::Verification;
use super::{Kind, Tx, args, values};

/// An outcome that is to be kept.
#[derive(Debug, Clone)]
pub struct NewOutcome {
    /// The consignment version that was inspected.
    pub consignment_id: i64,
    /// 1, or one more than the outcome that this one corrects.
    pub revision: i64,
    /// By which channel it came about; none where nobody recorded it.
    pub channel: Option<Channel>,
    /// The plan that drew it, if one did.
    pub plan_id: Option<i64>,
    /// Day on which it became known.
    pub known_on: Day,
    /// The inspection.
    pub inspection: Inspection,
}

/// Keeps outcomes.
pub async fn insert(tx: &mut Tx, outcomes: &[NewOutcome], now: i64) -> Result<()> {
    let corrected: Vec<i64> = outcomes
        .iter()
        .filter(|outcome| outcome.revision > 1)
        .map(|outcome| outcome.consignment_id)
        .collect();
    if !corrected.is_empty() {
        tx.execute("update outcome set latest = 0 where consignment_id {in $1}", args![corrected])
            .await?;
    }
    let documents: Vec<String> = outcomes
        .iter()
        .map(|outcome| serde_json::to_string(&outcome.inspection))
        .collect::<Result<_, _>>()?;
    tx.insert_many(
        "outcome",
        [
            ("consignment_id", Kind::Int),
            ("revision", Kind::Int),
            ("latest", Kind::Int),
            ("outcome", Kind::Text),
            ("channel", Kind::Text),
            ("plan_id", Kind::Int),
            ("modality", Kind::Text),
            ("minutes", Kind::Int),
            ("detection_method", Kind::Text),
            ("officer", Kind::Text),
            ("known_day", Kind::Int),
            ("recorded_at", Kind::Int),
            ("document", Kind::Text),
        ],
        "",
        outcomes.iter().zip(&documents).map(|(new, document)| {
            let inspection = &new.inspection;
            values![
                new.consignment_id,
                new.revision,
                true,
                inspection.result.as_str(),
                new.channel.map(Channel::as_str),
                new.plan_id,
                inspection.modality.map(|modality| modality.as_str()),
                inspection.minutes,
                inspection.detection_method.map(|method| method.as_str()),
                inspection.officer.as_str(),
                new.known_on.0,
                now,
                document
            ]
        }),
    )
    .await?;
    Ok(())
}

/// The latest outcome of a consignment as it is kept.
#[derive(Debug, Clone)]
pub struct Latest {
    /// Counted from 1.
    pub revision: i64,
    /// Day on which it became known.
    pub known_on: Day,
    /// The inspection.
    pub inspection: Inspection,
}

/// The latest outcomes of these consignments.
pub async fn latest(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Latest>> {
    let found = tx
        .fetch_all(
            "select consignment_id, revision, known_day, document from outcome
             where consignment_id {in $1} and latest = 1",
            args![ids.to_vec()],
            |row| {
                let latest = Latest {
                    revision: row.int(1)?,
                    known_on: Day(row.int(2)? as i32),
                    inspection: serde_json::from_str(row.text(3)?)?,
                };
                Ok((row.int(0)?, latest))
            },
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// Where a consignment stands in a plan that is in force.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    /// The plan.
    pub plan_id: i64,
    /// Its shift's day.
    pub shift_day: Day,
    /// The channel under which it has its chance.
    pub channel: Channel,
    /// Whether it was drawn.
    pub drawn: bool,
}

/// The plans in force that have these consignments as candidates.
pub async fn planned(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Planned>> {
    let found = tx
        .fetch_all(
            "select selection.consignment_id, plan.id, plan.shift_day, selection.channel,
                    selection.drawn
             from selection join plan on plan.id = selection.plan_id
             where selection.consignment_id {in $1} and plan.state = 'drawn'",
            args![ids.to_vec()],
            |row| {
                let planned = Planned {
                    plan_id: row.int(1)?,
                    shift_day: Day(row.int(2)? as i32),
                    channel: row.text(3)?.parse()?,
                    drawn: row.int(4)? == 1,
                };
                Ok((row.int(0)?, planned))
            },
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// An examined consignment with what it teaches.
pub struct Taught {
    /// The content.
    pub consignment: targeting::consignment::Consignment,
    /// What it turned out to be.
    pub label: targeting::outcome::Label,
    /// Its recorded chance of inspection; none where there was no plan or an officer chose it.
    pub propensity: Option<f64>,
    /// The modality by which it was examined, where recorded.
    pub modality: Option<Modality>,
    /// Detection probability that the plan recorded for that modality, if one did.
    pub detection: Option<f64>,
}

/// Up to `limit` examined consignments with ids above `after`, known before `until`, in rising
/// order of id. Gives the last id that was looked at, or none at the end.
pub async fn taught(
    tx: &mut Tx,
    after: i64,
    until: Day,
    limit: i64,
) -> Result<(Vec<Taught>, Option<i64>)> {
    let mut last = None;
    let found = tx
        .fetch_all(
            "select outcome.consignment_id, outcome.document, consignment.document,
                    selection.chance, selection.drawn, selection.modality, selection.detection
             from outcome
             join consignment on consignment.id = outcome.consignment_id
             left join selection
               on selection.plan_id = outcome.plan_id
              and selection.consignment_id = outcome.consignment_id
             where outcome.consignment_id > $1 and outcome.latest = 1
               and outcome.known_day < $2
             order by outcome.consignment_id
             limit $3",
            args![after, until.0, limit],
            |row| {
                last = Some(row.int(0)?);
                let inspection: Inspection = serde_json::from_str(row.text(1)?)?;
                let Some(label) = inspection.result.label() else { return Ok(None) };
                let drawn = row.int_opt(4)? == Some(1);
                // The order says a modality, the report that which was used.
                let ordered = row.text_opt(5)?.filter(|_| drawn).map(str::parse::<Modality>);
                let ordered = ordered.transpose()?;
                let modality = inspection.modality.or(ordered);
                Ok(Some(Taught {
                    consignment: serde_json::from_str(row.text(2)?)?,
                    label,
                    propensity: row.real_opt(3)?.filter(|_| drawn),
                    modality,
                    detection: row
                        .real_opt(6)?
                        .filter(|_| ordered.is_some() && modality == ordered),
                }))
            },
        )
        .await?;
    Ok((found.into_iter().flatten().collect(), last))
}

/// A candidate of a plan in force with what became of it, for measuring.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The consignment.
    pub consignment_id: i64,
    /// Customs office.
    pub office: String,
    /// Parcel or freight.
    pub regime: String,
    /// The plan.
    pub plan_id: i64,
    /// Day of the plan's shift.
    pub shift_day: Day,
    /// Chance of being inspected.
    pub chance: f64,
    /// Expected irregularity when it was drawn.
    pub expected: f64,
    /// Expected contraband when it was drawn.
    pub expected_critical: f64,
    /// Channel of its chance.
    pub channel: Channel,
    /// Officer-minutes planned for it.
    pub minutes: i64,
    /// Detection probability of its modality.
    pub detection: f64,
    /// Whether it was drawn.
    pub drawn: bool,
    /// Kind of its latest outcome, if it has one.
    pub outcome: Option<String>,
    /// Minutes that were spent on it, where recorded.
    pub spent: Option<i64>,
    /// The modality that was ordered: by the plan, or by an officer in its place.
    pub ordered: String,
    /// What it was examined with in the end: the modality recorded, else the one ordered.
    pub modality: String,
    /// Its answer in the draw of silent scans, if its scan was silent and there was one.
    pub verification: Option<Verification>,
    /// Chance with which this plan's silent scans are unpacked, if they were drawn from.
    pub verified: Option<f64>,
    /// What it was ranked by.
    pub risk: f64,
}

/// What is read of candidates of plans in force: from where, and in which order.
macro_rules! candidates {
    ($from:literal, $order:literal) => {
        concat!(
            "select plan.office, plan.regime, plan.id, plan.shift_day, selection.chance,
                    selection.expected, selection.expected_critical, selection.channel,
                    selection.minutes, selection.detection, selection.drawn, outcome.outcome,
                    outcome.minutes, selection.consignment_id,
                    coalesce(outcome.modality, selection.modality), verification.share,
                    verification.drawn, verified.share, selection.modality, decision.modality,
                    decision.detection, selection.risk
             from ",
            $from,
            " left join outcome
                on outcome.consignment_id = selection.consignment_id and outcome.latest = 1
               and not (outcome.outcome = 'not_examined'
                        and outcome.document like '%waiver_undone%')
              left join verification
                on verification.plan_id = plan.id
               and verification.consignment_id = selection.consignment_id
              left join (select plan_id, max(share) as share from verification group by plan_id)
                     as verified
                on verified.plan_id = plan.id
              left join decision
                on decision.consignment_id = selection.consignment_id
               and decision.act = 'inspect' and decision.in_force = 1
              where plan.state = 'drawn' and plan.shift_day >= $1 and plan.shift_day <= $2 ",
            $order
        )
    };
}

/// Calls `each` with every candidate of every plan in force, plan by plan.
pub async fn measured(tx: &mut Tx, window: (Day, Day), each: impl FnMut(Measured)) -> Result<()> {
    const ALL: &str = candidates!(
        "plan join selection on selection.plan_id = plan.id",
        "order by plan.id, selection.consignment_id"
    );
    each_of(tx, ALL, window, each).await
}

/// Calls `each` with those candidates alone of which more is known than their plan recorded: that
/// they were inspected, ordered to be, or drawn from silent scans.
pub async fn touched(tx: &mut Tx, window: (Day, Day), each: impl FnMut(Measured)) -> Result<()> {
    // These are few, and plans are long: what is few is looked up in what is long.
    const FEW: &str = candidates!(
        "(select consignment_id from outcome where latest = 1
          union select consignment_id from decision where act = 'inspect' and in_force = 1
          union select consignment_id from verification) as touched
         cross join selection join plan on plan.id = selection.plan_id",
        "and selection.consignment_id = touched.consignment_id"
    );
    each_of(tx, FEW, window, each).await
}

async fn each_of(
    tx: &mut Tx,
    candidates: &'static str,
    (first, last): (Day, Day),
    mut each: impl FnMut(Measured),
) -> Result<()> {
    let mut rows = tx.rows(candidates, args![first.0, last.0])?;
    while let Some(row) = rows.next().await? {
        each(measured_of(&row)?);
    }
    Ok(())
}

fn measured_of(row: &super::Row) -> Result<Measured> {
    let consignment_id = row.int(13)?;
    let verification = match (row.real_opt(15)?, row.int_opt(16)?) {
        (Some(share), Some(drawn)) => {
            Some(Verification { consignment_id, share, drawn: drawn == 1 })
        }
        _ => None,
    };
    let modality = row.text(14)?;
    // What an officer ordered in the plan's place has its own chance to find what is there.
    let instead = row.text_opt(19)?.zip(row.real_opt(20)?);
    let instead = instead.filter(|(ordered, _)| *ordered == modality);
    let (ordered, detection) = match instead {
        Some(instead) => instead,
        None => (row.text(18)?, row.real(9)?),
    };
    Ok(Measured {
        office: row.text(0)?.to_owned(),
        regime: row.text(1)?.to_owned(),
        plan_id: row.int(2)?,
        shift_day: Day(row.int(3)? as i32),
        chance: row.real(4)?,
        expected: row.real(5)?,
        expected_critical: row.real(6)?,
        channel: row.text(7)?.parse()?,
        minutes: row.int(8)?,
        detection,
        drawn: row.int(10)? == 1,
        outcome: row.text_opt(11)?.map(str::to_owned),
        spent: row.int_opt(12)?,
        consignment_id,
        ordered: ordered.to_owned(),
        modality: modality.to_owned(),
        verification,
        verified: row.real_opt(17)?,
        risk: row.real(21)?,
    })
}

/// How much of an office's traffic was seen.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Covered {
    /// Customs office.
    pub office: String,
    /// Parcel or freight.
    pub regime: String,
    /// Consignments that arrived, each counted once whatever its versions.
    pub arrived: i64,
    /// Of these, assessed by some model.
    pub screened: i64,
    /// Of these, candidates of a plan in force.
    pub planned: i64,
    /// Of these, examined.
    pub inspected: i64,
}

/// How much of the traffic that arrived in a window each office and regime saw.
pub async fn covered(tx: &mut Tx, (first, last): (Day, Day)) -> Result<Vec<Covered>> {
    tx.fetch_all(
        "select consignment.office, consignment.regime, count(distinct consignment.first_id),
                count(distinct case when assessed.consignment_id is not null
                                    then consignment.first_id end),
                count(distinct case when planned.consignment_id is not null
                                    then consignment.first_id end),
                count(distinct case when outcome.consignment_id is not null
                                    then consignment.first_id end)
         from consignment
         left join (select distinct consignment_id from assessment
                    where arrived_day >= $1 and arrived_day <= $2) as assessed
           on assessed.consignment_id = consignment.id
         left join (select distinct selection.consignment_id
                    from selection join plan on plan.id = selection.plan_id
                    where plan.state = 'drawn') as planned
           on planned.consignment_id = consignment.id
         left join outcome
           on outcome.consignment_id = consignment.id
          and outcome.latest = 1 and outcome.outcome <> 'not_examined'
         where consignment.arrived_day >= $1 and consignment.arrived_day <= $2
         group by consignment.office, consignment.regime
         order by consignment.office, consignment.regime",
        args![first.0, last.0],
        |row| {
            Ok(Covered {
                office: row.text(0)?.to_owned(),
                regime: row.text(1)?.to_owned(),
                arrived: row.int(2)?,
                screened: row.int(3)?,
                planned: row.int(4)?,
                inspected: row.int(5)?,
            })
        },
    )
    .await
}

/// Outcomes outside any plan, by kind: back files and officers' own choices.
pub async fn unplanned(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    tx.fetch_all(
        "select outcome, count(*) from outcome
         where latest = 1 and plan_id is null
         group by outcome order by outcome",
        args![],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )
    .await
}

/// How many consignments were examined, and how many of them were finds.
pub async fn examined(tx: &mut Tx) -> Result<(i64, i64)> {
    tx.fetch_one(
        "select count(*),
                count(case when outcome in ('discrepancy', 'seizure') then 1 end)
         from outcome where latest = 1 and outcome <> 'not_examined'",
        args![],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )
    .await
}

/// An outcome as it is kept.
#[derive(Debug, Clone)]
pub struct KeptOutcome {
    /// The consignment's version.
    pub consignment_id: i64,
    /// Counted from 1; the last one counts.
    pub revision: i64,
    /// By which channel it came about.
    pub channel: Option<Channel>,
    /// The plan that drew it, if one did.
    pub plan_id: Option<i64>,
    /// Day on which it became known.
    pub known_on: Day,
    /// When it was recorded, in microseconds since 1970-01-01 UTC.
    pub recorded_at: i64,
    /// The inspection.
    pub inspection: Inspection,
}

/// Every revision of the outcomes of these consignments, the oldest first.
pub async fn of(tx: &mut Tx, ids: &[i64]) -> Result<Vec<KeptOutcome>> {
    tx.fetch_all(
        "select consignment_id, revision, channel, plan_id, known_day, recorded_at, document
         from outcome where consignment_id {in $1} order by consignment_id, revision",
        args![ids.to_vec()],
        |row| {
            Ok(KeptOutcome {
                consignment_id: row.int(0)?,
                revision: row.int(1)?,
                channel: row.text_opt(2)?.map(str::parse).transpose()?,
                plan_id: row.int_opt(3)?,
                known_on: Day(row.int(4)? as i32),
                recorded_at: row.int(5)?,
                inspection: serde_json::from_str(row.text(6)?)?,
            })
        },
    )
    .await
}
