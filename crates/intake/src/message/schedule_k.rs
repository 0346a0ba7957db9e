//! The countries of ports by the numbers that customs of the United States give these: Schedule K
//! has five digits for a port abroad, of which the first three are its country's; Schedule D has
//! four for one of their own.

use targeting::codes::CountryCode;

/// Number and country, in the order of numbers.
const COUNTRIES: &str = "122CA 201MX 205GT 208BZ 211SV 215HN 219NI 223CR 225PA 241JM 245HT 247DO \
     274TT 301CO 307VE 312GY 315SR 331EC 333PE 335BO 337CL 351BR 353PY 355UY 357AR 400IS 401SE \
     403NO 405FI 409DK 412GB 419IE 421NL 423BE 427FR 428DE 433AT 441CH 447EE 449LV 451LT 455PL \
     462RU 470ES 471PT 475IT 479HR 484GR 485RO 487BG 489TR 491CY 502SY 504LB 505IQ 507IR 508IL \
     511JO 513KW 517SA 518QA 520AE 523OM 525BH 533IN 535PK 538BD 542LK 546MM 549TH 552VN 555KH \
     557MY 559SG 560ID 565PH 566MO 570CN 580KR 582HK 583TW 588JP 602AU 614NZ 714MA 721DZ 723TN \
     725LY 729EG 748CI 749GH 752TG 753NG 766AO 779KE 783TZ 791ZA";

/// The country of a port by its number; none when it is of neither schedule or not listed here.
pub(crate) fn country(port: &str) -> Option<CountryCode> {
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match port.len() {
        4 => "US".parse().ok(),
        5 => {
            let mut known = COUNTRIES.split(' ');
            known.find_map(|entry| entry.strip_prefix(&port[..3]))?.parse().ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_both_schedules() {
        let of = |port: &str| country(port).map(|country| country.to_string());
        assert_eq!(of("57035").as_deref(), Some("CN"));
        assert_eq!(of("58023").as_deref(), Some("KR"));
        assert_eq!(of("2704").as_deref(), Some("US"));
        assert_eq!(of("99901"), None);
        assert_eq!(of("KRPUS"), None);
    }
}
