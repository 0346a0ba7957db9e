//! `sumun rehearse` as a head of unit would type it: a labelled table, a pretend port, what is
//! printed and what is kept. What the strategies may do is tested in `targeting::rehearsal`.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use jiff::ToSpan;
use jiff::civil::date;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use crate::customs_table as made;
use crate::person::Person;

/// Twenty-two weeks of forty declarations a day, with what inspections found.
fn table(person: &Person) -> Result<String> {
    let mut rows = Vec::new();
    for n in 0..22 * 7 {
        let day = date(2021, 1, 4).checked_add((n as i64).days())?.to_string();
        rows.extend(made::day(100 + n, &day, 1 + n * 40, 40));
    }
    person.file("labelled.csv", made::csv(&rows, true))
}

fn figure(of: &Value, strategy: &str, name: &str) -> Result<f64> {
    let figure = &of["strategies"][strategy][name];
    figure.as_f64().with_context(|| format!("{strategy} has no {name}: {of}"))
}

#[test]
fn strategies_play_a_labelled_table_and_everything_is_kept() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let table = table(&person)?;
    let out = person.path("kept");
    let words = ["rehearse", &table, "--budget", "0.08", "--seeds", "2", "--warm-up", "6"];
    let shown = ["--strategies", "greedy,hybrid,ours,random", "--out", &out];
    let said = person.does(&[&words[..], &shown].concat())?;

    assert_eq!(said["weeks_played"], 16);
    assert_eq!(said["traffic"]["consignments"], 22 * 7 * 40);
    for strategy in ["greedy", "hybrid", "ours", "random"] {
        for name in ["finds_vs_greedy", "recall", "rmse_pp_13w", "bias_pp_13w", "coverage_13w"] {
            figure(&said, strategy, name)?;
        }
        let exploitability = figure(&said, strategy, "exploitability")?;
        ensure!((0.0..=1.0).contains(&exploitability), "{strategy}: {exploitability}");
        ensure!((0.0..=1.0).contains(&figure(&said, strategy, "coverage_1w")?));
    }
    assert_eq!(figure(&said, "greedy", "finds_vs_greedy")?, 1.0);
    ensure!(figure(&said, "random", "finds_vs_greedy")? < 0.7, "{said}");
    ensure!(figure(&said, "ours", "finds_vs_greedy")? > 0.8, "{said}");
    assert_eq!(figure(&said, "greedy", "floor")?, 0.0);
    ensure!(figure(&said, "ours", "floor")? > 0.0);
    ensure!((figure(&said, "random", "floor")? - 1.0).abs() < 1e-9);
    // The same seeds play the same, however many play at once.
    let again = person.does(&[&words[..], &shown[..2], &["--threads", "1"]].concat())?;
    assert_eq!(said, again);

    // Four strategies with two seeds each, over sixteen weeks.
    let file = std::fs::File::open(Path::new(&out).join("weeks.parquet"))?;
    let rows = SerializedFileReader::new(file)?.metadata().file_metadata().num_rows();
    assert_eq!(rows, 4 * 2 * 16);
    let weeks = std::fs::read_to_string(Path::new(&out).join("weeks.json"))?;
    let weeks: Vec<Value> = serde_json::from_str(&weeks)?;
    assert_eq!(weeks.len(), 4 * 2 * 16);
    assert_eq!(weeks[0]["starts_on"], "2021-02-15");
    for picture in ["finds", "error", "coverage", "estimate-ours", "estimate-greedy"] {
        let svg = std::fs::read_to_string(Path::new(&out).join(format!("{picture}.svg")))?;
        ensure!(svg.starts_with("<svg") && svg.ends_with("</svg>") && !svg.contains("NaN"));
    }

    // For people: one table, with what its columns mean.
    let told = person.says(&["rehearse", &table, "--seeds", "1", "--no-mimic"])?;
    ensure!(told.code == 0 && told.out.contains("finds vs greedy"), "{told:?}");
    ensure!(told.out.contains("epsilon") || told.out.contains("ours"), "{told:?}");
    Ok(())
}

#[test]
fn smugglers_change_their_ways_half_way() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let table = table(&person)?;
    for how in ["swap", "lanes"] {
        let words = ["rehearse", &table, "--seeds", "1", "--no-mimic", "--adapt", how];
        let said = person.does(&[&words[..], &["--strategies", "ours"]].concat())?;
        let moved = figure(&said, "ours", "recall_moved")?;
        ensure!((0.0..=1.0).contains(&moved), "{how}: {moved}");
        ensure!(said["strategies"]["ours"]["exploitability"].is_null());
    }
    Ok(())
}

#[test]
fn a_pretend_port_is_played_and_what_cannot_be_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let person = Person::alone(folder.path());
    let port = ["rehearse", "--port", "6", "--warm-up", "3", "--seeds", "1", "--no-mimic"];
    let said = person.does(&port)?;
    assert_eq!(said["weeks_played"], 3);
    ensure!(figure(&said, "ours", "finds_vs_greedy")? > 0.3, "{said}");

    let short = person.file("short.csv", made::csv(&made::quarter(1, 20), true))?;
    let refused = person.is_refused(&["rehearse", &short, "--warm-up", "12"])?;
    ensure!(refused.contains("--warm-up"), "{refused}");
    let unlabelled =
        person.file("today.csv", made::csv(&made::day(1, "2021-04-05", 1, 50), false))?;
    let refused = person.is_refused(&["rehearse", &unlabelled])?;
    ensure!(refused.contains("needs tables with outcomes"), "{refused}");
    Ok(())
}
