//! From known chances and a seed to the list of the shift.
//!
//! The draw is the ordered pivotal method (Deville and Tillé 1998): neighbours in the keyed order
//! meet two by two, one hands its chance to the other, and every chance is kept exactly while the
//! length of the list does not vary. The same chances and seed give the same list, bit for bit, on
//! every machine. `seed.rs` has the rules that turn the seed into choices.

use super::{Chances, Channel, Modality, Seed};

/// What is left at the end of a draw this near to 0 or 1 is rounding, not chance.
const ROUNDING: f64 = 1e-6;

/// One line of the drawn list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Selection {
    /// Place of the consignment in the caller's slice.
    pub candidate: usize,
    /// Its inclusion probability, in (0, 1].
    pub chance: f64,
    /// Why it is on the list.
    pub channel: Channel,
    /// What it is inspected with.
    pub modality: Modality,
    /// Officer-minutes the inspection takes.
    pub minutes: u32,
    /// Probability that the modality finds what is there, in (0, 1].
    pub detection: f64,
}

/// The drawn list: first the certain ones by rank, then those picked by chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// The selections.
    pub selections: Vec<Selection>,
}

impl Draw {
    /// Officer-minutes the list takes with one modality.
    #[must_use]
    pub fn minutes(&self, modality: Modality) -> u64 {
        self.selections
            .iter()
            .filter(|selection| selection.modality == modality)
            .map(|selection| u64::from(selection.minutes))
            .sum()
    }
}

/// Draws the list from the chances.
///
/// A candidate picked by chance gets one of the kept slots by a keyed shuffle: which modality it
/// gets does not depend on what it is, and no modality is used beyond its minutes.
#[must_use]
pub fn draw(chances: &Chances, seed: &Seed) -> Draw {
    let mut stream = seed.stream(b"draw");
    let pool =
        chances.drawable.iter().map(|&candidate| (candidate, chances.chance(candidate as usize)));
    let picked = pivotal(pool, |chance| stream.decide(chance));

    let mut slots: Vec<u8> = (chances.kept.iter().enumerate())
        .flat_map(|(line, &kept)| std::iter::repeat_n(line as u8, kept as usize))
        .collect();
    assert_eq!(picked.len(), slots.len(), "the draw fills the kept slots");
    seed.stream(b"modality").shuffle(&mut slots);

    let selections = (chances.certain.iter().copied())
        .chain(picked.into_iter().zip(slots))
        .map(|(candidate, line)| {
            let candidate = candidate as usize;
            let line = &chances.lines[line as usize];
            Selection {
                candidate,
                chance: chances.chance(candidate),
                channel: chances.channel(candidate),
                modality: line.modality,
                minutes: line.minutes_each,
                detection: line.detection,
            }
        })
        .collect();
    let draw = Draw { selections };
    for line in &chances.lines {
        assert!(draw.minutes(line.modality) <= u64::from(line.minutes_available));
    }
    draw
}

/// Picks from `pool` so that each is picked with its chance and any run of neighbours with the sum
/// of theirs, up or down to a whole number. `decide(p)` must say yes with probability p.
pub(crate) fn pivotal(
    pool: impl IntoIterator<Item = (u32, f64)>,
    mut decide: impl FnMut(f64) -> bool,
) -> Vec<u32> {
    let mut picked = Vec::new();
    let mut waiting: Option<(u32, f64)> = None;
    for (next, chance) in pool {
        if chance >= 1.0 {
            picked.push(next);
            continue;
        }
        let Some((holder, held)) = waiting else {
            waiting = Some((next, chance));
            continue;
        };
        let both = held + chance;
        // Both arms ask whether the next one wins, with chances that meet where the two add up to
        // exactly one: so the last digit of a sum cannot turn the answer round.
        waiting = Some(if both < 1.0 {
            // Room for one at most: the winner takes over the chance of both.
            let next_wins = decide(chance / both);
            (if next_wins { next } else { holder }, both)
        } else {
            // The winner is picked now; the other keeps what is left over.
            let next_wins = decide((1.0 - held) / (2.0 - both));
            let (now, later) = if next_wins { (next, holder) } else { (holder, next) };
            picked.push(now);
            (later, both - 1.0)
        });
    }
    if let Some((last, held)) = waiting {
        let picked_last = if held < ROUNDING {
            false
        } else if held > 1.0 - ROUNDING {
            true
        } else {
            decide(held)
        };
        if picked_last {
            picked.push(last);
        }
    }
    picked
}
