//! What the service worker keeps: the files of one build, each with its digest.

use crate::shell::{Outcome, Problem};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The worker, as written by hand.
const WORKER: &str = "sw.js";
/// The line of it that a build replaces.
const PLACE: &str = "const BUILD = null;";
/// What the page starts with; told that there is a worker.
const BOOT: &str = " id=\"boot\"";

/// Fills the list of the service worker of the page being built, and has the page register it.
pub(crate) fn write(page: &Path) -> Outcome<()> {
    let index = page.join("index.html");
    let text = fs::read_to_string(&index)?;
    if !text.contains(BOOT) {
        return Err(Problem::new("index.html has no boot script to tell of the service worker"));
    }
    fs::write(&index, text.replacen(BOOT, &format!("{BOOT} data-offline=\"{WORKER}\""), 1))?;
    let mut names = Vec::new();
    collect(page, "", &mut names)?;
    names.sort();
    let worker = page.join(WORKER);
    let text = fs::read_to_string(&worker)?;
    if !text.contains(PLACE) {
        return Err(Problem::new(format!("{WORKER} has no line `{PLACE}`")));
    }
    let build = build(page, &names)?;
    fs::write(worker, text.replacen(PLACE, &build, 1))?;
    println!("{WORKER} keeps {} files", names.len());
    Ok(())
}

/// Every file below a folder that the page may ask for, by its address.
fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), names)?;
        } else if is_kept(&name) {
            names.push(name);
        }
    }
    Ok(())
}

/// Whether a visitor without a network needs a file: not types, which are for programs, nor the
/// worker itself, nor what is hidden. The engine is what the checker runs.
fn is_kept(name: &str) -> bool {
    let program = name.ends_with(".d.ts");
    // Hosts leave such files out, and one that is missing would be the end of the whole.
    let hidden = name.split('/').any(|part| part.starts_with('.'));
    !program && !hidden && name != WORKER
}

/// The line that names the version and the files.
fn build(page: &Path, names: &[String]) -> Outcome<String> {
    let mut files = String::new();
    for name in names {
        let hash = digest(&fs::read(page.join(name))?);
        let _ = write!(files, "\n    [{name:?}, {hash}],");
    }
    let version = digest(files.as_bytes());
    Ok(format!("const BUILD = {{\n  version: \"{version:08x}\",\n  files: [{files}\n  ],\n}};"))
}

/// FNV-1a, 32 bits, as the worker computes it: enough to tell builds apart.
fn digest(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::{PLACE, digest, is_kept};

    #[test]
    fn the_digest_is_the_published_one() {
        assert_eq!(digest(b""), 0x811c_9dc5);
        assert_eq!(digest(b"a"), 0xe40c_292c);
        assert_eq!(digest(b"foobar"), 0xbf9c_f968);
    }

    #[test]
    fn the_worker_has_the_place_for_its_list() {
        let worker = include_str!("../../www/sw.js");
        assert_eq!(worker.matches(PLACE).count(), 1);
    }

    #[test]
    fn programs_are_not_kept() {
        assert!(is_kept("index.html") && is_kept("listing/raft.rs") && is_kept("app-1_bg.wasm"));
        assert!(is_kept("engine_bg.wasm") && !is_kept("engine.d.ts") && !is_kept("sw.js"));
        assert!(!is_kept(".stage/index.html") && !is_kept("scenarios/.DS_Store"));
    }
}
