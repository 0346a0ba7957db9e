//! Invented firms and vessels, as registers and lists write them.

use super::dice::Dice;
use super::people::transliterated;

const SYLLABLES: &str = "ka ro ven tar mil dor san bel nor vi lux pol gran mar tes el zen or al \
fin dra \
sol ter ran pet bor ast cor del fer gal hel in jo kel lan mon nep o par qui res sil tor ul val \
wex xan yor \
zim ari bre cla fro gle plu sta tri";
const RARE: &str = "Rosneft Gazinvest Sakhatrans Khatam Shahid Mahan Bushehr Petropars Wagenburg \
Concordia \
Novatek Uralmash Almaz Tekhsnab Yuganskneft Zarubezh Kontsern Vympel Granit Avangard Metrostroy \
Kalashnik \
Ryonbong Tangun Kwangson Namchongang Korgum Tosong Daesong Mirae Hanbit Samhwa Dongbang Haneul \
Sinopec \
Huaxin Zhongxing Poly Norinco Wanbao Limac Dalian Karl Lee Altaica Saffron Meridian Blackstar \
Northgate \
Pelican Oceanus Atlas Orion Phoenix Neptune Titan Sirius Vega Lotus Falcon Condor Aurora Zenith \
Apex Delta \
Omega Sigma Crystal Diamond Emerald Pearl Horizon Summit Pioneer Liberty Victory Fortune \
Prosperity Harmony";
const PLACES: &str = "Moscow Tehran Damascus Aleppo Minsk Kyiv Donetsk Crimea Sevastopol \
Pyongyang Wonsan Nampo \
Shanghai Dalian Shenzhen Guangdong Dubai Sharjah Istanbul Ankara Beirut Tripoli Baghdad Basra \
Kabul \
Kandahar Karachi Lahore Delhi Mumbai Singapore Macau Taipei Hamburg Vienna Zurich Geneva Cyprus \
Malta \
London Panama Bogota Culiacan Tijuana Sinaloa Caracas Havana Lagos Khartoum Harare Kinshasa";
/// What a firm does: ways of saying it, one way a sign `/`.
const TRADES: &str = "Trading/Trade/Commercial|Shipping/Maritime|Logistics/Logistik|Electronics|\
Construction/Constructions/Stroy|Engineering|Petroleum/Oil|Chemical/Chemicals|\
Industries/Industrial/Industry|\
Technologies/Technology/Tech|Energy|Steel|Mining|Investment/Investments/Invest|Import \
Export/Import-Export|\
Aviation|Airlines/Airways|Pharmaceuticals/Pharma|Foods/Food|Textile/Textiles|Machinery|Insurance|\
Bank/Banco|\
Transport/Transportation|Services/Service|Development|Equipment|Telecom/Telecommunications|\
Motors/Automotive|\
Metals/Metal|Real Estate|Security|Media|Software|Systems|Consulting|Exchange|Money Exchange|\
Foundation/Fund|\
Research Institute/Scientific Research Institute|Design Bureau|Plant/Factory/Works|University|\
Center/Centre";
const LAYERS: [&str; 10] = [
    "International",
    "Global",
    "General",
    "Group",
    "Holding",
    "National",
    "United",
    "New",
    "Gulf",
    "East",
];
/// Company forms by family: forms that stand for each other.
const FORMS: [&[&str]; 8] = [
    &["Ltd", "Limited", "Ltd.", "Co., Ltd.", "Company Limited", "Co. Ltd", "CO LTD"],
    &["LLC", "L.L.C.", "Limited Liability Company", "OOO", "ООО"],
    &[
        "JSC",
        "Joint Stock Company",
        "AO",
        "АО",
        "PJSC",
        "OJSC",
        "OAO",
        "Public Joint Stock Company",
        "ПАО",
    ],
    &["GmbH", "G.m.b.H.", "GMBH"],
    &["S.A.", "SA", "S.A", "Sociedad Anonima"],
    &["Inc", "Inc.", "Incorporated", "Corp.", "Corporation", "Corp"],
    &["FZE", "FZCO", "FZ-LLC", "FZC"],
    &["S.A. de C.V.", "SA de CV", "S. de R.L. de C.V."],
];

/// A firm in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Firm {
    names: Vec<String>,
    place: Option<String>,
    layer: Option<String>,
    trade: Option<usize>,
    number: Option<usize>,
    form: usize,
    cyrillic: bool,
}

fn words(table: &'static str) -> Vec<&'static str> {
    table.split_whitespace().collect()
}

/// A word that nobody has heard.
pub fn invented(dice: &mut Dice) -> String {
    let syllables = words(SYLLABLES);
    let n = 2 + dice.below(2);
    let word: String = (0..n).map(|_| *dice.of(&syllables)).collect();
    format!("{}{}", word[..1].to_uppercase(), &word[1..])
}

fn rare(dice: &mut Dice) -> String {
    if dice.chance(0.5) { invented(dice) } else { (*dice.of(&words(RARE))).to_owned() }
}

fn trade_ways(at: usize) -> Vec<&'static str> {
    TRADES.split('|').nth(at).unwrap_or("Trading").split('/').collect()
}

fn trades() -> usize {
    TRADES.split('|').count()
}

impl Firm {
    pub fn any(dice: &mut Dice) -> Firm {
        let n = if dice.chance(0.35) { 2 } else { 1 };
        let names: Vec<String> = (0..n).map(|_| rare(dice)).collect();
        let bare = dice.chance(0.12);
        Firm {
            names,
            place: dice.chance(0.25).then(|| (*dice.of(&words(PLACES))).to_owned()),
            layer: (dice.chance(0.25) && !bare).then(|| (*dice.of(&LAYERS)).to_owned()),
            trade: (!bare && dice.chance(0.85)).then(|| dice.below(trades())),
            number: dice.chance(0.06).then(|| 1 + dice.below(30)),
            form: dice.below(FORMS.len()),
            cyrillic: dice.chance(0.12),
        }
    }

    /// A firm like those that trade every day, few of whose names are words that many have.
    pub fn everyday(dice: &mut Dice) -> Firm {
        let mut firm = Firm::any(dice);
        for name in &mut firm.names {
            if dice.chance(0.7) {
                *name = invented(dice);
            }
        }
        firm
    }

    /// A firm that is easily taken for this one.
    pub fn neighbour(&self, dice: &mut Dice) -> Firm {
        let mut other = self.clone();
        let fresh = Firm::any(dice);
        match dice.below(12) {
            // A daughter: one more word that tells.
            10 => other.names.push(fresh.names[0].clone()),
            11 => {
                if self.trade.is_some() && self.names.len() == 1 {
                    other.names.push(fresh.names[0].clone());
                    other.trade = None;
                } else {
                    other.trade = Some(dice.below(trades()));
                }
            }
            // A sister: the same name, another trade.
            0..=1 => {
                let trade = dice.below(trades());
                other.trade = Some(match self.trade {
                    Some(own) if own == trade => (trade + 1) % trades(),
                    _ => trade,
                });
                if self.trade.is_none() {
                    other.names = fresh.names;
                }
                other.form = fresh.form;
            }
            2 => match &self.number {
                Some(n) => other.number = Some(n + 1 + dice.below(5)),
                None => {
                    other.names[0] = fresh.names[0].clone();
                }
            },
            3..=4 if self.place.is_some() => {
                // Bank of here, bank of there.
                other.place = Some((*dice.of(&words(PLACES))).to_owned());
                if other.place == self.place {
                    other.names[0] = fresh.names[0].clone();
                }
            }
            5 if self.names.len() > 1 => {
                let at = dice.below(2);
                other.names[at] = fresh.names[0].clone();
            }
            // A name that looks alike.
            6 => {
                let pool: Vec<String> = (0..60).map(|_| rare(dice)).collect();
                let near = pool
                    .iter()
                    .filter(|one| **one != self.names[0])
                    .min_by_key(|one| super::people::edits(one, &self.names[0]));
                if let Some(near) = near {
                    other.names[0] = near.clone();
                }
            }
            // The same general words around another name.
            _ => {
                other.names[0] = fresh.names[0].clone();
                if dice.chance(0.3) {
                    other.form = fresh.form;
                }
            }
        }
        other
    }

    pub fn same_parts(&self, other: &Firm) -> bool {
        self.names == other.names
            && self.place == other.place
            && self.trade == other.trade
            && self.number == other.number
    }

    /// As some document writes it.
    pub fn line(&self, dice: &mut Dice) -> String {
        let mut names = self.names.clone();
        if names.len() == 2 && dice.chance(0.12) {
            let last = names.pop().unwrap_or_default().to_lowercase();
            names[0].push_str(&last);
        }
        let mut parts: Vec<String> = names;
        if let Some(number) = self.number {
            parts.push(number.to_string());
        }
        if let Some(layer) = &self.layer
            && dice.chance(0.85)
        {
            let short = layer == "International" && dice.chance(0.3);
            parts.push(if short { "Intl".to_owned() } else { layer.clone() });
        }
        if let Some(trade) = self.trade
            && !dice.chance(0.03)
        {
            parts.push((*dice.of(&trade_ways(trade))).to_owned());
        }
        if let Some(place) = &self.place {
            match dice.below(5) {
                0 => parts.push(format!("of {place}")),
                1 => parts.push(format!("({place})")),
                2 => parts.push(place.clone()),
                _ => parts.insert(0, place.clone()),
            }
        }
        // The order is another now and then.
        if dice.chance(0.04) && parts.len() > 1 {
            let last = parts.len() - 1;
            parts.swap(last, last - 1);
        }
        let mut text = parts.join(" ");
        if dice.chance(0.7) {
            let form = dice.of(FORMS[self.form]);
            text = match dice.chance(0.75) {
                true => format!("{text} {form}"),
                false if form.len() < 6 => format!("{form} {text}"),
                false => format!("{text}, {form}"),
            };
        }
        if dice.chance(0.06) {
            text = format!("The {text}");
        }
        match dice.below(8) {
            0 | 1 => text.to_uppercase(),
            2 => text.to_lowercase(),
            _ => text,
        }
    }

    /// A firm with a Russian name, in Cyrillic and transliterated.
    pub fn cyrillic(dice: &mut Dice) -> (String, String) {
        let first =
            ["Урал", "Север", "Волга", "Балт", "Сибирь", "Нева", "Алмаз", "Крым", "Дон", "Енисей"];
        let last =
            ["маш", "нефть", "газ", "строй", "сталь", "хим", "электро", "транс", "прибор", "торг"];
        let forms =
            [("ООО", "OOO"), ("ООО", "LLC"), ("АО", "JSC"), ("ОАО", "OAO"), ("ПАО", "PJSC")];
        let trade = [
            ("завод", "Plant"),
            ("банк", "Bank"),
            ("холдинг", "Holding"),
            ("", ""),
            ("", ""),
            ("", ""),
        ];
        let form = dice.of(&forms);
        let (own_trade, trade) = dice.of(&trade);
        let name = format!("{}{}", dice.of(&first), dice.of(&last));
        let latin = transliterated(&name, dice.below(3));
        let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let own = tidy(
            format!("{} \"{name} {own_trade}\"", form.0).replace(" \"", " «").replace('"', "»"),
        );
        let latin = match dice.chance(0.5) {
            true => tidy(format!("{latin} {trade} {}", form.1)),
            false => tidy(format!("{} {latin} {trade}", form.1)),
        };
        (own, latin)
    }

    /// The first letters, where they make an acronym of at least three.
    pub fn acronym(&self) -> Option<(String, String)> {
        let mut parts = self.names.clone();
        if let Some(place) = &self.place {
            parts.insert(0, place.clone());
        }
        if let Some(layer) = &self.layer {
            parts.push(layer.clone());
        }
        if let Some(trade) = self.trade {
            parts.extend(trade_ways(trade)[0].split_whitespace().map(str::to_owned));
        }
        let letters: String = parts.iter().filter_map(|part| part.chars().next()).collect();
        (letters.len() >= 3).then(|| (parts.join(" "), letters.to_uppercase()))
    }
}

/// A vessel's name and number of its kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Vessel {
    words: Vec<String>,
    number: Option<usize>,
}

const SHIPS: &str = "Ocean Sea Star Pacific Lady Royal Golden Silver Blue Grand Jin Rang Chong \
Chon Hui Song \
Paek Tong Rason Dawn Glory Spirit Queen Princess Adventure Breeze Wind Eagle Dolphin Orchid \
Jasmine Amber \
Sunrise Moon Bright Happy Lucky Success Wisdom Faith Hope Noble Brave Swift Arctic Baltic Nordic \
Caspian";

impl Vessel {
    pub fn any(dice: &mut Dice) -> Vessel {
        let n = [1, 2, 2, 2, 3][dice.below(5)];
        let ships = words(SHIPS);
        let words = (0..n)
            .map(|_| if dice.chance(0.3) { rare(dice) } else { (*dice.of(&ships)).to_owned() })
            .collect();
        Vessel { words, number: dice.chance(0.35).then(|| 1 + dice.below(12)) }
    }

    pub fn neighbour(&self, dice: &mut Dice) -> Vessel {
        let mut other = self.clone();
        let fresh = Vessel::any(dice);
        match (self.number, dice.below(3)) {
            (Some(n), 0 | 1) => other.number = Some(n + 1 + dice.below(6)),
            (None, 0) if self.words.len() == 1 => other.number = Some(2 + dice.below(8)),
            _ => {
                let at = dice.below(self.words.len());
                other.words[at] = fresh.words[0].clone();
            }
        }
        other
    }

    pub fn line(&self, dice: &mut Dice) -> String {
        const ROMAN: [&str; 19] = [
            "", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII",
            "XIV", "XV", "XVI", "XVII", "XVIII",
        ];
        let joint = if dice.chance(0.1) { "" } else { " " };
        let mut text = match joint {
            "" => {
                let all: Vec<String> = self.words.iter().map(|word| word.to_lowercase()).collect();
                all.concat()
            }
            _ => self.words.join(joint),
        };
        if let Some(n) = self.number {
            let roman = dice.chance(0.25) && n < ROMAN.len() && n > 1 && n != 5 && n != 10;
            let number = if roman { ROMAN[n].to_owned() } else { n.to_string() };
            text = match dice.below(3) {
                0 => format!("{text}-{number}"),
                _ => format!("{text} {number}"),
            };
        }
        if dice.chance(0.3) {
            text = format!("{} {text}", dice.of(&["MV", "M/V", "MT", "M.V.", "F/V"]));
        }
        if dice.chance(0.5) { text.to_uppercase() } else { text }
    }
}
