//! One decision table of 500 rows, judged by `zen-engine` and by ours on the same consignments;
//! both must fire on the same. The table collects all rows that hit, is compiled once, and a
//! consignment's variables are made once for all rows, which is the best that the peer can do.

use std::sync::Arc;

use futures::executor::block_on;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::rule::{Columns, Condition, Program, condition};
use zen_engine::Decision;
use zen_engine::model::DecisionContent;

#[expect(dead_code, reason = "its rules are no decision table")]
#[path = "../../../../crates/targeting/benches/book/mod.rs"]
mod book;
#[path = "../../compared.rs"]
mod compared;

use compared::{Run, ours, processor_s, tell};

const FIELDS: [&str; 5] =
    ["goods.origin", "goods.hs4", "goods.hs_chapter", "goods.net_mass_kg", "goods.value"];
const COUNTRIES: [&str; 8] = ["CN", "VN", "TH", "MX", "CO", "NL", "DE", "US"];

/// A row of the table, empty where anything will do, and the same as the text of a condition.
struct Row {
    cells: [String; 5],
    condition: String,
}

fn rows(count: usize) -> Vec<Row> {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let mut roll = move |sides: u64| (dice.next_u64() % sides) as usize;
    (0..count)
        .map(|n| {
            let (one, other) = (COUNTRIES[roll(8)], COUNTRIES[roll(8)]);
            let chapter = format!("{:02}", book::chapter(1 + roll(97)));
            let heading = format!("{chapter}{:02}", 1 + roll(20));
            let (mass, value) = (1 + roll(60), 10 * (1 + roll(90)));
            let none = String::new;
            match n % 3 {
                0 => Row {
                    cells: [format!("\"{one}\""), format!("\"{heading}\""), none(), none(), none()],
                    condition: format!("goods.origin == \"{one}\" && goods.hs4 == \"{heading}\""),
                },
                1 => Row {
                    cells: [
                        none(),
                        none(),
                        format!("\"{chapter}\""),
                        format!("> {mass}"),
                        format!("< {value}"),
                    ],
                    condition: format!(
                        "goods.hs_chapter == \"{chapter}\" && goods.net_mass_kg > {mass}.0 && \
                         goods.value < {value}.0"
                    ),
                },
                _ => Row {
                    cells: [
                        format!("\"{one}\", \"{other}\""),
                        none(),
                        format!("\"{chapter}\""),
                        none(),
                        format!("[{value}..{}]", value + 200),
                    ],
                    condition: format!(
                        "goods.origin in [\"{one}\", \"{other}\"] && \
                         goods.hs_chapter == \"{chapter}\" && goods.value >= {value}.0 && \
                         goods.value <= {}.0",
                        value + 200
                    ),
                },
            }
        })
        .collect()
}

fn table(rows: &[Row]) -> Decision {
    let field =
        |(n, path): (usize, &&str)| json!({"id": n.to_string(), "name": path, "field": path});
    let row = |(n, row): (usize, &Row)| {
        let mut cells = json!({"_id": n.to_string(), "row": n.to_string()});
        for (at, cell) in row.cells.iter().enumerate() {
            cells[at.to_string()] = json!(cell);
        }
        cells
    };
    let content = json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "collect",
                "inputs": FIELDS.iter().enumerate().map(field).collect::<Vec<_>>(),
                "outputs": [{"id": "row", "name": "row", "field": "row"}],
                "rules": rows.iter().enumerate().map(row).collect::<Vec<_>>(),
            }},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    });
    let mut content: DecisionContent = serde_json::from_value(content).expect("a decision");
    content.compile();
    Decision::from(Arc::new(content))
}

/// What the table reads of a consignment.
fn variables(columns: &Columns, places: &[(usize, &str)]) -> Value {
    let mut goods = serde_json::Map::new();
    for (place, path) in places {
        if let Some(said) = columns.said(*place, 0) {
            let name = path.trim_start_matches("goods.");
            let number = matches!(name, "net_mass_kg" | "value");
            let value = match said.parse::<f64>() {
                Ok(value) if number => json!(value),
                _ => json!(said),
            };
            goods.insert(name.to_owned(), value);
        }
    }
    json!({ "goods": goods })
}

fn main() {
    let asked = |n| std::env::args().nth(n).and_then(|count| count.parse().ok());
    // How many the peer judges, and how many times as many we do, so that both take a while.
    let (count, times): (usize, usize) = (asked(1).unwrap_or(2_000), asked(2).unwrap_or(1));
    let consignments: Vec<Consignment> = book::consignments(count);
    let rows = rows(500);
    let checked: Vec<Condition> =
        rows.iter().map(|row| condition(&row.condition).expect("it checks")).collect();
    let program = Program::of(checked.iter().map(|one| (one, &[][..])));

    let ours = ours(&program, rows.len(), &consignments, times);

    let fields = targeting::rule::fields();
    let places: Vec<(usize, &str)> =
        program.reads().iter().map(|&place| (place, fields[place].path.as_str())).collect();
    let decision = table(&rows);
    let mut theirs = vec![0usize; rows.len()];
    let began = processor_s();
    for one in &consignments {
        let facts = [Facts::of(one)];
        let columns = Columns::of(program.reads(), &facts, &Histories::default());
        let answer = block_on(decision.evaluate(variables(&columns, &places).into()));
        let hits = answer.expect("an answer").result.to_value();
        for hit in hits.as_array().into_iter().flatten() {
            // An output is an expression: the number of the row.
            let row = hit["row"].as_f64().expect("a row");
            theirs[row as usize] += 1;
        }
    }
    let theirs_took = processor_s() - began;

    let texts: Vec<&str> = rows.iter().map(|row| row.condition.as_str()).collect();
    tell(count, &texts, [ours, Run { name: "zen", hits: theirs, took: theirs_took }]);
}
