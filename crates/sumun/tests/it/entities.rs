//! Who is one: tables of persons resolved as a person at a terminal does, with the truth known.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use harbour::people::{LIVES_COLUMNS, PeopleKind, REGISTER_COLUMNS, people};

use crate::person::Person;

/// A table as CSV, and the truth of its rows.
fn table(
    kind: PeopleKind,
    persons: usize,
    seed: u64,
) -> Result<(Vec<u8>, HashMap<String, String>)> {
    let columns = match kind {
        PeopleKind::Register => &REGISTER_COLUMNS[..],
        PeopleKind::Lives => &LIVES_COLUMNS[..],
    };
    let (mut out, mut truth) = (csv::Writer::from_writer(Vec::new()), HashMap::new());
    out.write_record(columns)?;
    for row in people(kind, persons, seed) {
        truth.insert(row[0].clone(), row[1].clone());
        out.write_record(row)?;
    }
    Ok((out.into_inner()?, truth))
}

/// F1 over pairs of rows.
fn pair_f1(truth: &HashMap<String, String>, clusters: &str) -> Result<f64> {
    let (mut found, mut right) = (HashMap::<String, u64>::new(), HashMap::<_, u64>::new());
    let mut real = HashMap::<&str, u64>::new();
    for row in csv::Reader::from_path(clusters)?.records() {
        let row = row?;
        let of = truth.get(&row[0]).context("a row that was not asked")?;
        *real.entry(of).or_default() += 1;
        *found.entry(row[1].to_owned()).or_default() += 1;
        *right.entry((of, row[1].to_owned())).or_default() += 1;
    }
    ensure!(real.values().sum::<u64>() == truth.len() as u64, "rows are missing");
    let pairs = |n: u64| n * (n - 1) / 2;
    let right: u64 = right.into_values().map(pairs).sum();
    let all =
        found.into_values().map(pairs).sum::<u64>() + real.into_values().map(pairs).sum::<u64>();
    Ok(2.0 * right as f64 / all as f64)
}

#[test]
fn a_table_of_persons_is_resolved_and_explained() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    for (kind, persons, least) in
        [(PeopleKind::Register, 1_000, 0.99), (PeopleKind::Lives, 400, 0.93)]
    {
        let (csv, truth) = table(kind, persons, 17)?;
        let (file, out) = (person.file("people.csv", csv)?, person.path("clusters.csv"));
        let words = ["resolve", &file, "--id", "record", "--out", &out];
        let said = person.does(&words)?;
        let f1 = pair_f1(&truth, &out)?;
        ensure!(f1 > least, "{kind:?}: F1 {f1:.4}");
        assert_eq!(said["rows"], truth.len());
        // The truth and what is protected took no part.
        for column in said["columns"].as_array().context("no columns")? {
            let name = column["column"].as_str().unwrap_or_default();
            let ignored = column["role"] == "ignored";
            let wanted = ["record", "truth", "first_and_surname", "gender"].contains(&name);
            ensure!(ignored == wanted, "{column}");
        }
        let waterfall = &said["waterfalls"][0]["waterfall"];
        let steps = waterfall["steps"].as_array().context("no steps")?;
        let sum: f64 = steps.iter().filter_map(|step| step["bits"].as_f64()).sum();
        let start = waterfall["start_bits"].as_f64().context("no start")?;
        let total = waterfall["total_bits"].as_f64().context("no sum")?;
        ensure!((start + sum - total).abs() < 1e-6, "{waterfall}");
        // The same table comes to the same entities, whatever the threads.
        let before = std::fs::read(&out)?;
        person.does(&[&words[..], &["--threads", "1"]].concat())?;
        ensure!(before == std::fs::read(&out)?, "{kind:?}: one thread finds other entities");
    }
    Ok(())
}

#[test]
fn what_cannot_be_resolved_is_refused_with_the_next_step() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let out = person.path("out.csv");
    let file = person.file("firms.csv", "no,wer\n1,Hanbit\n2,Hanbit Ltd\n3,Other\n")?;
    let resolve = |more: &[&str]| -> Vec<String> {
        let words = ["resolve", &file, "--out", &out].into_iter().chain(more.iter().copied());
        words.map(str::to_owned).collect()
    };
    let refused = |more: &[&str]| -> Result<String> {
        let words = resolve(more);
        person.is_refused(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    ensure!(refused(&["--id", "id"])?.contains("no, wer"));
    ensure!(refused(&["--id", "no"])?.contains("--map"));
    ensure!(refused(&["--id", "no", "--map", "name=wer"])?.contains("full_name"));
    ensure!(refused(&["--id", "no", "--map", "full_name=was"])?.contains("no column"));
    let words = resolve(&["--id", "no", "--map", "full_name=wer"]);
    let said = person.does(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
    assert_eq!(said["entities"], 2, "{said}");
    Ok(())
}
