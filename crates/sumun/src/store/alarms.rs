//! Alarms of the drift watch: when a signal of an office and regime began to ring and when it was
//! seen to be quiet again; and what the watch looks at, which is kept anyway.

use anyhow::Result;
use serde::Serialize;
use targeting::codes::Day;
use targeting::outcome::Channel;

use super::consignments::Stored;
use super::{Tx, args};

/// An alarm as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// Customs office.
    pub office: String,
    /// Parcel or freight.
    pub regime: String,
    /// What rings.
    pub signal: String,
    /// Monday of the week in which it began.
    pub since: Day,
    /// When it was noticed, in microseconds since 1970-01-01 UTC.
    pub rang_at: i64,
    /// When it was seen to be quiet again; none while it stands.
    pub quiet_at: Option<i64>,
    /// The week's figures, as JSON.
    pub figures: String,
}

fn kept(row: &super::Row) -> Result<Alarm> {
    Ok(Alarm {
        office: row.text(0)?.to_owned(),
        regime: row.text(1)?.to_owned(),
        signal: row.text(2)?.to_owned(),
        since: Day(row.int(3)? as i32),
        rang_at: row.int(4)?,
        quiet_at: row.int_opt(5)?,
        figures: row.text(6)?.to_owned(),
    })
}

/// Every alarm there was, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Alarm>> {
    tx.fetch_all(
        "select office, regime, signal, since_day, rang_at, quiet_at, figures from alarm
         order by rang_at desc, office, regime, signal",
        args![],
        kept,
    )
    .await
}

/// The alarms that stand, of one office and regime or of all.
pub async fn standing(tx: &mut Tx, of: Option<(&str, &str)>) -> Result<Vec<Alarm>> {
    let (office, regime) = of.unzip();
    tx.fetch_all(
        "select office, regime, signal, since_day, rang_at, quiet_at, figures from alarm
         where quiet_at is null
           and ($1 is null or office = $1) and ($2 is null or regime = $2)
         order by office, regime, signal",
        args![office, regime],
        kept,
    )
    .await
}

/// Keeps an alarm that has begun.
pub async fn insert(tx: &mut Tx, alarm: &Alarm) -> Result<()> {
    tx.execute(
        "insert into alarm (office, regime, signal, since_day, rang_at, figures)
         values ($1, $2, $3, $4, $5, $6)",
        args![
            &alarm.office,
            &alarm.regime,
            &alarm.signal,
            alarm.since.0,
            alarm.rang_at,
            &alarm.figures
        ],
    )
    .await?;
    Ok(())
}

/// Marks a standing alarm as quiet.
pub async fn quiet(tx: &mut Tx, alarm: &Alarm, now: i64) -> Result<()> {
    tx.execute(
        "update alarm set quiet_at = $5
         where office = $1 and regime = $2 and signal = $3 and rang_at = $4",
        args![&alarm.office, &alarm.regime, &alarm.signal, alarm.rang_at, now],
    )
    .await?;
    Ok(())
}

/// A candidate of a plan as the watches look at it.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The consignment.
    pub consignment_id: i64,
    /// Customs office.
    pub office: String,
    /// Parcel or freight.
    pub regime: String,
    /// Day of the plan's shift.
    pub shift_day: Day,
    /// The model whose chances it was planned by.
    pub model_id: Option<String>,
    /// Chance of being inspected.
    pub chance: f64,
    /// Expected irregularity when it was drawn.
    pub expected: f64,
    /// Channel of its chance.
    pub channel: Channel,
    /// Detection probability of its modality.
    pub detection: f64,
    /// Whether it was drawn.
    pub drawn: bool,
    /// Kind of its latest outcome, if it has one.
    pub outcome: Option<String>,
}

/// The day of the last shift that has a plan.
pub async fn last_shift(tx: &mut Tx) -> Result<Option<Day>> {
    tx.fetch_one("select max(shift_day) from plan where state = 'drawn'", args![], |row| {
        Ok(row.int_opt(0)?.map(|day| Day(day as i32)))
    })
    .await
}

/// Up to `limit` candidates of plans in force whose shifts lie in the window, with ids above
/// `after`, in rising order of consignment.
pub async fn watched(
    tx: &mut Tx,
    (first, last): (Day, Day),
    after: i64,
    limit: i64,
) -> Result<Vec<Watched>> {
    tx.fetch_all(
        "select selection.consignment_id, plan.office, plan.regime, plan.shift_day, plan.model_id,
                selection.chance, selection.expected, selection.channel, selection.detection,
                selection.drawn, outcome.outcome
         from selection
         join plan on plan.id = selection.plan_id
         left join outcome
           on outcome.consignment_id = selection.consignment_id and outcome.latest = 1
         where selection.consignment_id > $1
           and plan.state = 'drawn' and plan.shift_day >= $2 and plan.shift_day <= $3
         order by selection.consignment_id limit $4",
        args![after, first.0, last.0, limit],
        |row| {
            Ok(Watched {
                consignment_id: row.int(0)?,
                office: row.text(1)?.to_owned(),
                regime: row.text(2)?.to_owned(),
                shift_day: Day(row.int(3)? as i32),
                model_id: row.text_opt(4)?.map(str::to_owned),
                chance: row.real(5)?,
                expected: row.real(6)?,
                channel: row.text(7)?.parse()?,
                detection: row.real(8)?,
                drawn: row.int(9)? == 1,
                outcome: row.text_opt(10)?.map(str::to_owned),
            })
        },
    )
    .await
}

/// How many versions of consignments arrived in a window.
pub async fn arrived(tx: &mut Tx, (first, last): (Day, Day)) -> Result<i64> {
    tx.fetch_one(
        "select count(*) from consignment where arrived_day >= $1 and arrived_day <= $2",
        args![first.0, last.0],
        |row| row.int(0),
    )
    .await
}

/// Up to `limit` versions of consignments that arrived in a window, every `step`-th by id, with
/// ids above `after`, in rising order.
pub async fn sampled(
    tx: &mut Tx,
    (first, last): (Day, Day),
    step: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Stored>> {
    tx.fetch_all(
        "select id, document from consignment
         where id > $1 and arrived_day >= $2 and arrived_day <= $3 and id % $4 = 0
         order by id limit $5",
        args![after, first.0, last.0, step, limit],
        super::consignments::stored,
    )
    .await
}
