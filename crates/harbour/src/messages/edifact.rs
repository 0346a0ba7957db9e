//! EDIFACT (ISO 9735, UN directories): CUSCAR, IFCSUM, IFTMIN, CUSDEC, and the box messages BAPLIE
//! and COARRI. Texts are UTF-8 (UNOY), as names in Hangul need; counts in UNT and UNZ are right.

use super::{airport, by_master, from_country, lines, minute_of};
use crate::row::Row;

/// A message that is being written: its segments, each ended by an apostrophe.
struct Message {
    out: String,
    segments: usize,
}

impl Message {
    fn new(kind: &str, version: &str) -> Message {
        let mut message = Message { out: String::new(), segments: 0 };
        message.put(&format!("UNH+1+{kind}:{version}"));
        message
    }

    fn put(&mut self, segment: &str) {
        // Trailing separators say nothing and are left away.
        self.out.push_str(segment.trim_end_matches(['+', ':']));
        self.out.push_str("'\n");
        self.segments += 1;
    }

    fn end(mut self) -> String {
        let count = self.segments + 1;
        self.put(&format!("UNT+{count}+1"));
        self.out
    }
}

fn interchange(sender: &str, row: Option<&&Row>, messages: Vec<String>) -> Vec<u8> {
    let at = row.map_or_else(String::new, |row| minute_of(row));
    let (day, time) = (at.get(2..8).unwrap_or("000000"), at.get(8..12).unwrap_or("0000"));
    let number = format!("H{at}");
    let mut out = format!("UNA:+.? '\nUNB+UNOY:4+{}+SUMUN+{day}:{time}+{number}'\n", safe(sender));
    let count = messages.len();
    for message in messages {
        out.push_str(&message);
    }
    out.push_str(&format!("UNZ+{count}+{number}'\n"));
    out.into_bytes()
}

/// A text with its separators released.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '+' | ':' | '\'' | '?') {
            out.push('?');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

/// A text as components of at most `width` characters.
fn components(text: &str, width: usize) -> String {
    lines(text, width).iter().map(|line| safe(line)).collect::<Vec<_>>().join(":")
}

fn consignor(message: &mut Message, row: &Row) {
    message.put(&format!(
        "NAD+CZ+{}++{}+{}++++{}",
        safe(&row.consignor_id),
        components(&row.consignor_name, 35),
        components(&row.consignor_address, 35),
        from_country(row),
    ));
}

fn consignee(message: &mut Message, row: &Row) {
    message.put(&format!(
        "NAD+CN+{}++{}+{}++++{}",
        safe(&row.consignee_id),
        components(&row.consignee_name, 35),
        components(&row.consignee_address, 35),
        row.destination_country,
    ));
    if !row.consignee_phone.is_empty() {
        message.put(&format!("COM+{}:TE", safe(&row.consignee_phone)));
    }
}

fn goods(message: &mut Message, row: &Row) {
    if !row.description.is_empty() {
        message.put(&format!("FTX+AAA+++{}", components(&row.description, 70)));
    }
    if let Some(gross) = row.gross_mass_kg {
        message.put(&format!("MEA+AAE+G+KGM:{gross}"));
    }
    if let Some(net) = row.net_mass_kg {
        message.put(&format!("MEA+AAE+N+KGM:{net}"));
    }
    if !row.hs_code.is_empty() {
        message.put(&format!("CST+1+{}:HS", safe(&row.hs_code)));
    }
    if let Some(value) = row.item_value {
        message.put(&format!("MOA+134:{value}:{}", row.currency));
    }
    if !row.origin_country.is_empty() {
        message.put(&format!("LOC+27+{}:162:5", row.origin_country));
    }
}

fn packages(row: &Row) -> String {
    match row.packages {
        Some(packages) => format!("{packages}:{}", row.package_type),
        None => format!(":{}", row.package_type),
    }
}

fn direction(row: &Row) -> &'static str {
    match row.direction.as_str() {
        "export" => "22",
        "transit" => "24",
        "transhipment" => "28",
        _ => "23",
    }
}

fn route(message: &mut Message, row: &Row) {
    for port in row.transit_ports.split_whitespace() {
        message.put(&format!("LOC+13+{port}:139:6"));
    }
    if !row.loading_port.is_empty() {
        message.put(&format!("LOC+9+{}:139:6", row.loading_port));
    }
    if !row.discharge_port.is_empty() {
        message.put(&format!("LOC+11+{}:139:6", row.discharge_port));
    }
}

/// A cargo report for each office and carrier.
pub(super) fn cuscar(rows: &[&Row]) -> Vec<u8> {
    let mut voyages: Vec<((&str, &str), Vec<&Row>)> = Vec::new();
    for &row in rows {
        let of = (row.office.as_str(), row.carrier_id.as_str());
        match voyages.iter_mut().find(|(voyage, _)| *voyage == of) {
            Some((_, list)) => list.push(row),
            None => voyages.push((of, vec![row])),
        }
    }
    let messages = voyages.iter().map(|((office, carrier), rows)| {
        let at = minute_of(rows[0]);
        let mut message = Message::new("CUSCAR", "D:03B:UN");
        message.put(&format!("BGM+785+M{at}{}{}+9", safe(office), safe(carrier)));
        message.put(&format!("DTM+137:{at}:203"));
        message.put(&format!("NAD+CA+{}:172:20", safe(carrier)));
        message.put(&format!("TDT+20+{}W+1++{}:172:20", &at[4..8], safe(carrier)));
        message.put(&format!("LOC+22+{}", safe(office)));
        let mut boxes: Vec<&str> = Vec::new();
        for row in rows.iter().filter(|row| !row.container_no.is_empty()) {
            if boxes.contains(&row.container_no.as_str()) {
                continue;
            }
            boxes.push(&row.container_no);
            message.put(&format!("EQD+CN+{}+45G1:102:5++3+5", safe(&row.container_no)));
            if !row.seal_no.is_empty() {
                message.put(&format!("SEL+{}+SH", safe(&row.seal_no)));
            }
        }
        for (n, row) in rows.iter().enumerate() {
            message.put(&format!("CNI+{}+{}", n + 1, safe(&row.master_bill)));
            message.put(&format!("RFF+MB:{}", safe(&row.master_bill)));
            if !row.house_bill.is_empty() {
                message.put(&format!("RFF+HWB:{}", safe(&row.house_bill)));
            }
            route(&mut message, row);
            message.put(&format!("GIS+{}", direction(row)));
            consignor(&mut message, row);
            consignee(&mut message, row);
            message.put(&format!("GID+1+{}", packages(row)));
            goods(&mut message, row);
            if !row.container_no.is_empty() {
                let count = row.packages.unwrap_or(1);
                message.put(&format!("SGP+{}+{count}", safe(&row.container_no)));
            }
        }
        message.end()
    });
    interchange("CARRIER", rows.first(), messages.collect())
}

/// The consignments of an express flight.
pub(super) fn ifcsum(rows: &[&Row]) -> Vec<u8> {
    let messages = by_master(rows).into_iter().map(|(master, rows)| {
        let at = minute_of(rows[0]);
        let mut message = Message::new("IFCSUM", "D:96B:UN");
        message.put(&format!("BGM+785+{}+9", safe(&master)));
        message.put(&format!("DTM+137:{at}:203"));
        let carrier = &rows[0].carrier_id;
        message.put(&format!("TDT+20+{}{}+4++{}:172:3", carrier, &at[6..8], safe(carrier)));
        message.put(&format!("LOC+5+{}:139:3", airport(&rows[0].loading_port)));
        message.put(&format!("LOC+8+{}:139:3", airport(&rows[0].discharge_port)));
        for (n, row) in rows.iter().enumerate() {
            message.put(&format!("CNI+{}+{}", n + 1, safe(&row.house_bill)));
            message.put(&format!("RFF+MWB:{}", safe(&row.master_bill)));
            message.put(&format!("RFF+HWB:{}", safe(&row.house_bill)));
            consignor(&mut message, row);
            consignee(&mut message, row);
            message.put(&format!("GID+1+{}", packages(row)));
            goods(&mut message, row);
        }
        message.end()
    });
    interchange("COURIER", rows.first(), messages.collect())
}

/// An instruction for each shipment.
pub(super) fn iftmin(rows: &[&Row]) -> Vec<u8> {
    let messages = rows.iter().map(|row| {
        let mut message = Message::new("IFTMIN", "D:00B:UN");
        message.put(&format!("BGM+340+{}+9", safe(&row.house_bill)));
        message.put(&format!("DTM+137:{}:203", minute_of(row)));
        message.put(&format!("RFF+BM:{}", safe(&row.master_bill)));
        if !row.house_bill.is_empty() {
            message.put(&format!("RFF+BH:{}", safe(&row.house_bill)));
        }
        message.put(&format!("TDT+20+{}W+1++{}:172:20", row.carrier_id, row.carrier_id));
        route(&mut message, row);
        consignor(&mut message, row);
        consignee(&mut message, row);
        message.put(&format!("GID+1+{}", packages(row)));
        goods(&mut message, row);
        if !row.container_no.is_empty() {
            message.put(&format!("SGP+{}", safe(&row.container_no)));
            message.put(&format!("EQD+CN+{}+45G1:102:5++3+5", safe(&row.container_no)));
            if !row.seal_no.is_empty() {
                message.put(&format!("SEL+{}+SH", safe(&row.seal_no)));
            }
        }
        message.end()
    });
    interchange("FORWARDER", rows.first(), messages.collect())
}

/// A declaration for each shipment.
pub(super) fn cusdec(rows: &[&Row]) -> Vec<u8> {
    let messages = rows.iter().map(|row| {
        let document = if row.direction == "export" { "830" } else { "929" };
        let mut message = Message::new("CUSDEC", "D:96B:UN");
        message.put(&format!("BGM+{document}+{}+9", safe(&row.declaration_id)));
        message.put(&format!("LOC+41+{}:109:148", safe(&row.office)));
        route(&mut message, row);
        if !row.departure_country.is_empty() {
            message.put(&format!("LOC+35+{}:162:5", row.departure_country));
        }
        if !row.destination_country.is_empty() {
            message.put(&format!("LOC+36+{}:162:5", row.destination_country));
        }
        message.put(&format!("DTM+137:{}:203", minute_of(row)));
        if !row.master_bill.is_empty() {
            message.put(&format!("RFF+MB:{}", safe(&row.master_bill)));
        }
        if !row.house_bill.is_empty() {
            message.put(&format!("RFF+BH:{}", safe(&row.house_bill)));
        }
        if !row.previous_declaration.is_empty() {
            message.put(&format!("RFF+ABO:{}", safe(&row.previous_declaration)));
        }
        let mode = match row.transport.as_str() {
            "sea" => "1",
            "road" => "3",
            "air" => "4",
            _ => "5",
        };
        message.put(&format!("TDT+11++{mode}++{}", safe(&row.carrier_id)));
        message.put(&format!("GIS+{}", direction(row)));
        if !row.container_no.is_empty() {
            message.put(&format!("EQD+CN+{}+45G1:102:5++3+5", safe(&row.container_no)));
            if !row.seal_no.is_empty() {
                message.put(&format!("SEL+{}+SH", safe(&row.seal_no)));
            }
        }
        consignor(&mut message, row);
        consignee(&mut message, row);
        message.put(&format!("NAD+DT+{}", safe(&row.declarant_id)));
        message.put("UNS+D");
        message.put(&format!("CST+1+{}:HS", safe(&row.hs_code)));
        if !row.description.is_empty() {
            message.put(&format!("FTX+AAA+++{}", components(&row.description, 70)));
        }
        if !row.origin_country.is_empty() {
            message.put(&format!("LOC+27+{}:162:5", row.origin_country));
        }
        if let Some(gross) = row.gross_mass_kg {
            message.put(&format!("MEA+WT+AAB+KGM:{gross}"));
        }
        if let Some(net) = row.net_mass_kg {
            message.put(&format!("MEA+WT+AAA+KGM:{net}"));
        }
        let packages = row.packages.map(|packages| packages.to_string()).unwrap_or_default();
        message.put(&format!("PAC+{packages}++{}", row.package_type));
        if let Some(value) = row.item_value {
            message.put(&format!("MOA+63:{value}:{}", row.currency));
        }
        message.put("UNS+S");
        message.end()
    });
    interchange("BROKER", rows.first(), messages.collect())
}

/// A stowage plan: a slot for each box.
pub(super) fn baplie(rows: &[&Row]) -> Vec<u8> {
    let mut message = Message::new("BAPLIE", "D:95B:UN:SMDG20");
    let at = rows.first().map_or_else(|| "0".repeat(12), |row| minute_of(row));
    message.put(&format!("BGM++{at}+9"));
    message.put(&format!("DTM+137:{at}:203"));
    message.put("TDT+20+1W+++HARB:172:20+++HARB1:103::HARBOUR STAR");
    if let Some(row) = rows.first() {
        message.put(&format!("LOC+5+{}:139:6", row.loading_port));
        message.put(&format!("LOC+61+{}:139:6", row.discharge_port));
    }
    for (n, row) in rows.iter().enumerate() {
        message.put(&format!("LOC+147+{:07}::5", 10_004 + 2 * n));
        if let Some(gross) = row.gross_mass_kg {
            message.put(&format!("MEA+WT++KGM:{gross}"));
        }
        message.put(&format!("LOC+9+{}:139:6", row.loading_port));
        message.put(&format!("LOC+11+{}:139:6", row.discharge_port));
        message.put(&format!("RFF+BM:{}", safe(&row.master_bill)));
        message.put(&format!("EQD+CN+{}+45G1+++5", safe(&row.container_no)));
    }
    let messages = vec![message.end()];
    interchange("LINE", rows.first(), messages)
}

/// A discharge report: a unit for each box, with the seal that the terminal saw.
pub(super) fn coarri(rows: &[&Row]) -> Vec<u8> {
    let mut message = Message::new("COARRI", "D:95B:UN:ITG13");
    let at = rows.first().map_or_else(|| "0".repeat(12), |row| minute_of(row));
    message.put(&format!("BGM+44+{at}+9"));
    message.put(&format!("DTM+137:{at}:203"));
    message.put("TDT+20+1W+1++HARB:172:20+++HARB1:103::HARBOUR STAR");
    for row in rows {
        message.put(&format!("EQD+CN+{}+45G1:102:5++3+5", safe(&row.container_no)));
        message.put(&format!("RFF+BM:{}", safe(&row.master_bill)));
        message.put(&format!("LOC+9+{}:139:6", row.loading_port));
        message.put(&format!("LOC+11+{}:139:6", row.discharge_port));
        if let Some(gross) = row.gross_mass_kg {
            message.put(&format!("MEA+AAE+G+KGM:{gross}"));
        }
        if !row.seal_no.is_empty() {
            message.put(&format!("SEL+{}+CA", safe(&row.seal_no)));
        }
    }
    message.put(&format!("CNT+16:{}", rows.len()));
    let messages = vec![message.end()];
    interchange("TERMINAL", rows.first(), messages)
}
