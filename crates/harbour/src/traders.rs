//! Who trades honestly or half honestly: Korean firms, foreign shops, brokers, couriers, carriers.
//! Every trader has habits (goods, partners, office, weekdays, prices) and an honesty that decides
//! how often an ordinary irregularity occurs, so that parties, routes and unit values carry signal
//! but none is a key. Smugglers are in `networks.rs`.

use crate::dice::{Purpose, Stream, Weights, mix, unit_of};
use crate::goods::{GOODS, Good};
use crate::names::{Foreigner, Person};
use crate::places::{COUNTRIES, Office, OfficeKind, country_at};
use crate::truth::Typology;
use crate::world::Settings;

pub(crate) struct Agent {
    pub id: &'static str,
    pub name: &'static str,
    /// Multiplies the irregularities of the clients.
    pub laxness: f64,
}

const fn agent(id: &'static str, name: &'static str, laxness: f64) -> Agent {
    Agent { id, name, laxness }
}

pub(crate) static BROKERS: [Agent; 14] = [
    agent("41207", "Saebom Customs Brokers", 0.8),
    agent("41311", "Garam Customs Office", 0.9),
    agent("42018", "Narae Clearance", 1.0),
    agent("42560", "Haneulbit Customs", 0.7),
    agent("43102", "Dolsan Brokers", 1.1),
    agent("43377", "Mirinae Clearance", 0.9),
    agent("44051", "Badaro Customs", 1.8),
    agent("44690", "Ondam Customs Brokers", 0.8),
    agent("45233", "Pyorong Clearance", 1.0),
    agent("45871", "Nuri Gateway Brokers", 2.2),
    agent("46004", "Solmaru Customs", 0.9),
    agent("46418", "Byeolha Clearance", 1.0),
    agent("47125", "Tomak Customs Office", 1.5),
    agent("47790", "Yeoul Brokers", 0.8),
];

/// Brokers that ask few questions; smugglers prefer them.
pub(crate) const LAX_BROKERS: [usize; 3] = [6, 9, 12];

pub(crate) static POST: Agent = agent("90001", "Pretend Post", 1.0);

pub(crate) struct Courier {
    pub id: &'static str,
    pub name: &'static str,
    /// Three digits of its air waybills.
    pub airline: u64,
    pub carrier: &'static str,
    pub share: f64,
}

pub(crate) static COURIERS: [Courier; 5] = [
    Courier { id: "SWG", name: "Swiftgull Express", airline: 901, carrier: "SWA", share: 0.31 },
    Courier { id: "BCP", name: "Bluecrane Parcel", airline: 902, carrier: "BCA", share: 0.27 },
    Courier { id: "NWX", name: "Northmoor Air Express", airline: 903, carrier: "NMA", share: 0.2 },
    Courier { id: "KTE", name: "Kitehawk Express", airline: 904, carrier: "KTA", share: 0.14 },
    Courier { id: "PLM", name: "Plumeway Logistics", airline: 905, carrier: "SWA", share: 0.08 },
];

/// Shipping lines, and airlines with the three digits of their waybills.
pub(crate) static LINES: [&str; 6] = ["HBLN", "GULL", "TRNS", "MERI", "OLDS", "PLVR"];
pub(crate) static AIRLINES: [(&str, u64); 4] =
    [("NMA", 903), ("SWA", 901), ("OPA", 907), ("TWA", 908)];

/// A Korean firm that imports or exports.
pub(crate) struct Trader {
    pub firm: Person,
    pub goods: Vec<usize>,
    /// Foreign partners in the order of trust.
    pub partners: Vec<Foreigner>,
    pub office: usize,
    pub broker: usize,
    pub line: usize,
    /// Probability of an ordinary irregularity per declaration, direction factor apart.
    pub irregular: f64,
    pub vice: Typology,
    /// Weekdays it lodges on, Monday in the lowest bit.
    pub weekdays: u8,
    /// Multiplies the mass of a shipment.
    pub scale: f64,
    /// Price level against the usual price.
    pub price: f64,
    pub exports: bool,
    pub reexports: bool,
    /// First day of trading, counted from the start of the world.
    pub since: i64,
}

/// A shop abroad that sends parcels.
pub(crate) struct Shop {
    pub sender: Foreigner,
    pub goods: Vec<usize>,
    /// `None` sends by post.
    pub courier: Option<usize>,
    pub irregular: f64,
    pub vice: Typology,
    pub price: f64,
    pub since: i64,
}

pub(crate) struct Traders {
    pub traders: Vec<Trader>,
    pub importers: (Vec<usize>, Weights),
    pub exporters: (Vec<usize>, Weights),
    pub shops: Vec<Shop>,
    pub shop_weights: Weights,
    pub countries_by_parcels: Weights,
    pub countries_by_freight: Weights,
}

/// Most are honest, some are careless, one in ten is bad: five times the mean.
fn honesty(stream: &mut Stream) -> f64 {
    match stream.unit() {
        u if u < 0.62 => 0.25,
        u if u < 0.90 => 1.2,
        _ => 5.0,
    }
}

/// Lane factor of an origin and an office, 0.6 to 1.4: some routes are worse than others.
pub(crate) fn lane(seed: u64, country: usize, office: usize) -> f64 {
    0.6 + 0.8 * unit_of(mix(seed ^ 0x1A4E, (country * 64 + office) as u64))
}

/// Zipf sizes: the largest has a few percent of the traffic, the tail trades now and then.
fn size(rank: usize) -> f64 {
    1.0 / (rank as f64 + 6.0)
}

fn first_day(stream: &mut Stream, days: u32) -> i64 {
    if stream.chance(0.88) { 0 } else { stream.below(days.max(1) as usize) as i64 }
}

fn some_goods(stream: &mut Stream, most: usize, suits: impl Fn(&Good) -> bool) -> Vec<usize> {
    let fitting: Vec<usize> = (0..GOODS.len()).filter(|&i| suits(&GOODS[i])).collect();
    (0..1 + stream.below(most))
        .map(|_| fitting.get(stream.below(fitting.len())).copied().unwrap_or(TOYS))
        .collect()
}

/// What a shop sends when nothing in the table is known to come from its country.
const TOYS: usize = 40;

impl Traders {
    pub fn found(seed: u64, settings: &Settings) -> Self {
        let mut stream = Stream::of(seed, Purpose::Traders, 0, 0);
        let by_freight = Weights::new(COUNTRIES.iter().map(|c| c.freight));
        let by_parcels = Weights::new(COUNTRIES.iter().map(|c| c.parcels));
        let offices = &settings.offices;
        let yards: Vec<usize> = (0..offices.len()).filter(|&i| !offices[i].is_parcel()).collect();
        let yard_weights = Weights::new(yards.iter().map(|&i| offices[i].share));

        let mut traders: Vec<Trader> = Vec::with_capacity(settings.traders as usize);
        for rank in 0..u64::from(settings.traders) {
            let goods = some_goods(&mut stream, 4, Good::suits_freight);
            let count = 1 + stream.below(4);
            let partners = (0..count)
                .map(|place| {
                    let country = if stream.chance(0.8) {
                        country_at(stream.pick(GOODS[goods[place % goods.len()]].from))
                    } else {
                        by_freight.draw(&mut stream)
                    };
                    Foreigner::of(seed, country, rank * 8 + place as u64)
                })
                .collect();
            traders.push(Trader {
                firm: Person::of(seed ^ 0xF1A3, rank),
                goods,
                partners,
                office: yards.get(yard_weights.draw(&mut stream)).copied().unwrap_or(0),
                broker: stream.below(BROKERS.len()),
                line: stream.below(LINES.len()),
                irregular: honesty(&mut stream),
                vice: stream.pick(&[
                    Typology::Undervaluation,
                    Typology::Undervaluation,
                    Typology::Misclassification,
                    Typology::WrongWeight,
                    Typology::OriginFraud,
                ]),
                weekdays: (stream.bits() as u8 | stream.bits() as u8) | 1 << stream.below(5),
                scale: stream.spread(1.0, 0.6),
                price: stream.spread(1.0, 0.22),
                exports: stream.chance(0.3),
                reexports: stream.chance(0.08),
                since: first_day(&mut stream, settings.days),
            });
        }
        let side = |exports: bool| {
            let who: Vec<usize> =
                (0..traders.len()).filter(|&i| traders[i].exports == exports).collect();
            let weights = Weights::new(who.iter().map(|&i| size(i)));
            (who, weights)
        };
        let (importers, exporters) = (side(false), side(true));

        // The class of the few largest would move the whole rate, so it is scaled to the setting.
        let mean = |traders: &[Trader]| {
            let weight: f64 = (0..traders.len()).map(size).sum();
            let sum: f64 = traders
                .iter()
                .enumerate()
                .map(|(i, t)| size(i) * t.irregular * BROKERS[t.broker].laxness)
                .sum();
            if weight > 0.0 { sum / weight } else { 1.0 }
        };
        let scale = settings.irregular_freight / mean(&traders);
        for trader in &mut traders {
            trader.irregular *= scale * BROKERS[trader.broker].laxness;
        }

        let mut stream = Stream::of(seed, Purpose::Shops, 0, 0);
        let has = |kind: OfficeKind| offices.iter().any(|office: &Office| office.kind == kind);
        let courier_weights = Weights::new(COURIERS.iter().map(|c| c.share));
        let mut shops: Vec<Shop> = (0..u64::from(settings.shops))
            .map(|rank| {
                let country = by_parcels.draw(&mut stream);
                let code = COUNTRIES[country].code;
                let goods = some_goods(&mut stream, 3, |good| {
                    good.suits_parcels() && (good.from.contains(&code) || code == "CN")
                });
                let express =
                    has(OfficeKind::Express) && (stream.chance(0.7) || !has(OfficeKind::Post));
                Shop {
                    sender: Foreigner::of(seed ^ 0x5409, country, rank),
                    goods,
                    courier: express.then(|| courier_weights.draw(&mut stream)),
                    irregular: honesty(&mut stream),
                    vice: stream.pick(&[
                        Typology::Undervaluation,
                        Typology::Undervaluation,
                        Typology::Counterfeit,
                        Typology::Misclassification,
                    ]),
                    price: stream.spread(1.0, 0.25),
                    since: first_day(&mut stream, settings.days),
                }
            })
            .collect();
        let weight: f64 = (0..shops.len()).map(size).sum();
        let sum: f64 = shops.iter().enumerate().map(|(i, s)| size(i) * s.irregular).sum();
        let scale = if sum > 0.0 { settings.irregular_parcels * weight / sum } else { 0.0 };
        for shop in &mut shops {
            shop.irregular *= scale;
        }
        let shop_weights = Weights::new((0..shops.len()).map(size));
        Self {
            traders,
            importers,
            exporters,
            shops,
            shop_weights,
            countries_by_parcels: by_parcels,
            countries_by_freight: by_freight,
        }
    }

    /// A trader who lodges on this day, by size; after a few tries habits give way.
    pub fn trader(
        &self,
        stream: &mut Stream,
        exports: bool,
        day: i64,
        weekday: u32,
    ) -> Option<&Trader> {
        let (who, weights) = if exports { &self.exporters } else { &self.importers };
        if weights.is_empty() {
            return None;
        }
        let mut trader = &self.traders[who[weights.draw(stream)]];
        for _ in 0..6 {
            if trader.since <= day && trader.weekdays >> weekday & 1 == 1 {
                break;
            }
            trader = &self.traders[who[weights.draw(stream)]];
        }
        Some(trader)
    }

    pub fn shop(&self, stream: &mut Stream, day: i64) -> Option<&Shop> {
        if self.shops.is_empty() {
            return None;
        }
        let mut shop = &self.shops[self.shop_weights.draw(stream)];
        for _ in 0..6 {
            if shop.since <= day {
                break;
            }
            shop = &self.shops[self.shop_weights.draw(stream)];
        }
        Some(shop)
    }
}
