//! Mappings: which column of an office's table means what, as a TOML file that the office
//! writes and reads itself. This file reads one and refuses what it does not know, with the
//! line and the likeliest meaning; the catalogue of fields is `field.rs`, and how a mapped
//! column is turned into a value is in `table/fill.rs`.

pub(crate) mod field;
pub(crate) mod suggest;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::recognise::Encoding;
use field::{Field, Kind, PartyField};
use suggest::did_you_mean;

/// Why a mapping was refused: the line of its text and a sentence with what may be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the mapping: {reason}")]
pub struct MappingError {
    /// Line of the mapping's text, from 1.
    pub line: usize,
    /// The fault and, where one is near, the likeliest meaning.
    pub reason: String,
}

/// Which column of a table means what, as an office writes it in TOML:
///
/// ```toml
/// name = "busan-sea"                  # the source of the consignments' references
/// about = "Weekly export of the broker system"
/// recognise = ["No", "Datum"]  # a header with all of these is this table
///
/// [file]                              # all of it optional
/// delimiter = ";"                     # else found from the header
/// encoding = "cp949"                  # utf-8 or cp949; else found from the bytes
/// decimal = ","                       # else "."
/// thousands = "."                     # else no grouping is taken
/// dates = ["%d.%m.%Y"]                # strptime formats or "excel"; else year-month-day
/// utc_offset = "+09:00"               # of dates and of stamps without their own
/// empty = ["NULL", "-"]               # texts that stand for nothing
/// skip_lines = 2                      # lines above the header; for a mapping given by name
/// # header = ["No", "Datum"]          # of a file without one; for a mapping given by name
///
/// [fields]
/// reference = "No"                    # required
/// arrived_on = "Datum"                # required, or arrived_at
/// office = { constant = "busan" }     # required
/// item = "Pos"                        # appended to the reference: 4711/2
/// regime = { filled = "Courier", then = "parcel", otherwise = "freight" }
/// transport = { column = "Mode", values = { "1" = "sea", "4" = "air" }, other = "other" }
/// goods.hs = { column = "HS", digits = 6 }        # gives back one lost leading zero
/// goods.net_mass = { column = "Mass", unit = "t" } # mg, g, kg, t, oz, lb, or unit_column
/// goods.value = { column = "Value", scale = 1000 }
/// goods.2.hs = "HS second item"
/// consignee.address = { columns = ["Street", "Town"], join = ", " }
/// consignee.phone = ["Phone", "Mobile"]           # a list takes all, others the first filled
/// route.via = { column = "Ports", separator = " " }
/// outcome.irregular = "Fraud"
/// ```
///
/// The fields are `reference`, `item`, `arrived_on`, `arrived_at`, `office`, `regime`,
/// `direction`, `transport`; `code`, `name`, `address`, `country`, `phone`, `mail` of
/// `consignor`, `consignee`, `declarant`, `carrier`, `courier`, `notify_party`; and those of
/// `goods` (and `goods.2` to `goods.99`), `route`, `equipment`, `documents`, `outcome`, named
/// as in a consignment. Without a `regime`, consignments with a courier or by post are parcels.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The source that stands in every consignment read with it.
    pub name: String,
    /// What the table is, in words.
    pub about: String,
    /// A header that has all of these is read with this mapping; none when it must be named.
    pub recognise: Vec<String>,
    pub(crate) file: FileForm,
    pub(crate) entries: Vec<Entry>,
    /// The text it was read from.
    text: String,
}

/// How the file is written, as far as the mapping says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FileForm {
    pub(crate) delimiter: Option<u8>,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) number: NumberForm,
    pub(crate) dates: Vec<String>,
    /// Seconds east of UTC.
    pub(crate) utc_offset_s: Option<i32>,
    pub(crate) empty: Vec<String>,
    pub(crate) skip_lines: u64,
    pub(crate) header: Vec<String>,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberForm {
    pub(crate) decimal: u8,
    pub(crate) thousands: Option<u8>,
}

/// One field and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) field: Field,
    pub(crate) kind: Kind,
    pub(crate) from: Origin,
    pub(crate) default: String,
    pub(crate) values: Vec<(String, String)>,
    pub(crate) other: Option<String>,
    pub(crate) number: NumberForm,
    /// Factor to grams for a mass, to the field's unit for other numbers.
    pub(crate) factor: f64,
    pub(crate) unit_column: Option<String>,
    pub(crate) dates: Vec<String>,
    pub(crate) separator: Option<String>,
    pub(crate) digits: u8,
}

/// Where the text of a field stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Origin {
    /// The first filled of these; a list field takes all.
    Columns(Vec<String>),
    /// All filled ones of these, with a text between.
    Joined(Vec<String>, String),
    /// The same text in every row.
    Constant(String),
    /// One text when a column is filled and another when not.
    Filled { column: String, then: String, otherwise: String },
}

impl Entry {
    /// Every column that this field reads.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        let own: &[String] = match &self.from {
            Origin::Columns(columns) | Origin::Joined(columns, _) => columns,
            Origin::Filled { column, .. } => std::slice::from_ref(column),
            Origin::Constant(_) => &[],
        };
        own.iter().chain(&self.unit_column).map(String::as_str)
    }
}

/// The mappings that come with Sumun: the Korea Customs Service's table, the wide table of the
/// pretend port, and customs forms of postal items. They are read once.
pub fn built_in() -> &'static [Mapping] {
    static BUILT_IN: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
        [
            include_str!("../../mappings/kcs.toml"),
            include_str!("../../mappings/port.toml"),
            include_str!("../../mappings/postal.toml"),
        ]
        .into_iter()
        // A test reads them all, so none is ever left out.
        .filter_map(|text| Mapping::parse(text).ok())
        .collect()
    });
    &BUILT_IN
}

/// Grams in one of a unit of mass, by its usual name or its UNECE Recommendation 20 code.
pub(crate) fn grams(unit: &str) -> Option<f64> {
    Some(match unit.trim().to_ascii_lowercase().as_str() {
        "mg" | "mgm" => 1e-3,
        "g" | "gr" | "grm" | "gram" | "grams" => 1.0,
        "kg" | "kgs" | "kgm" | "kilogram" => 1e3,
        "t" | "tne" | "ton" | "tonne" | "mt" => 1e6,
        "oz" | "onz" => 28.349_523_125,
        "lb" | "lbs" | "lbr" => 453.592_37,
        _ => return None,
    })
}

impl Mapping {
    /// Reads a mapping. Whatever it does not know is refused with the line it stands on.
    pub fn parse(text: &str) -> Result<Mapping, MappingError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Source { text };
        let document = DeTable::parse(text).map_err(|error| {
            source.error(error.span().unwrap_or(0..0), error.message().replace('\n', ", "))
        })?;
        source.mapping(document.get_ref())
    }

    /// What has to be kept so that [`Mapping::kept`] gives this mapping again: the name of one that
    /// comes with Sumun, else its whole text.
    pub fn keep(&self) -> &str {
        if built_in().contains(self) { &self.name } else { &self.text }
    }

    /// The mapping that was kept by [`Mapping::keep`].
    pub fn kept(text: &str) -> Result<Mapping, MappingError> {
        match built_in().iter().find(|mapping| mapping.name == text) {
            Some(mapping) => Ok(mapping.clone()),
            None => Mapping::parse(text),
        }
    }

    /// Whether a column tells who a party is: name, address, phone, mail or code.
    pub fn is_personal(&self, column: &str) -> bool {
        let folded = fold_header(column);
        self.entries.iter().any(|entry| {
            let of_party = match entry.field {
                Field::Party(_, PartyField::Country) => false,
                Field::Party(..) => true,
                _ => false,
            };
            of_party && entry.columns().any(|name| fold_header(name) == folded)
        })
    }

    /// A first mapping for a header that no mapping recognises, by the likeness of names, as
    /// text to be saved and checked by a person.
    pub fn starter(header: &[&str]) -> String {
        suggest::starter(header)
    }

    /// A proposed mapping with what it leaves open filled in, to look at a table by: one office and
    /// one day for all rows, a bill's number for the reference; `form`, from 0 to 5, is how numbers
    /// and dates are written. Nothing is to be kept of what is read so. None when too little is
    /// known of the table.
    pub fn tried(starter: &str, office: &str, day: &str, form: u8) -> Option<Mapping> {
        Mapping::parse(&suggest::filled(starter, office, day, form)?).ok()
    }

    /// How many columns it takes to recognise this table, when `header` has them all.
    pub(crate) fn recognises(&self, header: &[String]) -> Option<usize> {
        let folded: BTreeSet<String> = header.iter().map(|name| fold_header(name)).collect();
        let all = self.recognise.iter().all(|name| folded.contains(&fold_header(name)));
        (all && !self.recognise.is_empty()).then_some(self.recognise.len())
    }
}

/// Column names are the same whatever their case and the spaces around and within.
pub(crate) fn fold_header(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

type Found<T> = Result<T, MappingError>;
type Value<'i> = Spanned<DeValue<'i>>;

/// The text of a mapping, to tell lines from positions.
struct Source<'t> {
    text: &'t str,
}

const TOP_KEYS: [&str; 5] = ["name", "about", "recognise", "file", "fields"];
const FILE_KEYS: [&str; 9] = [
    "delimiter",
    "encoding",
    "decimal",
    "thousands",
    "dates",
    "utc_offset",
    "empty",
    "skip_lines",
    "header",
];
const FIELD_KEYS: [&str; 18] = [
    "column",
    "columns",
    "join",
    "constant",
    "filled",
    "then",
    "otherwise",
    "default",
    "values",
    "other",
    "unit",
    "unit_column",
    "scale",
    "decimal",
    "thousands",
    "dates",
    "separator",
    "digits",
];

impl Source<'_> {
    fn error(&self, span: Range<usize>, reason: impl Into<String>) -> MappingError {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        MappingError { line: 1 + memchr::memchr_iter(b'\n', before).count(), reason: reason.into() }
    }

    fn mapping(&self, top: &DeTable<'_>) -> Found<Mapping> {
        self.known_keys(top, &TOP_KEYS, "a mapping")?;
        let name = match top.get("name") {
            Some(value) => self.text(value, "name")?,
            None => return Err(self.error(0..0, "it needs a name, such as name = \"busan-sea\"")),
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
            let span = top.get("name").map_or(0..0, Spanned::span);
            let reason = "the name is 1 to 40 of the characters a-z, 0-9, `-`, `_` and `.`";
            return Err(self.error(span, reason));
        }
        let about = self.optional_text(top, "about")?.unwrap_or_default();
        let recognise = self.optional_texts(top, "recognise")?;
        let file = self.file(top)?;
        let entries = self.fields(top, &file)?;
        let text = self.text.to_owned();
        let mapping = Mapping { name, about, recognise, file, entries, text };
        self.required(top, &mapping)?;
        Ok(mapping)
    }

    fn required(&self, top: &DeTable<'_>, mapping: &Mapping) -> Found<()> {
        let span = top.get("fields").map_or(0..0, Spanned::span);
        let has = |field| mapping.entries.iter().any(|entry| entry.field == field);
        for (field, name) in [(Field::Reference, "reference"), (Field::Office, "office")] {
            if !has(field) {
                let reason = format!("the field `{name}` is required; give its column or constant");
                return Err(self.error(span, reason));
            }
        }
        if !has(Field::ArrivedOn) && !has(Field::ArrivedAt) {
            return Err(self.error(span, "one of `arrived_on` and `arrived_at` is required"));
        }
        Ok(())
    }

    fn file(&self, top: &DeTable<'_>) -> Found<FileForm> {
        let mut form = FileForm {
            delimiter: None,
            encoding: None,
            number: NumberForm { decimal: b'.', thousands: None },
            dates: Vec::new(),
            utc_offset_s: None,
            empty: Vec::new(),
            skip_lines: 0,
            header: Vec::new(),
        };
        let Some(value) = top.get("file") else { return Ok(form) };
        let file = self.table(value, "file")?;
        self.known_keys(file, &FILE_KEYS, "[file]")?;
        form.delimiter = self.byte(file, "delimiter", b",;\t|")?;
        form.encoding = match self.optional_text(file, "encoding")?.map(|name| suggest::fold(&name))
        {
            None => None,
            Some(name) => Some(match name.as_str() {
                "utf8" | "ascii" => Encoding::Utf8,
                "cp949" | "euckr" | "ms949" | "uhc" | "ksc5601" => Encoding::Cp949,
                _ => return Err(self.at(file, "encoding", "the encoding is utf-8 or cp949")),
            }),
        };
        form.number = self.number_form(file, form.number)?;
        form.dates = self.date_formats(file)?;
        form.empty = self.optional_texts(file, "empty")?;
        form.header = self.optional_texts(file, "header")?;
        if let Some(lines) = self.number(file, "skip_lines")? {
            if lines.fract() != 0.0 || !(0.0..=1_000.0).contains(&lines) {
                return Err(self.at(file, "skip_lines", "skip_lines is a whole number to 1000"));
            }
            form.skip_lines = lines as u64;
        }
        if let Some(offset) = self.optional_text(file, "utc_offset")? {
            let seconds = offset_seconds(&offset);
            form.utc_offset_s = Some(seconds.ok_or_else(|| {
                self.at(file, "utc_offset", "the offset is written +09:00, -03:30 or Z")
            })?);
        }
        Ok(form)
    }

    fn fields(&self, top: &DeTable<'_>, file: &FileForm) -> Found<Vec<Entry>> {
        let mut entries = Vec::new();
        if let Some(value) = top.get("fields") {
            self.group("", self.table(value, "fields")?, file, &mut entries)?;
        }
        Ok(entries)
    }

    /// Walks one level of `[fields]`: groups are tables within, all else is a field.
    fn group(
        &self,
        path: &str,
        table: &DeTable<'_>,
        file: &FileForm,
        entries: &mut Vec<Entry>,
    ) -> Found<()> {
        for (key, value) in table.iter() {
            let word = key.get_ref().as_ref();
            let name = if path.is_empty() { word.to_owned() } else { format!("{path}.{word}") };
            match value.get_ref() {
                DeValue::Table(inner) if field::is_group(word) => {
                    self.group(&name, inner, file, entries)?;
                }
                _ => match field::find(&name) {
                    Some((field, kind)) => {
                        entries.push(self.entry(name, field, kind, value, file)?);
                    }
                    None => {
                        let names = field::names();
                        let hint = did_you_mean(&name, names.iter().map(String::as_str));
                        let reason = format!("there is no field `{name}`{hint}");
                        return Err(self.error(key.span(), reason));
                    }
                },
            }
        }
        Ok(())
    }

    fn entry(
        &self,
        name: String,
        field: Field,
        kind: Kind,
        value: &Value<'_>,
        file: &FileForm,
    ) -> Found<Entry> {
        let mut entry = Entry {
            name,
            field,
            kind,
            from: Origin::Columns(Vec::new()),
            default: String::new(),
            values: Vec::new(),
            other: None,
            number: file.number,
            factor: if kind == Kind::Mass { 1_000.0 } else { 1.0 },
            unit_column: None,
            dates: file.dates.clone(),
            separator: None,
            digits: 0,
        };
        match value.get_ref() {
            DeValue::String(column) => {
                entry.from = Origin::Columns(vec![column.as_ref().to_owned()]);
            }
            DeValue::Array(_) => entry.from = Origin::Columns(self.texts(value, &entry.name)?),
            DeValue::Table(options) => self.options(&mut entry, options, value.span())?,
            _ => {
                let reason = format!(
                    "`{}` is a column's name, a list of them, or a table with `column`",
                    entry.name
                );
                return Err(self.error(value.span(), reason));
            }
        }
        self.known_words(&entry, value)?;
        for column in entry.columns() {
            let known = file.header.is_empty()
                || file.header.iter().any(|name| fold_header(name) == fold_header(column));
            if !known {
                let hint = did_you_mean(column, file.header.iter().map(String::as_str));
                let reason = format!("the header given has no column `{column}`{hint}");
                return Err(self.error(value.span(), reason));
            }
        }
        Ok(entry)
    }

    /// Refuses words that the field does not know, where the mapping itself writes them.
    fn known_words(&self, entry: &Entry, value: &Value<'_>) -> Found<()> {
        let words = field::words(entry.field, entry.kind);
        let mut written: Vec<&str> = entry.values.iter().map(|(_, word)| word.as_str()).collect();
        written.extend(entry.other.as_deref());
        written.push(&entry.default);
        match &entry.from {
            Origin::Constant(word) => written.push(word),
            Origin::Filled { then, otherwise, .. } => written.extend([&**then, &**otherwise]),
            Origin::Columns(_) | Origin::Joined(..) => {}
        }
        for word in written.into_iter().filter(|word| !word.is_empty()) {
            // A default or constant may be one of the table's own codes.
            let coded = entry.values.iter().any(|(code, _)| code == word);
            let known = words.iter().any(|known| known.eq_ignore_ascii_case(word));
            if !words.is_empty() && !known && !coded {
                let hint = did_you_mean(word, words.iter().copied());
                let name = &entry.name;
                let reason =
                    format!("`{name}` knows no `{word}`{hint}; it is {}", words.join(", "));
                return Err(self.error(value.span(), reason));
            }
        }
        Ok(())
    }

    fn options(&self, entry: &mut Entry, options: &DeTable<'_>, span: Range<usize>) -> Found<()> {
        self.known_keys(options, &FIELD_KEYS, &format!("`{}`", entry.name))?;
        self.fitting(entry, options)?;
        entry.from = self.origin(&entry.name, options, span.clone())?;
        entry.default = self.optional_text(options, "default")?.unwrap_or_default();
        entry.other = self.optional_text(options, "other")?;
        if let Some(value) = options.get("values") {
            for (key, value) in self.table(value, "values")?.iter() {
                let meaning = self.text(value, "values")?;
                entry.values.push((key.get_ref().as_ref().to_owned(), meaning));
            }
        }
        entry.number = self.number_form(options, entry.number)?;
        if options.contains_key("dates") {
            entry.dates = self.date_formats(options)?;
        }
        entry.separator = self.optional_text(options, "separator")?;
        if entry.separator.as_deref() == Some("") {
            return Err(self.at(options, "separator", "the separator is at least one character"));
        }
        entry.unit_column = self.optional_text(options, "unit_column")?;
        if let Some(unit) = self.optional_text(options, "unit")? {
            entry.factor = grams(&unit).ok_or_else(|| {
                let reason = format!("`{unit}` is no unit of mass; use mg, g, kg, t, oz or lb");
                self.at(options, "unit", reason)
            })?;
        }
        if let Some(scale) = self.number(options, "scale")? {
            if !(scale.is_finite() && scale > 0.0) {
                return Err(self.at(options, "scale", "the scale is a number above zero"));
            }
            entry.factor *= scale;
        }
        if let Some(digits) = self.number(options, "digits")? {
            if ![2.0, 4.0, 6.0, 8.0, 10.0].contains(&digits) {
                return Err(self.at(options, "digits", "an HS code has 2, 4, 6, 8 or 10 digits"));
            }
            entry.digits = digits as u8;
        }
        Ok(())
    }

    fn origin(&self, name: &str, options: &DeTable<'_>, span: Range<usize>) -> Found<Origin> {
        let column = self.optional_text(options, "column")?;
        let columns = self.optional_texts(options, "columns")?;
        let constant = self.optional_text(options, "constant")?;
        let filled = self.optional_text(options, "filled")?;
        let ways = usize::from(column.is_some())
            + usize::from(!columns.is_empty())
            + usize::from(constant.is_some())
            + usize::from(filled.is_some());
        if ways != 1 {
            let reason =
                format!("`{name}` needs just one of `column`, `columns`, `constant` and `filled`");
            return Err(self.error(span, reason));
        }
        let then = self.optional_text(options, "then")?;
        let otherwise = self.optional_text(options, "otherwise")?;
        let join = self.optional_text(options, "join")?;
        if filled.is_none() && (then.is_some() || otherwise.is_some()) {
            return Err(self.error(span, "`then` and `otherwise` belong to `filled`"));
        }
        if join.is_some() && columns.is_empty() {
            return Err(self.error(span, "`join` belongs to `columns`"));
        }
        Ok(match (constant, filled, join) {
            (Some(constant), ..) => Origin::Constant(constant),
            (_, Some(column), _) => Origin::Filled {
                column,
                then: then.unwrap_or_default(),
                otherwise: otherwise.unwrap_or_default(),
            },
            (.., Some(join)) => Origin::Joined(columns, join),
            _ => Origin::Columns(column.into_iter().chain(columns).collect()),
        })
    }

    /// Refuses options that mean nothing for the kind of field, rather than ignore them.
    fn fitting(&self, entry: &Entry, options: &DeTable<'_>) -> Found<()> {
        let kind = entry.kind;
        let number = matches!(kind, Kind::Mass | Kind::Number);
        let checks: [(&[&str], bool, &str); 6] = [
            (&["unit", "unit_column"], kind == Kind::Mass, "fields of mass"),
            (&["scale", "decimal", "thousands"], number, "fields with numbers"),
            (&["dates"], kind == Kind::Moment, "arrived_on and arrived_at"),
            (&["separator"], kind == Kind::List, "fields that are lists"),
            (&["digits"], kind == Kind::Hs, "HS codes"),
            (&["join"], kind == Kind::Text || kind == Kind::Moment, "texts and dates"),
        ];
        for (keys, fits, what) in checks {
            for key in keys.iter().filter(|_| !fits) {
                if options.contains_key(*key) {
                    let reason = format!("`{key}` is for {what}, not for `{}`", entry.name);
                    return Err(self.at(options, key, reason));
                }
            }
        }
        Ok(())
    }

    fn number_form(&self, table: &DeTable<'_>, usual: NumberForm) -> Found<NumberForm> {
        let decimal = self.byte(table, "decimal", b".,")?.unwrap_or(usual.decimal);
        let thousands = self.byte(table, "thousands", b".,' _")?.or(usual.thousands);
        if thousands == Some(decimal) {
            let key = if table.contains_key("thousands") { "thousands" } else { "decimal" };
            return Err(self.at(table, key, "decimal and thousands cannot be the same mark"));
        }
        Ok(NumberForm { decimal, thousands })
    }

    fn date_formats(&self, table: &DeTable<'_>) -> Found<Vec<String>> {
        let formats = self.optional_texts(table, "dates")?;
        for format in &formats {
            // A format is sound when it can write a moment; reading uses the same marks.
            let sample = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
            let sound = format.contains('%')
                && jiff::fmt::strtime::format(format.as_str(), &sample).is_ok();
            if format != "excel" && !sound {
                let reason =
                    format!("`{format}` is no format of dates such as %d.%m.%Y, nor \"excel\"");
                return Err(self.at(table, "dates", reason));
            }
        }
        Ok(formats)
    }

    fn at(&self, table: &DeTable<'_>, key: &str, reason: impl Into<String>) -> MappingError {
        self.error(table.get(key).map_or(0..0, Spanned::span), reason)
    }

    fn known_keys(&self, table: &DeTable<'_>, known: &[&str], place: &str) -> Found<()> {
        for (key, _) in table.iter() {
            let word = key.get_ref().as_ref();
            if !known.contains(&word) {
                let hint = did_you_mean(word, known.iter().copied());
                let reason = format!("{place} has no key `{word}`{hint}");
                return Err(self.error(key.span(), reason));
            }
        }
        Ok(())
    }

    fn table<'v, 'i>(&self, value: &'v Value<'i>, key: &str) -> Found<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        table.ok_or_else(|| self.error(value.span(), format!("`{key}` is a table")))
    }

    fn text(&self, value: &Value<'_>, key: &str) -> Found<String> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.as_ref().to_owned()),
            DeValue::Integer(number) => Ok(number.as_str().to_owned()),
            DeValue::Boolean(yes) => Ok(yes.to_string()),
            _ => Err(self.error(value.span(), format!("`{key}` is a text in quotes"))),
        }
    }

    fn texts(&self, value: &Value<'_>, key: &str) -> Found<Vec<String>> {
        match value.get_ref() {
            DeValue::Array(array) => array.iter().map(|item| self.text(item, key)).collect(),
            _ => Ok(vec![self.text(value, key)?]),
        }
    }

    fn optional_text(&self, table: &DeTable<'_>, key: &str) -> Found<Option<String>> {
        table.get(key).map(|value| self.text(value, key)).transpose()
    }

    fn optional_texts(&self, table: &DeTable<'_>, key: &str) -> Found<Vec<String>> {
        table.get(key).map_or(Ok(Vec::new()), |value| self.texts(value, key))
    }

    fn number(&self, table: &DeTable<'_>, key: &str) -> Found<Option<f64>> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => "",
        };
        let number = text.parse().ok();
        number.map(Some).ok_or_else(|| self.error(value.span(), format!("`{key}` is a number")))
    }

    fn byte(&self, table: &DeTable<'_>, key: &str, allowed: &[u8]) -> Found<Option<u8>> {
        let Some(text) = self.optional_text(table, key)? else { return Ok(None) };
        match text.as_bytes() {
            [byte] if allowed.contains(byte) => Ok(Some(*byte)),
            _ => {
                let marks: Vec<String> =
                    allowed.iter().map(|byte| format!("{:?}", char::from(*byte))).collect();
                Err(self.at(table, key, format!("`{key}` is one of {}", marks.join(", "))))
            }
        }
    }
}

/// Seconds east of UTC of `+09:00`, `-0330` or `Z`.
pub(crate) fn offset_seconds(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let sign = match bytes.first()? {
        b'Z' | b'z' if bytes.len() == 1 => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: [u8; 4] = match &bytes[1..] {
        [a, b, b':', c, d] | [a, b, c, d] => [*a, *b, *c, *d],
        [a, b] => [*a, *b, b'0', b'0'],
        _ => return None,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |at: usize| i32::from(digits[at] - b'0') * 10 + i32::from(digits[at + 1] - b'0');
    let (hours, minutes) = (two(0), two(2));
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}
