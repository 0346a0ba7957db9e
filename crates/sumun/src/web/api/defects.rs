//! Defects: what was wrong with records, of files, messages and requests alike, until a person has
//! mended or rejected them. How a mended record flows on: `acts/mend.rs`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use intake::Mapping;
use serde::{Deserialize, Serialize};
use targeting::consignment::ConsignmentId;
use utoipa::{IntoParams, ToSchema};

use super::consignments::{Received, RecordDefect};
use super::words::DefectKind;
use super::{Said, declared, reasons, time};
use crate::acts::mend::{self, API, Order};
use crate::rights::{Circumstances, EVERYWHERE, Offices};
use crate::store::defects::{self, Decided, Place, Which};
use crate::store::records::{self, KeptRecord};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Asked, Body, Named, cursor, page_size, place};
use crate::web::{App, Problem};

/// The longest text of a mended column; a whole message is one column.
const CELL_LENGTH: usize = 1 << 20;
/// The most columns that are mended at once.
const CELLS: usize = 1_000;
/// The longest reason.
const REASON_LENGTH: usize = 2_000;

/// A kept defect.
#[derive(Debug, Serialize, ToSchema)]
pub struct Defect {
    /// Its name.
    #[schema(example = "D-4-12-5f3a9c01")]
    id: String,
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
    /// True when the record itself was not stored because of it.
    rejects: bool,
    /// The fault in a sentence.
    reason: String,
    /// The same in Korean and English; English stands in for what has no Korean.
    said: Said,
    /// What stood there.
    found: String,
    /// When it was found.
    found_at: String,
    /// Whether somebody has seen to it.
    state: DefectState,
    /// When that was.
    decided_at: Option<String>,
    /// Who it was.
    decided_by: Option<String>,
    /// Whether the record was kept, so that it can be mended.
    mendable: bool,
}

/// Whether somebody has seen to a defect.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DefectState {
    /// Nobody has.
    Open,
    /// The record was mended and flowed on.
    Mended,
    /// It stays as it is, for a reason.
    Rejected,
}

impl DefectState {
    fn as_str(self) -> &'static str {
        match self {
            DefectState::Open => "open",
            DefectState::Mended => "mended",
            DefectState::Rejected => "rejected",
        }
    }

    fn of(text: &str) -> DefectState {
        match text {
            "mended" => DefectState::Mended,
            "rejected" => DefectState::Rejected,
            _ => DefectState::Open,
        }
    }
}

/// A defect with the record as its file said it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DefectDetail {
    /// The defect.
    #[serde(flatten)]
    defect: Defect,
    /// The record's columns in the file's order; none when it was not kept. A whole message stands
    /// in one column.
    record: Option<Vec<RecordColumn>>,
    /// Everything that is wrong with the same record.
    beside: Vec<Defect>,
}

/// A column of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordColumn {
    /// Its name; empty for what stood outside the columns.
    name: String,
    /// What stood there; none when it tells who a party is and you may not read that.
    text: Option<String>,
}

/// Which defects are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichDefects {
    /// Only those of files or requests whose name contains this.
    file: Option<String>,
    /// Only those whose field, reason or text contains this.
    q: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<DefectState>,
    /// Only those that kept their record out, or only those that did not.
    kept_out: Option<bool>,
    /// `next` of the page before; left out for the first page.
    cursor: Option<String>,
    /// At most so many items: 1 to 1000, 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// A page of defects.
#[derive(Debug, Serialize, ToSchema)]
pub struct DefectPage {
    /// The defects.
    items: Vec<Defect>,
    /// What to give as `cursor` for the next page; none when this is the last.
    next: Option<String>,
    /// How many there are by whether they kept their record out, whatever `kept_out` asks for; on
    /// the first page alone.
    total: Option<DefectTotal>,
}

/// How many defects there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct DefectTotal {
    /// Those that kept their record out.
    kept_out: i64,
    /// Those whose record was stored all the same.
    stored: i64,
}

/// Lists what was wrong with records: first what kept a record out, and of each the latest message
/// first.
#[utoipa::path(
    get,
    path = "/defects",
    tag = "data",
    params(WhichDefects),
    responses(
        (status = 200, description = "A page of defects.", body = DefectPage),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_defects(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<WhichDefects>,
) -> Result<Json<DefectPage>, Problem> {
    let offices = caller.offices(Action::ReadData)?;
    let limit = page_size(asked.limit)?;
    let after: Option<Place> = place(asked.cursor.as_deref())?;
    // What a cursor holds was written by us, unless someone played with it.
    if after.as_ref().is_some_and(|(.., field, kind)| field.contains('\0') || kind.contains('\0')) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "cursor",
            "The cursor is none of this list's.",
        ));
    }
    let which = Which {
        file: asked.file.as_deref().unwrap_or_default(),
        words: asked.q.as_deref().unwrap_or_default(),
        state: asked.state.map(DefectState::as_str),
        kept_out: asked.kept_out,
        offices: Some(&offices),
    };
    let mut tx = app.store.read().await?;
    let mut kept = defects::page(&mut tx, &which, after.as_ref(), limit + 1).await?;
    let more = kept.len() as i64 > limit;
    kept.truncate(limit as usize);
    let next = kept.last().filter(|_| more).and_then(|one| cursor(&one.place));
    let items = kept.into_iter().map(defect).collect::<anyhow::Result<_>>()?;
    let mut total = None;
    if after.is_none() {
        let mut all = DefectTotal { kept_out: 0, stored: 0 };
        for (kind, n) in defects::count(&mut tx, &Which { kept_out: None, ..which }).await? {
            let kind: targeting::consignment::DefectKind =
                kind.parse().map_err(anyhow::Error::from)?;
            match kind.rejects() {
                true => all.kept_out += n,
                false => all.stored += n,
            }
        }
        total = Some(all);
    }
    Ok(Json(DefectPage { items, next, total }))
}

fn defect(one: Decided) -> anyhow::Result<Defect> {
    let kind: targeting::consignment::DefectKind = one.defect.kind.parse()?;
    Ok(Defect {
        id: one.name(),
        message: one.place.0,
        file: one.defect.file,
        line: one.defect.line,
        field: one.defect.field,
        kind: kind.into(),
        rejects: kind.rejects(),
        said: reasons::said(&one.defect.reason),
        reason: one.defect.reason,
        found: one.defect.found,
        found_at: time(one.found_at),
        state: DefectState::of(&one.state),
        decided_at: one.decided_at.map(time),
        decided_by: one.decided_by,
        mendable: one.mendable,
    })
}

/// The defect of this name with all others of its line, if it is of these offices.
async fn find(
    app: &App,
    offices: &Offices,
    named: &Named,
) -> Result<(Decided, Vec<Decided>), Problem> {
    let mut tx = app.store.read().await?;
    let found = defects::find(&mut tx, &named.0).await?;
    let own = |(found, _): &(Decided, _)| offices.all() || offices.contains(&found.office);
    found
        .filter(own)
        .ok_or_else(|| Problem::missing("no_defect", format!("There is no defect {}.", named.0)))
}

/// Reads a defect with the record as its file said it.
#[utoipa::path(
    get,
    path = "/defects/{id}",
    tag = "data",
    params(("id" = String, Path, description = "The defect's name.")),
    responses(
        (status = 200, description = "The defect.", body = DefectDetail),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_defect(
    State(app): State<App>,
    caller: Caller,
    named: Named,
) -> Result<Json<DefectDetail>, Problem> {
    let offices = caller.offices(Action::ReadData)?;
    let (found, beside) = find(&app, &offices, &named).await?;
    // Where no office is known, persons are for those who may read them everywhere.
    let at = if found.office.is_empty() { EVERYWHERE } else { &found.office };
    let persons = caller.can(Action::ReadParty, at, Circumstances::default())?;
    let record = {
        let mut tx = app.store.read().await?;
        records::find(&mut tx, found.place.0, found.place.1).await?
    };
    let record = record.map(|record| columns(record, persons)).transpose()?;
    app.reads.saw(&caller, "read record", &[&named.0]).await?;
    Ok(Json(DefectDetail {
        defect: defect(found)?,
        record,
        beside: beside.into_iter().map(defect).collect::<anyhow::Result<_>>()?,
    }))
}

/// A record's columns, those that tell who a party is only for those who may read that.
fn columns(record: KeptRecord, persons: bool) -> anyhow::Result<Vec<RecordColumn>> {
    let mapping = match record.mapping.as_str() {
        "" | API => None,
        kept => Some(Mapping::kept(kept)?),
    };
    // A whole message or record names persons somewhere, and so may what stood outside columns.
    let personal = |name: &str| match &mapping {
        Some(mapping) => name.is_empty() || mapping.is_personal(name),
        None => true,
    };
    let column = |(name, text): (String, String)| {
        let shown = persons || !personal(&name);
        RecordColumn { text: shown.then_some(text), name }
    };
    Ok(record.columns.into_iter().map(column).collect())
}

/// What is to be mended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mending {
    /// An id that the sender makes, such as a ULID: the same again changes nothing.
    #[schema(min_length = 1, max_length = 100)]
    id: String,
    /// New texts by column.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    values: std::collections::BTreeMap<String, String>,
    /// Why.
    #[schema(min_length = 1, max_length = 2_000)]
    reason: String,
}

/// What a mended record came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct MendedRecord {
    /// The message as which it flowed on.
    message: i64,
    /// True when this had been done before.
    repeated: bool,
    /// What became of it.
    received: Received,
    /// The consignments that are stored now.
    #[schema(example = json!(["C-12"]))]
    consignments: Vec<String>,
    /// What is still wrong, but keeps nothing out.
    defects: Vec<RecordDefect>,
}

/// Puts new texts into the columns of a record with a defect. It is read again and flows on: it is
/// received, screened and journaled; one that was stored without a field becomes a new version. All
/// open defects of the record are mended by it.
#[utoipa::path(
    post,
    path = "/defects/{id}/mend",
    tag = "data",
    params(("id" = String, Path, description = "The defect's name.")),
    request_body = Mending,
    responses(
        (status = 200, description = "It flowed on.", body = MendedRecord),
        (status = 422, description = "It still cannot be read; nothing was changed.",
         body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn mend_defect(
    State(app): State<App>,
    caller: Caller,
    named: Named,
    Body(mending): Body<Mending>,
) -> Result<Json<MendedRecord>, Problem> {
    let offices = caller.offices(Action::MendData)?;
    let Mending { id, values, reason } = mending;
    check(&id, &reason)?;
    let fits = |text: &String| text.len() <= CELL_LENGTH && !text.contains('\0');
    let (found, _) = find(&app, &offices, &named).await?;
    // What is wrong may be in no column: whose number it is.
    let nothing = values.is_empty() && found.defect.kind != "taken";
    if nothing || values.len() > CELLS || !values.iter().all(|(a, b)| fits(a) && fits(b)) {
        return Err(Problem::unusable(
            "values",
            "There is nothing to mend, too much, or the character NUL in it.",
        )
        .next("Send the new text of at least one column."));
    }
    let (message, line, reason) = (found.place.0, found.place.1, reason.trim());
    let order = Order { id: &id, message, line, reason, offices: &offices };
    let cells: Vec<(String, String)> = values.into_iter().collect();
    let done = mend::mend(&app.store, &order, &cells, declared::read_again, caller.by()).await?;
    Ok(Json(MendedRecord {
        message: done.message,
        repeated: done.repeated,
        received: done.tally.into(),
        consignments: done.ids.iter().map(|id| ConsignmentId(*id).to_string()).collect(),
        defects: done.defects.iter().map(RecordDefect::from).collect(),
    }))
}

/// Why a record is to stay as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// An id that the sender makes, such as a ULID: the same again changes nothing.
    #[schema(min_length = 1, max_length = 100)]
    id: String,
    /// Why.
    #[schema(min_length = 1, max_length = 2_000)]
    reason: String,
}

/// Leaves a record as it is, for a reason: all its open defects are seen to.
#[utoipa::path(
    post,
    path = "/defects/{id}/reject",
    tag = "data",
    params(("id" = String, Path, description = "The defect's name.")),
    request_body = Rejection,
    responses(
        (status = 200, description = "Seen to.", body = DefectDetail),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn reject_defect(
    State(app): State<App>,
    caller: Caller,
    named: Named,
    Body(rejection): Body<Rejection>,
) -> Result<Json<DefectDetail>, Problem> {
    let offices = caller.offices(Action::MendData)?;
    let Rejection { id, reason } = rejection;
    check(&id, &reason)?;
    let (found, _) = find(&app, &offices, &named).await?;
    let (message, line, reason) = (found.place.0, found.place.1, reason.trim());
    let order = Order { id: &id, message, line, reason, offices: &offices };
    mend::reject(&app.store, &order, caller.by()).await?;
    read_defect(State(app), caller, named).await
}

fn check(id: &str, reason: &str) -> Result<(), Problem> {
    let plain = |text: &str| !text.contains('\0');
    if id.trim().is_empty() || id.len() > 100 || !plain(id) {
        return Err(Problem::unusable("id", "The id is empty or longer than 100 characters."));
    }
    if reason.trim().is_empty() || reason.chars().count() > REASON_LENGTH || !plain(reason) {
        return Err(Problem::unusable("no_reason", "The reason is empty or too long.")
            .next("Say why, in at most 2000 characters."));
    }
    Ok(())
}
