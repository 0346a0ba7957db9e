//! The world itself: lives one day after the other and gives out its rows and their truth.
//! Honest traffic, networks and lone smugglers draw from streams of their own, so that what a
//! caller seizes changes what networks do and nothing else. The settings hold every rate.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::declaring::{self, DayBook, Direction, FreightPlan, Load, ParcelPlan, Party};
use crate::dice::{Purpose, Stream, Weights};
use crate::goods::{GOODS, Good};
use crate::names::{Foreigner, Person};
use crate::networks::{Contraband, Network, NetworkView, lone_parcel};
use crate::places::{COUNTRIES, Office, OfficeKind, country_at};
use crate::row::{Row, Text};
use crate::traders::{BROKERS, LINES, Traders, lane};
use crate::truth::{Dice, Truth, Typology};

/// What kind of world to make. All rates are of the declared lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// First day.
    pub start: Date,
    /// Days that [`World::dates`] lists; the world itself has no end.
    pub days: u32,
    /// Mean parcels a day; Mondays have more, Sundays fewer.
    pub parcels_per_day: u32,
    /// Mean freight, transit and export lines a day.
    pub freight_per_day: u32,
    /// The offices. A regime without an office has no traffic.
    pub offices: Vec<Office>,
    /// Share of parcels with an ordinary irregularity.
    pub irregular_parcels: f64,
    /// Share of freight with an ordinary irregularity.
    pub irregular_freight: f64,
    /// Parcels with drugs, per million, found or not.
    pub critical_parcels_per_million: f64,
    /// Freight lines with drugs, per million, found or not.
    pub critical_freight_per_million: f64,
    /// Smuggling networks; two in five send freight.
    pub networks: u16,
    /// Private consignees.
    pub persons: u32,
    /// Korean firms that import or export.
    pub traders: u32,
    /// Shops abroad.
    pub shops: u32,
    /// Share of rows with a slip of the pen.
    pub slips: f64,
    /// Share of declarations lodged again as version 2 one to three days later.
    pub amended: f64,
}

impl Settings {
    /// Eight weeks of a small port that runs in seconds. Drugs are **about a thousand times
    /// more frequent than in reality** (Korea found about 3.6 per million parcels in 2024), because
    /// otherwise eight weeks would hold no case to learn from.
    pub fn demo() -> Self {
        Self {
            start: Date::constant(2026, 6, 1),
            days: 56,
            parcels_per_day: 2_400,
            freight_per_day: 600,
            offices: Office::standard(),
            irregular_parcels: 0.036,
            irregular_freight: 0.08,
            critical_parcels_per_million: 2_600.0,
            critical_freight_per_million: 4_000.0,
            networks: 20,
            persons: 60_000,
            traders: 1_400,
            shops: 900,
            slips: 0.08,
            amended: 0.01,
        }
    }

    /// A week at real proportions, for load tests: about half a million parcels a day. Drugs at
    /// 28 per million parcels, which is 3.6 found per million if one in eight is caught (the only
    /// published share is about 13 %, Australian mail); 10 per million for freight is a guess.
    pub fn gateway() -> Self {
        Self {
            days: 7,
            parcels_per_day: 493_000,
            freight_per_day: 45_000,
            critical_parcels_per_million: 28.0,
            critical_freight_per_million: 10.0,
            networks: 60,
            persons: 20_000_000,
            traders: 60_000,
            shops: 40_000,
            ..Self::demo()
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::demo()
    }
}

/// One day: a row and its truth stand at the same position of the two lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// What was declared, in the order of lodging.
    pub rows: Vec<Row>,
    /// What is true.
    pub truth: Vec<Truth>,
}

/// The day asked for has passed: a world lives forward only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayPassed {
    /// What was asked for.
    pub asked: Date,
    /// The earliest day that can still be had.
    pub next: Date,
}

impl std::fmt::Display for DayPassed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has passed, the next day of this world is {}", self.asked, self.next)
    }
}

impl std::error::Error for DayPassed {}

/// What does not change while the world lives.
pub(crate) struct Scenery {
    pub seed: u64,
    pub settings: Settings,
    pub traders: Traders,
    /// Offices by kind with their shares: express, post, air freight, sea.
    halls: [(Vec<usize>, Weights); 4],
}

impl Scenery {
    fn hall(&self, kind: OfficeKind) -> &(Vec<usize>, Weights) {
        &self.halls[match kind {
            OfficeKind::Express => 0,
            OfficeKind::Post => 1,
            OfficeKind::AirFreight => 2,
            OfficeKind::Sea => 3,
        }]
    }

    /// An office of this kind, or of the other kind of the same regime.
    pub fn office_near(&self, kind: OfficeKind, stream: &mut Stream) -> usize {
        let other = match kind {
            OfficeKind::Express => OfficeKind::Post,
            OfficeKind::Post => OfficeKind::Express,
            OfficeKind::AirFreight => OfficeKind::Sea,
            OfficeKind::Sea => OfficeKind::AirFreight,
        };
        let (offices, weights) = match self.hall(kind) {
            (offices, _) if offices.is_empty() => self.hall(other),
            hall => hall,
        };
        offices.get(weights.draw(stream)).copied().unwrap_or(0)
    }

    /// A private consignee; some order much more often than others.
    pub fn person(&self, stream: &mut Stream) -> Person {
        let u = stream.unit();
        Person::of(self.seed, (f64::from(self.settings.persons) * u * u.sqrt()) as u64)
    }

    /// Where goods sent from a country are said to be made.
    pub fn origin(&self, good: &Good, country: usize, stream: &mut Stream) -> &'static str {
        let here = COUNTRIES[country].code;
        let usual = good.from.contains(&here);
        if stream.chance(if usual { 0.95 } else { 0.6 }) { here } else { stream.pick(good.from) }
    }
}

/// Something that a row of today brings about later.
enum Cause {
    Amendment(Row, Truth),
    /// The goods leave again for this country.
    Reexport(Row, Truth, usize),
}

struct Due {
    network: Option<u16>,
    cause: Cause,
}

/// The pretend port. See [`crate`] for a day's path.
pub struct World {
    scenery: Scenery,
    networks: Vec<Network>,
    /// Declarations of networks that can still be lost.
    shipments: BTreeMap<Text, u16>,
    due: BTreeMap<i64, Vec<Due>>,
    /// Number of the next day.
    today: i64,
}

/// Share of the parcels with drugs that no network stands behind.
const LONE_SHARE: f64 = 0.15;
/// Traffic of the weekdays from Monday, with mean 1.
const PARCEL_WEEK: [f64; 7] = [1.2, 1.15, 1.1, 1.08, 1.07, 0.8, 0.6];
const FREIGHT_WEEK: [f64; 7] = [1.25, 1.25, 1.25, 1.25, 1.25, 0.5, 0.25];
/// Lodgements of the hours of a day, any scale.
const HOURS: [f64; 24] = [
    1.0, 0.8, 0.6, 0.5, 0.6, 1.0, 2.0, 3.5, 5.5, 7.0, 7.5, 7.0, 5.0, 6.5, 7.0, 7.0, 6.5, 5.5, 4.0,
    3.0, 2.5, 2.0, 1.6, 1.2,
];
// Serial numbers of a day, by who lodges; scrambled before anyone sees them.
const FIRST_DUE: u32 = 0x2000_0000;
const FIRST_NETWORK_DUE: u32 = 0x3000_0000;
const FIRST_NETWORK: u32 = 0x4000_0000;
const FIRST_LONE: u32 = 0x7000_0000;

/// A row that is not part of the steady traffic, waiting for its second of the day.
struct Special {
    second: u32,
    row: Row,
    truth: Truth,
}

impl World {
    /// Founds a world; equal seeds and settings give equal worlds.
    pub fn new(seed: u64, settings: Settings) -> Self {
        let traders = Traders::found(seed, &settings);
        let hall = |kind| {
            let who: Vec<usize> =
                (0..settings.offices.len()).filter(|&i| settings.offices[i].kind == kind).collect();
            let weights = Weights::new(who.iter().map(|&i| settings.offices[i].share));
            (who, weights)
        };
        let halls = [
            hall(OfficeKind::Express),
            hall(OfficeKind::Post),
            hall(OfficeKind::AirFreight),
            hall(OfficeKind::Sea),
        ];
        let scenery = Scenery { seed, settings, traders, halls };
        let (mut parcels, mut freight) = (0, 0);
        let open = |parcel| scenery.settings.offices.iter().any(|o| o.is_parcel() == parcel);
        let networks = (0..scenery.settings.networks)
            .map(|id| (id, id % 5 < 3))
            .filter(|&(_, by_parcel)| open(by_parcel))
            .map(|(id, by_parcel)| {
                let place = if by_parcel { &mut parcels } else { &mut freight };
                *place += 1;
                Network::found(&scenery, id, by_parcel, *place - 1)
            })
            .collect();
        Self { scenery, networks, shipments: BTreeMap::new(), due: BTreeMap::new(), today: 0 }
    }

    /// The settings of this world.
    pub fn settings(&self) -> &Settings {
        &self.scenery.settings
    }

    /// The dice for [`crate::inspect`] that belong to this world.
    pub fn dice(&self) -> Dice {
        Dice::new(self.scenery.seed)
    }

    /// The days of the settings, in order.
    pub fn dates(&self) -> Vec<Date> {
        (0..i64::from(self.scenery.settings.days)).map(|day| self.date(day)).collect()
    }

    /// All networks as they are now. Known truth: not for whoever scores rows.
    pub fn networks(&self) -> Vec<NetworkView> {
        self.networks.iter().map(Network::view).collect()
    }

    /// Lives until this day and returns it; days between are lived through unseen.
    ///
    /// # Errors
    /// [`DayPassed`] when the world has already lived that day.
    pub fn day(&mut self, date: Date) -> Result<Day, DayPassed> {
        let mut day = Day { date, rows: Vec::new(), truth: Vec::new() };
        self.stream_day(date, |row, truth| {
            day.rows.push(row);
            day.truth.push(truth);
        })?;
        Ok(day)
    }

    /// Like [`World::day`], but hands out each row as it is made; for days that fill a memory.
    ///
    /// # Errors
    /// [`DayPassed`] when the world has already lived that day.
    pub fn stream_day(
        &mut self,
        date: Date,
        mut each: impl FnMut(Row, Truth),
    ) -> Result<(), DayPassed> {
        let asked = self.number(date);
        if asked < self.today {
            return Err(DayPassed { asked: date, next: self.date(self.today) });
        }
        while self.today < asked {
            self.live(&mut |_, _| {});
        }
        self.live(&mut each);
        Ok(())
    }

    /// Tells the world that a consignment was seized. Its network learns of it and, after enough
    /// losses, changes identities, route or typology some days later; goods that are seized are
    /// not re-exported. Returns false when no network owns the declaration (or it was told before).
    pub fn lost(&mut self, declaration_id: &str, date: Date) -> bool {
        let day = self.number(date);
        let Some(owner) = self.shipments.remove(declaration_id) else { return false };
        for due in self.due.values_mut() {
            due.retain(|due| match &due.cause {
                Cause::Reexport(row, ..) => row.declaration_id != declaration_id,
                Cause::Amendment(..) => true,
            });
        }
        if let Some(network) = self.networks.iter_mut().find(|network| network.id == owner) {
            network.lose(self.scenery.seed, day);
        }
        true
    }

    fn date(&self, number: i64) -> Date {
        self.scenery.settings.start.saturating_add(jiff::Span::new().days(number))
    }

    fn number(&self, date: Date) -> i64 {
        let since = date.duration_since(self.scenery.settings.start);
        since.as_secs().div_euclid(86_400)
    }

    fn live(&mut self, each: &mut dyn FnMut(Row, Truth)) {
        let number = self.today;
        let day = DayBook::open(self.scenery.settings.start, number);
        for network in &mut self.networks {
            network.wake(&self.scenery, number);
        }
        let mut later = Vec::new();
        let mut specials = self.fall_due(&day, &mut later);
        self.smuggle(&day, &mut specials, &mut later);
        specials.sort_by(|a, b| {
            (a.second, &a.row.declaration_id).cmp(&(b.second, &b.row.declaration_id))
        });
        self.scenery.trade(&day, specials, &mut later, each);
        for (when, due) in later {
            self.due.entry(when).or_default().push(due);
        }
        self.today += 1;
    }

    /// Amendments and re-exports of today.
    fn fall_due(&mut self, day: &DayBook, later: &mut Vec<(i64, Due)>) -> Vec<Special> {
        let seed = self.scenery.seed;
        let mut specials = Vec::new();
        let (mut honest, mut dirty) = (FIRST_DUE, FIRST_NETWORK_DUE);
        for due in self.due.remove(&day.number).unwrap_or_default() {
            let serial = if due.network.is_some() { &mut dirty } else { &mut honest };
            *serial += 1;
            let mut stream = Stream::of(seed, Purpose::Due, day.number, u64::from(*serial));
            let second = second_of(stream.unit());
            let (mut row, truth) = match due.cause {
                Cause::Amendment(mut row, truth) => {
                    declaring::amend(&mut row, &mut stream);
                    (row, truth)
                }
                Cause::Reexport(import, mut truth, to) => {
                    let buyer = Foreigner::of(seed ^ 0x0A57, to, stream.below(300) as u64);
                    let (named, relabelled) =
                        if truth.critical { (0.65, 0.35) } else { (0.85, 0.2) };
                    let mut row = declaring::reexport(
                        seed,
                        day,
                        &import,
                        buyer,
                        named,
                        relabelled,
                        &mut stream,
                    );
                    row.declaration_id = day.declaration_id(seed, *serial);
                    truth.declaration_id = row.declaration_id.clone();
                    if let Some(network) = due.network {
                        self.shipments.insert(row.declaration_id.clone(), network);
                    }
                    (row, truth)
                }
            };
            row.lodged_at = day.lodged_at(0, second);
            if row.version == 1 {
                self.scenery.perhaps_amend(&row, &truth, due.network, day, &mut stream, later);
            }
            specials.push(Special { second, row, truth });
        }
        specials
    }

    /// What networks and lone smugglers send today.
    fn smuggle(&mut self, day: &DayBook, specials: &mut Vec<Special>, later: &mut Vec<(i64, Due)>) {
        let scenery = &self.scenery;
        let settings = &scenery.settings;
        let seed = scenery.seed;
        let (parcels, freight) = scenery.expected(day);
        let parcels = parcels * settings.critical_parcels_per_million / 1e6;
        let freight = freight * settings.critical_freight_per_million / 1e6;
        let total = |by_parcel: bool| -> f64 {
            self.networks.iter().filter(|n| n.parcels == by_parcel).map(|n| n.weight).sum()
        };
        let (parcel_weight, freight_weight) = (total(true), total(false));
        for network in &self.networks {
            let s = &mut Stream::of(seed, Purpose::Network, day.number, network.id.into());
            let scheme = &network.scheme;
            let mut mean = network.activity()
                * if network.parcels {
                    parcels * (1.0 - LONE_SHARE) * network.weight / parcel_weight
                } else {
                    freight * network.weight / freight_weight
                };
            if scheme.typology == Typology::TransitLaundering {
                // Most of its shipments are declared twice: when they come and when they leave.
                mean *= 0.6;
            }
            for n in 0..s.poisson(mean).min(4_095) as u32 {
                let id =
                    day.declaration_id(seed, FIRST_NETWORK + (u32::from(network.id) << 12) + n);
                let second = second_of(s.unit());
                let (mut row, contraband, passes) = if network.parcels {
                    let (plan, contraband) = scheme.parcel(scenery, day.number, s);
                    (declaring::parcel(seed, day, plan, s), contraband, true)
                } else {
                    let (plan, contraband) = scheme.freight(scenery, day.number, day.weekday, s);
                    let passes = plan.direction != Direction::Import;
                    (declaring::freight(seed, day, plan, s), contraband, passes)
                };
                row.declaration_id = id.clone();
                let Contraband { typology, substances, concealment } = contraband;
                let truth = Truth::critical(
                    id.clone(),
                    typology,
                    Some(network.id),
                    substances,
                    concealment,
                );
                scenery.finish(&mut row, day, second, s);
                scenery.perhaps_amend(&row, &truth, Some(network.id), day, s, later);
                if typology == Typology::TransitLaundering && !passes {
                    let when = day.number + 12 + s.below(24) as i64;
                    let cause = Cause::Reexport(row.clone(), truth.clone(), scheme.onward);
                    later.push((when, Due { network: Some(network.id), cause }));
                }
                self.shipments.insert(id, network.id);
                specials.push(Special { second, row, truth });
            }
        }
        let s = &mut Stream::of(seed, Purpose::Lone, day.number, 0);
        let share = if parcel_weight > 0.0 { LONE_SHARE } else { 1.0 };
        for n in 0..s.poisson(parcels * share) as u32 {
            let second = second_of(s.unit());
            let (plan, contraband) = lone_parcel(scenery, s);
            let mut row = declaring::parcel(seed, day, plan, s);
            row.declaration_id = day.declaration_id(seed, FIRST_LONE + n);
            let Contraband { typology, substances, concealment } = contraband;
            let truth = Truth::critical(
                row.declaration_id.clone(),
                typology,
                None,
                substances,
                concealment,
            );
            scenery.finish(&mut row, day, second, s);
            scenery.perhaps_amend(&row, &truth, None, day, s, later);
            specials.push(Special { second, row, truth });
        }
    }
}

/// The second of the day below which this share of the day's lodgements lies.
fn second_of(share: f64) -> u32 {
    let total: f64 = HOURS.iter().sum();
    let mut rest = share * total;
    for (hour, weight) in HOURS.iter().enumerate() {
        if rest < *weight {
            return hour as u32 * 3600 + (rest / weight * 3600.0) as u32;
        }
        rest -= weight;
    }
    86_399
}

impl Scenery {
    /// Mean parcels and freight lines of a day.
    fn expected(&self, day: &DayBook) -> (f64, f64) {
        let open = |parcel: bool| self.settings.offices.iter().any(|o| o.is_parcel() == parcel);
        let weekday = day.weekday as usize % 7;
        let parcels = if open(true) { PARCEL_WEEK[weekday] } else { 0.0 };
        let freight = if open(false) { FREIGHT_WEEK[weekday] } else { 0.0 };
        (
            parcels * f64::from(self.settings.parcels_per_day),
            freight * f64::from(self.settings.freight_per_day),
        )
    }

    /// The steady traffic of the day in the order of time, with the specials between.
    fn trade(
        &self,
        day: &DayBook,
        specials: Vec<Special>,
        later: &mut Vec<(i64, Due)>,
        each: &mut dyn FnMut(Row, Truth),
    ) {
        let s = &mut Stream::of(self.seed, Purpose::Traffic, day.number, 0);
        let (parcels, freight) = self.expected(day);
        let total = parcels + freight;
        let count = (total * s.between(0.97, 1.03)).round() as u32;
        let mut waiting = specials.into_iter().peekable();
        for n in 0..count {
            let second = second_of((f64::from(n) + s.unit()) / f64::from(count));
            while let Some(special) = waiting.next_if(|special| special.second <= second) {
                each(special.row, special.truth);
            }
            let mut returns = None;
            let (mut row, typology) = if s.chance(parcels / total) {
                self.ordinary_parcel(day, s)
            } else {
                let (row, typology, leaves_for) = self.ordinary_freight(day, s);
                returns = leaves_for;
                (row, typology)
            };
            row.declaration_id = day.declaration_id(self.seed, n);
            let truth = Truth::ordinary(row.declaration_id.clone(), typology);
            self.finish(&mut row, day, second, s);
            self.perhaps_amend(&row, &truth, None, day, s, later);
            if let Some(to) = returns {
                let when = day.number + 12 + s.below(24) as i64;
                let clean = Truth::ordinary(Text::default(), Typology::Clean);
                let cause = Cause::Reexport(row.clone(), clean, to);
                later.push((when, Due { network: None, cause }));
            }
            each(row, truth);
        }
        for special in waiting {
            each(special.row, special.truth);
        }
    }

    /// Time of lodging and slips of the pen: the same for everyone.
    fn finish(&self, row: &mut Row, day: &DayBook, second: u32, s: &mut Stream) {
        // A few come in late, with the time at which they should have come.
        let offset = if s.chance(0.003) { -1 - s.below(3) as i64 } else { 0 };
        row.lodged_at = day.lodged_at(offset, second);
        if s.chance(self.settings.slips) {
            declaring::slip(row, s);
        }
    }

    fn perhaps_amend(
        &self,
        row: &Row,
        truth: &Truth,
        network: Option<u16>,
        day: &DayBook,
        s: &mut Stream,
        later: &mut Vec<(i64, Due)>,
    ) {
        // Bills of networks are corrected more often: consignees and routes change under way.
        let rate = self.settings.amended * if network.is_some() { 3.0 } else { 1.0 };
        if s.chance(rate) {
            let when = day.number + 1 + (s.below(5) / 2) as i64;
            let cause = Cause::Amendment(row.clone(), truth.clone());
            later.push((when, Due { network, cause }));
        }
    }

    fn ordinary_parcel(&self, day: &DayBook, s: &mut Stream) -> (Row, Typology) {
        let gift = s.chance(0.08);
        let shop = if gift { None } else { self.traders.shop(s, day.number) };
        let (country, courier, irregular, vice, price) = match shop {
            Some(shop) => {
                (shop.sender.country, shop.courier, shop.irregular, shop.vice, shop.price)
            }
            None => {
                let country = self.traders.countries_by_parcels.draw(s);
                let courier = s.chance(0.35).then(|| s.below(5));
                (country, courier, self.settings.irregular_parcels, Typology::Undervaluation, 1.0)
            }
        };
        let good = match shop {
            Some(shop) if s.chance(0.95) => &GOODS[s.pick(&shop.goods)],
            _ => loop {
                let good = &GOODS[s.below(GOODS.len())];
                if good.suits_parcels() {
                    break good;
                }
            },
        };
        let kind = if courier.is_some() { OfficeKind::Express } else { OfficeKind::Post };
        let office = self.office_near(kind, s);
        // Where only the other kind is open, the parcel goes that way.
        let courier = match self.settings.offices[office].kind {
            OfficeKind::Express => courier.or(Some(0)),
            _ => None,
        };
        let units = (1.0 + s.below(4) as f64 * s.unit()).round();
        let mut load = Load::of(good, units, price, s);
        let mut typology = Typology::Clean;
        if s.chance(irregular * lane(self.seed, country, office)) {
            typology = if s.chance(0.65) {
                vice
            } else {
                s.pick(&[
                    Typology::Undervaluation,
                    Typology::Counterfeit,
                    Typology::Misclassification,
                    Typology::WrongWeight,
                ])
            };
            load.falsify(typology, s);
        }
        let sender = match shop {
            Some(shop) => Party::shop(shop.sender, s),
            None => Party::private_sender(Foreigner::of(self.seed, country, s.bits()), s),
        };
        let mut buyer = Party::person(self.person(s), s);
        // Families and forwarding agents: another door or telephone than the code's owner has.
        if s.chance(0.05) {
            let bits = s.bits();
            let other = self.person(s);
            buyer.phone = other.phone(bits);
            if bits >> 60 & 1 == 0 {
                buyer.address = other.address(bits >> 8);
            }
        }
        let plan = ParcelPlan {
            office: &self.settings.offices[office],
            courier,
            country,
            origin: self.origin(good, country, s),
            transit: if s.chance(0.04) { "HKHKG" } else { "" },
            load,
            sender,
            buyer,
        };
        (declaring::parcel(self.seed, day, plan, s), typology)
    }

    /// A freight row, and the country it will leave for again if it will.
    fn ordinary_freight(&self, day: &DayBook, s: &mut Stream) -> (Row, Typology, Option<usize>) {
        let (direction, factor) = match s.unit() {
            u if u < 0.62 => (Direction::Import, 1.27),
            u if u < 0.82 => (Direction::Export, 0.5),
            u if u < 0.90 => (Direction::Transit, 0.6),
            _ => (Direction::Transhipment, 0.6),
        };
        let trader = match direction {
            Direction::Import => self.traders.trader(s, false, day.number, day.weekday),
            Direction::Export => self.traders.trader(s, true, day.number, day.weekday),
            Direction::Transit | Direction::Transhipment => None,
        };
        let stranger = Foreigner::of(
            self.seed ^ 0x0A57,
            self.traders.countries_by_freight.draw(s),
            s.below(300) as u64,
        );
        let partner = match trader {
            // The first partner gets most of the orders; a new one turns up now and then.
            Some(trader) if s.chance(0.94) => {
                let u = s.unit();
                trader.partners[(u * u * trader.partners.len() as f64) as usize]
            }
            _ => stranger,
        };
        let good = match trader {
            Some(trader) if s.chance(0.95) => &GOODS[s.pick(&trader.goods)],
            _ => loop {
                let good = &GOODS[s.below(GOODS.len())];
                if good.suits_freight() {
                    break good;
                }
            },
        };
        let mut office = match trader {
            Some(trader) if s.chance(0.88) => trader.office,
            _ => {
                let kind = if s.chance(0.25) { OfficeKind::AirFreight } else { OfficeKind::Sea };
                self.office_near(kind, s)
            }
        };
        if good.usd_per_unit < 2.5 * good.kg_per_unit {
            // Nobody flies salt.
            office = match self.settings.offices[office].kind {
                OfficeKind::Sea => office,
                _ => self.office_near(OfficeKind::Sea, s),
            };
        }
        let by_sea = self.settings.offices[office].kind == OfficeKind::Sea;
        let full = by_sea && s.chance(0.45);
        let scale = trader.map_or(1.0, |trader| trader.scale);
        let kg = if full {
            (s.spread(9_500.0, 0.45) * scale).clamp(800.0, 26_000.0)
        } else {
            (s.spread(260.0, 1.1) * scale).clamp(1.0, 6_000.0)
        };
        let units = (kg / good.kg_per_unit).round().max(1.0);
        let mut load = Load::of(good, units, trader.map_or(1.0, |trader| trader.price), s);
        let irregular = trader.map_or(self.settings.irregular_freight, |trader| trader.irregular);
        let mut origin = self.origin(good, partner.country, s);
        let mut preference = COUNTRIES[country_at(origin)].preference;
        if !s.chance(0.55) || good.tax == 0.0 {
            preference = "";
        }
        let home = &COUNTRIES[partner.country];
        let mut transit = match home.calls.first() {
            Some(call) if by_sea && s.chance(0.6) => Text::const_new(call),
            _ if by_sea && s.chance(0.025) => Text::const_new(s.pick(&crate::places::DETOURS)),
            _ => Text::default(),
        };
        let mut typology = Typology::Clean;
        if s.chance((irregular * factor * lane(self.seed, partner.country, office)).min(0.75)) {
            typology = match trader {
                Some(trader) if s.chance(0.65) => trader.vice,
                _ => s.pick(&[
                    Typology::Undervaluation,
                    Typology::Misclassification,
                    Typology::WrongWeight,
                    Typology::OriginFraud,
                ]),
            };
            if direction != Direction::Import && typology == Typology::OriginFraud {
                typology = Typology::WrongWeight;
            }
            if typology == Typology::OriginFraud {
                origin = s.pick(&["VN", "TH", "MY", "ID", "IN", "US"]);
                preference = COUNTRIES[country_at(origin)].preference;
                if by_sea && s.chance(0.4) {
                    transit = Text::const_new(COUNTRIES[country_at(origin)].sea);
                }
            }
            load.falsify(typology, s);
        }
        let korean = match trader {
            Some(trader) => Party::firm(trader.firm, s),
            None => Party::foreign_firm(stranger, s),
        };
        let away = Party::foreign_firm(partner, s);
        let mut onward = self.traders.countries_by_freight.draw(s);
        while onward == partner.country {
            onward = self.traders.countries_by_freight.draw(s);
        }
        let (sender, buyer) = match direction {
            Direction::Import => (away, korean),
            Direction::Export => {
                origin = "KR";
                (korean, away)
            }
            Direction::Transit | Direction::Transhipment => {
                let to = Foreigner::of(self.seed ^ 0x0A57, onward, s.below(300) as u64);
                (away, Party::foreign_firm(to, s))
            }
        };
        let plan = FreightPlan {
            direction,
            office: &self.settings.offices[office],
            country: partner.country,
            onward,
            origin,
            preference,
            transit,
            load,
            full,
            sender,
            buyer,
            broker: trader.map_or_else(|| s.below(BROKERS.len()), |trader| trader.broker),
            line: trader.map_or_else(|| s.below(LINES.len()), |trader| trader.line),
        };
        let returns = trader.is_some_and(|trader| trader.reexports)
            && direction == Direction::Import
            && s.chance(0.2);
        let to = returns.then(|| country_at(s.pick(&["JP", "AU", "US", "SG", "VN", "CN"])));
        (declaring::freight(self.seed, day, plan, s), typology, to)
    }
}
