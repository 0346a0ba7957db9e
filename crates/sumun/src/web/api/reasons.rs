//! Reasons of defects in Korean. A defect is kept with the sentence in which its reader found the
//! fault; here such a sentence is known by its fixed words, and what stood between them is put into
//! the Korean one. What has none is shown as it is kept.

use super::Said;

/// An English reason and the same in Korean; `{1}` and so on are the texts that stand at `{}`.
const KNOWN: &[(&str, &str)] = &[
    (
        "`{}` has check digit {}, the standard asks for {}",
        "‘{1}’의 검증 숫자는 {2}이지만 표준에 따르면 {3}이어야 합니다",
    ),
    ("`{}` is not an HS code of 2 to 10 digits", "‘{1}’은(는) 2~10자리 HS 부호가 아닙니다"),
    (
        "`{}` is not an HS code of 2, 4, 6, 8 or 10 digits",
        "‘{1}’은(는) 2, 4, 6, 8, 10자리 HS 부호가 아닙니다",
    ),
    (
        "`{}` is not a country code of two letters (ISO 3166-1 alpha-2)",
        "‘{1}’은(는) 두 글자 국가 부호(ISO 3166-1)가 아닙니다",
    ),
    (
        "`{}` is not a currency code of three letters (ISO 4217)",
        "‘{1}’은(는) 세 글자 통화 부호(ISO 4217)가 아닙니다",
    ),
    (
        "`{}` is not a UN/LOCODE of five characters, such as KRPUS",
        "‘{1}’은(는) KRPUS 같은 다섯 글자 UN/LOCODE가 아닙니다",
    ),
    ("`{}` is not {}", "‘{1}’은(는) 읽을 수 없는 부호입니다({2})"),
    ("no date of the calendar written {}", "{1} 형식으로 적힌 달력의 날짜가 아닙니다"),
    ("no date of the calendar such as {}", "{1} 같은 달력의 날짜가 아닙니다"),
    ("the day is not in {} to {}", "날짜가 {1}~{2} 사이에 있지 않습니다"),
    ("no number", "숫자가 아닙니다"),
    (
        "no number with the decimal mark `{}`; the mapping may say decimal and thousands otherwise",
        "소수점이 ‘{1}’인 숫자가 아닙니다. 매핑에서 소수점과 천 단위 구분을 다르게 정할 수 있습니다",
    ),
    ("no whole number", "정수가 아닙니다"),
    ("the number is too large for its unit", "단위에 비해 숫자가 너무 큽니다"),
    ("the count is too large", "개수가 너무 큽니다"),
    ("`{}` is no unit of mass", "‘{1}’은(는) 무게 단위가 아닙니다"),
    ("no word or code that the field knows", "이 항목에 없는 말이나 부호입니다"),
    ("{} is required", "필수 항목 {1}이(가) 비어 있습니다"),
    ("{} is empty", "{1}이(가) 비어 있습니다"),
    ("{} is longer than {} characters", "{1}이(가) {2}자보다 깁니다"),
    ("{} is outside 0 to {}", "{1}이(가) 0~{2} 범위를 벗어났습니다"),
    (
        "{} has more than {} items; the rest was left out",
        "{1}이(가) {2}개보다 많아 나머지는 뺐습니다",
    ),
    ("the row has {} columns, the header has {}", "이 줄은 {1}열인데 머리글은 {2}열입니다"),
    ("the file ends here, after {} of {} columns", "{2}열 가운데 {1}열까지 적고 파일이 끝났습니다"),
    (
        "repeats the reference of line {} of this file with the same content and changed nothing",
        "이 파일 {1}번째 줄과 번호도 내용도 같아 바뀐 것이 없습니다",
    ),
    (
        "repeats the reference of line {} of this file with other content and was kept as a newer \
         version",
        "이 파일 {1}번째 줄과 번호가 같고 내용이 달라 새 판으로 저장했습니다",
    ),
    (
        "the column `{}` stands twice; the first is read",
        "열 ‘{1}’이 두 번 있어 앞의 것을 읽었습니다",
    ),
    ("the line is no JSON object ({})", "이 줄은 JSON 객체가 아닙니다({1})"),
    ("it holds a zero byte, which no text has", "글에 있을 수 없는 0바이트가 있습니다"),
    (
        "{} counts {} segments, there are {}",
        "{1}에는 세그먼트가 {2}개라고 적혔지만 실제로는 {3}개입니다",
    ),
    (
        "UNZ counts {}, there are {} messages in {} groups",
        "UNZ에는 {1}개라고 적혔지만 실제로는 그룹 {3}개에 메시지 {2}개입니다",
    ),
    (
        "the message states {} {}, its parts have {}",
        "메시지에 적힌 합계는 {1}({2})인데 항목을 더하면 {3}입니다",
    ),
    (
        "the file ends within this segment; it was read as far as it goes",
        "이 세그먼트 중간에 파일이 끝나 있는 데까지만 읽었습니다",
    ),
    (
        "a segment outside of any message was left out",
        "메시지 밖에 있는 세그먼트라 읽지 않았습니다",
    ),
    (
        "this segment is in no message of the kind; it was kept as a note",
        "이런 메시지에 없는 세그먼트라 비고로 남겼습니다",
    ),
    (
        "this line stands outside of any message and was left out",
        "메시지 밖에 있는 줄이라 읽지 않았습니다",
    ),
    (
        "this line has no known tag; it was kept as a note",
        "알려진 태그가 없는 줄이라 비고로 남겼습니다",
    ),
    ("the message has no end ({})", "메시지의 끝({1})이 없습니다"),
    (
        "the interchange has no end (UNZ); its tail may be missing",
        "교환 전문의 끝(UNZ)이 없어 뒷부분이 빠졌을 수 있습니다",
    ),
    ("the master air waybill's check digit is wrong", "MAWB 번호의 검증 숫자가 맞지 않습니다"),
    (
        "this interchange came before in the same file",
        "같은 파일의 앞부분에 이미 나온 교환 전문입니다",
    ),
    (
        "the document is not well-formed here; reading went on behind it",
        "XML 문법에 맞지 않는 곳이라 그 뒤부터 다시 읽었습니다",
    ),
    (
        "no mapping knows this table. Its columns are: {}",
        "이 표를 아는 매핑이 없습니다. 표의 열: {1}",
    ),
    ("the file is empty", "파일이 비어 있습니다"),
    (
        "it was read by the likeness of its columns' names, to be looked at only",
        "열 이름으로 짐작해 읽었습니다. 살펴보기만 하고 저장하지는 않습니다",
    ),
    (
        "the root of the document is that of no known message, it is read by general rules only",
        "알려진 전문의 최상위 요소가 아니라 일반 규칙으로만 읽었습니다",
    ),
    (
        "the root of the document is that of no known message, it was left",
        "알려진 전문의 최상위 요소가 아니라 읽지 않았습니다",
    ),
    (
        "this names no item, no person and no contents: it is no form",
        "우편물 번호도 사람도 내용품도 없어 세관신고서가 아닙니다",
    ),
];

/// The reason in both languages; English stands in for what has no Korean.
pub fn said(reason: &str) -> Said {
    let ko = KNOWN.iter().find_map(|(en, ko)| {
        let texts = filled(en, reason)?;
        let mut said = (*ko).to_owned();
        for (n, text) in (1..).zip(texts) {
            said = said.replace(&format!("{{{n}}}"), text);
        }
        Some(said)
    });
    Said { ko: ko.unwrap_or_else(|| reason.to_owned()), en: reason.to_owned() }
}

/// The texts that stand at the `{}` of a sentence, if it is that sentence.
fn filled<'t>(sentence: &str, mut text: &'t str) -> Option<Vec<&'t str>> {
    let mut fixed = sentence.split("{}");
    text = text.strip_prefix(fixed.next()?)?;
    let mut found = Vec::new();
    let mut rest = fixed.peekable();
    while let Some(words) = rest.next() {
        let at = match (rest.peek(), words) {
            (None, "") => text.len(),
            (None, words) => text.strip_suffix(words)?.len(),
            (Some(_), words) => text.find(words)?,
        };
        found.push(&text[..at]);
        text = &text[at + words.len()..];
    }
    text.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use targeting::codes::{ContainerNumber, CountryCode, HsCode, UnLocode};

    use super::said;

    fn check(reason: &str, ko: &str) {
        assert_eq!(said(reason).ko, ko);
        assert_eq!(said(reason).en, reason);
    }

    #[test]
    fn frequent_reasons_are_said_in_korean() {
        check(
            "`CSQU3054389` has check digit 9, the standard asks for 3",
            "‘CSQU3054389’의 검증 숫자는 9이지만 표준에 따르면 3이어야 합니다",
        );
        check(
            "no date of the calendar written %d.%m.%Y",
            "%d.%m.%Y 형식으로 적힌 달력의 날짜가 아닙니다",
        );
        check(
            "UNT counts 99 segments, there are 12",
            "UNT에는 세그먼트가 99개라고 적혔지만 실제로는 12개입니다",
        );
        check("office is required", "필수 항목 office이(가) 비어 있습니다");
        check("nothing of the kind", "nothing of the kind");
    }

    #[test]
    fn what_codes_say_of_themselves_is_known() {
        for reason in [
            "CSQU3054389".parse::<ContainerNumber>().map(|_| ()).unwrap_err().to_string(),
            "banana".parse::<HsCode>().map(|_| ()).unwrap_err().to_string(),
            "KOREA".parse::<CountryCode>().map(|_| ()).unwrap_err().to_string(),
            "?".parse::<UnLocode>().map(|_| ()).unwrap_err().to_string(),
        ] {
            assert_ne!(said(&reason).ko, reason, "{reason} has no Korean");
        }
    }
}
