//! Plans that were worked, as trials and scorecards weigh them: what each recorded of its
//! candidates, with what came of those that were looked at. A plan's own record never changes, so
//! it is read from columns that are made once; of the few that were looked at the rows are read.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use targeting::codes::Day;
use targeting::measuring::Unit;
use targeting::model::Target;
use targeting::outcome::Channel;
use targeting::rule::{CHUNK, packed, unpacked};
use tokio::task::spawn_blocking;

use super::measure::unit_of;
use crate::config;
use crate::store::facts::{squeezed, unsqueezed};
use crate::store::{Store, Tx, outcomes, worked};

/// Which coding the pieces have.
const CODING: i64 = 1;

const CHANNELS: [Channel; 4] = [Channel::Risk, Channel::Rule, Channel::Random, Channel::Officer];
/// The bit beside the channel that says whether a candidate was drawn.
const DRAWN: u8 = 1 << 2;

/// Makes columns of the plans of a window that have none. `progress` is called with how many
/// candidates were read for that so far.
///
/// # Errors
/// When the store fails.
pub(super) async fn catch_up(
    store: &Store,
    window: (Day, Day),
    mut progress: impl FnMut(u64),
) -> Result<()> {
    let mut read = 0;
    for plan in worked::unkept(&mut store.read().await?, window, CODING).await? {
        let candidates = worked::candidates(&mut store.read().await?, plan).await?;
        read += candidates.len() as u64;
        let pieces = spawn_blocking(move || pieces(&candidates)).await??;
        let mut tx = store.begin().await?;
        worked::put(&mut tx, plan, CODING, &pieces).await?;
        tx.commit().await?;
        progress(read);
    }
    Ok(())
}

/// Calls `take` with the candidates of each plan of a window that has an outcome and that those who
/// inspect may see, in rising order of their numbers: whoever tries rules may not see plans, and
/// what a plan drew is not told before its release. No offices are all. Returns the officer-minutes
/// that all plans of the window and the offices drew.
///
/// # Errors
/// When the store fails.
pub(super) async fn each(
    tx: &mut Tx,
    (window, offices): ((Day, Day), &[String]),
    mut take: impl FnMut(&[(i64, Unit)]),
) -> Result<i64> {
    let mut touched: HashMap<i64, (bool, Vec<(i64, Unit)>)> = HashMap::new();
    outcomes::touched(tx, window, |one| {
        let (has_outcome, units) = touched.entry(one.plan_id).or_default();
        *has_outcome |= one.outcome.is_some();
        units.push((one.consignment_id, unit_of(&one, Target::Irregular)));
    })
    .await?;
    let mut minutes = 0;
    for plan in worked::plans(tx, window, config::now()).await? {
        if !offices.is_empty() && !offices.contains(&plan.office) {
            continue;
        }
        minutes += plan.minutes;
        let Some((true, looked_at)) = touched.get(&plan.id) else { continue };
        if !plan.released {
            continue;
        }
        let kept = worked::pieces(tx, plan.id, CODING).await?;
        let mut units = match kept.is_empty() {
            true => worked::candidates(tx, plan.id).await?,
            false => tokio::task::block_in_place(|| candidates(&kept))
                .with_context(|| format!("while reading the columns of plan {}", plan.id))?,
        };
        tokio::task::block_in_place(|| {
            for (id, unit) in looked_at {
                if let Ok(at) = units.binary_search_by_key(id, |(id, _)| *id) {
                    units[at].1 = *unit;
                }
            }
            take(&units);
        });
    }
    Ok(minutes)
}

/// Candidates as rows of bytes: their numbers, then chance, expectation and detection, then the
/// channel with whether they were drawn.
fn pieces(candidates: &[(i64, Unit)]) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for part in candidates.chunks(CHUNK as usize) {
        let ids: Vec<i64> = part.iter().map(|(id, _)| *id).collect();
        let ids = packed(&ids);
        let mut bytes = (ids.len() as u32).to_le_bytes().to_vec();
        bytes.extend(ids);
        for of in [|one: &Unit| one.chance, |one: &Unit| one.expected, |one: &Unit| one.detection] {
            part.iter().for_each(|(_, unit)| bytes.extend(of(unit).to_le_bytes()));
        }
        for (_, unit) in part {
            let channel = CHANNELS.iter().position(|one| *one == unit.channel);
            let channel = channel.context("a channel without a number")? as u8;
            bytes.push(channel | if unit.drawn { DRAWN } else { 0 });
        }
        all.push(squeezed(&bytes)?);
    }
    // A plan without candidates is kept as well, so that it is not read again.
    if all.is_empty() {
        all.push(Vec::new());
    }
    Ok(all)
}

/// What [`pieces`] made.
fn candidates(pieces: &[Vec<u8>]) -> Result<Vec<(i64, Unit)>> {
    let mut all = Vec::new();
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        let bytes = unsqueezed(piece)?;
        let (length, rest) = bytes.split_first_chunk().context("a piece without its length")?;
        let length = u32::from_le_bytes(*length) as usize;
        let (ids, rest) = rest.split_at_checked(length).context("a piece without its numbers")?;
        let ids = unpacked(ids)?;
        let n = ids.len();
        ensure!(rest.len() == n * 25, "a piece of {n} candidates has {} bytes", rest.len());
        let (reals, _) = rest[..n * 24].as_chunks::<8>();
        let real = |column: usize, row: usize| f64::from_le_bytes(reals[column * n + row]);
        all.reserve(n);
        for (row, (id, marks)) in ids.into_iter().zip(&rest[n * 24..]).enumerate() {
            let unit = Unit {
                chance: real(0, row),
                expected: real(1, row),
                detection: real(2, row),
                channel: CHANNELS[usize::from(marks & 3)],
                drawn: marks & DRAWN != 0,
                result: None,
            };
            all.push((id, unit));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plan_recorded_comes_back() {
        let unit = |n: i64| Unit {
            chance: 1.0 / (n as f64 + 1.0),
            expected: 1.0 / (n as f64 + 3.0),
            detection: if n % 3 == 0 { 0.9 } else { 1.0 },
            channel: CHANNELS[(n % 4) as usize],
            drawn: n % 5 == 0,
            result: None,
        };
        for n in [0, 1, CHUNK, CHUNK + 1] {
            let all: Vec<(i64, Unit)> = (0..n).map(|n| (n * n - 7, unit(n))).collect();
            let kept = pieces(&all).unwrap();
            assert!(!kept.is_empty());
            assert_eq!(candidates(&kept).unwrap(), all);
        }
        assert!(candidates(&[b"nothing of the kind".to_vec()]).is_err());
    }
}
