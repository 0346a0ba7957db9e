//! What a command took of the machine: time by the clock, time of the processors, peak memory.
//!
//! Linux tells the last two in `/proc`; elsewhere they are left open. Read there rather than asked
//! of the system, since the standard library has no call for it.

use std::fs;
use std::process::{Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What a finished command took.
pub struct Usage {
    pub status: ExitStatus,
    pub wall_seconds: f64,
    pub processor_seconds: Option<f64>,
    pub peak_mib: Option<f64>,
}

/// Runs a command to its end. `server` names a process whose work for the command counts as its.
///
/// # Errors
/// When it cannot be started.
pub fn measure(command: &mut Command, server: Option<u32>) -> std::io::Result<Usage> {
    let processors = || {
        let ours = finished_children_seconds()?;
        server.map_or(Some(ours), |process| Some(ours + family_seconds(process)?))
    };
    let (start, before) = (Instant::now(), processors());
    let mut child = command.spawn()?;
    let mut peak_mib = None;
    let status = loop {
        // The mark only rises, so the last reading before the end is the peak, but for what was
        // taken in the last moment.
        peak_mib = peak_of(child.id()).or(peak_mib);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        sleep(Duration::from_millis(5));
    };
    let wall_seconds = start.elapsed().as_secs_f64();
    let processor_seconds = processors().zip(before).map(|(after, before)| after - before);
    Ok(Usage { status, wall_seconds, processor_seconds, peak_mib })
}

/// The most memory a process has held.
fn peak_of(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

fn finished_children_seconds() -> Option<f64> {
    let [_, _, user, system] = times("self")?;
    Some(user + system)
}

/// A process, its finished children and those that still run or were not yet taken notice of: a
/// server's helper that just ended may be in either place, but never in both.
fn family_seconds(process: u32) -> Option<f64> {
    let mut seconds: f64 = times(&process.to_string())?.iter().sum();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        if parent_of(&stat) == Some(process) {
            seconds += of_stat(&stat).map_or(0.0, |[user, system, ..]| user + system);
        }
    }
    Some(seconds)
}

/// proc(5): the fourth field, the second after the name in parentheses.
fn parent_of(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// A process's seconds: its own user and system time, then those of its finished children.
fn times(process: &str) -> Option<[f64; 4]> {
    of_stat(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// proc(5): after the name in parentheses, fields 14 to 17 are the 12th to 15th. Linux counts them
/// for programs in hundredths of a second on every machine we build for.
fn of_stat(stat: &str) -> Option<[f64; 4]> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || Some(fields.next()?.parse::<f64>().ok()? / 100.0);
    Some([next()?, next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat_lines_are_read() {
        let stat = "4711 (a (b) c) S 1 4711 4711 0 -1 4194304 88 0 0 0 150 50 1000 25 20 0 1 0";
        assert_eq!(of_stat(stat), Some([1.5, 0.5, 10.0, 0.25]));
        assert_eq!(parent_of(stat), Some(1));
        assert_eq!(of_stat("4711 (cut) S 1"), None);
    }

    #[test]
    fn a_busy_command_is_seen_to_work() {
        let script = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; exit 3";
        let usage = measure(Command::new("sh").args(["-c", script]), None).expect("sh is there");
        assert_eq!(usage.status.code(), Some(3));
        if cfg!(target_os = "linux") {
            assert!(usage.processor_seconds.is_some_and(|seconds| seconds > 0.0));
            assert!(usage.peak_mib.is_some_and(|peak| peak > 0.1));
        }
    }
}
