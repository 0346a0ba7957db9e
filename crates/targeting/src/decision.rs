//! Decisions: what a person orders about one consignment against or beside the plan, and the
//! reasons that may be given for it. What may be ordered follows from how the consignment stands;
//! chances that a plan recorded are never touched, so what is measured stays unbiased. How a
//! decision is kept is the office's matter (`acts/decide.rs` there).

use serde::{Deserialize, Serialize};

use crate::consignment::Fate;
use crate::words;

/// What a person orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It stays until another decision; no plan releases it.
    Hold,
    /// It stays until a question about it is answered.
    Ask,
    /// It is inspected, whatever the draw said, or with another modality than the plan's.
    Inspect,
    /// Its drawn inspection is left out.
    Waive,
    /// It goes on.
    Release,
    /// The decision before is taken back.
    Undo,
}
words!(
    Act,
    "an act: hold, ask, inspect, waive, release or undo",
    Hold = "hold",
    Ask = "ask",
    Inspect = "inspect",
    Waive = "waive",
    Release = "release",
    Undo = "undo",
);

impl Act {
    /// Whether what it orders keeps a consignment from being released by a plan.
    pub fn keeps(self) -> bool {
        match self {
            Act::Hold | Act::Ask | Act::Inspect => true,
            Act::Waive | Act::Release | Act::Undo => false,
        }
    }
}

/// A reason that may be given for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonCode {
    /// Its stable name.
    pub code: &'static str,
    /// The acts that it suits.
    pub acts: &'static [Act],
    /// Whether words of one's own have to be added.
    pub needs_text: bool,
    /// What it says, in Korean.
    pub ko: &'static str,
    /// What it says, in English.
    pub en: &'static str,
}

const STAY: &[Act] = &[Act::Hold, Act::Ask, Act::Inspect];

/// Every reason there is.
pub const REASON_CODES: [ReasonCode; 19] = [
    ReasonCode {
        code: "intelligence",
        acts: STAY,
        needs_text: true,
        ko: "정보·첩보가 있음",
        en: "Information was received",
    },
    ReasonCode {
        code: "earlier_find",
        acts: STAY,
        needs_text: false,
        ko: "같은 당사자·경로·품목에서 적발한 적이 있음",
        en: "Earlier find with the same party, route or goods",
    },
    ReasonCode {
        code: "documents_differ",
        acts: STAY,
        needs_text: false,
        ko: "서류끼리 내용이 다름",
        en: "Documents contradict each other",
    },
    ReasonCode {
        code: "goods_implausible",
        acts: STAY,
        needs_text: false,
        ko: "품명·중량·가격이 서로 맞지 않음",
        en: "Goods, mass and value do not fit together",
    },
    ReasonCode {
        code: "route_implausible",
        acts: STAY,
        needs_text: false,
        ko: "운송 경로를 납득하기 어려움",
        en: "The route makes no sense",
    },
    ReasonCode {
        code: "scan_image",
        acts: STAY,
        needs_text: false,
        ko: "X-ray 판독에서 이상이 보임",
        en: "The scan image shows something odd",
    },
    ReasonCode {
        code: "identity_misused",
        acts: STAY,
        needs_text: false,
        ko: "개인통관고유부호 도용이 의심됨(수취인이 피해자일 수 있음)",
        en: "The customs code may be stolen (the consignee may be the victim)",
    },
    ReasonCode {
        code: "description_vague",
        acts: &[Act::Hold, Act::Ask],
        needs_text: false,
        ko: "품명이 모호함",
        en: "The description is vague",
    },
    ReasonCode {
        code: "data_missing",
        acts: &[Act::Hold, Act::Ask],
        needs_text: false,
        ko: "필수 정보가 빠짐",
        en: "Information is missing",
    },
    ReasonCode {
        code: "awaits_result",
        acts: &[Act::Hold],
        needs_text: false,
        ko: "분석·조회 결과를 기다림",
        en: "A result is awaited",
    },
    ReasonCode {
        code: "other_modality",
        acts: &[Act::Inspect],
        needs_text: false,
        ko: "이 물품에는 다른 검사 방법이 알맞음",
        en: "Another way of inspecting suits these goods",
    },
    ReasonCode {
        code: "other_agency",
        acts: &[Act::Hold, Act::Inspect, Act::Release],
        needs_text: true,
        ko: "다른 기관의 요청",
        en: "Another agency asked for it",
    },
    ReasonCode {
        code: "standard_exception",
        acts: &[Act::Waive],
        needs_text: false,
        ko: "기준에 따른 검사 생략 대상",
        en: "Standard exception",
    },
    ReasonCode {
        code: "examined_elsewhere",
        acts: &[Act::Waive, Act::Release],
        needs_text: true,
        ko: "다른 곳에서 이미 검사함",
        en: "It was examined elsewhere",
    },
    ReasonCode {
        code: "cannot_be_examined",
        acts: &[Act::Waive],
        needs_text: true,
        ko: "검사할 수 없음(안전·부패·장비)",
        en: "It cannot be examined (safety, decay, equipment)",
    },
    ReasonCode {
        code: "answered",
        acts: &[Act::Release],
        needs_text: false,
        ko: "질의에 충분한 답을 받음",
        en: "The question was answered",
    },
    ReasonCode {
        code: "nothing_stands_against",
        acts: &[Act::Release],
        needs_text: false,
        ko: "보류할 이유가 없어짐",
        en: "Nothing stands against it any more",
    },
    ReasonCode {
        code: "mistake",
        acts: &[Act::Undo],
        needs_text: false,
        ko: "잘못 누름",
        en: "It was a mistake",
    },
    ReasonCode {
        code: "other",
        acts: Act::ALL,
        needs_text: true,
        ko: "기타(내용을 적음)",
        en: "Other (say what)",
    },
];

/// The reason of this code.
pub fn reason_code(code: &str) -> Option<&'static ReasonCode> {
    REASON_CODES.iter().find(|reason| reason.code == code)
}

/// How a consignment stands when something is to be decided on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What became of it so far.
    pub fate: Fate,
    /// Whether its plan drew it; none where no plan lists it.
    pub drawn: Option<bool>,
    /// Whether an outcome is known, other than that of a waiver.
    pub ended: bool,
    /// The decision in force.
    pub in_force: Option<Act>,
}

/// Why an act does not fit how a consignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// A newer version took its place.
    Superseded,
    /// Its bill was deleted or it never arrived.
    Rejected,
    /// Its outcome is known.
    HasOutcome,
    /// The same decision is in force.
    InForce,
    /// It is drawn, and its inspection was left out: take that back first.
    Waived,
    /// It is drawn: leaving it out is a waiver.
    Drawn,
    /// No plan drew it: there is nothing to waive.
    NotDrawn,
    /// It has been released already.
    Released,
    /// There is no decision to take back.
    NothingToUndo,
}
words!(
    Unfit,
    "why an act does not fit",
    Superseded = "superseded",
    Rejected = "rejected",
    HasOutcome = "has_outcome",
    InForce = "in_force",
    Waived = "waived",
    Drawn = "drawn",
    NotDrawn = "not_drawn",
    Released = "already_released",
    NothingToUndo = "nothing_to_undo",
);

impl Unfit {
    /// What is wrong and what to do instead, in English.
    pub fn said(self) -> (&'static str, &'static str) {
        match self {
            Unfit::Superseded => {
                ("A newer version took its place.", "Decide on the newest version.")
            }
            Unfit::Rejected => {
                ("Its bill was deleted or it never arrived.", "There is nothing to decide on.")
            }
            Unfit::HasOutcome => {
                ("Its outcome is recorded.", "Correct the outcome if it is wrong.")
            }
            Unfit::InForce => ("This decision is in force already.", "Nothing needs to be done."),
            Unfit::Waived => ("Its inspection was waived.", "Undo the waiver first."),
            Unfit::Drawn => ("The plan drew it.", "Waive its inspection, with a reason."),
            Unfit::NotDrawn => ("No plan drew it.", "Release it, or leave it to the plan."),
            Unfit::Released => ("It has been released already.", "Nothing needs to be done."),
            Unfit::NothingToUndo => ("No decision on it is in force.", "Nothing needs to be done."),
        }
    }
}

/// Why the act does not fit, if it does not. Whether an undo comes in time is not asked here.
pub fn unfit(act: Act, standing: Standing) -> Option<Unfit> {
    let Standing { fate, drawn, ended, in_force } = standing;
    match fate {
        Fate::Superseded => return Some(Unfit::Superseded),
        Fate::Rejected => return Some(Unfit::Rejected),
        Fate::Pending | Fate::Released | Fate::Inspected => {}
    }
    if ended || fate == Fate::Inspected {
        return Some(Unfit::HasOutcome);
    }
    let drawn = drawn == Some(true);
    match act {
        Act::Undo => in_force.is_none().then_some(Unfit::NothingToUndo),
        _ if in_force == Some(Act::Waive) => Some(match act {
            Act::Waive => Unfit::InForce,
            _ => Unfit::Waived,
        }),
        Act::Hold => (in_force == Some(Act::Hold)).then_some(Unfit::InForce),
        // A second question and another modality are decisions of their own.
        Act::Ask | Act::Inspect => None,
        Act::Waive => (!drawn).then_some(Unfit::NotDrawn),
        Act::Release if drawn => Some(Unfit::Drawn),
        Act::Release => (fate == Fate::Released).then_some(Unfit::Released),
    }
}

/// What may be ordered now.
pub fn allowed(standing: Standing) -> Vec<Act> {
    Act::ALL.iter().copied().filter(|&act| unfit(act, standing).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line a standing: fate, drawn or not or no plan, the decision in force, what is allowed.
    #[test]
    fn what_may_be_ordered_follows_from_how_it_stands() {
        let table = "
            pending    no_plan -       | hold ask inspect release
            pending    drawn   -       | hold ask inspect waive
            pending    drawn   hold    | ask inspect waive undo
            pending    drawn   inspect | hold ask inspect waive undo
            released   drawn   waive   | undo
            released   left    -       | hold ask inspect
            pending    left    hold    | ask inspect release undo
            pending    left    ask     | hold ask inspect release undo
            released   left    release | hold ask inspect undo
            inspected  drawn   -       |
            superseded no_plan hold    |
            rejected   left    -       |";
        for line in table.lines().filter(|line| !line.trim().is_empty()) {
            let (given, verdict) = line.split_once('|').unwrap();
            let words: Vec<&str> = given.split_whitespace().collect();
            let standing = Standing {
                fate: words[0].parse().unwrap(),
                drawn: match words[1] {
                    "no_plan" => None,
                    word => Some(word == "drawn"),
                },
                ended: false,
                in_force: words[2].parse().ok(),
            };
            let acts: Vec<&str> = allowed(standing).into_iter().map(Act::as_str).collect();
            assert_eq!(acts, verdict.split_whitespace().collect::<Vec<_>>(), "{line}");
        }
    }

    #[test]
    fn every_act_has_a_reason_and_no_code_comes_twice() {
        for act in Act::ALL {
            assert!(REASON_CODES.iter().any(|reason| reason.acts.contains(act)), "{act}");
        }
        for reason in &REASON_CODES {
            assert_eq!(reason_code(reason.code), Some(reason));
            assert!(!reason.ko.is_ascii() && reason.en.is_ascii(), "{}", reason.code);
        }
    }
}
