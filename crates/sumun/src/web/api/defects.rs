//! Defects: what was wrong with records, of files and of requests alike, until someone has seen to
//! it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::List;
use super::words::DefectKind;
use crate::rights::EVERYWHERE;
use crate::store::defects::{self, Place};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, cursor, page_size, place};
use crate::web::{App, Problem};

/// A kept defect.
#[derive(Debug, Serialize, ToSchema)]
pub struct Defect {
    /// The message that brought it.
    message: i64,
    /// Name of the file or request.
    file: String,
    /// Line on which the record begins, from 1.
    line: i64,
    /// The field, or empty for the whole record.
    field: String,
    /// The kind of fault.
    kind: DefectKind,
    /// The fault in a sentence.
    reason: String,
    /// What stood there.
    found: String,
}

/// Which defects are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichDefects {
    /// Only those of files or requests whose name contains this.
    file: Option<String>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists what was wrong with records, the latest message first.
#[utoipa::path(
    get,
    path = "/defects",
    tag = "defects",
    params(WhichDefects),
    responses(
        (status = 200, description = "A page of defects.", body = List<Defect>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_defects(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichDefects>,
) -> Result<Json<List<Defect>>, Problem> {
    // A record that could not be read has no office, so only who reads data everywhere sees it.
    caller.may(Action::ReadData, EVERYWHERE)?;
    let limit = page_size(asked.limit)?;
    let after: Option<Place> = place(asked.cursor.as_deref())?;
    // What a cursor holds was written by us, unless someone played with it.
    if after.as_ref().is_some_and(|(.., field, kind)| field.contains('\0') || kind.contains('\0')) {
        return Err(Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            "cursor",
            "The cursor is none of this list's.",
        ));
    }
    let mut tx = app.store.read().await?;
    let file = asked.file.as_deref().unwrap_or_default();
    let mut kept = defects::page(&mut tx, file, after.as_ref(), limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|(place, _)| cursor(place));
    let items = kept
        .into_iter()
        .map(|((message, ..), one)| {
            let kind: targeting::consignment::DefectKind = one.kind.parse()?;
            Ok(Defect {
                message,
                file: one.file,
                line: one.line,
                field: one.field,
                kind: kind.into(),
                reason: one.reason,
                found: one.found,
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Json(List { items, next }))
}
