//! Exports: tables as people outside want them, a query each, read row by row.

use anyhow::Result;

use super::{Tx, Value, args};

/// The kind of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Int,
    /// Numbers.
    Real,
    /// Text.
    Text,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
}

/// A table that can be exported.
pub struct Exported {
    /// Its columns, in the order of the query.
    pub columns: &'static [Column],
    query: &'static str,
}

impl Exported {
    pub(super) const fn of(columns: &'static [Column], query: &'static str) -> Exported {
        Exported { columns, query }
    }
}

/// One value of a row.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'r> {
    /// A whole number.
    Int(Option<i64>),
    /// A number.
    Real(Option<f64>),
    /// A text.
    Text(Option<&'r str>),
}

pub(super) const fn int(name: &'static str) -> Column {
    Column { name, kind: Kind::Int }
}
pub(super) const fn real(name: &'static str) -> Column {
    Column { name, kind: Kind::Real }
}
pub(super) const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

/// The newest assessment of each consignment by each model. `model_version` is the model's name.
pub static ASSESSMENTS: Exported = Exported {
    columns: &[
        text("declaration_id"),
        real("p_irregular"),
        real("p_critical"),
        text("model_version"),
        text("lane"),
        int("consignment_id"),
        int("version"),
        text("office"),
        text("regime"),
        int("arrived_day"),
        int("assessed_at"),
        text("reasons"),
        real("se_irregular"),
        real("se_critical"),
    ],
    query: "select consignment.reference, assessment.p_irregular, assessment.p_critical,
                   assessment.model_id, assessment.lane, consignment.id, consignment.version,
                   consignment.office, consignment.regime, consignment.arrived_day,
                   assessment.assessed_at, assessment.reasons, assessment.se_irregular,
                   assessment.se_critical
            from assessment
            join consignment
              on consignment.id = assessment.consignment_id
             and consignment.arrived_day = assessment.arrived_day
            order by assessment.consignment_id, assessment.model_id",
};

/// Every version of every consignment.
pub static CONSIGNMENTS: Exported = Exported {
    columns: &[
        int("consignment_id"),
        int("first_id"),
        int("version"),
        text("declaration_id"),
        text("office"),
        text("regime"),
        int("arrived_day"),
        int("arrived_at"),
        text("fate"),
        int("message_id"),
        int("line"),
        text("document"),
    ],
    query: "select id, first_id, version, reference, office, regime, arrived_day, arrived_at, fate,
                   message_id, line, document
            from consignment order by id",
};

/// Every plan.
pub static PLANS: Exported = Exported {
    columns: &[
        int("plan_id"),
        text("office"),
        text("shift"),
        text("regime"),
        text("state"),
        text("model_version"),
        int("candidates"),
        int("drawn"),
        int("minutes"),
        text("capacity"),
        text("terms"),
        int("drawn_at"),
        text("digest"),
    ],
    query: "select id, office, shift, regime, state, model_id, candidates, drawn, minutes,
                   capacity, terms, drawn_at, digest
            from plan order by id",
};

/// Every consignment of every plan.
pub static SELECTIONS: Exported = Exported {
    columns: &[
        int("plan_id"),
        text("declaration_id"),
        int("consignment_id"),
        int("rank"),
        real("risk"),
        real("p_irregular"),
        real("p_critical"),
        real("chance"),
        text("channel"),
        text("modality"),
        int("minutes"),
        real("detection"),
        int("drawn"),
        text("bundle"),
        text("profile"),
        int("must"),
    ],
    query: "select selection.plan_id, consignment.reference, selection.consignment_id,
                   selection.position, selection.risk, selection.expected,
                   selection.expected_critical, selection.chance, selection.channel,
                   selection.modality, selection.minutes, selection.detection, selection.drawn,
                   selection.bundle, selection.profile, selection.must
            from selection join consignment on consignment.id = selection.consignment_id
            order by selection.plan_id, selection.position",
};

/// Every revision of every outcome.
pub static OUTCOMES: Exported = Exported {
    columns: &[
        text("declaration_id"),
        int("consignment_id"),
        int("revision"),
        int("latest"),
        text("outcome"),
        text("channel"),
        int("plan_id"),
        text("modality"),
        int("minutes"),
        text("detection_method"),
        text("officer"),
        int("known_day"),
        int("recorded_at"),
        text("document"),
    ],
    query: "select consignment.reference, outcome.consignment_id, outcome.revision, outcome.latest,
                   outcome.outcome, outcome.channel, outcome.plan_id, outcome.modality,
                   outcome.minutes, outcome.detection_method, outcome.officer, outcome.known_day,
                   outcome.recorded_at, outcome.document
            from outcome join consignment on consignment.id = outcome.consignment_id
            order by outcome.consignment_id, outcome.revision",
};

/// Every defect.
pub static DEFECTS: Exported = Exported {
    columns: &[
        text("file"),
        int("line"),
        text("field"),
        text("kind"),
        text("reason"),
        text("found"),
        int("found_at"),
    ],
    query: "select message.name, defect.line, defect.field, defect.kind, defect.reason,
                   defect.found, defect.found_at
            from defect join message on message.id = defect.message_id
            order by defect.message_id, defect.line, defect.field, defect.kind",
};

/// The journal.
pub static JOURNAL: Exported = Exported {
    columns: &[
        int("seq"),
        int("at"),
        text("actor"),
        text("act"),
        text("subject"),
        text("body"),
        text("leaf_hash"),
    ],
    query: "select seq, at, actor, act, subject, body, leaf_hash from journal order by seq",
};

/// Calls `each` with every row.
pub async fn each(
    tx: &mut Tx,
    table: &Exported,
    each: impl FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<()> {
    each_of(tx, table, args![], each).await
}

/// As [`each`], of a table whose query has placeholders.
pub(super) async fn each_of(
    tx: &mut Tx,
    table: &Exported,
    args: &[Value<'_>],
    mut each: impl FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<()> {
    let mut rows = tx.rows(table.query, args)?;
    while let Some(row) = rows.next().await? {
        let cells = table
            .columns
            .iter()
            .enumerate()
            .map(|(n, column)| {
                Ok(match column.kind {
                    Kind::Int => Cell::Int(row.int_opt(n)?),
                    Kind::Real => Cell::Real(row.real_opt(n)?),
                    Kind::Text => Cell::Text(row.text_opt(n)?),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        each(&cells)?;
    }
    Ok(())
}
