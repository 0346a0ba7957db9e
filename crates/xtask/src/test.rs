//! Everything that must hold before a change is taken: what people and the one CI entry both run.
//!
//! A failing step does not hide the next, except that nothing can be tested that was not built.
//! One profile and one target folder serve all steps, so that nothing is built twice
//! (`docs/decisions/0009`).

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::needs::{self, Package};
use crate::postgres::{Care, Server};
use crate::steps::Steps;
use crate::web;
use crate::workspace::{cargo, root};

/// The office's own crate is tested as it compiles fastest: optimised, it and its tests were a
/// third of the build, and what is slow beneath it stays optimised.
const OFFICE: [&str; 2] = ["--config", "profile.release.package.sumun.opt-level=0"];

#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    fast: bool,
    sqlite_only: bool,
    no_web: bool,
    packages: Vec<String>,
    filters: Vec<String>,
}

fn read_arguments(arguments: &[String]) -> Result<Asked, String> {
    let mut asked = Asked::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--fast" => asked.fast = true,
            "--sqlite-only" => asked.sqlite_only = true,
            "--no-web" => asked.no_web = true,
            "--package" | "-p" => {
                let name = words.next().ok_or("--package wants the name of a crate")?;
                if !root().join("crates").join(name).join("Cargo.toml").is_file() {
                    return Err(format!("there is no crate \"{name}\" under crates/"));
                }
                asked.packages.push(name.clone());
            }
            "--" => asked.filters.extend(words.by_ref().cloned()),
            other => return Err(format!("test does not know \"{other}\"; see cargo xtask help")),
        }
    }
    Ok(asked)
}

/// Runs the steps.
///
/// # Errors
/// When the machine lacks something, or the arguments are not understood.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let asked = read_arguments(arguments)?;
    let mut steps = Steps::default();
    let given = env::var_os("TEST_POSTGRES").is_some();
    let wants_server = !asked.sqlite_only && !given;

    let mut packages = vec![needs::compiler()];
    if wants_server {
        let missing = needs::postgres_programs().is_none();
        packages.push(Package { name: "postgresql", missing });
    }
    needs::ensure(&packages)?;
    // What was asked of single crates or tests says nothing of the workbench.
    let wants_web = !asked.no_web && asked.packages.is_empty() && asked.filters.is_empty();
    if wants_web {
        needs::node().map_err(|reason| format!("{reason}; or leave it out by --no-web"))?;
    }
    needs::component("rustfmt", "fmt")?;
    if !asked.fast {
        needs::component("clippy", "clippy")?;
    }
    let nextest = needs::nextest();

    let chosen: Vec<String> = if asked.packages.is_empty() {
        vec!["--workspace".to_owned()]
    } else {
        asked.packages.iter().flat_map(|name| ["--package".to_owned(), name.clone()]).collect()
    };

    let mut fmt = cargo();
    fmt.args(["fmt", "--check"]);
    match asked.packages.as_slice() {
        [] => fmt.arg("--all"),
        some => fmt.args(some.iter().flat_map(|name| ["--package", name])),
    };
    steps.run("fmt", &mut fmt);

    // Before anything is compiled, because the office embeds what is built here.
    if wants_web {
        web::check(&mut steps, asked.fast);
    }

    if !asked.fast {
        let mut clippy = cargo();
        clippy.args(["clippy", "--release", "--all-targets"]).args(OFFICE).args(&chosen);
        steps.run("clippy", clippy.args(["--", "-D", "warnings"]));
    }

    // What the tests need, and the binary with it: a build of its own would choose other features
    // of what both use, and build that twice.
    let mut build = cargo();
    build.args(["test", "--no-run", "--release"]).args(OFFICE).args(&chosen);
    let is_built = steps.run("build", &mut build);
    let mut tally = Some(Tally::default());
    if is_built {
        let server = if wants_server { start_server(&mut steps) } else { None };
        tally = tally.and_then(|sum| {
            let counted = run_tests(&mut steps, &asked, &chosen, nextest, server.as_ref());
            Some(sum + counted?)
        });
        if wants_web && !asked.fast {
            walk(&mut steps, server.as_ref());
        }
        drop(server);
        if asked.filters.is_empty() {
            tally = tally.and_then(|sum| Some(sum + run_doc_tests(&mut steps, &asked.packages)?));
        }
    } else {
        tally = None;
        steps.leave_out("tests");
        steps.leave_out("doc tests");
    }

    if !asked.fast {
        let mut doc = cargo();
        doc.args(["doc", "--release", "--no-deps"]).args(OFFICE).args(&chosen);
        steps.run("doc", doc.env("RUSTDOCFLAGS", "-D warnings"));
    }

    println!("\n{}", steps.table());
    if asked.sqlite_only && !given {
        println!("PostgreSQL was left out: its tests skipped themselves.");
    }
    // Said only when every test was counted by its runner.
    if let Some(Tally { passed, failed }) = tally {
        println!("{passed} passed, {failed} failed");
    }
    Ok(if steps.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn start_server(steps: &mut Steps) -> Option<Server> {
    let mut server = None;
    steps.time("postgres", || match Server::start(Care::Hasty) {
        Ok(started) => {
            server = Some(started);
            true
        }
        Err(reason) => {
            eprintln!("the throwaway PostgreSQL did not start: {reason}");
            false
        }
    });
    server
}

/// The browser walk, unless there is no browser and none can be had.
fn walk(steps: &mut Steps, server: Option<&Server>) {
    let packages = [
        Package { name: "chromium", missing: needs::chromium().is_none() },
        Package { name: "fonts-nanum", missing: !needs::hangul() },
    ];
    let had = needs::ensure(&packages);
    let Some(chromium) = needs::chromium() else {
        let reason = had.err().unwrap_or_default();
        println!("SKIPPED the browser walk: there is no Chromium here; {reason}");
        return;
    };
    if let Err(reason) = had {
        println!("the browser walk's pictures lack Hangul: {reason}");
    }
    let given = env::var_os("TEST_POSTGRES");
    let postgres = server.map(|server| server.url().into()).or(given);
    web::walk(steps, &chromium, postgres);
}

/// The unit and integration tests; their number where the runner tells it.
fn run_tests(
    steps: &mut Steps,
    asked: &Asked,
    chosen: &[String],
    nextest: bool,
    server: Option<&Server>,
) -> Option<Tally> {
    let mut command = cargo();
    if let Some(server) = server {
        command.env("TEST_POSTGRES", server.url());
    } else if asked.sqlite_only {
        command.env_remove("TEST_POSTGRES");
    }
    if !nextest {
        command.args(["test", "--release", "--no-fail-fast", "--lib", "--bins", "--tests"]);
        command.args(OFFICE).args(chosen).args(&asked.filters);
        return run_counted(steps, "tests", &mut command);
    }
    // nextest keeps this folder in the checkout, wherever the build's own folder lies.
    let report = root().join("target/nextest/default/junit.xml");
    // A report of an earlier run must not be counted.
    fs::remove_file(&report).ok();
    command.args(["nextest", "run", "--release"]).args(OFFICE).args(chosen).args(&asked.filters);
    steps.run("tests", &mut command);
    Tally::of_report(&report)
}

/// The examples in the documentation, which nextest does not run.
fn run_doc_tests(steps: &mut Steps, packages: &[String]) -> Option<Tally> {
    let mut command = cargo();
    command.args(["test", "--release", "--doc", "--no-fail-fast"]).args(OFFICE);
    if packages.is_empty() {
        command.arg("--workspace");
    } else {
        // cargo refuses to look for examples in a crate that has no library.
        let has_library =
            |name: &&String| root().join(format!("crates/{name}/src/lib.rs")).is_file();
        let libraries: Vec<&String> = packages.iter().filter(has_library).collect();
        if libraries.is_empty() {
            return Some(Tally::default());
        }
        command.args(libraries.into_iter().flat_map(|name| ["--package", name]));
    }
    run_counted(steps, "doc tests", &mut command)
}

/// Runs cargo's own test runner, passing on what it prints, and counts by its closing lines.
fn run_counted(steps: &mut Steps, name: &'static str, command: &mut Command) -> Option<Tally> {
    let mut tally = Tally::default();
    let mut sure = true;
    steps.time(name, || {
        let Ok(mut child) = command.stdout(Stdio::piped()).spawn() else {
            sure = false;
            return false;
        };
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                match Tally::of_line(&line) {
                    Some(counted) => tally = tally + counted,
                    None if line.starts_with("test result:") => sure = false,
                    None => {}
                }
            }
        }
        let passed = child.wait().is_ok_and(|status| status.success());
        // A run that failed although no test did has not run them all.
        sure &= passed || tally.failed > 0;
        passed
    });
    sure.then_some(tally)
}

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u32,
    failed: u32,
}

impl std::ops::Add for Tally {
    type Output = Tally;

    fn add(self, other: Tally) -> Tally {
        Tally { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Tally {
    /// From the file that nextest leaves.
    fn of_report(report: &Path) -> Option<Tally> {
        Tally::of_junit(&fs::read_to_string(report).ok()?)
    }

    fn of_junit(text: &str) -> Option<Tally> {
        let head = text.split_once("<testsuites ")?.1.split_once('>')?.0;
        let number = |name: &str| -> Option<u32> {
            head.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.parse().ok()
        };
        let failed = number("failures")? + number("errors")?;
        Some(Tally { passed: number("tests")?.checked_sub(failed)?, failed })
    }

    /// From a closing line of cargo's own runner.
    fn of_line(line: &str) -> Option<Tally> {
        let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
        let number = |name: &str| -> Option<u32> {
            counts.split("; ").find_map(|part| part.strip_suffix(name))?.trim().parse().ok()
        };
        Some(Tally { passed: number("passed")?, failed: number("failed")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered \
                    out; finished in 0.05s";
        assert_eq!(Tally::of_line(line), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(Tally::of_line("test result: something new"), None);
        assert_eq!(Tally::of_line("running 12 tests"), None);
    }

    #[test]
    fn reports_are_counted() {
        let head = "<?xml version=\"1.0\"?>\n<testsuites name=\"nextest-run\" tests=\"40\" \
                    failures=\"2\" errors=\"1\" uuid=\"x\"><testsuite tests=\"4\">";
        assert_eq!(Tally::of_junit(head), Some(Tally { passed: 37, failed: 3 }));
        assert_eq!(Tally::of_junit("<testsuites name=\"cut\""), None);
        assert_eq!(Tally::of_junit(""), None);
    }

    #[test]
    fn arguments_are_read() {
        let read = |line: &str| {
            read_arguments(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        };
        let asked = read("--fast -p xtask -- postgres replay").expect("all is known");
        assert!(asked.fast && !asked.sqlite_only);
        assert_eq!(asked.packages, ["xtask"]);
        assert_eq!(asked.filters, ["postgres", "replay"]);
        assert_eq!(read(""), Ok(Asked::default()));
        assert!(read("--package").is_err());
        assert!(read("--package no-such-crate").is_err());
        assert!(read("--slow").is_err());
    }
}
