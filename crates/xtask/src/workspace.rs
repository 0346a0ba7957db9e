//! Where things lie, and how another cargo is called from within this one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub fn root() -> PathBuf {
    // `cargo run` says where the crate lies now; what was compiled in serves a bare call.
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors().nth(2).map_or_else(|| here.clone(), Path::to_path_buf)
}

/// The folder of built programs, and the build's own folder above it.
///
/// # Errors
/// When the running program cannot tell where it lies.
pub fn built() -> Result<(PathBuf, PathBuf), String> {
    let program = env::current_exe().map_err(|e| format!("cannot find my own program: {e}"))?;
    let release = program.parent().map(Path::to_path_buf).unwrap_or_default();
    let target = release.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok((release, target))
}

/// A cargo that sees the world as if it had been called from the shell, in the root.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    // `cargo run` tells its program about the package it ran. Build scripts watch these names, so
    // handing them on would build their crates again, and once more for the next plain `cargo`.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_NAME", "CARGO_CRATE_NAME"];
        if own.iter().any(|start| text.starts_with(start)) {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// The full path of a program on the search path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The folder of the Korea Customs Service table, asked for or usual.
///
/// # Errors
/// When the table is not there.
pub fn kcs_folder(asked: Option<&str>) -> Result<PathBuf, String> {
    let folder = asked.map_or_else(|| root().join("../shared/data/kcs"), PathBuf::from);
    if folder.join("train.csv").is_file() {
        return Ok(folder);
    }
    Err(format!(
        "there is no train.csv in {}; name the folder of the Korea Customs Service table by --kcs \
         DIR (it is published with arXiv 2208.02484)",
        folder.display()
    ))
}
