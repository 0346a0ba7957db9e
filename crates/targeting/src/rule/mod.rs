//! Rules: what officers know, as conditions that are checked, proved on the past and measured.
//!
//! The path of a condition: text (`syntax.rs`) is held against the fields that a rule may read
//! (`field.rs`) by `check.rs`, with the exact place of whatever is wrong, what can never be met
//! (`never.rs`) and what asks who somebody is (`person.rs`) among it; all rules of a book make
//! one program over columns (`program.rs`, `columns.rs`), which says for a batch which rule fires
//! where; columns are kept as bytes by `packed.rs`. What a rule is worth, before and after it is in
//! force: `worth.rs`. How it becomes so is the office's matter.
//!
//! What is not declared answers no comparison: `goods.value < 100` and its contrary are both not
//! met where no value is declared; `has(goods.value)` asks for that. This is CEL's own rule, in
//! which an error on one side of `||` gives way to a yes on the other.

mod check;
mod columns;
mod field;
mod never;
mod packed;
mod person;
mod program;
mod syntax;
mod worth;

use serde::{Deserialize, Serialize};

use crate::codes::Day;
use crate::outcome::Modality;
use crate::screening::Lane;
use crate::words;

pub(crate) use check::condition_of_indicator;
pub use check::{Condition, condition, kept_condition};
pub use columns::{BATCH, Columns};
pub use field::{FUNCTIONS, Field, FieldKind, Function, Unit, extractor, fields, known_by};
pub use packed::{CHUNK, CODING, Unreadable, packed, unpacked};
pub use program::{Hits, Program};
pub use worth::{Scorecard, Verdict, Weighing, Worth, lift, scorecard};

/// The longest condition.
pub const MAX_CHARACTERS: usize = 4_000;
/// The deepest one.
pub const MAX_DEPTH: usize = 24;
/// A rule is looked at again within so many days, and ends after as many at most.
pub const MAX_DAYS: i32 = 731;

/// A part of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub from: usize,
    /// The byte after the last.
    pub to: usize,
}

/// What kind of mistake a condition has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// It is no sentence of the language.
    Syntax,
    /// There is no such field.
    UnknownField,
    /// There is no such indicator.
    UnknownIndicator,
    /// There is no such function.
    UnknownFunction,
    /// Text where a number is needed, and the like.
    WrongType,
    /// A value that the field never has.
    WrongValue,
    /// It is a text or number and no yes or no.
    NotACondition,
    /// Too many levels of brackets.
    TooDeep,
    /// Too many characters.
    TooLong,
    /// A pattern that cannot be used.
    BadPattern,
    /// It is always met, or never, whatever arrives.
    Constant,
}
words!(
    FaultCode,
    "a kind of mistake",
    Syntax = "syntax",
    UnknownField = "unknown_field",
    UnknownIndicator = "unknown_indicator",
    UnknownFunction = "unknown_function",
    WrongType = "wrong_type",
    WrongValue = "wrong_value",
    NotACondition = "not_a_condition",
    TooDeep = "too_deep",
    TooLong = "too_long",
    BadPattern = "bad_pattern",
    Constant = "constant",
);

/// A mistake in a condition, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Its kind.
    pub code: FaultCode,
    /// What is wrong, in English.
    pub en: String,
    /// The same in Korean.
    pub ko: String,
    /// What to put in the place of the span.
    pub suggestion: Option<String>,
    /// Where it is.
    pub span: Span,
    /// Line of its beginning, from 1.
    pub line: u32,
    /// Column of its beginning, in characters from 1.
    pub column: u32,
}

impl Fault {
    fn new(text: &str, code: FaultCode, span: Span, en: String, ko: String) -> Fault {
        let before = &text[..span.from.min(text.len())];
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
        Fault { code, en, ko, suggestion: None, span, line, column }
    }

    fn suggest(mut self, instead: &str) -> Fault {
        self.suggestion = Some(instead.to_owned());
        self
    }

    fn hint(mut self, en: &str, ko: &str) -> Fault {
        self.en = format!("{} {en}", self.en);
        self.ko = format!("{} {ko}", self.ko);
        self
    }
}

/// A sentence in both languages of the workbench.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// In Korean.
    #[serde(default)]
    pub ko: String,
    /// In English.
    #[serde(default)]
    pub en: String,
}

/// A rule as its author writes it: one version, which never changes once it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, the same in all versions.
    pub code: String,
    /// Who answers for it.
    pub owner: String,
    /// On what law it rests.
    pub legal_basis: String,
    /// Where it sends what it fires on.
    pub lane: Lane,
    /// What to inspect with; none leaves it to the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modality: Option<Modality>,
    /// At which offices it counts; none for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offices: Vec<String>,
    /// First day in force.
    pub valid_from: Day,
    /// Last day in force.
    pub valid_until: Day,
    /// When its owner looks at it again.
    pub review_on: Day,
    /// When it fires.
    pub condition: String,
    /// Why, for officers.
    pub officer: Sentence,
    /// What a declarant may be told: nothing that gives the condition away.
    pub outward: Sentence,
}

/// What is wrong with a rule beside its condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFault {
    /// The field of the rule.
    pub field: &'static str,
    /// What is wrong, in English.
    pub en: &'static str,
    /// The same in Korean.
    pub ko: &'static str,
}

impl Rule {
    /// What is wrong with it beside its condition.
    pub fn faults(&self) -> Vec<RuleFault> {
        let mut faults = Vec::new();
        let mut must = |good: bool, field: &'static str, en: &'static str, ko: &'static str| {
            if !good {
                faults.push(RuleFault { field, en, ko });
            }
        };
        must(
            is_code(&self.code),
            "code",
            "A code has 2 to 60 small letters, digits, points and dashes, and begins with a \
             letter or digit.",
            "코드는 영문 소문자·숫자·점·붙임표 2~60자이고, 글자나 숫자로 시작합니다.",
        );
        must(
            fits(&self.owner, 1, 100),
            "owner",
            "A rule has an owner who answers for it.",
            "규칙을 책임지는 사람이 있어야 합니다.",
        );
        must(
            fits(&self.legal_basis, 1, 500),
            "legal_basis",
            "A rule names the law it rests on, in at most 500 characters.",
            "근거 법령을 500자 이내로 적어야 합니다.",
        );
        for (field, text) in [("officer", &self.officer), ("outward", &self.outward)] {
            must(
                fits(&text.ko, 1, 1_000) && fits(&text.en, 1, 1_000),
                field,
                "The text is needed in Korean and English, at most 1000 characters each.",
                "문구를 한국어와 영어로 각각 1000자 이내로 적어야 합니다.",
            );
        }
        must(
            self.offices.len() <= 200 && self.offices.iter().all(|office| fits(office, 1, 40)),
            "offices",
            "Offices are named by their codes, at most 200 of them.",
            "세관은 부호로 적으며 200곳까지 적을 수 있습니다.",
        );
        let days = self.valid_until.0.saturating_sub(self.valid_from.0);
        must(
            (0..=MAX_DAYS).contains(&days),
            "valid_until",
            "A rule ends on or after its first day, and within two years.",
            "종료일은 시작일 이후, 2년 이내여야 합니다.",
        );
        must(
            (self.valid_from..=self.valid_until).contains(&self.review_on),
            "review_on",
            "The review lies between the first and the last day.",
            "검토일은 시작일과 종료일 사이여야 합니다.",
        );
        faults
    }

    /// Whether it counts on a day, should it be in force.
    pub fn is_valid_on(&self, day: Day) -> bool {
        (self.valid_from..=self.valid_until).contains(&day)
    }
}

/// Whether a text may be a rule's code.
pub fn is_code(code: &str) -> bool {
    /// Words of the API beside the codes.
    const TAKEN: [&str; 4] = ["catalogue", "check", "backtest", "import"];
    let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=60).contains(&code.len())
        && code.bytes().all(|byte| small(byte) || byte == b'.' || byte == b'-')
        && code.bytes().next().is_some_and(small)
        && !TAKEN.contains(&code)
}

/// Whether a text has so many characters, none of them the character NUL, and is not blank.
fn fits(text: &str, least: usize, most: usize) -> bool {
    let count = text.trim().chars().count();
    (least..=most).contains(&count) && !text.contains('\0')
}

/// Of what the names are, the one nearest to what was typed, unless none is near.
pub fn nearest<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let typed: Vec<char> = typed.to_lowercase().chars().take(80).collect();
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let chars: Vec<char> = name.chars().collect();
        // The last part alone, as one types who forgets to say of what.
        let last: Vec<char> = name.rsplit('.').next().unwrap_or(name).chars().collect();
        let far = steps(&typed, &chars).min(steps(&typed, &last) + 1);
        let most = (typed.len() / 3).max(1) + usize::from(typed.len() > 3);
        if far <= most && best.is_none_or(|(least, _)| far < least) {
            best = Some((far, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How many letters are added, left out, changed or swapped (optimal string alignment).
fn steps(a: &[char], b: &[char]) -> usize {
    let (mut before, mut row): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let mut least =
                (row[j] + usize::from(a[i] != b[j])).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
pub(crate) mod tests;
