//! Capacity: one person proposes what a shift can do, another approves or rejects it. The approved
//! one is what plans are drawn with when nobody names minutes.

use anyhow::Result;
use serde_json::json;

use super::account;
use super::account::{id_of, office_of};
use super::model::same_person;
use crate::rights::EVERYWHERE;
use crate::store::capacities::{self, Capacity, Content};
use crate::store::{Store, journal};

/// A proposal.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// A ULID that the client made.
    pub id: Option<String>,
    /// Customs office.
    pub office: String,
    /// Name of the shift; empty for every shift that has none of its own.
    pub shift: String,
    /// `parcel` or `freight`; empty for both.
    pub regime: String,
    /// What the shift can do.
    pub content: Content,
    /// Why.
    pub reason: String,
}

/// Proposes a capacity. The same again changes nothing.
///
/// # Errors
/// A refusal for figures that cannot be, and without a reason.
pub async fn propose(store: &Store, of: &Proposal, by: (&str, i64)) -> Result<Capacity> {
    office_of(&of.office)?;
    has_reason(&of.reason)?;
    if of.office == EVERYWHERE {
        crate::refuse!("office", "a capacity is one office's: name it");
    }
    let odd = |c: char| c.is_control() || c == '/';
    if of.shift.chars().count() > 40 || of.shift.chars().any(odd) {
        crate::refuse!("shift", "a shift is named by up to 40 characters without a slash");
    }
    if !["", "parcel", "freight"].contains(&of.regime.as_str()) {
        crate::refuse!("regime", "the regime is parcel or freight, or left out for both");
    }
    let Content { lines, explore } = &of.content;
    let unit = 0.0..=1.0;
    for (n, line) in lines.iter().enumerate() {
        let twice = lines[..n].iter().any(|other| other.modality == line.modality);
        let each = (1..=10_000).contains(&line.minutes_each);
        let sure = line.detection.is_none_or(|of| of > 0.0 && unit.contains(&of));
        if twice || !each || line.minutes_available > 1_000_000 || !sure {
            crate::refuse!(
                "capacity",
                "a modality stands once, with up to 1000000 minutes, 1 to 10000 minutes an \
                 inspection, and a chance of finding above 0 and at most 1"
            );
        }
    }
    if lines.is_empty() || explore.is_some_and(|share| !unit.contains(&share)) {
        crate::refuse!("capacity", "a capacity has a modality at least, and explores 0 to 1");
    }
    let capacity = Capacity {
        id: id_of(of.id.as_deref())?,
        office: of.office.clone(),
        shift: of.shift.clone(),
        regime: of.regime.clone(),
        content: of.content.clone(),
        state: "proposed".to_owned(),
        made_by: by.0.to_owned(),
        made_at: by.1,
        reason: of.reason.clone(),
        decided_by: None,
        decided_at: None,
        decided_why: None,
    };
    let mut tx = store.begin().await?;
    if let Some(known) = capacities::find(&mut tx, &capacity.id).await? {
        let same = known.office == of.office && known.content == of.content;
        if same && known.shift == of.shift && known.regime == of.regime {
            return Ok(known);
        }
        crate::refuse!("idempotency_key", "this id was used before, for another capacity");
    }
    capacities::insert(&mut tx, &capacity).await?;
    let entry = journal::JournalEntry {
        actor: by.0.into(),
        act: "propose capacity".into(),
        subject: format!("capacity {}", capacity.id).into(),
        body: json!({
            "office": capacity.office,
            "shift": capacity.shift,
            "regime": capacity.regime,
            "content": capacity.content,
            "reason": capacity.reason,
        }),
    };
    journal::record(&mut tx, &[entry], by.1).await?;
    tx.commit().await?;
    Ok(capacity)
}

/// Approves or rejects a proposal. The same decision again changes nothing.
///
/// # Errors
/// A refusal for one's own proposal, without a reason, and once it was decided otherwise.
pub async fn decide(
    store: &Store,
    id: &str,
    approve: bool,
    reason: &str,
    by: (&str, i64),
) -> Result<Capacity> {
    has_reason(reason)?;
    let mut tx = store.begin().await?;
    let Some(capacity) = capacities::find(&mut tx, id).await? else {
        crate::refuse!("no_capacity", "there is no capacity of this id");
    };
    let to = if approve { "approved" } else { "rejected" };
    if capacity.state == to {
        return Ok(capacity);
    }
    if capacity.state != "proposed" {
        crate::refuse!("decided", "this capacity is {} already: propose a new one", capacity.state);
    }
    if same_person(&capacity.made_by, by.0) {
        crate::refuse!("own_capacity", "{} proposed it, so another person has to decide", by.0);
    }
    account::not_the_makers(&mut tx, &capacity.made_by, by.0).await?;
    capacities::decide(&mut tx, &capacity, approve, by, reason).await?;
    let entry = journal::JournalEntry {
        actor: by.0.into(),
        act: if approve { "approve capacity" } else { "reject capacity" }.into(),
        subject: format!("capacity {id}").into(),
        body: json!({
            "office": capacity.office,
            "content": capacity.content,
            "proposed_by": capacity.made_by,
            "reason": reason,
        }),
    };
    journal::record(&mut tx, &[entry], by.1).await?;
    tx.commit().await?;
    Ok(Capacity {
        state: to.to_owned(),
        decided_by: Some(by.0.to_owned()),
        decided_at: Some(by.1),
        decided_why: Some(reason.to_owned()),
        ..capacity
    })
}

/// Holds that there is a reason that can be kept.
///
/// # Errors
/// A refusal otherwise.
pub fn has_reason(reason: &str) -> Result<()> {
    if reason.trim().is_empty() {
        crate::refuse!("no_reason", "say why, in words: the journal keeps the reason");
    }
    if reason.contains('\0') || reason.chars().count() > 4_000 {
        crate::refuse!("text", "the reason has more than 4000 characters, or the character NUL");
    }
    Ok(())
}
