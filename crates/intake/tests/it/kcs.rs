//! The customs service's published table, read whole: every row is understood.

use std::path::{Path, PathBuf};

use intake::{Table, TableOptions};
use targeting::codes::Mass;
use targeting::consignment::{Regime, Transport};
use targeting::outcome::{Label, Outcome};
use targeting::party::Role;

use crate::collect;

/// The table, or nothing with a line that says so.
pub fn table(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/kcs").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

#[test]
fn every_row_of_the_published_table_is_understood() {
    let Some(path) = table("train.csv") else { return };
    let bytes = std::fs::metadata(&path).unwrap().len();
    let file = std::fs::File::open(path).unwrap();
    let mut table = Table::open(file, "train.csv", &TableOptions::default()).unwrap();
    assert_eq!((table.mapping(), table.header().len()), ("kcs", 22));
    let (mut rows, mut parcels, mut critical, mut irregular) = (0, 0, 0, 0);
    for batch in table.by_ref() {
        let batch = batch.unwrap();
        assert_eq!(batch.defects, []);
        for row in &batch.rows {
            rows += 1;
            parcels += u32::from(row.consignment.regime == Regime::Parcel);
            let label = row.inspection.as_ref().and_then(|inspection| inspection.result.label());
            critical += u32::from(label == Some(Label::Critical));
            irregular += u32::from(label == Some(Label::Irregular));
        }
    }
    assert_eq!((rows, parcels, critical, irregular), (37_385, 6_714, 394, 7_720));
    assert_eq!(table.bytes_consumed(), bytes);
}

#[test]
fn a_row_of_the_published_table_says_what_it_said() {
    let Some(path) = table("train.csv") else { return };
    let bytes = std::fs::read(path).unwrap();
    let all = collect(Table::open(&bytes[..], "", &TableOptions::default()).unwrap()).unwrap();
    let first = &all.rows[0];
    let consignment = &first.consignment;
    assert_eq!((first.line, consignment.reference.as_str()), (2, "97061800"));
    assert_eq!(consignment.arrived_on.to_string(), "2020-01-01");
    assert_eq!(
        (consignment.regime, consignment.transport),
        (Regime::Freight, Some(Transport::Sea))
    );
    let goods = consignment.main_goods().unwrap();
    assert_eq!(goods.hs.unwrap().to_string(), "440890");
    assert_eq!(goods.net_mass_g, Some(Mass(108_000)));
    assert_eq!(goods.value.unwrap().thousandths, 372_254_400);
    assert_eq!(consignment.party(Role::Consignor).unwrap().code, "0VKY2BR");
    assert_eq!(consignment.party(Role::Consignee).unwrap().code, "QLRUBN9");
    assert_eq!(consignment.party(Role::Courier), None);
    assert_eq!(first.inspection.as_ref().unwrap().result, Outcome::Clear);
}
