//! Cargo-IMP telegrams: FFM, FWB and FHL. They know capital letters, figures and few signs, and
//! masses to a tenth of a kilogram; what does not fit a line goes on in the next.

use super::{air_waybill, airport, by_master, from_country, lines, minute_of};
use crate::row::Row;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

fn flight_day(row: &Row) -> (String, String) {
    let at = minute_of(row);
    let month: usize = at[4..6].parse().unwrap_or(1);
    let name = MONTHS[month.clamp(1, 12) - 1];
    (format!("{}{name}", &at[6..8]), format!("{}{name}{}", &at[6..8], &at[2..4]))
}

fn waybill(row: &Row) -> String {
    let (prefix, serial) = air_waybill(row).unwrap_or(("000", "00000000"));
    format!("{prefix}-{serial}")
}

fn load(rows: &[&Row]) -> String {
    let pieces: u32 = rows.iter().map(|row| row.packages.unwrap_or(1)).sum();
    let mass: f64 = rows.iter().filter_map(|row| row.gross_mass_kg).sum();
    format!("T{pieces}K{mass:.1}")
}

fn places(row: &Row) -> String {
    format!("{}{}", airport(&row.loading_port), airport(&row.discharge_port))
}

fn upper(text: &str) -> String {
    text.to_ascii_uppercase()
}

fn party(out: &mut String, tag: &str, (name, address, country): (&str, &str, &str)) {
    out.push_str(&format!("{tag}\n"));
    for (n, line) in lines(&upper(name), 35).iter().enumerate() {
        // Versions from 17 on name their lines; a long name goes on in a second one.
        out.push_str(&if n == 0 { format!("NAM/{line}\n") } else { format!("/{line}\n") });
    }
    // The last line is the place's, as the form has it.
    let address = lines(&upper(address), 35);
    for (n, line) in address.iter().enumerate() {
        let tag = if n + 1 == address.len() { "LOC" } else { "ADR" };
        out.push_str(&format!("{tag}/{line}\n"));
    }
    out.push_str(&format!("/{country}\n"));
}

/// A manifest for each flight that carries a waybill.
pub(super) fn ffm(rows: &[&Row]) -> Vec<u8> {
    let mut out = String::new();
    for (_, rows) in by_master(rows) {
        let row = rows[0];
        let (day, _) = flight_day(row);
        out.push_str(&format!(
            "FFM/8\n1/{}0{}/{day}/{}\n{}\n",
            upper(&row.carrier_id),
            &minute_of(row)[6..8],
            airport(&row.loading_port),
            airport(&row.discharge_port),
        ));
        let what = if rows.len() > 1 { "CONSOLIDATION" } else { &upper(&row.description) };
        let what: String = what.chars().take(15).collect();
        out.push_str(&format!(
            "{}{}/{}/{}\nLAST\n",
            waybill(row),
            places(row),
            load(&rows),
            what.trim()
        ));
    }
    out.into_bytes()
}

/// An air waybill for each master.
pub(super) fn fwb(rows: &[&Row]) -> Vec<u8> {
    let mut out = String::new();
    for (_, rows) in by_master(rows) {
        let row = rows[0];
        let (_, issued) = flight_day(row);
        out.push_str(&format!("FWB/17\n{}{}/{}\n", waybill(row), places(row), load(&rows)));
        out.push_str(&format!("FLT/{}0{}/{}\n", upper(&row.carrier_id), 1, &issued[..2]));
        out.push_str(&format!("RTG/{}{}\n", airport(&row.discharge_port), row.carrier_id));
        party(&mut out, "SHP", (&row.consignor_name, &row.consignor_address, from_country(row)));
        let country = row.destination_country.as_str();
        party(&mut out, "CNE", (&row.consignee_name, &row.consignee_address, country));
        let pieces: u32 = rows.iter().map(|row| row.packages.unwrap_or(1)).sum();
        out.push_str(&format!("RTD/1/P{pieces}\n"));
        for (n, line) in lines(&upper(&row.description), 20).iter().enumerate() {
            let place = if n == 0 { String::new() } else { format!("/{}", n + 1) };
            out.push_str(&format!("{place}/NG/{line}\n"));
        }
        out.push_str(&format!("ISU/{issued}/{}/HARBOUR\n", airport(&row.loading_port)));
    }
    out.into_bytes()
}

/// A list of houses for each master.
pub(super) fn fhl(rows: &[&Row]) -> Vec<u8> {
    let mut out = String::new();
    for (_, rows) in by_master(rows) {
        let total = load(&rows);
        out.push_str(&format!("FHL/4\nMBI/{}{}/{total}\n", waybill(rows[0]), places(rows[0])));
        for (n, row) in rows.iter().enumerate() {
            let pieces = row.packages.unwrap_or(1);
            let mass = row.gross_mass_kg.unwrap_or(0.0);
            let house = if row.house_bill.is_empty() {
                format!("H{}", n + 1)
            } else {
                row.house_bill.to_string()
            };
            let short: String = upper(&row.description).chars().take(15).collect();
            out.push_str(&format!(
                "HBS/{house}/{}/{pieces}/K{mass:.1}//{}\n",
                places(row),
                short.trim()
            ));
            for (n, line) in lines(&upper(&row.description), 65).iter().enumerate() {
                out.push_str(&format!("{}/{line}\n", if n == 0 { "TXT" } else { "" }));
            }
            let digits: String = row.hs_code.chars().filter(char::is_ascii_digit).collect();
            if digits.len() >= 6 {
                out.push_str(&format!("HTS/{}\n", &digits[..6]));
            }
            let sender = (&*row.consignor_name, &*row.consignor_address, from_country(row));
            let receiver =
                (&*row.consignee_name, &*row.consignee_address, &*row.destination_country);
            for (tag, (name, address, country)) in [("SHP", sender), ("CNE", receiver)] {
                let name: String = upper(name).chars().take(35).collect();
                let address: String = upper(address).chars().take(35).collect();
                out.push_str(&format!(
                    "{tag}/{}\n/{}\n/{country}\n/{country}\n",
                    name.trim(),
                    address.trim()
                ));
            }
            if let Some(value) = row.item_value {
                out.push_str(&format!("CVD/{}/PP/NVD/{value}/XXX\n", row.currency));
            }
        }
    }
    out.into_bytes()
}
