//! Watchlists: what is understood of each format, what is left out because it tells traits of
//! persons, and what holds for any bytes. The samples are made up in the shape of the real lists.

use intake::{ListFormat, listings};
use proptest::prelude::*;

const UN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00Z">
 <INDIVIDUALS>
  <INDIVIDUAL>
   <DATAID>1</DATAID><FIRST_NAME>CHOL SU</FIRST_NAME><SECOND_NAME>KIM</SECOND_NAME>
   <UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPi.900</REFERENCE_NUMBER>
   <COMMENTS1>Sells &amp; ships parts.</COMMENTS1>
   <NAME_ORIGINAL_SCRIPT>김철수</NAME_ORIGINAL_SCRIPT>
   <NATIONALITY><VALUE>Atlantis</VALUE></NATIONALITY><GENDER>Male</GENDER>
   <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Kim Chul Soo</ALIAS_NAME></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Chol</ALIAS_NAME></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_DATE_OF_BIRTH><YEAR>1960</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
  </INDIVIDUAL>
 </INDIVIDUALS>
 <ENTITIES>
  <ENTITY><DATAID>2</DATAID><FIRST_NAME>Hanbit Trading</FIRST_NAME>
   <REFERENCE_NUMBER>KPe.901</REFERENCE_NUMBER><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
   <ENTITY_ADDRESS><STREET>12 Harbour Road</STREET><CITY>Wonsan</CITY></ENTITY_ADDRESS>
  </ENTITY>
  <ENTITY><DATAID>3</DATAID></ENTITY>
 </ENTITIES>
</CONSOLIDATED_LIST>"#;

#[test]
fn the_list_of_the_united_nations_is_read() {
    let read = listings(UN.as_bytes(), None).unwrap();
    assert_eq!((read.format, read.entries.len()), (ListFormat::UnXml, 2));
    let (line, person) = &read.entries[0];
    assert_eq!((*line, person.name.as_str()), (4, "CHOL SU KIM"));
    assert_eq!(person.reference, "KPi.900");
    let aliases: Vec<(&str, bool)> =
        person.aliases.iter().map(|alias| (alias.name.as_str(), alias.weak)).collect();
    assert_eq!(aliases, [("김철수", false), ("Kim Chul Soo", false), ("Chol", true)]);
    assert_eq!(person.remarks, "Sells & ships parts.");
    assert_eq!(read.entries[1].1.keys[0].text, "12 Harbour Road, Wonsan");
    assert_eq!((read.defects.len(), read.defects[0].line), (1, 20));
    // Where somebody is from, what sex they are, when they were born is nowhere.
    let all = serde_json::to_string(&read.entries).unwrap();
    for trait_of in ["Atlantis", "Male", "1960"] {
        assert!(!all.contains(trait_of), "{trait_of} is kept");
    }
}

const SDN_CSV: &str = "36,\"AEROTEST AIRLINES\",\"-0- \",\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,\
    -0- ,-0- ,-0- \n\
    77,\"PEREZ LOPEZ, Juan\",\"individual\",\"SDNT] [SDNTK\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\
    \"DOB 01 Jan 1960; POB Culiacan; Digital Currency Address - XBT \
    1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa; alt. nationality Atlantis; a.k.a. 'EL SASTRE'.\"\n\
    90,\"OCEAN TEST\",\"vessel\",\"NPWMD\",-0- ,\"9ABC1\",\"Cargo\",-0- ,-0- ,\"Panama\",-0- ,\
    \"Vessel Registration Identification IMO 9074729.\"\n\x1a\n";

#[test]
fn ofacs_table_is_read() {
    let read = listings(SDN_CSV.as_bytes(), None).unwrap();
    assert_eq!((read.format, read.entries.len()), (ListFormat::OfacCsv, 3));
    let person = &read.entries[1].1;
    assert_eq!(person.kind.as_str(), "person");
    assert_eq!(person.programmes, ["SDNT", "SDNTK"]);
    assert_eq!(person.keys[0].text, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
    assert_eq!(person.aliases[0].name, "EL SASTRE");
    assert!(!person.remarks.contains("1960") && !person.remarks.contains("Atlantis"));
    let vessel = &read.entries[2].1;
    let keys: Vec<(&str, &str)> =
        vessel.keys.iter().map(|key| (key.kind.as_str(), key.text.as_str())).collect();
    assert_eq!(keys, [("call_sign", "9ABC1"), ("imo", "9074729")]);
}

#[test]
fn ofacs_documents_are_read_in_both_forms() {
    let plain = r#"<sdnList xmlns="http://x"><publshInformation/><sdnEntry><uid>7</uid>
        <firstName>Juan</firstName><lastName>PEREZ LOPEZ</lastName><sdnType>Individual</sdnType>
        <programList><program>SDNTK</program></programList>
        <akaList><aka><category>weak</category><lastName>EL SASTRE</lastName></aka></akaList>
        <idList><id><idType>Passport</idType><idNumber>X1</idNumber></id>
        <id><idType>Email Address</idType><idNumber>a@example.com</idNumber></id></idList>
        <dateOfBirthList><dateOfBirthItem><dateOfBirth>1960</dateOfBirth></dateOfBirthItem>
        </dateOfBirthList></sdnEntry></sdnList>"#;
    let read = listings(plain.as_bytes(), None).unwrap();
    assert_eq!((read.format, read.entries.len()), (ListFormat::OfacXml, 1));
    let person = &read.entries[0].1;
    assert_eq!(person.name, "PEREZ LOPEZ, Juan");
    assert_eq!((person.keys.len(), person.keys[0].text.as_str()), (1, "a@example.com"));
    assert!(person.aliases[0].weak);

    let advanced = r#"<Sanctions><ReferenceValueSets><PartySubTypeValues>
        <PartySubType ID="1">Vessel</PartySubType></PartySubTypeValues><FeatureTypeValues>
        <FeatureType ID="3">Vessel Registration Identification (IMO)</FeatureType>
        <FeatureType ID="8">Birthdate</FeatureType></FeatureTypeValues></ReferenceValueSets>
        <DistinctParties><DistinctParty><Profile ID="36" PartySubTypeID="1">
        <Identity><Alias Primary="true" LowQuality="false"><DocumentedName><DocumentedNamePart>
        <NamePartValue>OCEAN TEST</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
        </Identity><Feature FeatureTypeID="3"><FeatureVersion><VersionDetail>9074729</VersionDetail>
        </FeatureVersion></Feature><Feature FeatureTypeID="8"><FeatureVersion>
        <VersionDetail>1960</VersionDetail></FeatureVersion></Feature></Profile></DistinctParty>
        </DistinctParties><SanctionsEntries><SanctionsEntry ProfileID="36"><SanctionsMeasure>
        <Comment>NPWMD</Comment></SanctionsMeasure></SanctionsEntry></SanctionsEntries>
        </Sanctions>"#;
    let read = listings(advanced.as_bytes(), None).unwrap();
    let vessel = &read.entries[0].1;
    assert_eq!((vessel.name.as_str(), vessel.kind.as_str()), ("OCEAN TEST", "vessel"));
    assert_eq!((vessel.keys.len(), vessel.programmes[0].as_str()), (1, "NPWMD"));
}

#[test]
fn lines_of_follow_the_money_are_read() {
    let lines = [
        concat!(
            r#"{"id":"Q1","schema":"Person","caption":"Kim Chol Su","properties":{"#,
            r#""name":["Kim Chol Su","김철수"],"nationality":["xx"],"birthDate":["1960"],"#,
            r#""email":["k@example.com"],"taxNumber":["9"]}}"#
        ),
        r#"{"id":"O1","schema":"Ownership","properties":{"owner":["Q1"]}}"#,
        concat!(
            r#"{"id":"W1","schema":"CryptoWallet","caption":"","properties":{"#,
            r#""publicKey":["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]}}"#
        ),
        "no json",
        "",
    ]
    .join("\n");
    let read = listings(lines.as_bytes(), None).unwrap();
    assert_eq!((read.format, read.entries.len(), read.left_out), (ListFormat::Ftm, 2, 1));
    assert_eq!(read.entries[0].1.aliases[0].name, "김철수");
    assert_eq!(read.entries[0].1.keys.len(), 1);
    assert_eq!(read.defects[0].line, 4);
}

#[test]
fn a_table_of_ones_own_is_read() {
    let table =
        "이름;type;imo;phones\n한빛무역;company;;+82 2 555 0100|+82 2 555 0101\n;;9074729;\n";
    let read = listings(table.as_bytes(), None).unwrap();
    assert_eq!((read.format, read.entries.len()), (ListFormat::Csv, 2));
    assert_eq!(read.entries[1].1.kind.as_str(), "vessel");
    assert!(listings(b"Dear Sir,\nno list here\n", None).is_err());
}

#[test]
fn what_is_odd_in_a_table_is_told_and_nobody_is_lost() {
    let table = "id,Name,종류,imo,container\n\
        1,Kim Chol Su,사람,,\n\
        2,Hanbit Trading,zebra,9074728,CSQU3054384\n\
        3,\"Lee Young\n\
        4,Park Trading,단체,,,too,many\n\
        1,김철수,사람,,\n\
        5,Choi Works,organization,9074729,CSQU3054383\n";
    let read = listings(table.as_bytes(), None).unwrap();
    let told: Vec<(u64, &str, &str)> =
        read.defects.iter().map(|one| (one.line, &*one.field, one.kind.as_str())).collect();
    assert_eq!(
        told,
        [
            (4, "", "unreadable"),
            (3, "kind", "noted"),
            (3, "imo", "noted"),
            (3, "container", "noted"),
            (5, "", "noted"),
            (6, "reference", "noted"),
        ]
    );
    let names: Vec<&str> = read.entries.iter().map(|(_, one)| one.name.as_str()).collect();
    assert_eq!(names, ["Kim Chol Su", "Hanbit Trading", "Park Trading", "Choi Works"]);
    let kinds: Vec<&str> = read.entries.iter().map(|(_, one)| one.kind.as_str()).collect();
    assert_eq!(kinds, ["person", "organization", "organization", "organization"]);
    assert_eq!(read.entries[0].1.aliases[0].name, "김철수");
    assert_eq!(read.entries[1].1.keys.len(), 2);
    assert_eq!(read.damage().map(|one| one.line), Some(4));
    let cut = "id,name,phone\n1,Kim,1\n2,Lee,2\n3,Pa";
    assert_eq!(listings(cut.as_bytes(), None).unwrap().damage().map(|one| one.line), Some(4));
}

#[test]
fn only_targets_are_listed_and_they_bring_their_addresses() {
    let lines = [
        r#"{"id":"T","schema":"Person","caption":"Kim","target":true,
            "properties":{"addressEntity":["A"]}}"#,
        r#"{"id":"S","schema":"Person","caption":"Lee","target":false,
            "properties":{"topics":["role.rca"]}}"#,
        r#"{"id":"A","schema":"Address","caption":"1 Harbour Road, Wonsan","target":false}"#,
        r#"{"id":"O","schema":"Company","caption":"Hanbit","properties":{"topics":["sanction"]}}"#,
        r#"{"id":"N","schema":"Company","caption":"Bank","properties":{"name":["Bank"]}}"#,
    ];
    let lines = lines.map(|line| line.replace('\n', " ")).join("\n");
    let read = listings(lines.as_bytes(), None).unwrap();
    let names: Vec<&str> = read.entries.iter().map(|(_, one)| one.name.as_str()).collect();
    assert_eq!((names, read.left_out), (vec!["Kim", "Hanbit"], 3));
    assert_eq!(read.entries[0].1.keys[0].text, "1 Harbour Road, Wonsan");
}

#[test]
fn a_document_that_is_not_whole_is_damaged() {
    assert!(listings(UN.as_bytes(), None).unwrap().damage().is_none());
    for cut in ["  <ENTITY><DATAID>3", "</CONSOLIDATED_LIST>"] {
        let cut = &UN[..UN.find(cut).unwrap()];
        assert!(listings(cut.as_bytes(), None).unwrap().damage().is_some());
    }
}

#[test]
fn no_dtd_is_read_and_no_entity_expanded() {
    let bomb = format!(
        "<!DOCTYPE a [<!ENTITY x \"{}\">]>{}",
        "ha ".repeat(100),
        UN.replace("Sells", "&x;&x;Sells").split_once("?>").unwrap().1
    );
    let read = listings(bomb.as_bytes(), Some(ListFormat::UnXml)).unwrap();
    assert!(!read.entries[0].1.remarks.contains("ha"));
    assert!(read.defects.iter().any(|defect| defect.reason.contains("DTD")));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        n in 0..5usize,
    ) {
        let starts: [&[u8]; 5] = [
            b"name,alias\n", b"{\"schema\":\"Person\",\"properties\":{",
            b"<CONSOLIDATED_LIST><INDIVIDUAL><FIRST_NAME>", b"1,\"A\",\"-0- \",",
            b"<sdnList><sdnEntry><lastName>",
        ];
        let whole = [starts[n], &bytes].concat();
        let _read = listings(&whole, None);
        let _read = listings(&whole, Some(ListFormat::ALL[n]));
    }

    #[test]
    fn damage_keeps_what_stands_before_it(cut in 0..UN.len()) {
        let mut cut = cut;
        while !UN.is_char_boundary(cut) {
            cut -= 1;
        }
        if let Ok(read) = listings(&UN.as_bytes()[..cut], Some(ListFormat::UnXml)) {
            let whole = UN[..cut].contains("</INDIVIDUAL>");
            prop_assert_eq!(!read.entries.is_empty(), whole || UN[..cut].contains("</ENTITY>"));
        }
    }
}
