//! All conditions of a book as one program. Parts that several rules share exist once and are
//! answered once a batch; a contrary is worked out beforehand, so that each part needs only the
//! rows where it is met; of parts that must all hold, the cheapest go first, and nothing more is
//! asked once no row is left. A rule that requires a value which no row of the batch has costs one
//! look-up.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::check::{Amount, Condition, Like, Yes};
use super::columns::Columns;
use super::field;
use super::syntax::Op;
use crate::feature::Extractor;

/// Conditions made ready to be asked of columns.
pub struct Program {
    nodes: Vec<Node>,
    numbers: Vec<Number>,
    /// By rule.
    roots: Vec<u32>,
    reads: Vec<usize>,
}

/// A part that is met or not; those below it come before it.
#[derive(Debug)]
enum Node {
    Constant(bool),
    /// The cheapest first.
    All(Vec<u32>),
    Any(Vec<u32>),
    Flag(usize, bool),
    Known(usize, bool),
    TextIs(usize, Vec<String>, bool),
    TextLike(usize, Like, bool),
    TextSame(usize, usize, bool),
    Compare(Op, u32, u32),
    NumberIn(u32, Vec<f64>, bool),
}

#[derive(Debug)]
enum Number {
    Constant(f64),
    Field(usize),
    Size(usize),
    Two(Op, u32, u32),
    Minus(u32),
    /// The second where the first is met, the fourth where the third is.
    Choose(u32, u32, u32, u32),
}

/// Where rules fire in a batch.
pub struct Hits {
    rows: usize,
    masks: Vec<Mask>,
}

impl Hits {
    /// The rows where a rule fires, in order.
    pub fn rows(&self, rule: usize) -> impl Iterator<Item = usize> + '_ {
        let all = self.rows;
        let words: &[u64] = match &self.masks[rule] {
            Mask::Some(words) => words,
            Mask::Never | Mask::Always => &[],
        };
        let always = matches!(self.masks[rule], Mask::Always);
        let of_words =
            words.iter().enumerate().flat_map(|(n, &word)| ones(word).map(move |bit| n * 64 + bit));
        of_words.chain(0..if always { all } else { 0 })
    }

    /// How many rows a rule fires on.
    pub fn count(&self, rule: usize) -> usize {
        self.masks[rule].count(self.rows)
    }

    /// Whether a rule fires on a row.
    pub fn has(&self, rule: usize, row: usize) -> bool {
        match &self.masks[rule] {
            Mask::Never => false,
            Mask::Always => row < self.rows,
            Mask::Some(words) => words[row / 64] >> (row % 64) & 1 == 1,
        }
    }
}

fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros() as usize;
            word &= word - 1;
            bit
        })
    })
}

/// The rows where a part is met.
#[derive(Debug, Clone)]
enum Mask {
    Never,
    Always,
    Some(Box<[u64]>),
}

impl Mask {
    fn of(words: Box<[u64]>) -> Mask {
        if words.iter().all(|word| *word == 0) { Mask::Never } else { Mask::Some(words) }
    }

    fn where_it(rows: usize, is: impl Fn(usize) -> bool) -> Mask {
        let word = |n: usize| {
            let from = n * 64;
            let to = (from + 64).min(rows);
            (from..to).fold(0u64, |word, row| word | u64::from(is(row)) << (row - from))
        };
        Mask::of((0..rows.div_ceil(64)).map(word).collect())
    }

    fn where_of<T: Copy>(column: &[T], is: impl Fn(T) -> bool) -> Mask {
        let word = |values: &[T]| {
            let bits = values.iter().enumerate();
            bits.fold(0u64, |word, (bit, value)| word | u64::from(is(*value)) << bit)
        };
        Mask::of(column.chunks(64).map(word).collect())
    }

    fn and(&mut self, other: &Mask) {
        match (&mut *self, other) {
            (Mask::Never, _) | (_, Mask::Always) => {}
            (_, Mask::Never) => *self = Mask::Never,
            (Mask::Always, _) => *self = other.clone(),
            (Mask::Some(words), Mask::Some(others)) => {
                let mut any = 0;
                for (word, other) in words.iter_mut().zip(others) {
                    *word &= other;
                    any |= *word;
                }
                if any == 0 {
                    *self = Mask::Never;
                }
            }
        }
    }

    fn or(&mut self, other: &Mask) {
        match (&mut *self, other) {
            (Mask::Always, _) | (_, Mask::Never) => {}
            (_, Mask::Always) => *self = Mask::Always,
            (Mask::Never, _) => *self = other.clone(),
            (Mask::Some(words), Mask::Some(others)) => {
                words.iter_mut().zip(others).for_each(|(word, other)| *word |= other);
            }
        }
    }

    fn count(&self, rows: usize) -> usize {
        match self {
            Mask::Never => 0,
            Mask::Always => rows,
            Mask::Some(words) => words.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }
}

impl Program {
    /// One program of these conditions, each with the offices at which it counts; none for all.
    pub fn of<'r>(rules: impl IntoIterator<Item = (&'r Condition, &'r [String])>) -> Program {
        let mut builder = Builder::default();
        let mut reads: BTreeSet<usize> = BTreeSet::new();
        let office = field::place("office");
        let mut roots = Vec::new();
        for (condition, offices) in rules {
            reads.extend(condition.places());
            builder.known.clear();
            let mut root = builder.lower(&condition.root, true);
            if let (Some(office), false) = (office, offices.is_empty()) {
                reads.insert(office);
                let mut codes = offices.to_vec();
                codes.sort();
                codes.dedup();
                let here = builder.node(Node::TextIs(office, codes, true));
                root = builder.all(vec![here, root]);
            }
            roots.push(root);
        }
        let Builder { nodes, numbers, .. } = builder;
        Program { nodes, numbers, roots, reads: reads.into_iter().collect() }
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// True when there is no rule.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// The places of the fields that the columns must have.
    pub fn reads(&self) -> &[usize] {
        &self.reads
    }

    /// What reads the past that the fields need.
    pub fn extractor(&self) -> Extractor {
        field::extractor(&self.reads)
    }

    /// Whether any rule reads what was known before the day of arrival.
    pub fn reads_the_past(&self) -> bool {
        self.reads.iter().any(|&place| field::fields()[place].is_past())
    }

    /// How many parts the rules have together, shared ones counted once.
    pub fn parts(&self) -> usize {
        self.nodes.len()
    }

    /// Where each rule fires.
    ///
    /// # Panics
    /// When the columns lack a field of [`Program::reads`].
    pub fn fires(&self, columns: &Columns) -> Hits {
        let rows = columns.rows();
        let mut run = Run { program: self, columns, rows, known: vec![None; self.nodes.len()] };
        let masks = self.roots.iter().map(|&root| run.mask(root)).collect();
        Hits { rows, masks }
    }
}

/// Makes a program, each part once.
#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    numbers: Vec<Number>,
    by_node: HashMap<String, u32>,
    by_number: HashMap<String, u32>,
    /// What has been lowered of the condition at hand, by its place in memory: a contrary asks for
    /// the same part again, and without this each level would double the work.
    known: HashMap<(usize, bool), u32>,
}

impl Builder {
    fn node(&mut self, node: Node) -> u32 {
        let key = format!("{node:?}");
        let next = self.nodes.len() as u32;
        let at = *self.by_node.entry(key).or_insert(next);
        if at == next {
            self.nodes.push(node);
        }
        at
    }

    fn number(&mut self, number: Number) -> u32 {
        let key = format!("{number:?}");
        let next = self.numbers.len() as u32;
        let at = *self.by_number.entry(key).or_insert(next);
        if at == next {
            self.numbers.push(number);
        }
        at
    }

    /// The rows where `yes` is met, or where its contrary is.
    fn lower(&mut self, yes: &Yes, met: bool) -> u32 {
        let key = (std::ptr::from_ref(yes).addr(), met);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let at = match yes {
            Yes::Constant(is) => self.node(Node::Constant(*is == met)),
            Yes::Flag(place) => self.node(Node::Flag(*place, met)),
            Yes::Known(place) => self.node(Node::Known(*place, met)),
            Yes::Not(one) => self.lower(one, !met),
            Yes::All(parts) | Yes::Any(parts) => {
                let lowered = parts.iter().map(|part| self.lower(part, met)).collect();
                // Not all are met where any contrary is, and the other way round.
                if matches!(yes, Yes::All(_)) == met {
                    self.all(lowered)
                } else {
                    self.any(lowered)
                }
            }
            Yes::TextIs(place, texts) => self.node(Node::TextIs(*place, texts.clone(), met)),
            Yes::TextLike(place, like) => self.node(Node::TextLike(*place, like.clone(), met)),
            Yes::TextSame(a, b) => self.node(Node::TextSame(*a.min(b), *a.max(b), met)),
            Yes::Compare(op, a, b) => {
                let (a, b) = (self.amount(a), self.amount(b));
                let op = if met { *op } else { contrary(*op) };
                self.node(Node::Compare(op, a, b))
            }
            Yes::NumberIn(amount, numbers) => {
                let amount = self.amount(amount);
                self.node(Node::NumberIn(amount, numbers.clone(), met))
            }
            Yes::Same(a, b) => {
                let one = [self.lower(a, true), self.lower(b, met)];
                let other = [self.lower(a, false), self.lower(b, !met)];
                self.either(one, other)
            }
            Yes::Choose(three) => {
                let [test, yes, no] = &**three;
                let one = [self.lower(test, true), self.lower(yes, met)];
                let other = [self.lower(test, false), self.lower(no, met)];
                self.either(one, other)
            }
        };
        self.known.insert(key, at);
        at
    }

    fn either(&mut self, one: [u32; 2], other: [u32; 2]) -> u32 {
        let (one, other) = (self.all(one.to_vec()), self.all(other.to_vec()));
        self.any(vec![one, other])
    }

    fn all(&mut self, parts: Vec<u32>) -> u32 {
        let mut flat = Vec::new();
        for part in parts {
            match &self.nodes[part as usize] {
                Node::Constant(true) => {}
                Node::Constant(false) => return self.node(Node::Constant(false)),
                Node::All(below) => flat.extend(below),
                _ => flat.push(part),
            }
        }
        flat.sort_unstable_by_key(|&part| (self.cost(part), part));
        flat.dedup();
        match flat[..] {
            [] => self.node(Node::Constant(true)),
            [one] => one,
            _ => self.node(Node::All(flat)),
        }
    }

    fn any(&mut self, parts: Vec<u32>) -> u32 {
        let mut flat = Vec::new();
        for part in parts {
            match &self.nodes[part as usize] {
                Node::Constant(false) => {}
                Node::Constant(true) => return self.node(Node::Constant(true)),
                Node::Any(below) => flat.extend(below),
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match flat[..] {
            [] => self.node(Node::Constant(false)),
            [one] => one,
            _ => self.node(Node::Any(flat)),
        }
    }

    /// How dear a part is, roughly: values that are required come first.
    fn cost(&self, part: u32) -> u32 {
        match &self.nodes[part as usize] {
            Node::Constant(_) => 0,
            Node::TextIs(_, _, true) => 1,
            Node::TextIs(_, _, false) | Node::Flag(..) | Node::Known(..) => 2,
            Node::Compare(..) => 3,
            Node::NumberIn(_, numbers, _) => 3 + numbers.len() as u32 / 8,
            Node::TextSame(..) => 6,
            Node::TextLike(_, Like::Fits(_), _) => 40,
            Node::TextLike(..) => 20,
            Node::All(parts) | Node::Any(parts) => {
                parts.iter().map(|part| self.cost(*part)).fold(1, u32::saturating_add)
            }
        }
    }

    fn amount(&mut self, amount: &Amount) -> u32 {
        let number = match amount {
            Amount::Number(number) => Number::Constant(*number),
            Amount::Field(place) => Number::Field(*place),
            Amount::Size(place) => Number::Size(*place),
            Amount::Two(op, a, b) => {
                let (a, b) = (self.amount(a), self.amount(b));
                Number::Two(*op, a, b)
            }
            Amount::Minus(one) => Number::Minus(self.amount(one)),
            Amount::Choose(test, yes, no) => {
                let (met, not) = (self.lower(test, true), self.lower(test, false));
                let (yes, no) = (self.amount(yes), self.amount(no));
                Number::Choose(met, yes, not, no)
            }
        };
        self.number(number)
    }
}

/// What holds where a comparison does not, of numbers that are known.
pub(super) fn contrary(op: Op) -> Op {
    match op {
        Op::Same => Op::Other,
        Op::Other => Op::Same,
        Op::Less => Op::MoreOrSame,
        Op::LessOrSame => Op::More,
        Op::More => Op::LessOrSame,
        Op::MoreOrSame => Op::Less,
        Op::In | Op::Plus | Op::Minus | Op::Times | Op::By => op,
    }
}

struct Run<'p> {
    program: &'p Program,
    columns: &'p Columns,
    rows: usize,
    known: Vec<Option<Mask>>,
}

impl<'p> Run<'p> {
    fn mask(&mut self, node: u32) -> Mask {
        if let Some(known) = &self.known[node as usize] {
            return known.clone();
        }
        let mask = self.work_out(node);
        self.known[node as usize] = Some(mask.clone());
        mask
    }

    fn work_out(&mut self, node: u32) -> Mask {
        let (program, columns) = (self.program, self.columns);
        match &program.nodes[node as usize] {
            Node::Constant(true) if self.rows > 0 => Mask::Always,
            Node::Constant(_) => Mask::Never,
            Node::All(parts) => self.all(parts),
            Node::Any(parts) => {
                let mut mask = Mask::Never;
                for &part in parts {
                    self.with(part, |part| mask.or(part));
                }
                mask
            }
            Node::Flag(place, is) => {
                let wanted = f64::from(u8::from(*is));
                Mask::where_of(columns.numbers(*place), |flag| flag == wanted)
            }
            Node::Known(place, is) => match field::fields()[*place].kind {
                field::FieldKind::Text => {
                    Mask::where_of(&columns.texts(*place).numbered, |one| (one != 0) == *is)
                }
                field::FieldKind::Number | field::FieldKind::Flag => {
                    Mask::where_of(columns.numbers(*place), |one: f64| one.is_nan() != *is)
                }
            },
            Node::TextIs(place, texts, is) => self.text_is(*place, texts, *is),
            Node::TextLike(place, like, is) => {
                let column = columns.texts(*place);
                // Number 0 is no text, and no text is like anything or unlike it.
                let mut met = vec![false; column.dictionary.len() + 1];
                for (met, word) in met[1..].iter_mut().zip(column.dictionary.words()) {
                    *met = like.is(word) == *is;
                }
                Mask::where_of(&column.numbered, |one| met[one as usize])
            }
            Node::TextSame(a, b, is) => self.text_same(*a, *b, *is),
            Node::Compare(op, a, b) => self.compare(*op, *a, *b),
            Node::NumberIn(number, numbers, is) => {
                let column = self.number(*number);
                Mask::where_of(&column, |one| !one.is_nan() && numbers.contains(&one) == *is)
            }
        }
    }

    /// Shows the mask of a part without copying it.
    fn with(&mut self, part: u32, show: impl FnOnce(&Mask)) {
        if self.known[part as usize].is_none() {
            let mask = self.work_out(part);
            self.known[part as usize] = Some(mask);
        }
        if let Some(mask) = &self.known[part as usize] {
            show(mask);
        }
    }

    fn all(&mut self, parts: &[u32]) -> Mask {
        let mut mask = Mask::Always;
        for &part in parts {
            if let Node::TextLike(place, like, is) = &self.program.nodes[part as usize]
                && self.known[part as usize].is_none()
                && mask.count(self.rows) * 8 < self.rows
            {
                // Few rows are left: their texts are read, not all that the column has.
                let column = self.columns.texts(*place);
                if let Mask::Some(words) = &mut mask {
                    keep(words, |row| {
                        let text = column.dictionary.text(column.numbered[row]);
                        text.is_some_and(|text| like.is(text) == *is)
                    });
                    mask = Mask::of(std::mem::take(words));
                }
            } else {
                self.with(part, |part| mask.and(part));
            }
            if matches!(mask, Mask::Never) {
                break;
            }
        }
        mask
    }

    fn text_is(&self, place: usize, texts: &[String], is: bool) -> Mask {
        let column = self.columns.texts(place);
        let found: Vec<u32> =
            texts.iter().filter_map(|text| column.dictionary.find(text)).collect();
        match (&found[..], is) {
            ([], true) => Mask::Never,
            ([], false) => Mask::where_of(&column.numbered, |one| one != 0),
            ([only], true) => Mask::where_of(&column.numbered, |one| one == *only),
            ([only], false) => Mask::where_of(&column.numbered, |one| one != *only && one != 0),
            (several, _) => {
                let mut met = vec![!is; column.dictionary.len() + 1];
                met[0] = false;
                several.iter().for_each(|one| met[*one as usize] = is);
                Mask::where_of(&column.numbered, |one| met[one as usize])
            }
        }
    }

    fn text_same(&self, a: usize, b: usize, is: bool) -> Mask {
        let (a, b) = (self.columns.texts(a), self.columns.texts(b));
        // The number that the text of `a` has in `b`; one that none has where it is not there.
        const NONE: u32 = u32::MAX;
        let words = a.dictionary.words();
        let there: Vec<u32> = std::iter::once(NONE)
            .chain(words.map(|word| b.dictionary.find(word).unwrap_or(NONE)))
            .collect();
        Mask::where_it(self.rows, |row| {
            let (one, other) = (a.numbered[row], b.numbered[row]);
            one != 0 && other != 0 && (there[one as usize] == other) == is
        })
    }

    fn compare(&mut self, op: Op, a: u32, b: u32) -> Mask {
        if let (&Number::Field(place), &Number::Constant(with)) =
            (&self.program.numbers[a as usize], &self.program.numbers[b as usize])
        {
            let column = self.columns.numbers(place);
            return match op {
                Op::Same => Mask::where_of(column, |one| one == with),
                Op::Other => Mask::where_of(column, |one: f64| !one.is_nan() && one != with),
                Op::Less => Mask::where_of(column, |one| one < with),
                Op::LessOrSame => Mask::where_of(column, |one| one <= with),
                Op::More => Mask::where_of(column, |one| one > with),
                Op::MoreOrSame => Mask::where_of(column, |one| one >= with),
                Op::In | Op::Plus | Op::Minus | Op::Times | Op::By => Mask::Never,
            };
        }
        let (a, b) = (self.number(a), self.number(b));
        Mask::where_it(self.rows, |row| holds(op, a[row], b[row]))
    }

    /// A number of each row; NaN where it is not known.
    fn number(&mut self, number: u32) -> Cow<'p, [f64]> {
        let (program, columns) = (self.program, self.columns);
        match &program.numbers[number as usize] {
            Number::Constant(one) => Cow::Owned(vec![*one; self.rows]),
            Number::Field(place) => Cow::Borrowed(columns.numbers(*place)),
            Number::Size(place) => {
                let column = columns.texts(*place);
                let sizes: Vec<f64> = std::iter::once(f64::NAN)
                    .chain(column.dictionary.words().map(|one| one.chars().count() as f64))
                    .collect();
                column.numbered.iter().map(|one| sizes[*one as usize]).collect()
            }
            Number::Two(op, a, b) => {
                let (a, b) = (self.number(*a), self.number(*b));
                a.iter().zip(b.iter()).map(|(a, b)| calculated(*op, *a, *b)).collect()
            }
            Number::Minus(one) => self.number(*one).iter().map(|one| -one).collect(),
            Number::Choose(met, yes, not, no) => {
                let (met, not) = (self.mask(*met), self.mask(*not));
                let (yes, no) = (self.number(*yes), self.number(*no));
                let hits = Hits { rows: self.rows, masks: vec![met, not] };
                (0..self.rows)
                    .map(|row| match (hits.has(0, row), hits.has(1, row)) {
                        (true, _) => yes[row],
                        (_, true) => no[row],
                        _ => f64::NAN,
                    })
                    .collect()
            }
        }
    }
}

/// Keeps of the rows of a mask those for which `is` says so.
fn keep(words: &mut [u64], is: impl Fn(usize) -> bool) {
    for (n, word) in words.iter_mut().enumerate() {
        for bit in ones(*word) {
            if !is(n * 64 + bit) {
                *word &= !(1 << bit);
            }
        }
    }
}

/// Whether a comparison holds; never where a side is not known.
pub(super) fn holds(op: Op, a: f64, b: f64) -> bool {
    match op {
        Op::Same => a == b,
        Op::Other => a != b && !a.is_nan() && !b.is_nan(),
        Op::Less => a < b,
        Op::LessOrSame => a <= b,
        Op::More => a > b,
        Op::MoreOrSame => a >= b,
        Op::In | Op::Plus | Op::Minus | Op::Times | Op::By => false,
    }
}

/// A sum, difference, product or quotient; not known where it is no number, as after a division by
/// nothing.
pub(super) fn calculated(op: Op, a: f64, b: f64) -> f64 {
    let number = match op {
        Op::Plus => a + b,
        Op::Minus => a - b,
        Op::Times => a * b,
        Op::By => a / b,
        Op::Same | Op::Other | Op::Less | Op::LessOrSame | Op::More | Op::MoreOrSame | Op::In => {
            f64::NAN
        }
    };
    if number.is_finite() { number } else { f64::NAN }
}
