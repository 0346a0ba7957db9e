//! Turns the cells of one record into a consignment, by a plan that is made once per file:
//! which cell feeds which field, with its unit, codes and dates. A required field that cannot
//! be read rejects the record; any other is left empty, with a defect that says so.
//! The names of the fields are in `mapping/field.rs`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use compact_str::CompactString;
use targeting::codes::{CodeError, ContainerNumber, Day, HsCode, Mass, Money};
use targeting::consignment::{
    Consignment, Defect, DefectKind, Direction, Documents, Equipment, GoodsItem, Regime, Route,
    Transport,
};
use targeting::outcome::{DetectionMethod, Exhibit, Inspection, Modality, Outcome, Seizure};
use targeting::party::{Contact, Party, Role};

use super::cells::{Cells, defect};
use super::measure::{Fault, Moment, moment, number};
use super::{Read, TableError, TableOptions};
use crate::mapping::field::{
    DocumentField, EquipmentField, Field, GoodsField, Kind, OutcomeField, PartyField, RouteField,
    YES_NO, words,
};
use crate::mapping::suggest::did_you_mean;
use crate::mapping::{Entry, Mapping, NumberForm, Origin, fold_header, grams};

/// A number that the mapping scales may grow to this, which money still holds in thousandths.
const LARGEST_SCALED: f64 = 1e15;

/// The plan by which every record of one file is read.
pub(crate) struct Filler {
    source: CompactString,
    reference: Take,
    item: Option<Take>,
    office: Take,
    arrived_on: Option<Take>,
    arrived_at: Option<Take>,
    offset_s: Option<i32>,
    earliest: Day,
    latest: Day,
    regime: Option<Take>,
    direction: Option<Take>,
    transport: Option<Take>,
    parties: Vec<PartyPlan>,
    goods: Vec<Vec<(GoodsField, Take)>>,
    route: Vec<(RouteField, Take)>,
    containers: Option<Take>,
    seals: Option<Take>,
    empty: Option<Take>,
    documents: Vec<(DocumentField, Take)>,
    outcome: Vec<(OutcomeField, Take)>,
    labels_irregular: bool,
    width: usize,
}

struct PartyPlan {
    role: Role,
    takes: Vec<(PartyField, Take)>,
}

/// Where the text of one field comes from and how it is read.
struct Take {
    name: CompactString,
    from: Feed,
    default: CompactString,
    /// Texts that stand for nothing.
    empty: Vec<CompactString>,
    values: HashMap<CompactString, CompactString>,
    other: Option<CompactString>,
    /// Words and codes with the place of their meaning, for fields of fixed words.
    words: Vec<(CompactString, u8)>,
    other_word: Option<u8>,
    number: NumberForm,
    factor: f64,
    unit: Option<usize>,
    dates: Vec<String>,
    separator: Option<String>,
    digits: u8,
    /// True when nothing stands between the cell and its meaning.
    direct: bool,
}

enum Feed {
    Cell(usize),
    Cells(Vec<usize>),
    Joined(Vec<usize>, CompactString),
    Constant(CompactString),
    Filled { cell: Option<usize>, then: CompactString, otherwise: CompactString },
}

/// The columns of a file, found by name.
struct Columns<'h> {
    by_name: HashMap<String, usize>,
    header: &'h [String],
}

impl Columns<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(&fold_header(name)).copied()
    }

    fn suggestion(&self, name: &str) -> String {
        did_you_mean(name, self.header.iter().map(String::as_str))
    }
}

impl Filler {
    /// Lays the mapping over a header. Columns of the header without a field are not read;
    /// columns of the mapping that the header lacks are noted, one defect each, but a missing
    /// column of a required field is an error, and outcomes may be missing without a word.
    pub(crate) fn new(
        mapping: &Mapping,
        header: &[String],
        header_line: u64,
        options: &TableOptions,
    ) -> Result<(Filler, Vec<Defect>), TableError> {
        let mut columns = Columns { by_name: HashMap::new(), header };
        let mut notes = Vec::new();
        let mut note = |field: &str, reason: String, found: &str| {
            notes.push(defect(header_line, field, DefectKind::Ignored, reason, found));
        };
        let used: Vec<String> =
            mapping.entries.iter().flat_map(Entry::columns).map(fold_header).collect();
        for (at, name) in header.iter().enumerate() {
            let folded = fold_header(name);
            if folded.is_empty() {
                continue;
            }
            let read = used.contains(&folded);
            if *columns.by_name.entry(folded).or_insert(at) != at && read {
                note("", format!("the column `{name}` stands twice; the first is read"), name);
            }
        }

        let mut plan = Plan::default();
        for entry in &mapping.entries {
            let missing: Vec<&str> =
                entry.columns().filter(|column| columns.find(column).is_none()).collect();
            let take = Take::new(entry, mapping, &columns);
            if let (Some(column), None) = (missing.first(), &take)
                && [Field::Reference, Field::Office].contains(&entry.field)
            {
                return Err(TableError::MissingColumn {
                    mapping: mapping.name.clone(),
                    field: entry.name.clone(),
                    column: (*column).to_owned(),
                    suggestion: columns.suggestion(column),
                    header: header.to_vec(),
                });
            }
            if !matches!(entry.field, Field::Outcome(_)) {
                for column in missing {
                    let hint = columns.suggestion(column);
                    let reason = format!(
                        "the file has no column `{column}`{hint}, so {} is not read from it",
                        entry.name
                    );
                    note(&entry.name, reason, column);
                }
            }
            if let Some(take) = take {
                plan.add(entry.field, take);
            }
        }
        if plan.arrived_on.is_none() && plan.arrived_at.is_none() {
            let entry = mapping
                .entries
                .iter()
                .find(|entry| [Field::ArrivedOn, Field::ArrivedAt].contains(&entry.field));
            let column = entry.and_then(|entry| entry.columns().next()).unwrap_or_default();
            return Err(TableError::MissingColumn {
                mapping: mapping.name.clone(),
                field: entry.map_or(String::new(), |entry| entry.name.clone()),
                column: column.to_owned(),
                suggestion: columns.suggestion(column),
                header: header.to_vec(),
            });
        }
        let (Some(reference), Some(office)) = (plan.reference, plan.office) else {
            // A mapping without them is refused when it is read.
            return Err(TableError::Unreadable("the mapping lacks a required field".to_owned()));
        };
        let filler = Filler {
            source: CompactString::new(&mapping.name),
            reference,
            item: plan.item,
            office,
            arrived_on: plan.arrived_on,
            arrived_at: plan.arrived_at,
            offset_s: mapping.file.utc_offset_s,
            earliest: options.earliest,
            latest: options.latest,
            regime: plan.regime,
            direction: plan.direction,
            transport: plan.transport,
            parties: plan.parties,
            goods: plan.goods,
            route: plan.route,
            containers: plan.containers,
            seals: plan.seals,
            empty: plan.empty,
            documents: plan.documents,
            labels_irregular: plan.outcome.iter().any(|(f, _)| *f == OutcomeField::Irregular),
            outcome: plan.outcome,
            width: header.len(),
        };
        Ok((filler, notes))
    }

    /// True when a record reads as a row: its reference is there and its day can be read.
    pub(crate) fn is_row(&self, cells: &Cells) -> bool {
        let dated = match (&self.arrived_on, &self.arrived_at) {
            (Some(take), _) | (None, Some(take)) => match &take.from {
                // A constant day tells nothing, but four columns of one text seldom agree.
                Feed::Constant(_) => self.width >= 4,
                _ => moment(&take.text(cells), &take.dates, self.offset_s).is_ok(),
            },
            (None, None) => false,
        };
        dated && !self.reference.text(cells).is_empty()
    }

    /// Reads one record. Nothing comes back when it is rejected; then its last defect says why.
    pub(crate) fn read(&self, cells: &Cells, defects: &mut Vec<Defect>) -> Option<Read> {
        let before = defects.len();
        match self.try_read(cells, defects) {
            Ok(read) => Some(read),
            Err(rejection) => {
                // One rejection a record, so that records can be counted by it.
                defects.truncate(before);
                defects.push(rejection);
                None
            }
        }
    }

    fn try_read(&self, cells: &Cells, defects: &mut Vec<Defect>) -> Result<Read, Defect> {
        let reference = self.reference(cells)?;
        let arrived = self.arrived(cells, defects)?;
        let office = required(&self.office, cells, 100)?;
        let mut report = Report { line: cells.line, defects };

        let parties = self.parties(cells, &mut report);
        let goods = self.goods(cells, &mut report);
        let transport =
            self.transport.as_ref().and_then(|take| take.word(cells, Transport::ALL, &mut report));
        let direction = self
            .direction
            .as_ref()
            .and_then(|take| take.word(cells, Direction::ALL, &mut report))
            .unwrap_or_default();
        let route = self.route(cells, &mut report);
        let mut equipment = self.equipment(cells, &mut report);
        let documents = self.documents(cells, &mut equipment, &mut report);
        let regime = self
            .regime
            .as_ref()
            .and_then(|take| take.word(cells, Regime::ALL, &mut report))
            .unwrap_or_else(|| {
                // Where the table does not say it: parcels come by post or with a courier.
                let courier = parties.iter().any(|party| party.role == Role::Courier);
                let post = transport == Some(Transport::Post) || documents.postal_item.is_some();
                if courier || post { Regime::Parcel } else { Regime::Freight }
            });
        let inspection =
            if self.outcome.is_empty() { None } else { self.inspection(cells, &mut report) };
        Ok(Read {
            line: cells.line,
            consignment: Consignment {
                source: self.source.clone(),
                reference,
                regime,
                direction,
                office,
                arrived_at: arrived.at_us,
                arrived_on: arrived.day,
                transport,
                parties,
                goods,
                route,
                equipment,
                documents,
            },
            inspection,
        })
    }

    /// The office that a record names, or nothing.
    pub(crate) fn office(&self, cells: &Cells) -> String {
        self.office.text(cells).chars().take(100).collect()
    }

    fn reference(&self, cells: &Cells) -> Result<CompactString, Defect> {
        let mut reference = required(&self.reference, cells, 200)?;
        if let Some(item) = &self.item {
            let item = item.text(cells);
            if !item.is_empty() {
                reference.push('/');
                reference.push_str(&item);
            }
        }
        Ok(reference)
    }

    /// The moment and the day; with both mapped, each column gives its own.
    fn arrived(&self, cells: &Cells, defects: &mut Vec<Defect>) -> Result<Moment, Defect> {
        let read = |take: &Take| -> Result<Moment, Defect> {
            let text = take.text(cells);
            let reject = |kind, reason: Cow<'static, str>| {
                defect(cells.line, &take.name, kind, reason, &text)
            };
            if text.is_empty() {
                return Err(reject(DefectKind::Missing, "the day is required".into()));
            }
            let moment = moment(&text, &take.dates, self.offset_s)
                .map_err(|fault| reject(DefectKind::Unreadable, fault.reason))?;
            if moment.day < self.earliest || moment.day > self.latest {
                let reason = format!("the day is not in {} to {}", self.earliest, self.latest);
                return Err(reject(DefectKind::Unreadable, reason.into()));
            }
            Ok(moment)
        };
        match (&self.arrived_on, &self.arrived_at) {
            (Some(on), None) => read(on),
            (None, Some(at)) => read(at),
            (Some(on), Some(at)) => {
                let day = read(on)?;
                match read(at) {
                    Ok(moment) => Ok(Moment { day: day.day, ..moment }),
                    Err(unread) if unread.kind == DefectKind::Missing => Ok(day),
                    Err(unread) => {
                        defects.push(Defect { kind: DefectKind::Ignored, ..unread });
                        Ok(day)
                    }
                }
            }
            // The plan is not made without one of them.
            (None, None) => Err(cells.defect(DefectKind::Missing, "the day is required")),
        }
    }

    fn parties(&self, cells: &Cells, report: &mut Report<'_>) -> Vec<Party> {
        let named = |plan: &&PartyPlan| plan.takes.iter().any(|(_, take)| take.filled(cells));
        // Exact room, since most of what a row costs is what it allocates.
        let mut parties = Vec::with_capacity(self.parties.iter().filter(named).count());
        for plan in self.parties.iter().filter(named) {
            let mut code = CompactString::default();
            let mut contact: Option<Box<Contact>> = None;
            for (field, take) in &plan.takes {
                if *field == PartyField::Code {
                    code = CompactString::new(take.text(cells));
                    continue;
                }
                if !take.filled(cells) {
                    continue;
                }
                let contact = contact.get_or_insert_default();
                match field {
                    PartyField::Code => {}
                    PartyField::Name => contact.name = take.text(cells).into_owned(),
                    PartyField::Address => contact.address = take.text(cells).into_owned(),
                    PartyField::Country => contact.address_country = take.code(cells, report),
                    PartyField::Phone => {
                        take.each(cells, |text| contact.phones.push(text.to_owned()));
                    }
                    PartyField::Mail => {
                        take.each(cells, |text| contact.mails.push(text.to_owned()));
                    }
                }
            }
            parties.push(Party { role: plan.role, code, contact });
        }
        parties
    }

    fn goods(&self, cells: &Cells, report: &mut Report<'_>) -> Vec<GoodsItem> {
        let filled = |takes: &&Vec<(GoodsField, Take)>| {
            let said = |take: &Take| !take.constant() && take.default.is_empty();
            takes.iter().any(|(_, take)| said(take) && take.filled(cells))
        };
        let mut goods = Vec::with_capacity(self.goods.iter().filter(filled).count());
        for takes in self.goods.iter().filter(filled) {
            let mut item = GoodsItem::default();
            let mut value = None;
            let mut currency = None;
            for (field, take) in takes {
                match field {
                    GoodsField::Hs => item.hs = take.hs(cells, report),
                    GoodsField::Description => {
                        item.description = CompactString::new(take.text(cells));
                    }
                    GoodsField::Origin => item.origin = take.code(cells, report),
                    GoodsField::NetMass => item.net_mass_g = take.mass(cells, report),
                    GoodsField::GrossMass => item.gross_mass_g = take.mass(cells, report),
                    GoodsField::Value => value = take.number(cells, report),
                    GoodsField::Currency => currency = take.code(cells, report),
                    GoodsField::Quantity => item.quantity = take.number(cells, report),
                    GoodsField::QuantityUnit => {
                        item.quantity_unit = CompactString::new(take.text(cells));
                    }
                    GoodsField::Packages => item.packages = take.whole(cells, report),
                    GoodsField::PackageType => {
                        item.package_type = CompactString::new(take.text(cells));
                    }
                    GoodsField::DutyRate => item.duty_rate_percent = take.number(cells, report),
                    GoodsField::DutyType => item.duty_type = CompactString::new(take.text(cells)),
                    GoodsField::OriginMark => {
                        item.origin_mark = CompactString::new(take.text(cells));
                    }
                }
            }
            item.value = value.map(|value: f64| Money {
                thousandths: (value * 1_000.0).round() as i64,
                currency,
            });
            goods.push(item);
        }
        goods
    }

    fn route(&self, cells: &Cells, report: &mut Report<'_>) -> Route {
        let mut route = Route::default();
        for (field, take) in &self.route {
            match field {
                RouteField::Departure => route.departure = take.code(cells, report),
                RouteField::Destination => route.destination = take.code(cells, report),
                RouteField::Loading => route.loading = take.code(cells, report),
                RouteField::Discharge => route.discharge = take.code(cells, report),
                RouteField::Conveyance => route.conveyance = CompactString::new(take.text(cells)),
                RouteField::Via => take.each(cells, |text| match text.parse() {
                    Ok(place) => route.via.push(place),
                    Err(error) => report.ignored(&take.name, &error, text),
                }),
            }
        }
        route
    }

    fn equipment(&self, cells: &Cells, report: &mut Report<'_>) -> Vec<Equipment> {
        let mut equipment = Vec::new();
        if let Some(take) = &self.containers {
            take.each(cells, |text| {
                let container = match text.parse::<ContainerNumber>() {
                    Ok(container) => Some(container),
                    Err(error @ CodeError::CheckDigit { .. }) => {
                        report.noted(&take.name, &error, text);
                        None
                    }
                    // Other units, such as those of aircraft, have numbers of other shapes.
                    Err(CodeError::Shape { .. }) => None,
                };
                equipment.push(unit(text, container));
            });
        }
        if let Some(take) = &self.seals {
            let mut seals: Vec<CompactString> = Vec::new();
            take.each(cells, |text| seals.push(CompactString::new(text)));
            if seals.len() == equipment.len() {
                for (equipment, seal) in equipment.iter_mut().zip(seals) {
                    equipment.seals.push(seal);
                }
            } else if !seals.is_empty() {
                // Which seal is on which unit is not said, so all go with the first.
                if equipment.is_empty() {
                    equipment.push(unit("", None));
                }
                equipment[0].seals = seals;
            }
        }
        if let Some(take) = &self.empty
            && take.yes_no(cells, report) == Some(true)
        {
            equipment.iter_mut().for_each(|unit| unit.empty = true);
        }
        equipment
    }

    fn documents(
        &self,
        cells: &Cells,
        equipment: &mut Vec<Equipment>,
        report: &mut Report<'_>,
    ) -> Documents {
        let mut documents = Documents::default();
        for (field, take) in &self.documents {
            let text = take.text(cells);
            if text.is_empty() {
                continue;
            }
            let kept = match field {
                DocumentField::MasterBill => &mut documents.master_bill,
                DocumentField::HouseBill => &mut documents.house_bill,
                DocumentField::Previous => &mut documents.previous,
                DocumentField::Procedure => &mut documents.procedure,
                DocumentField::Transaction => &mut documents.transaction,
                DocumentField::Purpose => &mut documents.purpose,
                DocumentField::Payment => &mut documents.payment,
                DocumentField::PostalItem => {
                    match text.parse() {
                        Ok(item) => documents.postal_item = Some(item),
                        Err(error) => {
                            // The number is kept as written, for officers who look for it.
                            report.ignored(&take.name, &error, &text);
                            equipment.push(unit(&text, None));
                        }
                    }
                    continue;
                }
            };
            *kept = CompactString::new(text);
        }
        documents
    }

    fn inspection(&self, cells: &Cells, report: &mut Report<'_>) -> Option<Inspection> {
        let (mut examined, mut irregular, mut critical) = (None, None, None);
        let (mut finding, mut substance) = (String::new(), String::new());
        let (mut quantity, mut unit) = (None, CompactString::default());
        let mut inspection = Inspection {
            modality: None,
            minutes: None,
            detection_method: None,
            officer: CompactString::default(),
            result: Outcome::Clear,
            evidence: None,
        };
        let before = report.defects.len();
        for (field, take) in &self.outcome {
            match field {
                OutcomeField::Examined => examined = take.yes_no(cells, report),
                OutcomeField::Irregular => irregular = take.yes_no(cells, report),
                OutcomeField::Critical => critical = take.yes_no(cells, report),
                OutcomeField::Finding => finding = take.text(cells).into_owned(),
                OutcomeField::Modality => {
                    inspection.modality = take.word(cells, Modality::ALL, report);
                }
                OutcomeField::Minutes => inspection.minutes = take.whole(cells, report),
                OutcomeField::DetectionMethod => {
                    inspection.detection_method = take.word(cells, DetectionMethod::ALL, report);
                }
                OutcomeField::Officer => {
                    inspection.officer = CompactString::new(take.text(cells));
                }
                OutcomeField::Substance => substance = take.text(cells).into_owned(),
                OutcomeField::Quantity => quantity = take.number(cells, report),
                OutcomeField::Unit => unit = CompactString::new(take.text(cells)),
            }
        }
        // A label that cannot be read must not turn into "nothing found".
        let labels = ["outcome.examined", "outcome.irregular", "outcome.critical"];
        if report.defects[before..].iter().any(|defect| labels.contains(&defect.field.as_str())) {
            return None;
        }
        if examined == Some(false) {
            return None;
        }
        inspection.result = match (critical, irregular) {
            (Some(true), _) => {
                let exhibit = Exhibit::new(&substance, quantity.unwrap_or(0.0), &unit, None);
                let exhibits = if substance.is_empty() { Vec::new() } else { vec![exhibit] };
                Outcome::Seizure(Seizure { exhibits, concealment: String::new() })
            }
            (_, Some(true)) => Outcome::Discrepancy { finding },
            (_, Some(false)) => Outcome::Clear,
            (Some(false), None) if !self.labels_irregular => Outcome::Clear,
            (_, None) if examined == Some(true) => Outcome::Clear,
            (_, None) => return None,
        };
        Some(inspection)
    }
}

fn unit(number: &str, container: Option<ContainerNumber>) -> Equipment {
    Equipment { number: CompactString::new(number), container, ..Equipment::default() }
}

/// A required text of at most `longest` characters, which keeps it fit for an index.
#[inline]
fn required(take: &Take, cells: &Cells, longest: usize) -> Result<CompactString, Defect> {
    let text = take.text(cells);
    if text.is_empty() {
        let reason = format!("{} is required", take.name);
        return Err(defect(cells.line, &take.name, DefectKind::Missing, reason, &cells.text));
    }
    if text.len() > longest && text.chars().count() > longest {
        let reason = format!("{} is longer than {longest} characters", take.name);
        return Err(defect(cells.line, &take.name, DefectKind::Unreadable, reason, &text));
    }
    Ok(CompactString::new(text))
}

/// Takes down what was wrong in a record that is kept.
struct Report<'d> {
    line: u64,
    defects: &'d mut Vec<Defect>,
}

impl Report<'_> {
    #[cold]
    fn ignored(&mut self, field: &str, error: &CodeError, found: &str) {
        self.defects.push(defect(self.line, field, DefectKind::Ignored, error.to_string(), found));
    }

    /// Odd, and kept as written.
    #[cold]
    fn noted(&mut self, field: &str, error: &CodeError, found: &str) {
        self.defects.push(defect(self.line, field, DefectKind::Noted, error.to_string(), found));
    }

    #[cold]
    fn fault(&mut self, field: &str, fault: Fault, found: &str) {
        self.defects.push(defect(self.line, field, fault.kind, fault.reason, found));
    }
}

/// The takes of a mapping, sorted by what they fill.
#[derive(Default)]
struct Plan {
    reference: Option<Take>,
    item: Option<Take>,
    office: Option<Take>,
    arrived_on: Option<Take>,
    arrived_at: Option<Take>,
    regime: Option<Take>,
    direction: Option<Take>,
    transport: Option<Take>,
    parties: Vec<PartyPlan>,
    goods: Vec<Vec<(GoodsField, Take)>>,
    route: Vec<(RouteField, Take)>,
    containers: Option<Take>,
    seals: Option<Take>,
    empty: Option<Take>,
    documents: Vec<(DocumentField, Take)>,
    outcome: Vec<(OutcomeField, Take)>,
}

impl Plan {
    fn add(&mut self, field: Field, take: Take) {
        match field {
            Field::Reference => self.reference = Some(take),
            Field::Item => self.item = Some(take),
            Field::Office => self.office = Some(take),
            Field::ArrivedOn => self.arrived_on = Some(take),
            Field::ArrivedAt => self.arrived_at = Some(take),
            Field::Regime => self.regime = Some(take),
            Field::Direction => self.direction = Some(take),
            Field::Transport => self.transport = Some(take),
            Field::Party(role, field) => {
                match self.parties.iter_mut().find(|plan| plan.role == role) {
                    Some(plan) => plan.takes.push((field, take)),
                    None => self.parties.push(PartyPlan { role, takes: vec![(field, take)] }),
                }
                // The order of roles, so that it does not hang on the mapping's.
                self.parties.sort_by_key(|plan| plan.role);
            }
            Field::Goods(item, field) => {
                let item = usize::from(item);
                if self.goods.len() <= item {
                    self.goods.resize_with(item + 1, Vec::new);
                }
                self.goods[item].push((field, take));
            }
            Field::Route(field) => self.route.push((field, take)),
            Field::Equipment(EquipmentField::Container) => self.containers = Some(take),
            Field::Equipment(EquipmentField::Seal) => self.seals = Some(take),
            Field::Equipment(EquipmentField::Empty) => self.empty = Some(take),
            Field::Document(field) => self.documents.push((field, take)),
            Field::Outcome(field) => self.outcome.push((field, take)),
        }
    }
}

impl Take {
    /// `None` when none of the columns it reads is there.
    fn new(entry: &Entry, mapping: &Mapping, columns: &Columns<'_>) -> Option<Take> {
        let find = |names: &[String]| -> Vec<usize> {
            names.iter().filter_map(|name| columns.find(name)).collect()
        };
        let from = match &entry.from {
            Origin::Columns(names) => match find(names).as_slice() {
                [] => return None,
                [cell] => Feed::Cell(*cell),
                cells => Feed::Cells(cells.to_vec()),
            },
            Origin::Joined(names, between) => match find(names) {
                cells if cells.is_empty() => return None,
                cells => Feed::Joined(cells, CompactString::new(between)),
            },
            Origin::Constant(text) => Feed::Constant(CompactString::new(text)),
            Origin::Filled { column, then, otherwise } => Feed::Filled {
                cell: columns.find(column),
                then: CompactString::new(then),
                otherwise: CompactString::new(otherwise),
            },
        };
        let known = words(entry.field, entry.kind);
        // Yes and no have two meanings under many words, the others one meaning each.
        let place = |word: &str| {
            let at = known.iter().position(|known| known.eq_ignore_ascii_case(word))?;
            Some(if entry.kind == Kind::YesNo { u8::from(YES_NO[at].1) } else { at as u8 })
        };
        let coded = entry.values.iter().filter_map(|(code, word)| Some((code, place(word)?)));
        let mut found: Vec<(CompactString, u8)> =
            coded.map(|(code, at)| (CompactString::new(code), at)).collect();
        found
            .extend(known.iter().filter_map(|word| Some((CompactString::new(word), place(word)?))));
        let is_word = !known.is_empty();
        let mut values = HashMap::new();
        if !is_word {
            let pairs = entry.values.iter();
            values.extend(pairs.map(|(code, text)| (code.into(), text.into())));
        }
        let empty: Vec<CompactString> = mapping.file.empty.iter().map(Into::into).collect();
        let direct = matches!(from, Feed::Cell(_))
            && values.is_empty()
            && empty.is_empty()
            && entry.default.is_empty()
            && (is_word || entry.other.is_none());
        Some(Take {
            name: CompactString::new(&entry.name),
            from,
            default: CompactString::new(&entry.default),
            empty,
            values,
            other: entry.other.as_ref().filter(|_| !is_word).map(CompactString::new),
            words: found,
            other_word: entry.other.as_deref().and_then(place),
            number: entry.number,
            factor: entry.factor,
            unit: entry.unit_column.as_deref().and_then(|name| columns.find(name)),
            dates: entry.dates.clone(),
            separator: entry.separator.clone(),
            digits: entry.digits,
            direct,
        })
    }

    fn constant(&self) -> bool {
        matches!(self.from, Feed::Constant(_))
    }

    /// A cell's text, unless it is one of those that stand for nothing.
    #[inline]
    fn cell<'c>(&self, cells: &'c Cells, cell: usize) -> &'c str {
        let text = cells.get(cell);
        if !self.empty.is_empty() && self.empty.iter().any(|empty| empty == text) {
            return "";
        }
        text
    }

    /// The text of the field, with codes replaced and the default put in; empty for none.
    #[inline]
    fn text<'c>(&'c self, cells: &'c Cells) -> Cow<'c, str> {
        match self.from {
            Feed::Cell(cell) if self.direct => Cow::Borrowed(cells.get(cell)),
            _ => self.composed(cells),
        }
    }

    fn composed<'c>(&'c self, cells: &'c Cells) -> Cow<'c, str> {
        let text = match &self.from {
            Feed::Cell(cell) => Cow::Borrowed(self.cell(cells, *cell)),
            Feed::Cells(of) => {
                let filled = of.iter().map(|cell| self.cell(cells, *cell));
                Cow::Borrowed(filled.into_iter().find(|text| !text.is_empty()).unwrap_or_default())
            }
            Feed::Joined(of, between) => {
                let mut joined = String::new();
                for text in of.iter().map(|cell| self.cell(cells, *cell)) {
                    if !joined.is_empty() && !text.is_empty() {
                        joined.push_str(between);
                    }
                    joined.push_str(text);
                }
                Cow::Owned(joined)
            }
            Feed::Constant(text) => Cow::Borrowed(text.as_str()),
            Feed::Filled { cell, then, otherwise } => {
                let filled = cell.is_some_and(|cell| !self.cell(cells, cell).is_empty());
                Cow::Borrowed(if filled { then.as_str() } else { otherwise.as_str() })
            }
        };
        if text.is_empty() {
            return Cow::Borrowed(&self.default);
        }
        match self.meaning(&text) {
            Some(meaning) => Cow::Borrowed(meaning),
            None => text,
        }
    }

    /// What the mapping's code list makes of a text; `None` to leave it as it is.
    fn meaning(&self, text: &str) -> Option<&str> {
        self.values.get(text).or(self.other.as_ref()).map(CompactString::as_str)
    }

    /// True when [`Take::text`] gives something.
    #[inline]
    fn filled(&self, cells: &Cells) -> bool {
        match self.from {
            Feed::Cell(cell) if self.direct => cells.filled(cell),
            Feed::Constant(_) => true,
            _ => !self.composed(cells).is_empty(),
        }
    }

    /// Every text of a list field: all its columns, each cut at the separator.
    fn each<'c>(&'c self, cells: &'c Cells, mut then: impl FnMut(&str)) {
        let mut one = |text: &str| {
            let parts: &mut dyn Iterator<Item = &str> = match &self.separator {
                Some(separator) => &mut text.split(separator.as_str()),
                None => &mut std::iter::once(text),
            };
            for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
                then(self.meaning(part).unwrap_or(part));
            }
        };
        match &self.from {
            Feed::Cell(cell) => one(self.cell(cells, *cell)),
            Feed::Cells(of) => of.iter().for_each(|cell| one(self.cell(cells, *cell))),
            _ => one(&self.text(cells)),
        }
    }

    #[inline]
    fn code<T: FromStr<Err = CodeError>>(
        &self,
        cells: &Cells,
        report: &mut Report<'_>,
    ) -> Option<T> {
        let text = self.text(cells);
        if text.is_empty() {
            return None;
        }
        text.parse().map_err(|error| report.ignored(&self.name, &error, &text)).ok()
    }

    #[inline]
    fn hs(&self, cells: &Cells, report: &mut Report<'_>) -> Option<HsCode> {
        let text = self.text(cells);
        if text.is_empty() {
            return None;
        }
        // A spreadsheet that took the code for a number wrote it as 90121.0 or lost its zero.
        let plain = text.strip_suffix(".0").unwrap_or(&text);
        let parsed = if plain.len() + 1 == usize::from(self.digits)
            && plain.bytes().all(|byte| byte.is_ascii_digit())
        {
            let mut padded = CompactString::const_new("0");
            padded.push_str(plain);
            HsCode::parse(&padded)
        } else {
            HsCode::parse(plain)
        };
        parsed.map_err(|error| report.ignored(&self.name, &error, &text)).ok()
    }

    #[inline]
    fn number(&self, cells: &Cells, report: &mut Report<'_>) -> Option<f64> {
        let text = self.text(cells);
        if text.is_empty() {
            return None;
        }
        match number(&text, self.number, self.factor) {
            Ok(value) if value <= LARGEST_SCALED => return Some(value),
            Ok(_) => {
                let reason = "the number is too large for its unit".into();
                let fault = Fault { kind: DefectKind::OutOfRange, reason };
                report.fault(&self.name, fault, &text);
            }
            Err(fault) => report.fault(&self.name, fault, &text),
        }
        None
    }

    fn whole(&self, cells: &Cells, report: &mut Report<'_>) -> Option<u32> {
        let value = self.number(cells, report)?;
        if value.fract() == 0.0 && value <= f64::from(u32::MAX) {
            return Some(value as u32);
        }
        let fault = if value.fract() == 0.0 {
            Fault { kind: DefectKind::OutOfRange, reason: "the count is too large".into() }
        } else {
            Fault { kind: DefectKind::Ignored, reason: "no whole number".into() }
        };
        report.fault(&self.name, fault, &self.text(cells));
        None
    }

    #[inline]
    fn mass(&self, cells: &Cells, report: &mut Report<'_>) -> Option<Mass> {
        let text = self.text(cells);
        if text.is_empty() {
            return None;
        }
        let unit = match self.unit {
            None => self.factor,
            Some(cell) => match cells.get(cell) {
                "" => self.factor,
                unit => match grams(unit) {
                    Some(grams) => grams,
                    None => {
                        let reason = format!("`{unit}` is no unit of mass").into();
                        let fault = Fault { kind: DefectKind::Ignored, reason };
                        report.fault(&self.name, fault, &text);
                        return None;
                    }
                },
            },
        };
        match number(&text, self.number, unit) {
            Ok(grams) => Some(Mass(grams.round() as i64)),
            Err(fault) => {
                report.fault(&self.name, fault, &text);
                None
            }
        }
    }

    /// The word or code of the field among all its meanings.
    #[inline]
    fn word<T: Copy>(&self, cells: &Cells, all: &[T], report: &mut Report<'_>) -> Option<T> {
        all.get(usize::from(self.place(cells, report)?)).copied()
    }

    fn yes_no(&self, cells: &Cells, report: &mut Report<'_>) -> Option<bool> {
        Some(self.place(cells, report)? == 1)
    }

    #[inline]
    fn place(&self, cells: &Cells, report: &mut Report<'_>) -> Option<u8> {
        let text = self.text(cells);
        if text.is_empty() {
            return None;
        }
        let exact = self.words.iter().find(|(word, _)| *word == *text);
        let found = exact
            .or_else(|| self.words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text)))
            .map(|(_, at)| *at)
            .or(self.other_word);
        if found.is_none() {
            let reason = "no word or code that the field knows".into();
            let fault = Fault { kind: DefectKind::Ignored, reason };
            report.fault(&self.name, fault, &text);
        }
        found
    }
}
