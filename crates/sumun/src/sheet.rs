//! Sheets: rows written as CSV or Parquet, one by one, so that a table of any length fits. What
//! people open in a spreadsheet may hold what somebody else typed, so no cell of a CSV is one that
//! a spreadsheet would compute.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::store::exports::{Cell, Column, Kind};

/// Rows that are written to Parquet at once; they are held in memory.
const ROW_GROUP: usize = 100_000;

/// Takes the rows of a table.
pub trait Sink: Send {
    /// Takes one row, in the order of the columns.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()>;
    /// Writes what is still held.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// A file for rows of these columns: Parquet where its name says so, otherwise CSV.
///
/// # Errors
/// When it cannot be written.
pub fn file(path: &Path, columns: &[Column]) -> Result<Box<dyn Sink>> {
    let file = File::create(path).with_context(|| format!("while writing {}", path.display()))?;
    match path.extension().is_some_and(|kind| kind == "parquet") {
        true => parquet(file, columns),
        false => csv(file, columns),
    }
}

/// Rows of these columns as CSV.
///
/// # Errors
/// When it cannot be written.
pub fn csv<'w, W>(out: W, columns: &[Column]) -> Result<Box<dyn Sink + 'w>>
where
    W: Write + Send + 'w,
{
    Ok(Box::new(CsvSink::to(out, columns)?))
}

/// Rows of these columns as Parquet.
///
/// # Errors
/// When it cannot be written.
pub fn parquet<'w, W>(out: W, columns: &[Column]) -> Result<Box<dyn Sink + 'w>>
where
    W: Write + Send + 'w,
{
    Ok(Box::new(ParquetSink::to(out, columns)?))
}

/// A text as a spreadsheet takes it for one: what it would compute gets an apostrophe before it.
pub fn defused(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

struct CsvSink<W: Write>(csv::Writer<BufWriter<W>>);

impl<W: Write + Send> CsvSink<W> {
    fn to(out: W, columns: &[Column]) -> Result<CsvSink<W>> {
        let mut csv = csv::Writer::from_writer(BufWriter::new(out));
        csv.write_record(columns.iter().map(|column| column.name))?;
        Ok(CsvSink(csv))
    }
}

impl<W: Write + Send> Sink for CsvSink<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        for cell in cells {
            match cell {
                Cell::Int(Some(n)) => self.0.write_field(n.to_string())?,
                Cell::Real(Some(x)) => self.0.write_field(x.to_string())?,
                Cell::Text(Some(text)) => self.0.write_field(&*defused(text))?,
                Cell::Int(None) | Cell::Real(None) | Cell::Text(None) => self.0.write_field("")?,
            }
        }
        self.0.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        Ok(self.0.flush()?)
    }
}

/// One column of a row group that is being gathered.
enum Gathered {
    Ints(Vec<i64>, Vec<i16>),
    Reals(Vec<f64>, Vec<i16>),
    Texts(Vec<ByteArray>, Vec<i16>),
}

struct ParquetSink<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Gathered>,
    rows: usize,
}

impl<W: Write + Send> ParquetSink<W> {
    fn to(out: W, columns: &[Column]) -> Result<ParquetSink<W>> {
        let fields = columns
            .iter()
            .map(|column| {
                let physical = match column.kind {
                    Kind::Int => Physical::INT64,
                    Kind::Real => Physical::DOUBLE,
                    Kind::Text => Physical::BYTE_ARRAY,
                };
                let text = matches!(column.kind, Kind::Text).then_some(LogicalType::String);
                let field = Type::primitive_type_builder(column.name, physical)
                    .with_repetition(Repetition::OPTIONAL)
                    .with_logical_type(text)
                    .build()?;
                Ok(Arc::new(field))
            })
            .collect::<Result<_>>()?;
        let schema = Type::group_type_builder("sumun").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        let columns = columns
            .iter()
            .map(|column| match column.kind {
                Kind::Int => Gathered::Ints(Vec::new(), Vec::new()),
                Kind::Real => Gathered::Reals(Vec::new(), Vec::new()),
                Kind::Text => Gathered::Texts(Vec::new(), Vec::new()),
            })
            .collect();
        Ok(ParquetSink { writer, columns, rows: 0 })
    }

    fn write_group(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for gathered in &mut self.columns {
            let Some(mut column) = group.next_column()? else { bail!("a column is missing") };
            match gathered {
                Gathered::Ints(values, levels) => {
                    column.typed::<Int64Type>().write_batch(values, Some(levels), None)?;
                    values.clear();
                    levels.clear();
                }
                Gathered::Reals(values, levels) => {
                    column.typed::<DoubleType>().write_batch(values, Some(levels), None)?;
                    values.clear();
                    levels.clear();
                }
                Gathered::Texts(values, levels) => {
                    column.typed::<ByteArrayType>().write_batch(values, Some(levels), None)?;
                    values.clear();
                    levels.clear();
                }
            }
            column.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl<W: Write + Send> Sink for ParquetSink<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        for (gathered, cell) in self.columns.iter_mut().zip(cells) {
            match (gathered, cell) {
                (Gathered::Ints(values, levels), Cell::Int(n)) => {
                    values.extend(n);
                    levels.push(i16::from(n.is_some()));
                }
                (Gathered::Reals(values, levels), Cell::Real(x)) => {
                    values.extend(x);
                    levels.push(i16::from(x.is_some()));
                }
                (Gathered::Texts(values, levels), Cell::Text(text)) => {
                    values.extend(text.map(ByteArray::from));
                    levels.push(i16::from(text.is_some()));
                }
                _ => bail!("a cell is of another kind than its column"),
            }
        }
        self.rows += 1;
        if self.rows == ROW_GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.write_group()?;
        self.writer.finish()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_compute_is_defused() {
        let columns =
            [Column { name: "text", kind: Kind::Text }, Column { name: "n", kind: Kind::Int }];
        let mut out = Vec::new();
        let mut sheet = csv(&mut out, &columns).unwrap();
        for text in ["=1+1", "+82", "-", "@sum", "\tx", "a=b", ""] {
            sheet.row(&[Cell::Text(Some(text)), Cell::Int(Some(-1))]).unwrap();
        }
        sheet.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "text,n\n'=1+1,-1\n'+82,-1\n'-,-1\n'@sum,-1\n'\tx,-1\na=b,-1\n,-1\n");
    }
}
