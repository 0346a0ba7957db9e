//! A made-up decision table, judged by the `zen-engine` crate and by ours on the same made-up
//! consignments; both must fire on the same. The table is compiled once, and the variables of a
//! consignment are made before the clock starts, so that only judging is told of the peer.

use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::rule::{BATCH, Columns, Condition, Program, condition};
use zen_engine::Decision;

#[path = "../../../../crates/targeting/benches/book/mod.rs"]
#[expect(dead_code, reason = "only its consignments are asked for")]
mod book;

/// A row of the table: all of it must hold.
struct Row {
    hs4: String,
    origins: [&'static str; 2],
    mass_below_kg: u32,
    value_above: u32,
}

fn table(rows: usize) -> Vec<Row> {
    const ORIGINS: [&str; 8] = ["CN", "US", "VN", "TH", "CO", "PE", "NL", "KR"];
    let mut dice = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let mut roll = |below: u32| dice.random_range(0..below);
    (0..rows)
        .map(|_| Row {
            hs4: format!("{:02}{:02}", 1 + roll(97), 1 + roll(20)),
            origins: [ORIGINS[roll(4) as usize], ORIGINS[4 + roll(4) as usize]],
            mass_below_kg: 5 + roll(50),
            value_above: 5 + roll(400),
        })
        .collect()
}

fn condition_of(row: &Row) -> String {
    let Row { hs4, origins: [a, b], mass_below_kg, value_above } = row;
    format!(
        "goods.hs4 == \"{hs4}\" && goods.origin in [\"{a}\", \"{b}\"] && \
         goods.net_mass_kg < {mass_below_kg} && goods.value > {value_above}"
    )
}

/// The table as the peer reads it: an input, the table, an output.
fn decision(rows: &[Row]) -> Decision {
    let inputs = ["hs4", "origin", "mass", "value"];
    let row = |(number, row): (usize, &Row)| {
        let Row { hs4, origins: [a, b], mass_below_kg, value_above } = row;
        json!({
            "_id": format!("r{number}"),
            "hs4": format!("\"{hs4}\""),
            "origin": format!("\"{a}\", \"{b}\""),
            "mass": format!("< {mass_below_kg}"),
            "value": format!("> {value_above}"),
            "rule": number.to_string(),
        })
    };
    let of = |id: &str| json!({ "id": id, "name": id, "field": id });
    let graph = json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode" },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "collect",
                "inputs": inputs.map(of),
                "outputs": [of("rule")],
                "rules": rows.iter().enumerate().map(row).collect::<Vec<_>>(),
            } },
            { "id": "out", "name": "out", "type": "outputNode" },
        ],
        "edges": [
            { "id": "e1", "sourceId": "in", "targetId": "table", "type": "edge" },
            { "id": "e2", "sourceId": "table", "targetId": "out", "type": "edge" },
        ],
    });
    let content: zen_engine::model::GraphContent =
        serde_json::from_value(graph).expect("it is a decision");
    let mut decision = Decision::from(content);
    decision.compile();
    decision
}

fn main() {
    let asked = |n| std::env::args().nth(n).and_then(|count| count.parse().ok());
    // How many the peer judges, rows of the table, how many times as many we do.
    let (count, rows): (usize, usize) = (asked(1).unwrap_or(2_000), asked(2).unwrap_or(500));
    let times: usize = asked(3).unwrap_or(1);
    let rows = table(rows);
    let whole = |one: &Consignment| {
        let facts = Facts::of(one);
        facts.value.is_some() && facts.net_mass_g.is_some() && facts.origin.is_some()
    };
    let mut consignments = book::consignments(count);
    consignments.retain(whole);

    let checked: Vec<Condition> =
        rows.iter().map(|row| condition(&condition_of(row)).expect("it checks")).collect();
    let program = Program::of(checked.iter().map(|one| (one, &[][..])));
    let began = processor_s();
    let mut ours = vec![0usize; rows.len()];
    for _ in 0..times {
        ours.fill(0);
        for batch in consignments.chunks(BATCH) {
            let facts: Vec<Facts<'_>> = batch.iter().map(Facts::of).collect();
            let columns = Columns::of(program.reads(), &facts, &Histories::default());
            let hits = program.fires(&columns);
            ours.iter_mut().enumerate().for_each(|(rule, fired)| *fired += hits.count(rule));
        }
    }
    let ours_took = (processor_s() - began) / times as f64;

    let decision = decision(&rows);
    let contexts: Vec<Value> = consignments
        .iter()
        .map(|one| {
            let facts = Facts::of(one);
            json!({
                "hs4": facts.hs.map(|hs| format!("{:04}", hs.prefix(4))),
                "origin": facts.origin.map(|code| code.as_str().to_owned()),
                "mass": facts.net_mass_g.map(|grams| grams as f64 / 1_000.0),
                "value": facts.value,
            })
        })
        .collect();
    let contexts: Vec<zen_engine::Variable> = contexts.into_iter().map(Into::into).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut theirs = vec![0usize; rows.len()];
    let began = processor_s();
    for context in contexts {
        let answer = runtime.block_on(decision.evaluate(context)).expect("it answers");
        let answer = answer.result.to_value();
        for hit in answer.as_array().into_iter().flatten() {
            let number = hit["rule"].as_f64().expect("a number of a row");
            theirs[number as usize] += 1;
        }
    }
    let theirs_took = processor_s() - began;

    let differ = (0..rows.len()).filter(|&row| ours[row] != theirs[row]).count();
    let asked = (consignments.len() * rows.len()) as f64;
    println!(
        "{} rows, {} consignments, {} hits, {differ} rows differ\nours   {ours_took:8.3} s, {:7.1} \
         ns a row and consignment\nzen    {theirs_took:8.3} s, {:7.1} ns\nratio  {:8.1}",
        rows.len(),
        consignments.len(),
        ours.iter().sum::<usize>(),
        ours_took / asked * 1e9,
        theirs_took / asked * 1e9,
        theirs_took / ours_took
    );
}

/// Processor time of this program so far, in seconds: what others do on the machine does not count.
fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: user and system time are the 12th and 13th, in hundredths.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|one| one.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
