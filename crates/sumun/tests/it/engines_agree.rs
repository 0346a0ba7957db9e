//! The same input gives the same answer whichever engine keeps it: consignments, histories,
//! chances and plans bit for bit, and so the same measure. An office that moves from a file to a
//! server must not find another truth there.

use std::sync::Mutex;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::customs_table as made;
use crate::engines::each_place;
use crate::person::{Person, number, state, texts};

/// What one engine came to.
struct Answer {
    engine: String,
    state: Vec<String>,
    measures: Vec<Value>,
    backtest: Value,
}

#[test]
fn both_engines_come_to_the_same_chances_plans_and_measures() {
    let answers: Mutex<Vec<Answer>> = Mutex::new(Vec::new());
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let past = person.file("past.csv", made::csv(&made::quarter(20, 25), true))?;
        person.does(&["ingest", "--with-outcomes", &past])?;
        person.does(&["learn", "--approve", "--reason", "the same on both"])?;
        let mut today = made::day(21, "2021-04-05", 800_001, 300);
        let file = person.file("today.csv", made::csv(&today, false))?;
        person.does(&["ingest", &file])?;
        person.does(&["screen"])?;
        today[3].price += 900;
        today[4].date = "2021-04-06".to_owned();
        let file = person.file("amended.csv", made::csv(&today[..20], false))?;
        person.does(&["ingest", &file])?;
        let plan = ["plan", "--office", "40", "--shift", "2021-04-05", "--minutes", "400"];
        person.does(&[&plan[..], &["--seed", "3"]].concat())?;
        let store = person.open().await?;
        let drawn = texts(
            &store,
            "select consignment.reference
             from selection join consignment on consignment.id = selection.consignment_id
             where selection.drawn = 1 order by consignment.id",
        )
        .await?;
        let mut outcomes = made::OUTCOMES.to_owned();
        for row in today.iter().filter(|row| drawn.contains(&row.id.to_string())) {
            outcomes.push_str(&made::outcome(row));
        }
        let outcomes = person.file("outcomes.csv", outcomes)?;
        assert_eq!(person.does(&["record", &outcomes])?["recorded"], drawn.len());
        let measures = ["irregular", "critical"]
            .map(|target| person.does(&["measure", "--target", target]))
            .into_iter()
            .collect::<Result<_>>()?;
        ensure!(number(&store, "select count(*) from assessment").await? == 302);
        let answer = Answer {
            engine: format!("{:?}", place.engine),
            // The journal names the model's hash, which holds the time of learning.
            state: state(&store, &["journal"]).await?,
            measures,
            backtest: person.does(&["backtest", "--from", "2021-03-15"])?,
        };
        answers.lock().expect("nobody failed with it").push(answer);
        store.close().await;
        Ok(())
    });
    let answers = answers.into_inner().expect("nobody failed with it");
    let [first, others @ ..] = &answers[..] else { panic!("no engine answered") };
    for other in others {
        let between = format!("{} and {}", first.engine, other.engine);
        assert_eq!(first.state, other.state, "{between}");
        assert_eq!(first.measures, other.measures, "{between}");
        assert_eq!(first.backtest, other.backtest, "{between}");
    }
    if others.is_empty() {
        eprintln!("skipped the comparison: TEST_POSTGRES is not set");
    }
}
