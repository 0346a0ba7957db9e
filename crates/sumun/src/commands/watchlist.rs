//! `sumun watchlist`: imports lists, shows and ends them, and screens a table of names against
//! what is listed or against a list's file alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::{Args, Subcommand};
use intake::{KIND_COLUMNS, NAME_COLUMNS, REFERENCE_COLUMNS};
use serde_json::json;
use targeting::codes::Day;
use targeting::listing::{Listing, Lists};
use targeting::names::index::Searcher;
use targeting::names::{Kind, Name};

use super::matching::{NameTable, RowDefects, name_kind};
use super::{Office, Report, Table, TableOut};
use crate::acts::watchlist::{self, ImportOrder, Imported, ListExpiry};
use crate::config::now;
use crate::pipeline::{self, InForce};
use crate::store::watchlists::{self, KeptListing};

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
    /// Who keeps it; as it is kept when left out.
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// How reliable the source is: A (always) to F (cannot be judged), or X; as it is kept when
    /// left out, F for a new list.
    #[arg(long, value_name = "GRADE")]
    source_grade: Option<String>,
    /// How sure the information is: 1 (confirmed) to 6 (cannot be judged); as it is kept when left
    /// out, 6 for a new list.
    #[arg(long, value_name = "GRADE")]
    information_grade: Option<String>,
    /// On what law it rests; as it is kept when left out.
    #[arg(long, value_name = "TEXT")]
    legal_basis: Option<String>,
    /// The day from which on it counts no more, as YYYY-MM-DD, or never; as it is kept when left
    /// out.
    #[arg(long, value_name = "DAY", value_parser = expiry)]
    expires: Option<ListExpiry>,
    /// Takes listings off even when they are more than half of the list.
    #[arg(long)]
    replace: bool,
    /// Puts a list that was ended back in force, and says why.
    #[arg(long, value_name = "REASON")]
    reopen: Option<String>,
    /// Says what would happen, and stores nothing.
    #[arg(long)]
    dry_run: bool,
    /// How the file is written: csv, ftm, un_xml, ofac_csv or ofac_xml; told by its content when
    /// left out.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
}

fn expiry(text: &str) -> Result<ListExpiry, String> {
    match text.trim() {
        "never" => Ok(ListExpiry::Never),
        day => day
            .parse::<Day>()
            .map(|day| ListExpiry::On(day.0))
            .map_err(|_| format!("`{text}` is neither a day, such as 2027-11-25, nor never")),
    }
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
            expires: self.expires.unwrap_or(ListExpiry::Kept),
            file,
            format: self.format,
            replace: self.replace,
            reopen: self.reopen,
            dry_run: self.dry_run,
        };
        let store = office.store().await?;
        let done = watchlist::import(&store, &order, &bytes, office.by()).await?;
        let text = told(&done);
        let json = json!({ "watchlist": format!("W-{}", done.watchlist), "imported": done });
        Ok(Report::new(json, text))
    }
}

/// A number with its noun.
fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn told(done: &Imported) -> String {
    let mut text = format!(
        "W-{}: {} read; {} added, {} unchanged, {} expired; {}; {} among what awaits a decision.\n",
        done.watchlist,
        count(done.read, "entry", "entries"),
        done.added,
        done.unchanged,
        done.expired,
        count(done.defect_count, "defect", "defects"),
        count(done.hits as i64, "hit", "hits")
    );
    if done.dry_run {
        text.insert_str(0, "Nothing is stored; an import would come to this.\n");
    }
    if let Some(damage) = &done.damage {
        text.push_str(&format!(
            "The file is cut off or damaged ({damage}): what is new is listed, and nobody was \
             taken off or changed. Fetch it again.\n"
        ));
    }
    let many = [
        (
            done.changed,
            "listing says something else now and took a new number",
            "listings say \
          something else now and took new numbers",
        ),
        (
            done.left_ended,
            "entry was ended by an officer and left so",
            "entries were ended by an \
          officer and left so",
        ),
        (
            done.returned,
            "entry that an officer had ended says something else now and counts again",
            "entries that an officer had ended say something else now and count again",
        ),
        (
            done.carried as i64,
            "decision on a hit was carried over",
            "decisions on hits were carried \
          over",
        ),
        (
            done.left_out as i64,
            "record lists nobody and was left out",
            "records list nobody and \
          were left out",
        ),
    ];
    for (number, one, more) in many.into_iter().filter(|(number, ..)| *number > 0) {
        text.push_str(&format!("{}.\n", count(number, one, more)));
    }
    for defect in done.defects.iter().take(5) {
        text.push_str(&format!("line {}: {}\n", defect.line, defect.reason));
    }
    text
}

/// What a table of names is held against.
enum Against {
    /// The store's lists: which listing each number is.
    Store(Arc<InForce>, Vec<KeptListing>, Vec<watchlists::KeptWatchlist>),
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
        if !(self.threshold > 0.0 && self.threshold <= 1.0) {
            crate::refuse!("threshold", "the least chance of a hit is above 0 and at most 1");
        }
        let mut table = NameTable::open(&self.names, office, "screening names")?;
        let queries: Vec<&str> = NAME_COLUMNS.into_iter().chain(["query", "left"]).collect();
        let Some(name) = table.find(&queries) else {
            crate::refuse!("columns", "the table needs the column name; it has {}", table.columns())
        };
        let ids: Vec<&str> = ["query_id"].into_iter().chain(REFERENCE_COLUMNS).collect();
        let (id, kind) = (table.find(&ids), table.find(&KIND_COLUMNS));
        let mut read: Vec<&Path> = vec![&self.names];
        read.extend(self.list_file.as_deref());
        let mut out = TableOut::begin(&self.out, &read)?;
        out.row([
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
        ])?;
        let against = self.against(office).await?;
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
            let of = name_kind(cell(kind));
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
                let (row, rank) = (names.to_string(), rank.to_string());
                let chance = format!("{:.6}", one.matched.probability);
                out.row([
                    row.as_str(),
                    cell(id),
                    asked,
                    &rank,
                    &listing,
                    &list,
                    &entry.reference,
                    &entry.name,
                    &chance,
                    &one.matched.why(),
                ])?;
            }
        }
        out.finish()?;
        let (told, first) = defects.json();
        Ok(Report::new(
            json!({
                "names": names,
                "with_hits": with_hits,
                "hits": hits,
                "out": self.out,
                "defect_count": told,
                "defects": first,
            }),
            format!(
                "{} screened; {with_hits} with hits, {hits} in all.{}",
                count(names as i64, "name", "names"),
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

/// Whether a listing counts, and what ended it.
fn state_of(one: &KeptListing, list_counts: bool) -> String {
    match &one.expired {
        Some((at, by, because)) => {
            format!("ended on {} by {by}: {because}", Day::of_micros(*at))
        }
        None if list_counts => "in force".to_owned(),
        None => "its list counts no more".to_owned(),
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
            let lists = watchlists::list(&mut tx, today).await?;
            let list = lists.iter().find(|list| list.id == one.watchlist);
            let name = list.map(|list| list.name.as_str()).unwrap_or_default();
            let state = state_of(one, list.is_some_and(|list| list.in_force(today)));
            let json = json!({
                "id": self.id,
                "watchlist": format!("W-{}", one.watchlist),
                "watchlist_name": name,
                "listing": one.listing,
                "state": state,
                "expired": one.expired.is_some(),
            });
            let text = format!(
                "L-{number} of W-{} {name}: {state}\n{}",
                one.watchlist,
                serde_json::to_string_pretty(&one.listing)?
            );
            return Ok(Report::new(json, text));
        }
        let lists = watchlists::list(&mut tx, today).await?;
        let Some(list) = lists.iter().find(|list| list.id == number) else {
            crate::refuse!("no_watchlist", "there is no watchlist {}", self.id)
        };
        let which = watchlists::WhichListings { watchlist: Some(number), ..Default::default() };
        let first = watchlists::page(&mut tx, &which, 0, (20, today)).await?;
        let mut table = Table::new(&["listing", "kind", "reference", "name", "state"]);
        for one in &first {
            table.row([
                format!("L-{}", one.id),
                one.listing.kind.to_string(),
                one.listing.reference.clone(),
                one.listing.name.clone(),
                state_of(one, list.in_force(today)),
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
            "ended": list.ended.as_ref().map(|(.., because)| because),
            "first": first.iter().map(|one| &one.listing).collect::<Vec<_>>(),
            "states": first
                .iter()
                .map(|one| state_of(one, list.in_force(today)))
                .collect::<Vec<_>>(),
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
        let done = match kind {
            'L' => watchlist::expire_listing(&store, number, &self.reason, office.by()).await?,
            _ => watchlist::expire_list(&store, number, &self.reason, office.by()).await?,
        };
        let text = match done {
            true => format!("{} counts no more.", self.id),
            false => format!("{} had ended already: nothing was changed.", self.id),
        };
        Ok(Report::new(json!({ "expired": self.id, "ended_already": !done }), text))
    }
}
