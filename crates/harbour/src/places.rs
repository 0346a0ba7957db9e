//! Where the pretend port lies: its offices, and the countries and ports that trade with it.
//! Offices are modelled on Korean gateways but their names and codes are invented; country codes,
//! UN/LOCODEs and currencies are real, their volumes and exchange rates are not. Who trades over
//! these places is in `traders.rs`.

use crate::row::Text;

/// What an office clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfficeKind {
    /// Express parcels by air.
    Express,
    /// Postal parcels.
    Post,
    /// Air freight.
    AirFreight,
    /// Sea freight.
    Sea,
}

/// A customs office of the pretend port.
#[derive(Clone, Debug, PartialEq)]
pub struct Office {
    /// Invented three-letter code, the value of the column `office`.
    pub code: Text,
    /// Invented name.
    pub name: Text,
    /// UN/LOCODE of the place it stands at.
    pub port: Text,
    /// What it clears.
    pub kind: OfficeKind,
    /// Its share among the offices of its regime; any positive scale.
    pub share: f64,
}

impl Office {
    fn new(code: &str, name: &str, port: &str, kind: OfficeKind, share: f64) -> Self {
        Self { code: code.into(), name: name.into(), port: port.into(), kind, share }
    }

    /// The offices of the standard world: one express hall, one post centre, one air cargo
    /// terminal, three seaports.
    pub fn standard() -> Vec<Self> {
        vec![
            Self::new("WAX", "Western Airport Express Hall", "KRICN", OfficeKind::Express, 0.68),
            Self::new("WAP", "Western Airport Post Centre", "KRICN", OfficeKind::Post, 0.32),
            Self::new(
                "WAC",
                "Western Airport Cargo Terminal",
                "KRICN",
                OfficeKind::AirFreight,
                0.26,
            ),
            Self::new("SGP", "Southern Great Port", "KRPUS", OfficeKind::Sea, 0.44),
            Self::new("WSP", "Western Seaport", "KRINC", OfficeKind::Sea, 0.18),
            Self::new("MBP", "Middle Bay Port", "KRPTK", OfficeKind::Sea, 0.12),
        ]
    }

    pub(crate) fn is_parcel(&self) -> bool {
        matches!(self.kind, OfficeKind::Express | OfficeKind::Post)
    }
}

pub(crate) struct Country {
    pub code: &'static str,
    pub sea: &'static str,
    pub air: &'static str,
    pub currency: &'static str,
    /// Units of the currency for one US dollar (invented, constant).
    pub per_usd: f64,
    /// Usual ports of call on the way, by sea.
    pub calls: &'static [&'static str],
    /// Share of parcels and of freight that comes from here; any scale.
    pub parcels: f64,
    pub freight: f64,
    /// Code of the trade agreement's preferential tariff, or "".
    pub preference: &'static str,
}

#[expect(clippy::too_many_arguments, reason = "one line of a constant table")]
const fn country(
    code: &'static str,
    sea: &'static str,
    air: &'static str,
    currency: &'static str,
    per_usd: f64,
    calls: &'static [&'static str],
    parcels: f64,
    freight: f64,
    preference: &'static str,
) -> Country {
    Country { code, sea, air, currency, per_usd, calls, parcels, freight, preference }
}

pub(crate) static COUNTRIES: [Country; 26] = [
    country("CN", "CNSHA", "CNPVG", "CNY", 7.1, &[], 48.0, 30.0, "FCN1"),
    country("US", "USLAX", "USLAX", "USD", 1.0, &[], 19.0, 11.0, "FUS1"),
    country("JP", "JPYOK", "JPNRT", "JPY", 148.0, &[], 9.0, 9.0, ""),
    country("DE", "DEHAM", "DEFRA", "EUR", 0.92, &["SGSIN"], 4.0, 5.0, "FEU1"),
    country("GB", "GBFXT", "GBLHR", "GBP", 0.79, &["SGSIN"], 3.0, 1.5, "FGB1"),
    country("HK", "HKHKG", "HKHKG", "HKD", 7.8, &[], 4.5, 2.0, ""),
    country("VN", "VNSGN", "VNSGN", "USD", 1.0, &[], 2.2, 7.0, "FVN1"),
    country("TH", "THLCH", "THBKK", "USD", 1.0, &["HKHKG"], 1.6, 3.0, "FAS1"),
    country("PH", "PHMNL", "PHMNL", "USD", 1.0, &[], 0.9, 1.6, "FAS1"),
    country("MY", "MYPKG", "MYKUL", "USD", 1.0, &["SGSIN"], 0.9, 2.2, "FAS1"),
    country("ID", "IDJKT", "IDCGK", "USD", 1.0, &["SGSIN"], 0.6, 2.4, "FAS1"),
    country("SG", "SGSIN", "SGSIN", "USD", 1.0, &[], 0.8, 1.4, "FSG1"),
    country("TW", "TWKHH", "TWTPE", "USD", 1.0, &[], 1.4, 3.2, ""),
    country("IN", "INNSA", "INDEL", "USD", 1.0, &["SGSIN"], 0.5, 2.0, "FIN1"),
    country("AU", "AUSYD", "AUSYD", "AUD", 1.5, &[], 1.3, 2.6, "FAU1"),
    country("FR", "FRLEH", "FRCDG", "EUR", 0.92, &["SGSIN"], 1.5, 1.6, "FEU1"),
    country("IT", "ITGOA", "ITMXP", "EUR", 0.92, &["SGSIN"], 1.4, 1.7, "FEU1"),
    country("ES", "ESVLC", "ESMAD", "EUR", 0.92, &["SGSIN"], 0.8, 1.2, "FEU1"),
    country("NL", "NLRTM", "NLAMS", "EUR", 0.92, &["SGSIN"], 0.9, 1.3, "FEU1"),
    country("CA", "CAVAN", "CAYVR", "CAD", 1.36, &[], 0.7, 1.3, "FCA1"),
    country("MX", "MXZLO", "MXMEX", "USD", 1.0, &["USLAX"], 0.25, 0.9, ""),
    country("CO", "COBUN", "COBOG", "USD", 1.0, &["PABLB"], 0.12, 0.7, "FCO1"),
    country("EC", "ECGYE", "ECUIO", "USD", 1.0, &["PABLB"], 0.06, 0.6, ""),
    country("CL", "CLSAI", "CLSCL", "USD", 1.0, &["PECLL"], 0.1, 1.3, "FCL1"),
    country("BR", "BRSSZ", "BRGRU", "USD", 1.0, &["SGSIN"], 0.15, 1.3, ""),
    country("ZA", "ZADUR", "ZAJNB", "USD", 1.0, &["SGSIN"], 0.1, 0.6, ""),
];

/// Ports that no usual lane of theirs calls at: a call here is a detour.
pub(crate) static DETOURS: [&str; 6] = ["AEJEA", "LKCMB", "OMSLL", "MYPGU", "TWKEL", "PHSFS"];

/// Index of a country that is known to be in the table.
pub(crate) fn country_at(code: &str) -> usize {
    COUNTRIES.iter().position(|country| country.code == code).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locodes_belong_to_their_countries() {
        for country in &COUNTRIES {
            assert!(country.sea.starts_with(country.code) && country.sea.len() == 5);
            assert!(country.air.starts_with(country.code) && country.air.len() == 5);
            assert_eq!(COUNTRIES[country_at(country.code)].code, country.code);
        }
    }
}
