//! The one binary of Sumun: reads its arguments and hands them to a verb.

use std::process::ExitCode;

use clap::Parser;
use sumun::commands;
use sumun::config::Cli;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; every other fault of the line is a refusal.
            let refused = error.use_stderr();
            let _ = error.print();
            return if refused { ExitCode::from(1) } else { ExitCode::SUCCESS };
        }
    };
    commands::run(cli)
}
