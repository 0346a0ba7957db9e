//! The made-up book of rules, judged by the `cel` crate alone and by ours, on the same
//! consignments; both must fire on the same. Rules are compiled once and the variables of a
//! consignment are made once for all rules, which is the best that one-by-one judging can do.

use std::collections::HashMap;

use cel::{Context, Program as Cel, Value};
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::indicator;
use targeting::rule::{Columns, Condition, Program, condition, fields};

#[path = "../../../../crates/targeting/benches/book/mod.rs"]
mod book;
#[path = "../../compared.rs"]
mod compared;

use compared::{Run, ours, processor_s, tell};

/// Indicators written out, since the peer does not know them.
fn written_out(text: &str) -> String {
    let mut text = text.to_owned();
    for one in indicator::all() {
        text = text.replace(&format!("indicator(\"{}\")", one.code), &format!("({})", one.text));
    }
    text
}

fn main() {
    let asked = |n| std::env::args().nth(n).and_then(|count| count.parse().ok());
    // How many the peer judges, and how many times as many we do, so that both take a while.
    let (count, times): (usize, usize) = (asked(1).unwrap_or(2_000), asked(2).unwrap_or(1));
    let consignments = book::consignments(count);
    let texts = book::rules(500);
    let checked: Vec<(Condition, Vec<String>)> = texts
        .iter()
        .map(|(text, offices)| (condition(text).expect("it checks"), offices.clone()))
        .collect();
    let program = Program::of(checked.iter().map(|(one, offices)| (one, &offices[..])));

    let ours = ours(&program, texts.len(), &consignments, times);

    let compiled: Vec<(Cel, &Vec<String>)> = texts
        .iter()
        .map(|(text, offices)| (Cel::compile(&written_out(text)).expect("it compiles"), offices))
        .collect();
    let began = processor_s();
    let mut theirs = vec![0usize; texts.len()];
    for one in &consignments {
        let context = variables(one, program.reads());
        for ((rule, offices), fired) in compiled.iter().zip(&mut theirs) {
            let here = offices.is_empty() || offices.iter().any(|office| one.office == *office);
            if here && rule.execute(&context).is_ok_and(|value| value == Value::Bool(true)) {
                *fired += 1;
            }
        }
    }
    let theirs_took = processor_s() - began;
    let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
    tell(count, &texts, [ours, Run { name: "cel", hits: theirs, took: theirs_took }]);
}

/// The fields that the book reads, as maps of maps.
fn variables(one: &Consignment, places: &[usize]) -> Context<'static, 'static> {
    let facts = [Facts::of(one)];
    let columns = Columns::of(places, &facts, &Histories::default());
    let mut groups: HashMap<&str, HashMap<String, Value>> = HashMap::new();
    let mut context = Context::default();
    for &place in places {
        let field = &fields()[place];
        let value = columns.said(place, 0).map(|said| match field.kind {
            targeting::rule::FieldKind::Text => Value::from(said),
            targeting::rule::FieldKind::Flag => Value::Bool(said == "true"),
            targeting::rule::FieldKind::Number => Value::Float(said.parse().unwrap_or(f64::NAN)),
        });
        match field.path.split_once('.') {
            Some((group, name)) => {
                let group = groups.entry(group).or_default();
                group.extend(value.map(|value| (name.to_owned(), value)));
            }
            None => {
                if let Some(value) = value {
                    context.add_variable_from_value(field.path.clone(), value);
                }
            }
        }
    }
    for (group, values) in groups {
        context.add_variable_from_value(group, values);
    }
    context
}
