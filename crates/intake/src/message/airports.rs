//! The country of an airport by its IATA code, for the airports that most air freight passes.
//! A place that is not here keeps its code and has no country; nothing is guessed.

use std::sync::LazyLock;

use targeting::codes::CountryCode;

/// Country, then its airports.
const AIRPORTS: &[(&str, &str)] = &[
    ("AE", "AUH DWC DXB SHJ RKT"),
    ("AF", "KBL"),
    ("AR", "EZE AEP COR"),
    ("AT", "VIE LNZ GRZ"),
    ("AU", "SYD MEL BNE PER ADL CNS DRW"),
    ("AZ", "GYD"),
    ("BD", "DAC CGP"),
    ("BE", "BRU LGG OST ANR"),
    ("BG", "SOF"),
    ("BH", "BAH"),
    ("BO", "VVI LPB"),
    ("BR", "GRU VCP GIG MAO CWB POA REC FOR BSB CNF SSA"),
    ("CA", "YYZ YUL YVR YYC YHM YEG YWG YHZ YOW YMX"),
    ("CH", "ZRH GVA BSL"),
    ("CI", "ABJ"),
    ("CL", "SCL"),
    ("CM", "DLA NSI"),
    (
        "CN",
        "PEK PKX PVG SHA CAN SZX CTU CKG XIY HGH NKG TAO DLC XMN TSN WUH CGO SHE KMG CSX FOC \
            NGB HAK YNT WEH CGQ HRB NNG URC EHU TNA HFE WNZ JJN ZUH",
    ),
    ("CO", "BOG MDE CLO CTG BAQ"),
    ("CR", "SJO LIR"),
    ("CY", "LCA PFO"),
    ("CZ", "PRG BRQ"),
    ("DE", "FRA MUC HAM DUS CGN LEJ STR BER TXL HAJ HHN NUE BRE FDH FMO"),
    ("DK", "CPH BLL"),
    ("DO", "SDQ PUJ"),
    ("DZ", "ALG"),
    ("EC", "UIO GYE"),
    ("EE", "TLL"),
    ("EG", "CAI ALY HBE"),
    ("ES", "MAD BCN ZAZ VIT VLC AGP PMI SVQ BIO"),
    ("ET", "ADD"),
    ("FI", "HEL TMP"),
    ("FR", "CDG ORY LYS MRS TLS NCE MLH BOD XCR"),
    ("GB", "LHR LGW STN EMA MAN BHX EDI GLA LTN PIK BFS NCL BRS"),
    ("GE", "TBS"),
    ("GH", "ACC"),
    ("GR", "ATH SKG"),
    ("GT", "GUA"),
    ("HK", "HKG"),
    ("HN", "SAP TGU"),
    ("HR", "ZAG"),
    ("HU", "BUD"),
    ("ID", "CGK DPS SUB KNO BTH UPG"),
    ("IE", "DUB SNN ORK"),
    ("IL", "TLV"),
    ("IN", "DEL BOM MAA BLR HYD CCU COK AMD TRV PNQ GOI"),
    ("IQ", "BGW EBL BSR"),
    ("IR", "IKA THR"),
    ("IS", "KEF"),
    ("IT", "MXP FCO LIN BGY VCE BLQ TRN NAP PSA VRN"),
    ("JM", "KIN MBJ"),
    ("JO", "AMM"),
    ("JP", "NRT HND KIX NGO FUK CTS ITM OKA KKJ HIJ SDJ OKJ"),
    ("KE", "NBO MBA EDL"),
    ("KH", "PNH SAI KTI"),
    ("KR", "ICN GMP PUS CJU TAE MWX CJJ KWJ RSU USN"),
    ("KW", "KWI"),
    ("KZ", "ALA NQZ TSE GUW"),
    ("LA", "VTE"),
    ("LB", "BEY"),
    ("LK", "CMB HRI"),
    ("LT", "VNO KUN"),
    ("LU", "LUX"),
    ("LV", "RIX"),
    ("LY", "TIP"),
    ("MA", "CMN RAK TNG"),
    ("MM", "RGN MDL"),
    ("MN", "ULN UBN"),
    ("MO", "MFM"),
    ("MT", "MLA"),
    ("MU", "MRU"),
    ("MV", "MLE"),
    ("MX", "MEX GDL MTY NLU TIJ CUN QRO HMO SLP BJX"),
    ("MY", "KUL PEN JHB BKI KCH"),
    ("MZ", "MPM"),
    ("NG", "LOS ABV KAN PHC"),
    ("NL", "AMS MST RTM EIN"),
    ("NO", "OSL BGO SVG TRD"),
    ("NP", "KTM"),
    ("NZ", "AKL CHC WLG"),
    ("OM", "MCT SLL"),
    ("PA", "PTY"),
    ("PE", "LIM"),
    ("PG", "POM"),
    ("PH", "MNL CEB CRK DVO"),
    ("PK", "KHI LHE ISB PEW SKT"),
    ("PL", "WAW KTW KRK GDN WRO POZ"),
    ("PR", "SJU BQN"),
    ("PT", "LIS OPO"),
    ("PY", "ASU"),
    ("QA", "DOH"),
    ("RO", "OTP CLJ"),
    ("RS", "BEG"),
    ("RU", "SVO DME VKO LED VVO KHV OVB SVX UUS"),
    ("SA", "RUH JED DMM MED"),
    ("SE", "ARN GOT MMX NRK"),
    ("SG", "SIN"),
    ("SI", "LJU"),
    ("SK", "BTS"),
    ("SN", "DSS DKR"),
    ("TH", "BKK DMK HKT CNX UTP"),
    ("TN", "TUN"),
    ("TR", "IST SAW ESB ADB AYT ISL"),
    ("TW", "TPE KHH TSA RMQ"),
    ("TZ", "DAR JRO"),
    ("UA", "KBP LWO ODS"),
    ("UG", "EBB"),
    (
        "US",
        "JFK LAX ORD ANC MIA ATL DFW SFO SEA EWR IAD BOS IAH DEN PHL SDF MEM CVG IND ONT OAK \
            HNL DTW MSP PHX LAS CLT RFD BWI AFW PDX SAN TPA FLL MCO STL MCI SLC BNA RDU CLE PIT \
            CMH AUS SAT ILN TOL GUM SJC",
    ),
    ("UY", "MVD"),
    ("UZ", "TAS NVI"),
    ("VE", "CCS"),
    ("VN", "SGN HAN DAD HPH VCA CXR"),
    ("ZA", "JNB CPT DUR"),
    ("ZM", "LUN"),
    ("ZW", "HRE"),
];

/// The country in which an airport lies, or nothing when it is not among the main ones.
pub(crate) fn country(iata: &str) -> Option<CountryCode> {
    let iata = iata.trim();
    let code = <[u8; 3]>::try_from(iata.as_bytes()).ok()?.map(|byte| byte.to_ascii_uppercase());
    let place = SORTED.binary_search_by_key(&code, |(airport, _)| *airport).ok()?;
    Some(SORTED[place].1)
}

/// Each airport with its country, by its code.
static SORTED: LazyLock<Vec<([u8; 3], CountryCode)>> = LazyLock::new(|| {
    let mut all: Vec<([u8; 3], CountryCode)> = AIRPORTS
        .iter()
        .filter_map(|(country, airports)| Some((country.parse().ok()?, airports)))
        .flat_map(|(country, airports)| {
            let codes = airports.split_ascii_whitespace();
            codes.filter_map(move |code| Some((code.as_bytes().try_into().ok()?, country)))
        })
        .collect();
    all.sort_unstable_by_key(|(airport, _)| *airport);
    all
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_airport_lies_in_one_country() {
        let mut all: Vec<&str> =
            AIRPORTS.iter().flat_map(|(_, airports)| airports.split_ascii_whitespace()).collect();
        let listed = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), listed);
        assert!(AIRPORTS.iter().all(|(code, _)| code.parse::<CountryCode>().is_ok()));
        assert_eq!(country("icn").map(|c| c.to_string()).as_deref(), Some("KR"));
        assert_eq!(country("QQQ"), None);
    }
}
