//! Finds what can never be met: a weekday of 9, a share above 1, a value below 150 and above 200.
//! Such a rule would sleep for years. Each number is followed as the span of values that it may
//! have, each text as the words that are left of it, and what is joined by `&&` narrows them one
//! after another. Spans are only ever too wide, so whatever is named here is indeed never met.

use std::collections::{BTreeMap, BTreeSet};

use super::field::{self, FieldKind, Shape, fields};
use super::program::contrary;
use super::syntax::{Expr, Form, Op};
use super::{FaultCode, Span};

/// A part that is never met.
pub(super) struct Never {
    pub code: FaultCode,
    /// Where the mistake is.
    pub at: Span,
    pub en: String,
    pub ko: String,
    pub suggestion: Option<String>,
    /// What is never met, as a condition of its own.
    #[cfg_attr(not(test), expect(dead_code, reason = "a property test asks it"))]
    pub claim: String,
}

/// The values that a number may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Values {
    pub low: f64,
    pub high: f64,
    /// Whole numbers only.
    pub whole: bool,
}

impl Values {
    pub const ANY: Values = Values { low: f64::NEG_INFINITY, high: f64::INFINITY, whole: false };
    /// Of what is never known.
    const NONE: Values = Values { low: f64::INFINITY, high: f64::NEG_INFINITY, whole: false };

    pub const fn between(low: f64, high: f64, whole: bool) -> Values {
        Values { low, high, whole }
    }

    fn just(number: f64) -> Values {
        Values { low: number, high: number, whole: number.fract() == 0.0 }
    }

    fn is_none(self) -> bool {
        self.low > self.high
    }

    fn is_one(self) -> bool {
        self.low == self.high
    }

    fn meet(self, other: Values) -> Values {
        let whole = self.whole || other.whole;
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        match whole {
            true => Values { low: low.ceil(), high: high.floor(), whole },
            false => Values { low, high, whole },
        }
    }

    fn hull(self, other: Values) -> Values {
        match (self.is_none(), other.is_none()) {
            (true, _) => other,
            (_, true) => self,
            _ => Values {
                low: self.low.min(other.low),
                high: self.high.max(other.high),
                whole: self.whole && other.whole,
            },
        }
    }

    /// What numbers stand in this relation to one of these.
    fn related(self, op: Op) -> Values {
        match op {
            Op::Same => self,
            Op::Less => Values { high: self.high.next_down(), ..Values::ANY },
            Op::LessOrSame => Values { high: self.high, ..Values::ANY },
            Op::More => Values { low: self.low.next_up(), ..Values::ANY },
            Op::MoreOrSame => Values { low: self.low, ..Values::ANY },
            Op::Other | Op::In | Op::Plus | Op::Minus | Op::Times | Op::By => Values::ANY,
        }
    }

    /// Whether a comparison of one of these with one of the others may hold.
    fn may(self, op: Op, other: Values) -> bool {
        if self.is_none() || other.is_none() {
            return false;
        }
        match op {
            Op::Other => !(self.is_one() && other.is_one() && self.low == other.low),
            _ => !self.meet(other.related(op)).is_none(),
        }
    }

    fn calculated(self, op: Op, other: Values) -> Values {
        if self.is_none() || other.is_none() {
            return Values::NONE;
        }
        // Calculating rounds alike at the ends and between them, so that ends stay ends.
        let (a, b) = ([self.low, self.high], [other.low, other.high]);
        let whole = self.whole && other.whole && op != Op::By;
        let ends = |of: fn(f64, f64) -> f64| {
            let all = a.iter().flat_map(|a| b.iter().map(move |b| of(*a, *b)));
            // What is infinite stands for numbers without end: nothing times it is nothing.
            let all: Vec<f64> = all.map(|one| if one.is_nan() { 0.0 } else { one }).collect();
            let low = all.iter().copied().fold(f64::INFINITY, f64::min);
            Values { low, high: all.iter().copied().fold(f64::NEG_INFINITY, f64::max), whole }
        };
        let or = |number: f64, end: f64| if number.is_nan() { end } else { number };
        match op {
            Op::Plus => Values {
                low: or(self.low + other.low, f64::NEG_INFINITY),
                high: or(self.high + other.high, f64::INFINITY),
                whole,
            },
            Op::Minus => Values {
                low: or(self.low - other.high, f64::NEG_INFINITY),
                high: or(self.high - other.low, f64::INFINITY),
                whole,
            },
            Op::Times => ends(|a, b| a * b),
            Op::By if other.low == 0.0 && other.high == 0.0 => Values::NONE,
            Op::By if other.low <= 0.0 && other.high >= 0.0 => Values::ANY,
            Op::By => ends(|a, b| a / b),
            _ => Values::ANY,
        }
    }
}

/// What is known of a field where a part is asked.
#[derive(Clone)]
struct Left {
    values: Values,
    /// The texts that are left, where they are few.
    texts: Option<BTreeSet<String>>,
    without: BTreeSet<String>,
    /// Something asks for it to be declared.
    known: bool,
    /// Something asks for it not to be.
    absent: bool,
}

impl Left {
    fn of(place: usize) -> Left {
        let words = fields()[place].values();
        let texts = words.iter().map(|word| (*word).to_owned()).collect();
        Left {
            values: fields()[place].numbers(),
            texts: (!words.is_empty()).then_some(texts),
            without: BTreeSet::new(),
            known: false,
            absent: false,
        }
    }

    /// Whether its text may be one of these, or may be none of them.
    fn may_be(&self, texts: &[&str], is: bool) -> bool {
        if self.absent {
            return false;
        }
        let free = |text: &str| !self.without.contains(text);
        match (&self.texts, is) {
            (None, true) => texts.iter().any(|text| free(text)),
            (None, false) => true,
            (Some(left), is) => {
                left.iter().any(|one| free(one) && texts.contains(&one.as_str()) == is)
            }
        }
    }
}

#[derive(Clone, Default)]
struct Known(BTreeMap<usize, Left>);

impl Known {
    fn left(&self, place: usize) -> Left {
        self.0.get(&place).cloned().unwrap_or_else(|| Left::of(place))
    }

    fn narrow(&mut self, place: usize, by: impl FnOnce(&mut Left)) {
        by(self.0.entry(place).or_insert_with(|| Left::of(place)));
    }

    fn amount(&self, expr: &Expr) -> Values {
        match &expr.form {
            Form::Number(number) => Values::just(*number),
            Form::Path(path) => match field::place(path).map(|place| self.left(place)) {
                Some(left) if left.absent => Values::NONE,
                Some(left) => left.values,
                None => Values::ANY,
            },
            Form::Minus(one) => {
                let of = self.amount(one);
                Values { low: -of.high, high: -of.low, whole: of.whole }
            }
            Form::Two(op, a, b) => self.amount(a).calculated(*op, self.amount(b)),
            Form::Choose(three) => self.amount(&three[1]).hull(self.amount(&three[2])),
            Form::Call { on, args, .. } => {
                let of = on.as_deref().or(args.first()).and_then(text_field);
                match of.map(|place| (place, self.left(place))) {
                    Some((_, left)) if left.absent => Values::NONE,
                    Some((place, _)) => match longest(fields()[place].shape) {
                        Some(most) => Values::between(1.0, most as f64, true),
                        None => Values::between(1.0, f64::INFINITY, true),
                    },
                    None => Values::ANY,
                }
            }
            _ => Values::ANY,
        }
    }

    /// Whether a part may be met, or with `is` false, whether its contrary may.
    fn may(&self, expr: &Expr, is: bool) -> bool {
        match &expr.form {
            Form::Flag(yes) => *yes == is,
            Form::Path(path) => match field::place(path).map(|place| self.left(place)) {
                Some(left) => !left.absent && left.values.may(Op::Same, Values::just(flag(is))),
                None => true,
            },
            Form::Not(one) => self.may(one, !is),
            Form::All(parts) if is => self.clash(parts, is).is_none(),
            Form::Any(parts) if !is => self.clash(parts, is).is_none(),
            Form::All(parts) | Form::Any(parts) => parts.iter().any(|part| self.may(part, is)),
            Form::Choose(three) => {
                let [test, yes, no] = &**three;
                (self.may(test, true) && self.may(yes, is))
                    || (self.may(test, false) && self.may(no, is))
            }
            Form::Two(Op::In, what, list) => {
                let Form::List(parts) = &list.form else { return true };
                if let Some(place) = text_field(what) {
                    return self.left(place).may_be(&texts_of(parts), is);
                }
                let of = self.amount(what);
                match is {
                    true => numbers_of(parts).any(|one| of.may(Op::Same, Values::just(one))),
                    false => !of.is_none(),
                }
            }
            Form::Two(op, a, b) => {
                if is_condition(a) || is_condition(b) {
                    return true;
                }
                match (text_field(a), text_field(b)) {
                    (Some(a), Some(b)) => !self.left(a).absent && !self.left(b).absent,
                    (Some(place), None) | (None, Some(place)) => {
                        let text = [a, b].into_iter().find_map(|one| text_of(one));
                        text.is_none_or(|text| {
                            self.left(place).may_be(&[text], is == (*op == Op::Same))
                        })
                    }
                    (None, None) => {
                        let op = if is { *op } else { contrary(*op) };
                        self.amount(a).may(op, self.amount(b))
                    }
                }
            }
            Form::Call { on, name, args, .. } => self.call(on.as_deref(), name, args, is),
            Form::Number(_) | Form::Text(_) | Form::List(_) | Form::Minus(_) => true,
        }
    }

    fn call(&self, on: Option<&Expr>, name: &str, args: &[Expr], is: bool) -> bool {
        if name == "has" {
            let Some(place) = args.first().and_then(named) else { return true };
            let left = self.left(place);
            return if is { !left.absent } else { !left.known };
        }
        let (Some(place), Some(text)) = (on.and_then(text_field), args.first().and_then(text_of))
        else {
            return true;
        };
        let left = self.left(place);
        if left.absent || !is {
            return !left.absent;
        }
        let like = |one: &str| match name {
            "startsWith" => one.starts_with(text),
            "endsWith" => one.ends_with(text),
            "contains" => one.contains(text),
            _ => true,
        };
        match &left.texts {
            Some(texts) => texts.iter().any(|one| like(one)),
            None => name == "matches" || holds_part(fields()[place].shape, text),
        }
    }

    /// Of parts that are to be met together, or none of them, the first that cannot be.
    fn clash(&self, parts: &[Expr], is: bool) -> Option<usize> {
        let mut known = self.clone();
        // What is not declared first, then what narrows, then what has several ways.
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|&n| rank(&parts[n], is));
        for n in order {
            if !known.may(&parts[n], is) {
                return Some(n);
            }
            known.take(&parts[n], is);
        }
        None
    }

    /// Takes it that a part is met, or its contrary.
    fn take(&mut self, expr: &Expr, is: bool) {
        match &expr.form {
            Form::Not(one) => self.take(one, !is),
            Form::All(parts) if is => parts.iter().for_each(|part| self.take(part, is)),
            Form::Any(parts) if !is => parts.iter().for_each(|part| self.take(part, is)),
            Form::Path(_) => {
                if let Some(place) = named(expr) {
                    self.number(place, Values::just(flag(is)));
                }
            }
            Form::Two(Op::In, what, list) => {
                let Form::List(parts) = &list.form else { return };
                let Some(place) = named(what) else { return };
                if fields()[place].kind == FieldKind::Text {
                    self.text(place, &texts_of(parts), is);
                } else {
                    let one_of = numbers_of(parts).map(Values::just);
                    let all = one_of.fold(Values::NONE, Values::hull);
                    self.number(place, if is { all } else { Values::ANY });
                }
            }
            Form::Two(op, a, b) if !is_condition(a) && !is_condition(b) => {
                let text = [&**a, &**b].into_iter().find_map(text_of);
                let of_text = [&**a, &**b].into_iter().find_map(text_field);
                if let (Some(place), Some(text)) = (of_text, text) {
                    self.text(place, &[text], is == (*op == Op::Same));
                    return;
                }
                let op = if is { *op } else { contrary(*op) };
                let (of_a, of_b) = (self.amount(a), self.amount(b));
                for (side, op, other) in [(a, op, of_b), (b, turned(op), of_a)] {
                    if let Some(place) = named(side) {
                        self.number(place, other.related(op));
                    }
                }
            }
            Form::Call { on: None, name, args, .. } if name == "has" => {
                if let Some(place) = args.first().and_then(named) {
                    self.narrow(place, |left| {
                        *(if is { &mut left.known } else { &mut left.absent }) = true;
                    });
                }
            }
            Form::Call { on: Some(on), .. } => {
                if let Some(place) = named(on) {
                    self.narrow(place, |left| left.known = true);
                }
            }
            _ => {}
        }
    }

    fn number(&mut self, place: usize, values: Values) {
        self.narrow(place, |left| {
            left.known = true;
            left.values = left.values.meet(values);
        });
    }

    fn text(&mut self, place: usize, texts: &[&str], is: bool) {
        self.narrow(place, |left| {
            left.known = true;
            match (&mut left.texts, is) {
                (Some(left), is) => left.retain(|one| texts.contains(&one.as_str()) == is),
                (none, true) => {
                    *none = Some(texts.iter().map(|text| (*text).to_owned()).collect());
                }
                (None, false) => {
                    left.without.extend(texts.iter().map(|text| (*text).to_owned()));
                }
            }
        });
    }
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn named(expr: &Expr) -> Option<usize> {
    match &expr.form {
        Form::Path(path) => field::place(path),
        _ => None,
    }
}

fn text_field(expr: &Expr) -> Option<usize> {
    named(expr).filter(|&place| fields()[place].kind == FieldKind::Text)
}

fn text_of(expr: &Expr) -> Option<&str> {
    match &expr.form {
        Form::Text(text) => Some(text),
        _ => None,
    }
}

fn texts_of(parts: &[Expr]) -> Vec<&str> {
    parts.iter().filter_map(text_of).collect()
}

fn numbers_of(parts: &[Expr]) -> impl Iterator<Item = f64> {
    parts.iter().filter_map(|part| match part.form {
        Form::Number(number) => Some(number),
        _ => None,
    })
}

/// What holds of the sides of a comparison when they change places.
fn turned(op: Op) -> Op {
    match op {
        Op::Less => Op::More,
        Op::LessOrSame => Op::MoreOrSame,
        Op::More => Op::Less,
        Op::MoreOrSame => Op::LessOrSame,
        op => op,
    }
}

/// Whether it is met or not, rather than a number or text.
fn is_condition(expr: &Expr) -> bool {
    match &expr.form {
        Form::Flag(_) | Form::Not(_) | Form::All(_) | Form::Any(_) => true,
        Form::Two(op, ..) => !matches!(op, Op::Plus | Op::Minus | Op::Times | Op::By),
        Form::Choose(three) => is_condition(&three[1]),
        Form::Call { name, .. } => name != "size",
        Form::Path(_) => named(expr).is_some_and(|place| fields()[place].kind == FieldKind::Flag),
        Form::Number(_) | Form::Text(_) | Form::List(_) | Form::Minus(_) => false,
    }
}

fn rank(expr: &Expr, is: bool) -> u8 {
    match &expr.form {
        Form::Not(one) => rank(one, !is),
        Form::Call { name, .. } if name == "has" && !is => 0,
        Form::Any(_) if is => 2,
        Form::All(_) if !is => 2,
        Form::Choose(_) => 2,
        _ => 1,
    }
}

/// The most characters that a text of this shape has.
fn longest(shape: Shape) -> Option<usize> {
    match shape {
        Shape::Digits(count) => Some(count),
        Shape::Country => Some(2),
        Shape::Currency => Some(3),
        Shape::Place => Some(5),
        Shape::Hs => Some(10),
        Shape::Words(words) => words.iter().map(|word| word.len()).max(),
        _ => None,
    }
}

/// Whether a text of this shape may hold a part.
fn holds_part(shape: Shape, part: &str) -> bool {
    let short = longest(shape).is_none_or(|most| part.chars().count() <= most);
    let all = |is: fn(&u8) -> bool| part.bytes().all(|byte| is(&byte));
    short
        && match shape {
            Shape::Digits(_) | Shape::Hs => all(u8::is_ascii_digit),
            Shape::Country | Shape::Currency => all(u8::is_ascii_uppercase),
            Shape::Place => all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
            _ => true,
        }
}

/// Everything in a checked condition that is never met, in the order of the text.
pub(super) fn never(text: &str, tree: &Expr) -> Vec<Never> {
    let mut finder = Finder { text, found: Vec::new() };
    finder.part(tree, true);
    if finder.found.is_empty() && !Known::default().may(tree, true) {
        finder.together(tree.span, tree.span, true);
    }
    finder.found
}

struct Finder<'t> {
    text: &'t str,
    found: Vec<Never>,
}

impl Finder<'_> {
    fn words(&self, span: Span) -> &str {
        self.text.get(span.from..span.to).unwrap_or_default()
    }

    fn part(&mut self, expr: &Expr, is: bool) {
        let before = self.found.len();
        match &expr.form {
            Form::Not(one) => self.part(one, !is),
            Form::All(parts) | Form::Any(parts) => {
                parts.iter().for_each(|part| self.part(part, is));
                let joined = matches!(expr.form, Form::All(_)) == is;
                if joined
                    && self.found.len() == before
                    && let Some(n) = Known::default().clash(parts, is)
                {
                    self.together(parts[n].span, expr.span, is);
                }
            }
            Form::Choose(three) if is_condition(&three[1]) => {
                three[1..].iter().for_each(|part| self.part(part, is));
            }
            Form::Two(Op::In, what, list) if is => self.within(what, list),
            Form::Two(_, a, b) if is_condition(a) || is_condition(b) => {}
            // A `false` alone is how one switches a part off.
            Form::Flag(_) => {}
            _ if !Known::default().may(expr, is) => self.alone(expr, is),
            _ => {}
        }
    }

    /// Each of a list is asked for itself.
    fn within(&mut self, what: &Expr, list: &Expr) {
        let Form::List(parts) = &list.form else { return };
        let of = Known::default().amount(what);
        for part in parts {
            let Form::Number(number) = part.form else { continue };
            if !of.may(Op::Same, Values::just(number)) {
                let claim = format!("{} == {}", self.words(what.span), self.words(part.span));
                self.out_of_range(what, part, claim);
            }
        }
    }

    fn alone(&mut self, expr: &Expr, is: bool) {
        let claim = self.claim(expr.span, is);
        if let Form::Two(_, a, b) = &expr.form {
            if let Some(division) = by_nothing(a).or_else(|| by_nothing(b)) {
                self.found.push(Never {
                    code: FaultCode::Constant,
                    at: division.span,
                    en: "A division by 0 has no answer, so this is never met.".to_owned(),
                    ko: "0으로 나눈 값은 없으므로 결코 맞지 않습니다.".to_owned(),
                    suggestion: None,
                    claim,
                });
                return;
            }
            for (field, other) in [(a, b), (b, a)] {
                if named(field).is_some() && Known::default().amount(other).is_one() {
                    self.out_of_range(field, other, claim);
                    return;
                }
            }
        }
        if let Form::Call { on: Some(on), args, .. } = &expr.form
            && let (Some(place), [one]) = (named(on), &args[..])
        {
            let field = &fields()[place];
            let upper = text_of(one).unwrap_or_default().to_uppercase();
            let better = upper != text_of(one).unwrap_or_default()
                && field.values().is_empty()
                && holds_part(field.shape, &upper);
            self.found.push(Never {
                code: FaultCode::WrongValue,
                at: one.span,
                en: format!("`{}` never has these letters, such as {}.", field.path, field.example),
                ko: format!(
                    "`{}` 항목에는 이런 글자가 없습니다. 예: {}",
                    field.path, field.example
                ),
                suggestion: better.then(|| format!("\"{upper}\"")),
                claim,
            });
            return;
        }
        self.found.push(Never {
            code: FaultCode::Constant,
            at: expr.span,
            en: "This is never met, whatever arrives.".to_owned(),
            ko: "무엇이 도착해도 결코 맞지 않습니다.".to_owned(),
            suggestion: None,
            claim,
        });
    }

    /// A number that the field never reaches.
    fn out_of_range(&mut self, what: &Expr, number: &Expr, claim: String) {
        let place = named(what);
        let (en, ko) = match place.map(|place| (&fields()[place], fields()[place].range_words())) {
            Some((field, (en, ko))) => (
                format!("`{}` is {en}, so this is never met.", field.path),
                format!("`{}` 항목은 {ko}이므로 결코 맞지 않습니다.", field.path),
            ),
            None => (
                "This number is never reached, so this is never met.".to_owned(),
                "이 값에는 이를 수 없으므로 결코 맞지 않습니다.".to_owned(),
            ),
        };
        let percent = Known::default().amount(number).low;
        let share = place.is_some_and(|place| fields()[place].shape == Shape::Share);
        self.found.push(Never {
            code: FaultCode::WrongValue,
            at: number.span,
            en,
            ko,
            suggestion: (share && percent > 1.0 && percent <= 100.0)
                .then(|| format!("{}", percent / 100.0)),
            claim,
        });
    }

    fn together(&mut self, at: Span, of: Span, is: bool) {
        let claim = self.claim(of, is);
        self.found.push(Never {
            code: FaultCode::Constant,
            at,
            en: "This and what is joined with it are never met together, whatever arrives; \
                 `||` says either."
                .to_owned(),
            ko: "함께 묶인 조건과 동시에 맞을 수 없습니다. 둘 중 하나라는 뜻이면 `||`를 씁니다."
                .to_owned(),
            suggestion: None,
            claim,
        });
    }

    fn claim(&self, span: Span, is: bool) -> String {
        if is { self.words(span).to_owned() } else { format!("!({})", self.words(span)) }
    }
}

/// The division by nothing in an amount, if there is one.
fn by_nothing(expr: &Expr) -> Option<&Expr> {
    match &expr.form {
        Form::Two(Op::By, _, by) if Known::default().amount(by) == Values::just(0.0) => Some(expr),
        Form::Two(Op::Plus | Op::Minus | Op::Times | Op::By, a, b) => {
            by_nothing(a).or_else(|| by_nothing(b))
        }
        Form::Minus(one) => by_nothing(one),
        _ => None,
    }
}
