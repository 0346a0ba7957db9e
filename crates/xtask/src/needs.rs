//! What the machine must have before a chore can run, installed where we may.
//!
//! Debian and its kin get their packages by apt, as root or by a sudo that asks for no password;
//! everyone else gets the exact line to type. Nothing is installed that is found already.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::workspace::{cargo, find_program};

/// A Debian package and how its absence shows.
pub struct Package {
    pub name: &'static str,
    pub missing: bool,
}

/// Installs what is missing.
///
/// # Errors
/// With the line to type, when we may not or cannot.
pub fn ensure(packages: &[Package]) -> Result<(), String> {
    let wanted: Vec<&str> = packages.iter().filter(|p| p.missing).map(|p| p.name).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", wanted.join(" "));
    if find_program("apt-get").is_none() {
        return Err(format!(
            "this machine lacks what Debian calls {}; install it by your system's own means",
            wanted.join(" and ")
        ));
    }
    let prefix: &[&str] = if is_root() {
        &[]
    } else if quiet("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        return Err(format!("please run: sudo {line}"));
    };
    eprintln!("installing {}", wanted.join(", "));
    for arguments in ["apt-get update -q", &line] {
        let words: Vec<&str> =
            prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive"]).collect();
        let done = Command::new(words[0])
            .args(&words[1..])
            .args(arguments.split(' '))
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .status();
        if !done.is_ok_and(|status| status.success()) {
            return Err(format!("\"{arguments}\" failed; please run it by hand"));
        }
    }
    Ok(())
}

/// A C compiler, for the crates that bring C along.
pub fn compiler() -> Package {
    let found = ["cc", "gcc", "clang"].iter().any(|name| find_program(name).is_some());
    Package { name: "build-essential", missing: !found }
}

/// Pieces of the toolchain that a minimal rustup leaves out.
///
/// # Errors
/// With the line to type.
pub fn component(name: &str, verb: &str) -> Result<(), String> {
    let there = cargo()
        .args([verb, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if there || quiet("rustup", &["component", "add", name]) {
        return Ok(());
    }
    Err(format!("please run: rustup component add {name}"))
}

/// Whether nextest is at hand, fetched ready-made if cargo-binstall is.
pub fn nextest() -> bool {
    if find_program("cargo-nextest").is_some() {
        return true;
    }
    // Built from source it would take longer than the tests; ready-made or not at all.
    if find_program("cargo-binstall").is_some()
        && quiet(
            "cargo-binstall",
            &["--no-confirm", "--disable-strategies", "compile", "cargo-nextest"],
        )
    {
        return true;
    }
    eprintln!("cargo-nextest is not here, so plain cargo test runs (https://nexte.st is faster)");
    false
}

/// Node and npm, new enough for the workbench.
///
/// # Errors
/// With what to do.
pub fn node() -> Result<(), String> {
    let version = |program: &str| -> Option<(u32, u32)> {
        let told = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
        read_version(&String::from_utf8_lossy(&told.stdout))
    };
    let node = "Node.js 20.19 or newer (https://nodejs.org, or a package of your system)";
    match (version("node"), version("npm")) {
        (Some(found), Some((11.., _))) if found >= (20, 19) => Ok(()),
        (Some(found), Some(_)) if found >= (20, 19) => {
            Err("the workbench needs npm 11 or newer; please run: npm install -g npm@11".to_owned())
        }
        _ => Err(format!("the workbench needs {node}")),
    }
}

/// The first two numbers of a version such as `v20.19.4`.
fn read_version(told: &str) -> Option<(u32, u32)> {
    let mut numbers = told.trim().trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// A browser that can be driven, by the names it goes by.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| find_program(name))
}

/// Whether some font of this machine has Hangul.
pub fn hangul() -> bool {
    let told = Command::new("fc-list").arg(":lang=ko").stdin(Stdio::null()).output();
    told.is_ok_and(|told| !told.stdout.is_empty())
}

/// The folder of PostgreSQL's server programs: on the search path, or the newest where systems
/// that keep several put them.
pub fn postgres_programs() -> Option<PathBuf> {
    // Debian links some programs into the search path and leaves pg_ctl out, so look where the
    // link leads.
    let linked = find_program("initdb")
        .and_then(|file| file.canonicalize().ok())
        .and_then(|file| file.parent().map(PathBuf::from));
    if let Some(folder) = linked
        && folder.join("pg_ctl").is_file()
    {
        return Some(folder);
    }
    let homes = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr"];
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in homes.iter().filter_map(|home| std::fs::read_dir(home).ok()).flatten().flatten() {
        let folder = entry.path().join("bin");
        if folder.join("initdb").is_file() && folder.join("pg_ctl").is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
            found.push((digits.split('.').next()?.parse().unwrap_or(0), folder));
        }
    }
    found.into_iter().max().map(|(_, folder)| folder)
}

/// Whether we are root.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Runs a program without a sound; whether it succeeded.
fn quiet(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(read_version("v20.19.4\n"), Some((20, 19)));
        assert_eq!(read_version("11.19.1"), Some((11, 19)));
        assert_eq!(read_version("nothing"), None);
    }
}
