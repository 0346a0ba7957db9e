//! The verbs as a person types them, from a raw table to the measured iceberg and the proof of
//! the journal. Nothing is called but the binary; what it leaves in the store is read as an
//! auditor would, and altered as someone with full access to the database could.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sumun::store::{AssertSqlSafe, Engine, Store, args};

use crate::customs_table::{self as made, Declared, OUTCOMES};
use crate::engines::each_place;
use crate::person::{Person, number, state, texts};

/// The shift that most of these stories plan.
const SHIFT: &str = "2021-04-05";

/// An office with a quarter of inspected traffic behind it, a model in force and a new day's
/// declarations: what it has learned from, and the new day.
fn office_at_work(person: &Person) -> Result<(Vec<Declared>, Vec<Declared>)> {
    let (past, today) = (made::quarter(1, 30), made::day(500, SHIFT, 900_001, 400));
    person.does(&["migrate"])?;
    let file = person.file("past.csv", made::csv(&past, true))?;
    person.does(&["ingest", "--with-outcomes", &file])?;
    person.does(&["learn", "--approve", "--reason", "first quarter"])?;
    let file = person.file("today.csv", made::csv(&today, true))?;
    person.does(&["ingest", &file])?;
    Ok((past, today))
}

/// The plan of the shift, as every story here draws it.
const PLAN: [&str; 9] =
    ["plan", "--office", "40", "--shift", SHIFT, "--minutes", "600", "--seed", "7"];

/// What the drawn inspections of a plan come to.
fn outcomes_of(plan: &[HashMap<String, String>], day: &[Declared]) -> Result<String> {
    let truth: HashMap<String, &Declared> =
        day.iter().map(|row| (row.id.to_string(), row)).collect();
    let mut csv = OUTCOMES.to_owned();
    for line in plan.iter().filter(|line| line["drawn"] == "1") {
        let row = truth.get(&line["consignment"]).context("a plan of another day")?;
        csv.push_str(&made::outcome(row));
    }
    Ok(csv)
}

/// A CSV file, each row by its headings.
fn rows_of(path: impl AsRef<Path>) -> Result<Vec<HashMap<String, String>>> {
    let mut csv = csv::Reader::from_path(path)?;
    Ok(csv.deserialize().collect::<Result<_, _>>()?)
}

fn real(row: &HashMap<String, String>, column: &str) -> Result<f64> {
    let text = row.get(column).with_context(|| format!("no column {column}"))?;
    text.parse().with_context(|| format!("{column} is `{text}`"))
}

#[test]
fn a_raw_table_becomes_a_plan_and_its_outcomes_a_measured_iceberg() {
    each_place(false, async |place| {
        let person = Person::at(place);
        let (past, today) = office_at_work(&person)?;
        let store = person.open().await?;
        let inspected = number(&store, "select count(*) from outcome").await?;
        // The new day's labels were left aside.
        assert_eq!(inspected, past.len() as i64);

        let screened = person.does(&["screen"])?;
        assert_eq!(screened["screened"], today.len());
        assert!(screened["unsure"].as_u64().is_some_and(|unsure| unsure <= today.len() as u64));
        assert_eq!(person.does(&["screen"])?["screened"], 0);
        let rolled = person.does(&["backtest", "--rolling", "2"])?;
        let windows = rolled["folds"].as_array().into_iter().flatten();
        let judged: u64 = windows.filter_map(|fold| fold["judged"].as_u64()).sum();
        let first = &rolled["means"][0];
        assert_eq!((&first["target"], &first["goods"]), (&"irregular".into(), &"all".into()));
        assert!(judged > 0 && first["auc"]["interval"][0].is_f64(), "{first}");
        let scores = person.path("scores.csv");
        person.does(&["export", "assessments", "--out", &scores])?;
        let scores = rows_of(scores)?;
        for score in &scores {
            let errors = (real(score, "se_irregular")?, real(score, "se_critical")?);
            ensure!(errors.0 > 0.0 && errors.1 >= 0.0, "how sure is the model? {score:?}");
        }
        assert_eq!(scores.len(), today.len());
        for score in &scores {
            assert_eq!(score["model_version"], "M-1");
            for chance in ["p_irregular", "p_critical"] {
                let chance = real(score, chance)?;
                ensure!(chance > 0.0 && chance < 1.0, "{score:?}");
            }
        }
        let chance_of: HashMap<&str, f64> = scores
            .iter()
            .map(|score| Ok((score["declaration_id"].as_str(), real(score, "p_irregular")?)))
            .collect::<Result<_>>()?;
        let mean = |bad: bool| {
            let rows: Vec<f64> = today
                .iter()
                .filter(|row| row.irregular == bad)
                .map(|row| chance_of[row.id.to_string().as_str()])
                .collect();
            rows.iter().sum::<f64>() / rows.len() as f64
        };
        ensure!(mean(true) > 3.0 * mean(false), "{} against {}", mean(true), mean(false));

        let out = person.path("plan.csv");
        let plan_and_write = [&PLAN[..], &["--out", &out]].concat();
        let drawn = person.does(&plan_and_write)?;
        let lines = rows_of(&out)?;
        let candidates = today.iter().filter(|row| row.office == 40).count();
        assert_eq!(lines.len(), candidates);
        holds_to_its_minutes(&lines, 600.0)?;
        with_reasons(&lines)?;

        // The same seed again is the same plan, another one takes its place until work begins.
        let ids = |plan: &Value| -> Vec<i64> {
            let plans = plan["plans"].as_array().into_iter().flatten();
            plans.filter_map(|one| one["plan"]["id"].as_i64()).collect()
        };
        let first = ids(&drawn);
        assert_eq!(first.len(), 2, "parcels and freight");
        let before = state(&store, &[]).await?;
        assert_eq!(ids(&person.does(&PLAN)?), first);
        assert_eq!(state(&store, &[]).await?, before);
        let other = [&PLAN[..8], &["8", "--out", &out]].concat();
        let second = person.does(&other)?;
        ensure!(ids(&second).iter().all(|id| !first.contains(id)), "{second}");
        let replaced: Vec<i64> = second["plans"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["replaces"].as_i64())
            .collect();
        assert_eq!(replaced, first);

        for id in first.iter().chain(&ids(&second)) {
            let replayed = person.does(&["plan", "--replay", &format!("P-{id}")])?;
            assert_eq!(replayed["same"], true);
        }

        let outcomes = person.file("outcomes.csv", outcomes_of(&rows_of(&out)?, &today)?)?;
        let recorded = person.does(&["record", &outcomes])?;
        let drawn = rows_of(&out)?.iter().filter(|line| line["drawn"] == "1").count();
        assert_eq!(recorded["recorded"], drawn);
        let refused = person.is_refused(&[&PLAN[..8], &["9"]].concat())?;
        ensure!(refused.contains("outcomes already"), "{refused}");

        let truth = today.iter().filter(|row| row.office == 40 && row.irregular).count();
        let found = number(
            &store,
            "select count(*) from outcome where plan_id is not null and outcome <> 'clear'",
        )
        .await?;
        let measure = person.does(&["measure"])?;
        let pooled = &measure["pooled"];
        is_an_estimate(pooled)?;
        assert_eq!(pooled["found"], found);
        assert_eq!(pooled["population"], candidates);
        let interval = (pooled["low"].as_f64(), pooled["high"].as_f64());
        let (Some(low), Some(high)) = interval else { panic!("{pooled}") };
        ensure!((low..=high).contains(&(truth as f64)), "{truth} bad, but {low} to {high}");
        let weeks = measure["weeks"].as_array().context("weeks")?;
        assert_eq!(weeks.len(), 1);
        assert_eq!(weeks[0]["of"], SHIFT);
        is_an_estimate(&weeks[0])?;

        let verified = person.does(&["verify"])?;
        assert_eq!(verified["verified"], true);
        assert_eq!(verified["unsigned"], 0);
        // People get sentences where machines get an object.
        for words in [&["measure"][..], &["verify"], &["model", "list"], &["model", "show", "M-1"]]
        {
            let said = person.says(words)?;
            ensure!(said.code == 0 && said.out.lines().count() > 0, "{said:?}");
            ensure!(serde_json::from_str::<Value>(&said.out).is_err(), "{said:?}");
        }
        store.close().await;
        Ok(())
    });
}

fn is_an_estimate(of: &Value) -> Result<()> {
    let number = |name: &str| of[name].as_f64().with_context(|| format!("{name} of {of}"));
    let (low, high) = (number("low")?, number("high")?);
    ensure!((low..=high).contains(&number("estimate")?), "{of}");
    ensure!(low >= number("found")?, "fewer than were found: {of}");
    number("naive")?;
    Ok(())
}

/// What the rows of a plan say of chances and minutes, which must fit the capacity.
fn holds_to_its_minutes(lines: &[HashMap<String, String>], minutes: f64) -> Result<()> {
    let columns = ["consignment", "chance", "channel", "modality", "minutes", "drawn", "reasons"];
    let (mut drawn, mut expected) = (0.0, 0.0);
    for line in lines {
        ensure!(columns.iter().all(|column| line.contains_key(*column)), "{line:?}");
        let (chance, takes) = (real(line, "chance")?, real(line, "minutes")?);
        ensure!(chance > 0.0 && chance <= 1.0, "{line:?}");
        ensure!(["risk", "random"].contains(&line["channel"].as_str()), "{line:?}");
        assert_eq!(line["modality"], "unpack");
        match line["drawn"].as_str() {
            "1" => drawn += takes,
            "0" => ensure!(chance < 1.0, "certain, and not drawn: {line:?}"),
            _ => ensure!(false, "{line:?}"),
        }
        expected += chance * takes;
    }
    ensure!(drawn <= minutes, "{drawn} of {minutes} minutes");
    // Nothing is left over but what is too little for one more inspection of either regime.
    ensure!(drawn > minutes - 55.0, "{drawn} of {minutes} minutes");
    ensure!((expected - drawn).abs() < 1e-6 * minutes, "{expected} expected, {drawn} drawn");
    Ok(())
}

fn with_reasons(lines: &[HashMap<String, String>]) -> Result<()> {
    let mut risky: Vec<_> =
        lines.iter().filter(|l| l["drawn"] == "1" && l["channel"] == "risk").collect();
    risky.sort_by_key(|line| line["rank"].parse::<u64>().unwrap_or(u64::MAX));
    let first = risky.first().context("nothing was drawn for its risk")?;
    ensure!(first["reasons"].contains(' '), "the riskiest has no reason: {first:?}");
    Ok(())
}

#[test]
fn the_same_file_again_changes_nothing_and_an_amendment_is_a_new_version() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let mut rows = made::day(3, SHIFT, 1, 500);
        let file = person.file("day.csv", made::csv(&rows, false))?;
        let first = person.does(&["ingest", &file])?;
        assert_eq!(first["files"][0]["new"], 500);
        let store = person.open().await?;
        let before = state(&store, &[]).await?;
        let again = person.does(&["ingest", &file])?;
        assert_eq!(again["files"][0]["unchanged"], 500);
        // Under another name, packed, and from a pipe it is the same content.
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(made::csv(&rows, false).as_bytes())?;
        let copy = person.file("copy.csv", made::csv(&rows, false))?;
        person.does(&["ingest", &copy])?;
        let text = made::csv(&rows, false);
        let piped = person.says_to(&["ingest", "-", "--json"], text.as_bytes())?.object()?;
        assert_eq!(piped["files"][0]["unchanged"], 500);
        assert_eq!(state(&store, &[]).await?, before);
        // Packed it is another message, whose records are known: only the message is new.
        let packed = person.file("day.csv.gz", packed.finish()?)?;
        assert_eq!(person.does(&["ingest", &packed])?["files"][0]["unchanged"], 500);
        assert_eq!(
            state(&store, &["message"]).await?,
            before.iter().filter(|t| !t.starts_with("message")).cloned().collect::<Vec<_>>()
        );

        rows[7].price += 5_000;
        rows[8].price += 5_000;
        let amended = person.file("amended.csv", made::csv(&rows[..10], false))?;
        let said = person.does(&["ingest", &amended])?;
        assert_eq!(said["files"][0]["amended"], 2);
        assert_eq!(said["files"][0]["unchanged"], 8);
        let versions = texts(
            &store,
            "select reference || ' ' || version || ' ' || fate from consignment
             where reference in ('8', '9', '10') order by reference, version",
        )
        .await?;
        assert_eq!(
            versions,
            ["10 1 pending", "8 1 superseded", "8 2 pending", "9 1 superseded", "9 2 pending"]
        );
        // The elder file does not undo the amendment when it comes once more: it is known.
        let before = state(&store, &[]).await?;
        person.does(&["ingest", &amended])?;
        assert_eq!(state(&store, &[]).await?, before);
        person.does(&["verify"])?;
        store.close().await;
        Ok(())
    });
}

#[test]
fn files_are_read_from_pipes_and_packed_and_their_faults_are_listed() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let rows = made::day(4, SHIFT, 1, 90);
        let text = made::csv(&rows[..30], false);
        let said = person.says_to(&["ingest", "-", "--json"], text.as_bytes())?;
        assert_eq!(said.object()?["files"][0]["new"], 30);
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(made::csv(&rows[30..60], false).as_bytes())?;
        let gz = person.file("second.csv.gz", gz.finish()?)?;
        let zst = zstd::encode_all(made::csv(&rows[60..], false).as_bytes(), 1)?;
        let zst = person.file("third.csv.zst", zst)?;
        let both = person.does(&["ingest", &gz, &zst])?;
        assert_eq!((&both["files"][0]["new"], &both["files"][1]["new"]), (&30.into(), &30.into()));

        // A date that is none, a mass that is none, an id that comes twice and a cut last line.
        let bad = made::day(5, SHIFT, 1_001, 4);
        let mut lines: Vec<String> = made::csv(&bad, false).lines().map(str::to_owned).collect();
        lines[1] = lines[1].replace(SHIFT, "2021-13-45");
        lines[2] = lines[2].replace(".5,", ".5kg?,");
        lines[4] = lines[3].clone();
        let cut = lines[3].replacen("1003", "1005", 1);
        lines.push(cut[..cut.len() / 2].to_owned());
        let bad = person.file("faulty.csv", lines.join("\n"))?;
        let said = person.does(&["ingest", &bad])?;
        ensure!(said["files"][0]["rejected"].as_i64() >= Some(2), "{said}");
        let listed = person.does(&["defects", "--file", "faulty"])?;
        assert_eq!(listed["total"], said["files"][0]["defects"]);
        let defects = listed["defects"].as_array().context("defects")?;
        let by_line: HashMap<i64, &Value> =
            defects.iter().filter_map(|one| Some((one["line"].as_i64()?, one))).collect();
        for line in [2, 3, 5, 6] {
            let defect = by_line.get(&line).with_context(|| format!("none of line {line}"))?;
            assert_eq!(defect["file"], "faulty.csv");
            let reason = defect["reason"].as_str().unwrap_or_default();
            ensure!(reason.contains(' '), "no sentence: {defect}");
        }
        assert_eq!(by_line[&2]["found"], "2021-13-45");
        let shown = person.says(&["defects"])?;
        ensure!(shown.out.contains("faulty.csv") && shown.out.contains("2021-13-45"), "{shown:?}");
        // Every record of the file is a consignment or has a defect that rejects it.
        let store = person.open().await?;
        let tally = "select rows_read - rows_new - rows_amended - rows_unchanged - rows_rejected
                     from message where name = 'faulty.csv'";
        assert_eq!(number(&store, tally).await?, 0);

        let out = person.path("all.parquet");
        let written = person.does(&["export", "consignments", "--out", &out])?;
        let kept = number(&store, "select count(*) from consignment").await?;
        assert_eq!(written["rows"], kept);
        let parquet = parquet::file::serialized_reader::SerializedFileReader::new(
            std::fs::File::open(&out)?,
        )?;
        use parquet::file::reader::FileReader as _;
        assert_eq!(parquet.metadata().file_metadata().num_rows(), kept);
        // What was written can be read by another office.
        let mapping = person.file(
            "exported.toml",
            "name = \"another-office\"\n[fields]\nreference = \"declaration_id\"\n\
             arrived_on = { constant = \"2021-04-05\" }\noffice = \"office\"\n",
        )?;
        let there = person.does(&["ingest", "--mapping", &mapping, &out])?;
        assert_eq!(there["files"][0]["format"], "parquet");
        assert_eq!(there["files"][0]["new"], kept);
        let csv = person.says(&["export", "consignments", "--out", "-"])?;
        assert_eq!(csv.out.lines().count() as i64, 2 * kept + 1);
        store.close().await;
        Ok(())
    });
}

#[test]
fn outcomes_are_recorded_once_and_refused_with_their_line() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let rows = made::day(6, SHIFT, 1, 20);
        let file = person.file("day.csv", made::csv(&rows, false))?;
        person.does(&["ingest", &file])?;
        let table = person.file(
            "outcomes.csv",
            "declaration_id,outcome,detection_method,reason\n\
             1,clear,,\n\
             nobody,clear,,\n\
             2,seizure,,\n\
             3,discrepancy,document check,undervalued\n\
             4,not_examined,,waived\n\
             5,wonderful,,\n",
        )?;
        let (code, json) = person.json(&["record", &table])?;
        assert_eq!((code, &json["recorded"]), (1, &3.into()));
        let refused: Vec<(i64, &str)> = json["refused"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| Some((one["line"].as_i64()?, one["reason"].as_str()?)))
            .collect();
        let reason_of = |line: i64| {
            let found = refused.iter().find(|(of, _)| *of == line);
            found.map(|(_, reason)| *reason).with_context(|| format!("line {line}: {refused:?}"))
        };
        ensure!(reason_of(3)?.contains("no such declaration"), "{refused:?}");
        ensure!(reason_of(4)?.contains("detection_method"), "{refused:?}");
        ensure!(reason_of(7)?.contains("`wonderful` is not an outcome"), "{refused:?}");
        assert_eq!(refused.len(), 3);
        // The person reads the same.
        let said = person.says(&["record", &table])?;
        ensure!(said.code == 1 && said.out.contains("nobody"), "{said:?}");

        let store = person.open().await?;
        let before = state(&store, &[]).await?;
        let again = person.json(&["record", &table])?.1;
        assert_eq!((&again["recorded"], &again["unchanged"]), (&0.into(), &3.into()));
        assert_eq!(state(&store, &[]).await?, before);

        let other = ["record", "--declaration", "1", "--outcome", "seizure"];
        let found = ["--detection-method", "dog", "--substance", "cocaine", "--quantity", "2.5"];
        let other = [&other[..], &found, &["--unit", "kg"]].concat();
        let (code, json) = person.json(&other)?;
        ensure!(code == 1 && json["refused"][0]["reason"].to_string().contains("--correct"));
        assert_eq!(state(&store, &[]).await?, before);
        let corrected = person.does(&[&other[..], &["--correct"]].concat())?;
        assert_eq!(corrected["corrected"], 1);
        let revisions = texts(
            &store,
            "select revision || ' ' || latest || ' ' || outcome.outcome
             from outcome join consignment on consignment.id = outcome.consignment_id
             where reference = '1' order by revision",
        )
        .await?;
        assert_eq!(revisions, ["1 0 clear", "2 1 seizure"]);
        // The ledger counts the inspection once, as what it is now.
        let counted = "select max(inspected) * 100 + max(irregular) * 10 + max(critical)
                       from history where inspected > 0 and key in
                           (select key from history group by key having sum(seen) = 1)";
        assert_eq!(number(&store, counted).await?, 111);
        person.does(&["verify"])?;
        let no_columns = person.file("columns.csv", "id,result\n1,clear\n")?;
        ensure!(person.is_refused(&["record", &no_columns])?.contains("declaration_id"));
        store.close().await;
        Ok(())
    });
}

#[test]
fn a_later_shift_of_the_day_does_not_draw_again_what_was_drawn() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let file = person.file("day.csv", made::csv(&made::day(7, SHIFT, 1, 300), false))?;
        person.does(&["ingest", &file])?;
        person.does(&PLAN)?;
        let late = made::day(8, SHIFT, 1_001, 200);
        let file = person.file("late.csv", made::csv(&late, false))?;
        person.does(&["ingest", &file])?;
        let shift = format!("{SHIFT}/late");
        let words = ["plan", "--office", "40", "--shift", &shift, "--minutes", "300"];
        person.does(&words)?;
        let store = person.open().await?;
        let twice = "select count(*) from (
                         select consignment_id
                         from selection join plan on plan.id = selection.plan_id
                         where plan.state = 'drawn'
                         group by consignment_id having count(*) > 1) as twice";
        assert_eq!(number(&store, twice).await?, 0);
        store.close().await;
        Ok(())
    });
}

#[test]
fn whatever_is_altered_behind_the_journal_is_found_and_named() {
    each_place(false, async |place| {
        let person = Person::at(place);
        let (_, today) = office_at_work(&person)?;
        let out = person.path("plan.csv");
        person.does(&[&PLAN[..], &["--out", &out]].concat())?;
        let outcomes = person.file("outcomes.csv", outcomes_of(&rows_of(&out)?, &today)?)?;
        person.does(&["record", &outcomes])?;
        let store = person.open().await?;
        assert_eq!(person.does(&["verify"])?["verified"], true);

        let recorded =
            number(&store, "select min(consignment_id) from outcome where plan_id is not null")
                .await?;
        let past =
            number(&store, "select min(consignment_id) from outcome where plan_id is null").await?;
        let newest = number(&store, "select max(id) from consignment").await?;
        let (recorded_row, past_row) =
            (format!("consignment_id = {recorded}"), format!("consignment_id = {past}"));
        let by_record = format!("act = 'record' and subject = 'consignment {recorded}'");
        let (first, last) = ("act = 'receive' order by seq", "act = 'receive' order by seq desc");
        let screened = "act = 'screen' order by seq desc";
        let (plan, line) = ("subject = 'plan 1'", "plan_id = 1 and position = 3");
        let newest_one = format!("consignment_id = {newest}");
        // The table and column that are altered, in which row, and which journal row shows it.
        let alterations: [(&str, &str, &str, &str); 25] = [
            ("journal", "body", "seq = 2", "seq = 2"),
            ("journal", "actor", "seq = 3", "seq = 3"),
            ("journal", "at", "seq = 1", "seq = 1"),
            ("consignment", "document", &format!("id = {newest}"), last),
            ("assessment", "p_irregular", &newest_one, screened),
            ("assessment", "reasons", &newest_one, screened),
            ("assessment", "se_irregular", &newest_one, screened),
            ("selection", "chance", line, plan),
            ("selection", "risk", line, plan),
            ("selection", "drawn", line, plan),
            ("plan", "seed", "id = 1", plan),
            ("plan", "office", "id = 1", plan),
            ("plan", "shift", "id = 1", plan),
            ("plan", "shift_day", "id = 1", plan),
            ("plan", "minutes", "id = 1", plan),
            ("plan", "drawn_at", "id = 1", plan),
            ("model", "approved_at", "id = 'M-1'", "act = 'approve'"),
            ("model", "artefact", "id = 'M-1'", "act = 'learn'"),
            ("outcome", "document", &recorded_row, &by_record),
            ("outcome", "outcome", &recorded_row, &by_record),
            ("outcome", "plan_id", &recorded_row, &by_record),
            ("outcome", "latest", &recorded_row, &by_record),
            // The outcomes of a back file are no less part of what was received.
            ("outcome", "document", &past_row, first),
            ("outcome", "outcome", &past_row, first),
            ("outcome", "latest", &past_row, first),
        ];
        let mut unseen = Vec::new();
        for (table, column, row, shown_by) in alterations {
            let seq = number(&store, &format!("select seq from journal where {shown_by} limit 1"))
                .await?;
            let kept = change(&store, table, column, row, altered).await?;
            let (code, said) = person.json(&["verify"])?;
            if code != 1 || said["verified"] != false || said["first_altered"] != seq {
                unseen.push(format!("{table}.{column}, shown by row {seq}: exit {code}, {said}"));
            }
            change(&store, table, column, row, |_| kept.clone()).await?;
            person.does(&["verify"]).with_context(|| format!("{table}.{column}, put back"))?;
        }
        ensure!(unseen.is_empty(), "not found, or not named:\n{}", unseen.join("\n"));

        // A row that was slipped in, or a model that nobody approved, has no entry to show it.
        let slipped = "insert into outcome
             select consignment_id, revision + 9, 0, outcome, channel, plan_id, modality, minutes,
                    detection_method, officer, known_day, recorded_at, document
             from outcome where revision = 1 and plan_id is not null limit 1";
        for (done, undone) in [
            (slipped, "delete from outcome where revision > 9"),
            ("update model set state = 'retired'", "update model set state = 'in_force'"),
            ("update plan set state = 'replaced'", "update plan set state = 'drawn'"),
            (
                "insert into verification select plan_id, consignment_id, 0.5, 1, 0 from selection
                 where drawn = 1 limit 1",
                "delete from verification where drawn_at = 0",
            ),
        ] {
            run(&store, done).await?;
            let (code, said) = person.json(&["verify"])?;
            ensure!(code == 1 && said["verified"] == false, "{done}: exit {code}, {said}");
            run(&store, undone).await?;
            person.does(&["verify"]).with_context(|| format!("after {undone}"))?;
        }

        // A plan whose kept chance was altered no longer comes out the same.
        let kept = change(&store, "selection", "chance", line, altered).await?;
        let (code, said) = person.json(&["plan", "--replay", "P-1"])?;
        assert_eq!((code, &said["same"]), (1, &false.into()));
        change(&store, "selection", "chance", line, |_| kept.clone()).await?;
        assert_eq!(person.does(&["plan", "--replay", "P-1"])?["same"], true);

        // A model with one digit changed judges nothing any more, and the person is told.
        change(&store, "model", "artefact", "id = 'M-1'", altered).await?;
        for words in [&["screen"][..], &PLAN, &["model", "show", "M-1"]] {
            let said = person.says(words)?;
            ensure!(said.code != 0 && said.err.starts_with("sumun: "), "{words:?}: {said:?}");
        }
        store.close().await;
        Ok(())
    });
}

/// Runs a statement behind the journal's back.
async fn run(store: &Store, sql: &'static str) -> Result<()> {
    let mut tx = store.begin().await?;
    tx.execute(sql, args![]).await?;
    tx.commit().await
}

/// One value of one row.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Int(i64),
    Real(f64),
    Text(String),
}

/// The least alteration that means something.
fn altered(cell: Cell) -> Cell {
    match cell {
        Cell::Int(n) if n < 2 => Cell::Int(1 - n),
        Cell::Int(n) => Cell::Int(n + 1),
        Cell::Real(x) => Cell::Real(x * (1.0 - 1e-12)),
        Cell::Text(text) if text == "clear" => Cell::Text("discrepancy".to_owned()),
        Cell::Text(text) if ["discrepancy", "seizure"].contains(&text.as_str()) => {
            Cell::Text("clear".to_owned())
        }
        // The last digit becomes another one; where there is none, the last letter does.
        Cell::Text(text) => {
            let digit = text.rfind(|c: char| c.is_ascii_digit());
            let at = digit.or_else(|| text.rfind(|c: char| c.is_ascii_alphabetic())).unwrap_or(0);
            let other = if &text[at..=at] == "7" { "3" } else { "7" };
            Cell::Text(format!("{}{other}{}", &text[..at], &text[at + 1..]))
        }
    }
}

/// Puts another value in a row, behind the journal's back, and gives the one that stood there.
async fn change(
    store: &Store,
    table: &str,
    column: &str,
    row: &str,
    to: impl FnOnce(Cell) -> Cell,
) -> Result<Cell> {
    let mut tx = store.begin().await?;
    let select = AssertSqlSafe(format!("select {column} from {table} where {row}"));
    let kept = tx
        .fetch_one(select, args![], |row| {
            Ok(match column {
                "p_irregular" | "se_irregular" | "chance" | "risk" => Cell::Real(row.real(0)?),
                "plan_id" | "latest" | "drawn" | "at" | "shift_day" | "minutes" | "drawn_at"
                | "approved_at" => Cell::Int(row.int(0)?),
                _ => Cell::Text(row.text(0)?.to_owned()),
            })
        })
        .await?;
    let new = to(kept.clone());
    ensure!(new != kept, "{table}.{column} stays as it was: {kept:?}");
    let sql = AssertSqlSafe(format!("update {table} set {column} = $1 where {row}"));
    let rows = match new {
        Cell::Int(n) => tx.execute(sql, args![n]).await?,
        Cell::Real(x) => tx.execute(sql, args![x]).await?,
        Cell::Text(text) => tx.execute(sql, args![text]).await?,
    };
    ensure!(rows == 1, "{rows} rows of {table} where {row}");
    tx.commit().await?;
    Ok(kept)
}

#[test]
fn what_cannot_be_done_is_refused_with_the_next_step() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let rows = made::day(9, SHIFT, 1, 150);
        let file = person.file("few.csv", made::csv(&rows, true))?;
        person.does(&["ingest", "--with-outcomes", &file])?;
        let few = person.is_refused(&["learn", "--approve", "--reason", "why not"])?;
        ensure!(few.contains("too few") && few.contains("--with-outcomes"), "{few}");
        let (code, json) = person.json(&["learn"])?;
        assert_eq!((code, &json["error"]["code"]), (1, &"too_few_lessons".into()));
        // Refused by the reader of the arguments, in its own words.
        for words in [
            &["learn", "--approve"][..],
            &["plan", "--office", "40"],
            &["measure", "--target", "everything"],
            &["backtest", "--from", "yesterday"],
            &["backtest"],
            &["backtest", "--rolling", "0"],
            &["nonsense"],
            &["ingest"],
        ] {
            let said = person.says(words)?;
            ensure!(said.code == 1 && said.err.contains("--help"), "{words:?}: {said:?}");
        }
        let no_table = person.file("letter.csv", "Dear Sir,\nno table here\n")?;
        let (code, json) = person.json(&["ingest", &no_table, &file])?;
        assert_eq!((code, json["files"].as_array().map(Vec::len)), (1, Some(1)));
        let why = json["refused"][0]["why"].as_str().unwrap_or_default();
        ensure!(why.contains("mapping"), "{why}");
        let faulty = person.file("faulty.toml", "name = \"x\"\n[fields]\nreference = 7\n")?;
        let said = person.is_refused(&["ingest", "--mapping", &faulty, &file])?;
        ensure!(said.contains("line 3"), "{said}");
        // A place where no store can be is no refusal: something is broken.
        let nowhere = person.file("file", "in the way")? + "/store.sqlite";
        let said = person.says(&["measure", "--store", &format!("sqlite:{nowhere}")])?;
        ensure!(said.code == 2 && said.err.starts_with("sumun: "), "{said:?}");
        for words in [&["--help"][..], &["--version"]] {
            ensure!(person.says(words)?.code == 0, "{words:?}");
        }
        Ok(())
    });
}

#[test]
fn names_are_compared_in_a_table_without_a_store() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let pairs = "id,left,right,kind\n1,Kim Chol-su,김철수,person\n2,\"KIM, Chol Su\",Pak Min\n\
                 3,OOO Nova,Nova LLC,company\n";
    let file = person.file("pairs.csv", pairs)?;
    let out = person.path("scored.csv");
    let said = person.does(&["match", "names", &file, "--out", &out])?;
    assert_eq!((said["pairs"].as_u64(), said["likely"].as_u64()), (Some(3), Some(2)));
    let rows = rows_of(&out)?;
    let chances: Vec<f64> =
        rows.iter().map(|row| real(row, "probability")).collect::<Result<_>>()?;
    ensure!(chances[0] > 0.5 && chances[1] < 0.2 && chances[2] > 0.5, "{chances:?}");
    ensure!(rows[0]["why"].starts_with("agree: kim"), "{:?}", rows[0]);
    assert_eq!(rows[1]["id"], "2");
    ensure!(!folder.path().join("store.sqlite").exists());
    let file = person.file("letter.csv", "Dear Sir\n")?;
    let said = person.is_refused(&["match", "names", &file, "--out", &out])?;
    ensure!(said.contains("left and right"), "{said}");
    Ok(())
}

#[test]
fn rows_that_name_nothing_are_defects_and_the_others_go_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    // A byte order mark, lines as on Windows, semicolons, other order, a name over two lines.
    let pairs = "\u{feff}KIND;right;left\r\nPER;김철수;Kim Chol-su\r\nORG;;Nova LLC\r\n\
                 PER;\"Kim\nChol Su\";\"KIM, Chol-su\"\r\nPER;---;...\r\n";
    let file = person.file("pairs.csv", pairs)?;
    let out = person.path("scored.csv");
    let said = person.does(&["match", "names", &file, "--out", &out])?;
    assert_eq!((said["pairs"].as_u64(), said["likely"].as_u64()), (Some(4), Some(2)));
    assert_eq!(said["defect_count"], 2);
    assert_eq!(said["defects"][0]["line"], 3);
    let rows = rows_of(&out)?;
    assert_eq!((rows.len(), rows[1]["probability"].as_str()), (4, ""));
    ensure!(rows[1]["why"].contains("right names nothing"), "{:?}", rows[1]);
    Ok(())
}

#[test]
fn an_empty_store_answers_every_verb_with_a_sentence() {
    each_place(false, async |place| {
        let person = Person::at(place);
        // A new file is made ready unasked; a server's database only by the verb that is for it.
        if place.engine == Engine::Postgres {
            for words in [&["measure"][..], &["screen"], &["verify"], &["model", "list"]] {
                ensure!(person.is_refused(words)?.contains("`sumun migrate`"), "{words:?}");
            }
            person.does(&["migrate"])?;
        }
        let nobody = person.file("outcomes.csv", "declaration_id,outcome\n7,clear\n")?;
        let empty = person.file("empty.csv", "")?;
        let out = person.path("out.csv");
        let verbs: &[(&[&str], i32)] = &[
            (&["measure"], 0),
            (&["migrate"], 0),
            (&["migrate"], 0),
            (&["config"], 0),
            (&["defects"], 0),
            (&["model", "list"], 0),
            (&["verify"], 0),
            (&["export", "assessments", "--out", &out], 0),
            (&["export", "journal", "--out", &out], 0),
            (&["screen"], 1),
            (&["learn"], 1),
            (&["backtest", "--from", SHIFT], 1),
            (&["backtest", "--rolling", "2"], 1),
            (&["plan", "--office", "40", "--shift", SHIFT, "--minutes", "600"], 1),
            (&["plan", "--replay", "P-1"], 1),
            (&["model", "approve", "M-1", "--reason", "none"], 1),
            (&["model", "show", "M-1"], 1),
            (&["record", &nobody], 1),
            (&["ingest", "/nowhere/at-all.csv"], 1),
            (&["ingest", &empty], 1),
            (&["rehearse", "/nowhere/at-all.csv"], 1),
            (&["rehearse", &nobody], 1),
        ];
        for &(words, code) in verbs {
            let said = person.says(words)?;
            let text = if said.out.trim().is_empty() { &said.err } else { &said.out };
            ensure!(said.code == code, "{words:?} should end with {code}: {said:?}");
            ensure!(text.trim().contains(' '), "{words:?} says nothing: {said:?}");
            let (again, _) = person.json(words)?;
            ensure!(again == code, "{words:?} with --json ends with {again}");
        }
        Ok(())
    });
}

#[test]
fn two_files_can_be_read_in_at_once() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let one = person.file("one.csv", made::csv(&made::day(10, SHIFT, 1, 12_000), false))?;
        let two = made::csv(&made::day(11, "2021-04-06", 500_001, 12_000), false);
        let two = person.file("two.csv", two)?;
        let both = [&one, &two].map(|file| person.command(&["ingest", file, "--json"]).spawn());
        for child in both {
            let done = child?.wait_with_output()?;
            let err = String::from_utf8_lossy(&done.stderr).into_owned();
            ensure!(done.status.success(), "{err}");
        }
        let store = person.open().await?;
        for sql in [
            "select count(*) from consignment",
            "select max(id) from consignment",
            "select count(distinct reference) from declaration",
            "select cast(sum(rows_new) as bigint) from message",
        ] {
            assert_eq!(number(&store, sql).await?, 24_000, "{sql}");
        }
        assert_eq!(person.does(&["verify"])?["verified"], true);
        store.close().await;
        Ok(())
    });
}

/// The share of finds among the given share of rows with the highest scores.
fn precision_at(share: f64, scored: &mut [(f64, bool)]) -> f64 {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n = (share * scored.len() as f64).round() as usize;
    scored[..n].iter().filter(|(_, bad)| *bad).count() as f64 / n as f64
}

#[test]
fn the_published_customs_table_is_learned_as_well_as_it_should_be() -> Result<()> {
    let kcs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/kcs");
    let (train, valid) = (kcs.join("train.csv"), kcs.join("valid.csv"));
    if !valid.exists() {
        eprintln!("skipped: {} is not here", valid.display());
        return Ok(());
    }
    let (train, valid) = (train.display().to_string(), valid.display().to_string());
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    person.does(&["ingest", "--with-outcomes", &train])?;
    person.does(&["learn", "--approve", "--reason", "the year 2020"])?;
    let said = person.does(&["ingest", &valid])?;
    assert_eq!(said["files"][0]["outcomes_ignored"], 8_134);
    assert_eq!(person.does(&["screen"])?["screened"], 8_134);
    let out = person.path("scores.csv");
    person.does(&["export", "assessments", "--out", &out])?;
    let truth: HashMap<String, (bool, bool)> = rows_of(&valid)?
        .into_iter()
        .map(|row| {
            let id = row["Declaration ID"].clone();
            (id, (row["Fraud"] == "1", row["Critical Fraud"] == "2"))
        })
        .collect();
    let (mut irregular, mut critical) = (Vec::new(), Vec::new());
    for score in rows_of(&out)? {
        let (bad, worse) = truth[&score["declaration_id"]];
        irregular.push((real(&score, "p_irregular")?, bad));
        critical.push((real(&score, "p_critical")?, worse));
    }
    assert_eq!(irregular.len(), truth.len());
    let (at_5, at_1) = (precision_at(0.05, &mut irregular), precision_at(0.01, &mut critical));
    eprintln!("as screened: any irregularity p@5 % {at_5:.3}, critical p@1 % {at_1:.3}");
    ensure!(at_5 >= 0.98, "any irregularity, precision in the top 5 %: {at_5:.3}");
    ensure!(at_1 >= 0.60, "critical, precision in the top 1 %: {at_1:.3}");

    // A real day's plan at the largest office.
    let out = person.path("plan.csv");
    let plan = "plan --office 40 --shift 2021-02-01 --minutes 600 --out";
    person.does(&plan.split(' ').chain([out.as_str()]).collect::<Vec<_>>())?;
    let lines = rows_of(&out)?;
    holds_to_its_minutes(&lines, 600.0)?;
    with_reasons(&lines)?;
    assert_eq!(person.does(&["plan", "--replay", "P-1"])?["same"], true);

    person.does(&["ingest", "--with-outcomes", &valid])?;
    let judged = person.does(&["backtest", "--from", "2021-01-01"])?;
    assert_eq!(judged["judged"], 8_134);
    let figure = |path: &str| judged.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let precision = |target: &str, share: f64| {
        let top = judged.pointer(&format!("/{target}/all/top")).and_then(Value::as_array);
        let at = top.into_iter().flatten().find(|at| at["share"] == share);
        at.and_then(|at| at["precision"].as_f64()).unwrap_or(f64::NAN)
    };
    for (name, reached, least) in [
        ("any irregularity, p@5 %", precision("irregular", 0.05), 0.98),
        ("any irregularity, PR-AUC", figure("/irregular/all/pr_auc"), 0.93),
        ("any irregularity, AUC", figure("/irregular/all/auc"), 0.97),
        ("any irregularity, AUC on new goods", figure("/irregular/new_goods/auc"), 0.58),
        ("critical, p@1 %", precision("critical", 0.01), 0.60),
    ] {
        eprintln!("backtest: {name} {reached:.3}");
        ensure!(reached >= least, "{name} is {reached:.3}, not {least}");
    }
    Ok(())
}
