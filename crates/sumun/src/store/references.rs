//! Reference lists as the site has loaded them. A list that is loaded again takes the place of
//! what it names and leaves the rest.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use intake::{CountryName, Position, Reference, Title};

use super::{Kind, Tx, args, values};

/// Keeps a list; of a code that comes twice the last line counts.
pub async fn keep(tx: &mut Tx, reference: &Reference) -> Result<u64> {
    match reference {
        Reference::Goods(titles) => keep_titles(tx, titles).await,
        Reference::Places(places) => keep_places(tx, places).await,
        Reference::Countries(countries) => keep_countries(tx, countries).await,
    }
}

async fn keep_titles(tx: &mut Tx, titles: &[Title]) -> Result<u64> {
    let last: BTreeMap<&str, &Title> = titles.iter().map(|of| (of.code.as_str(), of)).collect();
    let rows = last.into_values();
    tx.insert_many(
        "reference_goods",
        [("code", Kind::Text), ("title", Kind::Text), ("title_ko", Kind::Text)],
        "on conflict (code) do update
         set title = excluded.title,
             title_ko = case when excluded.title_ko = ''
                 then reference_goods.title_ko else excluded.title_ko end",
        rows.map(|of| values![&*of.code, &*of.title, &*of.title_ko]),
    )
    .await
}

async fn keep_places(tx: &mut Tx, places: &[Position]) -> Result<u64> {
    let last: BTreeMap<&str, &Position> = places.iter().map(|of| (of.code.as_str(), of)).collect();
    let rows = last.into_values();
    tx.insert_many(
        "reference_place",
        [
            ("code", Kind::Text),
            ("name", Kind::Text),
            ("country", Kind::Text),
            ("north", Kind::Real),
            ("east", Kind::Real),
        ],
        "on conflict (code) do update
         set name = excluded.name, country = excluded.country,
             north = excluded.north, east = excluded.east",
        rows.map(|of| {
            let (north, east) = of.at.unzip();
            values![&*of.code, &*of.name, &*of.country, north, east]
        }),
    )
    .await
}

async fn keep_countries(tx: &mut Tx, countries: &[CountryName]) -> Result<u64> {
    let last: BTreeMap<&str, &CountryName> =
        countries.iter().map(|of| (of.code.as_str(), of)).collect();
    let rows = last.into_values();
    tx.insert_many(
        "reference_country",
        [("code", Kind::Text), ("name", Kind::Text), ("name_ko", Kind::Text)],
        "on conflict (code) do update
         set name = case when excluded.name = ''
                 then reference_country.name else excluded.name end,
             name_ko = case when excluded.name_ko = ''
                 then reference_country.name_ko else excluded.name_ko end",
        rows.map(|of| values![&*of.code, &*of.en, &*of.ko]),
    )
    .await
}

/// How many titles, places and countries are loaded.
pub async fn count(tx: &mut Tx) -> Result<[i64; 3]> {
    tx.fetch_one(
        "select (select count(*) from reference_goods),
                (select count(*) from reference_place),
                (select count(*) from reference_country)",
        args![],
        |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?]),
    )
    .await
}

/// All titles: code, English, Korean.
pub async fn titles(tx: &mut Tx) -> Result<Vec<Title>> {
    tx.fetch_all(
        "select code, title, title_ko from reference_goods order by code",
        args![],
        |row| {
            Ok(Title {
                code: row.text(0)?.to_owned(),
                title: row.text(1)?.to_owned(),
                title_ko: row.text(2)?.to_owned(),
            })
        },
    )
    .await
}

/// The places of these codes that are loaded. A UN/LOCODE without a position of its own takes that
/// of the airport whose code it ends with, when both are of one country.
pub async fn places(tx: &mut Tx, codes: &[&str]) -> Result<HashMap<String, Position>> {
    let airport = |code: &str| if code.len() == 5 { code[2..].to_owned() } else { code.to_owned() };
    let mut asked: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    asked.extend(codes.iter().map(|code| airport(code)));
    asked.sort();
    asked.dedup();
    let known = tx
        .fetch_all(
            "select code, name, country, north, east from reference_place where code {in $1}",
            args![&asked],
            |row| {
                Ok(Position {
                    code: row.text(0)?.to_owned(),
                    name: row.text(1)?.to_owned(),
                    country: row.text(2)?.to_owned(),
                    at: row.real_opt(3)?.zip(row.real_opt(4)?),
                })
            },
        )
        .await?;
    let known: HashMap<String, Position> =
        known.into_iter().map(|place| (place.code.clone(), place)).collect();
    let mut found = HashMap::new();
    for code in codes {
        let near = known
            .get(&airport(code))
            .filter(|place| code.len() != 5 || code.starts_with(&place.country));
        if let Some(mut place) = known.get(*code).or(near).cloned() {
            place.at = place.at.or_else(|| near.and_then(|near| near.at));
            found.insert((*code).to_owned(), place);
        }
    }
    Ok(found)
}

/// By which a change of the titles is seen: how many there are, and of how many characters.
pub async fn extent_of_titles(tx: &mut Tx) -> Result<(i64, i64)> {
    tx.fetch_one(
        "select count(*), coalesce(sum(length(title)), 0) from reference_goods",
        args![],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )
    .await
}
