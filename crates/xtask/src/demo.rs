//! The demonstration: builds the office and steps aside for it.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::needs;
use crate::workspace::{built, cargo, root};

/// Builds `sumun` and becomes `sumun demo`, so that signals and exit code are its own.
///
/// # Errors
/// When the machine lacks something or the program does not start.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    needs::ensure(&[needs::compiler()])?;
    eprintln!("building the office (the first time takes minutes)");
    let done = cargo().args(["build", "--release", "--package", "sumun"]).status();
    if !done.map_err(|e| format!("cannot run cargo: {e}"))?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let office = built()?.0.join("sumun");
    let reason = Command::new(&office).arg("demo").args(arguments).current_dir(root()).exec();
    Err(format!("cannot start {}: {reason}", office.display()))
}
