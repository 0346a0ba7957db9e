//! Customs offices as people call them, their clocks and their shifts; and from when on a shift's
//! plan may be seen by those who inspect.

use anyhow::Result;
use targeting::consignment::Shift;

use super::{Kind, Tx, args, values};

/// A customs office.
#[derive(Debug, Clone, PartialEq)]
pub struct Office {
    /// Its code.
    pub code: String,
    /// Its name in Korean.
    pub name_ko: String,
    /// Its name in English.
    pub name_en: String,
    /// How far its clock is ahead of UTC.
    pub utc_offset_minutes: i64,
    /// Its shifts, by their beginning.
    pub shifts: Vec<OfficeShift>,
    /// Who set this last; empty for an office that is known from declarations alone.
    pub set_by: String,
    /// When.
    pub set_at: i64,
}

/// A shift of an office.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficeShift {
    /// Its name, as plans write it.
    pub name: String,
    /// Minutes after midnight at which it begins.
    pub starts_minute: i64,
    /// How long it lasts.
    pub minutes_long: i64,
    /// So many minutes before it begins, those who inspect may see its plan.
    pub release_before_minutes: i64,
}

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

impl Office {
    /// When the plan of a shift may be seen by those who inspect. A shift that the office has not
    /// named is taken as its first of the day; none when it has none at all.
    pub fn releases(&self, shift: &Shift) -> Option<i64> {
        let named = self.shifts.iter().find(|one| one.name == *shift.name);
        let first = || self.shifts.iter().min_by_key(|one| one.starts_minute);
        let of = named.or_else(first)?;
        let starts = of.starts_minute - self.utc_offset_minutes - of.release_before_minutes;
        Some(shift.day.start_micros() + starts * MINUTE)
    }
}

/// How far the clock of an office is ahead of UTC, in microseconds; Korea's where it is not set up.
pub async fn clock_ahead(tx: &mut Tx, code: &str) -> Result<i64> {
    let minutes = tx
        .fetch_optional(
            "select utc_offset_minutes from office where code = $1",
            args![code],
            |row| row.int(0),
        )
        .await?;
    Ok(minutes.unwrap_or(540) * MINUTE)
}

/// Of these offices, those that are not set up; so many at most.
pub async fn not_set_up(tx: &mut Tx, offices: &[String], most: usize) -> Result<Vec<String>> {
    let known = tx
        .fetch_all("select code from office where code {in $1}", args![offices], |row| {
            Ok(row.text(0)?.to_owned())
        })
        .await?;
    let unknown = offices.iter().filter(|office| !known.contains(office));
    Ok(unknown.take(most).cloned().collect())
}

/// Offices that are set up, and those that declarations name; by code.
pub async fn list(tx: &mut Tx) -> Result<Vec<Office>> {
    let mut offices = tx
        .fetch_all(
            "select known.code, coalesce(office.name_ko, known.code),
                    coalesce(office.name_en, known.code),
                    coalesce(office.utc_offset_minutes, 540), coalesce(office.set_by, ''),
                    coalesce(office.set_at, 0)
             from (select code from office union select distinct office from consignment) known
             left join office on office.code = known.code
             order by known.code {bytewise}",
            args![],
            |row| {
                Ok(Office {
                    code: row.text(0)?.to_owned(),
                    name_ko: row.text(1)?.to_owned(),
                    name_en: row.text(2)?.to_owned(),
                    utc_offset_minutes: row.int(3)?,
                    shifts: Vec::new(),
                    set_by: row.text(4)?.to_owned(),
                    set_at: row.int(5)?,
                })
            },
        )
        .await?;
    for (code, shift) in shifts(tx, None).await? {
        if let Some(office) = offices.iter_mut().find(|office| office.code == code) {
            office.shifts.push(shift);
        }
    }
    Ok(offices)
}

async fn shifts(tx: &mut Tx, office: Option<&str>) -> Result<Vec<(String, OfficeShift)>> {
    tx.fetch_all(
        "select office, name, starts_minute, minutes_long, release_before_minutes
         from office_shift
         where $1 is null or office = $1
         order by office, starts_minute, name",
        args![office],
        |row| {
            Ok((
                row.text(0)?.to_owned(),
                OfficeShift {
                    name: row.text(1)?.to_owned(),
                    starts_minute: row.int(2)?,
                    minutes_long: row.int(3)?,
                    release_before_minutes: row.int(4)?,
                },
            ))
        },
    )
    .await
}

/// An office that is set up.
pub async fn find(tx: &mut Tx, code: &str) -> Result<Option<Office>> {
    let found = tx
        .fetch_optional(
            "select code, name_ko, name_en, utc_offset_minutes, set_by, set_at
             from office where code = $1",
            args![code],
            |row| {
                Ok(Office {
                    code: row.text(0)?.to_owned(),
                    name_ko: row.text(1)?.to_owned(),
                    name_en: row.text(2)?.to_owned(),
                    utc_offset_minutes: row.int(3)?,
                    shifts: Vec::new(),
                    set_by: row.text(4)?.to_owned(),
                    set_at: row.int(5)?,
                })
            },
        )
        .await?;
    let Some(mut office) = found else { return Ok(None) };
    office.shifts = shifts(tx, Some(code)).await?.into_iter().map(|(_, shift)| shift).collect();
    Ok(Some(office))
}

/// Keeps an office as it is now.
pub async fn set(tx: &mut Tx, office: &Office) -> Result<()> {
    tx.insert_many(
        "office",
        [
            ("code", Kind::Text),
            ("name_ko", Kind::Text),
            ("name_en", Kind::Text),
            ("utc_offset_minutes", Kind::Int),
            ("set_by", Kind::Text),
            ("set_at", Kind::Int),
        ],
        "on conflict (code) do update set name_ko = excluded.name_ko,
         name_en = excluded.name_en, utc_offset_minutes = excluded.utc_offset_minutes,
         set_by = excluded.set_by, set_at = excluded.set_at",
        [values![
            &office.code,
            &office.name_ko,
            &office.name_en,
            office.utc_offset_minutes,
            &office.set_by,
            office.set_at
        ]],
    )
    .await?;
    tx.execute("delete from office_shift where office = $1", args![&office.code]).await?;
    tx.insert_many(
        "office_shift",
        [
            ("office", Kind::Text),
            ("name", Kind::Text),
            ("starts_minute", Kind::Int),
            ("minutes_long", Kind::Int),
            ("release_before_minutes", Kind::Int),
        ],
        "",
        office.shifts.iter().map(|shift| {
            values![
                &office.code,
                &shift.name,
                shift.starts_minute,
                shift.minutes_long,
                shift.release_before_minutes
            ]
        }),
    )
    .await?;
    Ok(())
}

/// Those of these offices of which a capacity was approved since a time, and when the latest was.
pub async fn capacity_changes(
    tx: &mut Tx,
    offices: &[String],
    since: i64,
) -> Result<Vec<(String, i64)>> {
    tx.fetch_all(
        "select office, max(decided_at) from capacity
         where office {in $1} and state = 'approved' and decided_at >= $2
         group by office order by office",
        args![offices, since],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_released_before_its_shift_begins_by_the_offices_clock() {
        let shift = |name: &str, starts_minute, release_before_minutes| OfficeShift {
            name: name.to_owned(),
            starts_minute,
            minutes_long: 480,
            release_before_minutes,
        };
        let office = Office {
            code: "030".to_owned(),
            name_ko: "부산".to_owned(),
            name_en: "Busan".to_owned(),
            utc_offset_minutes: 540,
            shifts: vec![shift("day", 8 * 60, 30), shift("night", 20 * 60, 0)],
            set_by: "kim".to_owned(),
            set_at: 0,
        };
        let check = |of: &Office, shift: &str, expected: Option<&str>| {
            let at = of.releases(&shift.parse().unwrap());
            let at = at.map(|at| jiff::Timestamp::from_microsecond(at).unwrap().to_string());
            assert_eq!(at.as_deref(), expected, "{shift}");
        };
        check(&office, "2026-11-22/day", Some("2026-11-21T22:30:00Z"));
        check(&office, "2026-11-22/night", Some("2026-11-22T11:00:00Z"));
        check(&office, "2026-11-22", Some("2026-11-21T22:30:00Z"));
        check(&office, "2026-11-22/late", Some("2026-11-21T22:30:00Z"));
        check(&Office { shifts: Vec::new(), ..office }, "2026-11-22", None);
    }
}
