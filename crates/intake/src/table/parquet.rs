//! Reads Parquet by column, a row group and a slice of its rows at a time, and hands the rows
//! out as texts like any other table. Lists become one cell with the separator of their field;
//! days, stamps and decimals are written as the mapping's own defaults read them.

use std::fmt::Write;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use targeting::codes::Day;
use targeting::consignment::{Defect, DefectKind};

use super::cells::{Cells, defect};
use super::fill::Filler;
use super::{Source, Step};
use crate::unpack::Progress;

/// Rows decoded at a time: enough to make a page's set-up small, few enough to stay in cache.
const SLICE_ROWS: usize = 1_024;
/// A longer value is no cell of a table. A few bytes of a file can name one a thousand times over.
const LONGEST_CELL_BYTES: usize = 16 * 1024;
/// So many times a file's size its texts may be together, and so many bytes in any case: tables
/// that repeat themselves are five to fifty times as long as their files.
const MOST_TIMES: u64 = 200;
const ALWAYS_BYTES: u64 = 64 << 20;

pub(crate) struct Parquet<R: ChunkReader + 'static> {
    file: SerializedFileReader<R>,
    columns: Vec<Column>,
    group: usize,
    rows_left_in_group: usize,
    /// Rows of the slice at hand, and which of them comes next.
    slice_rows: usize,
    next_row: usize,
    line: u64,
    rows_total: u64,
    bytes_total: u64,
    text_total: u64,
    progress: Progress,
    broken: Option<Defect>,
    ended: bool,
}

struct Column {
    name: String,
    /// False when the mapping does not read it: then its pages are not even fetched.
    used: bool,
    separator: String,
    reader: Option<ColumnReader>,
    form: Form,
    max_def: i16,
    max_rep: i16,
    /// The texts of the slice, one behind the other.
    text: String,
    ends: Vec<u32>,
    /// Rows of the slice whose bytes are no text, or too many.
    spoilt: Vec<usize>,
    def: Vec<i16>,
    rep: Vec<i16>,
}

/// How the stored values are written as text.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    AsIs,
    Unsigned,
    Day,
    /// Parts of a second in one unit, and whether it is UTC or the local clock.
    Stamp {
        per_second: i64,
        utc: bool,
    },
    Decimal(i32),
    Text,
}

impl<R: ChunkReader + 'static> Parquet<R> {
    pub(crate) fn open(input: R, progress: Progress) -> Result<Self, String> {
        let bytes_total = input.len();
        let file = guarded(|| SerializedFileReader::new(input))?;
        let metadata = file.metadata();
        let schema = metadata.file_metadata().schema_descr();
        let columns = schema.columns().iter().map(|column| Column::new(column)).collect();
        let rows_total = metadata.file_metadata().num_rows().max(0) as u64;
        Ok(Parquet {
            file,
            columns,
            group: 0,
            rows_left_in_group: 0,
            slice_rows: 0,
            next_row: 0,
            line: 1,
            rows_total,
            bytes_total,
            text_total: 0,
            progress,
            broken: None,
            ended: false,
        })
    }

    pub(crate) fn header(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Says, by column, whether it is read and what then stands between members of a list.
    pub(crate) fn set_used(&mut self, separators: Vec<Option<String>>) {
        for (column, separator) in self.columns.iter_mut().zip(separators) {
            column.used = separator.is_some();
            column.separator = separator.unwrap_or_default();
        }
    }

    /// Decodes the next slice; false at the end of the file.
    fn slice(&mut self) -> Result<bool, String> {
        self.next_row = 0;
        self.slice_rows = 0;
        while self.rows_left_in_group == 0 {
            if self.group >= self.file.num_row_groups() {
                return Ok(false);
            }
            let (file, group, columns) = (&self.file, self.group, &mut self.columns);
            let rows = guarded(|| {
                let group = file.get_row_group(group)?;
                for (at, column) in columns.iter_mut().enumerate().filter(|(_, of)| of.used) {
                    column.reader = Some(group.get_column_reader(at)?);
                }
                Ok(group.metadata().num_rows())
            })?;
            self.rows_left_in_group = usize::try_from(rows).map_err(|_| "a count below zero")?;
            self.group += 1;
        }
        let wanted = self.rows_left_in_group.min(SLICE_ROWS);
        let columns = &mut self.columns;
        guarded(|| {
            for column in columns.iter_mut().filter(|column| column.used) {
                column.read(wanted)?;
            }
            Ok(())
        })?;
        self.text_total += columns.iter().map(|column| column.text.len() as u64).sum::<u64>();
        if self.text_total > ALWAYS_BYTES.max(self.bytes_total.saturating_mul(MOST_TIMES)) {
            return Err(format!("it unpacks to more than {MOST_TIMES} times its size"));
        }
        self.rows_left_in_group -= wanted;
        self.slice_rows = wanted;
        Ok(true)
    }
}

/// Runs a step of the Parquet decoder. Its errors are kept as text, and a panic in it counts
/// as one of them, because it trusts the lengths that a damaged file declares.
fn guarded<T>(step: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_panic) => Err("the file contradicts itself".to_owned()),
    }
}

impl<R: ChunkReader + 'static> Source for Parquet<R> {
    fn next(&mut self, cells: &mut Cells, _filler: &Filler) -> io::Result<Step> {
        if let Some(broken) = self.broken.take() {
            return Ok(Step::Defect(broken));
        }
        if self.ended {
            return Ok(Step::End);
        }
        if self.next_row == self.slice_rows {
            match self.slice() {
                Ok(true) => {}
                Ok(false) => {
                    self.ended = true;
                    self.progress.set(self.bytes_total);
                    return Ok(Step::End);
                }
                Err(reason) => {
                    self.ended = true;
                    let left = self.rows_total.saturating_sub(self.line - 1);
                    let reason = format!("from here {left} rows cannot be read: {reason}");
                    return Ok(Step::Defect(defect(
                        self.line,
                        "",
                        DefectKind::Truncated,
                        reason,
                        "",
                    )));
                }
            }
            let done = (self.line - 1) as f64 / self.rows_total.max(1) as f64;
            self.progress.set((self.bytes_total as f64 * done.min(1.0)) as u64);
        }
        cells.clear();
        cells.line = self.line;
        let mut spoilt = false;
        for column in &self.columns {
            cells.push(column.row(self.next_row));
            spoilt |= column.spoilt.contains(&self.next_row);
        }
        self.next_row += 1;
        self.line += 1;
        if spoilt {
            return Ok(Step::Defect(
                cells.defect(DefectKind::Encoding, "its bytes are not UTF-8, or too many"),
            ));
        }
        if memchr::memchr(0, cells.text.as_bytes()).is_some() {
            let reason = "it holds a zero byte, which no text has";
            return Ok(Step::Defect(cells.defect(DefectKind::Encoding, reason)));
        }
        Ok(Step::Row)
    }
}

impl Column {
    fn new(column: &ColumnDescriptor) -> Column {
        // Lists are stored two groups deep, whose names say nothing of the table.
        let inner = ["list", "element", "item", "bag", "array", "array_element"];
        let parts = column.path().parts();
        let named = parts.iter().rposition(|part| !inner.contains(&part.as_str())).unwrap_or(0);
        let kept = if column.max_rep_level() > 0 { &parts[..=named] } else { parts };
        Column {
            name: kept.join("."),
            used: false,
            separator: " ".to_owned(),
            reader: None,
            form: Form::of(column),
            max_def: column.max_def_level(),
            max_rep: column.max_rep_level(),
            text: String::new(),
            ends: Vec::new(),
            spoilt: Vec::new(),
            def: Vec::new(),
            rep: Vec::new(),
        }
    }

    /// The text of one row of the slice.
    fn row(&self, row: usize) -> &str {
        let from = if row == 0 { 0 } else { self.ends.get(row - 1).map_or(0, |end| *end) };
        let to = self.ends.get(row).copied().unwrap_or(from);
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }

    fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.text.clear();
        self.ends.clear();
        self.spoilt.clear();
        self.def.clear();
        self.rep.clear();
        let Some(mut reader) = self.reader.take() else {
            return Err(ParquetError::General("a column without pages".to_owned()));
        };
        match &mut reader {
            ColumnReader::BoolColumnReader(of) => self.fill(of, rows, |value, _, to| {
                to.push_str(if *value { "true" } else { "false" });
                true
            }),
            ColumnReader::Int32ColumnReader(of) => self.fill(of, rows, |value, form, to| {
                let value = match form {
                    Form::Unsigned => i128::from(*value as u32),
                    _ => i128::from(*value),
                };
                write_integer(value, form, to)
            }),
            ColumnReader::Int64ColumnReader(of) => self.fill(of, rows, |value, form, to| {
                let value = match form {
                    Form::Unsigned => i128::from(*value as u64),
                    _ => i128::from(*value),
                };
                write_integer(value, form, to)
            }),
            ColumnReader::Int96ColumnReader(of) => self.fill(of, rows, |value: &Int96, _, to| {
                let stamp = Form::Stamp { per_second: 1_000_000, utc: false };
                write_integer(i128::from(value.to_micros()), stamp, to)
            }),
            ColumnReader::FloatColumnReader(of) => {
                self.fill(of, rows, |value, _, to| write!(to, "{value}").is_ok())
            }
            ColumnReader::DoubleColumnReader(of) => {
                self.fill(of, rows, |value, _, to| write!(to, "{value}").is_ok())
            }
            ColumnReader::ByteArrayColumnReader(of) => {
                self.fill(of, rows, |value: &ByteArray, form, to| {
                    write_bytes(value.data(), form, to)
                })
            }
            ColumnReader::FixedLenByteArrayColumnReader(of) => {
                self.fill(of, rows, |value: &FixedLenByteArray, form, to| {
                    write_bytes(value.data(), form, to)
                })
            }
        }?;
        self.reader = Some(reader);
        Ok(())
    }

    /// Reads so many rows of one column, each value written by `write`, which gives false for
    /// bytes that are no text.
    fn fill<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        rows: usize,
        write: impl Fn(&T::T, Form, &mut String) -> bool,
    ) -> Result<(), ParquetError> {
        let mut values: Vec<T::T> = Vec::with_capacity(rows);
        let (mut read, mut levels) = (0, 0);
        while read < rows {
            let def = (self.max_def > 0).then_some(&mut self.def);
            let rep = (self.max_rep > 0).then_some(&mut self.rep);
            let (records, _, more) = reader.read_records(rows - read, def, rep, &mut values)?;
            if records == 0 {
                return Err(ParquetError::General("a column is shorter than the others".into()));
            }
            read += records;
            levels += more;
        }
        let mut values = values.iter();
        for level in 0..levels {
            let begins = self.rep.get(level).is_none_or(|rep| *rep == 0);
            if begins && level > 0 {
                self.ends.push(self.text.len() as u32);
            }
            if self.def.get(level).is_none_or(|def| *def == self.max_def)
                && let Some(value) = values.next()
            {
                if !begins && self.text.len() > self.ends.last().map_or(0, |end| *end as usize) {
                    self.text.push_str(&self.separator);
                }
                let before = self.text.len();
                let is_text = write(value, self.form, &mut self.text);
                let start = self.ends.last().map_or(0, |end| *end as usize);
                let too_long = self.text.len() - start > LONGEST_CELL_BYTES;
                if too_long {
                    self.text.truncate(before);
                }
                if too_long || !is_text {
                    self.spoilt.push(self.ends.len());
                }
            }
        }
        self.ends.push(self.text.len() as u32);
        if self.text.len() > u32::MAX as usize {
            return Err(ParquetError::General("a slice of texts is too large".into()));
        }
        Ok(())
    }
}

impl Form {
    fn of(column: &ColumnDescriptor) -> Form {
        let per_second = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        };
        match column.logical_type_ref() {
            Some(LogicalType::Date) => return Form::Day,
            Some(LogicalType::Timestamp(stamp)) => {
                let utc = stamp.is_adjusted_to_u_t_c;
                return Form::Stamp { per_second: per_second(&stamp.unit), utc };
            }
            Some(LogicalType::Decimal(decimal)) => return Form::Decimal(decimal.scale),
            Some(LogicalType::Integer(int)) if !int.is_signed => return Form::Unsigned,
            Some(_) => return Form::text_or_as_is(column),
            None => {}
        }
        match column.converted_type() {
            ConvertedType::DATE => Form::Day,
            ConvertedType::TIMESTAMP_MILLIS => Form::Stamp { per_second: 1_000, utc: true },
            ConvertedType::TIMESTAMP_MICROS => Form::Stamp { per_second: 1_000_000, utc: true },
            ConvertedType::DECIMAL => Form::Decimal(column.type_scale()),
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Form::Unsigned,
            _ => Form::text_or_as_is(column),
        }
    }

    fn text_or_as_is(column: &ColumnDescriptor) -> Form {
        match column.physical_type() {
            PhysicalType::BYTE_ARRAY | PhysicalType::FIXED_LEN_BYTE_ARRAY => Form::Text,
            _ => Form::AsIs,
        }
    }
}

fn write_integer(value: i128, form: Form, to: &mut String) -> bool {
    let written = match form {
        Form::Day => match i32::try_from(value) {
            // Days beyond the calendar are shown as numbers, which no date format reads.
            Ok(day) if (-719_000..2_932_000).contains(&day) => write!(to, "{}", Day(day)),
            _ => write!(to, "{value}"),
        },
        Form::Stamp { per_second, utc } => {
            let micros = value * 1_000_000 / i128::from(per_second);
            match i64::try_from(micros)
                .ok()
                .and_then(|at| jiff::Timestamp::from_microsecond(at).ok())
            {
                Some(stamp) if utc => write!(to, "{stamp}"),
                Some(stamp) => {
                    let local = stamp.to_zoned(jiff::tz::TimeZone::UTC).datetime();
                    write!(to, "{local}")
                }
                None => write!(to, "{value}"),
            }
        }
        Form::Decimal(scale) if scale > 0 => {
            let scale = scale.min(38) as usize;
            let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            write!(to, "{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
        }
        Form::AsIs | Form::Unsigned | Form::Decimal(_) | Form::Text => write!(to, "{value}"),
    };
    // Writing to a String cannot fail.
    written.is_ok()
}

fn write_bytes(bytes: &[u8], form: Form, to: &mut String) -> bool {
    if let (Form::Decimal(_), 1..=16) = (form, bytes.len()) {
        // Big-endian two's complement (Parquet's LogicalTypes, DECIMAL).
        let sign = if bytes[0] & 0x80 == 0 { 0 } else { 0xff };
        let mut wide = [sign; 16];
        wide[16 - bytes.len()..].copy_from_slice(bytes);
        return write_integer(i128::from_be_bytes(wide), form, to);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            to.push_str(text);
            true
        }
        Err(_) => {
            to.push_str(&String::from_utf8_lossy(bytes));
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: i128, form: Form) -> String {
        let mut text = String::new();
        write_integer(value, form, &mut text);
        text
    }

    #[test]
    fn stored_values_are_written_as_a_table_would() {
        assert_eq!(written(18_722, Form::Day), "2021-04-05");
        assert_eq!(written(-5, Form::Decimal(2)), "-0.05");
        assert_eq!(written(123_456, Form::Decimal(3)), "123.456");
        let stamp = |utc| Form::Stamp { per_second: 1_000, utc };
        assert_eq!(written(1_617_580_800_000, stamp(true)), "2021-04-05T00:00:00Z");
        assert_eq!(written(1_617_580_800_000, stamp(false)), "2021-04-05T00:00:00");
        assert_eq!(written(i128::from(i64::MAX), stamp(true)), "9223372036854775807");
        let mut text = String::new();
        write_bytes(&[0xff, 0xfe], Form::Decimal(1), &mut text);
        assert_eq!(text, "-0.2");
    }
}
