//! Reference lists that a site loads: what is known of them, loaded again, and asked.

use std::path::Path;

use anyhow::Context;
use intake::{Position, Reference};
use serde_json::{Value, json};
use sumun::store::references;
use targeting::codes::HsCode;
use targeting::tariff::{Fit, Tariff};

use crate::api::{declared, learn_and_approve};
use crate::engines::{each_engine, each_place};
use crate::person::{Person, number};
use crate::server::Server;

const TITLES: &str = "section,hscode,description,parent,level\n\
     XVI,8482,Ball or roller bearings,84,4\nXVI,848210,Ball bearings,8482,6\n\
     VI,3304,\"Cosmetics; beauty, make-up and skin care preparations\",33,4\n\
     IX,0901,\"Coffee, whether or not roasted or decaffeinated\",09,4\nIX,9,Broken,09,4\n";

#[test]
fn a_site_loads_its_lists_and_asks_them() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let said = person.says(&["reference", "list"])?;
        assert!(said.out.contains("sumun reference import"), "{}", said.out);
        let none = person.is_refused(&["reference", "goods", "ball bearings"])?;
        assert!(none.contains("sumun reference import"), "{none}");

        let titles = person.file("hs.csv", TITLES)?;
        let places = person.file(
            "airports.csv",
            "icao,iata,name,city,subd,country,lat,lon\nRKSI,ICN,Incheon,Seoul,,KR,37.46,126.44\n",
        )?;
        let countries =
            person.file("ko.json", "{\"locale\":\"ko\",\"countries\":{\"KR\":\"대한민국\"}}")?;
        let loaded = person.does(&["reference", "import", &titles, &places, &countries])?;
        assert_eq!(loaded["files"][0]["loaded"]["list"], "goods");
        assert_eq!(loaded["files"][0]["loaded"]["rows"], 4);
        assert_eq!(loaded["files"][0]["defects"], 1);
        // Again changes nothing but the journal.
        person.does(&["reference", "import", &titles])?;
        let store = person.open().await?;
        assert_eq!(number(&store, "select count(*) from reference_goods").await?, 4);
        let acts = "select count(*) from journal where act = 'load reference'";
        assert_eq!(number(&store, acts).await?, 4);
        store.close().await;

        let asked = ["reference", "goods", "roasted coffee decaffeinated", "--hs", "8482.10"];
        let found = person.does(&asked)?;
        assert_eq!(found["nearest"][0]["heading"], "0901");
        let asked = ["reference", "goods", "steel ball bearings", "--hs", "848210"];
        assert_eq!(person.does(&asked)?["contradicts"], false);

        let other = person.file("other.csv", "a,b\n1,2\n")?;
        let refused = person.is_refused(&["reference", "import", &other])?;
        assert!(refused.contains("none of a known list"), "{refused}");
        Ok(())
    });
}

#[test]
fn the_dossier_places_a_route_and_holds_words_against_the_code() {
    each_engine(async |store| {
        let model = learn_and_approve(&store).await?;
        let server = Server::start(&store).await?;
        let position = |code: &str, name: &str, country: &str, at| Position {
            code: code.to_owned(),
            name: name.to_owned(),
            country: country.to_owned(),
            at,
        };
        // A word tells only where few of many headings have it.
        let mut list = TITLES.to_owned();
        for heading in 2_000..2_600 {
            list += &format!("IV,{heading},Preparation number {heading},20,4\n");
        }
        let (titles, _) = intake::reference(list.as_bytes()).map_err(anyhow::Error::msg)?;
        let places = Reference::Places(vec![
            position("KRICN", "Incheon Apt/Seoul", "KR", None),
            position("ICN", "Incheon", "KR", Some((37.46, 126.44))),
            position("PUS", "Elsewhere", "US", Some((1.0, 2.0))),
        ]);
        let mut tx = store.begin().await?;
        references::keep(&mut tx, &titles).await?;
        references::keep(&mut tx, &places).await?;
        tx.commit().await?;

        let mut sent = declared(7);
        sent["route"]["loading"] = json!("KRPUS");
        sent["route"]["discharge"] = json!("KRICN");
        sent["goods"][0]["description"] = json!("ball bearings, roller bearings");
        let judged = server.post("/api/v1/consignments", &sent).await?.expect(200)?;
        assert_eq!(judged["model"], model);
        let id = judged["consignments"][0]["id"].as_str().context("no id")?;
        let path = format!("/api/v1/consignments/{id}/dossier");
        let dossier = server.get(&path).await?.expect(200)?;
        let stop = |code: &str| {
            let mut stops = dossier["route"].as_array().into_iter().flatten();
            stops.find(|stop| stop["code"] == code).cloned().unwrap_or_default()
        };
        // A place without a position takes its airport's, but never one of another country.
        assert_eq!(stop("KRICN")["lat"], 37.46);
        assert_eq!(stop("KRICN")["name"], "Incheon Apt/Seoul");
        assert_eq!(stop("KRPUS")["lat"], Value::Null);
        let flaws = dossier["quality"].as_array().context("no list")?;
        let flaw = flaws.iter().find(|flaw| flaw["kind"] == "contradicts").context("no flaw")?;
        assert!(flaw["said"]["en"].as_str().is_some_and(|said| said.contains("8482")), "{flaw}");
        server.stop().await
    });
}

/// A list among the shared ones, or a line that says that it is not there.
fn shared(file: &str) -> Option<Reference> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/reference");
    let Ok(bytes) = std::fs::read(folder.join(file)) else {
        println!("skipped: {file} is not in {}", folder.display());
        return None;
    };
    let (found, defects) = intake::reference(&bytes).expect("a known list");
    assert!(defects.len() < 10, "{file}: {:?}", &defects[..defects.len().min(5)]);
    Some(found)
}

#[test]
fn the_shared_lists_are_read() {
    for (file, least) in [
        ("airports_airportsdata.csv", 7_800),
        ("countries_ko_i18n-iso-countries.json", 240),
        ("unlocode_country-codes.csv", 240),
    ] {
        let rows = match shared(file) {
            None => continue,
            Some(Reference::Goods(list)) => list.len(),
            Some(Reference::Places(list)) => list.len(),
            Some(Reference::Countries(list)) => list.len(),
        };
        assert!(rows >= least, "{file}: {rows} rows");
    }
}

#[test]
fn the_whole_tariff_tells_ordinary_descriptions() {
    let Some(Reference::Goods(titles)) = shared("harmonized-system_hs2022.csv") else { return };
    assert!(titles.len() >= 6_900, "{} titles", titles.len());
    let tariff = Tariff::of(titles.iter().map(|of| (of.code.as_str(), of.title.as_str())));
    let cases = [
        ("Ball bearings", "848210", None),
        ("WOODEN FURNITURE FOR BEDROOM", "940350", None),
        ("Red wine in bottles", "220421", None),
        ("Frozen shrimps and prawns", "030617", None),
        ("Gear boxes and speed changers", "848340", None),
        ("Coffee, roasted", "090121", None),
        ("Frozen shrimps and prawns", "848340", Some(306)),
        ("Shampoo for hair", "720839", Some(3305)),
        ("Roasted coffee beans", "950300", Some(901)),
        ("Ceramic tableware and kitchenware", "330499", Some(6912)),
    ];
    for (description, declared, sounds) in cases {
        let fit = tariff.fit(description, HsCode::parse(declared).expect("a code"));
        match (sounds, &fit) {
            (None, Fit::Fits) => {}
            (Some(heading), Fit::Contradicts { sounds_like }) => {
                let found = sounds_like.iter().any(|near| near.heading == heading);
                assert!(found, "{description}: {sounds_like:?}");
            }
            _ => panic!("{description} as {declared}: {fit:?}"),
        }
    }
}
