//! Names as tables: two names, and whether they are one.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(kind: Kind, table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [left, right, verdict] = cells[..] else { panic!("three cells: {line}") };
        let found = compare(left, right, Some(kind));
        let same = found.probability >= 0.5;
        assert_eq!(same, verdict == "same", "{line}: {:.3} {}", found.probability, found.why());
    }
}

#[test]
fn persons_are_known_in_any_script_and_order() {
    check(
        Kind::Person,
        "Kim Jong Un            | 김정은                            | same
         Kim Jong-un            | Gim Jeong-eun                     | same
         Kim Jong Un            | 金正恩                            | same
         KIM, Jong Un           | Kim Jong Il                       | apart
         Lee Seol-ju            | Ri Sol Ju                         | same
         Park Young-sik         | Pak Yong Sik                      | same
         Choe Ryong Hae         | 최룡해                            | same
         Xi Jinping             | 习近平                            | same
         Xi Jinping             | Jinping XI                        | same
         Sergey Lavrov          | Сергей Викторович Лавров          | same
         Sergey Lavrov          | LAWROW, Sergej                    | same
         Viktor Bout            | Alla Bout                         | apart
         Muammar Gaddafi        | Moammar Qadhafi                   | same
         Muammar al-Gaddafi     | معمر القذافي                      | same
         Osama bin Laden        | Hamza bin Laden                   | apart
         Friedrich Lürßen       | Friedrich Luerssen                | same
         John Smith             | J. Smith                          | same
         John Smith             | Jane Smith                        | apart
         Thaksin Shinawatra     | ทักษิณ ชินวัตร                      | same
         Arkady Rotenberg       | Boris Rotenberg                   | apart
         Nguyễn Phú Trọng       | NGUYEN PHU TRONG                  | same",
    );
}

#[test]
fn japanese_names_are_read_as_such() {
    check(
        Kind::Person,
        "田中太郎               | Tanaka Taro                       | same
         田中太郎               | TARO TANAKA                       | same
         佐々木 健一            | Sasaki, Ken-ichi                  | same
         山口 裕子              | Yamaguchi Yuko                    | same
         山口 裕子              | Hiroko Yamaguchi                  | same
         斉藤さくら             | Saito Sakura                      | same
         サトウ タロウ          | 佐藤太郎                          | same
         小林 直樹              | Kobayashi Shigeru                 | apart
         田中太郎               | Takahashi Taro                    | apart
         陈太郎                 | Tanaka Taro                       | apart",
    );
}

#[test]
fn what_is_easily_mistaken_is_told_apart() {
    check(
        Kind::Person,
        "Mohammed Al-Qadhafi    | Muammar Gaddafi                   | apart
         Muammar Al-Qadhafi     | Moammar Gaddafi                   | same
         Jürgen Müller          | Juergen Mueller                   | same
         Kim Chol-su            | Chol-su Kim                       | same
         Hong Ji Hun            | C. Jun                            | apart",
    );
}

#[test]
fn company_forms_carry_no_evidence_and_rare_words_do() {
    check(
        Kind::Organization,
        "OAO Gazprom            | Gazprom PJSC                      | same
         ПАО Газпром            | Gazprom                           | same
         Huawei Technologies Co., Ltd. | 华为技术有限公司             | same
         Samsung Electronics    | 삼성전자 주식회사                 | same
         Blue Sky Trading LLC   | Blue Sky Shipping LLC             | apart
         Fabriq LLC 1           | Fabriq LLC 2                      | apart
         Factory No. 5          | Factory 5                         | same
         Deutsche Bank AG       | Deutsche Bahn AG                  | apart
         Xanal Shipping LLC     | XANAL SHIPPING LIMITED LIABILITY COPANY | same
         Gazinvest Security Ltd | GAZINVEST SECURITY, COMPANY LIMIED | same
         Lee Fund Incorpoated   | Lee Fund                          | same
         Limitec Shipping       | Limited Shipping                  | apart
         Smith & Sons Ltd       | Smith and Sons Limited            | same
         Islamic Republic of Iran Shipping Lines | IRISL            | same
         Crystalord Ltd         | CRYSTALORD LIMITED                | same
         Crystalord Technolgy   | Crystalord Technology Ltd         | same
         Crystalord Technolgy   | Crystalord Shipping               | apart",
    );
}

#[test]
fn kinds_are_called_by_the_words_of_many_tools() {
    for (word, kind) in [
        ("Person", Some(Kind::Person)),
        ("PER", Some(Kind::Person)),
        ("natural person", Some(Kind::Person)),
        ("Company", Some(Kind::Organization)),
        ("ORG", Some(Kind::Organization)),
        ("Public_Body", Some(Kind::Organization)),
        ("Vessel", Some(Kind::Vessel)),
        ("LegalEntity", None),
        ("", None),
    ] {
        assert_eq!(Kind::of_schema(word), kind, "{word}");
    }
}

#[test]
fn numbers_of_vessels_must_agree() {
    check(
        Kind::Vessel,
        "MV Ocean Star          | Ocean Star                        | same
         Ocean Star 1           | Ocean Star 2                      | apart
         Ocean Star II          | OCEAN STAR 2                      | same
         Chong Chon Gang        | Chongchongang                     | same",
    );
}

#[test]
fn why_names_the_words() {
    let found = compare("Kim Chol-su", "KIM Chul Soo", Some(Kind::Person));
    assert_eq!(found.why(), "agree: kim, chol~chul, su~soo");
    let found = compare("Hanbit Trading", "Hanbit Shipping", Some(Kind::Organization));
    assert_eq!(found.why(), "agree: hanbit; only left: trading; only right: shipping");
}

#[test]
fn a_persons_country_says_nothing() {
    let found = compare("John Smith", "Jon Smith", Some(Kind::Person));
    assert_eq!(found.clone().placed(Kind::Person, "kr", "gb"), found);
    let found = compare("Hanbit", "Hanbit Ltd", Some(Kind::Organization));
    assert!(found.clone().placed(Kind::Organization, "kr", "gb").probability < found.probability);
}

proptest! {
    #[test]
    fn any_two_texts_have_a_chance_between(left in "\\PC{0,60}", right in "\\PC{0,60}") {
        for kind in Kind::ALL {
            let (one, other) = (Name::of(&left, *kind), Name::of(&right, *kind));
            let found = one.compare(&other);
            prop_assert!(found.probability > 0.0 && found.probability < 1.0);
            prop_assert!((other.probability(&one) - found.probability).abs() < 0.35);
        }
    }

    #[test]
    fn a_name_is_most_like_itself(name in "[A-Z][a-z]{3,9} [A-Z][a-z]{3,9}") {
        prop_assert!(compare(&name, &name, Some(Kind::Person)).probability > 0.8);
    }
}
