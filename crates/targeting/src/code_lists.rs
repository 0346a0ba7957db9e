//! Code lists: the closed sets that people choose from, with what each entry is called in Korean
//! and English. Forms show them, records keep the code alone. The lists of places, ways of hiding,
//! substances and units are Sumun's own and follow what seizure registers publish; the others say
//! the words of a type.

/// One entry of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coded {
    /// What is kept.
    pub code: &'static str,
    /// What it is called in Korean.
    pub ko: &'static str,
    /// What it is called in English.
    pub en: &'static str,
}

const fn of(code: &'static str, ko: &'static str, en: &'static str) -> Coded {
    Coded { code, ko, en }
}

/// Where contraband was hidden.
pub const CONCEALMENT_PLACES: [Coded; 17] = [
    of("load", "화물 속", "In the load"),
    of("packaging", "포장재·완충재", "Packaging or padding"),
    of("pallet", "파렛트·목재 받침", "Pallet or dunnage"),
    of("container_wall", "컨테이너 벽·바닥·천장", "Container wall, floor or roof"),
    of("container_door", "컨테이너 문·문틀", "Container door or frame"),
    of("reefer_unit", "냉동기·단열재", "Refrigeration unit or insulation"),
    of("machine", "기계 내부", "Inside a machine"),
    of("consumer_goods", "생활용품 내부", "Inside consumer goods"),
    of("food", "식품·음료", "Food or drink"),
    of("cosmetics", "화장품·의약품 용기", "Cosmetics or medicine containers"),
    of("letter", "편지·서류", "Letter or documents"),
    of("baggage", "여행가방·휴대품", "Baggage"),
    of("vehicle", "차량", "Vehicle"),
    of("ship_space", "선박 내부 공간", "Spaces of the ship"),
    of("hull", "선체 외부·씨체스트", "Hull or sea chest"),
    of("aircraft", "항공기", "Aircraft"),
    of("body", "신체", "On or in the body"),
];

/// How contraband was hidden.
pub const CONCEALMENT_METHODS: [Coded; 11] = [
    of("openly", "숨기지 않음", "Not hidden"),
    of("mixed_in", "정상 화물에 섞음", "Mixed among the goods"),
    of("rip_on", "봉인을 바꾸고 끼워 넣음(립온)", "Rip-on/rip-off with another seal"),
    of("cavity", "빈 공간에 넣음", "In a cavity"),
    of("false_bottom", "이중 바닥·이중 벽", "False bottom or wall"),
    of("built_in", "용접·가공해 넣음", "Welded or machined in"),
    of("dissolved", "액체에 녹임", "Dissolved in a liquid"),
    of("impregnated", "천·종이·숯 등에 스며들게 함", "Impregnated into cloth, paper or charcoal"),
    of("look_alike", "비슷한 물질로 위장", "Disguised as a like substance"),
    of("pressed", "눌러 모양을 바꿈", "Pressed into another shape"),
    of("attached", "겉에 붙임", "Attached outside"),
];

/// How a find came to light.
pub const DETECTION_METHODS: [Coded; 11] = [
    of("risk_profile", "위험 선별", "Risk profile"),
    of("intelligence", "정보·첩보", "Intelligence"),
    of("random_selection", "무작위 선별", "Random selection"),
    of("routine", "일상 검사", "Routine control"),
    of("dog", "탐지견", "Detector dog"),
    of("scan", "X-ray 판독", "X-ray image"),
    of("trace", "이온스캐너(흔적 탐지)", "Trace detection"),
    of("laboratory", "분석실 분석", "Laboratory analysis"),
    of("physical_examination", "개장 검사", "Physical examination"),
    of("document_check", "서류 검토", "Check of documents"),
    of("other_agency", "다른 기관", "Another agency"),
];

/// Why nobody looked, for one who reports it.
pub const NOT_EXAMINED_REASONS: [Coded; 5] = [
    of("never_arrived", "도착하지 않음", "It never arrived"),
    of("bill_deleted", "적하목록에서 삭제됨", "Its bill was deleted"),
    of("waived", "검사 생략", "Waived"),
    of("scored_after_release", "반출 뒤에 평가됨", "It was scored only after its release"),
    of("no_capacity", "검사 시간이 부족함", "The shift ran out of time"),
];

/// What is seized.
pub const SUBSTANCES: [Coded; 22] = [
    of("methamphetamine", "메트암페타민(필로폰)", "Methamphetamine"),
    of("amphetamine", "암페타민", "Amphetamine"),
    of("yaba", "야바", "Yaba"),
    of("mdma", "엑스터시(MDMA)", "Ecstasy (MDMA)"),
    of("cocaine", "코카인", "Cocaine"),
    of("heroin", "헤로인", "Heroin"),
    of("opium", "아편", "Opium"),
    of("fentanyl", "펜타닐류", "Fentanyls"),
    of("cannabis", "대마초", "Cannabis herb"),
    of("cannabis_resin", "대마수지(해시시)", "Cannabis resin"),
    of("cannabis_oil", "대마오일·카트리지", "Cannabis oil or cartridges"),
    of("synthetic_cannabinoid", "합성대마", "Synthetic cannabinoids"),
    of("ketamine", "케타민", "Ketamine"),
    of("lsd", "LSD", "LSD"),
    of("ghb", "GHB·GBL", "GHB or GBL"),
    of("psilocybin", "환각버섯", "Psilocybin mushrooms"),
    of("khat", "카트", "Khat"),
    of("zolpidem", "졸피뎀", "Zolpidem"),
    of("benzodiazepine", "벤조디아제핀류", "Benzodiazepines"),
    of("precursor", "원료물질", "Precursor"),
    of("new_substance", "그 밖의 신종 물질", "Another new substance"),
    of("unknown", "확인 중", "Not yet known"),
];

/// In what seized substances are counted.
pub const UNITS: [Coded; 9] = [
    of("g", "g", "g"),
    of("kg", "kg", "kg"),
    of("ml", "mL", "ml"),
    of("l", "L", "l"),
    of("tablet", "정", "tablets"),
    of("capsule", "캡슐", "capsules"),
    of("plant", "주(그루)", "plants"),
    of("sheet", "장", "sheets"),
    of("piece", "개", "pieces"),
];

/// Ways of examining.
pub const MODALITIES: [Coded; 6] = [
    of("document", "서류 심사", "Documents"),
    of("scan", "X-ray 검사", "Scan"),
    of("dog", "탐지견 검사", "Dog"),
    of("trace", "이온스캐너 검사", "Trace swab"),
    of("lab", "분석 의뢰", "Laboratory"),
    of("unpack", "개장 검사", "Unpack"),
];

/// Lanes of selectivity.
pub const LANES: [Coded; 4] = [
    of("red", "적색: 현품 검사", "Red: physical examination"),
    of("yellow", "황색: 서류 심사", "Yellow: documents"),
    of("blue", "청색: 사후 심사", "Blue: audit after clearance"),
    of("green", "녹색: 즉시 통관", "Green: release"),
];

/// Why a consignment is inspected.
pub const CHANNELS: [Coded; 4] = [
    of("risk", "위험 순위", "Risk"),
    of("rule", "규칙", "Rule"),
    of("random", "무작위 추출", "Random"),
    of("officer", "직원 선별", "Officer"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Channel, DetectionMethod, Modality, NotExamined};
    use crate::screening::Lane;

    fn codes(list: &[Coded]) -> Vec<&str> {
        list.iter().map(|one| one.code).collect()
    }

    #[test]
    fn the_lists_say_just_the_words_of_their_types() {
        let words = |all: &[Modality]| all.iter().map(|one| one.as_str()).collect::<Vec<_>>();
        assert_eq!(codes(&MODALITIES), words(Modality::ALL));
        let words: Vec<&str> = DetectionMethod::ALL.iter().map(|one| one.as_str()).collect();
        assert_eq!(codes(&DETECTION_METHODS), words);
        let words: Vec<&str> = Lane::ALL.iter().map(|one| one.as_str()).collect();
        assert_eq!(codes(&LANES), words);
        let words: Vec<&str> = Channel::ALL.iter().map(|one| one.as_str()).collect();
        assert_eq!(codes(&CHANNELS), words);
        // A waiver that was taken back is never reported, so it is no choice.
        let reported = NotExamined::ALL.iter().filter(|one| **one != NotExamined::WaiverUndone);
        assert_eq!(
            codes(&NOT_EXAMINED_REASONS),
            reported.map(|one| one.as_str()).collect::<Vec<_>>()
        );
    }

    #[test]
    fn no_code_comes_twice() {
        for list in [&CONCEALMENT_PLACES[..], &CONCEALMENT_METHODS, &SUBSTANCES, &UNITS] {
            let mut all = codes(list);
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), list.len());
        }
    }
}
