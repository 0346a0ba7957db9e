//! The chores of the repository, by one word each: `cargo xtask test`, `web`, `demo`, `bench`.
//!
//! Only the standard library is used, so that a fresh machine has the chores a second after it has
//! the compiler; what a chore needs beyond that it installs, or names. `test.rs` is what continuous
//! integration runs, `postgres.rs` the throwaway server beneath it.

mod bench;
mod demo;
mod figures;
mod kcs;
mod needs;
mod postgres;
mod steps;
mod test;
mod usage;
mod web;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
Chores of the repository.

  cargo xtask test [--fast] [--package NAME]... [--sqlite-only] [--no-web]
                   [-- FILTER...]
      Checks the format, lints, builds, and runs every test, those on a throwaway PostgreSQL too;
      then walks through the workbench in a browser. Installs what is missing where it may.
      TEST_POSTGRES set beforehand names a server to use.
        --fast           leave out the lints, the documentation and the browser walk
        --package NAME   only this crate (may be repeated; -p for short)
        --sqlite-only    no PostgreSQL: its tests skip themselves
        --no-web         nothing of the workbench, which needs Node.js
        FILTER           only tests whose name contains it

  cargo xtask web
      Builds the workbench into web/dist, which the next build of the office embeds.

  cargo xtask demo [ARGUMENTS...]
      Builds the workbench and the office, and plays its demonstration. The arguments are those of
      `sumun demo`.

  cargo xtask bench [--rows N] [--kcs DIR] [--peers] [--no-criterion] [--sqlite-only]
      Measures, and writes a Markdown table to standard output.
        --rows N         rows of the big table (1000000)
        --kcs DIR        the Korea Customs Service table (../shared/data/kcs)
        --peers          install the Python peers under target/peers and measure them alongside
        --no-criterion   only whole commands
        --sqlite-only    no PostgreSQL

  cargo xtask kcs-repeat N OUT [--kcs DIR]
      Writes train.csv repeated to N rows with fresh declaration ids; OUT may be - for standard
      output.

  cargo xtask help
      This page.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let verb = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match verb.as_str() {
        "test" => test::run(&rest),
        "demo" => demo::run(&rest),
        "web" => web::run(&rest),
        "bench" => bench::run(&rest),
        "kcs-repeat" => kcs::run(&rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        "" => Err(format!("Which chore?\n\n{HELP}")),
        other => Err(format!("There is no chore \"{other}\".\n\n{HELP}")),
    };
    done.unwrap_or_else(|reason| {
        eprintln!("xtask: {reason}");
        ExitCode::from(2)
    })
}
