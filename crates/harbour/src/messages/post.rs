//! The customs forms of the post, CN22 and CN23, as JSON: one object a line.

use serde_json::{Map, Value, json};

use super::{day_of, from_country};
use crate::row::Row;

pub(super) fn cn23(rows: &[&Row]) -> Vec<u8> {
    let mut out = Vec::new();
    for row in rows {
        let form = json!({
            "item": row.postal_item,
            "lodged": day_of(row),
            "office": row.office,
            "sender": person([
                ("name", &row.consignor_name),
                ("address", &row.consignor_address),
                ("code", &row.consignor_id),
            ], from_country(row)),
            "addressee": person([
                ("name", &row.consignee_name),
                ("address", &row.consignee_address),
                ("code", &row.consignee_id),
            ], &row.destination_country),
            "pieces": [piece(row)],
            "gross_kg": row.gross_mass_kg,
        });
        let mut form = form;
        if !row.consignee_phone.is_empty() {
            form["addressee"]["phone"] = json!(row.consignee_phone);
        }
        // A value of JSON has a text of its own and cannot fail to give it.
        out.extend_from_slice(form.to_string().as_bytes());
        out.push(b'\n');
    }
    out
}

fn person(fields: [(&str, &crate::Text); 3], country: &str) -> Value {
    let mut person = Map::new();
    for (name, text) in fields.into_iter().filter(|(_, text)| !text.is_empty()) {
        person.insert(name.to_owned(), json!(text));
    }
    person.insert("country".to_owned(), json!(country));
    Value::Object(person)
}

fn piece(row: &Row) -> Value {
    json!({
        "description": row.description,
        "quantity": row.quantity,
        "net_kg": row.net_mass_kg,
        "value": row.item_value,
        "currency": row.currency,
        "hs": row.hs_code,
        "origin": row.origin_country,
    })
}
