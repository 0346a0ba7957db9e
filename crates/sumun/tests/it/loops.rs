//! The learning loop as people work it, through the binary alone: a challenger in shadow, compared
//! and put in force, rolled back, stopped; candidates that come due; what the drift and bias
//! watches say of traffic that changes; and the proof of all of it. The pretend customs table is
//! the one of the other stories.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sumun::store::{AssertSqlSafe, Store, args};

use crate::customs_table::{self as made, Declared, OUTCOMES};
use crate::engines::each_place;
use crate::person::{Person, number, texts};

/// The site's key, from which the draws follow: with it a story can be told again.
const KEY: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e\n";

/// An office with a back file behind it and a first model in force.
fn office_at_work(person: &Person) -> Result<()> {
    person.does(&["migrate"])?;
    let file = person.file("past.csv", made::csv(&made::quarter(1, 30), true))?;
    person.does(&["ingest", "--with-outcomes", &file])?;
    person.does(&["learn", "--approve", "--reason", "first quarter"])?;
    Ok(())
}

/// One day of work: its declarations come in, are planned by `explore` and inspected as in truth.
/// Gives what the plan said.
fn works(person: &Person, rows: &[Declared], explore: Option<&str>) -> Result<Value> {
    let day = rows.first().context("a day without declarations")?.date.clone();
    let file = person.file("day.csv", made::csv(rows, false))?;
    person.does(&["ingest", &file])?;
    let out = person.path("plan.csv");
    let mut words = vec!["plan", "--office", "40", "--shift", &day, "--minutes", "900"];
    words.extend(["--out", &out]);
    words.extend(explore.iter().flat_map(|share| ["--explore", share]));
    let planned = person.does(&words)?;
    let truth: HashMap<String, &Declared> =
        rows.iter().map(|row| (row.id.to_string(), row)).collect();
    let mut csv = csv::Reader::from_path(&out)?;
    let mut outcomes = OUTCOMES.to_owned();
    for line in csv.deserialize() {
        let line: HashMap<String, String> = line?;
        if line["drawn"] == "1" {
            let row = truth.get(&line["consignment"]).context("a plan of another day")?;
            outcomes.push_str(&made::outcome(row));
        }
    }
    let outcomes = person.file("outcomes.csv", outcomes)?;
    person.does(&["record", &outcomes])?;
    Ok(planned)
}

/// The Mondays from 5 April 2021 on.
fn monday(week: u64) -> String {
    let first = "2021-04-05".parse::<targeting::codes::Day>().expect("a date");
    targeting::codes::Day(first.0 + 7 * week as i32).to_string()
}

fn state_of(person: &Person, model: &str) -> Result<String> {
    let listed = person.does(&["model", "list"])?;
    let models = listed["models"].as_array().context("models")?;
    let found = models.iter().find(|one| one["id"] == model).context("no such model")?;
    Ok(found["state"].as_str().context("a state")?.to_owned())
}

async fn run(store: &Store, sql: &str) -> Result<()> {
    let mut tx = store.begin().await?;
    tx.execute(AssertSqlSafe(sql), args![]).await?;
    tx.commit().await
}

#[test]
fn a_challenger_runs_in_shadow_is_compared_put_in_force_and_rolled_back() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.file("journal.key", KEY)?;
        office_at_work(&person)?;
        let store = person.open().await?;
        // Nothing to compare, to shadow or to return to yet: each refusal says what to do.
        for (words, said) in [
            (&["model", "compare"][..], "there is no challenger"),
            (&["model", "shadow", "M-1"], "cannot be its own challenger"),
            (&["model", "shadow", "M-9"], "there is no model M-9"),
            (&["model", "shadow", "M-1", "--end"], "is no challenger"),
            (&["model", "rollback", "--reason", "x"], "no former model"),
            (&["model", "rollback", "--reason", " "], "say why"),
        ] {
            let refused = person.is_refused(words)?;
            ensure!(refused.contains(said), "{words:?}: {refused}");
        }

        person.does(&["learn", "--seed", "2"])?;
        assert_eq!(state_of(&person, "M-2")?, "candidate");
        let before = number(&store, "select max(id) from consignment").await?;
        person.does(&["model", "shadow", "M-2", "--reason", "another seed"])?;
        assert_eq!(state_of(&person, "M-2")?, "challenger");
        let compared = person.does(&["model", "compare"])?;
        assert_eq!(compared["verdict"], "nothing");
        let said = person.says(&["model", "compare"])?;
        ensure!(said.code == 0 && said.out.contains("Nothing to compare yet"), "{said:?}");

        for week in 0..3 {
            let rows = made::day(700 + week, &monday(week), 900_001 + 1_000 * week, 400);
            works(&person, &rows, Some("0.3"))?;
        }
        // It scored all that arrived since, and nothing of before; it selected nothing.
        let scored =
            |model: &str| format!("select count(*) from assessment where model_id = '{model}'");
        assert_eq!(number(&store, &scored("M-2")).await?, 1_200);
        let old = format!("{} and consignment_id <= {before}", scored("M-2"));
        assert_eq!(number(&store, &old).await?, 0);
        assert_eq!(texts(&store, "select distinct model_id from plan").await?, ["M-1"]);

        let compared = person.does(&["model", "compare", "M-2"])?;
        let figure = |name: &str| {
            compared.pointer(name).and_then(Value::as_f64).with_context(|| format!("{compared}"))
        };
        let planned = number(&store, "select count(*) from selection").await? as f64;
        assert_eq!(figure("/consignments")?, planned);
        ensure!(figure("/slots")? > 50.0 && figure("/agreement/estimate")? > 0.5, "{compared}");
        for side in ["champion", "challenger"] {
            let found = figure(&format!("/{side}/found"))?;
            ensure!(figure(&format!("/{side}/finds/low"))? >= found - 1e-6, "{compared}");
            ensure!(figure(&format!("/{side}/metrics/auc"))? > 0.5, "{compared}");
        }
        ensure!(figure("/difference/low")? <= figure("/difference/high")?, "{compared}");
        let said = person.says(&["model", "compare", "--target", "critical"])?;
        ensure!(said.code == 0 && said.out.contains("finds of its list"), "{said:?}");

        // In force with a reason; the former one is one step away.
        person.does(&["model", "approve", "M-2", "--reason", "as good in shadow"])?;
        assert_eq!(
            (state_of(&person, "M-1")?, state_of(&person, "M-2")?),
            ("retired".into(), "in_force".into())
        );
        assert_eq!(person.does(&["verify"])?["verified"], true);
        let back = person.does(&["model", "rollback", "--reason", "scores look odd"])?;
        assert_eq!((&back["rolled_back"], &back["in_force"]), (&"M-2".into(), &"M-1".into()));
        assert_eq!(
            (state_of(&person, "M-1")?, state_of(&person, "M-2")?),
            ("in_force".into(), "rolled_back".into())
        );
        ensure!(person.is_refused(&["model", "rollback", "--reason", "x"])?.contains("no former"));
        // A model that was rolled back may run in shadow again, and is what it was when taken back.
        person.does(&["model", "shadow", "M-2"])?;
        let ended = person.does(&["model", "shadow", "M-2", "--end", "--reason", "seen enough"])?;
        assert_eq!(ended["state"], "rolled_back");

        // The switch: no model at all, plans by chance, and the way back.
        person.does(&["model", "stop", "--reason", "drill"])?;
        ensure!(person.is_refused(&["screen"])?.contains("no model is in force"));
        let rows = made::day(800, &monday(4), 990_001, 120);
        let planned = works(&person, &rows, None)?;
        ensure!(planned["plans"][0]["plan"]["model_id"].is_null(), "{planned}");
        person.does(&["model", "rollback", "--reason", "drill over"])?;
        assert_eq!(state_of(&person, "M-1")?, "in_force");

        // Whoever steers behind the journal's back is seen.
        assert_eq!(person.does(&["verify"])?["verified"], true);
        for (done, undone) in [
            ("state = 'challenger' where id = 'M-2'", "state = 'rolled_back' where id = 'M-2'"),
            ("state = 'retired' where id = 'M-1'", "state = 'in_force' where id = 'M-1'"),
            ("approved_by = 'lee' where id = 'M-2'", "approved_by = 'han' where id = 'M-2'"),
            ("backtest = backtest || ' ' where id = 'M-1'", "backtest = trim(backtest)"),
        ] {
            run(&store, &format!("update model set {done}")).await?;
            let (code, said) = person.json(&["verify"])?;
            ensure!(code == 1 && said["verified"] == false, "{done}: {said}");
            run(&store, &format!("update model set {undone}")).await?;
            person.does(&["verify"]).with_context(|| format!("after {undone}"))?;
        }
        store.close().await;
        Ok(())
    });
}

#[test]
fn a_candidate_comes_due_is_learned_and_waits_for_another_person() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.file("journal.key", KEY)?;
        person.does(&["migrate"])?;
        // With nothing to learn from, nothing is due.
        assert_eq!(person.does(&["learn", "--if-due"])?["learned"], false);
        let past = person.file("past.csv", made::csv(&made::quarter(1, 20), true))?;
        person.does(&["ingest", "--with-outcomes", &past])?;
        assert_eq!(person.does(&["learn", "--if-due"])?["model"], "M-1");
        assert_eq!(state_of(&person, "M-1")?, "candidate");
        assert_eq!(person.does(&["learn", "--if-due"])?["learned"], false);

        // The site decides, with a reason and a history.
        let policy = person.does(&["model", "policy"])?;
        assert_eq!(
            (&policy["policy"]["outcomes_min"], policy["history"].as_array().map(Vec::len)),
            (&1000.into(), Some(0))
        );
        let refused = person.says(&["model", "policy", "--outcomes", "300"])?;
        ensure!(refused.code == 1 && refused.err.contains("reason"), "{refused:?}");
        let bad = ["model", "policy", "--approvers", "3", "--reason", "x"];
        ensure!(person.is_refused(&bad)?.contains("approvers 1 or 2"));
        let decided = ["model", "policy", "--outcomes", "300", "--finds", "20", "--approvers", "2"];
        person.does(&[&decided[..], &["--reason", "a small office"]].concat())?;

        // Who learned it may not approve it here; another may.
        let own = ["model", "approve", "M-1", "--reason", "looks good"];
        let refused = person.is_refused(&own)?;
        ensure!(refused.contains("han learned model M-1"), "{refused}");
        let scheduler = [&own[..], &["--as", "scheduler"]].concat();
        ensure!(person.is_refused(&scheduler)?.contains("a person decides"));
        person.does(&[&own[..], &["--as", "lee"]].concat())?;

        let more = made::day(90, "2021-05-03", 500_001, 400);
        let more = person.file("more.csv", made::csv(&more, true))?;
        person.does(&["ingest", "--with-outcomes", &more])?;
        let learned = person.does(&["learn", "--if-due"])?;
        assert_eq!((&learned["model"], &learned["in_force"]), (&"M-2".into(), &false.into()));
        assert_eq!(state_of(&person, "M-1")?, "in_force");

        // The server does by itself what cron would: it learns when due, and never approves.
        let more = made::day(91, "2021-05-04", 600_001, 400);
        let more = person.file("more.csv", made::csv(&more, true))?;
        person.does(&["ingest", "--with-outcomes", &more])?;
        let words = ["serve", "--listen", "127.0.0.1:0", "--every", "0.005"];
        let mut server = person.command(&words).spawn()?;
        let mut learned = false;
        for _ in 0..600 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            let listed = person.does(&["model", "list"])?;
            let by = listed["models"][0]["learned_by"].clone();
            if (&listed["models"][0]["id"], &by) == (&"M-3".into(), &"scheduler".into()) {
                learned = true;
                break;
            }
        }
        server.kill()?;
        server.wait()?;
        ensure!(learned, "the server has learned nothing");
        assert_eq!(state_of(&person, "M-3")?, "candidate");
        // What Sumun learned by itself, any person may approve.
        person.does(&["model", "approve", "M-3", "--reason", "read the card"])?;
        assert_eq!(person.does(&["verify"])?["verified"], true);

        let store = person.open().await?;
        run(&store, "update policy set approvers = 1").await?;
        let (code, said) = person.json(&["verify"])?;
        ensure!(code == 1 && said["verified"] == false, "{said}");
        store.close().await;
        Ok(())
    });
}

#[test]
fn the_card_says_what_a_person_should_have_read() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.file("journal.key", KEY)?;
        office_at_work(&person)?;
        works(&person, &made::day(700, &monday(0), 900_001, 400), None)?;
        let (html, markdown) = (person.path("card.html"), person.path("card.md"));
        let said = person.does(&["model", "card", "M-1", "--out", &html])?;
        ensure!(said["card"]["calibration"].as_array().is_some_and(|of| !of.is_empty()), "{said}");
        let page = std::fs::read_to_string(&html)?;
        for part in [
            "<html lang=\"ko\">",
            "<section lang=\"ko\">",
            "<section lang=\"en\">",
            "모델 카드 M-1",
            "Model card M-1",
            "Data window",
            "2021-01-01",
            "any irregularity",
            "<svg",
            "</svg>",
            "Known limits",
            "알려진 한계",
            "first quarter",
            "The person who learned it approved it.",
        ] {
            ensure!(page.contains(part), "the card lacks {part}");
        }
        // The page stands alone.
        ensure!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="));
        person.does(&["model", "card", "M-1", "--out", &markdown, "--language", "en"])?;
        let page = std::fs::read_to_string(&markdown)?;
        ensure!(page.contains("# Model card M-1") && !page.contains("모델"), "{page}");
        let said = person.says(&["model", "card", "M-1", "--language", "ko"])?;
        ensure!(said.code == 0 && said.out.contains("# 모델 카드 M-1"), "{said:?}");
        ensure!(person.is_refused(&["model", "card", "M-7"])?.contains("there is no model M-7"));
        let wrong = ["model", "card", "M-1", "--out", "card.docx"];
        ensure!(person.is_refused(&wrong)?.contains(".html nor .md"));
        Ok(())
    });
}

#[test]
fn drift_rings_raises_exploring_and_quiets_again() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.file("journal.key", KEY)?;
        person.does(&["migrate"])?;
        let empty = person.says(&["drift"])?;
        ensure!(empty.code == 0 && empty.out.contains("Nothing to watch yet"), "{empty:?}");
        office_at_work(&person)?;
        let drift = |person: &Person| person.does(&["drift"]);
        let standing = |said: &Value| -> Vec<String> {
            let alarms = said["drift"]["alarms"].as_array().into_iter().flatten();
            let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
            alarms.map(|one| text(&one["regime"]) + " " + &text(&one["signal"])).collect()
        };
        // Four weeks as they always were.
        let mut week = 0;
        let day = |week: u64, changed: bool| -> Vec<Declared> {
            let mut rows = made::day(700 + week, &monday(week), 900_001 + 1_000 * week, 700);
            if changed {
                // What used to be bad no longer is.
                for row in &mut rows {
                    (row.irregular, row.critical) = (false, false);
                }
            }
            rows
        };
        while week < 4 {
            let planned = works(&person, &day(week, false), None)?;
            ensure!(planned["plans"][0]["plan"]["terms"] != Value::Null, "{planned}");
            week += 1;
        }
        let quiet = drift(&person)?;
        assert_eq!(standing(&quiet), Vec::<String>::new());
        assert_eq!(quiet["false_alarms"]["weeks"], 26);
        // Then goods that were bad are clean.
        while week < 6 {
            works(&person, &day(week, true), Some("0.2"))?;
            week += 1;
        }
        let rings = drift(&person)?;
        ensure!(
            standing(&rings).iter().any(|one| one.contains("calibration")),
            "no alarm: {rings}"
        );
        assert_eq!(drift(&person)?["drift"]["rings"], 0, "an alarm begins once");
        let said = person.says(&["drift", "--weeks"])?;
        ensure!(
            said.out.contains("draw 20 % by chance") && said.out.contains("무작위"),
            "{said:?}"
        );

        // Where it stands, more is explored, and the plan says why; an officer can say otherwise.
        let rows = day(week, false);
        let planned = works(&person, &rows, None)?;
        let plan = (planned["plans"].as_array().into_iter().flatten())
            .map(|one| one["plan"]["terms"].as_str().unwrap_or_default().to_owned())
            .find(|terms| terms.contains("raised"))
            .with_context(|| format!("no plan explores more: {planned}"))?;
        let terms: Value = serde_json::from_str(&plan)?;
        assert_eq!(terms["explore"], 0.2);
        ensure!(terms["raised"].as_str().is_some_and(|why| why.contains("calibration since")));
        let store = person.open().await?;
        let raised = number(&store, "select max(id) from plan where terms like '%raised%'").await?;
        let replayed = person.does(&["plan", "--replay", &format!("P-{raised}")])?;
        assert_eq!(replayed["same"], true);
        week += 1;
        let planned = works(&person, &day(week, false), Some("0.1"))?;
        ensure!(!planned["plans"].to_string().contains("raised"), "{planned}");
        week += 1;

        // Histories remember the clean weeks, so the old model now expects too little: learned anew
        // it is right again, the alarm quiets, and so do the plans.
        for n in 0..12 {
            if n % 3 == 0 {
                person.does(&["learn", "--approve", "--reason", "drift"])?;
            }
            if standing(&drift(&person)?).is_empty() {
                break;
            }
            works(&person, &day(week, false), Some("0.1"))?;
            week += 1;
        }
        assert_eq!(standing(&drift(&person)?), Vec::<String>::new());
        let planned = works(&person, &day(week, false), None)?;
        ensure!(!planned["plans"].to_string().contains("raised"), "{planned}");
        assert_eq!(person.does(&["verify"])?["verified"], true);

        // An alarm that somebody made away with is missed, and one made up is seen.
        for (done, undone) in [
            ("update alarm set office = '41'", "update alarm set office = '40'"),
            (
                "insert into alarm (office, regime, signal, since_day, rang_at, figures)
                 values ('40', 'parcel', 'scores', 1, 1, '{}')",
                "delete from alarm where rang_at = 1",
            ),
        ] {
            run(&store, done).await?;
            let (code, said) = person.json(&["verify"])?;
            ensure!(code == 1 && said["verified"] == false, "{done}: {said}");
            run(&store, undone).await?;
            person.does(&["verify"])?;
        }
        store.close().await;
        Ok(())
    });
}

#[test]
fn bias_is_warned_of_where_it_was_planted_and_not_elsewhere() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.file("journal.key", KEY)?;
        person.does(&["migrate"])?;
        let empty = person.says(&["bias"])?;
        ensure!(empty.code == 0 && empty.out.contains("Nothing to look at yet"), "{empty:?}");
        office_at_work(&person)?;
        // Innocent weeks: the table is what the model has learned.
        for week in 0..4 {
            let rows = made::day(700 + week, &monday(week), 900_001 + 1_000 * week, 700);
            works(&person, &rows, Some("0.2"))?;
        }
        let innocent = person.does(&["bias"])?;
        assert_eq!(innocent["warnings"].as_array().map(Vec::len), Some(0), "{innocent}");
        ensure!(innocent["bias"]["comparisons"].as_u64() > Some(4), "{innocent}");
        let said = person.says(&["bias"])?;
        ensure!(said.out.contains("Nothing is disproportionate"), "{said:?}");
        // Then one country's goods turn clean, while the model still suspects them.
        for week in 4..8 {
            let mut rows = made::day(700 + week, &monday(week), 900_001 + 1_000 * week, 700);
            for row in rows.iter_mut().filter(|row| row.country() == "DE") {
                (row.irregular, row.critical) = (false, false);
            }
            works(&person, &rows, Some("0.2"))?;
        }
        let from = monday(4);
        let planted = person.does(&["bias", "--from", &from])?;
        let warnings = planted["warnings"].as_array().context("warnings")?;
        // Another mode or band may be off with it, where these goods are much of it; no other
        // origin is.
        let origins: Vec<&Value> = warnings.iter().filter(|one| one["facet"] == "origin").collect();
        let named: Vec<&Value> = origins.iter().map(|one| &one["group"]).collect();
        assert_eq!(named, ["DE"], "{planted}");
        assert_eq!(origins[0]["warning"], "too_often");
        for (language, part) in [("en", "more often than"), ("ko", "원산지 DE: ")] {
            let sentence = origins[0][language].as_str().context("a sentence")?;
            ensure!(sentence.contains(part), "{sentence}");
        }
        let said = person.says(&["bias", "--from", &from])?;
        ensure!(said.out.contains("goods of origin DE"), "{said:?}");
        Ok(())
    });
}
