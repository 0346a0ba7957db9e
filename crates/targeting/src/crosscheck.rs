//! Cross-checks: what several messages say of the same box, bill or voyage, held against each
//! other. A box is sighted by load lists, stowage plans, quays and gates; a declaration that they
//! contradict is worth an officer's look, and so is one that they should name and do not. It
//! takes no part in a score; rules take the checks by their codes. Loading what others said is the
//! office's work (`store/sightings.rs`).

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::codes::{Mass, UnLocode};
use crate::consignment::{Consignment, Direction, Equipment, Route};
use crate::history::hash_bytes;
use crate::words;

/// Which list or event a box was seen in, in the order in which a box meets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// A booking, release or pick-up order (COPARN, COREOR, COPINO).
    Order,
    /// A weighing for the verified gross mass (VERMAS).
    Weighing,
    /// The list of what is to be loaded or discharged (COPRAR).
    List,
    /// The stowage plan of a ship (BAPLIE, MOVINS).
    Stowage,
    /// What was loaded or discharged at the quay (COARRI).
    Quay,
    /// What passed the gate of a terminal (CODECO).
    Gate,
}
words!(
    Sight,
    "a sight: order, weighing, list, stowage, quay or gate",
    Order = "order",
    Weighing = "weighing",
    List = "list",
    Stowage = "stowage",
    Quay = "quay",
    Gate = "gate",
);

impl Sight {
    /// The sight that a kind of message gives, by the source that its consignments carry.
    pub fn of_source(source: &str) -> Option<Sight> {
        Some(match source {
            "edifact-coparn" | "edifact-coreor" | "edifact-copino" => Sight::Order,
            "edifact-vermas" => Sight::Weighing,
            "edifact-coprar" => Sight::List,
            "edifact-baplie" | "edifact-movins" => Sight::Stowage,
            "edifact-coarri" => Sight::Quay,
            "edifact-codeco" => Sight::Gate,
            _ => return None,
        })
    }

    /// What it is called, in Korean and English.
    pub fn said(self) -> (&'static str, &'static str) {
        match self {
            Sight::Order => ("반출입 지시", "order"),
            Sight::Weighing => ("계량(VERMAS)", "weighing (VERMAS)"),
            Sight::List => ("적양하 목록(COPRAR)", "load list (COPRAR)"),
            Sight::Stowage => ("선적 배치도(BAPLIE)", "stowage plan (BAPLIE)"),
            Sight::Quay => ("적양하 보고(COARRI)", "quay report (COARRI)"),
            Sight::Gate => ("게이트 보고(CODECO)", "gate report (CODECO)"),
        }
    }
}

/// A box as one message saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// Number of the box, in upper case and without blanks.
    pub unit: CompactString,
    /// In what it was seen.
    pub sight: Sight,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Voyage number.
    #[serde(default, skip_serializing_if = "CompactString::is_empty")]
    pub voyage: CompactString,
    /// Name of the vessel.
    #[serde(default, skip_serializing_if = "CompactString::is_empty")]
    pub vessel: CompactString,
    /// Number of the vessel: IMO number or call sign.
    #[serde(default, skip_serializing_if = "CompactString::is_empty")]
    pub vessel_id: CompactString,
    /// Where it is loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loading: Option<UnLocode>,
    /// Where it is discharged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge: Option<UnLocode>,
    /// Seals as written, placeholders too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<CompactString>,
    /// Gross mass of the box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_mass_g: Option<Mass>,
    /// Verified gross mass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_mass_g: Option<Mass>,
    /// True when it is said to be empty.
    #[serde(default)]
    pub empty: bool,
    /// Which way the box passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Whether it was scanned; none when nothing is said of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned: Option<bool>,
    /// True when the message withdraws what was said before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

impl Sighting {
    /// What a movement message says of its box; none for other messages, and without a number.
    pub fn of(moved: &Consignment) -> Option<Sighting> {
        let sight = Sight::of_source(&moved.source)?;
        let unit = moved.equipment.first().filter(|unit| !unit.number.is_empty())?;
        let documents = &moved.documents;
        let scans = || documents.notes.iter().filter(|note| note.kind.starts_with("FTX SCAN"));
        let not = documents.signs.iter().any(|sign| sign == "not_scanned");
        Some(Sighting {
            unit: unit.number.clone(),
            sight,
            at: moved.arrived_at,
            voyage: moved.route.voyage.clone(),
            vessel: moved.route.conveyance.clone(),
            vessel_id: moved.route.conveyance_id.clone(),
            loading: moved.route.loading,
            discharge: moved.route.discharge,
            seals: unit.seals.clone(),
            gross_mass_g: unit.gross_mass_g,
            verified_mass_g: unit.verified_mass_g,
            empty: unit.empty,
            direction: unit.direction,
            scanned: scans().next().map(|_| !not),
            withdrawn: documents.cancelled,
        })
    }

    /// Opaque keys of the voyage, by the vessel's name and by its number.
    pub fn voyage_keys(&self) -> [Option<u64>; 2] {
        voyage_keys(&self.voyage, &self.vessel, &self.vessel_id)
    }

    fn mass(&self) -> Option<Mass> {
        self.verified_mass_g.or(self.gross_mass_g).filter(|mass| mass.0 > 0)
    }
}

/// Opaque keys of a consignment's voyage, by the vessel's name and by its number.
pub fn voyages(route: &Route) -> [Option<u64>; 2] {
    voyage_keys(&route.voyage, &route.conveyance, &route.conveyance_id)
}

/// A voyage number alone is used by many ships, so it counts with the ship only.
fn voyage_keys(voyage: &str, vessel: &str, vessel_id: &str) -> [Option<u64>; 2] {
    let voyage = folded(voyage);
    let voyage = voyage.trim_start_matches('0');
    let key = |kind: char, ship: &str| {
        let ship = folded(ship);
        let whole = !voyage.is_empty() && ship.len() >= 3;
        whole.then(|| hash_bytes(format!("{kind}{voyage}\u{1f}{ship}").as_bytes()))
    };
    [key('n', vessel), key('i', vessel_id)]
}

/// Letters and digits in upper case.
fn folded(text: &str) -> CompactString {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// What is known of the lists of a voyage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Which list.
    pub sight: Sight,
    /// Boxes on it.
    pub units: u64,
    /// Of those, with the result of a scan.
    pub scanned: u64,
}

/// What the houses under a master come to, and what the master says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Packages that the master states, and those of its houses.
    pub packages: Option<(u64, u64)>,
    /// Gross mass likewise, in grams.
    pub grams: Option<(i64, i64)>,
}

/// All that others said around one consignment.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Sightings of its boxes.
    pub sightings: Vec<Sighting>,
    /// The lists of its voyage that were received.
    pub lists: Vec<Listed>,
    /// Its boxes that other consignments lie in too, so that no mass of the box is its own.
    pub shared: Vec<CompactString>,
    /// The houses under its master.
    pub houses: Totals,
}

/// A check that messages are put to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// A seal was another one later on.
    SealChanged,
    /// A seal was there, and later a placeholder stands in its place.
    SealGone,
    /// The declared seal was on the box at no time.
    SealUnlikeDeclared,
    /// A list of the voyage does not name a declared box.
    NotListed,
    /// The declared mass cannot be that of the box when it was weighed.
    MassUnlikeDeclared,
    /// The box changed its mass on the way.
    MassChanged,
    /// Empty for one, full for another.
    FullnessUnlike,
    /// Discharged elsewhere than declared.
    DischargedElsewhere,
    /// Declared for import, moved as transhipment.
    Transhipped,
    /// Not scanned, where others of the plan were.
    NotScanned,
    /// The houses do not add up to their master.
    HousesUnlikeMaster,
}
words!(
    Check,
    "the code of a cross-check, such as seal_changed",
    SealChanged = "seal_changed",
    SealGone = "seal_gone",
    SealUnlikeDeclared = "seal_unlike_declared",
    NotListed = "not_listed",
    MassUnlikeDeclared = "mass_unlike_declared",
    MassChanged = "mass_changed",
    FullnessUnlike = "fullness_unlike",
    DischargedElsewhere = "discharged_elsewhere",
    Transhipped = "transhipped",
    NotScanned = "not_scanned",
    HousesUnlikeMaster = "houses_unlike_master",
);

/// Two statements that cannot both hold, or one that should be there and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Which check tells it.
    pub check: Check,
    /// The box, or the master bill.
    pub about: CompactString,
    /// It in a sentence, in Korean and English.
    pub said: (String, String),
}

/// A mass of an empty box, at most: 45 feet with a cooler.
const HEAVIEST_BOX_G: i64 = 6_000_000;
/// Masses that differ by less are the same: scales, fuel, ice.
const SAME_G: i64 = 500_000;
/// And so are those that differ by less than this share of the larger.
const SAME_SHARE: f64 = 0.05;
/// Boxes of a plan with a scanner's result from which on one without says something.
const SCANNED_SHARE: f64 = 0.5;
/// Boxes of a list from which on it is taken for the whole list.
const WHOLE_LIST: u64 = 2;

/// Everything in which a consignment is contradicted by what others said, by box and check.
pub fn judge(consignment: &Consignment, around: &Around) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for unit in &consignment.equipment {
        let mut seen: Vec<&Sighting> =
            around.sightings.iter().filter(|one| one.unit == unit.number).collect();
        seen.sort_by_key(|one| (one.at, one.sight));
        // What was withdrawn takes what that list said before with it.
        while let Some(place) = seen.iter().position(|one| one.withdrawn) {
            let (sight, at) = (seen[place].sight, seen[place].at);
            seen.retain(|one| one.sight != sight || one.at > at);
        }
        seals(unit, &seen, &mut found);
        fullness(unit, &seen, &mut found);
        masses(unit, &seen, &mut found);
        ways(consignment, &seen, &mut found);
        lists(unit, &seen, &around.lists, &mut found);
    }
    declared_mass(consignment, around, &mut found);
    houses(consignment, around.houses, &mut found);
    found
}

fn told(
    check: Check,
    about: &CompactString,
    ko: String,
    en: String,
    found: &mut Vec<Contradiction>,
) {
    let said = (ko, en);
    found.push(Contradiction { check, about: about.clone(), said });
}

/// A seal number that stands for none.
pub fn is_placeholder_seal(seal: &str) -> bool {
    const FILLERS: [&str; 18] = [
        "NA", "N/A", "TBA", "TBN", "TBC", "NIL", "NONE", "UNKNOWN", "XXX", "DUMMY", "TEST", "SM",
        "SN", "NOSEAL", "SEAL", "123", "1234", "12345",
    ];
    let seal = seal.trim().to_ascii_uppercase();
    let same = seal.bytes().all(|byte| Some(&byte) == seal.as_bytes().first());
    seal.len() <= 2 || same || seal == "123456" || FILLERS.contains(&seal.as_str())
}

/// Seals that are numbers and not placeholders.
fn real(seals: &[CompactString]) -> Vec<CompactString> {
    seals.iter().filter(|seal| !is_placeholder_seal(seal)).map(|seal| folded(seal)).collect()
}

/// Whether two numbers are of one seal: carriers put letters before those that others leave out.
fn same_seal(one: &str, other: &str) -> bool {
    let bare = |seal: &str| seal.trim_start_matches('0').len() >= 5;
    one == other || bare(one) && other.ends_with(one) || bare(other) && one.ends_with(other)
}

fn share(one: &[CompactString], other: &[CompactString]) -> bool {
    one.iter().any(|seal| other.iter().any(|known| same_seal(seal, known)))
}

fn seals(unit: &Equipment, seen: &[&Sighting], found: &mut Vec<Contradiction>) {
    let mut before: Option<(Sight, Vec<CompactString>)> = None;
    for one in seen {
        let now = real(&one.seals);
        let (ko, en) = one.sight.said();
        match &before {
            Some((earlier, seals)) if !now.is_empty() && !share(seals, &now) => {
                let ((was_ko, was_en), was) = (earlier.said(), seals.join(", "));
                let now = now.join(", ");
                told(
                    Check::SealChanged,
                    &unit.number,
                    format!("봉인이 바뀌었습니다: {was_ko}에는 {was}, {ko}에는 {now}."),
                    format!("The seal changed: {was} in the {was_en}, {now} in the {en}."),
                    found,
                );
            }
            Some((earlier, seals)) if now.is_empty() && !one.seals.is_empty() => {
                let ((was_ko, was_en), was) = (earlier.said(), seals.join(", "));
                let now = one.seals.join(", ");
                told(
                    Check::SealGone,
                    &unit.number,
                    format!("{was_ko}의 봉인 {was} 자리에 {ko}에는 ‘{now}’라고만 적혀 있습니다."),
                    format!("Where the {was_en} has seal {was}, the {en} says only “{now}”."),
                    found,
                );
            }
            _ => {}
        }
        if !now.is_empty() {
            before = Some((one.sight, now));
        }
    }
    let declared = real(&unit.seals);
    let sealed: Vec<CompactString> = seen.iter().flat_map(|one| real(&one.seals)).collect();
    if !declared.is_empty() && !sealed.is_empty() && !share(&declared, &sealed) {
        let (declared, sealed) = (declared.join(", "), sealed[0].clone());
        told(
            Check::SealUnlikeDeclared,
            &unit.number,
            format!("신고한 봉인 {declared}은 어느 보고에도 없습니다. 보고된 봉인: {sealed}."),
            format!("The declared seal {declared} is in no report; they have {sealed}."),
            found,
        );
    }
}

fn fullness(unit: &Equipment, seen: &[&Sighting], found: &mut Vec<Contradiction>) {
    let Some(other) = seen.iter().rev().find(|one| one.empty != unit.empty) else { return };
    let (ko, en) = other.sight.said();
    let (ko, en) = match other.empty {
        true => (
            format!("적재로 신고되었으나 {ko}에는 공컨테이너입니다."),
            format!("Declared full; the {en} says empty."),
        ),
        false => (
            format!("공컨테이너로 신고되었으나 {ko}에는 적재입니다."),
            format!("Declared empty; the {en} says full."),
        ),
    };
    told(Check::FullnessUnlike, &unit.number, ko, en, found);
}

fn apart(one: Mass, other: Mass) -> bool {
    let by = (one.0 - other.0).abs();
    by > SAME_G && by as f64 > SAME_SHARE * one.0.max(other.0) as f64
}

fn masses(unit: &Equipment, seen: &[&Sighting], found: &mut Vec<Contradiction>) {
    let mut before: Option<(Sight, Mass)> = None;
    for one in seen {
        let Some(mass) = one.mass() else { continue };
        if let Some((earlier, was)) = before
            && apart(was, mass)
        {
            let ((was_ko, was_en), (ko, en)) = (earlier.said(), one.sight.said());
            let (was, now) = (was.kg(), mass.kg());
            told(
                Check::MassChanged,
                &unit.number,
                format!("무게가 바뀌었습니다: {was_ko} {was:.0} kg, {ko} {now:.0} kg."),
                format!("The mass changed: {was:.0} kg in the {was_en}, {now:.0} kg in the {en}."),
                found,
            );
        }
        before = Some((one.sight, mass));
    }
}

fn ways(consignment: &Consignment, seen: &[&Sighting], found: &mut Vec<Contradiction>) {
    let Some(last) = seen.iter().rev().find(|one| one.discharge.is_some()) else { return };
    let (ko, en) = last.sight.said();
    if let (Some(declared), Some(actual)) = (consignment.route.discharge, last.discharge)
        && declared != actual
    {
        told(
            Check::DischargedElsewhere,
            &last.unit,
            format!("양하지가 {declared}로 신고되었으나 {ko}에는 {actual}입니다."),
            format!("Declared for discharge at {declared}; the {en} says {actual}."),
            found,
        );
    }
    let moved = seen.iter().rev().find(|one| one.direction == Some(Direction::Transhipment));
    if let (Direction::Import, Some(moved)) = (consignment.direction, moved) {
        let (ko, en) = moved.sight.said();
        told(
            Check::Transhipped,
            &moved.unit,
            format!("수입으로 신고되었으나 {ko}에는 환적입니다."),
            format!("Declared for import; the {en} moves it as transhipment."),
            found,
        );
    }
}

fn lists(unit: &Equipment, seen: &[&Sighting], lists: &[Listed], found: &mut Vec<Contradiction>) {
    for list in lists {
        let (ko, en) = list.sight.said();
        let named = seen.iter().find(|one| one.sight == list.sight);
        let n = list.units;
        // A gate lists what passed so far, and an order one box: no list of a voyage.
        let whole = matches!(list.sight, Sight::List | Sight::Stowage | Sight::Quay);
        if whole && named.is_none() && n >= WHOLE_LIST {
            told(
                Check::NotListed,
                &unit.number,
                format!("이 항차의 {ko}에는 컨테이너 {n}개가 있으나 이 컨테이너는 없습니다."),
                format!("The {en} of this voyage has {n} boxes, and not this one."),
                found,
            );
        }
        let Some(named) = named else { continue };
        let scans = list.scanned as f64 >= SCANNED_SHARE * n as f64 && list.scanned > 0;
        let unscanned = named.scanned == Some(false) || named.scanned.is_none() && scans;
        if list.sight == Sight::Stowage && unscanned && !named.empty {
            let of = list.scanned;
            told(
                Check::NotScanned,
                &unit.number,
                format!("{ko}에 검색 결과가 없습니다({n}개 중 {of}개는 있음)."),
                format!("The {en} has no scan of it, though {of} of its {n} boxes have one."),
                found,
            );
        }
    }
}

/// The declared mass is the goods'; what was weighed is goods and box.
fn declared_mass(consignment: &Consignment, around: &Around, found: &mut Vec<Contradiction>) {
    let units = &consignment.equipment;
    let whole: i64 =
        consignment.goods.iter().filter_map(|item| item.gross_mass_g).map(|mass| mass.0).sum();
    let alone = units.iter().all(|unit| !around.shared.contains(&unit.number));
    if units.is_empty() || whole == 0 || !alone {
        return;
    }
    let weighed: Option<Vec<&Sighting>> = units
        .iter()
        .map(|unit| {
            let of_unit = around.sightings.iter().filter(|one| one.unit == unit.number);
            let weighed = of_unit.filter(|one| one.mass().is_some() && !one.withdrawn);
            weighed.max_by_key(|one| (one.verified_mass_g.is_some(), one.at))
        })
        .collect();
    let Some(weighed) = weighed else { return };
    let sum: i64 = weighed.iter().filter_map(|one| one.mass()).map(|mass| mass.0).sum();
    let margin = SAME_G.max((sum as f64 * SAME_SHARE) as i64);
    let lightest = sum - margin - HEAVIEST_BOX_G * units.len() as i64;
    if whole > sum + margin || whole < lightest {
        let (ko, en) = weighed[0].sight.said();
        let (declared, sum) = (Mass(whole).kg(), Mass(sum).kg());
        told(
            Check::MassUnlikeDeclared,
            &units[0].number,
            format!("신고 총중량 {declared:.0} kg, {ko}의 컨테이너 무게 {sum:.0} kg."),
            format!(
                "Declared {declared:.0} kg of goods; box and goods weigh {sum:.0} kg by the {en}."
            ),
            found,
        );
    }
}

fn houses(consignment: &Consignment, totals: Totals, found: &mut Vec<Contradiction>) {
    let master = &consignment.documents.master_bill;
    if let Some((stated, sum)) = totals.packages.filter(|(stated, sum)| stated != sum) {
        told(
            Check::HousesUnlikeMaster,
            master,
            format!("마스터 {master}는 {stated}개, 하우스 합계는 {sum}개입니다."),
            format!("Master {master} states {stated} packages, its houses come to {sum}."),
            found,
        );
    }
    let far = |(stated, sum): &(i64, i64)| {
        // Rounded kilograms of each house add up.
        (stated - sum).abs() > 2_000.max(stated / 100)
    };
    if let Some((stated, sum)) = totals.grams.filter(far) {
        let (stated, sum) = (Mass(stated).kg(), Mass(sum).kg());
        told(
            Check::HousesUnlikeMaster,
            master,
            format!("마스터 {master}는 {stated:.0} kg, 하우스 합계는 {sum:.0} kg입니다."),
            format!("Master {master} states {stated:.0} kg, its houses come to {sum:.0} kg."),
            found,
        );
    }
}

/// What a sign of a document says (`docs/formats.md`), in Korean and English.
pub fn said_of_sign(sign: &str) -> Option<(&'static str, &'static str)> {
    Some(match sign {
        "container_check_digit" => {
            ("컨테이너 번호의 검사 숫자가 맞지 않습니다.", "A container's check digit is wrong.")
        }
        "container_shape" => (
            "컨테이너 번호가 ISO 6346의 꼴이 아닙니다.",
            "A container number is not of the shape of ISO 6346.",
        ),
        "container_unnamed" => ("번호 없는 컨테이너가 있습니다.", "A container has no number."),
        "awb_check_digit" => (
            "항공화물운송장 번호의 검사 숫자가 맞지 않습니다.",
            "The air waybill's check digit is wrong.",
        ),
        "imo_check_digit" => {
            ("선박 IMO 번호의 검사 숫자가 맞지 않습니다.", "The ship's IMO number is wrong.")
        }
        "s10_check_digit" | "s10_shape" => {
            ("우편물 번호가 S10 규격에 맞지 않습니다.", "The postal item number does not hold S10.")
        }
        "item_unnamed" => ("우편물 번호가 없습니다.", "The postal item has no number."),
        "issuer_unlike_sender" => (
            "우편물 번호를 낸 나라와 발송인의 나라가 다릅니다.",
            "The item was numbered in another country than its sender's.",
        ),
        "seal_placeholder" => ("봉인 번호가 형식뿐입니다.", "A seal is a placeholder."),
        "bill_dummy" => ("선하증권 번호가 형식뿐입니다.", "A bill number is a dummy."),
        "phone_placeholder" => ("전화번호가 형식뿐입니다.", "A phone number is a placeholder."),
        "hs_residual" => ("HS 부호가 999999입니다.", "The HS code is 999999."),
        "hs_no_chapter" => ("HS 부호에 없는 류입니다.", "The HS code is of no chapter."),
        "hs_not_understood" => ("HS 부호를 읽을 수 없습니다.", "The HS code cannot be read."),
        "description_vague" => {
            ("품명만으로는 물품을 알 수 없습니다.", "The description names no goods.")
        }
        "net_above_gross" => ("순중량이 총중량보다 큽니다.", "Net mass is above gross mass."),
        "weight_unlike_verified" => (
            "컨테이너 무게와 검증 총중량(VGM)이 다릅니다.",
            "The box's mass and its verified mass differ.",
        ),
        "packages_do_not_add_up" => (
            "품목별 포장 수의 합이 전체와 다릅니다.",
            "The packages of the items do not add up to the whole.",
        ),
        "items_cut" => {
            ("품목이 1만 개를 넘어 나머지를 합쳤습니다.", "It has more than 10,000 items.")
        }
        "not_scanned" => ("검색을 받지 않았다고 합니다.", "It is said not to have been scanned."),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::tests::sample;

    const BOX: &str = "HANU1234565";

    fn declared() -> Consignment {
        let mut consignment = sample();
        consignment.equipment = vec![Equipment { number: BOX.into(), ..Equipment::default() }];
        consignment.equipment[0].seals = vec!["KR55501".into()];
        consignment.route.discharge = "KRPUS".parse().ok();
        consignment.goods[0].gross_mass_g = Some(Mass(18_000_000));
        consignment
    }

    fn seen(sight: Sight, at: i64, seal: &str, kg: i64) -> Sighting {
        Sighting {
            unit: BOX.into(),
            sight,
            at,
            voyage: "042W".into(),
            vessel: "Hanbada Pioneer".into(),
            vessel_id: "9074729".into(),
            loading: None,
            discharge: "KRPUS".parse().ok(),
            seals: if seal.is_empty() { Vec::new() } else { vec![seal.into()] },
            gross_mass_g: (kg > 0).then_some(Mass(kg * 1_000)),
            verified_mass_g: None,
            empty: false,
            direction: None,
            scanned: None,
            withdrawn: false,
        }
    }

    /// The codes of the checks that tell, in order.
    fn codes(consignment: &Consignment, sightings: &[Sighting]) -> Vec<&'static str> {
        let around = Around { sightings: sightings.to_vec(), ..Around::default() };
        judge(consignment, &around).iter().map(|one| one.check.as_str()).collect()
    }

    #[test]
    fn what_agrees_is_silent() {
        let chain = [
            seen(Sight::List, 1, "KR55501", 21_000),
            seen(Sight::Stowage, 2, "", 21_100),
            seen(Sight::Quay, 3, "kr 55501", 20_900),
            // The letters before a seal are often left out.
            seen(Sight::Gate, 4, "55501", 0),
        ];
        assert!(codes(&declared(), &chain).is_empty());
        assert!(codes(&declared(), &[]).is_empty());
    }

    #[test]
    fn seals_along_the_way() {
        for (later, told) in
            [("KR77777", vec!["seal_changed"]), ("SM", vec!["seal_gone"]), ("", vec![])]
        {
            let chain = [seen(Sight::List, 1, "KR55501", 0), seen(Sight::Gate, 2, later, 0)];
            assert_eq!(codes(&declared(), &chain), told, "{later}");
        }
        let chain = [seen(Sight::Quay, 1, "ZZ99999", 0)];
        assert_eq!(codes(&declared(), &chain), ["seal_unlike_declared"]);
        // Messages come in any order; the box's own way counts.
        let chain = [seen(Sight::Gate, 9, "KR77777", 0), seen(Sight::List, 1, "KR55501", 0)];
        let around = Around { sightings: chain.to_vec(), ..Around::default() };
        let said = judge(&declared(), &around)[0].said.1.clone();
        assert!(said.starts_with("The seal changed: KR55501 in the load list"), "{said}");
    }

    #[test]
    fn masses_of_box_and_goods() {
        for (kg, told) in [
            (20_000, vec![]),
            (24_000, vec![]),
            // Lighter than the goods declared in it, and heavier than any box with them.
            (15_000, vec!["mass_unlike_declared"]),
            (29_000, vec!["mass_unlike_declared"]),
        ] {
            assert_eq!(codes(&declared(), &[seen(Sight::Quay, 1, "", kg)]), told, "{kg}");
        }
        let chain = [seen(Sight::List, 1, "", 21_000), seen(Sight::Gate, 2, "", 23_500)];
        assert_eq!(codes(&declared(), &chain), ["mass_changed"]);
        let light = Around {
            sightings: vec![seen(Sight::Quay, 1, "", 15_000)],
            shared: vec![BOX.into()],
            ..Around::default()
        };
        assert!(judge(&declared(), &light).is_empty(), "other goods lie in the box");
    }

    #[test]
    fn ways_and_fullness() {
        let mut there = seen(Sight::Quay, 1, "", 0);
        (there.discharge, there.empty) = ("KRKAN".parse().ok(), true);
        there.direction = Some(Direction::Transhipment);
        assert_eq!(
            codes(&declared(), &[there]),
            ["fullness_unlike", "discharged_elsewhere", "transhipped"]
        );
    }

    #[test]
    fn lists_of_the_voyage() {
        let listed = |sight, units, scanned| Listed { sight, units, scanned };
        let around = |sightings: Vec<Sighting>, lists: Vec<Listed>| Around {
            sightings,
            lists,
            ..Around::default()
        };
        let codes = |around: &Around| -> Vec<&str> {
            judge(&declared(), around).iter().map(|one| one.check.as_str()).collect()
        };
        let lists = vec![listed(Sight::Stowage, 900, 600), listed(Sight::Gate, 3, 0)];
        assert_eq!(codes(&around(vec![], lists.clone())), ["not_listed"]);
        let on = seen(Sight::Stowage, 1, "", 0);
        assert_eq!(codes(&around(vec![on.clone()], lists.clone())), ["not_scanned"]);
        let scanned = Sighting { scanned: Some(true), ..on.clone() };
        assert!(codes(&around(vec![scanned], lists)).is_empty());
        // Where hardly any box has a result, none says nothing.
        let lists = vec![listed(Sight::Stowage, 900, 4)];
        assert!(codes(&around(vec![on.clone()], lists)).is_empty());
        // What is taken back was never said.
        let back = Sighting { withdrawn: true, at: 2, ..on.clone() };
        assert!(super::judge(&declared(), &around(vec![on, back], vec![])).is_empty());
    }

    #[test]
    fn houses_under_a_master() {
        let totals = |packages, grams| Around {
            houses: Totals { packages: Some(packages), grams: Some(grams) },
            ..Around::default()
        };
        assert!(judge(&declared(), &totals((10, 10), (500_000, 500_900))).is_empty());
        let found = judge(&declared(), &totals((10, 9), (500_000, 430_000)));
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|one| one.check == Check::HousesUnlikeMaster));
    }

    #[test]
    fn a_voyage_is_known_by_its_ship() {
        let one = seen(Sight::List, 1, "", 0);
        let other =
            Sighting { voyage: "0042w".into(), vessel: "HANBADA PIONEER".into(), ..one.clone() };
        assert_eq!(one.voyage_keys(), other.voyage_keys());
        let elsewhere = Sighting { vessel: "Other".into(), vessel_id: "".into(), ..one.clone() };
        assert_ne!(one.voyage_keys()[0], elsewhere.voyage_keys()[0]);
        assert_eq!(elsewhere.voyage_keys()[1], None);
    }

    #[test]
    fn every_check_has_its_code() {
        for check in Check::ALL {
            assert_eq!(check.as_str().parse::<Check>().unwrap(), *check);
        }
    }
}
