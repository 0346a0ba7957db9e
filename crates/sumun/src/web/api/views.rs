//! Views: a person's own filters of a screen, under a name.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{List, time};
use crate::store::views::{self, KeptView};
use crate::web::caller::Caller;
use crate::web::problem::ProblemBody;
use crate::web::request::{Body, Named};
use crate::web::{App, Problem};

/// The longest view, in bytes of JSON.
const LENGTH: usize = 16_000;

/// A kept view.
#[derive(Debug, Serialize, ToSchema)]
pub struct View {
    /// Its name.
    name: String,
    /// The screen that it is for.
    #[schema(example = "queue")]
    screen: String,
    /// The filters, as the screen keeps them.
    #[schema(value_type = Object)]
    filters: serde_json::Value,
    /// When it was kept.
    set_at: String,
}

impl View {
    fn of(kept: &KeptView) -> Result<View, Problem> {
        Ok(View {
            name: kept.name.clone(),
            screen: kept.screen.clone(),
            filters: serde_json::from_str(&kept.filters).map_err(anyhow::Error::from)?,
            set_at: time(kept.set_at),
        })
    }
}

/// What a view is to hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// The screen that it is for.
    #[schema(example = "queue", max_length = 40)]
    screen: String,
    /// The filters, as the screen keeps them.
    #[schema(value_type = Object)]
    filters: serde_json::Map<String, serde_json::Value>,
}

/// Lists one's own views, by name.
#[utoipa::path(
    get,
    path = "/views",
    tag = "desk",
    responses(
        (status = 200, description = "The views.", body = List<View>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_views(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<View>>, Problem> {
    let mut tx = app.store.read().await?;
    let kept = views::list(&mut tx, caller.name()).await?;
    Ok(Json(List::whole(kept.iter().map(View::of).collect::<Result<_, _>>()?)))
}

/// Keeps a view of one's own under this name, in the place of one that had it.
#[utoipa::path(
    put,
    path = "/views/{id}",
    tag = "desk",
    params(("id" = String, Path, description = "The view's name.")),
    request_body = NewView,
    responses(
        (status = 200, description = "The view.", body = View),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn keep_view(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(new): Body<NewView>,
) -> Result<Json<View>, Problem> {
    let filters = serde_json::to_string(&new.filters).map_err(anyhow::Error::from)?;
    let plain = |text: &str| !text.trim().is_empty() && !text.contains('\0');
    if !plain(&name.0) || !plain(&new.screen) || new.screen.len() > 40 {
        return Err(Problem::unusable("view", "The view has no name, or names no screen."));
    }
    // The escape of NUL in JSON is no NUL, so that both engines keep it.
    if filters.len() > LENGTH {
        return Err(Problem::unusable("view", "The view's filters are too long."));
    }
    let (owner, set_at) = caller.by();
    let kept = KeptView { name: name.0, screen: new.screen, filters, set_at };
    let mut tx = app.store.begin().await?;
    views::keep(&mut tx, owner, &kept).await?;
    tx.commit().await?;
    Ok(Json(View::of(&kept)?))
}

/// Forgets a view of one's own.
#[utoipa::path(
    delete,
    path = "/views/{id}",
    tag = "desk",
    params(("id" = String, Path, description = "The view's name.")),
    responses(
        (status = 204, description = "It is forgotten."),
        (status = 404, description = "There is none of this name.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn forget_view(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<axum::http::StatusCode, Problem> {
    let mut tx = app.store.begin().await?;
    if !views::forget(&mut tx, caller.name(), &name.0).await? {
        return Err(Problem::missing("no_view", format!("There is no view {}.", name.0)));
    }
    tx.commit().await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
