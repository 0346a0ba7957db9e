//! What the columns of a table of persons or firms mean: guessed from their headers and contents,
//! and said out loud, so that a person can map what was guessed wrong. Traits of persons that are
//! protected (sex, nationality, religion and their like) are left out on purpose.

use serde::{Deserialize, Serialize};

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// Given name of a person.
    GivenName,
    /// Surname of a person.
    Surname,
    /// Whole name of a person or firm.
    FullName,
    /// Date of birth or registration.
    Date,
    /// Town, suburb or place of birth.
    Place,
    /// State or province: few values that many share.
    Region,
    /// Postcode.
    Postcode,
    /// House number.
    HouseNumber,
    /// Street or whole address.
    Address,
    /// A number given by a state or register.
    Code,
    /// Phone number.
    Phone,
    /// Mail address.
    Mail,
    /// Occupation or another word that says something of who it is.
    Word,
    /// Takes no part.
    Ignored,
}

impl ColumnRole {
    /// Every role, in reading order.
    pub const ALL: &'static [ColumnRole] = &[
        ColumnRole::GivenName,
        ColumnRole::Surname,
        ColumnRole::FullName,
        ColumnRole::Date,
        ColumnRole::Place,
        ColumnRole::Region,
        ColumnRole::Postcode,
        ColumnRole::HouseNumber,
        ColumnRole::Address,
        ColumnRole::Code,
        ColumnRole::Phone,
        ColumnRole::Mail,
        ColumnRole::Word,
        ColumnRole::Ignored,
    ];

    /// The word by which people name it.
    pub fn as_str(self) -> &'static str {
        match self {
            ColumnRole::GivenName => "given_name",
            ColumnRole::Surname => "surname",
            ColumnRole::FullName => "full_name",
            ColumnRole::Date => "date",
            ColumnRole::Place => "place",
            ColumnRole::Region => "region",
            ColumnRole::Postcode => "postcode",
            ColumnRole::HouseNumber => "house_number",
            ColumnRole::Address => "address",
            ColumnRole::Code => "code",
            ColumnRole::Phone => "phone",
            ColumnRole::Mail => "mail",
            ColumnRole::Word => "word",
            ColumnRole::Ignored => "ignored",
        }
    }
}

impl std::str::FromStr for ColumnRole {
    type Err = crate::codes::CodeError;

    fn from_str(text: &str) -> Result<ColumnRole, Self::Err> {
        let found = ColumnRole::ALL.iter().find(|role| role.as_str() == text.trim());
        found.copied().ok_or_else(|| crate::codes::CodeError::Shape {
            text: text.chars().take(40).collect(),
            wanted: "a role such as given_name, surname, date, postcode, code, word or ignored",
        })
    }
}

/// A column with what it was taken for, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnGuess {
    /// Header of the column.
    pub column: String,
    /// What it is taken for.
    pub role: ColumnRole,
    /// Why.
    pub because: &'static str,
}

const BY_HEADER: &str = "its header says so";
const PROTECTED: &str = "a protected trait of a person is never used";
const SAID_ALREADY: &str = "other columns say the same in parts";
const TOLD: &str = "it may say already who is one, so it is no evidence; map it to use it";
const NAMES_ROWS: &str = "it names rows";
const UNKNOWN: &str = "nothing says what it is; map it to use it";

/// Headers of columns in which somebody said already which rows are one.
const TOLD_HEADERS: [&str; 17] = [
    "cluster",
    "cluster_id",
    "entity",
    "entity_id",
    "group",
    "group_id",
    "label",
    "truth",
    "true_id",
    "true_entity",
    "match",
    "match_id",
    "is_match",
    "gold",
    "ent_id",
    "person_id",
    "dup_of",
];

/// Headers of columns that name rows.
const ROW_HEADERS: [&str; 10] =
    ["id", "rec_id", "record_id", "unique_id", "row_id", "uid", "index", "record", "row", "no"];

/// Words that say whose or which a column is, and not what it holds.
const BESIDE: [&str; 26] = [
    "person",
    "customer",
    "client",
    "applicant",
    "contact",
    "party",
    "patient",
    "member",
    "owner",
    "holder",
    "importer",
    "exporter",
    "consignee",
    "consignor",
    "buyer",
    "seller",
    "current",
    "home",
    "main",
    "primary",
    "fake",
    "clean",
    "std",
    "norm",
    "raw",
    "orig",
];

/// Words by which headers name protected traits of persons.
const TRAITS: [&str; 16] = [
    "birth_country",
    "country_of_birth",
    "gender",
    "sex",
    "nationality",
    "citizenship",
    "ethnicity",
    "ethnic",
    "race",
    "religion",
    "faith",
    "culture",
    "language",
    "age",
    "성별",
    "국적",
];

/// What headers call things, each list in lower case without blanks and dashes.
const HEADERS: &[(ColumnRole, &[&str])] = &[
    (
        ColumnRole::GivenName,
        &[
            "first_name",
            "firstname",
            "fname",
            "given_name",
            "givenname",
            "given_names",
            "forename",
            "forenames",
            "given",
            "first",
            "vorname",
            "prenom",
        ],
    ),
    (
        ColumnRole::Surname,
        &[
            "surname",
            "sur_name",
            "last_name",
            "lastname",
            "lname",
            "family_name",
            "familyname",
            "last",
            "nachname",
            "nom_de_famille",
            "apellido",
        ],
    ),
    (
        ColumnRole::FullName,
        &[
            "full_name",
            "fullname",
            "name",
            "person_name",
            "company",
            "company_name",
            "firm",
            "firm_name",
            "business_name",
            "organisation",
            "organization",
            "party_name",
            "first_and_surname",
            "이름",
            "성명",
            "상호",
            "회사명",
        ],
    ),
    (
        ColumnRole::Date,
        &[
            "dob",
            "date_of_birth",
            "birth_date",
            "birthdate",
            "birthday",
            "date_birth",
            "born",
            "born_on",
            "geburtsdatum",
            "registered_on",
            "registration_date",
            "founded_on",
            "생년월일",
        ],
    ),
    (
        ColumnRole::Place,
        &[
            "suburb",
            "city",
            "town",
            "place",
            "birth_place",
            "birthplace",
            "place_of_birth",
            "locality",
            "village",
            "parish",
            "residence",
            "ort",
            "ville",
            "출생지",
        ],
    ),
    (ColumnRole::Region, &["state", "province", "region", "county", "district", "country"]),
    (
        ColumnRole::Postcode,
        &[
            "postcode",
            "post_code",
            "postal_code",
            "postalcode",
            "plz",
            "zip",
            "zip_code",
            "zipcode",
            "postcode_fake",
            "우편번호",
        ],
    ),
    (
        ColumnRole::HouseNumber,
        &["street_number", "house_number", "housenumber", "street_no", "house_no", "streetnumber"],
    ),
    (
        ColumnRole::Address,
        &[
            "address",
            "address_1",
            "address_2",
            "address1",
            "address2",
            "street",
            "street_name",
            "street_address",
            "address_line_1",
            "address_line_2",
            "addr",
            "road",
            "strasse",
            "주소",
        ],
    ),
    (
        ColumnRole::Code,
        &[
            "soc_sec_id",
            "soc_sec",
            "social_security_id",
            "ssn_id",
            "nin",
            "ssn",
            "social_security_number",
            "national_id",
            "tax_id",
            "vat",
            "code",
            "pccc",
            "registration_number",
            "registration_no",
            "company_number",
            "business_number",
            "passport",
            "사업자번호",
            "통관고유부호",
        ],
    ),
    (
        ColumnRole::Phone,
        &["phone", "phone_number", "telephone", "tel", "mobile", "전화", "전화번호"],
    ),
    (ColumnRole::Mail, &["email", "mail", "e_mail", "email_address", "이메일"]),
    (ColumnRole::Word, &["occupation", "profession", "job", "trade", "title", "직업"]),
];

/// What each column of a table is taken for, by its header and some of its cells.
pub fn guess(headers: &[String], sample: &[Vec<String>]) -> Vec<ColumnGuess> {
    let mut guesses: Vec<ColumnGuess> = headers
        .iter()
        .enumerate()
        .map(|(n, header)| {
            let plain = plain(header);
            let cells = sample.iter().filter_map(|row| row.get(n)).map(String::as_str);
            let (role, because) = by_header(&plain).unwrap_or_else(|| by_content(cells));
            ColumnGuess { column: header.clone(), role, because }
        })
        .collect();
    // A name in parts says more than the same name whole, but only what the whole name has besides
    // its parts (a title, a further name) is not said already.
    let has = |role| guesses.iter().any(|guess: &ColumnGuess| guess.role == role);
    if has(ColumnRole::GivenName) && has(ColumnRole::Surname) {
        for guess in &mut guesses {
            if plain(&guess.column) == "first_and_surname" {
                (guess.role, guess.because) = (ColumnRole::Ignored, SAID_ALREADY);
            }
        }
    }
    guesses
}

fn plain(header: &str) -> String {
    let trimmed = header.trim().trim_start_matches('\u{feff}');
    trimmed.to_lowercase().replace([' ', '-', '.'], "_")
}

fn by_header(plain: &str) -> Option<(ColumnRole, &'static str)> {
    let words = || plain.split('_');
    if words().any(|word| TRAITS.contains(&word)) || TRAITS.contains(&plain) {
        return Some((ColumnRole::Ignored, PROTECTED));
    }
    if TOLD_HEADERS.contains(&plain) {
        return Some((ColumnRole::Ignored, TOLD));
    }
    if ROW_HEADERS.contains(&plain) {
        return Some((ColumnRole::Ignored, NAMES_ROWS));
    }
    let known = |header: &str| HEADERS.iter().find(|(_, names)| names.contains(&header));
    let bare: Vec<&str> = words().filter(|word| !BESIDE.contains(word)).collect();
    let found = known(plain).or_else(|| known(&bare.join("_")));
    found.map(|(role, _)| (*role, BY_HEADER))
}

/// A column whose header says nothing: only what is plain from its cells is used.
fn by_content<'a>(cells: impl Iterator<Item = &'a str>) -> (ColumnRole, &'static str) {
    let filled: Vec<&str> = cells.map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let share = |of: fn(&str) -> bool| {
        let n = filled.iter().filter(|cell| of(cell)).count();
        filled.len() >= 20 && n * 10 >= filled.len() * 9
    };
    if share(|cell| cell.contains('@') && cell.contains('.')) {
        return (ColumnRole::Mail, "its cells are mail addresses");
    }
    if share(|cell| {
        let parts: Vec<&str> = cell.split(['-', '/', '.']).collect();
        let digits = |part: &&str| part.bytes().all(|sign| sign.is_ascii_digit());
        let written =
            parts.len() == 3 && parts.iter().all(digits) && cell.len() >= 8 && cell.len() <= 10;
        // Or eight digits with a year, a month and a day in them.
        let run = cell.len() == 8
            && digits(&cell)
            && ("15".."21").contains(&&cell[..2])
            && ("01"..="12").contains(&&cell[4..6])
            && ("01"..="31").contains(&&cell[6..]);
        written || run
    }) {
        return (ColumnRole::Date, "its cells are dates");
    }
    (ColumnRole::Ignored, UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_what_columns_hold_and_traits_are_left_out() {
        let headers = [
            "first_name",
            "Surname",
            "DOB",
            "gender",
            "postcode_fake",
            "first_and_surname",
            "full_name",
            "cluster",
            "soc_sec_id",
        ];
        let headers = headers.map(str::to_owned);
        let roles: Vec<&str> =
            guess(&headers, &[]).iter().map(|guess| guess.role.as_str()).collect();
        assert_eq!(
            roles,
            [
                "given_name",
                "surname",
                "date",
                "ignored",
                "postcode",
                "ignored",
                "full_name",
                "ignored",
                "code"
            ]
        );
    }

    #[test]
    fn who_is_one_already_is_no_evidence_and_headers_may_say_more_than_what_they_hold() {
        let headers = ["cluster", "rec_id", "applicant_surname", "Given Names", "birth_country"];
        let guesses = guess(&headers.map(str::to_owned), &[]);
        let because: Vec<(&str, &str)> =
            guesses.iter().map(|guess| (guess.role.as_str(), guess.because)).collect();
        assert_eq!(
            because,
            [
                ("ignored", TOLD),
                ("ignored", NAMES_ROWS),
                ("surname", BY_HEADER),
                ("given_name", BY_HEADER),
                ("ignored", PROTECTED),
            ]
        );
    }
}
