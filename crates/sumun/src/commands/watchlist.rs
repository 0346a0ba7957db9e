//! `sumun watchlist`: imports lists, shows and ends them, and screens a table of names against
//! what is listed or against a list's file alone.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use targeting::codes::Day;
use targeting::listing::{Listing, Lists};
use targeting::names::index::Searcher;
use targeting::names::{Kind, Name};

use super::matching::{NameTable, RowDefects};
use super::{Office, Report, Table};
use crate::acts::watchlist::{self, ImportOrder};
use crate::config::now;
use crate::pipeline::{self, InForce};
use crate::store::watchlists;

/// Imports watchlists, shows and ends them, and screens names.
#[derive(Debug, Subcommand)]
pub enum Watchlists {
    /// Imports a list, or brings the one of this name up to date.
    Import(Import),
    /// Screens a table of names against what is listed.
    Screen(ScreenNames),
    /// Lists the watchlists.
    List,
    /// Shows a watchlist with its first listings, or a listing.
    Show(Show),
    /// Ends a watchlist or a listing.
    Expire(Expire),
}

/// Which file, under which name.
#[derive(Debug, Args)]
pub struct Import {
    /// CSV, FollowTheMoney lines, the United Nations' XML, or OFAC's CSV or XML.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The list's name.
    #[arg(long, value_name = "NAME")]
    list: String,
    /// The office that it is for; all when left out.
    #[arg(long, default_value = "*", value_name = "CODE")]
    office: String,
    /// Who keeps it.
    #[arg(long, default_value = "", value_name = "TEXT")]
    source: String,
    /// How reliable the source is: A (always) to F (cannot be judged), or X.
    #[arg(long, default_value = "F", value_name = "GRADE")]
    source_grade: String,
    /// How sure the information is: 1 (confirmed) to 6 (cannot be judged).
    #[arg(long, default_value = "6", value_name = "GRADE")]
    information_grade: String,
    /// On what law it rests.
    #[arg(long, default_value = "", value_name = "TEXT")]
    legal_basis: String,
    /// The day from which on it counts no more, as YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    expires: Option<Day>,
    /// How the file is written: csv, ftm, un_xml, ofac_csv or ofac_xml; told by its content when
    /// left out.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
}

/// Which names, against what.
#[derive(Debug, Args)]
pub struct ScreenNames {
    /// A CSV file with the column name, and maybe id and kind.
    #[arg(value_name = "FILE")]
    names: PathBuf,
    /// Where the hits go.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A list's file to screen against, in place of the store's lists.
    #[arg(long, value_name = "FILE")]
    list_file: Option<PathBuf>,
    /// The least chance of a hit.
    #[arg(long, default_value_t = 0.5, value_name = "CHANCE")]
    threshold: f64,
    /// Hits of one name at most.
    #[arg(long, default_value_t = 5, value_name = "N")]
    limit: usize,
}

/// What is to be shown.
#[derive(Debug, Args)]
pub struct Show {
    /// A watchlist (W-3) or a listing (L-120).
    #[arg(value_name = "ID")]
    id: String,
}

/// What is to end.
#[derive(Debug, Args)]
pub struct Expire {
    /// A watchlist (W-3) or a listing (L-120).
    #[arg(value_name = "ID")]
    id: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Watchlists {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        match self {
            Watchlists::Import(import) => import.run(office).await,
            Watchlists::Screen(screen) => screen.run(office).await,
            Watchlists::List => list(office).await,
            Watchlists::Show(show) => show.run(office).await,
            Watchlists::Expire(expire) => expire.run(office).await,
        }
    }
}

impl Import {
    async fn run(self, office: &Office) -> Result<Report> {
        let bytes = super::read_file(&self.file)?;
        let file = self.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let order = ImportOrder {
            id: ulid::Ulid::generate().to_string(),
            name: self.list,
            office: self.office,
            source: self.source,
            source_grade: self.source_grade,
            information_grade: self.information_grade,
            legal_basis: self.legal_basis,
            expires_day: self.expires.map(|day| day.0),
            file,
            format: self.format,
        };
        let store = office.store().await?;
        let done = watchlist::import(&store, &order, &bytes, office.by()).await?;
        let mut text = format!(
            "W-{}: {} entries read; {} added, {} unchanged, {} expired; {} defects; {} hits among \
             what awaits a decision.\n",
            done.watchlist,
            done.read,
            done.added,
            done.unchanged,
            done.expired,
            done.defect_count,
            done.hits
        );
        for defect in done.defects.iter().take(5) {
            text.push_str(&format!("line {}: {}\n", defect.line, defect.reason));
        }
        let json = json!({ "watchlist": format!("W-{}", done.watchlist), "imported": done });
        Ok(Report::new(json, text))
    }
}

/// What a table of names is held against.
enum Against {
    /// The store's lists: which listing each number is.
    Store(Arc<InForce>, Vec<watchlists::KeptListing>, Vec<watchlists::KeptWatchlist>),
    /// A file's entries.
    File(Box<Lists>, Vec<Listing>, String),
}

impl Against {
    fn lists(&self) -> &Lists {
        match self {
            Against::Store(in_force, ..) => &in_force.lists,
            Against::File(lists, ..) => lists,
        }
    }

    /// The listing of this number: its name here, its list, its content.
    fn of(&self, id: u32) -> Option<(String, String, &Listing)> {
        match self {
            Against::Store(_, kept, lists) => {
                let at = kept.binary_search_by_key(&i64::from(id), |one| one.id).ok()?;
                let one = &kept[at];
                let list = lists.iter().find(|list| list.id == one.watchlist);
                let list = list.map(|list| list.name.clone()).unwrap_or_default();
                Some((format!("L-{id}"), list, &one.listing))
            }
            Against::File(_, entries, file) => {
                let listing = entries.get(id as usize)?;
                Some((listing.reference.clone(), file.clone(), listing))
            }
        }
    }
}

impl ScreenNames {
    async fn against(&self, office: &Office) -> Result<Against> {
        if let Some(path) = &self.list_file {
            let bytes = super::read_file(path)?;
            let read = match intake::listings(&bytes, None) {
                Ok(read) => read,
                Err(said) => crate::refuse!("unreadable", "{}: {said}", path.display()),
            };
            let entries: Vec<Listing> = read.entries.into_iter().map(|(_, entry)| entry).collect();
            let mut lists = Lists::default();
            for (id, entry) in (0..).zip(&entries) {
                lists.add(id, entry);
            }
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Ok(Against::File(Box::new(lists), entries, file));
        }
        let store = office.store().await?;
        let mut tx = store.read().await?;
        let Some(lists) = pipeline::lists_in_force(&mut tx, now()).await? else {
            crate::refuse!(
                "no_watchlist",
                "nothing is listed: `sumun watchlist import FILE --list NAME`, or screen against \
                 a file with `--list-file FILE`"
            )
        };
        let today = i64::from(Day::of_micros(now()).0);
        let kept = watchlists::in_force(&mut tx, today).await?;
        Ok(Against::Store(lists, kept, watchlists::list(&mut tx, today).await?))
    }

    async fn run(self, office: &Office) -> Result<Report> {
        let against = self.against(office).await?;
        let writing = || format!("while writing {}", self.out.display());
        let mut table = NameTable::open(&self.names, office, "screening names")?;
        let Some(name) = table.find(&["name", "query", "left"]) else {
            crate::refuse!("columns", "the table needs the column name; it has {}", table.columns())
        };
        let (id, kind) = (table.find(&["id", "query_id"]), table.find(&["kind", "schema", "type"]));
        let mut writer = csv::Writer::from_path(&self.out).with_context(writing)?;
        writer
            .write_record([
                "row",
                "id",
                "name",
                "rank",
                "listing",
                "list",
                "reference",
                "listed_name",
                "probability",
                "why",
            ])
            .with_context(writing)?;
        let mut searcher = Searcher::default();
        let (mut names, mut with_hits, mut hits) = (0u64, 0u64, 0u64);
        let mut defects = RowDefects::default();
        while let Some((line, row)) = table.next()? {
            names += 1;
            let row = match row {
                Ok(row) => row,
                Err(why) => {
                    defects.add(line, &why);
                    continue;
                }
            };
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
            let asked = cell(Some(name));
            let of = Kind::of_schema(cell(kind));
            if Name::of(asked, of.unwrap_or_else(|| Kind::guess(asked))).is_empty() {
                defects.add(line, "it names nothing that can be screened");
                continue;
            }
            let found = against.lists().named(
                &mut searcher,
                asked,
                of,
                (self.threshold, self.limit.max(1)),
            );
            with_hits += u64::from(!found.is_empty());
            for (rank, one) in (1..).zip(&found) {
                let Some((listing, list, entry)) = against.of(one.id) else { continue };
                hits += 1;
                writer
                    .write_record([
                        &names.to_string(),
                        cell(id),
                        asked,
                        &rank.to_string(),
                        &listing,
                        &list,
                        &entry.reference,
                        &entry.name,
                        &format!("{:.6}", one.matched.probability),
                        &one.matched.why(),
                    ])
                    .with_context(writing)?;
            }
        }
        writer.flush().with_context(writing)?;
        let (count, first) = defects.json();
        Ok(Report::new(
            json!({
                "names": names,
                "with_hits": with_hits,
                "hits": hits,
                "out": self.out,
                "defect_count": count,
                "defects": first,
            }),
            format!(
                "{names} names are screened; {with_hits} have hits, {hits} in all.{}",
                defects.text()
            ),
        ))
    }
}

async fn list(office: &Office) -> Result<Report> {
    let store = office.store().await?;
    let today = i64::from(Day::of_micros(now()).0);
    let mut tx = store.read().await?;
    let lists = watchlists::list(&mut tx, today).await?;
    if lists.is_empty() {
        return Ok(Report::new(
            json!({ "watchlists": [] }),
            "No watchlist is imported. `sumun watchlist import FILE --list NAME` takes one.",
        ));
    }
    let mut table =
        Table::new(&["id", "name", "office", "grade", "state", "listings", "open hits"]);
    let mut all = Vec::new();
    for list in &lists {
        let state = if list.in_force(today) { "in force" } else { "expired" };
        let grade = format!("{}{}", list.source_grade, list.information_grade);
        table.row([
            format!("W-{}", list.id),
            list.name.clone(),
            list.office.clone(),
            grade.clone(),
            state.to_owned(),
            list.listings.to_string(),
            list.open_hits.to_string(),
        ]);
        all.push(json!({
            "id": format!("W-{}", list.id),
            "name": list.name,
            "office": list.office,
            "grade": grade,
            "in_force": list.in_force(today),
            "listings": list.listings,
            "open_hits": list.open_hits,
        }));
    }
    Ok(Report::new(json!({ "watchlists": all }), table.text()))
}

/// The kind and number of a name such as `W-3` or `L-120`.
fn named(id: &str) -> Result<(char, i64)> {
    let upper = id.trim().to_ascii_uppercase();
    let number = upper.get(2..).and_then(|digits| digits.parse().ok());
    match (upper.get(..2), number) {
        (Some("W-"), Some(number)) => Ok(('W', number)),
        (Some("L-"), Some(number)) => Ok(('L', number)),
        _ => crate::refuse!("id", "{id} is neither a watchlist (W-3) nor a listing (L-120)"),
    }
}

impl Show {
    async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let today = i64::from(Day::of_micros(now()).0);
        let mut tx = store.read().await?;
        let (kind, number) = named(&self.id)?;
        if kind == 'L' {
            let found = watchlists::by_ids(&mut tx, &[number]).await?;
            let Some(one) = found.first() else {
                crate::refuse!("no_listing", "there is no listing {}", self.id)
            };
            let json = json!({
                "id": self.id,
                "watchlist": format!("W-{}", one.watchlist),
                "listing": one.listing,
                "expired": one.expired.is_some(),
            });
            return Ok(Report::new(json, serde_json::to_string_pretty(&one.listing)?));
        }
        let lists = watchlists::list(&mut tx, today).await?;
        let Some(list) = lists.iter().find(|list| list.id == number) else {
            crate::refuse!("no_watchlist", "there is no watchlist {}", self.id)
        };
        let which = watchlists::WhichListings { watchlist: Some(number), ..Default::default() };
        let first = watchlists::page(&mut tx, &which, 0, (20, today)).await?;
        let mut table = Table::new(&["listing", "kind", "reference", "name"]);
        for one in &first {
            table.row([
                format!("L-{}", one.id),
                one.listing.kind.to_string(),
                one.listing.reference.clone(),
                one.listing.name.clone(),
            ]);
        }
        let text = format!(
            "W-{} {}: {} listings in force, {} expired; source {} ({}{}); legal basis {}.\n{}",
            list.id,
            list.name,
            list.listings,
            list.expired_listings,
            list.source,
            list.source_grade,
            list.information_grade,
            list.legal_basis,
            table.text()
        );
        let json = json!({
            "id": self.id,
            "name": list.name,
            "listings": list.listings,
            "expired_listings": list.expired_listings,
            "first": first.iter().map(|one| &one.listing).collect::<Vec<_>>(),
        });
        Ok(Report::new(json, text))
    }
}

impl Expire {
    async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let (kind, number) = named(&self.id)?;
        let today = i64::from(Day::of_micros(now()).0);
        {
            let mut tx = store.read().await?;
            let there = match kind {
                'L' => !watchlists::by_ids(&mut tx, &[number]).await?.is_empty(),
                _ => watchlists::list(&mut tx, today).await?.iter().any(|of| of.id == number),
            };
            if !there {
                crate::refuse!("no_listing", "there is no {}", self.id);
            }
        }
        match kind {
            'L' => watchlist::expire_listing(&store, number, &self.reason, office.by()).await?,
            _ => watchlist::expire_list(&store, number, &self.reason, office.by()).await?,
        }
        Ok(Report::new(json!({ "expired": self.id }), format!("{} counts no more.", self.id)))
    }
}
