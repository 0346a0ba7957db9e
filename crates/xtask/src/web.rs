//! The workbench's chores: what it needs, whether it holds, its build, and the browser walk.
//!
//! Node does the work; this file only says in which order, and leaves out what is done already:
//! a build that would come out the same is not made again, because the office embeds it and would
//! be compiled anew.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::fs;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::needs;
use crate::steps::Steps;
use crate::workspace::{built, root};

/// Folders of `web/` that are made and not written.
const MADE: [&str; 2] = ["node_modules", "dist"];

/// Builds the workbench.
///
/// # Errors
/// When the machine lacks Node, or the arguments are not understood.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    if let Some(word) = arguments.first() {
        return Err(format!("web does not know \"{word}\"; see cargo xtask help"));
    }
    needs::node()?;
    let done = install() && build();
    if done {
        eprintln!("the workbench is in web/dist; the next build of sumun has it");
    }
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether there is a built workbench at all.
pub fn is_there() -> bool {
    folder().join("dist/index.html").is_file()
}

/// What must hold of the workbench before the office is built with it, and the build.
pub fn check(steps: &mut Steps, fast: bool) {
    if !steps.time("web install", install) {
        for name in ["web types", "web check", "web lint", "web tests", "web build", "web size"] {
            steps.leave_out(name);
        }
        return;
    }
    steps.run("web types", npm("run").args(["--silent", "types", "--", "--check"]));
    steps.run("web check", npm("run").args(["--silent", "check"]));
    if !fast {
        steps.run("web lint", npm("run").args(["--silent", "lint"]));
    }
    steps.run("web tests", npm("run").args(["--silent", "test"]));
    if steps.time("web build", build) {
        steps.run("web size", npm("run").args(["--silent", "size"]));
    } else {
        steps.leave_out("web size");
    }
}

/// The browser walk against the office as it was built; on PostgreSQL too when a server is named.
pub fn walk(steps: &mut Steps, chromium: &Path, postgres: Option<OsString>) {
    let Ok((release, target)) = built() else {
        steps.leave_out("walk");
        return;
    };
    let mut command = npm("run");
    command.args(["--silent", "walk"]);
    command.env("SUMUN", release.join("sumun")).env("CHROMIUM", chromium);
    command.env("WALK_OUT", target.join("walk")).env_remove("TEST_POSTGRES");
    if let Some(url) = postgres {
        command.env("TEST_POSTGRES", url);
    }
    steps.run("walk", &mut command);
}

fn folder() -> PathBuf {
    root().join("web")
}

fn npm(verb: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.arg(verb).current_dir(folder()).stdin(Stdio::null());
    npm
}

/// Puts in place what the lock file names, unless it is there.
pub fn install() -> bool {
    let stamp = folder().join("node_modules/.installed");
    let Ok(lock) = fs::read(folder().join("package-lock.json")) else { return false };
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return true;
    }
    let done = npm("ci").args(["--ignore-scripts", "--no-audit", "--no-fund"]).status();
    done.is_ok_and(|status| status.success()) && fs::write(&stamp, lock).is_ok()
}

/// Builds, unless the same was built before.
pub fn build() -> bool {
    let stamp = folder().join("node_modules/.built");
    let mut hasher = DefaultHasher::new();
    if take_in(&folder(), &mut hasher).is_err() {
        return false;
    }
    let now = format!("{:016x}", hasher.finish());
    if is_there() && fs::read_to_string(&stamp).is_ok_and(|before| before == now) {
        return true;
    }
    let done = npm("run").args(["--silent", "build"]).status();
    done.is_ok_and(|status| status.success()) && fs::write(&stamp, now).is_ok()
}

/// Every file that was written, by name and content, in the order of names.
fn take_in(folder: &Path, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        hasher.write(name.as_encoded_bytes());
        if path.is_dir() {
            take_in(&path, hasher)?;
        } else {
            hasher.write(&fs::read(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_another_workbench() {
        let folder = std::env::temp_dir().join(format!("sumun-web-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).expect("a folder can be made");
        fs::create_dir_all(folder.join("dist")).expect("a folder can be made");
        let of = || {
            let mut hasher = DefaultHasher::new();
            take_in(&folder, &mut hasher).expect("the folder can be read");
            hasher.finish()
        };
        fs::write(folder.join("src/main.tsx"), "one").expect("a file can be written");
        let one = of();
        fs::write(folder.join("dist/index.html"), "made").expect("a file can be written");
        assert_eq!(of(), one);
        fs::write(folder.join("src/main.tsx"), "two").expect("a file can be written");
        assert_ne!(of(), one);
        fs::remove_dir_all(&folder).ok();
    }
}
