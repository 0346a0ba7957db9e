//! What a head of unit asks for, as typed: the report as one file in two languages, the traffic
//! divided, and what another ranking would have found. Each is driven by the binary on a store with
//! a worked shift; the figures are held against each other and against the known truth.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::customs_table::{self as made, Declared, OUTCOMES};
use crate::engines::each_place;
use crate::person::Person;

const SHIFT: &str = "2021-04-05";

/// The rows of a plan's table, each by its headings.
type Lines = Vec<HashMap<String, String>>;

/// A quarter learned from, a new day planned; gives the day and the plan's lines.
fn planned(person: &Person) -> Result<(Vec<Declared>, Lines)> {
    person.does(&["migrate"])?;
    let today = made::day(500, SHIFT, 900_001, 400);
    let past = person.file("past.csv", made::csv(&made::quarter(1, 30), true))?;
    person.does(&["ingest", "--with-outcomes", &past])?;
    person.does(&["learn", "--approve", "--reason", "first quarter"])?;
    let file = person.file("today.csv", made::csv(&today, true))?;
    person.does(&["ingest", &file])?;
    person.does(&["screen"])?;
    let out = person.path("plan.csv");
    let words = ["plan", "--office", "40", "--shift", SHIFT, "--minutes", "600", "--seed", "7"];
    person.does(&[&words[..], &["--regime", "parcel", "--out", &out]].concat())?;
    let mut csv = csv::Reader::from_path(out)?;
    Ok((today, csv.deserialize().collect::<Result<_, _>>()?))
}

fn worked(person: &Person, today: &[Declared], plan: &Lines) -> Result<()> {
    let truth: HashMap<String, &Declared> =
        today.iter().map(|row| (row.id.to_string(), row)).collect();
    let mut csv = OUTCOMES.to_owned();
    for line in plan.iter().filter(|line| line["drawn"] == "1") {
        csv.push_str(&made::outcome(truth.get(&line["consignment"]).context("another day")?));
    }
    let file = person.file("outcomes.csv", csv)?;
    person.does(&["record", &file])?;
    Ok(())
}

fn real(of: &Value, name: &str) -> Result<f64> {
    of[name].as_f64().with_context(|| format!("{name} of {of}"))
}

/// One file: nothing is fetched, nothing runs, every picture and table is in it.
fn stands_alone(html: &str) {
    for outside in ["<script", "src=", "href=", "url(", "@import", "<link", "<img"] {
        assert!(!html.contains(outside), "{outside}");
    }
    let addresses = html.matches("http").count();
    assert_eq!(addresses, html.matches("http://www.w3.org/2000/svg").count());
    assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
    assert!(!html.contains("undefined") && !html.contains("NaN") && !html.contains("none,"));
}

#[test]
fn a_report_is_one_file_in_two_languages_with_the_measured_figures() {
    each_place(false, async |place| {
        let person = Person::at(place);
        let (today, plan) = planned(&person)?;
        let out = person.path("report.html");
        let report = ["measure", "--report", "--out", &out];

        // A plan that nobody has worked has nothing to show, and says what to do.
        person.does(&report)?;
        let html = std::fs::read_to_string(&out)?;
        stands_alone(&html);
        ensure!(!html.contains("<svg") && html.contains("sumun record"), "{html}");
        ensure!(html.contains("검사 결과가 하나도 없습니다"), "{html}");

        worked(&person, &today, &plan)?;
        let measure = person.does(&["measure"])?;
        let written = person.does(&report)?;
        assert_eq!(written["measures"][0]["pooled"], measure["pooled"]);
        let html = std::fs::read_to_string(&out)?;
        stands_alone(&html);
        for words in ["얼마나 통과하는가", "How much gets past", "빙산", "id=\"show-en\"", "밀수품"]
        {
            ensure!(html.contains(words), "{words} is not in the report");
        }
        // Six pictures for each of two targets, in two languages.
        assert_eq!(html.matches("<svg").count(), 2 * 2 * 6);
        let found = measure["pooled"]["found"].as_u64().context("found")?;
        ensure!(html.contains(&format!("<b>{found}건</b>")), "{found} finds");
        let naive = sumun::picture::number(real(&measure["pooled"], "naive")?);
        ensure!(html.contains(&format!("would give {naive}")), "{naive}");

        let one = ["--language", "en", "--target", "critical"];
        person.does(&[&report[..], &one].concat())?;
        let html = std::fs::read_to_string(&out)?;
        stands_alone(&html);
        ensure!(!html.contains("위반") && !html.contains("type=\"radio\""), "one language");
        let usage = person.says(&["measure", "--report"])?;
        ensure!(usage.code != 0 && usage.err.contains("--out"), "{usage:?}");
        Ok(())
    });
}

#[test]
fn the_traffic_is_divided_and_the_parts_make_the_whole() {
    each_place(false, async |place| {
        let person = Person::at(place);
        let (today, plan) = planned(&person)?;
        worked(&person, &today, &plan)?;
        for by in ["chapter", "origin", "departure", "direction"] {
            let measure = person.does(&["measure", "--by", by])?;
            assert_eq!(measure["by"], by);
            let strata = measure["strata"].as_array().context("strata")?;
            ensure!(!strata.is_empty(), "{measure}");
            for what in ["population", "inspected", "found", "missing"] {
                let sum: f64 = strata.iter().map(|of| real(of, what)).sum::<Result<f64>>()?;
                assert_eq!(sum, real(&measure["pooled"], what)?, "{what} by {by}");
            }
            for of in strata {
                ensure!(real(of, "low")? <= real(of, "estimate")?, "{of}");
                ensure!(real(of, "estimate")? <= real(of, "high")?, "{of}");
            }
        }
        let measure = person.does(&["measure"])?;
        assert_eq!(measure["months"][0]["of"], "2021-04");
        assert_eq!(measure["quarters"][0]["of"], "2021-Q2");
        assert_eq!(measure["years"][0]["of"], "2021");
        assert_eq!(measure["course"][0]["of"], SHIFT);
        assert_eq!(measure["course"][0]["band"], Value::Null);
        assert_eq!(measure["change"], Value::Null);
        Ok(())
    });
}

#[test]
fn what_another_ranking_would_have_found_is_known_before_it_is_used() {
    each_place(false, async |place| {
        let person = Person::at(place);
        let (today, plan) = planned(&person)?;
        // Nothing to compare with before the shift is worked.
        let refused = person.is_refused(&["measure", "--value-of", "M-1"])?;
        ensure!(refused.contains("no plan of this window has an outcome"), "{refused}");
        worked(&person, &today, &plan)?;

        // A rule that takes just what was certain found just what those inspections found.
        let bad: HashMap<String, bool> =
            today.iter().map(|row| (row.id.to_string(), row.irregular)).collect();
        let certain: Vec<&HashMap<String, String>> =
            plan.iter().filter(|line| line["chance"].parse() == Ok(1.0)).collect();
        let mut csv = "declaration_id,score\n".to_owned();
        for line in &plan {
            let takes = u8::from(line["chance"].parse() == Ok(1.0));
            csv.push_str(&format!("{},{takes}\n", line["consignment"]));
        }
        let file = person.file("certain.csv", csv)?;
        let value = person.does(&["measure", "--value-of", &file])?;
        let found = certain.iter().filter(|line| bad[&line["consignment"]]).count() as f64;
        assert_eq!(value["known"], certain.len());
        for end in ["estimate", "low", "high"] {
            ensure!((real(&value["finds"], end)? - found).abs() < 1e-6, "{found}: {value}");
        }
        assert_eq!(value["without_score"], 0);

        // An oracle: its value is estimated from what was drawn alone, and held by the interval.
        let mut csv = "declaration_id,score\n".to_owned();
        for row in &today {
            csv.push_str(&format!("{},{}\n", row.id, if row.irregular { 0.9 } else { 0.1 }));
        }
        let oracle = person.file("oracle.csv", csv)?;
        let value = person.does(&["measure", "--value-of", &oracle])?;
        let drawn = plan.iter().filter(|line| line["drawn"] == "1").count();
        ensure!((real(&value, "taken")? - drawn as f64).abs() < 1e-6, "{drawn}: {value}");
        let there = plan.iter().filter(|line| bad[&line["consignment"]]).count().min(drawn) as f64;
        let (low, high) = (real(&value["finds"], "low")?, real(&value["finds"], "high")?);
        ensure!(low <= there && there <= high, "{there}: {value}");

        // The model in force knew nothing of the shift; one that learned from it is not asked.
        let value = person.does(&["measure", "--value-of", "M-1"])?;
        ensure!(real(&value, "taken")? > 0.0 && value["plans_learned_from"] == 0, "{value}");
        let said = person.says(&["measure", "--value-of", "M-1"])?;
        ensure!(said.out.contains("With the same capacity M-1 would have found"), "{said:?}");
        person.does(&["learn"])?;
        let refused = person.is_refused(&["measure", "--value-of", "M-2"])?;
        ensure!(refused.contains("it would only repeat what it was told"), "{refused}");

        let refused = person.is_refused(&["measure", "--value-of", "M-9"])?;
        ensure!(refused.contains("no model M-9"), "{refused}");
        let refused = person.is_refused(&["measure", "--value-of", "nowhere.csv"])?;
        ensure!(refused.contains("neither a model nor a file"), "{refused}");
        let wrong = person.file("wrong.csv", "declaration,points\n1,2\n")?;
        let refused = person.is_refused(&["measure", "--value-of", &wrong])?;
        ensure!(refused.contains("declaration, points"), "{refused}");
        let wrong = person.file("words.csv", "declaration_id,score\n1,high\n")?;
        let refused = person.is_refused(&["measure", "--value-of", &wrong])?;
        ensure!(refused.contains("`high`"), "{refused}");
        let strange = person.file("strange.csv", "declaration_id,score\nX-1,1\n")?;
        let refused = person.is_refused(&["measure", "--value-of", &strange])?;
        ensure!(refused.contains("has a score"), "{refused}");
        Ok(())
    });
}

/// Scans that overlook what they overlook, whatever the plan thought of them.
#[test]
fn silent_scans_are_unpacked_by_chance_and_the_detection_is_measured() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let today = made::day(500, SHIFT, 900_001, 900);
        let file = person.file("today.csv", made::csv(&today, true))?;
        person.does(&["ingest", &file])?;
        let out = person.path("plan.csv");
        let mut words = vec!["plan", "--office", "40", "--shift", SHIFT, "--minutes", "scan=4000"];
        words.extend(["--minutes-each", "scan=10", "--seed", "7", "--out", &out]);
        person.does(&words)?;
        let mut csv = csv::Reader::from_path(&out)?;
        let plan: Lines = csv.deserialize().collect::<Result<_, _>>()?;
        let bad: HashMap<String, bool> =
            today.iter().map(|row| (row.id.to_string(), row.irregular)).collect();

        // One in three that is bad alarms; the plan thinks six in ten.
        let head = "declaration_id,outcome,detection_method,modality\n";
        let mut csv = head.to_owned();
        let drawn: Vec<&str> = (plan.iter().filter(|line| line["drawn"] == "1"))
            .map(|line| line["consignment"].as_str())
            .collect();
        for (n, id) in drawn.iter().enumerate() {
            csv.push_str(&match bad[*id] && n % 3 == 0 {
                true => format!("{id},discrepancy,scan,scan\n"),
                false => format!("{id},clear,,scan\n"),
            });
        }
        let file = person.file("scans.csv", csv)?;
        person.does(&["record", &file])?;
        let thought = person.does(&["measure"])?;
        let rests = |measure: &Value, on: &str| -> bool {
            let assumptions = measure["pooled"]["assumptions"].as_array();
            assumptions.is_some_and(|of| of.iter().any(|one| one == on))
        };
        ensure!(rests(&thought, "detection-known"), "{thought}");
        let tested = person.does(&["measure", "--detection-tests", "10"])?;
        ensure!(rests(&tested, "detection-tested"), "{tested}");
        ensure!(real(&tested["pooled"], "high")? > real(&thought["pooled"], "high")?, "{tested}");

        let refused = person.is_refused(&["measure", "--verify-scans", "P-99"])?;
        ensure!(refused.contains("no plan P-99"), "{refused}");
        let mut csv = head.to_owned();
        let (mut silent, mut wanted) = (0, 0);
        for plan in thought["plans"].as_u64().map(|n| 1..=n).context("plans")? {
            let plan = format!("P-{plan}");
            let verify = ["measure", "--verify-scans", &plan, "--verify-share", "0.5"];
            let answer = person.does(&verify)?;
            silent += answer["silent"].as_u64().context("silent")?;
            for id in answer["unpack"].as_array().context("unpack")? {
                let id = id.as_str().context("a declaration")?;
                wanted += 1;
                csv.push_str(&match bad[id] {
                    true => format!("{id},discrepancy,physical_examination,unpack\n"),
                    false => format!("{id},clear,,unpack\n"),
                });
            }
            // Asked again, every silent scan has its answer already.
            assert_eq!(person.does(&verify)?["silent"], 0);
        }
        ensure!(wanted * 3 > silent && wanted * 3 < 2 * silent, "{wanted} of {silent}");
        // What is to be unpacked and is not yet is missing.
        assert_eq!(person.does(&["measure"])?["pooled"]["missing"], wanted);
        let file = person.file("unpacked.csv", csv)?;
        person.does(&["record", "--correct", &file])?;
        let measured = person.does(&["measure"])?;
        assert_eq!(measured["pooled"]["missing"], 0);
        ensure!(rests(&measured, "scans-verified"), "{measured}");
        ensure!(!rests(&measured, "detection-known"), "{measured}");
        let truth = plan.iter().filter(|line| bad[&line["consignment"]]).count() as f64;
        let (low, high) = (real(&measured["pooled"], "low")?, real(&measured["pooled"], "high")?);
        ensure!(low <= truth && truth <= high, "{truth}: {measured}");
        // With the detection the plan thought of, the estimate was far too low.
        ensure!(real(&thought["pooled"], "estimate")? < 0.8 * truth, "{truth}: {thought}");
        ensure!(real(&measured["pooled"], "estimate")? > 0.8 * truth, "{truth}: {measured}");
        person.does(&["verify"])?;
        Ok(())
    });
}

/// A report without a modality is of the one ordered; what is unpacked at once has no second step.
#[test]
fn what_was_ordered_says_which_inspections_have_two_steps() {
    each_place(false, async |place| {
        let person = Person::at(place);
        person.does(&["migrate"])?;
        let today = made::day(500, SHIFT, 900_001, 400);
        let file = person.file("today.csv", made::csv(&today, true))?;
        person.does(&["ingest", &file])?;
        let out = person.path("plan.csv");
        let mut words = vec!["plan", "--office", "40", "--regime", "parcel", "--shift", SHIFT];
        words.extend(["--minutes", "scan=600", "--minutes", "unpack=600", "--minutes-each"]);
        words.extend(["scan=10", "--minutes-each", "unpack=20", "--seed", "7", "--out", &out]);
        person.does(&words)?;
        let mut csv = csv::Reader::from_path(&out)?;
        let plan: Lines = csv.deserialize().collect::<Result<_, _>>()?;
        let drawn = |modality: &str| -> Vec<&str> {
            let of =
                plan.iter().filter(|line| line["drawn"] == "1" && line["modality"] == modality);
            of.map(|line| line["consignment"].as_str()).collect()
        };
        let (scans, unpacked) = (drawn("scan"), drawn("unpack"));
        ensure!(scans.len() > 10 && unpacked.len() > 10, "{} {}", scans.len(), unpacked.len());

        // Every unpacking finds something, every scan is silent.
        let mut csv = "declaration_id,outcome,detection_method,modality\n".to_owned();
        csv.extend(scans.iter().map(|id| format!("{id},clear,,\n")));
        csv.extend(unpacked.iter().map(|id| format!("{id},discrepancy,physical_examination,\n")));
        let file = person.file("outcomes.csv", csv)?;
        person.does(&["record", &file])?;
        let before = person.does(&["measure"])?;
        let answer = person.does(&["measure", "--verify-scans", "P-1", "--verify-share", "0.5"])?;
        assert_eq!(answer["silent"], scans.len());

        let after = person.does(&["measure"])?;
        let wanted = answer["unpack"].as_array().context("unpack")?;
        assert_eq!(after["pooled"]["missing"], wanted.len());
        let assumptions = after["pooled"]["assumptions"].as_array().context("assumptions")?;
        ensure!(assumptions.iter().any(|one| one == "scans-verified"), "{after}");
        // Once the draw's unpackings found nothing either, the finds weigh what they did before.
        let mut csv = "declaration_id,outcome,detection_method,modality\n".to_owned();
        for id in wanted {
            csv.push_str(&format!("{},clear,,unpack\n", id.as_str().context("a declaration")?));
        }
        let file = person.file("unpacked.csv", csv)?;
        person.does(&["record", "--correct", &file])?;
        let after = person.does(&["measure"])?;
        assert_eq!(after["pooled"]["missing"], 0);
        let estimate = |of: &Value| real(&of["pooled"], "estimate");
        ensure!((estimate(&before)? - estimate(&after)?).abs() < 1e-6, "{before}\n{after}");
        Ok(())
    });
}
