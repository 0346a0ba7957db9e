//! Sightings: boxes that load lists, stowage plans, quays and gates name, and no manifest does.
//! What movement messages say of declared boxes is in the dossier (`dossier.rs`).

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{List, Said, time};
use crate::pipeline::{WhichBoxes, undeclared};
use crate::store::sightings::Latest;
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, cursor, page_size, place};
use crate::web::{App, Problem};

/// A box that was seen and is on no manifest, as the latest message about it saw it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UndeclaredBox {
    /// Its number as written.
    #[schema(example = "TGHU1234567")]
    number: String,
    /// What saw it.
    sight: Said,
    /// When it was seen, by the sender's clock.
    seen_at: String,
    /// When the message was received.
    received_at: String,
    /// The message that tells it.
    message: i64,
    /// Its line or segment.
    line: i64,
    /// In how many messages the box was seen.
    times: i64,
    /// Name or number of the vessel.
    vessel: String,
    /// Its voyage.
    voyage: String,
    /// Where it is loaded.
    loading: Option<String>,
    /// Where it is discharged.
    discharge: Option<String>,
    /// True when it is said to be empty.
    empty: bool,
    /// Seals as written.
    seals: Vec<String>,
    /// Gross mass in kilograms: verified, or else as stated.
    gross_mass_kg: Option<f64>,
    /// Whether it was scanned; none when nothing is said of that.
    scanned: Option<bool>,
}

impl From<Latest> for UndeclaredBox {
    fn from(latest: Latest) -> UndeclaredBox {
        let one = latest.sighting;
        let (ko, en) = one.sight.said();
        let vessel = if one.vessel.is_empty() { one.vessel_id } else { one.vessel };
        UndeclaredBox {
            number: one.unit.into(),
            sight: Said::new(ko, en),
            seen_at: time(one.at),
            received_at: time(latest.received_at),
            message: latest.message_id,
            line: latest.line,
            times: latest.times,
            vessel: vessel.into(),
            voyage: one.voyage.into(),
            loading: one.loading.map(|place| place.to_string()),
            discharge: one.discharge.map(|place| place.to_string()),
            empty: one.empty,
            seals: one.seals.into_iter().map(Into::into).collect(),
            gross_mass_kg: one.verified_mass_g.or(one.gross_mass_g).map(|mass| mass.kg()),
            scanned: one.scanned,
        }
    }
}

/// Which boxes are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichSightings {
    /// Only those whose number, vessel, voyage, port or seal contains this.
    q: Option<String>,
    /// Without those that are said to be empty.
    full: Option<bool>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists boxes that movement messages saw and no manifest names, the latest first. A page may have
/// fewer items than asked for though more follow.
#[utoipa::path(
    get,
    path = "/sightings",
    tag = "data",
    params(WhichSightings),
    responses(
        (status = 200, description = "A page of boxes.", body = List<UndeclaredBox>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_sightings(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichSightings>,
) -> Result<Json<List<UndeclaredBox>>, Problem> {
    let offices = caller.offices(Action::ReadData)?;
    let limit = page_size(asked.limit)?;
    let before = place::<i64>(asked.cursor.as_deref())?;
    let which = WhichBoxes {
        words: asked.q.as_deref().unwrap_or_default(),
        full: asked.full.unwrap_or(false),
        offices: Some(&offices),
    };
    let mut tx = app.store.read().await?;
    let (found, next) = undeclared(&mut tx, &which, before, limit as usize).await?;
    let next = next.and_then(|id| cursor(&id));
    Ok(Json(List { items: found.into_iter().map(UndeclaredBox::from).collect(), next }))
}
