//! A row of commands, each timed, each allowed to fail without hiding the next.

use std::process::Command;
use std::time::{Duration, Instant};

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Passed,
    Failed,
    LeftOut,
}

/// The steps so far, for the table at the end.
#[derive(Default)]
pub struct Steps {
    done: Vec<(&'static str, Duration, Ending)>,
}

impl Steps {
    /// Runs a command as a step; whether it passed.
    pub fn run(&mut self, name: &'static str, command: &mut Command) -> bool {
        self.time(name, || match command.status() {
            Ok(status) => status.success(),
            Err(reason) => {
                eprintln!("cannot run {}: {reason}", command.get_program().to_string_lossy());
                false
            }
        })
    }

    /// Does some work as a step; whether it passed.
    pub fn time(&mut self, name: &'static str, work: impl FnOnce() -> bool) -> bool {
        eprintln!("\n--- {name}");
        let start = Instant::now();
        let passed = work();
        let ending = if passed { Ending::Passed } else { Ending::Failed };
        self.done.push((name, start.elapsed(), ending));
        passed
    }

    /// Says that a step was not run, because an earlier one failed.
    pub fn leave_out(&mut self, name: &'static str) {
        self.done.push((name, Duration::ZERO, Ending::LeftOut));
    }

    /// Whether all went well.
    pub fn all_passed(&self) -> bool {
        self.done.iter().all(|&(.., ending)| ending == Ending::Passed)
    }

    /// The table of steps with their seconds.
    pub fn table(&self) -> String {
        let mut table = format!("{:<14}{:>9}\n", "step", "seconds");
        for (name, time, ending) in &self.done {
            let (seconds, note) = match ending {
                Ending::Passed => (format!("{:.1}", time.as_secs_f64()), ""),
                Ending::Failed => (format!("{:.1}", time.as_secs_f64()), "  FAILED"),
                Ending::LeftOut => ("-".to_owned(), "  left out, the build failed"),
            };
            table += &format!("{name:<14}{seconds:>9}{note}\n");
        }
        let whole: Duration = self.done.iter().map(|&(_, time, _)| time).sum();
        table + &format!("{:<14}{:>9.1}\n", "all", whole.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_kept_and_named() {
        let mut steps = Steps::default();
        assert!(steps.run("yes", &mut Command::new("true")));
        assert!(steps.all_passed());
        assert!(!steps.run("no", &mut Command::new("false")));
        assert!(!steps.run("absent", &mut Command::new("/no/such/program")));
        steps.leave_out("later");
        assert!(!steps.all_passed());
        let table = steps.table();
        let line = |name| table.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        assert!(!line("yes").contains("FAILED"), "{table}");
        assert!(line("no").ends_with("FAILED"), "{table}");
        assert!(line("absent").ends_with("FAILED"), "{table}");
        assert!(line("later").contains("left out"), "{table}");
    }
}
