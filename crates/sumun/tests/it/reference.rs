//! Reference lists that a site loads: what is known of them, loaded again, and asked.

use crate::engines::each_place;
use crate::person::{Person, number};

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
