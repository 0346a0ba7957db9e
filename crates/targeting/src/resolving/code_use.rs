//! One code under many names or addresses. A personal customs code that others use is stolen far
//! oftener than it is lent, so its owner may be a victim; what is said here never calls anybody a
//! suspect, and no score reads it.

use std::collections::BTreeSet;

use super::arriving::PartyRecord;
use super::likeness::{jaro_winkler, sound};
use super::reading::{fold, name_words, plain};

/// Different names under one code from which on its owner may be a victim: two are a marriage, a
/// spelling or a spouse who ordered.
pub const VICTIM_NAMES: usize = 3;
/// Different addresses under one person's code from which on: people move, and have parcels sent
/// to work.
pub const VICTIM_ADDRESSES: usize = 5;

/// Under how many names and addresses one code was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodeUse {
    /// Different names; spellings of one name are one.
    pub names: usize,
    /// Different addresses.
    pub addresses: usize,
}

/// Counts how a code is used by the records that bear it.
pub fn code_use<'r>(records: impl IntoIterator<Item = &'r PartyRecord>) -> CodeUse {
    let (mut names, mut addresses) = (Vec::<Vec<u8>>::new(), BTreeSet::new());
    for record in records {
        // Letters in order, so that names turned about or romanised are one.
        let mut name = sound(&name_words(&record.name).replace(' ', "")).into_bytes();
        name.sort_unstable();
        let known = names.iter().any(|other| jaro_winkler(other, &name) >= 0.9);
        if !name.is_empty() && !known {
            names.push(name);
        }
        let address = fold(&record.address);
        if !address.is_empty() {
            addresses.insert(address);
        }
    }
    CodeUse { names: names.len(), addresses: addresses.len() }
}

/// Whether a code is a person's customs clearance code: P and twelve digits.
pub fn is_personal_code(code: &str) -> bool {
    let code = plain(code);
    let digits = code.strip_prefix('p').unwrap_or_default();
    digits.len() == 12 && digits.bytes().all(|sign| sign.is_ascii_digit())
}

impl CodeUse {
    /// Whether the owner of the code may be a victim of those who use it.
    pub fn possible_victim(self, code: &str) -> bool {
        self.names >= VICTIM_NAMES || (is_personal_code(code) && self.addresses >= VICTIM_ADDRESSES)
    }

    /// What is said of it, in Korean and English.
    pub fn said(self) -> [String; 2] {
        let CodeUse { names, addresses } = self;
        [
            format!(
                "명의도용 피해자일 수 있습니다. 이 부호 하나가 이름 {names}개, 주소 {addresses}곳으로 \
                 신고되었습니다. 부호의 주인이 주문했다는 뜻이 아닙니다."
            ),
            format!(
                "May be a victim: this one code was declared under {names} names and {addresses} \
                 addresses. It does not mean that the owner of the code ordered anything."
            ),
        ]
    }

    /// What to do about it, in Korean and English.
    pub fn next() -> [&'static str; 2] {
        [
            "부호의 주인을 혐의자로 다루지 말고 도용 여부를 본인에게 확인한 뒤 재발급을 안내하십시오. \
             조사는 실제 배송지와 전화번호에서 시작하십시오.",
            "Ask the owner whether the code was stolen and tell them how to get a new one; do not \
             treat them as the one who ordered. Begin with the delivery addresses and phones.",
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, address: &str) -> PartyRecord {
        PartyRecord {
            name: name.to_owned(),
            code: "P112233445566".to_owned(),
            address: address.to_owned(),
            ..PartyRecord::default()
        }
    }

    #[test]
    fn one_code_under_many_names_is_a_possible_victim_and_never_a_suspect() {
        let records = [
            record("홍길동", "서울 은행나무로 1"),
            record("Hong Gildong", "서울 은행나무로 1"),
            record("김민수", "부산 달맞이로 9"),
            record("Lee Areum", "대전 돌다리길 4"),
        ];
        let used = code_use(&records);
        assert_eq!(used, CodeUse { names: 3, addresses: 3 });
        assert!(used.possible_victim("P112233445566"));
        assert!(!code_use(&records[..2]).possible_victim("P112233445566"));
        for said in used.said().iter().map(String::as_str).chain(CodeUse::next()) {
            let lower = said.to_lowercase();
            for word in ["suspect", "smuggler", "offender", "guilt", "용의", "범인", "밀수"] {
                assert!(!lower.contains(word), "{said}");
            }
        }
        assert!(used.said()[0].contains("피해자") && used.said()[1].contains("victim"));
        // The one word for a suspect stands only where it is denied.
        assert!(CodeUse::next()[0].contains("혐의자로 다루지 말고"));
    }

    #[test]
    fn a_firm_with_branches_is_no_victim() {
        let branches: Vec<PartyRecord> =
            (0..9).map(|n| record("한빛무역", &format!("부산 나루터로 {n}"))).collect();
        assert!(!code_use(&branches).possible_victim("1234567890"));
        assert!(code_use(&branches).possible_victim("P112233445566"));
    }
}
