//! `sumun bias`: whether selection weighs on a group of goods, traders or places more than known
//! chances justify. It reports and changes nothing.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use targeting::codes::Day;
use targeting::measuring::bias::{BiasLine, FALSE_WARNING};
use targeting::screening::Language;

use super::{Office, Report, Table};
use crate::pipeline::{self, BiasReport};

/// Compares inspections and finds by origin of goods, trader size, office and mode of transport
/// with what inspections by known chances justify, and warns of what is disproportionate.
#[derive(Debug, Args)]
pub struct Biases {
    /// First day of the shifts looked at; half a year before the last when left out.
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// Last day of the shifts looked at; the last shift planned when left out.
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
}

impl Biases {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let bar = office.bar(None, "Looking at the plans");
        let window = (self.from, self.to);
        let report = pipeline::watch_bias(&store, window, |n| bar.set_position(n)).await;
        bar.finish_and_clear();
        let report = report?;
        let warnings: Vec<Value> = (report.bias.lines.iter())
            .filter(|line| line.warning.is_some())
            .map(|line| {
                json!({
                    "facet": line.facet,
                    "group": line.group,
                    "warning": line.warning,
                    "en": line.sentence(Language::En),
                    "ko": line.sentence(Language::Ko),
                })
            })
            .collect();
        let json = json!({
            "bias": report,
            "warnings": warnings,
            "false_warning": FALSE_WARNING,
        });
        Ok(Report::new(json, text_of(&report)))
    }
}

fn text_of(report: &BiasReport) -> String {
    let bias = &report.bias;
    let Some((first, last)) = report.window else {
        return "Nothing to look at yet: no plan of this window has been drawn. Bias is seen by \
                plans with recorded chances and their outcomes."
            .to_owned();
    };
    let mut text = format!(
        "{} consignments planned {first} to {last}, {} inspected.\n\n",
        bias.population, bias.inspected
    );
    let mut table = Table::new(&[
        "by",
        "group",
        "planned",
        "opened ×",
        "drawn",
        "expected",
        "found",
        "by chance",
        "officers",
        "finds %",
        "irregular (95 %)",
        "p",
        "",
    ]);
    bias.lines.iter().for_each(|line| table.row(row(line)));
    text.push_str(&table.text());
    text.push('\n');
    let mut warned = false;
    for line in &bias.lines {
        for language in [Language::En, Language::Ko] {
            if let Some(sentence) = line.sentence(language) {
                warned = true;
                text.push_str(&sentence);
                text.push('\n');
            }
        }
    }
    if !warned {
        text.push_str(match bias.comparisons {
            0 => {
                "Too few drawn inspections to judge any group. 판단하기에 검사가 아직 너무 적습니다.\n"
            }
            _ => {
                "Nothing is disproportionate to what known chances justify. 무작위 검사에 비추어 \
                 균형을 잃은 선별은 보이지 않습니다.\n"
            }
        });
    }
    text.push_str(&format!(
        "{} comparisons, corrected so that a report without cause warns in at most {:.0} % of \
         cases. Groups are of goods, traders and places, never of persons.",
        bias.comparisons,
        100.0 * FALSE_WARNING,
    ));
    text
}

fn row(line: &BiasLine) -> [String; 13] {
    [
        line.facet.to_string(),
        line.group.clone(),
        line.population.to_string(),
        format!("{:.2}", line.opened),
        line.drawn.to_string(),
        format!("{:.1}", line.drawn_expected),
        line.drawn_found.to_string(),
        format!("{}/{}", line.found_by_chance, line.by_chance),
        line.by_officers.to_string(),
        line.precision.map_or("–".to_owned(), |of| {
            format!("{:.1} ({:.1}-{:.1})", 100.0 * of.estimate, 100.0 * of.low, 100.0 * of.high)
        }),
        line.estimate.map_or("–".to_owned(), |of| {
            format!("{:.0} ({:.0}-{:.0})", of.estimate, of.low, of.high)
        }),
        line.p.map_or("–".to_owned(), |p| format!("{p:.3}")),
        line.warning.map_or(String::new(), |of| of.to_string()),
    ]
}
