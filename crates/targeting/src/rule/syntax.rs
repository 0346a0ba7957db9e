//! From the text of a condition to a tree with the place of each part. The language is the part of
//! CEL (Common Expression Language) that a condition needs: comparisons, `in`, `&&`, `||`, `!`,
//! `? :`, arithmetic, lists, and calls. Words that people of other languages type for these are
//! met with the right one. What fields and functions there are is `check.rs`'s matter.

use super::{Fault, FaultCode, MAX_CHARACTERS, MAX_DEPTH, Span};

/// A part of a condition and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub form: Form,
    pub span: Span,
    /// Levels below and with this one.
    depth: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Number(f64),
    Text(String),
    Flag(bool),
    List(Vec<Expr>),
    /// Names joined by dots.
    Path(String),
    Not(Box<Expr>),
    Minus(Box<Expr>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Two(Op, Box<Expr>, Box<Expr>),
    Choose(Box<[Expr; 3]>),
    Call {
        on: Option<Box<Expr>>,
        name: String,
        name_span: Span,
        args: Vec<Expr>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Same,
    Other,
    Less,
    LessOrSame,
    More,
    MoreOrSame,
    In,
    Plus,
    Minus,
    Times,
    By,
}

impl Op {
    pub fn sign(self) -> &'static str {
        match self {
            Op::Same => "==",
            Op::Other => "!=",
            Op::Less => "<",
            Op::LessOrSame => "<=",
            Op::More => ">",
            Op::MoreOrSame => ">=",
            Op::In => "in",
            Op::Plus => "+",
            Op::Minus => "-",
            Op::Times => "*",
            Op::By => "/",
        }
    }
}

/// Reads a condition.
///
/// # Errors
/// The first place at which it is no condition.
pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    let count = text.chars().count();
    if count > MAX_CHARACTERS {
        return Err(Fault::new(
            text,
            FaultCode::TooLong,
            Span { from: 0, to: text.len() },
            format!("The condition has {count} characters; {MAX_CHARACTERS} are allowed."),
            format!("조건이 {count}자입니다. {MAX_CHARACTERS}자까지 쓸 수 있습니다."),
        )
        .hint("Split it into several rules.", "여러 규칙으로 나누세요."));
    }
    let tokens = Lexer { text, at: 0 }.all()?;
    let mut parser = Parser { text, tokens, at: 0, level: 0 };
    let whole = parser.choice()?;
    match parser.peek() {
        (Token::End, _) => Ok(whole),
        (token, span) => Err(parser.stray(&token, span)),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Name(String),
    Sign(&'static str),
    End,
}

/// Signs of the language, the longer ones first.
const SIGNS: [&str; 21] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "(", ")", "[", "]", ",",
    ".", "?", ":",
];

/// What people type by habit, and what is meant.
const MEANT: [(&str, &str); 10] = [
    ("<>", "!="),
    ("&", "&&"),
    ("|", "||"),
    ("=", "=="),
    ("≠", "!="),
    ("≤", "<="),
    ("≥", ">="),
    ("“", "\""),
    ("”", "\""),
    ("’", "'"),
];

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl Lexer<'_> {
    fn all(mut self) -> Result<Vec<(Token, Span)>, Fault> {
        let mut tokens = Vec::new();
        loop {
            self.skip();
            let from = self.at;
            let token = self.next()?;
            let end = token == Token::End;
            tokens.push((token, Span { from, to: self.at }));
            if end {
                return Ok(tokens);
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            if !self.rest().starts_with("//") {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn next(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        let raw = rest.starts_with("r\"") || rest.starts_with("r'");
        if first == '"' || first == '\'' || raw {
            return self.text_literal(raw);
        }
        if first.is_ascii_digit() {
            return self.number();
        }
        if first.is_alphabetic() || first == '_' {
            let name: String =
                rest.chars().take_while(|one| one.is_alphanumeric() || *one == '_').collect();
            self.at += name.len();
            return Ok(Token::Name(name));
        }
        let meant = MEANT.iter().find(|(typed, sign)| {
            rest.starts_with(typed) && (*typed == "<>" || !rest.starts_with(sign))
        });
        let two = SIGNS[..6].iter().find(|sign| rest.starts_with(**sign));
        if let (Some((typed, sign)), None) = (meant, two) {
            let span = Span { from: self.at, to: self.at + typed.len() };
            return Err(Fault::new(
                self.text,
                FaultCode::Syntax,
                span,
                format!("`{typed}` is not a sign of conditions."),
                format!("`{typed}` 기호는 조건에 쓸 수 없습니다."),
            )
            .suggest(sign));
        }
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        let span = Span { from: self.at, to: self.at + first.len_utf8() };
        Err(Fault::new(
            self.text,
            FaultCode::Syntax,
            span,
            format!("`{first}` has no meaning here."),
            format!("`{first}` 문자는 여기에 쓸 수 없습니다."),
        ))
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let from = self.at;
        let bytes = self.text.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut to = from;
        while digit(to) {
            to += 1;
        }
        if bytes.get(to) == Some(&b'.') && digit(to + 1) {
            to += 1;
            while digit(to) {
                to += 1;
            }
        }
        if matches!(bytes.get(to), Some(b'e' | b'E')) {
            let signed = usize::from(matches!(bytes.get(to + 1), Some(b'+' | b'-')));
            if digit(to + 1 + signed) {
                to += 1 + signed;
                while digit(to) {
                    to += 1;
                }
            }
        }
        self.at = to;
        let span = Span { from, to };
        // Such as `12kg` and `1,000`: no number, and no two tokens either.
        let tail = self.rest().chars().next();
        if tail.is_some_and(|next| next.is_alphabetic() || next == '_') {
            return Err(Fault::new(
                self.text,
                FaultCode::Syntax,
                Span { from, to: to + tail.map_or(0, char::len_utf8) },
                "A number stands alone: units are those of the field.".to_owned(),
                "숫자 뒤에 단위를 붙이지 않습니다. 단위는 항목에 정해져 있습니다.".to_owned(),
            )
            .suggest(&self.text[from..to]));
        }
        match self.text[from..to].parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Token::Number(number)),
            _ => Err(Fault::new(
                self.text,
                FaultCode::Syntax,
                span,
                "This number is too large.".to_owned(),
                "숫자가 너무 큽니다.".to_owned(),
            )),
        }
    }

    fn text_literal(&mut self, raw: bool) -> Result<Token, Fault> {
        let from = self.at;
        self.at += usize::from(raw);
        let quote = self.text.as_bytes()[self.at] as char;
        self.at += 1;
        let mut said = String::new();
        let mut chars = self.text[self.at..].char_indices();
        let open = |text: &str| {
            Fault::new(
                text,
                FaultCode::Syntax,
                Span { from, to: text.len() },
                "This text has no closing quotation mark.".to_owned(),
                "닫는 따옴표가 없습니다.".to_owned(),
            )
        };
        let begin = self.at;
        while let Some((at, one)) = chars.next() {
            match one {
                _ if one == quote => {
                    self.at = begin + at + 1;
                    return Ok(Token::Text(said));
                }
                '\n' => break,
                '\\' if !raw => match chars.next() {
                    Some((_, 'n')) => said.push('\n'),
                    Some((_, 't')) => said.push('\t'),
                    Some((_, plain @ ('\\' | '"' | '\''))) => said.push(plain),
                    Some((to, other)) => {
                        let span = Span { from: begin + at, to: begin + to + other.len_utf8() };
                        return Err(Fault::new(
                            self.text,
                            FaultCode::Syntax,
                            span,
                            format!("`\\{other}` is no escape; a backslash is written `\\\\`."),
                            format!("`\\{other}` 표기는 없습니다. 역슬래시는 `\\\\`로 씁니다."),
                        )
                        .suggest(&format!("\\\\{other}")));
                    }
                    None => break,
                },
                _ => said.push(one),
            }
        }
        Err(open(self.text).suggest(&format!("{}{quote}", &self.text[from..].trim_end())))
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<(Token, Span)>,
    at: usize,
    /// How deep the parser stands in brackets and signs before.
    level: usize,
}

impl Parser<'_> {
    fn peek(&self) -> (Token, Span) {
        // The last token is the end, and nothing reads beyond it.
        self.tokens[self.at.min(self.tokens.len() - 1)].clone()
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(&self.tokens[self.at].0, Token::Sign(one) if *one == sign);
        if found {
            self.advance();
        }
        found
    }

    fn stray(&self, token: &Token, span: Span) -> Fault {
        let fault = |en: String, ko: String| Fault::new(self.text, FaultCode::Syntax, span, en, ko);
        match token {
            Token::End => fault(
                "The condition ends too early.".to_owned(),
                "조건이 끝나지 않았습니다.".to_owned(),
            ),
            Token::Name(name) => {
                let meant = match name.to_lowercase().as_str() {
                    "and" | "그리고" => Some("&&"),
                    "or" | "또는" => Some("||"),
                    "not" => Some("!"),
                    "is" | "equals" => Some("=="),
                    _ => None,
                };
                let fault = fault(
                    format!("`{name}` is not expected here: a sign such as `&&` is missing."),
                    format!("`{name}` 앞에 `&&` 같은 기호가 빠졌습니다."),
                );
                match meant {
                    Some(meant) => fault.suggest(meant),
                    None => fault,
                }
            }
            Token::Number(_) | Token::Text(_) => fault(
                "A sign such as `&&` or `,` is missing before this.".to_owned(),
                "이 앞에 `&&`나 `,` 같은 기호가 빠졌습니다.".to_owned(),
            ),
            Token::Sign(sign) => fault(
                format!("`{sign}` is not expected here."),
                format!("여기에는 `{sign}` 기호가 올 수 없습니다."),
            ),
        }
    }

    fn too_deep(&self, span: Span) -> Fault {
        Fault::new(
            self.text,
            FaultCode::TooDeep,
            span,
            format!("This lies deeper than {MAX_DEPTH} levels."),
            format!("{MAX_DEPTH}단계보다 깊습니다."),
        )
        .hint("Split it into several rules.", "여러 규칙으로 나누세요.")
    }

    fn node(&self, form: Form, span: Span) -> Result<Expr, Fault> {
        let below = match &form {
            Form::Number(_) | Form::Text(_) | Form::Flag(_) | Form::Path(_) => 0,
            Form::List(parts) | Form::All(parts) | Form::Any(parts) => deepest(parts),
            Form::Not(one) | Form::Minus(one) => one.depth,
            Form::Two(_, a, b) => a.depth.max(b.depth),
            Form::Choose(three) => deepest(&three[..]),
            Form::Call { on, args, .. } => deepest(args).max(on.as_ref().map_or(0, |on| on.depth)),
        };
        if below >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        Ok(Expr { form, span, depth: below + 1 })
    }

    /// Goes one level down for what `read` reads.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.level >= MAX_DEPTH {
            return Err(self.too_deep(self.peek().1));
        }
        self.level += 1;
        let result = read(self);
        self.level -= 1;
        result
    }

    fn choice(&mut self) -> Result<Expr, Fault> {
        let test = self.any()?;
        if !self.takes("?") {
            return Ok(test);
        }
        self.deeper(|parser| {
            let yes = parser.choice()?;
            parser.expect(":")?;
            let no = parser.choice()?;
            let span = Span { from: test.span.from, to: no.span.to };
            parser.node(Form::Choose(Box::new([test, yes, no])), span)
        })
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Fault> {
        if self.takes(sign) {
            return Ok(());
        }
        let (token, span) = self.peek();
        let fault = match token {
            Token::End => Fault::new(
                self.text,
                FaultCode::Syntax,
                span,
                format!("`{sign}` is missing at the end."),
                format!("끝에 `{sign}` 기호가 빠졌습니다."),
            )
            .suggest(sign),
            _ => {
                let stray = self.stray(&token, span);
                stray.hint(
                    &format!("`{sign}` is expected before it."),
                    &format!("앞에 `{sign}` 기호가 와야 합니다."),
                )
            }
        };
        Err(fault)
    }

    fn any(&mut self) -> Result<Expr, Fault> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.takes("||") {
            parts.push(self.all()?);
        }
        self.joined(parts, Form::Any)
    }

    fn all(&mut self) -> Result<Expr, Fault> {
        let first = self.relation()?;
        let mut parts = vec![first];
        while self.takes("&&") {
            parts.push(self.relation()?);
        }
        self.joined(parts, Form::All)
    }

    fn joined(
        &self,
        mut parts: Vec<Expr>,
        form: impl FnOnce(Vec<Expr>) -> Form,
    ) -> Result<Expr, Fault> {
        let last = parts.len() - 1;
        if last == 0 {
            return Ok(parts.remove(0));
        }
        let span = Span { from: parts[0].span.from, to: parts[last].span.to };
        self.node(form(parts), span)
    }

    fn relation(&mut self) -> Result<Expr, Fault> {
        let mut left = self.sum()?;
        loop {
            let op = match self.peek().0 {
                Token::Sign("==") => Op::Same,
                Token::Sign("!=") => Op::Other,
                Token::Sign("<") => Op::Less,
                Token::Sign("<=") => Op::LessOrSame,
                Token::Sign(">") => Op::More,
                Token::Sign(">=") => Op::MoreOrSame,
                Token::Name(name) if name == "in" => Op::In,
                _ => return Ok(left),
            };
            self.advance();
            let right = self.sum()?;
            left = self.two(op, left, right)?;
        }
    }

    fn two(&self, op: Op, left: Expr, right: Expr) -> Result<Expr, Fault> {
        let span = Span { from: left.span.from, to: right.span.to };
        self.node(Form::Two(op, Box::new(left), Box::new(right)), span)
    }

    fn sum(&mut self) -> Result<Expr, Fault> {
        let mut left = self.product()?;
        loop {
            let op = match self.peek().0 {
                Token::Sign("+") => Op::Plus,
                Token::Sign("-") => Op::Minus,
                _ => return Ok(left),
            };
            self.advance();
            let right = self.product()?;
            left = self.two(op, left, right)?;
        }
    }

    fn product(&mut self) -> Result<Expr, Fault> {
        let mut left = self.unary()?;
        loop {
            let op = match self.peek().0 {
                Token::Sign("*") => Op::Times,
                Token::Sign("/") => Op::By,
                _ => return Ok(left),
            };
            self.advance();
            let right = self.unary()?;
            left = self.two(op, left, right)?;
        }
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        let from = self.peek().1.from;
        let not = self.takes("!");
        if !not && !self.takes("-") {
            return self.member();
        }
        let one = self.deeper(Self::unary)?;
        let span = Span { from, to: one.span.to };
        match one.form {
            Form::Number(number) if !not => self.node(Form::Number(-number), span),
            _ if not => self.node(Form::Not(Box::new(one)), span),
            _ => self.node(Form::Minus(Box::new(one)), span),
        }
    }

    fn member(&mut self) -> Result<Expr, Fault> {
        let mut one = self.primary()?;
        while self.takes(".") {
            let (token, span) = self.peek();
            let Token::Name(name) = token else {
                return Err(self
                    .stray(&token, span)
                    .hint("A name follows a point.", "점 뒤에는 이름이 와야 합니다."));
            };
            self.advance();
            let from = one.span.from;
            one = if self.takes("(") {
                let args = self.list_to(")")?;
                let whole = Span { from, to: self.end() };
                let on = Some(Box::new(one));
                self.node(Form::Call { on, name, name_span: span, args }, whole)?
            } else if let Form::Path(path) = one.form {
                self.node(Form::Path(format!("{path}.{name}")), Span { from, to: span.to })?
            } else {
                return Err(Fault::new(
                    self.text,
                    FaultCode::Syntax,
                    span,
                    format!("`{name}` cannot be asked of this."),
                    format!("여기에는 `{name}` 항목이 없습니다."),
                ));
            };
        }
        Ok(one)
    }

    /// Where the token before the next one ended.
    fn end(&self) -> usize {
        self.tokens[self.at.saturating_sub(1)].1.to
    }

    fn list_to(&mut self, close: &'static str) -> Result<Vec<Expr>, Fault> {
        let mut parts = Vec::new();
        if self.takes(close) {
            return Ok(parts);
        }
        loop {
            parts.push(self.deeper(Self::choice)?);
            if self.takes(",") {
                // A comma may close a list.
                if self.takes(close) {
                    return Ok(parts);
                }
                continue;
            }
            self.expect(close)?;
            return Ok(parts);
        }
    }

    fn primary(&mut self) -> Result<Expr, Fault> {
        let (token, span) = self.peek();
        match token {
            Token::Number(number) => {
                self.advance();
                self.node(Form::Number(number), span)
            }
            Token::Text(said) => {
                self.advance();
                self.node(Form::Text(said), span)
            }
            Token::Sign("(") => {
                self.advance();
                let inner = self.deeper(Self::choice)?;
                self.expect(")")?;
                Ok(Expr { span: Span { from: span.from, to: self.end() }, ..inner })
            }
            Token::Sign("[") => {
                self.advance();
                let parts = self.list_to("]")?;
                self.node(Form::List(parts), Span { from: span.from, to: self.end() })
            }
            Token::Name(name) => {
                self.advance();
                match name.as_str() {
                    "true" => return self.node(Form::Flag(true), span),
                    "false" => return self.node(Form::Flag(false), span),
                    "in" => return Err(self.stray(&Token::Sign("in"), span)),
                    _ => {}
                }
                if self.takes("(") {
                    let args = self.list_to(")")?;
                    let whole = Span { from: span.from, to: self.end() };
                    let call = Form::Call { on: None, name, name_span: span, args };
                    return self.node(call, whole);
                }
                if matches!(name.to_lowercase().as_str(), "and" | "or" | "not") {
                    return Err(self.stray(&Token::Name(name), span));
                }
                self.node(Form::Path(name), span)
            }
            Token::Sign(_) | Token::End => Err(self.stray(&token, span)),
        }
    }
}

fn deepest(parts: &[Expr]) -> usize {
    parts.iter().map(|part| part.depth).max().unwrap_or(0)
}
