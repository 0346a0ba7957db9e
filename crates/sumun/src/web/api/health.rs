//! Health: whether the server can do its work, for whoever watches it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{Engine, models};
use crate::web::problem::ProblemBody;
use crate::web::{App, Problem};

/// How the server is doing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// The store is reachable and its schema is this program's.
    ready: bool,
    /// What keeps the store: sqlite or postgres.
    store: String,
    /// The model in force; none before the first approval.
    model: Option<String>,
    /// This program's version.
    version: String,
}

/// Tells whether the store is reachable and its schema current.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "server",
    responses(
        (status = 200, description = "Ready.", body = Health),
        (status = 503, description = "Not ready.", body = ProblemBody),
    )
)]
pub async fn read_health(State(app): State<App>) -> Result<Json<Health>, Problem> {
    let look = async {
        app.store.ensure_current().await?;
        models::in_force_id(&mut app.store.read().await?).await
    };
    let model = look.await.map_err(|error: anyhow::Error| {
        let problem = Problem::broken(&format_args!("the store is not ready: {error:#}"));
        problem.status(StatusCode::SERVICE_UNAVAILABLE)
    })?;
    let store = match app.store.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Ok(Json(Health { ready: true, store: store.to_owned(), model, version }))
}
