//! The queue: a narrow row a consignment, kept when it is screened, planned, decided on and ended,
//! so that officers can sort and filter a shift at once. It lies in the order of office, day and
//! plan: whatever is asked of a shift reads one stretch of it. `pipeline/queue.rs` fills it.

use std::collections::HashMap;
use std::sync::LazyLock;

use anyhow::Result;
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::history::hash_text;
use targeting::search_key;

use super::plans::OPEN_ELDER;
use super::{AssertSqlSafe, Kind, Row, Tx, Value, args, values};

/// The position of one that no plan has ranked: behind all others.
const UNRANKED: i64 = 1_000_000_000;

/// A consignment that enters the queue.
pub struct NewRow<'a> {
    /// Its id.
    pub id: i64,
    /// Its content.
    pub consignment: &'a Consignment,
    /// Chance of any irregularity and lane, where it was screened.
    pub judged: Option<(f64, &'static str)>,
}

/// Takes consignments into the queue as waiting for a plan. One that is there already only gets
/// its new score, and none that a plan lists changes.
pub async fn wait(tx: &mut Tx, new: &[NewRow<'_>]) -> Result<()> {
    let mut texts: Vec<(String, String, String, String)> = Vec::with_capacity(new.len());
    for row in new {
        let goods = row.consignment.main_goods();
        let hs = goods.and_then(|goods| goods.hs).map(|hs| hs.to_string()).unwrap_or_default();
        let origin = goods.and_then(|goods| goods.origin).map(|code| code.to_string());
        texts.push((
            search_key::goods_key(row.consignment),
            search_key::names_key(row.consignment),
            hs,
            origin.unwrap_or_default(),
        ));
    }
    tx.insert_many(
        "queue_row",
        [
            ("office", Kind::Text),
            ("day", Kind::Int),
            ("plan_id", Kind::Int),
            ("position", Kind::Int),
            ("consignment_id", Kind::Int),
            ("arrived_day", Kind::Int),
            ("arrived_at", Kind::Int),
            ("regime", Kind::Text),
            ("lane", Kind::Text),
            ("score", Kind::Real),
            ("chance", Kind::Real),
            ("channel", Kind::Text),
            ("drawn", Kind::Int),
            ("modality", Kind::Text),
            ("minutes", Kind::Int),
            ("origin", Kind::Text),
            ("hs", Kind::Text),
            ("value", Kind::Real),
            ("state", Kind::Text),
            ("words", Kind::Text),
            ("names", Kind::Text),
        ],
        "on conflict (consignment_id) do update
         set score = case when queue_row.plan_id = 0 then excluded.score
                 else queue_row.score end,
             lane = excluded.lane
         where excluded.lane <> '' and (queue_row.plan_id = 0 or queue_row.lane = '')",
        new.iter().zip(&texts).map(|(row, (words, names, hs, origin))| {
            let consignment = row.consignment;
            let value = consignment.main_goods().and_then(|goods| goods.value);
            let (score, lane) = row.judged.unwrap_or_default();
            values![
                consignment.office.as_str(),
                consignment.arrived_on.0,
                0,
                UNRANKED,
                row.id,
                consignment.arrived_on.0,
                consignment.arrived_at,
                consignment.regime.as_str(),
                lane,
                score,
                0.0,
                "",
                false,
                "",
                0,
                origin.as_str(),
                hs.as_str(),
                value.map_or(0.0, |value| value.units()),
                "waiting",
                words.as_str(),
                names.as_str()
            ]
        }),
    )
    .await?;
    // An amendment inherits what was decided on the version before, or waits behind it.
    let ids: Vec<i64> = new.iter().map(|row| row.id).collect();
    tx.execute(
        AssertSqlSafe(format!(
            "{}
             where queue_row.consignment_id in
                   (select consignment.id from consignment
                    where consignment.id {{in $1}} and consignment.version > 1)",
            *STATES
        )),
        args![ids],
    )
    .await?;
    Ok(())
}

/// Keeps the numbers by which consignments are asked for, and that of their manifest.
pub async fn number(
    tx: &mut Tx,
    of: impl IntoIterator<Item = (i64, &Consignment)> + Send,
) -> Result<()> {
    let mut keys: Vec<(i64, i64)> = Vec::new();
    for (id, consignment) in of {
        let mut numbers = search_key::numbers(consignment);
        numbers.push(search_key::number_key(&consignment.documents.manifest));
        let known = numbers.iter().filter(|number| !number.is_empty());
        keys.extend(known.map(|number| (hash_text(number) as i64, id)));
    }
    tx.insert_many(
        "asked_number",
        [("key", Kind::Int), ("consignment_id", Kind::Int)],
        "on conflict (key, consignment_id) do nothing",
        keys.iter().map(|(key, id)| values![*key, *id]),
    )
    .await?;
    Ok(())
}

/// Which consignments of a plan are not in the queue yet.
pub async fn missing(tx: &mut Tx, plan_id: i64) -> Result<Vec<i64>> {
    tx.fetch_all(
        "select consignment_id from selection
         where plan_id = $1
           and not exists (select 1 from queue_row
                           where queue_row.consignment_id = selection.consignment_id)
         order by consignment_id",
        args![plan_id],
        |row| row.int(0),
    )
    .await
}

/// Plans in force of which no consignment is in the queue under their number: those of before
/// there was a queue.
pub async fn plans_missing(tx: &mut Tx) -> Result<Vec<i64>> {
    tx.fetch_all(
        "select id from plan
         where state = 'drawn'
           and not exists (select 1 from queue_row
                           where queue_row.office = plan.office and queue_row.day = plan.shift_day
                             and queue_row.plan_id = plan.id)
         order by id",
        args![],
        |row| row.int(0),
    )
    .await
}

/// Says anew how the consignments of a plan stand.
pub async fn refresh_plan(tx: &mut Tx, plan_id: i64) -> Result<()> {
    tx.execute(
        AssertSqlSafe(format!(
            "{}
             where queue_row.consignment_id in
                   (select consignment_id from selection where plan_id = $1)",
            *STATES
        )),
        args![plan_id],
    )
    .await?;
    Ok(())
}

/// Gives the consignments of a plan their places in it.
pub async fn place(tx: &mut Tx, plan_id: i64) -> Result<()> {
    tx.execute(
        "update queue_row
         set day = plan.shift_day, plan_id = plan.id, position = selection.position,
             score = case when queue_row.lane = '' then selection.expected else queue_row.score end,
             chance = selection.chance, channel = selection.channel, drawn = selection.drawn,
             modality = selection.modality, minutes = selection.minutes
         from selection, plan
         where plan.id = $1 and selection.plan_id = $1
           and queue_row.consignment_id = selection.consignment_id",
        args![plan_id],
    )
    .await?;
    refresh_plan(tx, plan_id).await
}

/// How each consignment stands, from the tables that say so. What a plan drew, or an officer
/// ordered to be inspected there, stays on its list whatever its sender declares later, and stands
/// for the newer version until its outcome is known.
static STATES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "update queue_row set state = (
        select case
            when consignment.fate = 'rejected' then 'gone'
            when consignment.fate = 'superseded'
             and not ((queue_row.drawn = 1 or coalesce(decision.act, '') = 'inspect')
                      and exists (select 1 from plan
                                  where plan.id = queue_row.plan_id and plan.state = 'drawn'))
            then 'gone'
            when exists {OPEN_ELDER}) then 'gone'
            when outcome.outcome in ('clear', 'discrepancy', 'seizure') then 'done'
            when decision.act = 'hold' then 'held'
            when decision.act = 'ask' then 'asked'
            when decision.act = 'waive' then 'not_examined'
            when outcome.outcome = 'not_examined'
             and outcome.document not like '%waiver_undone%' then 'not_examined'
            when decision.act = 'inspect' or queue_row.drawn = 1 then 'to_do'
            when decision.act = 'release' or consignment.fate = 'released' then 'released'
            when consignment.fate = 'inspected' then 'done'
            when queue_row.plan_id > 0 then 'released'
            else 'waiting' end
        from consignment
        left join outcome
          on outcome.consignment_id = consignment.id and outcome.latest = 1
        left join decision
          on decision.first_id = consignment.first_id and decision.in_force = 1
        where consignment.id = queue_row.consignment_id
          and consignment.arrived_day = queue_row.arrived_day)"
    )
});

/// Says anew how these consignments stand.
pub async fn refresh(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = AssertSqlSafe(format!("{} where queue_row.consignment_id {{in $1}}", *STATES));
    tx.execute(sql, args![ids.to_vec()]).await?;
    Ok(())
}

/// By what the queue is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Rank by risk within the plan.
    Rank,
    /// Chance of any irregularity.
    Score,
    /// Chance of being inspected.
    Chance,
    /// Time of arrival.
    Arrival,
    /// Declared value.
    Value,
    /// Officer-minutes.
    Minutes,
}

impl Sort {
    fn column(self) -> &'static str {
        match self {
            Sort::Rank => "position",
            Sort::Score => "score",
            Sort::Chance => "chance",
            Sort::Arrival => "arrived_at",
            Sort::Value => "value",
            Sort::Minutes => "minutes",
        }
    }

    fn is_real(self) -> bool {
        matches!(self, Sort::Score | Sort::Chance | Sort::Value)
    }
}

/// What may be seen by one who does not see every row of an office.
#[derive(Debug, Clone)]
pub struct Sight<'a> {
    /// Offices of which everything may be seen.
    pub at_once: &'a [String],
    /// Offices of which released plans may be seen.
    pub released: &'a [String],
    /// Offices of which the drawn lines of released plans may be seen.
    pub drawn: &'a [String],
    /// The time, in microseconds since 1970-01-01 UTC.
    pub now: i64,
}

/// What is asked of the queue.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Customs offices that may be seen.
    pub offices: &'a [String],
    /// What of them may be seen, where it is not everything.
    pub sight: Option<Sight<'a>>,
    /// Day of the shift, or of arrival where no plan lists it; every day when left out.
    pub day: Option<Day>,
    /// One plan alone.
    pub plan_id: Option<i64>,
    /// Parcel or freight.
    pub regime: Option<&'a str>,
    /// Drawn or not.
    pub drawn: Option<bool>,
    /// Suggested lanes.
    pub lanes: &'a [&'a str],
    /// Channels of the chance.
    pub channels: &'a [&'a str],
    /// How it stands; all but what is gone when empty.
    pub states: &'a [&'a str],
    /// Ways of inspecting.
    pub modalities: &'a [&'a str],
    /// Country of origin.
    pub origin: Option<&'a str>,
    /// Beginning of the HS code.
    pub hs: Option<&'a str>,
    /// Least chance of any irregularity.
    pub from_score: Option<f64>,
    /// Only these consignments.
    pub ids: Option<&'a [i64]>,
    /// What its search key has to hold, word by word.
    pub words: &'a [String],
    /// Whether names may be searched too.
    pub names: bool,
    /// By what it is sorted.
    pub sort: Sort,
    /// The greatest first.
    pub descending: bool,
}

/// Where a page ends: the value that it is sorted by and the consignment.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Place(pub f64, pub i64);

/// A row of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// The consignment.
    pub consignment_id: i64,
    /// Its day of arrival.
    pub arrived_day: Day,
    /// When it arrived, in microseconds since 1970-01-01 UTC.
    pub arrived_at: i64,
    /// Customs office.
    pub office: String,
    /// Day of the shift, or of arrival.
    pub day: Day,
    /// Parcel or freight.
    pub regime: String,
    /// The plan that lists it.
    pub plan_id: Option<i64>,
    /// Rank within the plan.
    pub position: Option<i64>,
    /// Suggested lane; none while no model has screened it.
    pub lane: Option<String>,
    /// Chance of being inspected, channel, modality and minutes, where a plan lists it.
    pub planned: Option<(f64, String, String, i64)>,
    /// Whether it was drawn.
    pub drawn: bool,
    /// How it stands.
    pub state: String,
    /// Where it lies in the order asked for.
    pub place: Place,
}

fn read(row: &Row) -> Result<QueueRow> {
    let plan_id = Some(row.int(6)?).filter(|id| *id > 0);
    let planned = match plan_id {
        None => None,
        Some(_) => {
            Some((row.real(9)?, row.text(10)?.to_owned(), row.text(11)?.to_owned(), row.int(12)?))
        }
    };
    Ok(QueueRow {
        consignment_id: row.int(0)?,
        arrived_day: Day(row.int(1)? as i32),
        arrived_at: row.int(2)?,
        office: row.text(3)?.to_owned(),
        day: Day(row.int(4)? as i32),
        regime: row.text(5)?.to_owned(),
        position: plan_id.map(|_| row.int(7)).transpose()?,
        lane: Some(row.text(8)?).filter(|lane| !lane.is_empty()).map(str::to_owned),
        plan_id,
        planned,
        drawn: row.flag(13)?,
        state: row.text(14)?.to_owned(),
        place: Place(row.real(15)?, row.int(0)?),
    })
}

/// The conditions of what is asked, with the values of their placeholders.
fn conditions<'a>(asked: &'a Asked<'a>) -> (String, Vec<Value<'a>>) {
    let mut sql = String::from("queue_row.office {in $1}");
    let mut args: Vec<Value<'a>> = vec![asked.offices.into()];
    if let Some(sight) = &asked.sight {
        let first = args.len() + 1;
        args.push(sight.at_once.into());
        args.push(sight.now.into());
        args.push(sight.released.into());
        args.push(sight.drawn.into());
        sql.push_str(&format!(
            " and (queue_row.office {{in ${first}}}
                   or exists (
                       select 1 from plan
                       where plan.id = queue_row.plan_id
                         and coalesce(plan.released_at, plan.drawn_at) <= ${}
                         and (plan.office {{in ${}}}
                              or (queue_row.drawn = 1 and plan.office {{in ${}}}))))",
            first + 1,
            first + 2,
            first + 3
        ));
    }
    let mut and = |sql: &mut String, condition: &str, value: Value<'a>| {
        args.push(value);
        sql.push_str(" and ");
        sql.push_str(&condition.replace('?', &format!("${}", args.len())));
    };
    if let Some(day) = asked.day {
        and(&mut sql, "queue_row.day = ?", day.0.into());
    }
    if let Some(plan) = asked.plan_id {
        and(&mut sql, "queue_row.plan_id = ?", plan.into());
    }
    if let Some(regime) = asked.regime {
        and(&mut sql, "queue_row.regime = ?", regime.into());
    }
    if let Some(drawn) = asked.drawn {
        and(&mut sql, "queue_row.drawn = ?", drawn.into());
    }
    for (column, words) in
        [("lane", asked.lanes), ("channel", asked.channels), ("modality", asked.modalities)]
    {
        match words {
            [] => {}
            [one] => and(&mut sql, &format!("queue_row.{column} = ?"), (*one).into()),
            many => and(&mut sql, &format!("queue_row.{column} {{in ?}}"), many.into()),
        }
    }
    match asked.states {
        [] => and(&mut sql, "queue_row.state <> ?", "gone".into()),
        [one] => and(&mut sql, "queue_row.state = ?", (*one).into()),
        many => and(&mut sql, "queue_row.state {in ?}", many.into()),
    }
    if let Some(origin) = asked.origin {
        and(&mut sql, "queue_row.origin = ?", origin.into());
    }
    if let Some(hs) = asked.hs {
        and(&mut sql, "substr(queue_row.hs, 1, length(?)) = ?", hs.into());
    }
    if let Some(score) = asked.from_score {
        and(&mut sql, "queue_row.score >= ?", score.into());
    }
    if let Some(ids) = asked.ids {
        and(&mut sql, "queue_row.consignment_id {in ?}", ids.into());
    }
    for word in asked.words {
        let condition = match asked.names {
            true => "({position}(queue_row.words, ?) > 0 or {position}(queue_row.names, ?) > 0)",
            false => "{position}(queue_row.words, ?) > 0",
        };
        and(&mut sql, condition, word.as_str().into());
    }
    (sql, args)
}

/// Up to `limit` rows of what is asked, after a place, in its order.
pub async fn page(
    tx: &mut Tx,
    asked: &Asked<'_>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<QueueRow>> {
    let (mut sql, mut args) = conditions(asked);
    let column = asked.sort.column();
    let (beyond, order) = if asked.descending { ("<", "desc") } else { (">", "asc") };
    if let Some(Place(value, id)) = after {
        args.push(if asked.sort.is_real() { value.into() } else { (value as i64).into() });
        let first = args.len();
        args.push(id.into());
        sql.push_str(&format!(
            " and (queue_row.{column}, queue_row.consignment_id) {beyond} (${first}, ${})",
            first + 1
        ));
    }
    args.push(limit.into());
    let sql = format!(
        "select consignment_id, arrived_day, arrived_at, office, day, regime, plan_id, position,
                lane, chance, channel, modality, minutes, drawn, state,
                cast({column} as double precision)
         from queue_row
         where {sql}
         order by queue_row.{column} {order}, queue_row.consignment_id {order}
         limit ${}",
        args.len()
    );
    tx.fetch_all(AssertSqlSafe(sql), &args, read).await
}

/// How many rows there are of what is asked, counted no further than `most`.
pub async fn count(tx: &mut Tx, asked: &Asked<'_>, most: i64) -> Result<i64> {
    let (sql, mut args) = conditions(asked);
    args.push(most.into());
    let sql = format!(
        "select count(*) from (select 1 from queue_row where {sql} limit ${}) counted",
        args.len()
    );
    tx.fetch_one(AssertSqlSafe(sql), &args, |row| row.int(0)).await
}

/// The consignments that may be asked for by this number, the newest first.
pub async fn by_number(tx: &mut Tx, number: &str, limit: i64) -> Result<Vec<i64>> {
    let key = hash_text(&search_key::number_key(number)) as i64;
    tx.fetch_all(
        "select consignment_id from asked_number where key = $1
         order by consignment_id desc limit $2",
        args![key, limit],
        |row| row.int(0),
    )
    .await
}

/// The consignments that name any of these numbers, each with the number's key
/// ([`search_key::number_key`]), at most so many of one number: the newest.
pub async fn naming(tx: &mut Tx, numbers: &[&str], most: usize) -> Result<Vec<(String, i64)>> {
    let keys: HashMap<i64, String> = numbers
        .iter()
        .map(|number| search_key::number_key(number))
        .map(|key| (hash_text(&key) as i64, key))
        .collect();
    let wanted: Vec<i64> = keys.keys().copied().collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let found = tx
        .fetch_all(
            "select key, consignment_id from asked_number where key {in $1}
             order by key, consignment_id desc",
            args![wanted],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
        .await?;
    let mut taken: HashMap<i64, usize> = HashMap::new();
    let mut within = |key: i64| {
        let n = taken.entry(key).or_default();
        *n += 1;
        *n <= most
    };
    let found = found.into_iter().filter(|(key, _)| within(*key));
    Ok(found.filter_map(|(key, id)| Some((keys.get(&key)?.clone(), id))).collect())
}

/// Every customs office with something in the queue, found by leaps from one to the next.
pub async fn offices(tx: &mut Tx) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    loop {
        let last = found.last().cloned().unwrap_or_default();
        let next = tx
            .fetch_optional(
                "select office from queue_row where office > $1 order by office limit 1",
                args![last],
                |row| Ok(row.text(0)?.to_owned()),
            )
            .await?;
        match next {
            Some(office) => found.push(office),
            None => return Ok(found),
        }
    }
}

/// The newest day with something in the queue of these offices that is not to come yet by the
/// clock of each; where all is to come, the first of those days.
pub async fn newest_day(tx: &mut Tx, offices: &[String], now: i64) -> Result<Option<Day>> {
    let (mut newest, mut to_come): (Option<i64>, Option<i64>) = (None, None);
    for office in offices {
        let offset = super::offices::clock_ahead(tx, office).await?;
        let today = Day::of_micros(now + offset).0;
        let day = tx
            .fetch_optional(
                "select day from queue_row where office = $1 and day <= $2
                 order by office, day desc limit 1",
                args![office, today],
                |row| row.int(0),
            )
            .await?;
        newest = newest.max(day);
        if day.is_none() {
            let first = tx
                .fetch_optional(
                    "select day from queue_row where office = $1 order by office, day limit 1",
                    args![office],
                    |row| row.int(0),
                )
                .await?;
            to_come = to_come.into_iter().chain(first).min();
        }
    }
    Ok(newest.or(to_come).map(|day| Day(day as i32)))
}

/// How many consignments of a day stand how, by office, plan, regime, drawn or not, lane, state.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Customs office.
    pub office: String,
    /// The plan; none while no plan lists them.
    pub plan_id: Option<i64>,
    /// Parcel or freight.
    pub regime: String,
    /// Whether they were drawn.
    pub drawn: bool,
    /// Suggested lane; none while not screened.
    pub lane: Option<String>,
    /// How they stand.
    pub state: String,
    /// How many.
    pub count: i64,
    /// Sums of the score and of score × (1 - score).
    pub scores: (f64, f64),
}

/// How the consignments of a day stand.
pub async fn standings(tx: &mut Tx, offices: &[String], day: Day) -> Result<Vec<Standing>> {
    tx.fetch_all(
        "select office, plan_id, regime, drawn, lane, state, count(*), sum(score),
                sum(score * (1 - score))
         from queue_row
         where office {in $1} and day = $2
         group by office, plan_id, regime, drawn, lane, state
         order by office, plan_id",
        args![offices, day.0],
        |row| {
            Ok(Standing {
                office: row.text(0)?.to_owned(),
                plan_id: Some(row.int(1)?).filter(|id| *id > 0),
                regime: row.text(2)?.to_owned(),
                drawn: row.flag(3)?,
                lane: Some(row.text(4)?).filter(|lane| !lane.is_empty()).map(str::to_owned),
                state: row.text(5)?.to_owned(),
                count: row.int(6)?,
                scores: (row.real(7)?, row.real(8)?),
            })
        },
    )
    .await
}

/// The queue's rows of these consignments, by id.
pub async fn of(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, QueueRow>> {
    let found = tx
        .fetch_all(
            "select consignment_id, arrived_day, arrived_at, office, day, regime, plan_id,
                    position, lane, chance, channel, modality, minutes, drawn, state,
                    cast(position as double precision)
             from queue_row where consignment_id {in $1}",
            args![ids.to_vec()],
            read,
        )
        .await?;
    Ok(found.into_iter().map(|row| (row.consignment_id, row)).collect())
}

/// How many consignments that arrived on a day await a decision and were never screened.
pub async fn unscreened(tx: &mut Tx, offices: &[String], day: Day) -> Result<i64> {
    tx.fetch_one(
        "select count(*) from consignment
         where office {in $1} and arrived_day = $2 and fate = 'pending'
           and not exists (
                   select 1 from queue_row
                   where queue_row.consignment_id = consignment.id and queue_row.lane <> '')",
        args![offices, day.0],
        |row| row.int(0),
    )
    .await
}

/// How much of what an office has to do its sender changed since it was drawn or decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedSince {
    /// Customs office.
    pub office: String,
    /// How many of them are withdrawn.
    pub withdrawn: i64,
    /// How many are amended.
    pub amended: i64,
}

/// What of the work of these days its senders changed since, of what those who inspect may see.
pub async fn changed_since(
    tx: &mut Tx,
    offices: &[String],
    (first, last): (Day, Day),
    now: i64,
) -> Result<Vec<ChangedSince>> {
    let open = tx
        .fetch_all(
            "select office, consignment_id from queue_row
             where office {in $1} and day >= $2 and day <= $3
               and state in ('to_do', 'held', 'asked')
               and (plan_id = 0 or exists (
                       select 1 from plan
                       where plan.id = queue_row.plan_id
                         and coalesce(plan.released_at, plan.drawn_at) <= $4))
             order by office, consignment_id",
            args![offices, first.0, last.0, now],
            |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
        )
        .await?;
    let ids: Vec<i64> = open.iter().map(|(_, id)| *id).collect();
    let amended = super::consignments::amended(tx, &ids).await?;
    let mut changed: Vec<ChangedSince> = Vec::new();
    for (office, since) in open.iter().filter_map(|(office, id)| Some((office, amended.get(id)?))) {
        if changed.last().is_none_or(|last| last.office != *office) {
            changed.push(ChangedSince { office: office.clone(), withdrawn: 0, amended: 0 });
        }
        if let Some(of) = changed.last_mut() {
            of.withdrawn += i64::from(since.withdrawn);
            of.amended += i64::from(!since.withdrawn);
        }
    }
    Ok(changed)
}
