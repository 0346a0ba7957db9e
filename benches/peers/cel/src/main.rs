//! The made-up book of rules, judged by the `cel` crate alone and by ours, on the same
//! consignments; both must fire on the same. Rules are compiled once and the variables of a
//! consignment are made once for all rules, which is the best that one-by-one judging can do.

use std::collections::HashMap;

use cel::{Context, Program as Cel, Value};
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::history::Histories;
use targeting::indicator;
use targeting::rule::{BATCH, Columns, Condition, Program, condition, fields};

#[path = "../../../../crates/targeting/benches/book/mod.rs"]
mod book;

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

    let began = processor_s();
    let mut ours = vec![0usize; texts.len()];
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
    let differ: Vec<usize> = (0..texts.len()).filter(|&rule| ours[rule] != theirs[rule]).collect();
    for &rule in differ.iter().take(5) {
        println!("{} and {}: {}", ours[rule], theirs[rule], texts[rule].0);
    }
    let asked = (count * texts.len()) as f64;
    println!(
        "{} rules, {count} consignments, {} hits, {} rules differ\nours   {ours_took:8.3} s, {:7.1} \
         ns a rule and consignment\ncel    {theirs_took:8.3} s, {:7.1} ns\nratio  {:8.1}",
        texts.len(),
        ours.iter().sum::<usize>(),
        differ.len(),
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
