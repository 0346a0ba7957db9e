//! The playbook: where to look in goods and packaging of a kind, with what, and what defeats the
//! scanner, the dog or the swab there. It advises the person who opens a consignment and judges
//! nothing. Each line names where it is known from; what is plain practice says so.

use crate::consignment::{Consignment, Regime, Transport};
use crate::outcome::Modality;

/// A sentence in Korean and English.
pub type Words = (&'static str, &'static str);

/// One place to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// Where.
    pub place: Words,
    /// With what.
    pub with: Modality,
    /// What defeats other means here.
    pub defeats: Option<Words>,
    /// Where that is known from.
    pub source: &'static str,
}

/// What to do with one consignment.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// The stable name of the kind of goods, such as `machines`.
    pub profile: &'static str,
    /// What it is called.
    pub name: Words,
    /// Where to look: in the goods, then in their packaging, then in the container.
    pub advice: Vec<Advice>,
}

/// Kinds of goods, by the beginning of their HS code.
struct Goods {
    code: &'static str,
    name: Words,
    hs: &'static [&'static str],
    advice: &'static [Advice],
}

/// Kinds of packages (UNECE Recommendation 21, first letters of the code).
struct Packages {
    codes: &'static [&'static str],
    advice: &'static [Advice],
}

const fn look(
    place: Words,
    with: Modality,
    defeats: Option<Words>,
    source: &'static str,
) -> Advice {
    Advice { place, with, defeats, source }
}

const KCS_2018: &str = "KCS, in Yonhap 2018";
const KCS_2021: &str = "KCS 2021 (helical gears)";
const EUROPOL: &str = "Europol, on cocaine in carrier materials";
const PRESS: &str = "Korean press, on finds at Busan";
const WCO: &str = "WCO, UNODC port control training";
const PRACTICE: &str = "General inspection practice";

const NO_DOG: Option<Words> = Some((
    "메트암페타민은 탐지견이 반응하지 않는 경우가 많다.",
    "Dogs often do not respond to methamphetamine.",
));
const CARRIER: Option<Words> = Some((
    "액체나 재료에 녹아 있으면 X-ray·탐지견·간이시약에 나타나지 않는다.",
    "Dissolved in a liquid or material it escapes scanners, dogs and field tests.",
));
const DENSE: Option<Words> = Some((
    "두꺼운 금속은 X-ray가 뚫지 못해 속이 보이지 않는다.",
    "Thick metal hides its inside from the scanner.",
));

/// The more exact beginnings stand before the broader ones.
const GOODS: &[Goods] = &[
    Goods {
        code: "gears",
        name: ("기어·축·베어링", "Gears, shafts and bearings"),
        hs: &["8482", "8483"],
        advice: &[
            look(
                (
                    "축과 기어 몸통의 빈 공간, 용접·가공 자국",
                    "Cavities of shafts and wheels; marks of welding or machining",
                ),
                Modality::Scan,
                DENSE,
                KCS_2021,
            ),
            look(
                (
                    "신고 중량과 같은 규격품의 중량 비교 후 천공·절단",
                    "Compare the mass with the same model's, then drill or cut",
                ),
                Modality::Unpack,
                NO_DOG,
                KCS_2021,
            ),
        ],
    },
    Goods {
        code: "transformers",
        name: ("변압기·전동기", "Transformers and motors"),
        hs: &["8501", "8502", "8504"],
        advice: &[look(
            ("철심 둘레와 절연유 탱크", "Around the core and in the oil tank"),
            Modality::Unpack,
            DENSE,
            KCS_2018,
        )],
    },
    Goods {
        code: "machines",
        name: ("기계류", "Machines"),
        hs: &["84", "86", "88", "89"],
        advice: &[
            look(
                (
                    "용접된 몸체·실린더·빈 프레임, 새 용접·도색 자국",
                    "Welded bodies, cylinders, hollow frames; fresh welds or paint",
                ),
                Modality::Scan,
                DENSE,
                KCS_2018,
            ),
            look(
                (
                    "영상에서 대칭이 깨지는 곳을 열거나 천공",
                    "Open or drill where the image is not symmetric",
                ),
                Modality::Unpack,
                NO_DOG,
                KCS_2018,
            ),
        ],
    },
    Goods {
        code: "electronics",
        name: ("전기·전자제품", "Electronics"),
        hs: &["85", "90", "91"],
        advice: &[look(
            (
                "배터리 칸, 스피커·케이스 속, 손댄 나사",
                "Battery bays, speakers and housings; screws that were touched",
            ),
            Modality::Scan,
            NO_DOG,
            PRACTICE,
        )],
    },
    Goods {
        code: "vehicles",
        name: ("차량과 부품", "Vehicles and parts"),
        hs: &["87"],
        advice: &[
            look(
                ("연료탱크·타이어·문틀·시트 속", "Fuel tank, tyres, door frames, seats"),
                Modality::Scan,
                None,
                PRACTICE,
            ),
            look(
                (
                    "배터리·쇼크업소버 등 속이 빈 부품",
                    "Batteries, shock absorbers and other hollow parts",
                ),
                Modality::Unpack,
                DENSE,
                PRACTICE,
            ),
        ],
    },
    Goods {
        code: "liquids",
        name: ("음료·기름·액체", "Drinks, oils and liquids"),
        hs: &["15", "2009", "22", "2106", "1702"],
        advice: &[
            look(
                (
                    "병마다 색·점도·침전물 비교 후 시료 분석",
                    "Compare colour, thickness and sediment bottle by bottle, then sample",
                ),
                Modality::Lab,
                CARRIER,
                EUROPOL,
            ),
            look(
                (
                    "마개·봉함을 다시 닫은 자국, 이중 용기",
                    "Caps that were closed again; double containers",
                ),
                Modality::Unpack,
                None,
                PRACTICE,
            ),
        ],
    },
    Goods {
        code: "cosmetics",
        name: ("화장품·세제·의약품", "Cosmetics, detergents and medicines"),
        hs: &["30", "33", "34"],
        advice: &[
            look(
                (
                    "용기 내용물의 무게·굳기, 이중 바닥",
                    "Mass and firmness of the contents; double bottoms",
                ),
                Modality::Scan,
                None,
                PRACTICE,
            ),
            look(
                ("크림·액상 내용물 시료 분석", "Samples of creams and liquids"),
                Modality::Lab,
                CARRIER,
                EUROPOL,
            ),
        ],
    },
    Goods {
        code: "powders",
        name: ("분말·소금·설탕·비료", "Powders, salt, sugar and fertiliser"),
        hs: &["1701", "2501", "25", "28", "29", "31", "11", "35", "38"],
        advice: &[
            look(
                (
                    "여러 자루에서 깊이를 달리해 채취",
                    "Take samples from several bags, at several depths",
                ),
                Modality::Lab,
                Some((
                    "겉보기가 같은 분말은 눈과 X-ray로 구별되지 않는다.",
                    "Powders that look alike cannot be told by eye or scanner.",
                )),
                EUROPOL,
            ),
            look(
                ("자루 겉면과 봉합부", "Outside and seams of bags"),
                Modality::Trace,
                None,
                PRACTICE,
            ),
        ],
    },
    Goods {
        code: "coffee",
        name: ("커피·차·향신료", "Coffee, tea and spices"),
        hs: &["09"],
        advice: &[
            look(
                ("냄새가 강한 물품 속의 진공 포장", "Vacuum packs inside strong-smelling goods"),
                Modality::Scan,
                Some(("강한 냄새가 탐지견을 방해한다.", "The strong smell distracts dogs.")),
                PRACTICE,
            ),
            look(
                ("커피 가루 등에 섞인 분말", "Powder mixed into ground coffee"),
                Modality::Lab,
                CARRIER,
                EUROPOL,
            ),
        ],
    },
    Goods {
        code: "fruit",
        name: ("과일·채소·냉장 식품", "Fruit, vegetables and chilled food"),
        hs: &["03", "02", "07", "08", "16", "20"],
        advice: &[
            look(
                (
                    "상자 더미 안쪽과 바닥 줄, 무게가 다른 상자",
                    "Inner and bottom rows; boxes of another mass",
                ),
                Modality::Scan,
                None,
                WCO,
            ),
            look(("과육·통조림 속", "Inside fruit or cans"), Modality::Unpack, None, PRACTICE),
        ],
    },
    Goods {
        code: "charcoal",
        name: ("숯·목재", "Charcoal and wood"),
        hs: &["44"],
        advice: &[look(
            (
                "숯·목재에 스며든 물질 시료 분석, 속을 파낸 목재",
                "Samples for impregnation; hollowed wood",
            ),
            Modality::Lab,
            CARRIER,
            EUROPOL,
        )],
    },
    Goods {
        code: "plastics",
        name: ("플라스틱·고무", "Plastics and rubber"),
        hs: &["39", "40"],
        advice: &[look(
            (
                "재료에 섞어 굳힌 경우: 조각을 떼어 분석",
                "Worked into the material: break off a piece and analyse it",
            ),
            Modality::Lab,
            CARRIER,
            EUROPOL,
        )],
    },
    Goods {
        code: "textiles",
        name: ("섬유·의류", "Textiles and clothing"),
        hs: &["50", "51", "52", "53", "54", "55", "56", "57", "58", "59", "60", "61", "62", "63"],
        advice: &[
            look(
                (
                    "뻣뻣하거나 냄새나는 천: 스며듦 분석",
                    "Stiff or smelling cloth: analyse for impregnation",
                ),
                Modality::Lab,
                CARRIER,
                EUROPOL,
            ),
            look(
                ("솔기·단추·안감, 원단 롤의 심", "Seams, buttons, linings; the core of rolls"),
                Modality::Unpack,
                None,
                PRACTICE,
            ),
        ],
    },
    Goods {
        code: "footwear",
        name: ("신발·가방", "Footwear and bags"),
        hs: &["42", "64"],
        advice: &[look(
            (
                "밑창·굽, 이중 바닥, 손잡이와 틀",
                "Soles and heels, double bottoms, handles and frames",
            ),
            Modality::Scan,
            None,
            PRACTICE,
        )],
    },
    Goods {
        code: "paper",
        name: ("책·서류·종이", "Books, letters and paper"),
        hs: &["48", "49"],
        advice: &[
            look(
                (
                    "두꺼운 표지, 파낸 책, 봉투 안감",
                    "Thick covers, hollowed books, lined envelopes",
                ),
                Modality::Scan,
                None,
                PRACTICE,
            ),
            look(
                ("종이에 스며든 합성대마·LSD", "Paper soaked with synthetic cannabinoids or LSD"),
                Modality::Trace,
                CARRIER,
                PRACTICE,
            ),
        ],
    },
    Goods {
        code: "stone",
        name: ("석재·도자기·조각품", "Stone, ceramics and statues"),
        hs: &["68", "69", "97"],
        advice: &[look(
            (
                "속을 파낸 몸체, 메운 구멍, 이상한 무게 중심",
                "Hollowed bodies, filled holes, an odd centre of gravity",
            ),
            Modality::Scan,
            DENSE,
            KCS_2018,
        )],
    },
    Goods {
        code: "furniture",
        name: ("가구·완구·생활용품", "Furniture, toys and household goods"),
        hs: &["94", "95", "96", "70", "73", "76", "82", "83"],
        advice: &[look(
            (
                "속이 빈 틀·쿠션·뚜껑, 무게가 다른 낱개",
                "Hollow frames, cushions, lids; single pieces of another mass",
            ),
            Modality::Scan,
            None,
            PRACTICE,
        )],
    },
];

const USUAL: Goods = Goods {
    code: "usual",
    name: ("일반 화물", "General goods"),
    hs: &[],
    advice: &[look(
        ("포장을 연 자국과 무게가 다른 상자", "Packages that were opened; boxes of another mass"),
        Modality::Scan,
        NO_DOG,
        PRACTICE,
    )],
};

const PACKAGES: &[Packages] = &[
    Packages {
        codes: &["PX", "PF", "PA", "PB"],
        advice: &[look(
            ("파렛트 각목 속과 새 못 자국", "Inside the pallet's blocks; new nails"),
            Modality::Scan,
            None,
            WCO,
        )],
    },
    Packages {
        codes: &["DR", "JC", "JY", "CN", "TK"],
        advice: &[look(
            (
                "드럼·통의 이중 벽과 바닥, 액면 높이",
                "Double walls and bottoms of drums; the level of the liquid",
            ),
            Modality::Unpack,
            CARRIER,
            EUROPOL,
        )],
    },
    Packages {
        codes: &["RO", "RL", "BB"],
        advice: &[look(
            ("롤의 심과 마개", "Core and plugs of rolls"),
            Modality::Scan,
            None,
            PRACTICE,
        )],
    },
    Packages {
        codes: &["CR", "CS", "CT", "BX"],
        advice: &[look(
            ("상자 골판지 사이와 이중 바닥", "Between layers of the carton; double bottoms"),
            Modality::Scan,
            None,
            PRACTICE,
        )],
    },
];

const PARCEL: Advice = look(
    ("발송인·연락처가 실제로 있는지 확인", "Check that sender and phone are real"),
    Modality::Document,
    None,
    "Korean press, on stolen customs codes",
);
const SEAL: Advice = look(
    (
        "봉인 번호 대조, 문 바로 안쪽의 가방(립온)",
        "Compare seal numbers; bags just inside the doors (rip-on)",
    ),
    Modality::Document,
    Some((
        "립온은 화물과 무관해 신고서와 품목 위험도에 나타나지 않는다.",
        "A rip-on has nothing to do with the goods: declaration and goods say nothing of it.",
    )),
    WCO,
);
const REEFER: Advice = look(
    ("냉동기 점검구와 단열벽", "Service hatch of the cooling unit; insulated walls"),
    Modality::Unpack,
    Some(("냉동기 금속 부품이 X-ray 영상을 가린다.", "The unit's metal parts clutter the image.")),
    PRESS,
);
const EMPTY: Advice = look(
    (
        "빈 컨테이너: 측정 중량(VGM)과 자체 중량 비교, 바닥·벽",
        "Empty container: compare verified mass with tare; floor and walls",
    ),
    Modality::Scan,
    None,
    PRESS,
);

/// Where to look in a consignment.
pub fn playbook(consignment: &Consignment) -> Playbook {
    let main = consignment.main_goods();
    let hs = main.and_then(|goods| goods.hs).map(|hs| hs.to_string()).unwrap_or_default();
    let longest = |goods: &&Goods| {
        let begins = goods.hs.iter().filter(|begin| hs.starts_with(**begin));
        begins.map(|begin| begin.len()).max().unwrap_or(0)
    };
    // The longest beginning wins; among equals the first of the list.
    let mut best = (&USUAL, 0);
    for goods in GOODS {
        let length = longest(&goods);
        if length > best.1 {
            best = (goods, length);
        }
    }
    let mut advice = best.0.advice.to_vec();
    let packed = main.map(|goods| goods.package_type.to_ascii_uppercase()).unwrap_or_default();
    for packages in PACKAGES.iter().filter(|of| of.codes.contains(&packed.as_str())) {
        advice.extend(packages.advice);
    }
    let units = &consignment.equipment;
    if !units.is_empty() && consignment.transport != Some(Transport::Air) {
        if units.iter().any(|unit| unit.empty) {
            advice.push(EMPTY);
        }
        // The third sign of the size and type is R for thermal containers (ISO 6346).
        if units.iter().any(|unit| unit.size_type.chars().nth(2) == Some('R')) {
            advice.push(REEFER);
        }
        advice.push(SEAL);
    }
    if consignment.regime == Regime::Parcel {
        advice.push(PARCEL);
    }
    Playbook { profile: best.0.code, name: best.0.name, advice }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consignment::Equipment;
    use crate::facts::tests::sample;

    #[track_caller]
    fn check(hs: &str, packages: &str, profile: &str) -> Vec<Advice> {
        let mut consignment = sample();
        consignment.goods[0].hs = hs.parse().ok();
        consignment.goods[0].package_type = packages.into();
        consignment.equipment.clear();
        let found = playbook(&consignment);
        assert_eq!(found.profile, profile, "{hs}");
        assert!(!found.advice.is_empty());
        found.advice
    }

    #[test]
    fn the_longest_beginning_of_the_code_decides() {
        check("848340", "", "gears");
        check("847130", "", "machines");
        check("850440", "", "transformers");
        check("851712", "", "electronics");
        check("200912", "", "liquids");
        check("200811", "", "fruit");
        check("090121", "", "coffee");
        check("270900", "", "usual");
        check("", "", "usual");
        assert_eq!(check("270900", "PX", "usual").len(), 2);
    }

    #[test]
    fn a_cooled_and_an_empty_container_have_their_own_places() {
        let mut consignment = sample();
        let unit = Equipment { size_type: "45R1".into(), empty: true, ..Equipment::default() };
        consignment.equipment = vec![unit];
        let advice = playbook(&consignment).advice;
        assert!([EMPTY, REEFER, SEAL].iter().all(|one| advice.contains(one)));
    }

    #[test]
    fn every_line_speaks_both_languages_and_names_its_source() {
        let packages = PACKAGES.iter().flat_map(|of| of.advice);
        let goods = GOODS.iter().chain([&USUAL]).flat_map(|of| of.advice);
        for line in goods.chain(packages).chain(&[PARCEL, SEAL, REEFER, EMPTY]) {
            for (ko, en) in [Some(line.place), line.defeats].into_iter().flatten() {
                assert!(!ko.is_ascii() && en.is_ascii() && !en.is_empty(), "{en}");
            }
            assert!(!line.source.is_empty());
        }
    }
}
