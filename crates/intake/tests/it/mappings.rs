//! What mappings take and refuse: the sentence names the line and what may be meant.

use intake::{Mapping, Table, TableOptions, Written, built_in, read_record};

use crate::read;

fn check(text: &str, refusal: &str) {
    let found = Mapping::parse(text).map_or_else(|error| error.to_string(), |_| "taken".to_owned());
    assert_eq!(found, refusal, "of\n{text}");
}

const SOUND: &str =
    "name = \"x\"\n[fields]\nreference = \"A\"\narrived_on = \"B\"\noffice = \"C\"\n";

#[test]
fn what_a_mapping_does_not_know_is_refused_with_what_may_be_meant() {
    check(SOUND, "taken");
    check(
        &format!("{SOUND}goods.netmass = \"D\"\n"),
        "line 6 of the mapping: there is no field `goods.netmass` (did you mean `goods.net_mass`?)",
    );
    check(
        &format!("{SOUND}consigne.phone = \"D\"\n"),
        "line 6 of the mapping: there is no field `consigne` (did you mean `consignee`?)",
    );
    check(
        &format!("{SOUND}hs = \"D\"\n"),
        "line 6 of the mapping: there is no field `hs` (did you mean `goods.hs`?)",
    );
    check(
        &format!("{SOUND}goods.hs = {{ colum = \"D\" }}\n"),
        "line 6 of the mapping: `goods.hs` has no key `colum` (did you mean `column`?)",
    );
    check(
        &format!("{SOUND}goods.hs = {{ column = \"D\", unit = \"kg\" }}\n"),
        "line 6 of the mapping: `unit` is for fields of mass, not for `goods.hs`",
    );
    check(
        &format!("{SOUND}goods.net_mass = {{ column = \"D\", unit = \"stone\" }}\n"),
        "line 6 of the mapping: `stone` is no unit of mass; use mg, g, kg, t, oz or lb",
    );
    check(
        &format!("{SOUND}transport = {{ column = \"D\", values = {{ 10 = \"see\" }} }}\n"),
        "line 6 of the mapping: `transport` knows no `see` (did you mean `sea`?); it is sea, rail, \
         road, air, post, other",
    );
    check(
        &format!("{SOUND}regime = {{ column = \"D\", filled = \"E\" }}\n"),
        "line 6 of the mapping: `regime` needs just one of `column`, `columns`, `constant` and \
         `filled`",
    );
    check(
        &SOUND.replace("office = \"C\"\n", ""),
        "line 2 of the mapping: the field `office` is required; give its column or constant",
    );
    check(
        &format!("{}\n[file]\nutc_offset = \"9\"\n", SOUND),
        "line 8 of the mapping: the offset is written +09:00, -03:30 or Z",
    );
    check(
        &format!("{SOUND}[file]\ndates = [\"%d.%m.%Y\", \"%ö\"]\n"),
        "line 7 of the mapping: `%ö` is no format of dates such as %d.%m.%Y, nor \"excel\"",
    );
    check(
        &format!("{SOUND}[file]\nheader = [\"A\", \"B\", \"Sea\"]\n"),
        "line 5 of the mapping: the header given has no column `C`",
    );
    check(
        "name = \"Big Table\"\n",
        "line 1 of the mapping: the name is 1 to 40 of the characters \
         a-z, 0-9, `-`, `_` and `.`",
    );
    assert!(Mapping::parse("name = \n").unwrap_err().line == 1);
}

#[test]
fn the_documented_mapping_is_sound() {
    let source = include_str!("../../src/mapping/mod.rs");
    let (_, example) = source.split_once("/// ```toml\n").unwrap();
    let (example, _) = example.split_once("/// ```\n").unwrap();
    let plain: Vec<&str> =
        example.lines().map(|line| line.trim_start_matches("///").trim_start()).collect();
    check(&plain.join("\n"), "taken");
    assert!(plain.len() > 20, "the example is cut short");
}

#[test]
fn the_built_in_mappings_are_sound() {
    let names: Vec<&str> = built_in().iter().map(|mapping| mapping.name.as_str()).collect();
    assert_eq!(names, ["kcs", "port", "postal-forms"]);
}

#[test]
fn a_table_without_a_mapping_is_refused_with_a_first_one_for_it() {
    let table = "Entry No;Arrival Date;Customs Office;HS Code;Net Weight (kg);Importer;Shoe size\n";
    let refusal = read(table.as_bytes(), "x.csv", &TableOptions::default()).unwrap_err();
    assert!(refusal.starts_with(
        "no mapping knows this table. Its columns are: Entry No, Arrival Date, Customs Office, \
         HS Code, Net Weight (kg), Importer, Shoe size.\n"
    ));
    let (_, starter) = refusal.split_once("\n\n").unwrap();
    for line in [
        "reference = \"Entry No\"",
        "arrived_on = \"Arrival Date\"",
        "office = \"Customs Office\"",
        "goods.hs = \"HS Code\"",
        "goods.net_mass = { column = \"Net Weight (kg)\", unit = \"kg\" }",
        "consignee.name = \"Importer\"",
        "# Columns that no field was found for: \"Shoe size\"",
    ] {
        assert!(starter.contains(line), "{line} is not in\n{starter}");
    }
    // What it proposes is a mapping, and it reads the table.
    let mapping = Some(Mapping::parse(starter).unwrap());
    let options = TableOptions { mapping, ..TableOptions::default() };
    let rows = format!("{table}1;2021-04-05;30;080390;12.5;Kim;42\n");
    let batch = read(rows.as_bytes(), "x.csv", &options).unwrap();
    assert_eq!((batch.rows.len(), batch.defects.len()), (1, 0));
}

#[test]
fn the_first_mapping_finds_the_fields_of_known_and_korean_tables() {
    let check = |header: &str, wanted: &[&str]| {
        let columns: Vec<&str> = header.split(',').collect();
        let starter = Mapping::starter(&columns);
        assert!(Mapping::parse(&starter).is_ok(), "{starter}");
        for line in wanted {
            assert!(starter.lines().any(|found| found == *line), "{line} is not in\n{starter}");
        }
    };
    check(
        "신고번호,신고일자,세관,품명,원산지,순중량,수입자,해외거래처,운송수단",
        &[
            "reference = \"신고번호\"",
            "arrived_on = \"신고일자\"",
            "office = \"세관\"",
            "goods.description = \"품명\"",
            "consignee.name = \"수입자\"",
            "consignor.name = \"해외거래처\"",
        ],
    );
    check(
        "전표번호,신고일,세관코드,품명,HS코드,중량(kg),금액,통화,수출자,수입자,도착공항",
        &[
            "reference = \"전표번호\"",
            "goods.net_mass = { column = \"중량(kg)\", unit = \"kg\" }",
            "route.discharge = \"도착공항\"",
        ],
    );
    check(
        "Declaration ID,Date,Office ID,Importer ID,Seller ID,Country of Origin Indicator,\
         Country of Origin,Net Mass,Item Price,Fraud,Critical Fraud",
        &[
            "consignee.code = \"Importer ID\"",
            "consignor.code = \"Seller ID\"",
            "goods.origin = \"Country of Origin\"",
            "goods.origin_mark = \"Country of Origin Indicator\"",
            "outcome.critical = \"Critical Fraud\"",
        ],
    );
}

#[test]
fn a_missing_column_of_a_required_field_is_named() {
    let text = SOUND.replace("\"B\"", "\"Arrival\"");
    let options =
        TableOptions { mapping: Some(Mapping::parse(&text).unwrap()), ..TableOptions::default() };
    assert_eq!(
        read(b"A,Arival,C\n1,2021-04-05,30\n", "", &options).unwrap_err(),
        "the mapping `x` reads arrived_on from the column `Arrival`, which the file does not have \
         (did you mean `Arival`?). Its columns are: A, Arival, C"
    );
}

#[test]
fn the_office_s_own_mapping_comes_before_the_built_in_one() {
    let header = "Declaration ID,Date,Office ID,Mode of Transport,Importer ID,Seller ID,\
                  Courier ID,HS6 Code,Country of Departure,Country of Origin,Net Mass,Item Price";
    let row = "1,2021-04-05,30,10,a,b,,080390,KR,KR,1,2";
    let names: Vec<String> = header.split(',').map(|name| format!("{name:?}")).collect();
    let own = format!(
        "name = \"own\"\nrecognise = [{}]\n[fields]\nreference = \"Declaration ID\"\n\
         arrived_on = \"Date\"\noffice = \"Office ID\"\n",
        names.join(", ")
    );
    let table = format!("{header}\n{row}\n");
    let known = vec![Mapping::parse(&own).unwrap()];
    let sources = |known| {
        let options = TableOptions { known, ..TableOptions::default() };
        read(table.as_bytes(), "", &options).unwrap().rows[0].consignment.source.to_string()
    };
    assert_eq!((sources(known), sources(Vec::new())), ("own".to_owned(), "kcs".to_owned()));
}

/// Every record with a defect comes back as it was written, and once it is mended it is read as if
/// its file had said so.
#[test]
fn a_mended_record_is_read_as_its_file_would_have_been() {
    let mapping = "name = \"own\"\n[file]\ndecimal = \",\"\n[fields]\nreference = \"Nr\"\n\
                   arrived_on = \"Tag\"\noffice = \"Amt\"\ngoods.hs = \"HS\"\n\
                   goods.net_mass = { column = \"kg\", unit = \"kg\" }\nconsignee.name = \"An\"\n";
    let mapping = Mapping::parse(mapping).unwrap();
    let options = TableOptions { mapping: Some(mapping.clone()), ..TableOptions::default() };
    let read = |text: &str| {
        let table = Table::open(text.as_bytes(), "own.csv", &options).unwrap();
        let mut batches: Vec<_> = table.map(Result::unwrap).collect();
        assert_eq!(batches.len(), 1);
        batches.remove(0)
    };
    let broken = read(
        "Nr;Tag;Amt;HS;kg;An\n1;morgen;30;080390;1,5;Kim\n2;2026-01-02;30;Obst;2;Lee\n\
         3;2026-01-02;30;080390\n4;2026-01-02;30;080390;4;Choi;more\n",
    );
    assert_eq!(broken.rows.len(), 1);
    let lines: Vec<u64> = broken.written.iter().map(|one| one.line).collect();
    assert_eq!(lines, [2, 3, 4, 5]);
    assert_eq!(broken.written[0].office, "30");
    assert_eq!(broken.written[3].columns.last().unwrap(), &(String::new(), "more".to_owned()));
    let mend = |at: usize, cells: &[(&str, &str)]| {
        let mut written: Written = broken.written[at].clone();
        written.columns.retain(|(name, _)| !name.is_empty());
        for (name, text) in cells {
            let column = written.columns.iter_mut().find(|(known, _)| known == name).unwrap();
            column.1 = (*text).to_owned();
        }
        let kept = Mapping::kept(mapping.keep()).unwrap();
        assert_eq!(kept, mapping);
        read_record(&kept, &written, &TableOptions::default()).unwrap()
    };
    let sound = read(
        "Nr;Tag;Amt;HS;kg;An\n1;2026-01-01;30;080390;1,5;Kim\n2;2026-01-02;30;080390;2;Lee\n\
         3;2026-01-02;30;080390;3;Park\n4;2026-01-02;30;080390;4;Choi\n",
    );
    let mended = [
        mend(0, &[("Tag", "2026-01-01")]),
        mend(1, &[("HS", "080390")]),
        mend(2, &[("kg", "3"), ("An", "Park")]),
        mend(3, &[]),
    ];
    for (one, sound) in mended.iter().zip(&sound.rows) {
        assert_eq!(one.rows, std::slice::from_ref(sound));
        assert!(one.defects.is_empty() && one.written.is_empty());
    }
    // What is still wrong is told again, and kept again.
    let again = mend(0, &[("Tag", "gestern")]);
    assert_eq!((again.rows.len(), again.defects.len(), again.written.len()), (0, 1, 1));
    assert!(mapping.is_personal("An") && !mapping.is_personal("HS"));
    assert_eq!(built_in()[0].keep(), "kcs");
}

#[test]
fn a_proposed_mapping_can_be_tried_before_anybody_checked_it() {
    let header = "Item number;Addressee;Description of contents;Net weight;Value;Date";
    let columns: Vec<&str> = header.split(';').collect();
    let starter = Mapping::starter(&columns);
    let table = format!("{header}\nRR123456785CN;PARK;TEA;0,35;12,50;18.11.2026\n");
    // Commas in numbers and points in dates are one of the ways that are tried.
    let mapping = Mapping::tried(&starter, "030", "2026-11-26", 3);
    assert!(mapping.is_some(), "{starter}");
    let options = TableOptions { mapping, ..TableOptions::default() };
    let batch = read(table.as_bytes(), "forms.csv", &options).expect("it is a table");
    assert_eq!(batch.defects, []);
    let one = &batch.rows[0].consignment;
    assert_eq!((one.reference.as_str(), one.office.as_str()), ("RR123456785CN", "030"));
    assert_eq!(one.arrived_on.to_string(), "2026-11-18");
    assert_eq!(one.goods[0].net_mass_g.map(|mass| mass.0), Some(350));
    // Of a table that numbers nothing, too little is known.
    let nameless = Mapping::starter(&["Tea", "Sugar"]);
    assert!(Mapping::tried(&nameless, "030", "2026-11-26", 0).is_none());
}
