//! `sumun hits`: lists what met a watchlist, shows a hit with all that was said of it, and decides
//! it for a reason.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use targeting::codes::Day;
use targeting::consignment::ConsignmentId;
use targeting::listing::HitVerdict;

use super::{Office, Report, Table};
use crate::acts::watchlist::{self, VerdictOrder};
use crate::config::now;
use crate::store::Tx;
use crate::store::hits::{self, KeptHit, WhichHits};
use crate::store::watchlists::{self, KeptListing};

/// Hits on watchlists.
#[derive(Debug, Args)]
pub struct Hits {
    #[command(subcommand)]
    verb: Option<HitVerb>,
}

/// What to do with hits.
#[derive(Debug, Subcommand)]
enum HitVerb {
    /// Lists hits; the open ones, the likeliest first, when nothing else is asked for.
    List(ListHits),
    /// Shows a hit with everything that was said of it.
    Show(ShowHit),
    /// Says whether a party and a listing are the same, for a reason.
    Decide(DecideHit),
}

/// Which hits.
#[derive(Debug, Args)]
struct ListHits {
    /// open, same, not-same, unsure or all.
    #[arg(long, default_value = "open", value_name = "STATE")]
    state: String,
    /// Hits at most.
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
}

/// Which hit.
#[derive(Debug, Args)]
struct ShowHit {
    /// A hit, such as H-12.
    #[arg(value_name = "ID", value_parser = number)]
    id: i64,
}

/// What is said of which hit.
#[derive(Debug, Args)]
struct DecideHit {
    /// A hit, such as H-12.
    #[arg(value_name = "ID", value_parser = number)]
    id: i64,
    /// same, not-same or unsure.
    #[arg(long, value_name = "VERDICT", value_parser = verdict)]
    verdict: HitVerdict,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The day from which on it counts no more, as YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    expires: Option<Day>,
    /// The id of the decision that is to be replaced, as `sumun hits show` tells it; without it a
    /// hit that is decided already is left as it is.
    #[arg(long, value_name = "DECISION")]
    instead_of: Option<String>,
    /// Id of the order, so that it can be sent again; a new one when left out.
    #[arg(long, value_name = "ULID")]
    id_of_order: Option<String>,
}

fn number(text: &str) -> Result<i64, String> {
    let upper = text.to_ascii_uppercase();
    let id = upper.strip_prefix("H-").and_then(|digits| digits.parse().ok());
    id.ok_or_else(|| format!("`{text}` is no hit's id: they look like H-12"))
}

fn verdict(text: &str) -> Result<HitVerdict, String> {
    let word = text.replace('-', "_");
    word.parse().map_err(|_| format!("`{text}` is no verdict: same, not-same or unsure"))
}

impl Hits {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        match self.verb {
            None => ListHits { state: "open".to_owned(), limit: 50 }.run(office).await,
            Some(HitVerb::List(list)) => list.run(office).await,
            Some(HitVerb::Show(show)) => shown(office, show.id).await,
            Some(HitVerb::Decide(decide)) => decide.run(office).await,
        }
    }
}

fn today() -> i64 {
    i64::from(Day::of_micros(now()).0)
}

async fn find(tx: &mut Tx, id: i64) -> Result<KeptHit> {
    match hits::find(tx, id, today()).await? {
        Some(hit) => Ok(hit),
        None => crate::refuse!("no_hit", "there is no hit H-{id}: `sumun hits list` tells them"),
    }
}

fn state(hit: &KeptHit) -> &'static str {
    hit.decision.as_ref().map_or("open", |one| one.verdict.as_str())
}

fn told(hit: &KeptHit, listing: Option<&KeptListing>) -> Value {
    json!({
        "id": format!("H-{}", hit.id),
        "consignment": ConsignmentId(hit.consignment_id).to_string(),
        "office": hit.office,
        "what": hit.met,
        "found": hit.found,
        "listing": format!("L-{}", hit.listing_id),
        "listed": listing.map(|one| &one.listing.name),
        "probability": hit.probability,
        "state": state(hit),
        "decision": hit.decision.as_ref().map(|one| &one.order_id),
        "decided_by": hit.decision.as_ref().map(|one| &one.by),
    })
}

impl ListHits {
    async fn run(self, office: &Office) -> Result<Report> {
        let word = self.state.replace('-', "_");
        let state_asked = match word.as_str() {
            "all" => None,
            "open" | "same" | "not_same" | "unsure" => Some(word.as_str()),
            _ => crate::refuse!("state", "a hit is open, same, not-same or unsure; `all` is each"),
        };
        let limit = i64::from(self.limit.clamp(1, 10_000));
        let store = office.store().await?;
        let mut tx = store.read().await?;
        let which = WhichHits { state: state_asked, ..Default::default() };
        let found = hits::page(&mut tx, &which, None, (limit, today())).await?;
        if found.is_empty() {
            return Ok(Report::new(json!({ "hits": [] }), "There are no such hits."));
        }
        let mut ids: Vec<i64> = found.iter().map(|hit| hit.listing_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let listed = watchlists::by_ids(&mut tx, &ids).await?;
        let of = |id: i64| listed.iter().find(|one| one.id == id);
        let mut table =
            Table::new(&["hit", "consignment", "found", "listing", "listed", "chance", "state"]);
        for hit in &found {
            let name = of(hit.listing_id).map(|one| one.listing.name.as_str());
            table.row([
                format!("H-{}", hit.id),
                ConsignmentId(hit.consignment_id).to_string(),
                super::shortened(&hit.found, 40),
                format!("L-{}", hit.listing_id),
                super::shortened(name.unwrap_or_default(), 40),
                format!("{:.2}", hit.probability),
                state(hit).to_owned(),
            ]);
        }
        let all: Vec<Value> = found.iter().map(|hit| told(hit, of(hit.listing_id))).collect();
        Ok(Report::new(json!({ "hits": all }), table.text()))
    }
}

async fn shown(office: &Office, id: i64) -> Result<Report> {
    let store = office.store().await?;
    let mut tx = store.read().await?;
    let hit = find(&mut tx, id).await?;
    let listed = watchlists::by_ids(&mut tx, &[hit.listing_id]).await?;
    let said = hits::decisions(&mut tx, hit.party_key, hit.listing_id).await?;
    let name = listed.first().map(|one| one.listing.name.as_str()).unwrap_or_default();
    let mut text = format!(
        "H-{id}: {} `{}` of {} is like `{name}` (L-{}) with chance {:.2}; {}.\n",
        hit.met,
        hit.found,
        ConsignmentId(hit.consignment_id),
        hit.listing_id,
        hit.probability,
        state(&hit)
    );
    let mut decisions = Vec::new();
    for one in &said {
        let until = Day(one.expires_day as i32);
        text.push_str(&format!(
            "{} by {} until {until}: {} ({})\n",
            one.verdict, one.by, one.reason, one.order_id
        ));
        decisions.push(json!({
            "id": one.order_id,
            "verdict": one.verdict,
            "reason": one.reason,
            "by": one.by,
            "expires_on": until.to_string(),
        }));
    }
    let mut json = told(&hit, listed.first());
    json["said"] = Value::Array(decisions);
    Ok(Report::new(json, text))
}

impl DecideHit {
    async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let hit = find(&mut store.read().await?, self.id).await?;
        let order = VerdictOrder {
            id: self.id_of_order.unwrap_or_else(|| ulid::Ulid::generate().to_string()),
            verdict: self.verdict,
            reason: self.reason,
            expires_day: self.expires.map(|day| day.0),
            instead_of: Some(self.instead_of),
        };
        watchlist::decide(&store, &hit, &order, office.by()).await?;
        shown(office, self.id).await
    }
}
