//! How smugglers change their ways half way through a rehearsal. Both ways are constructs: real
//! adaptation is unknown, and these bracket it between what nobody can learn (a diffuse change of
//! clothes) and what exploration should learn (a concentrated move).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is;
use crate::consignment::Consignment;
use crate::model::Target;
use crate::outcome::Label;
use crate::party::{Party, Role};
use crate::plan::{Seed, Stream};
use crate::words;

/// A way of changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adaptation {
    /// Six in ten of the bad take the parties, the office and the route of honest consignments.
    Swap,
    /// Six in ten of the bad move to three lanes that were clean, as goods that pass there, under
    /// fifteen new importers and ten new senders.
    Lanes,
}
words!(Adaptation, "an adaptation: swap or lanes", Swap = "swap", Lanes = "lanes");

/// The share of the bad that changes.
const SHARE: f64 = 0.6;
/// New traders of a concentrated move.
const NEW_IMPORTERS: u64 = 15;
const NEW_SENDERS: u64 = 10;
/// Lanes that are moved to, and the fewest honest consignments a lane must have had.
const LANES: usize = 3;
const LANE_HONEST_MIN: usize = 30;

/// The traffic after the change.
pub(super) struct Adapted {
    pub consignments: Vec<Consignment>,
    /// By consignment: whether it changed its ways.
    pub moved: Vec<bool>,
}

impl Adaptation {
    /// Changes the bad consignments from position `from` on.
    pub(super) fn apply(
        self,
        consignments: &[Consignment],
        labels: &[Label],
        target: Target,
        from: usize,
        seed: u64,
    ) -> Adapted {
        let mut dice = Seed::from_number(seed).stream(b"adaptation");
        let mut changed = consignments.to_vec();
        let mut moved = vec![false; consignments.len()];
        let later = from..consignments.len();
        let honest: Vec<usize> = later.clone().filter(|n| !labels[*n].irregular()).collect();
        let models = match self {
            Adaptation::Swap => honest,
            Adaptation::Lanes => {
                let lanes = clean_lanes(&consignments[..from], &labels[..from]);
                honest.into_iter().filter(|n| lanes.contains(&lane(&consignments[*n]))).collect()
            }
        };
        if models.is_empty() {
            return Adapted { consignments: changed, moved };
        }
        for n in later.filter(|n| is(labels[*n], target)) {
            if !dice.decide(SHARE) {
                continue;
            }
            let model = &consignments[models[dice.below(models.len() as u64) as usize]];
            let one = &mut changed[n];
            match self {
                Adaptation::Swap => {
                    one.parties = model.parties.clone();
                    one.office = model.office.clone();
                    one.route = model.route.clone();
                    one.transport = model.transport;
                    if let (Some(goods), Some(of)) = (one.goods.first_mut(), model.main_goods()) {
                        goods.origin = of.origin;
                    }
                }
                Adaptation::Lanes => {
                    *one = Consignment {
                        reference: one.reference.clone(),
                        arrived_at: one.arrived_at,
                        arrived_on: one.arrived_on,
                        ..model.clone()
                    };
                    rename(one, &mut dice);
                }
            }
            moved[n] = true;
        }
        Adapted { consignments: changed, moved }
    }
}

fn rename(one: &mut Consignment, dice: &mut Stream) {
    let importer = format!("new importer {}", dice.below(NEW_IMPORTERS));
    let sender = format!("new sender {}", dice.below(NEW_SENDERS));
    one.parties.retain(|party| !matches!(party.role, Role::Consignee | Role::Consignor));
    one.parties.push(Party::by_code(Role::Consignee, &importer));
    one.parties.push(Party::by_code(Role::Consignor, &sender));
}

/// Country of origin and HS chapter.
fn lane(one: &Consignment) -> (String, u64) {
    let goods = one.main_goods();
    let origin = goods.and_then(|goods| goods.origin);
    let origin = origin.map_or(String::new(), |origin| origin.as_str().to_owned());
    (origin, goods.and_then(|goods| goods.hs).map_or(0, |hs| hs.chapter()))
}

/// The lanes with the smallest share of bad among those with enough honest traffic.
fn clean_lanes(consignments: &[Consignment], labels: &[Label]) -> Vec<(String, u64)> {
    let mut lanes: BTreeMap<(String, u64), (usize, usize)> = BTreeMap::new();
    for (one, label) in consignments.iter().zip(labels) {
        let counts = lanes.entry(lane(one)).or_default();
        counts.0 += 1;
        counts.1 += usize::from(label.irregular());
    }
    let mut rates: Vec<(f64, (String, u64))> = (lanes.into_iter())
        .filter(|(_, (all, bad))| all - bad >= LANE_HONEST_MIN)
        .map(|(lane, (all, bad))| (bad as f64 / all as f64, lane))
        .collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    rates.into_iter().take(LANES).map(|(_, lane)| lane).collect()
}
