//! Concealment: where in a consignment a find lay and how it was hidden, as a short list of codes
//! that officers pick from and later finds are compared by. Each says which ways of examining it
//! defeats: carrier material hides from scanners and dogs alike. An outcome carries the codes in
//! its `Evidence` (`outcome.rs`).

use crate::outcome::Modality;

/// One code of the list, with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concealment {
    /// The code, as it is stored and sent.
    pub code: &'static str,
    /// In Korean.
    pub ko: &'static str,
    /// In English.
    pub en: &'static str,
    /// The ways of examining that it commonly defeats.
    pub defeats: &'static [Modality],
}

const fn concealment(
    code: &'static str,
    ko: &'static str,
    en: &'static str,
    defeats: &'static [Modality],
) -> Concealment {
    Concealment { code, ko, en, defeats }
}

use Modality::{Document, Dog, Lab, Scan, Trace, Unpack};

/// Where it lay.
pub const PLACES: &[Concealment] = &[
    concealment("in_load", "화물 사이", "Among the load", &[Document]),
    concealment("packaging", "포장재 속", "In the packaging", &[Document]),
    concealment("pallet", "팔레트 속", "In the pallet", &[Document]),
    concealment(
        "container_structure",
        "컨테이너 구조물(벽·바닥·문)",
        "In the container's walls, floor or doors",
        &[Document, Unpack],
    ),
    concealment("reefer_unit", "냉동기 내부", "In the reefer unit", &[Document, Unpack]),
    concealment(
        "empty_container",
        "빈 컨테이너로 신고",
        "In a container declared empty",
        &[Document],
    ),
    concealment(
        "inside_machine",
        "기계·부품 속",
        "Inside a machine or part",
        &[Document, Dog, Trace],
    ),
    concealment("inside_consumer_goods", "소비재 속", "Inside consumer goods", &[Document]),
    concealment("in_liquid", "액체 화물", "In a liquid", &[Document, Scan, Dog]),
    concealment("in_bulk", "가루·낱알 화물", "In bulk goods", &[Document, Scan]),
    concealment("in_textile", "섬유·의류", "In textiles", &[Document, Scan]),
    concealment("letter", "편지", "In a letter", &[Document, Scan]),
    concealment("baggage", "여행자 휴대품", "In baggage", &[Document]),
    concealment("body", "신체", "On or in the body", &[Document]),
    concealment("vehicle", "차량", "In a vehicle", &[Document]),
    concealment("ship_spaces", "선박 내부 공간", "In spaces of the ship", &[Document, Scan]),
    concealment(
        "hull",
        "선체·해수 흡입구",
        "On the hull or in a sea chest",
        &[Document, Scan, Dog],
    ),
    concealment("other_place", "그 밖의 곳", "Elsewhere", &[]),
];

/// How it was hidden.
pub const METHODS: &[Concealment] = &[
    concealment("not_hidden", "숨기지 않음", "Not hidden", &[]),
    concealment(
        "false_declaration",
        "다른 물품으로 신고",
        "Openly, declared as other goods",
        &[Document],
    ),
    concealment("mixed_with_goods", "정상 물품과 섞음", "Mixed with honest goods", &[Document]),
    concealment("rip_on_rip_off", "문 안쪽 밀어넣기(립온·립오프)", "Rip-on, rip-off", &[Document]),
    concealment("repacked", "다시 포장해 봉함", "Repacked in sealed packs", &[Document, Unpack]),
    concealment(
        "false_bottom",
        "이중 바닥·이중 벽",
        "Behind a false bottom or wall",
        &[Document, Unpack],
    ),
    concealment("hollowed", "파내어 넣음", "In a hollowed object", &[Document, Unpack]),
    concealment(
        "welded",
        "용접·가공해 밀봉",
        "Welded or machined in",
        &[Document, Dog, Trace, Unpack],
    ),
    concealment(
        "dissolved",
        "용해·흡착·혼탁",
        "Dissolved, impregnated or suspended",
        &[Document, Scan, Dog, Trace, Unpack],
    ),
    concealment(
        "look_alike_bulk",
        "비슷한 물질로 위장",
        "Bulk that looks like the goods",
        &[Document, Scan, Dog, Unpack],
    ),
    concealment("shielded", "납·은박으로 차폐", "Shielded with foil or lead", &[Document, Scan]),
    concealment("masked_smell", "냄새로 가림", "Masked by a smell", &[Document, Dog]),
    concealment("parasitic", "선체에 부착", "Fixed to the hull", &[Document, Scan, Dog]),
    concealment("swallowed", "삼킴", "Swallowed", &[Document, Dog, Unpack]),
    concealment("other_method", "그 밖의 방법", "Otherwise", &[]),
];

impl Concealment {
    /// The place of this code.
    #[must_use]
    pub fn place(code: &str) -> Option<&'static Concealment> {
        PLACES.iter().find(|one| one.code == code)
    }

    /// The method of this code.
    #[must_use]
    pub fn method(code: &str) -> Option<&'static Concealment> {
        METHODS.iter().find(|one| one.code == code)
    }

    /// The ways of examining that it does not defeat, the laboratory last.
    pub fn works(&self) -> impl Iterator<Item = Modality> {
        let defeats = self.defeats;
        [Scan, Dog, Trace, Unpack, Lab].into_iter().filter(move |one| !defeats.contains(one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_there_once_with_both_languages() {
        let all: Vec<&Concealment> = PLACES.iter().chain(METHODS).collect();
        for one in &all {
            assert_eq!(all.iter().filter(|other| other.code == one.code).count(), 1);
            assert!(!one.ko.is_empty() && !one.en.is_empty(), "{}", one.code);
            let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'_');
            assert!(one.code.bytes().all(plain), "{}", one.code);
            assert!(one.works().next().is_some(), "{} defeats everything", one.code);
        }
    }

    #[test]
    fn what_is_dissolved_is_left_to_the_laboratory() {
        let dissolved = Concealment::method("dissolved").unwrap();
        assert_eq!(dissolved.works().collect::<Vec<_>>(), [Lab]);
        assert_eq!(Concealment::place("dissolved"), None);
    }
}
