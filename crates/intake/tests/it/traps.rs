//! The traps of real traffic, a test each, in the order of the list in `docs/formats.md`. Each is
//! shown on the smallest message that has it.

use std::io::Write;

use intake::{Bytes, Format, Function, HEAD_BYTES, MessageBatch, is_packed, recognise, take_out};
use targeting::consignment::{Consignment, DefectKind};
use targeting::party::Role;

use crate::post::{options, read};

const UNB: &str = "UNB+UNOC:3+A+B+261124:1830+1'";
const UNH: &str = "UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'";
const BILL: &str = "CNI+1+BL100001'RFF+BM:BL100001'GID+1+3:CT'FTX+AAA+++STEEL PIPES'";

fn all(text: impl AsRef<[u8]>) -> MessageBatch {
    read(text.as_ref(), "", &options()).expect("it is read")
}

/// A manifest with these segments, and right counts.
fn manifest(segments: &str) -> String {
    let count = segments.matches('\'').count() + 3;
    format!("{UNB}{UNH}{segments}UNT+{count}+1'UNZ+1+1'")
}

/// The one consignment of a manifest with one bill.
fn bill(segments: &str) -> Consignment {
    let batch = all(manifest(&format!("{BILL}{segments}")));
    assert_eq!(batch.rows.len(), 1, "{:?}", batch.defects);
    batch.rows[0].consignment.clone()
}

fn description(text: impl AsRef<[u8]>) -> String {
    let batch = all(text);
    let goods = batch.rows.first().and_then(|row| row.consignment.goods.first());
    goods.map(|item| item.description.to_string()).unwrap_or_default()
}

/// What was said of a message that is no reason to leave anything out.
fn reasons(batch: &MessageBatch) -> Vec<&str> {
    assert!(batch.defects.iter().all(|one| !one.kind.rejects()), "{:?}", batch.defects);
    batch.defects.iter().map(|one| one.reason.as_str()).collect()
}

fn has_sign(one: &Consignment, code: &str) -> bool {
    one.documents.signs.iter().any(|sign| sign == code)
}

#[test]
fn trap_01_a_byte_order_mark_before_unb() {
    let batch = all(format!("\u{feff}{}", manifest(BILL)));
    assert_eq!(batch.rows.len(), 1);
    assert!(reasons(&batch).is_empty(), "{:?}", batch.defects);
}

#[test]
fn trap_02_no_advice_a_line_end_behind_it_or_blanks_in_it() {
    let plain = manifest(BILL);
    for advice in ["", "UNA:+.? '", "UNA:+.? '\r\n", "UNA:+.?*'", "UNA:+.  '"] {
        let batch = all(format!("{advice}{plain}"));
        assert_eq!(batch.rows.len(), 1, "{advice}");
        assert!(reasons(&batch).is_empty(), "{advice}: {:?}", batch.defects);
    }
}

#[test]
fn trap_03_line_ends_of_every_kind_and_within_a_value() {
    let plain = manifest(BILL);
    for end in ["'\r\n", "'\n", "'\r", "'  \n"] {
        assert_eq!(description(plain.replace('\'', end)), "STEEL PIPES", "{end:?}");
    }
    for broken in ["STEEL PI\r\nPES", "STEEL PI\nPES"] {
        assert_eq!(description(plain.replace("STEEL PIPES", broken)), "STEEL PIPES");
    }
}

#[test]
fn trap_04_a_terminator_before_the_advice_or_none_behind_unb() {
    let plain = manifest(BILL);
    assert_eq!(description(format!("'UNA:+.? '{plain}")), "STEEL PIPES");
    let lost = plain.replacen("+1'UNH", "+1UNH", 1);
    assert_eq!(description(&lost), "STEEL PIPES");
    assert_eq!(all(&lost).heads[0].sender, "A");
}

#[test]
fn trap_05_two_terminators_in_a_row() {
    let batch = all(manifest(BILL).replacen("'GID", "''GID", 1));
    assert_eq!(batch.rows.len(), 1);
    assert!(reasons(&batch).iter().any(|reason| reason.contains("nothing between")));
}

#[test]
fn trap_06_a_moment_without_a_value_and_a_tag_alone() {
    let one = bill("DTM+133'DTM+137::201'LOC'GIS'");
    assert_eq!(one.goods[0].packages, Some(3));
}

#[test]
fn trap_07_una_within_a_text_is_no_advice() {
    let text = manifest(&BILL.replace("STEEL PIPES", "UNA?+.? VALVES"));
    assert_eq!(description(text), "UNA+. VALVES");
}

#[test]
fn trap_08_released_signs_and_a_release_at_the_end() {
    let text = manifest(&BILL.replace("STEEL PIPES", "O?'NEIL ??1 ?+2 ?:3"));
    assert_eq!(description(text), "O'NEIL ?1 +2 :3");
    let cut = format!("{UNB}{UNH}{BILL}FTX+AAA+++FOR PUMPS?");
    assert_eq!(description(cut), "STEEL PIPES FOR PUMPS");
}

#[test]
fn trap_09_counts_that_are_wrong_absent_or_padded() {
    let plain = manifest(BILL);
    for (count, told) in [("UNT+7+1", 0), ("UNT+0007+1", 0), ("UNT+99+1", 1), ("UNT++1", 0)] {
        let batch = all(plain.replace("UNT+7+1", count));
        assert_eq!((batch.rows.len(), reasons(&batch).len()), (1, told), "{count}");
    }
    assert_eq!(reasons(&all(plain.replace("UNZ+1", "UNZ+8"))).len(), 1);
    let x12 = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261124*2048*U\
               *00401*000000079*0*P*:~GS*AR*A*B*20261124*2048*79*X*004010~ST*358*0001~M10*HANB*O*\
               KR*9074729*SHIP*042E*1~LX*1~N9*BM*HANB1001~SE*77*0001~GE*1*79~IEA*1*000000079~";
    let batch = all(x12);
    assert_eq!(batch.rows.len(), 1);
    assert!(reasons(&batch).iter().any(|reason| reason.contains("SE")), "{:?}", batch.defects);
}

#[test]
fn trap_10_many_interchanges_groups_and_messages_without_one() {
    let one = manifest(BILL);
    let other = one.replace("BL100001", "BL100002").replace("1830+1'", "1830+2'");
    let grouped =
        format!("{UNB}UNG+CUSCAR+A+B+261124:1830+1+UN+D:95B'{UNH}{BILL}UNT+7+1'UNE+1+1'UNZ+1+1'")
            .replace("BL100001", "BL100003")
            .replace("1830+1'", "1830+3'");
    let bare = format!("{UNH}{BILL}UNT+7+1'").replace("BL100001", "BL100004");
    let batch = all(format!("{one}{other}{grouped}{bare}"));
    let bills: Vec<&str> =
        batch.rows.iter().map(|row| row.consignment.documents.master_bill.as_str()).collect();
    assert_eq!(bills, ["BL100001", "BL100002", "BL100003", "BL100004"]);
    assert_eq!(batch.heads.len(), 4);
}

#[test]
fn trap_11_the_same_interchange_again() {
    let one = manifest(BILL);
    let batch = all(format!("{one}{one}"));
    assert!(reasons(&batch).iter().any(|reason| reason.contains("came before")));
    // The same reference twice: the store keeps one consignment of them.
    assert_eq!(batch.rows[0].consignment.reference, batch.rows[1].consignment.reference);
}

#[test]
fn trap_12_a_head_or_tail_that_was_cut_off() {
    let both = format!("{BILL}{}", BILL.replace("BL100001", "BL100002"));
    let whole = manifest(&both);
    let read_of = |text: &str| -> Vec<String> {
        let found = read(text.as_bytes(), "", &options()).map(|batch| batch.rows);
        let bills = |row: &intake::Row| row.consignment.documents.master_bill.to_string();
        found.iter().flatten().map(bills).collect()
    };
    let second = whole.find("CNI+1+BL100002").expect("the second bill");
    for at in 1..second {
        assert!(read_of(&whole[at..]).contains(&"BL100002".to_owned()), "cut before {at}");
    }
    for at in second..whole.len() {
        assert!(read_of(&whole[..at]).contains(&"BL100001".to_owned()), "cut behind {at}");
    }
}

#[test]
fn trap_13_characters_of_another_set_than_declared() {
    let text = manifest(&format!("{BILL}NAD+CN+++JOSÉ MUÑOZ'")).replace("UNOC:3", "UNOA:2");
    let name = |batch: &MessageBatch| {
        let contact = batch.rows[0].consignment.party(Role::Consignee)?.contact.clone()?;
        Some(contact.name)
    };
    let batch = all(&text);
    assert_eq!(name(&batch).as_deref(), Some("JOSÉ MUÑOZ"));
    assert!(reasons(&batch).iter().any(|reason| reason.contains("UNOA is declared")));
    let western: Vec<u8> = text.chars().map(|c| c as u32 as u8).collect();
    assert_eq!(name(&all(western)).as_deref(), Some("JOSÉ MUÑOZ"));
}

#[test]
fn trap_14_decimal_commas_thousands_and_units() {
    let gross = |advice: &str, said: &str| {
        let text = format!("{advice}{}", manifest(&format!("{BILL}MEA+AAE+G+{said}'")));
        all(text).rows[0].consignment.goods[0].gross_mass_g.map(|mass| mass.0)
    };
    for (advice, said, grams) in [
        ("UNA:+,? '", "KGM:1.250,5", 1_250_500),
        ("UNA:+,? '", "KGM:12.5", 12_500),
        ("", "KGM:1250.5", 1_250_500),
        ("", "KGM:1,250.5", 1_250_500),
        ("", "TNE:1.5", 1_500_000),
        ("", "LBR:100", 45_359),
        ("", "GRM:750", 750),
    ] {
        assert_eq!(gross(advice, said), Some(grams), "{advice} {said}");
    }
}

#[test]
fn trap_15_a_test_is_no_live_message() {
    let batch = all(manifest(BILL).replacen("1830+1'", "1830+1++++++1'", 1));
    assert!(batch.heads[0].test && batch.rows[0].test);
    assert!(has_sign(&batch.rows[0].consignment, "test_message"));
}

#[test]
fn trap_16_replacements_and_cancellations() {
    for (code, function, cancelled) in [
        ("9", Function::Original, false),
        ("5", Function::Replacement, false),
        ("4", Function::Change, false),
        ("1", Function::Cancellation, true),
    ] {
        let batch = all(manifest(BILL).replace("BGM+85+M1+9", &format!("BGM+85+M1+{code}")));
        assert_eq!(batch.heads[0].function, function);
        assert_eq!(batch.rows[0].consignment.documents.cancelled, cancelled, "{code}");
    }
}

#[test]
fn trap_17_a_party_in_any_of_three_places() {
    for nad in [
        "NAD+CN+C77+ACME CO., LTD:1 HIGH ROAD:SEOUL'",
        "NAD+CN+C77++ACME CO., LTD+1 HIGH ROAD+SEOUL'",
        "NAD+CN+C77+1 HIGH ROAD:SEOUL+ACME CO., LTD'",
        "NAD+CN+ACME CO., LTD:1 HIGH ROAD:SEOUL'",
        "NAD+CN++ACME CO., LTD, 1 HIGH ROAD, SEOUL'",
    ] {
        let one = bill(nad);
        let contact = one.party(Role::Consignee).and_then(|party| party.contact.clone());
        let contact = contact.expect("it has a name");
        assert_eq!(contact.name, "ACME CO., LTD", "{nad}");
        assert!(contact.address.starts_with("1 HIGH ROAD"), "{nad}: {}", contact.address);
    }
    // Five lines of 35 characters: the name fills the first and goes on in the second.
    let one = bill("NAD+CN++THE HANBADA GENERAL TRADING AND SHI:PPING CO LTD:1 HIGH ROAD:SEOUL'");
    let contact = one.party(Role::Consignee).and_then(|party| party.contact.clone());
    assert_eq!(
        contact.map(|contact| contact.name).as_deref(),
        Some("THE HANBADA GENERAL TRADING AND SHIPPING CO LTD")
    );
}

#[test]
fn trap_18_words_that_were_cut_at_the_width_of_a_field() {
    let long = "GEAR BOXES FOR WIND TURBINES, REBUILT, WITH SPARE BEARINGS AND SEALS F";
    assert_eq!(long.len(), 70);
    let text = manifest(&BILL.replace("STEEL PIPES", &format!("{long}:OR SERVICE")));
    assert_eq!(description(text), format!("{long}OR SERVICE"));
    let fwb = "FWB/16\n180-12345675ICNJFK/T41K509.5\nRTD/1/P41/K509.5\n/NG/COSMETICS AND SKIN C\n\
               /2/NG/ARE SETS\n";
    assert_eq!(description(fwb), "COSMETICS AND SKIN CARE SETS");
    let x12 = "ST*309*0001~M10*HANB*O*KR*9074729*SHIP*042E*1~LX*1~M11*HANB1001*KRPUS*5*CTN~\
               N10*5*ORANGE ESSENTIAL OIL IN STEEL DRUMS, FOR THE~N10**FLAVOUR INDUSTRY~SE*6*0001~";
    assert!(description(x12).contains("FOR THEFLAVOUR") || description(x12).contains("FOR THE FL"));
}

#[test]
fn trap_19_what_stands_for_nothing() {
    let dummy = all(manifest(&BILL.replace("BL100001", "1"))).rows[0].consignment.clone();
    assert!(has_sign(&dummy, "bill_dummy"), "{:?}", dummy.documents);
    let one = bill("CST+1+999999:HS'NAD+CN+++BUYER'COM+000000000:TE'");
    assert!(has_sign(&one, "hs_residual") && has_sign(&one, "phone_placeholder"));
    for seal in ["SM", "SN", "0", "NA"] {
        let moved = format!("UNH+1+CODECO:D:95B:UN'EQD+CN+CSQU3054383'SEL+{seal}+CA'");
        assert!(has_sign(&all(moved).rows[0].consignment, "seal_placeholder"), "{seal}");
    }
    let valued = "FWB/16\n180-12345675ICNJFK/T1K5\nCVD/USD/PP/NVD/NCV/XXX\n";
    assert_eq!(all(valued).rows[0].consignment.goods[0].value, None);
}

#[test]
fn trap_20_container_numbers_of_every_shape() {
    for (written, number, sign) in [
        ("CSQU 305438-3", "CSQU3054383", ""),
        ("csqu3054383", "CSQU3054383", ""),
        ("CSQU3054384", "CSQU3054384", "container_check_digit"),
        ("CSQU305438", "CSQU305438", "container_shape"),
        ("", "", "container_unnamed"),
    ] {
        let head = "UNH+1+CODECO:D:95B:UN'BGM+36+G+9'";
        let moved = format!("{head}EQD+CN+{written}+45G1'SEL+A12345+CA'");
        let one = all(moved).rows[0].consignment.clone();
        assert_eq!(one.equipment[0].number, number);
        assert_eq!(one.equipment[0].container.is_some(), sign.is_empty(), "{written}");
        assert!(sign.is_empty() || has_sign(&one, sign), "{written}: {:?}", one.documents.signs);
    }
}

#[test]
fn trap_21_old_and_new_sizes_of_boxes() {
    for size in ["4200", "4500", "45R1", "L5G1"] {
        let moved = format!("UNH+1+CODECO:D:95B:UN'EQD+CN+CSQU3054383+{size}:102:5'");
        assert_eq!(all(moved).rows[0].consignment.equipment[0].size_type, size);
    }
}

#[test]
fn trap_22_moments_of_every_shape_and_their_century() {
    for (written, read) in [
        ("137:261124:101", "2026-11-24"),
        ("137:20261124:102", "2026-11-24"),
        ("137:2611241815:201", "2026-11-24T18:15"),
        ("137:202611241815:203", "2026-11-24T18:15"),
        ("137:20261124181559:204", "2026-11-24T18:15"),
        ("137:940101:101", "1994-01-01"),
    ] {
        let text = manifest(BILL).replace("M1+9'", &format!("M1+9'DTM+{written}'"));
        assert_eq!(all(text).heads[0].sent_text().as_deref(), Some(read), "{written}");
    }
}

#[test]
fn trap_23_ports_by_code_by_a_nation_s_code_or_in_words() {
    let port = |loc: &str| bill(&format!("LOC+11+{loc}'")).route;
    assert_eq!(port("KRPUS:139:6").discharge.map(|of| of.to_string()).as_deref(), Some("KRPUS"));
    let national = port("020:ZZZ:98");
    assert_eq!((national.discharge, national.places[0].code.as_str()), (None, "020"));
    assert_eq!(port(":::BUSAN NEW PORT").places[0].name, "BUSAN NEW PORT");
}

#[test]
fn trap_24_pages_of_a_flight_versions_that_mix_and_empty_customs_notes() {
    let pages = "FFM/8\n1/KE081/25NOV/ICN\nJFK\n180-12345675ICNJFK/T41K509.5/CONSOL\nCONT\n\
                 FFM/8\n2/KE081/25NOV/ICN\nJFK\n180-22345676ICNJFK/T3K30.5/FRESH FISH\nLAST\n";
    let batch = all(pages);
    assert_eq!((batch.heads.len(), batch.rows.len()), (1, 2));
    assert_eq!((batch.heads[0].consignments, batch.rows[1].message), (2, 0));
    assert!(reasons(&batch).is_empty());
    // A page that never came, and one of another flight.
    let lost = pages.replace("2/KE081", "3/KE081");
    let batch = all(&lost);
    assert_eq!((batch.heads.len(), batch.rows[1].message), (2, 1));
    assert!(reasons(&batch).iter().any(|reason| reason.contains("none does here")));
    assert_eq!(all(pages.replace("2/KE081", "2/KE085")).heads.len(), 2);

    let houses = "MBI/180-12345675ICNJFK/T3K30\nHBS/H1/ICNJFK/1/K10//SHOES\n";
    let mixed = format!("FHL/2\n{houses}FHL/4\n{houses}OCI/JP//KC/142\nOCI/////\n");
    let batch = all(mixed);
    assert_eq!((batch.heads.len(), batch.rows.len()), (2, 2));
    let notes = &batch.rows[1].consignment.documents.notes;
    assert!(notes.iter().any(|note| note.kind == "OCI JP//KC" && note.text == "142"), "{notes:?}");
}

#[test]
fn trap_25_xml_with_prefixes_wrappers_bombs_and_huge_texts() {
    let item = "<GoodsShipment><GovernmentAgencyGoodsItem><Commodity><Description>PIPES\
                </Description></Commodity></GovernmentAgencyGoodsItem></GoodsShipment>";
    let plain = format!(
        "<Declaration><FunctionalReferenceID>D1</FunctionalReferenceID>{item}\
                         </Declaration>"
    );
    let prefixed = plain.replace('<', "<p:").replace("<p:/", "</p:");
    let prefixed = prefixed.replacen("<p:Declaration", "<p:Declaration xmlns:p=\"urn:x\"", 1);
    let picture = format!("<Attachment>{}</Attachment>{item}", "QUJD".repeat(400_000));
    for text in [
        plain.clone(),
        format!("\u{feff}{plain}"),
        format!("<?xml version=\"1.0\"?>\r\n{plain}"),
        prefixed,
        format!("<MetaData><x>1</x>{plain}</MetaData>"),
        plain.replace("</GoodsShipment>", ""),
        plain.replace(item, &picture),
    ] {
        assert_eq!(description(&text), "PIPES", "{}", &text[..text.len().min(120)]);
    }
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"{}\">]>{}",
        "&a;".repeat(1_000),
        plain.replace("PIPES", "PIPES &b;&b;")
    );
    assert!(description(bomb).len() < 100);
}

#[test]
fn trap_26_postal_item_numbers_with_blanks_and_line_ends() {
    for written in ["RR123456785CN", "RR 123 456 785 CN", "RR123456785CN\\n", " rr123456785cn"] {
        let form = format!("{{\"item\": \"{written}\", \"addressee\": {{\"name\": \"A\"}}}}");
        let one = all(form).rows[0].consignment.clone();
        let item = one.documents.postal_item.map(|item| item.to_string());
        assert_eq!(item.as_deref(), Some("RR123456785CN"), "{written}");
    }
    let wrong = "{\"item\": \"RR123456784CN\", \"addressee\": {\"name\": \"A\"}}";
    assert!(has_sign(&all(wrong).rows[0].consignment, "s10_check_digit"));
}

#[test]
fn trap_27_a_name_that_says_something_else() {
    let text = manifest(BILL);
    for name in ["goods.csv", "waybill.xml", "FWB.txt", "x.zip", ""] {
        let batch = read(text.as_bytes(), name, &options()).expect("it is read");
        assert_eq!(batch.heads[0].format, Format::Edifact, "{name}");
    }
    assert_eq!(recognise(b"FHL/4\nMBI/", "FWB of today.eml").format, Format::CargoImp);
}

#[test]
fn trap_28_packed_mailed_and_telexed() {
    let text = manifest(BILL);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).expect("memory takes it");
    assert_eq!(description(gzip.finish().expect("memory takes it")), "STEEL PIPES");
    let mail = format!("From: a@b.example\nSubject: FWB\nDate: now\n\n{text}\n");
    assert!(is_packed(&mail.as_bytes()[..mail.len().min(HEAD_BYTES)], ""));
    let taken = take_out(&Bytes::from(mail.into_bytes()), "1.eml").expect("a mail");
    assert_eq!(description(&taken.files[0].bytes), "STEEL PIPES");
    let telex = "QK ICNFFKE JFKCUXH\n.SELFMKE 250830\n\u{2}FWB/16\n180-12345675ICNJFK/T1K5\n\
                 RTD/1/P1/K5\n/NG/STEEL PIPES\n\u{3}\nNNNN\n";
    assert_eq!(description(telex), "STEEL PIPES");
}

#[test]
fn trap_29_what_no_segment_is_long_enough_for() {
    let junk = "A".repeat(3 << 20);
    let batch = all(format!("{UNB}{UNH}{BILL}FTX+AAA+++{junk}'{}", BILL.replace("01'", "02'")));
    assert!(batch.defects.iter().any(|one| one.kind == DefectKind::Unreadable));
    assert!(batch.defects.iter().all(|one| one.found.len() <= 800));
    assert_eq!(batch.rows.len(), 2, "what stands behind it is read");
}
