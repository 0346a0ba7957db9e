//! Links: other entities that share a phone, an address, a code or a mail address with one, and who
//! couriers its consignments. A link is no proof of anything.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use targeting::resolving::RecordKeyKind;
use utoipa::ToSchema;

use super::super::{Said, time};
use super::{SHOWN, distinct, entity_name};
use crate::pipeline::entity::{self, Known};
use crate::rights::Offices;
use crate::store::Tx;
use crate::store::entities::{self, EntityAct, MACHINE};
use crate::web::Problem;

/// What two entities can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityLinkKind {
    /// A phone number.
    Phone,
    /// An address.
    Address,
    /// A code.
    Code,
    /// A mail address.
    Mail,
    /// Who carries parcels from door to door.
    Courier,
}

/// A person's word that two entities are apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptApart {
    /// Who said so.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
}

/// Another entity that shares something.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityLink {
    /// The other entity.
    #[schema(example = "E-9")]
    entity: String,
    /// How it is called.
    label: String,
    /// What is shared.
    kind: EntityLinkKind,
    /// As it was written.
    value: String,
    /// How many share it in all; many means that it says little.
    shared_by: u32,
    /// Consignments of the other.
    consignments: usize,
    /// Of those, with a find.
    finds: usize,
    /// What is shared, in a sentence.
    said: Said,
    /// A person keeps the two apart.
    apart: Option<KeptApart>,
}

pub(super) async fn links_of(
    tx: &mut Tx,
    known: &Known,
    id: i64,
    acted: &[EntityAct],
    offices: &Offices,
) -> Result<Vec<EntityLink>, Problem> {
    let found = entity::links(tx, id, known).await?;
    let others = distinct(found.iter().map(|link| link.entity));
    let there = Known::load(tx, &others, offices).await?;
    let mut links = Vec::new();
    for link in found {
        let Some(row) = there.row(link.entity) else { continue };
        let apart = acted.iter().rev().find(|act| {
            act.split && act.by != MACHINE && [act.entity_id, act.other_id].contains(&link.entity)
        });
        let (kind, said) = match link.kind {
            RecordKeyKind::Phone => {
                (EntityLinkKind::Phone, Said::new("전화번호가 같습니다.", "The same phone number."))
            }
            RecordKeyKind::Code => {
                (EntityLinkKind::Code, Said::new("부호가 같습니다.", "The same code."))
            }
            RecordKeyKind::Mail => {
                (EntityLinkKind::Mail, Said::new("전자우편이 같습니다.", "The same mail address."))
            }
            RecordKeyKind::Address
            | RecordKeyKind::Name
            | RecordKeyKind::NameWord
            | RecordKeyKind::NameWords => {
                (EntityLinkKind::Address, Said::new("주소가 같습니다.", "The same address."))
            }
        };
        links.push(EntityLink {
            entity: entity_name(link.entity),
            label: row.names.first().cloned().unwrap_or_default(),
            kind,
            value: link.value,
            shared_by: link.shared_by,
            consignments: row.consignments,
            finds: row.finds,
            said,
            apart: apart.map(|act| KeptApart {
                by: act.by.clone(),
                at: time(act.at),
                reason: act.reason.clone(),
            }),
        });
    }
    links.extend(couriers_of(tx, known, id, offices).await?);
    links.truncate(SHOWN);
    Ok(links)
}

/// Who couriers an entity's consignments, the one of most first.
async fn couriers_of(
    tx: &mut Tx,
    known: &Known,
    id: i64,
    offices: &Offices,
) -> Result<Vec<EntityLink>, Problem> {
    let on = distinct(known.seen.iter().map(|one| one.consignment_id));
    let mut beside = entities::seen_on(tx, &on).await?;
    beside.retain(|one| one.role == targeting::party::Role::Courier);
    let records = distinct(beside.iter().map(|one| one.record_id));
    let places = entities::places(tx, &records).await?;
    let mut times: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for one in &beside {
        let place = places.iter().find(|member| member.record_id == one.record_id);
        if let Some(place) = place.filter(|place| place.entity_id != id) {
            times.entry(place.entity_id).or_default().insert(one.consignment_id);
        }
    }
    let mut couriers: Vec<(i64, usize)> =
        times.into_iter().map(|(entity, on)| (entity, on.len())).collect();
    couriers.sort_by_key(|(entity, times)| (std::cmp::Reverse(*times), *entity));
    couriers.truncate(5);
    let ids: Vec<i64> = couriers.iter().map(|(entity, _)| *entity).collect();
    let there = Known::load(tx, &ids, offices).await?;
    let rows = couriers.iter().filter_map(|(entity, times)| {
        let row = there.row(*entity)?;
        let name = row.names.first().cloned().unwrap_or_default();
        Some(EntityLink {
            entity: entity_name(*entity),
            label: name.clone(),
            kind: EntityLinkKind::Courier,
            value: name,
            shared_by: row.consignments as u32,
            consignments: row.consignments,
            finds: row.finds,
            said: Said::new(
                format!("화물 {times}건을 이 특송업체가 운송했습니다."),
                format!("This courier carried {times} of its consignments."),
            ),
            apart: None,
        })
    });
    Ok(rows.collect())
}
