//! The demonstration: builds the workbench if it is not there, and the office, and steps aside.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::needs;
use crate::web;
use crate::workspace::{built, cargo, root};

/// Builds `sumun` and becomes `sumun demo`, so that signals and exit code are its own.
///
/// # Errors
/// When the machine lacks something or the program does not start.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    needs::ensure(&[needs::compiler()])?;
    match needs::node() {
        Ok(()) => {
            if !(web::install() && web::build()) {
                return Ok(ExitCode::FAILURE);
            }
        }
        Err(_) if web::is_there() => {}
        Err(reason) => eprintln!("the demonstration will have no workbench: {reason}"),
    }
    eprintln!("building the office (the first time takes minutes)");
    let done = cargo().args(["build", "--release", "--package", "sumun"]).status();
    if !done.map_err(|e| format!("cannot run cargo: {e}"))?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let office = built()?.0.join("sumun");
    let reason = Command::new(&office).arg("demo").args(arguments).current_dir(root()).exec();
    Err(format!("cannot start {}: {reason}", office.display()))
}
