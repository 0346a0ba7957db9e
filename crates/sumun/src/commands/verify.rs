//! `sumun verify`: the proof that the journal and what it covers are unaltered.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::{Office, Report};
use crate::store::journal::{self, Verdict};
use crate::store::{checkpoints, covered};

/// Proves that the journal is unaltered and that declarations, assessments, plans, models and
/// outcomes are those that it covers; names the first altered row.
#[derive(Debug, Args)]
pub struct Verify {
    /// Proves too that the journal still begins with what this kept checkpoint covers.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Writes the latest checkpoint, to be kept elsewhere.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Checks the journal alone, not the rows that it covers.
    #[arg(long)]
    journal_only: bool,
}

impl Verify {
    /// Runs the verb.
    pub async fn run(self, office: &Office) -> Result<Report> {
        let store = office.store().await?;
        let bar = office.bar(None, "Reading the journal");
        let progress = |n| bar.set_position(n);
        let verdict = match &self.against {
            Some(file) => {
                let kept = super::read_text(file)?;
                journal::verify_against(&store, &kept, progress).await?
            }
            None => journal::verify(&store, progress).await?,
        };
        let verified = match verdict {
            Verdict::Verified(verified) => verified,
            Verdict::Broken(broken) => {
                bar.finish_and_clear();
                let json = json!({
                    "verified": false, "first_altered": broken.first_bad_seq, "what": broken.what
                });
                let text =
                    format!("ALTERED at journal row {}: {}", broken.first_bad_seq, broken.what);
                return Ok(Report { json, text, whole: false });
            }
        };
        let mut compared = 0;
        if !self.journal_only {
            bar.set_message("Comparing what it covers");
            let (n, altered) = covered::compare(&store, |n| bar.set_position(n)).await?;
            compared = n;
            if let Some(altered) = altered {
                bar.finish_and_clear();
                let json = json!({
                    "verified": false, "first_altered": altered.seq, "what": altered.what
                });
                let text =
                    format!("ALTERED, shown by journal row {}: {}", altered.seq, altered.what);
                return Ok(Report { json, text, whole: false });
            }
        }
        bar.finish_and_clear();
        if let Some(file) = &self.checkpoint {
            let mut tx = store.read().await?;
            let Some(latest) = checkpoints::latest(&mut tx).await? else {
                crate::refuse!("empty_journal", "the journal is empty: there is no checkpoint yet");
            };
            std::fs::write(file, latest.to_text())
                .with_context(|| format!("while writing {}", file.display()))?;
        }
        let root = hex::encode(verified.root);
        let text = format!(
            "Unaltered: {} journal rows under {} checkpoints ({} unsigned), root {root}; \
             {compared} of them cover kept rows, and those are as they were written.",
            verified.size, verified.checkpoints, verified.unsigned
        );
        let json = json!({
            "verified": true,
            "rows": verified.size,
            "checkpoints": verified.checkpoints,
            "unsigned": verified.unsigned,
            "root": root,
            "covering": compared,
        });
        Ok(Report::new(json, text))
    }
}
