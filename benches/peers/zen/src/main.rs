//! A decision table of five hundred rows, judged by `zen-engine` and by ours, on the same
//! consignments; both must fire on the same. The table is compiled once, and of a consignment only
//! the four fields that the table reads are given to it: the best that row by row can do.

use std::sync::Arc;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::rule::{BATCH, Columns, Condition, Program, condition, fields};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, Variable};

#[path = "../../../../crates/targeting/benches/book/mod.rs"]
mod book;

/// The fields of the table, each a column of it.
const FIELDS: [&str; 4] = ["goods.origin", "goods.hs4", "goods.net_mass_kg", "goods.value"];
const ROWS: usize = 500;

/// A row of the table: countries, a heading, a mass below and a value above.
struct Row {
    countries: Vec<String>,
    heading: Option<String>,
    mass: f64,
    value: f64,
}

impl Row {
    fn condition(&self) -> String {
        let countries: Vec<String> = self.countries.iter().map(|one| format!("\"{one}\"")).collect();
        let heading = self.heading.as_ref().map(|of| format!(" && goods.hs4 == \"{of}\""));
        format!(
            "goods.origin in [{}]{} && goods.net_mass_kg < {:.1} && goods.value > {:.1}",
            countries.join(", "),
            heading.unwrap_or_default(),
            self.mass,
            self.value
        )
    }

    fn cells(&self, n: usize) -> Value {
        let countries: Vec<String> = self.countries.iter().map(|one| format!("\"{one}\"")).collect();
        json!({
            "_id": n.to_string(),
            "origin": countries.join(", "),
            "hs4": self.heading.as_ref().map(|of| format!("\"{of}\"")).unwrap_or_default(),
            "mass": format!("< {:.1}", self.mass),
            "value": format!("> {:.1}", self.value),
            "rule": n.to_string(),
        })
    }
}

/// What a consignment says in the table's fields; none where it does not say one of them.
fn said(one: &Consignment, places: &[usize]) -> Option<Vec<String>> {
    let facts = [Facts::of(one)];
    let columns = Columns::of(places, &facts, &Histories::default());
    places.iter().map(|&place| columns.said(place, 0).map(|said| said.to_string())).collect()
}

fn main() {
    let asked = |n| std::env::args().nth(n).and_then(|count| count.parse().ok());
    let (count, times): (usize, usize) = (asked(1).unwrap_or(2_000), asked(2).unwrap_or(1));
    let place = |path: &&str| fields().iter().position(|field| field.path == *path).expect("a field");
    let places: Vec<usize> = FIELDS.iter().map(place).collect();
    let (consignments, said): (Vec<Consignment>, Vec<Vec<String>>) = book::consignments(count)
        .into_iter()
        .filter_map(|one| said(&one, &places).map(|said| (one, said)))
        .unzip();
    let rows = rows(&said);

    let checked: Vec<Condition> =
        rows.iter().map(|row| condition(&row.condition()).expect("it checks")).collect();
    let program = Program::of(checked.iter().map(|one| (one, &[][..])));
    let began = processor_s();
    let mut ours: Vec<Vec<usize>> = vec![];
    for _ in 0..times {
        ours = vec![vec![]; consignments.len()];
        for (at, batch) in (0..).step_by(BATCH).zip(consignments.chunks(BATCH)) {
            let facts: Vec<Facts<'_>> = batch.iter().map(Facts::of).collect();
            let columns = Columns::of(program.reads(), &facts, &Histories::default());
            let hits = program.fires(&columns);
            for rule in 0..rows.len() {
                hits.rows(rule).for_each(|row| ours[at + row].push(rule));
            }
        }
    }
    let ours_took = (processor_s() - began) / times as f64;

    let decision = table(&rows);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let began = processor_s();
    let theirs: Vec<Vec<usize>> = said.iter().map(|said| {
        let number = |at: usize| said[at].parse::<f64>().expect("a number");
        let context = json!({
            "origin": said[0], "hs4": said[1], "mass": number(2), "value": number(3),
        });
        let answer = runtime.block_on(decision.evaluate(Variable::from(context)));
        fired(&answer.expect("it is judged").result.to_value())
    }).collect();
    let theirs_took = processor_s() - began;

    let differ = (0..consignments.len()).filter(|&at| ours[at] != theirs[at]).count();
    let asked = (consignments.len() * rows.len()) as f64;
    println!(
        "{} rows, {} consignments, {} hits, {differ} consignments differ\nours   {ours_took:8.3} s, \
         {:7.1} ns a row and consignment\nzen    {theirs_took:8.3} s, {:7.1} ns\nratio  {:8.1}",
        rows.len(),
        consignments.len(),
        ours.iter().map(Vec::len).sum::<usize>(),
        ours_took / asked * 1e9,
        theirs_took / asked * 1e9,
        theirs_took / ours_took
    );
}

/// Rows from what the consignments say, so that they fire on some.
fn rows(said: &[Vec<String>]) -> Vec<Row> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let number = |text: &String| text.parse::<f64>().expect("a number");
    (0..ROWS)
        .map(|n| {
            let like = said.choose(&mut random).expect("a consignment");
            let others = (0..random.random_range(0..4)).filter_map(|_| said.choose(&mut random));
            let mut countries: Vec<String> = others.map(|one| one[0].clone()).collect();
            countries.push(like[0].clone());
            Row {
                countries,
                heading: (n % 4 != 0).then(|| like[1].clone()),
                mass: number(&like[2]) + 0.1,
                value: number(&like[3]) - 0.1,
            }
        })
        .collect()
}

fn table(rows: &[Row]) -> Decision {
    let column = |name: &str| json!({ "id": name, "name": name, "field": name });
    let content: DecisionContent = serde_json::from_value(json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode", "content": {} },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "collect",
                "inputs": ["origin", "hs4", "mass", "value"].map(column),
                "outputs": [column("rule")],
                "rules": rows.iter().enumerate().map(|(n, row)| row.cells(n)).collect::<Vec<_>>(),
            } },
            { "id": "out", "name": "out", "type": "outputNode", "content": {} },
        ],
        "edges": [
            { "id": "a", "sourceId": "in", "targetId": "table" },
            { "id": "b", "sourceId": "table", "targetId": "out" },
        ],
    }))
    .expect("a decision");
    let mut decision = Decision::from(Arc::new(content));
    decision.compile();
    decision
}

/// The rows that fired.
fn fired(answer: &Value) -> Vec<usize> {
    let of = |one: &Value| one["rule"].as_u64().map(|rule| rule as usize);
    answer.as_array().map(|all| all.iter().filter_map(of).collect()).unwrap_or_default()
}

/// Processor time of this program so far, in seconds: what others do on the machine does not count.
fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: user and system time are the 12th and 13th, in hundredths.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|one| one.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
