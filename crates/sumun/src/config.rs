//! Every setting that an operator owns: a flag, an environment variable and a sentence each.
//! `sumun config` prints them with the values in force. What officers own (capacity, rules,
//! random share) is not here: it is kept with its history in the store.

use std::path::PathBuf;

use clap::{Args, Parser};

use crate::commands::Verb;

/// Sumun: decides which consignments to open, with what and why; learns; and measures what
/// gets past.
#[derive(Debug, Parser)]
#[command(name = "sumun", version, propagate_version = true)]
#[command(after_help = "Exit codes: 0 done, 1 refused (the sentence says what to do), 2 broken.")]
pub struct Cli {
    /// Settings of every verb.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Settings of every verb.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Where everything is kept: `sqlite:PATH` or `postgres://USER@HOST/DATABASE`. Default: a
    /// SQLite file in the platform's data folder.
    #[arg(long, global = true, env = "SUMUN_STORE", value_name = "URL", hide_env_values = true)]
    pub store: Option<String>,
    /// File with the key that signs the journal's checkpoints; made by `sumun migrate`. Default:
    /// beside the SQLite file, or in the platform's data folder.
    #[arg(long, global = true, env = "SUMUN_JOURNAL_KEY", value_name = "FILE")]
    pub journal_key: Option<PathBuf>,
    /// Who acts, for the journal.
    #[arg(long = "as", global = true, env = "SUMUN_OFFICER", value_name = "NAME")]
    pub officer: Option<String>,
    /// Prints one JSON object on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to log on standard error: error, warn, info, debug, or a tracing filter.
    #[arg(long, global = true, env = "SUMUN_LOG", default_value = "warn", value_name = "FILTER")]
    pub log: String,
    /// Logs JSON lines instead of text.
    #[arg(long, global = true, env = "SUMUN_LOG_JSON")]
    pub log_json: bool,
}

impl Settings {
    /// The store's URL, with the platform's default where none is given.
    pub fn store_url(&self) -> anyhow::Result<String> {
        match &self.store {
            Some(url) => Ok(url.clone()),
            None => Ok(format!("sqlite:{}", data_folder()?.join("sumun.sqlite").display())),
        }
    }

    /// The file of the journal's key.
    pub fn journal_key_file(&self) -> anyhow::Result<PathBuf> {
        if let Some(path) = &self.journal_key {
            return Ok(path.clone());
        }
        match self.store_url()?.strip_prefix("sqlite:") {
            Some(path) => Ok(PathBuf::from(format!("{}.key", path.trim_start_matches("//")))),
            None => Ok(data_folder()?.join("journal.key")),
        }
    }

    /// Who acts: the named officer, or the account that runs the command.
    pub fn actor(&self) -> String {
        #[expect(clippy::disallowed_methods, reason = "this file owns the environment")]
        let account = || std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).ok();
        self.officer.clone().or_else(account).unwrap_or_else(|| "operator".to_owned())
    }
}

fn data_folder() -> anyhow::Result<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "sumun").ok_or_else(|| {
        anyhow::anyhow!("no home folder is known: say where to keep data with --store")
    })?;
    Ok(folders.data_dir().to_path_buf())
}

/// Now, in microseconds since 1970-01-01 UTC. Nothing else in Sumun asks the clock.
pub fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "this file owns the clock")]
    jiff::Timestamp::now().as_microsecond()
}
