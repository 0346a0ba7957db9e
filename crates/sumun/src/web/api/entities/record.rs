//! The records of an entity: every way in which it was declared, and what each agrees on with the
//! others.

use std::collections::BTreeSet;

use serde::Serialize;
use targeting::codes::Day;
use targeting::resolving::{PartyRecord, WaterfallStep};
use utoipa::ToSchema;

use super::super::Said;
use super::super::words::Role;
use super::{RECORDS, day, distinct, record_name};
use crate::pipeline::entity::{self, Known};
use crate::store::Tx;
use crate::web::Problem;

/// One way in which a party was declared.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityRecord {
    /// Its id.
    #[schema(example = "PR-12")]
    id: String,
    /// Name.
    name: String,
    /// Registration number or code.
    code: String,
    /// Address.
    address: String,
    /// Country of the address.
    country: String,
    /// Phone numbers.
    phones: Vec<String>,
    /// Mail addresses.
    mails: Vec<String>,
    /// Roles that it played.
    roles: Vec<Role>,
    /// Consignments that declare it so.
    consignments: usize,
    /// Day of the first.
    first_on: String,
    /// Day of the last.
    last_on: String,
    /// The chance that it is of this entity, by the record that it agrees with best.
    probability: Option<f64>,
    /// `machine`, or the person who put it here.
    by: String,
    /// What it agrees on.
    because: Vec<Said>,
}

pub(super) async fn records_of(
    tx: &mut Tx,
    known: &Known,
    id: i64,
) -> Result<Vec<EntityRecord>, Problem> {
    let mut members: Vec<_> = known.members[&id].iter().collect();
    let seen_of = |record: i64| known.seen.iter().filter(move |one| one.record_id == record);
    members.sort_by_key(|one| (std::cmp::Reverse(seen_of(one.record_id).count()), one.record_id));
    members.truncate(RECORDS);
    let parties: Vec<PartyRecord> =
        members.iter().map(|member| known.records[&member.record_id].clone()).collect();
    let table = entity::table(tx, &parties).await?;
    let mut records = Vec::with_capacity(members.len());
    for (n, member) in members.iter().enumerate() {
        // The record that it was put beside, or the one that it agrees with best.
        let beside =
            member.link.and_then(|(with, _)| members.iter().position(|one| one.record_id == with));
        let others = (0..members.len()).filter(|other| *other != n);
        let best = others.max_by(|a, b| table.bits(n, *a).total_cmp(&table.bits(n, *b)));
        let waterfall = beside.or(best).map(|other| table.explain(n, other));
        let on = distinct(seen_of(member.record_id).map(|one| one.consignment_id));
        let roles: BTreeSet<_> = seen_of(member.record_id).map(|one| one.role).collect();
        let days: BTreeSet<Day> = seen_of(member.record_id).map(|one| one.arrived_on).collect();
        let record = &known.records[&member.record_id];
        let mut agreed: Vec<&WaterfallStep> =
            waterfall.iter().flat_map(|of| &of.steps).filter(|step| step.bits > 0.5).collect();
        agreed.sort_by(|a, b| b.bits.total_cmp(&a.bits));
        records.push(EntityRecord {
            id: record_name(member.record_id),
            name: record.name.clone(),
            code: record.code.clone(),
            address: record.address.clone(),
            country: record.country.clone(),
            phones: record.phones.clone(),
            mails: record.mails.clone(),
            roles: roles.into_iter().map(Into::into).collect(),
            consignments: on.len(),
            first_on: days.first().copied().map(day).unwrap_or_default(),
            last_on: days.last().copied().map(day).unwrap_or_default(),
            probability: waterfall.as_ref().map(|of| of.probability),
            by: member.put_by.clone(),
            because: agreed.into_iter().map(said_of).collect(),
        });
    }
    Ok(records)
}

/// A step of a waterfall as a sentence.
pub(super) fn said_of(step: &WaterfallStep) -> Said {
    let (field_ko, field_en) = match step.field.as_str() {
        "name" => ("이름", "name"),
        "code" => ("부호", "code"),
        "phone" => ("전화번호", "phone"),
        "mail" => ("전자우편", "mail address"),
        "address" => ("주소", "address"),
        other => (other, other),
    };
    // 이름이, 부호가: the particle hangs on the last letter.
    let subject = match field_ko {
        "이름" | "전자우편" => format!("{field_ko}이"),
        _ => format!("{field_ko}가"),
    };
    let (ko, en) = match step.level {
        "exact" => (format!("{subject} 같습니다"), format!("The same {field_en}")),
        "same_words" => {
            (format!("{subject} 같은 낱말입니다"), format!("The {field_en} in the same words"))
        }
        "alike" | "one_slip" | "same_box" => {
            (format!("{subject} 거의 같습니다"), format!("The {field_en} is nearly the same"))
        }
        "similar" | "two_slips" => {
            (format!("{subject} 비슷합니다"), format!("The {field_en} is similar"))
        }
        "partly" | "a_little" => {
            (format!("{subject} 일부 같습니다"), format!("The {field_en} agrees in part"))
        }
        "missing" => {
            (format!("{subject} 한쪽에 없습니다"), format!("One of the two has no {field_en}"))
        }
        _ => (format!("{subject} 다릅니다"), format!("Another {field_en}")),
    };
    if step.bits >= 11.0 {
        return Said::new(format!("{ko} (드문 값)"), format!("{en}, a rare one"));
    }
    Said::new(ko, en)
}
