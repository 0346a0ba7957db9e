//! The Merkle tree hash that makes the journal's past provable: SHA-256 with the leaf and node
//! prefixes of RFC 6962 section 2.1. It knows nothing of the store or of signatures: leaves come
//! in as bytes, roots and proofs go out. `store/journal.rs` says what a leaf is, and
//! `store/checkpoints.rs` signs the roots.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// A SHA-256 digest: a leaf, an inner node or a root.
pub type Hash = [u8; 32];

/// The hash of one leaf: `SHA-256(0x00 || bytes)`.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0x00]);
    hasher.update(bytes);
    hasher.finalize().into()
}

/// The hash of two subtrees, the older on the left: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0x01]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The right edge of a growing tree: one root for each set bit of its size, the largest first.
/// Adding a leaf costs O(log n) at worst and O(1) on average, and nothing else need be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The edge of the empty tree.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one bit of the size is a full subtree as large as what we carry.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The tree's root; for the empty tree, the hash of nothing (RFC 6962 section 2.1).
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest([]).into(),
            Some(&last) => peaks.fold(last, |right, left| node_hash(left, &right)),
        }
    }

    /// The peaks in hex, the largest first, without separators: what the store keeps.
    pub fn to_text(&self) -> String {
        self.peaks.iter().map(hex::encode).collect()
    }

    /// Reads what [`Frontier::to_text`] wrote for a tree of `size` leaves. None when the text is
    /// not hex or does not have one peak for each set bit of the size.
    pub fn from_text(size: u64, text: &str) -> Option<Frontier> {
        let bytes = hex::decode(text).ok()?;
        let (peaks, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && peaks.len() == size.count_ones() as usize)
            .then(|| Frontier { size, peaks: peaks.to_vec() })
    }
}

/// The ranges of leaves whose tree hashes prove that leaf `index` is in the tree of `size`
/// leaves, in proof order (RFC 6962 section 2.1.1). Empty when the index is outside.
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut ranges, mut span) = (Vec::new(), 0..size);
    if index >= size {
        return ranges;
    }
    while span.end - span.start > 1 {
        let middle = span.start + split(span.end - span.start);
        if index < middle {
            ranges.push(middle..span.end);
            span.end = middle;
        } else {
            ranges.push(span.start..middle);
            span.start = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// The ranges of leaves whose tree hashes prove that the tree of `old` leaves is the beginning of
/// the tree of `size` leaves, in proof order (RFC 6962 section 2.1.2). Empty when there is
/// nothing to prove: the old tree is empty, or the sizes are equal, or it is the larger one.
pub fn consistency_ranges(old: u64, size: u64) -> Vec<Range<u64>> {
    let (mut ranges, mut span, mut old_is_whole) = (Vec::new(), 0..size, true);
    if old == 0 || old >= size {
        return ranges;
    }
    while span.end != old {
        let middle = span.start + split(span.end - span.start);
        if old <= middle {
            ranges.push(middle..span.end);
            span.end = middle;
        } else {
            ranges.push(span.start..middle);
            span.start = middle;
            old_is_whole = false;
        }
    }
    if !old_is_whole {
        ranges.push(span);
    }
    ranges.reverse();
    ranges
}

/// Computes a proof while the leaves pass by once, in order, so that a journal of any length is
/// proved in O(log n) memory: the ranges of one proof never overlap.
#[derive(Debug)]
pub struct Prover {
    parts: Vec<(Range<u64>, Frontier)>,
    next: u64,
}

impl Prover {
    /// A prover for ranges from [`inclusion_ranges`] or [`consistency_ranges`].
    pub fn new(ranges: Vec<Range<u64>>) -> Prover {
        let parts = ranges.into_iter().map(|range| (range, Frontier::new())).collect();
        Prover { parts, next: 0 }
    }

    /// Takes the next leaf's hash, from the first leaf on.
    pub fn feed(&mut self, leaf: Hash) {
        if let Some((_, part)) = self.parts.iter_mut().find(|(range, _)| range.contains(&self.next))
        {
            part.append(leaf);
        }
        self.next += 1;
    }

    /// The proof: one hash a range. None when fewer leaves came by than the ranges speak of.
    pub fn finish(self) -> Option<Vec<Hash>> {
        self.parts
            .iter()
            .map(|(range, part)| (part.size() == range.end - range.start).then(|| part.root()))
            .collect()
    }
}

/// Whether `proof` shows that `leaf` (a leaf hash) is number `index`, counted from 0, of the tree
/// of `size` leaves with this root. The algorithm is that of RFC 9162 section 2.1.3.2.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(step, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `old` leaves with `old_root` is the beginning of the
/// tree of `size` leaves with `root`. The algorithm is that of RFC 9162 section 2.1.4.2. Every
/// tree begins with the empty tree, so `old = 0` holds with an empty proof alone.
pub fn verify_consistency(
    old: u64,
    size: u64,
    old_root: &Hash,
    root: &Hash,
    proof: &[Hash],
) -> bool {
    if old > size {
        return false;
    }
    if old == size {
        return proof.is_empty() && old_root == root;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == Frontier::new().root();
    }
    // A power of two is a subtree of its own, so the proof leaves its root out.
    let mut steps = old.is_power_of_two().then_some(old_root).into_iter().chain(proof);
    let Some(&first) = steps.next() else { return false };
    let (mut at, mut last) = (old - 1, size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut hash) = (first, first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(step, &old_hash);
            hash = node_hash(step, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && hash == *root
}

/// The largest power of two smaller than `size`, which must be at least 2: the leaves on the left.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // The eight leaves and the values below are the well-known test tree of the certificate
    // transparency reference code, which RFC 6962 implementations share.
    const LEAVES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    const NODE_0_2: &str = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    const NODE_0_4: &str = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    const LEAF_1: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    const NODE_2_4: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    const NODE_4_8: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    const LEAF_4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    const NODE_6_8: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    const NODE_4_6: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

    fn hash(text: &str) -> Hash {
        hex::decode(text).expect("hex").try_into().expect("32 bytes")
    }

    fn reference_leaves() -> Vec<Hash> {
        LEAVES.iter().map(|text| leaf_hash(&hex::decode(text).expect("hex"))).collect()
    }

    fn prove(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
        let mut prover = Prover::new(ranges);
        leaves.iter().for_each(|leaf| prover.feed(*leaf));
        prover.finish().expect("enough leaves")
    }

    /// The definition of RFC 6962 section 2.1, word for word.
    fn tree_hash(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            many => {
                let mut k = 1;
                while k * 2 < many.len() {
                    k *= 2;
                }
                node_hash(&tree_hash(&many[..k]), &tree_hash(&many[k..]))
            }
        }
    }

    #[test]
    fn the_reference_tree_has_the_reference_roots() {
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root(), hash(ROOTS[0]));
        for (leaf, root) in reference_leaves().into_iter().zip(&ROOTS[1..]) {
            frontier.append(leaf);
            assert_eq!(frontier.root(), hash(root), "size {}", frontier.size());
        }
    }

    #[test]
    fn the_reference_tree_has_the_reference_inclusion_proofs() {
        let leaves = reference_leaves();
        for (index, size, proof) in [
            (0, 1, vec![]),
            (0, 8, vec![LEAF_1, NODE_2_4, NODE_4_8]),
            (5, 8, vec![LEAF_4, NODE_6_8, NODE_0_4]),
            (2, 3, vec![NODE_0_2]),
            (
                1,
                5,
                vec![
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    NODE_2_4,
                    LEAF_4,
                ],
            ),
        ] {
            let found = prove(&leaves, inclusion_ranges(index, size));
            let expected: Vec<Hash> = proof.into_iter().map(hash).collect();
            assert_eq!(found, expected, "leaf {index} of {size}");
            let root = hash(ROOTS[size as usize]);
            assert!(verify_inclusion(leaves[index as usize], index, size, &found, &root));
        }
    }

    #[test]
    fn the_reference_tree_has_the_reference_consistency_proofs() {
        let leaves = reference_leaves();
        for (old, size, proof) in [
            (1, 1, vec![]),
            (1, 8, vec![LEAF_1, NODE_2_4, NODE_4_8]),
            (6, 8, vec![NODE_4_6, NODE_6_8, NODE_0_4]),
            (2, 5, vec![NODE_2_4, LEAF_4]),
        ] {
            let found = prove(&leaves, consistency_ranges(old, size));
            let expected: Vec<Hash> = proof.into_iter().map(hash).collect();
            assert_eq!(found, expected, "{old} in {size}");
            let (old_root, root) = (hash(ROOTS[old as usize]), hash(ROOTS[size as usize]));
            assert!(verify_consistency(old, size, &old_root, &root, &found));
        }
    }

    proptest! {
        #[test]
        fn appending_agrees_with_the_recursive_definition(
            seeds in prop::collection::vec(any::<u64>(), 0..200),
        ) {
            let leaves: Vec<Hash> = seeds.iter().map(|s| leaf_hash(&s.to_be_bytes())).collect();
            let mut frontier = Frontier::new();
            leaves.iter().for_each(|leaf| frontier.append(*leaf));
            prop_assert_eq!(frontier.root(), tree_hash(&leaves));
            let kept = Frontier::from_text(frontier.size(), &frontier.to_text());
            prop_assert_eq!(kept, Some(frontier));
        }

        #[test]
        fn every_leaf_is_provable_and_no_other_is(
            size in 1_u64..150, pick in any::<prop::sample::Index>(), bit in 0_usize..256,
        ) {
            let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let index = pick.index(leaves.len());
            let (at, root) = (index as u64, tree_hash(&leaves));
            let mut proof = prove(&leaves, inclusion_ranges(at, size));
            prop_assert!(verify_inclusion(leaves[index], at, size, &proof, &root));
            prop_assert!(!verify_inclusion(leaf_hash(b"forged"), at, size, &proof, &root));
            // With a single leaf there is no other place that the proof could be tried at.
            prop_assert!(!verify_inclusion(leaves[index], at + 1, size, &proof, &root));
            let mut other = root;
            other[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!verify_inclusion(leaves[index], at, size, &proof, &other));
            proof.push(root);
            prop_assert!(!verify_inclusion(leaves[index], at, size, &proof, &root));
        }

        #[test]
        fn every_beginning_is_provable_and_no_other_is(
            size in 1_u64..150,
            pick in any::<prop::sample::Index>(),
            flip in any::<prop::sample::Index>(),
        ) {
            let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let old = pick.index(leaves.len()) + 1;
            let proof = prove(&leaves, consistency_ranges(old as u64, size));
            let (old_root, root) = (tree_hash(&leaves[..old]), tree_hash(&leaves));
            prop_assert!(verify_consistency(old as u64, size, &old_root, &root, &proof));
            let mut forged = leaves[..old].to_vec();
            forged[flip.index(old)] = leaf_hash(b"forged");
            let forged = tree_hash(&forged);
            prop_assert!(!verify_consistency(old as u64, size, &forged, &root, &proof));
        }
    }
}
