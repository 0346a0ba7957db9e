//! Columns as bytes, to be kept: texts by a dictionary in rising order and numbers of one width,
//! numbers as whole ones of the least width that holds them all, with a bit each for whether it is
//! known. What is unpacked is bit for bit what was packed. Squeezing the bytes further, and where
//! they are kept, is the office's matter.

use super::columns::{Columns, Dictionary, Texts};
use super::field::{FieldKind, fields};

/// Which coding this is, and what the fields mean: it counts up when either changes, and columns of
/// another coding are made anew from what was declared.
pub const CODING: i64 = 1;

/// How many consignment numbers a chunk of kept columns spans: few enough that one is decoded and
/// asked while it is in a processor's cache, so many that ten million are some hundred and fifty.
pub const CHUNK: i64 = 65_536;

/// Bytes that are no column, or one of another number of consignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no column of these consignments")]
pub struct Unreadable;

/// What the first byte says.
const TEXTS: u8 = 1;
const WHOLE: u8 = 2;
const REAL: u8 = 3;

/// Which numbers are known.
const ALL: u8 = 0;
const SOME: u8 = 1;

/// Numbers are whole in one of these parts of a unit: in units, hundredths (money) or thousandths
/// (a mass in kg that was declared in grams).
const PARTS: [u16; 3] = [1, 100, 1_000];

impl Columns {
    /// A field's column as bytes; none where it is not filled.
    pub fn pack(&self, place: usize) -> Option<Vec<u8>> {
        match (self.texts.get(place), self.numbers.get(place)) {
            (Some(Some(texts)), _) => Some(pack_texts(texts)),
            (_, Some(Some(numbers))) => Some(pack_numbers(numbers)),
            _ => None,
        }
    }

    /// Fills a field from its bytes.
    ///
    /// # Errors
    /// When they are no column of this field and of as many consignments.
    pub fn unpack(&mut self, place: usize, bytes: &[u8]) -> Result<(), Unreadable> {
        let field = fields().get(place).ok_or(Unreadable)?;
        self.texts.resize_with(fields().len(), || None);
        self.numbers.resize_with(fields().len(), || None);
        if field.kind == FieldKind::Text {
            self.texts[place] = Some(unpack_texts(bytes, self.rows())?);
        } else {
            self.numbers[place] = Some(unpack_numbers(bytes, self.rows())?);
        }
        Ok(())
    }
}

/// At most [`CHUNK`] whole numbers as bytes, such as the numbers of consignments and their days of
/// arrival.
pub fn packed(numbers: &[i64]) -> Vec<u8> {
    let least = numbers.iter().copied().min().unwrap_or(0);
    let above: Vec<u64> = numbers.iter().map(|one| one.wrapping_sub(least) as u64).collect();
    let width = width_of(above.iter().copied().max().unwrap_or(0));
    let mut bytes = Vec::with_capacity(13 + numbers.len() * width);
    bytes.extend((numbers.len() as u32).to_le_bytes());
    bytes.push(width as u8);
    bytes.extend(least.to_le_bytes());
    push_all(&mut bytes, width, above.into_iter());
    bytes
}

/// Whole numbers from their bytes.
///
/// # Errors
/// When they are no such bytes.
pub fn unpacked(bytes: &[u8]) -> Result<Vec<i64>, Unreadable> {
    let mut bytes = Bytes(bytes);
    let (rows, width, least) = (bytes.u32()?, bytes.u8()?, bytes.i64()?);
    if rows > CHUNK as usize {
        return Err(Unreadable);
    }
    bytes.all(rows, width, |above| least.wrapping_add(above as i64))
}

fn width_of(most: u64) -> usize {
    match most {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

fn push_all(bytes: &mut Vec<u8>, width: usize, numbers: impl Iterator<Item = u64>) {
    for number in numbers {
        bytes.extend(&number.to_le_bytes()[..width]);
    }
}

fn pack_texts(column: &Texts) -> Vec<u8> {
    let words: Vec<&str> = column.dictionary.words().collect();
    let mut order: Vec<u32> = (0..words.len() as u32).collect();
    order.sort_unstable_by_key(|&place| words[place as usize]);
    let mut new = vec![0u64; words.len() + 1];
    for (number, &place) in (1..).zip(&order) {
        new[place as usize + 1] = number;
    }
    let width = width_of(words.len() as u64);
    let mut bytes = vec![TEXTS];
    bytes.extend((column.numbered.len() as u32).to_le_bytes());
    bytes.extend((words.len() as u32).to_le_bytes());
    bytes.extend((column.dictionary.text.len() as u32).to_le_bytes());
    let mut end = 0;
    for &place in &order {
        end += words[place as usize].len() as u32;
        bytes.extend(end.to_le_bytes());
    }
    order.iter().for_each(|&place| bytes.extend(words[place as usize].as_bytes()));
    bytes.push(width as u8);
    push_all(&mut bytes, width, column.numbered.iter().map(|&one| new[one as usize]));
    bytes
}

fn unpack_texts(bytes: &[u8], rows: usize) -> Result<Texts, Unreadable> {
    let mut bytes = Bytes(bytes);
    if (bytes.u8()?, bytes.u32()?) != (TEXTS, rows) {
        return Err(Unreadable);
    }
    let (words, length) = (bytes.u32()?, bytes.u32()?);
    let ends: Vec<u32> = bytes.all(words, 4, |end| end as u32)?;
    let text = std::str::from_utf8(bytes.take(length)?).map_err(|_| Unreadable)?.to_owned();
    let mut before = 0;
    for &end in &ends {
        if end <= before || !text.is_char_boundary(end as usize) {
            return Err(Unreadable);
        }
        before = end;
    }
    let width = bytes.u8()?;
    let numbered: Vec<u32> = bytes.all(rows, width, |one| one as u32)?;
    let most = numbered.iter().copied().max().unwrap_or(0);
    if before as usize != length || most as usize > words || width > 4 {
        return Err(Unreadable);
    }
    Ok(Texts { numbered, dictionary: Dictionary::sorted(text, ends) })
}

fn pack_numbers(numbers: &[f64]) -> Vec<u8> {
    let known = || numbers.iter().filter(|one| !one.is_nan());
    let whole = PARTS.into_iter().find(|&part| known().all(|&one| whole_in(one, part).is_some()));
    let mut bytes = Vec::new();
    let Some(part) = whole else {
        bytes.push(REAL);
        bytes.extend((numbers.len() as u32).to_le_bytes());
        numbers.iter().for_each(|one| bytes.extend(one.to_le_bytes()));
        return bytes;
    };
    let in_parts: Vec<Option<i64>> = numbers.iter().map(|&one| whole_in(one, part)).collect();
    let least = in_parts.iter().flatten().copied().min().unwrap_or(0);
    let most = in_parts.iter().flatten().copied().max().unwrap_or(0);
    let width = width_of(most.wrapping_sub(least) as u64);
    bytes.push(WHOLE);
    bytes.extend((numbers.len() as u32).to_le_bytes());
    bytes.extend(part.to_le_bytes());
    bytes.push(width as u8);
    bytes.extend(least.to_le_bytes());
    if in_parts.iter().all(Option::is_some) {
        bytes.push(ALL);
    } else {
        bytes.push(SOME);
        for eight in in_parts.chunks(8) {
            let bits = eight.iter().enumerate();
            bytes.push(bits.fold(0, |byte, (bit, one)| byte | u8::from(one.is_some()) << bit));
        }
    }
    let above = |one: Option<i64>| one.map_or(0, |one| one.wrapping_sub(least) as u64);
    push_all(&mut bytes, width, in_parts.into_iter().map(above));
    bytes
}

/// A number as a whole one of parts of a unit, where just that number comes back.
fn whole_in(number: f64, part: u16) -> Option<i64> {
    let whole = (number * f64::from(part)).round();
    let fits = whole.abs() < 1e15;
    let again = whole as i64 as f64 / f64::from(part);
    (fits && again.to_bits() == number.to_bits()).then_some(whole as i64)
}

fn unpack_numbers(bytes: &[u8], rows: usize) -> Result<Vec<f64>, Unreadable> {
    let mut bytes = Bytes(bytes);
    let kind = bytes.u8()?;
    if bytes.u32()? != rows {
        return Err(Unreadable);
    }
    if kind == REAL {
        return bytes.all(rows, 8, f64::from_bits);
    }
    let (part, width, least) = (f64::from(bytes.u16()?), bytes.u8()?, bytes.i64()?);
    if kind != WHOLE || part < 1.0 {
        return Err(Unreadable);
    }
    let known = match bytes.u8()? {
        ALL => None,
        SOME => Some(bytes.take(rows.div_ceil(8))?),
        _ => return Err(Unreadable),
    };
    let mut numbers =
        bytes.all(rows, width, |above| least.wrapping_add(above as i64) as f64 / part)?;
    if let Some(known) = known {
        for (row, number) in numbers.iter_mut().enumerate() {
            if known[row / 8] >> (row % 8) & 1 == 0 {
                *number = f64::NAN;
            }
        }
    }
    Ok(numbers)
}

/// Bytes that are read from the front.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], Unreadable> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unreadable)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, Unreadable> {
        Ok(self.take(1)?[0])
    }

    fn u16(&mut self) -> Result<u16, Unreadable> {
        self.take(2)?.try_into().map(u16::from_le_bytes).map_err(|_| Unreadable)
    }

    fn u32(&mut self) -> Result<usize, Unreadable> {
        let bytes = self.take(4)?.try_into().map_err(|_| Unreadable)?;
        Ok(u32::from_le_bytes(bytes) as usize)
    }

    fn i64(&mut self) -> Result<i64, Unreadable> {
        self.take(8)?.try_into().map(i64::from_le_bytes).map_err(|_| Unreadable)
    }

    /// So many numbers of so many bytes each.
    fn all<T: Clone>(
        &mut self,
        count: usize,
        width: u8,
        of: impl Fn(u64) -> T,
    ) -> Result<Vec<T>, Unreadable> {
        let bytes = self.take(count.checked_mul(width.into()).ok_or(Unreadable)?)?;
        // A loop for each width, so that the compiler unrolls it.
        match width {
            0 => Ok(vec![of(0); count]),
            1 => Ok(bytes.iter().map(|&one| of(one.into())).collect()),
            2 => Ok(each::<2, T>(bytes, |two| of(u16::from_le_bytes(two).into()))),
            4 => Ok(each::<4, T>(bytes, |four| of(u32::from_le_bytes(four).into()))),
            8 => Ok(each::<8, T>(bytes, |eight| of(u64::from_le_bytes(eight)))),
            _ => Err(Unreadable),
        }
    }
}

fn each<const N: usize, T>(bytes: &[u8], of: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|&one| of(one)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(path: &str) -> usize {
        super::super::field::place(path).unwrap()
    }

    fn same(a: &[f64], b: &[f64]) -> bool {
        let bits = |of: &[f64]| of.iter().map(|one| one.to_bits()).collect::<Vec<_>>();
        // Which NaN it is says nothing.
        let plain = |of: &[f64]| -> Vec<f64> {
            of.iter().map(|one| if one.is_nan() { f64::NAN } else { *one }).collect()
        };
        bits(&plain(a)) == bits(&plain(b))
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            3 => Just(f64::NAN),
            3 => (-300i64..300).prop_map(|one| one as f64),
            3 => (0i64..9_000_000_000).prop_map(|grams| grams as f64 / 1_000.0),
            2 => (0i64..1_000_000).prop_map(|cents| cents as f64 / 100.0),
            1 => any::<f64>(),
            1 => prop_oneof![Just(-0.0), Just(f64::INFINITY), Just(f64::MIN_POSITIVE)],
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "[a-c가-다]{1,3}", ".{0,40}"]
    }

    fn columns(texts: &[String], numbers: &[f64]) -> Columns {
        let (hs, mass) = (place("goods.description"), place("goods.net_mass_kg"));
        let said = |text: &String| match text.as_str() {
            "" => vec![],
            text => vec![(hs, text.to_owned())],
        };
        let rows: Vec<_> = texts.iter().map(said).collect();
        let mut columns = Columns::of_values(&[hs], &rows);
        columns.put_numbers(mass, numbers.to_vec());
        columns
    }

    fn again(columns: &Columns) -> Columns {
        let mut read = Columns::with_rows(columns.rows());
        for place in [place("goods.description"), place("goods.net_mass_kg")] {
            read.unpack(place, &columns.pack(place).unwrap()).unwrap();
        }
        read
    }

    /// That two say the same of every consignment.
    fn agree(a: &Columns, b: &Columns) -> Result<(), TestCaseError> {
        prop_assert_eq!(a.rows(), b.rows());
        let (text, number) = (place("goods.description"), place("goods.net_mass_kg"));
        for row in 0..a.rows() {
            prop_assert_eq!(a.said(text, row), b.said(text, row));
        }
        prop_assert!(same(a.numbers_of(number).unwrap(), b.numbers_of(number).unwrap()));
        for word in a.texts(text).dictionary.words() {
            let found = b.texts(text).dictionary.find(word);
            prop_assert_eq!(found.and_then(|one| b.texts(text).dictionary.text(one)), Some(word));
        }
        prop_assert_eq!(b.texts(text).dictionary.find("\u{1F6A2} nobody says this"), None);
        Ok(())
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            rows in prop::collection::vec((text(), number()), 0..300),
            more in prop::collection::vec((text(), number()), 0..50),
            picked in any::<u64>(),
        ) {
            let (texts, numbers): (Vec<String>, Vec<f64>) = rows.into_iter().unzip();
            let (new_texts, new_numbers): (Vec<String>, Vec<f64>) = more.into_iter().unzip();
            let first = columns(&texts, &numbers);
            let read = again(&first);
            agree(&first, &read)?;
            // More arrive, and are put behind what was kept.
            let mut grown = read;
            grown.append(&columns(&new_texts, &new_numbers));
            let whole = columns(&[texts, new_texts].concat(), &[numbers, new_numbers].concat());
            agree(&whole, &again(&grown))?;
            // Some of them.
            let some: Vec<usize> =
                (0..whole.rows()).filter(|row| picked >> (row % 64) & 1 == 1).collect();
            let (of_whole, of_read) = (whole.pick(&some), again(&whole).pick(&some));
            agree(&of_whole, &of_read)?;
            for (at, &row) in some.iter().enumerate() {
                let text = place("goods.description");
                prop_assert_eq!(of_whole.said(text, at), whole.said(text, row));
            }
        }

        #[test]
        fn whole_numbers_come_back(numbers in prop::collection::vec(any::<i64>(), 0..100)) {
            prop_assert_eq!(unpacked(&packed(&numbers)), Ok(numbers));
        }

        #[test]
        fn what_is_no_column_is_told(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            kind in 0u8..5,
        ) {
            let mut bytes = bytes;
            bytes.insert(0, kind);
            let mut columns = Columns::with_rows(3);
            let _ = columns.unpack(place("goods.description"), &bytes);
            let _ = columns.unpack(place("goods.net_mass_kg"), &bytes);
            let _ = unpacked(&bytes);
        }
    }

    #[test]
    fn a_column_takes_little_room() {
        let mass = place("goods.net_mass_kg");
        let size = |numbers: Vec<f64>| {
            let mut columns = Columns::with_rows(numbers.len());
            columns.put_numbers(mass, numbers);
            columns.pack(mass).unwrap().len()
        };
        assert!(size(vec![1.0; 1_000]) < 30);
        assert!(size((0..1_000).map(|n| f64::from(n % 200) / 1_000.0).collect()) < 1_030);
        assert!(size((0..1_000).map(|n| f64::from(n).sqrt()).collect()) < 8_030);
    }
}
