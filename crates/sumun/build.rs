//! Lists the built workbench, so that the binary has it: every file of `web/dist`, in the order of
//! paths. Building the workbench is `cargo xtask web` and never a part of compiling; where it was
//! not built the list is empty. A library for this would bring a matcher of patterns along, whose
//! wishes make half of the dependencies be compiled anew.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::fs;
use std::hash::Hasher as _;
use std::io::Result;
use std::path::{Path, PathBuf};

fn main() -> Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    // So that there is always a folder to watch; a checkout that cannot be written to goes without.
    fs::create_dir_all(&dist).ok();
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut files = Vec::new();
    gather(&dist, "", &mut files)?;
    files.sort();
    // What is listed is a copy: the workbench may be built again while this is compiled.
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let copies = out.join("workbench");
    fs::remove_dir_all(&copies).ok();
    fs::create_dir_all(&copies)?;
    let mut list = String::from("static FILES: &[File] = &[\n");
    for (number, (path, file)) in files.into_iter().enumerate() {
        let bytes = fs::read(&file)?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        let tag = format!("\"{:016x}\"", hasher.finish());
        let copy = copies.join(number.to_string());
        fs::write(&copy, bytes)?;
        let file = copy.display().to_string();
        let _ = writeln!(
            list,
            "File {{ path: {path:?}, tag: {tag:?}, bytes: include_bytes!({file:?}) }},"
        );
    }
    list.push_str("];\n");
    fs::write(out.join("workbench.rs"), list)
}

/// Every file with its path as the browser asks for it. What begins with a dot is the build's own.
fn gather(folder: &Path, within: &str, files: &mut Vec<(String, PathBuf)>) -> Result<()> {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{within}{name}");
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push((path, entry.path()));
        }
    }
    Ok(())
}
