//! Setting up an office: its names, its clock and its shifts. Plans that are drawn afterwards are
//! released by the new hours; those drawn before keep theirs.

use anyhow::Result;
use serde_json::json;

use super::account::office_of;
use crate::rights::EVERYWHERE;
use crate::store::offices::{self, Office};
use crate::store::{Store, journal};

/// Sets an office up, or anew. The same again changes nothing.
///
/// # Errors
/// A refusal for codes, names, clocks and shifts that cannot be.
pub async fn set(store: &Store, office: &Office, by: (&str, i64)) -> Result<Office> {
    office_of(&office.code)?;
    let odd = |text: &str, most: usize| {
        text.trim().is_empty() || text.chars().count() > most || text.chars().any(char::is_control)
    };
    if office.code == EVERYWHERE || odd(&office.name_ko, 100) || odd(&office.name_en, 100) {
        crate::refuse!("office", "an office has a code, and a name in Korean and in English");
    }
    if !(-14 * 60..=14 * 60).contains(&office.utc_offset_minutes) {
        crate::refuse!("office", "no clock is {} minutes ahead of UTC", office.utc_offset_minutes);
    }
    if office.shifts.len() > 24 {
        crate::refuse!("shifts", "an office has at most 24 shifts");
    }
    for (n, shift) in office.shifts.iter().enumerate() {
        let plain = !odd(&shift.name, 40) && !shift.name.contains('/');
        let twice = office.shifts[..n].iter().any(|other| other.name == shift.name);
        let fits = (0..1440).contains(&shift.starts_minute)
            && (1..=1440).contains(&shift.minutes_long)
            && (0..=2 * 1440).contains(&shift.release_before_minutes);
        if !plain || twice || !fits {
            crate::refuse!(
                "shifts",
                "a shift has a name of its own without a slash, begins within the day, lasts up to \
                 a day, and its plan is released up to two days before"
            );
        }
    }
    let mut tx = store.begin().await?;
    let kept = Office { set_by: by.0.to_owned(), set_at: by.1, ..office.clone() };
    let before = offices::find(&mut tx, &office.code).await?;
    let same = |before: &Office| {
        *before == Office { set_by: before.set_by.clone(), set_at: before.set_at, ..kept.clone() }
    };
    if let Some(before) = before.filter(same) {
        return Ok(before);
    }
    offices::set(&mut tx, &kept).await?;
    let shifts: Vec<_> = (kept.shifts.iter())
        .map(|shift| {
            json!([
                shift.name,
                shift.starts_minute,
                shift.minutes_long,
                shift.release_before_minutes
            ])
        })
        .collect();
    let entry = journal::JournalEntry {
        actor: by.0.into(),
        act: "set office".into(),
        subject: format!("office {}", kept.code).into(),
        body: json!({
            "name_ko": kept.name_ko,
            "name_en": kept.name_en,
            "utc_offset_minutes": kept.utc_offset_minutes,
            "shifts": shifts,
        }),
    };
    journal::record(&mut tx, &[entry], by.1).await?;
    tx.commit().await?;
    Ok(kept)
}
