//! The model as one file: everything needed to score, and to answer for the scores later.
//!
//! A model in force must be the very one a person approved, so the file carries a hash of its
//! content and is refused if anything in it changed, or if it asks for features this program does
//! not know. Learning is in `fit.rs`, scoring in `forest.rs`; read [`Model`] next.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::content::{Gate, ModelContent, Target, TargetContent};
use super::fit::Platt;
use super::forest::{Forest, ForestError};

/// Version of the file format that this program writes and reads.
const FORMAT: u32 = 1;

/// Rows scored before their raw scores become chances: a buffer that stays in the nearest cache.
const CHUNK: usize = 256;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Not JSON, or not this shape.
    #[error("The model file cannot be read. Restore it from where it was exported.")]
    Unreadable(#[from] serde_json::Error),
    /// Written by another version of the program.
    #[error(
        "The model file has format {found}, this program reads format {FORMAT}. \
         Use the program version that wrote it, or learn the model again."
    )]
    UnknownFormat {
        /// The format stated in the file.
        found: u32,
    },
    /// The content is not what was hashed.
    #[error(
        "The model file was changed after it was made: its content hashes to {found}, it states \
         {stated}. Restore the original."
    )]
    WrongHash {
        /// The hash in the file.
        stated: String,
        /// The hash of the content.
        found: String,
    },
    /// A feature that the catalogue does not have.
    #[error(
        "The {target} forest uses feature `{code}`, which this program does not know. \
         Update the program, or learn the model again."
    )]
    UnknownFeature {
        /// The forest that uses it.
        target: Target,
        /// The feature's code.
        code: String,
    },
    /// The columns of a forest and its feature codes do not match.
    #[error(
        "The {target} forest reads {width} columns but names {codes} different features. \
         Name each column once."
    )]
    Features {
        /// The forest.
        target: Target,
        /// Columns it reads.
        width: usize,
        /// Distinct codes given.
        codes: usize,
    },
    /// Calibration that would break or turn the ranking.
    #[error(
        "The {target} calibration needs a finite intercept and a finite slope above zero. \
         Fit it again."
    )]
    Calibration {
        /// The forest it belongs to.
        target: Target,
    },
    /// Experts of experts of experts.
    #[error("The {target} forest's experts go deeper than this program follows. Learn it again.")]
    Experts {
        /// The forest.
        target: Target,
    },
    /// A window that ends before it begins.
    #[error("The training window ends before it begins. Correct its days.")]
    Window,
    /// A forest that cannot be evaluated.
    #[error("The {target} forest cannot be used.")]
    Forest {
        /// The forest.
        target: Target,
        /// What is wrong with it.
        source: ForestError,
    },
}

/// The file as written: what is hashed is the same without `hash`.
#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
    content: &'a ModelContent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "format")]
    _format: u32,
    hash: String,
    content: ModelContent,
}

/// The part that every format shares.
#[derive(Deserialize)]
struct Header {
    format: u32,
}

/// A model ready to score rows that hold the whole feature catalogue.
#[derive(Debug, Clone)]
pub struct Model {
    content: ModelContent,
    hash: String,
    width: usize,
    irregular: Connected,
    critical: Connected,
}

/// A target's forests again, reading the catalogue's columns, so that no row is copied.
#[derive(Debug, Clone)]
struct Connected {
    forest: Forest,
    platt: Platt,
    /// The forests whose mean is the score; none where the forest is alone.
    members: Vec<Forest>,
    /// Column and gate of each expert, and the expert.
    experts: Vec<(usize, Gate, Connected)>,
}

impl Connected {
    /// The forest that judges a row.
    fn of(&self, row: &[f64]) -> &Connected {
        let mut experts = self.experts.iter();
        match experts.find(|(column, gate, _)| gate.admits(row[*column])) {
            Some((_, _, expert)) => expert.of(row),
            None => self,
        }
    }

    fn log_odds(&self, row: &[f64]) -> f64 {
        self.platt.log_odds(self.forest.predict_row(row))
    }

    /// Chances of rows of `width` columns.
    fn chances(&self, rows: &[f64], width: usize, out: &mut [f64]) {
        let mut start = 0;
        for out in out.chunks_mut(CHUNK) {
            let end = start + out.len() * width;
            self.forest.predict(&rows[start..end], out);
            for score in out.iter_mut() {
                *score = self.platt.chance(*score);
            }
            if !self.experts.is_empty() {
                self.refer(&rows[start..end], width, out);
            }
            start = end;
        }
    }

    /// Has the experts judge what their gates let in: their rows are gathered, so that they too
    /// score many at a time.
    fn refer(&self, rows: &[f64], width: usize, out: &mut [f64]) {
        let mut waiting: Vec<usize> = (0..out.len()).collect();
        let (mut gathered, mut scores) = (Vec::new(), Vec::new());
        for (column, gate, expert) in &self.experts {
            let admits = |n: &usize| gate.admits(rows[n * width + column]);
            let (of_expert, others): (Vec<usize>, Vec<usize>) =
                waiting.iter().partition(|n| admits(n));
            waiting = others;
            gathered.clear();
            of_expert.iter().for_each(|n| gathered.extend(&rows[n * width..][..width]));
            scores.resize(of_expert.len(), 0.0);
            expert.chances(&gathered, width, &mut scores);
            of_expert.iter().zip(&scores).for_each(|(n, score)| out[*n] = *score);
        }
    }
}

impl Model {
    /// Makes a model out of its content. `known_features` are the codes of the feature catalogue,
    /// in the order of the columns of the rows that will be scored.
    ///
    /// The content goes through its own file once, so what is made can also be loaded.
    ///
    /// # Errors
    /// As [`Model::from_json`].
    pub fn new(content: ModelContent, known_features: &[&str]) -> Result<Model, ModelError> {
        let hash = hash(&content)?;
        Model::from_json(&write(&content, Some(&hash))?, known_features)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] if the file is not readable, has another format, was changed, names a
    /// feature that is not known, or holds a forest or calibration that cannot be used.
    pub fn from_json(bytes: &[u8], known_features: &[&str]) -> Result<Model, ModelError> {
        let header: Header = serde_json::from_slice(bytes)?;
        if header.format != FORMAT {
            return Err(ModelError::UnknownFormat { found: header.format });
        }
        let Read { hash: stated, content, .. } = serde_json::from_slice(bytes)?;
        let found = hash(&content)?;
        if stated != found {
            return Err(ModelError::WrongHash { stated, found });
        }
        if content.window.last < content.window.first {
            return Err(ModelError::Window);
        }
        let connected =
            |target| connect(content.target(target), target, known_features, EXPERTS_WITHIN);
        Ok(Model {
            width: known_features.len(),
            irregular: connected(Target::Irregular)?,
            critical: connected(Target::Critical)?,
            content,
            hash: found,
        })
    }

    /// Writes the model file.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if the content cannot be written as JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, ModelError> {
        write(&self.content, Some(&self.hash))
    }

    /// What the model is and how it came about.
    pub fn content(&self) -> &ModelContent {
        &self.content
    }

    /// SHA-256 of the content, in hexadecimal: the model's identity in every assessment.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Columns a row must have: one per known feature.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Chances of rows in the catalogue's column order (row-major, `n_features` columns, NaN is
    /// missing), one per row and target, each between 0 and 1.
    ///
    /// # Panics
    /// If `n_features` is not [`Model::width`], or the slices do not hold the same rows.
    pub fn predict(
        &self,
        rows: &[f64],
        n_features: usize,
        out_irregular: &mut [f64],
        out_critical: &mut [f64],
    ) {
        assert_eq!(
            n_features, self.width,
            "rows must hold the catalogue the model was loaded with"
        );
        assert_eq!(out_irregular.len(), out_critical.len(), "each row has both chances");
        assert_eq!(rows.len(), out_irregular.len() * n_features, "rows must be whole rows");
        self.irregular.chances(rows, n_features, out_irregular);
        self.critical.chances(rows, n_features, out_critical);
    }

    /// Why a row has its chance: the features that move its calibrated log-odds away from
    /// [`Model::expected`], as pairs of catalogue column and contribution, the strongest first.
    /// Expected and contributions add up to the log-odds of the chance. Features without any
    /// effect are left out.
    ///
    /// # Panics
    /// If the row is not [`Model::width`] long.
    pub fn explain(&self, target: Target, row: &[f64]) -> Vec<(usize, f64)> {
        let judge = self.connected(target).of(row);
        let mut contributions = vec![0.0; self.width];
        judge.forest.shap(row, &mut contributions);
        let mut reasons: Vec<(usize, f64)> = contributions
            .into_iter()
            .map(|contribution| judge.platt.slope * contribution)
            .enumerate()
            .filter(|(_, contribution)| *contribution != 0.0)
            .collect();
        reasons.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        reasons
    }

    /// Calibrated log-odds of which the forest that judges this row would speak if nothing else
    /// were known of it.
    pub fn expected(&self, target: Target, row: &[f64]) -> f64 {
        let judge = self.connected(target).of(row);
        judge.platt.log_odds(judge.forest.expected())
    }

    /// Calibrated log-odds of a row's chance.
    pub fn log_odds(&self, target: Target, row: &[f64]) -> f64 {
        self.connected(target).of(row).log_odds(row)
    }

    /// Standard error of a row's calibrated log-odds: the spread of the bag's members, each of
    /// which learned from lessons weighed anew by chance. None for a forest alone, as in models of
    /// before, or one without trees.
    ///
    /// # Panics
    /// If the row is not [`Model::width`] long.
    pub fn standard_error(&self, target: Target, row: &[f64]) -> Option<f64> {
        let judge = self.connected(target).of(row);
        let scores = judge.members.iter().map(|member| member.predict_row(row));
        let n = judge.members.len() as f64;
        let mean = scores.clone().sum::<f64>() / n;
        let squares: f64 = scores.map(|score| (score - mean).powi(2)).sum();
        (n > 1.0).then(|| judge.platt.slope * (squares / (n - 1.0)).sqrt())
    }

    /// The forest of a target, reading the catalogue's columns; experts aside.
    pub fn forest(&self, target: Target) -> &Forest {
        &self.connected(target).forest
    }

    fn connected(&self, target: Target) -> &Connected {
        match target {
            Target::Irregular => &self.irregular,
            Target::Critical => &self.critical,
        }
    }
}

/// How deep experts may have experts of their own: a regime's, and its new goods'.
const EXPERTS_WITHIN: usize = 2;

/// A target's forests, reading the catalogue's columns.
fn connect(
    part: &TargetContent,
    target: Target,
    known_features: &[&str],
    within: usize,
) -> Result<Connected, ModelError> {
    let (slope, intercept) = (part.platt.slope, part.platt.intercept);
    if !(slope.is_finite() && slope > 0.0 && intercept.is_finite()) {
        return Err(ModelError::Calibration { target });
    }
    let mut codes = part.features.clone();
    codes.sort_unstable();
    codes.dedup();
    if part.features.len() != part.forest.width() || codes.len() != part.features.len() {
        let (width, codes) = (part.forest.width(), codes.len());
        return Err(ModelError::Features { target, width, codes });
    }
    let column = |code: &String| {
        let column = known_features.iter().position(|known| known == code);
        column.ok_or_else(|| ModelError::UnknownFeature { target, code: code.clone() })
    };
    let columns = part.features.iter().map(column).collect::<Result<Vec<usize>, ModelError>>()?;
    let broken = |source| ModelError::Forest { target, source };
    let forest = part.forest.on_columns(&columns, known_features.len()).map_err(broken)?;
    let members = match part.params.members {
        0 | 1 => Vec::new(),
        members => forest.members(members).map_err(broken)?,
    };
    if within == 0 && !part.experts.is_empty() {
        return Err(ModelError::Experts { target });
    }
    let mut experts = Vec::with_capacity(part.experts.len());
    for expert in &part.experts {
        let inner = connect(&expert.content, target, known_features, within - 1)?;
        experts.push((column(&expert.gate.feature)?, expert.gate.clone(), inner));
    }
    Ok(Connected { forest, platt: part.platt, members, experts })
}

/// Canonical bytes: compact JSON, fields in the order of the types, shortest exact numbers.
fn write(content: &ModelContent, hash: Option<&str>) -> Result<Vec<u8>, ModelError> {
    Ok(serde_json::to_vec(&Written { format: FORMAT, hash, content })?)
}

fn hash(content: &ModelContent) -> Result<String, ModelError> {
    let digest = Sha256::digest(write(content, None)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::content::{Counts, Expert, Window};
    use super::super::fit;
    use super::super::fit::Params;
    use super::super::fit::tests::sample;
    use super::super::forest::tests::{random_forest, random_rows};
    use super::super::metrics::Metrics;
    use super::*;

    const CATALOGUE: [&str; 5] = ["mass", "price", "route.rate", "hs.rate", "tax"];

    fn target(features: &[&str], forest: Forest, params: Params) -> TargetContent {
        TargetContent {
            features: features.iter().map(|&code| code.to_owned()).collect(),
            params,
            counts: Counts { rows: 2_000, positives: 300, weight: 2_345.5 },
            platt: Platt { slope: 1.25, intercept: -0.125 },
            metrics: Metrics::of(&[0.1, 0.9], &[false, true], &[1.0, 2.0]),
            forest,
            experts: Vec::new(),
        }
    }

    fn content(seed: u64, leaves: usize) -> ModelContent {
        let critical = Params::critical(u64::MAX);
        ModelContent {
            id: "M-0001".to_owned(),
            created_at: "2026-11-22T10:00:00Z".parse().expect("a time"),
            window: Window {
                first: "2026-01-01".parse().expect("a day"),
                last: "2026-10-31".parse().expect("a day"),
            },
            weighting: "Square root of 1 / propensity, at most 100.".to_owned(),
            library: fit::LIBRARY.to_owned(),
            irregular: target(
                &["hs.rate", "mass", "tax"],
                random_forest(seed, 9, leaves, 3),
                Params::irregular(1),
            ),
            critical: target(&["price", "mass"], random_forest(!seed, 5, leaves, 2), critical),
        }
    }

    fn model(seed: u64, leaves: usize) -> Model {
        Model::new(content(seed, leaves), &CATALOGUE).expect("the content is sound")
    }

    fn chances(model: &Model, rows: &[f64]) -> Vec<(u64, u64)> {
        let mut irregular = vec![0.0; rows.len() / model.width()];
        let mut critical = irregular.clone();
        model.predict(rows, model.width(), &mut irregular, &mut critical);
        irregular.iter().zip(critical).map(|(i, c)| (i.to_bits(), c.to_bits())).collect()
    }

    #[test]
    fn a_model_reads_its_features_where_the_catalogue_has_them() {
        let model = model(1, 7);
        let rows = random_rows(1, 600, 5);
        let part = &model.content().irregular;
        for (row, (irregular, critical)) in rows.chunks_exact(5).zip(chances(&model, &rows)) {
            let score = part.forest.predict_row(&[row[3], row[0], row[4]]);
            assert_eq!(irregular, part.platt.chance(score).to_bits());
            let part = &model.content().critical;
            let score = part.forest.predict_row(&[row[1], row[0]]);
            assert_eq!(critical, part.platt.chance(score).to_bits());
        }
    }

    #[test]
    fn a_model_survives_its_file_and_another_order_of_the_catalogue() {
        let model = model(2, 7);
        let bytes = model.to_json().expect("content can be written");
        let loaded = Model::from_json(&bytes, &CATALOGUE).expect("the file is sound");
        assert_eq!(loaded.content(), model.content());
        assert_eq!(loaded.hash(), model.hash());
        assert_eq!(loaded.to_json().expect("content can be written"), bytes);

        let reordered = ["tax", "new", "hs.rate", "price", "mass"];
        let moved = Model::from_json(&bytes, &reordered).expect("all features are known");
        let rows = random_rows(3, 50, 5);
        let moved_rows: Vec<f64> = rows
            .chunks_exact(5)
            .flat_map(|row| [row[4], f64::NAN, row[3], row[1], row[0]])
            .collect();
        assert_eq!(chances(&moved, &moved_rows), chances(&model, &rows));
    }

    #[test]
    fn spaces_do_not_matter_and_changes_are_noticed() {
        let model = model(3, 4);
        let bytes = model.to_json().expect("content can be written");
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let pretty = serde_json::to_vec_pretty(&value).expect("JSON");
        assert!(Model::from_json(&pretty, &CATALOGUE).is_ok());

        let check = |from: &str, to: &str, expected: &str| {
            let text = String::from_utf8(bytes.clone()).expect("JSON is text");
            assert!(text.contains(from), "{from}");
            let changed = text.replacen(from, to, 1);
            let refused = Model::from_json(changed.as_bytes(), &CATALOGUE).expect_err(to);
            assert!(refused.to_string().contains(expected), "{to}: {refused}");
        };
        check("\"slope\":1.25", "\"slope\":1.26", "changed after it was made");
        check("M-0001", "M-0002", "changed after it was made");
        check("\"hs.rate\"", "\"route.rate\"", "changed after it was made");
        check("\"base\":0.25", "\"base\":0.5", "changed after it was made");
        check("\"format\":1", "\"format\":2", "format 2");
        check("\"id\"", "\"extra\":1,\"id\"", "cannot be read");
        check("\"feature\":[", "\"feature\":[77,", "cannot be read");
        check("\"format\":1,", "", "cannot be read");
    }

    #[test]
    fn unusable_content_is_refused() {
        let check = |expected: &str, change: &dyn Fn(&mut ModelContent)| {
            let mut content = content(4, 5);
            change(&mut content);
            let refused = Model::new(content, &CATALOGUE).expect_err(expected);
            assert!(refused.to_string().contains(expected), "{refused}");
        };
        check("critical forest uses feature `route.via`", &|content| {
            content.critical.features[1] = "route.via".to_owned();
        });
        check("names 1 different", &|content| {
            content.critical.features[1] = "price".to_owned();
        });
        check("names 4 different", &|content| {
            content.irregular.features.push("price".to_owned());
        });
        check("calibration needs", &|content| content.irregular.platt.slope = 0.0);
        check("cannot be read", &|content| content.irregular.platt.intercept = f64::NAN);
        check("ends before", &|content| {
            content.window.last = content.window.first.yesterday().expect("a day");
        });
    }

    #[test]
    fn reasons_come_strongest_first_and_add_up() {
        let model = model(5, 7);
        for row in random_rows(5, 60, 5).chunks_exact(5) {
            for target in [Target::Irregular, Target::Critical] {
                let reasons = model.explain(target, row);
                assert!(reasons.windows(2).all(|pair| pair[0].1.abs() >= pair[1].1.abs()));
                let odds = model.expected(target, row)
                    + reasons.iter().map(|(_, contribution)| contribution).sum::<f64>();
                let score = model.forest(target).predict_row(row);
                let platt = model.content().target(target).platt;
                assert!((odds - platt.log_odds(score)).abs() < 1e-9);
            }
            let used: Vec<usize> =
                model.explain(Target::Critical, row).iter().map(|reason| reason.0).collect();
            assert!(used.iter().all(|column| [0, 1].contains(column)), "{used:?}");
        }
    }

    /// A model with an expert for rows whose `new` lies between 0 and 0.5.
    fn with_expert(seed: u64) -> Model {
        let mut content = content(seed, 7);
        let forest = random_forest(seed ^ 7, 12, 6, 2);
        let params = Params { members: 3, trees: 4, ..Params::irregular(2) };
        let mut expert = target(&["tax", "price"], forest, params);
        expert.platt = Platt { slope: 0.5, intercept: 1.0 };
        let gate = Gate { feature: "route.rate".to_owned(), from: 0.0, to: 0.5 };
        content.irregular.experts.push(Expert { gate, content: expert });
        Model::new(content, &CATALOGUE).expect("the content is sound")
    }

    #[test]
    fn an_expert_judges_what_its_gate_lets_in_and_nothing_else() {
        let (model, without) = (with_expert(8), model(8, 7));
        let expert = &model.content().irregular.experts[0].content;
        let rows = random_rows(8, 900, 5);
        let of_experts = chances(&model, &rows);
        let mut admitted = 0;
        for ((row, found), shared) in
            rows.chunks_exact(5).zip(&of_experts).zip(chances(&without, &rows))
        {
            assert_eq!(found.1, shared.1, "the other target has no expert");
            if !(0.0..=0.5).contains(&row[2]) {
                assert_eq!(found.0, shared.0);
                assert_eq!(model.standard_error(Target::Irregular, row), None);
                continue;
            }
            admitted += 1;
            let score = expert.forest.predict_row(&[row[4], row[1]]);
            assert_eq!(found.0, expert.platt.chance(score).to_bits());
            let reasons = model.explain(Target::Irregular, row);
            let odds = model.expected(Target::Irregular, row)
                + reasons.iter().map(|(_, push)| push).sum::<f64>();
            assert!((odds - model.log_odds(Target::Irregular, row)).abs() < 1e-9);
            assert!((odds - expert.platt.log_odds(score)).abs() < 1e-9);
            assert!(model.standard_error(Target::Irregular, row).is_some_and(|error| error > 0.0));
        }
        assert!((50..850).contains(&admitted), "{admitted}");
    }

    #[test]
    fn a_file_of_before_experts_keeps_its_hash() {
        // Written by version 0.1.0, which knew neither experts nor bags.
        let bytes = include_bytes!("tests/model-0.1.0.json");
        let model = Model::from_json(bytes, &CATALOGUE).expect("old files are read");
        assert_eq!(model.to_json().expect("content can be written"), bytes.trim_ascii());
        let rows = random_rows(3, 3, 5);
        assert_eq!(chances(&model, &rows), chances(&self::model(3, 4), &rows));
        assert_eq!(model.standard_error(Target::Irregular, &rows[..5]), None);
    }

    #[test]
    fn a_learned_model_with_a_constant_target_goes_through_its_file() {
        let (rows, labels, weights) = sample(9, 2_000, 3);
        let params = Params { trees: 20, ..Params::irregular(3) };
        let forest = fit::fit(&rows, 3, &labels, &weights, &params).expect("the sample is sound");
        let mut content = content(6, 2);
        content.irregular = target(&["mass", "price", "tax"], forest, params);
        content.critical.forest = Forest::constant(-4.0, 2).expect("the base is finite");
        content.critical.platt = Platt::IDENTITY;
        let model = Model::new(content, &CATALOGUE).expect("the content is sound");
        let (_, critical) = chances(&model, &[1.0, f64::NAN, 0.0, 0.0, 2.0])[0];
        assert_eq!(f64::from_bits(critical), Platt::IDENTITY.chance(-4.0));
        assert!(model.explain(Target::Critical, &[1.0; 5]).is_empty());
    }

    proptest! {
        #[test]
        fn any_row_gets_chances_alike_in_a_batch_alone_and_after_a_file(
            seed: u64,
            leaves in 1usize..12,
            values in proptest::collection::vec(proptest::num::f64::ANY, 0..400),
        ) {
            let model = model(seed, leaves);
            let rows = &values[..values.len() / 5 * 5];
            let together = chances(&model, rows);
            let bytes = model.to_json().expect("content can be written");
            let loaded = Model::from_json(&bytes, &CATALOGUE).expect("the file is sound");
            prop_assert_eq!(&chances(&loaded, rows), &together);
            for (row, &both) in rows.chunks_exact(5).zip(&together) {
                prop_assert_eq!(chances(&model, row)[0], both);
                prop_assert!((0.0..=1.0).contains(&f64::from_bits(both.0)));
                prop_assert!(model.explain(Target::Irregular, row).iter().all(|r| r.1.is_finite()));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Model::from_json(&bytes, &CATALOGUE).is_err());
        }
    }
}
