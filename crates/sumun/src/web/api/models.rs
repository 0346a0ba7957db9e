//! Models: what judges, how it did on later days, and who put it in force. Learning a model takes
//! minutes and is the command line's; approving one is a person's act, and can be done here.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use targeting::feature::{self, CATALOGUE};
use targeting::learning;
use targeting::model::{self, Model as Loaded};
use utoipa::ToSchema;

use super::{List, time};
use crate::acts;
use crate::rights::EVERYWHERE;
use crate::store::models::{self, KeptModel};
use crate::web::caller::{Action, Caller};
use crate::web::problem::ProblemBody;
use crate::web::request::{Body, Named};
use crate::web::{App, Problem};

/// A model and its life.
#[derive(Debug, Serialize, ToSchema)]
pub struct Model {
    /// Its name.
    #[schema(example = "M-1")]
    id: String,
    /// `candidate`, `challenger`, `in_force`, `retired` or `rolled_back`.
    #[schema(example = "in_force")]
    state: String,
    /// SHA-256 of its content.
    hash: String,
    /// When it was learned.
    learned_at: String,
    /// Who learned it: a person, or the scheduler.
    learned_by: Option<String>,
    /// Who put it in force last.
    approved_by: Option<String>,
    /// Why.
    reason: Option<String>,
}

impl From<KeptModel> for Model {
    fn from(kept: KeptModel) -> Model {
        let KeptModel { id, state, hash, learned_at, learned_by, approved_by, reason } = kept;
        Model { id, state, hash, learned_at: time(learned_at), learned_by, approved_by, reason }
    }
}

/// Lists all models, the newest first.
#[utoipa::path(
    get,
    path = "/models",
    tag = "models",
    responses(
        (status = 200, description = "The models.", body = List<Model>),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn list_models(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Model>>, Problem> {
    caller.may_somewhere(Action::ReadModel)?;
    let kept = models::list(&mut app.store.read().await?).await?;
    Ok(Json(List::whole(kept.into_iter().map(Model::from).collect())))
}

/// A model with what it reads and how it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelDetail {
    /// The model and its life.
    #[serde(flatten)]
    summary: Model,
    /// Library and version that grew the trees.
    library: String,
    /// Days learned from.
    learned_from: Span,
    /// How recorded chances became training weights, as a sentence.
    weighting: String,
    /// What it reads of a consignment.
    features: Vec<Feature>,
    /// How its like did on days later than those learned from.
    backtest: Backtest,
}

/// First and last day, both included.
#[derive(Debug, Serialize, ToSchema)]
pub struct Span {
    /// First day.
    #[schema(format = Date)]
    first: String,
    /// Last day.
    #[schema(format = Date)]
    last: String,
}

/// A feature that the model reads.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feature {
    /// Stable name.
    #[schema(example = "consignor.irregular_rate")]
    code: String,
    /// What it is, in English.
    en: String,
    /// What it is, in Korean.
    ko: String,
    /// Where its number comes from.
    source: String,
}

/// How a trial did on days later than those it learned from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Backtest {
    /// Days that the trial learned from.
    learned: Span,
    /// Days on which it was judged.
    judged: Span,
    /// Figures for any irregularity.
    irregular: Judged,
    /// Figures for contraband.
    critical: Judged,
}

/// Figures of one target.
#[derive(Debug, Serialize, ToSchema)]
pub struct Judged {
    /// For all goods.
    all: Option<Metrics>,
    /// For goods of which nothing alike had been inspected before.
    new_goods: Option<Metrics>,
}

/// The figures of a ranking.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metrics {
    /// Consignments judged.
    rows: u64,
    /// Finds among them.
    positives: u64,
    /// Share of the weight that is a find.
    base_rate: f64,
    /// Chance that a find outranks what is none.
    auc: Option<f64>,
    /// Lower and upper end of its 95 % interval.
    auc_interval: Option<[f64; 2]>,
    /// Average precision.
    pr_auc: Option<f64>,
    /// What opening the top of the ranking finds.
    top: Vec<Top>,
    /// Mean negative log likelihood.
    log_loss: f64,
    /// Mean squared error of the chances.
    brier: f64,
    /// Expected calibration error.
    ece: f64,
}

/// What opening the top share of a ranking finds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Top {
    /// Share that is opened.
    share: f64,
    /// Share of the opened that is a find.
    precision: f64,
    /// Lower and upper end of its 95 % interval.
    precision_interval: [f64; 2],
    /// Share of all finds that is opened.
    recall: Option<f64>,
}

impl From<learning::Span> for Span {
    fn from(span: learning::Span) -> Span {
        Span { first: span.first.to_string(), last: span.last.to_string() }
    }
}

impl From<learning::Judged> for Judged {
    fn from(judged: learning::Judged) -> Judged {
        Judged {
            all: judged.all.map(Metrics::from),
            new_goods: judged.new_goods.map(Metrics::from),
        }
    }
}

impl From<model::metrics::Metrics> for Metrics {
    fn from(metrics: model::metrics::Metrics) -> Metrics {
        Metrics {
            rows: metrics.rows as u64,
            positives: metrics.positives as u64,
            base_rate: metrics.base_rate,
            auc: metrics.auc,
            auc_interval: metrics.auc_interval.map(|interval| [interval.low, interval.high]),
            pr_auc: metrics.pr_auc,
            top: metrics
                .top
                .iter()
                .map(|top| Top {
                    share: top.share,
                    precision: top.precision,
                    precision_interval: [top.interval.low, top.interval.high],
                    recall: top.recall,
                })
                .collect(),
            log_loss: metrics.log_loss,
            brier: metrics.brier,
            ece: metrics.ece,
        }
    }
}

pub(super) fn missing(name: &Named) -> Problem {
    Problem::missing("unknown_model", format!("There is no model {}.", name.0))
}

/// Reads one model: its life, what it reads and its backtest.
#[utoipa::path(
    get,
    path = "/models/{id}",
    tag = "models",
    params(("id" = String, Path, description = "The model's name, such as M-1.")),
    responses(
        (status = 200, description = "The model.", body = ModelDetail),
        (status = 404, description = "There is none of this name.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn read_model(
    State(app): State<App>,
    caller: Caller,
    name: Named,
) -> Result<Json<ModelDetail>, Problem> {
    caller.may_somewhere(Action::ReadModel)?;
    let found = models::find(&mut app.store.read().await?, &name.0).await?;
    let (kept, artefact, backtest) = found.ok_or_else(|| missing(&name))?;
    let loaded =
        Loaded::from_json(artefact.as_bytes(), &feature::codes()).map_err(anyhow::Error::from)?;
    let backtest: learning::Backtest =
        serde_json::from_str(&backtest).map_err(anyhow::Error::from)?;
    let content = loaded.content();
    let reads = |code: &String| {
        content.irregular.features.contains(code) || content.critical.features.contains(code)
    };
    Ok(Json(ModelDetail {
        summary: kept.into(),
        library: content.library.clone(),
        learned_from: Span {
            first: content.window.first.to_string(),
            last: content.window.last.to_string(),
        },
        weighting: content.weighting.clone(),
        features: CATALOGUE
            .iter()
            .filter(|feature| reads(&feature.code))
            .map(|feature| Feature {
                code: feature.code.clone(),
                en: feature.en.clone(),
                ko: feature.ko.clone(),
                source: feature.source().to_owned(),
            })
            .collect(),
        backtest: Backtest {
            learned: backtest.learned.into(),
            judged: backtest.judged.into(),
            irregular: backtest.irregular.into(),
            critical: backtest.critical.into(),
        },
    }))
}

/// Why a model is put in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The reason, which the journal keeps.
    #[schema(min_length = 1, max_length = 4_000)]
    pub(super) reason: String,
}

impl Approval {
    /// Holds that the reason can be kept, and is there where it must be.
    pub(super) fn read(&self, must: bool) -> Result<(), Problem> {
        if self.reason.contains('\0') || self.reason.chars().count() > 4_000 {
            return Err(Problem::unusable(
                "text",
                "The reason has more than 4000 characters, or the character NUL.",
            ));
        }
        if must && self.reason.trim().is_empty() {
            return Err(Problem::unusable("no_reason", "A model is steered with a reason."));
        }
        Ok(())
    }
}

/// Puts a model in force and retires the one that was. A retired model may come back; the one in
/// force stays as it is.
#[utoipa::path(
    post,
    path = "/models/{id}/approve",
    tag = "models",
    params(("id" = String, Path, description = "The model's name, such as M-1.")),
    request_body = Approval,
    responses(
        (status = 200, description = "The model, in force.", body = Model),
        (status = 404, description = "There is none of this name.", body = ProblemBody),
        (status = 409, description = "The model cannot be used.", body = ProblemBody),
        (status = "4XX", description = "Not done as asked.", body = ProblemBody),
    )
)]
pub async fn approve_model(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body(approval): Body<Approval>,
) -> Result<Json<Model>, Problem> {
    // A model judges for every office, so only who may do this everywhere steers it.
    caller.may(Action::ApproveModel, EVERYWHERE)?;
    approval.read(true)?;
    if models::find(&mut app.store.read().await?, &name.0).await?.is_none() {
        return Err(missing(&name));
    }
    acts::model::approve(&app.store, &name.0, &approval.reason, caller.by()).await?;
    let found = models::find(&mut app.store.read().await?, &name.0).await?;
    let (kept, ..) = found.ok_or_else(|| missing(&name))?;
    Ok(Json(kept.into()))
}
