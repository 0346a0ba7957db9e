//! Who smuggles: networks with a scheme (cover goods, route, identities, concealment) that they
//! change some days after losing shipments, as people do who want their goods to arrive.
//! A scheme leaves weak traces on many rows, and part of its shipments copy honest ones. How the
//! rows are written is in `declaring.rs`; when a network ships is decided in `world.rs`.

use crate::declaring::{Direction, FreightPlan, Load, ParcelPlan, Party, Words};
use crate::dice::{Purpose, Stream, mix};
use crate::goods::{GOODS, good_at};
use crate::names::{Foreigner, Person};
use crate::places::{COUNTRIES, DETOURS, OfficeKind, country_at};
use crate::row::Text;
use crate::traders::{BROKERS, COURIERS, LAX_BROKERS, LINES};
use crate::truth::{
    COCAINE, COCAINE_SOLUTION, Concealment, Drug, ECSTASY, ECSTASY_POWDER, KETAMINE, MARIJUANA,
    METHAMPHETAMINE, Substance, Typology, YABA,
};
use crate::world::Scenery;

const PARCEL_TYPOLOGIES: [Typology; 6] = [
    Typology::StolenIdentity,
    Typology::HomeParcel,
    Typology::Cosmetics,
    Typology::StolenIdentity,
    Typology::CoffeeGrounds,
    Typology::DissolvedLiquid,
];
const FREIGHT_TYPOLOGIES: [Typology; 8] = [
    Typology::TransitLaundering,
    Typology::DissolvedLiquid,
    Typology::MachineParts,
    Typology::CoffeeGrounds,
    Typology::LookAlikeBulk,
    Typology::TransitLaundering,
    Typology::Cosmetics,
    Typology::RipOn,
];
const PARCEL_SOURCES: [&str; 10] = ["TH", "VN", "MY", "US", "NL", "PH", "CN", "DE", "GB", "CA"];
const FREIGHT_SOURCES: [&str; 9] = ["MX", "CO", "EC", "BR", "TH", "CN", "VN", "PH", "CL"];

/// What a network does until it has lost too much.
pub(crate) struct Scheme {
    pub typology: Typology,
    concealment: Concealment,
    drug: &'static Drug,
    /// Goods it hides behind; the first decides the concealment.
    covers: [usize; 2],
    pub source: usize,
    detour: &'static str,
    office: usize,
    courier: Option<usize>,
    broker: usize,
    line: usize,
    /// Key of the sender accounts in use.
    accounts: u64,
    /// Homes where parcels are taken in.
    drops: Vec<Person>,
    /// Telephones answered by the network.
    phones: Vec<Person>,
    /// People whose customs codes were stolen.
    victims: Vec<u64>,
    /// Share of shipments that copy honest ones in all but their content.
    camouflage: f64,
    pub onward: usize,
}

pub(crate) struct Network {
    pub id: u16,
    pub parcels: bool,
    /// Share among the networks of its regime.
    pub weight: f64,
    /// Losses it takes before it changes.
    tolerance: u32,
    pub generation: u32,
    pub losses: u32,
    /// Day on which the next scheme starts.
    pub shift_on: Option<i64>,
    pub scheme: Scheme,
}

/// A network as the owner of the world may look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkView {
    /// The value of [`crate::Truth::network`].
    pub id: u16,
    /// True when it sends parcels, false for freight.
    pub parcels: bool,
    /// How many times it has changed its scheme.
    pub generation: u32,
    /// Losses since the last change.
    pub losses: u32,
    /// What it does now.
    pub typology: Typology,
    /// Country its shipments come from.
    pub source: &'static str,
}

/// What a network decides to ship.
pub(crate) struct Contraband {
    pub typology: Typology,
    pub substances: Vec<Substance>,
    pub concealment: Concealment,
}

impl Network {
    pub fn found(scenery: &Scenery, id: u16, parcels: bool, place: usize) -> Self {
        let mut stream = Stream::of(scenery.seed, Purpose::Scheme, -1, id.into());
        Self {
            id,
            parcels,
            weight: stream.between(0.6, 1.6),
            tolerance: 1 + stream.below(3) as u32,
            generation: 0,
            losses: 0,
            shift_on: None,
            scheme: Scheme::design(scenery, id, 0, parcels, place, None),
        }
    }

    pub fn view(&self) -> NetworkView {
        NetworkView {
            id: self.id,
            parcels: self.parcels,
            generation: self.generation,
            losses: self.losses,
            typology: self.scheme.typology,
            source: COUNTRIES[self.scheme.source].code,
        }
    }

    /// A shipment is lost; the network notices, and changes three to ten days after one too many.
    pub fn lose(&mut self, seed: u64, day: i64) {
        self.losses += 1;
        if self.losses >= self.tolerance && self.shift_on.is_none() {
            let lag = mix(mix(seed, self.id.into()), u64::from(self.generation)) % 8;
            self.shift_on = Some(day + 3 + lag as i64);
        }
    }

    pub fn wake(&mut self, scenery: &Scenery, day: i64) {
        if self.shift_on.is_some_and(|shift| shift <= day) {
            self.shift_on = None;
            self.losses = 0;
            self.generation += 1;
            self.scheme = Scheme::design(
                scenery,
                self.id,
                self.generation,
                self.parcels,
                0,
                Some(&self.scheme),
            );
        }
    }

    /// Ships less while it looks for a new way.
    pub fn activity(&self) -> f64 {
        if self.shift_on.is_some() { 0.5 } else { 1.0 }
    }
}

fn cover_of(typology: Typology, parcels: bool, stream: &mut Stream) -> usize {
    let headings: &[&str] = match (typology, parcels) {
        (Typology::DissolvedLiquid, true) => &["220421", "21069050", "330510"],
        (Typology::DissolvedLiquid, false) => &["220421", "200989", "220421"],
        (Typology::CoffeeGrounds, _) => &["090121"],
        (Typology::Cosmetics, _) => &["330499", "330510"],
        (Typology::MachineParts, _) => &["848340", "846232", "841391"],
        (Typology::TransitLaundering, _) => &["848340", "846232", "848340", "870829"],
        (Typology::LookAlikeBulk, _) => &["250100", "100630", "170199", "310210"],
        (Typology::RipOn, _) => &["080390", "030617", "090111"],
        _ => &["21069090", "950300", "732393", "340130", "330499", "180690", "481710", "610910"],
    };
    good_at(stream.pick(headings))
}

impl Scheme {
    fn design(
        scenery: &Scenery,
        id: u16,
        generation: u32,
        parcels: bool,
        place: usize,
        before: Option<&Self>,
    ) -> Self {
        let mut stream = Stream::of(scenery.seed, Purpose::Scheme, generation.into(), id.into());
        let s = &mut stream;
        let typology = match before {
            // At the start every way of smuggling is about; later, what the network thinks of.
            None if parcels => PARCEL_TYPOLOGIES[place % PARCEL_TYPOLOGIES.len()],
            None => FREIGHT_TYPOLOGIES[place % FREIGHT_TYPOLOGIES.len()],
            Some(old) if s.chance(0.6) => old.typology,
            Some(_) if parcels => s.pick(&PARCEL_TYPOLOGIES),
            Some(_) => s.pick(&FREIGHT_TYPOLOGIES),
        };
        let same_way = before.filter(|old| old.typology == typology);
        let cover = match same_way {
            Some(old) if s.chance(0.5) => old.covers[0],
            _ => cover_of(typology, parcels, s),
        };
        let source = match before {
            Some(old) if s.chance(0.3) => old.source,
            _ if s.chance(0.45) => country_at(s.pick(GOODS[cover].from)),
            _ if parcels => country_at(s.pick(&PARCEL_SOURCES)),
            _ => country_at(s.pick(&FREIGHT_SOURCES)),
        };
        let concealment = match typology {
            Typology::DissolvedLiquid => Concealment::Dissolved,
            Typology::CoffeeGrounds if parcels => Concealment::InsideConsumerGoods,
            Typology::CoffeeGrounds => Concealment::LookAlikeBulk,
            Typology::Cosmetics => Concealment::InsideConsumerGoods,
            Typology::MachineParts | Typology::TransitLaundering => Concealment::InsideMachine,
            Typology::LookAlikeBulk => Concealment::LookAlikeBulk,
            Typology::RipOn => Concealment::RipOnRipOff,
            _ if GOODS[cover].package == "EN" => Concealment::Letter,
            _ if s.chance(0.5) => Concealment::InsideConsumerGoods,
            _ => Concealment::InLoad,
        };
        let drugs: &[&Drug] = match typology {
            Typology::DissolvedLiquid => &[&COCAINE_SOLUTION, &METHAMPHETAMINE],
            Typology::CoffeeGrounds | Typology::RipOn => &[&COCAINE, &COCAINE, &MARIJUANA],
            Typology::MachineParts | Typology::TransitLaundering => &[&METHAMPHETAMINE],
            Typology::LookAlikeBulk | Typology::Cosmetics => &[&METHAMPHETAMINE, &KETAMINE],
            _ => &[&METHAMPHETAMINE, &YABA, &ECSTASY, &MARIJUANA, &KETAMINE, &COCAINE],
        };
        let kind = if parcels {
            if s.chance(0.65) { OfficeKind::Express } else { OfficeKind::Post }
        } else if GOODS[cover].usd_per_unit < 12.0 * GOODS[cover].kg_per_unit || s.chance(0.7) {
            OfficeKind::Sea
        } else {
            OfficeKind::AirFreight
        };
        let office = match before {
            Some(old) if s.chance(0.5) => old.office,
            _ => scenery.office_near(kind, s),
        };
        let letter = concealment == Concealment::Letter;
        let express = scenery.settings.offices[office].kind == OfficeKind::Express;
        let fresh = mix(mix(scenery.seed, 0x5EED_0000 + u64::from(id)), generation.into());
        let persons = u64::from(scenery.settings.persons.max(1));
        Self {
            typology,
            concealment,
            drug: s.pick(drugs),
            covers: [cover, if letter { cover } else { cover_of(typology, parcels, s) }],
            source,
            detour: if s.chance(0.35) { s.pick(&DETOURS) } else { "" },
            office,
            courier: express.then(|| match before.and_then(|old| old.courier) {
                Some(old) if s.chance(0.4) => old,
                _ => s.below(COURIERS.len()),
            }),
            broker: s.pick(&LAX_BROKERS),
            line: s.below(LINES.len()),
            accounts: fresh,
            drops: (0..2 + s.below(5) as u64).map(|i| Person::of(fresh, i)).collect(),
            phones: (0..1 + s.below(3) as u64).map(|i| Person::of(fresh, 100 + i)).collect(),
            victims: (0..12 + s.below(24)).map(|_| s.bits() % persons).collect(),
            camouflage: s.between(0.25, 0.5),
            onward: country_at(if s.chance(0.7) { "AU" } else { "JP" }),
        }
    }

    /// One of three sender accounts; accounts are given up after twelve days even if nothing is
    /// lost, so that a list of bad senders is out of date before it is long.
    fn sender(&self, source: usize, day: i64, s: &mut Stream) -> Foreigner {
        let period = (day + (self.accounts % 12) as i64) / 12;
        Foreigner::of(self.accounts, source, period as u64 * 3 + s.below(3) as u64)
    }

    /// One of two front firms, given up after two weeks.
    fn front(&self, day: i64, s: &mut Stream) -> Person {
        let period = (day + (self.accounts % 14) as i64) / 14;
        Person::of(self.accounts, 1_000 + period as u64 * 2 + s.below(2) as u64)
    }

    fn substances(&self, grams: f64, several: f64, stream: &mut Stream) -> Vec<Substance> {
        let mut found = vec![self.drug.amount(grams)];
        if stream.chance(several) {
            let others = [&MARIJUANA, &YABA, &ECSTASY, &ECSTASY_POWDER];
            // Now and then a seizure holds five substances in two units.
            let count = if stream.chance(0.15) { others.len() } else { 1 + stream.below(2) };
            for other in &others[..count] {
                if other.name != self.drug.name {
                    found.push(other.amount(grams * stream.between(0.02, 0.3)));
                }
            }
        }
        found
    }

    /// A parcel of this scheme.
    pub fn parcel<'a>(
        &self,
        scenery: &'a Scenery,
        day: i64,
        s: &mut Stream,
    ) -> (ParcelPlan<'a>, Contraband) {
        let letter = self.concealment == Concealment::Letter;
        let grams = if letter {
            s.spread(10.0, 0.6).clamp(1.0, 60.0)
        } else {
            s.spread(110.0, 1.1).clamp(4.0, 4_000.0)
        };
        let office = &scenery.settings.offices[self.office];
        let hidden = s.chance(self.camouflage);
        let shop = if hidden { scenery.traders.shop(s, day) } else { None };
        let cover = match shop {
            Some(shop) if self.typology == Typology::StolenIdentity => s.pick(&shop.goods),
            _ => s.pick(&self.covers),
        };
        let units = (1 + s.below(3)) as f64;
        let price = if hidden { s.spread(1.0, 0.3) } else { s.spread(0.75, 0.45) };
        let mut load = Load::of(&GOODS[cover], units, price, s);
        if !hidden && s.chance(0.22) {
            load.words = Words::Vague;
        }
        if self.concealment == Concealment::Dissolved {
            load.mass = s.between(1.0, 1.15);
        } else {
            load.extra_kg = grams / 1000.0 * s.between(0.4, 1.0);
        }
        let sender = match shop {
            Some(shop) => Party::shop(shop.sender, s),
            None if s.chance(0.3) => {
                Party::private_sender(Foreigner::of(scenery.seed, self.source, s.bits()), s)
            }
            None => Party::shop(self.sender(self.source, day, s), s),
        };
        let mut buyer = if self.typology == Typology::StolenIdentity {
            Party::person(Person::of(scenery.seed, s.pick(&self.victims)), s)
        } else {
            Party::person(scenery.person(s), s)
        };
        // The victim's code and name, but somebody else's door and telephone.
        if self.typology == Typology::StolenIdentity || s.chance(0.35) {
            let bits = s.bits();
            if !hidden || s.chance(0.5) {
                buyer.address = s.pick(&self.drops).address(bits);
            }
            buyer.phone = s.pick(&self.phones).phone(bits >> 8);
        }
        let country = shop.map_or(self.source, |shop| shop.sender.country);
        let plan = ParcelPlan {
            office,
            courier: self.courier,
            country,
            origin: scenery.origin(&GOODS[cover], country, s),
            transit: if s.chance(0.12) { "HKHKG" } else { "" },
            load,
            sender,
            buyer,
        };
        let several = if letter { 0.02 } else { 0.15 };
        let contraband = Contraband {
            typology: self.typology,
            substances: self.substances(grams, several, s),
            concealment: self.concealment,
        };
        (plan, contraband)
    }

    /// Freight of this scheme. A laundered shipment may pass through without being imported.
    pub fn freight<'a>(
        &self,
        scenery: &'a Scenery,
        day: i64,
        weekday: u32,
        s: &mut Stream,
    ) -> (FreightPlan<'a>, Contraband) {
        let good = &GOODS[s.pick(&self.covers)];
        // Half the time the goods come by the lane on which such goods usually come.
        let source = if s.chance(0.5) { country_at(s.pick(good.from)) } else { self.source };
        let kind = scenery.settings.offices[self.office].kind;
        let office = if s.chance(0.6) { self.office } else { scenery.office_near(kind, s) };
        let office = &scenery.settings.offices[office];
        let by_sea = office.kind == OfficeKind::Sea;
        let heavy = good.kg_per_unit > 40.0;
        let full = by_sea && !heavy && s.chance(0.6);
        let kg = if full { s.spread(9_000.0, 0.4).min(25_000.0) } else { s.spread(700.0, 0.8) };
        let units = (kg / good.kg_per_unit).round().max(1.0);
        let honest = scenery.traders.trader(s, false, day, weekday);
        let hidden = self.typology == Typology::RipOn || s.chance(self.camouflage);
        let price = if hidden { s.spread(1.0, 0.25) } else { s.spread(1.1, 0.4) };
        let mut load = Load::of(good, units, price, s);
        load.mass = match self.concealment {
            Concealment::InsideMachine => s.between(0.9, 1.35),
            Concealment::Dissolved => s.between(1.0, 1.1),
            _ => s.between(0.97, 1.06),
        };
        if !hidden && s.chance(0.15) {
            load.words = Words::Vague;
        }
        let passes = self.typology == Typology::TransitLaundering && s.chance(0.3)
            || self.typology == Typology::RipOn && s.chance(0.4);
        let front = match honest {
            Some(honest) if hidden => honest.firm,
            _ => self.front(day, s),
        };
        let mut buyer = Party::firm(front, s);
        let mut broker = if s.chance(0.5) { self.broker } else { s.below(BROKERS.len()) };
        let mut sender = Party::foreign_firm(self.sender(source, day, s), s);
        if let Some(honest) = honest.filter(|_| hidden) {
            broker = honest.broker;
            let usual = s.pick(&honest.partners).branch(source);
            sender = Party::foreign_firm(usual, s);
        }
        if passes {
            let firm = Foreigner::of(scenery.seed ^ 0x0A57, self.onward, s.below(300) as u64);
            buyer = Party::foreign_firm(firm, s);
        }
        let home = &COUNTRIES[source];
        let mut transit = Text::default();
        if by_sea && !self.detour.is_empty() && s.chance(0.4) {
            transit.push_str(self.detour);
        } else if by_sea && let Some(call) = home.calls.first() {
            transit.push_str(call);
        }
        // The drug is at most a third of what the papers weigh.
        let most = units * good.kg_per_unit * 1000.0 / 3.0;
        let grams = s.spread(38_000.0, 1.0).clamp(1_500.0, 1_134_000.0).min(most);
        let plan = FreightPlan {
            direction: if passes { Direction::Transhipment } else { Direction::Import },
            office,
            country: source,
            onward: self.onward,
            origin: scenery.origin(good, source, s),
            preference: "",
            transit,
            load,
            full,
            sender,
            buyer,
            broker,
            line: if s.chance(0.4) { self.line } else { s.below(LINES.len()) },
        };
        let contraband = Contraband {
            typology: self.typology,
            substances: self.substances(grams, 0.05, s),
            concealment: self.concealment,
        };
        (plan, contraband)
    }
}

/// A single buyer without a network: an own order from abroad, hardly different from any other.
pub(crate) fn lone_parcel<'a>(
    scenery: &'a Scenery,
    s: &mut Stream,
) -> (ParcelPlan<'a>, Contraband) {
    let cover = cover_of(Typology::HomeParcel, true, s);
    let country = country_at(s.pick(&PARCEL_SOURCES));
    let kind = if s.chance(0.4) { OfficeKind::Express } else { OfficeKind::Post };
    let office = &scenery.settings.offices[scenery.office_near(kind, s)];
    let grams = s.spread(18.0, 0.9).clamp(1.0, 500.0);
    let units = (1 + s.below(2)) as f64;
    let price = s.spread(0.95, 0.35);
    let mut load = Load::of(&GOODS[cover], units, price, s);
    load.extra_kg = grams / 1000.0;
    let sender = Foreigner::of(scenery.seed, country, s.bits());
    let plan = ParcelPlan {
        office,
        courier: (office.kind == OfficeKind::Express).then(|| s.below(COURIERS.len())),
        country,
        origin: COUNTRIES[country].code,
        transit: "",
        load,
        sender: Party::private_sender(sender, s),
        buyer: Party::person(scenery.person(s), s),
    };
    let drugs = [&METHAMPHETAMINE, &ECSTASY, &MARIJUANA, &KETAMINE, &COCAINE];
    let contraband = Contraband {
        typology: Typology::HomeParcel,
        substances: vec![s.pick(&drugs).amount(grams)],
        concealment: if GOODS[cover].package == "EN" {
            Concealment::Letter
        } else {
            Concealment::InLoad
        },
    };
    (plan, contraband)
}
