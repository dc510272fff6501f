//! The npm package: the engine with scenes, and what a program needs around it.

use crate::node;
use crate::shell::{self, Outcome, Stopwatch};
use crate::site;
use crate::size;
use crate::tools::{self, WASM};
use std::fs;
use std::path::Path;

/// Where the package is put together.
pub(crate) const FOLDER: &str = "target/npm";

/// What lies in the package as it stands here.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("../npm/package.json")),
    ("node.js", include_str!("../npm/node.js")),
    ("README.md", include_str!("../npm/README.md")),
];

/// Builds the package into [`FOLDER`] and packs it beside.
pub(crate) fn build() -> Outcome<()> {
    tools::prepare_build()?;
    node::prepare()?;
    let watch = Stopwatch::start();
    let mut cargo = vec!["build", "--locked", "--profile", "web", "--target", WASM];
    cargo.extend(["--no-default-features", "--features", "api", "--bin", "engine"]);
    shell::run(&mut shell::cargo(&cargo))?;
    let folder = Path::new(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let engine = Path::new(&target).join(WASM).join("web").join("engine.wasm");
    let words = ["--target", "web", "--out-name", "quorate", "--out-dir", FOLDER];
    shell::run(shell::command("wasm-bindgen", &words).arg(engine))?;
    // `using` is newer than the libraries that TypeScript takes by itself.
    let types = folder.join("quorate.d.ts");
    let text = fs::read_to_string(&types)?;
    fs::write(types, format!("/// <reference lib=\"esnext.disposable\" />\n{text}"))?;
    let wasm = folder.join("quorate_bg.wasm");
    site::shrink(std::slice::from_ref(&wasm))?;
    for (name, text) in FILES {
        fs::write(folder.join(name), text.replace("@VERSION@", env!("CARGO_PKG_VERSION")))?;
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(licence, folder.join(licence))?;
    }
    shell::run(
        shell::command("npm", &["pack", "--silent", "--pack-destination", ".."])
            .current_dir(folder),
    )?;
    println!("{FOLDER} is the package ({:.0} s)", watch.seconds());
    size::gate_package(&wasm)
}
