//! Holds a condition against the fields and functions there are, and says of every mistake where
//! it is and what may be meant. What passes is a [`Condition`]: whatever arrives, it can be asked,
//! and only a field that is not declared leaves it without an answer. Values that a field never
//! has, such as a chapter of four digits, are mistakes too: such a rule would sleep for years.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};

use super::field::{self, FUNCTIONS, FieldKind, Shape, fields, has_chapter, is_country};
use super::never::never;
use super::syntax::{self, Expr, Form, Op};
use super::{Fault, FaultCode, Span, nearest, person};
use crate::indicator;

/// A condition that has been checked.
#[derive(Debug, Clone)]
pub struct Condition {
    pub(super) root: Yes,
    reads: BTreeSet<usize>,
    indicators: BTreeSet<&'static str>,
}

impl Condition {
    /// The names of the fields that it reads, those of its indicators too.
    pub fn reads(&self) -> Vec<&'static str> {
        self.reads.iter().map(|&place| fields()[place].path.as_str()).collect()
    }

    /// The places of these fields.
    pub(crate) fn places(&self) -> &BTreeSet<usize> {
        &self.reads
    }

    /// The indicators that it names.
    pub fn indicators(&self) -> Vec<&'static str> {
        self.indicators.iter().copied().collect()
    }

    /// True when it reads what was known before the day of arrival.
    pub fn reads_the_past(&self) -> bool {
        self.reads.iter().any(|&place| fields()[place].is_past())
    }
}

/// What is met or not.
#[derive(Debug, Clone)]
pub(super) enum Yes {
    Constant(bool),
    Flag(usize),
    Known(usize),
    Not(Box<Yes>),
    All(Vec<Yes>),
    Any(Vec<Yes>),
    TextIs(usize, Vec<String>),
    TextLike(usize, Like),
    TextSame(usize, usize),
    Compare(Op, Amount, Amount),
    NumberIn(Amount, Vec<f64>),
    Same(Box<Yes>, Box<Yes>),
    Choose(Box<[Yes; 3]>),
}

/// A number.
#[derive(Debug, Clone)]
pub(super) enum Amount {
    Number(f64),
    Field(usize),
    Size(usize),
    Two(Op, Box<Amount>, Box<Amount>),
    Minus(Box<Amount>),
    Choose(Box<Yes>, Box<Amount>, Box<Amount>),
}

/// How a text may be like another.
#[derive(Debug, Clone)]
pub(super) enum Like {
    Starts(String),
    Ends(String),
    Holds(String),
    Fits(Regex),
}

impl Like {
    pub fn is(&self, text: &str) -> bool {
        match self {
            Like::Starts(with) => text.starts_with(with.as_str()),
            Like::Ends(with) => text.ends_with(with.as_str()),
            Like::Holds(part) => text.contains(part.as_str()),
            Like::Fits(pattern) => pattern.is_match(text),
        }
    }
}

/// Checks a condition.
///
/// # Errors
/// Every mistake that was found, in the order of their places; at least one.
pub fn condition(text: &str) -> Result<Condition, Vec<Fault>> {
    check(text, true, true)
}

/// Checks the condition of a rule that is kept already. What can never be met is let pass: the
/// other parts of such a rule fire as they did before that was known to be a mistake.
///
/// # Errors
/// As [`condition`].
pub fn kept_condition(text: &str) -> Result<Condition, Vec<Fault>> {
    check(text, true, false)
}

/// Checks the condition of an indicator, which names no other.
pub(crate) fn condition_of_indicator(text: &str) -> Result<Condition, Vec<Fault>> {
    check(text, false, false)
}

fn check(text: &str, indicators: bool, strict: bool) -> Result<Condition, Vec<Fault>> {
    let tree = syntax::parse(text).map_err(|fault| vec![fault])?;
    let mut checker = Checker {
        text,
        may_name: indicators,
        strict,
        faults: Vec::new(),
        reads: BTreeSet::new(),
        indicators: BTreeSet::new(),
    };
    let root = checker.yes(&tree);
    if checker.faults.is_empty() && checker.reads.is_empty() {
        checker.fault(
            FaultCode::Constant,
            tree.span,
            "It reads no field, so it is always met or never.",
            "읽는 항목이 없어 항상 참이거나 항상 거짓입니다.",
        );
    }
    if strict && checker.faults.is_empty() {
        for one in never(text, &tree) {
            let suggestion = one.suggestion;
            checker.push(one.code, one.at, one.en, one.ko).suggestion = suggestion;
        }
    }
    let Checker { mut faults, reads, indicators, .. } = checker;
    match root {
        Some(root) if faults.is_empty() => Ok(Condition { root, reads, indicators }),
        _ => {
            faults.sort_by_key(|fault| (fault.span.from, fault.span.to));
            Err(faults)
        }
    }
}

/// What a part of a condition turned out to be.
enum Typed {
    Yes(Yes),
    Amount(Amount),
    /// A field that holds text.
    Text(usize),
    Literal(String),
    List(Vec<(Literal, Span)>),
}

enum Literal {
    Text(String),
    Number(f64),
}

impl Typed {
    fn said(&self) -> (&'static str, &'static str) {
        match self {
            Typed::Yes(_) => ("yes or no", "참·거짓"),
            Typed::Amount(_) => ("a number", "숫자"),
            Typed::Text(_) | Typed::Literal(_) => ("text", "글자"),
            Typed::List(_) => ("a list", "목록"),
        }
    }
}

struct Checker<'t> {
    text: &'t str,
    may_name: bool,
    /// Whether values that no declaration should have are mistakes.
    strict: bool,
    faults: Vec<Fault>,
    reads: BTreeSet<usize>,
    indicators: BTreeSet<&'static str>,
}

impl Checker<'_> {
    fn push(&mut self, code: FaultCode, span: Span, en: String, ko: String) -> &mut Fault {
        self.faults.push(Fault::new(self.text, code, span, en, ko));
        // It was pushed just now, so there is a last one.
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    fn fault(&mut self, code: FaultCode, span: Span, en: &str, ko: &str) {
        self.push(code, span, en.to_owned(), ko.to_owned());
    }

    fn words(&self, span: Span) -> &str {
        self.text.get(span.from..span.to).unwrap_or_default()
    }

    /// A part that is to be met or not.
    fn yes(&mut self, expr: &Expr) -> Option<Yes> {
        match self.typed(expr)? {
            Typed::Yes(yes) => Some(yes),
            other => {
                let (en, ko) = other.said();
                self.push(
                    FaultCode::NotACondition,
                    expr.span,
                    format!("This is {en}; a condition is met or not: compare it with something."),
                    format!("{ko}입니다. 참·거짓이 되려면 무엇과 비교해야 합니다."),
                );
                None
            }
        }
    }

    fn amount(&mut self, expr: &Expr) -> Option<Amount> {
        match self.typed(expr)? {
            Typed::Amount(amount) => Some(amount),
            other => {
                let (en, ko) = other.said();
                self.push(
                    FaultCode::WrongType,
                    expr.span,
                    format!("A number is needed here; this is {en}."),
                    format!("여기에는 숫자가 필요한데 {ko}입니다."),
                );
                None
            }
        }
    }

    fn typed(&mut self, expr: &Expr) -> Option<Typed> {
        match &expr.form {
            Form::Number(number) => Some(Typed::Amount(Amount::Number(*number))),
            Form::Text(text) => Some(Typed::Literal(text.clone())),
            Form::Flag(yes) => Some(Typed::Yes(Yes::Constant(*yes))),
            Form::List(parts) => self.list(parts),
            Form::Path(path) => self.path(path, expr.span),
            Form::Not(one) => Some(Typed::Yes(Yes::Not(Box::new(self.yes(one)?)))),
            Form::Minus(one) => Some(Typed::Amount(Amount::Minus(Box::new(self.amount(one)?)))),
            // All parts are checked before one that is wrong ends it.
            Form::All(parts) => self.parts(parts).map(|parts| Typed::Yes(Yes::All(parts))),
            Form::Any(parts) => self.parts(parts).map(|parts| Typed::Yes(Yes::Any(parts))),
            Form::Two(Op::In, what, list) => self.within(what, list),
            Form::Two(op @ (Op::Plus | Op::Minus | Op::Times | Op::By), a, b) => {
                let (a, b) = (self.amount(a), self.amount(b));
                Some(Typed::Amount(Amount::Two(*op, Box::new(a?), Box::new(b?))))
            }
            Form::Two(op, a, b) => self.compare(*op, a, b, expr.span),
            Form::Choose(three) => self.choose(three),
            Form::Call { on, name, name_span, args } => {
                self.call(on.as_deref(), name, *name_span, args, expr.span)
            }
        }
    }

    fn parts(&mut self, parts: &[Expr]) -> Option<Vec<Yes>> {
        let all: Vec<Option<Yes>> = parts.iter().map(|part| self.yes(part)).collect();
        all.into_iter().collect()
    }

    fn list(&mut self, parts: &[Expr]) -> Option<Typed> {
        let mut literals = Vec::with_capacity(parts.len());
        for part in parts {
            let literal = match &part.form {
                Form::Text(text) => Literal::Text(text.clone()),
                Form::Number(number) => Literal::Number(*number),
                _ => {
                    self.fault(
                        FaultCode::WrongType,
                        part.span,
                        "A list holds texts or numbers as they are written.",
                        "목록에는 글자나 숫자를 그대로 적습니다.",
                    );
                    continue;
                }
            };
            literals.push((literal, part.span));
        }
        Some(Typed::List(literals))
    }

    fn path(&mut self, path: &str, span: Span) -> Option<Typed> {
        let Some(place) = field::place(path) else {
            if let Some((en, ko)) = person::asked(path) {
                self.push(FaultCode::UnknownField, span, en, ko);
                return None;
            }
            let near = nearest(path, fields().iter().map(|field| field.path.as_str()));
            let fault = self.push(
                FaultCode::UnknownField,
                span,
                format!("There is no field `{path}`."),
                format!("`{path}` 항목은 없습니다."),
            );
            fault.suggestion = near.map(str::to_owned);
            return None;
        };
        self.reads.insert(place);
        Some(match fields()[place].kind {
            FieldKind::Text => Typed::Text(place),
            FieldKind::Number => Typed::Amount(Amount::Field(place)),
            FieldKind::Flag => Typed::Yes(Yes::Flag(place)),
        })
    }

    fn within(&mut self, what: &Expr, list: &Expr) -> Option<Typed> {
        let (left, right) = (self.typed(what), self.typed(list));
        let parts = match right? {
            Typed::List(parts) => parts,
            other => {
                let (en, ko) = other.said();
                let instead = format!("[{}]", self.words(list.span));
                let fault = self.push(
                    FaultCode::WrongType,
                    list.span,
                    format!("A list in brackets follows `in`; this is {en}."),
                    format!("`in` 뒤에는 대괄호 목록이 와야 하는데 {ko}입니다."),
                );
                if matches!(other, Typed::Literal(_)) {
                    fault.suggestion = Some(instead);
                }
                return None;
            }
        };
        let left = left?;
        if parts.is_empty() {
            self.fault(
                FaultCode::Constant,
                list.span,
                "Nothing is in an empty list.",
                "빈 목록에는 아무것도 없습니다.",
            );
            return None;
        }
        match left {
            Typed::Text(place) => {
                let mut texts = Vec::with_capacity(parts.len());
                for (literal, span) in parts {
                    match literal {
                        Literal::Text(text) => {
                            self.suits(place, &text, span);
                            texts.push(text);
                        }
                        Literal::Number(_) => self.number_for_text(place, span),
                    }
                }
                texts.sort();
                texts.dedup();
                Some(Typed::Yes(Yes::TextIs(place, texts)))
            }
            Typed::Amount(amount) => {
                let mut numbers = Vec::with_capacity(parts.len());
                for (literal, span) in parts {
                    match literal {
                        Literal::Number(number) => numbers.push(number),
                        Literal::Text(_) => self.text_for_number(span),
                    }
                }
                Some(Typed::Yes(Yes::NumberIn(amount, numbers)))
            }
            other => {
                let (en, ko) = other.said();
                self.push(
                    FaultCode::WrongType,
                    what.span,
                    format!("A field that holds text or a number is needed here; this is {en}."),
                    format!("여기에는 글자나 숫자 항목이 필요한데 {ko}입니다."),
                );
                None
            }
        }
    }

    fn compare(&mut self, op: Op, a: &Expr, b: &Expr, span: Span) -> Option<Typed> {
        let (left, right) = (self.typed(a), self.typed(b));
        let (left, right) = (left?, right?);
        let equal = matches!(op, Op::Same | Op::Other);
        let of = |yes: Yes| {
            Some(Typed::Yes(if op == Op::Other { Yes::Not(Box::new(yes)) } else { yes }))
        };
        match (left, right) {
            (Typed::Amount(a), Typed::Amount(b)) if op == Op::Other => {
                of(Yes::Compare(Op::Same, a, b))
            }
            (Typed::Amount(a), Typed::Amount(b)) => Some(Typed::Yes(Yes::Compare(op, a, b))),
            (Typed::Text(place), Typed::Literal(text)) if equal => {
                self.suits(place, &text, b.span);
                of(Yes::TextIs(place, vec![text]))
            }
            (Typed::Literal(text), Typed::Text(place)) if equal => {
                self.suits(place, &text, a.span);
                of(Yes::TextIs(place, vec![text]))
            }
            (Typed::Text(one), Typed::Text(other)) if equal && one == other => {
                self.same_twice(span);
                None
            }
            (Typed::Text(one), Typed::Text(other)) if equal => of(Yes::TextSame(one, other)),
            (Typed::Literal(_), Typed::Literal(_)) => {
                self.same_twice(span);
                None
            }
            (Typed::Yes(one), Typed::Yes(other)) if equal => {
                of(Yes::Same(Box::new(one), Box::new(other)))
            }
            (Typed::Text(place), Typed::Amount(Amount::Number(_))) => {
                self.number_for_text(place, b.span);
                None
            }
            (Typed::Amount(Amount::Number(_)), Typed::Text(place)) => {
                self.number_for_text(place, a.span);
                None
            }
            (Typed::Amount(_), Typed::Literal(_)) => {
                self.text_for_number(b.span);
                None
            }
            (Typed::Literal(_), Typed::Amount(_)) => {
                self.text_for_number(a.span);
                None
            }
            (Typed::Text(_), Typed::List(_)) if op == Op::Same => {
                let instead = format!("{} in {}", self.words(a.span), self.words(b.span));
                let fault = self.push(
                    FaultCode::WrongType,
                    span,
                    "A field is in a list: `in`, not `==`.".to_owned(),
                    "목록과는 `==`가 아니라 `in`으로 견줍니다.".to_owned(),
                );
                fault.suggestion = Some(instead);
                None
            }
            (left, right) => {
                let ((left_en, left_ko), (right_en, right_ko)) = (left.said(), right.said());
                let sign = op.sign();
                self.push(
                    FaultCode::WrongType,
                    span,
                    format!("`{sign}` cannot compare {left_en} with {right_en}."),
                    format!("`{sign}` 기호로 {left_ko}와(과) {right_ko}을(를) 견줄 수 없습니다."),
                );
                None
            }
        }
    }

    fn same_twice(&mut self, span: Span) {
        self.fault(
            FaultCode::Constant,
            span,
            "Both sides are fixed, so the answer is always the same.",
            "양쪽이 고정되어 있어 답이 늘 같습니다.",
        );
    }

    fn number_for_text(&mut self, place: usize, span: Span) {
        let field = &fields()[place];
        let instead = format!("\"{}\"", self.words(span));
        let fault = self.push(
            FaultCode::WrongType,
            span,
            format!("`{}` is text: put it in quotation marks.", field.path),
            format!("`{}` 항목은 글자이므로 따옴표로 묶어야 합니다.", field.path),
        );
        fault.suggestion = Some(instead);
    }

    fn text_for_number(&mut self, span: Span) {
        let bare = self.words(span).trim_matches(['"', '\'']).to_owned();
        let fault = self.push(
            FaultCode::WrongType,
            span,
            "A number is needed here, without quotation marks.".to_owned(),
            "여기에는 따옴표 없는 숫자가 필요합니다.".to_owned(),
        );
        fault.suggestion = bare.parse::<f64>().ok().filter(|n| n.is_finite()).map(|_| bare);
    }

    /// Holds a text against what the field can be.
    fn suits(&mut self, place: usize, text: &str, span: Span) {
        let field = &fields()[place];
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let capitals = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
        let upper = text.to_uppercase();
        let (good, en, ko, instead) = match field.shape {
            Shape::Any
            | Shape::Count
            | Shape::Amount
            | Shape::Share
            | Shape::ShareOrLess
            | Shape::Between(..) => return,
            Shape::Country if self.strict && text.len() == 2 && capitals(text) => (
                is_country(text),
                format!("ISO 3166 has no country `{text}`."),
                format!("ISO 3166에 `{text}` 국가는 없습니다."),
                None,
            ),
            Shape::Digits(_) | Shape::Hs
                if self.strict && digits(text) && text.len() >= 2 && !has_chapter(text) =>
            {
                (
                    false,
                    "The HS has chapters 01 to 97 without 77, and 98 and 99 of each country's own."
                        .to_owned(),
                    "HS 류는 77을 뺀 01~97과 나라마다 정하는 98·99입니다.".to_owned(),
                    None,
                )
            }
            Shape::Digits(count) => {
                let bare: String = text.chars().filter(char::is_ascii_digit).collect();
                // A longer code names the field that has as many digits.
                let cut = (bare.len() > count).then(|| bare[..count].to_owned());
                (
                    text.len() == count && digits(text),
                    format!("`{}` has {count} digits.", field.path),
                    format!("`{}` 항목은 숫자 {count}자리입니다.", field.path),
                    cut,
                )
            }
            Shape::Hs => {
                let bare: String = text.chars().filter(char::is_ascii_digit).collect();
                let good =
                    (2..=10).contains(&text.len()) && text.len().is_multiple_of(2) && digits(text);
                (
                    good,
                    "HS codes have 2, 4, 6, 8 or 10 digits, without points.".to_owned(),
                    "HS 부호는 점 없이 숫자 2·4·6·8·10자리입니다.".to_owned(),
                    (bare.len() >= 2 && bare.len().is_multiple_of(2) && bare.len() <= 10)
                        .then_some(bare),
                )
            }
            Shape::Country => (
                text.len() == 2 && capitals(text),
                "Countries are written in two capital letters (ISO 3166).".to_owned(),
                "국가는 영문 대문자 2자(ISO 3166)로 적습니다.".to_owned(),
                (upper.len() == 2 && capitals(&upper)).then_some(upper),
            ),
            Shape::Currency => (
                text.len() == 3 && capitals(text),
                "Currencies are written in three capital letters (ISO 4217).".to_owned(),
                "통화는 영문 대문자 3자(ISO 4217)로 적습니다.".to_owned(),
                (upper.len() == 3 && capitals(&upper)).then_some(upper),
            ),
            Shape::Place => {
                let fits = |text: &str| {
                    let all = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
                    text.len() == 5 && text.bytes().all(all)
                };
                (
                    fits(text),
                    "Places are written as UN/LOCODE, such as KRPUS.".to_owned(),
                    "장소는 KRPUS처럼 UN/LOCODE로 적습니다.".to_owned(),
                    fits(&upper).then_some(upper),
                )
            }
            Shape::Words(words) => (
                words.contains(&text),
                format!("`{}` is one of: {}.", field.path, words.join(", ")),
                format!("`{}` 항목의 값은 {} 가운데 하나입니다.", field.path, words.join(", ")),
                nearest(text, words.iter().copied()).map(str::to_owned),
            ),
            Shape::Small => (
                text == text.to_lowercase(),
                format!("`{}` is in small letters.", field.path),
                format!("`{}` 항목은 영문 소문자로 되어 있습니다.", field.path),
                Some(text.to_lowercase()),
            ),
        };
        if !good {
            let fault = self.push(FaultCode::WrongValue, span, en, ko);
            fault.suggestion = instead.map(|instead| quoted(&instead));
        }
    }

    fn choose(&mut self, [test, yes, no]: &[Expr; 3]) -> Option<Typed> {
        let test_is = self.yes(test);
        let (a, b) = (self.typed(yes), self.typed(no));
        match (test_is?, a?, b?) {
            (test, Typed::Yes(a), Typed::Yes(b)) => {
                Some(Typed::Yes(Yes::Choose(Box::new([test, a, b]))))
            }
            (test, Typed::Amount(a), Typed::Amount(b)) => {
                Some(Typed::Amount(Amount::Choose(Box::new(test), Box::new(a), Box::new(b))))
            }
            _ => {
                let span = Span { from: yes.span.from, to: no.span.to };
                self.fault(
                    FaultCode::WrongType,
                    span,
                    "Both sides of `:` are numbers, or both are met or not.",
                    "`:`의 양쪽은 둘 다 숫자이거나 둘 다 참·거짓이어야 합니다.",
                );
                None
            }
        }
    }

    fn call(
        &mut self,
        on: Option<&Expr>,
        name: &str,
        name_span: Span,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        match (name, on, args) {
            ("indicator", None, [one]) => self.indicator(one),
            ("has", None, [one]) => self.has(one),
            ("size", None, [one]) | ("size", Some(one), []) => {
                let place = self.text_field(one)?;
                Some(Typed::Amount(Amount::Size(place)))
            }
            ("startsWith" | "endsWith" | "contains" | "matches", Some(on), [one]) => {
                let place = self.text_field(on);
                let Form::Text(text) = &one.form else {
                    self.fault(
                        FaultCode::WrongType,
                        one.span,
                        "A text in quotation marks is needed here.",
                        "여기에는 따옴표로 묶은 글자가 필요합니다.",
                    );
                    return None;
                };
                let place = place?;
                let like = self.like(place, name, text, one.span)?;
                Some(Typed::Yes(Yes::TextLike(place, like)))
            }
            _ => {
                self.no_call(on.is_some(), name, name_span, span);
                None
            }
        }
    }

    fn no_call(&mut self, on: bool, name: &str, name_span: Span, span: Span) {
        if let Some(known) = FUNCTIONS.iter().find(|function| function.name == name) {
            self.push(
                FaultCode::WrongType,
                span,
                format!("It is written so: `{}`.", known.sign),
                format!("`{}`처럼 씁니다.", known.sign),
            );
            return;
        }
        // What other languages call them.
        let meant = match name.to_lowercase().as_str() {
            "startswith" | "starts_with" | "beginswith" => Some("startsWith"),
            "endswith" | "ends_with" => Some("endsWith"),
            "includes" | "has" if on => Some("contains"),
            "len" | "length" => Some("size"),
            "exists" | "known" if !on => Some("has"),
            "regex" | "match" | "like" => Some("matches"),
            _ => nearest(name, FUNCTIONS.iter().map(|function| function.name)),
        };
        let fault = self.push(
            FaultCode::UnknownFunction,
            name_span,
            format!("There is no function `{name}`."),
            format!("`{name}` 함수는 없습니다."),
        );
        fault.suggestion = meant.map(str::to_owned);
    }

    fn indicator(&mut self, name: &Expr) -> Option<Typed> {
        let Form::Text(code) = &name.form else {
            self.fault(
                FaultCode::WrongType,
                name.span,
                "The code of an indicator in quotation marks is needed here.",
                "여기에는 따옴표로 묶은 지표 코드가 필요합니다.",
            );
            return None;
        };
        if !self.may_name {
            self.fault(
                FaultCode::UnknownIndicator,
                name.span,
                "An indicator names no other.",
                "지표는 다른 지표를 부르지 않습니다.",
            );
            return None;
        }
        let Some(indicator) = indicator::find(code) else {
            let near = nearest(code, indicator::all().iter().map(|one| one.code));
            let fault = self.push(
                FaultCode::UnknownIndicator,
                name.span,
                format!("There is no indicator `{code}`."),
                format!("`{code}` 지표는 없습니다."),
            );
            fault.suggestion = near.map(quoted);
            return None;
        };
        let condition = indicator.condition();
        self.reads.extend(condition.places());
        self.indicators.insert(indicator.code);
        Some(Typed::Yes(condition.root.clone()))
    }

    fn has(&mut self, one: &Expr) -> Option<Typed> {
        let Form::Path(path) = &one.form else {
            self.fault(
                FaultCode::WrongType,
                one.span,
                "`has` asks for a field.",
                "`has` 안에는 항목 이름을 씁니다.",
            );
            return None;
        };
        self.path(path, one.span)?;
        let place = field::place(path)?;
        Some(Typed::Yes(Yes::Known(place)))
    }

    fn text_field(&mut self, expr: &Expr) -> Option<usize> {
        match self.typed(expr)? {
            Typed::Text(place) => Some(place),
            other => {
                let (en, ko) = other.said();
                self.push(
                    FaultCode::WrongType,
                    expr.span,
                    format!("A field that holds text is needed here; this is {en}."),
                    format!("여기에는 글자 항목이 필요한데 {ko}입니다."),
                );
                None
            }
        }
    }

    fn like(&mut self, place: usize, name: &str, text: &str, span: Span) -> Option<Like> {
        if text.is_empty() {
            self.fault(
                FaultCode::Constant,
                span,
                "Every text holds the empty text.",
                "빈 글자는 모든 글자에 들어 있습니다.",
            );
            return None;
        }
        let small = fields()[place].shape == Shape::Small;
        if small && name != "matches" {
            self.suits(place, text, span);
        }
        Some(match name {
            "startsWith" => Like::Starts(text.to_owned()),
            "endsWith" => Like::Ends(text.to_owned()),
            "contains" => Like::Holds(text.to_owned()),
            _ => match pattern(text) {
                Ok(pattern) => Like::Fits(pattern),
                Err(why) => {
                    self.push(
                        FaultCode::BadPattern,
                        span,
                        format!("The pattern cannot be used: {why}."),
                        format!("이 정규식은 쓸 수 없습니다: {why}."),
                    );
                    return None;
                }
            },
        })
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A pattern of bounded size; its search takes time in proportion to the text, whatever it says.
fn pattern(text: &str) -> Result<Regex, String> {
    const MOST: usize = 1 << 18;
    let built =
        RegexBuilder::new(text).size_limit(MOST).dfa_size_limit(MOST).nest_limit(20).build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The last line of the library's message says what is wrong; those before draw the place.
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").trim_end_matches('.').to_owned()
        }
    })
}
