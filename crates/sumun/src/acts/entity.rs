//! Entities: an officer says that records of one entity are of another, or that two entities are
//! one. Every move is a new revision of the record, so nothing is lost and all of it can be taken
//! back by the opposite act; what a person settled the machine leaves as it is.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::json;

use super::capacity::has_reason;
use crate::pipeline::resolve::{move_all, moved};
use crate::store::entities::{self, EntityAct, MACHINE, Member, put};
use crate::store::{Store, Tx, journal};

/// Records moved by one act at most.
const AT_ONCE: usize = 10_000;

/// What an officer orders about an entity.
#[derive(Debug, Clone)]
pub struct EntityOrder {
    /// The id that the sender made: the same again changes nothing.
    pub id: String,
    /// The entity.
    pub entity: i64,
    /// The last person's act on it that the sender has seen ([`last_word`]); unchecked when none.
    pub seen: Option<i64>,
    /// Why.
    pub reason: String,
}

impl EntityOrder {
    /// Holds that the order can be kept.
    ///
    /// # Errors
    /// A refusal for an id of another length, and without a reason.
    pub fn check(&self) -> Result<()> {
        if !(8..=64).contains(&self.id.len()) || self.id.contains('\0') {
            crate::refuse!("order_id", "an order's id has 8 to 64 characters");
        }
        has_reason(&self.reason)
    }

    /// The act of this order, if it was done before.
    async fn done(&self, tx: &mut Tx, split: bool) -> Result<Option<EntityAct>> {
        let Some(act) = entities::act_of(tx, &self.id).await? else { return Ok(None) };
        let of_it = [act.entity_id, act.other_id].contains(&self.entity);
        if act.split == split && of_it && act.reason == self.reason.trim() {
            return Ok(Some(act));
        }
        crate::refuse!("id_taken", "this id was used before, for another order");
    }

    /// Holds that nobody else acted on the entity since the sender looked at it.
    async fn is_as_seen(&self, tx: &mut Tx) -> Result<()> {
        let Some(seen) = self.seen else { return Ok(()) };
        let acts = entities::acts(tx, &[self.entity]).await?;
        let newer = acts.iter().rfind(|act| act.by != MACHINE && act.id > seen);
        if let Some(act) = newer {
            let did = if act.split { "split" } else { "merged" };
            let (by, entity) = (&act.by, self.entity);
            crate::refuse!("moved_meanwhile", "{by} {did} E-{entity} meanwhile: {}", act.reason);
        }
        Ok(())
    }

    fn act(&self, id: i64, split: bool, (by, at): (&str, i64)) -> EntityAct {
        EntityAct {
            id,
            order_id: Some(self.id.clone()),
            split,
            entity_id: self.entity,
            other_id: 0,
            records: Vec::new(),
            bits: None,
            by: by.to_owned(),
            at,
            reason: self.reason.trim().to_owned(),
        }
    }
}

/// The number of the last act by a person among these; 0 where there is none.
pub fn last_word(acts: &[EntityAct]) -> i64 {
    acts.iter().filter(|act| act.by != MACHINE).map(|act| act.id).max().unwrap_or(0)
}

/// Takes records out of an entity; together they are an entity of their own from now on.
///
/// # Errors
/// A refusal without a reason, for records that are not of the entity, for all or none of them,
/// and where somebody else acted on the entity meanwhile.
pub async fn split(
    store: &Store,
    order: &EntityOrder,
    records: &[i64],
    by: (&str, i64),
) -> Result<EntityAct> {
    order.check()?;
    let records: BTreeSet<i64> = records.iter().copied().collect();
    let mut tx = store.begin().await?;
    if let Some(done) = order.done(&mut tx, true).await? {
        if done.records.iter().copied().eq(records.iter().copied()) {
            return Ok(done);
        }
        crate::refuse!("id_taken", "this id was used before, for other records");
    }
    let members = entities::members(&mut tx, &[order.entity]).await?;
    if members.is_empty() {
        match stays(&mut tx, order.entity).await? {
            Some(now) => {
                crate::refuse!("moved_meanwhile", "E-{} has become E-{now}", order.entity)
            }
            None => crate::refuse!("no_entity", "there is no entity E-{}", order.entity),
        }
    }
    order.is_as_seen(&mut tx).await?;
    let leaving: Vec<Member> =
        members.iter().filter(|member| records.contains(&member.record_id)).cloned().collect();
    if leaving.len() != records.len() {
        crate::refuse!("records", "one of the records is not of E-{} now", order.entity);
    }
    if leaving.is_empty() || leaving.len() == members.len() || leaving.len() > AT_ONCE {
        crate::refuse!("records", "name some of the entity's records, and not all of them");
    }
    let (_, next_entity, next_act) = entities::next_ids(&mut tx).await?;
    let act = EntityAct {
        other_id: next_entity,
        records: records.into_iter().collect(),
        ..order.act(next_act, true, by)
    };
    let leaving: Vec<Member> =
        leaving.into_iter().map(|member| moved(member, next_entity, &act)).collect();
    put(&mut tx, &leaving).await?;
    entities::insert_acts(&mut tx, std::slice::from_ref(&act)).await?;
    write_down(&mut tx, &act, "split entity").await?;
    tx.commit().await?;
    Ok(act)
}

/// Makes two entities one; the older stays.
///
/// # Errors
/// A refusal without a reason, where one of the two is none or both are the same, and where
/// somebody else acted on the entity meanwhile.
pub async fn merge(
    store: &Store,
    order: &EntityOrder,
    with: i64,
    by: (&str, i64),
) -> Result<EntityAct> {
    order.check()?;
    if with == order.entity {
        crate::refuse!("with", "E-{with} is one with itself already");
    }
    let mut tx = store.begin().await?;
    if let Some(done) = order.done(&mut tx, false).await? {
        if [done.entity_id, done.other_id].contains(&with) {
            return Ok(done);
        }
        crate::refuse!("id_taken", "this id was used before, for another entity");
    }
    for entity in [order.entity, with] {
        if entities::members(&mut tx, &[entity]).await?.is_empty() {
            match stays(&mut tx, entity).await? {
                Some(now) => {
                    crate::refuse!("moved_meanwhile", "E-{entity} has become E-{now} already")
                }
                None => crate::refuse!("no_entity", "there is no entity E-{entity}"),
            }
        }
    }
    order.is_as_seen(&mut tx).await?;
    let (_, _, next_act) = entities::next_ids(&mut tx).await?;
    let (keep, gone) = (order.entity.min(with), order.entity.max(with));
    let act = EntityAct { entity_id: keep, other_id: gone, ..order.act(next_act, false, by) };
    let act = move_all(&mut tx, act).await?;
    write_down(&mut tx, &act, "merge entities").await?;
    tx.commit().await?;
    Ok(act)
}

/// The entity that one without records has become part of, if it ever was one.
///
/// # Errors
/// When the store cannot be read.
pub async fn stays(tx: &mut Tx, entity: i64) -> Result<Option<i64>> {
    let mut now = entity;
    loop {
        let merged = entities::acts(tx, &[now]).await?.into_iter().rev();
        let mut merged = merged.filter(|act| !act.split && act.other_id == now);
        match merged.next() {
            // A later split may have given the old number no records again: it stays gone.
            Some(act) if entities::members(tx, &[now]).await?.is_empty() => now = act.entity_id,
            _ => return Ok((now != entity).then_some(now)),
        }
    }
}

async fn write_down(tx: &mut Tx, act: &EntityAct, what: &'static str) -> Result<()> {
    let entry = journal::JournalEntry {
        actor: act.by.as_str().into(),
        act: what.into(),
        subject: format!("entity E-{}", act.entity_id).into(),
        body: json!({
            "act": act.id,
            "order": act.order_id,
            "entity": act.entity_id,
            "other": act.other_id,
            "records": act.records,
            "reason": act.reason,
        }),
    };
    journal::record(tx, &[entry], act.at).await?;
    Ok(())
}
