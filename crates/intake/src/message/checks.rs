//! What is odd about a consignment by its own document: check digits, placeholders, generic
//! descriptions, weights that contradict each other. A sign never rejects anything: real traffic
//! almost always has its digits right, so a wrong one is worth an officer's look.
//! The codes are listed with their meaning in `docs/formats.md`.

use targeting::codes::{CodeError, ContainerNumber, Mass};
use targeting::consignment::{Consignment, Equipment, Transport};
use targeting::crosscheck::is_placeholder_seal;

/// All signs of one consignment, in the order of this list.
pub(crate) fn signs(consignment: &Consignment) -> Vec<&'static str> {
    let mut signs = Vec::new();
    let documents = &consignment.documents;
    for bill in [&documents.master_bill, &documents.house_bill] {
        if !bill.is_empty() && dummy_bill(bill) {
            signs.push("bill_dummy");
        }
    }
    if consignment.transport == Some(Transport::Air) && !awb_holds(&documents.master_bill) {
        signs.push("awb_check_digit");
    }
    let id = &consignment.route.conveyance_id;
    if id.len() == 7 && id.bytes().all(|byte| byte.is_ascii_digit()) && !imo_holds(id) {
        signs.push("imo_check_digit");
    }
    for unit in &consignment.equipment {
        unit_signs(unit, consignment.transport, &mut signs);
    }
    for item in &consignment.goods {
        if item.hs.is_some_and(|hs| hs.hs6() == 999_999) {
            signs.push("hs_residual");
        }
        if item.hs.is_some_and(|hs| matches!(hs.chapter(), 0 | 77)) {
            signs.push("hs_no_chapter");
        }
        if vague(&item.description) {
            signs.push("description_vague");
        }
        if let (Some(net), Some(gross)) = (item.net_mass_g, item.gross_mass_g)
            && net > gross
            && gross > Mass(0)
        {
            signs.push("net_above_gross");
        }
    }
    for party in &consignment.parties {
        let phones = party.contact.iter().flat_map(|contact| &contact.phones);
        if phones.into_iter().any(|phone| placeholder_phone(phone)) {
            signs.push("phone_placeholder");
        }
    }
    signs
}

fn unit_signs(unit: &Equipment, by: Option<Transport>, signs: &mut Vec<&'static str>) {
    // What was read as a container's number has its digit right.
    let held = || unit.number.parse::<ContainerNumber>().map(drop);
    match unit.container.map_or_else(held, |_| Ok(())) {
        _ if unit.number.is_empty() => signs.push("container_unnamed"),
        Err(CodeError::CheckDigit { .. }) => signs.push("container_check_digit"),
        // Loading units of aircraft and vehicles have numbers of other shapes.
        Err(CodeError::Shape { .. })
            if unit.number.len() >= 10
                && !matches!(by, Some(Transport::Air | Transport::Road | Transport::Rail)) =>
        {
            signs.push("container_shape");
        }
        _ => {}
    }
    if unit.seals.iter().any(|seal| is_placeholder_seal(seal)) {
        signs.push("seal_placeholder");
    }
    if let (Some(gross), Some(verified)) = (unit.gross_mass_g, unit.verified_mass_g) {
        // The verified mass holds the box as well (2 to 5 t), so it may be larger than the
        // declared one by that, and smaller by no more than the error of a scale.
        let more = verified.0 - gross.0;
        if more < -(gross.0 / 20).max(500_000) || more > (gross.0 / 20).max(5_500_000) {
            signs.push("weight_unlike_verified");
        }
    }
}

/// A bill number that stands for none: `1`, `0`, `NA`, `TBA`, all of one character.
pub(crate) fn dummy_bill(bill: &str) -> bool {
    let bill = bill.trim().as_bytes();
    let [first, rest @ ..] = bill else { return true };
    rest.iter().all(|byte| byte.eq_ignore_ascii_case(first)) || is_filler(bill)
}

fn is_filler(text: &[u8]) -> bool {
    const FILLERS: [&str; 17] = [
        "NA", "N/A", "TBA", "TBN", "TBC", "NIL", "NONE", "UNKNOWN", "XXX", "DUMMY", "TEST", "SM",
        "SN", "123", "1234", "12345", "123456",
    ];
    text.len() <= 7 && FILLERS.iter().any(|known| text.eq_ignore_ascii_case(known.as_bytes()))
}

fn placeholder_phone(phone: &str) -> bool {
    let digits: Vec<u8> = phone.bytes().filter(u8::is_ascii_digit).collect();
    digits.iter().all(|digit| digit == &digits[0]) || digits.starts_with(b"000000")
}

/// True for what is no air waybill number at all, and for one whose eighth serial digit is the
/// first seven modulo 7 (IATA Resolution 600a).
pub(crate) fn awb_holds(awb: &str) -> bool {
    let digits: Vec<u8> = awb.bytes().filter(|byte| *byte != b'-' && *byte != b' ').collect();
    if digits.len() != 11 || !digits.iter().all(u8::is_ascii_digit) {
        return true;
    }
    let serial = digits[3..10].iter().fold(0u32, |n, digit| n * 10 + u32::from(digit - b'0'));
    serial % 7 == u32::from(digits[10] - b'0')
}

/// The check digit of an IMO ship number: the first six digits times 7 to 2, last digit of the
/// sum (IMO Resolution A.1117(30)).
pub(crate) fn imo_holds(number: &str) -> bool {
    let digits: Vec<u32> =
        number.bytes().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0')).collect();
    let sum: u32 =
        digits.iter().take(6).zip((2..=7).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 7 && sum % 10 == digits[6]
}

/// Words that say nothing of what the goods are, in the languages that documents use most.
const EMPTY_WORDS: &[&str] = &[
    "accessories",
    "and",
    "article",
    "articles",
    "as",
    "assorted",
    "attached",
    "cargo",
    "carga",
    "cartons",
    "collis",
    "commodities",
    "commodity",
    "contain",
    "containing",
    "contains",
    "consol",
    "consolidated",
    "consolidation",
    "container",
    "contents",
    "ctns",
    "daily",
    "divers",
    "effects",
    "equipment",
    "fak",
    "freight",
    "general",
    "gift",
    "gifts",
    "good",
    "goods",
    "household",
    "item",
    "items",
    "load",
    "manifest",
    "marchandises",
    "material",
    "materials",
    "mercancia",
    "mercancias",
    "merchandise",
    "misc",
    "miscellaneous",
    "no",
    "of",
    "other",
    "others",
    "packages",
    "pallets",
    "part",
    "parts",
    "per",
    "personal",
    "pieces",
    "product",
    "products",
    "said",
    "sample",
    "samples",
    "shipment",
    "spare",
    "stc",
    "supplies",
    "the",
    "to",
    "various",
    "varios",
    "waren",
    "잡화",
    "일반화물",
    "물품",
    "상품",
    "선물",
    "견본",
    "샘플",
    "기타",
    "생활용품",
    "부품",
    "杂货",
    "百货",
    "礼品",
    "样品",
    "雑貨",
    "一般貨物",
];

/// True when a description has words and all of them are empty ones.
pub(crate) fn vague(description: &str) -> bool {
    let mut words =
        description.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    if words.peek().is_none() {
        return false;
    }
    words.all(|word| {
        let mut lower = [0u8; 24];
        match word.is_ascii() && word.len() <= lower.len() {
            true => {
                let lower = &mut lower[..word.len()];
                lower.copy_from_slice(word.as_bytes());
                lower.make_ascii_lowercase();
                EMPTY_WORDS.iter().any(|empty| empty.as_bytes() == lower)
            }
            false => EMPTY_WORDS.contains(&word),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        // 123-4567890: 4567890 / 7 leaves 0... the sum is done by hand.
        assert!(awb_holds("180-12345675"));
        assert!(!awb_holds("180-12345676"));
        assert!(awb_holds("not an air waybill"));
        assert!(imo_holds("9074729"));
        assert!(!imo_holds("9074728"));
    }

    #[test]
    fn words_that_say_nothing() {
        for text in
            ["GENERAL CARGO", "Spare parts", "CONSOLIDATION AS PER ATTACHED MANIFEST", "잡화"]
        {
            assert!(vague(text), "{text}");
        }
        for text in ["", "1 X 20", "TRUCK TIRES", "spare parts for pumps", "자동차 부품 펌프"]
        {
            assert!(!vague(text), "{text}");
        }
    }

    #[test]
    fn stand_ins() {
        for bill in ["1", "0", "NA", "XXXX", "000000"] {
            assert!(dummy_bill(bill), "{bill}");
        }
        assert!(!dummy_bill("MAEU123456"));
        for seal in ["SM", "0", "SN", "CA", "NA", "0000"] {
            assert!(is_placeholder_seal(seal), "{seal}");
        }
        assert!(!is_placeholder_seal("KR123456"));
    }
}
