//! Lets cargo see when the workbench has been built anew, since the office embeds `web/dist`. The
//! folder is made when it is missing, so that there is always one to watch; building the workbench
//! itself is `cargo xtask web`, never a part of compiling.

use std::fs;
use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    // A checkout that cannot be written to is compiled without a workbench.
    fs::create_dir_all(&dist).ok();
    println!("cargo::rerun-if-changed={}", dist.display());
}
