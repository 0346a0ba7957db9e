//! Events over the wire: a stream of server-sent events that lasts as long as the page is open.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{self, KeepAlive, Sse};
use futures::Stream;
use futures::stream::unfold;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

use super::time;
use crate::rights::{Circumstances, Offices};
use crate::store::Store;
use crate::web::caller::{Action, Caller};
use crate::web::events::{Event, Kind};
use crate::web::problem::ProblemBody;
use crate::web::{App, Problem};

/// How long a stream lasts.
const LASTS: Duration = Duration::from_secs(600);
/// How often it is asked whether whoever listens is still let in.
const ASKED: Duration = Duration::from_secs(5);

/// What a caller may hear of.
struct Hears {
    /// Offices of which everything may be seen.
    whole: Offices,
    /// Offices of which plans may be seen before they are released.
    plans: Offices,
    /// Offices of which released plans and what came of them may be seen.
    released: Offices,
    /// Whether rejected records are the caller's business.
    data: bool,
}

impl Hears {
    fn of(caller: &Caller) -> Result<Hears, Problem> {
        let at = |action, circumstances| caller.offices_or_none(action, circumstances);
        let hears = Hears {
            whole: at(Action::ReadConsignment, Circumstances::default())?,
            plans: at(Action::ReadPlan, Circumstances::default())?,
            released: at(Action::ReadPlan, Circumstances::DRAWN)?,
            data: !at(Action::ReadData, Circumstances::default())?.is_none(),
        };
        if hears.whole.is_none() && hears.released.is_none() && !hears.data {
            // What is lacking is a role; the refusal says which.
            caller.may_somewhere(Action::ReadConsignment)?;
        }
        Ok(hears)
    }

    fn hears(&self, event: &Event) -> bool {
        let at = |offices: &Offices| {
            event.office.as_ref().is_some_and(|office| offices.contains(office))
        };
        match event.kind {
            Kind::PlanDrawn => at(&self.plans),
            Kind::PlanReleased | Kind::CapacityChanged => at(&self.released),
            Kind::OutcomeRecorded => at(&self.whole) || at(&self.released),
            Kind::Decided | Kind::Alarm => at(&self.whole),
            Kind::Defects => self.data,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A plan was drawn.
    PlanDrawn,
    /// A plan was released to inspectors.
    PlanReleased,
    /// Somebody decided on a consignment.
    Decided,
    /// An outcome was recorded or corrected.
    OutcomeRecorded,
    /// Records were rejected.
    Defects,
    /// The drift watch rang or fell silent.
    Alarm,
    /// The capacity of a shift was changed.
    CapacityChanged,
}

/// Something that happened, as the data of an event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct Told {
    /// What.
    kind: EventKind,
    /// The office that it concerns; none where it concerns all.
    office: Option<String>,
    /// What it happened to.
    #[schema(example = "C-12")]
    id: String,
    /// When.
    at: String,
}

impl From<Event> for Told {
    fn from(event: Event) -> Told {
        let kind = match event.kind {
            Kind::PlanDrawn => EventKind::PlanDrawn,
            Kind::PlanReleased => EventKind::PlanReleased,
            Kind::Decided => EventKind::Decided,
            Kind::OutcomeRecorded => EventKind::OutcomeRecorded,
            Kind::Defects => EventKind::Defects,
            Kind::Alarm => EventKind::Alarm,
            Kind::CapacityChanged => EventKind::CapacityChanged,
        };
        Told { kind, office: event.office, id: event.id, at: time(event.at) }
    }
}

/// Tells what happens from now on, as server-sent events whose data is an `Event`.
#[utoipa::path(
    get,
    path = "/events",
    tag = "desk",
    responses(
        (status = 200, description = "The stream.", body = Told,
         content_type = "text/event-stream"),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn follow_events(
    State(app): State<App>,
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let hears = Hears::of(&caller)?;
    let Some(listener) = app.events.listen() else {
        let said = "The server is about to stop.";
        return Err(Problem::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "stopping", said));
    };
    Ok(Sse::new(stream(listener, Listener { caller, hears, store: app.store.clone() }))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Who listens.
struct Listener {
    caller: Caller,
    hears: Hears,
    store: Store,
}

impl Listener {
    async fn is_let_in(&self) -> bool {
        self.caller.lasts(&self.store).await.unwrap_or_else(|error| {
            tracing::warn!("a listener's session could not be looked at: {error:#}");
            false
        })
    }
}

fn stream(
    receiver: Receiver<Event>,
    listener: Listener,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    let now = Instant::now();
    let until = now + LASTS;
    unfold((receiver, listener, now + ASKED), move |(mut receiver, listener, mut ask)| async move {
        loop {
            // A page asks again by itself, and then shows anew who it is.
            let heard = match timeout_at(ask.min(until), receiver.recv()).await {
                Err(_) if ask >= until => return None,
                heard => heard,
            };
            if Instant::now() >= ask {
                if !listener.is_let_in().await {
                    return None;
                }
                ask = Instant::now() + ASKED;
            }
            match heard {
                Ok(Ok(event)) if listener.hears.hears(&event) => {
                    let told = serde_json::to_string(&Told::from(event)).unwrap_or_default();
                    let told = sse::Event::default().data(told);
                    return Some((Ok(told), (receiver, listener, ask)));
                }
                // Not for these ears, or time to ask; who was too slow goes on with the next.
                Ok(Ok(_)) | Err(_) | Ok(Err(RecvError::Lagged(_))) => {}
                Ok(Err(RecvError::Closed)) => return None,
            }
        }
    })
}
