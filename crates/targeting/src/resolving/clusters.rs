//! From pairs to entities: records that links hold together are put together by average linkage,
//! the surest first, so that one chance link does not chain two entities into one. Within a group
//! every pair is weighed, not only the pairs that a key had brought together, and what speaks
//! against a pair counts as much as what speaks for it. What is left over joins an entity that
//! says each of its fields somewhere, though no one record of it says them all.

use super::levels::FIELDS;

/// A pair of records with its weight in bits, what it starts with included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    pub one: u32,
    pub other: u32,
    pub bits: f32,
}

/// Groups larger than this are first cut at their weaker links.
const GROUP: usize = 600;
/// No pair counts for more than this, for or against: one number that was keyed in wrong must not
/// outweigh all else.
const CLIP: f32 = 12.0;

/// Parts of more records than this are left over by no chance.
const LEFT_OVER: usize = 3;
/// By how much the part that a left-over record fits best must beat the next.
const CLEAR: f32 = 3.0;

/// How records are weighed, and from which bits on they go together.
pub(super) struct Linkage<W, F> {
    /// From which on a pair is a link.
    pub least: f32,
    /// What two parts must have for each other on average.
    pub average: f32,
    /// What a left-over record must have for the part that it joins, field by field.
    pub fits: f32,
    /// What two records weigh, what pairs start with included.
    pub weigh: W,
    /// What pairs start with, and field by field what these two weigh; none for what is not said.
    pub by_field: F,
}

/// What two records weigh, field by field.
pub(super) type ByField = (f32, [Option<f32>; FIELDS]);

/// The entity of each record: the lowest record that is of it.
pub(super) fn clusters<W, F>(
    n: usize,
    links: &[Link],
    threads: usize,
    linkage: &Linkage<W, F>,
) -> Vec<u32>
where
    W: Fn(u32, u32) -> f32 + Sync,
    F: Fn(u32, u32) -> ByField + Sync,
{
    let least = linkage.least;
    let mut entity: Vec<u32> = (0..n as u32).collect();
    let strong: Vec<Link> = links.iter().copied().filter(|link| link.bits >= least).collect();
    let groups = groups(n, strong, least);
    let share = groups.len().div_ceil(threads.max(1) * 8).max(1);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let chunks: Vec<&[Vec<u32>]> = groups.chunks(share).collect();
    let done: Vec<Vec<Vec<u32>>> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads.max(1))
            .map(|_| {
                scope.spawn(|| {
                    let mut out = Vec::new();
                    loop {
                        let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let Some(chunk) = chunks.get(at) else { return out };
                        for group in *chunk {
                            let parts = part(group, linkage.average, &linkage.weigh);
                            let parts = take_in(parts, linkage.fits, &linkage.by_field);
                            out.extend(parts.into_iter().filter(|part| part.len() > 1));
                        }
                    }
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap_or_default()).collect()
    });
    for cluster in done.iter().flatten() {
        let first = cluster.iter().min().copied().unwrap_or(0);
        cluster.iter().for_each(|row| entity[*row as usize] = first);
    }
    entity
}

/// Records that links hold together, each group rising; singles are left out. What is too large is
/// cut by asking for stronger links within it.
fn groups(n: usize, links: Vec<Link>, least: f32) -> Vec<Vec<u32>> {
    let mut parent: Vec<u32> = (0..n as u32).collect();
    for link in &links {
        let (a, b) = (root(&mut parent, link.one), root(&mut parent, link.other));
        if a != b {
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let roots: Vec<u32> = (0..n as u32).map(|row| root(&mut parent, row)).collect();
    let mut sizes = vec![0u32; n];
    roots.iter().for_each(|root| sizes[*root as usize] += 1);
    let mut place = vec![u32::MAX; n];
    let mut found: Vec<Vec<u32>> = Vec::new();
    for (row, root) in roots.iter().enumerate() {
        if sizes[*root as usize] > 1 {
            let at = &mut place[*root as usize];
            if *at == u32::MAX {
                *at = found.len() as u32;
                found.push(Vec::with_capacity(sizes[*root as usize] as usize));
            }
            found[*at as usize].push(row as u32);
        }
    }
    if found.iter().all(|group| group.len() <= GROUP) || least > 60.0 {
        // What no stronger link can cut is cut by number: a table of copies of one record.
        return found.into_iter().flat_map(|group| pieces(&group)).collect();
    }
    let mut done = Vec::new();
    let mut of = vec![u32::MAX; n];
    for (number, group) in found.iter().enumerate() {
        if group.len() > GROUP {
            group.iter().for_each(|row| of[*row as usize] = number as u32);
        }
    }
    let mut within: Vec<Vec<Link>> = vec![Vec::new(); found.len()];
    for link in links {
        let number = of[link.one as usize];
        if number != u32::MAX && link.bits >= least + 2.0 {
            within[number as usize].push(link);
        }
    }
    for (group, links) in found.into_iter().zip(within) {
        if group.len() <= GROUP {
            done.push(group);
            continue;
        }
        let mut place = std::collections::HashMap::with_capacity(group.len());
        for (n, row) in group.iter().enumerate() {
            place.insert(*row, n as u32);
        }
        let links = links.into_iter().map(|link| Link {
            one: place[&link.one],
            other: place[&link.other],
            bits: link.bits,
        });
        for cut in groups(group.len(), links.collect(), least + 2.0) {
            done.push(cut.into_iter().map(|n| group[n as usize]).collect());
        }
    }
    done
}

fn pieces(group: &[u32]) -> Vec<Vec<u32>> {
    group.chunks(GROUP).map(<[u32]>::to_vec).collect()
}

fn root(parent: &mut [u32], mut row: u32) -> u32 {
    while parent[row as usize] != row {
        parent[row as usize] = parent[parent[row as usize] as usize];
        row = parent[row as usize];
    }
    row
}

/// Average linkage within one group: the two parts that agree best on average become one, while
/// any two do agree.
fn part(group: &[u32], average: f32, weigh: &impl Fn(u32, u32) -> f32) -> Vec<Vec<u32>> {
    let n = group.len();
    // Sums of weights between parts; a part is known by its first record.
    let mut sums = vec![f32::NEG_INFINITY; n * n];
    for one in 0..n {
        for other in one + 1..n {
            let bits = weigh(group[one], group[other]).clamp(-CLIP, CLIP);
            sums[one * n + other] = bits;
            sums[other * n + one] = bits;
        }
    }
    let mut sizes = vec![1f32; n];
    let mut parts: Vec<Vec<u32>> = group.iter().map(|row| vec![*row]).collect();
    // The best partner of each part, kept up to date as parts join.
    let nearest = |sums: &[f32], sizes: &[f32], one: usize| -> (f32, usize) {
        let mut best = (f32::NEG_INFINITY, one);
        for other in 0..n {
            if other != one && sizes[other] > 0.0 {
                let mean = sums[one * n + other] / (sizes[one] * sizes[other]);
                if mean > best.0 {
                    best = (mean, other);
                }
            }
        }
        best
    };
    let mut best: Vec<(f32, usize)> = (0..n).map(|one| nearest(&sums, &sizes, one)).collect();
    loop {
        let mut top = (f32::NEG_INFINITY, 0);
        for (one, (mean, _)) in best.iter().enumerate() {
            if sizes[one] > 0.0 && *mean > top.0 {
                top = (*mean, one);
            }
        }
        if top.0 < average {
            break;
        }
        let (keep, gone) = {
            let (one, other) = (top.1, best[top.1].1);
            (one.min(other), one.max(other))
        };
        for other in 0..n {
            if other != keep && other != gone && sizes[other] > 0.0 {
                let sum = sums[keep * n + other] + sums[gone * n + other];
                sums[keep * n + other] = sum;
                sums[other * n + keep] = sum;
            }
        }
        sizes[keep] += sizes[gone];
        sizes[gone] = 0.0;
        let moved = std::mem::take(&mut parts[gone]);
        parts[keep].extend(moved);
        best[keep] = nearest(&sums, &sizes, keep);
        for other in 0..n {
            if sizes[other] > 0.0 && other != keep {
                if best[other].1 == keep || best[other].1 == gone {
                    best[other] = nearest(&sums, &sizes, other);
                } else {
                    let mean = sums[other * n + keep] / (sizes[other] * sizes[keep]);
                    if mean > best[other].0 {
                        best[other] = (mean, keep);
                    }
                }
            }
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

/// Small parts join a larger one of their group that says what they say, each field wherever one
/// of its records says it: the share of its records that do is the chance that they say so next.
fn take_in(
    mut parts: Vec<Vec<u32>>,
    fits: f32,
    by_field: &impl Fn(u32, u32) -> ByField,
) -> Vec<Vec<u32>> {
    if parts.len() < 2 {
        return parts;
    }
    // The larger first, so that the left over are tried from the end.
    parts.sort_by(|one, other| other.len().cmp(&one.len()).then(one[0].cmp(&other[0])));
    let mut at = parts.len();
    while at > 1 {
        at -= 1;
        if parts[at].len() > LEFT_OVER {
            break;
        }
        let mut best = [(f32::NEG_INFINITY, 0); 2];
        // Two of a kind join here alone where they are one record each.
        let size = parts[at].len();
        let larger = |of: &Vec<u32>| of.len() > size || size == 1;
        for (n, part) in parts[..at].iter().enumerate().filter(|(_, of)| larger(of)) {
            let bits = fit(&parts[at], part, by_field);
            if bits > best[0].0 {
                best = [(bits, n), best[0]];
            } else if bits > best[1].0 {
                best[1] = (bits, n);
            }
        }
        if best[0].0 >= fits && best[0].0 >= best[1].0 + CLEAR {
            let left_over = parts.remove(at);
            parts[best[0].1].extend(left_over);
        }
    }
    parts
}

/// How well a small part fits another, in bits: the mean over its records of the sum over fields.
fn fit(small: &[u32], part: &[u32], by_field: &impl Fn(u32, u32) -> ByField) -> f32 {
    let mut sum = 0.0;
    for one in small {
        let (mut odds, mut said) = ([0f32; FIELDS], [0f32; FIELDS]);
        for other in part {
            let (start, bits) = by_field(*one, *other);
            sum += start / part.len() as f32;
            for (n, bits) in bits.iter().enumerate() {
                if let Some(bits) = bits {
                    odds[n] += bits.exp2();
                    said[n] += 1.0;
                }
            }
        }
        for (odds, said) in odds.iter().zip(said).filter(|(_, said)| *said > 0.0) {
            sum += (odds / said).log2().clamp(-CLIP, CLIP);
        }
    }
    sum / small.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A linkage that weighs pairs so, and takes in nothing.
    fn by<W: Fn(u32, u32) -> f32 + Sync>(
        weigh: W,
    ) -> Linkage<W, impl Fn(u32, u32) -> ByField + Sync> {
        let by_field = |_: u32, _: u32| (0.0, [None; FIELDS]);
        Linkage { least: 0.0, average: 0.0, fits: 1.0, weigh, by_field }
    }

    #[test]
    fn a_left_over_record_joins_the_part_that_says_its_fields_between_them() {
        // 0 to 3 are one: two say one name, two another. 4 has the other name and no more.
        let weigh = |one: u32, other: u32| if one.max(other) < 4 { 8.0 } else { -1.0 };
        let links: Vec<Link> = (1..5).map(|other| Link { one: 0, other, bits: 1.0 }).collect();
        let by_field = |one: u32, other: u32| {
            let mut bits = [None; FIELDS];
            bits[0] = Some(if one.min(other) < 2 { -6.0 } else { 9.0 });
            bits[1] = Some(6.0);
            (-10.0, bits)
        };
        let linkage = |fits| Linkage { least: 0.0, average: 0.0, fits, weigh, by_field };
        assert_eq!(clusters(5, &links, 1, &linkage(3.0)), [0, 0, 0, 0, 0]);
        assert_eq!(clusters(5, &links, 1, &linkage(6.0)), [0, 0, 0, 0, 4]);
    }

    #[test]
    fn one_chance_link_does_not_chain_two_entities() {
        // 0 1 2 are one, 3 4 5 another; 2 and 3 look alike, all others across do not.
        let bits = |one: u32, other: u32| match (one.min(other), one.max(other)) {
            (a, b) if (a < 3) == (b < 3) => 8.0,
            (2, 3) => 6.0,
            _ => -9.0,
        };
        let mut links = Vec::new();
        for one in 0..6 {
            for other in one + 1..6 {
                links.push(Link { one, other, bits: bits(one, other) });
            }
        }
        assert_eq!(clusters(7, &links, 2, &by(bits)), [0, 0, 0, 3, 3, 3, 6]);
    }

    #[test]
    fn a_pair_that_no_key_brought_together_is_weighed_too() {
        // 0-1 and 1-2 were compared; 0-2 was not, and agrees.
        let bits = |_: u32, _: u32| 3.0;
        let links = [Link { one: 0, other: 1, bits: 3.0 }, Link { one: 1, other: 2, bits: 3.0 }];
        assert_eq!(clusters(3, &links, 1, &by(bits)), [0, 0, 0]);
    }

    #[test]
    fn a_large_group_is_cut_at_its_weak_links() {
        let n = 2_000u32;
        let bits = |one: u32, other: u32| if one / 10 == other / 10 { 9.0 } else { -9.0 };
        let mut links = Vec::new();
        for row in 0..n - 1 {
            let inside = row / 10 == (row + 1) / 10;
            links.push(Link { one: row, other: row + 1, bits: if inside { 9.0 } else { 0.5 } });
        }
        let found = clusters(n as usize, &links, 2, &by(bits));
        assert!(found.iter().enumerate().all(|(row, of)| *of == row as u32 / 10 * 10));
    }
}
