//! The names under which forms say things. Every operator's system has its own; they are compared
//! as lower-case letters and digits, so that `addressLine1`, `address_line_1` and `Address Line 1`
//! are one. What each name does is in `form.rs`.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::LazyLock;

/// What a form says of the whole item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum OfForm {
    Item,
    /// A number that may be the item's, where no other is.
    Perhaps,
    Class,
    Nature,
    Function,
    Lodged,
    Office,
    Gross,
    Worth,
    Currency,
    WeightUnit,
    Postage,
    PostageCurrency,
    Invoice,
    Licence,
    Certificate,
    Dispatch,
    Receptacle,
    Master,
    From,
    To,
    Test,
    Sender,
    Recipient,
}

/// What it says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum OfPerson {
    Name,
    First,
    Last,
    Company,
    Address,
    City,
    Region,
    Post,
    Country,
    Phone,
    Mail,
    Code,
}

/// What it says of a piece of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum OfPiece {
    Description,
    Quantity,
    Net,
    Gross,
    Worth,
    /// The worth of one of so many.
    Price,
    Currency,
    Hs,
    Origin,
    WeightUnit,
}

/// Who a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Sender,
    Addressee,
}

const FORM: &[(OfForm, &str)] = &[
    (
        OfForm::Item,
        "item itemid itemno itemnumber itemidentifier itemcode barcode s10 s10code s10barcode \
         s10number trackingnumber trackingno trackingid tracking trackingcode parcelid parcelno \
         parcelnumber postalitem postalitemid postalitemno mailitem mailitemid mailitemno \
         articleid articlenumber waybill waybillno waybillnumber hawb hawbno housebill upuid \
         우편물번호 등기번호 송장번호 운송장번호 바코드",
    ),
    (OfForm::Perhaps, "id identifier reference ref number no"),
    (
        OfForm::Class,
        "class mailclass itemclass handlingclass handlingclasscd mailclasscd mailcategory service \
         servicecode producttype itemtype mailtype 우편물종류 종별",
    ),
    (
        OfForm::Nature,
        "nature natureofcontents natureofcontent natureoftransaction naturetype naturetypecd \
         category categoryofitem contentstype contenttype itemcategory transactiontype reason \
         reasonforexport exportreason purpose 내용품유형 내용품종류 거래유형 용도",
    ),
    (OfForm::Function, "function messagefunction functioncode"),
    (
        OfForm::Lodged,
        "lodged lodgedat lodgedon lodgementdate date postingdate postedat posted posteddate \
         dateofposting acceptancedate acceptancedatetime acceptedat accepteddate createdat created \
         issuedate issuedat messagedate messagedatetime preparationdatetime 접수일자 접수일 접수일시 \
         발송일자 발송일",
    ),
    (
        OfForm::Office,
        "office officecode customsoffice destinationoffice officeofdestination 통관우체국 세관",
    ),
    (
        OfForm::Gross,
        "gross grossweight grossmass totalweight totalgrossweight totalmass itemweight weight mass \
         weightgross weighttotal 총중량 중량 무게",
    ),
    (
        OfForm::Worth,
        "value totalvalue declaredvalue totaldeclaredvalue customsvalue totalamount valuetotal \
         총가격 총금액",
    ),
    (OfForm::Currency, "currency currencycode 통화 통화코드"),
    (OfForm::WeightUnit, "weightunit massunit unitofweight weightuom weightunitcode"),
    (OfForm::Postage, "postage postagepaid postagefee postalcharges 우편요금"),
    (OfForm::PostageCurrency, "postagecurrency"),
    (OfForm::Invoice, "invoice invoiceno invoicenumber 인보이스번호"),
    (OfForm::Licence, "licence license licenceno licencenumber licensenumber licenseno 허가번호"),
    (OfForm::Certificate, "certificate certificateno certificatenumber 증명서번호"),
    (OfForm::Dispatch, "dispatch dispatchid dispatchno despatch despatchid despatchno 발송번호"),
    (OfForm::Receptacle, "receptacle receptacleid receptacleno bagid 용기번호"),
    (OfForm::Master, "mawb mawbno masterbill masterawb"),
    (
        OfForm::From,
        "exportcountry countryofdispatch dispatchcountry sendingcountry 발송국가 발송국",
    ),
    (OfForm::To, "destinationcountry destination destcountry countryofdestination 도착국가 도착국"),
    (OfForm::Test, "test testindicator istest"),
    (OfForm::Sender, "senderid messagesender originoperator"),
    (OfForm::Recipient, "recipientid messagerecipient destinationoperator"),
];

const PERSON: &[(OfPerson, &str)] = &[
    (OfPerson::Name, "name fullname contactname personname person contactperson 성명 이름 상호 명"),
    (OfPerson::First, "firstname givenname forename first"),
    (OfPerson::Last, "lastname familyname surname last"),
    (
        OfPerson::Company,
        "company companyname organisation organization businessname business 회사 회사명",
    ),
    (
        OfPerson::Address,
        "address addresses addr address1 address2 address3 street street1 street2 streetname \
         streetaddress streetandnumber addressline addressline1 addressline2 addressline3 \
         addresslines line lines line1 line2 line3 postaladdress premise thoroughfare housenumber \
         주소 상세주소",
    ),
    (OfPerson::City, "city town cityname locality 도시"),
    (OfPerson::Region, "region state province stateorprovince county subdivision district"),
    (OfPerson::Post, "postcode postalcode zip zipcode postcodeid 우편번호"),
    (OfPerson::Country, "country countrycode countryiso countryid countrycd 국가 국가코드"),
    (
        OfPerson::Phone,
        "phone phones tel telephone telephonenumber telephoneno phonenumber phoneno mobile \
         mobilephone mobilenumber cell contactnumber 전화번호 전화 연락처 휴대폰 휴대전화",
    ),
    (OfPerson::Mail, "mail mails email emails emailaddress mailaddress 이메일 전자우편"),
    (
        OfPerson::Code,
        "code customscode id taxid taxnumber vat vatnumber eori importerreference customsreference \
         pccc personalcustomscode 개인통관고유부호 통관부호 사업자번호 사업자등록번호",
    ),
];

const PIECE: &[(OfPiece, &str)] = &[
    (
        OfPiece::Description,
        "description desc contentdescription contentsdescription goodsdescription itemdescription \
         detaileddescription contentdesc name productname itemname title content contents \
         commodity 품명 내용품명 내용품 물품명 상품명",
    ),
    (
        OfPiece::Quantity,
        "quantity qty count number units numberofunits numberofpieces pieces unitcount 수량 개수",
    ),
    (OfPiece::Net, "net netweight netmass weight mass itemweight weightnet 순중량 중량 무게"),
    (OfPiece::Gross, "gross grossweight grossmass weightgross 총중량"),
    (
        OfPiece::Worth,
        "value declaredvalue customsvalue amount price totalvalue totalprice itemvalue itemprice \
         가격 금액 신고가격",
    ),
    (OfPiece::Price, "unitprice unitvalue 단가"),
    (OfPiece::Currency, "currency currencycode valuecurrency 통화 통화코드"),
    (
        OfPiece::Hs,
        "hs hscode hs6 hscode6 hsno hsnumber hstariffnumber hstariff tariff tariffno tariffnumber \
         tariffcode tariffheading commoditycode hts htscode 세번 hs코드 hs부호 품목번호 세번부호",
    ),
    (
        OfPiece::Origin,
        "origin origincountry countryoforigin origincountrycode origincountrycd \
         countryoforigincode madein country 원산지 원산지국가",
    ),
    (OfPiece::WeightUnit, "weightunit massunit unitofweight weightuom weightunitcode"),
];

/// Longer words first, since a name may begin with several of them.
const WHO: &[(Who, &str)] = &[
    (
        Who::Sender,
        "senderparty senderdetails senderinfo sender shipper consignor exporter mailer seller from \
         발송인 송하인 보내는사람 보내는분 판매자",
    ),
    (
        Who::Addressee,
        "addresseeparty addressee recipientparty recipientdetails recipient receiverdetails \
         receiver consignee importer deliverto buyer to 수취인 수하인 받는사람 받는분 수령인",
    ),
];

/// Lists of what is in an item.
const PIECES: &str = "pieces contentpieces contentpiece contents content contentitems items item \
     itemlines goods goodsitems goodslist lines lineitems articles products customsitems \
     customsdeclaration customsdeclarations declarationlines commodities parts 내용품 내용품목록 \
     물품 물품목록 품목 품목목록 내용물 상품 상품목록";

/// By each of its words, what is meant.
type Words<T> = LazyLock<HashMap<&'static str, T>>;

fn index<T: Copy>(table: &[(T, &'static str)]) -> HashMap<&'static str, T> {
    let mut index = HashMap::new();
    for (what, words) in table {
        index.extend(words.split_whitespace().map(|word| (word, *what)));
    }
    index
}

static OF_FORM: Words<OfForm> = LazyLock::new(|| index(FORM));
static OF_PERSON: Words<OfPerson> = LazyLock::new(|| index(PERSON));
static OF_PIECE: Words<OfPiece> = LazyLock::new(|| index(PIECE));

pub(super) fn of_form(name: &str) -> Option<OfForm> {
    OF_FORM.get(name).copied()
}

pub(super) fn of_person(name: &str) -> Option<OfPerson> {
    OF_PERSON.get(name).copied()
}

pub(super) fn of_piece(name: &str) -> Option<OfPiece> {
    OF_PIECE.get(name).copied()
}

/// Who is named by a member that holds a person.
pub(super) fn who(name: &str) -> Option<Who> {
    let is = |words: &str| words.split_whitespace().any(|word| word == name);
    WHO.iter().find(|(_, words)| is(words)).map(|(who, _)| *who)
}

/// Who, and what of that person, in one name such as `senderCity`.
pub(super) fn who_and_what(name: &str) -> Option<(Who, OfPerson)> {
    let words = WHO.iter().flat_map(|(who, words)| words.split_whitespace().map(move |w| (who, w)));
    let mut found = words.filter_map(|(who, word)| {
        let rest = name.strip_prefix(word)?;
        Some((*who, of_person(rest)?))
    });
    found.next()
}

/// Whether a member holds what is in the item.
pub(super) fn is_pieces(name: &str) -> bool {
    PIECES.split_whitespace().any(|word| word == name)
}

/// A name without the unit or currency at its end, and that end.
pub(super) fn without_unit(name: &str) -> Option<(&str, &str)> {
    const UNITS: [&str; 6] = ["kilograms", "grams", "gram", "kgs", "kg", "g"];
    const MONEY: [&str; 8] = ["usd", "eur", "krw", "gbp", "cny", "jpy", "chf", "sdr"];
    let mut ends = UNITS.iter().chain(&MONEY);
    ends.find_map(|unit| Some((name.strip_suffix(unit)?, *unit))).filter(|(stem, _)| stem.len() > 2)
}
