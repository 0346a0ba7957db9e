//! Facts as columns: what rules read of consignments, kept beside them so that a trial decodes a
//! few columns and reads no document. Declared fields are made from documents, a chunk at a time,
//! when somebody first asks; later only what arrived since is read. Fields of the past are kept as
//! they were when a consignment was screened; where none was kept, the ledger is asked once.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use targeting::codes::Day;
use targeting::consignment::Consignment;
use targeting::facts::Facts;
use targeting::feature::Extractor;
use targeting::history::Histories;
use targeting::rule::{BATCH, CHUNK, Columns, extractor, fields, known_by, packed, unpacked};
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};

use super::past_of;
use crate::store::facts::{self, Kept, squeezed, unsqueezed};
use crate::store::{Store, Tx, consignments};

/// The columns that are no field: numbers of consignments, and days of arrival.
const NUMBERS: &str = "#number";
const DAYS: &str = "#day";

/// Consignments whose numbers lie in one chunk, with some of their fields.
pub(super) struct Chunk {
    /// Their numbers, in rising order.
    pub ids: Vec<i64>,
    /// Their days of arrival.
    pub days: Vec<Day>,
    /// The fields.
    pub columns: Columns,
}

/// The places of all fields that are declared.
fn declared() -> Vec<usize> {
    (0..fields().len()).filter(|&place| !fields()[place].is_past()).collect()
}

fn name(place: usize) -> &'static str {
    &fields()[place].path
}

fn place(name: &str) -> Option<usize> {
    fields().iter().position(|field| field.path == name)
}

fn chunk_of(id: i64) -> i64 {
    id.div_euclid(CHUNK)
}

/// The first and last number of a chunk, as far as numbers were given.
fn span(chunk: i64, last: i64) -> (i64, i64) {
    (chunk * CHUNK, (chunk * CHUNK + CHUNK - 1).min(last))
}

/// Makes what the kept columns lack of these fields, in chunks from that of a number on. `progress`
/// is called with how many consignments were read for that so far.
///
/// # Errors
/// When the store fails.
pub(super) async fn catch_up(
    store: &Store,
    places: &[usize],
    from: i64,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    // Two that ask at once would make the same columns twice.
    static ONE: Mutex<()> = Mutex::const_new(());
    let _one = ONE.lock().await;
    let (past, now): (Vec<usize>, Vec<usize>) =
        places.iter().partition(|&&place| fields()[place].is_past());
    let mut names: Vec<&str> = places.iter().map(|&place| name(place)).collect();
    names.extend([NUMBERS, DAYS]);
    let mut tx = store.read().await?;
    let last = consignments::last_id(&mut tx).await?;
    let reach = facts::reach(&mut tx, &names).await?;
    drop(tx);
    let nothing = HashMap::new();
    let mut read = 0;
    for chunk in chunk_of(from)..=chunk_of(last) {
        let (_, end) = span(chunk, last);
        let kept = reach.get(&chunk).unwrap_or(&nothing);
        let of = |name: &str| kept.get(name).copied();
        let through = of(NUMBERS);
        let whole = now.iter().all(|&place| of(name(place)) == through);
        if !whole || through.is_none_or(|through| through < end) {
            let after = if whole { through } else { None };
            read += declare(store, chunk, (after, through), end).await?;
            progress(read);
        }
        let lacks: Vec<usize> =
            past.iter().copied().filter(|&place| of(name(place)) != Some(end)).collect();
        if !lacks.is_empty() {
            read += recall(store, chunk, &lacks).await?;
            progress(read);
        }
    }
    Ok(())
}

/// Reads what arrived in a chunk after a number, up to another, and puts it behind what is kept.
async fn declare(
    store: &Store,
    chunk: i64,
    (after, known): (Option<i64>, Option<i64>),
    end: i64,
) -> Result<u64> {
    let mut tx = store.read().await?;
    let mut whole = match after {
        Some(_) => load(&mut tx, chunk, &declared()).await?.context("a chunk without columns")?,
        None => Chunk { ids: vec![], days: vec![], columns: empty(&declared()) },
    };
    // One batch is read while those before it are made columns.
    let mut making: Vec<JoinHandle<Result<Chunk>>> = Vec::new();
    let mut next = after.map_or(chunk * CHUNK, |after| after + 1);
    loop {
        let documents = facts::documents(&mut tx, (next, end), BATCH as i64).await?;
        let Some((last, _)) = documents.last() else { break };
        next = *last + 1;
        making.push(spawn_blocking(move || made(documents)));
    }
    drop(tx);
    let mut read = 0;
    for making in making {
        let more = making.await??;
        read += more.ids.len() as u64;
        whole.ids.extend(more.ids);
        whole.days.extend(more.days);
        whole.columns.append(&more.columns);
    }
    let columns = spawn_blocking(move || kept(&whole, &declared(), end, true)).await??;
    let mut tx = store.begin().await?;
    // Another process may have been here since: then it is for the next to look again.
    if facts::reach_of(&mut tx, chunk, NUMBERS).await? == known {
        facts::put(&mut tx, chunk, &columns).await?;
        tx.commit().await?;
    }
    Ok(read)
}

/// Columns of no consignment yet.
fn empty(places: &[usize]) -> Columns {
    Columns::of(places, &[], &Histories::default())
}

/// The declared fields of documents.
pub(super) fn made(documents: Vec<(i64, String)>) -> Result<Chunk> {
    let (mut ids, mut read) = (Vec::new(), Vec::<Consignment>::new());
    for (id, document) in documents {
        let one = serde_json::from_str(&document)
            .with_context(|| format!("the document of consignment {id} cannot be read"))?;
        ids.push(id);
        read.push(one);
    }
    let facts: Vec<Facts<'_>> = read.iter().map(Facts::of).collect();
    let columns = Columns::of(&declared(), &facts, &Histories::default());
    Ok(Chunk { ids, days: read.iter().map(|one| one.arrived_on).collect(), columns })
}

/// Columns of a chunk as they are kept.
fn kept(chunk: &Chunk, places: &[usize], through: i64, with_numbers: bool) -> Result<Vec<Kept>> {
    let mut bytes: Vec<(&str, Vec<u8>)> = Vec::with_capacity(places.len() + 2);
    if with_numbers {
        let days: Vec<i64> = chunk.days.iter().map(|day| day.0.into()).collect();
        bytes.push((NUMBERS, packed(&chunk.ids)));
        bytes.push((DAYS, packed(&days)));
    }
    for &place in places {
        let column = chunk.columns.pack(place);
        bytes.push((name(place), column.with_context(|| format!("no {}", name(place)))?));
    }
    bytes
        .into_iter()
        .map(|(field, bytes)| {
            Ok(Kept { field: field.to_owned(), through, bytes: squeezed(&bytes)? })
        })
        .collect()
}

/// Makes fields of the past of a chunk: as they were when its consignments were screened, and from
/// the ledger for those of which nothing was kept.
async fn recall(store: &Store, chunk: i64, places: &[usize]) -> Result<u64> {
    let mut tx = store.read().await?;
    let through = facts::reach_of(&mut tx, chunk, NUMBERS).await?;
    let Some((mut known, through)) = load(&mut tx, chunk, &[]).await?.zip(through) else {
        return Ok(0);
    };
    let screenings = facts::screenings(&mut tx, chunk).await?;
    let pieces = facts::screened(&mut tx, chunk).await?;
    let mut found: Vec<(Vec<f64>, Vec<bool>)> =
        vec![(vec![f64::NAN; known.ids.len()], vec![false; known.ids.len()]); places.len()];
    tokio::task::block_in_place(|| -> Result<()> {
        for piece in &pieces {
            let (ids, columns) = piece_of(piece)?;
            let rows: Vec<Option<usize>> =
                ids.iter().map(|id| known.ids.binary_search(id).ok()).collect();
            for (&place, (numbers, is_known)) in places.iter().zip(&mut found) {
                let Some(of_piece) = columns.numbers_of(place) else { continue };
                for (row, number) in rows.iter().zip(of_piece) {
                    if let Some(row) = *row {
                        (numbers[row], is_known[row]) = (*number, true);
                    }
                }
            }
        }
        Ok(())
    })?;
    let lacks: Vec<usize> = (0..known.ids.len())
        .filter(|&row| found.iter().any(|(_, is_known)| !is_known[row]))
        .collect();
    let asks = extractor(places);
    for rows in lacks.chunks(super::screen::BATCH as usize) {
        let ids: Vec<i64> = rows.iter().map(|&row| known.ids[row]).collect();
        let stored = consignments::load(&mut tx, &ids).await?;
        ensure!(stored.len() == rows.len(), "consignments of chunk {chunk} are missing");
        let stored: Vec<Consignment> = stored.into_iter().map(|one| one.consignment).collect();
        let past = past_of(&mut tx, &asks, &stored, None).await?;
        let columns = tokio::task::block_in_place(|| {
            let facts: Vec<Facts<'_>> = stored.iter().map(Facts::of).collect();
            Columns::of(places, &facts, &past)
        });
        for (&place, (numbers, is_known)) in places.iter().zip(&mut found) {
            let of_ledger = columns.numbers_of(place).context("a field without numbers")?;
            for (&row, number) in rows.iter().zip(of_ledger) {
                if !is_known[row] {
                    numbers[row] = *number;
                }
            }
        }
    }
    drop(tx);
    for (&place, (numbers, _)) in places.iter().zip(found) {
        known.columns.put_numbers(place, numbers);
    }
    let read = known.ids.len() as u64;
    let wanted = places.to_vec();
    let columns = spawn_blocking(move || kept(&known, &wanted, through, false)).await??;
    let mut tx = store.begin().await?;
    // What was screened meanwhile is newer than this, and so is what arrived.
    let same = facts::reach_of(&mut tx, chunk, NUMBERS).await? == Some(through)
        && facts::screenings(&mut tx, chunk).await? == screenings;
    if same {
        facts::put(&mut tx, chunk, &columns).await?;
        tx.commit().await?;
    }
    Ok(read)
}

/// Reads fields of a chunk; none when it lacks one of them.
pub(super) async fn load(tx: &mut Tx, chunk: i64, places: &[usize]) -> Result<Option<Chunk>> {
    let Some(squeezed) = fetch(tx, chunk, places).await? else { return Ok(None) };
    Ok(Some(tokio::task::block_in_place(|| squeezed.open())?))
}

/// A chunk as it comes from the store, to be opened by another thread.
pub(super) struct Squeezed {
    chunk: i64,
    kept: Vec<Kept>,
}

/// Fetches fields of a chunk; none when it lacks one of them, or they do not cover the same.
pub(super) async fn fetch(tx: &mut Tx, chunk: i64, places: &[usize]) -> Result<Option<Squeezed>> {
    let mut names: Vec<&str> = places.iter().map(|&place| name(place)).collect();
    names.extend([NUMBERS, DAYS]);
    // Two who ask for one field are given it once.
    names.sort_unstable();
    names.dedup();
    let kept = facts::load(tx, chunk, &names).await?;
    let same = kept.windows(2).all(|two| two[0].through == two[1].through);
    Ok((kept.len() == names.len() && same).then_some(Squeezed { chunk, kept }))
}

impl Squeezed {
    /// The chunk.
    pub fn open(&self) -> Result<Chunk> {
        let read = || format!("while reading the columns of chunk {}", self.chunk);
        let numbers = |name: &str| -> Result<Vec<i64>> {
            let kept = self.kept.iter().find(|one| one.field == name);
            Ok(unpacked(&unsqueezed(&kept.with_context(read)?.bytes)?)?)
        };
        let ids = numbers(NUMBERS).with_context(read)?;
        let days: Vec<Day> =
            numbers(DAYS).with_context(read)?.into_iter().map(|day| Day(day as i32)).collect();
        ensure!(ids.len() == days.len(), "chunk {} has no day for each number", self.chunk);
        let mut columns = Columns::with_rows(ids.len());
        for one in &self.kept {
            if let Some(place) = place(&one.field) {
                columns.unpack(place, &unsqueezed(&one.bytes)?).with_context(read)?;
            }
        }
        Ok(Chunk { ids, days, columns })
    }
}

/// The chunks that have columns, in rising order.
pub(super) async fn chunks(tx: &mut Tx) -> Result<Vec<i64>> {
    let mut chunks: Vec<i64> = facts::reach(tx, &[NUMBERS]).await?.into_keys().collect();
    chunks.sort_unstable();
    Ok(chunks)
}

/// The union of what a model reads of the past and what rules do, so that the ledger is asked once.
pub(super) fn union(model: &Extractor, rules: &[usize]) -> Extractor {
    let mut columns = model.columns();
    columns.extend(extractor(rules).columns());
    columns.sort_unstable();
    columns.dedup();
    Extractor::of(columns)
}

/// Keeps the fields of the past that were read for a screening, so that a trial sees them so.
pub(super) async fn keep_screened(
    tx: &mut Tx,
    asked: &Extractor,
    (of, waiting): (&[(i64, Day)], &[Consignment]),
    past: &Histories,
    now: i64,
) -> Result<()> {
    let places = known_by(&asked.columns());
    if places.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = places.iter().map(|&place| name(place)).collect();
    let mut by_chunk: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (row, (id, _)) in of.iter().enumerate() {
        by_chunk.entry(chunk_of(*id)).or_default().push(row);
    }
    for (chunk, rows) in by_chunk {
        let ids: Vec<i64> = rows.iter().map(|&row| of[row].0).collect();
        let first = ids.iter().copied().min().unwrap_or_default();
        let bytes = tokio::task::block_in_place(|| {
            let facts: Vec<Facts<'_>> = rows.iter().map(|&row| Facts::of(&waiting[row])).collect();
            piece(&ids, &places, &Columns::of(&places, &facts, past))
        })?;
        facts::put_screened(tx, chunk, (first, now), (&names, &bytes)).await?;
    }
    Ok(())
}

/// Numbers and fields of consignments as one run of bytes: each part after its name and length.
fn piece(ids: &[i64], places: &[usize], columns: &Columns) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut part = |name: &str, column: &[u8]| {
        bytes.push(name.len() as u8);
        bytes.extend(name.as_bytes());
        bytes.extend((column.len() as u32).to_le_bytes());
        bytes.extend(column);
    };
    part(NUMBERS, &packed(ids));
    for &place in places {
        let column = columns.pack(place).with_context(|| format!("no {}", name(place)))?;
        part(name(place), &column);
    }
    squeezed(&bytes)
}

/// What [`piece`] made. A field that is no more is passed over.
fn piece_of(kept: &[u8]) -> Result<(Vec<i64>, Columns)> {
    let bytes = unsqueezed(kept)?;
    let mut rest = bytes.as_slice();
    let mut part = || -> Option<(&str, &[u8])> {
        let (length, after) = rest.split_first()?;
        let (name, after) = after.split_at_checked(usize::from(*length))?;
        let (length, after) = after.split_first_chunk()?;
        let (column, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = after;
        Some((std::str::from_utf8(name).ok()?, column))
    };
    let (first, numbers) = part().context("what was kept of a screening cannot be read")?;
    ensure!(first == NUMBERS, "what was kept of a screening begins with {first}");
    let ids = unpacked(numbers)?;
    let mut columns = Columns::with_rows(ids.len());
    while let Some((name, column)) = part() {
        if let Some(place) = place(name) {
            columns.unpack(place, column)?;
        }
    }
    Ok((ids, columns))
}
