//! Exploitability: a smuggler who has watched which consignments are opened, and dresses up as
//! those that seem to be opened least. It learns from the lists of twelve weeks, takes the
//! twentieth part of honest profiles that looks least inspected, and sends like them afterwards.

use std::collections::VecDeque;

use super::judge::{WATCHED, Watched};
use crate::model::{FitError, Params, Target, fit};

/// Share of honest profiles that a mimic dresses up as.
const LEAST: f64 = 0.05;

/// The mean chance that such a mimic meets, as a share of the mean chance of all; none when too
/// few weeks were watched.
pub(super) fn meets(
    watched: &VecDeque<Watched>,
    width: usize,
    target: Target,
    seed: u64,
) -> Result<Option<f64>, FitError> {
    let weeks: Vec<&Watched> = watched.iter().collect();
    let Some(first) = weeks.first().map(|week| week.week) else { return Ok(None) };
    let (before, after): (Vec<&Watched>, Vec<&Watched>) =
        weeks.into_iter().partition(|week| week.week < first + WATCHED);
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for week in &before {
        rows.extend_from_slice(&week.rows);
        labels.extend_from_slice(&week.listed);
    }
    let opened = labels.iter().filter(|listed| **listed).count();
    if after.is_empty() || opened < crate::learning::MIN_POSITIVES {
        return Ok(None);
    }
    let params = match target {
        Target::Irregular => Params::irregular(seed),
        Target::Critical => Params::critical(seed),
    };
    let params = Params { trees: 60, learning_rate: 0.15, ..params };
    let weights = vec![1.0; labels.len()];
    let forest = fit(&rows, width, &labels, &weights, &params)?;
    let mut looks: Vec<(f64, f64)> = Vec::new();
    let (mut all, mut count) = (0.0, 0.0);
    for week in &after {
        let mut scores = vec![0.0; week.bad.len()];
        forest.predict(&week.rows, &mut scores);
        for (n, score) in scores.into_iter().enumerate() {
            all += week.chance[n];
            count += 1.0;
            if !week.bad[n] {
                looks.push((score, week.chance[n]));
            }
        }
    }
    looks.sort_by(|a, b| a.0.total_cmp(&b.0));
    looks.truncate(((looks.len() as f64 * LEAST) as usize).max(1));
    let met = looks.iter().map(|(_, chance)| chance).sum::<f64>() / looks.len() as f64;
    Ok((all > 0.0).then(|| met / (all / count)))
}
