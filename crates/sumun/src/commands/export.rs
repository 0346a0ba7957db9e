//! `sumun export`. Rows flow from the store to the file one by one, so a table of any length fits.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::json;

use super::{Office, Report};
use crate::store::exports::{self, Cell, Column, Kind};

/// What can be exported.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Declaration, chances, model, lane and reasons of everything screened.
    Assessments,
    /// Consignments with their fate and content.
    Consignments,
    /// Plans.
    Plans,
    /// Every consignment of every plan with its chance.
    Selections,
    /// What inspections came to.
    Outcomes,
    /// Defects.
    Defects,
    /// The journal.
    Journal,
}

/// Writes a table as CSV or Parquet; the file's name says which.
#[derive(Debug, Args)]
pub struct Export {
    /// What to export.
    #[arg(value_enum)]
    what: What,
    /// A file that ends in .csv or .parquet; `-` writes CSV to standard output.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Rows that are written to Parquet at once; they are held in memory.
const ROW_GROUP: usize = 100_000;

impl Export {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let table = match self.what {
            What::Assessments => &exports::ASSESSMENTS,
            What::Consignments => &exports::CONSIGNMENTS,
            What::Plans => &exports::PLANS,
            What::Selections => &exports::SELECTIONS,
            What::Outcomes => &exports::OUTCOMES,
            What::Defects => &exports::DEFECTS,
            What::Journal => &exports::JOURNAL,
        };
        let bar = office.bar(None, "Writing");
        let to_stdout = self.out.as_os_str() == "-";
        if to_stdout && office.settings.json {
            crate::refuse!(
                "arguments",
                "--json and --out - both want standard output: name a file"
            );
        }
        let mut sink: Box<dyn Sink> = if to_stdout {
            Box::new(CsvSink::to(std::io::stdout(), table.columns)?)
        } else {
            sink(&self.out, table.columns)?
        };
        let mut tx = store.read().await?;
        let mut n = 0u64;
        exports::each(&mut tx, table, |cells| {
            sink.row(cells)?;
            n += 1;
            if n.is_multiple_of(1_000) {
                bar.set_position(n);
            }
            Ok(())
        })
        .await?;
        sink.finish().with_context(|| format!("while writing {}", self.out.display()))?;
        bar.finish_and_clear();
        let text = match to_stdout {
            true => String::new(),
            false => format!("Wrote {n} rows to {}.", self.out.display()),
        };
        Ok(Report::new(json!({ "rows": n, "file": self.out }), text))
    }
}

/// Takes the rows of a table.
pub(super) trait Sink: Send {
    /// Takes one row, in the order of the columns.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()>;
    /// Writes what is still held.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// A file for rows of these columns: Parquet where its name says so, otherwise CSV.
pub(super) fn sink(path: &Path, columns: &[Column]) -> Result<Box<dyn Sink>> {
    if path.extension().is_some_and(|kind| kind == "parquet") {
        return Ok(Box::new(ParquetSink::create(path, columns)?));
    }
    let file = File::create(path).with_context(|| format!("while writing {}", path.display()))?;
    Ok(Box::new(CsvSink::to(file, columns)?))
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
                Cell::Text(Some(text)) => self.0.write_field(text)?,
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

struct ParquetSink {
    writer: SerializedFileWriter<File>,
    columns: Vec<Gathered>,
    rows: usize,
}

impl ParquetSink {
    fn create(path: &Path, columns: &[Column]) -> Result<ParquetSink> {
        let file =
            File::create(path).with_context(|| format!("while writing {}", path.display()))?;
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
        let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
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

impl Sink for ParquetSink {
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
