//! Conditions that ask who somebody is. Rules judge consignments, and no field is a trait of a
//! person; whoever looks for one is told so, and what there is instead, and no field is offered
//! that merely sounds like it.

/// Words for who somebody is, as the parts of a field's name.
const TRAITS: [&str; 46] = [
    "name",
    "names",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "nationality",
    "nation",
    "citizenship",
    "citizen",
    "ethnicity",
    "ethnic",
    "race",
    "religion",
    "faith",
    "gender",
    "sex",
    "age",
    "birth",
    "birthday",
    "birthdate",
    "birthplace",
    "dob",
    "born",
    "passport",
    "resident",
    "residence",
    "person",
    "people",
    "language",
    "marital",
    "disability",
    "health",
    "politics",
    "political",
    "phone_number",
    "email",
    "mail",
    "이름",
    "성명",
    "국적",
    "성별",
    "나이",
    "생년월일",
    "종교",
    "인종",
];

/// What is said, in English and Korean, of a field that would be a trait of a person.
pub(super) fn asked(path: &str) -> Option<(String, String)> {
    let path = path.to_lowercase();
    let is = |part: &str| TRAITS.contains(&part);
    let part = path.split('.').any(|part| is(part) || part.split('_').any(is));
    part.then(|| {
        (
            "Rules do not ask who somebody is: use what the records say, such as \
             `consignor.irregular_rate` or `consignee.first_time`, and for somebody who is known, \
             a watchlist."
                .to_owned(),
            "규칙은 누구인지 묻지 않습니다. `consignor.irregular_rate`, `consignee.first_time`처럼 \
             기록이 말하는 항목을 쓰고, 특정인은 감시 목록에 올리십시오."
                .to_owned(),
        )
    })
}
