//! From a risk list and a capacity to one known chance of inspection for every consignment.
//!
//! The core, the top of the list, is certain; the tail shares what exploration keeps free, more for
//! those whose answer is least known and never less than the floor. The loss against opening only
//! the top of the list is bounded in slots, whatever the model believes. `draw.rs` turns the
//! chances into a list; the shares and what they cost were measured by simulation.

use std::cmp::Ordering;

use super::tail::{Tail, spread};
use super::{Candidate, Capacity, CapacityLine, PlanError, Seed, Terms};
use crate::outcome::Channel;

/// A number this near to a whole one is that whole number: 0.9 × 50 is 45 slots.
const WHOLE: f64 = 1e-9;

/// The chance and the channel of every candidate, and what is already settled about the list.
///
/// With more candidates than slots the chances add up to the number of slots, so that the list has
/// the same length whichever way the draw falls.
#[derive(Debug, Clone, PartialEq)]
pub struct Chances {
    /// By candidate.
    chance: Vec<f64>,
    /// By candidate.
    channel: Vec<Channel>,
    /// The certain ones by rank: candidate, and line of the capacity.
    pub(super) certain: Vec<(u32, u8)>,
    /// The candidates left to chance, in the keyed order of the draw.
    pub(super) drawable: Vec<u32>,
    /// The capacity, strongest detection first.
    pub(super) lines: Vec<CapacityLine>,
    /// By line: the slots kept for those the draw picks.
    pub(super) kept: Vec<u32>,
    must_left: usize,
}

impl Chances {
    /// Number of candidates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chance.len()
    }

    /// True when there was no candidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chance.is_empty()
    }

    /// Inclusion probability of a candidate, in (0, 1], by its place in the caller's slice.
    ///
    /// # Panics
    /// When there is no such candidate.
    #[must_use]
    pub fn chance(&self, candidate: usize) -> f64 {
        self.chance[candidate]
    }

    /// The channel a candidate is inspected through if it is drawn.
    ///
    /// # Panics
    /// When there is no such candidate.
    #[must_use]
    pub fn channel(&self, candidate: usize) -> Channel {
        self.channel[candidate]
    }

    /// Chance and channel of every candidate, in the order of the caller's slice.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (f64, Channel)> {
        self.chance.iter().copied().zip(self.channel.iter().copied())
    }

    /// How many must-cases found no certain place: the rules ask for more than the officers have.
    #[must_use]
    pub fn must_left(&self) -> usize {
        self.must_left
    }

    /// How many will be drawn: every slot, or every candidate when there are fewer.
    #[must_use]
    pub fn to_draw(&self) -> usize {
        self.certain.len() + self.kept.iter().map(|&slots| slots as usize).sum::<usize>()
    }

    /// Detection probability that stands for a candidate left to chance and not drawn.
    ///
    /// It is the harmonic mean over the kept slots, because the estimate divides by detection.
    /// None when everyone is certain.
    #[must_use]
    pub fn tail_detection(&self) -> Option<f64> {
        let slots: f64 = self.kept.iter().map(|&slots| f64::from(slots)).sum();
        let inverse: f64 = self
            .kept
            .iter()
            .zip(&self.lines)
            .map(|(&slots, line)| f64::from(slots) / line.detection)
            .sum();
        (slots > 0.0).then(|| slots / inverse)
    }
}

/// Gives every candidate its chance of inspection and its channel.
///
/// Must-cases come first and then the list by risk; ties fall by a keyed hash of the id. The
/// exploration share of the slots stays with the tail unless must-cases need more than the rest;
/// they can take all but one slot, because nobody may have a chance of zero. Must-cases beyond that
/// share the tail and are counted by [`Chances::must_left`]. The order of
/// `candidates` and of the capacity's lines changes nothing. Use the same seed for `draw`.
///
/// # Errors
/// A [`PlanError`] when nothing fits in the shift, or capacity, terms or a candidate are unusable.
pub fn chances(
    candidates: &[Candidate<'_>],
    capacity: &Capacity,
    terms: Terms,
    seed: &Seed,
) -> Result<Chances, PlanError> {
    check_terms(terms)?;
    let lines = usable_lines(capacity, terms.officer)?;
    let slots: u64 = lines.iter().map(|line| u64::from(line.slots())).sum();
    if slots == 0 {
        return Err(PlanError::NoCapacity);
    }
    let mut keyed = Keyed::new(candidates, seed)?;
    let musts = keyed.must.iter().filter(|&&must| must).count();
    keyed.leave_must((terms.rule_most * slots as f64 + WHOLE) as usize);

    if keyed.len() as u64 <= slots {
        return Ok(everyone(&keyed, lines, musts));
    }
    // From here on there are more candidates than slots, so the slots fit in memory as well.
    let split = Split::new(slots as f64, keyed.must.iter().filter(|&&must| must).count(), terms);
    let ranked = keyed.ranked(split.certain + usize::from(split.boundary > 0.0));
    let (certain, boundary) = ranked.split_at(split.certain);

    let mut is_certain = vec![false; keyed.len()];
    for &place in certain {
        is_certain[place as usize] = true;
    }
    let tail: Vec<u32> =
        (0..keyed.len() as u32).filter(|&place| !is_certain[place as usize]).collect();
    let boundary = boundary.first().map(|&place| (place, split.boundary));
    let last = certain.last().map(|&place| keyed.chance_irregular[place as usize]);
    let tail_chances = share_out(&keyed, &tail, boundary, split.room, terms, last);

    let kept = keep_slots(&lines, slots, slots - certain.len() as u64, seed);
    let mut chance = vec![1.0; keyed.len()];
    let mut channel = vec![Channel::Random; keyed.len()];
    for (&place, &share) in tail.iter().zip(&tail_chances) {
        chance[keyed.candidate(place)] = share;
    }
    for &place in ranked.iter() {
        channel[keyed.candidate(place)] = keyed.core_channel(place);
    }
    let must_certain = certain.iter().filter(|&&place| keyed.must[place as usize]).count();
    Ok(Chances {
        chance,
        channel,
        certain: best_first(&keyed, certain, &lines, &kept),
        drawable: tail.iter().map(|&place| keyed.candidate(place) as u32).collect(),
        must_left: musts - must_certain,
        lines,
        kept,
    })
}

/// The lines, checked, less what is left free for officers' own choices.
fn usable_lines(capacity: &Capacity, officer: f64) -> Result<Vec<CapacityLine>, PlanError> {
    let mut lines = capacity.lines.clone();
    for line in &mut lines {
        line.minutes_available = plannable(line.minutes_available, officer);
    }
    lines.sort_by(|a, b| {
        b.detection.total_cmp(&a.detection).then_with(|| a.modality.cmp(&b.modality))
    });
    for (at, line) in lines.iter().enumerate() {
        let CapacityLine { modality, minutes_each, detection, .. } = *line;
        if minutes_each == 0 || !(detection > 0.0 && detection <= 1.0) {
            return Err(PlanError::BadLine { modality, minutes_each, detection });
        }
        if lines[..at].iter().any(|earlier| earlier.modality == modality) {
            return Err(PlanError::TwoLines { modality });
        }
    }
    Ok(lines)
}

/// The minutes of which a share is left free; a sliver lost to rounding must not cost one.
pub(super) fn plannable(minutes: u32, officer: f64) -> u32 {
    (f64::from(minutes) * (1.0 - officer) + WHOLE).floor() as u32
}

pub(super) fn check_terms(terms: Terms) -> Result<(), PlanError> {
    let above_zero = "above 0 and at most 1";
    let below_one = "at least 0 and below 1";
    let loss = terms.minimax.unwrap_or(0.0);
    for (term, value, good, range) in [
        ("explore", terms.explore, terms.explore > 0.0 && terms.explore <= 1.0, above_zero),
        ("floor", terms.floor, terms.floor > 0.0 && terms.floor <= 1.0, above_zero),
        ("eta", terms.eta, (0.0..=1.0).contains(&terms.eta), "between 0 and 1"),
        ("rule_most", terms.rule_most, (0.0..=1.0).contains(&terms.rule_most), "between 0 and 1"),
        ("officer", terms.officer, (0.0..1.0).contains(&terms.officer), below_one),
        ("minimax", loss, (0.0..1.0).contains(&loss), below_one),
        ("pays", terms.pays, (0.0..1.0).contains(&terms.pays), "at least 0 and below 1"),
    ] {
        if !good {
            return Err(PlanError::BadTerm { term, value, range });
        }
    }
    Ok(())
}

/// The places of the candidates in the keyed order of their ids.
pub(super) fn keyed_order<'a, 'id: 'a>(
    candidates: impl ExactSizeIterator<Item = &'a Candidate<'id>> + Clone,
    seed: &Seed,
) -> Result<Vec<u32>, PlanError> {
    assert!(u32::try_from(candidates.len()).is_ok(), "a plan has fewer than 2³² candidates");
    let hasher = seed.hasher();
    let mut order = Vec::with_capacity(candidates.len());
    for (at, candidate) in candidates.clone().enumerate() {
        let Candidate { id, risk, chance_irregular, .. } = *candidate;
        if !risk.is_finite() || !(0.0..=1.0).contains(&chance_irregular) {
            return Err(PlanError::BadCandidate { id: id.to_owned(), risk, chance_irregular });
        }
        order.push((hasher.of(id), at as u32));
    }
    order.sort_unstable();
    if let Some(twice) = order.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let id = candidates.clone().nth(twice[0].1 as usize).map_or("", |candidate| candidate.id);
        return Err(PlanError::Repeated { id: id.to_owned() });
    }
    Ok(order.into_iter().map(|(_, at)| at).collect())
}

/// The candidates in the keyed order: sums run in it too, so that the caller's order cannot show.
struct Keyed {
    candidate: Vec<u32>,
    risk: Vec<f64>,
    chance_irregular: Vec<f64>,
    must: Vec<bool>,
}

impl Keyed {
    fn new(candidates: &[Candidate<'_>], seed: &Seed) -> Result<Self, PlanError> {
        let order = keyed_order(candidates.iter(), seed)?;
        let sorted = || order.iter().map(|&at| &candidates[at as usize]);
        Ok(Self {
            risk: sorted().map(|candidate| candidate.risk).collect(),
            chance_irregular: sorted().map(|candidate| candidate.chance_irregular).collect(),
            must: sorted().map(|candidate| candidate.must).collect(),
            candidate: order,
        })
    }

    fn len(&self) -> usize {
        self.candidate.len()
    }

    /// Leaves at most so many must-cases, the riskiest; the others compete by their risk.
    fn leave_must(&mut self, most: usize) {
        if self.must.iter().filter(|&&must| must).count() > most {
            let first = self.ranked(most);
            self.must.fill(false);
            for place in first {
                self.must[place as usize] = true;
            }
        }
    }

    fn candidate(&self, place: u32) -> usize {
        self.candidate[place as usize] as usize
    }

    fn core_channel(&self, place: u32) -> Channel {
        if self.must[place as usize] { Channel::Rule } else { Channel::Risk }
    }

    /// Must-cases first, then by risk; equal risks fall by the keyed order.
    fn rank(&self, a: u32, b: u32) -> Ordering {
        let (left, right) = (a as usize, b as usize);
        (self.must[right].cmp(&self.must[left]))
            // Adding 0 makes −0 and 0 the same risk, as anyone reading the list would say.
            .then_with(|| (self.risk[right] + 0.0).total_cmp(&(self.risk[left] + 0.0)))
            .then_with(|| a.cmp(&b))
    }

    /// The first `wanted` places of the list, in order.
    fn ranked(&self, wanted: usize) -> Vec<u32> {
        let mut places: Vec<u32> = (0..self.len() as u32).collect();
        if wanted == 0 {
            return Vec::new();
        }
        // Only the top must be in order: sorting a million for ten thousand is waste.
        if wanted < places.len() {
            places.select_nth_unstable_by(wanted - 1, |&a, &b| self.rank(a, b));
            places.truncate(wanted);
        }
        places.sort_unstable_by(|&a, &b| self.rank(a, b));
        places
    }
}

/// Who is certain and what is left for the tail, in slots.
struct Split {
    /// Whole places of the core.
    certain: usize,
    /// Share of one more place of the core, in [0, 1).
    boundary: f64,
    /// Slots for the tail.
    room: f64,
}

impl Split {
    fn new(slots: f64, must: usize, terms: Terms) -> Self {
        let explored = slots * terms.explore;
        // Must-cases may push exploration back, but not to nothing.
        let core = (slots - explored).max((must as f64).min(slots - explored.min(1.0)));
        let near = core.round();
        let core = if (core - near).abs() < WHOLE && near < slots { near } else { core };
        Self { certain: core as usize, boundary: core.fract(), room: slots - core }
    }
}

/// Everyone fits: all are certain, and nobody is left to chance.
fn everyone(keyed: &Keyed, lines: Vec<CapacityLine>, musts: usize) -> Chances {
    let ranked = keyed.ranked(keyed.len());
    let kept = vec![0; lines.len()];
    let mut channel = vec![Channel::Risk; keyed.len()];
    for &place in &ranked {
        channel[keyed.candidate(place)] = keyed.core_channel(place);
    }
    Chances {
        chance: vec![1.0; keyed.len()],
        channel,
        certain: best_first(keyed, &ranked, &lines, &kept),
        drawable: Vec::new(),
        lines,
        kept,
        must_left: musts - keyed.must.iter().filter(|&&must| must).count(),
    }
}

/// The strongest detection goes to the top of the list, line by line, leaving the kept slots.
fn best_first(
    keyed: &Keyed,
    certain: &[u32],
    lines: &[CapacityLine],
    kept: &[u32],
) -> Vec<(u32, u8)> {
    let slots = lines.iter().zip(kept).enumerate().flat_map(|(line, (capacity, &kept))| {
        std::iter::repeat_n(line as u8, (capacity.slots() - kept) as usize)
    });
    let given: Vec<(u32, u8)> = certain
        .iter()
        .zip(slots)
        .map(|(&place, line)| (keyed.candidate(place) as u32, line))
        .collect();
    assert_eq!(given.len(), certain.len(), "a certain place has a slot");
    given
}

/// Keeps `wanted` of all slots for the tail: each modality its share, whole numbers, chosen with a
/// keyed start so that over many shifts each gets exactly its share.
fn keep_slots(lines: &[CapacityLine], slots: u64, wanted: u64, seed: &Seed) -> Vec<u32> {
    let start = seed.stream(b"kept slots").below(slots);
    let mut before = 0;
    let mut kept_before = 0;
    let mut kept = Vec::with_capacity(lines.len());
    for line in lines {
        before += u64::from(line.slots());
        let kept_here =
            (u128::from(before) * u128::from(wanted) + u128::from(start)) / u128::from(slots);
        kept.push((kept_here - kept_before) as u32);
        kept_before = kept_here;
    }
    kept
}

/// Chances of the tail: proportional to the spread of the unknown answer (the split that makes the
/// estimate most precise, by Neyman), not below the floor, not above 1, together `room` slots.
///
/// Where the tail is to pay, the spread is divided by √(1 − m/b), and whoever has m ≥ b is
/// certain, with b as large as brings the finds wanted: that is what maximises
/// −Σ s²/π + λ Σ π m for some price λ of a find. `last` is what the core's last whole place
/// expects, or where it has none, the list on average: were it what the boundary candidate expects,
/// that one's chance could fall as it rises to the boundary.
///
/// The boundary candidate is in the core with its share of a place and in the tail otherwise, so
/// its chance is share + (1 − share) × its chance in the tail.
fn share_out(
    keyed: &Keyed,
    tail: &[u32],
    boundary: Option<(u32, f64)>,
    room: f64,
    terms: Terms,
    last: Option<f64>,
) -> Vec<f64> {
    let mean = keyed.chance_irregular.iter().sum::<f64>() / keyed.len() as f64;
    let expected: Vec<f64> =
        tail.iter().map(|&place| keyed.chance_irregular[place as usize]).collect();
    let spread: Vec<f64> = expected.iter().map(|&chance| spread(chance, mean, terms)).collect();
    let boundary = boundary.map(|(place, share)| {
        let at = tail.binary_search(&place).expect("the boundary candidate is in the tail");
        (at, share)
    });
    let count = tail.len() as f64 - boundary.map_or(0.0, |(_, share)| share);
    let floor = terms.floor * room / count;
    let wanted = terms.pays * last.unwrap_or(mean) * room;
    Tail { spread: &spread, floor: |_| floor, boundary, room }.leaning(&expected, wanted)
}
