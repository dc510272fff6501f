//! Building and serving the page with trunk.

use crate::listing;
use crate::node;
use crate::offline;
use crate::shell::{self, Outcome, Problem, Stopwatch};
use crate::size::kilobytes;
use crate::tools;
use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The port that is tried first.
const PORT: u16 = 8080;

/// Builds for publishing into `dist/`.
pub(crate) fn build() -> Outcome<()> {
    tools::prepare_build()?;
    node::prepare()?;
    fetch()?;
    shell::run(&mut trunk(&["build", "--release"]))
}

/// Builds and serves on this machine until interrupted.
pub(crate) fn serve(words: &[String]) -> Outcome<()> {
    let options = ServeOptions::parse(words)?;
    tools::prepare_build()?;
    fetch()?;
    let port = options.port.map_or_else(|| free_port(PORT), Ok)?.to_string();
    println!("\nThe playground will be at http://127.0.0.1:{port}/ (stop with Ctrl-C).");
    let mut words = vec!["serve", "--address", "127.0.0.1", "--port", &port];
    if options.release {
        words.push("--release");
    }
    shell::become_program(&mut trunk(&words))
}

/// Called by trunk when a build is complete (see `Trunk.toml`): adds the listings, and makes
/// released wasm smaller, then lists the files for the service worker (also of a build under
/// development where `QUORATE_OFFLINE` is set, for its journeys). Without wasm-opt the page is
/// larger and works as well, so its absence is no error.
pub(crate) fn finish() -> Outcome<()> {
    let staging = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| Problem::new("`finish` is called by trunk only"))?;
    listing::write(&staging)?;
    let released = env::var("TRUNK_PROFILE").as_deref() == Ok("release");
    if released {
        shrink(&files_with(&staging, "wasm")?)?;
    }
    // A page under development is reloaded all the time; its worker removes itself.
    if released || env::var_os("QUORATE_OFFLINE").is_some() {
        offline::write(&staging)?;
    }
    Ok(())
}

/// Makes wasm files smaller, where wasm-opt is there.
pub(crate) fn shrink(files: &[PathBuf]) -> Outcome<()> {
    if shell::find("wasm-opt").is_none() || shell::find("node").is_none() {
        println!("wasm-opt is not there: wasm is larger than need be (`cargo xtask setup`)");
        return Ok(());
    }
    files.iter().try_for_each(|file| shrink_file(file))
}

/// Runs wasm-opt over one file, in place.
fn shrink_file(file: &Path) -> Outcome<()> {
    let watch = Stopwatch::start();
    let before = fs::metadata(file)?.len();
    let smaller = file.with_extension("smaller");
    let mut command = shell::command("wasm-opt", &["-Oz", "--output"]);
    shell::run(command.arg(&smaller).arg(file))?;
    fs::rename(&smaller, file)?;
    let after = fs::metadata(file)?.len();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let (before, after) = (kilobytes(before), kilobytes(after));
    println!("{name}: {before} kB to {after} kB in {:.0} s", watch.seconds());
    Ok(())
}

/// The files of a folder with an ending, sorted by name.
pub(crate) fn files_with(folder: &Path, ending: &str) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .map_err(|error| Problem::new(format!("cannot read {}: {error}", folder.display())))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    Ok(files)
}

/// Fetches the crates, since trunk is kept off the network.
fn fetch() -> Outcome<()> {
    shell::run(&mut shell::cargo(&["fetch", "--target", tools::WASM]))
}

/// Trunk, kept from fetching programs and news by itself.
fn trunk(words: &[&str]) -> Command {
    let mut command = shell::command("trunk", words);
    command.env("TRUNK_OFFLINE", "true").env("TRUNK_SKIP_VERSION_CHECK", "true");
    command
}

/// The first port from `from` on that nobody listens on.
fn free_port(from: u16) -> Outcome<u16> {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    (from..from.saturating_add(100))
        .find(free)
        .ok_or_else(|| Problem::new(format!("no free port from {from} on; give one with --port")))
}

/// What can be said after `serve`.
#[derive(Default)]
struct ServeOptions {
    /// The port asked for.
    port: Option<u16>,
    /// Whether to build as for publishing.
    release: bool,
}

impl ServeOptions {
    /// Reads the words after `serve`.
    fn parse(words: &[String]) -> Outcome<Self> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--release" => options.release = true,
                "--port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    options.port = Some(
                        port.ok_or_else(|| Problem::new("--port needs a number up to 65535"))?,
                    );
                }
                other => {
                    return Err(Problem::new(format!(
                        "serve knows --port and --release, not {other}"
                    )));
                }
            }
        }
        Ok(options)
    }
}
