//! Resolves a table that comes on standard input and says how well: `resolve TRUTH [KEY=VALUE ...]`
//! where TRUTH is the column that holds the true entity. Prints seconds, precision, recall and F1
//! over pairs, F1 over clusters that are wholly right, and the weights with `weights=1`.

use std::collections::HashMap;
use std::time::Instant;

use targeting::resolving::{ColumnRole, Records, ResolvingSettings, guess, resolve};

fn main() {
    let truth = std::env::args().nth(1).expect("name the column that holds the truth");
    let mut settings = ResolvingSettings::default();
    let mut show = false;
    for setting in std::env::args().skip(2) {
        let (key, value) = setting.split_once('=').expect("KEY=VALUE");
        match key {
            "seed" => settings.seed = value.parse().expect("a number"),
            "threads" => settings.threads = value.parse().expect("a number"),
            "pairs" => settings.pairs_each = value.parse().expect("a number"),
            "probability" => settings.probability = value.parse().expect("a number"),
            "average" => settings.average_bits = value.parse().expect("a number"),
            "fits" => settings.fits_bits = value.parse().expect("a number"),
            "rounds" => settings.rounds = value.parse().expect("a number"),
            "weights" => show = true,
            other => panic!("{other}?"),
        }
    }
    let mut reader = csv::Reader::from_reader(std::io::stdin().lock());
    let headers: Vec<String> =
        reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let began = Instant::now();
    let sample: Vec<Vec<String>> =
        rows.iter().take(1_000).map(|row| row.iter().map(str::to_owned).collect()).collect();
    let mut columns: Vec<(String, ColumnRole)> = Vec::new();
    for guess in guess(&headers, &sample) {
        let role = if guess.column == truth { ColumnRole::Ignored } else { guess.role };
        columns.push((guess.column, role));
    }
    let mut records = Records::new(&columns);
    rows.iter().for_each(|row| records.push(row.iter()));
    let read = began.elapsed().as_secs_f64();
    let found = resolve(&mut records, &settings);
    let seconds = began.elapsed().as_secs_f64();
    if show {
        for field in &found.weights.fields {
            println!("{}", field.column);
            for level in &field.levels {
                println!(
                    "  {:<18} m {:.4} u {:.6} {:+.2}",
                    level.level, level.m, level.u, level.bits
                );
            }
        }
    }
    let at = headers.iter().position(|header| *header == truth).expect("no such column");
    let truth: Vec<&str> = rows.iter().map(|row| row.get(at).unwrap_or_default()).collect();
    let pairs = |n: u64| n * (n - 1) / 2;
    let (mut of_truth, mut of_found, mut of_both) =
        (HashMap::<&str, u64>::new(), HashMap::<u32, u64>::new(), HashMap::new());
    for (of, entity) in truth.iter().zip(&found.entities) {
        *of_truth.entry(of).or_default() += 1;
        *of_found.entry(*entity).or_default() += 1;
        *of_both.entry((*of, *entity)).or_default() += 1u64;
    }
    let sum = |counts: Vec<u64>| counts.into_iter().map(pairs).sum::<u64>() as f64;
    let right = sum(of_both.values().copied().collect());
    let precision = right / sum(of_found.values().copied().collect());
    let recall = right / sum(of_truth.values().copied().collect());
    let whole = of_both
        .iter()
        .filter(|((of, entity), n)| of_truth[of] == **n && of_found[entity] == **n)
        .count() as f64;
    println!(
        "rows {} truth {} found {} compared {} links {} largest {} left out {} start {:.2}",
        rows.len(),
        of_truth.len(),
        of_found.len(),
        found.compared,
        found.links,
        found.largest_block,
        found.keys_left_out,
        found.weights.start_bits(),
    );
    println!(
        "seconds {seconds:.2} (reading {read:.2}) precision {precision:.4} recall {recall:.4} \
         pair F1 {:.4} cluster F1 {:.4}",
        2.0 * precision * recall / (precision + recall),
        2.0 * whole / (of_truth.len() + of_found.len()) as f64,
    );
}
