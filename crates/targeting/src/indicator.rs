//! Indicators: observable facts that officers know as signs of risk, each by name, with a sentence
//! and with examples that prove it. One indicator is no suspicion; rules combine them. An indicator
//! is itself a condition over the fields of `rule/field.rs`, so it costs what its parts cost and
//! sees no more than a rule does. The figures are generic; a site writes its own into rules.

use std::sync::LazyLock;

use crate::rule::{Condition, condition_of_indicator};

/// A field with a value, as one writes it in a condition.
pub type Example = (&'static str, &'static str);

/// One observable fact.
pub struct Indicator {
    /// Its name, such as `route.transhipped`; never renamed, because kept rules name it.
    pub code: &'static str,
    /// What it says, in Korean.
    pub ko: &'static str,
    /// What it says, in English.
    pub en: &'static str,
    /// When it shows, as a condition.
    pub text: &'static str,
    /// A consignment on which it shows.
    pub fires: &'static [Example],
    /// One on which it does not.
    pub quiet: &'static [Example],
}

impl Indicator {
    /// The condition, checked.
    pub fn condition(&self) -> &'static Condition {
        static CHECKED: LazyLock<Vec<(&'static str, Condition)>> = LazyLock::new(|| {
            let checked = INDICATORS.iter().map(|one| match condition_of_indicator(one.text) {
                Ok(condition) => (one.code, condition),
                // The catalogue is fixed, and its test checks every entry.
                Err(faults) => panic!("the indicator {} does not check: {faults:?}", one.code),
            });
            checked.collect()
        });
        match CHECKED.iter().find(|(code, _)| *code == self.code) {
            Some((_, condition)) => condition,
            // Indicators are made here alone.
            None => unreachable!("{} is in the catalogue", self.code),
        }
    }

    /// The fields that it reads.
    pub fn fields(&self) -> Vec<&'static str> {
        self.condition().reads()
    }
}

/// Every indicator there is.
pub fn all() -> &'static [Indicator] {
    &INDICATORS
}

/// The indicator of this code.
pub fn find(code: &str) -> Option<&'static Indicator> {
    INDICATORS.iter().find(|one| one.code == code)
}

static INDICATORS: [Indicator; 51] = [
    Indicator {
        code: "route.transhipped",
        ko: "경유하거나 발송국이 아닌 곳에서 선적됨",
        en: "Calls on the way, or is loaded outside the country of dispatch",
        text: "route.via >= 1 || route.loading_country != route.departure",
        fires: &[("route.via", "2"), ("route.departure", "MX")],
        quiet: &[("route.via", "0"), ("route.departure", "MX"), ("route.loading_country", "MX")],
    },
    Indicator {
        code: "route.many_stops",
        ko: "경유지가 세 곳 이상",
        en: "Three places called at or more",
        text: "route.via >= 3",
        fires: &[("route.via", "4")],
        quiet: &[("route.via", "2")],
    },
    Indicator {
        code: "route.not_from_origin",
        ko: "원산지가 아닌 나라에서 발송됨",
        en: "Dispatched from another country than that of origin",
        text: "goods.origin != route.departure",
        fires: &[("goods.origin", "CO"), ("route.departure", "NL")],
        quiet: &[("goods.origin", "NL"), ("route.departure", "NL")],
    },
    Indicator {
        code: "route.loaded_elsewhere",
        ko: "발송국이 아닌 나라에서 선적됨",
        en: "Loaded in another country than that of dispatch",
        text: "route.loading_country != route.departure",
        fires: &[("route.loading_country", "MY"), ("route.departure", "TH")],
        quiet: &[("route.loading_country", "TH"), ("route.departure", "TH")],
    },
    Indicator {
        code: "route.passes_through",
        ko: "통과·환적 화물",
        en: "In transit or transhipment",
        text: r#"direction in ["transit", "transhipment"]"#,
        fires: &[("direction", "transhipment")],
        quiet: &[("direction", "import")],
    },
    Indicator {
        code: "route.reexport",
        ko: "수입 신고에 이어 다시 나가는 화물",
        en: "Leaves again after an earlier declaration",
        text: r#"direction == "export" && documents.follows_previous"#,
        fires: &[("direction", "export"), ("documents.follows_previous", "true")],
        quiet: &[("direction", "export"), ("documents.follows_previous", "false")],
    },
    Indicator {
        code: "route.back_to_origin",
        ko: "원산지로 되돌아가는 화물",
        en: "Goes back to the country of origin",
        text: "goods.origin == route.destination",
        fires: &[("goods.origin", "AU"), ("route.destination", "AU")],
        quiet: &[("goods.origin", "MX"), ("route.destination", "AU")],
    },
    Indicator {
        code: "route.new_for_goods",
        ko: "이 경로로 처음 오는 품목(호)",
        en: "Goods of this heading come this way for the first time",
        text: "lane_goods.first_time",
        fires: &[("lane_goods.first_time", "true")],
        quiet: &[("lane_goods.first_time", "false")],
    },
    Indicator {
        code: "lane.seizures_lately",
        ko: "최근 30일 이 경로에서 밀수 적발이 잦음",
        en: "Seizures on this lane in the last 30 days",
        text: "lane_30d.critical_rate > 0.02 && lane_30d.inspected >= 20",
        fires: &[("lane_30d.critical_rate", "0.1"), ("lane_30d.inspected", "40")],
        quiet: &[("lane_30d.critical_rate", "0.1"), ("lane_30d.inspected", "4")],
    },
    Indicator {
        code: "consignor.new",
        ko: "처음 보는 발송인",
        en: "Consignor seen for the first time",
        text: "consignor.first_time",
        fires: &[("consignor.first_time", "true")],
        quiet: &[("consignor.first_time", "false")],
    },
    Indicator {
        code: "consignee.new",
        ko: "처음 보는 수취인",
        en: "Consignee seen for the first time",
        text: "consignee.first_time",
        fires: &[("consignee.first_time", "true")],
        quiet: &[("consignee.first_time", "false")],
    },
    Indicator {
        code: "pair.new",
        ko: "서로 처음 거래하는 알려진 발송인과 수취인",
        en: "Known consignor and consignee who meet for the first time",
        text: "pair.first_time && !consignor.first_time && !consignee.first_time",
        fires: &[
            ("pair.first_time", "true"),
            ("consignor.first_time", "false"),
            ("consignee.first_time", "false"),
        ],
        quiet: &[
            ("pair.first_time", "true"),
            ("consignor.first_time", "true"),
            ("consignee.first_time", "false"),
        ],
    },
    Indicator {
        code: "consignor.woken",
        ko: "오래 뜸하다가 다시 나타난 발송인",
        en: "Consignor back after three weeks of silence or more",
        text: "consignor.woken",
        fires: &[("consignor.woken", "true")],
        quiet: &[("consignor.woken", "false")],
    },
    Indicator {
        code: "consignee.woken",
        ko: "오래 뜸하다가 다시 나타난 수취인",
        en: "Consignee back after three weeks of silence or more",
        text: "consignee.woken",
        fires: &[("consignee.woken", "true")],
        quiet: &[("consignee.woken", "false")],
    },
    Indicator {
        code: "consignor.surge",
        ko: "평소보다 네 배 넘게 보내는 발송인",
        en: "Consignor who sends more than four times the usual",
        text: "consignor.pace > 4 && consignor.seen_7d >= 5",
        fires: &[("consignor.pace", "6"), ("consignor.seen_7d", "12")],
        quiet: &[("consignor.pace", "6"), ("consignor.seen_7d", "2")],
    },
    Indicator {
        code: "consignee.surge",
        ko: "평소보다 네 배 넘게 받는 수취인",
        en: "Consignee who receives more than four times the usual",
        text: "consignee.pace > 4 && consignee.seen_7d >= 5",
        fires: &[("consignee.pace", "9"), ("consignee.seen_7d", "10")],
        quiet: &[("consignee.pace", "2"), ("consignee.seen_7d", "10")],
    },
    Indicator {
        code: "consignor.found_before",
        ko: "적발된 적이 있는 발송인",
        en: "Consignor with earlier finds",
        text: "consignor.irregular_rate > 0.3 && consignor.inspected >= 3",
        fires: &[("consignor.irregular_rate", "0.6"), ("consignor.inspected", "5")],
        quiet: &[("consignor.irregular_rate", "0.6"), ("consignor.inspected", "1")],
    },
    Indicator {
        code: "consignee.found_before",
        ko: "적발된 적이 있는 수취인(도용 피해자일 수 있음)",
        en: "Consignee with earlier finds (who may be a victim)",
        text: "consignee.irregular_rate > 0.3 && consignee.inspected >= 3",
        fires: &[("consignee.irregular_rate", "0.5"), ("consignee.inspected", "4")],
        quiet: &[("consignee.irregular_rate", "0.1"), ("consignee.inspected", "4")],
    },
    Indicator {
        code: "address.found_before",
        ko: "적발된 적이 있는 배송지",
        en: "Delivery address with earlier finds",
        text: "address.irregular_rate > 0.3 && address.inspected >= 3",
        fires: &[("address.irregular_rate", "0.7"), ("address.inspected", "3")],
        quiet: &[("address.irregular_rate", "0.7"), ("address.inspected", "2")],
    },
    Indicator {
        code: "phone.found_before",
        ko: "적발된 적이 있는 연락처",
        en: "Phone with earlier finds",
        text: "phone.irregular_rate > 0.3 && phone.inspected >= 3",
        fires: &[("phone.irregular_rate", "0.4"), ("phone.inspected", "6")],
        quiet: &[("phone.irregular_rate", "0.2"), ("phone.inspected", "6")],
    },
    Indicator {
        code: "address.shared",
        ko: "여러 수취인이 쓰는 배송지",
        en: "Delivery address of five other consignees or more",
        text: "address.consignees >= 5",
        fires: &[("address.consignees", "8")],
        quiet: &[("address.consignees", "1")],
    },
    Indicator {
        code: "phone.shared",
        ko: "여러 수취인이 쓰는 연락처",
        en: "Phone of three other consignees or more",
        text: "phone.consignees >= 3",
        fires: &[("phone.consignees", "3")],
        quiet: &[("phone.consignees", "1")],
    },
    Indicator {
        code: "consignee.many_names",
        ko: "여러 이름으로 쓰인 수취인 부호(도용 피해자일 수 있음)",
        en: "Consignee's code under two other names or more (a possible victim)",
        text: "consignee.other_names >= 2",
        fires: &[("consignee.other_names", "4")],
        quiet: &[("consignee.other_names", "0")],
    },
    Indicator {
        code: "consignee.new_address",
        ko: "알려진 수취인의 처음 보는 배송지",
        en: "Known consignee at an address not seen before",
        text: "consignee.new_address",
        fires: &[("consignee.new_address", "true")],
        quiet: &[("consignee.new_address", "false")],
    },
    Indicator {
        code: "consignee.new_phone",
        ko: "알려진 수취인의 처음 보는 연락처",
        en: "Known consignee with a phone not seen before",
        text: "consignee.new_phone",
        fires: &[("consignee.new_phone", "true")],
        quiet: &[("consignee.new_phone", "false")],
    },
    Indicator {
        code: "value.low",
        ko: "같은 소호의 통상 단가보다 훨씬 낮음",
        en: "Unit value far below what is usual for its HS6",
        text: "goods.unit_value_to_median < 0.3",
        fires: &[("goods.unit_value_to_median", "0.1")],
        quiet: &[("goods.unit_value_to_median", "0.9")],
    },
    Indicator {
        code: "value.high",
        ko: "같은 소호의 통상 단가보다 훨씬 높음",
        en: "Unit value far above what is usual for its HS6",
        text: "goods.unit_value_to_median > 5",
        fires: &[("goods.unit_value_to_median", "12")],
        quiet: &[("goods.unit_value_to_median", "1.2")],
    },
    Indicator {
        code: "value.missing",
        ko: "신고가격이 없거나 0",
        en: "No value is declared, or nothing",
        text: "!has(goods.value) || goods.value == 0",
        fires: &[("goods.value", "0")],
        quiet: &[("goods.value", "25")],
    },
    Indicator {
        code: "mass.round",
        ko: "중량이 10kg 단위로 딱 떨어짐",
        en: "Mass is a multiple of 10 kg",
        text: "goods.round_mass",
        fires: &[("goods.round_mass", "true")],
        quiet: &[("goods.round_mass", "false")],
    },
    Indicator {
        code: "mass.package_odd",
        ko: "포장당 중량이 통상 범위를 크게 벗어남",
        en: "Mass of a package far from what is usual",
        text: "goods.package_mass_spreads > 3 || goods.package_mass_spreads < -3",
        fires: &[("goods.package_mass_spreads", "-4")],
        quiet: &[("goods.package_mass_spreads", "1")],
    },
    Indicator {
        code: "mass.piece_odd",
        ko: "개당 중량이 통상 범위를 크게 벗어남",
        en: "Mass of a piece far from what is usual",
        text: "goods.piece_mass_spreads > 3 || goods.piece_mass_spreads < -3",
        fires: &[("goods.piece_mass_spreads", "5")],
        quiet: &[("goods.piece_mass_spreads", "0.4")],
    },
    Indicator {
        code: "mass.unlike_verified",
        ko: "신고 중량과 검증 중량(VGM)이 10% 넘게 다름",
        en: "Verified gross mass (VGM) more than 10 % from the declared",
        text: "equipment.verified_mass_kg > equipment.mass_kg * 1.1 || \
            equipment.verified_mass_kg < equipment.mass_kg * 0.9",
        fires: &[("equipment.verified_mass_kg", "25000"), ("equipment.mass_kg", "21000")],
        quiet: &[("equipment.verified_mass_kg", "21100"), ("equipment.mass_kg", "21000")],
    },
    Indicator {
        code: "mass.net_above_gross",
        ko: "순중량이 총중량보다 큼",
        en: "Net mass above the gross mass",
        text: "goods.net_mass_kg > goods.gross_mass_kg",
        fires: &[("goods.net_mass_kg", "12"), ("goods.gross_mass_kg", "10")],
        quiet: &[("goods.net_mass_kg", "9"), ("goods.gross_mass_kg", "10")],
    },
    Indicator {
        code: "mass.much_packing",
        ko: "총중량의 절반 넘게 포장",
        en: "Packing is more than half of the gross mass",
        text: "goods.tare_share > 0.5",
        fires: &[("goods.tare_share", "0.7")],
        quiet: &[("goods.tare_share", "0.1")],
    },
    Indicator {
        code: "description.vague",
        ko: "물품을 알 수 없는 품명",
        en: "Description names no goods",
        text: "words.vague",
        fires: &[("words.vague", "true")],
        quiet: &[("words.vague", "false")],
    },
    Indicator {
        code: "description.missing",
        ko: "품명이 없거나 세 글자 이하",
        en: "No description, or three characters at most",
        text: "!has(goods.description) || size(goods.description) <= 3",
        fires: &[("goods.description", "box")],
        quiet: &[("goods.description", "cotton shirts")],
    },
    Indicator {
        code: "description.unlike_heading",
        ko: "품명의 단어가 이 호로는 거의 신고되지 않음",
        en: "Words that hardly ever come under this HS heading",
        text: "words.heading_share < 0.01 && words.rarest >= 20",
        fires: &[("words.heading_share", "0.001"), ("words.rarest", "50")],
        quiet: &[("words.heading_share", "0.4"), ("words.rarest", "50")],
    },
    Indicator {
        code: "container.empty",
        ko: "빈 컨테이너로 신고됨",
        en: "A container is declared empty",
        text: "equipment.empty >= 1",
        fires: &[("equipment.empty", "1")],
        quiet: &[("equipment.empty", "0")],
    },
    Indicator {
        code: "container.reefer",
        ko: "냉동·냉장 컨테이너",
        en: "A refrigerated container",
        text: "equipment.reefers >= 1",
        fires: &[("equipment.reefers", "2")],
        quiet: &[("equipment.reefers", "0")],
    },
    Indicator {
        code: "container.bad_number",
        ko: "컨테이너 번호가 규격에 맞지 않음",
        en: "A container number that ISO 6346 does not hold",
        text: "equipment.bad_number",
        fires: &[("equipment.bad_number", "true")],
        quiet: &[("equipment.bad_number", "false")],
    },
    Indicator {
        code: "container.unsealed",
        ko: "적입 컨테이너에 봉인이 없음",
        en: "A laden container without a seal",
        text: "equipment.containers > equipment.empty && equipment.seals == 0",
        fires: &[("equipment.containers", "1"), ("equipment.empty", "0"), ("equipment.seals", "0")],
        quiet: &[("equipment.containers", "1"), ("equipment.empty", "0"), ("equipment.seals", "1")],
    },
    Indicator {
        code: "goods.hollow",
        ko: "거의 처음 보는 발송인의 무거운 기계류 한 건",
        en: "A single heavy machine from a consignor hardly seen",
        text: "goods.hs_chapter in [\"84\", \"85\"] && goods.items == 1 && \
            goods.net_mass_kg > 50 && consignor.seen < 3",
        fires: &[
            ("goods.hs_chapter", "84"),
            ("goods.items", "1"),
            ("goods.net_mass_kg", "380"),
            ("consignor.seen", "0"),
        ],
        quiet: &[
            ("goods.hs_chapter", "84"),
            ("goods.items", "1"),
            ("goods.net_mass_kg", "380"),
            ("consignor.seen", "90"),
        ],
    },
    Indicator {
        code: "goods.carrier",
        ko: "액체·분말·화장품처럼 마약을 녹이거나 섞기 쉬운 물품",
        en: "Liquids, powders and cosmetics in which drugs are dissolved or mixed",
        text: "goods.hs4 in [\"1701\", \"2009\", \"2204\", \"2208\", \"2501\", \"3303\", \
            \"3304\", \"3305\", \"3307\", \"3402\", \"4402\"]",
        fires: &[("goods.hs4", "2204")],
        quiet: &[("goods.hs4", "8471")],
    },
    Indicator {
        code: "goods.mixed",
        ko: "한 건에 여러 품목이 섞임",
        en: "Many kinds of goods in one consignment",
        text: "goods.items >= 20 || goods.more_hs >= 3",
        fires: &[("goods.items", "34"), ("goods.more_hs", "0")],
        quiet: &[("goods.items", "2"), ("goods.more_hs", "0")],
    },
    Indicator {
        code: "goods.dangerous",
        ko: "위험물로 신고됨",
        en: "Declared as dangerous goods",
        text: "has(goods.dangerous)",
        fires: &[("goods.dangerous", "1263")],
        quiet: &[],
    },
    Indicator {
        code: "goods.found_before",
        ko: "품목·단가·경로·중량이 같은 물품이 적발된 적이 있음",
        en: "Goods exactly like these had finds",
        text: "goods_exact.irregular_rate > 0.5 && goods_exact.inspected >= 3",
        fires: &[("goods_exact.irregular_rate", "0.8"), ("goods_exact.inspected", "4")],
        quiet: &[("goods_exact.irregular_rate", "0.2"), ("goods_exact.inspected", "4")],
    },
    Indicator {
        code: "parcel.many_to_one",
        ko: "한 수취인에게 일주일에 다섯 건 넘는 소포",
        en: "More than five parcels to one consignee in a week",
        text: r#"regime == "parcel" && consignee.seen_7d > 5"#,
        fires: &[("regime", "parcel"), ("consignee.seen_7d", "9")],
        quiet: &[("regime", "freight"), ("consignee.seen_7d", "9")],
    },
    Indicator {
        code: "parcel.heavy",
        ko: "20kg가 넘는 소포",
        en: "A parcel of more than 20 kg",
        text: r#"regime == "parcel" && goods.gross_mass_kg > 20"#,
        fires: &[("regime", "parcel"), ("goods.gross_mass_kg", "24")],
        quiet: &[("regime", "parcel"), ("goods.gross_mass_kg", "2")],
    },
    Indicator {
        code: "documents.odd",
        ko: "서류 자체에 이상한 점이 있음",
        en: "Something is odd about the document itself",
        text: r#"documents.signs != "none""#,
        fires: &[("documents.signs", "bill_dummy")],
        quiet: &[("documents.signs", "none")],
    },
    Indicator {
        code: "parties.missing",
        ko: "신고되지 않은 당사자가 있음",
        en: "A party is not declared",
        text: "parties.missing >= 1",
        fires: &[("parties.missing", "1")],
        quiet: &[("parties.missing", "0")],
    },
    Indicator {
        code: "arrival.weekend",
        ko: "주말에 도착",
        en: "Arrives on a weekend",
        text: "arrived.weekday >= 6",
        fires: &[("arrived.weekday", "7")],
        quiet: &[("arrived.weekday", "3")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Program;
    use crate::rule::tests::columns_of;

    #[test]
    fn every_indicator_shows_on_one_example_and_not_on_the_other() {
        for one in all() {
            let condition = one.condition();
            let program = Program::of([(condition, &[][..])]);
            let hits = program.fires(&columns_of(&[one.fires, one.quiet]));
            assert!(hits.has(0, 0), "{} does not show on {:?}", one.code, one.fires);
            assert!(!hits.has(0, 1), "{} shows on {:?}", one.code, one.quiet);
            for (field, _) in one.fires.iter().chain(one.quiet) {
                assert!(condition.reads().contains(field), "{} does not read {field}", one.code);
            }
        }
    }

    #[test]
    fn there_are_enough_each_once_in_both_languages() {
        assert!(all().len() >= 30);
        for one in all() {
            assert_eq!(all().iter().filter(|other| other.code == one.code).count(), 1);
            assert!(one.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}", one.code);
            assert!(one.en.is_ascii(), "{}", one.code);
        }
    }
}
