//! What a recipient answers to an interchange: a CONTRL for each (UN/EDIFACT syntax and service
//! report). It says which messages arrived and which segments could not be read, so that a sender
//! learns of it without a telephone. It judges nothing that was declared.

use std::cell::Cell;
use std::fmt::Write as _;

use targeting::consignment::{Defect, DefectKind};

use super::lexer::{Fields, Lexer, Segment, Token};
use crate::message::text::Charset;
use crate::message::window::Window;

/// Segments with an error that one answer names at most.
const NAMED: usize = 500;

/// One interchange as it came.
struct Came {
    sender: String,
    recipient: String,
    reference: String,
    messages: Vec<Message>,
}

/// One message of it.
struct Message {
    reference: String,
    kind: String,
    /// Its first and last segment in the file.
    first: u64,
    last: u64,
}

/// Answers every interchange of these bytes with a CONTRL; nothing when there is none. `sent` is
/// the date and time of the answer as `261120:0930`, and `reference` numbers the answers, with a
/// further digit for each after the first.
#[must_use]
pub fn acknowledge(
    bytes: &[u8],
    defects: &[Defect],
    sent: &str,
    reference: &str,
) -> Option<String> {
    let came = interchanges(bytes);
    let mut answer = String::new();
    for (n, one) in (1..).zip(&came) {
        let own = if n == 1 { reference.to_owned() } else { format!("{reference}{n}") };
        // A control reference has at most fourteen characters.
        let own: String = own.chars().take(14).collect();
        let (from, to) = (&one.recipient, &one.sender);
        let _ = writeln!(answer, "UNB+UNOC:3+{from}+{to}+{sent}+{own}'");
        let mut segments = 1;
        let _ = writeln!(answer, "UNH+1+CONTRL:D:3:UN'");
        let _ = writeln!(answer, "UCI+{}+{}+{}+7'", one.reference, one.sender, one.recipient);
        for message in &one.messages {
            let _ = writeln!(answer, "UCM+{}+{}+7'", message.reference, message.kind);
            segments += 1;
            let within = |defect: &&Defect| (message.first..=message.last).contains(&defect.line);
            for defect in defects.iter().filter(within).filter_map(error).take(NAMED) {
                let (line, code) = defect;
                let _ = writeln!(answer, "UCS+{}+{code}'", line - message.first + 1);
                segments += 1;
            }
        }
        let _ = writeln!(answer, "UNT+{}+1'", segments + 2);
        let _ = writeln!(answer, "UNZ+1+{own}'");
    }
    (!came.is_empty()).then_some(answer)
}

/// The segment of a defect and its syntax error (UN/EDIFACT 0085): 12 for what cannot be read, 18
/// for what was odd. What repeats is no error.
fn error(defect: &Defect) -> Option<(u64, u8)> {
    match defect.kind {
        DefectKind::Duplicate => None,
        kind if kind.rejects() => Some((defect.line, 12)),
        _ => Some((defect.line, 18)),
    }
}

fn interchanges(bytes: &[u8]) -> Vec<Came> {
    let mut lexer = Lexer::edifact(Window::of(bytes));
    let (mut fields, used) = (Fields::default(), Cell::new(None));
    let mut came: Vec<Came> = Vec::new();
    // Bytes in memory do not fail.
    while let Ok(token) = lexer.next() {
        let span = match token {
            Token::Segment(span) | Token::Cut(span) => span,
            Token::End => break,
            _ => continue,
        };
        let (line, signs) = (lexer.segments, lexer.signs());
        let bytes = lexer.slice(span);
        fields.split(bytes, signs);
        let charset = Charset::default();
        let segment = Segment::new((bytes, &fields), signs, (charset, &used), (line, 0));
        match &segment.tag() {
            b"UNB" => came.push(Came {
                sender: element(&segment, 2),
                recipient: element(&segment, 3),
                reference: element(&segment, 5),
                messages: Vec::new(),
            }),
            b"UNH" => {
                if let Some(one) = came.last_mut() {
                    one.messages.push(Message {
                        reference: element(&segment, 1),
                        kind: element(&segment, 2),
                        first: line,
                        last: line,
                    });
                }
            }
            b"UNZ" => {}
            _ => {
                if let Some(open) = came.last_mut().and_then(|one| one.messages.last_mut()) {
                    open.last = line;
                }
            }
        }
    }
    came
}

/// An element of another's segment as one of ours, whatever signs that was written with.
fn element(segment: &Segment<'_>, element: usize) -> String {
    let components = (0..segment.components(element).min(10)).map(|component| {
        let mut plain = String::new();
        for sign in segment.code(element, component).chars().filter(|c| !c.is_control()) {
            if matches!(sign, '+' | ':' | '\'' | '?') {
                plain.push('?');
            }
            plain.push(sign);
        }
        plain
    });
    components.collect::<Vec<_>>().join(":").trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interchange_is_answered_with_its_messages_and_their_errors() {
        let file = "UNA:*.? 'UNB*UNOA:1*O?'BRIEN:ZZ*KCS*261120:0900*R1'\
                    UNH*7*CUSCAR:D:95B:UN'BGM*85*1*9'XXX'UNT*4*7'UNH*8*CUSCAR:D:95B:UN'\
                    BGM*85*2*9'UNT*3*8'UNZ*2*R1'UNB+UNOA:1+A+B+261120:0901+R2'UNZ+0+R2'";
        let defect = Defect {
            line: 4,
            field: Default::default(),
            kind: DefectKind::Unreadable,
            reason: String::new(),
            found: String::new(),
        };
        let answer = acknowledge(file.as_bytes(), &[defect], "261120:0930", "S1").unwrap();
        let said: Vec<&str> = answer.lines().take(8).collect();
        assert_eq!(
            said,
            [
                "UNB+UNOC:3+KCS+O?'BRIEN:ZZ+261120:0930+S1'",
                "UNH+1+CONTRL:D:3:UN'",
                "UCI+R1+O?'BRIEN:ZZ+KCS+7'",
                "UCM+7+CUSCAR:D:95B:UN+7'",
                "UCS+3+12'",
                "UCM+8+CUSCAR:D:95B:UN+7'",
                "UNT+6+1'",
                "UNZ+1+S1'",
            ]
        );
        assert_eq!(acknowledge(b"x,y\n1,2\n", &[], "261120:0930", "S1"), None);
    }
}
