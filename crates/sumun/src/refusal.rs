//! Refusals: what Sumun will not do, said to a person with the next step.
//! Everything else that goes wrong is an `anyhow` error with its context. Commands end with 1
//! on a refusal and with 2 on anything else; the API answers 4xx and 5xx likewise.

/// A request that was understood and refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Refusal {
    /// The kind, for machines.
    pub code: &'static str,
    /// What was refused, why, and what to do next.
    pub said: String,
}

impl Refusal {
    /// A refusal of this kind with its sentence, ready to be returned with `?` or `Err`.
    pub fn error(code: &'static str, said: impl Into<String>) -> anyhow::Error {
        Refusal { code, said: said.into() }.into()
    }
}

/// The refusal within an error, if it is one.
pub fn refusal(error: &anyhow::Error) -> Option<&Refusal> {
    error.chain().find_map(|cause| cause.downcast_ref::<Refusal>())
}

/// Returns early with a refusal.
#[macro_export]
macro_rules! refuse {
    ($code:literal, $($said:tt)+) => {
        return Err($crate::refusal::Refusal::error($code, format!($($said)+)))
    };
}
