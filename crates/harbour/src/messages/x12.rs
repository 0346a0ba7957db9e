//! X12: the customs manifest 309 and the freight receipt 310, with segments ended by a tilde. Its
//! basic character set has no Hangul; systems send it all the same, as UTF-8.

use super::{by_master, from_country, lines, minute_of};
use crate::row::Row;

struct Set {
    out: String,
    segments: usize,
    number: &'static str,
}

impl Set {
    fn new(number: &'static str) -> Set {
        let mut set = Set { out: String::new(), segments: 0, number };
        set.put(&format!("ST*{number}*0001"));
        set
    }

    fn put(&mut self, segment: &str) {
        self.out.push_str(segment.trim_end_matches('*'));
        self.out.push_str("~\n");
        self.segments += 1;
    }

    fn end(mut self, kind: &str, row: Option<&&Row>) -> Vec<u8> {
        let count = self.segments + 1;
        self.put(&format!("SE*{count}*0001"));
        let at = row.map_or_else(|| "0".repeat(12), |row| minute_of(row));
        let (day, time) = (&at[..8], &at[8..12]);
        let head = format!(
            "ISA*00*          *00*          *ZZ*{:<15}*ZZ*{:<15}*{}*{time}*U*00401*{:09}*0*T*>~\n\
             GS*{kind}*HARBOUR*SUMUN*{day}*{time}*{}*X*004010~\n",
            "HARBOUR",
            "SUMUN",
            &day[2..],
            self.number,
            self.number,
        );
        let tail = format!("GE*1*{}~\nIEA*1*{:09}~\n", self.number, self.number);
        format!("{head}{}{tail}", self.out).into_bytes()
    }
}

/// A text without the signs that X12 keeps for itself.
fn safe(text: &str) -> String {
    text.chars()
        .map(|c| if matches!(c, '*' | '~' | '>') || c.is_control() { ' ' } else { c })
        .collect()
}

fn party(set: &mut Set, role: &str, name: &str, address: &str, country: &str) {
    set.put(&format!("N1*{role}*{}", safe(name)));
    let address = lines(address, 55);
    for pair in address.chunks(2) {
        let second = pair.get(1).map(|line| safe(line)).unwrap_or_default();
        set.put(&format!("N3*{}*{second}", safe(&pair[0])));
    }
    set.put(&format!("N4****{country}"));
}

/// A manifest: a bill for each row.
pub(super) fn manifest(rows: &[&Row]) -> Vec<u8> {
    let mut set = Set::new("309");
    if let Some(row) = rows.first() {
        set.put(&format!(
            "M10*{}*O*KR*9074729*HARBOUR STAR*1W*{}*21*Y",
            row.carrier_id,
            &minute_of(row)[4..]
        ));
    }
    let mut port = "";
    let mut n = 0;
    for (_, rows) in by_master(rows) {
        for row in rows {
            if port != row.discharge_port {
                port = &row.discharge_port;
                set.put(&format!("P4*{port}*{}*1", &minute_of(row)[2..8]));
            }
            n += 1;
            set.put(&format!("LX*{n}"));
            let packages = row.packages.map(|packages| packages.to_string()).unwrap_or_default();
            let mass = row.gross_mass_kg.map(|mass| mass.to_string()).unwrap_or_default();
            set.put(&format!(
                "M11*{}*{}*{packages}*{}*{mass}*K",
                safe(if row.house_bill.is_empty() { &row.master_bill } else { &row.house_bill }),
                row.loading_port,
                row.package_type,
            ));
            party(&mut set, "SH", &row.consignor_name, &row.consignor_address, from_country(row));
            let country = row.destination_country.as_str();
            party(&mut set, "CN", &row.consignee_name, &row.consignee_address, country);
            if !row.consignee_phone.is_empty() {
                set.put(&format!("PER*IC*DESK*TE*{}", safe(&row.consignee_phone)));
            }
            if row.container_no.len() == 11 {
                let (owner, digits) = row.container_no.split_at(4);
                set.put(&format!("VID*4B*{owner}*{digits}*{}", safe(&row.seal_no)));
            }
            let hs: String = row.hs_code.chars().filter(char::is_ascii_digit).take(6).collect();
            for (n, line) in lines(&row.description, 45).iter().enumerate() {
                set.put(&match n {
                    0 => format!("N10*{packages}*{}**J*{hs}*{mass}*K", safe(line)),
                    _ => format!("N10**{}", safe(line)),
                });
            }
        }
    }
    set.end("SO", rows.first())
}

/// A freight receipt of one shipment.
pub(super) fn bill(rows: &[&Row]) -> Vec<u8> {
    let mut set = Set::new("310");
    if let Some(row) = rows.first() {
        set.put(&format!("B3**{}", safe(&row.master_bill)));
        set.put(&format!("N9*BM*{}", safe(&row.master_bill)));
        if !row.house_bill.is_empty() {
            set.put(&format!("N9*BH*{}", safe(&row.house_bill)));
        }
        set.put(&format!("V1*9074729*HARBOUR STAR*KR*1W*{}", row.carrier_id));
        party(&mut set, "SH", &row.consignor_name, &row.consignor_address, from_country(row));
        let country = row.destination_country.as_str();
        party(&mut set, "CN", &row.consignee_name, &row.consignee_address, country);
        set.put(&format!("R4*L*UN*{}", row.loading_port));
        set.put(&format!("R4*D*UN*{}", row.discharge_port));
        set.put("LX*1");
        if row.container_no.len() == 11 {
            let (owner, digits) = row.container_no.split_at(4);
            set.put(&format!("N7*{owner}*{digits}"));
            if !row.seal_no.is_empty() {
                set.put(&format!("M7*{}", safe(&row.seal_no)));
            }
        }
        let mass = row.gross_mass_kg.map(|mass| mass.to_string()).unwrap_or_default();
        let packages = row.packages.map(|packages| packages.to_string()).unwrap_or_default();
        set.put(&format!("L0*1***{mass}*G***{packages}*{}**K", row.package_type));
        let hs: String = row.hs_code.chars().filter(char::is_ascii_digit).take(6).collect();
        set.put(&format!("L5*1*{}*{hs}*J", safe(&row.description)));
    }
    set.end("IO", rows.first())
}
