//! Assessments: the immutable results of screening, and how far screening has come.

use std::collections::HashSet;

use anyhow::Result;
use targeting::codes::Day;
use targeting::screening::{Assessment, Uncertainty};

use super::{Kind, Row, Tx, args, values};

/// Keeps the assessments of a batch; `of` has id and day of arrival of each. One that is kept
/// already stays as it is.
pub async fn insert(
    tx: &mut Tx,
    model_id: &str,
    of: &[(i64, Day)],
    assessments: &[Assessment],
    now: i64,
) -> Result<()> {
    let mut months: Vec<(i16, i8)> = of
        .iter()
        .map(|(_, day)| *day)
        .collect::<std::collections::BTreeSet<Day>>()
        .into_iter()
        .map(|day| (day.date().year(), day.date().month()))
        .collect();
    months.dedup();
    tx.ensure_month_partitions("assessment", &months).await?;
    let reasons: Vec<String> = assessments
        .iter()
        .map(|assessment| serde_json::to_string(&assessment.reasons))
        .collect::<Result<_, _>>()?;
    tx.insert_many(
        "assessment",
        [
            ("consignment_id", Kind::Int),
            ("arrived_day", Kind::Int),
            ("model_id", Kind::Text),
            ("assessed_at", Kind::Int),
            ("p_irregular", Kind::Real),
            ("p_critical", Kind::Real),
            ("lane", Kind::Text),
            ("reasons", Kind::Text),
            ("se_irregular", Kind::Real),
            ("se_critical", Kind::Real),
        ],
        "on conflict (consignment_id, model_id, arrived_day) do nothing",
        of.iter().zip(assessments).zip(&reasons).map(|(((id, day), assessment), reasons)| {
            values![
                *id,
                day.0,
                model_id,
                now,
                assessment.p_irregular,
                assessment.p_critical,
                assessment.lane.as_str(),
                reasons,
                assessment.uncertainty.map(|uncertainty| uncertainty.irregular),
                assessment.uncertainty.map(|uncertainty| uncertainty.critical)
            ]
        }),
    )
    .await?;
    Ok(())
}

/// The last consignment that this model has screened, or 0.
pub async fn screened_up_to(tx: &mut Tx, model_id: &str) -> Result<i64> {
    let last = tx
        .fetch_optional(
            "select last_id from screening where model_id = $1",
            args![model_id],
            |row| row.int(0),
        )
        .await?;
    Ok(last.unwrap_or(0))
}

/// Notes how far this model has screened.
pub async fn set_screened_up_to(tx: &mut Tx, model_id: &str, last_id: i64) -> Result<()> {
    tx.execute(
        "insert into screening (model_id, last_id) values ($1, $2)
         on conflict (model_id) do update set last_id = excluded.last_id",
        args![model_id, last_id],
    )
    .await?;
    Ok(())
}

/// SHA-256 over assessments as they are kept, in rising order of id, in hexadecimal.
/// `sumun verify` takes it again over what is stored.
pub fn digest<'a>(assessments: impl Iterator<Item = (i64, &'a Assessment)>) -> Result<String> {
    let mut hash = Digest::new();
    for (id, assessment) in assessments {
        let reasons = serde_json::to_string(&assessment.reasons)?;
        let chances = (assessment.p_irregular, assessment.p_critical);
        hash.add(id, chances, assessment.lane.as_str(), &reasons, assessment.uncertainty);
    }
    Ok(hash.finish())
}

/// The digest of assessments, taken one by one.
#[derive(Default)]
pub struct Digest(sha2::Sha256);

impl Digest {
    /// An empty digest.
    pub fn new() -> Digest {
        Digest::default()
    }

    /// Takes in one assessment.
    pub fn add(
        &mut self,
        id: i64,
        (p_irregular, p_critical): (f64, f64),
        lane: &str,
        reasons: &str,
        uncertainty: Option<Uncertainty>,
    ) {
        use sha2::Digest as _;
        self.0.update(id.to_le_bytes());
        self.0.update(p_irregular.to_bits().to_le_bytes());
        self.0.update(p_critical.to_bits().to_le_bytes());
        for text in [lane, reasons] {
            self.0.update((text.len() as u64).to_le_bytes());
            self.0.update(text.as_bytes());
        }
        // Assessments of before it was kept have none, and keep their digest.
        if let Some(Uncertainty { irregular, critical }) = uncertainty {
            self.0.update(irregular.to_bits().to_le_bytes());
            self.0.update(critical.to_bits().to_le_bytes());
        }
    }

    /// The digest in hexadecimal.
    pub fn finish(self) -> String {
        use sha2::Digest as _;
        hex::encode(self.0.finalize())
    }
}

/// Calls `each` with what is kept of one model for consignments from `first` to `last`.
pub async fn each(
    tx: &mut Tx,
    model_id: &str,
    (first, last): (i64, i64),
    mut each: impl FnMut(i64, (f64, f64), &str, &str, Option<Uncertainty>),
) -> Result<()> {
    let mut rows = tx.rows(
        "select consignment_id, p_irregular, p_critical, lane, reasons, se_irregular, se_critical
         from assessment
         where model_id = $1 and consignment_id >= $2 and consignment_id <= $3
         order by consignment_id",
        args![model_id, first, last],
    )?;
    while let Some(row) = rows.next().await? {
        let chances = (row.real(1)?, row.real(2)?);
        each(row.int(0)?, chances, row.text(3)?, row.text(4)?, uncertainty(&row, 5)?);
    }
    Ok(())
}

/// The two standard errors from a column on.
fn uncertainty(row: &Row, first: usize) -> Result<Option<Uncertainty>> {
    let both = row.real_opt(first)?.zip(row.real_opt(first + 1)?);
    Ok(both.map(|(irregular, critical)| Uncertainty { irregular, critical }))
}

/// Which of these consignments this model has assessed already.
pub async fn assessed(tx: &mut Tx, model_id: &str, ids: &[i64]) -> Result<HashSet<i64>> {
    let found = tx
        .fetch_all(
            "select consignment_id from assessment
             where consignment_id {in $1} and model_id = $2",
            args![ids.to_vec(), model_id],
            |row| row.int(0),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// An assessment as it is kept.
#[derive(Debug, Clone)]
pub struct KeptAssessment {
    /// The consignment's version.
    pub consignment_id: i64,
    /// The model that judged.
    pub model_id: String,
    /// When, in microseconds since 1970-01-01 UTC.
    pub assessed_at: i64,
    /// Chances, lane and reasons.
    pub assessment: Assessment,
}

fn kept(row: &Row) -> Result<KeptAssessment> {
    Ok(KeptAssessment {
        consignment_id: row.int(0)?,
        model_id: row.text(1)?.to_owned(),
        assessed_at: row.int(2)?,
        assessment: Assessment {
            p_irregular: row.real(3)?,
            p_critical: row.real(4)?,
            lane: row.text(5)?.parse()?,
            reasons: serde_json::from_str(row.text(6)?)?,
            uncertainty: uncertainty(row, 7)?,
        },
    })
}

/// The assessments of these consignments by one model, or by all; in rising order of consignment
/// and time.
pub async fn of(tx: &mut Tx, ids: &[i64], model_id: Option<&str>) -> Result<Vec<KeptAssessment>> {
    tx.fetch_all(
        "select consignment_id, model_id, assessed_at, p_irregular, p_critical, lane, reasons,
                se_irregular, se_critical
         from assessment
         where consignment_id {in $1} and ($2 is null or model_id = $2)
         order by consignment_id, assessed_at, model_id",
        args![ids.to_vec(), model_id],
        kept,
    )
    .await
}

/// The assessments of these consignments, which arrived from `first` to `last`, by these models.
pub async fn of_models(
    tx: &mut Tx,
    ids: &[i64],
    models: &[&str],
    (first, last): (Day, Day),
) -> Result<Vec<KeptAssessment>> {
    tx.fetch_all(
        "select consignment_id, model_id, assessed_at, p_irregular, p_critical, lane, reasons,
                se_irregular, se_critical
         from assessment
         where consignment_id {in $1} and model_id {in $2}
           and arrived_day >= $3 and arrived_day <= $4
         order by consignment_id, assessed_at",
        args![ids.to_vec(), models.to_vec(), first.0, last.0],
        kept,
    )
    .await
}
